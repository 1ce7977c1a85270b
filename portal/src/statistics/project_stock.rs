// SPDX-License-Identifier: Apache-2.0
//! How many projects there were in which stage at the end of a day, and their tonnes.

use super::{by, groups, pages::Statistic, KEY, OF_PAGE};
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
    /// Projects of one group at the end of a day, by stage, and tonnes.
    ProjectStock, keys such as "energy", asked for by [
        Field::argument(
            "by",
            by!["project", "sector", "scope", "type", "region"],
            "What to count by: `all` (one row), `project`, `sector`, `scope` (sectoral scope), \
             `type` (of mitigation), `region` (of the project's first place)",
        ),
        Field::argument("at", Kind::Day, "At the end of this day; now, if none is given"),
        Field::argument(
            "proponent",
            Kind::Id,
            "Only projects that this organisation is a proponent of, now; tonnes are its share of \
             them, rounded down project by project",
        ),
        Field::argument(
            "certifier",
            Kind::Id,
            "Only projects that this certifier is assigned to, now; certifications are its own",
        ),
    ] {
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
}

/// How many projects there were at the end of a day, by stage, and their tonnes.
pub struct Stock;

impl Listing for Stock {
    type Item = ProjectStock;
    const NAME: &'static str = "project-stock";
    const TITLE: &'static str = "statistics.project_stock";
    const COLUMNS: &'static [Column<ProjectStock>] = ProjectStock::COLUMNS;
    const FIELDS: &'static [Field] = ProjectStock::FIELDS;
    const KEY: Key = KEY;
    const OF_PAGE: &'static [&'static str] = OF_PAGE;
    const LAST_FIRST: bool = false;
    const SQL: &'static str = "WITH asked AS (
             -- The day, and the first moment after it.
             SELECT d.day, (d.day + 1)::timestamp AT TIME ZONE 'UTC' AS until
             FROM (SELECT COALESCE({at}, (time AT TIME ZONE 'UTC')::date) AS day
                   FROM chain.cursor) d
         ), reached AS (
             SELECT DISTINCT ON (project) project, stage,
                    SUM(authorised) OVER (PARTITION BY project) AS authorised
             FROM chain.project_stages WHERE at < (SELECT until FROM asked)
             ORDER BY project, height DESC, index DESC
         ), certificates AS (
             SELECT project,
                    bool_or(revoked_at IS NULL OR revoked_at >= (SELECT until FROM asked))
                        AS stands
             FROM chain.certifications
             WHERE certified_at < (SELECT until FROM asked)
               AND ({certifier}::bigint IS NULL OR certifier = {certifier}::bigint)
             GROUP BY project
         ), issuances AS (
             SELECT f.project, SUM(f.tonnes) AS issued
             FROM asked a CROSS JOIN LATERAL chain.spans('all', NULL, a.day) s
             CROSS JOIN LATERAL (
                 SELECT project, tonnes FROM chain.flows f
                 WHERE f.grain = 'project' AND f.span = s.span
                   AND f.starts BETWEEN s.starts AND s.ends AND f.kind = 'issued'
                 OFFSET 0
             ) f
             GROUP BY f.project
         ), shares AS (
             SELECT p.id, CASE WHEN {proponent}::bigint IS NULL THEN 1000000
                               ELSE o.share_ppm END AS ppm
             FROM chain.projects p
             LEFT JOIN chain.proponents o
               ON o.project = p.id AND o.organisation = {proponent}::bigint
             WHERE ({proponent}::bigint IS NULL OR o.organisation IS NOT NULL)
               AND ({certifier}::bigint IS NULL OR EXISTS (
                       SELECT FROM chain.certifiers c
                       WHERE c.project = p.id AND c.organisation = {certifier}::bigint))
         ), counted AS (
             SELECT chain.project_dimension({by}, p) AS key, r.stage,
                    r.authorised > 0 AS was_authorised, c.stands,
                    div(p.estimate::numeric * s.ppm, 1000000) AS estimate,
                    div(r.authorised * s.ppm, 1000000) AS authorised,
                    div(COALESCE(i.issued, 0) * s.ppm, 1000000) AS issued
             FROM reached r
             JOIN chain.projects p ON p.id = r.project
             JOIN shares s ON s.id = p.id
             LEFT JOIN certificates c ON c.project = p.id
             LEFT JOIN issuances i ON i.project = p.id
         ), figures AS (
             SELECT key, chain.in_order(key) COLLATE \"C\" AS place, count(*) AS projects,
                    count(*) FILTER (WHERE stage = 'submitted') AS submitted,
                    count(*) FILTER (WHERE stage = 'returned') AS returned,
                    count(*) FILTER (WHERE stage = 'validated') AS validated,
                    count(*) FILTER (WHERE stage = 'authorised') AS authorised,
                    count(*) FILTER (WHERE stage = 'suspended') AS suspended,
                    count(*) FILTER (WHERE stage = 'completed') AS completed,
                    count(*) FILTER (WHERE stage = 'rejected') AS rejected,
                    count(*) FILTER (WHERE stage = 'withdrawn') AS withdrawn,
                    count(*) FILTER (WHERE was_authorised AND stands) AS certified,
                    count(*) FILTER (WHERE was_authorised AND NOT stands)
                        AS certification_revoked,
                    count(*) FILTER (WHERE was_authorised AND stands IS NULL) AS uncertified,
                    COALESCE(SUM(estimate), 0)::bigint AS estimate_tonnes,
                    COALESCE(SUM(authorised), 0)::bigint AS authorised_tonnes,
                    COALESCE(SUM(issued), 0)::bigint AS issued_tonnes,
                    COALESCE(SUM(authorised) FILTER (WHERE stands), 0)::bigint
                        AS certified_tonnes
             FROM counted WHERE key <> '' GROUP BY key
         )
         SELECT {cursor}, s.*, chain.key_name({by}, s.key) AS name
         FROM figures s WHERE TRUE {part}";

    async fn items(_: &mut Reader, rows: Vec<PgRow>) -> Result<Vec<ProjectStock>, Problem> {
        list::as_they_are(&rows)
    }
}

impl Statistic for Stock {
    const LEAD: &'static str = "statistics.project_stock_lead";
    const PATH: &'static str = "projects/stock";
    const DRAWN: &'static [&'static str] = &[
        "authorised",
        "submitted",
        "completed",
        "validated",
        "suspended",
        "returned",
        "rejected",
        "withdrawn",
    ];
    const LARGEST: &'static str = "projects";
    const ADDS_UP: bool = true;
    const UNIT: &'static str = "chart.projects";
}

/// How many projects there were at the end of a day, by stage, and their tonnes.
#[utoipa::path(
    get, path = "/api/v1/statistics/projects/stock", tag = "statistics", params(Question<Stock>),
    operation_id = "project_stock",
    responses(
        (status = OK, body = List<ProjectStock>),
        (status = BAD_REQUEST, body = ProblemDocument),
    )
)]
pub async fn list(question: Question<Stock>, reader: Reader) -> Result<Response, Problem> {
    download::json(question, reader).await
}
