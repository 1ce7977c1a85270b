// SPDX-License-Identifier: Apache-2.0
//! Webhooks: programs of an organisation that want to be told of events, and not to ask.
//!
//! What is told is written into the outbox in the transaction of its cause: by the courier for
//! events of the chain, with [`enqueue`] for what is private to an organisation. It is sent as the
//! [Standard Webhooks](https://www.standardwebhooks.com) specification says: signed, again and
//! again until it is taken, and at last laid aside as a dead letter.

pub mod address;
pub mod api;
pub mod deliveries;
mod names;
mod outbox;
pub mod sender;
mod signature;
mod webhook;

pub use outbox::{enqueue, enqueue_events, Notice};
