// SPDX-License-Identifier: Apache-2.0
//! What the portal knows of all parts now, and the task that measures them.

use super::{
    measure::{self, Core},
    part::{Condition, Part, Reading},
    record::Recorder,
};
use crate::{courier, places::http, server::App};
use chrono::{DateTime, Utc};
use clap::Args;
use reqwest::{Client, Url};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};
use tokio::time::MissedTickBehavior;

/// Who asks other programs of the registry how they are.
const USER_AGENT: &str = concat!("carbon-registry-portal/", env!("CARGO_PKG_VERSION"));

/// How the parts are watched.
#[derive(Args)]
pub struct Options {
    /// Address of the indexer's own health page, such as http://127.0.0.1:9616/health; without it
    /// the indexer is known by what it writes.
    #[arg(long, env = "INDEXER_HEALTH_URL", value_name = "URL")]
    indexer_health_url: Option<Url>,
    /// Seconds between two measurements of all parts.
    #[arg(long, env = "STATUS_INTERVAL", default_value_t = 15,
          value_parser = clap::value_parser!(u8).range(1..=30))]
    status_interval: u8,
}

/// A part as it was measured last, and since when it has been so.
#[derive(Clone, Debug)]
pub struct Known {
    /// What was measured.
    pub reading: Reading,
    /// When.
    pub measured_at: DateTime<Utc>,
    /// Since when its condition is this, as far as this portal has seen.
    pub since: DateTime<Utc>,
}

/// What is known of all parts.
#[derive(Clone)]
pub struct Monitor(Arc<Inner>);

struct Inner {
    options: Options,
    client: Client,
    known: Mutex<BTreeMap<Part, Known>>,
    /// What waited to be sent, when that could be told last.
    queues: Mutex<Option<courier::State>>,
    /// The height that the indexer has written, and since when it has been this.
    height: Mutex<(i64, Instant)>,
    began: Instant,
}

impl Monitor {
    /// Knows nothing before [`Monitor::watch`].
    pub fn new(options: Options) -> anyhow::Result<Self> {
        let client = http::client(USER_AGENT, measure::PATIENCE)?;
        Ok(Self(Arc::new(Inner {
            options,
            client,
            known: Mutex::default(),
            queues: Mutex::default(),
            height: Mutex::new((-1, Instant::now())),
            began: Instant::now(),
        })))
    }

    /// For how long this portal has run.
    pub fn uptime(&self) -> Duration {
        self.0.began.elapsed()
    }

    /// What waits to be sent; none where that cannot be told.
    pub fn queues(&self) -> Option<courier::State> {
        *self.0.queues.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// All parts, in their order. What node, indexer and database are is as new as `core`.
    pub fn parts(&self, app: &App, core: &Core) -> Vec<Known> {
        let readings = core.readings(app, self.still(core));
        let asks = self.0.options.indexer_health_url.is_some();
        for reading in readings {
            // Whether the indexer's program answers is known only to who asks it.
            if !(asks && reading.part == Part::Indexer) {
                self.note(reading, Utc::now());
            }
        }
        let known = self.0.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.values().cloned().collect()
    }

    /// How long the indexer has written nothing.
    fn still(&self, core: &Core) -> Duration {
        let mut height = self.0.height.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(block) = core.seen.as_ref().map(|seen| seen.as_of.block) {
            if block != height.0 {
                *height = (block, Instant::now());
            }
        }
        height.1.elapsed()
    }

    fn note(&self, reading: Reading, at: DateTime<Utc>) {
        let mut known = self.0.known.lock().unwrap_or_else(PoisonError::into_inner);
        let before = known.get(&reading.part);
        let since = match before {
            Some(before) if before.reading.condition == reading.condition => before.since,
            _ => at,
        };
        known.insert(reading.part, Known { reading, measured_at: at, since });
    }

    /// Measures all parts and writes it down, for as long as the portal runs.
    pub async fn watch(self, app: App) {
        let interval = Duration::from_secs(self.0.options.status_interval.into());
        let mut turns = tokio::time::interval(interval);
        // Of a machine that slept nobody knows how its parts were.
        turns.set_missed_tick_behavior(MissedTickBehavior::Skip);
        let mut recorder = Recorder::default();
        loop {
            turns.tick().await;
            let at = Utc::now();
            let readings = self.measure(&app).await;
            for reading in readings {
                let level = match reading.condition {
                    Condition::Works => 0.0,
                    Condition::Degraded => 1.0,
                    Condition::Down => 2.0,
                    Condition::Unknown => f64::NAN,
                };
                metrics::gauge!("portal_part_condition", "part" => reading.part.as_str())
                    .set(level);
                recorder.add(&reading, at);
                self.note(reading, at);
            }
            recorder.write(&app.directory, at).await;
        }
    }

    async fn measure(&self, app: &App) -> Vec<Reading> {
        let core = async {
            let core = Core::read(app).await;
            let [node, indexer, database] = core.readings(app, self.still(&core));
            let indexer = match &self.0.options.indexer_health_url {
                Some(url) => measure::ask_indexer(&self.0.client, url, indexer).await,
                None => indexer,
            };
            [node, indexer, database]
        };
        let (core, (directory, queues), files) =
            tokio::join!(core, measure::directory(app), measure::files(app));
        *self.0.queues.lock().unwrap_or_else(PoisonError::into_inner) = queues;
        core.into_iter().chain(directory).chain([files]).collect()
    }
}
