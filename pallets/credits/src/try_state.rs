// SPDX-License-Identifier: Apache-2.0
//! The invariants of credits.

#![cfg(any(test, feature = "try-runtime"))]

use crate::{
    Blocks, BlocksOfOwner, Config, LastRetirementId, LastSerial, NationalTotals, Pallet,
    Retirements, TotalsOfVintage,
};
use alloc::collections::BTreeMap;
use frame_support::ensure;
use registry_primitives::{invariants, MayAct};
use sp_runtime::TryRuntimeError;

impl<T: Config> Pallet<T> {
    /// Checks invariants 1, 2, 3, 5 and 6 of the registry.
    pub fn do_try_state() -> Result<(), TryRuntimeError> {
        let blocks = Blocks::<T>::iter().collect();
        let index = BlocksOfOwner::<T>::iter_keys().collect();
        let vintages = TotalsOfVintage::<T>::iter()
            .map(|(project, vintage, totals)| ((project, vintage), totals))
            .collect();
        let retirements: BTreeMap<_, _> = Retirements::<T>::iter().collect();
        let exists = |owner| T::Members::organisation(owner).is_some();

        invariants::blocks_cover_all_serials(LastSerial::<T>::get(), &blocks)
            .and_then(|()| {
                let national = NationalTotals::<T>::get();
                invariants::totals_are_those_of_blocks(&blocks, &vintages, &national)
            })
            .and_then(|()| invariants::owner_index_agrees(&blocks, &index))
            .and_then(|()| invariants::owners_exist(&blocks, exists))
            .and_then(|()| invariants::retirements_name_their_blocks(&blocks, &retirements))
            .and_then(|()| invariants::lineage_is_contiguous(&blocks))
            .map_err(|violation| TryRuntimeError::Other(violation.into()))?;

        ensure!(
            retirements.keys().copied().eq(1..=LastRetirementId::<T>::get()),
            "retirements are numbered without gaps"
        );
        Ok(())
    }
}
