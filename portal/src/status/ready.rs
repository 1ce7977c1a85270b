// SPDX-License-Identifier: Apache-2.0
//! What starts, restarts and chooses among portals asks: does it live, and can it be sent readers?

use super::{answer, measure::Core};
use crate::{answers::AsOf, freshness, node::State as NodeState, server::App};
use axum::{extract::State, http::StatusCode, response::Response};
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

/// Seconds for which a portal may have lost its node before it is not ready.
const NODE_LOST: i64 = 60;

/// That the portal's program answers.
#[derive(Serialize, ToSchema)]
pub struct Alive {
    /// Always true.
    alive: bool,
    /// For how many seconds it has run.
    uptime_seconds: u64,
    /// Version of the portal.
    version: &'static str,
}

/// Whether the portal's program answers: if it does not, it must be started again. Nothing that it
/// depends on is looked at, for starting it again would mend none of that.
#[utoipa::path(
    get, path = "/api/v1/health/live", tag = "service", operation_id = "health_live",
    responses((status = OK, body = Alive))
)]
pub async fn live(State(app): State<App>) -> Response {
    let uptime_seconds = app.monitor.uptime().as_secs();
    let alive = Alive { alive: true, uptime_seconds, version: env!("CARGO_PKG_VERSION") };
    answer(StatusCode::OK, &alive)
}

/// Why a portal should be sent no readers.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Obstacle {
    /// The database does not answer, or has no tables of the chain.
    Database,
    /// The private tables are not there.
    Directory,
    /// The node has not been asked yet, or does not answer for more than a minute.
    Node,
    /// The indexer is more than 10 blocks behind the node.
    Indexer,
}

/// Whether a portal can be sent readers.
#[derive(Serialize, ToSchema)]
pub struct Readiness {
    /// Whether it can.
    ready: bool,
    /// Why it cannot.
    obstacles: Vec<Obstacle>,
    /// The block that answers are true at; null while the database does not answer.
    as_of: Option<AsOf>,
}

/// What keeps a portal from being ready.
fn obstacles(
    as_of: Option<&AsOf>,
    has_directory: bool,
    node: &NodeState,
    now: DateTime<Utc>,
) -> Vec<Obstacle> {
    let node_is_lost = match node {
        NodeState::Unknown => true,
        NodeState::Reachable { .. } => false,
        NodeState::Unreachable { since } => (now - since).num_seconds() > NODE_LOST,
    };
    let lag = as_of.and_then(|as_of| freshness::lag(as_of, node));
    let all = [
        (as_of.is_none(), Obstacle::Database),
        (!has_directory, Obstacle::Directory),
        (node_is_lost, Obstacle::Node),
        (lag.is_some_and(|lag| lag > freshness::MAX_LAG), Obstacle::Indexer),
    ];
    all.into_iter().filter(|(is_there, _)| *is_there).map(|(_, obstacle)| obstacle).collect()
}

/// Whether the portal can answer with what is true now: a load balancer sends readers to those that
/// can. A portal that cannot still answers, and says on every page how old its data is.
#[utoipa::path(
    get, path = "/api/v1/health/ready", tag = "service", operation_id = "health_ready",
    responses(
        (status = OK, body = Readiness),
        (status = SERVICE_UNAVAILABLE, body = Readiness, description = "It cannot"),
    )
)]
pub async fn ready(State(app): State<App>) -> Response {
    let as_of = Core::read(&app).await.seen.map(|seen| seen.as_of);
    let has_directory = app.directory.is_prepared();
    let obstacles = obstacles(as_of.as_ref(), has_directory, &app.node.state(), Utc::now());
    let ready = obstacles.is_empty();
    let code = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    answer(code, &Readiness { ready, obstacles, as_of })
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;

    #[test]
    fn a_portal_is_ready_when_it_can_answer_with_what_is_true_now() {
        let now = DateTime::from_timestamp(1_700_000_000, 0).unwrap();
        let as_of = AsOf { block: 100, hash: "0x00".into(), time: now.into() };
        let with = |node: NodeState| obstacles(Some(&as_of), true, &node, now);
        let reachable = |finalised| NodeState::Reachable { finalised };
        assert_eq!(with(reachable(110)), []);
        assert_eq!(with(reachable(111)), [Obstacle::Indexer]);
        assert_eq!(with(NodeState::Unknown), [Obstacle::Node]);
        let lost = |seconds| NodeState::Unreachable { since: now - TimeDelta::seconds(seconds) };
        assert_eq!(with(lost(60)), []);
        assert_eq!(with(lost(61)), [Obstacle::Node]);
        let nothing = obstacles(None, false, &lost(61), now);
        assert_eq!(nothing, [Obstacle::Database, Obstacle::Directory, Obstacle::Node]);
    }
}
