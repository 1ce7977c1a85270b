// SPDX-License-Identifier: Apache-2.0
//! What the runtime must know of the cost of each call. It is measured: scripts/weights.

use frame_support::weights::Weight;

/// Weights of the calls of this pallet.
pub trait WeightInfo {
    /// `enact`, without the call that it makes.
    fn enact() -> Weight;
    /// `set_council`, with as many members as there may be, of as many open motions.
    fn set_council() -> Weight;
}

/// For tests: no measure of anything.
#[cfg(test)]
impl WeightInfo for () {
    fn enact() -> Weight {
        Weight::from_parts(1_000_000, 0)
    }
    fn set_council() -> Weight {
        Weight::from_parts(1_000_000, 0)
    }
}
