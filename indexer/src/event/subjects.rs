// SPDX-License-Identifier: Apache-2.0
//! What an event is about, as far as it says so itself. What its blocks, its request, its proposal or
//! its validator are about is found in the tables, when it is applied.

use super::Event;
use registry_primitives::credit::Corrects;
use std::collections::BTreeSet;

/// What an event is about.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Subject {
    Organisation(u32),
    Project(u32),
    Retirement(u64),
    Cancellation(u64),
    /// For a transfer or for an international retirement.
    Request(u64),
    Proposal(u32),
}

impl Subject {
    /// Kind and number, as in the table.
    pub fn columns(self) -> (&'static str, u64) {
        match self {
            Self::Organisation(id) => ("organisation", id.into()),
            Self::Project(id) => ("project", id.into()),
            Self::Retirement(id) => ("retirement", id),
            Self::Cancellation(id) => ("cancellation", id),
            Self::Request(id) => ("request", id),
            Self::Proposal(id) => ("proposal", id.into()),
        }
    }
}

impl Event {
    /// What the event names.
    pub fn subjects(&self) -> BTreeSet<Subject> {
        use Subject::{Cancellation, Organisation, Project, Proposal, Request, Retirement};
        match self {
            Self::OrganisationCreated { id, .. }
            | Self::OrganisationImported { id, .. }
            | Self::CompanyLinked { organisation: id, .. }
            | Self::OrganisationSuspended { id, .. }
            | Self::OrganisationReactivated { id, .. }
            | Self::ProfileUpdated { id, .. }
            | Self::OrganisationChanged { id, .. }
            | Self::MemberAdded { organisation: id, .. }
            | Self::MemberRemoved { organisation: id, .. }
            | Self::MemberRoleChanged { organisation: id, .. }
            | Self::KeyReplaced { organisation: id, .. } => [Organisation(*id)].into(),

            Self::Proposed { id, organisation, .. } => {
                [Proposal(*id), Organisation(*organisation)].into()
            }
            Self::Approved { id, .. }
            | Self::ApprovalLapsed { id, .. }
            | Self::Executed { id, .. }
            | Self::Withdrawn { id, .. }
            | Self::Expired { id } => [Proposal(*id)].into(),

            Self::ProjectRegistered { id, registration, .. }
            | Self::ProjectImported { id, registration } => {
                let proponents = registration.proponents.iter().map(|each| each.organisation);
                let certifiers = registration.certifiers.iter().copied();
                let organisations = proponents.chain(certifiers).map(Organisation);
                organisations.chain([Project(*id)]).collect()
            }
            Self::ProponentsProposed { project, proponents, .. }
            | Self::ProponentsChanged { project, proponents } => {
                let organisations = proponents.iter().map(|each| Organisation(each.organisation));
                organisations.chain([Project(*project)]).collect()
            }
            Self::CertifiersAssigned { project, certifiers, .. } => {
                let organisations = certifiers.iter().copied().map(Organisation);
                organisations.chain([Project(*project)]).collect()
            }
            Self::DocumentSubmitted { project, uploader: organisation, .. }
            | Self::DocumentReviewed { project, reviewer: organisation, .. }
            | Self::ProjectValidated { id: project, certifier: organisation, .. }
            | Self::ProponentsConsented { project, organisation, .. }
            | Self::ProponentsChangeWithdrawn { project, organisation, .. }
            | Self::ProjectCertified { project, certifier: organisation, .. }
            | Self::CertificationRevoked { project, certifier: organisation, .. }
            | Self::MonitoringReportVerified { project, verifier: organisation, .. }
            | Self::MonitoringReportReturned { project, verifier: organisation, .. }
            | Self::CreditsIssued { project, owner: organisation, .. }
            | Self::ProjectTakenOver { project, organisation, .. } => {
                [Project(*project), Organisation(*organisation)].into()
            }
            Self::ProjectReturned { id: project }
            | Self::ProjectResubmitted { id: project }
            | Self::ProjectAuthorised { id: project, .. }
            | Self::ProjectRejected { id: project, .. }
            | Self::ProjectWithdrawn { id: project, .. }
            | Self::ProjectSuspended { id: project, .. }
            | Self::ProjectResumed { id: project, .. }
            | Self::ProjectCompleted { id: project, .. }
            | Self::TermsChanged { project, .. }
            | Self::MonitoringReported { project, .. }
            | Self::MonitoringImported { project, .. }
            | Self::IssuanceTakenOver { project, .. }
            | Self::MonitoringPeriodIssued { project, .. }
            | Self::IssuanceRefused { project, .. } => [Project(*project)].into(),

            Self::CreditsTransferred { from, to, request, .. } => {
                let request = request.iter().copied().map(Request);
                request.chain([Organisation(*from), Organisation(*to)]).collect()
            }
            Self::TransferRequested { id, request, .. } => {
                let parties = [request.from, request.to, request.initiator].map(Organisation);
                parties.into_iter().chain([Request(*id), Project(request.project)]).collect()
            }
            Self::RetirementRequested { id, request, .. } => {
                [Request(*id), Organisation(request.by)].into()
            }
            Self::RetirementRecognised { request, retirement, .. } => {
                [Request(*request), Retirement(*retirement)].into()
            }
            Self::TransferRejected { id, .. }
            | Self::TransferRequestCancelled { id, .. }
            | Self::RetirementRefused { id, .. }
            | Self::RetirementRequestCancelled { id, .. } => [Request(*id)].into(),
            Self::CreditsRetired { id, owner, .. } => {
                [Retirement(*id), Organisation(*owner)].into()
            }
            Self::CreditsCancelled { id, cancellation, .. } => {
                let corrected = match cancellation.corrects {
                    Corrects::Nothing => None,
                    Corrects::Issuance { project, .. } => Some(Project(project)),
                    Corrects::Retirement(retirement) => Some(Retirement(retirement)),
                };
                let own = [Cancellation(*id), Organisation(cancellation.owner)];
                own.into_iter().chain(corrected).collect()
            }
            Self::BufferReleased { to, .. } => [Organisation(*to)].into(),
            Self::ValidatorAdded { organisation, .. } => [Organisation(*organisation)].into(),

            Self::BlockSplit { .. }
            | Self::CreditsFirstTransferred { .. }
            | Self::CreditsHeld { .. }
            | Self::CreditsReleased { .. }
            | Self::TransfersPaused { .. }
            | Self::TransfersResumed { .. }
            | Self::DeductionsSet { .. }
            | Self::ThresholdSet { .. }
            | Self::ConstantsSet { .. }
            | Self::OperatorAdded { .. }
            | Self::OperatorRemoved { .. }
            | Self::RoundRequested { .. }
            | Self::RoundOpened { .. }
            | Self::ReadingFailed { .. }
            | Self::ReadingCompleted { .. }
            | Self::EventAgreed { .. }
            | Self::ObservationContradicted { .. }
            | Self::IssuanceWaits { .. }
            | Self::CaseOpened { .. }
            | Self::CaseClosed { .. }
            | Self::RoundClosed { .. }
            | Self::BridgePaused { .. }
            | Self::BridgeResumed { .. }
            | Self::BridgeSettingsChanged { .. }
            | Self::ValidatorRemoved { .. }
            | Self::ContactChanged { .. }
            | Self::ValidatorFlagged { .. }
            | Self::FormerValidatorEquivocated { .. }
            | Self::FlagCleared { .. }
            | Self::MinimumSet { .. }
            | Self::Enacted { .. }
            | Self::CouncilSet { .. }
            | Self::MotionProposed { .. }
            | Self::MotionVoted { .. }
            | Self::MotionApproved { .. }
            | Self::MotionDisapproved { .. }
            | Self::MotionExecuted { .. }
            | Self::MotionMadeByMember { .. }
            | Self::MotionClosed { .. }
            | Self::MotionKilled { .. }
            | Self::MotionCostBurned { .. }
            | Self::MotionCostReleased { .. }
            | Self::CallPaused { .. }
            | Self::CallUnpaused { .. }
            | Self::SafeModeEntered { .. }
            | Self::SafeModeExtended { .. }
            | Self::SafeModeExited { .. } => BTreeSet::new(),
        }
    }
}
