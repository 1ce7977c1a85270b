// SPDX-License-Identifier: Apache-2.0
//! What is known of a file.

use super::{
    address,
    anchors::{self, Anchor},
    sight,
};
use crate::{
    access::session::private,
    answers::Time,
    problem::{Problem, ProblemDocument},
    server::App,
};
use axum::{
    extract::{Path, State},
    http::request::Parts,
    response::Response,
    Json,
};
use chrono::TimeDelta;
use serde::Serialize;
use utoipa::ToSchema;

/// What is known of a file.
#[derive(Serialize, ToSchema)]
pub struct FileInfo {
    /// BLAKE2b-256 of the bytes.
    #[schema(example = "0xbddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319")]
    hash: String,
    /// Bytes.
    size: i64,
    /// What was found in the bytes.
    #[schema(example = "application/pdf")]
    media_type: String,
    /// What its organisation calls it; null for what is public.
    name: Option<String>,
    /// When its organisation uploaded it; null for what is public.
    uploaded_at: Option<Time>,
    /// Whether everybody may have it: the chain carries its hash.
    public: bool,
    /// When it is removed, unless the chain carries its hash before.
    removed_after: Option<Time>,
    /// Whether the copy here is damaged or lost; uploading the same bytes again mends it.
    damaged: bool,
    /// When the copy here was last compared with the hash.
    checked_at: Option<Time>,
    /// Where its bytes are.
    url: String,
    /// What on the chain carries its hash, at most 50.
    anchors: Vec<Anchor>,
}

/// What is known of a file, and what on the chain carries its hash.
#[utoipa::path(
    get, path = "/api/v1/files/{hash}/info", tag = "files",
    operation_id = "file_info",
    params(("hash" = String, Path, description = "Its hash, as the chain has it",
            example = "0xbddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319")),
    security((), ("session" = []), ("token" = []), ("key" = [])),
    responses(
        (status = OK, body = FileInfo),
        (status = UNAUTHORIZED, body = ProblemDocument),
        (status = NOT_FOUND, body = ProblemDocument),
    )
)]
pub async fn info(
    State(app): State<App>,
    Path(hash): Path<String>,
    parts: Parts,
) -> Result<Response, Problem> {
    let sight::Seen { file, deposit } = sight::look(&app, &parts, &hash, "file_info_read").await?;
    let mut transaction = app.directory.begin().await?;
    let anchors = anchors::of_one(&mut transaction, file.hash, file.size).await?;
    let days = TimeDelta::days(app.files.options().keep_unanchored_days.into());
    let removed_after = (!file.is_public()).then(|| (file.uploaded_at + days).into());
    let (name, uploaded_at) = deposit.map(|it| (it.name, it.uploaded_at)).unzip();
    Ok(private(Json(FileInfo {
        hash: file.hash.to_string(),
        size: file.size,
        public: file.is_public(),
        damaged: file.damaged_at.is_some(),
        checked_at: file.checked_at.map(Time),
        url: address(file.hash),
        media_type: file.media_type,
        name,
        uploaded_at,
        removed_after,
        anchors,
    })))
}
