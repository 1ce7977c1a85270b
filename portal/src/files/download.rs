// SPDX-License-Identifier: Apache-2.0
//! A file's bytes: whole or in part, and never others than its hash says.

use super::{
    anchors,
    range::{self, Asked},
    rows::{self, File},
    sight::{self, Seen},
    store::{self, Unreadable},
    Digest,
};
use crate::{
    page::percent_encode,
    problem::{Message, Problem, ProblemDocument},
    server::{App, AsItIs},
};
use axum::{
    body::{Body, Bytes},
    extract::{Extension, Path, State},
    http::{header, request::Parts, HeaderMap, HeaderName, HeaderValue, Method, StatusCode},
    response::{IntoResponse, Response},
};
use blake2::Digest as _;
use futures::{stream, Stream, StreamExt};
use std::{io, time::Duration};

/// How long the store may take to begin.
const PATIENCE: Duration = Duration::from_secs(10);
/// Nobody's page, whatever the bytes are: nothing is run, loaded or framed.
const POLICY: &str = "default-src 'none'; sandbox";

/// The bytes of a file.
///
/// Everybody has it once the chain carries its hash; until then its organisation and the Government's
/// officers. A part is asked for with `Range: bytes=first-last`; several parts at once are not given.
#[utoipa::path(
    get, path = "/api/v1/files/{hash}", tag = "files",
    operation_id = "file",
    params(
        ("hash" = String, Path, description = "Its hash, as the chain has it",
         example = "0xbddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319"),
        ("Range" = Option<String>, Header, description = "A part: bytes=first-last"),
        ("If-None-Match" = Option<String>, Header, description = "The ETag of a copy"),
        ("If-Range" = Option<String>, Header, description = "The ETag of what a part shall complete"),
    ),
    security((), ("session" = []), ("token" = []), ("key" = [])),
    responses(
        (status = OK, description = "All of it", body = String, content_type = "*/*"),
        (status = PARTIAL_CONTENT, description = "The part", body = String, content_type = "*/*"),
        (status = NOT_MODIFIED, description = "The copy is right"),
        (status = UNAUTHORIZED, body = ProblemDocument),
        (status = NOT_FOUND, body = ProblemDocument),
        (status = RANGE_NOT_SATISFIABLE, body = ProblemDocument),
        (status = SERVICE_UNAVAILABLE, body = ProblemDocument, description = "The store does not answer, or its copy is damaged"),
    )
)]
pub async fn file(
    State(app): State<App>,
    Path(hash): Path<String>,
    parts: Parts,
) -> Result<Response, Problem> {
    let seen = sight::look(&app, &parts, &hash, "file_read").await?;
    let file = &seen.file;
    let headers = headers(&app, &seen).await?;
    let etag = format!("\"{}\"", hex::encode(file.hash.0));
    if knows(&parts.headers, &etag) {
        return Ok((StatusCode::NOT_MODIFIED, headers, Extension(AsItIs)).into_response());
    }
    if file.damaged_at.is_some() {
        return Err(damaged());
    }
    let size = file.bytes();
    let asked = match (&parts.method, text(&parts.headers, header::RANGE)) {
        (&Method::GET, Some(value)) if still_completes(&parts.headers, &etag) => {
            range::asked(value, size)
        }
        _ => Asked::Whole,
    };
    match asked {
        Asked::Outside => {
            let problem =
                Problem::out_of_range(Message::new("problem.file_range").with("size", size));
            Ok(([(header::CONTENT_RANGE, format!("bytes */{size}"))], problem).into_response())
        }
        Asked::Part(part) => {
            let length = part.end - part.start;
            let place = format!("bytes {}-{}/{size}", part.start, part.end - 1);
            let bytes = read(&app, file, Some(part)).await?;
            let told =
                [(header::CONTENT_RANGE, place), (header::CONTENT_LENGTH, length.to_string())];
            Ok((
                StatusCode::PARTIAL_CONTENT,
                headers,
                told,
                Extension(AsItIs),
                Body::from_stream(bytes),
            )
                .into_response())
        }
        Asked::Whole => {
            let body = match parts.method {
                Method::HEAD => Body::empty(),
                _ => Body::from_stream(verified(app.clone(), seen.file, size).await?),
            };
            let told = [(header::CONTENT_LENGTH, size.to_string())];
            Ok((headers, told, Extension(AsItIs), body).into_response())
        }
    }
}

/// What is said of every answer with a file.
async fn headers(app: &App, Seen { file, deposit }: &Seen) -> Result<HeaderMap, Problem> {
    let name = match deposit {
        Some(deposit) => deposit.name.clone(),
        None => {
            let mut transaction = app.directory.begin().await?;
            let anchors = anchors::of_one(&mut transaction, file.hash, file.size).await?;
            anchors::public_name(&anchors, file.hash, file.ending())
        }
    };
    // What has a hash for a name never changes; what is private nobody on the way may keep.
    let keep = match file.is_public() {
        true => "public, max-age=31536000, immutable",
        false => "no-store",
    };
    let mut headers = HeaderMap::new();
    let etag = format!("\"{}\"", hex::encode(file.hash.0));
    for (name, value) in [
        (header::CONTENT_TYPE, file.media_type.as_str()),
        (header::CONTENT_DISPOSITION, &attachment(&name)),
        (header::ETAG, &etag),
        (header::CACHE_CONTROL, keep),
        (header::VARY, "Authorization, Cookie, X-Api-Key"),
        (header::ACCEPT_RANGES, "bytes"),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ] {
        let value = HeaderValue::try_from(value);
        headers.insert(name, value.map_err(|_| Problem::internal("a header of no form"))?);
    }
    Ok(headers)
}

/// To be saved and not shown, under a name in any alphabet (RFC 6266).
fn attachment(name: &str) -> String {
    let plain: String = name
        .chars()
        .map(|it| if it.is_ascii_graphic() && !matches!(it, '"' | '\\' | '%') { it } else { '_' })
        .collect();
    format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{}", percent_encode(name))
}

fn text(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    headers.get(name)?.to_str().ok()
}

/// Whether the client has it, by `If-None-Match`.
fn knows(headers: &HeaderMap, etag: &str) -> bool {
    text(headers, header::IF_NONE_MATCH).is_some_and(|known| {
        known.split(',').map(str::trim).any(|it| it == "*" || it.trim_start_matches("W/") == etag)
    })
}

/// Whether a part completes what the client has: `If-Range` names this file, or is not there.
fn still_completes(headers: &HeaderMap, etag: &str) -> bool {
    text(headers, header::IF_RANGE).is_none_or(|it| it == etag)
}

fn damaged() -> Problem {
    Problem::unavailable(Message::new("problem.file_damaged"))
}

async fn read(
    app: &App,
    file: &File,
    part: Option<std::ops::Range<u64>>,
) -> Result<store::Bytes, Problem> {
    let reading = app.files.store().read(file.hash, file.bytes(), part);
    let Ok(read) = tokio::time::timeout(PATIENCE, reading).await else {
        tracing::error!(hash = %file.hash, "the store of files does not answer in time");
        return Err(Problem::unavailable(Message::new("problem.store_down")));
    };
    match read {
        Ok(bytes) => Ok(bytes),
        Err(Unreadable::Damaged) => {
            let mut transaction = app.directory.begin().await?;
            rows::note_damage(&mut transaction, file).await?;
            transaction.commit().await?;
            Err(damaged())
        }
        Err(Unreadable::Down(error)) => {
            tracing::error!(%error, hash = %file.hash, "the store of files does not answer");
            Err(Problem::unavailable(Message::new("problem.store_down")))
        }
    }
}

/// All bytes of a file. The last come only when all together have its hash: whoever gets as many as
/// he was told gets the right ones.
async fn verified(
    app: App,
    file: File,
    size: u64,
) -> Result<impl Stream<Item = io::Result<Bytes>> + Send, Problem> {
    let bytes = read(&app, &file, None).await?;
    let begin = (bytes, Digest::new(), Bytes::new(), 0, false);
    let app = (app, file);
    Ok(stream::unfold(
        (begin, app),
        move |((mut bytes, mut digest, held, mut sent, over), app)| async move {
            if over {
                return None;
            }
            match bytes.next().await {
                Some(Ok(next)) => {
                    digest.update(&next);
                    sent += held.len() as u64;
                    Some((Ok(held), ((bytes, digest, next, sent, false), app)))
                }
                Some(Err(error)) => {
                    Some((Err(io::Error::other(error)), ((bytes, digest, held, sent, true), app)))
                }
                None => {
                    let right = sent + held.len() as u64 == size
                        && digest.finalize_reset().as_slice() == app.1.hash.0;
                    let last = if right { Ok(held) } else { Err(note(&app).await) };
                    Some((last, ((bytes, digest, Bytes::new(), sent, true), app)))
                }
            }
        },
    ))
}

/// Notes that the bytes in the store are others, and breaks the connection off.
async fn note((app, file): &(App, File)) -> io::Error {
    if let Ok(mut connection) = app.directory.pool().acquire().await {
        // Said in the log; the next check notes it if this does not.
        let _ = rows::note_damage(&mut connection, file).await;
    }
    io::Error::other("the stored bytes are not those of the hash")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_breaks_no_header() {
        assert_eq!(attachment("a.pdf"), "attachment; filename=\"a.pdf\"; filename*=UTF-8''a.pdf");
        let hostile = attachment("a\"; filename=\"b.exe\r\nX: y\\é.pdf");
        assert!(HeaderValue::try_from(&hostile).is_ok());
        assert_eq!(hostile.matches('"').count(), 2, "{hostile}");
        assert!(hostile.ends_with("%C3%A9.pdf"), "{hostile}");
    }

    #[test]
    fn copies_are_known_by_their_tag() {
        let with = |name: HeaderName, value: &'static str| {
            HeaderMap::from_iter([(name, HeaderValue::from_static(value))])
        };
        assert!(knows(&with(header::IF_NONE_MATCH, "\"a\", W/\"b\""), "\"b\""));
        assert!(knows(&with(header::IF_NONE_MATCH, "*"), "\"b\""));
        assert!(!knows(&with(header::IF_NONE_MATCH, "\"a\""), "\"b\""));
        assert!(still_completes(&HeaderMap::new(), "\"b\""));
        assert!(still_completes(&with(header::IF_RANGE, "\"b\""), "\"b\""));
        // Weak tags and dates do not do for parts.
        assert!(!still_completes(&with(header::IF_RANGE, "W/\"b\""), "\"b\""));
        let date = "Wed, 21 Oct 2026 07:28:00 GMT";
        assert!(!still_completes(&with(header::IF_RANGE, date), "\"b\""));
    }
}
