// SPDX-License-Identifier: Apache-2.0
//! Removing a file: first it is nobody's any more, then its bytes go, then what is known of it.
//!
//! Each step looks again, under the lock of the hash, whether the chain has come to carry it or
//! somebody has uploaded it again: then it stays. Where a step is missed, housekeeping finds the mark
//! of the one before.

use super::{anchors, rows};
use crate::{
    problem::{Message, Problem},
    server::App,
};
use chrono::{DateTime, Utc};
use registry_primitives::ContentHash;
use sqlx::PgConnection;

/// Marks a file that no organisation has here any more; by when it was last uploaded, if it did.
pub async fn mark_if_nobodys(
    connection: &mut PgConnection,
    hash: ContentHash,
) -> Result<Option<DateTime<Utc>>, Problem> {
    let marked = sqlx::query_scalar!(
        "UPDATE directory.files f SET stored_at = NULL, damaged_at = NULL
         WHERE hash = $1::BYTEA
           AND NOT EXISTS (SELECT FROM directory.deposits d WHERE d.hash = f.hash)
         RETURNING uploaded_at",
        &hash.0[..]
    )
    .fetch_optional(connection)
    .await?;
    Ok(marked)
}

/// Marks a file that was last uploaded before a time and that the chain does not carry; by when it
/// was last uploaded, if it did.
pub async fn mark_if_old(
    connection: &mut PgConnection,
    hash: ContentHash,
    before: DateTime<Utc>,
) -> Result<Option<DateTime<Utc>>, Problem> {
    rows::lock(connection, hash).await?;
    if !anchors::carried(connection, &[hash.0.to_vec()]).await?.is_empty() {
        rows::publish(connection, &[hash.0.to_vec()]).await?;
        return Ok(None);
    }
    let marked = sqlx::query_scalar!(
        "UPDATE directory.files SET stored_at = NULL, damaged_at = NULL
         WHERE hash = $1::BYTEA AND published_at IS NULL AND uploaded_at < $2
         RETURNING uploaded_at",
        &hash.0[..],
        before
    )
    .fetch_optional(connection)
    .await?;
    Ok(marked)
}

/// Removes the bytes of a marked file, and then what is known of it; whether it did. Another time of
/// its last upload than that of the mark is another upload, which stays.
pub async fn finish(
    app: &App,
    hash: ContentHash,
    uploaded_at: DateTime<Utc>,
) -> Result<bool, Problem> {
    let mut transaction = app.directory.begin().await?;
    rows::lock(&mut transaction, hash).await?;
    if !anchors::carried(&mut transaction, &[hash.0.to_vec()]).await?.is_empty() {
        // It was carried between the mark and now. Its bytes are there, unless this was cut off
        // before: the next check tells.
        sqlx::query!(
            "UPDATE directory.files
             SET stored_at = now(), checked_at = NULL, published_at = now()
             WHERE hash = $1::BYTEA AND stored_at IS NULL AND uploaded_at = $2
               AND uploaded_at < now() - INTERVAL '1 day'",
            &hash.0[..],
            uploaded_at
        )
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        return Ok(false);
    }
    // The row goes with this transaction, which ends only when the bytes are gone: who uploads the
    // same meanwhile waits, and puts them back.
    let gone = sqlx::query!(
        "DELETE FROM directory.files
         WHERE hash = $1::BYTEA AND stored_at IS NULL AND uploaded_at = $2",
        &hash.0[..],
        uploaded_at
    )
    .execute(&mut *transaction)
    .await?;
    if gone.rows_affected() == 0 {
        return Ok(false);
    }
    take_out(app, hash).await?;
    transaction.commit().await?;
    Ok(true)
}

/// Removes bytes that came into the store after their file had been deleted.
pub async fn forget_unknown(app: &App, hash: ContentHash) -> Result<(), Problem> {
    let mut transaction = app.directory.begin().await?;
    rows::lock(&mut transaction, hash).await?;
    let known = sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT FROM directory.files WHERE hash = $1::BYTEA) AS "known!""#,
        &hash.0[..]
    )
    .fetch_one(&mut *transaction)
    .await?;
    if !known {
        take_out(app, hash).await?;
    }
    transaction.commit().await?;
    Ok(())
}

async fn take_out(app: &App, hash: ContentHash) -> Result<(), Problem> {
    app.files.store().remove(hash).await.map_err(|error| {
        tracing::error!(%error, %hash, "a file could not be removed from the store");
        Problem::unavailable(Message::new("problem.store_down"))
    })
}
