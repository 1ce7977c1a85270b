// SPDX-License-Identifier: Apache-2.0
//! Weights of `pallet_governance`, estimated until scripts/weights measures them.

#![allow(missing_docs, unused_parens)]

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// Weights of `pallet_governance`.
pub struct WeightInfo<T>(PhantomData<T>);

impl<T: frame_system::Config> pallet_governance::WeightInfo for WeightInfo<T> {
    fn enact() -> Weight {
        Weight::from_parts(30_000_000, 0)
    }
    fn set_council() -> Weight {
        Weight::from_parts(200_000_000, 0)
            .saturating_add(T::DbWeight::get().reads(55))
            .saturating_add(T::DbWeight::get().writes(55))
    }
}
