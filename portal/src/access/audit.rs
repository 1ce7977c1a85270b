// SPDX-License-Identifier: Apache-2.0
//! The audit log of private actions: who did what for whom, and whether it was let happen.

use super::{caller::Caller, Who};
use crate::{
    answers::Time,
    problem::{Message, Problem, ProblemDocument},
    query::{self, blank_is_none, Params},
    server::App,
};
use axum::{
    extract::State,
    http::header,
    response::{IntoResponse, Response},
    Json,
};
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use std::net::IpAddr;
use utoipa::{IntoParams, ToSchema};

/// What was done, for the log. Actions are past-tense names such as `api_key_created`.
#[derive(Clone, Default, Debug)]
pub struct Deed<'a> {
    pub action: &'a str,
    /// What it was done to: a number or an account, and nothing personal.
    pub subject: Option<String>,
}

impl<'a> Deed<'a> {
    /// Something done to a thing.
    pub fn new(action: &'a str, subject: impl ToString) -> Self {
        Self { action, subject: Some(subject.to_string()) }
    }

    /// Something done to nothing in particular.
    pub fn only(action: &'a str) -> Self {
        Self { action, subject: None }
    }
}

/// Writes what a caller did, in the transaction that does it.
pub async fn record(
    connection: &mut PgConnection,
    caller: &Caller,
    deed: Deed<'_>,
) -> Result<(), Problem> {
    let (account, key) = match &caller.who {
        Who::Person { account, .. } => (Some(account.to_string()), None),
        Who::Program { key, .. } => (None, Some(*key)),
    };
    let organisation = caller.organisation.as_ref().map(|it| it.id);
    let client = caller.client.map(|it| it.to_string());
    write(connection, account.as_deref(), key, organisation, client, deed, true).await
}

/// Writes what somebody tried who is nobody yet.
pub async fn record_attempt(
    connection: &mut PgConnection,
    account: &str,
    client: Option<IpAddr>,
    deed: Deed<'_>,
    succeeded: bool,
) -> Result<(), Problem> {
    let client = client.map(|it| it.to_string());
    write(connection, Some(account), None, None, client, deed, succeeded).await
}

async fn write(
    connection: &mut PgConnection,
    account: Option<&str>,
    key: Option<i64>,
    organisation: Option<i64>,
    client: Option<String>,
    deed: Deed<'_>,
    succeeded: bool,
) -> Result<(), Problem> {
    sqlx::query!(
        "INSERT INTO directory.audit
             (account, api_key, organisation, client, action, subject, succeeded)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        account,
        key,
        organisation,
        client,
        deed.action,
        deed.subject,
        succeeded
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Which entries, and how many.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Filter {
    /// Only entries of this account.
    #[serde(default, deserialize_with = "blank_is_none")]
    account: Option<String>,
    /// Only entries of this action.
    #[serde(default, deserialize_with = "blank_is_none")]
    #[param(example = "signed_in")]
    action: Option<String>,
    /// The `next` of the answer before.
    #[serde(default, deserialize_with = "blank_is_none")]
    after: Option<i64>,
    /// How many, at most 200.
    #[serde(default, deserialize_with = "blank_is_none")]
    limit: Option<i64>,
}

/// An entry of the log.
#[derive(Serialize, ToSchema)]
pub struct Entry {
    /// Its number; the log has no other.
    id: i64,
    /// When.
    at: Time,
    /// The person, SS58.
    account: Option<String>,
    /// The key of a program.
    api_key: Option<i64>,
    /// The organisation that the person or the key belonged to.
    organisation: Option<i64>,
    /// Where the request came from.
    client: Option<String>,
    /// What was done.
    #[schema(example = "api_key_created")]
    action: String,
    /// What it was done to.
    subject: Option<String>,
    /// Whether it was let happen.
    succeeded: bool,
}

/// Some of the log, the newest first.
#[derive(Serialize, ToSchema)]
pub struct Entries {
    items: Vec<Entry>,
    /// What to give as `after` to read on; null at the end.
    next: Option<String>,
}

/// The audit log of private actions: all of it for officers of the Government who are its Root or
/// Admins, their own organisation's for other Admins, one's own for everybody else.
#[utoipa::path(
    get, path = "/api/v1/audit", tag = "access", params(Filter),
    operation_id = "audit",
    security(("session" = []), ("token" = [])),
    responses(
        (status = OK, body = Entries),
        (status = UNAUTHORIZED, body = ProblemDocument),
        (status = FORBIDDEN, body = ProblemDocument),
    )
)]
pub async fn list(
    State(app): State<App>,
    caller: Caller,
    Params(filter): Params<Filter>,
) -> Result<Response, Problem> {
    let account = caller.account()?.to_string();
    let organisation = caller.organisation.as_ref();
    let admin = organisation.filter(|it| caller.is_admin() && it.is_active());
    let sees_all = admin.is_some_and(|it| it.is_government());
    let own_organisation = admin.map(|it| it.id);
    if filter.account.as_deref().is_some_and(|it| it != account) && own_organisation.is_none() {
        return Err(Problem::forbidden(Message::new("problem.own_entries_only")));
    }
    let limit = query::limit(filter.limit, false)?;
    let mut transaction = app.directory.begin().await?;
    let rows = sqlx::query_as!(
        Entry,
        "SELECT id, at, account, api_key, organisation, client, action, subject, succeeded
         FROM directory.audit
         WHERE ($1 OR organisation = $2 OR account = $3)
           AND ($4::TEXT IS NULL OR account = $4) AND ($5::TEXT IS NULL OR action = $5)
           AND ($6::BIGINT IS NULL OR id < $6)
         ORDER BY id DESC LIMIT $7",
        sees_all,
        own_organisation,
        account,
        filter.account,
        filter.action,
        filter.after,
        limit + 1
    )
    .fetch_all(&mut *transaction)
    .await?;
    let (items, next) = crate::answers::cut(rows, limit, |entry| entry.id.to_string());
    record(&mut transaction, &caller, Deed::only("audit_read")).await?;
    transaction.commit().await?;
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(Entries { items, next })).into_response())
}
