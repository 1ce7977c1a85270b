// SPDX-License-Identifier: Apache-2.0
//! What is done for files without being asked for: noting what became public, removing what nothing
//! on the chain came to carry, and checking what is kept.
//!
//! Of several portals with one database, one at a time does it.

use super::{removal, rows, scrub};
use crate::{problem::Problem, server::App};
use chrono::{TimeDelta, Utc};
use registry_primitives::ContentHash;
use std::time::{Duration, SystemTime};

/// The lock of whoever does it.
const LOCK: i64 = 0x6669_6c65_7320_6b70;
/// Files of one question.
const BATCH: i64 = 500;
/// What did not come to its end within a day will not.
const UNFINISHED: Duration = Duration::from_secs(86_400);
/// The chain's tables may be so much behind: with older ones, what the chain carries could be taken
/// for something that it does not.
const BEHIND_MINUTES: i64 = 10;

/// Does it for as long as the portal runs.
pub async fn run(app: App) {
    // What has not happened is zero, and not unknown.
    metrics::counter!("portal_files_removed_total").increment(0);
    for so in ["true", "false"] {
        metrics::counter!("portal_files_checked_total", "right" => so).increment(0);
        metrics::counter!("portal_uploads_total", "taken" => so).increment(0);
    }
    while !app.directory.is_prepared() {
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    if let Err(problem) = count(&app).await {
        tracing::warn!(?problem, "files cannot be counted yet");
    }
    loop {
        tokio::time::sleep(app.files.pause()).await;
        if let Err(problem) = round(&app).await {
            tracing::warn!(?problem, "files could not be looked after");
        }
        forget_unfinished(&app).await;
    }
}

async fn round(app: &App) -> Result<(), Problem> {
    let mut lock = app.directory.begin().await?;
    let ours = sqlx::query_scalar!(r#"SELECT pg_try_advisory_xact_lock($1) AS "ours!""#, LOCK)
        .fetch_one(&mut *lock)
        .await?;
    if !ours {
        return Ok(());
    }
    publish(app).await?;
    remove(app).await?;
    scrub::round(app).await?;
    count(app).await?;
    lock.commit().await?;
    Ok(())
}

/// Notes what the chain has come to carry, so that it stays public whatever is rebuilt.
async fn publish(app: &App) -> Result<(), Problem> {
    let mut after: Vec<u8> = Vec::new();
    loop {
        let mut transaction = app.directory.begin().await?;
        let hashes = sqlx::query_scalar!(
            "SELECT hash FROM directory.files
             WHERE published_at IS NULL AND stored_at IS NOT NULL AND hash > $1::BYTEA
             ORDER BY hash LIMIT $2",
            &after,
            BATCH
        )
        .fetch_all(&mut *transaction)
        .await?;
        let Some(last) = hashes.last().cloned() else { return Ok(()) };
        rows::publish_carried(&mut transaction, &hashes).await?;
        transaction.commit().await?;
        after = last;
    }
}

/// Removes what is too old, and ends what was begun.
async fn remove(app: &App) -> Result<(), Problem> {
    let mut transaction = app.directory.begin().await?;
    let known = sqlx::query_scalar!("SELECT time FROM chain.cursor")
        .fetch_optional(&mut *transaction)
        .await?;
    if known.is_none_or(|it| it < Utc::now() - TimeDelta::minutes(BEHIND_MINUTES)) {
        tracing::warn!("no file is removed while the chain's tables are behind");
        return Ok(());
    }
    let days = app.files.options().keep_unanchored_days;
    let old = Utc::now() - TimeDelta::days(days.into());
    let unfinished = Utc::now() - TimeDelta::seconds(UNFINISHED.as_secs() as i64);
    let rows = sqlx::query!(
        "SELECT hash, uploaded_at, stored_at FROM directory.files
         WHERE stored_at IS NOT NULL AND published_at IS NULL AND uploaded_at < $1
            OR stored_at IS NULL AND uploaded_at < $2
         ORDER BY uploaded_at LIMIT $3",
        old,
        unfinished,
        BATCH
    )
    .fetch_all(&mut *transaction)
    .await?;
    transaction.commit().await?;
    for row in rows {
        let hash = super::of_row(&row.hash)?;
        let marked = match row.stored_at {
            None => Some(row.uploaded_at),
            Some(_) => {
                let mut transaction = app.directory.begin().await?;
                let marked = removal::mark_if_old(&mut transaction, hash, old).await?;
                transaction.commit().await?;
                marked
            }
        };
        if let Some(uploaded_at) = marked {
            removed(app, hash, removal::finish(app, hash, uploaded_at).await?);
        }
    }
    Ok(())
}

fn removed(app: &App, hash: ContentHash, removed: bool) {
    if removed {
        let days = app.files.options().keep_unanchored_days;
        tracing::info!(%hash, days, "a file was removed that the chain did not come to carry");
        metrics::counter!("portal_files_removed_total").increment(1);
    }
}

/// What is here, for who watches.
async fn count(app: &App) -> Result<(), Problem> {
    let mut transaction = app.directory.begin().await?;
    let row = sqlx::query!(
        r#"SELECT count(*) AS "files!", COALESCE(SUM(size), 0)::BIGINT AS "bytes!",
                  count(damaged_at) AS "damaged!"
           FROM directory.files WHERE stored_at IS NOT NULL"#
    )
    .fetch_one(&mut *transaction)
    .await?;
    metrics::gauge!("portal_files").set(row.files as f64);
    metrics::gauge!("portal_files_bytes").set(row.bytes as f64);
    metrics::gauge!("portal_files_damaged").set(row.damaged as f64);
    Ok(())
}

/// Deletes what is left of uploads during which a portal was ended.
async fn forget_unfinished(app: &App) {
    let incoming = app.files.store().incoming.clone();
    let forget = move || -> std::io::Result<()> {
        for entry in std::fs::read_dir(incoming)? {
            let entry = entry?;
            let age = SystemTime::now().duration_since(entry.metadata()?.modified()?);
            if age.is_ok_and(|age| age > UNFINISHED) {
                std::fs::remove_file(entry.path())?;
                tracing::info!(name = ?entry.file_name(), "an unfinished upload was removed");
            }
        }
        Ok(())
    };
    if let Ok(Err(error)) = tokio::task::spawn_blocking(forget).await {
        tracing::warn!(%error, "unfinished uploads cannot be removed");
    }
}
