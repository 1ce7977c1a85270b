// SPDX-License-Identifier: Apache-2.0
//! Requests for international retirements.

use super::{
    big,
    blocks::{change, note_blocks, Change, Expected, Ranges},
    retirements::purpose_details,
    At,
};
use crate::{block::instant, error::IndexerError, event::Event};
use registry_client::AccountId32;
use registry_primitives::credit::RetirementRequest;
use sqlx::PgConnection;

pub async fn apply(
    connection: &mut PgConnection,
    at: At,
    event: &Event,
) -> Result<(), IndexerError> {
    match event {
        Event::RetirementRequested { id, request, by } => {
            open(connection, at, big(*id)?, request, by).await
        }
        Event::RetirementRecognised { request, retirement, by } => {
            let id = big(*request)?;
            let closed = Closed {
                status: "recognised",
                reason: None,
                retirement: Some(big(*retirement)?),
                by: Some(by),
            };
            // What becomes of the blocks follows in events of its own.
            let ranges = close(connection, at, id, &closed).await?;
            note_blocks(connection, at, &ranges).await
        }
        Event::RetirementRefused { id, reason, by } => {
            let closed =
                Closed { status: "refused", reason: Some(reason), retirement: None, by: Some(by) };
            give_back(connection, at, big(*id)?, closed).await
        }
        Event::RetirementRequestCancelled { id, by } => {
            let closed =
                Closed { status: "cancelled", reason: None, retirement: None, by: by.as_ref() };
            give_back(connection, at, big(*id)?, closed).await
        }
        _ => Ok(()),
    }
}

async fn open(
    connection: &mut PgConnection,
    at: At,
    id: i64,
    request: &RetirementRequest,
    by: &AccountId32,
) -> Result<(), IndexerError> {
    let (owner, details) = (i64::from(request.by), &request.details);
    sqlx::query!(
        "INSERT INTO chain.retirement_requests
             (id, owner, purpose, purpose_details, beneficiary, beneficiary_country, on_behalf_of,
              reason, reference, quantity, requested_at, requested_by, status)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10::bigint, $11, $12, 'open')",
        id,
        owner,
        details.purpose.as_str(),
        purpose_details(&details.purpose),
        details.beneficiary.name.to_text(),
        details.beneficiary.country.to_string(),
        details.on_behalf_of.as_ref().map(ToString::to_string),
        details.reason.as_ref().map(ToString::to_string),
        details.reference.as_ref().map(ToString::to_string),
        big(request.quantity)?,
        instant(request.requested_at)?,
        by.to_string(),
    )
    .execute(&mut *connection)
    .await?;
    let ranges = Ranges::of(&request.blocks)?;
    sqlx::query!(
        "INSERT INTO chain.retirement_request_parts
             (request, position, start_serial, end_serial, project, vintage)
         SELECT $1, m.n - 1, b.start_serial, b.end_serial, b.project, b.vintage
         FROM UNNEST($2::bigint[]) WITH ORDINALITY AS m (start_serial, n)
         JOIN chain.credit_blocks b USING (start_serial)",
        id,
        &ranges.starts,
    )
    .execute(&mut *connection)
    .await?;
    let expected = Expected { owner: Some(owner), statuses: &["held"], request: None };
    let reserved =
        Change { kind: "reserved", status: "reserved", request: Some(id), ..Change::default() };
    change(connection, at, &ranges, &expected, &reserved).await
}

/// How a request ended.
struct Closed<'a> {
    status: &'a str,
    reason: Option<&'a str>,
    retirement: Option<i64>,
    by: Option<&'a AccountId32>,
}

/// Closes a request, and gives the ranges that are reserved for it.
async fn close(
    connection: &mut PgConnection,
    at: At,
    id: i64,
    closed: &Closed<'_>,
) -> Result<Ranges, IndexerError> {
    let updated = sqlx::query!(
        "UPDATE chain.retirement_requests
         SET status = $2, refusal_reason = $3, retirement = $4, closed_at = $5, closed_by = $6
         WHERE id = $1 AND status = 'open'",
        id,
        closed.status,
        closed.reason,
        closed.retirement,
        at.time,
        closed.by.map(ToString::to_string),
    )
    .execute(&mut *connection)
    .await?;
    at.met(1, &updated, "the request for a retirement is not open")?;
    let parts = sqlx::query!(
        "SELECT start_serial, end_serial FROM chain.retirement_request_parts
         WHERE request = $1 ORDER BY position",
        id,
    )
    .fetch_all(connection)
    .await?;
    let (starts, ends) = parts.into_iter().map(|part| (part.start_serial, part.end_serial)).unzip();
    Ok(Ranges { starts, ends })
}

/// Closes a request whose blocks their owner may move again.
async fn give_back(
    connection: &mut PgConnection,
    at: At,
    id: i64,
    closed: Closed<'_>,
) -> Result<(), IndexerError> {
    let ranges = close(connection, at, id, &closed).await?;
    let expected = Expected { owner: None, statuses: &["reserved"], request: Some(id) };
    let returned = Change {
        kind: "returned",
        status: "held",
        statement: closed.reason,
        request: Some(id),
        ..Change::default()
    };
    change(connection, at, &ranges, &expected, &returned).await
}

/// The request that a retirement answers, if it answers one.
pub async fn recognised_as(
    connection: &mut PgConnection,
    retirement: i64,
) -> Result<Option<i64>, IndexerError> {
    Ok(sqlx::query_scalar!(
        "SELECT id FROM chain.retirement_requests WHERE retirement = $1",
        retirement,
    )
    .fetch_optional(connection)
    .await?)
}
