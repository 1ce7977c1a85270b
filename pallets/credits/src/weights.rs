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
    /// `retire`, of so many parts.
    fn retire(parts: u32) -> Weight;
}

/// Computation of one call, in picoseconds of reference time.
const COMPUTATION: u64 = 30_000_000;
/// Computation for each block, in picoseconds of reference time.
const COMPUTATION_PER_BLOCK: u64 = 10_000_000;
/// Reads to know the actor: member, organisation.
const ACTOR: u64 = 2;

/// Weights priced with the runtime's `DbWeight`.
pub struct StorageAccessWeight<T>(PhantomData<T>);

impl<T: frame_system::Config> StorageAccessWeight<T> {
    fn accesses(blocks: u32, reads: u64, writes: u64) -> Weight {
        let computation = COMPUTATION_PER_BLOCK.saturating_mul(blocks.into());
        Weight::from_parts(COMPUTATION.saturating_add(computation), 0)
            .saturating_add(T::DbWeight::get().reads_writes(ACTOR.saturating_add(reads), writes))
    }
}

impl<T: frame_system::Config> WeightInfo for StorageAccessWeight<T> {
    fn issue(blocks: u32) -> Weight {
        // Project, period, counter, national totals; each proponent; totals of each vintage.
        // Every block writes itself and the index.
        let vintages = u64::from(MAX_VINTAGES.min(blocks));
        let reads = u64::from(MAX_PROPONENTS) + vintages + 4;
        Self::accesses(blocks, reads, u64::from(blocks) * 2 + vintages + 4)
    }
    fn transfer(parts: u32) -> Weight {
        // The receiver; every part reads its block and writes two blocks and two indices.
        let parts64 = u64::from(parts);
        Self::accesses(parts, parts64 + 1, parts64 * 4)
    }
    fn retire(parts: u32) -> Weight {
        // Counter, national totals, time and record; every part its block and its vintage.
        let parts64 = u64::from(parts);
        Self::accesses(parts, parts64 * 2 + 4, parts64 * 5 + 3)
    }
}
