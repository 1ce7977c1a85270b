// SPDX-License-Identifier: Apache-2.0
//! Writes down how the parts work: a row a minute, which later become one an hour and one a day, and
//! incidents.
//!
//! What cannot be written, because the database itself is down, waits here, so that its absence is
//! in the record too. Of several portals on one database one writes.

use super::part::{Condition, Part, Reading};
use crate::directory::{Alone, Directory, Work};
use chrono::{DateTime, DurationRound, TimeDelta, Utc};
use sqlx::{Connection, PgConnection};
use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

/// What is kept: minutes for two days, hours for 90 days, days and incidents for two years.
pub const KEEP_MINUTES: TimeDelta = TimeDelta::days(2);
pub const KEEP_HOURS: TimeDelta = TimeDelta::days(90);
pub const KEEP_DAYS: TimeDelta = TimeDelta::days(731);

/// Most minutes that wait: a day.
const MAX_WAITING: usize = 1440 * Part::ALL.len();
/// How often old rows become fewer.
const TIDY: Duration = Duration::from_secs(3600);

/// What was measured in a minute, or in some of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Minute {
    worst: Condition,
    lag: Option<i64>,
    /// Microseconds, altogether, and of how many answers.
    latency: i64,
    latencies: i32,
}

impl Minute {
    fn of(reading: &Reading) -> Self {
        let latency = reading.latency.map(|it| i64::try_from(it.as_micros()).unwrap_or(i64::MAX));
        Self {
            worst: reading.condition,
            lag: reading.lag,
            latency: latency.unwrap_or_default(),
            latencies: latency.is_some().into(),
        }
    }

    fn and(self, other: Self) -> Self {
        Self {
            worst: self.worst.max(other.worst),
            lag: self.lag.max(other.lag),
            latency: self.latency.saturating_add(other.latency),
            latencies: self.latencies.saturating_add(other.latencies),
        }
    }
}

/// What waits to be written down, and the right to do it.
#[derive(Default)]
pub struct Recorder {
    waiting: BTreeMap<(DateTime<Utc>, Part), Minute>,
    alone: Option<Alone>,
    tidied: Option<Instant>,
}

impl Recorder {
    /// Takes a reading. What nobody could tell is as good as not measured.
    pub fn add(&mut self, reading: &Reading, at: DateTime<Utc>) {
        if reading.condition == Condition::Unknown {
            return;
        }
        let Ok(minute) = at.duration_trunc(TimeDelta::minutes(1)) else { return };
        let new = Minute::of(reading);
        let sum = self.waiting.get(&(minute, reading.part)).map_or(new, |old| old.and(new));
        self.waiting.insert((minute, reading.part), sum);
        while self.waiting.len() > MAX_WAITING {
            self.waiting.pop_first();
        }
    }

    /// Writes what waits, if no other portal does and the database answers.
    pub async fn write(&mut self, directory: &Directory, now: DateTime<Utc>) {
        if self.alone.is_none() && directory.is_prepared() {
            match directory.alone(Work::Status).await {
                Ok(Some(alone)) => self.alone = Some(alone),
                // Another portal writes what it measures.
                Ok(None) => self.waiting.clear(),
                Err(problem) => tracing::debug!(?problem, "the record of the status waits"),
            }
        }
        let Some(mut alone) = self.alone.take() else { return };
        match self.write_all(alone.connection(), now).await {
            Ok(()) => self.alone = Some(alone),
            Err(error) => {
                tracing::warn!(%error, minutes = self.waiting.len(), "the record of the status waits");
                alone.leave().await;
            }
        }
    }

    async fn write_all(
        &mut self,
        connection: &mut PgConnection,
        now: DateTime<Utc>,
    ) -> Result<(), sqlx::Error> {
        // Each minute is written whole or not at all, and the oldest first, as incidents need it.
        while let Some((&(minute, _), _)) = self.waiting.first_key_value() {
            let later = self.waiting.split_off(&(minute + TimeDelta::seconds(1), Part::ALL[0]));
            let parts = std::mem::replace(&mut self.waiting, later);
            let of_minute: Vec<_> = parts.iter().map(|((_, part), it)| (*part, *it)).collect();
            if let Err(error) = write_minute(connection, minute, &of_minute).await {
                self.waiting.extend(parts);
                return Err(error);
            }
        }
        if self.tidied.is_none_or(|at| at.elapsed() >= TIDY) {
            tidy(connection, now).await?;
            self.tidied = Some(Instant::now());
        }
        Ok(())
    }
}

/// Adds what was measured to the row of a minute, and to incidents.
async fn write_minute(
    connection: &mut PgConnection,
    minute: DateTime<Utc>,
    parts: &[(Part, Minute)],
) -> Result<(), sqlx::Error> {
    let mut transaction = connection.begin().await?;
    let names: Vec<String> = parts.iter().map(|(part, _)| part.as_str().to_owned()).collect();
    let is = |condition| move |(_, it): &(Part, Minute)| i16::from(it.worst == condition);
    let degraded: Vec<i16> = parts.iter().map(is(Condition::Degraded)).collect();
    let down: Vec<i16> = parts.iter().map(is(Condition::Down)).collect();
    let lags: Vec<Option<i64>> = parts.iter().map(|(_, it)| it.lag).collect();
    let latency: Vec<i64> = parts.iter().map(|(_, it)| it.latency).collect();
    let latencies: Vec<i32> = parts.iter().map(|(_, it)| it.latencies).collect();
    sqlx::query!(
        "INSERT INTO directory.status_spans AS s
             (part, began, minutes, measured, degraded, down, lag, latency, latencies)
         SELECT t.part, $1, 1, 1, t.degraded, t.down, t.lag, t.latency, t.latencies
         FROM UNNEST($2::TEXT[], $3::SMALLINT[], $4::SMALLINT[], $5::BIGINT[], $6::BIGINT[],
                     $7::INTEGER[]) AS t (part, degraded, down, lag, latency, latencies)
         ON CONFLICT (minutes, part, began) DO UPDATE
         SET down = GREATEST(s.down, EXCLUDED.down),
             degraded = CASE WHEN GREATEST(s.down, EXCLUDED.down) > 0 THEN 0
                             ELSE GREATEST(s.degraded, EXCLUDED.degraded) END,
             lag = GREATEST(s.lag, EXCLUDED.lag),
             latency = s.latency + EXCLUDED.latency,
             latencies = s.latencies + EXCLUDED.latencies",
        minute,
        &names,
        &degraded,
        &down,
        &lags as _,
        &latency,
        &latencies
    )
    .execute(&mut *transaction)
    .await?;
    write_incidents(&mut transaction, minute, parts).await?;
    transaction.commit().await
}

async fn write_incidents(
    connection: &mut PgConnection,
    minute: DateTime<Utc>,
    parts: &[(Part, Minute)],
) -> Result<(), sqlx::Error> {
    let names = |of: &dyn Fn(&Minute) -> bool| -> Vec<String> {
        let parts = parts.iter().filter(|(_, it)| of(it));
        parts.map(|(part, _)| part.as_str().to_owned()).collect()
    };
    let end = minute + TimeDelta::minutes(1);
    // What an incident was followed by: a minute that was good, or one that nobody measured.
    sqlx::query!(
        "UPDATE directory.status_incidents
         SET followed = CASE WHEN ended = $1 THEN 'works' ELSE 'unknown' END
         WHERE followed IS NULL AND (ended < $1 AND part = ANY($2) OR ended = $1 AND part = ANY($3))",
        minute,
        &names(&|_| true),
        &names(&|it| it.worst == Condition::Works)
    )
    .execute(&mut *connection)
    .await?;
    for (part, it) in parts.iter().filter(|(_, it)| it.worst > Condition::Works) {
        // Good measurements at the beginning of a minute do not make it a good one.
        let goes_on = sqlx::query!(
            "UPDATE directory.status_incidents
             SET ended = $3, followed = NULL,
                 worst = CASE WHEN worst = 'down' THEN worst ELSE $4 END
             WHERE part = $1 AND ended BETWEEN $2 AND $3",
            part.as_str(),
            minute,
            end,
            it.worst.as_str()
        )
        .execute(&mut *connection)
        .await?;
        if goes_on.rows_affected() == 0 {
            sqlx::query!(
                "INSERT INTO directory.status_incidents (part, began, ended, worst)
                 VALUES ($1, $2, $3, $4)",
                part.as_str(),
                minute,
                end,
                it.worst.as_str()
            )
            .execute(&mut *connection)
            .await?;
        }
    }
    Ok(())
}

/// Makes hours of minutes and days of hours that are old enough, and throws away what is too old.
async fn tidy(connection: &mut PgConnection, now: DateTime<Utc>) -> Result<(), sqlx::Error> {
    let mut transaction = connection.begin().await?;
    for (minutes, unit, longer, keep) in
        [(1_i16, "hour", 60_i16, KEEP_MINUTES), (60, "day", 1440, KEEP_HOURS)]
    {
        sqlx::query!(
            "WITH old AS (
                 DELETE FROM directory.status_spans
                 WHERE minutes = $1 AND began < date_trunc($2, $4::TIMESTAMPTZ, 'UTC')
                 RETURNING *
             )
             INSERT INTO directory.status_spans AS s
                 (part, began, minutes, measured, degraded, down, lag, latency, latencies)
             SELECT part, date_trunc($2, began, 'UTC'), $3::SMALLINT, SUM(measured), SUM(degraded),
                    SUM(down), MAX(lag), SUM(latency), SUM(latencies)
             FROM old GROUP BY 1, 2
             ON CONFLICT (minutes, part, began) DO UPDATE
             SET measured = s.measured + EXCLUDED.measured,
                 degraded = s.degraded + EXCLUDED.degraded,
                 down = s.down + EXCLUDED.down,
                 lag = GREATEST(s.lag, EXCLUDED.lag),
                 latency = s.latency + EXCLUDED.latency,
                 latencies = s.latencies + EXCLUDED.latencies",
            minutes,
            unit,
            longer,
            now - keep
        )
        .execute(&mut *transaction)
        .await?;
    }
    sqlx::query!("DELETE FROM directory.status_spans WHERE began < $1", now - KEEP_DAYS)
        .execute(&mut *transaction)
        .await?;
    sqlx::query!("DELETE FROM directory.status_incidents WHERE ended < $1", now - KEEP_DAYS)
        .execute(&mut *transaction)
        .await?;
    transaction.commit().await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_700_000_040 + second, 0).unwrap()
    }

    #[test]
    fn a_minute_is_as_bad_as_its_worst_measurement() {
        let mut recorder = Recorder::default();
        let works = Reading::works(Part::Node).behind(Some(3));
        let timed = works.clone().after(Duration::from_millis(2), Duration::MAX);
        let down = Reading::fails(Part::Node, Condition::Down, super::super::part::Reason::Slow);
        for (second, reading) in [(0, &timed), (15, &down), (30, &timed), (60, &works)] {
            recorder.add(reading, at(second));
        }
        let minutes: Vec<_> = recorder.waiting.into_iter().collect();
        let [((first, Part::Node), bad), ((second, Part::Node), good)] = minutes[..] else {
            panic!("{minutes:?}");
        };
        assert_eq!((first, second), (at(0), at(60)));
        let expected = Minute { worst: Condition::Down, lag: Some(3), latency: 4000, latencies: 2 };
        assert_eq!(bad, expected);
        assert_eq!(good.worst, Condition::Works);
    }

    #[test]
    fn what_nobody_could_tell_is_not_measured() {
        let mut recorder = Recorder::default();
        let reason = super::super::part::Reason::CannotBeTold;
        recorder.add(&Reading::fails(Part::Indexer, Condition::Unknown, reason), at(0));
        assert!(recorder.waiting.is_empty());
    }

    #[test]
    fn no_more_waits_than_a_day() {
        let mut recorder = Recorder::default();
        for minute in 0..20_000 {
            recorder.add(&Reading::works(Part::Node), at(minute * 60));
        }
        assert_eq!(recorder.waiting.len(), MAX_WAITING);
        let last = recorder.waiting.last_key_value().unwrap().0 .0;
        assert_eq!(last, at(19_999 * 60));
    }
}
