// SPDX-License-Identifier: Apache-2.0
//! `check`: whether the tables say what the chain says.
//!
//! Both sides are brought into the same JSON by different ways: the tables by SQL, the state by
//! the types of the chain. What only events tell (reasons, transfers, history) is in no state and
//! is not compared.

mod indexed;
mod onchain;

use crate::{
    database::{self, existing_cursor},
    error::IndexerError,
    follow::Endpoints,
    node::Node,
};
use serde_json::Value;
use sqlx::Connection;
use std::{collections::BTreeMap, fmt};

/// The rows of a table, by their keys.
type Rows = BTreeMap<String, Value>;
/// The tables that are compared, by their names.
type Tables = BTreeMap<&'static str, Rows>;

/// What the comparison found.
pub struct Report {
    height: u32,
    tables: Vec<Compared>,
}

struct Compared {
    table: &'static str,
    rows: usize,
    differences: Vec<String>,
}

/// Compares every projection with the state of the chain at the cursor's height.
pub async fn check(endpoints: &Endpoints) -> Result<Report, IndexerError> {
    let mut connection = database::connect(&endpoints.database).await?;
    let node = Node::connect(&endpoints.node).await?;
    let mut snapshot =
        connection.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?;
    let cursor = existing_cursor(&mut snapshot).await?;
    let genesis = node.genesis_hash();
    if cursor.genesis != genesis {
        return Err(IndexerError::OtherGenesis { database: cursor.genesis, node: genesis });
    }
    match node.block_hash(cursor.height).await? {
        Some(hash) if hash == cursor.hash => {}
        Some(node) => {
            let (height, database) = (cursor.height, cursor.hash);
            return Err(IndexerError::OtherBlock { height, database, node });
        }
        None => return Err(IndexerError::NodeBehind(cursor.height)),
    }
    let found = indexed::tables(&mut snapshot).await?;
    let expected = onchain::tables(&node.state(cursor.height).await?)?;
    Ok(Report { height: cursor.height, tables: compare(&expected, &found) })
}

fn compare(expected: &Tables, found: &Tables) -> Vec<Compared> {
    let none = Rows::new();
    expected
        .iter()
        .map(|(&table, rows)| {
            let found = found.get(table).unwrap_or(&none);
            let missing = rows.iter().flat_map(|(key, row)| match found.get(key) {
                Some(found) => differences(key, row, found),
                None => vec![format!("{key}: on the chain, and not in the table")],
            });
            let surplus = found
                .keys()
                .filter(|key| !rows.contains_key(*key))
                .map(|key| format!("{key}: in the table, and not on the chain"));
            let differences = missing.chain(surplus).collect();
            Compared { table, rows: rows.len(), differences }
        })
        .collect()
}

/// The fields in which two rows differ.
fn differences(key: &str, expected: &Value, found: &Value) -> Vec<String> {
    let (Value::Object(expected), Value::Object(found)) = (expected, found) else {
        return vec![format!("{key}: {expected} on the chain, {found} in the table")];
    };
    let fields = expected.keys().chain(found.keys().filter(|name| !expected.contains_key(*name)));
    fields
        .filter_map(|name| {
            let of = |row: &serde_json::Map<String, Value>| {
                row.get(name).map_or_else(|| "nothing".to_owned(), Value::to_string)
            };
            let (expected, found) = (of(expected), of(found));
            (expected != found)
                .then(|| format!("{key}: {name} is {expected} on the chain, {found} in the table"))
        })
        .collect()
}

impl Report {
    /// Whether nothing differs.
    pub fn agrees(&self) -> bool {
        self.tables.iter().all(|table| table.differences.is_empty())
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "height {}", self.height)?;
        for Compared { table, rows, differences } in &self.tables {
            let result = match differences.len() {
                0 => "ok".to_owned(),
                1 => "1 difference".to_owned(),
                more => format!("{more} differences"),
            };
            writeln!(f, "{table:<26} {rows:>10} rows  {result}")?;
            for difference in differences {
                writeln!(f, "    {difference}")?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn tables(rows: &[(&str, Value)]) -> Tables {
        let rows = rows.iter().map(|(key, row)| ((*key).to_owned(), row.clone())).collect();
        [("things", rows)].into()
    }

    #[test]
    fn equal_tables_agree() {
        let same = tables(&[("1", json!({ "name": "a" })), ("2", json!({ "name": "b" }))]);
        let report = Report { height: 7, tables: compare(&same, &same) };
        assert!(report.agrees());
        assert_eq!(report.to_string(), format!("height 7\nthings {:>30} rows  ok\n", 2));
    }

    #[test]
    fn every_difference_is_named() {
        let expected = tables(&[("1", json!({ "name": "a", "size": 3 })), ("2", json!({}))]);
        let found = tables(&[("1", json!({ "name": "b", "size": 3 })), ("3", json!({}))]);
        let compared = compare(&expected, &found);
        assert_eq!(
            compared[0].differences,
            [
                "1: name is \"a\" on the chain, \"b\" in the table",
                "2: on the chain, and not in the table",
                "3: in the table, and not on the chain",
            ]
        );
        let report = Report { height: 7, tables: compared };
        assert!(!report.agrees());
        assert!(report.to_string().contains("3 differences"));
    }

    #[test]
    fn a_table_that_was_not_read_differs() {
        let expected = tables(&[("1", json!({}))]);
        assert_eq!(compare(&expected, &Tables::new())[0].differences.len(), 1);
    }
}
