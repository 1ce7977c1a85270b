// SPDX-License-Identifier: Apache-2.0
//! What `do_try_state` reports.

use crate::{
    mock::*, Ballots, Cases, CurrentRound, OpenCases, Operators, Outcome, Pallet, Settled, Vote,
    Waiting,
};
use frame_support::{assert_ok, storage::with_transaction};
use sp_runtime::{DispatchError, TransactionOutcome, TryRuntimeError};

const A: u64 = OPERATOR;
const D: u64 = OPERATOR + OPERATORS - 1;

/// Shows that `change` to a bridge in order is what `do_try_state` reports as `violation`.
fn violates(change: impl FnOnce(), violation: &'static str) {
    run(|| {
        all_see(A..D, &authorised("p-1"));
        all_see(A..D, &reported("p-1"));
        sees(A, &[authorised("p-2")]);
        organisation(registry_primitives::OrganisationRole::Ministry, details("Tanna Wind"));
        let facts = registry_primitives::itmo::Facts::ProjectAuthorised(facts("Tanna Wind"));
        all_see(A..D, &registry_primitives::itmo::Observation { project: text("p-3"), facts });
        assert_ok!(Pallet::<Test>::do_try_state());
        let found = with_transaction(|| {
            change();
            TransactionOutcome::Rollback(Ok::<_, DispatchError>(Pallet::<Test>::do_try_state()))
        });
        assert_eq!(found, Ok(Err(TryRuntimeError::Other(violation))));
    });
}

#[test]
fn operators_are_distinct() {
    violates(
        || {
            Operators::<Test>::mutate(|operators| operators[1].key = operators[0].key.clone());
        },
        "no two operators have one account or one key",
    );
}

#[test]
fn every_operator_is_a_validator() {
    violates(
        || {
            Operators::<Test>::mutate(|operators| operators[3].account = STRANGER);
        },
        "every operator is a validator",
    );
}

#[test]
fn the_round_is_the_last() {
    violates(|| crate::LastRound::<Test>::put(7), "the round that is held is the last");
}

#[test]
fn nothing_is_observed_without_a_round() {
    violates(CurrentRound::<Test>::kill, "without a round nothing is observed");
}

#[test]
fn every_operator_counts_once() {
    violates(
        || {
            let key = key_of(&authorised("p-2"));
            let mut ballot = Ballots::<Test>::get(&key).unwrap();
            ballot.try_push(ballot[0].clone()).unwrap();
            Ballots::<Test>::insert(key, ballot);
        },
        "every operator observes an event once",
    );
}

#[test]
fn strangers_do_not_observe() {
    violates(
        || {
            let key = key_of(&authorised("p-2"));
            let vote = Vote { operator: STRANGER, hash: Default::default() };
            Ballots::<Test>::insert(key, frame_support::BoundedVec::truncate_from(vec![vote]));
        },
        "only operators of the round observe",
    );
}

#[test]
fn what_is_settled_is_not_open() {
    violates(
        || {
            let ballot = Ballots::<Test>::get(key_of(&authorised("p-2"))).unwrap();
            Ballots::<Test>::insert(key_of(&authorised("p-1")), ballot);
        },
        "what is settled is not voted on",
    );
}

#[test]
fn a_project_is_taken_over_once() {
    violates(
        || {
            let settled = Settled::<Test>::get(key_of(&authorised("p-1"))).unwrap();
            Settled::<Test>::insert(key_of(&authorised("p-9")), settled);
        },
        "what was taken over is the project of that name",
    );
}

#[test]
fn credits_belong_to_what_was_taken_over() {
    violates(
        || {
            let (first, second) = (key_of(&authorised("p-1")), key_of(&reported("p-1")));
            Settled::<Test>::mutate(second.clone(), |found| {
                found.as_mut().unwrap().outcome = Outcome::Done(1);
            });
            Waiting::<Test>::remove(second);
            Settled::<Test>::remove(first);
        },
        "credits are issued for what was taken over",
    );
}

#[test]
fn what_waits_is_looked_at() {
    violates(|| Waiting::<Test>::remove(key_of(&reported("p-1"))), "what waits is looked at");
    violates(|| Waiting::<Test>::insert(key_of(&authorised("p-1")), ()), "what is looked at waits");
}

#[test]
fn what_was_refused_has_a_case() {
    violates(
        || {
            Cases::<Test>::mutate_extant(1, |case| case.key = key_of(&reported("p-3")));
        },
        "what was refused has an open case",
    );
}

#[test]
fn cases_are_numbered_and_indexed() {
    violates(|| crate::LastCaseId::<Test>::put(2), "cases are numbered without gaps");
    violates(
        || OpenCases::<Test>::insert(key_of(&reported("p-9")), 1),
        "the index names open cases only",
    );
}
