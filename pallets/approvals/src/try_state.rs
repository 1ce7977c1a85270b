// SPDX-License-Identifier: Apache-2.0
//! The invariants of proposals.

#![cfg(any(test, feature = "try-runtime"))]

use crate::{Config, Expiring, LastProposalId, OpenProposals, Pallet, Proposals, Thresholds};
use alloc::collections::{BTreeMap, BTreeSet};
use frame_support::ensure;
use registry_primitives::approval::{Proposal, MAX_APPROVERS};
use sp_runtime::{SaturatedConversion, TryRuntimeError};

impl<T: Config> Pallet<T> {
    /// Checks that thresholds can be reached, that every proposal can be approved and will
    /// expire, and that the indices agree with what they index.
    pub fn do_try_state() -> Result<(), TryRuntimeError> {
        ensure!(
            Thresholds::<T>::iter_values().all(|officers| (1..=MAX_APPROVERS).contains(&officers)),
            "between 1 and 16 officers must agree"
        );
        let proposals: BTreeMap<_, _> = Proposals::<T>::iter().collect();
        for (id, proposal) in &proposals {
            ensure!(
                (1..=LastProposalId::<T>::get()).contains(id),
                "proposals are numbered in the order in which they were made"
            );
            Self::check_proposal(proposal)?;
        }

        let mut listed = BTreeSet::new();
        for (organisation, ids) in OpenProposals::<T>::iter() {
            ensure!(!ids.is_empty(), "an organisation without proposals has no list");
            for id in ids {
                ensure!(
                    proposals.get(&id).is_some_and(|open| open.organisation == organisation),
                    "the list of an organisation names a proposal that is not its own"
                );
                ensure!(listed.insert(id), "the list of an organisation names a proposal twice");
            }
        }
        ensure!(listed.len() == proposals.len(), "every proposal is on its organisation's list");

        let mut expiring = BTreeSet::new();
        for (block, ids) in Expiring::<T>::iter() {
            ensure!(!ids.is_empty(), "a block in which nothing expires has no list");
            for id in ids {
                ensure!(
                    proposals.get(&id).is_some_and(|open| open.expires_at == block),
                    "a proposal expires in another block than it says"
                );
                ensure!(expiring.insert(id), "a proposal expires twice");
            }
        }
        ensure!(expiring.len() == proposals.len(), "every proposal expires");
        Ok(())
    }

    fn check_proposal(proposal: &Proposal<T::AccountId>) -> Result<(), TryRuntimeError> {
        let Proposal { approvals, proposed_at, expires_at, .. } = proposal;
        let now = frame_system::Pallet::<T>::block_number().saturated_into();
        ensure!(
            *proposed_at <= now && now < *expires_at,
            "a proposal was made in the past and expires in the future"
        );
        // The last approval that can be needed makes the call. Not compared with what is needed
        // now: it may have been lowered since the last approval.
        ensure!(
            (1..MAX_APPROVERS as usize).contains(&approvals.len()),
            "a proposal waits with 1 to 15 approvals"
        );
        ensure!(
            approvals.iter().enumerate().all(|(index, who)| !approvals[..index].contains(who)),
            "nobody approves twice"
        );
        ensure!(
            Self::decode_call(proposal).is_some(),
            "the call of a proposal does what the proposal says"
        );
        Ok(())
    }
}
