// SPDX-License-Identifier: Apache-2.0
//! Blocks of credits, their history, transfers, retirements and totals.

use super::{big, year, At};
use crate::{error::IndexerError, event::Event};
use registry_primitives::{
    credit::{BlockStatus, RetirementDetails, RetirementPurpose},
    SerialRange,
};
use serde_json::Value;
use sqlx::PgConnection;

pub async fn apply(
    connection: &mut PgConnection,
    at: At,
    event: &Event,
) -> Result<(), IndexerError> {
    match event {
        Event::CreditsIssued { .. } => issue(connection, at, event).await,
        Event::BlockSplit { rest, taken } => split(connection, at, rest, taken).await,
        Event::CreditsTransferred { .. } => transfer(connection, at, event).await,
        Event::CreditsRetired { .. } => retire(connection, at, event).await,
        _ => Ok(()),
    }
}

/// First and last numbers of ranges, as columns.
struct Ranges {
    starts: Vec<i64>,
    ends: Vec<i64>,
}

impl Ranges {
    fn of(ranges: &[SerialRange]) -> Result<Self, IndexerError> {
        let starts: Result<_, _> = ranges.iter().map(|range| big(range.start)).collect();
        let ends: Result<_, _> = ranges.iter().map(|range| big(range.end)).collect();
        Ok(Self { starts: starts?, ends: ends? })
    }
}

async fn issue(connection: &mut PgConnection, at: At, event: &Event) -> Result<(), IndexerError> {
    let Event::CreditsIssued { project, period, vintage, owner, range, status } = event else {
        return Ok(());
    };
    let (start, end) = (big(range.start)?, big(range.end)?);
    sqlx::query!(
        "INSERT INTO chain.credit_blocks
             (start_serial, end_serial, project, period, vintage, owner, status, status_reason)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        start,
        end,
        i64::from(*project),
        i64::from(*period),
        year(*vintage)?,
        i64::from(*owner),
        status.as_str(),
        reason(status),
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "INSERT INTO chain.vintage_totals AS t
             (project, vintage, issued, held, on_hold, reserved, retired, cancelled, buffer)
         SELECT $1, $2, q, CASE s WHEN 'held' THEN q ELSE 0 END,
                CASE s WHEN 'on_hold' THEN q ELSE 0 END, CASE s WHEN 'reserved' THEN q ELSE 0 END,
                CASE s WHEN 'retired' THEN q ELSE 0 END, CASE s WHEN 'cancelled' THEN q ELSE 0 END,
                CASE s WHEN 'buffer' THEN q ELSE 0 END
         FROM (VALUES ($3::bigint, $4::text)) AS new (q, s)
         ON CONFLICT (project, vintage) DO UPDATE
         SET issued = t.issued + excluded.issued, held = t.held + excluded.held,
             on_hold = t.on_hold + excluded.on_hold, reserved = t.reserved + excluded.reserved,
             retired = t.retired + excluded.retired, cancelled = t.cancelled + excluded.cancelled,
             buffer = t.buffer + excluded.buffer",
        i64::from(*project),
        year(*vintage)?,
        big(range.quantity())?,
        status.as_str(),
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "INSERT INTO chain.serial_history
             (height, index, part, start_serial, end_serial, kind, to_owner)
         VALUES ($1, $2, 0, $3, $4, 'issued', $5)",
        at.height(),
        at.index()?,
        start,
        end,
        i64::from(*owner),
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Why a block is on hold or cancelled.
fn reason(status: &BlockStatus) -> Option<&'static str> {
    match status {
        BlockStatus::OnHold(reason) => Some(reason.as_str()),
        BlockStatus::Cancelled(reason) => Some(reason.as_str()),
        BlockStatus::Held
        | BlockStatus::Reserved(_)
        | BlockStatus::Retired(_)
        | BlockStatus::Buffer => None,
    }
}

async fn split(
    connection: &mut PgConnection,
    at: At,
    rest: &SerialRange,
    taken: &SerialRange,
) -> Result<(), IndexerError> {
    let (parent, rest_end) = (big(rest.start)?, big(rest.end)?);
    let (start, end) = (big(taken.start)?, big(taken.end)?);
    let shrunk = sqlx::query!(
        "UPDATE chain.credit_blocks SET end_serial = $2::bigint
         WHERE start_serial = $1 AND end_serial = $3::bigint AND $2::bigint + 1 = $4::bigint",
        parent,
        rest_end,
        end,
        start,
    )
    .execute(&mut *connection)
    .await?;
    at.met(1, &shrunk, "the block that is split does not have these serial numbers")?;
    sqlx::query!(
        "INSERT INTO chain.credit_blocks
             (start_serial, end_serial, project, period, vintage, owner, status, status_reason,
              retirement, first_transferred, parent)
         SELECT $2, $3, project, period, vintage, owner, status, status_reason, retirement,
                first_transferred, start_serial
         FROM chain.credit_blocks WHERE start_serial = $1",
        parent,
        start,
        end,
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "INSERT INTO chain.serial_history
             (height, index, part, start_serial, end_serial, kind, parent)
         VALUES ($1, $2, 0, $3, $4, 'split', $5)",
        at.height(),
        at.index()?,
        start,
        end,
        parent,
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "INSERT INTO chain.event_subjects (kind, id, height, index)
         SELECT s.kind, s.id, $1, $2
         FROM chain.credit_blocks b
         CROSS JOIN LATERAL (VALUES ('project', b.project), ('organisation', b.owner)) s (kind, id)
         WHERE b.start_serial = $3",
        at.height(),
        at.index()?,
        start,
    )
    .execute(connection)
    .await?;
    Ok(())
}

async fn transfer(
    connection: &mut PgConnection,
    at: At,
    event: &Event,
) -> Result<(), IndexerError> {
    let Event::CreditsTransferred { from, to, blocks, quantity, reference, .. } = event else {
        return Ok(());
    };
    let (from, to) = (i64::from(*from), i64::from(*to));
    let ranges = Ranges::of(blocks)?;
    let moved = sqlx::query!(
        "UPDATE chain.credit_blocks b SET owner = $4
         FROM UNNEST($1::bigint[], $2::bigint[]) AS m (start_serial, end_serial)
         WHERE b.start_serial = m.start_serial AND b.end_serial = m.end_serial
           AND b.owner = $3 AND b.status = 'held'",
        &ranges.starts,
        &ranges.ends,
        from,
        to,
    )
    .execute(&mut *connection)
    .await?;
    at.met(blocks.len(), &moved, "the sender does not hold these blocks")?;
    let id = sqlx::query_scalar!(
        r#"INSERT INTO chain.transfers
               (id, height, index, from_owner, to_owner, quantity, reference, at)
           SELECT COALESCE(MAX(id), 0) + 1, $1, $2, $3, $4, $5::bigint, $6, $7
           FROM chain.transfers
           RETURNING id"#,
        at.height(),
        at.index()?,
        from,
        to,
        big(*quantity)?,
        reference.as_deref(),
        at.time,
    )
    .fetch_one(&mut *connection)
    .await?;
    sqlx::query!(
        "INSERT INTO chain.transfer_parts
             (transfer, position, start_serial, end_serial, project, vintage)
         SELECT $1, m.n - 1, b.start_serial, b.end_serial, b.project, b.vintage
         FROM UNNEST($2::bigint[]) WITH ORDINALITY AS m (start_serial, n)
         JOIN chain.credit_blocks b USING (start_serial)",
        id,
        &ranges.starts,
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "INSERT INTO chain.serial_history
             (height, index, part, start_serial, end_serial, kind, from_owner, to_owner)
         SELECT $1, $2, m.n - 1, m.start_serial, m.end_serial, 'transferred', $5, $6
         FROM UNNEST($3::bigint[], $4::bigint[]) WITH ORDINALITY
              AS m (start_serial, end_serial, n)",
        at.height(),
        at.index()?,
        &ranges.starts,
        &ranges.ends,
        from,
        to,
    )
    .execute(&mut *connection)
    .await?;
    note_projects(connection, at, &ranges).await
}

async fn retire(connection: &mut PgConnection, at: At, event: &Event) -> Result<(), IndexerError> {
    let Event::CreditsRetired { id, owner, details, blocks, quantity, .. } = event else {
        return Ok(());
    };
    let (id, owner) = (big(*id)?, i64::from(*owner));
    let ranges = Ranges::of(blocks)?;
    let moved = sqlx::query!(
        "UPDATE chain.credit_blocks b SET status = 'retired', retirement = $4
         FROM UNNEST($1::bigint[], $2::bigint[]) AS m (start_serial, end_serial)
         WHERE b.start_serial = m.start_serial AND b.end_serial = m.end_serial
           AND b.owner = $3 AND b.status = 'held'",
        &ranges.starts,
        &ranges.ends,
        owner,
        id,
    )
    .execute(&mut *connection)
    .await?;
    at.met(blocks.len(), &moved, "the owner does not hold these blocks")?;
    insert_retirement(connection, at, id, owner, details, big(*quantity)?).await?;
    sqlx::query!(
        "INSERT INTO chain.retirement_parts
             (retirement, position, start_serial, end_serial, project, vintage)
         SELECT $1, m.n - 1, b.start_serial, b.end_serial, b.project, b.vintage
         FROM UNNEST($2::bigint[]) WITH ORDINALITY AS m (start_serial, n)
         JOIN chain.credit_blocks b USING (start_serial)",
        id,
        &ranges.starts,
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "UPDATE chain.vintage_totals t SET held = t.held - m.tonnes, retired = t.retired + m.tonnes
         FROM (
             SELECT project, vintage, SUM(end_serial - start_serial + 1)::bigint AS tonnes
             FROM chain.retirement_parts WHERE retirement = $1 GROUP BY project, vintage
         ) m
         WHERE t.project = m.project AND t.vintage = m.vintage",
        id,
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "INSERT INTO chain.serial_history
             (height, index, part, start_serial, end_serial, kind, from_owner, retirement)
         SELECT $1, $2, m.n - 1, m.start_serial, m.end_serial, 'retired', $5, $6
         FROM UNNEST($3::bigint[], $4::bigint[]) WITH ORDINALITY
              AS m (start_serial, end_serial, n)",
        at.height(),
        at.index()?,
        &ranges.starts,
        &ranges.ends,
        owner,
        id,
    )
    .execute(&mut *connection)
    .await?;
    note_projects(connection, at, &ranges).await
}

async fn insert_retirement(
    connection: &mut PgConnection,
    at: At,
    id: i64,
    owner: i64,
    details: &RetirementDetails,
    quantity: i64,
) -> Result<(), IndexerError> {
    sqlx::query!(
        "INSERT INTO chain.retirements
             (id, height, index, owner, purpose, purpose_details, beneficiary,
              beneficiary_country, on_behalf_of, reason, reference, quantity, at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12::bigint, $13)",
        id,
        at.height(),
        at.index()?,
        owner,
        details.purpose.as_str(),
        purpose_details(&details.purpose),
        details.beneficiary.name.to_text(),
        details.beneficiary.country.to_string(),
        details.on_behalf_of.as_ref().map(ToString::to_string),
        details.reason.as_ref().map(ToString::to_string),
        details.reference.as_ref().map(ToString::to_string),
        quantity,
        at.time,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// What the purpose says beyond its name.
fn purpose_details(purpose: &RetirementPurpose) -> Option<Value> {
    match purpose {
        RetirementPurpose::InternationalTransfer { country, entity } => Some(serde_json::json!({
            "country": country,
            "entity": entity,
        })),
        RetirementPurpose::NdcUse { year } => Some(serde_json::json!({ "year": year })),
        RetirementPurpose::Voluntary
        | RetirementPurpose::NationalCompliance
        | RetirementPurpose::LegalAction
        | RetirementPurpose::Other => None,
    }
}

/// The event is about the projects that the blocks come from.
async fn note_projects(
    connection: &mut PgConnection,
    at: At,
    ranges: &Ranges,
) -> Result<(), IndexerError> {
    sqlx::query!(
        "INSERT INTO chain.event_subjects (kind, id, height, index)
         SELECT DISTINCT 'project', project, $1::bigint, $2::int
         FROM chain.credit_blocks WHERE start_serial = ANY($3::bigint[])",
        at.height(),
        at.index()?,
        &ranges.starts,
    )
    .execute(connection)
    .await?;
    Ok(())
}
