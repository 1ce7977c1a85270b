// SPDX-License-Identifier: Apache-2.0
//! The bridge to the ITMO platform on one machine: stand-ins for the platform, and nodes that read
//! them.

use crate::{
    network::{chain::enact, until},
    process::{free_port, program, Process},
    Officer, Stack,
};
use anyhow::{ensure, Result};
use registry_client::{call::BridgeKey, chain, Call, Registry};
use serde_json::{json, Value};
use std::{
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::Path,
    process::Command,
    time::Duration,
};

/// Validators by their well-known keys, in the order of their nodes.
pub const OPERATORS: [&str; 4] = ["Alice", "Bob", "Charlie", "Dave"];

/// What the stand-in lets everybody in with.
const SECRET: &str = "stand-in";

/// A stand-in for the platform.
pub struct Platform {
    process: Process,
    url: String,
    http: reqwest::Client,
}

impl Platform {
    /// Starts one at the beginning of its timeline.
    pub async fn start(name: &str, folder: &Path) -> Result<Self> {
        let port = free_port()?;
        let command = [program("itmo-platform")?, format!("--listen=127.0.0.1:{port}")];
        let process = Process::start(name, folder, &[], &command)?;
        let http = crate::http().no_proxy().build()?;
        let this = Self { process, url: format!("http://127.0.0.1:{port}"), http };
        until(&format!("{name} answers"), async || Ok(this.log().await.is_ok())).await?;
        Ok(this)
    }

    /// Fails if it has ended.
    pub fn ensure_running(&mut self) -> Result<()> {
        self.process.ensure_running()
    }

    /// Goes to a state of its timeline.
    pub async fn go_to(&self, state: usize) -> Result<()> {
        self.put(&format!("state/{state}"), &Value::Null).await
    }

    /// Puts a project on it, besides its timeline.
    pub async fn place(&self, company: &str, project: &Value) -> Result<()> {
        let id = project["id"].as_str().unwrap_or_default();
        self.put(&format!("projects/{id}"), &json!({ "company": company, "project": project }))
            .await
    }

    /// Lets the next answers about a project wait.
    pub async fn delay(&self, project: &str, times: usize, by: Duration) -> Result<()> {
        self.spoil(&path_of(project), json!({ "slow": by.as_millis() as u64 }), times).await
    }

    /// Spoils the next answers to a path; `tests/itmo-platform` lists the faults.
    pub async fn spoil(&self, path: &str, fault: Value, times: usize) -> Result<()> {
        let order = json!({ "path": path, "fault": fault, "times": times });
        let request = self.http.post(format!("{}/control/faults", self.url)).json(&order);
        request.send().await?.error_for_status()?;
        Ok(())
    }

    /// How often it was asked about a project.
    pub async fn asked_about(&self, project: &str) -> Result<usize> {
        let line = format!("GET {}", path_of(project));
        Ok(self.log().await?.into_iter().filter(|asked| *asked == line).count())
    }

    async fn put(&self, path: &str, body: &Value) -> Result<()> {
        let request = self.http.put(format!("{}/control/{path}", self.url)).json(body);
        request.send().await?.error_for_status()?;
        Ok(())
    }

    /// What it was asked.
    pub async fn log(&self) -> Result<Vec<String>> {
        let answer = self.http.get(format!("{}/control/log", self.url)).send().await?;
        Ok(answer.error_for_status()?.json().await?)
    }
}

fn path_of(project: &str) -> String {
    format!("me/projects/{project}")
}

/// Starts a platform that the first nodes read from their next start on.
pub async fn prepare(stack: &mut Stack, folder: &Path, nodes: usize) -> Result<Platform> {
    let platform = Platform::start("itmo-platform", folder).await?;
    for index in 0..nodes {
        equip(stack, index, folder, &platform)?;
    }
    Ok(platform)
}

/// Puts an operator's bridge key into its node's keystore, and has the node read a platform from its
/// next start on.
pub fn equip(stack: &mut Stack, index: usize, folder: &Path, platform: &Platform) -> Result<()> {
    let base = stack.node_folder(index)?;
    let inserted = Command::new(program("registry-node")?)
        .args(["key", "insert", "--scheme=sr25519", "--key-type=itmo"])
        .arg(format!("--base-path={}", base.display()))
        .arg(format!("--chain={}", stack.chain()))
        .arg(format!("--suri=//{}//itmo", OPERATORS[index]))
        .output()?;
    ensure!(inserted.status.success(), "{}", String::from_utf8_lossy(&inserted.stderr));
    let access = json!({
        "endpoint": format!("{}/api/v1/", platform.url),
        "api_key": SECRET,
        "email": "registry@example.org",
        "password": SECRET,
    });
    let path = folder.join(format!("itmo-access-{index}.json"));
    let mut options = std::fs::File::options();
    let file = options.write(true).create(true).truncate(true).mode(0o600).open(&path)?;
    file.set_permissions(std::fs::Permissions::from_mode(0o600))?;
    serde_json::to_writer(file, &access)?;
    stack.node_options.insert(index, vec![format!("--itmo-access={}", path.display())]);
    Ok(())
}

/// Has the council list the first validators as operators. No round is held until all are.
pub async fn list_operators(registry: &Registry, root: &Officer, count: usize) -> Result<()> {
    let reason = "Until all operators are listed".to_owned();
    registry.execute(&root.key, &Call::PauseBridge { reason }).await?;
    for name in &OPERATORS[..count] {
        let account = Officer::new(&format!("//{name}"))?.account();
        let key = BridgeKey(Officer::new(&format!("//{name}//itmo"))?.account().0);
        let at = registry.at_finalised().await?;
        let add = Call::AddOperator { account, key }.encode(&at)?;
        enact(registry, root, add, "An operator of the bridge").await?;
    }
    registry.execute(&root.key, &Call::ResumeBridge {}).await?;
    Ok(())
}

/// The number of the last round, if none is held.
pub async fn closed_rounds(registry: &Registry) -> Result<Option<u32>> {
    let at = registry.at_finalised().await?;
    let bridge = chain::storage().itmo_bridge();
    if at.storage().try_fetch(bridge.current_round(), ()).await?.is_some() {
        return Ok(None);
    }
    let last = at.storage().try_fetch(bridge.last_round(), ()).await?;
    Ok(Some(last.map(|last| last.decode()).transpose()?.unwrap_or_default()))
}

/// Waits until a round is over.
pub async fn round_is_closed(registry: &Registry, number: u32) -> Result<()> {
    until(&format!("round {number} is closed"), async || {
        Ok(closed_rounds(registry).await? == Some(number))
    })
    .await?;
    Ok(())
}
