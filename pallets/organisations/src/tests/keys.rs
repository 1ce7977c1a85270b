// SPDX-License-Identifier: Apache-2.0
//! `replace_key`: a lost or stolen key is replaced, the member stays.

use crate::{mock::*, AdminCount, Event, Members};
use frame_support::{assert_noop, assert_ok};
use registry_primitives::{
    organisation::Member, Action, MayAct, MemberRole, OrganisationRole, Refusal, GOVERNMENT,
};
use sp_runtime::DispatchResult;
use MemberRole::{Admin, Manager, Root, ViewOnly};

fn replace(by: u64, old: u64, new: u64) -> DispatchResult {
    Organisations::replace_key(signed(by), old, new)
}

/// A developer with Admin 10, Manager 11 and viewer 12; the Government has Admins 20 and 21 and
/// Manager 22.
fn registry() -> u32 {
    let organisation = developer(10);
    add(organisation, 11, Manager);
    add(organisation, 12, ViewOnly);
    add(GOVERNMENT, 20, Admin);
    add(GOVERNMENT, 21, Admin);
    add(GOVERNMENT, 22, Manager);
    organisation
}

#[test]
fn the_member_stays_and_the_key_changes() {
    run(|| {
        let organisation = registry();
        for (old, new, role) in [(10, 110, Admin), (11, 111, Manager), (12, 112, ViewOnly)] {
            assert_ok!(replace(20, old, new));
            assert_eq!(Members::<Test>::get(new), Some(Member { organisation, role }));
            assert_eq!(Members::<Test>::get(old), None);
            let by = Some(20);
            System::assert_last_event(Event::KeyReplaced { organisation, old, new, by }.into());
            // The old key opens nothing, at once; the new one everything that the old one did.
            assert_eq!(Organisations::admit(&old), Err(Refusal::NotAMember));
            assert_eq!(Organisations::admit(&new).map(drop), Ok(()));
        }
        assert_eq!(AdminCount::<Test>::get(organisation), 1);
        assert_ok!(Organisations::may_act(&110, Action::ManageMembers));
        assert_eq!(Organisations::may_act(&10, Action::ManageMembers), Err(Refusal::NotAMember));
    });
}

#[test]
fn what_the_old_key_signed_cannot_be_replayed() {
    run(|| {
        registry();
        System::inc_account_nonce(11);
        assert_ok!(replace(11, 11, 111));
        // The old account is not reaped, so its nonce does not start again; the new one can sign.
        assert_eq!((System::account_nonce(11), System::providers(&11)), (1, 1));
        assert_eq!(System::providers(&111), 1);
        // Back again, the old signature is still spent.
        assert_ok!(replace(111, 111, 11));
        assert_eq!(System::account_nonce(11), 1);
    });
}

#[test]
fn who_signs_may_always_replace_their_own_key() {
    run(|| {
        let organisation = registry();
        for (old, new, role, organisation) in [
            (10, 110, Admin, organisation),
            (11, 111, Manager, organisation),
            (20, 120, Admin, GOVERNMENT),
            (22, 122, Manager, GOVERNMENT),
            (ROOT, 101, Root, GOVERNMENT),
        ] {
            assert_ok!(replace(old, old, new));
            assert_eq!(Members::<Test>::get(new), Some(Member { organisation, role }));
            let by = Some(old);
            System::assert_last_event(Event::KeyReplaced { organisation, old, new, by }.into());
        }
    });
}

#[test]
fn who_only_reads_signs_nothing_not_even_this() {
    run(|| {
        registry();
        assert_noop!(replace(12, 12, 112), E::NotPermitted);
    });
}

#[test]
fn members_of_a_suspended_organisation_do_not_replace_their_keys_but_the_government_does() {
    run(|| {
        suspend(registry());
        assert_noop!(replace(11, 11, 111), E::OrganisationSuspended);
        assert_noop!(replace(10, 11, 111), E::OrganisationSuspended);
        assert_ok!(replace(20, 11, 111));
    });
}

#[test]
fn an_admin_replaces_the_keys_of_its_own_organisation() {
    run(|| {
        registry();
        let other = organisation(OrganisationRole::Certifier, 30);
        add(other, 31, Manager);
        assert_ok!(replace(10, 11, 111));
        for old in [30, 31, 20, 22, ROOT] {
            assert_noop!(replace(10, old, 112), E::NotPermitted);
        }
        for by in [111, 12, 22] {
            assert_noop!(replace(by, 10, 112), E::NotPermitted);
        }
        assert_noop!(replace(STRANGER, 10, 112), E::NotAMember);
        assert_noop!(replace(STRANGER, STRANGER, 112), E::NotAMember);
        assert_noop!(Organisations::replace_key(RuntimeOrigin::none(), 10, 112), E::NotSigned);
    });
}

#[test]
fn roots_key_is_replaced_by_root_or_by_the_council_and_by_nobody_else() {
    run(|| {
        registry();
        for by in [20, 21] {
            assert_noop!(replace(by, ROOT, 101), E::RootIsProtected);
        }
        let (old, new, by) = (ROOT, 101, None);
        assert_ok!(Organisations::replace_key(RuntimeOrigin::root(), old, new));
        let organisation = GOVERNMENT;
        System::assert_last_event(Event::KeyReplaced { organisation, old, new, by }.into());
        assert_eq!(Members::<Test>::get(new), Some(Member { organisation, role: Root }));
        assert_noop!(replace(ROOT, ROOT, 102), E::NotAMember);
        assert_ok!(replace(new, new, 102));
    });
}

#[test]
fn the_keys_of_the_governments_admins_are_replaced_by_root_or_by_the_council() {
    run(|| {
        registry();
        assert_noop!(replace(21, 20, 120), E::OnlyRoot);
        assert_ok!(replace(ROOT, 20, 120));
        assert_ok!(Organisations::replace_key(RuntimeOrigin::root(), 21, 121));
        // Those of its other members by its Admins as well.
        assert_ok!(replace(120, 22, 122));
    });
}

#[test]
fn the_council_replaces_any_key_and_does_nothing_else() {
    run(|| {
        let organisation = registry();
        suspend(organisation);
        for (old, new) in [(10, 110), (11, 111), (12, 112), (22, 122)] {
            assert_ok!(Organisations::replace_key(RuntimeOrigin::root(), old, new));
        }
        let root = RuntimeOrigin::root();
        assert_noop!(Organisations::add_member(root, organisation, 30, Manager), E::NotSigned);
    });
}

#[test]
fn the_member_exists() {
    run(|| {
        registry();
        assert_noop!(replace(ROOT, STRANGER, 112), E::UnknownMember);
        let council = Organisations::replace_key(RuntimeOrigin::root(), STRANGER, 112);
        assert_noop!(council, E::UnknownMember);
    });
}

#[test]
fn the_new_key_is_nobodys() {
    run(|| {
        registry();
        for new in [10, 11, 12, 20, ROOT] {
            assert_noop!(replace(10, 11, new), E::AlreadyAMember);
            assert_noop!(replace(11, 11, new), E::AlreadyAMember);
            let council = Organisations::replace_key(RuntimeOrigin::root(), 11, new);
            assert_noop!(council, E::AlreadyAMember);
        }
    });
}
