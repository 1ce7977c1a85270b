// SPDX-License-Identifier: Apache-2.0

use super::*;
use crate::block::instant;

fn at(index: u32) -> At {
    At { height: 1, index, time: instant(0).unwrap() }
}

fn range(start: u64, end: u64) -> SerialRange {
    SerialRange { start, end }
}

/// The numbers 1 to 100 of organisation 2.
fn ledger() -> Ledger {
    let mut ledger = Ledger::default();
    let block = Block {
        end: 100,
        project: 7,
        period: 1,
        vintage: 2024,
        owner: 2,
        status: Status::Held,
        status_reason: None,
        hold_statement: None,
        request: None,
        retirement: None,
        cancellation: None,
        first_transferred: false,
        parent: None,
    };
    ledger.issue(at(0), 1, block).unwrap();
    ledger
}

fn of(owner: i64) -> Expected<'static> {
    Expected { owner: Some(owner), statuses: &[Status::Held], request: None }
}

impl Ledger {
    fn split_off(&mut self, rest: (u64, u64), taken: (u64, u64)) -> Result<(), IndexerError> {
        let (rest, taken) = (range(rest.0, rest.1), range(taken.0, taken.1));
        self.split(at(1), &rest, &taken, &mut Subjects::default())
    }

    fn owner_of(&self, start: i64) -> i64 {
        self.block(at(9), start).unwrap().owner
    }
}

#[test]
fn what_is_split_off_is_of_the_same_kind_and_moves_alone() {
    let mut ledger = ledger();
    ledger.split_off((1, 90), (91, 100)).unwrap();
    let starts = ledger.expect(at(2), &[range(91, 100)], &of(2)).unwrap();
    ledger.transfer(at(2), &starts, (2, 3), None).unwrap();
    ledger.split_off((91, 95), (96, 100)).unwrap();
    assert_eq!((ledger.owner_of(1), ledger.owner_of(91), ledger.owner_of(96)), (2, 3, 3));
    let last = ledger.block(at(3), 96).unwrap();
    assert_eq!((last.end, last.vintage, last.parent), (100, 2024, Some(91)));
    assert_eq!(ledger.block(at(3), 1).unwrap().end, 90);
}

#[test]
fn what_cannot_be_is_refused() {
    let refused = |rest, taken| ledger().split_off(rest, taken).is_err();
    assert!(refused((1, 50), (52, 100)), "a gap");
    assert!(refused((1, 50), (51, 90)), "not to its end");
    assert!(refused((2, 50), (51, 100)), "no such block");
    let found = |ranges: &[SerialRange], owner| ledger().expect(at(1), ranges, &of(owner)).is_ok();
    assert!(found(&[range(1, 100)], 2));
    assert!(!found(&[range(1, 100)], 3), "of somebody else");
    assert!(!found(&[range(1, 99)], 2), "not the whole block");
    assert!(!found(&[range(1, 100), range(1, 100)], 2), "twice");
    assert!(ledger().issue(at(1), 1, ledger().blocks[&1].0.clone()).is_err(), "issued twice");
}

#[test]
fn a_retired_block_is_not_moved_again() {
    let mut ledger = ledger();
    let mut subjects = Subjects::default();
    let retired = Change { retirement: Some(5), ..Change::new("retired", Status::Retired) };
    ledger.change(at(1), &[1], &retired, &mut subjects).unwrap();
    let block = ledger.block(at(1), 1).unwrap();
    assert_eq!((block.status, block.retirement), (Status::Retired, Some(5)));
    assert!(ledger.expect(at(2), &[range(1, 100)], &of(2)).is_err());
}

#[test]
fn a_hold_keeps_its_reason_until_it_is_released() {
    let mut ledger = ledger();
    let mut subjects = Subjects::default();
    let held = Change {
        status_reason: Some("government"),
        statement: Some("An inquiry"),
        ..Change::new("held", Status::OnHold)
    };
    ledger.change(at(1), &[1], &held, &mut subjects).unwrap();
    let block = ledger.block(at(1), 1).unwrap();
    assert_eq!(block.status_reason.as_deref(), Some("government"));
    assert_eq!(block.hold_statement.as_deref(), Some("An inquiry"));
    ledger.change(at(2), &[1], &Change::new("released", Status::Held), &mut subjects).unwrap();
    let block = ledger.block(at(2), 1).unwrap();
    assert_eq!((&block.status_reason, &block.hold_statement), (&None, &None));
}

#[test]
fn blocks_are_written_as_they_are_at_the_end() {
    let mut ledger = ledger();
    ledger.blocks.get_mut(&1).unwrap().1 = Pending::Nothing;
    assert!(ledger.expect(at(1), &[range(1, 100)], &of(2)).is_ok());
    assert_eq!(ledger.blocks[&1].1, Pending::Nothing, "looked at");
    ledger.split_off((1, 90), (91, 100)).unwrap();
    ledger.transfer(at(2), &[91], (2, 3), None).unwrap();
    assert_eq!((ledger.blocks[&1].1, ledger.blocks[&91].1), (Pending::Change, Pending::All));
}

#[test]
fn sums_do_not_depend_on_what_is_put_together() {
    // There and back again: nothing changes, and the rows are touched all the same.
    let mut ledger = ledger();
    ledger.transfer(at(1), &[1], (2, 3), None).unwrap();
    ledger.transfer(at(2), &[1], (3, 2), None).unwrap();
    let holdings: Vec<_> = ledger.sums.holdings().collect();
    let held = |tonnes| [tonnes, 0, 0, 0, 0, 0];
    assert_eq!(holdings, [((2, 7, 2024), held(100)), ((3, 7, 2024), held(0))]);
}
