// SPDX-License-Identifier: Apache-2.0
//! Faults of the registry that this one follows. Each test bears the number of the fault in the
//! study of it, and the name of what is so here instead.

use crate::{common::steps::*, permission_steps::*, *};
use registry_primitives::{
    credit::{CancellationReason, Corrects, Deductions, RetirementPurpose},
    project::DocumentKind,
    CountryCode, MemberRole, GOVERNMENT,
};

fn held() -> Tonnes {
    national().held
}

/// Tonnes that an organisation owns, whatever their status.
fn owned(owner: OrganisationId) -> Tonnes {
    blocks().iter().filter(|(.., of)| *of == owner).map(|(start, end, _)| end - start + 1).sum()
}

fn approve_transfer(request: u64, of: &[(u64, Tonnes)]) -> RuntimeCall {
    CreditsCall::approve_transfer { request, parts: parts(of) }.into()
}

fn cancel(of: &[(u64, Tonnes)], reason: CancellationReason, corrects: Corrects) -> RuntimeCall {
    let statement = text("As found");
    CreditsCall::cancel { parts: parts(of), reason, corrects, statement }.into()
}

#[test]
fn fault_01_what_is_written_is_not_edited() {
    run(|| {
        issued();
        succeed(&developer(), retire(&[(1, 10)]));
        next_block();
        let record = pallet_credits::Retirements::<Runtime>::get(1);
        // Whatever happens next, the record stays as it is: nothing names it but to read it.
        succeed(&root(), hold(&[(1, 40)]));
        succeed(&root(), cancel(&[(51, 40)], CancellationReason::Voluntary, Corrects::Nothing));
        succeed(&root(), suspend(DEVELOPER));
        next_block();
        succeed(&root(), reactivate(DEVELOPER));
        assert_eq!(pallet_credits::Retirements::<Runtime>::get(1), record);
        assert!(record.is_some());
    });
}

#[test]
fn fault_02_two_approvals_in_one_block_do_not_spend_the_same_credits() {
    run(|| {
        issued();
        for _ in 0..2 {
            succeed(&buyer(), ask_for_tonnes(1, 60, DEVELOPER, BUYER));
        }
        let second = last_request();
        next_block();
        // Both are on their way before either is executed.
        let nonce = registry_runtime::System::account_nonce(account(&developer()));
        let first = sign(&developer(), nonce, approve_transfer(second - 1, &[(1, 60)]));
        let again = sign(&developer(), nonce + 1, approve_transfer(second, &[(1, 60)]));
        assert_eq!(apply(first), Ok(Ok(())));
        assert_eq!(apply(again), Ok(Err(CreditsError::NotEnoughInBlock.into())));
        assert_eq!(blocks(), [(1, 40, DEVELOPER), (41, 100, BUYER)]);
        // What was asked for is still waiting.
        assert!(pallet_credits::TransferRequests::<Runtime>::contains_key(second));
    });
}

#[test]
fn fault_02_two_issuances_in_one_block_draw_different_numbers_and_none_twice() {
    run(|| {
        authorised(0);
        verified(1, 2023, 30);
        verified(2, 2024, 20);
        let nonce = registry_runtime::System::account_nonce(account(&root()));
        let calls = [issue(1, 1), issue(1, 1), issue(1, 2)];
        let signed: Vec<_> =
            (nonce..).zip(calls).map(|(nonce, call)| sign(&root(), nonce, call)).collect();
        let answers: Vec<_> = signed.into_iter().map(apply).collect();
        let again = ProjectsError::NotVerified.into();
        assert_eq!(answers, [Ok(Ok(())), Ok(Err(again)), Ok(Ok(()))]);
        assert_eq!(blocks(), [(1, 30, DEVELOPER), (31, 50, DEVELOPER)]);
    });
}

#[test]
fn fault_03_a_failed_check_is_an_error_and_writes_nothing() {
    run(|| {
        issued();
        // The second part fails after the first was found good.
        refuse(&developer(), transfer(&[(1, 10), (2, 10)], BUYER), CreditsError::UnknownBlock);
        refuse(&developer(), retire(&[(1, 10), (1, 10)]), CreditsError::BlockNamedTwice);
        refuse(&root(), issue(1, 7), ProjectsError::UnknownPeriod);
        assert_eq!((blocks(), held()), (vec![(1, 100, DEVELOPER)], 100));
    });
}

#[test]
fn fault_04_amounts_are_whole_tonnes_and_owners_add_up_to_the_balance() {
    run(|| {
        found();
        let (third, _) = newcomer();
        let mut registration = wind_farm("EXT-1", DEVELOPER, CERTIFIER);
        let owners = [(DEVELOPER, 333_334), (BUYER, 333_333), (third, 333_333)];
        registration.proponents = shares(&owners);
        succeed(&developer(), register(registration));
        bring_to_authorisation(1, 1_000);
        // Amounts that no three equal shares divide.
        for (period, year, tonnes) in [(1, 2021, 1), (2, 2022, 10), (3, 2023, 101)] {
            verified(period, year, tonnes);
            succeed(&root(), issue(1, period));
        }
        let of_owners = owned(DEVELOPER) + owned(BUYER) + owned(third);
        assert_eq!((national().issued, of_owners), (112, 112));
        assert_eq!((owned(DEVELOPER), owned(BUYER), owned(third)), (1 + 4 + 34, 3 + 34, 3 + 33));
        // A hundred moves later they still do.
        next_block();
        let start = blocks().iter().find(|(.., owner)| *owner == DEVELOPER).unwrap().0;
        for _ in 0..50 {
            succeed(&developer(), transfer(&[(start, 1)], BUYER));
            succeed(&buyer(), transfer(&[(start, 1)], DEVELOPER));
        }
        assert_eq!(owned(DEVELOPER) + owned(BUYER) + owned(third), 112);
    });
}

#[test]
fn fault_05_serials_are_split_with_the_credits_and_none_is_drawn_for_an_estimate() {
    run(|| {
        authorised(0);
        assert_eq!(last_serial(), 0, "an authorisation reserves no numbers");
        verified(1, 2024, 100);
        assert_eq!(last_serial(), 0, "nor does a verification");
        succeed(&root(), issue(1, 1));
        next_block();
        succeed(&developer(), transfer(&[(1, 40)], BUYER));
        succeed(&buyer(), retire(&[(61, 10)]));
        assert_eq!(blocks(), [(1, 60, DEVELOPER), (61, 90, BUYER), (91, 100, BUYER)]);
        assert_eq!(status(91), BlockStatus::Retired(1));
    });
}

#[test]
fn fault_06_the_receiver_moves_and_retires_what_it_received() {
    run(|| {
        issued();
        let (third, admin) = newcomer();
        succeed(&developer(), transfer(&[(1, 40)], BUYER));
        succeed(&buyer(), transfer(&[(61, 20)], third));
        succeed(&buyer(), retire(&[(61, 20)]));
        succeed(&admin, retire(&[(81, 20)]));
        // And nobody else claims the same tonnes.
        refuse(&developer(), retire(&[(61, 20)]), CreditsError::NotTheOwner);
        assert_eq!(national().retired, 40);
    });
}

#[test]
fn fault_07_requests_are_known_by_their_exact_number() {
    run(|| {
        issued();
        for _ in 0..12 {
            succeed(&buyer(), ask_for_tonnes(1, 1, DEVELOPER, BUYER));
        }
        assert_eq!(last_request(), 12);
        // 1 is answered; 10, 11 and 12, which contain it, and 2 and 3, the organisations, are not.
        succeed(&developer(), approve_transfer(1, &[(1, 1)]));
        refuse(&developer(), approve_transfer(1, &[(1, 1)]), CreditsError::UnknownRequest);
        let open =
            || -> Vec<u64> { pallet_credits::RequestsFrom::<Runtime>::get(DEVELOPER).into_inner() };
        assert_eq!(open(), (2..=12).collect::<Vec<_>>());
        for request in [12, 2, 3, 10] {
            succeed(&developer(), approve_transfer(request, &[(1, 1)]));
        }
        assert_eq!(open(), [4, 5, 6, 7, 8, 9, 11]);
        assert_eq!(owned(BUYER), 5);
    });
}

#[test]
fn fault_08_shares_and_balances_agree_after_a_change_of_proponents() {
    run(|| {
        issued();
        succeed(&developer(), propose_proponents(1, &[(DEVELOPER, 250_000), (BUYER, 750_000)]));
        // Nobody is made a proponent, or is none any more, without consent.
        assert_eq!(pallet_projects::ProponentChanges::<Runtime>::iter().count(), 1);
        succeed(&buyer(), ProjectsCall::consent_to_proponents { project: 1, number: 1 });
        // What was issued stays where it is; what is issued next follows the new shares.
        assert_eq!((owned(DEVELOPER), owned(BUYER)), (100, 0));
        verified(2, 2023, 100);
        succeed(&root(), issue(1, 2));
        assert_eq!((owned(DEVELOPER), owned(BUYER)), (125, 75));
        assert_eq!(blocks(), [(1, 100, DEVELOPER), (101, 125, DEVELOPER), (126, 200, BUYER)]);
    });
}

#[test]
fn fault_09_suspension_stops_the_credits_and_does_so_twice() {
    run(|| {
        issued();
        for time in 1..=2 {
            succeed(&developer(), request_retirement(&[(1, 5)]));
            succeed(&buyer(), ask_for(1, DEVELOPER, BUYER));
            succeed(&root(), suspend(DEVELOPER));
            let again = pallet_organisations::Error::<Runtime>::AlreadySuspended;
            refuse(&root(), suspend(DEVELOPER), again);
            next_block();
            // It signs nothing, and nothing of its own goes elsewhere.
            assert!(submit(&developer(), transfer(&[(1, 1)], BUYER)).is_err());
            assert!(submit(&developer(), retire(&[(1, 1)])).is_err());
            let request = last_request();
            let waits = pallet_credits::TransferRequests::<Runtime>::contains_key(request);
            assert!(!waits, "its requests are cancelled");
            assert_eq!((national().reserved, owned(DEVELOPER)), (0, 95 + 5));
            succeed(&root(), reactivate(DEVELOPER));
            next_block();
            let found = pallet_organisations::Organisations::<Runtime>::get(DEVELOPER).unwrap();
            assert_eq!(found.suspensions, time);
        }
        // What was issued meanwhile is frozen too, and not twice over.
        verified(2, 2023, 30);
        succeed(&root(), suspend(DEVELOPER));
        succeed(&root(), issue(1, 2));
        assert_eq!((national().on_hold, held()), (30, 100));
        succeed(&root(), reactivate(DEVELOPER));
        assert_eq!((national().on_hold, held()), (0, 130));
    });
}

#[test]
fn fault_10_nothing_is_issued_without_an_amount_that_was_verified() {
    run(|| {
        authorised(0);
        refuse(&root(), issue(1, 1), ProjectsError::UnknownPeriod);
        succeed(&developer(), report_monitoring(1, &[(2024, 100)]));
        refuse(&root(), issue(1, 1), ProjectsError::NotVerified);
        let verified = Default::default();
        let verify =
            ProjectsCall::verify_monitoring { project: 1, period: 1, verified, verification: HASH };
        refuse(&certifier(), verify, ProjectsError::InvalidVintages);
        let verify = verify_monitoring(1, 1, &[(2024, 0)]);
        refuse(&certifier(), verify, ProjectsError::InvalidVintages);
        refuse(&root(), issue(1, 1), ProjectsError::NotVerified);
        // Nor after the report was sent back, or the issuance refused.
        let remark = HASH;
        let back = ProjectsCall::return_monitoring { project: 1, period: 1, remark };
        succeed(&certifier(), back);
        refuse(&root(), issue(1, 1), ProjectsError::NotVerified);
        crate::verified(2, 2024, 50);
        let reason = text("No baseline");
        succeed(&root(), ProjectsCall::refuse_issuance { project: 1, period: 2, reason });
        refuse(&root(), issue(1, 2), ProjectsError::NotVerified);
        assert_eq!(last_serial(), 0);
    });
}

#[test]
fn fault_11_a_document_with_the_right_name_verifies_nothing() {
    run(|| {
        authorised(0);
        succeed(&developer(), report_monitoring(1, &[(2024, 100)]));
        succeed(&developer(), submit_document(1, DocumentKind::VerificationReport));
        succeed(&certifier(), accept_document(1, 3));
        refuse(&root(), issue(1, 1), ProjectsError::NotVerified);
        // Only an assigned certifier's verification does, and no proponent's.
        let verify = verify_monitoring(1, 1, &[(2024, 100)]);
        refuse(&developer(), verify.clone(), ProjectsError::NotPermitted);
        refuse(&root(), verify.clone(), ProjectsError::NotPermitted);
        create(OrganisationRole::Certifier, "Unassigned", &key("Unassigned"));
        refuse(&key("Unassigned"), verify, ProjectsError::NotPermitted);
    });
}

#[test]
fn fault_12_an_authorisation_issues_nothing() {
    run(|| {
        authorised(100_000);
        assert_eq!((national(), last_serial(), blocks()), (Totals::default(), 0, vec![]));
        let project = pallet_projects::Projects::<Runtime>::get(1).unwrap();
        assert_eq!((project.authorised, project.issued), (1_000, 0));
    });
}

#[test]
fn fault_13_deductions_are_whole_tonnes_and_are_taken() {
    run(|| {
        issued();
        let deductions = Deductions { share_of_proceeds: 50_000, overall_mitigation: 20_000 };
        succeed(&root(), CreditsCall::set_deductions { deductions });
        succeed(&developer(), request_retirement(&[(1, 41)])); // 60 to 100
        succeed(&root(), recognise());
        // 5 % of 41 is 2.05 and becomes 3; 2 % is 0.82 and becomes 1.
        let accounts = pallet_credits::Accounts::<Runtime>::get();
        assert_eq!((accounts.share_of_proceeds, accounts.overall_mitigation), (3, 1));
        assert_eq!((accounts.international, accounts.domestic), (37, 0));
        let totals = national();
        assert_eq!((totals.held, totals.retired, totals.cancelled), (59, 37, 4));
        let of_status = |wanted: fn(&BlockStatus) -> bool| -> Tonnes {
            pallet_credits::Blocks::<Runtime>::iter()
                .filter(|(_, block)| wanted(&block.status))
                .map(|(start, block)| block.range(start).quantity())
                .sum()
        };
        assert_eq!(of_status(|status| matches!(status, BlockStatus::Cancelled(_))), 4);
        assert_eq!(of_status(|status| matches!(status, BlockStatus::Retired(_))), 37);
        // Where nothing would be left the request is refused.
        refuse(&developer(), request_retirement(&[(1, 2)]), CreditsError::NothingLeft);
    });
}

#[test]
fn fault_14_a_retirement_names_its_beneficiary_its_reason_and_its_serials() {
    run(|| {
        issued();
        succeed(&developer(), retire(&[(1, 10)]));
        let record = pallet_credits::Retirements::<Runtime>::get(1).unwrap();
        assert_eq!(record.details.beneficiary.name, text("Port Vila Airlines"));
        assert_eq!(record.details.beneficiary.country, CountryCode(*b"VU"));
        assert_eq!(record.details.reason, Some(text("Flights of 2026")));
        assert_eq!(record.blocks.to_vec(), [range(91, 100)]);
        // Without a beneficiary there is none.
        let mut details = retirement();
        details.beneficiary.name = text("");
        let nameless = CreditsCall::retire { parts: parts(&[(1, 1)]), details };
        refuse(&developer(), nameless, CreditsError::InvalidText);
        // By legal action any quantity, and not all or nothing.
        let details = retirement_for(RetirementPurpose::LegalAction);
        let legal = CreditsCall::retire_for_the_state { parts: parts(&[(1, 3)]), details };
        succeed(&root(), legal);
        assert_eq!((national().retired, held()), (13, 87));
        // A cancellation at the owner's wish exists, and is no retirement.
        succeed(&root(), cancel(&[(1, 7)], CancellationReason::Voluntary, Corrects::Nothing));
        assert_eq!((national().retired, national().cancelled), (13, 7));
    });
}

#[test]
fn fault_15_reversals_the_buffer_and_wrong_issuances_have_their_calls() {
    run(|| {
        issued_with_buffer(100_000);
        let corrects = Corrects::Issuance { project: 1, period: 1 };
        succeed(&root(), cancel(&[(91, 4)], CancellationReason::Reversal, corrects));
        succeed(&root(), cancel(&[(1, 5)], CancellationReason::ExcessIssuance, corrects));
        let totals = national();
        assert_eq!((totals.buffer, totals.held, totals.cancelled), (6, 85, 9));
        let record = pallet_credits::Cancellations::<Runtime>::get(1).unwrap();
        assert_eq!((record.owner, record.corrects), (GOVERNMENT, corrects));
        // Corrections are new records; what was issued stays issued.
        assert_eq!(totals.issued, 100);
        assert_eq!(pallet_projects::Projects::<Runtime>::get(1).unwrap().issued, 100);
    });
}

#[test]
fn fault_15_a_project_is_registered_once_for_its_external_identifier() {
    run(|| {
        registered();
        let again = register(wind_farm("EXT-1", BUYER, CERTIFIER));
        refuse(&buyer(), again, ProjectsError::ExternalIdTaken);
        // Nor after the first was rejected: it is known for ever.
        succeed(&root(), reject(1));
        let again = register(wind_farm("EXT-1", DEVELOPER, CERTIFIER));
        refuse(&developer(), again, ProjectsError::ExternalIdTaken);
        succeed(&buyer(), register(wind_farm("EXT-2", BUYER, CERTIFIER)));
    });
}

#[test]
fn fault_16_a_partial_first_transfer_is_counted() {
    run(|| {
        issued();
        succeed(&developer(), request_retirement(&[(1, 40)]));
        succeed(&root(), recognise());
        // The part that was split off is first transferred, and the rest is not.
        assert_eq!((block(61).first_transferred, block(1).first_transferred), (true, false));
        assert_eq!(national().first_transferred, 40);
        assert_eq!(pallet_projects::Projects::<Runtime>::get(1).unwrap().first_transferred, 40);
        // A transfer between two developers of the country is none.
        succeed(&developer(), transfer(&[(1, 20)], BUYER));
        assert_eq!((block(41).first_transferred, national().first_transferred), (false, 40));
        succeed(&buyer(), request_retirement(&[(41, 5)]));
        succeed(&root(), recognise());
        assert_eq!(national().first_transferred, 45);
        // What is first transferred is not the country's own any more.
        let details = retirement_for(RetirementPurpose::NdcUse { year: 2026 });
        let ndc = CreditsCall::retire_for_the_state { parts: parts(&[(61, 1)]), details };
        refuse(&root(), ndc, CreditsError::NotHeld);
    });
}

#[test]
fn fault_17_an_authorisation_is_told_when_it_is_made_and_with_its_terms() {
    run(|| {
        registered();
        bring_to_validation(1, 1_000, &developer(), &certifier());
        next_block();
        succeed(&root(), authorise_under(1, 900, 100_000, Some(ndc_terms())));
        let told =
            registry_runtime::RuntimeEvent::Projects(pallet_projects::Event::ProjectAuthorised {
                id: 1,
                quantity: 900,
                article6: Some(ndc_terms()),
                buffer_rate: 100_000,
                by: account(&root()),
            });
        assert_eq!(registry_events_of_last_call(), [told]);
    });
}

#[test]
fn fault_19_a_call_sees_what_the_call_before_it_in_the_same_block_has_written() {
    run(|| {
        issued();
        let manager = key("Manager");
        succeed(&developer(), add_member(DEVELOPER, &manager, MemberRole::Manager));
        succeed(&manager, transfer(&[(1, 40)], BUYER));
        succeed(&buyer(), retire(&[(61, 40)]));
        refuse(&buyer(), retire(&[(61, 40)]), CreditsError::NotHeld);
        let leaver = account(&manager);
        succeed(&developer(), pallet_organisations::Call::remove_member { account: leaver });
        assert!(submit(&manager, transfer(&[(1, 1)], BUYER)).is_err());
    });
}

#[test]
fn fault_20_a_vintage_is_a_year_that_the_period_touches() {
    run(|| {
        authorised(0);
        // Two years in one report are two blocks, each with its own.
        succeed(&developer(), report_monitoring(1, &[(2023, 30), (2024, 20)]));
        succeed(&certifier(), verify_monitoring(1, 1, &[(2023, 30), (2024, 20)]));
        succeed(&root(), issue(1, 1));
        assert_eq!((block(1).vintage, block(31).vintage), (2023, 2024));
        assert_eq!(blocks(), [(1, 30, DEVELOPER), (31, 50, DEVELOPER)]);
    });
}
