// SPDX-License-Identifier: Apache-2.0
//! What wallets need to know of this network; and, where a demonstration is run, the keys that
//! everybody knows.

use crate::{
    console::Desk,
    db::Reader,
    page::{self, Layout},
    problem::{Message, Problem},
    server::{App, AsItIs},
};
use anyhow::Context;
use askama::Template;
use axum::{
    extract::State,
    http::{header, Uri},
    response::{IntoResponse, Response},
    Extension,
};
use registry_client::AccountId32;
use serde::Deserialize;
use std::{path::PathBuf, sync::Arc};
use subxt_signer::{sr25519::Keypair, SecretUri};

/// What a wallet is told.
#[derive(clap::Args)]
pub struct Options {
    /// Address of a node that wallets and other software may connect to: `wss://…`.
    #[arg(long, env = "WALLET_NODE_URL")]
    wallet_node: Option<String>,
    /// File of the chain's specification, for who runs a node of their own.
    #[arg(long, env = "CHAIN_SPEC")]
    chain_spec: Option<PathBuf>,
    /// File of the keys of a demonstration, which everybody may sign with. Never on a registry that
    /// counts.
    #[arg(long, env = "DEMONSTRATION_KEYS")]
    demonstration: Option<PathBuf>,
}

/// The same, read.
#[derive(Clone)]
pub struct Wallets(Arc<Inner>);

struct Inner {
    node: Option<String>,
    chain_spec: Option<Vec<u8>>,
    keys: Vec<Key>,
}

/// A key of the demonstration.
struct Key {
    name: String,
    uri: String,
    account: String,
}

/// As the file of a demonstration has it.
#[derive(Deserialize)]
struct Told {
    name: String,
    uri: String,
}

impl Wallets {
    pub fn open(options: Options) -> anyhow::Result<Self> {
        let read = |path: PathBuf| {
            std::fs::read(&path).with_context(|| format!("{} cannot be read", path.display()))
        };
        let told = options.demonstration.map(read).transpose()?.unwrap_or_else(|| b"[]".to_vec());
        let told: Vec<Told> = serde_json::from_slice(&told).context("the demonstration's keys")?;
        let keys = told.into_iter().map(|Told { name, uri }| {
            let secret: SecretUri = uri.parse().context("a development key is written //Name")?;
            let account = AccountId32(Keypair::from_uri(&secret)?.public_key().0).to_string();
            anyhow::Ok(Key { name, uri, account })
        });
        Ok(Self(Arc::new(Inner {
            node: options.wallet_node,
            chain_spec: options.chain_spec.map(read).transpose()?,
            keys: keys.collect::<Result<_, _>>()?,
        })))
    }

    /// Whether keys of a demonstration are offered.
    pub fn is_demonstration(&self) -> bool {
        !self.0.keys.is_empty()
    }
}

/// What the node says of its network.
struct Network {
    name: String,
    genesis: String,
    prefix: String,
    symbol: String,
    decimals: String,
    runtime: u32,
}

async fn network(app: &App) -> Option<Network> {
    let registry = app.node.registry().ok()?;
    let properties = registry.rpc.system_properties().await.ok()?;
    let property = |name: &str| {
        properties.get(name).map(|value| match value.as_str() {
            Some(text) => text.to_owned(),
            None => value.to_string(),
        })
    };
    Some(Network {
        name: registry.rpc.system_chain().await.ok()?,
        genesis: format!("{:?}", registry.genesis_hash()),
        prefix: property("ss58Format").unwrap_or_default(),
        symbol: property("tokenSymbol").unwrap_or_default(),
        decimals: property("tokenDecimals").unwrap_or_default(),
        runtime: registry.at_finalised().await.ok()?.spec_version(),
    })
}

#[derive(Template)]
#[template(path = "add_network.html")]
struct NetworkPage {
    l: Layout,
    network: Option<Network>,
    node: Option<String>,
    has_spec: bool,
}

/// `/add-network`
pub async fn add_network(State(app): State<App>, uri: Uri) -> Result<Response, Problem> {
    let mut l = Layout::without_data(&uri, "");
    l.title = l.t("add_network.title").to_owned();
    let Inner { node, chain_spec, .. } = &*app.wallets.0;
    let (node, has_spec) = (node.clone(), chain_spec.is_some());
    page::render(&NetworkPage { l, network: network(&app).await, node, has_spec })
}

/// `/chain-spec.json`
pub async fn chain_spec(State(app): State<App>) -> Result<Response, Problem> {
    let none = || Problem::not_found(Message::new("problem.no_chain_spec"));
    let spec = app.wallets.0.chain_spec.clone().ok_or_else(none)?;
    let kind = (header::CONTENT_TYPE, "application/json");
    let name = (header::CONTENT_DISPOSITION, "attachment; filename=\"chain-spec.json\"");
    Ok((Extension(AsItIs), [kind, name], spec).into_response())
}

/// A key with what its account is on the chain.
struct Officer {
    name: String,
    uri: String,
    account: String,
    role: Option<String>,
    organisation: Option<(String, String)>,
}

#[derive(Template)]
#[template(path = "demonstration.html")]
struct DemonstrationPage {
    l: Layout,
    c: Desk,
    officers: Vec<Officer>,
}

/// `/demonstration`: only where a demonstration is run.
pub async fn demonstration(
    State(app): State<App>,
    uri: Uri,
    mut reader: Reader,
) -> Result<Response, Problem> {
    if !app.wallets.is_demonstration() {
        return Err(Problem::not_found(Message::new("problem.no_page")));
    }
    let keys = &app.wallets.0.keys;
    let accounts: Vec<_> = keys.iter().map(|key| key.account.clone()).collect();
    let rows = sqlx::query!(
        "SELECT m.account, m.role, o.name, o.role AS organisation_role
         FROM chain.members m JOIN chain.organisations o ON o.id = m.organisation
         WHERE m.account = ANY ($1)",
        &accounts
    )
    .fetch_all(reader.connection())
    .await?;
    let officers = keys.iter().map(|key| {
        let row = rows.iter().find(|row| row.account == key.account);
        Officer {
            name: key.name.clone(),
            uri: key.uri.clone(),
            account: key.account.clone(),
            role: row.map(|row| row.role.clone()),
            organisation: row.map(|row| (row.name.clone(), row.organisation_role.clone())),
        }
    });
    let officers = officers.collect();
    let mut l = Layout::new(&app, &reader, &uri, "");
    l.title = l.t("demonstration.title").to_owned();
    l.json = None;
    page::render(&DemonstrationPage { l, c: Desk::of_nobody(), officers })
}
