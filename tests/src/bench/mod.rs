// SPDX-License-Identifier: Apache-2.0
//! The load benchmark of the chain: real nodes, real signed transactions, finalised blocks; and the
//! benchmark of the indexer, on a chain that was made in the same way. The benchmark of the portal is of
//! a registry that no chain could make in a day.
//!
//! Everything is signed ahead. Pools are kept filled with more than a block, and only blocks that
//! are final and began after a warm-up count. Each of a run's counts is checked against others: what
//! was sent, what nodes accepted, bodies, events, nonces, and the credits themselves.

mod api;
mod blocks;
mod heads;
mod indexer;
mod machine;
mod report;
mod run;
mod sender;
mod setup;
mod signing;
mod statistics;
mod visible;
mod workload;

pub use api::{api, ApiPlan};
pub use indexer::{indexer, IndexerPlan};
pub use run::Times;
pub use visible::{visible, VisiblePlan};
pub use workload::Workload;

use crate::{Options, Stack};
use anyhow::{bail, Result};
use report::Table;
use run::Measured;
use setup::Chain;
use std::path::PathBuf;
use workload::Whole;

/// Where results are written.
const PAGE: &str = "docs/reference/performance.md";

/// What to run.
pub struct Plan {
    /// Numbers of validators; each is a network of its own.
    pub networks: Vec<usize>,
    /// In this order.
    pub workloads: Vec<Workload>,
    pub times: Times,
    /// Organisations that send.
    pub organisations: usize,
    /// Officers of each.
    pub officers: usize,
    /// Connections that are sent over.
    pub connections: usize,
    /// Whether to write the results to the documentation.
    pub write: bool,
    /// As it was started, for the results.
    pub command: String,
}

/// Runs the benchmark of the chain, and prints what was measured.
pub async fn chain(plan: &Plan) -> Result<()> {
    let load = machine::load();
    println!("{}; load {load:.1} before the start", machine::hardware());
    let mut sections = Vec::new();
    let mut sound = true;
    for validators in &plan.networks {
        let measured = network(plan, *validators).await?;
        let table = Table::of(&measured);
        let remarks = report::remarks(&measured);
        let agree = |each: &Measured| each.check.differences(each.workload).is_empty();
        sound &= measured.iter().all(agree);
        let title = match validators {
            1 => "One validator".to_owned(),
            more => format!("{more} validators"),
        };
        println!("\n{title}\n\n{}\n\n{}\n", table.text(), remarks.join("\n"));
        let remarks: Vec<_> = remarks.iter().map(|remark| format!("- {remark}\n")).collect();
        sections.push(format!("### {title}\n\n{}\n\n{}", table.markdown(), remarks.concat()));
    }
    if !sound {
        bail!("the counts of a run do not agree, see above; nothing was written");
    }
    if plan.write {
        let section = format!("{}\n{}", introduction(plan, load), sections.join("\n"));
        report::write_section(&PathBuf::from(PAGE), "chain", &section)?;
        println!("Written to {PAGE}.");
    }
    Ok(())
}

async fn network(plan: &Plan, validators: usize) -> Result<Vec<Measured>> {
    let folder = tempfile::Builder::new().prefix("registry-bench-").tempdir()?;
    println!("Starting {validators} validator(s) of a new chain");
    let mut stack = Stack::prepare(Options::load(folder.path(), validators))?;
    stack.start_nodes()?;
    stack.wait_for_nodes().await?;
    let mut chain = Chain::connect(&stack.node_urls(), plan.connections).await?;
    let progress = |what: &str| println!("  set-up: {what}");
    let organisations = chain.populate(plan.organisations, plan.officers, progress).await?;
    let mut whole = Whole::new();
    let mut measured = Vec::new();
    for workload in &plan.workloads {
        let (workload, times) = (*workload, plan.times);
        let run = run::measure(&mut stack, &mut chain, &organisations, workload, times, &mut whole);
        measured.push(run.await?);
    }
    Ok(measured)
}

fn introduction(plan: &Plan, load: f64) -> String {
    let Plan { organisations, officers, times, connections, command, .. } = plan;
    let (warm_up, seconds) = (times.warm_up.as_secs(), times.measured.as_secs());
    format!(
        "## Chain\n\n\
         Measured on {} at commit {} with `{command}`.\n\n\
         - Machine: {}. Load before the start: {load:.1}.\n\
         - Build: {}.\n\
         - Nodes: a new chain in a temporary folder, the state of the last 32 blocks, a pool of {} transactions and \
         {} kilobytes; all nodes and the sender share the machine's cores, so that these figures are \
         a lower bound of what validators on machines of their own do.\n\
         - Senders: {organisations} organisations with {officers} officers each, over {connections} \
         connections. Everything is signed ahead and valid for {} blocks. {} % of a full block are kept \
         waiting in pools.\n\
         - Each workload: {warm_up} s of warm-up, then {seconds} s, of which only finalised blocks \
         count, one workload after the other on the same chain.\n\
         - `remark`: `System.remark` of 32 bytes. `transfer`: one tonne split off a block and moved to \
         another organisation, one call, one part; no account and no block is touched twice until \
         every officer has sent. `batched`: 64 such parts of 64 blocks in one call. `whole`: a whole \
         block of one tonne moved.\n\
         - Fullness is the declared weight of normal transactions as a part of what they may use. \
         Making and importing are the nodes' own measurements \
         (`substrate_proposer_block_constructed`, `substrate_block_verification_and_import_time`); a \
         validator alone imports nothing.\n",
        machine::today(),
        machine::commit(),
        machine::hardware(),
        machine::profile(),
        crate::stack::POOL_TRANSACTIONS,
        crate::stack::POOL_KILOBYTES,
        signing::LIFETIME,
        times.ahead,
    )
}
