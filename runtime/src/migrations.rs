// SPDX-License-Identifier: Apache-2.0
//! Changes of what is stored, which a runtime upgrade makes in its first block. How to write and
//! test one: docs/how-to/migrate-storage.md.

/// The migrations that the next upgrade needs, in order; none since genesis. Each is a
/// `VersionedMigration`, so that it runs once, and stays listed until every network has run it.
pub type SingleBlockMigrations = ();
