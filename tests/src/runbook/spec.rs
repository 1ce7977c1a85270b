// SPDX-License-Identifier: Apache-2.0
//! The chain of the machines: the local preset with short sessions and the machines' addresses.

use super::machine::CHAIN;
use crate::process::program;
use anyhow::{bail, ensure, Context, Result};
use serde_json::{json, Value};
use std::{
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
};

/// How the chain differs from the local preset.
pub struct Genesis<'a> {
    /// Blocks of a session.
    pub session_blocks: u32,
    /// Addresses of the council's members; those of the preset if there are none.
    pub council: &'a [String],
}

impl Default for Genesis<'_> {
    fn default() -> Self {
        Self { session_blocks: 4, council: &[] }
    }
}

/// Writes the raw specification of a network of validators with these identities and addresses.
pub fn network(folder: &Path, genesis: &Genesis, peers: &[(String, String)]) -> Result<PathBuf> {
    // The same for all tests of a process; making it takes some seconds.
    static PLAIN: OnceLock<String> = OnceLock::new();
    let plain = match PLAIN.get() {
        Some(plain) => plain,
        None => {
            let made = node(&["export-chain-spec", "--chain", "local-fresh"])?;
            PLAIN.get_or_init(|| made)
        }
    };
    let mut spec: Value = serde_json::from_str(plain).context("the node's own specification")?;
    let patch = &mut spec["genesis"]["runtimeGenesis"]["patch"];
    patch["validators"]["sessionLength"] = genesis.session_blocks.into();
    if !genesis.council.is_empty() {
        patch["registryCouncil"]["members"] = genesis.council.into();
    }
    let listed = patch["validators"]["validators"].as_array_mut().context("validators")?;
    ensure!(listed.len() == peers.len(), "the local preset has {} validators", listed.len());
    for (validator, (peer_id, address)) in listed.iter_mut().zip(peers) {
        ensure!(validator["peer_id"].is_string(), "a validator of genesis has a peer id");
        validator["peer_id"] = json!(peer_id);
        validator["address"] = json!(address);
    }
    spec["bootNodes"] =
        peers.iter().map(|(peer_id, address)| format!("{address}/p2p/{peer_id}")).collect();
    ensure!(spec["id"] == CHAIN, "the local chain is called {}", spec["id"]);
    let edited = folder.join("plain.json");
    std::fs::write(&edited, serde_json::to_vec(&spec)?)?;
    raw(folder, &edited.display().to_string())
}

/// Writes the raw specification of a chain.
pub fn raw(folder: &Path, chain: &str) -> Result<PathBuf> {
    let path = folder.join("chain.json");
    std::fs::write(&path, node(&["export-chain-spec", "--raw", "--chain", chain])?)?;
    Ok(path)
}

/// Runs a command of the node that ends; what it printed.
pub fn node(arguments: &[&str]) -> Result<String> {
    let output = Command::new(program("registry-node")?).args(arguments).output()?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        bail!("registry-node {}: {said}", arguments.join(" "));
    }
    Ok(String::from_utf8(output.stdout)?)
}
