// SPDX-License-Identifier: Apache-2.0
//! Retirements.

use super::{
    big,
    blocks::{change, Change, Expected, Ranges},
    note_subjects, requests, At,
};
use crate::{error::IndexerError, event::Event};
use registry_primitives::credit::{RetirementDetails, RetirementPurpose};
use serde_json::Value;
use sqlx::PgConnection;

pub async fn apply(
    connection: &mut PgConnection,
    at: At,
    event: &Event,
) -> Result<(), IndexerError> {
    let Event::CreditsRetired { id, owner, details, blocks, quantity, .. } = event else {
        return Ok(());
    };
    let (id, owner) = (big(*id)?, i64::from(*owner));
    let ranges = Ranges::of(blocks)?;
    // What an international retirement takes is reserved for its request.
    let request = requests::recognised_as(connection, id).await?;
    let status = if request.is_some() { "reserved" } else { "held" };
    let expected = Expected { owner: Some(owner), statuses: &[status], request };
    let retired = Change {
        kind: "retired",
        status: "retired",
        request,
        retirement: Some(id),
        ..Change::default()
    };
    change(connection, at, &ranges, &expected, &retired).await?;
    insert(connection, at, id, owner, details, big(*quantity)?).await?;
    sqlx::query!(
        "INSERT INTO chain.retirement_parts
             (retirement, position, start_serial, end_serial, project, vintage)
         SELECT $1, m.n - 1, b.start_serial, b.end_serial, b.project, b.vintage
         FROM UNNEST($2::bigint[]) WITH ORDINALITY AS m (start_serial, n)
         JOIN chain.credit_blocks b USING (start_serial)",
        id,
        &ranges.starts,
    )
    .execute(&mut *connection)
    .await?;
    note_subjects(connection, at, "request", request.as_slice()).await
}

async fn insert(
    connection: &mut PgConnection,
    at: At,
    id: i64,
    owner: i64,
    details: &RetirementDetails,
    quantity: i64,
) -> Result<(), IndexerError> {
    sqlx::query!(
        "INSERT INTO chain.retirements
             (id, height, index, owner, purpose, purpose_details, beneficiary,
              beneficiary_country, on_behalf_of, reason, reference, quantity, at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12::bigint, $13)",
        id,
        at.height(),
        at.index()?,
        owner,
        details.purpose.as_str(),
        purpose_details(&details.purpose),
        details.beneficiary.name.to_text(),
        details.beneficiary.country.to_string(),
        details.on_behalf_of.as_ref().map(ToString::to_string),
        details.reason.as_ref().map(ToString::to_string),
        details.reference.as_ref().map(ToString::to_string),
        quantity,
        at.time,
    )
    .execute(connection)
    .await?;
    Ok(())
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
