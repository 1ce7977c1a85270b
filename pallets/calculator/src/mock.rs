// SPDX-License-Identifier: Apache-2.0
//! A runtime with nothing but this pallet, a clock, and a fixed set of organisations.

use crate as pallet_calculator;
use crate::{Error, Pallet};
use credit_calculator::{Constants, Decimal};
use frame_support::{assert_ok, derive_impl, ensure, storage::with_transaction, storage_alias};
use registry_primitives::{
    permission, Action, Actor, MemberRole, Millis, Officers, OrganisationId, OrganisationRole,
    Reach, Refusal, Text, GOVERNMENT,
};
use sp_runtime::{
    BuildStorage, DispatchError, DispatchResult, TransactionOutcome, TryRuntimeError,
};

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
    pub type Timestamp = pallet_timestamp;
    #[runtime::pallet_index(2)]
    pub type Calculator = pallet_calculator;
}

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
    type Block = frame_system::mocking::MockBlock<Test>;
}

#[derive_impl(pallet_timestamp::config_preludes::TestDefaultConfig)]
impl pallet_timestamp::Config for Test {}

impl pallet_calculator::Config for Test {
    type Officers = Members;
    type Clock = Timestamp;
    type WeightInfo = ();
    #[cfg(feature = "runtime-benchmarks")]
    type BenchmarkHelper = Members;
}

pub type E = Error<Test>;

/// The time of the block in which every test runs.
pub const NOW: Millis = 1_780_000_000_000;

/// An organisation of each role, numbered in the order of the roles, and a suspended developer.
pub const SUSPENDED: OrganisationId = 6;

/// An account that is a member of nothing.
pub const STRANGER: u64 = 9_999;

/// Each organisation has one member of each role, and the Government alone a Root.
pub const fn member(organisation: OrganisationId, role: MemberRole) -> u64 {
    organisation as u64 * 10 + role as u64
}

/// An Admin of the Government, who may change settings.
pub const ADMIN: u64 = member(GOVERNMENT, MemberRole::Admin);

pub fn role_of(organisation: OrganisationId) -> Option<OrganisationRole> {
    match organisation {
        SUSPENDED => Some(OrganisationRole::ProjectDeveloper),
        0 => None,
        id => OrganisationRole::ALL.get(id as usize - 1).copied(),
    }
}

/// Whether changing settings needs more officers than one. In storage, so that it is undone like
/// everything else.
#[storage_alias]
pub type FourEyes = StorageValue<Mock, bool, frame_support::pallet_prelude::ValueQuery>;

/// The organisations above, and the real permission table.
pub struct Members;

impl Officers<RuntimeOrigin, u64> for Members {
    fn officer(origin: RuntimeOrigin, action: Action) -> Result<(u64, Actor), Refusal> {
        let who = frame_system::ensure_signed(origin).map_err(|_| Refusal::NotSigned)?;
        let organisation = u32::try_from(who / 10).map_err(|_| Refusal::NotAMember)?;
        let organisation_role = role_of(organisation).ok_or(Refusal::NotAMember)?;
        let member_role = *MemberRole::ALL.get((who % 10) as usize).ok_or(Refusal::NotAMember)?;
        ensure!(organisation != SUSPENDED, Refusal::OrganisationSuspended);
        let reach = permission::reach(action, organisation_role, member_role);
        ensure!(reach != Reach::No, Refusal::NotPermitted);
        ensure!(!FourEyes::get(), Refusal::ApprovalsNeeded);
        let scopes = Default::default();
        Ok((who, Actor { organisation, organisation_role, member_role, reach, scopes }))
    }
}

#[cfg(feature = "runtime-benchmarks")]
impl crate::BenchmarkHelper<u64> for Members {
    fn settings_officer() -> u64 {
        ADMIN
    }
}

/// Runs a test on a registry with the reference's constants, and checks the invariants after it.
pub fn run(test: impl FnOnce()) {
    let storage =
        RuntimeGenesisConfig::default().build_storage().expect("the genesis of the mock is valid");
    sp_io::TestExternalities::new(storage).execute_with(|| {
        System::set_block_number(1); // Block 0 has no events.
        Timestamp::set_timestamp(NOW);
        test();
        assert_ok!(Pallet::<Test>::do_try_state());
    });
}

/// Shows that `change` to a registry in order, made by `prepare`, is what `do_try_state` reports
/// as `violation`.
pub fn violates(prepare: impl FnOnce(), change: impl FnOnce(), violation: &'static str) {
    run(|| {
        prepare();
        assert_ok!(Pallet::<Test>::do_try_state());
        // Undone afterwards, so that `run` finds the registry in order.
        let found = with_transaction(|| {
            change();
            TransactionOutcome::Rollback(Ok::<_, DispatchError>(Pallet::<Test>::do_try_state()))
        });
        assert_eq!(found, Ok(Err(TryRuntimeError::Other(violation))));
    });
}

pub fn signed(who: u64) -> RuntimeOrigin {
    RuntimeOrigin::signed(who)
}

pub fn text<const N: u32>(text: &str) -> Text<N> {
    Text::try_from(text).expect("the texts of tests are short")
}

/// The reference's constants but for stoves, in thousandths of a tonne for one person and day.
pub fn stoves(thousandths: u64) -> Constants {
    Constants { stoves: Decimal::from_thousandths(thousandths), ..Default::default() }
}

/// Asks, signed by `who`, for constants to be put in force.
pub fn try_set(who: u64, constants: Constants) -> DispatchResult {
    Calculator::set_constants(signed(who), Box::new(constants), text("Gazette 12/2026"))
}

/// Puts constants in force.
pub fn set(constants: Constants) {
    assert_ok!(try_set(ADMIN, constants));
}
