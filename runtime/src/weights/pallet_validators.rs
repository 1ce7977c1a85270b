// SPDX-License-Identifier: Apache-2.0
//! Weights of `pallet_validators`, measured by scripts/weights: 50 steps, 20 repeats, 2026-11-26, AMD EPYC.

#![allow(missing_docs, unused_parens)]

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// Weights of `pallet_validators`.
pub struct WeightInfo<T>(PhantomData<T>);

impl<T: frame_system::Config> pallet_validators::WeightInfo for WeightInfo<T> {
    /// `v` from 1 to 99.
    fn add(v: u32) -> Weight {
        Weight::from_parts(48_957_264, 0)
            .saturating_add(Weight::from_parts(5_321_195, 0).saturating_mul(v.into()))
            .saturating_add(T::DbWeight::get().reads(6))
            .saturating_add(T::DbWeight::get().reads((1_u64).saturating_mul(v.into())))
            .saturating_add(T::DbWeight::get().writes(2))
    }
    /// `v` from 2 to 100.
    fn remove(v: u32) -> Weight {
        Weight::from_parts(28_344_897, 0)
            .saturating_add(Weight::from_parts(138_040, 0).saturating_mul(v.into()))
            .saturating_add(T::DbWeight::get().reads(4))
            .saturating_add(T::DbWeight::get().writes(4))
    }
    /// `v` from 1 to 100.
    fn change_contact(v: u32) -> Weight {
        Weight::from_parts(25_266_121, 0)
            .saturating_add(Weight::from_parts(5_255_883, 0).saturating_mul(v.into()))
            .saturating_add(T::DbWeight::get().reads(1))
            .saturating_add(T::DbWeight::get().reads((1_u64).saturating_mul(v.into())))
            .saturating_add(T::DbWeight::get().writes(1))
    }
    fn clear_flag() -> Weight {
        Weight::from_parts(19_459_000, 0)
            .saturating_add(T::DbWeight::get().reads(1))
            .saturating_add(T::DbWeight::get().writes(2))
    }
    fn set_minimum() -> Weight {
        Weight::from_parts(13_730_000, 0)
            .saturating_add(T::DbWeight::get().reads(2))
            .saturating_add(T::DbWeight::get().writes(1))
    }
}
