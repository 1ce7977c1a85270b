// SPDX-License-Identifier: Apache-2.0
//! Cancellations.

use super::{
    big,
    blocks::{change, Change, Expected, Ranges},
    note_subjects, requests, At,
};
use crate::{error::IndexerError, event::Event};
use registry_primitives::credit::{Cancellation, Corrects};
use sqlx::PgConnection;

pub async fn apply(
    connection: &mut PgConnection,
    at: At,
    event: &Event,
) -> Result<(), IndexerError> {
    let Event::CreditsCancelled { id, cancellation, .. } = event else {
        return Ok(());
    };
    let (id, owner) = (big(*id)?, i64::from(cancellation.owner));
    let ranges = Ranges::of(&cancellation.blocks)?;
    // What is deducted from an international retirement is reserved for its request.
    let request = match cancellation.corrects {
        Corrects::Retirement(retirement) => {
            requests::recognised_as(connection, big(retirement)?).await?
        }
        Corrects::Nothing | Corrects::Issuance { .. } => None,
    };
    let statuses: &[&str] = match request {
        Some(_) => &["reserved"],
        None => &["held", "on_hold", "buffer"],
    };
    let expected = Expected { owner: Some(owner), statuses, request };
    let cancelled = Change {
        kind: "cancelled",
        status: "cancelled",
        status_reason: Some(cancellation.reason.as_str()),
        request,
        cancellation: Some(id),
        ..Change::default()
    };
    change(connection, at, &ranges, &expected, &cancelled).await?;
    insert(connection, at, id, cancellation).await?;
    sqlx::query!(
        "INSERT INTO chain.cancellation_parts
             (cancellation, position, start_serial, end_serial, project, vintage)
         SELECT $1, m.n - 1, b.start_serial, b.end_serial, b.project, b.vintage
         FROM UNNEST($2::bigint[]) WITH ORDINALITY AS m (start_serial, n)
         JOIN chain.credit_blocks b USING (start_serial)",
        id,
        &ranges.starts,
    )
    .execute(&mut *connection)
    .await?;
    note_subjects(connection, at, "request", request.as_slice()).await
}

async fn insert(
    connection: &mut PgConnection,
    at: At,
    id: i64,
    cancellation: &Cancellation,
) -> Result<(), IndexerError> {
    let (corrects, issuance, retirement) = match cancellation.corrects {
        Corrects::Nothing => ("nothing", None, None),
        Corrects::Issuance { project, period } => ("issuance", Some((project, period)), None),
        Corrects::Retirement(retirement) => ("retirement", None, Some(big(retirement)?)),
    };
    sqlx::query!(
        "INSERT INTO chain.cancellations
             (id, height, index, owner, reason, corrects, corrects_project, corrects_period,
              corrects_retirement, statement, quantity, at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11::bigint, $12)",
        id,
        at.height(),
        at.index()?,
        i64::from(cancellation.owner),
        cancellation.reason.as_str(),
        corrects,
        issuance.map(|(project, _)| i64::from(project)),
        issuance.map(|(_, period)| i64::from(period)),
        retirement,
        cancellation.statement.as_ref().map(ToString::to_string),
        big(cancellation.quantity)?,
        at.time,
    )
    .execute(connection)
    .await?;
    Ok(())
}
