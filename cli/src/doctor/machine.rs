// SPDX-License-Identifier: Apache-2.0
//! What the machine says: its sockets, its clock's service, its disk.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    path::Path,
    process::Command,
};

/// A socket that waits for connections.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Listener {
    pub address: IpAddr,
    pub port: u16,
}

/// What sets the clock, as it sees itself.
#[derive(Clone, PartialEq, Debug)]
pub enum TimeService {
    /// chrony, with the clock's distance from the true time in milliseconds.
    Chrony { synchronised: bool, off: f64 },
    /// What systemd knows.
    Systemd { synchronised: bool },
}

/// Room on a disk, in bytes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Disk {
    pub free: u64,
    pub whole: u64,
}

/// Host and port of a node's address.
pub fn host_and_port(url: &str) -> Option<(String, u16)> {
    let (scheme, rest) = url.split_once("://")?;
    let standard = match scheme {
        "ws" => 80,
        "wss" => 443,
        _ => return None,
    };
    let authority = rest.split(['/', '?']).next()?;
    let (host, port) = match authority.rsplit_once(':') {
        // Colons inside [ ] are of an address.
        Some((host, port)) if !port.contains(']') => (host, port.parse().ok()?),
        _ => (authority, standard),
    };
    let host = host.trim_start_matches('[').trim_end_matches(']');
    (!host.is_empty()).then(|| (host.to_owned(), port))
}

/// Whether a host is this machine by its loopback address.
pub fn is_this(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// The sockets that listen on this machine; none where the system does not say.
pub fn listeners() -> Option<Vec<Listener>> {
    let four = std::fs::read_to_string("/proc/net/tcp").ok()?;
    // A machine may have no IPv6.
    let six = std::fs::read_to_string("/proc/net/tcp6").unwrap_or_default();
    Some(four.lines().chain(six.lines()).filter_map(listener).collect())
}

/// A line of the kernel's table, if its socket listens.
fn listener(line: &str) -> Option<Listener> {
    const LISTENS: &str = "0A";
    let mut words = line.split_whitespace();
    let (local, state) = (words.nth(1)?, words.nth(1)?);
    if state != LISTENS {
        return None;
    }
    let (address, port) = local.split_once(':')?;
    let bytes = hex::decode(address).ok()?;
    // The kernel prints each word of 32 bits in the machine's own order.
    let words = bytes.chunks_exact(4).map(|word| word.try_into().map(u32::from_ne_bytes));
    let words: Vec<u32> = words.collect::<Result<_, _>>().ok()?;
    let bytes: Vec<u8> = words.into_iter().flat_map(u32::to_be_bytes).collect();
    let address = match bytes.len() {
        4 => IpAddr::V4(Ipv4Addr::from(<[u8; 4]>::try_from(bytes).ok()?)),
        16 => IpAddr::V6(Ipv6Addr::from(<[u8; 16]>::try_from(bytes).ok()?)),
        _ => return None,
    };
    Some(Listener { address: address.to_canonical(), port: u16::from_str_radix(port, 16).ok()? })
}

/// What sets the clock; none where neither program answers.
pub fn time_service() -> Option<TimeService> {
    let said = |program: &str, arguments: &[&str]| {
        let ran = Command::new(program).args(arguments).output().ok()?;
        ran.status.success().then(|| String::from_utf8_lossy(&ran.stdout).into_owned())
    };
    said("chronyc", &["-c", "tracking"]).as_deref().and_then(chrony).or_else(|| {
        let said = said("timedatectl", &["show", "--property=NTPSynchronized", "--value"])?;
        systemd(&said)
    })
}

/// What `chronyc -c tracking` prints: the fifth field is the clock's distance in seconds, the last
/// says whether the clock is synchronised.
fn chrony(said: &str) -> Option<TimeService> {
    let fields: Vec<_> = said.trim().split(',').collect();
    let seconds: f64 = fields.get(4)?.parse().ok()?;
    let leap = fields.get(13)?;
    let synchronised = *leap != "Not synchronised";
    Some(TimeService::Chrony { synchronised, off: seconds.abs() * 1000.0 })
}

fn systemd(said: &str) -> Option<TimeService> {
    match said.trim() {
        "yes" => Some(TimeService::Systemd { synchronised: true }),
        "no" => Some(TimeService::Systemd { synchronised: false }),
        _ => None,
    }
}

/// The room on the disk of a folder.
pub fn disk(folder: &Path) -> Result<Disk, String> {
    let found = nix::sys::statvfs::statvfs(folder)
        .map_err(|error| format!("{}: {error}", folder.display()))?;
    let block = found.fragment_size();
    Ok(Disk {
        free: found.blocks_available().saturating_mul(block),
        whole: found.blocks().saturating_mul(block),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_nodes_have_a_host_and_a_port() {
        for (url, host, port) in [
            ("ws://127.0.0.1:9944", "127.0.0.1", 9944),
            ("ws://[::1]:9944/", "::1", 9944),
            ("wss://rpc.gov.vu", "rpc.gov.vu", 443),
            ("ws://[::1]", "::1", 80),
        ] {
            assert_eq!(host_and_port(url), Some((host.to_owned(), port)), "{url}");
        }
        for bad in ["", "127.0.0.1:9944", "http://127.0.0.1:9944", "ws://:1", "ws://x:y"] {
            assert_eq!(host_and_port(bad), None, "{bad}");
        }
        assert!(is_this("localhost") && is_this("127.0.0.1") && is_this("::1"));
        assert!(!is_this("192.0.2.7") && !is_this("rpc.gov.vu"));
    }

    /// Against the kernel itself.
    #[test]
    fn a_socket_that_listens_is_found() {
        for address in ["127.0.0.1:0", "0.0.0.0:0", "[::1]:0"] {
            let Ok(socket) = std::net::TcpListener::bind(address) else {
                // No IPv6 on this machine.
                assert!(address.starts_with('['));
                continue;
            };
            let local = socket.local_addr().unwrap();
            let expected = Listener { address: local.ip(), port: local.port() };
            assert!(listeners().unwrap().contains(&expected), "{expected:?}");
            drop(socket);
            assert!(!listeners().unwrap().contains(&expected), "{expected:?}");
        }
    }

    #[test]
    fn the_services_of_the_clock_are_understood() {
        let line = "A9FEA97B,169.254.169.123,4,1764151200.1,-0.000021,0.000001,0.00002,12.3,0.0,\
                    0.1,0.0003,0.0002,16.2,Normal\n";
        let TimeService::Chrony { synchronised: true, off } = chrony(line).unwrap() else {
            panic!("{line}")
        };
        assert!((off - 0.021).abs() < 1e-9);
        let not = line.replace("Normal", "Not synchronised");
        assert!(matches!(chrony(&not), Some(TimeService::Chrony { synchronised: false, .. })));
        assert_eq!(chrony("506 Cannot talk to daemon"), None);
        assert_eq!(systemd("yes\n"), Some(TimeService::Systemd { synchronised: true }));
        assert_eq!(systemd("no\n"), Some(TimeService::Systemd { synchronised: false }));
        assert_eq!(systemd(""), None);
    }

    #[test]
    fn a_disk_has_room_and_a_missing_folder_none() {
        let folder = tempfile::tempdir().unwrap();
        let found = disk(folder.path()).unwrap();
        assert!(found.whole > 0 && found.free <= found.whole);
        assert!(disk(&folder.path().join("missing")).unwrap_err().contains("missing"));
    }
}
