// SPDX-License-Identifier: Apache-2.0
//! What an organisation has uploaded: its list, and taking back what the chain does not name.

use super::{anchors, parse, removal, rows, sight};
use crate::{
    access::{
        audit::{self, Deed},
        session::private,
        Caller, Scope,
    },
    answers::{cut, Time},
    problem::{Message, Problem, ProblemDocument},
    query::{self, blank_is_none, Params},
    server::App,
};
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
    Json,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Which files, and how many.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Filter {
    /// Only public ones, or only private ones.
    #[serde(default, deserialize_with = "blank_is_none")]
    #[param(example = false)]
    public: Option<bool>,
    /// The `next` of the answer before.
    #[serde(default, deserialize_with = "blank_is_none")]
    after: Option<i64>,
    /// How many, at most 200.
    #[serde(default, deserialize_with = "blank_is_none")]
    limit: Option<i64>,
}

/// A file that the organisation uploaded.
#[derive(Serialize, ToSchema)]
pub struct DepositedFile {
    #[serde(skip)]
    id: i64,
    /// BLAKE2b-256 of the bytes.
    hash: String,
    /// What it is called.
    name: String,
    /// Bytes.
    size: i64,
    /// What was found in the bytes.
    media_type: String,
    /// Who uploaded it last, SS58; null where a program did.
    account: Option<String>,
    /// The key of the program that did.
    api_key: Option<i64>,
    /// When it was uploaded last.
    uploaded_at: Time,
    /// Whether everybody may have it: the chain carries its hash.
    public: bool,
    /// Whether the copy here is damaged or lost; uploading the same bytes again mends it.
    damaged: bool,
}

/// Some of the files.
#[derive(Serialize, ToSchema)]
pub struct DepositedFiles {
    items: Vec<DepositedFile>,
    /// What to give as `after` to read on; null at the end.
    next: Option<String>,
}

/// The files that the caller's organisation uploaded, those uploaded last first.
#[utoipa::path(
    get, path = "/api/v1/files", tag = "files", params(Filter),
    operation_id = "files",
    security(("session" = []), ("token" = []), ("key" = [])),
    responses(
        (status = OK, body = DepositedFiles),
        (status = BAD_REQUEST, body = ProblemDocument),
        (status = UNAUTHORIZED, body = ProblemDocument),
        (status = FORBIDDEN, body = ProblemDocument),
    )
)]
pub async fn list(
    State(app): State<App>,
    caller: Caller,
    Params(filter): Params<Filter>,
) -> Result<Response, Problem> {
    let organisation = sight::reading(&caller)?;
    let limit = query::limit(filter.limit, false)?;
    let mut transaction = app.directory.begin().await?;
    rows::publish_of(&mut transaction, organisation).await?;
    let rows = sqlx::query_as!(
        DepositedFile,
        r#"SELECT d.id, '0x' || encode(d.hash, 'hex') AS "hash!", d.name, f.size, f.media_type,
                  d.account, d.api_key, d.uploaded_at AS "uploaded_at: Time",
                  f.published_at IS NOT NULL AS "public!", f.damaged_at IS NOT NULL AS "damaged!"
           FROM directory.deposits d JOIN directory.files f USING (hash)
           WHERE d.organisation = $1 AND f.stored_at IS NOT NULL
             AND ($2::BOOLEAN IS NULL OR (f.published_at IS NOT NULL) = $2)
             AND ($3::BIGINT IS NULL OR d.id < $3)
           ORDER BY d.id DESC LIMIT $4"#,
        organisation,
        filter.public,
        filter.after,
        limit + 1
    )
    .fetch_all(&mut *transaction)
    .await?;
    let (items, next) = cut(rows, limit, |file| file.id.to_string());
    audit::record(&mut transaction, &caller, Deed { action: "files_listed", subject: None })
        .await?;
    transaction.commit().await?;
    Ok(private(Json(DepositedFiles { items, next })))
}

/// Takes back a file of the caller's organisation that the chain does not name. Where another
/// organisation has uploaded the same, it stays for that one.
#[utoipa::path(
    delete, path = "/api/v1/files/{hash}", tag = "files",
    operation_id = "delete_file",
    params(("hash" = String, Path, description = "Its hash",
            example = "0xbddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319")),
    security(("session" = []), ("token" = []), ("key" = [])),
    responses(
        (status = NO_CONTENT),
        (status = UNAUTHORIZED, body = ProblemDocument),
        (status = FORBIDDEN, body = ProblemDocument),
        (status = NOT_FOUND, body = ProblemDocument),
        (status = CONFLICT, body = ProblemDocument, description = "The chain names it"),
    )
)]
pub async fn delete(
    State(app): State<App>,
    caller: Caller,
    Path(hash): Path<String>,
) -> Result<Response, Problem> {
    let organisation = caller.writing(Scope::Files)?.id;
    let unknown = || Problem::not_found(Message::new("problem.no_file").with("hash", &hash));
    let hash = parse(&hash).ok_or_else(unknown)?;
    let mut transaction = app.directory.begin().await?;
    rows::lock(&mut transaction, hash).await?;
    let gone = sqlx::query!(
        "DELETE FROM directory.deposits WHERE hash = $1::BYTEA AND organisation = $2",
        &hash.0[..],
        organisation
    )
    .execute(&mut *transaction)
    .await?;
    if gone.rows_affected() == 0 {
        return Err(unknown());
    }
    let published = sqlx::query_scalar!(
        r#"SELECT published_at IS NOT NULL AS "published!" FROM directory.files
           WHERE hash = $1::BYTEA"#,
        &hash.0[..]
    )
    .fetch_one(&mut *transaction)
    .await?;
    if published || !anchors::carried(&mut transaction, &[hash.0.to_vec()]).await?.is_empty() {
        return Err(Problem::conflict(Message::new("problem.file_is_public")));
    }
    let marked = removal::mark_if_nobodys(&mut transaction, hash).await?;
    audit::record(&mut transaction, &caller, Deed::new("file_deleted", hash)).await?;
    transaction.commit().await?;
    if let Some(uploaded_at) = marked {
        // Housekeeping does it where this does not.
        if let Err(error) = removal::finish(&app, hash, uploaded_at).await {
            tracing::warn!(?error, %hash, "a deleted file is still in the store");
        }
    }
    Ok(StatusCode::NO_CONTENT.into_response())
}
