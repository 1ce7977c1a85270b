// SPDX-License-Identifier: Apache-2.0
//! National accounts and settings, four eyes, and the calculator.

use super::Rows;
use crate::error::IndexerError;
use registry_client::{state::State, AccountId32};
use registry_primitives::ActionClass;
use serde_json::json;

pub fn country_accounts(state: &State) -> Result<Rows, IndexerError> {
    Ok([("nation".to_owned(), serde_json::to_value(state.accounts)?)].into())
}

pub fn pauses(state: &State) -> Rows {
    let rows = state.paused.iter().map(|pause| {
        ("in force".to_owned(), json!({ "reason": pause.reason, "since": pause.since }))
    });
    rows.collect()
}

pub fn deductions(state: &State) -> Rows {
    let row = json!({
        "share_of_proceeds": state.deductions.share_of_proceeds,
        "overall_mitigation": state.deductions.overall_mitigation,
    });
    [("in force".to_owned(), row)].into()
}

pub fn thresholds(state: &State) -> Rows {
    let rows = ActionClass::ALL.iter().map(|class| {
        let officers = state.thresholds.get(class.as_str()).copied().unwrap_or(1);
        (class.to_string(), json!({ "officers": officers }))
    });
    rows.collect()
}

pub fn proposals(state: &State) -> Rows {
    let account = |bytes: &[u8; 32]| AccountId32(*bytes).to_string();
    let rows = state.proposals.iter().map(|(id, proposal)| {
        let approvals: Vec<_> = proposal.approvals.iter().map(account).collect();
        let row = json!({
            "organisation": proposal.organisation,
            "action": proposal.action,
            "call": format!("0x{}", hex::encode(&proposal.call)),
            "proposer": account(&proposal.proposer),
            "approvals": approvals,
            "proposed_at": proposal.proposed_at,
            "expires_at": proposal.expires_at,
        });
        (id.to_string(), row)
    });
    rows.collect()
}

pub fn constants(state: &State) -> Rows {
    let rows = state.constants.iter().map(|(version, set)| {
        let row = json!({
            "constants": set.constants,
            "set_at": set.set_at,
            "by": set.by,
        });
        (version.to_string(), row)
    });
    rows.collect()
}
