// SPDX-License-Identifier: Apache-2.0
//! What happened to projects in a period.

use super::{by, groups, pages::Statistic, period, KEY, OF_PAGE};
use crate::{
    answers::List,
    db::Reader,
    download::{self, Column},
    list::{self, Field, Key, Kind, Listing, Question},
    problem::{Problem, ProblemDocument},
};
use axum::response::Response;
use sqlx::postgres::PgRow;

groups! {
    /// How many projects of one group entered which stage. A project counts each time that it did.
    ProjectFlows, keys such as "2026-03-14", asked for by [
        Field::argument(
            "by",
            by!["day", "month", "year", "project", "sector", "scope", "type", "region"],
            "What to count by: `all` (one row), `day`, `month`, `year`, `project`, `sector`, \
             `scope` (sectoral scope), `type` (of mitigation), `region` (of the project's first \
             place)",
        ),
        Field::when(
            "from",
            Kind::Day,
            "t.at >= {value}::timestamp AT TIME ZONE 'UTC'",
            "The first day",
        ),
        Field::when(
            "to",
            Kind::Day,
            "t.at < ({value} + 1)::timestamp AT TIME ZONE 'UTC'",
            "The last day",
        ),
        Field::when(
            "proponent",
            Kind::Id,
            "EXISTS (SELECT FROM chain.proponents o
                     WHERE o.project = p.id AND o.organisation = {value})",
            "Only projects that this organisation is a proponent of, now",
        ),
        Field::when(
            "certifier",
            Kind::Id,
            "EXISTS (SELECT FROM chain.certifiers o
                     WHERE o.project = p.id AND o.organisation = {value})",
            "Only projects that this certifier is assigned to, now",
        ),
    ] {
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
}

/// What happened to projects in a period.
pub struct Flows;

impl Listing for Flows {
    type Item = ProjectFlows;
    const NAME: &'static str = "project-flows";
    const TITLE: &'static str = "statistics.project_flows";
    const COLUMNS: &'static [Column<ProjectFlows>] = ProjectFlows::COLUMNS;
    const FIELDS: &'static [Field] = ProjectFlows::FIELDS;
    const KEY: Key = KEY;
    const OF_PAGE: &'static [&'static str] = OF_PAGE;
    const LAST_FIRST: bool = false;
    const SQL: &'static str = "WITH steps AS (
             SELECT c.project, c.at, c.authorised,
                    -- One that was taken over begins validated.
                    before.stage IS NULL AS is_first,
                    -- An authorised project that is so again was suspended in between.
                    CASE WHEN c.stage = 'authorised' AND before.stage = 'suspended'
                         THEN 'resumed'
                         WHEN c.stage = 'submitted' AND before.stage IS NULL
                         THEN 'registered'
                         ELSE c.stage END AS step
             FROM chain.project_stages c
             LEFT JOIN LATERAL (
                 SELECT stage FROM chain.project_stages b
                 WHERE b.project = c.project AND (b.height, b.index) < (c.height, c.index)
                 ORDER BY b.height DESC, b.index DESC LIMIT 1
             ) before ON TRUE
             UNION ALL
             SELECT project, certified_at, 0, FALSE, 'certified' FROM chain.certifications
             UNION ALL
             SELECT project, revoked_at, 0, FALSE, 'certification_revoked'
             FROM chain.certifications WHERE revoked_at IS NOT NULL
         ), counted AS (
             SELECT t.*, COALESCE(
                        chain.day_dimension({by}, (t.at AT TIME ZONE 'UTC')::date),
                        chain.project_dimension({by}, p)) AS key
             FROM steps t JOIN chain.projects p ON p.id = t.project
             WHERE {filters}
         ), figures AS (
             SELECT key, chain.in_order(key) COLLATE \"C\" AS place,
                    count(*) FILTER (WHERE is_first) AS registered,
                    count(*) FILTER (WHERE step = 'returned') AS returned,
                    count(*) FILTER (WHERE step = 'submitted') AS resubmitted,
                    count(*) FILTER (WHERE step = 'validated') AS validated,
                    count(*) FILTER (WHERE step = 'authorised') AS authorised,
                    COALESCE(SUM(authorised), 0)::bigint AS authorised_tonnes,
                    count(*) FILTER (WHERE step = 'rejected') AS rejected,
                    count(*) FILTER (WHERE step = 'withdrawn') AS withdrawn,
                    count(*) FILTER (WHERE step = 'suspended') AS suspended,
                    count(*) FILTER (WHERE step = 'resumed') AS resumed,
                    count(*) FILTER (WHERE step = 'completed') AS completed,
                    count(*) FILTER (WHERE step = 'certified') AS certified,
                    count(*) FILTER (WHERE step = 'certification_revoked')
                        AS certifications_revoked
             FROM counted WHERE key <> '' GROUP BY key
         )
         SELECT {cursor}, s.*, chain.key_name({by}, s.key) AS name
         FROM figures s WHERE TRUE {part}";

    fn check(question: &mut Question<Self>) -> Result<(), Problem> {
        period(question)
    }

    async fn items(_: &mut Reader, rows: Vec<PgRow>) -> Result<Vec<ProjectFlows>, Problem> {
        list::as_they_are(&rows)
    }
}

impl Statistic for Flows {
    const LEAD: &'static str = "statistics.project_flows_lead";
    const PATH: &'static str = "projects/flows";
    const DRAWN: &'static [&'static str] = &["registered", "authorised", "rejected", "completed"];
    const LARGEST: &'static str = "registered";
    const ADDS_UP: bool = false;
    const UNIT: &'static str = "chart.projects";
}

/// What happened to projects in a period.
#[utoipa::path(
    get, path = "/api/v1/statistics/projects/flows", tag = "statistics", params(Question<Flows>),
    operation_id = "project_flows",
    responses(
        (status = OK, body = List<ProjectFlows>),
        (status = BAD_REQUEST, body = ProblemDocument),
    )
)]
pub async fn list(question: Question<Flows>, reader: Reader) -> Result<Response, Problem> {
    download::json(question, reader).await
}
