// SPDX-License-Identifier: Apache-2.0
//! A bridge and one network namespace for each machine of the test: what can be cut and joined.

use super::KEEP;
use anyhow::{bail, Context, Result};
use nix::unistd::Uid;
use std::{
    collections::BTreeMap,
    fs::DirEntry,
    io::Write,
    net::Ipv4Addr,
    path::Path,
    process::{Command, Stdio},
    sync::{
        atomic::{AtomicU32, Ordering},
        Mutex, PoisonError,
    },
};

/// Namespaces of these tests, with the id of the process that made them and the number of the
/// network in it: `registry-4711-1-alice`.
const NAMESPACES: &str = "registry-";
/// Bridges of these tests: `rn4711x1`. Names of interfaces have at most fifteen letters.
const BRIDGES: &str = "rn";
/// Folders with the data of nodes: `registry-network-4711-…`.
const FOLDERS: &str = "registry-network-";

/// A bridge in the root namespace, where the test itself has the address `.1`, and a namespace for
/// each machine. All of it is gone when this is dropped.
pub struct Wire {
    bridge: String,
    /// The first three bytes of every address.
    subnet: [u8; 3],
    namespaces: BTreeMap<String, Namespace>,
    prefix: String,
}

struct Namespace {
    name: String,
    address: Ipv4Addr,
}

impl Wire {
    /// A bridge without machines.
    pub fn new() -> Result<Self> {
        static NETWORKS: AtomicU32 = AtomicU32::new(1);
        if !Uid::effective().is_root() {
            bail!(
                "the network tests make network namespaces, which needs root: run \
                 `scripts/test --network` as root"
            );
        }
        // One at a time: two would take the same addresses.
        static MAKING: Mutex<()> = Mutex::new(());
        let _making = MAKING.lock().unwrap_or_else(PoisonError::into_inner);
        remove_stale();
        let (process, number) = (std::process::id(), NETWORKS.fetch_add(1, Ordering::Relaxed));
        let used = run(&["ip", "-4", "address", "show"])?;
        let subnet = (0..=u8::MAX)
            .map(|third| [10, 213, third.wrapping_add(process as u8)])
            .find(|[a, b, c]| !used.contains(&format!(" {a}.{b}.{c}.")))
            .context("every subnet of 10.213.0.0/16 is in use on this machine")?;
        let wire = Self {
            bridge: format!("{BRIDGES}{process}x{number}"),
            subnet,
            namespaces: BTreeMap::new(),
            prefix: format!("{NAMESPACES}{process}-{number}-"),
        };
        let bridge = &wire.bridge;
        run(&["ip", "link", "add", bridge, "type", "bridge"])?;
        let address = format!("{}/24", wire.address(1));
        run(&["ip", "address", "add", &address, "dev", bridge])?;
        run(&["ip", "link", "set", bridge, "up"])?;
        Ok(wire)
    }

    /// An address on the bridge.
    fn address(&self, last: u8) -> Ipv4Addr {
        let [a, b, c] = self.subnet;
        Ipv4Addr::new(a, b, c, last)
    }

    /// A machine on the bridge; its address.
    pub fn plug(&mut self, machine: &str, last: u8) -> Result<Ipv4Addr> {
        let address = self.address(last);
        let name = format!("{}{machine}", self.prefix);
        let port = format!("{}p{last}", self.bridge);
        run(&["ip", "netns", "add", &name])?;
        // Kept before the rest, so that whatever fails is cleaned up.
        self.namespaces.insert(machine.to_owned(), Namespace { name: name.clone(), address });
        run(&["ip", "link", "add", &port, "type", "veth", "peer", "eth0", "netns", &name])?;
        run(&["ip", "link", "set", &port, "master", &self.bridge, "up"])?;
        run(&["ip", "-n", &name, "link", "set", "lo", "up"])?;
        let with_mask = format!("{address}/24");
        run(&["ip", "-n", &name, "address", "add", &with_mask, "dev", "eth0"])?;
        run(&["ip", "-n", &name, "link", "set", "eth0", "up"])?;
        Ok(address)
    }

    /// What starts a program on a machine.
    pub fn on(&self, machine: &str) -> Result<Vec<String>> {
        let name = self.namespace(machine)?.name.clone();
        Ok(["ip", "netns", "exec"].map(str::to_owned).into_iter().chain([name]).collect())
    }

    /// Cuts the network into groups: what comes from another group is lost without a word, as on a
    /// broken cable. A machine that is in no group hears nobody. The test itself reaches all.
    pub fn cut(&self, groups: &[&[&str]]) -> Result<()> {
        for (machine, namespace) in &self.namespaces {
            let group = groups.iter().find(|group| group.contains(&machine.as_str()));
            let lost: Vec<String> = self
                .namespaces
                .iter()
                .filter(|(other, _)| {
                    *other != machine && !group.is_some_and(|group| group.contains(&other.as_str()))
                })
                .map(|(_, other)| other.address.to_string())
                .collect();
            let mut rules = String::from("add table inet cut\ndelete table inet cut\n");
            if !lost.is_empty() {
                rules += &format!(
                    "add table inet cut\n\
                     add chain inet cut input {{ type filter hook input priority 0; }}\n\
                     add rule inet cut input ip saddr {{ {} }} drop\n",
                    lost.join(", ")
                );
            }
            nft(&namespace.name, &rules)?;
        }
        Ok(())
    }

    /// Joins what was cut.
    pub fn heal(&self) -> Result<()> {
        let all: Vec<&str> = self.namespaces.keys().map(String::as_str).collect();
        self.cut(&[&all])
    }

    fn namespace(&self, machine: &str) -> Result<&Namespace> {
        self.namespaces.get(machine).with_context(|| format!("no machine is called {machine}"))
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        for namespace in self.namespaces.values() {
            // Takes its end of the cable, and so the other, with it.
            say_if_failed(run(&["ip", "netns", "delete", &namespace.name]));
        }
        say_if_failed(run(&["ip", "link", "delete", &self.bridge]));
    }
}

/// Removes what a run left that was ended before it could clean up.
fn remove_stale() {
    let gone = |name: &str, prefix: &str| {
        let id: String = name
            .strip_prefix(prefix)
            .unwrap_or_default()
            .chars()
            .take_while(char::is_ascii_digit)
            .collect();
        !id.is_empty() && !Path::new("/proc").join(id).exists()
    };
    let first_word = |line: &str| line.split_whitespace().next().unwrap_or_default().to_owned();
    let namespaces = run(&["ip", "netns", "list"]).unwrap_or_default();
    for name in namespaces.lines().map(first_word).filter(|name| gone(name, NAMESPACES)) {
        println!("removing {name}, left by an earlier run");
        say_if_failed(run(&["ip", "netns", "delete", &name]));
    }
    let folders = std::fs::read_dir(std::env::temp_dir()).into_iter().flatten().flatten();
    let is_stale = |folder: &DirEntry| gone(&folder.file_name().to_string_lossy(), FOLDERS);
    // Whoever keeps the data of failed tests removes it.
    for folder in folders.filter(|_| std::env::var_os(KEEP).is_none()).filter(is_stale) {
        say_if_failed(std::fs::remove_dir_all(folder.path()).map_err(Into::into));
    }
    let bridges = run(&["ip", "-brief", "link", "show", "type", "bridge"]).unwrap_or_default();
    for name in bridges.lines().map(first_word).filter(|name| gone(name, BRIDGES)) {
        say_if_failed(run(&["ip", "link", "delete", &name]));
    }
}

/// The beginning of the names of folders with data of the networks of a process.
pub fn folders(process: u32) -> String {
    format!("{FOLDERS}{process}-")
}

fn say_if_failed<T>(result: Result<T>) {
    if let Err(error) = result {
        eprintln!("cleaning up: {error:#}");
    }
}

/// Runs a program to its end; what it printed.
fn run(command: &[&str]) -> Result<String> {
    let (program, arguments) = command.split_first().context("a program")?;
    let output = Command::new(program)
        .args(arguments)
        .output()
        .with_context(|| format!("cannot run {program}; install it with scripts/setup"))?;
    if !output.status.success() {
        bail!("{}: {}", command.join(" "), String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Loads packet rules in a namespace.
fn nft(namespace: &str, rules: &str) -> Result<()> {
    let mut child = Command::new("ip")
        .args(["netns", "exec", namespace, "nft", "-f", "-"])
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .context("cannot run ip (iproute2); install it with scripts/setup")?;
    child.stdin.take().context("nft's input")?.write_all(rules.as_bytes())?;
    let output = child.wait_with_output()?;
    if !output.status.success() {
        bail!(
            "nft (nftables) did not take the rules of {namespace}: {}",
            String::from_utf8_lossy(&output.stderr).trim()
        );
    }
    Ok(())
}
