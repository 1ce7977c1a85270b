// SPDX-License-Identifier: Apache-2.0
//! Weights of `pallet_governance`, measured by scripts/weights: 50 steps, 20 repeats, 2026-11-26, AMD EPYC.

#![allow(missing_docs, unused_parens)]

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// Weights of `pallet_governance`.
pub struct WeightInfo<T>(PhantomData<T>);

impl<T: frame_system::Config> pallet_governance::WeightInfo for WeightInfo<T> {
    fn enact() -> Weight {
        Weight::from_parts(11_026_000, 0)
    }
    fn set_council() -> Weight {
        Weight::from_parts(172_846_000, 0)
            .saturating_add(T::DbWeight::get().reads(23))
            .saturating_add(T::DbWeight::get().writes(23))
    }
}
