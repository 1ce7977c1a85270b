// SPDX-License-Identifier: Apache-2.0
//! Weights of `frame_system_extensions`, measured by scripts/weights: 20 steps, 5 repeats, 2026-11-24, AMD EPYC.

#![allow(missing_docs, unused_parens)]

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// Weights of `frame_system_extensions`.
pub struct WeightInfo<T>(PhantomData<T>);

impl<T: frame_system::Config> frame_system::ExtensionsWeightInfo for WeightInfo<T> {
    fn check_genesis() -> Weight {
        Weight::from_parts(2_293_000, 0)
    }
    fn check_mortality_mortal_transaction() -> Weight {
        Weight::from_parts(7_211_000, 0)
    }
    fn check_mortality_immortal_transaction() -> Weight {
        Weight::from_parts(4_877_000, 0)
    }
    fn check_non_zero_sender() -> Weight {
        Weight::from_parts(821_000, 0)
    }
    fn check_nonce() -> Weight {
        Weight::from_parts(9_054_000, 0)
            .saturating_add(T::DbWeight::get().reads(1))
            .saturating_add(T::DbWeight::get().writes(1))
    }
    fn check_spec_version() -> Weight {
        Weight::from_parts(611_000, 0)
    }
    fn check_tx_version() -> Weight {
        Weight::from_parts(611_000, 0)
    }
    fn check_weight() -> Weight {
        Weight::from_parts(4_868_000, 0)
    }
    fn weight_reclaim() -> Weight {
        Weight::from_parts(2_824_000, 0)
    }
}
