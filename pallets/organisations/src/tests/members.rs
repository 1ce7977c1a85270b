// SPDX-License-Identifier: Apache-2.0
//! `add_member`, and the answers to "may this account do this?".

use crate::{mock::*, AdminCount, Event, Members};
use frame_support::{assert_noop, assert_ok};
use registry_primitives::{
    organisation::Member, permission, Action, Actor, MayAct, MemberRole, OrganisationRole, Reach,
    Refusal, GOVERNMENT,
};
use MemberRole::{Admin, Manager, Root, ViewOnly};

type Pallet = crate::Pallet<Test>;

fn add_by(by: u64, organisation: u32, account: u64) -> sp_runtime::DispatchResult {
    Organisations::add_member(signed(by), organisation, account, Manager)
}

#[test]
fn a_member_is_added_and_can_sign() {
    run(|| {
        let organisation = developer(10);
        for (account, role) in [(11, Admin), (12, Manager), (13, ViewOnly)] {
            assert_ok!(Organisations::add_member(signed(10), organisation, account, role));
            assert_eq!(Members::<Test>::get(account), Some(Member { organisation, role }));
            assert_eq!(System::providers(&account), 1);
            System::assert_last_event(
                Event::MemberAdded { organisation, account, role, by: 10 }.into(),
            );
        }
        // The first Admin and account 11.
        assert_eq!(AdminCount::<Test>::get(organisation), 2);
    });
}

#[test]
fn an_admin_manages_its_own_organisation_only() {
    run(|| {
        let (own, other) = (developer(10), developer(20));
        assert_ok!(add_by(10, own, 30));
        assert_noop!(add_by(10, other, 31), E::NotPermitted);
        assert_noop!(add_by(10, GOVERNMENT, 31), E::NotPermitted);
        // Whether an organisation exists is not asked before whether it is one's own.
        assert_noop!(add_by(10, 77, 31), E::NotPermitted);
    });
}

#[test]
fn the_leaders_of_the_government_manage_any() {
    run(|| {
        let organisation = developer(10);
        add(GOVERNMENT, 20, Admin);
        assert_ok!(add_by(ROOT, organisation, 30));
        assert_ok!(add_by(20, organisation, 31));
        assert_ok!(add_by(20, GOVERNMENT, 32));
    });
}

#[test]
fn others_manage_nobody() {
    run(|| {
        let organisation = developer(10);
        add(organisation, 11, Manager);
        add(organisation, 12, ViewOnly);
        add(GOVERNMENT, 20, Manager);
        for refused in [11, 12, 20] {
            assert_noop!(add_by(refused, organisation, 30), E::NotPermitted);
        }
        assert_noop!(add_by(STRANGER, organisation, 30), E::NotAMember);
        assert_ok!(Organisations::suspend_organisation(signed(ROOT), organisation, text("fraud")));
        assert_noop!(add_by(10, organisation, 30), E::OrganisationSuspended);
    });
}

#[test]
fn there_is_no_second_root() {
    run(|| {
        let organisation = developer(10);
        for id in [GOVERNMENT, organisation] {
            assert_noop!(Organisations::add_member(signed(ROOT), id, 30, Root), E::SecondRoot);
        }
    });
}

#[test]
fn the_organisation_exists() {
    run(|| {
        assert_noop!(add_by(ROOT, 2, 30), E::UnknownOrganisation);
    });
}

#[test]
fn an_account_is_a_member_once() {
    run(|| {
        let (one, other) = (developer(10), developer(20));
        assert_ok!(add_by(ROOT, one, 30));
        for organisation in [one, other, GOVERNMENT] {
            assert_noop!(add_by(ROOT, organisation, 30), E::AlreadyAMember);
        }
        // Nobody changes their own role by adding themselves again.
        assert_noop!(Organisations::add_member(signed(10), one, 10, ViewOnly), E::AlreadyAMember);
    });
}

#[test]
fn every_cell_of_the_table_is_answered() {
    use OrganisationRole::{Api, Certifier, Government, Ministry, ProjectDeveloper};
    run(|| {
        let mut cells = 0;
        for (index, role) in
            [Government, Ministry, ProjectDeveloper, Certifier, Api].into_iter().enumerate()
        {
            let base = 100 * (index as u64 + 1);
            let id = match role {
                Government => GOVERNMENT,
                _ => organisation(role, base),
            };
            add(id, base + 1, Admin);
            add(id, base + 2, Manager);
            add(id, base + 3, ViewOnly);
            let root = (role == Government).then_some((ROOT, Root));
            let others = [(base + 1, Admin), (base + 2, Manager), (base + 3, ViewOnly)];
            for (account, member_role) in root.into_iter().chain(others) {
                for action in Action::ALL {
                    let reach = permission::reach(*action, role, member_role);
                    let answer = Pallet::may_act(&account, *action);
                    let scopes = Pallet::organisation(id).unwrap().details.sectoral_scopes;
                    let actor = Actor {
                        organisation: id,
                        organisation_role: role,
                        member_role,
                        reach,
                        scopes,
                    };
                    let expected = match reach {
                        Reach::No => Err(Refusal::NotPermitted),
                        _ => Ok(actor),
                    };
                    assert_eq!(answer, expected, "{action} by {member_role} of {role}");
                    cells += 1;
                }
            }
        }
        assert_eq!(cells, Action::ALL.len() * (5 * 3 + 1));
        assert_eq!(Pallet::may_act(&STRANGER, Action::IssueCredits), Err(Refusal::NotAMember));
    });
}
