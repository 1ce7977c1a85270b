// SPDX-License-Identifier: Apache-2.0
//! The chain that the network runs: the local preset with short sessions and the test's addresses.

use super::{Machine, VALIDATORS};
use crate::process::program;
use anyhow::{bail, Context, Result};
use serde_json::{json, Value};
use std::{
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
};

/// How the chain differs from the local preset.
pub struct Genesis {
    /// Blocks of a session.
    pub session_blocks: u32,
    /// Fewest validators.
    pub minimum: u32,
    /// Name of the network; part of its identity with the genesis block.
    pub id: &'static str,
}

impl Default for Genesis {
    fn default() -> Self {
        Self { session_blocks: 600, minimum: 1, id: "registry_local" }
    }
}

/// Writes the raw specification that every node is started with; its path.
pub fn write(folder: &Path, genesis: &Genesis, machines: &[Machine]) -> Result<PathBuf> {
    let mut spec = local()?.clone();
    spec["id"] = genesis.id.into();
    let patch = spec["genesis"]["runtimeGenesis"]["patch"]
        .as_object_mut()
        .context("the specification has no genesis patch")?;
    let validators = patch
        .get_mut("validators")
        .and_then(Value::as_object_mut)
        .context("the genesis has no validators")?;
    validators.insert("sessionLength".into(), genesis.session_blocks.into());
    validators.insert("minimum".into(), genesis.minimum.into());
    let listed = validators
        .get_mut("validators")
        .and_then(Value::as_array_mut)
        .context("the genesis lists no validators")?;
    if listed.len() != VALIDATORS.len() {
        bail!("the local preset has {} validators, not {}", listed.len(), VALIDATORS.len());
    }
    for (validator, machine) in listed.iter_mut().zip(machines) {
        validator["peer_id"] = json!(machine.peer_id);
        validator["address"] = json!(machine.multiaddress());
    }
    let edited = folder.join(format!("{}-plain.json", genesis.id));
    std::fs::write(&edited, serde_json::to_vec(&spec)?)?;
    let raw = folder.join(format!("{}.json", genesis.id));
    std::fs::write(&raw, export(&["--raw", "--chain", &edited.display().to_string()])?)?;
    Ok(raw)
}

/// The local preset as the node describes it.
fn local() -> Result<&'static Value> {
    static LOCAL: OnceLock<Value> = OnceLock::new();
    if let Some(spec) = LOCAL.get() {
        return Ok(spec);
    }
    let spec = serde_json::from_str(&export(&["--chain", "local-fresh"])?)
        .context("the node's own specification")?;
    Ok(LOCAL.get_or_init(|| spec))
}

/// Runs the node's command and returns the specification that it prints.
fn export(arguments: &[&str]) -> Result<String> {
    let output = Command::new(program("registry-node")?)
        .arg("export-chain-spec")
        .args(arguments)
        .output()?;
    if !output.status.success() {
        bail!(
            "registry-node export-chain-spec {}: {}",
            arguments.join(" "),
            String::from_utf8_lossy(&output.stderr)
        );
    }
    Ok(String::from_utf8(output.stdout)?)
}

/// The peer id that belongs to a node key.
pub fn peer_id(folder: &Path, key: &str) -> Result<String> {
    let file = folder.join("node-key");
    std::fs::write(&file, key)?;
    let output = Command::new(program("registry-node")?)
        .args(["key", "inspect-node-key", "--file"])
        .arg(&file)
        .output()?;
    if !output.status.success() {
        bail!("inspect-node-key: {}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(String::from_utf8(output.stdout)?.trim().to_owned())
}
