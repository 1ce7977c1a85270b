// SPDX-License-Identifier: Apache-2.0
//! The pages of the statistics: one table each, with a form for what is asked.

use crate::{
    answers::{OrganisationRef, ProjectRef},
    db::Reader,
    download::Cell,
    i18n::Language,
    list::{Kind, Listing, Shown},
    page::{self, foreign, Html, Layout},
    problem::Problem,
    server::App,
};
use askama::{filters::Safe, Template};
use axum::{extract::State, http::Uri, response::Response};
use registry_primitives::SectoralScope;

use super::pending::Pending;

/// A list of groups that has a page.
pub trait Statistic: Listing {
    /// Key of its explanation.
    const LEAD: &'static str;
}

/// A field of the form, beside what to count by.
struct Field {
    name: &'static str,
    value: String,
    day: bool,
}

/// A row of a table.
struct Row {
    name: Html,
    /// What stands under the headings.
    numbers: Vec<String>,
}

#[derive(Template)]
#[template(path = "statistics.html")]
struct Page {
    l: Layout,
    lead: &'static str,
    choices: Vec<(&'static str, bool)>,
    fields: Vec<Field>,
    headings: Vec<Html>,
    rows: Vec<Row>,
    more: Option<String>,
}

/// `/statistics/credits/flows` and its like.
pub async fn page<S: Statistic>(shown: Shown<S>) -> Result<Response, Problem> {
    let Shown { l, list, items, .. } = shown;
    let by = Some(list.value("by")).filter(|by| !by.is_empty()).unwrap_or("all");
    // Only some questions give all columns a meaning.
    let columns: Vec<_> = S::COLUMNS
        .iter()
        .filter(|(heading, _)| !["key", "name"].contains(heading))
        .filter(|(_, cell)| items.iter().any(|item| cell(item) != Cell::Empty))
        .collect();
    let text = |item: &S::Item, heading: &str| {
        let column = S::COLUMNS.iter().find(|(name, _)| *name == heading);
        match column.map(|(_, cell)| cell(item)) {
            Some(Cell::Text(text)) => text,
            _ => String::new(),
        }
    };
    let rows = items
        .iter()
        .map(|item| Row {
            name: key(by, &text(item, "key"), text(item, "name")),
            numbers: columns
                .iter()
                .map(|(_, cell)| match cell(item) {
                    Cell::Number(number) => Language::current().number(number),
                    _ => String::new(),
                })
                .collect(),
        })
        .collect();
    let first = list.column("key", &l.label("statistics_by", by));
    let others = columns
        .iter()
        .map(|(heading, _)| list.number(heading, &l.label("statistics_column", heading)));
    let headings = std::iter::once(first).chain(others).collect();
    let choices = list.choices("by").into_iter().map(|(choice, _)| (choice, choice == by));
    let choices = choices.collect();
    let fields = S::FIELDS.iter().filter(|field| field.filters && field.name != "by");
    let fields = fields
        .map(|field| Field {
            name: field.name,
            value: list.value(field.name).to_owned(),
            day: matches!(field.kind, Kind::Day),
        })
        .collect();
    let more = list.more();
    page::render(&Page { l, lead: S::LEAD, choices, fields, headings, rows, more })
}

/// A group, as people call it.
fn key(by: &str, key: &str, name: String) -> Html {
    let language = Language::current();
    let label = |group: &str| page::text(&language.label(group, key));
    let html = match (by, key.parse()) {
        ("all", _) => label("statistics_by"),
        ("sector", _) => label("sector"),
        ("type", _) => label("mitigation"),
        ("country", _) => label("country"),
        // Reasons of cancellations stand beside purposes of retirements.
        ("purpose", _) => {
            let retirement = language.find(&format!("retirement_purpose.{key}")).is_some();
            label(if retirement { "retirement_purpose" } else { "cancellation_reason" })
        }
        ("project", Ok(id)) => page::project_link(&ProjectRef { id, title: name }),
        ("organisation", Ok(id)) => page::organisation_link(&OrganisationRef { id, name }),
        ("scope", Ok(number)) => {
            let scope = SectoralScope::ALL.iter().find(|it| i64::from(it.number()) == number);
            let scope = scope.map(|scope| language.label("scope", scope.as_str()));
            page::text(&format!("{number} {}", scope.unwrap_or_default()))
        }
        _ => foreign(key),
    };
    Safe(html)
}

#[derive(Template)]
#[template(path = "statistics_overview.html")]
struct Overview {
    l: Layout,
    pending: Vec<(&'static str, String)>,
}

/// `/statistics`
pub async fn overview(
    State(app): State<App>,
    uri: Uri,
    mut reader: Reader,
) -> Result<Response, Problem> {
    let pending = Pending::load(&mut reader, None).await?.rows();
    let number = |(name, number)| (name, Language::current().number(number));
    let pending = pending.into_iter().map(number).collect();
    let mut l = Layout::new(&app, &reader, &uri, "");
    l.title = l.t("statistics.title").to_owned();
    page::render(&Overview { l, pending })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_are_called_what_people_call_them() {
        let name = |by: &str, of: &str| key(by, of, "A & B".to_owned()).0;
        assert_eq!(name("sector", "energy"), "Energy");
        assert_eq!(name("scope", "1"), "1 Energy industries");
        assert_eq!(name("purpose", "voluntary"), "Voluntary");
        assert_eq!(name("purpose", "reversal"), "A removal was reversed");
        assert_eq!(name("country", "VU"), "Vanuatu");
        assert!(name("project", "7").starts_with("<a href=\"/projects/7\">"));
        assert!(name("organisation", "3").contains("A &#38; B"));
        assert!(!name("region", "<b>").contains("<b>"));
    }
}
