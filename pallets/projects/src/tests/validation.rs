// SPDX-License-Identifier: Apache-2.0
//! `validate_project`: a certifier's word that the estimate is right.

use super::*;
use crate::{Documents, Event};
use frame_support::assert_noop;
use registry_primitives::{project::DocumentStatus, MAX_TONNES};
use DocumentKind::{DesignDocument, Other, ValidationReport};

/// A project with an accepted design and a validation report that waits.
fn ready() -> (ProjectId, DocumentId) {
    let project = submitted(1);
    let design = document(project, DesignDocument);
    assert_ok!(review(project, design, true));
    let report = document(project, ValidationReport);
    (project, report)
}

#[test]
fn a_project_is_validated() {
    run(|| {
        let (project, number) = ready();
        System::reset_events();
        assert_ok!(validate(project, number, 400));
        assert_eq!(stage(project), ProjectStage::Validated);
        assert_eq!(found(project).validated_estimate, Some(400));
        let report = Documents::<Test>::get(project, number).unwrap();
        assert_eq!(report.status, DocumentStatus::Accepted);
        assert_eq!(report.reviewer, Some(CERTIFIER));
        let by = admin(CERTIFIER);
        let reviewed = Event::DocumentReviewed {
            project,
            document: number,
            status: DocumentStatus::Accepted,
            remark: None,
            reviewer: CERTIFIER,
            by,
        };
        let validated =
            Event::ProjectValidated { id: project, estimate: 400, certifier: CERTIFIER, by };
        let events: Vec<_> = System::events().into_iter().map(|record| record.event).collect();
        assert_eq!(events, [reviewed.into(), validated.into()]);
    });
}

#[test]
fn an_estimate_may_exceed_what_the_proponents_expected() {
    run(|| {
        // 500 tonnes were registered; the validation decides.
        let (project, report) = ready();
        assert_ok!(validate(project, report, 501));
        assert_eq!(found(project).validated_estimate, Some(501));
    });
}

#[test]
fn the_project_exists() {
    run(|| {
        assert_noop!(validate(1, 1, 400), E::UnknownProject);
    });
}

#[test]
fn the_document_exists() {
    run(|| {
        let (project, _) = ready();
        assert_noop!(validate(project, 3, 400), E::UnknownDocument);
    });
}

#[test]
fn only_a_validation_report_validates() {
    run(|| {
        let (project, _) = ready();
        let other = document(project, Other);
        assert_noop!(validate(project, other, 400), E::NotAValidationReport);
    });
}

#[test]
fn a_report_that_was_rejected_validates_nothing() {
    run(|| {
        let (project, old) = ready();
        assert_ok!(review(project, old, false));
        let new = document(project, ValidationReport);
        assert_noop!(validate(project, old, 400), E::AlreadyReviewed);
        assert_ok!(validate(project, new, 400));
    });
}

#[test]
fn an_old_report_validates_nothing() {
    run(|| {
        let (project, old) = ready();
        document(project, ValidationReport);
        assert_noop!(validate(project, old, 400), E::Superseded);
    });
}

#[test]
fn validation_needs_an_accepted_design() {
    run(|| {
        let project = submitted(1);
        let report = document(project, ValidationReport);
        assert_noop!(validate(project, report, 400), E::NoAcceptedDesign);
        // One that waits is not enough.
        let design = document(project, DesignDocument);
        assert_noop!(validate(project, report, 400), E::NoAcceptedDesign);
        assert_ok!(review(project, design, true));
        assert_ok!(validate(project, report, 400));
    });
}

#[test]
fn a_rejected_design_is_not_accepted() {
    run(|| {
        let project = submitted(1);
        let design = document(project, DesignDocument);
        assert_ok!(review(project, design, false));
        let report = document(project, ValidationReport);
        assert_eq!(stage(project), ProjectStage::Submitted);
        assert_noop!(validate(project, report, 400), E::NoAcceptedDesign);
    });
}

#[test]
fn an_estimate_is_above_zero_and_can_be_counted() {
    run(|| {
        let (project, report) = ready();
        assert_noop!(validate(project, report, 0), E::ZeroTonnes);
        for above in [MAX_TONNES + 1, u64::MAX] {
            assert_noop!(validate(project, report, above), E::Overflow);
        }
        assert_ok!(validate(project, report, MAX_TONNES));
    });
}
