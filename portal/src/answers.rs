// SPDX-License-Identifier: Apache-2.0
//! The parts that answers of the API have in common.

use crate::problem::Problem;
use chrono::{DateTime, SecondsFormat, Utc};
use registry_primitives::{CountryCode, SectoralScope, Serial, SerialRange};
use serde::{Serialize, Serializer};
use sqlx::{postgres::PgRow, Row};
use utoipa::ToSchema;

/// An instant, RFC 3339 in UTC.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, sqlx::Type, ToSchema)]
#[sqlx(transparent)]
#[schema(value_type = String, format = DateTime, example = "2024-03-12T14:05:00.000Z")]
pub struct Time(pub DateTime<Utc>);

impl From<DateTime<Utc>> for Time {
    fn from(time: DateTime<Utc>) -> Self {
        Self(time)
    }
}

impl std::fmt::Display for Time {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0.to_rfc3339_opts(SecondsFormat::Millis, true))
    }
}

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// The finalised block that an answer is true at.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, ToSchema)]
pub struct AsOf {
    /// Height of the block.
    pub block: i64,
    /// Hash of the block.
    #[schema(example = "0x91b171bb158e2d3848fa23a9f1c25182fb8e20313b2c1eb49219da7a70ce90c3")]
    pub hash: String,
    /// Time of the block.
    pub time: Time,
}

/// All transfers and retirements stand still.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, ToSchema)]
pub struct Pause {
    /// The public reason.
    pub reason: String,
    /// Since when.
    pub since: Time,
}

/// One thing, at a block.
#[derive(Serialize, ToSchema)]
pub struct At<T> {
    /// The block that the answer is true at.
    pub as_of: AsOf,
    /// The thing; its fields stand beside `as_of`.
    #[serde(flatten)]
    pub item: T,
}

/// Some of a list, at a block.
#[derive(Serialize, ToSchema)]
pub struct List<T> {
    /// The block that the answer is true at.
    pub as_of: AsOf,
    /// The items, in a stable order.
    pub items: Vec<T>,
    /// What to give as `after` to read on; null at the end.
    pub next: Option<String>,
}

/// An organisation, by number and name.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, ToSchema)]
pub struct OrganisationRef {
    /// Its number.
    pub id: i64,
    /// Its name.
    pub name: String,
}

impl OrganisationRef {
    /// Two columns of a row.
    pub fn of(row: &PgRow, id: &str, name: &str) -> Result<Self, sqlx::Error> {
        Ok(Self { id: row.try_get(id)?, name: row.try_get(name)? })
    }

    /// A join's columns of an organisation that may be missing.
    pub fn perhaps(id: Option<i64>, name: Option<String>) -> Option<Self> {
        Some(Self { id: id?, name: name? })
    }
}

/// A project, by number and title.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, ToSchema)]
pub struct ProjectRef {
    /// Its number.
    pub id: i64,
    /// Its title.
    pub title: String,
}

impl ProjectRef {
    /// Two columns of a row.
    pub fn of(row: &PgRow, id: &str, title: &str) -> Result<Self, sqlx::Error> {
        Ok(Self { id: row.try_get(id)?, title: row.try_get(title)? })
    }
}

/// Consecutive serial numbers and what they are.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, ToSchema)]
pub struct Numbers {
    /// The whole serial number.
    #[schema(example = "VU-ITMO-1-001-2023-0-1-100")]
    pub serial: String,
    /// First number.
    pub start: i64,
    /// Last number.
    pub end: i64,
    /// Tonnes: how many numbers.
    pub quantity: i64,
}

/// Numbers that a transfer or a retirement moved.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, ToSchema)]
pub struct Part {
    /// The numbers.
    #[serde(flatten)]
    pub numbers: Numbers,
    /// The project that they come from.
    pub project: ProjectRef,
    /// The year of the reductions.
    pub vintage: i16,
}

/// A row of the numbers that a record moved, joined with their project.
pub struct PartRow {
    /// The record.
    pub record: i64,
    pub start_serial: i64,
    pub end_serial: i64,
    pub project: i64,
    pub title: String,
    pub sectoral_scope: i16,
    pub vintage: i16,
}

/// What a serial number says beside its numbers, as the tables hold it.
#[derive(Clone, Copy)]
pub struct Origin {
    pub country: CountryCode,
    pub scope: i16,
    pub project: i64,
    pub vintage: i16,
}

impl Origin {
    /// The serial number of some numbers from here.
    pub fn serial(self, start: i64, end: i64) -> Result<Serial, Problem> {
        let serial = || {
            Some(Serial {
                country: self.country,
                scope: SectoralScope::from_number(u8::try_from(self.scope).ok()?)?,
                project: u32::try_from(self.project).ok()?,
                vintage: u16::try_from(self.vintage).ok()?,
                range: SerialRange::new(u64::try_from(start).ok()?, u64::try_from(end).ok()?)?,
            })
        };
        serial().ok_or_else(|| Problem::internal("the tables hold a block without a serial number"))
    }

    /// Some numbers from here.
    pub fn numbers(self, start: i64, end: i64) -> Result<Numbers, Problem> {
        let serial = self.serial(start, end)?.to_string();
        Ok(Numbers { serial, start, end, quantity: end - start + 1 })
    }
}

/// Takes one more row than asked for as the sign that there is more.
pub fn cut<T, C>(mut rows: Vec<T>, limit: i64, cursor: impl Fn(&T) -> C) -> (Vec<T>, Option<C>) {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next = rows.last().filter(|_| more).map(cursor);
    (rows, next)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ORIGIN: Origin =
        Origin { country: CountryCode(*b"VU"), scope: 1, project: 12, vintage: 2023 };

    #[test]
    fn numbers_carry_their_whole_serial() {
        let numbers = ORIGIN.numbers(81, 100).unwrap();
        assert_eq!(numbers.serial, "VU-ITMO-1-012-2023-0-81-100");
        assert_eq!(numbers.quantity, 20);
    }

    #[test]
    fn what_is_no_serial_is_refused() {
        assert!(ORIGIN.numbers(0, 5).is_err());
        assert!(ORIGIN.numbers(5, 4).is_err());
        assert!(Origin { scope: 16, ..ORIGIN }.numbers(1, 1).is_err());
    }

    #[test]
    fn one_row_too_many_means_there_is_more() {
        let name = |row: &i32| row.to_string();
        assert_eq!(cut(vec![1, 2, 3], 2, name), (vec![1, 2], Some("2".to_owned())));
        assert_eq!(cut(vec![1, 2], 2, name), (vec![1, 2], None));
        assert_eq!(cut(vec![], 2, name), (vec![], None));
    }

    #[test]
    fn time_is_rfc_3339_in_utc() {
        let time = Time(DateTime::from_timestamp_millis(1_710_252_300_007).unwrap());
        assert_eq!(time.to_string(), "2024-03-12T14:05:00.007Z");
    }
}
