// SPDX-License-Identifier: Apache-2.0
//! Cancellations.

use super::{
    big,
    ledger::{Cancelled, Change, Expected, Status},
    At, Batch,
};
use crate::{error::IndexerError, event::Event};
use registry_primitives::credit::Corrects;

pub fn apply(batch: &mut Batch<'_>, at: At, event: &Event) -> Result<(), IndexerError> {
    let Event::CreditsCancelled { id, cancellation, .. } = event else {
        return Ok(());
    };
    let (id, owner) = (big(*id)?, i64::from(cancellation.owner));
    let (corrects, issuance, retirement) = match cancellation.corrects {
        Corrects::Nothing => ("nothing", None, None),
        Corrects::Issuance { project, period } => {
            ("issuance", Some((i64::from(project), i64::from(period))), None)
        }
        Corrects::Retirement(retirement) => ("retirement", None, Some(big(retirement)?)),
    };
    // What is deducted from an international retirement is reserved for its request, which was
    // recognised by the same transaction.
    let request = retirement.and_then(|it| batch.recognised.get(&it).copied());
    let statuses: &[Status] = match retirement {
        Some(_) => &[Status::Reserved],
        None => &[Status::Held, Status::OnHold, Status::Buffer],
    };
    let expected = Expected { owner: Some(owner), statuses, request };
    let cancelled = Change {
        status_reason: Some(cancellation.reason.as_str()),
        request,
        cancellation: Some(id),
        purpose: cancellation.reason.as_str(),
        ..Change::new("cancelled", Status::Cancelled)
    };
    let starts = batch.ledger.expect(at, &cancellation.blocks, &expected)?;
    batch.ledger.change(at, &starts, &cancelled, &mut batch.subjects)?;
    let quantity = big(cancellation.quantity)?;
    let row = Cancelled { id, cancellation, corrects, issuance, retirement, quantity };
    batch.ledger.tables.cancellation(at, &row)?;
    batch.ledger.cancelled_parts(at, id, &starts)?;
    batch.subjects.also(at, "request", request.as_slice())
}
