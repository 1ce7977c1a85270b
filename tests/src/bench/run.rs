// SPDX-License-Identifier: Apache-2.0
//! Loads the chain with one kind of transaction, and measures what becomes final.

use super::{
    blocks::{self, Facts},
    machine::{usage, Timings, Usage},
    setup::{Chain, Organisation},
    signing::sign_all,
    workload::{Load, Whole, Workload},
};
use crate::Stack;
use anyhow::{bail, ensure, Context, Result};
use registry_primitives::{SerialNumber, Tonnes};
use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

/// Milliseconds from block to block.
pub const SLOT: u64 = 3_000;
/// Transactions that are sent first, to learn the declared weight of one.
const PROBE: usize = 8;
/// Moved blocks of credits whose owner is looked up afterwards.
const SAMPLE: usize = 2_048;
/// How often the pool and the distance to finality are noted.
const SAMPLING: Duration = Duration::from_millis(250);

/// How long to load the chain before measuring, and to measure, and how much.
#[derive(Clone, Copy)]
pub struct Times {
    pub warm_up: Duration,
    pub measured: Duration,
    /// Full blocks of transactions that are kept waiting, in per cent. Nodes look at all that waits
    /// again after every block, so more of it only takes their time.
    pub ahead: u64,
}

/// What was measured.
pub struct Measured {
    pub workload: Workload,
    /// The blocks measured, all of them final.
    pub blocks: Vec<Facts>,
    /// Milliseconds from the start of the block before to the start of each.
    pub intervals: Vec<f64>,
    /// Blocks from the finalised to the best one, sampled.
    pub lag: Vec<f64>,
    /// Transactions that nodes have taken and that are not yet in a block, sampled.
    pub pool: Vec<f64>,
    /// Of every node, while measuring.
    pub nodes: Vec<Usage>,
    /// Of this program.
    pub sender: Usage,
    /// Seconds between the first and the last reading of usage.
    pub seconds: f64,
    pub timings: Timings,
    /// Declared weight that normal transactions may use, in picoseconds.
    pub limit: u64,
    /// Declared weight of one transaction.
    pub each: u64,
    /// Transactions signed a second, by this program on all cores.
    pub signing: f64,
    pub check: Check,
}

/// The same thing counted in several ways, over the whole run: warm-up and end included.
#[derive(Default)]
pub struct Check {
    pub sent: u64,
    pub accepted: u64,
    pub refused: u64,
    /// Offers that a node refused at first, and why.
    pub refusals: BTreeMap<String, u64>,
    /// Signed transactions in bodies.
    pub included: u64,
    /// By the sum of the senders' nonces.
    pub by_nonces: u64,
    pub succeeded: u64,
    pub failed: BTreeMap<String, u64>,
    /// Blocks of credits moved, by events.
    pub moves: u64,
    /// Their tonnes, by events.
    pub tonnes: Tonnes,
    /// Tonnes that the blocks which were split have lost, if any were.
    pub lost: Option<Tonnes>,
    /// Moved blocks looked up, and of them those whose owner is the one that the event names.
    pub looked_up: u64,
    pub right: u64,
}

impl Check {
    /// What does not agree; empty if all does.
    pub fn differences(&self, workload: Workload) -> Vec<String> {
        let moves = self.succeeded * workload.moves();
        [
            ("sent and accepted by nodes", self.sent, self.accepted),
            ("sent and in blocks", self.sent, self.included),
            ("sent and counted by nonces", self.sent, self.by_nonces),
            ("in blocks and succeeded", self.included, self.succeeded),
            ("moves that succeeded and moves in events", moves, self.moves),
            ("moves and tonnes in events", self.moves, self.tonnes),
            ("tonnes in events and split off", self.tonnes, self.lost.unwrap_or(self.tonnes)),
            ("owners looked up and right", self.looked_up, self.right),
        ]
        .into_iter()
        .filter(|(_, one, other)| one != other)
        .map(|(what, one, other)| format!("{what}: {one} and {other}"))
        .collect()
    }
}

/// Everything that is read at the start and at the end of measuring.
struct Mark {
    best: u32,
    at: Instant,
    nodes: Vec<Usage>,
    sender: Usage,
    timings: Timings,
}

impl Mark {
    async fn take(stack: &Stack, best: u32) -> Result<Self> {
        let nodes: Result<Vec<_>> = stack.nodes.iter().map(|node| usage(node.id())).collect();
        Ok(Self {
            best,
            at: Instant::now(),
            nodes: nodes?,
            sender: usage(std::process::id())?,
            timings: Timings::read(&stack.metrics_urls()).await?,
        })
    }
}

/// Loads and measures. `whole` has the whole blocks of one tonne that organisations own.
pub async fn measure(
    stack: &mut Stack,
    chain: &mut Chain,
    organisations: &[Organisation],
    workload: Workload,
    times: Times,
    whole: &mut Whole,
) -> Result<Measured> {
    let limit = blocks::normal_limit(&chain.registry.at_finalised().await?)?;
    let mut load = Load::new(workload, chain, organisations)?;
    let probe = load.take(PROBE, chain, whole)?;
    let probed = chain.settle(&probe).await?;
    note_moved(whole, &probed);
    let signed: u64 = probed.iter().map(|block| block.signed).sum();
    let each = probed.iter().map(|block| block.normal).sum::<u64>() / signed.max(1);
    ensure!(each > 0, "a transaction of {} has no weight", workload.name());

    let per_block = limit / each;
    let ahead = (per_block * times.ahead / 100).max(64);
    let slots = (times.warm_up + times.measured).as_millis() as u64 / SLOT;
    let jobs = load.take((per_block * (slots + 2) + ahead) as usize, chain, whole)?;
    println!(
        "  {}: {:.3} ms of declared weight each, {per_block} fill a block; signing {}",
        workload.name(),
        each as f64 / blocks::PER_MILLISECOND,
        jobs.len()
    );
    let signing = Instant::now();
    let transactions = sign_all(&chain.offline, chain.mortality().await?, &jobs)?;
    let signing = jobs.len() as f64 / signing.elapsed().as_secs_f64();

    let parents: Vec<_> = match workload.splits() {
        true => organisations.iter().flat_map(|each| each.holdings.iter().copied()).collect(),
        false => vec![],
    };
    let before = tonnes_of(chain, &parents).await?;
    let answered = chain.sender.answered();
    let start = chain.heads.heights()?.0;

    println!("  {}: sending", workload.name());
    let (began, mut sampled) = (Instant::now(), Instant::now());
    let (mut lag, mut pool) = (Vec::new(), Vec::new());
    let mut opened: Option<Mark> = None;
    let (mut sent, mut all) = (0, Vec::new());
    let mut waiting = jobs.iter().zip(transactions);
    let (opened, closed) = loop {
        stack.ensure_running()?;
        let (best, finalised) = chain.heads.heights()?;
        let included = chain.heads.included_above(start).0;
        let elapsed = began.elapsed();
        if opened.is_none() && elapsed >= times.warm_up {
            opened = Some(Mark::take(stack, best).await?);
        }
        let ran_out = sent == jobs.len() as u64 && included >= sent;
        if elapsed >= times.warm_up + times.measured || ran_out {
            let opened = opened.with_context(|| {
                format!("{} ran out of transactions while warming up", workload.name())
            })?;
            break (opened, Mark::take(stack, best).await?);
        }
        // Read while it lasts: validators keep the state of few blocks.
        read_on(chain, start, finalised, &mut all).await?;
        let room = (ahead + included).saturating_sub(sent);
        for (job, transaction) in waiting.by_ref().take(room as usize) {
            chain.sender.send(&job.key.public_key().0, transaction)?;
            sent += 1;
        }
        if opened.is_some() && sampled.elapsed() >= SAMPLING {
            sampled = Instant::now();
            lag.push(f64::from(best.saturating_sub(finalised)));
            let accepted = chain.sender.answered().0 - answered.0;
            pool.push(accepted.saturating_sub(included) as f64);
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    drop(waiting);
    chain.take_back(&jobs[sent as usize..]);

    println!("  {}: waiting until all is final", workload.name());
    let mut end = chain.wait_for(start, sent).await?;
    let deadline = Instant::now() + Duration::from_secs(60);
    while end < closed.best {
        if Instant::now() > deadline {
            bail!("block {} did not become final within a minute", closed.best);
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
        end = chain.heads.heights()?.1;
    }
    while read_on(chain, start, end, &mut all).await? {}
    note_moved(whole, &all);
    let mut check = counts(&all);
    check.sent = sent;
    let (accepted, refused) = chain.sender.answered();
    (check.accepted, check.refused) = (accepted - answered.0, refused - answered.1);
    check.refusals = chain.sender.refusals();
    // Whatever was sent before has been seen in blocks.
    check.by_nonces = chain.counted().await? + sent - chain.sent();
    let after = tonnes_of(chain, &parents).await?;
    check.lost = workload.splits().then(|| before.saturating_sub(after));
    (check.looked_up, check.right) = look_up(chain, &all).await?;

    let first = all.iter().position(|block| block.number > opened.best).unwrap_or(0);
    let previous = first.checked_sub(1).and_then(|index| all.get(index));
    let mut time = previous.context("a block before those measured; warm up for longer")?.time;
    let blocks: Vec<_> =
        all[first..].iter().filter(|block| block.number <= closed.best).cloned().collect();
    let mut intervals = Vec::new();
    for block in &blocks {
        intervals.push(block.time.saturating_sub(time) as f64);
        time = block.time;
    }
    let used = |earlier: &Usage, later: &Usage| Usage { cpu: later.cpu - earlier.cpu, ..*later };
    let nodes = opened.nodes.iter().zip(&closed.nodes);
    Ok(Measured {
        workload,
        blocks,
        intervals,
        lag,
        pool,
        nodes: nodes.map(|(earlier, later)| used(earlier, later)).collect(),
        sender: used(&opened.sender, &closed.sender),
        seconds: (closed.at - opened.at).as_secs_f64(),
        timings: closed.timings.since(opened.timings),
        limit,
        each,
        signing,
        check,
    })
}

/// Reads the next finalised block above `start`, if there is one that was not read.
async fn read_on(chain: &Chain, start: u32, finalised: u32, all: &mut Vec<Facts>) -> Result<bool> {
    let next = all.last().map_or(start, |block| block.number) + 1;
    if next > finalised {
        return Ok(false);
    }
    all.extend(blocks::read_all(&chain.registry, next..=next).await?);
    Ok(true)
}

fn counts(all: &[Facts]) -> Check {
    let mut check = Check::default();
    for block in all {
        check.included += block.signed;
        check.succeeded += block.succeeded;
        check.moves += block.moved.len() as u64;
        check.tonnes += block.tonnes;
        for (error, count) in &block.failed {
            *check.failed.entry(error.clone()).or_default() += count;
        }
    }
    check
}

/// Everything that moves is a block of one tonne, which can be moved on.
fn note_moved(whole: &mut Whole, blocks: &[Facts]) {
    for (start, owner) in blocks.iter().flat_map(|block| &block.moved) {
        whole.entry(*owner).or_default().push_back(*start);
    }
}

async fn tonnes_of(chain: &Chain, starts: &[SerialNumber]) -> Result<Tonnes> {
    let at = chain.registry.at_finalised().await?;
    let found = blocks::credit_blocks(&chain.registry, &at, starts).await?;
    Ok(found.iter().map(|(start, block)| block.range(*start).quantity()).sum())
}

/// Looks up the owner of some of the blocks that moved; how many, and how many are right.
async fn look_up(chain: &Chain, all: &[Facts]) -> Result<(u64, u64)> {
    let moved: Vec<_> = all.iter().flat_map(|block| block.moved.iter().copied()).collect();
    let step = moved.len().div_ceil(SAMPLE).max(1);
    let some: Vec<_> = moved.into_iter().step_by(step).collect();
    let starts: Vec<_> = some.iter().map(|(start, _)| *start).collect();
    let at = chain.registry.at_finalised().await?;
    let found = blocks::credit_blocks(&chain.registry, &at, &starts).await?;
    let right = some.iter().filter(|(start, owner)| {
        found.get(start).is_some_and(|block| block.owner == *owner && block.end == *start)
    });
    Ok((some.len() as u64, right.count() as u64))
}
