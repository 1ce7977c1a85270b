// SPDX-License-Identifier: Apache-2.0
//! Catalogues say the same in all languages, and sentences are whole.

use super::*;
use crate::{
    blocks::Blocks,
    bridge::{cases::BridgeCases, events::BridgeEvents},
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
    itmo::{PlatformEvent, ReadFailure},
    organisation::OrganisationStatus,
    project::{
        DocumentKind, DocumentStatus, FirstTransfer, MonitoringStage, ProjectStage, Purpose,
    },
    Action, ActionClass, CountryCode, Gas, MemberRole, MitigationType, OrganisationRole, Sector,
    SectoralScope,
};
use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

const EN: Language = Language::English;

impl Language {
    fn has(self, key: &str) -> bool {
        self.catalogue().contains_key(key)
    }
}

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
    let signing = read(&own.join("web/src"), ".js");
    templates.into_iter().chain(code).chain(signing).flat_map(quoted).collect()
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
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' || c == '.';
        // A template's name looks like a key.
        text.split_once('.')
            .is_some_and(|(group, name)| groups.contains(group) && !["html", "typ"].contains(&name))
            && text.chars().all(plain)
            // The name of a call looks like one too.
            && !crate::console::is_call(text)
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
        "accept",
        "action",
        "action_class",
        "api_scope",
        "application_state",
        "audit_action",
        "block_status",
        "bridge_case",
        "bridge_cause",
        "bridge_event",
        "bridge_outcome",
        "building",
        "calculator_example",
        "calculator_input",
        "call",
        "call_lead",
        "call_words",
        "cancellation_reason",
        "certification_status",
        "column_kind",
        "condition",
        "consent",
        "corrects",
        "country",
        "day_condition",
        "dimension",
        "document_kind",
        "document_status",
        "event",
        "field",
        "field_hint",
        "file",
        "file_state",
        "first_transfer",
        "first_transfer_words",
        "formula",
        "gas",
        "history",
        "hold",
        "import_status",
        "import_words",
        "invitation_state",
        "language",
        "member_role",
        "methodology",
        "mitigation",
        "monitoring_stage",
        "month",
        "motion_status",
        "notify",
        "organisation_role",
        "organisation_status",
        "pallet",
        "part",
        "part_reason",
        "pause_status",
        "pending",
        "profile",
        "proposal_status",
        "purpose",
        "read_failure",
        "refusal",
        "request_status",
        "requirement",
        "retirement_purpose",
        "runtime_version",
        "scope",
        "search_kind",
        "sector",
        "service",
        "signing",
        "stage",
        "stage_public",
        "stage_reason",
        "stage_words",
        "statistics_by",
        "statistics_column",
        "statistics_field",
        "statistics_help",
        "validator_conduct",
        "waiting_for",
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
    named("stage_words", ProjectStage::ALL);
    named("requirement", &["accepted", "submitted", "rejected", "missing", "later"]);
    named("runtime_version", &["in_force"]);
    named("validator_conduct", &["clean", "reported"]);
    named("motion_status", &["open", "approved", "executed", "failed", "disapproved", "killed"]);
    named("pallet", &["Validators", "RegistryCouncil", "Governance", "TxPause", "SafeMode"]);
    named("profile", &["description", "representative", "address", "email", "phone", "website"]);
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
    named("statistics_help", &statistics.concat());
    named("statistics_by", &choices::<credit_flows::Flows>("by"));
    named("statistics_by", &choices::<credit_stock::Stock>("by"));
    named("statistics_by", &choices::<project_flows::Flows>("by"));
    named("statistics_by", &choices::<project_stock::Stock>("by"));
    named("bridge_event", PlatformEvent::ALL);
    named("bridge_outcome", &choices::<BridgeEvents>("outcome"));
    named("bridge_case", &choices::<BridgeCases>("status"));
    named("bridge_cause", &choices::<BridgeCases>("cause"));
    named("read_failure", ReadFailure::ALL);
    named("retirement_purpose", &choices::<Retirements>("purpose"));
    named(
        "statistics_field",
        &["from", "to", "at", "organisation", "project", "proponent", "certifier"],
    );
    named("country", &CountryCode::all().collect::<Vec<_>>());
    named("month", &(1..=12).collect::<Vec<_>>());
}

/// The sentence that a form of it is of, where it is of a number of things.
fn counted(key: &str) -> Option<(&str, &str)> {
    let (base, form) = key.rsplit_once('.')?;
    let all = ["one", "other"].iter().all(|form| EN.has(&format!("{base}.{form}")));
    (all && Language::Arabic.forms().contains(&form)).then_some((base, form))
}

/// The names of the gaps of a sentence.
fn gaps(sentence: &str) -> BTreeSet<&str> {
    let gap = |piece| match piece {
        Piece::Gap(name) => Some(name),
        Piece::Words(_) => None,
    };
    pieces(sentence).into_iter().filter_map(gap).collect()
}

#[test]
fn every_language_has_the_sentences_of_english_with_their_gaps() {
    for (language, file) in [
        (Language::English, include_str!("../../locales/en.json")),
        (Language::French, include_str!("../../locales/fr.json")),
        (Language::Spanish, include_str!("../../locales/es.json")),
        (Language::Arabic, include_str!("../../locales/ar.json")),
    ] {
        let own = parse(file).unwrap();
        let catalogue = language.catalogue();
        if language == EN {
            // What is the client's is not here as well.
            assert_eq!(own.len() + locale::ENGLISH.len(), catalogue.len());
        } else {
            assert_eq!(&own, catalogue);
        }
        for (key, sentence) in catalogue {
            let model = match counted(key) {
                Some((base, form)) => {
                    assert!(language.forms().contains(&form), "{language} has no form {key}");
                    // One and two of a thing can be words of their own.
                    if ["zero", "one", "two"].contains(&form) && !sentence.contains("{n}") {
                        continue;
                    }
                    EN.find(&format!("{base}.other"))
                }
                None => EN.catalogue().get(key).map(String::as_str),
            };
            let model = model.unwrap_or_else(|| panic!("{language} has {key}, English not"));
            assert_eq!(gaps(model), gaps(sentence), "{key} in {language}");
            let open = |c| sentence.matches(c).count();
            assert_eq!(open('{'), open('}'), "{key} in {language}");
            assert!(!sentence.trim().is_empty(), "{key} is empty in {language}");
        }
        for key in EN.catalogue().keys() {
            match counted(key) {
                Some((base, _)) => {
                    for form in language.forms() {
                        assert!(language.has(&format!("{base}.{form}")), "{language}: {base}");
                    }
                }
                None => assert!(language.has(key), "{language} lacks {key}"),
            }
        }
    }
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
    assert_eq!(Language::French.number(1_234_567), "1\u{202f}234\u{202f}567");
    assert_eq!(Language::Spanish.number(1_234_567), "1.234.567");
    assert_eq!(Language::Arabic.number(-1_234_567), "\u{200e}−1,234,567");
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
    assert_eq!(Language::French.percent(25_500), "2,55\u{a0}%");
    assert_eq!(Language::Spanish.percent(25_500), "2,55\u{a0}%");
    assert_eq!(Language::Arabic.percent(25_500), "2.55%");
}

#[test]
fn dates_and_durations_read_as_people_say_them() {
    let time = |seconds| DateTime::from_timestamp(seconds, 0).unwrap();
    let (march, first) = (time(1_710_252_300), time(1_717_200_000));
    assert_eq!(EN.date(march), "12 March 2024");
    assert_eq!(EN.date_time(march), "12 March 2024, 14:05 UTC");
    assert_eq!(EN.date(first), "1 June 2024");
    assert_eq!(Language::French.date_time(march), "12 mars 2024, 14:05 UTC");
    assert_eq!(Language::French.date(first), "1er juin 2024");
    assert_eq!(Language::Spanish.date(march), "12 de marzo de 2024");
    assert_eq!(Language::Arabic.date(march), "12 مارس 2024");
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

#[test]
fn numbers_of_things_agree() {
    assert_eq!(EN.count("unit.tonnes", 0), "0 tonnes");
    assert_eq!(Language::French.count("unit.tonnes", 0), "0 tonne");
    assert_eq!(Language::French.count("unit.tonnes", 2_000), "2\u{202f}000 tonnes");
    assert_eq!(Language::Spanish.count("unit.tonnes", 1), "1 tonelada");
    let arabic: BTreeSet<String> =
        [1, 2, 3, 11, 100].map(|n| Language::Arabic.count("unit.tonnes", n)).into();
    assert_eq!(arabic.len(), 5);
}
