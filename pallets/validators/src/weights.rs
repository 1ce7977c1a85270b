// SPDX-License-Identifier: Apache-2.0
//! What the runtime must know of the cost of each call. It is measured: scripts/weights.

use frame_support::weights::Weight;

/// Weights of the calls of this pallet. `v` is the number of validators.
pub trait WeightInfo {
    /// `add`
    fn add(v: u32) -> Weight;
    /// `remove`
    fn remove(v: u32) -> Weight;
    /// `change_contact`
    fn change_contact(v: u32) -> Weight;
    /// `clear_flag`
    fn clear_flag() -> Weight;
    /// `set_minimum`
    fn set_minimum() -> Weight;
}

/// For tests: no measure of anything, but more for more.
#[cfg(test)]
impl WeightInfo for () {
    fn add(v: u32) -> Weight {
        nominal(v)
    }
    fn remove(v: u32) -> Weight {
        nominal(v)
    }
    fn change_contact(v: u32) -> Weight {
        nominal(v)
    }
    fn clear_flag() -> Weight {
        nominal(0)
    }
    fn set_minimum() -> Weight {
        nominal(0)
    }
}

#[cfg(test)]
fn nominal(items: u32) -> Weight {
    Weight::from_parts(1_000_000, 0).saturating_mul(u64::from(items).saturating_add(1))
}
