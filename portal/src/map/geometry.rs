// SPDX-License-Identifier: Apache-2.0
//! Outlines of countries and of their regions, from GeoJSON (RFC 7946).
//!
//! The bundled file is made of Natural Earth, see `data/geometry`. A government that draws its
//! borders otherwise gives its own; what is wrong with that is told before the portal starts.

use registry_primitives::CountryCode;
use serde::Deserialize;
use serde_json::{Map, Value};
use std::{fmt, path::Path};

const BUNDLED: &str = include_str!("../../data/geometry/world.json");
/// Largest file that is read, in bytes, and most corners in it.
const MAX_SIZE: u64 = 16 << 20;
const MAX_CORNERS: usize = 500_000;

/// A closed line: longitude and latitude in degrees. Longitudes go on beyond 180 where it does.
#[derive(Debug)]
pub struct Ring {
    pub corners: Vec<(f64, f64)>,
    pub bounds: Bounds,
}

/// From where to where something reaches, in degrees.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Bounds {
    pub west: f64,
    pub south: f64,
    pub east: f64,
    pub north: f64,
}

/// A piece of land, with the holes in it.
#[derive(Debug)]
pub struct Polygon {
    pub rings: Vec<Ring>,
}

/// A country, or a region of one.
#[derive(Debug)]
pub struct Area {
    /// ISO 3166-1 alpha-2 or ISO 3166-2, where it has one.
    pub code: Option<String>,
    pub polygons: Vec<Polygon>,
}

/// All outlines.
#[derive(Debug)]
pub struct Geometry {
    pub areas: Vec<Area>,
    /// Whether it is the file that comes with the portal.
    pub is_bundled: bool,
}

/// Why a file cannot be used.
#[derive(PartialEq, Debug)]
pub enum Fault {
    Unreadable(String),
    TooLarge,
    NoGeoJson(String),
    NoPolygon,
    /// A feature, counted from 1, has a position that is nowhere on the earth.
    Nowhere(usize, Vec<f64>),
    /// A feature has a ring of too few positions.
    Short(usize),
    TooMany,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable(error) => write!(f, "it cannot be read: {error}"),
            Self::TooLarge => write!(f, "it is larger than {} MiB", MAX_SIZE >> 20),
            Self::NoGeoJson(error) => write!(f, "it is no GeoJSON: {error}"),
            Self::NoPolygon => write!(f, "it has no Polygon and no MultiPolygon"),
            Self::Nowhere(feature, position) => write!(
                f,
                "feature {feature}: {position:?} is no longitude and latitude in degrees; \
                 coordinates are those of WGS 84, longitude first"
            ),
            Self::Short(feature) => {
                write!(f, "feature {feature}: a ring has less than four positions")
            }
            Self::TooMany => write!(f, "it has more than {MAX_CORNERS} positions: simplify it"),
        }
    }
}

impl std::error::Error for Fault {}

#[derive(Deserialize)]
#[serde(tag = "type")]
enum Document {
    FeatureCollection { features: Vec<Feature> },
    Feature(Feature),
}

#[derive(Deserialize)]
struct Feature {
    properties: Option<Map<String, Value>>,
    geometry: Option<Shape>,
}

type Positions = Vec<Vec<Degrees>>;

/// A number of a position. Numbers are kept as text where serde_json is built with
/// `arbitrary_precision`, and a tagged enumeration cannot make an `f64` of that by itself.
#[derive(Deserialize)]
#[serde(try_from = "serde_json::Number")]
struct Degrees(f64);

impl TryFrom<serde_json::Number> for Degrees {
    type Error = &'static str;

    fn try_from(number: serde_json::Number) -> Result<Self, Self::Error> {
        number.as_f64().map(Self).ok_or("a position is no number of degrees")
    }
}

#[derive(Deserialize)]
#[serde(tag = "type")]
enum Shape {
    Polygon {
        coordinates: Vec<Positions>,
    },
    MultiPolygon {
        coordinates: Vec<Vec<Positions>>,
    },
    GeometryCollection {
        geometries: Vec<Shape>,
    },
    /// Points and lines are no land.
    #[serde(other)]
    Other,
}

impl Geometry {
    /// The outlines of a file, or those that come with the portal.
    pub fn open(path: Option<&Path>) -> Result<Self, Fault> {
        let Some(path) = path else { return Self::read(BUNDLED, true) };
        let unreadable = |error: std::io::Error| Fault::Unreadable(error.to_string());
        if std::fs::metadata(path).map_err(unreadable)?.len() > MAX_SIZE {
            return Err(Fault::TooLarge);
        }
        Self::read(&std::fs::read_to_string(path).map_err(unreadable)?, false)
    }

    fn read(text: &str, is_bundled: bool) -> Result<Self, Fault> {
        // Some programs write a mark of the order of bytes first.
        let text = text.trim_start_matches('\u{feff}');
        let document =
            serde_json::from_str(text).map_err(|error| Fault::NoGeoJson(error.to_string()))?;
        let features = match document {
            Document::FeatureCollection { features } => features,
            Document::Feature(feature) => vec![feature],
        };
        let mut areas = Vec::new();
        let mut corners = 0;
        for (n, feature) in (1..).zip(features) {
            let mut polygons = Vec::new();
            let shapes: Vec<Shape> = feature.geometry.into_iter().collect();
            for positions in flat(shapes) {
                let rings: Result<Vec<_>, _> =
                    positions.into_iter().map(|ring| Ring::read(n, ring)).collect();
                let rings = rings?;
                corners += rings.iter().map(|ring| ring.corners.len()).sum::<usize>();
                polygons.push(Polygon { rings });
            }
            if corners > MAX_CORNERS {
                return Err(Fault::TooMany);
            }
            let code =
                feature.properties.and_then(|it| it.get("code")?.as_str().map(str::to_owned));
            if !polygons.is_empty() {
                areas.push(Area { code, polygons });
            }
        }
        match areas.is_empty() {
            true => Err(Fault::NoPolygon),
            false => Ok(Self { areas, is_bundled }),
        }
    }

    /// The areas of a country: those with its code or with codes of its regions. A file without
    /// codes is of one country.
    pub fn is_national(&self, area: &Area, country: CountryCode) -> bool {
        match &area.code {
            Some(code) => {
                let code = code.as_bytes();
                code.starts_with(&country.0) && matches!(code.get(2), None | Some(b'-'))
            }
            None => self.areas.iter().all(|area| area.code.is_none()),
        }
    }
}

/// The polygons of shapes.
fn flat(shapes: Vec<Shape>) -> Vec<Vec<Positions>> {
    let polygons = shapes.into_iter().flat_map(|shape| match shape {
        Shape::Polygon { coordinates } => vec![coordinates],
        Shape::MultiPolygon { coordinates } => coordinates,
        Shape::GeometryCollection { geometries } => flat(geometries),
        Shape::Other => Vec::new(),
    });
    polygons.filter(|rings| !rings.is_empty()).collect()
}

impl Ring {
    fn read(feature: usize, positions: Positions) -> Result<Self, Fault> {
        if positions.len() < 4 {
            return Err(Fault::Short(feature));
        }
        let mut corners: Vec<(f64, f64)> = Vec::with_capacity(positions.len());
        for position in positions {
            let position: Vec<f64> = position.into_iter().map(|Degrees(it)| it).collect();
            let (longitude, latitude) = match position.as_slice() {
                [longitude, latitude, ..]
                    if (-180.0..=180.0).contains(longitude)
                        && (-90.0..=90.0).contains(latitude) =>
                {
                    (*longitude, *latitude)
                }
                _ => return Err(Fault::Nowhere(feature, position)),
            };
            // The shorter way from one corner to the next, also across the 180th meridian.
            let longitude = match corners.last() {
                Some((before, _)) => before + turn(longitude - before),
                None => longitude,
            };
            corners.push((longitude, latitude));
        }
        let bounds = Bounds::of(&corners);
        Ok(Self { corners, bounds })
    }
}

/// An angle between -180 and 180 degrees.
pub fn turn(degrees: f64) -> f64 {
    (degrees + 180.0).rem_euclid(360.0) - 180.0
}

impl Bounds {
    /// Of some points; of none it is empty, with its west in the east.
    pub fn of(points: &[(f64, f64)]) -> Self {
        let empty = Self {
            west: f64::INFINITY,
            south: f64::INFINITY,
            east: f64::NEG_INFINITY,
            north: f64::NEG_INFINITY,
        };
        points
            .iter()
            .fold(empty, |it, (x, y)| it.and(Self { west: *x, south: *y, east: *x, north: *y }))
    }

    pub fn is_empty(self) -> bool {
        self.west > self.east || self.south > self.north
    }

    /// Both.
    pub fn and(self, other: Self) -> Self {
        Self {
            west: self.west.min(other.west),
            south: self.south.min(other.south),
            east: self.east.max(other.east),
            north: self.north.max(other.north),
        }
    }

    pub fn width(self) -> f64 {
        self.east - self.west
    }

    pub fn height(self) -> f64 {
        self.north - self.south
    }

    /// Larger on every side.
    pub fn grown(self, by: f64) -> Self {
        Self {
            west: self.west - by,
            south: self.south - by,
            east: self.east + by,
            north: self.north + by,
        }
    }

    /// The same further to the east.
    pub fn moved(self, by: f64) -> Self {
        Self { west: self.west + by, east: self.east + by, ..self }
    }

    pub fn touches(self, other: Self) -> bool {
        self.west <= other.east
            && other.west <= self.east
            && self.south <= other.north
            && other.south <= self.north
    }

    pub fn has(self, (x, y): (f64, f64)) -> bool {
        self.touches(Self { west: x, south: y, east: x, north: y })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(geometry: &str) -> Result<Geometry, Fault> {
        Geometry::read(&format!(r#"{{"type":"Feature","geometry":{geometry}}}"#), false)
    }

    fn polygon(positions: &str) -> Result<Geometry, Fault> {
        read(&format!(r#"{{"type":"Polygon","coordinates":[{positions}]}}"#))
    }

    #[test]
    fn the_bundled_file_has_every_country_that_sits_on_land() {
        let world = Geometry::open(None).unwrap();
        assert!(world.is_bundled);
        for code in ["VU", "NA", "LK", "FJ", "MV", "FR", "US", "KI", "TV", "SG"] {
            let code: CountryCode = code.parse().unwrap();
            let found = world.areas.iter().filter(|area| world.is_national(area, code)).count();
            assert_eq!(found, 1, "{code}");
        }
        // Areas without a code are nobody's.
        let nowhere = CountryCode(*b"ZZ");
        assert!(!world.areas.iter().any(|area| world.is_national(area, nowhere)));
    }

    #[test]
    fn a_file_that_is_wrong_is_refused_with_the_reason() {
        let fault = |text: &str| Geometry::read(text, false).unwrap_err().to_string();
        assert!(fault("").contains("no GeoJSON"));
        assert!(fault("[1,2]").contains("no GeoJSON"));
        assert!(fault(r#"{"type":"Topology"}"#).contains("Topology"));
        assert!(fault(r#"{"type":"FeatureCollection","features":[]}"#).contains("no Polygon"));
        let point = read(r#"{"type":"Point","coordinates":[1,2]}"#);
        assert_eq!(point.unwrap_err(), Fault::NoPolygon);
        assert_eq!(polygon("[[0,0],[1,0],[0,0]]").unwrap_err(), Fault::Short(1));
        let metres = polygon("[[1500000,6000000],[1,0],[1,1],[0,0]]").unwrap_err().to_string();
        assert!(metres.contains("feature 1") && metres.contains("WGS 84"), "{metres}");
        // Latitude first, of a place in the Pacific.
        assert!(matches!(
            polygon("[[-17,168],[-16,168],[-16,169],[-17,168]]"),
            Err(Fault::Nowhere(..))
        ));
        assert!(matches!(polygon("[[],[1,0],[1,1],[0,0]]"), Err(Fault::Nowhere(..))));
        assert!(polygon("[[0,0],[1,0],[1,\"a\"],[0,0]]")
            .unwrap_err()
            .to_string()
            .contains("no GeoJSON"));
        let missing = Geometry::open(Some(Path::new("/nowhere/at/all.json"))).unwrap_err();
        assert!(matches!(missing, Fault::Unreadable(_)));
        let large = format!("[{}[0,0]]", "[0,0],".repeat(MAX_CORNERS));
        assert_eq!(polygon(&large).unwrap_err(), Fault::TooMany);
    }

    #[test]
    fn altitudes_and_other_geometries_are_left_out() {
        let collection = r#"{"type":"GeometryCollection","geometries":[
            {"type":"Point","coordinates":[1,2]},
            {"type":"MultiPolygon","coordinates":[[[[0,0,5],[1,0,5],[1,1,5],[0,0,5]]]]}]}"#;
        let read = read(collection).unwrap();
        assert_eq!(
            read.areas[0].polygons[0].rings[0].corners,
            [(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 0.0)]
        );
    }

    #[test]
    fn a_ring_goes_on_across_the_180th_meridian() {
        let read = polygon("[[179,0],[-179,0],[-179,1],[179,1],[179,0]]").unwrap();
        let bounds = read.areas[0].polygons[0].rings[0].bounds;
        assert_eq!(bounds, Bounds { west: 179.0, south: 0.0, east: 181.0, north: 1.0 });
    }

    #[test]
    fn regions_belong_to_their_country_and_a_file_without_codes_to_the_registry() {
        let feature = |properties: &str| {
            format!(
                r#"{{"type":"Feature","properties":{properties},"geometry":
                   {{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,0]]]}}}}"#
            )
        };
        let collection = |features: &[&str]| {
            let features: Vec<_> = features.iter().map(|it| feature(it)).collect();
            let text = features.join(",");
            let text = format!(r#"{{"type":"FeatureCollection","features":[{text}]}}"#);
            Geometry::read(&text, false).unwrap()
        };
        let country: CountryCode = "VU".parse().unwrap();
        let national = |it: &Geometry| {
            it.areas.iter().map(|area| it.is_national(area, country)).collect::<Vec<_>>()
        };
        let coded =
            collection(&[r#"{"code":"VU-SEE"}"#, r#"{"code":"VU"}"#, r#"{"code":"FJ"}"#, "null"]);
        assert_eq!(national(&coded), [true, true, false, false]);
        assert_eq!(national(&collection(&["null", r#"{"code":7}"#])), [true, true]);
    }
}
