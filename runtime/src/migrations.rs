// SPDX-License-Identifier: Apache-2.0
//! Changes of what is stored, which a runtime upgrade makes. How to write and test one:
//! docs/how-to/migrate-storage.md.

use core::marker::PhantomData;
use frame_support::{
    defensive_assert,
    migrations::{FailedMigrationHandler, FailedMigrationHandling},
    traits::SafeMode,
};
use sp_runtime::traits::Bounded;

/// The migrations of one block that the next upgrade needs, in order; none since genesis. Each is a
/// `VersionedMigration`, so that it runs once, and stays listed until every network has run it.
pub type SingleBlockMigrations = ();

/// The migrations that take many blocks, in order; none since genesis. While they run, blocks hold
/// nothing but inherents.
#[cfg(not(feature = "next"))]
pub type MultiBlockMigrations = ();
/// A migration that does nothing, for some blocks.
#[cfg(feature = "next")]
pub type MultiBlockMigrations = (next::Pause,);

/// Most bytes of a migration's position.
pub const MAX_CURSOR: u32 = 1_024;
/// Most bytes of a migration's name.
pub const MAX_IDENTIFIER: u32 = 64;

/// A migration that fails must not stop the chain, and nothing may build on what it left half done:
/// the safe mode begins, in which only the council acts, which repairs it by another upgrade.
///
/// The SDK's own handler of that kind would also stay stuck, and blocks of inherents alone keep the
/// council out too.
pub struct OnFailure<SafeMode>(PhantomData<SafeMode>);

impl<Mode: SafeMode> FailedMigrationHandler for OnFailure<Mode>
where
    Mode::BlockNumber: Bounded,
{
    fn failed(_: Option<u32>) -> FailedMigrationHandling {
        // Until the council ends it.
        let for_ever = Bounded::max_value();
        let entered = match Mode::is_entered() {
            true => Mode::extend(for_ever),
            false => Mode::enter(for_ever),
        };
        defensive_assert!(entered.is_ok(), "nothing keeps the safe mode from beginning");
        FailedMigrationHandling::ForceUnstuck
    }
}

#[cfg(feature = "next")]
mod next {
    use frame_support::{
        migrations::{SteppedMigration, SteppedMigrationError},
        weights::WeightMeter,
    };

    /// Blocks that it takes.
    const BLOCKS: u32 = 4;

    /// Takes time, as a migration of many entries does.
    pub struct Pause;

    impl SteppedMigration for Pause {
        type Cursor = u32;
        type Identifier = [u8; 10];

        fn id() -> Self::Identifier {
            *b"next-pause"
        }

        fn max_steps() -> Option<u32> {
            Some(BLOCKS + 1)
        }

        fn step(
            cursor: Option<Self::Cursor>,
            meter: &mut WeightMeter,
        ) -> Result<Option<Self::Cursor>, SteppedMigrationError> {
            let done = cursor.unwrap_or_default();
            // The rest of the block, so that the next step is in the next one.
            meter.consume(meter.remaining());
            Ok((done + 1 < BLOCKS).then_some(done + 1))
        }
    }
}
