// SPDX-License-Identifier: Apache-2.0
//! A runtime with this pallet and a small registry, and a platform that answers as told.

use crate as pallet_itmo_bridge;
use crate::{
    platform::{Access, ACCESS_KEY},
    BridgeId, Call, CurrentRound, Error, IsValidator, Pallet, Readiness, Registry,
};
use codec::{Decode, Encode};
use frame_support::{
    assert_ok, derive_impl, parameter_types, storage_alias,
    traits::{Authorize, Hooks},
    Twox64Concat,
};
use frame_system::{
    offchain::{CreateAuthorizedTransaction, CreateTransaction, CreateTransactionBase},
    AuthorizeCall, EnsureRoot,
};
use registry_primitives::{
    calendar,
    itmo::{BridgeSettings, Facts, Observation, PlatformProject, Progress, Report},
    organisation::{Organisation, OrganisationDetails, OrganisationStatus, MAX_TAX_ID},
    project::{ProjectRegistration, MAX_EXTERNAL_ID},
    Action, Actor, ContentHash, CountryCode, MayAct, MemberRole, Officers, OrganisationId,
    OrganisationRole, ProjectId, Reach, Refusal, Text, Tonnes, GOVERNMENT,
};
use sp_core::{
    offchain::{testing::TestOffchainExt, OffchainDbExt, OffchainWorkerExt, TransactionPoolExt},
    sr25519, Pair,
};
use sp_keystore::{testing::MemoryKeystore, Keystore, KeystoreExt};
use sp_runtime::{
    generic,
    testing::UintAuthorityId,
    traits::{BlakeTwo256, Dispatchable, IdentityLookup},
    transaction_validity::{TransactionSource, TransactionValidityError},
    BuildStorage, DispatchError, DispatchResult,
};

pub use site::{Fault, Site};

mod site;

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
    pub type Bridge = pallet_itmo_bridge;
}

type Extension = AuthorizeCall<Test>;
pub type Extrinsic = generic::UncheckedExtrinsic<u64, RuntimeCall, UintAuthorityId, Extension>;
type Block = generic::Block<generic::Header<u32, BlakeTwo256>, Extrinsic>;

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
    type Block = Block;
    type AccountId = u64;
    type Lookup = IdentityLookup<u64>;
}

impl CreateTransactionBase<Call<Test>> for Test {
    type Extrinsic = Extrinsic;
    type RuntimeCall = RuntimeCall;
}

impl CreateTransaction<Call<Test>> for Test {
    type Extension = Extension;

    fn create_transaction(call: RuntimeCall, extension: Extension) -> Extrinsic {
        Extrinsic::new_transaction(call, extension)
    }
}

impl CreateAuthorizedTransaction<Call<Test>> for Test {
    fn create_extension() -> Extension {
        AuthorizeCall::new()
    }
}

impl pallet_itmo_bridge::Config for Test {
    type Officers = Signers;
    type Members = Book;
    type CouncilOrigin = EnsureRoot<u64>;
    type Validators = Appointed;
    type Registry = Book;
    type WeightInfo = ();
    #[cfg(feature = "runtime-benchmarks")]
    type BenchmarkHelper = Appointed;
}

parameter_types! {
    /// An action that one officer alone may not do.
    pub static NeedsApprovals: Option<Action> = None;
}

/// The Government's officer.
pub const OFFICER: u64 = 1;
/// An account that may do nothing.
pub const STRANGER: u64 = 999;
/// The first operator's account; the others follow.
pub const OPERATOR: u64 = 10;
/// Operators from genesis.
pub const OPERATORS: u64 = 4;

/// Accounts from 10 to 199 are validators.
pub struct Appointed;

impl IsValidator<u64> for Appointed {
    fn is_validator(who: &u64) -> bool {
        (OPERATOR..200).contains(who)
    }
}

#[cfg(feature = "runtime-benchmarks")]
impl crate::BenchmarkHelper<u64> for Appointed {
    fn validator(index: u32) -> u64 {
        OPERATOR + u64::from(index)
    }
    fn officer() -> u64 {
        OFFICER
    }
    fn authorise(project: ProjectId) {
        Stages::insert(project, Stage::Authorised);
    }
    fn developer() -> OrganisationId {
        Book::create_organisation(details("benchmark")).expect("nobody has that name")
    }
}

/// An officer is who signs and is the officer.
pub struct Signers;

impl Officers<RuntimeOrigin, u64> for Signers {
    fn officer(origin: RuntimeOrigin, action: Action) -> Result<(u64, Actor), Refusal> {
        let who = frame_system::ensure_signed(origin).map_err(|_| Refusal::NotSigned)?;
        let actor = Book::may_act(&who, action)?;
        match NeedsApprovals::get() == Some(action) {
            true => Err(Refusal::ApprovalsNeeded),
            false => Ok((who, actor)),
        }
    }
}

/// Where a project of the small registry is.
#[derive(Encode, Decode, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stage {
    Validated,
    Authorised,
    Ended,
    /// Authorised, but the pallet of credits refuses.
    Full,
}

#[storage_alias]
pub type Organisations =
    StorageMap<Book, Twox64Concat, OrganisationId, (Role, OrganisationDetails)>;
#[storage_alias]
pub type Projects = StorageMap<Book, Twox64Concat, ProjectId, ProjectRegistration>;
#[storage_alias]
pub type Stages = StorageMap<Book, Twox64Concat, ProjectId, Stage>;
#[storage_alias]
pub type Issued = StorageMap<Book, Twox64Concat, ProjectId, Vec<(Tonnes, ContentHash)>>;

type Role = OrganisationRole;

/// A registry of a few maps.
pub struct Book;

impl MayAct<u64> for Book {
    fn may_act(who: &u64, _: Action) -> Result<Actor, Refusal> {
        match *who {
            OFFICER => Ok(Actor {
                organisation: GOVERNMENT,
                organisation_role: OrganisationRole::Government,
                member_role: MemberRole::Admin,
                reach: Reach::Any,
                scopes: Default::default(),
            }),
            _ => Err(Refusal::NotAMember),
        }
    }

    fn organisation(id: OrganisationId) -> Option<Organisation> {
        let (role, details) = Organisations::get(id)?;
        let status = OrganisationStatus::Active;
        Some(Organisation { role, details, status, suspensions: 0, created_at: 0 })
    }

    fn country() -> CountryCode {
        CountryCode(*b"VU")
    }
}

pub const TAX_ID_TAKEN: DispatchError = DispatchError::Other("tax id taken");
pub const EXTERNAL_ID_TAKEN: DispatchError = DispatchError::Other("external id taken");
pub const ABOVE_AUTHORISED: DispatchError = DispatchError::Other("above authorised");

impl Registry for Book {
    fn organisation_by_tax_id(tax_id: &Text<MAX_TAX_ID>) -> Option<OrganisationId> {
        Organisations::iter().find(|(_, (_, found))| found.tax_id == *tax_id).map(|(id, _)| id)
    }

    fn owns_projects(organisation: OrganisationId) -> bool {
        Organisations::get(organisation).is_some_and(|(role, _)| role == Role::ProjectDeveloper)
    }

    fn create_organisation(details: OrganisationDetails) -> Result<OrganisationId, DispatchError> {
        if Self::organisation_by_tax_id(&details.tax_id).is_some() {
            return Err(TAX_ID_TAKEN);
        }
        Ok(organisation(Role::ProjectDeveloper, details))
    }

    fn register_project(registration: ProjectRegistration) -> Result<ProjectId, DispatchError> {
        if Projects::iter_values().any(|found| found.external_id == registration.external_id) {
            return Err(EXTERNAL_ID_TAKEN);
        }
        let id = Projects::iter_keys().count() as ProjectId + 1;
        Projects::insert(id, registration);
        Stages::insert(id, Stage::Validated);
        Ok(id)
    }

    fn external_id(project: ProjectId) -> Option<Text<MAX_EXTERNAL_ID>> {
        Projects::get(project).map(|found| found.external_id)
    }

    fn readiness(project: ProjectId) -> Readiness {
        match Stages::get(project) {
            Some(Stage::Validated) => Readiness::NotYet,
            Some(Stage::Authorised | Stage::Full) => Readiness::Ready,
            Some(Stage::Ended) | None => Readiness::Never,
        }
    }

    fn issue(project: ProjectId, tonnes: Tonnes, evidence: ContentHash) -> DispatchResult {
        // Written first: whoever calls has to undo it.
        Issued::append(project, (tonnes, evidence));
        match Stages::get(project) {
            Some(Stage::Full) => Err(ABOVE_AUTHORISED),
            _ => Ok(()),
        }
    }
}

/// An organisation that is there already.
pub fn organisation(role: Role, details: OrganisationDetails) -> OrganisationId {
    let id = GOVERNMENT + 1 + Organisations::iter_keys().count() as OrganisationId;
    Organisations::insert(id, (role, details));
    id
}

pub fn details(name: &str) -> OrganisationDetails {
    registry_primitives::itmo::mapping::organisation(&text(name), CountryCode(*b"VU"))
}

pub type E = Error<Test>;

pub fn pair(account: u64) -> sr25519::Pair {
    sr25519::Pair::from_string(&seed(account), None).expect("a derivation path")
}

fn seed(account: u64) -> String {
    format!("//operator{account}")
}

pub fn key(account: u64) -> BridgeId {
    pair(account).public().into()
}

pub fn text<const N: u32>(text: &str) -> Text<N> {
    Text::try_from(text).expect("the texts of tests are short")
}

/// A chain of four operators and a round, on the node of the first of them.
pub fn new_test_ext() -> (sp_io::TestExternalities, Site) {
    let operators = (OPERATOR..OPERATOR + OPERATORS).map(|account| (account, key(account)));
    // Shorter than a day, so that tests can make every block of it.
    let settings = BridgeSettings { interval: 1_200, window: 1_000, ..Default::default() };
    let bridge = crate::GenesisConfig { operators: operators.collect(), settings: Some(settings) };
    let storage = RuntimeGenesisConfig { bridge, ..Default::default() }
        .build_storage()
        .expect("the genesis of the mock is valid");
    let mut externalities = sp_io::TestExternalities::new(storage);
    let site = Site::default();
    let keystore = MemoryKeystore::new();
    keystore
        .sr25519_generate_new(crate::key::KEY_TYPE, Some(&seed(OPERATOR)))
        .expect("a derivation path");
    externalities.register_extension(KeystoreExt::new(keystore));
    externalities.register_extension(OffchainWorkerExt::new(site.clone()));
    externalities.register_extension(OffchainDbExt::new(TestOffchainExt::new().0));
    externalities.register_extension(TransactionPoolExt::new(site.clone()));
    (externalities, site)
}

/// Runs a test in the first block of the first round, and checks the invariants after it.
pub fn run(test: impl FnOnce()) {
    run_with(|_| test());
}

/// The same, with the platform at hand.
pub fn run_with(test: impl FnOnce(&Site)) {
    NeedsApprovals::set(None);
    let (mut externalities, site) = new_test_ext();
    externalities.execute_with(|| {
        configure(&site);
        next_block();
        test(&site);
        assert_ok!(Pallet::<Test>::do_try_state());
    });
}

/// What the node does when it starts.
pub fn configure(site: &Site) {
    let [endpoint, api_key, email, password] =
        [site::ENDPOINT, site::API_KEY, site::EMAIL, site::PASSWORD].map(String::from);
    let access = Access { endpoint, api_key, email, password };
    sp_runtime::offchain::storage::StorageValueRef::persistent(ACCESS_KEY).set(&access);
    site.start_clock();
}

/// Makes the next block, without transactions.
pub fn next_block() {
    go_to(System::block_number() + 1);
}

/// Makes blocks until this one is the last.
pub fn go_to(block: u32) {
    while System::block_number() < block {
        Bridge::on_idle(System::block_number(), frame_support::weights::Weight::MAX);
        System::set_block_number(System::block_number() + 1);
        Bridge::on_initialize(System::block_number());
    }
}

/// Makes blocks until no round is held.
pub fn end_round() {
    let round = CurrentRound::<Test>::get().expect("a round is held");
    go_to(round.closes_at.max(System::block_number()));
    while CurrentRound::<Test>::exists() {
        next_block();
    }
}

/// Ends the round that is held and opens the next.
pub fn next_round() {
    end_round();
    go_to(crate::NextRoundAt::<Test>::get());
    assert!(CurrentRound::<Test>::exists());
}

pub fn round() -> crate::Round<u64> {
    CurrentRound::<Test>::get().expect("a round is held")
}

pub fn signed(who: u64) -> RuntimeOrigin {
    RuntimeOrigin::signed(who)
}

pub fn facts(company: &str) -> PlatformProject {
    PlatformProject {
        title: text("Solar mini-grids"),
        company: text(company),
        sector: Some(text("energy-distribution")),
        country: Some(text("Vanuatu")),
        created_at: calendar::parse("2026-02-11T08:30:00Z").expect("a time"),
        materials: Default::default(),
    }
}

pub fn authorised(project: &str) -> Observation {
    let facts = Facts::ProjectAuthorised(facts("Lagoon Light Cooperative"));
    Observation { project: text(project), facts }
}

pub fn reported(project: &str) -> Observation {
    Observation { project: text(project), facts: Facts::MonitoringReported }
}

pub fn report(operator: u64, observations: &[Observation], progress: Progress) -> Report {
    let part = crate::Reading::<Test>::get(operator).unwrap_or_default().parts;
    let observations = observations.to_vec().try_into().expect("few");
    Report { round: round().number, part, observations, progress }
}

pub fn call(operator: u64, report: Report) -> RuntimeCall {
    call_by(operator, operator, report)
}

/// The same, signed with another's key.
pub fn call_by(signer: u64, operator: u64, report: Report) -> RuntimeCall {
    let payload = Pallet::<Test>::payload(&operator, &report);
    let signature = pair(signer).sign(&payload).into();
    Call::observe { operator, report, signature }.into()
}

/// The council takes an operator off the list.
pub fn strike_off(operator: u64) {
    assert_ok!(Bridge::remove_operator(RuntimeOrigin::root(), operator, text("its key is stolen")));
}

/// The council takes an operator off the list, and lists it again with another's key.
pub fn relist(operator: u64, with: u64) {
    strike_off(operator);
    assert_ok!(Bridge::add_operator(RuntimeOrigin::root(), operator, key(with)));
}

/// A transaction without a signer, as a block takes it.
pub fn apply(call: RuntimeCall) -> Result<(), TransactionValidityError> {
    call.authorize(TransactionSource::InBlock).expect("it is authorised by what it says")?;
    let origin = frame_system::RawOrigin::Authorized.into();
    assert_ok!(call.dispatch(origin));
    Ok(())
}

/// An operator hands in one report.
pub fn hand_in(operator: u64, observations: &[Observation], progress: Progress) {
    assert_ok!(apply(call(operator, report(operator, observations, progress))));
}

/// An operator has seen this, and more will follow.
pub fn sees(operator: u64, observations: &[Observation]) {
    hand_in(operator, observations, Progress::Continues);
}

/// All of these operators have seen this.
pub fn all_see(operators: core::ops::Range<u64>, observation: &Observation) {
    for operator in operators {
        sees(operator, core::slice::from_ref(observation));
    }
}

pub const COMPLETE: Progress = Progress::Complete { unreadable: 0, more: false };

pub fn key_of(observation: &Observation) -> registry_primitives::itmo::EventKey {
    observation.key(crate::observing::PLATFORM)
}

pub fn outcome(observation: &Observation) -> Option<crate::Outcome> {
    crate::Settled::<Test>::get(key_of(observation)).map(|settled| settled.outcome)
}

/// The events of this pallet since the last look.
pub fn events() -> Vec<crate::Event<Test>> {
    let all = System::events();
    System::reset_events();
    all.into_iter()
        .filter_map(|record| match record.event {
            RuntimeEvent::Bridge(event) => Some(event),
            RuntimeEvent::System(_) => None,
        })
        .collect()
}
