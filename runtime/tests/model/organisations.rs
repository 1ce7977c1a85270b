// SPDX-License-Identifier: Apache-2.0
//! The rules of organisations and their members.

use crate::{
    operations::{Account, Call, Details},
    preparation::COUNTRIES,
    reference::{
        is_text, require, Actor, Organisation, Origin, Outcome, Refused, State, Status, GOVERNMENT,
    },
};
use registry_primitives::{
    credit::HoldReason, Action, MemberRole, OrganisationId, OrganisationRole, Reach,
};

impl State {
    pub fn call_organisations(&mut self, origin: &Origin, call: &Call) -> Outcome {
        match call {
            Call::CreateOrganisation { role, details, first_admin } => {
                self.officer(origin, Action::CreateOrganisation)?;
                self.create(*role, details, *first_admin)
            }
            Call::ApproveApplication { role, details, applicant, key, .. } => {
                use OrganisationRole::{Api, Certifier, ProjectDeveloper};
                self.officer(origin, Action::CreateOrganisation)?;
                require([ProjectDeveloper, Certifier, Api].contains(role), "cannot apply")?;
                require(applicant == key, "another key signed")?;
                self.create(*role, details, *applicant)
            }
            Call::SuspendOrganisation { id, reason } => {
                self.officer(origin, Action::SuspendOrganisation)?;
                require(is_text(reason), "no reason")?;
                self.suspend(*id)
            }
            Call::ReactivateOrganisation { id } => {
                self.officer(origin, Action::ReactivateOrganisation)?;
                self.reactivate(*id)
            }
            Call::ChangeOrganisation { id, details } => {
                self.officer(origin, Action::ChangeOrganisation)?;
                self.change_organisation(*id, details)
            }
            Call::AddMember { organisation, account, role } => {
                let actor = self.officer(origin, Action::ManageMembers)?;
                require(over(&actor, *organisation), "another organisation's members")?;
                require(self.organisations.contains_key(organisation), "unknown organisation")?;
                self.check_free(*account)?;
                check_makes(&actor, *organisation, *role)?;
                self.members.insert(*account, (*organisation, *role));
                Ok(())
            }
            Call::RemoveMember { account } => {
                let actor = self.officer(origin, Action::ManageMembers)?;
                let (organisation, role) = self.managed(&actor, *account)?;
                self.check_admins_without(organisation, role)?;
                self.members.remove(account);
                Ok(())
            }
            Call::ChangeRole { account, role } => {
                let actor = self.officer(origin, Action::ManageMembers)?;
                let (organisation, before) = self.managed(&actor, *account)?;
                require(before != *role, "no other role")?;
                check_makes(&actor, organisation, *role)?;
                self.check_admins_without(organisation, before)?;
                self.members.insert(*account, (organisation, *role));
                Ok(())
            }
            Call::ReplaceKey { old, new } => {
                match origin {
                    Origin::Signed(by) if by == old => self.check_signs(*by)?,
                    _ => {
                        let actor = self.officer(origin, Action::ManageMembers)?;
                        self.managed(&actor, *old)?;
                    }
                }
                self.check_free(*new)?;
                let member = self.members.remove(old).ok_or("not a member")?;
                self.members.insert(*new, member);
                Ok(())
            }
            other => unreachable!("{other:?}"),
        }
    }

    fn check_details(&self, role: OrganisationRole, details: &Details) -> Outcome {
        require(is_text(details.name) && is_text(&details.tax_id), "no name or tax id")?;
        require(COUNTRIES.contains(&details.country), "no such country")?;
        let scoped = role == OrganisationRole::Ministry;
        require(scoped != details.scopes.is_empty(), "only ministries have scopes, and they must")
    }

    fn check_tax_id(&self, tax_id: &str) -> Outcome {
        let taken = self.organisations.values().any(|other| other.details.tax_id == tax_id);
        require(!taken, "the tax id is taken")
    }

    fn check_free(&self, account: Account) -> Outcome {
        require(!self.members.contains_key(&account), "a member already")
    }

    fn create(
        &mut self,
        role: OrganisationRole,
        details: &Details,
        first_admin: Account,
    ) -> Outcome {
        require(role != OrganisationRole::Government, "there is one Government")?;
        self.check_details(role, details)?;
        self.check_tax_id(&details.tax_id)?;
        self.check_free(first_admin)?;
        let id = self.organisations.len() as OrganisationId + 1;
        let details = details.clone();
        self.organisations.insert(id, Organisation { role, details, active: true });
        self.members.insert(first_admin, (id, MemberRole::Admin));
        Ok(())
    }

    fn change_organisation(&mut self, id: OrganisationId, details: &Details) -> Outcome {
        let before = self.organisation(id)?.clone();
        require(before.details != *details, "nothing changes")?;
        self.check_details(before.role, details)?;
        let abroad = id == GOVERNMENT && details.country != before.details.country;
        require(!abroad, "the Government's country is fixed")?;
        if before.details.tax_id != details.tax_id {
            self.check_tax_id(&details.tax_id)?;
        }
        self.organisations.insert(id, Organisation { details: details.clone(), ..before });
        Ok(())
    }

    /// Nothing of its own moves any more, so whatever waits for it, or for which it waits, ends.
    fn suspend(&mut self, id: OrganisationId) -> Outcome {
        self.switch(id, false)?;
        self.transfers.retain(|_, request| request.from != id && request.to != id);
        let ended: Vec<_> = self
            .retirement_requests
            .iter()
            .filter(|(_, (_, record))| record.owner == id)
            .map(|(request, _)| *request)
            .collect();
        for request in ended {
            self.give_back(request);
        }
        for project in self.projects.values_mut() {
            project.certified.remove(&id);
        }
        Ok(())
    }

    /// What was issued to it meanwhile is its own to move.
    fn reactivate(&mut self, id: OrganisationId) -> Outcome {
        self.switch(id, true)?;
        for block in self.blocks.values_mut().filter(|block| block.owner == id) {
            if block.status == Status::OnHold(HoldReason::OwnerSuspended) {
                block.status = Status::Held;
            }
        }
        Ok(())
    }

    fn switch(&mut self, id: OrganisationId, active: bool) -> Outcome {
        require(id != GOVERNMENT, "the Government is always active")?;
        let organisation = self.organisations.get_mut(&id).ok_or("unknown organisation")?;
        require(organisation.active != active, "it is like this already")?;
        organisation.active = active;
        Ok(())
    }

    /// A member whom the actor may remove, or give another role or key.
    fn managed(
        &self,
        actor: &Actor,
        account: Account,
    ) -> Result<(OrganisationId, MemberRole), Refused> {
        let (organisation, role) = *self.members.get(&account).ok_or("not a member")?;
        require(over(actor, organisation), "another organisation's member")?;
        require(account != actor.account, "one's own membership")?;
        check_makes(actor, organisation, role)?;
        Ok((organisation, role))
    }

    /// An organisation keeps an Admin.
    fn check_admins_without(&self, organisation: OrganisationId, role: MemberRole) -> Outcome {
        let admin = (organisation, MemberRole::Admin);
        let admins = self.members.values().filter(|member| **member == admin).count();
        require(role != MemberRole::Admin || admins > 1, "the last Admin")
    }

    /// A member who signs at all may change its own key.
    fn check_signs(&self, account: Account) -> Outcome {
        let (organisation, role) = *self.members.get(&account).ok_or("not a member")?;
        require(self.organisations[&organisation].active, "the organisation is suspended")?;
        require(role != MemberRole::ViewOnly, "it signs nothing")
    }
}

/// Whether the actor manages the members of an organisation.
fn over(actor: &Actor, organisation: OrganisationId) -> bool {
    actor.reach == Reach::Any || actor.organisation == organisation
}

/// Nobody makes or unmakes a Root; Root alone makes and unmakes Admins of the Government.
fn check_makes(actor: &Actor, organisation: OrganisationId, role: MemberRole) -> Outcome {
    require(role != MemberRole::Root, "there is one Root")?;
    let leads = organisation == GOVERNMENT && role == MemberRole::Admin;
    require(!leads || actor.member == MemberRole::Root, "only Root")
}
