// SPDX-License-Identifier: Apache-2.0
//! What is kept of a validator.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use registry_primitives::{organisation::MAX_REASON, BlockNumber, OrganisationId, Text};
use scale_info::TypeInfo;
use sp_staking::SessionIndex;

/// Most bytes of the name of whoever runs a node.
pub const MAX_OPERATOR: u32 = 64;
/// Most bytes of a network identity: 52 in base 58 for an Ed25519 key.
pub const MAX_PEER_ID: u32 = 64;
/// Most bytes of a network address.
pub const MAX_ADDRESS: u32 = 128;

/// How the others reach a validator's node.
#[derive(
    Encode,
    Decode,
    DecodeWithMemTracking,
    MaxEncodedLen,
    TypeInfo,
    Clone,
    PartialEq,
    Eq,
    Debug,
    serde::Serialize,
    serde::Deserialize,
)]
pub struct Contact {
    /// Name of whoever runs the node: an office, not a person.
    pub operator: Text<MAX_OPERATOR>,
    /// The node's network identity in base 58, as the node prints it: `12D3KooW…`.
    pub peer_id: Text<MAX_PEER_ID>,
    /// Its address as a multiaddr without the identity: `/dns/validator.gov.vu/tcp/30333`.
    pub address: Text<MAX_ADDRESS>,
}

impl Contact {
    /// Whether every text is one and has its form. That there is a node is not checked.
    pub fn is_valid(&self) -> bool {
        const BASE_58: &[u8] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
        const SHORTEST_PEER_ID: usize = 46;
        let peer_id = &self.peer_id.0;
        let address = &self.address.0;
        self.operator.is_valid()
            && peer_id.len() >= SHORTEST_PEER_ID
            && peer_id.iter().all(|letter| BASE_58.contains(letter))
            && address.len() > 1
            && address.starts_with(b"/")
            && address.iter().all(u8::is_ascii_graphic)
    }
}

/// The admission record of an appointed validator.
#[derive(
    Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, PartialEq, Eq, Debug,
)]
pub struct Admission {
    /// The organisation that answers for it.
    pub organisation: OrganisationId,
    /// How its node is reached.
    pub contact: Contact,
    /// The block in which it was appointed; 0 at genesis.
    pub since: BlockNumber,
    /// Set when it was caught signing contradictory votes, until the council clears it.
    pub flag: Option<Flag>,
}

/// Why the council must look at a validator.
#[derive(
    Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, PartialEq, Eq, Debug,
)]
pub struct Flag {
    /// The session in which it voted twice, for the first time since it was cleared.
    pub session: SessionIndex,
    /// The block in which that was reported.
    pub reported: BlockNumber,
    /// How many reports there are of it.
    pub reports: u32,
}

/// A validator that is one no more, for ever.
#[derive(
    Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, PartialEq, Eq, Debug,
)]
pub struct Departure<AccountId> {
    /// The account.
    pub account: AccountId,
    /// What was known of it.
    pub admission: Admission,
    /// The council's reason.
    pub reason: Text<MAX_REASON>,
    /// The block in which it was removed.
    pub at: BlockNumber,
}

/// A validator at genesis.
#[derive(Clone, PartialEq, Eq, Debug, serde::Serialize, serde::Deserialize)]
#[serde(bound(serialize = "A: serde::Serialize", deserialize = "A: serde::Deserialize<'de>"))]
pub struct GenesisValidator<A> {
    /// Its account; the session pallet's genesis has its keys.
    pub account: A,
    /// The organisation that answers for it.
    pub organisation: OrganisationId,
    /// How its node is reached.
    #[serde(flatten)]
    pub contact: Contact,
}
