// SPDX-License-Identifier: Apache-2.0
//! Conditions of a question, as SQL: only the words of the lists, and values bound beside them.

use super::{
    cursor::Cursor,
    field::{Source, Sql},
    order::Order,
    value::{Comparison, Scalar},
};
use crate::i18n::{pieces, Piece};
use sqlx::{Postgres, QueryBuilder};

/// Stands in a place where others can leave less of it.
const NARROWED: &str = "{narrowed}";

/// A condition of a question.
pub struct Filter {
    /// The field.
    pub name: &'static str,
    /// What it is in the tables.
    pub sql: Sql,
    /// Where all that it finds is.
    pub source: Option<Source>,
    /// Whether it is asked of the numbers that a record moved.
    pub of_part: bool,
    /// What it is compared with.
    pub values: Vec<Comparison>,
}

/// The order and the place that rows are asked for after.
pub type Place<'a> = (&'a Order, Option<&'a Cursor>);

impl Filter {
    /// Adds the place where all that it finds is, without what others leave of it.
    pub fn push_source(
        &self,
        query: &mut QueryBuilder<Postgres>,
        source: Source,
        others: &[&Filter],
        place: Place,
    ) {
        let (before, after) = source.from.split_once(NARROWED).unwrap_or((source.from, ""));
        fill(query, before, "", &self.values, place);
        if source.from.contains(NARROWED) {
            for other in others {
                let narrows = other.source.map_or("TRUE", |source| source.narrows);
                query.push(" AND ");
                fill(query, narrows, "", &other.values, place);
            }
        }
        fill(query, after, "", &self.values, place);
    }

    /// Adds the condition, after others.
    pub fn push(&self, query: &mut QueryBuilder<Postgres>, place: Place) {
        let mut fill = |condition, operator, values| {
            query.push(" AND ");
            fill(query, condition, operator, values, place);
        };
        match self.sql {
            Sql::Argument => {}
            Sql::Where(condition) => fill(condition, "", &self.values),
            Sql::Bounds(lower, upper) => {
                for comparison in &self.values {
                    let value = std::slice::from_ref(comparison);
                    match comparison.0 {
                        operator if operator.starts_with('>') => fill(lower, operator, value),
                        operator if operator.starts_with('<') => fill(upper, operator, value),
                        _ => {
                            fill(lower, ">=", value);
                            fill(upper, "<=", value);
                        }
                    }
                }
            }
            Sql::Of(expression) => {
                for (operator, value) in &self.values {
                    query.push(format_args!(" AND {expression} {operator} ("));
                    value.bind(query);
                    query.push(")");
                }
            }
        }
    }
}

/// Adds SQL whose gaps are filled: `{op}` with an operator, `{direction}` with that of the order,
/// `{after column}` with the condition that a column is not before what is asked for, and any other
/// with a value.
fn fill(
    query: &mut QueryBuilder<Postgres>,
    condition: &'static str,
    operator: &'static str,
    values: &[Comparison],
    (order, after): Place,
) {
    for piece in pieces(condition) {
        match piece {
            Piece::Words(words) => {
                query.push(words);
            }
            Piece::Gap("op") => {
                query.push(operator);
            }
            Piece::Gap("direction") => {
                query.push(order.direction());
            }
            Piece::Gap(name) => match name.strip_prefix("after ") {
                Some(column) => order.push_start(query, column, after),
                None => {
                    let named = values.iter().find(|(gap, _)| *gap == name).or(values.first());
                    named.map(|(_, value)| value).unwrap_or(&Scalar::Nothing).bind(query);
                }
            },
        }
    }
}
