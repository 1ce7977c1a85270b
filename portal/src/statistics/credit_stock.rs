// SPDX-License-Identifier: Apache-2.0
//! Who had which credits at the end of a day.

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
    /// Credits of one group at the end of a day, in tonnes by status.
    CreditStock, keys such as "energy", asked for by [
        Field::argument(
            "by",
            by!["project", "sector", "scope", "type", "region", "organisation", "vintage"],
            "What to count by: `all` (one row), `project`, `sector`, `scope` (sectoral scope), \
             `type` (of mitigation), `region` (of the project's first place), `organisation` (that \
             owned them), `vintage`",
        ),
        Field::argument("at", Kind::Day, "At the end of this day; now, if none is given"),
        Field::of("organisation", Kind::Id, "f.organisation", "Only what this organisation owned"),
        Field::of("project", Kind::Id, "f.project", "Only credits of this project"),
    ] {
        /// All of them: the sum of the others.
        total: i64,
        /// Held by their owners.
        held: i64,
        /// On hold.
        on_hold: i64,
        /// Reserved for international retirements.
        reserved: i64,
        /// Retired by then.
        retired: i64,
        /// Cancelled by then.
        cancelled: i64,
        /// In the buffer against reversals.
        buffer: i64,
    }
}

/// Which credits there were at the end of a day, in tonnes by status.
pub struct Stock;

impl Listing for Stock {
    type Item = CreditStock;
    const NAME: &'static str = "credit-stock";
    const TITLE: &'static str = "statistics.credit_stock";
    const COLUMNS: &'static [Column<CreditStock>] = CreditStock::COLUMNS;
    const FIELDS: &'static [Field] = CreditStock::FIELDS;
    const KEY: Key = KEY;
    const OF_PAGE: &'static [&'static str] = OF_PAGE;
    const LAST_FIRST: bool = false;
    const SQL: &'static str = "WITH groups AS MATERIALIZED (
             SELECT p.id, chain.project_dimension({by}, p) AS key FROM chain.projects p
             WHERE {by} IN ('project', 'sector', 'scope', 'type', 'region')
               AND ({project}::bigint IS NULL OR p.id = {project}::bigint)
         ), moved AS (
             SELECT COALESCE(CASE {by} WHEN 'all' THEN 'all'
                                       WHEN 'organisation' THEN f.organisation::text
                                       WHEN 'vintage' THEN f.vintage::text END, g.key) AS key,
                    f.from_status, f.to_status, f.side, SUM(f.tonnes) AS tonnes
             FROM chain.spans('all', NULL, {at}::date) s
             -- Span by span, by an index.
             CROSS JOIN LATERAL (
                 SELECT * FROM chain.flows f
                 WHERE f.grain = chain.grain({by}, {organisation}::bigint, {project}::bigint)
                   AND f.span = s.span AND f.starts BETWEEN s.starts AND s.ends AND {filters}
                 OFFSET 0
             ) f
             LEFT JOIN groups g ON g.id = f.project
             GROUP BY 1, 2, 3, 4
         ), changes AS (
             SELECT f.key, m.status, m.change
             -- What an organisation gave did not come to it, and what it got did not leave it.
             FROM moved f CROSS JOIN LATERAL (VALUES (f.to_status, f.tonnes, 'sent'),
                                                     (f.from_status, -f.tonnes, 'received'))
                                             AS m (status, change, but)
             WHERE m.status <> '' AND f.side <> m.but
         ), sums AS (
             SELECT key,
                    SUM(change)::bigint AS total,
                    COALESCE(SUM(change) FILTER (WHERE status = 'held'), 0)::bigint AS held,
                    COALESCE(SUM(change) FILTER (WHERE status = 'on_hold'), 0)::bigint AS on_hold,
                    COALESCE(SUM(change) FILTER (WHERE status = 'reserved'), 0)::bigint
                        AS reserved,
                    COALESCE(SUM(change) FILTER (WHERE status = 'retired'), 0)::bigint AS retired,
                    COALESCE(SUM(change) FILTER (WHERE status = 'cancelled'), 0)::bigint
                        AS cancelled,
                    COALESCE(SUM(change) FILTER (WHERE status = 'buffer'), 0)::bigint AS buffer
             FROM changes GROUP BY key
         ), figures AS (
             SELECT *, chain.in_order(key) COLLATE \"C\" AS place FROM sums
             -- Who has given away all that he had is not listed.
             WHERE total > 0
         )
         SELECT {cursor}, s.*, chain.key_name({by}, s.key) AS name
         FROM figures s WHERE TRUE {part}";

    async fn items(_: &mut Reader, rows: Vec<PgRow>) -> Result<Vec<CreditStock>, Problem> {
        list::as_they_are(&rows)
    }
}

impl Statistic for Stock {
    const LEAD: &'static str = "statistics.credit_stock_lead";
    const PATH: &'static str = "credits/stock";
    const DRAWN: &'static [&'static str] =
        &["held", "on_hold", "reserved", "retired", "cancelled", "buffer"];
    const LARGEST: &'static str = "total";
    const ADDS_UP: bool = true;
    const UNIT: &'static str = "chart.tonnes";
}

/// Which credits there were at the end of a day, in tonnes by status.
#[utoipa::path(
    get, path = "/api/v1/statistics/credits/stock", tag = "statistics", params(Question<Stock>),
    operation_id = "credit_stock",
    responses(
        (status = OK, body = List<CreditStock>),
        (status = BAD_REQUEST, body = ProblemDocument),
    )
)]
pub async fn list(question: Question<Stock>, reader: Reader) -> Result<Response, Problem> {
    download::json(question, reader).await
}
