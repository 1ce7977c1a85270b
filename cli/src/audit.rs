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
        output.line(line(check))?;
    }
    let broken = checks.iter().filter(|check| check.result.is_err()).count();
    output.value(&json!({
        "genesis": registry.genesis_hash(),
        "block": { "number": at.block_number(), "hash": at.block_hash() },
        "figures": figures.iter().copied().collect::<BTreeMap<_, _>>(),
        "invariants": checks.iter().map(|check| json!({
            "invariant": check.invariant,
            "holds": check.result.is_ok(),
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
    let periods: usize = state.monitoring.values().map(BTreeMap::len).sum();
    let totals = &state.national;
    vec![
        ("organisations", state.organisations.len() as u64),
        ("members", state.members.len() as u64),
        ("projects", state.projects.len() as u64),
        ("documents", state.documents.len() as u64),
        ("monitoring_periods", periods as u64),
        ("blocks", state.blocks.len() as u64),
        ("last_serial", state.last_serial),
        ("retirements", state.retirements.len() as u64),
        ("tonnes_issued", totals.issued),
        ("tonnes_held", totals.held),
        ("tonnes_on_hold", totals.on_hold),
        ("tonnes_reserved", totals.reserved),
        ("tonnes_retired", totals.retired),
        ("tonnes_cancelled", totals.cancelled),
        ("tonnes_buffer", totals.buffer),
    ]
}

fn table(figures: &[(&str, u64)]) -> String {
    figures
        .iter()
        .map(|(name, figure)| format!("{:<20}{figure:>18}\n", name.replace('_', " ")))
        .collect()
}

fn line(check: &Checked) -> String {
    match &check.result {
        Ok(()) => format!("pass  {}", check.invariant),
        Err(violation) => format!("FAIL  {}\n          {violation}", check.invariant),
    }
}
