// SPDX-License-Identifier: Apache-2.0
//! The invariants of the constants.

#![cfg(any(test, feature = "try-runtime"))]

use crate::{Config, LastVersion, Pallet, Versions};
use alloc::collections::BTreeMap;
use frame_support::ensure;
use sp_runtime::TryRuntimeError;

impl<T: Config> Pallet<T> {
    /// Checks that the versions are complete, valid, in order, and all different from the one
    /// before.
    pub fn do_try_state() -> Result<(), TryRuntimeError> {
        let versions: BTreeMap<_, _> = Versions::<T>::iter().collect();
        ensure!(
            versions.keys().copied().eq(1..=LastVersion::<T>::get()),
            "versions are numbered without gaps up to the last"
        );
        ensure!(
            versions.values().all(|version| version.constants.is_valid()),
            "every version of the constants is valid"
        );
        for (earlier, later) in versions.values().zip(versions.values().skip(1)) {
            ensure!(earlier.constants != later.constants, "every version changes something");
            ensure!(earlier.set_at <= later.set_at, "versions are in the order of time");
            ensure!(later.by.is_some(), "only genesis sets constants without an officer");
        }
        Ok(())
    }
}
