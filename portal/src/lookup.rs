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
use serde::{de::DeserializeOwned, Deserialize};
use sqlx::{types::Json, PgConnection};

/// Blocks of a range that are read, and rows of their history. The statement has them too, with one more
/// that tells whether there are more: Postgres takes a limit that it is not told beforehand for a large
/// one, and then reads all organisations to name one.
const MOST_BLOCKS: usize = 50;
const MOST_HISTORY: usize = 100;

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

#[derive(Debug, Deserialize)]
struct BlockRow {
    start_serial: i64,
    end_serial: i64,
    project: i64,
    title: String,
    sectoral_scope: i16,
    period: i64,
    vintage: i16,
    owner: i64,
    name: String,
    status: String,
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
            owner: OrganisationRef { id: self.owner, name: self.name },
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
#[derive(Debug, Deserialize)]
pub struct AncestorRow {
    pub start_serial: i64,
    pub end_serial: i64,
    pub kind: String,
    pub height: i64,
    pub time: chrono::DateTime<chrono::Utc>,
}

/// Something that happened to numbers.
#[derive(Debug, Deserialize)]
pub struct HistoryRow {
    pub kind: String,
    pub start_serial: i64,
    pub end_serial: i64,
    pub height: i64,
    pub index: i32,
    pub parent: Option<i64>,
    pub status: Option<String>,
    pub reason: Option<String>,
    pub request: Option<i64>,
    pub retirement: Option<i64>,
    pub cancellation: Option<i64>,
    pub time: chrono::DateTime<chrono::Utc>,
    pub from: Option<i64>,
    pub from_name: Option<String>,
    pub to: Option<i64>,
    pub to_name: Option<String>,
}

/// Rows that came as an array of JSON; none where there are none.
fn rows<T: DeserializeOwned>(array: Option<Json<Vec<T>>>) -> Vec<T> {
    array.map_or_else(Vec::new, |Json(rows)| rows)
}

/// Reads what there is of the numbers from `start` to `end`. Blocks shall be of the project and
/// vintage `expected`, or all of those of the first.
pub async fn find(
    connection: &mut PgConnection,
    (start, end): (i64, i64),
    expected: Option<(i64, i16)>,
) -> Result<Found, Problem> {
    // A number is in the block that begins at or before it. The block that was split keeps its first
    // number, so a number is a block's name for ever, and a number was only ever in the block that it
    // is in and in that block's ancestors.
    let row = sqlx::query!(
        r#"WITH RECURSIVE found AS MATERIALIZED (
               SELECT b.start_serial, b.end_serial, b.project, b.period, b.vintage, b.owner,
                      b.status, b.status_reason, b.hold_statement, b.request, b.retirement,
                      b.cancellation, b.first_transferred, b.parent,
                      (SELECT title FROM chain.projects WHERE id = b.project) AS title,
                      (SELECT sectoral_scope FROM chain.projects WHERE id = b.project)
                          AS sectoral_scope,
                      (SELECT name FROM chain.organisations WHERE id = b.owner) AS name
               FROM chain.credit_blocks b
               WHERE b.end_serial >= $1 AND b.start_serial <= $2 AND b.start_serial >= COALESCE(
                     (SELECT MAX(start_serial) FROM chain.credit_blocks WHERE start_serial <= $1), 0)
               ORDER BY b.start_serial LIMIT 51
           ), up (start_serial, parent, depth) AS (
               (SELECT start_serial, parent, 0 FROM found ORDER BY start_serial LIMIT 1)
               UNION ALL
               SELECT b.start_serial, b.parent, up.depth + 1
               FROM up JOIN chain.credit_blocks b ON b.start_serial = up.parent
           ), above AS MATERIALIZED (
               SELECT h.*, up.depth FROM up JOIN chain.serial_history h USING (start_serial)
           ), touched AS (
               SELECT a.* FROM above a WHERE a.end_serial >= $1
               UNION ALL
               SELECT h.*, 0 FROM chain.serial_history h
               WHERE h.start_serial > $1 AND h.start_serial <= $2
           )
           SELECT s.height AS "height!", s.hash AS "hash!", s.time AS "time!", s.country,
                  s.reason AS "pause_reason?", s.since AS "pause_since?",
                  (SELECT end_serial FROM chain.credit_blocks
                   ORDER BY start_serial DESC LIMIT 1) AS last,
                  (SELECT json_agg(f ORDER BY f.start_serial) FROM found f)
                      AS "blocks: Json<Vec<BlockRow>>",
                  (SELECT json_agg(a) FROM (
                      SELECT h.start_serial, h.end_serial, h.kind, h.height, b.time
                      FROM above h JOIN chain.finalised_blocks b ON b.height = h.height
                      WHERE h.kind IN ('issued', 'split')
                      ORDER BY h.depth, h.height, h.index LIMIT 50) a)
                      AS "lineage: Json<Vec<AncestorRow>>",
                  (SELECT json_agg(a) FROM (
                      SELECT h.kind, h.start_serial, h.end_serial, h.height, h.index, h.parent,
                             h.status, h.reason, h.request, h.retirement, h.cancellation, b.time,
                             h.from_owner AS "from", h.to_owner AS "to",
                             (SELECT name FROM chain.organisations WHERE id = h.from_owner)
                                 AS from_name,
                             (SELECT name FROM chain.organisations WHERE id = h.to_owner) AS to_name
                      FROM (SELECT * FROM touched ORDER BY height, index, part LIMIT 101) h
                      JOIN chain.finalised_blocks b ON b.height = h.height
                      ORDER BY h.height, h.index, h.part) a) AS "history: Json<Vec<HistoryRow>>"
           FROM chain.seen s"#,
        start,
        end
    )
    .fetch_optional(&mut *connection)
    .await?
    .ok_or_else(Problem::not_indexed)?;
    let seen = Seen::from(SeenRow {
        height: row.height,
        hash: row.hash,
        time: row.time,
        country: row.country,
        reason: row.pause_reason,
        since: row.pause_since,
    });
    let mut blocks = rows(row.blocks);
    let mut history = rows(row.history);
    let (more_blocks, more_history) = (blocks.len() > MOST_BLOCKS, history.len() > MOST_HISTORY);
    blocks.truncate(MOST_BLOCKS);
    history.truncate(MOST_HISTORY);
    let (lineage, history) = match blocks.first() {
        Some(first) => {
            let origin = first.origin(&seen);
            let lineage = rows(row.lineage).into_iter().map(|row| Ancestor::of(row, origin));
            let history = history.into_iter().map(|row| History::of(row, origin));
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
    Ok(Found {
        last: row.last,
        blocks,
        more_blocks,
        stranger,
        lineage,
        history,
        more_history,
        seen,
    })
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
