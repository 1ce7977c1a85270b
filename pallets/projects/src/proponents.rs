// SPDX-License-Identifier: Apache-2.0
//! Other proponents of a project, with the consent of everybody concerned.

use crate::{
    registration::owners, stages::ProjectStep, Config, Error, Event, Pallet, Projects,
    ProponentChanges,
};
use alloc::collections::BTreeSet;
use frame_support::{ensure, traits::DefensiveResult};
use registry_primitives::{
    project::{Project, ProponentChange, Proponents},
    OrganisationId, ProjectId,
};

impl<T: Config> Pallet<T> {
    /// Proposes, with the consent of the proposer's organisation, and says the number.
    ///
    /// It never applies at once: other proponents than now concern a second organisation.
    pub(crate) fn do_propose_proponents(
        id: ProjectId,
        mut project: Project,
        proponents: &Proponents,
        proposer: OrganisationId,
    ) -> Result<u32, Error<T>> {
        // One that shall have a share and has none consents, and does not propose.
        ensure!(project.registration.is_proponent(proposer), Error::NotPermitted);
        ProjectStep::ProposeProponents.ensure(&project)?;
        ensure!(*proponents != project.registration.proponents, Error::Unchanged);
        Self::check_new_proponents(id, &project, proponents)?;
        let number = project.proponent_changes.checked_add(1).ok_or(Error::NumbersExhausted)?;
        let proponents = proponents.clone();
        let mut change = ProponentChange { number, proponents, consents: Default::default() };
        add_consent(&mut change, proposer)?;

        project.proponent_changes = number;
        Projects::<T>::insert(id, project);
        ProponentChanges::<T>::insert(id, change);
        Ok(number)
    }

    pub(crate) fn do_consent(
        id: ProjectId,
        mut project: Project,
        number: u32,
        organisation: OrganisationId,
        by: T::AccountId,
    ) -> Result<(), Error<T>> {
        ProjectStep::ConsentToProponents.ensure(&project)?;
        let mut change = Self::pending_change(id, number)?;
        ensure!(!change.consents.contains(&organisation), Error::AlreadyConsented);
        add_consent(&mut change, organisation)?;
        let complete = is_complete(&project, &change);
        if complete {
            // Weeks may have passed since it was proposed.
            Self::check_new_proponents(id, &project, &change.proponents)?;
        }

        Self::deposit_event(Event::ProponentsConsented { project: id, number, organisation, by });
        if complete {
            let proponents = change.proponents;
            ProponentChanges::<T>::remove(id);
            project.registration.proponents = proponents.clone();
            Projects::<T>::insert(id, project);
            Self::deposit_event(Event::ProponentsChanged { project: id, proponents });
        } else {
            ProponentChanges::<T>::insert(id, change);
        }
        Ok(())
    }

    pub(crate) fn do_withdraw_proponents(
        id: ProjectId,
        project: &Project,
        number: u32,
    ) -> Result<(), Error<T>> {
        ProjectStep::WithdrawProponents.ensure(project)?;
        Self::pending_change(id, number)?;

        ProponentChanges::<T>::remove(id);
        Ok(())
    }

    /// The pending change, which is the one that its readers mean.
    fn pending_change(id: ProjectId, number: u32) -> Result<ProponentChange, Error<T>> {
        ProponentChanges::<T>::get(id)
            .filter(|change| change.number == number)
            .ok_or(Error::NoSuchChange)
    }

    /// What a registration asks of proponents; and whoever reviews or has certified the project
    /// owns no share of it.
    fn check_new_proponents(
        id: ProjectId,
        project: &Project,
        proponents: &Proponents,
    ) -> Result<(), Error<T>> {
        Self::check_proponents(proponents)?;
        for owner in owners(proponents) {
            let reviews = project.registration.certifiers.contains(&owner);
            let depends = reviews || Self::is_certified(id, owner);
            ensure!(!depends, Error::ConflictOfInterest);
        }
        Ok(())
    }
}

/// All whose consent a change needs: those that own a share now, and those that shall own one.
pub(crate) fn concerned(project: &Project, change: &ProponentChange) -> BTreeSet<OrganisationId> {
    let mut concerned = owners(&project.registration.proponents);
    concerned.append(&mut owners(&change.proponents));
    concerned
}

/// Whether all concerned have consented.
pub(crate) fn is_complete(project: &Project, change: &ProponentChange) -> bool {
    concerned(project, change).is_subset(&change.consents)
}

/// Only those concerned consent, so the set always has room.
fn add_consent<T>(
    change: &mut ProponentChange,
    organisation: OrganisationId,
) -> Result<(), Error<T>> {
    change
        .consents
        .try_insert(organisation)
        .map(drop)
        .defensive_map_err(|_| Error::NumbersExhausted)
}
