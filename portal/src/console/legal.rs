// SPDX-License-Identifier: Apache-2.0
//! Whether an officer may do something now, and why not where not. The node says what an account may
//! do with a project; the reasons are put together of the permission table and of the stages.

use super::{
    form::{About, Form},
    Desk,
};
use crate::page::Layout;
use registry_primitives::{project::ProjectStage, Action, Reach};

/// A form with what stands in its way, if anything does.
pub struct Offer {
    pub form: &'static Form,
    /// Where it is.
    pub address: String,
    /// Why it cannot be made now.
    pub refusal: Option<String>,
}

impl Offer {
    /// The key of the name of its call.
    pub fn call(&self) -> &'static str {
        self.form.call
    }
}

/// Whether any of them can be made now.
pub fn is_any_open(offers: &[Offer]) -> bool {
    offers.iter().any(|offer| offer.refusal.is_none())
}

/// Whether any of them cannot.
pub fn is_any_refused(offers: &[Offer]) -> bool {
    offers.iter().any(|offer| offer.refusal.is_some())
}

/// What the permission table and a suspension say of a form.
pub fn refused_to(l: &Layout, desk: &Desk, action: Action) -> Option<String> {
    let words = l.label("action", action.as_str());
    let Some((_, organisation)) = &desk.organisation else {
        return Some(l.t("problem.not_a_member").to_owned());
    };
    if desk.suspended {
        return Some(l.say("problem.organisation_suspended", "organisation", organisation));
    }
    let gaps = || {
        let member = desk.role.map(|it| l.label("member_role", it.as_str()));
        let organisation =
            desk.organisation_role.map(|it| l.label("organisation_role", it.as_str()));
        let (member, organisation) = (member.unwrap_or_default(), organisation.unwrap_or_default());
        [("member_role", member), ("organisation_role", organisation), ("action", words)]
    };
    (desk.reach(action) == Reach::No).then(|| l.language().fill("problem.not_permitted", &gaps()))
}

/// Why a form about a project cannot be made now; `may` is what the node says that the account may do
/// with the project, if it answers: the tables tell the rest.
pub fn refused_for_project(
    l: &Layout,
    desk: &Desk,
    form: &Form,
    stage: &str,
    may: Option<&[Action]>,
) -> Option<String> {
    let action = form.action?;
    refused_to(l, desk, action).or_else(|| {
        let fits = |it: &ProjectStage| it.as_str() == stage;
        if !form.stages.is_empty() && !form.stages.iter().any(fits) {
            let names = form.stages.iter().map(|it| l.label("stage", it.as_str()));
            let names = names.collect::<Vec<_>>().join(", ");
            let now = l.label("stage", stage);
            return Some(
                l.language().fill("console.wrong_stage", &[("stages", names), ("stage", now)]),
            );
        }
        let denied = may.is_some_and(|may| !may.contains(&action));
        denied.then(|| l.t("console.out_of_reach").to_owned())
    })
}

/// Why a form about nothing that is there, or about credits, cannot be made now.
pub fn refused(l: &Layout, desk: &Desk, form: &Form) -> Option<String> {
    let action = form.action?;
    refused_to(l, desk, action).or_else(|| {
        let moves = matches!(
            action,
            Action::TransferCredits
                | Action::RetireCredits
                | Action::RetireForTheState
                | Action::RequestTransfer
        );
        // These answer a request or end a pause, which a pause does not stop.
        let ends = [
            "credits.cancel_retirement_request",
            "credits.reject_transfer",
            "credits.cancel_transfer_request",
        ];
        let paused = l.pause.is_some();
        match form.call {
            "credits.pause_transfers" if paused => Some(l.t("console.is_paused").to_owned()),
            "credits.resume_transfers" if !paused => Some(l.t("console.is_not_paused").to_owned()),
            call if moves && paused && !ends.contains(&call) => {
                Some(l.t("console.is_paused").to_owned())
            }
            _ => None,
        }
    })
}

/// The offers about something, those that can be made first.
pub fn offers<'a>(
    about: &'static [About],
    address: impl Fn(&Form) -> String + 'a,
    refusal: impl Fn(&'static Form) -> Option<String> + 'a,
) -> Vec<Offer> {
    let mut offers: Vec<_> = super::form::about(about)
        .map(|form| Offer { form, address: address(form), refusal: refusal(form) })
        .collect();
    offers.sort_by_key(|offer| offer.refusal.is_some());
    offers
}

#[cfg(test)]
mod tests {
    use super::{super::form::FORMS, *};
    use registry_primitives::{permission, MemberRole, OrganisationRole};

    fn desk(organisation: OrganisationRole, member: MemberRole) -> Desk {
        Desk {
            account: "5A".into(),
            organisation: Some((2, "Sun & Sea Ltd".into())),
            organisation_role: Some(organisation),
            role: Some(member),
            suspended: false,
        }
    }

    #[test]
    fn offers_agree_with_the_permission_table_in_every_cell() {
        let l = Layout::bare("/console");
        for form in FORMS {
            let Some(action) = form.action else { continue };
            for organisation in OrganisationRole::ALL {
                for member in MemberRole::ALL {
                    let desk = desk(*organisation, *member);
                    let allowed = permission::reach(action, *organisation, *member) != Reach::No;
                    let refusal = refused_to(&l, &desk, action);
                    assert_eq!(refusal.is_none(), allowed, "{} {organisation} {member}", form.call);
                }
            }
        }
    }

    #[test]
    fn a_refusal_says_why() {
        let l = Layout::bare("/console");
        let form = super::super::form::find("projects.authorise_project").unwrap();
        let government = desk(OrganisationRole::Government, MemberRole::Admin);
        let why = |desk: &Desk, stage: &str, may: &[Action]| {
            refused_for_project(&l, desk, form, stage, Some(may)).unwrap_or_default()
        };
        assert_eq!(why(&government, "validated", &[Action::AuthoriseProject]), "");
        let stage = why(&government, "submitted", &[]);
        assert!(stage.contains("Validated") && stage.contains("Submitted"), "{stage}");
        let ministry = desk(OrganisationRole::Ministry, MemberRole::Admin);
        assert_eq!(why(&ministry, "validated", &[]), l.t("console.out_of_reach"));
        let role = why(&desk(OrganisationRole::Certifier, MemberRole::Admin), "validated", &[]);
        assert!(role.contains("Certifier") && !role.contains('…'), "{role}");
        let suspended = Desk { suspended: true, ..government };
        assert!(why(&suspended, "validated", &[]).contains("Sun & Sea Ltd"));
    }
}
