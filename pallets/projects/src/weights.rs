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
    /// `withdraw_project`
    fn withdraw_project() -> Weight;
    /// `suspend_project`
    fn suspend_project() -> Weight;
    /// `resume_project`
    fn resume_project() -> Weight;
    /// `complete_project`
    fn complete_project() -> Weight;
    /// `change_terms`
    fn change_terms() -> Weight;
    /// `propose_proponents`
    fn propose_proponents() -> Weight;
    /// `consent_to_proponents`
    fn consent_to_proponents() -> Weight;
    /// `withdraw_proponents`
    fn withdraw_proponents() -> Weight;
    /// `assign_certifiers`
    fn assign_certifiers() -> Weight;
    /// `certify_project`
    fn certify_project() -> Weight;
    /// `revoke_certification`
    fn revoke_certification() -> Weight;
    /// `return_monitoring`
    fn return_monitoring() -> Weight;
    /// `refuse_issuance`
    fn refuse_issuance() -> Weight;
}

/// Computation of one call, in picoseconds of reference time.
const COMPUTATION: u64 = 40_000_000;
/// Reads to know the actor and the project: approvals asked for, member, organisation, project.
const ACTOR: u64 = 4;

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
        // The project, and the change of proponents that lapses.
        Self::accesses(0, 2)
    }
    fn report_monitoring() -> Weight {
        // Every earlier period, and the time.
        Self::accesses(u64::from(MAX_PERIODS) + 1, 2)
    }
    fn verify_monitoring() -> Weight {
        Self::accesses(1, 1)
    }
    fn withdraw_project() -> Weight {
        Self::accesses(0, 2)
    }
    fn suspend_project() -> Weight {
        Self::accesses(0, 1)
    }
    fn resume_project() -> Weight {
        Self::accesses(0, 1)
    }
    fn complete_project() -> Weight {
        Self::accesses(0, 2)
    }
    fn change_terms() -> Weight {
        Self::accesses(0, 1)
    }
    fn propose_proponents() -> Weight {
        // Of every organisation named, what is known of it, twice, and its certification.
        Self::accesses(3 * u64::from(MAX_PROPONENTS) + 1, 2)
    }
    fn consent_to_proponents() -> Weight {
        // The change, twice; and the same checks.
        Self::accesses(3 * u64::from(MAX_PROPONENTS) + 2, 2)
    }
    fn withdraw_proponents() -> Weight {
        Self::accesses(2, 1)
    }
    fn assign_certifiers() -> Weight {
        Self::accesses(u64::from(MAX_CERTIFIERS), 1)
    }
    fn certify_project() -> Weight {
        // The certification, its certifier twice, the time.
        Self::accesses(4, 1)
    }
    fn revoke_certification() -> Weight {
        // The certification, twice, and its certifier.
        Self::accesses(3, 1)
    }
    fn return_monitoring() -> Weight {
        Self::accesses(1, 1)
    }
    fn refuse_issuance() -> Weight {
        Self::accesses(1, 1)
    }
}
