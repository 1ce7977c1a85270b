// SPDX-License-Identifier: Apache-2.0
//! Open data: every list of the registry as a file, and what its columns mean.

mod dictionary;

use crate::{
    about, article6, blocks, bridge, calculator, cancellations, download, events, holdings,
    list::Listing,
    organisations,
    page::{self, Layout, FILES},
    places,
    problem::{Message, Problem},
    projects, proposals, requests, retirements,
    server::{self, App},
    statistics::{credit_flows, credit_stock, project_flows, project_stock},
    transfers,
};
use askama::Template;
use axum::{
    extract::{Path, State},
    http::{header, Uri},
    response::{IntoResponse, Response},
    Json, Router,
};
use dictionary::Column;
use serde_json::{json, Value};
use std::{borrow::Cow, sync::LazyLock};
use utoipa::ToSchema;

/// A list that anybody can have whole.
pub struct OpenList {
    /// Where its page is, and with an ending its files.
    path: &'static str,
    /// Where the API has it.
    api: &'static str,
    /// What files with it are called.
    name: &'static str,
    /// Key of its title.
    title: &'static str,
    headings: fn() -> Vec<&'static str>,
    /// The schema of its items.
    schema: fn() -> Cow<'static, str>,
    routes: fn(&str, &str) -> Router<App>,
}

impl OpenList {
    const fn of<L: Listing>(path: &'static str, api: &'static str) -> Self
    where
        L::Item: ToSchema,
    {
        Self {
            path,
            api,
            name: L::NAME,
            title: L::TITLE,
            headings: || L::COLUMNS.iter().map(|(heading, _)| *heading).collect(),
            schema: L::Item::name,
            routes: download::routes::<L>,
        }
    }

    /// The files of the list, beside its page and beside its JSON.
    pub fn routes(&self) -> Router<App> {
        (self.routes)(self.path, self.api)
    }
}

/// Where the description of all of them is.
pub const PACKAGE: &str = "/open-data.json";

/// All of them: what is not here has no files.
pub const LISTS: &[OpenList] = &[
    OpenList::of::<projects::Projects>("/projects", "/api/v1/projects"),
    OpenList::of::<organisations::Organisations>("/organisations", "/api/v1/organisations"),
    OpenList::of::<blocks::Blocks>("/credits", "/api/v1/credits/blocks"),
    OpenList::of::<holdings::Holdings>("/holdings", "/api/v1/holdings"),
    OpenList::of::<transfers::Transfers>("/transfers", "/api/v1/transfers"),
    OpenList::of::<retirements::Retirements>("/retirements", "/api/v1/retirements"),
    OpenList::of::<cancellations::Cancellations>("/cancellations", "/api/v1/cancellations"),
    OpenList::of::<requests::transfers::TransferRequests>(
        "/requests/transfers",
        "/api/v1/requests/transfers",
    ),
    OpenList::of::<requests::retirements::RetirementRequests>(
        "/requests/retirements",
        "/api/v1/requests/retirements",
    ),
    OpenList::of::<article6::authorisations::Authorisations>(
        "/article6/authorisations",
        "/api/v1/article6/authorisations",
    ),
    OpenList::of::<article6::first_transfers::FirstTransfers>(
        "/article6/first-transfers",
        "/api/v1/article6/first-transfers",
    ),
    OpenList::of::<proposals::Proposals>("/proposals", "/api/v1/proposals"),
    OpenList::of::<events::Events>("/events", "/api/v1/events"),
    OpenList::of::<bridge::events::BridgeEvents>("/bridge/events", "/api/v1/bridge/events"),
    OpenList::of::<bridge::rounds::BridgeRounds>("/bridge/rounds", "/api/v1/bridge/rounds"),
    OpenList::of::<bridge::cases::BridgeCases>("/bridge/cases", "/api/v1/bridge/cases"),
    OpenList::of::<places::regions::Regions>("/regions", "/api/v1/regions"),
    OpenList::of::<calculator::constants::Versions>(
        "/calculator/constants",
        "/api/v1/calculator/constants",
    ),
    OpenList::of::<credit_stock::Stock>(
        "/statistics/credits/stock",
        "/api/v1/statistics/credits/stock",
    ),
    OpenList::of::<credit_flows::Flows>(
        "/statistics/credits/flows",
        "/api/v1/statistics/credits/flows",
    ),
    OpenList::of::<project_stock::Stock>(
        "/statistics/projects/stock",
        "/api/v1/statistics/projects/stock",
    ),
    OpenList::of::<project_flows::Flows>(
        "/statistics/projects/flows",
        "/api/v1/statistics/projects/flows",
    ),
];

/// The columns of each list, in their order.
static COLUMNS: LazyLock<Vec<Vec<Column>>> = LazyLock::new(|| {
    let description = serde_json::to_value(server::api().1).unwrap_or_default();
    let columns =
        |list: &OpenList| dictionary::columns(&description, &(list.schema)(), &(list.headings)());
    LISTS.iter().map(columns).collect()
});

/// A list with its columns.
fn described() -> impl Iterator<Item = (&'static OpenList, &'static [Column])> {
    LISTS.iter().zip(COLUMNS.iter().map(Vec::as_slice))
}

#[derive(Template)]
#[template(path = "open_data.html")]
struct Page {
    l: Layout,
    /// The lists, and how many columns each has.
    lists: Vec<(&'static OpenList, i64)>,
    about: about::About,
    /// Where the public finds this portal.
    address: String,
}

impl OpenList {
    /// The addresses of its files, by their endings.
    fn files(&self) -> Vec<(&'static str, String)> {
        FILES.iter().map(|ending| (*ending, format!("{}.{ending}", self.path))).collect()
    }
}

/// `/open-data`
pub async fn page(State(app): State<App>, uri: Uri) -> Result<Response, Problem> {
    let mut l = about::layout(&app, &uri, "open_data.title").await;
    l.json = Some(PACKAGE.to_owned());
    let many = |columns: &[Column]| i64::try_from(columns.len()).unwrap_or(i64::MAX);
    let lists = described().map(|(list, columns)| (list, many(columns))).collect();
    let (about, address) = (app.about.clone(), app.site.url().to_owned());
    page::render(&Page { l, lists, about, address })
}

#[derive(Template)]
#[template(path = "dictionary.html")]
struct DictionaryPage {
    l: Layout,
    list: &'static OpenList,
    columns: &'static [Column],
}

/// `/open-data/{name}`
pub async fn dictionary(
    State(app): State<App>,
    uri: Uri,
    Path(name): Path<String>,
) -> Result<Response, Problem> {
    let found = described().find(|(list, _)| list.name == name);
    let (list, columns) =
        found.ok_or_else(|| Problem::not_found(Message::new("problem.no_page")))?;
    let l = about::layout(&app, &uri, list.title).await;
    page::render(&DictionaryPage { l, list, columns })
}

/// `/open-data.json`: all lists as a Data Package (Frictionless), which programs that read tables
/// understand.
pub async fn package(State(app): State<App>) -> Result<Response, Problem> {
    let language = crate::i18n::Language::current();
    let resources: Vec<_> = described()
        .map(|(list, columns)| {
            let fields: Vec<_> = columns.iter().map(field).collect();
            json!({
                "name": list.name,
                "title": language.t(list.title),
                "path": format!("{}{}.csv", app.site.url(), list.path),
                "profile": "tabular-data-resource",
                "format": "csv",
                "mediatype": "text/csv",
                "encoding": "utf-8",
                "schema": { "fields": fields },
            })
        })
        .collect();
    let mut package = json!({
        "profile": "tabular-data-package",
        "name": "carbon-credit-registry",
        "title": language.t("site.name"),
        "description": language.t("site.description"),
        "homepage": format!("{}/open-data", app.site.url()),
        "resources": resources,
    });
    if let Some(licence) = app.about.licence() {
        package["licenses"] = json!([licence]);
    }
    Ok(([(header::CACHE_CONTROL, "no-cache")], Json(package)).into_response())
}

fn field(column: &Column) -> Value {
    json!({ "name": column.name, "type": column.kind, "description": column.about })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::Language;
    use std::collections::BTreeSet;

    #[test]
    fn every_column_of_every_list_has_a_type_and_a_meaning() {
        let mut found = 0;
        for (list, columns) in described() {
            assert!(!columns.is_empty(), "{} has no columns", list.name);
            for column in columns {
                let place = format!("{}.{}", list.name, column.name);
                assert!(!column.about.is_empty(), "{place} has no meaning");
                let label = format!("column_kind.{}", column.kind);
                assert!(Language::English.find(&label).is_some(), "{place} is {:?}", column.kind);
                found += 1;
            }
        }
        assert!(found > 150, "{found}");
    }

    #[test]
    fn a_known_column_says_what_it_is() {
        let (_, columns) = described().find(|(list, _)| list.name == "retirements").unwrap();
        let column = |name: &str| columns.iter().find(|it| it.name == name).unwrap();
        assert_eq!(column("quantity").kind, "integer");
        assert_eq!(column("quantity").about, "Tonnes.");
        assert_eq!(column("at").kind, "datetime");
        assert!(column("owner_id").about.contains("number"));
        assert!(column("beneficiary_country").about.contains("ISO 3166-1"));
    }

    /// What machines can have as a list, people can have as a file.
    #[test]
    fn every_list_of_the_api_is_there() {
        let description = serde_json::to_value(server::api().1).unwrap();
        let lists = description["paths"].as_object().unwrap().iter().filter(|(_, path)| {
            let schema = &path["get"]["responses"]["200"]["content"]["application/json"]["schema"];
            schema["$ref"].as_str().is_some_and(|place| place.contains("/List_"))
        });
        let expected: BTreeSet<_> = lists.map(|(path, _)| path.as_str()).collect();
        let found: BTreeSet<_> = LISTS.iter().map(|list| list.api).collect();
        assert_eq!(found, expected);
        let names: BTreeSet<_> = LISTS.iter().map(|list| list.name).collect();
        assert_eq!(names.len(), LISTS.len(), "two lists have one name");
    }
}
