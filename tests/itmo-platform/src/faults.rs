// SPDX-License-Identifier: Apache-2.0
//! What can be wrong with an answer.

use crate::Regular;
use axum::{
    body::{Body, Bytes},
    http::{header::RETRY_AFTER, StatusCode},
    response::{IntoResponse, Response},
};
use futures::{stream, StreamExt};
use serde::Deserialize;
use std::{convert::Infallible, io, time::Duration};

/// What is wrong with the next answer.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// Another status.
    Status {
        /// The status.
        code: u16,
        /// Seconds to wait, in the header `Retry-After`.
        #[serde(default)]
        retry_after: Option<u32>,
    },
    /// Another body.
    Body(String),
    /// No header with a token.
    NoToken,
    /// Half of the body, as if that were all.
    Truncated,
    /// Half of the body, and then the connection ends.
    Broken,
    /// The answer begins after so many milliseconds.
    Slow(u64),
    /// So many milliseconds between two bytes of the body.
    Drip(u64),
    /// So many bytes of white space before the body.
    Huge(usize),
}

/// Bytes of one piece of a huge answer.
const PIECE: usize = 64 * 1024;

impl Fault {
    /// The answer with this fault.
    pub(crate) async fn applied_to(self, regular: Regular) -> Response {
        let bytes = regular.body.to_string().into_bytes();
        let half = bytes[..bytes.len() / 2].to_vec();
        match self {
            Self::Status { code, retry_after } => {
                let status = StatusCode::from_u16(code).unwrap_or(StatusCode::IM_A_TEAPOT);
                let after = retry_after.map(|seconds| [(RETRY_AFTER, seconds.to_string())]);
                (status, after, "").into_response()
            }
            Self::Body(body) => body_of(regular, Body::from(body)),
            Self::NoToken => Regular { token: None, ..regular }.into_response(),
            Self::Truncated => body_of(regular, Body::from(half)),
            Self::Broken => {
                let pieces = [Ok(Bytes::from(half)), Err(io::Error::other("ordered"))];
                body_of(regular, Body::from_stream(stream::iter(pieces)))
            }
            Self::Slow(millis) => {
                tokio::time::sleep(Duration::from_millis(millis)).await;
                regular.into_response()
            }
            Self::Drip(millis) => {
                let pieces = stream::iter(bytes).then(move |byte| async move {
                    tokio::time::sleep(Duration::from_millis(millis)).await;
                    Ok::<_, Infallible>(Bytes::from(vec![byte]))
                });
                body_of(regular, Body::from_stream(pieces))
            }
            Self::Huge(length) => {
                let space = Bytes::from(vec![b' '; PIECE]);
                let pieces = std::iter::repeat_n(space, length.div_ceil(PIECE));
                let pieces = pieces.chain([Bytes::from(bytes)]).map(Ok::<_, Infallible>);
                body_of(regular, Body::from_stream(stream::iter(pieces)))
            }
        }
    }
}

fn body_of(regular: Regular, body: Body) -> Response {
    let token = regular.token.map(|token| [("x-token-id", token)]);
    (regular.status, token, [("content-type", "application/json")], body).into_response()
}
