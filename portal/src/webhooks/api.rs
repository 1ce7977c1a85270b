// SPDX-License-Identifier: Apache-2.0
//! Webhooks of an organisation: made, shown, tried, given another secret, removed.

use super::{
    address,
    deliveries::{self, Delivery},
    names, signature,
    webhook::{find, load, number_of, MadeWebhook, NewSecret, NewWebhook, Webhook, Webhooks},
};
use crate::{
    access::{audit, session::private, Caller, Deed, Scope, Who},
    answers::Time,
    extrinsics::read,
    mail::one_of_its_kind,
    problem::{Message, Problem, ProblemDocument},
    server::App,
};
use axum::{
    body::Bytes,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
    Json,
};
use serde_json::json;

/// Webhooks that an organisation can have at once.
const MAX_WEBHOOKS: i64 = 10;
/// Names that a webhook can ask for.
const MAX_NAMES: usize = 100;

/// The webhooks of the caller's organisation.
#[utoipa::path(
    get, path = "/api/v1/webhooks", tag = "webhooks",
    operation_id = "webhooks",
    security(("session" = []), ("token" = []), ("key" = [])),
    responses(
        (status = OK, body = Webhooks),
        (status = UNAUTHORIZED, body = ProblemDocument),
        (status = FORBIDDEN, body = ProblemDocument),
    )
)]
pub async fn list(State(app): State<App>, caller: Caller) -> Result<Response, Problem> {
    let organisation = caller.writing(Scope::Webhooks)?;
    let mut transaction = app.directory.begin().await?;
    let items = load(&mut transaction, organisation.id, None).await?;
    Ok(private(Json(Webhooks { items })))
}

/// A webhook of the caller's organisation.
#[utoipa::path(
    get, path = "/api/v1/webhooks/{id}", tag = "webhooks",
    operation_id = "webhook",
    params(("id" = u64, Path, description = "Number of the webhook", example = 1)),
    security(("session" = []), ("token" = []), ("key" = [])),
    responses(
        (status = OK, body = Webhook),
        (status = UNAUTHORIZED, body = ProblemDocument),
        (status = FORBIDDEN, body = ProblemDocument),
        (status = NOT_FOUND, body = ProblemDocument),
    )
)]
pub async fn show(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let organisation = caller.writing(Scope::Webhooks)?;
    let mut transaction = app.directory.begin().await?;
    Ok(private(Json(find(&mut transaction, organisation.id, &id).await?)))
}

/// Makes a webhook: from now on events are sent there, signed as the Standard Webhooks specification
/// says.
#[utoipa::path(
    post, path = "/api/v1/webhooks", tag = "webhooks",
    operation_id = "make_webhook",
    request_body = NewWebhook,
    security(("session" = []), ("token" = []), ("key" = [])),
    responses(
        (status = CREATED, body = MadeWebhook),
        (status = BAD_REQUEST, body = ProblemDocument),
        (status = UNAUTHORIZED, body = ProblemDocument),
        (status = FORBIDDEN, body = ProblemDocument),
        (status = UNPROCESSABLE_ENTITY, body = ProblemDocument),
    )
)]
pub async fn make(
    State(app): State<App>,
    caller: Caller,
    body: Bytes,
) -> Result<Response, Problem> {
    let NewWebhook { url, mut events, about } = read(&body)?;
    let organisation = caller.writing(Scope::Webhooks)?;
    let url = address::read(&url, app.courier.allowed())?;
    events.sort();
    events.dedup();
    if let Some(name) = events.iter().find(|name| !names::is_known(name)) {
        return Err(Problem::unprocessable(
            Message::new("problem.webhook_event").with("name", name),
        ));
    }
    if events.len() > MAX_NAMES {
        return Err(Problem::unprocessable(
            Message::new("problem.webhook_events").with("max", MAX_NAMES),
        ));
    }
    let secret = signature::new_secret().map_err(|error| Problem::internal(&error.to_string()))?;
    let sealed = app.secret.seal(&secret).map_err(|error| Problem::internal(&error.to_string()))?;
    let (kinds, ids) = about.columns();
    let (created_by, api_key) = match &caller.who {
        Who::Person { account, .. } => (Some(account.to_string()), None),
        Who::Program { key, .. } => (None, Some(*key)),
    };
    let mut transaction = app.directory.begin().await?;
    // Two that are made at once are counted one after the other.
    sqlx::query!("SELECT pg_advisory_xact_lock($1)", organisation.id)
        .execute(&mut *transaction)
        .await?;
    let there = sqlx::query_scalar!(
        r#"SELECT count(*) AS "count!" FROM directory.webhooks WHERE organisation = $1"#,
        organisation.id
    )
    .fetch_one(&mut *transaction)
    .await?;
    if there >= MAX_WEBHOOKS {
        return Err(Problem::unprocessable(
            Message::new("problem.too_many_webhooks").with("max", MAX_WEBHOOKS),
        ));
    }
    let id = sqlx::query_scalar!(
        "INSERT INTO directory.webhooks
             (organisation, url, names, kinds, ids, secret, created_by, api_key)
         VALUES ($1, $2, $3, $4, $5, $6::BYTEA, $7, $8) RETURNING id",
        organisation.id,
        url.as_str(),
        &events,
        &kinds as &[&str],
        &ids,
        sealed,
        created_by,
        api_key
    )
    .fetch_one(&mut *transaction)
    .await?;
    audit::record(&mut transaction, &caller, Deed::new("webhook_created", id)).await?;
    let webhook = find(&mut transaction, organisation.id, &id.to_string()).await?;
    transaction.commit().await?;
    let made = MadeWebhook { webhook, secret: signature::text(&secret) };
    Ok((StatusCode::CREATED, private(Json(made))).into_response())
}

/// Removes a webhook with everything that waits for it.
#[utoipa::path(
    delete, path = "/api/v1/webhooks/{id}", tag = "webhooks",
    operation_id = "remove_webhook",
    params(("id" = u64, Path, description = "Number of the webhook", example = 1)),
    security(("session" = []), ("token" = []), ("key" = [])),
    responses(
        (status = NO_CONTENT),
        (status = UNAUTHORIZED, body = ProblemDocument),
        (status = FORBIDDEN, body = ProblemDocument),
        (status = NOT_FOUND, body = ProblemDocument),
    )
)]
pub async fn remove(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let organisation = caller.writing(Scope::Webhooks)?;
    let mut transaction = app.directory.begin().await?;
    let number = number_of(&mut transaction, organisation.id, &id).await?;
    sqlx::query!("DELETE FROM directory.webhooks WHERE id = $1", number)
        .execute(&mut *transaction)
        .await?;
    audit::record(&mut transaction, &caller, Deed::new("webhook_removed", number)).await?;
    transaction.commit().await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// Sends a delivery of type `ping`, once: what became of it is among the deliveries.
#[utoipa::path(
    post, path = "/api/v1/webhooks/{id}/test", tag = "webhooks",
    operation_id = "test_webhook",
    params(("id" = u64, Path, description = "Number of the webhook", example = 1)),
    security(("session" = []), ("token" = []), ("key" = [])),
    responses(
        (status = ACCEPTED, body = Delivery),
        (status = UNAUTHORIZED, body = ProblemDocument),
        (status = FORBIDDEN, body = ProblemDocument),
        (status = NOT_FOUND, body = ProblemDocument),
        (status = CONFLICT, body = ProblemDocument, description = "The webhook is switched off"),
    )
)]
pub async fn test(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let organisation = caller.writing(Scope::Webhooks)?;
    let mut transaction = app.directory.begin().await?;
    let webhook = find(&mut transaction, organisation.id, &id).await?;
    if webhook.switched_off_at.is_some() {
        return Err(switched_off(webhook.id));
    }
    let delivery = sqlx::query_scalar!(
        "INSERT INTO directory.webhook_deliveries (webhook, occasion, type, time, data)
         VALUES ($1, $2, $3, now(), $4) RETURNING id",
        webhook.id,
        format!("ping-{}", one_of_its_kind()?),
        names::PING,
        json!({ "webhook": webhook.id })
    )
    .fetch_one(&mut *transaction)
    .await?;
    audit::record(&mut transaction, &caller, Deed::new("webhook_tested", webhook.id)).await?;
    let delivery = deliveries::find(&mut transaction, webhook.id, &delivery.to_string()).await?;
    transaction.commit().await?;
    app.courier.wake();
    Ok((StatusCode::ACCEPTED, private(Json(delivery))).into_response())
}

/// The webhook takes nothing.
pub fn switched_off(id: i64) -> Problem {
    Problem::conflict(Message::new("problem.webhook_off").with("id", id))
}

/// Gives a webhook another secret. For a day the one before signs as well, so that receivers can be
/// changed one after the other.
#[utoipa::path(
    post, path = "/api/v1/webhooks/{id}/secret", tag = "webhooks",
    operation_id = "rotate_webhook_secret",
    params(("id" = u64, Path, description = "Number of the webhook", example = 1)),
    security(("session" = []), ("token" = []), ("key" = [])),
    responses(
        (status = OK, body = NewSecret),
        (status = UNAUTHORIZED, body = ProblemDocument),
        (status = FORBIDDEN, body = ProblemDocument),
        (status = NOT_FOUND, body = ProblemDocument),
    )
)]
pub async fn rotate(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let organisation = caller.writing(Scope::Webhooks)?;
    let secret = signature::new_secret().map_err(|error| Problem::internal(&error.to_string()))?;
    let sealed = app.secret.seal(&secret).map_err(|error| Problem::internal(&error.to_string()))?;
    let mut transaction = app.directory.begin().await?;
    let number = number_of(&mut transaction, organisation.id, &id).await?;
    let old_until = sqlx::query_scalar!(
        r#"UPDATE directory.webhooks
           SET old_secret = secret, old_until = now() + INTERVAL '1 day', secret = $2::BYTEA
           WHERE id = $1 RETURNING old_until AS "old_until!: Time""#,
        number,
        sealed
    )
    .fetch_one(&mut *transaction)
    .await?;
    audit::record(&mut transaction, &caller, Deed::new("webhook_secret_rotated", number)).await?;
    transaction.commit().await?;
    Ok(private(Json(NewSecret { secret: signature::text(&secret), old_until })))
}

/// Switches a webhook on again that was switched off because nothing could be delivered. What
/// happened meanwhile is not sent; it is in the feed of events.
#[utoipa::path(
    post, path = "/api/v1/webhooks/{id}/enable", tag = "webhooks",
    operation_id = "enable_webhook",
    params(("id" = u64, Path, description = "Number of the webhook", example = 1)),
    security(("session" = []), ("token" = []), ("key" = [])),
    responses(
        (status = OK, body = Webhook),
        (status = UNAUTHORIZED, body = ProblemDocument),
        (status = FORBIDDEN, body = ProblemDocument),
        (status = NOT_FOUND, body = ProblemDocument),
    )
)]
pub async fn enable(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let organisation = caller.writing(Scope::Webhooks)?;
    let mut transaction = app.directory.begin().await?;
    let number = number_of(&mut transaction, organisation.id, &id).await?;
    sqlx::query!(
        "UPDATE directory.webhooks SET switched_off_at = NULL, failing_since = NULL WHERE id = $1",
        number
    )
    .execute(&mut *transaction)
    .await?;
    audit::record(&mut transaction, &caller, Deed::new("webhook_enabled", number)).await?;
    let webhook = find(&mut transaction, organisation.id, &id).await?;
    transaction.commit().await?;
    app.courier.wake();
    Ok(private(Json(webhook)))
}
