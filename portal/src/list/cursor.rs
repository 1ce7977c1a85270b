// SPDX-License-Identifier: Apache-2.0
//! Where a part of a list ends: the value that it is sorted by, and the key that tells rows with the
//! same value apart. To read on is to ask for what comes after both, so that no row is told twice or
//! left out, whatever else happens to the list.
//!
//! In the order of its key, a cursor is the key itself, such as `12` or `120-3`. In any other it also
//! names the order, so that it cannot be mistaken for one of another: base64url of JSON.

use super::{
    field::{Field, Kind},
    value::Scalar,
};
use base64::{engine::general_purpose::URL_SAFE_NO_PAD, Engine};
use chrono::{DateTime, SecondsFormat};
use serde_json::Value;
use sqlx::{postgres::PgRow, Postgres, QueryBuilder, Row};

/// What tells the rows of a list apart, in the order that it has by itself.
#[derive(Clone, Copy)]
pub struct Key {
    /// Its name in `sort`.
    pub name: &'static str,
    /// Its columns.
    pub columns: &'static [&'static str],
    /// Whether it is a text, of one column, and not numbers.
    pub is_text: bool,
}

impl Key {
    /// A key of numbers.
    pub const fn numbers(name: &'static str, columns: &'static [&'static str]) -> Self {
        Self { name, columns, is_text: false }
    }

    /// A key that is a text.
    pub const fn text(name: &'static str, columns: &'static [&'static str]) -> Self {
        Self { name, columns, is_text: true }
    }
}

/// The order of a list.
#[derive(Clone, Copy)]
pub struct Order {
    /// What it is sorted by; the key alone if nothing.
    pub field: Option<&'static Field>,
    /// The largest first.
    pub descending: bool,
    /// What tells rows with the same value apart.
    pub key: Key,
}

/// Where a part of a list ends.
#[derive(Clone, PartialEq, Debug)]
pub struct Cursor {
    /// The value that the list is sorted by: nothing if the row has none.
    pub value: Scalar,
    /// The key.
    pub key: Vec<Scalar>,
}

impl Order {
    /// As `sort` names it.
    pub fn name(&self) -> String {
        let name = self.field.map_or(self.key.name, |field| field.name);
        format!("{}{name}", if self.descending { "-" } else { "" })
    }

    /// The expression that it is sorted by before the key.
    fn expression(&self) -> Option<&'static str> {
        match self.field?.sql {
            super::field::Sql::Of(expression) => Some(expression),
            _ => None,
        }
    }

    /// Adds the columns that [`Self::cursor`] reads.
    pub fn select(&self, query: &mut QueryBuilder<Postgres>) {
        match self.key {
            Key { is_text: true, columns, .. } => query.push(columns.join(", ")),
            Key { columns, .. } => {
                query.push(format_args!("ARRAY[{}]::BIGINT[]", columns.join(", ")))
            }
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
            query.push(" AND ");
            self.push_after(query, cursor);
        }
        let direction = if self.descending { " DESC" } else { "" };
        query.push(" ORDER BY ");
        if let Some(expression) = self.expression() {
            query.push(expression).push(direction);
            // Postgres puts them first where it turns round, and its indexes too.
            if self.field.is_some_and(|field| field.nullable) {
                query.push(" NULLS LAST");
            }
            query.push(", ");
        }
        let key = self.key.columns.iter().map(|column| format!("{column}{direction}"));
        query.push(key.collect::<Vec<_>>().join(", "));
    }

    fn push_after(&self, query: &mut QueryBuilder<Postgres>, cursor: &Cursor) {
        let expression = self.expression();
        let mut columns: Vec<&str> = self.key.columns.to_vec();
        let mut values: Vec<&Scalar> = cursor.key.iter().collect();
        let is_null = cursor.value == Scalar::Nothing;
        match expression {
            // All that have a value were before.
            Some(expression) if is_null => {
                query.push(expression).push(" IS NULL AND ");
            }
            Some(expression) => {
                columns.insert(0, expression);
                values.insert(0, &cursor.value);
            }
            None => {}
        }
        let nulls_follow = !is_null && self.field.is_some_and(|field| field.nullable);
        let compared = if self.descending { " < (" } else { " > (" };
        // One comparison of rows, which is one range of an index.
        query.push(if nulls_follow { "((" } else { "(" }).push(columns.join(", "));
        query.push(")").push(compared);
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

    /// Where a row is in this order.
    pub fn cursor(&self, row: &PgRow) -> Result<Cursor, sqlx::Error> {
        let key = match self.key.is_text {
            true => vec![Scalar::Text(row.try_get("cursor_key")?)],
            false => {
                let numbers: Vec<i64> = row.try_get("cursor_key")?;
                numbers.into_iter().map(Scalar::Number).collect()
            }
        };
        let value = match self.field.map(|field| field.kind) {
            None => None,
            Some(Kind::Time) => row.try_get::<Option<_>, _>("cursor_value")?.map(Scalar::Time),
            Some(Kind::Number | Kind::Id) => {
                row.try_get::<Option<_>, _>("cursor_value")?.map(Scalar::Number)
            }
            Some(_) => row.try_get::<Option<_>, _>("cursor_value")?.map(Scalar::Text),
        };
        Ok(Cursor { value: value.unwrap_or(Scalar::Nothing), key })
    }

    /// A cursor as it is given.
    pub fn write(&self, cursor: &Cursor) -> String {
        if self.is_plain() {
            let numbers: Vec<_> =
                cursor.key.iter().filter_map(Scalar::number).map(|it| it.to_string()).collect();
            return numbers.join("-");
        }
        let mut parts = vec![Value::from(self.name()), as_json(&cursor.value)];
        parts.extend(cursor.key.iter().map(as_json));
        URL_SAFE_NO_PAD.encode(Value::from(parts).to_string())
    }

    /// A cursor of this order as it was given, and nothing else.
    pub fn read(&self, text: &str) -> Option<Cursor> {
        if self.is_plain() {
            let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
            let number = |part: &str| part.parse().ok().filter(|_| digits(part));
            let key: Option<Vec<i64>> = text.split('-').map(number).collect();
            let key: Vec<_> = key?.into_iter().map(Scalar::Number).collect();
            return (key.len() == self.key.columns.len())
                .then_some(Cursor { value: Scalar::Nothing, key });
        }
        let json = URL_SAFE_NO_PAD.decode(text).ok()?;
        let parts: Vec<Value> = serde_json::from_slice(&json).ok()?;
        let (name, value, key) = match parts.as_slice() {
            [name, value, key @ ..] => (name, value, key),
            _ => return None,
        };
        if *name != Value::from(self.name()) || key.len() != self.key.columns.len() {
            return None;
        }
        let key_kind = if self.key.is_text { Kind::Text } else { Kind::Id };
        let key: Option<_> = key.iter().map(|part| from_json(key_kind, part)).collect();
        let value = match (self.field, value) {
            (None, Value::Null) => Scalar::Nothing,
            (Some(field), Value::Null) if field.nullable => Scalar::Nothing,
            (Some(field), value) => from_json(field.kind, value)?,
            (None, _) => return None,
        };
        Some(Cursor { value, key: key? })
    }

    /// Whether the key alone says where a row is.
    fn is_plain(&self) -> bool {
        self.field.is_none() && !self.key.is_text
    }
}

fn as_json(scalar: &Scalar) -> Value {
    match scalar {
        Scalar::Number(number) => Value::from(*number),
        Scalar::Text(text) => Value::from(text.as_str()),
        Scalar::Time(time) => Value::from(time.to_rfc3339_opts(SecondsFormat::Micros, true)),
        // Nothing else is sorted by.
        _ => Value::Null,
    }
}

fn from_json(kind: Kind, value: &Value) -> Option<Scalar> {
    match kind {
        Kind::Number | Kind::Id => value.as_i64().map(Scalar::Number),
        Kind::Time => {
            let time = DateTime::parse_from_rfc3339(value.as_str()?).ok()?;
            Some(Scalar::Time(time.to_utc()))
        }
        // No text of Postgres can hold it.
        _ => {
            value.as_str().filter(|text| !text.contains('\0')).map(|it| Scalar::Text(it.to_owned()))
        }
    }
}
