// SPDX-License-Identifier: Apache-2.0
//! Which permission each call of the registry needs: the calls of all pallets in one list.

use crate::RuntimeCall;
use registry_primitives::Action;

/// Answers which action a call is.
pub struct Actions;

impl pallet_approvals::ActionOf<RuntimeCall> for Actions {
    fn action_of(call: &RuntimeCall) -> Option<Action> {
        action_of(call)
    }
}

/// The action that a call is; `None` for calls that are not officers' acts. Without a wildcard over
/// the registry's pallets: a new call does not compile until it is listed.
pub fn action_of(call: &RuntimeCall) -> Option<Action> {
    Some(match call {
        RuntimeCall::Organisations(call) => organisations(call)?,
        RuntimeCall::Approvals(call) => approvals(call)?,
        RuntimeCall::Projects(call) => projects(call)?,
        RuntimeCall::Credits(call) => credits(call)?,
        RuntimeCall::Calculator(call) => calculator(call)?,
        RuntimeCall::ItmoBridge(call) => itmo_bridge(call)?,
        _ => return None,
    })
}

fn organisations(call: &pallet_organisations::Call<crate::Runtime>) -> Option<Action> {
    use pallet_organisations::Call::*;
    Some(match call {
        create_organisation { .. } | approve_application { .. } => Action::CreateOrganisation,
        suspend_organisation { .. } => Action::SuspendOrganisation,
        reactivate_organisation { .. } => Action::ReactivateOrganisation,
        change_organisation { .. } => Action::ChangeOrganisation,
        update_profile { .. } => Action::UpdateProfile,
        add_member { .. }
        | remove_member { .. }
        | change_member_role { .. }
        | replace_key { .. } => Action::ManageMembers,
        __Ignore(..) => return None,
    })
}

fn approvals(call: &pallet_approvals::Call<crate::Runtime>) -> Option<Action> {
    use pallet_approvals::Call::*;
    match call {
        set_threshold { .. } => Some(Action::ChangeSettings),
        // They need the permission of the call that they are about.
        propose { .. } | approve { .. } | withdraw { .. } | __Ignore(..) => None,
    }
}

fn projects(call: &pallet_projects::Call<crate::Runtime>) -> Option<Action> {
    use pallet_projects::Call::*;
    Some(match call {
        register_project { .. } => Action::RegisterProject,
        submit_document { .. } => Action::SubmitDocument,
        review_document { .. } => Action::ReviewDocument,
        validate_project { .. } => Action::ValidateProject,
        authorise_project { .. } | change_terms { .. } => Action::AuthoriseProject,
        reject_project { .. } => Action::RejectProject,
        withdraw_project { .. } => Action::WithdrawProject,
        suspend_project { .. } | resume_project { .. } => Action::SuspendProject,
        complete_project { .. } => Action::CompleteProject,
        propose_proponents { .. } | consent_to_proponents { .. } | withdraw_proponents { .. } => {
            Action::ChangeProponents
        }
        assign_certifiers { .. } => Action::AssignCertifiers,
        certify_project { .. } => Action::CertifyProject,
        revoke_certification { .. } => Action::RevokeCertification,
        report_monitoring { .. } => Action::SubmitMonitoringReport,
        verify_monitoring { .. } | return_monitoring { .. } => Action::VerifyMonitoringReport,
        refuse_issuance { .. } => Action::IssueCredits,
        __Ignore(..) => return None,
    })
}

fn credits(call: &pallet_credits::Call<crate::Runtime>) -> Option<Action> {
    use pallet_credits::Call::*;
    Some(match call {
        issue { .. } => Action::IssueCredits,
        transfer { .. } => Action::TransferCredits,
        retire { .. } | request_retirement { .. } | cancel_retirement_request { .. } => {
            Action::RetireCredits
        }
        recognise_retirement { .. } | refuse_retirement { .. } => Action::RecogniseRetirement,
        request_transfer { .. }
        | approve_transfer { .. }
        | reject_transfer { .. }
        | cancel_transfer_request { .. } => Action::RequestTransfer,
        retire_for_the_state { .. } => Action::RetireForTheState,
        cancel { .. } => Action::CancelCredits,
        hold { .. } => Action::HoldCredits,
        release { .. } | release_buffer { .. } => Action::ReleaseCredits,
        pause_transfers { .. } | resume_transfers { .. } => Action::PauseTransfers,
        set_deductions { .. } => Action::ChangeSettings,
        __Ignore(..) => return None,
    })
}

fn itmo_bridge(call: &pallet_itmo_bridge::Call<crate::Runtime>) -> Option<Action> {
    use pallet_itmo_bridge::Call::*;
    Some(match call {
        request_round { .. }
        | retry_case { .. }
        | dismiss_case { .. }
        | link_company { .. }
        | pause { .. }
        | resume { .. } => Action::OperateBridge,
        change_settings { .. } => Action::ChangeSettings,
        // A bridge key signs the first; the council makes the others.
        observe { .. } | add_operator { .. } | remove_operator { .. } | __Ignore(..) => {
            return None;
        }
    })
}

fn calculator(call: &pallet_calculator::Call<crate::Runtime>) -> Option<Action> {
    use pallet_calculator::Call::*;
    match call {
        set_constants { .. } => Some(Action::ChangeSettings),
        __Ignore(..) => None,
    }
}
