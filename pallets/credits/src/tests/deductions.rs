// SPDX-License-Identifier: Apache-2.0
//! What is deducted from international retirements.

use super::*;
use crate::{Cancellations, DeductionRates, Event, LastCancellationId, Retirements};
use frame_support::assert_noop;
use proptest::prelude::*;
use registry_primitives::credit::MAX_PARTS;
use BlockStatus::{Cancelled, Retired};

fn set(share_of_proceeds: u32, overall_mitigation: u32) -> DispatchResult {
    let deductions = Deductions { share_of_proceeds, overall_mitigation };
    Credits::set_deductions(signed(admin(GOVERNMENT)), deductions)
}

#[test]
fn a_new_registry_deducts_nothing() {
    run(|| {
        assert_eq!(DeductionRates::<Test>::get(), Deductions::default());
    });
}

#[test]
fn rates_are_set() {
    run(|| {
        System::reset_events();
        assert_ok!(set(50_000, 20_000));
        let deductions = Deductions { share_of_proceeds: 50_000, overall_mitigation: 20_000 };
        assert_eq!(DeductionRates::<Test>::get(), deductions);
        let by = admin(GOVERNMENT);
        assert_eq!(events(), [Event::DeductionsSet { deductions, by }.into()]);
        assert_ok!(set(0, 0));
        assert_eq!(DeductionRates::<Test>::get(), Deductions::default());
    });
}

#[test]
fn they_never_take_the_whole() {
    run(|| {
        for (proceeds, mitigation) in
            [(WHOLE, 0), (0, WHOLE), (WHOLE / 2, WHOLE / 2), (u32::MAX, 1), (u32::MAX, u32::MAX)]
        {
            assert_noop!(set(proceeds, mitigation), E::InvalidDeductions);
        }
        assert_ok!(set(WHOLE / 2, WHOLE / 2 - 1));
    });
}

#[test]
fn the_rates_of_the_recognition_count() {
    run(|| {
        issued_under(&ndc_terms(), 2024, 100);
        assert_ok!(request_retirement(&[(1, 100)]));
        assert_ok!(set(0, 20_000));
        assert_ok!(recognise(1));
        let expected =
            CountryAccounts { international: 98, overall_mitigation: 2, ..Default::default() };
        assert_eq!(accounts(), expected);
    });
}

#[test]
fn deductions_are_taken_from_the_blocks_in_their_order() {
    run(|| {
        for (vintage, tonnes) in [(2022, 2), (2023, 3), (2024, 95)] {
            issued_under(&ndc_terms(), vintage, tonnes);
        }
        // 3 and 2 of 100: two blocks are used up, the second for both deductions.
        deduct(30_000, 20_000);
        assert_ok!(request_retirement(&[(1, 2), (3, 3), (6, 95)]));
        assert_ok!(recognise(1));
        assert_eq!(
            spans(),
            [
                (1, 2, Cancelled(1)),
                (3, 4, Cancelled(2)),
                (5, 5, Cancelled(1)),
                (6, 100, Retired(1)),
            ]
        );
        let of = |id| Cancellations::<Test>::get(id).unwrap();
        assert_eq!(of(1), deducted(CancellationReason::ShareOfProceeds, &[(1, 2), (5, 5)], 3));
        assert_eq!(of(2), deducted(CancellationReason::OverallMitigation, &[(3, 4)], 2));
    });
}

#[test]
fn the_order_is_that_of_the_request() {
    run(|| {
        issued_under(&ndc_terms(), 2023, 10);
        issued_under(&ndc_terms(), 2024, 10);
        deduct(100_000, 0);
        assert_ok!(request_retirement(&[(11, 5), (1, 5)]));
        assert_ok!(recognise(1));
        // 10 % of 10: the last number of the block that was named first.
        assert_eq!(Cancellations::<Test>::get(1).unwrap().blocks, ranges(&[(20, 20)]));
        assert_eq!(Retirements::<Test>::get(1).unwrap().blocks, ranges(&[(16, 19), (6, 10)]));
    });
}

#[test]
fn without_rates_nothing_is_deducted() {
    run(|| {
        issued_under(&ndc_terms(), 2024, 10);
        assert_ok!(request_retirement(&[(1, 10)]));
        assert_ok!(recognise(1));
        assert_eq!(spans(), [(1, 10, Retired(1))]);
        assert_eq!(LastCancellationId::<Test>::get(), 0);
        assert_eq!(accounts(), CountryAccounts { international: 10, ..Default::default() });
    });
}

#[test]
fn sixty_four_blocks_are_recognised_at_once() {
    run(|| {
        // Authorised for use by an airline, so that also what is cancelled is first transferred.
        let terms = terms(&[Purpose::OimpImp], FirstTransfer::UseOrCancellation);
        for period in 0..MAX_PARTS {
            let mut issuance = of_developer(2024, 5);
            issuance.project.article6 = Some(terms.clone());
            put_verified(1, period, issuance);
            assert_ok!(issue(1, period));
        }
        deduct(1, 1);
        let of: Vec<_> = (0..u64::from(MAX_PARTS)).map(|index| (1 + 5 * index, 5)).collect();
        let details = used_by(CH, Purpose::OimpImp);
        assert_ok!(Credits::request_retirement(signed(admin(DEVELOPER)), parts(&of), details));
        System::reset_events();
        assert_ok!(recognise(1));
        assert_eq!(Retirements::<Test>::get(1).unwrap().blocks.len() as u32, MAX_PARTS);
        assert_eq!(accounts().international, 318);
        // The deductions make 66 blocks of 64; every one is named by an event.
        let mut named = Vec::new();
        for event in events() {
            if let RuntimeEvent::Credits(Event::CreditsFirstTransferred { blocks, quantity }) =
                event
            {
                assert_eq!(quantity, blocks.iter().map(SerialRange::quantity).sum::<Tonnes>());
                named.extend(blocks);
            }
        }
        named.sort();
        let all: Vec<_> = blocks().into_iter().map(|(start, block)| block.range(start)).collect();
        assert_eq!(named, all);
        assert_eq!(all.len(), 66);
    });
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever the blocks and the rates: each deduction is the rate of the whole, rounded up, and
    /// not a tonne is lost.
    #[test]
    fn deductions_and_the_rest_are_what_was_requested(
        sizes in prop::collection::vec(1..40u64, 1..8),
        proceeds in 0..300_000u32,
        mitigation in 0..300_000u32,
    ) {
        run(|| {
            let mut of = Vec::new();
            let mut start = 1;
            for (period, tonnes) in (1..).zip(&sizes) {
                let mut issuance = of_developer(2024, *tonnes);
                issuance.project.article6 = Some(ndc_terms());
                put_verified(1, period, issuance);
                assert_ok!(issue(1, period));
                of.push((start, *tonnes));
                start += tonnes;
            }
            let quantity: u64 = sizes.iter().sum();
            deduct(proceeds, mitigation);
            let ceil = |rate: u32| (quantity * u64::from(rate)).div_ceil(1_000_000);
            let requested = request_retirement(&of);
            let (proceeds, mitigation) = (ceil(proceeds), ceil(mitigation));
            if proceeds + mitigation >= quantity {
                assert_eq!(requested, Err(E::NothingLeft.into()));
                return;
            }
            assert_ok!(requested);
            assert_ok!(recognise(1));
            let expected = CountryAccounts {
                domestic: 0,
                international: quantity - proceeds - mitigation,
                overall_mitigation: mitigation,
                share_of_proceeds: proceeds,
            };
            assert_eq!(accounts(), expected);
        });
    }
}
