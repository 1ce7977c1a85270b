// SPDX-License-Identifier: Apache-2.0
//! The benchmark of the portal: the real program with a large registry in a real Postgres, asked over
//! HTTP.

mod ask;
mod fill;
mod questions;

use super::{
    machine::{self, Usage},
    report::{self, Table},
    statistics::{median, percentile},
    PAGE,
};
use crate::{Options, Stack};
use anyhow::{ensure, Context, Result};
use ask::Answers;
use fill::{Filled, Sizes};
use questions::{Kind, QUESTIONS, SERIAL};
use sqlx::{postgres::PgPoolOptions, AssertSqlSafe, Executor, PgPool};
use std::{path::PathBuf, time::Duration};

/// Connections of the portal to Postgres, and of the baseline.
const POOL: u32 = 12;
/// Connections that look up serial numbers at the same time.
const CONNECTIONS: usize = 8;
/// How long they do.
const LOAD: Duration = Duration::from_secs(20);
/// Answers of each question that are measured, and that come before and are not.
const MEASURED: usize = 300;
const LOOKUPS: usize = 3_000;
const WARM_UP: usize = 30;
/// As long as tables are filled, nothing can be lost that is not made again in minutes.
const FILLING: [(&str, &str); 7] = [
    ("fsync", "off"),
    ("full_page_writes", "off"),
    ("wal_level", "minimal"),
    ("max_wal_senders", "0"),
    ("max_wal_size", "2GB"),
    ("autovacuum", "off"),
    ("jit", "off"),
];

/// What is looked up by keys, and what it is found by, into the memory of a Postgres that has just been
/// started: one that has run for a day has it there.
const WARM: &str = "
    SELECT pg_prewarm(relation) FROM unnest(ARRAY[
        'chain.credit_blocks', 'chain.credit_blocks_pkey',
        'chain.serial_history', 'chain.serial_history_start_serial_idx',
        'chain.finalised_blocks', 'chain.finalised_blocks_pkey',
        'chain.subjects', 'chain.subjects_pkey',
        'chain.organisations', 'chain.projects']::regclass[]) relation";

/// What to run.
pub struct ApiPlan {
    /// Blocks of credits to fill in; twice as many events come with them.
    pub blocks: i64,
    /// Where to keep what was filled in, for the next time.
    pub keep: Option<PathBuf>,
    /// Only questions with this in their names; all of them if it is empty.
    pub only: String,
    /// Whether to write the results to the documentation.
    pub write: bool,
    /// As it was started, for the results.
    pub command: String,
}

/// What was measured.
struct Measured {
    filled: Filled,
    rows: Rows,
    /// Names of questions, and what was answered.
    answers: Vec<(&'static str, Kind, Answers)>,
    /// Serial numbers looked up in a second, over several connections, and their answers.
    lookups: (f64, Answers),
    /// The same of `SELECT 1`.
    baseline: (f64, Answers),
    portal: Usage,
    /// Cores used by the portal and by Postgres during the lookups.
    cores: (f64, f64),
}

/// Rows of the large tables, and bytes of all.
struct Rows {
    blocks: i64,
    events: i64,
    history: i64,
    gigabytes: f64,
}

/// Runs the benchmark of the portal, and prints what was measured.
pub async fn api(plan: &ApiPlan) -> Result<()> {
    let load = machine::load();
    println!("{}; load {load:.1} before the start", machine::hardware());
    let temporary = tempfile::Builder::new().prefix("registry-bench-").tempdir()?;
    let folder = plan.keep.as_deref().unwrap_or(temporary.path());
    std::fs::create_dir_all(folder)?;
    std::fs::set_permissions(folder, std::os::unix::fs::PermissionsExt::from_mode(0o755))?;
    let mut stack = Stack::prepare(Options::instant(folder))?;
    stack.start_postgres()?;
    let filled = fill(&mut stack, plan.blocks).await?;
    warm(&mut stack).await?;
    let measured = measure(&mut stack, filled, &plan.only).await?;
    let (table, remarks) = (table(&measured), remarks(&measured));
    println!("\n{}\n\n{}\n", table.text(), remarks.join("\n"));
    if plan.write {
        let remarks: String = remarks.iter().map(|remark| format!("- {remark}\n")).collect();
        let introduction = introduction(plan, load, &measured);
        let section = format!("{introduction}\n{}\n\n{remarks}", table.markdown());
        report::write_section(&PathBuf::from(PAGE), "api", &section)?;
        println!("Written to {PAGE}.");
    }
    Ok(())
}

/// Makes the tables by the indexer and fills them, unless that was done before.
async fn fill(stack: &mut Stack, blocks: i64) -> Result<Filled> {
    let sizes = Sizes::for_blocks(blocks);
    stack.start_nodes()?;
    stack.wait_for_node().await?;
    let pool = stack.database().await?;
    let full: bool =
        sqlx::query_scalar("SELECT to_regnamespace('bench') IS NOT NULL").fetch_one(&pool).await?;
    pool.close().await;
    if !full {
        let (node, database) = (stack.node_url(), stack.database_url());
        let arguments = ["run", "--node", &node, "--database", &database, "--until", "0"];
        let arguments = [&arguments[..], &["--listen", "127.0.0.1:0"]].concat();
        let (code, output) = stack.run("registry-indexer", &arguments)?;
        ensure!(code == 0, "the indexer failed:\n{output}");
        println!("Filling in {} blocks of credits", sizes.blocks());
        set(stack, FILLING.map(|(name, value)| format!("ALTER SYSTEM SET {name} = '{value}'")))
            .await?;
        let pool = stack.database().await?;
        fill::fill(&pool, sizes).await?;
        pool.close().await;
        set(stack, ["ALTER SYSTEM RESET ALL".to_owned()]).await?;
    }
    let pool = stack.database().await?;
    let days = "SELECT DISTINCT (time AT TIME ZONE 'UTC')::date::text FROM chain.finalised_blocks
                WHERE height > 0 ORDER BY 1";
    let days = sqlx::query_scalar(days).fetch_all(&pool).await?;
    let found: i64 =
        sqlx::query_scalar("SELECT count(*) FROM chain.credit_blocks").fetch_one(&pool).await?;
    pool.close().await;
    ensure!(
        found == sizes.blocks() + sizes.projects,
        "there are {found} blocks of credits in the folder, not as many as asked for; remove it"
    );
    Ok(Filled { sizes, days })
}

/// Gives Postgres a quarter of the machine's memory, as its documentation recommends, and fills it.
async fn warm(stack: &mut Stack) -> Result<()> {
    let quarter = machine::memory() / 4.0;
    println!("Postgres has {quarter:.1} GiB of buffers");
    let megabytes = (quarter * 1024.0) as u64;
    set(stack, [format!("ALTER SYSTEM SET shared_buffers = '{megabytes}MB'")]).await?;
    let pool = stack.database().await?;
    pool.execute("CREATE EXTENSION IF NOT EXISTS pg_prewarm").await?;
    pool.execute(WARM).await?;
    pool.close().await;
    Ok(())
}

/// Changes settings of Postgres and starts it anew.
async fn set<const N: usize>(stack: &mut Stack, statements: [String; N]) -> Result<()> {
    let pool = stack.database().await?;
    for statement in statements {
        pool.execute(AssertSqlSafe(statement)).await?;
    }
    pool.close().await;
    stack.postgres = None;
    stack.start_postgres()
}

async fn measure(stack: &mut Stack, filled: Filled, only: &str) -> Result<Measured> {
    let pool = PgPoolOptions::new().max_connections(POOL).connect(&stack.database_url()).await?;
    let rows = rows(&pool).await?;
    println!(
        "{} blocks of credits, {} events, {} ranges of history; {:.1} GB",
        rows.blocks, rows.events, rows.history, rows.gigabytes
    );
    stack.start_portal()?;
    stack.wait_for_portal().await?;
    let url = stack.portal_url();
    let mut answers = Vec::new();
    let questions = std::iter::once(SERIAL).chain(QUESTIONS);
    for question in questions.filter(|question| question.name.contains(only)) {
        let count = if question.kind == Kind::Lookup { LOOKUPS } else { MEASURED };
        ask::one_by_one(&url, question, &filled, WARM_UP).await?;
        let found = ask::one_by_one(&url, question, &filled, count).await?;
        println!("  {:<56} {}", question.name, found.line());
        answers.push((question.name, question.kind, found));
    }
    let baseline = ask::select_one(&pool, CONNECTIONS, LOAD / 4).await?;
    pool.close().await;
    let portal = stack.portal.as_ref().context("the portal")?.id();
    let postgres = stack.postgres.as_ref().context("Postgres")?.id();
    let before = (machine::usage(portal)?.cpu, machine::of_descendants(postgres)?);
    let lookups = ask::at_once(&url, SERIAL, &filled, CONNECTIONS, LOAD).await?;
    let after = (machine::usage(portal)?.cpu, machine::of_descendants(postgres)?);
    let seconds = LOAD.as_secs_f64();
    let cores = ((after.0 - before.0) / seconds, (after.1 - before.1) / seconds);
    let portal = machine::usage(portal)?;
    Ok(Measured { filled, rows, answers, lookups, baseline, portal, cores })
}

async fn rows(pool: &PgPool) -> Result<Rows> {
    let (blocks, events, history, bytes): (i64, i64, i64, i64) = sqlx::query_as(
        "SELECT (SELECT count(*) FROM chain.credit_blocks), (SELECT count(*) FROM chain.events),
                (SELECT count(*) FROM chain.serial_history), pg_database_size(current_database())",
    )
    .fetch_one(pool)
    .await?;
    Ok(Rows { blocks, events, history, gigabytes: bytes as f64 / 1e9 })
}

fn table(measured: &Measured) -> Table {
    let header = ["", "asked", "median ms", "p99 ms", "most ms", "p99 aimed at", "failed", "KiB"];
    let milliseconds = |value: f64| format!("{value:.2}");
    let rows = measured.answers.iter().map(|(name, kind, answers)| {
        vec![
            (*name).to_owned(),
            (answers.count() + answers.failed).to_string(),
            milliseconds(median(&answers.milliseconds)),
            milliseconds(percentile(&answers.milliseconds, 99.0)),
            milliseconds(percentile(&answers.milliseconds, 100.0)),
            format!("{:.0}", kind.aim()),
            answers.failed.to_string(),
            format!("{:.1}", answers.bytes as f64 / 1024.0 / answers.count().max(1) as f64),
        ]
    });
    Table { header: header.map(str::to_owned).to_vec(), rows: rows.collect() }
}

fn remarks(measured: &Measured) -> Vec<String> {
    let Measured { lookups, baseline, portal, cores, answers, .. } = measured;
    let of = |answers: &Answers| {
        let times = &answers.milliseconds;
        format!("median {:.2} ms, p99 {:.2} ms", median(times), percentile(times, 99.0))
    };
    let slow = answers.iter().filter(|(_, kind, answers)| {
        answers.failed > 0 || percentile(&answers.milliseconds, 99.0) > kind.aim()
    });
    let slow: Vec<_> = slow.map(|(name, ..)| *name).collect();
    vec![
        format!(
            "Serial numbers looked up over {CONNECTIONS} connections at the same time, for {} s: \
             {:.0} a second ({}; {} failed). The portal used {:.2} cores, Postgres {:.2}, who asked the \
             rest of the machine.",
            LOAD.as_secs(),
            lookups.0,
            of(&lookups.1),
            lookups.1.failed,
            cores.0,
            cores.1,
        ),
        format!(
            "The baseline: `SELECT 1` over a pool of {POOL} connections, {CONNECTIONS} at a time: {:.0} \
             a second ({}). Looking up a serial number takes {:.1} times that.",
            baseline.0,
            of(&baseline.1),
            baseline.0 / lookups.0,
        ),
        format!("Memory of the portal after all of this: {:.0} MiB, most {:.0}.", portal.memory, portal.peak),
        match slow.as_slice() {
            [] => "Every question is answered in the time that is aimed at.".to_owned(),
            _ => format!("Slower than aimed at: {}.", slow.join("; ")),
        },
    ]
}

fn introduction(plan: &ApiPlan, load: f64, measured: &Measured) -> String {
    let Measured { filled, rows, .. } = measured;
    let sizes = filled.sizes;
    format!(
        "## API\n\n\
         Measured on {} at commit {} with `{}`.\n\n\
         - Machine: {}. Load before the start: {load:.1}.\n\
         - Build: {}.\n\
         - {} blocks of credits of {} projects and {} organisations, {} events, {} ranges of history; \
         {:.1} GB with indexes. They are filled in by SQL ([fill.sql](../../tests/src/bench/api/fill.sql)) \
         into the tables that the indexer makes, with all their keys and indexes; there is no chain behind \
         them. Postgres has a quarter of the machine's memory for its buffers (`shared_buffers`), which its \
         documentation recommends, and else its own settings; what is looked up by keys is read into them \
         before (`pg_prewarm`).\n\
         - Postgres, the portal and who asks share the machine's cores. Everything is asked over HTTP/1.1 \
         with connections that stay open, about things chosen at random, one request after the other: \
         {LOOKUPS} of each kind of look-up, {MEASURED} of each other question, after {WARM_UP} that do not \
         count, or as many as there are in 20 s. KiB is the mean size of a body.\n",
        machine::today(),
        machine::commit(),
        plan.command,
        machine::hardware(),
        machine::profile(),
        rows.blocks,
        sizes.projects,
        sizes.owners,
        rows.events,
        rows.history,
        rows.gigabytes,
    )
}
