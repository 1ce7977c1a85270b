// SPDX-License-Identifier: Apache-2.0
//! The catalogue: every sentence that people read, by its key.

use serde_json::Value;
use std::{collections::HashMap, sync::LazyLock};

/// A language that the portal speaks.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Language {
    /// English.
    #[default]
    English,
}

/// The sentences of a language, by keys such as `home.title`.
type Catalogue = HashMap<String, String>;

static ENGLISH: LazyLock<Catalogue> =
    LazyLock::new(|| parse(include_str!("../locales/en.json")).unwrap_or_default());

/// Flattens nested objects into dotted keys. A test reads the embedded files, so that one that
/// cannot be parsed is found before anybody runs it.
pub fn parse(text: &str) -> Result<Catalogue, serde_json::Error> {
    fn flatten(prefix: &str, value: Value, into: &mut Catalogue) {
        match value {
            Value::Object(entries) => {
                for (name, value) in entries {
                    let key = if prefix.is_empty() { name } else { format!("{prefix}.{name}") };
                    flatten(&key, value, into);
                }
            }
            Value::String(text) => {
                into.insert(prefix.to_owned(), text);
            }
            other => {
                into.insert(prefix.to_owned(), other.to_string());
            }
        }
    }
    let mut catalogue = Catalogue::new();
    flatten("", serde_json::from_str(text)?, &mut catalogue);
    Ok(catalogue)
}

/// One piece of a sentence: the catalogue's own words, or the name of a gap to fill.
#[derive(PartialEq, Eq, Debug)]
pub enum Piece<'a> {
    /// Words.
    Words(&'a str),
    /// `{name}`.
    Gap(&'a str),
}

/// Takes a sentence apart at its gaps.
pub fn pieces(sentence: &str) -> Vec<Piece<'_>> {
    let mut found = Vec::new();
    let mut rest = sentence;
    while let Some((words, (name, after))) =
        rest.split_once('{').and_then(|(words, gap)| Some((words, gap.split_once('}')?)))
    {
        if !words.is_empty() {
            found.push(Piece::Words(words));
        }
        found.push(Piece::Gap(name));
        rest = after;
    }
    if !rest.is_empty() {
        found.push(Piece::Words(rest));
    }
    found
}

impl Language {
    /// The tag of the language, as in `<html lang>`.
    pub fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
        }
    }

    fn catalogue(self) -> &'static Catalogue {
        match self {
            Self::English => &ENGLISH,
        }
    }

    /// A sentence, if there is one of this key.
    pub fn find(self, key: &str) -> Option<&'static str> {
        self.catalogue().get(key).map(String::as_str)
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
        let value = |name| arguments.iter().find(|(known, _)| *known == name);
        pieces(self.t(key))
            .into_iter()
            .map(|piece| match piece {
                Piece::Words(words) => words,
                Piece::Gap(name) => value(name).map_or("…", |(_, value)| value),
            })
            .collect()
    }

    /// The sentence for a number of things: `key.one` or `key.other`, with `{n}`.
    pub fn count(self, key: &str, n: i64) -> String {
        let form = if n == 1 { "one" } else { "other" };
        self.fill(&format!("{key}.{form}"), &[("n", self.number(n))])
    }

    /// The name of a value of an enumeration; the value itself where the chain knows one that the
    /// catalogue does not.
    pub fn label(self, group: &str, value: &str) -> String {
        self.find(&format!("{group}.{value}"))
            .map_or_else(|| value.replace('_', " "), str::to_owned)
    }

    /// A whole number with separators.
    pub fn number(self, n: i64) -> String {
        let digits = n.unsigned_abs().to_string();
        let mut text = String::with_capacity(digits.len() + digits.len() / 3 + 1);
        if n < 0 {
            text.push('−');
        }
        for (index, digit) in digits.char_indices() {
            if index > 0 && (digits.len() - index).is_multiple_of(3) {
                text.push(',');
            }
            text.push(digit);
        }
        text
    }

    /// Parts per million as a percentage, without loss.
    pub fn percent(self, ppm: i64) -> String {
        let (whole, rest) = (ppm / 10_000, (ppm % 10_000).unsigned_abs());
        let fraction = format!("{rest:04}");
        let fraction = fraction.trim_end_matches('0');
        let point = if fraction.is_empty() { "" } else { "." };
        format!("{}{point}{fraction}\u{a0}%", self.number(whole))
    }

    /// `12 March 2024`.
    pub fn date(self, time: chrono::DateTime<chrono::Utc>) -> String {
        time.format("%-d %B %Y").to_string()
    }

    /// `12 March 2024, 14:05 UTC`.
    pub fn date_time(self, time: chrono::DateTime<chrono::Utc>) -> String {
        time.format("%-d %B %Y, %H:%M UTC").to_string()
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
mod tests {
    use super::*;
    use crate::{
        blocks::Blocks,
        list::{Kind, Listing},
        proposals::Proposals,
        requests::{retirements::RetirementRequests, transfers::TransferRequests},
        retirements::Retirements,
        statistics::{credit_flows, credit_stock, project_flows, project_stock},
        status::Part,
    };
    use credit_calculator::{Building, Dimension, Input, Methodology};
    use registry_primitives::{
        credit::{CancellationReason, HoldReason},
        organisation::OrganisationStatus,
        project::{
            DocumentKind, DocumentStatus, FirstTransfer, MonitoringStage, ProjectStage, Purpose,
        },
        Action, ActionClass, CountryCode, Gas, MemberRole, MitigationType, OrganisationRole,
        Sector, SectoralScope,
    };
    use std::{
        collections::BTreeSet,
        path::{Path, PathBuf},
    };

    const EN: Language = Language::English;

    /// The files of a folder and of the folders in it, with their contents.
    fn read(folder: &Path, ending: &str) -> Vec<(String, String)> {
        let paths = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        let (folders, files): (Vec<_>, Vec<_>) = paths.partition(|path| path.is_dir());
        let files = files.iter().filter(|path| path.to_string_lossy().ends_with(ending));
        let read =
            |path: &PathBuf| (path.display().to_string(), std::fs::read_to_string(path).unwrap());
        let deeper = folders.iter().flat_map(|folder| self::read(folder, ending));
        files.map(read).chain(deeper).collect()
    }

    /// The headings of the numbers of a statistic.
    fn headings<S: Listing>() -> Vec<&'static str> {
        let headings = S::COLUMNS.iter().map(|(heading, _)| *heading);
        headings.filter(|heading| !["key", "name"].contains(heading)).collect()
    }

    /// What can be given for a parameter of a list.
    fn choices<S: Listing>(name: &str) -> Vec<&'static str> {
        let field = S::FIELDS.iter().find(|field| field.name == name).unwrap();
        let Kind::Choice(choices) = field.kind else { panic!("{name} is no choice") };
        choices.all()
    }

    /// Everything in quotes, in templates and in the code outside its tests, with the file.
    fn quoted() -> Vec<(String, String)> {
        let own = Path::new(env!("CARGO_MANIFEST_DIR"));
        let templates = read(&own.join("templates"), ".html");
        let code = read(&own.join("src"), ".rs").into_iter().map(|(file, text)| {
            let code = text.split("#[cfg(test)]").next().unwrap_or_default().to_owned();
            (file, code)
        });
        let quoted = |(file, text): (String, String)| {
            let parts: Vec<_> = text.split('"').map(str::to_owned).collect();
            parts.into_iter().map(move |part| (file.clone(), part))
        };
        templates.into_iter().chain(code).flat_map(quoted).collect()
    }

    /// Whether there is a sentence, or a pair for one and for many.
    fn known(key: &str) -> bool {
        EN.find(key).is_some()
            || [".one", ".other"].iter().all(|form| EN.find(&format!("{key}{form}")).is_some())
    }

    #[test]
    fn no_sentence_is_missing() {
        let groups: BTreeSet<&str> =
            EN.catalogue().keys().filter_map(|key| key.split('.').next()).collect();
        let is_key = |text: &str| {
            let plain =
                |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' || c == '.';
            // A template's name looks like a key.
            text.split_once('.')
                .is_some_and(|(group, name)| groups.contains(group) && name != "html")
                && text.chars().all(plain)
        };
        let keys: Vec<_> = quoted().into_iter().filter(|(_, text)| is_key(text)).collect();
        assert!(keys.len() > 200, "the search for keys finds only {}", keys.len());
        for (file, key) in keys {
            assert!(known(&key), "{file} uses {key:?}, which the catalogue lacks");
        }
        assert!(is_key("home.totals") && !known("home.totalz"));
    }

    #[test]
    fn no_sentence_is_left_over() {
        // Looked up by the value of an enumeration; the next test sees to those.
        const BY_VALUE: &[&str] = &[
            "action",
            "action_class",
            "block_status",
            "building",
            "calculator_example",
            "calculator_input",
            "cancellation_reason",
            "certification_status",
            "condition",
            "consent",
            "country",
            "day_condition",
            "dimension",
            "document_kind",
            "document_status",
            "event",
            "file",
            "first_transfer",
            "first_transfer_words",
            "formula",
            "gas",
            "history",
            "hold",
            "member_role",
            "methodology",
            "mitigation",
            "monitoring_stage",
            "organisation_role",
            "organisation_status",
            "part",
            "part_reason",
            "pause_status",
            "pending",
            "proposal_status",
            "purpose",
            "request_status",
            "retirement_purpose",
            "scope",
            "sector",
            "service",
            "stage",
            "stage_public",
            "stage_reason",
            "statistics_by",
            "statistics_column",
            "statistics_field",
        ];
        let used: BTreeSet<String> = quoted().into_iter().map(|(_, text)| text).collect();
        for key in EN.catalogue().keys() {
            let group = key.split('.').next().unwrap();
            let counted = key.strip_suffix(".one").or_else(|| key.strip_suffix(".other"));
            assert!(
                BY_VALUE.contains(&group)
                    || used.contains(key)
                    || counted.is_some_and(|key| used.contains(key)),
                "nothing uses the sentence {key:?}"
            );
        }
    }

    #[test]
    fn every_value_of_an_enumeration_has_a_name() {
        fn named<T: std::fmt::Display>(group: &str, values: &[T]) {
            for value in values {
                let key = format!("{group}.{value}");
                assert!(EN.find(&key).is_some(), "the catalogue lacks {key:?}");
            }
        }
        named("stage", ProjectStage::ALL);
        named("sector", Sector::ALL);
        named("scope", SectoralScope::ALL);
        named("mitigation", MitigationType::ALL);
        named("gas", Gas::ALL);
        named("document_kind", DocumentKind::ALL);
        named("document_status", DocumentStatus::ALL);
        named("monitoring_stage", MonitoringStage::ALL);
        named("organisation_role", OrganisationRole::ALL);
        named("organisation_status", OrganisationStatus::ALL);
        named("member_role", MemberRole::ALL);
        named("purpose", Purpose::ALL);
        named("first_transfer", FirstTransfer::ALL);
        named("hold", HoldReason::ALL);
        named("cancellation_reason", CancellationReason::ALL);
        named("action", Action::ALL);
        named("action_class", ActionClass::ALL);
        named("first_transfer_words", FirstTransfer::ALL);
        named("methodology", Methodology::ALL);
        named("formula", Methodology::ALL);
        named("building", Building::ALL);
        named("dimension", Dimension::ALL);
        named("calculator_input", Input::ALL);
        named("calculator_example", Input::ALL);
        named("stage_reason", &["rejected", "withdrawn", "suspended", "completed"]);
        named("certification_status", &["valid", "revoked", "suspended"]);
        named("consent", &["given", "missing"]);
        named("file", &crate::page::FILES);
        named("pause_status", &["paused", "running"]);
        named("part", &Part::ALL.map(Part::as_str));
        for group in ["condition", "day_condition"] {
            named(group, &["works", "degraded", "down", "unknown"]);
        }
        named(
            "part_reason",
            &[
                "unreachable",
                "not_asked",
                "not_final",
                "syncing",
                "alone",
                "behind",
                "stands_still",
                "slow",
                "no_tables",
                "cannot_be_told",
            ],
        );
        named("proposal_status", &choices::<Proposals>("status"));
        named("request_status", &choices::<TransferRequests>("status"));
        named("request_status", &choices::<RetirementRequests>("status"));
        named(
            "history",
            &[
                "issued",
                "issued_on_hold",
                "issued_buffer",
                "split",
                "transferred",
                "retired",
                "held",
                "released",
                "reserved",
                "returned",
                "cancelled",
                "buffer_released",
                "first_transferred",
            ],
        );
        named("block_status", &choices::<Blocks>("status"));
        let statistics = [
            headings::<credit_flows::Flows>(),
            headings::<credit_stock::Stock>(),
            headings::<project_flows::Flows>(),
            headings::<project_stock::Stock>(),
        ];
        named("statistics_column", &statistics.concat());
        named("statistics_by", &choices::<credit_flows::Flows>("by"));
        named("statistics_by", &choices::<credit_stock::Stock>("by"));
        named("statistics_by", &choices::<project_flows::Flows>("by"));
        named("statistics_by", &choices::<project_stock::Stock>("by"));
        named("retirement_purpose", &choices::<Retirements>("purpose"));
        named(
            "statistics_field",
            &["from", "to", "at", "organisation", "project", "proponent", "certifier"],
        );
        named("country", &CountryCode::all().collect::<Vec<_>>());
    }

    #[test]
    fn gaps_are_found_and_filled() {
        assert_eq!(
            pieces("a {b} c{d}"),
            [Piece::Words("a "), Piece::Gap("b"), Piece::Words(" c"), Piece::Gap("d")]
        );
        assert_eq!(pieces("an { open end"), [Piece::Words("an { open end")]);
        assert_eq!(EN.fill("duration.minutes.other", &[("n", "5".into())]), "5 minutes");
    }

    #[test]
    fn numbers_have_separators() {
        for (n, text) in [
            (0, "0"),
            (999, "999"),
            (1_000, "1,000"),
            (12_345, "12,345"),
            (9_007_199_254_740_991, "9,007,199,254,740,991"),
            (-1_000, "−1,000"),
        ] {
            assert_eq!(EN.number(n), text);
        }
    }

    #[test]
    fn percentages_lose_nothing() {
        for (ppm, text) in [
            (1_000_000, "100\u{a0}%"),
            (0, "0\u{a0}%"),
            (50_000, "5\u{a0}%"),
            (333_333, "33.3333\u{a0}%"),
            (25_500, "2.55\u{a0}%"),
            (1, "0.0001\u{a0}%"),
        ] {
            assert_eq!(EN.percent(ppm), text);
        }
    }

    #[test]
    fn dates_and_durations_read_as_people_say_them() {
        let time = chrono::DateTime::from_timestamp(1_710_252_300, 0).unwrap();
        assert_eq!(EN.date(time), "12 March 2024");
        assert_eq!(EN.date_time(time), "12 March 2024, 14:05 UTC");
        for (seconds, text) in [
            (-5, "0 seconds"),
            (1, "1 second"),
            (119, "119 seconds"),
            (120, "2 minutes"),
            (7_199, "119 minutes"),
            (7_200, "2 hours"),
            (172_800, "2 days"),
        ] {
            assert_eq!(EN.duration(seconds), text);
        }
    }
}
