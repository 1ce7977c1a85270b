// SPDX-License-Identifier: Apache-2.0
//! Texts of a chart: made harmless, and measured without a font.

use crate::page;

/// Text that people wrote, as it may stand in a picture: on one line, with no characters that XML
/// has none of or that turn the direction of what follows, and no wider than there is room.
pub fn fitted(text: &str, size: f64, room: f64) -> String {
    let mut fitted = String::new();
    let mut taken = 0.0;
    // A name is as long as its author liked; nothing beyond what is seen is looked at.
    for c in text.chars().filter_map(harmless) {
        taken += size * breadth(c);
        if taken > room {
            while taken + size > room && !fitted.is_empty() {
                taken -= size * fitted.pop().map_or(0.0, breadth);
            }
            return format!("{}…", fitted.trim_end());
        }
        fitted.push(c);
    }
    fitted
}

/// The same, as XML.
pub fn escaped(text: &str, size: f64, room: f64) -> String {
    page::text(&fitted(text, size, room))
}

/// Escaped text as it is read: in a picture, where places are counted from the left, Arabic is kept
/// together with what stands in it and at its ends.
pub fn directed(escaped: String) -> String {
    match escaped.contains(|c| ('\u{600}'..='\u{6ff}').contains(&c)) {
        true => format!("\u{2067}{escaped}\u{2069}"),
        false => escaped,
    }
}

/// About how wide a text is.
pub fn width(text: &str, size: f64) -> f64 {
    text.chars().map(|c| size * breadth(c)).sum()
}

/// How wide a character is at most in the fonts that pages have, in parts of its size.
fn breadth(c: char) -> f64 {
    match c {
        'i' | 'j' | 'l' | 'I' | '.' | ',' | ':' | ';' | '\'' | '|' | ' ' | '\u{202f}'
        | '\u{a0}' => 0.3,
        'f' | 't' | 'r' | '(' | ')' | '-' | '/' => 0.4,
        'm' | 'w' | 'M' | 'W' | '@' | '%' => 0.95,
        'A'..='Z' => 0.7,
        '\u{1100}'..='\u{115f}' | '\u{2e80}'..='\u{ffdc}' | '\u{1f000}'.. => 1.1,
        _ => 0.6,
    }
}

fn harmless(c: char) -> Option<char> {
    match c {
        '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => None,
        '\u{61c}' | '\u{fffe}' | '\u{ffff}' => None,
        c if c.is_whitespace() => Some(' '),
        c if c.is_control() => None,
        c => Some(c),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_names_are_harmless_and_short() {
        let hostile = "<script>alert(1)</script>\u{202e}\"&\u{0}\n\u{ffff}";
        let seen = escaped(hostile, 12.0, 1_000.0);
        assert!(!seen.contains(['<', '"', '\u{202e}', '\u{0}', '\n', '\u{ffff}']), "{seen}");
        assert!(seen.starts_with("&#60;script&#62;"), "{seen}");
        let long = "x".repeat(10_000);
        let seen = fitted(&long, 12.0, 100.0);
        assert!(seen.ends_with('…') && width(&seen, 12.0) <= 100.0, "{seen}");
        assert_eq!(fitted("Shefa", 12.0, 100.0), "Shefa");
        assert_eq!(directed("طن CO₂".to_owned()), "\u{2067}طن CO₂\u{2069}");
        assert_eq!(directed("t CO₂".to_owned()), "t CO₂");
        assert_eq!(fitted("anything", 12.0, 1.0), "…");
        assert!(fitted(&"🌳".repeat(100), 12.0, 60.0).chars().count() < 7);
    }
}
