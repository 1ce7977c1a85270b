// SPDX-License-Identifier: Apache-2.0
//! The whole registry on one machine, on free ports: for the demo, and for the tests that need
//! several programs at once.

pub mod api;
pub mod bench;
pub mod bridge;
pub mod compare;
pub mod demo_data;
pub mod javascript;
pub mod network;
pub mod officer;
pub mod process;
pub mod python;
pub mod runbook;
pub mod s3;
pub mod spec;
pub mod stack;

pub use api::Api;
pub use officer::Officer;
pub use stack::{Options, Stack};

/// A client of HTTP, to be completed. What encrypts its connections is chosen here, before any.
pub fn http() -> reqwest::ClientBuilder {
    // Fails only where it is chosen already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
}
