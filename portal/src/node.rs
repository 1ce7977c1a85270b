// SPDX-License-Identifier: Apache-2.0
//! The node behind the portal: whether it answers, how far it is, and a connection to it.

use crate::problem::{Message, Problem};
use chrono::{DateTime, Utc};
use registry_client::{node, ClientError, Registry, H256};
use std::{
    sync::{Arc, RwLock},
    time::{Duration, Instant},
};
use tokio::{sync::watch, time};

/// How often the node is asked.
const INTERVAL: Duration = Duration::from_secs(3);
/// What an answer may take.
const PATIENCE: Duration = Duration::from_secs(5);
/// Longest pause between two attempts to connect.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// What is known of the node.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum State {
    /// It has not been asked yet.
    Unknown,
    /// It answers.
    Reachable {
        /// Height of its last finalised block.
        finalised: i64,
    },
    /// It does not answer.
    Unreachable {
        /// Since when.
        since: DateTime<Utc>,
    },
}

/// What a node that answers says of itself.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Vitals {
    /// The time in its last finalised block.
    pub finalised_at: DateTime<Utc>,
    /// How many others it is connected to.
    pub peers: u32,
    /// Whether it should be connected to others.
    pub wants_peers: bool,
    /// Whether it catches up with the network.
    pub is_syncing: bool,
    /// How long it took to say so.
    pub latency: Duration,
}

/// The node, watched.
#[derive(Clone)]
pub struct Node(Arc<Inner>);

struct Inner {
    url: String,
    state: watch::Sender<State>,
    vitals: RwLock<Option<Vitals>>,
    registry: RwLock<Option<Registry>>,
}

impl Node {
    /// The node at a websocket address; nothing is asked before [`Node::watch`].
    pub fn new(url: String) -> Self {
        let state = watch::Sender::new(State::Unknown);
        let (vitals, registry) = (RwLock::new(None), RwLock::new(None));
        Self(Arc::new(Inner { url, state, vitals, registry }))
    }

    /// What is known now.
    pub fn state(&self) -> State {
        self.0.state.borrow().clone()
    }

    /// What the node says of itself, while it answers.
    pub fn vitals(&self) -> Option<Vitals> {
        self.0.vitals.read().ok().and_then(|it| it.clone())
    }

    /// A connection, if the node answers.
    pub fn registry(&self) -> Result<Registry, Problem> {
        let registry = self.0.registry.read().ok().and_then(|it| it.clone());
        registry.ok_or_else(|| Problem::unavailable(Message::new("problem.node_down")))
    }

    /// Keeps a connection and asks for the finalised height, for ever.
    pub async fn watch(self) {
        let mut pause = INTERVAL;
        loop {
            match self.connect().await {
                Ok(registry) => {
                    pause = INTERVAL;
                    let error = self.follow(&registry).await;
                    tracing::warn!(%error, "the node stopped answering");
                }
                Err(error) => tracing::warn!(%error, "no connection to the node"),
            }
            self.lost();
            time::sleep(pause).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    async fn connect(&self) -> Result<Registry, ClientError> {
        patiently(&self.0.url, Registry::connect(&self.0.url)).await
    }

    /// Asks until there is no answer.
    async fn follow(&self, registry: &Registry) -> ClientError {
        tracing::info!(url = self.0.url, "connected to the node");
        loop {
            let asked = async {
                let at = registry.at_finalised().await?;
                // A node that tells nothing of itself is one all the same.
                Ok((at.block_number(), vitals(registry, at.block_hash()).await.ok()))
            };
            match patiently(&self.0.url, asked).await {
                Ok((height, vitals)) => {
                    let finalised = i64::try_from(height).unwrap_or(i64::MAX);
                    if let Ok(mut slot) = self.0.vitals.write() {
                        *slot = vitals;
                    }
                    // The connection is given out only once it has answered.
                    if let (true, Ok(mut slot)) = (
                        self.0.registry.read().is_ok_and(|it| it.is_none()),
                        self.0.registry.write(),
                    ) {
                        *slot = Some(registry.clone());
                    }
                    self.0.state.send_replace(State::Reachable { finalised });
                }
                Err(error) => return error,
            }
            time::sleep(INTERVAL).await;
        }
    }

    fn lost(&self) {
        if let Ok(mut slot) = self.0.registry.write() {
            *slot = None;
        }
        if let Ok(mut slot) = self.0.vitals.write() {
            *slot = None;
        }
        self.0.state.send_modify(|state| {
            if !matches!(state, State::Unreachable { .. }) {
                *state = State::Unreachable { since: Utc::now() };
            }
        });
    }
}

/// Asks a node how it is, and for the time in a block.
async fn vitals(registry: &Registry, block: H256) -> Result<Vitals, ClientError> {
    let began = Instant::now();
    let health = node::health(registry).await?;
    let latency = began.elapsed();
    let time = i64::try_from(node::time_of(registry, block).await?).unwrap_or_default();
    Ok(Vitals {
        finalised_at: DateTime::from_timestamp_millis(time).unwrap_or_default(),
        peers: u32::try_from(health.peers).unwrap_or(u32::MAX),
        wants_peers: health.should_have_peers,
        is_syncing: health.is_syncing,
        latency,
    })
}

async fn patiently<T>(
    url: &str,
    answer: impl std::future::Future<Output = Result<T, ClientError>>,
) -> Result<T, ClientError> {
    time::timeout(PATIENCE, answer).await.unwrap_or_else(|_| {
        Err(ClientError::Unreachable(url.to_owned(), format!("no answer in {PATIENCE:?}")))
    })
}
