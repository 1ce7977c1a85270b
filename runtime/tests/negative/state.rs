// SPDX-License-Identifier: Apache-2.0
//! The state as a whole: what is wrong in it is found, and what is right is so anywhere.

use crate::{common::steps::*, permission_steps::*, *};
use frame_support::traits::{GetStorageVersion, StorageVersion};
use registry_primitives::{
    credit::{CountryAccounts, Retirement},
    invariants::{self, Check, Violation},
    organisation::Member,
    MemberRole, GOVERNMENT,
};
use registry_runtime::{Approvals, Calculator, Credits, Organisations, Projects, System, VERSION};
use std::collections::{BTreeMap, BTreeSet};

/// What the invariants about blocks are about.
#[derive(Clone)]
struct Books {
    last: u64,
    blocks: invariants::Blocks,
    vintages: invariants::VintageTotals,
    national: Totals,
    index: BTreeSet<(OrganisationId, u64)>,
    retirements: BTreeMap<u64, Retirement>,
    accounts: CountryAccounts,
}

impl Books {
    fn read() -> Self {
        Self {
            last: last_serial(),
            blocks: pallet_credits::Blocks::<Runtime>::iter().collect(),
            vintages: pallet_credits::TotalsOfVintage::<Runtime>::iter()
                .map(|(project, vintage, totals)| ((project, vintage), totals))
                .collect(),
            national: national(),
            index: pallet_credits::BlocksOfOwner::<Runtime>::iter_keys().collect(),
            retirements: pallet_credits::Retirements::<Runtime>::iter().collect(),
            accounts: pallet_credits::Accounts::<Runtime>::get(),
        }
    }

    /// The first invariant that does not hold.
    fn check(&self) -> Check {
        let Self { last, blocks, vintages, national, index, retirements, accounts } = self;
        invariants::blocks_cover_all_serials(*last, blocks)?;
        invariants::owner_index_agrees(blocks, index)?;
        invariants::owners_exist(blocks, |owner| owner <= CERTIFIER)?;
        invariants::lineage_is_contiguous(blocks)?;
        invariants::retirements_name_their_blocks(blocks, retirements)?;
        let records = retirements.values();
        invariants::accounts_are_those_of_records(accounts, records, [].iter())?;
        invariants::totals_are_those_of_blocks(blocks, vintages, national)
    }

    /// What is found after a change.
    fn after(&self, change: impl FnOnce(&mut Self)) -> Violation {
        let mut changed = self.clone();
        change(&mut changed);
        changed.check().expect_err("the change breaks an invariant")
    }

    fn block(&mut self, start: u64) -> &mut Block {
        self.blocks.get_mut(&start).expect("a block starts there")
    }
}

#[test]
fn deliberately_broken_state() {
    run(|| {
        issued();
        succeed(&developer(), transfer(&[(1, 40)], BUYER)); // 61 to 100
        succeed(&buyer(), retire(&[(61, 10)])); // 91 to 100
        let books = Books::read();
        assert_eq!(books.check(), Ok(()));

        // Every edit that would give somebody a tonne, or take one, is found.
        let found = books.after(|books| books.block(91).end = 101);
        assert_eq!(found, Violation::LastSerial { drawn: 100, covered: 101 });
        let found = books.after(|books| books.block(61).end = 91);
        assert_eq!(found, Violation::NotContiguous { expected: 92, found: 91 });
        let found = books.after(|books| {
            let _ = books.blocks.remove(&61);
        });
        assert_eq!(found, Violation::NotContiguous { expected: 61, found: 91 });
        let found = books.after(|books| books.last = 99);
        assert_eq!(found, Violation::LastSerial { drawn: 99, covered: 100 });
        let found = books.after(|books| books.block(61).owner = DEVELOPER);
        assert_eq!(found, Violation::OwnerIndex(DEVELOPER, 61));
        let found = books.after(|books| books.index.extend([(DEVELOPER, 91)]));
        assert_eq!(found, Violation::OwnerIndex(DEVELOPER, 91));
        let found = books.after(|books| {
            books.block(61).owner = 99;
            books.index.remove(&(BUYER, 61));
            books.index.insert((99, 61));
        });
        assert_eq!(found, Violation::UnknownOwner(99, 61));
        let found = books.after(|books| books.block(61).parent = Some(50));
        assert_eq!(found, Violation::Parent(61));
        // What is retired is not held again, and nothing is retired without a record.
        let found = books.after(|books| books.block(91).status = BlockStatus::Held);
        assert_eq!(found, Violation::RetirementBlocks(1));
        let found = books.after(|books| books.block(61).status = BlockStatus::Retired(1));
        assert_eq!(found, Violation::NotInRetirement(61));
        let found = books.after(|books| books.retirements.clear());
        assert_eq!(found, Violation::NotInRetirement(91));
        let found = books.after(|books| books.accounts.domestic = 11);
        assert_eq!(found, {
            Violation::CountryAccount(registry_primitives::credit::Account::Domestic)
        });
        // Sums.
        let found = books.after(|books| books.block(61).vintage = 2023);
        assert_eq!(found, Violation::Parent(61));
        let found = books.after(|books| books.block(61).status = BlockStatus::Buffer);
        assert_eq!(found, Violation::VintageTotals(1, 2024));
        let found = books.after(|books| books.national.issued = 101);
        assert_eq!(found, Violation::NationalTotals);
    });
}

#[test]
fn deliberately_broken_project() {
    run(|| {
        issued();
        let project = pallet_projects::Projects::<Runtime>::get(1).unwrap();
        let periods: BTreeMap<_, _> =
            pallet_projects::MonitoringPeriods::<Runtime>::iter_prefix(1).collect();
        let check = |change: fn(&mut registry_primitives::project::Project)| {
            let mut project = project.clone();
            change(&mut project);
            invariants::issued_within_verified(1, &project, &periods)
        };
        assert_eq!(check(|_| ()), Ok(()));
        let above = check(|project| project.issued = 101);
        assert_eq!(above, Err(Violation::IssuedAboveVerified(1)));
        let above = check(|project| project.issued = 1_001);
        assert_eq!(above, Err(Violation::IssuedAboveAuthorised(1)));
        let mut raised = periods.clone();
        raised.get_mut(&1).unwrap().verified[0].tonnes = 101;
        let found = invariants::issued_within_verified(1, &project, &raised);
        assert_eq!(found, Err(Violation::VerifiedAboveReported(1, 1)));
        let mut twice = periods.clone();
        twice.insert(2, periods[&1].clone());
        let found = invariants::periods_are_disjoint(1, &project, &twice);
        assert!(matches!(found, Err(Violation::MonitoringPeriod(1, _))), "{found:?}");
    });
}

#[test]
fn deliberately_broken_membership() {
    run(|| {
        found();
        let organisations: BTreeMap<_, _> =
            pallet_organisations::Organisations::<Runtime>::iter().collect();
        let members: Vec<_> = pallet_organisations::Members::<Runtime>::iter_values().collect();
        let check_but = |members: &[Member], unclaimed: Option<OrganisationId>| {
            let unclaimed = |id| unclaimed == Some(id);
            invariants::members_are_in_order(&organisations, members.iter(), unclaimed)
        };
        let check = |members: &[Member]| check_but(members, None);
        assert_eq!(check(&members), Ok(()));
        let with = |organisation, role| {
            let mut members = members.clone();
            members.push(Member { organisation, role });
            check(&members)
        };
        assert_eq!(with(GOVERNMENT, MemberRole::Root), Err(Violation::Root));
        assert_eq!(with(99, MemberRole::Admin), Err(Violation::UnknownOrganisation(99)));
        let without: Vec<_> =
            members.into_iter().filter(|member| member.organisation != BUYER).collect();
        assert_eq!(check(&without), Err(Violation::NoAdmin(BUYER)));
        assert_eq!(check_but(&without, Some(BUYER)), Ok(()));
    });
}

/// All storage, as a chain that begins with it.
fn import(top: Storage) -> sp_io::TestExternalities {
    sp_io::TestExternalities::new(sp_runtime::Storage { top, children_default: Default::default() })
}

#[test]
fn exported_state_that_does_not_work_elsewhere() {
    let mut chain = development();
    let (exported, header) = chain.execute_with(|| {
        issued_with_buffer(100_000);
        succeed(&developer(), transfer(&[(1, 40)], BUYER));
        succeed(&developer(), request_retirement(&[(1, 20)]));
        let header = end_block();
        (storage(), header)
    });
    assert!(!exported.is_empty());
    // The state that the header commits to, and nothing else, makes the chain that goes on.
    let mut elsewhere = import(exported.clone());
    elsewhere.execute_with(|| {
        assert!(storage() == exported);
        assert_eq!(state_root(), header.state_root.as_bytes());
        assert_invariants();
        start_block();
        assert_invariants();
        succeed(&root(), recognise());
        succeed(&buyer(), retire(&[(51, 10)]));
        refuse(&buyer(), retire(&[(81, 10)]), CreditsError::NotHeld);
        succeed(&developer(), report_monitoring(1, &[(2023, 10)]));
        assert_invariants();
        next_block();
        assert_eq!(national().retired, 30);
    });
    // The same calls lead to the same state on both.
    chain.execute_with(|| {
        start_block();
        succeed(&root(), recognise());
        succeed(&buyer(), retire(&[(51, 10)]));
        refuse(&buyer(), retire(&[(81, 10)]), CreditsError::NotHeld);
        succeed(&developer(), report_monitoring(1, &[(2023, 10)]));
        next_block();
        let here = storage();
        elsewhere.execute_with(|| assert!(storage() == here));
    });
}

#[test]
fn state_edited_by_hand() {
    run(|| {
        issued();
        let before = state_root();
        undone(|| {
            pallet_credits::Blocks::<Runtime>::mutate(1, |block| {
                block.as_mut().expect("it exists").owner = BUYER;
            });
            // Every block of the chain commits to the whole state: no validator would agree.
            assert_ne!(state_root(), before);
        });
        assert_eq!(state_root(), before);
    });
}

/// The storage versions of the registry's pallets: in the state, and in the code.
fn versions() -> Vec<(StorageVersion, StorageVersion)> {
    fn of<P: GetStorageVersion<InCodeStorageVersion = StorageVersion>>(
    ) -> (StorageVersion, StorageVersion) {
        (P::on_chain_storage_version(), P::in_code_storage_version())
    }
    vec![
        of::<Organisations>(),
        of::<Approvals>(),
        of::<Projects>(),
        of::<Credits>(),
        of::<Calculator>(),
    ]
}

#[test]
fn migration_that_leaves_an_invariant_broken() {
    run(|| {
        issued_with_buffer(100_000);
        succeed(&developer(), transfer(&[(1, 40)], BUYER));
        end_block();
        for (state, code) in versions() {
            assert_eq!(state, code, "the state is of the version that the code reads");
        }
        let before = registry_state();
        // The next block is the first of a new runtime.
        frame_system::LastRuntimeUpgrade::<Runtime>::mutate(|last| {
            let last = last.as_mut().expect("the first block notes the runtime");
            last.spec_version = codec::Compact(VERSION.spec_version - 1);
        });
        start_block();
        let upgraded = System::last_runtime_upgrade_spec_version();
        assert_eq!(upgraded, VERSION.spec_version, "the migrations have run");
        assert_invariants();
        for (state, code) in versions() {
            assert_eq!(state, code);
        }
        // Nothing but the clock and the block's own notes has changed.
        let credits = sp_io::hashing::twox_128(b"Credits");
        let of_credits = |all: Storage| -> Storage {
            all.into_iter().filter(|(key, _)| key.starts_with(&credits)).collect()
        };
        assert!(of_credits(registry_state()) == of_credits(before));
        succeed(&buyer(), retire(&[(51, 40)]));
    });
}

#[test]
fn genesis_without_storage_versions() {
    run(|| {
        let first = StorageVersion::new(1);
        assert_eq!(versions(), [(first, first); 5]);
    });
}
