// SPDX-License-Identifier: Apache-2.0
//! Who issues, transfers and retires. Every cell of the table is walked by the runtime's tests.

use super::*;
use frame_support::assert_noop;
use registry_primitives::{
    credit::{Beneficiary, RetirementDetails, RetirementPurpose},
    CountryCode,
};
use sp_runtime::{traits::Dispatchable, DispatchError};

/// A call of each kind, that succeeds by an officer who may.
fn calls() -> [RuntimeCall; 3] {
    use crate::Call;
    let details = RetirementDetails {
        purpose: RetirementPurpose::Voluntary,
        beneficiary: Beneficiary { name: text("Airline"), country: CountryCode(*b"VU") },
        on_behalf_of: None,
        reason: None,
        reference: None,
    };
    [
        Call::issue { project: 2, period: 1 },
        Call::transfer { parts: parts(&[(1, 1)]), to: OTHER_DEVELOPER, reference: None },
        Call::retire { parts: parts(&[(1, 1)]), details },
    ]
    .map(RuntimeCall::Credits)
}

fn dispatch(call: RuntimeCall, origin: RuntimeOrigin) -> DispatchResult {
    call.dispatch(origin).map(drop).map_err(|refused| refused.error)
}

/// Ten tonnes of DEVELOPER, and a verified period of project 2.
fn registry() {
    issued(2024, 10);
    put_verified(2, 1, of_developer(2024, 10));
}

#[test]
fn every_call_refuses_who_may_not_act_at_all() {
    run(|| {
        registry();
        for call in calls() {
            for (who, error) in [
                (STRANGER, E::NotAMember),
                (admin(SUSPENDED_DEVELOPER), E::OrganisationSuspended),
                (viewer(GOVERNMENT), E::NotPermitted),
                (viewer(DEVELOPER), E::NotPermitted),
                (admin(CERTIFIER), E::NotPermitted),
                (admin(API), E::NotPermitted),
            ] {
                assert_noop!(dispatch(call.clone(), signed(who)), error);
            }
            for nobody in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
                assert_noop!(dispatch(call.clone(), nobody), DispatchError::BadOrigin);
            }
        }
    });
}

#[test]
fn the_government_issues_and_does_not_move_what_is_others() {
    run(|| {
        registry();
        let [issue, transfer, retire] = calls();
        for who in [manager(GOVERNMENT), manager(MINISTRY), admin(DEVELOPER)] {
            assert_noop!(dispatch(issue.clone(), signed(who)), E::NotPermitted);
        }
        for call in [transfer, retire] {
            for who in [admin(GOVERNMENT), admin(MINISTRY)] {
                assert_noop!(dispatch(call.clone(), signed(who)), E::NotPermitted);
            }
            assert_ok!(dispatch(call, signed(manager(DEVELOPER))));
        }
        assert_ok!(dispatch(issue, signed(admin(GOVERNMENT))));
    });
}

#[test]
fn a_ministry_issues_within_its_scopes() {
    run(|| {
        registry();
        let waste = Issuance { scope: SectoralScope::WasteHandling, ..of_developer(2024, 10) };
        put_verified(3, 1, waste);
        let [issue, ..] = calls();
        let outside = crate::Call::issue { project: 3, period: 1 };
        assert_noop!(dispatch(outside.into(), signed(admin(MINISTRY))), E::NotPermitted);
        assert_ok!(dispatch(issue, signed(admin(MINISTRY))));
    });
}
