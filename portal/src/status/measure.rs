// SPDX-License-Identifier: Apache-2.0
//! Measures the parts. How each condition is told is in `docs/reference/status.md`.

use super::part::{Condition, Part, Reading, Reason};
use crate::{
    answers::AsOf,
    courier,
    db::{self, Seen},
    freshness,
    node::{State, Vitals},
    problem::Problem,
    server::App,
};
use chrono::{DateTime, Utc};
use reqwest::{Client, Url};
use sqlx::PgConnection;
use std::{
    future::Future,
    time::{Duration, Instant},
};

/// How long a part may take to answer before it is down.
pub const PATIENCE: Duration = Duration::from_secs(5);
/// How long a portal that begins may take to find its private tables.
const PREPARING: Duration = Duration::from_secs(30);
/// An answer that takes longer is slow.
const SLOW: Duration = Duration::from_secs(1);
/// Seconds that something may wait before it is late, and before nothing moves any more.
const LATE: i64 = 60;
const STUCK: i64 = 600;
/// How long an indexer that is behind may write nothing before it stands still.
const STILL: Duration = Duration::from_secs(120);

/// What is known of database, node and indexer at once, without asking others.
pub struct Core {
    /// What the tables are at, if they can be read.
    pub seen: Option<Seen>,
    /// Whether the database answers, also without the tables.
    answers: bool,
    /// How long that took.
    pub latency: Duration,
}

impl Core {
    /// Reads what the tables are at.
    pub async fn read(app: &App) -> Self {
        let began = Instant::now();
        let connection = app.database.pool().acquire().await.ok();
        let answers = connection.is_some();
        let seen = match connection {
            Some(mut connection) => db::cursor(&mut connection).await.ok(),
            None => None,
        };
        Self { seen, answers, latency: began.elapsed() }
    }

    /// How node, indexer and database work. `still` is how long the indexer has written nothing.
    pub fn readings(&self, app: &App, still: Duration) -> [Reading; 3] {
        let as_of = self.seen.as_ref().map(|seen| &seen.as_of);
        let (state, vitals) = (app.node.state(), app.node.vitals());
        let database = match as_of {
            Some(_) => Reading::works(Part::Database),
            // Readers have nothing of a database without the chain's tables.
            None if self.answers => {
                Reading::fails(Part::Database, Condition::Down, Reason::NoTables)
            }
            None => Reading::fails(Part::Database, Condition::Down, Reason::Unreachable),
        };
        [
            node(&state, vitals.as_ref(), Utc::now()),
            indexer(as_of, &state, vitals.as_ref(), still),
            database.after(self.latency, SLOW),
        ]
    }
}

/// Age of the last finalised block, in seconds.
pub fn finality_age(vitals: &Vitals, now: DateTime<Utc>) -> i64 {
    (now - vitals.finalised_at).num_seconds().max(0)
}

fn node(state: &State, vitals: Option<&Vitals>, now: DateTime<Utc>) -> Reading {
    let degraded = |reason| Reading::fails(Part::Node, Condition::Degraded, reason);
    match (state, vitals) {
        (State::Unknown, _) => Reading::fails(Part::Node, Condition::Unknown, Reason::NotAsked),
        (State::Unreachable { .. }, _) => {
            Reading::fails(Part::Node, Condition::Down, Reason::Unreachable)
        }
        (State::Reachable { .. }, None) => Reading::works(Part::Node),
        (State::Reachable { .. }, Some(vitals)) => {
            let age = finality_age(vitals, now);
            let reading = match () {
                () if vitals.is_syncing => degraded(Reason::Syncing),
                () if vitals.wants_peers && vitals.peers == 0 => degraded(Reason::Alone),
                () if age > freshness::MAX_AGE => degraded(Reason::NotFinal),
                () => Reading::works(Part::Node),
            };
            reading.behind(Some(age)).after(vitals.latency, SLOW)
        }
    }
}

/// Seconds between the last block that is indexed and the last that is final.
pub fn seconds_behind(as_of: &AsOf, vitals: &Vitals) -> i64 {
    (vitals.finalised_at - as_of.time.0).num_seconds().max(0)
}

fn indexer(
    as_of: Option<&AsOf>,
    state: &State,
    vitals: Option<&Vitals>,
    still: Duration,
) -> Reading {
    let fails = |condition, reason| Reading::fails(Part::Indexer, condition, reason);
    let unknown = fails(Condition::Unknown, Reason::CannotBeTold);
    let Some((as_of, blocks)) =
        as_of.and_then(|as_of| Some((as_of, freshness::lag(as_of, state)?)))
    else {
        return unknown;
    };
    let reading = match blocks {
        ..=freshness::MAX_LAG => Reading::works(Part::Indexer),
        _ if still >= STILL => fails(Condition::Down, Reason::StandsStill),
        _ => fails(Condition::Degraded, Reason::Behind),
    };
    let seconds = if blocks == 0 { Some(0) } else { vitals.map(|it| seconds_behind(as_of, it)) };
    reading.behind(seconds)
}

/// Asks the indexer itself: whether its program runs, beside what the tables say.
pub async fn ask_indexer(client: &Client, url: &Url, reading: Reading) -> Reading {
    let began = Instant::now();
    // Also one that says that it is not well is there.
    match client.get(url.clone()).send().await {
        Ok(_) => reading.after(began.elapsed(), SLOW),
        Err(_) => Reading::fails(Part::Indexer, Condition::Down, Reason::Unreachable)
            .behind(reading.lag)
            .after(began.elapsed(), SLOW),
    }
}

/// The private tables, and what is kept in them.
pub async fn directory(app: &App) -> (Vec<Reading>, Option<courier::State>) {
    // Without it nobody knows what waits in it.
    let down = |reason| {
        let directory = Reading::fails(Part::Directory, Condition::Down, reason);
        let queues = [Part::Courier, Part::Mail, Part::Webhooks];
        let unknown = |part| Reading::fails(part, Condition::Unknown, Reason::CannotBeTold);
        (std::iter::once(directory).chain(queues.map(unknown)).collect(), None)
    };
    let began = Instant::now();
    if !app.directory.is_prepared() {
        let (mut readings, none): (Vec<Reading>, _) = down(Reason::NoTables);
        // A portal that has just begun has not come to making them: nobody measured that.
        if app.monitor.uptime() < PREPARING {
            for reading in &mut readings {
                (reading.condition, reading.reason) = (Condition::Unknown, Some(Reason::NotAsked));
            }
        }
        return (readings, none);
    }
    let measured = async {
        let mut connection = app.directory.pool().acquire().await?;
        sqlx::query_scalar!("SELECT 1").fetch_one(&mut *connection).await?;
        let latency = began.elapsed();
        let directory = Reading::works(Part::Directory).after(latency, SLOW);
        let mut readings = vec![directory];
        readings.extend(queues(&mut connection).await?);
        Ok::<_, Problem>((readings, Some(courier::state(&mut connection).await?)))
    };
    match in_time(measured).await {
        Some(Ok(measured)) => measured,
        _ => down(Reason::Unreachable),
    }
}

/// How long what is due has waited: events to be told, mails, deliveries.
async fn queues(connection: &mut PgConnection) -> Result<Vec<Reading>, sqlx::Error> {
    // A courier that never began has nothing to tell.
    let untold = sqlx::query_scalar!(
        r#"SELECT COALESCE(EXTRACT(EPOCH FROM now() - (
               SELECT b.time FROM chain.events e JOIN chain.finalised_blocks b USING (height)
               WHERE (e.height, e.index) > (c.height, c.index)
               ORDER BY e.height, e.index LIMIT 1)), 0)::BIGINT AS "seconds!"
           FROM directory.courier c"#
    )
    .fetch_optional(&mut *connection)
    .await;
    // While the chain's tables are made anew, nobody can tell.
    let untold = match untold {
        Err(sqlx::Error::Database(_)) => None,
        answer => answer?,
    };
    let waiting = sqlx::query!(
        r#"SELECT
               (SELECT COALESCE(EXTRACT(EPOCH FROM now() - min(next_at)), 0)::BIGINT
                FROM directory.mails WHERE status = 'pending' AND next_at <= now())
                   AS "mail!",
               (SELECT COALESCE(EXTRACT(EPOCH FROM now() - min(d.next_at)), 0)::BIGINT
                FROM directory.webhook_deliveries d
                JOIN directory.webhooks w ON w.id = d.webhook AND w.switched_off_at IS NULL
                WHERE d.status = 'pending' AND d.next_at <= now()) AS "webhooks!""#
    )
    .fetch_one(connection)
    .await?;
    let courier = match untold {
        Some(seconds) => queue(Part::Courier, seconds),
        None => Reading::fails(Part::Courier, Condition::Unknown, Reason::CannotBeTold),
    };
    Ok(vec![courier, queue(Part::Mail, waiting.mail), queue(Part::Webhooks, waiting.webhooks)])
}

fn queue(part: Part, waiting: i64) -> Reading {
    let reading = match waiting {
        seconds if seconds > STUCK => Reading::fails(part, Condition::Down, Reason::StandsStill),
        seconds if seconds > LATE => Reading::fails(part, Condition::Degraded, Reason::Behind),
        _ => Reading::works(part),
    };
    reading.behind(Some(waiting.max(0)))
}

/// The store of files.
pub async fn files(app: &App) -> Reading {
    let began = Instant::now();
    let reading = match in_time(app.files.is_there()).await {
        Some(true) => Reading::works(Part::Files),
        _ => Reading::fails(Part::Files, Condition::Down, Reason::Unreachable),
    };
    reading.after(began.elapsed(), SLOW)
}

async fn in_time<T>(answer: impl Future<Output = T>) -> Option<T> {
    tokio::time::timeout(PATIENCE, answer).await.ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answers::Time;
    use chrono::TimeDelta;

    fn now() -> DateTime<Utc> {
        DateTime::from_timestamp(1_700_000_000, 0).unwrap()
    }

    fn vitals() -> Vitals {
        Vitals {
            finalised_at: now() - TimeDelta::seconds(7),
            peers: 3,
            wants_peers: true,
            is_syncing: false,
            latency: Duration::from_millis(2),
        }
    }

    fn at(block: i64, seconds_old: i64) -> AsOf {
        let time = Time(now() - TimeDelta::seconds(seconds_old));
        AsOf { block, hash: "0x00".into(), time }
    }

    #[test]
    fn a_node_is_as_good_as_what_it_says() {
        let reachable = State::Reachable { finalised: 9 };
        let told = |vitals: Vitals| {
            let reading = node(&reachable, Some(&vitals), now());
            (reading.condition, reading.reason)
        };
        let works = node(&reachable, Some(&vitals()), now());
        assert_eq!((works.condition, works.lag), (Condition::Works, Some(7)));
        let old = Vitals { finalised_at: now() - TimeDelta::seconds(61), ..vitals() };
        assert_eq!(told(old), (Condition::Degraded, Some(Reason::NotFinal)));
        let alone = Vitals { peers: 0, ..vitals() };
        assert_eq!(told(alone.clone()), (Condition::Degraded, Some(Reason::Alone)));
        assert_eq!(told(Vitals { wants_peers: false, ..alone }).0, Condition::Works);
        let syncing = Vitals { is_syncing: true, ..vitals() };
        assert_eq!(told(syncing), (Condition::Degraded, Some(Reason::Syncing)));
        let slow = Vitals { latency: Duration::from_secs(2), ..vitals() };
        assert_eq!(told(slow), (Condition::Degraded, Some(Reason::Slow)));
        let lost = State::Unreachable { since: now() };
        assert_eq!(node(&lost, None, now()).condition, Condition::Down);
        assert_eq!(node(&State::Unknown, None, now()).condition, Condition::Unknown);
    }

    #[test]
    fn an_indexer_is_measured_by_what_it_follows() {
        let finalised = |height| State::Reachable { finalised: height };
        let told = |blocks: i64, still| {
            let as_of = at(100, 40);
            let node = finalised(100 + blocks);
            indexer(Some(&as_of), &node, Some(&vitals()), Duration::from_secs(still))
        };
        assert_eq!((told(0, 999).condition, told(0, 999).lag), (Condition::Works, Some(0)));
        assert_eq!((told(10, 999).condition, told(10, 0).lag), (Condition::Works, Some(33)));
        let behind = told(11, 119);
        assert_eq!((behind.condition, behind.reason), (Condition::Degraded, Some(Reason::Behind)));
        assert_eq!(told(11, 120).condition, Condition::Down);
        // Without the node or the tables nobody knows.
        let lost = State::Unreachable { since: now() };
        let told = |as_of: Option<AsOf>, state: &State| {
            indexer(as_of.as_ref(), state, None, Duration::ZERO).condition
        };
        assert_eq!(told(Some(at(100, 0)), &lost), Condition::Unknown);
        assert_eq!(told(None, &finalised(100)), Condition::Unknown);
    }

    #[test]
    fn queues_are_late_and_then_stuck() {
        let told = |waiting| queue(Part::Mail, waiting).condition;
        assert_eq!((told(0), told(60)), (Condition::Works, Condition::Works));
        assert_eq!((told(61), told(600)), (Condition::Degraded, Condition::Degraded));
        assert_eq!(told(601), Condition::Down);
        assert_eq!(queue(Part::Mail, -3).lag, Some(0));
    }
}
