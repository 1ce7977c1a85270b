// SPDX-License-Identifier: Apache-2.0
//! Weights of `pallet_approvals`, measured by scripts/weights: 20 steps, 5 repeats, 2026-11-24, AMD EPYC.

#![allow(missing_docs, unused_parens)]

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// Weights of `pallet_approvals`.
pub struct WeightInfo<T>(PhantomData<T>);

impl<T: frame_system::Config> pallet_approvals::WeightInfo for WeightInfo<T> {
    fn propose() -> Weight {
        Weight::from_parts(67_180_000, 0)
            .saturating_add(T::DbWeight::get().reads(6))
            .saturating_add(T::DbWeight::get().writes(4))
    }
    fn approve() -> Weight {
        Weight::from_parts(245_154_000, 0)
            .saturating_add(T::DbWeight::get().reads(22))
            .saturating_add(T::DbWeight::get().writes(3))
    }
    fn withdraw() -> Weight {
        Weight::from_parts(57_526_000, 0)
            .saturating_add(T::DbWeight::get().reads(5))
            .saturating_add(T::DbWeight::get().writes(3))
    }
    fn set_threshold() -> Weight {
        Weight::from_parts(22_794_000, 0)
            .saturating_add(T::DbWeight::get().reads(4))
            .saturating_add(T::DbWeight::get().writes(1))
    }
    /// `n` from 0 to 32.
    fn expire(n: u32) -> Weight {
        Weight::from_parts(10_334_680, 0)
            .saturating_add(Weight::from_parts(9_190_737, 0).saturating_mul(n.into()))
            .saturating_add(T::DbWeight::get().reads(2))
            .saturating_add(T::DbWeight::get().reads((1_u64).saturating_mul(n.into())))
            .saturating_add(T::DbWeight::get().writes(2))
            .saturating_add(T::DbWeight::get().writes((1_u64).saturating_mul(n.into())))
    }
}
