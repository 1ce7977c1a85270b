// SPDX-License-Identifier: Apache-2.0
//! What a text that somebody looks for can be, as it looks: nothing is asked of the tables yet.

use crate::certificate::Name;
use registry_primitives::{serial::SerialError, Serial};

/// Longest text that is looked for, in characters.
pub const LONGEST: usize = 200;
/// Shortest text that is looked for in titles and names.
const SHORTEST: usize = 2;

/// What a text can be. It can be several things at once: `81-100` is a range of numbers, and the
/// place of an event.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Looks {
    /// As it is looked for.
    pub text: String,
    /// Whether it is more than is looked for.
    pub too_long: bool,
    /// A serial number.
    pub serial: Option<Serial>,
    /// Something that was meant to be one, and what is wrong with it.
    pub broken_serial: Option<SerialError>,
    /// A number of anything.
    pub number: Option<i64>,
    /// Two numbers with a hyphen between them.
    pub pair: Option<(i64, i64)>,
    /// The name of a certificate with its check code.
    pub certificate: Option<Name>,
    /// A hash.
    pub hash: Option<[u8; 32]>,
    /// An account.
    pub account: Option<String>,
}

impl Looks {
    /// Looks at a text.
    pub fn at(given: &str) -> Self {
        let text = plain(given);
        if text.chars().count() > LONGEST {
            return Self { text, too_long: true, ..Self::default() };
        }
        let compact: String = text.chars().filter(|it| !it.is_whitespace()).collect();
        let serial = compact.to_ascii_uppercase().parse::<Serial>();
        let is_meant = compact.split('-').count() > 5;
        Self {
            broken_serial: serial.err().filter(|_| is_meant),
            serial: serial.ok(),
            number: number(&text),
            pair: compact.split_once('-').and_then(|(one, other)| {
                Some((digits(one)?, digits(other)?)).filter(|_| !is_meant)
            }),
            certificate: Name::read(&compact).filter(|name| name.check.is_some()),
            hash: hash(&compact),
            account: Some(text.clone()).filter(|text| is_account(text)),
            text,
            too_long: false,
        }
    }

    /// Whether it is looked for in titles and names too.
    pub fn is_words(&self) -> bool {
        let is_code = self.serial.is_some() || self.hash.is_some() || self.account.is_some();
        !self.too_long && !is_code && self.text.chars().count() >= SHORTEST
    }

    /// Whether nothing was given.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// The keys of the sentences that say for what the registry was searched.
    pub fn tried(&self) -> Vec<&'static str> {
        let all = [
            (self.serial.is_some(), "search_tried.serial"),
            (self.number.is_some(), "search_tried.number"),
            (self.pair.is_some(), "search_tried.pair"),
            (self.certificate.is_some(), "search_tried.certificate"),
            (self.hash.is_some(), "search_tried.hash"),
            (self.account.is_some(), "search_tried.account"),
            (self.is_words(), "search_tried.words"),
        ];
        all.into_iter().filter(|(tried, _)| *tried).map(|(_, key)| key).collect()
    }
}

/// The text as it is meant: one line, with plain hyphens and digits.
fn plain(given: &str) -> String {
    let plain = given.chars().filter_map(|it| match it {
        '\u{2010}'..='\u{2015}' | '\u{2212}' => Some('-'),
        '\u{660}'..='\u{669}' => char::from_digit(u32::from(it) - 0x660, 10),
        '\u{6f0}'..='\u{6f9}' => char::from_digit(u32::from(it) - 0x6f0, 10),
        it if it.is_whitespace() => Some(' '),
        // Marks that say in which direction to read stand in copies of what was read.
        '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{2069}'
        | '\u{feff}' => None,
        it if it.is_control() => None,
        it => Some(it),
    });
    let plain: String = plain.take(LONGEST + 1).collect();
    plain.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// A whole number, also as pages write it, or with a sign for a number in front.
fn number(text: &str) -> Option<i64> {
    let text = text.trim_start_matches(['#', '№']).trim_start();
    let mut groups = text.split([',', '.', ' ']);
    let mut joined = groups.next()?.to_owned();
    for group in groups {
        joined.push_str(Some(group).filter(|group| group.len() == 3)?);
    }
    digits(&joined)
}

/// A number of nothing but digits; serial numbers and block heights have at most 16.
fn digits(text: &str) -> Option<i64> {
    let plain = (1..=16).contains(&text.len()) && text.bytes().all(|it| it.is_ascii_digit());
    text.parse().ok().filter(|_| plain)
}

/// 32 bytes in hexadecimal digits.
fn hash(text: &str) -> Option<[u8; 32]> {
    let digits = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X"));
    let digits = digits.unwrap_or(text);
    hex::decode(digits).ok()?.try_into().ok()
}

/// Whether it is written like an account, in Base58.
fn is_account(text: &str) -> bool {
    (46..=49).contains(&text.len())
        && text.bytes().all(|it| it.is_ascii_alphanumeric() && !b"0OIl".contains(&it))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn serial_numbers_are_known_as_people_type_them() {
        let right: Serial = "VU-ITMO-1-001-2023-0-1-100".parse().unwrap();
        for text in [
            "VU-ITMO-1-001-2023-0-1-100",
            " vu-itmo-1-001-2023-0-1-100\n",
            "VU – ITMO – 1 – 001 – 2023 – 0 – 1 – 100",
            "\u{202b}VU-ITMO-1-001-2023-0-1-\u{661}\u{660}\u{660}\u{202c}",
        ] {
            let looks = Looks::at(text);
            assert_eq!(looks.serial, Some(right), "{text}");
            assert!(!looks.is_words() && looks.broken_serial.is_none());
        }
        let broken = Looks::at("VU-ITMO-1-001-2023-0-100-1");
        assert!(broken.serial.is_none() && broken.broken_serial.is_some() && broken.pair.is_none());
        assert!(Looks::at("a-b-c").broken_serial.is_none());
    }

    #[test]
    fn numbers_are_known_as_pages_write_them() {
        for (text, number) in [
            ("12", Some(12)),
            ("001", Some(1)),
            ("#12", Some(12)),
            ("1,234", Some(1_234)),
            ("1.234.567", Some(1_234_567)),
            ("1\u{202f}234", Some(1_234)),
            ("١٢", Some(12)),
            ("1,23", None),
            ("-5", None),
            ("12a", None),
            ("99999999999999999999", None),
        ] {
            assert_eq!(Looks::at(text).number, number, "{text}");
        }
    }

    #[test]
    fn one_text_can_be_several_things() {
        let looks = Looks::at("81-100");
        assert_eq!(looks.pair, Some((81, 100)));
        assert_eq!(Looks::at("120-0").pair, Some((120, 0)));
        assert!(looks.certificate.is_none() && looks.is_words());
        let looks = Looks::at("81-10000000");
        assert!(looks.pair.is_some() && looks.certificate.is_some());
        let looks = Looks::at("https://registry.example/c/7-10ABCDEF");
        assert_eq!(looks.certificate.map(|it| it.number), Some(7));
        assert_eq!(Looks::at(&format!("0x{}", "ab".repeat(32))).hash, Some([0xab; 32]));
        let alice = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";
        assert!(Looks::at(alice).account.is_some() && !Looks::at(alice).is_words());
    }

    #[test]
    fn nothing_hostile_gets_past() {
        let hostile = "<script>alert(1)</script>\u{202e}\0' OR 1=1 --";
        let looks = Looks::at(hostile);
        assert_eq!(looks.text, "<script>alert(1)</script>' OR 1=1 --");
        assert_eq!(looks.tried(), ["search_tried.words"]);
        let long = Looks::at(&"x".repeat(10_000));
        assert!(long.too_long && !long.is_words() && long.tried().is_empty());
        assert_eq!(long.text.len(), LONGEST + 1);
        assert!(Looks::at(" \n").is_empty() && Looks::at("").tried().is_empty());
    }
}
