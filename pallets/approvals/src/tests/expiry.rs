// SPDX-License-Identifier: Apache-2.0
//! Proposals that waited too long.

use super::*;
use crate::WeightInfo;
use frame_support::{assert_noop, traits::Hooks};
use ActionClass::Issue;

#[test]
fn a_proposal_waits_its_lifetime() {
    run(|| {
        ask_for(Issue, 2);
        let (first, second) = (proposed(A, issue(1)), proposed(M, issue(2)));
        go_to_block(2);
        let later = proposed(A, issue(3));
        take_events();

        go_to_block(LIFETIME);
        assert_eq!(take_events(), []);
        assert!(waits(first) && waits(second));

        go_to_block(LIFETIME + 1);
        assert_eq!(take_events(), [Event::Expired { id: first }, Event::Expired { id: second }]);
        assert!(!waits(first) && !waits(second) && waits(later));
        assert_eq!(Approvals::proposals_of(GOVERNMENT), [later]);
        assert!(Approvals::proposals_of(MINISTRY).is_empty());
        assert_noop!(approve(B, first), E::UnknownProposal);

        go_to_block(LIFETIME + 2);
        assert_eq!(take_events(), [Event::Expired { id: later }]);
        assert_eq!(OpenProposals::<Test>::iter().count(), 0);
        assert_eq!(Expiring::<Test>::iter().count(), 0);
    });
}

#[test]
fn in_its_last_block_it_can_be_approved() {
    run(|| {
        ask_for(Issue, 2);
        let id = proposed(A, issue(7));
        go_to_block(LIFETIME);
        assert_ok!(approve(B, id));
        assert_eq!(value(), 7);
    });
}

#[test]
fn an_approval_does_not_prolong_it() {
    run(|| {
        ask_for(Issue, 3);
        let id = proposed(A, issue(7));
        go_to_block(LIFETIME);
        assert_ok!(approve(B, id));
        go_to_block(LIFETIME + 1);
        assert!(!waits(id));
    });
}

#[test]
fn what_is_closed_does_not_expire() {
    run(|| {
        ask_for(Issue, 2);
        let (executed, withdrawn) = (proposed(A, issue(1)), proposed(A, issue(2)));
        assert_ok!(approve(B, executed));
        assert_ok!(Approvals::withdraw(signed(A), withdrawn));
        take_events();
        go_to_block(LIFETIME + 1);
        assert_eq!(take_events(), []);
    });
}

#[test]
fn what_the_start_of_a_block_costs_is_declared() {
    run(|| {
        ask_for(Issue, 2);
        let weight = |proposals| <Test as crate::Config>::WeightInfo::expire(proposals);
        proposed(A, issue(1));
        proposed(A, issue(2));
        let at = u64::from(LIFETIME) + 1;
        System::set_block_number(at);
        assert_eq!(Approvals::on_initialize(at), weight(2));
        assert_eq!(Approvals::on_initialize(at), weight(0));
        assert!(weight(2).any_gt(weight(0)));
    });
}
