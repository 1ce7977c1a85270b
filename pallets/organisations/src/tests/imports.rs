// SPDX-License-Identifier: Apache-2.0
//! Organisations that another system knows: without members until the Government gives them an Admin.

use crate::{
    mock::*, AdminCount, Event, NextOrganisationId, OrganisationByTaxId, Pallet, Unclaimed,
};
use frame_support::{assert_noop, assert_ok, assert_storage_noop};
use registry_primitives::{MayAct, MemberRole, OrganisationRole};
use sp_runtime::DispatchError;
use OrganisationRole::{Government, Ministry, ProjectDeveloper};

fn import_as(role: OrganisationRole, tax_id: &str) -> Result<u32, DispatchError> {
    Ok(Pallet::<Test>::import(role, details(tax_id))?)
}

fn import(tax_id: &str) -> Result<u32, DispatchError> {
    import_as(ProjectDeveloper, tax_id)
}

#[test]
fn an_imported_organisation_has_no_members() {
    run(|| {
        let id = import("A-1").unwrap();
        assert_eq!(id, 2);
        assert_eq!(NextOrganisationId::<Test>::get(), 3);
        assert_eq!(OrganisationByTaxId::<Test>::get(details("A-1").tax_id), Some(id));
        assert_eq!(AdminCount::<Test>::get(id), 0);
        assert!(Organisations::is_active(id));
        assert!(Unclaimed::<Test>::contains_key(id));
        let (role, details) = (ProjectDeveloper, details("A-1"));
        System::assert_last_event(Event::OrganisationImported { id, role, details }.into());
    });
}

#[test]
fn it_is_claimed_by_its_first_admin() {
    run(|| {
        let id = import("A-1").unwrap();
        add(id, 50, MemberRole::Manager);
        assert!(Unclaimed::<Test>::contains_key(id), "a Manager is no Admin");
        add(id, 51, MemberRole::Admin);
        assert!(!Unclaimed::<Test>::contains_key(id));
        assert_noop!(Organisations::remove_member(signed(ROOT), 51), E::LastAdmin);
    });
}

#[test]
fn a_member_that_becomes_admin_claims_it() {
    run(|| {
        let id = import("A-1").unwrap();
        add(id, 50, MemberRole::Manager);
        assert_ok!(Organisations::change_member_role(signed(ROOT), 50, MemberRole::Admin));
        assert!(!Unclaimed::<Test>::contains_key(id));
    });
}

#[test]
fn an_import_is_checked_as_a_creation() {
    run(|| {
        developer(50);
        let refused = |role, tax_id: &str, error: E| {
            assert_storage_noop!(assert_eq!(import_as(role, tax_id), Err(error.into())));
        };
        refused(ProjectDeveloper, "00050", E::TaxIdTaken);
        refused(ProjectDeveloper, " ", E::InvalidText);
        refused(Government, "A-1", E::SecondGovernment);
        refused(Ministry, "A-1", E::InvalidScopes);
    });
}

#[test]
fn who_has_an_admin_is_claimed() {
    violates(
        || {
            developer(50);
        },
        || Unclaimed::<Test>::insert(2, ()),
        "an organisation that nobody has claimed exists and has no Admin",
    );
}
