// SPDX-License-Identifier: Apache-2.0
//! Weights of the calls: their storage accesses at the runtime's prices, and a margin for the
//! computation between them, which is small and does not depend on amounts.

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// Weights of the calls of this pallet.
pub trait WeightInfo {
    /// `set_constants`
    fn set_constants() -> Weight;
}

/// Computation of one call, in picoseconds of reference time.
const COMPUTATION: u64 = 20_000_000;

/// Weights priced with the runtime's `DbWeight`.
pub struct StorageAccessWeight<T>(PhantomData<T>);

impl<T: frame_system::Config> StorageAccessWeight<T> {
    fn accesses(reads: u64, writes: u64) -> Weight {
        Weight::from_parts(COMPUTATION, 0)
            .saturating_add(T::DbWeight::get().reads_writes(reads, writes))
    }
}

impl<T: frame_system::Config> WeightInfo for StorageAccessWeight<T> {
    fn set_constants() -> Weight {
        // Signer's member and organisation, threshold, last version, its constants, time; the new
        // version and its number.
        Self::accesses(6, 2)
    }
}
