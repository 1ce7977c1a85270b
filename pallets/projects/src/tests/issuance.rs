// SPDX-License-Identifier: Apache-2.0
//! What is handed to issuance and noted after it, and `refuse_issuance`.

use super::*;
use crate::Event;
use frame_support::assert_noop;
use registry_primitives::{project::MonitoringStage, MAX_TONNES};

fn issuable(project: ProjectId, number: u32) -> Result<(Project, MonitoringPeriod), DispatchError> {
    Ok(Projects::issuable(project, number)?)
}

fn refuse(project: ProjectId, number: u32, reason: &str) -> DispatchResult {
    Projects::refuse_issuance(signed(admin(GOVERNMENT)), project, number, text(reason))
}

fn note_first_transferred(project: ProjectId, tonnes: Tonnes) -> DispatchResult {
    Ok(Projects::note_first_transferred(project, tonnes)?)
}

#[test]
fn the_project_and_the_period_exist() {
    run(|| {
        assert_eq!(issuable(1, 1), Err(E::UnknownProject.into()));
        assert_noop!(refuse(1, 1, "no"), E::UnknownProject);
        assert_noop!(note_first_transferred(1, 1), E::UnknownProject);
        let project = verified();
        assert_eq!(issuable(project, 2), Err(E::UnknownPeriod.into()));
        assert_noop!(refuse(project, 2, "no"), E::UnknownPeriod);
    });
}

#[test]
fn what_is_verified_is_issuable_once() {
    run(|| {
        let project = verified();
        let (at, of) = issuable(project, 1).unwrap();
        assert_eq!((at, of), (found(project), period(project, 1)));

        assert_eq!(note_issued(project, 1), Ok(150));
        assert_eq!(found(project).issued, 150);
        assert_eq!(period(project, 1).stage, MonitoringStage::Issued);
        System::assert_last_event(
            Event::MonitoringPeriodIssued { project, period: 1, quantity: 150 }.into(),
        );
        assert_eq!(issuable(project, 1), Err(E::NotVerified.into()));
        assert_noop!(note_issued(project, 1), E::NotVerified);
    });
}

#[test]
fn what_is_only_reported_is_not_issuable() {
    run(|| {
        let project = authorised();
        assert_ok!(monitor(project, report(years(2021, 2021), &[(2021, 100)])));
        assert_noop!(note_issued(project, 1), E::NotVerified);
    });
}

#[test]
fn issuance_ends_at_what_is_authorised() {
    run(|| {
        // 300 tonnes are authorised, 150 of them issued here.
        let project = verified();
        assert_ok!(note_issued(project, 1));
        assert_ok!(monitor(project, report(years(2023, 2023), &[(2023, 151)])));
        assert_ok!(verify(project, 2, &[(2023, 151)]));
        assert_eq!(issuable(project, 2), Err(E::AboveAuthorised.into()));
        assert_noop!(note_issued(project, 2), E::AboveAuthorised);

        assert_ok!(monitor(project, report(years(2024, 2024), &[(2024, 151)])));
        assert_ok!(verify(project, 3, &[(2024, 150)]));
        assert_eq!(note_issued(project, 3), Ok(150));
        assert_eq!(found(project).issued, 300);
    });
}

#[test]
fn a_project_issues_at_most_what_the_registry_counts() {
    run(|| {
        let project = submitted(1);
        let design = document(project, DocumentKind::DesignDocument);
        assert_ok!(review(project, design, true));
        let validation = document(project, DocumentKind::ValidationReport);
        assert_ok!(validate(project, validation, MAX_TONNES));
        assert_ok!(authorise(project, MAX_TONNES));
        for (number, year, tonnes) in [(1, 2021, MAX_TONNES), (2, 2022, MAX_TONNES), (3, 2023, 1)] {
            assert_ok!(monitor(project, report(years(year, year), &[(year, tonnes)])));
            assert_ok!(verify(project, number, &[(year, tonnes)]));
        }
        assert_eq!(note_issued(project, 1), Ok(MAX_TONNES));
        for number in [2, 3] {
            assert_noop!(note_issued(project, number), E::AboveAuthorised);
        }
    });
}

#[test]
fn a_period_is_issued_only_by_issuance() {
    run(|| {
        let project = verified();
        assert!(!Projects::is_issued(project, 1));
        assert_ok!(note_issued(project, 1));
        assert!(Projects::is_issued(project, 1));
        assert!(!Projects::is_issued(project, 2));
        assert!(!Projects::is_issued(2, 1));
    });
}

#[test]
fn an_issuance_is_refused_and_the_period_may_be_reported_again() {
    run(|| {
        let project = verified();
        assert_ok!(refuse(project, 1, "double counting"));
        assert_eq!(period(project, 1).stage, MonitoringStage::Refused);
        assert_eq!(found(project).issued, 0);
        let reason = text("double counting");
        System::assert_last_event(
            Event::IssuanceRefused { project, period: 1, reason, by: admin(GOVERNMENT) }.into(),
        );
        assert_noop!(note_issued(project, 1), E::NotVerified);
        assert_noop!(verify(project, 1, &[(2021, 1)]), E::NotReported);

        assert_ok!(monitor(project, report(years(2021, 2022), &[(2021, 90)])));
        assert_ok!(verify(project, 2, &[(2021, 90)]));
        assert_eq!(note_issued(project, 2), Ok(90));
    });
}

#[test]
fn only_what_is_verified_and_not_issued_is_refused() {
    run(|| {
        let project = verified();
        undone(|| {
            assert_ok!(refuse(project, 1, "no"));
            assert_noop!(refuse(project, 1, "no"), E::NotVerified);
        });
        assert_ok!(note_issued(project, 1));
        assert_noop!(refuse(project, 1, "no"), E::NotVerified);
        assert_ok!(monitor(project, report(years(2023, 2023), &[(2023, 1)])));
        assert_noop!(refuse(project, 2, "no"), E::NotVerified);
    });
}

#[test]
fn a_refusal_says_why() {
    run(|| {
        let project = verified();
        for bad in ["", " padded", "a\nb"] {
            assert_noop!(refuse(project, 1, bad), E::InvalidText);
        }
    });
}

#[test]
fn no_more_is_first_transferred_than_was_issued() {
    run(|| {
        let project = verified();
        assert_noop!(note_first_transferred(project, 1), E::AboveIssued);
        assert_ok!(note_issued(project, 1));
        assert_ok!(note_first_transferred(project, 100));
        assert_eq!(found(project).first_transferred, 100);
        assert_noop!(note_first_transferred(project, 51), E::AboveIssued);
        assert_noop!(note_first_transferred(project, u64::MAX), E::Overflow);
        assert_ok!(note_first_transferred(project, 50));
        assert_eq!(found(project).first_transferred, 150);
    });
}
