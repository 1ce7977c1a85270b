// SPDX-License-Identifier: Apache-2.0
//! The bridge to the ITMO platform.

use super::{Rows, Tables};
use crate::network::{evidence, Bridge};
use registry_client::chain::runtime_types::pallet_itmo_bridge::types::{Cause, Closure, Outcome};
use registry_primitives::itmo::EventKey;
use serde_json::json;

pub fn tables(bridge: &Bridge) -> Tables {
    [
        ("bridge_operators", operators(bridge)),
        ("bridge_rounds", last_round(bridge)),
        ("bridge_events", events(bridge)),
        ("bridge_cases", cases(bridge)),
        ("bridge_companies", companies(bridge)),
        ("bridge_pauses", pauses(bridge)),
        ("bridge_settings", settings(bridge)),
    ]
    .into()
}

fn name(key: &EventKey) -> String {
    format!("{}/{}/{}", key.platform, key.project, key.event)
}

fn operators(bridge: &Bridge) -> Rows {
    let rows = bridge.operators.iter().zip(0..).map(|(operator, place)| {
        let record = operator.record.as_ref();
        let row = json!({
            "place": place,
            "key": format!("{:?}", operator.key),
            "last": operator.last(),
            "silent": record.map_or(0, |record| record.silent),
            "contradicted": record.map_or(0, |record| record.contradicted),
            "failure": operator.failure(),
        });
        (operator.account.to_string(), row)
    });
    rows.collect()
}

/// The chain keeps the number of the last, and no more.
fn last_round(bridge: &Bridge) -> Rows {
    let number = Some(bridge.last_round).filter(|number| *number > 0);
    number.into_iter().map(|number| ("last".to_owned(), json!({ "number": number }))).collect()
}

fn events(bridge: &Bridge) -> Rows {
    let rows = bridge.settled.iter().map(|(key, settlement)| {
        let (outcome, project) = match &settlement.outcome {
            Outcome::Done(project) => ("done", Some(*project)),
            Outcome::Waits => ("waits", None),
            Outcome::Case(_) => ("case", None),
            Outcome::Dismissed => ("dismissed", None),
        };
        let row = json!({
            "hash": evidence(settlement),
            "round": settlement.round,
            "outcome": outcome,
            "project": project,
        });
        (name(key), row)
    });
    rows.collect()
}

fn cases(bridge: &Bridge) -> Rows {
    let rows = bridge.cases.iter().map(|(number, case)| {
        let cause = match &case.cause {
            Cause::Refused { .. } => "refused",
            Cause::TooFew(_) => "too_few",
            _ => "disagreement",
        };
        let closure = case.closure.as_ref().map(|closure| match closure {
            Closure::Agreed => "agreed",
            Closure::Retried => "retried",
            Closure::Dismissed => "dismissed",
        });
        let row = json!({
            "event": name(&case.key.0), "round": case.round, "cause": cause, "closure": closure,
        });
        (number.to_string(), row)
    });
    rows.collect()
}

fn companies(bridge: &Bridge) -> Rows {
    let rows = bridge.companies.iter();
    rows.map(|(company, id)| (company.clone(), json!({ "organisation": id }))).collect()
}

fn pauses(bridge: &Bridge) -> Rows {
    let rows = bridge.paused.iter();
    rows.map(|reason| ("in force".to_owned(), json!({ "reason": reason }))).collect()
}

fn settings(bridge: &Bridge) -> Rows {
    [("in force".to_owned(), json!(bridge.settings))].into()
}
