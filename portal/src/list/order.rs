// SPDX-License-Identifier: Apache-2.0
//! The order of a list, and the condition that rows come after a cursor, as SQL.

use super::{
    cursor::{Cursor, Key, Lead},
    field::{Field, Kind, Sql},
    value::Scalar,
};
use crate::i18n::{pieces, Piece};
use sqlx::{Postgres, QueryBuilder};

/// The order of a list.
#[derive(Clone, Copy)]
pub struct Order {
    /// What it is sorted by; the key alone if nothing.
    pub field: Option<&'static Field>,
    /// The largest first.
    pub descending: bool,
    /// What tells rows with the same value apart.
    pub key: Key,
    /// What leads to the rows in the order of their keys, where another index than the key's does.
    pub lead: Option<Lead>,
}

impl Order {
    /// By a field, or by the key alone.
    pub fn new(field: Option<&'static Field>, descending: bool, key: Key) -> Self {
        Self { field, descending, key, lead: key.lead }
    }

    /// In SQL.
    pub fn direction(&self) -> &'static str {
        if self.descending {
            " DESC"
        } else {
            ""
        }
    }

    /// As `sort` names it.
    pub fn name(&self) -> String {
        let name = self.field.map_or(self.key.name, |field| field.name);
        format!("{}{name}", if self.descending { "-" } else { "" })
    }

    /// The expression that it is sorted by before the key.
    fn expression(&self) -> Option<&'static str> {
        match self.field?.sql {
            Sql::Of(expression) => Some(expression),
            _ => None,
        }
    }

    /// What leads to the rows in the order of their keys.
    fn lead(&self) -> Option<Lead> {
        self.lead.filter(|_| self.field.is_none())
    }

    /// Adds the columns that tell the place of a row.
    pub fn select(&self, query: &mut QueryBuilder<Postgres>) {
        let key = self.key.columns.join(", ");
        match self.key.is_text {
            true => query.push(key),
            false => query.push(format_args!("ARRAY[{key}]::BIGINT[]")),
        };
        query.push(" AS cursor_key");
        if let (Some(field), Some(expression)) = (self.field, self.expression()) {
            let number = if let Kind::Number | Kind::Id = field.kind { "::BIGINT" } else { "" };
            query.push(format_args!(", ({expression}){number} AS cursor_value"));
        }
    }

    /// Adds the condition that rows come after a cursor, and the order.
    pub fn push(&self, query: &mut QueryBuilder<Postgres>, after: Option<&Cursor>) {
        if let Some(cursor) = after {
            self.push_after(query, cursor);
        }
        let direction = self.direction();
        query.push(" ORDER BY ");
        if let Some(expression) = self.expression() {
            query.push(expression).push(direction);
            // Postgres puts them first where it turns round, and its indexes too.
            if self.field.is_some_and(|field| field.nullable) {
                query.push(" NULLS LAST");
            }
            query.push(", ");
        }
        let lead = self.lead().map(|lead| lead.column);
        let columns = lead.iter().chain(self.key.columns);
        let columns: Vec<_> = columns.map(|column| format!("{column}{direction}")).collect();
        query.push(columns.join(", "));
    }

    /// Adds the order again, of rows that have the columns of [`Self::select`].
    pub fn push_again(&self, query: &mut QueryBuilder<Postgres>) {
        let direction = self.direction();
        query.push("ORDER BY ");
        if self.field.is_some() {
            query.push(format_args!("cursor_value{direction} NULLS LAST, "));
        }
        query.push(format_args!("cursor_key{direction}"));
    }

    fn push_after(&self, query: &mut QueryBuilder<Postgres>, cursor: &Cursor) {
        let compared = if self.descending { "<" } else { ">" };
        let expression = self.expression();
        let is_null = cursor.value == Scalar::Nothing;
        let mut columns: Vec<&str> = self.key.columns.to_vec();
        let mut values: Vec<&Scalar> = cursor.key.iter().collect();
        match expression {
            // All that have a value were before.
            Some(expression) if is_null => {
                query.push(" AND ").push(expression).push(" IS NULL");
            }
            Some(expression) => {
                columns.insert(0, expression);
                values.insert(0, &cursor.value);
            }
            None => {}
        }
        if let (Some(lead), Some(key)) = (self.lead(), cursor.key.first()) {
            query.push(format_args!(" AND {} {compared}= ", lead.column));
            lead.push_at(query, key);
        }
        let nulls_follow = !is_null && self.field.is_some_and(|field| field.nullable);
        // One comparison of rows, which is one range of an index.
        query.push(if nulls_follow { " AND ((" } else { " AND (" }).push(columns.join(", "));
        query.push(format_args!(") {compared} ("));
        for (index, value) in values.into_iter().enumerate() {
            if index > 0 {
                query.push(", ");
            }
            value.bind(query);
        }
        query.push(")");
        if let (true, Some(expression)) = (nulls_follow, expression) {
            query.push(" OR ").push(expression).push(" IS NULL)");
        }
    }

    /// Adds the condition that a column, which grows with the keys, is not before what is asked for.
    pub fn push_start(
        &self,
        query: &mut QueryBuilder<Postgres>,
        column: &str,
        after: Option<&Cursor>,
    ) {
        let key = after.filter(|_| self.field.is_none()).and_then(|cursor| cursor.key.first());
        let Some(key) = key else {
            query.push("TRUE");
            return;
        };
        query.push(column).push(if self.descending { " <= " } else { " >= " });
        match self.lead {
            Some(lead) => lead.push_at(query, key),
            None => key.bind(query),
        }
    }
}

impl Lead {
    /// Adds the value of the column at a key.
    fn push_at(&self, query: &mut QueryBuilder<Postgres>, key: &Scalar) {
        for piece in pieces(self.at) {
            match piece {
                Piece::Words(words) => {
                    query.push(words);
                }
                Piece::Gap(_) => key.bind(query),
            }
        }
    }
}
