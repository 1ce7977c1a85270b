// SPDX-License-Identifier: Apache-2.0
//! Who owns the future issuances of a project, and changes of that.

use super::{organisations, position, At, Batch};
use crate::{error::IndexerError, event::Event};
use registry_client::AccountId32;
use registry_primitives::project::Proponent;
use sqlx::PgConnection;

pub async fn apply(batch: &mut Batch<'_>, at: At, event: &Event) -> Result<(), IndexerError> {
    match event {
        Event::ProponentsProposed { project, number, proponents, by } => {
            propose(batch, at, *project, *number, proponents, by).await
        }
        Event::ProponentsConsented { project, number, organisation, by } => {
            let change = (i64::from(*project), i64::from(*number));
            consent(batch.connection, at, change, (*organisation).into(), by).await
        }
        Event::ProponentsChanged { project, proponents } => {
            note_owners(batch, at, *project).await?;
            let closed = close(batch.connection, at, *project, "applied").await?;
            at.met(1, &closed, "no other proponents were proposed")?;
            insert(batch.connection, *project, proponents).await
        }
        Event::ProponentsChangeWithdrawn { project, number, organisation, .. } => {
            let updated = sqlx::query!(
                "UPDATE chain.proponent_changes
                 SET status = 'withdrawn', closed_at = $3, withdrawn_by = $4
                 WHERE project = $1 AND number = $2 AND status = 'open'",
                i64::from(*project),
                i64::from(*number),
                at.time,
                i64::from(*organisation),
            )
            .execute(&mut *batch.connection)
            .await?;
            at.met(1, &updated, "the change of proponents is not waiting for consents")
        }
        _ => Ok(()),
    }
}

/// Writes the proponents of a project, in place of those before.
pub async fn insert(
    connection: &mut PgConnection,
    project: u32,
    proponents: &[Proponent],
) -> Result<(), IndexerError> {
    sqlx::query!("DELETE FROM chain.proponents WHERE project = $1", i64::from(project))
        .execute(&mut *connection)
        .await?;
    for (proponent, place) in proponents.iter().zip(0..) {
        sqlx::query!(
            "INSERT INTO chain.proponents (project, position, organisation, share_ppm)
             VALUES ($1, $2, $3, $4)",
            i64::from(project),
            place,
            i64::from(proponent.organisation),
            position(proponent.share)?,
        )
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}

/// The project ended: a change that waits for consents never comes.
pub async fn lapse(
    connection: &mut PgConnection,
    at: At,
    project: u32,
) -> Result<(), IndexerError> {
    close(connection, at, project, "lapsed").await.map(drop)
}

/// Closes the change that waits, if there is one.
async fn close(
    connection: &mut PgConnection,
    at: At,
    project: u32,
    status: &str,
) -> Result<sqlx::postgres::PgQueryResult, IndexerError> {
    Ok(sqlx::query!(
        "UPDATE chain.proponent_changes SET status = $2, closed_at = $3
         WHERE project = $1 AND status = 'open'",
        i64::from(project),
        status,
        at.time,
    )
    .execute(connection)
    .await?)
}

async fn propose(
    batch: &mut Batch<'_>,
    at: At,
    project: u32,
    number: u32,
    proponents: &[Proponent],
    by: &AccountId32,
) -> Result<(), IndexerError> {
    close(batch.connection, at, project, "replaced").await?;
    let (id, change) = (i64::from(project), i64::from(number));
    sqlx::query!(
        "INSERT INTO chain.proponent_changes (project, number, status, proposed_at, proposed_by)
         VALUES ($1, $2, 'open', $3, $4)",
        id,
        change,
        at.time,
        by.to_string(),
    )
    .execute(&mut *batch.connection)
    .await?;
    for (proponent, place) in proponents.iter().zip(0..) {
        sqlx::query!(
            "INSERT INTO chain.proponent_change_shares
                 (project, number, position, organisation, share_ppm)
             VALUES ($1, $2, $3, $4, $5)",
            id,
            change,
            place,
            i64::from(proponent.organisation),
            position(proponent.share)?,
        )
        .execute(&mut *batch.connection)
        .await?;
    }
    note_owners(batch, at, project).await?;
    // The proposer's organisation consents by that.
    let organisation = organisations::of_officer(batch.connection, at, by).await?;
    consent(batch.connection, at, (id, change), organisation, by).await
}

async fn consent(
    connection: &mut PgConnection,
    at: At,
    (project, number): (i64, i64),
    organisation: i64,
    by: &AccountId32,
) -> Result<(), IndexerError> {
    let inserted = sqlx::query!(
        "INSERT INTO chain.proponent_change_consents
             (project, number, organisation, consented_at, consented_by)
         SELECT project, number, $3, $4, $5 FROM chain.proponent_changes
         WHERE project = $1 AND number = $2 AND status = 'open'",
        project,
        number,
        organisation,
        at.time,
        by.to_string(),
    )
    .execute(connection)
    .await?;
    at.met(1, &inserted, "the change of proponents is not waiting for consents")
}

/// The event is about those that own a share now.
async fn note_owners(batch: &mut Batch<'_>, at: At, project: u32) -> Result<(), IndexerError> {
    let owners = sqlx::query_scalar!(
        "SELECT organisation FROM chain.proponents WHERE project = $1",
        i64::from(project),
    )
    .fetch_all(&mut *batch.connection)
    .await?;
    batch.subjects.also(at, "organisation", &owners)
}
