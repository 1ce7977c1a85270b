// SPDX-License-Identifier: Apache-2.0
//! The axis of a chart: round numbers that people count in.

/// Most steps of an axis.
const STEPS: i128 = 5;
/// From how many times a power of a thousand on numbers are written in it: an axis with ten million
/// tonnes says "10" and "millions of tonnes".
const LARGE: i128 = 10;
/// The powers, with the names of their sentences; the largest first.
const POWERS: [(&str, i128); 3] = [
    ("chart.trillions", 1_000_000_000_000),
    ("chart.billions", 1_000_000_000),
    ("chart.millions", 1_000_000),
];

/// An axis from nothing to a round number.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Axis {
    /// What lies between two ticks: 1, 2 or 5 times a power of ten.
    pub step: i128,
    /// The last tick, which nothing is above.
    pub top: i128,
}

impl Axis {
    /// The axis for values up to this.
    pub fn to(most: i128) -> Self {
        let most = most.max(1);
        let mut power = 1;
        let step = loop {
            let found = [1, 2, 5].into_iter().map(|it| it * power).find(|it| it * STEPS >= most);
            match found {
                Some(step) => break step,
                None => power *= 10,
            }
        };
        Self { step, top: (most + step - 1) / step * step }
    }

    /// Its ticks, the lowest first.
    pub fn ticks(self) -> impl Iterator<Item = i128> {
        (0..=self.top / self.step).map(move |n| n * self.step)
    }

    /// Where a value lies on it, from 0 to 1.
    pub fn share(self, value: i128) -> f64 {
        value as f64 / self.top as f64
    }

    /// What its numbers are written in: the name of a sentence, if it is not the unit itself, and
    /// how much one is.
    pub fn power(self) -> (Option<&'static str>, i128) {
        let found = POWERS.iter().find(|(_, power)| self.top >= power * LARGE);
        found.map_or((None, 1), |(name, power)| (Some(name), *power))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ticks(most: i128) -> Vec<i128> {
        Axis::to(most).ticks().collect()
    }

    #[test]
    fn ticks_are_round_and_reach_over_the_largest_value() {
        assert_eq!(ticks(0), [0, 1]);
        assert_eq!(ticks(1), [0, 1]);
        assert_eq!(ticks(7), [0, 2, 4, 6, 8]);
        assert_eq!(ticks(10), [0, 2, 4, 6, 8, 10]);
        assert_eq!(ticks(11), [0, 5, 10, 15]);
        assert_eq!(ticks(101), [0, 50, 100, 150]);
        assert_eq!(ticks(120_000), [0, 50_000, 100_000, 150_000]);
        for most in (0..200).map(|n| 3_i128.pow(n / 3) + i128::from(n)).filter(|it| *it < 1 << 100)
        {
            let ticks = ticks(most);
            assert!((2..=6).contains(&ticks.len()), "{most}: {ticks:?}");
            assert!(*ticks.last().unwrap() >= most);
        }
    }

    #[test]
    fn the_largest_sums_have_an_axis_that_can_be_read() {
        // Eight columns of the largest number that a table holds.
        let axis = Axis::to(8 * i128::from(i64::MAX));
        let (name, power) = axis.power();
        assert_eq!(name, Some("chart.trillions"));
        assert!(axis.ticks().all(|tick| tick % power == 0 && tick / power < 100_000_000));
        assert!(axis.share(8 * i128::from(i64::MAX)) <= 1.0);
    }

    #[test]
    fn numbers_are_written_in_millions_only_where_they_are_large() {
        assert_eq!(Axis::to(8_000_000).power(), (None, 1));
        assert_eq!(Axis::to(12_000_000).power(), (Some("chart.millions"), 1_000_000));
        for most in [10_000_000, 10_000_001, 49_999_999, 9_007_199_254_740_991] {
            let axis = Axis::to(most);
            assert!(axis.ticks().all(|tick| tick % axis.power().1 == 0), "{most}");
        }
    }
}
