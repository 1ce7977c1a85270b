// SPDX-License-Identifier: Apache-2.0
//! `approve_application`: an organisation that applied for itself, approved in one call.

use crate::{mock::*, AdminCount, Event, Members, OrganisationByTaxId};
use codec::Encode;
use frame_support::{assert_noop, assert_ok};
use registry_primitives::{
    organisation::{Member, OrganisationDetails},
    ContentHash, CountryCode, MemberRole, OrganisationRole, GOVERNMENT,
};
use sp_io::hashing::blake2_256;
use sp_runtime::{testing::TestSignature, DispatchResult};
use OrganisationRole::{Api, Certifier, Government, Ministry, ProjectDeveloper};

type Pallet = crate::Pallet<Test>;

const APPLICANT: u64 = 50;

/// The applicant's signature of these bytes.
fn signature(message: &[u8]) -> TestSignature {
    TestSignature(APPLICANT, message.to_vec())
}

/// An approval by the Root of an application that the applicant signed.
fn approve(role: OrganisationRole, details: OrganisationDetails) -> DispatchResult {
    let signature = signature(&Pallet::application_payload(role, &details));
    Organisations::approve_application(signed(ROOT), role, details, APPLICANT, signature)
}

#[test]
fn an_applicant_becomes_the_first_admin() {
    run(|| {
        let roles = [ProjectDeveloper, Certifier, Api];
        for (id, role) in (2..).zip(roles) {
            let applicant = 50 + u64::from(id);
            let details = details(&format!("A-{id}"));
            let payload = Pallet::application_payload(role, &details);
            let application = Some(ContentHash(blake2_256(&payload)));
            assert_ok!(Organisations::approve_application(
                signed(ROOT),
                role,
                details.clone(),
                applicant,
                TestSignature(applicant, payload)
            ));
            let created = Pallet::organisation(id).unwrap();
            assert_eq!((created.role, &created.details), (role, &details));
            let admin = Member { organisation: id, role: MemberRole::Admin };
            assert_eq!(Members::<Test>::get(applicant), Some(admin));
            assert_eq!(AdminCount::<Test>::get(id), 1);
            assert_eq!(OrganisationByTaxId::<Test>::get(&details.tax_id), Some(id));
            assert_eq!(System::providers(&applicant), 1);
            let (first_admin, by) = (applicant, ROOT);
            System::assert_last_event(
                Event::OrganisationCreated { id, role, details, first_admin, application, by }
                    .into(),
            );
        }
    });
}

#[test]
fn the_payload_is_what_the_documentation_says() {
    run(|| {
        let details = details("A-1");
        let mut expected = b"carbon-registry/application".to_vec();
        // The hash of block 0 in a runtime without a chain.
        expected.extend([69; 32]);
        expected.push(2); // ProjectDeveloper
        expected.extend(details.encode());
        assert_eq!(Pallet::application_payload(ProjectDeveloper, &details), expected);
    });
}

#[test]
fn a_wallets_signature_of_wrapped_bytes_counts() {
    run(|| {
        let (role, details) = (ProjectDeveloper, details("A-1"));
        let payload = Pallet::application_payload(role, &details);
        let approve = |message: &[u8]| {
            let (details, signature) = (details.clone(), signature(message));
            Organisations::approve_application(signed(ROOT), role, details, APPLICANT, signature)
        };
        for other in [
            [b"<Bytes>", payload.as_slice()].concat(),
            [payload.as_slice(), b"</Bytes>"].concat(),
            [b"<bytes>", payload.as_slice(), b"</bytes>"].concat(),
            [b"<Bytes><Bytes>", payload.as_slice(), b"</Bytes></Bytes>"].concat(),
            blake2_256(&payload).to_vec(),
            vec![],
        ] {
            assert_noop!(approve(&other), E::InvalidSignature);
        }
        assert_ok!(approve(&[b"<Bytes>", payload.as_slice(), b"</Bytes>"].concat()));
        // The hash in the event is that of the payload, however it was signed.
        let hash = ContentHash(blake2_256(&payload));
        let application = Some(hash);
        let (id, first_admin, by) = (2, APPLICANT, ROOT);
        System::assert_last_event(
            Event::OrganisationCreated { id, role, details, first_admin, application, by }.into(),
        );
    });
}

#[test]
fn nobody_applies_with_anothers_key() {
    run(|| {
        let (role, details) = (ProjectDeveloper, details("A-1"));
        let payload = Pallet::application_payload(role, &details);
        let by_another = TestSignature(51, payload);
        let approval =
            Organisations::approve_application(signed(ROOT), role, details, APPLICANT, by_another);
        assert_noop!(approval, E::InvalidSignature);
    });
}

#[test]
fn what_was_applied_for_is_what_is_approved() {
    run(|| {
        let applied = details("A-1");
        let signature = signature(&Pallet::application_payload(ProjectDeveloper, &applied));
        let approve = |role, details| {
            let signature = signature.clone();
            Organisations::approve_application(signed(ROOT), role, details, APPLICANT, signature)
        };
        for other in [
            OrganisationDetails { name: text("Efate Wind Inc"), ..applied.clone() },
            OrganisationDetails { tax_id: text("A-2"), ..applied.clone() },
            OrganisationDetails { country: CountryCode(*b"FJ"), ..applied.clone() },
            OrganisationDetails { profile: ContentHash([8; 32]), ..applied.clone() },
        ] {
            assert_noop!(approve(ProjectDeveloper, other), E::InvalidSignature);
        }
        assert_noop!(approve(Certifier, applied.clone()), E::InvalidSignature);
        assert_ok!(approve(ProjectDeveloper, applied));
    });
}

#[test]
fn an_application_to_another_registry_does_not_count_here() {
    run(|| {
        let (role, details) = (ProjectDeveloper, details("A-1"));
        let payload = Pallet::application_payload(role, &details);
        frame_system::BlockHash::<Test>::insert(0, chain(70));
        assert_ne!(payload, Pallet::application_payload(role, &details));
        let signature = signature(&payload);
        let approval =
            Organisations::approve_application(signed(ROOT), role, details, APPLICANT, signature);
        assert_noop!(approval, E::InvalidSignature);
    });
}

/// The hash of the first block of another chain.
fn chain(byte: u8) -> <Test as frame_system::Config>::Hash {
    [byte; 32].into()
}

#[test]
fn an_application_is_approved_once() {
    run(|| {
        assert_ok!(approve(ProjectDeveloper, details("A-1")));
        assert_noop!(approve(ProjectDeveloper, details("A-1")), E::TaxIdTaken);
    });
}

#[test]
fn the_government_and_ministries_do_not_apply() {
    run(|| {
        assert_noop!(approve(Ministry, ministry_details("A-1")), E::NotByApplication);
        assert_noop!(approve(Government, details("A-1")), E::NotByApplication);
    });
}

#[test]
fn an_applicant_is_described_like_any_other_organisation() {
    run(|| {
        developer(60);
        let nowhere = OrganisationDetails { country: CountryCode(*b"ZZ"), ..details("A-1") };
        let nameless = OrganisationDetails { name: text(" "), ..details("A-1") };
        assert_noop!(approve(ProjectDeveloper, details("")), E::InvalidText);
        assert_noop!(approve(ProjectDeveloper, nameless), E::InvalidText);
        assert_noop!(approve(ProjectDeveloper, nowhere), E::UnknownCountry);
        assert_noop!(approve(ProjectDeveloper, ministry_details("A-1")), E::InvalidScopes);
        assert_noop!(approve(ProjectDeveloper, details("00060")), E::TaxIdTaken);
        add(2, APPLICANT, MemberRole::Manager);
        assert_noop!(approve(ProjectDeveloper, details("A-1")), E::AlreadyAMember);
    });
}

#[test]
fn applicants_do_not_approve_themselves() {
    run(|| {
        let organisation = developer(10);
        add(GOVERNMENT, 20, MemberRole::Admin);
        add(GOVERNMENT, 21, MemberRole::Manager);
        add(organisation, 11, MemberRole::Manager);
        let (role, details) = (ProjectDeveloper, details("A-1"));
        let payload = Pallet::application_payload(role, &details);
        let approve = |by| {
            let (details, signature) = (details.clone(), signature(&payload));
            Organisations::approve_application(signed(by), role, details, APPLICANT, signature)
        };
        assert_noop!(approve(APPLICANT), E::NotAMember);
        for refused in [10, 11, 21] {
            assert_noop!(approve(refused), E::NotPermitted);
        }
        assert_ok!(approve(20));
    });
}
