// SPDX-License-Identifier: Apache-2.0
//! `do_try_state` sees every kind of broken storage.

use super::*;
use codec::Encode;
use ActionClass::{Cancel, Issue};

/// Proposals 1 and 3 of the Government, 2 of the ministry; 1 has been approved once more.
fn registry() {
    ask_for(Issue, 3);
    for (by, id) in [(A, 1), (M, 2), (A, 3)] {
        assert_eq!(proposed(by, issue(id)), id);
    }
    assert_ok!(approve(B, 1));
}

/// The block that removes them.
const LAST: u32 = 1 + LIFETIME;

fn change(change: impl FnOnce(&mut Proposal<u64>)) {
    Proposals::<Test>::mutate(1, |proposal| change(proposal.as_mut().unwrap()));
}

#[test]
fn thresholds_can_be_reached() {
    const VIOLATION: &str = "between 1 and 16 officers must agree";
    violates(registry, || ask_for(Issue, 0), VIOLATION);
    violates(registry, || ask_for(Cancel, 17), VIOLATION);
}

#[test]
fn proposals_have_numbers_that_were_drawn() {
    const VIOLATION: &str = "proposals are numbered in the order in which they were made";
    violates(registry, || LastProposalId::<Test>::put(2), VIOLATION);
}

#[test]
fn proposals_are_in_their_time() {
    const VIOLATION: &str = "a proposal was made in the past and expires in the future";
    violates(registry, || change(|proposal| proposal.proposed_at = 2), VIOLATION);
    violates(registry, || change(|proposal| proposal.expires_at = 1), VIOLATION);
    // As if a block had started without removing what expires.
    violates(registry, || System::set_block_number(LAST.into()), VIOLATION);
}

#[test]
fn approvals_are_different_officers_and_not_too_many() {
    const NUMBER: &str = "a proposal waits with 1 to 15 approvals";
    let approvals = |who: Vec<u64>| change(|proposal| proposal.approvals = officers(&who));
    violates(registry, || approvals(vec![]), NUMBER);
    violates(registry, || approvals((1..=16).collect()), NUMBER);
    violates(registry, || approvals(vec![A, B, A]), "nobody approves twice");
}

#[test]
fn calls_do_what_the_proposal_says() {
    const VIOLATION: &str = "the call of a proposal does what the proposal says";
    let call = |bytes: Vec<u8>| change(|proposal| proposal.call = bytes.try_into().unwrap());
    violates(registry, || call(vec![255]), VIOLATION);
    let other = RuntimeCall::from(targets::Call::change { value: 1 });
    violates(registry, || call(other.encode()), VIOLATION);
    let action = || change(|proposal| proposal.action = Action::CancelCredits);
    violates(registry, action, VIOLATION);
}

#[test]
fn organisations_list_their_proposals() {
    const OWN: &str = "the list of an organisation names a proposal that is not its own";
    let list = |organisation: OrganisationId, ids: &[ProposalId]| {
        OpenProposals::<Test>::insert(
            organisation,
            frame_support::BoundedVec::truncate_from(ids.to_vec()),
        );
    };
    violates(registry, || list(GOVERNMENT, &[1, 2, 3]), OWN);
    violates(registry, || list(GOVERNMENT, &[1, 3, 4]), OWN);
    let twice = "the list of an organisation names a proposal twice";
    violates(registry, || list(GOVERNMENT, &[1, 3, 1]), twice);
    let missing = "every proposal is on its organisation's list";
    violates(registry, || list(GOVERNMENT, &[3]), missing);
    violates(registry, || OpenProposals::<Test>::remove(MINISTRY), missing);
    let empty = "an organisation without proposals has no list";
    violates(registry, || list(DEVELOPER, &[]), empty);
}

#[test]
fn proposals_expire_once() {
    const OTHER: &str = "a proposal expires in another block than it says";
    let list = |block: u32, ids: &[ProposalId]| {
        Expiring::<Test>::insert(block, frame_support::BoundedVec::truncate_from(ids.to_vec()));
    };
    violates(registry, || list(LAST + 1, &[3]), OTHER);
    violates(registry, || list(LAST, &[1, 2, 3, 4]), OTHER);
    violates(registry, || list(LAST, &[1, 2, 3, 1]), "a proposal expires twice");
    violates(registry, || list(LAST, &[1, 3]), "every proposal expires");
    let empty = "a block in which nothing expires has no list";
    violates(registry, || list(LAST + 1, &[]), empty);
}
