// SPDX-License-Identifier: Apache-2.0
//! Outlines as they are drawn: cut to the picture, and without corners that nobody sees.

use super::{
    geometry::{Bounds, Geometry, Ring},
    view::View,
};
use registry_primitives::CountryCode;
use std::fmt::Write;

/// How far a line may be from where it should be, in the picture.
const TOLERANCE: f64 = 0.5;
/// What lies outside and is drawn all the same, so that the edge of the picture is no shore.
const OUTSIDE: f64 = 8.0;

/// The country and the others, as paths.
pub struct Outlines {
    pub country: String,
    pub others: String,
}

/// Draws what is in sight, with at most about so many corners.
pub fn draw(geometry: &Geometry, country: CountryCode, view: &View, most: usize) -> Outlines {
    let mut tolerance = TOLERANCE;
    loop {
        let (mut own, mut others, mut corners) = (String::new(), String::new(), 0);
        for area in &geometry.areas {
            let is_own = geometry.is_national(area, country);
            let path = if is_own { &mut own } else { &mut others };
            let rings = area.polygons.iter().flat_map(|polygon| &polygon.rings);
            for line in rings.flat_map(|ring| in_sight(ring, view)) {
                // The coarser a line, the larger the land must be that has one.
                let size = Bounds::of(&line);
                if size.width().max(size.height()) < 2.0 * tolerance {
                    continue;
                }
                let line = simplified(&line, tolerance);
                corners += line.len();
                write(path, &line);
            }
        }
        if corners <= most {
            return Outlines { country: own, others };
        }
        tolerance *= 1.5;
    }
}

/// A ring in the picture, cut to it; more than once where the picture goes around the earth.
fn in_sight(ring: &Ring, view: &View) -> Vec<Vec<(f64, f64)>> {
    let mut found = Vec::new();
    for turns in [-720.0, -360.0, 0.0, 360.0, 720.0] {
        let by = turns - view.meridian;
        if !ring.bounds.moved(by).touches(view.bounds) {
            continue;
        }
        let points: Vec<_> = ring.corners.iter().map(|(x, y)| view.at((x + by, *y))).collect();
        let cut = cut(points, view);
        if cut.len() >= 3 {
            found.push(cut);
        }
    }
    found
}

/// Cuts a polygon to the picture, side by side (Sutherland and Hodgman).
fn cut(points: Vec<(f64, f64)>, view: &View) -> Vec<(f64, f64)> {
    let (right, bottom) = (view.width + OUTSIDE, view.height + OUTSIDE);
    // How far a point is inside of each side.
    let sides: [&dyn Fn((f64, f64)) -> f64; 4] =
        [&|(x, _)| x + OUTSIDE, &|(x, _)| right - x, &|(_, y)| y + OUTSIDE, &|(_, y)| bottom - y];
    sides.iter().fold(points, |points, inside| {
        let mut kept = Vec::with_capacity(points.len());
        for (n, here) in points.iter().enumerate() {
            let before = points[if n == 0 { points.len() - 1 } else { n - 1 }];
            let (from, to) = (inside(before), inside(*here));
            if (from < 0.0) != (to < 0.0) {
                let part = from / (from - to);
                kept.push((
                    before.0 + (here.0 - before.0) * part,
                    before.1 + (here.1 - before.1) * part,
                ));
            }
            if to >= 0.0 {
                kept.push(*here);
            }
        }
        kept
    })
}

/// Leaves out corners that change a line by less than a tolerance (Douglas and Peucker).
fn simplified(points: &[(f64, f64)], tolerance: f64) -> Vec<(f64, f64)> {
    let Some(last) = points.len().checked_sub(1) else { return Vec::new() };
    // A closed line is two lines: to its far side and back.
    let distance = |a: (f64, f64), b: (f64, f64)| (a.0 - b.0).hypot(a.1 - b.1);
    let far = (0..=last)
        .max_by(|a, b| distance(points[*a], points[0]).total_cmp(&distance(points[*b], points[0])));
    let far = far.unwrap_or_default();
    let mut kept = vec![false; points.len()];
    kept[0] = true;
    // A small island is a point of land.
    kept[far] = true;
    kept[last] = true;
    let mut open = vec![(0, far), (far, last)];
    while let Some((from, to)) = open.pop() {
        let (a, b) = (points[from], points[to]);
        let length = distance(a, b);
        let off = |p: (f64, f64)| match length {
            0.0 => distance(p, a),
            _ => ((b.0 - a.0) * (a.1 - p.1) - (a.0 - p.0) * (b.1 - a.1)).abs() / length,
        };
        let between = (from + 1..to).map(|n| (n, off(points[n])));
        let Some((n, most)) = between.max_by(|a, b| a.1.total_cmp(&b.1)) else { continue };
        if most > tolerance {
            kept[n] = true;
            open.extend([(from, n), (n, to)]);
        }
    }
    points.iter().zip(kept).filter_map(|(point, kept)| kept.then_some(*point)).collect()
}

/// Adds a closed line to a path, to a tenth, each corner from the one before.
fn write(path: &mut String, points: &[(f64, f64)]) {
    let tenth = |it: f64| (it * 10.0).round() as i64;
    let mut points = points.iter().map(|(x, y)| (tenth(*x), tenth(*y)));
    let Some((mut x, mut y)) = points.next() else { return };
    let start = path.len();
    // Writing to a string cannot fail.
    let _ = write!(path, "M{} {}", decimal(x), decimal(y));
    let lines = path.len();
    for (next_x, next_y) in points {
        if (next_x, next_y) != (x, y) {
            let (right, down) = (decimal(next_x - x), decimal(next_y - y));
            let space = if down.starts_with('-') { "" } else { " " };
            let _ = write!(path, "l{right}{space}{down}");
            (x, y) = (next_x, next_y);
        }
    }
    match path.len() == lines {
        true => path.truncate(start),
        false => path.push('z'),
    }
}

/// Tenths as a decimal number, as short as can be.
fn decimal(tenths: i64) -> String {
    let sign = if tenths < 0 { "-" } else { "" };
    match (tenths.abs() / 10, tenths.abs() % 10) {
        (whole, 0) => format!("{}{whole}", if whole == 0 { "" } else { sign }),
        (0, part) => format!("{sign}.{part}"),
        (whole, part) => format!("{sign}{whole}.{part}"),
    }
}

#[cfg(test)]
mod tests {
    use super::{super::view::Frame, *};

    fn world() -> Geometry {
        Geometry::open(None).unwrap()
    }

    #[test]
    fn countries_are_drawn_with_few_bytes() {
        let world = world();
        // On the dateline, at a pole, in many pieces, large, small, and none.
        let codes = ["VU", "NA", "FJ", "KI", "AQ", "RU", "CA", "US", "MV", "TV", "SG", "FR", "ZZ"];
        for code in codes {
            let country = CountryCode(code.as_bytes().try_into().unwrap());
            let frame = Frame::of_country(&world, country, &[]);
            for (width, most, corners) in [(720.0, 0.75, 1_500), (328.0, 1.2, 700)] {
                let view = View::new(frame, width, most);
                let Outlines { country: own, others } = draw(&world, country, &view, corners);
                let is_there = world.areas.iter().any(|area| world.is_national(area, country));
                assert_eq!(!own.is_empty(), is_there, "{country}");
                assert!(own.len() + others.len() < corners * 12, "{country}");
                for text in [&own, &others] {
                    assert!(!text.contains("NaN") && !text.contains("inf"), "{country}");
                }
            }
        }
    }

    #[test]
    fn what_is_outside_is_cut_off() {
        let country: CountryCode = "NA".parse().unwrap();
        let world = world();
        let view = View::new(Frame::of_country(&world, country, &[]), 400.0, 1.0);
        let square = |from: f64, to: f64| vec![(from, from), (to, from), (to, to), (from, to)];
        assert_eq!(cut(square(10.0, 20.0), &view), square(10.0, 20.0));
        assert!(cut(square(-90.0, -20.0), &view).is_empty());
        let around = cut(square(-1e6, 1e6), &view);
        assert_eq!(around.len(), 4);
        assert!(around.iter().all(|(x, y)| {
            (-OUTSIDE..=400.0 + OUTSIDE).contains(x)
                && (-OUTSIDE..=view.height + OUTSIDE).contains(y)
        }));
    }

    #[test]
    fn corners_that_nobody_sees_are_left_out() {
        let line = [(0.0, 0.0), (5.0, 0.2), (10.0, 0.0), (10.0, 10.0), (0.0, 10.0)];
        assert_eq!(simplified(&line, 0.5), [(0.0, 0.0), (10.0, 0.0), (10.0, 10.0), (0.0, 10.0)]);
        assert_eq!(simplified(&line, 0.1).len(), 5);
        assert!(simplified(&[], 1.0).is_empty());
        assert_eq!(simplified(&[(1.0, 1.0); 9], 1.0).len(), 2);
    }

    #[test]
    fn paths_are_short() {
        let mut path = String::new();
        write(&mut path, &[(1.04, -0.5), (2.0, 0.25), (2.0, 0.26), (1.0, 0.0)]);
        assert_eq!(path, "M1-.5".replace("M1-", "M1 -") + "l1 .8l-1-.3z");
        let mut nothing = String::new();
        write(&mut nothing, &[(1.0, 1.0), (1.0, 1.0)]);
        assert_eq!(nothing, "");
    }
}
