// SPDX-License-Identifier: Apache-2.0
//! `suspend_organisation`, `reactivate_organisation`, and who is admitted at all.

use crate::{mock::*, Call, Event, WeightInfo};
use frame_support::{
    assert_noop, assert_ok,
    dispatch::{DispatchResultWithPostInfo, GetDispatchInfo},
};
use registry_primitives::{
    organisation::OrganisationStatus, Action, MayAct, MemberRole, Refusal, GOVERNMENT,
};
use OrganisationStatus::{Active, Suspended};

type Pallet = crate::Pallet<Test>;

fn suspend(by: u64, id: u32) -> DispatchResultWithPostInfo {
    Organisations::suspend_organisation(signed(by), id, text("licence withdrawn"))
}

fn reactivate(by: u64, id: u32) -> DispatchResultWithPostInfo {
    Organisations::reactivate_organisation(signed(by), id)
}

fn status(id: u32) -> OrganisationStatus {
    crate::Organisations::<Test>::get(id).unwrap().status
}

#[test]
fn a_suspension_lasts_until_it_is_lifted() {
    run(|| {
        let id = developer(10);
        assert_eq!(Pallet::admit(&10).map(drop), Ok(()));
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
        assert_eq!(Pallet::admit(&10).map(drop), Ok(()));
    });
}

#[test]
fn a_suspension_touches_nobody_else() {
    run(|| {
        let (id, other) = (developer(10), developer(11));
        assert_ok!(suspend(ROOT, id));
        assert_eq!(status(other), Active);
        assert_eq!(Pallet::admit(&11).map(drop), Ok(()));
        assert_eq!(Pallet::admit(&ROOT).map(drop), Ok(()));
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

#[test]
fn suspension_bites_at_once_not_after_a_token_expires() {
    run(|| {
        let id = developer(10);
        add(id, 11, MemberRole::Manager);
        assert_ok!(Pallet::may_act(&11, Action::TransferCredits));
        assert_ok!(suspend(ROOT, id));
        // In the same block, for every member and every action.
        for member in [10, 11] {
            assert_eq!(Pallet::admit(&member), Err(Refusal::OrganisationSuspended));
            for action in Action::ALL {
                let answer = Pallet::may_act(&member, *action);
                assert_eq!(answer, Err(Refusal::OrganisationSuspended), "{action}");
            }
        }
        // Who joins later is suspended as well; who leaves is nobody.
        add(id, 12, MemberRole::Manager);
        assert_eq!(Pallet::admit(&12), Err(Refusal::OrganisationSuspended));
        assert_ok!(Organisations::remove_member(signed(ROOT), 11));
        assert_eq!(Pallet::admit(&11), Err(Refusal::NotAMember));
    });
}

#[test]
fn suspensions_are_counted_and_reactivation_does_not_undo_that() {
    run(|| {
        let id = developer(10);
        for count in 1..=3 {
            assert_ok!(suspend(ROOT, id));
            assert_ok!(reactivate(ROOT, id));
            assert_eq!(Pallet::organisation(id).unwrap().suspensions, count);
        }
    });
}

#[test]
fn a_suspension_too_many_is_refused() {
    run(|| {
        let id = developer(10);
        crate::Organisations::<Test>::mutate(id, |found| {
            found.as_mut().unwrap().suspensions = u32::MAX;
        });
        assert_noop!(suspend(ROOT, id), E::NumbersExhausted);
    });
}

#[test]
fn others_are_told_after_the_status_is_written() {
    run(|| {
        let (id, other) = (developer(10), developer(20));
        assert_ok!(suspend(ROOT, id));
        assert_eq!(StatusChanges::get(), [(id, Suspended)]);
        assert_ok!(suspend(ROOT, other));
        assert_ok!(reactivate(ROOT, id));
        let expected = [(id, Suspended), (other, Suspended), (id, Active)];
        assert_eq!(StatusChanges::get(), expected);
    });
}

#[test]
fn others_are_not_told_of_what_is_refused() {
    run(|| {
        let id = developer(10);
        assert_noop!(suspend(10, id), E::NotPermitted);
        assert_noop!(reactivate(ROOT, id), E::NotSuspended);
        assert_noop!(suspend(ROOT, GOVERNMENT), E::GovernmentIsAlwaysActive);
        assert_eq!(StatusChanges::get(), []);
    });
}

#[test]
fn what_others_do_not_use_of_the_weight_is_given_back() {
    type Own = <Test as crate::Config>::WeightInfo;
    run(|| {
        let id = developer(10);
        let call = Call::<Test>::suspend_organisation { id, reason: text("fraud") };
        let most = Own::suspend_organisation() + Record::SUSPENDED_MOST;
        assert_eq!(call.get_dispatch_info().call_weight, most);
        let used = Own::suspend_organisation() + Record::SUSPENDED;
        assert_eq!(suspend(ROOT, id).unwrap().actual_weight, Some(used));

        let call = Call::<Test>::reactivate_organisation { id };
        let most = Own::reactivate_organisation() + Record::REACTIVATED_MOST;
        assert_eq!(call.get_dispatch_info().call_weight, most);
        let used = Own::reactivate_organisation() + Record::REACTIVATED;
        assert_eq!(reactivate(ROOT, id).unwrap().actual_weight, Some(used));
    });
}
