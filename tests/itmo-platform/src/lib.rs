// SPDX-License-Identifier: Apache-2.0
#![doc = include_str!("../README.md")]
#![deny(missing_docs)]

mod faults;
mod timeline;

pub use faults::Fault;
pub use timeline::{Timeline, LAST_STATE};

use axum::{
    body::Bytes,
    extract::{Path, State},
    http::{HeaderMap, Method, StatusCode, Uri},
    response::{IntoResponse, Response},
    routing::{any, get, post, put},
    Json, Router,
};
use serde::Deserialize;
use serde_json::{json, Value};
use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard},
};

/// Who may log in, and with what.
#[derive(Clone, Debug)]
pub struct Account {
    /// Key of the interface.
    pub api_key: String,
    /// E-mail address.
    pub email: String,
    /// Password.
    pub password: String,
}

struct Inner {
    account: Account,
    timeline: Timeline,
    faults: BTreeMap<String, VecDeque<Fault>>,
    /// Tokens given, and from which on they are valid.
    tokens: u64,
    valid_from: u64,
    log: Vec<String>,
}

/// The platform: its interface and its controls.
#[derive(Clone)]
pub struct Platform(Arc<Mutex<Inner>>);

/// What a test asks for.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Order {
    /// Path below `/api/v1/`.
    path: String,
    fault: Fault,
    #[serde(default = "once")]
    times: usize,
}

const fn once() -> usize {
    1
}

/// A project besides the timeline.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Placed {
    company: Value,
    project: Value,
}

impl Platform {
    /// One at the beginning of its timeline.
    pub fn new(account: Account, timeline: Timeline) -> Self {
        let (faults, tokens, valid_from, log) = (BTreeMap::new(), 0, 1, Vec::new());
        Self(Arc::new(Mutex::new(Inner { account, timeline, faults, tokens, valid_from, log })))
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().expect("nothing panics while it holds the lock")
    }

    /// What it answers with.
    pub fn router(self) -> Router {
        Router::new()
            .route("/api/v1/{*path}", any(answer))
            .route("/control/state", get(state))
            .route("/control/state/{number}", put(set_state))
            .route("/control/faults", post(order_fault).delete(forget_faults))
            .route("/control/expire", post(expire))
            .route("/control/projects/{id}", put(place).delete(take_off))
            .route("/control/log", get(log))
            .with_state(self)
    }
}

async fn answer(
    State(platform): State<Platform>,
    method: Method,
    uri: Uri,
    Path(path): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    // Identifiers are compared as they are sent; only the path for the log is decoded.
    let raw = uri.path().trim_start_matches("/api/v1/").to_owned();
    let (fault, regular) = {
        let mut inner = platform.inner();
        inner.log.push(format!("{method} {path}"));
        let fault = inner.faults.get_mut(&raw).and_then(VecDeque::pop_front);
        (fault, inner.regular(&method, &path, &headers, &body))
    };
    match fault {
        Some(fault) => fault.applied_to(regular).await,
        None => regular.into_response(),
    }
}

/// An answer that can still be spoiled.
pub(crate) struct Regular {
    pub(crate) status: StatusCode,
    pub(crate) token: Option<String>,
    pub(crate) body: Value,
}

impl Regular {
    fn of(status: StatusCode, body: Value) -> Self {
        Self { status, token: None, body }
    }

    fn refused() -> Self {
        let body = json!({ "statusCode": 401, "message": "Unauthorized" });
        Self::of(StatusCode::UNAUTHORIZED, body)
    }

    fn not_found() -> Self {
        let body = json!({ "statusCode": 404, "message": "Not found" });
        Self::of(StatusCode::NOT_FOUND, body)
    }
}

impl IntoResponse for Regular {
    fn into_response(self) -> Response {
        let token = self.token.map(|token| [("x-token-id", token)]);
        (self.status, token, Json(self.body)).into_response()
    }
}

impl Inner {
    fn regular(
        &mut self,
        method: &Method,
        path: &str,
        headers: &HeaderMap,
        body: &[u8],
    ) -> Regular {
        let given = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        if given("x-api-key") != Some(self.account.api_key.as_str()) {
            return Regular::refused();
        }
        if (method, path) == (&Method::POST, "auth/login") {
            return self.log_in(body);
        }
        let token =
            given("authorization").and_then(|token| token.strip_prefix("token-")?.parse().ok());
        if !token.is_some_and(|token: u64| (self.valid_from..=self.tokens).contains(&token)) {
            return Regular::refused();
        }
        match (method, path) {
            (&Method::GET, "me/projects") => {
                let data: Vec<_> = self.timeline.list();
                Regular::of(StatusCode::OK, json!({ "statusCode": 200, "data": data }))
            }
            (&Method::GET, path) => path
                .strip_prefix("me/projects/")
                .and_then(|id| self.timeline.project(id))
                .map_or_else(Regular::not_found, |project| Regular::of(StatusCode::OK, project)),
            _ => Regular::not_found(),
        }
    }

    /// Whoever is not let in is told so inside an answer of status 200.
    fn log_in(&mut self, body: &[u8]) -> Regular {
        let expected = json!({ "email": self.account.email, "password": self.account.password });
        if serde_json::from_slice::<Value>(body).ok() != Some(expected) {
            let body = json!({ "statusCode": 403, "message": "Forbidden" });
            return Regular::of(StatusCode::OK, body);
        }
        self.tokens += 1;
        let token = Some(format!("token-{}", self.tokens));
        Regular { token, ..Regular::of(StatusCode::OK, json!({ "statusCode": 200 })) }
    }
}

async fn state(State(platform): State<Platform>) -> Json<Value> {
    Json(json!({ "state": platform.inner().timeline.state() }))
}

async fn set_state(State(platform): State<Platform>, Path(number): Path<usize>) -> StatusCode {
    match platform.inner().timeline.go_to(number) {
        true => StatusCode::NO_CONTENT,
        false => StatusCode::NOT_FOUND,
    }
}

async fn order_fault(State(platform): State<Platform>, Json(order): Json<Order>) -> StatusCode {
    let Order { path, fault, times } = order;
    let faults = std::iter::repeat_n(fault, times);
    platform.inner().faults.entry(path).or_default().extend(faults);
    StatusCode::NO_CONTENT
}

async fn forget_faults(State(platform): State<Platform>) -> StatusCode {
    platform.inner().faults.clear();
    StatusCode::NO_CONTENT
}

async fn expire(State(platform): State<Platform>) -> StatusCode {
    let mut inner = platform.inner();
    inner.valid_from = inner.tokens + 1;
    StatusCode::NO_CONTENT
}

async fn place(
    State(platform): State<Platform>,
    Path(id): Path<String>,
    Json(placed): Json<Placed>,
) -> StatusCode {
    platform.inner().timeline.place(&id, placed.company, placed.project);
    StatusCode::NO_CONTENT
}

async fn take_off(State(platform): State<Platform>, Path(id): Path<String>) -> StatusCode {
    platform.inner().timeline.take_off(&id);
    StatusCode::NO_CONTENT
}

async fn log(State(platform): State<Platform>) -> Json<Vec<String>> {
    Json(platform.inner().log.clone())
}

#[cfg(test)]
mod tests;
