// SPDX-License-Identifier: Apache-2.0
//! What is deducted from international retirements.

use super::*;
use crate::{DeductionRates, Event};
use frame_support::assert_noop;

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
