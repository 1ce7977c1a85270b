// SPDX-License-Identifier: Apache-2.0
//! `add_member`, `remove_member` and `change_member_role`.

use crate::{mock::*, AdminCount, Event, Members};
use frame_support::{assert_noop, assert_ok};
use registry_primitives::{organisation::Member, MemberRole, Refusal, GOVERNMENT};
use sp_runtime::DispatchResult;
use MemberRole::{Admin, Manager, Root, ViewOnly};

fn remove(by: u64, account: u64) -> DispatchResult {
    Organisations::remove_member(signed(by), account)
}

fn change(by: u64, account: u64, role: MemberRole) -> DispatchResult {
    Organisations::change_member_role(signed(by), account, role)
}

fn role_of(account: u64) -> Option<MemberRole> {
    Members::<Test>::get(account).map(|member| member.role)
}

fn add_by(by: u64, organisation: u32, account: u64) -> DispatchResult {
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
        suspend(organisation);
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
fn a_removed_member_may_do_nothing_and_can_come_back() {
    run(|| {
        let (organisation, other) = (developer(10), developer(20));
        add(organisation, 11, Admin);
        assert_ok!(remove(10, 11));
        System::assert_last_event(
            Event::MemberRemoved { organisation, account: 11, by: 10 }.into(),
        );
        assert_eq!(role_of(11), None);
        assert_eq!(AdminCount::<Test>::get(organisation), 1);
        assert_eq!(Organisations::admit(&11), Err(Refusal::NotAMember));
        assert_noop!(add_by(11, organisation, 30), E::NotAMember);
        assert_noop!(remove(10, 11), E::UnknownMember);
        // Elsewhere, too.
        add(other, 11, ViewOnly);
        assert_eq!(role_of(11), Some(ViewOnly));
    });
}

#[test]
fn what_a_removed_member_signed_is_not_replayed_when_it_comes_back() {
    run(|| {
        let organisation = developer(10);
        add(organisation, 11, Manager);
        System::inc_account_nonce(11);
        assert_ok!(remove(10, 11));
        assert_eq!((System::account_nonce(11), System::providers(&11)), (1, 1));
        add(organisation, 11, Manager);
        assert_eq!(System::account_nonce(11), 1);
    });
}

#[test]
fn a_member_gets_another_role() {
    run(|| {
        let organisation = developer(10);
        add(organisation, 11, Manager);
        for (role, admins) in [(Admin, 2), (ViewOnly, 1), (Manager, 1), (Admin, 2), (Manager, 1)] {
            assert_ok!(change(10, 11, role));
            assert_eq!(role_of(11), Some(role));
            assert_eq!(AdminCount::<Test>::get(organisation), admins);
            System::assert_last_event(
                Event::MemberRoleChanged { organisation, account: 11, role, by: 10 }.into(),
            );
        }
    });
}

#[test]
fn the_same_role_again_is_no_change() {
    run(|| {
        let organisation = developer(10);
        for (account, role) in [(11, Admin), (12, Manager), (13, ViewOnly)] {
            add(organisation, account, role);
            assert_noop!(change(10, account, role), E::Unchanged);
        }
    });
}

#[test]
fn an_account_that_is_no_member_is_not_changed() {
    run(|| {
        assert_noop!(remove(ROOT, STRANGER), E::UnknownMember);
        assert_noop!(change(ROOT, STRANGER, Manager), E::UnknownMember);
    });
}

#[test]
fn members_of_others_are_not_ones_own_to_change() {
    run(|| {
        let (own, other) = (developer(10), developer(20));
        add(own, 11, Manager);
        add(other, 21, Manager);
        add(GOVERNMENT, 30, Manager);
        for (by, account) in [(10, 21), (10, 20), (10, 30), (10, ROOT), (11, 21), (30, 21)] {
            assert_noop!(remove(by, account), E::NotPermitted);
            assert_noop!(change(by, account, ViewOnly), E::NotPermitted);
        }
        assert_noop!(remove(STRANGER, 21), E::NotAMember);
        assert_noop!(change(STRANGER, 21, ViewOnly), E::NotAMember);
        assert_noop!(Organisations::remove_member(RuntimeOrigin::root(), 21), E::NotSigned);
        assert_noop!(
            Organisations::change_member_role(RuntimeOrigin::none(), 21, ViewOnly),
            E::NotSigned
        );
    });
}

#[test]
fn nobody_changes_their_own_role_or_removes_themselves() {
    run(|| {
        let organisation = developer(10);
        add(organisation, 11, Admin);
        add(GOVERNMENT, 20, Admin);
        add(GOVERNMENT, 21, Admin);
        for account in [10, 20, ROOT] {
            assert_noop!(remove(account, account), E::OwnMembership);
            for role in [Root, Admin, Manager, ViewOnly] {
                assert_noop!(change(account, account, role), E::OwnMembership);
            }
        }
    });
}

#[test]
fn the_last_admin_cannot_be_removed() {
    run(|| {
        let organisation = developer(10);
        add(organisation, 12, Manager);
        add(GOVERNMENT, 20, Admin);
        for role in [Manager, ViewOnly] {
            assert_noop!(change(20, 10, role), E::LastAdmin);
        }
        assert_noop!(remove(20, 10), E::LastAdmin);
        // Whoever asks, and in the Government as well.
        assert_noop!(remove(ROOT, 10), E::LastAdmin);
        assert_noop!(remove(ROOT, 20), E::LastAdmin);
        assert_noop!(change(ROOT, 20, Manager), E::LastAdmin);
        // The last but one may go.
        assert_ok!(change(20, 12, Admin));
        assert_ok!(remove(12, 10));
        assert_noop!(remove(20, 12), E::LastAdmin);
    });
}

#[test]
fn nobody_becomes_a_second_root() {
    run(|| {
        let organisation = developer(10);
        add(organisation, 11, Manager);
        add(GOVERNMENT, 20, Admin);
        for (by, account) in [(10, 11), (20, 11), (ROOT, 11), (ROOT, 20)] {
            assert_noop!(change(by, account, Root), E::SecondRoot);
        }
    });
}

#[test]
fn root_is_neither_removed_nor_demoted() {
    run(|| {
        add(GOVERNMENT, 20, Admin);
        assert_noop!(remove(20, ROOT), E::RootIsProtected);
        for role in [Root, Admin, Manager, ViewOnly] {
            assert_noop!(change(20, ROOT, role), E::RootIsProtected);
        }
    });
}

#[test]
fn the_governments_admins_are_made_and_unmade_by_root_alone() {
    run(|| {
        add(GOVERNMENT, 20, Admin);
        add(GOVERNMENT, 21, Admin);
        add(GOVERNMENT, 22, Manager);
        let made = Organisations::add_member(signed(20), GOVERNMENT, 23, Admin);
        assert_noop!(made, E::OnlyRoot);
        assert_noop!(change(20, 22, Admin), E::OnlyRoot);
        assert_noop!(change(20, 21, Manager), E::OnlyRoot);
        assert_noop!(remove(20, 21), E::OnlyRoot);
        // All others of the Government are theirs to manage.
        assert_ok!(change(20, 22, ViewOnly));
        assert_ok!(remove(20, 22));
        assert_ok!(change(ROOT, 21, Manager));
        assert_ok!(change(ROOT, 21, Admin));
        assert_ok!(remove(ROOT, 21));
    });
}

#[test]
fn the_government_manages_the_members_of_a_suspended_organisation() {
    run(|| {
        let organisation = developer(10);
        add(organisation, 12, Manager);
        add(GOVERNMENT, 20, Admin);
        suspend(organisation);
        assert_noop!(remove(10, 12), E::OrganisationSuspended);
        assert_noop!(change(10, 12, ViewOnly), E::OrganisationSuspended);
        assert_ok!(add_by(20, organisation, 13));
        assert_ok!(change(20, 12, Admin));
        assert_ok!(remove(20, 10));
    });
}
