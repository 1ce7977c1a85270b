// SPDX-License-Identifier: Apache-2.0
//! Node, Postgres, indexer and portal, started in order and ended in the reverse one.

use crate::process::{free_port, program, Process};
use anyhow::{anyhow, bail, Context, Result};
use nix::{
    sys::signal::Signal,
    unistd::{chown, Uid, User},
};
use registry_client::Registry;
use sqlx::PgPool;
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

/// How long a program may take to be ready.
const READY: Duration = Duration::from_secs(90);

/// Transactions that a node under load keeps waiting. The SDK's 8192 are four full blocks.
pub const POOL_TRANSACTIONS: u32 = 65_536;
/// Their bytes, in kilobytes.
pub const POOL_KILOBYTES: u32 = 204_800;

/// The validators, by the names of their well-known keys.
const VALIDATORS: [&str; 4] = ["alice", "bob", "charlie", "dave"];

/// What to start.
pub struct Options {
    /// Where everything is kept.
    pub folder: PathBuf,
    /// Validators: one runs the `dev` chain, more run `local`.
    pub validators: usize,
    /// Blocks at once for every transaction instead of one every three seconds.
    pub instant: bool,
    /// The portal's port; free if none is given.
    pub portal_port: Option<u16>,
    /// Nodes as validators run them under load: old state pruned, a large pool, metrics.
    pub load: bool,
}

impl Options {
    /// One validator that seals at once, as tests want it.
    pub fn instant(folder: &Path) -> Self {
        let folder = folder.to_owned();
        Self { folder, validators: 1, instant: true, portal_port: None, load: false }
    }

    /// Validators alone, for load.
    pub fn load(folder: &Path, validators: usize) -> Self {
        let folder = folder.to_owned();
        Self { folder, validators, instant: false, portal_port: None, load: true }
    }
}

/// The ports of a node.
struct NodePorts {
    rpc: u16,
    p2p: u16,
    metrics: u16,
}

/// The registry, running.
pub struct Stack {
    // Fields are dropped in this order: readers before what they read.
    pub portal: Option<Process>,
    pub indexer: Option<Process>,
    pub nodes: Vec<Process>,
    pub postgres: Option<Process>,
    /// Further options of nodes by their number, from their next start on.
    pub node_options: BTreeMap<usize, Vec<String>>,
    /// Further options of the portal, from its next start on.
    pub portal_options: Vec<String>,
    /// Where it keeps files; a folder of its own if nothing is said.
    pub portal_files: Option<String>,
    /// Further variables of its environment, as NAME=value.
    pub portal_environment: Vec<String>,
    options: Options,
    node_ports: Vec<NodePorts>,
    indexer_port: u16,
    portal_port: u16,
}

impl Stack {
    /// Starts everything, and waits until it is ready.
    pub async fn start(options: Options) -> Result<Self> {
        Self::prepare(options)?.begin().await
    }

    /// Starts everything that is prepared, and waits until it is ready.
    pub async fn begin(mut self) -> Result<Self> {
        self.start_postgres()?;
        self.start_nodes()?;
        self.wait_for_node().await?;
        self.start_indexer()?;
        self.wait_for_indexer().await?;
        self.start_portal()?;
        self.wait_for_portal().await?;
        Ok(self)
    }

    /// Chooses ports and makes the folder, and starts nothing.
    pub fn prepare(options: Options) -> Result<Self> {
        std::fs::create_dir_all(&options.folder)?;
        let mut node_ports = Vec::new();
        for _ in 0..options.validators {
            let (rpc, p2p, metrics) = (free_port()?, free_port()?, free_port()?);
            node_ports.push(NodePorts { rpc, p2p, metrics });
        }
        let portal_port = match options.portal_port {
            Some(port) => port,
            None => free_port()?,
        };
        Ok(Self {
            portal: None,
            indexer: None,
            nodes: Vec::new(),
            postgres: None,
            node_options: BTreeMap::new(),
            portal_options: Vec::new(),
            portal_files: None,
            portal_environment: Vec::new(),
            node_ports,
            indexer_port: free_port()?,
            portal_port,
            options,
        })
    }

    /// The address of the portal.
    pub fn portal_url(&self) -> String {
        format!("http://127.0.0.1:{}", self.portal_port)
    }

    /// The address of the indexer's health and metrics.
    pub fn indexer_url(&self) -> String {
        format!("http://127.0.0.1:{}", self.indexer_port)
    }

    /// The address of the first node.
    pub fn node_url(&self) -> String {
        format!("ws://127.0.0.1:{}", self.node_ports[0].rpc)
    }

    /// The addresses of all nodes.
    pub fn node_urls(&self) -> Vec<String> {
        self.node_ports.iter().map(|ports| format!("ws://127.0.0.1:{}", ports.rpc)).collect()
    }

    /// Where the nodes' metrics are, if they have any.
    pub fn metrics_urls(&self) -> Vec<String> {
        let ports = self.node_ports.iter().filter(|_| self.options.load);
        ports.map(|ports| format!("http://127.0.0.1:{}/metrics", ports.metrics)).collect()
    }

    /// The address of the database.
    pub fn database_url(&self) -> String {
        format!("postgres:///registry?host={}&user=registry", self.socket_folder().display())
    }

    /// A connection to the first node.
    pub async fn registry(&self) -> Result<Registry> {
        Ok(Registry::connect(&self.node_url()).await?)
    }

    /// A connection to the database.
    pub async fn database(&self) -> Result<PgPool> {
        Ok(PgPool::connect(&self.database_url()).await?)
    }

    /// The output of a program of the registry that runs and ends.
    pub fn run(&self, name: &str, arguments: &[&str]) -> Result<(i32, String)> {
        let output = Command::new(program(name)?).args(arguments).output()?;
        let text = [output.stdout, output.stderr].concat();
        let code = output.status.code().unwrap_or(-1);
        Ok((code, String::from_utf8_lossy(&text).into_owned()))
    }

    /// The folder of Postgres' socket.
    pub fn socket_folder(&self) -> PathBuf {
        self.options.folder.join("postgres")
    }

    /// Starts a private Postgres on a socket in the folder; makes its cluster the first time.
    pub fn start_postgres(&mut self) -> Result<()> {
        let folder = self.socket_folder();
        std::fs::create_dir_all(&folder)?;
        // Postgres refuses to run as root: it gets the user that its package made.
        let user = match Uid::effective().is_root() {
            true => Some(
                User::from_name("postgres")?
                    .context("there is no user `postgres`; install Postgres with scripts/setup")?,
            ),
            false => None,
        };
        let as_user: Vec<String> = match &user {
            Some(user) => {
                chown(&folder, Some(user.uid), Some(user.gid))?;
                vec![
                    format!("--reuid={}", user.uid),
                    format!("--regid={}", user.gid),
                    "--clear-groups".to_owned(),
                ]
            }
            None => vec![],
        };
        let as_user: Vec<&str> = as_user.iter().map(String::as_str).collect();
        let bin = postgres_programs()?;
        let data = folder.join("data");
        if !data.join("PG_VERSION").exists() {
            let made = Command::new("setpriv")
                .args(&as_user)
                .arg("--")
                .arg(bin.join("initdb"))
                .args(["--auth=trust", "--username=registry", "--encoding=UTF8"])
                .args(["--locale=C.UTF-8", "--no-sync", "-D"])
                .arg(&data)
                .current_dir("/")
                .output()?;
            if !made.status.success() {
                bail!(
                    "initdb failed: {}\nas root, the folder must be one that the user `postgres` \
                     can enter",
                    String::from_utf8_lossy(&made.stderr)
                );
            }
        }
        let command = [
            bin.join("postgres").display().to_string(),
            "-D".into(),
            data.display().to_string(),
            "-k".into(),
            folder.display().to_string(),
            "-c".into(),
            "listen_addresses=".into(),
        ];
        let mut postgres = Process::start("postgres", &self.options.folder, &as_user, &command)?
            // Postgres' fast shutdown.
            .ending_with(Signal::SIGINT);
        wait_until("Postgres", || {
            postgres.ensure_running()?;
            let created = Command::new(bin.join("psql"))
                .args(["-h", &folder.display().to_string(), "-U", "registry", "-d", "postgres"])
                .args(["-Atc", "SELECT 1 FROM pg_database WHERE datname = 'registry'"])
                .output()?;
            if !created.status.success() {
                return Ok(false);
            }
            if created.stdout.is_empty() {
                let made = Command::new(bin.join("createdb"))
                    .args(["-h", &folder.display().to_string(), "-U", "registry", "registry"])
                    .status()?;
                return Ok(made.success());
            }
            Ok(true)
        })?;
        self.postgres = Some(postgres);
        Ok(())
    }

    /// Starts the validators.
    pub fn start_nodes(&mut self) -> Result<()> {
        self.nodes.clear();
        for index in 0..self.options.validators {
            let node = self.launch_node(index)?;
            self.nodes.push(node);
        }
        Ok(())
    }

    /// Starts one node again that was ended.
    pub fn restart_node(&mut self, index: usize) -> Result<()> {
        self.nodes[index] = self.launch_node(index)?;
        Ok(())
    }

    /// The chain that the nodes run, by its name.
    pub fn chain(&self) -> &'static str {
        if self.options.validators == 1 {
            "dev"
        } else {
            "local"
        }
    }

    /// Where a node keeps what it has.
    pub fn node_folder(&self, index: usize) -> Result<PathBuf> {
        let name = VALIDATORS.get(index).context("at most four validators")?;
        Ok(self.options.folder.join(format!("node-{name}")))
    }

    fn launch_node(&self, index: usize) -> Result<Process> {
        // The address of the first validator, which the others ask for the rest of the network.
        const FIRST_PEER: &str = "12D3KooWEyoppNCUx8Yx66oV9fJnriXwCcXwDDUA2kj6vnc6iDEp";
        let NodePorts { rpc, p2p, metrics } = &self.node_ports[index];
        let base = self.node_folder(index)?;
        let name = VALIDATORS[index];
        let mut command = vec![
            program("registry-node")?,
            format!("--chain={}", self.chain()),
            format!("--base-path={}", base.display()),
            format!("--{name}"),
            format!("--rpc-port={rpc}"),
            format!("--listen-addr=/ip4/127.0.0.1/tcp/{p2p}"),
            format!("--node-key={:064x}", index + 1),
            "--validator".into(),
            "--no-telemetry".into(),
            "--no-mdns".into(),
            "--rpc-methods=safe".into(),
            "--rpc-cors=all".into(),
            "--rpc-max-connections=500".into(),
        ];
        if self.options.load {
            command.extend([
                format!("--prometheus-port={metrics}"),
                // Both as validators run, see docs/adr/0020 and 0023.
                "--trie-cache-size=0".to_owned(),
                "--state-pruning=32".to_owned(),
                format!("--pool-limit={POOL_TRANSACTIONS}"),
                format!("--pool-kbytes={POOL_KILOBYTES}"),
            ]);
        } else {
            command.extend(
                ["--no-prometheus", "--state-pruning=archive", "--blocks-pruning=archive"]
                    .map(str::to_owned),
            );
        }
        if self.options.validators == 1 {
            command.push("--force-authoring".into());
        }
        if index > 0 {
            let first = self.node_ports[0].p2p;
            command.push(format!("--bootnodes=/ip4/127.0.0.1/tcp/{first}/p2p/{FIRST_PEER}"));
        }
        if self.options.instant {
            command.push("--sealing=instant".into());
        }
        command.extend(self.node_options.get(&index).into_iter().flatten().cloned());
        Process::start(&format!("node-{name}"), &self.options.folder, &[], &command)
    }

    /// Waits until the first node answers.
    pub async fn wait_for_node(&mut self) -> Result<()> {
        self.wait_for(self.node_url()).await
    }

    /// Waits until every node answers.
    pub async fn wait_for_nodes(&mut self) -> Result<()> {
        for url in self.node_urls() {
            self.wait_for(url).await?;
        }
        Ok(())
    }

    async fn wait_for(&mut self, node: String) -> Result<()> {
        let deadline = Instant::now() + READY;
        loop {
            for node in &mut self.nodes {
                node.ensure_running()?;
            }
            match Registry::connect(&node).await {
                Ok(_) => return Ok(()),
                Err(error) if Instant::now() > deadline => return Err(error.into()),
                Err(_) => tokio::time::sleep(Duration::from_millis(200)).await,
            }
        }
    }

    /// Starts the indexer.
    pub fn start_indexer(&mut self) -> Result<()> {
        let command = [
            program("registry-indexer")?,
            "run".into(),
            format!("--node={}", self.node_url()),
            format!("--database={}", self.database_url()),
            format!("--listen=127.0.0.1:{}", self.indexer_port),
        ];
        self.indexer = Some(Process::start("indexer", &self.options.folder, &[], &command)?);
        Ok(())
    }

    /// Waits until the indexer has indexed what is final now.
    pub async fn wait_for_indexer(&mut self) -> Result<u32> {
        let finalised = self.registry().await?.at_finalised().await?.block_number() as u32;
        self.wait_for_height(finalised).await?;
        Ok(finalised)
    }

    /// Waits until the indexer has indexed a height.
    pub async fn wait_for_height(&mut self, height: u32) -> Result<()> {
        let deadline = Instant::now() + READY;
        loop {
            if let Some(indexer) = &mut self.indexer {
                indexer.ensure_running()?;
            }
            if self.indexed_height().await.is_some_and(|at| at >= i64::from(height)) {
                return Ok(());
            }
            if Instant::now() > deadline {
                bail!("the indexer did not reach block {height}");
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// The height in the database, if there is one.
    pub async fn indexed_height(&self) -> Option<i64> {
        let pool = self.database().await.ok()?;
        let height = sqlx::query_scalar("SELECT height FROM chain.cursor").fetch_optional(&pool);
        let height = height.await.ok().flatten();
        pool.close().await;
        height
    }

    /// Starts the portal.
    pub fn start_portal(&mut self) -> Result<()> {
        let files = self.portal_files.clone();
        let files =
            files.unwrap_or_else(|| self.options.folder.join("portal/files").display().to_string());
        let mut command = vec![
            program("registry-portal")?,
            format!("--listen=127.0.0.1:{}", self.portal_port),
            format!("--database={}", self.database_url()),
            format!("--node={}", self.node_url()),
            format!("--public-url={}", self.portal_url()),
            format!("--secret={}", self.options.folder.join("portal/secret").display()),
            format!("--files={files}"),
            // Tests ask more than a person does.
            "--requests-per-second=0".into(),
        ];
        command.extend(self.portal_options.clone());
        if !self.portal_environment.is_empty() {
            let environment = [vec!["env".to_owned()], self.portal_environment.clone()].concat();
            command.splice(0..0, environment);
        }
        self.portal = Some(Process::start("portal", &self.options.folder, &[], &command)?);
        Ok(())
    }

    /// Waits until the portal answers: what is public, and to nobody what is not.
    pub async fn wait_for_portal(&mut self) -> Result<()> {
        self.wait_for_answer("/api/v1/totals", 200).await?;
        self.wait_for_answer("/api/v1/session", 401).await
    }

    async fn wait_for_answer(&mut self, path: &str, status: u16) -> Result<()> {
        let url = format!("{}{path}", self.portal_url());
        let deadline = Instant::now() + READY;
        loop {
            if let Some(portal) = &mut self.portal {
                portal.ensure_running()?;
            }
            // The token is nobody's, which only who can look it up can say.
            match crate::http().build()?.get(&url).bearer_auth("nobody").send().await {
                Ok(answer) if answer.status() == status => return Ok(()),
                _ if Instant::now() > deadline => bail!("the portal does not answer at {url}"),
                _ => tokio::time::sleep(Duration::from_millis(100)).await,
            }
        }
    }

    /// Fails if a program that should run has ended.
    pub fn ensure_running(&mut self) -> Result<()> {
        let nodes = self.nodes.iter_mut();
        let others = [&mut self.postgres, &mut self.indexer, &mut self.portal];
        nodes.chain(others.into_iter().flatten()).try_for_each(Process::ensure_running)
    }
}

/// Where Postgres' own programs are: the newest of Debian's versions, or on the path.
pub fn postgres_programs() -> Result<PathBuf> {
    let mut found: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path().join("bin"))
        .filter(|bin| bin.join("postgres").exists())
        .collect();
    found.sort();
    if let Some(newest) = found.pop() {
        return Ok(newest);
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .find(|bin| bin.join("postgres").exists())
        .ok_or_else(|| anyhow!("Postgres is not installed; run scripts/setup"))
}

fn wait_until(what: &str, mut ready: impl FnMut() -> Result<bool>) -> Result<()> {
    let deadline = Instant::now() + READY;
    while !ready()? {
        if Instant::now() > deadline {
            bail!("{what} is not ready after {} seconds", READY.as_secs());
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    Ok(())
}
