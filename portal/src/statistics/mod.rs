// SPDX-License-Identifier: Apache-2.0
//! Statistics, as flows in a period and as a stock at a date, over everything that is asked about
//! credits and projects. Each figure is defined in `docs/reference/statistics.md`.
//!
//! Days are those of UTC, by the time of the block. A period has both its days.

pub mod credit_flows;
pub mod credit_stock;
pub mod pages;
pub mod pending;
pub mod project_flows;
pub mod project_stock;

use crate::{
    list::{Key, Listing, Question, Scalar},
    problem::{Message, Problem},
};

/// Declares a row of a statistic: what is counted of one group, under which headings, and in which
/// order, beside the filters of the list.
macro_rules! groups {
    (
        $(#[$about:meta])*
        $row:ident, keys such as $key:literal, asked for by [$($field:expr),* $(,)?] {
            $($(#[$of:meta])* $column:ident: $number:ty,)*
        }
    ) => {
        $(#[$about])*
        #[derive(serde::Serialize, sqlx::FromRow, utoipa::ToSchema)]
        pub struct $row {
            /// The group.
            #[schema(example = $key)]
            key: String,
            /// The title of the project, the name of the organisation.
            name: Option<String>,
            $($(#[$of])* $column: $number,)*
        }

        impl $row {
            const COLUMNS: &'static [crate::download::Column<Self>] = &[
                ("key", |it| (&it.key).into()),
                ("name", |it| it.name.as_ref().into()),
                $((stringify!($column), |it| it.$column.into()),)*
            ];

            const FIELDS: &'static [crate::list::Field] = &[
                $($field,)*
                $(crate::list::Field::order(
                    stringify!($column),
                    crate::list::Kind::Number,
                    concat!("s.", stringify!($column)),
                )
                .nullable(),)*
            ];
        }
    };
}
use groups;

/// What a statistic can be counted by; all in one row, if nothing is said.
macro_rules! by {
    ($($by:literal),* $(,)?) => {
        crate::list::Kind::choice(|| vec!["all", $($by),*])
    };
}
use by;

/// The groups, in their order.
const KEY: Key = Key::text("key", &["s.place"]);
/// What a chart shows.
const OF_PAGE: &[&str] = &["show"];

/// The days of a period, one after the other.
fn period<L: Listing>(question: &Question<L>) -> Result<(), Problem> {
    let day = |name| question.value(name).and_then(Scalar::day);
    match (day("from"), day("to")) {
        (Some(from), Some(to)) if from > to => Err(Problem::malformed(
            Message::new("problem.period").with("from", from).with("to", to),
        )),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::list::{Choices, Field, Kind};

    #[test]
    fn groups_are_named_exactly() {
        let by = |field: &Field| match field.kind {
            Kind::Choice(Choices { names, .. }) => names(),
            _ => panic!("{} is no choice", field.name),
        };
        let flows = by(&credit_flows::Flows::FIELDS[0]);
        let stock = by(&project_stock::Stock::FIELDS[0]);
        assert!(flows.contains(&"purpose") && !stock.contains(&"purpose"));
        assert_eq!((flows[0], stock[0]), ("all", "all"));
    }
}
