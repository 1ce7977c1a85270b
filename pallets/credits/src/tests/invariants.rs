// SPDX-License-Identifier: Apache-2.0
//! `do_try_state` sees every kind of broken storage.

use super::*;
use crate::{
    Accounts, Cancellations, HeldForSuspension, LastCancellationId, LastRequestId,
    LastRetirementId, LastSerial, NationalTotals, RequestsFrom, RequestsTo, RetirementRequests,
    RetirementRequestsOf, Retirements, TotalsOfVintage, TransferRequests,
};
use registry_primitives::credit::Retirement;
use registry_primitives::{
    credit::{Cancellation, RetirementRequest},
    organisation::OrganisationStatus::{Active, Suspended},
};

/// Project 1: 1..=60 of DEVELOPER, 61..=90 of OTHER_DEVELOPER, 91..=100 of DEVELOPER and retired,
/// all of 2023; then 101..=150 of 2024.
fn registry() {
    issued(2023, 100);
    issued(2024, 50);
    let by = || signed(admin(DEVELOPER));
    assert_ok!(Credits::retire(by(), parts(&[(1, 10)]), voluntary()));
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

/// Project 1: 1..=60 held, 61..=85 retired abroad, 86..=87 and 88..=90 deducted, 91..=100 reserved
/// by request 2, which is DEVELOPER's; request 3 of OTHER_DEVELOPER for a transfer; and 101..=110
/// on hold, because SUSPENDED_DEVELOPER is.
fn registry_at_work() {
    issued_under(&ndc_terms(), 2024, 100);
    assert_ok!(request_retirement(&[(1, 40)])); // 61..=100
    let by = signed(admin(DEVELOPER));
    assert_ok!(Credits::cancel_retirement_request(by, 1));
    assert_ok!(request_retirement(&[(61, 10)])); // 91..=100
    assert_ok!(ask(None, 5));
    deduct(100_000, 50_000);
    assert_ok!(request_retirement(&[(61, 30)])); // 61..=90
    assert_ok!(recognise(4));
    let mut issuance = of_developer(2023, 10);
    issuance.project.proponents[0].organisation = SUSPENDED_DEVELOPER;
    put_verified(2, 1, issuance);
    assert_ok!(issue(2, 1));
}

fn change_cancellation(change: impl FnOnce(&mut Cancellation)) {
    Cancellations::<Test>::mutate(1, |record| change(record.as_mut().unwrap()));
}

fn change_request(change: impl FnOnce(&mut RetirementRequest)) {
    RetirementRequests::<Test>::mutate(2, |request| change(request.as_mut().unwrap()));
}

#[test]
fn invariant_2_counts_first_transfers() {
    const VINTAGE: &str = "totals of project 1, 2024, are not those of its blocks";
    for start in [1, 61] {
        let other = || change(start, |block| block.first_transferred = !block.first_transferred);
        violates(registry_at_work, other, VINTAGE);
    }
    let counted =
        || TotalsOfVintage::<Test>::mutate(1, 2024, |totals| totals.first_transferred += 1);
    violates(registry_at_work, counted, VINTAGE);
    let nation = || NationalTotals::<Test>::mutate(|totals| totals.first_transferred -= 1);
    let national = "the national totals are not the sum of the vintages'";
    violates(registry_at_work, nation, national);
}

#[test]
fn invariant_5_cancelled_blocks_and_records_name_each_other() {
    const BLOCKS: &str = "cancellation 1 names a range that is not a block cancelled by it";
    let no_record = || Cancellations::<Test>::remove(1);
    let lost = "cancelled block 88 is not in the cancellation that it names";
    violates(registry_at_work, no_record, lost);
    let other = || change(88, |block| block.status = BlockStatus::Cancelled(2));
    violates(registry_at_work, other, BLOCKS);
    let wider = || change_cancellation(|record| record.blocks[0].start = 87);
    violates(registry_at_work, wider, BLOCKS);
    let quantity = || change_cancellation(|record| record.quantity = 4);
    let wrong = "the quantity of cancellation 1 is not that of its ranges";
    violates(registry_at_work, quantity, wrong);
}

#[test]
fn invariant_5_reserved_blocks_and_requests_name_each_other() {
    const BLOCKS: &str = "request 2 names a range that is not a block reserved for it";
    let no_request = || RetirementRequests::<Test>::remove(2);
    let lost = "reserved block 91 is not in the request that it names";
    violates(registry_at_work, no_request, lost);
    let other = || change(91, |block| block.status = BlockStatus::Reserved(3));
    violates(registry_at_work, other, BLOCKS);
    let wider = || change_request(|request| request.blocks[0].end = 101);
    violates(registry_at_work, wider, BLOCKS);
    let quantity = || change_request(|request| request.quantity = 11);
    violates(registry_at_work, quantity, "the quantity of request 2 is not that of its ranges");
}

#[test]
fn the_countrys_accounts_are_those_of_the_records() {
    let change = |change: fn(&mut CountryAccounts)| move || Accounts::<Test>::mutate(change);
    let changes: [(_, fn(&mut CountryAccounts)); 4] = [
        ("domestic", |accounts| accounts.domestic += 1),
        ("international", |accounts| accounts.international -= 1),
        ("overall_mitigation", |accounts| accounts.overall_mitigation = 0),
        ("share_of_proceeds", |accounts| accounts.share_of_proceeds += 1),
    ];
    for (account, wrong) in changes {
        let violation = format!("the country's account {account} is not the sum of its records");
        violates(registry_at_work, change(wrong), violation.leak());
    }
}

#[test]
fn cancellations_have_no_gaps() {
    const GAP: &str = "cancellations are numbered without gaps";
    violates(registry_at_work, || LastCancellationId::<Test>::put(3), GAP);
    violates(registry_at_work, LastCancellationId::<Test>::kill, GAP);
}

#[test]
fn requests_are_numbered_by_the_counter() {
    const COUNTER: &str = "requests are numbered by the counter";
    violates(registry_at_work, || LastRequestId::<Test>::put(2), COUNTER);
    violates(registry_at_work, LastRequestId::<Test>::kill, COUNTER);
}

#[test]
fn requests_for_transfers_are_in_the_lists_of_both_sides() {
    const BOTH: &str = "every request for a transfer is in the lists of both sides";
    const ONCE: &str = "the lists name requests that wait, once";
    violates(registry_at_work, || RequestsFrom::<Test>::remove(DEVELOPER), BOTH);
    violates(registry_at_work, || RequestsTo::<Test>::remove(OTHER_DEVELOPER), BOTH);
    let gone = || TransferRequests::<Test>::remove(3);
    violates(registry_at_work, gone, ONCE);
    let from = || RequestsFrom::<Test>::mutate(DEVELOPER, |list| list.try_push(3).unwrap());
    violates(registry_at_work, from, ONCE);
    let to = || RequestsTo::<Test>::mutate(DEVELOPER, |list| list.try_push(3).unwrap());
    violates(registry_at_work, to, ONCE);
}

#[test]
fn nothing_waits_for_a_suspended_organisation() {
    // Suspended, and this pallet was not told.
    let receiver = || set_status(OTHER_DEVELOPER, Suspended);
    violates(registry_at_work, receiver, "no request waits for a suspended organisation");
    let owner = || {
        assert_ok!(Credits::reject_transfer(signed(admin(DEVELOPER)), 3, text("Sold already")));
        set_status(DEVELOPER, Suspended);
    };
    violates(registry_at_work, owner, "no retirement of a suspended owner waits");
}

#[test]
fn retirements_that_wait_are_in_the_list_of_their_owner() {
    const LISTED: &str = "every retirement that waits is in the list of its owner";
    const ONCE: &str = "the lists name the retirements that wait, once";
    let gone = || RetirementRequestsOf::<Test>::remove(DEVELOPER);
    violates(registry_at_work, gone, LISTED);
    let others = || change_request(|request| request.by = OTHER_DEVELOPER);
    violates(registry_at_work, others, LISTED);
    for owner in [DEVELOPER, OTHER_DEVELOPER] {
        let twice =
            || RetirementRequestsOf::<Test>::mutate(owner, |list| list.try_push(2).unwrap());
        violates(registry_at_work, twice, ONCE);
    }
}

#[test]
fn what_is_held_for_a_suspension_is_its_owners_and_waits_for_its_end() {
    const OWNERS: &str = "what is held for a suspension is a block of its owner";
    for start in [1, 105] {
        let other = || {
            HeldForSuspension::<Test>::mutate(SUSPENDED_DEVELOPER, |held| {
                held.try_push(start).unwrap();
            });
        };
        violates(registry_at_work, other, OWNERS);
    }
    let forgotten = || set_status(SUSPENDED_DEVELOPER, Active);
    violates(registry_at_work, forgotten, "what is held for a suspension waits for its end");
}
