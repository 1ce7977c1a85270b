// SPDX-License-Identifier: Apache-2.0
//! `set_threshold`, and the thresholds of the genesis.

use super::*;
use crate::GenesisConfig;
use frame_support::assert_noop;
use ActionClass::{Authorise, Cancel, Issue, Settings};

fn genesis(thresholds: &[(ActionClass, u32)]) -> GenesisConfig<Test> {
    GenesisConfig { thresholds: thresholds.to_vec(), ..Default::default() }
}

fn required(class: ActionClass) -> u32 {
    Approvals::required(class)
}

#[test]
fn one_officer_is_enough_where_nothing_is_set() {
    ext_with(genesis(&[(Issue, 2), (Cancel, 16)])).execute_with(|| {
        assert_eq!(required(Issue), 2);
        assert_eq!(required(Cancel), 16);
        assert_eq!(required(Settings), 1);
        assert_ok!(Approvals::do_try_state());
    });
}

#[test]
#[should_panic(expected = "issue: between 1 and 16 officers must agree, not 0")]
fn a_genesis_that_asks_for_nobody_is_none() {
    ext_with(genesis(&[(Issue, 0)]));
}

#[test]
#[should_panic(expected = "issue: between 1 and 16 officers must agree, not 17")]
fn a_genesis_that_asks_for_too_many_is_none() {
    ext_with(genesis(&[(Issue, 17)]));
}

#[test]
fn the_genesis_names_classes_as_everybody_does() {
    let json = serde_json::json!({ "thresholds": [["legal_action", 2]] });
    let read: GenesisConfig<Test> = serde_json::from_value(json).unwrap();
    assert_eq!(read.thresholds, [(ActionClass::LegalAction, 2)]);
}

#[test]
fn one_alone_can_only_confirm_that_one_is_enough() {
    run(|| {
        assert_ok!(Approvals::set_threshold(signed(A), Issue, 1));
        System::assert_last_event(Event::ThresholdSet { class: Issue, officers: 1, by: A }.into());
        assert_noop!(Approvals::set_threshold(signed(A), Issue, 2), E::ApprovalsNeeded);
        ask_for(Issue, 2);
        assert_noop!(Approvals::set_threshold(signed(A), Issue, 1), E::ApprovalsNeeded);
        assert_noop!(Approvals::set_threshold(signed(A), Issue, 2), E::ApprovalsNeeded);
        // Of another class, one still is enough.
        assert_ok!(Approvals::set_threshold(signed(A), Cancel, 1));
        ask_for(Settings, 2);
        assert_noop!(Approvals::set_threshold(signed(A), Cancel, 1), E::ApprovalsNeeded);
    });
}

#[test]
fn raising_needs_as_many_as_it_will_ask_for() {
    run(|| {
        let id = proposed(A, set_threshold(Issue, 3));
        assert_ok!(approve(B, id));
        assert_eq!(required(Issue), 1);
        assert_ok!(approve(C, id));
        assert_eq!(required(Issue), 3);
        assert_eq!(
            take_events().split_off(2),
            [
                Event::Approved { id, by: C, valid: 3, required: 3 },
                Event::ThresholdSet { class: Issue, officers: 3, by: A },
                executed(id, &[A, B, C], Ok(())),
            ]
        );
    });
}

#[test]
fn lowering_needs_as_many_as_it_asked_for() {
    run(|| {
        ask_for(Issue, 3);
        let id = proposed(A, set_threshold(Issue, 1));
        assert_ok!(approve(B, id));
        assert_eq!(required(Issue), 3);
        assert_ok!(approve(ROOT, id));
        assert_eq!(required(Issue), 1);
    });
}

#[test]
fn the_threshold_of_the_settings_holds_for_all_of_them() {
    run(|| {
        ask_for(Settings, 3);
        let id = proposed(A, set_threshold(Authorise, 2));
        assert_ok!(approve(B, id));
        assert_eq!(required(Authorise), 1);
        assert_ok!(approve(C, id));
        assert_eq!(required(Authorise), 2);

        let id = proposed(A, set_threshold(Settings, 1));
        assert_ok!(approve(B, id));
        assert!(waits(id));
        assert_ok!(approve(C, id));
        assert_eq!(required(Settings), 1);
    });
}

#[test]
fn nobody_locks_the_registry_out() {
    run(|| {
        // The Government has four who may change settings: five never agree.
        let id = proposed(A, set_threshold(Settings, 5));
        for who in [B, C, ROOT] {
            assert_ok!(approve(who, id));
        }
        assert_noop!(approve(MANAGER, id), E::NotPermitted);
        assert_noop!(approve(M, id), E::NotPermitted);
        assert!(waits(id));
        assert_eq!(required(Settings), 1);
    });
}

#[test]
fn what_was_raised_meanwhile_holds_for_what_waits() {
    run(|| {
        let id = proposed(A, set_threshold(Issue, 2));
        ask_for(Settings, 3);
        assert_ok!(approve(B, id));
        assert!(waits(id));
        assert_ok!(approve(C, id));
        assert_eq!(required(Issue), 2);
    });
}

#[test]
fn between_1_and_16_officers_can_be_asked() {
    run(|| {
        for officers in [0, 17, u32::MAX] {
            let direct = Approvals::set_threshold(signed(A), Issue, officers);
            assert_noop!(direct, E::InvalidThreshold);
            assert_noop!(propose(A, set_threshold(Issue, officers)), E::InvalidThreshold);
        }
        assert_ok!(propose(A, set_threshold(Issue, 16)));
    });
}

#[test]
fn only_who_may_change_settings_sets_thresholds() {
    run(|| {
        suspend(DEVELOPER);
        for (who, error) in [
            (MANAGER, E::NotPermitted),
            (M, E::NotPermitted),
            (D, E::OrganisationSuspended),
            (STRANGER, E::NotAMember),
        ] {
            let error = DispatchError::from(error);
            assert_noop!(Approvals::set_threshold(signed(who), Issue, 1), error);
            assert_noop!(propose(who, set_threshold(Issue, 1)), error);
        }
        for nobody in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
            assert_noop!(Approvals::set_threshold(nobody, Issue, 1), E::NotSigned);
        }
    });
}
