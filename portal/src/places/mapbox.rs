// SPDX-License-Identifier: Apache-2.0
//! Regions from Mapbox: its geocoding, version 6, asked for one name after the other.
//!
//! What is kept must be asked for as permanent; the account must be one that may.

use super::{
    http,
    locator::{Failure, Locator},
    region::{is_code, is_name, Point, Region, Source},
};
use futures::future::{BoxFuture, FutureExt};
use registry_primitives::CountryCode;
use reqwest::{Client, Url};
use serde::Deserialize;
use std::{collections::BTreeMap, time::Duration};

/// Where it answers, unless another address is configured.
pub const ENDPOINT: &str = "https://api.mapbox.com/search/geocode/v6/forward";

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// Largest answer, in bytes; a usual one has two thousand.
const MOST_BYTES: usize = 256 << 10;
/// The language that names are asked for in.
const LANGUAGE: &str = "en";
/// Most words of a question.
const MOST_WORDS: usize = 20;

/// Mapbox, with an access token.
pub struct Mapbox {
    client: Client,
    endpoint: Url,
    token: String,
}

impl Mapbox {
    /// Asks at an address with a token.
    pub fn new(endpoint: Url, token: String, user_agent: &str) -> Result<Self, reqwest::Error> {
        Ok(Self { client: http::client(user_agent, PATIENCE)?, endpoint, token })
    }

    async fn ask(&self, name: &str, country: CountryCode) -> Result<Option<Region>, Failure> {
        let Some(question) = question(name) else { return Ok(None) };
        let mut address = self.endpoint.clone();
        address.query_pairs_mut().extend_pairs([
            ("q", question.as_str()),
            ("country", &country.to_string().to_lowercase()),
            ("types", "region,district"),
            ("language", LANGUAGE),
            ("limit", "1"),
            // A whole name, not the beginning of one.
            ("autocomplete", "false"),
            ("permanent", "true"),
            ("access_token", &self.token),
        ]);
        let answer: Answer = http::ask(self.client.get(address), MOST_BYTES).await?;
        answer.region(country)
    }
}

impl Locator for Mapbox {
    fn source(&self) -> Source {
        Source::Mapbox
    }

    fn regions(&self, _: CountryCode) -> BoxFuture<'_, Result<Vec<Region>, Failure>> {
        // It answers questions and has no list.
        async { Ok(Vec::new()) }.boxed()
    }

    fn find<'a>(
        &'a self,
        name: &'a str,
        country: CountryCode,
    ) -> BoxFuture<'a, Result<Option<Region>, Failure>> {
        self.ask(name, country).boxed()
    }

    fn finds(&self) -> bool {
        true
    }
}

/// A name as it can be asked for: without what separates questions, and not too long.
fn question(name: &str) -> Option<String> {
    let words = name.split(|c: char| c.is_whitespace() || c == ';').filter(|it| !it.is_empty());
    let question = words.take(MOST_WORDS).collect::<Vec<_>>().join(" ");
    (!question.is_empty()).then_some(question)
}

/// A collection of GeoJSON, as far as it is needed.
#[derive(Deserialize)]
struct Answer {
    r#type: String,
    features: Vec<Feature>,
}

#[derive(Deserialize)]
struct Feature {
    properties: Properties,
}

#[derive(Deserialize)]
struct Properties {
    feature_type: String,
    name: String,
    coordinates: Coordinates,
    #[serde(default)]
    context: Context,
}

#[derive(Deserialize)]
struct Coordinates {
    latitude: f64,
    longitude: f64,
}

#[derive(Deserialize, Default)]
struct Context {
    country: Option<Country>,
    region: Option<Inner>,
}

#[derive(Deserialize)]
struct Country {
    country_code: String,
}

#[derive(Deserialize)]
struct Inner {
    region_code_full: Option<String>,
}

impl Answer {
    /// The one region of the answer, if it has one in the country.
    fn region(self, country: CountryCode) -> Result<Option<Region>, Failure> {
        let wrong = |what: String| Failure::Unreadable(what);
        if self.r#type != "FeatureCollection" {
            return Err(wrong(format!("{:?} is no FeatureCollection", self.r#type)));
        }
        let Some(Feature { properties }) = self.features.into_iter().next() else {
            return Ok(None);
        };
        // It was asked for this country: another one means that the question was not understood.
        let within = properties.context.country.map(|it| it.country_code.to_uppercase());
        if within != Some(country.to_string()) {
            let within = within.unwrap_or_else(|| "no country".to_owned());
            return Err(wrong(format!("it found something in {within}")));
        }
        let Coordinates { latitude, longitude } = properties.coordinates;
        let Some(point) = Point::of_degrees(latitude, longitude) else {
            return Err(wrong(format!("{latitude}, {longitude} is nowhere on the earth")));
        };
        if !is_name(&properties.name) {
            return Err(wrong("it has no name that can be shown".to_owned()));
        }
        // Only a region is what its code says; a district is in it.
        let code = properties.context.region.and_then(|region| region.region_code_full);
        let code = code.filter(|_| properties.feature_type == "region");
        let code = code.filter(|code| is_code(code, country));
        let names = BTreeMap::from([(LANGUAGE.to_owned(), properties.name)]);
        Ok(Some(Region { code, names, point }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{json, Value};

    const VU: CountryCode = CountryCode(*b"VU");

    fn answer(kind: &str, country: &str, latitude: f64) -> Value {
        json!({
            "type": "FeatureCollection",
            "features": [{
                "type": "Feature",
                "id": "dXJuOm1ieHBsYzpBVEhX",
                "geometry": {"type": "Point", "coordinates": [168.3, latitude]},
                "properties": {
                    "mapbox_id": "dXJuOm1ieHBsYzpBVEhX",
                    "feature_type": kind,
                    "full_address": "Shefa, Vanuatu",
                    "name": "Shefa",
                    "name_preferred": "Shefa",
                    "coordinates": {"longitude": 168.3, "latitude": latitude},
                    "place_formatted": "Vanuatu",
                    "context": {
                        "country": {"name": "Vanuatu", "country_code": country,
                                    "country_code_alpha_3": "VUT"},
                        "region": {"name": "Shefa", "region_code": "SEE",
                                   "region_code_full": "VU-SEE"}
                    }
                }
            }],
            "attribution": "NOTICE"
        })
    }

    fn read(value: Value) -> Result<Option<Region>, Failure> {
        let answer: Answer = serde_json::from_value(value).unwrap();
        answer.region(VU)
    }

    #[test]
    fn a_region_is_read_with_its_code_and_a_district_without() {
        let region = read(answer("region", "VU", -17.7)).unwrap().unwrap();
        assert_eq!(region.key(), "VU-SEE");
        assert_eq!(region.point, Point { latitude: -17_700_000, longitude: 168_300_000 });
        let district = read(answer("district", "VU", -17.7)).unwrap().unwrap();
        assert_eq!((district.code.as_deref(), district.key()), (None, "Shefa"));
        let nothing = json!({"type": "FeatureCollection", "features": []});
        assert_eq!(read(nothing).unwrap(), None);
    }

    #[test]
    fn what_cannot_be_meant_is_refused() {
        assert!(read(answer("region", "FR", -17.7)).is_err());
        assert!(read(answer("region", "VU", -91.0)).is_err());
        let mut nameless = answer("region", "VU", -17.7);
        nameless["features"][0]["properties"]["name"] = json!("\u{202e}x");
        assert!(read(nameless).is_err());
        let mut nowhere = answer("region", "VU", -17.7);
        nowhere["features"][0]["properties"]["context"] = json!({});
        assert!(read(nowhere).is_err());
        assert!(read(json!({"type": "Error", "features": []})).is_err());
    }

    #[test]
    fn a_question_is_of_the_form_that_is_answered() {
        assert_eq!(question(" Shefa;  Efate ").unwrap(), "Shefa Efate");
        assert_eq!(question(" ;; "), None);
        assert_eq!(question(&"a ".repeat(50)).unwrap().split(' ').count(), 20);
    }
}
