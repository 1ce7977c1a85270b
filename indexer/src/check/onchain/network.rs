// SPDX-License-Identifier: Apache-2.0
//! Who runs the network, and who decides about it.

use super::{Rows, Tables};
use crate::network::Network;
use registry_client::{validators::Admission, AccountId32};
use serde_json::{json, Value};

pub fn tables(network: &Network) -> Tables {
    [
        ("runtime_versions", runtime_versions(network)),
        ("validators", validators(network)),
        ("validator_departures", departures(network)),
        ("validator_minimums", minimum(network)),
        ("equivocations", equivocations(network)),
        ("council_members", council(network)),
        ("council_motions", motions(network)),
        ("paused_calls", paused_calls(network)),
        ("safe_modes", safe_modes(network)),
    ]
    .into()
}

fn runtime_versions(network: &Network) -> Rows {
    let row = json!({ "spec_version": network.spec_version });
    [("in force".to_owned(), row)].into()
}

fn admission(admission: &Admission) -> Value {
    json!({
        "organisation": admission.organisation,
        "operator": admission.contact.operator,
        "peer_id": admission.contact.peer_id,
        "address": admission.contact.address,
        "since": admission.since,
        "flag": admission.flag.map(|flag| (flag.session, flag.reported, flag.reports)),
    })
}

fn validators(network: &Network) -> Rows {
    let rows = network.validators.iter().zip(0..).map(|((account, found), place)| {
        let row = json!({ "place": place, "admission": admission(found) });
        (account.to_string(), row)
    });
    rows.collect()
}

fn departures(network: &Network) -> Rows {
    let rows = network.departures.iter().zip(1..).map(|(departure, number)| {
        let row = json!({
            "account": departure.account.to_string(),
            "admission": admission(&departure.admission),
            "reason": departure.reason,
            "at": departure.at,
        });
        (number.to_string(), row)
    });
    rows.collect()
}

fn minimum(network: &Network) -> Rows {
    [("in force".to_owned(), json!({ "minimum": network.minimum }))].into()
}

/// The chain counts them, and no more.
fn equivocations(network: &Network) -> Rows {
    [("all".to_owned(), json!({ "reports": network.equivocations }))].into()
}

fn council(network: &Network) -> Rows {
    network.council.iter().map(|account| (account.to_string(), json!({}))).collect()
}

fn motions(network: &Network) -> Rows {
    let sorted = |accounts: &[AccountId32]| {
        let mut names: Vec<String> = accounts.iter().map(ToString::to_string).collect();
        names.sort();
        names
    };
    let rows = network.motions.iter().map(|(hash, motion)| {
        let row = json!({
            "hash": format!("{hash:?}"),
            "threshold": motion.threshold,
            "ayes": sorted(&motion.ayes),
            "nays": sorted(&motion.nays),
        });
        (motion.number.to_string(), row)
    });
    rows.collect()
}

fn paused_calls(network: &Network) -> Rows {
    network.paused.iter().map(|(pallet, call)| (format!("{pallet}.{call}"), json!({}))).collect()
}

fn safe_modes(network: &Network) -> Rows {
    let rows = network.safe_mode.iter();
    rows.map(|until| ("in force".to_owned(), json!({ "until": until }))).collect()
}
