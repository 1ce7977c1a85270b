// SPDX-License-Identifier: Apache-2.0
//! How series look: one hue in three lightnesses, with patterns and dashes, so that they are told
//! apart without seeing colours and in print.
//!
//! Colours are classes, which the style sheet turns for light and dark, and beside them attributes
//! for where there is no style sheet: in a file.

use std::fmt::Write;

/// Most series that can be told apart.
pub const MOST: usize = 8;

/// The three lightnesses: classes and colours.
const DARK: (&str, &str) = ("cd", "#0e4f49");
const MIDDLE: (&str, &str) = ("cm", "#4aa195");
const LIGHT: (&str, &str) = ("cl", "#d3ebe6");

/// What fills the areas of a series.
enum Fill {
    Plain((&'static str, &'static str)),
    /// A ground, and what is drawn on it in another lightness; turned by some degrees.
    Pattern((&'static str, &'static str), (&'static str, &'static str), &'static str, i32),
}

const FILLS: [Fill; MOST] = [
    Fill::Plain(DARK),
    Fill::Pattern(LIGHT, DARK, "M0 0h2v6h-2z", 45),
    Fill::Plain(MIDDLE),
    Fill::Pattern(LIGHT, DARK, "M1.5 1.5h3v3h-3z", 0),
    Fill::Plain(LIGHT),
    Fill::Pattern(MIDDLE, LIGHT, "M0 0h2v6h-2z", -45),
    Fill::Pattern(LIGHT, DARK, "M0 0h6v1.5h-6z", 0),
    Fill::Pattern(LIGHT, DARK, "M0 0h6v1.2h-4.8v4.8h-1.2z", 45),
];

/// Class and attribute of a fill.
fn plain((class, colour): (&str, &str)) -> String {
    format!("class=\"{class}\" fill=\"{colour}\"")
}

/// What fills a series, as attributes. `id` is that of the picture.
pub fn fill(series: usize, id: &str) -> String {
    match FILLS[series % MOST] {
        Fill::Plain(shade) => plain(shade),
        Fill::Pattern(..) => format!("fill=\"url(#{id}-{series})\""),
    }
}

/// The patterns of so many series.
pub fn patterns(series: usize, id: &str) -> String {
    let mut patterns = String::new();
    for (n, fill) in FILLS.iter().take(series).enumerate() {
        if let Fill::Pattern(ground, ink, path, turn) = fill {
            // Writing to a string cannot fail.
            let _ = write!(
                patterns,
                "<pattern id=\"{id}-{n}\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\" \
                 patternTransform=\"rotate({turn})\"><path {} d=\"M0 0h6v6h-6z\"/><path {} \
                 d=\"{path}\"/></pattern>",
                plain(*ground),
                plain(*ink)
            );
        }
    }
    if patterns.is_empty() {
        return patterns;
    }
    format!("<defs>{patterns}</defs>")
}

/// The line around areas, as attributes.
pub fn edge() -> String {
    format!("class=\"ce\" stroke=\"{}\" stroke-width=\".8\"", DARK.1)
}

/// The line of a series, as attributes.
pub fn line(series: usize) -> String {
    const DASHES: [&str; 4] = ["", "6 3", "2 2.5", "9 3 2 3"];
    let dashes = match DASHES[series % DASHES.len()] {
        "" => String::new(),
        dashes => format!(" stroke-dasharray=\"{dashes}\""),
    };
    let (class, colour) = if series.is_multiple_of(2) { ("sd", DARK.1) } else { ("sm", "#2f857a") };
    format!(
        "class=\"{class}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\" \
         stroke-linejoin=\"round\"{dashes}"
    )
}

/// The sign of a series at a point of its line, as a path.
pub fn sign(series: usize, x: f64, y: f64) -> String {
    let shape = match series % 4 {
        0 => "m-3 0a3 3 0 1 0 6 0a3 3 0 1 0-6 0z",
        1 => "m-3-3h6v6h-6z",
        2 => "m0-4l4 7h-8z",
        _ => "m0-4l4 4l-4 4l-4-4z",
    };
    format!("M{x:.1} {y:.1}{shape}")
}

/// What fills the signs of a series, as attributes.
pub fn ink(series: usize) -> String {
    match series % 2 {
        0 => plain(DARK),
        _ => "class=\"cs\" fill=\"#2f857a\"".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn series_differ_in_more_than_colour() {
        let fills: BTreeSet<_> = (0..MOST).map(|n| fill(n, "x")).collect();
        assert_eq!(fills.len(), MOST);
        // Every fill that is not one of the three plain ones has its pattern in the picture.
        let patterns = patterns(MOST, "x");
        for fill in fills.iter().filter(|it| it.contains("url(")) {
            let id = fill.trim_start_matches("fill=\"url(#").trim_end_matches(")\"");
            assert!(patterns.contains(&format!("<pattern id=\"{id}\"")), "{fill}");
        }
        assert_eq!(super::patterns(1, "x"), "");
        let lines: BTreeSet<_> = (0..4).map(line).collect();
        let signs: BTreeSet<_> = (0..4).map(|n| sign(n, 1.0, 1.0)).collect();
        assert_eq!((lines.len(), signs.len()), (4, 4));
    }
}
