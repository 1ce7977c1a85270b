// SPDX-License-Identifier: Apache-2.0
//! The list of projects.

use crate::{
    answers::{List, Time},
    db::Reader,
    download::{self, Column},
    list::{self, Choices, Field, Key, Kind, Listing, Question, Shown, View},
    map,
    page::{self, Layout},
    problem::{Problem, ProblemDocument},
    server::App,
};
use askama::Template;
use axum::{extract::State, response::Response};
use registry_primitives::{project::ProjectStage, MitigationType, Sector};
use serde::Serialize;
use sqlx::{postgres::PgRow, FromRow};
use utoipa::ToSchema;

/// The stages in which the public is told that a project is pending.
const PENDING: &[&str] = &[
    ProjectStage::Submitted.as_str(),
    ProjectStage::Returned.as_str(),
    ProjectStage::Validated.as_str(),
];

/// Whether the public is told that a project at this stage is pending.
pub fn is_pending(stage: &str) -> bool {
    PENDING.contains(&stage)
}

/// The projects, by number.
pub struct Projects;

const STAGE: Kind = Kind::Choice(Choices {
    names: || ProjectStage::ALL.iter().map(|stage| stage.as_str()).collect(),
    groups: &[("pending", PENDING)],
});
const SECTOR: Kind = Kind::choice(|| Sector::ALL.iter().map(|sector| sector.as_str()).collect());
const MITIGATION_TYPE: Kind =
    Kind::choice(|| MitigationType::ALL.iter().map(|mitigation| mitigation.as_str()).collect());

/// A project in a list.
#[derive(Serialize, FromRow, ToSchema)]
pub struct ProjectSummary {
    /// Number.
    pub id: i64,
    /// Title.
    pub title: String,
    /// Identifier in the system that it comes from.
    pub external_id: String,
    /// Where it is in its life.
    #[schema(example = "authorised")]
    pub stage: String,
    /// Sector.
    #[schema(example = "energy")]
    pub sector: String,
    /// Sectoral scope, 1 to 15.
    pub sectoral_scope: i16,
    /// Type of mitigation.
    #[schema(example = "solar")]
    pub mitigation_type: String,
    /// First instant of the crediting period.
    pub crediting_start: Time,
    /// First instant after it.
    pub crediting_end: Time,
    /// Tonnes that the proponents expect.
    pub estimate: i64,
    /// Tonnes that the validation confirmed.
    pub validated_estimate: Option<i64>,
    /// Tonnes that may be issued.
    pub authorised: i64,
    /// Tonnes issued.
    pub issued: i64,
    /// Tonnes retired.
    pub retired: i64,
    /// When it was registered.
    pub created_at: Time,
}

/// Sums over everything that a filter finds.
#[derive(FromRow)]
struct Sums {
    projects: i64,
    authorised: i64,
    issued: i64,
    retired: i64,
}

impl Listing for Projects {
    type Item = ProjectSummary;
    const NAME: &'static str = "projects";
    const TITLE: &'static str = "projects.title";
    const COLUMNS: &'static [Column<ProjectSummary>] = &[
        ("id", |it| it.id.into()),
        ("title", |it| (&it.title).into()),
        ("external_id", |it| (&it.external_id).into()),
        ("stage", |it| (&it.stage).into()),
        ("sector", |it| (&it.sector).into()),
        ("sectoral_scope", |it| it.sectoral_scope.into()),
        ("mitigation_type", |it| (&it.mitigation_type).into()),
        ("crediting_start", |it| it.crediting_start.into()),
        ("crediting_end", |it| it.crediting_end.into()),
        ("estimate", |it| it.estimate.into()),
        ("validated_estimate", |it| it.validated_estimate.into()),
        ("authorised", |it| it.authorised.into()),
        ("issued", |it| it.issued.into()),
        ("retired", |it| it.retired.into()),
        ("created_at", |it| it.created_at.into()),
    ];
    const FIELDS: &'static [Field] = &[
        Field::of(
            "stage",
            STAGE,
            "p.stage",
            "A stage, or `pending` for submitted, returned and validated",
        ),
        Field::of("sector", SECTOR, "p.sector", "A sector"),
        Field::of("sectoral_scope", Kind::Id, "p.sectoral_scope", "A sectoral scope, 1 to 15"),
        Field::of("mitigation_type", MITIGATION_TYPE, "p.mitigation_type", "A type of mitigation"),
        Field::when(
            "region",
            Kind::Text,
            "EXISTS (SELECT FROM chain.locations l WHERE l.project = p.id AND l.region = {value})",
            "A region that it is in, as the project names it",
        ),
        Field::when(
            "proponent",
            Kind::Id,
            "EXISTS (SELECT FROM chain.proponents o
                     WHERE o.project = p.id AND o.organisation = {value})",
            "Number of an organisation that is a proponent now",
        ),
        Field::when(
            "certifier",
            Kind::Id,
            "EXISTS (SELECT FROM chain.certifiers c
                     WHERE c.project = p.id AND c.organisation = {value})",
            "Number of a certifier that is assigned now",
        ),
        Field::when(
            "text",
            Kind::Text,
            "p.words LIKE chain.with_words({value})",
            "Part of the title or of the external identifier, whatever its case and accents; of \
             one or two letters, the beginning of a word",
        ),
        Field::order("title", Kind::Text, "p.title"),
        Field::of("estimate", Kind::Number, "p.estimate", "Tonnes that the proponents expect")
            .sorted(),
        Field::of(
            "validated_estimate",
            Kind::Number,
            "p.validated_estimate",
            "Tonnes that the validation confirmed",
        )
        .sorted()
        .nullable(),
        Field::of("authorised", Kind::Number, "p.authorised", "Tonnes that may be issued").sorted(),
        Field::of("issued", Kind::Number, "p.issued", "Tonnes issued").sorted(),
        Field::of("retired", Kind::Number, "t.retired", "Tonnes retired").sorted(),
        Field::of(
            "crediting_start",
            Kind::Time,
            "p.crediting_start",
            "First instant of the crediting period",
        )
        .sorted(),
        Field::of(
            "crediting_end",
            Kind::Time,
            "p.crediting_end",
            "First instant after the crediting period",
        )
        .sorted(),
        Field::of("created_at", Kind::Time, "p.created_at", "When it was registered")
            .sorted_as_key(),
    ];
    // The part of the map.
    const OF_PAGE: &'static [&'static str] = &["box"];
    const KEY: Key = Key::numbers("id", &["p.id"]);
    const LAST_FIRST: bool = false;
    const SQL: &'static str =
        "SELECT {cursor}, p.id, p.title, p.external_id, p.stage, p.sector, p.sectoral_scope,
                p.mitigation_type, p.crediting_start, p.crediting_end, p.estimate,
                p.validated_estimate, p.authorised, p.issued, t.retired, p.created_at
         FROM chain.projects p CROSS JOIN LATERAL (
                  SELECT COALESCE(SUM(v.retired), 0)::BIGINT AS retired
                  FROM chain.vintage_totals v WHERE v.project = p.id
              ) t
         WHERE {filters} {part}";

    async fn items(_: &mut Reader, rows: Vec<PgRow>) -> Result<Vec<ProjectSummary>, Problem> {
        list::as_they_are(&rows)
    }
}

impl Sums {
    const SQL: &'static str =
        "SELECT COUNT(*) AS projects, COALESCE(SUM(p.authorised), 0)::BIGINT AS authorised,
                COALESCE(SUM(p.issued), 0)::BIGINT AS issued,
                COALESCE(SUM(t.retired), 0)::BIGINT AS retired
         FROM chain.projects p CROSS JOIN LATERAL (
                  SELECT COALESCE(SUM(v.retired), 0)::BIGINT AS retired
                  FROM chain.vintage_totals v WHERE v.project = p.id
              ) t
         WHERE {filters}";
}

/// The projects, by number.
#[utoipa::path(
    get, path = "/api/v1/projects", tag = "registry", params(Question<Projects>),
    operation_id = "projects",
    responses(
        (status = OK, body = List<ProjectSummary>),
        (status = BAD_REQUEST, body = ProblemDocument),
    )
)]
pub async fn list(question: Question<Projects>, reader: Reader) -> Result<Response, Problem> {
    download::json(question, reader).await
}

#[derive(Template)]
#[template(path = "projects.html")]
struct Page {
    l: Layout,
    list: View<Projects>,
    items: Vec<ProjectSummary>,
    sums: Sums,
    map: Option<map::Figure>,
}

/// `/projects`
pub async fn page(State(app): State<App>, shown: Shown<Projects>) -> Result<Response, Problem> {
    let Shown { l, list, items, mut reader } = shown;
    let sums = list.question.sum(&mut reader, Sums::SQL).await?;
    let map = map::figure(&app, &mut reader, &list.question).await?;
    page::render(&Page { l, list, items, sums, map })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pending_stands_for_the_stages_before_a_decision() {
        let Kind::Choice(stages) = STAGE else { panic!("stages are choices") };
        assert_eq!(stages.find("pending").unwrap(), ["submitted", "returned", "validated"]);
        assert!(is_pending("returned") && !is_pending("authorised") && !is_pending("rejected"));
        assert_eq!(stages.find("submitted").unwrap(), ["submitted"]);
        assert_eq!(stages.find("Pending"), None);
    }
}
