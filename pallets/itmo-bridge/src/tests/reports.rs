// SPDX-License-Identifier: Apache-2.0
//! Which reports are taken at all, and in which order.

use crate::{mock::*, observing::NOT_A_REPORT, Call, Error, Event, Reading, Records};
use frame_support::{
    assert_noop,
    dispatch::{DispatchClass, GetDispatchInfo},
    traits::Authorize,
};
use registry_primitives::itmo::{Progress, ReadFailure, Report, MAX_PER_ROUND};
use sp_runtime::transaction_validity::{
    InvalidTransaction, TransactionSource, TransactionValidityError, ValidTransaction,
};

const A: u64 = OPERATOR;

fn validate(
    call: &RuntimeCall,
    source: TransactionSource,
) -> Result<ValidTransaction, TransactionValidityError> {
    call.authorize(source).expect("it is authorised by what it says").map(|(valid, _)| valid)
}

fn refused(call: &RuntimeCall) -> InvalidTransaction {
    match validate(call, TransactionSource::External) {
        Err(TransactionValidityError::Invalid(why)) => why,
        other => panic!("not refused: {other:?}"),
    }
}

/// A report of A that is changed after it is signed.
fn tampered(change: impl FnOnce(&mut u64, &mut Report)) -> RuntimeCall {
    match call(A, report(A, &[authorised("p-1")], Progress::Continues)) {
        RuntimeCall::Bridge(Call::observe { mut operator, mut report, signature }) => {
            change(&mut operator, &mut report);
            Call::observe { operator, report, signature }.into()
        }
        _ => unreachable!(),
    }
}

#[test]
fn a_report_of_an_operator_is_taken_and_passed_on() {
    run(|| {
        let call = call(A, report(A, &[authorised("p-1")], Progress::Continues));
        for source in
            [TransactionSource::Local, TransactionSource::External, TransactionSource::InBlock]
        {
            let valid = validate(&call, source).unwrap();
            assert!(valid.propagate && valid.priority > 1_000_000);
            assert_eq!(valid.requires.len(), 0);
            assert_eq!(valid.provides.len(), 1);
            assert_eq!(valid.longevity, u64::from(round().closes_at - 1));
        }
        assert_eq!(call.get_dispatch_info().class, DispatchClass::Operational);
    });
}

#[test]
fn what_was_changed_after_it_was_signed_is_refused() {
    run(|| {
        let bad_proof = InvalidTransaction::BadProof;
        assert_eq!(refused(&tampered(|operator, _| *operator = A + 1)), bad_proof);
        assert_eq!(refused(&tampered(|_, report| report.progress = COMPLETE)), bad_proof);
        assert_eq!(
            refused(&tampered(|_, report| report.observations = Default::default())),
            bad_proof
        );
    });
}

#[test]
fn a_report_is_for_one_chain() {
    run(|| {
        let signed = call(A, report(A, &[], Progress::Continues));
        frame_system::BlockHash::<Test>::insert(0, sp_core::H256([7; 32]));
        assert_eq!(refused(&signed), InvalidTransaction::BadProof);
    });
}

#[test]
fn strangers_are_refused() {
    run(|| {
        let stranger = call(STRANGER, Report { part: 0, ..report(A, &[], COMPLETE) });
        assert_eq!(refused(&stranger), InvalidTransaction::BadSigner);
    });
}

#[test]
fn parts_come_in_order_and_once() {
    run(|| {
        let part = |number| Report { part: number, ..report(A, &[], Progress::Continues) };
        let third = call(A, part(2));
        let valid = validate(&third, TransactionSource::External).unwrap();
        assert_eq!(
            valid.requires,
            [("itmo", A, 1u32, 1u32)].map(|tag| codec::Encode::encode(&tag))
        );
        assert_eq!(
            validate(&third, TransactionSource::InBlock),
            Err(InvalidTransaction::Future.into())
        );
        for number in 0..3 {
            assert_eq!(apply(call(A, part(number))), Ok(()));
        }
        assert_eq!(refused(&third), InvalidTransaction::Stale);
        let endless = call(A, part(MAX_PER_ROUND + 1));
        assert_eq!(refused(&endless), InvalidTransaction::Custom(NOT_A_REPORT));
    });
}

#[test]
fn after_the_last_part_there_is_none() {
    run(|| {
        hand_in(A, &[], COMPLETE);
        let more = call(A, report(A, &[authorised("p-1")], Progress::Continues));
        assert_eq!(refused(&more), InvalidTransaction::Stale);
    });
}

#[test]
fn a_round_has_room_for_so_many_observations_of_one_operator() {
    run(|| {
        for part in 0..MAX_PER_ROUND / 16 {
            let seen: Vec<_> = (0..16).map(|n| reported(&format!("p-{part}-{n}"))).collect();
            sees(A, &seen);
        }
        let one_more = call(A, report(A, &[reported("p")], COMPLETE));
        assert_eq!(refused(&one_more), InvalidTransaction::Custom(NOT_A_REPORT));
        hand_in(A, &[], COMPLETE);
    });
}

#[test]
fn without_a_round_nothing_is_taken() {
    run(|| {
        let early = call(A, report(A, &[], COMPLETE));
        end_round();
        assert_eq!(refused(&early), InvalidTransaction::Stale);
    });
}

#[test]
fn a_failure_is_seen_and_reading_may_go_on() {
    run(|| {
        events();
        hand_in(A, &[], Progress::Failed(ReadFailure::Busy));
        let failure = ReadFailure::Busy;
        assert_eq!(events(), [Event::ReadingFailed { round: 1, operator: A, failure }]);
        assert_eq!(Records::<Test>::get(A).failure, Some(failure));
        hand_in(A, &[], Progress::Complete { unreadable: 2, more: false });
        assert_eq!(
            events(),
            [Event::ReadingCompleted {
                round: 1,
                operator: A,
                observations: 0,
                unreadable: 2,
                more: false
            }]
        );
        let record = Records::<Test>::get(A);
        assert_eq!((record.last_round, record.last_at, record.failure), (1, 1, None));
        assert!(Reading::<Test>::get(A).unwrap().complete);
    });
}

#[test]
fn an_account_cannot_sign_a_report() {
    run(|| {
        let RuntimeCall::Bridge(Call::observe { operator, report, signature }) =
            call(A, report(A, &[], COMPLETE))
        else {
            unreachable!()
        };
        for origin in [signed(A), RuntimeOrigin::root(), RuntimeOrigin::none()] {
            assert_noop!(
                Bridge::observe(origin, operator, report.clone(), signature.clone()),
                Error::<Test>::NotAuthorised
            );
        }
    });
}
