// SPDX-License-Identifier: Apache-2.0
//! A runtime with nothing but this pallet, a clock, and a fixed set of organisations.

use crate as pallet_projects;
use crate::{Error, Pallet};
use frame_support::{assert_ok, derive_impl, parameter_types, storage::with_transaction};
use registry_primitives::{
    organisation::{Organisation, OrganisationDetails, OrganisationStatus},
    permission, Action, Actor, ContentHash, CountryCode, MayAct, MemberRole, Millis, Officers,
    OrganisationId, OrganisationRole, Reach, Refusal, SectoralScope, Text, GOVERNMENT,
};
use sp_runtime::{BuildStorage, DispatchError, TransactionOutcome, TryRuntimeError};
use std::collections::BTreeMap;

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
    pub type Projects = pallet_projects;
}

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
    type Block = frame_system::mocking::MockBlock<Test>;
}

#[derive_impl(pallet_timestamp::config_preludes::TestDefaultConfig)]
impl pallet_timestamp::Config for Test {}

impl pallet_projects::Config for Test {
    type Officers = Signers;
    type Members = Members;
    type Clock = Timestamp;
    type WeightInfo = ();
    #[cfg(feature = "runtime-benchmarks")]
    type BenchmarkHelper = Helper;
}

parameter_types! {
    /// How often each organisation was suspended during the test, and whether it is now.
    pub storage Suspensions: BTreeMap<OrganisationId, (u32, bool)> = BTreeMap::new();
    /// Whether a single officer is not enough for what may need several.
    pub storage FourEyes: bool = false;
}

pub type E = Error<Test>;

/// The time of the block in which every test runs.
pub const NOW: Millis = 1_780_000_000_000;

/// A ministry for energy industries.
pub const MINISTRY: OrganisationId = 2;
pub const DEVELOPER: OrganisationId = 3;
pub const OTHER_DEVELOPER: OrganisationId = 4;
pub const CERTIFIER: OrganisationId = 5;
pub const OTHER_CERTIFIER: OrganisationId = 6;
pub const API: OrganisationId = 7;
pub const SUSPENDED_DEVELOPER: OrganisationId = 8;
pub const SUSPENDED_CERTIFIER: OrganisationId = 9;
pub const NOWHERE: OrganisationId = 10;
/// The first of a hundred more developers.
pub const DEVELOPERS: OrganisationId = 100;
/// The first of a hundred more certifiers.
pub const CERTIFIERS: OrganisationId = 200;

/// An account that is a member of nothing.
pub const STRANGER: u64 = 9_999;

/// Each organisation has one member of each role, and the Government alone a Root.
const fn member(organisation: OrganisationId, role: MemberRole) -> u64 {
    organisation as u64 * 10 + role as u64
}

pub const fn admin(organisation: OrganisationId) -> u64 {
    member(organisation, MemberRole::Admin)
}

pub const fn manager(organisation: OrganisationId) -> u64 {
    member(organisation, MemberRole::Manager)
}

pub const fn viewer(organisation: OrganisationId) -> u64 {
    member(organisation, MemberRole::ViewOnly)
}

/// The organisations above, and the real permission table.
pub struct Members;

impl MayAct<u64> for Members {
    fn may_act(who: &u64, action: Action) -> Result<Actor, Refusal> {
        let id = u32::try_from(who / 10).map_err(|_| Refusal::NotAMember)?;
        let organisation = Self::organisation(id).ok_or(Refusal::NotAMember)?;
        let member_role = *MemberRole::ALL.get((who % 10) as usize).ok_or(Refusal::NotAMember)?;
        if organisation.status == OrganisationStatus::Suspended {
            return Err(Refusal::OrganisationSuspended);
        }
        match permission::reach(action, organisation.role, member_role) {
            Reach::No => Err(Refusal::NotPermitted),
            reach => Ok(Actor {
                organisation: id,
                organisation_role: organisation.role,
                member_role,
                reach,
                scopes: organisation.details.sectoral_scopes,
            }),
        }
    }

    fn organisation(id: OrganisationId) -> Option<Organisation> {
        use OrganisationRole::{Api, Certifier, Government, Ministry, ProjectDeveloper};
        let role = match id {
            GOVERNMENT => Government,
            MINISTRY => Ministry,
            DEVELOPER | OTHER_DEVELOPER | SUSPENDED_DEVELOPER | 100..=199 => ProjectDeveloper,
            CERTIFIER | OTHER_CERTIFIER | SUSPENDED_CERTIFIER | 200..=299 => Certifier,
            API => Api,
            _ => return None,
        };
        let before = match id {
            SUSPENDED_DEVELOPER | SUSPENDED_CERTIFIER => (1, true),
            _ => (0, false),
        };
        let (suspensions, suspended) = Suspensions::get().get(&id).copied().unwrap_or(before);
        let status =
            if suspended { OrganisationStatus::Suspended } else { OrganisationStatus::Active };
        let mut sectoral_scopes = registry_primitives::sector::SectoralScopes::new();
        if role == Ministry {
            sectoral_scopes.try_insert(SectoralScope::EnergyIndustries).expect("the first of 15");
        }
        let details = OrganisationDetails {
            name: text("An organisation"),
            tax_id: text(&id.to_string()),
            country: Self::country(),
            sectoral_scopes,
            profile: ContentHash::default(),
        };
        Some(Organisation { role, details, status, suspensions, created_at: 0 })
    }

    fn country() -> CountryCode {
        CountryCode(*b"VU")
    }
}

/// Officers who sign for themselves, unless a test asks for four eyes.
pub struct Signers;

impl Officers<RuntimeOrigin, u64> for Signers {
    fn officer(origin: RuntimeOrigin, action: Action) -> Result<(u64, Actor), Refusal> {
        let who = frame_system::ensure_signed(origin).map_err(|_| Refusal::NotSigned)?;
        let actor = Members::may_act(&who, action)?;
        match action.class() {
            Some(_) if FourEyes::get() => Err(Refusal::ApprovalsNeeded),
            _ => Ok((who, actor)),
        }
    }
}

/// Suspends an organisation once more.
pub fn suspend(id: OrganisationId) {
    let suspensions = Members::organisation(id).expect("it exists").suspensions + 1;
    put_suspensions(id, (suspensions, true));
}

/// Lifts its suspension.
pub fn reactivate(id: OrganisationId) {
    let suspensions = Members::organisation(id).expect("it exists").suspensions;
    put_suspensions(id, (suspensions, false));
}

fn put_suspensions(id: OrganisationId, value: (u32, bool)) {
    let mut all = Suspensions::get();
    all.insert(id, value);
    Suspensions::set(&all);
}

#[cfg(feature = "runtime-benchmarks")]
parameter_types! {
    pub storage Created: u32 = 0;
}

/// The next of the developers or certifiers that no test names, and its Admin.
#[cfg(feature = "runtime-benchmarks")]
pub struct Helper;

#[cfg(feature = "runtime-benchmarks")]
impl crate::benchmarking::BenchmarkHelper<u64> for Helper {
    fn government() -> u64 {
        admin(GOVERNMENT)
    }

    fn organisation(role: OrganisationRole) -> (OrganisationId, u64) {
        let created = Created::get();
        Created::set(&(created + 1));
        let first = match role {
            OrganisationRole::Certifier => CERTIFIERS,
            _ => DEVELOPERS,
        };
        (first + created, admin(first + created))
    }

    fn set_time(now: Millis) {
        Timestamp::set_timestamp(now);
    }
}

/// A registry without projects.
pub fn new_test_ext() -> sp_io::TestExternalities {
    let storage =
        RuntimeGenesisConfig::default().build_storage().expect("the genesis of the mock is valid");
    let mut ext = sp_io::TestExternalities::new(storage);
    ext.execute_with(|| {
        System::set_block_number(1); // Block 0 has no events.
        Timestamp::set_timestamp(NOW);
    });
    ext
}

/// Runs a test on a registry without projects, and checks the invariants after it.
pub fn run(test: impl FnOnce()) {
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
