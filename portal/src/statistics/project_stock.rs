// SPDX-License-Identifier: Apache-2.0
//! How many projects there were in which stage at the end of a day, and their tonnes.

use super::{
    day, end, groups,
    pages::{Field, Statistic},
};
use crate::{
    answers::{cut, List},
    db::Reader,
    download::{self, Column, Listing},
    problem::{Problem, ProblemDocument},
    query::{self, blank_is_none, Params},
};
use axum::response::Response;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

groups! {
    /// What a stock of projects is counted by.
    By { "project", "sector", "scope", "type", "region" }
}

/// Which projects, when, and how they are counted.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Filter {
    /// What to count by: `all` (one row), `project`, `sector`, `scope` (sectoral scope), `type` (of
    /// mitigation), `region` (of the project's first place).
    #[serde(default, deserialize_with = "blank_is_none")]
    #[param(value_type = Option<String>, example = "sector")]
    by: Option<By>,
    /// At the end of this day; now, if none is given.
    #[serde(default, deserialize_with = "blank_is_none")]
    #[param(value_type = Option<String>, format = Date, example = "2026-12-31")]
    at: Option<NaiveDate>,
    /// Only projects that this organisation is a proponent of, now; tonnes are its share of them,
    /// rounded down project by project.
    #[serde(default, deserialize_with = "blank_is_none")]
    proponent: Option<i64>,
    /// Only projects that this certifier is assigned to, now; certifications are its own.
    #[serde(default, deserialize_with = "blank_is_none")]
    certifier: Option<i64>,
    /// The `next` of the answer before.
    #[serde(default, deserialize_with = "blank_is_none")]
    after: Option<String>,
    /// How many rows, at most 200.
    #[serde(default, deserialize_with = "blank_is_none")]
    limit: Option<i64>,
}

/// Projects of one group at the end of a day, by stage, and tonnes.
#[derive(Serialize, ToSchema)]
pub struct ProjectStock {
    /// The group.
    #[schema(example = "energy")]
    key: String,
    /// The title of the project.
    name: Option<String>,
    /// All projects: the sum of the stages.
    projects: i64,
    /// Under review.
    submitted: i64,
    /// Returned to the proponents.
    returned: i64,
    /// Validated, waiting for the Government.
    validated: i64,
    /// Authorised.
    authorised: i64,
    /// Authorised, and stopped for the time being.
    suspended: i64,
    /// Completed.
    completed: i64,
    /// Rejected by the Government.
    rejected: i64,
    /// Withdrawn by the proponents.
    withdrawn: i64,
    /// Ever authorised, with a certification that stands.
    certified: i64,
    /// Ever authorised and once certified, with none that stands.
    certification_revoked: i64,
    /// Ever authorised, and never certified.
    uncertified: i64,
    /// Tonnes that the proponents estimate.
    estimate_tonnes: i64,
    /// Tonnes that are authorised.
    authorised_tonnes: i64,
    /// Tonnes that are issued.
    issued_tonnes: i64,
    /// Authorised tonnes of the projects that are certified.
    certified_tonnes: i64,
}

impl Listing for Filter {
    type Item = ProjectStock;
    type Cursor = String;
    const NAME: &'static str = "project-stock";
    const COLUMNS: &'static [Column<ProjectStock>] = &[
        ("key", |it| (&it.key).into()),
        ("name", |it| it.name.as_ref().into()),
        ("projects", |it| it.projects.into()),
        ("submitted", |it| it.submitted.into()),
        ("returned", |it| it.returned.into()),
        ("validated", |it| it.validated.into()),
        ("authorised", |it| it.authorised.into()),
        ("suspended", |it| it.suspended.into()),
        ("completed", |it| it.completed.into()),
        ("rejected", |it| it.rejected.into()),
        ("withdrawn", |it| it.withdrawn.into()),
        ("certified", |it| it.certified.into()),
        ("certification_revoked", |it| it.certification_revoked.into()),
        ("uncertified", |it| it.uncertified.into()),
        ("estimate_tonnes", |it| it.estimate_tonnes.into()),
        ("authorised_tonnes", |it| it.authorised_tonnes.into()),
        ("issued_tonnes", |it| it.issued_tonnes.into()),
        ("certified_tonnes", |it| it.certified_tonnes.into()),
    ];

    fn paging(&mut self) -> (&mut Option<String>, &mut Option<i64>) {
        (&mut self.after, &mut self.limit)
    }

    async fn load(
        &self,
        reader: &mut Reader,
        for_page: bool,
    ) -> Result<(Vec<ProjectStock>, Option<String>), Problem> {
        let limit = query::limit(self.limit, for_page)?;
        let at = day(self.at, &reader.as_of);
        let groups = sqlx::query_as!(
            ProjectStock,
            r#"WITH reached AS (
                   SELECT DISTINCT ON (project) project, stage,
                          SUM(authorised) OVER (PARTITION BY project) AS authorised
                   FROM chain.project_stages WHERE at < $2
                   ORDER BY project, height DESC, index DESC
               ), certificates AS (
                   SELECT project, bool_or(revoked_at IS NULL OR revoked_at >= $2) AS stands
                   FROM chain.certifications
                   WHERE certified_at < $2 AND ($5::bigint IS NULL OR certifier = $5)
                   GROUP BY project
               ), issuances AS (
                   SELECT project, SUM(tonnes) AS issued FROM chain.daily_flows
                   WHERE kind = 'issued' AND day <= $3 GROUP BY project
               ), shares AS (
                   SELECT p.id, CASE WHEN $4::bigint IS NULL THEN 1000000 ELSE o.share_ppm END
                                AS ppm
                   FROM chain.projects p
                   LEFT JOIN chain.proponents o ON o.project = p.id AND o.organisation = $4
                   WHERE ($4 IS NULL OR o.organisation IS NOT NULL)
                     AND ($5 IS NULL OR EXISTS (
                             SELECT FROM chain.certifiers c
                             WHERE c.project = p.id AND c.organisation = $5))
               ), counted AS (
                   SELECT chain.project_dimension($1::text, p) AS key, r.stage,
                          r.authorised > 0 AS was_authorised, c.stands,
                          div(p.estimate::numeric * s.ppm, 1000000) AS estimate,
                          div(r.authorised * s.ppm, 1000000) AS authorised,
                          div(COALESCE(i.issued, 0) * s.ppm, 1000000) AS issued
                   FROM reached r
                   JOIN chain.projects p ON p.id = r.project
                   JOIN shares s ON s.id = p.id
                   LEFT JOIN certificates c ON c.project = p.id
                   LEFT JOIN issuances i ON i.project = p.id
               )
               SELECT key AS "key!", chain.key_name($1, key) AS name, count(*) AS "projects!",
                      count(*) FILTER (WHERE stage = 'submitted') AS "submitted!",
                      count(*) FILTER (WHERE stage = 'returned') AS "returned!",
                      count(*) FILTER (WHERE stage = 'validated') AS "validated!",
                      count(*) FILTER (WHERE stage = 'authorised') AS "authorised!",
                      count(*) FILTER (WHERE stage = 'suspended') AS "suspended!",
                      count(*) FILTER (WHERE stage = 'completed') AS "completed!",
                      count(*) FILTER (WHERE stage = 'rejected') AS "rejected!",
                      count(*) FILTER (WHERE stage = 'withdrawn') AS "withdrawn!",
                      count(*) FILTER (WHERE was_authorised AND stands) AS "certified!",
                      count(*) FILTER (WHERE was_authorised AND NOT stands)
                          AS "certification_revoked!",
                      count(*) FILTER (WHERE was_authorised AND stands IS NULL)
                          AS "uncertified!",
                      COALESCE(SUM(estimate), 0)::bigint AS "estimate_tonnes!",
                      COALESCE(SUM(authorised), 0)::bigint AS "authorised_tonnes!",
                      COALESCE(SUM(issued), 0)::bigint AS "issued_tonnes!",
                      COALESCE(SUM(authorised) FILTER (WHERE stands), 0)::bigint
                          AS "certified_tonnes!"
               FROM counted
               WHERE key <> ''
                 AND ($6::text IS NULL OR chain.in_order(key) > chain.in_order($6))
               GROUP BY key ORDER BY chain.in_order(key) LIMIT $7"#,
            self.by(),
            end(at)?.0,
            at,
            self.proponent,
            self.certifier,
            self.after,
            limit + 1,
        )
        .fetch_all(reader.connection())
        .await?;
        Ok(cut(groups, limit, |group| group.key.clone()))
    }
}

impl Statistic for Filter {
    const TITLE: &'static str = "statistics.project_stock";
    const LEAD: &'static str = "statistics.project_stock_lead";

    fn choices() -> &'static [&'static str] {
        By::ALL
    }

    fn by(&self) -> &'static str {
        self.by.unwrap_or_default().0
    }

    fn fields(&self) -> Vec<Field> {
        vec![
            Field::day("at", self.at),
            Field::number("proponent", self.proponent),
            Field::number("certifier", self.certifier),
        ]
    }
}

/// How many projects there were at the end of a day, by stage, and their tonnes.
#[utoipa::path(
    get, path = "/api/v1/statistics/projects/stock", tag = "statistics", params(Filter),
    operation_id = "project_stock",
    responses(
        (status = OK, body = List<ProjectStock>),
        (status = BAD_REQUEST, body = ProblemDocument),
    )
)]
pub async fn list(filter: Params<Filter>, reader: Reader) -> Result<Response, Problem> {
    download::json(filter, reader).await
}
