// SPDX-License-Identifier: Apache-2.0
//! The catalogue: every sentence that people read, by its key.

pub use crate::language::Language;
pub use registry_client::locale::{parse, pieces, Piece};

use chrono::{DateTime, Datelike, Utc};
use registry_client::locale::{self, Catalogue, Locale, Sentence};
use std::sync::LazyLock;

/// The catalogue of a language. A test reads the embedded files, so that one that cannot be parsed
/// is found before anybody runs it.
macro_rules! catalogue {
    ($file:literal) => {
        parse(include_str!(concat!("../locales/", $file))).unwrap_or_default()
    };
}

/// What the client says in English is the client's.
static ENGLISH: LazyLock<Catalogue> = LazyLock::new(|| {
    let mut catalogue = locale::ENGLISH.clone();
    catalogue.extend(catalogue!("en.json"));
    catalogue
});
static FRENCH: LazyLock<Catalogue> = LazyLock::new(|| catalogue!("fr.json"));
static SPANISH: LazyLock<Catalogue> = LazyLock::new(|| catalogue!("es.json"));
static ARABIC: LazyLock<Catalogue> = LazyLock::new(|| catalogue!("ar.json"));

impl Locale for Language {
    fn find(&self, key: &str) -> Option<&str> {
        Self::find(*self, key)
    }

    fn form(&self, n: u128) -> &'static str {
        Self::form(*self, n)
    }

    fn separator(&self) -> char {
        Self::separator(*self)
    }

    fn decimal(&self) -> char {
        Self::decimal(*self)
    }

    fn minus(&self) -> &'static str {
        match self {
            // Between lines that run from right to left, the mark keeps it before the digits.
            Self::Arabic => "\u{200e}−",
            _ => "−",
        }
    }

    fn percent_sign(&self) -> &'static str {
        match self {
            // A space would put the sign on the other side.
            Self::Arabic => "%",
            _ => "\u{a0}%",
        }
    }

    fn comma(&self) -> &'static str {
        match self {
            Self::Arabic => "، ",
            _ => ", ",
        }
    }

    fn isolated(&self, text: String) -> String {
        match self {
            // Names, addresses and hashes mostly run the other way.
            Self::Arabic => format!("\u{2068}{text}\u{2069}"),
            _ => text,
        }
    }
}

impl Language {
    /// Every sentence of the language.
    pub fn catalogue(self) -> &'static Catalogue {
        match self {
            Self::English => &ENGLISH,
            Self::French => &FRENCH,
            Self::Spanish => &SPANISH,
            Self::Arabic => &ARABIC,
        }
    }

    /// A sentence, if there is one of this key; in English where it is not translated.
    pub fn find(self, key: &str) -> Option<&'static str> {
        self.catalogue().get(key).or_else(|| ENGLISH.get(key)).map(String::as_str)
    }

    /// The sentences of a group with their keys, in English where they are not translated.
    pub fn group(self, group: &str) -> impl Iterator<Item = (&'static str, &'static str)> + '_ {
        let keys = ENGLISH.keys().filter(move |key| key.split('.').next() == Some(group));
        keys.filter_map(move |key| Some((key.as_str(), self.find(key)?)))
    }

    /// A sentence without gaps; its key where it is missing, which a test forbids.
    pub fn t(self, key: &str) -> &str {
        self.find(key).unwrap_or_else(|| {
            tracing::error!(key, "the catalogue has no such sentence");
            key
        })
    }

    /// A sentence with its gaps filled.
    pub fn fill(self, key: &str, arguments: &[(&str, String)]) -> String {
        Locale::fill(&self, key, arguments)
    }

    /// A sentence of the client, such as what a call does.
    pub fn say(self, sentence: &Sentence) -> String {
        Locale::say(&self, sentence)
    }

    /// The sentence for a number of things: `key` with the [form](Self::form) for it, and `{n}`.
    pub fn count(self, key: &str, n: i64) -> String {
        Locale::count(&self, key, n.into())
    }

    /// The name of a value of an enumeration; the value itself where the chain knows one that the
    /// catalogue does not.
    pub fn label(self, group: &str, value: &str) -> String {
        Locale::label(&self, group, value)
    }

    /// A whole number with separators.
    pub fn number(self, n: i64) -> String {
        Locale::number(&self, n.into())
    }

    /// Parts per million as a percentage, without loss.
    pub fn percent(self, ppm: i64) -> String {
        Locale::percent(&self, ppm)
    }

    /// `12 March 2024`.
    pub fn date(self, time: DateTime<Utc>) -> String {
        self.fill("written.date", &self.parts(time))
    }

    /// `12 March 2024, 14:05 UTC`.
    pub fn date_time(self, time: DateTime<Utc>) -> String {
        self.fill("written.date_time", &self.parts(time))
    }

    /// What dates are written of.
    fn parts(self, time: DateTime<Utc>) -> [(&'static str, String); 4] {
        let day = match time.day() {
            // The first has a name of its own in French.
            1 => self.t("written.first").to_owned(),
            day => day.to_string(),
        };
        [
            ("day", day),
            ("month", self.label("month", &time.month().to_string())),
            ("year", time.year().to_string()),
            ("time", time.format("%H:%M").to_string()),
        ]
    }

    /// How long, in the largest unit that fits: `5 minutes`.
    pub fn duration(self, seconds: i64) -> String {
        let (unit, n) = match seconds.max(0) {
            n @ 0..120 => ("duration.seconds", n),
            n @ 120..7_200 => ("duration.minutes", n / 60),
            n @ 7_200..172_800 => ("duration.hours", n / 3_600),
            n => ("duration.days", n / 86_400),
        };
        self.count(unit, n)
    }
}

#[cfg(test)]
mod tests;
