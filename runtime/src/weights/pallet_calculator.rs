// SPDX-License-Identifier: Apache-2.0
//! Weights of `pallet_calculator`, measured by scripts/weights: 20 steps, 5 repeats, 2026-11-24, AMD EPYC.

#![allow(missing_docs, unused_parens)]

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// Weights of `pallet_calculator`.
pub struct WeightInfo<T>(PhantomData<T>);

impl<T: frame_system::Config> pallet_calculator::WeightInfo for WeightInfo<T> {
    fn set_constants() -> Weight {
        Weight::from_parts(34_862_000, 0)
            .saturating_add(T::DbWeight::get().reads(6))
            .saturating_add(T::DbWeight::get().writes(2))
    }
}
