// SPDX-License-Identifier: Apache-2.0
//! Proposals: made, approved, executed, withdrawn, expired.

use crate::{
    calls::CallOf, Config, Error, Event, Expiring, LastProposalId, OpenProposals, Pallet,
    Proposals, RawOrigin,
};
use alloc::vec::Vec;
use frame_support::{
    dispatch::{extract_actual_weight, GetDispatchInfo},
    ensure,
    storage::with_storage_layer,
    traits::{Defensive, DefensiveTruncateFrom, Get},
    weights::Weight,
    BoundedVec,
};
use frame_system::{ensure_signed, pallet_prelude::OriginFor};
use registry_primitives::{
    approval::{Approval, Approvers, Proposal},
    BlockNumber, MayAct, OrganisationId, ProposalId,
};
use sp_runtime::{traits::Dispatchable, DispatchError, DispatchResult, SaturatedConversion};

/// A call that enough officers have agreed to, and who they are.
pub(crate) struct Agreed<T: Config> {
    call: CallOf<T>,
    approval: Approval<T::AccountId>,
}

impl<T: Config> Pallet<T> {
    /// Who signed. An approved call has no signer, so that it neither proposes nor approves.
    pub(crate) fn signer(origin: OriginFor<T>) -> Result<T::AccountId, DispatchError> {
        ensure_signed(origin).map_err(|_| Error::<T>::NotSigned.into())
    }

    fn now() -> BlockNumber {
        frame_system::Pallet::<T>::block_number().saturated_into()
    }

    /// Records a proposal; hands the call back if no further officer is needed.
    pub(crate) fn do_propose(
        by: T::AccountId,
        call: CallOf<T>,
    ) -> Result<Option<Agreed<T>>, DispatchError> {
        let action = Self::proposable_action(&call).ok_or(Error::<T>::NotProposable)?;
        let actor = T::Members::may_act(&by, action).map_err(Error::<T>::from)?;
        Self::ensure_reachable(&call)?;
        Self::ensure_light(&call)?;
        let bytes = Self::encode_call(&call)?;
        let id = LastProposalId::<T>::get().checked_add(1).ok_or(Error::<T>::NumbersExhausted)?;
        let required = Self::required_for_call(&call, action);
        let organisation = actor.organisation;
        let officers = Approvers::defensive_truncate_from(alloc::vec![by.clone()]);
        let proposed_at = Self::now();
        let expires_at = proposed_at.saturating_add(T::Lifetime::get());

        if required > 1 {
            let proposal = Proposal {
                organisation,
                action,
                call: bytes.clone(),
                proposer: by.clone(),
                approvals: officers.clone(),
                proposed_at,
                expires_at,
            };
            Self::insert(id, proposal)?;
        }
        LastProposalId::<T>::put(id);
        Self::deposit_event(Event::Proposed {
            id,
            organisation,
            action,
            call: bytes,
            by,
            required,
            expires_at,
        });
        let approval = Approval { proposal: id, organisation, action, officers };
        Ok((required <= 1).then_some(Agreed { call, approval }))
    }

    /// Records an approval; hands the call back, and closes the proposal, if it was the last that
    /// is needed.
    pub(crate) fn do_approve(
        id: ProposalId,
        by: T::AccountId,
    ) -> Result<Option<Agreed<T>>, DispatchError> {
        let mut proposal = Proposals::<T>::get(id).ok_or(Error::<T>::UnknownProposal)?;
        Self::ensure_concerned(&proposal, &by)?;
        ensure!(!proposal.approvals.contains(&by), Error::<T>::AlreadyApproved);
        let call = Self::decode_call(&proposal).ok_or(Error::<T>::CallChanged)?;
        Self::ensure_light(&call)?;

        let Proposal { organisation, action, .. } = proposal;
        let required = Self::required_for_call(&call, action);
        let (mut valid, lapsed): (Vec<_>, Vec<_>) = proposal
            .approvals
            .into_iter()
            .partition(|who| Self::officer_of(who, organisation, action).is_some());
        valid.push(by.clone());
        // There is room: what waits has fewer approvals than the most that can be needed.
        proposal.approvals = BoundedVec::defensive_truncate_from(valid);
        let valid = proposal.approvals.len() as u32;

        for officer in lapsed {
            Self::deposit_event(Event::ApprovalLapsed { id, officer });
        }
        Self::deposit_event(Event::Approved { id, by, valid, required });
        if valid < required {
            Proposals::<T>::insert(id, proposal);
            return Ok(None);
        }
        Self::remove(id, &proposal);
        let officers = proposal.approvals;
        let approval = Approval { proposal: id, organisation, action, officers };
        Ok(Some(Agreed { call, approval }))
    }

    /// Makes a call in the name of all who agreed to it; one that fails changes nothing. Tells
    /// what it weighed.
    pub(crate) fn execute(agreed: Agreed<T>) -> (Weight, DispatchResult) {
        let Agreed { call, approval } = agreed;
        let (id, officers) = (approval.proposal, approval.officers.clone());
        let info = call.get_dispatch_info();
        let origin = OriginFor::<T>::from(RawOrigin::Approved(approval));
        let outcome = with_storage_layer(|| call.dispatch(origin));
        let weight = extract_actual_weight(&outcome, &info);
        let result = outcome.map(drop).map_err(|refused| refused.error);
        Self::deposit_event(Event::Executed { id, officers, result });
        (weight, result)
    }

    /// Takes a proposal back.
    pub(crate) fn do_withdraw(id: ProposalId, by: &T::AccountId) -> DispatchResult {
        let proposal = Proposals::<T>::get(id).ok_or(Error::<T>::UnknownProposal)?;
        Self::ensure_concerned(&proposal, by)?;
        ensure!(proposal.proposer == *by, Error::<T>::NotTheProposer);
        Self::remove(id, &proposal);
        Ok(())
    }

    /// Removes the proposals that expire in block `now`, and tells how many.
    pub(crate) fn expire(now: BlockNumber) -> u32 {
        let expired = Expiring::<T>::take(now);
        for id in &expired {
            if let Some(proposal) = Proposals::<T>::take(id).defensive() {
                Self::close(*id, proposal.organisation);
                Self::deposit_event(Event::Expired { id: *id });
            }
        }
        expired.len() as u32
    }

    /// Whether an account may do what is proposed, for the organisation that proposed it.
    fn ensure_concerned(
        proposal: &Proposal<T::AccountId>,
        who: &T::AccountId,
    ) -> Result<(), Error<T>> {
        let actor = T::Members::may_act(who, proposal.action)?;
        ensure!(actor.organisation == proposal.organisation, Error::<T>::OtherOrganisation);
        Ok(())
    }

    fn insert(id: ProposalId, proposal: Proposal<T::AccountId>) -> Result<(), Error<T>> {
        let mut open = OpenProposals::<T>::get(proposal.organisation);
        open.try_push(id).map_err(|_| Error::<T>::TooManyProposals)?;
        let mut expiring = Expiring::<T>::get(proposal.expires_at);
        expiring.try_push(id).map_err(|_| Error::<T>::TooManyInBlock)?;

        OpenProposals::<T>::insert(proposal.organisation, open);
        Expiring::<T>::insert(proposal.expires_at, expiring);
        Proposals::<T>::insert(id, proposal);
        Ok(())
    }

    fn remove(id: ProposalId, proposal: &Proposal<T::AccountId>) {
        Proposals::<T>::remove(id);
        Self::close(id, proposal.organisation);
        Expiring::<T>::mutate_exists(proposal.expires_at, |ids| without(ids, id));
    }

    /// Takes a proposal off the list of its organisation.
    fn close(id: ProposalId, organisation: OrganisationId) {
        OpenProposals::<T>::mutate_exists(organisation, |ids| without(ids, id));
    }
}

/// Takes a number off a list; a list without numbers is not kept.
fn without<S: Get<u32>>(list: &mut Option<BoundedVec<ProposalId, S>>, id: ProposalId) {
    *list = list.take().and_then(|mut ids| {
        ids.retain(|other| *other != id);
        (!ids.is_empty()).then_some(ids)
    });
}
