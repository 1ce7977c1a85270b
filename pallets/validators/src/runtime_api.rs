// SPDX-License-Identifier: Apache-2.0
//! What a node asks the chain about the network that it is a part of.

use crate::Contact;
use alloc::vec::Vec;
use codec::{Codec, Decode, Encode};
use scale_info::TypeInfo;
use sp_staking::SessionIndex;

/// The network as the chain has it.
#[derive(Encode, Decode, TypeInfo, Clone, PartialEq, Eq, Debug)]
pub struct Network<AccountId> {
    /// The appointed validators and how they are reached.
    pub appointed: Vec<(AccountId, Contact)>,
    /// The session that runs.
    pub session: SessionIndex,
    /// Who makes its blocks, and how many each has made in it.
    pub authored: Vec<(AccountId, u32)>,
    /// How many of them are disabled.
    pub disabled: u32,
    /// Contradictory votes that were ever reported.
    pub equivocations: u32,
}

sp_api::decl_runtime_apis! {
    /// The network as the chain has it.
    pub trait ValidatorsApi<AccountId> where AccountId: Codec {
        /// Appointed validators, and how the session goes.
        fn network() -> Network<AccountId>;
    }
}
