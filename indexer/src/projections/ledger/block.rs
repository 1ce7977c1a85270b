// SPDX-License-Identifier: Apache-2.0
//! Blocks of credits in memory: those that a series of events speaks of.

use super::{At, Ledger};
use crate::error::IndexerError;
use registry_primitives::SerialRange;
use sqlx::PgConnection;
use std::collections::btree_map::Entry;

/// What may be done with a block, by its name.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Status {
    Held,
    OnHold,
    Reserved,
    Retired,
    Cancelled,
    Buffer,
}

impl Status {
    const ALL: [Self; 6] =
        [Self::Held, Self::OnHold, Self::Reserved, Self::Retired, Self::Cancelled, Self::Buffer];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Held => "held",
            Self::OnHold => "on_hold",
            Self::Reserved => "reserved",
            Self::Retired => "retired",
            Self::Cancelled => "cancelled",
            Self::Buffer => "buffer",
        }
    }

    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == name)
    }
}

/// A block, as in the table; its first number is its key.
#[derive(Clone, PartialEq, Debug)]
pub struct Block {
    pub end: i64,
    pub project: i64,
    pub period: i64,
    pub vintage: i16,
    pub owner: i64,
    pub status: Status,
    pub status_reason: Option<String>,
    pub hold_statement: Option<String>,
    pub request: Option<i64>,
    pub retirement: Option<i64>,
    pub cancellation: Option<i64>,
    pub first_transferred: bool,
    pub parent: Option<i64>,
}

/// What has to be written of a block.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Pending {
    Nothing,
    Change,
    All,
}

/// What blocks must be for an event to speak of them.
pub struct Expected<'a> {
    /// Anybody's if none.
    pub owner: Option<i64>,
    pub statuses: &'a [Status],
    /// The request that they are reserved for; none if for none.
    pub request: Option<i64>,
}

impl Expected<'_> {
    fn fits(&self, block: &Block) -> bool {
        self.owner.is_none_or(|owner| owner == block.owner)
            && self.statuses.contains(&block.status)
            && self.request == block.request
    }
}

impl Ledger {
    /// Reads blocks that are in the table and not known yet.
    pub async fn load(
        &mut self,
        connection: &mut PgConnection,
        starts: impl IntoIterator<Item = i64>,
    ) -> Result<(), IndexerError> {
        let unknown: Vec<i64> =
            starts.into_iter().filter(|start| !self.blocks.contains_key(start)).collect();
        if unknown.is_empty() {
            return Ok(());
        }
        let rows = sqlx::query!(
            "SELECT start_serial, end_serial, project, period, vintage, owner, status, status_reason,
                    hold_statement, request, retirement, cancellation, first_transferred, parent
             FROM chain.credit_blocks WHERE start_serial = ANY($1::bigint[])",
            &unknown,
        )
        .fetch_all(connection)
        .await?;
        for row in rows {
            let status = Status::named(&row.status)
                .ok_or(IndexerError::UnknownStatus(row.start_serial, row.status))?;
            let block = Block {
                end: row.end_serial,
                project: row.project,
                period: row.period,
                vintage: row.vintage,
                owner: row.owner,
                status,
                status_reason: row.status_reason,
                hold_statement: row.hold_statement,
                request: row.request,
                retirement: row.retirement,
                cancellation: row.cancellation,
                first_transferred: row.first_transferred,
                parent: row.parent,
            };
            self.blocks.insert(row.start_serial, (block, Pending::Nothing));
        }
        Ok(())
    }

    /// A block that comes into being.
    pub fn add(&mut self, at: At, start: i64, block: Block) -> Result<(), IndexerError> {
        match self.blocks.entry(start) {
            Entry::Vacant(place) => {
                place.insert((block, Pending::All));
                Ok(())
            }
            Entry::Occupied(_) => {
                Err(at.inconsistent("a block with this first number is there already"))
            }
        }
    }

    /// The blocks of an event, by their first numbers; none may be named twice.
    pub fn starts(
        &self,
        at: At,
        ranges: &[SerialRange],
        what: &'static str,
        fits: impl Fn(&Block) -> bool,
    ) -> Result<Vec<i64>, IndexerError> {
        let mut starts = Vec::with_capacity(ranges.len());
        for range in ranges {
            let (start, end) = (super::big(range.start)?, super::big(range.end)?);
            let block = self.blocks.get(&start).map(|(block, _)| block);
            if !block.is_some_and(|block| block.end == end && fits(block)) {
                return Err(at.inconsistent(what));
            }
            starts.push(start);
        }
        let mut sorted = starts.clone();
        sorted.sort_unstable();
        sorted.dedup();
        match sorted.len() == starts.len() {
            true => Ok(starts),
            false => Err(at.inconsistent("the event names a block twice")),
        }
    }

    /// The blocks of an event, all of which are what it says.
    pub fn expect(
        &self,
        at: At,
        ranges: &[SerialRange],
        expected: &Expected<'_>,
    ) -> Result<Vec<i64>, IndexerError> {
        let what = "the blocks are not there, not their owner's, or not in the status for this";
        self.starts(at, ranges, what, |block| expected.fits(block))
    }

    /// A block that is known.
    pub fn block(&self, at: At, start: i64) -> Result<&Block, IndexerError> {
        let found = self.blocks.get(&start).map(|(block, _)| block);
        found.ok_or_else(|| at.inconsistent("the block is not there"))
    }

    /// The same, to be changed.
    pub fn block_mut(&mut self, at: At, start: i64) -> Result<&mut Block, IndexerError> {
        let found = self.blocks.get_mut(&start);
        let (block, pending) = found.ok_or_else(|| at.inconsistent("the block is not there"))?;
        if *pending == Pending::Nothing {
            *pending = Pending::Change;
        }
        Ok(block)
    }
}
