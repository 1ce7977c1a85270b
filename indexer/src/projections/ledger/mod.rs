// SPDX-License-Identifier: Apache-2.0
//! What events do to credits: worked out in memory for a series of blocks of the chain, and then written
//! at once. These are the blocks of credits, their history, and the sums over them.
//!
//! An event is compared with the blocks of credits that it names before it changes anything, and one
//! that does not fit stops the indexer: nothing of the series is written then.

mod block;
mod flows;
mod sums;
mod tables;
#[cfg(test)]
mod tests;
mod write;

pub use block::{Block, Expected, Status};
pub use tables::{Cancelled, Retirement, Transfer};

use super::{big, subjects::Subjects, At};
use crate::error::IndexerError;
use block::Pending;
pub use flows::close_days;
use flows::{Flow, Flows};
use registry_primitives::{CountryCode, SerialRange};
use std::collections::BTreeMap;
use sums::Sums;
use tables::{History, Tables};

/// Credits as far as a series of events speaks of them, and what is to be written.
#[derive(Default)]
pub struct Ledger {
    /// By their first numbers.
    blocks: BTreeMap<i64, (Block, Pending)>,
    sums: Sums,
    flows: Flows,
    pub tables: Tables,
}

/// What an event makes of blocks.
#[derive(Clone, Copy)]
pub struct Change<'a> {
    /// The kind of the change in the history.
    pub kind: &'static str,
    pub status: Status,
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
    /// What it counts as in statistics, beside that.
    pub purpose: &'static str,
    pub country: Option<CountryCode>,
}

impl Change<'_> {
    pub fn new(kind: &'static str, status: Status) -> Self {
        Self {
            kind,
            status,
            status_reason: None,
            statement: None,
            owner: None,
            request: None,
            retirement: None,
            cancellation: None,
            purpose: "",
            country: None,
        }
    }
}

impl Ledger {
    /// A block is issued.
    pub fn issue(&mut self, at: At, start: i64, block: Block) -> Result<(), IndexerError> {
        self.tables.history(&History {
            to_owner: Some(block.owner),
            status: Some(block.status),
            ..History::new(at, 0, "issued", start, block.end)?
        });
        self.moved(Flow::issued(at, &block), start, &block);
        self.sums.issued(start, &block);
        self.add(at, start, block)
    }

    /// The end of a block becomes a block of its own, about which the event is.
    pub fn split(
        &mut self,
        at: At,
        rest: &SerialRange,
        taken: &SerialRange,
        subjects: &mut Subjects,
    ) -> Result<(), IndexerError> {
        let (parent, end) = (big(rest.start)?, big(rest.end)?);
        let (start, last) = (big(taken.start)?, big(taken.end)?);
        let block = self.block_mut(at, parent)?;
        if block.end != last || end < parent || end + 1 != start {
            let what = "the block that is split does not have these serial numbers";
            return Err(at.inconsistent(what));
        }
        let taken = Block { parent: Some(parent), ..block.clone() };
        block.end = end;
        subjects.also(at, "project", &[taken.project])?;
        subjects.also(at, "organisation", &[taken.owner])?;
        self.add(at, start, taken)?;
        self.tables.history(&History {
            parent: Some(parent),
            ..History::new(at, 0, "split", start, last)?
        });
        Ok(())
    }

    /// Blocks get another owner by a transfer.
    pub fn transfer(
        &mut self,
        at: At,
        starts: &[i64],
        (from, to): (i64, i64),
        request: Option<i64>,
    ) -> Result<(), IndexerError> {
        for (start, part) in starts.iter().zip(0..) {
            let before = self.block_mut(at, *start)?;
            let after = Block { owner: to, ..before.clone() };
            let before = std::mem::replace(before, after);
            self.tables.history(&History {
                from_owner: Some(from),
                to_owner: Some(to),
                request,
                ..History::new(at, part, "transferred", *start, before.end)?
            });
            let flow = Flow { to_owner: to, ..Flow::of(at, "transferred", &before) };
            self.moved(flow, *start, &before);
        }
        Ok(())
    }

    /// Blocks are first transferred under Article 6; `part` counts the ranges of the event before.
    pub fn first_transfer(
        &mut self,
        at: At,
        ranges: &[SerialRange],
        part: i16,
        subjects: &mut Subjects,
    ) -> Result<(), IndexerError> {
        let what = "the blocks are not there or first transferred already";
        let starts = self.starts(at, ranges, what, |block| !block.first_transferred)?;
        for (start, part) in starts.iter().zip(part..) {
            let block = self.block_mut(at, *start)?;
            block.first_transferred = true;
            let block = block.clone();
            self.tables.history(&History {
                from_owner: Some(block.owner),
                ..History::new(at, part, "first_transferred", *start, block.end)?
            });
            self.moved(Flow::first_transferred(at, &block), *start, &block);
            self.sums.first_transferred(*start, &block);
        }
        self.about(at, &starts, subjects)
    }

    /// Changes blocks. The event is about their projects and owners.
    pub fn change(
        &mut self,
        at: At,
        starts: &[i64],
        change: &Change<'_>,
        subjects: &mut Subjects,
    ) -> Result<(), IndexerError> {
        self.about(at, starts, subjects)?;
        for (start, part) in starts.iter().zip(0..) {
            let before = self.block_mut(at, *start)?;
            let after = Block {
                status: change.status,
                status_reason: change.status_reason.map(str::to_owned),
                owner: change.owner.unwrap_or(before.owner),
                retirement: change.retirement,
                cancellation: change.cancellation,
                request: change.request.filter(|_| change.status == Status::Reserved),
                hold_statement: (change.statement)
                    .filter(|_| change.status == Status::OnHold)
                    .map(str::to_owned),
                ..before.clone()
            };
            let before = std::mem::replace(before, after);
            self.tables.history(&History {
                from_owner: Some(before.owner),
                to_owner: change.owner,
                from_status: Some(before.status),
                status: (change.status != before.status).then_some(change.status),
                reason: change.statement,
                request: change.request,
                retirement: change.retirement,
                cancellation: change.cancellation,
                ..History::new(at, part, change.kind, *start, before.end)?
            });
            let flow = Flow {
                to_owner: change.owner.unwrap_or(before.owner),
                to_status: Some(change.status),
                purpose: change.purpose,
                country: change.country,
                ..Flow::of(at, change.kind, &before)
            };
            self.moved(flow, *start, &before);
        }
        Ok(())
    }

    /// A block moved; it is given as it was before.
    fn moved(&mut self, flow: Flow, start: i64, block: &Block) {
        let tonnes = block.end - start + 1;
        self.sums.moved(&flow, tonnes);
        self.flows.add(flow, tonnes);
    }

    /// The event is about the projects that the blocks come from, and about their owners.
    pub fn about(
        &self,
        at: At,
        starts: &[i64],
        subjects: &mut Subjects,
    ) -> Result<(), IndexerError> {
        for start in starts {
            let block = self.block(at, *start)?;
            subjects.also(at, "project", &[block.project])?;
            subjects.also(at, "organisation", &[block.owner])?;
        }
        Ok(())
    }

    /// The event is about the projects that the blocks come from.
    pub fn about_projects(
        &self,
        at: At,
        starts: &[i64],
        subjects: &mut Subjects,
    ) -> Result<(), IndexerError> {
        starts
            .iter()
            .try_for_each(|start| subjects.also(at, "project", &[self.block(at, *start)?.project]))
    }
}
