// SPDX-License-Identifier: Apache-2.0
//! A chart of a statistic: the same question as its page, drawn.

use super::{alone, Addresses, Chart, Figure, Kind, Picture, Series};
use crate::{
    db::{Reader, Seen},
    download::Cell,
    i18n::Language,
    list::{Listing, Question, Scalar},
    page::{self, Html, Layout},
    problem::Problem,
    query,
    server::{App, MayBeFramed},
    statistics::pages::{called, linked, Statistic},
};
use askama::Template;
use axum::{
    extract::{FromRequestParts, State},
    http::{request::Parts, Uri},
    response::{IntoResponse, Response},
};
use chrono::{Datelike, NaiveDate};

/// Most bars of what has no order: the first ones, as they are sorted.
const BARS: i64 = 12;
/// Most points of what has one.
const POINTS: i64 = 400;
/// Most marks that are columns and not points of lines.
const COLUMNS: usize = 100;

/// What is asked for: which rows, and which of their columns.
pub struct Asked<S> {
    question: Question<S>,
    shown: Vec<&'static str>,
}

impl<S: Statistic> Asked<S> {
    /// A question and the names of columns, separated by commas; the usual ones if there are none.
    pub fn new(question: Question<S>, show: &str) -> Self {
        let names =
            S::COLUMNS.iter().map(|(name, _)| *name).filter(|it| !["key", "name"].contains(it));
        let mut shown: Vec<_> =
            names.filter(|name| show.split(',').any(|it| it == *name)).collect();
        // Tonnes and projects are not drawn on one axis.
        let of_tonnes = shown.iter().any(|name| is_of_tonnes::<S>(name));
        shown.retain(|name| is_of_tonnes::<S>(name) == of_tonnes);
        if shown.is_empty() {
            shown = S::DRAWN.to_vec();
        }
        Self { question, shown }
    }

    /// What other pages ask.
    pub fn about(given: &[(&str, &str)], show: &str) -> Result<Self, Problem> {
        Ok(Self::new(Question::asked(given)?, show))
    }

    fn by(&self) -> &str {
        self.question.given("by").unwrap_or("all")
    }

    /// The address of the same, in some form.
    fn address(&self, before: &str, ending: &str) -> String {
        let show = self.shown.join(",");
        // Files of figures have every column.
        let is_usual = self.shown == S::DRAWN || ending == ".csv";
        let show = (!is_usual).then_some(("show", show.as_str()));
        let path = format!("{before}/statistics/{}{ending}", S::PATH);
        let of_files = |name: &str| ending == ".csv" && name == "limit";
        let given = self.question.all_given().filter(|(name, _)| !of_files(name));
        page::address(&path, given.chain(show))
    }
}

fn is_of_tonnes<S: Statistic>(column: &str) -> bool {
    S::UNIT == "chart.tonnes" || column.ends_with("_tonnes")
}

impl<S: Statistic> FromRequestParts<App> for Asked<S> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let question = Question::from_request_parts(parts, app).await?;
        let given = query::pairs(&parts.uri)?;
        let show = given.iter().find(|(name, _)| name == "show").map(|(_, value)| value.as_str());
        Ok(Self::new(question, show.unwrap_or_default()))
    }
}

/// What is drawn, and the names of its groups with links.
struct Drawn {
    chart: Chart,
    title: String,
    rows: Vec<Html>,
    note: Option<String>,
}

/// A group: its key, and the name that stands beside it.
type Group = (String, String);

/// Reads what is drawn; nothing where there is nothing to draw.
async fn load<S: Statistic>(
    asked: &Asked<S>,
    reader: &mut Reader,
) -> Result<Option<Drawn>, Problem> {
    let language = Language::current();
    let by = asked.by();
    let span = Span::named(by);
    let is_ordered = span.is_some() || by == "vintage";
    let given = asked.question.given("sort").map(str::to_owned);
    let is_usual = asked.shown == S::DRAWN;
    let column = asked.shown.first().copied().filter(|_| !is_usual).unwrap_or(S::LARGEST);
    let largest = format!("-{column}");
    let sort = match (is_ordered, given) {
        (true, _) => "-key".to_owned(),
        (false, given) => given.unwrap_or(largest),
    };
    let limit = if is_ordered { query::MAX_LIMIT } else { BARS };
    let (mut items, next) = asked.question.again(&sort, limit)?.load(reader).await?;
    if is_ordered {
        items.reverse();
    }
    let mut groups: Vec<Group> =
        items.iter().map(|item| (text::<S>(item, "key"), text::<S>(item, "name"))).collect();
    let mut rows: Vec<Vec<i64>> = items
        .iter()
        .map(|item| asked.shown.iter().map(|name| number::<S>(item, name)).collect())
        .collect();
    if !is_ordered && by != "all" {
        // Groups of which something else is counted.
        let filled: Vec<bool> = rows.iter().map(|row| row.iter().any(|n| *n > 0)).collect();
        let mut kept = filled.iter();
        groups.retain(|_| kept.next() == Some(&true));
        rows.retain(|row| row.iter().any(|n| *n > 0));
    }
    let mut is_cut = next.is_some();
    if let Some(span) = span {
        let day = |name| asked.question.value(name).and_then(Scalar::day);
        let today = reader.as_of.time.0.date_naive();
        let keys: Vec<i64> = groups.iter().filter_map(|(key, _)| span.read(key)).collect();
        let Some((first, last)) = span.window(&keys, is_cut, day("from"), day("to"), today) else {
            return Ok(None);
        };
        is_cut = is_cut || keys.first().is_some_and(|key| *key < first);
        let found: Vec<Vec<i64>> = (first..=last)
            .map(|n| match keys.iter().position(|key| *key == n) {
                Some(at) => rows.get(at).cloned().unwrap_or_default(),
                // Nothing happened then.
                None => vec![0; asked.shown.len()],
            })
            .collect();
        rows = found;
        groups = (first..=last).map(|n| (span.key(n), String::new())).collect();
    }
    let name = |column: &str| language.label("statistics_column", column);
    let series: Vec<Series> = asked
        .shown
        .iter()
        .enumerate()
        .map(|(n, column)| Series {
            name: name(column),
            values: rows.iter().map(|row| row.get(n).copied().unwrap_or_default()).collect(),
        })
        .collect();
    let unit = match asked.shown.iter().any(|column| is_of_tonnes::<S>(column)) {
        true => "chart.tonnes",
        false => S::UNIT,
    };
    let stacked = S::ADDS_UP && is_usual;
    let title = format!("{}: {}", language.t(S::TITLE), language.label("statistics_by", by));
    let note = is_cut.then(|| language.count("chart.cut", groups.len() as i64));
    if by == "all" {
        // One group has its columns beneath each other.
        let values = series.iter().map(|it| it.values.first().copied().unwrap_or_default());
        let only = Series { name: language.t(unit).to_owned(), values: values.collect() };
        let labels: Vec<String> = series.into_iter().map(|it| it.name).collect();
        let rows = labels.iter().map(|it| askama::filters::Safe(page::text(it))).collect();
        let chart = Chart { kind: Kind::Bars { stacked: false }, unit, labels, series: vec![only] };
        return Ok(chart.of().map(|chart| Drawn { chart, title, rows, note }));
    }
    let kind = match (span.is_some(), is_ordered) {
        (true, _) if rows.len() * series.len() > COLUMNS => Kind::Lines,
        (_, true) => Kind::Columns { stacked },
        _ => Kind::Bars { stacked },
    };
    let labels = groups.iter().map(|(key, name)| called(by, key, name)).collect();
    let names = groups.iter().map(|(key, name)| linked(by, key, name)).collect();
    let chart = Chart { kind, unit, labels, series };
    Ok(chart.of().map(|chart| Drawn { chart, title, rows: names, note }))
}

fn cell<S: Listing>(item: &S::Item, name: &str) -> Cell {
    let column = S::COLUMNS.iter().find(|(column, _)| *column == name);
    column.map_or(Cell::Empty, |(_, cell)| cell(item))
}

pub fn text<S: Listing>(item: &S::Item, name: &str) -> String {
    match cell::<S>(item, name) {
        Cell::Text(text) => text,
        _ => String::new(),
    }
}

pub fn number<S: Listing>(item: &S::Item, name: &str) -> i64 {
    match cell::<S>(item, name) {
        Cell::Number(number) => number,
        _ => 0,
    }
}

/// A chart for a page. `id` names its parts; without a title it has its usual one.
pub async fn figure<S: Statistic>(
    app: &App,
    reader: &mut Reader,
    asked: &Asked<S>,
    id: &str,
    title: Option<&str>,
) -> Result<Option<Figure>, Problem> {
    let Some(drawn) = load(asked, reader).await? else { return Ok(None) };
    let Drawn { chart, title: usual, rows, note } = drawn;
    let title = title.map_or(usual, str::to_owned);
    let heading = Language::current().label("statistics_by", asked.by());
    let addresses = Addresses {
        page: asked.address("", ""),
        csv: asked.address("", ".csv"),
        svg: asked.address("", ".svg"),
        png: asked.address("", ".png"),
        embed: asked.address("/embed", ""),
    };
    Ok(Some(Figure::new(app, &chart, id, title, note, (heading, rows), addresses)))
}

/// `/statistics/credits/flows.svg`
pub async fn svg_file<S: Statistic>(
    State(app): State<App>,
    asked: Asked<S>,
    reader: Reader,
) -> Result<Response, Problem> {
    file(Picture::Svg, &app, &asked, reader).await
}

/// `/statistics/credits/flows.png`
pub async fn png_file<S: Statistic>(
    State(app): State<App>,
    asked: Asked<S>,
    reader: Reader,
) -> Result<Response, Problem> {
    file(Picture::Png, &app, &asked, reader).await
}

async fn file<S: Statistic>(
    picture: Picture,
    app: &App,
    asked: &Asked<S>,
    mut reader: Reader,
) -> Result<Response, Problem> {
    let language = Language::current();
    let drawn = load(asked, &mut reader).await?;
    let source = source(app, &reader.seen(), &language.to(&asked.address("", "")));
    let name = format!("{}-at-block-{}", S::NAME, reader.as_of.block);
    // What follows needs no connection to the database.
    drop(reader);
    // A picture of nothing says so, where it stands on another site too.
    let nothing = || (Chart::nothing(S::UNIT), language.t("statistics.none").to_owned());
    let (chart, title) = drawn.map_or_else(nothing, |drawn| (drawn.chart, drawn.title));
    picture.answer(alone(&chart, &title, &source, language), &name).await
}

/// What a picture is true at, and where it comes from.
pub fn source(app: &App, seen: &Seen, address: &str) -> [String; 2] {
    let language = Language::current();
    let block = language.number(seen.as_of.block);
    let date = language.date(seen.as_of.time.0);
    let at = language.fill("chart.source", &[("block", block), ("date", date)]);
    [at, format!("{}{address}", app.site.host())]
}

#[derive(Template)]
#[template(path = "embed_chart.html")]
struct Embedded {
    l: Layout,
    chart: Option<Figure>,
}

/// A page that other sites may show in theirs, with a chart and nothing else.
pub fn framed(l: Layout, chart: Option<Figure>) -> Result<Response, Problem> {
    let mut response = page::render(&Embedded { l, chart })?.into_response();
    response.extensions_mut().insert(MayBeFramed);
    Ok(response)
}

/// `/embed/statistics/credits/flows`: the chart alone, for other sites.
pub async fn embed<S: Statistic>(
    State(app): State<App>,
    uri: Uri,
    asked: Asked<S>,
    mut reader: Reader,
) -> Result<Response, Problem> {
    let chart = figure(&app, &mut reader, &asked, "chart", None).await?;
    framed(Layout::new(&app, &reader, &uri, Language::current().t(S::TITLE)), chart)
}

/// A span of time that is counted by.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Span {
    Day,
    Month,
    Year,
}

impl Span {
    pub fn named(by: &str) -> Option<Self> {
        match by {
            "day" => Some(Self::Day),
            "month" => Some(Self::Month),
            "year" => Some(Self::Year),
            _ => None,
        }
    }

    /// How many of the latest are drawn if nothing is said.
    fn latest(self) -> i64 {
        match self {
            Self::Day => 92,
            Self::Month => 24,
            Self::Year => 50,
        }
    }

    /// The number of the span that a day is in.
    pub fn of(self, day: NaiveDate) -> i64 {
        match self {
            Self::Day => day.num_days_from_ce().into(),
            Self::Month => i64::from(day.year()) * 12 + i64::from(day.month0()),
            Self::Year => day.year().into(),
        }
    }

    /// The number of a span, by its key.
    pub fn read(self, key: &str) -> Option<i64> {
        let first = match self {
            Self::Day => key.to_owned(),
            Self::Month => format!("{key}-01"),
            Self::Year => format!("{key}-01-01"),
        };
        Some(self.of(first.parse().ok()?))
    }

    /// The key of a span.
    pub fn key(self, n: i64) -> String {
        match self {
            Self::Day => {
                let day = i32::try_from(n).ok().and_then(NaiveDate::from_num_days_from_ce_opt);
                day.map(|day| day.to_string()).unwrap_or_default()
            }
            Self::Month => format!("{:04}-{:02}", n.div_euclid(12), n.rem_euclid(12) + 1),
            Self::Year => format!("{n:04}"),
        }
    }

    /// The first and the last span to draw: the period that was asked for, or the latest that
    /// something happened in.
    fn window(
        self,
        keys: &[i64],
        is_cut: bool,
        from: Option<NaiveDate>,
        to: Option<NaiveDate>,
        today: NaiveDate,
    ) -> Option<(i64, i64)> {
        let (began, ended) = (*keys.first()?, *keys.last()?);
        let last = self.of(to.unwrap_or(today).min(today)).max(ended);
        let first = match from {
            Some(from) if is_cut => self.of(from).max(began),
            Some(from) => self.of(from).min(began),
            None => began.max(last - self.latest() + 1),
        };
        Some((first.max(last - POINTS + 1), last))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn spans_are_numbered_without_gaps() {
        for (span, keys) in [
            (Span::Day, ["2023-12-31", "2024-01-01", "2024-01-02"]),
            (Span::Month, ["2023-12", "2024-01", "2024-02"]),
            (Span::Year, ["2023", "2024", "2025"]),
        ] {
            let numbers = keys.map(|key| span.read(key).unwrap());
            assert_eq!([numbers[0] + 1, numbers[0] + 2], [numbers[1], numbers[2]]);
            assert_eq!(numbers.map(|n| span.key(n)), keys);
        }
        assert_eq!(Span::Month.read("all"), None);
        assert_eq!(Span::named("sector"), None);
    }

    #[test]
    fn a_period_is_drawn_whole_and_without_one_the_latest() {
        let months = |keys: &[&str]| keys.iter().map(|it| Span::Month.read(it).unwrap()).collect();
        let keys: Vec<i64> = months(&["2020-05", "2024-03"]);
        let window = |is_cut, from: Option<&str>, to: Option<&str>| {
            let window =
                Span::Month.window(&keys, is_cut, from.map(day), to.map(day), day("2024-05-09"));
            window.map(|(first, last)| (Span::Month.key(first), Span::Month.key(last))).unwrap()
        };
        let told = |first: &str, last: &str| (first.to_owned(), last.to_owned());
        assert_eq!(window(false, None, None), told("2022-06", "2024-05"));
        assert_eq!(window(false, Some("2020-01-31"), None), told("2020-01", "2024-05"));
        assert_eq!(
            window(false, Some("2020-01-31"), Some("2024-03-02")),
            told("2020-01", "2024-03")
        );
        // Nothing is said of what was not read, and nothing happens in the future.
        assert_eq!(
            window(true, Some("0001-01-01"), Some("9999-12-31")),
            told("2020-05", "2024-05")
        );
        let (first, last) = Span::Day
            .window(&[1, 900_000], false, Some(day("0001-01-01")), None, day("2024-05-09"))
            .unwrap();
        assert_eq!(last - first + 1, POINTS);
        assert_eq!(Span::Day.window(&[], false, None, None, day("2024-05-09")), None);
    }
}
