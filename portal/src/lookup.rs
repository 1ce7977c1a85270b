// SPDX-License-Identifier: Apache-2.0
//! Everything about some serial numbers, in one statement: it is the question that is asked most, and
//! one statement sees one block without a transaction around it.

use crate::{
    answers::{OrganisationRef, Origin, ProjectRef},
    blocks::Block,
    db::{Seen, SeenRow},
    lineage::{Ancestor, History},
    problem::Problem,
};
use chrono::{DateTime, Utc};
use sqlx::{FromRow, PgConnection, Row};

/// Blocks of a range that are read, and rows of their history. The statement has them too, with one more
/// that tells whether there are more: Postgres takes a limit that it is not told beforehand for a large
/// one, and then reads all organisations to name one.
const MOST_BLOCKS: usize = 50;
const MOST_HISTORY: usize = 100;
/// Ancestors of the first block that are told.
const MOST_LINEAGE: usize = 50;

/// What the tables hold of a range.
pub struct Found {
    /// The block of the chain that this is true at.
    pub seen: Seen,
    /// The last number that was ever issued.
    pub last: Option<i64>,
    /// The blocks that hold the first numbers of the range.
    pub blocks: Vec<Block>,
    /// Whether there are more.
    pub more_blocks: bool,
    /// The first block, of those that are not read, that is not of the project and vintage asked for.
    pub stranger: Option<Stranger>,
    /// From the first block back to the one that was issued.
    pub lineage: Vec<Ancestor>,
    /// What happened to any of the numbers, oldest first.
    pub history: Vec<History>,
    /// Whether there is more.
    pub more_history: bool,
}

/// Where a block lies that a serial number does not describe.
pub struct Stranger {
    pub start_serial: i64,
    pub end_serial: i64,
    pub project: i64,
    pub vintage: i16,
    pub sectoral_scope: i16,
}

#[derive(FromRow)]
struct BlockRow {
    start_serial: i64,
    end_serial: i64,
    project: i64,
    title: String,
    sectoral_scope: i16,
    period: i64,
    vintage: i16,
    owner: i64,
    owner_name: String,
    status: String,
    #[sqlx(rename = "reason")]
    status_reason: Option<String>,
    hold_statement: Option<String>,
    request: Option<i64>,
    retirement: Option<i64>,
    cancellation: Option<i64>,
    first_transferred: bool,
    parent: Option<i64>,
}

impl BlockRow {
    fn origin(&self, seen: &Seen) -> Origin {
        seen.origin(self.sectoral_scope, self.project, self.vintage)
    }

    fn block(self, seen: &Seen) -> Result<Block, Problem> {
        Ok(Block {
            numbers: self.origin(seen).numbers(self.start_serial, self.end_serial)?,
            project: ProjectRef { id: self.project, title: self.title },
            period: self.period,
            vintage: self.vintage,
            owner: OrganisationRef { id: self.owner, name: self.owner_name },
            status: self.status,
            status_reason: self.status_reason,
            hold_statement: self.hold_statement,
            request: self.request,
            retirement: self.retirement,
            cancellation: self.cancellation,
            first_transferred: self.first_transferred,
            parent: self.parent,
            scope: self.sectoral_scope,
        })
    }
}

/// A block when it came into being.
#[derive(FromRow)]
pub struct AncestorRow {
    pub start_serial: i64,
    pub end_serial: i64,
    pub kind: String,
    pub height: i64,
    pub time: DateTime<Utc>,
}

/// Something that happened to numbers, or to the block that they were in.
#[derive(FromRow)]
pub struct HistoryRow {
    pub kind: String,
    pub start_serial: i64,
    pub end_serial: i64,
    pub height: i64,
    pub index: i32,
    pub part: i16,
    pub time: DateTime<Utc>,
    pub parent: Option<i64>,
    pub status: Option<String>,
    pub reason: Option<String>,
    pub request: Option<i64>,
    pub retirement: Option<i64>,
    pub cancellation: Option<i64>,
    pub from_owner: Option<i64>,
    pub from_name: Option<String>,
    pub to_owner: Option<i64>,
    pub to_name: Option<String>,
    /// How far above the first block it happened; null of what begins behind it.
    pub depth: Option<i32>,
}

/// From the first block back to the one that was issued, where the history is all of it: a block was
/// born with all the numbers that are asked for.
fn births(history: &[HistoryRow]) -> Vec<AncestorRow> {
    let mut births: Vec<_> = history
        .iter()
        .filter(|row| matches!(row.kind.as_str(), "issued" | "split"))
        .filter_map(|row| Some((row.depth?, row)))
        .collect();
    births.sort_unstable_by_key(|(depth, row)| (*depth, row.height, row.index));
    let ancestor = |(_, row): (i32, &HistoryRow)| AncestorRow {
        start_serial: row.start_serial,
        end_serial: row.end_serial,
        kind: row.kind.clone(),
        height: row.height,
        time: row.time,
    };
    births.into_iter().take(MOST_LINEAGE).map(ancestor).collect()
}

/// The same where much has happened. What was born never changes, and nothing is told that is younger
/// than the rest of the answer.
async fn lineage(
    connection: &mut PgConnection,
    start: i64,
    seen: i64,
) -> Result<Vec<AncestorRow>, Problem> {
    Ok(sqlx::query_as(
        "WITH RECURSIVE up (start_serial, parent, depth) AS (
             SELECT start_serial, parent, 0 FROM chain.credit_blocks WHERE start_serial = $1
             UNION ALL
             SELECT b.start_serial, b.parent, up.depth + 1
             FROM up JOIN chain.credit_blocks b ON b.start_serial = up.parent
             WHERE up.depth < 49
         )
         SELECT h.start_serial, h.end_serial, h.kind, h.height, b.time
         FROM up JOIN chain.serial_history h USING (start_serial)
         JOIN chain.finalised_blocks b ON b.height = h.height
         WHERE h.kind IN ('issued', 'split') AND h.height <= $2
         ORDER BY up.depth, h.height, h.index LIMIT 50",
    )
    .bind(start)
    .bind(seen)
    .fetch_all(connection)
    .await?)
}

/// What the tables have of the numbers from `$1` to `$2`: a row for each block and for each thing that
/// happened, and one without either where there is none.
///
/// A number is in the block that begins at or before it. The block that was split keeps its first
/// number, so a number is a block's name for ever, and a number was only ever in the block that it is
/// in and in that block's ancestors.
const FIND: &str = "
    WITH RECURSIVE found AS MATERIALIZED (
        SELECT b.* FROM chain.credit_blocks b
        WHERE b.end_serial >= $1 AND b.start_serial <= $2 AND b.start_serial >= COALESCE(
              (SELECT MAX(start_serial) FROM chain.credit_blocks WHERE start_serial <= $1), 0)
        ORDER BY b.start_serial LIMIT 51
    ), up (start_serial, parent, depth) AS (
        (SELECT start_serial, parent, 0 FROM found ORDER BY start_serial LIMIT 1)
        UNION ALL
        SELECT b.start_serial, b.parent, up.depth + 1
        FROM up JOIN chain.credit_blocks b ON b.start_serial = up.parent
    ), touched AS (
        SELECT h.*, up.depth FROM up JOIN chain.serial_history h USING (start_serial)
        WHERE h.end_serial >= $1
        UNION ALL
        SELECT h.*, NULL FROM chain.serial_history h
        WHERE h.start_serial > $1 AND h.start_serial <= $2
    ), told AS (
        SELECT TRUE AS is_block, f.start_serial, f.end_serial, f.parent, f.status,
               f.status_reason AS reason, f.request, f.retirement, f.cancellation,
               f.project, (SELECT title FROM chain.projects WHERE id = f.project) AS title,
               (SELECT sectoral_scope FROM chain.projects WHERE id = f.project) AS sectoral_scope,
               f.period, f.vintage, f.owner,
               (SELECT name FROM chain.organisations WHERE id = f.owner) AS owner_name,
               f.hold_statement, f.first_transferred,
               NULL AS kind, NULL::BIGINT AS height, NULL::INTEGER AS index,
               NULL::SMALLINT AS part, NULL::TIMESTAMPTZ AS time, NULL::BIGINT AS from_owner,
               NULL AS from_name, NULL::BIGINT AS to_owner, NULL AS to_name,
               NULL::INTEGER AS depth
        FROM found f
        UNION ALL
        SELECT FALSE, h.start_serial, h.end_serial, h.parent, h.status,
               h.reason, h.request, h.retirement, h.cancellation,
               NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
               h.kind, h.height, h.index, h.part,
               (SELECT time FROM chain.finalised_blocks WHERE height = h.height),
               h.from_owner, (SELECT name FROM chain.organisations WHERE id = h.from_owner),
               h.to_owner, (SELECT name FROM chain.organisations WHERE id = h.to_owner), h.depth
        FROM (SELECT * FROM touched ORDER BY height, index, part LIMIT 101) h
    )
    SELECT s.height AS seen_height, s.hash AS seen_hash, s.time AS seen_time, s.country,
           s.reason AS pause_reason, s.since AS pause_since,
           (SELECT end_serial FROM chain.credit_blocks ORDER BY start_serial DESC LIMIT 1) AS last,
           told.*
    FROM chain.seen s LEFT JOIN told ON TRUE";

/// Reads what there is of the numbers from `start` to `end`. Blocks shall be of the project and
/// vintage `expected`, or all of those of the first.
pub async fn find(
    connection: &mut PgConnection,
    (start, end): (i64, i64),
    expected: Option<(i64, i16)>,
) -> Result<Found, Problem> {
    let rows = sqlx::query(FIND).bind(start).bind(end).fetch_all(&mut *connection).await?;
    let row = rows.first().ok_or_else(Problem::not_indexed)?;
    let seen = Seen::from(SeenRow {
        height: row.try_get("seen_height")?,
        hash: row.try_get("seen_hash")?,
        time: row.try_get("seen_time")?,
        country: row.try_get("country")?,
        reason: row.try_get("pause_reason")?,
        since: row.try_get("pause_since")?,
    });
    let last = row.try_get("last")?;
    let (mut blocks, mut history) = (Vec::new(), Vec::new());
    for row in &rows {
        match row.try_get("is_block")? {
            Some(true) => blocks.push(BlockRow::from_row(row)?),
            Some(false) => history.push(HistoryRow::from_row(row)?),
            None => {}
        }
    }
    blocks.sort_unstable_by_key(|it| it.start_serial);
    history.sort_unstable_by_key(|it| (it.height, it.index, it.part));
    let (more_blocks, more_history) = (blocks.len() > MOST_BLOCKS, history.len() > MOST_HISTORY);
    blocks.truncate(MOST_BLOCKS);
    let (lineage, history) = match blocks.first() {
        Some(first) => {
            let origin = first.origin(&seen);
            let lineage = match more_history {
                true => {
                    lineage(connection, first.start_serial, row.try_get("seen_height")?).await?
                }
                false => births(&history),
            };
            let lineage = lineage.into_iter().map(|row| Ancestor::of(row, origin));
            let history = history.into_iter().take(MOST_HISTORY);
            let history = history.map(|row| History::of(row, origin));
            (lineage.collect::<Result<_, _>>()?, history.collect::<Result<_, _>>()?)
        }
        None => (Vec::new(), Vec::new()),
    };
    let stranger = match blocks.last() {
        Some(last) if more_blocks => {
            let expected = expected.unwrap_or((last.project, last.vintage));
            stranger(connection, (last.start_serial + 1, end), expected).await?
        }
        _ => None,
    };
    let blocks = blocks.into_iter().map(|row| row.block(&seen)).collect::<Result<_, _>>()?;
    Ok(Found { last, blocks, more_blocks, stranger, lineage, history, more_history, seen })
}

/// The first block that begins between two numbers and is not of a project and vintage. Which numbers
/// are of which never changes, so that it does not matter when this is asked.
async fn stranger(
    connection: &mut PgConnection,
    (from, to): (i64, i64),
    (project, vintage): (i64, i16),
) -> Result<Option<Stranger>, Problem> {
    Ok(sqlx::query_as!(
        Stranger,
        "SELECT b.start_serial, b.end_serial, b.project, b.vintage, p.sectoral_scope
         FROM chain.credit_blocks b JOIN chain.projects p ON p.id = b.project
         WHERE b.start_serial BETWEEN $1 AND $2 AND (b.project, b.vintage) <> ($3, $4)
         ORDER BY b.start_serial LIMIT 1",
        from,
        to,
        project,
        vintage
    )
    .fetch_optional(connection)
    .await?)
}
