// SPDX-License-Identifier: Apache-2.0
//! A map as SVG.

use super::{
    cluster::{clusters, Cluster},
    geometry::Geometry,
    outline,
    places::Place,
    view::{Frame, View},
};
use crate::{charts::label, i18n::Language, page};
use registry_primitives::{project::ProjectStage, CountryCode};
use std::fmt::Write;

/// The stages of projects whose marks are full.
const OPEN: [ProjectStage; 2] = [ProjectStage::Authorised, ProjectStage::Completed];

/// What the lines beneath a picture take.
const BELOW: f64 = 40.0;

/// How a map is drawn.
pub struct Sheet<'a> {
    /// What the names of its parts begin with.
    pub id: &'a str,
    pub width: f64,
    /// Its height at most, in widths.
    pub most: f64,
    /// Corners of outlines at most, about.
    pub corners: usize,
    pub title: &'a str,
    /// What addresses of closer views begin with; none in a file, which has no links.
    pub closer: Option<&'a str>,
    /// The lines beneath a picture that stands alone.
    pub source: Option<&'a [String; 2]>,
}

impl Sheet<'_> {
    /// For screens.
    pub fn wide<'a>(id: &'a str, title: &'a str, closer: &'a str) -> Sheet<'a> {
        let closer = Some(closer);
        Sheet { id, width: 720.0, most: 0.85, corners: 1_500, title, closer, source: None }
    }

    /// For phones.
    pub fn narrow<'a>(id: &'a str, title: &'a str, closer: &'a str) -> Sheet<'a> {
        let wide = Sheet::wide(id, title, closer);
        Sheet { width: 328.0, most: 1.25, corners: 700, ..wide }
    }
}

/// Draws places in a frame.
pub fn svg(
    geometry: &Geometry,
    country: CountryCode,
    frame: Frame,
    places: &[&Place],
    sheet: &Sheet,
) -> String {
    let language = Language::current();
    let view = View::new(frame, sheet.width, sheet.most);
    let outlines = outline::draw(geometry, country, &view, sheet.corners);
    let located: Vec<(&Place, (f64, f64))> =
        places.iter().filter_map(|place| Some((*place, view.place(place.point()?)?))).collect();
    let points: Vec<_> = located.iter().map(|(_, at)| *at).collect();
    let mut marks = String::new();
    for cluster in clusters(&points) {
        let members: Vec<&Place> =
            cluster.members.iter().filter_map(|n| Some(located.get(*n)?.0)).collect();
        mark(&mut marks, &cluster, &members, sheet, language);
    }
    let View { width, height, .. } = view;
    let Sheet { id, title, source, .. } = sheet;
    let below = source.map(|[at, from]| {
        let line = |text: &str, y: f64| {
            let text = label::directed(label::escaped(text, 11.0, width));
            format!("<text x=\"0\" y=\"{y:.0}\" font-size=\"11\" fill=\"#1b2624\">{text}</text>")
        };
        format!(
            "<path fill=\"#fff\" d=\"M0 {height:.0}h{width:.0}v{BELOW}H0z\"/>{}{}",
            line(at, height + 17.0),
            line(from, height + 33.0)
        )
    });
    let tall = if below.is_some() { height + BELOW } else { height };
    // With links in it, it is no image but a group of them.
    let role = if sheet.closer.is_some() { "group" } else { "img" };
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:.0} {tall:.0}\" \
         width=\"{width:.0}\" height=\"{tall:.0}\" role=\"{role}\" aria-labelledby=\"{id}-t\" \
         direction=\"ltr\" font-family=\"Noto Sans,Noto Sans Arabic,sans-serif\" font-size=\"12\">\
         <title id=\"{id}-t\">{}</title><path class=\"sea\" fill=\"#e9f0ef\" d=\"M0 0h{width:.0}v{height:.0}H0z\"/>\
         <path class=\"abroad\" fill=\"#dfe3dd\" stroke=\"#aab7b2\" stroke-width=\".6\" d=\"{}\"/>\
         <path class=\"land\" fill=\"#fff\" stroke=\"#6f857f\" stroke-width=\".9\" d=\"{}\"/>{}{marks}{}</svg>",
        page::text(&label::fitted(title, 1.0, 1_000.0)),
        outlines.others,
        outlines.country,
        scale(&view, language),
        below.unwrap_or_default()
    )
}

/// How long some round number of kilometres is.
fn scale(view: &View, language: Language) -> String {
    let most = 110.0 / view.kilometre();
    let mut length = 1.0;
    // Digits 1, 2 and 5; nothing on the earth is longer than its half.
    for candidate in (0..5).flat_map(|power| [1.0, 2.0, 5.0].map(|it| it * 10_f64.powi(power))) {
        if candidate <= most {
            length = candidate;
        }
    }
    let text = language.fill("map.kilometres", &[("n", language.number(length as i64))]);
    let (size, y) = (length * view.kilometre(), view.height - 12.0);
    format!(
        "<path class=\"rule\" fill=\"none\" stroke=\"#1b2624\" d=\"M12 {:.1}v5h{size:.1}v-5\"/><text \
         class=\"quiet\" x=\"12\" y=\"{:.1}\" fill=\"#1b2624\">{}</text>",
        y - 5.0,
        y - 9.0,
        page::text(&text)
    )
}

/// A mark: a project at its place, or how many places there are. It can be hit within 13 of its
/// middle.
fn mark(
    marks: &mut String,
    cluster: &Cluster,
    members: &[&Place],
    sheet: &Sheet,
    language: Language,
) {
    let Cluster { x, y, .. } = cluster;
    let (address, words, sign) = match members {
        [] => return,
        [only] => {
            let stage = language.label("stage", &only.stage);
            let title = label::fitted(&only.title, 1.0, 60.0);
            let words = format!("{title} ({stage}), {}", label::fitted(only.region(), 1.0, 40.0));
            // What may be issued is full; what is not decided or ended otherwise is a ring.
            let is_open = OPEN.iter().any(|stage| stage.as_str() == only.stage);
            let fill = if is_open {
                "class=\"cd\" fill=\"#0e4f49\""
            } else {
                "class=\"hollow\" fill=\"#fff\""
            };
            let sign = format!(
                "<circle {fill} stroke=\"#0e4f49\" stroke-width=\"2\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"6\"/>"
            );
            (page::address(&language.to(&format!("/projects/{}", only.project)), []), words, sign)
        }
        several => {
            let count = i64::try_from(several.len()).unwrap_or(i64::MAX);
            let words = language.count("map.closer", count);
            let number = if count > 999 { "999+".to_owned() } else { count.to_string() };
            // What is seen is part of what is said: Arabic says two without a number.
            let words = match words.contains(&number) {
                true => words,
                false => format!("{number} – {words}"),
            };
            let size = 10.0 + (several.len() as f64).log10() * 2.5;
            let sign = format!(
                "<circle class=\"cd\" fill=\"#0e4f49\" stroke=\"#fff\" stroke-width=\"1.5\" cx=\"{x:.1}\" \
                 cy=\"{y:.1}\" r=\"{size:.1}\"/><text class=\"on\" fill=\"#fff\" text-anchor=\"middle\" \
                 font-weight=\"700\" font-size=\"11\" x=\"{x:.1}\" y=\"{:.1}\">{number}</text>",
                y + 4.0
            );
            (closer(sheet, several), words, sign)
        }
    };
    let words = page::text(&words);
    let hit = format!(
        "<circle fill=\"none\" pointer-events=\"all\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"13\"/>"
    );
    // Writing to a string cannot fail.
    let _ = match sheet.closer {
        Some(_) => write!(
            marks,
            "<a href=\"{}\" aria-label=\"{words}\"><title>{words}</title>{hit}{sign}</a>",
            page::text(&address)
        ),
        None => write!(marks, "<g>{sign}</g>"),
    };
}

/// The address of the part of the map where some places are.
fn closer(sheet: &Sheet, places: &[&Place]) -> String {
    let before = sheet.closer.unwrap_or_default();
    let points: Vec<_> = places.iter().filter_map(|place| place.point()).collect();
    let edge = |of: fn(&(f64, f64)) -> f64, last: bool| {
        let values = points.iter().map(of);
        values.fold(None, |found: Option<f64>, it| {
            Some(found.map_or(it, |found| if last { found.max(it) } else { found.min(it) }))
        })
    };
    let (mut west, mut east) = (edge(|it| it.0, false), edge(|it| it.0, true));
    // Together they are the shorter way apart, across the 180th meridian.
    if west.zip(east).is_some_and(|(west, east)| east - west > 180.0) {
        let across = |positive: bool| {
            let values = points.iter().map(|it| it.0).filter(|it| (*it > 0.0) == positive);
            if positive {
                values.reduce(f64::min)
            } else {
                values.reduce(f64::max)
            }
        };
        (west, east) = (across(true), across(false));
    }
    let corners = [west, edge(|it| it.1, false), east, edge(|it| it.1, true)];
    let corners: Vec<String> = corners.into_iter().flatten().map(|it| format!("{it:.4}")).collect();
    let separator = if before.contains('?') { '&' } else { '?' };
    format!("{before}{separator}box={}", corners.join(","))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(places: &[Place], closer: Option<&str>) -> String {
        let world = Geometry::open(None).unwrap();
        let country: CountryCode = "VU".parse().unwrap();
        let points: Vec<_> = places.iter().filter_map(Place::point).collect();
        let frame = Frame::of_country(&world, country, &points);
        let sheet = Sheet { closer, ..Sheet::wide("m", "Where projects are", "") };
        let places: Vec<&Place> = places.iter().collect();
        svg(&world, country, frame, &places, &sheet)
    }

    #[test]
    fn a_project_is_a_link_and_several_are_a_closer_view() {
        let one = Place::of(7, "Solar", -17_736_000, 168_314_000);
        let near = Place::of(8, "Wind", -17_740_000, 168_320_000);
        let far = Place::of(9, "Water", -15_500_000, 167_200_000);
        let map = map(&[one, near, far], Some("/projects/map?sector=energy"));
        assert_eq!(map.matches("<a href").count(), 2);
        assert!(map.contains("href=\"/projects/9\""));
        assert!(
            map.contains("sector=energy&#38;box=168.3140,-17.7400,168.3200,-17.7360\""),
            "{map}"
        );
        // Every link has a name and can be hit.
        assert_eq!(map.matches("aria-label=").count(), 2);
        assert_eq!(map.matches("r=\"13\"").count(), 2);
        // The northern one is read first.
        assert!(map.find("/projects/9").unwrap() < map.find("box=").unwrap());
    }

    #[test]
    fn a_thousand_places_stay_small_and_hostile_titles_harmless() {
        let title = "<script>alert(1)</script>\"\u{202e}".repeat(300);
        let places: Vec<Place> = (0..1_000)
            .map(|n| {
                Place::of(n.into(), &title, -13_000_000 - n * 7_000, 166_500_000 + n % 40 * 90_000)
            })
            .collect();
        let map = map(&places, Some("/projects/map"));
        assert!(map.len() < 90_000, "{}", map.len());
        assert!(!map.contains("<script") && !map.contains('\u{202e}') && !map.contains("style="));
    }

    #[test]
    fn a_picture_without_links_can_be_drawn_as_png() {
        let places =
            [Place::of(7, "Solar", -17_736_000, 168_314_000), Place::of(8, "X", i32::MIN, 0)];
        let map = map(&places, None);
        assert!(!map.contains("<a ") && map.contains("role=\"img\""));
        assert!(crate::charts::picture::png(&map).unwrap().starts_with(b"\x89PNG"));
    }

    #[test]
    fn a_closer_view_goes_the_shorter_way_around() {
        let sheet = Sheet::wide("m", "", "/projects/map");
        let (east, west) = (
            Place::of(1, "", -17_000_000, 179_900_000),
            Place::of(2, "", -18_000_000, -179_900_000),
        );
        let address = closer(&sheet, &[&east, &west]);
        assert_eq!(address, "/projects/map?box=179.9000,-18.0000,-179.9000,-17.0000");
        assert!(Frame::asked(address.split("box=").nth(1).unwrap()).is_some());
    }
}
