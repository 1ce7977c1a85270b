// SPDX-License-Identifier: Apache-2.0
//! Statistics, as flows in a period and as a stock at a date, over everything that is asked about
//! credits and projects. Each figure is defined in `docs/reference/statistics.md`.
//!
//! Days are those of UTC, by the time of the block. A period has both its days.

pub mod credit_flows;
pub mod credit_stock;
pub mod pages;
pub mod pending;
pub mod project_flows;
pub mod project_stock;

use crate::{
    answers::{AsOf, Time},
    problem::{Message, Problem},
};
use chrono::{Days, NaiveDate, NaiveTime};

/// Declares what the groups of a statistic can be.
macro_rules! groups {
    ($(#[$doc:meta])* $name:ident { $($by:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub struct $name(pub &'static str);

        impl $name {
            pub const ALL: &'static [&'static str] = &["all", $($by),*];
        }

        impl Default for $name {
            fn default() -> Self {
                Self("all")
            }
        }

        impl std::str::FromStr for $name {
            type Err = String;
            fn from_str(text: &str) -> Result<Self, String> {
                crate::query::one_of(text, Self::ALL).map(Self)
            }
        }
    };
}
use groups;

/// The days of a period, one after the other.
fn period(from: Option<NaiveDate>, to: Option<NaiveDate>) -> Result<(), Problem> {
    match (from, to) {
        (Some(from), Some(to)) if from > to => Err(Problem::malformed(
            Message::new("problem.period").with("from", from).with("to", to),
        )),
        _ => Ok(()),
    }
}

/// The day that a stock is read at the end of: the last block's if none is given.
fn day(at: Option<NaiveDate>, as_of: &AsOf) -> NaiveDate {
    at.unwrap_or_else(|| as_of.time.0.date_naive())
}

/// The first moment after a day.
fn end(day: NaiveDate) -> Result<Time, Problem> {
    let next = day.checked_add_days(Days::new(1));
    let next =
        next.ok_or_else(|| Problem::malformed(Message::new("problem.day").with("day", day)))?;
    Ok(Time(next.and_time(NaiveTime::MIN).and_utc()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_period_does_not_end_before_it_begins() {
        let (first, last) = (date("2026-03-01"), date("2026-03-31"));
        assert!(period(Some(first), Some(last)).is_ok());
        assert!(period(Some(first), Some(first)).is_ok());
        assert!(period(None, Some(last)).is_ok());
        assert!(period(Some(last), Some(first)).is_err());
    }

    #[test]
    fn a_day_ends_where_the_next_begins() {
        assert_eq!(end(date("2026-02-28")).unwrap().to_string(), "2026-03-01T00:00:00.000Z");
        assert!(end(NaiveDate::MAX).is_err());
    }

    #[test]
    fn groups_are_named_exactly() {
        assert_eq!("vintage".parse(), Ok(credit_flows::By("vintage")));
        assert!("Vintage".parse::<credit_flows::By>().is_err());
        assert!("purpose".parse::<project_stock::By>().is_err());
        assert_eq!(credit_stock::By::default(), credit_stock::By("all"));
    }
}
