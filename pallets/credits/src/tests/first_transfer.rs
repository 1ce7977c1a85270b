// SPDX-License-Identifier: Apache-2.0
//! First transfer, as decision 2/CMA.3, annex, paragraph 2 defines it: of what is authorised for an
//! NDC, its first international transfer; of what is authorised for other international mitigation
//! purposes, its authorisation, its issuance, or its use or cancellation, as the Party specifies.

use super::*;
use crate::{Event, TotalsOfVintage};
use frame_support::assert_noop;
use FirstTransfer::{Authorisation, Issuance as AtIssuance, UseOrCancellation};
use Purpose::{Ndc, OimpImp, OimpOp};

/// What becomes of the one block, 1..=10 of DEVELOPER.
#[derive(Clone, Copy, Debug)]
enum Fate {
    StaysWhereItWasIssued,
    IsTransferred,
    IsPutOnHold,
    IsReserved,
    IsRefused,
    IsUsedAbroad,
    IsRetiredVoluntarily,
    IsUsedForANationalDuty,
    IsUsedForTheNdc,
    IsTakenByALegalAction,
    IsTakenOtherwise,
    IsCancelledVoluntarily,
    IsCancelledAsExcess,
    IsCancelledAsReversed,
}

fn befall(fate: Fate, terms: &Article6Terms) -> DispatchResult {
    use CancellationReason::{ExcessIssuance, Reversal, Voluntary};
    use RetirementPurpose::{LegalAction, NationalCompliance, NdcUse, Other};
    const ALL: [(SerialNumber, Tonnes); 1] = [(1, 10)];
    let by = || signed(admin(DEVELOPER));
    let towards = *terms.purposes.iter().next().unwrap();
    let request = || Credits::request_retirement(by(), parts(&ALL), used_by(CH, towards));
    let refuse = || Credits::refuse_retirement(signed(admin(GOVERNMENT)), 1, text("Not this year"));
    match fate {
        Fate::StaysWhereItWasIssued => Ok(()),
        Fate::IsTransferred => Credits::transfer(by(), parts(&ALL), OTHER_DEVELOPER, None),
        Fate::IsPutOnHold => hold(&ALL),
        Fate::IsReserved => request(),
        Fate::IsRefused => request().and_then(|()| refuse()),
        Fate::IsUsedAbroad => request().and_then(|()| recognise(1)),
        Fate::IsRetiredVoluntarily => Credits::retire(by(), parts(&ALL), voluntary()),
        Fate::IsUsedForANationalDuty => {
            Credits::retire(by(), parts(&ALL), details_for(NationalCompliance))
        }
        Fate::IsUsedForTheNdc => retire_for_the_state(&ALL, NdcUse { year: 2026 }),
        Fate::IsTakenByALegalAction => retire_for_the_state(&ALL, LegalAction),
        Fate::IsTakenOtherwise => retire_for_the_state(&ALL, Other),
        Fate::IsCancelledVoluntarily => cancel(&ALL, Voluntary, Corrects::Nothing),
        Fate::IsCancelledAsExcess => cancel(&ALL, ExcessIssuance, issuance_of(2024)),
        Fate::IsCancelledAsReversed => cancel(&ALL, Reversal, issuance_of(2024)),
    }
}

/// Whether the block is first transferred after its fate; all counters must say the same.
fn is_first_transferred(fate: Fate, terms: &Article6Terms) -> bool {
    let mut answer = None;
    run(|| {
        issued_under(terms, 2024, 10);
        assert_eq!(befall(fate, terms), Ok(()), "{fate:?}");
        let first_transferred = Blocks::<Test>::get(1).unwrap().first_transferred;
        let counted = if first_transferred { 10 } else { 0 };
        assert_eq!(national().first_transferred, counted, "{fate:?}");
        assert_eq!(TotalsOfVintage::<Test>::get(1, 2024).first_transferred, counted, "{fate:?}");
        assert_eq!(first_transferred_of(1), counted, "{fate:?}");
        answer = Some(first_transferred);
    });
    answer.unwrap()
}

const ALL: [Fate; 14] = [
    Fate::StaysWhereItWasIssued,
    Fate::IsTransferred,
    Fate::IsPutOnHold,
    Fate::IsReserved,
    Fate::IsRefused,
    Fate::IsUsedAbroad,
    Fate::IsRetiredVoluntarily,
    Fate::IsUsedForANationalDuty,
    Fate::IsUsedForTheNdc,
    Fate::IsTakenByALegalAction,
    Fate::IsTakenOtherwise,
    Fate::IsCancelledVoluntarily,
    Fate::IsCancelledAsExcess,
    Fate::IsCancelledAsReversed,
];

#[test]
fn for_an_ndc_it_is_the_international_transfer() {
    // What the terms say of other purposes does not matter.
    for first_transfer in [Authorisation, AtIssuance, UseOrCancellation] {
        let terms = terms(&[Ndc], first_transfer);
        for fate in ALL {
            let expected = matches!(fate, Fate::IsUsedAbroad);
            assert_eq!(is_first_transferred(fate, &terms), expected, "{fate:?}");
        }
    }
}

#[test]
fn for_other_purposes_it_may_be_the_issuance() {
    for purposes in [&[OimpImp][..], &[OimpOp], &[OimpImp, OimpOp], &[Ndc, OimpImp]] {
        // What is authorised exists only from its issuance on.
        for first_transfer in [Authorisation, AtIssuance] {
            let terms = terms(purposes, first_transfer);
            for fate in ALL {
                // Which is refused: see the next but one test.
                if !matches!(fate, Fate::IsUsedForTheNdc) {
                    assert!(is_first_transferred(fate, &terms), "{fate:?}");
                }
            }
        }
    }
}

#[test]
fn for_other_purposes_it_may_be_the_use_or_cancellation() {
    for purposes in [&[OimpImp][..], &[OimpOp], &[OimpImp, OimpOp], &[Ndc, OimpOp]] {
        let terms = terms(purposes, UseOrCancellation);
        for fate in ALL {
            // What is used at home is not transferred, and an error is no use.
            let expected = matches!(
                fate,
                Fate::IsUsedAbroad | Fate::IsRetiredVoluntarily | Fate::IsCancelledVoluntarily
            );
            assert_eq!(is_first_transferred(fate, &terms), expected, "{fate:?}");
        }
    }
}

#[test]
fn what_was_first_transferred_is_not_used_for_the_own_ndc() {
    run(|| {
        issued_under(&terms(&[OimpImp], AtIssuance), 2024, 10);
        let ndc = RetirementPurpose::NdcUse { year: 2026 };
        assert_noop!(retire_for_the_state(&[(1, 1)], ndc.clone()), E::AlreadyFirstTransferred);
        // Nor with others that were not.
        put_verified(2, 1, of_developer(2024, 10));
        assert_ok!(issue(2, 1));
        let refused = retire_for_the_state(&[(11, 1), (1, 1)], ndc.clone());
        assert_noop!(refused, E::AlreadyFirstTransferred);
        assert_ok!(retire_for_the_state(&[(11, 1)], ndc));
        // A court may still decide.
        assert_ok!(retire_for_the_state(&[(1, 1)], RetirementPurpose::LegalAction));
    });
}

#[test]
fn without_an_authorisation_nothing_is_first_transferred() {
    run(|| {
        issued(2024, 10);
        assert_ok!(Credits::retire(signed(admin(DEVELOPER)), parts(&[(1, 4)]), voluntary()));
        assert_ok!(cancel(&[(1, 3)], CancellationReason::Voluntary, Corrects::Nothing));
        assert_eq!(national().first_transferred, 0);
    });
}

#[test]
fn a_vintage_that_the_terms_do_not_cover_is_not_first_transferred() {
    run(|| {
        let terms = Article6Terms { valid: (2024, 2024), ..terms(&[OimpImp], AtIssuance) };
        for vintage in [2023, 2024, 2025] {
            issued_under(&terms, vintage, 10);
        }
        let first: Vec<_> =
            blocks().into_iter().map(|(_, block)| block.first_transferred).collect();
        assert_eq!(first, [false, true, false]);
    });
}

#[test]
fn the_issuance_says_so_itself() {
    run(|| {
        let mut issuance = of_developer(2024, 10);
        issuance.buffer_rate = 200_000;
        issuance.project.article6 = Some(terms(&[OimpImp], AtIssuance));
        put_verified(1, 1, issuance);
        System::reset_events();
        assert_ok!(issue(1, 1));
        let said: Vec<_> = events()
            .into_iter()
            .map(|event| match event {
                RuntimeEvent::Credits(Event::CreditsIssued { first_transferred, .. }) => {
                    first_transferred
                }
                other => panic!("nothing else happens: {other:?}"),
            })
            .collect();
        // The owner's block and the buffer's.
        assert_eq!(said, [true, true]);
        assert_eq!(first_transferred_of(1), 10);
    });
}

#[test]
fn later_first_transfers_are_said_once() {
    run(|| {
        issued_under(&terms(&[OimpImp], UseOrCancellation), 2024, 10);
        System::reset_events();
        assert_ok!(Credits::retire(signed(admin(DEVELOPER)), parts(&[(1, 4)]), voluntary()));
        let said = Event::CreditsFirstTransferred { blocks: ranges(&[(7, 10)]), quantity: 4 };
        assert_eq!(events()[1], said.into());
        assert_eq!(events().len(), 3, "split, first transfer, retirement");

        // What was first transferred by its issuance is not again by its use.
        issued_under(&terms(&[OimpImp], AtIssuance), 2023, 10);
        System::reset_events();
        assert_ok!(Credits::retire(signed(admin(DEVELOPER)), parts(&[(11, 10)]), voluntary()));
        assert_eq!(events().len(), 1, "the retirement");
        assert_eq!(first_transferred_of(1), 14);
    });
}

#[test]
fn both_parts_of_a_split_inherit_it() {
    run(|| {
        issued_under(&terms(&[OimpImp], AtIssuance), 2024, 10);
        let by = signed(admin(DEVELOPER));
        assert_ok!(Credits::transfer(by, parts(&[(1, 4)]), OTHER_DEVELOPER, None));
        assert!(blocks().iter().all(|(_, block)| block.first_transferred));
        assert_eq!(national().first_transferred, 10);
    });
}

#[test]
fn deductions_of_ndc_credits_are_not_transferred_with_the_rest() {
    run(|| {
        issued_under(&ndc_terms(), 2024, 100);
        deduct(50_000, 20_000);
        assert_ok!(request_retirement(&[(1, 100)]));
        assert_ok!(recognise(1));
        let first: Vec<_> = blocks()
            .into_iter()
            .map(|(start, block)| (start, block.end, block.first_transferred))
            .collect();
        assert_eq!(first, [(1, 93, true), (94, 95, false), (96, 100, false)]);
        assert_eq!(first_transferred_of(1), 93);
    });
}

#[test]
fn a_project_that_refuses_the_count_stops_the_call() {
    run(|| {
        let mut issuance = of_developer(2024, 10);
        issuance.project.article6 = Some(terms(&[OimpImp], UseOrCancellation));
        put_verified(NEVER_TRANSFERRED_PROJECT, 1, issuance);
        assert_ok!(issue(NEVER_TRANSFERRED_PROJECT, 1));
        let by = signed(admin(DEVELOPER));
        assert_noop!(Credits::retire(by, parts(&[(1, 10)]), voluntary()), NOT_NOTED);
        // Also at issuance, which the runtime undoes as a whole.
        let mut issuance = of_developer(2024, 10);
        issuance.project.article6 = Some(terms(&[OimpImp], AtIssuance));
        put_verified(NEVER_TRANSFERRED_PROJECT, 2, issuance);
        let call = crate::Call::<Test>::issue { project: NEVER_TRANSFERRED_PROJECT, period: 2 };
        assert_noop!(dispatch(call, signed(admin(GOVERNMENT))), NOT_NOTED);
    });
}
