// SPDX-License-Identifier: Apache-2.0
//! Calls of the council and of validators. What the council alone may do is put to it by the flag
//! `--motion`.

use super::{arguments, IntoCall};
use crate::values::sentence;
use anyhow::Context;
use blake2::{digest::consts::U32, Blake2b, Digest};
use clap::Args;
use registry_client::{
    call::{in_order, Bytes, CallName, Contact, MotionWeight, SessionKeys},
    AccountId32, Call, H256,
};
use registry_primitives::organisation::MAX_REASON;
use std::path::PathBuf;

/// How a validator's node is reached.
#[derive(Args)]
pub struct Reached {
    /// Name of whoever runs the node
    #[arg(long)]
    operator: String,
    /// The node's network identity, 12D3KooW…
    #[arg(long)]
    peer_id: String,
    /// Its address without the identity, such as /dns/validator.gov.vu/tcp/30333
    #[arg(long)]
    address: String,
}

impl From<Reached> for Contact {
    fn from(Reached { operator, peer_id, address }: Reached) -> Self {
        Self { operator, peer_id, address }
    }
}

/// `validator add`
#[derive(Args)]
pub struct AddValidator {
    /// Its account: a member's, with session keys
    account: AccountId32,
    #[command(flatten)]
    reached: Reached,
}

impl IntoCall for AddValidator {
    fn into_call(self) -> anyhow::Result<Call> {
        Ok(Call::AddValidator { account: self.account, contact: self.reached.into() })
    }
}

/// `validator change-contact`
#[derive(Args)]
pub struct ChangeContact {
    #[command(flatten)]
    reached: Reached,
}

impl IntoCall for ChangeContact {
    fn into_call(self) -> anyhow::Result<Call> {
        Ok(Call::ChangeContact { contact: self.reached.into() })
    }
}

arguments! {
    RemoveValidator => RemoveValidator {
        /// Its account
        account: AccountId32,
        /// Public reason
        #[arg(long, value_parser = sentence::<MAX_REASON>)]
        reason: String,
    }

    ClearFlag => ClearFlag {
        /// Its account
        account: AccountId32,
        /// Public reason
        #[arg(long, value_parser = sentence::<MAX_REASON>)]
        reason: String,
    }

    SetMinimum => SetMinimum {
        /// The fewest validators there may be
        minimum: u32,
    }

    SetSessionKeys => SetSessionKeys {
        /// The public keys, as the node's author_rotateKeysWithOwner gives them
        #[arg(long)]
        keys: SessionKeys,
        /// The proof that they are the node's, from the same answer
        #[arg(long)]
        proof: Bytes,
    }

    Vote => VoteOnMotion {
        /// Hash of the motion: `registry show motions`
        proposal: H256,
        /// Its number
        #[arg(long)]
        index: u32,
        /// Vote against it
        #[arg(long = "against")]
        approve: bool = !approve,
    }

    SetCouncil => SetCouncil {
        /// All members from then on
        #[arg(required = true)]
        members: Vec<AccountId32> = in_order(members),
    }

    PauseCall => PauseCall {
        /// The call, such as Credits.transfer
        full_name: CallName,
    }

    UnpauseCall => UnpauseCall {
        /// The call, such as Credits.transfer
        ident: CallName,
    }

    EnterSafeMode => EnterSafeMode {}

    ExtendSafeMode => ExtendSafeMode {}

    ExitSafeMode => ExitSafeMode {}
}

/// `council close`
#[derive(Args)]
pub struct CloseMotion {
    /// Hash of the motion: `registry show motions`
    proposal: H256,
    /// Its number
    #[arg(long)]
    index: u32,
}

impl IntoCall for CloseMotion {
    fn into_call(self) -> anyhow::Result<Call> {
        // The bounds need not be tight: half a block of time, as long as a motion may be.
        const HALF_A_BLOCK: MotionWeight =
            MotionWeight { ref_time: 500_000_000_000, proof_size: u64::MAX / 2 };
        const LONGEST: u32 = 4 * 1024 * 1024;
        Ok(Call::CloseMotion {
            proposal_hash: self.proposal,
            index: self.index,
            proposal_weight_bound: HALF_A_BLOCK,
            length_bound: LONGEST,
        })
    }
}

/// `upgrade authorise`
#[derive(Args)]
pub struct AuthoriseUpgrade {
    /// The runtime's code: registry_runtime.compact.compressed.wasm
    wasm: PathBuf,
}

impl IntoCall for AuthoriseUpgrade {
    fn into_call(self) -> anyhow::Result<Call> {
        let code = std::fs::read(&self.wasm).with_context(|| self.wasm.display().to_string())?;
        Ok(Call::AuthoriseUpgrade { code_hash: code_hash(&code) })
    }
}

/// The hash by which a runtime is authorised: BLAKE2b-256.
pub fn code_hash(code: &[u8]) -> H256 {
    H256(Blake2b::<U32>::digest(code).into())
}
