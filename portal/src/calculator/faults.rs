// SPDX-License-Identifier: Apache-2.0
//! What is wrong with an input, in a sentence that says what to give instead.

use super::Fault;
use crate::i18n::Language;
use credit_calculator::{
    AreaUnit, Building, Decimal, Dimension, DurationUnit, EnergyRate, Error, Input, MassUnit,
    Methodology,
};
use std::fmt::Display;

/// What the unit of an input must measure; none for one that is counted or chosen.
pub fn dimension(input: Input) -> Option<Dimension> {
    match input {
        Input::Area => Some(Dimension::Area),
        Input::Duration => Some(Dimension::Duration),
        Input::Energy => Some(Dimension::EnergyPerYear),
        Input::Weight => Some(Dimension::Mass),
        Input::Building | Input::Days | Input::People => None,
    }
}

/// The units of a dimension.
pub fn units(dimension: Dimension) -> String {
    match dimension {
        Dimension::Area => names(AreaUnit::ALL),
        Dimension::Duration => names(DurationUnit::ALL),
        Dimension::EnergyPerYear => names(EnergyRate::ALL),
        Dimension::Mass => names(MassUnit::ALL),
    }
}

fn names(values: &[impl Display]) -> String {
    values.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

impl Fault {
    /// What to give instead.
    pub fn in_words(&self) -> String {
        let language = Language::current();
        let label = |group, value: &str| language.label(group, value);
        let input = |input: Input| ("input", label("calculator_input", input.as_str()));
        let expected = |expected: Dimension| {
            [("expected", label("dimension", expected.as_str())), ("units", units(expected))]
        };
        let sentence = match self.error {
            Error::MalformedNumber => language.t("fault.malformed_number").to_owned(),
            Error::TooManyDecimals => {
                language.fill("fault.too_many_decimals", &[("n", Decimal::PLACES.to_string())])
            }
            Error::NotACount { input: of } => {
                let most = ("most", language.number(u32::MAX.into()));
                language.fill("fault.not_a_count", &[input(of), most])
            }
            Error::MissingUnit { expected: of } => {
                language.fill("fault.missing_unit", &expected(of))
            }
            Error::MalformedUnit { expected: of } => {
                language.fill("fault.malformed_unit", &expected(of))
            }
            Error::UnknownUnit { expected: of } => {
                language.fill("fault.unknown_unit", &expected(of))
            }
            Error::WrongDimension { expected: of, found } => {
                let [name, units] = expected(of);
                let found = ("found", label("dimension", found.as_str()));
                language.fill("fault.wrong_dimension", &[name, units, found])
            }
            Error::UnknownBuilding => {
                language.fill("fault.unknown_building", &[("known", names(Building::ALL))])
            }
            Error::UnknownMethodology => {
                language.fill("fault.unknown_methodology", &[("known", names(Methodology::ALL))])
            }
            Error::MissingInput { input: of } => language.fill("fault.missing", &[input(of)]),
            Error::Zero { input: of } => language.fill("fault.zero", &[input(of)]),
            Error::Overflow => language.t("fault.overflow").to_owned(),
        };
        match self.input {
            // The others name the input themselves.
            Some(of) if !sentence.starts_with(&label("calculator_input", of.as_str())) => {
                format!("{}: {sentence}", label("calculator_input", of.as_str()))
            }
            _ => sentence,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_is_a_whole_sentence() {
        let (input, expected) = (Input::Area, Dimension::Area);
        for error in [
            Error::MalformedNumber,
            Error::TooManyDecimals,
            Error::NotACount { input: Input::Days },
            Error::MissingUnit { expected },
            Error::MalformedUnit { expected: Dimension::EnergyPerYear },
            Error::UnknownUnit { expected },
            Error::WrongDimension { expected, found: Dimension::Mass },
            Error::UnknownBuilding,
            Error::UnknownMethodology,
            Error::MissingInput { input },
            Error::Zero { input },
            Error::Overflow,
        ] {
            let words = Fault { input: None, error }.in_words();
            assert!(words.ends_with('.') && !words.contains('…'), "{words}");
            let named = Fault { input: Some(input), error }.in_words();
            assert!(named.starts_with("Area"), "{named}");
        }
        let words = Fault { input: None, error: Error::MissingUnit { expected } }.in_words();
        assert!(words.contains("km2"), "{words}");
    }
}
