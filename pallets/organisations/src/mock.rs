// SPDX-License-Identifier: Apache-2.0
//! A runtime with nothing but this pallet and a clock.

use crate as pallet_organisations;
use crate::{Error, GenesisConfig, OnStatusChange, Pallet};
use frame_support::{
    assert_ok, derive_impl, parameter_types, storage::with_transaction, weights::Weight,
};
use registry_primitives::{
    organisation::{OrganisationDetails, OrganisationStatus},
    Action, Actor, ContentHash, CountryCode, MayAct, MemberRole, Millis, Officers, OrganisationId,
    OrganisationRole, Refusal, SectoralScope, Text,
};
use sp_runtime::{
    testing::TestSignature, BuildStorage, DispatchError, TransactionOutcome, TryRuntimeError,
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
    pub type Organisations = pallet_organisations;
}

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
    type Block = frame_system::mocking::MockBlock<Test>;
}

#[derive_impl(pallet_timestamp::config_preludes::TestDefaultConfig)]
impl pallet_timestamp::Config for Test {}

impl pallet_organisations::Config for Test {
    type Officers = Signers;
    type OnStatusChange = Record;
    type Signature = TestSignature;
    type Clock = Timestamp;
    type WeightInfo = ();
    #[cfg(feature = "runtime-benchmarks")]
    type BenchmarkHelper = Applicants;
}

parameter_types! {
    /// An action that one officer alone may not do.
    pub static NeedsApprovals: Option<Action> = None;
    /// The organisations whose status changed, with the status that was found then.
    pub static StatusChanges: Vec<(OrganisationId, OrganisationStatus)> = Vec::new();
}

/// An officer is who signs.
pub struct Signers;

impl Officers<RuntimeOrigin, u64> for Signers {
    fn officer(origin: RuntimeOrigin, action: Action) -> Result<(u64, Actor), Refusal> {
        let who = frame_system::ensure_signed(origin).map_err(|_| Refusal::NotSigned)?;
        let actor = Organisations::may_act(&who, action)?;
        match NeedsApprovals::get() == Some(action) {
            true => Err(Refusal::ApprovalsNeeded),
            false => Ok((who, actor)),
        }
    }
}

/// Records the changes of status, and uses less weight than it declares.
pub struct Record;

impl Record {
    pub const SUSPENDED: Weight = Weight::from_parts(1_000, 10);
    pub const SUSPENDED_MOST: Weight = Weight::from_parts(9_000, 90);
    pub const REACTIVATED: Weight = Weight::from_parts(2_000, 20);
    pub const REACTIVATED_MOST: Weight = Weight::from_parts(8_000, 80);

    fn record(id: OrganisationId) {
        let found = Organisations::organisation(id).expect("its status changed");
        StatusChanges::mutate(|changes| changes.push((id, found.status)));
    }
}

impl OnStatusChange for Record {
    fn suspended(id: OrganisationId) -> Weight {
        Self::record(id);
        Self::SUSPENDED
    }

    fn suspended_weight() -> Weight {
        Self::SUSPENDED_MOST
    }

    fn reactivated(id: OrganisationId) -> Weight {
        Self::record(id);
        Self::REACTIVATED
    }

    fn reactivated_weight() -> Weight {
        Self::REACTIVATED_MOST
    }
}

/// Applicants who sign in benchmarks.
#[cfg(feature = "runtime-benchmarks")]
pub struct Applicants;

#[cfg(feature = "runtime-benchmarks")]
impl crate::BenchmarkHelper<u64, TestSignature> for Applicants {
    fn applicant(message: &[u8]) -> (u64, TestSignature) {
        (STRANGER, TestSignature(STRANGER, message.to_vec()))
    }
}

pub type E = Error<Test>;

/// The time of the block in which every test runs.
pub const NOW: Millis = 1_780_000_000_000;
/// The Root of the Government, from genesis.
pub const ROOT: u64 = 1;
/// An account that is a member of nothing.
pub const STRANGER: u64 = 999;

pub fn genesis() -> GenesisConfig<Test> {
    GenesisConfig {
        country: CountryCode(*b"VU"),
        name: text("Department of Climate Change"),
        tax_id: text("00000VU"),
        root: Some(ROOT),
    }
}

/// A registry that has only its Government.
pub fn new_test_ext() -> sp_io::TestExternalities {
    let storage = RuntimeGenesisConfig { organisations: genesis(), ..Default::default() }
        .build_storage()
        .expect("the genesis of the mock is valid");
    let mut externalities = sp_io::TestExternalities::new(storage);
    externalities.execute_with(|| {
        System::set_block_number(1); // Block 0 has no events.
        Timestamp::set_timestamp(NOW);
    });
    externalities
}

/// Runs a test on a registry that has only its Government, and checks the invariants after it.
pub fn run(test: impl FnOnce()) {
    NeedsApprovals::set(None);
    StatusChanges::set(Vec::new());
    new_test_ext().execute_with(|| {
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

pub fn details(tax_id: &str) -> OrganisationDetails {
    OrganisationDetails {
        name: text("Efate Wind Ltd"),
        tax_id: text(tax_id),
        country: CountryCode(*b"VU"),
        sectoral_scopes: Default::default(),
        profile: ContentHash([7; 32]),
    }
}

pub fn ministry_details(tax_id: &str) -> OrganisationDetails {
    let scopes = [SectoralScope::EnergyIndustries, SectoralScope::WasteHandling];
    OrganisationDetails {
        sectoral_scopes: std::collections::BTreeSet::from(scopes).try_into().expect("two of 15"),
        ..details(tax_id)
    }
}

/// An organisation of this role with its first Admin, created by the Root.
pub fn organisation(role: OrganisationRole, first_admin: u64) -> OrganisationId {
    let id = crate::NextOrganisationId::<Test>::get();
    let tax_id = format!("{first_admin:05}");
    let details = match role {
        OrganisationRole::Ministry => ministry_details(&tax_id),
        _ => details(&tax_id),
    };
    assert_ok!(Organisations::create_organisation(signed(ROOT), role, details, first_admin));
    id
}

pub fn developer(first_admin: u64) -> OrganisationId {
    organisation(OrganisationRole::ProjectDeveloper, first_admin)
}

pub fn add(organisation: OrganisationId, account: u64, role: MemberRole) {
    assert_ok!(Organisations::add_member(signed(ROOT), organisation, account, role));
}

pub fn suspend(id: OrganisationId) {
    assert_ok!(Organisations::suspend_organisation(signed(ROOT), id, text("licence withdrawn")));
}
