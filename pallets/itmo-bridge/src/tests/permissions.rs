// SPDX-License-Identifier: Apache-2.0
//! Who may call what.

use crate::{mock::*, Call};
use frame_support::assert_noop;
use registry_primitives::Action;
use sp_runtime::traits::{BadOrigin, Dispatchable};

/// The calls of officers, with the action that each needs.
fn officers_calls() -> Vec<(Call<Test>, Action)> {
    let settings = crate::Settings::<Test>::get();
    vec![
        (Call::request_round {}, Action::OperateBridge),
        (Call::retry_case { case: 1 }, Action::OperateBridge),
        (Call::dismiss_case { case: 1, reason: text("x") }, Action::OperateBridge),
        (Call::link_company { company: text("x"), organisation: 2 }, Action::OperateBridge),
        (Call::pause { reason: text("x") }, Action::OperateBridge),
        (Call::resume {}, Action::OperateBridge),
        (Call::change_settings { settings }, Action::ChangeSettings),
    ]
}

#[test]
fn officers_alone_operate_the_bridge() {
    run(|| {
        for (call, action) in officers_calls() {
            let dispatch =
                |origin| RuntimeCall::from(call.clone()).dispatch(origin).map_err(|e| e.error);
            assert_noop!(dispatch(signed(STRANGER)), E::NotAMember);
            assert_noop!(dispatch(RuntimeOrigin::none()), E::NotSigned);
            assert_noop!(dispatch(RuntimeOrigin::root()), E::NotSigned);
            NeedsApprovals::set(Some(action));
            assert_noop!(dispatch(signed(OFFICER)), E::ApprovalsNeeded);
            NeedsApprovals::set(None);
        }
    });
}

#[test]
fn the_council_alone_lists_operators() {
    run(|| {
        for origin in [signed(OFFICER), signed(OPERATOR), RuntimeOrigin::none()] {
            assert_noop!(Bridge::add_operator(origin.clone(), 15, key(15)), BadOrigin);
            assert_noop!(Bridge::remove_operator(origin, OPERATOR, text("x")), BadOrigin);
        }
    });
}
