// SPDX-License-Identifier: Apache-2.0
//! Time on the chain and the calendar years of vintages.

use crate::Vintage;
use chrono::{DateTime, Datelike, TimeZone, Utc};

/// Milliseconds since 1970-01-01T00:00:00 UTC.
pub type Millis = u64;

/// First instant of the years that the registry knows: 1990, the base year of the Convention.
pub const EARLIEST: Millis = 631_152_000_000;
/// First instant after them: 2200-01-01.
pub const LATEST: Millis = 7_258_118_400_000;

/// The calendar year (UTC) of an instant, `None` outside [`EARLIEST`]..[`LATEST`].
pub fn year_of(at: Millis) -> Option<Vintage> {
    if !(EARLIEST..LATEST).contains(&at) {
        return None;
    }
    let at = DateTime::from_timestamp_millis(i64::try_from(at).ok()?)?;
    Vintage::try_from(at.year()).ok()
}

/// The first instant of a year, `None` outside the years of the registry.
pub fn start_of(year: Vintage) -> Option<Millis> {
    let start = Utc.with_ymd_and_hms(year.into(), 1, 1, 0, 0, 0).single()?;
    u64::try_from(start.timestamp_millis()).ok().filter(|at| (EARLIEST..LATEST).contains(at))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn years_begin_at_midnight_utc() {
        let new_year = start_of(2024).unwrap();
        assert_eq!(new_year, 1_704_067_200_000);
        assert_eq!(year_of(new_year), Some(2024));
        assert_eq!(year_of(new_year - 1), Some(2023));
        assert_eq!(start_of(1990), Some(EARLIEST));
        assert_eq!(year_of(LATEST), None);
        assert_eq!(year_of(LATEST - 1), Some(2199));
        assert_eq!(year_of(u64::MAX), None);
    }

    proptest! {
        #[test]
        fn an_instant_lies_in_its_year(at in EARLIEST..LATEST) {
            let year = year_of(at).unwrap();
            prop_assert!(start_of(year).unwrap() <= at);
            prop_assert!(start_of(year + 1).is_none_or(|next| at < next));
        }
    }
}
