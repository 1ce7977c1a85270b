// SPDX-License-Identifier: Apache-2.0
//! From the first organisation to the last tonne retired, one signed transaction after another.

mod common;

use common::{steps::*, *};
use pallet_credits::Event as Credits;
use registry_primitives::{
    credit::{Block, BlockStatus, Retirement, Totals},
    project::{DocumentKind, MonitoringStage, ProjectStage},
    MemberRole, OrganisationRole, SerialRange, GOVERNMENT,
};
use registry_runtime::{Runtime, RuntimeEvent, System, Timestamp};

fn range(start: u64, end: u64) -> SerialRange {
    SerialRange { start, end }
}

fn stage(project: u32) -> ProjectStage {
    pallet_projects::Projects::<Runtime>::get(project).unwrap().stage
}

fn national() -> Totals {
    pallet_credits::NationalTotals::<Runtime>::get()
}

/// Checks everything, and goes on in the next block.
fn pass_block() {
    assert_invariants();
    next_block();
}

#[test]
fn from_registration_to_retirement() {
    development().execute_with(|| {
        assert_invariants();
        // The Root makes an Admin of the Government, who makes everybody else.
        let officer = key("Officer");
        succeed(&root(), add_member(GOVERNMENT, &officer, MemberRole::Admin));
        pass_block();
        let ministry = key("Ministry");
        for (role, name, admin) in [
            (OrganisationRole::ProjectDeveloper, "Developer", developer()),
            (OrganisationRole::ProjectDeveloper, "Buyer", buyer()),
            (OrganisationRole::Certifier, "Certifier", certifier()),
            (OrganisationRole::Ministry, "Ministry", ministry.clone()),
        ] {
            succeed(&officer, create_organisation(role, name, &admin));
        }
        let manager = key("Manager");
        succeed(&developer(), add_member(DEVELOPER, &manager, MemberRole::Manager));
        pass_block();

        succeed(&manager, register(wind_farm("EXT-1", DEVELOPER, CERTIFIER)));
        assert_eq!(stage(1), ProjectStage::Submitted);
        succeed(&manager, submit_document(1, DocumentKind::DesignDocument));
        succeed(&certifier(), accept_document(1, 1));
        succeed(&manager, submit_document(1, DocumentKind::ValidationReport));
        succeed(&certifier(), validate_project(1, 2, 1_000));
        assert_eq!(stage(1), ProjectStage::Validated);
        pass_block();

        // The ministry of the scope authorises 900 tonnes; a tenth of each issuance is insurance.
        succeed(&ministry, authorise(1, 900, 100_000));
        assert_eq!(stage(1), ProjectStage::Authorised);
        succeed(&manager, report_monitoring(1, &[(2023, 100), (2024, 60)]));
        succeed(&certifier(), verify_monitoring(1, 1, &[(2023, 95), (2024, 60)]));
        pass_block();

        succeed(&ministry, issue(1, 1));
        // A tenth of 95 is 9.5, so 10; of 60 it is 6.
        let block = |end, vintage, owner, status| Block {
            end,
            project: 1,
            vintage,
            owner,
            status,
            first_transferred: false,
            parent: None,
        };
        let blocks: std::collections::BTreeMap<_, _> =
            pallet_credits::Blocks::<Runtime>::iter().collect();
        assert_eq!(
            blocks.into_iter().collect::<Vec<_>>(),
            [
                (1, block(85, 2023, DEVELOPER, BlockStatus::Held)),
                (86, block(95, 2023, GOVERNMENT, BlockStatus::Buffer)),
                (96, block(149, 2024, DEVELOPER, BlockStatus::Held)),
                (150, block(155, 2024, GOVERNMENT, BlockStatus::Buffer)),
            ]
        );
        let totals = Totals { issued: 155, held: 139, buffer: 16, ..Default::default() };
        assert_eq!(national(), totals);
        let project = pallet_projects::Projects::<Runtime>::get(1).unwrap();
        assert_eq!(project.issued, 155);
        let period = pallet_projects::MonitoringPeriods::<Runtime>::get(1, 1).unwrap();
        assert_eq!(period.stage, MonitoringStage::Issued);
        // What was issued cannot be issued again.
        let again = pallet_projects::Error::<Runtime>::NotVerified;
        assert_eq!(submit(&ministry, issue(1, 1)), Ok(Err(again.into())));
        pass_block();

        // The buyer gets all of 2024 and the last 25 of 2023.
        succeed(&manager, transfer(&[(96, 54), (1, 25)], BUYER));
        let transferred = RuntimeEvent::Credits(Credits::CreditsTransferred {
            from: DEVELOPER,
            to: BUYER,
            blocks: vec![range(96, 149), range(61, 85)].try_into().unwrap(),
            quantity: 79,
            reference: Some(text("INV-1")),
            request: None,
            by: account(&manager),
        });
        let split = Credits::BlockSplit { rest: range(1, 60), taken: range(61, 85) };
        assert_eq!(registry_events(), [RuntimeEvent::Credits(split), transferred]);
        assert_eq!(national(), totals);
        pass_block();

        // The buyer retires 30 of what it bought.
        succeed(&buyer(), retire(&[(61, 25), (96, 5)]));
        let record = Retirement {
            by: BUYER,
            details: retirement(),
            blocks: vec![range(61, 85), range(145, 149)].try_into().unwrap(),
            quantity: 30,
            block_number: System::block_number(),
            at: Timestamp::get(),
        };
        assert_eq!(pallet_credits::Retirements::<Runtime>::get(1), Some(record));
        let retired = Totals { held: 109, retired: 30, ..totals };
        assert_eq!(national(), retired);
        let gone = pallet_credits::Error::<Runtime>::NotHeld;
        assert_eq!(submit(&buyer(), transfer(&[(61, 25)], DEVELOPER)), Ok(Err(gone.into())));
        pass_block();

        // What remains is still there, block for block, serial for serial.
        let owners: std::collections::BTreeMap<_, _> = pallet_credits::Blocks::<Runtime>::iter()
            .map(|(start, block)| (start, (block.end, block.owner, block.parent)))
            .collect();
        let expected = [
            (1, (60, DEVELOPER, None)),
            (61, (85, BUYER, Some(1))),
            (86, (95, GOVERNMENT, None)),
            (96, (144, BUYER, None)),
            (145, (149, BUYER, Some(96))),
            (150, (155, GOVERNMENT, None)),
        ];
        assert_eq!(owners, expected.into());
        assert_invariants();
    });
}

#[test]
fn a_second_project_continues_the_serial_numbers() {
    development().execute_with(|| {
        found();
        for (project, external_id) in [(1, "EXT-1"), (2, "EXT-2")] {
            succeed(&developer(), register(wind_farm(external_id, DEVELOPER, CERTIFIER)));
            bring_to_authorisation(project, 500);
            succeed(&developer(), report_monitoring(project, &[(2024, 10)]));
            succeed(&certifier(), verify_monitoring(project, 1, &[(2024, 10)]));
            succeed(&root(), issue(project, 1));
            pass_block();
        }
        let projects: std::collections::BTreeMap<_, _> = pallet_credits::Blocks::<Runtime>::iter()
            .map(|(start, block)| (start, (block.end, block.project)))
            .collect();
        assert_eq!(projects, [(1, (10, 1)), (11, (20, 2))].into());
    });
}

#[test]
fn a_suspension_between_verification_and_issuance_holds_the_credits() {
    development().execute_with(|| {
        found();
        succeed(&developer(), register(wind_farm("EXT-1", DEVELOPER, CERTIFIER)));
        bring_to_authorisation(1, 500);
        succeed(&developer(), report_monitoring(1, &[(2024, 10)]));
        succeed(&certifier(), verify_monitoring(1, 1, &[(2024, 10)]));
        succeed(&root(), suspend(DEVELOPER));
        pass_block();
        succeed(&root(), issue(1, 1));
        assert_eq!(national(), Totals { issued: 10, on_hold: 10, ..Default::default() });
        succeed(&root(), reactivate(DEVELOPER));
        pass_block();
        // What was issued to it meanwhile is its own to move from then on.
        assert_eq!(national(), Totals { issued: 10, held: 10, ..Default::default() });
        succeed(&developer(), transfer(&[(1, 1)], BUYER));
        assert_invariants();
    });
}

#[test]
fn nothing_reaches_a_suspended_organisation() {
    development().execute_with(|| {
        found();
        succeed(&developer(), register(wind_farm("EXT-1", DEVELOPER, CERTIFIER)));
        bring_to_authorisation(1, 500);
        succeed(&developer(), report_monitoring(1, &[(2024, 10)]));
        succeed(&certifier(), verify_monitoring(1, 1, &[(2024, 10)]));
        succeed(&root(), issue(1, 1));
        succeed(&root(), suspend(BUYER));
        pass_block();
        let refused = pallet_credits::Error::<Runtime>::ReceiverSuspended;
        assert_eq!(submit(&developer(), transfer(&[(1, 1)], BUYER)), Ok(Err(refused.into())));
        assert_invariants();
    });
}
