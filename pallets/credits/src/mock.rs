// SPDX-License-Identifier: Apache-2.0
//! A runtime with nothing but this pallet, a clock, a fixed set of organisations, and what was
//! verified for projects, as each test puts it.

use crate as pallet_credits;
use crate::{CreditedProject, Error, Issuance, Pallet, TotalsOfVintage};
use frame_support::{
    assert_ok, derive_impl, ensure,
    pallet_prelude::{OptionQuery, ValueQuery},
    storage::with_transaction,
    storage_alias, Twox64Concat,
};
use registry_primitives::{
    invariants,
    organisation::{Organisation, OrganisationDetails, OrganisationStatus},
    permission,
    project::{total, Article6Terms, Proponent, VintageTonnes},
    Action, Actor, ContentHash, CountryCode, MayAct, MemberRole, Millis, Officers, OrganisationId,
    OrganisationRole, PeriodId, Ppm, ProjectId, Reach, Refusal, SectoralScope, Text, Tonnes,
    GOVERNMENT,
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
    type Officers = Signers;
    type Members = Members;
    type Projects = Projects;
    type Clock = Timestamp;
    type WeightInfo = ();
    #[cfg(feature = "runtime-benchmarks")]
    type BenchmarkHelper = BenchmarkProjects;
}

/// Whether one officer alone may do nothing that has a class.
#[storage_alias]
type FourEyes = StorageValue<Mock, (), OptionQuery>;

pub fn ask_for_four_eyes() {
    FourEyes::put(());
}

/// The one who signs is the officer, unless four eyes are asked for.
pub struct Signers;

impl Officers<RuntimeOrigin, u64> for Signers {
    fn officer(origin: RuntimeOrigin, action: Action) -> Result<(u64, Actor), Refusal> {
        let who = frame_system::ensure_signed(origin).map_err(|_| Refusal::NotSigned)?;
        let actor = Members::may_act(&who, action)?;
        match FourEyes::exists() && action.class().is_some() {
            true => Err(Refusal::ApprovalsNeeded),
            false => Ok((who, actor)),
        }
    }
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
/// The first of forty more developers.
pub const MORE_DEVELOPERS: OrganisationId = 20;

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

/// The organisations whose status a test changed, with the number of their suspensions.
#[storage_alias]
type Statuses = StorageMap<Mock, Twox64Concat, OrganisationId, (OrganisationStatus, u32)>;

/// The organisations above, and the real permission table.
pub struct Members;

/// Changes an organisation's status without telling the pallet.
pub fn set_status(id: OrganisationId, status: OrganisationStatus) {
    let suspensions = Members::organisation(id).map_or(0, |found| found.suspensions);
    let more = u32::from(status == OrganisationStatus::Suspended);
    Statuses::insert(id, (status, suspensions + more));
}

/// Suspends an organisation, and tells the pallet as the runtime does.
pub fn suspend(id: OrganisationId) {
    set_status(id, OrganisationStatus::Suspended);
    Credits::owner_suspended(id);
}

/// Lifts a suspension, and tells the pallet as the runtime does.
pub fn reactivate(id: OrganisationId) {
    set_status(id, OrganisationStatus::Active);
    Credits::owner_reactivated(id);
}

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
            MORE_DEVELOPERS..60 => ProjectDeveloper,
            CERTIFIER => Certifier,
            API => Api,
            _ => return None,
        };
        let at_first = match id {
            SUSPENDED_DEVELOPER => (OrganisationStatus::Suspended, 1),
            _ => (OrganisationStatus::Active, 0),
        };
        let (status, suspensions) = Statuses::get(id).unwrap_or(at_first);
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

/// Scope, proponents and Article 6 terms.
type Known = (SectoralScope, Vec<Proponent>, Option<Article6Terms>);

// In storage, so that they are undone like everything else.
#[storage_alias]
type KnownProjects = StorageMap<Mock, Twox64Concat, ProjectId, Known>;
#[storage_alias]
type VerifiedPeriods =
    StorageMap<Mock, Twox64Concat, (ProjectId, PeriodId), (Vec<VintageTonnes>, Ppm), OptionQuery>;
#[storage_alias]
type IssuedPeriods = StorageMap<Mock, Twox64Concat, (ProjectId, PeriodId), ()>;
/// Tonnes issued and first transferred.
#[storage_alias]
type Counters = StorageMap<Mock, Twox64Concat, ProjectId, (Tonnes, Tonnes), ValueQuery>;

/// The projects and periods that tests put; each period may be issued once.
pub struct Projects;

pub const NOT_VERIFIED: DispatchError = DispatchError::Other("not verified");
pub const NOT_NOTED: DispatchError = DispatchError::Other("not noted");
/// A project whose issuances and first transfers are refused at the last moment.
pub const REFUSED_PROJECT: ProjectId = 666;
/// A project that is issued, but whose first transfers are refused at the last moment.
pub const NEVER_TRANSFERRED_PROJECT: ProjectId = 667;

impl crate::Projects for Projects {
    fn project(id: ProjectId) -> Option<CreditedProject> {
        let (scope, proponents, article6) = KnownProjects::get(id)?;
        Some(CreditedProject { scope, proponents, article6 })
    }

    fn issuance(project: ProjectId, period: PeriodId) -> Result<Issuance, DispatchError> {
        let (vintages, buffer_rate) =
            VerifiedPeriods::get((project, period)).ok_or(NOT_VERIFIED)?;
        let project = Self::project(project).ok_or(NOT_VERIFIED)?;
        Ok(Issuance { project, vintages, buffer_rate })
    }

    fn note_issued(project: ProjectId, period: PeriodId) -> DispatchResult {
        ensure!(project != REFUSED_PROJECT, NOT_NOTED);
        let (vintages, _) = VerifiedPeriods::take((project, period)).ok_or(NOT_VERIFIED)?;
        IssuedPeriods::insert((project, period), ());
        let quantity = total(&vintages).ok_or(NOT_NOTED)?;
        Counters::mutate(project, |(issued, _)| *issued += quantity);
        Ok(())
    }

    fn is_issued(project: ProjectId, period: PeriodId) -> bool {
        IssuedPeriods::contains_key((project, period))
    }

    fn note_first_transferred(project: ProjectId, quantity: Tonnes) -> DispatchResult {
        ensure!(project != NEVER_TRANSFERRED_PROJECT, NOT_NOTED);
        Counters::mutate(project, |(_, first_transferred)| *first_transferred += quantity);
        Ok(())
    }
}

/// Puts a project with what was verified for its period.
pub fn put_verified(project: ProjectId, period: PeriodId, issuance: Issuance) {
    let Issuance { project: CreditedProject { scope, proponents, article6 }, .. } = issuance;
    KnownProjects::insert(project, (scope, proponents, article6));
    VerifiedPeriods::insert((project, period), (issuance.vintages, issuance.buffer_rate));
}

/// Changes the Article 6 terms of a project.
pub fn put_terms(project: ProjectId, terms: Option<Article6Terms>) {
    KnownProjects::mutate(project, |known| known.as_mut().unwrap().2 = terms);
}

/// Forgets a project, which no registry does.
pub fn forget(project: ProjectId) {
    KnownProjects::remove(project);
}

/// Tonnes of a project that were first transferred, as its own counter says.
pub fn first_transferred_of(project: ProjectId) -> Tonnes {
    Counters::get(project).1
}

/// Projects and credits count alike.
fn check_counters() -> Result<(), invariants::Violation> {
    let vintages = TotalsOfVintage::<Test>::iter()
        .map(|(project, vintage, totals)| ((project, vintage), totals))
        .collect();
    invariants::projects_count_alike(&Counters::iter().collect(), &vintages)
}

/// A registry without credits.
pub fn ext() -> sp_io::TestExternalities {
    let storage =
        RuntimeGenesisConfig::default().build_storage().expect("the genesis of the mock is valid");
    let mut ext = sp_io::TestExternalities::new(storage);
    ext.execute_with(|| {
        System::set_block_number(1); // Block 0 has no events.
        Timestamp::set_timestamp(NOW);
    });
    ext
}

/// Runs a test on a registry without credits, and checks the invariants after it.
pub fn run(test: impl FnOnce()) {
    ext().execute_with(|| {
        test();
        assert_ok!(Pallet::<Test>::do_try_state());
        assert_eq!(check_counters(), Ok(()));
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

/// What benchmarks need: the developers and projects above.
#[cfg(feature = "runtime-benchmarks")]
pub struct BenchmarkProjects;

#[cfg(feature = "runtime-benchmarks")]
impl crate::benchmarking::BenchmarkHelper<u64> for BenchmarkProjects {
    fn officer(_: Action, organisation: Option<OrganisationId>) -> u64 {
        admin(organisation.unwrap_or(GOVERNMENT))
    }

    fn developer(index: u32) -> OrganisationId {
        MORE_DEVELOPERS + index
    }

    fn project(index: u32, terms: Article6Terms) -> ProjectId {
        let proponents = crate::benchmarking::equal_shares(Self::developer);
        let known = (SectoralScope::EnergyIndustries, proponents, Some(terms));
        KnownProjects::insert(index + 1, known);
        index + 1
    }

    fn issuable(terms: Article6Terms, vintages: Vec<VintageTonnes>) -> (ProjectId, PeriodId) {
        let project = Self::project(0, terms);
        for index in 0..registry_primitives::project::MAX_PROPONENTS {
            set_status(Self::developer(index), OrganisationStatus::Suspended);
        }
        VerifiedPeriods::insert((project, 1), (vintages, 1));
        (project, 1)
    }
}
