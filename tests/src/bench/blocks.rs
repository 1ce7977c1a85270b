// SPDX-License-Identifier: Apache-2.0
//! What is in finalised blocks, read after the load has ended.

use super::heads::is_signed;
use anyhow::{anyhow, Context, Result};
use futures::{StreamExt, TryStreamExt};
use registry_client::{chain, AtBlock, Registry};
use registry_primitives::{credit::Block, OrganisationId, SerialNumber, Tonnes};
use std::{collections::BTreeMap, ops::RangeInclusive};
use subxt::{events::Phase, ext::codec::Decode};

/// Picoseconds of declared weight in a millisecond.
pub const PER_MILLISECOND: f64 = 1e9;

/// A finalised block.
#[derive(Default, Clone)]
pub struct Facts {
    pub number: u32,
    /// When its author began it, in milliseconds.
    pub time: u64,
    /// Signed transactions in its body.
    pub signed: u64,
    /// Of them, by the chain's events, those that did what they should.
    pub succeeded: u64,
    /// Those that changed nothing, by their errors.
    pub failed: BTreeMap<String, u64>,
    /// Blocks of credits that changed owner: where each starts, and the new owner.
    pub moved: Vec<(SerialNumber, OrganisationId)>,
    /// Their tonnes.
    pub tonnes: Tonnes,
    /// Declared weight that normal transactions used, in picoseconds.
    pub normal: u64,
    /// Declared weight of everything in the block.
    pub declared: u64,
    /// Bytes of the body.
    pub bytes: u64,
}

/// Reads blocks, in order.
pub async fn read_all(registry: &Registry, heights: RangeInclusive<u32>) -> Result<Vec<Facts>> {
    let reading = futures::stream::iter(heights).map(|height| read(registry, height));
    reading.buffered(4).try_collect().await
}

async fn read(registry: &Registry, height: u32) -> Result<Facts> {
    let at = registry.at_height(height).await?;
    let block = registry.rpc.chain_get_block(Some(at.block_hash())).await?;
    let body = block.context("a finalised block")?.block.extrinsics;
    let signed: Vec<_> = body.iter().map(|bytes| is_signed(bytes)).collect();
    let mut facts = Facts {
        number: height,
        signed: signed.iter().filter(|is| **is).count() as u64,
        bytes: body.iter().map(|bytes| bytes.len() as u64).sum(),
        ..Default::default()
    };

    let storage = at.storage();
    facts.time = storage.fetch(chain::storage().timestamp().now(), ()).await?.decode()?;
    let weight = storage.fetch(chain::storage().system().block_weight(), ()).await?.decode()?;
    facts.normal = weight.normal.ref_time;
    facts.declared = [&weight.normal, &weight.operational, &weight.mandatory]
        .iter()
        .fold(0, |sum: u64, class| sum.saturating_add(class.ref_time));

    let events = at.events().fetch().await?;
    for event in events.iter() {
        let event = event?;
        let Phase::ApplyExtrinsic(index) = event.phase() else { continue };
        if !signed.get(index as usize).copied().unwrap_or(false) {
            continue;
        }
        if event.is::<chain::system::events::ExtrinsicSuccess>() {
            facts.succeeded += 1;
        } else if let Some(failed) =
            event.decode_fields_as::<chain::system::events::ExtrinsicFailed>()
        {
            let error = format!("{:?}", failed?.dispatch_error);
            *facts.failed.entry(error).or_default() += 1;
        } else if let Some(transfer) =
            event.decode_fields_as::<chain::credits::events::CreditsTransferred>()
        {
            let transfer = transfer?;
            facts.tonnes = facts.tonnes.saturating_add(transfer.quantity);
            let moved = transfer.blocks.iter().map(|range| (range.0.start, transfer.to));
            facts.moved.extend(moved);
        }
    }
    Ok(facts)
}

/// Declared weight that normal transactions may use in a block, in picoseconds.
pub fn normal_limit(at: &AtBlock) -> Result<u64> {
    let limits = at.constants().entry(chain::constants().system().block_weights())?;
    let limit = limits.per_class.normal.max_total.unwrap_or(limits.max_block);
    Ok(limit.ref_time)
}

/// Blocks of credits by their first number, as they are on the chain.
pub async fn credit_blocks(
    registry: &Registry,
    at: &AtBlock,
    starts: &[SerialNumber],
) -> Result<BTreeMap<SerialNumber, Block>> {
    let storage = at.storage();
    let entry = storage.entry(chain::storage().credits().blocks())?;
    let mut found = BTreeMap::new();
    for some in starts.chunks(512) {
        let keys: Result<Vec<_>, _> = some.iter().map(|start| entry.fetch_key((*start,))).collect();
        let keys = keys?;
        let asked = keys.iter().map(Vec::as_slice);
        let sets = registry.rpc.state_query_storage_at(asked, Some(at.block_hash())).await?;
        let by_key: BTreeMap<&[u8], _> = sets
            .iter()
            .flat_map(|set| &set.changes)
            .filter_map(|(key, value)| Some((&key[..], value.as_ref()?)))
            .collect();
        for (start, key) in some.iter().zip(&keys) {
            if let Some(value) = by_key.get(&key[..]) {
                let block = Block::decode(&mut &value[..])
                    .map_err(|error| anyhow!("block {start} cannot be read: {error}"))?;
                found.insert(*start, block);
            }
        }
    }
    Ok(found)
}
