// SPDX-License-Identifier: Apache-2.0
//! The permission table: who may do what, written once.
//!
//! The pallets enforce it, the portal offers only what it allows, and the documentation prints it.

use crate::macros::names;
use crate::role::{MemberRole, OrganisationRole};

names! {
    /// What an officer can be allowed to do.
    pub enum Action {
        /// Create an organisation with its first Admin.
        CreateOrganisation = "create_organisation",
        /// Suspend an organisation.
        SuspendOrganisation = "suspend_organisation",
        /// Lift the suspension of an organisation.
        ReactivateOrganisation = "reactivate_organisation",
        /// Change an organisation's name, tax identifier, country or sectoral scopes.
        ChangeOrganisation = "change_organisation",
        /// Change the hash of an organisation's off-chain profile.
        UpdateProfile = "update_profile",
        /// Add, remove and change members; replace their keys.
        ManageMembers = "manage_members",
        /// Register a project.
        RegisterProject = "register_project",
        /// Submit a document of a project.
        SubmitDocument = "submit_document",
        /// Report a monitoring period.
        SubmitMonitoringReport = "submit_monitoring_report",
        /// Accept or reject a design document.
        ReviewDocument = "review_document",
        /// Accept a validation report with the validated estimate.
        ValidateProject = "validate_project",
        /// Verify or return a monitoring report.
        VerifyMonitoringReport = "verify_monitoring_report",
        /// Mark a project as certified.
        CertifyProject = "certify_project",
        /// Revoke a certification.
        RevokeCertification = "revoke_certification",
        /// Authorise a project, with its Article 6 terms.
        AuthoriseProject = "authorise_project",
        /// Reject a project.
        RejectProject = "reject_project",
        /// Take a project back before it is authorised.
        WithdrawProject = "withdraw_project",
        /// Stop an authorised project for the time being, and resume it.
        SuspendProject = "suspend_project",
        /// End an authorised project.
        CompleteProject = "complete_project",
        /// Propose other proponents of a project, and consent to them.
        ChangeProponents = "change_proponents",
        /// Assign certifiers to a project.
        AssignCertifiers = "assign_certifiers",
        /// Issue credits for a verified monitoring period, or refuse to.
        IssueCredits = "issue_credits",
        /// Recognise or refuse an international retirement.
        RecogniseRetirement = "recognise_retirement",
        /// Put credits on hold.
        HoldCredits = "hold_credits",
        /// Release credits from hold or from the buffer.
        ReleaseCredits = "release_credits",
        /// Cancel credits.
        CancelCredits = "cancel_credits",
        /// Retire credits by legal action, for NDC use, or otherwise for the state.
        RetireForTheState = "retire_for_the_state",
        /// Transfer credits.
        TransferCredits = "transfer_credits",
        /// Request a transfer, and answer one.
        RequestTransfer = "request_transfer",
        /// Retire credits.
        RetireCredits = "retire_credits",
        /// Pause and resume all transfers and retirements.
        PauseTransfers = "pause_transfers",
        /// Change national settings.
        ChangeSettings = "change_settings",
        /// Ask for a round of the bridge to another platform, decide its cases, pause and resume it.
        OperateBridge = "operate_bridge",
    }
}

names! {
    /// Actions that may need the agreement of several officers, by what they put at stake.
    pub enum ActionClass {
        /// Authorise or reject a project, or change its Article 6 terms.
        Authorise = "authorise",
        /// Issue credits.
        Issue = "issue",
        /// Recognise or refuse an international retirement.
        Recognise = "recognise",
        /// Cancel credits.
        Cancel = "cancel",
        /// Retire credits for the state.
        LegalAction = "legal_action",
        /// Change national settings.
        Settings = "settings",
    }
}

impl Action {
    /// The class whose number of officers must agree; `None` where one always is enough.
    pub const fn class(self) -> Option<ActionClass> {
        match self {
            Self::AuthoriseProject | Self::RejectProject => Some(ActionClass::Authorise),
            Self::IssueCredits => Some(ActionClass::Issue),
            Self::RecogniseRetirement => Some(ActionClass::Recognise),
            Self::CancelCredits => Some(ActionClass::Cancel),
            Self::RetireForTheState => Some(ActionClass::LegalAction),
            Self::ChangeSettings => Some(ActionClass::Settings),
            _ => None,
        }
    }
}

names! {
    /// How far a permission reaches.
    pub enum Reach {
        /// Any object.
        Any = "any",
        /// Objects of projects within the organisation's sectoral scopes.
        WithinScopes = "within_scopes",
        /// The organisation's own objects; for a Certifier, the projects that it is assigned to.
        Own = "own",
        /// Not allowed.
        No = "no",
    }
}

/// One row of the table: these members of such an organisation may do this, this far.
pub struct Permission {
    /// What may be done.
    pub action: Action,
    /// By members of an organisation with this role.
    pub organisation: OrganisationRole,
    /// Who themselves have one of these roles.
    pub members: &'static [MemberRole],
    /// On these objects.
    pub reach: Reach,
}

/// The table. What is not listed is not allowed.
pub const PERMISSIONS: &[Permission] = {
    use Action::*;
    use MemberRole::{Admin, Manager, Root};
    use OrganisationRole::*;
    use Reach::*;

    const LEADERS: &[MemberRole] = &[Root, Admin];
    const OFFICERS: &[MemberRole] = &[Admin, Manager];
    const ADMIN: &[MemberRole] = &[Admin];

    const fn row(
        action: Action,
        organisation: OrganisationRole,
        members: &'static [MemberRole],
        reach: Reach,
    ) -> Permission {
        Permission { action, organisation, members, reach }
    }

    &[
        row(CreateOrganisation, Government, LEADERS, Any),
        row(SuspendOrganisation, Government, &[Root, Admin, Manager], Any),
        row(ReactivateOrganisation, Government, LEADERS, Any),
        row(ChangeOrganisation, Government, LEADERS, Any),
        row(UpdateProfile, Government, LEADERS, Any),
        row(UpdateProfile, Ministry, ADMIN, Own),
        row(UpdateProfile, ProjectDeveloper, ADMIN, Own),
        row(UpdateProfile, Certifier, ADMIN, Own),
        row(UpdateProfile, Api, ADMIN, Own),
        row(ManageMembers, Government, LEADERS, Any),
        row(ManageMembers, Ministry, ADMIN, Own),
        row(ManageMembers, ProjectDeveloper, ADMIN, Own),
        row(ManageMembers, Certifier, ADMIN, Own),
        row(ManageMembers, Api, ADMIN, Own),
        row(RegisterProject, Government, OFFICERS, Any),
        row(RegisterProject, Ministry, OFFICERS, WithinScopes),
        row(RegisterProject, ProjectDeveloper, OFFICERS, Own),
        row(RegisterProject, Certifier, OFFICERS, Any),
        row(RegisterProject, Api, OFFICERS, Any),
        row(SubmitDocument, Government, OFFICERS, Any),
        row(SubmitDocument, Ministry, OFFICERS, WithinScopes),
        row(SubmitDocument, ProjectDeveloper, OFFICERS, Own),
        row(SubmitDocument, Api, OFFICERS, Any),
        row(SubmitMonitoringReport, Government, OFFICERS, Any),
        row(SubmitMonitoringReport, Ministry, OFFICERS, WithinScopes),
        row(SubmitMonitoringReport, ProjectDeveloper, OFFICERS, Own),
        row(SubmitMonitoringReport, Api, OFFICERS, Any),
        row(ReviewDocument, Certifier, OFFICERS, Own),
        row(ValidateProject, Certifier, OFFICERS, Own),
        row(VerifyMonitoringReport, Certifier, OFFICERS, Own),
        row(CertifyProject, Certifier, OFFICERS, Own),
        row(RevokeCertification, Government, OFFICERS, Any),
        row(RevokeCertification, Ministry, OFFICERS, WithinScopes),
        row(RevokeCertification, Certifier, OFFICERS, Own),
        row(AuthoriseProject, Government, LEADERS, Any),
        row(AuthoriseProject, Ministry, ADMIN, WithinScopes),
        row(RejectProject, Government, LEADERS, Any),
        row(RejectProject, Ministry, ADMIN, WithinScopes),
        row(WithdrawProject, ProjectDeveloper, OFFICERS, Own),
        row(SuspendProject, Government, LEADERS, Any),
        row(SuspendProject, Ministry, ADMIN, WithinScopes),
        row(CompleteProject, Government, LEADERS, Any),
        row(CompleteProject, Ministry, ADMIN, WithinScopes),
        row(ChangeProponents, ProjectDeveloper, OFFICERS, Own),
        row(ChangeProponents, Certifier, OFFICERS, Own),
        row(AssignCertifiers, Government, LEADERS, Any),
        row(AssignCertifiers, Ministry, ADMIN, WithinScopes),
        row(IssueCredits, Government, LEADERS, Any),
        row(IssueCredits, Ministry, ADMIN, WithinScopes),
        row(RecogniseRetirement, Government, LEADERS, Any),
        row(RecogniseRetirement, Ministry, ADMIN, WithinScopes),
        row(HoldCredits, Government, LEADERS, Any),
        row(ReleaseCredits, Government, LEADERS, Any),
        row(CancelCredits, Government, LEADERS, Any),
        row(RetireForTheState, Government, LEADERS, Any),
        row(TransferCredits, ProjectDeveloper, OFFICERS, Own),
        row(TransferCredits, Certifier, OFFICERS, Own),
        row(RequestTransfer, Government, OFFICERS, Any),
        row(RequestTransfer, ProjectDeveloper, OFFICERS, Own),
        row(RetireCredits, ProjectDeveloper, OFFICERS, Own),
        row(PauseTransfers, Government, LEADERS, Any),
        row(ChangeSettings, Government, LEADERS, Any),
        row(OperateBridge, Government, LEADERS, Any),
    ]
};

/// How far `member` of an organisation of role `organisation` may do `action`.
pub fn reach(action: Action, organisation: OrganisationRole, member: MemberRole) -> Reach {
    PERMISSIONS
        .iter()
        .find(|row| {
            row.action == action
                && row.organisation == organisation
                && row.members.contains(&member)
        })
        .map_or(Reach::No, |row| row.reach)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_decided_twice() {
        for (index, row) in PERMISSIONS.iter().enumerate() {
            for later in &PERMISSIONS[index + 1..] {
                let same = row.action == later.action && row.organisation == later.organisation;
                assert!(!same, "{} for {} is listed twice", row.action, row.organisation);
            }
        }
    }

    #[test]
    fn root_exists_only_in_the_government_and_view_only_signs_nothing() {
        for row in PERMISSIONS {
            assert!(!row.members.contains(&MemberRole::ViewOnly), "{}", row.action);
            if row.organisation != OrganisationRole::Government {
                assert!(!row.members.contains(&MemberRole::Root), "{}", row.action);
            }
            assert_ne!(row.reach, Reach::No);
            // A reach within scopes means something only for those who have scopes.
            let ministry = row.organisation == OrganisationRole::Ministry;
            let about_itself = matches!(row.action, Action::ManageMembers | Action::UpdateProfile);
            assert_eq!(row.reach == Reach::WithinScopes, ministry && !about_itself);
        }
    }

    #[test]
    fn every_action_is_somebodys() {
        for action in Action::ALL {
            assert!(PERMISSIONS.iter().any(|row| row.action == *action), "{action}");
        }
    }
}
