// SPDX-License-Identifier: Apache-2.0
//! Who runs the network: admissions, departures, and reports of contradictory votes.

use super::{position, At, Batch};
use crate::{
    error::IndexerError,
    event::{Contact, Event},
    network::Network,
};
use chrono::{DateTime, Utc};
use registry_client::AccountId32;
use sqlx::PgConnection;

/// The validators that the chain starts with, and the fewest there may be.
pub async fn seed(
    connection: &mut PgConnection,
    network: &Network,
    start: DateTime<Utc>,
) -> Result<(), IndexerError> {
    let first = At { height: 0, index: 0, time: start };
    for ((account, admission), index) in network.validators.iter().zip(0..) {
        let contact = Contact {
            operator: admission.contact.operator.to_text(),
            peer_id: admission.contact.peer_id.to_text(),
            address: admission.contact.address.to_text(),
        };
        insert(connection, At { index, ..first }, account, admission.organisation, &contact)
            .await?;
    }
    set_minimum(connection, first, network.minimum).await
}

pub async fn apply(batch: &mut Batch<'_>, at: At, event: &Event) -> Result<(), IndexerError> {
    match event {
        Event::ValidatorAdded { account, organisation, contact } => {
            insert(batch.connection, at, account, *organisation, contact).await
        }
        Event::ValidatorRemoved { account, departure, reason } => {
            remove(batch, at, account, *departure, reason).await
        }
        Event::ContactChanged { account, contact } => {
            let updated = sqlx::query!(
                "UPDATE chain.validators SET operator = $2, peer_id = $3, address = $4
                 WHERE account = $1",
                account.to_string(),
                contact.operator,
                contact.peer_id,
                contact.address,
            )
            .execute(&mut *batch.connection)
            .await?;
            at.met(1, &updated, "the account is not a validator")?;
            note_organisation(batch, at, account).await
        }
        Event::ValidatorFlagged { account, session, disabled } => {
            report(batch.connection, at, account, *session, Some(*disabled)).await?;
            let updated = sqlx::query!(
                "UPDATE chain.validators
                 SET flag_session = COALESCE(flag_session, $2),
                     flag_height = COALESCE(flag_height, $3),
                     flag_reports = COALESCE(flag_reports, 0) + 1
                 WHERE account = $1",
                account.to_string(),
                i64::from(*session),
                at.height(),
            )
            .execute(&mut *batch.connection)
            .await?;
            at.met(1, &updated, "the account is not a validator")?;
            note_organisation(batch, at, account).await
        }
        Event::FormerValidatorEquivocated { account, session } => {
            report(batch.connection, at, account, *session, None).await
        }
        Event::FlagCleared { account, reason } => clear(batch, at, account, reason).await,
        Event::MinimumSet { minimum } => set_minimum(batch.connection, at, *minimum).await,
        _ => Ok(()),
    }
}

async fn insert(
    connection: &mut PgConnection,
    at: At,
    account: &AccountId32,
    organisation: u32,
    contact: &Contact,
) -> Result<(), IndexerError> {
    sqlx::query!(
        "INSERT INTO chain.validators
             (account, organisation, operator, peer_id, address, height, index, appointed_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        account.to_string(),
        i64::from(organisation),
        contact.operator,
        contact.peer_id,
        contact.address,
        at.height(),
        at.index()?,
        at.time,
    )
    .execute(connection)
    .await?;
    Ok(())
}

async fn remove(
    batch: &mut Batch<'_>,
    at: At,
    account: &AccountId32,
    departure: u32,
    reason: &str,
) -> Result<(), IndexerError> {
    note_organisation(batch, at, account).await?;
    let moved = sqlx::query!(
        "WITH gone AS (DELETE FROM chain.validators WHERE account = $2 RETURNING *)
         INSERT INTO chain.validator_departures
             (number, account, organisation, operator, peer_id, address, appointed_height,
              appointed_at, flag_session, flag_height, flag_reports, reason, height, left_at)
         SELECT $1, account, organisation, operator, peer_id, address, height, appointed_at,
                flag_session, flag_height, flag_reports, $3, $4, $5
         FROM gone",
        i64::from(departure),
        account.to_string(),
        reason,
        at.height(),
        at.time,
    )
    .execute(&mut *batch.connection)
    .await?;
    at.met(1, &moved, "the account is not a validator")
}

/// Contradictory votes were reported; `disabled` is none of somebody who is no validator any more.
async fn report(
    connection: &mut PgConnection,
    at: At,
    account: &AccountId32,
    session: u32,
    disabled: Option<bool>,
) -> Result<(), IndexerError> {
    sqlx::query!(
        "INSERT INTO chain.equivocations (height, index, account, session, disabled, reported_at)
         VALUES ($1, $2, $3, $4, $5, $6)",
        at.height(),
        at.index()?,
        account.to_string(),
        i64::from(session),
        disabled,
        at.time,
    )
    .execute(connection)
    .await?;
    Ok(())
}

async fn clear(
    batch: &mut Batch<'_>,
    at: At,
    account: &AccountId32,
    reason: &str,
) -> Result<(), IndexerError> {
    let updated = sqlx::query!(
        "UPDATE chain.validators
         SET flag_session = NULL, flag_height = NULL, flag_reports = NULL
         WHERE account = $1 AND flag_session IS NOT NULL",
        account.to_string(),
    )
    .execute(&mut *batch.connection)
    .await?;
    at.met(1, &updated, "the validator is not flagged")?;
    sqlx::query!(
        "UPDATE chain.equivocations SET cleared_at = $2, clearance = $3
         WHERE account = $1 AND disabled IS NOT NULL AND cleared_at IS NULL",
        account.to_string(),
        at.time,
        reason,
    )
    .execute(&mut *batch.connection)
    .await?;
    note_organisation(batch, at, account).await
}

async fn set_minimum(
    connection: &mut PgConnection,
    at: At,
    minimum: u32,
) -> Result<(), IndexerError> {
    sqlx::query!(
        "INSERT INTO chain.validator_minimums (height, index, minimum, set_at)
         VALUES ($1, $2, $3, $4)",
        at.height(),
        at.index()?,
        position(minimum)?,
        at.time,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// The event is also about the organisation that answers for the validator.
async fn note_organisation(
    batch: &mut Batch<'_>,
    at: At,
    account: &AccountId32,
) -> Result<(), IndexerError> {
    let organisations = sqlx::query_scalar!(
        "SELECT organisation FROM chain.validators WHERE account = $1",
        account.to_string(),
    )
    .fetch_all(&mut *batch.connection)
    .await?;
    batch.subjects.also(at, "organisation", &organisations)
}
