// SPDX-License-Identifier: Apache-2.0
//! Constants carry their units, and are checked.

use crate::{
    estimate, Activity, AreaUnit, Building, Constants, Decimal, DurationUnit, EnergyUnit, Factor,
    MassUnit,
};

#[test]
fn the_defaults_are_those_of_the_reference_with_their_units() {
    let constants = Constants::default();
    assert!(constants.is_valid());
    let solar = constants.solar_photovoltaics;
    assert_eq!(constants.rice_crops.to_string(), "0.046 tCO2e/ha/d");
    assert_eq!(solar.up_to_threshold.to_string(), "6.8 tCO2e/MWh");
    assert_eq!(solar.beyond_threshold.to_string(), "1.3 tCO2e/MWh");
    assert_eq!(constants.biochar.to_string(), "3.66 tCO2e/t");
    assert_eq!(constants.stoves.to_string(), "0.1");
    assert_eq!(constants.solar_water_pump.off_grid.to_string(), "1.3 tCO2e/kWh");
    assert_eq!(constants.solar_water_pump.on_grid.to_string(), "1.06 tCO2e/kWh");
    for (building, threshold) in [
        (Building::Household, "55 kWh/year/unit"),
        (Building::HealthCenter, "825 kWh/year/unit"),
        (Building::Dispensary, "825 kWh/year/unit"),
        (Building::School, "275 kWh/year/unit"),
        (Building::PrimarySchool, "275 kWh/year/unit"),
        (Building::SecondarySchool, "275 kWh/year/unit"),
        (Building::PublicAdministration, "55 kWh/year/unit"),
        (Building::TradingPlace, "825 kWh/year/unit"),
        (Building::BusStop, "200 kWh/year/unit"),
    ] {
        assert_eq!(solar.thresholds.of(building).to_string(), threshold);
    }
}

/// Every number among the constants.
fn numbers(constants: &mut Constants) -> Vec<&mut Decimal> {
    let solar = &mut constants.solar_photovoltaics;
    let thresholds = &mut solar.thresholds;
    vec![
        &mut constants.rice_crops.tonnes,
        &mut solar.up_to_threshold.tonnes,
        &mut solar.beyond_threshold.tonnes,
        &mut constants.biochar.tonnes,
        &mut constants.stoves,
        &mut constants.solar_water_pump.off_grid.tonnes,
        &mut constants.solar_water_pump.on_grid.tonnes,
        &mut thresholds.household.amount,
        &mut thresholds.health_center.amount,
        &mut thresholds.dispensary.amount,
        &mut thresholds.school.amount,
        &mut thresholds.primary_school.amount,
        &mut thresholds.secondary_school.amount,
        &mut thresholds.public_administration.amount,
        &mut thresholds.trading_place.amount,
        &mut thresholds.bus_stop.amount,
    ]
}

const FACTORS: usize = 7;

#[test]
fn no_constant_is_zero_and_no_factor_is_absurd() {
    let count = numbers(&mut Constants::default()).len();
    for index in 0..count {
        let with = |number| {
            let mut constants = Constants::default();
            *numbers(&mut constants)[index] = number;
            constants.is_valid()
        };
        assert!(!with(Decimal::ZERO), "{index}");
        assert!(with(Decimal::from_scaled(1)), "{index}");
        assert!(with(Decimal::from(1_000_000)), "{index}");
        let too_large = Decimal::from_scaled(Decimal::from(1_000_000).scaled() + 1);
        assert_eq!(with(too_large), index >= FACTORS, "{index}");
    }
}

#[test]
fn the_unit_of_a_constant_is_data_not_an_assumption() {
    let rice =
        Activity::RiceCrops { area: "16 ha".parse().unwrap(), duration: "120 d".parse().unwrap() };
    let mut constants = Constants::default();
    // 4.6 t for one km2 and one day is 0.046 t for one hectare and one day.
    constants.rice_crops.tonnes = Decimal::from_thousandths(4_600);
    constants.rice_crops.per_area = AreaUnit::SquareKilometre;
    assert_eq!(estimate(&rice, &constants).unwrap().to_string(), "88.320");
    // And 32.2 t for a week.
    constants.rice_crops.tonnes = Decimal::from_thousandths(32_200);
    constants.rice_crops.per_duration = DurationUnit::Week;
    assert_eq!(estimate(&rice, &constants).unwrap().to_string(), "88.320");

    let pump = Activity::SolarWaterPumpOnGrid { energy: "1 MWh/year/unit".parse().unwrap() };
    constants.solar_water_pump.on_grid.per = EnergyUnit::MegawattHour;
    assert_eq!(estimate(&pump, &constants).unwrap().to_string(), "1.060");

    let biochar = Activity::Biochar { weight: "10 t".parse().unwrap() };
    constants.biochar = Factor { tonnes: Decimal::from_thousandths(2), per: MassUnit::Kilogram };
    assert_eq!(estimate(&biochar, &constants).unwrap().to_string(), "20.000");

    let solar = Activity::SolarPhotovoltaics {
        energy: "105 kWh/year/unit".parse().unwrap(),
        building: Building::Household,
    };
    let factors = &mut constants.solar_photovoltaics;
    factors.thresholds.household = "55000 Wh/year/unit".parse().unwrap();
    factors.beyond_threshold =
        Factor { tonnes: Decimal::from(1_300), per: EnergyUnit::GigawattHour };
    assert_eq!(estimate(&solar, &constants).unwrap().to_string(), "0.439");
}

#[cfg(feature = "serde")]
mod json {
    use super::*;
    use serde_json::json;

    #[test]
    fn activities_are_texts_with_units() {
        let rice = json!({ "rice_crops": { "area": "16 ha", "duration": "120 d" } });
        let solar = json!({ "energy": "20 kWh/year/unit", "building": "bus_stop" });
        let solar = json!({ "solar_photovoltaics": solar });
        let stoves = json!({ "stoves": { "days": 365, "people": 4 } });
        for text in [rice, solar, stoves] {
            let activity: Activity = serde_json::from_value(text.clone()).unwrap();
            assert_eq!(serde_json::to_value(activity).unwrap(), text);
        }
        let wrong = json!({ "biochar": { "weight": "10 d" } });
        let error = serde_json::from_value::<Activity>(wrong).unwrap_err();
        assert!(error.to_string().starts_with("this is a duration; give a mass"), "{error}");
    }

    #[test]
    fn constants_are_texts_that_lose_nothing() {
        let text = serde_json::to_value(Constants::default()).unwrap();
        assert_eq!(text["biochar"], json!({ "tonnes": "3.66", "per": "t" }));
        let thresholds = &text["solar_photovoltaics"]["thresholds"];
        assert_eq!(thresholds["school"], json!("275 kWh/year/unit"));
        assert_eq!(serde_json::from_value::<Constants>(text).unwrap(), Constants::default());
    }
}
