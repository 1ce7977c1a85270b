// SPDX-License-Identifier: Apache-2.0
//! The pattern of a migration, with an example that never was: the deductions, as if version 0 had
//! kept them in percent. docs/how-to/migrate-storage.md explains it.

mod common;

use common::{assert_invariants, development};
use frame_support::{
    migrations::VersionedMigration,
    storage_alias,
    traits::{
        GetStorageVersion, OnRuntimeUpgrade, PalletInfoAccess, StorageVersion,
        UncheckedOnRuntimeUpgrade,
    },
    weights::Weight,
};
use registry_primitives::credit::Deductions;
use registry_runtime::{Approvals, Calculator, Credits, Organisations, Projects, Runtime};

mod v0 {
    use super::*;

    /// Share of proceeds and overall mitigation, in percent.
    #[storage_alias]
    pub type DeductionRates = StorageValue<Credits, (u8, u8)>;
}

/// What changes, without a look at versions: [`VersionedMigration`] does that.
struct PercentToPpm;

impl UncheckedOnRuntimeUpgrade for PercentToPpm {
    fn on_runtime_upgrade() -> Weight {
        const PPM_PER_PERCENT: u32 = 10_000;
        if let Some((proceeds, mitigation)) = v0::DeductionRates::take() {
            let rates = Deductions {
                share_of_proceeds: u32::from(proceeds) * PPM_PER_PERCENT,
                overall_mitigation: u32::from(mitigation) * PPM_PER_PERCENT,
            };
            pallet_credits::DeductionRates::<Runtime>::put(rates);
        }
        <Runtime as frame_system::Config>::DbWeight::get().reads_writes(1, 1)
    }
}

type Migration =
    VersionedMigration<0, 1, PercentToPpm, Credits, <Runtime as frame_system::Config>::DbWeight>;

fn rates() -> Deductions {
    pallet_credits::DeductionRates::<Runtime>::get()
}

#[test]
fn a_migration_runs_once_and_leaves_the_registry_in_order() {
    development().execute_with(|| {
        StorageVersion::new(0).put::<Credits>();
        v0::DeductionRates::put((5, 2));

        let weight = Migration::on_runtime_upgrade();

        let expected = Deductions { share_of_proceeds: 50_000, overall_mitigation: 20_000 };
        assert_eq!(rates(), expected);
        assert_eq!(Credits::on_chain_storage_version(), StorageVersion::new(1));
        assert!(weight.ref_time() > 0, "what it costs is counted");
        assert_invariants();

        // The next upgrade still lists it: it does nothing.
        Migration::on_runtime_upgrade();
        assert_eq!(rates(), expected);
        assert_invariants();
    });
}

#[test]
fn every_pallet_of_the_registry_has_the_storage_version_of_its_code() {
    fn check<P>()
    where
        P: GetStorageVersion<InCodeStorageVersion = StorageVersion> + PalletInfoAccess,
    {
        let name = P::name();
        assert!(P::in_code_storage_version() >= StorageVersion::new(1), "{name} has a version");
        assert_eq!(P::on_chain_storage_version(), P::in_code_storage_version(), "{name}");
    }
    development().execute_with(|| {
        check::<Organisations>();
        check::<Approvals>();
        check::<Projects>();
        check::<Credits>();
        check::<Calculator>();
    });
}
