// SPDX-License-Identifier: Apache-2.0
//! Weights of `crate::admission`, measured by scripts/weights: 20 steps, 5 repeats, 2026-11-24, AMD EPYC;
//! the payer's bucket, which came later, is added by count: one read, one write, and 4 us for hashing,
//! decoding and encoding it.

#![allow(missing_docs, unused_parens)]

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// Weights of `crate::admission`.
pub struct WeightInfo<T>(PhantomData<T>);

impl<T: frame_system::Config> crate::admission::WeightInfo for WeightInfo<T> {
    fn admit_member() -> Weight {
        Weight::from_parts(23_980_000, 0)
            .saturating_add(T::DbWeight::get().reads(4))
            .saturating_add(T::DbWeight::get().writes(2))
    }
    fn admit_councillor() -> Weight {
        Weight::from_parts(22_267_000, 0)
            .saturating_add(T::DbWeight::get().reads(4))
            .saturating_add(T::DbWeight::get().writes(2))
    }
}
