// SPDX-License-Identifier: Apache-2.0
//! What the runtime must know of the cost of each call. It is measured: scripts/weights.

use frame_support::weights::Weight;

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

/// For tests: no measure of anything, but more for more.
#[cfg(test)]
impl WeightInfo for () {
    fn create_organisation() -> Weight {
        nominal(0)
    }
    fn suspend_organisation() -> Weight {
        nominal(0)
    }
    fn reactivate_organisation() -> Weight {
        nominal(0)
    }
    fn add_member() -> Weight {
        nominal(0)
    }
    fn remove_member() -> Weight {
        nominal(0)
    }
    fn change_member_role() -> Weight {
        nominal(0)
    }
    fn replace_key() -> Weight {
        nominal(0)
    }
    fn update_profile() -> Weight {
        nominal(0)
    }
    fn change_organisation() -> Weight {
        nominal(0)
    }
    fn approve_application() -> Weight {
        nominal(0)
    }
}

#[cfg(test)]
fn nominal(items: u32) -> Weight {
    Weight::from_parts(1_000_000, 0).saturating_mul(u64::from(items).saturating_add(1))
}
