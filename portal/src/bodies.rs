// SPDX-License-Identifier: Apache-2.0
//! Bodies of requests: they come in time, and what is refused before it was read is read on.
//!
//! A connection that is closed with bytes unread is reset, which takes the answer with it: a client
//! that still sends when it is refused would see a broken connection instead of the reason.

use crate::problem::{Message, Problem};
use axum::{
    body::{Body, BodyDataStream, Bytes, HttpBody},
    extract::Request,
    http::header,
    middleware::Next,
    response::{IntoResponse, Response},
};
use futures::{Stream, StreamExt};
use std::{
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};
use tokio::{runtime::Handle, time::timeout};

/// Longest time to an answer; event streams last longer once they have begun.
const LONGEST: Duration = Duration::from_secs(30);
/// How much is read of a body that nobody wants any more, and for how long.
const READ_ON: (usize, Duration) = (64 << 20, Duration::from_secs(10));

/// Gives up a request that takes too long: because its body does not come, or because what is asked
/// does not answer.
pub async fn in_time(request: Request, next: Next) -> Response {
    let sends = !request.body().is_end_stream();
    match timeout(LONGEST, next.run(request)).await {
        Ok(response) => response,
        Err(_) if sends => Problem::timeout(Message::new("problem.slow_body")).into_response(),
        Err(_) => Problem::unavailable(Message::new("problem.database_busy")).into_response(),
    }
}

/// Reads on what an answer did not wait for.
pub async fn read_on(request: Request, next: Next) -> Response {
    // Who asks first whether to send is not told to by reading.
    let asks_first = request.headers().contains_key(header::EXPECT);
    if asks_first || request.body().is_end_stream() {
        return next.run(request).await;
    }
    let wrap = |body: Body| Body::from_stream(Unread(Some(body.into_data_stream())));
    next.run(request.map(wrap)).await
}

/// A body that is read on when it is let go before its end.
struct Unread(Option<BodyDataStream>);

impl Stream for Unread {
    type Item = Result<Bytes, axum::Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let Some(body) = &mut self.0 else { return Poll::Ready(None) };
        let polled = body.poll_next_unpin(context);
        if !matches!(polled, Poll::Pending | Poll::Ready(Some(Ok(_)))) {
            self.0 = None;
        }
        polled
    }
}

impl Drop for Unread {
    fn drop(&mut self) {
        let Some(mut body) = self.0.take() else { return };
        let read = async move {
            let mut left = READ_ON.0;
            while let Some(Ok(piece)) = body.next().await {
                let Some(rest) = left.checked_sub(piece.len()) else { return };
                left = rest;
            }
        };
        if let Ok(runtime) = Handle::try_current() {
            runtime.spawn(timeout(READ_ON.1, read));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::{body::to_bytes, middleware::from_fn, routing::post, Router};
    use std::sync::{
        atomic::{AtomicUsize, Ordering},
        Arc,
    };
    use tower::ServiceExt;

    fn pieces(count: usize, seen: &Arc<AtomicUsize>) -> Body {
        let seen = seen.clone();
        let piece = move |_| {
            seen.fetch_add(1, Ordering::SeqCst);
            Ok::<_, std::io::Error>(Bytes::from_static(b"abcd"))
        };
        Body::from_stream(futures::stream::iter((0..count).map(piece)))
    }

    #[tokio::test]
    async fn what_nobody_reads_is_read_on_and_what_is_read_is_whole() {
        let read = |body: Bytes| async move { body.len().to_string() };
        let router = Router::new()
            .route("/refuses", post(|| async { "no" }))
            .route("/reads", post(read))
            .layer(from_fn(read_on));
        let seen = Arc::new(AtomicUsize::new(0));
        for (path, said) in [("/refuses", "no"), ("/reads", "40")] {
            seen.store(0, Ordering::SeqCst);
            let request = Request::post(path).body(pieces(10, &seen)).unwrap();
            let answer = router.clone().oneshot(request).await.unwrap();
            assert_eq!(to_bytes(answer.into_body(), 100).await.unwrap(), said);
            while seen.load(Ordering::SeqCst) < 10 {
                tokio::task::yield_now().await;
            }
        }
    }

    #[tokio::test]
    async fn who_asks_first_is_not_told_to_send() {
        let router = Router::new().route("/", post(|| async { "no" })).layer(from_fn(read_on));
        let seen = Arc::new(AtomicUsize::new(0));
        let request = Request::post("/").header(header::EXPECT, "100-continue");
        router.oneshot(request.body(pieces(10, &seen)).unwrap()).await.unwrap();
        tokio::task::yield_now().await;
        assert_eq!(seen.load(Ordering::SeqCst), 0);
    }
}
