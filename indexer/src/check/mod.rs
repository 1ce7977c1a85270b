// SPDX-License-Identifier: Apache-2.0
//! `check`: whether the tables say what the chain says.
//!
//! Both sides are brought into the same JSON by different ways: the tables by SQL, the state by
//! the types of the chain. What only events tell (reasons, transfers, history) is in no state and
//! is not compared.

mod indexed;
mod onchain;
mod report;

pub use report::Report;

use crate::{
    database::{self, existing_cursor},
    error::IndexerError,
    follow::Endpoints,
    node::Node,
};
use report::Compared;
use serde_json::Value;
use sqlx::Connection;
use std::collections::BTreeMap;

/// The rows of a table, by their keys.
type Rows = BTreeMap<String, Value>;
/// The tables that are compared, by their names.
type Tables = BTreeMap<&'static str, Rows>;

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
    let state = node.state(cursor.height).await?;
    let spec_version = state.network.spec_version;
    let expected = onchain::tables(&state)?;
    Ok(Report { cursor, spec_version, tables: compare(&expected, &found) })
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
            Compared { table, rows: rows.len(), contents: report::contents(rows), differences }
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
        let compared = compare(&same, &same);
        assert_eq!((compared[0].rows, compared[0].differences.len()), (2, 0));
    }

    #[test]
    fn every_difference_is_named() {
        let expected = tables(&[("1", json!({ "name": "a", "size": 3 })), ("2", json!({}))]);
        let found = tables(&[("1", json!({ "name": "b", "size": 3 })), ("3", json!({}))]);
        assert_eq!(
            compare(&expected, &found)[0].differences,
            [
                "1: name is \"a\" on the chain, \"b\" in the table",
                "2: on the chain, and not in the table",
                "3: in the table, and not on the chain",
            ]
        );
    }

    #[test]
    fn a_table_that_was_not_read_differs() {
        let expected = tables(&[("1", json!({}))]);
        assert_eq!(compare(&expected, &Tables::new())[0].differences.len(), 1);
    }
}
