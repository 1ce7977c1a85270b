// SPDX-License-Identifier: Apache-2.0
//! `propose`.

use super::*;
use codec::Encode;
use frame_support::assert_noop;
use registry_primitives::approval::{MAX_CALL_BYTES, MAX_EXPIRING, MAX_OPEN_PROPOSALS};
use sp_runtime::traits::Dispatchable;
use ActionClass::{Issue, Settings};

/// The largest argument of `long`: the call has two bytes of its own, and four that say how long
/// the argument is.
const LONGEST: usize = MAX_CALL_BYTES as usize - 6;

fn long(bytes: usize) -> RuntimeCall {
    targets::Call::long { bytes: vec![0; bytes] }.into()
}

#[test]
fn one_is_not_enough_where_two_are_needed() {
    run(|| {
        ask_for(Issue, 2);
        assert_ok!(propose(A, issue(7)));
        assert_eq!(value(), 0);
        let call: registry_primitives::approval::CallBytes = issue(7).encode().try_into().unwrap();
        let expires_at = 1 + LIFETIME;
        let proposal = Proposal {
            organisation: GOVERNMENT,
            action: Action::IssueCredits,
            call: call.clone(),
            proposer: A,
            approvals: officers(&[A]),
            proposed_at: 1,
            expires_at,
        };
        assert_eq!(Approvals::proposal(1), Some(proposal));
        assert_eq!(
            take_events(),
            [Event::Proposed {
                id: 1,
                organisation: GOVERNMENT,
                action: Action::IssueCredits,
                call,
                by: A,
                required: 2,
                expires_at,
            }]
        );
    });
}

#[test]
fn what_waits_is_listed_by_organisation() {
    run(|| {
        ask_for(Issue, 2);
        assert!(Approvals::proposals_of(GOVERNMENT).is_empty());
        for (by, id) in [(A, 1), (M, 2), (B, 3)] {
            assert_eq!(proposed(by, issue(id)), id);
        }
        assert_eq!(Approvals::proposals_of(GOVERNMENT), [1, 3]);
        assert_eq!(Approvals::proposals_of(MINISTRY), [2]);
        assert_eq!(Approvals::proposal(4), None);
    });
}

#[test]
fn where_one_is_enough_the_call_is_made_at_once() {
    run(|| {
        assert_ok!(propose(A, issue(7)));
        assert_eq!(value(), 7);
        assert!(!waits(1));
        let approval = Approval {
            proposal: 1,
            organisation: GOVERNMENT,
            action: Action::IssueCredits,
            officers: officers(&[A]),
        };
        assert_eq!(targets::Told::<Test>::get(), Some(approval));
        let events = take_events();
        assert!(matches!(events[0], Event::Proposed { id: 1, by: A, required: 1, .. }));
        assert_eq!(events[1..], [executed(1, &[A], Ok(()))]);
    });
}

#[test]
fn a_call_that_fails_at_once_leaves_no_trace() {
    run(|| {
        let call = || targets::Call::fail { value: 7 }.into();
        let broken = targets::Error::<Test>::Broken;
        // Dispatched as an extrinsic is: what fails is undone.
        let propose = RuntimeCall::from(crate::Call::propose { call: Box::new(call()) });
        let refused = propose.dispatch(signed(A)).unwrap_err();
        assert_eq!(refused.error, broken.into());
        assert_eq!((value(), LastProposalId::<Test>::get()), (0, 0));
        assert_eq!(take_events(), []);
    });
}

#[test]
fn who_may_not_do_it_may_not_propose_it() {
    run(|| {
        ask_for(Issue, 2);
        ask_for(Settings, 2);
        suspend(DEVELOPER);
        for (who, error) in
            [(MANAGER, E::NotPermitted), (D, E::OrganisationSuspended), (STRANGER, E::NotAMember)]
        {
            assert_noop!(propose(who, issue(1)), error);
        }
        let change = || RuntimeCall::from(targets::Call::change { value: 1 });
        assert_noop!(propose(M, change()), E::NotPermitted);
        assert_ok!(propose(A, change()));
        assert_ok!(propose(M, issue(1)));
    });
}

#[test]
fn what_needs_no_agreement_is_not_proposed() {
    run(|| {
        let calls: [RuntimeCall; 3] = [
            targets::Call::register { value: 1 }.into(),
            targets::Call::nobodys {}.into(),
            frame_system::Call::remark { remark: vec![] }.into(),
        ];
        for call in calls {
            assert_noop!(propose(A, call), E::NotProposable);
        }
    });
}

#[test]
fn proposals_are_not_nested() {
    run(|| {
        // Whatever the runtime says that these calls do.
        assert_eq!(
            <Actions as crate::ActionOf<_>>::action_of(&crate::Call::approve { id: 1 }.into()),
            Some(Action::IssueCredits)
        );
        ask_for(Issue, 2);
        let id = proposed(A, issue(1));
        let calls = [
            crate::Call::propose { call: Box::new(issue(2)) },
            crate::Call::approve { id },
            crate::Call::withdraw { id },
        ];
        for call in calls {
            assert_noop!(propose(B, call.into()), E::NotProposable);
        }
    });
}

#[test]
fn only_a_signer_proposes() {
    run(|| {
        for nobody in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
            let refused = Approvals::propose(nobody, Box::new(issue(1))).unwrap_err();
            assert_eq!(refused.error, E::NotSigned.into());
        }
    });
}

#[test]
fn a_call_that_the_last_approval_cannot_carry_is_not_proposed() {
    run(|| {
        let heavy = |weight| RuntimeCall::from(targets::Call::heavy { weight });
        ask_for(Issue, 2);
        assert_ok!(propose(A, heavy(MAX_CALL_WEIGHT)));
        assert_noop!(propose(A, heavy(MAX_CALL_WEIGHT + 1)), E::TooHeavy);
        ask_for(Issue, 1);
        assert_noop!(propose(A, heavy(MAX_CALL_WEIGHT + 1)), E::TooHeavy);
    });
}

#[test]
fn a_call_has_at_most_32_kib() {
    run(|| {
        ask_for(Issue, 2);
        assert_eq!(long(LONGEST).encoded_size(), MAX_CALL_BYTES as usize);
        assert_noop!(propose(A, long(LONGEST + 1)), E::TooLong);
        let id = proposed(A, long(LONGEST));
        assert_ok!(approve(B, id));
        assert_eq!(value(), LONGEST as u32);
    });
}

#[test]
fn at_most_32_proposals_expire_in_the_same_block() {
    run(|| {
        ask_for(Issue, 2);
        for id in 1..=MAX_EXPIRING {
            assert_eq!(proposed(if id % 2 == 0 { A } else { M }, issue(id)), id);
        }
        for who in [A, M] {
            assert_noop!(propose(who, issue(1)), E::TooManyInBlock);
        }
        go_to_block(2);
        assert_ok!(propose(A, issue(1)));
    });
}

#[test]
fn at_most_64_proposals_of_an_organisation_wait() {
    run(|| {
        ask_for(Issue, 2);
        for block in 1..=2 {
            go_to_block(block);
            for _ in 0..MAX_OPEN_PROPOSALS / 2 {
                proposed(A, issue(1));
            }
        }
        go_to_block(3);
        assert_noop!(propose(B, issue(1)), E::TooManyProposals);
        // Other organisations are not held up, and any that closes makes room.
        assert_ok!(propose(M, issue(1)));
        assert_ok!(approve(B, 17));
        assert_ok!(propose(B, issue(1)));
        assert_noop!(propose(B, issue(1)), E::TooManyProposals);
    });
}

#[test]
fn numbers_end() {
    run(|| {
        LastProposalId::<Test>::put(u32::MAX);
        assert_noop!(propose(A, issue(1)), E::NumbersExhausted);
    });
}
