// SPDX-License-Identifier: Apache-2.0
//! What happened to credits in a period.

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
    /// What happened to credits of one group, in tonnes. A tonne counts each time that it happened.
    CreditFlows, keys such as "2026-03", asked for by [
        Field::argument(
            "by",
            by![
                "day", "month", "year", "project", "sector", "scope", "type", "region",
                "organisation", "vintage", "purpose", "country",
            ],
            "What to count by: `all` (one row), `day`, `month`, `year`, `project`, `sector`, \
             `scope` (sectoral scope), `type` (of mitigation), `region` (of the project's first \
             place), `organisation` (whose credits they were, or became by issuance), `vintage`, \
             `purpose` (of retirements; the reason of cancellations), `country` (that a retirement \
             is for)",
        ),
        Field::argument("from", Kind::Day, "The first day"),
        Field::argument("to", Kind::Day, "The last day"),
        Field::of(
            "organisation",
            Kind::Id,
            "f.organisation",
            "Only what this organisation had, gave or got",
        ),
        Field::of("project", Kind::Id, "f.project", "Only credits of this project"),
    ] {
        /// Issued.
        issued: i64,
        /// Of that, put into the buffer against reversals.
        buffered: i64,
        /// Moved from one organisation to another.
        transferred: i64,
        /// Of that, to the organisation that was asked for; null without one.
        received: Option<i64>,
        /// Of that, by the organisation that was asked for; null without one.
        sent: Option<i64>,
        /// First transferred under Article 6.
        first_transferred: i64,
        /// Reserved for an international retirement.
        reserved: i64,
        /// Given back, because the retirement that they were reserved for was refused or withdrawn.
        returned: i64,
        /// Put on hold.
        put_on_hold: i64,
        /// No longer on hold.
        released: i64,
        /// Released from the buffer.
        buffer_released: i64,
        /// Retired.
        retired: i64,
        /// Cancelled.
        cancelled: i64,
    }
}

/// What happened to credits in a period, in tonnes.
pub struct Flows;

impl Listing for Flows {
    type Item = CreditFlows;
    const NAME: &'static str = "credit-flows";
    const TITLE: &'static str = "statistics.credit_flows";
    const COLUMNS: &'static [Column<CreditFlows>] = CreditFlows::COLUMNS;
    const FIELDS: &'static [Field] = CreditFlows::FIELDS;
    const KEY: Key = KEY;
    const OF_PAGE: &'static [&'static str] = OF_PAGE;
    const LAST_FIRST: bool = false;
    const SQL: &'static str = "WITH groups AS MATERIALIZED (
             SELECT p.id, chain.project_dimension({by}, p) AS key FROM chain.projects p
             WHERE {by} IN ('project', 'sector', 'scope', 'type', 'region')
               AND ({project}::bigint IS NULL OR p.id = {project}::bigint)
         ), counted AS (
             SELECT f.kind, f.side, f.to_status, f.tonnes, COALESCE(
                        CASE {by} WHEN 'all' THEN 'all'
                                  WHEN 'organisation' THEN f.organisation::text
                                  WHEN 'vintage' THEN f.vintage::text
                                  WHEN 'purpose' THEN f.purpose
                                  WHEN 'country' THEN f.country END,
                        g.key, chain.day_dimension({by}, f.starts)) AS key
             FROM chain.spans({by}, {from}::date, {to}::date) s
             -- Span by span, by an index.
             CROSS JOIN LATERAL (
                 SELECT * FROM chain.flows f
                 WHERE f.grain = chain.grain({by}, {organisation}::bigint, {project}::bigint)
                   AND f.span = s.span AND f.starts BETWEEN s.starts AND s.ends AND {filters}
                   -- What was given away counts once: with whom it was before.
                   AND ({by} <> 'organisation' OR {organisation}::bigint IS NOT NULL
                        OR f.side <> 'received' OR f.kind = 'issued')
                 OFFSET 0
             ) f
             LEFT JOIN groups g ON g.id = f.project
         ), sums AS (
             SELECT key,
                    SUM(tonnes) FILTER (WHERE kind = 'issued') AS issued,
                    SUM(tonnes) FILTER (WHERE kind = 'issued' AND to_status = 'buffer') AS buffered,
                    SUM(tonnes) FILTER (WHERE kind = 'transferred') AS transferred,
                    SUM(tonnes) FILTER (WHERE kind = 'transferred' AND side = 'received')
                        AS received,
                    SUM(tonnes) FILTER (WHERE kind = 'transferred' AND side = 'sent') AS sent,
                    SUM(tonnes) FILTER (WHERE kind = 'first_transferred') AS first_transferred,
                    SUM(tonnes) FILTER (WHERE kind = 'reserved') AS reserved,
                    SUM(tonnes) FILTER (WHERE kind = 'returned') AS returned,
                    SUM(tonnes) FILTER (WHERE kind = 'held') AS put_on_hold,
                    SUM(tonnes) FILTER (WHERE kind = 'released') AS released,
                    SUM(tonnes) FILTER (WHERE kind = 'buffer_released') AS buffer_released,
                    SUM(tonnes) FILTER (WHERE kind = 'retired') AS retired,
                    SUM(tonnes) FILTER (WHERE kind = 'cancelled') AS cancelled
             FROM counted WHERE key <> '' GROUP BY key
         ), figures AS (
             SELECT key, chain.in_order(key) COLLATE \"C\" AS place,
                    COALESCE(issued, 0)::bigint AS issued,
                    COALESCE(buffered, 0)::bigint AS buffered,
                    COALESCE(transferred, 0)::bigint AS transferred,
                    CASE WHEN {organisation} IS NOT NULL THEN COALESCE(received, 0)::bigint END
                        AS received,
                    CASE WHEN {organisation} IS NOT NULL THEN COALESCE(sent, 0)::bigint END AS sent,
                    COALESCE(first_transferred, 0)::bigint AS first_transferred,
                    COALESCE(reserved, 0)::bigint AS reserved,
                    COALESCE(returned, 0)::bigint AS returned,
                    COALESCE(put_on_hold, 0)::bigint AS put_on_hold,
                    COALESCE(released, 0)::bigint AS released,
                    COALESCE(buffer_released, 0)::bigint AS buffer_released,
                    COALESCE(retired, 0)::bigint AS retired,
                    COALESCE(cancelled, 0)::bigint AS cancelled
             FROM sums
         )
         SELECT {cursor}, s.*, chain.key_name({by}, s.key) AS name
         FROM figures s WHERE TRUE {part}";

    fn check(question: &mut Question<Self>) -> Result<(), Problem> {
        period(question)
    }

    async fn items(_: &mut Reader, rows: Vec<PgRow>) -> Result<Vec<CreditFlows>, Problem> {
        list::as_they_are(&rows)
    }
}

impl Statistic for Flows {
    const LEAD: &'static str = "statistics.credit_flows_lead";
    const PATH: &'static str = "credits/flows";
    const DRAWN: &'static [&'static str] = &["issued", "transferred", "retired", "cancelled"];
    const LARGEST: &'static str = "issued";
    const ADDS_UP: bool = false;
    const UNIT: &'static str = "chart.tonnes";
}

/// What happened to credits in a period, in tonnes.
#[utoipa::path(
    get, path = "/api/v1/statistics/credits/flows", tag = "statistics", params(Question<Flows>),
    operation_id = "credit_flows",
    responses(
        (status = OK, body = List<CreditFlows>),
        (status = BAD_REQUEST, body = ProblemDocument),
    )
)]
pub async fn list(question: Question<Flows>, reader: Reader) -> Result<Response, Problem> {
    download::json(question, reader).await
}
