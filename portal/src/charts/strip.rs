// SPDX-License-Identifier: Apache-2.0
//! Consecutive numbers as a strip: which of them are meant, and what has become of each.
//!
//! A strip is as wide as its place on the page, and is read from left to right in every language, as
//! serial numbers are.

use super::fills;
use crate::page::Html;
use askama::filters::Safe;
use std::fmt::Write;

/// How wide a strip is in its own measure.
const WIDTH: f64 = 1000.0;
/// What is too narrow to be seen is drawn as wide as this.
const LEAST: f64 = 3.0;

/// Numbers, both ends included.
pub type Span = (i64, i64);

/// From where and how wide some numbers are among all; none where they are not among them.
fn place(part: Span, all: Span) -> Option<(f64, f64)> {
    let (first, last) = (part.0.max(all.0), part.1.min(all.1));
    if first > last {
        return None;
    }
    // Differences of the largest numbers are exact in 128 bits.
    let share = |from: i64, to: i64| (i128::from(to) - i128::from(from)) as f64;
    let whole = share(all.0, all.1) + 1.0;
    let width = ((share(first, last) + 1.0) / whole * WIDTH).max(LEAST);
    let from = (share(all.0, first) / whole * WIDTH).min(WIDTH - width);
    Some((from, width))
}

/// Parts among all, each with the number of its fill; and which of all are meant.
pub fn strip(id: &str, all: Span, parts: &[(Span, usize)], meant: Option<Span>) -> Html {
    let fills = parts.iter().map(|(_, fill)| fill + 1).max().unwrap_or_default();
    let mut svg = format!(
        "<svg class=\"strip\" viewBox=\"0 0 1000 20\" preserveAspectRatio=\"none\" aria-hidden=\"true\" \
         focusable=\"false\">{}<path class=\"none\" d=\"M0 4h1000v12H0z\"/>",
        fills::patterns(fills, id)
    );
    for (part, fill) in parts {
        if let Some((x, width)) = place(*part, all) {
            // Writing to a string cannot fail.
            let _ = write!(
                svg,
                "<path {} d=\"M{x:.1} 4h{width:.1}v12h-{width:.1}z\"/>",
                fills::fill(*fill, id)
            );
        }
    }
    if let Some((x, width)) = meant.filter(|it| *it != all).and_then(|it| place(it, all)) {
        let _ = write!(svg, "<path class=\"meant\" d=\"M{x:.1} 1h{width:.1}v18h-{width:.1}z\"/>");
    }
    svg.push_str("</svg>");
    Safe(svg)
}

/// What leads from some numbers in one strip to the same in a strip of their own beneath.
pub fn closer(part: Span, all: Span) -> Option<Html> {
    let (x, width) = place(part, all).filter(|_| part != all)?;
    Some(Safe(format!(
        "<svg class=\"closer\" viewBox=\"0 0 1000 20\" preserveAspectRatio=\"none\" aria-hidden=\"true\" \
         focusable=\"false\"><path d=\"M{x:.1} 0h{width:.1}L1000 20H0z\"/></svg>"
    )))
}

/// The sign of a fill, for who explains a strip.
pub fn sample(id: &str, fill: usize) -> Html {
    Safe(format!(
        "<svg class=\"dot\" viewBox=\"0 0 14 14\" aria-hidden=\"true\" focusable=\"false\">{}<g {}><path {} \
         d=\"M1 1h12v12H1z\"/></g></svg>",
        fills::patterns(fill + 1, id),
        fills::edge(),
        fills::fill(fill, id)
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_where_they_belong() {
        assert_eq!(place((1, 100), (1, 100)), Some((0.0, 1000.0)));
        assert_eq!(place((51, 100), (1, 100)), Some((500.0, 500.0)));
        // Beyond the ends nothing is drawn; what is too small is seen all the same, and inside.
        assert_eq!(place((90, 200), (1, 100)), Some((890.0, 110.0)));
        assert_eq!(place((101, 200), (1, 100)), None);
        assert_eq!(place((1_000_000, 1_000_000), (1, 1_000_000)), Some((997.0, 3.0)));
        assert_eq!(place((1, i64::MAX), (1, i64::MAX)), Some((0.0, 1000.0)));
        let (x, width) = place((i64::MAX, i64::MAX), (i64::MIN, i64::MAX)).unwrap();
        assert_eq!((x, width), (997.0, 3.0));
    }

    #[test]
    fn what_is_meant_is_marked_where_it_is_not_all() {
        let strip = |meant| strip("x", (1, 100), &[((1, 50), 0), ((51, 100), 1)], Some(meant)).0;
        assert!(strip((10, 20)).contains("class=\"meant\" d=\"M90.0 1h110.0"));
        assert!(!strip((1, 100)).contains("meant"));
        assert!(strip((1, 100)).contains("<pattern id=\"x-1\""));
        assert!(closer((1, 100), (1, 100)).is_none());
        assert!(closer((1, 50), (1, 100)).unwrap().0.contains("M0.0 0h500.0L1000 20H0z"));
    }
}
