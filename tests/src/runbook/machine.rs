// SPDX-License-Identifier: Apache-2.0
//! A machine of an operator: a folder for its file system, ports of its own, a shell, and the units of
//! `deploy/systemd` with a stand-in for systemd.

use super::{
    page::{repository, Block},
    shell::Shell,
};
use crate::{
    process::{free_port, program},
    spec::CHAIN,
};
use anyhow::{bail, ensure, Context, Result};
use nix::{
    sys::signal::{kill, Signal},
    unistd::Pid,
};
use registry_client::Registry;
use serde_json::{json, Value};
use std::{
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

/// How long one block of a page may take.
const LIMIT: Duration = Duration::from_secs(180);

/// What a page's variables stand for.
pub type Variables<'a> = [(&'a str, String)];

/// A machine.
pub struct Machine {
    pub name: String,
    pub rpc_port: u16,
    pub peers_port: u16,
    pub metrics_port: u16,
    pub indexer_port: u16,
    root: PathBuf,
    shell: Shell,
}

impl Machine {
    /// A machine on which nothing is installed but the programs.
    pub fn new(folder: &Path, name: &str) -> Result<Self> {
        let root = folder.join(name);
        std::fs::create_dir_all(root.join("run"))?;
        std::fs::create_dir_all(root.join("etc/registry"))?;
        let programs = PathBuf::from(program("registry")?);
        let programs = programs.parent().context("a folder of programs")?.display().to_string();
        let units = repository().join("deploy/systemd");
        let variables = [
            ("PATH", format!("{programs}:/usr/sbin:/usr/bin:/sbin:/bin")),
            ("HOME", root.display().to_string()),
            ("LANG", "C.UTF-8".into()),
            ("MACHINE", root.display().to_string()),
            ("UNITS", units.canonicalize().context("deploy/systemd")?.display().to_string()),
        ];
        let mut shell = Shell::start(&root, &variables)?;
        shell.run(&repository().join("tests/runbooks/machine.sh"), LIMIT)?;
        Ok(Self {
            name: name.to_owned(),
            rpc_port: free_port()?,
            peers_port: free_port()?,
            metrics_port: free_port()?,
            indexer_port: free_port()?,
            root,
            shell,
        })
    }

    /// Runs commands that are on no page.
    pub fn sh(&mut self, commands: &str) -> Result<String> {
        let file = self.root.join("run/commands");
        std::fs::write(&file, commands)?;
        self.shell.run(&file, LIMIT).with_context(|| format!("{}: {commands}", self.name))
    }

    /// Gives the shell a page's variables.
    pub fn export(&mut self, variables: &Variables) -> Result<()> {
        let quoted = |value: &str| format!("'{}'", value.replace('\'', r"'\''"));
        let lines: Vec<_> = variables
            .iter()
            .map(|(name, value)| format!("export {name}={}", quoted(value)))
            .collect();
        self.sh(&lines.join("\n")).map(drop)
    }

    /// Runs a block of a page. What the shell says of its lines are the page's lines.
    pub fn run(&mut self, page: &str, block: &Block) -> Result<String> {
        let file = self.root.join("run").join(page);
        std::fs::write(&file, "\n".repeat(block.line - 1) + &block.code)?;
        self.shell.run(&file, LIMIT)
    }

    /// A file by its path on the machine.
    pub fn path(&self, path: &str) -> PathBuf {
        self.root.join(path.trim_start_matches('/'))
    }

    /// The settings that deploy/systemd has for a program, with the addresses of this machine and
    /// further changes; none may be for nothing.
    pub fn settings(&self, file: &str, changes: &[(&str, String)]) -> Result<String> {
        let path = repository().join("deploy/systemd").join(file);
        let mut text = std::fs::read_to_string(&path)
            .with_context(|| path.display().to_string())?
            .lines()
            .filter(|line| !line.starts_with('#'))
            .collect::<Vec<_>>()
            .join("\n");
        let url = self.url();
        let own = [
            ("/tcp/30333", format!("/tcp/{}", self.peers_port)),
            ("--rpc-port=9944", format!("--rpc-port={}", self.rpc_port)),
            ("--prometheus-port=9615", format!("--prometheus-port={}", self.metrics_port)),
            ("ws://127.0.0.1:9944", url),
            ("127.0.0.1:9616", format!("127.0.0.1:{}", self.indexer_port)),
        ];
        for (from, to) in own {
            text = text.replace(from, &to);
        }
        for (from, to) in changes {
            ensure!(text.contains(from), "{file} of deploy/systemd has no {from}: {text}");
            text = text.replace(from, to);
        }
        Ok(text + "\n")
    }

    /// Installs a node as deploy/README.md says.
    pub fn install_node(
        &self,
        instance: &str,
        key: &str,
        spec: &Path,
        changes: &[(&str, String)],
    ) -> Result<()> {
        let settings = self.settings(&format!("node-{instance}.env"), changes)?;
        std::fs::write(self.path(&format!("/etc/registry/node-{instance}.env")), settings)?;
        std::fs::write(self.path(&format!("/etc/registry/node-{instance}.key")), key)?;
        std::fs::copy(spec, self.path("/etc/registry/chain.json"))?;
        Ok(())
    }

    /// Puts the session keys of a well-known validator into the node's keystore.
    pub fn insert_keys(&self, uri: &str) -> Result<()> {
        for (kind, scheme) in [("aura", "sr25519"), ("gran", "ed25519")] {
            let output = Command::new(program("registry-node")?)
                .args(["key", "insert", "--suri", uri, "--key-type", kind, "--scheme", scheme])
                .arg("--chain")
                .arg(self.path("/etc/registry/chain.json"))
                .arg("--base-path")
                .arg(self.data("validator"))
                .output()?;
            if !output.status.success() {
                bail!("key insert: {}", String::from_utf8_lossy(&output.stderr));
            }
        }
        Ok(())
    }

    /// Where a node keeps its data.
    pub fn data(&self, instance: &str) -> PathBuf {
        self.path(&format!("/var/lib/registry-node/{instance}"))
    }

    /// The names of the keys that a node holds.
    pub fn keys(&self, instance: &str) -> Result<Vec<String>> {
        let folder = self.data(instance).join("chains").join(CHAIN).join("keystore");
        let mut names = Vec::new();
        for entry in std::fs::read_dir(folder)? {
            names.push(entry?.file_name().to_string_lossy().into_owned());
        }
        Ok(names)
    }

    /// Where other nodes find this one's.
    pub fn address(&self) -> String {
        format!("/ip4/127.0.0.1/tcp/{}", self.peers_port)
    }

    /// Where the node answers.
    pub fn url(&self) -> String {
        format!("ws://127.0.0.1:{}", self.rpc_port)
    }

    /// The same for what knows HTTP only.
    pub fn http(&self) -> String {
        format!("http://127.0.0.1:{}", self.rpc_port)
    }

    /// What the pages' variables for this machine and its node are.
    pub fn variables(&self, instance: &str) -> Vec<(&'static str, String)> {
        vec![
            ("NODE_URL", self.url()),
            ("NODE_HTTP", self.http()),
            ("METRICS", format!("http://127.0.0.1:{}/metrics", self.metrics_port)),
            ("CONFIG", self.path("/etc/registry").display().to_string()),
            ("BASE_PATH", self.data(instance).display().to_string()),
            ("CHAIN", CHAIN.into()),
            ("ADDRESS", self.address()),
        ]
    }

    /// A typed connection to the node.
    pub async fn registry(&self) -> Result<Registry> {
        Ok(Registry::connect(&self.url()).await?)
    }

    /// Asks the node a method.
    pub async fn rpc(&self, method: &str, params: Value) -> Result<Value> {
        let question = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
        let answer = crate::http().build()?.post(self.http()).json(&question).send().await?;
        let mut answer: Value = answer.json().await?;
        match answer.get("error") {
            Some(error) => bail!("{method} of {}: {error}", self.name),
            None => Ok(answer["result"].take()),
        }
    }

    /// Height of the node's last finalised block.
    pub async fn finalised(&self) -> Result<u32> {
        let hash = self.rpc("chain_getFinalizedHead", json!([])).await?;
        height(&self.rpc("chain_getHeader", json!([hash])).await?)
    }

    /// Height of the node's best block.
    pub async fn best(&self) -> Result<u32> {
        height(&self.rpc("chain_getHeader", json!([])).await?)
    }

    /// Hash of the block that the node has at a height.
    pub async fn hash_at(&self, height: u32) -> Result<String> {
        let hash = self.rpc("chain_getBlockHash", json!([height])).await?;
        let none = || format!("{} has no block {height}", self.name);
        Ok(hash.as_str().with_context(none)?.to_owned())
    }

    /// What a unit has written.
    pub fn log(&self, unit: &str) -> String {
        let bytes = std::fs::read(self.path(&format!("/run/{unit}.log"))).unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// Whether a unit runs.
    pub fn runs(&self, unit: &str) -> bool {
        let Some(pid) = self.pid(unit) else { return false };
        kill(pid, None).is_ok()
    }

    /// Ends a unit at once, as a power cut does.
    pub fn kill(&mut self, unit: &str) -> Result<()> {
        let pid = self.pid(unit).with_context(|| format!("{unit} does not run"))?;
        kill(pid, Signal::SIGKILL)?;
        // The shell takes note of its end.
        self.sh("sleep 0.2").map(drop)
    }

    fn pid(&self, unit: &str) -> Option<Pid> {
        let text = std::fs::read_to_string(self.path(&format!("/run/{unit}.pid"))).ok()?;
        text.trim().parse().ok().map(Pid::from_raw)
    }
}

fn height(header: &Value) -> Result<u32> {
    let text = header["number"].as_str().context("a header with a number")?;
    Ok(u32::from_str_radix(text.trim_start_matches("0x"), 16)?)
}
