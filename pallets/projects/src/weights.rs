// SPDX-License-Identifier: Apache-2.0
//! Weights of the calls: their storage accesses at the runtime's prices, and a margin for the
//! computation between them, which is small and does not depend on amounts.

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};
use registry_primitives::project::{MAX_CERTIFIERS, MAX_PERIODS, MAX_PROPONENTS};

/// Weights of the calls of this pallet.
pub trait WeightInfo {
    /// `register_project`
    fn register_project() -> Weight;
    /// `submit_document`
    fn submit_document() -> Weight;
    /// `review_document`
    fn review_document() -> Weight;
    /// `validate_project`
    fn validate_project() -> Weight;
    /// `authorise_project`
    fn authorise_project() -> Weight;
    /// `reject_project`
    fn reject_project() -> Weight;
    /// `report_monitoring`
    fn report_monitoring() -> Weight;
    /// `verify_monitoring`
    fn verify_monitoring() -> Weight;
}

/// Computation of one call, in picoseconds of reference time.
const COMPUTATION: u64 = 40_000_000;
/// Reads to know the actor and the project: member, organisation, project.
const ACTOR: u64 = 3;

/// Weights priced with the runtime's `DbWeight`.
pub struct StorageAccessWeight<T>(PhantomData<T>);

impl<T: frame_system::Config> StorageAccessWeight<T> {
    fn accesses(reads: u64, writes: u64) -> Weight {
        Weight::from_parts(COMPUTATION, 0)
            .saturating_add(T::DbWeight::get().reads_writes(ACTOR.saturating_add(reads), writes))
    }
}

impl<T: frame_system::Config> WeightInfo for StorageAccessWeight<T> {
    fn register_project() -> Weight {
        // Every organisation named, the counter, the external id, the time.
        Self::accesses(u64::from(MAX_PROPONENTS + MAX_CERTIFIERS) + 3, 3)
    }
    fn submit_document() -> Weight {
        Self::accesses(3, 3)
    }
    fn review_document() -> Weight {
        Self::accesses(2, 2)
    }
    fn validate_project() -> Weight {
        Self::accesses(4, 2)
    }
    fn authorise_project() -> Weight {
        Self::accesses(0, 1)
    }
    fn reject_project() -> Weight {
        Self::accesses(0, 1)
    }
    fn report_monitoring() -> Weight {
        // Every earlier period, and the time.
        Self::accesses(u64::from(MAX_PERIODS) + 1, 2)
    }
    fn verify_monitoring() -> Weight {
        Self::accesses(1, 1)
    }
}
