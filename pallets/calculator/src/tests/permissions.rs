// SPDX-License-Identifier: Apache-2.0
//! Who may set constants: as the permission table says.

use crate::mock::*;
use frame_support::assert_noop;
use registry_primitives::{permission, Action, MemberRole, OrganisationRole, Reach, GOVERNMENT};
use sp_runtime::DispatchResult;

fn set_by(origin: RuntimeOrigin) -> DispatchResult {
    Calculator::set_constants(origin, Box::new(stoves(200)), text("Gazette 12/2026"))
}

#[test]
fn every_role_may_what_the_table_says() {
    for (id, role) in (GOVERNMENT..).zip(OrganisationRole::ALL) {
        for member_role in MemberRole::ALL {
            run(|| {
                let result = set_by(signed(member(id, *member_role)));
                match permission::reach(Action::ChangeSettings, *role, *member_role) {
                    Reach::No => assert_eq!(result, Err(E::NotPermitted.into())),
                    _ => assert_eq!(result, Ok(())),
                }
            });
        }
    }
}

#[test]
fn only_the_governments_leaders_may() {
    for leader in [MemberRole::Root, MemberRole::Admin] {
        run(|| assert_eq!(set_by(signed(member(GOVERNMENT, leader))), Ok(())));
    }
    run(|| {
        for other in [MemberRole::Manager, MemberRole::ViewOnly] {
            assert_noop!(set_by(signed(member(GOVERNMENT, other))), E::NotPermitted);
        }
    });
}

#[test]
fn every_refusal_has_its_error() {
    run(|| {
        assert_noop!(set_by(RuntimeOrigin::root()), E::NotSigned);
        assert_noop!(set_by(RuntimeOrigin::none()), E::NotSigned);
        assert_noop!(set_by(signed(STRANGER)), E::NotAMember);
        let suspended = member(SUSPENDED, MemberRole::Admin);
        assert_noop!(set_by(signed(suspended)), E::OrganisationSuspended);
        FourEyes::put(true);
        assert_noop!(set_by(signed(ADMIN)), E::ApprovalsNeeded);
    });
}

#[test]
fn a_refused_officer_learns_nothing_about_the_constants() {
    run(|| {
        assert_noop!(try_set(STRANGER, stoves(0)), E::NotAMember);
    });
}
