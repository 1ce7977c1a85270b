// SPDX-License-Identifier: Apache-2.0
//! Operations on projects, drawn.

use crate::{
    dice::Dice,
    operations::{Call, Measure, Operation, Registration},
    preparation::half,
    reference::{Project, State},
    strategies::sign,
};
use registry_primitives::{
    project::{DocumentKind, DocumentStatus, MonitoringStage, ProjectStage},
    Action, OrganisationRole, Vintage,
};

pub fn register(state: &State, dice: &mut Dice) -> Operation {
    use OrganisationRole::ProjectDeveloper;
    let owner = dice.organisation_with(state, &[ProjectDeveloper]);
    let number = match dice.percent(95) {
        true => state.projects.len() as u64 + 1,
        false => dice.between(1, state.projects.len() as u64 + 1),
    };
    let registration = Registration {
        external_id: format!("EXT-{number}"),
        measure: match dice.below(20) {
            0 => Measure::Wrong,
            1..=12 => Measure::WindFarm,
            _ => Measure::Landfill,
        },
        proponents: dice.proponents(state, owner),
        crediting: (half(dice.of(&[2020, 2022, 2024])), half(dice.of(&[2030, 2026, 2027, 2022]))),
        estimate: dice.part_of(1_000),
        certifiers: dice.certifiers(state),
    };
    let by = dice.officer_of(state, Action::RegisterProject, |of| of != 2 || of == owner);
    sign(by, Call::Register(registration))
}

pub fn concerned(state: &State, dice: &mut Dice, action: Action, id: u32) -> usize {
    let fits = |of: u32| {
        state.projects.get(&id).is_some_and(|project| {
            project.has_share(of) || project.certifiers.contains(&of) || of <= 2
        })
    };
    dice.officer_of(state, action, fits)
}

pub fn has_waiting(project: &Project) -> bool {
    project.documents.iter().any(|document| document.status == DocumentStatus::Submitted)
}

pub fn is_early(project: &Project) -> bool {
    [ProjectStage::Submitted, ProjectStage::Returned].contains(&project.stage)
}

pub fn is_authorised(project: &Project) -> bool {
    project.stage == ProjectStage::Authorised
}

pub fn submit_document(state: &State, dice: &mut Dice) -> Operation {
    use DocumentKind::{DesignDocument, Methodology, Other, ValidationReport};
    let project = dice.project(state, is_early);
    let kind = dice.of(&[DesignDocument, ValidationReport, ValidationReport, Methodology, Other]);
    let size = dice.part_of(10);
    let by = concerned(state, dice, Action::SubmitDocument, project);
    sign(by, Call::SubmitDocument { project, kind, size })
}

pub fn document(state: &State, dice: &mut Dice, project: u32, report: Option<bool>) -> u32 {
    let documents = state.projects.get(&project).map_or(&[][..], |found| &found.documents);
    dice.number(documents.len(), |index| {
        let document = &documents[index];
        let is_report = document.kind == DocumentKind::ValidationReport;
        document.status == DocumentStatus::Submitted && report.is_none_or(|of| of == is_report)
    })
}

pub fn review(state: &State, dice: &mut Dice) -> Operation {
    let project = dice.project(state, has_waiting);
    let accept = dice.percent(65);
    let document = document(state, dice, project, accept.then_some(false));
    let remark = dice.percent(if accept { 20 } else { 90 });
    let by = concerned(state, dice, Action::ReviewDocument, project);
    sign(by, Call::Review { project, document, accept, remark })
}

pub fn validate(state: &State, dice: &mut Dice) -> Operation {
    let project = dice
        .project(state, |project| project.stage == ProjectStage::Submitted && has_waiting(project));
    let document = document(state, dice, project, Some(true));
    let estimate = dice.part_of(2_000);
    let by = concerned(state, dice, Action::ValidateProject, project);
    sign(by, Call::Validate { project, document, estimate })
}

pub fn authorise(state: &State, dice: &mut Dice) -> Operation {
    let project = dice.project(state, |project| project.stage == ProjectStage::Validated);
    let estimate = state.projects.get(&project).and_then(|project| project.estimate).unwrap_or(9);
    let (quantity, terms) = (dice.part_of(estimate), dice.terms());
    let buffer = dice.of(&[0, 1, 50_000, 333_333, 1_000_000, 1_000_001]);
    let by = dice.officer(state, Action::AuthoriseProject);
    sign(by, Call::Authorise { project, quantity, terms, buffer })
}

pub fn end_project(state: &State, dice: &mut Dice, action: Action) -> Operation {
    let project = dice
        .project(state, |project| is_early(project) || project.stage == ProjectStage::Validated);
    let reason = dice.reason();
    let by = concerned(state, dice, action, project);
    match action {
        Action::RejectProject => sign(by, Call::RejectProject { project, reason }),
        _ => sign(by, Call::WithdrawProject { project, reason }),
    }
}

pub fn switch_project(state: &State, dice: &mut Dice, action: Action) -> Operation {
    let any = dice.percent(20);
    let project = dice.project(state, |project| any || is_authorised(project));
    let reason = dice.reason();
    let by = dice.officer(state, action);
    match action {
        Action::SuspendProject => sign(by, Call::SuspendProject { project, reason }),
        _ => {
            let reason = dice.percent(50).then_some(reason);
            sign(by, Call::CompleteProject { project, reason })
        }
    }
}

pub fn resume_project(state: &State, dice: &mut Dice) -> Operation {
    let project = dice.project(state, |project| project.stage == ProjectStage::Suspended);
    sign(dice.officer(state, Action::SuspendProject), Call::ResumeProject { project })
}

pub fn change_terms(state: &State, dice: &mut Dice) -> Operation {
    let project =
        dice.project(state, |project| is_authorised(project) && project.first_transferred == 0);
    let terms = match state.projects.get(&project) {
        Some(found) if dice.percent(10) => found.terms.clone(),
        _ => dice.terms(),
    };
    sign(dice.officer(state, Action::AuthoriseProject), Call::ChangeTerms { project, terms })
}

pub fn propose_proponents(state: &State, dice: &mut Dice) -> Operation {
    use OrganisationRole::ProjectDeveloper;
    let project = dice.project(state, |_| true);
    let found = state.projects.get(&project);
    let owner = found.and_then(|project| project.proponents.first()).map_or(3, |owner| owner.0);
    let proponents = match found {
        Some(found) if dice.percent(5) => found.proponents.clone(),
        _ if dice.percent(30) => {
            let owner = dice.organisation_with(state, &[ProjectDeveloper]);
            dice.proponents(state, owner)
        }
        _ => dice.proponents(state, owner),
    };
    let by = concerned(state, dice, Action::ChangeProponents, project);
    sign(by, Call::ProposeProponents { project, proponents })
}

pub fn change(state: &State, dice: &mut Dice) -> (usize, u32, u32) {
    let project = dice.project(state, |project| project.change.is_some());
    let change = state.projects.get(&project).and_then(|found| found.change.as_ref());
    let number = match change {
        Some(change) if !dice.percent(5) => change.number,
        _ => dice.below(3) as u32,
    };
    let concerned = |of: u32| {
        let now = state.projects.get(&project).is_some_and(|found| found.has_share(of));
        change.is_some_and(|change| {
            let shall = change.proponents.iter().any(|owner| owner.0 == of);
            (now || shall) && !change.consents.contains(&of)
        })
    };
    (dice.officer_of(state, Action::ChangeProponents, concerned), project, number)
}

pub fn consent_to_proponents(state: &State, dice: &mut Dice) -> Operation {
    let (by, project, number) = change(state, dice);
    sign(by, Call::ConsentToProponents { project, number })
}

pub fn withdraw_proponents(state: &State, dice: &mut Dice) -> Operation {
    let (by, project, number) = change(state, dice);
    sign(by, Call::WithdrawProponents { project, number })
}

pub fn assign_certifiers(state: &State, dice: &mut Dice) -> Operation {
    let (project, certifiers) = (dice.project(state, |_| true), dice.certifiers(state));
    let by = dice.officer(state, Action::AssignCertifiers);
    sign(by, Call::AssignCertifiers { project, certifiers })
}

pub fn certify(state: &State, dice: &mut Dice) -> Operation {
    let project = dice.project(state, |project| !is_early(project));
    let by = concerned(state, dice, Action::CertifyProject, project);
    sign(by, Call::Certify { project })
}

pub fn revoke_certification(state: &State, dice: &mut Dice) -> Operation {
    let project = dice.project(state, |project| !project.certified.is_empty());
    let certified = state.projects.get(&project).and_then(|found| found.certified.first());
    let certifier = match certified {
        Some(certifier) if !dice.percent(8) => *certifier,
        _ => dice.organisation_with(state, &[OrganisationRole::Certifier]),
    };
    let reason = dice.reason();
    let by = dice.officer(state, Action::RevokeCertification);
    sign(by, Call::RevokeCertification { project, certifier, reason })
}

pub fn report_monitoring(state: &State, dice: &mut Dice) -> Operation {
    let project = dice.project(state, is_authorised);
    let from = half(2020) + dice.below(16) as u16;
    let least = u64::from(!dice.percent(3));
    let to = from + dice.between(least, 4) as u16;
    let (first, last) = (1990 + from / 2, 1990 + to.saturating_sub(1).max(from) / 2);
    let mut vintages: Vec<(Vintage, u64)> = Vec::new();
    for year in first..=last {
        if dice.percent(85) {
            vintages.push((year, dice.part_of(120)));
        }
    }
    if dice.percent(3) {
        vintages.push((last + 1, 1));
    }
    if dice.percent(2) {
        vintages.reverse();
    }
    let by = concerned(state, dice, Action::SubmitMonitoringReport, project);
    sign(by, Call::ReportMonitoring { project, period: (from, to), vintages })
}

pub fn period(state: &State, dice: &mut Dice, stage: MonitoringStage) -> (u32, u32) {
    let project =
        dice.project(state, |project| project.periods.iter().any(|period| period.stage == stage));
    let periods = state.projects.get(&project).map_or(&[][..], |found| &found.periods);
    (project, dice.number(periods.len(), |index| periods[index].stage == stage))
}

pub fn verify_monitoring(state: &State, dice: &mut Dice) -> Operation {
    let (project, period) = period(state, dice, MonitoringStage::Reported);
    let found = state.projects.get(&project).and_then(|found| found.period(period).ok());
    let reported = found.map_or_else(Vec::new, |found| found.reported.iter().collect());
    let whole = dice.percent(40);
    let vintages = reported
        .into_iter()
        .filter_map(|(year, tonnes)| match dice.percent(85) {
            _ if whole => Some((*year, *tonnes)),
            true => Some((*year, dice.part_of(*tonnes))),
            false => None,
        })
        .collect();
    let by = concerned(state, dice, Action::VerifyMonitoringReport, project);
    sign(by, Call::VerifyMonitoring { project, period, vintages })
}

pub fn return_monitoring(state: &State, dice: &mut Dice) -> Operation {
    let (project, period) = period(state, dice, MonitoringStage::Reported);
    let by = concerned(state, dice, Action::VerifyMonitoringReport, project);
    sign(by, Call::ReturnMonitoring { project, period })
}

pub fn refuse_issuance(state: &State, dice: &mut Dice) -> Operation {
    let (project, period) = period(state, dice, MonitoringStage::Verified);
    let reason = dice.reason();
    let by = dice.officer(state, Action::IssueCredits);
    sign(by, Call::RefuseIssuance { project, period, reason })
}
