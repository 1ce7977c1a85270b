// SPDX-License-Identifier: Apache-2.0
//! Many rows at once into a table: `COPY`, in Postgres' binary format.

use crate::error::IndexerError;
use chrono::{DateTime, Utc};
use sqlx::PgConnection;

/// What a stream in this format begins with: a signature, flags, and the length of what follows them.
const HEADER: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";
/// What it ends with.
const TRAILER: i16 = -1;
/// Microseconds from 1970 to 2000, from which Postgres counts.
const EPOCH: i64 = 946_684_800_000_000;
/// The type `integer`.
const INTEGER: u32 = 23;

/// Rows that are to be written into some columns of a table.
pub struct Rows {
    /// The table, and its columns in brackets.
    into: &'static str,
    bytes: Vec<u8>,
    count: usize,
}

/// A value as a column holds it.
pub trait Value {
    /// Appends its bytes; `false` if it is nothing.
    fn append(&self, bytes: &mut Vec<u8>) -> bool;
}

impl Rows {
    /// None yet, of a table and its columns: `table (column, column)`.
    pub fn new(into: &'static str) -> Self {
        Self { into, bytes: HEADER.to_vec(), count: 0 }
    }

    /// Adds a row: a value for each column, or Postgres refuses all of them.
    pub fn add(&mut self, values: &[&dyn Value]) {
        // Tables have few columns.
        self.bytes.extend((values.len() as i16).to_be_bytes());
        for value in values {
            let place = self.bytes.len();
            self.bytes.extend((-1_i32).to_be_bytes());
            if value.append(&mut self.bytes) {
                // Postgres takes no value of two gigabytes, and nothing here has one.
                let length = (self.bytes.len() - place - 4) as i32;
                self.bytes[place..place + 4].copy_from_slice(&length.to_be_bytes());
            }
        }
        self.count += 1;
    }

    /// Writes them, if there are any.
    pub async fn write(mut self, connection: &mut PgConnection) -> Result<(), IndexerError> {
        if self.count == 0 {
            return Ok(());
        }
        self.bytes.extend(TRAILER.to_be_bytes());
        let statement = format!("COPY {} FROM STDIN (FORMAT binary)", self.into);
        let mut copy = connection.copy_in_raw(&statement).await?;
        match copy.send(self.bytes).await {
            Ok(_) => {
                copy.finish().await?;
                Ok(())
            }
            Err(error) => {
                copy.abort("the rows could not be sent").await?;
                Err(error.into())
            }
        }
    }
}

macro_rules! numbers {
    ($($type:ty),*) => {$(
        impl Value for $type {
            fn append(&self, bytes: &mut Vec<u8>) -> bool {
                bytes.extend(self.to_be_bytes());
                true
            }
        }
    )*};
}

numbers!(i16, i32, i64);

impl Value for bool {
    fn append(&self, bytes: &mut Vec<u8>) -> bool {
        bytes.push(u8::from(*self));
        true
    }
}

impl Value for &str {
    fn append(&self, bytes: &mut Vec<u8>) -> bool {
        bytes.extend(self.as_bytes());
        true
    }
}

impl Value for String {
    fn append(&self, bytes: &mut Vec<u8>) -> bool {
        self.as_str().append(bytes)
    }
}

/// `bytea`.
impl Value for &[u8] {
    fn append(&self, bytes: &mut Vec<u8>) -> bool {
        bytes.extend(*self);
        true
    }
}

impl Value for DateTime<Utc> {
    fn append(&self, bytes: &mut Vec<u8>) -> bool {
        (self.timestamp_micros() - EPOCH).append(bytes)
    }
}

impl<T: Value> Value for Option<T> {
    fn append(&self, bytes: &mut Vec<u8>) -> bool {
        self.as_ref().is_some_and(|value| value.append(bytes))
    }
}

/// `json`: its text.
pub struct Json<'a>(pub &'a [u8]);

impl Value for Json<'_> {
    fn append(&self, bytes: &mut Vec<u8>) -> bool {
        bytes.extend(self.0);
        true
    }
}

/// `jsonb`: its text, after the number of the format.
impl Value for &serde_json::Value {
    fn append(&self, bytes: &mut Vec<u8>) -> bool {
        bytes.push(1);
        bytes.extend(self.to_string().as_bytes());
        true
    }
}

/// `integer[]`, of one dimension from 1 on.
impl Value for &[i32] {
    fn append(&self, bytes: &mut Vec<u8>) -> bool {
        let dimensions = i32::from(!self.is_empty());
        for number in [dimensions, 0] {
            bytes.extend(number.to_be_bytes());
        }
        bytes.extend(INTEGER.to_be_bytes());
        if dimensions > 0 {
            // An event for each: far fewer than two thousand million.
            for number in [self.len() as i32, 1] {
                bytes.extend(number.to_be_bytes());
            }
        }
        for number in *self {
            bytes.extend(4_i32.to_be_bytes());
            bytes.extend(number.to_be_bytes());
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_as_the_manual_of_postgres_has_them() {
        let mut rows = Rows::new("t (a, b, c)");
        rows.add(&[&7_i16, &None::<i64>, &"é"]);
        let expected = [
            HEADER,
            &[0, 3],
            &[0, 0, 0, 2, 0, 7],
            &[0xff, 0xff, 0xff, 0xff],
            &[0, 0, 0, 2, 0xc3, 0xa9],
        ];
        assert_eq!(rows.bytes, expected.concat());
    }

    #[test]
    fn times_are_counted_from_2000_and_arrays_say_their_length() {
        let bytes = |value: &dyn Value| {
            let mut bytes = Vec::new();
            assert!(value.append(&mut bytes));
            bytes
        };
        let time = DateTime::from_timestamp(946_684_801, 0).unwrap();
        assert_eq!(bytes(&time), 1_000_000_i64.to_be_bytes());
        let array = [0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 23, 0, 0, 0, 2, 0, 0, 0, 1];
        let values = [0, 0, 0, 4, 0, 0, 0, 5, 0, 0, 0, 4, 0, 0, 0, 6];
        assert_eq!(bytes(&&[5, 6][..]), [&array[..], &values].concat());
        assert_eq!(bytes(&Json(b"{}")), b"{}");
        assert_eq!(bytes(&&serde_json::json!([1])), b"\x01[1]");
    }
}
