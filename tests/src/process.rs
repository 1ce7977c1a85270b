// SPDX-License-Identifier: Apache-2.0
//! Programs that end when whoever started them ends.

use anyhow::{bail, Context, Result};
use nix::{
    sys::signal::{kill, Signal},
    unistd::Pid,
};
use registry_client::Registry;
use std::{
    fs::File,
    net::TcpListener,
    ops::Range,
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicU32, Ordering},
    time::{Duration, Instant},
};

/// A running program of the registry.
pub struct Process {
    name: String,
    child: Child,
    log: PathBuf,
    /// What asks it to end in good order.
    polite: Signal,
}

impl Process {
    /// Starts a program; its output goes to `<folder>/<name>.log`.
    ///
    /// It runs under `setpriv`, which has the kernel end it should this process die without a word.
    pub fn start(name: &str, folder: &Path, setpriv: &[&str], command: &[String]) -> Result<Self> {
        let log = folder.join(format!("{name}.log"));
        let output = File::options()
            .create(true)
            .append(true)
            .open(&log)
            .with_context(|| format!("cannot write {}", log.display()))?;
        let child = Command::new("setpriv")
            .args(setpriv)
            .args(["--pdeathsig", "KILL", "--"])
            .args(command)
            // Ctrl-C is for the one who started it, who then ends everything in order.
            .process_group(0)
            .stdin(Stdio::null())
            .stdout(output.try_clone()?)
            .stderr(output)
            .spawn()
            .with_context(|| format!("cannot start {name}; is setpriv (util-linux) there?"))?;
        Ok(Self { name: name.to_owned(), child, log, polite: Signal::SIGTERM })
    }

    /// The signal that asks this program to end.
    pub fn ending_with(mut self, polite: Signal) -> Self {
        self.polite = polite;
        self
    }

    /// Its number; `setpriv` has become the program.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Whether it still runs.
    pub fn is_running(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Its output so far.
    pub fn output(&self) -> String {
        std::fs::read(&self.log)
            .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
            .unwrap_or_default()
    }

    /// Fails with the end of the output if the program has ended.
    pub fn ensure_running(&mut self) -> Result<()> {
        if self.is_running() {
            return Ok(());
        }
        let output = self.output();
        let lines: Vec<_> = output.lines().collect();
        let end = lines[lines.len().saturating_sub(25)..].join("\n");
        bail!("{} ended; the last it wrote to {}:\n{end}", self.name, self.log.display())
    }

    /// Ends it at once, without a word: power cut.
    pub fn kill(&mut self) {
        self.signal(Signal::SIGKILL);
        let _ = self.child.wait();
    }

    /// Asks it to end, and ends it if it has not after ten seconds.
    pub fn stop(&mut self) {
        self.signal(self.polite);
        let deadline = Instant::now() + Duration::from_secs(10);
        while Instant::now() < deadline {
            if !self.is_running() {
                return;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        self.kill();
    }

    /// Waits for it to end by itself; its exit code.
    pub fn wait(&mut self) -> Result<Option<i32>> {
        Ok(self.child.wait()?.code())
    }

    fn signal(&mut self, signal: Signal) {
        if self.is_running() {
            let _ = kill(Pid::from_raw(self.child.id() as i32), signal);
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.stop();
    }
}

/// A single node of its own, without the rest of the registry.
pub struct Node {
    /// The program.
    pub process: Process,
    /// A connection to it.
    pub registry: Registry,
    /// Where it listens.
    pub url: String,
}

impl Node {
    /// Starts a node with these arguments, and waits until it answers.
    pub async fn start(folder: &Path, arguments: &[&str]) -> Result<Self> {
        let (rpc, p2p) = (free_port()?, free_port()?);
        let mut command = vec![
            program("registry-node")?,
            format!("--base-path={}", folder.join("node").display()),
            format!("--rpc-port={rpc}"),
            format!("--listen-addr=/ip4/127.0.0.1/tcp/{p2p}"),
            "--unsafe-force-node-key-generation".into(),
            "--no-prometheus".into(),
            "--no-telemetry".into(),
            "--no-mdns".into(),
        ];
        command.extend(arguments.iter().map(|&argument| argument.to_owned()));
        let mut process = Process::start("node", folder, &[], &command)?;
        let url = format!("ws://127.0.0.1:{rpc}");
        let deadline = Instant::now() + Duration::from_secs(60);
        loop {
            process.ensure_running()?;
            match Registry::connect(&url).await {
                Ok(registry) => return Ok(Self { process, registry, url }),
                Err(error) if Instant::now() > deadline => return Err(error.into()),
                Err(_) => tokio::time::sleep(Duration::from_millis(200)).await,
            }
        }
    }
}

/// A port that nobody listens on now and that nobody is given twice. None that the system gives to
/// outgoing connections (from 32768 on, `ip_local_port_range`): one of those could take it before
/// its owner listens.
pub fn free_port() -> Result<u16> {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    const PORTS: Range<u32> = 10_000..32_768;
    // Test programs that run one after the other begin at different places.
    let first = std::process::id().wrapping_mul(97);
    for _ in PORTS {
        let number = first.wrapping_add(NEXT.fetch_add(1, Ordering::Relaxed));
        let port = PORTS.start + number % (PORTS.end - PORTS.start);
        let port = u16::try_from(port)?;
        if TcpListener::bind(("0.0.0.0", port)).is_ok() {
            return Ok(port);
        }
    }
    bail!("no port from {} to {} is free", PORTS.start, PORTS.end)
}

/// A program of this workspace, beside the one that runs: target/debug.
pub fn program(name: &str) -> Result<String> {
    let mut folder = std::env::current_exe()?;
    folder.pop();
    if folder.ends_with("deps") {
        folder.pop();
    }
    let path = folder.join(name);
    if !path.exists() {
        bail!("{} is not built; run: cargo build --workspace", path.display());
    }
    Ok(path.display().to_string())
}
