// SPDX-License-Identifier: Apache-2.0
//! What people say of themselves, checked before it is kept.

use crate::{
    mail::Language,
    problem::{Message, Problem},
};

/// Longest name of a person, in characters.
pub const MAX_NAME: usize = 120;
/// Longest address.
const MAX_EMAIL: usize = 254;
/// Longest text that a person writes to an officer, in characters.
pub const MAX_TEXT: usize = 2_000;

/// Text of one line.
pub fn line(field: &'static str, text: &str, max: usize) -> Result<String, Problem> {
    let text = text.trim();
    let fits = !text.is_empty() && text.chars().count() <= max;
    match fits && !text.contains(char::is_control) {
        true => Ok(text.to_owned()),
        false => Err(wrong(Message::new("problem.line").with("field", field).with("max", max))),
    }
}

/// Text of several lines.
pub fn text(field: &'static str, text: &str) -> Result<String, Problem> {
    let text = text.trim();
    let plain = |c: char| !c.is_control() || matches!(c, '\n' | '\r' | '\t');
    match text.chars().count() <= MAX_TEXT && text.chars().all(plain) {
        true => Ok(text.to_owned()),
        false => {
            Err(wrong(Message::new("problem.text").with("field", field).with("max", MAX_TEXT)))
        }
    }
}

/// An address to which mail can be sent.
pub fn email(text: &str) -> Result<String, Problem> {
    let text = text.trim();
    let parsed = text.parse::<lettre::Address>();
    match parsed {
        Ok(address) if text.len() <= MAX_EMAIL && address.domain().contains('.') => {
            Ok(address.to_string())
        }
        _ => Err(wrong(Message::new("problem.email"))),
    }
}

/// A telephone number: digits with an optional plus, spaces and hyphens between them.
pub fn phone(text: &str) -> Result<String, Problem> {
    let text = text.trim();
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let rest = text.strip_prefix('+').unwrap_or(text);
    let plain = rest.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b' ' | b'-'));
    match plain && (2..=15).contains(&digits) && text.len() <= 30 {
        true => Ok(text.to_owned()),
        false => Err(wrong(Message::new("problem.phone"))),
    }
}

/// One of the languages.
pub fn language(text: &str) -> Result<String, Problem> {
    text.parse::<Language>()
        .map(|language| language.to_string())
        .map_err(|known| wrong(Message::new("problem.language").with("known", known)))
}

fn wrong(message: Message) -> Problem {
    Problem::unprocessable(message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_one_line() {
        assert_eq!(line("name", "  Ana ’Ofa ", 120).unwrap(), "Ana ’Ofa");
        for bad in ["", "  ", "a\nb", "a\0", &"x".repeat(121)] {
            assert!(line("name", bad, 120).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn addresses_are_addresses_and_nothing_more() {
        assert_eq!(email(" ana@ministry.gov.vu ").unwrap(), "ana@ministry.gov.vu");
        for bad in [
            "",
            "ana",
            "ana@localhost",
            "ana@x.org\r\nBcc: all@x.org",
            "Ana <ana@x.org>",
            "ana@x.org, b@x.org",
            &format!("{}@x.org", "a".repeat(300)),
        ] {
            assert!(email(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn telephone_numbers_are_digits() {
        assert_eq!(phone("+678 22-123").unwrap(), "+678 22-123");
        // The reference's placeholder for an unknown number.
        assert_eq!(phone("00").unwrap(), "00");
        for bad in ["", "+", "call me", "1;2", "1234567890123456"] {
            assert!(phone(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn texts_may_have_lines() {
        assert_eq!(text("remark", "a\nb").unwrap(), "a\nb");
        assert!(text("remark", "a\u{1b}[31m").is_err());
        assert!(text("remark", &"x".repeat(2_001)).is_err());
        assert!(language("fr").is_ok() && language("xx").is_err());
    }
}
