// SPDX-License-Identifier: Apache-2.0
//! A runtime with nothing but this pallet, a clock, a fixed set of organisations, and what was
//! verified for projects, as each test puts it.

use crate as pallet_credits;
use crate::{Error, Issuance, Pallet};
use frame_support::{
    assert_ok, derive_impl, storage::with_transaction, storage_alias, Twox64Concat,
};
use registry_primitives::{
    organisation::{Organisation, OrganisationDetails, OrganisationStatus},
    permission,
    project::{Proponent, VintageTonnes},
    Action, Actor, ContentHash, CountryCode, MayAct, MemberRole, Millis, OrganisationId,
    OrganisationRole, PeriodId, Ppm, ProjectId, Reach, Refusal, SectoralScope, Text, GOVERNMENT,
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
    pub type Credits = pallet_credits;
}

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
    type Block = frame_system::mocking::MockBlock<Test>;
}

#[derive_impl(pallet_timestamp::config_preludes::TestDefaultConfig)]
impl pallet_timestamp::Config for Test {}

impl pallet_credits::Config for Test {
    type OfficerOrigin = frame_system::EnsureSigned<u64>;
    type Members = Members;
    type Projects = Projects;
    type Clock = Timestamp;
    type WeightInfo = pallet_credits::weights::StorageAccessWeight<Test>;
}

pub type E = Error<Test>;

/// The time of the block in which every test runs.
pub const NOW: Millis = 1_780_000_000_000;

/// A ministry for energy industries.
pub const MINISTRY: OrganisationId = 2;
pub const DEVELOPER: OrganisationId = 3;
pub const OTHER_DEVELOPER: OrganisationId = 4;
pub const CERTIFIER: OrganisationId = 5;
pub const API: OrganisationId = 7;
pub const SUSPENDED_DEVELOPER: OrganisationId = 8;
pub const NOWHERE: OrganisationId = 10;

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
            DEVELOPER | OTHER_DEVELOPER | SUSPENDED_DEVELOPER => ProjectDeveloper,
            CERTIFIER => Certifier,
            API => Api,
            _ => return None,
        };
        let status = match id {
            SUSPENDED_DEVELOPER => OrganisationStatus::Suspended,
            _ => OrganisationStatus::Active,
        };
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
        Some(Organisation { role, details, status, created_at: 0 })
    }

    fn country() -> CountryCode {
        CountryCode(*b"VU")
    }
}

/// What may be issued for a project's period: scope, proponents, vintages, buffer rate.
type Verified = (SectoralScope, Vec<Proponent>, Vec<VintageTonnes>, Ppm);

/// In storage, so that it is undone like everything else.
#[storage_alias]
type VerifiedPeriods = StorageMap<Mock, Twox64Concat, (ProjectId, PeriodId), Verified>;

/// The periods that tests put with [`put_verified`]; each may be issued once.
pub struct Projects;

pub const NOT_VERIFIED: DispatchError = DispatchError::Other("not verified");
pub const NOT_NOTED: DispatchError = DispatchError::Other("not noted");
/// A project whose issuances are refused at the last moment.
pub const REFUSED_PROJECT: ProjectId = 666;

impl crate::Projects for Projects {
    fn issuance(project: ProjectId, period: PeriodId) -> Result<Issuance, DispatchError> {
        let (scope, proponents, vintages, buffer_rate) =
            VerifiedPeriods::get((project, period)).ok_or(NOT_VERIFIED)?;
        Ok(Issuance { scope, proponents, vintages, buffer_rate })
    }

    fn note_issued(project: ProjectId, period: PeriodId) -> DispatchResult {
        frame_support::ensure!(project != REFUSED_PROJECT, NOT_NOTED);
        VerifiedPeriods::take((project, period)).map(drop).ok_or(NOT_VERIFIED)
    }
}

pub fn put_verified(project: ProjectId, period: PeriodId, issuance: Issuance) {
    let Issuance { scope, proponents, vintages, buffer_rate } = issuance;
    VerifiedPeriods::insert((project, period), (scope, proponents, vintages, buffer_rate));
}

/// Runs a test on a registry without credits, and checks the invariants after it.
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
