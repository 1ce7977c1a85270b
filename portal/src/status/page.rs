// SPDX-License-Identifier: Apache-2.0
//! The page on the state of the service: how each part works now, how it worked for 90 days, and
//! every incident. A page also when nothing else is.

use super::{
    history::{self, Minutes, PartRecord, Period, Resolution, Span},
    incidents::{self, Incident},
    measure::Core,
    monitor::Known,
    part::{Condition, Part},
    Health, Verdict,
};
use crate::{
    answers::Time,
    directory::Directory,
    i18n::Language,
    page::{self, text, Html, Layout},
    problem::Problem,
    server::App,
};
use askama::{filters::Safe, Template};
use axum::{
    extract::State,
    http::Uri,
    response::{IntoResponse, Response},
};
use chrono::{DateTime, DurationRound, TimeDelta, Utc};
use std::{collections::BTreeMap, fmt::Write};

/// Days of the bars.
const DAYS: i64 = 90;
/// Incidents on the page.
const INCIDENTS: i64 = 25;
/// The periods that availability is told for: a day, a week and the days of the bars.
const PERIODS: [TimeDelta; 3] = [TimeDelta::hours(24), TimeDelta::days(7), TimeDelta::days(DAYS)];

/// What is known of the past.
struct Past {
    days: Vec<PartRecord>,
    periods: BTreeMap<Part, [Minutes; 3]>,
    incidents: Vec<Incident>,
}

impl Past {
    async fn read(directory: &Directory, now: DateTime<Utc>) -> Option<Self> {
        if !directory.is_prepared() {
            return None;
        }
        let today = now.duration_trunc(TimeDelta::days(1)).ok()?;
        let from = today - TimeDelta::days(DAYS - 1);
        let period = Period { from, to: now, resolution: Resolution::Day };
        let read = async {
            Ok::<_, Problem>(Self {
                days: history::read(directory, period).await?,
                periods: periods(directory, now).await?,
                incidents: incidents::between(directory, from, now, INCIDENTS).await?,
            })
        };
        read.await.ok()
    }
}

/// The minutes of each part in each of the periods up to now.
async fn periods(
    directory: &Directory,
    now: DateTime<Utc>,
) -> Result<BTreeMap<Part, [Minutes; 3]>, Problem> {
    let [day, week, all] = PERIODS.map(|length| now - length);
    let rows = sqlx::query!(
        r#"SELECT part,
                  COALESCE(SUM(measured) FILTER (WHERE began >= $1), 0) AS "measured_day!",
                  COALESCE(SUM(down) FILTER (WHERE began >= $1), 0) AS "down_day!",
                  COALESCE(SUM(measured) FILTER (WHERE began >= $2), 0) AS "measured_week!",
                  COALESCE(SUM(down) FILTER (WHERE began >= $2), 0) AS "down_week!",
                  COALESCE(SUM(measured), 0) AS "measured_all!",
                  COALESCE(SUM(down), 0) AS "down_all!"
           FROM directory.status_spans WHERE began >= $3 GROUP BY part"#,
        day,
        week,
        all
    )
    .fetch_all(directory.pool())
    .await?;
    let minutes = |measured, down| Minutes { measured, down };
    let of_part = rows.into_iter().filter_map(|row| {
        let periods = [
            minutes(row.measured_day, row.down_day),
            minutes(row.measured_week, row.down_week),
            minutes(row.measured_all, row.down_all),
        ];
        Some((Part::find(&row.part)?, periods))
    });
    Ok(of_part.collect())
}

/// A part in the table.
struct Row {
    known: Known,
    /// How available it was in each of the periods.
    available: [String; 3],
}

/// A part's bar, and its days.
struct Bar {
    part: Part,
    available: String,
    picture: Html,
    days: Vec<String>,
}

#[derive(Template)]
#[template(path = "status.html")]
struct Page {
    l: Layout,
    health: Health,
    rows: Vec<Row>,
    /// None where the record cannot be read.
    bars: Option<Vec<Bar>>,
    days: Vec<String>,
    incidents: Vec<Incident>,
}

impl Page {
    fn verdict(&self) -> &'static str {
        match self.health.status {
            Verdict::Ok => "works",
            Verdict::Stale => "stale",
            Verdict::Down => "fails",
        }
    }

    fn since(&self, known: &Known) -> Time {
        known.since.into()
    }

    fn latency(&self, known: &Known) -> String {
        let milliseconds = |it: std::time::Duration| {
            let hundredths = it.as_micros() / 10;
            format!("{}.{:02}\u{a0}ms", hundredths / 100, hundredths % 100)
        };
        known.reading.latency.map_or_else(|| "–".to_owned(), milliseconds)
    }

    /// The reason of a condition, as a key of the catalogue's group.
    fn reason(&self, known: &Known) -> Option<String> {
        let reason = serde_json::to_value(known.reading.reason?).ok()?;
        reason.as_str().map(str::to_owned)
    }
}

/// `/status`
pub async fn page(State(app): State<App>, uri: Uri) -> Result<Response, Problem> {
    let now = Utc::now();
    let (core, past) = tokio::join!(Core::read(&app), Past::read(&app.directory, now));
    let health = Health::of(&app, &core);
    let code = health.code();
    let l = Layout::of_status(&app, &uri, core.seen.as_ref());
    let known = app.monitor.parts(&app, &core);
    let row = |known: Known| {
        let periods = past.as_ref().and_then(|past| past.periods.get(&known.reading.part));
        let available = periods.copied().unwrap_or_default().map(available);
        Row { known, available }
    };
    let rows = known.into_iter().map(row).collect();
    let bars = past.as_ref().map(|past| past.days.iter().map(bar).collect());
    let days = past.as_ref().and_then(|past| past.days.first());
    let days = days.map(|part| part.spans.iter().map(day).collect()).unwrap_or_default();
    let incidents = past.map(|past| past.incidents).unwrap_or_default();
    let page = Page { l, health, rows, bars, days, incidents };
    Ok((code, page::render(&page)?).into_response())
}

fn day(span: &Span) -> String {
    span.from.0.format("%Y-%m-%d").to_string()
}

fn available(minutes: Minutes) -> String {
    let percent = |ppm| Language::current().percent(ppm);
    minutes.availability_ppm().map_or_else(|| "–".to_owned(), percent)
}

/// How available a part was in a span.
fn told(span: &Span) -> String {
    available(Minutes { measured: span.measured, down: span.down })
}

fn bar(record: &PartRecord) -> Bar {
    Bar {
        part: record.part,
        available: available(Minutes { measured: record.measured, down: record.down }),
        picture: Safe(picture(record)),
        days: record.spans.iter().map(told).collect(),
    }
}

/// Width of a day, and what of it is drawn.
const STEP: usize = 10;
const WIDTH: usize = 8;
/// Height of a picture, and of the days in it: they differ by more than their colour.
const HEIGHT: usize = 36;

fn height(condition: Condition) -> usize {
    match condition {
        Condition::Works => HEIGHT,
        Condition::Degraded => 24,
        Condition::Down => 12,
        Condition::Unknown => 3,
    }
}

/// A column for every day, as SVG.
fn picture(record: &PartRecord) -> String {
    let language = Language::current();
    let part = record.part.as_str();
    let arguments = [
        ("part", language.label("part", part)),
        ("from", record.spans.first().map(|it| language.date(it.from.0)).unwrap_or_default()),
        ("to", record.spans.last().map(|it| language.date(it.from.0)).unwrap_or_default()),
    ];
    let of = |condition| {
        let days = record.spans.iter().filter(|span| span.condition == condition).count();
        language.number(i64::try_from(days).unwrap_or_default())
    };
    let counts = [
        ("works", of(Condition::Works)),
        ("degraded", of(Condition::Degraded)),
        ("down", of(Condition::Down)),
        ("unknown", of(Condition::Unknown)),
    ];
    let width = record.spans.len() * STEP;
    let mut svg = format!(
        "<svg class=\"days\" viewBox=\"0 0 {width} {HEIGHT}\" preserveAspectRatio=\"none\" role=\"img\" \
         aria-labelledby=\"days-{part} days-{part}-more\">\
         <title id=\"days-{part}\">{}</title><desc id=\"days-{part}-more\">{}</desc>",
        text(&language.fill("status.picture", &arguments)),
        text(&language.fill("status.picture_more", &counts)),
    );
    for (index, span) in record.spans.iter().enumerate() {
        let condition = span.condition.as_str();
        let height = height(span.condition);
        // Writing to a string cannot fail.
        let _ = write!(
            svg,
            "<rect class=\"day-{condition}\" x=\"{}\" y=\"{}\" width=\"{WIDTH}\" \
             height=\"{height}\"><title>{}: {}</title></rect>",
            index * STEP,
            HEIGHT - height,
            day(span),
            told(span),
        );
    }
    svg + "</svg>"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(day: i64, condition: Condition) -> Span {
        let from = DateTime::from_timestamp(1_700_006_400 + day * 86_400, 0).unwrap();
        Span {
            from: from.into(),
            condition,
            measured: 1440,
            degraded: 0,
            down: 0,
            unknown: 0,
            lag_seconds: None,
            latency_ms: None,
        }
    }

    #[test]
    fn a_picture_says_in_words_what_it_shows() {
        use Condition::*;
        let days = [Works, Works, Degraded, Down, Unknown];
        let spans: Vec<_> = (0..).zip(days).map(|(day, it)| span(day, it)).collect();
        let (measured, degraded, down, unknown) = (7200, 0, 0, 0);
        let availability_ppm = Some(1_000_000);
        let part = Part::Node;
        let record =
            PartRecord { part, availability_ppm, measured, degraded, down, unknown, spans };
        let svg = picture(&record);
        assert_eq!(svg.matches("<rect").count(), 5);
        assert!(svg.contains("viewBox=\"0 0 50 36\""), "{svg}");
        assert!(svg.contains("from 15 November 2023 to 19 November 2023"), "{svg}");
        assert!(svg.contains("<title>2023-11-18: 100\u{a0}%</title>"), "{svg}");
        // No two conditions have the same height.
        let heights: std::collections::BTreeSet<_> =
            [Works, Degraded, Down, Unknown].map(height).into();
        assert_eq!(heights.len(), 4);
    }
}
