// SPDX-License-Identifier: Apache-2.0
//! The constants of the calculator, version by version.

use crate::{
    answers::{cut, At, List, OrganisationRef, Time},
    db::Reader,
    download::{Cell, Column, Listing},
    page::{self, without_json, Layout},
    problem::{Message, Problem, ProblemDocument},
    query::{self, blank_is_none, Params},
    server::App,
};
use askama::Template;
use axum::{
    extract::{Path, State},
    http::Uri,
    response::Response,
};
use credit_calculator::{Building, Constants};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Which versions, and how many.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Filter {
    /// The `next` of the answer before.
    #[serde(default, deserialize_with = "blank_is_none")]
    after: Option<i64>,
    /// How many, at most 200.
    #[serde(default, deserialize_with = "blank_is_none")]
    limit: Option<i64>,
}

/// Constants that were put in force together.
#[derive(Serialize, ToSchema)]
pub struct Version {
    /// Number of the version, from 1; the last is in force.
    pub version: i64,
    /// Factors and thresholds, each with its unit; decimals are texts.
    #[schema(value_type = Object)]
    pub constants: Constants,
    /// When it was set; null where the chain began with it.
    pub set_at: Option<Time>,
    /// Who set it; null where the chain began with it.
    pub organisation: Option<OrganisationRef>,
    /// The officer who set it, SS58; null where the chain began with it.
    pub set_by: Option<String>,
    /// The public reason; null where the chain began with it.
    pub reason: Option<String>,
    /// Whether it is in force.
    pub in_force: bool,
}

/// Which versions a query reads.
#[derive(Default)]
struct Selection {
    version: Option<i64>,
    before: Option<i64>,
    limit: i64,
}

async fn load(reader: &mut Reader, selection: Selection) -> Result<Vec<Version>, Problem> {
    let rows = sqlx::query!(
        r#"SELECT c.version, c.constants, c.set_at, c.set_by, c.reason,
                  o.id AS "organisation?", o.name AS "name?",
                  c.version = (SELECT MAX(version) FROM chain.calculator_constants) AS "in_force!"
           FROM chain.calculator_constants c
           LEFT JOIN chain.organisations o ON o.id = c.organisation
           WHERE ($1::BIGINT IS NULL OR c.version = $1)
             AND ($2::BIGINT IS NULL OR c.version < $2)
           ORDER BY c.version DESC LIMIT $3"#,
        selection.version,
        selection.before,
        selection.limit
    )
    .fetch_all(reader.connection())
    .await?;
    rows.into_iter()
        .map(|row| {
            let constants = serde_json::from_value(row.constants)
                .map_err(|_| Problem::internal("the tables hold constants of another shape"))?;
            Ok(Version {
                version: row.version,
                constants,
                // Genesis has no time.
                set_at: row.set_by.is_some().then_some(row.set_at.into()),
                organisation: OrganisationRef::perhaps(row.organisation, row.name),
                set_by: row.set_by,
                reason: row.reason,
                in_force: row.in_force,
            })
        })
        .collect()
}

/// A version by its number; without a number the one in force, if there is one yet.
pub async fn version(reader: &mut Reader, number: Option<i64>) -> Result<Option<Version>, Problem> {
    let selection = Selection { version: number, limit: 1, ..Selection::default() };
    let found = load(reader, selection).await?.pop();
    match number.filter(|_| found.is_none()) {
        Some(id) => Err(unknown(&id.to_string())),
        None => Ok(found),
    }
}

fn unknown(id: &str) -> Problem {
    Problem::not_found(Message::new("problem.no_constants").with("id", id))
}

impl Listing for Filter {
    type Item = Version;
    type Cursor = i64;
    const NAME: &'static str = "calculator-constants";
    const COLUMNS: &'static [Column<Version>] = &[
        ("version", |it| it.version.into()),
        ("set_at", |it| it.set_at.into()),
        ("organisation_id", |it| Cell::id_of(&it.organisation)),
        ("organisation", |it| Cell::name_of(&it.organisation)),
        ("set_by", |it| it.set_by.as_ref().into()),
        ("reason", |it| it.reason.as_ref().into()),
        ("in_force", |it| it.in_force.into()),
        ("constants", |it| Cell::json(&it.constants)),
    ];

    fn paging(&mut self) -> (&mut Option<i64>, &mut Option<i64>) {
        (&mut self.after, &mut self.limit)
    }

    async fn load(
        &self,
        reader: &mut Reader,
        for_page: bool,
    ) -> Result<(Vec<Version>, Option<String>), Problem> {
        let limit = query::limit(self.limit, for_page)?;
        let selection = Selection { before: self.after, limit: limit + 1, ..Selection::default() };
        Ok(cut(load(reader, selection).await?, limit, |it| it.version.to_string()))
    }
}

/// The versions of the calculator's constants, the latest first.
#[utoipa::path(
    get, path = "/api/v1/calculator/constants", tag = "registry", params(Filter),
    operation_id = "constants_versions",
    responses(
        (status = OK, body = List<Version>),
        (status = BAD_REQUEST, body = ProblemDocument),
    )
)]
pub async fn list(Params(filter): Params<Filter>, mut reader: Reader) -> Result<Response, Problem> {
    let (items, next) = filter.load(&mut reader, false).await?;
    Ok(reader.json_list(items, next))
}

#[derive(Template)]
#[template(path = "constants_versions.html")]
struct Page {
    l: Layout,
    items: Vec<Version>,
    next: Option<String>,
}

/// `/calculator/constants`
pub async fn page(
    State(app): State<App>,
    uri: Uri,
    Params(filter): Params<Filter>,
    mut reader: Reader,
) -> Result<Response, Problem> {
    let (items, next) = filter.load(&mut reader, true).await?;
    let l = Layout::of_list(&app, &reader, &uri, "constants.title");
    page::render(&Page { l, items, next })
}

async fn find(reader: &mut Reader, id: &str) -> Result<Version, Problem> {
    let number = query::number(id).ok_or_else(|| unknown(id))?;
    version(reader, Some(number)).await?.ok_or_else(|| unknown(id))
}

/// One version of the calculator's constants.
#[utoipa::path(
    get, path = "/api/v1/calculator/constants/{version}", tag = "registry",
    operation_id = "constants",
    params(("version" = u32, Path, description = "Number of the version", example = 1)),
    responses(
        (status = OK, body = At<Version>),
        (status = NOT_FOUND, body = ProblemDocument),
    )
)]
pub async fn show(Path(id): Path<String>, mut reader: Reader) -> Result<Response, Problem> {
    let version = find(&mut reader, &id).await?;
    Ok(reader.json(version))
}

#[derive(Template)]
#[template(path = "constants.html")]
struct VersionPage {
    l: Layout,
    version: Version,
}

impl VersionPage {
    /// Name and value of each factor.
    fn factors(&self) -> Vec<(String, String)> {
        let Constants {
            rice_crops,
            solar_photovoltaics: solar,
            biochar,
            stoves,
            solar_water_pump: pump,
        } = &self.version.constants;
        let per_person = self.l.say("constants.per_person_and_day", "tonnes", stoves);
        [
            ("constants.rice_crops", rice_crops.to_string()),
            ("constants.solar_up_to", solar.up_to_threshold.to_string()),
            ("constants.solar_beyond", solar.beyond_threshold.to_string()),
            ("constants.biochar", biochar.to_string()),
            ("constants.stoves", per_person),
            ("constants.pump_off_grid", pump.off_grid.to_string()),
            ("constants.pump_on_grid", pump.on_grid.to_string()),
        ]
        .into_iter()
        .map(|(key, value)| (self.l.t(key).to_owned(), value))
        .collect()
    }

    /// Each building and the energy up to which the first factor of photovoltaics counts.
    fn thresholds(&self) -> Vec<(String, String)> {
        let thresholds = &self.version.constants.solar_photovoltaics.thresholds;
        let row = |building: &Building| {
            (self.l.label("building", building.as_str()), thresholds.of(*building).to_string())
        };
        Building::ALL.iter().map(row).collect()
    }
}

/// `/calculator/constants/{version}`
pub async fn record(
    State(app): State<App>,
    uri: Uri,
    Path(id): Path<String>,
    mut reader: Reader,
) -> Result<Response, Problem> {
    let (id, json) = without_json(&id);
    let version = find(&mut reader, id).await?;
    if json {
        return Ok(reader.json(version));
    }
    let mut l = Layout::new(&app, &reader, &uri, "");
    l.title = l.say("constants.number", "id", id);
    page::render(&VersionPage { l, version })
}
