// SPDX-License-Identifier: Apache-2.0
//! The short name of a certificate, such as `7-4H2Q8R1M`: its number, and a check code that is made
//! from the chain, so that a digit that was mistyped, or the certificate of another chain, is told
//! and never answered with somebody else's.

use blake2::{digest::consts::U32, Blake2b, Digest};
use std::fmt;

/// Characters of a check code, of five bits each.
const LENGTH: usize = 8;
/// The digits of Crockford's Base32, which has no letters that look like others.
const DIGITS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// The check code of a certificate of the chain with this genesis block.
pub fn check(genesis_hash: &str, number: i64) -> String {
    let mut digest = Blake2b::<U32>::new();
    digest.update("registry/retirement-certificate/");
    digest.update(genesis_hash.to_ascii_lowercase());
    digest.update("/");
    digest.update(number.to_string());
    let bits =
        digest.finalize().iter().take(5).fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte));
    let digit = |place| {
        let five = (bits >> (5 * (LENGTH - 1 - place))) & 31;
        DIGITS.get(usize::try_from(five).unwrap_or_default()).copied().map_or('0', char::from)
    };
    (0..LENGTH).map(digit).collect()
}

/// A name that somebody gave: the number, and the check code if there was one.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Name {
    pub number: i64,
    pub check: Option<String>,
}

impl Name {
    /// Reads `7-4H2Q8R1M`, also in small letters, with letters that only look like the right ones, or
    /// as the end of the certificate's address; and a number alone.
    pub fn read(text: &str) -> Option<Self> {
        let text = text.trim().trim_end_matches('/');
        let name = text.rsplit_once('/').map_or(text, |(_, name)| name);
        let (number, check) = match name.split_once('-') {
            Some((number, check)) => (number, Some(normal(check)?)),
            None => (name, None),
        };
        let plain = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
        let number = plain.then(|| number.parse().ok())??;
        Some(Self { number, check })
    }

    /// Whether the check code is the one of the chain with this genesis block.
    pub fn is_of(&self, genesis_hash: &str) -> bool {
        self.check.as_deref() == Some(check(genesis_hash, self.number).as_str())
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.check {
            Some(check) => write!(f, "{}-{check}", self.number),
            None => write!(f, "{}", self.number),
        }
    }
}

/// A check code as it is made: in capitals, without hyphens, I and L as 1 and O as 0.
fn normal(check: &str) -> Option<String> {
    let digit = |letter: char| match letter.to_ascii_uppercase() {
        'I' | 'L' => Some('1'),
        'O' => Some('0'),
        other => DIGITS.iter().any(|digit| char::from(*digit) == other).then_some(other),
    };
    let check: String = check.chars().filter(|it| *it != '-').map(digit).collect::<Option<_>>()?;
    (check.len() == LENGTH).then_some(check)
}

#[cfg(test)]
mod tests {
    use super::*;

    const GENESIS: &str = "0x91b171bb158e2d3848fa23a9f1c25182fb8e20313b2c1eb49219da7a70ce90c3";

    #[test]
    fn a_check_code_is_of_one_number_and_one_chain() {
        let seven = check(GENESIS, 7);
        assert_eq!(seven.len(), LENGTH);
        assert!(seven.bytes().all(|it| DIGITS.contains(&it)), "{seven}");
        assert_eq!(seven, check(&GENESIS.to_uppercase().replace("0X", "0x"), 7));
        let codes: std::collections::BTreeSet<_> = (1..=1_000).map(|n| check(GENESIS, n)).collect();
        assert_eq!(codes.len(), 1_000);
        assert_ne!(seven, check(&GENESIS.replace('9', "8"), 7));
    }

    #[test]
    fn a_name_is_read_as_people_write_it() {
        let right = Name { number: 7, check: Some("10ABCDEF".into()) };
        for text in [
            "7-10ABCDEF",
            " 7-10abcdef ",
            "7-lOabcdef",
            "7-iOab-cdef",
            "https://registry.example/c/7-10ABCDEF",
            "/fr/c/7-10ABCDEF/",
        ] {
            assert_eq!(Name::read(text), Some(right.clone()), "{text}");
        }
        assert_eq!(Name::read("7"), Some(Name { number: 7, check: None }));
        assert_eq!(right.to_string(), "7-10ABCDEF");
        for text in ["", "-", "7-", "7-ABC", "7-10ABCDEU", "x-10ABCDEF", "+7-10ABCDEF", "81-100"] {
            assert_eq!(Name::read(text), None, "{text}");
        }
        assert_eq!(Name::read("99999999999999999999-10ABCDEF"), None);
    }

    #[test]
    fn a_name_fits_only_its_chain() {
        let name = Name { number: 7, check: Some(check(GENESIS, 7)) };
        assert!(name.is_of(GENESIS));
        assert!(!Name { number: 8, ..name.clone() }.is_of(GENESIS));
        assert!(!Name { check: None, ..name }.is_of(GENESIS));
    }
}
