// SPDX-License-Identifier: Apache-2.0
//! What clients read without knowing how storage is laid out.

use super::*;
use registry_primitives::Action::{self, *};

#[test]
fn lists_are_in_the_order_of_their_numbers() {
    run(|| {
        let project = authorised();
        for _ in 0..20 {
            document(project, DocumentKind::Other);
        }
        for year in 2020..2025 {
            assert_ok!(monitor(project, report(years(year, year), &[(year, 1)])));
        }
        let reviewers: Vec<_> = (CERTIFIERS..CERTIFIERS + 8).collect();
        assert_ok!(assign(project, &reviewers));
        for certifier in reviewers.iter().rev() {
            assert_ok!(certify(project, *certifier));
        }

        let documents = Projects::documents(project);
        assert!(documents.iter().map(|(number, _)| *number).eq(1..=22));
        assert_eq!(documents[0].1.kind, DocumentKind::DesignDocument);
        let periods = Projects::monitoring_periods(project);
        assert!(periods.iter().map(|(number, _)| *number).eq(1..=5));
        assert_eq!(periods[4].1, period(project, 5));
        let certifications = Projects::certifications(project);
        assert!(certifications.iter().map(|(certifier, ..)| *certifier).eq(reviewers));
    });
}

#[test]
fn a_project_and_its_change_of_proponents_are_read() {
    run(|| {
        assert_eq!(Projects::project(1), None);
        assert_eq!(Projects::proponent_change(1), None);
        assert_eq!(Projects::documents(1), []);
        let project = submitted(1);
        assert_eq!(Projects::project(project), Some(found(project)));
        assert_ok!(propose(project, &[(OTHER_DEVELOPER, WHOLE)]));
        assert_eq!(Projects::proponent_change(project).unwrap().number, 1);
    });
}

#[test]
fn certifications_say_whether_they_stand() {
    run(|| {
        let project = validated();
        assert_ok!(assign(project, &[CERTIFIER, OTHER_CERTIFIER]));
        assert_ok!(certify(project, CERTIFIER));
        assert_ok!(certify(project, OTHER_CERTIFIER));
        suspend(CERTIFIER);
        reactivate(CERTIFIER);
        let stand: Vec<_> = Projects::certifications(project)
            .into_iter()
            .map(|(certifier, _, stands)| (certifier, stands))
            .collect();
        assert_eq!(stand, [(CERTIFIER, false), (OTHER_CERTIFIER, true)]);
    });
}

/// What `who` may do with a project now.
fn may(who: u64, project: ProjectId) -> BTreeSet<Action> {
    let all = Projects::may(who, project);
    let distinct: BTreeSet<_> = all.iter().copied().collect();
    assert_eq!(distinct.len(), all.len());
    distinct
}

#[test]
fn what_an_account_may_do_follows_the_stage() {
    run(|| {
        let set = |of: &[Action]| BTreeSet::from_iter(of.iter().copied());
        let project = submitted(1);
        let owner = [SubmitDocument, WithdrawProject, ChangeProponents];
        assert_eq!(may(manager(DEVELOPER), project), set(&owner));
        assert_eq!(may(manager(CERTIFIER), project), set(&[ReviewDocument, ValidateProject]));
        let government = [SubmitDocument, RevokeCertification, RejectProject, AssignCertifiers];
        // An Admin is an officer and a leader.
        assert_eq!(may(admin(GOVERNMENT), project), set(&government));
        assert_eq!(may(manager(GOVERNMENT), project), set(&government[..2]));

        put_stage(project, ProjectStage::Validated);
        assert_eq!(may(manager(CERTIFIER), project), set(&[ReviewDocument, CertifyProject]));
        let decides = [&government[..], &[AuthoriseProject]].concat();
        assert_eq!(may(admin(GOVERNMENT), project), set(&decides));
        assert_eq!(may(admin(MINISTRY), project), set(&decides));

        put_stage(project, ProjectStage::Authorised);
        let owner = [SubmitDocument, SubmitMonitoringReport, ChangeProponents];
        assert_eq!(may(manager(DEVELOPER), project), set(&owner));
        let reviewer = [ReviewDocument, VerifyMonitoringReport, CertifyProject];
        assert_eq!(may(manager(CERTIFIER), project), set(&reviewer));

        put_stage(project, ProjectStage::Withdrawn);
        assert_eq!(may(manager(DEVELOPER), project), set(&[]));
        assert_eq!(may(admin(GOVERNMENT), project), set(&[RevokeCertification]));
    });
}

#[test]
fn what_an_account_may_do_follows_its_role_and_reach() {
    run(|| {
        let project = submitted(1);
        for nobody in [STRANGER, viewer(GOVERNMENT), viewer(DEVELOPER), admin(OTHER_DEVELOPER)] {
            assert!(may(nobody, project).is_empty(), "{nobody}");
        }
        assert!(may(admin(OTHER_CERTIFIER), project).is_empty());
        assert!(may(admin(SUSPENDED_CERTIFIER), project).is_empty());
        assert!(may(admin(GOVERNMENT), 2).is_empty());
        // Who shall own a share may consent.
        assert_ok!(propose(project, &[(OTHER_DEVELOPER, WHOLE)]));
        assert_eq!(may(admin(OTHER_DEVELOPER), project), BTreeSet::from([ChangeProponents]));
        // Who has certified may revoke.
        put_stage(project, ProjectStage::Validated);
        assert!(!may(admin(CERTIFIER), project).contains(&RevokeCertification));
        assert_ok!(certify(project, CERTIFIER));
        assert!(may(admin(CERTIFIER), project).contains(&RevokeCertification));
    });
}
