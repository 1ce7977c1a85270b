// SPDX-License-Identifier: Apache-2.0
//! Credits: numbers that are drawn once, and moved, used and cancelled once.

use crate::{common::steps::*, permission_steps::*, *};
use registry_primitives::{
    credit::{CancellationReason, Corrects, RetirementPurpose},
    invariants::{self, Violation},
    CountryCode, MemberRole, Serial, GOVERNMENT,
};
use registry_runtime::{System, Timestamp};
use sp_runtime::{transaction_validity::InvalidTransaction, DispatchResult};
use std::collections::BTreeMap;

fn cancel(of: &[(u64, Tonnes)], reason: CancellationReason, corrects: Corrects) -> RuntimeCall {
    let statement = text("As found");
    CreditsCall::cancel { parts: parts(of), reason, corrects, statement }.into()
}

fn reversal(of: &[(u64, Tonnes)]) -> RuntimeCall {
    cancel(of, CancellationReason::Reversal, Corrects::Issuance { project: 1, period: 1 })
}

/// The printed serial number of a block.
fn serial(start: u64) -> Serial {
    let of = block(start);
    let project = pallet_projects::Projects::<Runtime>::get(of.project).expect("it exists");
    Serial {
        country: CountryCode(*b"VU"),
        scope: project.registration.sectoral_scope,
        project: of.project,
        vintage: of.vintage,
        range: of.range(start),
    }
}

#[test]
fn overlapping_interval_with_different_text() {
    run(|| {
        issued();
        succeed(&developer(), transfer(&[(1, 40)], BUYER));
        let real = serial(61);
        assert_eq!(real.to_string(), "VU-ITMO-1-001-2024-0-61-100");
        assert_eq!(real.to_string().parse(), Ok(real));
        // Another project, another vintage, other ends: no text is the same, the numbers are.
        for claim in [
            "VU-ITMO-13-002-2023-0-100-101",
            "VU-ITMO-1-001-2024-0-60-61",
            "VU-ITMO-1-001-2024-0-1-1000",
            "NG-ITMO-1-001-2024-0-70-80",
        ] {
            let claim: Serial = claim.parse().unwrap();
            assert_ne!(claim.to_string(), real.to_string());
            assert!(claim.range.overlaps(&real.range), "{claim} overlaps {real}");
        }
        let next: Serial = "VU-ITMO-1-001-2024-0-101-140".parse().unwrap();
        assert!(!next.range.overlaps(&real.range));
        // What the chain issues next does not.
        verified(2, 2023, 40);
        succeed(&root(), issue(1, 2));
        assert_eq!(serial(101).range, next.range);
    });
}

#[test]
fn parent_serial_reissued_after_split() {
    run(|| {
        issued();
        succeed(&developer(), transfer(&[(1, 40)], BUYER));
        succeed(&buyer(), retire(&[(61, 40)]));
        refuse(&root(), issue(1, 1), ProjectsError::NotVerified);
        verified(2, 2023, 10);
        succeed(&root(), issue(1, 2));
        // The counter goes on where it was, whatever became of the numbers before.
        let expected = [(1, 60, DEVELOPER), (61, 100, BUYER), (101, 110, DEVELOPER)];
        assert_eq!((blocks(), last_serial()), (expected.to_vec(), 110));
    });
}

#[test]
fn quantity_other_than_end_minus_start_plus_one() {
    run(|| {
        issued();
        succeed(&developer(), retire(&[(1, 10)]));
        succeed(&root(), reversal(&[(1, 20)]));
        // Nobody gives a quantity for a range: it is the range's.
        let retired = pallet_credits::Retirements::<Runtime>::get(1).unwrap();
        assert_eq!((retired.blocks.to_vec(), retired.quantity), (vec![range(91, 100)], 10));
        let cancelled = pallet_credits::Cancellations::<Runtime>::get(1).unwrap();
        assert_eq!((cancelled.blocks.to_vec(), cancelled.quantity), (vec![range(71, 90)], 20));

        // A record that says otherwise is found.
        let blocks = pallet_credits::Blocks::<Runtime>::iter().collect();
        for quantity in [0, 9, 11] {
            let wrong = BTreeMap::from([(1, {
                let mut retired = retired.clone();
                retired.quantity = quantity;
                retired
            })]);
            let found = invariants::retirements_name_their_blocks(&blocks, &wrong);
            assert_eq!(found, Err(Violation::RetirementQuantity(1)));
            let wrong = BTreeMap::from([(1, {
                let mut cancelled = cancelled.clone();
                cancelled.quantity = quantity;
                cancelled
            })]);
            let found = invariants::cancellations_name_their_blocks(&blocks, &wrong);
            assert_eq!(found, Err(Violation::CancellationQuantity(1)));
        }
    });
}

#[test]
fn split_whose_sum_is_equal_but_whose_ranges_have_a_gap() {
    run(|| {
        issued();
        succeed(&developer(), transfer(&[(1, 40)], BUYER));
        let mut blocks: BTreeMap<_, _> = pallet_credits::Blocks::<Runtime>::iter().collect();
        // 1 to 60 and 61 to 100 become 1 to 60 and 62 to 101: still a hundred tonnes.
        let mut taken = blocks.remove(&61).unwrap();
        taken.end = 101;
        blocks.insert(62, taken);
        let vintages = pallet_credits::TotalsOfVintage::<Runtime>::iter()
            .map(|(project, vintage, totals)| ((project, vintage), totals))
            .collect();
        let sums = invariants::totals_are_those_of_blocks(&blocks, &vintages, &national());
        assert_eq!(sums, Ok(()), "sums alone do not tell");
        let found = invariants::blocks_cover_all_serials(101, &blocks);
        assert_eq!(found, Err(Violation::NotContiguous { expected: 61, found: 62 }));
    });
}

#[test]
fn child_of_a_partly_transferred_block() {
    run(|| {
        issued();
        succeed(&developer(), transfer(&[(1, 40)], BUYER));
        assert_eq!((block(1).end, block(61).end), (60, 100));
        assert_eq!(block(61).parent, Some(1));
        // The sender has lost exactly the child.
        refuse(&developer(), transfer(&[(61, 1)], BUYER), CreditsError::NotTheOwner);
        refuse(&developer(), transfer(&[(1, 61)], BUYER), CreditsError::NotEnoughInBlock);
        refuse(&developer(), transfer(&[(1, 30), (1, 30)], BUYER), CreditsError::BlockNamedTwice);
        refuse(&buyer(), transfer(&[(1, 1)], DEVELOPER), CreditsError::NotTheOwner);
        // The child has children of its own.
        succeed(&buyer(), transfer(&[(61, 15)], DEVELOPER));
        assert_eq!(block(86).parent, Some(61));
        let expected = [(1, 60, DEVELOPER), (61, 85, BUYER), (86, 100, DEVELOPER)];
        assert_eq!(blocks(), expected);
        // A number in the middle is no block.
        refuse(&developer(), transfer(&[(90, 1)], BUYER), CreditsError::UnknownBlock);
    });
}

#[test]
fn double_retirement() {
    run(|| {
        issued();
        succeed(&developer(), retire(&[(1, 100)]));
        refuse(&developer(), retire(&[(1, 100)]), CreditsError::NotHeld);
        refuse(&developer(), retire(&[(1, 1)]), CreditsError::NotHeld);
        refuse(&developer(), request_retirement(&[(1, 1)]), CreditsError::NotHeld);
        refuse(&developer(), transfer(&[(1, 1)], BUYER), CreditsError::NotHeld);
        refuse(&root(), hold(&[(1, 1)]), CreditsError::NotHeld);
        refuse(&root(), reversal(&[(1, 1)]), CreditsError::NotCancellable);
        assert_eq!(pallet_credits::LastRetirementId::<Runtime>::get(), 1);
    });
}

#[test]
fn replayed_retirement() {
    run(|| {
        issued();
        let nonce = System::account_nonce(account(&developer()));
        let once = sign(&developer(), nonce, retire(&[(1, 10)]));
        assert_eq!(apply(once.clone()), Ok(Ok(())));
        assert_eq!(apply(once.clone()), Err(InvalidTransaction::Stale.into()));
        next_block();
        assert_eq!(apply(once.clone()), Err(InvalidTransaction::Stale.into()));
        // Nor after the account has left and come back.
        let second = key("Second");
        let admin = MemberRole::Admin;
        succeed(&root(), add_member(DEVELOPER, &second, admin));
        let leaver = account(&developer());
        succeed(&second, pallet_organisations::Call::remove_member { account: leaver });
        succeed(&second, add_member(DEVELOPER, &developer(), admin));
        next_block();
        assert_eq!(apply(once), Err(InvalidTransaction::Stale.into()));
        assert_eq!(national().retired, 10);
    });
}

#[test]
fn retirement_while_on_hold() {
    run(|| {
        issued();
        succeed(&root(), hold(&[(1, 40)]));
        refuse(&developer(), retire(&[(61, 1)]), CreditsError::NotHeld);
        refuse(&developer(), request_retirement(&[(61, 1)]), CreditsError::NotHeld);
        refuse(&developer(), transfer(&[(61, 1)], BUYER), CreditsError::NotHeld);
        // Neither does a whole that contains it.
        refuse(&developer(), retire(&[(1, 100)]), CreditsError::NotEnoughInBlock);
        refuse(&developer(), retire(&[(1, 60), (61, 40)]), CreditsError::NotHeld);
        succeed(&root(), CreditsCall::release { parts: parts(&[(61, 40)]) });
        succeed(&developer(), retire(&[(1, 60), (61, 40)]));
    });
}

#[test]
fn anything_with_a_block_of_another_status() {
    use BlockStatus::{Buffer, Cancelled, Held, OnHold, Reserved, Retired};
    run(|| {
        issued_with_buffer(100_000); // 91 to 100
        succeed(&root(), hold(&[(1, 10)])); // 81 to 90
        succeed(&developer(), request_retirement(&[(1, 10)])); // 71 to 80
        succeed(&developer(), retire(&[(1, 10)])); // 61 to 70
        succeed(&root(), reversal(&[(1, 10)])); // 51 to 60
        succeed(&buyer(), ask_for_tonnes(1, 1, DEVELOPER, BUYER));
        let request = last_request();
        for start in [1, 51, 61, 71, 81, 91] {
            let one = parts(&[(start, 1)]);
            let details = retirement_for(RetirementPurpose::LegalAction);
            // The buffer is the Government's.
            let owners = match status(start) {
                Held => Ok(()),
                Buffer => Err(CreditsError::NotTheOwner.into()),
                _ => Err(CreditsError::NotHeld.into()),
            };
            let held = answer(status(start) == Held, CreditsError::NotHeld);
            let on_hold = matches!(status(start), OnHold(_));
            let cancellable = matches!(status(start), Held | OnHold(_) | Buffer);
            let buffer = status(start) == Buffer;
            let cases: [(Pair, RuntimeCall, DispatchResult); 9] = [
                (developer(), transfer(&[(start, 1)], BUYER), owners),
                (developer(), retire(&[(start, 1)]), owners),
                (developer(), request_retirement(&[(start, 1)]), owners),
                (
                    developer(),
                    CreditsCall::approve_transfer { request, parts: one.clone() }.into(),
                    owners,
                ),
                (
                    root(),
                    CreditsCall::retire_for_the_state { parts: one.clone(), details }.into(),
                    held,
                ),
                (root(), hold(&[(start, 1)]), held),
                (
                    root(),
                    CreditsCall::release { parts: one.clone() }.into(),
                    answer(on_hold, CreditsError::NotOnHold),
                ),
                (
                    root(),
                    CreditsCall::release_buffer { parts: one, to: DEVELOPER }.into(),
                    answer(buffer, CreditsError::NotInBuffer),
                ),
                (
                    root(),
                    reversal(&[(start, 1)]),
                    answer(cancellable, CreditsError::NotCancellable),
                ),
            ];
            for (signer, call, expected) in cases {
                let what = format!("{call:?} of a block that is {:?}", status(start));
                assert_eq!(undone(|| submit(&signer, call)), Ok(expected), "{what}");
            }
        }
        // All six were tried.
        let all = [1, 51, 61, 71, 81, 91].map(status);
        assert!(matches!(all, [Held, Cancelled(_), Retired(_), Reserved(_), OnHold(_), Buffer]));
    });
}

fn answer(allowed: bool, otherwise: CreditsError) -> DispatchResult {
    if allowed {
        Ok(())
    } else {
        Err(otherwise.into())
    }
}

#[test]
fn transfer_to_a_suspended_organisation() {
    run(|| {
        issued();
        succeed(&buyer(), ask_for(1, DEVELOPER, BUYER));
        let request = last_request();
        succeed(&root(), suspend(BUYER));
        refuse(&developer(), transfer(&[(1, 1)], BUYER), CreditsError::ReceiverSuspended);
        // What it had asked for is cancelled.
        let approve = CreditsCall::approve_transfer { request, parts: parts(&[(1, 10)]) };
        refuse(&developer(), approve, CreditsError::UnknownRequest);
        // And the Government asks for nothing in its name.
        let officer = key("Officer");
        succeed(&root(), add_member(GOVERNMENT, &officer, MemberRole::Admin));
        refuse(&officer, ask_for(1, DEVELOPER, BUYER), CreditsError::ReceiverSuspended);
        refuse(&officer, ask_for(1, BUYER, DEVELOPER), CreditsError::SenderSuspended);
    });
}

#[test]
fn transfer_to_oneself_to_nobody_and_to_who_may_not_hold() {
    run(|| {
        issued();
        refuse(&developer(), transfer(&[(1, 1)], DEVELOPER), CreditsError::TransferToSelf);
        refuse(&developer(), transfer(&[(1, 1)], 99), CreditsError::UnknownReceiver);
        refuse(&developer(), transfer(&[(1, 1)], CERTIFIER), CreditsError::InvalidReceiver);
        refuse(&developer(), transfer(&[(1, 1)], 1), CreditsError::InvalidReceiver);
    });
}

#[test]
fn transfer_and_retirement_while_paused() {
    run(|| {
        issued();
        succeed(&root(), CreditsCall::pause_transfers { reason: text("Audit") });
        refuse(&developer(), transfer(&[(1, 1)], BUYER), CreditsError::TransfersPaused);
        refuse(&developer(), retire(&[(1, 1)]), CreditsError::TransfersPaused);
        refuse(&developer(), request_retirement(&[(1, 1)]), CreditsError::TransfersPaused);
        refuse(&buyer(), ask_for(1, DEVELOPER, BUYER), CreditsError::TransfersPaused);
    });
}

#[test]
fn buffer_release_above_the_deposit() {
    run(|| {
        issued_with_buffer(100_000);
        let release = |of: &[(u64, Tonnes)], to| -> RuntimeCall {
            CreditsCall::release_buffer { parts: parts(of), to }.into()
        };
        assert_eq!((block(91).status, national().buffer), (BlockStatus::Buffer, 10));
        refuse(&root(), release(&[(91, 11)], DEVELOPER), CreditsError::NotEnoughInBlock);
        refuse(&root(), release(&[(91, 10)], BUYER), CreditsError::NotAProponent);
        refuse(&root(), release(&[(1, 10)], DEVELOPER), CreditsError::NotInBuffer);
        succeed(&root(), release(&[(91, 10)], DEVELOPER));
        refuse(&root(), release(&[(91, 10)], DEVELOPER), CreditsError::NotInBuffer);
        assert_eq!((national().buffer, national().held), (0, 100));
    });
}

#[test]
fn certificate_with_another_date_than_its_blocks() {
    run(|| {
        issued();
        next_block();
        succeed(&developer(), retire(&[(1, 10)]));
        let record = pallet_credits::Retirements::<Runtime>::get(1).unwrap();
        // The time of the block that holds it, and no time that anybody gives.
        assert_eq!((record.block_number, record.at), (System::block_number(), Timestamp::get()));
        next_block();
        assert!(record.at < Timestamp::get());
        assert_eq!(pallet_credits::Retirements::<Runtime>::get(1), Some(record));
    });
}

#[test]
fn cancellation_that_corrects_what_never_was() {
    run(|| {
        issued();
        let of = [(1, 10)];
        let (project, other) = (1, 2);
        for corrects in [
            Corrects::Nothing,
            Corrects::Issuance { project, period: 2 },
            Corrects::Issuance { project: other, period: 1 },
            Corrects::Retirement(1),
        ] {
            let call = cancel(&of, CancellationReason::ExcessIssuance, corrects);
            refuse(&root(), call, CreditsError::WrongCorrection);
        }
        let call = cancel(&of, CancellationReason::OverallMitigation, Corrects::Nothing);
        refuse(&root(), call, CreditsError::NeverAlone);
    });
}
