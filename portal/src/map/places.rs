// SPDX-License-Identifier: Apache-2.0
//! The places of projects, and where they are.

use crate::{
    db::Reader,
    i18n::Language,
    list::Question,
    places::region::{attribution, write_degrees, ANY_LANGUAGE},
    problem::Problem,
    projects::Projects,
};
use sqlx::{types::Json, FromRow};
use std::collections::BTreeMap;

/// Most places of a map.
pub const MOST: usize = 5_000;

/// A place of a project.
#[derive(Clone, FromRow, Debug)]
pub struct Place {
    pub project: i64,
    pub title: String,
    pub stage: String,
    /// The region, as the project has it.
    region: String,
    /// What it is kept by, and its names by the tags of their languages, where it is known.
    key: Option<String>,
    names: Option<Json<BTreeMap<String, String>>>,
    /// Millionths of a degree, if anybody knows them: the project's, or those of the region.
    latitude: Option<i32>,
    longitude: Option<i32>,
    /// Who knows; none for the project itself.
    source: Option<String>,
}

impl Place {
    /// What the region is called in the language of the reader.
    pub fn region(&self) -> &str {
        let named = |tag: &str| self.names.as_ref()?.0.get(tag);
        let name = named(Language::current().tag()).or_else(|| named("en"));
        let name = name.or_else(|| named(ANY_LANGUAGE)).or(self.key.as_ref());
        name.unwrap_or(&self.region)
    }

    /// Longitude and latitude in degrees, if it is somewhere on the earth.
    pub fn point(&self) -> Option<(f64, f64)> {
        let degrees = |millionths: i32| f64::from(millionths) / 1e6;
        let (longitude, latitude) = (degrees(self.longitude?), degrees(self.latitude?));
        (longitude.abs() <= 180.0 && latitude.abs() <= 90.0).then_some((longitude, latitude))
    }

    /// Where it is, in degrees, with the digits that anybody knows.
    pub fn written(&self) -> String {
        let degrees = |micro: i32| write_degrees(micro).replace('-', "−") + "°";
        match (self.latitude, self.longitude) {
            (Some(latitude), Some(longitude)) => {
                format!("{}, {}", degrees(latitude), degrees(longitude))
            }
            _ => String::new(),
        }
    }

    /// Whom the source wants to be named.
    pub fn attribution(&self) -> Option<&'static str> {
        self.source.as_deref().and_then(attribution)
    }
}

/// The places of the projects that a list finds, and whether there are more.
pub async fn load(
    reader: &mut Reader,
    question: &Question<Projects>,
) -> Result<(Vec<Place>, bool), Problem> {
    // What the chain says is shown also where nothing else is known.
    let sql = if reader.knows_places { KNOWN } else { OWN };
    let limit = i64::try_from(MOST).unwrap_or(i64::MAX);
    let mut places: Vec<Place> = question.all(reader, sql, limit + 1).await?;
    let more = places.len() > MOST;
    places.truncate(MOST);
    Ok((places, more))
}

const OWN: &str = "SELECT p.id AS project, p.title, p.stage, l.region, l.latitude, l.longitude,
                          NULL::TEXT AS key, NULL::JSONB AS names, NULL::TEXT AS source
                   FROM chain.projects p
                   CROSS JOIN LATERAL (
                       SELECT COALESCE(SUM(v.retired), 0)::BIGINT AS retired
                       FROM chain.vintage_totals v WHERE v.project = p.id
                   ) t
                   JOIN chain.locations l ON l.project = p.id
                   WHERE {filters} ORDER BY p.id, l.position LIMIT {limit}";

const KNOWN: &str = "SELECT p.id AS project, p.title, p.stage, l.region, r.key, r.names,
                            CASE WHEN own.is_whole THEN l.latitude ELSE r.latitude END AS latitude,
                            CASE WHEN own.is_whole THEN l.longitude ELSE r.longitude END
                                AS longitude,
                            CASE WHEN own.is_whole THEN NULL ELSE r.source END AS source
                     FROM chain.projects p
                     CROSS JOIN LATERAL (
                         SELECT COALESCE(SUM(v.retired), 0)::BIGINT AS retired
                         FROM chain.vintage_totals v WHERE v.project = p.id
                     ) t
                     JOIN chain.locations l ON l.project = p.id
                     CROSS JOIN LATERAL (
                         SELECT l.latitude IS NOT NULL AND l.longitude IS NOT NULL AS is_whole
                     ) own
                     LEFT JOIN directory.places d ON d.name = l.region
                     LEFT JOIN directory.regions r ON r.key = d.region
                     WHERE {filters} ORDER BY p.id, l.position LIMIT {limit}";

#[cfg(test)]
impl Place {
    /// A place of a project.
    pub fn of(project: i64, title: &str, latitude: i32, longitude: i32) -> Self {
        Self {
            project,
            title: title.to_owned(),
            stage: "authorised".to_owned(),
            region: "VU-SEE".to_owned(),
            key: None,
            names: None,
            latitude: Some(latitude),
            longitude: Some(longitude),
            source: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_somewhere_on_the_earth() {
        let at = |latitude, longitude| Place::of(1, "", latitude, longitude).point();
        assert_eq!(at(-17_736_000, 168_314_000), Some((168.314, -17.736)));
        assert_eq!(at(90_000_000, -180_000_000), Some((-180.0, 90.0)));
        for (latitude, longitude) in
            [(90_000_001, 0), (0, 180_000_001), (i32::MIN, i32::MAX), (i32::MAX, i32::MIN)]
        {
            assert_eq!(at(latitude, longitude), None);
        }
        assert_eq!(Place { latitude: None, ..Place::of(1, "", 0, 0) }.point(), None);
    }

    #[test]
    fn a_region_is_called_as_the_reader_calls_it() {
        let names = [("en", "Shefa"), ("fr", "Shéfa")].map(|(tag, name)| (tag.into(), name.into()));
        let known = Place {
            key: Some("VU-SEE".to_owned()),
            names: Some(Json(names.into())),
            ..Place::of(1, "", 0, 0)
        };
        assert_eq!(Language::French.scope(|| known.region().to_owned()), "Shéfa");
        assert_eq!(Language::Arabic.scope(|| known.region().to_owned()), "Shefa");
        assert_eq!(Place::of(1, "", 0, 0).region(), "VU-SEE");
    }
}
