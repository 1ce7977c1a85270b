// SPDX-License-Identifier: Apache-2.0
//! What clients read through view functions.

use super::*;
use registry_primitives::{credit::Pause, Action};

#[test]
fn a_block_is_found_by_its_first_number_only() {
    run(|| {
        issued(2024, 10);
        assert_eq!(Credits::block(1), Some(block(10, 2024)));
        assert_eq!(Credits::block(2), None);
    });
}

#[test]
fn holdings_come_in_pages() {
    run(|| {
        issued(2024, 300);
        let by = || signed(admin(DEVELOPER));
        for _ in 0..257 {
            assert_ok!(Credits::transfer(by(), parts(&[(1, 1)]), OTHER_DEVELOPER, None));
        }
        // 44..=300, a tonne each, whatever their status.
        let other = signed(admin(OTHER_DEVELOPER));
        assert_ok!(Credits::retire(other, parts(&[(45, 1)]), voluntary()));
        let page = |after, limit| -> Vec<SerialNumber> {
            let page = Credits::holdings(OTHER_DEVELOPER, after, limit);
            assert!(page.iter().all(|(range, block)| {
                block.owner == OTHER_DEVELOPER && block.end == range.end
            }));
            page.into_iter().map(|(range, _)| range.start).collect()
        };
        assert_eq!(page(0, 3), [44, 45, 46]);
        assert_eq!(page(46, 2), [47, 48]);
        assert_eq!(page(298, 10), [299, 300]);
        assert!(page(300, 10).is_empty());
        assert!(page(0, 0).is_empty());
        assert_eq!(page(0, u32::MAX), (44..300).collect::<Vec<_>>(), "256 at most");
        assert_eq!(Credits::holdings(DEVELOPER, 0, 10), [(range(1, 43), block(43, 2024))]);
        assert_eq!(Credits::holdings(NOWHERE, 0, 10), []);
    });
}

#[test]
fn totals_of_a_project_are_by_vintage_and_summed() {
    run(|| {
        for vintage in [2024, 2022, 2023] {
            issued(vintage, 10);
        }
        put_verified(2, 1, of_developer(2020, 5));
        assert_ok!(issue(2, 1));
        assert_ok!(Credits::retire(signed(admin(DEVELOPER)), parts(&[(11, 4)]), voluntary()));
        let totals = |issued, held, retired| Totals { issued, held, retired, ..Default::default() };
        assert_eq!(
            Credits::project_totals(1),
            (
                vec![
                    (2022, totals(10, 6, 4)),
                    (2023, totals(10, 10, 0)),
                    (2024, totals(10, 10, 0)),
                ],
                totals(30, 26, 4)
            )
        );
        assert_eq!(Credits::project_totals(9), (vec![], Totals::default()));
        let domestic = CountryAccounts { domestic: 4, ..Default::default() };
        assert_eq!(Credits::national_totals(), (totals(35, 31, 4), domestic));
    });
}

#[test]
fn records_are_read_by_their_numbers() {
    run(|| {
        issued(2024, 10);
        assert_ok!(Credits::retire(signed(admin(DEVELOPER)), parts(&[(1, 4)]), voluntary()));
        assert_ok!(cancel(&[(1, 2)], CancellationReason::Voluntary, Corrects::Nothing));
        assert_eq!(Credits::retirement(1).unwrap().quantity, 4);
        assert_eq!(Credits::retirement(2), None);
        assert_eq!(Credits::cancellation(1).unwrap().quantity, 2);
        assert_eq!(Credits::cancellation(2), None);
    });
}

#[test]
fn requests_are_those_of_either_side() {
    run(|| {
        issued_under(&ndc_terms(), 2024, 100);
        assert_ok!(ask(Some(2024), 5)); // 1
        assert_ok!(request_retirement(&[(1, 10)])); // 2
        let government = signed(admin(GOVERNMENT));
        let (from, to) = (OTHER_DEVELOPER, DEVELOPER);
        assert_ok!(Credits::request_transfer(government, 1, None, 1, from, to, None)); // 3
        let numbers = |organisation| {
            let (transfers, retirements) = Credits::requests(organisation);
            let transfers: Vec<_> = transfers.into_iter().map(|(id, _)| id).collect();
            (transfers, retirements.into_iter().map(|(id, _)| id).collect::<Vec<_>>())
        };
        assert_eq!(numbers(DEVELOPER), (vec![1, 3], vec![2]));
        assert_eq!(numbers(OTHER_DEVELOPER), (vec![3, 1], vec![]));
        assert_eq!(numbers(GOVERNMENT), (vec![], vec![]));
        let (transfers, retirements) = Credits::requests(DEVELOPER);
        assert_eq!(transfers[0].1.quantity, 5);
        assert_eq!(retirements[0].1.blocks, ranges(&[(91, 100)]));
    });
}

#[test]
fn settings_are_pause_and_deductions() {
    run(|| {
        assert_eq!(Credits::settings(), (None, Deductions::default()));
        deduct(50_000, 20_000);
        pause();
        let paused = Pause { reason: text("The registry is audited"), since: NOW };
        let deductions = Deductions { share_of_proceeds: 50_000, overall_mitigation: 20_000 };
        assert_eq!(Credits::settings(), (Some(paused), deductions));
    });
}

#[test]
fn what_an_account_may_do_with_a_block() {
    use Action::*;
    run(|| {
        issued_under(&ndc_terms(), 2024, 20);
        put_verified(2, 1, Issuance { buffer_rate: WHOLE, ..of_developer(2024, 5) });
        assert_ok!(issue(2, 1)); // 21
        assert_ok!(hold(&[(1, 1)])); // 20
        assert_ok!(request_retirement(&[(1, 1)])); // 19
        let by = signed(admin(DEVELOPER));
        assert_ok!(Credits::retire(by, parts(&[(1, 1)]), voluntary())); // 18
        let may = Credits::may;
        let (developer, government) = (admin(DEVELOPER), admin(GOVERNMENT));
        assert_eq!(may(developer, 1), [TransferCredits, RetireCredits]);
        assert_eq!(may(government, 1), [HoldCredits, CancelCredits, RetireForTheState]);
        assert_eq!(may(government, 20), [ReleaseCredits, CancelCredits]);
        assert_eq!(may(government, 21), [ReleaseCredits, CancelCredits]);
        assert_eq!(may(government, 19), [RecogniseRetirement]);
        assert_eq!(may(admin(MINISTRY), 19), [RecogniseRetirement]);
        for nothing in [
            may(developer, 18),
            may(developer, 19),
            may(developer, 20),
            may(government, 18),
            may(admin(OTHER_DEVELOPER), 1),
            may(viewer(DEVELOPER), 1),
            may(STRANGER, 1),
            may(developer, 2), // No block starts there.
        ] {
            assert_eq!(nothing, []);
        }
        pause();
        assert_eq!(may(developer, 1), []);
        assert_eq!(may(government, 1), [HoldCredits, CancelCredits]);
        suspend(DEVELOPER);
        assert_eq!(may(developer, 1), []);
    });
}
