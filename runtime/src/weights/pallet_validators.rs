// SPDX-License-Identifier: Apache-2.0
//! Weights of `pallet_validators`, estimated until scripts/weights measures them.

#![allow(missing_docs, unused_parens)]

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// Weights of `pallet_validators`.
pub struct WeightInfo<T>(PhantomData<T>);

impl<T: frame_system::Config> pallet_validators::WeightInfo for WeightInfo<T> {
    fn add(v: u32) -> Weight {
        Weight::from_parts(60000000, 0)
            .saturating_add(Weight::from_parts(5_000_000, 0).saturating_mul(v.into()))
            .saturating_add(T::DbWeight::get().reads(v.into()))
            .saturating_add(T::DbWeight::get().reads(5))
            .saturating_add(T::DbWeight::get().writes(2))
    }
    fn remove(v: u32) -> Weight {
        Weight::from_parts(60000000, 0)
            .saturating_add(Weight::from_parts(5_000_000, 0).saturating_mul(v.into()))
            .saturating_add(T::DbWeight::get().reads(v.into()))
            .saturating_add(T::DbWeight::get().reads(4))
            .saturating_add(T::DbWeight::get().writes(4))
    }
    fn change_contact(v: u32) -> Weight {
        Weight::from_parts(40000000, 0)
            .saturating_add(Weight::from_parts(5_000_000, 0).saturating_mul(v.into()))
            .saturating_add(T::DbWeight::get().reads(v.into()))
            .saturating_add(T::DbWeight::get().reads(1))
            .saturating_add(T::DbWeight::get().writes(1))
    }
    fn clear_flag() -> Weight {
        Weight::from_parts(30000000, 0)
            .saturating_add(T::DbWeight::get().reads(1))
            .saturating_add(T::DbWeight::get().writes(2))
    }
    fn set_minimum() -> Weight {
        Weight::from_parts(20000000, 0)
            .saturating_add(T::DbWeight::get().reads(2))
            .saturating_add(T::DbWeight::get().writes(1))
    }
}
