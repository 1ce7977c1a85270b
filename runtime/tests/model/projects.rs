// SPDX-License-Identifier: Apache-2.0
//! The rules of projects, up to what may be issued for them.

use crate::{
    operations::{Call, Measure, Registration, Terms},
    reference::{
        is_text, require, Actor, Change, Document, Monitoring, Origin, Outcome, Project, Refused,
        State, MOST, WHOLE,
    },
};
use registry_primitives::{
    project::{
        DocumentKind, DocumentStatus, FirstTransfer, MonitoringStage, ProjectStage, Purpose,
    },
    Action, OrganisationId, OrganisationRole, PeriodId, ProjectId, Reach, SectoralScope, Vintage,
};
use std::collections::{BTreeMap, BTreeSet};

use ProjectStage::{
    Authorised, Completed, Rejected, Returned, Submitted, Suspended, Validated, Withdrawn,
};

/// Half years from 1990 to the time of the chain, which is in the second half of 2026.
const NOW: u16 = 2 * (2026 - 1990) + 1;
/// Most monitoring periods of a project.
const MOST_PERIODS: usize = 64;

impl State {
    pub fn call_projects(&mut self, origin: &Origin, call: &Call) -> Outcome {
        match call {
            Call::Register(registration) => self.register(origin, registration),
            Call::SubmitDocument { project, kind, size } => {
                self.over(origin, Action::SubmitDocument, *project)?;
                self.submit_document(*project, *kind, *size)
            }
            Call::Review { project, document, accept, remark } => {
                self.over(origin, Action::ReviewDocument, *project)?;
                self.review(*project, *document, *accept, *remark)
            }
            Call::Validate { project, document, estimate } => {
                self.over(origin, Action::ValidateProject, *project)?;
                self.validate(*project, *document, *estimate)
            }
            Call::Authorise { project, quantity, terms, buffer } => {
                self.over(origin, Action::AuthoriseProject, *project)?;
                self.authorise(*project, *quantity, terms, *buffer)
            }
            Call::RejectProject { project, reason } => {
                self.over(origin, Action::RejectProject, *project)?;
                require(is_text(reason), "no reason")?;
                self.go(*project, &[Submitted, Returned, Validated], Rejected)
            }
            Call::WithdrawProject { project, reason } => {
                self.over(origin, Action::WithdrawProject, *project)?;
                require(is_text(reason), "no reason")?;
                self.go(*project, &[Submitted, Returned, Validated], Withdrawn)
            }
            Call::SuspendProject { project, reason } => {
                self.over(origin, Action::SuspendProject, *project)?;
                require(is_text(reason), "no reason")?;
                self.go(*project, &[Authorised], Suspended)
            }
            Call::ResumeProject { project } => {
                self.over(origin, Action::SuspendProject, *project)?;
                self.go(*project, &[Suspended], Authorised)
            }
            Call::CompleteProject { project, reason } => {
                self.over(origin, Action::CompleteProject, *project)?;
                require(reason.is_none_or(is_text), "an empty reason")?;
                self.go(*project, &[Authorised], Completed)
            }
            Call::ChangeTerms { project, terms } => {
                self.over(origin, Action::AuthoriseProject, *project)?;
                self.change_terms(*project, terms)
            }
            Call::ProposeProponents { project, proponents } => {
                let actor = self.over(origin, Action::ChangeProponents, *project)?;
                self.propose_proponents(&actor, *project, proponents)
            }
            Call::ConsentToProponents { project, number } => {
                let actor = self.over(origin, Action::ChangeProponents, *project)?;
                self.consent(&actor, *project, *number)
            }
            Call::WithdrawProponents { project, number } => {
                self.over(origin, Action::ChangeProponents, *project)?;
                self.pending(*project, *number)?;
                self.project_mut(*project).change = None;
                Ok(())
            }
            Call::AssignCertifiers { project, certifiers } => {
                self.over(origin, Action::AssignCertifiers, *project)?;
                self.assign(*project, certifiers)
            }
            Call::Certify { project } => {
                let actor = self.over(origin, Action::CertifyProject, *project)?;
                let found = self.project_mut(*project);
                at(found.stage, &[Validated, Authorised])?;
                require(found.certified.insert(actor.organisation), "certified already")
            }
            Call::RevokeCertification { project, certifier, reason } => {
                let actor = self.over(origin, Action::RevokeCertification, *project)?;
                let own = actor.organisation == *certifier;
                require(own || actor.reach != Reach::Own, "another's certification")?;
                require(is_text(reason), "no reason")?;
                require(self.project_mut(*project).certified.remove(certifier), "not certified")
            }
            Call::ReportMonitoring { project, period, vintages } => {
                self.over(origin, Action::SubmitMonitoringReport, *project)?;
                self.report(*project, *period, vintages)
            }
            Call::VerifyMonitoring { project, period, vintages } => {
                self.over(origin, Action::VerifyMonitoringReport, *project)?;
                at(self.project(*project)?.stage, &[Authorised])?;
                let found = self.monitoring(*project, *period, MonitoringStage::Reported)?;
                let verified = by_year(vintages)?;
                let lowered = verified
                    .iter()
                    .all(|(year, tonnes)| found.reported.get(year).is_some_and(|of| tonnes <= of));
                require(lowered, "more than reported")?;
                found.verified = verified;
                found.stage = MonitoringStage::Verified;
                Ok(())
            }
            Call::ReturnMonitoring { project, period } => {
                self.over(origin, Action::VerifyMonitoringReport, *project)?;
                at(self.project(*project)?.stage, &[Authorised])?;
                let found = self.monitoring(*project, *period, MonitoringStage::Reported)?;
                found.stage = MonitoringStage::Returned;
                Ok(())
            }
            Call::RefuseIssuance { project, period, reason } => {
                self.over(origin, Action::IssueCredits, *project)?;
                require(is_text(reason), "no reason")?;
                at(self.project(*project)?.stage, &[Authorised, Suspended])?;
                let found = self.monitoring(*project, *period, MonitoringStage::Verified)?;
                found.stage = MonitoringStage::Refused;
                Ok(())
            }
            other => unreachable!("{other:?}"),
        }
    }

    /// The officer, if their permission reaches the project. Nobody who has a share reviews it.
    pub fn over(&self, origin: &Origin, action: Action, id: ProjectId) -> Result<Actor, Refused> {
        use Action::*;
        let actor = self.officer(origin, action)?;
        let project = self.project(id)?;
        let organisation = actor.organisation;
        let owner = project.has_share(organisation);
        let own = match action {
            ChangeProponents => {
                let shall = project.change.as_ref().is_some_and(|change| {
                    change.proponents.iter().any(|(owner, _)| *owner == organisation)
                });
                owner || shall
            }
            RevokeCertification => project.certified.contains(&organisation),
            _ if actor.role == OrganisationRole::Certifier => {
                project.certifiers.contains(&organisation)
            }
            _ => owner,
        };
        require(actor.reaches(project.scope, own), "out of the permission's reach")?;
        let reviews = [ReviewDocument, ValidateProject, VerifyMonitoringReport, CertifyProject];
        require(!(owner && reviews.contains(&action)), "reviewing one's own project")?;
        Ok(actor)
    }

    fn register(&mut self, origin: &Origin, registration: &Registration) -> Outcome {
        let Registration { external_id, measure, proponents, crediting, estimate, certifiers } =
            registration;
        let actor = self.officer(origin, Action::RegisterProject)?;
        let own = proponents.iter().any(|(owner, _)| *owner == actor.organisation);
        let scope = scope_of(*measure);
        require(actor.reaches(scope, own), "out of the permission's reach")?;
        require(is_text(external_id), "no external id")?;
        let taken = self.projects.values().any(|other| other.external_id == *external_id);
        require(!taken, "the external id is taken")?;
        require(*measure != Measure::Wrong, "the sector has no such scope")?;
        require(crediting.0 < crediting.1, "no crediting period")?;
        require((1..=MOST).contains(estimate), "no such estimate")?;
        self.check_proponents(proponents)?;
        self.check_certifiers(certifiers, proponents)?;
        let project = Project {
            external_id: external_id.clone(),
            scope,
            crediting: *crediting,
            stage: Submitted,
            proponents: proponents.clone(),
            certifiers: certifiers.clone(),
            estimate: None,
            authorised: 0,
            terms: None,
            buffer: 0,
            issued: 0,
            first_transferred: 0,
            documents: Vec::new(),
            periods: Vec::new(),
            changes: 0,
            change: None,
            certified: BTreeSet::new(),
        };
        self.projects.insert(self.projects.len() as ProjectId + 1, project);
        Ok(())
    }

    fn check_proponents(&self, proponents: &[(OrganisationId, u32)]) -> Outcome {
        use OrganisationRole::{Certifier, ProjectDeveloper};
        let names: BTreeSet<_> = proponents.iter().map(|(owner, _)| *owner).collect();
        require(names.len() == proponents.len(), "named twice")?;
        require(proponents.iter().all(|(_, share)| *share > 0), "a share of nothing")?;
        let sum: u64 = proponents.iter().map(|(_, share)| u64::from(*share)).sum();
        require(sum == WHOLE, "the shares are not the whole")?;
        let fit = names.iter().all(|owner| self.is_active(*owner, &[ProjectDeveloper, Certifier]));
        require(fit, "no proponent")
    }

    fn check_certifiers(
        &self,
        certifiers: &BTreeSet<OrganisationId>,
        proponents: &[(OrganisationId, u32)],
    ) -> Outcome {
        let owns = proponents.iter().any(|(owner, _)| certifiers.contains(owner));
        require(!owns, "a certifier has a share")?;
        let fit = certifiers.iter().all(|id| self.is_active(*id, &[OrganisationRole::Certifier]));
        require(fit, "no certifier")
    }

    fn submit_document(&mut self, id: ProjectId, kind: DocumentKind, size: u64) -> Outcome {
        let project = self.project_mut(id);
        let deciding = decides(kind);
        let accepted = (project.documents.iter())
            .any(|other| other.kind == kind && other.status == DocumentStatus::Accepted);
        require(!(deciding && accepted), "an accepted one is never replaced")?;
        if deciding {
            at(project.stage, &[Submitted, Returned])?;
            project.stage = Submitted;
        } else {
            is_alive(project.stage)?;
        }
        require((1..=MOST).contains(&size), "no such size")?;
        project.documents.push(Document { kind, status: DocumentStatus::Submitted });
        Ok(())
    }

    /// A document that waits for its review: the latest of its kind.
    fn waiting(&mut self, id: ProjectId, number: u32) -> Result<&mut Document, Refused> {
        let documents = &mut self.project_mut(id).documents;
        let index = (number as usize).checked_sub(1).ok_or("unknown document")?;
        let kind = documents.get(index).ok_or("unknown document")?.kind;
        let newer = documents[index + 1..].iter().any(|other| other.kind == kind);
        require(!newer, "there is a newer version")?;
        let document = &mut documents[index];
        require(document.status == DocumentStatus::Submitted, "reviewed already")?;
        Ok(document)
    }

    fn review(&mut self, id: ProjectId, number: u32, accept: bool, remark: bool) -> Outcome {
        let document = self.waiting(id, number)?;
        let kind = document.kind;
        require(accept || remark, "rejected without a reason")?;
        let validates = accept && kind == DocumentKind::ValidationReport;
        require(!validates, "accepting it is validating the project")?;
        document.status = match accept {
            true => DocumentStatus::Accepted,
            false => DocumentStatus::Rejected,
        };
        let project = self.project_mut(id);
        if !decides(kind) {
            return is_alive(project.stage);
        }
        at(project.stage, &[Submitted])?;
        if !accept {
            project.stage = Returned;
        }
        Ok(())
    }

    fn validate(&mut self, id: ProjectId, number: u32, estimate: u64) -> Outcome {
        at(self.project(id)?.stage, &[Submitted])?;
        let document = self.waiting(id, number)?;
        require(document.kind == DocumentKind::ValidationReport, "not a validation report")?;
        document.status = DocumentStatus::Accepted;
        require((1..=MOST).contains(&estimate), "no such estimate")?;
        let project = self.project_mut(id);
        let design = (project.documents.iter())
            .rfind(|document| document.kind == DocumentKind::DesignDocument);
        let accepted = design.is_some_and(|design| design.status == DocumentStatus::Accepted);
        require(accepted, "no accepted design document")?;
        project.estimate = Some(estimate);
        project.stage = Validated;
        Ok(())
    }

    fn authorise(
        &mut self,
        id: ProjectId,
        quantity: u64,
        terms: &Option<Terms>,
        buffer: u32,
    ) -> Outcome {
        let project = self.project_mut(id);
        at(project.stage, &[Validated])?;
        require(quantity > 0 && project.estimate >= Some(quantity), "not within the estimate")?;
        require(terms.as_ref().is_none_or(Terms::make_sense), "the terms make no sense")?;
        require(u64::from(buffer) <= WHOLE, "more than all for the buffer")?;
        project.stage = Authorised;
        project.authorised = quantity;
        project.terms = terms.clone();
        project.buffer = buffer;
        Ok(())
    }

    fn change_terms(&mut self, id: ProjectId, terms: &Option<Terms>) -> Outcome {
        let project = self.project_mut(id);
        at(project.stage, &[Authorised, Suspended])?;
        require(project.first_transferred == 0, "credits were first transferred")?;
        let from_the_start = project.terms.as_ref().is_some_and(|terms| {
            terms.other_purposes() && terms.first_transfer == FirstTransfer::Authorisation
        });
        require(!from_the_start, "the authorisation was the first transfer")?;
        require(terms.as_ref().is_none_or(Terms::make_sense), "the terms make no sense")?;
        require(project.terms != *terms, "no other terms")?;
        project.terms = terms.clone();
        Ok(())
    }

    /// Moves a project from one of these stages to another. What waits for consents ends with it.
    fn go(&mut self, id: ProjectId, from: &[ProjectStage], to: ProjectStage) -> Outcome {
        let project = self.project_mut(id);
        at(project.stage, from)?;
        project.stage = to;
        if is_alive(to).is_err() {
            project.change = None;
        }
        Ok(())
    }

    fn check_change(&self, id: ProjectId, proponents: &[(OrganisationId, u32)]) -> Outcome {
        let project = self.project(id)?;
        is_alive(project.stage)?;
        self.check_proponents(proponents)?;
        let judges =
            |owner| project.certifiers.contains(owner) || project.certified.contains(owner);
        require(!proponents.iter().any(|(owner, _)| judges(owner)), "it judges the project")
    }

    fn propose_proponents(
        &mut self,
        actor: &Actor,
        id: ProjectId,
        proponents: &[(OrganisationId, u32)],
    ) -> Outcome {
        let project = self.project(id)?;
        require(project.has_share(actor.organisation), "it has no share")?;
        require(project.proponents != proponents, "no other proponents")?;
        self.check_change(id, proponents)?;
        let project = self.project_mut(id);
        project.changes += 1;
        project.change = Some(Change {
            number: project.changes,
            proponents: proponents.to_vec(),
            consents: [actor.organisation].into(),
        });
        Ok(())
    }

    fn pending(&self, id: ProjectId, number: u32) -> Result<Change, Refused> {
        let change = self.project(id)?.change.clone();
        change.filter(|change| change.number == number).ok_or("no such change")
    }

    fn consent(&mut self, actor: &Actor, id: ProjectId, number: u32) -> Outcome {
        let mut change = self.pending(id, number)?;
        require(change.consents.insert(actor.organisation), "consented already")?;
        let now = &self.project(id)?.proponents;
        let everybody = now.iter().chain(&change.proponents);
        let mut missing = everybody.filter(|(owner, _)| !change.consents.contains(owner));
        if missing.next().is_some() {
            self.project_mut(id).change = Some(change);
            return Ok(());
        }
        self.check_change(id, &change.proponents)?;
        let project = self.project_mut(id);
        project.proponents = change.proponents;
        project.change = None;
        Ok(())
    }

    fn assign(&mut self, id: ProjectId, certifiers: &BTreeSet<OrganisationId>) -> Outcome {
        let project = self.project(id)?;
        is_alive(project.stage)?;
        require(project.certifiers != *certifiers, "no other certifiers")?;
        self.check_certifiers(certifiers, &project.proponents)?;
        self.project_mut(id).certifiers = certifiers.clone();
        Ok(())
    }

    fn report(
        &mut self,
        id: ProjectId,
        (from, to): (u16, u16),
        vintages: &[(Vintage, u64)],
    ) -> Outcome {
        let project = self.project_mut(id);
        at(project.stage, &[Authorised])?;
        require(from < to, "no period")?;
        let (start, end) = project.crediting;
        require(start <= from && to <= end, "outside the crediting period")?;
        require(to <= NOW, "not over")?;
        use MonitoringStage::{Issued, Reported, Verified};
        let overlaps = project.periods.iter().any(|other| {
            [Reported, Verified, Issued].contains(&other.stage)
                && from < other.to
                && other.from < to
        });
        require(!overlaps, "overlaps another")?;
        require(project.periods.len() < MOST_PERIODS, "too many periods")?;
        let reported = by_year(vintages)?;
        let touched = 1990 + from / 2..=1990 + (to - 1) / 2;
        require(reported.keys().all(|year| touched.contains(year)), "not in the period")?;
        project.periods.push(Monitoring {
            from,
            to,
            reported,
            verified: BTreeMap::new(),
            stage: Reported,
        });
        Ok(())
    }

    /// A period at a stage.
    pub fn monitoring(
        &mut self,
        id: ProjectId,
        period: PeriodId,
        stage: MonitoringStage,
    ) -> Result<&mut Monitoring, Refused> {
        let found = self.project(id)?.period(period)?.stage;
        require(found == stage, "the period is at another stage")?;
        Ok(&mut self.project_mut(id).periods[period as usize - 1])
    }
}

impl Terms {
    /// At least one purpose and, for NDCs, one Party; years in order; CA0001 to CA9999.
    fn make_sense(&self) -> bool {
        let parties = !self.purposes.contains(&Purpose::Ndc) || !self.parties.is_empty();
        let known = self.parties.iter().all(|party| crate::preparation::COUNTRIES.contains(party));
        let approach = self.approach.is_none_or(|number| (1..=9_999).contains(&number));
        !self.purposes.is_empty() && parties && known && approach && self.valid.0 <= self.valid.1
    }

    /// Whether they are for international mitigation purposes other than NDCs.
    pub fn other_purposes(&self) -> bool {
        self.purposes.contains(&Purpose::OimpImp) || self.purposes.contains(&Purpose::OimpOp)
    }
}

/// The scope of a measure.
fn scope_of(measure: Measure) -> SectoralScope {
    match measure {
        Measure::WindFarm => SectoralScope::EnergyIndustries,
        Measure::Landfill => SectoralScope::WasteHandling,
        Measure::Wrong => SectoralScope::Agriculture,
    }
}

/// Whether the validation hangs on documents of this kind.
fn decides(kind: DocumentKind) -> bool {
    [DocumentKind::DesignDocument, DocumentKind::ValidationReport].contains(&kind)
}

fn at(stage: ProjectStage, allowed: &[ProjectStage]) -> Outcome {
    require(allowed.contains(&stage), "not at this stage")
}

fn is_alive(stage: ProjectStage) -> Outcome {
    at(stage, &[Submitted, Returned, Validated, Authorised, Suspended])
}

/// Tonnes by year; ascending, and none without tonnes.
fn by_year(vintages: &[(Vintage, u64)]) -> Result<BTreeMap<Vintage, u64>, Refused> {
    require(!vintages.is_empty(), "no tonnes")?;
    require(vintages.windows(2).all(|pair| pair[0].0 < pair[1].0), "years out of order")?;
    require(vintages.iter().all(|(_, tonnes)| *tonnes > 0), "a year without tonnes")?;
    let sum = vintages.iter().map(|(_, tonnes)| u128::from(*tonnes)).sum::<u128>();
    require(sum <= u128::from(MOST), "more than is counted")?;
    Ok(vintages.iter().copied().collect())
}
