// SPDX-License-Identifier: Apache-2.0
//! `Idempotency-Key`: who sends a request again because its answer was lost gets that answer, and the
//! thing is done once. Answers are kept sealed for a day, because some hold secrets.

use super::caller::{Caller, Who};
use crate::{
    problem::{Message, Problem},
    secret,
    server::App,
};
use axum::{
    body::{to_bytes, Body},
    extract::{Request, State},
    http::{header, HeaderName, HeaderValue, Method, StatusCode},
    middleware::Next,
    response::{IntoResponse, Response},
};

/// The header.
const KEY: HeaderName = HeaderName::from_static("idempotency-key");
/// Says that an answer is an earlier one.
const REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");
/// Largest answer that is kept.
const MAX_ANSWER: usize = 1 << 20;

/// Answers once to a request with a key. Requests without one, and of nobody who is known, are as
/// idempotent as what they ask for: nobody fills the tables, or is given the answer of somebody else.
pub async fn once(State(app): State<App>, request: Request, next: Next) -> Response {
    let keyed = request.headers().get(&KEY).cloned();
    match keyed {
        Some(key) if request.method() == Method::POST => {
            answer(app, key, request, next).await.unwrap_or_else(IntoResponse::into_response)
        }
        _ => next.run(request).await,
    }
}

async fn answer(
    app: App,
    key: HeaderValue,
    request: Request,
    next: Next,
) -> Result<Response, Problem> {
    let (mut parts, body) = request.into_parts();
    let Ok(Some(caller)) = Caller::find(&parts, &app).await else {
        // Whoever is asked says why he does not let him in.
        return Ok(next.run(Request::from_parts(parts, body)).await);
    };
    let plain = |key: &&str| (1..=200).contains(&key.len()) && !key.contains(char::is_control);
    let key = key
        .to_str()
        .ok()
        .filter(plain)
        .map(str::to_owned)
        .ok_or_else(|| Problem::malformed(Message::new("problem.idempotency_key")))?;
    let body = to_bytes(body, crate::server::MAX_BODY)
        .await
        .map_err(|_| Problem::too_large(Message::new("problem.too_large")))?;
    // Whose key it is: another caller's key of the same name is another key. A session's next token
    // is the same caller's.
    let whose = match &caller.who {
        Who::Person { session, .. } => format!("session {session}"),
        Who::Program { key, .. } => format!("key {key}"),
    };
    parts.extensions.insert(caller);
    let caller = secret::hash(whose.as_bytes());
    let address = parts.uri.path_and_query().map_or("", |it| it.as_str());
    let what = secret::hash(&[address.as_bytes(), b"\n", &body].concat());
    if let Some(earlier) = earlier(&app, &caller, &key, &what).await? {
        return Ok(earlier);
    }
    let response = next.run(Request::from_parts(parts, Body::from(body))).await;
    keep(&app, &caller, &key, response).await
}

/// The answer to the same request before; none if this is the first, which is noted.
async fn earlier(
    app: &App,
    caller: &[u8],
    key: &str,
    what: &[u8],
) -> Result<Option<Response>, Problem> {
    let mut transaction = app.directory.begin().await?;
    // One that is at work for longer than a request may take was lost with its process.
    sqlx::query!(
        "DELETE FROM directory.answers
         WHERE at < now() - INTERVAL '1 day' OR status IS NULL AND at < now() - INTERVAL '1 minute'"
    )
    .execute(&mut *transaction)
    .await?;
    let first = sqlx::query!(
        "INSERT INTO directory.answers (caller, key, request)
         VALUES ($1::BYTEA, $2, $3::BYTEA) ON CONFLICT DO NOTHING",
        caller,
        key,
        what
    )
    .execute(&mut *transaction)
    .await?;
    if first.rows_affected() == 1 {
        transaction.commit().await?;
        return Ok(None);
    }
    let row = sqlx::query!(
        r#"SELECT request = $3::BYTEA AS "same!", status, body FROM directory.answers
           WHERE caller = $1::BYTEA AND key = $2"#,
        caller,
        key,
        what
    )
    .fetch_one(&mut *transaction)
    .await?;
    if !row.same {
        return Err(Problem::unprocessable(Message::new("problem.idempotency_other")));
    }
    let (Some(status), Some(body)) = (row.status, row.body) else {
        return Err(Problem::conflict(Message::new("problem.idempotency_running")));
    };
    let unreadable = || Problem::internal("an answer that was kept cannot be read");
    let body = app.secret.unseal(&body).ok_or_else(unreadable)?;
    let status = u16::try_from(status).ok().and_then(|it| StatusCode::from_u16(it).ok());
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/json")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (REPLAYED, HeaderValue::from_static("true")),
    ];
    Ok(Some((status.ok_or_else(unreadable)?, headers, body).into_response()))
}

/// Keeps an answer that says that something was done; after a refusal the request can be made again.
async fn keep(
    app: &App,
    caller: &[u8],
    key: &str,
    response: Response,
) -> Result<Response, Problem> {
    let mut transaction = app.directory.begin().await?;
    if !response.status().is_success() {
        sqlx::query!(
            "DELETE FROM directory.answers WHERE caller = $1::BYTEA AND key = $2",
            caller,
            key
        )
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        return Ok(response);
    }
    let (parts, body) = response.into_parts();
    let body = to_bytes(body, MAX_ANSWER)
        .await
        .map_err(|_| Problem::internal("an answer is too large to be kept"))?;
    let sealed = app.secret.seal(&body).map_err(|error| Problem::internal(&error.to_string()))?;
    sqlx::query!(
        "UPDATE directory.answers SET status = $3, body = $4::BYTEA
         WHERE caller = $1::BYTEA AND key = $2",
        caller,
        key,
        i16::try_from(parts.status.as_u16()).unwrap_or_default(),
        sealed
    )
    .execute(&mut *transaction)
    .await?;
    transaction.commit().await?;
    Ok(Response::from_parts(parts, Body::from(body)))
}
