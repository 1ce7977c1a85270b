// SPDX-License-Identifier: Apache-2.0
//! The invariants of credits.

#![cfg(any(test, feature = "try-runtime"))]

use crate::{
    Accounts, Blocks, BlocksOfOwner, Cancellations, Config, HeldForSuspension, LastCancellationId,
    LastRequestId, LastRetirementId, LastSerial, NationalTotals, Pallet, RequestsFrom, RequestsTo,
    RetirementRequests, RetirementRequestsOf, Retirements, TotalsOfVintage, TransferRequests,
};
use alloc::collections::BTreeMap;
use frame_support::ensure;
use registry_primitives::{credit::RetirementRequest, invariants, MayAct, RequestId};
use sp_runtime::TryRuntimeError;

impl<T: Config> Pallet<T> {
    /// Checks invariants 1, 2, 3, 5 and 6 of the registry, the country's accounts and the lists of
    /// requests.
    pub fn do_try_state() -> Result<(), TryRuntimeError> {
        let blocks = Blocks::<T>::iter().collect();
        let index = BlocksOfOwner::<T>::iter_keys().collect();
        let vintages = TotalsOfVintage::<T>::iter()
            .map(|(project, vintage, totals)| ((project, vintage), totals))
            .collect();
        let retirements: BTreeMap<_, _> = Retirements::<T>::iter().collect();
        let cancellations: BTreeMap<_, _> = Cancellations::<T>::iter().collect();
        let requests: BTreeMap<_, _> = RetirementRequests::<T>::iter().collect();
        let exists = |owner| T::Members::organisation(owner).is_some();

        invariants::blocks_cover_all_serials(LastSerial::<T>::get(), &blocks)
            .and_then(|()| {
                let national = NationalTotals::<T>::get();
                invariants::totals_are_those_of_blocks(&blocks, &vintages, &national)
            })
            .and_then(|()| invariants::owner_index_agrees(&blocks, &index))
            .and_then(|()| invariants::owners_exist(&blocks, exists))
            .and_then(|()| invariants::retirements_name_their_blocks(&blocks, &retirements))
            .and_then(|()| invariants::cancellations_name_their_blocks(&blocks, &cancellations))
            .and_then(|()| invariants::requests_name_their_blocks(&blocks, &requests))
            .and_then(|()| {
                let accounts = Accounts::<T>::get();
                let (retirements, cancellations) = (retirements.values(), cancellations.values());
                invariants::accounts_are_those_of_records(&accounts, retirements, cancellations)
            })
            .and_then(|()| invariants::lineage_is_contiguous(&blocks))
            .map_err(|violation| TryRuntimeError::Other(violation.into()))?;

        ensure!(
            retirements.keys().copied().eq(1..=LastRetirementId::<T>::get()),
            "retirements are numbered without gaps"
        );
        ensure!(
            cancellations.keys().copied().eq(1..=LastCancellationId::<T>::get()),
            "cancellations are numbered without gaps"
        );
        Self::check_lists_of_requests(&requests)?;
        Self::check_held_for_suspension()
    }

    fn check_lists_of_requests(
        retirements: &BTreeMap<RequestId, RetirementRequest>,
    ) -> Result<(), TryRuntimeError> {
        let transfers: BTreeMap<_, _> = TransferRequests::<T>::iter().collect();
        let open = transfers.keys().chain(retirements.keys()).max().copied().unwrap_or_default();
        ensure!(open <= LastRequestId::<T>::get(), "requests are numbered by the counter");
        for (id, request) in &transfers {
            ensure!(
                RequestsFrom::<T>::get(request.from).contains(id)
                    && RequestsTo::<T>::get(request.to).contains(id),
                "every request for a transfer is in the lists of both sides"
            );
            ensure!(
                T::Members::is_active(request.from) && T::Members::is_active(request.to),
                "no request waits for a suspended organisation"
            );
        }
        let listed: usize = RequestsFrom::<T>::iter_values().map(|list| list.len()).sum();
        let listed_to: usize = RequestsTo::<T>::iter_values().map(|list| list.len()).sum();
        ensure!(
            listed == transfers.len() && listed_to == transfers.len(),
            "the lists name requests that wait, once"
        );
        for (id, request) in retirements {
            ensure!(
                RetirementRequestsOf::<T>::get(request.by).contains(id),
                "every retirement that waits is in the list of its owner"
            );
            ensure!(T::Members::is_active(request.by), "no retirement of a suspended owner waits");
        }
        let listed: usize = RetirementRequestsOf::<T>::iter_values().map(|list| list.len()).sum();
        ensure!(listed == retirements.len(), "the lists name the retirements that wait, once");
        Ok(())
    }

    fn check_held_for_suspension() -> Result<(), TryRuntimeError> {
        for (owner, starts) in HeldForSuspension::<T>::iter() {
            let are_its = starts.iter().all(|start| BlocksOfOwner::<T>::contains_key(owner, start));
            ensure!(are_its, "what is held for a suspension is a block of its owner");
            ensure!(
                !T::Members::is_active(owner),
                "what is held for a suspension waits for its end"
            );
        }
        Ok(())
    }
}
