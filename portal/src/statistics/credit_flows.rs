// SPDX-License-Identifier: Apache-2.0
//! What happened to credits in a period.

use super::{
    groups,
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
    /// What flows of credits are counted by.
    By {
        "day", "month", "year", "project", "sector", "scope", "type", "region", "organisation",
        "vintage", "purpose", "country",
    }
}

/// Which flows, and how they are counted.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Filter {
    /// What to count by: `all` (one row), `day`, `month`, `year`, `project`, `sector`, `scope`
    /// (sectoral scope), `type` (of mitigation), `region` (of the project's first place),
    /// `organisation` (whose credits they were, or became by issuance), `vintage`, `purpose` (of
    /// retirements; the reason of cancellations), `country` (that a retirement is for).
    #[serde(default, deserialize_with = "blank_is_none")]
    #[param(value_type = Option<String>, example = "month")]
    by: Option<By>,
    /// The first day.
    #[serde(default, deserialize_with = "blank_is_none")]
    #[param(value_type = Option<String>, format = Date, example = "2026-01-01")]
    from: Option<NaiveDate>,
    /// The last day.
    #[serde(default, deserialize_with = "blank_is_none")]
    #[param(value_type = Option<String>, format = Date, example = "2026-12-31")]
    to: Option<NaiveDate>,
    /// Only what this organisation had, gave or got.
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

/// What happened to credits of one group, in tonnes. A tonne counts each time that it happened.
#[derive(Serialize, ToSchema)]
pub struct CreditFlows {
    /// The group.
    #[schema(example = "2026-03")]
    key: String,
    /// The title of the project, the name of the organisation.
    name: Option<String>,
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

impl Listing for Filter {
    type Item = CreditFlows;
    type Cursor = String;
    const NAME: &'static str = "credit-flows";
    const COLUMNS: &'static [Column<CreditFlows>] = &[
        ("key", |it| (&it.key).into()),
        ("name", |it| it.name.as_ref().into()),
        ("issued", |it| it.issued.into()),
        ("buffered", |it| it.buffered.into()),
        ("transferred", |it| it.transferred.into()),
        ("received", |it| it.received.into()),
        ("sent", |it| it.sent.into()),
        ("first_transferred", |it| it.first_transferred.into()),
        ("reserved", |it| it.reserved.into()),
        ("returned", |it| it.returned.into()),
        ("put_on_hold", |it| it.put_on_hold.into()),
        ("released", |it| it.released.into()),
        ("buffer_released", |it| it.buffer_released.into()),
        ("retired", |it| it.retired.into()),
        ("cancelled", |it| it.cancelled.into()),
    ];

    fn paging(&mut self) -> (&mut Option<String>, &mut Option<i64>) {
        (&mut self.after, &mut self.limit)
    }

    async fn load(
        &self,
        reader: &mut Reader,
        for_page: bool,
    ) -> Result<(Vec<CreditFlows>, Option<String>), Problem> {
        period(self.from, self.to)?;
        let limit = query::limit(self.limit, for_page)?;
        let groups = sqlx::query_as!(
            CreditFlows,
            r#"WITH counted AS (
                   SELECT f.*, COALESCE(
                              chain.day_dimension($1::text, f.day),
                              chain.project_dimension($1, p),
                              CASE $1
                                  WHEN 'organisation'
                                  THEN COALESCE(NULLIF(f.from_owner, 0), f.to_owner)::text
                                  WHEN 'vintage' THEN f.vintage::text
                                  WHEN 'purpose' THEN f.purpose
                                  WHEN 'country' THEN f.country
                              END) AS key
                   FROM chain.daily_flows f JOIN chain.projects p ON p.id = f.project
                   WHERE ($2::date IS NULL OR f.day >= $2)
                     AND ($3::date IS NULL OR f.day <= $3)
                     AND ($4::bigint IS NULL OR f.from_owner = $4 OR f.to_owner = $4)
                     AND ($5::bigint IS NULL OR f.project = $5)
               ), sums AS (
                   SELECT key,
                          SUM(tonnes) FILTER (WHERE kind = 'issued') AS issued,
                          SUM(tonnes) FILTER (WHERE kind = 'issued' AND to_status = 'buffer')
                              AS buffered,
                          SUM(tonnes) FILTER (WHERE kind = 'transferred') AS transferred,
                          SUM(tonnes) FILTER (WHERE kind = 'transferred' AND to_owner = $4)
                              AS received,
                          SUM(tonnes) FILTER (WHERE kind = 'transferred' AND from_owner = $4)
                              AS sent,
                          SUM(tonnes) FILTER (WHERE kind = 'first_transferred')
                              AS first_transferred,
                          SUM(tonnes) FILTER (WHERE kind = 'reserved') AS reserved,
                          SUM(tonnes) FILTER (WHERE kind = 'returned') AS returned,
                          SUM(tonnes) FILTER (WHERE kind = 'held') AS put_on_hold,
                          SUM(tonnes) FILTER (WHERE kind = 'released') AS released,
                          SUM(tonnes) FILTER (WHERE kind = 'buffer_released') AS buffer_released,
                          SUM(tonnes) FILTER (WHERE kind = 'retired') AS retired,
                          SUM(tonnes) FILTER (WHERE kind = 'cancelled') AS cancelled
                   FROM counted WHERE key <> '' GROUP BY key
               )
               SELECT key AS "key!", chain.key_name($1, key) AS name,
                      COALESCE(issued, 0)::bigint AS "issued!",
                      COALESCE(buffered, 0)::bigint AS "buffered!",
                      COALESCE(transferred, 0)::bigint AS "transferred!",
                      CASE WHEN $4 IS NOT NULL THEN COALESCE(received, 0)::bigint END AS received,
                      CASE WHEN $4 IS NOT NULL THEN COALESCE(sent, 0)::bigint END AS sent,
                      COALESCE(first_transferred, 0)::bigint AS "first_transferred!",
                      COALESCE(reserved, 0)::bigint AS "reserved!",
                      COALESCE(returned, 0)::bigint AS "returned!",
                      COALESCE(put_on_hold, 0)::bigint AS "put_on_hold!",
                      COALESCE(released, 0)::bigint AS "released!",
                      COALESCE(buffer_released, 0)::bigint AS "buffer_released!",
                      COALESCE(retired, 0)::bigint AS "retired!",
                      COALESCE(cancelled, 0)::bigint AS "cancelled!"
               FROM sums
               WHERE $6::text IS NULL OR chain.in_order(key) > chain.in_order($6)
               ORDER BY chain.in_order(key) LIMIT $7"#,
            self.by(),
            self.from,
            self.to,
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
    const TITLE: &'static str = "statistics.credit_flows";
    const LEAD: &'static str = "statistics.credit_flows_lead";

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
            Field::number("organisation", self.organisation),
            Field::number("project", self.project),
        ]
    }
}

/// What happened to credits in a period, in tonnes.
#[utoipa::path(
    get, path = "/api/v1/statistics/credits/flows", tag = "statistics", params(Filter),
    operation_id = "credit_flows",
    responses(
        (status = OK, body = List<CreditFlows>),
        (status = BAD_REQUEST, body = ProblemDocument),
    )
)]
pub async fn list(filter: Params<Filter>, reader: Reader) -> Result<Response, Problem> {
    download::json(filter, reader).await
}
