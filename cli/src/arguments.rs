// SPDX-License-Identifier: Apache-2.0
//! The commands and their flags.

mod operators;

pub use operators::*;

use crate::{
    calls::{
        AnyCall, BridgeCommand, CouncilCommand, CreditsCommand, Description, DocumentCommand,
        EmergencyCommand, MemberCommand, MonitoringCommand, OrganisationCommand, ProjectCommand,
        ProposalCommand, SettingsCommand, Signed, UpgradeCommand, ValidatorCommand,
    },
    values::named,
};
use clap::{ArgGroup, Args, Parser, Subcommand};
use credit_calculator::{Building, Methodology};
use registry_client::{AccountId32, H256};
use registry_primitives::{ContentHash, OrganisationRole};
use std::path::PathBuf;

/// The national carbon credit registry on the command line: keys, signing, submission and audit.
#[derive(Parser)]
#[command(
    name = "registry",
    version,
    propagate_version = true,
    after_help = "Exit codes: 0 done, 1 refused or failed, 2 arguments that cannot be used, \
                  3 the node cannot be reached."
)]
pub struct Cli {
    #[command(flatten)]
    pub global: Global,
    #[command(subcommand)]
    pub command: Command,
}

/// What every command takes.
#[derive(Args)]
pub struct Global {
    /// Websocket address of the node
    #[arg(long, global = true, env = "NODE_URL", default_value = "ws://127.0.0.1:9944")]
    pub node: String,
    /// Print JSON, one value a line
    #[arg(long, global = true)]
    pub json: bool,
}

#[derive(Subcommand)]
pub enum Command {
    /// Make, import and show keys
    #[command(subcommand)]
    Key(KeyCommand),
    /// Create, approve, change, suspend and reactivate organisations
    #[command(subcommand)]
    Organisation(OrganisationCommand),
    /// Manage members
    #[command(subcommand)]
    Member(MemberCommand),
    /// Register projects, decide on them, change their proponents, certify them
    #[command(subcommand)]
    Project(ProjectCommand),
    /// Submit and review documents
    #[command(subcommand)]
    Document(DocumentCommand),
    /// Report, verify and return monitoring periods
    #[command(subcommand)]
    Monitoring(MonitoringCommand),
    /// Issue, transfer, retire, cancel and hold credits
    #[command(subcommand)]
    Credits(CreditsCommand),
    /// Approve what other officers proposed; any call is proposed by its flag --propose
    #[command(subcommand)]
    Proposal(ProposalCommand),
    /// National settings: thresholds, deductions, constants of the calculator
    #[command(subcommand)]
    Settings(SettingsCommand),
    /// Motions of the council: any call becomes one by its flag --motion
    #[command(subcommand)]
    Council(CouncilCommand),
    /// Appoint, remove and clear validators; set a validator's keys and contact
    #[command(subcommand)]
    Validator(ValidatorCommand),
    /// Make new session keys in a node and set them, in one step (operator)
    RotateKeys(RotateKeys),
    /// Pause single calls, or everything but consensus and the council
    #[command(subcommand)]
    Emergency(EmergencyCommand),
    /// Operate the bridge to the ITMO platform
    #[command(subcommand)]
    Bridge(BridgeCommand),
    /// Authorise the next runtime
    #[command(subcommand)]
    Upgrade(UpgradeCommand),
    /// Hand in the runtime whose hash was authorised; anybody may
    ApplyUpgrade(ApplyUpgrade),
    /// Make any call, given as JSON: {"pallet": …, "name": …, "args": {…}}
    Call(Signed<AnyCall>),
    /// Sign a prepared payload; needs no network
    Sign(SignPayload),
    /// Sign a text, to sign in to a portal or to answer an invitation; needs no network
    SignText(SignText),
    /// Submit a signed payload, as the portal takes it too
    Submit(SubmitSigned),
    /// Sign an application to be registered, which a Government Admin approves
    Apply(Box<Apply>),
    /// Create organisations and add members from two tables, as often as wanted (Government)
    Import(Import),
    /// Estimate a reduction of emissions
    Estimate(Estimate),
    /// Check every invariant of the whole registry at a final block
    Audit(Audit),
    /// Look things up in the state of the chain
    #[command(subcommand)]
    Show(ShowCommand),
    /// Start a country's chain: its specification from the operators' public keys
    #[command(subcommand)]
    Ceremony(CeremonyCommand),
    /// Check one's own node: a line for each check, and what to do where it fails
    Doctor(Doctor),
    /// Who the validators are, and how their nodes reach each other
    #[command(subcommand)]
    Validators(ValidatorsCommand),
}

#[derive(Subcommand)]
pub enum KeyCommand {
    /// Make a new key and print its recovery phrase, once
    Generate(NewKey),
    /// Make a key file from a recovery phrase, read from standard input
    Import(NewKey),
    /// Print the address and the public key
    Show {
        /// Key file, or a development key such as //Alice
        #[arg(long)]
        key: String,
    },
}

#[derive(Args)]
pub struct NewKey {
    /// The file to write; never overwritten [default: the address, with .json]
    #[arg(long)]
    pub out: Option<PathBuf>,
    /// Read the file's password from the first line of this file instead of asking
    #[arg(long)]
    pub password_file: Option<PathBuf>,
    /// Name shown by wallets
    #[arg(long, default_value = "registry")]
    pub name: String,
}

/// Which key signs.
#[derive(Args)]
pub struct KeyArguments {
    /// Key file, or a development key such as //Alice
    #[arg(long)]
    pub key: Option<String>,
    /// Read the key file's password from the first line of this file instead of asking
    #[arg(long)]
    pub password_file: Option<PathBuf>,
    /// Do not ask before signing
    #[arg(long, short)]
    pub yes: bool,
}

/// How a call is signed: here and now, or elsewhere.
#[derive(Args)]
#[command(group = ArgGroup::new("signer").args(["key", "prepare"]).required(true))]
pub struct How {
    #[command(flatten)]
    pub key: KeyArguments,
    /// Sign elsewhere: write the payload to this file for `registry sign`
    #[arg(long, value_name = "FILE", requires = "address")]
    pub prepare: Option<PathBuf>,
    /// Who will sign the prepared payload
    #[arg(long, requires = "prepare")]
    pub address: Option<AccountId32>,
    /// Propose the call to other officers, where several must agree to it
    #[arg(long)]
    pub propose: bool,
    /// Move that the council makes the call with the powers of Root, for this public reason
    #[arg(
        long,
        value_name = "REASON",
        conflicts_with = "propose",
        value_parser = crate::values::sentence::<{ registry_primitives::organisation::MAX_REASON }>
    )]
    pub motion: Option<String>,
}

#[derive(Args)]
#[command(group = ArgGroup::new("signer").args(["key"]).required(true))]
pub struct SignPayload {
    /// The payload: of `--prepare` or of the portal, or the SignerPayloadJSON of a wallet
    pub payload: PathBuf,
    #[command(flatten)]
    pub key: KeyArguments,
    /// Where the signed payload goes
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
    /// Refuse payloads for any chain but the one with this genesis block
    #[arg(long, value_name = "HASH")]
    pub genesis: Option<H256>,
}

#[derive(Args)]
#[command(group = ArgGroup::new("signer").args(["key"]).required(true))]
pub struct SignText {
    /// File with the text; standard input without it
    pub text: Option<PathBuf>,
    #[command(flatten)]
    pub key: KeyArguments,
}

/// The key is that of the validator's account.
#[derive(Args)]
#[command(group = ArgGroup::new("signer").args(["key"]).required(true))]
pub struct RotateKeys {
    #[command(flatten)]
    pub key: KeyArguments,
    /// Where the node answers unsafe methods, if not at --node
    #[arg(long, value_name = "URL")]
    pub operator_node: Option<String>,
}

#[derive(Args)]
pub struct ApplyUpgrade {
    /// The runtime's code: registry_runtime.compact.compressed.wasm
    pub wasm: PathBuf,
}

#[derive(Args)]
pub struct SubmitSigned {
    /// The signed payload, of `registry sign`
    pub signed: PathBuf,
}

#[derive(Args)]
pub struct Audit {
    /// Height of a final block; without it, the last one
    #[arg(long, value_name = "HEIGHT")]
    pub at: Option<u32>,
}

/// The key is the applicant's, and will be the first Admin's.
#[derive(Args)]
#[command(group = ArgGroup::new("signer").args(["key"]).required(true))]
pub struct Apply {
    /// What the organisation will be in the registry; the Government registers ministries itself
    #[arg(long, value_parser = named!(OrganisationRole))]
    pub role: OrganisationRole,
    #[command(flatten)]
    pub description: Description,
    /// Hash of its off-chain profile
    #[arg(long, value_name = "HASH")]
    pub profile: Option<ContentHash>,
    /// Hash of the chain's first block; the node is asked where it is not given
    #[arg(long, value_name = "HASH")]
    pub genesis: Option<H256>,
    #[command(flatten)]
    pub key: KeyArguments,
    /// Where the application goes
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
}

/// A dry run needs no key; with one it also says what the key's account may not do.
#[derive(Args)]
#[command(group = ArgGroup::new("signer").args(["key", "dry_run"]).multiple(true).required(true))]
pub struct Import {
    /// The organisations, as CSV: NAME, EMAIL, PHONE, ORGANISATION TAX ID, ORGANISATION TYPE, …
    pub organisations: PathBuf,
    /// The people, as CSV: NAME, EMAIL, PHONE, ORGANISATION TAX ID, ORGANISATION TYPE, ROLE, …
    pub users: PathBuf,
    /// List every problem and what would be created, and send nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Folder for the organisations' off-chain profiles, of which the chain has the hashes
    #[arg(long, value_name = "FOLDER", default_value = "profiles")]
    pub profiles: PathBuf,
    #[command(flatten)]
    pub key: KeyArguments,
}

/// Amounts have their units, such as "16 ha"; which inputs there are is the methodology's.
#[derive(Args)]
pub struct Estimate {
    /// How it is calculated
    #[arg(value_parser = named!(Methodology))]
    pub methodology: Methodology,
    /// Area of land under the crop, such as "16 ha" (rice_crops)
    #[arg(long)]
    pub area: Option<String>,
    /// How long the crop was grown, such as "120 d" (rice_crops)
    #[arg(long)]
    pub duration: Option<String>,
    /// What one unit generates in a year, such as "105 kWh/year/unit" (solar methodologies)
    #[arg(long)]
    pub energy: Option<String>,
    /// What uses the energy (solar_photovoltaics)
    #[arg(long, value_parser = named!(Building))]
    pub building: Option<Building>,
    /// Mass of biochar, such as "10 t" (biochar)
    #[arg(long)]
    pub weight: Option<String>,
    /// Days on which the stove was used (stoves)
    #[arg(long)]
    pub days: Option<String>,
    /// People in the household (stoves)
    #[arg(long)]
    pub people: Option<String>,
    /// A version of the chain's constants; without it, the one in force
    #[arg(long, value_name = "VERSION", conflicts_with = "offline")]
    pub constants: Option<u32>,
    /// Use the constants that this program was built with, and no node
    #[arg(long)]
    pub offline: bool,
}

#[derive(Subcommand)]
pub enum ShowCommand {
    /// The block that holds a serial number or a range, its owner, status and lineage
    Serial {
        /// A serial, such as VU-ITMO-11-356-2022-0-27-35, or one number of the national counter
        serial: String,
    },
    /// The national totals, and those of every project and vintage
    Totals,
    /// The block that starts at a serial number
    Block {
        /// First number of the block
        start: u64,
    },
    /// All blocks of an organisation
    Holdings {
        /// Number of the organisation
        organisation: u32,
    },
    /// A project with its documents, monitoring periods, certifications and totals
    Project {
        /// Number of the project
        project: u32,
    },
    /// An organisation
    Organisation {
        /// Number of the organisation
        organisation: u32,
    },
    /// Requests that wait for an organisation or that it waits for
    Requests {
        /// Number of the organisation
        organisation: u32,
    },
    /// Proposals of an organisation that wait for approvals, and how many must agree to what
    Proposals {
        /// Number of the organisation; the Government's without it
        #[arg(default_value_t = registry_primitives::GOVERNMENT)]
        organisation: u32,
    },
    /// What an account may do: at all, with a project, or with a block
    May {
        /// Address of the account
        account: AccountId32,
        /// Number of a project
        #[arg(long, conflicts_with = "block")]
        project: Option<u32>,
        /// First number of a block
        #[arg(long)]
        block: Option<u64>,
    },
    /// Motions of the council that are voted on
    Motions,
    /// Whether transfers are paused, what is deducted, and what the country's accounts hold
    Settings,
    /// The constants of the calculator
    Constants {
        /// Number of a version; the one in force without it
        number: Option<u32>,
    },
}

#[cfg(test)]
mod tests;
