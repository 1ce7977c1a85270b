// SPDX-License-Identifier: Apache-2.0
//! `retire`: final, with a record that proves it.

use super::*;
use crate::{Event, LastRetirementId, Retirements, TotalsOfVintage};
use frame_support::assert_noop;
use registry_primitives::credit::{HoldReason, Retirement, MAX_PARTS};

fn retire_with(of: &[(SerialNumber, Tonnes)], details: RetirementDetails) -> DispatchResult {
    Credits::retire(signed(admin(DEVELOPER)), parts(of), details)
}

fn retire(of: &[(SerialNumber, Tonnes)]) -> DispatchResult {
    retire_with(of, voluntary())
}

#[test]
fn retired_credits_are_recorded() {
    run(|| {
        issued(2023, 10);
        issued(2024, 10);
        System::reset_events();
        assert_ok!(retire(&[(1, 10), (11, 3)]));
        let ranges = vec![range(1, 10), range(18, 20)];
        let record = Retirement {
            by: DEVELOPER,
            details: voluntary(),
            blocks: ranges.clone().try_into().unwrap(),
            quantity: 13,
            block_number: 1,
            at: NOW,
        };
        assert_eq!(Retirements::<Test>::get(1), Some(record));
        assert_eq!(LastRetirementId::<Test>::get(), 1);

        let status = BlockStatus::Retired(1);
        let taken = Block { status, parent: Some(11), ..block(20, 2024) };
        assert_eq!(
            blocks(),
            [(1, Block { status, ..block(10, 2023) }), (11, block(17, 2024)), (18, taken)]
        );
        // The owner still owns what it retired.
        assert_eq!(owned(DEVELOPER), [1, 11, 18]);
        let totals = |issued, held, retired| Totals { issued, held, retired, ..Default::default() };
        assert_eq!(TotalsOfVintage::<Test>::get(1, 2023), totals(10, 0, 10));
        assert_eq!(TotalsOfVintage::<Test>::get(1, 2024), totals(10, 7, 3));
        assert_eq!(national(), totals(20, 7, 13));

        let split = Event::BlockSplit { rest: range(11, 17), taken: range(18, 20) };
        let retired = Event::CreditsRetired {
            id: 1,
            owner: DEVELOPER,
            details: voluntary(),
            blocks: ranges.try_into().unwrap(),
            quantity: 13,
            by: admin(DEVELOPER),
        };
        assert_eq!(events(), [split.into(), retired.into()]);
    });
}

#[test]
fn two_parts_of_one_vintage_are_counted_together() {
    run(|| {
        for period in [1, 2] {
            put_verified(1, period, of_developer(2024, 10));
            assert_ok!(issue(1, period));
        }
        assert_ok!(retire(&[(1, 4), (11, 5)]));
        let totals = Totals { issued: 20, held: 11, retired: 9, ..Default::default() };
        assert_eq!(TotalsOfVintage::<Test>::get(1, 2024), totals);
    });
}

#[test]
fn retirements_are_numbered_in_order() {
    run(|| {
        issued(2024, 10);
        for id in 1..=3 {
            assert_ok!(retire(&[(1, 1)]));
            assert_eq!(LastRetirementId::<Test>::get(), id);
            let record = Retirements::<Test>::get(id).unwrap();
            let serial = 11 - id;
            assert_eq!(record.blocks[..], [range(serial, serial)]);
        }
    });
}

#[test]
fn a_record_says_when() {
    run(|| {
        issued(2024, 10);
        System::set_block_number(77);
        Timestamp::set_timestamp(NOW + 3_000);
        assert_ok!(retire(&[(1, 1)]));
        let record = Retirements::<Test>::get(1).unwrap();
        assert_eq!((record.block_number, record.at), (77, NOW + 3_000));
    });
}

#[test]
fn retirement_is_final() {
    run(|| {
        issued(2024, 10);
        assert_ok!(retire(&[(1, 10)]));
        assert_noop!(retire(&[(1, 10)]), E::NotHeld);
        let by = signed(admin(DEVELOPER));
        assert_noop!(Credits::transfer(by, parts(&[(1, 1)]), OTHER_DEVELOPER, None), E::NotHeld);
    });
}

#[test]
fn the_owner_retires_for_its_own_purposes_only() {
    use RetirementPurpose::*;
    run(|| {
        issued(2024, 10);
        let for_purpose =
            |purpose| retire_with(&[(1, 1)], RetirementDetails { purpose, ..voluntary() });
        let (country, entity, towards) = (CH, text("Helvetia AG"), Purpose::Ndc);
        for governments in [
            InternationalTransfer { country, entity, towards },
            NdcUse { year: 2024 },
            LegalAction,
            Other,
        ] {
            assert_noop!(for_purpose(governments), E::WrongPurpose);
        }
        assert_ok!(for_purpose(Voluntary));
        assert_ok!(for_purpose(NationalCompliance));
        let purpose = Retirements::<Test>::get(2).unwrap().details.purpose;
        assert_eq!(purpose, NationalCompliance);
    });
}

#[test]
fn the_details_are_readable_text_and_a_country() {
    run(|| {
        issued(2024, 10);
        for bad in ["", " padded", "a\nb"] {
            let name = Beneficiary { name: text(bad), ..voluntary().beneficiary };
            for details in [
                RetirementDetails { beneficiary: name, ..voluntary() },
                RetirementDetails { on_behalf_of: Some(text(bad)), ..voluntary() },
                RetirementDetails { reason: Some(text(bad)), ..voluntary() },
                RetirementDetails { reference: Some(text(bad)), ..voluntary() },
            ] {
                assert_noop!(retire_with(&[(1, 1)], details), E::InvalidText);
            }
        }
        let country = Beneficiary { country: CountryCode(*b"ZZ"), ..voluntary().beneficiary };
        let nowhere = RetirementDetails { beneficiary: country, ..voluntary() };
        assert_noop!(retire_with(&[(1, 1)], nowhere), E::InvalidText);
        let bare =
            RetirementDetails { on_behalf_of: None, reason: None, reference: None, ..voluntary() };
        assert_ok!(retire_with(&[(1, 1)], bare));
    });
}

#[test]
fn all_parts_or_none() {
    run(|| {
        issued(2023, 10);
        issued(2024, 10);
        for (bad, error) in [
            ((11, 11), E::NotEnoughInBlock),
            ((11, 0), E::ZeroTonnes),
            ((12, 1), E::UnknownBlock),
            ((1, 1), E::BlockNamedTwice),
        ] {
            assert_noop!(retire(&[(1, 10), bad]), error);
        }
        assert_noop!(retire(&[]), E::NoParts);
    });
}

#[test]
fn up_to_64_parts_retire_at_once() {
    run(|| {
        let count = u64::from(MAX_PARTS);
        for year in 0..MAX_PARTS as Vintage {
            issued(2000 + year, 2);
        }
        let one_each: Vec<_> = (0..count).map(|n| (1 + 2 * n, 1)).collect();
        assert_ok!(retire(&one_each));
        let record = Retirements::<Test>::get(1).unwrap();
        assert_eq!((record.blocks.len() as u64, record.quantity), (count, count));
        assert_eq!(national(), Totals { issued: 128, held: 64, retired: 64, ..Default::default() });
    });
}

#[test]
fn only_held_credits_of_the_owner_retire() {
    run(|| {
        issued(2024, 10);
        let by = signed(admin(OTHER_DEVELOPER));
        assert_noop!(Credits::retire(by, parts(&[(1, 1)]), voluntary()), E::NotTheOwner);
        let status = BlockStatus::OnHold(HoldReason::Government);
        Blocks::<Test>::insert(1, Block { status, ..block(10, 2024) });
        assert_noop!(retire(&[(1, 1)]), E::NotHeld);
        Blocks::<Test>::insert(1, block(10, 2024));
    });
}

#[test]
fn what_cannot_be_counted_is_refused() {
    run(|| {
        issued(2024, 10);
        LastRetirementId::<Test>::put(u64::MAX);
        assert_noop!(retire(&[(1, 1)]), E::Overflow);
        LastRetirementId::<Test>::kill();
        // Totals that have fewer held tonnes than the blocks: nothing moves on a wrong account.
        let right = national();
        crate::NationalTotals::<Test>::put(Totals { held: 0, ..right });
        assert_noop!(retire(&[(1, 1)]), E::Overflow);
        crate::NationalTotals::<Test>::put(right);
        TotalsOfVintage::<Test>::insert(1, 2024, Totals { held: 0, ..right });
        assert_noop!(retire(&[(1, 1)]), E::Overflow);
        TotalsOfVintage::<Test>::insert(1, 2024, right);
    });
}
