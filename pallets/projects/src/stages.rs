// SPDX-License-Identifier: Apache-2.0
//! In which stages of a project what can be done, written once.
//!
//! The calls enforce it, the view function `may` answers from it, and a test compares the README
//! with it.

use crate::Error;
use frame_support::ensure;
use registry_primitives::{
    project::{Project, ProjectStage},
    Action,
};

/// Something that can be done with a registered project.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ProjectStep {
    /// Submit a document that does not decide the validation.
    SubmitDocument,
    /// Submit a design document or a validation report.
    SubmitDecidingDocument,
    /// Review a document that does not decide the validation.
    ReviewDocument,
    /// Review a design document or a validation report.
    ReviewDecidingDocument,
    /// Validate it.
    ValidateProject,
    /// Authorise it.
    AuthoriseProject,
    /// Reject it.
    RejectProject,
    /// Report a monitoring period.
    ReportMonitoring,
    /// Verify a monitoring period.
    VerifyMonitoring,
    /// Withdraw it.
    WithdrawProject,
    /// Suspend it.
    SuspendProject,
    /// Lift its suspension.
    ResumeProject,
    /// Complete it.
    CompleteProject,
    /// Change its Article 6 terms.
    ChangeTerms,
    /// Propose other proponents.
    ProposeProponents,
    /// Consent to the proponents proposed.
    ConsentToProponents,
    /// Withdraw the proposal of other proponents.
    WithdrawProponents,
    /// Assign certifiers.
    AssignCertifiers,
    /// Certify it.
    CertifyProject,
    /// Revoke a certification.
    RevokeCertification,
    /// Return a monitoring report.
    ReturnMonitoring,
    /// Issue credits for a monitoring period.
    IssueCredits,
    /// Refuse to.
    RefuseIssuance,
}

/// Not ended: neither rejected nor withdrawn nor completed.
const ALIVE: &[ProjectStage] = {
    use ProjectStage::*;
    &[Submitted, Returned, Validated, Authorised, Suspended]
};

impl ProjectStep {
    /// Every step, in the order of the calls.
    pub const ALL: &'static [Self] = {
        use ProjectStep::*;
        &[
            SubmitDocument,
            SubmitDecidingDocument,
            ReviewDocument,
            ReviewDecidingDocument,
            ValidateProject,
            AuthoriseProject,
            RejectProject,
            ReportMonitoring,
            VerifyMonitoring,
            WithdrawProject,
            SuspendProject,
            ResumeProject,
            CompleteProject,
            ChangeTerms,
            ProposeProponents,
            ConsentToProponents,
            WithdrawProponents,
            AssignCertifiers,
            CertifyProject,
            RevokeCertification,
            ReturnMonitoring,
            IssueCredits,
            RefuseIssuance,
        ]
    };

    /// What an officer must be allowed to do for it.
    pub const fn action(self) -> Action {
        match self {
            Self::SubmitDocument | Self::SubmitDecidingDocument => Action::SubmitDocument,
            Self::ReviewDocument | Self::ReviewDecidingDocument => Action::ReviewDocument,
            Self::ValidateProject => Action::ValidateProject,
            Self::AuthoriseProject | Self::ChangeTerms => Action::AuthoriseProject,
            Self::RejectProject => Action::RejectProject,
            Self::ReportMonitoring => Action::SubmitMonitoringReport,
            Self::VerifyMonitoring | Self::ReturnMonitoring => Action::VerifyMonitoringReport,
            Self::WithdrawProject => Action::WithdrawProject,
            Self::SuspendProject | Self::ResumeProject => Action::SuspendProject,
            Self::CompleteProject => Action::CompleteProject,
            Self::ProposeProponents | Self::ConsentToProponents | Self::WithdrawProponents => {
                Action::ChangeProponents
            }
            Self::AssignCertifiers => Action::AssignCertifiers,
            Self::CertifyProject => Action::CertifyProject,
            Self::RevokeCertification => Action::RevokeCertification,
            Self::IssueCredits | Self::RefuseIssuance => Action::IssueCredits,
        }
    }

    /// The stages in which it can be done.
    pub const fn stages(self) -> &'static [ProjectStage] {
        use ProjectStage::*;
        match self {
            Self::SubmitDocument
            | Self::ReviewDocument
            | Self::ProposeProponents
            | Self::ConsentToProponents
            | Self::WithdrawProponents
            | Self::AssignCertifiers => ALIVE,
            Self::SubmitDecidingDocument => &[Submitted, Returned],
            Self::ReviewDecidingDocument | Self::ValidateProject => &[Submitted],
            Self::RejectProject | Self::WithdrawProject => &[Submitted, Returned, Validated],
            Self::AuthoriseProject => &[Validated],
            Self::CertifyProject => &[Validated, Authorised],
            Self::ReportMonitoring
            | Self::VerifyMonitoring
            | Self::ReturnMonitoring
            | Self::IssueCredits
            | Self::SuspendProject
            | Self::CompleteProject => &[Authorised],
            Self::ChangeTerms | Self::RefuseIssuance => &[Authorised, Suspended],
            Self::ResumeProject => &[Suspended],
            // A statement that no longer holds is taken back at any time.
            Self::RevokeCertification => ProjectStage::ALL,
        }
    }

    /// Whether it can be done in a stage.
    pub fn is_possible(self, stage: ProjectStage) -> bool {
        self.stages().contains(&stage)
    }

    /// Refuses it where the project's stage does.
    pub(crate) fn ensure<T>(self, project: &Project) -> Result<(), Error<T>> {
        ensure!(self.is_possible(project.stage), Error::WrongStage);
        Ok(())
    }
}

/// Whether a project in this stage has not ended.
#[cfg(any(test, feature = "try-runtime"))]
pub(crate) fn is_alive(stage: ProjectStage) -> bool {
    ALIVE.contains(&stage)
}
