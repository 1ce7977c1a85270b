// SPDX-License-Identifier: Apache-2.0
//! Who asks for private things, and what may be told to whom.
//!
//! A person signs in with the key that signs transactions, and has a session: a cookie for pages, a
//! token for programs. A program of an organisation has a key with scopes. Role and suspension are
//! read from the chain's tables at every request: who is suspended is out with the next block.

pub mod audit;
mod caller;
mod challenge;
pub mod idempotency;
pub mod keys;
pub mod session;
mod signature;
mod token;

pub use audit::Deed;
pub use caller::{Caller, Organisation, Scope, Who, COOKIE};
pub use signature::is_signed_by;
