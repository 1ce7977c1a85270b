// SPDX-License-Identifier: Apache-2.0
//! Operations on organisations and on what their officers agree on, drawn.

use crate::{
    dice::Dice,
    draw_credits, draw_projects,
    operations::{Call, Details, Operation},
    preparation::{COUNTRY, NOWHERE},
    reference::State,
    strategies::{sign, Draw},
};
use registry_primitives::{Action, ActionClass, OrganisationRole, SectoralScope};
use std::collections::BTreeSet;

pub fn details(state: &State, dice: &mut Dice, role: OrganisationRole) -> Details {
    let scoped = (role == OrganisationRole::Ministry) != dice.percent(4);
    let scopes = [SectoralScope::EnergyIndustries, SectoralScope::WasteHandling];
    let number = match dice.percent(90) {
        true => state.organisations.len() as u64 + dice.below(9),
        // Taken, perhaps.
        false => dice.below(state.organisations.len() as u64 + 1),
    };
    Details {
        name: if dice.percent(6) { "" } else { "New" },
        tax_id: format!("NEW {number}"),
        country: if dice.percent(6) { NOWHERE } else { COUNTRY },
        scopes: match scoped {
            true => scopes.into_iter().filter(|_| dice.percent(80)).collect(),
            false => BTreeSet::new(),
        },
    }
}

pub fn create_organisation(state: &State, dice: &mut Dice) -> Operation {
    let role = dice.of(OrganisationRole::ALL);
    let details = details(state, dice, role);
    let first_admin = dice.stranger(state);
    let by = dice.officer(state, Action::CreateOrganisation);
    sign(by, Call::CreateOrganisation { role, details, first_admin })
}

pub fn approve_application(state: &State, dice: &mut Dice) -> Operation {
    let role = dice.of(OrganisationRole::ALL);
    let details = details(state, dice, role);
    let applicant = dice.stranger(state);
    let key = if dice.percent(8) { dice.account() } else { applicant };
    let wrapped = dice.percent(50);
    let by = dice.officer(state, Action::CreateOrganisation);
    sign(by, Call::ApproveApplication { role, details, applicant, key, wrapped })
}

pub fn suspend_organisation(state: &State, dice: &mut Dice) -> Operation {
    let (id, reason) = (dice.organisation(state), dice.reason());
    let by = dice.officer(state, Action::SuspendOrganisation);
    sign(by, Call::SuspendOrganisation { id, reason })
}

pub fn reactivate_organisation(state: &State, dice: &mut Dice) -> Operation {
    let suspended: Vec<_> =
        state.organisations.iter().filter(|(_, found)| !found.active).map(|(id, _)| *id).collect();
    let id = dice.one_of(&suspended).unwrap_or_else(|| dice.organisation(state));
    let by = dice.officer(state, Action::ReactivateOrganisation);
    sign(by, Call::ReactivateOrganisation { id })
}

pub fn change_organisation(state: &State, dice: &mut Dice) -> Operation {
    let id = dice.organisation(state);
    let role = state.organisations.get(&id).map_or(OrganisationRole::Api, |found| found.role);
    let mut details = details(state, dice, role);
    if let Some(found) = state.organisations.get(&id).filter(|_| dice.percent(50)) {
        details.tax_id.clone_from(&found.details.tax_id);
    }
    let by = dice.officer(state, Action::ChangeOrganisation);
    sign(by, Call::ChangeOrganisation { id, details })
}

pub fn add_member(state: &State, dice: &mut Dice) -> Operation {
    let organisation = dice.organisation(state);
    let (account, role) = (dice.stranger(state), dice.role());
    let by = dice.officer_of(state, Action::ManageMembers, |of| of == organisation || of == 1);
    sign(by, Call::AddMember { organisation, account, role })
}

pub fn manager_of(state: &State, dice: &mut Dice, account: usize) -> usize {
    let organisation = state.members.get(&account).map_or(0, |member| member.0);
    dice.officer_of(state, Action::ManageMembers, |of| of == organisation || of == 1)
}

pub fn remove_member(state: &State, dice: &mut Dice) -> Operation {
    let account = dice.member(state);
    sign(manager_of(state, dice, account), Call::RemoveMember { account })
}

pub fn change_role(state: &State, dice: &mut Dice) -> Operation {
    let (account, role) = (dice.member(state), dice.role());
    sign(manager_of(state, dice, account), Call::ChangeRole { account, role })
}

pub fn replace_key(state: &State, dice: &mut Dice) -> Operation {
    let (old, new) = (dice.member(state), dice.stranger(state));
    let by = if dice.percent(40) { old } else { manager_of(state, dice, old) };
    sign(by, Call::ReplaceKey { old, new })
}

pub fn threshold(state: &State, dice: &mut Dice) -> Call {
    let raised: Vec<_> = state.thresholds.keys().copied().collect();
    let class = match dice.one_of(&raised) {
        Some(class) if dice.percent(40) => class,
        _ => dice.of(ActionClass::ALL),
    };
    Call::SetThreshold { class, officers: dice.of(&[1, 1, 2, 2, 2, 3, 0, 17]) }
}

pub fn set_threshold(state: &State, dice: &mut Dice) -> Operation {
    sign(dice.officer(state, Action::ChangeSettings), threshold(state, dice))
}

pub fn propose(state: &State, dice: &mut Dice) -> Operation {
    if dice.percent(30) {
        let call = threshold(state, dice);
        let by = dice.officer(state, Action::ChangeSettings);
        return sign(by, Call::Propose(Box::new(call)));
    }
    let draw: Draw = dice.of(&[
        draw_projects::authorise,
        draw_projects::authorise,
        draw_credits::issue,
        draw_credits::issue,
        draw_credits::cancel,
        draw_credits::recognise_retirement,
        draw_credits::retire_for_the_state,
        draw_credits::set_deductions,
        draw_projects::change_terms,
        draw_projects::refuse_issuance,
        draw_credits::hold,
    ]);
    match draw(state, dice) {
        Operation::Sign { by, call } => sign(by, Call::Propose(Box::new(call))),
        Operation::NextBlock => Operation::NextBlock,
    }
}

pub fn proposal(state: &State, dice: &mut Dice) -> u32 {
    let waiting: Vec<_> = state.proposals.keys().copied().collect();
    match dice.one_of(&waiting) {
        Some(id) if !dice.percent(5) => id,
        _ => dice.below(u64::from(state.last_proposal) + 2) as u32,
    }
}

pub fn approve_proposal(state: &State, dice: &mut Dice) -> Operation {
    let proposal = proposal(state, dice);
    let by = match state.proposals.get(&proposal) {
        Some(found) => {
            let (action, organisation) = (found.action, found.organisation);
            dice.officer_of(state, action, |of| of == organisation)
        }
        None => dice.account(),
    };
    sign(by, Call::ApproveProposal { proposal })
}

pub fn withdraw_proposal(state: &State, dice: &mut Dice) -> Operation {
    let proposal = proposal(state, dice);
    let by = match state.proposals.get(&proposal) {
        Some(found) if !dice.percent(20) => found.proposer,
        _ => dice.account(),
    };
    sign(by, Call::WithdrawProposal { proposal })
}
