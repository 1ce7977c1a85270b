// SPDX-License-Identifier: Apache-2.0
//! Weights of `pallet_credits`, measured by scripts/weights: 20 steps, 5 repeats, 2026-11-24, AMD EPYC.

#![allow(missing_docs, unused_parens)]

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};

/// Weights of `pallet_credits`.
pub struct WeightInfo<T>(PhantomData<T>);

impl<T: frame_system::Config> pallet_credits::WeightInfo for WeightInfo<T> {
    /// `b` from 1 to 272.
    fn issue(b: u32) -> Weight {
        Weight::from_parts(159_873_876, 0)
            .saturating_add(Weight::from_parts(10_608_611, 0).saturating_mul(b.into()))
            .saturating_add(T::DbWeight::get().reads(36))
            .saturating_add(T::DbWeight::get().writes(17))
            .saturating_add(T::DbWeight::get().writes((2_u64).saturating_mul(b.into())))
    }
    /// `p` from 1 to 64.
    fn transfer(p: u32) -> Weight {
        Weight::from_parts(32_506_383, 0)
            .saturating_add(Weight::from_parts(11_233_331, 0).saturating_mul(p.into()))
            .saturating_add(T::DbWeight::get().reads(4))
            .saturating_add(T::DbWeight::get().reads((1_u64).saturating_mul(p.into())))
            .saturating_add(T::DbWeight::get().writes((3_u64).saturating_mul(p.into())))
    }
    /// `p` from 1 to 64.
    fn retire(p: u32) -> Weight {
        Weight::from_parts(118_816_000, 0)
            .saturating_add(Weight::from_parts(75_487_401, 0).saturating_mul(p.into()))
            .saturating_add(T::DbWeight::get().reads(7))
            .saturating_add(T::DbWeight::get().reads((3_u64).saturating_mul(p.into())))
            .saturating_add(T::DbWeight::get().writes(4))
            .saturating_add(T::DbWeight::get().writes((5_u64).saturating_mul(p.into())))
    }
    /// `p` from 1 to 64.
    fn request_retirement(p: u32) -> Weight {
        Weight::from_parts(143_132_266, 0)
            .saturating_add(Weight::from_parts(34_449_481, 0).saturating_mul(p.into()))
            .saturating_add(T::DbWeight::get().reads(9))
            .saturating_add(T::DbWeight::get().reads((3_u64).saturating_mul(p.into())))
            .saturating_add(T::DbWeight::get().writes(4))
            .saturating_add(T::DbWeight::get().writes((4_u64).saturating_mul(p.into())))
    }
    /// `b` from 1 to 64.
    fn recognise_retirement(b: u32) -> Weight {
        Weight::from_parts(389_264_704, 0)
            .saturating_add(Weight::from_parts(99_170_790, 0).saturating_mul(b.into()))
            .saturating_add(T::DbWeight::get().reads(12))
            .saturating_add(T::DbWeight::get().reads((3_u64).saturating_mul(b.into())))
            .saturating_add(T::DbWeight::get().writes(13))
            .saturating_add(T::DbWeight::get().writes((4_u64).saturating_mul(b.into())))
    }
    /// `b` from 1 to 64.
    fn return_reserved(b: u32) -> Weight {
        Weight::from_parts(76_420_331, 0)
            .saturating_add(Weight::from_parts(31_722_781, 0).saturating_mul(b.into()))
            .saturating_add(T::DbWeight::get().reads(6))
            .saturating_add(T::DbWeight::get().reads((3_u64).saturating_mul(b.into())))
            .saturating_add(T::DbWeight::get().writes(3))
            .saturating_add(T::DbWeight::get().writes((2_u64).saturating_mul(b.into())))
    }
    fn request_transfer() -> Weight {
        Weight::from_parts(91_486_000, 0)
            .saturating_add(T::DbWeight::get().reads(9))
            .saturating_add(T::DbWeight::get().writes(4))
    }
    /// `p` from 1 to 64.
    fn approve_transfer(p: u32) -> Weight {
        Weight::from_parts(81_356_650, 0)
            .saturating_add(Weight::from_parts(12_046_906, 0).saturating_mul(p.into()))
            .saturating_add(T::DbWeight::get().reads(7))
            .saturating_add(T::DbWeight::get().reads((1_u64).saturating_mul(p.into())))
            .saturating_add(T::DbWeight::get().writes(3))
            .saturating_add(T::DbWeight::get().writes((3_u64).saturating_mul(p.into())))
    }
    fn close_transfer_request() -> Weight {
        Weight::from_parts(51_898_000, 0)
            .saturating_add(T::DbWeight::get().reads(5))
            .saturating_add(T::DbWeight::get().writes(3))
    }
    /// `p` from 1 to 64.
    fn cancel(p: u32) -> Weight {
        Weight::from_parts(124_636_000, 0)
            .saturating_add(Weight::from_parts(75_023_560, 0).saturating_mul(p.into()))
            .saturating_add(T::DbWeight::get().reads(6))
            .saturating_add(T::DbWeight::get().reads((3_u64).saturating_mul(p.into())))
            .saturating_add(T::DbWeight::get().writes(3))
            .saturating_add(T::DbWeight::get().writes((5_u64).saturating_mul(p.into())))
    }
    /// `p` from 1 to 64.
    fn hold(p: u32) -> Weight {
        Weight::from_parts(23_369_681, 0)
            .saturating_add(Weight::from_parts(18_517_003, 0).saturating_mul(p.into()))
            .saturating_add(T::DbWeight::get().reads(3))
            .saturating_add(T::DbWeight::get().reads((2_u64).saturating_mul(p.into())))
            .saturating_add(T::DbWeight::get().writes(1))
            .saturating_add(T::DbWeight::get().writes((4_u64).saturating_mul(p.into())))
    }
    /// `p` from 1 to 64.
    fn release_buffer(p: u32) -> Weight {
        Weight::from_parts(46_147_249, 0)
            .saturating_add(Weight::from_parts(35_740_281, 0).saturating_mul(p.into()))
            .saturating_add(T::DbWeight::get().reads(4))
            .saturating_add(T::DbWeight::get().reads((3_u64).saturating_mul(p.into())))
            .saturating_add(T::DbWeight::get().writes(1))
            .saturating_add(T::DbWeight::get().writes((4_u64).saturating_mul(p.into())))
    }
    fn pause_transfers() -> Weight {
        Weight::from_parts(21_532_000, 0)
            .saturating_add(T::DbWeight::get().reads(4))
            .saturating_add(T::DbWeight::get().writes(1))
    }
    fn resume_transfers() -> Weight {
        Weight::from_parts(19_299_000, 0)
            .saturating_add(T::DbWeight::get().reads(3))
            .saturating_add(T::DbWeight::get().writes(1))
    }
    fn set_deductions() -> Weight {
        Weight::from_parts(19_349_000, 0)
            .saturating_add(T::DbWeight::get().reads(3))
            .saturating_add(T::DbWeight::get().writes(1))
    }
    /// `r` from 0 to 80.
    /// `b` from 0 to 1024.
    fn owner_suspended(r: u32, b: u32) -> Weight {
        Weight::from_parts(411_497_758, 0)
            .saturating_add(Weight::from_parts(10_519_957, 0).saturating_mul(r.into()))
            .saturating_add(Weight::from_parts(12_704_888, 0).saturating_mul(b.into()))
            .saturating_add(T::DbWeight::get().reads(4))
            .saturating_add(T::DbWeight::get().reads((2_u64).saturating_mul(r.into())))
            .saturating_add(T::DbWeight::get().reads((2_u64).saturating_mul(b.into())))
            .saturating_add(T::DbWeight::get().writes(2))
            .saturating_add(T::DbWeight::get().writes((2_u64).saturating_mul(r.into())))
            .saturating_add(T::DbWeight::get().writes((2_u64).saturating_mul(b.into())))
    }
    /// `b` from 0 to 64.
    fn owner_reactivated(b: u32) -> Weight {
        Weight::from_parts(2_419_811, 0)
            .saturating_add(Weight::from_parts(12_751_820, 0).saturating_mul(b.into()))
            .saturating_add(T::DbWeight::get().reads(2))
            .saturating_add(T::DbWeight::get().reads((2_u64).saturating_mul(b.into())))
            .saturating_add(T::DbWeight::get().writes(2))
            .saturating_add(T::DbWeight::get().writes((2_u64).saturating_mul(b.into())))
    }
}
