// SPDX-License-Identifier: Apache-2.0
//! What of the earth a map shows, and where on the map a place is.
//!
//! The projection is equirectangular with the true scale at the middle of the map: of a country, it
//! is as good as any, and anybody can check it.

use super::geometry::{turn, Bounds, Geometry};
use registry_primitives::CountryCode;

/// Smallest part of the earth that is shown, in degrees.
const CLOSEST: f64 = 0.05;
/// What the map shows around what it is about, as a part of that.
const MARGIN: f64 = 0.07;
/// The nearest that the middle of a map comes to a pole, in degrees: there, no map would be left.
const POLAR: f64 = 75.0;

/// A map's part of the earth.
#[derive(Clone, Copy, Debug)]
pub struct View {
    /// The meridian that longitudes are counted from.
    pub meridian: f64,
    /// In degrees from the meridian.
    pub bounds: Bounds,
    /// Of the picture.
    pub width: f64,
    pub height: f64,
    /// Of the picture, for a degree to the north and for one to the east.
    north: f64,
    east: f64,
}

/// What is to be in sight, in degrees from a meridian.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Frame {
    pub meridian: f64,
    pub bounds: Bounds,
}

impl Frame {
    /// A country with the places that lie in it or near; only places, where its outline is not known;
    /// the earth, where there are none.
    pub fn of_country(geometry: &Geometry, country: CountryCode, places: &[(f64, f64)]) -> Self {
        let areas = geometry.areas.iter().filter(|area| geometry.is_national(area, country));
        let rings: Vec<_> = areas
            .flat_map(|area| &area.polygons)
            .filter_map(|polygon| polygon.rings.first())
            .collect();
        let points: Vec<(f64, f64)> = match rings.is_empty() {
            true => places.to_vec(),
            false => rings.iter().flat_map(|ring| ring.corners.iter().copied()).collect(),
        };
        let Some(meridian) = middle(&points) else {
            let bounds = Bounds { west: -180.0, south: -60.0, east: 180.0, north: 75.0 };
            return Self { meridian: 0.0, bounds };
        };
        let from = |longitude: f64| turn(longitude - meridian);
        if rings.is_empty() {
            let points: Vec<_> = points.iter().map(|(x, y)| (from(*x), *y)).collect();
            return Self { meridian, bounds: Bounds::of(&points) };
        }
        let pieces: Vec<Bounds> = rings
            .iter()
            .map(|ring| ring.bounds.moved(from(ring.bounds.west) - ring.bounds.west))
            .collect();
        let mut bounds = mainland(&pieces);
        // A place in the wrong ocean must not make the country a dot.
        let near = bounds.grown(bounds.width().max(bounds.height()) / 2.0);
        for (longitude, latitude) in places {
            let at = (from(*longitude), *latitude);
            if near.has(at) {
                bounds = bounds.and(Bounds::of(&[at]));
            }
        }
        Self { meridian, bounds }
    }

    /// What was asked for, `west,south,east,north` in degrees; nothing of what is no such thing.
    pub fn asked(text: &str) -> Option<Self> {
        let numbers: Vec<f64> =
            text.split(',').map(|it| it.trim().parse().ok()).collect::<Option<_>>()?;
        let [west, south, east, north] = numbers.as_slice() else { return None };
        let is_longitude = |it: &f64| (-180.0..=180.0).contains(it);
        let is_latitude = |it: &f64| (-90.0..=90.0).contains(it);
        if ![west, east].into_iter().all(is_longitude)
            || ![south, north].into_iter().all(is_latitude)
            || south > north
        {
            return None;
        }
        // From west to east, also across the 180th meridian.
        let width = (east - west).rem_euclid(360.0);
        let meridian = turn(west + width / 2.0);
        let half = width / 2.0;
        let bounds = Bounds { west: -half, south: *south, east: half, north: *north };
        Some(Self { meridian, bounds })
    }
}

impl View {
    /// A picture of a width, of all that is to be in sight; its height is at most so many times that.
    pub fn new(frame: Frame, width: f64, most: f64) -> Self {
        let Frame { meridian, bounds } = frame;
        let latitude = ((bounds.south + bounds.north) / 2.0).clamp(-POLAR, POLAR);
        let shrink = latitude.to_radians().cos();
        let margin = (bounds.width() * shrink).max(bounds.height()) * MARGIN;
        let wide = (bounds.width() * shrink + 2.0 * margin).max(CLOSEST);
        let tall = (bounds.height() + 2.0 * margin).max(CLOSEST);
        let height = (width * tall / wide).clamp(width * 0.5, width * most).round();
        let north = (width / wide).min(height / tall);
        let east = north * shrink;
        let x = (bounds.west + bounds.east) / 2.0;
        let y = (bounds.south + bounds.north) / 2.0;
        let (half_x, half_y) = (width / 2.0 / east, height / 2.0 / north);
        let bounds =
            Bounds { west: x - half_x, south: y - half_y, east: x + half_x, north: y + half_y };
        Self { meridian, bounds, width, height, north, east }
    }

    /// Where a point, in degrees from the meridian, is in the picture.
    pub fn at(&self, (x, y): (f64, f64)) -> (f64, f64) {
        ((x - self.bounds.west) * self.east, (self.bounds.north - y) * self.north)
    }

    /// Where a place is in the picture, if it is.
    pub fn place(&self, (longitude, latitude): (f64, f64)) -> Option<(f64, f64)> {
        // A picture wider than the earth has a place once.
        let point = (turn(longitude - self.meridian), latitude);
        self.bounds.has(point).then(|| self.at(point))
    }

    /// How long a kilometre is, in the middle of the picture.
    pub fn kilometre(&self) -> f64 {
        self.north / 111.2
    }
}

/// The meridian in the middle of some points: opposite to the widest gap between them.
fn middle(points: &[(f64, f64)]) -> Option<f64> {
    let mut longitudes: Vec<f64> = points.iter().map(|(x, _)| turn(*x)).collect();
    longitudes.sort_by(f64::total_cmp);
    let (first, last) = (*longitudes.first()?, *longitudes.last()?);
    let around = (first + 360.0 - last, last);
    let gaps = longitudes.windows(2).map(|pair| (pair[1] - pair[0], pair[0]));
    let (gap, before) = gaps.fold(around, |best, gap| if gap.0 > best.0 { gap } else { best });
    Some(turn(before + gap / 2.0 + 180.0))
}

/// The largest piece of a country, and all that lie near, step by step: not islands at the other end
/// of the world, with which the rest would be too small to see.
fn mainland(pieces: &[Bounds]) -> Bounds {
    let size = |it: &Bounds| it.width() * it.height();
    let mut rest: Vec<Bounds> = pieces.to_vec();
    rest.sort_by(|a, b| size(b).total_cmp(&size(a)));
    let mut found = Bounds::of(&[]);
    loop {
        let near = match found.is_empty() {
            true => rest.first().copied().unwrap_or(found),
            // Islands are often further from each other than they are large.
            false => found.grown((found.width().max(found.height()) / 2.0).max(2.0)),
        };
        let (close, far): (Vec<Bounds>, Vec<Bounds>) =
            rest.into_iter().partition(|it| near.touches(*it));
        if close.is_empty() {
            return found;
        }
        found = close.into_iter().fold(found, Bounds::and);
        rest = far;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(code: &str, places: &[(f64, f64)]) -> Frame {
        let world = Geometry::open(None).unwrap();
        let code: [u8; 2] = code.as_bytes().try_into().unwrap();
        Frame::of_country(&world, CountryCode(code), places)
    }

    #[test]
    fn a_country_fills_its_map() {
        let Size { width, height } = shown("VU");
        assert!((3.0..6.0).contains(&width) && (6.0..9.0).contains(&height), "{width} {height}");
        // On both sides of the 180th meridian.
        assert!(shown("FJ").width < 6.0);
        // With Corsica and without what lies over the oceans; with Alaska.
        assert!(shown("FR").width < 20.0);
        assert!((100.0..140.0).contains(&shown("US").width));
        assert!(shown("RU").width < 180.0);
        // Nobody's: the earth.
        assert_eq!(shown("ZZ").width, 360.0);
    }

    struct Size {
        width: f64,
        height: f64,
    }

    fn shown(code: &str) -> Size {
        let Frame { bounds, .. } = frame(code, &[]);
        Size { width: bounds.width(), height: bounds.height() }
    }

    #[test]
    fn places_that_are_far_away_do_not_make_the_country_a_dot() {
        let alone = frame("VU", &[]);
        assert_eq!(frame("VU", &[(0.0, 0.0), (-180.0, 90.0), (180.0, -90.0)]), alone);
        let near = frame("VU", &[(171.5, -18.0)]);
        assert!(near.bounds.east > alone.bounds.east);
        // Where the outline is not known, places are all that there is.
        let only = frame("ZZ", &[(179.0, -10.0), (-179.0, -11.0)]);
        assert!((only.bounds.width() - 2.0).abs() < 1e-9 && only.meridian.abs() == 180.0);
    }

    #[test]
    fn places_are_where_they_belong_and_poles_are_in_the_picture() {
        for frame in [
            frame("VU", &[]),
            frame("ZZ", &[]),
            frame("ZZ", &[(12.0, 90.0)]),
            frame("ZZ", &[(180.0, -90.0), (-180.0, -90.0)]),
            Frame::asked("-180,-90,180,90").unwrap(),
        ] {
            for width in [328.0, 720.0] {
                let view = View::new(frame, width, 0.8);
                assert!(view.height.is_finite() && view.height >= 1.0 && view.kilometre() > 0.0);
                let middle = (view.bounds.west + view.bounds.east) / 2.0;
                let latitude = (view.bounds.south + view.bounds.north) / 2.0;
                let (x, y) = view.at((middle, latitude));
                assert!((x - width / 2.0).abs() < 0.01 && (y - view.height / 2.0).abs() < 0.01);
            }
        }
        let view = View::new(frame("VU", &[]), 720.0, 0.8);
        let (vila, santo) =
            (view.place((168.3, -17.7)).unwrap(), view.place((167.2, -15.5)).unwrap());
        assert!(vila.0 > santo.0 && vila.1 > santo.1);
        assert_eq!(view.place((2.3, 48.9)), None);
    }

    #[test]
    fn what_is_asked_for_is_shown_also_across_the_180th_meridian() {
        let across = Frame::asked("179,-18,-179,-16").unwrap();
        assert!(across.meridian.abs() == 180.0 && (across.bounds.width() - 2.0).abs() < 1e-9);
        for bad in
            ["", "1,2,3", "1,2,3,4,5", "a,b,c,d", "0,9,1,8", "NaN,0,1,1", "0,-91,1,0", "inf,0,1,1"]
        {
            assert_eq!(Frame::asked(bad), None, "{bad}");
        }
        // A single point is a part of the earth that can be shown.
        let point = View::new(Frame::asked("168,-17,168,-17").unwrap(), 720.0, 0.8);
        assert!(point.bounds.height() >= CLOSEST * 0.5);
    }
}
