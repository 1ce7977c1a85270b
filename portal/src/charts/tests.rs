// SPDX-License-Identifier: Apache-2.0
use super::{picture::png, *};

fn chart(kind: Kind, labels: &[&str], series: &[(&str, &[i64])]) -> Chart {
    Chart {
        kind,
        unit: "chart.tonnes",
        labels: labels.iter().map(|it| (*it).to_owned()).collect(),
        series: series
            .iter()
            .map(|(name, values)| Series { name: (*name).to_owned(), values: values.to_vec() })
            .collect(),
    }
}

const KINDS: [Kind; 6] = [
    Kind::Columns { stacked: false },
    Kind::Columns { stacked: true },
    Kind::Lines,
    Kind::Areas,
    Kind::Bars { stacked: false },
    Kind::Bars { stacked: true },
];

/// Draws it in every way, and hands each picture to the reader of SVG that makes PNG of it.
fn drawn(chart: &Chart) -> Vec<String> {
    let mut pictures = Vec::new();
    for language in [Language::English, Language::Arabic] {
        let (wide, narrow) = super::pictures(chart, "x", "A title", language);
        let source = ["At a block".to_owned(), "an.address".to_owned()];
        pictures.extend([wide.0, narrow.0, alone(chart, "A title", &source, language)]);
    }
    for picture in &pictures {
        assert!(png(picture).unwrap().starts_with(b"\x89PNG"), "{picture}");
        assert!(!picture.contains("NaN") && !picture.contains("inf"), "{picture}");
        // The policy of pages forbids styles that are written into a tag.
        assert!(!picture.contains("style="), "{picture}");
    }
    pictures
}

#[test]
fn stacks_begin_where_the_one_before_ends() {
    let stacked = chart(KINDS[1], &["a", "b"], &[("x", &[1, 2]), ("y", &[3, 0]), ("z", &[5, 7])]);
    assert_eq!([0, 1, 2].map(|series| stacked.span(series, 0)), [(0, 1), (1, 4), (4, 9)]);
    assert_eq!([0, 1, 2].map(|series| stacked.span(series, 1)), [(0, 2), (2, 2), (2, 9)]);
    assert_eq!(stacked.most(), 9);
    let beside = Chart { kind: KINDS[0], ..stacked };
    assert_eq!([0, 1, 2].map(|series| beside.span(series, 0)), [(0, 1), (0, 3), (0, 5)]);
    assert_eq!(beside.most(), 7);
}

#[test]
fn what_is_nothing_everywhere_is_not_drawn() {
    let some = chart(KINDS[0], &["a"], &[("x", &[0]), ("y", &[1])]).of().unwrap();
    assert_eq!(some.series.len(), 1);
    assert!(chart(KINDS[0], &["a"], &[("x", &[0])]).of().is_none());
    assert!(chart(KINDS[0], &[], &[("x", &[])]).of().is_none());
    assert!(chart(KINDS[0], &[], &[]).of().is_none());
}

#[test]
fn every_kind_draws_nothing_one_value_and_the_largest() {
    let most = i64::MAX;
    for kind in KINDS {
        for (labels, series) in [
            (vec![], vec![]),
            (vec!["a"], vec![("x", [1].as_slice())]),
            (vec!["a", "b"], vec![("x", &[most, most]), ("y", &[most, 0])]),
            // A table that is broken must not break the picture.
            (vec!["a", "b"], vec![("x", &[1]), ("y", &[-5, 2, 3])]),
        ] {
            drawn(&chart(kind, &labels, &series));
        }
    }
}

#[test]
fn columns_are_as_high_as_their_values() {
    let two = chart(KINDS[0], &["a", "b"], &[("x", &[50, 100])]);
    let (wide, _) = super::pictures(&two, "x", "", Language::English);
    // The only path of columns: their heights follow "v".
    let columns = wide.0.split("class=\"ce\"").nth(1).unwrap().split("</g>").next().unwrap();
    let heights: Vec<f64> = columns
        .split('v')
        .skip(1)
        .map(|rest| rest.split('h').next().unwrap().parse().unwrap())
        .collect();
    assert_eq!(heights.len(), 2);
    assert!((heights[1] / heights[0] - 2.0).abs() < 0.01, "{heights:?}");
}

#[test]
fn hostile_names_are_text_in_pictures() {
    let hostile = "<script>alert(1)</script>\u{202e}\" onload=\"x\u{0}";
    let long = "W".repeat(10_000);
    for kind in KINDS {
        let hostile = chart(kind, &[hostile, &long], &[(hostile, &[1, 2]), (&long, &[3, 4])]);
        for picture in drawn(&hostile) {
            assert!(!picture.contains("<script") && !picture.contains("\" onload"), "{picture}");
            assert!(picture.len() < 12_000, "{}", picture.len());
        }
    }
}

#[test]
fn a_long_period_stays_small_and_its_last_point_is_named() {
    let days: Vec<String> = (0..400).map(|day| format!("day {day}")).collect();
    let labels: Vec<&str> = days.iter().map(String::as_str).collect();
    let values: Vec<i64> = (0..400).map(|day| day * day).collect();
    let long = chart(Kind::Lines, &labels, &[("x", &values), ("y", &values)]);
    for picture in drawn(&long) {
        assert!(picture.len() < 20_000, "{}", picture.len());
        assert!(picture.contains(">day 399<") && picture.matches(">day ").count() < 20);
    }
}

#[test]
fn pictures_are_told_to_who_does_not_see_them_in_their_language() {
    let some = chart(KINDS[1], &["2023", "2024"], &[("Held", &[1, 2]), ("Retired", &[3, 4])]);
    for picture in drawn(&some) {
        assert!(picture.contains("role=\"img\"") && picture.contains("<title id=\""));
        let about = picture.split("<desc id=\"").nth(1).unwrap().split("</desc>").next().unwrap();
        assert!(about.contains("Held, Retired") && about.contains("2023"), "{about}");
    }
    // Bars of Arabic pages begin at the right.
    let bars = chart(KINDS[4], &["a"], &[("x", &[1])]);
    let (arabic, _) = super::pictures(&bars, "x", "", Language::Arabic);
    assert!(arabic.0.contains("x=\"720.0\"") && arabic.0.contains("text-anchor=\"end\""));
}
