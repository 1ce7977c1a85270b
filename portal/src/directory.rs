// SPDX-License-Identifier: Apache-2.0
//! The database of what must not be on a public chain, schema `directory`: people, keys, files and
//! what waits to be sent. It is the portal's own, and the chain's tables are only read beside it.

use crate::problem::{Message, Problem};
use sqlx::{
    migrate::Migrator,
    pool::PoolConnection,
    postgres::{PgConnectOptions, PgPoolOptions},
    Executor, PgConnection, PgPool, Postgres, Transaction,
};
use std::{
    str::FromStr,
    sync::{
        atomic::{AtomicBool, Ordering},
        Arc,
    },
    time::Duration,
};

/// Where it is noted which migrations were made: in the schema itself, the only place where the
/// portal's user may make a table.
const MIGRATIONS: &str = "directory.migrations";
/// What a request waits for a connection before it is told that the database is down.
const ACQUIRE: Duration = Duration::from_secs(3);
/// Connections to the database; each work that is done alone keeps one.
const CONNECTIONS: u32 = 12;
/// How long to wait before a database that could not be prepared is tried again.
const AGAIN: Duration = Duration::from_secs(3);

/// Work that goes on without a request. Of several portals on one database one does each.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Work {
    /// Signing and sending what programs submit.
    Submissions,
    /// Telling people and programs what happened.
    Courier,
    /// Finding out where regions are.
    Places,
    /// Writing down how the parts of the service work.
    Status,
}

/// The right to do a piece of work alone.
pub struct Alone {
    connection: PoolConnection<Postgres>,
    work: Work,
}

impl Alone {
    /// The connection that holds the right.
    pub fn connection(&mut self) -> &mut PgConnection {
        &mut self.connection
    }

    /// Gives the right back. A connection that is lost gives it back too.
    pub async fn leave(mut self) {
        let free = sqlx::query_scalar!("SELECT pg_advisory_unlock($1)", lock(self.work));
        if let Err(error) = free.fetch_one(&mut *self.connection).await {
            tracing::debug!(%error, "a connection is closed");
            self.connection.close_on_drop();
        }
    }
}

/// "reg" and the work, as a number.
fn lock(work: Work) -> i64 {
    0x0072_6567 << 32 | work as i64
}

/// Connections to the directory, opened when they are needed.
#[derive(Clone)]
pub struct Directory {
    pool: PgPool,
    options: PgConnectOptions,
    /// Whether its tables are there.
    prepared: Arc<AtomicBool>,
}

impl Directory {
    /// Does not connect: the portal starts, and shows the chain, without it.
    pub fn new(url: &str) -> Result<Self, sqlx::Error> {
        let options = PgConnectOptions::from_str(url)?.application_name("registry-directory");
        let pool = PgPoolOptions::new()
            .max_connections(CONNECTIONS)
            .acquire_timeout(ACQUIRE)
            .after_connect(|connection, _| Box::pin(take_role(connection)))
            .connect_lazy_with(options.clone().options([
                ("statement_timeout", "5s"),
                // The work of a portal whose machine vanished is free again within a minute.
                ("tcp_keepalives_idle", "30"),
                ("tcp_keepalives_interval", "10"),
                ("tcp_keepalives_count", "3"),
            ]));
        Ok(Self { pool, options, prepared: Arc::default() })
    }

    /// Brings the tables up to date, and tries until it is done.
    pub async fn prepare(self) {
        while let Err(error) = self.migrate().await {
            tracing::warn!(%error, "the directory's tables cannot be made yet");
            tokio::time::sleep(AGAIN).await;
        }
        self.prepared.store(true, Ordering::Release);
    }

    async fn migrate(&self) -> Result<(), sqlx::Error> {
        let mut migrator: Migrator = sqlx::migrate!();
        migrator.dangerous_set_table_name(MIGRATIONS);
        // With the rights of the database's user, who owns the tables.
        let pool = PgPoolOptions::new().max_connections(1).acquire_timeout(ACQUIRE);
        let pool = pool.connect_with(self.options.clone()).await?;
        make_schema(&pool).await?;
        let done = migrator.run(&pool).await;
        pool.close().await;
        Ok(done?)
    }

    /// Whether its tables are there.
    pub fn is_prepared(&self) -> bool {
        self.prepared.load(Ordering::Acquire)
    }

    /// The connections, for work that no request waits for.
    pub fn pool(&self) -> &PgPool {
        &self.pool
    }

    /// Takes the right to do a piece of work; none if another portal has it.
    pub async fn alone(&self, work: Work) -> Result<Option<Alone>, Problem> {
        let mut connection = self.pool.acquire().await?;
        let free = sqlx::query_scalar!(r#"SELECT pg_try_advisory_lock($1) AS "free!""#, lock(work))
            .fetch_one(&mut *connection)
            .await?;
        Ok(free.then_some(Alone { connection, work }))
    }

    /// Begins a piece of work: all of it or nothing. Who changes something says so in the audit log
    /// in the same transaction.
    pub async fn begin(&self) -> Result<Transaction<'static, Postgres>, Problem> {
        if !self.is_prepared() {
            return Err(Problem::unavailable(Message::new("problem.no_directory")));
        }
        Ok(self.pool.begin().await?)
    }
}

/// Makes the schema where nobody made it for the portal's user.
async fn make_schema(pool: &PgPool) -> Result<(), sqlx::Error> {
    let there = sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = 'directory') AS "there!""#
    );
    if !there.fetch_one(pool).await? {
        pool.execute("CREATE SCHEMA directory").await?;
    }
    Ok(())
}

/// Gives up every right but those on the directory and reading the chain's tables.
async fn take_role(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    match connection.execute("SET ROLE registry_directory").await {
        Ok(_) => Ok(()),
        Err(sqlx::Error::Database(error)) => {
            tracing::warn!(%error, "the role registry_directory cannot be taken on");
            connection.execute("SELECT 1").await.map(|_| ())
        }
        Err(error) => Err(error),
    }
}
