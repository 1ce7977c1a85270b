// SPDX-License-Identifier: Apache-2.0
//! What programs of monitoring, reporting and verification submit: calls that the registry signs for
//! their organisation, each once, and tells them what was decided.
//!
//! A submission waits, is signed, is sent until it is in a final block or can be in none any more,
//! and is final or has failed. The signed transaction is stored before it is sent: a portal that is
//! killed anywhere sends the same again, which no block takes twice.

mod decisions;
pub mod gateway;
pub mod submissions;
mod worker;

pub use worker::work;
