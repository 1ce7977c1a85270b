// SPDX-License-Identifier: Apache-2.0
//! Weights of the calls: their storage accesses at the runtime's prices, and a margin for the
//! computation between them. Calls are counted with their largest size, the recount of approvals
//! with the most officers. What a proposed call itself weighs is added by the pallet.

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};
use registry_primitives::approval::{MAX_APPROVERS, MAX_CALL_BYTES};

/// Weights of the calls of this pallet.
pub trait WeightInfo {
    /// `propose`, without the call.
    fn propose() -> Weight;
    /// `approve`, without the call.
    fn approve() -> Weight;
    /// `withdraw`
    fn withdraw() -> Weight;
    /// `set_threshold`
    fn set_threshold() -> Weight;
    /// The start of a block in which so many proposals expire.
    fn expire(proposals: u32) -> Weight;
}

/// Computation of one call, in picoseconds of reference time.
const COMPUTATION: u64 = 30_000_000;
/// Computation for a proposed call, in picoseconds of reference time: a nanosecond for each byte
/// that is encoded or decoded, stored and hashed.
const COMPUTATION_OF_CALL: u64 = MAX_CALL_BYTES as u64 * 1_000;
/// Reads to know an actor: member, organisation.
const ACTOR: u64 = 2;

/// Weights priced with the runtime's `DbWeight`.
pub struct StorageAccessWeight<T>(PhantomData<T>);

impl<T: frame_system::Config> StorageAccessWeight<T> {
    fn accesses(computation: u64, reads: u64, writes: u64) -> Weight {
        Weight::from_parts(computation, 0)
            .saturating_add(T::DbWeight::get().reads_writes(reads, writes))
    }
}

impl<T: frame_system::Config> WeightInfo for StorageAccessWeight<T> {
    fn propose() -> Weight {
        // Two thresholds, number, organisation's list, block's list; the proposal.
        Self::accesses(COMPUTATION + COMPUTATION_OF_CALL, ACTOR + 5, 4)
    }
    fn approve() -> Weight {
        // Proposal, two thresholds, organisation's list, block's list; every officer is looked up
        // here, and again by the pallet that is called.
        let officers = 2 * u64::from(MAX_APPROVERS);
        Self::accesses(COMPUTATION * (officers + 1) + COMPUTATION_OF_CALL, ACTOR * officers + 5, 3)
    }
    fn withdraw() -> Weight {
        // Proposal, organisation's list, block's list.
        Self::accesses(COMPUTATION + COMPUTATION_OF_CALL, ACTOR + 3, 3)
    }
    fn set_threshold() -> Weight {
        Self::accesses(COMPUTATION, ACTOR + 2, 1)
    }
    fn expire(proposals: u32) -> Weight {
        // The block's list; every proposal and its organisation's list.
        let proposals = u64::from(proposals);
        Self::accesses(
            COMPUTATION + proposals * COMPUTATION_OF_CALL,
            proposals * 2 + 1,
            proposals * 2 + 1,
        )
    }
}
