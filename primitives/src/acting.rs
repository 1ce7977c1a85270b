// SPDX-License-Identifier: Apache-2.0
//! The question that every pallet asks before it does anything: may this account do this?

use crate::{
    organisation::{Organisation, OrganisationStatus},
    role::{MemberRole, OrganisationRole},
    Action, CountryCode, OrganisationId, Reach, SectoralScope,
};

/// A member whose role allows an action, and how far.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Actor {
    /// The organisation that the member acts for.
    pub organisation: OrganisationId,
    /// Role of that organisation.
    pub organisation_role: OrganisationRole,
    /// Role of the member.
    pub member_role: MemberRole,
    /// How far the permission reaches; never [`Reach::No`].
    pub reach: Reach,
    /// The sectoral scopes of a ministry.
    pub scopes: crate::sector::SectoralScopes,
}

impl Actor {
    /// Whether the permission reaches an object of a project in `scope`; `own` says whether the
    /// object is the actor's organisation's own.
    pub fn reaches(&self, scope: SectoralScope, own: bool) -> bool {
        match self.reach {
            Reach::Any => true,
            Reach::WithinScopes => self.scopes.contains(&scope),
            Reach::Own => own,
            Reach::No => false,
        }
    }
}

/// Why an account may not act.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Refusal {
    /// No officer signed.
    NotSigned,
    /// The account is not a member of any organisation.
    NotAMember,
    /// The member's organisation is suspended.
    OrganisationSuspended,
    /// The member's role does not allow the action.
    NotPermitted,
    /// The action needs the agreement of more officers: propose it.
    ApprovalsNeeded,
}

/// Who may act. Implemented by the organisations pallet, asked by all others.
pub trait MayAct<AccountId> {
    /// The actor behind an account, if its role allows the action at all.
    fn may_act(who: &AccountId, action: Action) -> Result<Actor, Refusal>;
    /// What is known of an organisation.
    fn organisation(id: OrganisationId) -> Option<Organisation>;
    /// The country whose registry this is.
    fn country() -> CountryCode;

    /// Whether an organisation exists and is not suspended.
    fn is_active(id: OrganisationId) -> bool {
        Self::organisation(id).is_some_and(|found| found.status == OrganisationStatus::Active)
    }
}

/// Who is behind a call: one officer, or as many as four eyes ask for. Implemented by the approvals
/// pallet, asked by all others before they do anything.
pub trait Officers<Origin, AccountId> {
    /// The officer who signed, or who proposed what others approved, if they may do `action`.
    fn officer(origin: Origin, action: Action) -> Result<(AccountId, Actor), Refusal>;
}
