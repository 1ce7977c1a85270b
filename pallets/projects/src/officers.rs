// SPDX-License-Identifier: Apache-2.0
//! Who may do what with which project.

use crate::Projects;
use crate::{stages::ProjectStep, Certifications, Config, Error, Pallet, ProponentChanges};
use alloc::vec::Vec;
use frame_support::ensure;
use frame_system::pallet_prelude::OriginFor;
use registry_primitives::{
    organisation::OrganisationStatus, project::Project, Action, Actor, MayAct, Officers,
    OrganisationId, OrganisationRole, ProjectId,
};

/// Whether an action is a certifier's review, which nobody with a share may do.
const fn is_review(action: Action) -> bool {
    matches!(
        action,
        Action::ReviewDocument
            | Action::ValidateProject
            | Action::VerifyMonitoringReport
            | Action::CertifyProject
    )
}

impl<T: Config> Pallet<T> {
    /// The account and the actor behind an origin that may do `action` at all.
    pub(crate) fn ensure_officer(
        origin: OriginFor<T>,
        action: Action,
    ) -> Result<(T::AccountId, Actor), Error<T>> {
        T::Officers::officer(origin, action).map_err(Error::from)
    }

    /// The same, for this project; and the project.
    pub(crate) fn ensure_officer_of(
        origin: OriginFor<T>,
        action: Action,
        id: ProjectId,
    ) -> Result<(T::AccountId, Actor, Project), Error<T>> {
        let (who, actor) = Self::ensure_officer(origin, action)?;
        let project = Projects::<T>::get(id).ok_or(Error::UnknownProject)?;
        Self::ensure_reaches(&actor, action, id, &project)?;
        Ok((who, actor, project))
    }

    /// A developer's own projects are those it has a share in. A certifier's are those it is
    /// assigned to, and it reviews none that it has a share in. Proponents are changed by whoever
    /// has a share or shall have one; a certification is its certifier's, assigned or not.
    fn ensure_reaches(
        actor: &Actor,
        action: Action,
        id: ProjectId,
        project: &Project,
    ) -> Result<(), Error<T>> {
        let registration = &project.registration;
        let organisation = actor.organisation;
        let has_share = registration.is_proponent(organisation);
        let own = match (action, actor.organisation_role) {
            (Action::ChangeProponents, _) => {
                has_share
                    || ProponentChanges::<T>::get(id).is_some_and(|change| {
                        change.proponents.iter().any(|each| each.organisation == organisation)
                    })
            }
            (Action::RevokeCertification, _) => Certifications::<T>::contains_key(id, organisation),
            (_, OrganisationRole::Certifier) => registration.certifiers.contains(&organisation),
            _ => has_share,
        };
        ensure!(actor.reaches(registration.sectoral_scope, own), Error::NotPermitted);
        ensure!(!(is_review(action) && has_share), Error::ConflictOfInterest);
        Ok(())
    }

    /// What an account may do with a project now, as far as its role, its reach and the project's
    /// stage tell.
    pub(crate) fn actions(who: &T::AccountId, id: ProjectId) -> Vec<Action> {
        let Some(project) = Projects::<T>::get(id) else {
            return Vec::new();
        };
        let possible = |action: &Action| {
            ProjectStep::ALL
                .iter()
                .any(|step| step.action() == *action && step.is_possible(project.stage))
        };
        let allowed = |action: &Action| {
            T::Members::may_act(who, *action)
                .is_ok_and(|actor| Self::ensure_reaches(&actor, *action, id, &project).is_ok())
        };
        Action::ALL.iter().copied().filter(possible).filter(allowed).collect()
    }

    /// Whether an organisation is active and has one of these roles.
    pub(crate) fn is_active(id: OrganisationId, roles: &[OrganisationRole]) -> bool {
        T::Members::organisation(id).is_some_and(|found| {
            found.status == OrganisationStatus::Active && roles.contains(&found.role)
        })
    }
}
