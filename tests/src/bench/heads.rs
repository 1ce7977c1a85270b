// SPDX-License-Identifier: Apache-2.0
//! Follows a node's best and finalised blocks, and counts the transactions in them.

use anyhow::{anyhow, bail, Context, Result};
use registry_client::{Config, H256};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use subxt::ext::codec::{Compact, Decode};
use subxt_rpcs::{client::RpcClient, LegacyRpcMethods};
use tokio::task::JoinHandle;

/// The classic RPC methods.
pub type Rpc = LegacyRpcMethods<subxt::config::RpcConfigFor<Config>>;

/// The chain as a node sees it, kept up to date.
pub struct Heads {
    seen: Arc<Mutex<Seen>>,
    task: JoinHandle<()>,
}

#[derive(Default)]
struct Seen {
    best: u32,
    finalised: u32,
    /// Hash and number of signed transactions of every block of the best chain.
    chain: BTreeMap<u32, (H256, u64)>,
    error: Option<String>,
}

impl Heads {
    /// Follows a node from its best block on, over a connection of its own.
    pub async fn follow(url: &str) -> Result<Self> {
        let rpc = Rpc::new(RpcClient::from_insecure_url(url).await?);
        let mut best = rpc.chain_subscribe_new_heads().await?;
        let mut finalised = rpc.chain_subscribe_finalized_heads().await?;
        let seen = Arc::<Mutex<Seen>>::default();
        let first = rpc.chain_get_header(None).await?.context("a best block")?;
        let base = height(first.number)?;
        lock(&seen).best = base;
        let shared = seen.clone();
        let task = tokio::spawn(async move {
            let follow = async {
                loop {
                    tokio::select! {
                        header = best.next() => {
                            let number = header.context("the node closed the connection")??.number;
                            advance(&rpc, &shared, base, height(number)?).await?;
                        }
                        header = finalised.next() => {
                            let number = header.context("the node closed the connection")??.number;
                            lock(&shared).finalised = height(number)?;
                        }
                    }
                }
            };
            let ended: Result<()> = follow.await;
            if let Err(error) = ended {
                lock(&shared).error = Some(format!("{error:#}"));
            }
        });
        Ok(Self { seen, task })
    }

    /// Height of the best and of the finalised block.
    pub fn heights(&self) -> Result<(u32, u32)> {
        let seen = lock(&self.seen);
        if let Some(error) = &seen.error {
            bail!("blocks can no longer be followed: {error}");
        }
        Ok((seen.best, seen.finalised))
    }

    /// Signed transactions in the best chain above a height, and of them those that are final.
    pub fn included_above(&self, height: u32) -> (u64, u64) {
        let seen = lock(&self.seen);
        let mut counts = (0, 0);
        for (number, (_, signed)) in seen.chain.range(height + 1..) {
            counts.0 += signed;
            if *number <= seen.finalised {
                counts.1 += signed;
            }
        }
        counts
    }
}

impl Drop for Heads {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Notes the blocks down from a new best one to the first that is known, after a fork too.
async fn advance(rpc: &Rpc, shared: &Mutex<Seen>, base: u32, best: u32) -> Result<()> {
    let mut fresh = BTreeMap::new();
    for number in (base + 1..=best).rev() {
        let Some(hash) = rpc.chain_get_block_hash(Some(number.into())).await? else {
            // A shorter fork has become the best one since; its own head follows.
            return Ok(());
        };
        if lock(shared).chain.get(&number).is_some_and(|(known, _)| *known == hash) {
            break;
        }
        let block = rpc.chain_get_block(Some(hash)).await?.context("a block by its hash")?;
        let signed = block.block.extrinsics.iter().filter(|bytes| is_signed(bytes)).count();
        fresh.insert(number, (hash, signed as u64));
    }
    let mut seen = lock(shared);
    seen.chain.split_off(&(best + 1));
    seen.chain.append(&mut fresh);
    seen.best = best;
    Ok(())
}

/// Whether an extrinsic carries a signature; the others are the author's own, such as the time.
pub fn is_signed(extrinsic: &[u8]) -> bool {
    let input = &mut &*extrinsic;
    // The length, then one byte of which the upper two bits say the kind: 10 for signed.
    Compact::<u32>::decode(input).is_ok() && input.first().is_some_and(|first| first >> 6 == 0b10)
}

fn height(number: u64) -> Result<u32> {
    u32::try_from(number).map_err(|_| anyhow!("block {number} is above what the chain can have"))
}

fn lock(seen: &Mutex<Seen>) -> MutexGuard<'_, Seen> {
    // Nothing that holds the lock can leave it half written.
    seen.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signed_and_unsigned_extrinsics_are_told_apart() {
        // Length 4 and 70, format 4 with and without signature.
        assert!(is_signed(&[4 << 2, 0x84, 0, 0, 0]));
        assert!(is_signed(&[0x19, 0x01, 0x84, 0, 0]));
        assert!(!is_signed(&[4 << 2, 0x04, 3, 0, 0]));
        // Format 5, bare and general.
        assert!(!is_signed(&[4 << 2, 0x05, 3, 0, 0]));
        assert!(!is_signed(&[4 << 2, 0x45, 0, 0, 0]));
        assert!(!is_signed(&[]));
    }
}
