// SPDX-License-Identifier: Apache-2.0
//! How many officers must agree, and whether they do.

use crate::{calls::CallOf, Call, Config, Origin, Pallet, Thresholds};
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{ensure, traits::IsSubType};
use frame_system::{ensure_signed, pallet_prelude::OriginFor};
use registry_primitives::{
    approval::Approval, Action, ActionClass, Actor, MayAct, Officers, OrganisationId, Refusal,
};
use scale_info::TypeInfo;

/// The origin of a call that was agreed on. It tells everything, so that whoever is called can
/// judge for itself.
#[derive(
    Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Clone, PartialEq, Eq, Debug,
)]
pub enum RawOrigin<AccountId> {
    /// Enough officers of one organisation have agreed.
    Approved(Approval<AccountId>),
}

impl<T: Config> Pallet<T> {
    /// How many officers must agree to an action.
    fn required_for(action: Action) -> u32 {
        action.class().map_or(1, Thresholds::<T>::get)
    }

    /// How many officers must agree to ask `officers` for actions of `class`: the strictest of
    /// what the settings ask for, of what it is now, and of what it will be.
    pub(crate) fn required_to_set(class: ActionClass, officers: u32) -> u32 {
        let settings = Thresholds::<T>::get(ActionClass::Settings);
        settings.max(Thresholds::<T>::get(class)).max(officers)
    }

    /// How many officers must agree to a call that does `action`.
    pub(crate) fn required_for_call(call: &CallOf<T>, action: Action) -> u32 {
        match call.is_sub_type() {
            Some(Call::set_threshold { class, officers }) => {
                Self::required_to_set(*class, *officers)
            }
            _ => Self::required_for(action),
        }
    }

    /// The actor behind an account, if it may do `action` for `organisation` now.
    pub(crate) fn officer_of(
        who: &T::AccountId,
        organisation: OrganisationId,
        action: Action,
    ) -> Option<Actor> {
        let actor = T::Members::may_act(who, action).ok()?;
        (actor.organisation == organisation).then_some(actor)
    }

    /// The officer in whose name a call is made that needs `required` officers: the one who
    /// signed, if one is enough, or the first of those who agreed and still may.
    pub(crate) fn agreed(
        origin: OriginFor<T>,
        action: Action,
        required: u32,
    ) -> Result<(T::AccountId, Actor), Refusal> {
        let origin: Result<Origin<T>, OriginFor<T>> = origin.into();
        let approval = match origin {
            Ok(RawOrigin::Approved(approval)) => approval,
            Err(origin) => {
                let who = ensure_signed(origin).map_err(|_| Refusal::NotSigned)?;
                let actor = T::Members::may_act(&who, action)?;
                ensure!(required <= 1, Refusal::ApprovalsNeeded);
                return Ok((who, actor));
            }
        };
        ensure!(approval.action == action, Refusal::NotPermitted);
        let organisation = approval.organisation;
        let valid: Vec<_> = approval
            .officers
            .into_iter()
            .filter_map(|who| Some((Self::officer_of(&who, organisation, action)?, who)))
            .collect();
        ensure!(valid.len() >= required as usize, Refusal::ApprovalsNeeded);
        let (actor, who) = valid.into_iter().next().ok_or(Refusal::ApprovalsNeeded)?;
        Ok((who, actor))
    }
}

impl<T: Config> Officers<OriginFor<T>, T::AccountId> for Pallet<T> {
    fn officer(origin: OriginFor<T>, action: Action) -> Result<(T::AccountId, Actor), Refusal> {
        Self::agreed(origin, action, Self::required_for(action))
    }
}
