// SPDX-License-Identifier: Apache-2.0
//! When rounds begin and end.

use crate::{mock::*, CurrentRound, Event, LastRound, NextRoundAt, Paused, Records, Settings};
use frame_support::{assert_noop, assert_ok};
use registry_primitives::itmo::{BridgeSettings, Progress};
use sp_runtime::transaction_validity::InvalidTransaction;

const A: u64 = OPERATOR;
const D: u64 = OPERATOR + OPERATORS - 1;
const NEW: u64 = OPERATOR + OPERATORS;

#[test]
fn the_first_round_begins_with_the_first_block() {
    run(|| {
        let round = round();
        assert_eq!((round.number, round.opened_at, round.closes_at), (1, 1, 1_001));
        assert_eq!(round.operators.to_vec(), (A..=D).collect::<Vec<_>>());
        assert_eq!(round.quorum(), 3);
        assert!(matches!(events()[..], [Event::RoundOpened { round: 1, closes_at: 1_001, .. }]));
    });
}

#[test]
fn the_next_begins_a_day_after_it() {
    run(|| {
        end_round();
        go_to(1_200);
        assert!(!CurrentRound::<Test>::exists());
        go_to(1_201);
        assert_eq!(round().number, 2);
    });
}

#[test]
fn a_round_ends_as_soon_as_all_have_read_all() {
    run(|| {
        for operator in A..=D {
            hand_in(operator, &[], COMPLETE);
        }
        events();
        next_block();
        assert_eq!(
            events(),
            [Event::RoundClosed { round: 1, complete: 4, silent: Default::default(), next: 1_201 }]
        );
        assert!((A..=D).all(|operator| Records::<Test>::get(operator).silent == 0));
    });
}

#[test]
fn who_is_silent_is_counted() {
    run(|| {
        hand_in(A, &[], COMPLETE);
        sees(A + 1, &[authorised("p-1")]);
        end_round();
        let silent: Vec<_> =
            (A..=D).map(|operator| Records::<Test>::get(operator).silent).collect();
        assert_eq!(silent, [0, 1, 1, 1]);
        let closed = events().pop();
        assert!(matches!(closed, Some(Event::RoundClosed { complete: 1, silent, .. })
            if silent.to_vec() == [A + 1, A + 2, D]));
    });
}

#[test]
fn who_left_is_not_waited_for_and_not_counted() {
    run(|| {
        assert_ok!(Bridge::remove_operator(RuntimeOrigin::root(), D, text("gone")));
        end_round();
        assert!(!Records::<Test>::contains_key(D));
    });
}

#[test]
fn the_last_that_is_waited_for_ends_the_round_by_leaving() {
    run(|| {
        for operator in A..D {
            hand_in(operator, &[], COMPLETE);
        }
        strike_off(D);
        events();
        next_block();
        assert_eq!(
            events(),
            [Event::RoundClosed { round: 1, complete: 3, silent: Default::default(), next: 1_201 }]
        );
    });
}

#[test]
fn who_has_read_all_and_leaves_is_counted_once() {
    run(|| {
        hand_in(A, &[], COMPLETE);
        strike_off(A);
        assert_eq!((round().complete, round().gone), (1, 0));
        ends_with_the_last_of(A + 1..D + 1);
    });
}

#[test]
fn who_leaves_twice_is_missed_once() {
    run(|| {
        relist(A, NEW);
        strike_off(A);
        assert_eq!((round().complete, round().gone), (0, 1));
        ends_with_the_last_of(A + 1..D + 1);
    });
}

/// The round ends when all of these have read all, and no earlier.
fn ends_with_the_last_of(operators: core::ops::Range<u64>) {
    for operator in operators {
        next_block();
        assert!(CurrentRound::<Test>::exists(), "{operator} is waited for");
        hand_in(operator, &[], COMPLETE);
    }
    next_block();
    assert!(!CurrentRound::<Test>::exists());
}

#[test]
fn who_is_listed_again_is_blamed_from_the_next_round_on() {
    run(|| {
        relist(A, NEW);
        end_round();
        assert_eq!(Records::<Test>::get(A).silent, 0, "it was not allowed to speak");
        go_to(NextRoundAt::<Test>::get());
        end_round();
        assert_eq!(Records::<Test>::get(A).silent, 1);
    });
}

#[test]
fn while_there_is_more_the_next_round_follows_at_once() {
    run(|| {
        for operator in A..=D {
            let more = operator != A;
            hand_in(operator, &[authorised("p-1")], Progress::Complete { unreadable: 0, more });
        }
        next_block();
        assert_eq!(NextRoundAt::<Test>::get(), 3);
        next_block();
        assert_eq!((round().number, round().opened_at), (2, 3));
    });
}

#[test]
fn fewer_than_a_quorum_do_not_hurry() {
    run(|| {
        for operator in A..=D {
            let more = operator < A + 2;
            hand_in(operator, &[authorised("p-1")], Progress::Complete { unreadable: 0, more });
        }
        next_block();
        assert_eq!(NextRoundAt::<Test>::get(), 1_201);
    });
}

#[test]
fn more_of_what_is_never_agreed_on_does_not_hurry() {
    run(|| {
        for operator in A..=D {
            let seen = authorised(&format!("p-{operator}"));
            hand_in(operator, &[seen], Progress::Complete { unreadable: 0, more: true });
        }
        while CurrentRound::<Test>::exists() {
            next_block();
        }
        assert_eq!(NextRoundAt::<Test>::get(), 1_201);
    });
}

#[test]
fn an_officer_asks_for_a_round() {
    run(|| {
        assert_noop!(Bridge::request_round(signed(OFFICER)), E::RoundIsOpen);
        end_round();
        events();
        assert_ok!(Bridge::request_round(signed(OFFICER)));
        assert_eq!(events(), [Event::RoundRequested { by: OFFICER }]);
        next_block();
        assert_eq!(round().number, 2);
    });
}

#[test]
fn without_operators_there_is_no_round() {
    run(|| {
        for operator in A..=D {
            assert_ok!(Bridge::remove_operator(RuntimeOrigin::root(), operator, text("all go")));
        }
        end_round();
        assert_noop!(Bridge::request_round(signed(OFFICER)), E::NoOperators);
        go_to(1_210);
        assert!(!CurrentRound::<Test>::exists());
    });
}

#[test]
fn a_pause_ends_the_round_and_keeps_the_next_away() {
    run(|| {
        sees(A, &[authorised("p-1")]);
        assert_ok!(Bridge::pause(signed(OFFICER), text("the platform is being moved")));
        assert_noop!(Bridge::pause(signed(OFFICER), text("again")), E::Unchanged);
        next_block();
        next_block();
        assert!(!CurrentRound::<Test>::exists());
        assert_eq!(crate::LastCaseId::<Test>::get(), 0, "the others were not waited for");
        assert_eq!(Records::<Test>::get(A).silent, 0);
        assert_noop!(Bridge::request_round(signed(OFFICER)), E::BridgeIsPaused);
        go_to(1_300);
        assert!(!CurrentRound::<Test>::exists());
        assert_ok!(Bridge::resume(signed(OFFICER)));
        assert_noop!(Bridge::resume(signed(OFFICER)), E::Unchanged);
        next_block();
        assert_eq!(round().number, 2);
    });
}

#[test]
fn a_pause_that_is_over_at_once_blames_nobody() {
    run(|| {
        sees(A, &[authorised("p-1")]);
        let late = call(D, report(D, &[authorised("p-1")], COMPLETE));
        assert_ok!(Bridge::pause(signed(OFFICER), text("by mistake")));
        assert_ok!(Bridge::resume(signed(OFFICER)));
        assert_eq!(apply(late), Err(InvalidTransaction::Stale.into()));
        events();
        go_to(System::block_number() + 2);
        // No case, and nobody was silent.
        assert_eq!(
            events(),
            [Event::RoundClosed { round: 1, complete: 0, silent: Default::default(), next: 1_201 }]
        );
        assert!((A..=D).all(|operator| Records::<Test>::get(operator).silent == 0));
    });
}

#[test]
fn a_pause_after_the_end_of_a_round_excuses_nobody() {
    run(|| {
        sees(A, &[authorised("p-1")]);
        go_to(round().closes_at);
        assert_ok!(Bridge::pause(signed(OFFICER), text("the platform is being moved")));
        next_block();
        assert!(!CurrentRound::<Test>::exists());
        assert!((A..=D).all(|operator| Records::<Test>::get(operator).silent == 1));
    });
}

#[test]
fn a_pause_needs_a_reason() {
    run(|| {
        assert_noop!(Bridge::pause(signed(OFFICER), text(" ")), E::InvalidText);
        assert_eq!(Paused::<Test>::get(), None);
    });
}

#[test]
fn many_disagreements_close_over_several_blocks() {
    run(|| {
        let seen: Vec<_> = (0..16).map(|n| authorised(&format!("p-{n}"))).collect();
        sees(A, &seen);
        sees(A, &[authorised("p-last")]);
        go_to(round().closes_at);
        // 8, 8, 1, and the end.
        for left in [9, 1, 0] {
            assert_eq!(crate::Ballots::<Test>::count(), left);
            assert!(CurrentRound::<Test>::exists());
            next_block();
        }
        assert!(!CurrentRound::<Test>::exists());
        assert_eq!(crate::LastCaseId::<Test>::get(), 17);
    });
}

#[test]
fn settings_must_be_possible() {
    run(|| {
        let usual = Settings::<Test>::get();
        assert_eq!((usual.estimate, usual.issuance), (100, 10), "the UNDP registry's");
        let max = registry_primitives::MAX_TONNES;
        for bad in [
            BridgeSettings { estimate: 0, ..usual },
            BridgeSettings { estimate: max + 1, ..usual },
            BridgeSettings { issuance: 0, ..usual },
            BridgeSettings { issuance: 101, ..usual },
            BridgeSettings { window: 9, ..usual },
            BridgeSettings { window: usual.interval + 1, ..usual },
            BridgeSettings { interval: u32::MAX, ..usual },
        ] {
            assert_noop!(Bridge::change_settings(signed(OFFICER), bad), E::InvalidSettings);
        }
        assert_noop!(Bridge::change_settings(signed(OFFICER), usual), E::Unchanged);
        let new = BridgeSettings { interval: 100, window: 10, ..usual };
        events();
        assert_ok!(Bridge::change_settings(signed(OFFICER), new));
        assert_eq!(events(), [Event::BridgeSettingsChanged { settings: new, by: OFFICER }]);
        next_round();
        assert_eq!(round().closes_at - round().opened_at, 10);
        assert_eq!(LastRound::<Test>::get(), 2);
    });
}
