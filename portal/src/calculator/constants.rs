// SPDX-License-Identifier: Apache-2.0
//! The constants of the calculator, version by version.

use crate::{
    answers::{At, List, OrganisationRef, Time},
    db::Reader,
    download::{self, Cell, Column},
    list::{Field, Key, Kind, Listing, Question, Shown, View},
    page::{self, without_json, Layout},
    problem::{Message, Problem, ProblemDocument},
    query,
    server::App,
};
use askama::Template;
use axum::{
    extract::{Path, State},
    http::Uri,
    response::Response,
};
use credit_calculator::{Building, Constants};
use serde::Serialize;
use sqlx::{postgres::PgRow, Row};
use utoipa::ToSchema;

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

/// The versions, the latest first.
pub struct Versions;

impl Listing for Versions {
    type Item = Version;
    const NAME: &'static str = "calculator-constants";
    const TITLE: &'static str = "constants.title";
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
    const FIELDS: &'static [Field] = &[
        Field::of(
            "organisation",
            Kind::Id,
            "c.organisation",
            "Number of the organisation that set it",
        ),
        Field::of("set_at", Kind::Time, SET_AT, "When it was set").sorted().nullable(),
    ];
    const KEY: Key = Key::numbers("version", &["c.version"]);
    const SQL: &'static str =
        "SELECT {cursor}, c.version, c.constants, c.set_at, c.set_by, c.reason, o.id, o.name,
                c.version = (SELECT MAX(version) FROM chain.calculator_constants) AS in_force
         FROM chain.calculator_constants c
         LEFT JOIN chain.organisations o ON o.id = c.organisation
         WHERE {filters} {part}";

    async fn items(_: &mut Reader, rows: Vec<PgRow>) -> Result<Vec<Version>, Problem> {
        rows.iter().map(Version::read).collect()
    }
}

/// When a version was set, by whom there is.
const SET_AT: &str = "(CASE WHEN c.set_by IS NOT NULL THEN c.set_at END)";

impl Version {
    fn read(row: &PgRow) -> Result<Self, Problem> {
        let constants = serde_json::from_value(row.try_get("constants")?)
            .map_err(|_| Problem::internal("the tables hold constants of another shape"))?;
        let set_by: Option<String> = row.try_get("set_by")?;
        let set_at: Time = row.try_get("set_at")?;
        Ok(Self {
            version: row.try_get("version")?,
            constants,
            // Genesis has no time.
            set_at: set_by.is_some().then_some(set_at),
            organisation: OrganisationRef::perhaps(row.try_get("id")?, row.try_get("name")?),
            set_by,
            reason: row.try_get("reason")?,
            in_force: row.try_get("in_force")?,
        })
    }
}

/// A version by its number; without a number the one in force, if there is one yet.
pub async fn version(reader: &mut Reader, number: Option<i64>) -> Result<Option<Version>, Problem> {
    let question = match number {
        Some(number) => Question::<Versions>::numbered(&[number])?,
        None => Question::about(&[], 1)?,
    };
    let found = question.load(reader).await?.0.pop();
    match number.filter(|_| found.is_none()) {
        Some(id) => Err(unknown(&id.to_string())),
        None => Ok(found),
    }
}

fn unknown(id: &str) -> Problem {
    Problem::not_found(Message::new("problem.no_constants").with("id", id))
}

/// The versions of the calculator's constants, the latest first.
#[utoipa::path(
    get, path = "/api/v1/calculator/constants", tag = "registry", params(Question<Versions>),
    operation_id = "constants_versions",
    responses(
        (status = OK, body = List<Version>),
        (status = BAD_REQUEST, body = ProblemDocument),
    )
)]
pub async fn list(question: Question<Versions>, reader: Reader) -> Result<Response, Problem> {
    download::json(question, reader).await
}

#[derive(Template)]
#[template(path = "constants_versions.html")]
struct Page {
    l: Layout,
    list: View<Versions>,
    items: Vec<Version>,
}

/// `/calculator/constants`
pub async fn page(shown: Shown<Versions>) -> Result<Response, Problem> {
    let Shown { l, list, items, .. } = shown;
    page::render(&Page { l, list, items })
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
