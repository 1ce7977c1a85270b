// SPDX-License-Identifier: Apache-2.0
//! The people behind the accounts: how to reach them, how they come in, and how they are forgotten.
//!
//! None of it is on the chain, and nothing here decides anything: a membership is what the chain
//! says, an application is approved by the call that creates the organisation.

pub mod account;
pub mod applications;
mod contact;
pub mod imported;
pub mod invitations;
pub mod members;
pub mod pages;
pub mod profiles;
