// SPDX-License-Identifier: Apache-2.0
//! Points that would lie on each other, taken together.

use std::collections::HashMap;

/// How far two marks are from each other at least: each can be hit with a finger.
pub const APART: f64 = 28.0;

/// What lies at about one point of the picture.
#[derive(Clone, PartialEq, Debug)]
pub struct Cluster {
    /// Where its mark is.
    pub x: f64,
    pub y: f64,
    /// Which points they are.
    pub members: Vec<usize>,
}

/// Takes points together with the first that is close enough, and puts the clusters in the order in
/// which one reads: line by line, from the left.
pub fn clusters(points: &[(f64, f64)]) -> Vec<Cluster> {
    let mut found: Vec<Cluster> = Vec::new();
    // Marks by the field of the picture that they are in: whatever is close is in one beside it.
    let mut fields: HashMap<(i64, i64), Vec<usize>> = HashMap::new();
    let field = |x: f64, y: f64| ((x / APART).floor() as i64, (y / APART).floor() as i64);
    for (n, (x, y)) in points.iter().enumerate() {
        let (column, row) = field(*x, *y);
        let beside = (-1..=1).flat_map(|dx| (-1..=1).map(move |dy| (column + dx, row + dy)));
        let marks = beside.filter_map(|it| fields.get(&it)).flatten().copied();
        let distance = |mark: &usize| (found[*mark].x - x).hypot(found[*mark].y - y);
        let nearest = marks.min_by(|a, b| distance(a).total_cmp(&distance(b)));
        match nearest.filter(|mark| distance(mark) < APART) {
            Some(mark) => found[mark].members.push(n),
            None => {
                fields.entry((column, row)).or_default().push(found.len());
                found.push(Cluster { x: *x, y: *y, members: vec![n] });
            }
        }
    }
    found.sort_by(|a, b| {
        let (row_a, row_b) = (field(a.x, a.y).1, field(b.x, b.y).1);
        row_a.cmp(&row_b).then(a.x.total_cmp(&b.x))
    });
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn points_that_are_close_are_one_mark() {
        let found =
            clusters(&[(10.0, 10.0), (15.0, 12.0), (100.0, 10.0), (10.0, 200.0), (10.0, 10.0)]);
        let members: Vec<_> = found.iter().map(|it| it.members.clone()).collect();
        assert_eq!(members, [vec![0, 1, 4], vec![2], vec![3]]);
        assert!(clusters(&[]).is_empty());
    }

    proptest! {
        #[test]
        fn marks_never_overlap_and_no_point_is_lost(
            points in proptest::collection::vec((-50.0..800.0_f64, -50.0..600.0_f64), 0..200)
        ) {
            let found = clusters(&points);
            for (n, a) in found.iter().enumerate() {
                for b in &found[n + 1..] {
                    prop_assert!((a.x - b.x).hypot(a.y - b.y) >= APART);
                }
                for member in &a.members {
                    let (x, y) = points[*member];
                    prop_assert!((a.x - x).hypot(a.y - y) < APART);
                }
            }
            let mut members: Vec<_> = found.into_iter().flat_map(|it| it.members).collect();
            members.sort_unstable();
            prop_assert_eq!(members, (0..points.len()).collect::<Vec<_>>());
        }
    }
}
