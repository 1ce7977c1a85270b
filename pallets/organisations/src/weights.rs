// SPDX-License-Identifier: Apache-2.0
//! Weights of the calls: their storage accesses at the runtime's prices, and a margin for the
//! computation between them, which is small and does not depend on amounts.

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// Weights of the calls of this pallet.
pub trait WeightInfo {
    /// `create_organisation`
    fn create_organisation() -> Weight;
    /// `suspend_organisation`
    fn suspend_organisation() -> Weight;
    /// `reactivate_organisation`
    fn reactivate_organisation() -> Weight;
    /// `add_member`
    fn add_member() -> Weight;
    /// `remove_member`
    fn remove_member() -> Weight;
    /// `change_member_role`
    fn change_member_role() -> Weight;
    /// `replace_key`
    fn replace_key() -> Weight;
    /// `update_profile`
    fn update_profile() -> Weight;
    /// `change_organisation`
    fn change_organisation() -> Weight;
    /// `approve_application`
    fn approve_application() -> Weight;
}

/// Computation of one call, in picoseconds of reference time.
const COMPUTATION: u64 = 20_000_000;
/// Checking one signature, in picoseconds of reference time.
const SIGNATURE: u64 = 200_000_000;

/// Weights priced with the runtime's `DbWeight`.
pub struct StorageAccessWeight<T>(PhantomData<T>);

impl<T: frame_system::Config> StorageAccessWeight<T> {
    fn accesses(reads: u64, writes: u64) -> Weight {
        Weight::from_parts(COMPUTATION, 0)
            .saturating_add(T::DbWeight::get().reads_writes(reads, writes))
    }
}

impl<T: frame_system::Config> WeightInfo for StorageAccessWeight<T> {
    fn create_organisation() -> Weight {
        // Signer's member and organisation, tax id, first Admin, next id, time, account, admins.
        Self::accesses(8, 6)
    }
    fn suspend_organisation() -> Weight {
        Self::accesses(3, 1)
    }
    fn reactivate_organisation() -> Weight {
        Self::accesses(3, 1)
    }
    fn add_member() -> Weight {
        // Signer's member and organisation, organisation, member, account, admins.
        Self::accesses(6, 3)
    }
    fn remove_member() -> Weight {
        // Signer's member and organisation, member, admins.
        Self::accesses(4, 2)
    }
    fn change_member_role() -> Weight {
        Self::accesses(4, 2)
    }
    fn replace_key() -> Weight {
        // Signer's member and organisation, both members, the new account.
        Self::accesses(5, 3)
    }
    fn update_profile() -> Weight {
        Self::accesses(3, 1)
    }
    fn change_organisation() -> Weight {
        // Signer's member and organisation, organisation, tax id; the index twice.
        Self::accesses(4, 3)
    }
    fn approve_application() -> Weight {
        // The hash of the first block, and at worst the signature of the wrapped bytes too.
        Self::create_organisation()
            .saturating_add(T::DbWeight::get().reads(1))
            .saturating_add(Weight::from_parts(2 * SIGNATURE, 0))
    }
}
