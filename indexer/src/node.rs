// SPDX-License-Identifier: Apache-2.0
//! The node: finalised heights, blocks and states.

use crate::{
    block::Block, error::IndexerError, lanes::Lanes, metrics::Status, network::ChainState,
};
use futures::{Stream, StreamExt};
use registry_client::{AtBlock, ClientError, Config, Registry, H256};
use std::{
    future::Future,
    ops::RangeInclusive,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use subxt::{
    config::RpcConfigFor,
    rpcs::{methods::legacy::LegacyRpcMethods, rpc_params, Error as RpcError},
    Error as ChainError,
};
use tokio::{
    sync::{mpsc, watch, OwnedSemaphorePermit, Semaphore},
    task::JoinHandle,
    time::{timeout, timeout_at, Instant},
};

/// The questions that nodes have always answered.
type Rpc = LegacyRpcMethods<RpcConfigFor<Config>>;

/// The longest that one question to the node may take.
const PATIENCE: Duration = Duration::from_secs(60);
/// After so much silence the node is asked whether it is still there.
const SILENCE: Duration = Duration::from_secs(10);
/// Blocks whose hashes are asked for in one question.
const STRETCH: u32 = 128;
/// Such questions that are asked ahead.
const STRETCHES: usize = 2;
/// Blocks that are asked for at the same time.
const AHEAD: usize = 32;
/// What waits to be applied: blocks, their extrinsics and their events, counted alike. It bounds the
/// memory that they take, whether blocks are empty or full.
const WAITING: u32 = 20_000;
/// The key of `System.Events`.
const EVENTS: [u8; 32] = [
    0x26, 0xaa, 0x39, 0x4e, 0xea, 0x56, 0x30, 0xe0, 0x7c, 0x48, 0xae, 0x0c, 0x95, 0x58, 0xce, 0xf7,
    0x80, 0xd4, 0x1e, 0x5e, 0x16, 0x05, 0x67, 0x65, 0xbc, 0x84, 0x61, 0x85, 0x10, 0x72, 0xc9, 0xd7,
];

/// A connection to a node, and more of them for its blocks.
#[derive(Clone)]
pub struct Node {
    registry: Registry,
    lanes: Lanes,
    /// The version of the runtime that was met last.
    runtime: Arc<Mutex<Option<AtBlock>>>,
}

/// The finalised height, as the node tells it; its task ends with it.
pub struct Heads {
    height: watch::Receiver<u32>,
    task: JoinHandle<IndexerError>,
}

/// Blocks in order, as they come.
pub struct Blocks {
    receiver: mpsc::UnboundedReceiver<Waiting>,
}

/// A block that waits, and the room that it takes.
struct Waiting {
    block: Result<Block, IndexerError>,
    permit: OwnedSemaphorePermit,
}

/// Blocks that were taken at once, and why there are no more after them.
#[derive(Debug, Default)]
pub struct Taken {
    pub blocks: Vec<Block>,
    pub failure: Option<IndexerError>,
}

/// Where a block is, and how to read it.
struct Located {
    height: u32,
    hash: H256,
    runtime: AtBlock,
}

impl Node {
    pub async fn connect(url: &str) -> Result<Self, IndexerError> {
        let registry = answer(Registry::connect(url)).await?;
        Ok(Self { registry, lanes: Lanes::to(url), runtime: Arc::default() })
    }

    pub fn genesis_hash(&self) -> H256 {
        self.registry.genesis_hash()
    }

    pub async fn finalised_height(&self) -> Result<u32, IndexerError> {
        answer(async {
            let hash = self.registry.rpc.chain_get_finalized_head().await?;
            let header = self.registry.rpc.chain_get_header(Some(hash)).await?;
            Ok::<_, RpcError>(header.map_or(0, |header| header.number))
        })
        .await
        .and_then(height)
    }

    pub async fn block_hash(&self, at: u32) -> Result<Option<H256>, IndexerError> {
        let number = subxt::rpcs::methods::legacy::NumberOrHex::Number(at.into());
        answer(self.registry.rpc.chain_get_block_hash(Some(number))).await
    }

    /// The state after a block.
    pub async fn state(&self, height: u32) -> Result<ChainState, IndexerError> {
        let read = async {
            let at = self.registry.at_height(height).await?;
            ChainState::read(&at).await
        };
        read.await.map_err(|error| IndexerError::of_node(height, error))
    }

    /// Finalised blocks in order, asked for ahead of being taken.
    pub fn blocks(&self, from: u32, to: u32) -> Blocks {
        let (sender, receiver) = mpsc::unbounded_channel();
        let node = self.clone();
        tokio::spawn(async move {
            let room = Arc::new(Semaphore::new(WAITING as usize));
            let mut blocks = Box::pin(node.fetch_all(from, to));
            while let Some(block) = blocks.next().await {
                let size = block.as_ref().map_or(1, size_of);
                let Ok(permit) = room.clone().acquire_many_owned(size).await else { return };
                // Nobody takes them any more.
                if sender.send(Waiting { block, permit }).is_err() {
                    return;
                }
            }
        });
        Blocks { receiver }
    }

    fn fetch_all(
        &self,
        from: u32,
        to: u32,
    ) -> impl Stream<Item = Result<Block, IndexerError>> + Send + use<'_> {
        let starts = (from..=to).step_by(STRETCH as usize);
        let stretches = starts.map(move |start| start..=start.saturating_add(STRETCH - 1).min(to));
        futures::stream::iter(stretches)
            .map(|heights| self.locate(heights))
            .buffered(STRETCHES)
            .flat_map(|located| {
                let each: Vec<_> = match located {
                    Ok(located) => located.into_iter().map(Ok).collect(),
                    Err(error) => vec![Err(error)],
                };
                futures::stream::iter(each)
            })
            .map(move |located| async move { self.fetch(located?).await })
            .buffered(AHEAD)
    }

    /// Hashes of blocks, and for each the runtime that made it: the one in the state of its parent,
    /// which a block that changes the runtime has not any more.
    async fn locate(&self, heights: RangeInclusive<u32>) -> Result<Vec<Located>, IndexerError> {
        let (first, last) = (*heights.start(), *heights.end());
        let numbers: Vec<u32> = (first.saturating_sub(1)..=last).collect();
        let asked = self
            .lanes
            .ask(async |client| client.request("chain_getBlockHash", rpc_params![&numbers]).await);
        let hashes: Vec<Option<H256>> = answer(asked).await?;
        let mut found = Vec::with_capacity(hashes.len());
        for (height, hash) in numbers.into_iter().zip(hashes) {
            found.push((height, hash.ok_or_else(|| missing(height))?));
        }
        // The last is nobody's parent here.
        let parents = &found[..found.len().saturating_sub(1)];
        let (Some(oldest), Some(newest)) = (parents.first(), parents.last()) else {
            return Ok(Vec::new());
        };
        let (oldest, newest) = (self.runtime(*oldest).await?, self.runtime(*newest).await?);
        let mut located = Vec::with_capacity(parents.len());
        for (parent, (height, hash)) in parents.iter().zip(found.iter().skip(1).copied()) {
            // Versions only rise: between two that are equal there is no other.
            let runtime = match oldest.spec_version() == newest.spec_version() {
                true => oldest.clone(),
                false => self.runtime(*parent).await?,
            };
            located.push(Located { height, hash, runtime });
        }
        Ok(located)
    }

    /// The runtime in the state of a block. Its metadata is asked for once for each version.
    async fn runtime(&self, (height, hash): (u32, H256)) -> Result<AtBlock, IndexerError> {
        let asked = self.lanes.ask(async |client| {
            Rpc::new(client.clone()).state_get_runtime_version(Some(hash)).await
        });
        let version = timeout(PATIENCE, asked)
            .await
            .map_err(|_| silent())?
            .map_err(|error| IndexerError::of_node(height, Failure::from(error).0))?
            .spec_version;
        let known = self.runtime.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(known) = known.filter(|known| known.spec_version() == version) {
            return Ok(known);
        }
        let at = self.registry.api.at_block_hash_and_number(hash, height.into());
        let at = timeout(PATIENCE, at).await.map_err(|_| silent())?;
        let at =
            at.map_err(|error| IndexerError::of_node(height, ChainError::from(error).into()))?;
        *self.runtime.lock().unwrap_or_else(PoisonError::into_inner) = Some(at.clone());
        Ok(at)
    }

    async fn fetch(&self, located: Located) -> Result<Block, IndexerError> {
        let Located { height, hash, runtime } = located;
        let asked = self.lanes.ask(async |client| {
            let rpc = Rpc::new(client.clone());
            let block = rpc.chain_get_block(Some(hash)).await?;
            Ok((block, rpc.state_get_storage(&EVENTS, Some(hash)).await?))
        });
        let (block, events) = timeout(PATIENCE, asked)
            .await
            .map_err(|_| silent())?
            .map_err(|error| IndexerError::of_node(height, Failure::from(error).0))?;
        let block = block.ok_or_else(|| missing(height))?.block;
        // Decoding is work: it is done on all cores.
        let decoding = tokio::spawn(async move {
            let extrinsics = block.extrinsics.into_iter().map(|bytes| bytes.0).collect();
            let extrinsics = runtime.extrinsics().from_bytes(extrinsics).await;
            let events = runtime.events().from_bytes(events.unwrap_or_default());
            Block::decode(&runtime, hash, &block.header, &extrinsics, &events)
        });
        decoding.await.map_err(|_| IndexerError::Fault)?
    }

    /// Follows the finalised height from now on.
    pub async fn heads(&self, status: Arc<Status>) -> Result<Heads, IndexerError> {
        let (sender, receiver) = watch::channel(self.finalised_height().await?);
        status.node_is_at(*receiver.borrow());
        let node = self.clone();
        let task = tokio::spawn(async move {
            let watching = node.watch(|height| {
                status.node_is_at(height);
                sender.send_if_modified(|known| {
                    let is_new = height > *known;
                    *known = height.max(*known);
                    is_new
                });
            });
            match watching.await {
                Err(error) => error,
                Ok(never) => match never {},
            }
        });
        Ok(Heads { height: receiver, task })
    }

    async fn watch(&self, tell: impl Fn(u32)) -> Result<std::convert::Infallible, IndexerError> {
        loop {
            let mut heads = answer(self.registry.rpc.chain_subscribe_finalized_heads()).await?;
            // What was finalised while nobody listened.
            tell(self.finalised_height().await?);
            loop {
                match timeout(SILENCE, heads.next()).await {
                    Ok(Some(header)) => tell(height(header.map_err(of_rpc)?.number)?),
                    Ok(None) => break,
                    Err(_) => tell(self.finalised_height().await?),
                }
            }
        }
    }
}

impl Blocks {
    /// The next blocks, at least one: as many as there are room for in memory, but not more than
    /// `most`, and not waiting longer than `patience` after the first.
    pub async fn take(&mut self, most: usize, patience: Duration) -> Taken {
        let mut taken = Taken::default();
        let mut room = WAITING as usize;
        let mut next = self.receiver.recv().await;
        let deadline = Instant::now() + patience;
        while let Some(Waiting { block, permit }) = next {
            match block {
                Ok(block) => taken.blocks.push(block),
                Err(failure) => return Taken { failure: Some(failure), ..taken },
            }
            room = room.saturating_sub(permit.num_permits());
            drop(permit);
            if taken.blocks.len() >= most || room == 0 {
                return taken;
            }
            next = match timeout_at(deadline, self.receiver.recv()).await {
                Ok(next) => next,
                Err(_) => return taken,
            };
        }
        if taken.blocks.is_empty() {
            // The task that fetches them ended before its work did.
            taken.failure = Some(IndexerError::Fault);
        }
        taken
    }
}

/// What a block counts while it waits.
fn size_of(block: &Block) -> u32 {
    let size = 1 + block.extrinsics.len() + block.events.len();
    u32::try_from(size).map_or(WAITING, |size| size.min(WAITING))
}

impl Heads {
    /// The height that was finalised last.
    pub fn height(&self) -> u32 {
        *self.height.borrow()
    }

    /// Waits for a height above `known`; fails when the node is gone.
    pub async fn above(&mut self, known: u32) -> Result<u32, IndexerError> {
        if let Ok(height) = self.height.wait_for(|height| *height > known).await {
            return Ok(*height);
        }
        Err(match (&mut self.task).await {
            Ok(error) => error,
            Err(_) => IndexerError::Fault,
        })
    }
}

impl Drop for Heads {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn answer<T, E: Into<Failure>>(
    question: impl Future<Output = Result<T, E>>,
) -> Result<T, IndexerError> {
    timeout(PATIENCE, question)
        .await
        .map_err(|_| silent())?
        .map_err(|error| IndexerError::Node(error.into().0))
}

/// The errors of the two layers of the client.
struct Failure(ClientError);

impl From<ClientError> for Failure {
    fn from(error: ClientError) -> Self {
        Self(error)
    }
}

impl From<RpcError> for Failure {
    fn from(error: RpcError) -> Self {
        Self(ChainError::from(error).into())
    }
}

fn of_rpc(error: RpcError) -> IndexerError {
    IndexerError::Node(Failure::from(error).0)
}

fn missing(height: u32) -> IndexerError {
    IndexerError::Node(ClientError::Invalid(format!("the node does not give block {height}")))
}

fn silent() -> IndexerError {
    IndexerError::NodeSilent(PATIENCE.as_secs())
}

fn height(number: u64) -> Result<u32, IndexerError> {
    u32::try_from(number).map_err(|_| IndexerError::OutOfRange(number))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::block::instant;

    fn waiting(block: Result<Block, IndexerError>, size: u32) -> Waiting {
        let room = Arc::new(Semaphore::new(WAITING as usize));
        Waiting { block, permit: room.try_acquire_many_owned(size).unwrap() }
    }

    fn block(height: u32) -> Result<Block, IndexerError> {
        Ok(Block {
            height,
            hash: H256::zero(),
            parent: H256::zero(),
            spec_version: 1,
            time: instant(0)?,
            extrinsics: Vec::new(),
            events: Vec::new(),
        })
    }

    fn heights(taken: &Taken) -> Vec<u32> {
        taken.blocks.iter().map(|block| block.height).collect()
    }

    #[tokio::test]
    async fn blocks_before_a_failure_are_not_lost() {
        let (sender, receiver) = mpsc::unbounded_channel();
        let mut blocks = Blocks { receiver };
        sender.send(waiting(block(1), 1)).ok().unwrap();
        sender.send(waiting(block(2), 1)).ok().unwrap();
        sender.send(waiting(Err(IndexerError::NodeSilent(60)), 1)).ok().unwrap();
        drop(sender);
        let taken = blocks.take(100, Duration::ZERO).await;
        assert_eq!(heights(&taken), [1, 2]);
        assert!(matches!(taken.failure, Some(IndexerError::NodeSilent(60))));
        let taken = blocks.take(100, Duration::ZERO).await;
        assert!(matches!(taken.failure, Some(IndexerError::Fault)), "{taken:?}");
    }

    #[tokio::test]
    async fn no_more_blocks_are_taken_than_asked_for_or_than_memory_allows() {
        let (sender, receiver) = mpsc::unbounded_channel();
        let mut blocks = Blocks { receiver };
        for (height, size) in [(1, 1), (2, 1), (3, 1), (4, WAITING), (5, 1)] {
            sender.send(waiting(block(height), size)).ok().unwrap();
        }
        assert_eq!(heights(&blocks.take(2, Duration::ZERO).await), [1, 2]);
        assert_eq!(heights(&blocks.take(100, Duration::ZERO).await), [3, 4]);
        assert_eq!(heights(&blocks.take(100, Duration::ZERO).await), [5]);
    }
}
