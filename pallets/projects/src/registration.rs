// SPDX-License-Identifier: Apache-2.0
//! Who may do what with which project; registration, authorisation and rejection.

use crate::{Config, Error, LastProjectId, Pallet, ProjectByExternalId, Projects};
use alloc::collections::BTreeSet;
use frame_support::{
    ensure,
    traits::{EnsureOrigin, Time},
};
use frame_system::pallet_prelude::OriginFor;
use registry_primitives::{
    organisation::{OrganisationStatus, MAX_REASON},
    project::{Article6Terms, Coordinates, Project, ProjectRegistration, ProjectStage},
    shares::WHOLE,
    Action, Actor, MayAct, OrganisationId, OrganisationRole, Ppm, ProjectId, Text, Tonnes,
    MAX_TONNES,
};
use sp_runtime::DispatchError;

impl<T: Config> Pallet<T> {
    /// The account and the actor behind an origin that may do `action` at all.
    pub(crate) fn ensure_officer(
        origin: OriginFor<T>,
        action: Action,
    ) -> Result<(T::AccountId, Actor), DispatchError> {
        let who = T::OfficerOrigin::ensure_origin(origin)?;
        let actor = T::Members::may_act(&who, action).map_err(Error::<T>::from)?;
        Ok((who, actor))
    }

    /// The same, for this project; and the project.
    ///
    /// A developer's own projects are those it has a share in. A certifier's are those it is
    /// assigned to, and never one that it has a share in.
    pub(crate) fn ensure_officer_of(
        origin: OriginFor<T>,
        action: Action,
        project: ProjectId,
    ) -> Result<(T::AccountId, Actor, Project), DispatchError> {
        let (who, actor) = Self::ensure_officer(origin, action)?;
        let found = Projects::<T>::get(project).ok_or(Error::<T>::UnknownProject)?;
        let registration = &found.registration;
        let has_share = registration.is_proponent(actor.organisation);
        let own = match actor.organisation_role {
            OrganisationRole::Certifier => registration.certifiers.contains(&actor.organisation),
            _ => has_share,
        };
        ensure!(actor.reaches(registration.sectoral_scope, own), Error::<T>::NotPermitted);
        let reviews = actor.organisation_role == OrganisationRole::Certifier;
        ensure!(!(reviews && has_share), Error::<T>::ConflictOfInterest);
        Ok((who, actor, found))
    }

    pub(crate) fn do_register(registration: &ProjectRegistration) -> Result<ProjectId, Error<T>> {
        Self::check_registration(registration)?;
        let id = LastProjectId::<T>::get().checked_add(1).ok_or(Error::NumbersExhausted)?;

        LastProjectId::<T>::put(id);
        ProjectByExternalId::<T>::insert(&registration.external_id, id);
        Projects::<T>::insert(
            id,
            Project {
                registration: registration.clone(),
                stage: ProjectStage::Submitted,
                validated_estimate: None,
                authorised: 0,
                article6: None,
                buffer_rate: 0,
                issued: 0,
                documents: 0,
                monitoring_periods: 0,
                created_at: T::Clock::now(),
            },
        );
        Ok(id)
    }

    fn check_registration(registration: &ProjectRegistration) -> Result<(), Error<T>> {
        let ProjectRegistration { title, external_id, sector, sectoral_scope, .. } = registration;
        ensure!(title.is_valid() && external_id.is_valid(), Error::InvalidText);
        ensure!(!ProjectByExternalId::<T>::contains_key(external_id), Error::ExternalIdTaken);
        ensure!(sector.allows(*sectoral_scope, registration.mitigation_type), Error::InvalidSector);
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
        Self::check_proponents(registration)?;
        for certifier in &registration.certifiers {
            ensure!(!registration.is_proponent(*certifier), Error::ConflictOfInterest);
            ensure!(
                Self::is_active(*certifier, &[OrganisationRole::Certifier]),
                Error::InvalidCertifier
            );
        }
        Ok(())
    }

    fn check_proponents(registration: &ProjectRegistration) -> Result<(), Error<T>> {
        let proponents = &registration.proponents;
        let sum: u64 = proponents.iter().map(|proponent| u64::from(proponent.share)).sum();
        let all_share = proponents.iter().all(|proponent| proponent.share > 0);
        ensure!(all_share && sum == u64::from(WHOLE), Error::InvalidShares);
        let distinct: BTreeSet<_> =
            proponents.iter().map(|proponent| proponent.organisation).collect();
        ensure!(distinct.len() == proponents.len(), Error::NamedTwice);
        const OWNERS: &[OrganisationRole] =
            &[OrganisationRole::ProjectDeveloper, OrganisationRole::Certifier];
        for organisation in distinct {
            ensure!(Self::is_active(organisation, OWNERS), Error::InvalidProponent);
        }
        Ok(())
    }

    fn is_active(id: OrganisationId, roles: &[OrganisationRole]) -> bool {
        T::Members::organisation(id).is_some_and(|found| {
            found.status == OrganisationStatus::Active && roles.contains(&found.role)
        })
    }

    pub(crate) fn do_authorise(
        id: ProjectId,
        mut project: Project,
        quantity: Tonnes,
        article6: Option<Article6Terms>,
        buffer_rate: Ppm,
    ) -> Result<(), Error<T>> {
        ensure!(project.stage == ProjectStage::Validated, Error::WrongStage);
        ensure!(quantity > 0, Error::ZeroTonnes);
        ensure!(
            project.validated_estimate.is_some_and(|estimate| quantity <= estimate),
            Error::AboveEstimate
        );
        ensure!(article6.as_ref().is_none_or(Article6Terms::is_valid), Error::InvalidTerms);
        ensure!(buffer_rate <= WHOLE, Error::InvalidBufferRate);

        project.stage = ProjectStage::Authorised;
        project.authorised = quantity;
        project.article6 = article6;
        project.buffer_rate = buffer_rate;
        Projects::<T>::insert(id, project);
        Ok(())
    }

    pub(crate) fn do_reject(
        id: ProjectId,
        mut project: Project,
        reason: &Text<MAX_REASON>,
    ) -> Result<(), Error<T>> {
        use ProjectStage::{Returned, Submitted, Validated};
        ensure!(matches!(project.stage, Submitted | Returned | Validated), Error::WrongStage);
        ensure!(reason.is_valid(), Error::InvalidText);

        project.stage = ProjectStage::Rejected;
        Projects::<T>::insert(id, project);
        Ok(())
    }
}
