// SPDX-License-Identifier: Apache-2.0
//! Asks the portal, and takes the time.

use super::{fill::Filled, questions::Question};
use crate::bench::statistics::{median, percentile};
use anyhow::Result;
use rand::{rngs::StdRng, SeedableRng};
use sqlx::PgPool;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

/// What takes longer than this is asked less often than it should be, but not less than this.
const LONGEST: Duration = Duration::from_secs(20);
const FEWEST: usize = 10;

/// What was answered.
#[derive(Default)]
pub struct Answers {
    /// How long each took that was an answer.
    pub milliseconds: Vec<f64>,
    /// Those that were not.
    pub failed: usize,
    /// The last of them.
    failure: Option<String>,
    /// Of all bodies.
    pub bytes: u64,
}

impl Answers {
    pub fn count(&self) -> usize {
        self.milliseconds.len()
    }

    /// In a line, for who waits.
    pub fn line(&self) -> String {
        let (middle, slow) = (median(&self.milliseconds), percentile(&self.milliseconds, 99.0));
        let failure =
            self.failure.as_ref().map(|failure| format!("; {} failed: {failure}", self.failed));
        format!("{middle:8.2} ms, p99 {slow:8.2} ms{}", failure.unwrap_or_default())
    }

    fn add(&mut self, other: Self) {
        self.milliseconds.extend(other.milliseconds);
        self.failed += other.failed;
        self.failure = other.failure.or(self.failure.take());
        self.bytes += other.bytes;
    }

    async fn ask(&mut self, client: &reqwest::Client, address: String) -> Result<()> {
        let began = Instant::now();
        let answer = client.get(&address).send().await?;
        let status = answer.status();
        let body = answer.bytes().await?;
        let milliseconds = began.elapsed().as_secs_f64() * 1e3;
        match status.is_success() {
            true => {
                self.milliseconds.push(milliseconds);
                self.bytes += body.len() as u64;
            }
            false => {
                self.failed += 1;
                self.failure = Some(format!("{status} to {address}"));
            }
        }
        Ok(())
    }
}

/// A connection that stays open.
fn client() -> Result<reqwest::Client> {
    let timeout = Duration::from_secs(40);
    Ok(crate::http().pool_max_idle_per_host(1).timeout(timeout).build()?)
}

/// One request after the other.
pub async fn one_by_one(
    url: &str,
    question: &Question,
    filled: &Filled,
    count: usize,
) -> Result<Answers> {
    let client = client()?;
    let mut chance = StdRng::seed_from_u64(count as u64);
    let mut answers = Answers::default();
    let began = Instant::now();
    for asked in 0..count {
        if asked >= FEWEST && began.elapsed() > LONGEST {
            break;
        }
        let path = question.path(filled, &mut chance);
        answers.ask(&client, format!("{url}{path}")).await?;
    }
    Ok(answers)
}

/// Several connections at once for some time; answers in a second, and what they were.
pub async fn at_once(
    url: &str,
    question: &'static Question,
    filled: &Filled,
    connections: usize,
    time: Duration,
) -> Result<(f64, Answers)> {
    let began = Instant::now();
    let mut tasks = JoinSet::new();
    for connection in 0..connections {
        let (url, filled, client) = (url.to_owned(), filled.clone(), client()?);
        tasks.spawn(async move {
            let mut chance = StdRng::seed_from_u64(connection as u64);
            let mut answers = Answers::default();
            while began.elapsed() < time {
                let path = question.path(&filled, &mut chance);
                answers.ask(&client, format!("{url}{path}")).await?;
            }
            anyhow::Ok(answers)
        });
    }
    together(tasks, began).await
}

/// The same for a question to Postgres that costs nothing.
pub async fn select_one(
    pool: &PgPool,
    connections: usize,
    time: Duration,
) -> Result<(f64, Answers)> {
    let began = Instant::now();
    let mut tasks = JoinSet::new();
    for _ in 0..connections {
        let pool = pool.clone();
        tasks.spawn(async move {
            let mut answers = Answers::default();
            while began.elapsed() < time {
                let began = Instant::now();
                sqlx::query("SELECT 1").execute(&pool).await?;
                answers.milliseconds.push(began.elapsed().as_secs_f64() * 1e3);
            }
            anyhow::Ok(answers)
        });
    }
    together(tasks, began).await
}

async fn together(mut tasks: JoinSet<Result<Answers>>, began: Instant) -> Result<(f64, Answers)> {
    let mut all = Answers::default();
    while let Some(done) = tasks.join_next().await {
        all.add(done??);
    }
    let rate = all.count() as f64 / began.elapsed().as_secs_f64();
    Ok((rate, all))
}
