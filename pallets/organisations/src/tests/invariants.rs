// SPDX-License-Identifier: Apache-2.0
//! `do_try_state` sees every kind of broken storage.

use crate::{mock::*, AdminCount, Members, OrganisationByTaxId};
use registry_primitives::{
    organisation::{Member, Organisation, OrganisationStatus},
    CountryCode, MemberRole, OrganisationRole, GOVERNMENT,
};

type Stored = crate::Organisations<Test>;

/// Changes what is stored of an organisation, past the rules.
fn corrupt(id: u32, change: fn(&mut Organisation)) -> impl FnOnce() {
    move || Stored::mutate(id, |found| change(found.as_mut().unwrap()))
}

/// Two developers, 2 and 3, and an MRV system, 4.
fn registry() {
    developer(10);
    developer(20);
    organisation(OrganisationRole::Api, 30);
}

fn member(organisation: u32, role: MemberRole) -> Member {
    Member { organisation, role }
}

#[test]
fn one_root_in_the_government() {
    const ROOTS: &str = "there is not exactly one Root, in the Government";
    let no_root = || Members::<Test>::remove(ROOT);
    violates(registry, no_root, ROOTS);
    let second = || Members::<Test>::insert(11, member(GOVERNMENT, MemberRole::Root));
    violates(registry, second, ROOTS);
    let elsewhere = || Members::<Test>::insert(ROOT, member(2, MemberRole::Root));
    violates(registry, elsewhere, ROOTS);
}

#[test]
fn one_government() {
    let second =
        || Stored::mutate(3, |found| found.as_mut().unwrap().role = OrganisationRole::Government);
    violates(registry, second, "there is not exactly one Government, numbered 1");
}

#[test]
fn every_organisation_has_an_admin() {
    let demoted = || Members::<Test>::insert(10, member(2, MemberRole::Manager));
    violates(registry, demoted, "organisation 2 has no Admin");
}

#[test]
fn an_mrv_system_needs_no_admin() {
    run(|| {
        registry();
        Members::<Test>::remove(30);
        AdminCount::<Test>::remove(4);
    });
}

#[test]
fn members_belong_to_organisations_that_exist() {
    let lost = || Members::<Test>::insert(11, member(9, MemberRole::Manager));
    violates(registry, lost, "a member belongs to organisation 9, which does not exist");
}

#[test]
fn members_without_any_organisation_are_seen() {
    let gone = || drop(Stored::clear(u32::MAX, None));
    violates(registry, gone, "a member without any organisation");
}

#[test]
fn tax_identifiers_are_unique_and_indexed() {
    const NAMES: &str = "the index of tax identifiers names the organisation that has it";
    const COUNT: &str = "every organisation has one entry in the index of tax identifiers";
    let tax_id = || Stored::get(2).unwrap().details.tax_id;
    let twice = || {
        Stored::mutate(3, |found| found.as_mut().unwrap().details.tax_id = tax_id());
    };
    violates(registry, twice, NAMES);
    let other = || OrganisationByTaxId::<Test>::insert(tax_id(), 3);
    violates(registry, other, NAMES);
    let missing = || OrganisationByTaxId::<Test>::remove(tax_id());
    violates(registry, missing, COUNT);
    let stale = || OrganisationByTaxId::<Test>::insert(text::<64>("old"), 2);
    violates(registry, stale, COUNT);
}

#[test]
fn admins_are_counted() {
    let miscounted = || AdminCount::<Test>::insert(2, 2);
    violates(registry, miscounted, "the number of Admins is counted");
}

#[test]
fn admins_are_counted_of_organisations_that_exist() {
    let stale = || AdminCount::<Test>::insert(9, 1);
    violates(registry, stale, "the Admins that are counted belong to organisations that exist");
}

#[test]
fn an_organisation_is_described_as_its_role_asks_for() {
    const DESCRIBED: &str = "every organisation is described as its role asks for";
    violates(registry, corrupt(2, |found| found.details.name = text("")), DESCRIBED);
    violates(registry, corrupt(3, |found| found.details.country = CountryCode(*b"ZZ")), DESCRIBED);
    violates(registry, corrupt(4, |found| found.role = OrganisationRole::Ministry), DESCRIBED);
}

#[test]
fn suspensions_are_counted() {
    let uncounted = corrupt(2, |found| found.status = OrganisationStatus::Suspended);
    violates(registry, uncounted, "the suspensions of an organisation are counted");
}

#[test]
fn the_government_is_active() {
    let suspended = corrupt(GOVERNMENT, |found| {
        found.status = OrganisationStatus::Suspended;
        found.suspensions = 1;
    });
    violates(registry, suspended, "the Government is active");
}

#[test]
fn members_can_sign() {
    let reaped = || drop(System::dec_providers(&10));
    violates(registry, reaped, "every member's account has a provider");
}
