// SPDX-License-Identifier: Apache-2.0
//! The invariants of the validator set.

#![cfg(any(test, feature = "try-runtime"))]

use crate::{Admissions, Config, DepartureCount, Departures, Minimum, Pallet, Validators};
use alloc::collections::BTreeSet;
use frame_support::ensure;
use sp_runtime::TryRuntimeError;

impl<T: Config> Pallet<T> {
    /// Checks that list and records agree, that no two validators are reached the same way, that
    /// there are enough of them, and that the list of those who left has no gaps.
    pub fn do_try_state() -> Result<(), TryRuntimeError> {
        let validators = Validators::<T>::get();
        let listed: BTreeSet<_> = validators.iter().cloned().collect();
        ensure!(listed.len() == validators.len(), "every validator is listed once");
        let recorded: BTreeSet<_> = Admissions::<T>::iter_keys().collect();
        ensure!(listed == recorded, "every validator has a record, and every record a validator");
        let peers: BTreeSet<_> =
            Admissions::<T>::iter_values().map(|found| found.contact.peer_id).collect();
        ensure!(peers.len() == listed.len(), "no two validators have one peer id");
        ensure!(
            Admissions::<T>::iter_values().all(|found| found.contact.is_valid()),
            "every contact is valid"
        );
        ensure!(
            validators.len() >= Minimum::<T>::get() as usize,
            "there are as many validators as the minimum says"
        );
        let departures: BTreeSet<_> = Departures::<T>::iter_keys().collect();
        ensure!(
            departures.into_iter().eq(1..=DepartureCount::<T>::get()),
            "those who left are numbered without gaps"
        );
        Ok(())
    }
}
