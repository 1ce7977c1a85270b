// SPDX-License-Identifier: Apache-2.0
//! What registries have got wrong, one test for each: none of it can happen here.

use super::*;
use crate::{Event, LastSerial, Retirements};
use frame_support::assert_noop;
use registry_primitives::{Serial, MAX_TONNES};

fn transfer(
    from: OrganisationId,
    start: SerialNumber,
    quantity: Tonnes,
    to: OrganisationId,
) -> DispatchResult {
    Credits::transfer(signed(admin(from)), parts(&[(start, quantity)]), to, None)
}

fn retire(owner: OrganisationId, start: SerialNumber, quantity: Tonnes) -> DispatchResult {
    Credits::retire(signed(admin(owner)), parts(&[(start, quantity)]), voluntary())
}

/// The printed serial number of every block.
fn serials() -> Vec<Serial> {
    let scope = SectoralScope::EnergyIndustries;
    let serial = |(start, block): (SerialNumber, Block)| Serial {
        country: VU,
        scope,
        project: block.project,
        vintage: block.vintage,
        range: block.range(start),
    };
    blocks().into_iter().map(serial).collect()
}

#[test]
fn zero_amount() {
    run(|| {
        issued_under(&ndc_terms(), 2024, 10);
        assert_noop!(transfer(DEVELOPER, 1, 0, OTHER_DEVELOPER), E::ZeroTonnes);
        assert_noop!(retire(DEVELOPER, 1, 0), E::ZeroTonnes);
        assert_noop!(request_retirement(&[(1, 0)]), E::ZeroTonnes);
        assert_noop!(ask(None, 0), E::ZeroTonnes);
        assert_noop!(hold(&[(1, 0)]), E::ZeroTonnes);
        let none = cancel(&[(1, 0)], CancellationReason::Voluntary, Corrects::Nothing);
        assert_noop!(none, E::ZeroTonnes);
        // Nor does an issuance make a block of nothing.
        put_verified(1, 1, of_developer(2024, 0));
        assert_ok!(issue(1, 1));
        assert_eq!(blocks().len(), 1);
    });
}

#[test]
fn overlapping_interval_with_different_text() {
    run(|| {
        // Of two projects and three years, split: whatever their text, no two have a number in
        // common.
        issued(2023, 10);
        issued(2024, 10);
        put_verified(2, 1, of_developer(2022, 10));
        assert_ok!(issue(2, 1));
        assert_ok!(transfer(DEVELOPER, 11, 4, OTHER_DEVELOPER));
        let all = serials();
        assert_eq!(all.len(), 4);
        for (index, serial) in all.iter().enumerate() {
            for other in &all[index + 1..] {
                assert_ne!(serial.to_string(), other.to_string());
                assert!(!serial.range.overlaps(&other.range), "{serial} and {other}");
            }
        }
        // The same numbers under another text are an overlap.
        let forged: Serial = "VU-ITMO-13-999-2019-0-14-17".parse().unwrap();
        let overlapped = all.iter().filter(|serial| serial.range.overlaps(&forged.range));
        assert_eq!(overlapped.count(), 2);
    });
}

#[test]
fn parent_serial_reissued_after_a_split() {
    run(|| {
        issued(2024, 10);
        let parent = serials()[0].to_string();
        assert_ok!(transfer(DEVELOPER, 1, 4, OTHER_DEVELOPER));
        // Not by the same year, and not when the parts are whole again with one owner.
        put_verified(1, 2, of_developer(2024, 10));
        assert_ok!(issue(1, 2));
        assert_ok!(transfer(OTHER_DEVELOPER, 7, 4, DEVELOPER));
        let printed: Vec<_> = serials().iter().map(Serial::to_string).collect();
        assert!(!printed.contains(&parent));
        assert_eq!(serials()[2].range, range(11, 20));
        assert_eq!(LastSerial::<Test>::get(), 20);
    });
}

#[test]
fn quantity_is_end_minus_start_plus_one() {
    run(|| {
        issued(2024, 9);
        assert_eq!(serials()[0].range, range(1, 9));
        assert_ok!(retire(DEVELOPER, 1, 1));
        let record = Retirements::<Test>::get(1).unwrap();
        assert_eq!((record.quantity, record.blocks), (1, ranges(&[(9, 9)])));
        // As many as there are: not one more.
        assert_noop!(retire(DEVELOPER, 1, 9), E::NotEnoughInBlock);
        assert_ok!(retire(DEVELOPER, 1, 8));
        assert_eq!(national().retired, 9);
    });
}

#[test]
fn ranges_gapped_by_a_split() {
    run(|| {
        issued(2024, 100);
        for quantity in [33, 1, 17, 2] {
            assert_ok!(transfer(DEVELOPER, 1, quantity, OTHER_DEVELOPER));
        }
        let mut next = 1;
        for (start, block) in blocks() {
            assert_eq!(start, next);
            next = block.end + 1;
        }
        assert_eq!(next, 101);
    });
}

#[test]
fn child_of_a_partly_transferred_block() {
    run(|| {
        issued(2024, 10);
        assert_ok!(transfer(DEVELOPER, 1, 4, OTHER_DEVELOPER));
        // Its numbers are no longer reached through its parent, nor by its first owner.
        assert_noop!(transfer(DEVELOPER, 1, 7, MORE_DEVELOPERS), E::NotEnoughInBlock);
        assert_noop!(retire(DEVELOPER, 7, 1), E::NotTheOwner);
        // The receiver divides it further, and the lineage stays.
        assert_ok!(transfer(OTHER_DEVELOPER, 7, 1, MORE_DEVELOPERS));
        let (parent, child) =
            (Blocks::<Test>::get(7).unwrap().parent, Blocks::<Test>::get(10).unwrap().parent);
        assert_eq!((parent, child), (Some(1), Some(7)));
    });
}

#[test]
fn double_retirement() {
    run(|| {
        issued_under(&ndc_terms(), 2024, 10);
        assert_ok!(retire(DEVELOPER, 1, 10));
        assert_noop!(retire(DEVELOPER, 1, 10), E::NotHeld);
        assert_noop!(retire(DEVELOPER, 1, 1), E::NotHeld);
        assert_noop!(request_retirement(&[(1, 1)]), E::NotHeld);
        let state = retire_for_the_state(&[(1, 1)], RetirementPurpose::Other);
        assert_noop!(state, E::NotHeld);
        let cancelled = cancel(&[(1, 1)], CancellationReason::Voluntary, Corrects::Nothing);
        assert_noop!(cancelled, E::NotCancellable);
        assert_noop!(transfer(DEVELOPER, 1, 1, OTHER_DEVELOPER), E::NotHeld);
        // The same block twice in one call.
        issued(2025, 10);
        let twice = parts(&[(11, 5), (11, 5)]);
        let by = signed(admin(DEVELOPER));
        assert_noop!(Credits::retire(by, twice, voluntary()), E::BlockNamedTwice);
    });
}

#[test]
fn retire_while_on_hold() {
    run(|| {
        issued_under(&ndc_terms(), 2024, 10);
        assert_ok!(hold(&[(1, 4)]));
        assert_noop!(retire(DEVELOPER, 7, 1), E::NotHeld);
        assert_noop!(request_retirement(&[(7, 1)]), E::NotHeld);
        let state = retire_for_the_state(&[(7, 1)], RetirementPurpose::LegalAction);
        assert_noop!(state, E::NotHeld);
        assert_ok!(retire(DEVELOPER, 1, 6));
    });
}

#[test]
fn transfer_to_a_suspended_organisation() {
    run(|| {
        issued(2024, 10);
        let to_it = || transfer(DEVELOPER, 1, 1, OTHER_DEVELOPER);
        suspend(OTHER_DEVELOPER);
        assert_noop!(to_it(), E::ReceiverSuspended);
        let government = signed(admin(GOVERNMENT));
        let (from, to) = (DEVELOPER, OTHER_DEVELOPER);
        let asked = Credits::request_transfer(government, 1, None, 1, from, to, None);
        assert_noop!(asked, E::ReceiverSuspended);
        reactivate(OTHER_DEVELOPER);
        assert_ok!(to_it());
    });
}

#[test]
fn vintage_outside_the_authorisation() {
    run(|| {
        let terms = Article6Terms { valid: (2023, 2024), ..ndc_terms() };
        for vintage in 2022..=2025 {
            issued_under(&terms, vintage, 10);
        }
        for outside in [1, 31] {
            assert_noop!(request_retirement(&[(outside, 1)]), E::NotAuthorised);
        }
        assert_noop!(request_retirement(&[(11, 1), (31, 1)]), E::NotAuthorised);
        assert_ok!(request_retirement(&[(11, 1), (21, 1)]));
    });
}

#[test]
fn issuance_above_the_verified_amount() {
    run(|| {
        put_verified(1, 1, of_developer(2024, 10));
        // Nobody says how much: what was verified is issued, once.
        assert_ok!(issue(1, 1));
        assert_eq!(national().issued, 10);
        assert_noop!(issue(1, 1), NOT_VERIFIED);
        assert_noop!(issue(1, 2), NOT_VERIFIED);
        // What the project refuses for any reason is not issued.
        put_verified(REFUSED_PROJECT, 1, of_developer(2024, 10));
        assert_noop!(issue(REFUSED_PROJECT, 1), NOT_NOTED);
    });
}

#[test]
fn buffer_release_above_the_deposit() {
    run(|| {
        put_verified(1, 1, Issuance { buffer_rate: 200_000, ..of_developer(2024, 10) });
        assert_ok!(issue(1, 1)); // 1..=8, buffer 9..=10
        let release = |quantity| {
            let by = signed(admin(GOVERNMENT));
            Credits::release_buffer(by, parts(&[(9, quantity)]), DEVELOPER)
        };
        assert_noop!(release(3), E::NotEnoughInBlock);
        assert_ok!(release(1));
        assert_noop!(release(2), E::NotEnoughInBlock);
        assert_ok!(release(1));
        assert_noop!(release(1), E::NotInBuffer);
        assert_eq!(national(), Totals { issued: 10, held: 10, ..Default::default() });
    });
}

#[test]
fn certificate_dated_otherwise_than_its_block() {
    run(|| {
        issued_under(&ndc_terms(), 2024, 10);
        assert_ok!(request_retirement(&[(1, 5)]));
        System::set_block_number(77);
        Timestamp::set_timestamp(NOW + 86_400_000);
        // Neither the caller nor the day of the request dates it.
        assert_ok!(recognise(1));
        assert_ok!(retire(DEVELOPER, 1, 5));
        for id in [1, 2] {
            let record = Retirements::<Test>::get(id).unwrap();
            assert_eq!((record.block_number, record.at), (77, NOW + 86_400_000));
        }
    });
}

#[test]
fn amounts_that_lose_a_tonne() {
    run(|| {
        // The largest amount that there can be, less one; in binary32, or as 52 bits, it would be
        // rounded.
        let most = MAX_TONNES - 1;
        issued(2024, most);
        assert_ok!(transfer(DEVELOPER, 1, 1, OTHER_DEVELOPER));
        assert_eq!(balance(DEVELOPER, BlockStatus::Held), most - 1);
        assert_eq!(balance(OTHER_DEVELOPER, BlockStatus::Held), 1);
        assert_ok!(retire(DEVELOPER, 1, most - 1));
        assert_eq!(national().retired, most - 1);
        assert_eq!(accounts().domestic, most - 1);
    });
}

#[test]
fn owners_whose_credits_do_not_add_up() {
    run(|| {
        // Thirds of 100, moved about: the balances are the blocks, and the blocks are all there is.
        let thirds = [(DEVELOPER, 333_334), (OTHER_DEVELOPER, 333_333), (MORE_DEVELOPERS, 333_333)];
        let mut issuance = of_developer(2024, 100);
        issuance.project.proponents =
            thirds.map(|(organisation, share)| Proponent { organisation, share }).to_vec();
        put_verified(1, 1, issuance);
        assert_ok!(issue(1, 1)); // 34, 33, 33
        assert_ok!(transfer(DEVELOPER, 1, 7, OTHER_DEVELOPER));
        assert_ok!(transfer(OTHER_DEVELOPER, 35, 33, MORE_DEVELOPERS));
        assert_ok!(retire(MORE_DEVELOPERS, 68, 3));
        let held = |owner| balance(owner, BlockStatus::Held);
        assert_eq!(held(DEVELOPER), 27);
        assert_eq!(held(OTHER_DEVELOPER), 7);
        assert_eq!(held(MORE_DEVELOPERS), 63);
        assert_eq!(balance(MORE_DEVELOPERS, BlockStatus::Retired(1)), 3);
        assert_eq!((national().held, national().issued), (97, 100));
    });
}

#[test]
fn serials_that_a_transfer_does_not_move() {
    run(|| {
        issued(2024, 10);
        System::reset_events();
        assert_ok!(transfer(DEVELOPER, 1, 4, OTHER_DEVELOPER));
        let Some(RuntimeEvent::Credits(Event::CreditsTransferred {
            blocks: moved, quantity, ..
        })) = events().pop()
        else {
            panic!("the last event is the transfer");
        };
        assert_eq!((moved, quantity), (ranges(&[(7, 10)]), 4));
        assert_eq!(Blocks::<Test>::get(7).unwrap().owner, OTHER_DEVELOPER);
        assert_eq!(Blocks::<Test>::get(1).unwrap().range(1), range(1, 6));
    });
}

#[test]
fn transferred_credits_that_are_dead() {
    run(|| {
        issued_under(&ndc_terms(), 2024, 10);
        assert_ok!(transfer(DEVELOPER, 1, 6, OTHER_DEVELOPER)); // 5..=10
        assert_ok!(transfer(OTHER_DEVELOPER, 5, 2, MORE_DEVELOPERS)); // 9..=10
        assert_ok!(retire(MORE_DEVELOPERS, 9, 1));
        assert_ok!(retire(OTHER_DEVELOPER, 5, 2));
        let by = signed(admin(OTHER_DEVELOPER));
        assert_ok!(Credits::request_retirement(by, parts(&[(5, 2)]), international()));
        assert_ok!(recognise(1));
        assert_eq!(Retirements::<Test>::get(3).unwrap().by, OTHER_DEVELOPER);
    });
}

#[test]
fn request_refused_for_a_number_that_it_resembles() {
    run(|| {
        issued(2024, 100);
        // Requests 1 to 10 have the numbers of organisations and accounts that took part before;
        // each is answered once.
        for request in 1..=10 {
            assert_ok!(ask(None, 1));
            assert_ok!(approve(request, &[(1, 1)]));
            assert_noop!(approve(request, &[(1, 1)]), E::UnknownRequest);
        }
        assert_eq!(balance(OTHER_DEVELOPER, BlockStatus::Held), 10);
    });
}

#[test]
fn suspension_that_does_not_freeze() {
    run(|| {
        issued_under(&ndc_terms(), 2024, 100);
        suspend(DEVELOPER);
        let before = balance(DEVELOPER, BlockStatus::Held);
        let stopped = || E::OrganisationSuspended;
        assert_noop!(transfer(DEVELOPER, 1, 1, OTHER_DEVELOPER), stopped());
        assert_noop!(retire(DEVELOPER, 1, 1), stopped());
        assert_noop!(request_retirement(&[(1, 1)]), stopped());
        assert_noop!(approve(1, &[(1, 1)]), stopped());
        // Others cannot ask for them either, and nothing new is usable.
        assert_noop!(ask(None, 1), E::SenderSuspended);
        put_verified(1, 1, of_developer(2025, 10));
        assert_ok!(issue(1, 1));
        assert_eq!(balance(DEVELOPER, BlockStatus::Held), before);
        assert_eq!(national().on_hold, 10);
    });
}

#[test]
fn hold_that_overwrites_another() {
    run(|| {
        issued(2024, 100);
        assert_ok!(hold(&[(1, 10)]));
        assert_ok!(hold(&[(1, 20)]));
        assert_eq!(national().on_hold, 30);
        assert_ok!(release(&[(91, 10)]));
        assert_eq!(national().on_hold, 20);
    });
}

#[test]
fn issue_of_an_unnamed_quantity() {
    run(|| {
        // A period that is not verified issues nothing, whatever is left of the project.
        put_verified(1, 1, of_developer(2024, 10));
        assert_noop!(issue(1, 0), NOT_VERIFIED);
        assert_noop!(issue(1, 2), NOT_VERIFIED);
        assert_eq!(LastSerial::<Test>::get(), 0);
    });
}

#[test]
fn legal_action_only_on_all_or_nothing() {
    run(|| {
        issued(2024, 10);
        assert_ok!(retire_for_the_state(&[(1, 1)], RetirementPurpose::LegalAction));
        assert_ok!(retire_for_the_state(&[(1, 2)], RetirementPurpose::Other));
        assert_eq!(national(), Totals { issued: 10, held: 7, retired: 3, ..Default::default() });
    });
}

#[test]
fn partial_first_transfer_that_vanishes() {
    run(|| {
        issued_under(&ndc_terms(), 2024, 100);
        // Split before, and split by the recognition itself.
        assert_ok!(transfer(DEVELOPER, 1, 40, OTHER_DEVELOPER)); // 61..=100
        deduct(100_000, 0);
        assert_ok!(request_retirement(&[(1, 20)])); // 41..=60
        assert_ok!(recognise(1)); // 41..=58
        let by = signed(admin(OTHER_DEVELOPER));
        assert_ok!(Credits::request_retirement(by, parts(&[(61, 10)]), international()));
        assert_ok!(recognise(2)); // 91..=99
        let first: Vec<_> = blocks()
            .into_iter()
            .filter(|(_, block)| block.first_transferred)
            .map(|(start, block)| (start, block.end))
            .collect();
        assert_eq!(first, [(41, 58), (91, 99)]);
        assert_eq!(national().first_transferred, 27);
        assert_eq!(first_transferred_of(1), 27);
        // What stayed may still be transferred for the first time, and used for the own NDC.
        assert_ok!(request_retirement(&[(1, 10)]));
        assert_ok!(retire_for_the_state(&[(1, 1)], RetirementPurpose::NdcUse { year: 2026 }));
    });
}
