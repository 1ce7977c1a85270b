// SPDX-License-Identifier: Apache-2.0
#![doc = include_str!("../README.md")]
#![cfg_attr(not(feature = "std"), no_std)]
#![deny(missing_docs)]

#[cfg(feature = "serde")]
extern crate alloc;

mod activity;
mod constants;
mod decimal;
mod error;
mod estimate;
mod macros;
mod quantity;
mod unit;

pub use activity::{Activity, Building, Input, Methodology};
pub use constants::{Constants, Factor, PumpFactors, RiceFactor, SolarFactors, Thresholds};
pub use decimal::Decimal;
pub use error::Error;
pub use estimate::{estimate, Estimate};
pub use quantity::{parse_count, Area, Duration, EnergyPerYear, Mass, Quantity};
pub use unit::{AreaUnit, Dimension, DurationUnit, EnergyRate, EnergyUnit, MassUnit, Unit};

/// An exact fraction. Every unit and every decimal number is one, so nothing is rounded before the
/// end of a calculation.
type Exact = num_rational::Ratio<u128>;

#[cfg(test)]
mod tests;
