// SPDX-License-Identifier: Apache-2.0
//! Version 1 exists from genesis.

use crate::{mock::*, GenesisConfig, VersionedConstants, Versions};
use credit_calculator::Constants;
use frame_support::{assert_ok, traits::BuildGenesisConfig};
use registry_primitives::GOVERNMENT;

#[test]
fn the_first_version_is_the_reference() {
    run(|| {
        let first = VersionedConstants { constants: Constants::default(), set_at: 0, by: None };
        assert_eq!(Versions::<Test>::iter().collect::<Vec<_>>(), [(1, first.clone())]);
        assert_eq!(Calculator::constants(None), Some((1, first)));
    });
}

fn build(constants: Constants) {
    GenesisConfig::<Test> { constants, _config: Default::default() }.build();
}

#[test]
fn a_country_may_begin_with_its_own() {
    sp_io::TestExternalities::default().execute_with(|| {
        build(stoves(200));
        assert_eq!(Calculator::constants(None).unwrap().1.constants, stoves(200));
        assert_ok!(Calculator::do_try_state());
    });
}

#[test]
#[should_panic(expected = "the constants of the calculator are valid")]
fn invalid_constants_are_refused() {
    sp_io::TestExternalities::default().execute_with(|| build(stoves(0)));
}

#[test]
fn a_chain_that_had_no_calculator_begins_with_the_first_version_set() {
    sp_io::TestExternalities::default().execute_with(|| {
        assert_ok!(Calculator::do_try_state());
        assert_eq!(Calculator::constants(None), None);
        set(Constants::default());
        let (version, set) = Calculator::constants(None).unwrap();
        assert_eq!((version, set.by), (1, Some(GOVERNMENT)));
        assert_ok!(Calculator::do_try_state());
    });
}
