// SPDX-License-Identifier: Apache-2.0
//! Where the public finds this portal. It is configured, and never taken from a request: a message
//! that is signed and a link that is mailed must not be somebody else's.

use std::{str::FromStr, sync::Arc};

/// The portal's public address, such as `https://registry.gov.example`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Site(Arc<str>);

impl Site {
    /// The whole address, without a slash at the end.
    pub fn url(&self) -> &str {
        &self.0
    }

    /// Host and port.
    pub fn host(&self) -> &str {
        self.0.split_once("://").map_or("", |(_, host)| host)
    }

    /// Whether connections to it are encrypted.
    pub fn is_secure(&self) -> bool {
        self.0.starts_with("https://")
    }
}

impl FromStr for Site {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const FORM: &str = "the public address is http:// or https:// and a host, without a path";
        let url = text.trim_end_matches('/');
        let host =
            url.strip_prefix("https://").or_else(|| url.strip_prefix("http://")).ok_or(FORM)?;
        let plain = |byte: u8| {
            byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b':' | b'[' | b']')
        };
        match !host.is_empty() && host.bytes().all(plain) {
            true => Ok(Self(url.into())),
            false => Err(FORM),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_a_scheme_and_a_host() {
        let site: Site = "https://registry.example:8443/".parse().unwrap();
        assert_eq!(site.url(), "https://registry.example:8443");
        assert_eq!(site.host(), "registry.example:8443");
        assert!(site.is_secure());
        for bad in ["", "registry.example", "ftp://x", "https://", "https://a/b", "http://a b"] {
            assert!(bad.parse::<Site>().is_err(), "{bad}");
        }
    }
}
