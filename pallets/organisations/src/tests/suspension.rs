// SPDX-License-Identifier: Apache-2.0
//! `suspend_organisation`, `reactivate_organisation`, and who is admitted at all.

use crate::{mock::*, Event};
use frame_support::{assert_noop, assert_ok};
use registry_primitives::{
    organisation::OrganisationStatus, Action, MayAct, MemberRole, Refusal, GOVERNMENT,
};
use OrganisationStatus::{Active, Suspended};

type Pallet = crate::Pallet<Test>;

fn suspend(by: u64, id: u32) -> sp_runtime::DispatchResult {
    Organisations::suspend_organisation(signed(by), id, text("licence withdrawn"))
}

fn reactivate(by: u64, id: u32) -> sp_runtime::DispatchResult {
    Organisations::reactivate_organisation(signed(by), id)
}

fn status(id: u32) -> OrganisationStatus {
    crate::Organisations::<Test>::get(id).unwrap().status
}

#[test]
fn a_suspension_lasts_until_it_is_lifted() {
    run(|| {
        let id = developer(10);
        assert_eq!(Pallet::admit(&10), Ok(()));
        assert!(Pallet::is_active(id));

        assert_ok!(suspend(ROOT, id));
        assert_eq!(status(id), Suspended);
        let reason = text("licence withdrawn");
        System::assert_last_event(Event::OrganisationSuspended { id, reason, by: ROOT }.into());
        assert_eq!(Pallet::admit(&10), Err(Refusal::OrganisationSuspended));
        let refusal = Pallet::may_act(&10, Action::TransferCredits);
        assert_eq!(refusal, Err(Refusal::OrganisationSuspended));
        assert!(!Pallet::is_active(id));

        assert_ok!(reactivate(ROOT, id));
        assert_eq!(status(id), Active);
        System::assert_last_event(Event::OrganisationReactivated { id, by: ROOT }.into());
        assert_eq!(Pallet::admit(&10), Ok(()));
    });
}

#[test]
fn a_suspension_touches_nobody_else() {
    run(|| {
        let (id, other) = (developer(10), developer(11));
        assert_ok!(suspend(ROOT, id));
        assert_eq!(status(other), Active);
        assert_eq!(Pallet::admit(&11), Ok(()));
        assert_eq!(Pallet::admit(&ROOT), Ok(()));
    });
}

#[test]
fn a_stranger_is_not_admitted() {
    run(|| {
        assert_eq!(Pallet::admit(&STRANGER), Err(Refusal::NotAMember));
        assert!(!Pallet::is_active(7));
    });
}

#[test]
fn a_manager_of_the_government_suspends_but_does_not_reactivate() {
    run(|| {
        let id = developer(10);
        add(GOVERNMENT, 20, MemberRole::Admin);
        add(GOVERNMENT, 21, MemberRole::Manager);
        add(GOVERNMENT, 22, MemberRole::ViewOnly);
        for (refused, error) in
            [(22, E::NotPermitted), (10, E::NotPermitted), (STRANGER, E::NotAMember)]
        {
            assert_noop!(suspend(refused, id), error);
        }
        assert_ok!(suspend(21, id));
        for (refused, error) in [
            (21, E::NotPermitted),
            (22, E::NotPermitted),
            // Nobody lifts their own suspension.
            (10, E::OrganisationSuspended),
            (STRANGER, E::NotAMember),
        ] {
            assert_noop!(reactivate(refused, id), error);
        }
        assert_ok!(reactivate(20, id));
    });
}

#[test]
fn the_government_is_always_active() {
    run(|| {
        assert_noop!(suspend(ROOT, GOVERNMENT), E::GovernmentIsAlwaysActive);
        assert_noop!(reactivate(ROOT, GOVERNMENT), E::GovernmentIsAlwaysActive);
    });
}

#[test]
fn what_does_not_exist_is_not_suspended() {
    run(|| {
        assert_noop!(suspend(ROOT, 2), E::UnknownOrganisation);
        assert_noop!(reactivate(ROOT, 2), E::UnknownOrganisation);
    });
}

#[test]
fn nothing_is_suspended_or_reactivated_twice() {
    run(|| {
        let id = developer(10);
        assert_noop!(reactivate(ROOT, id), E::NotSuspended);
        assert_ok!(suspend(ROOT, id));
        assert_noop!(suspend(ROOT, id), E::AlreadySuspended);
    });
}

#[test]
fn the_reason_is_readable_text() {
    run(|| {
        let id = developer(10);
        for bad in ["", " padded", "a\nb"] {
            assert_noop!(
                Organisations::suspend_organisation(signed(ROOT), id, text(bad)),
                E::InvalidText
            );
        }
    });
}
