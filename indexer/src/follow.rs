// SPDX-License-Identifier: Apache-2.0
//! The loop: connect, catch up, follow, and begin again when a connection is lost.

use crate::{
    apply,
    backoff::Backoff,
    block::Block,
    database::{patiently, Cursor, Writer},
    error::IndexerError,
    metrics::Status,
    node::{Heads, Node},
    progress::Progress,
};
use std::{
    future::Future,
    num::NonZeroUsize,
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::sync::watch;

/// So many blocks behind, a transaction takes more than one block.
const FAR_BEHIND: u32 = 20;
/// The most blocks of one transaction, unless something else is asked for.
pub const BATCH: NonZeroUsize = NonZeroUsize::MIN.saturating_add(999);
/// The longest that it is waited for them.
const PATIENCE: Duration = Duration::from_millis(250);
/// Between two questions whether Postgres is there.
const INTERVAL: Duration = Duration::from_secs(5);

/// Where the node and the database are.
#[derive(Clone)]
pub struct Endpoints {
    pub node: String,
    pub database: String,
}

/// Tells everything to end.
#[derive(Clone)]
pub struct Stop(watch::Receiver<bool>);

/// Why following ended without a failure.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ended {
    /// The height that was asked for is indexed.
    Reached,
    /// A signal came.
    Stopped,
}

/// Follows the chain into the database.
pub struct Follower {
    endpoints: Endpoints,
    until: Option<u32>,
    status: Arc<Status>,
    stop: Stop,
    batch: NonZeroUsize,
    backoff: Backoff,
    node: Option<Node>,
}

/// Both connections, and where they are.
struct Session<'a> {
    follower: &'a mut Follower,
    node: Node,
    writer: Writer,
    cursor: Cursor,
}

impl Stop {
    pub fn new(receiver: watch::Receiver<bool>) -> Self {
        Self(receiver)
    }

    /// Waits for the signal.
    async fn wait(&mut self) {
        // Without a sender there is no signal any more.
        if self.0.wait_for(|stop| *stop).await.is_err() {
            std::future::pending().await
        }
    }

    /// The answer, unless the signal comes first.
    async fn or<T>(&mut self, work: impl Future<Output = T>) -> Option<T> {
        tokio::select! {
            biased;
            () = self.wait() => None,
            done = work => Some(done),
        }
    }
}

impl Follower {
    pub fn new(endpoints: Endpoints, until: Option<u32>, status: Arc<Status>, stop: Stop) -> Self {
        let backoff = Backoff::default();
        Self { endpoints, until, status, stop, batch: BATCH, backoff, node: None }
    }

    /// With other than [`BATCH`] blocks in one transaction.
    pub fn in_batches_of(self, batch: NonZeroUsize) -> Self {
        Self { batch, ..self }
    }

    /// Follows until the height that was asked for, a signal, or a failure that does not pass.
    ///
    /// Begins with connections that are open already, if there are.
    pub async fn run(mut self, opened: Option<(Writer, Node)>) -> Result<Ended, IndexerError> {
        let (mut writer, node) = opened.unzip();
        self.node = node;
        loop {
            let error = match self.session(writer.take()).await {
                Ok(ended) => return Ok(ended),
                Err(error) => error,
            };
            let Some(peer) = error.passes() else { return Err(error) };
            self.status.lost(peer, &error);
            let wait = self.backoff.next();
            tracing::warn!("{error}; trying again in {:.1} s", wait.as_secs_f32());
            if self.stop.or(tokio::time::sleep(wait)).await.is_none() {
                return Ok(Ended::Stopped);
            }
        }
    }

    /// The connection to the node: the one from before, if it still answers. The library keeps a
    /// connection open until the node closes it, so one for every attempt would be too many.
    async fn node(&mut self) -> Result<Node, IndexerError> {
        if let Some(node) = self.node.take() {
            if node.finalised_height().await.is_ok() {
                self.node = Some(node.clone());
                return Ok(node);
            }
        }
        let node = Node::connect(&self.endpoints.node).await?;
        Ok(self.node.insert(node).clone())
    }

    async fn session(&mut self, opened: Option<Writer>) -> Result<Ended, IndexerError> {
        let mut stop = self.stop.clone();
        let connecting = async {
            let mut writer = match opened {
                Some(writer) => writer,
                None => patiently(Writer::open(&self.endpoints.database)).await?,
            };
            writer.migrate().await?;
            let node = self.node().await?;
            let cursor = patiently(start(&mut writer, &node)).await?;
            let heads = node.heads(self.status.clone()).await?;
            Ok::<_, IndexerError>((writer, node, cursor, heads))
        };
        let Some(connected) = stop.or(connecting).await else { return Ok(Ended::Stopped) };
        let (writer, node, cursor, heads) = connected?;
        tracing::info!(
            "the database is at height {}, the node has finalised {}",
            cursor.height,
            heads.height()
        );
        self.status.indexed(cursor.height, cursor.time);
        let mut session = Session { follower: self, node, writer, cursor };
        let ended = session.follow(heads, &mut stop).await;
        session.writer.close().await;
        ended
    }
}

/// The cursor of a database that fits the node's chain, seeded if it is new.
async fn start(writer: &mut Writer, node: &Node) -> Result<Cursor, IndexerError> {
    let genesis = node.genesis_hash();
    let Some(cursor) = writer.cursor().await? else {
        let state = node.state(0).await?;
        return apply::seed(writer, genesis, &state).await;
    };
    if cursor.genesis != genesis {
        return Err(IndexerError::OtherGenesis { database: cursor.genesis, node: genesis });
    }
    recognise(writer, node, cursor.height.min(node.finalised_height().await?)).await?;
    Ok(cursor)
}

/// Makes sure that a block that was indexed is one of the node's chain: a development chain that
/// was thrown away has the same genesis block as the next one.
async fn recognise(writer: &mut Writer, node: &Node, height: u32) -> Result<(), IndexerError> {
    match (writer.block_hash(height).await?, node.block_hash(height).await?) {
        (Some(database), Some(node)) if database != node => {
            Err(IndexerError::OtherBlock { height, database, node })
        }
        _ => Ok(()),
    }
}

impl Session<'_> {
    async fn follow(&mut self, mut heads: Heads, stop: &mut Stop) -> Result<Ended, IndexerError> {
        loop {
            if let Some(ended) = self.catch_up(&heads, stop).await? {
                return Ok(ended);
            }
            let waiting = tokio::time::timeout(INTERVAL, heads.above(self.cursor.height));
            match stop.or(waiting).await {
                None => return Ok(Ended::Stopped),
                Some(Ok(height)) => drop(height?),
                Some(Err(_)) => self.idle(heads.height()).await?,
            }
        }
    }

    /// Nothing new for a while: is Postgres still there, and is a node that is behind the
    /// database on its way to where it was?
    async fn idle(&mut self, finalised: u32) -> Result<(), IndexerError> {
        if finalised < self.cursor.height {
            recognise(&mut self.writer, &self.node, finalised).await?;
        }
        self.writer.ping().await?;
        self.follower.backoff.reset();
        Ok(())
    }

    /// Applies everything up to what is finalised now.
    async fn catch_up(
        &mut self,
        heads: &Heads,
        stop: &mut Stop,
    ) -> Result<Option<Ended>, IndexerError> {
        let finalised = heads.height();
        let until = self.follower.until;
        let target = until.map_or(finalised, |until| until.min(finalised));
        let mut progress = Progress::new(self.cursor.height, target);
        let mut blocks = self.node.blocks(self.cursor.height.saturating_add(1), target);
        while self.cursor.height < target {
            let far = target - self.cursor.height > FAR_BEHIND;
            let batch = self.follower.batch.get();
            let (most, patience) = if far { (batch, PATIENCE) } else { (1, Duration::ZERO) };
            let Some(taken) = stop.or(blocks.take(most, patience)).await else {
                return Ok(Some(Ended::Stopped));
            };
            self.apply(&taken.blocks).await?;
            if let Some(failure) = taken.failure {
                return Err(failure);
            }
            progress.tell(self.cursor.height);
        }
        match until {
            Some(until) if self.cursor.height == until => Ok(Some(Ended::Reached)),
            Some(wanted) if self.cursor.height > wanted => {
                Err(IndexerError::Past { cursor: self.cursor.height, wanted })
            }
            _ => Ok(None),
        }
    }

    async fn apply(&mut self, blocks: &[Block]) -> Result<(), IndexerError> {
        if blocks.is_empty() {
            return Ok(());
        }
        let began = Instant::now();
        self.cursor = patiently(apply::apply(&mut self.writer, &self.cursor, blocks)).await?;
        let status = &self.follower.status;
        let events = blocks.iter().map(|block| block.events.len()).sum();
        status.applied(blocks.len(), events, began.elapsed());
        status.indexed(self.cursor.height, self.cursor.time);
        self.follower.backoff.reset();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_signal_ends_waiting() {
        let (sender, receiver) = watch::channel(false);
        let mut stop = Stop::new(receiver);
        assert_eq!(stop.or(async { 7 }).await, Some(7));
        sender.send(true).unwrap();
        assert_eq!(stop.or(std::future::pending::<()>()).await, None);
    }
}
