// SPDX-License-Identifier: Apache-2.0
//! `submit_document` and `review_document`.

use super::*;
use crate::{Documents, Event, LatestDocument};
use frame_support::assert_noop;
use registry_primitives::{
    project::{Document, DocumentStatus},
    MAX_TONNES,
};
use DocumentKind::{DesignDocument, MonitoringReport as Monitoring, Other, ValidationReport};

fn status(project: ProjectId, number: DocumentId) -> DocumentStatus {
    Documents::<Test>::get(project, number).unwrap().status
}

#[test]
fn a_document_is_submitted() {
    run(|| {
        let project = submitted(1);
        assert_ok!(submit(project, DesignDocument));
        let expected = Document {
            kind: DesignDocument,
            hash: HASH,
            size: 1_000,
            version: 1,
            uploader: DEVELOPER,
            status: DocumentStatus::Submitted,
            reviewer: None,
            remark: None,
            submitted_at: NOW,
        };
        assert_eq!(Documents::<Test>::get(project, 1), Some(expected));
        assert_eq!(LatestDocument::<Test>::get(project, DesignDocument), Some(1));
        System::assert_last_event(
            Event::DocumentSubmitted {
                project,
                document: 1,
                kind: DesignDocument,
                hash: HASH,
                size: 1_000,
                version: 1,
                uploader: DEVELOPER,
                by: admin(DEVELOPER),
            }
            .into(),
        );
    });
}

#[test]
fn documents_are_numbered_by_project_and_versioned_by_kind() {
    run(|| {
        let (project, other) = (submitted(1), submitted(2));
        let kinds = [DesignDocument, Other, DesignDocument, Other, Other];
        let numbers = kinds.map(|kind| document(project, kind));
        assert_eq!(numbers, [1, 2, 3, 4, 5]);
        let versions =
            numbers.map(|number| Documents::<Test>::get(project, number).unwrap().version);
        assert_eq!(versions, [1, 1, 2, 2, 3]);
        assert_eq!(LatestDocument::<Test>::get(project, DesignDocument), Some(3));
        assert_eq!(document(other, Other), 1);
    });
}

#[test]
fn the_project_exists() {
    run(|| {
        assert_noop!(submit(1, Other), E::UnknownProject);
        assert_noop!(review(1, 1, true), E::UnknownProject);
    });
}

#[test]
fn a_document_is_not_empty_and_its_size_can_be_counted() {
    run(|| {
        let project = submitted(1);
        let sized = |size| {
            let by = signed(admin(DEVELOPER));
            Projects::submit_document(by, project, Other, HASH, size)
        };
        assert_noop!(sized(0), E::EmptyDocument);
        // As much as a quantity: the largest whole number that every reader takes.
        assert_noop!(sized(MAX_TONNES + 1), E::Overflow);
        assert_ok!(sized(MAX_TONNES));
    });
}

#[test]
fn an_accepted_design_is_never_replaced() {
    run(|| {
        let project = submitted(1);
        let design = document(project, DesignDocument);
        assert_ok!(review(project, design, true));
        assert_noop!(submit(project, DesignDocument), E::AlreadyAccepted);
        // Other kinds may have new versions of accepted ones.
        let other = document(project, Other);
        assert_ok!(review(project, other, true));
        assert_ok!(submit(project, Other));
    });
}

#[test]
fn an_accepted_validation_report_is_never_replaced() {
    run(|| {
        let project = validated();
        assert_noop!(submit(project, ValidationReport), E::AlreadyAccepted);
    });
}

#[test]
fn other_documents_are_taken_until_a_project_has_ended() {
    use ProjectStage::*;
    run(|| {
        let project = submitted(1);
        for alive in [Submitted, Returned, Validated, Authorised, Suspended] {
            put_stage(project, alive);
            assert_ok!(submit(project, Monitoring));
            // Only what was missing resubmits a project.
            assert_eq!(stage(project), alive);
        }
        for ended in [Rejected, Completed, Withdrawn] {
            at_stage(project, ended, || {
                assert_noop!(submit(project, Monitoring), E::WrongStage);
            });
        }
    });
}

#[test]
fn numbers_end() {
    run(|| {
        let project = submitted(1);
        assert_ok!(submit(project, Other));
        let documents = |count| {
            crate::Projects::<Test>::mutate(project, |found| {
                found.as_mut().unwrap().documents = count
            });
        };
        documents(u32::MAX);
        assert_noop!(submit(project, Other), E::NumbersExhausted);
        documents(1);

        let version = |version| {
            Documents::<Test>::mutate(project, 1, |found| {
                found.as_mut().unwrap().version = version
            });
        };
        version(u32::MAX);
        assert_noop!(submit(project, Other), E::NumbersExhausted);
    });
}

#[test]
fn a_design_is_accepted() {
    run(|| {
        let project = submitted(1);
        let number = document(project, DesignDocument);
        assert_ok!(review(project, number, true));
        let reviewed = Documents::<Test>::get(project, number).unwrap();
        assert_eq!(reviewed.status, DocumentStatus::Accepted);
        assert_eq!((reviewed.reviewer, reviewed.remark), (Some(CERTIFIER), Some(REMARK)));
        // Not validated by that alone.
        assert_eq!(stage(project), ProjectStage::Submitted);
        System::assert_last_event(
            Event::DocumentReviewed {
                project,
                document: number,
                status: DocumentStatus::Accepted,
                remark: Some(REMARK),
                reviewer: CERTIFIER,
                by: admin(CERTIFIER),
            }
            .into(),
        );
    });
}

#[test]
fn a_rejected_design_or_report_returns_the_project_until_a_new_version_comes() {
    for kind in [DesignDocument, ValidationReport] {
        run(|| {
            let project = submitted(1);
            let first = document(project, kind);
            assert_ok!(review(project, first, false));
            assert_eq!(status(project, first), DocumentStatus::Rejected);
            assert_eq!(stage(project), ProjectStage::Returned);
            System::assert_last_event(Event::ProjectReturned { id: project }.into());

            let second = document(project, kind);
            assert_eq!(stage(project), ProjectStage::Submitted);
            System::assert_last_event(Event::ProjectResubmitted { id: project }.into());
            assert_eq!(status(project, first), DocumentStatus::Rejected);
            assert_eq!(status(project, second), DocumentStatus::Submitted);
        });
    }
}

#[test]
fn the_rejection_of_another_document_returns_nothing() {
    run(|| {
        let project = submitted(1);
        let number = document(project, Other);
        assert_ok!(review(project, number, false));
        assert_eq!(status(project, number), DocumentStatus::Rejected);
        assert_eq!(stage(project), ProjectStage::Submitted);
    });
}

#[test]
fn the_document_exists_in_this_project() {
    run(|| {
        let (project, other) = (submitted(1), submitted(2));
        document(other, DesignDocument);
        assert_noop!(review(project, 1, true), E::UnknownDocument);
    });
}

#[test]
fn a_document_is_reviewed_once() {
    run(|| {
        let project = submitted(1);
        for accept in [true, false] {
            let number = document(project, Other);
            assert_ok!(review(project, number, accept));
            for again in [true, false] {
                assert_noop!(review(project, number, again), E::AlreadyReviewed);
            }
        }
    });
}

#[test]
fn only_the_newest_version_is_reviewed() {
    run(|| {
        let project = submitted(1);
        let old = document(project, DesignDocument);
        let new = document(project, DesignDocument);
        assert_noop!(review(project, old, true), E::Superseded);
        assert_ok!(review(project, new, true));
    });
}

#[test]
fn a_validation_report_is_accepted_with_its_estimate() {
    run(|| {
        let project = submitted(1);
        let number = document(project, ValidationReport);
        assert_noop!(review(project, number, true), E::ValidateInstead);
    });
}

#[test]
fn a_rejection_says_why() {
    run(|| {
        let project = submitted(1);
        for kind in [DesignDocument, ValidationReport, Other] {
            let number = document(project, kind);
            let reject = |remark| {
                Projects::review_document(signed(admin(CERTIFIER)), project, number, false, remark)
            };
            assert_noop!(reject(None), E::ReasonMissing);
            undone(|| {
                assert_ok!(reject(Some(REMARK)));
            });
        }
        let by = signed(admin(CERTIFIER));
        assert_ok!(Projects::review_document(by, project, 1, true, None));
    });
}
