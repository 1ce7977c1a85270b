// SPDX-License-Identifier: Apache-2.0
//! `do_try_state` sees every kind of broken storage.

use crate::{mock::*, LastVersion, VersionedConstants, Versions};

/// Three versions, at three times.
fn registry() {
    for (later, thousandths) in [(1, 200), (2, 300)] {
        Timestamp::set_timestamp(NOW + later);
        set(stoves(thousandths));
    }
}

fn change(version: u32, change: impl FnOnce(&mut VersionedConstants)) {
    Versions::<Test>::mutate(version, |found| change(found.as_mut().unwrap()));
}

#[test]
fn versions_are_numbered_without_gaps() {
    const GAPS: &str = "versions are numbered without gaps up to the last";
    violates(registry, || Versions::<Test>::remove(2), GAPS);
    violates(registry, || Versions::<Test>::remove(3), GAPS);
    violates(registry, || LastVersion::<Test>::put(4), GAPS);
    violates(registry, || LastVersion::<Test>::put(2), GAPS);
    violates(registry, LastVersion::<Test>::kill, GAPS);
    let zeroth = || Versions::<Test>::insert(0, Versions::<Test>::get(1).unwrap());
    violates(registry, zeroth, GAPS);
}

#[test]
fn versions_are_valid() {
    let zero = || change(1, |version| version.constants = stoves(0));
    violates(registry, zero, "every version of the constants is valid");
}

#[test]
fn versions_differ_from_the_one_before() {
    let same = || change(3, |version| version.constants = stoves(200));
    violates(registry, same, "every version changes something");
}

#[test]
fn versions_are_in_the_order_of_time() {
    let earlier = || change(3, |version| version.set_at = NOW);
    violates(registry, earlier, "versions are in the order of time");
}

#[test]
fn versions_after_genesis_have_an_author() {
    let nobody = || change(2, |version| version.by = None);
    violates(registry, nobody, "only genesis sets constants without an officer");
}
