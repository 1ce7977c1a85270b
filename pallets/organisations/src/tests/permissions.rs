// SPDX-License-Identifier: Apache-2.0
//! The answers to "may this account do this?", and that the calls ask.

use crate::{mock::*, Call};
use frame_support::{assert_noop, storage::with_transaction, traits::GetCallName};
use registry_primitives::{
    organisation::Member, permission, Action, Actor, ContentHash, MayAct, MemberRole,
    OrganisationId, OrganisationRole, Reach, Refusal, GOVERNMENT,
};
use sp_runtime::{testing::TestSignature, traits::Dispatchable, DispatchError, TransactionOutcome};
use MemberRole::{Admin, Manager, Root, ViewOnly};
use OrganisationRole::{Api, Certifier, Government, Ministry, ProjectDeveloper};

type Pallet = crate::Pallet<Test>;

/// An account for every cell of the table: organisation, its role, account, its role.
fn everybody() -> Vec<(OrganisationId, OrganisationRole, u64, MemberRole)> {
    let mut members = vec![(GOVERNMENT, Government, ROOT, Root)];
    let roles = [Government, Ministry, ProjectDeveloper, Certifier, Api];
    for (base, role) in (100..).step_by(100).zip(roles) {
        let id = match role {
            Government => GOVERNMENT,
            _ => organisation(role, base),
        };
        for (account, member_role) in (base + 1..).zip([Admin, Manager, ViewOnly]) {
            add(id, account, member_role);
            members.push((id, role, account, member_role));
        }
    }
    members
}

#[test]
fn every_cell_of_the_table_is_answered() {
    run(|| {
        let mut cells = 0;
        for (id, role, account, member_role) in everybody() {
            for action in Action::ALL {
                let reach = permission::reach(*action, role, member_role);
                let scopes = Pallet::organisation(id).unwrap().details.sectoral_scopes;
                let actor =
                    Actor { organisation: id, organisation_role: role, member_role, reach, scopes };
                let expected = match reach {
                    Reach::No => Err(Refusal::NotPermitted),
                    _ => Ok(actor),
                };
                let answer = Pallet::may_act(&account, *action);
                assert_eq!(answer, expected, "{action} by {member_role} of {role}");
                cells += 1;
            }
        }
        assert_eq!(cells, Action::ALL.len() * (5 * 3 + 1));
        assert_eq!(Pallet::may_act(&STRANGER, Action::IssueCredits), Err(Refusal::NotAMember));
    });
}

/// The calls that an action is for, done to an organisation and to its member `target`.
fn calls(action: Action, organisation: OrganisationId, target: u64) -> Vec<Call<Test>> {
    let (role, details) = (Certifier, details("new"));
    match action {
        Action::CreateOrganisation => {
            let payload = Pallet::application_payload(role, &details);
            let (applicant, signature) = (900, TestSignature(900, payload));
            vec![
                Call::create_organisation { role, details: details.clone(), first_admin: 900 },
                Call::approve_application { role, details, applicant, signature },
            ]
        }
        Action::SuspendOrganisation => {
            vec![Call::suspend_organisation { id: organisation, reason: text("fraud") }]
        }
        Action::ReactivateOrganisation => {
            vec![Call::reactivate_organisation { id: organisation }]
        }
        Action::ChangeOrganisation => vec![Call::change_organisation { organisation, details }],
        Action::UpdateProfile => {
            vec![Call::update_profile { organisation, profile: ContentHash([9; 32]) }]
        }
        Action::ManageMembers => vec![
            Call::add_member { organisation, account: 900, role: ViewOnly },
            Call::change_member_role { account: target, role: ViewOnly },
            Call::replace_key { old: target, new: 900 },
            Call::remove_member { account: target },
        ],
        _ => vec![],
    }
}

/// What becomes of a call, which is undone.
fn outcome(by: u64, action: Action, call: Call<Test>) -> Result<(), DispatchError> {
    with_transaction(|| {
        if let (Action::ReactivateOrganisation, Call::reactivate_organisation { id }) =
            (action, &call)
        {
            suspend(*id);
        }
        let done = RuntimeCall::from(call).dispatch(signed(by));
        let outcome = done.map(drop).map_err(|refused| refused.error);
        TransactionOutcome::Rollback(Ok::<_, DispatchError>(outcome))
    })
    .expect("nothing else fails")
}

#[test]
fn every_call_does_what_the_table_allows_and_nothing_else() {
    run(|| {
        let other = developer(800);
        add(other, 801, Manager);
        let members = everybody();
        let mut seen = 0;
        for (own, role, account, member_role) in members {
            let target = 700 + u64::from(own);
            if crate::Members::<Test>::get(target).is_none() {
                add(own, target, Manager);
            }
            for action in Action::ALL {
                let reach = permission::reach(*action, role, member_role);
                let own_too = matches!(action, Action::UpdateProfile | Action::ManageMembers);
                let mut objects = vec![(other, 801, reach == Reach::Any)];
                if own_too {
                    objects.push((own, target, matches!(reach, Reach::Any | Reach::Own)));
                }
                for (id, target, allowed) in objects {
                    let expected = if allowed { Ok(()) } else { Err(E::NotPermitted.into()) };
                    for call in calls(*action, id, target) {
                        let name = call.get_call_name();
                        let found = outcome(account, *action, call);
                        assert_eq!(found, expected, "{name} of {id} by {member_role} of {role}");
                        seen += 1;
                    }
                }
            }
        }
        // All ten calls for the other organisation, and five again for one's own.
        assert_eq!(seen, 16 * (10 + 5));
    });
}

#[test]
fn every_call_needs_a_signer_and_every_action_may_need_several() {
    run(|| {
        let other = developer(800);
        add(other, 801, Manager);
        let mut seen = 0;
        for action in Action::ALL {
            for call in calls(*action, other, 801) {
                let call = RuntimeCall::from(call);
                assert_noop!(call.clone().dispatch(RuntimeOrigin::none()), E::NotSigned);
                NeedsApprovals::set(Some(*action));
                assert_noop!(call.dispatch(signed(ROOT)), E::ApprovalsNeeded);
                seen += 1;
            }
        }
        assert_eq!(seen, 10);
    });
}

#[test]
fn what_an_account_may_do_at_all_is_read_from_the_chain() {
    run(|| {
        for (id, role, account, member_role) in everybody() {
            let permissions = Pallet::permissions_of(account);
            for action in Action::ALL {
                let reach = permission::reach(*action, role, member_role);
                let listed = permissions.iter().filter(|(listed, _)| listed == action);
                let listed: Vec<_> = listed.map(|(_, reach)| *reach).collect();
                let expected = if reach == Reach::No { vec![] } else { vec![reach] };
                assert_eq!(listed, expected, "{action} by {member_role} of {role}");
            }
            assert_eq!(permissions.is_empty(), member_role == ViewOnly);
            let member = Member { organisation: id, role: member_role };
            assert_eq!(Pallet::member(account), Some(member));
            assert_eq!(Pallet::organisation(id).map(|found| found.role), Some(role));
        }
        let suspended = developer(800);
        suspend(suspended);
        assert_eq!(Pallet::permissions_of(800), []);
        assert_eq!(Pallet::permissions_of(STRANGER), []);
        assert_eq!(Pallet::member(STRANGER), None);
        assert_eq!(Pallet::organisation(99), None);
    });
}
