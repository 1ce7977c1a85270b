// SPDX-License-Identifier: Apache-2.0
//! Estimates rest on a version of the constants, and say on which.

use crate::{mock::*, EstimateError, VersionedEstimate};
use codec::{Decode, Encode};
use credit_calculator::{Activity, Error, Estimate, Input};
use frame_support::view_functions::{DispatchViewFunction, ViewFunction};

const STOVES: Activity = Activity::Stoves { days: 365, people: 4 };

fn tonnes(version: u32, tonnes: u64) -> Result<VersionedEstimate, EstimateError> {
    Ok(VersionedEstimate { version, estimate: Estimate { milli_tonnes: tonnes * 1_000 } })
}

#[test]
fn an_estimate_uses_the_constants_in_force_or_those_asked_for() {
    run(|| {
        assert_eq!(Calculator::estimate(STOVES, None), tonnes(1, 146));
        set(stoves(200));
        assert_eq!(Calculator::estimate(STOVES, None), tonnes(2, 292));
        assert_eq!(Calculator::estimate(STOVES, Some(2)), tonnes(2, 292));
        // An old estimate can be repeated.
        assert_eq!(Calculator::estimate(STOVES, Some(1)), tonnes(1, 146));
    });
}

#[test]
fn a_version_that_never_was_has_no_constants() {
    run(|| {
        for unknown in [0, 2, u32::MAX] {
            assert_eq!(Calculator::constants(Some(unknown)), None);
            let refused = Calculator::estimate(STOVES, Some(unknown));
            assert_eq!(refused, Err(EstimateError::UnknownVersion));
        }
    });
}

#[test]
fn the_calculator_says_what_is_wrong() {
    run(|| {
        let none = Activity::Stoves { days: 365, people: 0 };
        let zero = EstimateError::Calculation(Error::Zero { input: Input::People });
        assert_eq!(Calculator::estimate(none, None), Err(zero));
    });
}

#[test]
fn clients_ask_by_view_function() {
    run(|| {
        let id = crate::pallet::EstimateViewFunction::<Test>::id();
        let mut answer = Vec::new();
        Calculator::dispatch_view_function(
            &id,
            &mut &(STOVES, None::<u32>).encode()[..],
            &mut answer,
        )
        .unwrap();
        let answer = Result::<VersionedEstimate, EstimateError>::decode(&mut &answer[..]);
        assert_eq!(answer, Ok(tonnes(1, 146)));
    });
}
