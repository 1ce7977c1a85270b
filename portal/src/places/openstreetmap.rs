// SPDX-License-Identifier: Apache-2.0
//! Regions from OpenStreetMap: all of a country at once, by the Overpass API.

use super::{
    http,
    locator::{Failure, Locator},
    region::{is_code, is_language, is_name, Point, Region, Source, ANY_LANGUAGE},
};
use futures::future::{BoxFuture, FutureExt};
use registry_primitives::CountryCode;
use reqwest::{header::CONTENT_TYPE, Client, Url};
use serde::Deserialize;
use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

/// Where it answers, unless another address is configured.
pub const ENDPOINT: &str = "https://overpass-api.de/api/interpreter";

/// How long the service may look, in seconds, and how long its answer may take altogether.
const SERVER_SECONDS: u64 = 90;
const PATIENCE: Duration = Duration::from_secs(120);
/// Largest answer, in bytes. Names in all languages of a country of a hundred regions are half of it.
const MOST_BYTES: usize = 8 << 20;

/// An instance of the Overpass API.
pub struct OpenStreetMap {
    client: Client,
    endpoint: Url,
}

impl OpenStreetMap {
    /// Asks at an address. Its operators want to know who asks.
    pub fn new(endpoint: Url, user_agent: &str) -> Result<Self, reqwest::Error> {
        Ok(Self { client: http::client(user_agent, PATIENCE)?, endpoint })
    }

    async fn ask(&self, country: CountryCode) -> Result<Vec<Region>, Failure> {
        // As a form is sent.
        let mut form = self.endpoint.clone();
        form.query_pairs_mut().clear().append_pair("data", &question(country));
        let form = form.query().unwrap_or_default().to_owned();
        let request = self.client.post(self.endpoint.clone()).body(form);
        let request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        let answer: Answer = http::ask(request, MOST_BYTES).await?;
        answer.regions(country)
    }
}

impl Locator for OpenStreetMap {
    fn source(&self) -> Source {
        Source::OpenStreetMap
    }

    fn regions(&self, country: CountryCode) -> BoxFuture<'_, Result<Vec<Region>, Failure>> {
        self.ask(country).boxed()
    }

    fn find<'a>(
        &'a self,
        _: &'a str,
        _: CountryCode,
    ) -> BoxFuture<'a, Result<Option<Region>, Failure>> {
        // All that it knows is in its list.
        async { Ok(None) }.boxed()
    }

    fn finds(&self) -> bool {
        false
    }
}

/// The borders of the fourth level in a country, with their tags and centres. Two levels below the
/// country itself: provinces, states, regions.
fn question(country: CountryCode) -> String {
    format!(
        "[out:json][timeout:{SERVER_SECONDS}];\
         area[\"ISO3166-1\"=\"{country}\"][\"admin_level\"=\"2\"]->.country;\
         relation(area.country)[\"boundary\"=\"administrative\"][\"admin_level\"=\"4\"];\
         out tags center;"
    )
}

/// The format of Overpass, as far as it is needed.
#[derive(Deserialize)]
struct Answer {
    elements: Vec<Element>,
    /// What went wrong, in spite of a status that says that nothing did.
    remark: Option<String>,
}

#[derive(Deserialize)]
struct Element {
    center: Option<Center>,
    #[serde(default)]
    tags: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct Center {
    lat: f64,
    lon: f64,
}

impl Answer {
    fn regions(self, country: CountryCode) -> Result<Vec<Region>, Failure> {
        if let Some(remark) = self.remark {
            let remark: String = remark.chars().take(200).collect();
            return Err(Failure::Unreadable(remark));
        }
        let all = self.elements.len();
        let mut keys = BTreeSet::new();
        let regions: Vec<_> = self
            .elements
            .into_iter()
            .filter_map(|element| element.region(country))
            .filter(|region| keys.insert(region.key().to_owned()))
            .collect();
        if regions.len() < all {
            let skipped = all - regions.len();
            tracing::warn!(skipped, %country, "borders of OpenStreetMap that are no regions");
        }
        // A country without regions is a question that was not understood.
        match regions.is_empty() {
            true => Err(Failure::Unreadable(format!("it has no regions of {country}"))),
            false => Ok(regions),
        }
    }
}

impl Element {
    /// None where it is of a neighbour, or has no name or no place.
    fn region(self, country: CountryCode) -> Option<Region> {
        let center = self.center?;
        let point = Point::of_degrees(center.lat, center.lon)?;
        let code = self.tags.get("ISO3166-2").cloned();
        if code.as_deref().is_some_and(|code| !is_code(code, country)) {
            return None;
        }
        let mut names = BTreeMap::new();
        for (tag, name) in self.tags {
            let language = match tag.strip_prefix("name:") {
                Some(language) if is_language(language) => language,
                _ if tag == "name" => ANY_LANGUAGE,
                _ => continue,
            };
            if is_name(&name) {
                names.insert(language.to_owned(), name);
            }
        }
        // The name that signs have is what the others translate.
        names.contains_key(ANY_LANGUAGE).then_some(Region { code, names, point })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{json, Value};

    const VU: CountryCode = CountryCode(*b"VU");

    fn read(value: Value) -> Result<Vec<Region>, Failure> {
        let answer: Answer = serde_json::from_value(value).unwrap();
        answer.regions(VU)
    }

    fn element(tags: Value, latitude: f64) -> Value {
        json!({"type": "relation", "id": 2177246, "center": {"lat": latitude, "lon": 168.3},
               "tags": tags})
    }

    #[test]
    fn regions_are_read_with_all_their_names() {
        let tags = json!({
            "ISO3166-2": "VU-SEE", "admin_level": "4", "boundary": "administrative",
            "name": "Shefa", "name:fr": "Shéfa", "name:en": "Shefa Province",
            "name:etymology:wikidata": "Q1", "wikidata": "Q841042"
        });
        let neighbour = json!({"ISO3166-2": "FR-NC", "name": "Nouvelle-Calédonie"});
        let regions = read(json!({
            "version": 0.6,
            "generator": "Overpass API 0.7.62.7",
            "osm3s": {"timestamp_osm_base": "2026-01-01T00:00:00Z", "copyright": "ODbL"},
            "elements": [element(tags.clone(), -17.7), element(neighbour, -20.0),
                         element(tags.clone(), -17.7), element(tags, 95.0),
                         element(json!({"name": "Torba"}), -13.8),
                         element(json!({"ISO3166-2": "VU-TAE"}), -19.0),
                         {"type": "relation", "id": 1, "tags": {"name": "Without a place"}}]
        }))
        .unwrap();
        let keys: Vec<_> = regions.iter().map(Region::key).collect();
        assert_eq!(keys, ["VU-SEE", "Torba"]);
        let names: Vec<_> = regions[0].names.iter().collect();
        let expected = [("en", "Shefa Province"), ("fr", "Shéfa"), ("und", "Shefa")];
        let as_text = |(language, name): &(&String, &String)| format!("{language} {name}");
        assert_eq!(
            names.iter().map(as_text).collect::<Vec<_>>(),
            expected.map(|(language, name)| format!("{language} {name}"))
        );
    }

    #[test]
    fn a_failure_that_looks_like_an_empty_answer_is_one() {
        let remark = "runtime error: Query timed out in \"query\" at line 1 after 91 seconds.";
        for answer in [json!({"elements": [], "remark": remark}), json!({"elements": []})] {
            assert!(matches!(read(answer), Err(Failure::Unreadable(_))));
        }
    }

    #[test]
    fn the_question_is_of_the_country() {
        assert!(question(VU).contains("area[\"ISO3166-1\"=\"VU\"]"));
    }
}
