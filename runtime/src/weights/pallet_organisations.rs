// SPDX-License-Identifier: Apache-2.0
//! Weights of `pallet_organisations`, measured by scripts/weights: 20 steps, 5 repeats, 2026-11-24, AMD EPYC.

#![allow(missing_docs, unused_parens)]

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// Weights of `pallet_organisations`.
pub struct WeightInfo<T>(PhantomData<T>);

impl<T: frame_system::Config> pallet_organisations::WeightInfo for WeightInfo<T> {
    fn create_organisation() -> Weight {
        Weight::from_parts(47_470_000, 0)
            .saturating_add(T::DbWeight::get().reads(8))
            .saturating_add(T::DbWeight::get().writes(6))
    }
    fn suspend_organisation() -> Weight {
        Weight::from_parts(34_190_000, 0)
            .saturating_add(T::DbWeight::get().reads(6))
            .saturating_add(T::DbWeight::get().writes(1))
    }
    fn reactivate_organisation() -> Weight {
        Weight::from_parts(30_115_000, 0)
            .saturating_add(T::DbWeight::get().reads(5))
            .saturating_add(T::DbWeight::get().writes(1))
    }
    fn add_member() -> Weight {
        Weight::from_parts(35_032_000, 0)
            .saturating_add(T::DbWeight::get().reads(6))
            .saturating_add(T::DbWeight::get().writes(3))
    }
    fn remove_member() -> Weight {
        Weight::from_parts(29_875_000, 0)
            .saturating_add(T::DbWeight::get().reads(4))
            .saturating_add(T::DbWeight::get().writes(2))
    }
    fn change_member_role() -> Weight {
        Weight::from_parts(30_025_000, 0)
            .saturating_add(T::DbWeight::get().reads(4))
            .saturating_add(T::DbWeight::get().writes(2))
    }
    fn replace_key() -> Weight {
        Weight::from_parts(36_475_000, 0)
            .saturating_add(T::DbWeight::get().reads(5))
            .saturating_add(T::DbWeight::get().writes(3))
    }
    fn update_profile() -> Weight {
        Weight::from_parts(27_010_000, 0)
            .saturating_add(T::DbWeight::get().reads(3))
            .saturating_add(T::DbWeight::get().writes(1))
    }
    fn change_organisation() -> Weight {
        Weight::from_parts(41_872_000, 0)
            .saturating_add(T::DbWeight::get().reads(4))
            .saturating_add(T::DbWeight::get().writes(3))
    }
    fn approve_application() -> Weight {
        Weight::from_parts(142_982_000, 0)
            .saturating_add(T::DbWeight::get().reads(9))
            .saturating_add(T::DbWeight::get().writes(6))
    }
}
