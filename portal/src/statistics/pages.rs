// SPDX-License-Identifier: Apache-2.0
//! The pages of the statistics: one table each, with a form for what is asked.

use crate::{
    answers::{OrganisationRef, ProjectRef},
    charts::{self, Figure},
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
    /// Its address after `/statistics/`.
    const PATH: &'static str;
    /// The columns that its chart has.
    const DRAWN: &'static [&'static str];
    /// The column by which groups without an order are drawn, the largest first.
    const LARGEST: &'static str;
    /// Whether what is drawn are the parts of a whole.
    const ADDS_UP: bool;
    /// Key of what is counted, but for columns of tonnes.
    const UNIT: &'static str;
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
    chart: Option<Figure>,
    /// The columns, whose meaning stands below the table.
    explained: Vec<&'static str>,
}

/// `/statistics/credits/flows` and its like.
pub async fn page<S: Statistic>(
    State(app): State<App>,
    asked: charts::Asked<S>,
    shown: Shown<S>,
) -> Result<Response, Problem> {
    let Shown { l, list, items, mut reader } = shown;
    let chart = charts::figure(&app, &mut reader, &asked, "chart", None).await?;
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
            name: linked(by, &text(item, "key"), &text(item, "name")),
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
    let explained = columns.iter().map(|(heading, _)| *heading).collect();
    let lead = S::LEAD;
    page::render(&Page { l, lead, choices, fields, headings, rows, more, chart, explained })
}

/// A group, as people call it.
pub fn called(by: &str, key: &str, name: &str) -> String {
    let language = Language::current();
    let label = |group: &str| language.label(group, key);
    match by {
        "all" => label("statistics_by"),
        "sector" => label("sector"),
        "type" => label("mitigation"),
        "country" => label("country"),
        // Reasons of cancellations stand beside purposes of retirements.
        "purpose" => {
            let retirement = language.find(&format!("retirement_purpose.{key}")).is_some();
            label(if retirement { "retirement_purpose" } else { "cancellation_reason" })
        }
        "project" | "organisation" => name.to_owned(),
        "scope" => {
            let scope = SectoralScope::ALL.iter().find(|it| it.number().to_string() == key);
            let scope = scope.map(|scope| language.label("scope", scope.as_str()));
            format!("{key} {}", scope.unwrap_or_default())
        }
        "month" => match key.split_once('-') {
            Some((year, month)) => {
                let month = language.label("month", month.trim_start_matches('0'));
                language.fill("written.month", &[("month", month), ("year", year.to_owned())])
            }
            None => key.to_owned(),
        },
        _ => key.to_owned(),
    }
}

/// The same, with a link where there is a page.
pub fn linked(by: &str, key: &str, name: &str) -> Html {
    let called = called(by, key, name);
    Safe(match (by, key.parse()) {
        ("project", Ok(id)) => page::project_link(&ProjectRef { id, title: called }),
        ("organisation", Ok(id)) => page::organisation_link(&OrganisationRef { id, name: called }),
        ("region", _) => foreign(&called),
        _ => page::text(&called),
    })
}

#[derive(Template)]
#[template(path = "statistics_overview.html")]
struct Overview {
    l: Layout,
    balance: Option<Figure>,
    trend: Option<Figure>,
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
    let balance = charts::balance::figure(&app, &mut reader).await?;
    let trend = charts::trend(&app, &mut reader).await?;
    page::render(&Overview { l, balance, trend, pending })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_are_called_what_people_call_them() {
        let name = |by: &str, of: &str| linked(by, of, "A & B").0;
        assert_eq!(name("sector", "energy"), "Energy");
        assert_eq!(name("scope", "1"), "1 Energy industries");
        assert_eq!(name("purpose", "voluntary"), "Voluntary");
        assert_eq!(name("purpose", "reversal"), "A removal was reversed");
        assert_eq!(name("country", "VU"), "Vanuatu");
        assert_eq!(name("month", "2026-03"), "March 2026");
        assert_eq!(name("day", "2026-03-14"), "2026-03-14");
        assert!(name("project", "7").starts_with("<a href=\"/projects/7\">"));
        assert!(name("organisation", "3").contains("A &#38; B"));
        assert!(!name("region", "<b>").contains("<b>"));
    }
}
