// SPDX-License-Identifier: Apache-2.0
//! Shares in parts per million, and the division of whole tonnes by them.

use crate::Tonnes;
use alloc::vec::Vec;

/// Parts per million.
pub type Ppm = u32;

/// The whole.
pub const WHOLE: Ppm = 1_000_000;

/// Divides `total` into whole tonnes by `shares`, which must add up to [`WHOLE`].
///
/// Largest remainder (Hare quota): everybody gets the whole part of their exact share, and what
/// is left goes, one tonne each, to the largest fractions; among equal fractions to the earlier.
/// `None` if the shares do not add up.
pub fn largest_remainder(total: Tonnes, shares: &[Ppm]) -> Option<Vec<Tonnes>> {
    let sum: u64 = shares.iter().copied().map(u64::from).sum();
    if sum != u64::from(WHOLE) {
        return None;
    }
    let whole = u128::from(WHOLE);
    let exact = |share: Ppm| u128::from(total) * u128::from(share);
    let mut parts = shares
        .iter()
        .map(|share| Tonnes::try_from(exact(*share) / whole).ok())
        .collect::<Option<Vec<_>>>()?;
    let given: Tonnes = parts.iter().sum();
    let left = usize::try_from(total.checked_sub(given)?).ok()?;

    let mut order: Vec<usize> = (0..shares.len()).collect();
    // A stable sort, so that the earlier of two equal fractions stays first.
    order.sort_by_key(|index| core::cmp::Reverse(exact(shares[*index]) % whole));
    for index in order.into_iter().take(left) {
        parts[index] += 1;
    }
    Some(parts)
}

/// A rate of a quantity, rounded up to whole tonnes. `None` on overflow, which a rate up to
/// [`WHOLE`] cannot cause.
pub fn rounded_up(quantity: Tonnes, rate: Ppm) -> Option<Tonnes> {
    let exact = u128::from(quantity).checked_mul(u128::from(rate))?;
    exact.div_ceil(u128::from(WHOLE)).try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn remainders_go_to_the_largest_fraction_then_to_the_earlier() {
        assert_eq!(largest_remainder(10, &[333_334, 333_333, 333_333]), Some(vec![4, 3, 3]));
        assert_eq!(largest_remainder(1, &[500_000, 500_000]), Some(vec![1, 0]));
        assert_eq!(largest_remainder(3, &[250_000, 250_000, 500_000]), Some(vec![1, 1, 1]));
        assert_eq!(largest_remainder(7, &[100_000, 900_000]), Some(vec![1, 6]));
        assert_eq!(largest_remainder(5, &[WHOLE]), Some(vec![5]));
        assert_eq!(largest_remainder(0, &[WHOLE]), Some(vec![0]));
        assert_eq!(largest_remainder(5, &[]), None);
        assert_eq!(largest_remainder(5, &[WHOLE - 1]), None);
        assert_eq!(largest_remainder(5, &[Ppm::MAX, Ppm::MAX]), None);
    }

    fn shares() -> impl Strategy<Value = Vec<Ppm>> {
        prop::collection::vec(0..=WHOLE, 0..15).prop_map(|mut cuts| {
            cuts.sort_unstable();
            let mut last = 0;
            let mut shares: Vec<Ppm> = Vec::new();
            for cut in cuts.into_iter().chain([WHOLE]) {
                shares.push(cut - last);
                last = cut;
            }
            shares
        })
    }

    proptest! {
        #[test]
        fn nothing_is_lost_and_nobody_is_off_by_a_tonne(total: Tonnes, shares in shares()) {
            let parts = largest_remainder(total, &shares).unwrap();
            prop_assert_eq!(parts.iter().map(|part| u128::from(*part)).sum::<u128>(), total.into());
            for (part, share) in parts.iter().zip(&shares) {
                let exact = u128::from(total) * u128::from(*share);
                let scaled = u128::from(*part) * u128::from(WHOLE);
                prop_assert!(scaled.abs_diff(exact) < u128::from(WHOLE));
                prop_assert!(*share > 0 || *part == 0);
            }
        }
    }
}
