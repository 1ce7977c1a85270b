// SPDX-License-Identifier: Apache-2.0
//! From an activity to tonnes.

use crate::{
    macros::chain_types, unit::exact_size, Activity, Constants, Decimal, EnergyPerYear, EnergyRate,
    EnergyUnit, Error, Exact, Factor, Input, Quantity, SolarFactors, Unit,
};
use core::fmt;
use num_traits::{CheckedAdd, CheckedDiv, CheckedMul, CheckedSub};

chain_types! {
    /// An estimated reduction of emissions, in thousandths of a tonne of CO2 equivalent.
    pub struct Estimate {
        /// Thousandths of a tonne, rounded half up; at most [`Estimate::MAX_MILLI_TONNES`].
        pub milli_tonnes: u64,
    }
}

impl Estimate {
    /// The largest estimate: 2^53 - 1, the largest whole number that every reader of JSON takes
    /// without loss.
    pub const MAX_MILLI_TONNES: u64 = (1 << 53) - 1;
    const MILLI: u64 = 1_000;

    /// Whole tonnes, rounded down: what may become credits.
    pub const fn whole_tonnes(self) -> u64 {
        self.milli_tonnes / Self::MILLI
    }

    fn rounded(tonnes: &Exact) -> Result<Self, Error> {
        let exact = checked(tonnes.checked_mul(&Exact::from(u128::from(Self::MILLI))))?;
        let (whole, rest) = (exact.numer() / exact.denom(), exact.numer() % exact.denom());
        // Not `2 * rest >= denom`, which could overflow.
        let half_or_more = rest >= exact.denom() - rest;
        checked(whole.checked_add(u128::from(half_or_more)))?
            .try_into()
            .ok()
            .filter(|milli_tonnes| *milli_tonnes <= Self::MAX_MILLI_TONNES)
            .map(|milli_tonnes| Self { milli_tonnes })
            .ok_or(Error::Overflow)
    }
}

impl fmt::Display for Estimate {
    /// Tonnes with three decimal places.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:03}", self.whole_tonnes(), self.milli_tonnes % Self::MILLI)
    }
}

/// Estimates the reduction of emissions by an activity.
///
/// The calculation is exact; only its result is rounded.
///
/// ```
/// use credit_calculator::{estimate, Activity, Constants};
///
/// let rice = Activity::RiceCrops { area: "16 ha".parse()?, duration: "120 d".parse()? };
/// let estimate = estimate(&rice, &Constants::default())?;
/// assert_eq!(estimate.to_string(), "88.320");
/// assert_eq!(estimate.whole_tonnes(), 88);
/// # Ok::<(), credit_calculator::Error>(())
/// ```
///
/// # Errors
///
/// `Zero` names an input that is zero. `Overflow` if an intermediate fraction leaves 128 bits or
/// the result exceeds [`Estimate::MAX_MILLI_TONNES`].
pub fn estimate(activity: &Activity, constants: &Constants) -> Result<Estimate, Error> {
    let tonnes = match activity {
        Activity::RiceCrops { area, duration } => {
            not_zero(area, Input::Area)?;
            not_zero(duration, Input::Duration)?;
            let factor = &constants.rice_crops;
            let area = area.exact_in(factor.per_area)?;
            let duration = duration.exact_in(factor.per_duration)?;
            product(&product(&factor.tonnes.exact(), &area)?, &duration)?
        }
        Activity::SolarPhotovoltaics { energy, building } => {
            not_zero(energy, Input::Energy)?;
            let solar = &constants.solar_photovoltaics;
            photovoltaics(energy, &solar.thresholds.of(*building), solar)?
        }
        Activity::Biochar { weight } => {
            not_zero(weight, Input::Weight)?;
            let factor = &constants.biochar;
            product(&factor.tonnes.exact(), &weight.exact_in(factor.per)?)?
        }
        Activity::Stoves { days, people } => {
            for (count, input) in [(days, Input::Days), (people, Input::People)] {
                if *count == 0 {
                    return Err(Error::Zero { input });
                }
            }
            // The product of two u32 fits into a u64.
            let person_days = u128::from(*days) * u128::from(*people);
            product(&constants.stoves.exact(), &Exact::from(person_days))?
        }
        Activity::SolarWaterPumpOffGrid { energy } => {
            not_zero(energy, Input::Energy)?;
            replaced(&constants.solar_water_pump.off_grid, &watt_hours(energy)?)?
        }
        Activity::SolarWaterPumpOnGrid { energy } => {
            not_zero(energy, Input::Energy)?;
            replaced(&constants.solar_water_pump.on_grid, &watt_hours(energy)?)?
        }
    };
    Estimate::rounded(&tonnes)
}

/// Up to the threshold one factor, beyond it the other.
fn photovoltaics(
    energy: &EnergyPerYear,
    threshold: &EnergyPerYear,
    factors: &SolarFactors,
) -> Result<Exact, Error> {
    let (energy, threshold) = (watt_hours(energy)?, watt_hours(threshold)?);
    if energy < threshold {
        return replaced(&factors.up_to_threshold, &energy);
    }
    let beyond = checked(energy.checked_sub(&threshold))?;
    let first = replaced(&factors.up_to_threshold, &threshold)?;
    checked(first.checked_add(&replaced(&factors.beyond_threshold, &beyond)?))
}

/// The energy of one unit in one year, in watt-hours.
fn watt_hours(energy: &EnergyPerYear) -> Result<Exact, Error> {
    energy.exact_in(EnergyRate(EnergyUnit::WattHour))
}

/// What is not emitted because this energy, in watt-hours, replaces other energy.
fn replaced(factor: &Factor<EnergyUnit>, watt_hours: &Exact) -> Result<Exact, Error> {
    let units = checked(watt_hours.checked_div(&exact_size(factor.per)))?;
    product(&factor.tonnes.exact(), &units)
}

fn not_zero<U: Unit>(quantity: &Quantity<U>, input: Input) -> Result<(), Error> {
    if quantity.amount == Decimal::ZERO {
        return Err(Error::Zero { input });
    }
    Ok(())
}

fn product(left: &Exact, right: &Exact) -> Result<Exact, Error> {
    checked(left.checked_mul(right))
}

fn checked<V>(value: Option<V>) -> Result<V, Error> {
    value.ok_or(Error::Overflow)
}
