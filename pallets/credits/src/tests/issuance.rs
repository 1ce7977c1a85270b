// SPDX-License-Identifier: Apache-2.0
//! `issue`: serial numbers drawn, and divided among proponents and buffer.

use super::*;
use crate::{issuance::MAX_BLOCKS, Event, LastSerial, NationalTotals, TotalsOfVintage, WeightInfo};
use frame_support::{assert_noop, dispatch::GetDispatchInfo};
use registry_primitives::{
    credit::HoldReason,
    project::{MAX_PROPONENTS, MAX_VINTAGES},
    Ppm, MAX_TONNES,
};
use BlockStatus::{Buffer, Held, OnHold};

fn shared(
    shares: &[(OrganisationId, Ppm)],
    vintages: &[(Vintage, Tonnes)],
    buffer_rate: Ppm,
) -> Issuance {
    let mut issuance = of_developer(2024, 1);
    issuance.project.proponents =
        shares.iter().map(|&(organisation, share)| Proponent { organisation, share }).collect();
    Issuance {
        vintages: vintages
            .iter()
            .map(|&(vintage, tonnes)| VintageTonnes { vintage, tonnes })
            .collect(),
        buffer_rate,
        ..issuance
    }
}

/// Start, end, owner and status of every block.
fn drawn() -> Vec<(SerialNumber, SerialNumber, OrganisationId, BlockStatus)> {
    blocks().into_iter().map(|(at, block)| (at, block.end, block.owner, block.status)).collect()
}

#[test]
fn credits_are_issued() {
    run(|| {
        issued(2024, 50);
        assert_eq!(blocks(), [(1, block(50, 2024))]);
        assert_eq!(owned(DEVELOPER), [1]);
        assert_eq!(LastSerial::<Test>::get(), 50);
        let totals = Totals { issued: 50, held: 50, ..Default::default() };
        assert_eq!(TotalsOfVintage::<Test>::get(1, 2024), totals);
        assert_eq!(national(), totals);
        System::assert_last_event(
            Event::CreditsIssued {
                project: 1,
                period: 2024,
                vintage: 2024,
                owner: DEVELOPER,
                range: range(1, 50),
                status: Held,
                first_transferred: false,
            }
            .into(),
        );
    });
}

#[test]
fn nothing_is_issued_twice() {
    run(|| {
        issued(2024, 50);
        assert_noop!(issue(1, 2024), NOT_VERIFIED);
    });
}

#[test]
fn what_the_project_refuses_is_not_issued() {
    run(|| {
        assert_noop!(issue(1, 1), NOT_VERIFIED);
        // Even when it refuses last, nothing was written.
        put_verified(REFUSED_PROJECT, 1, of_developer(2024, 50));
        assert_noop!(issue(REFUSED_PROJECT, 1), NOT_NOTED);
    });
}

#[test]
fn what_was_imported_is_issued_without_an_officer_and_once() {
    run(|| {
        put_verified(1, 2024, of_developer(2024, 50));
        assert_eq!(Credits::issue_imported(1, 2024), Ok(1));
        assert_eq!(blocks(), [(1, block(50, 2024))]);
        let totals = Totals { issued: 50, held: 50, ..Default::default() };
        assert_eq!(national(), totals);
        assert_noop!(Credits::issue_imported(1, 2024), NOT_VERIFIED);
        assert_noop!(issue(1, 2024), NOT_VERIFIED);
        put_verified(REFUSED_PROJECT, 1, of_developer(2024, 50));
        assert_noop!(Credits::issue_imported(REFUSED_PROJECT, 1), NOT_NOTED);
        // A suspended owner's are held, and the buffer takes its part.
        put_verified(2, 1, shared(&[(SUSPENDED_DEVELOPER, WHOLE)], &[(2024, 10)], 100_000));
        assert_eq!(Credits::issue_imported(2, 1), Ok(2));
        let on_hold = OnHold(HoldReason::OwnerSuspended);
        let expected = [(51, 59, SUSPENDED_DEVELOPER, on_hold), (60, 60, GOVERNMENT, Buffer)];
        assert_eq!(drawn()[1..], expected);
    });
}

#[test]
fn whole_tonnes_go_by_largest_remainder_and_ties_to_the_earlier() {
    run(|| {
        // Exact shares of 10: 3.33334, 3.33333, 3.33333. One tonne is left, for the first.
        let thirds = [(OTHER_DEVELOPER, 333_334), (DEVELOPER, 333_333), (CERTIFIER, 333_333)];
        put_verified(1, 1, shared(&thirds, &[(2024, 10)], 0));
        assert_ok!(issue(1, 1));
        assert_eq!(
            drawn(),
            [(1, 4, OTHER_DEVELOPER, Held), (5, 7, DEVELOPER, Held), (8, 10, CERTIFIER, Held),]
        );
        // Half of 3 is 1.5 for both; the tonne that is left goes to the earlier.
        let halves = [(DEVELOPER, 500_000), (OTHER_DEVELOPER, 500_000)];
        put_verified(1, 2, shared(&halves, &[(2024, 3)], 0));
        assert_ok!(issue(1, 2));
        assert_eq!(drawn()[3..], [(11, 12, DEVELOPER, Held), (13, 13, OTHER_DEVELOPER, Held)]);
    });
}

#[test]
fn a_proponent_whose_share_is_less_than_a_tonne_gets_no_block() {
    run(|| {
        let shares = [(DEVELOPER, 1), (OTHER_DEVELOPER, WHOLE - 1)];
        put_verified(1, 1, shared(&shares, &[(2024, 1)], 0));
        assert_ok!(issue(1, 1));
        assert_eq!(drawn(), [(1, 1, OTHER_DEVELOPER, Held)]);
        assert!(owned(DEVELOPER).is_empty());
    });
}

#[test]
fn the_buffer_is_rounded_up_for_each_vintage() {
    run(|| {
        // 15 % of 10 is 1.5, of 3 is 0.45: 2 tonnes and 1 go to the buffer.
        put_verified(1, 1, shared(&[(DEVELOPER, WHOLE)], &[(2023, 10), (2024, 3)], 150_000));
        assert_ok!(issue(1, 1));
        assert_eq!(
            drawn(),
            [
                (1, 8, DEVELOPER, Held),
                (9, 10, GOVERNMENT, Buffer),
                (11, 12, DEVELOPER, Held),
                (13, 13, GOVERNMENT, Buffer),
            ]
        );
        let totals = |issued, held, buffer| Totals { issued, held, buffer, ..Default::default() };
        assert_eq!(TotalsOfVintage::<Test>::get(1, 2023), totals(10, 8, 2));
        assert_eq!(TotalsOfVintage::<Test>::get(1, 2024), totals(3, 2, 1));
        assert_eq!(national(), totals(13, 10, 3));
        // An exact part is not rounded: 20 % of 10 is 2.
        put_verified(1, 2, shared(&[(DEVELOPER, WHOLE)], &[(2024, 10)], 200_000));
        assert_ok!(issue(1, 2));
        assert_eq!(drawn()[4..], [(14, 21, DEVELOPER, Held), (22, 23, GOVERNMENT, Buffer)]);
    });
}

#[test]
fn the_buffer_may_take_everything() {
    run(|| {
        put_verified(1, 1, shared(&[(DEVELOPER, WHOLE)], &[(2024, 7)], WHOLE));
        assert_ok!(issue(1, 1));
        assert_eq!(drawn(), [(1, 7, GOVERNMENT, Buffer)]);
    });
}

#[test]
fn serials_are_contiguous_over_projects_and_years() {
    run(|| {
        let two_years = [(2022, 5), (2023, 7)];
        put_verified(1, 1, shared(&[(DEVELOPER, WHOLE)], &two_years, 0));
        put_verified(9, 1, shared(&[(OTHER_DEVELOPER, WHOLE)], &[(2021, 3)], 0));
        put_verified(1, 2, shared(&[(DEVELOPER, WHOLE)], &[(2024, 1)], 0));
        for (project, period) in [(1, 1), (9, 1), (1, 2)] {
            assert_ok!(issue(project, period));
        }
        let drawn: Vec<_> = blocks()
            .into_iter()
            .map(|(start, block)| (start, block.end, block.project, block.vintage))
            .collect();
        assert_eq!(
            drawn,
            [(1, 5, 1, 2022), (6, 12, 1, 2023), (13, 15, 9, 2021), (16, 16, 1, 2024)]
        );
        assert_eq!(LastSerial::<Test>::get(), 16);
    });
}

#[test]
fn periods_of_the_same_vintage_add_up() {
    run(|| {
        for period in [1, 2] {
            put_verified(1, period, of_developer(2024, 5));
            assert_ok!(issue(1, period));
        }
        let totals = Totals { issued: 10, held: 10, ..Default::default() };
        assert_eq!(TotalsOfVintage::<Test>::get(1, 2024), totals);
        assert_eq!(blocks(), [(1, block(5, 2024)), (6, block(10, 2024))]);
    });
}

#[test]
fn a_suspended_proponent_receives_its_block_on_hold() {
    run(|| {
        let halves = [(SUSPENDED_DEVELOPER, 500_000), (DEVELOPER, 500_000)];
        put_verified(1, 1, shared(&halves, &[(2024, 10)], 0));
        assert_ok!(issue(1, 1));
        let on_hold = OnHold(HoldReason::OwnerSuspended);
        assert_eq!(drawn(), [(1, 5, SUSPENDED_DEVELOPER, on_hold), (6, 10, DEVELOPER, Held)]);
        let totals = Totals { issued: 10, held: 5, on_hold: 5, ..Default::default() };
        assert_eq!(national(), totals);
    });
}

#[test]
fn serial_numbers_end() {
    run(|| {
        put_verified(1, 1, of_developer(2024, MAX_TONNES - 1));
        put_verified(1, 2, of_developer(2024, 2));
        put_verified(1, 3, of_developer(2024, 1));
        assert_ok!(issue(1, 1));
        assert_noop!(issue(1, 2), E::Overflow);
        assert_ok!(issue(1, 3));
        assert_eq!(LastSerial::<Test>::get(), MAX_TONNES);
        put_verified(1, 4, of_developer(2024, 1));
        assert_noop!(issue(1, 4), E::Overflow);
    });
}

#[test]
fn totals_can_be_counted() {
    run(|| {
        put_verified(1, 1, of_developer(2024, 1));
        NationalTotals::<Test>::put(Totals { issued: u64::MAX, ..Default::default() });
        assert_noop!(issue(1, 1), E::Overflow);
        NationalTotals::<Test>::kill();
        let full = Totals { held: u64::MAX, ..Default::default() };
        TotalsOfVintage::<Test>::insert(1, 2024, full);
        assert_noop!(issue(1, 1), E::Overflow);
        TotalsOfVintage::<Test>::remove(1, 2024);
    });
}

#[test]
fn shares_add_up() {
    run(|| {
        for bad in [&[][..], &[(DEVELOPER, WHOLE - 1)], &[(DEVELOPER, WHOLE), (CERTIFIER, 1)]] {
            put_verified(1, 1, shared(bad, &[(2024, 10)], 0));
            assert_noop!(issue(1, 1), E::InvalidShares);
        }
    });
}

#[test]
fn a_buffer_above_the_whole_is_refused() {
    run(|| {
        // The projects pallet refuses such a rate; this one does not rely on it.
        put_verified(1, 1, shared(&[(DEVELOPER, WHOLE)], &[(2024, 10)], WHOLE + 100_001));
        assert_noop!(issue(1, 1), E::Overflow);
    });
}

#[test]
fn the_weight_is_that_of_the_blocks_and_the_largest_issuance_fits_it() {
    run(|| {
        // 16 proponents: organisations may repeat here, only their number matters.
        let share = WHOLE / MAX_PROPONENTS;
        let shares = vec![(DEVELOPER, share); MAX_PROPONENTS as usize];
        let years: Vec<_> = (2001..).take(MAX_VINTAGES as usize).map(|year| (year, 100)).collect();
        put_verified(1, 1, shared(&shares, &years, 10_000));
        put_verified(2, 1, of_developer(2024, 100));
        let weight = |project| {
            let by = signed(admin(GOVERNMENT));
            Credits::issue(by, project, 1).unwrap().actual_weight.unwrap()
        };
        type Weights = <Test as crate::Config>::WeightInfo;
        assert_eq!(weight(1), Weights::issue(MAX_BLOCKS));
        assert_eq!(blocks().len() as u32, MAX_BLOCKS);
        assert_eq!(weight(2), Weights::issue(1));
        let call = crate::Call::<Test>::issue { project: 1, period: 1 };
        assert_eq!(call.get_dispatch_info().call_weight, Weights::issue(MAX_BLOCKS));
    });
}
