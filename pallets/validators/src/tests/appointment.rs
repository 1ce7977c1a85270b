// SPDX-License-Identifier: Apache-2.0
//! `add`, `remove`, `set_minimum`.

use crate::{mock::*, Departure, Event, Minimum};
use frame_support::{assert_noop, assert_ok};
use sp_runtime::DispatchError;

fn remove(account: u64) -> sp_runtime::DispatchResult {
    Validators::remove(root(), account, text("Its contract has ended"))
}

#[test]
fn the_first_validators_are_those_of_genesis() {
    run(|| {
        let accounts: Vec<_> =
            Validators::validators().into_iter().map(|(account, _)| account).collect();
        assert_eq!(accounts, FIRST);
        assert_eq!(Session::validators(), FIRST);
        assert_eq!(admission(11).map(|found| (found.organisation, found.since)), Some((1, 0)));
    });
}

#[test]
fn a_validator_is_added_and_takes_part_from_the_second_session_on() {
    run(|| {
        appoint(21);
        let (account, organisation, contact) = (21, 2, contact(21));
        System::assert_last_event(
            Event::ValidatorAdded { account, organisation, contact: contact.clone() }.into(),
        );
        let found = admission(21).unwrap();
        assert_eq!((found.organisation, found.contact, found.since), (2, contact, 1));
        assert!(Validators::is_validator(&21));

        next_session();
        assert_eq!(Session::validators(), FIRST);
        next_session();
        assert_eq!(Session::validators(), [11, 12, 13, 14, 21]);
    });
}

#[test]
fn a_validator_is_removed_with_a_reason_that_stays() {
    run(|| {
        assert_ok!(remove(12));
        let (account, departure, reason) = (12, 1, text("Its contract has ended"));
        System::assert_last_event(Event::ValidatorRemoved { account, departure, reason }.into());
        assert!(!Validators::is_validator(&12));
        next_session();
        next_session();
        assert_eq!(Session::validators(), [11, 13, 14]);

        let left = Validators::departures(0, 10);
        let [Departure { account: 12, admission, reason, at: 1 }] = left.as_slice() else {
            panic!("one has left: {left:?}");
        };
        assert_eq!(admission.contact, contact(12));
        assert_eq!(reason.to_text(), "Its contract has ended");
    });
}

#[test]
fn who_was_removed_can_be_added_again() {
    run(|| {
        assert_ok!(remove(12));
        assert_ok!(Validators::add(root(), 12, contact(12)));
        next_session();
        next_session();
        assert_eq!(Session::validators(), [11, 13, 14, 12]);
        assert_eq!(Validators::departures(1, 10).len(), 1);
    });
}

#[test]
fn nobody_but_the_council_appoints() {
    run(|| {
        set_keys(21);
        for origin in [RuntimeOrigin::signed(11), RuntimeOrigin::none()] {
            let bad = DispatchError::BadOrigin;
            assert_noop!(Validators::add(origin.clone(), 21, contact(21)), bad);
            assert_noop!(Validators::remove(origin.clone(), 11, text("Why")), bad);
            assert_noop!(Validators::clear_flag(origin.clone(), 11, text("Why")), bad);
            assert_noop!(Validators::set_minimum(origin, 1), bad);
        }
    });
}

#[test]
fn an_organisation_answers_for_every_validator() {
    run(|| {
        // Of no organisation, and of a suspended one.
        for nobody in [5, 91] {
            set_keys(nobody);
            assert_noop!(Validators::add(root(), nobody, contact(nobody)), E::NotAMember);
        }
    });
}

#[test]
fn a_validator_has_session_keys_before_it_is_added() {
    run(|| {
        assert_noop!(Validators::add(root(), 21, contact(21)), E::NoSessionKeys);
    });
}

#[test]
fn nobody_is_added_twice() {
    run(|| {
        assert_noop!(Validators::add(root(), 11, contact(21)), E::AlreadyAValidator);
    });
}

#[test]
fn two_validators_are_never_reached_the_same_way() {
    run(|| {
        set_keys(21);
        assert_noop!(Validators::add(root(), 21, contact(11)), E::PeerIdTaken);
    });
}

#[test]
fn there_are_never_too_many() {
    run(|| {
        for account in 21..=24 {
            appoint(account);
        }
        set_keys(25);
        assert_eq!(Validators::validators().len(), MOST as usize);
        assert_noop!(Validators::add(root(), 25, contact(25)), E::TooManyValidators);
    });
}

#[test]
fn there_are_never_too_few() {
    run(|| {
        assert_ok!(remove(11));
        assert_noop!(remove(12), E::TooFewValidators);
        assert_ok!(Validators::set_minimum(root(), 1));
        assert_ok!(remove(12));
        assert_ok!(remove(13));
        // One must stay, whatever the minimum.
        assert_noop!(remove(14), E::TooFewValidators);
    });
}

#[test]
fn who_is_none_cannot_be_removed() {
    run(|| {
        assert_noop!(remove(21), E::NotAValidator);
    });
}

#[test]
fn a_reason_is_needed() {
    run(|| {
        for reason in ["", " ", "a\u{202e}b"] {
            assert_noop!(Validators::remove(root(), 11, text(reason)), E::InvalidText);
            assert_noop!(Validators::clear_flag(root(), 11, text(reason)), E::InvalidText);
        }
    });
}

#[test]
fn the_minimum_is_one_to_as_many_as_there_are() {
    run(|| {
        for minimum in [0, 5] {
            assert_noop!(Validators::set_minimum(root(), minimum), E::InvalidMinimum);
        }
        assert_noop!(Validators::set_minimum(root(), 3), E::Unchanged);
        assert_ok!(Validators::set_minimum(root(), 4));
        System::assert_last_event(Event::MinimumSet { minimum: 4 }.into());
        assert_eq!(Minimum::<Test>::get(), 4);
    });
}

#[test]
fn numbers_of_those_who_left_end() {
    run(|| {
        frame_support::hypothetically!({
            crate::DepartureCount::<Test>::put(u32::MAX);
            assert_noop!(remove(11), E::NumbersExhausted);
        });
    });
}
