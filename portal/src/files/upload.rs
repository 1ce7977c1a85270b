// SPDX-License-Identifier: Apache-2.0
//! Uploading a file.

use super::{
    address,
    anchors::{self, Anchor},
    arriving::{self, Arrived},
    content::{self, Kind},
    name, parse, removal, rows, storage_failed,
};
use crate::{
    access::{
        audit::{self, Deed},
        Caller, Scope, Who,
    },
    answers::Time,
    problem::{Message, Problem, ProblemDocument},
    query::{blank_is_none, Params},
    server::App,
};
use axum::{
    body::Body,
    extract::State,
    http::{header, HeaderMap, StatusCode},
    response::{IntoResponse, Response},
    Json,
};
use registry_primitives::ContentHash;
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use utoipa::{IntoParams, ToSchema};

/// What a file counts for at least, so that nobody has millions of small ones.
const LEAST: i64 = 64 << 10;

/// What is said of a file.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Given {
    /// What to call it; only your organisation is shown it. Its ending must be one of the content's.
    #[serde(default, deserialize_with = "blank_is_none")]
    #[param(example = "Design document.pdf")]
    name: Option<String>,
    /// The hash that it must have: 0x and 64 hexadecimal digits, BLAKE2b-256 of the bytes.
    #[serde(default, deserialize_with = "blank_is_none")]
    #[param(example = "0xbddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319")]
    hash: Option<String>,
}

/// A file that was uploaded.
#[derive(Serialize, ToSchema)]
pub struct Uploaded {
    /// BLAKE2b-256 of the bytes: what to name it by on the chain.
    #[schema(example = "0xbddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319")]
    hash: String,
    /// Bytes.
    size: i64,
    /// What was found in the bytes.
    #[schema(example = "application/pdf")]
    media_type: String,
    /// What it is called here.
    name: String,
    /// When it was uploaded.
    uploaded_at: Time,
    /// Whether everybody may have it: the chain carries its hash.
    public: bool,
    /// What on the chain carries its hash.
    anchors: Vec<Anchor>,
}

/// Uploads a file: its bytes are the body of the request.
///
/// What it is is found in the bytes; a `Content-Type` that says something else is refused. It is
/// kept under its hash, private to the organisation and the Government's officers until something on
/// the chain carries the hash, and is removed after some weeks if nothing does. Uploading the same
/// bytes again changes nothing, but mends a copy that was damaged; `Idempotency-Key` is not needed.
#[utoipa::path(
    post, path = "/api/v1/files", tag = "files", params(Given),
    operation_id = "upload_file",
    request_body(content = String, content_type = "application/octet-stream",
                 description = "The bytes: PDF, PNG, JPEG, Word, Excel, PowerPoint, CSV or plain \
                                text in UTF-8, JSON, GeoJSON"),
    security(("session" = []), ("token" = []), ("key" = [])),
    responses(
        (status = CREATED, body = Uploaded),
        (status = OK, body = Uploaded, description = "The organisation had it here already"),
        (status = BAD_REQUEST, body = ProblemDocument),
        (status = UNAUTHORIZED, body = ProblemDocument),
        (status = FORBIDDEN, body = ProblemDocument),
        (status = REQUEST_TIMEOUT, body = ProblemDocument, description = "It came too slowly"),
        (status = CONFLICT, body = ProblemDocument, description = "The organisation has too much here that the chain does not name"),
        (status = PAYLOAD_TOO_LARGE, body = ProblemDocument),
        (status = UNPROCESSABLE_ENTITY, body = ProblemDocument, description = "Another hash, or a kind of file that is not taken"),
        (status = TOO_MANY_REQUESTS, body = ProblemDocument, description = "Too many uploads at the same time"),
        (status = SERVICE_UNAVAILABLE, body = ProblemDocument),
    )
)]
pub async fn upload(
    State(app): State<App>,
    caller: Caller,
    Params(given): Params<Given>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let done = take(&app, &caller, given, &headers, body).await;
    metrics::counter!("portal_uploads_total", "taken" => done.is_ok().to_string()).increment(1);
    let (status, uploaded) = done?;
    let place = [(header::LOCATION, address(&uploaded.hash))];
    let private = [(header::CACHE_CONTROL, "no-store")];
    Ok((status, place, private, Json(uploaded)).into_response())
}

async fn take(
    app: &App,
    caller: &Caller,
    given: Given,
    headers: &HeaderMap,
    body: Body,
) -> Result<(StatusCode, Uploaded), Problem> {
    let organisation = caller.writing(Scope::Files)?.id;
    let expected = match &given.hash {
        Some(text) => Some(parse(text).ok_or_else(|| {
            Problem::unprocessable(Message::new("problem.file_hash_form").with("hash", text))
        })?),
        None => None,
    };
    let text = |name| headers.get(name).and_then(|it| it.to_str().ok());
    let options = app.files.options();
    // Refused before it is sent, where the client asks first (Expect: 100-continue).
    let told: Option<u64> = text(header::CONTENT_LENGTH).and_then(|it| it.parse().ok());
    if told.is_some_and(|told| told > options.max_file) {
        arriving::drain(body);
        return Err(arriving::too_large(options.max_file));
    }
    let turn = match app.files.take_turn(organisation) {
        Ok(turn) => turn,
        Err(refusal) => {
            arriving::drain(body);
            return Err(refusal);
        }
    };
    let arrived = arriving::receive(body, &app.files.store().incoming, options.max_file).await?;
    if let Some(expected) = expected.filter(|it| *it != arrived.hash) {
        return Err(Problem::unprocessable(
            Message::new("problem.file_hash")
                .with("expected", expected)
                .with("found", arrived.hash),
        ));
    }
    let found = recognise(&arrived).await?;
    let declared = text(header::CONTENT_TYPE);
    let name = given.name.as_deref().and_then(name::clean);
    let (kind, name) = content::settle(found, declared, name).map_err(Problem::unprocessable)?;
    let done = keep(app, caller, organisation, &arrived, kind, name).await;
    drop(turn);
    done
}

async fn recognise(arrived: &Arrived) -> Result<Kind, Problem> {
    let (path, size) = (arrived.path().to_owned(), arrived.size);
    let look = move || content::recognise(&mut std::fs::File::open(path)?, size);
    let looked = tokio::task::spawn_blocking(look).await;
    let looked = looked.map_err(|error| Problem::internal(&error.to_string()))?;
    looked.map_err(storage_failed)?.map_err(Problem::unprocessable)
}

/// Announces the file, puts it into the store, and says that it is there: who is cut off in between
/// leaves an announcement, by which what is in the store is found and removed.
async fn keep(
    app: &App,
    caller: &Caller,
    organisation: i64,
    arrived: &Arrived,
    kind: Kind,
    name: String,
) -> Result<(StatusCode, Uploaded), Problem> {
    let hash = arrived.hash;
    let size = i64::try_from(arrived.size).map_err(|_| Problem::internal("a file of no size"))?;
    let is_new = announce(app, caller, organisation, (hash, size), kind, &name).await?;
    app.files.store().keep(arrived).await.map_err(storage_failed)?;
    let mut transaction = app.directory.begin().await?;
    // The kind that it was first taken for stays.
    let row = sqlx::query!(
        "UPDATE directory.files f
         SET stored_at = now(), checked_at = now(), damaged_at = NULL
         WHERE hash = $1::BYTEA
           AND EXISTS (SELECT FROM directory.deposits d
                       WHERE d.hash = f.hash AND d.organisation = $2)
         RETURNING media_type, uploaded_at",
        &hash.0[..],
        organisation
    )
    .fetch_optional(&mut *transaction)
    .await?;
    let Some(row) = row else {
        transaction.rollback().await?;
        removal::forget_unknown(app, hash).await?;
        return Err(Problem::conflict(Message::new("problem.file_removed_meanwhile")));
    };
    let anchors = anchors::of_one(&mut transaction, hash, size).await?;
    if !anchors.is_empty() {
        rows::publish(&mut transaction, &[hash.0.to_vec()]).await?;
    }
    audit::record(&mut transaction, caller, Deed::new("file_uploaded", hash)).await?;
    transaction.commit().await?;
    for wrong in anchors.iter().filter(|anchor| anchor.size_agrees == Some(false)) {
        tracing::warn!(
            %hash, size, told = wrong.size, page = wrong.page,
            "the chain tells another size of a file that has the right hash"
        );
    }
    let status = if is_new { StatusCode::CREATED } else { StatusCode::OK };
    let uploaded = Uploaded {
        hash: hash.to_string(),
        size,
        media_type: row.media_type,
        name,
        uploaded_at: row.uploaded_at.into(),
        public: !anchors.is_empty(),
        anchors,
    };
    Ok((status, uploaded))
}

/// Writes that an organisation uploads a file; whether it had not uploaded it before.
async fn announce(
    app: &App,
    caller: &Caller,
    organisation: i64,
    (hash, size): (ContentHash, i64),
    kind: Kind,
    name: &str,
) -> Result<bool, Problem> {
    let mut transaction = app.directory.begin().await?;
    rows::lock_organisation(&mut transaction, organisation).await?;
    let has_it = sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT FROM directory.deposits
                          WHERE hash = $1::BYTEA AND organisation = $2) AS "has_it!""#,
        &hash.0[..],
        organisation
    )
    .fetch_one(&mut *transaction)
    .await?;
    // What the chain carries already takes none of the organisation's room.
    let anchored = !anchors::carried(&mut transaction, &[hash.0.to_vec()]).await?.is_empty();
    if !has_it && !anchored {
        ensure_room(&mut transaction, app, organisation, size).await?;
    }
    rows::lock(&mut transaction, hash).await?;
    sqlx::query!(
        "INSERT INTO directory.files (hash, size, media_type) VALUES ($1::BYTEA, $2, $3)
         ON CONFLICT (hash) DO UPDATE SET uploaded_at = now()",
        &hash.0[..],
        size,
        kind.media_type()
    )
    .execute(&mut *transaction)
    .await?;
    let (account, key) = match &caller.who {
        Who::Person { account, .. } => (Some(account.to_string()), None),
        Who::Program { key, .. } => (None, Some(*key)),
    };
    sqlx::query!(
        "INSERT INTO directory.deposits (hash, organisation, name, account, api_key)
         VALUES ($1::BYTEA, $2, $3, $4, $5)
         ON CONFLICT (hash, organisation) DO UPDATE
         SET name = $3, account = $4, api_key = $5, uploaded_at = now()",
        &hash.0[..],
        organisation,
        name,
        account,
        key
    )
    .execute(&mut *transaction)
    .await?;
    transaction.commit().await?;
    Ok(!has_it)
}

/// Refuses what would be more than an organisation may have here without the chain naming it.
async fn ensure_room(
    connection: &mut PgConnection,
    app: &App,
    organisation: i64,
    size: i64,
) -> Result<(), Problem> {
    let quota = i64::try_from(app.files.options().file_quota).unwrap_or(i64::MAX);
    loop {
        let used = sqlx::query_scalar!(
            r#"SELECT COALESCE(SUM(GREATEST(size, $2)), 0)::BIGINT AS "used!"
               FROM directory.deposits JOIN directory.files USING (hash)
               WHERE organisation = $1 AND published_at IS NULL"#,
            organisation,
            LEAST
        )
        .fetch_one(&mut *connection)
        .await?;
        if used.saturating_add(size.max(LEAST)) <= quota {
            return Ok(());
        }
        // Perhaps the chain has come to carry some since it was last looked.
        if rows::publish_of(connection, organisation).await? == 0 {
            let quota = arriving::in_words(app.files.options().file_quota);
            return Err(Problem::conflict(Message::new("problem.file_quota").with("max", quota)));
        }
    }
}
