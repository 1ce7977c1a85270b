// SPDX-License-Identifier: Apache-2.0
//! Serves the stand-in until it is stopped.

use anyhow::Context;
use clap::Parser;
use itmo_platform::{Account, Platform, Timeline};
use std::{net::SocketAddr, path::PathBuf};

/// A stand-in for UNDP's ITMO platform, for tests and demonstrations.
#[derive(Parser)]
#[command(version)]
struct Options {
    /// Where it is served; port 0 is any that is free. The address is printed.
    #[arg(long, default_value = "127.0.0.1:9400")]
    listen: SocketAddr,
    /// A folder with the states t0 to t4, if not the one that comes with it.
    #[arg(long)]
    fixtures: Option<PathBuf>,
    /// State to begin with.
    #[arg(long, default_value_t = 0)]
    state: usize,
    /// Key of the interface.
    #[arg(long, default_value = "stand-in")]
    api_key: String,
    /// E-mail address to log in with.
    #[arg(long, default_value = "registry@example.org")]
    email: String,
    /// Password to log in with.
    #[arg(long, default_value = "stand-in")]
    password: String,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let Options { listen, fixtures, state, api_key, email, password } = Options::parse();
    let mut timeline = match fixtures {
        Some(folder) => Timeline::read(&folder)?,
        None => Timeline::bundled()?,
    };
    anyhow::ensure!(timeline.go_to(state), "there is no state {state}");
    let platform = Platform::new(Account { api_key, email, password }, timeline);
    let listener =
        tokio::net::TcpListener::bind(listen).await.with_context(|| listen.to_string())?;
    println!("http://{}/api/v1/", listener.local_addr()?);
    axum::serve(listener, platform.router()).await?;
    Ok(())
}
