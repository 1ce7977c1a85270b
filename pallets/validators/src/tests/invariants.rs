// SPDX-License-Identifier: Apache-2.0
//! That `try_state` sees what is wrong.

use crate::{mock::*, Admissions, DepartureCount, Minimum, Pallet, Validators as Stored};
use sp_runtime::TryRuntimeError;

#[track_caller]
fn violates(change: impl FnOnce(), violation: &'static str) {
    run(|| {
        frame_support::hypothetically!({
            change();
            let found = Pallet::<Test>::do_try_state();
            assert_eq!(found, Err(TryRuntimeError::Other(violation)));
        });
    });
}

#[test]
fn list_and_records_agree() {
    let violation = "every validator has a record, and every record a validator";
    violates(|| Admissions::<Test>::remove(11), violation);
    violates(|| Stored::<Test>::mutate(|all| all.truncate(3)), violation);
    violates(
        || Stored::<Test>::mutate(|all| all.try_push(11).unwrap()),
        "every validator is listed once",
    );
}

#[test]
fn peer_ids_differ_and_contacts_are_valid() {
    let copy =
        || Admissions::<Test>::mutate(11, |found| found.as_mut().unwrap().contact = contact(12));
    violates(copy, "no two validators have one peer id");
    let spoil = || {
        Admissions::<Test>::mutate(11, |found| {
            found.as_mut().unwrap().contact.address = text("nowhere");
        });
    };
    violates(spoil, "every contact is valid");
}

#[test]
fn there_are_enough_and_the_list_of_those_who_left_has_no_gaps() {
    violates(|| Minimum::<Test>::put(5), "there are as many validators as the minimum says");
    violates(|| DepartureCount::<Test>::put(1), "those who left are numbered without gaps");
}
