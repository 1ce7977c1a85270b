// SPDX-License-Identifier: Apache-2.0
//! Emission factors and thresholds, with their units.

use crate::{
    macros::chain_types, AreaUnit, Building, Decimal, DurationUnit, EnergyPerYear, EnergyRate,
    EnergyUnit, MassUnit,
};
use core::fmt;

chain_types! {
    /// Tonnes of CO2 equivalent for one of a unit, such as 6.8 tCO2e/MWh.
    pub struct Factor<U> {
        /// Tonnes of CO2 equivalent.
        pub tonnes: Decimal,
        /// For one of this unit.
        pub per: U,
    }

    /// Tonnes of CO2 equivalent for an area during a time, such as 0.046 tCO2e/ha/d.
    pub struct RiceFactor {
        /// Tonnes of CO2 equivalent.
        pub tonnes: Decimal,
        /// For one of this unit of area.
        pub per_area: AreaUnit,
        /// And one of this unit of time.
        pub per_duration: DurationUnit,
    }

    /// Factors of solar photovoltaics: the first energy replaces the dirtier source.
    pub struct SolarFactors {
        /// For the energy up to the threshold of the building.
        pub up_to_threshold: Factor<EnergyUnit>,
        /// For the energy beyond it.
        pub beyond_threshold: Factor<EnergyUnit>,
        /// The thresholds.
        pub thresholds: Thresholds,
    }

    /// The energy of one unit in one year up to which the first factor counts, by building.
    pub struct Thresholds {
        /// Of [`Building::Household`].
        pub household: EnergyPerYear,
        /// Of [`Building::HealthCenter`].
        pub health_center: EnergyPerYear,
        /// Of [`Building::Dispensary`].
        pub dispensary: EnergyPerYear,
        /// Of [`Building::School`].
        pub school: EnergyPerYear,
        /// Of [`Building::PrimarySchool`].
        pub primary_school: EnergyPerYear,
        /// Of [`Building::SecondarySchool`].
        pub secondary_school: EnergyPerYear,
        /// Of [`Building::PublicAdministration`].
        pub public_administration: EnergyPerYear,
        /// Of [`Building::TradingPlace`].
        pub trading_place: EnergyPerYear,
        /// Of [`Building::BusStop`].
        pub bus_stop: EnergyPerYear,
    }

    /// Factors of solar water pumping.
    pub struct PumpFactors {
        /// Where there is no grid.
        pub off_grid: Factor<EnergyUnit>,
        /// Where there is a grid.
        pub on_grid: Factor<EnergyUnit>,
    }

    /// Everything that the methodologies take as given. The default is the reference's.
    pub struct Constants {
        /// Rice crops.
        pub rice_crops: RiceFactor,
        /// Solar photovoltaics.
        pub solar_photovoltaics: SolarFactors,
        /// Soil enrichment with biochar, by its mass.
        pub biochar: Factor<MassUnit>,
        /// Stoves: tonnes of CO2 equivalent for one person and one day.
        pub stoves: Decimal,
        /// Solar water pumping.
        pub solar_water_pump: PumpFactors,
    }
}

/// The largest factor that is valid: a million tonnes for one unit, which no methodology comes
/// near; a larger one is a slip of the decimal point.
const MAX_FACTOR: u32 = 1_000_000;

fn is_valid_factor(tonnes: Decimal) -> bool {
    tonnes > Decimal::ZERO && tonnes <= Decimal::from(MAX_FACTOR)
}

impl Thresholds {
    /// The threshold of a type of building.
    pub const fn of(&self, building: Building) -> EnergyPerYear {
        match building {
            Building::Household => self.household,
            Building::HealthCenter => self.health_center,
            Building::Dispensary => self.dispensary,
            Building::School => self.school,
            Building::PrimarySchool => self.primary_school,
            Building::SecondarySchool => self.secondary_school,
            Building::PublicAdministration => self.public_administration,
            Building::TradingPlace => self.trading_place,
            Building::BusStop => self.bus_stop,
        }
    }
}

impl Constants {
    /// Whether every factor is more than zero and at most a million tonnes for one of its unit,
    /// and every threshold is more than zero.
    pub fn is_valid(&self) -> bool {
        let solar = &self.solar_photovoltaics;
        [
            self.rice_crops.tonnes,
            solar.up_to_threshold.tonnes,
            solar.beyond_threshold.tonnes,
            self.biochar.tonnes,
            self.stoves,
            self.solar_water_pump.off_grid.tonnes,
            self.solar_water_pump.on_grid.tonnes,
        ]
        .into_iter()
        .all(is_valid_factor)
            && Building::ALL
                .iter()
                .all(|building| solar.thresholds.of(*building).amount > Decimal::ZERO)
    }
}

impl Default for Constants {
    /// The reference's constants. Its water pump factors have no unit of mass and energy; the
    /// formula makes them tonnes for one kWh, which is about a thousand times what a generator or
    /// a grid emits. They are kept as they are, with the unit said.
    fn default() -> Self {
        const fn per<U: Copy>(thousandths: u64, per: U) -> Factor<U> {
            Factor { tonnes: Decimal::from_thousandths(thousandths), per }
        }
        const fn kwh(kilowatt_hours: u64) -> EnergyPerYear {
            let amount = Decimal::from_thousandths(kilowatt_hours * 1_000);
            EnergyPerYear { amount, unit: EnergyRate(EnergyUnit::KilowattHour) }
        }
        Self {
            rice_crops: RiceFactor {
                tonnes: Decimal::from_thousandths(46),
                per_area: AreaUnit::Hectare,
                per_duration: DurationUnit::Day,
            },
            solar_photovoltaics: SolarFactors {
                up_to_threshold: per(6_800, EnergyUnit::MegawattHour),
                beyond_threshold: per(1_300, EnergyUnit::MegawattHour),
                thresholds: Thresholds {
                    household: kwh(55),
                    health_center: kwh(825),
                    dispensary: kwh(825),
                    school: kwh(275),
                    primary_school: kwh(275),
                    secondary_school: kwh(275),
                    public_administration: kwh(55),
                    trading_place: kwh(825),
                    bus_stop: kwh(200),
                },
            },
            biochar: per(3_660, MassUnit::Tonne),
            stoves: Decimal::from_thousandths(100),
            solar_water_pump: PumpFactors {
                off_grid: per(1_300, EnergyUnit::KilowattHour),
                on_grid: per(1_060, EnergyUnit::KilowattHour),
            },
        }
    }
}

impl<U: fmt::Display> fmt::Display for Factor<U> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} tCO2e/{}", self.tonnes, self.per)
    }
}

impl fmt::Display for RiceFactor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} tCO2e/{}/{}", self.tonnes, self.per_area, self.per_duration)
    }
}
