// SPDX-License-Identifier: Apache-2.0
//! Postgres: connections, the schema, the cursor, and the lock that keeps writers apart.

use crate::error::IndexerError;
use chrono::{DateTime, Utc};
use registry_client::H256;
use sqlx::{
    migrate::Migrator, postgres::PgConnectOptions, ConnectOptions, Connection, Executor,
    PgConnection,
};
use std::{str::FromStr, time::Duration};
use tokio::time::timeout;

/// The longest that a transaction, or any other question to Postgres, may take.
const PATIENCE: Duration = Duration::from_secs(120);
/// "registry", as a number.
const LOCK: i64 = 0x7265_6769_7374_7279;
/// A table of our own, so that other programs can keep migrations in the same database. It is
/// outside the schema that it describes.
const MIGRATIONS: &str = "public.registry_indexer_migrations";

/// The last block indexed.
#[derive(Clone, PartialEq, Debug)]
pub struct Cursor {
    pub genesis: H256,
    pub height: u32,
    pub hash: H256,
    pub time: DateTime<Utc>,
}

/// The only connection that writes: the lock is the session's, and goes when it goes.
pub struct Writer {
    connection: PgConnection,
}

/// Waits for Postgres, but not for ever.
pub async fn patiently<T>(
    work: impl std::future::Future<Output = Result<T, IndexerError>>,
) -> Result<T, IndexerError> {
    timeout(PATIENCE, work).await.unwrap_or(Err(IndexerError::DatabaseSilent(PATIENCE.as_secs())))
}

/// Connects without looking at the contents.
pub async fn connect(url: &str) -> Result<PgConnection, IndexerError> {
    let options = PgConnectOptions::from_str(url)?
        .application_name("registry-indexer")
        // How rows are written as text decides their checksums; and nothing here runs so long that
        // compiling it would pay.
        .options([("bytea_output", "hex"), ("IntervalStyle", "postgres"), ("jit", "off")])
        .disable_statement_logging();
    patiently(async { Ok(options.connect().await?) }).await
}

impl Writer {
    /// Connects and takes the lock.
    pub async fn open(url: &str) -> Result<Self, IndexerError> {
        let mut connection = connect(url).await?;
        let locked = sqlx::query_scalar!(r#"SELECT pg_try_advisory_lock($1) AS "locked!""#, LOCK)
            .fetch_one(&mut connection)
            .await?;
        if !locked {
            return Err(IndexerError::Locked);
        }
        Ok(Self { connection })
    }

    pub fn connection(&mut self) -> &mut PgConnection {
        &mut self.connection
    }

    /// Brings the schema up to date.
    pub async fn migrate(&mut self) -> Result<(), IndexerError> {
        let mut migrator: Migrator = sqlx::migrate!();
        migrator.dangerous_set_table_name(MIGRATIONS);
        patiently(async { Ok(migrator.run(&mut self.connection).await?) }).await
    }

    /// Throws away everything indexed; [`Self::migrate`] makes the schema again.
    pub async fn drop_schema(&mut self) -> Result<(), IndexerError> {
        let mut transaction = self.connection.begin().await?;
        transaction.execute("DROP SCHEMA IF EXISTS chain CASCADE").await?;
        transaction
            .execute(sqlx::AssertSqlSafe(format!("DROP TABLE IF EXISTS {MIGRATIONS}")))
            .await?;
        Ok(transaction.commit().await?)
    }

    pub async fn cursor(&mut self) -> Result<Option<Cursor>, IndexerError> {
        cursor(&mut self.connection).await
    }

    /// The hash of a block that was indexed.
    pub async fn block_hash(&mut self, height: u32) -> Result<Option<H256>, IndexerError> {
        let hash = sqlx::query_scalar!(
            r#"SELECT hash::bytea AS "hash!" FROM chain.finalised_blocks WHERE height = $1"#,
            i64::from(height),
        )
        .fetch_optional(&mut self.connection)
        .await?;
        Ok(hash.map(|hash| H256::from_slice(&hash)))
    }

    /// Whether Postgres is still there.
    pub async fn ping(&mut self) -> Result<(), IndexerError> {
        patiently(async { Ok(self.connection.ping().await?) }).await
    }

    /// Leaves in order, so that the lock is free at once.
    pub async fn close(self) {
        if let Err(error) = self.connection.close().await {
            tracing::debug!("Postgres: {error}");
        }
    }
}

/// The cursor, if anything is indexed.
pub async fn cursor(connection: &mut PgConnection) -> Result<Option<Cursor>, IndexerError> {
    let row = sqlx::query!(
        r#"SELECT genesis_hash::bytea AS "genesis!", height, hash::bytea AS "hash!", time
           FROM chain.cursor"#
    )
    .fetch_optional(connection)
    .await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(Cursor {
        genesis: H256::from_slice(&row.genesis),
        height: u32::try_from(row.height)
            .map_err(|_| IndexerError::OutOfRange(row.height.unsigned_abs()))?,
        hash: H256::from_slice(&row.hash),
        time: row.time,
    }))
}

/// The cursor of a database that was indexed, for those who only read.
pub async fn existing_cursor(connection: &mut PgConnection) -> Result<Cursor, IndexerError> {
    let exists =
        sqlx::query_scalar!(r#"SELECT to_regclass('chain.cursor') IS NOT NULL AS "exists!""#)
            .fetch_one(&mut *connection)
            .await?;
    if !exists {
        return Err(IndexerError::NotIndexed("it has no schema `chain`"));
    }
    let found = cursor(connection).await?;
    found.ok_or(IndexerError::NotIndexed("there is no cursor yet"))
}
