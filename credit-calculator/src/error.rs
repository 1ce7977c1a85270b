// SPDX-License-Identifier: Apache-2.0
//! What can be wrong with an input. Each message says what to do.

use crate::{macros::chain_types, Building, Decimal, Dimension, Input, Methodology};
use core::fmt;

chain_types! {
    /// Why there is no estimate.
    pub enum Error {
        /// The amount is not digits with at most one decimal point between them.
        MalformedNumber,
        /// The amount has more than [`Decimal::PLACES`] decimal places.
        TooManyDecimals,
        /// A number of days or people is not a whole number, or it has a unit.
        NotACount {
            /// The input that must be a count.
            input: Input,
        },
        /// There is no unit after the amount.
        MissingUnit {
            /// What the unit must measure.
            expected: Dimension,
        },
        /// The unit is not written as units are: with an energy, the parts after the unit of energy
        /// are missing or are not `/year/unit`.
        MalformedUnit {
            /// What the unit must measure.
            expected: Dimension,
        },
        /// The unit is not one of the known ones.
        UnknownUnit {
            /// What the unit must measure.
            expected: Dimension,
        },
        /// The unit measures something else.
        WrongDimension {
            /// What the unit must measure.
            expected: Dimension,
            /// What it measures.
            found: Dimension,
        },
        /// The type of building is not one of the known ones.
        UnknownBuilding,
        /// The methodology is not one of the known ones.
        UnknownMethodology,
        /// An input of the methodology is not given.
        MissingInput {
            /// The input.
            input: Input,
        },
        /// An input is zero, which is not an activity.
        Zero {
            /// The input.
            input: Input,
        },
        /// A number or a result is too large to be calculated exactly.
        Overflow,
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MalformedNumber => f.write_str(
                "write the amount with digits and at most one decimal point, such as 0.046: \
                 without sign, exponent or thousands separator",
            ),
            Self::TooManyDecimals => {
                write!(f, "give at most {} decimal places", Decimal::PLACES)
            }
            Self::NotACount { input } => {
                let (input, most) = (input.with_article(), u32::MAX);
                write!(f, "give {input} as a whole number without a unit, at most {most}")
            }
            Self::MissingUnit { expected } => {
                write!(f, "add the unit of {} after the amount: ", expected.with_article())?;
                expected.write_units(f)
            }
            Self::MalformedUnit { expected } => {
                write!(f, "write the unit of {} as one of these: ", expected.with_article())?;
                expected.write_units(f)
            }
            Self::UnknownUnit { expected } => {
                let expected_name = expected.with_article();
                write!(f, "the unit is not known; {expected_name} is given in one of: ")?;
                expected.write_units(f)
            }
            Self::WrongDimension { expected, found } => {
                let (expected_name, found) = (expected.with_article(), found.with_article());
                write!(f, "this is {found}; give {expected_name}, in one of: ")?;
                expected.write_units(f)
            }
            Self::UnknownBuilding => {
                f.write_str("the type of building is not known; give one of: ")?;
                write_names(f, Building::ALL)
            }
            Self::UnknownMethodology => {
                f.write_str("the methodology is not known; give one of: ")?;
                write_names(f, Methodology::ALL)
            }
            Self::MissingInput { input } => write!(f, "give {}", input.with_article()),
            Self::Zero { input } => {
                write!(f, "{} must be greater than zero", input.with_article())
            }
            Self::Overflow => f.write_str(
                "the numbers are too large, or have too many digits, to be calculated exactly: \
                 check the unit, or divide the activity",
            ),
        }
    }
}

/// Writes names, separated by commas.
pub(crate) fn write_names<N: fmt::Display>(f: &mut fmt::Formatter<'_>, names: &[N]) -> fmt::Result {
    names.iter().enumerate().try_for_each(|(index, name)| {
        let separator = if index == 0 { "" } else { ", " };
        write!(f, "{separator}{name}")
    })
}

impl core::error::Error for Error {}
