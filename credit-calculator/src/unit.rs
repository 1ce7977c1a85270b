// SPDX-License-Identifier: Apache-2.0
//! Units by dimension, and their exact sizes.

use crate::{error::write_names, macros::names, Error, Exact};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use core::{fmt, str::FromStr};
use scale_info::TypeInfo;

names! {
    /// What a unit measures. Only amounts of one dimension can be converted into each other.
    pub enum Dimension {
        /// An area of land.
        Area = "area",
        /// A length of time.
        Duration = "duration",
        /// The energy that one unit (one device) makes in one year.
        EnergyPerYear = "energy_per_year",
        /// A mass.
        Mass = "mass",
    }
}

impl Dimension {
    /// The name with its article, for sentences.
    pub(crate) const fn with_article(self) -> &'static str {
        match self {
            Self::Area => "an area",
            Self::Duration => "a duration",
            Self::EnergyPerYear => "an energy per year and unit",
            Self::Mass => "a mass",
        }
    }

    /// Writes the units of this dimension, separated by commas.
    pub(crate) fn write_units(self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Area => write_names(f, AreaUnit::ALL),
            Self::Duration => write_names(f, DurationUnit::ALL),
            Self::EnergyPerYear => write_names(f, EnergyRate::ALL),
            Self::Mass => write_names(f, MassUnit::ALL),
        }
    }

    /// The dimension of a unit, if it is one of the known units, or one of energy alone.
    pub(crate) fn of(unit: &str) -> Option<Self> {
        fn known<U: Unit>(unit: &str) -> Option<Dimension> {
            unit.parse::<U>().is_ok().then_some(U::DIMENSION)
        }
        known::<AreaUnit>(unit)
            .or_else(|| known::<DurationUnit>(unit))
            .or_else(|| known::<EnergyRate>(unit))
            .or_else(|| known::<MassUnit>(unit))
            .or_else(|| unit.parse::<EnergyUnit>().is_ok().then_some(Self::EnergyPerYear))
    }
}

/// A unit of one dimension.
pub trait Unit: Copy + Eq + fmt::Display + FromStr<Err = Error> + sealed::Size + 'static {
    /// What it measures.
    const DIMENSION: Dimension;
    /// Every unit of the dimension.
    const ALL: &'static [Self];
}

pub(crate) mod sealed {
    /// How large a unit is.
    pub trait Size {
        /// A fraction of the dimension's base unit: numerator and denominator, not zero.
        fn size(self) -> (u128, u128);
    }
}

pub(crate) fn exact_size<U: sealed::Size>(unit: U) -> Exact {
    let (numerator, denominator) = unit.size();
    Exact::new(numerator, denominator)
}

macro_rules! unit {
    ($name:ident, $dimension:ident) => {
        impl Unit for $name {
            const DIMENSION: Dimension = Dimension::$dimension;
            const ALL: &'static [Self] = Self::ALL;
        }
    };
}

unit!(AreaUnit, Area);
unit!(DurationUnit, Duration);
unit!(EnergyRate, EnergyPerYear);
unit!(MassUnit, Mass);

names! {
    /// Units of area.
    pub enum AreaUnit or Error::UnknownUnit { expected: Dimension::Area }; {
        /// Square millimetre.
        SquareMillimetre = "mm2",
        /// Square centimetre.
        SquareCentimetre = "cm2",
        /// Square metre.
        SquareMetre = "m2",
        /// Hectare: 10 000 m2.
        Hectare = "ha",
        /// Square kilometre.
        SquareKilometre = "km2",
        /// Square inch, of 0.0254 m.
        SquareInch = "in2",
        /// Square foot, of 0.3048 m.
        SquareFoot = "ft2",
        /// International acre: 4046.8564224 m2.
        Acre = "ac",
        /// Square mile, of 1609.344 m.
        SquareMile = "Mi2",
    }
}

impl sealed::Size for AreaUnit {
    /// In square metres.
    fn size(self) -> (u128, u128) {
        match self {
            Self::SquareMillimetre => (1, 1_000_000),
            Self::SquareCentimetre => (1, 10_000),
            Self::SquareMetre => (1, 1),
            Self::Hectare => (10_000, 1),
            Self::SquareKilometre => (1_000_000, 1),
            Self::SquareInch => (254 * 254, 100_000_000),
            Self::SquareFoot => (3_048 * 3_048, 100_000_000),
            Self::Acre => (40_468_564_224, 10_000_000),
            Self::SquareMile => (1_609_344 * 1_609_344, 1_000_000),
        }
    }
}

names! {
    /// Units of time. A year is 365.25 days and a month its twelfth, as the reference has them.
    pub enum DurationUnit or Error::UnknownUnit { expected: Dimension::Duration }; {
        /// Nanosecond.
        Nanosecond = "ns",
        /// Microsecond.
        Microsecond = "mu",
        /// Millisecond.
        Millisecond = "ms",
        /// Second.
        Second = "s",
        /// Minute.
        Minute = "min",
        /// Hour.
        Hour = "h",
        /// Day of 24 hours.
        Day = "d",
        /// Week of 7 days.
        Week = "week",
        /// Month of 30.4375 days.
        Month = "month",
        /// Julian year of 365.25 days.
        Year = "year",
    }
}

impl sealed::Size for DurationUnit {
    /// In seconds.
    fn size(self) -> (u128, u128) {
        match self {
            Self::Nanosecond => (1, 1_000_000_000),
            Self::Microsecond => (1, 1_000_000),
            Self::Millisecond => (1, 1_000),
            Self::Second => (1, 1),
            Self::Minute => (60, 1),
            Self::Hour => (3_600, 1),
            Self::Day => (86_400, 1),
            Self::Week => (604_800, 1),
            Self::Month => (2_629_800, 1),
            Self::Year => (31_557_600, 1),
        }
    }
}

names! {
    /// Units of energy.
    pub enum EnergyUnit or Error::UnknownUnit { expected: Dimension::EnergyPerYear }; {
        /// Milliwatt-hour; not to be confused with [`EnergyUnit::MegawattHour`].
        MilliwattHour = "mWh",
        /// Watt-hour.
        WattHour = "Wh",
        /// Kilowatt-hour.
        KilowattHour = "kWh",
        /// Megawatt-hour.
        MegawattHour = "MWh",
        /// Gigawatt-hour.
        GigawattHour = "GWh",
        /// Joule: 1/3600 Wh.
        Joule = "J",
        /// Kilojoule.
        Kilojoule = "kJ",
    }
}

impl sealed::Size for EnergyUnit {
    /// In watt-hours.
    fn size(self) -> (u128, u128) {
        match self {
            Self::MilliwattHour => (1, 1_000),
            Self::WattHour => (1, 1),
            Self::KilowattHour => (1_000, 1),
            Self::MegawattHour => (1_000_000, 1),
            Self::GigawattHour => (1_000_000_000, 1),
            Self::Joule => (1, 3_600),
            Self::Kilojoule => (1_000, 3_600),
        }
    }
}

/// Energy per year and unit: what one device makes in one year, written `kWh/year/unit`.
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
pub struct EnergyRate(
    /// The unit of the energy.
    pub EnergyUnit,
);

impl EnergyRate {
    /// Every unit, in the order of [`EnergyUnit::ALL`].
    pub const ALL: &'static [Self] = &[
        Self(EnergyUnit::MilliwattHour),
        Self(EnergyUnit::WattHour),
        Self(EnergyUnit::KilowattHour),
        Self(EnergyUnit::MegawattHour),
        Self(EnergyUnit::GigawattHour),
        Self(EnergyUnit::Joule),
        Self(EnergyUnit::Kilojoule),
    ];
    const SUFFIX: &'static str = "/year/unit";
}

impl fmt::Display for EnergyRate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.0, Self::SUFFIX)
    }
}

impl FromStr for EnergyRate {
    type Err = Error;
    fn from_str(text: &str) -> Result<Self, Error> {
        let malformed = Error::MalformedUnit { expected: Dimension::EnergyPerYear };
        text.strip_suffix(Self::SUFFIX).ok_or(malformed)?.parse().map(Self)
    }
}

impl sealed::Size for EnergyRate {
    /// In watt-hours per year and unit.
    fn size(self) -> (u128, u128) {
        self.0.size()
    }
}

names! {
    /// Units of mass.
    pub enum MassUnit or Error::UnknownUnit { expected: Dimension::Mass }; {
        /// Gram.
        Gram = "g",
        /// Kilogram.
        Kilogram = "kg",
        /// Metric ton (tonne): 1 000 kg.
        Tonne = "t",
        /// Avoirdupois pound: 0.45359237 kg.
        Pound = "lb",
    }
}

impl sealed::Size for MassUnit {
    /// In kilograms.
    fn size(self) -> (u128, u128) {
        match self {
            Self::Gram => (1, 1_000),
            Self::Kilogram => (1, 1),
            Self::Tonne => (1_000, 1),
            Self::Pound => (45_359_237, 100_000_000),
        }
    }
}
