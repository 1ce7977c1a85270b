// SPDX-License-Identifier: Apache-2.0
//! `approve`: who approves, and what counts.

use super::*;
use frame_support::assert_noop;
use ActionClass::Issue;

/// A proposal of `by` to issue `7`, to which three must agree.
fn waiting(by: u64) -> ProposalId {
    ask_for(Issue, 3);
    proposed(by, issue(7))
}

fn approvals(id: ProposalId) -> Vec<u64> {
    Proposals::<Test>::get(id).unwrap().approvals.into_inner()
}

#[test]
fn the_last_that_is_needed_makes_the_call() {
    run(|| {
        let id = waiting(A);
        assert_ok!(approve(B, id));
        assert_eq!((value(), approvals(id)), (0, vec![A, B]));
        assert_ok!(approve(C, id));
        assert_eq!((value(), targets::By::<Test>::get()), (7, Some(A)));
        assert!(!waits(id));
        assert_eq!(
            take_events()[1..],
            [
                Event::Approved { id, by: B, valid: 2, required: 3 },
                Event::Approved { id, by: C, valid: 3, required: 3 },
                executed(id, &[A, B, C], Ok(())),
            ]
        );
        assert_noop!(approve(ROOT, id), E::UnknownProposal);
    });
}

#[test]
fn nobody_approves_twice() {
    run(|| {
        let id = waiting(A);
        assert_noop!(approve(A, id), E::AlreadyApproved);
        assert_ok!(approve(B, id));
        for who in [A, B] {
            assert_noop!(approve(who, id), E::AlreadyApproved);
        }
    });
}

#[test]
fn others_do_not_approve() {
    run(|| {
        let id = waiting(A);
        suspend(DEVELOPER);
        for (who, error) in [
            (MANAGER, E::NotPermitted),
            (M, E::OtherOrganisation),
            (D, E::OrganisationSuspended),
            (STRANGER, E::NotAMember),
        ] {
            assert_noop!(approve(who, id), error);
        }
        for nobody in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
            assert_eq!(
                Approvals::approve(nobody, id).unwrap_err().error,
                DispatchError::from(E::NotSigned)
            );
        }
        assert_noop!(approve(B, id + 1), E::UnknownProposal);
    });
}

#[test]
fn the_government_does_not_approve_for_a_ministry() {
    run(|| {
        let id = waiting(M);
        assert_noop!(approve(A, id), E::OtherOrganisation);
        assert_ok!(approve(N, id));
        assert_ok!(approve(O, id));
        assert_eq!(value(), 7);
    });
}

/// Shows that A's approval lapses by `change`, and that the others decide without A.
fn lapses(change: impl FnOnce()) {
    run(|| {
        let id = waiting(A);
        assert_ok!(approve(B, id));
        change();
        take_events();
        assert_ok!(approve(C, id));
        assert_eq!((value(), approvals(id)), (0, vec![B, C]));
        assert_eq!(
            take_events(),
            [
                Event::ApprovalLapsed { id, officer: A },
                Event::Approved { id, by: C, valid: 2, required: 3 },
            ]
        );
        assert_ok!(approve(ROOT, id));
        // The first who may still is who acts.
        assert_eq!((value(), targets::By::<Test>::get()), (7, Some(B)));
        assert_eq!(take_events().last(), Some(&executed(id, &[B, C, ROOT], Ok(()))));
    });
}

#[test]
fn who_was_removed_does_not_count() {
    lapses(|| dismiss(A));
}

#[test]
fn who_was_demoted_does_not_count() {
    lapses(|| give_role(A, GOVERNMENT, MemberRole::Manager));
    lapses(|| give_role(A, GOVERNMENT, MemberRole::ViewOnly));
}

#[test]
fn who_is_elsewhere_now_does_not_count() {
    // Where the same is permitted, but not to this organisation's officers.
    lapses(|| employ(A, MINISTRY));
}

#[test]
fn of_a_suspended_organisation_nobody_approves_or_counts() {
    run(|| {
        let id = waiting(M);
        assert_ok!(approve(N, id));
        suspend(MINISTRY);
        assert_noop!(approve(O, id), E::OrganisationSuspended);
        assert!(waits(id));
        // Nothing was counted meanwhile: reactivated, it goes on where it was.
        reactivate(MINISTRY);
        assert_ok!(approve(O, id));
        assert_eq!(value(), 7);
    });
}

#[test]
fn an_approval_that_lapsed_can_be_given_again() {
    run(|| {
        let id = waiting(A);
        dismiss(A);
        assert_ok!(approve(B, id));
        assert_eq!(approvals(id), [B]);
        employ(A, GOVERNMENT);
        assert_ok!(approve(A, id));
        assert_eq!((value(), approvals(id)), (0, vec![B, A]));
        assert_ok!(approve(C, id));
        assert_eq!(targets::By::<Test>::get(), Some(B));
    });
}

#[test]
fn an_absence_between_approvals_does_not_matter() {
    run(|| {
        let id = waiting(A);
        dismiss(A);
        assert_noop!(approve(A, id), E::NotAMember);
        employ(A, GOVERNMENT);
        assert_noop!(approve(A, id), E::AlreadyApproved);
        assert_ok!(approve(B, id));
        assert_eq!(approvals(id), [A, B]);
        assert_ok!(approve(C, id));
    });
}

#[test]
fn what_is_needed_is_what_is_set_now() {
    run(|| {
        let raised = waiting(A);
        let lowered = waiting(A);
        assert_ok!(approve(B, raised));
        ask_for(Issue, 4);
        assert_ok!(approve(C, raised));
        assert!(waits(raised));
        ask_for(Issue, 1);
        // Nothing happens by itself, nor by who has approved.
        assert_noop!(approve(A, lowered), E::AlreadyApproved);
        assert_ok!(approve(B, lowered));
        assert!(!waits(lowered));
        assert_ok!(approve(ROOT, raised));
        assert!(!waits(raised));
    });
}

#[test]
fn sixteen_officers_can_be_needed() {
    run(|| {
        for who in 100..116 {
            employ(who, GOVERNMENT);
        }
        ask_for(Issue, 16);
        let id = proposed(100, issue(7));
        for who in 101..115 {
            assert_ok!(approve(who, id));
        }
        assert_eq!(approvals(id).len(), 15);
        // One of them leaves, so that the sixteenth is the fifteenth who counts.
        dismiss(107);
        assert_ok!(approve(115, id));
        assert_eq!(approvals(id).len(), 15);
        assert_ok!(approve(A, id));
        assert_eq!(value(), 7);
        assert_eq!(targets::Told::<Test>::get().unwrap().officers.len(), 16);
    });
}
