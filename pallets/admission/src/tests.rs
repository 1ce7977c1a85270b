// SPDX-License-Identifier: Apache-2.0
//! What is used, and what is regained.

use crate as pallet_admission;
use crate::{Bucket, Buckets, Cost};
use frame_support::{assert_ok, derive_impl, traits::ConstU64};
use sp_runtime::{BuildStorage, TryRuntimeError};

#[frame_support::runtime]
mod runtime {
    #[runtime::runtime]
    #[runtime::derive(
        RuntimeCall,
        RuntimeEvent,
        RuntimeError,
        RuntimeOrigin,
        RuntimeFreezeReason,
        RuntimeHoldReason,
        RuntimeSlashReason,
        RuntimeLockId,
        RuntimeTask,
        RuntimeViewFunction
    )]
    pub struct Test;

    #[runtime::pallet_index(0)]
    pub type System = frame_system;
    #[runtime::pallet_index(1)]
    pub type Admission = pallet_admission;
}

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
    type Block = frame_system::mocking::MockBlock<Test>;
}

const CAPACITY: Cost = 300;
const REFILL: Cost = 100;

impl pallet_admission::Config for Test {
    type Payer = u32;
    type Capacity = ConstU64<CAPACITY>;
    type Refill = ConstU64<REFILL>;
}

fn run(test: impl FnOnce()) {
    let storage =
        RuntimeGenesisConfig::default().build_storage().expect("the genesis of the mock is valid");
    sp_io::TestExternalities::new(storage).execute_with(|| {
        System::set_block_number(1);
        test();
        assert_ok!(Admission::do_try_state());
    });
}

#[test]
fn what_one_uses_no_other_lacks() {
    run(|| {
        Admission::charge(&1, 250);
        assert_eq!(Admission::left(1), CAPACITY - 250);
        assert_eq!(Admission::left(2), CAPACITY);
    });
}

#[test]
fn what_was_used_is_regained_block_by_block_and_not_beyond() {
    run(|| {
        Admission::charge(&1, 300);
        for (block, left) in [(1, 0), (2, 100), (3, 200), (4, 300), (5, 300), (1_000_000, 300)] {
            System::set_block_number(block);
            assert_eq!(Admission::left(1), left, "in block {block}");
        }
    });
}

#[test]
fn what_was_overdrawn_is_paid_back_first() {
    run(|| {
        Admission::charge(&1, 299);
        // One is left, and one is enough for a transaction of any size.
        Admission::charge(&1, 250);
        for (block, left) in [(1, 0), (2, 0), (3, 0), (4, 51)] {
            System::set_block_number(block);
            assert_eq!(Admission::left(1), left, "in block {block}");
        }
    });
}

#[test]
fn over_many_blocks_nobody_uses_more_than_is_regained() {
    run(|| {
        let mut used = 0;
        for block in 1..=100 {
            System::set_block_number(block);
            while Admission::left(1) > 0 {
                Admission::charge(&1, 7);
                used += 7;
            }
        }
        let regained = CAPACITY + 99 * REFILL;
        assert!((regained..regained + 7).contains(&used), "{used} used, {regained} regained");
    });
}

#[test]
fn the_largest_numbers_do_no_harm() {
    run(|| {
        Admission::charge(&1, Cost::MAX);
        Admission::charge(&1, Cost::MAX);
        System::set_block_number(u64::MAX);
        assert_eq!(Admission::left(1), CAPACITY);
    });
}

#[test]
fn what_was_not_used_is_given_back_and_not_more() {
    run(|| {
        Admission::charge(&1, 250);
        Admission::refund(&1, 200);
        assert_eq!(Admission::left(1), CAPACITY - 50);
        Admission::refund(&1, 1_000);
        assert_eq!(Admission::left(1), CAPACITY);
        // Who was never charged gets nothing.
        Admission::refund(&2, 100);
        assert!(!Buckets::<Test>::contains_key(2));
    });
}

#[test]
fn try_state_sees_what_is_wrong() {
    run(|| {
        Buckets::<Test>::insert(1, Bucket { used: 1, at: 2 });
        let violation = "no bucket was last used in a block that is yet to come";
        assert_eq!(Admission::do_try_state(), Err(TryRuntimeError::Other(violation)));
        Buckets::<Test>::remove(1);
    });
}
