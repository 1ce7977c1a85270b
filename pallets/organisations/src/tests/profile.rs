// SPDX-License-Identifier: Apache-2.0
//! `update_profile` and `change_organisation`: what is known of an organisation changes.

use crate::{mock::*, Event, OrganisationByTaxId};
use frame_support::{assert_noop, assert_ok};
use registry_primitives::{
    organisation::{OrganisationDetails, OrganisationStatus},
    Action, ContentHash, CountryCode, MayAct, MemberRole, OrganisationRole, SectoralScope,
    GOVERNMENT,
};
use sp_runtime::DispatchResult;
use OrganisationRole::{Api, Certifier, Ministry, ProjectDeveloper};

type Pallet = crate::Pallet<Test>;

const NEW: ContentHash = ContentHash([8; 32]);

fn update(by: u64, id: u32, profile: ContentHash) -> DispatchResult {
    Organisations::update_profile(signed(by), id, profile)
}

/// A change by the Root.
fn change(id: u32, details: OrganisationDetails) -> DispatchResult {
    Organisations::change_organisation(signed(ROOT), id, details)
}

fn found(id: u32) -> OrganisationDetails {
    Pallet::organisation(id).unwrap().details
}

#[test]
fn an_admin_updates_its_own_organisations_profile() {
    run(|| {
        for (role, admin) in [Ministry, ProjectDeveloper, Certifier, Api].into_iter().zip(10..) {
            let id = organisation(role, admin);
            let before = found(id);
            assert_ok!(update(admin, id, NEW));
            assert_eq!(found(id), OrganisationDetails { profile: NEW, ..before });
            System::assert_last_event(Event::ProfileUpdated { id, profile: NEW, by: admin }.into());
        }
        assert_noop!(update(10, GOVERNMENT, NEW), E::NotPermitted);
        assert_noop!(update(11, 2, ContentHash([9; 32])), E::NotPermitted);
        assert_noop!(update(STRANGER, 2, NEW), E::NotAMember);
    });
}

#[test]
fn the_leaders_of_the_government_update_any_profile() {
    run(|| {
        let id = developer(10);
        add(GOVERNMENT, 20, MemberRole::Admin);
        add(GOVERNMENT, 21, MemberRole::Manager);
        add(id, 11, MemberRole::Manager);
        assert_ok!(update(20, GOVERNMENT, NEW));
        assert_noop!(update(21, id, NEW), E::NotPermitted);
        assert_noop!(update(11, id, NEW), E::NotPermitted);
        suspend(id);
        assert_noop!(update(10, id, NEW), E::OrganisationSuspended);
        assert_ok!(update(ROOT, id, NEW));
        assert_eq!(found(id).profile, NEW);
    });
}

#[test]
fn the_same_profile_again_is_no_change() {
    run(|| {
        let id = developer(10);
        assert_noop!(update(10, id, found(id).profile), E::Unchanged);
    });
}

#[test]
fn the_organisation_exists() {
    run(|| {
        assert_noop!(update(ROOT, 2, NEW), E::UnknownOrganisation);
        assert_noop!(change(2, details("A-1")), E::UnknownOrganisation);
    });
}

#[test]
fn an_organisation_is_described_anew() {
    run(|| {
        let id = developer(10);
        suspend(id);
        let before = Pallet::organisation(id).unwrap();
        let details = OrganisationDetails {
            name: text("Efate Wind and Sun Ltd"),
            tax_id: text("A-1"),
            country: CountryCode(*b"FJ"),
            sectoral_scopes: Default::default(),
            profile: NEW,
        };
        assert_ok!(change(id, details.clone()));
        System::assert_last_event(
            Event::OrganisationChanged { id, details: details.clone(), by: ROOT }.into(),
        );
        let after = Pallet::organisation(id).unwrap();
        assert_eq!(after.details, details);
        // Nothing else is changed by it.
        assert_eq!(after.role, before.role);
        assert_eq!(after.status, OrganisationStatus::Suspended);
        assert_eq!((after.suspensions, after.created_at), (1, before.created_at));
    });
}

#[test]
fn the_index_of_tax_identifiers_follows() {
    run(|| {
        let (id, other) = (developer(10), developer(20));
        let indexed = |tax_id| OrganisationByTaxId::<Test>::get(text::<64>(tax_id));
        assert_ok!(change(id, details("A-1")));
        assert_eq!((indexed("A-1"), indexed("00010")), (Some(id), None));
        // What is free again may be another's.
        assert_ok!(change(other, details("00010")));
        assert_eq!((indexed("00010"), indexed("00020")), (Some(other), None));
        // The same identifier is not taken by oneself.
        let renamed = OrganisationDetails { name: text("Another"), ..details("A-1") };
        assert_ok!(change(id, renamed));
        assert_eq!(indexed("A-1"), Some(id));
    });
}

#[test]
fn a_tax_identifier_stays_unique() {
    run(|| {
        let id = developer(10);
        developer(20);
        assert_noop!(change(id, details("00020")), E::TaxIdTaken);
        assert_noop!(change(id, details("00000VU")), E::TaxIdTaken);
    });
}

#[test]
fn the_same_details_again_are_no_change() {
    run(|| {
        let id = developer(10);
        assert_noop!(change(id, found(id)), E::Unchanged);
    });
}

#[test]
fn the_rules_of_creation_hold() {
    run(|| {
        let (id, ministry) = (developer(10), organisation(Ministry, 20));
        let nowhere = OrganisationDetails { country: CountryCode(*b"ZZ"), ..found(id) };
        let nameless = OrganisationDetails { name: text(""), ..found(id) };
        assert_noop!(change(id, nowhere), E::UnknownCountry);
        assert_noop!(change(id, nameless), E::InvalidText);
        assert_noop!(change(id, details(" A-1")), E::InvalidText);
        assert_noop!(change(id, ministry_details("00010")), E::InvalidScopes);
        assert_noop!(change(GOVERNMENT, ministry_details("00000VU")), E::InvalidScopes);
        assert_noop!(change(ministry, details("00020")), E::InvalidScopes);
    });
}

#[test]
fn other_scopes_of_a_ministry_count_at_once() {
    run(|| {
        let ministry = organisation(Ministry, 20);
        let mut details = found(ministry);
        details.sectoral_scopes.clear();
        assert_ok!(details.sectoral_scopes.try_insert(SectoralScope::Agriculture));
        assert_ok!(change(ministry, details.clone()));
        let actor = Pallet::may_act(&20, Action::AuthoriseProject).unwrap();
        assert_eq!(actor.scopes, details.sectoral_scopes);
        assert!(actor.reaches(SectoralScope::Agriculture, false));
        assert!(!actor.reaches(SectoralScope::WasteHandling, false));
    });
}

#[test]
fn the_governments_country_never_changes() {
    run(|| {
        let elsewhere = OrganisationDetails { country: CountryCode(*b"FJ"), ..found(GOVERNMENT) };
        assert_noop!(change(GOVERNMENT, elsewhere), E::CountryIsFixed);
        let renamed = OrganisationDetails { name: text("Climate Office"), ..found(GOVERNMENT) };
        assert_ok!(change(GOVERNMENT, renamed));
        assert_eq!(Pallet::country(), CountryCode(*b"VU"));
    });
}

#[test]
fn nobody_describes_themselves_anew() {
    run(|| {
        let id = developer(10);
        add(GOVERNMENT, 20, MemberRole::Admin);
        add(GOVERNMENT, 21, MemberRole::Manager);
        let change = |by| Organisations::change_organisation(signed(by), id, details("A-1"));
        for refused in [10, 21] {
            assert_noop!(change(refused), E::NotPermitted);
        }
        assert_noop!(change(STRANGER), E::NotAMember);
        assert_ok!(change(20));
    });
}
