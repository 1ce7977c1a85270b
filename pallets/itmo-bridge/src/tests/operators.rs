// SPDX-License-Identifier: Apache-2.0
//! The council's list of operators.

use crate::{mock::*, Event, GenesisConfig, Operators, Records};
use frame_support::{assert_noop, assert_ok};
use sp_runtime::{transaction_validity::InvalidTransaction, BuildStorage};

const NEW: u64 = OPERATOR + OPERATORS;

fn root() -> RuntimeOrigin {
    RuntimeOrigin::root()
}

#[test]
fn the_council_lists_a_validator() {
    run(|| {
        events();
        assert_ok!(Bridge::add_operator(root(), NEW, key(NEW)));
        assert_eq!(events(), [Event::OperatorAdded { account: NEW, key: key(NEW) }]);
        assert_eq!(Operators::<Test>::get().last().map(|each| each.account), Some(NEW));
    });
}

#[test]
fn accounts_and_keys_are_listed_once() {
    run(|| {
        assert_noop!(Bridge::add_operator(root(), OPERATOR, key(NEW)), E::AlreadyAnOperator);
        assert_noop!(Bridge::add_operator(root(), NEW, key(OPERATOR)), E::KeyTaken);
        assert_noop!(Bridge::add_operator(root(), STRANGER, key(NEW)), E::NotAValidator);
    });
}

#[test]
fn there_are_at_most_a_hundred() {
    run(|| {
        for account in NEW..OPERATOR + 100 {
            assert_ok!(Bridge::add_operator(root(), account, key(account)));
        }
        assert_noop!(Bridge::add_operator(root(), 150, key(150)), E::TooManyOperators);
    });
}

#[test]
fn the_council_takes_an_operator_off() {
    run(|| {
        events();
        assert_noop!(Bridge::remove_operator(root(), NEW, text("gone")), E::NotAnOperator);
        assert_noop!(Bridge::remove_operator(root(), OPERATOR, text("")), E::InvalidText);
        assert_ok!(Bridge::remove_operator(root(), OPERATOR, text("gone")));
        assert_eq!(events(), [Event::OperatorRemoved { account: OPERATOR, reason: text("gone") }]);
        assert_ok!(Bridge::add_operator(root(), OPERATOR, key(NEW)));
    });
}

#[test]
fn who_is_a_validator_no_more_is_taken_off() {
    run(|| {
        events();
        Bridge::validator_removed(&NEW, &text("never was one"));
        assert!(events().is_empty());
        Bridge::validator_removed(&OPERATOR, &text("its contract has ended"));
        let (account, reason) = (OPERATOR, text("its contract has ended"));
        assert_eq!(events(), [Event::OperatorRemoved { account, reason }]);
        assert!(Operators::<Test>::get().iter().all(|each| each.account != OPERATOR));
        assert!(!Records::<Test>::contains_key(OPERATOR));
        let refused = apply(call(OPERATOR, report(OPERATOR, &[], COMPLETE)));
        assert_eq!(refused, Err(InvalidTransaction::BadSigner.into()));
    });
}

#[test]
fn who_is_listed_in_a_round_reports_from_the_next_on() {
    run(|| {
        relist(OPERATOR, NEW);
        let since = |account: u64| {
            Operators::<Test>::get().iter().find(|each| each.account == account).unwrap().since
        };
        assert_eq!((since(OPERATOR), since(OPERATOR + 1)), (2, 1));
        end_round();
        relist(OPERATOR + 1, OPERATOR);
        assert_eq!(since(OPERATOR + 1), 2, "between rounds it misses none");
    });
}

#[test]
#[should_panic(expected = "each account and each key once")]
fn a_genesis_with_one_key_twice_is_none() {
    let operators = vec![(OPERATOR, key(OPERATOR)), (NEW, key(OPERATOR))];
    let _ = GenesisConfig::<Test> { operators, settings: None }.build_storage();
}
