// SPDX-License-Identifier: Apache-2.0
//! The country's accounts: where credits end.

use super::*;
use frame_support::assert_noop;
use RetirementPurpose::{LegalAction, NationalCompliance, NdcUse, Other, Voluntary};

#[test]
fn every_use_in_the_country_is_domestic() {
    run(|| {
        issued(2024, 100);
        for (count, purpose) in (1..).zip([Voluntary, NationalCompliance]) {
            let by = signed(admin(DEVELOPER));
            assert_ok!(Credits::retire(by, parts(&[(1, 10)]), details_for(purpose)));
            assert_eq!(accounts(), CountryAccounts { domestic: count * 10, ..Default::default() });
        }
        for (count, purpose) in (3..).zip([NdcUse { year: 2026 }, LegalAction, Other]) {
            assert_ok!(retire_for_the_state(&[(1, 10)], purpose));
            assert_eq!(accounts(), CountryAccounts { domestic: count * 10, ..Default::default() });
        }
    });
}

#[test]
fn a_use_abroad_and_its_deductions_have_their_own() {
    run(|| {
        issued_under(&ndc_terms(), 2024, 200);
        deduct(50_000, 20_000);
        for count in 1..=2 {
            assert_ok!(request_retirement(&[(1, 100)]));
            assert_ok!(recognise(count));
            let expected = CountryAccounts {
                domestic: 0,
                international: count * 93,
                overall_mitigation: count * 2,
                share_of_proceeds: count * 5,
            };
            assert_eq!(accounts(), expected);
        }
    });
}

#[test]
fn what_does_not_end_is_in_none() {
    run(|| {
        issued_under(&ndc_terms(), 2024, 100);
        let by = signed(admin(DEVELOPER));
        assert_ok!(Credits::transfer(by, parts(&[(1, 10)]), OTHER_DEVELOPER, None));
        assert_ok!(hold(&[(1, 10)]));
        assert_ok!(request_retirement(&[(1, 10)]));
        assert_ok!(cancel(&[(1, 10)], CancellationReason::Voluntary, Corrects::Nothing));
        assert_eq!(accounts(), Default::default());
    });
}

#[test]
fn what_they_cannot_count_is_refused() {
    run(|| {
        issued(2024, 10);
        crate::Accounts::<Test>::put(CountryAccounts { domestic: u64::MAX, ..Default::default() });
        let by = signed(admin(DEVELOPER));
        assert_noop!(Credits::retire(by, parts(&[(1, 1)]), voluntary()), E::Overflow);
        crate::Accounts::<Test>::kill();
    });
}
