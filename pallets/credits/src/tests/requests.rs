// SPDX-License-Identifier: Apache-2.0
//! Requested transfers: asked for by the receiver or the Government, answered by the sender.

use super::*;
use crate::{Event, LastRequestId, RequestsFrom, RequestsTo, TransferRequests};
use frame_support::assert_noop;
use registry_primitives::{
    credit::{TransferRequest, MAX_REQUESTS, MAX_REQUESTS_MADE},
    organisation::OrganisationStatus::Suspended,
    MAX_TONNES,
};

fn asked() -> TransferRequest {
    TransferRequest {
        project: 1,
        vintage: Some(2024),
        quantity: 20,
        from: DEVELOPER,
        to: OTHER_DEVELOPER,
        initiator: OTHER_DEVELOPER,
        reference: Some(text("PO-1")),
        requested_at: NOW,
    }
}

/// Asks for one tonne of project 1.
fn ask_by(by: u64, from: OrganisationId, to: OrganisationId) -> DispatchResult {
    Credits::request_transfer(signed(by), 1, None, 1, from, to, None)
}

fn reject(by: u64, request: u64) -> DispatchResult {
    Credits::reject_transfer(signed(by), request, text("Sold already"))
}

fn take_back(by: u64, request: u64) -> DispatchResult {
    Credits::cancel_transfer_request(signed(by), request)
}

/// Numbers of what is asked of an organisation, and for it.
fn listed(organisation: OrganisationId) -> (Vec<u64>, Vec<u64>) {
    let from = RequestsFrom::<Test>::get(organisation).into_inner();
    (from, RequestsTo::<Test>::get(organisation).into_inner())
}

#[test]
fn the_receiver_asks_and_the_sender_chooses_the_parts() {
    run(|| {
        issued(2023, 10);
        issued(2024, 30);
        put_verified(1, 1, of_developer(2024, 30));
        assert_ok!(issue(1, 1));
        let (before, known) = (blocks(), national());
        System::reset_events();
        assert_ok!(ask(Some(2024), 20));
        assert_eq!(TransferRequests::<Test>::get(1), Some(asked()));
        assert_eq!(listed(DEVELOPER), (vec![1], vec![]));
        assert_eq!(listed(OTHER_DEVELOPER), (vec![], vec![1]));
        assert_eq!(blocks(), before, "nothing is reserved");
        let requested =
            Event::TransferRequested { id: 1, request: asked(), by: admin(OTHER_DEVELOPER) };
        assert_eq!(events(), [requested.into()]);

        System::reset_events();
        assert_ok!(approve(1, &[(41, 5), (11, 15)]));
        assert_eq!(owned(OTHER_DEVELOPER), [26, 66]);
        assert_eq!(national(), known);
        assert_eq!(TransferRequests::<Test>::get(1), None);
        for side in [DEVELOPER, OTHER_DEVELOPER] {
            assert_eq!(listed(side), (vec![], vec![]));
        }
        let split = |rest, taken| Event::BlockSplit { rest, taken };
        let transferred = Event::CreditsTransferred {
            from: DEVELOPER,
            to: OTHER_DEVELOPER,
            blocks: ranges(&[(66, 70), (26, 40)]),
            quantity: 20,
            reference: Some(text("PO-1")),
            request: Some(1),
            by: admin(DEVELOPER),
        };
        let splits = [split(range(41, 65), range(66, 70)), split(range(11, 25), range(26, 40))];
        let [first, second] = splits.map(RuntimeEvent::from);
        assert_eq!(events(), [first, second, transferred.into()]);
    });
}

#[test]
fn the_government_asks_for_any_receiver() {
    run(|| {
        issued(2024, 10);
        assert_ok!(ask_by(manager(GOVERNMENT), DEVELOPER, OTHER_DEVELOPER));
        assert_eq!(TransferRequests::<Test>::get(1).unwrap().initiator, GOVERNMENT);
        // Neither the Government nor the receiver answers for the sender.
        for other in [admin(GOVERNMENT), admin(OTHER_DEVELOPER)] {
            let answer = Credits::approve_transfer(signed(other), 1, parts(&[(1, 1)]));
            assert_noop!(answer, E::NotTheSender);
        }
        assert_ok!(Credits::approve_transfer(signed(manager(DEVELOPER)), 1, parts(&[(1, 1)])));
        assert_eq!(owned(OTHER_DEVELOPER), [10]);
    });
}

#[test]
fn a_developer_asks_for_itself_only() {
    run(|| {
        issued(2024, 10);
        for by in [admin(DEVELOPER), admin(MORE_DEVELOPERS)] {
            assert_noop!(ask_by(by, DEVELOPER, OTHER_DEVELOPER), E::NotPermitted);
        }
    });
}

#[test]
fn any_vintage_may_be_asked_for() {
    run(|| {
        issued(2023, 10);
        issued(2024, 10);
        assert_ok!(ask(None, 7));
        assert_ok!(approve(1, &[(1, 4), (11, 3)]));
        assert_eq!(owned(OTHER_DEVELOPER), [7, 18]);
    });
}

#[test]
fn what_is_sent_is_what_was_requested() {
    run(|| {
        issued(2023, 50);
        issued(2024, 50);
        let mut other_project = of_developer(2024, 50);
        other_project.project.scope = SectoralScope::WasteHandling;
        put_verified(2, 1, other_project);
        assert_ok!(issue(2, 1));
        assert_ok!(ask(Some(2024), 20));
        for other in [
            &[(1, 20)][..],        // another vintage
            &[(51, 19), (1, 1)],   // partly
            &[(101, 20)],          // another project
            &[(51, 19), (101, 1)], // partly
            &[(51, 19)],           // too few
            &[(51, 21)],           // too many
        ] {
            assert_noop!(approve(1, other), E::NotAsRequested);
        }
        assert_ok!(approve(1, &[(51, 20)]));
    });
}

#[test]
fn a_request_is_refused_when_the_sender_no_longer_has_the_credits() {
    run(|| {
        issued(2024, 20);
        assert_ok!(ask(Some(2024), 20));
        let to = MORE_DEVELOPERS;
        let by = signed(admin(DEVELOPER));
        assert_ok!(Credits::transfer(by, parts(&[(1, 5)]), to, None));
        assert_noop!(approve(1, &[(1, 20)]), E::NotEnoughInBlock);
        assert_noop!(approve(1, &[(1, 15), (16, 5)]), E::NotTheOwner);
        assert_ok!(hold(&[(1, 15)]));
        assert_noop!(approve(1, &[(1, 15)]), E::NotHeld);
        // It still waits: the sender may come to have them again.
        assert!(TransferRequests::<Test>::contains_key(1));
    });
}

#[test]
fn requests_are_checked() {
    run(|| {
        issued(2024, 10);
        let government = admin(GOVERNMENT);
        for (from, to, error) in [
            (NOWHERE, OTHER_DEVELOPER, E::UnknownSender),
            (SUSPENDED_DEVELOPER, OTHER_DEVELOPER, E::SenderSuspended),
            (GOVERNMENT, OTHER_DEVELOPER, E::InvalidSender),
            (CERTIFIER, OTHER_DEVELOPER, E::InvalidSender),
            (DEVELOPER, NOWHERE, E::UnknownReceiver),
            (DEVELOPER, SUSPENDED_DEVELOPER, E::ReceiverSuspended),
            (DEVELOPER, GOVERNMENT, E::InvalidReceiver),
            (DEVELOPER, DEVELOPER, E::TransferToSelf),
        ] {
            assert_noop!(ask_by(government, from, to), error);
        }
        let by = || signed(government);
        let (from, to) = (DEVELOPER, OTHER_DEVELOPER);
        let unknown = Credits::request_transfer(by(), 7, None, 1, from, to, None);
        assert_noop!(unknown, E::UnknownProject);
        for bad in ["", " padded", "a\nb"] {
            let reference = Some(text(bad));
            let request = Credits::request_transfer(by(), 1, None, 1, from, to, reference);
            assert_noop!(request, E::InvalidText);
        }
        assert_noop!(ask(None, 0), E::ZeroTonnes);
        for many in [MAX_TONNES + 1, u64::MAX] {
            assert_noop!(ask(None, many), E::Overflow);
        }
        LastRequestId::<Test>::put(u64::MAX);
        assert_noop!(ask(None, 1), E::Overflow);
        LastRequestId::<Test>::kill();
        pause();
        assert_noop!(ask(None, 1), E::TransfersPaused);
    });
}

#[test]
fn answers_are_checked() {
    run(|| {
        issued(2024, 10);
        assert_ok!(ask(None, 5));
        for unknown in [0, 2, u64::MAX] {
            assert_noop!(approve(unknown, &[(1, 5)]), E::UnknownRequest);
            assert_noop!(reject(admin(DEVELOPER), unknown), E::UnknownRequest);
            assert_noop!(take_back(admin(OTHER_DEVELOPER), unknown), E::UnknownRequest);
        }
        for bad in ["", " padded", "a\nb"] {
            let by = signed(admin(DEVELOPER));
            assert_noop!(Credits::reject_transfer(by, 1, text(bad)), E::InvalidText);
        }
        pause();
        assert_noop!(approve(1, &[(1, 5)]), E::TransfersPaused);
    });
}

#[test]
fn the_receiver_is_checked_again() {
    run(|| {
        issued(2024, 10);
        assert_ok!(ask(None, 5));
        // As if nobody had told this pallet.
        set_status(OTHER_DEVELOPER, Suspended);
        assert_noop!(approve(1, &[(1, 5)]), E::ReceiverSuspended);
        let change = |change: fn(&mut TransferRequest)| {
            TransferRequests::<Test>::mutate(1, |request| change(request.as_mut().unwrap()));
        };
        change(|request| request.to = NOWHERE);
        assert_noop!(approve(1, &[(1, 5)]), E::UnknownReceiver);
        change(|request| request.to = CERTIFIER);
        assert_noop!(approve(1, &[(1, 5)]), E::InvalidReceiver);
        change(|request| request.to = DEVELOPER);
        assert_noop!(approve(1, &[(1, 5)]), E::TransferToSelf);
        change(|request| request.to = OTHER_DEVELOPER);
        suspend(OTHER_DEVELOPER);
    });
}

#[test]
fn the_sender_rejects_with_a_reason() {
    run(|| {
        issued(2024, 10);
        assert_ok!(ask(None, 5));
        let before = blocks();
        for other in [admin(OTHER_DEVELOPER), admin(GOVERNMENT), admin(MORE_DEVELOPERS)] {
            assert_noop!(reject(other, 1), E::NotTheSender);
        }
        System::reset_events();
        assert_ok!(reject(manager(DEVELOPER), 1));
        let reason = text("Sold already");
        let rejected = Event::TransferRejected { id: 1, reason, by: manager(DEVELOPER) };
        assert_eq!(events(), [rejected.into()]);
        assert_eq!(blocks(), before);
        assert_eq!((listed(DEVELOPER), listed(OTHER_DEVELOPER)), Default::default());
        assert_noop!(approve(1, &[(1, 5)]), E::UnknownRequest);
    });
}

#[test]
fn only_the_initiator_takes_a_request_back() {
    run(|| {
        issued(2024, 10);
        assert_ok!(ask(None, 5));
        assert_ok!(ask_by(admin(GOVERNMENT), DEVELOPER, OTHER_DEVELOPER));
        for other in [admin(DEVELOPER), admin(GOVERNMENT)] {
            assert_noop!(take_back(other, 1), E::NotTheInitiator);
        }
        for other in [admin(DEVELOPER), admin(OTHER_DEVELOPER)] {
            assert_noop!(take_back(other, 2), E::NotTheInitiator);
        }
        System::reset_events();
        // Any officer of the initiator.
        assert_ok!(take_back(manager(OTHER_DEVELOPER), 1));
        let by = Some(manager(OTHER_DEVELOPER));
        assert_eq!(events(), [Event::TransferRequestCancelled { id: 1, by }.into()]);
        assert_eq!(listed(DEVELOPER), (vec![2], vec![]));
        assert_ok!(take_back(manager(GOVERNMENT), 2));
        assert_eq!((listed(DEVELOPER), listed(OTHER_DEVELOPER)), Default::default());
    });
}

#[test]
fn one_receiver_waits_for_sixteen_requests_at_most() {
    run(|| {
        issued(2024, 10);
        for _ in 0..MAX_REQUESTS_MADE {
            assert_ok!(ask(None, 1));
        }
        assert_noop!(ask(None, 1), E::TooManyRequests);
        // Nor can the Government add one, nor can another sender be asked.
        let government = admin(GOVERNMENT);
        for from in [DEVELOPER, MORE_DEVELOPERS] {
            assert_noop!(ask_by(government, from, OTHER_DEVELOPER), E::TooManyRequests);
        }
        assert_ok!(reject(admin(DEVELOPER), 16));
        assert_ok!(ask(None, 1));
    });
}

#[test]
fn one_sender_is_asked_for_sixty_four_at_most() {
    run(|| {
        issued(2024, 10);
        for index in 0..MAX_REQUESTS {
            let to = MORE_DEVELOPERS + index / MAX_REQUESTS_MADE;
            assert_ok!(ask_by(admin(to), DEVELOPER, to));
        }
        assert_noop!(ask(None, 1), E::TooManyRequests);
        assert_ok!(take_back(admin(MORE_DEVELOPERS), 3));
        assert_ok!(ask(None, 1));
    });
}

#[test]
fn the_suspension_of_either_side_cancels_what_waits() {
    for side in [DEVELOPER, OTHER_DEVELOPER] {
        run(|| {
            issued(2024, 10);
            assert_ok!(ask(None, 5)); // 1
            assert_ok!(ask_by(admin(DEVELOPER), OTHER_DEVELOPER, DEVELOPER)); // 2
            let third = MORE_DEVELOPERS;
            assert_ok!(ask_by(admin(third), MORE_DEVELOPERS + 1, third)); // 3
            System::reset_events();
            suspend(side);
            let cancelled = |id| Event::TransferRequestCancelled { id, by: None }.into();
            assert_eq!(events(), [cancelled(1), cancelled(2)]);
            let left: Vec<_> = TransferRequests::<Test>::iter_keys().collect();
            assert_eq!(left, [3], "others' requests still wait");
            reactivate(side);
            assert_noop!(approve(1, &[(1, 5)]), E::UnknownRequest);
        });
    }
}
