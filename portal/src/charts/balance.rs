// SPDX-License-Identifier: Apache-2.0
//! What was issued until then and what has become of it, over time: the flows of credits, added up.

use super::{
    alone,
    statistic::{framed, number, source, text, Span},
    Addresses, Chart, Figure, Kind, Picture, Series,
};
use crate::{
    db::Reader,
    i18n::Language,
    list::Question,
    page::Layout,
    problem::Problem,
    query,
    server::App,
    statistics::{
        credit_flows::Flows,
        pages::{called, linked},
    },
};
use axum::{extract::State, http::Uri, response::Response};

/// Where it is.
const PAGE: &str = "/statistics";
const EMBED: &str = "/embed/statistics/balance";

/// The chart, what its spans are called by, and their keys.
type Balance = (Chart, &'static str, Vec<String>);

/// Reads it: by months, or by years where there are too many months.
async fn load(reader: &mut Reader) -> Result<Option<Balance>, Problem> {
    let today = reader.as_of.time.0.date_naive();
    let mut by = "month";
    loop {
        let question = Question::<Flows>::asked(&[("by", by)])?;
        let (items, next) = question.again("key", query::MAX_LIMIT)?.load(reader).await?;
        if next.is_some() && by == "month" {
            by = "year";
            continue;
        }
        let Some(span) = Span::named(by) else { return Ok(None) };
        let flow = |item: &_, name| number::<Flows>(item, name);
        let flows: Vec<(i64, [i64; 3])> = items
            .iter()
            .filter_map(|item| {
                let flows = ["issued", "retired", "cancelled"].map(|name| flow(item, name));
                Some((span.read(&text::<Flows>(item, "key"))?, flows))
            })
            .collect();
        let (spans, sums) = added_up(&flows, span.of(today));
        let keys: Vec<String> = spans.into_iter().map(|n| span.key(n)).collect();
        let labels = keys.iter().map(|key| called(by, key, "")).collect();
        return Ok(chart(labels, &sums).map(|chart| (chart, by, keys)));
    }
}

/// What was issued, retired and cancelled until the end of each span, without gaps.
fn added_up(flows: &[(i64, [i64; 3])], today: i64) -> (Vec<i64>, Vec<[i64; 3]>) {
    let Some((first, _)) = flows.first() else { return (Vec::new(), Vec::new()) };
    let last = flows.last().map_or(today, |(last, _)| today.max(*last));
    let mut sums = [0_i64; 3];
    let spans: Vec<i64> = (*first..=last).collect();
    let sums = spans.iter().map(|span| {
        for (_, flow) in flows.iter().filter(|(of, _)| of == span) {
            for (sum, flow) in sums.iter_mut().zip(flow) {
                *sum = sum.saturating_add(*flow);
            }
        }
        sums
    });
    let sums = sums.collect();
    (spans, sums)
}

fn chart(labels: Vec<String>, sums: &[[i64; 3]]) -> Option<Chart> {
    let language = Language::current();
    let series = |name: String, of: fn(&[i64; 3]) -> i64| Series {
        name,
        values: sums.iter().map(of).collect(),
    };
    let series = vec![
        series(language.label("statistics_column", "retired"), |[_, retired, _]| *retired),
        series(language.label("statistics_column", "cancelled"), |[.., cancelled]| *cancelled),
        series(language.t("chart.remaining").to_owned(), |[issued, retired, cancelled]| {
            issued.saturating_sub(*retired).saturating_sub(*cancelled)
        }),
    ];
    Chart { kind: Kind::Areas, unit: "chart.tonnes", labels, series }.of()
}

/// For a page.
pub async fn figure(app: &App, reader: &mut Reader) -> Result<Option<Figure>, Problem> {
    let Some((chart, by, keys)) = load(reader).await? else { return Ok(None) };
    let language = Language::current();
    let names = keys.iter().map(|key| linked(by, key, "")).collect();
    let heading = language.label("statistics_by", by);
    let addresses = Addresses {
        page: PAGE.to_owned(),
        csv: format!("/statistics/credits/flows.csv?by={by}"),
        svg: "/statistics/balance.svg".to_owned(),
        png: "/statistics/balance.png".to_owned(),
        embed: EMBED.to_owned(),
    };
    let title = language.t("chart.balance").to_owned();
    let note = Some(language.t("chart.balance_note").to_owned());
    Ok(Some(Figure::new(app, &chart, "balance", title, note, (heading, names), addresses)))
}

/// `/embed/statistics/balance`
pub async fn embed(
    State(app): State<App>,
    uri: Uri,
    mut reader: Reader,
) -> Result<Response, Problem> {
    let chart = figure(&app, &mut reader).await?;
    framed(Layout::new(&app, &reader, &uri, Language::current().t("chart.balance")), chart)
}

/// `/statistics/balance.svg`
pub async fn svg_file(State(app): State<App>, reader: Reader) -> Result<Response, Problem> {
    file(Picture::Svg, &app, reader).await
}

/// `/statistics/balance.png`
pub async fn png_file(State(app): State<App>, reader: Reader) -> Result<Response, Problem> {
    file(Picture::Png, &app, reader).await
}

async fn file(picture: Picture, app: &App, mut reader: Reader) -> Result<Response, Problem> {
    let language = Language::current();
    let balance = load(&mut reader).await?;
    let source = source(app, &reader.seen(), &language.to(PAGE));
    let name = format!("credits-balance-at-block-{}", reader.as_of.block);
    // What follows needs no connection to the database.
    drop(reader);
    let (chart, title) = match balance {
        Some((chart, ..)) => (chart, language.t("chart.balance")),
        None => (Chart::nothing("chart.tonnes"), language.t("statistics.none")),
    };
    picture.answer(alone(&chart, title, &source, language), &name).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flows_add_up_without_gaps_until_today() {
        let (spans, sums) = added_up(&[(3, [10, 0, 0]), (5, [5, 4, 1])], 6);
        assert_eq!(spans, [3, 4, 5, 6]);
        assert_eq!(sums, [[10, 0, 0], [10, 0, 0], [15, 4, 1], [15, 4, 1]]);
        assert_eq!(added_up(&[], 6), (vec![], vec![]));
    }

    #[test]
    fn what_is_drawn_adds_up_to_what_was_issued() {
        let chart = chart(vec!["a".to_owned(), "b".to_owned()], &[[10, 0, 0], [15, 4, 1]]).unwrap();
        assert_eq!((chart.total(0), chart.total(1)), (10, 15));
        assert_eq!(chart.series.iter().map(|it| it.values[1]).collect::<Vec<_>>(), [4, 1, 10]);
    }
}
