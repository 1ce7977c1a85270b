// SPDX-License-Identifier: Apache-2.0
//! Sending and following transactions: the only way from the web to the chain.

use crate::{
    db::Reader,
    i18n::Language,
    problem::{Message, Problem, ProblemDocument},
    server::App,
    submissions::{Reason, Stage, Submission},
};
use axum::{
    body::Bytes,
    extract::{Path, State},
    http::{header, StatusCode},
    response::{
        sse::{self, KeepAlive, Sse},
        IntoResponse, Response,
    },
    Json,
};
use blake2::{digest::consts::U32, Blake2b, Digest};
use futures::{future, stream, Stream, StreamExt};
use registry_client::{
    payload::{self, SignerPayload},
    ClientError,
};
use serde::{de::DeserializeOwned, Deserialize, Serialize};
use std::convert::Infallible;
use tokio::sync::watch;
use tokio_stream::wrappers::WatchStream;
use utoipa::ToSchema;

/// A payload and its signature.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "payload": {
        "address": "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY",
        "blockHash": "0x0000000000000000000000000000000000000000000000000000000000000001",
        "blockNumber": "0x00000001", "era": "0x1500",
        "genesisHash": "0x0000000000000000000000000000000000000000000000000000000000000001",
        "method": "0x0000", "nonce": "0x00000000", "specVersion": "0x00000001",
        "tip": "0x00000000000000000000000000000000", "transactionVersion": "0x00000001",
        "signedExtensions": ["CheckMortality", "CheckNonce"], "version": 4,
    },
    "signature": "0x01",
}))]
pub struct SubmitRequest {
    /// The `payload` that was prepared, unchanged.
    #[schema(value_type = Object)]
    payload: SignerPayload,
    /// 0x, one byte for the scheme (00 ed25519, 01 sr25519, 02 ECDSA), and the signature.
    signature: String,
}

/// A transaction that the node has taken.
#[derive(Serialize, ToSchema)]
pub struct Submitted {
    /// Hash of the transaction; ask for it at `/api/v1/extrinsics/{hash}`.
    hash: String,
}

/// The body of a request; whatever its content type says, it is JSON.
pub fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    serde_json::from_slice(body).map_err(|error| {
        let message = Message::new("problem.body").with("error", &error);
        // Bytes that are no JSON are malformed; JSON of another shape cannot be processed.
        match error.classify() {
            serde_json::error::Category::Data => Problem::unprocessable(message),
            _ => Problem::malformed(message),
        }
    })
}

impl From<ClientError> for Problem {
    fn from(error: ClientError) -> Self {
        match error {
            ClientError::Refused(reason) => Self::refused(reason),
            ClientError::Invalid(sentence) => {
                Self::unprocessable(Message::new("problem.payload").with("error", sentence))
            }
            ClientError::Unreachable(..) | ClientError::Chain(_) => {
                tracing::warn!(%error, "the node did not do as asked");
                Self::unavailable(Message::new("problem.node_down"))
            }
        }
    }
}

/// Sends a signed transaction.
#[utoipa::path(
    post, path = "/api/v1/extrinsics", tag = "extrinsics",
    request_body = SubmitRequest,
    responses(
        (status = ACCEPTED, body = Submitted),
        (status = UNPROCESSABLE_ENTITY, body = ProblemDocument, description = "It was refused"),
        (status = SERVICE_UNAVAILABLE, body = ProblemDocument),
    )
)]
pub async fn submit(State(app): State<App>, body: Bytes) -> Result<Response, Problem> {
    let SubmitRequest { payload, signature } = read(&body)?;
    let signature = payload::signature(&signature)?;
    let registry = app.node.registry()?;
    let at = registry.at_finalised().await?;
    let encoded = payload.sign_with(&at, &signature)?;
    let hash = format!("0x{}", hex::encode(Blake2b::<U32>::digest(&encoded)));
    // To send the same again is no mistake, and must not disturb what is known of the first.
    let known = app.submissions.find(&hash).map(|it| it.borrow().clone());
    if known.is_some_and(|it| it.status != Stage::Failed) {
        return Ok(accepted(hash));
    }
    registry.try_out(&encoded).await.map_err(Problem::refused)?;
    match registry.submit(encoded).await {
        Ok((_, outcomes)) => app.submissions.follow(hash.clone(), outcomes),
        // One that is in a block already cannot be taken again, and is not refused for that.
        Err(ClientError::Refused(reason)) => {
            recorded(&app, &hash).await.map_err(|_| Problem::refused(reason))?;
        }
        Err(other) => return Err(other.into()),
    }
    Ok(accepted(hash))
}

fn accepted(hash: String) -> Response {
    let location = format!("/api/v1/extrinsics/{hash}");
    let headers = [(header::LOCATION, location), (header::CACHE_CONTROL, "no-store".to_owned())];
    (StatusCode::ACCEPTED, headers, Json(Submitted { hash })).into_response()
}

/// A hash as it is written here, from an address.
fn canonical(hash: &str) -> Option<String> {
    let hash = hash.strip_prefix("0x").unwrap_or(hash).to_ascii_lowercase();
    let digits = hash.len() == 64 && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
    digits.then(|| format!("0x{hash}"))
}

fn unknown(hash: &str) -> Problem {
    Problem::not_found(Message::new("problem.no_extrinsic").with("hash", hash))
}

/// A transaction in the indexer's tables: it is final there.
async fn indexed(reader: &mut Reader, hash: String) -> Result<Submission, Problem> {
    let bytes = hex::decode(hash.trim_start_matches("0x")).map_err(|_| unknown(&hash))?;
    let row = sqlx::query!(
        r#"SELECT x.success, x.error_code, x.error, x.height,
                  '0x' || encode(b.hash, 'hex') AS "block!"
           FROM chain.extrinsics x JOIN chain.finalised_blocks b ON b.height = x.height
           WHERE x.hash = $1::BYTEA ORDER BY x.height DESC, x.index DESC LIMIT 1"#,
        bytes
    )
    .fetch_optional(reader.connection())
    .await?
    .ok_or_else(|| unknown(&hash))?;
    let reason = (!row.success).then(|| Reason {
        code: row.error_code.unwrap_or_default(),
        sentence: row.error.unwrap_or_default(),
    });
    let status = if row.success { Stage::Finalised } else { Stage::Failed };
    Ok(Submission { hash, status, block: Some(row.block), height: Some(row.height), reason })
}

/// A transaction in the indexer's tables, read apart from any other reading.
async fn recorded(app: &App, hash: &str) -> Result<Submission, Problem> {
    indexed(&mut app.database.reader().await?, hash.to_owned()).await
}

/// Where a transaction is, and all that will become of it where this portal follows it.
enum Found {
    Followed(watch::Receiver<Submission>),
    Recorded(Submission),
}

/// What this portal has seen of a transaction; what the tables say, where that is more.
async fn find(app: &App, hash: &str) -> Result<Found, Problem> {
    let hash = canonical(hash).ok_or_else(|| unknown(hash))?;
    let Some(followed) = app.submissions.find(&hash) else {
        return Ok(Found::Recorded(recorded(app, &hash).await?));
    };
    if followed.borrow().is_certain() {
        return Ok(Found::Followed(followed));
    }
    // The node can be lost from sight while the transaction goes its way.
    match recorded(app, &hash).await {
        Ok(submission) => Ok(Found::Recorded(submission)),
        Err(_) => Ok(Found::Followed(followed)),
    }
}

/// Where a transaction is.
#[utoipa::path(
    get, path = "/api/v1/extrinsics/{hash}", tag = "extrinsics",
    params((
        "hash" = String, Path, description = "Hash of the transaction",
        example = "0x4f9d0b7c2b1a6e35d8f0c1b2a3948576e5d4c3b2a1908f7e6d5c4b3a29180706"
    )),
    responses(
        (status = OK, body = Submission),
        (status = NOT_FOUND, body = ProblemDocument),
    )
)]
pub async fn status(State(app): State<App>, Path(hash): Path<String>) -> Result<Response, Problem> {
    let submission = match find(&app, &hash).await? {
        Found::Followed(receiver) => receiver.borrow().clone(),
        Found::Recorded(submission) => submission,
    };
    let told = Json(submission.told_in(Language::current()));
    Ok(([(header::CACHE_CONTROL, "no-store")], told).into_response())
}

/// What becomes of a transaction, as server-sent events; the stream ends when nothing more will.
#[utoipa::path(
    get, path = "/api/v1/extrinsics/{hash}/events", tag = "extrinsics",
    params((
        "hash" = String, Path, description = "Hash of the transaction",
        example = "0x4f9d0b7c2b1a6e35d8f0c1b2a3948576e5d4c3b2a1908f7e6d5c4b3a29180706"
    )),
    responses(
        (status = OK, body = Submission, content_type = "text/event-stream"),
        (status = NOT_FOUND, body = ProblemDocument),
    )
)]
pub async fn follow(State(app): State<App>, Path(hash): Path<String>) -> Result<Response, Problem> {
    let submissions = match find(&app, &hash).await? {
        Found::Followed(receiver) => until_final(WatchStream::new(receiver)).left_stream(),
        Found::Recorded(submission) => stream::once(future::ready(submission)).right_stream(),
    };
    // The answer goes on when the request has been answered.
    let language = Language::current();
    let events = submissions.map(move |submission| {
        let submission = submission.told_in(language);
        let event = sse::Event::default().event("status").json_data(&submission);
        Ok::<_, Infallible>(event.unwrap_or_default())
    });
    Ok(Sse::new(events).keep_alive(KeepAlive::default()).into_response())
}

/// A stream up to and with the first state that is final.
fn until_final(
    states: impl Stream<Item = Submission> + Send,
) -> impl Stream<Item = Submission> + Send {
    states.scan(false, |ended, state| {
        let next = (!*ended).then(|| state.clone());
        *ended = state.is_final();
        future::ready(next)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prepare::PrepareRequest;

    #[test]
    fn hashes_are_compared_in_one_form() {
        let hash = "AB".repeat(32);
        assert_eq!(canonical(&hash), Some(format!("0x{}", "ab".repeat(32))));
        assert_eq!(canonical(&format!("0x{hash}")), canonical(&hash));
        assert_eq!(canonical("0x12"), None);
        assert_eq!(canonical(&"zz".repeat(32)), None);
    }

    #[test]
    fn a_body_that_is_no_json_and_one_of_another_shape_are_told_apart() {
        let status = |body: &[u8]| match read::<PrepareRequest>(body) {
            Ok(_) => 200,
            Err(problem) => problem.document(Language::English).status,
        };
        assert_eq!(status(b"{"), 400);
        assert_eq!(status(b"{}"), 422);
        assert_eq!(status(br#"{"account": "5F", "call": {}, "more": 1}"#), 422);
        assert_eq!(status(br#"{"account": "5F", "call": {}}"#), 200);
    }

    #[tokio::test]
    async fn a_stream_ends_with_the_final_state() {
        let state = |status| Submission { status, ..Submission::broadcast("0x01".into()) };
        let states = [Stage::Broadcast, Stage::InBlock, Stage::Finalised, Stage::InBlock];
        let seen: Vec<_> =
            until_final(stream::iter(states.map(state))).map(|it| it.status).collect().await;
        assert_eq!(seen, [Stage::Broadcast, Stage::InBlock, Stage::Finalised]);
    }
}
