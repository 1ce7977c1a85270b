// SPDX-License-Identifier: Apache-2.0
//! How each pallet is configured.

use crate::{
    actions::Actions, credit_projects::CreditProjects, owner_status::OwnerStatus, weights,
    AccountId, Approvals, Aura, Balance, Balances, Block, BlockNumber, Lookup, Organisations,
    PalletInfo, Runtime, RuntimeCall, RuntimeEvent, RuntimeFreezeReason, RuntimeHoldReason,
    RuntimeOrigin, RuntimeTask, Session, SessionKeys, Signature, System, Timestamp, Validators,
    SESSIONS_PER_DAY, SESSION_BLOCKS, SLOT_DURATION, VERSION,
};
use frame_support::{
    derive_impl, parameter_types,
    traits::{ConstBool, ConstU128, ConstU32, ConstU64, Contains, NeverEnsureOrigin},
    weights::{constants::WEIGHT_REF_TIME_PER_SECOND, Weight},
};
use frame_system::{limits::BlockWeights, EnsureRoot};
use pallet_collective::PrimeDefaultVote;
use sp_consensus_aura::sr25519::AuthorityId as AuraId;
use sp_runtime::{traits::ConvertInto, Perbill};
use sp_version::RuntimeVersion;

/// Part of a block that normal transactions may fill; the rest is for governance.
const NORMAL_RATIO: Perbill = Perbill::from_percent(75);

parameter_types! {
    pub const BlockHashCount: BlockNumber = 2_400;
    pub const Version: RuntimeVersion = VERSION;
    /// One second of computation in a block of three seconds.
    pub RuntimeBlockWeights: BlockWeights = BlockWeights::with_sensible_defaults(
        Weight::from_parts(WEIGHT_REF_TIME_PER_SECOND, u64::MAX),
        NORMAL_RATIO,
    );
    pub MaxCouncilProposalWeight: Weight =
        Perbill::from_percent(50) * RuntimeBlockWeights::get().max_block;
    /// Sessions that GRANDPA remembers, for reports of equivocation: a week.
    pub const MaxSetIdSessionEntries: u64 = 7 * SESSIONS_PER_DAY as u64;
}

/// There is no coin: nobody may call the pallet that would move one.
pub struct CallFilter;

impl Contains<RuntimeCall> for CallFilter {
    fn contains(call: &RuntimeCall) -> bool {
        !matches!(call, RuntimeCall::Balances(_))
    }
}

#[derive_impl(frame_system::config_preludes::SolochainDefaultConfig)]
impl frame_system::Config for Runtime {
    type BaseCallFilter = CallFilter;
    type Block = Block;
    type BlockWeights = RuntimeBlockWeights;
    type AccountId = AccountId;
    type Lookup = Lookup;
    type BlockHashCount = BlockHashCount;
    type DbWeight = weights::database::DatabaseWeight;
    type SystemWeightInfo = weights::frame_system::WeightInfo<Runtime>;
    type ExtensionsWeightInfo = weights::frame_system_extensions::WeightInfo<Runtime>;
    type Version = Version;
    type AccountData = pallet_balances::AccountData<Balance>;
    type SingleBlockMigrations = crate::migrations::SingleBlockMigrations;
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
    type EventHandler = ();
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

impl pallet_validators::Config for Runtime {
    type MaxValidators = MaxValidators;
    type SessionsPerAnnouncement = ConstU32<SESSIONS_PER_DAY>;
}

impl pallet_session::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    type ValidatorId = AccountId;
    type ValidatorIdOf = ConvertInto;
    type ShouldEndSession = pallet_session::PeriodicSessions<ConstU32<SESSION_BLOCKS>, ConstU32<0>>;
    type NextSessionRotation = Self::ShouldEndSession;
    type SessionManager = Validators;
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
    type KeyOwnerProof = sp_core::Void;
    type EquivocationReportSystem = ();
}

/// The council that holds the powers of Root, two thirds of it agreeing.
pub type CouncilInstance = pallet_collective::Instance1;

impl pallet_collective::Config<CouncilInstance> for Runtime {
    type RuntimeOrigin = RuntimeOrigin;
    type Proposal = RuntimeCall;
    type RuntimeEvent = RuntimeEvent;
    /// A week.
    type MotionDuration = ConstU32<{ 7 * SESSIONS_PER_DAY * SESSION_BLOCKS }>;
    type MaxProposals = ConstU32<32>;
    type MaxMembers = ConstU32<21>;
    type DefaultVote = PrimeDefaultVote;
    type WeightInfo = pallet_collective::weights::SubstrateWeight<Runtime>;
    type SetMembersOrigin = EnsureRoot<AccountId>;
    type MaxProposalWeight = MaxCouncilProposalWeight;
    type DisapproveOrigin = EnsureRoot<AccountId>;
    type KillOrigin = NeverEnsureOrigin<()>;
    type Consideration = ();
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
const PROPOSAL_LIFETIME: BlockNumber = 7 * SESSIONS_PER_DAY * SESSION_BLOCKS;

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
