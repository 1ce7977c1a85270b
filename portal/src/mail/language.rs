// SPDX-License-Identifier: Apache-2.0
//! The texts of mails, in the languages in which people are written to.

use crate::i18n::{self, pieces, Piece};
use std::{
    collections::{BTreeMap, HashMap},
    fmt,
    str::FromStr,
    sync::LazyLock,
};

/// A language in which people are written to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Language {
    English,
    French,
    Spanish,
}

type Catalogue = HashMap<String, String>;

static ENGLISH: LazyLock<Catalogue> =
    LazyLock::new(|| read(include_str!("../../locales/mail/en.json")));
static FRENCH: LazyLock<Catalogue> =
    LazyLock::new(|| read(include_str!("../../locales/mail/fr.json")));
static SPANISH: LazyLock<Catalogue> =
    LazyLock::new(|| read(include_str!("../../locales/mail/es.json")));

/// A test reads the embedded files, so that one that cannot be parsed is found before anybody runs it.
fn read(text: &str) -> Catalogue {
    i18n::parse(text).unwrap_or_default()
}

/// How the value of a gap is written: `{quantity|tonnes}` is a number of tonnes, `{until|date}` a
/// date, `{role|member_role}` the name of a value in a group of the catalogue, `{project}` as it is.
const TONNES: &str = "tonnes";
const DATE: &str = "date";

impl Language {
    pub const ALL: [Self; 3] = [Self::English, Self::French, Self::Spanish];

    /// The tag of the language, as in the database.
    pub fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::French => "fr",
            Self::Spanish => "es",
        }
    }

    fn catalogue(self) -> &'static Catalogue {
        match self {
            Self::English => &ENGLISH,
            Self::French => &FRENCH,
            Self::Spanish => &SPANISH,
        }
    }

    /// A text with its gaps filled.
    pub fn fill(self, key: &str, arguments: &BTreeMap<String, String>) -> String {
        let Some(text) = self.catalogue().get(key) else { return key.to_owned() };
        let filled = pieces(text).into_iter().map(|piece| match piece {
            Piece::Words(words) => words.to_owned(),
            Piece::Gap(gap) => {
                let (name, form) = gap.split_once('|').unwrap_or((gap, ""));
                let value = arguments.get(name).map_or("…", String::as_str);
                self.write(form, value)
            }
        });
        filled.collect()
    }

    fn write(self, form: &str, value: &str) -> String {
        match form {
            "" => value.to_owned(),
            TONNES => self.tonnes(value),
            DATE => self.date(value),
            group => self.label(group, value),
        }
    }

    fn label(self, group: &str, value: &str) -> String {
        let named = self.catalogue().get(&format!("{group}.{value}"));
        named.cloned().unwrap_or_else(|| value.replace('_', " "))
    }

    fn tonnes(self, value: &str) -> String {
        let Ok(n) = value.parse::<u64>() else { return value.to_owned() };
        let one = match self {
            // Nothing is singular in French.
            Self::French => n < 2,
            _ => n == 1,
        };
        let key = if one { "written.tonnes.one" } else { "written.tonnes.other" };
        self.fill(key, &[("n".to_owned(), self.number(n))].into())
    }

    /// A whole number with the language's separators.
    fn number(self, n: u64) -> String {
        let separator = match self {
            Self::English => ',',
            Self::French => '\u{202f}',
            Self::Spanish => '.',
        };
        let digits = n.to_string();
        let mut text = String::new();
        for (index, digit) in digits.char_indices() {
            if index > 0 && (digits.len() - index).is_multiple_of(3) {
                text.push(separator);
            }
            text.push(digit);
        }
        text
    }

    /// `2024-03-12T14:05:00Z` as a day and a time.
    fn date(self, value: &str) -> String {
        let Ok(time) = value.parse::<chrono::DateTime<chrono::Utc>>() else {
            return value.to_owned();
        };
        let month = self.label("month", &time.format("%-m").to_string());
        let arguments = [
            ("day".to_owned(), time.format("%-d").to_string()),
            ("month".to_owned(), month),
            ("year".to_owned(), time.format("%Y").to_string()),
            ("time".to_owned(), time.format("%H:%M").to_string()),
        ];
        self.fill("written.date", &arguments.into())
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.tag())
    }
}

impl FromStr for Language {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.into_iter().find(|language| language.tag() == text);
        found.ok_or("mail is written in en, fr or es")
    }
}

/// The texts of a template, by what they are.
pub const PARTS: [&str; 2] = ["subject", "text"];

/// What a language lacks to write a letter: a text, or what fills a gap in it.
pub fn missing(
    language: Language,
    template: &str,
    arguments: &BTreeMap<String, String>,
) -> Option<String> {
    PARTS.into_iter().find_map(|part| {
        let key = format!("letter.{template}.{part}");
        let Some(text) = language.catalogue().get(&key) else {
            return Some(format!("{key} in {language}"));
        };
        pieces(text).into_iter().find_map(|piece| match piece {
            Piece::Words(_) => None,
            Piece::Gap(gap) => {
                let name = gap.split_once('|').map_or(gap, |(name, _)| name);
                (!arguments.contains_key(name)).then(|| format!("{name} of {key} in {language}"))
            }
        })
    })
}
