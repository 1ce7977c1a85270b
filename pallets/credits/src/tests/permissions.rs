// SPDX-License-Identifier: Apache-2.0
//! Who issues, moves and retires. Every cell of the table is walked by the runtime's tests.

use super::*;
use crate::Call;
use frame_support::assert_noop;
use registry_primitives::Action;

/// A ministry's officers, where they may do what a call does.
const BY_MINISTRY: [Action; 2] = [Action::IssueCredits, Action::RecogniseRetirement];

/// Every call in the order of its index, with the action that it is and an officer who may do it
/// in [`registry`].
fn calls() -> Vec<(Action, u64, RuntimeCall)> {
    let government = admin(GOVERNMENT);
    let developer = admin(DEVELOPER);
    let other = admin(OTHER_DEVELOPER);
    let of = |start| parts(&[(start, 1)]);
    let ndc = details_for(RetirementPurpose::NdcUse { year: 2026 });
    let (reason, statement) = (CancellationReason::Voluntary, text("Wanted"));
    let (corrects, deductions) = (Corrects::Nothing, Deductions::default());
    let (from, to, reference) = (DEVELOPER, OTHER_DEVELOPER, None);
    let refused = || text("Not now");
    use Action::*;
    let calls: Vec<(Action, u64, Call<Test>)> = vec![
        (IssueCredits, government, Call::issue { project: 2, period: 1 }),
        (TransferCredits, developer, Call::transfer { parts: of(1), to, reference: None }),
        (RetireCredits, developer, Call::retire { parts: of(1), details: voluntary() }),
        (
            RetireCredits,
            developer,
            Call::request_retirement { parts: of(1), details: international() },
        ),
        (RecogniseRetirement, government, Call::recognise_retirement { request: 1 }),
        (
            RecogniseRetirement,
            government,
            Call::refuse_retirement { request: 1, reason: refused() },
        ),
        (RetireCredits, developer, Call::cancel_retirement_request { request: 1 }),
        (
            RequestTransfer,
            other,
            Call::request_transfer { project: 1, vintage: None, quantity: 1, from, to, reference },
        ),
        (RequestTransfer, developer, Call::approve_transfer { request: 2, parts: of(1) }),
        (RequestTransfer, developer, Call::reject_transfer { request: 2, reason: refused() }),
        (RequestTransfer, other, Call::cancel_transfer_request { request: 2 }),
        (RetireForTheState, government, Call::retire_for_the_state { parts: of(1), details: ndc }),
        (CancelCredits, government, Call::cancel { parts: of(1), reason, corrects, statement }),
        (HoldCredits, government, Call::hold { parts: of(1), reason: refused() }),
        (ReleaseCredits, government, Call::release { parts: of(11) }),
        (ReleaseCredits, government, Call::release_buffer { parts: of(21), to: DEVELOPER }),
        (PauseTransfers, government, Call::pause_transfers { reason: refused() }),
        (PauseTransfers, government, Call::resume_transfers {}),
        (ChangeSettings, government, Call::set_deductions { deductions }),
    ];
    calls.into_iter().map(|(action, who, call)| (action, who, call.into())).collect()
}

/// Held 1..=10 of which 10 is reserved by request 1, on hold 11..=20, buffer 21..=30; request 2
/// for a transfer; a verified period of project 2.
fn registry() {
    issued_under(&ndc_terms(), 2023, 10);
    issued_under(&ndc_terms(), 2024, 10);
    let buffer = Issuance { buffer_rate: WHOLE, ..of_developer(2025, 10) };
    put_verified(1, 3, buffer);
    assert_ok!(issue(1, 3));
    put_terms(1, Some(ndc_terms()));
    assert_ok!(hold(&[(11, 10)]));
    assert_ok!(request_retirement(&[(1, 1)]));
    assert_ok!(ask(None, 1));
    put_verified(2, 1, of_developer(2024, 10));
}

#[test]
fn every_call_works_by_an_officer_who_may() {
    for (action, who, call) in calls() {
        run(|| {
            registry();
            if matches!(call, RuntimeCall::Credits(Call::resume_transfers {})) {
                pause();
            }
            assert_eq!(dispatch(call, signed(who)), Ok(()), "{action}");
        });
    }
}

#[test]
fn every_call_refuses_who_may_not_act_at_all() {
    run(|| {
        registry();
        for (action, _, call) in calls() {
            for (who, error) in [
                (STRANGER, E::NotAMember),
                (admin(SUSPENDED_DEVELOPER), E::OrganisationSuspended),
                (viewer(GOVERNMENT), E::NotPermitted),
                (viewer(DEVELOPER), E::NotPermitted),
                (viewer(MINISTRY), E::NotPermitted),
                (manager(MINISTRY), E::NotPermitted),
                (admin(API), E::NotPermitted),
            ] {
                assert_noop!(dispatch(call.clone(), signed(who)), error);
            }
            if action != Action::TransferCredits {
                assert_noop!(dispatch(call.clone(), signed(admin(CERTIFIER))), E::NotPermitted);
            }
            if !BY_MINISTRY.contains(&action) {
                assert_noop!(dispatch(call.clone(), signed(admin(MINISTRY))), E::NotPermitted);
            }
            for nobody in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
                assert_noop!(dispatch(call.clone(), nobody), E::NotSigned);
            }
        }
    });
}

#[test]
fn what_needs_four_eyes_is_not_done_by_two() {
    run(|| {
        registry();
        ask_for_four_eyes();
        let refused: Vec<_> = calls()
            .into_iter()
            .enumerate()
            .filter(|(_, (_, who, call))| {
                dispatch(call.clone(), signed(*who)) == Err(E::ApprovalsNeeded.into())
            })
            .map(|(index, _)| index)
            .collect();
        // Issue, recognise, refuse, retire for the state, cancel, settings.
        assert_eq!(refused, [0, 4, 5, 11, 12, 18]);
    });
}

#[test]
fn the_government_does_not_move_what_is_others() {
    run(|| {
        registry();
        use Action::{RetireCredits, TransferCredits};
        for (action, _, call) in calls() {
            if [TransferCredits, RetireCredits].contains(&action) {
                for who in [admin(GOVERNMENT), manager(GOVERNMENT)] {
                    assert_noop!(dispatch(call.clone(), signed(who)), E::NotPermitted);
                }
            }
        }
        // Of the buffer neither, which is in its name.
        let by = signed(admin(GOVERNMENT));
        assert_noop!(Credits::transfer(by, parts(&[(21, 1)]), DEVELOPER, None), E::NotPermitted);
    });
}

#[test]
fn a_developer_does_nothing_of_the_governments() {
    run(|| {
        registry();
        for (action, who, call) in calls() {
            if who == admin(GOVERNMENT) {
                let refused = dispatch(call, signed(admin(DEVELOPER)));
                assert_eq!(refused, Err(E::NotPermitted.into()), "{action}");
            }
        }
    });
}

#[test]
fn a_certifier_transfers_what_its_share_gave_it_and_does_not_retire() {
    run(|| {
        let mut issuance = of_developer(2024, 10);
        issuance.project.proponents[0].organisation = CERTIFIER;
        put_verified(1, 1, issuance);
        assert_ok!(issue(1, 1));
        let by = || signed(admin(CERTIFIER));
        assert_noop!(Credits::retire(by(), parts(&[(1, 1)]), voluntary()), E::NotPermitted);
        assert_ok!(Credits::transfer(by(), parts(&[(1, 4)]), DEVELOPER, None));
        assert_eq!(owned(DEVELOPER), [7]);
    });
}

#[test]
fn a_ministry_issues_within_its_scopes() {
    run(|| {
        registry();
        let mut waste = of_developer(2024, 10);
        waste.project.scope = SectoralScope::WasteHandling;
        put_verified(3, 1, waste);
        let by = || signed(admin(MINISTRY));
        assert_noop!(dispatch(Call::issue { project: 3, period: 1 }, by()), E::NotPermitted);
        assert_ok!(dispatch(Call::issue { project: 2, period: 1 }, by()));
    });
}

#[test]
fn a_ministry_recognises_and_refuses_within_its_scopes() {
    run(|| {
        let mut waste = of_developer(2025, 10);
        waste.project.scope = SectoralScope::WasteHandling;
        waste.project.article6 = Some(ndc_terms());
        put_verified(2, 1, waste);
        assert_ok!(issue(2, 1));
        issued_under(&ndc_terms(), 2024, 10);
        // Request 1 is of both projects, 2 and 3 of that within the scopes.
        assert_ok!(request_retirement(&[(1, 2), (11, 2)]));
        assert_ok!(request_retirement(&[(11, 2)]));
        assert_ok!(request_retirement(&[(11, 2)]));
        let by = || signed(admin(MINISTRY));
        let refuse = |request| Credits::refuse_retirement(by(), request, text("Not now"));
        assert_noop!(Credits::recognise_retirement(by(), 1), E::NotPermitted);
        assert_noop!(refuse(1), E::NotPermitted);
        assert_ok!(Credits::recognise_retirement(by(), 2));
        assert_ok!(refuse(3));
    });
}
