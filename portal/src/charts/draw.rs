// SPDX-License-Identifier: Apache-2.0
//! A chart as SVG.

use super::{axis::Axis, fills, label, Chart, Kind};
use crate::{i18n::Language, page};
use std::fmt::Write;

/// Size of the letters.
const SMALL: f64 = 12.0;
/// Height of a line of the legend.
const LINE: f64 = 20.0;
/// Most points of a line that are each marked.
const MARKED: usize = 40;

/// What a chart is drawn on.
pub struct Sheet<'a> {
    /// What the names of parts of the picture begin with; no other picture of a page has it.
    pub id: &'a str,
    /// Its width. Letters have one size, so a narrow screen gets a narrow picture.
    pub width: f64,
    /// What it is called, and what it shows in a sentence.
    pub title: &'a str,
    pub about: &'a str,
    /// The lines beneath a picture that stands alone; on a page the page says it.
    pub source: Option<&'a [String; 2]>,
}

/// Draws a chart.
pub fn svg(chart: &Chart, sheet: &Sheet, language: Language) -> String {
    let mirrored = language.direction() == "rtl";
    let mut drawing = Drawing { chart, sheet, language, mirrored, y: 0.0, svg: String::new() };
    drawing.heading();
    drawing.legend();
    match chart.kind {
        Kind::Bars { .. } => drawing.bars(),
        _ => drawing.plot(),
    }
    drawing.finish()
}

struct Drawing<'a> {
    chart: &'a Chart,
    sheet: &'a Sheet<'a>,
    language: Language,
    /// Whether it is drawn from the right.
    mirrored: bool,
    /// How far down it has got.
    y: f64,
    svg: String,
}

/// Where a text stands to its place.
#[derive(Clone, Copy, PartialEq)]
enum Side {
    Start,
    Middle,
    End,
}

impl Drawing<'_> {
    fn push(&mut self, svg: &str) {
        self.svg.push_str(svg);
    }

    /// A place from the side where the picture begins.
    fn x(&self, x: f64) -> f64 {
        if self.mirrored {
            self.sheet.width - x
        } else {
            x
        }
    }

    fn text(&mut self, (x, y): (f64, f64), side: Side, more: &str, text: &str) {
        let anchor = match (side, self.mirrored) {
            (Side::Middle, _) => " text-anchor=\"middle\"",
            (Side::Start, false) | (Side::End, true) => "",
            (Side::Start, true) | (Side::End, false) => " text-anchor=\"end\"",
        };
        let room = self.sheet.width;
        let text = label::directed(label::escaped(text, SMALL, room));
        let x = self.x(x);
        let _ = write!(self.svg, "<text x=\"{x:.1}\" y=\"{y:.1}\"{anchor}{more}>{text}</text>");
    }

    /// What is counted: the one series by its name, where there is no legend.
    fn counted(&self, unit: String) -> String {
        match self.chart.series.as_slice() {
            [only] if only.name != self.language.t(self.chart.unit) => {
                let arguments = [("series", only.name.clone()), ("unit", unit)];
                self.language.fill("chart.of_one", &arguments)
            }
            _ => unit,
        }
    }

    /// The title of a picture that stands alone.
    fn heading(&mut self) {
        if self.sheet.source.is_some() {
            let title = label::fitted(self.sheet.title, 17.0, self.sheet.width);
            self.text((0.0, 18.0), Side::Start, " font-size=\"16\" font-weight=\"700\"", &title);
            self.y = 32.0;
        }
    }

    /// Which series looks how.
    fn legend(&mut self) {
        if self.chart.series.len() < 2 {
            return;
        }
        let names: Vec<String> = self.chart.series.iter().map(|it| it.name.clone()).collect();
        let (mut x, mut y) = (0.0, self.y);
        for (n, name) in names.iter().enumerate() {
            let name = label::fitted(name, SMALL, self.sheet.width - 30.0);
            let width = 24.0 + label::width(&name, SMALL) + 16.0;
            if x > 0.0 && x + width - 16.0 > self.sheet.width {
                (x, y) = (0.0, y + LINE);
            }
            let left = if self.mirrored { self.x(x) - 18.0 } else { x };
            let sample = if self.chart.kind == Kind::Lines {
                let line = fills::line(n);
                let sign = fills::sign(n, left + 9.0, y + 8.0);
                let ink = fills::ink(n);
                format!(
                    "<path {line} d=\"M{left:.1} {:.1}h18\"/><path {ink} d=\"{sign}\"/>",
                    y + 8.0
                )
            } else {
                let (fill, edge) = (fills::fill(n, self.sheet.id), fills::edge());
                format!(
                    "<g {edge}><path {fill} d=\"M{:.1} {:.1}h12v12h-12z\"/></g>",
                    left + 2.0,
                    y + 2.0
                )
            };
            self.push(&sample);
            self.text((x + 24.0, y + 12.0), Side::Start, "", &name);
            x += width;
        }
        self.y = y + LINE + 8.0;
    }

    /// Columns, lines and areas over an axis of time, which goes to the right in every language.
    fn plot(&mut self) {
        self.mirrored = false;
        let chart = self.chart;
        let axis = Axis::to(chart.most());
        let (power, one) = axis.power();
        let unit = self.language.t(chart.unit).to_owned();
        let unit = power.map_or(unit.clone(), |name| self.language.fill(name, &[("unit", unit)]));
        let unit = self.counted(unit);
        let number =
            |tick: i128| self.language.number(i64::try_from(tick / one).unwrap_or(i64::MAX));
        let ticks: Vec<(i128, String)> = axis.ticks().map(|tick| (tick, number(tick))).collect();
        let widest = ticks.iter().map(|(_, it)| label::width(it, SMALL)).fold(0.0, f64::max);
        let left = widest + 8.0;
        let (width, height) =
            (self.sheet.width - left - 2.0, self.sheet.width.clamp(380.0, 560.0) * 0.42);
        self.text((0.0, self.y + 12.0), Side::Start, " class=\"quiet\"", &unit);
        let top = self.y + 26.0;
        let at = |value: i128| top + height * (1.0 - axis.share(value));
        for (tick, text) in &ticks {
            let y = at(*tick);
            let strong = if *tick == 0 { ".7" } else { ".18" };
            let _ = write!(
                self.svg,
                "<path stroke=\"currentColor\" stroke-opacity=\"{strong}\" d=\"M{left:.1} {y:.1}h{width:.1}\"/>"
            );
            self.text((left - 6.0, y + 4.0), Side::End, " class=\"quiet\"", text);
        }
        let groups = chart.labels.len().max(1);
        let band = width / groups as f64;
        // Areas reach from side to side; all else stands in the middle of its part of the axis.
        let is_area = chart.kind == Kind::Areas && groups > 1;
        let middle = |group: usize| match is_area {
            true => left + width * group as f64 / (groups - 1) as f64,
            false => left + band * (group as f64 + 0.5),
        };
        let places: Vec<f64> = (0..chart.labels.len()).map(middle).collect();
        self.labels(&places, top + height + 17.0);
        match chart.kind {
            Kind::Columns { stacked } => {
                let breadth = (band * 0.78).min(if stacked { 56.0 } else { 90.0 });
                let each = if stacked { breadth } else { breadth / chart.series.len() as f64 };
                let edge = fills::edge();
                let _ = write!(self.svg, "<g {edge}>");
                for (n, series) in chart.series.iter().enumerate() {
                    let mut path = String::new();
                    for (group, value) in
                        series.values.iter().enumerate().filter(|(_, it)| **it > 0)
                    {
                        let (from, to) = chart.span(n, group);
                        let beside = if stacked { 0.0 } else { each * n as f64 };
                        let x = middle(group) - breadth / 2.0 + beside;
                        // What is there at all is seen.
                        let tall = (at(from) - at(to)).max(if *value > 0 { 1.0 } else { 0.0 });
                        let y = at(from) - tall;
                        let _ = write!(path, "M{x:.1} {y:.1}h{each:.1}v{tall:.1}h-{each:.1}z");
                    }
                    self.area(n, &path);
                }
                self.push("</g>");
            }
            Kind::Lines => {
                for (n, series) in chart.series.iter().enumerate() {
                    let points: Vec<(f64, f64)> = series
                        .values
                        .iter()
                        .enumerate()
                        .map(|(group, value)| (middle(group), at(i128::from(*value))))
                        .collect();
                    let path = way(&points);
                    let line = fills::line(n);
                    let marked = if points.len() <= MARKED { &points[..] } else { &[] };
                    let last = points.last().filter(|_| marked.is_empty());
                    let signs: String =
                        marked.iter().chain(last).map(|(x, y)| fills::sign(n, *x, *y)).collect();
                    let ink = fills::ink(n);
                    let _ =
                        write!(self.svg, "<path {line} d=\"M{path}\"/><path {ink} d=\"{signs}\"/>");
                }
            }
            Kind::Areas => {
                let edge = fills::edge();
                let _ = write!(self.svg, "<g {edge}>");
                for n in 0..chart.series.len() {
                    // One group alone is as broad as the picture.
                    let places = |group: usize| match groups {
                        1 => vec![left, left + width],
                        _ => vec![middle(group)],
                    };
                    let edge = |of: fn((i128, i128)) -> i128| -> Vec<(f64, f64)> {
                        (0..groups)
                            .flat_map(|group| {
                                let y = at(of(chart.span(n, group)));
                                places(group).into_iter().map(move |x| (x, y))
                            })
                            .collect()
                    };
                    let upper = edge(|(_, to)| to);
                    let mut lower = edge(|(from, _)| from);
                    lower.reverse();
                    let path = format!("M{}L{}z", way(&upper), way(&lower));
                    self.area(n, &path);
                }
                self.push("</g>");
            }
            Kind::Bars { .. } => {}
        }
        self.y = top + height + 24.0;
    }

    /// The names of groups beneath an axis, at their places: as many as there is room for, beginning
    /// with the last.
    fn labels(&mut self, places: &[f64], y: f64) {
        const APART: f64 = 12.0;
        let chart = self.chart;
        let widest = chart.labels.iter().map(|it| label::width(it, SMALL)).fold(1.0, f64::max);
        let band = match places {
            [first, second, ..] => second - first,
            _ => self.sheet.width,
        };
        let every = ((widest.min(110.0) + APART) / band).ceil().max(1.0) as usize;
        let mut free = self.sheet.width + APART;
        for (name, x) in chart.labels.iter().zip(places).rev().step_by(every) {
            let name = label::fitted(name, SMALL, 110.0);
            let half = label::width(&name, SMALL) / 2.0;
            // What is at the edge is not cut off.
            let x = x.min(self.sheet.width - half).max(half);
            if x + half + APART / 3.0 <= free {
                self.text((x, y), Side::Middle, " class=\"quiet\"", &name);
                free = x - half;
            }
        }
    }

    /// Bars from the side where lines of text begin, each group beneath its name.
    fn bars(&mut self) {
        let chart = self.chart;
        let stacked = chart.is_stacked();
        let language = self.language;
        let number = |value: i128| language.number(i64::try_from(value).unwrap_or(i64::MAX));
        let most = chart.most();
        let room = label::width(&number(most), SMALL) + 8.0;
        let width = (self.sheet.width - room).max(40.0);
        let thick = if stacked || chart.series.len() == 1 { 16.0 } else { 12.0 };
        let long = |value: i128| if most > 0 { width * (value as f64 / most as f64) } else { 0.0 };
        let unit = self.counted(self.language.t(chart.unit).to_owned());
        self.text((0.0, self.y + 12.0), Side::Start, " class=\"quiet\"", &unit);
        self.y += LINE + 4.0;
        let mut paths = vec![String::new(); chart.series.len()];
        for (group, name) in chart.labels.iter().enumerate() {
            let name = label::fitted(name, SMALL, self.sheet.width);
            self.text((0.0, self.y + 11.0), Side::Start, "", &name);
            let mut y = self.y + 17.0;
            for (n, path) in paths.iter_mut().enumerate() {
                let (from, to) = chart.span(n, group);
                let (start, size) = (long(from), long(to - from));
                let size = if to > from { size.max(1.0) } else { 0.0 };
                let x = if self.mirrored { self.sheet.width - start - size } else { start };
                if to > from {
                    let _ = write!(path, "M{x:.1} {y:.1}h{size:.1}v{thick:.1}h-{size:.1}z");
                }
                if !stacked {
                    let place = (start + size + 6.0, y + thick - 2.5);
                    self.text(place, Side::Start, " class=\"quiet\"", &number(to));
                    y += thick + 3.0;
                }
            }
            if stacked {
                let total = chart.total(group);
                let place = (long(total) + 6.0, y + thick - 3.5);
                self.text(place, Side::Start, " class=\"quiet\"", &number(total));
                y += thick;
            }
            self.y = y + 10.0;
        }
        let edge = fills::edge();
        let _ = write!(self.svg, "<g {edge}>");
        for (n, path) in paths.iter().enumerate() {
            self.area(n, path);
        }
        self.push("</g>");
    }

    /// All that a series fills.
    fn area(&mut self, series: usize, path: &str) {
        if !path.is_empty() {
            let fill = fills::fill(series, self.sheet.id);
            let _ = write!(self.svg, "<path {fill} d=\"{path}\"/>");
        }
    }

    fn finish(mut self) -> String {
        let Sheet { id, width, title, about, source } = self.sheet;
        let mut height = self.y + 4.0;
        let mut margin = 0.0;
        let mut ground = String::new();
        if let Some(source) = source {
            self.mirrored = self.language.direction() == "rtl";
            for line in source.iter() {
                height += 16.0;
                let line = label::fitted(line, 11.0, *width);
                let small = " font-size=\"11\" opacity=\".75\"";
                self.text((0.0, height), Side::Start, small, &line);
            }
            height += 6.0;
            margin = 16.0;
            ground = format!(
                "<path fill=\"#fff\" d=\"M-16-16h{:.0}v{:.0}h-{:.0}z\"/>",
                width + 32.0,
                height + 32.0,
                width + 32.0
            );
        }
        let patterns = match self.chart.kind {
            Kind::Lines => String::new(),
            _ => fills::patterns(self.chart.series.len(), id),
        };
        let (wide, tall) = (width + 2.0 * margin, height + 2.0 * margin);
        let corner = 0.0 - margin;
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"{corner:.0} {corner:.0} {wide:.0} \
             {tall:.0}\" width=\"{wide:.0}\" height=\"{tall:.0}\" role=\"img\" \
             aria-labelledby=\"{id}-t\" aria-describedby=\"{id}-d\" focusable=\"false\" \
             direction=\"ltr\" font-family=\"Noto Sans,Noto Sans Arabic,sans-serif\" \
             font-size=\"{SMALL}\" fill=\"currentColor\" color=\"#1b2624\"><title id=\"{id}-t\">{}\
             </title><desc id=\"{id}-d\">{}</desc>{patterns}{ground}{}</svg>",
            page::text(&label::fitted(title, 1.0, 1_000.0)),
            page::text(&label::fitted(about, 1.0, 1_000.0)),
            self.svg
        )
    }
}

/// A way through points, without what begins it.
fn way(points: &[(f64, f64)]) -> String {
    let points: Vec<String> = points.iter().map(|(x, y)| format!("{x:.1} {y:.1}")).collect();
    points.join("L")
}
