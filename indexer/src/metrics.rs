// SPDX-License-Identifier: Apache-2.0
//! How the indexer is doing: for its log, its health page and Prometheus.

use crate::error::{IndexerError, Peer};
use chrono::{DateTime, Utc};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use serde::Serialize;
use std::time::Duration;
use tokio::sync::watch;

const HEIGHT: &str = "registry_indexer_height";
const FINALISED_HEIGHT: &str = "registry_indexer_finalised_height";
const BLOCKS: &str = "registry_indexer_blocks_total";
const EVENTS: &str = "registry_indexer_events_total";
const TRANSACTION_SECONDS: &str = "registry_indexer_transaction_seconds";
const CONNECTION_ERRORS: &str = "registry_indexer_connection_errors_total";

/// Fewer blocks behind than this is healthy.
const MAX_LAG: u32 = 10;

/// Where the indexer is and whom it is connected to.
#[derive(Default)]
pub struct Status {
    now: watch::Sender<Now>,
}

#[derive(Clone, Default)]
struct Now {
    height: Option<u32>,
    time: Option<DateTime<Utc>>,
    node_height: Option<u32>,
    node: bool,
    postgres: bool,
    trouble: Option<String>,
}

/// What the health page says.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Health {
    pub healthy: bool,
    /// The last block indexed.
    pub height: Option<u32>,
    /// The last block that the node has finalised.
    pub node_height: Option<u32>,
    pub lag: Option<u32>,
    /// Since the time of the last block indexed.
    pub age_seconds: Option<i64>,
    pub sentence: String,
}

impl Status {
    pub fn node_is_at(&self, height: u32) {
        metrics::gauge!(FINALISED_HEIGHT).set(height);
        self.now.send_modify(|now| {
            now.node = true;
            now.node_height = Some(height);
        });
    }

    pub fn indexed(&self, height: u32, time: DateTime<Utc>) {
        metrics::gauge!(HEIGHT).set(height);
        self.now.send_modify(|now| {
            now.postgres = true;
            now.height = Some(height);
            now.time = Some(time);
            now.trouble = None;
        });
    }

    /// One transaction was committed.
    pub fn applied(&self, blocks: usize, events: usize, took: Duration) {
        metrics::counter!(BLOCKS).increment(blocks as u64);
        metrics::counter!(EVENTS).increment(events as u64);
        metrics::histogram!(TRANSACTION_SECONDS).record(took);
    }

    pub fn lost(&self, peer: Peer, error: &IndexerError) {
        let name = match peer {
            Peer::Node => "node",
            Peer::Postgres => "postgres",
        };
        metrics::counter!(CONNECTION_ERRORS, "to" => name).increment(1);
        self.now.send_modify(|now| {
            now.trouble = Some(error.to_string());
            match peer {
                Peer::Node => now.node = false,
                Peer::Postgres => now.postgres = false,
            }
        });
    }

    pub fn health(&self) -> Health {
        self.now.borrow().health(Utc::now())
    }
}

impl Now {
    fn health(&self, at: DateTime<Utc>) -> Health {
        let lag =
            self.node_height.zip(self.height).map(|(node, indexed)| node.saturating_sub(indexed));
        let sentence = match (lag, &self.trouble) {
            (_, Some(trouble)) => format!("Not connected: {trouble}."),
            _ if !self.node => "Not connected to the node yet.".to_owned(),
            _ if !self.postgres => "Not connected to Postgres yet.".to_owned(),
            (Some(0), None) => "Every finalised block is indexed.".to_owned(),
            (Some(1), None) => "1 block is waiting to be indexed.".to_owned(),
            (Some(lag), None) => format!("{lag} blocks are waiting to be indexed."),
            (None, None) => "No block is indexed yet.".to_owned(),
        };
        Health {
            healthy: self.node && self.postgres && lag.is_some_and(|lag| lag < MAX_LAG),
            height: self.height,
            node_height: self.node_height,
            lag,
            // The clocks of validators may be a little ahead of ours.
            age_seconds: self.time.map(|time| (at - time).num_seconds().max(0)),
            sentence,
        }
    }
}

/// Starts counting; what is counted is rendered by the handle.
pub fn install() -> Result<PrometheusHandle, IndexerError> {
    let buckets = [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0];
    let handle = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Full(TRANSACTION_SECONDS.to_owned()), &buckets)?
        .install_recorder()?;
    metrics::describe_gauge!(HEIGHT, "Height of the last block indexed");
    metrics::describe_gauge!(FINALISED_HEIGHT, "Height of the last block that the node finalised");
    metrics::describe_counter!(BLOCKS, "Blocks indexed since the start");
    metrics::describe_counter!(EVENTS, "Events indexed since the start");
    metrics::describe_histogram!(TRANSACTION_SECONDS, "Seconds of a database transaction");
    metrics::describe_counter!(CONNECTION_ERRORS, "Connections that failed, by whom they were to");
    Ok(handle)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn healthy_is_connected_to_both_and_close_behind() {
        let at = DateTime::from_timestamp_millis(60_000).unwrap();
        let time = DateTime::from_timestamp_millis(57_000);
        let now = Now {
            height: Some(95),
            time,
            node_height: Some(104),
            node: true,
            postgres: true,
            trouble: None,
        };
        let health = now.health(at);
        assert!(health.healthy);
        assert_eq!((health.lag, health.age_seconds), (Some(9), Some(3)));
        assert!(!Now { height: Some(94), ..now.clone() }.health(at).healthy);
        assert!(!Now { node: false, ..now.clone() }.health(at).healthy);
        assert!(!Now { postgres: false, ..now.clone() }.health(at).healthy);
        assert!(!Now::default().health(at).healthy);
        // A node that is still catching up is behind the database.
        assert_eq!(Now { node_height: Some(3), ..now }.health(at).lag, Some(0));
    }
}
