// SPDX-License-Identifier: Apache-2.0
//! Weights of `pallet_timestamp`, measured by scripts/weights: 20 steps, 5 repeats, 2026-11-24, AMD EPYC.

#![allow(missing_docs, unused_parens)]

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// Weights of `pallet_timestamp`.
pub struct WeightInfo<T>(PhantomData<T>);

impl<T: frame_system::Config> pallet_timestamp::WeightInfo for WeightInfo<T> {
    fn set() -> Weight {
        Weight::from_parts(7_251_000, 0)
            .saturating_add(T::DbWeight::get().reads(2))
            .saturating_add(T::DbWeight::get().writes(1))
    }
    fn on_finalize() -> Weight {
        Weight::from_parts(1_101_000, 0)
    }
}
