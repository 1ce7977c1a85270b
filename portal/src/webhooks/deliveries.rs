// SPDX-License-Identifier: Apache-2.0
//! What was and what will be sent to a webhook, and dead letters sent again.

use super::{api::switched_off, webhook::number_of};
use crate::{
    access::{audit, session::private, Caller, Deed, Scope},
    answers::{cut, Time},
    problem::{Message, Problem, ProblemDocument},
    query::{self, blank_is_none, one_of, Params},
    server::App,
};
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
    Json,
};
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use std::str::FromStr;
use utoipa::{IntoParams, ToSchema};

/// Something that is delivered to a webhook.
#[derive(Serialize, ToSchema)]
pub struct Delivery {
    /// Its number.
    id: i64,
    /// What it tells: the `id` of an event of the chain, or a name of its own.
    #[schema(example = "120-3")]
    event: String,
    /// The name of the event, `ping`, `mrv.decided`, or what the Government tells the ITMO platform.
    #[serde(rename = "type")]
    #[schema(example = "CreditsTransferred")]
    kind: String,
    /// `pending` until it is delivered; `sending` while it is; `dead` when it was tried often enough.
    #[schema(example = "pending")]
    status: String,
    /// How often it was tried.
    attempts: i32,
    /// When it is tried next, while it is pending.
    next_at: Option<Time>,
    /// The status of the last answer.
    last_status: Option<i16>,
    /// Why it was not taken the last time.
    #[schema(example = "it answered 500")]
    last_error: Option<String>,
    /// When it was written down.
    created_at: Time,
    /// When it was delivered or laid aside.
    ended_at: Option<Time>,
}

/// Some of the deliveries, the newest first.
#[derive(Serialize, ToSchema)]
pub struct Deliveries {
    items: Vec<Delivery>,
    /// What to give as `after` to read on; null at the end.
    next: Option<String>,
}

/// A state of deliveries.
#[derive(Clone, Copy, Debug)]
struct Status(&'static str);

impl FromStr for Status {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        one_of(text, &["pending", "sending", "delivered", "dead"]).map(Self)
    }
}

/// Which deliveries, and how many.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Filter {
    /// Only those in this state: `pending`, `sending`, `delivered` or `dead`.
    #[serde(default, deserialize_with = "blank_is_none")]
    #[param(value_type = Option<String>, example = "dead")]
    status: Option<Status>,
    /// The `next` of the answer before.
    #[serde(default, deserialize_with = "blank_is_none")]
    after: Option<i64>,
    /// How many, at most 200.
    #[serde(default, deserialize_with = "blank_is_none")]
    limit: Option<i64>,
}

async fn load(
    connection: &mut PgConnection,
    webhook: i64,
    delivery: Option<i64>,
    filter: &Filter,
    limit: i64,
) -> Result<Vec<Delivery>, Problem> {
    let rows = sqlx::query_as!(
        Delivery,
        r#"SELECT id, occasion AS event, type AS kind, status, attempts,
                  CASE status WHEN 'pending' THEN next_at END AS "next_at: Time", last_status,
                  last_error, created_at, ended_at AS "ended_at: Time"
           FROM directory.webhook_deliveries
           WHERE webhook = $1 AND ($2::BIGINT IS NULL OR id = $2)
             AND ($3::TEXT IS NULL OR status = $3) AND ($4::BIGINT IS NULL OR id < $4)
           ORDER BY id DESC LIMIT $5"#,
        webhook,
        delivery,
        filter.status.map(|status| status.0),
        filter.after,
        limit
    )
    .fetch_all(connection)
    .await?;
    Ok(rows)
}

/// A delivery of a webhook, by the number in an address.
pub async fn find(
    connection: &mut PgConnection,
    webhook: i64,
    id: &str,
) -> Result<Delivery, Problem> {
    let unknown = || Problem::not_found(Message::new("problem.no_delivery").with("id", id));
    let number = query::number(id).ok_or_else(unknown)?;
    let all = Filter { status: None, after: None, limit: None };
    load(connection, webhook, Some(number), &all, 1).await?.pop().ok_or_else(unknown)
}

/// What was and what will be delivered to a webhook, the newest first. Delivered ones are kept for 30
/// days, dead ones for 90.
#[utoipa::path(
    get, path = "/api/v1/webhooks/{id}/deliveries", tag = "webhooks",
    operation_id = "webhook_deliveries",
    params(("id" = u64, Path, description = "Number of the webhook", example = 1), Filter),
    security(("session" = []), ("token" = []), ("key" = [])),
    responses(
        (status = OK, body = Deliveries),
        (status = BAD_REQUEST, body = ProblemDocument),
        (status = UNAUTHORIZED, body = ProblemDocument),
        (status = FORBIDDEN, body = ProblemDocument),
        (status = NOT_FOUND, body = ProblemDocument),
    )
)]
pub async fn list(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Params(filter): Params<Filter>,
) -> Result<Response, Problem> {
    let organisation = caller.writing(Scope::Webhooks)?;
    let limit = query::limit(filter.limit, false)?;
    let mut transaction = app.directory.begin().await?;
    let webhook = number_of(&mut transaction, organisation.id, &id).await?;
    let rows = load(&mut transaction, webhook, None, &filter, limit + 1).await?;
    let (items, next) = cut(rows, limit, |it| it.id.to_string());
    Ok(private(Json(Deliveries { items, next })))
}

/// Sends a dead letter again, as often as a new one.
#[utoipa::path(
    post, path = "/api/v1/webhooks/{id}/deliveries/{delivery}/retry", tag = "webhooks",
    operation_id = "retry_delivery",
    params(
        ("id" = u64, Path, description = "Number of the webhook", example = 1),
        ("delivery" = u64, Path, description = "Number of the delivery", example = 1),
    ),
    security(("session" = []), ("token" = []), ("key" = [])),
    responses(
        (status = ACCEPTED, body = Delivery),
        (status = UNAUTHORIZED, body = ProblemDocument),
        (status = FORBIDDEN, body = ProblemDocument),
        (status = NOT_FOUND, body = ProblemDocument),
        (status = CONFLICT, body = ProblemDocument, description = "It is not dead, or the webhook is switched off"),
    )
)]
pub async fn retry(
    State(app): State<App>,
    caller: Caller,
    Path((id, delivery)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let organisation = caller.writing(Scope::Webhooks)?;
    let mut transaction = app.directory.begin().await?;
    let webhook = number_of(&mut transaction, organisation.id, &id).await?;
    let found = find(&mut transaction, webhook, &delivery).await?;
    let again = sqlx::query!(
        "UPDATE directory.webhook_deliveries d
         SET status = 'pending', attempts = 0, next_at = now(), ended_at = NULL
         FROM directory.webhooks w
         WHERE d.id = $1 AND d.status = 'dead' AND w.id = d.webhook AND w.switched_off_at IS NULL",
        found.id
    )
    .execute(&mut *transaction)
    .await?;
    if again.rows_affected() == 0 {
        return Err(match found.status.as_str() {
            "dead" => switched_off(webhook),
            _ => Problem::conflict(Message::new("problem.not_dead").with("id", found.id)),
        });
    }
    audit::record(&mut transaction, &caller, Deed::new("delivery_retried", found.id)).await?;
    let delivery = find(&mut transaction, webhook, &delivery).await?;
    transaction.commit().await?;
    app.courier.wake();
    Ok((StatusCode::ACCEPTED, private(Json(delivery))).into_response())
}
