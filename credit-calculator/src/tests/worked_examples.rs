// SPDX-License-Identifier: Apache-2.0
//! Results that were calculated by hand or published with the methodologies.

use crate::{estimate, Activity, Constants, Decimal, Error, Estimate, Input, Methodology};

/// The estimate of an activity given as a form gives it, in tonnes with three decimal places.
fn tonnes(methodology: Methodology, inputs: &[(Input, &str)]) -> String {
    let given = |wanted| inputs.iter().find(|(input, _)| *input == wanted).map(|(_, text)| *text);
    let activity = Activity::from_text(methodology, given).unwrap();
    assert_eq!(activity.methodology(), methodology);
    estimate(&activity, &Constants::default()).unwrap().to_string()
}

fn rice(area: &str, duration: &str) -> String {
    tonnes(Methodology::RiceCrops, &[(Input::Area, area), (Input::Duration, duration)])
}

fn solar(energy: &str, building: &str) -> String {
    let inputs = [(Input::Energy, energy), (Input::Building, building)];
    tonnes(Methodology::SolarPhotovoltaics, &inputs)
}

#[test]
fn rice_crops() {
    assert_eq!(rice("16 ha", "120 d"), "88.320");
    assert_eq!(rice("0.16 km2", "120 d"), "88.320");
    assert_eq!(rice("0.16 km2", "2880 h"), "88.320");
    assert_eq!(rice("50 ha", "365 d"), "839.500");
}

#[test]
fn rice_crops_whose_duration_is_the_seconds_of_a_programme() {
    assert_eq!(rice("16 ha", "10368000 s"), "88.320");
}

#[test]
fn solar_photovoltaics() {
    assert_eq!(solar("20 kWh/year/unit", "household"), "0.136");
    assert_eq!(solar("0.020 MWh/year/unit", "household"), "0.136");
    assert_eq!(solar("105 kWh/year/unit", "household"), "0.439");
    assert_eq!(solar("0.105 MWh/year/unit", "household"), "0.439");
    // 11080.5375: half of a thousandth is rounded up.
    assert_eq!(solar("8520000000 Wh/year/unit", "trading_place"), "11080.538");
}

#[test]
fn every_type_of_building_has_its_threshold() {
    // 1 MWh: Y x 6.8 + (1 - Y) x 1.3 = 1.3 + 5.5 x Y.
    for (building, expected) in [
        ("household", "1.603"),     // 1.6025
        ("health_center", "5.838"), // 5.8375
        ("dispensary", "5.838"),
        ("school", "2.813"), // 2.8125
        ("primary_school", "2.813"),
        ("secondary_school", "2.813"),
        ("public_administration", "1.603"),
        ("trading_place", "5.838"),
        ("bus_stop", "2.400"),
    ] {
        assert_eq!(solar("1 MWh/year/unit", building), expected, "{building}");
    }
}

#[test]
fn the_threshold_itself_is_not_a_step() {
    assert_eq!(solar("55 kWh/year/unit", "household"), "0.374");
    assert_eq!(solar("54.999999 kWh/year/unit", "household"), "0.374");
    assert_eq!(solar("55.000001 kWh/year/unit", "household"), "0.374");
}

#[test]
fn biochar() {
    assert_eq!(tonnes(Methodology::Biochar, &[(Input::Weight, "10 t")]), "36.600");
    assert_eq!(tonnes(Methodology::Biochar, &[(Input::Weight, "10000 kg")]), "36.600");
}

#[test]
fn stoves() {
    let inputs = [(Input::Days, "365"), (Input::People, "4")];
    assert_eq!(tonnes(Methodology::Stoves, &inputs), "146.000");
}

#[test]
fn solar_water_pumps() {
    let pump = |methodology, energy| tonnes(methodology, &[(Input::Energy, energy)]);
    let (off_grid, on_grid) =
        (Methodology::SolarWaterPumpOffGrid, Methodology::SolarWaterPumpOnGrid);
    assert_eq!(pump(off_grid, "100 kWh/year/unit"), "130.000");
    assert_eq!(pump(on_grid, "1 MWh/year/unit"), "1060.000");
    assert_eq!(pump(on_grid, "3600 kJ/year/unit"), "1.060");
    assert_eq!(pump(on_grid, "3600000 J/year/unit"), "1.060");
}

#[test]
fn estimates_become_whole_tonnes_by_rounding_down() {
    let of = |milli_tonnes| Estimate { milli_tonnes };
    assert_eq!(of(0).whole_tonnes(), 0);
    assert_eq!(of(999).whole_tonnes(), 0);
    assert_eq!(of(1_000).whole_tonnes(), 1);
    assert_eq!(of(11_080_538).whole_tonnes(), 11_080);
    assert_eq!(of(1_005).to_string(), "1.005");
}

#[test]
fn half_a_thousandth_is_rounded_up_and_less_is_rounded_down() {
    let biochar = |weight: &str| {
        let mut constants = Constants::default();
        constants.biochar.tonnes = Decimal::from(1);
        estimate(&Activity::Biochar { weight: weight.parse().unwrap() }, &constants)
    };
    assert_eq!(biochar("0.0004999 t"), Ok(Estimate { milli_tonnes: 0 }));
    assert_eq!(biochar("0.0005 t"), Ok(Estimate { milli_tonnes: 1 }));
    assert_eq!(biochar("0.0014999 t"), Ok(Estimate { milli_tonnes: 1 }));
    assert_eq!(biochar("0.0015 t"), Ok(Estimate { milli_tonnes: 2 }));
}

#[test]
fn zero_is_not_an_activity() {
    let zero = |activity, input| {
        assert_eq!(estimate(&activity, &Constants::default()), Err(Error::Zero { input }));
    };
    let (ha, d, energy) = ("0 ha", "0 d", "0.0 kWh/year/unit");
    let rice = |area: &str, duration: &str| Activity::RiceCrops {
        area: area.parse().unwrap(),
        duration: duration.parse().unwrap(),
    };
    zero(rice(ha, "1 d"), Input::Area);
    zero(rice("1 ha", d), Input::Duration);
    let energy = energy.parse().unwrap();
    let building = crate::Building::School;
    zero(Activity::SolarPhotovoltaics { energy, building }, Input::Energy);
    zero(Activity::SolarWaterPumpOffGrid { energy }, Input::Energy);
    zero(Activity::SolarWaterPumpOnGrid { energy }, Input::Energy);
    zero(Activity::Biochar { weight: "0 t".parse().unwrap() }, Input::Weight);
    zero(Activity::Stoves { days: 0, people: 4 }, Input::Days);
    zero(Activity::Stoves { days: 365, people: 0 }, Input::People);
}

#[test]
fn what_does_not_fit_is_refused() {
    let biochar = |weight: &str| {
        let weight = weight.parse().unwrap();
        estimate(&Activity::Biochar { weight }, &Constants::default())
    };
    // The largest estimate is 9007199254740.991 t, and 2460983402934 x 3.66 = 9007199254738.44.
    let largest = Estimate { milli_tonnes: 9_007_199_254_738_440 };
    assert_eq!(biochar("2460983402934 t"), Ok(largest));
    assert_eq!(biochar("2460983402935 t"), Err(Error::Overflow));
    assert_eq!(biochar("340282366920938463463374607.431768211455 t"), Err(Error::Overflow));
    let most = Activity::Stoves { days: u32::MAX, people: u32::MAX };
    assert_eq!(estimate(&most, &Constants::default()), Err(Error::Overflow));
}
