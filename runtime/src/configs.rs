// SPDX-License-Identifier: Apache-2.0
//! How each pallet is configured.

use crate::{
    actions::Actions,
    admission::{Admission, Payer},
    bridge_registry::BridgeRegistry,
    credit_projects::CreditProjects,
    migrations,
    owner_status::OwnerStatus,
    weights, AccountId, Approvals, Aura, Balance, Balances, Block, BlockNumber, Historical, Lookup,
    Migrations, Offences, Organisations, PalletInfo, RegistryCouncil, Runtime, RuntimeCall,
    RuntimeEvent, RuntimeFreezeReason, RuntimeHoldReason, RuntimeOrigin, RuntimeTask, SafeMode,
    Session, SessionKeys, Signature, System, Timestamp, TxExtension, TxPause, UncheckedExtrinsic,
    Validators, DAY, SESSIONS_PER_DAY, SESSIONS_REMEMBERED, SLOT_DURATION, VERSION,
};
use alloc::vec::Vec;
use frame_support::{
    derive_impl, parameter_types,
    traits::{
        ConstBool, ConstU128, ConstU32, ConstU64, Contains, Get, InsideBoth, KeyOwnerProofSystem,
        NeverEnsureOrigin,
    },
    weights::{constants::WEIGHT_REF_TIME_PER_MILLIS, Weight},
};
use frame_system::{
    limits::{BlockLength, BlockWeights},
    EnsureRoot, EnsureRootWithSuccess,
};
use pallet_collective::{EnsureProportionAtLeast, PrimeDefaultVote};
use pallet_tx_pause::RuntimeCallNameOf;
use registry_primitives::OrganisationId;
use sp_consensus_aura::sr25519::AuthorityId as AuraId;
use sp_consensus_grandpa::AuthorityId as GrandpaId;
use sp_core::crypto::KeyTypeId;
use sp_runtime::{traits::ConvertInto, Perbill};
use sp_version::RuntimeVersion;

/// Part of a block that normal transactions may fill; the rest is for governance.
const NORMAL_RATIO: Perbill = Perbill::from_percent(80);
/// Computation of a block, in picoseconds: half of the time between two.
const BLOCK_TIME: u64 = SLOT_DURATION * WEIGHT_REF_TIME_PER_MILLIS / 2;

parameter_types! {
    pub const BlockHashCount: BlockNumber = 2_400;
    pub const Version: RuntimeVersion = VERSION;
    pub RuntimeBlockWeights: BlockWeights = BlockWeights::with_sensible_defaults(
        Weight::from_parts(BLOCK_TIME, u64::MAX),
        NORMAL_RATIO,
    );
    /// Most bytes of a block: the SDK's own, 5 MiB.
    pub RuntimeBlockLength: BlockLength = BlockLength::default();
    pub MaxCouncilProposalWeight: Weight =
        Perbill::from_percent(50) * RuntimeBlockWeights::get().max_block;
    /// Sessions that GRANDPA remembers, for reports of equivocation.
    pub const MaxSetIdSessionEntries: u64 = SESSIONS_REMEMBERED as u64;
    /// Time, in picoseconds, that normal transactions may fill in a block.
    pub NormalTime: u64 = RuntimeBlockWeights::get()
        .get(frame_support::dispatch::DispatchClass::Normal)
        .max_total
        .map_or(0, |weight| weight.ref_time());
    /// An organisation may use three tenths of a block at once ...
    pub QuotaCapacity: u64 = Perbill::from_percent(30) * NormalTime::get();
    /// ... and a tenth of every block in the long run.
    pub QuotaRefill: u64 = Perbill::from_percent(10) * NormalTime::get();
}

/// What may be called at all. There is no coin: nobody may call the pallet that would move one. A
/// validator's session keys can be replaced and not taken back: it leaves by the council's decision,
/// and not so that fewer than the minimum are left.
pub struct CallFilter;

impl Contains<RuntimeCall> for CallFilter {
    fn contains(call: &RuntimeCall) -> bool {
        !matches!(
            call,
            RuntimeCall::Balances(_)
                | RuntimeCall::Session(pallet_session::Call::purge_keys { .. })
        )
    }
}

/// What the council may do with the powers of Root: state is changed by calls and migrations, never
/// by hand, and code only after its hash was published.
pub struct Enactable;

impl Contains<RuntimeCall> for Enactable {
    fn contains(call: &RuntimeCall) -> bool {
        use frame_system::Call::{
            authorize_upgrade_without_checks, kill_prefix, kill_storage, set_code,
            set_code_without_checks, set_storage,
        };
        let by_hand = matches!(
            call,
            RuntimeCall::System(
                set_storage { .. }
                    | kill_storage { .. }
                    | kill_prefix { .. }
                    | set_code { .. }
                    | set_code_without_checks { .. }
                    | authorize_upgrade_without_checks { .. }
            )
        );
        // Who is in the council is set where members also get what they need to transact.
        let around_governance = matches!(
            call,
            RuntimeCall::RegistryCouncil(pallet_collective::Call::set_members { .. })
        );
        CallFilter::contains(call) && !by_hand && !around_governance
    }
}

/// What goes on in an emergency: consensus, and the council that ends it.
pub struct Unstoppable;

impl Unstoppable {
    const PALLETS: [&'static str; 9] = [
        "System",
        "Timestamp",
        "Session",
        "Grandpa",
        "Validators",
        "RegistryCouncil",
        "Governance",
        "TxPause",
        "SafeMode",
    ];
}

impl Contains<RuntimeCall> for Unstoppable {
    fn contains(call: &RuntimeCall) -> bool {
        use frame_support::traits::GetCallMetadata;
        Self::PALLETS.contains(&call.get_call_metadata().pallet_name)
    }
}

impl Contains<RuntimeCallNameOf<Runtime>> for Unstoppable {
    fn contains((pallet, _): &RuntimeCallNameOf<Runtime>) -> bool {
        Self::PALLETS.iter().any(|name| name.as_bytes() == pallet.as_slice())
    }
}

#[derive_impl(frame_system::config_preludes::SolochainDefaultConfig)]
impl frame_system::Config for Runtime {
    type BaseCallFilter = InsideBoth<CallFilter, InsideBoth<SafeMode, TxPause>>;
    type Block = Block;
    type BlockWeights = RuntimeBlockWeights;
    type BlockLength = RuntimeBlockLength;
    type AccountId = AccountId;
    type Lookup = Lookup;
    type BlockHashCount = BlockHashCount;
    type DbWeight = weights::database::DatabaseWeight;
    type SystemWeightInfo = weights::frame_system::WeightInfo<Runtime>;
    type ExtensionsWeightInfo = weights::frame_system_extensions::WeightInfo<Runtime>;
    type Version = Version;
    type AccountData = pallet_balances::AccountData<Balance>;
    type SingleBlockMigrations = migrations::SingleBlockMigrations;
    type MultiBlockMigrator = Migrations;
    type SS58Prefix = frame_support::traits::ConstU16<42>;
}

impl pallet_timestamp::Config for Runtime {
    type Moment = u64;
    type OnTimestampSet = Aura;
    type MinimumPeriod = ConstU64<{ SLOT_DURATION / 2 }>;
    type WeightInfo = weights::pallet_timestamp::WeightInfo<Runtime>;
}

impl pallet_aura::Config for Runtime {
    type AuthorityId = AuraId;
    type MaxAuthorities = MaxValidators;
    type DisabledValidators = Session;
    type AllowMultipleBlocksPerSlot = ConstBool<false>;
    type SlotDuration = ConstU64<SLOT_DURATION>;
}

impl pallet_authorship::Config for Runtime {
    type FindAuthor = pallet_session::FindAccountFromAuthorIndex<Self, Aura>;
    type EventHandler = Validators;
}

impl pallet_balances::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    type RuntimeHoldReason = RuntimeHoldReason;
    type RuntimeFreezeReason = RuntimeFreezeReason;
    type WeightInfo = ();
    type Balance = Balance;
    type DustRemoval = ();
    type ExistentialDeposit = ConstU128<1>;
    type AccountStore = System;
    type ReserveIdentifier = [u8; 8];
    type FreezeIdentifier = ();
    type MaxLocks = ConstU32<0>;
    type MaxReserves = ConstU32<0>;
    type MaxFreezes = ConstU32<0>;
    type DoneSlashHandler = ();
}

/// Most validators of the network.
pub type MaxValidators = ConstU32<100>;

/// Which organisation a validator's account belongs to.
pub struct OperatorsOrganisation;

impl pallet_validators::OrganisationOf<AccountId> for OperatorsOrganisation {
    fn organisation_of(who: &AccountId) -> Option<OrganisationId> {
        Organisations::admit(who).ok()
    }
}

impl pallet_validators::Config for Runtime {
    type AppointOrigin = EnsureRoot<AccountId>;
    type Members = OperatorsOrganisation;
    type MaxValidators = MaxValidators;
    type SessionsPerAnnouncement = ConstU32<SESSIONS_PER_DAY>;
    type SessionsRemembered = ConstU32<SESSIONS_REMEMBERED>;
    type OnRemoved = BridgeRegistry;
    type WeightInfo = weights::pallet_validators::WeightInfo<Runtime>;
    #[cfg(feature = "runtime-benchmarks")]
    type BenchmarkHelper = crate::benchmarking::Helper;
}

impl pallet_session::historical::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    type FullIdentification = ();
    type FullIdentificationOf = pallet_validators::Unit;
}

impl pallet_offences::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    type IdentificationTuple = pallet_session::historical::IdentificationTuple<Runtime>;
    type OnOffenceHandler = Validators;
}

impl pallet_session::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    type ValidatorId = AccountId;
    type ValidatorIdOf = ConvertInto;
    type ShouldEndSession =
        pallet_session::PeriodicSessions<pallet_validators::BlocksOfSession<Runtime>, ConstU32<0>>;
    type NextSessionRotation = Self::ShouldEndSession;
    type SessionManager = pallet_session::historical::NoteHistoricalRoot<Runtime, Validators>;
    type SessionHandler = <SessionKeys as sp_runtime::traits::OpaqueKeys>::KeyTypeIdProviders;
    type Keys = SessionKeys;
    type DisablingStrategy = pallet_session::disabling::UpToLimitDisablingStrategy;
    type WeightInfo = ();
    type Currency = Balances;
    type KeyDeposit = ConstU128<0>;
}

impl pallet_grandpa::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    type WeightInfo = ();
    type MaxAuthorities = MaxValidators;
    type MaxNominators = ConstU32<0>;
    type MaxSetIdSessionEntries = MaxSetIdSessionEntries;
    type KeyOwnerProof = <Historical as KeyOwnerProofSystem<(KeyTypeId, GrandpaId)>>::Proof;
    type EquivocationReportSystem = pallet_grandpa::EquivocationReportSystem<
        Runtime,
        Offences,
        Historical,
        ConstU64<{ DAY as u64 }>,
    >;
}

impl<Call> frame_system::offchain::CreateTransactionBase<Call> for Runtime
where
    RuntimeCall: From<Call>,
{
    type RuntimeCall = RuntimeCall;
    type Extrinsic = UncheckedExtrinsic;
}

/// A node reports contradictory votes without an account.
impl<Call> frame_system::offchain::CreateBare<Call> for Runtime
where
    RuntimeCall: From<Call>,
{
    fn create_bare(call: RuntimeCall) -> UncheckedExtrinsic {
        UncheckedExtrinsic::new_bare(call)
    }
}

/// An operator of the bridge reports without an account.
impl<Call> frame_system::offchain::CreateTransaction<Call> for Runtime
where
    RuntimeCall: From<Call>,
{
    type Extension = TxExtension;

    fn create_transaction(call: RuntimeCall, extension: TxExtension) -> UncheckedExtrinsic {
        UncheckedExtrinsic::new_transaction(call, extension)
    }
}

impl<Call> frame_system::offchain::CreateAuthorizedTransaction<Call> for Runtime
where
    RuntimeCall: From<Call>,
{
    fn create_extension() -> TxExtension {
        (
            frame_system::CheckNonZeroSender::new(),
            frame_system::CheckSpecVersion::new(),
            frame_system::CheckTxVersion::new(),
            frame_system::CheckGenesis::new(),
            // The round limits how long it is valid.
            frame_system::CheckEra::from(sp_runtime::generic::Era::Immortal),
            // There is no account, so there is no nonce: parts of a report are in order.
            Admission::from(0),
            frame_system::CheckWeight::new(),
            frame_metadata_hash_extension::CheckMetadataHash::new(false),
            frame_system::WeightReclaim::new(),
        )
    }
}

/// The council that holds the powers of Root, two thirds of it agreeing.
pub type CouncilInstance = pallet_collective::Instance1;

impl pallet_collective::Config<CouncilInstance> for Runtime {
    type RuntimeOrigin = RuntimeOrigin;
    type Proposal = RuntimeCall;
    type RuntimeEvent = RuntimeEvent;
    /// A week.
    type MotionDuration = ConstU32<{ 7 * DAY }>;
    type MaxProposals = ConstU32<32>;
    type MaxMembers = MaxCouncilMembers;
    type DefaultVote = PrimeDefaultVote;
    type WeightInfo = pallet_collective::weights::SubstrateWeight<Runtime>;
    type SetMembersOrigin = EnsureRoot<AccountId>;
    type MaxProposalWeight = MaxCouncilProposalWeight;
    type DisapproveOrigin = EnsureRoot<AccountId>;
    type KillOrigin = NeverEnsureOrigin<()>;
    type Consideration = ();
}

/// The members of the council.
pub struct CouncilMembers;

impl Get<Vec<AccountId>> for CouncilMembers {
    fn get() -> Vec<AccountId> {
        pallet_collective::Members::<Runtime, CouncilInstance>::get()
    }
}

/// Most members of the council.
pub type MaxCouncilMembers = ConstU32<21>;

impl pallet_governance::Config for Runtime {
    type RuntimeCall = RuntimeCall;
    type CouncilOrigin = EnsureProportionAtLeast<AccountId, CouncilInstance, 2, 3>;
    type Enactable = Enactable;
    type Council = RegistryCouncil;
    type CouncilMembers = CouncilMembers;
    type MaxMembers = MaxCouncilMembers;
    type WeightInfo = weights::pallet_governance::WeightInfo<Runtime>;
}

/// The council pauses single calls ...
impl pallet_tx_pause::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    type RuntimeCall = RuntimeCall;
    type PauseOrigin = EnsureRoot<AccountId>;
    type UnpauseOrigin = EnsureRoot<AccountId>;
    type WhitelistedCalls = Unstoppable;
    type MaxNameLen = ConstU32<64>;
    type WeightInfo = pallet_tx_pause::weights::SubstrateWeight<Runtime>;
}

/// ... or everything but consensus and itself, for a day at a time; so does a failed migration, until
/// the council ends it. Nobody else can, for no deposit.
impl pallet_safe_mode::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    type Currency = Balances;
    type RuntimeHoldReason = RuntimeHoldReason;
    type WhitelistedCalls = Unstoppable;
    type EnterDuration = ConstU32<DAY>;
    type ExtendDuration = ConstU32<DAY>;
    type EnterDepositAmount = ();
    type ExtendDepositAmount = ();
    type ForceEnterOrigin = EnsureRootWithSuccess<AccountId, ConstU32<DAY>>;
    type ForceExtendOrigin = EnsureRootWithSuccess<AccountId, ConstU32<DAY>>;
    type ForceExitOrigin = EnsureRoot<AccountId>;
    type ForceDepositOrigin = NeverEnsureOrigin<()>;
    type Notify = ();
    type ReleaseDelay = ();
    type WeightInfo = pallet_safe_mode::weights::SubstrateWeight<Runtime>;
}

parameter_types! {
    /// Migrations may fill most of a block: nothing but inherents is in it.
    pub MaxMigrationWeight: Weight =
        Perbill::from_percent(80) * RuntimeBlockWeights::get().max_block;
}

impl pallet_migrations::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    #[cfg(not(feature = "runtime-benchmarks"))]
    type Migrations = migrations::MultiBlockMigrations;
    #[cfg(feature = "runtime-benchmarks")]
    type Migrations = pallet_migrations::mock_helpers::MockedMigrations;
    type CursorMaxLen = ConstU32<{ migrations::MAX_CURSOR }>;
    type IdentifierMaxLen = ConstU32<{ migrations::MAX_IDENTIFIER }>;
    type MigrationStatusHandler = ();
    type FailedMigrationHandler = migrations::OnFailure<SafeMode>;
    type MaxServiceWeight = MaxMigrationWeight;
    type WeightInfo = pallet_migrations::weights::SubstrateWeight<Runtime>;
}

impl pallet_admission::Config for Runtime {
    type Payer = Payer;
    type Capacity = QuotaCapacity;
    type Refill = QuotaRefill;
}

impl pallet_organisations::Config for Runtime {
    type Officers = Approvals;
    type OnStatusChange = OwnerStatus;
    type Signature = Signature;
    type Clock = Timestamp;
    type WeightInfo = weights::pallet_organisations::WeightInfo<Runtime>;
    #[cfg(feature = "runtime-benchmarks")]
    type BenchmarkHelper = crate::benchmarking::Helper;
}

/// A week, in blocks: how long a proposal waits for approvals.
const PROPOSAL_LIFETIME: BlockNumber = 7 * DAY;

parameter_types! {
    /// The heaviest call that can be proposed: a third of what normal transactions may fill.
    pub MaxProposedWeight: Weight =
        Perbill::from_percent(25) * RuntimeBlockWeights::get().max_block;
}

impl pallet_approvals::Config for Runtime {
    type Actions = Actions;
    type Members = Organisations;
    type MaxCallWeight = MaxProposedWeight;
    type Lifetime = ConstU32<PROPOSAL_LIFETIME>;
    type WeightInfo = weights::pallet_approvals::WeightInfo<Runtime>;
    #[cfg(feature = "runtime-benchmarks")]
    type BenchmarkHelper = crate::benchmarking::Helper;
}

impl pallet_projects::Config for Runtime {
    type Officers = Approvals;
    type Members = Organisations;
    type Clock = Timestamp;
    type WeightInfo = weights::pallet_projects::WeightInfo<Runtime>;
    #[cfg(feature = "runtime-benchmarks")]
    type BenchmarkHelper = crate::benchmarking::Helper;
}

impl pallet_credits::Config for Runtime {
    type Officers = Approvals;
    type Members = Organisations;
    type Projects = CreditProjects;
    type Clock = Timestamp;
    type WeightInfo = weights::pallet_credits::WeightInfo<Runtime>;
    #[cfg(feature = "runtime-benchmarks")]
    type BenchmarkHelper = crate::benchmarking::Helper;
}

impl pallet_calculator::Config for Runtime {
    type Officers = Approvals;
    type Clock = Timestamp;
    type WeightInfo = weights::pallet_calculator::WeightInfo<Runtime>;
    #[cfg(feature = "runtime-benchmarks")]
    type BenchmarkHelper = crate::benchmarking::Helper;
}

impl pallet_itmo_bridge::Config for Runtime {
    type Officers = Approvals;
    type Members = Organisations;
    type CouncilOrigin = EnsureRoot<AccountId>;
    type Validators = BridgeRegistry;
    type Registry = BridgeRegistry;
    type WeightInfo = weights::pallet_itmo_bridge::WeightInfo<Runtime>;
    #[cfg(feature = "runtime-benchmarks")]
    type BenchmarkHelper = crate::benchmarking::Helper;
}
