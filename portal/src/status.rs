// SPDX-License-Identifier: Apache-2.0
//! Whether the parts behind the portal work, and how old the data is.

use crate::{
    answers::{AsOf, Time},
    db::Seen,
    freshness, node,
    page::{self, Layout},
    problem::Problem,
    server::App,
};
use askama::Template;
use axum::{
    extract::State,
    http::{header, StatusCode, Uri},
    response::{IntoResponse, Response},
    Json,
};
use chrono::Utc;
use serde::Serialize;
use utoipa::ToSchema;

/// What all of it comes to.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Everything answers, and the data is fresh.
    Ok,
    /// There are answers, but they are old.
    Stale,
    /// The database does not answer.
    Down,
}

/// The node behind the portal.
#[derive(Serialize, ToSchema)]
pub struct NodeHealth {
    /// Whether it answers; null until it has been asked.
    reachable: Option<bool>,
    /// Height of its last finalised block, while it answers.
    finalised: Option<i64>,
    /// Since when it does not answer.
    unreachable_since: Option<Time>,
}

/// The indexer, by what it has written.
#[derive(Serialize, ToSchema)]
pub struct IndexerHealth {
    /// Height of the last block that it has written.
    height: i64,
    /// How many blocks it is behind the node, while the node answers.
    lag: Option<i64>,
    /// Age of that block in seconds.
    age_seconds: i64,
}

/// The state of the service.
#[derive(Serialize, ToSchema)]
pub struct Health {
    /// What all of it comes to.
    status: Verdict,
    /// The block that answers are true at; null while the database does not answer.
    as_of: Option<AsOf>,
    /// Whether the database answers.
    database: bool,
    /// The node.
    node: NodeHealth,
    /// The indexer; null while the database does not answer.
    indexer: Option<IndexerHealth>,
    /// Version of the portal.
    version: &'static str,
}

impl Health {
    fn of(app: &App, seen: Option<&Seen>) -> Self {
        let as_of = seen.map(|seen| seen.as_of.clone());
        let state = app.node.state();
        let now = Utc::now();
        let status = match &as_of {
            None => Verdict::Down,
            Some(as_of) if freshness::concern(as_of, &state, now).is_some() => Verdict::Stale,
            Some(_) => Verdict::Ok,
        };
        Self {
            status,
            database: as_of.is_some(),
            indexer: as_of.as_ref().map(|as_of| IndexerHealth {
                height: as_of.block,
                lag: freshness::lag(as_of, &state),
                age_seconds: freshness::age(as_of, now),
            }),
            node: match state {
                node::State::Unknown => {
                    NodeHealth { reachable: None, finalised: None, unreachable_since: None }
                }
                node::State::Reachable { finalised } => NodeHealth {
                    reachable: Some(true),
                    finalised: Some(finalised),
                    unreachable_since: None,
                },
                node::State::Unreachable { since } => NodeHealth {
                    reachable: Some(false),
                    finalised: None,
                    unreachable_since: Some(since.into()),
                },
            },
            as_of,
            version: env!("CARGO_PKG_VERSION"),
        }
    }

    fn code(&self) -> StatusCode {
        match self.status {
            Verdict::Ok | Verdict::Stale => StatusCode::OK,
            Verdict::Down => StatusCode::SERVICE_UNAVAILABLE,
        }
    }
}

/// The state of the service: what a load balancer or a monitor asks.
#[utoipa::path(
    get, path = "/api/v1/health", tag = "service",
    responses(
        (status = OK, body = Health),
        (status = SERVICE_UNAVAILABLE, body = Health, description = "There is no database"),
    )
)]
pub async fn health(State(app): State<App>) -> Response {
    let seen = app.database.cursor().await.ok();
    let health = Health::of(&app, seen.as_ref());
    (health.code(), [(header::CACHE_CONTROL, "no-store")], Json(health)).into_response()
}

#[derive(Template)]
#[template(path = "status.html")]
struct Page {
    l: Layout,
    health: Health,
}

impl Page {
    /// Whether the node answers, as a key of the catalogue's group.
    fn node(&self) -> &'static str {
        match self.health.node.reachable {
            None => "unknown",
            Some(true) => "works",
            Some(false) => "fails",
        }
    }

    fn database(&self) -> &'static str {
        if self.health.database {
            "works"
        } else {
            "fails"
        }
    }

    fn verdict(&self) -> &'static str {
        match self.health.status {
            Verdict::Ok => "works",
            Verdict::Stale => "stale",
            Verdict::Down => "fails",
        }
    }
}

/// `/status`: a page also when nothing else is.
pub async fn page(State(app): State<App>, uri: Uri) -> Result<Response, Problem> {
    let seen = app.database.cursor().await.ok();
    let health = Health::of(&app, seen.as_ref());
    let code = health.code();
    let l = Layout::of_status(&app, &uri, seen.as_ref());
    Ok((code, page::render(&Page { l, health })?).into_response())
}
