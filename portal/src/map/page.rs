// SPDX-License-Identifier: Apache-2.0
//! The map on pages, on a page of its own with a list of the places, as files, and for other sites.

use super::{
    draw::{self, Sheet},
    places::{self, Place},
    view::{Frame, View},
    Figure,
};
use crate::{
    charts::{self, Picture},
    db::Reader,
    i18n::Language,
    list::Question,
    page::{self, Layout},
    problem::Problem,
    projects::Projects,
    query,
    server::{App, MayBeFramed},
};
use askama::{filters::Safe, Template};
use axum::{
    extract::State,
    http::Uri,
    response::{IntoResponse, Response},
};

/// Places that are listed beneath the map.
const LISTED: usize = 100;

/// What is on a map.
struct Found {
    places: Vec<Place>,
    /// Whether there are more than could be read.
    more: bool,
    frame: Frame,
    /// The part that was asked for.
    part: Option<String>,
}

impl Found {
    async fn load(
        app: &App,
        reader: &mut Reader,
        question: &Question<Projects>,
        part: Option<String>,
    ) -> Result<Self, Problem> {
        let (places, more) = places::load(reader, question).await?;
        let asked = part.as_deref().and_then(Frame::asked);
        let part = part.filter(|_| asked.is_some());
        let points: Vec<_> = places.iter().filter_map(Place::point).collect();
        let frame = asked.unwrap_or_else(|| Frame::of_country(&app.map.0, reader.country, &points));
        Ok(Self { places, more, frame, part })
    }

    /// The places that are in the picture, and how many are not: elsewhere, or nobody knows where.
    fn in_sight(&self) -> (Vec<&Place>, usize, usize) {
        let view = View::new(self.frame, 720.0, 0.85);
        let unknown = self.places.iter().filter(|it| it.point().is_none()).count();
        let is_in = |it: &&Place| it.point().is_some_and(|point| view.place(point).is_some());
        let found: Vec<&Place> = self.places.iter().filter(is_in).collect();
        let outside = self.places.len() - unknown - found.len();
        (found, outside, unknown)
    }
}

/// The address of the map of the same projects.
fn address(question: &Question<Projects>, path: &str, part: Option<&str>) -> String {
    let given = question.all_given().filter(|(name, _)| !["sort", "limit"].contains(name));
    page::address(path, given.chain(part.map(|part| ("box", part))))
}

fn draw_figure(app: &App, reader: &Reader, question: &Question<Projects>, found: &Found) -> Figure {
    let language = Language::current();
    let title = language.t("map.title");
    let closer = language.to(&address(question, "/projects/map", None));
    let places: Vec<&Place> = found.places.iter().collect();
    let draw =
        |sheet: &Sheet| Safe(draw::svg(&app.map.0, reader.country, found.frame, &places, sheet));
    let (_, outside, unknown) = found.in_sight();
    let count =
        |key, n: usize| (n > 0).then(|| language.count(key, i64::try_from(n).unwrap_or(i64::MAX)));
    let borders = if app.map.0.is_bundled { "map.borders" } else { "map.own_borders" };
    let mut attributions: Vec<&str> = places.iter().filter_map(|it| it.attribution()).collect();
    attributions.sort_unstable();
    attributions.dedup();
    let most = i64::try_from(places::MOST).unwrap_or(i64::MAX);
    let notes = [
        found.more.then(|| language.count("map.most", most)),
        count("map.outside", outside),
        count("map.unknown", unknown),
        Some(language.t(borders).to_owned()),
    ];
    let notes = notes.into_iter().flatten();
    let part = found.part.as_deref();
    let file = |ending: &'static str| {
        (ending, language.to(&address(question, &format!("/projects/map.{ending}"), part)))
    };
    let embed = language.to(&address(question, "/embed/projects/map", part));
    Figure {
        id: "map",
        wide: draw(&Sheet::wide("map", title, &closer)),
        narrow: draw(&Sheet::narrow("mapn", title, &closer)),
        notes: notes.chain(attributions.into_iter().map(str::to_owned)).collect(),
        files: ["svg", "png"].map(file).into(),
        code: format!(
            "<iframe src=\"{}{}\" title=\"{}\" width=\"760\" height=\"640\"></iframe>",
            app.site.url(),
            page::text(&embed),
            page::text(title)
        ),
        page: closer,
    }
}

/// The map for the list of projects: those that it finds.
pub async fn figure(
    app: &App,
    reader: &mut Reader,
    question: &Question<Projects>,
) -> Result<Option<Figure>, Problem> {
    let found = Found::load(app, reader, question, None).await?;
    Ok((!found.places.is_empty()).then(|| draw_figure(app, reader, question, &found)))
}

/// The part of the map that is asked for.
fn part(uri: &Uri) -> Result<Option<String>, Problem> {
    let given = query::pairs(uri)?;
    Ok(given.into_iter().find(|(name, _)| name == "box").map(|(_, value)| value))
}

#[derive(Template)]
#[template(path = "map.html")]
struct Page {
    l: Layout,
    map: Figure,
    /// The places that are listed, and how many more are in sight.
    places: Vec<Place>,
    rest: i64,
    list: String,
    filtered: Vec<(String, String)>,
    whole: Option<String>,
}

/// `/projects/map`
pub async fn page(
    State(app): State<App>,
    uri: Uri,
    question: Question<Projects>,
    mut reader: Reader,
) -> Result<Response, Problem> {
    let language = Language::current();
    let found = Found::load(&app, &mut reader, &question, part(&uri)?).await?;
    let map = draw_figure(&app, &reader, &question, &found);
    let (in_sight, ..) = found.in_sight();
    let rest = i64::try_from(in_sight.len().saturating_sub(LISTED)).unwrap_or(i64::MAX);
    let places = in_sight.into_iter().take(LISTED).cloned().collect();
    let filtered = question.all_given().filter(|(name, _)| !["sort", "limit"].contains(name));
    let filtered = filtered.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    let list = language.to(&address(&question, "/projects", None));
    let whole = found.part.is_some().then(|| map.page.clone());
    let l = Layout { json: None, ..Layout::new(&app, &reader, &uri, language.t("map.title")) };
    page::render(&Page { l, map, places, rest, list, filtered, whole })
}

#[derive(Template)]
#[template(path = "embed_map.html")]
struct Embedded {
    l: Layout,
    map: Figure,
}

/// `/embed/projects/map`: the map alone, for other sites.
pub async fn embed(
    State(app): State<App>,
    uri: Uri,
    question: Question<Projects>,
    mut reader: Reader,
) -> Result<Response, Problem> {
    let found = Found::load(&app, &mut reader, &question, part(&uri)?).await?;
    let map = draw_figure(&app, &reader, &question, &found);
    let title = Language::current().t("map.title");
    let l = Layout { json: None, ..Layout::new(&app, &reader, &uri, title) };
    let mut response = page::render(&Embedded { l, map })?.into_response();
    response.extensions_mut().insert(MayBeFramed);
    Ok(response)
}

/// `/projects/map.svg`
pub async fn svg_file(
    State(app): State<App>,
    uri: Uri,
    question: Question<Projects>,
    reader: Reader,
) -> Result<Response, Problem> {
    file(Picture::Svg, &app, &uri, &question, reader).await
}

/// `/projects/map.png`
pub async fn png_file(
    State(app): State<App>,
    uri: Uri,
    question: Question<Projects>,
    reader: Reader,
) -> Result<Response, Problem> {
    file(Picture::Png, &app, &uri, &question, reader).await
}

async fn file(
    picture: Picture,
    app: &App,
    uri: &Uri,
    question: &Question<Projects>,
    mut reader: Reader,
) -> Result<Response, Problem> {
    let language = Language::current();
    let found = Found::load(app, &mut reader, question, part(uri)?).await?;
    let seen = reader.seen();
    // What follows needs no connection to the database.
    drop(reader);
    let here = language.to(&address(question, "/projects/map", found.part.as_deref()));
    let source = charts::source(app, &seen, &here);
    let sheet = Sheet {
        closer: None,
        source: Some(&source),
        ..Sheet::wide("map", language.t("map.title"), "")
    };
    let places: Vec<&Place> = found.places.iter().collect();
    let svg = draw::svg(&app.map.0, seen.country, found.frame, &places, &sheet);
    picture.answer(svg, &format!("projects-map-at-block-{}", seen.as_of.block)).await
}
