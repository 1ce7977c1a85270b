// SPDX-License-Identifier: Apache-2.0
//! The public record: how the parts worked, minute by minute, hour by hour or day by day.

use super::{
    incidents::{self, Incident},
    part::{Condition, Part},
    record::{KEEP_HOURS, KEEP_MINUTES},
};
use crate::{
    answers::Time,
    directory::Directory,
    problem::{Message, Problem, ProblemDocument},
    query::{blank_is_none, one_of, Params},
    server::App,
};
use axum::{
    extract::State,
    http::header,
    response::{IntoResponse, Response},
    Json,
};
use chrono::{DateTime, DurationRound, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, str::FromStr};
use utoipa::{IntoParams, ToSchema};

/// Most spans of a part in one answer: two years of days, a month of hours, half a day of minutes.
const MOST_SPANS: i32 = 750;
/// Most incidents in one answer.
const MOST_INCIDENTS: i64 = 500;

/// How long a span is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Resolution {
    Minute,
    Hour,
    Day,
}

impl Resolution {
    const ALL: [Self; 3] = [Self::Minute, Self::Hour, Self::Day];
    const NAMES: &'static [&'static str] = &["minute", "hour", "day"];

    fn as_str(self) -> &'static str {
        Self::NAMES[self as usize]
    }

    fn length(self) -> TimeDelta {
        match self {
            Self::Minute => TimeDelta::minutes(1),
            Self::Hour => TimeDelta::hours(1),
            Self::Day => TimeDelta::days(1),
        }
    }

    /// For how long it is kept; days for as long as anything.
    fn kept(self) -> Option<TimeDelta> {
        match self {
            Self::Minute => Some(KEEP_MINUTES),
            Self::Hour => Some(KEEP_HOURS),
            Self::Day => None,
        }
    }
}

impl FromStr for Resolution {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let name = one_of(text, Self::NAMES)?;
        let mut all = Self::ALL.into_iter();
        all.find(|it| it.as_str() == name).ok_or_else(|| text.to_owned())
    }
}

/// What is asked of the record.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Question {
    /// From when, RFC 3339. If none is given: 6 hours, 7 days or 90 days before `to`.
    #[serde(default, deserialize_with = "blank_is_none")]
    #[param(value_type = Option<String>, format = DateTime, example = "2026-11-01T00:00:00Z")]
    from: Option<DateTime<Utc>>,
    /// Until when, RFC 3339; now, if none is given.
    #[serde(default, deserialize_with = "blank_is_none")]
    #[param(value_type = Option<String>, format = DateTime, example = "2026-12-01T00:00:00Z")]
    to: Option<DateTime<Utc>>,
    /// How long each span is: `minute` (kept for two days), `hour` (for 90 days) or `day` (for two
    /// years). If none is given, the shortest that is kept for so long and fits.
    #[serde(default, deserialize_with = "blank_is_none")]
    #[param(value_type = Option<String>, example = "day")]
    resolution: Option<Resolution>,
}

/// A period of the record.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Period {
    pub from: DateTime<Utc>,
    pub to: DateTime<Utc>,
    pub resolution: Resolution,
}

impl Question {
    /// The period that is meant, in whole spans.
    fn period(&self, now: DateTime<Utc>) -> Result<Period, Problem> {
        let wrong = |key| Problem::malformed(Message::new(key).with("most", MOST_SPANS));
        let fits = |resolution: Resolution, from: DateTime<Utc>, to: DateTime<Utc>| {
            resolution.kept().is_none_or(|kept| now - from <= kept)
                && to - from <= resolution.length() * MOST_SPANS
        };
        let longest = TimeDelta::days(i64::from(MOST_SPANS));
        let to = match (self.to, self.from) {
            (Some(to), _) => to.min(now),
            // An old beginning alone means as much as can be answered.
            (None, Some(from)) => from.checked_add_signed(longest).unwrap_or(now).min(now),
            (None, None) => now,
        };
        let usual = |resolution| match resolution {
            Resolution::Minute => TimeDelta::hours(6),
            Resolution::Hour => TimeDelta::days(7),
            Resolution::Day => TimeDelta::days(90),
        };
        let before =
            |length| to.checked_sub_signed(length).ok_or_else(|| wrong("problem.record_period"));
        let (from, resolution) = match (self.from, self.resolution) {
            (Some(from), Some(resolution)) => (from, resolution),
            (None, Some(resolution)) => (before(usual(resolution))?, resolution),
            (given, None) => {
                let from = given.map_or_else(|| before(usual(Resolution::Hour)), Ok)?;
                let fitting = Resolution::ALL.into_iter().find(|it| fits(*it, from, to));
                (from, fitting.unwrap_or(Resolution::Day))
            }
        };
        let begin = |time: DateTime<Utc>| {
            time.duration_trunc(resolution.length()).map_err(|_| wrong("problem.record_period"))
        };
        if from >= to {
            return Err(wrong("problem.record_period"));
        }
        if resolution.kept().is_some_and(|kept| now - from > kept) {
            return Err(wrong("problem.record_kept"));
        }
        if !fits(resolution, from, to) {
            return Err(wrong("problem.record_long"));
        }
        // Whole spans; only the last may not have ended yet.
        let end = begin(to)?;
        let end = if end < to { end + resolution.length() } else { end };
        Ok(Period { from: begin(from)?, to: end.min(now), resolution })
    }
}

/// How a part worked for some time.
#[derive(Clone, Serialize, ToSchema)]
pub struct Span {
    /// When it began.
    pub from: Time,
    /// The worst that was seen; unknown if nobody measured.
    pub condition: Condition,
    /// Minutes in which the part was measured.
    pub measured: i64,
    /// Of these, minutes in which it was degraded, and not down.
    pub degraded: i64,
    /// Of these, minutes in which it was down.
    pub down: i64,
    /// Minutes in which nobody measured.
    pub unknown: i64,
    /// The longest that it was behind, in seconds.
    pub lag_seconds: Option<i64>,
    /// How long it took to answer, at the mean, in milliseconds.
    pub latency_ms: Option<f64>,
}

/// How a part worked in a period.
#[derive(Clone, Serialize, ToSchema)]
pub struct PartRecord {
    /// The part.
    pub part: Part,
    /// Minutes in which it was not down, of those in which it was measured, in parts per million,
    /// rounded down; null if nobody measured.
    #[schema(example = 999_305)]
    pub availability_ppm: Option<i64>,
    /// Minutes in which it was measured.
    pub measured: i64,
    /// Minutes in which it was degraded.
    pub degraded: i64,
    /// Minutes in which it was down.
    pub down: i64,
    /// Minutes in which nobody measured.
    pub unknown: i64,
    /// The spans of the period, one after the other.
    pub spans: Vec<Span>,
}

/// The record of a period.
#[derive(Serialize, ToSchema)]
pub struct Record {
    /// From when: the beginning of the first span.
    from: Time,
    /// Until when.
    to: Time,
    /// How long each span is: `minute`, `hour` or `day`.
    #[schema(example = "hour")]
    resolution: &'static str,
    /// The parts that were measured in the period.
    parts: Vec<PartRecord>,
    /// The latest incidents that touch the period, the latest first.
    incidents: Vec<Incident>,
}

/// Minutes of the record, added up.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub struct Minutes {
    pub measured: i64,
    pub down: i64,
}

impl Minutes {
    /// Minutes not down of those measured, in parts per million, rounded down.
    pub fn availability_ppm(self) -> Option<i64> {
        (self.measured > 0).then(|| (self.measured - self.down) * 1_000_000 / self.measured)
    }
}

/// Reads the record of a period.
pub async fn read(directory: &Directory, period: Period) -> Result<Vec<PartRecord>, Problem> {
    let Period { from, to, resolution } = period;
    let rows = sqlx::query!(
        r#"SELECT part, date_trunc($3, began, 'UTC') AS "from!",
                  SUM(measured) AS "measured!", SUM(degraded) AS "degraded!", SUM(down) AS "down!",
                  MAX(lag) AS lag, SUM(latency)::BIGINT AS "latency!",
                  SUM(latencies) AS "latencies!"
           FROM directory.status_spans WHERE began >= $1 AND began < $2
           GROUP BY 1, 2 ORDER BY 1, 2"#,
        from,
        to,
        resolution.as_str()
    )
    .fetch_all(directory.pool())
    .await?;
    let mut parts = BTreeMap::<Part, BTreeMap<DateTime<Utc>, Span>>::new();
    for row in rows {
        let Some(part) = Part::find(&row.part) else { continue };
        let minutes = minutes_of(row.from, to, resolution);
        let span = Span {
            from: row.from.into(),
            condition: Condition::of(row.measured, row.degraded, row.down),
            measured: row.measured,
            degraded: row.degraded,
            down: row.down,
            unknown: (minutes - row.measured).max(0),
            lag_seconds: row.lag,
            latency_ms: (row.latencies > 0).then(|| (row.latency / row.latencies) as f64 / 1_000.0),
        };
        parts.entry(part).or_default().insert(row.from, span);
    }
    Ok(parts.into_iter().map(|(part, known)| record(part, known, period)).collect())
}

/// Minutes of a span that are in the period: of the last one perhaps not all.
fn minutes_of(from: DateTime<Utc>, to: DateTime<Utc>, resolution: Resolution) -> i64 {
    let end = (from + resolution.length()).min(to);
    // A minute that has begun counts.
    ((end - from).num_seconds() + 59) / 60
}

/// The record of a part, with the spans that nobody measured.
fn record(part: Part, mut known: BTreeMap<DateTime<Utc>, Span>, period: Period) -> PartRecord {
    let Period { from, to, resolution } = period;
    let mut spans = Vec::new();
    let mut begins = from;
    while begins < to {
        spans.push(known.remove(&begins).unwrap_or_else(|| Span {
            from: begins.into(),
            condition: Condition::Unknown,
            measured: 0,
            degraded: 0,
            down: 0,
            unknown: minutes_of(begins, to, resolution),
            lag_seconds: None,
            latency_ms: None,
        }));
        begins += resolution.length();
    }
    let sum = |of: fn(&Span) -> i64| spans.iter().map(of).sum::<i64>();
    let minutes = Minutes { measured: sum(|span| span.measured), down: sum(|span| span.down) };
    PartRecord {
        part,
        availability_ppm: minutes.availability_ppm(),
        measured: minutes.measured,
        degraded: sum(|span| span.degraded),
        down: minutes.down,
        unknown: sum(|span| span.unknown),
        spans,
    }
}

/// How every part worked, from the record that is written every minute: times in which nobody
/// measured are told as unknown, and count for nothing.
#[utoipa::path(
    get, path = "/api/v1/health/history", tag = "service", params(Question),
    operation_id = "health_history",
    responses(
        (status = OK, body = Record),
        (status = BAD_REQUEST, body = ProblemDocument),
        (status = SERVICE_UNAVAILABLE, body = ProblemDocument),
    )
)]
pub async fn history(
    State(app): State<App>,
    Params(question): Params<Question>,
) -> Result<Response, Problem> {
    let period = question.period(Utc::now())?;
    if !app.directory.is_prepared() {
        return Err(Problem::unavailable(Message::new("problem.no_directory")));
    }
    let incidents =
        incidents::between(&app.directory, period.from, period.to, MOST_INCIDENTS).await?;
    let record = Record {
        from: period.from.into(),
        to: period.to.into(),
        resolution: period.resolution.as_str(),
        parts: read(&app.directory, period).await?,
        incidents,
    };
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(record)).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        DateTime::parse_from_rfc3339(text).unwrap().to_utc()
    }

    fn now() -> DateTime<Utc> {
        at("2026-06-15T12:30:20Z")
    }

    fn period(
        from: Option<&str>,
        to: Option<&str>,
        resolution: Option<Resolution>,
    ) -> Result<Period, Problem> {
        Question { from: from.map(at), to: to.map(at), resolution }.period(now())
    }

    #[test]
    fn a_period_is_answered_as_finely_as_it_is_kept_and_fits() {
        let from = |text| period(Some(text), None, None).unwrap();
        assert_eq!(from("2026-06-15T08:00:30Z").resolution, Resolution::Minute);
        assert_eq!(from("2026-06-15T08:00:30Z").from, at("2026-06-15T08:00:00Z"));
        assert_eq!(from("2026-06-14T12:00:00Z").resolution, Resolution::Hour);
        assert_eq!(from("2026-05-01T00:00:00Z").resolution, Resolution::Day);
        // Longer ago than can be answered at once: what can be.
        let old = from("2020-01-01T10:00:00Z");
        assert_eq!((old.from, old.resolution), (at("2020-01-01T00:00:00Z"), Resolution::Day));
        assert_eq!(old.to, at("2022-01-21T00:00:00Z"));
        let week = period(None, None, None).unwrap();
        assert_eq!((week.from, week.resolution), (at("2026-06-08T12:00:00Z"), Resolution::Hour));
        let days = period(None, None, Some(Resolution::Day)).unwrap();
        assert_eq!((days.from, days.to), (at("2026-03-17T00:00:00Z"), now()));
        // The future is not known.
        assert_eq!(period(None, Some("2030-01-01T00:00:00Z"), None).unwrap().to, now());
    }

    #[test]
    fn what_is_not_kept_or_too_long_is_refused() {
        let minute = Some(Resolution::Minute);
        assert!(period(Some("2026-06-13T12:00:00Z"), Some("2026-06-13T12:05:00Z"), minute).is_err());
        assert!(period(Some("2026-06-14T12:00:00Z"), None, minute).is_err());
        assert!(period(Some("2026-06-15T12:00:00Z"), Some("2026-06-15T11:00:00Z"), None).is_err());
        assert!(period(Some("2030-01-01T00:00:00Z"), None, None).is_err());
        let ancient = "-262000-01-01T00:00:00Z";
        assert!("hour".parse::<Resolution>().is_ok() && "year".parse::<Resolution>().is_err());
        assert!(ancient.parse::<DateTime<Utc>>().map_or(true, |from| {
            Question { from: None, to: Some(from), resolution: None }.period(now()).is_err()
        }));
    }

    #[test]
    fn availability_is_of_measured_minutes_and_rounded_down() {
        let of = |measured, down| Minutes { measured, down }.availability_ppm();
        assert_eq!(of(0, 0), None);
        assert_eq!(of(1440, 0), Some(1_000_000));
        assert_eq!(of(1440, 1), Some(999_305));
        assert_eq!(of(3_000_000, 1), Some(999_999));
        assert_eq!(of(10, 10), Some(0));
    }

    #[test]
    fn times_that_nobody_measured_are_spans_too() {
        let hours =
            Period { from: at("2026-06-15T09:00:00Z"), to: now(), resolution: Resolution::Hour };
        let measured = Span {
            from: at("2026-06-15T10:00:00Z").into(),
            condition: Condition::Down,
            measured: 58,
            degraded: 0,
            down: 29,
            unknown: 2,
            lag_seconds: None,
            latency_ms: None,
        };
        let record = record(Part::Node, [(at("2026-06-15T10:00:00Z"), measured)].into(), hours);
        let unknown: Vec<_> = record.spans.iter().map(|span| span.unknown).collect();
        // Of the hour that has not ended, 31 minutes have begun.
        assert_eq!(unknown, [60, 2, 60, 31]);
        assert_eq!(record.availability_ppm, Some(500_000));
        assert_eq!((record.measured, record.unknown), (58, 153));
        assert_eq!(record.spans[3].condition, Condition::Unknown);
    }
}
