// SPDX-License-Identifier: Apache-2.0
//! What can go wrong, and whether waiting helps.

use registry_client::{ClientError, H256};

/// A failure of the indexer.
#[derive(Debug, thiserror::Error)]
pub enum IndexerError {
    #[error("{}", with_causes(.0))]
    Node(#[from] ClientError),
    #[error("the node did not answer within {0} seconds")]
    NodeSilent(u64),
    #[error("Postgres: {0}")]
    Database(#[from] sqlx::Error),
    #[error("Postgres did not answer within {0} seconds")]
    DatabaseSilent(u64),
    #[error("the schema cannot be made or is not the one expected (`rebuild` makes it anew): {0}")]
    Migration(#[from] sqlx::migrate::MigrateError),
    #[error("another indexer is writing to this database")]
    Locked,
    #[error(
        "the database is of another chain: its genesis block is {database:?}, the node's is \
         {node:?}"
    )]
    OtherGenesis { database: H256, node: H256 },
    #[error(
        "the node's chain is not the one that was indexed: at height {height} the database has \
         {database:?}, the node {node:?}; finalised blocks do not change, so one of them is wrong"
    )]
    OtherBlock { height: u32, database: H256, node: H256 },
    #[error("the node gave block {found} where block {expected} was asked for")]
    Gap { expected: u32, found: u32 },
    #[error(
        "the cursor is not at height {height} ({hash:?}) any more: something else wrote to the \
         database"
    )]
    CursorMoved { height: u32, hash: H256 },
    #[error(
        "block {height} has an event that this indexer does not know, {pallet}.{name}; nothing of \
         the block was written, a newer indexer is needed"
    )]
    UnknownEvent { height: u32, pallet: String, name: String },
    #[error("block {height} cannot be decoded: {reason}")]
    Undecodable { height: u32, reason: String },
    #[error("event {index} of block {height} does not fit what was indexed before: {what}")]
    Inconsistent { height: u32, index: u32, what: &'static str },
    #[error("the database has credits from {0} on with a status that there is not: {1:?}")]
    UnknownStatus(i64, String),
    #[error("{0} is more than the database can hold, and than the chain allows")]
    OutOfRange(u64),
    #[error("a value cannot be written as JSON: {0}")]
    Json(#[from] serde_json::Error),
    #[error(
        "the genesis state has projects or credits, which no registry starts with; this indexer \
         would not see them"
    )]
    UnexpectedGenesis,
    #[error(
        "the node has discarded the state of block {0}; a node that keeps all state is needed \
         (--state-pruning archive)"
    )]
    Pruned(u32),
    #[error("the node does not have block {0}, which is indexed; it is still catching up")]
    NodeBehind(u32),
    #[error("the database has not been indexed: {0}")]
    NotIndexed(&'static str),
    #[error("the cursor is at height {cursor}, past {wanted}, and never goes back")]
    Past { cursor: u32, wanted: u32 },
    #[error("a task of the indexer ended before its work did, which is a fault of the indexer")]
    Fault,
    #[error("{0}")]
    Metrics(#[from] metrics_exporter_prometheus::BuildError),
    #[error("{0} cannot be listened on: {1}")]
    Listen(std::net::SocketAddr, std::io::Error),
}

/// The other end of a failed connection.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Peer {
    Node,
    Postgres,
}

impl IndexerError {
    /// Whom to wait for, if the failure may pass by itself; everything else needs a person.
    pub fn passes(&self) -> Option<Peer> {
        match self {
            Self::Node(_) | Self::NodeSilent(_) => Some(Peer::Node),
            Self::DatabaseSilent(_) | Self::Locked => Some(Peer::Postgres),
            Self::Database(error) => connection_failed(error).then_some(Peer::Postgres),
            Self::Migration(
                sqlx::migrate::MigrateError::Execute(error)
                | sqlx::migrate::MigrateError::ExecuteMigration(error, _),
            ) => connection_failed(error).then_some(Peer::Postgres),
            _ => None,
        }
    }

    /// A failure of the node while it was asked about a block.
    pub fn of_node(height: u32, error: ClientError) -> Self {
        // The node has no code for it, only these words.
        match with_causes(&error).contains("State already discarded") {
            true => Self::Pruned(height),
            false => Self::Node(error),
        }
    }

    pub fn undecodable(height: u32, reason: impl ToString) -> Self {
        Self::Undecodable { height, reason: reason.to_string() }
    }
}

/// An error with all its causes, each told once.
fn with_causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let told = cause.to_string();
        if !text.contains(&told) {
            text = format!("{text}: {told}");
        }
        source = cause.source();
    }
    text
}

/// Whether the connection or the server failed, and not the statement.
fn connection_failed(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::Protocol(_)
        | sqlx::Error::WorkerCrashed => true,
        sqlx::Error::Database(error) => error.code().is_some_and(|code| {
            // Connection, rolled back for concurrency, out of resources, shut down by an
            // operator, failed by the system, transaction timed out.
            const CLASSES: &[&str] = &["08", "40", "53", "57", "58"];
            CLASSES.iter().any(|class| code.starts_with(class)) || code == "25P03"
        }),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_failures_of_connections_pass() {
        let refused = sqlx::Error::Io(std::io::ErrorKind::ConnectionRefused.into());
        assert_eq!(IndexerError::from(refused).passes(), Some(Peer::Postgres));
        assert_eq!(IndexerError::from(sqlx::Error::RowNotFound).passes(), None);
        let down = ClientError::Unreachable("ws://node".into(), "refused".into());
        assert_eq!(IndexerError::of_node(7, down).passes(), Some(Peer::Node));
        assert_eq!(IndexerError::undecodable(7, "a reason").passes(), None);
    }

    #[test]
    fn discarded_state_is_told_from_a_broken_connection() {
        let words = "Client error: UnknownBlock: State already discarded for 0x12";
        let error = IndexerError::of_node(7, ClientError::Invalid(words.into()));
        assert!(matches!(error, IndexerError::Pruned(7)));
        assert_eq!(error.passes(), None);
    }
}
