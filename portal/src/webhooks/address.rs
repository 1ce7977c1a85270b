// SPDX-License-Identifier: Apache-2.0
//! Where webhooks may lead: to the public Internet, and not to what only this machine can reach.
//!
//! A name is looked up when a connection is made, and the connection goes to the address that was
//! checked: a name that leads elsewhere the next time leads nowhere.

use crate::problem::{Message, Problem};
use reqwest::{
    dns::{Addrs, Name, Resolve, Resolving},
    Url,
};
use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
};

/// Longest address of a webhook.
const MAX_URL: usize = 2_000;

/// Whether addresses that are not public are let pass: for tests, and where receivers are on the
/// registry's own network.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Allowed {
    Public,
    Any,
}

/// The address of a webhook as somebody typed it, if webhooks may lead there.
pub fn read(text: &str, allowed: Allowed) -> Result<Url, Problem> {
    let wrong = |key| Err(Problem::unprocessable(Message::new(key)));
    let Ok(url) = Url::parse(text.trim()) else { return wrong("problem.webhook_url") };
    let schemes: &[&str] = match allowed {
        Allowed::Public => &["https"],
        Allowed::Any => &["https", "http"],
    };
    if !schemes.contains(&url.scheme()) || url.host_str().is_none() || url.as_str().len() > MAX_URL
    {
        return wrong("problem.webhook_url");
    }
    if !url.username().is_empty() || url.password().is_some() || url.fragment().is_some() {
        return wrong("problem.webhook_url_parts");
    }
    match literal(&url).is_some_and(|address| !is_allowed(address, allowed)) {
        true => wrong("problem.webhook_private"),
        false => Ok(url),
    }
}

/// The address that a URL names without a look-up.
pub fn literal(url: &Url) -> Option<IpAddr> {
    let host = url.host_str()?;
    host.trim_start_matches('[').trim_end_matches(']').parse().ok()
}

/// Whether a connection may be made.
pub fn is_allowed(address: IpAddr, allowed: Allowed) -> bool {
    allowed == Allowed::Any || is_public(address)
}

/// Whether an address is one of the public Internet.
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

/// By IANA's registry of special-purpose addresses.
fn is_public_v4(address: Ipv4Addr) -> bool {
    let special = match address.octets() {
        // This network, private, loopback.
        [0 | 10 | 127, ..] => true,
        // Shared by a provider's customers.
        [100, 64..=127, ..] => true,
        // Link-local, where clouds keep their metadata.
        [169, 254, ..] => true,
        [172, 16..=31, ..] => true,
        // Protocol assignments, documentation, the former 6to4 relays.
        [192, 0, 0 | 2, _] | [192, 88, 99, _] => true,
        [192, 168, ..] => true,
        // Measurements, documentation.
        [198, 18 | 19, ..] | [198, 51, 100, _] | [203, 0, 113, _] => true,
        // Multicast, reserved, broadcast.
        [224..=255, ..] => true,
        _ => false,
    };
    !special
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    if let Some(address) = address.to_ipv4_mapped() {
        return is_public_v4(address);
    }
    match address.segments() {
        // An IPv4 address behind a translator (NAT64).
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => {
            is_public_v4(Ipv4Addr::from((u32::from(high) << 16) | u32::from(low)))
        }
        // Protocol assignments, Teredo among them.
        [0x2001, 0..=0x1ff, ..] => false,
        // Documentation.
        [0x2001, 0xdb8, ..] | [0x3fff, 0..=0xfff, ..] => false,
        // 6to4, which leads to an IPv4 address.
        [0x2002, ..] => false,
        // All that is given out to the public.
        [0x2000..=0x3fff, ..] => true,
        _ => false,
    }
}

/// Looks names up and leaves out what may not be connected to.
pub struct Resolver(pub Allowed);

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let allowed = self.0;
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let found: Vec<SocketAddr> =
                found.filter(|address| is_allowed(address.ip(), allowed)).collect();
            if found.is_empty() {
                return Err(Box::new(Refused) as Box<dyn std::error::Error + Send + Sync>);
            }
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

/// A name leads to no address that may be connected to.
#[derive(Debug)]
pub struct Refused;

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name leads to no public address")
    }
}

impl std::error::Error for Refused {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_that_are_not_public_are_refused_however_they_are_written() {
        for url in [
            "https://127.0.0.1/",
            "https://127.1/",
            "https://0x7f.0.0.1/",
            "https://2130706433/",
            "https://0/",
            "https://10.1.2.3/",
            "https://172.16.0.1/",
            "https://192.168.1.1/",
            "https://169.254.169.254/latest/meta-data",
            "https://100.64.0.1/",
            "https://192.0.0.8/",
            "https://198.18.0.1/",
            "https://224.0.0.1/",
            "https://255.255.255.255/",
            "https://[::]/",
            "https://[::1]/",
            "https://[fe80::1]/",
            "https://[fc00::1]/",
            "https://[ff02::1]/",
            "https://[::ffff:127.0.0.1]/",
            "https://[64:ff9b::10.0.0.1]/",
            "https://[2002:7f00:1::]/",
            "https://[2001:db8::1]/",
            "https://[2001::1]/",
        ] {
            assert!(read(url, Allowed::Public).is_err(), "{url}");
            assert!(read(url, Allowed::Any).is_ok(), "{url}");
        }
        for url in
            ["https://1.1.1.1/", "https://[2606:4700::1111]:8443/x?y=1", "https://a.example/"]
        {
            assert!(read(url, Allowed::Public).is_ok(), "{url}");
        }
    }

    #[test]
    fn an_address_has_a_scheme_and_a_host_and_nothing_secret() {
        for bad in [
            "",
            "example.org",
            "ftp://example.org/",
            "file:///etc/passwd",
            "https://",
            "https://user:secret@example.org/",
            "https://user@example.org/",
            "https://example.org/#part",
            &format!("https://example.org/{}", "a".repeat(2_000)),
        ] {
            assert!(read(bad, Allowed::Any).is_err(), "{bad}");
        }
        assert!(read("http://example.org/", Allowed::Public).is_err());
        assert!(read("http://example.org/", Allowed::Any).is_ok());
    }

    #[tokio::test]
    async fn a_name_that_leads_home_is_refused_when_it_is_looked_up() {
        let look =
            |allowed| Resolver(allowed).resolve("localhost".parse().expect("a name of a host"));
        let refused = look(Allowed::Public).await.err().expect("localhost is refused");
        assert!(refused.downcast_ref::<Refused>().is_some());
        assert!(look(Allowed::Any).await.is_ok());
    }
}
