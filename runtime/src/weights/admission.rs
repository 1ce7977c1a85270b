// SPDX-License-Identifier: Apache-2.0
//! Weights of `crate::admission`, measured by scripts/weights: 50 steps, 20 repeats, 2026-11-26, AMD EPYC.

#![allow(missing_docs, unused_parens)]

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// Weights of `crate::admission`.
pub struct WeightInfo<T>(PhantomData<T>);

impl<T: frame_system::Config> crate::admission::WeightInfo for WeightInfo<T> {
    fn admit_member() -> Weight {
        Weight::from_parts(32_628_000, 0)
            .saturating_add(T::DbWeight::get().reads(4))
            .saturating_add(T::DbWeight::get().writes(2))
    }
    fn admit_councillor() -> Weight {
        Weight::from_parts(30_866_000, 0)
            .saturating_add(T::DbWeight::get().reads(4))
            .saturating_add(T::DbWeight::get().writes(2))
    }
}
