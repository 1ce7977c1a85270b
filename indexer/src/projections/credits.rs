// SPDX-License-Identifier: Apache-2.0
//! Blocks of credits: issued, split, first transferred, stopped and released.

use super::{
    big,
    ledger::{Block, Change, Expected, Status},
    year, At, Batch,
};
use crate::{error::IndexerError, event::Event};
use registry_primitives::{
    credit::{BlockStatus, HoldReason},
    SerialRange,
};

pub fn apply(batch: &mut Batch<'_>, at: At, event: &Event) -> Result<(), IndexerError> {
    match event {
        Event::CreditsIssued { .. } => issue(batch, at, event),
        Event::BlockSplit { rest, taken } => {
            batch.ledger.split(at, rest, taken, &mut batch.subjects)
        }
        Event::CreditsFirstTransferred { blocks, .. } => {
            batch.ledger.first_transfer(at, blocks, 0, &mut batch.subjects)
        }
        Event::CreditsHeld { blocks, reason, .. } => {
            let held = Change {
                status_reason: Some(HoldReason::Government.as_str()),
                statement: Some(reason),
                ..Change::new("held", Status::OnHold)
            };
            change(batch, at, blocks, Status::Held, &held)
        }
        Event::CreditsReleased { blocks, .. } => {
            let released = Change::new("released", Status::Held);
            change(batch, at, blocks, Status::OnHold, &released)
        }
        Event::BufferReleased { to, blocks, .. } => {
            let owner = Some(i64::from(*to));
            let released = Change { owner, ..Change::new("buffer_released", Status::Held) };
            change(batch, at, blocks, Status::Buffer, &released)
        }
        _ => Ok(()),
    }
}

/// Changes blocks of whomever, all of which have a status and wait for nothing.
fn change(
    batch: &mut Batch<'_>,
    at: At,
    blocks: &[SerialRange],
    status: Status,
    change: &Change<'_>,
) -> Result<(), IndexerError> {
    let expected = Expected { owner: None, statuses: &[status], request: None };
    let starts = batch.ledger.expect(at, blocks, &expected)?;
    batch.ledger.change(at, &starts, change, &mut batch.subjects)
}

fn issue(batch: &mut Batch<'_>, at: At, event: &Event) -> Result<(), IndexerError> {
    let Event::CreditsIssued { project, period, vintage, owner, range, status, first_transferred } =
        event
    else {
        return Ok(());
    };
    let reason = match status {
        BlockStatus::OnHold(reason) => Some(reason.as_str().to_owned()),
        _ => None,
    };
    let status = Status::named(status.as_str());
    let block = Block {
        end: big(range.end)?,
        project: (*project).into(),
        period: (*period).into(),
        vintage: year(*vintage)?,
        owner: (*owner).into(),
        status: status.ok_or_else(|| at.inconsistent("there is no such status"))?,
        status_reason: reason,
        hold_statement: None,
        request: None,
        retirement: None,
        cancellation: None,
        first_transferred: false,
        parent: None,
    };
    batch.ledger.issue(at, big(range.start)?, block)?;
    match first_transferred {
        // Its issuance is the first part of its history.
        true => batch.ledger.first_transfer(at, &[*range], 1, &mut batch.subjects),
        false => Ok(()),
    }
}
