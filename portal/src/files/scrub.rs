// SPDX-License-Identifier: Apache-2.0
//! Comparing what is kept with its hash, each file once a week: what is damaged is found before it is
//! needed, and while somebody may still have it.

use super::{
    rows::{self, File},
    store::Unreadable,
    Digest,
};
use crate::{problem::Problem, server::App};
use blake2::Digest as _;
use futures::StreamExt;
use object_store::Error;
use std::time::Duration;
use tokio::time::Instant;

/// So fast that it disturbs nobody.
const BYTES_PER_SECOND: f64 = (8 << 20) as f64;

/// Compares what is due, for as long as until the next round.
pub async fn round(app: &App) -> Result<(), Problem> {
    let end = Instant::now() + app.files.pause().max(Duration::from_secs(60));
    while Instant::now() < end {
        let Some(file) = next(app).await? else { return Ok(()) };
        match is_right(app, &file).await {
            Ok(right) => note(app, &file, right).await?,
            Err(error) => {
                tracing::warn!(%error, "files cannot be checked: the store does not answer");
                return Ok(());
            }
        }
    }
    Ok(())
}

/// The file that has waited longest, if any is due: after a week, and damaged ones each time, since
/// somebody may have mended them in the store.
async fn next(app: &App) -> Result<Option<File>, Problem> {
    let mut transaction = app.directory.begin().await?;
    let pause = app.files.pause().as_secs_f64();
    let row = sqlx::query!(
        r#"SELECT hash, size, media_type, stored_at AS "stored_at!", uploaded_at, checked_at,
                  damaged_at, published_at
           FROM directory.files
           WHERE stored_at IS NOT NULL
             AND (checked_at IS NULL OR checked_at < now() - INTERVAL '7 days'
                  OR damaged_at IS NOT NULL AND checked_at < now() - make_interval(secs => $1))
           ORDER BY checked_at NULLS FIRST LIMIT 1"#,
        pause
    )
    .fetch_optional(&mut *transaction)
    .await?;
    row.map(|row| {
        Ok(File {
            hash: super::of_row(&row.hash)?,
            size: row.size,
            media_type: row.media_type,
            stored_at: row.stored_at,
            uploaded_at: row.uploaded_at,
            checked_at: row.checked_at,
            damaged_at: row.damaged_at,
            published_at: row.published_at,
        })
    })
    .transpose()
}

/// Whether the bytes in the store are those of the hash.
async fn is_right(app: &App, file: &File) -> Result<bool, Error> {
    let mut bytes = match app.files.store().read(file.hash, file.bytes(), None).await {
        Ok(bytes) => bytes,
        Err(Unreadable::Damaged) => return Ok(false),
        Err(Unreadable::Down(error)) => return Err(error),
    };
    let began = Instant::now();
    let (mut digest, mut read) = (Digest::new(), 0);
    while let Some(chunk) = bytes.next().await {
        let chunk = chunk?;
        digest.update(&chunk);
        read += chunk.len();
        let due = Duration::from_secs_f64(read as f64 / BYTES_PER_SECOND);
        tokio::time::sleep_until(began + due).await;
    }
    Ok(digest.finalize().as_slice() == file.hash.0)
}

async fn note(app: &App, file: &File, right: bool) -> Result<(), Problem> {
    metrics::counter!("portal_files_checked_total", "right" => right.to_string()).increment(1);
    let mut transaction = app.directory.begin().await?;
    if right {
        sqlx::query!(
            "UPDATE directory.files SET checked_at = now(), damaged_at = NULL
             WHERE hash = $1::BYTEA AND stored_at = $2",
            &file.hash.0[..],
            file.stored_at
        )
        .execute(&mut *transaction)
        .await?;
    } else {
        rows::note_damage(&mut transaction, file).await?;
    }
    transaction.commit().await.map_err(Problem::from)
}
