// SPDX-License-Identifier: Apache-2.0
//! `set_constants`: a new version, or nothing.

use crate::{mock::*, Event, LastVersion, VersionedConstants, Versions};
use credit_calculator::{AreaUnit, Constants, Decimal};
use frame_support::{assert_noop, assert_ok};
use registry_primitives::{Text, GOVERNMENT};
use sp_runtime::DispatchResult;

fn set_by_admin(constants: Constants) -> DispatchResult {
    try_set(ADMIN, constants)
}

#[test]
fn a_new_version_is_in_force_and_the_old_one_stays() {
    run(|| {
        assert_ok!(set_by_admin(stoves(200)));
        let second =
            VersionedConstants { constants: stoves(200), set_at: NOW, by: Some(GOVERNMENT) };
        assert_eq!(Calculator::constants(None), Some((2, second.clone())));
        assert_eq!(Calculator::constants(Some(2)), Some((2, second.clone())));
        let first = Calculator::constants(Some(1)).unwrap().1;
        assert_eq!(first.constants, Constants::default());
        System::assert_last_event(
            Event::ConstantsSet {
                version: 2,
                constants: Box::new(stoves(200)),
                reason: text("Gazette 12/2026"),
                by: ADMIN,
            }
            .into(),
        );

        Timestamp::set_timestamp(NOW + 1);
        assert_ok!(set_by_admin(stoves(300)));
        assert_eq!(LastVersion::<Test>::get(), 3);
        assert_eq!(Calculator::constants(Some(2)), Some((2, second)));
        assert_eq!(Versions::<Test>::get(3).unwrap().set_at, NOW + 1);
    });
}

#[test]
fn constants_in_force_are_not_set_again_and_earlier_ones_may_return() {
    run(|| {
        assert_noop!(set_by_admin(Constants::default()), E::Unchanged);
        set(stoves(200));
        assert_noop!(set_by_admin(stoves(200)), E::Unchanged);
        assert_ok!(set_by_admin(Constants::default()));
        assert_eq!(LastVersion::<Test>::get(), 3);
    });
}

#[test]
fn another_unit_is_a_change() {
    run(|| {
        let mut constants = Constants::default();
        constants.rice_crops.per_area = AreaUnit::Acre;
        assert_ok!(set_by_admin(constants));
    });
}

#[test]
fn constants_are_valid() {
    run(|| {
        assert_noop!(set_by_admin(stoves(0)), E::InvalidConstants);
        let absurd = Decimal::from(1_000_001);
        assert_noop!(
            set_by_admin(Constants { stoves: absurd, ..Default::default() }),
            E::InvalidConstants
        );
        let mut constants = Constants::default();
        constants.solar_photovoltaics.thresholds.bus_stop.amount = Decimal::ZERO;
        assert_noop!(set_by_admin(constants), E::InvalidConstants);
    });
}

#[test]
fn the_reason_is_readable() {
    run(|| {
        let because =
            |reason| Calculator::set_constants(signed(ADMIN), Box::new(stoves(200)), reason);
        for bad in ["", " ", "padded ", "line\nbreak", "invisible\u{200b}"] {
            assert_noop!(because(text(bad)), E::InvalidText);
        }
        assert_noop!(because(Text(vec![0xff].try_into().unwrap())), E::InvalidText);
        assert_ok!(because(text("Nouveau facteur : décret n° 7")));
    });
}

#[test]
fn numbers_end() {
    run(|| {
        LastVersion::<Test>::put(u32::MAX);
        assert_noop!(set_by_admin(stoves(200)), E::NumbersExhausted);
        // A gap in the numbers is a broken state.
        LastVersion::<Test>::put(1);
    });
}
