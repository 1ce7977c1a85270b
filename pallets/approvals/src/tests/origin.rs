// SPDX-License-Identifier: Apache-2.0
//! Who is behind a call: what other pallets are told.

use super::*;
use crate::RawOrigin;
use frame_support::assert_noop;
use registry_primitives::{Officers, Refusal};
use ActionClass::{Issue, Settings};

fn officer(origin: RuntimeOrigin, action: Action) -> Result<(u64, OrganisationId), Refusal> {
    <Approvals as Officers<_, _>>::officer(origin, action)
        .map(|(who, actor)| (who, actor.organisation))
}

/// What officers of an organisation have agreed to.
fn approved(organisation: OrganisationId, action: Action, who: &[u64]) -> RuntimeOrigin {
    let approval = Approval { proposal: 1, organisation, action, officers: officers(who) };
    RawOrigin::Approved(approval).into()
}

#[test]
fn a_signer_alone_acts_where_one_is_enough() {
    run(|| {
        assert_eq!(officer(signed(A), Action::IssueCredits), Ok((A, GOVERNMENT)));
        assert_eq!(officer(signed(M), Action::IssueCredits), Ok((M, MINISTRY)));
        for (who, refusal) in [
            (MANAGER, Refusal::NotPermitted),
            (D, Refusal::NotPermitted),
            (STRANGER, Refusal::NotAMember),
        ] {
            assert_eq!(officer(signed(who), Action::IssueCredits), Err(refusal));
        }
        suspend(MINISTRY);
        assert_eq!(officer(signed(M), Action::IssueCredits), Err(Refusal::OrganisationSuspended));
    });
}

#[test]
fn a_signer_alone_is_told_to_propose() {
    run(|| {
        ask_for(Issue, 2);
        assert_noop!(Targets::issue(signed(A), 7), E::ApprovalsNeeded);
        assert_eq!(officer(signed(A), Action::IssueCredits), Err(Refusal::ApprovalsNeeded));
        // Who may not at all is told that.
        assert_eq!(officer(signed(MANAGER), Action::IssueCredits), Err(Refusal::NotPermitted));
        // Other classes, and actions without one, are not concerned.
        assert_eq!(officer(signed(A), Action::CancelCredits), Ok((A, GOVERNMENT)));
        assert_eq!(officer(signed(A), Action::HoldCredits), Ok((A, GOVERNMENT)));
        ask_for(Issue, 1);
        assert_ok!(Targets::issue(signed(A), 7));
    });
}

#[test]
fn a_class_is_asked_for_all_its_actions() {
    run(|| {
        for class in ActionClass::ALL {
            ask_for(*class, 2);
        }
        for action in Action::ALL {
            let alone = officer(signed(A), *action);
            if action.class().is_some() {
                assert_eq!(alone, Err(Refusal::ApprovalsNeeded), "{action}");
                let agreed = approved(GOVERNMENT, *action, &[A, B]);
                assert_eq!(officer(agreed, *action), Ok((A, GOVERNMENT)), "{action}");
            } else {
                assert_ne!(alone, Err(Refusal::ApprovalsNeeded), "{action}");
            }
        }
    });
}

#[test]
fn nobody_else_is_an_officer() {
    run(|| {
        for nobody in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
            assert_eq!(officer(nobody, Action::IssueCredits), Err(Refusal::NotSigned));
        }
    });
}

#[test]
fn what_was_agreed_to_is_no_other_action() {
    run(|| {
        ask_for(Issue, 2);
        let origin = || approved(GOVERNMENT, Action::IssueCredits, &[A, B]);
        assert_eq!(officer(origin(), Action::IssueCredits), Ok((A, GOVERNMENT)));
        // Even one that takes one officer, or none at all to agree.
        for other in [Action::CancelCredits, Action::HoldCredits, Action::ChangeSettings] {
            assert_eq!(officer(origin(), other), Err(Refusal::NotPermitted));
        }
    });
}

#[test]
fn those_who_agreed_are_counted_once_more() {
    run(|| {
        ask_for(Issue, 2);
        let of = |who: &[u64]| {
            officer(approved(GOVERNMENT, Action::IssueCredits, who), Action::IssueCredits)
        };
        assert_eq!(of(&[A]), Err(Refusal::ApprovalsNeeded));
        assert_eq!(of(&[]), Err(Refusal::ApprovalsNeeded));
        assert_eq!(of(&[A, STRANGER]), Err(Refusal::ApprovalsNeeded));
        assert_eq!(of(&[A, MANAGER]), Err(Refusal::ApprovalsNeeded));
        assert_eq!(of(&[A, M]), Err(Refusal::ApprovalsNeeded));
        assert_eq!(of(&[STRANGER, M, B, A]), Ok((B, GOVERNMENT)));
        ask_for(Issue, 1);
        assert_eq!(of(&[]), Err(Refusal::ApprovalsNeeded));
        assert_eq!(of(&[STRANGER]), Err(Refusal::ApprovalsNeeded));
        assert_eq!(of(&[A]), Ok((A, GOVERNMENT)));
    });
}

#[test]
fn a_threshold_is_set_by_as_many_as_it_needs() {
    run(|| {
        ask_for(Settings, 2);
        let of = |who: &[u64]| approved(GOVERNMENT, Action::ChangeSettings, who);
        assert_noop!(Approvals::set_threshold(of(&[A, B]), Issue, 3), E::ApprovalsNeeded);
        assert_ok!(Approvals::set_threshold(of(&[A, B, C]), Issue, 3));
        assert_noop!(Approvals::set_threshold(of(&[A, B]), Issue, 1), E::ApprovalsNeeded);
        let issue = approved(GOVERNMENT, Action::IssueCredits, &[A, B, C]);
        assert_noop!(Approvals::set_threshold(issue, Issue, 1), E::NotPermitted);
    });
}

#[test]
fn an_approved_call_neither_proposes_nor_approves() {
    run(|| {
        ask_for(Issue, 2);
        let id = proposed(A, issue(7));
        let origin = || approved(GOVERNMENT, Action::IssueCredits, &[B, C]);
        let proposed = Approvals::propose(origin(), Box::new(issue(8))).unwrap_err();
        assert_eq!(proposed.error, E::NotSigned.into());
        let approved = Approvals::approve(origin(), id).unwrap_err();
        assert_eq!(approved.error, E::NotSigned.into());
        assert_noop!(Approvals::withdraw(origin(), id), E::NotSigned);
    });
}
