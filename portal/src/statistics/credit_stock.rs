// SPDX-License-Identifier: Apache-2.0
//! Who had which credits at the end of a day.

use super::{
    day, groups,
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
    /// What a stock of credits is counted by.
    By { "project", "sector", "scope", "type", "region", "organisation", "vintage" }
}

/// Which credits, when, and how they are counted.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Filter {
    /// What to count by: `all` (one row), `project`, `sector`, `scope` (sectoral scope), `type` (of
    /// mitigation), `region` (of the project's first place), `organisation` (that owned them),
    /// `vintage`.
    #[serde(default, deserialize_with = "blank_is_none")]
    #[param(value_type = Option<String>, example = "sector")]
    by: Option<By>,
    /// At the end of this day; now, if none is given.
    #[serde(default, deserialize_with = "blank_is_none")]
    #[param(value_type = Option<String>, format = Date, example = "2026-12-31")]
    at: Option<NaiveDate>,
    /// Only what this organisation owned.
    #[serde(default, deserialize_with = "blank_is_none")]
    organisation: Option<i64>,
    /// Only credits of this project.
    #[serde(default, deserialize_with = "blank_is_none")]
    project: Option<i64>,
    /// The `next` of the answer before.
    #[serde(default, deserialize_with = "blank_is_none")]
    after: Option<String>,
    /// How many rows, at most 200.
    #[serde(default, deserialize_with = "blank_is_none")]
    limit: Option<i64>,
}

/// Credits of one group at the end of a day, in tonnes by status.
#[derive(Serialize, ToSchema)]
pub struct CreditStock {
    /// The group.
    #[schema(example = "energy")]
    key: String,
    /// The title of the project, the name of the organisation.
    name: Option<String>,
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

impl Listing for Filter {
    type Item = CreditStock;
    type Cursor = String;
    const NAME: &'static str = "credit-stock";
    const COLUMNS: &'static [Column<CreditStock>] = &[
        ("key", |it| (&it.key).into()),
        ("name", |it| it.name.as_ref().into()),
        ("total", |it| it.total.into()),
        ("held", |it| it.held.into()),
        ("on_hold", |it| it.on_hold.into()),
        ("reserved", |it| it.reserved.into()),
        ("retired", |it| it.retired.into()),
        ("cancelled", |it| it.cancelled.into()),
        ("buffer", |it| it.buffer.into()),
    ];

    fn paging(&mut self) -> (&mut Option<String>, &mut Option<i64>) {
        (&mut self.after, &mut self.limit)
    }

    async fn load(
        &self,
        reader: &mut Reader,
        for_page: bool,
    ) -> Result<(Vec<CreditStock>, Option<String>), Problem> {
        let limit = query::limit(self.limit, for_page)?;
        let groups = sqlx::query_as!(
            CreditStock,
            r#"WITH changes AS (
                   SELECT project, vintage, to_owner AS owner, to_status AS status,
                          SUM(tonnes) AS change
                   FROM chain.daily_flows WHERE day <= $2 AND to_status <> ''
                     AND ($3::bigint IS NULL OR to_owner = $3)
                     AND ($4::bigint IS NULL OR project = $4)
                   GROUP BY project, vintage, to_owner, to_status
                   UNION ALL
                   SELECT project, vintage, from_owner, from_status, -SUM(tonnes)
                   FROM chain.daily_flows WHERE day <= $2 AND from_status <> ''
                     AND ($3::bigint IS NULL OR from_owner = $3)
                     AND ($4::bigint IS NULL OR project = $4)
                   GROUP BY project, vintage, from_owner, from_status
               ), sums AS (
                   SELECT COALESCE(chain.project_dimension($1::text, p),
                                   CASE $1 WHEN 'organisation' THEN c.owner::text
                                           WHEN 'vintage' THEN c.vintage::text END) AS key,
                          SUM(change) AS total,
                          SUM(change) FILTER (WHERE status = 'held') AS held,
                          SUM(change) FILTER (WHERE status = 'on_hold') AS on_hold,
                          SUM(change) FILTER (WHERE status = 'reserved') AS reserved,
                          SUM(change) FILTER (WHERE status = 'retired') AS retired,
                          SUM(change) FILTER (WHERE status = 'cancelled') AS cancelled,
                          SUM(change) FILTER (WHERE status = 'buffer') AS buffer
                   FROM changes c JOIN chain.projects p ON p.id = c.project
                   GROUP BY 1
               )
               SELECT key AS "key!", chain.key_name($1, key) AS name, total::bigint AS "total!",
                      COALESCE(held, 0)::bigint AS "held!",
                      COALESCE(on_hold, 0)::bigint AS "on_hold!",
                      COALESCE(reserved, 0)::bigint AS "reserved!",
                      COALESCE(retired, 0)::bigint AS "retired!",
                      COALESCE(cancelled, 0)::bigint AS "cancelled!",
                      COALESCE(buffer, 0)::bigint AS "buffer!"
               FROM sums
               -- Who has given away all that he had is not listed.
               WHERE total > 0
                 AND ($5::text IS NULL OR chain.in_order(key) > chain.in_order($5))
               ORDER BY chain.in_order(key) LIMIT $6"#,
            self.by(),
            day(self.at, &reader.as_of),
            self.organisation,
            self.project,
            self.after,
            limit + 1,
        )
        .fetch_all(reader.connection())
        .await?;
        Ok(cut(groups, limit, |group| group.key.clone()))
    }
}

impl Statistic for Filter {
    const TITLE: &'static str = "statistics.credit_stock";
    const LEAD: &'static str = "statistics.credit_stock_lead";

    fn choices() -> &'static [&'static str] {
        By::ALL
    }

    fn by(&self) -> &'static str {
        self.by.unwrap_or_default().0
    }

    fn fields(&self) -> Vec<Field> {
        vec![
            Field::day("at", self.at),
            Field::number("organisation", self.organisation),
            Field::number("project", self.project),
        ]
    }
}

/// Which credits there were at the end of a day, in tonnes by status.
#[utoipa::path(
    get, path = "/api/v1/statistics/credits/stock", tag = "statistics", params(Filter),
    operation_id = "credit_stock",
    responses(
        (status = OK, body = List<CreditStock>),
        (status = BAD_REQUEST, body = ProblemDocument),
    )
)]
pub async fn list(filter: Params<Filter>, reader: Reader) -> Result<Response, Problem> {
    download::json(filter, reader).await
}
