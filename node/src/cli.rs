// SPDX-License-Identifier: Apache-2.0
//! The command line of the node.

use sc_cli::RunCmd;

/// How blocks are made.
#[derive(Clone, Copy, PartialEq, Eq, Debug, clap::ValueEnum)]
pub enum Sealing {
    /// By the validators, one block every three seconds, finalised by their votes.
    Aura,
    /// At once for every transaction, final at once. For tests on one's own machine only: the node
    /// takes part in no network, and the chain's clock runs three seconds a block.
    Instant,
}

/// A node of the registry chain.
#[derive(Debug, clap::Parser)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Cli {
    #[command(subcommand)]
    pub subcommand: Option<Subcommand>,

    #[clap(flatten)]
    pub run: RunCmd,

    /// How blocks are made; `instant` works on development chains only.
    #[arg(long, value_enum, default_value_t = Sealing::Aura)]
    pub sealing: Sealing,

    /// Connect with nobody but the validators that the council has appointed, as the chain lists
    /// them, and the nodes given by --reserved-nodes. For every node of a production network.
    #[arg(long)]
    pub permissioned: bool,

    /// How this node reaches the ITMO platform, if its operator is one of the bridge: a JSON file with
    /// "endpoint", "api_key", "email" and "password" that nobody else can read.
    #[arg(long, value_name = "FILE")]
    pub itmo_access: Option<std::path::PathBuf>,
}

/// What a node can do besides running.
#[derive(Debug, clap::Subcommand)]
#[allow(clippy::large_enum_variant)]
pub enum Subcommand {
    /// Generate, inspect and insert keys.
    #[command(subcommand)]
    Key(sc_cli::KeySubcommand),

    /// Write a chain specification.
    ExportChainSpec(sc_cli::ExportChainSpecCmd),

    /// Validate blocks.
    CheckBlock(sc_cli::CheckBlockCmd),

    /// Export blocks.
    ExportBlocks(sc_cli::ExportBlocksCmd),

    /// Export the state of a block into a chain specification.
    ExportState(sc_cli::ExportStateCmd),

    /// Import blocks.
    ImportBlocks(sc_cli::ImportBlocksCmd),

    /// Remove the whole chain.
    PurgeChain(sc_cli::PurgeChainCmd),

    /// Go back to an earlier block.
    Revert(sc_cli::RevertCmd),

    /// Say what is in the database.
    ChainInfo(sc_cli::ChainInfoCmd),
}
