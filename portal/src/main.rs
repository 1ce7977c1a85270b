// SPDX-License-Identifier: Apache-2.0
//! The public site and the REST API: what the chain says, for people and for machines.
//!
//! Pages and API answer from the indexer's tables in one snapshot per request, so that every number
//! of an answer is true at the one block that the answer names. Nothing here decides anything: the
//! rules are those of `registry-primitives`, the facts are those of the chain.

mod about;
mod access;
mod answers;
mod article6;
mod assets;
mod blocks;
mod bodies;
mod bridge;
mod calculator;
mod cancellations;
mod certificate;
mod charts;
mod connections;
mod console;
mod contract;
mod courier;
mod credits;
mod db;
mod description;
mod directory;
mod download;
mod events;
mod extrinsics;
mod feed;
mod files;
mod freshness;
mod heights;
mod holdings;
mod home;
mod i18n;
mod language;
mod limit;
mod lineage;
mod list;
mod lookup;
mod mail;
mod manual;
mod map;
mod menu;
mod mrv;
mod multipart;
mod network;
mod node;
mod open_data;
mod organisations;
mod page;
mod people;
mod places;
mod prepare;
mod problem;
mod project;
mod projects;
mod proof;
mod proposals;
mod query;
mod records;
mod requests;
mod retirements;
mod search;
mod secret;
mod sentences;
mod server;
mod settings;
mod site;
mod statistics;
mod status;
mod submissions;
mod transfers;
mod wallets;
mod webhooks;

use clap::Parser;
use std::{io::IsTerminal, net::SocketAddr, path::PathBuf};
use tracing_subscriber::EnvFilter;

/// The public site and the REST API of the registry.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// Address to listen on.
    #[arg(long, env = "LISTEN", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// The indexer's database.
    #[arg(long, env = "DATABASE_URL", hide_env_values = true)]
    database: String,
    /// Websocket address of a node.
    #[arg(long, env = "NODE_URL", default_value = "ws://127.0.0.1:9944")]
    node: String,
    /// Requests a second that each client may make, with a reserve of ten seconds; 0 for no limit.
    #[arg(long, env = "REQUESTS_PER_SECOND", default_value_t = 50)]
    requests_per_second: u32,
    /// Proxies, as networks, that are believed when they say for whom they ask (X-Forwarded-For).
    #[arg(
        long,
        env = "TRUSTED_PROXIES",
        value_delimiter = ',',
        default_value = "127.0.0.1/32,::1/128"
    )]
    trusted_proxies: Vec<ipnet::IpNet>,
    /// Where the public finds this portal: what people sign in to, and where mailed links lead.
    #[arg(long, env = "PUBLIC_URL", default_value = "http://localhost:8080")]
    public_url: site::Site,
    /// File of the portal's secret, which signs tokens and seals what is stored; made if missing.
    /// Portals that share a database share it.
    #[arg(long, env = "SECRET_FILE", default_value = "portal-data/secret")]
    secret: PathBuf,
    #[command(flatten)]
    files: files::Options,
    #[command(flatten)]
    places: places::Options,
    #[command(flatten)]
    map: map::Options,
    #[command(flatten)]
    status: status::monitor::Options,
    #[command(flatten)]
    courier: courier::Options,
    #[command(flatten)]
    wallets: wallets::Options,
    #[command(flatten)]
    certificates: certificate::Options,
    #[command(flatten)]
    about: about::About,
    /// Address for Prometheus; nothing is measured without it.
    #[arg(long, env = "METRICS_LISTEN")]
    metrics_listen: Option<SocketAddr>,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let filter = EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| EnvFilter::new("info,sqlx=warn,subxt=warn,jsonrpsee=error"));
    let colours = std::io::stdout().is_terminal();
    tracing_subscriber::fmt().with_env_filter(filter).with_ansi(colours).init();
    let arguments = Arguments::parse();
    // For every connection by TLS; fails only where one is chosen already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    if let Some(address) = arguments.metrics_listen {
        server::serve_metrics(address).await?;
    }
    let limit = limit::Limit::new(arguments.requests_per_second, arguments.trusted_proxies);
    let app = server::App {
        database: db::Database::new(&arguments.database)?,
        directory: directory::Directory::new(&arguments.database)?,
        node: node::Node::new(arguments.node),
        submissions: submissions::Submissions::default(),
        heights: heights::Heights::default(),
        secret: secret::Secret::open(&arguments.secret)?,
        site: arguments.public_url,
        monitor: status::monitor::Monitor::new(arguments.status)?,
        courier: courier::Courier::new(arguments.courier)?,
        files: files::Files::open(arguments.files)?,
        wallets: wallets::Wallets::open(arguments.wallets)?,
        map: arguments.map.open()?,
        mrv: std::sync::Arc::default(),
        press: certificate::Press::new(arguments.certificates),
        about: arguments.about,
        key_limit: limit::KeyLimit::new(arguments.requests_per_second),
    };
    let places = arguments.places.task(app.directory.clone(), &app.site)?;
    tokio::spawn(places.keep());
    server::serve(app, limit, arguments.listen).await
}
