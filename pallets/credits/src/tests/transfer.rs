// SPDX-License-Identifier: Apache-2.0
//! `transfer`: all parts at once, or none.

use super::*;
use crate::Event;
use codec::{Decode, Encode};
use frame_support::assert_noop;
use registry_primitives::{
    credit::{HoldReason, MAX_PARTS},
    Text,
};

fn transfer(of: &[(SerialNumber, Tonnes)], to: OrganisationId) -> DispatchResult {
    Credits::transfer(signed(admin(DEVELOPER)), parts(of), to, Some(text("INV-7")))
}

#[test]
fn a_whole_block_changes_its_owner() {
    run(|| {
        issued(2024, 50);
        let before = national();
        System::reset_events();
        assert_ok!(transfer(&[(1, 50)], OTHER_DEVELOPER));
        assert_eq!(blocks(), [(1, Block { owner: OTHER_DEVELOPER, ..block(50, 2024) })]);
        assert!(owned(DEVELOPER).is_empty());
        assert_eq!(owned(OTHER_DEVELOPER), [1]);
        assert_eq!(national(), before);
        let transferred = Event::CreditsTransferred {
            from: DEVELOPER,
            to: OTHER_DEVELOPER,
            blocks: vec![range(1, 50)].try_into().unwrap(),
            quantity: 50,
            reference: Some(text("INV-7")),
            request: None,
            by: admin(DEVELOPER),
        };
        // Nothing was split.
        assert_eq!(events(), [transferred.into()]);
    });
}

#[test]
fn of_a_part_the_owner_keeps_the_first_numbers() {
    run(|| {
        issued(2024, 50);
        let before = national();
        System::reset_events();
        assert_ok!(transfer(&[(1, 20)], OTHER_DEVELOPER));
        let taken = Block { owner: OTHER_DEVELOPER, parent: Some(1), ..block(50, 2024) };
        assert_eq!(blocks(), [(1, block(30, 2024)), (31, taken)]);
        assert_eq!(owned(DEVELOPER), [1]);
        assert_eq!(owned(OTHER_DEVELOPER), [31]);
        assert_eq!(national(), before);
        let split = Event::BlockSplit { rest: range(1, 30), taken: range(31, 50) };
        let transferred = Event::CreditsTransferred {
            from: DEVELOPER,
            to: OTHER_DEVELOPER,
            blocks: vec![range(31, 50)].try_into().unwrap(),
            quantity: 20,
            reference: Some(text("INV-7")),
            request: None,
            by: admin(DEVELOPER),
        };
        assert_eq!(events(), [split.into(), transferred.into()]);
    });
}

#[test]
fn parts_of_several_blocks_move_together() {
    run(|| {
        issued(2023, 10);
        issued(2024, 10);
        System::reset_events();
        // In the order of the caller: part of the second, all of the first.
        assert_ok!(transfer(&[(11, 1), (1, 10)], OTHER_DEVELOPER));
        assert_eq!(owned(DEVELOPER), [11]);
        assert_eq!(owned(OTHER_DEVELOPER), [1, 20]);
        let [RuntimeEvent::Credits(split), RuntimeEvent::Credits(transferred)] = &events()[..]
        else {
            panic!("one split and one transfer: {:?}", events());
        };
        assert_eq!(*split, Event::BlockSplit { rest: range(11, 19), taken: range(20, 20) });
        let Event::CreditsTransferred { blocks, quantity, .. } = transferred else {
            panic!("a transfer: {transferred:?}");
        };
        assert_eq!(blocks[..], [range(20, 20), range(1, 10)]);
        assert_eq!(*quantity, 11);
    });
}

#[test]
fn the_receiver_may_transfer_on() {
    run(|| {
        issued(2024, 50);
        assert_ok!(transfer(&[(1, 20)], OTHER_DEVELOPER));
        let back =
            Credits::transfer(signed(manager(OTHER_DEVELOPER)), parts(&[(31, 5)]), DEVELOPER, None);
        assert_ok!(back);
        assert_eq!(owned(DEVELOPER), [1, 46]);
        assert_eq!(Blocks::<Test>::get(46).unwrap().parent, Some(31));
    });
}

#[test]
fn up_to_64_parts_move_at_once() {
    run(|| {
        let count = u64::from(MAX_PARTS);
        for year in 0..MAX_PARTS as Vintage {
            issued(2000 + year, 2);
        }
        let one_each: Vec<_> = (0..count).map(|n| (1 + 2 * n, 1)).collect();
        assert_ok!(transfer(&one_each, OTHER_DEVELOPER));
        let odd: Vec<_> = (0..count).map(|n| 1 + 2 * n).collect();
        let even: Vec<_> = (0..count).map(|n| 2 + 2 * n).collect();
        assert_eq!(owned(DEVELOPER), odd);
        assert_eq!(owned(OTHER_DEVELOPER), even);
    });
}

#[test]
fn a_call_with_65_parts_cannot_be_read() {
    let with = |count: u32| {
        let parts = vec![Part { start: 1, quantity: 1 }; count as usize];
        // Call 1 of this pallet, the third of the mock.
        (2u8, 1u8, parts, OTHER_DEVELOPER, None::<Text<128>>).encode()
    };
    assert!(RuntimeCall::decode(&mut &with(MAX_PARTS)[..]).is_ok());
    assert!(RuntimeCall::decode(&mut &with(MAX_PARTS + 1)[..]).is_err());
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
            assert_noop!(transfer(&[(1, 10), bad], OTHER_DEVELOPER), error);
        }
    });
}

#[test]
fn at_least_one_part() {
    run(|| {
        assert_noop!(transfer(&[], OTHER_DEVELOPER), E::NoParts);
    });
}

#[test]
fn a_block_is_named_by_its_first_number() {
    run(|| {
        issued(2024, 10);
        for inside in [0, 2, 10, 11, u64::MAX] {
            assert_noop!(transfer(&[(inside, 1)], OTHER_DEVELOPER), E::UnknownBlock);
        }
    });
}

#[test]
fn only_the_owner_transfers() {
    run(|| {
        issued(2024, 10);
        assert_ok!(transfer(&[(1, 4)], OTHER_DEVELOPER));
        let by = signed(admin(OTHER_DEVELOPER));
        assert_noop!(Credits::transfer(by, parts(&[(1, 1)]), DEVELOPER, None), E::NotTheOwner);
        // What was given away is no longer one's own.
        assert_noop!(transfer(&[(7, 1)], OTHER_DEVELOPER), E::NotTheOwner);
    });
}

#[test]
fn only_what_is_held_is_transferred() {
    run(|| {
        issued(2024, 10);
        for status in [
            BlockStatus::OnHold(HoldReason::OwnerSuspended),
            BlockStatus::OnHold(HoldReason::Government),
            BlockStatus::Reserved(1),
            BlockStatus::Retired(1),
            BlockStatus::Cancelled(1),
            BlockStatus::Buffer,
        ] {
            Blocks::<Test>::insert(1, Block { status, ..block(10, 2024) });
            assert_noop!(transfer(&[(1, 1)], OTHER_DEVELOPER), E::NotHeld);
        }
        Blocks::<Test>::insert(1, block(10, 2024));
    });
}

#[test]
fn a_part_is_above_zero_and_not_above_its_block() {
    run(|| {
        issued(2024, 10);
        assert_noop!(transfer(&[(1, 0)], OTHER_DEVELOPER), E::ZeroTonnes);
        for above in [11, u64::MAX] {
            assert_noop!(transfer(&[(1, above)], OTHER_DEVELOPER), E::NotEnoughInBlock);
        }
    });
}

#[test]
fn the_sum_of_the_parts_can_be_counted() {
    run(|| {
        // Two blocks that no issuance could make: together they have more than 64 bits count.
        for start in [1, 2] {
            Blocks::<Test>::insert(start, block(u64::MAX, 2024));
            BlocksOfOwner::<Test>::insert(DEVELOPER, start, ());
        }
        let whole = [(1, u64::MAX), (2, u64::MAX - 1)];
        assert_noop!(transfer(&whole, OTHER_DEVELOPER), E::Overflow);
        for start in [1, 2] {
            Blocks::<Test>::remove(start);
            BlocksOfOwner::<Test>::remove(DEVELOPER, start);
        }
    });
}

#[test]
fn a_block_is_named_once() {
    run(|| {
        issued(2024, 10);
        assert_noop!(transfer(&[(1, 1), (1, 2)], OTHER_DEVELOPER), E::BlockNamedTwice);
    });
}

#[test]
fn the_receiver_is_another_active_developer() {
    run(|| {
        issued(2024, 10);
        for (to, error) in [
            (NOWHERE, E::UnknownReceiver),
            (SUSPENDED_DEVELOPER, E::ReceiverSuspended),
            (DEVELOPER, E::TransferToSelf),
            (GOVERNMENT, E::InvalidReceiver),
            (MINISTRY, E::InvalidReceiver),
            (CERTIFIER, E::InvalidReceiver),
            (API, E::InvalidReceiver),
        ] {
            assert_noop!(transfer(&[(1, 1)], to), error);
        }
    });
}

#[test]
fn the_reference_is_readable_text() {
    run(|| {
        issued(2024, 10);
        for bad in ["", " padded", "a\nb"] {
            let by = signed(admin(DEVELOPER));
            let parts = parts(&[(1, 1)]);
            assert_noop!(
                Credits::transfer(by, parts, OTHER_DEVELOPER, Some(text(bad))),
                E::InvalidText
            );
        }
    });
}
