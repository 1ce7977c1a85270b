// SPDX-License-Identifier: Apache-2.0
//! Means and percentiles of what was measured.

/// The mean; zero of nothing.
pub fn mean(values: &[f64]) -> f64 {
    if values.is_empty() {
        return 0.0;
    }
    values.iter().sum::<f64>() / values.len() as f64
}

/// The value that `percent` per cent of the values do not exceed (nearest rank); zero of nothing.
pub fn percentile(values: &[f64], percent: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let rank = (percent / 100.0 * sorted.len() as f64).ceil() as usize;
    sorted.get(rank.saturating_sub(1)).copied().unwrap_or(0.0)
}

/// Half of the values are not above it.
pub fn median(values: &[f64]) -> f64 {
    percentile(values, 50.0)
}

/// The largest; zero of nothing.
pub fn maximum(values: &[f64]) -> f64 {
    percentile(values, 100.0)
}

/// The smallest; zero of nothing.
pub fn minimum(values: &[f64]) -> f64 {
    percentile(values, 0.0)
}

/// How far values are from their mean: the standard deviation of all of them.
pub fn deviation(values: &[f64]) -> f64 {
    let centre = mean(values);
    let squares: Vec<_> = values.iter().map(|value| (value - centre).powi(2)).collect();
    mean(&squares).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_values_of_the_list_by_nearest_rank() {
        let values = [15.0, 20.0, 35.0, 40.0, 50.0];
        assert_eq!(percentile(&values, 5.0), 15.0);
        assert_eq!(percentile(&values, 30.0), 20.0);
        assert_eq!(percentile(&values, 40.0), 20.0);
        assert_eq!(percentile(&values, 50.0), 35.0);
        assert_eq!(percentile(&values, 100.0), 50.0);
        assert_eq!(percentile(&values, 0.0), 15.0);
    }

    #[test]
    fn the_order_of_the_values_does_not_matter() {
        let values = [40.0, 15.0, 50.0, 20.0, 35.0];
        assert_eq!(median(&values), 35.0);
        assert_eq!(minimum(&values), 15.0);
        assert_eq!(maximum(&values), 50.0);
    }

    #[test]
    fn mean_and_deviation_of_known_values() {
        let values = [2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0];
        assert_eq!(mean(&values), 5.0);
        assert_eq!(deviation(&values), 2.0);
    }

    #[test]
    fn of_nothing_all_are_zero() {
        assert_eq!(mean(&[]), 0.0);
        assert_eq!(median(&[]), 0.0);
        assert_eq!(deviation(&[]), 0.0);
    }
}
