// SPDX-License-Identifier: Apache-2.0
//! `checksum`: what tells two indexed databases apart, or that they are the same.

use crate::{
    database::{self, existing_cursor},
    error::IndexerError,
};
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use std::{fmt, time::Duration};

/// Rows and MD5 of every table at a height.
pub struct Checksums {
    pub height: u32,
    tables: Vec<Table>,
    /// Over the lines of the tables.
    all: String,
}

struct Table {
    name: String,
    rows: i64,
    md5: String,
}

/// Waits until the cursor is at a height, if one is given, and reads the checksums.
pub async fn checksum(database: &str, at: Option<u32>) -> Result<Checksums, IndexerError> {
    let mut connection = database::connect(database).await?;
    let Some(wanted) = at else { return read(&mut connection).await };
    loop {
        let checksums = match existing_cursor(&mut connection).await {
            Ok(cursor) if cursor.height > wanted => {
                return Err(IndexerError::Past { cursor: cursor.height, wanted })
            }
            Ok(cursor) if cursor.height == wanted => Some(read(&mut connection).await?),
            Ok(_) | Err(IndexerError::NotIndexed(_)) => None,
            Err(error) => return Err(error),
        };
        // The cursor may have moved between the two.
        if let Some(checksums) = checksums.filter(|checksums| checksums.height == wanted) {
            return Ok(checksums);
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

/// Reads the checksums of one moment.
pub async fn read(connection: &mut PgConnection) -> Result<Checksums, IndexerError> {
    let mut snapshot =
        connection.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?;
    let height = existing_cursor(&mut snapshot).await?.height;
    let mut tables = Vec::new();
    for (name, statement) in statements(&mut snapshot).await? {
        let (rows, md5) =
            sqlx::query_as(AssertSqlSafe(statement)).fetch_one(&mut *snapshot).await?;
        tables.push(Table { name, rows, md5 });
    }
    let lines: String = tables.iter().map(|table| format!("{table}\n")).collect();
    let all =
        sqlx::query_scalar!(r#"SELECT md5($1) AS "md5!""#, lines).fetch_one(&mut *snapshot).await?;
    Ok(Checksums { height, tables, all })
}

/// For every table of the schema, in the order of their names, a statement that counts its rows
/// and hashes their text in the order of the primary key. The hash of each row is hashed, and not
/// its text, because Postgres cannot hold more than a gigabyte in one value.
async fn statements(connection: &mut PgConnection) -> Result<Vec<(String, String)>, IndexerError> {
    let rows = sqlx::query!(
        r#"
        SELECT c.relname::text AS "name!",
               format(
                   'SELECT count(*), md5(coalesce(string_agg(md5(t::text), '''' ORDER BY %s), ''''))
                    FROM %I.%I t',
                   string_agg(
                       format('t.%I', a.attname)
                           || CASE WHEN a.attcollation <> 0 THEN ' COLLATE "C"' ELSE '' END,
                       ', ' ORDER BY k.n
                   ),
                   n.nspname,
                   c.relname
               ) AS "statement!"
        FROM pg_namespace n
        JOIN pg_class c ON c.relnamespace = n.oid AND c.relkind = 'r'
        JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary
        CROSS JOIN LATERAL UNNEST(i.indkey::int2[]) WITH ORDINALITY AS k (attnum, n)
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.attnum
        WHERE n.nspname = 'chain'
        GROUP BY n.nspname, c.relname
        ORDER BY c.relname::text COLLATE "C"
        "#
    )
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(|row| (row.name, row.statement)).collect())
}

impl Checksums {
    /// The line that stands for all tables.
    pub fn summary(&self) -> String {
        let rows: i64 = self.tables.iter().map(|table| table.rows).sum();
        format!("height {} rows {rows} md5 {}", self.height, self.all)
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.name, self.rows, self.md5)
    }
}

impl fmt::Display for Checksums {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.tables.iter().try_for_each(|table| writeln!(f, "{table}"))?;
        f.write_str(&self.summary())
    }
}
