// SPDX-License-Identifier: Apache-2.0
//! A runtime with nothing but this pallet, a few organisations whose members each test can change,
//! and a pallet whose calls officers agree on.

use crate as pallet_approvals;
use crate::{ActionOf, Error, GenesisConfig, Pallet};
use frame_support::{
    assert_ok, derive_impl, parameter_types,
    storage::with_transaction,
    storage_alias,
    traits::{ConstU32, Hooks},
    weights::Weight,
    Twox64Concat,
};
use registry_primitives::{
    organisation::Organisation, permission, Action, Actor, CountryCode, MayAct, MemberRole,
    OrganisationId, OrganisationRole, Reach, Refusal, GOVERNMENT,
};
use sp_runtime::{BuildStorage, DispatchError, TransactionOutcome, TryRuntimeError};

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
    pub type Approvals = pallet_approvals;
    #[runtime::pallet_index(2)]
    pub type Targets = targets;
}

/// Calls to agree on.
#[frame_support::pallet]
pub mod targets {
    use crate::Origin;
    use frame_support::pallet_prelude::*;
    use frame_system::pallet_prelude::*;
    use registry_primitives::{approval::Approval, Action, Officers};

    /// What most of them weigh.
    pub const LIGHT: Weight = Weight::from_parts(1_000, 0);

    #[pallet::pallet]
    pub struct Pallet<T>(_);

    #[pallet::config]
    pub trait Config: frame_system::Config + crate::Config {}

    /// The last value that an officer set.
    #[pallet::storage]
    pub type Value<T> = StorageValue<_, u32, ValueQuery>;

    /// In whose name a value was set last.
    #[pallet::storage]
    pub type By<T: Config> = StorageValue<_, T::AccountId>;

    /// What the last approved origin told.
    #[pallet::storage]
    pub type Told<T: Config> = StorageValue<_, Approval<T::AccountId>>;

    #[pallet::error]
    pub enum Error<T> {
        /// A call that always fails.
        Broken,
    }

    impl<T: Config> Pallet<T> {
        fn officer(origin: OriginFor<T>, action: Action) -> Result<T::AccountId, DispatchError> {
            let found = <crate::Pallet<T> as Officers<_, _>>::officer(origin, action);
            Ok(found.map_err(crate::Error::<T>::from)?.0)
        }

        fn set(origin: OriginFor<T>, action: Action, value: u32) -> DispatchResult {
            let told: Result<Origin<T>, OriginFor<T>> = origin.clone().into();
            By::<T>::put(Self::officer(origin, action)?);
            Value::<T>::put(value);
            Told::<T>::set(told.ok().map(|crate::RawOrigin::Approved(approval)| approval));
            Ok(())
        }
    }

    #[pallet::call]
    impl<T: Config> Pallet<T> {
        /// Needs officers who may issue credits.
        #[pallet::call_index(0)]
        #[pallet::weight(LIGHT)]
        pub fn issue(origin: OriginFor<T>, value: u32) -> DispatchResult {
            Self::set(origin, Action::IssueCredits, value)
        }

        /// Needs officers who may change settings.
        #[pallet::call_index(1)]
        #[pallet::weight(LIGHT)]
        pub fn change(origin: OriginFor<T>, value: u32) -> DispatchResult {
            Self::set(origin, Action::ChangeSettings, value)
        }

        /// Fails after it has changed something.
        #[pallet::call_index(2)]
        #[pallet::weight(LIGHT)]
        pub fn fail(origin: OriginFor<T>, value: u32) -> DispatchResult {
            Self::set(origin, Action::IssueCredits, value)?;
            Err(Error::<T>::Broken.into())
        }

        /// Said to issue credits, and does something else.
        #[pallet::call_index(3)]
        #[pallet::weight(LIGHT)]
        pub fn mislabelled(origin: OriginFor<T>, value: u32) -> DispatchResult {
            Self::set(origin, Action::CancelCredits, value)
        }

        /// As long as its argument.
        #[pallet::call_index(4)]
        #[pallet::weight(LIGHT)]
        pub fn long(origin: OriginFor<T>, bytes: Vec<u8>) -> DispatchResult {
            Self::set(origin, Action::IssueCredits, bytes.len() as u32)
        }

        /// As heavy as its argument, in picoseconds; used is only one.
        #[pallet::call_index(5)]
        #[pallet::weight(Weight::from_parts(*weight, 0))]
        pub fn heavy(origin: OriginFor<T>, weight: u64) -> DispatchResultWithPostInfo {
            Self::set(origin, Action::IssueCredits, 1)?;
            let _declared = weight;
            Ok(Some(Weight::from_parts(1, 0)).into())
        }

        /// An action for which one officer is always enough.
        #[pallet::call_index(6)]
        #[pallet::weight(LIGHT)]
        pub fn register(origin: OriginFor<T>, value: u32) -> DispatchResult {
            Self::set(origin, Action::RegisterProject, value)
        }

        /// Not an officer's.
        #[pallet::call_index(7)]
        #[pallet::weight(LIGHT)]
        pub fn nobodys(origin: OriginFor<T>) -> DispatchResult {
            ensure_none(origin).map_err(Into::into)
        }
    }
}

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
    type Block = frame_system::mocking::MockBlock<Test>;
}

/// How many blocks a proposal waits.
pub const LIFETIME: u32 = 10;
/// The heaviest call, in picoseconds.
pub const MAX_CALL_WEIGHT: u64 = 500_000_000;

parameter_types! {
    pub const MaxCallWeight: Weight = Weight::from_parts(MAX_CALL_WEIGHT, 1_000_000);
}

impl pallet_approvals::Config for Test {
    type Actions = Actions;
    type Members = Members;
    type MaxCallWeight = MaxCallWeight;
    type Lifetime = ConstU32<LIFETIME>;
    type WeightInfo = ();
    #[cfg(feature = "runtime-benchmarks")]
    type BenchmarkHelper = Members;
}

impl targets::Config for Test {}

/// What the calls of the pallet above do.
pub struct Actions;

impl ActionOf<RuntimeCall> for Actions {
    fn action_of(call: &RuntimeCall) -> Option<Action> {
        use targets::Call;
        match call {
            RuntimeCall::Targets(Call::change { .. }) => Some(Action::ChangeSettings),
            RuntimeCall::Targets(Call::register { .. }) => Some(Action::RegisterProject),
            RuntimeCall::Targets(Call::nobodys { .. }) | RuntimeCall::System(_) => None,
            // Those of this pallet too: it must not rely on what a runtime says about them.
            _ => Some(Action::IssueCredits),
        }
    }
}

pub type E = Error<Test>;

/// A ministry.
pub const MINISTRY: OrganisationId = 2;
/// A project developer.
pub const DEVELOPER: OrganisationId = 3;

/// The Root of the Government, from genesis.
pub const ROOT: u64 = 1;
/// Admins of the Government.
pub const A: u64 = 2;
pub const B: u64 = 3;
pub const C: u64 = 4;
/// A Manager of the Government, who may neither issue nor change settings.
pub const MANAGER: u64 = 5;
/// Admins of the ministry, who may issue and not change settings.
pub const M: u64 = 11;
pub const N: u64 = 12;
pub const O: u64 = 13;
/// An Admin of the developer.
pub const D: u64 = 21;
/// An account that is a member of nothing.
pub const STRANGER: u64 = 999;

/// In storage, so that it is undone like everything else.
#[storage_alias]
type Roles = StorageMap<Mock, Twox64Concat, u64, (OrganisationId, MemberRole)>;

#[storage_alias]
type Suspended = StorageMap<Mock, Twox64Concat, OrganisationId, ()>;

/// The members as the tests put them, and the real permission table.
pub struct Members;

impl MayAct<u64> for Members {
    fn may_act(who: &u64, action: Action) -> Result<Actor, Refusal> {
        let (organisation, member_role) = Roles::get(who).ok_or(Refusal::NotAMember)?;
        if Suspended::contains_key(organisation) {
            return Err(Refusal::OrganisationSuspended);
        }
        let organisation_role = match organisation {
            GOVERNMENT => OrganisationRole::Government,
            MINISTRY => OrganisationRole::Ministry,
            _ => OrganisationRole::ProjectDeveloper,
        };
        match permission::reach(action, organisation_role, member_role) {
            Reach::No => Err(Refusal::NotPermitted),
            reach => Ok(Actor {
                organisation,
                organisation_role,
                member_role,
                reach,
                scopes: Default::default(),
            }),
        }
    }

    fn organisation(_: OrganisationId) -> Option<Organisation> {
        None // Never asked.
    }

    fn country() -> CountryCode {
        CountryCode(*b"VU")
    }
}

#[cfg(feature = "runtime-benchmarks")]
impl crate::BenchmarkHelper<u64, RuntimeCall> for Members {
    fn officers(count: u32) -> Vec<u64> {
        (100..100 + u64::from(count)).inspect(|who| employ(*who, GOVERNMENT)).collect()
    }

    fn largest_call() -> RuntimeCall {
        RuntimeCall::Targets(targets::Call::long { bytes: vec![0; 32_000] })
    }
}

/// Makes an account an Admin of an organisation.
pub fn employ(who: u64, organisation: OrganisationId) {
    give_role(who, organisation, MemberRole::Admin);
}

pub fn give_role(who: u64, organisation: OrganisationId, role: MemberRole) {
    Roles::insert(who, (organisation, role));
}

pub fn dismiss(who: u64) {
    Roles::remove(who);
}

pub fn suspend(organisation: OrganisationId) {
    Suspended::insert(organisation, ());
}

pub fn reactivate(organisation: OrganisationId) {
    Suspended::remove(organisation);
}

/// A registry with the members above and these thresholds.
pub fn ext_with(thresholds: GenesisConfig<Test>) -> sp_io::TestExternalities {
    let storage = RuntimeGenesisConfig { approvals: thresholds, ..Default::default() }
        .build_storage()
        .expect("the genesis of the mock is valid");
    let mut ext = sp_io::TestExternalities::new(storage);
    ext.execute_with(|| {
        System::set_block_number(1); // Block 0 has no events.
        give_role(ROOT, GOVERNMENT, MemberRole::Root);
        give_role(MANAGER, GOVERNMENT, MemberRole::Manager);
        for who in [A, B, C] {
            employ(who, GOVERNMENT);
        }
        for who in [M, N, O] {
            employ(who, MINISTRY);
        }
        employ(D, DEVELOPER);
    });
    ext
}

/// A registry in which one officer is enough.
pub fn ext() -> sp_io::TestExternalities {
    ext_with(GenesisConfig::default())
}

/// Runs a test on a registry in which one officer is enough, and checks the invariants after it.
pub fn run(test: impl FnOnce()) {
    ext().execute_with(|| {
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

/// Starts the blocks up to and including this one.
pub fn go_to_block(block: u32) {
    while System::block_number() < u64::from(block) {
        let next = System::block_number() + 1;
        System::set_block_number(next);
        Approvals::on_initialize(next);
    }
}
