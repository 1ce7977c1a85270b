// SPDX-License-Identifier: Apache-2.0
//! Changes of what is stored, which a runtime upgrade makes. How to write and test one:
//! docs/how-to/migrate-storage.md.

use frame_support::migrations::{EnterSafeModeOnFailedMigration, ForceUnstuckOnFailedMigration};

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
pub type OnFailure<SafeMode> =
    EnterSafeModeOnFailedMigration<SafeMode, ForceUnstuckOnFailedMigration>;

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
