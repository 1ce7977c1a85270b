// SPDX-License-Identifier: Apache-2.0
//! Blocks of credits: issued, first transferred, stopped and released.

use super::{
    big,
    blocks::{change, note_blocks, Change, Expected, Ranges},
    year, At,
};
use crate::{error::IndexerError, event::Event};
use registry_primitives::credit::{BlockStatus, HoldReason};
use sqlx::PgConnection;

pub async fn apply(
    connection: &mut PgConnection,
    at: At,
    event: &Event,
) -> Result<(), IndexerError> {
    match event {
        Event::CreditsIssued { .. } => issue(connection, at, event).await,
        Event::CreditsFirstTransferred { blocks, .. } => {
            first_transfer(connection, at, &Ranges::of(blocks)?, 0).await
        }
        Event::CreditsHeld { blocks, reason, .. } => {
            let expected = Expected { owner: None, statuses: &["held"], request: None };
            let held = Change {
                kind: "held",
                status: "on_hold",
                status_reason: Some(HoldReason::Government.as_str()),
                statement: Some(reason),
                ..Change::default()
            };
            change(connection, at, &Ranges::of(blocks)?, &expected, &held).await
        }
        Event::CreditsReleased { blocks, .. } => {
            let expected = Expected { owner: None, statuses: &["on_hold"], request: None };
            let released = Change { kind: "released", status: "held", ..Change::default() };
            change(connection, at, &Ranges::of(blocks)?, &expected, &released).await
        }
        Event::BufferReleased { to, blocks, .. } => {
            let expected = Expected { owner: None, statuses: &["buffer"], request: None };
            let owner = Some(i64::from(*to));
            let released =
                Change { kind: "buffer_released", status: "held", owner, ..Change::default() };
            change(connection, at, &Ranges::of(blocks)?, &expected, &released).await
        }
        _ => Ok(()),
    }
}

async fn issue(connection: &mut PgConnection, at: At, event: &Event) -> Result<(), IndexerError> {
    let Event::CreditsIssued { project, period, vintage, owner, range, status, first_transferred } =
        event
    else {
        return Ok(());
    };
    let reason = match status {
        BlockStatus::OnHold(reason) => Some(reason.as_str()),
        _ => None,
    };
    let (start, end) = (big(range.start)?, big(range.end)?);
    sqlx::query!(
        "INSERT INTO chain.credit_blocks
             (start_serial, end_serial, project, period, vintage, owner, status, status_reason,
              first_transferred)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, FALSE)",
        start,
        end,
        i64::from(*project),
        i64::from(*period),
        year(*vintage)?,
        i64::from(*owner),
        status.as_str(),
        reason,
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "INSERT INTO chain.vintage_totals AS t
             (project, vintage, issued, held, on_hold, reserved, retired, cancelled, buffer,
              first_transferred)
         SELECT $1, $2, q, CASE s WHEN 'held' THEN q ELSE 0 END,
                CASE s WHEN 'on_hold' THEN q ELSE 0 END, CASE s WHEN 'reserved' THEN q ELSE 0 END,
                CASE s WHEN 'retired' THEN q ELSE 0 END, CASE s WHEN 'cancelled' THEN q ELSE 0 END,
                CASE s WHEN 'buffer' THEN q ELSE 0 END, 0
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
             (height, index, part, start_serial, end_serial, kind, to_owner, status)
         VALUES ($1, $2, 0, $3, $4, 'issued', $5, $6)",
        at.height(),
        at.index()?,
        start,
        end,
        i64::from(*owner),
        status.as_str(),
    )
    .execute(&mut *connection)
    .await?;
    match first_transferred {
        true => first_transfer(connection, at, &Ranges::of(&[*range])?, 1).await,
        false => Ok(()),
    }
}

/// Marks blocks as first transferred; `part` counts the ranges of the event in the history.
async fn first_transfer(
    connection: &mut PgConnection,
    at: At,
    ranges: &Ranges,
    part: i64,
) -> Result<(), IndexerError> {
    let marked = sqlx::query!(
        "UPDATE chain.credit_blocks b SET first_transferred = TRUE
         FROM UNNEST($1::bigint[], $2::bigint[]) AS m (start_serial, end_serial)
         WHERE b.start_serial = m.start_serial AND b.end_serial = m.end_serial
           AND NOT b.first_transferred",
        &ranges.starts,
        &ranges.ends,
    )
    .execute(&mut *connection)
    .await?;
    let what = "the blocks are not there or first transferred already";
    at.met(ranges.starts.len(), &marked, what)?;
    sqlx::query!(
        "INSERT INTO chain.serial_history
             (height, index, part, start_serial, end_serial, kind, from_owner)
         SELECT $1, $2, $3::bigint + m.n - 1, b.start_serial, b.end_serial, 'first_transferred',
                b.owner
         FROM UNNEST($4::bigint[]) WITH ORDINALITY AS m (start_serial, n)
         JOIN chain.credit_blocks b USING (start_serial)",
        at.height(),
        at.index()?,
        part,
        &ranges.starts,
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "WITH moved AS (
             SELECT project, vintage, SUM(end_serial - start_serial + 1)::bigint AS tonnes
             FROM chain.credit_blocks WHERE start_serial = ANY($1::bigint[])
             GROUP BY project, vintage
         ), counted AS (
             UPDATE chain.vintage_totals t
             SET first_transferred = t.first_transferred + m.tonnes
             FROM moved m WHERE t.project = m.project AND t.vintage = m.vintage
         )
         UPDATE chain.projects p SET first_transferred = p.first_transferred + m.tonnes
         FROM (SELECT project, SUM(tonnes)::bigint AS tonnes FROM moved GROUP BY project) m
         WHERE p.id = m.project",
        &ranges.starts,
    )
    .execute(&mut *connection)
    .await?;
    note_blocks(connection, at, ranges).await
}
