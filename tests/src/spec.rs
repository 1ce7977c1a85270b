// SPDX-License-Identifier: Apache-2.0
//! The chain of a test's network: the local preset with the test's sessions, council and addresses.

use crate::process::program;
use anyhow::{bail, ensure, Context, Result};
use serde_json::{json, Value};
use std::{
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
};

/// Id of the local preset.
pub const CHAIN: &str = "registry_local";

/// How the chain differs from the local preset.
#[derive(Clone, Copy)]
pub struct Genesis<'a> {
    /// Name of the network; part of its identity with the genesis block.
    pub id: &'a str,
    /// Blocks of a session.
    pub session_blocks: u32,
    /// Fewest validators.
    pub minimum: u32,
    /// Addresses of the council's members; those of the preset if there are none.
    pub council: &'a [String],
    /// Whether nodes find the validators by the specification.
    pub boot_nodes: bool,
}

impl Default for Genesis<'_> {
    fn default() -> Self {
        Self { id: CHAIN, session_blocks: 600, minimum: 1, council: &[], boot_nodes: false }
    }
}

/// A validator's node: its identity, and where others find it.
pub struct Peer {
    pub id: String,
    pub address: String,
}

/// Writes the raw specification of a network of these validators; its path.
pub fn network(folder: &Path, genesis: &Genesis, peers: &[Peer]) -> Result<PathBuf> {
    let mut spec = local()?.clone();
    ensure!(spec["id"] == CHAIN, "the local preset is called {}", spec["id"]);
    spec["id"] = genesis.id.into();
    let patch = &mut spec["genesis"]["runtimeGenesis"]["patch"];
    if !genesis.council.is_empty() {
        patch["registryCouncil"]["members"] = genesis.council.into();
    }
    patch["validators"]["sessionLength"] = genesis.session_blocks.into();
    patch["validators"]["minimum"] = genesis.minimum.into();
    let listed = patch["validators"]["validators"]
        .as_array_mut()
        .context("the genesis lists no validators")?;
    ensure!(listed.len() == peers.len(), "the local preset has {} validators", listed.len());
    for (validator, peer) in listed.iter_mut().zip(peers) {
        ensure!(validator["peer_id"].is_string(), "a validator of genesis has a peer id");
        validator["peer_id"] = json!(peer.id);
        validator["address"] = json!(peer.address);
    }
    if genesis.boot_nodes {
        spec["bootNodes"] =
            peers.iter().map(|peer| format!("{}/p2p/{}", peer.address, peer.id)).collect();
    }
    let edited = folder.join(format!("{}-plain.json", genesis.id));
    std::fs::write(&edited, serde_json::to_vec(&spec)?)?;
    raw(&folder.join(format!("{}.json", genesis.id)), &edited.display().to_string())
}

/// Writes the specification of a development chain; its path.
pub fn development(folder: &Path, session_blocks: u32) -> Result<PathBuf> {
    let mut spec: Value = serde_json::from_str(&node(&["export-chain-spec", "--chain=dev"])?)?;
    spec["genesis"]["runtimeGenesis"]["patch"]["validators"]["sessionLength"] =
        session_blocks.into();
    let path = folder.join("development.json");
    std::fs::write(&path, serde_json::to_vec(&spec)?)?;
    Ok(path)
}

/// Writes the raw specification of a chain that the node knows, or that a file describes.
pub fn raw(path: &Path, chain: &str) -> Result<PathBuf> {
    std::fs::write(path, node(&["export-chain-spec", "--raw", "--chain", chain])?)?;
    Ok(path.to_owned())
}

/// The identity that belongs to a node's key.
pub fn peer_id(folder: &Path, key: &str) -> Result<String> {
    let file = folder.join("node-key");
    std::fs::write(&file, key)?;
    let file = file.display().to_string();
    Ok(node(&["key", "inspect-node-key", "--file", &file])?.trim().to_owned())
}

/// The local preset as the node describes it: the same for all tests of a process, and the work of
/// some seconds.
fn local() -> Result<&'static Value> {
    static LOCAL: OnceLock<Value> = OnceLock::new();
    if let Some(spec) = LOCAL.get() {
        return Ok(spec);
    }
    let spec = node(&["export-chain-spec", "--chain", "local-fresh"])?;
    let spec = serde_json::from_str(&spec).context("the node's own specification")?;
    Ok(LOCAL.get_or_init(|| spec))
}

/// Runs a command of the node that ends; what it printed.
fn node(arguments: &[&str]) -> Result<String> {
    let output = Command::new(program("registry-node")?).args(arguments).output()?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        bail!("registry-node {}: {said}", arguments.join(" "));
    }
    Ok(String::from_utf8(output.stdout)?)
}
