// SPDX-License-Identifier: Apache-2.0
//! The council's list of operators.

use crate::{mock::*, Event, GenesisConfig, Operators};
use frame_support::{assert_noop, assert_ok};
use sp_runtime::BuildStorage;

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
#[should_panic(expected = "each account and each key once")]
fn a_genesis_with_one_key_twice_is_none() {
    let operators = vec![(OPERATOR, key(OPERATOR)), (NEW, key(OPERATOR))];
    let _ = GenesisConfig::<Test> { operators, settings: None }.build_storage();
}
