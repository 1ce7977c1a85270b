// SPDX-License-Identifier: Apache-2.0
//! Contradictory votes.

use crate::{mock::*, Equivocations, Event, Flag};
use frame_support::{assert_noop, assert_ok, weights::Weight};
use sp_runtime::Perbill;
use sp_staking::offence::{OffenceDetails, OnOffenceHandler};

/// Reports that an account voted twice.
fn report(account: u64) {
    let offender = OffenceDetails { offender: (account, ()), reporters: vec![1u64] };
    let session = Session::current_index();
    let _: Weight = Validators::on_offence(&[offender], &[Perbill::one()], session);
}

fn flag(of: u64) -> Option<Flag> {
    admission(of)?.flag
}

#[test]
fn the_offender_is_disabled_at_once_and_flagged() {
    run(|| {
        report(12);
        assert_eq!(Session::disabled_validators(), [1]);
        let (account, session, disabled) = (12, 0, true);
        System::assert_last_event(Event::ValidatorFlagged { account, session, disabled }.into());
        assert_eq!(flag(12), Some(Flag { session: 0, reported: 1, reports: 1 }));
        assert_eq!(Equivocations::<Test>::get(), 1);
        assert_eq!(Validators::network().disabled, 1);
        // It stays a validator: that is for the council to decide.
        assert!(Validators::is_validator(&12));
    });
}

#[test]
fn every_report_counts() {
    run(|| {
        report(12);
        next_session();
        report(12);
        assert_eq!(flag(12), Some(Flag { session: 0, reported: 1, reports: 2 }));
        assert_eq!(Equivocations::<Test>::get(), 2);
    });
}

#[test]
fn it_stays_disabled_when_a_new_set_begins() {
    run(|| {
        report(12);
        appoint(21);
        next_session();
        next_session();
        assert_eq!(Session::validators(), [11, 12, 13, 14, 21]);
        assert_eq!(Session::disabled_validators(), [1]);
        start_session();
        assert_eq!(Session::disabled_validators(), [1]);
    });
}

#[test]
fn the_council_clears_it_and_it_takes_part_again() {
    run(|| {
        report(12);
        assert_ok!(Validators::clear_flag(root(), 12, text("A failed failover")));
        let reason = text("A failed failover");
        System::assert_last_event(Event::FlagCleared { account: 12, reason }.into());
        assert_eq!(flag(12), None);
        assert_eq!(Session::disabled_validators(), [1]);
        next_session();
        next_session();
        assert!(Session::disabled_validators().is_empty());
        // What was reported stays counted.
        assert_eq!(Equivocations::<Test>::get(), 1);
    });
}

#[test]
fn no_more_than_a_third_is_disabled() {
    run(|| {
        report(12);
        report(13);
        assert_eq!(Session::disabled_validators(), [1]);
        let (account, session, disabled) = (13, 0, false);
        System::assert_last_event(Event::ValidatorFlagged { account, session, disabled }.into());
    });
}

#[test]
fn who_is_no_validator_any_more_is_named() {
    run(|| {
        assert_ok!(Validators::remove(root(), 12, text("Why")));
        report(12);
        System::assert_last_event(
            Event::FormerValidatorEquivocated { account: 12, session: 0 }.into(),
        );
        assert_eq!(Equivocations::<Test>::get(), 1);
    });
}

#[test]
fn a_flag_that_is_not_there_cannot_be_cleared() {
    run(|| {
        assert_noop!(Validators::clear_flag(root(), 12, text("Why")), E::NotFlagged);
        assert_noop!(Validators::clear_flag(root(), 21, text("Why")), E::NotAValidator);
    });
}
