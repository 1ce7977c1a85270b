// SPDX-License-Identifier: Apache-2.0
//! A large registry in Postgres, made by set-based SQL: consistent, and no chain behind it.

use anyhow::{bail, ensure, Context, Result};
use sqlx::{postgres::PgPool, AssertSqlSafe, Executor};
use std::time::Instant;

const SQL: &str = include_str!("fill.sql");
/// Begins a part of it.
const PART: &str = "-- part: ";
/// Vintages of each project, and the first of them.
const VINTAGES: i64 = 8;
const FIRST_VINTAGE: i64 = 2016;
/// Blocks of credits of a lot, and tonnes of a block.
const LOT: i64 = 8;
const TONNES: i64 = 100;
/// Sectoral scopes of projects, in turn.
const SCOPES: [i64; 5] = [1, 14, 1, 3, 13];
/// As while an index is made by hand; the machine has to have it.
const MAINTENANCE_MEMORY: &str = "SET maintenance_work_mem = '1GB'";

/// How much there is of what.
#[derive(Clone, Copy)]
pub struct Sizes {
    pub projects: i64,
    /// Organisations that have credits: the numbers 2 and on.
    pub owners: i64,
    /// Lots of each project and vintage.
    lots: i64,
}

impl Sizes {
    /// For at least so many blocks of credits.
    pub fn for_blocks(blocks: i64) -> Self {
        let projects = (blocks / 20_000).clamp(10, 500);
        let owners = (blocks / 10_000).clamp(50, 1_000);
        let lots = (blocks + projects * VINTAGES * LOT - 1) / (projects * VINTAGES * LOT);
        Self { projects, owners, lots }
    }

    fn all_lots(self) -> i64 {
        self.projects * VINTAGES * self.lots
    }

    /// Blocks of credits, without those in the buffer.
    pub fn blocks(self) -> i64 {
        self.all_lots() * LOT
    }

    /// The last serial number of those.
    pub fn last_serial(self) -> i64 {
        self.blocks() * TONNES
    }

    pub fn tonnes(self) -> i64 {
        TONNES
    }

    pub fn vintages(self) -> std::ops::Range<i64> {
        FIRST_VINTAGE..FIRST_VINTAGE + VINTAGES
    }

    /// A number with all that its serial number says.
    pub fn serial(self, number: i64) -> String {
        let root = (number - 1) / (self.lots * LOT * TONNES);
        let (project, vintage) = (root / VINTAGES + 1, FIRST_VINTAGE + root % VINTAGES);
        let scope = SCOPES[(project % 5) as usize];
        format!("VU-ITMO-{scope}-{project:03}-{vintage}-0-{number}-{number}")
    }

    /// Retirements, which are numbered from 1.
    pub fn retirements(self) -> i64 {
        self.all_lots()
    }

    /// Blocks of the chain.
    pub fn height(self) -> i64 {
        self.projects + 1 + (self.all_lots() - 1) / 2
    }

    /// The statements with their numbers.
    fn sql(self, now: &str) -> String {
        let numbers = [
            ("@projects@", self.projects),
            ("@owners@", self.owners),
            ("@vintages@", VINTAGES),
            ("@first_vintage@", FIRST_VINTAGE),
            ("@last_vintage@", FIRST_VINTAGE + VINTAGES - 1),
            ("@roots@", self.projects * VINTAGES),
            ("@lots@", self.lots),
            ("@all_lots@", self.all_lots()),
            ("@blocks@", self.blocks()),
            ("@tonnes@", TONNES),
            ("@first_height@", self.projects + 1),
            ("@last_height@", self.height()),
        ];
        numbers.iter().fold(SQL.replace("@now@", now), |sql, (name, number)| {
            sql.replace(name, &number.to_string())
        })
    }
}

/// What was filled in.
#[derive(Clone)]
pub struct Filled {
    pub sizes: Sizes,
    /// The days on which something happened.
    pub days: Vec<String>,
}

/// An index or a constraint: how it is dropped and made again.
struct Structure {
    name: String,
    drop: String,
    create: String,
}

/// Fills the tables that the indexer has made. Indexes and keys are dropped before and made again
/// after that, as they were.
pub async fn fill(pool: &PgPool, sizes: Sizes) -> Result<()> {
    let structures = structures(pool).await?;
    let mut connection = pool.acquire().await?;
    connection.execute("SET max_parallel_workers_per_gather = 0").await?;
    connection.execute("SET client_min_messages = warning").await?;
    connection.execute(MAINTENANCE_MEMORY).await?;
    for structure in structures.iter().rev() {
        connection.execute(AssertSqlSafe(structure.drop.clone())).await?;
    }
    let now: String =
        sqlx::query_scalar("SELECT date_trunc('second', now())::text").fetch_one(pool).await?;
    for part in sizes.sql(&now).split(PART).skip(1) {
        let (name, statements) = part.split_once('\n').context("a part has a name")?;
        let began = Instant::now();
        connection.execute(sqlx::raw_sql(AssertSqlSafe(statements.to_owned()))).await?;
        println!("  {name}: {:.1} s", began.elapsed().as_secs_f64());
    }
    let began = Instant::now();
    for structure in &structures {
        let made = connection.execute(AssertSqlSafe(structure.create.clone())).await;
        made.with_context(|| format!("{} does not fit what was filled in", structure.name))?;
    }
    println!("  indexes and keys: {:.1} s", began.elapsed().as_secs_f64());
    let began = Instant::now();
    connection.execute("VACUUM (ANALYZE, FREEZE)").await?;
    println!("  vacuum and statistics: {:.1} s", began.elapsed().as_secs_f64());
    drop(connection);
    ensure!(
        names(&structures) == names(&self::structures(pool).await?),
        "not all indexes and keys were made again"
    );
    check(pool, sizes).await
}

fn names(structures: &[Structure]) -> Vec<&String> {
    let mut names: Vec<_> = structures.iter().map(|structure| &structure.create).collect();
    names.sort();
    names
}

/// Everything that is looked up or checked when a row is written, in the order in which it can be
/// made.
async fn structures(pool: &PgPool) -> Result<Vec<Structure>> {
    let rows: Vec<(String, String, String)> = sqlx::query_as(
        "SELECT name, drop, create_again FROM (
             SELECT conname::text AS name,
                    format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname) AS drop,
                    format('ALTER TABLE %s ADD CONSTRAINT %I %s', conrelid::regclass, conname,
                           pg_get_constraintdef(oid)) AS create_again,
                    CASE contype WHEN 'f' THEN 2 ELSE 0 END AS step
             FROM pg_constraint
             WHERE connamespace = 'chain'::regnamespace AND conrelid <> 0
               AND contype IN ('p', 'u', 'f')
             UNION ALL
             SELECT c.relname::text, format('DROP INDEX chain.%I', c.relname),
                    pg_get_indexdef(c.oid), 1
             FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
             WHERE c.relnamespace = 'chain'::regnamespace
               AND NOT EXISTS (SELECT FROM pg_constraint o WHERE o.conindid = c.oid
                               AND o.contype IN ('p', 'u'))
         ) structures ORDER BY step, name",
    )
    .fetch_all(pool)
    .await?;
    Ok(rows.into_iter().map(|(name, drop, create)| Structure { name, drop, create }).collect())
}

/// Whether tables that say the same in different ways agree.
async fn check(pool: &PgPool, sizes: Sizes) -> Result<()> {
    let of = |sizes: Sizes| (sizes.blocks() + sizes.projects, sizes.last_serial());
    let (blocks, last) = of(sizes);
    let questions = [
        (
            "as many blocks as asked for",
            format!("SELECT count(*) = {blocks} FROM chain.credit_blocks"),
        ),
        (
            "blocks follow each other without gaps",
            format!(
                "SELECT SUM(end_serial - start_serial + 1) = MAX(end_serial)
                    AND MAX(end_serial) = {last} + {TONNES} * {} FROM chain.credit_blocks",
                sizes.projects
            ),
        ),
        (
            "totals are those of the projects",
            "SELECT (SELECT SUM(issued) FROM chain.vintage_totals)
                  = (SELECT SUM(issued) FROM chain.projects)"
                .to_owned(),
        ),
        (
            "every block was issued or split off",
            "SELECT (SELECT count(*) FROM chain.serial_history WHERE kind IN ('issued', 'split'))
                  = (SELECT count(*) FROM chain.credit_blocks)"
                .to_owned(),
        ),
        (
            "transfers moved what their parts say",
            "SELECT (SELECT SUM(quantity) FROM chain.transfers)
                  = (SELECT SUM(end_serial - start_serial + 1) FROM chain.transfer_parts)"
                .to_owned(),
        ),
        (
            "holdings are what follows from flows",
            "SELECT NOT EXISTS (
                 SELECT FROM (SELECT owner, SUM(held) AS held FROM chain.holdings GROUP BY owner) h
                 FULL JOIN (
                     SELECT f.organisation AS owner, SUM(m.change) AS held
                     FROM chain.spans('all', NULL, NULL) s
                     JOIN chain.flows f ON f.grain = 'owner' AND f.span = s.span
                                           AND f.starts BETWEEN s.starts AND s.ends
                     CROSS JOIN LATERAL (VALUES (f.to_status, f.tonnes, 'sent'),
                                                (f.from_status, -f.tonnes, 'received'))
                                        AS m (status, change, but)
                     WHERE m.status = 'held' AND f.side <> m.but GROUP BY f.organisation
                 ) f USING (owner)
                 WHERE COALESCE(h.held, 0) <> COALESCE(f.held, 0))"
                .to_owned(),
        ),
        (
            "who owned a block last owns it",
            "SELECT NOT EXISTS (
                 SELECT FROM chain.credit_blocks b
                 CROSS JOIN LATERAL (
                     SELECT COALESCE(h.to_owner, h.from_owner) AS owner FROM chain.serial_history h
                     WHERE h.start_serial = b.start_serial AND h.kind <> 'split'
                     ORDER BY h.height DESC, h.index DESC LIMIT 1) h
                 WHERE b.start_serial % 9973 = 1 AND b.owner <> h.owner AND b.parent IS NOT NULL)"
                .to_owned(),
        ),
    ];
    for (name, question) in questions {
        let holds: Option<bool> =
            sqlx::query_scalar(AssertSqlSafe(question)).fetch_one(pool).await?;
        if holds != Some(true) {
            bail!("the tables that were filled in do not agree: {name}");
        }
    }
    Ok(())
}
