// SPDX-License-Identifier: Apache-2.0
//! The whole registry checked against its invariants, by anybody who can reach a node.

use crate::{arguments::Audit, output::Output};
use anyhow::{bail, Context, Result};
use registry_client::{
    state::{Checked, State},
    AtBlock, Registry,
};
use serde_json::json;
use std::collections::BTreeMap;

/// Runs `registry audit`; an error if an invariant does not hold.
pub async fn run(arguments: &Audit, node: &str, output: &Output) -> Result<()> {
    let registry = Registry::connect(node).await?;
    let at = at(&registry, arguments.at).await?;
    let state = State::read(&at).await?;
    let checks = state.check();
    output.line(format_args!(
        "block {} {:?}\nchain genesis {:?}\n",
        at.block_number(),
        at.block_hash(),
        registry.genesis_hash()
    ))?;
    let figures = figures(&state);
    output.line(table(&figures))?;
    for check in &checks {
        output.line(line(check, &covered(&state, check.invariant)))?;
    }
    let broken = checks.iter().filter(|check| check.result.is_err()).count();
    output.value(&json!({
        "genesis": registry.genesis_hash(),
        "block": { "number": at.block_number(), "hash": at.block_hash() },
        "figures": figures.iter().copied().collect::<BTreeMap<_, _>>(),
        "invariants": checks.iter().map(|check| json!({
            "invariant": check.invariant,
            "holds": check.result.is_ok(),
            "covered": covered(&state, check.invariant).iter().copied().collect::<BTreeMap<_, _>>(),
            "violation": check.result.as_ref().err().map(ToString::to_string),
        })).collect::<Vec<_>>(),
        "holds": broken == 0,
    }))?;
    match broken {
        0 => Ok(output.line(format_args!("\nall {} invariants hold", checks.len()))?),
        _ => bail!("{broken} of {} invariants do not hold", checks.len()),
    }
}

/// The chain at a final height, or at the last final block.
async fn at(registry: &Registry, height: Option<u32>) -> Result<AtBlock> {
    let last = registry.at_finalised().await?;
    match height {
        None => Ok(last),
        Some(height) if u64::from(height) > last.block_number() => {
            bail!("block {height} is not final; the last final one is {}", last.block_number())
        }
        Some(height) => registry
            .at_height(height)
            .await
            .with_context(|| format!("block {height}: a pruned node keeps only recent state")),
    }
}

fn figures(state: &State) -> Vec<(&'static str, u64)> {
    let totals = &state.national;
    let accounts = &state.accounts;
    vec![
        ("organisations", count(&state.organisations)),
        ("members", count(&state.members)),
        ("projects", count(&state.projects)),
        ("documents", count(&state.documents)),
        ("monitoring_periods", periods(state)),
        ("certifications", count(&state.certifications)),
        ("blocks", count(&state.blocks)),
        ("last_serial", state.last_serial),
        ("retirements", count(&state.retirements)),
        ("cancellations", count(&state.cancellations)),
        ("transfer_requests", count(&state.transfer_requests)),
        ("retirement_requests", count(&state.retirement_requests)),
        ("proposals", count(&state.proposals)),
        ("versions_of_constants", count(&state.constants)),
        ("tonnes_issued", totals.issued),
        ("tonnes_held", totals.held),
        ("tonnes_on_hold", totals.on_hold),
        ("tonnes_reserved", totals.reserved),
        ("tonnes_retired", totals.retired),
        ("tonnes_cancelled", totals.cancelled),
        ("tonnes_buffer", totals.buffer),
        ("tonnes_first_transferred", totals.first_transferred),
        ("account_domestic", accounts.domestic),
        ("account_international", accounts.international),
        ("account_overall_mitigation", accounts.overall_mitigation),
        ("account_share_of_proceeds", accounts.share_of_proceeds),
    ]
}

/// What an invariant was checked on, so that a check of nothing is not taken for one that holds.
fn covered(state: &State, invariant: &str) -> Vec<(&'static str, u64)> {
    let totals = &state.national;
    let blocks = ("blocks", count(&state.blocks));
    let organisations = ("organisations", count(&state.organisations));
    let projects = ("projects", count(&state.projects));
    let vintages = ("project vintages", count(&state.vintages));
    let retirements = ("retirements", count(&state.retirements));
    let cancellations = ("cancellations", count(&state.cancellations));
    match invariant.split(' ').next() {
        Some("1") => vec![blocks, ("tonnes", state.last_serial)],
        Some("2") => vec![blocks, vintages, ("tonnes", totals.issued)],
        Some("3a") => vec![blocks, ("index entries", state.owner_index.len() as u64)],
        Some("3b") => vec![blocks, organisations],
        Some("4a") => vec![projects, ("monitoring periods", periods(state))],
        Some("4b") => vec![projects, vintages],
        Some("5a") => vec![retirements, ("tonnes", totals.retired)],
        Some("5b") => vec![cancellations, ("tonnes", totals.cancelled)],
        Some("5c") => {
            let requests = ("retirement requests", count(&state.retirement_requests));
            vec![requests, ("tonnes", totals.reserved)]
        }
        Some("5d") => vec![retirements, cancellations],
        Some("6") => {
            let split = state.blocks.values().filter(|block| block.parent.is_some()).count();
            vec![blocks, ("of them split off", split as u64)]
        }
        Some("8") => vec![organisations, ("members", count(&state.members))],
        _ => vec![],
    }
}

fn count<K, V>(map: &BTreeMap<K, V>) -> u64 {
    map.len() as u64
}

fn periods(state: &State) -> u64 {
    state.monitoring.values().map(count).sum()
}

fn table(figures: &[(&str, u64)]) -> String {
    figures
        .iter()
        .map(|(name, figure)| format!("{:<28}{figure:>18}\n", name.replace('_', " ")))
        .collect()
}

fn line(check: &Checked, covered: &[(&str, u64)]) -> String {
    let figures: Vec<_> = covered.iter().map(|(what, figure)| format!("{figure} {what}")).collect();
    let figures = figures.join(", ");
    match &check.result {
        Ok(()) => format!("pass  {}\n          {figures}", check.invariant),
        Err(violation) => {
            format!("FAIL  {}\n          {figures}\n          {violation}", check.invariant)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_invariant_says_what_it_covered() {
        let state = State::default();
        let checks = state.check();
        assert!(!checks.is_empty());
        for check in checks {
            let covered = covered(&state, check.invariant);
            assert!(!covered.is_empty(), "{}", check.invariant);
            let text = line(&check, &covered);
            assert!(text.contains(check.invariant) && text.contains("0 "), "{text}");
        }
    }
}
