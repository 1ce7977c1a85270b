// SPDX-License-Identifier: Apache-2.0
//! `scripts/demo`: the whole registry on this machine, with data to look at.

use anyhow::{bail, Result};
use clap::Parser;
use registry_testbed::{bridge, compare, demo_data, Options, Stack};
use std::{path::PathBuf, process::ExitCode};
use tokio::signal::unix::{signal, SignalKind};

/// Starts the registry on this machine, fills it with demo data and says where to look.
#[derive(Parser)]
struct Arguments {
    /// Start on free ports in a temporary folder, load the data, compare the chain, Postgres and
    /// the pages with each other, and end.
    #[arg(long)]
    check: bool,
    /// Number of validators, 1 to 4.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=4))]
    network: u8,
    /// Port of the portal.
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// Where the data is kept; emptied first.
    #[arg(long, default_value = ".local/demo")]
    folder: PathBuf,
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    // Whichever ends first: the other branch is dropped, and with it everything that was started.
    let done = tokio::select! {
        done = demo(&arguments) => done.map(|()| ExitCode::SUCCESS),
        interrupted = interruption() => interrupted.map(|()| {
            println!("\nStopped; nothing is left running.");
            // Ctrl-C is how the demo ends, and how a check does not.
            if arguments.check { ExitCode::from(130) } else { ExitCode::SUCCESS }
        }),
    };
    done.unwrap_or_else(|error| {
        eprintln!("{error:#}");
        ExitCode::FAILURE
    })
}

async fn interruption() -> Result<()> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
    Ok(())
}

async fn demo(arguments: &Arguments) -> Result<()> {
    let temporary = tempfile::Builder::new().prefix("registry-demo-").tempdir()?;
    let folder = match arguments.check {
        true => {
            open_to_postgres(temporary.path())?;
            temporary.path().to_owned()
        }
        false => {
            // A fresh chain every time; Postgres' files belong to another user when we are root.
            if arguments.folder.exists() {
                std::fs::remove_dir_all(&arguments.folder)?;
            }
            std::fs::create_dir_all(&arguments.folder)?;
            arguments.folder.canonicalize()?
        }
    };
    let options = Options {
        folder,
        validators: arguments.network.into(),
        instant: false,
        portal_port: (!arguments.check).then_some(arguments.port),
        load: false,
    };
    println!("Starting {} validator(s), Postgres, indexer and portal …", arguments.network);
    let folder = options.folder.clone();
    let keys = folder.join("keys.json");
    let mut stack = Stack::prepare(options)?;
    stack.portal_options = vec![
        format!("--demonstration={}", demo_data::offer(&keys)?.display()),
        format!("--wallet-node={}", stack.node_url()),
    ];
    let operators = usize::from(arguments.network);
    let mut platform = bridge::prepare(&mut stack, &folder, operators).await?;
    stack = stack.begin().await?;
    let registry = stack.registry().await?;
    println!("Loading demo data by signed transactions (a minute or two) …");
    let made = demo_data::load(&registry, |what| println!("  {what}")).await?;
    println!(
        "  three projects from the ITMO platform, as {operators} operator(s) of the bridge read it"
    );
    demo_data::bridge::load(&registry, &platform, operators).await?;
    stack.wait_for_indexer().await?;
    let deposited = demo_data::files::deposit(&stack.portal_url()).await?;
    println!("  {deposited} documents are deposited");

    if arguments.check {
        stack.wait_for_indexer().await?;
        let report = compare::everything(&stack, &made).await?;
        print!("{report}");
        if !report.differences.is_empty() {
            bail!("{} differences", report.differences.len());
        }
        println!("No differences.");
        return Ok(());
    }
    stack.wait_for_indexer().await?;
    for line in demo_data::summary(&registry).await? {
        println!("{line}");
    }
    println!("\nThe registry is open at {}", stack.portal_url());
    println!("Keys to sign in with: {}/demonstration", stack.portal_url());
    println!("Node {}; Ctrl-C stops everything.", stack.node_url());
    println!("ITMO platform: {}/bridge", stack.portal_url());
    loop {
        stack.ensure_running()?;
        platform.ensure_running()?;
        tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    }
}

/// Temporary folders are private; the user that Postgres runs as must be able to enter.
fn open_to_postgres(folder: &std::path::Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o755))?;
    Ok(())
}
