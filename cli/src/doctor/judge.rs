// SPDX-License-Identifier: Apache-2.0
//! From facts to lines: what is as it should be, what is not, and what to do then. Nothing here
//! asks anybody anything.

use super::{
    chain,
    facts::{signed, Facts, Spec},
    machine::{Disk, Listener, TimeService},
};
use registry_client::{node::Head, H256};
use serde::Serialize;

/// How a check ended.
#[derive(Serialize, Clone, Copy, PartialEq, Eq, Debug)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    Pass,
    Warn,
    Fail,
    /// It was not made; the finding says why.
    Skip,
}

/// One check.
#[derive(Serialize, Clone, PartialEq, Eq, Debug)]
pub struct Line {
    pub status: Status,
    pub check: &'static str,
    pub finding: String,
    /// What to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub advice: Option<String>,
}

impl Line {
    fn new(status: Status, check: &'static str, finding: String, advice: Option<String>) -> Self {
        Self { status, check, finding, advice }
    }

    pub fn pass(check: &'static str, finding: impl Into<String>) -> Self {
        Self::new(Status::Pass, check, finding.into(), None)
    }

    pub fn skip(check: &'static str, why: impl Into<String>) -> Self {
        Self::new(Status::Skip, check, why.into(), None)
    }

    pub fn warn(
        check: &'static str,
        finding: impl Into<String>,
        advice: impl Into<String>,
    ) -> Self {
        Self::new(Status::Warn, check, finding.into(), Some(advice.into()))
    }

    pub fn fail(
        check: &'static str,
        finding: impl Into<String>,
        advice: impl Into<String>,
    ) -> Self {
        Self::new(Status::Fail, check, finding.into(), Some(advice.into()))
    }
}

/// Every check.
pub fn all(facts: &Facts) -> Vec<Line> {
    let node = facts.node.as_ref();
    let mut lines = vec![
        reached(node.map(|node| node.program.as_str()).map_err(String::as_str)),
        rpc_port(facts.listeners.as_deref(), facts.rpc_port),
        p2p_port(facts.listeners.as_deref(), facts.p2p_port),
        time_service(facts.time_service.as_ref()),
        disk(facts.disk.as_ref()),
        spec_file(facts.spec.as_ref()),
    ];
    let Ok(node) = node else { return lines };
    let loopback = facts.listeners.as_deref().and_then(|all| on_loopback(all, facts.rpc_port));
    lines.push(spec_chain(facts.spec.as_ref(), node.genesis));
    lines.push(unsafe_methods(node.unsafe_methods, loopback));
    lines.push(clock(&node.heads, node.own_heads));
    lines.extend(chain::all(node));
    lines
}

fn reached(node: Result<&str, &str>) -> Line {
    match node {
        Ok(program) => Line::pass("node", format!("answers; version {program}")),
        Err(error) => Line::fail(
            "node",
            error,
            "is it running (systemctl status, journalctl)? give its address by --node; without \
             it, nothing of the chain can be checked",
        ),
    }
}

/// Whether a port listens on loopback addresses only; none if it does not listen.
fn on_loopback(listeners: &[Listener], port: u16) -> Option<bool> {
    let mut of_port = listeners.iter().filter(|listener| listener.port == port).peekable();
    of_port.peek()?;
    Some(of_port.all(|listener| listener.address.is_loopback()))
}

const ELSEWHERE: &str = "the node is not on this machine: run this where it is";

fn rpc_port(listeners: Option<&[Listener]>, port: u16) -> Line {
    let Some(listeners) = listeners else { return Line::skip("rpc port", ELSEWHERE) };
    match on_loopback(listeners, port) {
        Some(true) => Line::pass("rpc port", format!("{port} answers this machine only")),
        Some(false) => {
            let others = listeners.iter().filter(|one| one.port == port);
            let others = others.filter(|one| !one.address.is_loopback());
            let others: Vec<_> = others.map(|one| one.address.to_string()).collect();
            Line::fail(
                "rpc port",
                format!("{port} is open on {}", others.join(", ")),
                "start a validator without --rpc-external and --unsafe-rpc-external; serve RPC \
                 from another node",
            )
        }
        None => Line::skip(
            "rpc port",
            format!(
                "nothing listens on {port} in this network namespace (a container has its own)"
            ),
        ),
    }
}

fn p2p_port(listeners: Option<&[Listener]>, port: u16) -> Line {
    let Some(listeners) = listeners else { return Line::skip("p2p port", ELSEWHERE) };
    match on_loopback(listeners, port) {
        Some(false) => Line::pass("p2p port", format!("{port} is open to other machines")),
        Some(true) => Line::fail(
            "p2p port",
            format!("{port} answers this machine only"),
            format!("start the node with --listen-addr /ip4/0.0.0.0/tcp/{port}"),
        ),
        None => Line::fail(
            "p2p port",
            format!("nothing listens on {port}"),
            "is the node running with another --port? name it by --p2p-port",
        ),
    }
}

fn time_service(service: Option<&TimeService>) -> Line {
    const MOST: f64 = 100.0;
    let advice = "start it: apt-get install chrony, then chronyc makestep and chronyc tracking";
    match service {
        None => Line::skip("time service", "neither chronyc nor timedatectl answers here"),
        Some(
            TimeService::Chrony { synchronised: false, .. }
            | TimeService::Systemd { synchronised: false },
        ) => Line::fail("time service", "nothing keeps the clock right", advice),
        Some(TimeService::Chrony { off, .. }) if *off > MOST => Line::warn(
            "time service",
            format!("chrony: {off:.0} ms from the true time"),
            "look at its sources: chronyc sources -v",
        ),
        Some(TimeService::Chrony { off, .. }) => {
            Line::pass("time service", format!("chrony: {off:.3} ms from the true time"))
        }
        Some(TimeService::Systemd { .. }) => {
            Line::pass("time service", "the clock is synchronised")
        }
    }
}

fn disk(disk: Option<&Result<Disk, String>>) -> Line {
    const GB: u64 = 1_000_000_000;
    let advice = "make room or move --base-path to a larger disk: a node that cannot write stops";
    match disk {
        None => Line::skip("disk", "give the node's folder by --base-path"),
        Some(Err(error)) => Line::fail("disk", error, "give the node's folder by --base-path"),
        Some(Ok(Disk { free, whole })) => {
            let finding = format!(
                "{}.{} GB free of {} GB",
                free / GB,
                free % GB / (GB / 10),
                whole.div_ceil(GB)
            );
            match free / GB {
                0..5 => Line::fail("disk", finding, advice),
                5..20 => Line::warn("disk", finding, advice),
                _ => Line::pass("disk", finding),
            }
        }
    }
}

fn spec_file(spec: Option<&Spec>) -> Line {
    let Some(spec) = spec else {
        return Line::skip("spec", "give the network's raw specification by --spec");
    };
    match spec.expected {
        None => Line::warn(
            "spec",
            format!("blake2b-256 {:?}", spec.file.blake2b),
            "compare with the hash of the ceremony, or give that by --hash",
        ),
        Some(expected) if spec.file.have(expected) => Line::pass("spec", "the hash is as expected"),
        Some(_) => Line::fail(
            "spec",
            format!("the file's hash is {:?}", spec.file.blake2b),
            "fetch the specification again from whoever sealed it, and compare the hash",
        ),
    }
}

fn spec_chain(spec: Option<&Spec>, genesis: H256) -> Line {
    match spec {
        None => Line::skip("chain", format!("genesis {genesis:?}; --spec compares it")),
        Some(spec) if spec.genesis == genesis => {
            Line::pass("chain", format!("that of the specification, genesis {genesis:?}"))
        }
        Some(spec) => Line::fail(
            "chain",
            format!("genesis {genesis:?}, and the specification's is {:?}", spec.genesis),
            "the node runs another chain: start it with --chain and this file, on an empty \
             --base-path",
        ),
    }
}

/// Methods that move keys are for the node's own machine.
fn unsafe_methods(answered: bool, loopback: Option<bool>) -> Line {
    match (answered, loopback) {
        (false, _) => Line::pass("rpc methods", "unsafe ones are refused"),
        (true, Some(true)) => {
            Line::pass("rpc methods", "unsafe ones are answered, to this machine only")
        }
        (true, Some(false)) => Line::fail(
            "rpc methods",
            "unsafe ones are answered, and other machines reach the port",
            "start the node with --rpc-methods safe, and without --rpc-external",
        ),
        (true, None) => Line::warn(
            "rpc methods",
            "unsafe ones are answered",
            "make sure that only this machine reaches the port, or use --rpc-methods safe",
        ),
    }
}

/// The clock against the blocks of others: each has its author's time, and arrives a little later.
fn clock(heads: &[Head], own: usize) -> Line {
    /// A block is refused when its slot, of three seconds, has not begun here.
    const SLOT: u64 = 3_000;
    const SECOND: u64 = 1_000;
    let off = heads.iter().map(|head| signed(head.seen).saturating_sub(signed(head.time))).min();
    let Some(off) = off else {
        return match own {
            0 => Line::skip("clock", "no block arrived to compare with"),
            _ => Line::skip("clock", "only blocks of this node arrived: nothing to compare with"),
        };
    };
    let behind = off < 0;
    let finding = match behind {
        true => format!("{} ms behind the network's", off.unsigned_abs()),
        false => format!("{off} ms from the network's, the way of a block included"),
    };
    let advice = match behind {
        true => "set the clock: chronyc makestep; then look at the time service above",
        false => {
            "set the clock: chronyc makestep; if it is right, blocks arrive late: look at the \
             connection"
        }
    };
    match off.unsigned_abs() {
        0..=SECOND => Line::pass("clock", finding),
        off if off <= SLOT => Line::warn("clock", finding, advice),
        _ => Line::fail("clock", finding, advice),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ceremony::raw::Hashes;

    fn listener(address: &str, port: u16) -> Listener {
        Listener { address: address.parse().unwrap(), port }
    }

    fn is(line: &Line, status: Status, words: &str) {
        let text = format!("{} {}", line.finding, line.advice.as_deref().unwrap_or_default());
        assert_eq!(line.status, status, "{text}");
        assert!(text.contains(words), "{words}: {text}");
        // Whoever is warned is told what to do.
        assert_eq!(line.advice.is_some(), matches!(status, Status::Warn | Status::Fail));
    }

    #[test]
    fn a_node_that_does_not_answer_fails() {
        is(&reached(Ok("0.1.0")), Status::Pass, "0.1.0");
        is(&reached(Err("cannot be reached")), Status::Fail, "systemctl");
    }

    #[test]
    fn rpc_that_others_reach_fails() {
        let closed = [listener("127.0.0.1", 9944), listener("::1", 9944), listener("0.0.0.0", 1)];
        is(&rpc_port(Some(&closed), 9944), Status::Pass, "this machine only");
        let open = [listener("127.0.0.1", 9944), listener("0.0.0.0", 9944)];
        is(&rpc_port(Some(&open), 9944), Status::Fail, "--rpc-external");
        is(&rpc_port(Some(&[]), 9944), Status::Skip, "nothing listens");
        is(&rpc_port(None, 9944), Status::Skip, "not on this machine");
    }

    #[test]
    fn a_p2p_port_that_nobody_reaches_fails() {
        is(&p2p_port(Some(&[listener("0.0.0.0", 30333)]), 30333), Status::Pass, "open");
        is(&p2p_port(Some(&[listener("::1", 30333)]), 30333), Status::Fail, "--listen-addr");
        is(&p2p_port(Some(&[]), 30333), Status::Fail, "--p2p-port");
        is(&p2p_port(None, 30333), Status::Skip, "not on this machine");
    }

    #[test]
    fn a_clock_that_nothing_keeps_right_fails() {
        let chrony = |synchronised, off| Some(TimeService::Chrony { synchronised, off });
        is(&time_service(chrony(true, 0.02).as_ref()), Status::Pass, "0.020 ms");
        is(&time_service(chrony(true, 250.0).as_ref()), Status::Warn, "sources");
        is(&time_service(chrony(false, 0.02).as_ref()), Status::Fail, "chrony");
        let systemd = |synchronised| Some(TimeService::Systemd { synchronised });
        is(&time_service(systemd(true).as_ref()), Status::Pass, "synchronised");
        is(&time_service(systemd(false).as_ref()), Status::Fail, "chrony");
        is(&time_service(None), Status::Skip, "neither");
    }

    #[test]
    fn a_full_disk_fails() {
        let room = |gb: u64| Ok(Disk { free: gb * 1_000_000_000, whole: 100_000_000_000 });
        is(&disk(Some(&room(50))), Status::Pass, "50.0 GB free of 100 GB");
        is(&disk(Some(&room(19))), Status::Warn, "make room");
        is(&disk(Some(&room(4))), Status::Fail, "make room");
        is(&disk(Some(&Err("x: no such folder".into()))), Status::Fail, "--base-path");
        is(&disk(None), Status::Skip, "--base-path");
    }

    #[test]
    fn another_specification_or_chain_fails() {
        let file = Hashes::of(b"spec");
        let spec = |expected| Some(Spec { file, expected, genesis: H256([1; 32]) });
        is(&spec_file(spec(Some(file.blake2b)).as_ref()), Status::Pass, "as expected");
        is(&spec_file(spec(Some(file.sha256)).as_ref()), Status::Pass, "as expected");
        is(&spec_file(spec(Some(H256([9; 32]))).as_ref()), Status::Fail, "fetch");
        is(&spec_file(spec(None).as_ref()), Status::Warn, "--hash");
        is(&spec_file(None), Status::Skip, "--spec");
        is(&spec_chain(spec(None).as_ref(), H256([1; 32])), Status::Pass, "genesis");
        is(&spec_chain(spec(None).as_ref(), H256([2; 32])), Status::Fail, "another chain");
        is(&spec_chain(None, H256([2; 32])), Status::Skip, "--spec");
    }

    #[test]
    fn unsafe_methods_that_others_reach_fail() {
        is(&unsafe_methods(false, Some(false)), Status::Pass, "refused");
        is(&unsafe_methods(true, Some(true)), Status::Pass, "this machine only");
        is(&unsafe_methods(true, Some(false)), Status::Fail, "--rpc-methods safe");
        is(&unsafe_methods(true, None), Status::Warn, "only this machine");
    }

    #[test]
    fn a_clock_away_from_the_networks_fails() {
        let heads = |offs: &[i64]| -> Vec<Head> {
            let head = |off: &i64| Head {
                number: 1,
                slot: None,
                time: 1_000_000,
                seen: 1_000_000_u64.saturating_add_signed(*off),
            };
            offs.iter().map(head).collect()
        };
        is(&clock(&heads(&[400, 30, 900]), 1), Status::Pass, "30 ms from");
        is(&clock(&heads(&[-20, 40]), 0), Status::Pass, "20 ms behind");
        is(&clock(&heads(&[-1001, 400]), 0), Status::Warn, "1001 ms behind");
        is(&clock(&heads(&[1500, 1900]), 0), Status::Warn, "1500 ms from");
        is(&clock(&heads(&[-3001]), 0), Status::Fail, "makestep");
        is(&clock(&heads(&[9000]), 0), Status::Fail, "makestep");
        is(&clock(&[], 0), Status::Skip, "no block");
        is(&clock(&[], 4), Status::Skip, "only blocks of this node");
    }
}
