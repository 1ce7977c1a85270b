// SPDX-License-Identifier: Apache-2.0
//! What a node says of itself, for whoever runs it.

use crate::{ClientError, Registry, H256};
use futures::StreamExt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use subxt::config::substrate::DigestItem;
use subxt_rpcs::{methods::legacy::SystemHealth, rpc_params, Error};

/// The key of `Timestamp.Now`: the time of a block, in milliseconds.
const NOW: [u8; 32] = [
    0xf0, 0xc3, 0x65, 0xc3, 0xcf, 0x59, 0xd6, 0x71, 0xeb, 0x72, 0xda, 0x0e, 0x7a, 0x41, 0x13, 0xc4,
    0x9f, 0x1f, 0x05, 0x15, 0xf4, 0x62, 0xcd, 0xcf, 0x84, 0xe0, 0xf1, 0xd6, 0x04, 0x5d, 0xfc, 0xbb,
];

/// The engine whose digest has the slot.
const AURA: [u8; 4] = *b"aura";

/// An answer to a method that nodes keep for their own machine.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unsafe<T> {
    /// The node answered.
    Answered(T),
    /// It does not answer this to everybody.
    Refused,
}

/// A block, as it arrived.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Head {
    /// Its height.
    pub number: u64,
    /// Its slot, which says whose turn it was.
    pub slot: Option<u64>,
    /// The time in it, in milliseconds.
    pub time: u64,
    /// The time here when it arrived, in milliseconds.
    pub seen: u64,
}

fn invalid(error: impl std::fmt::Display) -> ClientError {
    ClientError::Invalid(error.to_string())
}

fn unless_refused<T>(answer: Result<T, Error>) -> Result<Unsafe<T>, ClientError> {
    /// JSON-RPC's "method not found", which nodes answer here.
    const NOT_FOUND: i32 = -32601;
    match answer {
        Ok(answer) => Ok(Unsafe::Answered(answer)),
        Err(Error::User(error)) if error.code == NOT_FOUND => Ok(Unsafe::Refused),
        Err(error) => Err(invalid(error)),
    }
}

/// The network identity.
pub async fn peer_id(registry: &Registry) -> Result<String, ClientError> {
    registry.client.request("system_localPeerId", rpc_params![]).await.map_err(invalid)
}

/// Whether the node's keystore has a key: `aura` or `gran`.
pub async fn has_key(
    registry: &Registry,
    kind: &str,
    key: &[u8; 32],
) -> Result<Unsafe<bool>, ClientError> {
    unless_refused(registry.rpc.author_has_key(key.to_vec(), kind.to_owned()).await)
}

/// Whether the node's keystore has all session keys, encoded as the runtime has them.
pub async fn has_session_keys(
    registry: &Registry,
    keys: &[u8],
) -> Result<Unsafe<bool>, ClientError> {
    unless_refused(registry.rpc.author_has_session_keys(keys.to_vec()).await)
}

/// How many others it is connected to, and whether it still catches up.
pub async fn health(registry: &Registry) -> Result<SystemHealth, ClientError> {
    registry.rpc.system_health().await.map_err(invalid)
}

/// Version of the program, and of the runtime of its best block.
pub async fn versions(registry: &Registry) -> Result<(String, u32), ClientError> {
    let program = registry.rpc.system_version().await.map_err(invalid)?;
    let runtime = registry.rpc.state_get_runtime_version(None).await.map_err(invalid)?;
    Ok((program, runtime.spec_version))
}

/// Heights of the best and of the last final block.
pub async fn heights(registry: &Registry) -> Result<(u64, u64), ClientError> {
    let height = async |hash| {
        let header = registry.rpc.chain_get_header(hash).await.map_err(invalid)?;
        header.map(|header| header.number).ok_or_else(|| invalid("the node has no such block"))
    };
    let last = registry.rpc.chain_get_finalized_head().await.map_err(invalid)?;
    // In this order, the best block is never below the final one.
    let last = height(Some(last)).await?;
    Ok((height(None).await?, last))
}

/// The time in the best block, in milliseconds; 0 in the first.
pub async fn time_of_best(registry: &Registry) -> Result<u64, ClientError> {
    time_at(registry, None).await
}

/// The time in a block, in milliseconds; 0 in the first.
pub async fn time_of(registry: &Registry, block: H256) -> Result<u64, ClientError> {
    time_at(registry, Some(block)).await
}

async fn time_at(registry: &Registry, block: Option<H256>) -> Result<u64, ClientError> {
    let value = registry.rpc.state_get_storage(&NOW, block).await.map_err(invalid)?;
    let bytes = value.and_then(|value| <[u8; 8]>::try_from(value).ok());
    Ok(bytes.map_or(0, u64::from_le_bytes))
}

/// The blocks that arrive within a time, without the one that is there at the start.
pub async fn watch(registry: &Registry, within: Duration) -> Result<Vec<Head>, ClientError> {
    let arriving = registry.rpc.chain_subscribe_new_heads().await.map_err(invalid)?;
    let mut arriving = arriving.skip(1);
    let mut heads = Vec::new();
    let watched = async {
        while let Some(header) = arriving.next().await {
            let seen = now();
            let header = header.map_err(invalid)?;
            let slot = header.digest.logs.iter().find_map(|item| match item {
                DigestItem::PreRuntime(AURA, slot) => {
                    slot.as_slice().try_into().ok().map(u64::from_le_bytes)
                }
                _ => None,
            });
            let time = time_of_best(registry).await?;
            heads.push(Head { number: header.number, slot, time, seen });
        }
        Ok(())
    };
    match tokio::time::timeout(within, watched).await {
        Ok(Err(error)) => Err(error),
        _ => Ok(heads),
    }
}

/// The time here, in milliseconds.
pub fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}
