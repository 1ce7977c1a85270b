// SPDX-License-Identifier: Apache-2.0
//! The national pause: nothing is transferred or retired, and everybody is told why.

use super::*;
use crate::{Call, Event, Paused};
use frame_support::assert_noop;
use registry_primitives::credit::Pause;

fn resume(by: u64) -> DispatchResult {
    Credits::resume_transfers(signed(by))
}

#[test]
fn a_pause_has_a_public_reason() {
    run(|| {
        System::reset_events();
        pause();
        let reason = text("The registry is audited");
        assert_eq!(
            Paused::<Test>::get(),
            Some(Pause { reason: text("The registry is audited"), since: NOW })
        );
        let by = admin(GOVERNMENT);
        assert_eq!(events(), [Event::TransfersPaused { reason, by }.into()]);
        assert_noop!(Credits::pause_transfers(signed(by), text("Again")), E::AlreadyPaused);
        System::reset_events();
        assert_ok!(resume(by));
        assert_eq!(Paused::<Test>::get(), None);
        assert_eq!(events(), [Event::TransfersResumed { by }.into()]);
        assert_noop!(resume(by), E::NotPaused);
        for bad in ["", " padded", "a\nb"] {
            assert_noop!(Credits::pause_transfers(signed(by), text(bad)), E::InvalidText);
        }
    });
}

#[test]
fn nothing_is_transferred_or_retired_while_it_lasts() {
    run(|| {
        issued_under(&ndc_terms(), 2024, 100);
        assert_ok!(request_retirement(&[(1, 10)])); // 1
        assert_ok!(ask(None, 10)); // 2
        pause();
        let of = || parts(&[(1, 10)]);
        let (from, to, reference) = (DEVELOPER, OTHER_DEVELOPER, None);
        let (state, abroad) = (details_for(RetirementPurpose::Other), international());
        let calls: [(OrganisationId, Call<Test>); 7] = [
            (DEVELOPER, Call::transfer { parts: of(), to, reference: None }),
            (DEVELOPER, Call::retire { parts: of(), details: voluntary() }),
            (DEVELOPER, Call::request_retirement { parts: of(), details: abroad }),
            (GOVERNMENT, Call::recognise_retirement { request: 1 }),
            (
                OTHER_DEVELOPER,
                Call::request_transfer {
                    project: 1,
                    vintage: None,
                    quantity: 1,
                    from,
                    to,
                    reference,
                },
            ),
            (DEVELOPER, Call::approve_transfer { request: 2, parts: of() }),
            (GOVERNMENT, Call::retire_for_the_state { parts: of(), details: state }),
        ];
        for (by, call) in &calls {
            assert_noop!(dispatch(call.clone(), signed(admin(*by))), E::TransfersPaused);
        }
        assert_ok!(resume(admin(GOVERNMENT)));
        for (by, call) in calls {
            assert_ok!(dispatch(call, signed(admin(by))));
        }
    });
}

#[test]
fn what_takes_back_and_what_protects_goes_on() {
    run(|| {
        issued_under(&ndc_terms(), 2024, 100);
        for _ in 0..2 {
            assert_ok!(request_retirement(&[(1, 10)])); // 1, 2: 91..=100, 81..=90
            assert_ok!(ask(None, 10));
        }
        assert_ok!(request_retirement(&[(1, 10)]));
        put_verified(1, 1, Issuance { buffer_rate: 500_000, ..of_developer(2025, 10) });
        pause();
        assert_ok!(issue(1, 1)); // 101..=105, buffer 106..=110
        let government = || signed(admin(GOVERNMENT));
        let developer = || signed(admin(DEVELOPER));
        assert_ok!(Credits::refuse_retirement(government(), 1, text("Not now")));
        assert_ok!(Credits::cancel_retirement_request(developer(), 3));
        assert_ok!(Credits::reject_transfer(developer(), 2, text("Not now")));
        assert_ok!(Credits::cancel_transfer_request(signed(admin(OTHER_DEVELOPER)), 4));
        assert_ok!(hold(&[(1, 10)]));
        assert_ok!(release(&[(61, 10)]));
        assert_ok!(cancel(&[(1, 10)], CancellationReason::Voluntary, Corrects::Nothing));
        assert_ok!(Credits::release_buffer(government(), parts(&[(106, 5)]), DEVELOPER));
        deduct(1, 1);
        // Also a suspension gives back what is reserved.
        suspend(DEVELOPER);
        assert_eq!(national().reserved, 0);
    });
}
