// SPDX-License-Identifier: Apache-2.0
//! The regions: where each lies, how many projects it has, and what they were issued and retired.

use super::region::{attribution, in_degrees};
use crate::{
    answers::List,
    db::Reader,
    download::{self, Cell, Column},
    list::{Field, Key, Kind, Listing, Question},
    problem::{Problem, ProblemDocument},
};
use axum::response::Response;
use serde::Serialize;
use sqlx::{postgres::PgRow, types::Json, FromRow};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// The regions of the country, and what projects call theirs that nobody knows.
pub struct Regions;

/// Languages that a name can be asked for in; the first if nothing is said. `names` has all that
/// there are.
const LANGUAGE: Kind =
    Kind::choice(|| vec!["en", "fr", "es", "ar", "bi", "pt", "ru", "si", "ta", "zh"]);

/// A region, or what a project calls one that nobody knows.
#[derive(Serialize, ToSchema)]
pub struct RegionSummary {
    /// Whether it is known where it lies.
    known: bool,
    /// Its code, ISO 3166-2; null where it is not known to have one.
    #[schema(example = "VU-SEE")]
    code: Option<String>,
    /// Its name in the language that was asked for, in English, or in any; what projects call it
    /// where it is not known.
    #[schema(example = "Shefa")]
    name: String,
    /// All its names, by the tag of their language; `und` is the one on its signs.
    names: BTreeMap<String, String>,
    /// Degrees of a point in it, north positive.
    #[schema(example = -17.736)]
    latitude: Option<f64>,
    /// Degrees of a point in it, east positive.
    #[schema(example = 168.314)]
    longitude: Option<f64>,
    /// Who says so: `file`, `mapbox` or `openstreetmap`.
    #[schema(example = "file")]
    source: Option<String>,
    /// Whom the source wants to be named.
    attribution: Option<&'static str>,
    /// Projects with a place in it.
    projects: i64,
    /// Tonnes issued to projects whose first place is in it.
    issued: i64,
    /// Tonnes of these that are retired.
    retired: i64,
    /// Points as they are in tables.
    #[serde(skip)]
    point: Option<(i32, i32)>,
}

/// A row of the query.
#[derive(FromRow)]
struct Row {
    key: String,
    code: Option<String>,
    names: Option<Json<BTreeMap<String, String>>>,
    name: Option<String>,
    latitude: Option<i32>,
    longitude: Option<i32>,
    source: Option<String>,
    projects: i64,
    issued: i64,
    retired: i64,
}

impl From<Row> for RegionSummary {
    fn from(row: Row) -> Self {
        Self {
            known: row.source.is_some(),
            code: row.code,
            name: row.name.unwrap_or(row.key),
            names: row.names.map(|names| names.0).unwrap_or_default(),
            latitude: row.latitude.map(in_degrees),
            longitude: row.longitude.map(in_degrees),
            attribution: row.source.as_deref().and_then(attribution),
            source: row.source,
            projects: row.projects,
            issued: row.issued,
            retired: row.retired,
            point: row.latitude.zip(row.longitude),
        }
    }
}

impl Listing for Regions {
    type Item = RegionSummary;
    const NAME: &'static str = "regions";
    const TITLE: &'static str = "regions.title";
    const COLUMNS: &'static [Column<RegionSummary>] = &[
        ("known", |it| it.known.into()),
        ("code", |it| it.code.as_ref().into()),
        ("name", |it| (&it.name).into()),
        ("names", |it| Cell::json(&it.names)),
        ("latitude", |it| it.point.map(|(latitude, _)| Cell::Degrees(latitude)).into()),
        ("longitude", |it| it.point.map(|(_, longitude)| Cell::Degrees(longitude)).into()),
        ("source", |it| it.source.as_ref().into()),
        ("attribution", |it| it.attribution.into()),
        ("projects", |it| it.projects.into()),
        ("issued", |it| it.issued.into()),
        ("retired", |it| it.retired.into()),
    ];
    const FIELDS: &'static [Field] = &[
        Field::argument("language", LANGUAGE, "The language of `name`"),
        Field::when(
            "known",
            Kind::Flag,
            "(r.source IS NOT NULL) = {value}",
            "Those that are known, or those that are not",
        ),
        Field::of("code", Kind::Text, "r.code", "A code, ISO 3166-2"),
        Field::order("projects", Kind::Number, "r.projects"),
        Field::order("issued", Kind::Number, "r.issued"),
        Field::order("retired", Kind::Number, "r.retired"),
    ];
    // Those that are known come first.
    const KEY: Key = Key::text("key", &["r.place"]);
    const LAST_FIRST: bool = false;
    const SQL: &'static str = "WITH places AS (
             SELECT l.project, COALESCE(p.region, l.region) AS key,
                    p.region IS NOT NULL AS known, bool_or(l.position = 0) AS first
             FROM chain.locations l LEFT JOIN directory.places p ON p.name = l.region
             GROUP BY 1, 2, 3
         ), sums AS (
             SELECT l.key, l.known, COUNT(*) AS projects,
                    COALESCE(SUM(t.issued) FILTER (WHERE first), 0)::BIGINT AS issued,
                    COALESCE(SUM(t.retired) FILTER (WHERE first), 0)::BIGINT AS retired
             FROM places l
             LEFT JOIN (SELECT project, SUM(issued) AS issued, SUM(retired) AS retired
                        FROM chain.vintage_totals GROUP BY project) t ON t.project = l.project
             GROUP BY 1, 2
         ), regions AS (
             SELECT COALESCE(d.key, s.key) AS key, d.code, d.names,
                    COALESCE(d.names ->> {language}, d.names ->> 'en', d.names ->> 'und',
                             (SELECT min(value) FROM jsonb_each_text(d.names))) AS name,
                    d.latitude, d.longitude, d.source, COALESCE(s.projects, 0) AS projects,
                    COALESCE(s.issued, 0) AS issued, COALESCE(s.retired, 0) AS retired,
                    (CASE WHEN d.key IS NULL THEN '1' ELSE '0' END
                     || COALESCE(d.key, s.key)) COLLATE \"C\" AS place
             FROM directory.regions d FULL JOIN sums s ON s.known AND s.key = d.key
         )
         SELECT {cursor}, r.* FROM regions r WHERE {filters} {part}";

    async fn items(_: &mut Reader, rows: Vec<PgRow>) -> Result<Vec<RegionSummary>, Problem> {
        let row = |row: &PgRow| Ok(Row::from_row(row)?.into());
        rows.iter().map(row).collect()
    }
}

/// The regions of the country with their projects and tonnes; behind them, what projects call
/// regions that nobody knows. Where regions lie is no statement of the chain: it is from a file or a
/// service, which `source` names.
#[utoipa::path(
    get, path = "/api/v1/regions", tag = "registry", params(Question<Regions>),
    operation_id = "regions",
    responses(
        (status = OK, body = List<RegionSummary>),
        (status = BAD_REQUEST, body = ProblemDocument),
        (status = SERVICE_UNAVAILABLE, body = ProblemDocument),
    )
)]
pub async fn list(question: Question<Regions>, reader: Reader) -> Result<Response, Problem> {
    download::json(question, reader).await
}
