// SPDX-License-Identifier: Apache-2.0
//! The command line.

use crate::follow::{Endpoints, BATCH};
use clap::{Args, Parser, Subcommand};
use std::{net::SocketAddr, num::NonZeroUsize};

/// Copies finalised blocks of the registry chain into Postgres, each exactly once.
#[derive(Parser)]
#[command(name = "registry-indexer", version)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Subcommand)]
pub enum Command {
    /// Follows the chain, for ever.
    Run {
        #[command(flatten)]
        node: NodeAddress,
        #[command(flatten)]
        database: DatabaseAddress,
        /// Where `/health` and `/metrics` are served.
        #[arg(long, env = "INDEXER_LISTEN", default_value = "127.0.0.1:9615")]
        listen: SocketAddr,
        /// Ends when the block of this height is indexed.
        #[arg(long, value_name = "HEIGHT")]
        until: Option<u32>,
        /// The most blocks of one transaction while it is far behind.
        #[arg(long, value_name = "BLOCKS", default_value_t = BATCH)]
        batch: NonZeroUsize,
    },
    /// Throws away what was indexed and indexes it again, up to what is finalised now.
    ///
    /// Asks nothing: everything comes from the chain, and nothing else is in the schema.
    Rebuild {
        #[command(flatten)]
        node: NodeAddress,
        #[command(flatten)]
        database: DatabaseAddress,
    },
    /// Compares what was indexed with the state of the chain. Exit code 3 if they differ.
    ///
    /// Prints a report: the block, every table with its rows and their hash, and at the end the hash of
    /// the report, by which it can be quoted.
    Check {
        #[command(flatten)]
        node: NodeAddress,
        #[command(flatten)]
        database: DatabaseAddress,
        /// Prints it as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Prints rows and MD5 of every table; equal databases print equal lines.
    Checksum {
        #[command(flatten)]
        database: DatabaseAddress,
        /// Waits until exactly this height is indexed.
        #[arg(long, value_name = "HEIGHT")]
        at: Option<u32>,
    },
}

#[derive(Args)]
pub struct NodeAddress {
    /// Address of the node's RPC.
    #[arg(long = "node", id = "node", env = "NODE_URL", default_value = "ws://127.0.0.1:9944")]
    pub url: String,
}

#[derive(Args)]
pub struct DatabaseAddress {
    /// Address of the Postgres database.
    #[arg(long = "database", id = "database", env = "DATABASE_URL", hide_env_values = true)]
    pub url: String,
}

impl Endpoints {
    pub fn new(node: NodeAddress, database: DatabaseAddress) -> Self {
        Self { node: node.url, database: database.url }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn node_and_database_are_told_apart() {
        use clap::CommandFactory;
        Cli::command().debug_assert();
        let line = "registry-indexer run --node ws://n:1 --database postgres://d --until 7";
        let Command::Run { node, database, until, .. } = Cli::parse_from(line.split(' ')).command
        else {
            panic!("not run");
        };
        assert_eq!((node.url, database.url), ("ws://n:1".into(), "postgres://d".into()));
        assert_eq!(until, Some(7));
    }
}
