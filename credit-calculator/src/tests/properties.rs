// SPDX-License-Identifier: Apache-2.0
//! What holds for every input.

use crate::{
    estimate, Activity, Area, AreaUnit, Building, Constants, Decimal, DurationUnit, EnergyPerYear,
    EnergyRate, Error, MassUnit, Quantity, Unit,
};
use codec::{Decode, Encode};
use proptest::{prelude::*, sample::select};

fn any_decimal() -> impl Strategy<Value = Decimal> {
    any::<u128>().prop_map(Decimal::from_scaled)
}

/// Numbers as people write them: up to nine digits, up to three of them after the point.
fn usual_decimal() -> impl Strategy<Value = Decimal> {
    (1..1_000_000_000u64).prop_map(Decimal::from_thousandths)
}

fn quantity<U: Unit + core::fmt::Debug>(
    amount: impl Strategy<Value = Decimal>,
) -> impl Strategy<Value = Quantity<U>> {
    (amount, select(U::ALL)).prop_map(|(amount, unit)| Quantity::new(amount, unit))
}

fn any_activity() -> impl Strategy<Value = Activity> {
    let energy = || quantity::<EnergyRate>(any_decimal());
    prop_oneof![
        (quantity(any_decimal()), quantity(any_decimal()))
            .prop_map(|(area, duration)| Activity::RiceCrops { area, duration }),
        (energy(), select(Building::ALL))
            .prop_map(|(energy, building)| Activity::SolarPhotovoltaics { energy, building }),
        quantity(any_decimal()).prop_map(|weight| Activity::Biochar { weight }),
        any::<(u32, u32)>().prop_map(|(days, people)| Activity::Stoves { days, people }),
        energy().prop_map(|energy| Activity::SolarWaterPumpOffGrid { energy }),
        energy().prop_map(|energy| Activity::SolarWaterPumpOnGrid { energy }),
    ]
}

/// Any numbers and units at all, valid or not.
fn any_constants() -> impl Strategy<Value = Constants> {
    let numbers = prop::collection::vec(any_decimal(), 16);
    let units = (
        select(AreaUnit::ALL),
        select(DurationUnit::ALL),
        select(EnergyRate::ALL),
        select(EnergyRate::ALL),
        select(MassUnit::ALL),
    );
    (numbers, units).prop_map(|(numbers, (area, duration, energy, threshold, mass))| {
        let mut constants = Constants::default();
        let solar = &mut constants.solar_photovoltaics;
        let pump = &mut constants.solar_water_pump;
        for (at, factor) in [
            &mut solar.up_to_threshold,
            &mut solar.beyond_threshold,
            &mut pump.off_grid,
            &mut pump.on_grid,
        ]
        .into_iter()
        .enumerate()
        {
            factor.tonnes = numbers[at];
            factor.per = energy.0;
        }
        solar.thresholds.household = Quantity::new(numbers[4], threshold);
        constants.rice_crops.tonnes = numbers[5];
        constants.rice_crops.per_area = area;
        constants.rice_crops.per_duration = duration;
        constants.biochar.tonnes = numbers[6];
        constants.biochar.per = mass;
        constants.stoves = numbers[7];
        constants
    })
}

fn photovoltaics(energy: EnergyPerYear) -> Result<u64, Error> {
    let activity = Activity::SolarPhotovoltaics { energy, building: Building::School };
    estimate(&activity, &Constants::default()).map(|estimate| estimate.milli_tonnes)
}

proptest! {
    #[test]
    fn decimals_are_read_as_they_are_printed(number in any_decimal()) {
        prop_assert_eq!(number.to_string().parse::<Decimal>(), Ok(number));
    }

    #[test]
    fn quantities_are_read_as_they_are_printed(
        area in quantity::<AreaUnit>(any_decimal()),
        energy in quantity::<EnergyRate>(any_decimal()),
    ) {
        prop_assert_eq!(area.to_string().parse::<Area>(), Ok(area));
        prop_assert_eq!(energy.to_string().parse::<EnergyPerYear>(), Ok(energy));
    }

    #[test]
    fn activities_are_decoded_as_they_are_encoded(activity in any_activity()) {
        prop_assert_eq!(Activity::decode(&mut &activity.encode()[..]), Ok(activity));
    }

    #[test]
    fn no_text_panics(text in ".*", unit in "[0-9.]{0,5} ?[a-zA-Z0-9/]{0,12}") {
        for text in [text, unit] {
            let _ = text.parse::<Decimal>();
            let _ = text.parse::<Area>();
            let _ = text.parse::<EnergyPerYear>();
            let _ = crate::parse_count(&text, crate::Input::Days);
        }
    }

    #[test]
    fn no_activity_and_no_constants_panic(
        activity in any_activity(),
        constants in any_constants(),
    ) {
        let _ = constants.is_valid();
        for constants in [constants, Constants::default()] {
            if let Err(error) = estimate(&activity, &constants) {
                let expected = matches!(error, Error::Overflow | Error::Zero { .. });
                prop_assert!(expected, "{error:?}");
            }
        }
    }

    /// The same area in other units, as a whole number of which it can be written.
    #[test]
    fn the_unit_of_an_area_does_not_matter(hectares in 1..1_000_000u32, days in 1..100_000u32) {
        let in_unit = |count: u64, unit| {
            let area = Quantity::new(Decimal::from_thousandths(count), unit);
            let duration = Quantity::new(Decimal::from(days), DurationUnit::Day);
            estimate(&Activity::RiceCrops { area, duration }, &Constants::default())
        };
        let count = u64::from(hectares) * 1_000;
        // 0.046 x 1000 thousandths: exact in thousandths of a tonne, in plain integers.
        let expected = u64::from(hectares) * u64::from(days) * 46;
        let in_hectares = in_unit(count, AreaUnit::Hectare);
        prop_assert_eq!(in_hectares.map(|estimate| estimate.milli_tonnes), Ok(expected));
        prop_assert_eq!(in_unit(count / 1_000 * 10, AreaUnit::SquareKilometre), in_hectares);
        prop_assert_eq!(in_unit(count * 10_000, AreaUnit::SquareMetre), in_hectares);
    }

    #[test]
    fn the_unit_of_a_duration_does_not_matter(weeks in 1..10_000u32) {
        let in_unit = |count: u64, unit| {
            let area = Quantity::new(Decimal::from(7), AreaUnit::SquareMile);
            let duration = Quantity::new(Decimal::from_thousandths(count * 1_000), unit);
            estimate(&Activity::RiceCrops { area, duration }, &Constants::default())
        };
        let weeks = u64::from(weeks);
        let expected = in_unit(weeks, DurationUnit::Week);
        prop_assert!(expected.is_ok());
        for (unit, of_a_week) in [
            (DurationUnit::Day, 7),
            (DurationUnit::Hour, 168),
            (DurationUnit::Minute, 10_080),
            (DurationUnit::Second, 604_800),
            (DurationUnit::Millisecond, 604_800_000),
        ] {
            prop_assert_eq!(in_unit(weeks * of_a_week, unit), expected);
        }
    }

    #[test]
    fn the_unit_of_an_energy_does_not_matter(watt_hours in 1..1_000_000_000_000u64) {
        let in_unit = |scaled: u128, unit| {
            photovoltaics(Quantity::new(Decimal::from_scaled(scaled), EnergyRate(unit)))
        };
        let scaled = u128::from(watt_hours) * 1_000_000_000_000;
        let expected = in_unit(scaled, crate::EnergyUnit::WattHour);
        prop_assert!(expected.is_ok());
        prop_assert_eq!(in_unit(scaled / 1_000, crate::EnergyUnit::KilowattHour), expected);
        prop_assert_eq!(in_unit(scaled / 1_000_000, crate::EnergyUnit::MegawattHour), expected);
        prop_assert_eq!(in_unit(scaled / 1_000_000_000, crate::EnergyUnit::GigawattHour), expected);
        prop_assert_eq!(in_unit(scaled * 1_000, crate::EnergyUnit::MilliwattHour), expected);
        prop_assert_eq!(in_unit(scaled * 3_600, crate::EnergyUnit::Joule), expected);
        prop_assert_eq!(in_unit(scaled / 10 * 36, crate::EnergyUnit::Kilojoule), expected);
    }

    #[test]
    fn more_never_saves_less(
        unit in select(EnergyRate::ALL),
        one in usual_decimal(),
        other in usual_decimal(),
    ) {
        let (less, more) = (one.min(other), one.max(other));
        let less = photovoltaics(Quantity::new(less, unit));
        let more = photovoltaics(Quantity::new(more, unit));
        prop_assert!(less.unwrap() <= more.unwrap());
    }

    /// Up to a million square miles for up to a hundred years.
    #[test]
    fn numbers_as_people_write_them_never_overflow(
        area in quantity::<AreaUnit>(usual_decimal()),
        duration in quantity::<DurationUnit>((1..100_000u64).prop_map(Decimal::from_thousandths)),
    ) {
        let rice = Activity::RiceCrops { area, duration };
        let estimate = estimate(&rice, &Constants::default());
        prop_assert!(estimate.is_ok(), "{area} for {duration}: {estimate:?}");
    }

    /// An independent calculation, in whole numbers of 10^-7 tonnes.
    #[test]
    fn photovoltaics_agree_with_plain_integers(watt_hours in 1..10_000_000_000u64) {
        let threshold = 275_000u64;
        // 6.8 t/MWh is 68 of them for one Wh, and 1.3 t/MWh is 13.
        let exact = watt_hours.min(threshold) * 68 + watt_hours.saturating_sub(threshold) * 13;
        let expected = (exact + 5_000) / 10_000;
        let energy = Quantity::new(
            Decimal::from_thousandths(watt_hours * 1_000),
            EnergyRate(crate::EnergyUnit::WattHour),
        );
        prop_assert_eq!(photovoltaics(energy), Ok(expected));
    }
}
