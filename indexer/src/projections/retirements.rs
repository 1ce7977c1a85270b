// SPDX-License-Identifier: Apache-2.0
//! Retirements.

use super::{
    big,
    ledger::{Change, Expected, Retirement, Status},
    At, Batch,
};
use crate::{error::IndexerError, event::Event};
use registry_primitives::{
    credit::{RetirementDetails, RetirementPurpose},
    CountryCode,
};
use serde_json::Value;

pub fn apply(batch: &mut Batch<'_>, at: At, event: &Event) -> Result<(), IndexerError> {
    let Event::CreditsRetired { id, owner, details, blocks, quantity, .. } = event else {
        return Ok(());
    };
    let (id, owner) = (big(*id)?, i64::from(*owner));
    // What an international retirement takes is reserved for its request, which was recognised by the
    // same transaction.
    let request = batch.recognised.get(&id).copied();
    let status = if request.is_some() { Status::Reserved } else { Status::Held };
    let expected = Expected { owner: Some(owner), statuses: &[status], request };
    let retired = Change {
        request,
        retirement: Some(id),
        purpose: details.purpose.as_str(),
        country: Some(country(details)),
        ..Change::new("retired", Status::Retired)
    };
    let starts = batch.ledger.expect(at, blocks, &expected)?;
    batch.ledger.change(at, &starts, &retired, &mut batch.subjects)?;
    let purpose_details = purpose_details(&details.purpose);
    let quantity = big(*quantity)?;
    let row = Retirement { id, owner, details, purpose_details, quantity };
    batch.ledger.tables.retirement(at, &row)?;
    batch.ledger.retired_parts(at, id, &starts)?;
    batch.subjects.also(at, "request", request.as_slice())
}

/// Whose target it is counted towards, or where its beneficiary is.
fn country(details: &RetirementDetails) -> CountryCode {
    match &details.purpose {
        RetirementPurpose::InternationalTransfer { country, .. } => *country,
        _ => details.beneficiary.country,
    }
}

/// What the purpose says beyond its name.
pub fn purpose_details(purpose: &RetirementPurpose) -> Option<Value> {
    match purpose {
        RetirementPurpose::InternationalTransfer { country, entity, towards } => {
            Some(serde_json::json!({
                "country": country,
                "entity": entity,
                "towards": towards,
            }))
        }
        RetirementPurpose::NdcUse { year } => Some(serde_json::json!({ "year": year })),
        RetirementPurpose::Voluntary
        | RetirementPurpose::NationalCompliance
        | RetirementPurpose::LegalAction
        | RetirementPurpose::Other => None,
    }
}
