// SPDX-License-Identifier: Apache-2.0
//! Blocks, what became of them, what waits, and the totals.

use super::Rows;
use crate::error::IndexerError;
use registry_client::state::State;
use registry_primitives::{
    credit::{BlockStatus, Corrects, Ranges, RetirementDetails, RetirementPurpose, Totals},
    SerialNumber, SerialRange,
};
use serde_json::{json, Value};
use std::collections::BTreeMap;

pub fn blocks(state: &State) -> Rows {
    let rows = state.blocks.iter().map(|(start, block)| {
        let (mut reason, mut request, mut retirement, mut cancellation) = (None, None, None, None);
        match block.status {
            BlockStatus::OnHold(why) => reason = Some(why.as_str()),
            BlockStatus::Reserved(id) => request = Some(id),
            BlockStatus::Retired(id) => retirement = Some(id),
            BlockStatus::Cancelled(id) => {
                reason = state.cancellations.get(&id).map(|found| found.reason.as_str());
                cancellation = Some(id);
            }
            BlockStatus::Held | BlockStatus::Buffer => {}
        }
        let row = json!({
            "end": block.end,
            "project": block.project,
            "vintage": block.vintage,
            "owner": block.owner,
            "status": block.status.as_str(),
            "status_reason": reason,
            "request": request,
            "retirement": retirement,
            "cancellation": cancellation,
            "first_transferred": block.first_transferred,
            "parent": block.parent,
        });
        (start.to_string(), row)
    });
    rows.collect()
}

/// The statuses, as they are named in the tables.
const STATUSES: [&str; 6] = ["held", "on_hold", "reserved", "retired", "cancelled", "buffer"];

/// Tonnes of a project's vintage that an organisation has, by status.
pub fn holdings(state: &State) -> Result<Rows, IndexerError> {
    let mut holdings = Rows::new();
    for (start, block) in &state.blocks {
        let holding = format!("{}/{}/{}", block.project, block.vintage, block.owner);
        let row = holdings.entry(holding).or_insert_with(|| {
            STATUSES.iter().map(|status| ((*status).to_owned(), json!(0))).collect()
        });
        let sum = &mut row[block.status.as_str()];
        let tonnes = SerialRange { start: *start, end: block.end }.quantity();
        let more = sum.as_u64().and_then(|sum| sum.checked_add(tonnes));
        *sum = more.ok_or(IndexerError::OutOfRange(tonnes))?.into();
    }
    Ok(holdings)
}

/// Tonnes by status, which flows add up to, however they are told apart.
pub fn flows(state: &State) -> Rows {
    let Totals { held, on_hold, reserved, retired, cancelled, buffer, .. } = state.national;
    let tonnes = [held, on_hold, reserved, retired, cancelled, buffer];
    let mut rows = Rows::new();
    for grain in ["all", "project", "vintage", "project_vintage", "owner", "owner_project"] {
        for (status, tonnes) in STATUSES.into_iter().zip(tonnes).filter(|(_, tonnes)| *tonnes > 0) {
            rows.insert(format!("{grain}/{status}"), json!({ "tonnes": tonnes }));
        }
    }
    rows
}

/// Tonnes of a project's vintage that an organisation has in a status.
pub fn stocks(state: &State) -> Result<Rows, IndexerError> {
    let mut stocks = BTreeMap::<String, u64>::new();
    for (start, block) in &state.blocks {
        let (project, vintage, owner) = (block.project, block.vintage, block.owner);
        let stock = format!("{project}/{vintage}/{owner}/{}", block.status.as_str());
        let tonnes = SerialRange { start: *start, end: block.end }.quantity();
        let sum = stocks.entry(stock).or_default();
        *sum = sum.checked_add(tonnes).ok_or(IndexerError::OutOfRange(tonnes))?;
    }
    let rows = stocks.into_iter().map(|(stock, tonnes)| (stock, json!({ "tonnes": tonnes })));
    Ok(rows.collect())
}

/// What a retirement, or a request for one, says of itself.
fn retirement_row(
    owner: u32,
    details: &RetirementDetails,
    quantity: u64,
    at: u64,
) -> Result<Value, IndexerError> {
    // The purpose's own JSON is its name, or an object of its name and what it says.
    let purpose = match serde_json::to_value(&details.purpose)? {
        Value::Object(named) => named.get(details.purpose.as_str()).cloned().unwrap_or_default(),
        _ => Value::Null,
    };
    Ok(json!({
        "owner": owner,
        "purpose": RetirementPurpose::as_str(&details.purpose),
        "purpose_details": purpose,
        "beneficiary": details.beneficiary.name,
        "beneficiary_country": details.beneficiary.country,
        "on_behalf_of": details.on_behalf_of,
        "reason": details.reason,
        "reference": details.reference,
        "quantity": quantity,
        "at": at,
    }))
}

pub fn retirements(state: &State) -> Result<Rows, IndexerError> {
    let rows = state.retirements.iter().map(|(id, found)| {
        let mut row = retirement_row(found.by, &found.details, found.quantity, found.at)?;
        row["height"] = found.block_number.into();
        Ok((id.to_string(), row))
    });
    rows.collect()
}

pub fn retirement_requests(state: &State) -> Result<Rows, IndexerError> {
    let rows = state.retirement_requests.iter().map(|(id, found)| {
        let row = retirement_row(found.by, &found.details, found.quantity, found.requested_at)?;
        Ok((id.to_string(), row))
    });
    rows.collect()
}

/// The ranges of records, each with the project and the vintage of its block.
fn parts<'a>(state: &State, records: impl Iterator<Item = (u64, &'a Ranges)>) -> Rows {
    let rows = records.flat_map(|(id, ranges)| {
        ranges.iter().enumerate().map(move |(position, range)| {
            let block = state.blocks.get(&range.start);
            let row = json!({
                "start": range.start,
                "end": range.end,
                "project": block.map(|block| block.project),
                "vintage": block.map(|block| block.vintage),
            });
            (format!("{id}/{position}"), row)
        })
    });
    rows.collect()
}

pub fn retirement_parts(state: &State) -> Rows {
    parts(state, state.retirements.iter().map(|(id, found)| (*id, &found.blocks)))
}

pub fn retirement_request_parts(state: &State) -> Rows {
    parts(state, state.retirement_requests.iter().map(|(id, found)| (*id, &found.blocks)))
}

pub fn cancellation_parts(state: &State) -> Rows {
    parts(state, state.cancellations.iter().map(|(id, found)| (*id, &found.blocks)))
}

pub fn cancellations(state: &State) -> Rows {
    let rows = state.cancellations.iter().map(|(id, found)| {
        let (corrects, project, period, retirement) = match found.corrects {
            Corrects::Nothing => ("nothing", None, None, None),
            Corrects::Issuance { project, period } => {
                ("issuance", Some(project), Some(period), None)
            }
            Corrects::Retirement(id) => ("retirement", None, None, Some(id)),
        };
        let row = json!({
            "height": found.block_number,
            "owner": found.owner,
            "reason": found.reason,
            "corrects": corrects,
            "corrects_project": project,
            "corrects_period": period,
            "corrects_retirement": retirement,
            "statement": found.statement,
            "quantity": found.quantity,
            "at": found.at,
        });
        (id.to_string(), row)
    });
    rows.collect()
}

pub fn transfer_requests(state: &State) -> Rows {
    let rows = state.transfer_requests.iter().map(|(id, request)| {
        let row = json!({
            "project": request.project,
            "vintage": request.vintage,
            "quantity": request.quantity,
            "from": request.from,
            "to": request.to,
            "initiator": request.initiator,
            "reference": request.reference,
            "requested_at": request.requested_at,
        });
        (id.to_string(), row)
    });
    rows.collect()
}

fn totals(totals: &Totals) -> Value {
    json!({
        "issued": totals.issued,
        "held": totals.held,
        "on_hold": totals.on_hold,
        "reserved": totals.reserved,
        "retired": totals.retired,
        "cancelled": totals.cancelled,
        "buffer": totals.buffer,
        "first_transferred": totals.first_transferred,
    })
}

pub fn vintage_totals(state: &State) -> Rows {
    let rows = state
        .vintages
        .iter()
        .map(|((project, vintage), each)| (format!("{project}/{vintage}"), totals(each)));
    rows.collect()
}

pub fn national_totals(state: &State) -> Rows {
    let mut row = totals(&state.national);
    let authorised: u64 = state.projects.values().map(|project| project.authorised).sum();
    let last_serial: SerialNumber = state.last_serial;
    row["authorised"] = authorised.into();
    row["last_serial"] = last_serial.into();
    [("nation".to_owned(), row)].into()
}
