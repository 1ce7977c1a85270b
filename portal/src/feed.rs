// SPDX-License-Identifier: Apache-2.0
//! Events as they become final, for who wants to be told and not to ask: server-sent events (HTML
//! Standard, 9.2), which a browser's `EventSource` takes up again by itself where it lost them.

use crate::{
    answers::AsOf,
    events::{Event, Events},
    list::Question,
    problem::{Message, Problem, ProblemDocument},
    query::{Position, MAX_LIMIT},
    server::App,
};
use axum::{
    extract::State,
    http::HeaderMap,
    response::{
        sse::{self, KeepAlive, Sse},
        IntoResponse, Response,
    },
};
use std::convert::Infallible;
use tokio::sync::{mpsc, Semaphore};
use tokio_stream::wrappers::ReceiverStream;

/// Streams that are open at once.
const AT_ONCE: usize = 500;
static FREE: Semaphore = Semaphore::const_new(AT_ONCE);
/// Events that are ready before they are taken. Who takes none holds nothing else.
const READY: usize = 16;

/// What happened on the chain, as it becomes final; with the same filters as the list. The stream begins
/// after the event in `Last-Event-ID` or `after`, and with what comes next if neither is given. It
/// ends when the data cannot be read: connect again with the last `id`.
#[utoipa::path(
    get, path = "/api/v1/events/stream", tag = "registry", params(Question<Events>),
    operation_id = "event_stream",
    responses(
        (status = OK, body = Event, content_type = "text/event-stream"),
        (status = BAD_REQUEST, body = ProblemDocument),
        (status = SERVICE_UNAVAILABLE, body = ProblemDocument),
    )
)]
pub async fn stream(
    State(app): State<App>,
    headers: HeaderMap,
    question: Question<Events>,
) -> Result<Response, Problem> {
    if !question.can_be_followed() {
        return Err(Problem::malformed(Message::new("problem.stream_order")));
    }
    let permit = FREE
        .try_acquire()
        .map_err(|_| Problem::unavailable(Message::new("problem.too_many_streams")))?;
    let after = match last_event(&headers)? {
        Some(position) => position,
        None => match question.last() {
            Some(position) => position,
            None => end_of(&app.database.cursor().await?.as_of),
        },
    };
    let (events, taken) = mpsc::channel(READY);
    tokio::spawn(async move {
        let _permit = permit;
        tokio::select! {
            // Nobody reads any more.
            () = events.closed() => {}
            ended = follow(&app, question, after, &events) => {
                if ended.is_err() {
                    tracing::debug!("a stream of events ended: its data cannot be read");
                }
            }
        }
    });
    Ok(Sse::new(ReceiverStream::new(taken)).keep_alive(KeepAlive::default()).into_response())
}

/// Sends what comes, for ever.
async fn follow(
    app: &App,
    mut question: Question<Events>,
    mut after: Position,
    events: &mpsc::Sender<Result<sse::Event, Infallible>>,
) -> Result<(), Problem> {
    let mut heights = app.heights.subscribe();
    loop {
        heights.mark_unchanged();
        // A connection to the database is held while it is read, and not while nothing happens.
        let (found, until) = {
            let mut reader = app.database.reader().await?;
            question.go_on(&[after.block, after.index.into()], MAX_LIMIT);
            let (found, next) = question.load(&mut reader).await?;
            (found, next.is_none().then(|| end_of(&reader.as_of)))
        };
        for event in found {
            after = event.position();
            let message = sse::Event::default().id(&event.id).event("event").json_data(&event);
            if events.send(Ok(message.unwrap_or_default())).await.is_err() {
                return Ok(());
            }
        }
        if let Some(end) = until {
            // What is of another kind need not be looked at again.
            after = end;
            if heights.changed().await.is_err() {
                return Ok(());
            }
        }
    }
}

/// After all events of a block.
fn end_of(block: &AsOf) -> Position {
    Position { block: block.block, index: i32::MAX }
}

/// The event that a reader had last.
fn last_event(headers: &HeaderMap) -> Result<Option<Position>, Problem> {
    let Some(value) = headers.get("last-event-id") else { return Ok(None) };
    let text = value.to_str().unwrap_or_default();
    match text.parse() {
        Ok(position) => Ok(Some(position)),
        // A browser that has had nothing yet sends nothing, or an empty one.
        Err(_) if text.is_empty() => Ok(None),
        Err(error) => {
            Err(Problem::malformed(Message::new("problem.last_event").with("error", error)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    #[test]
    fn a_stream_is_taken_up_after_the_last_event() {
        let last = |value: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert("last-event-id", HeaderValue::from_static(value));
            last_event(&headers)
        };
        assert_eq!(last("120-3").unwrap(), Some(Position { block: 120, index: 3 }));
        assert_eq!(last("").unwrap(), None);
        assert!(last("yesterday").is_err());
        assert_eq!(last_event(&HeaderMap::new()).unwrap(), None);
    }
}
