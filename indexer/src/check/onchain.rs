// SPDX-License-Identifier: Apache-2.0
//! The state of the chain as the rows that the tables should have.

use super::{Rows, Tables};
use crate::error::IndexerError;
use registry_client::{state::State, AccountId32};
use registry_primitives::{
    credit::{BlockStatus, RetirementPurpose, Totals},
    project::MonitoringPeriod,
    SerialNumber,
};
use serde_json::{json, Value};

pub fn tables(state: &State) -> Result<Tables, IndexerError> {
    Ok([
        ("organisations", organisations(state)),
        ("members", members(state)),
        ("projects", projects(state)?),
        ("proponents", proponents(state)),
        ("certifiers", certifiers(state)),
        ("locations", locations(state)),
        ("documents", documents(state)),
        ("monitoring_periods", monitoring_periods(state)),
        ("monitoring_vintages", monitoring_vintages(state)),
        ("credit_blocks", credit_blocks(state)),
        ("retirements", retirements(state)?),
        ("retirement_parts", retirement_parts(state)),
        ("vintage_totals", vintage_totals(state)),
        ("national_totals", national_totals(state)),
    ]
    .into())
}

fn organisations(state: &State) -> Rows {
    let rows = state.organisations.iter().map(|(id, organisation)| {
        let details = &organisation.details;
        let scopes: Vec<u8> = details.sectoral_scopes.iter().map(|each| each.number()).collect();
        let row = json!({
            "role": organisation.role,
            "name": details.name,
            "tax_id": details.tax_id,
            "country": details.country,
            "sectoral_scopes": scopes,
            "profile": details.profile,
            "status": organisation.status,
            "created_at": organisation.created_at,
        });
        (id.to_string(), row)
    });
    rows.collect()
}

fn members(state: &State) -> Rows {
    let rows = state.members.iter().map(|(account, member)| {
        let row = json!({ "organisation": member.organisation, "role": member.role });
        (AccountId32(*account).to_string(), row)
    });
    rows.collect()
}

fn projects(state: &State) -> Result<Rows, IndexerError> {
    let rows = state.projects.iter().map(|(id, project)| {
        let registration = &project.registration;
        let row = json!({
            "title": registration.title,
            "external_id": registration.external_id,
            "sector": registration.sector,
            "sectoral_scope": registration.sectoral_scope.number(),
            "mitigation_type": registration.mitigation_type,
            "gases": registration.gases,
            "crediting_start": registration.crediting_period.start,
            "crediting_end": registration.crediting_period.end,
            "estimated_cost_usd": registration.estimated_cost_usd,
            "estimate": registration.estimate,
            "details": registration.details,
            "stage": project.stage,
            "validated_estimate": project.validated_estimate,
            "authorised": project.authorised,
            "article6": serde_json::to_value(&project.article6)?,
            "buffer_rate": project.buffer_rate,
            "issued": project.issued,
            "documents": project.documents,
            "monitoring_periods": project.monitoring_periods,
            "created_at": project.created_at,
        });
        Ok((id.to_string(), row))
    });
    rows.collect()
}

fn proponents(state: &State) -> Rows {
    let rows = state.projects.iter().flat_map(|(id, project)| {
        project.registration.proponents.iter().enumerate().map(move |(position, proponent)| {
            let row = json!({
                "organisation": proponent.organisation,
                "share_ppm": proponent.share,
            });
            (format!("{id}/{position}"), row)
        })
    });
    rows.collect()
}

fn certifiers(state: &State) -> Rows {
    let rows = state.projects.iter().flat_map(|(id, project)| {
        let certifiers = project.registration.certifiers.iter();
        certifiers.map(move |certifier| (format!("{id}/{certifier}"), json!({})))
    });
    rows.collect()
}

fn locations(state: &State) -> Rows {
    let rows = state.projects.iter().flat_map(|(id, project)| {
        project.registration.locations.iter().enumerate().map(move |(position, location)| {
            let row = json!({
                "region": location.region,
                "latitude": location.coordinates.map(|point| point.latitude),
                "longitude": location.coordinates.map(|point| point.longitude),
            });
            (format!("{id}/{position}"), row)
        })
    });
    rows.collect()
}

fn documents(state: &State) -> Rows {
    let rows = state.documents.iter().map(|((project, number), document)| {
        let row = json!({
            "kind": document.kind,
            "hash": document.hash,
            "size": document.size,
            "version": document.version,
            "uploader": document.uploader,
            "status": document.status,
            "reviewer": document.reviewer,
            "remark": document.remark,
            "submitted_at": document.submitted_at,
        });
        (format!("{project}/{number}"), row)
    });
    rows.collect()
}

/// Every monitoring period with its key.
fn periods(state: &State) -> impl Iterator<Item = (String, &MonitoringPeriod)> {
    state.monitoring.iter().flat_map(|(project, periods)| {
        periods.iter().map(move |(number, period)| (format!("{project}/{number}"), period))
    })
}

fn monitoring_periods(state: &State) -> Rows {
    let rows = periods(state).map(|(key, period)| {
        let row = json!({
            "starts": period.reported.period.start,
            "ends": period.reported.period.end,
            "report": period.reported.report,
            "stage": period.stage,
            "verifier": period.verifier,
            "verification": period.verification,
        });
        (key, row)
    });
    rows.collect()
}

fn monitoring_vintages(state: &State) -> Rows {
    let rows = periods(state).flat_map(|(key, period)| {
        period.reported.vintages.iter().map(move |reported| {
            let verified = period.verified.iter().find(|each| each.vintage == reported.vintage);
            // A year that the verifier left out is verified at zero.
            let verified = period.verifier.map(|_| verified.map_or(0, |verified| verified.tonnes));
            let row = json!({ "reported": reported.tonnes, "verified": verified });
            (format!("{key}/{}", reported.vintage), row)
        })
    });
    rows.collect()
}

fn credit_blocks(state: &State) -> Rows {
    let rows = state.blocks.iter().map(|(start, block)| {
        let (reason, retirement) = match block.status {
            BlockStatus::OnHold(reason) => (Some(reason.as_str()), None),
            BlockStatus::Cancelled(reason) => (Some(reason.as_str()), None),
            BlockStatus::Retired(retirement) => (None, Some(retirement)),
            BlockStatus::Held | BlockStatus::Reserved(_) | BlockStatus::Buffer => (None, None),
        };
        let row = json!({
            "end": block.end,
            "project": block.project,
            "vintage": block.vintage,
            "owner": block.owner,
            "status": block.status.as_str(),
            "status_reason": reason,
            "retirement": retirement,
            "first_transferred": block.first_transferred,
            "parent": block.parent,
        });
        (start.to_string(), row)
    });
    rows.collect()
}

fn retirements(state: &State) -> Result<Rows, IndexerError> {
    let rows = state.retirements.iter().map(|(id, retirement)| {
        let details = &retirement.details;
        // The purpose's own JSON is its name, or an object of its name and what it says.
        let purpose = match serde_json::to_value(&details.purpose)? {
            Value::Object(named) => {
                named.get(details.purpose.as_str()).cloned().unwrap_or_default()
            }
            _ => Value::Null,
        };
        let row = json!({
            "height": retirement.block_number,
            "owner": retirement.by,
            "purpose": RetirementPurpose::as_str(&details.purpose),
            "purpose_details": purpose,
            "beneficiary": details.beneficiary.name,
            "beneficiary_country": details.beneficiary.country,
            "on_behalf_of": details.on_behalf_of,
            "reason": details.reason,
            "reference": details.reference,
            "quantity": retirement.quantity,
            "at": retirement.at,
        });
        Ok((id.to_string(), row))
    });
    rows.collect()
}

fn retirement_parts(state: &State) -> Rows {
    let rows = state.retirements.iter().flat_map(|(id, retirement)| {
        retirement.blocks.iter().enumerate().map(move |(position, range)| {
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

fn totals(totals: &Totals) -> Value {
    json!({
        "issued": totals.issued,
        "held": totals.held,
        "on_hold": totals.on_hold,
        "reserved": totals.reserved,
        "retired": totals.retired,
        "cancelled": totals.cancelled,
        "buffer": totals.buffer,
    })
}

fn vintage_totals(state: &State) -> Rows {
    let rows = state
        .vintages
        .iter()
        .map(|((project, vintage), each)| (format!("{project}/{vintage}"), totals(each)));
    rows.collect()
}

fn national_totals(state: &State) -> Rows {
    let mut row = totals(&state.national);
    let authorised: u64 = state.projects.values().map(|project| project.authorised).sum();
    let last_serial: SerialNumber = state.last_serial;
    row["authorised"] = authorised.into();
    row["last_serial"] = last_serial.into();
    [("nation".to_owned(), row)].into()
}
