// SPDX-License-Identifier: Apache-2.0
//! What the database knows of a file.

use super::{anchors, content::Kind};
use crate::problem::Problem;
use chrono::{DateTime, Utc};
use registry_primitives::ContentHash;
use sqlx::PgConnection;

/// Locks are numbers: one of these, and one of what is locked.
const LOCK_HASH: i32 = 0x6669_6c65;
const LOCK_ORGANISATION: i32 = 0x6f72_6761;

/// A file whose bytes are in the store.
pub struct File {
    pub hash: ContentHash,
    pub size: i64,
    pub media_type: String,
    pub stored_at: DateTime<Utc>,
    pub uploaded_at: DateTime<Utc>,
    pub checked_at: Option<DateTime<Utc>>,
    pub damaged_at: Option<DateTime<Utc>>,
    pub published_at: Option<DateTime<Utc>>,
}

impl File {
    /// Whether it is public, as far as is noted.
    pub fn is_public(&self) -> bool {
        self.published_at.is_some()
    }

    /// Bytes, for the store.
    pub fn bytes(&self) -> u64 {
        self.size.unsigned_abs()
    }

    /// The usual ending of its name.
    pub fn ending(&self) -> &'static str {
        Kind::of_media_type(&self.media_type).map_or("bin", Kind::ending)
    }
}

/// The file with a hash, if its bytes are in the store. Notes that it is public as soon as the
/// chain carries the hash.
pub async fn find(
    connection: &mut PgConnection,
    hash: ContentHash,
) -> Result<Option<File>, Problem> {
    let row = sqlx::query!(
        r#"SELECT size, media_type, stored_at AS "stored_at!", uploaded_at, checked_at, damaged_at,
                  published_at
           FROM directory.files WHERE hash = $1::BYTEA AND stored_at IS NOT NULL"#,
        &hash.0[..]
    )
    .fetch_optional(&mut *connection)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let mut file = File {
        hash,
        size: row.size,
        media_type: row.media_type,
        stored_at: row.stored_at,
        uploaded_at: row.uploaded_at,
        checked_at: row.checked_at,
        damaged_at: row.damaged_at,
        published_at: row.published_at,
    };
    if !file.is_public() {
        let published = publish_carried(connection, &[hash.0.to_vec()]).await?;
        file.published_at = (published > 0).then(Utc::now);
    }
    Ok(Some(file))
}

/// Notes that files are public: what was public once stays so, whatever is rebuilt or replaced.
pub async fn publish(connection: &mut PgConnection, hashes: &[Vec<u8>]) -> Result<u64, Problem> {
    let done = sqlx::query!(
        "UPDATE directory.files SET published_at = now()
         WHERE hash = ANY($1::BYTEA[]) AND published_at IS NULL",
        hashes
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected())
}

/// The same for what an organisation has here, as far as the chain has come to carry it; how many.
pub async fn publish_of(connection: &mut PgConnection, organisation: i64) -> Result<u64, Problem> {
    let hashes = sqlx::query_scalar!(
        "SELECT hash FROM directory.deposits JOIN directory.files USING (hash)
         WHERE organisation = $1 AND published_at IS NULL",
        organisation
    )
    .fetch_all(&mut *connection)
    .await?;
    publish_carried(connection, &hashes).await
}

/// The same for those of some hashes that the chain carries.
pub async fn publish_carried(
    connection: &mut PgConnection,
    hashes: &[Vec<u8>],
) -> Result<u64, Problem> {
    let carried = anchors::carried(connection, hashes).await?;
    let carried: Vec<Vec<u8>> = carried.into_iter().map(|it| it.0.to_vec()).collect();
    match carried.is_empty() {
        true => Ok(0),
        false => publish(connection, &carried).await,
    }
}

/// Notes that the bytes in the store are not those of the hash, or are no longer there; unless they
/// were stored again meanwhile.
pub async fn note_damage(connection: &mut PgConnection, file: &File) -> Result<(), Problem> {
    let noted = sqlx::query!(
        "UPDATE directory.files SET damaged_at = COALESCE(damaged_at, now()), checked_at = now()
         WHERE hash = $1::BYTEA AND stored_at = $2",
        &file.hash.0[..],
        file.stored_at
    )
    .execute(connection)
    .await?;
    if noted.rows_affected() > 0 && file.damaged_at.is_none() {
        tracing::error!(
            hash = %file.hash,
            "a stored file is damaged or lost; whoever has it can upload it again"
        );
    }
    Ok(())
}

/// Waits until nobody else stores or removes the file with this hash, until the transaction ends.
pub async fn lock(connection: &mut PgConnection, hash: ContentHash) -> Result<(), Problem> {
    let [a, b, c, d, ..] = hash.0;
    lock_number(connection, LOCK_HASH, i32::from_le_bytes([a, b, c, d])).await
}

/// Waits until no other upload of an organisation is counted, until the transaction ends.
pub async fn lock_organisation(connection: &mut PgConnection, id: i64) -> Result<(), Problem> {
    // Numbers of organisations are 32 bits on the chain; two that shared a lock would only wait.
    lock_number(connection, LOCK_ORGANISATION, id as i32).await
}

async fn lock_number(connection: &mut PgConnection, kind: i32, of: i32) -> Result<(), Problem> {
    sqlx::query!("SELECT pg_advisory_xact_lock($1, $2)", kind, of).execute(connection).await?;
    Ok(())
}
