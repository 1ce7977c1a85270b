// SPDX-License-Identifier: Apache-2.0
//! The report of a comparison: what was compared, at which block, and what came of it. It ends with a
//! hash of itself, by which it can be quoted.

use super::Rows;
use crate::database::Cursor;
use chrono::SecondsFormat;
use registry_client::H256;
use serde_json::{json, Value};
use std::fmt;
use subxt::config::{substrate::BlakeTwo256, Hasher};

/// What the comparison found.
pub struct Report {
    pub cursor: Cursor,
    /// The version of the runtime that made the block.
    pub spec_version: u32,
    pub tables: Vec<Compared>,
}

/// What was found of a table.
pub struct Compared {
    pub table: &'static str,
    /// Rows that follow from the state of the chain.
    pub rows: usize,
    /// The hash of those.
    pub contents: H256,
    pub differences: Vec<String>,
}

/// BLAKE2b-256, as the chain hashes.
fn hash(bytes: &[u8]) -> H256 {
    BlakeTwo256.hash(bytes)
}

/// The hash of rows: of a line for each, its key and its JSON with the names in order.
pub fn contents(rows: &Rows) -> H256 {
    let lines = rows.iter().map(|(key, row)| format!("{key} {row}\n"));
    hash(lines.collect::<String>().as_bytes())
}

impl Compared {
    fn result(&self) -> String {
        match self.differences.len() {
            0 => "ok".to_owned(),
            1 => "1 difference".to_owned(),
            more => format!("{more} differences"),
        }
    }
}

impl Report {
    /// Whether nothing differs.
    pub fn agrees(&self) -> bool {
        self.tables.iter().all(|table| table.differences.is_empty())
    }

    /// Everything above the last line.
    fn body(&self) -> String {
        let Cursor { genesis, height, hash, time } = &self.cursor;
        let time = time.to_rfc3339_opts(SecondsFormat::Millis, true);
        let mut lines = vec![
            format!(
                "registry-indexer {}: the database against the chain",
                env!("CARGO_PKG_VERSION")
            ),
            format!("chain   {genesis:?}"),
            format!("block   {height} {hash:?} {time}"),
            format!("runtime {}", self.spec_version),
            String::new(),
        ];
        for compared in &self.tables {
            let Compared { table, rows, contents, differences } = compared;
            let result = compared.result();
            lines.push(format!("{table:<26} {rows:>10} rows  {result:<16} {contents:?}"));
            lines.extend(differences.iter().map(|difference| format!("    {difference}")));
        }
        let rows: usize = self.tables.iter().map(|table| table.rows).sum();
        let differences: usize = self.tables.iter().map(|table| table.differences.len()).sum();
        lines.push(String::new());
        lines.push(match differences {
            0 => format!("{rows} rows of {} tables agree with the chain", self.tables.len()),
            more => format!("DIFFERENT: {more} differences in {rows} rows"),
        });
        lines.iter().map(|line| format!("{line}\n")).collect()
    }

    /// The hash of everything above the last line.
    pub fn hash(&self) -> H256 {
        hash(self.body().as_bytes())
    }

    /// The same for machines.
    pub fn json(&self) -> Value {
        let Cursor { genesis, height, hash, time } = &self.cursor;
        let tables = self.tables.iter().map(|compared| {
            json!({
                "table": compared.table,
                "rows": compared.rows,
                "contents": format!("{:?}", compared.contents),
                "differences": compared.differences,
            })
        });
        json!({
            "version": env!("CARGO_PKG_VERSION"),
            "chain": format!("{genesis:?}"),
            "block": {
                "height": height,
                "hash": format!("{hash:?}"),
                "time": time.to_rfc3339_opts(SecondsFormat::Millis, true),
            },
            "runtime": self.spec_version,
            "agrees": self.agrees(),
            "tables": tables.collect::<Vec<_>>(),
            "hash": format!("{:?}", self.hash()),
        })
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.body())?;
        writeln!(f, "BLAKE2b-256 of the lines above: {:?}", self.hash())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::block::instant;

    fn report(differences: &[&str]) -> Report {
        let rows: Rows = [("1".to_owned(), json!({ "name": "a" }))].into();
        let compared = Compared {
            table: "things",
            rows: rows.len(),
            contents: contents(&rows),
            differences: differences.iter().map(|it| (*it).to_owned()).collect(),
        };
        let cursor = Cursor {
            genesis: H256::repeat_byte(1),
            height: 7,
            hash: H256::repeat_byte(7),
            time: instant(21_000).unwrap(),
        };
        Report { cursor, spec_version: 1, tables: vec![compared] }
    }

    #[test]
    fn a_report_says_what_was_compared_and_what_came_of_it() {
        let text = report(&[]).to_string();
        assert!(report(&[]).agrees());
        assert!(text.contains("block   7 0x0707"), "{text}");
        assert!(text.contains("things                              1 rows  ok"), "{text}");
        assert!(text.contains("1 rows of 1 tables agree with the chain"), "{text}");
        let different = report(&["1: name is \"a\" on the chain, \"b\" in the table"]);
        assert!(!different.agrees());
        let text = different.to_string();
        assert!(text.contains("1 difference") && text.contains("DIFFERENT"), "{text}");
    }

    #[test]
    fn its_last_line_is_the_hash_of_the_others() {
        let text = report(&[]).to_string();
        let (above, last) = text.trim_end().rsplit_once('\n').unwrap();
        let expected = format!("{:?}", hash(format!("{above}\n").as_bytes()));
        assert!(last.ends_with(&expected), "{last}");
        assert_ne!(report(&[]).hash(), report(&["1: gone"]).hash());
        assert_eq!(report(&[]).json()["hash"], expected);
        // As `b2sum -l 256` has it of nothing.
        let nothing = "0x0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8";
        assert_eq!(format!("{:?}", hash(b"")), nothing);
    }
}
