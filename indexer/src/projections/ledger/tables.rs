// SPDX-License-Identifier: Apache-2.0
//! Rows that are only ever added: the history of serial numbers, and the records of what moved them.

use super::{Ledger, Status};
use crate::{copy::Rows, error::IndexerError, projections::At};
use registry_primitives::credit::{Cancellation, RetirementDetails};
use serde_json::Value;

/// Such rows, until they are written.
pub struct Tables {
    history: Rows,
    transfers: Rows,
    retirements: Rows,
    retirement_parts: Rows,
    cancellations: Rows,
    cancellation_parts: Rows,
}

/// What happened to a range of serial numbers, as in `chain.serial_history`.
pub struct History<'a> {
    pub height: i64,
    pub index: i32,
    pub part: i16,
    pub start: i64,
    pub end: i64,
    pub kind: &'static str,
    pub parent: Option<i64>,
    pub from_owner: Option<i64>,
    pub to_owner: Option<i64>,
    pub from_status: Option<Status>,
    pub status: Option<Status>,
    pub reason: Option<&'a str>,
    pub request: Option<i64>,
    pub retirement: Option<i64>,
    pub cancellation: Option<i64>,
}

impl History<'_> {
    /// With nothing but what every row has.
    pub fn new(
        at: At,
        part: i16,
        kind: &'static str,
        start: i64,
        end: i64,
    ) -> Result<Self, IndexerError> {
        Ok(Self {
            height: at.height(),
            index: at.index()?,
            part,
            start,
            end,
            kind,
            parent: None,
            from_owner: None,
            to_owner: None,
            from_status: None,
            status: None,
            reason: None,
            request: None,
            retirement: None,
            cancellation: None,
        })
    }
}

impl Default for Tables {
    fn default() -> Self {
        Self {
            history: Rows::new(
                "chain.serial_history (height, index, part, start_serial, end_serial, kind, parent,
                     from_owner, to_owner, from_status, status, reason, request, retirement,
                     cancellation)",
            ),
            transfers: Rows::new(
                "chain.transfers (id, height, index, from_owner, to_owner, quantity, reference,
                     request, at)",
            ),
            retirements: Rows::new(
                "chain.retirements (id, height, index, owner, purpose, purpose_details, beneficiary,
                     beneficiary_country, on_behalf_of, reason, reference, quantity, at)",
            ),
            retirement_parts: Rows::new(
                "chain.retirement_parts (retirement, position, start_serial, end_serial, project,
                     vintage)",
            ),
            cancellations: Rows::new(
                "chain.cancellations (id, height, index, owner, reason, corrects, corrects_project,
                     corrects_period, corrects_retirement, statement, quantity, at)",
            ),
            cancellation_parts: Rows::new(
                "chain.cancellation_parts (cancellation, position, start_serial, end_serial, project,
                     vintage)",
            ),
        }
    }
}

/// A transfer, as in `chain.transfers`.
pub struct Transfer<'a> {
    pub id: i64,
    pub from: i64,
    pub to: i64,
    pub quantity: i64,
    pub reference: Option<&'a str>,
    pub request: Option<i64>,
}

/// A retirement, as in `chain.retirements`.
pub struct Retirement<'a> {
    pub id: i64,
    pub owner: i64,
    pub details: &'a RetirementDetails,
    pub purpose_details: Option<Value>,
    pub quantity: i64,
}

/// A cancellation, as in `chain.cancellations`.
pub struct Cancelled<'a> {
    pub id: i64,
    pub cancellation: &'a Cancellation,
    /// What kind of thing it corrects; the project and the period, or the retirement.
    pub corrects: &'static str,
    pub issuance: Option<(i64, i64)>,
    pub retirement: Option<i64>,
    pub quantity: i64,
}

impl Tables {
    pub fn history(&mut self, row: &History<'_>) {
        self.history.add(&[
            &row.height,
            &row.index,
            &row.part,
            &row.start,
            &row.end,
            &row.kind,
            &row.parent,
            &row.from_owner,
            &row.to_owner,
            &row.from_status.map(Status::as_str),
            &row.status.map(Status::as_str),
            &row.reason,
            &row.request,
            &row.retirement,
            &row.cancellation,
        ]);
    }

    pub fn transfer(&mut self, at: At, row: &Transfer<'_>) -> Result<(), IndexerError> {
        self.transfers.add(&[
            &row.id,
            &at.height(),
            &at.index()?,
            &row.from,
            &row.to,
            &row.quantity,
            &row.reference,
            &row.request,
            &at.time,
        ]);
        Ok(())
    }

    pub fn retirement(&mut self, at: At, row: &Retirement<'_>) -> Result<(), IndexerError> {
        let details = row.details;
        self.retirements.add(&[
            &row.id,
            &at.height(),
            &at.index()?,
            &row.owner,
            &details.purpose.as_str(),
            &row.purpose_details.as_ref(),
            &details.beneficiary.name.to_text(),
            &details.beneficiary.country.to_string(),
            &details.on_behalf_of.as_ref().map(ToString::to_string),
            &details.reason.as_ref().map(ToString::to_string),
            &details.reference.as_ref().map(ToString::to_string),
            &row.quantity,
            &at.time,
        ]);
        Ok(())
    }

    pub fn cancellation(&mut self, at: At, row: &Cancelled<'_>) -> Result<(), IndexerError> {
        let Cancelled { cancellation, issuance, .. } = row;
        self.cancellations.add(&[
            &row.id,
            &at.height(),
            &at.index()?,
            &i64::from(cancellation.owner),
            &cancellation.reason.as_str(),
            &row.corrects,
            &issuance.map(|(project, _)| project),
            &issuance.map(|(_, period)| period),
            &row.retirement,
            &cancellation.statement.as_ref().map(ToString::to_string),
            &row.quantity,
            &at.time,
        ]);
        Ok(())
    }

    /// In the order in which they point at each other.
    pub fn into_rows(self) -> [Rows; 6] {
        [
            self.history,
            self.transfers,
            self.retirements,
            self.retirement_parts,
            self.cancellations,
            self.cancellation_parts,
        ]
    }
}

impl Ledger {
    /// The blocks that a retirement took.
    pub fn retired_parts(&mut self, at: At, id: i64, starts: &[i64]) -> Result<(), IndexerError> {
        for (start, position) in starts.iter().zip(0_i16..) {
            let block = &self.block(at, *start)?;
            let (end, project, vintage) = (block.end, block.project, block.vintage);
            self.tables.retirement_parts.add(&[&id, &position, start, &end, &project, &vintage]);
        }
        Ok(())
    }

    /// The blocks that a cancellation took.
    pub fn cancelled_parts(&mut self, at: At, id: i64, starts: &[i64]) -> Result<(), IndexerError> {
        for (start, position) in starts.iter().zip(0_i16..) {
            let block = &self.block(at, *start)?;
            let (end, project, vintage) = (block.end, block.project, block.vintage);
            self.tables.cancellation_parts.add(&[&id, &position, start, &end, &project, &vintage]);
        }
        Ok(())
    }
}
