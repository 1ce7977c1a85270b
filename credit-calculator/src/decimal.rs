// SPDX-License-Identifier: Apache-2.0
//! Decimal numbers that are exactly what was written.

use crate::{macros::json_as_text, Error, Exact};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use core::{fmt, str::FromStr};
use scale_info::TypeInfo;

/// A decimal number that is not negative, with at most [`Decimal::PLACES`] decimal places.
///
/// It counts millionths of a millionth, so that a number has one representation only: what is
/// equal is equal byte for byte. The largest is 340282366920938463463374607.431768211455.
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
    PartialOrd,
    Ord,
    Default,
)]
pub struct Decimal(u128);

impl Decimal {
    /// The most decimal places.
    pub const PLACES: u32 = 12;
    /// Zero.
    pub const ZERO: Self = Self(0);
    const ONE: u128 = 10u128.pow(Self::PLACES);

    /// A number of thousandths: `from_thousandths(46)` is 0.046.
    pub const fn from_thousandths(thousandths: u64) -> Self {
        // A u64 times 10^9 is below 2^94.
        Self(thousandths as u128 * (Self::ONE / 1_000))
    }

    /// A number of 10^-12: `from_scaled(1)` is 0.000000000001.
    pub const fn from_scaled(scaled: u128) -> Self {
        Self(scaled)
    }

    /// How many 10^-12 it is.
    pub const fn scaled(self) -> u128 {
        self.0
    }

    pub(crate) fn exact(self) -> Exact {
        Exact::new(self.0, Self::ONE)
    }
}

impl From<u32> for Decimal {
    fn from(whole: u32) -> Self {
        Self(u128::from(whole) * Self::ONE)
    }
}

impl FromStr for Decimal {
    type Err = Error;

    /// Reads digits with at most one point between them; zeros that change nothing are allowed.
    fn from_str(text: &str) -> Result<Self, Error> {
        let (whole, fraction) = match text.split_once('.') {
            Some((_, "")) => return Err(Error::MalformedNumber),
            Some((whole, fraction)) => (whole, fraction),
            None => (text, ""),
        };
        let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || !digits(whole) || !digits(fraction) {
            return Err(Error::MalformedNumber);
        }
        let fraction = fraction.trim_end_matches('0');
        let places = u32::try_from(fraction.len()).map_err(|_| Error::TooManyDecimals)?;
        let missing = Self::PLACES.checked_sub(places).ok_or(Error::TooManyDecimals)?;
        let mut number = 0u128;
        for byte in whole.bytes().chain(fraction.bytes()) {
            number = number
                .checked_mul(10)
                .and_then(|shifted| shifted.checked_add(u128::from(byte - b'0')))
                .ok_or(Error::Overflow)?;
        }
        number.checked_mul(10u128.pow(missing)).map(Self).ok_or(Error::Overflow)
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0 / Self::ONE)?;
        let (mut fraction, mut places) = (self.0 % Self::ONE, Self::PLACES as usize);
        if fraction == 0 {
            return Ok(());
        }
        while fraction.is_multiple_of(10) {
            fraction /= 10;
            places -= 1;
        }
        write!(f, ".{fraction:0places$}")
    }
}

impl fmt::Debug for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

json_as_text!(Decimal);
