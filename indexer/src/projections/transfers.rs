// SPDX-License-Identifier: Apache-2.0
//! Transfers, and requests for them.

use super::{
    big,
    ledger::{Expected, Status, Transfer},
    year, At, Batch,
};
use crate::{block::instant, error::IndexerError, event::Event};
use registry_client::AccountId32;
use registry_primitives::credit::TransferRequest;
use sqlx::PgConnection;

pub async fn apply(batch: &mut Batch<'_>, at: At, event: &Event) -> Result<(), IndexerError> {
    match event {
        Event::CreditsTransferred { .. } => transfer(batch, at, event).await,
        Event::TransferRequested { id, request, by } => {
            insert_request(batch.connection, big(*id)?, request, by).await
        }
        Event::TransferRejected { id, reason, by } => {
            let closed =
                Closed { status: "rejected", reason: Some(reason), transfer: None, by: Some(by) };
            close(batch, at, big(*id)?, closed).await
        }
        Event::TransferRequestCancelled { id, by } => {
            let closed =
                Closed { status: "cancelled", reason: None, transfer: None, by: by.as_ref() };
            close(batch, at, big(*id)?, closed).await
        }
        _ => Ok(()),
    }
}

async fn transfer(batch: &mut Batch<'_>, at: At, event: &Event) -> Result<(), IndexerError> {
    let Event::CreditsTransferred { from, to, blocks, quantity, reference, request, by } = event
    else {
        return Ok(());
    };
    let (from, to) = (i64::from(*from), i64::from(*to));
    let request = request.map(big).transpose()?;
    let expected = Expected { owner: Some(from), statuses: &[Status::Held], request: None };
    let starts = batch.ledger.expect(at, blocks, &expected)?;
    // About the sides it is anyway.
    batch.ledger.about_projects(at, &starts, &mut batch.subjects)?;
    batch.ledger.transfer(at, &starts, (from, to), request)?;
    let (id, quantity) = (batch.next_transfer().await?, big(*quantity)?);
    let row = Transfer { id, from, to, quantity, reference: reference.as_deref(), request };
    batch.ledger.tables.transfer(at, &row)?;
    match request {
        Some(request) => answered(batch, at, request, id, by).await,
        None => Ok(()),
    }
}

/// A transfer answered a request.
async fn answered(
    batch: &mut Batch<'_>,
    at: At,
    request: i64,
    transfer: i64,
    by: &AccountId32,
) -> Result<(), IndexerError> {
    let closed =
        Closed { status: "approved", reason: None, transfer: Some(transfer), by: Some(by) };
    close(batch, at, request, closed).await
}

async fn insert_request(
    connection: &mut PgConnection,
    id: i64,
    request: &TransferRequest,
    by: &AccountId32,
) -> Result<(), IndexerError> {
    sqlx::query!(
        "INSERT INTO chain.transfer_requests
             (id, project, vintage, quantity, from_owner, to_owner, initiator, reference,
              requested_at, requested_by, status)
         VALUES ($1, $2, $3, $4::bigint, $5, $6, $7, $8, $9, $10, 'open')",
        id,
        i64::from(request.project),
        request.vintage.map(year).transpose()?,
        big(request.quantity)?,
        i64::from(request.from),
        i64::from(request.to),
        i64::from(request.initiator),
        request.reference.as_ref().map(ToString::to_string),
        instant(request.requested_at)?,
        by.to_string(),
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// How a request ended.
struct Closed<'a> {
    status: &'a str,
    reason: Option<&'a str>,
    transfer: Option<i64>,
    by: Option<&'a AccountId32>,
}

async fn close(
    batch: &mut Batch<'_>,
    at: At,
    id: i64,
    closed: Closed<'_>,
) -> Result<(), IndexerError> {
    let updated = sqlx::query!(
        "UPDATE chain.transfer_requests
         SET status = $2, rejection_reason = $3, transfer = $4, closed_at = $5, closed_by = $6
         WHERE id = $1 AND status = 'open'",
        id,
        closed.status,
        closed.reason,
        closed.transfer,
        at.time,
        closed.by.map(ToString::to_string),
    )
    .execute(&mut *batch.connection)
    .await?;
    at.met(1, &updated, "the request for a transfer is not open")?;
    let found = sqlx::query!(
        "SELECT project, from_owner, to_owner, initiator FROM chain.transfer_requests
         WHERE id = $1",
        id,
    )
    .fetch_one(&mut *batch.connection)
    .await?;
    let parties = [found.from_owner, found.to_owner, found.initiator];
    batch.subjects.also(at, "project", &[found.project])?;
    batch.subjects.also(at, "organisation", &parties)
}
