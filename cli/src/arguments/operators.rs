// SPDX-License-Identifier: Apache-2.0
//! The commands of those who run nodes, and their flags.

use super::KeyArguments;
use crate::multiaddr::{Host, Multiaddr, PeerId};
use clap::{ArgGroup, Args, Subcommand};
use registry_client::{AccountId32, H256};
use registry_primitives::{
    approval::MAX_APPROVERS,
    organisation::{MAX_NAME, MAX_TAX_ID},
    CountryCode,
};
use std::path::PathBuf;

/// Fewer validators stop as soon as one of them does.
pub const FEWEST_VALIDATORS: u32 = 4;

#[derive(Subcommand)]
pub enum CeremonyCommand {
    /// Write one operator's contribution: public keys and how the node is reached, signed
    Contribute(Box<Contribute>),
    /// Make the plain chain specification from everybody's contributions
    Assemble(Box<Assemble>),
    /// Make the raw chain specification, which is final, and print its hashes
    Seal(Seal),
    /// Print the hashes of a raw chain specification and what is in it
    Verify(Verify),
}

/// The key is that of the operator's account: it shows that nobody else made the contribution.
#[derive(Args)]
#[command(group = ArgGroup::new("signer").args(["key"]).required(true))]
pub struct Contribute {
    /// Identifier of the chain, agreed beforehand: the contribution is good for it alone
    #[arg(long, value_parser = identifier)]
    pub id: String,
    /// Name of whoever runs the node: an office, not a person
    #[arg(long)]
    pub name: String,
    /// The node's network identity, of `registry-node key generate-node-key`
    #[arg(long)]
    pub peer_id: PeerId,
    /// How the others reach the node, such as /dns/validator.gov.vu/tcp/30333
    #[arg(long)]
    pub address: Multiaddr,
    /// The operator's account; that of the key without it
    #[arg(long)]
    pub account: Option<AccountId32>,
    /// Public session key that signs blocks (sr25519)
    #[arg(long, value_name = "HEX")]
    pub aura: H256,
    /// Public session key that signs finality votes (ed25519)
    #[arg(long, value_name = "HEX")]
    pub grandpa: H256,
    /// Ask the node at --node whether this is its identity and it holds these session keys
    #[arg(long)]
    pub ask_node: bool,
    #[command(flatten)]
    pub key: KeyArguments,
    /// The file to write; never overwritten
    #[arg(long, visible_alias = "out", value_name = "FILE")]
    pub output: PathBuf,
}

#[derive(Args)]
pub struct Assemble {
    /// The country: two capital letters of ISO 3166-1
    #[arg(long)]
    pub country: CountryCode,
    /// Name of the chain, which wallets show
    #[arg(long)]
    pub name: String,
    /// Identifier of the chain, such as registry_vu; nodes name a folder by it
    #[arg(long, value_parser = identifier)]
    pub id: String,
    /// Name of the organisation that is the Government in the registry
    #[arg(long, value_parser = crate::values::sentence::<MAX_NAME>)]
    pub government_name: String,
    /// Its tax identifier
    #[arg(long, value_parser = crate::values::sentence::<MAX_TAX_ID>)]
    pub tax_id: String,
    /// Account of the Government's Root, who makes its first Admins
    #[arg(long)]
    pub root: AccountId32,
    /// Account of a member of the council, which appoints validators and votes on upgrades
    #[arg(long, required = true, num_args = 1..)]
    pub council: Vec<AccountId32>,
    /// The fewest validators that the council can leave
    #[arg(long, default_value_t = FEWEST_VALIDATORS)]
    pub minimum: u32,
    /// Blocks of a session, three seconds each
    #[arg(long, default_value_t = 600, value_parser = clap::value_parser!(u32).range(10..))]
    pub session_length: u32,
    /// How many officers must agree to the acts of every class that can ask for more than one
    #[arg(
        long, default_value_t = 2,
        value_parser = clap::value_parser!(u32).range(1..=i64::from(MAX_APPROVERS))
    )]
    pub officers: u32,
    /// Contribution of an operator
    #[arg(long, required = true, num_args = 1.., value_name = "FILE")]
    pub contribution: Vec<PathBuf>,
    /// Where a node finds the first others: a multiaddr with /p2p/ and the identity; all
    /// validators without it
    #[arg(long, num_args = 1.., value_name = "MULTIADDR")]
    pub bootnode: Vec<String>,
    /// The runtime, as it was released
    #[arg(long, value_name = "FILE")]
    pub wasm: PathBuf,
    /// The file to write; never overwritten
    #[arg(long, visible_alias = "out", value_name = "FILE")]
    pub output: PathBuf,
}

#[derive(Args)]
pub struct Seal {
    /// The plain chain specification, of `registry ceremony assemble`
    #[arg(long, value_name = "FILE")]
    pub spec: PathBuf,
    /// The node, whose runtime builds the genesis state
    #[arg(long, default_value = "registry-node", value_name = "PROGRAM")]
    pub node_binary: PathBuf,
    /// The file to write; never overwritten
    #[arg(long, visible_alias = "out", value_name = "FILE")]
    pub output: PathBuf,
}

#[derive(Args)]
pub struct Verify {
    /// The raw chain specification
    #[arg(long, value_name = "FILE")]
    pub spec: PathBuf,
    /// The hash that it must have, BLAKE2b-256 or SHA-256, also in groups as it is read out
    #[arg(long, value_parser = spoken_hash)]
    pub hash: Option<H256>,
    /// A contribution that must be in it, such as one's own
    #[arg(long, num_args = 1.., value_name = "FILE")]
    pub contribution: Vec<PathBuf>,
}

/// Checks one's own node: a line for each check, and what to do where it fails.
#[derive(Args)]
pub struct Doctor {
    /// Folder in which the node keeps its data, to see how much room is left
    #[arg(long, value_name = "FOLDER")]
    pub base_path: Option<PathBuf>,
    /// The network's raw chain specification
    #[arg(long, value_name = "FILE")]
    pub spec: Option<PathBuf>,
    /// The hash that the specification must have, BLAKE2b-256 or SHA-256
    #[arg(long, requires = "spec", value_parser = spoken_hash)]
    pub hash: Option<H256>,
    /// Port on which the other nodes reach this one
    #[arg(long, default_value_t = 30333)]
    pub p2p_port: u16,
    /// The validator's account; without it, the checks of a validator are left out
    #[arg(long)]
    pub account: Option<AccountId32>,
    /// How long to watch blocks arrive, to compare clocks
    #[arg(long, default_value_t = 13, value_name = "SECONDS")]
    pub watch: u64,
}

#[derive(Subcommand)]
pub enum ValidatorsCommand {
    /// The appointed validators, how each is reached, and whether it is flagged
    List,
    /// Who is a validator no more, since when and why
    Departures,
    /// How many blocks each validator made
    Authored {
        /// Number of a session that is remembered; the one that runs without it
        session: Option<u32>,
    },
    /// The others as flags of `registry-node`, one a line
    Reserved(Others),
    /// An allow-list of the others for the P2P port, as `nft -f` loads it
    Firewall {
        #[command(flatten)]
        others: Others,
        /// Port on which the other nodes reach this one
        #[arg(long, default_value_t = 30333)]
        p2p_port: u16,
        /// Another machine that may connect, such as one's own archive node: an address or a name
        #[arg(long, num_args = 1.., value_name = "HOST")]
        also: Vec<Host>,
    },
}

#[derive(Args)]
pub struct Others {
    /// One's own account, which is left out; without it, the node asked is left out
    #[arg(long)]
    pub account: Option<AccountId32>,
}

/// An identifier of a chain: nodes name a folder by it.
fn identifier(text: &str) -> anyhow::Result<String> {
    const LONGEST: usize = 32;
    let fits = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit();
    if text.is_empty()
        || text.len() > LONGEST
        || !text.chars().all(|letter| fits(letter) || letter == '_')
    {
        anyhow::bail!("an identifier is up to {LONGEST} small letters, digits and _");
    }
    Ok(text.to_owned())
}

/// 32 bytes in hexadecimal digits, with or without 0x and spaces.
fn spoken_hash(text: &str) -> anyhow::Result<H256> {
    let digits: String = text.chars().filter(|letter| !letter.is_whitespace()).collect();
    let bytes = hex::decode(digits.trim_start_matches("0x")).ok();
    let bytes = bytes.and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
    Ok(H256(bytes.ok_or_else(|| anyhow::anyhow!("a hash is 64 hexadecimal digits"))?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_are_names_of_folders() {
        assert_eq!(identifier("registry_vu").unwrap(), "registry_vu");
        for bad in ["", "Registry", "a/b", "..", "a b", &"a".repeat(33)] {
            assert!(identifier(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn hashes_are_taken_as_they_are_read_out() {
        let groups = ["abcd"; 16].join(" ");
        let plain = "0x".to_owned() + &"abcd".repeat(16);
        assert_eq!(spoken_hash(&groups).unwrap(), spoken_hash(&plain).unwrap());
        assert!(spoken_hash("0xabcd").is_err() && spoken_hash(&format!("{plain}0")).is_err());
        assert!(spoken_hash(&"zz".repeat(32)).is_err());
    }
}
