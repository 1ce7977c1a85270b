// SPDX-License-Identifier: Apache-2.0
//! How nodes are reached: network identities, and the addresses that a validator may have.

use anyhow::{anyhow, bail, Result};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::{fmt, net::IpAddr, str::FromStr};

/// Most bytes of an address, as the chain has it.
const MAX_ADDRESS: usize = 128;

/// A network identity: an Ed25519 key, as nodes write it since all keys are of that kind.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct PeerId(String);

impl FromStr for PeerId {
    type Err = anyhow::Error;
    fn from_str(text: &str) -> Result<Self> {
        const BASE_58: &str = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
        let written = text.len() == 52 && text.starts_with("12D3KooW");
        if !written || !text.chars().all(|letter| BASE_58.contains(letter)) {
            bail!("a node's identity is 52 letters and digits that start with 12D3KooW");
        }
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for PeerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Where a node listens.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Host {
    /// A name, and what it is written with: `dns`, `dns4` or `dns6`.
    Name(String, String),
    /// An address of either kind.
    Ip(IpAddr),
}

impl FromStr for Host {
    type Err = anyhow::Error;
    fn from_str(text: &str) -> Result<Self> {
        match text.parse() {
            Ok(ip) => Ok(Self::Ip(ip)),
            Err(_) if is_name(text) => Ok(Self::Name("dns".into(), text.into())),
            Err(_) => bail!("a host is an address such as 192.0.2.7 or a name"),
        }
    }
}

/// An address of a node: a host and a TCP port, without the identity.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Multiaddr {
    pub host: Host,
    pub port: u16,
}

impl FromStr for Multiaddr {
    type Err = anyhow::Error;
    fn from_str(text: &str) -> Result<Self> {
        let wrong = || {
            anyhow!(
                "an address is written like /dns/validator.gov.vu/tcp/30333, \
                 /ip4/192.0.2.7/tcp/30333 or /ip6/2001:db8::7/tcp/30333"
            )
        };
        let ["", kind, host, "tcp", port] = text.split('/').collect::<Vec<_>>()[..] else {
            return Err(wrong());
        };
        let host = match kind {
            "ip4" => Host::Ip(IpAddr::V4(host.parse().map_err(|_| wrong())?)),
            "ip6" => Host::Ip(IpAddr::V6(host.parse().map_err(|_| wrong())?)),
            "dns" | "dns4" | "dns6" if is_name(host) => Host::Name(kind.into(), host.into()),
            _ => return Err(wrong()),
        };
        let port = port.parse().ok().filter(|port| *port > 0).ok_or_else(wrong)?;
        if text.len() > MAX_ADDRESS {
            bail!("an address has at most {MAX_ADDRESS} letters");
        }
        Ok(Self { host, port })
    }
}

/// Whether a text is a name of a host: it may end up in the rules of a firewall.
fn is_name(text: &str) -> bool {
    let label = |label: &str| {
        !label.is_empty()
            && !label.starts_with('-')
            && label.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '-')
    };
    text.split('.').all(label) && text.starts_with(|first: char| first.is_ascii_alphabetic())
}

impl fmt::Display for Multiaddr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.host {
            Host::Name(kind, name) => write!(f, "/{kind}/{name}")?,
            Host::Ip(IpAddr::V4(ip)) => write!(f, "/ip4/{ip}")?,
            Host::Ip(IpAddr::V6(ip)) => write!(f, "/ip6/{ip}")?,
        }
        write!(f, "/tcp/{}", self.port)
    }
}

/// Declares that a type is written in JSON as it is in words.
macro_rules! as_text {
    ($($type:ty),*) => {$(
        impl Serialize for $type {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    )*};
}
as_text!(PeerId, Multiaddr);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_a_host_and_a_tcp_port() {
        for good in [
            "/dns/validator.gov.vu/tcp/30333",
            "/dns4/validator.gov.vu/tcp/1",
            "/ip4/192.0.2.7/tcp/30333",
            "/ip6/2001:db8::7/tcp/65535",
        ] {
            assert_eq!(good.parse::<Multiaddr>().unwrap().to_string(), good);
        }
        let long = format!("/dns/{}.vu/tcp/30333", "a".repeat(128));
        for bad in [
            "",
            "/",
            "dns/validator.gov.vu/tcp/30333",
            "/dns/validator.gov.vu",
            "/dns/validator.gov.vu/tcp/0",
            "/dns/validator.gov.vu/tcp/70000",
            "/dns/validator.gov.vu/udp/30333",
            "/dns/validator.gov.vu/tcp/30333/p2p/x",
            "/dns/a b/tcp/30333",
            "/dns/a;drop/tcp/30333",
            "/dns/192.0.2.7/tcp/30333",
            "/dns//tcp/30333",
            "/ip4/validator.gov.vu/tcp/30333",
            "/ip4/2001:db8::7/tcp/30333",
            &long,
        ] {
            assert!(bad.parse::<Multiaddr>().is_err(), "{bad}");
        }
    }

    #[test]
    fn hosts_are_addresses_or_names() {
        assert_eq!("192.0.2.7".parse::<Host>().unwrap(), Host::Ip("192.0.2.7".parse().unwrap()));
        let name = Host::Name("dns".into(), "archive.gov.vu".into());
        assert_eq!("archive.gov.vu".parse::<Host>().unwrap(), name);
        assert!("a;b".parse::<Host>().is_err() && "".parse::<Host>().is_err());
    }

    #[test]
    fn identities_are_as_nodes_write_them() {
        let good = "12D3KooWEyoppNCUx8Yx66oV9fJnriXwCcXwDDUA2kj6vnc6iDEp";
        assert_eq!(good.parse::<PeerId>().unwrap().to_string(), good);
        for bad in ["", "12D3KooW", &good[1..], &good.replace('n', "l"), &format!("{good}p")] {
            assert!(bad.parse::<PeerId>().is_err(), "{bad}");
        }
    }
}
