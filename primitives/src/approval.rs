// SPDX-License-Identifier: Apache-2.0
//! Four eyes as the chain keeps them: calls that wait until enough officers have agreed.

use crate::{Action, BlockNumber, OrganisationId, ProposalId};
use bounded_collections::{BoundedVec, ConstU32};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// Largest encoded call of a proposal, in bytes.
pub const MAX_CALL_BYTES: u32 = 32 * 1024;
/// Most officers that can be asked to agree.
pub const MAX_APPROVERS: u32 = 16;
/// Most proposals of one organisation that wait at the same time.
pub const MAX_OPEN_PROPOSALS: u32 = 64;
/// Most proposals that expire in the same block.
pub const MAX_EXPIRING: u32 = 32;

/// A call as it travels in an extrinsic.
pub type CallBytes = BoundedVec<u8, ConstU32<MAX_CALL_BYTES>>;
/// Officers who agree; at least one, nobody twice.
pub type Approvers<AccountId> = BoundedVec<AccountId, ConstU32<MAX_APPROVERS>>;

/// A call that waits for approvals.
#[derive(
    Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, PartialEq, Eq, Debug,
)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Proposal<AccountId> {
    /// The organisation that acts: the proposer's and every approver's.
    pub organisation: OrganisationId,
    /// What the call does.
    pub action: Action,
    /// The call.
    #[cfg_attr(feature = "serde", serde(with = "call_in_hex"))]
    pub call: CallBytes,
    /// The officer who proposed it.
    pub proposer: AccountId,
    /// Who has agreed, in order, the proposer first. Those who may no longer do the action do not
    /// count, and are taken off at the next approval.
    pub approvals: Approvers<AccountId>,
    /// The block in which it was proposed.
    pub proposed_at: BlockNumber,
    /// The block that removes it, if it still waits then.
    pub expires_at: BlockNumber,
}

/// That enough officers have agreed, and who: what the called pallet is told of its origin.
#[derive(
    Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, PartialEq, Eq, Debug,
)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Approval<AccountId> {
    /// Number of the proposal.
    pub proposal: ProposalId,
    /// The organisation that acts.
    pub organisation: OrganisationId,
    /// What they agreed to.
    pub action: Action,
    /// Who agreed, in order.
    pub officers: Approvers<AccountId>,
}

/// Calls in JSON are `0x` and hexadecimal digits, as wallets and explorers print them.
#[cfg(feature = "serde")]
mod call_in_hex {
    use super::CallBytes;
    use alloc::{format, string::String};
    use serde::{de::Error, Deserialize, Deserializer, Serializer};

    pub fn serialize<S: Serializer>(call: &CallBytes, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format!("0x{}", hex::encode(call)))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<CallBytes, D::Error> {
        let text = String::deserialize(deserializer)?;
        let digits = text.strip_prefix("0x").unwrap_or(&text);
        let bytes = hex::decode(digits).map_err(D::Error::custom)?;
        CallBytes::try_from(bytes).map_err(|_| D::Error::custom("the call is too long"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proposal_in_json_is_read_back() {
        let proposal = Proposal {
            organisation: 1,
            action: Action::IssueCredits,
            call: CallBytes::try_from(alloc::vec![0, 255]).unwrap(),
            proposer: 7u64,
            approvals: Approvers::try_from(alloc::vec![7, 8]).unwrap(),
            proposed_at: 3,
            expires_at: 10,
        };
        let json = serde_json::to_value(&proposal).unwrap();
        assert_eq!(json["call"], "0x00ff");
        assert_eq!(json["action"], "issue_credits");
        assert_eq!(json["approvals"], serde_json::json!([7, 8]));
        assert_eq!(serde_json::from_value::<Proposal<u64>>(json).unwrap(), proposal);
    }

    #[test]
    fn a_call_that_is_no_hex_or_too_long_is_not_read() {
        let read = |call: &str| {
            serde_json::from_value::<Proposal<u64>>(serde_json::json!({
                "organisation": 1, "action": "issue_credits", "call": call, "proposer": 7,
                "approvals": [7], "proposed_at": 3, "expires_at": 10,
            }))
        };
        assert!(read("0x00").is_ok());
        assert!(read("0x0").is_err());
        assert!(read("issue").is_err());
        assert!(read(&"00".repeat(MAX_CALL_BYTES as usize)).is_ok());
        assert!(read(&"00".repeat(MAX_CALL_BYTES as usize + 1)).is_err());
    }
}
