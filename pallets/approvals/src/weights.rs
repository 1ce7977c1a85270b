// SPDX-License-Identifier: Apache-2.0
//! What the runtime must know of the cost of each call. It is measured: scripts/weights.

use frame_support::weights::Weight;

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

/// For tests: no measure of anything, but more for more.
#[cfg(test)]
impl WeightInfo for () {
    fn propose() -> Weight {
        nominal(0)
    }
    fn approve() -> Weight {
        nominal(0)
    }
    fn withdraw() -> Weight {
        nominal(0)
    }
    fn set_threshold() -> Weight {
        nominal(0)
    }
    fn expire(proposals: u32) -> Weight {
        nominal(proposals)
    }
}

#[cfg(test)]
fn nominal(items: u32) -> Weight {
    Weight::from_parts(1_000_000, 0).saturating_mul(u64::from(items).saturating_add(1))
}
