// SPDX-License-Identifier: Apache-2.0
//! Credits for a final monitoring report: once, and when the project is authorised.

use crate::{mock::*, observing::hash_of, Cases, Cause, Event, Outcome, Waiting};
use frame_support::{assert_ok, traits::Hooks, weights::Weight};
use registry_primitives::itmo::BridgeSettings;

const A: u64 = OPERATOR;
const D: u64 = OPERATOR + OPERATORS - 1;

fn issued(project: u32) -> Vec<u64> {
    Issued::get(project).unwrap_or_default().into_iter().map(|(tonnes, _)| tonnes).collect()
}

#[test]
fn an_authorised_project_is_issued_ten_credits_once() {
    run(|| {
        all_see(A..D, &authorised("p-1"));
        Stages::insert(1, Stage::Authorised);
        events();
        for _ in 0..3 {
            all_see(A..D + 1, &reported("p-1"));
            next_round();
        }
        assert_eq!(issued(1), [10]);
        assert_eq!(Issued::get(1).unwrap()[0].1, hash_of(&reported("p-1")));
        assert_eq!(outcome(&reported("p-1")), Some(Outcome::Done(1)));
        let key = key_of(&reported("p-1"));
        assert!(events().contains(&Event::IssuanceTakenOver { key, project: 1 }));
    });
}

#[test]
fn a_report_before_the_authorisation_waits_for_it() {
    run(|| {
        all_see(A..D, &reported("p-1"));
        assert_eq!(outcome(&reported("p-1")), Some(Outcome::Waits));
        next_block();
        all_see(A..D, &authorised("p-1"));
        next_block();
        assert_eq!(issued(1), [0; 0]);
        Stages::insert(1, Stage::Authorised);
        next_block();
        assert_eq!(issued(1), [10]);
        assert_eq!(outcome(&reported("p-1")), Some(Outcome::Done(1)));
        assert_eq!(Waiting::<Test>::iter_keys().count(), 0);
        go_to(System::block_number() + 10);
        assert_eq!(issued(1), [10]);
    });
}

#[test]
fn both_in_one_report_wait_in_the_right_order() {
    run(|| {
        for operator in A..D {
            sees(operator, &[reported("p-1"), authorised("p-1")]);
        }
        assert_eq!(outcome(&authorised("p-1")), Some(Outcome::Done(1)));
        assert_eq!(outcome(&reported("p-1")), Some(Outcome::Waits));
    });
}

#[test]
fn many_that_wait_are_looked_at_in_turn() {
    run(|| {
        let names: Vec<_> = (0..11).map(|n| format!("p-{n}")).collect();
        for name in &names {
            all_see(A..D, &authorised(name));
            all_see(A..D, &reported(name));
        }
        assert_eq!(Waiting::<Test>::iter_keys().count(), 11);
        for project in 1..=11 {
            next_block();
            Stages::insert(project, Stage::Authorised);
        }
        go_to(System::block_number() + 6);
        assert_eq!(Waiting::<Test>::iter_keys().count(), 0);
        assert!((1..=11).all(|project| issued(project) == [10]));
    });
}

#[test]
fn without_time_left_in_the_block_they_wait() {
    run(|| {
        all_see(A..D, &authorised("p-1"));
        all_see(A..D, &reported("p-1"));
        Stages::insert(1, Stage::Authorised);
        Bridge::on_idle(1, Weight::zero());
        assert_eq!(issued(1), [0; 0]);
        Bridge::on_idle(1, Weight::MAX);
        assert_eq!(issued(1), [10]);
    });
}

#[test]
fn a_project_that_ended_is_a_case() {
    run(|| {
        all_see(A..D, &authorised("p-1"));
        all_see(A..D, &reported("p-1"));
        Stages::insert(1, Stage::Ended);
        next_block();
        let case = Cases::<Test>::get(1).unwrap();
        assert!(matches!(case.cause, Cause::Refused { error, .. }
            if error == E::ProjectEnded.into()));
        assert_eq!(outcome(&reported("p-1")), Some(Outcome::Case(1)));
        assert_eq!(Waiting::<Test>::iter_keys().count(), 0);
    });
}

#[test]
fn a_dismissed_project_is_issued_nothing() {
    run(|| {
        sees(A, &[authorised("p-1")]);
        all_see(A..D, &reported("p-1"));
        end_round();
        assert_ok!(Bridge::dismiss_case(signed(OFFICER), 1, text("not ours")));
        next_block();
        let case = Cases::<Test>::get(2).unwrap();
        assert!(matches!(case.cause, Cause::Refused { error, .. }
            if error == E::ProjectDismissed.into()));
    });
}

#[test]
fn what_the_credits_refuse_is_undone_and_can_be_tried_again() {
    run(|| {
        all_see(A..D, &authorised("p-1"));
        Stages::insert(1, Stage::Full);
        all_see(A..D, &reported("p-1"));
        assert_eq!(issued(1), [0; 0]);
        assert_eq!(outcome(&reported("p-1")), Some(Outcome::Case(1)));
        assert!(Bridge::retry_case(signed(OFFICER), 1).is_err());
        Stages::insert(1, Stage::Authorised);
        assert_ok!(Bridge::retry_case(signed(OFFICER), 1));
        assert_eq!(issued(1), [10]);
    });
}

#[test]
fn settings_decide_the_quantity() {
    run(|| {
        let settings = BridgeSettings { issuance: 42, ..crate::Settings::<Test>::get() };
        assert_ok!(Bridge::change_settings(signed(OFFICER), settings));
        all_see(A..D, &authorised("p-1"));
        Stages::insert(1, Stage::Authorised);
        all_see(A..D, &reported("p-1"));
        assert_eq!(issued(1), [42]);
    });
}

#[test]
fn what_waits_is_issued_during_a_pause_too() {
    run(|| {
        all_see(A..D, &authorised("p-1"));
        all_see(A..D, &reported("p-1"));
        assert_ok!(Bridge::pause(signed(OFFICER), text("moved")));
        Stages::insert(1, Stage::Authorised);
        next_block();
        assert_eq!(issued(1), [10], "it was agreed on");
    });
}
