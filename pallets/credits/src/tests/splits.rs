// SPDX-License-Identifier: Apache-2.0
//! What becomes of a block that is split again and again.

use super::*;
use proptest::prelude::*;
use std::collections::BTreeMap;

fn transfer(start: SerialNumber, quantity: Tonnes, to: OrganisationId) -> DispatchResult {
    let owner = Blocks::<Test>::get(start).unwrap().owner;
    Credits::transfer(signed(admin(owner)), parts(&[(start, quantity)]), to, None)
}

/// The block that a serial number is in.
fn block_of(serial: SerialNumber) -> (SerialNumber, Block) {
    let found: Vec<_> = blocks()
        .into_iter()
        .filter(|(start, block)| (*start..=block.end).contains(&serial))
        .collect();
    assert_eq!(found.len(), 1, "serial {serial} is in exactly one block");
    found.into_iter().next().unwrap()
}

#[test]
fn a_block_split_twice_still_has_every_serial() {
    run(|| {
        issued(2024, 100);
        assert_ok!(transfer(1, 40, OTHER_DEVELOPER)); // 61..=100
        assert_ok!(transfer(61, 10, DEVELOPER)); // 91..=100
        assert_ok!(transfer(1, 20, OTHER_DEVELOPER)); // 41..=60
        let lineage: Vec<_> = blocks()
            .into_iter()
            .map(|(start, block)| (start, block.end, block.owner, block.parent))
            .collect();
        assert_eq!(
            lineage,
            [
                (1, 40, DEVELOPER, None),
                (41, 60, OTHER_DEVELOPER, Some(1)),
                (61, 90, OTHER_DEVELOPER, Some(1)),
                (91, 100, DEVELOPER, Some(61)),
            ]
        );
        for (serial, start) in [(1, 1), (40, 1), (41, 41), (55, 41), (75, 61), (90, 61), (91, 91)] {
            assert_eq!(block_of(serial).0, start, "serial {serial}");
        }
        assert_eq!(block_of(75).1.owner, OTHER_DEVELOPER);
        assert_eq!(block_of(95).1.parent, Some(61));
        assert!(blocks().iter().all(|(_, block)| (block.project, block.vintage) == (1, 2024)));
    });
}

#[test]
fn a_block_can_be_split_down_to_single_tonnes() {
    run(|| {
        issued(2024, 5);
        for _ in 0..4 {
            assert_ok!(transfer(1, 1, OTHER_DEVELOPER));
        }
        assert_eq!(owned(DEVELOPER), [1]);
        assert_eq!(owned(OTHER_DEVELOPER), [2, 3, 4, 5]);
        // The last tonne is the whole block: nothing is split any more.
        assert_ok!(transfer(1, 1, OTHER_DEVELOPER));
        assert!(owned(DEVELOPER).is_empty());
        assert_eq!(blocks().len(), 5);
    });
}

#[test]
fn both_parts_inherit_the_first_transfer() {
    run(|| {
        issued_under(&terms(&[Purpose::OimpImp], FirstTransfer::Issuance), 2024, 10);
        assert_ok!(transfer(1, 4, OTHER_DEVELOPER));
        for start in [1, 7] {
            assert!(Blocks::<Test>::get(start).unwrap().first_transferred, "block {start}");
        }
    });
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Any sequence of transfers moves exactly the tonnes that a ledger of two sums moves.
    #[test]
    fn transfers_move_what_a_simple_ledger_moves(
        moves in prop::collection::vec((0..20usize, 1..60u64), 1..30)
    ) {
        run(|| {
            issued(2023, 70);
            issued(2024, 30);
            let mut ledger = BTreeMap::from([(DEVELOPER, 100), (OTHER_DEVELOPER, 0)]);
            for (index, quantity) in moves {
                let all = blocks();
                let (start, block) = &all[index % all.len()];
                let (from, size) = (block.owner, block.end - start + 1);
                let to = if from == DEVELOPER { OTHER_DEVELOPER } else { DEVELOPER };
                let moved = transfer(*start, quantity, to);
                assert_eq!(moved.is_ok(), quantity <= size);
                if moved.is_ok() {
                    *ledger.get_mut(&from).unwrap() -= quantity;
                    *ledger.get_mut(&to).unwrap() += quantity;
                }
                assert_ok!(crate::Pallet::<Test>::do_try_state());
            }
            for (owner, tonnes) in ledger {
                let sum: Tonnes = owned(owner)
                    .into_iter()
                    .map(|start| Blocks::<Test>::get(start).unwrap().end - start + 1)
                    .sum();
                assert_eq!(sum, tonnes, "organisation {owner}");
            }
        });
    }
}
