// SPDX-License-Identifier: Apache-2.0
//! Where a part of a list ends: the value that it is sorted by, and the key that tells rows with the
//! same value apart. To read on is to ask for what comes after both, so that no row is told twice or
//! left out, whatever else happens to the list.
//!
//! In the order of its key, a cursor is the key itself, such as `12` or `120-3`. In any other it also
//! names the order, so that it cannot be mistaken for one of another: base64url of JSON.

use super::{field::Kind, order::Order, value::Scalar};
use base64::{engine::general_purpose::URL_SAFE_NO_PAD, Engine};
use chrono::{DateTime, SecondsFormat};
use serde_json::Value;
use sqlx::{postgres::PgRow, Row};

/// What tells the rows of a list apart, in the order that it has by itself.
#[derive(Clone, Copy)]
pub struct Key {
    /// Its name in `sort`.
    pub name: &'static str,
    /// Its columns.
    pub columns: &'static [&'static str],
    /// Whether it is a text, of one column, and not numbers.
    pub is_text: bool,
    /// What leads to the rows in the order of their keys, where another index than the key's does.
    pub lead: Option<Lead>,
}

/// A column that never falls where the key grows, and the rows in its order.
#[derive(Clone, Copy)]
pub struct Lead {
    /// The column.
    pub column: &'static str,
    /// Its value at a key, or where the key would be; `{key}` stands for the key's first number.
    pub at: &'static str,
}

impl Key {
    /// A key of numbers.
    pub const fn numbers(name: &'static str, columns: &'static [&'static str]) -> Self {
        Self { name, columns, is_text: false, lead: None }
    }

    /// Led by a column that never falls where the key grows, and its value at a key.
    pub const fn led_by(self, column: &'static str, at: &'static str) -> Self {
        Self { lead: Some(Lead { column, at }), ..self }
    }

    /// A key that is a text.
    pub const fn text(name: &'static str, columns: &'static [&'static str]) -> Self {
        Self { name, columns, is_text: true, lead: None }
    }
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
        if name.as_str() != Some(&*self.name()) || key.len() != self.key.columns.len() {
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
