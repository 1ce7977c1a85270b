// SPDX-License-Identifier: Apache-2.0
//! A migration over many blocks that fails does not stop the chain, and nothing builds on what it
//! left half done: with what the registry's runtime does about a failure, in a runtime that has one.

use frame_support::{
    derive_impl,
    migrations::{MultiStepMigrator, SteppedMigration, SteppedMigrationError},
    parameter_types,
    traits::{ConstU128, ConstU32, Contains, Hooks, NeverEnsureOrigin},
    weights::{Weight, WeightMeter},
};
use frame_system::{EnsureRoot, EnsureRootWithSuccess};
use registry_runtime::migrations::OnFailure;
use sp_runtime::{traits::Dispatchable, BuildStorage};

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
        RuntimeTask
    )]
    pub struct Test;

    #[runtime::pallet_index(0)]
    pub type System = frame_system;
    #[runtime::pallet_index(1)]
    pub type Balances = pallet_balances;
    #[runtime::pallet_index(2)]
    pub type SafeMode = pallet_safe_mode;
    #[runtime::pallet_index(3)]
    pub type Migrations = pallet_migrations;
}

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
    type Block = frame_system::mocking::MockBlockU32<Test>;
    type BaseCallFilter = SafeMode;
    type AccountData = pallet_balances::AccountData<u128>;
    type MultiBlockMigrator = Migrations;
}

#[derive_impl(pallet_balances::config_preludes::TestDefaultConfig)]
impl pallet_balances::Config for Test {
    type Balance = u128;
    type ExistentialDeposit = ConstU128<1>;
    type AccountStore = System;
}

/// The council's calls go on: here, those of the safe mode itself.
pub struct Nothing;

impl Contains<RuntimeCall> for Nothing {
    fn contains(_: &RuntimeCall) -> bool {
        false
    }
}

impl pallet_safe_mode::Config for Test {
    type RuntimeEvent = RuntimeEvent;
    type Currency = Balances;
    type RuntimeHoldReason = RuntimeHoldReason;
    type WhitelistedCalls = Nothing;
    type EnterDuration = ConstU32<10>;
    type ExtendDuration = ConstU32<10>;
    type EnterDepositAmount = ();
    type ExtendDepositAmount = ();
    type ForceEnterOrigin = EnsureRootWithSuccess<u64, ConstU32<10>>;
    type ForceExtendOrigin = EnsureRootWithSuccess<u64, ConstU32<10>>;
    type ForceExitOrigin = EnsureRoot<u64>;
    type ForceDepositOrigin = NeverEnsureOrigin<()>;
    type Notify = ();
    type ReleaseDelay = ();
    type WeightInfo = ();
}

/// Works for three blocks, then meets what it did not expect.
pub struct Failing;

impl SteppedMigration for Failing {
    type Cursor = u32;
    type Identifier = [u8; 7];

    fn id() -> Self::Identifier {
        *b"failing"
    }

    fn step(
        cursor: Option<u32>,
        meter: &mut WeightMeter,
    ) -> Result<Option<u32>, SteppedMigrationError> {
        meter.consume(meter.remaining());
        match cursor.unwrap_or_default() {
            done if done < 2 => Ok(Some(done + 1)),
            _ => Err(SteppedMigrationError::Failed),
        }
    }
}

/// Never says that it has finished, and says how long it may take.
pub struct Endless;

impl SteppedMigration for Endless {
    type Cursor = u32;
    type Identifier = [u8; 7];

    fn id() -> Self::Identifier {
        *b"endless"
    }

    fn max_steps() -> Option<u32> {
        Some(5)
    }

    fn step(_: Option<u32>, meter: &mut WeightMeter) -> Result<Option<u32>, SteppedMigrationError> {
        meter.consume(meter.remaining());
        Ok(Some(1))
    }
}

parameter_types! {
    pub const MaxServiceWeight: Weight = Weight::from_parts(1_000_000_000_000, u64::MAX);
    /// Which of the two runs.
    pub static WithoutEnd: bool = false;
}

/// The one that the test wants.
pub struct Chosen;

impl SteppedMigration for Chosen {
    type Cursor = u32;
    type Identifier = [u8; 7];

    fn id() -> Self::Identifier {
        if WithoutEnd::get() {
            Endless::id()
        } else {
            Failing::id()
        }
    }

    fn max_steps() -> Option<u32> {
        if WithoutEnd::get() {
            Endless::max_steps()
        } else {
            Failing::max_steps()
        }
    }

    fn step(
        cursor: Option<u32>,
        meter: &mut WeightMeter,
    ) -> Result<Option<u32>, SteppedMigrationError> {
        if WithoutEnd::get() {
            Endless::step(cursor, meter)
        } else {
            Failing::step(cursor, meter)
        }
    }
}

impl pallet_migrations::Config for Test {
    type RuntimeEvent = RuntimeEvent;
    type Migrations = (Chosen,);
    type CursorMaxLen = ConstU32<{ registry_runtime::migrations::MAX_CURSOR }>;
    type IdentifierMaxLen = ConstU32<{ registry_runtime::migrations::MAX_IDENTIFIER }>;
    type MigrationStatusHandler = ();
    type FailedMigrationHandler = OnFailure<SafeMode>;
    type MaxServiceWeight = MaxServiceWeight;
    type WeightInfo = ();
}

fn remark() -> RuntimeCall {
    frame_system::Call::remark { remark: vec![] }.into()
}

/// Runs blocks until the migration has ended, one way or the other; how many it took.
fn run_to_the_end() -> u32 {
    System::set_block_number(1);
    <Migrations as Hooks<u32>>::on_runtime_upgrade();
    assert!(Migrations::ongoing(), "it has begun");
    for blocks in 1..=20 {
        System::set_block_number(1 + blocks);
        Migrations::step();
        if !Migrations::ongoing() {
            return blocks;
        }
    }
    panic!("after twenty blocks it still runs: the chain is stuck");
}

fn fails_safely() {
    let storage =
        RuntimeGenesisConfig::default().build_storage().expect("the genesis of the mock is valid");
    sp_io::TestExternalities::new(storage).execute_with(|| {
        let blocks = run_to_the_end();
        println!("it ended after {blocks} blocks");
        assert!(blocks > 2);
        // Transactions are in blocks again, but do nothing ...
        let who = || RuntimeOrigin::signed(1);
        assert!(remark().dispatch(who()).is_err());
        // ... for as long as it takes: the safe mode does not end by itself,
        System::set_block_number(1_000_000);
        SafeMode::on_initialize(1_000_000);
        assert!(remark().dispatch(who()).is_err());
        // but by the council, which has repaired what was left half done.
        SafeMode::force_exit(RuntimeOrigin::root()).expect("the council ends it");
        assert!(remark().dispatch(who()).is_ok());
    });
}

#[test]
fn a_migration_that_fails_leaves_the_chain_to_the_council() {
    WithoutEnd::set(false);
    fails_safely();
}

#[test]
fn a_migration_that_does_not_end_leaves_the_chain_to_the_council() {
    WithoutEnd::set(true);
    fails_safely();
}
