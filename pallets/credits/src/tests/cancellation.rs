// SPDX-License-Identifier: Apache-2.0
//! `cancel`: not a retirement, and linked to what it corrects.

use super::*;
use crate::{Cancellations, Event, LastCancellationId, TotalsOfVintage};
use frame_support::assert_noop;
use registry_primitives::credit::Cancellation;
use CancellationReason::{ExcessIssuance, OverallMitigation, Reversal, ShareOfProceeds, Voluntary};

#[test]
fn cancelled_credits_are_recorded() {
    run(|| {
        issued(2023, 10);
        issued(2024, 10);
        System::reset_events();
        System::set_block_number(9);
        Timestamp::set_timestamp(NOW + 500);
        assert_ok!(cancel(&[(1, 10), (11, 4)], ExcessIssuance, issuance_of(2024)));
        let status = BlockStatus::Cancelled(1);
        let taken = Block { status, parent: Some(11), ..block(20, 2024) };
        assert_eq!(
            blocks(),
            [(1, Block { status, ..block(10, 2023) }), (11, block(16, 2024)), (17, taken)]
        );
        let cancellation = Cancellation {
            owner: DEVELOPER,
            reason: ExcessIssuance,
            corrects: issuance_of(2024),
            statement: Some(text("Found by the audit of 2026")),
            blocks: ranges(&[(1, 10), (17, 20)]),
            quantity: 14,
            block_number: 9,
            at: NOW + 500,
        };
        assert_eq!(Cancellations::<Test>::get(1), Some(cancellation.clone()));
        assert_eq!(LastCancellationId::<Test>::get(), 1);
        let totals =
            |issued, held, cancelled| Totals { issued, held, cancelled, ..Default::default() };
        assert_eq!(TotalsOfVintage::<Test>::get(1, 2023), totals(10, 0, 10));
        assert_eq!(national(), totals(20, 6, 14));
        // Nobody used them: no account of the country counts them.
        assert_eq!(accounts(), Default::default());
        let split = Event::BlockSplit { rest: range(11, 16), taken: range(17, 20) };
        let cancelled = Event::CreditsCancelled { id: 1, cancellation, by: admin(GOVERNMENT) };
        assert_eq!(events(), [split.into(), cancelled.into()]);
    });
}

#[test]
fn a_voluntary_cancellation_corrects_nothing() {
    run(|| {
        issued(2024, 10);
        assert_ok!(cancel(&[(1, 3)], Voluntary, Corrects::Nothing));
        assert_ok!(cancel(&[(1, 3)], Voluntary, Corrects::Nothing));
        assert_eq!(Cancellations::<Test>::get(2).unwrap().blocks, ranges(&[(5, 7)]));
    });
}

#[test]
fn a_reversal_is_cancelled_out_of_the_buffer_and_from_hold() {
    run(|| {
        let halves = Issuance { buffer_rate: 500_000, ..of_developer(2024, 10) };
        put_verified(1, 2024, halves);
        assert_ok!(issue(1, 2024)); // 1..=5 of DEVELOPER, 6..=10 in the buffer.
        assert_ok!(hold(&[(1, 2)])); // 4..=5
        assert_ok!(cancel(&[(6, 5)], Reversal, issuance_of(2024)));
        assert_eq!(Cancellations::<Test>::get(1).unwrap().owner, GOVERNMENT);
        assert_ok!(cancel(&[(4, 1), (1, 1)], Reversal, issuance_of(2024)));
        let totals = Totals { issued: 10, held: 2, on_hold: 1, cancelled: 7, ..Default::default() };
        assert_eq!(national(), totals);
    });
}

#[test]
fn deductions_are_never_cancelled_alone() {
    run(|| {
        issued(2024, 10);
        for reason in [OverallMitigation, ShareOfProceeds] {
            for corrects in [Corrects::Nothing, issuance_of(2024), Corrects::Retirement(1)] {
                assert_noop!(cancel(&[(1, 1)], reason, corrects), E::NeverAlone);
            }
        }
    });
}

#[test]
fn a_correction_names_an_issuance_of_the_same_project() {
    run(|| {
        issued(2024, 10);
        put_verified(1, 7, of_developer(2024, 10)); // Not issued.
        put_verified(2, 1, of_developer(2024, 10));
        assert_ok!(issue(2, 1));
        let of = |project, period| Corrects::Issuance { project, period };
        for reason in [ExcessIssuance, Reversal] {
            for wrong in [
                Corrects::Nothing,
                Corrects::Retirement(1),
                of(1, 7),    // Verified only.
                of(1, 2023), // Unknown.
                of(2, 1),    // Another project's.
                of(9, 1),    // No project's.
            ] {
                assert_noop!(cancel(&[(1, 1)], reason, wrong), E::WrongCorrection);
            }
            // Every block is of the project.
            let refused = cancel(&[(1, 1), (11, 1)], reason, issuance_of(2024));
            assert_noop!(refused, E::WrongCorrection);
            assert_ok!(cancel(&[(1, 1)], reason, issuance_of(2024)));
        }
        for wrong in [issuance_of(2024), Corrects::Retirement(1)] {
            assert_noop!(cancel(&[(1, 1)], Voluntary, wrong), E::WrongCorrection);
        }
    });
}

#[test]
fn what_is_reserved_retired_or_cancelled_is_not_cancelled() {
    run(|| {
        issued_under(&ndc_terms(), 2024, 10);
        let by = signed(admin(DEVELOPER));
        assert_ok!(Credits::retire(by, parts(&[(1, 1)]), voluntary())); // 10
        assert_ok!(request_retirement(&[(1, 1)])); // 9
        assert_ok!(cancel(&[(1, 1)], Voluntary, Corrects::Nothing)); // 8
        for start in [8, 9, 10] {
            let refused = cancel(&[(1, 1), (start, 1)], Voluntary, Corrects::Nothing);
            assert_noop!(refused, E::NotCancellable);
        }
    });
}

#[test]
fn one_cancellation_is_of_one_owner() {
    run(|| {
        issued(2024, 10);
        let by = signed(admin(DEVELOPER));
        assert_ok!(Credits::transfer(by, parts(&[(1, 4)]), OTHER_DEVELOPER, None));
        let of = [(1, 1), (7, 1)];
        assert_noop!(cancel(&of, Voluntary, Corrects::Nothing), E::MixedOwners);
        let other = retire_for_the_state(&of, RetirementPurpose::LegalAction);
        assert_noop!(other, E::MixedOwners);
    });
}

#[test]
fn the_statement_is_readable_text() {
    run(|| {
        issued(2024, 10);
        for bad in ["", " padded", "a\nb"] {
            let by = signed(admin(GOVERNMENT));
            let parts = parts(&[(1, 1)]);
            let refused = Credits::cancel(by, parts, Voluntary, Corrects::Nothing, text(bad));
            assert_noop!(refused, E::InvalidText);
        }
    });
}

#[test]
fn what_cannot_be_counted_is_refused() {
    run(|| {
        issued(2024, 10);
        LastCancellationId::<Test>::put(u64::MAX);
        assert_noop!(cancel(&[(1, 1)], Voluntary, Corrects::Nothing), E::Overflow);
        LastCancellationId::<Test>::kill();
    });
}

#[test]
fn the_state_retires_what_one_organisation_holds() {
    use RetirementPurpose::{LegalAction, NationalCompliance, NdcUse, Other, Voluntary};
    run(|| {
        issued(2024, 10);
        for owners in [Voluntary, NationalCompliance, international().purpose] {
            assert_noop!(retire_for_the_state(&[(1, 1)], owners), E::WrongPurpose);
        }
        for year in [0, 1989, 2200] {
            let refused = retire_for_the_state(&[(1, 1)], NdcUse { year });
            assert_noop!(refused, E::InvalidText);
        }
        // Any quantity, and also of a suspended owner.
        assert_ok!(retire_for_the_state(&[(1, 2)], NdcUse { year: 2030 }));
        suspend(DEVELOPER);
        assert_ok!(retire_for_the_state(&[(1, 3)], LegalAction));
        assert_ok!(hold(&[(1, 1)]));
        assert_noop!(retire_for_the_state(&[(5, 1)], Other), E::NotHeld);
        assert_ok!(retire_for_the_state(&[(1, 4)], Other));
        let record = |id| crate::Retirements::<Test>::get(id).unwrap();
        assert_eq!([1, 2, 3].map(|id| record(id).quantity), [2, 3, 4]);
        assert!((1..=3).all(|id| record(id).by == DEVELOPER));
        assert_eq!(accounts(), CountryAccounts { domestic: 9, ..Default::default() });
    });
}
