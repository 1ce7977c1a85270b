// SPDX-License-Identifier: Apache-2.0
//! The texts of mails, in the languages in which people are written to.

use crate::i18n::{self, pieces, Language, Piece};
use std::{
    collections::{BTreeMap, HashMap},
    sync::LazyLock,
};

type Catalogue = HashMap<String, String>;

static ENGLISH: LazyLock<Catalogue> =
    LazyLock::new(|| read(include_str!("../../locales/mail/en.json")));
static FRENCH: LazyLock<Catalogue> =
    LazyLock::new(|| read(include_str!("../../locales/mail/fr.json")));
static SPANISH: LazyLock<Catalogue> =
    LazyLock::new(|| read(include_str!("../../locales/mail/es.json")));
static ARABIC: LazyLock<Catalogue> =
    LazyLock::new(|| read(include_str!("../../locales/mail/ar.json")));

/// A test reads the embedded files, so that one that cannot be parsed is found before anybody runs it.
fn read(text: &str) -> Catalogue {
    i18n::parse(text).unwrap_or_default()
}

/// How the value of a gap is written: `{quantity|tonnes}` is a number of tonnes, `{until|date}` a
/// date, `{role|member_role}` the name of a value in a group of the catalogue, `{project}` as it is.
const TONNES: &str = "tonnes";
const DATE: &str = "date";

fn catalogue(language: Language) -> &'static Catalogue {
    match language {
        Language::English => &ENGLISH,
        Language::French => &FRENCH,
        Language::Spanish => &SPANISH,
        Language::Arabic => &ARABIC,
    }
}

/// A text of a language; the English one where it is not translated.
fn find(language: Language, key: &str) -> Option<&'static String> {
    catalogue(language).get(key).or_else(|| ENGLISH.get(key))
}

/// A text with its gaps filled.
pub fn fill(language: Language, key: &str, arguments: &BTreeMap<String, String>) -> String {
    let Some(text) = find(language, key) else { return key.to_owned() };
    let filled = pieces(text).into_iter().map(|piece| match piece {
        Piece::Words(words) => words.to_owned(),
        Piece::Gap(gap) => {
            let (name, form) = gap.split_once('|').unwrap_or((gap, ""));
            let value = arguments.get(name).map_or("…", String::as_str);
            write(language, form, value)
        }
    });
    filled.collect()
}

fn write(language: Language, form: &str, value: &str) -> String {
    let written = match form {
        "" => None,
        TONNES => value.parse().ok().map(|n| language.count("unit.tonnes", n)),
        DATE => value.parse().ok().map(|time| language.date_time(time)),
        group => {
            let name = find(language, &format!("{group}.{value}"));
            Some(name.cloned().unwrap_or_else(|| value.replace('_', " ")))
        }
    };
    written.unwrap_or_else(|| value.to_owned())
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
        let Some(text) = find(language, &key) else {
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

    const FILES: [(Language, &str); 4] = [
        (Language::English, include_str!("../../locales/mail/en.json")),
        (Language::French, include_str!("../../locales/mail/fr.json")),
        (Language::Spanish, include_str!("../../locales/mail/es.json")),
        (Language::Arabic, include_str!("../../locales/mail/ar.json")),
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
        let english = catalogue(Language::English);
        assert!(english.len() > 150, "{}", english.len());
        for (language, file) in FILES {
            let texts = i18n::parse(file).unwrap();
            assert_eq!(texts.len(), english.len(), "{language}");
            for (key, text) in english {
                let other = texts.get(key).unwrap_or_else(|| panic!("{language} lacks {key}"));
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
                    assert!(catalogue(language).contains_key(&key), "{language} lacks {key}");
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
            // How a value is written is a form or one of these groups.
            let forms = catalogue(language).values().flat_map(|text| gaps(text));
            for (_, form) in forms.filter_map(|gap| gap.split_once('|')) {
                let group = format!("{form}.");
                let known = [TONNES, DATE].contains(&form)
                    || catalogue(language).keys().any(|key| key.starts_with(&group));
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
                    let there = catalogue(Language::English).contains_key(&key);
                    assert!(there, "{} writes {key}, which is not there", path.display());
                }
            }
        }
    }

    #[test]
    fn every_text_is_a_letters_and_every_letter_has_one() {
        let mut used = BTreeSet::new();
        quoted(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut used);
        let keys = catalogue(Language::English).keys();
        let templates: BTreeSet<&str> =
            keys.filter_map(|key| key.strip_prefix("letter.")?.split('.').next()).collect();
        assert!(templates.len() > 50);
        for template in templates {
            assert!(used.contains(template), "nothing writes the letter {template:?}");
        }
    }

    #[test]
    fn values_are_written_as_each_language_does() {
        for (language, tonnes, date) in [
            (Language::English, "1,234,567 tonnes", "12 March 2024, 14:05 UTC"),
            (Language::French, "1\u{202f}234\u{202f}567 tonnes", "12 mars 2024, 14:05 UTC"),
            (Language::Spanish, "1.234.567 toneladas", "12 de marzo de 2024, 14:05 UTC"),
        ] {
            assert_eq!(write(language, TONNES, "1234567"), tonnes);
            assert_eq!(write(language, DATE, "2024-03-12T14:05:00.000Z"), date);
        }
        assert_eq!(write(Language::English, TONNES, "many"), "many");
        assert_eq!(write(Language::English, DATE, "soon"), "soon");
        assert_eq!(write(Language::Spanish, "document_kind", "never_named"), "never named");
        assert_eq!(write(Language::French, "", "1234567"), "1234567");
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
