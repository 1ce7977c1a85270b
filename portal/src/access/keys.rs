// SPDX-License-Identifier: Apache-2.0
//! Keys with which programs act for an organisation: made and revoked by its Admins.

use super::{
    audit::{self, Deed},
    caller::{Caller, Scope, KEY_PREFIX},
    session::private,
};
use crate::{
    answers::Time,
    extrinsics::read,
    mail::{self, Letter, Recipient},
    problem::{Message, Problem, ProblemDocument},
    query, secret,
    server::App,
};
use axum::{
    body::Bytes,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
    Json,
};
use base64::{engine::general_purpose::URL_SAFE_NO_PAD as BASE64, Engine};
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Keys that an organisation can have at once.
const MAX_KEYS: i64 = 20;
/// The longest life of a key, in days.
const MAX_DAYS: i64 = 366;
/// How much of a key is shown later.
const SHOWN: usize = KEY_PREFIX.len() + 6;

/// A key to make.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "name": "Metering system", "scopes": ["mrv"], "days": 90 }))]
pub struct NewKey {
    /// What it is for, up to 80 characters.
    name: String,
    /// What it may do.
    scopes: Vec<Scope>,
    /// After how many days it expires, at most 366.
    days: i64,
}

/// A key, without its secret.
#[derive(Serialize, ToSchema)]
pub struct ApiKey {
    /// Its number.
    id: i64,
    /// What it is for.
    name: String,
    /// What it begins with.
    #[schema(example = "rk_3fK9aB")]
    prefix: String,
    /// What it may do.
    scopes: Vec<String>,
    /// The Admin who made it, SS58.
    created_by: String,
    /// When it was made.
    created_at: Time,
    /// When it expires.
    expires_at: Time,
    /// When it was revoked.
    revoked_at: Option<Time>,
    /// When it was used last, to the minute.
    used_at: Option<Time>,
}

/// The keys of the organisation.
#[derive(Serialize, ToSchema)]
pub struct ApiKeys {
    items: Vec<ApiKey>,
}

/// A new key; it is shown now and never again.
#[derive(Serialize, ToSchema)]
pub struct MadeKey {
    #[serde(flatten)]
    key: ApiKey,
    /// The key itself, for `Authorization: Bearer` or `X-Api-Key`.
    secret: String,
}

/// The keys of the caller's organisation, the newest first.
#[utoipa::path(
    get, path = "/api/v1/api-keys", tag = "access",
    operation_id = "api_keys",
    security(("session" = []), ("token" = [])),
    responses(
        (status = OK, body = ApiKeys),
        (status = UNAUTHORIZED, body = ProblemDocument),
        (status = FORBIDDEN, body = ProblemDocument),
    )
)]
pub async fn list(State(app): State<App>, caller: Caller) -> Result<Response, Problem> {
    let organisation = caller.admin_of()?;
    let mut transaction = app.directory.begin().await?;
    let items = sqlx::query_as!(
        ApiKey,
        r#"SELECT id, name, prefix, scopes, created_by, created_at, expires_at,
                  revoked_at AS "revoked_at: Time", used_at AS "used_at: Time"
           FROM directory.api_keys WHERE organisation = $1 ORDER BY id DESC"#,
        organisation.id
    )
    .fetch_all(&mut *transaction)
    .await?;
    Ok(private(Json(ApiKeys { items })))
}

/// Makes a key for the caller's organisation.
#[utoipa::path(
    post, path = "/api/v1/api-keys", tag = "access",
    operation_id = "make_api_key",
    request_body = NewKey,
    security(("session" = []), ("token" = [])),
    responses(
        (status = CREATED, body = MadeKey),
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
    let NewKey { name, scopes, days } = read(&body)?;
    let organisation = caller.admin_of()?;
    let name = name.trim();
    if name.is_empty() || name.chars().count() > 80 || name.contains('\0') {
        return Err(Problem::unprocessable(Message::new("problem.key_name")));
    }
    if scopes.is_empty() {
        return Err(Problem::unprocessable(Message::new("problem.key_scopes")));
    }
    if !(1..=MAX_DAYS).contains(&days) {
        return Err(Problem::unprocessable(Message::new("problem.key_days").with("max", MAX_DAYS)));
    }
    let chance = secret::random::<{ secret::BYTES }>()
        .map_err(|error| Problem::internal(&error.to_string()))?;
    let key = format!("{KEY_PREFIX}{}", BASE64.encode(chance));
    let mut scopes: Vec<String> = scopes.iter().map(ToString::to_string).collect();
    scopes.sort();
    scopes.dedup();
    let mut transaction = app.directory.begin().await?;
    // Two that are made at once are counted one after the other.
    sqlx::query!("SELECT pg_advisory_xact_lock($1)", organisation.id)
        .execute(&mut *transaction)
        .await?;
    let alive = sqlx::query_scalar!(
        r#"SELECT count(*) AS "count!" FROM directory.api_keys
           WHERE organisation = $1 AND revoked_at IS NULL AND expires_at > now()"#,
        organisation.id
    )
    .fetch_one(&mut *transaction)
    .await?;
    if alive >= MAX_KEYS {
        return Err(Problem::unprocessable(
            Message::new("problem.too_many_keys").with("max", MAX_KEYS),
        ));
    }
    let expires: DateTime<Utc> = Utc::now() + TimeDelta::days(days);
    let made = sqlx::query_as!(
        ApiKey,
        r#"INSERT INTO directory.api_keys
               (organisation, name, prefix, hash, scopes, created_by, expires_at)
           VALUES ($1, $2, $3, $4::BYTEA, $5, $6, $7)
           RETURNING id, name, prefix, scopes, created_by, created_at, expires_at,
                     revoked_at AS "revoked_at: Time", used_at AS "used_at: Time""#,
        organisation.id,
        name,
        &key[..SHOWN],
        &secret::hash(key.as_bytes())[..],
        &scopes,
        caller.account()?.to_string(),
        expires
    )
    .fetch_one(&mut *transaction)
    .await?;
    let deed = Deed::new("api_key_created", made.id);
    audit::record(&mut transaction, &caller, deed).await?;
    let letter = Letter::new("api_key_created")
        .with("account", caller.account()?)
        .with("organisation", &organisation.name)
        .with("key", &made.name)
        .with("until", made.expires_at);
    mail::enqueue(&mut transaction, Recipient::admins_of(organisation.id), letter).await?;
    transaction.commit().await?;
    Ok((StatusCode::CREATED, private(Json(MadeKey { key: made, secret: key }))).into_response())
}

/// Revokes a key of the caller's organisation: from now on it opens nothing.
#[utoipa::path(
    delete, path = "/api/v1/api-keys/{id}", tag = "access",
    operation_id = "revoke_api_key",
    params(("id" = u64, Path, description = "Number of the key", example = 1)),
    security(("session" = []), ("token" = [])),
    responses(
        (status = NO_CONTENT),
        (status = UNAUTHORIZED, body = ProblemDocument),
        (status = FORBIDDEN, body = ProblemDocument),
        (status = NOT_FOUND, body = ProblemDocument),
    )
)]
pub async fn revoke(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let organisation = caller.admin_of()?;
    let unknown = || Problem::not_found(Message::new("problem.no_key").with("id", &id));
    let number = query::number(&id).ok_or_else(unknown)?;
    let mut transaction = app.directory.begin().await?;
    let revoked = sqlx::query!(
        "UPDATE directory.api_keys SET revoked_at = COALESCE(revoked_at, now())
         WHERE id = $1 AND organisation = $2",
        number,
        organisation.id
    )
    .execute(&mut *transaction)
    .await?;
    if revoked.rows_affected() == 0 {
        return Err(unknown());
    }
    audit::record(&mut transaction, &caller, Deed::new("api_key_revoked", number)).await?;
    transaction.commit().await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
