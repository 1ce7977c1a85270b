// SPDX-License-Identifier: Apache-2.0
//! Time on the chain and the calendar years of vintages.

use crate::Vintage;
use chrono::{DateTime, Datelike, Months, NaiveDate, NaiveTime, TimeZone, Utc};

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
    within(Utc.with_ymd_and_hms(year.into(), 1, 1, 0, 0, 0).single()?)
}

/// The same day and time so many years later, or the day before where there is no such day; `None`
/// outside the years of the registry.
pub fn years_after(at: Millis, years: u32) -> Option<Millis> {
    let at = DateTime::from_timestamp_millis(i64::try_from(at).ok()?)?;
    let later = at.checked_add_months(Months::new(years.checked_mul(12)?))?;
    within(later)
}

/// Reads a time as RFC 3339 writes it, or a date as its first instant in UTC; `None` if it is neither,
/// or outside the years of the registry.
pub fn parse(text: &str) -> Option<Millis> {
    let text = text.trim();
    let time = match DateTime::parse_from_rfc3339(text) {
        Ok(time) => time.to_utc(),
        Err(_) => {
            NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?.and_time(NaiveTime::MIN).and_utc()
        }
    };
    within(time)
}

fn within(at: DateTime<Utc>) -> Option<Millis> {
    u64::try_from(at.timestamp_millis()).ok().filter(|at| (EARLIEST..LATEST).contains(at))
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

    #[test]
    fn times_and_dates_are_read() {
        assert_eq!(parse("2024-01-01T00:00:00.000Z"), start_of(2024));
        assert_eq!(parse(" 2024-01-01T11:00:00+11:00 "), start_of(2024));
        assert_eq!(parse("2024-01-01"), start_of(2024));
        for bad in
            ["", "2024-13-01", "yesterday", "1700000000", "1989-12-31", "2200-01-01T00:00:00Z"]
        {
            assert_eq!(parse(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn years_are_those_of_the_calendar() {
        let at = |text| parse(text).unwrap();
        assert_eq!(years_after(at("2026-02-11T08:30:00Z"), 10), parse("2036-02-11T08:30:00Z"));
        assert_eq!(years_after(at("2024-02-29T01:00:00Z"), 1), parse("2025-02-28T01:00:00Z"));
        assert_eq!(years_after(at("2195-01-01"), 10), None);
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
