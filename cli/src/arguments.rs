// SPDX-License-Identifier: Apache-2.0
//! The commands and their flags.

use crate::calls::{
    AnyCall, CreditsCommand, DocumentCommand, MemberCommand, MonitoringCommand,
    OrganisationCommand, ProjectCommand, Signed,
};
use clap::{ArgGroup, Args, Parser, Subcommand};
use registry_client::AccountId32;
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
    /// Create, suspend and reactivate organisations
    #[command(subcommand)]
    Organisation(OrganisationCommand),
    /// Manage members
    #[command(subcommand)]
    Member(MemberCommand),
    /// Register, validate, authorise and reject projects
    #[command(subcommand)]
    Project(ProjectCommand),
    /// Submit and review documents
    #[command(subcommand)]
    Document(DocumentCommand),
    /// Report and verify monitoring periods
    #[command(subcommand)]
    Monitoring(MonitoringCommand),
    /// Issue, transfer and retire credits
    #[command(subcommand)]
    Credits(CreditsCommand),
    /// Make any call, given as JSON: {"pallet": …, "name": …, "args": {…}}
    Call(Signed<AnyCall>),
    /// Sign a prepared payload; needs no network
    Sign(SignPayload),
    /// Submit a signed payload, as the portal takes it too
    Submit(SubmitSigned),
    /// Check every invariant of the whole registry at a final block
    Audit(Audit),
    /// Look things up in the state of the chain
    #[command(subcommand)]
    Show(ShowCommand),
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
    pub genesis: Option<registry_client::H256>,
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

#[derive(Subcommand)]
pub enum ShowCommand {
    /// The block that holds a serial number or a range, its owner, status and lineage
    Serial {
        /// A serial, such as VU-ITMO-11-356-2022-0-27-35, or one number of the national counter
        serial: String,
    },
    /// The national totals, and those of every project and vintage
    Totals,
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::{error::ErrorKind, CommandFactory};
    use registry_client::Call;
    use registry_primitives::credit::Part;

    const ALICE: &str = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";

    fn parse(line: &str) -> Result<Command, ErrorKind> {
        let words = ["registry"].into_iter().chain(line.split_whitespace());
        Cli::try_parse_from(words).map(|cli| cli.command).map_err(|error| error.kind())
    }

    #[test]
    fn the_commands_are_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn a_transfer_takes_parts_in_one_flag_or_several() {
        for line in [
            "credits transfer --part 1:5 10:1 --to 3 --key //Alice",
            "credits transfer --part 1:5 --to 3 --part 10:1 --key //Alice --yes",
        ] {
            let Ok(Command::Credits(command)) = parse(line) else { panic!("{line}") };
            let (call, how) = command.read().unwrap();
            let parts = vec![Part { start: 1, quantity: 5 }, Part { start: 10, quantity: 1 }];
            assert_eq!(call, Call::Transfer { parts, to: 3, reference: None });
            assert_eq!(how.key.key.as_deref(), Some("//Alice"));
        }
    }

    #[test]
    fn parts_are_limited() {
        let parts = "1:1 ".repeat(65);
        let line = format!("credits transfer --part {parts} --to 3 --key //Alice");
        let Ok(Command::Credits(command)) = parse(&line) else { panic!("{line}") };
        assert!(command.read().err().unwrap().is::<crate::failure::BadArguments>());
    }

    #[test]
    fn a_call_is_signed_here_or_prepared_for_somebody() {
        let issue = "credits issue --project 1 --period 1";
        let prepared = format!("{issue} --prepare p.json --address {ALICE}");
        let Ok(Command::Credits(command)) = parse(&prepared) else { panic!("{prepared}") };
        assert_eq!(command.read().unwrap().1.address.unwrap().to_string(), ALICE);
        for (more, error) in [
            (String::new(), ErrorKind::MissingRequiredArgument),
            ("--prepare p.json".into(), ErrorKind::MissingRequiredArgument),
            (format!("--address {ALICE}"), ErrorKind::MissingRequiredArgument),
            (
                format!("--prepare p.json --address {ALICE} --key //Alice"),
                ErrorKind::ArgumentConflict,
            ),
            ("--prepare p.json --address 5Grwva".into(), ErrorKind::ValueValidation),
        ] {
            assert_eq!(parse(&format!("{issue} {more}")).err(), Some(error), "{more}");
        }
    }

    #[test]
    fn a_review_accepts_or_rejects() {
        let review = "document review --project 1 --document 2 --key //Bob";
        for (verb, accepted) in [("--accept", true), ("--reject", false)] {
            let Ok(Command::Document(command)) = parse(&format!("{review} {verb}")) else {
                panic!("{verb}")
            };
            let (call, _) = command.read().unwrap();
            assert!(matches!(call, Call::ReviewDocument { accept, .. } if accept == accepted));
        }
        assert_eq!(parse(review).err(), Some(ErrorKind::MissingRequiredArgument));
        let both = format!("{review} --accept --reject");
        assert_eq!(parse(&both).err(), Some(ErrorKind::ArgumentConflict));
    }

    #[test]
    fn a_document_is_a_file_or_a_hash_with_a_size() {
        let submit = "document submit --project 1 --kind methodology --key //Bob";
        let hash = format!("0x{}", "ab".repeat(32));
        assert!(parse(&format!("{submit} --file x.pdf")).is_ok());
        assert!(parse(&format!("{submit} --hash {hash} --size 5")).is_ok());
        assert!(parse(submit).is_err());
        assert!(parse(&format!("{submit} --hash {hash}")).is_err());
        assert!(parse(&format!("{submit} --size 5")).is_err());
        assert!(parse(&format!("{submit} --file x.pdf --hash {hash} --size 5")).is_err());
        assert!(parse(&format!("{submit} --hash 0xab --size 5")).is_err());
    }

    #[test]
    fn a_missing_file_is_a_bad_argument() {
        let line = "call --file /nonexistent --key //Alice";
        let Ok(Command::Call(signed)) = parse(line) else { panic!("{line}") };
        assert!(signed.read().err().unwrap().is::<crate::failure::BadArguments>());
    }
}
