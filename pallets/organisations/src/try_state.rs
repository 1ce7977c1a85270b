// SPDX-License-Identifier: Apache-2.0
//! The invariants of who may act.

#![cfg(any(test, feature = "try-runtime"))]

use crate::{AdminCount, Config, Members, OrganisationByTaxId, Organisations, Pallet, Unclaimed};
use alloc::collections::BTreeMap;
use frame_support::ensure;
use registry_primitives::{
    invariants, organisation::OrganisationStatus, MayAct, MemberRole, GOVERNMENT,
};
use sp_runtime::TryRuntimeError;

impl<T: Config> Pallet<T> {
    /// Checks invariant 8 of the registry and that the indices agree with what they index.
    pub fn do_try_state() -> Result<(), TryRuntimeError> {
        let organisations: BTreeMap<_, _> = Organisations::<T>::iter().collect();
        if organisations.is_empty() {
            // Before genesis there is nobody.
            ensure!(Members::<T>::iter().next().is_none(), "a member without any organisation");
            return Ok(());
        }
        let members: alloc::vec::Vec<_> = Members::<T>::iter_values().collect();
        let unclaimed = |id| Unclaimed::<T>::contains_key(id);
        invariants::members_are_in_order(&organisations, members.iter(), unclaimed)
            .map_err(|violation| TryRuntimeError::Other(violation.into()))?;

        ensure!(
            OrganisationByTaxId::<T>::iter().count() == organisations.len(),
            "every organisation has one entry in the index of tax identifiers"
        );
        for (id, organisation) in &organisations {
            ensure!(
                OrganisationByTaxId::<T>::get(&organisation.details.tax_id) == Some(*id),
                "the index of tax identifiers names the organisation that has it"
            );
            let admins = members
                .iter()
                .filter(|member| member.organisation == *id && member.role == MemberRole::Admin)
                .count();
            ensure!(AdminCount::<T>::get(id) as usize == admins, "the number of Admins is counted");
            ensure!(
                Self::ensure_details(organisation.role, &organisation.details).is_ok(),
                "every organisation is described as its role asks for"
            );
            ensure!(
                organisation.status == OrganisationStatus::Active || organisation.suspensions > 0,
                "the suspensions of an organisation are counted"
            );
        }
        ensure!(
            Unclaimed::<T>::iter_keys()
                .all(|id| organisations.contains_key(&id) && AdminCount::<T>::get(id) == 0),
            "an organisation that nobody has claimed exists and has no Admin"
        );
        ensure!(
            AdminCount::<T>::iter_keys().all(|id| organisations.contains_key(&id)),
            "the Admins that are counted belong to organisations that exist"
        );
        ensure!(Self::is_active(GOVERNMENT), "the Government is active");
        ensure!(
            organisations.keys().copied().eq(1..crate::NextOrganisationId::<T>::get()),
            "organisations are numbered without gaps"
        );
        for account in Members::<T>::iter_keys() {
            ensure!(
                frame_system::Pallet::<T>::providers(&account) > 0,
                "every member's account has a provider"
            );
        }
        Ok(())
    }
}
