// SPDX-License-Identifier: Apache-2.0
//! What happened to projects in a period.

use super::{
    end, groups,
    pages::{Field, Statistic},
    period,
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
    /// What flows of projects are counted by.
    By { "day", "month", "year", "project", "sector", "scope", "type", "region" }
}

/// Which projects, when, and how they are counted.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Filter {
    /// What to count by: `all` (one row), `day`, `month`, `year`, `project`, `sector`, `scope`
    /// (sectoral scope), `type` (of mitigation), `region` (of the project's first place).
    #[serde(default, deserialize_with = "blank_is_none")]
    #[param(value_type = Option<String>, example = "day")]
    by: Option<By>,
    /// The first day.
    #[serde(default, deserialize_with = "blank_is_none")]
    #[param(value_type = Option<String>, format = Date, example = "2026-01-01")]
    from: Option<NaiveDate>,
    /// The last day.
    #[serde(default, deserialize_with = "blank_is_none")]
    #[param(value_type = Option<String>, format = Date, example = "2026-12-31")]
    to: Option<NaiveDate>,
    /// Only projects that this organisation is a proponent of, now.
    #[serde(default, deserialize_with = "blank_is_none")]
    proponent: Option<i64>,
    /// Only projects that this certifier is assigned to, now.
    #[serde(default, deserialize_with = "blank_is_none")]
    certifier: Option<i64>,
    /// The `next` of the answer before.
    #[serde(default, deserialize_with = "blank_is_none")]
    after: Option<String>,
    /// How many rows, at most 200.
    #[serde(default, deserialize_with = "blank_is_none")]
    limit: Option<i64>,
}

/// How many projects of one group entered which stage. A project counts each time that it did.
#[derive(Serialize, ToSchema)]
pub struct ProjectFlows {
    /// The group.
    #[schema(example = "2026-03-14")]
    key: String,
    /// The title of the project.
    name: Option<String>,
    /// Registered.
    registered: i64,
    /// Returned to the proponents.
    returned: i64,
    /// Submitted again.
    resubmitted: i64,
    /// Validated by a certifier.
    validated: i64,
    /// Authorised by the Government.
    authorised: i64,
    /// Tonnes that were authorised with that.
    authorised_tonnes: i64,
    /// Rejected by the Government.
    rejected: i64,
    /// Withdrawn by the proponents.
    withdrawn: i64,
    /// Suspended.
    suspended: i64,
    /// No longer suspended.
    resumed: i64,
    /// Completed.
    completed: i64,
    /// Certifications by a certifier.
    certified: i64,
    /// Certifications that were revoked, or fell with their certifier.
    certifications_revoked: i64,
}

impl Listing for Filter {
    type Item = ProjectFlows;
    type Cursor = String;
    const NAME: &'static str = "project-flows";
    const COLUMNS: &'static [Column<ProjectFlows>] = &[
        ("key", |it| (&it.key).into()),
        ("name", |it| it.name.as_ref().into()),
        ("registered", |it| it.registered.into()),
        ("returned", |it| it.returned.into()),
        ("resubmitted", |it| it.resubmitted.into()),
        ("validated", |it| it.validated.into()),
        ("authorised", |it| it.authorised.into()),
        ("authorised_tonnes", |it| it.authorised_tonnes.into()),
        ("rejected", |it| it.rejected.into()),
        ("withdrawn", |it| it.withdrawn.into()),
        ("suspended", |it| it.suspended.into()),
        ("resumed", |it| it.resumed.into()),
        ("completed", |it| it.completed.into()),
        ("certified", |it| it.certified.into()),
        ("certifications_revoked", |it| it.certifications_revoked.into()),
    ];

    fn paging(&mut self) -> (&mut Option<String>, &mut Option<i64>) {
        (&mut self.after, &mut self.limit)
    }

    async fn load(
        &self,
        reader: &mut Reader,
        for_page: bool,
    ) -> Result<(Vec<ProjectFlows>, Option<String>), Problem> {
        period(self.from, self.to)?;
        let limit = query::limit(self.limit, for_page)?;
        let until = self.to.map(end).transpose()?.map(|time| time.0);
        let groups = sqlx::query_as!(
            ProjectFlows,
            r#"WITH steps AS (
                   SELECT s.project, s.at, s.authorised,
                          -- An authorised project that is so again was suspended in between.
                          CASE WHEN s.stage = 'authorised' AND before.stage = 'suspended'
                               THEN 'resumed'
                               WHEN s.stage = 'submitted' AND before.stage IS NULL
                               THEN 'registered'
                               ELSE s.stage END AS step
                   FROM chain.project_stages s
                   LEFT JOIN LATERAL (
                       SELECT stage FROM chain.project_stages b
                       WHERE b.project = s.project AND (b.height, b.index) < (s.height, s.index)
                       ORDER BY b.height DESC, b.index DESC LIMIT 1
                   ) before ON TRUE
                   UNION ALL
                   SELECT project, certified_at, 0, 'certified' FROM chain.certifications
                   UNION ALL
                   SELECT project, revoked_at, 0, 'certification_revoked'
                   FROM chain.certifications WHERE revoked_at IS NOT NULL
               ), counted AS (
                   SELECT s.*, COALESCE(
                              chain.day_dimension($1::text, (s.at AT TIME ZONE 'UTC')::date),
                              chain.project_dimension($1, p)) AS key
                   FROM steps s JOIN chain.projects p ON p.id = s.project
                   WHERE ($2::date IS NULL OR s.at >= $2::date::timestamp AT TIME ZONE 'UTC')
                     AND ($3::timestamptz IS NULL OR s.at < $3)
                     AND ($4::bigint IS NULL OR EXISTS (
                             SELECT FROM chain.proponents o
                             WHERE o.project = p.id AND o.organisation = $4))
                     AND ($5::bigint IS NULL OR EXISTS (
                             SELECT FROM chain.certifiers o
                             WHERE o.project = p.id AND o.organisation = $5))
               )
               SELECT key AS "key!", chain.key_name($1, key) AS name,
                      count(*) FILTER (WHERE step = 'registered') AS "registered!",
                      count(*) FILTER (WHERE step = 'returned') AS "returned!",
                      count(*) FILTER (WHERE step = 'submitted') AS "resubmitted!",
                      count(*) FILTER (WHERE step = 'validated') AS "validated!",
                      count(*) FILTER (WHERE step = 'authorised') AS "authorised!",
                      COALESCE(SUM(authorised), 0)::bigint AS "authorised_tonnes!",
                      count(*) FILTER (WHERE step = 'rejected') AS "rejected!",
                      count(*) FILTER (WHERE step = 'withdrawn') AS "withdrawn!",
                      count(*) FILTER (WHERE step = 'suspended') AS "suspended!",
                      count(*) FILTER (WHERE step = 'resumed') AS "resumed!",
                      count(*) FILTER (WHERE step = 'completed') AS "completed!",
                      count(*) FILTER (WHERE step = 'certified') AS "certified!",
                      count(*) FILTER (WHERE step = 'certification_revoked')
                          AS "certifications_revoked!"
               FROM counted
               WHERE key <> ''
                 AND ($6::text IS NULL OR chain.in_order(key) > chain.in_order($6))
               GROUP BY key ORDER BY chain.in_order(key) LIMIT $7"#,
            self.by(),
            self.from,
            until,
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
    const TITLE: &'static str = "statistics.project_flows";
    const LEAD: &'static str = "statistics.project_flows_lead";

    fn choices() -> &'static [&'static str] {
        By::ALL
    }

    fn by(&self) -> &'static str {
        self.by.unwrap_or_default().0
    }

    fn fields(&self) -> Vec<Field> {
        vec![
            Field::day("from", self.from),
            Field::day("to", self.to),
            Field::number("proponent", self.proponent),
            Field::number("certifier", self.certifier),
        ]
    }
}

/// What happened to projects in a period.
#[utoipa::path(
    get, path = "/api/v1/statistics/projects/flows", tag = "statistics", params(Filter),
    operation_id = "project_flows",
    responses(
        (status = OK, body = List<ProjectFlows>),
        (status = BAD_REQUEST, body = ProblemDocument),
    )
)]
pub async fn list(filter: Params<Filter>, reader: Reader) -> Result<Response, Problem> {
    download::json(filter, reader).await
}
