// SPDX-License-Identifier: Apache-2.0
//! What the council has stopped: single calls, or everything but consensus and itself.

use super::At;
use crate::{error::IndexerError, event::Event};
use sqlx::PgConnection;

pub async fn apply(
    connection: &mut PgConnection,
    at: At,
    event: &Event,
) -> Result<(), IndexerError> {
    match event {
        Event::CallPaused { full_name } => {
            sqlx::query!(
                "INSERT INTO chain.paused_calls (pallet, call, height, since)
                 VALUES ($1, $2, $3, $4)",
                full_name.pallet,
                full_name.call,
                at.height(),
                at.time,
            )
            .execute(connection)
            .await?;
            Ok(())
        }
        Event::CallUnpaused { full_name } => {
            let deleted = sqlx::query!(
                "DELETE FROM chain.paused_calls WHERE pallet = $1 AND call = $2",
                full_name.pallet,
                full_name.call,
            )
            .execute(connection)
            .await?;
            at.met(1, &deleted, "the call is not paused")
        }
        Event::SafeModeEntered { until } => {
            sqlx::query!(
                "INSERT INTO chain.safe_modes (height, index, entered_at, until_height)
                 VALUES ($1, $2, $3, $4)",
                at.height(),
                at.index()?,
                at.time,
                i64::from(*until),
            )
            .execute(connection)
            .await?;
            Ok(())
        }
        Event::SafeModeExtended { until } => {
            let updated = sqlx::query!(
                "UPDATE chain.safe_modes SET until_height = $1 WHERE ended_at IS NULL",
                i64::from(*until),
            )
            .execute(connection)
            .await?;
            at.met(1, &updated, "the safe mode is not in force")
        }
        Event::SafeModeExited { reason } => {
            let updated = sqlx::query!(
                "UPDATE chain.safe_modes SET ended_at = $1, ending = $2 WHERE ended_at IS NULL",
                at.time,
                reason,
            )
            .execute(connection)
            .await?;
            at.met(1, &updated, "the safe mode is not in force")
        }
        _ => Ok(()),
    }
}
