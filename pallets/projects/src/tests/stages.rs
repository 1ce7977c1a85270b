// SPDX-License-Identifier: Apache-2.0
//! Every step in every stage: it works or it is refused, as the table here says.

use super::*;
use crate::{Documents, ProjectStep};
use registry_primitives::project::{DocumentStatus, ProjectStage::*};
use ProjectStep as S;

/// The columns of the table.
const STAGES: [ProjectStage; 8] =
    [Submitted, Returned, Validated, Rejected, Authorised, Suspended, Completed, Withdrawn];

/// `x` where the step works.
const TABLE: [(ProjectStep, &str); 23] = [
    (S::SubmitDocument, "xxx.xx.."),
    (S::SubmitDecidingDocument, "xx......"),
    (S::ReviewDocument, "xxx.xx.."),
    (S::ReviewDecidingDocument, "x......."),
    (S::ValidateProject, "x......."),
    (S::AuthoriseProject, "..x....."),
    (S::RejectProject, "xxx....."),
    (S::ReportMonitoring, "....x..."),
    (S::VerifyMonitoring, "....x..."),
    (S::WithdrawProject, "xxx....."),
    (S::SuspendProject, "....x..."),
    (S::ResumeProject, ".....x.."),
    (S::CompleteProject, "....x..."),
    (S::ChangeTerms, "....xx.."),
    (S::ProposeProponents, "xxx.xx.."),
    (S::ConsentToProponents, "xxx.xx.."),
    (S::WithdrawProponents, "xxx.xx.."),
    (S::AssignCertifiers, "xxx.xx.."),
    (S::CertifyProject, "..x.x..."),
    (S::RevokeCertification, "xxxxxxxx"),
    (S::ReturnMonitoring, "....x..."),
    (S::IssueCredits, "....x..."),
    (S::RefuseIssuance, "....xx.."),
];

/// A project with which everything can be done but for its stage: an accepted design (1), a
/// validation report (2) and another document (3) that wait for review, a verified (1) and a
/// reported (2) monitoring period, a change of proponents that waits for OTHER_DEVELOPER, and a
/// certification by OTHER_CERTIFIER.
fn ready_for_everything() -> ProjectId {
    let project = verified();
    Documents::<Test>::mutate(project, 2, |found| {
        found.as_mut().unwrap().status = DocumentStatus::Submitted;
    });
    assert_eq!(document(project, DocumentKind::Other), 3);
    assert_ok!(monitor(project, report(years(2023, 2023), &[(2023, 5)])));
    assert_ok!(propose(project, &[(DEVELOPER, 1), (OTHER_DEVELOPER, WHOLE - 1)]));
    assert_ok!(assign(project, &[CERTIFIER, OTHER_CERTIFIER]));
    assert_ok!(certify(project, OTHER_CERTIFIER));
    project
}

/// Takes a step by the officer that it is meant for.
fn take(step: ProjectStep, project: ProjectId) -> DispatchResult {
    let government = signed(admin(GOVERNMENT));
    let owner = signed(admin(DEVELOPER));
    let certifier = signed(admin(CERTIFIER));
    let reason = text("a reason");
    match step {
        S::SubmitDocument => submit(project, DocumentKind::Other),
        S::SubmitDecidingDocument => submit(project, DocumentKind::ValidationReport),
        S::ReviewDocument => review(project, 3, true),
        S::ReviewDecidingDocument => review(project, 2, false),
        S::ValidateProject => validate(project, 2, 400),
        S::AuthoriseProject => authorise(project, 400),
        S::RejectProject => Projects::reject_project(government, project, reason),
        S::ReportMonitoring => monitor(project, report(years(2024, 2024), &[(2024, 1)])),
        S::VerifyMonitoring => verify(project, 2, &[(2023, 5)]),
        S::WithdrawProject => Projects::withdraw_project(owner, project, reason),
        S::SuspendProject => Projects::suspend_project(government, project, reason),
        S::ResumeProject => Projects::resume_project(government, project),
        S::CompleteProject => Projects::complete_project(government, project, None),
        S::ChangeTerms => Projects::change_terms(government, project, Some(terms())),
        S::ProposeProponents => propose(project, &[(OTHER_DEVELOPER, WHOLE)]),
        S::ConsentToProponents => {
            Projects::consent_to_proponents(signed(admin(OTHER_DEVELOPER)), project, 1)
        }
        S::WithdrawProponents => Projects::withdraw_proponents(owner, project, 1),
        S::AssignCertifiers => assign(project, &[]),
        S::CertifyProject => certify(project, CERTIFIER),
        S::RevokeCertification => {
            Projects::revoke_certification(government, project, OTHER_CERTIFIER, reason)
        }
        S::ReturnMonitoring => Projects::return_monitoring(certifier, project, 2, REMARK),
        S::IssueCredits => note_issued(project, 1).map(drop),
        S::RefuseIssuance => Projects::refuse_issuance(government, project, 1, reason),
    }
}

#[test]
fn a_step_works_in_its_stages_and_is_refused_in_all_others() {
    run(|| {
        let project = ready_for_everything();
        for (step, row) in TABLE {
            for (stage, cell) in STAGES.into_iter().zip(row.chars()) {
                let expected = match cell {
                    'x' => Ok(()),
                    _ => Err(E::WrongStage.into()),
                };
                let outcome = at_stage(project, stage, || take(step, project));
                assert_eq!(outcome, expected, "{step:?} when {stage}");
            }
        }
    });
}

#[test]
fn the_table_has_every_step_and_every_stage() {
    assert_eq!(TABLE.map(|(step, _)| step), ProjectStep::ALL);
    assert_eq!(STAGES, ProjectStage::ALL);
    assert!(TABLE.iter().all(|(_, row)| row.len() == STAGES.len()));
}

#[test]
fn the_readme_prints_the_stages() {
    let readme = include_str!("../../README.md");
    let mut rows = String::new();
    for step in ProjectStep::ALL {
        let stages: Vec<_> = step.stages().iter().map(|stage| stage.as_str()).collect();
        let all = stages.len() == ProjectStage::ALL.len();
        let stages = if all { "all".into() } else { stages.join(", ") };
        rows += &format!("| `{step:?}` | `{}` | {stages} |\n", step.action());
    }
    assert!(readme.contains(&rows), "the table of README.md should be:\n{rows}");
}
