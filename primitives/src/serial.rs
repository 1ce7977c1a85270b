// SPDX-License-Identifier: Apache-2.0
//! Serial numbers, CDM style: `VU-ITMO-11-356-2022-0-27-35`.
//!
//! The fields are country, unit, sectoral scope, project, vintage, a reserved `0`, and the first
//! and last number of the range, both included. Numbers are drawn from one national counter, so
//! the range alone identifies the credits and the other fields describe them.

use crate::{
    macros::chain_types, CountryCode, ProjectId, SectoralScope, SerialNumber, Tonnes, Vintage,
    MAX_TONNES,
};
use core::{fmt, str::FromStr};

/// The unit of account.
pub const UNIT: &str = "ITMO";

chain_types! {
    /// Consecutive numbers, both ends included. `start` is at least 1 and at most `end`.
    #[derive(Copy, PartialOrd, Ord)]
    pub struct SerialRange {
        /// First number.
        pub start: SerialNumber,
        /// Last number.
        pub end: SerialNumber,
    }
}

impl SerialRange {
    /// The range, if it is one.
    pub const fn new(start: SerialNumber, end: SerialNumber) -> Option<Self> {
        if start >= 1 && start <= end {
            Some(Self { start, end })
        } else {
            None
        }
    }

    /// The `quantity` numbers after `last`; `None` if there are none, or not that many before
    /// [`MAX_TONNES`].
    pub fn after(last: SerialNumber, quantity: Tonnes) -> Option<Self> {
        Self::new(last.checked_add(1)?, last.checked_add(quantity)?)
            .filter(|range| range.end <= MAX_TONNES)
    }

    /// How many numbers, that is tonnes.
    pub const fn quantity(&self) -> Tonnes {
        // Not off by one at the top: a range starts at 1 or later.
        self.end - self.start + 1
    }

    /// Whether all of `other` lies in this range.
    pub const fn contains(&self, other: &Self) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    /// Whether the ranges have a number in common.
    pub const fn overlaps(&self, other: &Self) -> bool {
        self.start <= other.end && other.start <= self.end
    }

    /// Splits the last `quantity` numbers off: `(what stays, what is taken)`.
    ///
    /// `None` unless something is taken and something stays.
    pub fn split(&self, quantity: Tonnes) -> Option<(Self, Self)> {
        if quantity == 0 || quantity >= self.quantity() {
            return None;
        }
        let cut = self.end - quantity;
        Some((Self { start: self.start, end: cut }, Self { start: cut + 1, end: self.end }))
    }
}

impl fmt::Display for SerialRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.start, self.end)
    }
}

/// A serial number: a range of credits and what they are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Serial {
    /// The country that issued the credits.
    pub country: CountryCode,
    /// Sectoral scope of the project.
    pub scope: SectoralScope,
    /// The project.
    pub project: ProjectId,
    /// The year of the reductions, 1000 to 9999 in print.
    pub vintage: Vintage,
    /// The numbers.
    pub range: SerialRange,
}

impl fmt::Display for Serial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { country, scope, project, vintage, range } = self;
        write!(f, "{country}-{UNIT}-{}-{project:03}-{vintage}-0-{range}", scope.number())
    }
}

/// What is wrong with the text of a serial number.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SerialError {
    /// It does not have eight fields.
    Fields,
    /// The country is not an assigned code.
    Country,
    /// The unit is not ITMO.
    Unit,
    /// The scope is not 1 to 15 without padding.
    Scope,
    /// The project is not a number of at least three digits, padded only to three.
    Project,
    /// The vintage is not a year of four digits.
    Vintage,
    /// The reserved field is not 0.
    Reserved,
    /// Start or end is not a number from 1 without padding.
    Number,
    /// The end lies before the start.
    Order,
}

impl fmt::Display for SerialError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Fields => {
                "a serial number has eight fields joined by hyphens, \
                 such as VU-ITMO-11-356-2022-0-27-35"
            }
            Self::Country => "the first field is a country code of two capital letters",
            Self::Unit => "the second field is the unit, ITMO",
            Self::Scope => "the third field is the sectoral scope, 1 to 15",
            Self::Project => "the fourth field is the project number in at least three digits",
            Self::Vintage => "the fifth field is the vintage, a year of four digits",
            Self::Reserved => "the sixth field is reserved and always 0",
            Self::Number => "the last two fields are whole numbers from 1, without leading zeros",
            Self::Order => "the range ends before it starts",
        })
    }
}

#[cfg(feature = "std")]
impl std::error::Error for SerialError {}

impl FromStr for Serial {
    type Err = SerialError;

    fn from_str(text: &str) -> Result<Self, SerialError> {
        let mut fields = text.split('-');
        let mut next = || fields.next().ok_or(SerialError::Fields);
        let [country, unit, scope, project, vintage, reserved, start, end] =
            [next()?, next()?, next()?, next()?, next()?, next()?, next()?, next()?];
        if fields.next().is_some() {
            return Err(SerialError::Fields);
        }
        let country = country.parse().map_err(|_| SerialError::Country)?;
        if unit != UNIT {
            return Err(SerialError::Unit);
        }
        let scope = number(scope).and_then(SectoralScope::from_number).ok_or(SerialError::Scope)?;
        let project = project_number(project).ok_or(SerialError::Project)?;
        let vintage = number(vintage)
            .filter(|year| (1000..=9999).contains(year))
            .ok_or(SerialError::Vintage)?;
        if reserved != "0" {
            return Err(SerialError::Reserved);
        }
        let start = number(start).ok_or(SerialError::Number)?;
        let end = number(end).ok_or(SerialError::Number)?;
        let range = SerialRange::new(start, end).ok_or(SerialError::Order)?;
        Ok(Self { country, scope, project, vintage, range })
    }
}

/// A positive number without sign or padding: the only text that prints the same.
fn number<N: FromStr>(text: &str) -> Option<N> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit()) && !text.starts_with('0');
    text.parse().ok().filter(|_| plain)
}

fn project_number(text: &str) -> Option<ProjectId> {
    match text.len() {
        3 => number(text.trim_start_matches('0')),
        4.. => number(text),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_reference_example_parses_and_prints() {
        let text = "VU-ITMO-11-356-2022-0-27-35";
        let serial: Serial = text.parse().unwrap();
        assert_eq!(serial.country, CountryCode(*b"VU"));
        assert_eq!(serial.scope, SectoralScope::FugitiveFromHalocarbons);
        assert_eq!((serial.project, serial.vintage), (356, 2022));
        assert_eq!(serial.range.quantity(), 9);
        assert_eq!(serial.to_string(), text);
        for text in ["NG-ITMO-15-001-2023-0-1-26", "NG-ITMO-13-1000-2024-0-43-57"] {
            assert_eq!(text.parse::<Serial>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn each_malformed_field_is_named() {
        for (text, error) in [
            ("", SerialError::Fields),
            ("VU-ITMO-11-356-2022-0-27", SerialError::Fields),
            ("VU-ITMO-11-356-2022-0-27-35-1", SerialError::Fields),
            ("vu-ITMO-11-356-2022-0-27-35", SerialError::Country),
            ("ZZ-ITMO-11-356-2022-0-27-35", SerialError::Country),
            ("VU-CER-11-356-2022-0-27-35", SerialError::Unit),
            ("VU-ITMO-0-356-2022-0-27-35", SerialError::Scope),
            ("VU-ITMO-16-356-2022-0-27-35", SerialError::Scope),
            ("VU-ITMO-01-356-2022-0-27-35", SerialError::Scope),
            ("VU-ITMO-11-56-2022-0-27-35", SerialError::Project),
            ("VU-ITMO-11-0356-2022-0-27-35", SerialError::Project),
            ("VU-ITMO-11-000-2022-0-27-35", SerialError::Project),
            ("VU-ITMO-11-4294967296-2022-0-27-35", SerialError::Project),
            ("VU-ITMO-11-356-22-0-27-35", SerialError::Vintage),
            ("VU-ITMO-11-356-2022-1-27-35", SerialError::Reserved),
            ("VU-ITMO-11-356-2022-0-0-35", SerialError::Number),
            ("VU-ITMO-11-356-2022-0-+7-35", SerialError::Number),
            ("VU-ITMO-11-356-2022-0-027-35", SerialError::Number),
            ("VU-ITMO-11-356-2022-0-27-18446744073709551616", SerialError::Number),
            ("VU-ITMO-11-356-2022-0-35-27", SerialError::Order),
        ] {
            assert_eq!(text.parse::<Serial>(), Err(error), "{text}");
        }
    }

    fn range() -> impl Strategy<Value = SerialRange> {
        (1..=u64::MAX, 1..=u64::MAX)
            .prop_map(|(a, b)| SerialRange { start: a.min(b), end: a.max(b) })
    }

    fn serial() -> impl Strategy<Value = Serial> {
        let country = prop::sample::select(CountryCode::all().collect::<Vec<_>>());
        (country, 1..=15u8, 1..=u32::MAX, 1000..=9999u16, range()).prop_map(
            |(country, scope, project, vintage, range)| Serial {
                country,
                scope: SectoralScope::from_number(scope).unwrap(),
                project,
                vintage,
                range,
            },
        )
    }

    proptest! {
        #[test]
        fn parsing_inverts_printing(serial in serial()) {
            prop_assert_eq!(serial.to_string().parse(), Ok(serial));
        }

        #[test]
        fn what_parses_prints_the_same(text in "[A-Z]{2}-ITMO-[0-9]{1,2}-[0-9]{2,5}-[0-9]{4}-0-[0-9]{1,3}-[0-9]{1,3}") {
            if let Ok(serial) = text.parse::<Serial>() {
                prop_assert_eq!(serial.to_string(), text);
            }
        }

        #[test]
        fn no_text_panics(text in "\\PC{0,60}") {
            let _ = text.parse::<Serial>();
        }

        #[test]
        fn a_split_partitions(range in range(), quantity: u64) {
            match range.split(quantity) {
                Some((stays, taken)) => {
                    prop_assert_eq!(stays.start, range.start);
                    prop_assert_eq!(taken.end, range.end);
                    prop_assert_eq!(stays.end + 1, taken.start);
                    prop_assert_eq!(taken.quantity(), quantity);
                    prop_assert_eq!(stays.quantity() + taken.quantity(), range.quantity());
                    prop_assert!(!stays.overlaps(&taken) && range.contains(&stays));
                }
                None => prop_assert!(quantity == 0 || quantity >= range.quantity()),
            }
        }

        #[test]
        fn the_next_range_is_contiguous(
            last in prop_oneof![0..=MAX_TONNES, any::<u64>()],
            quantity in prop_oneof![1..=MAX_TONNES, 1..u64::MAX],
        ) {
            match SerialRange::after(last, quantity) {
                Some(range) => {
                    prop_assert_eq!(range.start, last + 1);
                    prop_assert_eq!(range.quantity(), quantity);
                }
                None => prop_assert!(last.checked_add(quantity).is_none_or(|end| end > MAX_TONNES)),
            }
        }
    }
}
