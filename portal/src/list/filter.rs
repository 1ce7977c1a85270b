// SPDX-License-Identifier: Apache-2.0
//! Conditions of a question, as SQL: only the words of the lists, and values bound beside them.

use super::{
    field::Sql,
    value::{Comparison, Scalar},
};
use crate::i18n::{pieces, Piece};
use sqlx::{Postgres, QueryBuilder};

/// A condition of a question.
pub struct Filter {
    /// The field.
    pub name: &'static str,
    /// What it is in the tables.
    pub sql: Sql,
    /// Whether it is asked of the numbers that a record moved.
    pub of_part: bool,
    /// What it is compared with.
    pub values: Vec<Comparison>,
}

/// Where the rows that are asked for begin: how the first number of their key is compared.
pub type Start<'a> = (&'static str, &'a Scalar);

impl Filter {
    /// Adds the condition, after others.
    pub fn push(&self, query: &mut QueryBuilder<Postgres>, start: Option<Start>) {
        let mut fill = |condition, operator, values| {
            fill(query, condition, operator, values, start);
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
                    query.push(" AND ").push(expression).push(" ").push(operator).push(" (");
                    value.bind(query);
                    query.push(")");
                }
            }
        }
    }
}

/// Adds a condition whose gaps are filled: `{op}` with an operator, `{after column}` with the
/// condition that a column is not before what is asked for, and any other with a value.
fn fill(
    query: &mut QueryBuilder<Postgres>,
    condition: &'static str,
    operator: &'static str,
    values: &[Comparison],
    start: Option<Start>,
) {
    query.push(" AND ");
    for piece in pieces(condition) {
        match piece {
            Piece::Words(words) => {
                query.push(words);
            }
            Piece::Gap("op") => {
                query.push(operator);
            }
            Piece::Gap(name) => match (name.strip_prefix("after "), start) {
                (Some(column), Some((operator, value))) => {
                    query.push(column).push(" ").push(operator).push(" ");
                    value.bind(query);
                }
                (Some(_), None) => {
                    query.push("TRUE");
                }
                (None, _) => {
                    let named = values.iter().find(|(gap, _)| *gap == name).or(values.first());
                    named.map(|(_, value)| value).unwrap_or(&Scalar::Nothing).bind(query);
                }
            },
        }
    }
}
