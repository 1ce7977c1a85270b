// SPDX-License-Identifier: Apache-2.0
//! What is written is read, or refused with a reason that helps.

use crate::{
    parse_count, Activity, Area, AreaUnit, Building, Decimal, Dimension, Duration, DurationUnit,
    EnergyPerYear, EnergyRate, EnergyUnit, Error, Input, Mass, MassUnit, Methodology, Quantity,
    Unit,
};
use Dimension as D;

fn decimal(text: &str) -> Decimal {
    text.parse().unwrap()
}

#[test]
fn decimals_are_read_exactly() {
    assert_eq!(decimal("0.046"), Decimal::from_thousandths(46));
    assert_eq!(decimal("16"), Decimal::from(16));
    assert_eq!(decimal("0.000000000001"), Decimal::from_scaled(1));
    assert_eq!(decimal("340282366920938463463374607.431768211455").scaled(), u128::MAX);
    // Zeros that change nothing, at either end.
    assert_eq!(decimal("0016.500"), decimal("16.5"));
    assert_eq!(decimal("1.00000000000000000000"), Decimal::from(1));
}

#[test]
fn decimals_are_printed_without_useless_zeros() {
    for text in ["0", "0.046", "16", "16.5", "100", "0.000000000001", "3.000000000001"] {
        assert_eq!(decimal(text).to_string(), text);
    }
    assert_eq!(decimal("0016.500").to_string(), "16.5");
}

#[test]
fn what_is_not_a_decimal_is_refused() {
    for bad in ["", ".", ".5", "5.", "-1", "+1", "1e3", "1,5", "1 000", "1_000", "0x10", "1.2.3"] {
        assert_eq!(bad.parse::<Decimal>(), Err(Error::MalformedNumber), "{bad:?}");
    }
    // Digits of other scripts are not digits here.
    assert_eq!("१६".parse::<Decimal>(), Err(Error::MalformedNumber));
    assert_eq!("0.0000000000001".parse::<Decimal>(), Err(Error::TooManyDecimals));
    for large in ["340282366920938463463374607.431768211456", "340282366920938463463374608"] {
        assert_eq!(large.parse::<Decimal>(), Err(Error::Overflow));
    }
    assert_eq!("9".repeat(1_000).parse::<Decimal>(), Err(Error::Overflow));
}

#[test]
fn quantities_are_a_number_and_a_unit() {
    let area = Quantity::new(decimal("16"), AreaUnit::Hectare);
    for text in ["16 ha", "16ha", " 16  ha ", "16.0 ha"] {
        assert_eq!(text.parse::<Area>(), Ok(area), "{text:?}");
    }
    let energy = Quantity::new(decimal("20"), EnergyRate(EnergyUnit::KilowattHour));
    assert_eq!("20 kWh/year/unit".parse::<EnergyPerYear>(), Ok(energy));
    let duration = Quantity::new(decimal("0.5"), DurationUnit::Hour);
    assert_eq!("0.5 h".parse::<Duration>(), Ok(duration));
    assert_eq!("10 t".parse::<Mass>(), Ok(Quantity::new(decimal("10"), MassUnit::Tonne)));
}

#[test]
fn every_unit_is_read_as_it_is_printed() {
    fn check<U: Unit + core::fmt::Debug>() {
        for unit in U::ALL {
            assert_eq!(unit.to_string().parse::<U>(), Ok(*unit));
            assert_eq!(Dimension::of(&unit.to_string()), Some(U::DIMENSION));
        }
    }
    check::<AreaUnit>();
    check::<DurationUnit>();
    check::<EnergyRate>();
    check::<MassUnit>();
    assert!(EnergyRate::ALL.iter().map(|rate| rate.0).eq(EnergyUnit::ALL.iter().copied()));
}

#[test]
fn the_case_of_a_unit_matters() {
    let unit = |text: &str| text.parse::<EnergyPerYear>().map(|energy| energy.unit.0);
    assert_eq!(unit("1 mWh/year/unit"), Ok(EnergyUnit::MilliwattHour));
    assert_eq!(unit("1 MWh/year/unit"), Ok(EnergyUnit::MegawattHour));
    assert_eq!(unit("1 MWH/year/unit"), Err(Error::UnknownUnit { expected: D::EnergyPerYear }));
    assert_eq!("1 HA".parse::<Area>(), Err(Error::UnknownUnit { expected: D::Area }));
}

fn area(text: &str) -> Result<Area, Error> {
    text.parse()
}

fn energy(text: &str) -> Result<EnergyPerYear, Error> {
    text.parse()
}

#[test]
fn a_wrong_unit_has_its_own_error() {
    let wrong = |expected, found| Error::WrongDimension { expected, found };
    assert_eq!(area("16 d"), Err(wrong(D::Area, D::Duration)));
    assert_eq!(area("16 t"), Err(wrong(D::Area, D::Mass)));
    assert_eq!(area("16 kWh/year/unit"), Err(wrong(D::Area, D::EnergyPerYear)));
    assert_eq!(area("16 kWh"), Err(wrong(D::Area, D::EnergyPerYear)));
    assert_eq!(energy("16 ha"), Err(wrong(D::EnergyPerYear, D::Area)));
    assert_eq!("16 ha".parse::<Duration>(), Err(wrong(D::Duration, D::Area)));
    assert_eq!("16 h".parse::<Mass>(), Err(wrong(D::Mass, D::Duration)));

    assert_eq!(area("16 km"), Err(Error::UnknownUnit { expected: D::Area }));
    assert_eq!(area("16 ha2"), Err(Error::UnknownUnit { expected: D::Area }));
    assert_eq!(energy("16 cal/year/unit"), Err(Error::UnknownUnit { expected: D::EnergyPerYear }));

    assert_eq!(area("16 square feet"), Err(Error::MalformedUnit { expected: D::Area }));
    assert_eq!(area("16 ha/"), Err(Error::MalformedUnit { expected: D::Area }));
    let malformed = Err(Error::MalformedUnit { expected: D::EnergyPerYear });
    for bad in [
        "km",
        "kWh",
        "kWh/year",
        "kWh/unit",
        "kWh/unit/year",
        "kWh/d/unit",
        "kWh/year/unit/x",
        "kWh/year/ unit",
        "kWh /year/unit",
        "/year/unit",
    ] {
        assert_eq!(energy(&format!("20 {bad}")), malformed, "{bad}");
    }

    assert_eq!(area("16"), Err(Error::MissingUnit { expected: D::Area }));
    assert_eq!(energy("16 "), Err(Error::MissingUnit { expected: D::EnergyPerYear }));
    for bad in ["ha", "", "-16 ha", "1,5 ha", ". ha"] {
        assert_eq!(area(bad), Err(Error::MalformedNumber), "{bad:?}");
    }
}

#[test]
fn days_and_people_are_counted_without_a_unit() {
    let count = |text| parse_count(text, Input::Days);
    assert_eq!(count("365"), Ok(365));
    assert_eq!(count(" 365 "), Ok(365));
    assert_eq!(count("4294967295"), Ok(u32::MAX));
    for bad in ["", "365 d", "0.5", "365.0", "-1", "+1", "4294967296", "many"] {
        assert_eq!(count(bad), Err(Error::NotACount { input: Input::Days }), "{bad:?}");
    }
}

#[test]
fn buildings_and_methodologies_are_read_by_name() {
    for building in Building::ALL {
        assert_eq!(building.as_str().parse(), Ok(*building));
    }
    assert_eq!("TestType".parse::<Building>(), Err(Error::UnknownBuilding));
    for methodology in Methodology::ALL {
        assert_eq!(methodology.as_str().parse(), Ok(*methodology));
    }
    assert_eq!("wind".parse::<Methodology>(), Err(Error::UnknownMethodology));
}

#[test]
fn every_missing_input_is_named() {
    for methodology in Methodology::ALL {
        for missing in methodology.inputs() {
            let given = |input| match input {
                input if input == *missing => None,
                Input::Area => Some("16 ha"),
                Input::Duration => Some("120 d"),
                Input::Energy => Some("20 kWh/year/unit"),
                Input::Building => Some("household"),
                Input::Weight => Some("10 t"),
                Input::Days | Input::People => Some("4"),
            };
            let error = Error::MissingInput { input: *missing };
            assert_eq!(Activity::from_text(*methodology, given), Err(error));
        }
    }
}

#[test]
fn an_error_in_any_input_is_that_of_the_activity() {
    let rice = |area: &'static str, duration: &'static str| {
        Activity::from_text(Methodology::RiceCrops, move |input| match input {
            Input::Area => Some(area),
            _ => Some(duration),
        })
    };
    let expected = Dimension::Area;
    assert_eq!(rice("16 km", "1 d"), Err(Error::UnknownUnit { expected }));
    let expected = Dimension::Duration;
    assert_eq!(rice("16 ha", "1"), Err(Error::MissingUnit { expected }));
    let stoves = Activity::from_text(Methodology::Stoves, |_| Some("4 people"));
    assert_eq!(stoves, Err(Error::NotACount { input: Input::Days }));
}

#[test]
fn errors_say_what_to_do() {
    for (error, expected) in [
        (
            area("16 d").unwrap_err(),
            "this is a duration; give an area, in one of: mm2, cm2, m2, ha",
        ),
        (area("16").unwrap_err(), "add the unit of an area after the amount: mm2, cm2"),
        (
            energy("20 kWh").unwrap_err(),
            "write the unit of an energy per year and unit as one of these: mWh/year/unit, ",
        ),
        (area("1 km").unwrap_err(), "the unit is not known; an area is given in one of: mm2"),
        (Error::UnknownBuilding, "the type of building is not known; give one of: household, "),
        (
            Error::NotACount { input: Input::People },
            "give the number of people as a whole number without a unit",
        ),
        (Error::MissingInput { input: Input::Weight }, "give the weight"),
        (Error::Zero { input: Input::Days }, "the number of days must be greater than zero"),
    ] {
        assert!(error.to_string().starts_with(expected), "{error}");
    }
}
