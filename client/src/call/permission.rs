// SPDX-License-Identifier: Apache-2.0
//! What each call needs of the permission table.

use super::Call;
use registry_primitives::Action;

impl Call {
    /// The action of the permission table that the call needs; none for approving and withdrawing,
    /// which need that of the proposed call, and for calls of the council and of validators.
    pub fn action(&self) -> Option<Action> {
        Some(match self {
            Self::CreateOrganisation { .. } | Self::ApproveApplication { .. } => {
                Action::CreateOrganisation
            }
            Self::SuspendOrganisation { .. } => Action::SuspendOrganisation,
            Self::ReactivateOrganisation { .. } => Action::ReactivateOrganisation,
            Self::ChangeOrganisation { .. } => Action::ChangeOrganisation,
            Self::UpdateProfile { .. } => Action::UpdateProfile,
            Self::AddMember { .. }
            | Self::RemoveMember { .. }
            | Self::ChangeMemberRole { .. }
            | Self::ReplaceKey { .. } => Action::ManageMembers,
            Self::Propose { call } => return call.action(),
            Self::Approve { .. } | Self::Withdraw { .. } => return None,
            Self::SetThreshold { .. }
            | Self::SetDeductions { .. }
            | Self::SetConstants { .. }
            | Self::ChangeBridgeSettings { .. } => Action::ChangeSettings,
            Self::RequestBridgeRound {}
            | Self::RetryBridgeCase { .. }
            | Self::DismissBridgeCase { .. }
            | Self::LinkCompany { .. }
            | Self::PauseBridge { .. }
            | Self::ResumeBridge {} => Action::OperateBridge,
            Self::RegisterProject { .. } => Action::RegisterProject,
            Self::SubmitDocument { .. } => Action::SubmitDocument,
            Self::ReviewDocument { .. } => Action::ReviewDocument,
            Self::ValidateProject { .. } => Action::ValidateProject,
            Self::AuthoriseProject { .. } | Self::ChangeTerms { .. } => Action::AuthoriseProject,
            Self::RejectProject { .. } => Action::RejectProject,
            Self::WithdrawProject { .. } => Action::WithdrawProject,
            Self::SuspendProject { .. } | Self::ResumeProject { .. } => Action::SuspendProject,
            Self::CompleteProject { .. } => Action::CompleteProject,
            Self::ProposeProponents { .. }
            | Self::ConsentToProponents { .. }
            | Self::WithdrawProponents { .. } => Action::ChangeProponents,
            Self::AssignCertifiers { .. } => Action::AssignCertifiers,
            Self::CertifyProject { .. } => Action::CertifyProject,
            Self::RevokeCertification { .. } => Action::RevokeCertification,
            Self::ReportMonitoring { .. } => Action::SubmitMonitoringReport,
            Self::VerifyMonitoring { .. } | Self::ReturnMonitoring { .. } => {
                Action::VerifyMonitoringReport
            }
            Self::Issue { .. } | Self::RefuseIssuance { .. } => Action::IssueCredits,
            Self::Transfer { .. } => Action::TransferCredits,
            Self::Retire { .. }
            | Self::RequestRetirement { .. }
            | Self::CancelRetirementRequest { .. } => Action::RetireCredits,
            Self::RecogniseRetirement { .. } | Self::RefuseRetirement { .. } => {
                Action::RecogniseRetirement
            }
            Self::RequestTransfer { .. }
            | Self::ApproveTransfer { .. }
            | Self::RejectTransfer { .. }
            | Self::CancelTransferRequest { .. } => Action::RequestTransfer,
            Self::RetireForTheState { .. } => Action::RetireForTheState,
            Self::Cancel { .. } => Action::CancelCredits,
            Self::Hold { .. } => Action::HoldCredits,
            Self::Release { .. } | Self::ReleaseBuffer { .. } => Action::ReleaseCredits,
            Self::PauseTransfers { .. } | Self::ResumeTransfers {} => Action::PauseTransfers,
            Self::ProposeMotion { .. }
            | Self::VoteOnMotion { .. }
            | Self::CloseMotion { .. }
            | Self::SetCouncil { .. }
            | Self::AddValidator { .. }
            | Self::RemoveValidator { .. }
            | Self::ChangeContact { .. }
            | Self::ClearFlag { .. }
            | Self::SetMinimum { .. }
            | Self::AddOperator { .. }
            | Self::RemoveOperator { .. }
            | Self::SetSessionKeys { .. }
            | Self::AuthoriseUpgrade { .. }
            | Self::ApplyUpgrade { .. }
            | Self::PauseCall { .. }
            | Self::UnpauseCall { .. }
            | Self::EnterSafeMode {}
            | Self::ExtendSafeMode {}
            | Self::ExitSafeMode {} => return None,
        })
    }
}
