// SPDX-License-Identifier: Apache-2.0
//! Weights of the calls: their storage accesses at the runtime's prices, and a margin for the
//! computation between them. They depend on the number of blocks, never on tonnes.

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};
use registry_primitives::project::{MAX_PROPONENTS, MAX_VINTAGES};

/// Weights of the calls of this pallet.
pub trait WeightInfo {
    /// `issue`, for so many blocks.
    fn issue(blocks: u32) -> Weight;
    /// `transfer`, of so many parts.
    fn transfer(parts: u32) -> Weight;
    /// `retire` and `retire_for_the_state`, of so many parts.
    fn retire(parts: u32) -> Weight;
    /// `request_retirement`, of so many parts.
    fn request_retirement(parts: u32) -> Weight;
    /// `recognise_retirement`, of so many blocks.
    fn recognise_retirement(blocks: u32) -> Weight;
    /// `refuse_retirement` and `cancel_retirement_request`, of so many blocks.
    fn return_reserved(blocks: u32) -> Weight;
    /// `request_transfer`
    fn request_transfer() -> Weight;
    /// `approve_transfer`, of so many parts.
    fn approve_transfer(parts: u32) -> Weight;
    /// `reject_transfer` and `cancel_transfer_request`
    fn close_transfer_request() -> Weight;
    /// `cancel`, of so many parts.
    fn cancel(parts: u32) -> Weight;
    /// `hold` and `release`, of so many parts.
    fn hold(parts: u32) -> Weight;
    /// `release_buffer`, of so many parts.
    fn release_buffer(parts: u32) -> Weight;
    /// `pause_transfers`
    fn pause_transfers() -> Weight;
    /// `resume_transfers`
    fn resume_transfers() -> Weight;
    /// `set_deductions`
    fn set_deductions() -> Weight;
    /// What the suspension of an owner costs here: so many requests for transfers cancelled, so
    /// many blocks given back.
    fn owner_suspended(requests: u32, blocks: u32) -> Weight;
    /// What the reactivation of an owner costs here: so many blocks released.
    fn owner_reactivated(blocks: u32) -> Weight;
}

/// Computation of one call, in picoseconds of reference time.
const COMPUTATION: u64 = 30_000_000;
/// Computation for each block, in picoseconds of reference time.
const COMPUTATION_PER_BLOCK: u64 = 10_000_000;
/// Reads to know the actor: member, organisation, threshold.
const ACTOR: u64 = 3;

/// Weights priced with the runtime's `DbWeight`.
pub struct StorageAccessWeight<T>(PhantomData<T>);

impl<T: frame_system::Config> StorageAccessWeight<T> {
    fn accesses(blocks: u32, reads: u64, writes: u64) -> Weight {
        let computation = COMPUTATION_PER_BLOCK.saturating_mul(blocks.into());
        Weight::from_parts(COMPUTATION.saturating_add(computation), 0)
            .saturating_add(T::DbWeight::get().reads_writes(ACTOR.saturating_add(reads), writes))
    }
    /// Every part reads its block, its project and its vintage, and writes two blocks, two entries
    /// of the index, the vintage and the project.
    fn parts(parts: u32, reads: u64, writes: u64) -> Weight {
        let each = u64::from(parts);
        Self::accesses(parts, each * 3 + reads, each * 6 + writes)
    }
}

impl<T: frame_system::Config> WeightInfo for StorageAccessWeight<T> {
    fn issue(blocks: u32) -> Weight {
        // Project, period, counter, national totals; each proponent; totals of each vintage.
        // Every block writes itself and the index.
        let vintages = u64::from(MAX_VINTAGES.min(blocks));
        let reads = u64::from(MAX_PROPONENTS) + vintages + 4;
        Self::accesses(blocks, reads, u64::from(blocks) * 3 + vintages + 4)
    }
    fn transfer(parts: u32) -> Weight {
        // Pause and receiver.
        Self::parts(parts, 2, 0)
    }
    fn retire(parts: u32) -> Weight {
        // Pause, counter, totals, accounts, time and record.
        Self::parts(parts, 5, 4)
    }
    fn request_retirement(parts: u32) -> Weight {
        Self::parts(parts, 8, 4)
    }
    fn recognise_retirement(blocks: u32) -> Weight {
        Self::parts(blocks + 2, 9, 9)
    }
    fn return_reserved(blocks: u32) -> Weight {
        Self::parts(blocks, 4, 3)
    }
    fn request_transfer() -> Weight {
        Self::accesses(0, 8, 4)
    }
    fn approve_transfer(parts: u32) -> Weight {
        Self::parts(parts, 5, 3)
    }
    fn close_transfer_request() -> Weight {
        Self::accesses(0, 3, 3)
    }
    fn cancel(parts: u32) -> Weight {
        Self::parts(parts, 6, 3)
    }
    fn hold(parts: u32) -> Weight {
        Self::parts(parts, 1, 1)
    }
    fn release_buffer(parts: u32) -> Weight {
        Self::parts(parts, 2, 1)
    }
    fn pause_transfers() -> Weight {
        Self::accesses(0, 2, 1)
    }
    fn resume_transfers() -> Weight {
        Self::accesses(0, 1, 1)
    }
    fn set_deductions() -> Weight {
        Self::accesses(0, 0, 1)
    }
    fn owner_suspended(requests: u32, blocks: u32) -> Weight {
        let requests = u64::from(requests);
        Self::parts(blocks, 3 + requests * 2, 3 + requests * 2)
    }
    fn owner_reactivated(blocks: u32) -> Weight {
        Self::parts(blocks, 2, 2)
    }
}
