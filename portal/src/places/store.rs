// SPDX-License-Identifier: Apache-2.0
//! What is known of regions, in the database.

use super::region::{Point, Region, Source};
use chrono::{DateTime, Utc};
use registry_primitives::CountryCode;
use sqlx::{types::Json, PgConnection};
use std::collections::BTreeMap;

/// Names of regions by the tags of their languages.
type Names = BTreeMap<String, String>;

/// The country whose registry this is, once the indexer has written it.
pub async fn country(connection: &mut PgConnection) -> Result<Option<CountryCode>, sqlx::Error> {
    let found = sqlx::query_scalar!("SELECT country FROM chain.organisations WHERE id = 1")
        .fetch_optional(connection)
        .await;
    match found {
        Ok(code) => Ok(code.and_then(|code| code.parse().ok())),
        // There is no schema, no table, no right to it yet.
        Err(sqlx::Error::Database(error))
            if matches!(error.code().as_deref(), Some("3F000" | "42P01" | "42501")) =>
        {
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

/// Forgets what sources told that are not asked any more.
pub async fn keep_only(
    connection: &mut PgConnection,
    sources: &[Source],
) -> Result<(), sqlx::Error> {
    let sources: Vec<String> = sources.iter().map(Source::to_string).collect();
    sqlx::query!("DELETE FROM directory.regions WHERE source <> ALL($1)", &sources)
        .execute(connection)
        .await?;
    Ok(())
}

/// Keeps what a source tells of all regions, and nothing else of it. What a file says of a region is
/// not changed by others.
pub async fn replace(
    connection: &mut PgConnection,
    source: Source,
    regions: &[Region],
) -> Result<(), sqlx::Error> {
    let mut transaction = sqlx::Connection::begin(connection).await?;
    let keys: Vec<String> = regions.iter().map(|region| region.key().to_owned()).collect();
    sqlx::query!(
        "DELETE FROM directory.regions WHERE source = $1 AND key <> ALL($2)",
        source.as_str(),
        &keys
    )
    .execute(&mut *transaction)
    .await?;
    for region in regions {
        put(&mut transaction, source, region).await?;
    }
    transaction.commit().await
}

/// Keeps what a source tells of one region; what it is kept by.
pub async fn put(
    connection: &mut PgConnection,
    source: Source,
    region: &Region,
) -> Result<String, sqlx::Error> {
    let Point { latitude, longitude } = region.point;
    sqlx::query!(
        "INSERT INTO directory.regions (key, code, names, latitude, longitude, source, checked_at)
         VALUES ($1, $2, $3, $4, $5, $6, now())
         ON CONFLICT (key) DO UPDATE
         SET names = EXCLUDED.names, latitude = EXCLUDED.latitude,
             longitude = EXCLUDED.longitude, source = EXCLUDED.source,
             checked_at = EXCLUDED.checked_at
         WHERE regions.source = EXCLUDED.source OR EXCLUDED.source = 'file'",
        region.key(),
        region.code.as_deref(),
        Json(&region.names) as _,
        latitude,
        longitude,
        source.as_str()
    )
    .execute(connection)
    .await?;
    Ok(region.key().to_owned())
}

/// Every region: what it is kept by, its code and its names.
pub async fn all(
    connection: &mut PgConnection,
) -> Result<Vec<(String, Option<String>, Names)>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"SELECT key, code, names AS "names: Json<Names>" FROM directory.regions ORDER BY key"#
    )
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(|row| (row.key, row.code, row.names.0)).collect())
}

/// When a source last told something, if it ever did.
pub async fn last_told(
    connection: &mut PgConnection,
    source: Source,
) -> Result<Option<DateTime<Utc>>, sqlx::Error> {
    sqlx::query_scalar!(
        "SELECT max(checked_at) FROM directory.regions WHERE source = $1",
        source.as_str()
    )
    .fetch_one(connection)
    .await
}

/// A region that a source has not been asked about since a time: what it is kept by, and its name.
pub async fn oldest(
    connection: &mut PgConnection,
    source: Source,
    since: DateTime<Utc>,
) -> Result<Option<(String, Names)>, sqlx::Error> {
    let row = sqlx::query!(
        r#"SELECT key, names AS "names: Json<Names>" FROM directory.regions
           WHERE source = $1 AND checked_at < $2 ORDER BY checked_at LIMIT 1"#,
        source.as_str(),
        since
    )
    .fetch_optional(connection)
    .await?;
    Ok(row.map(|row| (row.key, row.names.0)))
}

/// Says that a region stays as it is, because its source gives no better answer.
pub async fn leave(connection: &mut PgConnection, key: &str) -> Result<(), sqlx::Error> {
    sqlx::query!("UPDATE directory.regions SET checked_at = now() WHERE key = $1", key)
        .execute(connection)
        .await?;
    Ok(())
}

/// The number of the latest project.
pub async fn latest_project(connection: &mut PgConnection) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar!(r#"SELECT COALESCE(max(id), 0) AS "id!" FROM chain.projects"#)
        .fetch_one(connection)
        .await
}

/// Names of regions that projects after a number have and that were never looked at.
pub async fn new_names(
    connection: &mut PgConnection,
    after: i64,
    most: i64,
) -> Result<Vec<String>, sqlx::Error> {
    sqlx::query_scalar!(
        "SELECT DISTINCT l.region FROM chain.locations l
         WHERE l.project > $1
           AND NOT EXISTS (SELECT FROM directory.places p WHERE p.name = l.region)
         ORDER BY l.region LIMIT $2",
        after,
        most
    )
    .fetch_all(connection)
    .await
}

/// Names that nobody knew, after one of them.
pub async fn unknown_names(
    connection: &mut PgConnection,
    after: &str,
    most: i64,
) -> Result<Vec<String>, sqlx::Error> {
    sqlx::query_scalar!(
        "SELECT name FROM directory.places
         WHERE region IS NULL AND name > $1 ORDER BY name LIMIT $2",
        after,
        most
    )
    .fetch_all(connection)
    .await
}

/// Keeps what names mean: a region, or nothing that is known.
pub async fn name(
    connection: &mut PgConnection,
    names: &[String],
    regions: &[Option<String>],
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "INSERT INTO directory.places (name, region)
         SELECT * FROM UNNEST($1::TEXT[], $2::TEXT[])
         ON CONFLICT (name) DO UPDATE SET region = EXCLUDED.region",
        names,
        regions as _
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// A name to ask a service about, and how often it was asked about.
pub async fn next_question(
    connection: &mut PgConnection,
) -> Result<Option<(String, i32)>, sqlx::Error> {
    let row = sqlx::query!(
        "SELECT name, tries FROM directory.places
         WHERE region IS NULL AND retry_at <= now() ORDER BY retry_at, name LIMIT 1"
    )
    .fetch_optional(connection)
    .await?;
    Ok(row.map(|row| (row.name, row.tries)))
}

/// Says that a service does not know a name, and when it is asked again.
pub async fn ask_again(
    connection: &mut PgConnection,
    name: &str,
    at: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "UPDATE directory.places SET tries = tries + 1, retry_at = $2 WHERE name = $1",
        name,
        at
    )
    .execute(connection)
    .await?;
    Ok(())
}
