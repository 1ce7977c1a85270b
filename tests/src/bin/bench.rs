// SPDX-License-Identifier: Apache-2.0
//! `scripts/bench`: load on real nodes, and what they make of it.

use anyhow::Result;
use clap::{Parser, Subcommand};
use registry_testbed::bench::{self, ApiPlan, IndexerPlan, Plan, Times, VisiblePlan, Workload};
use std::{path::PathBuf, process::ExitCode, time::Duration};

/// Puts the registry under load on this machine, and measures it.
#[derive(Parser)]
struct Arguments {
    #[command(subcommand)]
    part: Part,
}

#[derive(Subcommand)]
enum Part {
    /// Transactions and moved blocks of credits a second, of finalised blocks.
    Chain(Chain),
    /// Blocks and events a second that the indexer writes to Postgres when it is far behind.
    Indexer(Indexer),
    /// How fast the portal answers from a large registry.
    Api(Api),
    /// How soon a finalised block of a full chain can be read from the portal.
    Visible(Visible),
}

#[derive(clap::Args)]
struct Chain {
    /// Numbers of validators, 1 to 4: a network for each.
    #[arg(long, value_delimiter = ',', default_values_t = [1, 4], value_parser = clap::value_parser!(u8).range(1..=4))]
    validators: Vec<u8>,
    /// What to send, in this order.
    #[arg(long, value_delimiter = ',', default_value = "remark,transfer,batched")]
    workload: Vec<Workload>,
    /// How long to measure each: up to an hour, for which everything is signed ahead.
    #[arg(long, default_value_t = 120, value_parser = clap::value_parser!(u64).range(15..=3_600))]
    seconds: u64,
    /// How long to send before measuring.
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u64).range(9..=120))]
    warm_up: u64,
    /// Organisations that send.
    #[arg(long, default_value_t = 32, value_parser = clap::value_parser!(u16).range(2..=128))]
    organisations: u16,
    /// Officers of each organisation: accounts that sign.
    #[arg(long, default_value_t = 64, value_parser = clap::value_parser!(u16).range(1..=256))]
    officers: u16,
    /// Connections to send over; at least one to each node.
    #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u16).range(1..=64))]
    connections: u16,
    /// What is kept waiting in pools, in per cent of a full block.
    #[arg(long, default_value_t = 150, value_parser = clap::value_parser!(u64).range(100..=1000))]
    ahead: u64,
    /// Write the results to docs/reference/performance.md.
    #[arg(long)]
    write: bool,
}

#[derive(clap::Args)]
struct Indexer {
    /// Transactions that do nothing, each in a block of its own.
    #[arg(long, default_value_t = 10_000)]
    remarks: usize,
    /// Transfers of one part.
    #[arg(long, default_value_t = 2_000)]
    transfers: usize,
    /// Transfers of 64 parts.
    #[arg(long, default_value_t = 1_000)]
    batches: usize,
    /// A folder to keep the chain in, so that it need not be made the next time.
    #[arg(long, value_name = "FOLDER")]
    keep: Option<PathBuf>,
    /// Write the results to docs/reference/performance.md.
    #[arg(long)]
    write: bool,
}

#[derive(clap::Args)]
struct Api {
    /// Blocks of credits to fill in; twice as many events come with them. Ten million take 15 GB.
    #[arg(long, default_value_t = 10_000_000, value_parser = clap::value_parser!(i64).range(10_000..=100_000_000))]
    blocks: i64,
    /// A folder to keep the database in, so that it need not be filled the next time.
    #[arg(long, value_name = "FOLDER")]
    keep: Option<PathBuf>,
    /// Ask only questions with this in their names; and look up serial numbers.
    #[arg(long, value_name = "WORDS", default_value = "")]
    only: String,
    /// Write the results to docs/reference/performance.md.
    #[arg(long)]
    write: bool,
}

#[derive(clap::Args)]
struct Visible {
    /// What to send, in this order.
    #[arg(long, value_delimiter = ',', default_value = "transfer,batched")]
    workload: Vec<Workload>,
    /// How long to measure each.
    #[arg(long, default_value_t = 90, value_parser = clap::value_parser!(u64).range(15..=3_600))]
    seconds: u64,
    /// How long to send before measuring.
    #[arg(long, default_value_t = 15, value_parser = clap::value_parser!(u64).range(9..=120))]
    warm_up: u64,
    /// Write the results to docs/reference/performance.md.
    #[arg(long)]
    write: bool,
}

impl Visible {
    fn plan(self) -> VisiblePlan {
        VisiblePlan {
            workloads: self.workload,
            times: Times {
                warm_up: Duration::from_secs(self.warm_up),
                measured: Duration::from_secs(self.seconds),
                ahead: 150,
            },
            organisations: 32,
            officers: 64,
            write: self.write,
            command: command(),
        }
    }
}

impl Indexer {
    fn plan(self) -> IndexerPlan {
        IndexerPlan {
            remarks: self.remarks,
            transfers: self.transfers,
            batches: self.batches,
            keep: self.keep,
            write: self.write,
            command: command(),
        }
    }
}

/// As this was started.
fn command() -> String {
    let mut command = vec!["scripts/bench".to_owned()];
    command.extend(std::env::args().skip(1));
    if !cfg!(debug_assertions) {
        command.push("--release".to_owned());
    }
    command.join(" ")
}

impl Chain {
    fn plan(self) -> Plan {
        Plan {
            networks: self.validators.into_iter().map(usize::from).collect(),
            workloads: self.workload,
            times: Times {
                warm_up: Duration::from_secs(self.warm_up),
                measured: Duration::from_secs(self.seconds),
                ahead: self.ahead,
            },
            organisations: self.organisations.into(),
            officers: self.officers.into(),
            connections: self.connections.into(),
            write: self.write,
            command: command(),
        }
    }
}

async fn run(part: Part) -> Result<()> {
    match part {
        Part::Chain(chain) => bench::chain(&chain.plan()).await,
        Part::Indexer(indexer) => bench::indexer(&indexer.plan()).await,
        Part::Visible(visible) => bench::visible(&visible.plan()).await,
        Part::Api(Api { blocks, keep, only, write }) => {
            bench::api(&ApiPlan { blocks, keep, only, write, command: command() }).await
        }
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    let part = Arguments::parse().part;
    // Whichever ends first: the other branch is dropped, and with it everything that was started.
    let done: Result<ExitCode> = tokio::select! {
        done = run(part) => done.map(|()| ExitCode::SUCCESS),
        interrupted = tokio::signal::ctrl_c() => {
            println!("\nStopped; nothing is left running.");
            interrupted.map(|()| ExitCode::from(130)).map_err(Into::into)
        }
    };
    done.unwrap_or_else(|error| {
        eprintln!("{error:#}");
        ExitCode::FAILURE
    })
}
