// SPDX-License-Identifier: Apache-2.0
//! The benchmark of the indexer: the real program, against a real node and a real Postgres, from a
//! chain that is there already.

use super::{
    machine::{self, Usage},
    report::{self, Table},
    setup::Chain,
    signing::sign_all,
    statistics::{median, percentile},
    workload::{Load, Whole, Workload},
    PAGE,
};
use crate::{
    process::{program, Node, Process},
    spec, Options, Stack,
};
use anyhow::{ensure, Context, Result};
use std::{
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

/// Developers, and officers of each.
const ORGANISATIONS: usize = 4;
const OFFICERS: usize = 64;
/// Transactions that are sent before it is waited for them: one of each officer, so that each can be
/// put into a block as soon as it comes.
const ROUND: usize = ORGANISATIONS * OFFICERS;
/// Blocks of a session: it does not end.
const ENDLESS: u32 = 100_000_000;
/// How often Postgres is asked for nothing.
const QUESTIONS: usize = 5_000;

/// A node that makes a block as soon as a transaction comes. The SDK's newer pool tells of
/// transactions before they can be put into a block, so that such a node stands still now and then.
const NODE: [&str; 7] = [
    "--alice",
    "--validator",
    "--force-authoring",
    "--sealing=instant",
    "--pool-type=single-state",
    "--state-pruning=archive",
    "--blocks-pruning=archive",
];

/// What to run.
pub struct IndexerPlan {
    /// Transactions that do nothing, each in a block of its own.
    pub remarks: usize,
    /// Transfers of one part.
    pub transfers: usize,
    /// Transfers of 64 parts.
    pub batches: usize,
    /// Where to keep the chain, for the next time.
    pub keep: Option<PathBuf>,
    /// Whether to write the results to the documentation.
    pub write: bool,
    /// As it was started, for the results.
    pub command: String,
}

/// The parts of a chain that is kept: a line for each, its last height and its name.
const KEPT: &str = "parts.txt";

/// A part of the chain, and what it took to index it.
struct Part {
    name: String,
    blocks: u32,
    extrinsics: i64,
    events: i64,
    seconds: f64,
    usage: Usage,
    /// Seconds of processor time of Postgres and of the node.
    postgres: f64,
    node: f64,
}

/// Runs the benchmark of the indexer, and prints what was measured.
pub async fn indexer(plan: &IndexerPlan) -> Result<()> {
    let load = machine::load();
    println!("{}; load {load:.1} before the start", machine::hardware());
    let temporary = tempfile::Builder::new().prefix("registry-bench-").tempdir()?;
    let folder = plan.keep.as_deref().unwrap_or(temporary.path());
    std::fs::create_dir_all(folder)?;
    std::fs::set_permissions(folder, std::os::unix::fs::PermissionsExt::from_mode(0o755))?;
    let mut stack = Stack::prepare(Options::instant(folder))?;
    stack.start_postgres()?;
    // The last block of a session has no room for a transaction: it would count as an empty one.
    let spec = spec::development(folder, ENDLESS)?;
    let spec = format!("--chain={}", spec.display());
    let mut arguments = vec![spec.as_str()];
    arguments.extend(NODE);
    let node = Node::start(folder, &arguments).await?;
    let parts = match kept(folder)? {
        Some(parts) => parts,
        None => {
            let parts = make(plan, &node).await?;
            let lines: Vec<_> = parts.iter().map(|(name, end)| format!("{end} {name}")).collect();
            std::fs::write(folder.join(KEPT), lines.join("\n"))?;
            parts
        }
    };
    // Of an earlier run.
    let pool = stack.database().await?;
    let statement = "DROP SCHEMA IF EXISTS chain CASCADE;
                     DROP TABLE IF EXISTS public.registry_indexer_migrations";
    sqlx::raw_sql(statement).execute(&pool).await?;
    pool.close().await;

    let mut measured = Vec::new();
    let mut start = 0;
    for (name, end) in parts {
        let part = index(&stack, &node, folder, name, start, end).await?;
        println!("  indexed {}: {} blocks in {:.1} s", part.name, part.blocks, part.seconds);
        measured.push(part);
        start = end;
    }
    let (middle, slow) = round_trip(&stack).await?;
    let table = table(&measured);
    let baseline = format!(
        "`SELECT 1` over one connection of a pool, {QUESTIONS} times, after that: median {middle:.0} \
         us, p99 {slow:.0} us."
    );
    println!("\n{}\n\n{baseline}\n", table.text());
    if plan.write {
        let section = format!("{}\n{}\n\n{baseline}", introduction(plan, load), table.markdown());
        report::write_section(&PathBuf::from(PAGE), "indexer", &section)?;
        println!("Written to {PAGE}.");
    }
    Ok(())
}

/// The parts of a chain that is there already: name and last height.
fn kept(folder: &Path) -> Result<Option<Vec<(String, u32)>>> {
    let Ok(lines) = std::fs::read_to_string(folder.join(KEPT)) else { return Ok(None) };
    let parts = lines.lines().map(|line| {
        let (end, name) = line.split_once(' ').context("a height and a name")?;
        Ok((name.to_owned(), end.parse()?))
    });
    parts.collect::<Result<_>>().map(Some)
}

/// Makes a chain of several parts: their names and last heights.
async fn make(plan: &IndexerPlan, node: &Node) -> Result<Vec<(String, u32)>> {
    println!("Making a chain");
    let mut chain = Chain::connect(std::slice::from_ref(&node.url), 2).await?;
    let progress = |what: &str| println!("  set-up: {what}");
    let organisations = chain.populate(ORGANISATIONS, OFFICERS, progress).await?;
    let mut made = vec![("set-up".to_owned(), chain.heads.heights()?.1)];
    let parts = [
        ("nearly empty", Workload::Remark, plan.remarks),
        ("transfers", Workload::Transfer, plan.transfers),
        ("batches", Workload::Batched, plan.batches),
    ];
    for (name, workload, count) in parts.into_iter().filter(|(.., count)| *count > 0) {
        println!("  {count} transactions: {}", workload.name());
        let mut load = Load::new(workload, &chain, &organisations)?;
        fill(&mut chain, &mut load, count, workload == Workload::Remark).await?;
        made.push((name.to_owned(), chain.heads.heights()?.1));
    }
    Ok(made)
}

/// Sends transactions and waits until all are final. The node makes a block of all that are there,
/// so that those which are sent alone get a block each.
async fn fill(chain: &mut Chain, load: &mut Load, count: usize, alone: bool) -> Result<()> {
    let mut finalised = chain.registry.rpc.chain_subscribe_finalized_heads().await?;
    let mut left = count;
    while left > 0 {
        let jobs = load.take(left.min(ROUND), chain, &mut Whole::new())?;
        let (start, _) = chain.heads.heights()?;
        let signed = sign_all(&chain.offline, chain.mortality().await?, &jobs)?;
        for (job, transaction) in jobs.iter().zip(signed) {
            if alone {
                chain.registry.rpc.author_submit_extrinsic(&transaction).await?;
                // If it is not told in time, the next one may get the same block: no harm.
                let _ = tokio::time::timeout(Duration::from_secs(1), finalised.next()).await;
            } else {
                chain.sender.send(&job.key.public_key().0, transaction)?;
            }
        }
        chain.wait_for(start, jobs.len() as u64).await?;
        left -= jobs.len();
    }
    Ok(())
}

/// Runs the indexer from where it is to a height, and counts what it wrote.
async fn index(
    stack: &Stack,
    node: &Node,
    folder: &Path,
    name: String,
    start: u32,
    end: u32,
) -> Result<Part> {
    let command = [
        program("registry-indexer")?,
        "run".into(),
        format!("--node={}", node.url),
        format!("--database={}", stack.database_url()),
        "--listen=127.0.0.1:0".into(),
        format!("--until={end}"),
    ];
    let postgres = stack.postgres.as_ref().context("Postgres")?.id();
    let node_id = node.process.id();
    let before = (machine::of_descendants(postgres)?, machine::usage(node_id)?.cpu);
    let began = Instant::now();
    let mut process = Process::start("indexer", folder, &[], &command)?;
    let mut usage = Usage::default();
    while process.is_running() {
        // It may end between the two.
        usage = machine::usage(process.id()).unwrap_or(usage);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let seconds = began.elapsed().as_secs_f64();
    let code = process.wait()?;
    // Its server process ends a moment later.
    tokio::time::sleep(Duration::from_millis(500)).await;
    let postgres = machine::of_descendants(postgres)? - before.0;
    let node = machine::usage(node_id)?.cpu - before.1;
    ensure!(code == Some(0), "the indexer failed:\n{}", process.output());
    let pool = stack.database().await?;
    let count = "SELECT (SELECT count(*) FROM chain.extrinsics WHERE height > $1),
                        (SELECT count(*) FROM chain.events WHERE height > $1)";
    let (extrinsics, events) =
        sqlx::query_as(count).bind(i64::from(start)).fetch_one(&pool).await?;
    pool.close().await;
    Ok(Part { name, blocks: end - start, extrinsics, events, seconds, usage, postgres, node })
}

/// Median and p99 of a round trip to Postgres, in microseconds.
async fn round_trip(stack: &Stack) -> Result<(f64, f64)> {
    let pool = stack.database().await?;
    let mut connection = pool.acquire().await?;
    let mut times = Vec::with_capacity(QUESTIONS);
    for _ in 0..QUESTIONS {
        let began = Instant::now();
        sqlx::query("SELECT 1").execute(&mut *connection).await?;
        times.push(began.elapsed().as_secs_f64() * 1e6);
    }
    drop(connection);
    pool.close().await;
    Ok((median(&times), percentile(&times, 99.0)))
}

fn table(parts: &[Part]) -> Table {
    let mut header = vec![String::new()];
    header.extend(parts.iter().map(|part| part.name.clone()));
    let row = |name: &str, value: &dyn Fn(&Part) -> String| {
        std::iter::once(name.to_owned()).chain(parts.iter().map(value)).collect()
    };
    let rows = vec![
        row("blocks", &|part| part.blocks.to_string()),
        row("extrinsics", &|part| part.extrinsics.to_string()),
        row("events written", &|part| part.events.to_string()),
        row("seconds, start to end", &|part| format!("{:.1}", part.seconds)),
        row("blocks/s", &|part| format!("{:.0}", f64::from(part.blocks) / part.seconds)),
        row("events/s", &|part| format!("{:.0}", part.events as f64 / part.seconds)),
        row("cores used by the indexer", &|part| format!("{:.2}", part.usage.cpu / part.seconds)),
        row("cores used by Postgres", &|part| format!("{:.2}", part.postgres / part.seconds)),
        row("cores used by the node", &|part| format!("{:.2}", part.node / part.seconds)),
        row("memory of the indexer, most MiB", &|part| format!("{:.0}", part.usage.peak)),
    ];
    Table { header, rows }
}

fn introduction(plan: &IndexerPlan, load: f64) -> String {
    format!(
        "## Indexer\n\n\
         Measured on {} at commit {} with `{}`.\n\n\
         - Machine: {}. Load before the start: {load:.1}.\n\
         - Build: {}.\n\
         - A node that seals at once, Postgres with its own settings and the indexer share the \
         machine's cores. The chain is there before the indexer starts; each part is a run of the \
         indexer of its own, from its start to its end.\n\
         - `set-up`: organisations, projects and issuances. `nearly empty`: the time and one \
         `System.remark`. `transfers`: one tonne split off and moved, two events. `batches`: 64 of \
         them in one call, 65 events.\n\
         - Events are those that are written: the registry's, without the SDK's.\n",
        machine::today(),
        machine::commit(),
        plan.command,
        machine::hardware(),
        machine::profile(),
    )
}
