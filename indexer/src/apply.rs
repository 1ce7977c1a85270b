// SPDX-License-Identifier: Apache-2.0
//! Blocks into the database: raw rows, projections and cursor, in one transaction.

use crate::{
    block::{instant, Block},
    database::{Cursor, Writer},
    error::IndexerError,
    network::ChainState,
    projections,
};
use chrono::{DateTime, Utc};
use registry_client::H256;
use serde_json::Value;
use sqlx::{Connection, PgConnection};

/// Where it is notified which height was indexed last.
const CHANNEL: &str = "registry_blocks";

/// Writes the state that the chain starts with, which no event tells.
pub async fn seed(
    writer: &mut Writer,
    genesis: H256,
    state: &ChainState,
) -> Result<Cursor, IndexerError> {
    if !state.registry.projects.is_empty() || !state.registry.blocks.is_empty() {
        return Err(IndexerError::UnexpectedGenesis);
    }
    let time = instant(0)?;
    let no_parent = H256::zero();
    let mut transaction = writer.connection().begin().await?;
    sqlx::query!(
        "INSERT INTO chain.finalised_blocks (height, hash, parent_hash, time)
         VALUES (0, $1::bytea, $2::bytea, $3)",
        genesis.as_bytes(),
        no_parent.as_bytes(),
        time,
    )
    .execute(&mut *transaction)
    .await?;
    insert_version(&mut transaction, state.network.spec_version, 0, time).await?;
    projections::seed(&mut transaction, state).await?;
    sqlx::query!(
        "INSERT INTO chain.cursor (genesis_hash, height, hash, time)
         VALUES ($1::bytea, 0, $1::bytea, $2)",
        genesis.as_bytes(),
        time,
    )
    .execute(&mut *transaction)
    .await?;
    transaction.commit().await?;
    Ok(Cursor { genesis, height: 0, hash: genesis, time })
}

/// Applies blocks that follow the cursor, and moves it: all of it or nothing.
pub async fn apply(
    writer: &mut Writer,
    cursor: &Cursor,
    blocks: &[Block],
) -> Result<Cursor, IndexerError> {
    let next = after(cursor, blocks)?;
    let mut transaction = writer.connection().begin().await?;
    // First, because it locks the row: whoever else writes waits here, and then moves nothing.
    move_cursor(&mut transaction, cursor, &next).await?;
    insert_blocks(&mut transaction, blocks).await?;
    for block in first_of_versions(blocks) {
        insert_version(&mut transaction, block.spec_version, block.height, block.time).await?;
    }
    insert_extrinsics(&mut transaction, blocks).await?;
    insert_events(&mut transaction, blocks).await?;
    projections::apply(&mut transaction, blocks).await?;
    notify(&mut transaction, next.height).await?;
    transaction.commit().await?;
    Ok(next)
}

/// Wakes whoever listens, once the transaction is committed.
async fn notify(connection: &mut PgConnection, height: u32) -> Result<(), IndexerError> {
    sqlx::query!("SELECT pg_notify($1, $2)", CHANNEL, height.to_string())
        .execute(connection)
        .await?;
    Ok(())
}

/// The cursor after blocks, each of which must be the child of the one before.
fn after(cursor: &Cursor, blocks: &[Block]) -> Result<Cursor, IndexerError> {
    blocks.iter().try_fold(cursor.clone(), |before, block| {
        let expected = before.height.saturating_add(1);
        if block.height != expected {
            return Err(IndexerError::Gap { expected, found: block.height });
        }
        if block.parent != before.hash {
            return Err(IndexerError::OtherBlock {
                height: before.height,
                database: before.hash,
                node: block.parent,
            });
        }
        Ok(Cursor { height: block.height, hash: block.hash, time: block.time, ..before })
    })
}

async fn move_cursor(
    connection: &mut PgConnection,
    from: &Cursor,
    to: &Cursor,
) -> Result<(), IndexerError> {
    let moved = sqlx::query!(
        "UPDATE chain.cursor SET height = $1, hash = $2::bytea, time = $3
         WHERE height = $4 AND hash = $5::bytea",
        i64::from(to.height),
        to.hash.as_bytes(),
        to.time,
        i64::from(from.height),
        from.hash.as_bytes(),
    )
    .execute(connection)
    .await?;
    match moved.rows_affected() {
        1 => Ok(()),
        _ => Err(IndexerError::CursorMoved { height: from.height, hash: from.hash }),
    }
}

async fn insert_blocks(
    connection: &mut PgConnection,
    blocks: &[Block],
) -> Result<(), IndexerError> {
    let heights: Vec<i64> = blocks.iter().map(|block| block.height.into()).collect();
    let hashes: Vec<&[u8]> = blocks.iter().map(|block| block.hash.as_bytes()).collect();
    let parents: Vec<&[u8]> = blocks.iter().map(|block| block.parent.as_bytes()).collect();
    let times: Vec<DateTime<Utc>> = blocks.iter().map(|block| block.time).collect();
    sqlx::query!(
        "INSERT INTO chain.finalised_blocks (height, hash, parent_hash, time)
         SELECT * FROM UNNEST($1::bigint[], $2::bytea[], $3::bytea[], $4::timestamptz[])",
        &heights,
        &hashes as &[&[u8]],
        &parents as &[&[u8]],
        &times,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Blocks that another version of the runtime made than the one before, and the first of all.
fn first_of_versions(blocks: &[Block]) -> impl Iterator<Item = &Block> {
    let before = std::iter::once(None).chain(blocks.iter().map(|block| Some(block.spec_version)));
    let pairs = blocks.iter().zip(before);
    pairs.filter(|(block, before)| *before != Some(block.spec_version)).map(|(block, _)| block)
}

async fn insert_version(
    connection: &mut PgConnection,
    spec_version: u32,
    height: u32,
    since: DateTime<Utc>,
) -> Result<(), IndexerError> {
    sqlx::query!(
        "INSERT INTO chain.runtime_versions (spec_version, height, since) VALUES ($1, $2, $3)
         ON CONFLICT (spec_version) DO NOTHING",
        i64::from(spec_version),
        i64::from(height),
        since,
    )
    .execute(connection)
    .await?;
    Ok(())
}

#[derive(Default)]
struct ExtrinsicColumns {
    heights: Vec<i64>,
    indices: Vec<i32>,
    hashes: Vec<Vec<u8>>,
    signers: Vec<Option<String>>,
    pallets: Vec<String>,
    names: Vec<String>,
    successes: Vec<bool>,
    codes: Vec<Option<String>>,
    sentences: Vec<Option<String>>,
}

async fn insert_extrinsics(
    connection: &mut PgConnection,
    blocks: &[Block],
) -> Result<(), IndexerError> {
    let mut columns = ExtrinsicColumns::default();
    for block in blocks {
        for (extrinsic, index) in block.extrinsics.iter().zip(0..) {
            columns.heights.push(block.height.into());
            columns.indices.push(index);
            columns.hashes.push(extrinsic.hash.as_bytes().to_vec());
            columns.signers.push(extrinsic.signer.map(|signer| signer.to_string()));
            columns.pallets.push(extrinsic.pallet.clone());
            columns.names.push(extrinsic.name.clone());
            let failure = extrinsic.failure.as_ref();
            columns.successes.push(failure.is_none());
            columns.codes.push(failure.map(|failure| failure.code.clone()));
            columns.sentences.push(failure.map(|failure| failure.sentence.clone()));
        }
    }
    sqlx::query!(
        "INSERT INTO chain.extrinsics
             (height, index, hash, signer, pallet, name, success, error_code, error)
         SELECT * FROM UNNEST($1::bigint[], $2::int[], $3::bytea[], $4::text[], $5::text[],
                              $6::text[], $7::bool[], $8::text[], $9::text[])",
        &columns.heights,
        &columns.indices,
        &columns.hashes,
        &columns.signers as &[Option<String>],
        &columns.pallets,
        &columns.names,
        &columns.successes,
        &columns.codes as &[Option<String>],
        &columns.sentences as &[Option<String>],
    )
    .execute(connection)
    .await?;
    Ok(())
}

#[derive(Default)]
struct EventColumns {
    heights: Vec<i64>,
    indices: Vec<i32>,
    extrinsics: Vec<Option<i32>>,
    pallets: Vec<String>,
    names: Vec<String>,
    fields: Vec<Value>,
}

#[derive(Default)]
struct SubjectColumns {
    kinds: Vec<String>,
    ids: Vec<i64>,
    heights: Vec<i64>,
    indices: Vec<i32>,
}

async fn insert_events(
    connection: &mut PgConnection,
    blocks: &[Block],
) -> Result<(), IndexerError> {
    let mut events = EventColumns::default();
    let mut subjects = SubjectColumns::default();
    for block in blocks {
        for event in &block.events {
            let index = projections::position(event.index)?;
            events.heights.push(block.height.into());
            events.indices.push(index);
            events.extrinsics.push(event.extrinsic.map(projections::position).transpose()?);
            events.pallets.push(event.event.pallet().to_owned());
            events.names.push(event.event.name().to_owned());
            events.fields.push(serde_json::to_value(&event.event)?);
            for subject in event.event.subjects() {
                let (kind, id) = subject.columns();
                subjects.kinds.push(kind.to_owned());
                subjects.ids.push(projections::big(id)?);
                subjects.heights.push(block.height.into());
                subjects.indices.push(index);
            }
        }
    }
    if events.heights.is_empty() {
        return Ok(());
    }
    sqlx::query!(
        "INSERT INTO chain.events (height, index, extrinsic_index, pallet, name, fields)
         SELECT * FROM UNNEST($1::bigint[], $2::int[], $3::int[], $4::text[], $5::text[],
                              $6::jsonb[])",
        &events.heights,
        &events.indices,
        &events.extrinsics as &[Option<i32>],
        &events.pallets,
        &events.names,
        &events.fields,
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "INSERT INTO chain.event_subjects (kind, id, height, index)
         SELECT * FROM UNNEST($1::text[], $2::bigint[], $3::bigint[], $4::int[])",
        &subjects.kinds,
        &subjects.ids,
        &subjects.heights,
        &subjects.indices,
    )
    .execute(connection)
    .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(height: u32, parent: u8, hash: u8) -> Block {
        Block {
            height,
            hash: H256::repeat_byte(hash),
            parent: H256::repeat_byte(parent),
            spec_version: 1,
            time: instant(u64::from(height) * 3_000).unwrap(),
            extrinsics: Vec::new(),
            events: Vec::new(),
        }
    }

    fn cursor(height: u32, hash: u8) -> Cursor {
        Cursor {
            genesis: H256::zero(),
            height,
            hash: H256::repeat_byte(hash),
            time: instant(u64::from(height) * 3_000).unwrap(),
        }
    }

    #[test]
    fn the_cursor_follows_children() {
        let blocks = [block(8, 7, 8), block(9, 8, 9)];
        assert_eq!(after(&cursor(7, 7), &blocks).unwrap(), cursor(9, 9));
        assert_eq!(after(&cursor(7, 7), &[]).unwrap(), cursor(7, 7));
    }

    #[test]
    fn a_version_begins_with_its_first_block() {
        let newer = |height| Block { spec_version: 2, ..block(height, 0, 0) };
        let blocks = [block(7, 0, 0), block(8, 0, 0), newer(9), newer(10)];
        let heights: Vec<_> = first_of_versions(&blocks).map(|block| block.height).collect();
        assert_eq!(heights, [7, 9]);
        assert_eq!(first_of_versions(&[]).count(), 0);
    }

    #[test]
    fn a_gap_is_refused() {
        let gap = after(&cursor(7, 7), &[block(8, 7, 8), block(10, 8, 10)]);
        assert!(matches!(gap, Err(IndexerError::Gap { expected: 9, found: 10 })));
        let again = after(&cursor(7, 7), &[block(7, 6, 7)]);
        assert!(matches!(again, Err(IndexerError::Gap { expected: 8, found: 7 })));
    }

    #[test]
    fn a_block_of_another_chain_is_refused_wherever_it_comes() {
        let first = after(&cursor(7, 7), &[block(8, 66, 8)]);
        assert!(matches!(first, Err(IndexerError::OtherBlock { height: 7, .. })));
        let later = after(&cursor(7, 7), &[block(8, 7, 8), block(9, 66, 9)]);
        assert!(matches!(later, Err(IndexerError::OtherBlock { height: 8, .. })));
    }
}
