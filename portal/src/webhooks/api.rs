// SPDX-License-Identifier: Apache-2.0
//! Webhooks of an organisation: made, shown, tried, given another secret, removed.

use super::{
    address,
    deliveries::{self, Delivery},
    names, signature,
};
use crate::{
    access::{audit, session::private, Caller, Deed, Scope, Who},
    answers::Time,
    extrinsics::read,
    mail::one_of_its_kind,
    problem::{Message, Problem, ProblemDocument},
    query,
    server::App,
};
use axum::{
    body::Bytes,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
    Json,
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sqlx::PgConnection;
use utoipa::ToSchema;

/// Webhooks that an organisation can have at once.
const MAX_WEBHOOKS: i64 = 10;
/// Names that a webhook can ask for.
const MAX_NAMES: usize = 100;

/// What events must be about, all of it.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct About {
    /// Only events about this project.
    #[serde(skip_serializing_if = "Option::is_none")]
    project: Option<i64>,
    /// Only events about this organisation.
    #[serde(skip_serializing_if = "Option::is_none")]
    organisation: Option<i64>,
    /// Only events about this retirement.
    #[serde(skip_serializing_if = "Option::is_none")]
    retirement: Option<i64>,
    /// Only events about this cancellation.
    #[serde(skip_serializing_if = "Option::is_none")]
    cancellation: Option<i64>,
    /// Only events about this request, for a transfer or for an international retirement.
    #[serde(skip_serializing_if = "Option::is_none")]
    request: Option<i64>,
    /// Only events about this proposal.
    #[serde(skip_serializing_if = "Option::is_none")]
    proposal: Option<i64>,
}

impl About {
    fn columns(&self) -> (Vec<&'static str>, Vec<i64>) {
        [
            ("project", self.project),
            ("organisation", self.organisation),
            ("retirement", self.retirement),
            ("cancellation", self.cancellation),
            ("request", self.request),
            ("proposal", self.proposal),
        ]
        .into_iter()
        .filter_map(|(kind, id)| Some((kind, id?)))
        .unzip()
    }

    fn of(kinds: &[String], ids: &[i64]) -> Self {
        let mut about = Self::default();
        for (kind, id) in kinds.iter().zip(ids) {
            match kind.as_str() {
                "project" => about.project = Some(*id),
                "organisation" => about.organisation = Some(*id),
                "retirement" => about.retirement = Some(*id),
                "cancellation" => about.cancellation = Some(*id),
                "request" => about.request = Some(*id),
                _ => about.proposal = Some(*id),
            }
        }
        about
    }
}

/// A webhook to make.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "url": "https://systems.developer.example/registry",
    "events": ["CreditsIssued", "CreditsTransferred"],
    "about": { "organisation": 2 },
}))]
pub struct NewWebhook {
    /// Where to send to: `https://`, on the public Internet.
    url: String,
    /// Names of events as in the feed, or `mrv.decided`; all if there is none.
    #[serde(default)]
    events: Vec<String>,
    /// What they must be about; anything if nothing is said.
    #[serde(default)]
    about: About,
}

/// A webhook, without its secret.
#[derive(Serialize, ToSchema)]
pub struct Webhook {
    /// Its number.
    id: i64,
    /// Where it leads.
    #[schema(example = "https://systems.developer.example/registry")]
    url: String,
    /// Names of events; all if there is none.
    events: Vec<String>,
    /// What they must be about.
    about: About,
    /// The person who made it, SS58.
    created_by: Option<String>,
    /// The key that made it.
    api_key: Option<i64>,
    /// When it was made.
    created_at: Time,
    /// Since when nothing could be delivered.
    failing_since: Option<Time>,
    /// When it was switched off because nothing could be delivered for days.
    switched_off_at: Option<Time>,
}

/// The webhooks of the organisation.
#[derive(Serialize, ToSchema)]
pub struct Webhooks {
    items: Vec<Webhook>,
}

/// A new webhook; its secret is shown now and never again.
#[derive(Serialize, ToSchema)]
pub struct MadeWebhook {
    #[serde(flatten)]
    webhook: Webhook,
    /// What deliveries are signed with.
    #[schema(example = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")]
    secret: String,
}

/// Another secret of a webhook; it is shown now and never again.
#[derive(Serialize, ToSchema)]
pub struct NewSecret {
    /// What deliveries are signed with from now on.
    #[schema(example = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")]
    secret: String,
    /// Until when the one before signs as well.
    old_until: Time,
}

/// A row.
struct Row {
    id: i64,
    url: String,
    names: Vec<String>,
    kinds: Vec<String>,
    ids: Vec<i64>,
    created_by: Option<String>,
    api_key: Option<i64>,
    created_at: Time,
    failing_since: Option<Time>,
    switched_off_at: Option<Time>,
}

impl From<Row> for Webhook {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            url: row.url,
            events: row.names,
            about: About::of(&row.kinds, &row.ids),
            created_by: row.created_by,
            api_key: row.api_key,
            created_at: row.created_at,
            failing_since: row.failing_since,
            switched_off_at: row.switched_off_at,
        }
    }
}

/// The webhooks of an organisation, or one of them.
async fn load(
    connection: &mut PgConnection,
    organisation: i64,
    id: Option<i64>,
) -> Result<Vec<Webhook>, Problem> {
    let rows = sqlx::query_as!(
        Row,
        r#"SELECT id, url, names, kinds, ids, created_by, api_key, created_at,
                  failing_since AS "failing_since: Time", switched_off_at AS "switched_off_at: Time"
           FROM directory.webhooks
           WHERE organisation = $1 AND ($2::BIGINT IS NULL OR id = $2) ORDER BY id"#,
        organisation,
        id
    )
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(Webhook::from).collect())
}

/// The webhook of an address, if it is the organisation's.
async fn find(
    connection: &mut PgConnection,
    organisation: i64,
    id: &str,
) -> Result<Webhook, Problem> {
    let unknown = || Problem::not_found(Message::new("problem.no_webhook").with("id", id));
    let number = query::number(id).ok_or_else(unknown)?;
    load(connection, organisation, Some(number)).await?.pop().ok_or_else(unknown)
}

/// The number of the webhook of an address, if it is the organisation's.
pub async fn number_of(
    connection: &mut PgConnection,
    organisation: i64,
    id: &str,
) -> Result<i64, Problem> {
    Ok(find(connection, organisation, id).await?.id)
}

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_events_must_be_about_is_kept_as_it_was_said() {
        let about: About =
            serde_json::from_value(json!({ "project": 12, "organisation": 2 })).unwrap();
        let (kinds, ids) = about.columns();
        assert_eq!(
            (kinds.as_slice(), ids.as_slice()),
            (&["project", "organisation"][..], &[12, 2][..])
        );
        let kinds: Vec<String> = kinds.iter().map(ToString::to_string).collect();
        assert_eq!(About::of(&kinds, &ids), about);
        assert!(serde_json::from_value::<About>(json!({ "projects": 12 })).is_err());
    }
}
