// SPDX-License-Identifier: Apache-2.0
//! The node of the registry chain: what validators and archive operators run.

mod chain_spec;
mod cli;
mod command;
mod rpc;
mod service;

fn main() -> sc_cli::Result<()> {
    command::run()
}
