// SPDX-License-Identifier: Apache-2.0
//! What events on credits have in common: ranges of serial numbers, the blocks that they are, what
//! becomes of those, and where that is written.

use super::{big, note_subjects, At};
use crate::error::IndexerError;
use registry_primitives::SerialRange;
use sqlx::PgConnection;

/// First and last numbers of ranges, as columns.
pub struct Ranges {
    pub starts: Vec<i64>,
    pub ends: Vec<i64>,
}

impl Ranges {
    pub fn of(ranges: &[SerialRange]) -> Result<Self, IndexerError> {
        let starts: Result<_, _> = ranges.iter().map(|range| big(range.start)).collect();
        let ends: Result<_, _> = ranges.iter().map(|range| big(range.end)).collect();
        Ok(Self { starts: starts?, ends: ends? })
    }
}

/// What blocks must be for an event to speak of them.
pub struct Expected<'a> {
    /// Anybody's if none.
    pub owner: Option<i64>,
    pub statuses: &'a [&'a str],
    /// The request that they are reserved for; none if for none.
    pub request: Option<i64>,
}

/// What an event makes of blocks.
#[derive(Default)]
pub struct Change<'a> {
    /// The kind of the change in the history.
    pub kind: &'a str,
    pub status: &'a str,
    /// Why they are on hold or cancelled.
    pub status_reason: Option<&'a str>,
    /// The public reason of the change.
    pub statement: Option<&'a str>,
    /// Who owns them from then on; as before if none.
    pub owner: Option<i64>,
    /// The request that reserved them, or that the change ends.
    pub request: Option<i64>,
    pub retirement: Option<i64>,
    pub cancellation: Option<i64>,
}

/// Changes blocks, and writes it into their history and the totals. The event is about their
/// projects and owners.
pub async fn change(
    connection: &mut PgConnection,
    at: At,
    ranges: &Ranges,
    expected: &Expected<'_>,
    change: &Change<'_>,
) -> Result<(), IndexerError> {
    expect(connection, at, ranges, expected).await?;
    note_blocks(connection, at, ranges).await?;
    write_history(connection, at, ranges, change).await?;
    move_totals(connection, ranges, change.status).await?;
    let changed = sqlx::query!(
        "UPDATE chain.credit_blocks b
         SET status = $2, status_reason = $3, owner = COALESCE($4, owner), retirement = $5,
             cancellation = $6, request = CASE $2 WHEN 'reserved' THEN $7::bigint END,
             hold_statement = CASE $2 WHEN 'on_hold' THEN $8 END
         WHERE start_serial = ANY($1::bigint[])",
        &ranges.starts,
        change.status,
        change.status_reason,
        change.owner,
        change.retirement,
        change.cancellation,
        change.request,
        change.statement,
    )
    .execute(connection)
    .await?;
    at.met(ranges.starts.len(), &changed, "the event names a block twice")
}

/// Whether all blocks are what the event says.
async fn expect(
    connection: &mut PgConnection,
    at: At,
    ranges: &Ranges,
    expected: &Expected<'_>,
) -> Result<(), IndexerError> {
    let statuses: Vec<String> = expected.statuses.iter().map(ToString::to_string).collect();
    let found = sqlx::query_scalar!(
        r#"SELECT count(*) AS "count!"
           FROM UNNEST($1::bigint[], $2::bigint[]) AS m (start_serial, end_serial)
           JOIN chain.credit_blocks b USING (start_serial, end_serial)
           WHERE b.owner = COALESCE($3, b.owner) AND b.status = ANY($4)
             AND b.request IS NOT DISTINCT FROM $5"#,
        &ranges.starts,
        &ranges.ends,
        expected.owner,
        &statuses,
        expected.request,
    )
    .fetch_one(connection)
    .await?;
    let what = "the blocks are not there, not their owner's, or not in the status for this";
    match usize::try_from(found) == Ok(ranges.starts.len()) {
        true => Ok(()),
        false => Err(at.inconsistent(what)),
    }
}

async fn write_history(
    connection: &mut PgConnection,
    at: At,
    ranges: &Ranges,
    change: &Change<'_>,
) -> Result<(), IndexerError> {
    sqlx::query!(
        "INSERT INTO chain.serial_history
             (height, index, part, start_serial, end_serial, kind, from_owner, to_owner,
              from_status, status, reason, request, retirement, cancellation)
         SELECT $1, $2, m.n - 1, b.start_serial, b.end_serial, $4, b.owner, $5,
                b.status, NULLIF($6::text, b.status), $7, $8, $9, $10
         FROM UNNEST($3::bigint[]) WITH ORDINALITY AS m (start_serial, n)
         JOIN chain.credit_blocks b USING (start_serial)",
        at.height(),
        at.index()?,
        &ranges.starts,
        change.kind,
        change.owner,
        change.status,
        change.statement,
        change.request,
        change.retirement,
        change.cancellation,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Counts blocks under another status.
async fn move_totals(
    connection: &mut PgConnection,
    ranges: &Ranges,
    status: &str,
) -> Result<(), IndexerError> {
    sqlx::query!(
        "UPDATE chain.vintage_totals t
         SET held = t.held - m.held + CASE $2::text WHEN 'held' THEN m.tonnes ELSE 0 END,
             on_hold = t.on_hold - m.on_hold + CASE $2 WHEN 'on_hold' THEN m.tonnes ELSE 0 END,
             reserved = t.reserved - m.reserved
                        + CASE $2 WHEN 'reserved' THEN m.tonnes ELSE 0 END,
             buffer = t.buffer - m.buffer + CASE $2 WHEN 'buffer' THEN m.tonnes ELSE 0 END,
             retired = t.retired + CASE $2 WHEN 'retired' THEN m.tonnes ELSE 0 END,
             cancelled = t.cancelled + CASE $2 WHEN 'cancelled' THEN m.tonnes ELSE 0 END
         FROM (
             SELECT project, vintage, SUM(n)::bigint AS tonnes,
                    COALESCE(SUM(n) FILTER (WHERE status = 'held'), 0)::bigint AS held,
                    COALESCE(SUM(n) FILTER (WHERE status = 'on_hold'), 0)::bigint AS on_hold,
                    COALESCE(SUM(n) FILTER (WHERE status = 'reserved'), 0)::bigint AS reserved,
                    COALESCE(SUM(n) FILTER (WHERE status = 'buffer'), 0)::bigint AS buffer
             FROM (
                 SELECT project, vintage, status, end_serial - start_serial + 1 AS n
                 FROM chain.credit_blocks WHERE start_serial = ANY($1::bigint[])
             ) b
             GROUP BY project, vintage
         ) m
         WHERE t.project = m.project AND t.vintage = m.vintage",
        &ranges.starts,
        status,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// The event is about the projects that the blocks come from, and about their owners.
pub async fn note_blocks(
    connection: &mut PgConnection,
    at: At,
    ranges: &Ranges,
) -> Result<(), IndexerError> {
    let found = sqlx::query!(
        r#"SELECT array_agg(DISTINCT project) AS "projects!",
                  array_agg(DISTINCT owner) AS "owners!"
           FROM chain.credit_blocks WHERE start_serial = ANY($1::bigint[])
           HAVING count(*) > 0"#,
        &ranges.starts,
    )
    .fetch_optional(&mut *connection)
    .await?;
    if let Some(found) = found {
        note_subjects(connection, at, "project", &found.projects).await?;
        note_subjects(connection, at, "organisation", &found.owners).await?;
    }
    Ok(())
}
