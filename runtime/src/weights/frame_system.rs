// SPDX-License-Identifier: Apache-2.0
//! Weights of `frame_system`, measured by scripts/weights: 20 steps, 5 repeats, 2026-11-24, AMD EPYC.

#![allow(missing_docs, unused_parens)]

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// Weights of `frame_system`.
pub struct WeightInfo<T>(PhantomData<T>);

impl<T: frame_system::Config> frame_system::WeightInfo for WeightInfo<T> {
    /// `b` from 0 to 3932160.
    fn remark(b: u32) -> Weight {
        Weight::from_parts(98_069_762, 0)
            .saturating_add(Weight::from_parts(512, 0).saturating_mul(b.into()))
    }
    /// `b` from 0 to 3932160.
    fn remark_with_event(b: u32) -> Weight {
        Weight::from_parts(155_475_109, 0)
            .saturating_add(Weight::from_parts(2_724, 0).saturating_mul(b.into()))
    }
    fn set_heap_pages() -> Weight {
        Weight::from_parts(5_067_000, 0).saturating_add(T::DbWeight::get().writes(1))
    }
    fn set_code() -> Weight {
        Weight::from_parts(226_853_743_000, 0).saturating_add(T::DbWeight::get().writes(1))
    }
    /// `i` from 0 to 1000.
    fn set_storage(i: u32) -> Weight {
        Weight::from_parts(2_774_000, 0)
            .saturating_add(Weight::from_parts(1_139_591, 0).saturating_mul(i.into()))
            .saturating_add(T::DbWeight::get().writes((1_u64).saturating_mul(i.into())))
    }
    /// `i` from 0 to 1000.
    fn kill_storage(i: u32) -> Weight {
        Weight::from_parts(2_714_000, 0)
            .saturating_add(Weight::from_parts(668_312, 0).saturating_mul(i.into()))
            .saturating_add(T::DbWeight::get().writes((1_u64).saturating_mul(i.into())))
    }
    /// `p` from 0 to 1000.
    fn kill_prefix(p: u32) -> Weight {
        Weight::from_parts(20_930_962, 0)
            .saturating_add(Weight::from_parts(1_530_881, 0).saturating_mul(p.into()))
            .saturating_add(T::DbWeight::get().reads((1_u64).saturating_mul(p.into())))
            .saturating_add(T::DbWeight::get().writes((1_u64).saturating_mul(p.into())))
    }
    fn authorize_upgrade() -> Weight {
        Weight::from_parts(26_670_000, 0).saturating_add(T::DbWeight::get().writes(1))
    }
    fn apply_authorized_upgrade() -> Weight {
        Weight::from_parts(340_290_065_000, 0)
            .saturating_add(T::DbWeight::get().reads(1))
            .saturating_add(T::DbWeight::get().writes(2))
    }
}
