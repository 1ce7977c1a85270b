// SPDX-License-Identifier: Apache-2.0
//! How long it takes until what has become final can be read from the portal, while the chain is full:
//! a real node, indexer, Postgres and portal.

use super::{
    machine,
    report::{self, Table},
    run::{self, Measured, Times},
    setup::Chain,
    statistics::{maximum, median, percentile},
    workload::{Whole, Workload},
    PAGE,
};
use crate::{Options, Stack};
use anyhow::{ensure, Context, Result};
use registry_client::Config;
use std::{
    collections::BTreeMap,
    ops::RangeInclusive,
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};
use subxt_rpcs::{client::RpcClient, LegacyRpcMethods};
use tokio::{sync::oneshot, task::JoinHandle};

/// How often the portal is asked.
const ASKING: Duration = Duration::from_millis(10);
/// What is asked: a short answer that names its block.
const QUESTION: &str = "/api/v1/transfers?limit=1";

/// What to run.
pub struct VisiblePlan {
    /// What the chain is filled with, one after the other.
    pub workloads: Vec<Workload>,
    pub times: Times,
    /// Organisations that send, and officers of each.
    pub organisations: usize,
    pub officers: usize,
    /// Whether to write the results to the documentation.
    pub write: bool,
    /// As it was started, for the results.
    pub command: String,
}

/// When blocks became final at the node, and when they could be read.
#[derive(Default)]
struct Moments {
    finalised: BTreeMap<u32, Instant>,
    visible: BTreeMap<u32, Instant>,
    answers: u64,
}

/// Watches the node and the portal until it is asked for what it saw.
struct Watch {
    moments: Arc<Mutex<Moments>>,
    end: oneshot::Sender<()>,
    task: JoinHandle<Result<()>>,
}

impl Watch {
    async fn begin(node: &str, portal: &str) -> Result<Self> {
        type Rpc = LegacyRpcMethods<subxt::config::RpcConfigFor<Config>>;
        let rpc = Rpc::new(RpcClient::from_insecure_url(node).await?);
        let mut heads = rpc.chain_subscribe_finalized_heads().await?;
        let (client, address) = (crate::http().build()?, format!("{portal}{QUESTION}"));
        let moments = Arc::<Mutex<Moments>>::default();
        let (end, mut ended) = oneshot::channel();
        let shared = moments.clone();
        let task = tokio::spawn(async move {
            let mut ask = tokio::time::interval(ASKING);
            ask.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
            let asking = async {
                loop {
                    ask.tick().await;
                    let answer = client.get(&address).send().await?.error_for_status()?;
                    let answer: serde_json::Value = answer.json().await?;
                    let height = answer["as_of"]["block"].as_u64().context("a height")?;
                    let mut moments = lock(&shared);
                    moments.answers += 1;
                    moments.visible.entry(u32::try_from(height)?).or_insert_with(Instant::now);
                }
            };
            let following = async {
                // The subscription ends with the connection.
                let _open = rpc;
                loop {
                    let header = heads.next().await.context("the node closed the connection")??;
                    let height = u32::try_from(header.number)?;
                    lock(&shared).finalised.entry(height).or_insert_with(Instant::now);
                }
            };
            tokio::select! {
                failed = asking => failed,
                failed = following => failed,
                _ = &mut ended => Ok(()),
            }
        });
        Ok(Self { moments, end, task })
    }

    /// Milliseconds from final to visible of blocks that the node told of, and how often the portal
    /// was asked.
    async fn end(self, blocks: RangeInclusive<u32>) -> Result<(Vec<f64>, u64)> {
        let _ = self.end.send(());
        self.task.await??;
        let moments = lock(&self.moments);
        let milliseconds = moments.finalised.range(blocks).filter_map(|(height, finalised)| {
            // An answer can be true at a later block than the one that was waited for.
            let (_, visible) = moments.visible.range(height..).next()?;
            Some(visible.saturating_duration_since(*finalised).as_secs_f64() * 1e3)
        });
        Ok((milliseconds.collect(), moments.answers))
    }
}

fn lock(moments: &Mutex<Moments>) -> MutexGuard<'_, Moments> {
    // Nothing that holds the lock can leave it half written.
    moments.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A workload, and what was seen while it ran.
struct Seen {
    measured: Measured,
    milliseconds: Vec<f64>,
    answers: u64,
}

/// Runs the benchmark, and prints what was measured.
pub async fn visible(plan: &VisiblePlan) -> Result<()> {
    let load = machine::load();
    println!("{}; load {load:.1} before the start", machine::hardware());
    let folder = tempfile::Builder::new().prefix("registry-bench-").tempdir()?;
    std::fs::set_permissions(folder.path(), std::os::unix::fs::PermissionsExt::from_mode(0o755))?;
    let mut stack = Stack::prepare(Options::load(folder.path(), 1))?;
    stack.start_postgres()?;
    stack.start_nodes()?;
    stack.wait_for_nodes().await?;
    stack.start_indexer()?;
    stack.start_portal()?;
    stack.wait_for_portal().await?;
    let mut chain = Chain::connect(&stack.node_urls(), 2).await?;
    let progress = |what: &str| println!("  set-up: {what}");
    let organisations = chain.populate(plan.organisations, plan.officers, progress).await?;
    let (mut whole, mut all) = (Whole::new(), Vec::new());
    for workload in &plan.workloads {
        let watch = Watch::begin(&stack.node_url(), &stack.portal_url()).await?;
        let measured =
            run::measure(&mut stack, &mut chain, &organisations, *workload, plan.times, &mut whole)
                .await?;
        let differences = measured.check.differences(*workload);
        ensure!(differences.is_empty(), "the counts do not agree: {differences:?}");
        let blocks = &measured.blocks;
        let (first, last) = blocks.first().zip(blocks.last()).context("blocks were measured")?;
        let (milliseconds, answers) = watch.end(first.number..=last.number).await?;
        ensure!(!milliseconds.is_empty(), "no block was seen in the portal");
        all.push(Seen { measured, milliseconds, answers });
    }
    let table = table(&all);
    println!("\n{}\n", table.text());
    if plan.write {
        let section = format!("{}\n{}", introduction(plan, load), table.markdown());
        report::write_section(&PathBuf::from(PAGE), "visible", &section)?;
        println!("Written to {PAGE}.");
    }
    Ok(())
}

fn table(all: &[Seen]) -> Table {
    let mut header = vec![String::new()];
    header.extend(all.iter().map(|seen| seen.measured.workload.name().to_owned()));
    let row = |name: &str, value: &dyn Fn(&Seen) -> String| {
        std::iter::once(name.to_owned()).chain(all.iter().map(value)).collect()
    };
    let of = |seen: &Seen, value: fn(&[f64]) -> f64| format!("{:.0}", value(&seen.milliseconds));
    let rows = vec![
        row("blocks", &|seen| seen.milliseconds.len().to_string()),
        row("transactions in them", &|seen| {
            seen.measured.blocks.iter().map(|block| block.signed).sum::<u64>().to_string()
        }),
        row("mean fullness, %", &|seen| {
            let blocks = &seen.measured.blocks;
            let used: u64 = blocks.iter().map(|block| block.normal).sum();
            let most = seen.measured.limit * blocks.len().max(1) as u64;
            format!("{:.0}", used as f64 * 100.0 / most as f64)
        }),
        row("final to visible, median ms", &|seen| of(seen, median)),
        row("final to visible, p99 ms", &|seen| of(seen, |it| percentile(it, 99.0))),
        row("final to visible, most ms", &|seen| of(seen, maximum)),
        row("times the portal was asked", &|seen| seen.answers.to_string()),
    ];
    Table { header, rows }
}

fn introduction(plan: &VisiblePlan, load: f64) -> String {
    let VisiblePlan { organisations, officers, times, command, .. } = plan;
    format!(
        "## From final to visible\n\n\
         Measured on {} at commit {} with `{command}`.\n\n\
         - Machine: {}. Load before the start: {load:.1}.\n\
         - Build: {}.\n\
         - One validator, the indexer, Postgres, the portal, the sender and who asks share the machine's \
         cores. {organisations} organisations with {officers} officers each send; {} s of warm-up, then \
         {} s, as for the chain.\n\
         - Measured is the time from when the node tells a client of a finalised block until an answer of \
         `{QUESTION}` names it or a later one; the portal is asked every {} ms, which counts too.\n",
        machine::today(),
        machine::commit(),
        machine::hardware(),
        machine::profile(),
        times.warm_up.as_secs(),
        times.measured.as_secs(),
        ASKING.as_millis(),
    )
}
