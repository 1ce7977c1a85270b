// SPDX-License-Identifier: Apache-2.0
//! National settings: the pause of all transfers, and what is deducted from retirements.

use super::{position, At};
use crate::{error::IndexerError, event::Event};
use chrono::{DateTime, Utc};
use registry_client::state::State;
use sqlx::PgConnection;

/// The deductions that the chain starts with.
pub async fn seed(
    connection: &mut PgConnection,
    state: &State,
    start: DateTime<Utc>,
) -> Result<(), IndexerError> {
    sqlx::query!(
        "INSERT INTO chain.deductions
             (height, index, share_of_proceeds, overall_mitigation, set_at)
         VALUES (0, 0, $1, $2, $3)",
        position(state.deductions.share_of_proceeds)?,
        position(state.deductions.overall_mitigation)?,
        start,
    )
    .execute(connection)
    .await?;
    Ok(())
}

pub async fn apply(
    connection: &mut PgConnection,
    at: At,
    event: &Event,
) -> Result<(), IndexerError> {
    match event {
        Event::TransfersPaused { reason, by } => {
            sqlx::query!(
                "INSERT INTO chain.pauses (height, index, since, reason, paused_by)
                 VALUES ($1, $2, $3, $4, $5)",
                at.height(),
                at.index()?,
                at.time,
                reason,
                by.to_string(),
            )
            .execute(connection)
            .await?;
            Ok(())
        }
        Event::TransfersResumed { by } => {
            let updated = sqlx::query!(
                "UPDATE chain.pauses SET until = $1, resumed_by = $2 WHERE until IS NULL",
                at.time,
                by.to_string(),
            )
            .execute(connection)
            .await?;
            at.met(1, &updated, "transfers are not paused")
        }
        Event::DeductionsSet { deductions, by } => {
            sqlx::query!(
                "INSERT INTO chain.deductions
                     (height, index, share_of_proceeds, overall_mitigation, set_at, set_by)
                 VALUES ($1, $2, $3, $4, $5, $6)",
                at.height(),
                at.index()?,
                position(deductions.share_of_proceeds)?,
                position(deductions.overall_mitigation)?,
                at.time,
                by.to_string(),
            )
            .execute(connection)
            .await?;
            Ok(())
        }
        _ => Ok(()),
    }
}
