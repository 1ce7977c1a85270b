// SPDX-License-Identifier: Apache-2.0
//! The pages of `docs/how-to`, carried out: a network of operators' machines on this one, and a
//! runner of the pages' commands.

mod machine;
pub mod page;
mod shell;

pub use machine::Machine;
pub use page::{Block, Page};

use crate::spec::{self, Genesis, Peer, CHAIN};
use anyhow::{bail, ensure, Context, Result};
use registry_client::{chain, AccountId32, AtBlock, Registry};
use std::{
    collections::BTreeMap,
    os::unix::fs::PermissionsExt,
    path::PathBuf,
    time::{Duration, Instant},
};
use tempfile::TempDir;

/// The validators of the genesis block, with well-known keys.
pub const VALIDATORS: [&str; 4] = ["alice", "bob", "charlie", "dave"];
/// The unit of a validator's node.
pub const NODE: &str = "registry-node@validator";
/// Set to keep the logs and data of a test.
const KEEP: &str = "REGISTRY_KEEP_RUNBOOKS";

/// Number of the guest's node key.
pub const GUEST_KEY: u32 = 5;

/// A chain with sessions so short that a page's steps are seen to take effect.
pub const GENESIS: Genesis<'static> =
    Genesis { id: CHAIN, session_blocks: 4, minimum: 1, council: &[], boot_nodes: true };

/// What a network is made of.
pub struct Setup<'a> {
    pub genesis: Genesis<'a>,
    /// A machine beside the validators'.
    pub guest: Option<Guest<'a>>,
}

impl Default for Setup<'_> {
    fn default() -> Self {
        Self { genesis: GENESIS, guest: None }
    }
}

/// A machine with an installed node, which the first validator's operator lets in.
pub struct Guest<'a> {
    pub name: &'a str,
    /// `validator` or `archive`: which options of deploy/systemd it has.
    pub instance: &'a str,
    /// Whether the node runs from the beginning.
    pub starts: bool,
}

/// Operators' machines.
pub struct Network {
    pub machines: BTreeMap<String, Machine>,
    pub spec: PathBuf,
    folder: TempDir,
    started: Instant,
}

impl Network {
    /// Four validators that finalise blocks, and a node that is none if one is asked for.
    pub async fn start(setup: Setup<'_>) -> Result<Self> {
        let mut network = Self::prepare()?;
        let mut peers = Vec::new();
        for (number, name) in (1..).zip(VALIDATORS) {
            network.add_machine(name)?;
            let id = spec::peer_id(network.folder.path(), &node_key(number))?;
            peers.push(Peer { id, address: network.machine(name)?.address() });
        }
        network.spec = spec::network(network.folder.path(), &setup.genesis, &peers)?;
        let spec = network.spec.clone();
        let mut reserved = String::new();
        if let Some(guest) = &setup.guest {
            network.add_machine(guest.name)?;
            let name = guest.instance.to_owned();
            let machine = network.machine(guest.name)?;
            machine.install_node(&name, &node_key(GUEST_KEY), &spec, &[])?;
            let address = network.peer(guest.name, GUEST_KEY)?;
            reserved = format!("--no-mdns --reserved-nodes={address}");
        }
        for (number, name) in (1..).zip(VALIDATORS) {
            let machine = network.machine_mut(name)?;
            let mut changes = vec![("ministry-1", name.to_owned())];
            // One operator lets the guest in.
            if name == "alice" && !reserved.is_empty() {
                changes.push(("--no-mdns", reserved.clone()));
            }
            machine.install_node("validator", &node_key(number), &spec, &changes)?;
            machine.insert_keys(&uri(name))?;
            machine.sh(&format!("systemctl start {NODE}"))?;
        }
        if let Some(Guest { name, instance, starts: true }) = &setup.guest {
            let unit = format!("registry-node@{instance}");
            network.machine_mut(name)?.sh(&format!("systemctl start {unit}"))?;
        }
        network.wait_for_finality(&VALIDATORS, 1).await?;
        Ok(network)
    }

    /// No machine yet.
    pub fn prepare() -> Result<Self> {
        let mut folder = tempfile::Builder::new().prefix("registry-runbook-").tempdir()?;
        // The user of Postgres enters it too.
        std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755))?;
        if std::env::var_os(KEEP).is_some() {
            folder.disable_cleanup(true);
            println!("everything is kept in {}", folder.path().display());
        }
        let started = Instant::now();
        Ok(Self { machines: BTreeMap::new(), spec: PathBuf::new(), folder, started })
    }

    /// The folder of all machines.
    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    /// One more machine, on which nothing is installed.
    pub fn add_machine(&mut self, name: &str) -> Result<()> {
        let machine = Machine::new(self.folder.path(), name)?;
        self.machines.insert(name.to_owned(), machine);
        Ok(())
    }

    /// A machine by its name.
    pub fn machine(&self, name: &str) -> Result<&Machine> {
        self.machines.get(name).with_context(|| format!("no machine is called {name}"))
    }

    /// A machine by its name.
    pub fn machine_mut(&mut self, name: &str) -> Result<&mut Machine> {
        self.machines.get_mut(name).with_context(|| format!("no machine is called {name}"))
    }

    /// A node's full address, for the options of others.
    pub fn peer(&self, name: &str, key: u32) -> Result<String> {
        let address = self.machine(name)?.address();
        Ok(format!("{address}/p2p/{}", spec::peer_id(self.folder.path(), &node_key(key))?))
    }

    /// Runs blocks of a page in order. `places` says which machine each of the page's machines is, and
    /// what the variables stand for there: all that the page names, and no others.
    pub fn run(&mut self, page: &Page, blocks: &[Block], places: &[Place]) -> Result<()> {
        for place in places {
            let known = |name: &String| place.variables.iter().any(|(known, _)| known == name);
            if let Some(unknown) = page.variables.iter().find(|name| !known(name)) {
                bail!("{}: the test has no value for {unknown}", page.name);
            }
            let named = place
                .variables
                .iter()
                .filter(|(name, _)| page.variables.iter().any(|variable| variable == name));
            let named: Vec<_> = named.cloned().collect();
            self.machine_mut(place.machine)?.export(&named)?;
        }
        for block in blocks {
            let at = format!("{} block {} (line {})", page.name, block.number, block.line);
            if let Some(reason) = &block.not_run {
                println!("  {at}: not run: {reason}");
                continue;
            }
            let place = places.iter().find(|place| place.label == block.machine);
            let place = place.with_context(|| format!("{at}: no machine {}", block.machine))?;
            let began = Instant::now();
            let machine = self.machine_mut(place.machine)?;
            let output = machine.run(&page.name, block).with_context(|| {
                let log = machine.log(NODE);
                let lines: Vec<_> = log.lines().collect();
                let end = lines[lines.len().saturating_sub(15)..].join("\n");
                format!("{at} failed on {}; its node wrote at last:\n{end}", place.machine)
            })?;
            let took = began.elapsed().as_secs_f32();
            println!("  {at} on {}: {took:.1} s", place.machine);
            for line in output.lines() {
                println!("    | {line}");
            }
        }
        Ok(())
    }

    /// Waits until all of these nodes have finalised `more` blocks beyond the highest that one of
    /// them has now; that height.
    pub async fn wait_for_finality(&self, names: &[&str], more: u32) -> Result<u32> {
        let mut now = 0;
        for name in names {
            now = now.max(self.machine(name)?.finalised().await.unwrap_or(0));
        }
        let goal = now + more;
        until(&format!("{} finalise block {goal}", names.join(", ")), 120, async || {
            for name in names {
                if self.machine(name)?.finalised().await? < goal {
                    return Ok(false);
                }
            }
            Ok(true)
        })
        .await?;
        Ok(goal)
    }

    /// Fails unless these nodes have the same block at a height.
    pub async fn ensure_same_block(&self, names: &[&str], height: u32) -> Result<String> {
        let mut first: Option<(&str, String)> = None;
        for name in names {
            let hash = self.machine(name)?.hash_at(height).await?;
            match &first {
                None => first = Some((name, hash)),
                Some((other, known)) => ensure!(
                    *known == hash,
                    "at height {height}, {other} has {known} and {name} has {hash}"
                ),
            }
        }
        Ok(first.context("at least one node")?.1)
    }

    /// How long all of it has taken.
    pub fn took(&self) -> f32 {
        self.started.elapsed().as_secs_f32()
    }
}

/// Which machine a page's blocks are for.
pub struct Place<'a> {
    /// What the page calls it.
    pub label: &'a str,
    /// What the test calls it.
    pub machine: &'a str,
    /// What the variables stand for.
    pub variables: Vec<(&'a str, String)>,
}

/// The key of a node's identity: its number.
pub fn node_key(number: u32) -> String {
    format!("{number:064x}")
}

/// The development key of a well-known validator.
pub fn uri(name: &str) -> String {
    let (first, rest) = name.split_at(1);
    format!("//{}{rest}", first.to_uppercase())
}

/// Waits until something holds. A node that does not answer is asked again.
pub async fn until(
    what: &str,
    seconds: u64,
    mut check: impl AsyncFnMut() -> Result<bool>,
) -> Result<()> {
    let start = Instant::now();
    loop {
        let answer = check().await;
        if matches!(answer, Ok(true)) {
            println!("  {what}: after {:.1} s", start.elapsed().as_secs_f32());
            return Ok(());
        }
        if start.elapsed() > Duration::from_secs(seconds) {
            let reason = answer.err().map(|error| format!(": {error:#}")).unwrap_or_default();
            bail!("not within {seconds} seconds: {what}{reason}");
        }
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
}

/// What the chain says of its validators, at one block.
pub struct Validators {
    /// The session.
    pub session: u32,
    /// Who makes its blocks.
    pub in_set: Vec<AccountId32>,
    /// Who is appointed.
    pub appointed: Vec<AccountId32>,
    /// Contradictory votes that were ever reported.
    pub equivocations: u32,
    at: AtBlock,
}

impl Validators {
    /// At the last final block.
    pub async fn read(registry: &Registry) -> Result<Self> {
        let at = registry.at_finalised().await?;
        let session = chain::storage().session().current_index();
        let in_set = chain::storage().session().validators();
        let appointed = chain::storage().validators().validators();
        let equivocations = chain::storage().validators().equivocations();
        Ok(Self {
            session: at.storage().fetch(session, ()).await?.decode()?,
            in_set: at.storage().fetch(in_set, ()).await?.decode()?,
            appointed: at.storage().fetch(appointed, ()).await?.decode()?,
            equivocations: at.storage().fetch(equivocations, ()).await?.decode()?,
            at,
        })
    }

    /// The public keys that an account has set: AURA's and GRANDPA's, as names of a keystore's files.
    pub async fn keys(&self, account: &AccountId32) -> Result<[String; 2]> {
        let next = chain::storage().session().next_keys();
        let keys = self.at.storage().fetch(next, (*account,)).await?.decode()?;
        Ok([
            format!("61757261{}", hex::encode(keys.aura.0)),
            format!("6772616e{}", hex::encode(keys.grandpa.0)),
        ])
    }

    /// The public keys that make blocks in this session, as names of a keystore's files.
    pub async fn authorities(&self) -> Result<Vec<String>> {
        let keys = chain::storage().aura().authorities();
        let keys = self.at.storage().fetch(keys, ()).await?.decode()?;
        Ok(keys.iter().map(|key| format!("61757261{}", hex::encode(key.0))).collect())
    }

    /// How many blocks a validator has made in a session.
    pub async fn authored(&self, session: u32, account: &AccountId32) -> Result<u32> {
        let authored = chain::storage().validators().authored();
        let blocks = self.at.storage().fetch(authored, (session, *account)).await?;
        Ok(blocks.decode()?)
    }
}
