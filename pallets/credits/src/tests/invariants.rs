// SPDX-License-Identifier: Apache-2.0
//! `do_try_state` sees every kind of broken storage.

use super::*;
use crate::{LastRetirementId, LastSerial, NationalTotals, Retirements, TotalsOfVintage};
use registry_primitives::{
    credit::{Beneficiary, Retirement, RetirementDetails, RetirementPurpose},
    CountryCode,
};

/// Project 1: 1..=60 of DEVELOPER, 61..=90 of OTHER_DEVELOPER, 91..=100 of DEVELOPER and retired,
/// all of 2023; then 101..=150 of 2024.
fn registry() {
    issued(2023, 100);
    issued(2024, 50);
    let details = RetirementDetails {
        purpose: RetirementPurpose::Voluntary,
        beneficiary: Beneficiary { name: text("Airline"), country: CountryCode(*b"VU") },
        on_behalf_of: None,
        reason: None,
        reference: None,
    };
    let by = || signed(admin(DEVELOPER));
    assert_ok!(Credits::retire(by(), parts(&[(1, 10)]), details));
    assert_ok!(Credits::transfer(by(), parts(&[(1, 30)]), OTHER_DEVELOPER, None));
}

fn change(start: SerialNumber, change: impl FnOnce(&mut Block)) {
    Blocks::<Test>::mutate(start, |block| change(block.as_mut().unwrap()));
}

fn change_record(change: impl FnOnce(&mut Retirement)) {
    Retirements::<Test>::mutate(1, |record| change(record.as_mut().unwrap()));
}

#[test]
fn invariant_1_every_serial_is_in_exactly_one_block() {
    let gap = || change(1, |block| block.end = 59);
    violates(registry, gap, "a block should start at serial 60, the next starts at 61");
    let overlap = || change(1, |block| block.end = 61);
    violates(registry, overlap, "a block should start at serial 62, the next starts at 61");
    let lost = || Blocks::<Test>::remove(61);
    violates(registry, lost, "a block should start at serial 61, the next starts at 91");
    let more = || LastSerial::<Test>::put(151);
    violates(registry, more, "the last number drawn is 151, the blocks end at 150");
    let empty = || change(101, |block| block.end = 100);
    violates(registry, empty, "block 101 ends before it starts");
}

#[test]
fn invariant_2_totals_are_those_of_the_blocks() {
    const VINTAGE: &str = "totals of project 1, 2023, are not those of its blocks";
    const NATIONAL: &str = "the national totals are not the sum of the vintages'";
    let status = || change(61, |block| block.status = BlockStatus::Buffer);
    violates(registry, status, VINTAGE);
    let counted = || TotalsOfVintage::<Test>::mutate(1, 2023, |totals| totals.held += 1);
    violates(registry, counted, VINTAGE);
    let missing = || TotalsOfVintage::<Test>::remove(1, 2023);
    violates(registry, missing, VINTAGE);
    let stray = || {
        let totals = Totals { issued: 1, held: 1, ..Default::default() };
        TotalsOfVintage::<Test>::insert(7, 2020, totals);
    };
    violates(registry, stray, "totals of project 7, 2020, are not those of its blocks");
    let nation = || NationalTotals::<Test>::mutate(|totals| totals.retired += 1);
    violates(registry, nation, NATIONAL);
}

#[test]
fn invariant_3_the_owner_index_agrees() {
    let missing = || BlocksOfOwner::<Test>::remove(OTHER_DEVELOPER, 61);
    violates(registry, missing, "the index of organisation 4 is wrong about block 61");
    let one_too_many = || BlocksOfOwner::<Test>::insert(OTHER_DEVELOPER, 1, ());
    violates(registry, one_too_many, "the index of organisation 4 is wrong about block 1");
    let no_block = || BlocksOfOwner::<Test>::insert(DEVELOPER, 62, ());
    violates(registry, no_block, "the index of organisation 3 is wrong about block 62");
}

#[test]
fn invariant_3_owners_exist() {
    let nobodys = || {
        change(101, |block| block.owner = NOWHERE);
        BlocksOfOwner::<Test>::remove(DEVELOPER, 101);
        BlocksOfOwner::<Test>::insert(NOWHERE, 101, ());
    };
    violates(registry, nobodys, "block 101 belongs to organisation 10, which does not exist");
}

#[test]
fn invariant_5_retired_blocks_and_records_name_each_other() {
    const BLOCKS: &str = "retirement 1 names a range that is not a block retired by it";
    let no_record = || Retirements::<Test>::remove(1);
    violates(registry, no_record, "retired block 91 is not in the retirement record that it names");
    let other = || change(91, |block| block.status = BlockStatus::Retired(2));
    violates(registry, other, BLOCKS);
    let wider = || change_record(|record| record.blocks[0].start = 90);
    violates(registry, wider, BLOCKS);
    let quantity = || change_record(|record| record.quantity = 11);
    violates(registry, quantity, "the quantity of retirement 1 is not that of its ranges");
    let twice = || {
        let record = Retirements::<Test>::get(1).unwrap();
        Retirements::<Test>::insert(2, record);
    };
    violates(registry, twice, "retirement 2 names a range that is not a block retired by it");
}

#[test]
fn invariant_6_a_parent_lies_before_its_children_and_is_like_them() {
    const PARENT: &str = "the parent of block 91 cannot be its parent";
    // 101 was issued later, 92 is no block, 91 is itself.
    for parent in [101, 92, 91] {
        violates(registry, || change(91, |block| block.parent = Some(parent)), PARENT);
    }
    let later = || change(101, |block| block.parent = Some(1));
    violates(registry, later, "the parent of block 101 cannot be its parent");
    let orphan = || change(61, |block| block.parent = None);
    violates(registry, orphan, PARENT);
}

#[test]
fn retirements_have_no_gaps() {
    const GAP: &str = "retirements are numbered without gaps";
    violates(registry, || LastRetirementId::<Test>::put(2), GAP);
    violates(registry, LastRetirementId::<Test>::kill, GAP);
}
