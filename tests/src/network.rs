// SPDX-License-Identifier: Apache-2.0
//! Validators as processes, each in a network namespace of its own: what can be cut off, killed,
//! doubled and lied to.
//!
//! Every machine answers RPC at two ports: [`PUBLIC`] with the methods that are safe for everybody,
//! [`PRIVATE`] with those of its operator. Nothing beyond this machine reaches either.

pub mod chain;
pub mod load;
mod wire;

use crate::{
    process::{program, Process},
    spec::{self, Genesis, Peer},
};
use anyhow::{anyhow, bail, ensure, Context, Result};
use registry_client::Registry;
use serde_json::{json, Value};
use std::{
    collections::BTreeMap,
    net::Ipv4Addr,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};
use tempfile::TempDir;
use wire::Wire;

/// The validators of the genesis block, with well-known keys.
pub const VALIDATORS: [&str; 4] = ["alice", "bob", "charlie", "dave"];
/// Where everybody asks.
pub const PUBLIC: u16 = 9944;
/// Where the operator asks.
pub const PRIVATE: u16 = 9945;
/// Within which nodes do what they should, on a machine that is busy with other things too.
const PATIENCE: Duration = Duration::from_secs(180);
/// Set to keep the logs and data of a test that failed.
const KEEP: &str = "REGISTRY_KEEP_NETWORK";
/// Where nodes talk to each other.
const PEERS: u16 = 30333;

/// A machine of the network.
#[derive(Clone, Debug)]
pub struct Machine {
    pub name: String,
    pub address: Ipv4Addr,
    pub peer_id: String,
    node_key: String,
}

impl Machine {
    /// Where other nodes find it.
    pub fn multiaddress(&self) -> String {
        format!("/ip4/{}/tcp/{PEERS}", self.address)
    }

    fn full_address(&self) -> String {
        format!("{}/p2p/{}", self.multiaddress(), self.peer_id)
    }
}

/// The validators, which are plugged in first.
fn peers(machines: &[Machine]) -> Vec<Peer> {
    let peer =
        |machine: &Machine| Peer { id: machine.peer_id.clone(), address: machine.multiaddress() };
    machines.iter().take(VALIDATORS.len()).map(peer).collect()
}

/// What a network is made of, besides the four validators.
#[derive(Default)]
pub struct Setup<'a> {
    pub genesis: Genesis<'a>,
    /// Further machines that the validators' operators admit, although the chain does not list them.
    pub admitted: &'a [&'a str],
    /// Further machines that nobody admits.
    pub strangers: &'a [&'a str],
}

/// How a node is started.
#[derive(Clone, Debug)]
pub struct Launch {
    /// The well-known validator whose keys it has.
    pub keys_of: Option<String>,
    /// Whether it authors blocks and votes; one without well-known keys needs its own.
    pub validator: bool,
    /// Whether it connects with nobody but the chain's validators and the reserved machines.
    pub permissioned: bool,
    /// Machines that its operator admits besides.
    pub reserved: Vec<String>,
    /// Machines that it asks for others.
    pub bootnodes: Vec<String>,
    /// The chain's specification.
    pub spec: PathBuf,
    /// More words of the command line.
    pub arguments: Vec<String>,
    /// `NAME=value`, for the process.
    pub environment: Vec<String>,
}

/// The network, running.
pub struct Network {
    // Fields are dropped in this order: nodes before the wire.
    nodes: BTreeMap<String, Process>,
    machines: Vec<Machine>,
    admitted: Vec<String>,
    wire: Wire,
    spec: PathBuf,
    http: reqwest::Client,
    folder: TempDir,
    passed: bool,
}

impl Network {
    /// Four validators that finalise blocks.
    pub async fn start(setup: Setup<'_>) -> Result<Self> {
        let mut network = Self::prepare(setup)?;
        for name in VALIDATORS {
            network.start_node(name)?;
        }
        network.wait_for_finality(&VALIDATORS, 2).await?;
        Ok(network)
    }

    /// Wire and chain; no node runs.
    pub fn prepare(setup: Setup<'_>) -> Result<Self> {
        let mut wire = Wire::new()?;
        let folder =
            tempfile::Builder::new().prefix(&wire::folders(std::process::id())).tempdir()?;
        let names = VALIDATORS.iter().chain(setup.admitted).chain(setup.strangers);
        let mut machines = Vec::new();
        for (index, name) in (1u8..).zip(names) {
            let node_key = format!("{index:064x}");
            machines.push(Machine {
                name: (*name).to_owned(),
                address: wire.plug(name, 10 + index)?,
                peer_id: spec::peer_id(folder.path(), &node_key)?,
                node_key,
            });
        }
        let spec = spec::network(folder.path(), &setup.genesis, &peers(&machines))?;
        let admitted = setup.admitted.iter().map(|name| (*name).to_owned()).collect();
        let http = crate::http().no_proxy().timeout(Duration::from_secs(10)).build()?;
        Ok(Self {
            nodes: BTreeMap::new(),
            machines,
            admitted,
            wire,
            spec,
            http,
            folder,
            passed: false,
        })
    }

    /// Ends a test that passed: the logs need not be shown.
    pub fn finish(mut self) {
        self.passed = true;
    }

    /// A machine by its name.
    pub fn machine(&self, name: &str) -> Result<&Machine> {
        self.machines
            .iter()
            .find(|machine| machine.name == name)
            .with_context(|| format!("no machine is called {name}"))
    }

    /// Where the nodes keep their data.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Another chain's specification, for the same machines.
    pub fn other_spec(&self, genesis: &Genesis) -> Result<PathBuf> {
        spec::network(self.folder.path(), genesis, &peers(&self.machines))
    }

    /// How a node is usually started: validators with their well-known keys, admitted machines as
    /// nodes of a permissioned network, strangers with the addresses of all validators.
    pub fn launch(&self, name: &str) -> Launch {
        let known = VALIDATORS.contains(&name).then(|| name.to_owned());
        let permissioned = known.is_some() || self.admitted.iter().any(|admitted| admitted == name);
        let reserved = self.admitted.iter().filter(|other| *other != name).cloned().collect();
        Launch {
            validator: known.is_some(),
            keys_of: known,
            permissioned,
            reserved: if permissioned { reserved } else { vec![] },
            bootnodes: if permissioned { vec![] } else { VALIDATORS.map(str::to_owned).into() },
            spec: self.spec.clone(),
            arguments: vec![],
            environment: vec![],
        }
    }

    /// Starts a node as usual, with the data it had.
    pub fn start_node(&mut self, name: &str) -> Result<()> {
        let launch = self.launch(name);
        self.start_with(name, &launch)
    }

    /// Starts a node.
    pub fn start_with(&mut self, name: &str, launch: &Launch) -> Result<()> {
        let machine = self.machine(name)?;
        let mut command = self.wire.on(name)?;
        if !launch.environment.is_empty() {
            command.push("env".into());
            command.extend(launch.environment.iter().cloned());
        }
        let base = self.folder.path().join(name);
        let endpoint = |port: u16, methods: &str| {
            format!(
                "--experimental-rpc-endpoint=listen-addr={}:{port},methods={methods}",
                machine.address
            )
        };
        command.extend([
            program("registry-node")?,
            format!("--chain={}", launch.spec.display()),
            format!("--base-path={}", base.display()),
            format!("--node-key={}", machine.node_key),
            format!("--listen-addr={}", machine.multiaddress()),
            endpoint(PUBLIC, "safe"),
            endpoint(PRIVATE, "unsafe"),
            "--no-prometheus".into(),
            "--no-telemetry".into(),
            "--no-mdns".into(),
            "--state-pruning=archive".into(),
            "--blocks-pruning=archive".into(),
        ]);
        match &launch.keys_of {
            Some(validator) => command.push(format!("--{validator}")),
            None => command.push(format!("--name={name}")),
        }
        if launch.validator {
            command.push("--validator".into());
        }
        if launch.permissioned {
            command.push("--permissioned".into());
        }
        for other in &launch.reserved {
            command.push(format!("--reserved-nodes={}", self.machine(other)?.full_address()));
        }
        for other in &launch.bootnodes {
            command.push(format!("--bootnodes={}", self.machine(other)?.full_address()));
        }
        command.extend(launch.arguments.iter().cloned());
        let process = Process::start(name, self.folder.path(), &[], &command)?;
        self.nodes.insert(name.to_owned(), process);
        Ok(())
    }

    /// Ends nodes at once, as a power cut does.
    pub fn kill(&mut self, names: &[&str]) {
        for name in names {
            if let Some(mut node) = self.nodes.remove(*name) {
                node.kill();
            }
        }
    }

    /// Everything that the nodes of a machine have printed.
    pub fn log(&self, name: &str) -> Result<String> {
        let path = self.folder.path().join(format!("{name}.log"));
        std::fs::read_to_string(&path).with_context(|| format!("no log {}", path.display()))
    }

    /// Cuts the network into groups that do not hear each other. The test reaches all.
    pub fn cut(&self, groups: &[&[&str]]) -> Result<()> {
        self.wire.cut(groups)
    }

    /// Joins what was cut.
    pub fn heal(&self) -> Result<()> {
        self.wire.heal()
    }

    /// A typed connection, by what everybody may ask.
    pub async fn registry(&self, name: &str) -> Result<Registry> {
        let address = self.machine(name)?.address;
        Ok(Registry::connect(&format!("ws://{address}:{PUBLIC}")).await?)
    }

    /// Asks a method as the operator.
    pub async fn rpc(&self, name: &str, method: &str, params: Value) -> Result<Value> {
        self.ask(name, PRIVATE, method, params).await
    }

    /// Asks a method as everybody may.
    pub async fn public_rpc(&self, name: &str, method: &str, params: Value) -> Result<Value> {
        self.ask(name, PUBLIC, method, params).await
    }

    async fn ask(&self, name: &str, port: u16, method: &str, params: Value) -> Result<Value> {
        let url = format!("http://{}:{port}", self.machine(name)?.address);
        let question = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
        let answer = self.http.post(&url).json(&question).send().await?;
        let status = answer.status();
        let text = answer.text().await?;
        let mut answer: Value = serde_json::from_str(&text)
            .map_err(|_| anyhow!("{method} of {name}: HTTP {status}: {text}"))?;
        match answer.get("error") {
            Some(error) => bail!("{method} of {name}: {error}"),
            None => Ok(answer["result"].take()),
        }
    }

    /// Height of a node's best block.
    pub async fn best(&self, name: &str) -> Result<u32> {
        let header = self.rpc(name, "chain_getHeader", json!([])).await?;
        height(&header)
    }

    /// Height of a node's last finalised block.
    pub async fn finalised(&self, name: &str) -> Result<u32> {
        let hash = self.rpc(name, "chain_getFinalizedHead", json!([])).await?;
        height(&self.rpc(name, "chain_getHeader", json!([hash])).await?)
    }

    /// Hash of the block that a node has at a height.
    pub async fn hash_at(&self, name: &str, height: u32) -> Result<String> {
        let hash = self.rpc(name, "chain_getBlockHash", json!([height])).await?;
        Ok(hash.as_str().with_context(|| format!("{name} has no block {height}"))?.to_owned())
    }

    /// Peer ids of the nodes that a node takes blocks from.
    pub async fn peers(&self, name: &str) -> Result<Vec<String>> {
        let peers = self.rpc(name, "system_peers", json!([])).await?;
        let peers = peers.as_array().context("a list of peers")?;
        Ok(peers
            .iter()
            .filter_map(|peer| peer["peerId"].as_str())
            .map(|id| {
                let machine = self.machines.iter().find(|machine| machine.peer_id == id);
                machine.map_or_else(|| id.to_owned(), |machine| machine.name.clone())
            })
            .collect())
    }

    /// Fails with the end of its log if a node has ended.
    pub fn ensure_running(&mut self) -> Result<()> {
        self.nodes.values_mut().try_for_each(Process::ensure_running)
    }

    /// Waits until all of these nodes have finalised `more` blocks beyond the highest that one of
    /// them has now; that height.
    pub async fn wait_for_finality(&mut self, names: &[&str], more: u32) -> Result<u32> {
        let mut now = 0;
        for name in names {
            now = now.max(self.finalised(name).await.unwrap_or(0));
        }
        let goal = now + more;
        let this = &*self;
        let waited = until(&format!("{} finalise block {goal}", names.join(", ")), async || {
            for name in names {
                if this.finalised(name).await? < goal {
                    return Ok(false);
                }
            }
            Ok(true)
        })
        .await;
        self.ensure_running()?;
        waited?;
        Ok(goal)
    }

    /// Fails unless nodes have the same block at every height that any two of them have finalised;
    /// the highest that all have.
    pub async fn ensure_one_finality(&self, names: &[&str]) -> Result<u32> {
        let mut seen = BTreeMap::<u32, (&str, String)>::new();
        let mut lowest = u32::MAX;
        for name in names {
            let finalised = self.finalised(name).await?;
            lowest = lowest.min(finalised);
            for height in 0..=finalised {
                let hash = self.hash_at(name, height).await?;
                let (first, known) = seen.entry(height).or_insert((name, hash.clone()));
                ensure!(
                    *known == hash,
                    "{first} finalised {known} at height {height}, {name} finalised {hash}"
                );
            }
        }
        Ok(lowest)
    }
}

impl Drop for Network {
    fn drop(&mut self) {
        for node in self.nodes.values_mut() {
            node.kill();
        }
        if self.passed {
            return;
        }
        for machine in &self.machines {
            let log = self.log(&machine.name).unwrap_or_default();
            let lines: Vec<_> = log.lines().collect();
            let end = lines[lines.len().saturating_sub(20)..].join("\n");
            say(&format!("the last that {} wrote\n{end}", machine.name));
        }
        if std::env::var_os(KEEP).is_some() {
            self.folder.disable_cleanup(true);
            say(&format!("everything is in {}", self.folder.path().display()));
        } else {
            say(&format!("with {KEEP}=1 logs and data are kept"));
        }
    }
}

fn height(header: &Value) -> Result<u32> {
    let text = header["number"].as_str().context("a header with a number")?;
    Ok(u32::from_str_radix(text.trim_start_matches("0x"), 16)?)
}

/// Prints a line with the name of the test that says it: several run at once.
pub fn say(line: &str) {
    let thread = std::thread::current();
    let test = thread.name().and_then(|name| name.rsplit("::").next()).unwrap_or_default();
    println!("{test}: {line}");
}

/// Waits until something holds; how long it took. A node that does not answer is asked again.
pub async fn until(what: &str, mut check: impl AsyncFnMut() -> Result<bool>) -> Result<Duration> {
    let start = Instant::now();
    loop {
        let answer = check().await;
        if matches!(answer, Ok(true)) {
            say(&format!("{what}, after {:.1} s", start.elapsed().as_secs_f32()));
            return Ok(start.elapsed());
        }
        if start.elapsed() > PATIENCE {
            let reason = answer.err().map(|error| format!(": {error:#}")).unwrap_or_default();
            bail!("not within {} seconds: {what}{reason}", PATIENCE.as_secs());
        }
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
}
