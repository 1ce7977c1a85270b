// SPDX-License-Identifier: Apache-2.0
//! Finalised blocks of the registry chain into Postgres, exactly once.

mod apply;
mod backoff;
mod block;
mod check;
mod checksum;
mod cli;
mod copy;
mod database;
mod error;
mod event;
mod follow;
mod http;
mod lanes;
mod metrics;
mod network;
mod node;
mod progress;
mod projections;
mod rebuild;

use clap::Parser;
use cli::{Cli, Command};
use follow::{Ended, Endpoints, Follower, Stop};
use std::{io::IsTerminal, process::ExitCode, sync::Arc};
use tokio::{
    signal::unix::{signal, SignalKind},
    sync::watch,
};
use tracing_subscriber::EnvFilter;

/// `check` found a difference; 1 is any failure, 2 a wrong command line.
const DIFFERENT: u8 = 3;

#[tokio::main]
async fn main() -> ExitCode {
    let filter = EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| EnvFilter::new("info,subxt=error,jsonrpsee=error,sqlx=warn"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr)
        .init();
    match execute(Cli::parse().command).await {
        Ok(code) => code,
        Err(error) => {
            tracing::error!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn execute(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Run { node, database, listen, until, batch } => {
            let status = Arc::new(metrics::Status::default());
            let server =
                http::serve(http::bind(listen).await?, status.clone(), metrics::install()?);
            let follower = Follower::new(Endpoints::new(node, database), until, status, signals()?)
                .in_batches_of(batch);
            let ended = tokio::select! {
                ended = follower.run(None) => ended?,
                served = server => anyhow::bail!("the web server ended: {served:?}"),
            };
            tracing::info!(
                "{}",
                match ended {
                    Ended::Reached => "the height is reached",
                    Ended::Stopped => "stopped",
                }
            );
        }
        Command::Rebuild { node, database } => {
            match rebuild::rebuild(Endpoints::new(node, database), signals()?).await? {
                Some(checksums) => println!("{}", checksums.summary()),
                None => anyhow::bail!("stopped before the end; `run` goes on from there"),
            }
        }
        Command::Check { node, database, json } => {
            let report = check::check(&Endpoints::new(node, database)).await?;
            match json {
                true => println!("{:#}", report.json()),
                false => print!("{report}"),
            }
            if !report.agrees() {
                return Ok(ExitCode::from(DIFFERENT));
            }
        }
        Command::Checksum { database, at } => {
            println!("{}", checksum::checksum(&database.url, at).await?);
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The first SIGTERM or SIGINT stops in order; a second one stops at once.
fn signals() -> anyhow::Result<Stop> {
    let (sender, receiver) = watch::channel(false);
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::spawn(async move {
        for stops in [true, false] {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
            if !stops {
                std::process::exit(130);
            }
            sender.send_replace(true);
        }
    });
    Ok(Stop::new(receiver))
}
