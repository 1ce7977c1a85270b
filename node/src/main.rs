// SPDX-License-Identifier: Apache-2.0
//! The node of the registry chain: what validators and archive operators run.

// The SDK's error types are what they are.
#![allow(clippy::result_large_err)]

mod bridge;
mod chain_spec;
mod cli;
mod command;
mod network;
mod rpc;
mod sealing;
mod service;

use std::process::ExitCode;

/// Blocks of many transactions are made of millions of small allocations of many lives: jemalloc gives
/// their memory back, where the C library's allocator keeps it in pieces (decision 23).
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    match command::run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("Error: {error}");
            ExitCode::FAILURE
        }
    }
}
