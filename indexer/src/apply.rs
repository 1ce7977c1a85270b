// SPDX-License-Identifier: Apache-2.0
//! Blocks into the database: raw rows, projections and cursor, in one transaction.

use crate::{
    block::{instant, Block},
    copy::{Json, Rows},
    database::{Cursor, Writer},
    error::IndexerError,
    network::ChainState,
    projections,
};
use chrono::{DateTime, Utc};
use registry_client::H256;
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
    projections::close_days(&mut transaction, cursor.time, next.time).await?;
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
    let mut rows = Rows::new("chain.finalised_blocks (height, hash, parent_hash, time)");
    for block in blocks {
        let height = i64::from(block.height);
        rows.add(&[&height, &block.hash.as_bytes(), &block.parent.as_bytes(), &block.time]);
    }
    rows.write(connection).await
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

async fn insert_extrinsics(
    connection: &mut PgConnection,
    blocks: &[Block],
) -> Result<(), IndexerError> {
    let mut rows = Rows::new(
        "chain.extrinsics (height, index, hash, signer, pallet, name, success, error_code, error)",
    );
    for block in blocks {
        for (extrinsic, index) in block.extrinsics.iter().zip(0_i32..) {
            let failure = extrinsic.failure.as_ref();
            rows.add(&[
                &i64::from(block.height),
                &index,
                &extrinsic.hash.as_bytes(),
                &extrinsic.signer.map(|signer| signer.to_string()),
                &extrinsic.pallet,
                &extrinsic.name,
                &failure.is_none(),
                &failure.map(|failure| failure.code.as_str()),
                &failure.map(|failure| failure.sentence.as_str()),
            ]);
        }
    }
    rows.write(connection).await
}

async fn insert_events(
    connection: &mut PgConnection,
    blocks: &[Block],
) -> Result<(), IndexerError> {
    let mut rows = Rows::new("chain.events (height, index, extrinsic_index, pallet, name, fields)");
    for block in blocks {
        for event in &block.events {
            rows.add(&[
                &i64::from(block.height),
                &projections::position(event.index)?,
                &event.extrinsic.map(projections::position).transpose()?,
                &event.event.pallet(),
                &event.event.name(),
                &Json(&serde_json::to_vec(&event.event)?),
            ]);
        }
    }
    rows.write(connection).await
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
