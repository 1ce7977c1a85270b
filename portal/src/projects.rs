// SPDX-License-Identifier: Apache-2.0
//! The list of projects.

use crate::{
    answers::{cut, List, Time},
    db::Reader,
    download::{Column, Listing},
    page::{self, Layout},
    problem::{Problem, ProblemDocument},
    query::{self, blank_is_none, Params},
    server::App,
};
use askama::Template;
use axum::{extract::State, http::Uri, response::Response};
use registry_primitives::{project::ProjectStage, Sector};
use serde::{Deserialize, Serialize};
use std::str::FromStr;
use utoipa::{IntoParams, ToSchema};

/// The stages in which the public is told that a project is pending.
const PENDING: [ProjectStage; 3] =
    [ProjectStage::Submitted, ProjectStage::Returned, ProjectStage::Validated];

/// Whether the public is told that a project at this stage is pending.
pub fn is_pending(stage: &str) -> bool {
    PENDING.iter().any(|pending| pending.as_str() == stage)
}

/// Which stages are asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum StageFilter {
    Pending,
    Exactly(ProjectStage),
}

impl FromStr for StageFilter {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        if text == "pending" {
            return Ok(Self::Pending);
        }
        text.parse().map(Self::Exactly).map_err(|error| format!("as a stage this is {error}"))
    }
}

impl StageFilter {
    fn stages(self) -> Vec<String> {
        match self {
            Self::Pending => PENDING.iter().map(ToString::to_string).collect(),
            Self::Exactly(stage) => vec![stage.to_string()],
        }
    }

    fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Exactly(stage) => stage.as_str(),
        }
    }
}

/// Which projects, and how many.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Filter {
    /// A stage, or `pending` for submitted, returned and validated.
    #[serde(default, deserialize_with = "blank_is_none")]
    #[param(value_type = Option<String>, example = "authorised")]
    stage: Option<StageFilter>,
    /// A sector.
    #[serde(default, deserialize_with = "blank_is_none")]
    #[param(value_type = Option<String>, example = "energy")]
    sector: Option<Sector>,
    /// Part of the title or of the external identifier.
    #[serde(default, deserialize_with = "blank_is_none")]
    text: Option<String>,
    /// The `next` of the answer before.
    #[serde(default, deserialize_with = "blank_is_none")]
    after: Option<i64>,
    /// How many, at most 200.
    #[serde(default, deserialize_with = "blank_is_none")]
    limit: Option<i64>,
}

/// A project in a list.
#[derive(Serialize, ToSchema)]
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
struct Sums {
    projects: i64,
    authorised: i64,
    issued: i64,
    retired: i64,
}

impl Listing for Filter {
    type Item = ProjectSummary;
    type Cursor = i64;
    const NAME: &'static str = "projects";
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

    fn paging(&mut self) -> (&mut Option<i64>, &mut Option<i64>) {
        (&mut self.after, &mut self.limit)
    }

    async fn load(
        &self,
        reader: &mut Reader,
        for_page: bool,
    ) -> Result<(Vec<ProjectSummary>, Option<String>), Problem> {
        let limit = query::limit(self.limit, for_page)?;
        let stages = self.stage.map(StageFilter::stages);
        let rows = sqlx::query_as!(
            ProjectSummary,
            r#"SELECT id, title, external_id, stage, sector, sectoral_scope, mitigation_type,
                      crediting_start, crediting_end, estimate AS "estimate!", validated_estimate,
                      authorised AS "authorised!", issued AS "issued!", created_at,
                      (SELECT COALESCE(SUM(retired), 0)::BIGINT FROM chain.vintage_totals
                       WHERE project = id) AS "retired!"
               FROM chain.projects
               WHERE ($1::TEXT[] IS NULL OR stage = ANY ($1))
                 AND ($2::TEXT IS NULL OR sector = $2)
                 AND ($3::TEXT IS NULL OR strpos(lower(title), lower($3)) > 0
                      OR strpos(lower(external_id), lower($3)) > 0)
                 AND ($4::BIGINT IS NULL OR id > $4)
               ORDER BY id LIMIT $5"#,
            stages.as_deref(),
            self.sector.map(Sector::as_str),
            self.text.as_deref(),
            self.after,
            limit + 1
        )
        .fetch_all(reader.connection())
        .await?;
        Ok(cut(rows, limit, |project| project.id.to_string()))
    }
}

impl Filter {
    async fn sums(&self, reader: &mut Reader) -> Result<Sums, Problem> {
        let stages = self.stage.map(StageFilter::stages);
        let sums = sqlx::query_as!(
            Sums,
            r#"SELECT COUNT(*) AS "projects!",
                      COALESCE(SUM(authorised), 0)::BIGINT AS "authorised!",
                      COALESCE(SUM(issued), 0)::BIGINT AS "issued!",
                      COALESCE(SUM((SELECT SUM(retired) FROM chain.vintage_totals
                                    WHERE project = id)), 0)::BIGINT AS "retired!"
               FROM chain.projects
               WHERE ($1::TEXT[] IS NULL OR stage = ANY ($1))
                 AND ($2::TEXT IS NULL OR sector = $2)
                 AND ($3::TEXT IS NULL OR strpos(lower(title), lower($3)) > 0
                      OR strpos(lower(external_id), lower($3)) > 0)"#,
            stages.as_deref(),
            self.sector.map(Sector::as_str),
            self.text.as_deref()
        )
        .fetch_one(reader.connection())
        .await?;
        Ok(sums)
    }
}

/// The projects, by number.
#[utoipa::path(
    get, path = "/api/v1/projects", tag = "registry", params(Filter),
    operation_id = "projects",
    responses(
        (status = OK, body = List<ProjectSummary>),
        (status = BAD_REQUEST, body = ProblemDocument),
    )
)]
pub async fn list(Params(filter): Params<Filter>, mut reader: Reader) -> Result<Response, Problem> {
    let (items, next) = filter.load(&mut reader, false).await?;
    Ok(reader.json_list(items, next))
}

#[derive(Template)]
#[template(path = "projects.html")]
struct Page {
    l: Layout,
    filter: Filter,
    sums: Sums,
    items: Vec<ProjectSummary>,
    next: Option<String>,
}

impl Page {
    fn stages(&self) -> Vec<(&'static str, bool)> {
        let pending = std::iter::once(StageFilter::Pending);
        let exact = ProjectStage::ALL.iter().copied().map(StageFilter::Exactly);
        pending.chain(exact).map(|it| (it.as_str(), self.filter.stage == Some(it))).collect()
    }

    fn sectors(&self) -> Vec<(&'static str, bool)> {
        Sector::ALL.iter().map(|it| (it.as_str(), self.filter.sector == Some(*it))).collect()
    }

    fn text(&self) -> &str {
        self.filter.text.as_deref().unwrap_or_default()
    }

    fn more(&self, after: &str) -> String {
        let filters = [
            ("stage", self.filter.stage.map(StageFilter::as_str).unwrap_or_default().to_owned()),
            ("sector", self.filter.sector.map(Sector::as_str).unwrap_or_default().to_owned()),
            ("text", self.text().to_owned()),
        ];
        self.l.next(&filters, after)
    }
}

/// `/projects`
pub async fn page(
    State(app): State<App>,
    uri: Uri,
    Params(filter): Params<Filter>,
    mut reader: Reader,
) -> Result<Response, Problem> {
    let (items, next) = filter.load(&mut reader, true).await?;
    let sums = filter.sums(&mut reader).await?;
    let l = Layout::of_list(&app, &reader, &uri, "projects.title");
    page::render(&Page { l, filter, sums, items, next })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pending_stands_for_the_stages_before_a_decision() {
        let filter: StageFilter = "pending".parse().unwrap();
        assert_eq!(filter.stages(), ["submitted", "returned", "validated"]);
        assert!(is_pending("returned") && !is_pending("authorised") && !is_pending("rejected"));
        let exact: StageFilter = "submitted".parse().unwrap();
        assert_eq!(exact.stages(), ["submitted"]);
        assert!("Pending".parse::<StageFilter>().is_err());
    }
}
