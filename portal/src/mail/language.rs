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

#[cfg(test)]
mod tests {
    use super::*;
    use registry_primitives::{
        credit::CancellationReason, project::DocumentKind, Action, MemberRole, OrganisationRole,
    };
    use std::{collections::BTreeSet, path::Path};

    const FILES: [(Language, &str); 3] = [
        (Language::English, include_str!("../../locales/mail/en.json")),
        (Language::French, include_str!("../../locales/mail/fr.json")),
        (Language::Spanish, include_str!("../../locales/mail/es.json")),
    ];

    /// The gaps of a text, with how they are written.
    fn gaps(text: &str) -> BTreeSet<&str> {
        let gap = |piece| match piece {
            Piece::Gap(gap) => Some(gap),
            Piece::Words(_) => None,
        };
        pieces(text).into_iter().filter_map(gap).collect()
    }

    #[test]
    fn every_language_has_every_text_with_every_gap() {
        let english = Language::English.catalogue();
        assert!(english.len() > 150, "{}", english.len());
        for (language, file) in FILES {
            let catalogue = i18n::parse(file).unwrap();
            assert_eq!(catalogue.len(), english.len(), "{language}");
            for (key, text) in english {
                let other = catalogue.get(key).unwrap_or_else(|| panic!("{language} lacks {key}"));
                assert_eq!(gaps(text), gaps(other), "{key} in {language}");
                assert!(!other.trim().is_empty() && !other.contains("  "), "{key} in {language}");
                // A line of its own would be taken for the frame's.
                assert!(!other.contains(char::is_control), "{key} in {language}");
                if language != Language::English && key.ends_with(".text") {
                    assert_ne!(text, other, "{key} is not translated to {language}");
                }
            }
        }
    }

    #[test]
    fn every_value_that_a_letter_names_has_a_name() {
        for language in Language::ALL {
            let named = |group: &str, values: Vec<String>| {
                for value in values {
                    let key = format!("{group}.{value}");
                    assert!(language.catalogue().contains_key(&key), "{language} lacks {key}");
                }
            };
            let all = |values: &[&dyn ToString]| values.iter().map(|it| it.to_string()).collect();
            named("action", Action::ALL.iter().map(ToString::to_string).collect());
            named("document_kind", DocumentKind::ALL.iter().map(ToString::to_string).collect());
            named(
                "organisation_role",
                OrganisationRole::ALL.iter().map(ToString::to_string).collect(),
            );
            named("member_role", MemberRole::ALL.iter().map(ToString::to_string).collect());
            named(
                "cancellation_reason",
                CancellationReason::ALL.iter().map(ToString::to_string).collect(),
            );
            named("retirement_purpose", all(&[&"ndc_use", &"legal_action", &"other"]));
            named("month", (1..=12).map(|month| month.to_string()).collect());
            // How a value is written is a form or one of these groups.
            let forms = language.catalogue().values().flat_map(|text| gaps(text));
            for (_, form) in forms.filter_map(|gap| gap.split_once('|')) {
                let group = format!("{form}.");
                let known = [TONNES, DATE].contains(&form)
                    || language.catalogue().keys().any(|key| key.starts_with(&group));
                assert!(known, "{language} has no form {form}");
            }
        }
    }

    /// Everything in quotes in the portal's code.
    fn quoted(folder: &Path, into: &mut BTreeSet<String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                quoted(&path, into);
            } else {
                let text = std::fs::read_to_string(&path).unwrap();
                let code = text.split("#[cfg(test)]").next().unwrap_or_default();
                into.extend(code.split('"').map(str::to_owned));
                for letter in code.split("Letter::new(\"").skip(1) {
                    let template = letter.split('"').next().unwrap();
                    let key = format!("letter.{template}.text");
                    let there = Language::English.catalogue().contains_key(&key);
                    assert!(there, "{} writes {key}, which is not there", path.display());
                }
            }
        }
    }

    #[test]
    fn every_text_is_a_letters_and_every_letter_has_one() {
        let mut used = BTreeSet::new();
        quoted(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut used);
        let keys = Language::English.catalogue().keys();
        let templates: BTreeSet<&str> =
            keys.filter_map(|key| key.strip_prefix("letter.")?.split('.').next()).collect();
        assert!(templates.len() > 50);
        for template in templates {
            assert!(used.contains(template), "nothing writes the letter {template:?}");
        }
    }

    #[test]
    fn values_are_written_as_each_language_does() {
        for (language, tonnes, one, date) in [
            (Language::English, "1,234,567 tonnes", "1 tonne", "12 March 2024, 14:05 UTC"),
            (
                Language::French,
                "1\u{202f}234\u{202f}567 tonnes",
                "1 tonne",
                "12 mars 2024, 14:05 UTC",
            ),
            (
                Language::Spanish,
                "1.234.567 toneladas",
                "1 tonelada",
                "12 de marzo de 2024, 14:05 UTC",
            ),
        ] {
            assert_eq!(language.tonnes("1234567"), tonnes);
            assert_eq!(language.tonnes("1"), one);
            assert_eq!(language.date("2024-03-12T14:05:00.000Z"), date);
            assert_eq!(language.tag().parse::<Language>(), Ok(language));
        }
        assert_eq!(Language::French.tonnes("0"), "0 tonne");
        assert_eq!(Language::English.tonnes("0"), "0 tonnes");
        assert_eq!(Language::English.tonnes("many"), "many");
        assert!("de".parse::<Language>().is_err());
    }

    #[test]
    fn a_letter_with_an_open_gap_is_missing_something() {
        let given = |names: &[&str]| {
            names
                .iter()
                .map(|name| ((*name).to_owned(), "x".to_owned()))
                .collect::<BTreeMap<_, _>>()
        };
        let missing = |template, names| super::missing(Language::English, template, &given(names));
        assert_eq!(missing("project_resumed", &["project"]), None);
        assert!(missing("project_resumed", &[]).unwrap().starts_with("project of"));
        assert!(missing("no_such_letter", &[]).unwrap().contains("no_such_letter"));
    }
}
