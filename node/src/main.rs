// SPDX-License-Identifier: Apache-2.0
//! The node of the registry chain: what validators and archive operators run.

// The SDK's error types are what they are.
#![allow(clippy::result_large_err)]

mod chain_spec;
mod cli;
mod command;
mod network;
mod rpc;
mod service;

fn main() -> sc_cli::Result<()> {
    command::run()
}
