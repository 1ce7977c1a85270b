// SPDX-License-Identifier: Apache-2.0
//! Amounts with their units.

use crate::{
    macros::json_as_text,
    unit::{exact_size, Unit},
    AreaUnit, Decimal, Dimension, DurationUnit, EnergyRate, Error, Exact, Input, MassUnit,
};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use core::{fmt, str::FromStr};
use num_traits::{CheckedDiv, CheckedMul};
use scale_info::TypeInfo;

/// An amount in a unit of one dimension, written `16 ha`.
///
/// Equal means written alike: 16 ha and 0.16 km2 are the same area and different quantities.
#[derive(
    Encode,
    Decode,
    DecodeWithMemTracking,
    MaxEncodedLen,
    TypeInfo,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Debug,
)]
pub struct Quantity<U> {
    /// How many of the unit.
    pub amount: Decimal,
    /// The unit.
    pub unit: U,
}

/// An area, such as `16 ha`.
pub type Area = Quantity<AreaUnit>;
/// A length of time, such as `120 d`.
pub type Duration = Quantity<DurationUnit>;
/// What one device makes in one year, such as `20 kWh/year/unit`.
pub type EnergyPerYear = Quantity<EnergyRate>;
/// A mass, such as `10 t`.
pub type Mass = Quantity<MassUnit>;

impl<U: Unit> Quantity<U> {
    /// An amount in a unit.
    pub const fn new(amount: Decimal, unit: U) -> Self {
        Self { amount, unit }
    }

    /// The amount in another unit of the same dimension; `Overflow` if it cannot be held exactly.
    pub(crate) fn exact_in(&self, unit: U) -> Result<Exact, Error> {
        exact_size(self.unit)
            .checked_div(&exact_size(unit))
            .and_then(|units| units.checked_mul(&self.amount.exact()))
            .ok_or(Error::Overflow)
    }
}

impl<U: Unit> fmt::Display for Quantity<U> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.amount, self.unit)
    }
}

impl<U: Unit> FromStr for Quantity<U> {
    type Err = Error;

    /// Reads a number and a unit; the space between them may be left out.
    fn from_str(text: &str) -> Result<Self, Error> {
        let text = text.trim();
        let is_end = |c: char| c.is_whitespace() || c.is_alphabetic();
        let (amount, unit) = text.split_at(text.find(is_end).unwrap_or(text.len()));
        Ok(Self { amount: amount.parse()?, unit: parse_unit(unit.trim_start())? })
    }
}

/// Reads a unit of the dimension of `U`, and says what is wrong with any other.
fn parse_unit<U: Unit>(text: &str) -> Result<U, Error> {
    let expected = U::DIMENSION;
    if text.is_empty() {
        return Err(Error::MissingUnit { expected });
    }
    text.parse().map_err(|error| match Dimension::of(text) {
        Some(found) if found != expected => Error::WrongDimension { expected, found },
        _ if text.split('/').any(|part| part.is_empty() || part.contains(char::is_whitespace)) => {
            Error::MalformedUnit { expected }
        }
        _ => error,
    })
}

/// Reads a whole number without a unit, as days and people are counted. `NotACount` names the
/// input that it was meant for.
pub fn parse_count(text: &str, input: Input) -> Result<u32, Error> {
    let text = text.trim();
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    // Also refuses a number of digits only that is too large.
    text.parse().ok().filter(|_| digits).ok_or(Error::NotACount { input })
}

json_as_text!(Quantity<U: Unit>);
