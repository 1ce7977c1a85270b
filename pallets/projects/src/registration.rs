// SPDX-License-Identifier: Apache-2.0
//! What a registration must be.

use crate::{
    Certifiers, Config, Error, Event, LastProjectId, Pallet, ProjectByExternalId, Projects,
};
use alloc::collections::BTreeSet;
use frame_support::{ensure, traits::Time};
use registry_primitives::{
    project::{Coordinates, Project, ProjectRegistration, ProjectStage, Proponents},
    sector::UNCLASSIFIED,
    shares::WHOLE,
    OrganisationId, OrganisationRole, ProjectId, MAX_TONNES,
};

/// Who may own a share of a project.
const OWNERS: &[OrganisationRole] =
    &[OrganisationRole::ProjectDeveloper, OrganisationRole::Certifier];

impl<T: Config> Pallet<T> {
    pub(crate) fn do_register(registration: &ProjectRegistration) -> Result<ProjectId, Error<T>> {
        Self::insert_project(registration, ProjectStage::Submitted)
    }

    /// Registers a project that was validated in another system, whose sectors may not be known here.
    pub fn import(registration: ProjectRegistration) -> Result<ProjectId, Error<T>> {
        let id = Self::insert_project(&registration, ProjectStage::Validated)?;
        Self::deposit_event(Event::ProjectImported { id, registration });
        Ok(id)
    }

    fn insert_project(
        registration: &ProjectRegistration,
        stage: ProjectStage,
    ) -> Result<ProjectId, Error<T>> {
        let imported = stage == ProjectStage::Validated;
        Self::check_registration(registration, imported)?;
        let id = LastProjectId::<T>::get().checked_add(1).ok_or(Error::NumbersExhausted)?;

        LastProjectId::<T>::put(id);
        ProjectByExternalId::<T>::insert(&registration.external_id, id);
        Projects::<T>::insert(
            id,
            Project {
                registration: registration.clone(),
                stage,
                validated_estimate: imported.then_some(registration.estimate),
                authorised: 0,
                article6: None,
                buffer_rate: 0,
                issued: 0,
                first_transferred: 0,
                documents: 0,
                monitoring_periods: 0,
                proponent_changes: 0,
                created_at: T::Clock::now(),
            },
        );
        Ok(id)
    }

    fn check_registration(
        registration: &ProjectRegistration,
        imported: bool,
    ) -> Result<(), Error<T>> {
        let ProjectRegistration { title, external_id, sector, .. } = registration;
        let (scope, kind) = (registration.sectoral_scope, registration.mitigation_type);
        let unclassified = imported && (*sector, scope, kind) == UNCLASSIFIED;
        ensure!(title.is_valid() && external_id.is_valid(), Error::InvalidText);
        ensure!(!ProjectByExternalId::<T>::contains_key(external_id), Error::ExternalIdTaken);
        ensure!(unclassified || sector.allows(scope, kind), Error::InvalidSector);
        ensure!(!registration.gases.is_empty(), Error::NoGas);
        ensure!(registration.crediting_period.is_valid(), Error::InvalidPeriod);
        ensure!(registration.estimate > 0, Error::ZeroTonnes);
        ensure!(registration.estimate <= MAX_TONNES, Error::Overflow);
        ensure!(registration.estimated_cost_usd <= MAX_TONNES, Error::Overflow);
        ensure!(!registration.locations.is_empty(), Error::InvalidLocation);
        for location in &registration.locations {
            ensure!(location.region.is_valid(), Error::InvalidText);
            let on_earth = location.coordinates.as_ref().is_none_or(Coordinates::is_valid);
            ensure!(on_earth, Error::InvalidLocation);
        }
        Self::check_proponents(&registration.proponents)?;
        Self::check_certifiers(&registration.certifiers, &registration.proponents)
    }

    /// Active owners, none twice, whose shares are above zero and add up.
    pub(crate) fn check_proponents(proponents: &Proponents) -> Result<(), Error<T>> {
        ensure!(are_whole(proponents), Error::InvalidShares);
        let distinct = owners(proponents);
        ensure!(distinct.len() == proponents.len(), Error::NamedTwice);
        for organisation in distinct {
            ensure!(Self::is_active(organisation, OWNERS), Error::InvalidProponent);
        }
        Ok(())
    }

    /// Active certifiers that own no share.
    pub(crate) fn check_certifiers(
        certifiers: &Certifiers,
        proponents: &Proponents,
    ) -> Result<(), Error<T>> {
        let owners = owners(proponents);
        for certifier in certifiers {
            ensure!(!owners.contains(certifier), Error::ConflictOfInterest);
            let reviews = Self::is_active(*certifier, &[OrganisationRole::Certifier]);
            ensure!(reviews, Error::InvalidCertifier);
        }
        Ok(())
    }
}

/// Whether every share is above zero and all add up to the whole.
pub(crate) fn are_whole(proponents: &Proponents) -> bool {
    let sum: u64 = proponents.iter().map(|proponent| u64::from(proponent.share)).sum();
    proponents.iter().all(|proponent| proponent.share > 0) && sum == u64::from(WHOLE)
}

/// The organisations that own a share.
pub(crate) fn owners(proponents: &Proponents) -> BTreeSet<OrganisationId> {
    proponents.iter().map(|proponent| proponent.organisation).collect()
}
