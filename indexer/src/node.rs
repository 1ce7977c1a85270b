// SPDX-License-Identifier: Apache-2.0
//! The node: finalised heights, blocks and states.

use crate::{block::Block, error::IndexerError, metrics::Status, network::ChainState};
use futures::{Stream, StreamExt};
use registry_client::{ClientError, Registry, H256};
use std::{future::Future, sync::Arc, time::Duration};
use subxt::{rpcs::Error as RpcError, Error as ChainError};
use tokio::{
    sync::{mpsc, watch},
    task::JoinHandle,
    time::timeout,
};

/// The longest that one question to the node may take.
const PATIENCE: Duration = Duration::from_secs(60);
/// After so much silence the node is asked whether it is still there.
const SILENCE: Duration = Duration::from_secs(10);
/// Blocks that are asked for at the same time.
const AHEAD: usize = 8;
/// Blocks that wait to be applied.
const WAITING: usize = 100;

/// A connection to a node.
#[derive(Clone)]
pub struct Node {
    registry: Registry,
}

/// The finalised height, as the node tells it; its task ends with it.
pub struct Heads {
    height: watch::Receiver<u32>,
    task: JoinHandle<IndexerError>,
}

impl Node {
    pub async fn connect(url: &str) -> Result<Self, IndexerError> {
        let registry = answer(Registry::connect(url)).await?;
        Ok(Self { registry })
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
    pub fn blocks(&self, from: u32, to: u32) -> mpsc::Receiver<Result<Block, IndexerError>> {
        let (sender, receiver) = mpsc::channel(WAITING);
        let node = self.clone();
        tokio::spawn(async move {
            let mut blocks = Box::pin(node.fetch_all(from, to));
            while let Some(block) = blocks.next().await {
                // Nobody takes them any more.
                if sender.send(block).await.is_err() {
                    return;
                }
            }
        });
        receiver
    }

    fn fetch_all(
        &self,
        from: u32,
        to: u32,
    ) -> impl Stream<Item = Result<Block, IndexerError>> + Send + use<'_> {
        futures::stream::iter(from..=to).map(|height| self.fetch(height)).buffered(AHEAD)
    }

    async fn fetch(&self, height: u32) -> Result<Block, IndexerError> {
        let fetched = timeout(PATIENCE, async {
            let at = self.registry.at_height(height).await?;
            let (header, extrinsics, events) = (at.block_header(), at.extrinsics(), at.events());
            let (header, extrinsics, events) = futures::try_join!(
                async { header.await.map_err(ChainError::from) },
                async { extrinsics.fetch().await.map_err(ChainError::from) },
                async { events.fetch().await.map_err(ChainError::from) },
            )?;
            Ok::<_, ClientError>(Block::decode(&at, at.block_hash(), &header, &extrinsics, &events))
        });
        fetched
            .await
            .map_err(|_| silent())?
            .map_err(|error| IndexerError::of_node(height, error))?
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

fn silent() -> IndexerError {
    IndexerError::NodeSilent(PATIENCE.as_secs())
}

fn height(number: u64) -> Result<u32, IndexerError> {
    u32::try_from(number).map_err(|_| IndexerError::OutOfRange(number))
}
