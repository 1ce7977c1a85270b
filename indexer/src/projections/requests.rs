// SPDX-License-Identifier: Apache-2.0
//! Requests for international retirements.

use super::{
    big,
    ledger::{Change, Expected, Status},
    retirements::purpose_details,
    At, Batch,
};
use crate::{block::instant, error::IndexerError, event::Event};
use registry_client::AccountId32;
use registry_primitives::{credit::RetirementRequest, SerialRange};

pub async fn apply(batch: &mut Batch<'_>, at: At, event: &Event) -> Result<(), IndexerError> {
    match event {
        Event::RetirementRequested { id, request, by } => {
            open(batch, at, big(*id)?, request, by).await
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
            batch.recognised.insert(big(*retirement)?, id);
            let ranges = close(batch, at, id, &closed).await?;
            let starts = batch.ledger.expect(at, &ranges, &reserved_for(id))?;
            batch.ledger.about(at, &starts, &mut batch.subjects)
        }
        Event::RetirementRefused { id, reason, by } => {
            let closed =
                Closed { status: "refused", reason: Some(reason), retirement: None, by: Some(by) };
            give_back(batch, at, big(*id)?, closed).await
        }
        Event::RetirementRequestCancelled { id, by } => {
            let closed =
                Closed { status: "cancelled", reason: None, retirement: None, by: by.as_ref() };
            give_back(batch, at, big(*id)?, closed).await
        }
        _ => Ok(()),
    }
}

async fn open(
    batch: &mut Batch<'_>,
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
    .execute(&mut *batch.connection)
    .await?;
    let expected = Expected { owner: Some(owner), statuses: &[Status::Held], request: None };
    let starts = batch.ledger.expect(at, &request.blocks, &expected)?;
    let reserved = Change { request: Some(id), ..Change::new("reserved", Status::Reserved) };
    batch.ledger.change(at, &starts, &reserved, &mut batch.subjects)?;
    let blocks: Vec<_> =
        starts.iter().map(|start| batch.ledger.block(at, *start)).collect::<Result<_, _>>()?;
    let ends: Vec<_> = blocks.iter().map(|block| block.end).collect();
    let projects: Vec<_> = blocks.iter().map(|block| block.project).collect();
    let vintages: Vec<_> = blocks.iter().map(|block| block.vintage).collect();
    sqlx::query!(
        "INSERT INTO chain.retirement_request_parts
             (request, position, start_serial, end_serial, project, vintage)
         SELECT $1, m.n - 1, m.start_serial, m.end_serial, m.project, m.vintage
         FROM UNNEST($2::bigint[], $3::bigint[], $4::bigint[], $5::smallint[]) WITH ORDINALITY
              AS m (start_serial, end_serial, project, vintage, n)",
        id,
        &starts,
        &ends,
        &projects,
        &vintages,
    )
    .execute(&mut *batch.connection)
    .await?;
    Ok(())
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
    batch: &mut Batch<'_>,
    at: At,
    id: i64,
    closed: &Closed<'_>,
) -> Result<Vec<SerialRange>, IndexerError> {
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
    .execute(&mut *batch.connection)
    .await?;
    at.met(1, &updated, "the request for a retirement is not open")?;
    let parts = sqlx::query!(
        "SELECT start_serial, end_serial FROM chain.retirement_request_parts
         WHERE request = $1 ORDER BY position",
        id,
    )
    .fetch_all(&mut *batch.connection)
    .await?;
    batch.ledger.load(batch.connection, parts.iter().map(|part| part.start_serial)).await?;
    let number = |number: i64| number.unsigned_abs();
    let ranges = parts
        .into_iter()
        .map(|part| SerialRange { start: number(part.start_serial), end: number(part.end_serial) });
    Ok(ranges.collect())
}

/// Blocks that wait for a request.
fn reserved_for(request: i64) -> Expected<'static> {
    Expected { owner: None, statuses: &[Status::Reserved], request: Some(request) }
}

/// Closes a request whose blocks their owner may move again.
async fn give_back(
    batch: &mut Batch<'_>,
    at: At,
    id: i64,
    closed: Closed<'_>,
) -> Result<(), IndexerError> {
    let ranges = close(batch, at, id, &closed).await?;
    let starts = batch.ledger.expect(at, &ranges, &reserved_for(id))?;
    let returned = Change {
        statement: closed.reason,
        request: Some(id),
        ..Change::new("returned", Status::Held)
    };
    batch.ledger.change(at, &starts, &returned, &mut batch.subjects)
}
