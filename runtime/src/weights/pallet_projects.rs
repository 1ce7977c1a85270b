// SPDX-License-Identifier: Apache-2.0
//! Weights of `pallet_projects`, measured by scripts/weights: 20 steps, 5 repeats, 2026-11-24, AMD EPYC.

#![allow(missing_docs, unused_parens)]

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// Weights of `pallet_projects`.
pub struct WeightInfo<T>(PhantomData<T>);

impl<T: frame_system::Config> pallet_projects::WeightInfo for WeightInfo<T> {
    fn register_project() -> Weight {
        Weight::from_parts(182_101_000, 0)
            .saturating_add(T::DbWeight::get().reads(28))
            .saturating_add(T::DbWeight::get().writes(3))
    }
    fn submit_document() -> Weight {
        Weight::from_parts(71_667_000, 0)
            .saturating_add(T::DbWeight::get().reads(6))
            .saturating_add(T::DbWeight::get().writes(3))
    }
    fn review_document() -> Weight {
        Weight::from_parts(68_291_000, 0)
            .saturating_add(T::DbWeight::get().reads(5))
            .saturating_add(T::DbWeight::get().writes(2))
    }
    fn validate_project() -> Weight {
        Weight::from_parts(79_879_000, 0)
            .saturating_add(T::DbWeight::get().reads(7))
            .saturating_add(T::DbWeight::get().writes(2))
    }
    fn authorise_project() -> Weight {
        Weight::from_parts(69_523_000, 0)
            .saturating_add(T::DbWeight::get().reads(4))
            .saturating_add(T::DbWeight::get().writes(1))
    }
    fn reject_project() -> Weight {
        Weight::from_parts(67_150_000, 0)
            .saturating_add(T::DbWeight::get().reads(4))
            .saturating_add(T::DbWeight::get().writes(2))
    }
    fn report_monitoring() -> Weight {
        Weight::from_parts(357_221_000, 0)
            .saturating_add(T::DbWeight::get().reads(68))
            .saturating_add(T::DbWeight::get().writes(2))
    }
    fn verify_monitoring() -> Weight {
        Weight::from_parts(62_894_000, 0)
            .saturating_add(T::DbWeight::get().reads(4))
            .saturating_add(T::DbWeight::get().writes(1))
    }
    fn withdraw_project() -> Weight {
        Weight::from_parts(63_985_000, 0)
            .saturating_add(T::DbWeight::get().reads(3))
            .saturating_add(T::DbWeight::get().writes(2))
    }
    fn suspend_project() -> Weight {
        Weight::from_parts(62_643_000, 0)
            .saturating_add(T::DbWeight::get().reads(3))
            .saturating_add(T::DbWeight::get().writes(1))
    }
    fn resume_project() -> Weight {
        Weight::from_parts(63_424_000, 0)
            .saturating_add(T::DbWeight::get().reads(3))
            .saturating_add(T::DbWeight::get().writes(1))
    }
    fn complete_project() -> Weight {
        Weight::from_parts(84_335_000, 0)
            .saturating_add(T::DbWeight::get().reads(3))
            .saturating_add(T::DbWeight::get().writes(2))
    }
    fn change_terms() -> Weight {
        Weight::from_parts(75_092_000, 0)
            .saturating_add(T::DbWeight::get().reads(4))
            .saturating_add(T::DbWeight::get().writes(1))
    }
    fn propose_proponents() -> Weight {
        Weight::from_parts(211_394_000, 0)
            .saturating_add(T::DbWeight::get().reads(35))
            .saturating_add(T::DbWeight::get().writes(2))
    }
    fn consent_to_proponents() -> Weight {
        Weight::from_parts(213_768_000, 0)
            .saturating_add(T::DbWeight::get().reads(35))
            .saturating_add(T::DbWeight::get().writes(2))
    }
    fn withdraw_proponents() -> Weight {
        Weight::from_parts(76_624_000, 0)
            .saturating_add(T::DbWeight::get().reads(4))
            .saturating_add(T::DbWeight::get().writes(1))
    }
    fn assign_certifiers() -> Weight {
        Weight::from_parts(110_874_000, 0)
            .saturating_add(T::DbWeight::get().reads(11))
            .saturating_add(T::DbWeight::get().writes(1))
    }
    fn certify_project() -> Weight {
        Weight::from_parts(66_469_000, 0)
            .saturating_add(T::DbWeight::get().reads(5))
            .saturating_add(T::DbWeight::get().writes(1))
    }
    fn revoke_certification() -> Weight {
        Weight::from_parts(68_102_000, 0)
            .saturating_add(T::DbWeight::get().reads(4))
            .saturating_add(T::DbWeight::get().writes(1))
    }
    fn return_monitoring() -> Weight {
        Weight::from_parts(61_671_000, 0)
            .saturating_add(T::DbWeight::get().reads(4))
            .saturating_add(T::DbWeight::get().writes(1))
    }
    fn refuse_issuance() -> Weight {
        Weight::from_parts(68_071_000, 0)
            .saturating_add(T::DbWeight::get().reads(5))
            .saturating_add(T::DbWeight::get().writes(1))
    }
}
