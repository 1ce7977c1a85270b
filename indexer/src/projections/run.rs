// SPDX-License-Identifier: Apache-2.0
//! Splits and transfers, which are most of what happens, written together.
//!
//! A run is a series of them that can be written as all of its splits and then all of its transfers,
//! and leaves the tables as if each had been written for itself: no block is split after it was
//! moved or just split off, and none is moved twice. What does not fit begins another run.

use super::{big, transfers, At};
use crate::{error::IndexerError, event::Event};
use registry_client::AccountId32;
use registry_primitives::SerialRange;
use sqlx::PgConnection;
use std::collections::{BTreeMap, BTreeSet};

/// Splits and transfers that wait to be written.
#[derive(Default)]
pub struct Run<'a> {
    splits: Splits,
    transfers: Vec<Transfer<'a>>,
    /// First numbers of the blocks that are moved.
    moved: BTreeSet<u64>,
}

#[derive(Default)]
struct Splits {
    /// The first event, for when something does not fit.
    first: Option<At>,
    heights: Vec<i64>,
    indices: Vec<i32>,
    parents: Vec<i64>,
    starts: Vec<i64>,
    ends: Vec<i64>,
    /// Of each block that is split: its last number before and after all splits.
    shrunk: BTreeMap<u64, (u64, u64)>,
    /// First numbers of the blocks that are split off.
    taken: BTreeSet<u64>,
}

/// A transfer, as its event tells it.
struct Transfer<'a> {
    at: At,
    from: u32,
    to: u32,
    blocks: &'a [SerialRange],
    quantity: u64,
    reference: Option<&'a str>,
    request: Option<u64>,
    by: &'a AccountId32,
}

/// Blocks that are moved, a row for each.
#[derive(Default)]
struct Moves {
    ids: Vec<i64>,
    heights: Vec<i64>,
    indices: Vec<i32>,
    positions: Vec<i32>,
    starts: Vec<i64>,
    ends: Vec<i64>,
    from: Vec<i64>,
    to: Vec<i64>,
    requests: Vec<Option<i64>>,
}

impl<'a> Run<'a> {
    /// Whether the event is a part of the run; if so it will be written with it.
    pub fn takes(&mut self, at: At, event: &'a Event) -> Result<bool, IndexerError> {
        match event {
            Event::BlockSplit { rest, taken } => match self.moved.contains(&rest.start) {
                true => Ok(false),
                false => self.splits.take(at, rest, taken),
            },
            Event::CreditsTransferred { from, to, blocks, quantity, reference, request, by } => {
                let starts: BTreeSet<u64> = blocks.iter().map(|block| block.start).collect();
                if starts.len() < blocks.len() {
                    return Err(at.inconsistent("the event names a block twice"));
                }
                if !starts.is_disjoint(&self.moved) {
                    return Ok(false);
                }
                self.moved.extend(starts);
                self.transfers.push(Transfer {
                    at,
                    from: *from,
                    to: *to,
                    blocks,
                    quantity: *quantity,
                    reference: reference.as_deref(),
                    request: *request,
                    by,
                });
                Ok(true)
            }
            _ => Ok(false),
        }
    }

    /// Writes what is in the run, and empties it.
    pub async fn write(&mut self, connection: &mut PgConnection) -> Result<(), IndexerError> {
        let Self { splits, transfers, .. } = std::mem::take(self);
        if let Some(first) = splits.first {
            splits.write(connection, first).await?;
        }
        match transfers.first() {
            Some(first) => write_transfers(connection, first.at, &transfers).await,
            None => Ok(()),
        }
    }
}

impl Splits {
    fn take(
        &mut self,
        at: At,
        rest: &SerialRange,
        taken: &SerialRange,
    ) -> Result<bool, IndexerError> {
        const NOT_SO: &str = "the block that is split does not have these serial numbers";
        if self.taken.contains(&rest.start) {
            return Ok(false);
        }
        if rest.end.checked_add(1) != Some(taken.start) {
            return Err(at.inconsistent(NOT_SO));
        }
        let (_, end) = self.shrunk.entry(rest.start).or_insert((taken.end, taken.end));
        if *end != taken.end {
            return Err(at.inconsistent(NOT_SO));
        }
        *end = rest.end;
        self.taken.insert(taken.start);
        self.first.get_or_insert(at);
        self.heights.push(at.height());
        self.indices.push(at.index()?);
        self.parents.push(big(rest.start)?);
        self.starts.push(big(taken.start)?);
        self.ends.push(big(taken.end)?);
        Ok(true)
    }

    async fn write(&self, connection: &mut PgConnection, first: At) -> Result<(), IndexerError> {
        let numbers = |numbers: &mut dyn Iterator<Item = u64>| -> Result<Vec<i64>, IndexerError> {
            numbers.map(big).collect()
        };
        let parents = numbers(&mut self.shrunk.keys().copied())?;
        let before = numbers(&mut self.shrunk.values().map(|(before, _)| *before))?;
        let after = numbers(&mut self.shrunk.values().map(|(_, after)| *after))?;
        let shrunk = sqlx::query!(
            "UPDATE chain.credit_blocks b SET end_serial = m.after
             FROM UNNEST($1::bigint[], $2::bigint[], $3::bigint[]) AS m (start_serial, before, after)
             WHERE b.start_serial = m.start_serial AND b.end_serial = m.before",
            &parents,
            &before,
            &after,
        )
        .execute(&mut *connection)
        .await?;
        let what = "a block that is split from here on does not have these serial numbers";
        first.met(parents.len(), &shrunk, what)?;
        sqlx::query!(
            "INSERT INTO chain.credit_blocks
                 (start_serial, end_serial, project, period, vintage, owner, status, status_reason,
                  hold_statement, request, retirement, cancellation, first_transferred, parent)
             SELECT m.start_serial, m.end_serial, p.project, p.period, p.vintage, p.owner, p.status,
                    p.status_reason, p.hold_statement, p.request, p.retirement, p.cancellation,
                    p.first_transferred, p.start_serial
             FROM UNNEST($1::bigint[], $2::bigint[], $3::bigint[])
                  AS m (parent, start_serial, end_serial)
             JOIN chain.credit_blocks p ON p.start_serial = m.parent",
            &self.parents,
            &self.starts,
            &self.ends,
        )
        .execute(&mut *connection)
        .await?;
        sqlx::query!(
            "INSERT INTO chain.serial_history
                 (height, index, part, start_serial, end_serial, kind, parent)
             SELECT height, index, 0, start_serial, end_serial, 'split', parent
             FROM UNNEST($1::bigint[], $2::int[], $3::bigint[], $4::bigint[], $5::bigint[])
                  AS m (height, index, start_serial, end_serial, parent)",
            &self.heights,
            &self.indices,
            &self.starts,
            &self.ends,
            &self.parents,
        )
        .execute(&mut *connection)
        .await?;
        note_blocks(connection, &self.heights, &self.indices, &self.starts).await
    }
}

async fn write_transfers(
    connection: &mut PgConnection,
    first: At,
    all: &[Transfer<'_>],
) -> Result<(), IndexerError> {
    let last: i64 =
        sqlx::query_scalar!(r#"SELECT COALESCE(MAX(id), 0) AS "last!" FROM chain.transfers"#)
            .fetch_one(&mut *connection)
            .await?;
    let mut moves = Moves::default();
    let mut numbered = Vec::with_capacity(all.len());
    for (transfer, id) in all.iter().zip(last.saturating_add(1)..) {
        numbered.push((id, transfer));
        for (block, position) in transfer.blocks.iter().zip(0..) {
            moves.ids.push(id);
            moves.heights.push(transfer.at.height());
            moves.indices.push(transfer.at.index()?);
            moves.positions.push(position);
            moves.starts.push(big(block.start)?);
            moves.ends.push(big(block.end)?);
            moves.from.push(transfer.from.into());
            moves.to.push(transfer.to.into());
            moves.requests.push(transfer.request.map(big).transpose()?);
        }
    }
    // About their projects; about the sides they are anyway.
    note_blocks(connection, &moves.heights, &moves.indices, &moves.starts).await?;
    moves.write(connection, first).await?;
    insert(connection, &numbered).await?;
    moves.write_parts(connection).await?;
    for (id, Transfer { at, request, by, .. }) in numbered {
        if let Some(request) = request {
            transfers::answered(connection, *at, big(*request)?, id, by).await?;
        }
    }
    Ok(())
}

impl Moves {
    /// Gives the blocks to whom they are moved to, and writes it into their history.
    async fn write(&self, connection: &mut PgConnection, first: At) -> Result<(), IndexerError> {
        let moved = sqlx::query!(
            "UPDATE chain.credit_blocks b SET owner = m.to_owner
             FROM UNNEST($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[])
                  AS m (start_serial, end_serial, from_owner, to_owner)
             WHERE b.start_serial = m.start_serial AND b.end_serial = m.end_serial
               AND b.owner = m.from_owner AND b.status = 'held' AND b.request IS NULL",
            &self.starts,
            &self.ends,
            &self.from,
            &self.to,
        )
        .execute(&mut *connection)
        .await?;
        let what =
            "blocks that are moved from here on are not there, not their owner's, or not in \
                    the status for this";
        first.met(self.starts.len(), &moved, what)?;
        sqlx::query!(
            "INSERT INTO chain.serial_history
                 (height, index, part, start_serial, end_serial, kind, from_owner, to_owner, request)
             SELECT height, index, part, start_serial, end_serial, 'transferred', from_owner,
                    to_owner, request
             FROM UNNEST($1::bigint[], $2::int[], $3::int[], $4::bigint[], $5::bigint[],
                         $6::bigint[], $7::bigint[], $8::bigint[])
                  AS m (height, index, part, start_serial, end_serial, from_owner, to_owner,
                        request)",
            &self.heights,
            &self.indices,
            &self.positions,
            &self.starts,
            &self.ends,
            &self.from,
            &self.to,
            &self.requests as &[Option<i64>],
        )
        .execute(connection)
        .await?;
        Ok(())
    }

    async fn write_parts(&self, connection: &mut PgConnection) -> Result<(), IndexerError> {
        sqlx::query!(
            "INSERT INTO chain.transfer_parts
                 (transfer, position, start_serial, end_serial, project, vintage)
             SELECT m.transfer, m.position, b.start_serial, b.end_serial, b.project, b.vintage
             FROM UNNEST($1::bigint[], $2::int[], $3::bigint[])
                  AS m (transfer, position, start_serial)
             JOIN chain.credit_blocks b USING (start_serial)",
            &self.ids,
            &self.positions,
            &self.starts,
        )
        .execute(connection)
        .await?;
        Ok(())
    }
}

async fn insert(
    connection: &mut PgConnection,
    numbered: &[(i64, &Transfer<'_>)],
) -> Result<(), IndexerError> {
    let ids: Vec<i64> = numbered.iter().map(|(id, _)| *id).collect();
    let all = || numbered.iter().map(|(_, transfer)| *transfer);
    let heights: Vec<i64> = all().map(|each| each.at.height()).collect();
    let indices: Vec<i32> = all().map(|each| each.at.index()).collect::<Result<_, _>>()?;
    let from: Vec<i64> = all().map(|each| each.from.into()).collect();
    let to: Vec<i64> = all().map(|each| each.to.into()).collect();
    let quantities: Vec<i64> = all().map(|each| big(each.quantity)).collect::<Result<_, _>>()?;
    let references: Vec<Option<&str>> = all().map(|each| each.reference).collect();
    let requests: Vec<Option<i64>> =
        all().map(|each| each.request.map(big).transpose()).collect::<Result<_, _>>()?;
    let times: Vec<_> = all().map(|each| each.at.time).collect();
    sqlx::query!(
        "INSERT INTO chain.transfers
             (id, height, index, from_owner, to_owner, quantity, reference, request, at)
         SELECT * FROM UNNEST($1::bigint[], $2::bigint[], $3::int[], $4::bigint[], $5::bigint[],
                              $6::bigint[], $7::text[], $8::bigint[], $9::timestamptz[])",
        &ids,
        &heights,
        &indices,
        &from,
        &to,
        &quantities,
        &references as &[Option<&str>],
        &requests as &[Option<i64>],
        &times,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Events are about the projects and the owners of their blocks, one for each row.
async fn note_blocks(
    connection: &mut PgConnection,
    heights: &[i64],
    indices: &[i32],
    starts: &[i64],
) -> Result<(), IndexerError> {
    sqlx::query!(
        "WITH about AS (
             SELECT m.height, m.index, b.project, b.owner
             FROM UNNEST($1::bigint[], $2::int[], $3::bigint[]) AS m (height, index, start_serial)
             JOIN chain.credit_blocks b USING (start_serial)
         )
         INSERT INTO chain.event_subjects (kind, id, height, index)
         SELECT DISTINCT 'project', project, height, index FROM about
         UNION ALL
         SELECT DISTINCT 'organisation', owner, height, index FROM about
         ON CONFLICT DO NOTHING",
        heights,
        indices,
        starts,
    )
    .execute(connection)
    .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::block::instant;

    fn at(index: u32) -> At {
        At { height: 1, index, time: instant(0).unwrap() }
    }

    fn range(start: u64, end: u64) -> SerialRange {
        SerialRange { start, end }
    }

    fn split(rest: (u64, u64), taken: (u64, u64)) -> Event {
        Event::BlockSplit { rest: range(rest.0, rest.1), taken: range(taken.0, taken.1) }
    }

    fn transfer(blocks: &[(u64, u64)]) -> Event {
        Event::CreditsTransferred {
            from: 2,
            to: 3,
            blocks: blocks.iter().map(|(start, end)| range(*start, *end)).collect(),
            quantity: 1,
            reference: None,
            request: None,
            by: AccountId32([1; 32]),
        }
    }

    /// Which of the events are in one run with those before them.
    fn taken(events: &[Event]) -> Vec<bool> {
        let mut run = Run::default();
        events.iter().zip(0..).map(|(event, index)| run.takes(at(index), event).unwrap()).collect()
    }

    #[test]
    fn splits_of_one_block_and_transfers_of_what_was_split_off_are_one_run() {
        let events = [
            split((1, 90), (91, 100)),
            transfer(&[(91, 100)]),
            split((1, 80), (81, 90)),
            transfer(&[(81, 90)]),
        ];
        assert_eq!(taken(&events), [true; 4]);
    }

    #[test]
    fn what_depends_on_a_transfer_or_a_fresh_block_is_of_another_run() {
        // Moved and then split, split off and then split, moved and then moved.
        let moved = [transfer(&[(1, 100)]), split((1, 90), (91, 100))];
        assert_eq!(taken(&moved), [true, false]);
        let fresh = [split((1, 50), (51, 100)), split((51, 60), (61, 100))];
        assert_eq!(taken(&fresh), [true, false]);
        let twice = [transfer(&[(1, 100)]), transfer(&[(1, 100)])];
        assert_eq!(taken(&twice), [true, false]);
        let other = [Event::TransfersResumed { by: AccountId32([1; 32]) }];
        assert_eq!(taken(&other), [false]);
    }

    #[test]
    fn what_cannot_be_is_refused() {
        let refused = |events: &[Event]| {
            let mut run = Run::default();
            events.iter().any(|event| run.takes(at(0), event).is_err())
        };
        assert!(refused(&[split((1, 50), (52, 100))]));
        assert!(refused(&[split((1, 50), (51, 100)), split((1, 40), (41, 60))]));
        assert!(refused(&[transfer(&[(1, 9), (1, 9)])]));
    }
}
