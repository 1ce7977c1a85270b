// SPDX-License-Identifier: Apache-2.0
//! The manual: what people of each role can do here, and how. Written in `docs/manual`, translated in
//! the folders there, shown under `/help`.

mod markdown;

use crate::{
    about,
    i18n::Language,
    page::{self, Html, Layout},
    problem::{Message, Problem},
    server::App,
};
use askama::{filters::Safe, Template};
use axum::{
    extract::{Path, State},
    http::Uri,
    response::Response,
};

/// A page of the manual.
struct Part {
    /// Its name in addresses, which its files have too.
    name: &'static str,
    english: &'static str,
    french: &'static str,
    spanish: &'static str,
    arabic: &'static str,
}

macro_rules! source {
    ($folder:literal, $name:literal) => {
        include_str!(concat!("../../../docs/manual/", $folder, $name, ".md"))
    };
}

macro_rules! parts {
    ($($name:literal),* $(,)?) => {
        /// All pages, in the order of the overview.
        const PARTS: &[Part] = &[$(Part {
            name: $name,
            english: source!("", $name),
            french: source!("fr/", $name),
            spanish: source!("es/", $name),
            arabic: source!("ar/", $name),
        }),*];
    };
}

parts![
    "reader",
    "start",
    "signing",
    "government",
    "ministry",
    "developer",
    "certifier",
    "monitoring",
    "validator",
];

/// Where in the manual it is told what can be done at an address: by what the address begins with,
/// the longer before the shorter.
const SECTIONS: &[(&str, &str)] = &[
    ("/credits/", "reader#one-serial-number"),
    ("/credits", "reader#credits-and-serial-numbers"),
    ("/holdings", "reader#credits-and-serial-numbers"),
    ("/projects/", "reader#one-project"),
    ("/projects", "reader#find-a-project"),
    ("/retirements", "reader#check-a-certificate"),
    ("/verify", "reader#check-a-certificate"),
    ("/transfers", "reader#transfers-requests-and-cancellations"),
    ("/requests", "reader#transfers-requests-and-cancellations"),
    ("/cancellations", "reader#transfers-requests-and-cancellations"),
    ("/organisations", "reader#organisations"),
    ("/events", "reader#what-happened-and-who-did-it"),
    ("/proposals", "reader#what-happened-and-who-did-it"),
    ("/statistics", "reader#figures-and-statistics"),
    ("/article6", "reader#article-6"),
    ("/bridge", "reader#projects-from-the-itmo-platform"),
    ("/network", "reader#can-the-registry-be-trusted"),
    ("/settings", "reader#can-the-registry-be-trusted"),
    ("/status", "reader#can-the-registry-be-trusted"),
    ("/open-data", "reader#take-the-data-with-you"),
    ("/api", "reader#take-the-data-with-you"),
    ("/calculator", "reader#estimate-a-reduction"),
    ("/privacy", "start#delete-what-is-kept-about-you"),
    ("/invitation", "start#you-were-invited"),
    ("/account", "start#mail"),
    ("/apply", "start#register-an-organisation"),
    ("/add-network", "signing#make-a-key"),
    ("/demonstration", "signing#ways-to-sign"),
    ("/console/act/organisations.create", "government#create-an-organisation"),
    ("/console/act/organisations.suspend", SUSPEND),
    ("/console/act/organisations.reactivate", SUSPEND),
    ("/console/act/organisations.", "start#change-or-end-a-membership"),
    ("/console/act/approvals.set_threshold", "government#national-settings"),
    ("/console/act/approvals.", "start#when-several-officers-must-agree"),
    ("/console/act/projects.register", "developer#register-a-project"),
    ("/console/act/projects.submit_document", "developer#submit-documents"),
    ("/console/act/projects.review_document", "certifier#review-a-document"),
    ("/console/act/projects.validate", "certifier#validate-a-project"),
    ("/console/act/projects.authorise", "government#authorise-a-project"),
    ("/console/act/projects.change_terms", "government#authorise-a-project"),
    ("/console/act/projects.report", "developer#report-a-monitoring-period"),
    ("/console/act/projects.verify", "certifier#verify-a-monitoring-report"),
    ("/console/act/projects.return", "certifier#verify-a-monitoring-report"),
    ("/console/act/projects.withdraw_project", "developer#withdraw-a-project"),
    ("/console/act/projects.reject", END),
    ("/console/act/projects.suspend", END),
    ("/console/act/projects.resume", END),
    ("/console/act/projects.complete", END),
    ("/console/act/projects.propose", "developer#change-the-proponents"),
    ("/console/act/projects.consent", "developer#change-the-proponents"),
    ("/console/act/projects.withdraw_proponents", "developer#change-the-proponents"),
    ("/console/act/projects.assign", "government#assign-certifiers"),
    ("/console/act/projects.certify", "certifier#certify-a-project"),
    ("/console/act/projects.revoke", "certifier#certify-a-project"),
    ("/console/act/projects.refuse", "government#issue-credits"),
    ("/console/act/credits.issue", "government#issue-credits"),
    ("/console/act/credits.transfer", "developer#transfer-credits"),
    ("/console/act/credits.retire_for", "government#retire-for-the-state"),
    ("/console/act/credits.retire", "developer#retire-credits"),
    ("/console/act/credits.request_retirement", ABROAD),
    ("/console/act/credits.cancel_retirement", ABROAD),
    ("/console/act/credits.recognise", "government#recognise-an-international-retirement"),
    ("/console/act/credits.refuse", "government#recognise-an-international-retirement"),
    ("/console/act/credits.request_transfer", ASKED),
    ("/console/act/credits.approve", ASKED),
    ("/console/act/credits.reject", ASKED),
    ("/console/act/credits.cancel_transfer", ASKED),
    ("/console/act/credits.cancel", "government#cancel-credits"),
    ("/console/act/credits.hold", "government#hold-and-release"),
    ("/console/act/credits.release_buffer", "government#cancel-credits"),
    ("/console/act/credits.release", "government#hold-and-release"),
    ("/console/act/credits.pause", "government#pause-all-transfers"),
    ("/console/act/credits.resume", "government#pause-all-transfers"),
    ("/console/act/itmo_bridge.", "government#the-itmo-platform"),
    ("/console/act/", "government#national-settings"),
    ("/console/sign-in", "signing#sign-in"),
    ("/console/keys", "signing#make-a-key"),
    ("/console/credits", "developer#transfer-credits"),
    ("/console/applications", "government#applications"),
    ("/console/organisations/", "start#the-console"),
    ("/console/organisation", "start#invite-somebody"),
    ("/console/programs", "monitoring#set-it-up"),
    ("/console/files", "start#upload-a-file"),
    ("/console/account", "start#mail"),
    ("/console/import", "government#create-an-organisation"),
    ("/console/bridge", "government#the-itmo-platform"),
    ("/console/settings", "government#national-settings"),
    ("/console", "start#the-console"),
    ("/", "reader#the-front-page"),
];
const SUSPEND: &str = "government#suspend-an-organisation-and-lift-the-suspension";
const END: &str = "government#reject-suspend-or-complete-a-project";
const ABROAD: &str = "developer#retire-for-use-in-another-country";
const ASKED: &str = "developer#answer-or-make-a-request-for-a-transfer";

/// Where in the manual it is told what can be done at an address.
pub fn section(path: &str) -> &'static str {
    let found = SECTIONS.iter().find(|(beginning, _)| path.starts_with(beginning));
    found.map_or("reader", |(_, section)| section)
}

/// The address of the portal that a link in the manual leads to.
fn address(written: &str) -> String {
    match written.split_once(".md") {
        // Another page of the manual, as it is in the folder.
        Some((name, section)) => format!("/help/{name}{section}"),
        None => written.to_owned(),
    }
}

impl Part {
    fn source(&self, language: Language) -> &'static str {
        match language {
            Language::English => self.english,
            Language::French => self.french,
            Language::Spanish => self.spanish,
            Language::Arabic => self.arabic,
        }
    }

    fn page(&self, language: Language) -> markdown::Page {
        markdown::page(self.source(language), self.english, address)
    }
}

/// A page in the overview: its name, its title and its first paragraph.
struct Entry {
    name: &'static str,
    title: String,
    lead: Html,
}

#[derive(Template)]
#[template(path = "help.html")]
struct Overview {
    l: Layout,
    entries: Vec<Entry>,
}

/// `/help`
pub async fn overview(State(app): State<App>, uri: Uri) -> Result<Response, Problem> {
    let l = about::layout(&app, &uri, "help.title").await;
    let entries = PARTS
        .iter()
        .map(|part| {
            let page = part.page(l.language());
            Entry { name: part.name, title: page.title, lead: Safe(page.lead) }
        })
        .collect();
    page::render(&Overview { l, entries })
}

#[derive(Template)]
#[template(path = "manual.html")]
struct ManualPage {
    l: Layout,
    lead: Html,
    sections: Vec<(String, String)>,
    html: Html,
}

/// `/help/{name}`
pub async fn part(
    State(app): State<App>,
    uri: Uri,
    Path(name): Path<String>,
) -> Result<Response, Problem> {
    let part = PARTS.iter().find(|part| part.name == name);
    let part = part.ok_or_else(|| Problem::not_found(Message::new("problem.no_page")))?;
    let mut l = about::layout(&app, &uri, "help.title").await;
    let markdown::Page { title, lead, sections, html } = part.page(l.language());
    l.title = title;
    page::render(&ManualPage { l, lead: Safe(lead), sections, html: Safe(html) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    /// All pages, in all languages, with their sources.
    fn sources() -> impl Iterator<Item = (&'static Part, Language, &'static str)> {
        let of = |part: &'static Part| Language::ALL.map(|it| (part, it, part.source(it)));
        PARTS.iter().flat_map(of)
    }

    /// All pages and sections in a language, as addresses name them.
    fn places(language: Language) -> BTreeSet<String> {
        let of = |part: &'static Part| {
            let sections = part.page(language).sections.into_iter();
            let sections = sections.map(move |(anchor, _)| format!("{}#{anchor}", part.name));
            sections.chain([part.name.to_owned()])
        };
        PARTS.iter().flat_map(of).collect()
    }

    /// Where the links of a page lead.
    fn targets(source: &str) -> Vec<&str> {
        source.split("](").skip(1).filter_map(|rest| Some(rest.split_once(')')?.0)).collect()
    }

    /// What stands between two of a mark.
    fn marked<'a>(source: &'a str, mark: &'a str) -> Vec<&'a str> {
        source.split(mark).skip(1).step_by(2).collect()
    }

    /// What begins with a mark: headings by their level, items, notes, code.
    fn shape(source: &str) -> Vec<&str> {
        let marks = source.lines().filter(|line| {
            line.starts_with(['#', '>']) || line.starts_with("```") || markdown::is_item(line)
        });
        marks.filter_map(|line| line.split(' ').next()).collect()
    }

    #[test]
    fn every_page_leads_to_a_section_that_is_there() {
        let places = places(Language::English);
        for (path, section) in SECTIONS {
            assert!(places.contains(*section), "{path} leads to {section}");
        }
        for (index, (path, _)) in SECTIONS.iter().enumerate() {
            let hidden = SECTIONS[..index].iter().find(|(before, _)| path.starts_with(before));
            assert_eq!(hidden, None, "{path} is never reached");
        }
        assert_eq!(section("/projects/12"), "reader#one-project");
        assert_eq!(section("/projects"), "reader#find-a-project");
        assert_eq!(section("/"), "reader#the-front-page");
    }

    #[test]
    fn the_links_of_the_manual_lead_to_its_pages() {
        let places = places(Language::English);
        let mut found = 0;
        for part in PARTS {
            for target in targets(part.english) {
                if let Some((name, section)) = target.split_once(".md") {
                    let place = format!("{name}{section}");
                    assert!(places.contains(&place), "{}: {target}", part.name);
                    found += 1;
                }
            }
        }
        assert!(found > 10, "{found}");
    }

    #[test]
    fn translations_have_the_parts_the_links_and_the_code_of_the_english() {
        for (part, language, source) in sources() {
            let place = format!("{} in {language}", part.name);
            assert_eq!(shape(source), shape(part.english), "{place}");
            assert_eq!(targets(source), targets(part.english), "{place}");
            assert_eq!(marked(source, "`"), marked(part.english, "`"), "{place}");
            assert_eq!(places(language), places(Language::English), "{place}");
            let english = language == Language::English;
            assert_eq!(source == part.english, english, "{place} is not translated");
        }
    }

    #[test]
    fn links_stay_in_the_language_of_the_page() {
        let start = PARTS.iter().find(|part| part.name == "start").unwrap();
        let html = Language::Arabic.scope(|| start.page(Language::Arabic).html);
        assert!(html.contains("<a href=\"/ar/help/signing#make-a-key\">"), "{html}");
        assert!(html.contains("<h2 id=\"the-console\">"), "{html}");
        assert!(!html.contains("href=\"/help/"), "{html}");
    }

    /// What stands in bold is what a page or a button is called, letter by letter.
    #[test]
    fn the_manual_calls_things_what_the_pages_call_them() {
        let catalogue = Language::English.catalogue();
        let names = |source| {
            let names = marked(source, "**").into_iter();
            let names = names.map(|name| name.split_whitespace().collect::<Vec<_>>().join(" "));
            names.collect::<Vec<_>>()
        };
        let mut found = 0;
        for (part, language, source) in sources() {
            let (own, english) = (names(source), names(part.english));
            assert_eq!(own.len(), english.len(), "{} in {language}", part.name);
            for (name, english) in own.iter().zip(&english) {
                let mut keys = catalogue.iter().filter(|(_, value)| *value == english);
                let known = keys.any(|(key, _)| language.find(key) == Some(name.as_str()));
                assert!(known, "{} in {language}: nothing is called {name:?}", part.name);
                found += 1;
            }
        }
        assert!(found > 400, "{found}");
    }

    #[test]
    fn the_manual_is_written_in_the_markdown_that_is_understood() {
        for (part, language, source) in sources() {
            let page = format!("{} in {language}", part.name);
            let mut code = false;
            assert!(source.starts_with("# "), "{page} has no title");
            for (number, line) in (1..).zip(source.lines()) {
                code ^= line.starts_with("```");
                let place = format!("{page}, line {number}: {line}");
                // Tables, pictures, HTML, deeper headings and lists in lists.
                for sign in ["|", "![", "<", "####", "* ", "+ "] {
                    assert!(code || !line.trim_start().starts_with(sign), "{place}");
                }
                let nested = line.starts_with(' ') && markdown::is_item(line.trim_start());
                assert!(code || !nested, "{place}");
            }
            assert!(!code, "{page} has code without an end");
            let html = part.page(language).html;
            for sign in ["**", "](", "`"] {
                assert!(!html.contains(sign), "{page} has a mark without its end: {sign}");
            }
        }
    }
}
