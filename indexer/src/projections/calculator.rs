// SPDX-License-Identifier: Apache-2.0
//! The calculator's constants, version by version.

use super::{organisations, At};
use crate::{block::instant, error::IndexerError, event::Event};
use registry_client::state::State;
use sqlx::PgConnection;

/// The version that the chain starts with.
pub async fn seed(connection: &mut PgConnection, state: &State) -> Result<(), IndexerError> {
    for (version, set) in &state.constants {
        sqlx::query!(
            "INSERT INTO chain.calculator_constants (version, constants, set_at, organisation)
             VALUES ($1, $2, $3, $4)",
            i64::from(*version),
            serde_json::to_value(set.constants)?,
            instant(set.set_at)?,
            set.by.map(i64::from),
        )
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}

pub async fn apply(
    connection: &mut PgConnection,
    at: At,
    event: &Event,
) -> Result<(), IndexerError> {
    let Event::ConstantsSet { version, constants, reason, by } = event else {
        return Ok(());
    };
    let organisation = organisations::of_officer(connection, at, by).await?;
    let inserted = sqlx::query!(
        "INSERT INTO chain.calculator_constants
             (version, constants, set_at, organisation, set_by, reason)
         SELECT $1::bigint, $2, $3, $4, $5, $6
         WHERE $1 = (SELECT MAX(version) + 1 FROM chain.calculator_constants)",
        i64::from(*version),
        serde_json::to_value(constants)?,
        at.time,
        organisation,
        by.to_string(),
        reason,
    )
    .execute(connection)
    .await?;
    at.met(1, &inserted, "the version does not follow the last one")
}
