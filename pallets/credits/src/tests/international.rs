// SPDX-License-Identifier: Apache-2.0
//! Retirements for use in another country: requested, and recognised or refused.

use super::*;
use crate::{
    Cancellations, Event, LastCancellationId, LastRequestId, LastRetirementId, RetirementRequests,
    RetirementRequestsOf, Retirements,
};
use frame_support::assert_noop;
use registry_primitives::credit::{Cancellation, Retirement, RetirementRequest, MAX_REQUESTS_MADE};
use BlockStatus::{Cancelled, Held, Reserved, Retired};

fn refuse(request: u64) -> DispatchResult {
    Credits::refuse_retirement(signed(admin(GOVERNMENT)), request, text("Not this year"))
}

fn take_back(by: u64, request: u64) -> DispatchResult {
    Credits::cancel_retirement_request(signed(by), request)
}

fn request_with(details: RetirementDetails) -> DispatchResult {
    Credits::request_retirement(signed(admin(DEVELOPER)), parts(&[(1, 1)]), details)
}

#[test]
fn a_request_reserves() {
    run(|| {
        issued_under(&ndc_terms(), 2024, 100);
        System::reset_events();
        assert_ok!(request_retirement(&[(1, 30)]));
        assert_eq!(spans(), [(1, 70, Held), (71, 100, Reserved(1))]);
        assert_eq!(owned(DEVELOPER), [1, 71]);
        let reserved = Totals { issued: 100, held: 70, reserved: 30, ..Default::default() };
        assert_eq!(national(), reserved);
        assert_eq!(accounts(), Default::default());
        let request = RetirementRequest {
            by: DEVELOPER,
            details: international(),
            blocks: ranges(&[(71, 100)]),
            quantity: 30,
            requested_at: NOW,
        };
        assert_eq!(RetirementRequests::<Test>::get(1), Some(request.clone()));
        assert_eq!(RetirementRequestsOf::<Test>::get(DEVELOPER)[..], [1]);
        let split = Event::BlockSplit { rest: range(1, 70), taken: range(71, 100) };
        let requested = Event::RetirementRequested { id: 1, request, by: admin(DEVELOPER) };
        assert_eq!(events(), [split.into(), requested.into()]);
        // What is reserved cannot be moved, retired or asked for again, nor by the Government.
        let by = || signed(admin(DEVELOPER));
        let of = || parts(&[(71, 1)]);
        assert_noop!(Credits::transfer(by(), of(), OTHER_DEVELOPER, None), E::NotHeld);
        assert_noop!(Credits::retire(by(), of(), voluntary()), E::NotHeld);
        assert_noop!(request_retirement(&[(71, 1)]), E::NotHeld);
        assert_noop!(hold(&[(71, 1)]), E::NotHeld);
        assert_noop!(retire_for_the_state(&[(71, 1)], RetirementPurpose::Other), E::NotHeld);
    });
}

#[test]
fn recognition_deducts_and_retires_the_rest() {
    run(|| {
        issued_under(&ndc_terms(), 2024, 100);
        deduct(50_000, 20_000);
        assert_ok!(request_retirement(&[(1, 30)]));
        System::reset_events();
        System::set_block_number(7);
        Timestamp::set_timestamp(NOW + 1_000);
        assert_ok!(recognise(1));
        // 5 % of 30 is 1.5, 2 % are 0.6: each a whole tonne more.
        assert_eq!(
            spans(),
            [(1, 70, Held), (71, 97, Retired(1)), (98, 98, Cancelled(2)), (99, 100, Cancelled(1)),]
        );
        let (block_number, at) = (7, NOW + 1_000);
        let proceeds = Cancellation {
            block_number,
            at,
            ..deducted(CancellationReason::ShareOfProceeds, &[(99, 100)], 2)
        };
        let mitigation = Cancellation {
            block_number,
            at,
            ..deducted(CancellationReason::OverallMitigation, &[(98, 98)], 1)
        };
        assert_eq!(Cancellations::<Test>::get(1), Some(proceeds.clone()));
        assert_eq!(Cancellations::<Test>::get(2), Some(mitigation.clone()));
        let record = Retirement {
            by: DEVELOPER,
            details: international(),
            blocks: ranges(&[(71, 97)]),
            quantity: 27,
            block_number,
            at,
        };
        assert_eq!(Retirements::<Test>::get(1), Some(record));
        let expected = CountryAccounts {
            international: 27,
            overall_mitigation: 1,
            share_of_proceeds: 2,
            domestic: 0,
        };
        assert_eq!(accounts(), expected);
        let totals = Totals {
            issued: 100,
            held: 70,
            retired: 27,
            cancelled: 3,
            first_transferred: 27,
            ..Default::default()
        };
        assert_eq!(national(), totals);
        assert_eq!(RetirementRequests::<Test>::get(1), None);
        assert!(RetirementRequestsOf::<Test>::get(DEVELOPER).is_empty());

        let by = admin(GOVERNMENT);
        let split = |rest, taken| Event::BlockSplit { rest, taken };
        let expected: Vec<RuntimeEvent> = [
            Event::RetirementRecognised { request: 1, retirement: 1, by },
            split(range(71, 98), range(99, 100)),
            split(range(71, 97), range(98, 98)),
            Event::CreditsFirstTransferred { blocks: ranges(&[(71, 97)]), quantity: 27 },
            Event::CreditsCancelled { id: 1, cancellation: proceeds, by },
            Event::CreditsCancelled { id: 2, cancellation: mitigation, by },
            Event::CreditsRetired {
                id: 1,
                owner: DEVELOPER,
                details: international(),
                blocks: ranges(&[(71, 97)]),
                quantity: 27,
                by,
            },
        ]
        .into_iter()
        .map(Into::into)
        .collect();
        assert_eq!(events(), expected);
    });
}

#[test]
fn what_is_refused_is_held_again() {
    run(|| {
        issued_under(&ndc_terms(), 2023, 10);
        issued_under(&ndc_terms(), 2024, 10);
        assert_ok!(request_retirement(&[(1, 3), (11, 10)]));
        System::reset_events();
        assert_ok!(refuse(1));
        assert_eq!(spans(), [(1, 7, Held), (8, 10, Held), (11, 20, Held)]);
        assert_eq!(national(), Totals { issued: 20, held: 20, ..Default::default() });
        assert_eq!(accounts(), Default::default());
        let reason = text("Not this year");
        let refused = Event::RetirementRefused { id: 1, reason, by: admin(GOVERNMENT) };
        assert_eq!(events(), [refused.into()]);
        assert_noop!(recognise(1), E::UnknownRequest);
        assert_noop!(refuse(1), E::UnknownRequest);
        assert!(RetirementRequestsOf::<Test>::get(DEVELOPER).is_empty());
        // The owner may use it again.
        assert_ok!(Credits::retire(signed(admin(DEVELOPER)), parts(&[(8, 3)]), voluntary()));
    });
}

#[test]
fn the_owner_takes_its_request_back() {
    run(|| {
        issued_under(&ndc_terms(), 2024, 10);
        assert_ok!(request_retirement(&[(1, 10)]));
        assert_noop!(take_back(admin(OTHER_DEVELOPER), 1), E::NotTheInitiator);
        assert_noop!(take_back(admin(DEVELOPER), 2), E::UnknownRequest);
        System::reset_events();
        assert_ok!(take_back(manager(DEVELOPER), 1));
        assert_eq!(spans(), [(1, 10, Held)]);
        let by = Some(manager(DEVELOPER));
        assert_eq!(events(), [Event::RetirementRequestCancelled { id: 1, by }.into()]);
        assert_noop!(recognise(1), E::UnknownRequest);
    });
}

#[test]
fn suspension_gives_back() {
    run(|| {
        issued_under(&ndc_terms(), 2024, 10);
        assert_ok!(request_retirement(&[(1, 4)]));
        assert_ok!(request_retirement(&[(1, 3)]));
        System::reset_events();
        suspend(DEVELOPER);
        assert_eq!(spans(), [(1, 3, Held), (4, 6, Held), (7, 10, Held)]);
        let cancelled = |id| Event::RetirementRequestCancelled { id, by: None }.into();
        assert_eq!(events(), [cancelled(1), cancelled(2)]);
        for request in [1, 2] {
            assert_noop!(recognise(request), E::UnknownRequest);
        }
        assert_noop!(request_retirement(&[(1, 1)]), E::OrganisationSuspended);
    });
}

#[test]
fn the_authorisation_allows_purpose_party_and_vintage() {
    run(|| {
        issued(2024, 10);
        let ndc = || used_by(CH, Purpose::Ndc);
        assert_noop!(request_with(ndc()), E::NotAuthorised);
        put_terms(1, Some(ndc_terms()));
        let sweden = CountryCode(*b"SE");
        for other in [used_by(CH, Purpose::OimpImp), used_by(sweden, Purpose::Ndc)] {
            assert_noop!(request_with(other), E::NotAuthorised);
        }
        for valid in [(2021, 2023), (2025, 2030)] {
            put_terms(1, Some(Article6Terms { valid, ..ndc_terms() }));
            assert_noop!(request_with(ndc()), E::NotAuthorised);
        }
        forget(1);
        assert_noop!(request_with(ndc()), E::NotAuthorised);
        let mut verified = of_developer(2024, 1);
        verified.project.article6 = Some(Article6Terms { valid: (2024, 2024), ..ndc_terms() });
        put_verified(1, 1, verified);
        assert_ok!(request_with(ndc()));
    });
}

#[test]
fn every_block_is_authorised() {
    run(|| {
        issued_under(&ndc_terms(), 2024, 10);
        put_verified(2, 1, of_developer(2024, 10));
        assert_ok!(issue(2, 1));
        assert_noop!(request_retirement(&[(1, 1), (11, 1)]), E::NotAuthorised);
        assert_ok!(request_retirement(&[(1, 1)]));
    });
}

#[test]
fn terms_without_parties_allow_every_other_country() {
    run(|| {
        issued_under(&terms(&[Purpose::OimpOp], FirstTransfer::Issuance), 2024, 10);
        assert_ok!(request_with(used_by(CountryCode(*b"SE"), Purpose::OimpOp)));
        assert_noop!(request_with(used_by(VU, Purpose::OimpOp)), E::OwnCountry);
    });
}

#[test]
fn requests_are_checked() {
    run(|| {
        issued_under(&ndc_terms(), 2024, 10);
        use RetirementPurpose::*;
        for other in [Voluntary, NationalCompliance, NdcUse { year: 2026 }, LegalAction, Other] {
            assert_noop!(request_with(details_for(other)), E::WrongPurpose);
        }
        assert_noop!(request_with(used_by(VU, Purpose::Ndc)), E::OwnCountry);
        assert_noop!(request_with(used_by(CountryCode(*b"ZZ"), Purpose::Ndc)), E::InvalidText);
        for bad in ["", " padded", "a\nb"] {
            let (country, towards, entity) = (CH, Purpose::Ndc, text(bad));
            let details = details_for(InternationalTransfer { country, entity, towards });
            assert_noop!(request_with(details), E::InvalidText);
            let refused = Credits::refuse_retirement(signed(admin(GOVERNMENT)), 1, text(bad));
            assert_noop!(refused, E::InvalidText);
        }
        let by = signed(admin(OTHER_DEVELOPER));
        let others = Credits::request_retirement(by, parts(&[(1, 1)]), international());
        assert_noop!(others, E::NotTheOwner);
        LastRequestId::<Test>::put(u64::MAX);
        assert_noop!(request_retirement(&[(1, 1)]), E::Overflow);
        LastRequestId::<Test>::kill();
        pause();
        assert_noop!(request_retirement(&[(1, 1)]), E::TransfersPaused);
    });
}

#[test]
fn something_is_left_after_the_deductions() {
    run(|| {
        issued_under(&ndc_terms(), 2024, 10);
        // A tonne each, whatever the quantity.
        deduct(1, 1);
        for few in [1, 2] {
            assert_noop!(request_retirement(&[(1, few)]), E::NothingLeft);
        }
        assert_ok!(request_retirement(&[(1, 3)]));
        // Half of 3 each, rounded up, is 4; the rates of the recognition count.
        deduct(500_000, 499_999);
        assert_noop!(recognise(1), E::NothingLeft);
        deduct(1, 1);
        assert_ok!(recognise(1));
        assert_eq!(accounts().international, 1);
    });
}

#[test]
fn the_terms_are_checked_again_at_recognition() {
    run(|| {
        issued_under(&ndc_terms(), 2024, 10);
        assert_ok!(request_retirement(&[(1, 10)]));
        for other in [
            None,
            Some(terms(&[Purpose::OimpImp], FirstTransfer::UseOrCancellation)),
            Some(Article6Terms {
                parties: Default::default(),
                purposes: Default::default(),
                ..ndc_terms()
            }),
            Some(Article6Terms { valid: (2025, 2030), ..ndc_terms() }),
        ] {
            put_terms(1, other);
            assert_noop!(recognise(1), E::NotAuthorised);
        }
        // It can still be refused.
        assert_ok!(refuse(1));
    });
}

#[test]
fn answers_are_checked() {
    run(|| {
        issued_under(&ndc_terms(), 2024, 10);
        assert_ok!(request_retirement(&[(1, 10)]));
        for unknown in [0, 2, u64::MAX] {
            assert_noop!(recognise(unknown), E::UnknownRequest);
            assert_noop!(refuse(unknown), E::UnknownRequest);
        }
        let change = |purpose| {
            RetirementRequests::<Test>::mutate(1, |request| {
                request.as_mut().unwrap().details.purpose = purpose;
            });
        };
        // Nothing writes such requests; this call does not rely on it.
        change(RetirementPurpose::Voluntary);
        assert_noop!(recognise(1), E::WrongPurpose);
        change(used_by(VU, Purpose::Ndc).purpose);
        assert_noop!(recognise(1), E::OwnCountry);
        change(international().purpose);
        for full in [LastRetirementId::<Test>::put, LastCancellationId::<Test>::put] {
            deduct(1, 0);
            full(u64::MAX);
            assert_noop!(recognise(1), E::Overflow);
            LastRetirementId::<Test>::kill();
            LastCancellationId::<Test>::kill();
        }
        forget(1);
        assert_noop!(recognise(1), E::UnknownProject);
        assert_noop!(refuse(1), E::UnknownProject);
    });
}

#[test]
fn an_owner_waits_for_sixteen_at_most() {
    run(|| {
        issued_under(&ndc_terms(), 2024, 100);
        for _ in 0..MAX_REQUESTS_MADE {
            assert_ok!(request_retirement(&[(1, 1)]));
        }
        assert_noop!(request_retirement(&[(1, 1)]), E::TooManyRequests);
        assert_ok!(refuse(5));
        assert_ok!(request_retirement(&[(1, 1)]));
    });
}
