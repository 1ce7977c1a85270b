// SPDX-License-Identifier: Apache-2.0
//! A runtime with sessions and this pallet. Every account of two digits is a member of the
//! organisation that is its first digit.

use crate as pallet_validators;
use crate::{Admission, Contact, Error, GenesisValidator, Pallet};
use frame_support::{assert_ok, derive_impl, parameter_types, traits::ConstU32};
use frame_system::EnsureRoot;
use pallet_session::{historical as pallet_session_historical, SessionManager as _};
use registry_primitives::{OrganisationId, Text, GOVERNMENT};
use sp_runtime::{
    impl_opaque_keys, testing::UintAuthorityId, traits::ConvertInto, BuildStorage, KeyTypeId,
    RuntimeAppPublic,
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
    pub type Balances = pallet_balances;
    #[runtime::pallet_index(2)]
    pub type Validators = pallet_validators;
    #[runtime::pallet_index(3)]
    pub type Historical = pallet_session_historical;
    #[runtime::pallet_index(4)]
    pub type Session = pallet_session;
}

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
    type Block = frame_system::mocking::MockBlock<Test>;
    type AccountData = pallet_balances::AccountData<u64>;
}

#[derive_impl(pallet_balances::config_preludes::TestDefaultConfig)]
impl pallet_balances::Config for Test {
    type AccountStore = System;
}

impl_opaque_keys! {
    pub struct MockKeys {
        pub dummy: UintAuthorityId,
    }
}

impl From<u64> for MockKeys {
    fn from(key: u64) -> Self {
        Self { dummy: UintAuthorityId(key) }
    }
}

/// Does nothing with the keys.
pub struct Handler;

impl pallet_session::SessionHandler<u64> for Handler {
    const KEY_TYPE_IDS: &'static [KeyTypeId] = &[UintAuthorityId::ID];
    fn on_genesis_session<T: sp_runtime::traits::OpaqueKeys>(_: &[(u64, T)]) {}
    fn on_new_session<T: sp_runtime::traits::OpaqueKeys>(_: bool, _: &[(u64, T)], _: &[(u64, T)]) {}
    fn on_disabled(_: u32) {}
}

parameter_types! {
    pub const KeyDeposit: u64 = 0;
}

/// Blocks of a session.
pub const SESSION: u32 = 5;
/// Sessions between announcements of a set that did not change.
pub const ANNOUNCED_EVERY: u32 = 8;
/// Sessions that are remembered.
pub const REMEMBERED: u32 = 3;
/// Most validators.
pub const MOST: u32 = 8;

impl pallet_session::Config for Test {
    type RuntimeEvent = RuntimeEvent;
    type ValidatorId = u64;
    type ValidatorIdOf = ConvertInto;
    type ShouldEndSession =
        pallet_session::PeriodicSessions<crate::BlocksOfSession<Test>, ConstU64Zero>;
    type NextSessionRotation = Self::ShouldEndSession;
    type SessionManager = pallet_session_historical::NoteHistoricalRoot<Test, Validators>;
    type SessionHandler = Handler;
    type Keys = MockKeys;
    type DisablingStrategy = pallet_session::disabling::UpToLimitDisablingStrategy;
    type WeightInfo = ();
    type Currency = Balances;
    type KeyDeposit = KeyDeposit;
}

type ConstU64Zero = frame_support::traits::ConstU64<0>;

impl pallet_session_historical::Config for Test {
    type RuntimeEvent = RuntimeEvent;
    type FullIdentification = ();
    type FullIdentificationOf = crate::Unit;
}

/// Accounts 10 to 99 are members of organisations 1 to 9; 9 is suspended.
pub struct Members;

impl crate::OrganisationOf<u64> for Members {
    fn organisation_of(who: &u64) -> Option<OrganisationId> {
        let organisation = u32::try_from(who / 10).ok()?;
        (1..9).contains(&organisation).then_some(organisation)
    }
}

impl pallet_validators::Config for Test {
    type AppointOrigin = EnsureRoot<u64>;
    type Members = Members;
    type MaxValidators = ConstU32<MOST>;
    type SessionsPerAnnouncement = ConstU32<ANNOUNCED_EVERY>;
    type SessionsRemembered = ConstU32<REMEMBERED>;
    type OnRemoved = ();
    type WeightInfo = ();
    #[cfg(feature = "runtime-benchmarks")]
    type BenchmarkHelper = Members;
}

#[cfg(feature = "runtime-benchmarks")]
impl crate::BenchmarkHelper<u64> for Members {
    fn candidate(index: u32) -> u64 {
        let candidate = 20 + u64::from(index);
        set_keys(candidate);
        candidate
    }
}

pub type E = Error<Test>;

/// The validators at genesis.
pub const FIRST: [u64; 4] = [11, 12, 13, 14];

pub fn text<const N: u32>(text: &str) -> Text<N> {
    Text::try_from(text).expect("the texts of tests are short")
}

/// How the node of an account is reached; another way for another account.
pub fn contact(of: u64) -> Contact {
    Contact {
        operator: text(&format!("Operator {of}")),
        // Base 58 has no zero.
        peer_id: text(&format!("12D3KooW{:1>44}", of.to_string().replace('0', "z"))),
        address: text(&format!("/dns/validator-{of}.example/tcp/30333")),
    }
}

/// Runs a test on a network of four, of which three must stay, and checks the invariants after it.
pub fn run(test: impl FnOnce()) {
    let validators = FIRST
        .into_iter()
        .map(|account| GenesisValidator {
            account,
            organisation: GOVERNMENT,
            contact: contact(account),
        })
        .collect();
    let genesis = RuntimeGenesisConfig {
        validators: crate::GenesisConfig { validators, minimum: 3, session_length: SESSION },
        session: pallet_session::GenesisConfig {
            keys: FIRST.into_iter().map(|who| (who, who, MockKeys::from(who))).collect(),
            ..Default::default()
        },
        ..Default::default()
    };
    let storage = genesis.build_storage().expect("the genesis of the mock is valid");
    sp_io::TestExternalities::new(storage).execute_with(|| {
        System::run_to_block::<AllPalletsWithSystem>(1);
        test();
        assert_ok!(Pallet::<Test>::do_try_state());
    });
}

pub fn root() -> RuntimeOrigin {
    RuntimeOrigin::root()
}

/// Sets the session keys of an account, as if it had proved that they are its own.
pub fn set_keys(account: u64) {
    set_keys_to(account, account);
}

pub fn set_keys_to(account: u64, key: u64) {
    System::inc_providers(&account);
    let keys = MockKeys::from(key);
    let session = <Session as pallet_session::SessionInterface>::set_keys;
    assert_ok!(session(&account, keys));
}

/// Appoints a member that has set its keys.
pub fn appoint(account: u64) {
    set_keys(account);
    assert_ok!(Validators::add(root(), account, contact(account)));
}

pub fn admission(of: u64) -> Option<Admission> {
    crate::Admissions::<Test>::get(of)
}

/// Goes to the first block of the next session.
pub fn next_session() {
    let session = Session::current_index();
    while Session::current_index() == session {
        let next = System::block_number() + 1;
        System::run_to_block::<AllPalletsWithSystem>(next);
    }
}

/// Whether the set would be announced for a session; nothing changes.
pub fn announced_for(session: u32) -> Option<Vec<u64>> {
    frame_support::hypothetically!(
        <Validators as pallet_session::SessionManager<u64>>::new_session(session)
    )
}

pub fn start_session() {
    Validators::start_session(Session::current_index());
}
