// SPDX-License-Identifier: Apache-2.0
//! A runtime with nothing but this pallet, whose council is one account.

use crate as pallet_governance;
use frame_support::{
    derive_impl, storage_alias,
    traits::{ChangeMembers, ConstU32, Contains, Get},
};
use frame_system::EnsureSignedBy;
use sp_runtime::BuildStorage;

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
        RuntimeTask
    )]
    pub struct Test;

    #[runtime::pallet_index(0)]
    pub type System = frame_system;
    #[runtime::pallet_index(1)]
    pub type Governance = pallet_governance;
}

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
    type Block = frame_system::mocking::MockBlock<Test>;
}

/// The account whose signature is two thirds of the council.
pub const COUNCIL: u64 = 1;

frame_support::ord_parameter_types! {
    pub const Council: u64 = COUNCIL;
}

/// Everything but writing storage by hand.
pub struct Enactable;

impl Contains<RuntimeCall> for Enactable {
    fn contains(call: &RuntimeCall) -> bool {
        !matches!(call, RuntimeCall::System(frame_system::Call::set_storage { .. }))
    }
}

/// The members, in storage.
#[storage_alias]
pub type Members = StorageValue<Mock, Vec<u64>, frame_support::pallet_prelude::ValueQuery>;

/// Keeps them.
pub struct Seats;

impl ChangeMembers<u64> for Seats {
    fn change_members_sorted(_: &[u64], _: &[u64], new: &[u64]) {
        Members::put(new.to_vec());
    }
}

impl Get<Vec<u64>> for Seats {
    fn get() -> Vec<u64> {
        Members::get()
    }
}

impl pallet_governance::Config for Test {
    type Council = Seats;
    type CouncilMembers = Seats;
    type MaxMembers = ConstU32<3>;
    type RuntimeCall = RuntimeCall;
    type CouncilOrigin = EnsureSignedBy<Council, u64>;
    type Enactable = Enactable;
    type WeightInfo = ();
}

/// Runs a test in the first block.
pub fn run(test: impl FnOnce()) {
    let storage =
        RuntimeGenesisConfig::default().build_storage().expect("the genesis of the mock is valid");
    sp_io::TestExternalities::new(storage).execute_with(|| {
        System::set_block_number(1); // Block 0 has no events.
        test();
    });
}
