// SPDX-License-Identifier: Apache-2.0
//! Charts: drawn by the server as SVG, with the figures in a table beside them, as files, and to be
//! shown on other sites.
//!
//! A chart is drawn of the same rows that the list of a statistic answers with, so picture, table,
//! files and API cannot say different things.

mod axis;
pub mod balance;
mod draw;
mod fills;
pub mod label;
pub mod picture;
mod statistic;
pub mod strip;

pub use picture::Picture;
pub use statistic::{embed, figure, png_file, source, svg_file, Asked};

use crate::{
    db::Reader,
    i18n::Language,
    page::{self, Html},
    problem::Problem,
    server::App,
    statistics::{credit_flows, credit_stock},
};
use askama::filters::Safe;
use draw::Sheet;

/// Widths of the two pictures of a page: one for screens and one for phones.
const WIDE: f64 = 720.0;
const NARROW: f64 = 328.0;

/// How a chart is drawn.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// Columns over an axis of time, beside each other or on top of each other.
    Columns { stacked: bool },
    /// Lines over an axis of time.
    Lines,
    /// Areas on top of each other, over an axis of time.
    Areas,
    /// Bars beneath the names of what has no order.
    Bars { stacked: bool },
}

/// What is counted of each group.
#[derive(Clone, Debug)]
pub struct Series {
    /// What it is called.
    pub name: String,
    /// A number for each group, never below nothing.
    pub values: Vec<i64>,
}

/// What is drawn.
#[derive(Clone, Debug)]
pub struct Chart {
    pub kind: Kind,
    /// Key of the name of the unit.
    pub unit: &'static str,
    /// The groups.
    pub labels: Vec<String>,
    pub series: Vec<Series>,
}

impl Chart {
    /// Without series that are nothing everywhere; none where all are.
    pub fn of(mut self) -> Option<Self> {
        self.series.retain(|series| series.values.iter().any(|value| *value > 0));
        self.series.truncate(fills::MOST);
        (!self.series.is_empty()).then_some(self)
    }

    /// A chart without anything in it.
    fn nothing(unit: &'static str) -> Self {
        Self { kind: Kind::Lines, unit, labels: Vec::new(), series: Vec::new() }
    }

    fn is_stacked(&self) -> bool {
        matches!(
            self.kind,
            Kind::Areas | Kind::Columns { stacked: true } | Kind::Bars { stacked: true }
        )
    }

    fn value(&self, series: usize, group: usize) -> i128 {
        let value = self.series.get(series).and_then(|it| it.values.get(group));
        i128::from(value.copied().unwrap_or_default().max(0))
    }

    /// From where to where a series reaches in a group.
    fn span(&self, series: usize, group: usize) -> (i128, i128) {
        let before = if self.is_stacked() {
            (0..series).map(|before| self.value(before, group)).sum()
        } else {
            0
        };
        (before, before + self.value(series, group))
    }

    /// All series of a group.
    fn total(&self, group: usize) -> i128 {
        (0..self.series.len()).map(|series| self.value(series, group)).sum()
    }

    /// The largest that is drawn.
    fn most(&self) -> i128 {
        let groups = 0..self.labels.len();
        let of_group = |group| match self.is_stacked() {
            true => self.total(group),
            false => (0..self.series.len()).map(|it| self.value(it, group)).max().unwrap_or(0),
        };
        groups.map(of_group).max().unwrap_or(0)
    }

    /// What it shows, in a sentence for who does not see it.
    fn about(&self, language: Language) -> String {
        let names: Vec<&str> = self.series.iter().map(|it| it.name.as_str()).collect();
        let kind = match self.kind {
            Kind::Columns { .. } | Kind::Bars { .. } => "chart.about_bars",
            Kind::Lines => "chart.about_lines",
            Kind::Areas => "chart.about_areas",
        };
        let ends = self.labels.first().zip(self.labels.last());
        let (first, last) = ends.map_or(("", ""), |(first, last)| (first, last));
        language.fill(
            kind,
            &[
                ("series", names.join(", ")),
                ("unit", language.t(self.unit).to_owned()),
                ("first", label::fitted(first, 1.0, 80.0)),
                ("last", label::fitted(last, 1.0, 80.0)),
            ],
        )
    }
}

/// A chart on a page.
pub struct Figure {
    /// What its parts are named by.
    pub id: String,
    pub title: String,
    /// What has to be known of it, such as that not everything is drawn.
    pub note: Option<String>,
    /// Key of the name of the unit.
    pub unit: &'static str,
    /// For wide and for narrow screens.
    pub wide: Html,
    pub narrow: Html,
    /// The figures that are drawn.
    pub headings: Vec<String>,
    pub rows: Vec<Row>,
    /// Where it can be had as files: what kind, and the address.
    pub files: Vec<(&'static str, String)>,
    /// The page of which it is a part.
    pub page: String,
    /// What another site writes to show it.
    pub code: String,
}

/// A row of the figures of a chart.
pub struct Row {
    pub name: Html,
    pub numbers: Vec<String>,
}

/// Where a chart is, without the language.
struct Addresses {
    page: String,
    csv: String,
    svg: String,
    png: String,
    embed: String,
}

impl Figure {
    /// A chart whose groups have these names beneath this heading.
    fn new(
        app: &App,
        chart: &Chart,
        id: &str,
        title: String,
        note: Option<String>,
        (heading, names): (String, Vec<Html>),
        addresses: Addresses,
    ) -> Self {
        let language = Language::current();
        let (wide, narrow) = pictures(chart, id, &title, language);
        let names_of = chart.series.iter().map(|it| it.name.clone());
        let headings = std::iter::once(heading).chain(names_of).collect();
        let rows = names.into_iter().enumerate().map(|(group, name)| {
            let value = |it: &Series| it.values.get(group).copied().unwrap_or_default();
            let numbers = chart.series.iter().map(|it| language.number(value(it))).collect();
            Row { name, numbers }
        });
        let Addresses { page, csv, svg, png, embed } = addresses;
        // The figures are the same in every language.
        let files = vec![("csv", csv), ("svg", language.to(&svg)), ("png", language.to(&png))];
        let code = format!(
            "<iframe src=\"{}{}\" title=\"{}\" width=\"760\" height=\"520\"></iframe>",
            app.site.url(),
            page::text(&language.to(&embed)),
            page::text(&title)
        );
        Self {
            id: id.to_owned(),
            title,
            note,
            unit: chart.unit,
            wide,
            narrow,
            headings,
            rows: rows.collect(),
            files,
            page: language.to(&page),
            code,
        }
    }
}

/// Both pictures of a page.
fn pictures(chart: &Chart, id: &str, title: &str, language: Language) -> (Html, Html) {
    let about = chart.about(language);
    let draw = |id: &str, width| {
        let sheet = Sheet { id, width, title, about: &about, source: None };
        Safe(draw::svg(chart, &sheet, language))
    };
    (draw(id, WIDE), draw(&format!("{id}n"), NARROW))
}

/// What happened to credits each month: for the front page and the one of the statistics.
pub async fn trend(app: &App, reader: &mut Reader) -> Result<Option<Figure>, Problem> {
    let asked = Asked::<credit_flows::Flows>::about(&[("by", "month")], "")?;
    figure(app, reader, &asked, "trend", Some(Language::current().t("chart.trend"))).await
}

/// What has become of a project's credits, by vintage.
pub async fn of_project(
    app: &App,
    reader: &mut Reader,
    project: i64,
) -> Result<Option<Figure>, Problem> {
    let project = project.to_string();
    let asked = [("by", "vintage"), ("project", project.as_str())];
    let asked = Asked::<credit_stock::Stock>::about(&asked, "")?;
    figure(app, reader, &asked, "vintages", Some(Language::current().t("chart.vintages"))).await
}

/// What was retired: each month, and by purpose.
pub async fn of_retirements(app: &App, reader: &mut Reader) -> Result<Vec<Figure>, Problem> {
    let mut figures = Vec::new();
    for (by, title) in [("month", "chart.retired_months"), ("purpose", "chart.retired_purposes")] {
        let asked = Asked::<credit_flows::Flows>::about(&[("by", by)], "retired")?;
        let title = Some(Language::current().t(title));
        figures.extend(figure(app, reader, &asked, by, title).await?);
    }
    Ok(figures)
}

/// The picture of a file.
fn alone(chart: &Chart, title: &str, source: &[String; 2], language: Language) -> String {
    let about = chart.about(language);
    let sheet = Sheet { id: "chart", width: WIDE, title, about: &about, source: Some(source) };
    draw::svg(chart, &sheet, language)
}

#[cfg(test)]
mod tests;
