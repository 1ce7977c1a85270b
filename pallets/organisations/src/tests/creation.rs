// SPDX-License-Identifier: Apache-2.0
//! `create_organisation`: an organisation and its first Admin, or nothing.

use crate::{mock::*, AdminCount, Event, Members, NextOrganisationId, OrganisationByTaxId};
use frame_support::{assert_noop, assert_ok};
use registry_primitives::{
    organisation::{Member, Organisation, OrganisationDetails, OrganisationStatus},
    Action, CountryCode, MemberRole, OrganisationRole, Text, GOVERNMENT,
};
use OrganisationRole::{Api, Certifier, Government, Ministry, ProjectDeveloper};

type Stored = crate::Organisations<Test>;

/// A creation by the Root of an organisation with account 50 as first Admin.
fn create(role: OrganisationRole, details: OrganisationDetails) -> sp_runtime::DispatchResult {
    Organisations::create_organisation(signed(ROOT), role, details, 50)
}

#[test]
fn an_organisation_comes_with_its_first_admin() {
    run(|| {
        assert_ok!(create(ProjectDeveloper, details("A-1")));
        let created = Organisation {
            role: ProjectDeveloper,
            details: details("A-1"),
            status: OrganisationStatus::Active,
            suspensions: 0,
            created_at: NOW,
        };
        assert_eq!(Stored::get(2), Some(created));
        assert_eq!(OrganisationByTaxId::<Test>::get(details("A-1").tax_id), Some(2));
        let admin = Member { organisation: 2, role: MemberRole::Admin };
        assert_eq!(Members::<Test>::get(50), Some(admin));
        assert_eq!(AdminCount::<Test>::get(2), 1);
        // Without a provider the Admin could not sign.
        assert_eq!(System::providers(&50), 1);
        System::assert_last_event(
            Event::OrganisationCreated {
                id: 2,
                role: ProjectDeveloper,
                details: details("A-1"),
                first_admin: 50,
                application: None,
                by: ROOT,
            }
            .into(),
        );
    });
}

#[test]
fn organisations_are_numbered_in_order_whatever_their_role() {
    run(|| {
        let roles = [Ministry, ProjectDeveloper, Certifier, Api];
        let numbers: Vec<_> = (10..).zip(roles).map(|(at, role)| organisation(role, at)).collect();
        assert_eq!(numbers, [2, 3, 4, 5]);
        for (id, role) in numbers.into_iter().zip(roles) {
            assert_eq!(Stored::get(id).unwrap().role, role);
        }
    });
}

#[test]
fn a_government_admin_may_create_and_others_may_not() {
    run(|| {
        let developer = developer(10);
        add(GOVERNMENT, 20, MemberRole::Admin);
        add(GOVERNMENT, 21, MemberRole::Manager);
        let create = |by| {
            let (role, details) = (ProjectDeveloper, details("A-1"));
            Organisations::create_organisation(signed(by), role, details, 50)
        };
        for refused in [21, 10] {
            assert_noop!(create(refused), E::NotPermitted);
        }
        assert_noop!(create(STRANGER), E::NotAMember);
        suspend(developer);
        assert_noop!(create(10), E::OrganisationSuspended);
        assert_ok!(create(20));
    });
}

#[test]
fn only_a_signer_is_an_officer() {
    run(|| {
        for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
            let (role, details) = (ProjectDeveloper, details("A-1"));
            assert_noop!(
                Organisations::create_organisation(origin, role, details, 50),
                E::NotSigned
            );
        }
    });
}

#[test]
fn what_needs_several_officers_is_not_done_by_one() {
    run(|| {
        NeedsApprovals::set(Some(Action::CreateOrganisation));
        assert_noop!(create(ProjectDeveloper, details("A-1")), E::ApprovalsNeeded);
    });
}

#[test]
fn there_is_no_second_government() {
    run(|| {
        assert_noop!(create(Government, details("A-1")), E::SecondGovernment);
    });
}

#[test]
fn names_and_tax_identifiers_are_readable_text() {
    run(|| {
        for bad in ["", " padded", "invisible\u{200b}"] {
            let name = OrganisationDetails { name: text(bad), ..details("A-1") };
            assert_noop!(create(ProjectDeveloper, name), E::InvalidText);
            assert_noop!(create(ProjectDeveloper, details(bad)), E::InvalidText);
        }
        let not_utf8 = Text(vec![0xff].try_into().unwrap());
        let name = OrganisationDetails { name: not_utf8, ..details("A-1") };
        assert_noop!(create(ProjectDeveloper, name), E::InvalidText);
    });
}

#[test]
fn the_country_is_assigned() {
    run(|| {
        let nowhere = OrganisationDetails { country: CountryCode(*b"ZZ"), ..details("A-1") };
        assert_noop!(create(ProjectDeveloper, nowhere), E::UnknownCountry);
    });
}

#[test]
fn a_ministry_has_scopes_and_nobody_else() {
    run(|| {
        assert_noop!(create(Ministry, details("A-1")), E::InvalidScopes);
        for role in [ProjectDeveloper, Certifier, Api] {
            assert_noop!(create(role, ministry_details("A-1")), E::InvalidScopes);
        }
        assert_ok!(create(Ministry, ministry_details("A-1")));
        assert_eq!(
            Stored::get(2).unwrap().details.sectoral_scopes,
            ministry_details("A-1").sectoral_scopes
        );
    });
}

#[test]
fn a_tax_identifier_is_taken_once_even_by_the_government() {
    run(|| {
        assert_ok!(create(ProjectDeveloper, details("A-1")));
        let again = |tax_id| {
            let details = OrganisationDetails { name: text("Another"), ..details(tax_id) };
            Organisations::create_organisation(signed(ROOT), Certifier, details, 51)
        };
        assert_noop!(again("A-1"), E::TaxIdTaken);
        assert_noop!(again("00000VU"), E::TaxIdTaken);
    });
}

#[test]
fn the_first_admin_is_a_member_of_nothing_else() {
    run(|| {
        developer(50);
        assert_noop!(create(ProjectDeveloper, details("A-1")), E::AlreadyAMember);
        let root = Organisations::create_organisation(
            signed(ROOT),
            ProjectDeveloper,
            details("A-1"),
            ROOT,
        );
        assert_noop!(root, E::AlreadyAMember);
    });
}

#[test]
fn numbers_end() {
    run(|| {
        let next = NextOrganisationId::<Test>::get();
        NextOrganisationId::<Test>::put(u32::MAX);
        assert_noop!(create(ProjectDeveloper, details("A-1")), E::NumbersExhausted);
        // A gap in the numbers is a broken state.
        NextOrganisationId::<Test>::put(next);
    });
}
