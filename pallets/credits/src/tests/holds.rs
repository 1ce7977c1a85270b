// SPDX-License-Identifier: Apache-2.0
//! Hold and release, the buffer, and what is issued to a suspended organisation.

use super::*;
use crate::{Event, HeldForSuspension, MAX_HELD_FOR_SUSPENSION};
use frame_support::assert_noop;
use registry_primitives::credit::HoldReason::{Government, OwnerSuspended};
use BlockStatus::{Buffer, Held, OnHold};

fn release_buffer(of: &[(SerialNumber, Tonnes)], to: OrganisationId) -> DispatchResult {
    Credits::release_buffer(signed(admin(GOVERNMENT)), parts(of), to)
}

/// Of 20 tonnes, 1..=16 of DEVELOPER and 17..=20 in the buffer.
fn with_buffer() {
    put_verified(1, 1, Issuance { buffer_rate: 200_000, ..of_developer(2024, 20) });
    assert_ok!(issue(1, 1));
}

/// The block `period * 10 - 9` and its nine followers, of a suspended DEVELOPER.
fn issued_while_suspended(periods: core::ops::RangeInclusive<u32>) {
    for period in periods {
        put_verified(1, period, of_developer(2024, 10));
        assert_ok!(issue(1, period));
    }
}

#[test]
fn what_is_on_hold_is_stopped_until_it_is_released() {
    run(|| {
        issued_under(&ndc_terms(), 2024, 20);
        System::reset_events();
        assert_ok!(hold(&[(1, 5)]));
        assert_eq!((status(1), status(16)), (Held, OnHold(Government)));
        assert_eq!(owned(DEVELOPER), [1, 16], "it still owns them");
        let totals = Totals { issued: 20, held: 15, on_hold: 5, ..Default::default() };
        assert_eq!(national(), totals);
        let held = Event::CreditsHeld {
            blocks: ranges(&[(16, 20)]),
            quantity: 5,
            reason: text("An inquiry is open"),
            by: admin(GOVERNMENT),
        };
        let split = Event::BlockSplit { rest: range(1, 15), taken: range(16, 20) };
        assert_eq!(events(), [split.into(), held.into()]);

        let by = || signed(admin(DEVELOPER));
        let of = || parts(&[(16, 1)]);
        assert_noop!(Credits::transfer(by(), of(), OTHER_DEVELOPER, None), E::NotHeld);
        assert_noop!(Credits::retire(by(), of(), voluntary()), E::NotHeld);
        assert_noop!(request_retirement(&[(16, 1)]), E::NotHeld);
        assert_noop!(hold(&[(16, 1)]), E::NotHeld);

        System::reset_events();
        assert_ok!(release(&[(16, 2)]));
        assert_eq!((status(16), status(19)), (OnHold(Government), Held));
        let by = Some(admin(GOVERNMENT));
        let released = Event::CreditsReleased { blocks: ranges(&[(19, 20)]), quantity: 2, by };
        assert_eq!(events()[1], released.into());
        assert_ok!(Credits::retire(signed(admin(DEVELOPER)), parts(&[(19, 2)]), voluntary()));
    });
}

#[test]
fn only_what_is_on_hold_is_released() {
    run(|| {
        with_buffer();
        for start in [1, 17] {
            assert_noop!(release(&[(start, 1)]), E::NotOnHold);
        }
        assert_noop!(hold(&[(17, 1)]), E::NotHeld);
    });
}

#[test]
fn the_reason_of_a_hold_is_readable_text() {
    run(|| {
        issued(2024, 10);
        for bad in ["", " padded", "a\nb"] {
            let by = signed(admin(GOVERNMENT));
            assert_noop!(Credits::hold(by, parts(&[(1, 1)]), text(bad)), E::InvalidText);
        }
    });
}

#[test]
fn several_owners_blocks_are_held_and_released_together() {
    run(|| {
        issued(2024, 10);
        let by = signed(admin(DEVELOPER));
        assert_ok!(Credits::transfer(by, parts(&[(1, 4)]), OTHER_DEVELOPER, None));
        let all = [(1, 6), (7, 4)];
        assert_ok!(hold(&all));
        assert_eq!(national().on_hold, 10);
        assert_ok!(release(&all));
        assert_eq!(national().held, 10);
    });
}

#[test]
fn the_buffer_is_released_to_a_proponent() {
    run(|| {
        with_buffer();
        System::reset_events();
        assert_ok!(release_buffer(&[(17, 3)], DEVELOPER));
        assert_eq!(owned(DEVELOPER), [1, 18]);
        assert_eq!(owned(GOVERNMENT), [17]);
        assert_eq!((status(17), status(18)), (Buffer, Held));
        let totals = Totals { issued: 20, held: 19, buffer: 1, ..Default::default() };
        assert_eq!(national(), totals);
        let split = Event::BlockSplit { rest: range(17, 17), taken: range(18, 20) };
        let (to, by) = (DEVELOPER, admin(GOVERNMENT));
        let released = Event::BufferReleased { to, blocks: ranges(&[(18, 20)]), quantity: 3, by };
        assert_eq!(events(), [split.into(), released.into()]);
    });
}

#[test]
fn releases_of_the_buffer_are_checked() {
    run(|| {
        with_buffer();
        for (to, error) in [
            (NOWHERE, E::UnknownReceiver),
            (SUSPENDED_DEVELOPER, E::ReceiverSuspended),
            (OTHER_DEVELOPER, E::NotAProponent),
            (GOVERNMENT, E::NotAProponent),
        ] {
            assert_noop!(release_buffer(&[(17, 1)], to), error);
        }
        assert_noop!(release_buffer(&[(1, 1)], DEVELOPER), E::NotInBuffer);
        assert_ok!(hold(&[(1, 16)]));
        assert_noop!(release_buffer(&[(1, 1)], DEVELOPER), E::NotInBuffer);
        // Not more than was put in.
        assert_noop!(release_buffer(&[(17, 5)], DEVELOPER), E::NotEnoughInBlock);
        // Of every project that it comes from.
        let mut others = Issuance { buffer_rate: WHOLE, ..of_developer(2024, 5) };
        others.project.proponents[0].organisation = OTHER_DEVELOPER;
        put_verified(2, 1, others);
        assert_ok!(issue(2, 1));
        assert_noop!(release_buffer(&[(17, 1), (21, 1)], DEVELOPER), E::NotAProponent);
        forget(2);
        assert_noop!(release_buffer(&[(21, 1)], DEVELOPER), E::UnknownProject);
        assert_ok!(release_buffer(&[(17, 4)], DEVELOPER));
    });
}

#[test]
fn what_was_issued_to_a_suspended_organisation_is_released_with_it() {
    run(|| {
        issued(2023, 10);
        suspend(DEVELOPER);
        issued_while_suspended(2..=3);
        assert_eq!(HeldForSuspension::<Test>::get(DEVELOPER)[..], [11, 21]);
        assert_eq!((status(1), status(11)), (Held, OnHold(OwnerSuspended)));
        System::reset_events();
        reactivate(DEVELOPER);
        assert_eq!((status(11), status(21)), (Held, Held));
        assert!(!HeldForSuspension::<Test>::contains_key(DEVELOPER));
        let blocks = ranges(&[(11, 20), (21, 30)]);
        assert_eq!(events(), [Event::CreditsReleased { blocks, quantity: 20, by: None }.into()]);
        assert_eq!(national(), Totals { issued: 30, held: 30, ..Default::default() });
        // Nothing is released a second time.
        System::reset_events();
        suspend(DEVELOPER);
        reactivate(DEVELOPER);
        assert_eq!(events(), []);
    });
}

#[test]
fn a_reactivation_releases_nothing_of_the_governments_hold() {
    run(|| {
        issued(2023, 10);
        assert_ok!(hold(&[(1, 10)]));
        suspend(DEVELOPER);
        issued_while_suspended(2..=4);
        // Released and put on hold again; cancelled; released in part.
        assert_ok!(release(&[(11, 10)]));
        assert_ok!(hold(&[(11, 10)]));
        let reason = CancellationReason::Voluntary;
        assert_ok!(cancel(&[(21, 10)], reason, Corrects::Nothing));
        assert_ok!(release(&[(31, 4)]));
        System::reset_events();
        reactivate(DEVELOPER);
        let blocks = ranges(&[(31, 36)]);
        assert_eq!(events(), [Event::CreditsReleased { blocks, quantity: 6, by: None }.into()]);
        assert_eq!((status(1), status(11)), (OnHold(Government), OnHold(Government)));
        assert_eq!((status(21), status(37)), (BlockStatus::Cancelled(1), Held));
    });
}

#[test]
fn what_a_reactivation_does_not_release_the_government_releases() {
    run(|| {
        suspend(DEVELOPER);
        issued_while_suspended(1..=MAX_HELD_FOR_SUSPENSION + 1);
        reactivate(DEVELOPER);
        let last = u64::from(MAX_HELD_FOR_SUSPENSION) * 10 + 1;
        assert_eq!((status(1), status(last - 10)), (Held, Held));
        assert_eq!(status(last), OnHold(OwnerSuspended));
        assert_eq!(national().on_hold, 10);
        assert_ok!(release(&[(last, 10)]));
        assert_eq!(national().on_hold, 0);
    });
}

#[test]
fn what_is_issued_to_several_is_released_with_each() {
    run(|| {
        for owner in [DEVELOPER, OTHER_DEVELOPER] {
            suspend(owner);
        }
        let mut issuance = of_developer(2024, 10);
        issuance.project.proponents = [DEVELOPER, OTHER_DEVELOPER]
            .map(|organisation| Proponent { organisation, share: WHOLE / 2 })
            .to_vec();
        put_verified(1, 1, issuance);
        assert_ok!(issue(1, 1));
        reactivate(OTHER_DEVELOPER);
        assert_eq!((status(1), status(6)), (OnHold(OwnerSuspended), Held));
        reactivate(DEVELOPER);
        assert_eq!(status(1), Held);
    });
}
