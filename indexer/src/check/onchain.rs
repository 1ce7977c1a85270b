// SPDX-License-Identifier: Apache-2.0
//! The state of the chain as the rows that the tables should have.

mod bridge;
mod credits;
mod network;
mod settings;

use super::{Rows, Tables};
use crate::{error::IndexerError, network::ChainState};
use registry_client::{state::State, AccountId32};
use registry_primitives::project::MonitoringPeriod;
use serde_json::json;

pub fn tables(chain: &ChainState) -> Result<Tables, IndexerError> {
    let mut tables = registry(&chain.registry)?;
    tables.extend(network::tables(&chain.network));
    tables.extend(bridge::tables(&chain.network.bridge));
    Ok(tables)
}

fn registry(state: &State) -> Result<Tables, IndexerError> {
    Ok([
        ("organisations", organisations(state)),
        ("members", members(state)),
        ("projects", projects(state)?),
        ("proponents", proponents(state)),
        ("proponent_changes", proponent_changes(state)),
        ("certifiers", certifiers(state)),
        ("certifications", certifications(state)),
        ("locations", locations(state)),
        ("documents", documents(state)),
        ("monitoring_periods", monitoring_periods(state)),
        ("monitoring_vintages", monitoring_vintages(state)),
        ("credit_blocks", credits::blocks(state)),
        ("holdings", credits::holdings(state)?),
        ("stocks", credits::stocks(state)?),
        ("flows", credits::flows(state)),
        ("retirements", credits::retirements(state)?),
        ("retirement_parts", credits::retirement_parts(state)),
        ("cancellations", credits::cancellations(state)),
        ("cancellation_parts", credits::cancellation_parts(state)),
        ("transfer_requests", credits::transfer_requests(state)),
        ("retirement_requests", credits::retirement_requests(state)?),
        ("retirement_request_parts", credits::retirement_request_parts(state)),
        ("vintage_totals", credits::vintage_totals(state)),
        ("national_totals", credits::national_totals(state)),
        ("country_accounts", settings::country_accounts(state)?),
        ("pauses", settings::pauses(state)),
        ("deductions", settings::deductions(state)),
        ("thresholds", settings::thresholds(state)),
        ("proposals", settings::proposals(state)),
        ("calculator_constants", settings::constants(state)),
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
            "suspensions": organisation.suspensions,
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
            "first_transferred": project.first_transferred,
            "documents": project.documents,
            "monitoring_periods": project.monitoring_periods,
            "proponent_changes": project.proponent_changes,
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

fn proponent_changes(state: &State) -> Rows {
    let rows = state.proponent_changes.iter().map(|(project, change)| {
        let proponents: Vec<_> =
            change.proponents.iter().map(|each| (each.organisation, each.share)).collect();
        let row = json!({
            "number": change.number,
            "proponents": proponents,
            "consents": change.consents,
        });
        (project.to_string(), row)
    });
    rows.collect()
}

/// Those that stand: whose certifier was not suspended since.
fn certifications(state: &State) -> Rows {
    let stands = state.certifications.iter().filter(|((_, certifier), certification)| {
        let certifier = state.organisations.get(certifier);
        certifier.is_some_and(|found| found.suspensions == certification.suspensions)
    });
    let rows = stands.map(|((project, certifier), certification)| {
        let row = json!({
            "certified_at": certification.certified_at,
            "suspensions": certification.suspensions,
        });
        (format!("{project}/{certifier}"), row)
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
            "remark": period.remark,
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
            let tonnes = verified.map_or(0, |verified| verified.tonnes);
            // Nobody here has verified what was verified in another system.
            let verified = period.verification.map(|_| tonnes);
            let row = json!({ "reported": reported.tonnes, "verified": verified });
            (format!("{key}/{}", reported.vintage), row)
        })
    });
    rows.collect()
}
