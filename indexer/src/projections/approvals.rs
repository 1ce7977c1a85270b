// SPDX-License-Identifier: Apache-2.0
//! Four eyes: how many officers must agree, and the calls that wait until they do.

use super::{position, At, Batch};
use crate::{error::IndexerError, event::Event};
use chrono::{DateTime, Utc};
use registry_client::{state::State, AccountId32, Refused};
use registry_primitives::ActionClass;
use sqlx::PgConnection;

/// The thresholds that the chain starts with; one officer where it names none.
pub async fn seed(
    connection: &mut PgConnection,
    state: &State,
    start: DateTime<Utc>,
) -> Result<(), IndexerError> {
    for class in ActionClass::ALL {
        let officers = state.thresholds.get(class.as_str()).copied().unwrap_or(1);
        sqlx::query!(
            "INSERT INTO chain.thresholds (class, officers, set_at) VALUES ($1, $2, $3)",
            class.as_str(),
            position(officers)?,
            start,
        )
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}

pub async fn apply(batch: &mut Batch<'_>, at: At, event: &Event) -> Result<(), IndexerError> {
    match event {
        Event::Proposed { .. } => propose(batch, at, event).await,
        Event::Approved { id, by, valid, required } => {
            approve(batch, at, *id, by).await?;
            require(batch.connection, at, *id, *valid, *required).await
        }
        Event::ApprovalLapsed { id, officer } => {
            let updated = sqlx::query!(
                "UPDATE chain.proposal_approvals SET lapsed_at = $3
                 WHERE proposal = $1 AND account = $2 AND lapsed_at IS NULL",
                i64::from(*id),
                officer.to_string(),
                at.time,
            )
            .execute(&mut *batch.connection)
            .await?;
            at.met(1, &updated, "the officer had not approved the proposal")?;
            note_organisation(batch, at, *id).await
        }
        Event::Executed { id, officers, result } => {
            agreed(batch.connection, at, *id, officers).await?;
            match result {
                Ok(()) => close(batch, at, *id, "executed", None).await,
                Err(error) => close(batch, at, *id, "failed", Some(error)).await,
            }
        }
        Event::Withdrawn { id, .. } => close(batch, at, *id, "withdrawn", None).await,
        Event::Expired { id } => close(batch, at, *id, "expired", None).await,
        Event::ThresholdSet { class, officers, by } => {
            let updated = sqlx::query!(
                "UPDATE chain.thresholds SET officers = $2, set_at = $3, set_by = $4
                 WHERE class = $1",
                class.as_str(),
                position(*officers)?,
                at.time,
                by.to_string(),
            )
            .execute(&mut *batch.connection)
            .await?;
            at.met(1, &updated, "there is no such class of actions")
        }
        _ => Ok(()),
    }
}

async fn propose(batch: &mut Batch<'_>, at: At, event: &Event) -> Result<(), IndexerError> {
    let Event::Proposed { id, organisation, action, call, by, required, expires_at } = event else {
        return Ok(());
    };
    sqlx::query!(
        "INSERT INTO chain.proposals
             (id, organisation, action, call, decoded, proposer, required, height, proposed_at,
              expires_height, status)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'open')",
        i64::from(*id),
        i64::from(*organisation),
        action.as_str(),
        &call.bytes,
        call.decoded.as_ref().map(serde_json::to_value).transpose()?,
        by.to_string(),
        position(*required)?,
        at.height(),
        at.time,
        i64::from(*expires_at),
    )
    .execute(&mut *batch.connection)
    .await?;
    approve(batch, at, *id, by).await
}

async fn approve(
    batch: &mut Batch<'_>,
    at: At,
    id: u32,
    by: &AccountId32,
) -> Result<(), IndexerError> {
    sqlx::query!(
        "INSERT INTO chain.proposal_approvals (proposal, position, account, approved_at)
         SELECT $1, count(*), $2, $3 FROM chain.proposal_approvals WHERE proposal = $1",
        i64::from(id),
        by.to_string(),
        at.time,
    )
    .execute(&mut *batch.connection)
    .await?;
    note_organisation(batch, at, id).await
}

/// So many approvals count, of so many that are needed.
async fn require(
    connection: &mut PgConnection,
    at: At,
    id: u32,
    valid: u32,
    required: u32,
) -> Result<(), IndexerError> {
    let updated = sqlx::query!(
        "UPDATE chain.proposals SET required = $2
         WHERE id = $1 AND status = 'open' AND $3::bigint = (
             SELECT count(*) FROM chain.proposal_approvals
             WHERE proposal = $1 AND lapsed_at IS NULL
         )",
        i64::from(id),
        position(required)?,
        i64::from(valid),
    )
    .execute(connection)
    .await?;
    at.met(1, &updated, "the proposal is not open or has another number of approvals")
}

/// Exactly these officers have agreed, in this order.
async fn agreed(
    connection: &mut PgConnection,
    at: At,
    id: u32,
    officers: &[AccountId32],
) -> Result<(), IndexerError> {
    let found = sqlx::query_scalar!(
        "SELECT account FROM chain.proposal_approvals
         WHERE proposal = $1 AND lapsed_at IS NULL ORDER BY position",
        i64::from(id),
    )
    .fetch_all(connection)
    .await?;
    match officers.iter().map(ToString::to_string).eq(found) {
        true => Ok(()),
        false => Err(at.inconsistent("others had approved the proposal")),
    }
}

async fn close(
    batch: &mut Batch<'_>,
    at: At,
    id: u32,
    status: &str,
    error: Option<&Refused>,
) -> Result<(), IndexerError> {
    let updated = sqlx::query!(
        "UPDATE chain.proposals SET status = $2, error_code = $3, error = $4, closed_at = $5
         WHERE id = $1 AND status = 'open'",
        i64::from(id),
        status,
        error.map(|error| error.code.as_str()),
        error.map(|error| error.sentence.as_str()),
        at.time,
    )
    .execute(&mut *batch.connection)
    .await?;
    at.met(1, &updated, "the proposal is not open")?;
    note_organisation(batch, at, id).await
}

/// The event is about the organisation that acts.
async fn note_organisation(batch: &mut Batch<'_>, at: At, id: u32) -> Result<(), IndexerError> {
    let organisations = sqlx::query_scalar!(
        "SELECT organisation FROM chain.proposals WHERE id = $1",
        i64::from(id),
    )
    .fetch_all(&mut *batch.connection)
    .await?;
    batch.subjects.also(at, "organisation", &organisations)
}
