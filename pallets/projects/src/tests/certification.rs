// SPDX-License-Identifier: Apache-2.0
//! `assign_certifiers`, `certify_project` and `revoke_certification`.

use super::*;
use crate::{Certifications, Event};
use frame_support::assert_noop;
use registry_primitives::project::Certification;

fn revoke(who: u64, project: ProjectId, certifier: OrganisationId) -> DispatchResult {
    Projects::revoke_certification(signed(who), project, certifier, text("not true"))
}

/// A project in another sector than MINISTRY's scopes, certified by CERTIFIER.
fn out_of_scope() -> ProjectId {
    let project = validated();
    crate::Projects::<Test>::mutate(project, |found| {
        let registration = &mut found.as_mut().unwrap().registration;
        registration.sectoral_scope = SectoralScope::WasteHandling;
    });
    assert_ok!(certify(project, CERTIFIER));
    project
}

#[test]
fn other_certifiers_are_assigned() {
    run(|| {
        let project = submitted(1);
        let design = document(project, DocumentKind::DesignDocument);
        assert_ok!(assign(project, &[OTHER_CERTIFIER, CERTIFIERS]));
        let certifiers = certifier_set(&[OTHER_CERTIFIER, CERTIFIERS]);
        assert_eq!(found(project).registration.certifiers, certifiers);
        let by = admin(GOVERNMENT);
        System::assert_last_event(Event::CertifiersAssigned { project, certifiers, by }.into());
        // Those before are not any more, those from now on are.
        assert_noop!(review(project, design, true), E::NotPermitted);
        let by = signed(admin(CERTIFIERS));
        assert_ok!(Projects::review_document(by, project, design, true, None));
        // There may be none.
        assert_ok!(assign(project, &[]));
    });
}

#[test]
fn certifiers_are_active_certifiers_without_a_share() {
    run(|| {
        assert_ok!(register(shares(&[(DEVELOPER, 1), (OTHER_CERTIFIER, WHOLE - 1)])));
        for bad in [GOVERNMENT, MINISTRY, OTHER_DEVELOPER, API, SUSPENDED_CERTIFIER, NOWHERE] {
            assert_noop!(assign(1, &[CERTIFIER, bad]), E::InvalidCertifier);
        }
        for owner in [DEVELOPER, OTHER_CERTIFIER] {
            assert_noop!(assign(1, &[CERTIFIER, owner]), E::ConflictOfInterest);
        }
        assert_noop!(assign(1, &[CERTIFIER]), E::Unchanged);
        assert_noop!(assign(2, &[CERTIFIER]), E::UnknownProject);
    });
}

#[test]
fn a_ministry_assigns_within_its_scopes() {
    run(|| {
        let by = |project| {
            let certifiers = certifier_set(&[OTHER_CERTIFIER]);
            Projects::assign_certifiers(signed(admin(MINISTRY)), project, certifiers)
        };
        let (foreign, own) = (out_of_scope(), submitted(2));
        assert_noop!(by(foreign), E::NotPermitted);
        assert_ok!(by(own));
    });
}

#[test]
fn an_assigned_certifier_certifies() {
    run(|| {
        let project = verified();
        let before = found(project);
        assert_ok!(certify(project, CERTIFIER));
        let expected = Certification { certified_at: NOW, suspensions: 0 };
        assert_eq!(Certifications::<Test>::get(project, CERTIFIER), Some(expected));
        assert!(Projects::is_certified(project, CERTIFIER));
        assert!(!Projects::is_certified(project, OTHER_CERTIFIER));
        let (certifier, by) = (CERTIFIER, manager(CERTIFIER));
        System::assert_last_event(Event::ProjectCertified { project, certifier, by }.into());
        // A label, and nothing else.
        assert_eq!(found(project), before);

        assert_noop!(certify(project, CERTIFIER), E::AlreadyCertified);
        assert_noop!(certify(project, OTHER_CERTIFIER), E::NotPermitted);
        assert_ok!(assign(project, &[CERTIFIER, OTHER_CERTIFIER]));
        assert_ok!(certify(project, OTHER_CERTIFIER));
        assert_noop!(certify(9, CERTIFIER), E::UnknownProject);
    });
}

#[test]
fn suspending_a_certifier_revokes_what_it_certified() {
    run(|| {
        let project = validated();
        assert_ok!(certify(project, CERTIFIER));
        suspend(CERTIFIER);
        assert!(!Projects::is_certified(project, CERTIFIER));
        assert_noop!(revoke(admin(GOVERNMENT), project, CERTIFIER), E::NotCertified);
        assert_noop!(certify(project, CERTIFIER), E::OrganisationSuspended);

        reactivate(CERTIFIER);
        assert!(!Projects::is_certified(project, CERTIFIER));
        assert_ok!(certify(project, CERTIFIER));
        assert!(Projects::is_certified(project, CERTIFIER));
        let expected = Certification { certified_at: NOW, suspensions: 1 };
        assert_eq!(Certifications::<Test>::get(project, CERTIFIER), Some(expected));
    });
}

#[test]
fn the_government_the_ministry_and_the_certifier_revoke() {
    for who in [admin(GOVERNMENT), manager(GOVERNMENT), manager(MINISTRY), admin(CERTIFIER)] {
        run(|| {
            let project = validated();
            assert_ok!(certify(project, CERTIFIER));
            assert_ok!(revoke(who, project, CERTIFIER));
            assert!(!Certifications::<Test>::contains_key(project, CERTIFIER));
            let (certifier, reason) = (CERTIFIER, text("not true"));
            System::assert_last_event(
                Event::CertificationRevoked { project, certifier, reason, by: who }.into(),
            );
            assert_noop!(revoke(admin(GOVERNMENT), project, CERTIFIER), E::NotCertified);
            assert_ok!(certify(project, CERTIFIER));
        });
    }
}

#[test]
fn nobody_else_revokes() {
    run(|| {
        let project = out_of_scope();
        assert_ok!(assign(project, &[CERTIFIER, OTHER_CERTIFIER]));
        for who in [MINISTRY, DEVELOPER, OTHER_CERTIFIER, API] {
            assert_noop!(revoke(admin(who), project, CERTIFIER), E::NotPermitted);
        }
        // Not another's, even if there is one of its own.
        assert_ok!(certify(project, OTHER_CERTIFIER));
        assert_noop!(revoke(admin(OTHER_CERTIFIER), project, CERTIFIER), E::NotPermitted);
    });
}

#[test]
fn a_certifier_that_is_no_longer_assigned_revokes_its_own() {
    run(|| {
        let project = validated();
        assert_ok!(certify(project, CERTIFIER));
        assert_ok!(assign(project, &[]));
        assert!(Projects::is_certified(project, CERTIFIER));
        assert_ok!(revoke(manager(CERTIFIER), project, CERTIFIER));
    });
}

#[test]
fn what_is_revoked_exists() {
    run(|| {
        assert_noop!(revoke(admin(GOVERNMENT), 1, CERTIFIER), E::UnknownProject);
        let project = validated();
        for nobody in [CERTIFIER, DEVELOPER, NOWHERE] {
            assert_noop!(revoke(admin(GOVERNMENT), project, nobody), E::NotCertified);
        }
    });
}

#[test]
fn a_revocation_says_why() {
    run(|| {
        let project = validated();
        assert_ok!(certify(project, CERTIFIER));
        for bad in ["", " padded", "a\nb"] {
            let by = signed(admin(GOVERNMENT));
            let attempt = Projects::revoke_certification(by, project, CERTIFIER, text(bad));
            assert_eq!(attempt, Err(E::InvalidText.into()));
        }
        assert!(Projects::is_certified(project, CERTIFIER));
    });
}
