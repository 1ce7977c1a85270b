// SPDX-License-Identifier: Apache-2.0
//! Whether the parts behind the portal work, how old the data is, and how it was before. What each
//! word means is in `docs/reference/status.md`.

pub mod atom;
pub mod history;
mod incidents;
mod measure;
pub mod monitor;
mod page;
mod part;
pub mod ready;
mod record;

pub use page::page;
pub use part::Part;

use crate::{
    answers::{AsOf, Time},
    freshness, node,
    server::App,
};
use axum::{
    extract::State,
    http::{header, StatusCode},
    response::{IntoResponse, Response},
    Json,
};
use chrono::Utc;
use measure::Core;
use monitor::Known;
use part::{Condition, Reason};
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
    /// Age of its last finalised block in seconds, if it says so.
    finality_age_seconds: Option<i64>,
    /// How many others it is connected to, if it says so.
    peers: Option<u32>,
    /// Whether it catches up with the network, if it says so.
    syncing: Option<bool>,
}

impl NodeHealth {
    fn of(app: &App) -> Self {
        let state = app.node.state();
        let vitals = app.node.vitals();
        Self {
            reachable: match state {
                node::State::Unknown => None,
                node::State::Reachable { .. } => Some(true),
                node::State::Unreachable { .. } => Some(false),
            },
            finalised: match state {
                node::State::Reachable { finalised } => Some(finalised),
                _ => None,
            },
            unreachable_since: match state {
                node::State::Unreachable { since } => Some(since.into()),
                _ => None,
            },
            finality_age_seconds: vitals.as_ref().map(|it| measure::finality_age(it, Utc::now())),
            peers: vitals.as_ref().map(|it| it.peers),
            syncing: vitals.as_ref().map(|it| it.is_syncing),
        }
    }
}

/// The indexer, by what it has written.
#[derive(Serialize, ToSchema)]
pub struct IndexerHealth {
    /// Height of the last block that it has written.
    height: i64,
    /// How many blocks it is behind the node, while the node answers.
    lag: Option<i64>,
    /// How many seconds lie between that block and the node's last, if the node says so.
    lag_seconds: Option<i64>,
    /// Age of that block in seconds.
    age_seconds: i64,
}

/// A part of the service.
#[derive(Serialize, ToSchema)]
pub struct PartHealth {
    /// The part.
    part: Part,
    /// How it works.
    condition: Condition,
    /// Why it does not work as it should; null where it does.
    reason: Option<Reason>,
    /// Since when its condition is this, as far as this portal has seen.
    since: Time,
    /// When it was measured.
    measured_at: Time,
    /// How far behind it is, in seconds; of queues, for how long the oldest that is due has waited.
    lag_seconds: Option<i64>,
    /// How long it took to answer, in milliseconds.
    latency_ms: Option<f64>,
}

impl From<Known> for PartHealth {
    fn from(known: Known) -> Self {
        let Known { reading, measured_at, since } = known;
        Self {
            part: reading.part,
            condition: reading.condition,
            reason: reading.reason,
            since: since.into(),
            measured_at: measured_at.into(),
            lag_seconds: reading.lag,
            // As exact as anybody needs.
            latency_ms: reading.latency.map(|it| it.as_micros() as f64 / 1_000.0),
        }
    }
}

/// Mails and deliveries to programs.
#[derive(Serialize, ToSchema)]
pub struct Queues {
    /// How many wait.
    pending: i64,
    /// For how many seconds the oldest of them has waited.
    oldest_age_seconds: i64,
    /// How many were given up within 90 days.
    dead: i64,
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
    /// What waited to be sent, when it was measured last; null where that cannot be told.
    queues: Option<Queues>,
    /// Every part, as it was measured last.
    parts: Vec<PartHealth>,
    /// Version of the portal.
    version: &'static str,
}

impl Health {
    fn of(app: &App, core: &Core) -> Self {
        let as_of = core.seen.as_ref().map(|seen| seen.as_of.clone());
        let state = app.node.state();
        let now = Utc::now();
        let status = match &as_of {
            None => Verdict::Down,
            Some(as_of) if freshness::concern(as_of, &state, now).is_some() => Verdict::Stale,
            Some(_) => Verdict::Ok,
        };
        let vitals = app.node.vitals();
        Self {
            status,
            database: as_of.is_some(),
            indexer: as_of.as_ref().map(|as_of| IndexerHealth {
                height: as_of.block,
                lag: freshness::lag(as_of, &state),
                lag_seconds: vitals.map(|vitals| measure::seconds_behind(as_of, &vitals)),
                age_seconds: freshness::age(as_of, now),
            }),
            node: NodeHealth::of(app),
            queues: app.monitor.queues().map(|queues| Queues {
                pending: queues.pending,
                oldest_age_seconds: queues.oldest_age_seconds,
                dead: queues.dead,
            }),
            parts: app.monitor.parts(app, core).into_iter().map(PartHealth::from).collect(),
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

/// The state of the service and of every part: what a monitor asks.
#[utoipa::path(
    get, path = "/api/v1/health", tag = "service",
    responses(
        (status = OK, body = Health),
        (status = SERVICE_UNAVAILABLE, body = Health, description = "There is no database"),
    )
)]
pub async fn health(State(app): State<App>) -> Response {
    let health = Health::of(&app, &Core::read(&app).await);
    answer(health.code(), &health)
}

/// An answer that nobody keeps.
fn answer(code: StatusCode, body: &impl Serialize) -> Response {
    (code, [(header::CACHE_CONTROL, "no-store")], Json(body)).into_response()
}
