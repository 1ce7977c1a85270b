// SPDX-License-Identifier: Apache-2.0
//! `registry`: keys, signing, submission and audit on the command line.
//!
//! Exit codes: 0 done, 1 refused or failed, 2 arguments that cannot be used, 3 the node cannot be
//! reached.

mod apply;
mod arguments;
mod audit;
mod calls;
mod ceremony;
mod doctor;
mod estimate;
mod failure;
mod governance;
mod import;
mod key;
mod multiaddr;
mod offline;
mod output;
mod show;
mod transact;
mod validators;
mod values;

use arguments::{Cli, Command};
use clap::Parser;
use output::Output;
use std::process::ExitCode;

fn main() -> ExitCode {
    tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::from_default_env())
        .with_writer(std::io::stderr)
        .init();
    let Cli { global, command } = Cli::parse();
    let output = if global.json { Output::Machines } else { Output::People };
    let done = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(anyhow::Error::from)
        .and_then(|runtime| runtime.block_on(run(command, &global.node, &output)));
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => failure::report(&error, &output),
    }
}

async fn run(command: Command, node: &str, output: &Output) -> anyhow::Result<()> {
    match command {
        Command::Key(command) => key::run(command, output),
        Command::Sign(arguments) => offline::sign(&arguments, output),
        Command::SignText(arguments) => offline::sign_text(&arguments, output),
        Command::Apply(arguments) => apply::run(*arguments, node, output).await,
        Command::Estimate(arguments) => estimate::run(&arguments, node, output).await,
        Command::Submit(arguments) => offline::submit(&arguments, node, output).await,
        Command::Audit(arguments) => audit::run(&arguments, node, output).await,
        Command::Show(command) => show::run(command, node, output).await,
        Command::Ceremony(command) => ceremony::run(command, node, output).await,
        Command::Doctor(arguments) => doctor::run(&arguments, node, output).await,
        Command::Validators(command) => validators::run(command, node, output).await,
        Command::Import(arguments) => import::run(&arguments, node, output).await,
        Command::Organisation(command) => transact::run(command.read()?, node, output).await,
        Command::Member(command) => transact::run(command.read()?, node, output).await,
        Command::Project(command) => transact::run(command.read()?, node, output).await,
        Command::Document(command) => transact::run(command.read()?, node, output).await,
        Command::Monitoring(command) => transact::run(command.read()?, node, output).await,
        Command::Credits(command) => transact::run(command.read()?, node, output).await,
        Command::Proposal(command) => transact::run(command.read()?, node, output).await,
        Command::Settings(command) => transact::run(command.read()?, node, output).await,
        Command::Council(command) => transact::run(command.read()?, node, output).await,
        Command::Validator(command) => transact::run(command.read()?, node, output).await,
        Command::RotateKeys(arguments) => governance::rotate(arguments, node, output).await,
        Command::Emergency(command) => transact::run(command.read()?, node, output).await,
        Command::Bridge(command) => transact::run(command.read()?, node, output).await,
        Command::Upgrade(command) => transact::run(command.read()?, node, output).await,
        Command::ApplyUpgrade(arguments) => governance::upgrade(&arguments, node, output).await,
        Command::Call(signed) => transact::run(signed.read()?, node, output).await,
    }
}
