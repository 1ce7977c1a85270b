// SPDX-License-Identifier: Apache-2.0
//! `withdraw`.

use super::*;
use frame_support::assert_noop;
use ActionClass::Issue;

fn withdraw(by: u64, id: ProposalId) -> DispatchResult {
    Approvals::withdraw(signed(by), id)
}

/// A proposal of A that three must agree to, and B has.
fn waiting() -> ProposalId {
    ask_for(Issue, 3);
    let id = proposed(A, issue(7));
    assert_ok!(approve(B, id));
    id
}

#[test]
fn the_proposer_takes_it_back() {
    run(|| {
        let id = waiting();
        take_events();
        assert_ok!(withdraw(A, id));
        assert_eq!(take_events(), [Event::Withdrawn { id, by: A }]);
        assert!(!waits(id));
        assert!(Approvals::proposals_of(GOVERNMENT).is_empty());
        assert_eq!(Expiring::<Test>::iter().count(), 0);
        assert_noop!(withdraw(A, id), E::UnknownProposal);
        assert_noop!(approve(C, id), E::UnknownProposal);
        assert_eq!(value(), 0);
    });
}

#[test]
fn nobody_else_does() {
    run(|| {
        let id = waiting();
        suspend(DEVELOPER);
        for (who, error) in [
            (B, E::NotTheProposer),
            (ROOT, E::NotTheProposer),
            (MANAGER, E::NotPermitted),
            (M, E::OtherOrganisation),
            (D, E::OrganisationSuspended),
            (STRANGER, E::NotAMember),
        ] {
            assert_noop!(withdraw(who, id), error);
        }
        for nobody in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
            assert_noop!(Approvals::withdraw(nobody, id), E::NotSigned);
        }
    });
}

#[test]
fn who_was_dismissed_does_not_disturb_the_others() {
    run(|| {
        let id = waiting();
        dismiss(A);
        assert_noop!(withdraw(A, id), E::NotAMember);
        employ(A, MINISTRY);
        assert_noop!(withdraw(A, id), E::OtherOrganisation);
        employ(A, GOVERNMENT);
        assert_ok!(withdraw(A, id));
    });
}
