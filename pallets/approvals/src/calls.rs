// SPDX-License-Identifier: Apache-2.0
//! Calls as something to agree on: what they do, and how they are kept.

use crate::{Call, Config, Error, Pallet};
use codec::{DecodeLimit, Encode};
use frame_support::{
    dispatch::GetDispatchInfo,
    ensure,
    traits::{Get, IsSubType},
    MAX_EXTRINSIC_DEPTH,
};
use registry_primitives::{
    approval::{CallBytes, Proposal, MAX_APPROVERS},
    Action,
};

/// A call of the runtime.
pub(crate) type CallOf<T> = <T as frame_system::Config>::RuntimeCall;

/// What each call of the runtime does. Implemented by the runtime, which knows all calls.
pub trait ActionOf<RuntimeCall> {
    /// The permission that the call needs; `None` if it is not an officer's. Never asked about
    /// the calls of this pallet.
    fn action_of(call: &RuntimeCall) -> Option<Action>;
}

impl<T: Config> Pallet<T> {
    /// What a call does, if it can be proposed: if its action may need several officers.
    pub(crate) fn proposable_action(call: &CallOf<T>) -> Option<Action> {
        let action = match call.is_sub_type() {
            Some(Call::set_threshold { .. }) => Some(Action::ChangeSettings),
            // A proposal to propose or to approve would be an approval by nobody.
            Some(_) => None,
            None => T::Actions::action_of(call),
        };
        action.filter(|action| action.class().is_some())
    }

    /// Whether so many officers can be asked to agree.
    pub(crate) fn ensure_threshold(officers: u32) -> Result<(), Error<T>> {
        ensure!((1..=MAX_APPROVERS).contains(&officers), Error::<T>::InvalidThreshold);
        Ok(())
    }

    /// Whether a call, if it sets a threshold, sets one that there can be: otherwise it would ask
    /// for more officers than can ever agree.
    pub(crate) fn ensure_reachable(call: &CallOf<T>) -> Result<(), Error<T>> {
        match call.is_sub_type() {
            Some(Call::set_threshold { officers, .. }) => Self::ensure_threshold(*officers),
            _ => Ok(()),
        }
    }

    /// Whether the last approval can carry the call.
    pub(crate) fn ensure_light(call: &CallOf<T>) -> Result<(), Error<T>> {
        let weight = call.get_dispatch_info().call_weight;
        ensure!(weight.all_lte(T::MaxCallWeight::get()), Error::<T>::TooHeavy);
        Ok(())
    }

    /// The call as it is kept.
    pub(crate) fn encode_call(call: &CallOf<T>) -> Result<CallBytes, Error<T>> {
        call.encode().try_into().map_err(|_| Error::<T>::TooLong)
    }

    /// The call of a proposal; nothing if an upgrade of the runtime made another of it.
    pub(crate) fn decode_call(proposal: &Proposal<T::AccountId>) -> Option<CallOf<T>> {
        // As deep as an extrinsic may be: it has been one.
        CallOf::<T>::decode_all_with_depth_limit(MAX_EXTRINSIC_DEPTH, &mut &proposal.call[..])
            .ok()
            .filter(|call| Self::proposable_action(call) == Some(proposal.action))
    }
}
