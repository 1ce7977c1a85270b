// SPDX-License-Identifier: Apache-2.0
//! Regions of a country: their codes, their names in languages, and where they are.

use registry_primitives::CountryCode;
use std::{collections::BTreeMap, fmt};

/// Longest name of a region, in characters; the chain keeps no longer one.
pub const MAX_NAME: usize = 100;
/// The language of a name whose language is not told.
pub const ANY_LANGUAGE: &str = "und";

const MILLIONTHS: f64 = 1e6;

/// A point on the earth, in millionths of a degree.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Point {
    /// North is positive.
    pub latitude: i32,
    /// East is positive.
    pub longitude: i32,
}

impl Point {
    /// A point as services tell it, in degrees; none where that is nowhere on the earth.
    pub fn of_degrees(latitude: f64, longitude: f64) -> Option<Self> {
        let inside = |degrees: f64, most: f64| degrees.is_finite() && degrees.abs() <= most;
        let millionths = |degrees: f64| (degrees * MILLIONTHS).round() as i32;
        (inside(latitude, 90.0) && inside(longitude, 180.0))
            .then(|| Self { latitude: millionths(latitude), longitude: millionths(longitude) })
    }
}

/// Degrees written as a decimal number, in millionths; digits beyond are dropped.
pub fn read_degrees(text: &str, most: i32) -> Option<i32> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let plain = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || whole.len() > 3 || !plain(whole) || !plain(fraction) {
        return None;
    }
    if digits.ends_with('.') {
        return None;
    }
    let fraction: String = fraction.chars().chain("000000".chars()).take(6).collect();
    let millionths = whole.parse::<i32>().ok()? * 1_000_000 + fraction.parse::<i32>().ok()?;
    let within = millionths <= most * 1_000_000;
    within.then_some(if negative { -millionths } else { millionths })
}

/// Millionths of a degree, as a decimal number with all its digits.
pub fn write_degrees(millionths: i32) -> String {
    let sign = if millionths < 0 { "-" } else { "" };
    let size = millionths.unsigned_abs();
    format!("{sign}{}.{:06}", size / 1_000_000, size % 1_000_000)
}

/// Millionths of a degree in degrees, for who reads JSON.
pub fn in_degrees(millionths: i32) -> f64 {
    f64::from(millionths) / MILLIONTHS
}

/// Where a region is known from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Source {
    /// A file.
    File,
    /// Mapbox.
    Mapbox,
    /// OpenStreetMap.
    OpenStreetMap,
}

impl Source {
    /// As the database has it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Mapbox => "mapbox",
            Self::OpenStreetMap => "openstreetmap",
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Whom a source wants to be named.
pub fn attribution(source: &str) -> Option<&'static str> {
    match source {
        "mapbox" => Some("© Mapbox"),
        "openstreetmap" => Some("© OpenStreetMap contributors"),
        _ => None,
    }
}

/// A region.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Region {
    /// ISO 3166-2.
    pub code: Option<String>,
    /// Its names, by the tags of their languages; never none.
    pub names: BTreeMap<String, String>,
    /// A point in it.
    pub point: Point,
}

impl Region {
    /// What it is kept by: its code, or its name where it has none.
    pub fn key(&self) -> &str {
        let usual = [ANY_LANGUAGE, "en"].into_iter().find_map(|it| self.names.get(it));
        let name = usual.or_else(|| self.names.values().next());
        self.code.as_ref().or(name).map(String::as_str).unwrap_or_default()
    }

    /// What projects may call it, each as [`folded`].
    pub fn folded(&self) -> impl Iterator<Item = String> + '_ {
        self.code.iter().chain(self.names.values()).map(|name| folded(name))
    }
}

/// A name without regard to case and to the width of its spaces.
pub fn folded(name: &str) -> String {
    name.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

/// Whether a text is a code of ISO 3166-2 in a country: `VU-SEE`.
pub fn is_code(text: &str, country: CountryCode) -> bool {
    let CountryCode(letters) = country;
    text.as_bytes().strip_prefix(letters.as_slice()).is_some_and(|rest| {
        let part = rest.strip_prefix(b"-").unwrap_or_default();
        (1..=3).contains(&part.len())
            && part.iter().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
    })
}

/// Whether a text can be a name of a region.
pub fn is_name(text: &str) -> bool {
    let length = text.chars().count();
    (1..=MAX_NAME).contains(&length)
        && text.trim() == text
        && !text.chars().any(|c| c.is_control() || is_direction(c))
}

/// Whether a character turns the direction of the text after it.
fn is_direction(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Whether a text is the tag of a language: `fr`, `bis`, `zh-Hant`.
pub fn is_language(text: &str) -> bool {
    let (language, script) = text.split_once('-').unwrap_or((text, "Latn"));
    (2..=3).contains(&language.len())
        && language.bytes().all(|byte| byte.is_ascii_lowercase())
        && (2..=8).contains(&script.len())
        && script.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    const VU: CountryCode = CountryCode(*b"VU");

    #[test]
    fn degrees_are_read_and_written_without_loss() {
        for (text, millionths) in [
            ("-17.736", -17_736_000),
            ("168.31366", 168_313_660),
            ("0", 0),
            ("+6.0461", 6_046_100),
            ("-0.000001", -1),
            ("180", 180_000_000),
            ("1.1234567", 1_123_456),
        ] {
            assert_eq!(read_degrees(text, 180), Some(millionths), "{text}");
        }
        for bad in ["", "-", ".", "1.", ".5", "1e2", "180.000001", "1,5", "NaN", "--1", "٣"] {
            assert_eq!(read_degrees(bad, 180), None, "{bad}");
        }
        assert_eq!(read_degrees("90.5", 90), None);
        assert_eq!(write_degrees(-17_736_000), "-17.736000");
        assert_eq!(write_degrees(-1), "-0.000001");
        assert_eq!(serde_json::to_string(&in_degrees(168_313_660)).unwrap(), "168.31366");
    }

    #[test]
    fn a_point_is_on_the_earth() {
        let point = Point::of_degrees(-17.736_48, 168.313_66).unwrap();
        assert_eq!(point, Point { latitude: -17_736_480, longitude: 168_313_660 });
        for (latitude, longitude) in
            [(91.0, 0.0), (0.0, 180.1), (f64::NAN, 0.0), (0.0, f64::INFINITY), (-1e300, 0.0)]
        {
            assert_eq!(Point::of_degrees(latitude, longitude), None);
        }
    }

    #[test]
    fn codes_are_those_of_the_country() {
        assert!(is_code("VU-SEE", VU) && is_code("VU-1", VU));
        for bad in ["FR-SEE", "VU-", "VU-SEEE", "VU-see", "VUSEE", "VU", "", "VU-S E"] {
            assert!(!is_code(bad, VU), "{bad}");
        }
    }

    #[test]
    fn names_and_languages_are_what_they_should_be() {
        assert!(is_name("Shéfa") && is_name("Kavango East"));
        for bad in ["", " Shefa", "a\nb", "\u{202e}afehS", &"x".repeat(101)] {
            assert!(!is_name(bad), "{bad:?}");
        }
        assert!(is_language("fr") && is_language("bis") && is_language("zh-Hant"));
        for bad in ["", "f", "FR", "french", "fr-", "fr_FR", "und\u{0}"] {
            assert!(!is_language(bad), "{bad:?}");
        }
        assert_eq!(folded("  Kavango\u{a0} EAST "), "kavango east");
    }
}
