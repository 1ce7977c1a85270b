// SPDX-License-Identifier: Apache-2.0
//! Certifiers: who is assigned to a project, and what they certify.

use crate::{stages::ProjectStep, Certifications, Certifiers, Config, Error, Pallet, Projects};
use frame_support::{ensure, traits::Time};
use registry_primitives::{
    organisation::MAX_REASON,
    project::{Certification, Project},
    Actor, MayAct, OrganisationId, ProjectId, Reach, Text,
};

impl<T: Config> Pallet<T> {
    pub(crate) fn do_assign_certifiers(
        id: ProjectId,
        mut project: Project,
        certifiers: &Certifiers,
    ) -> Result<(), Error<T>> {
        ProjectStep::AssignCertifiers.ensure(&project)?;
        ensure!(*certifiers != project.registration.certifiers, Error::Unchanged);
        Self::check_certifiers(certifiers, &project.registration.proponents)?;

        project.registration.certifiers = certifiers.clone();
        Projects::<T>::insert(id, project);
        Ok(())
    }

    pub(crate) fn do_certify(
        id: ProjectId,
        project: &Project,
        certifier: OrganisationId,
    ) -> Result<(), Error<T>> {
        ProjectStep::CertifyProject.ensure(project)?;
        ensure!(!Self::is_certified(id, certifier), Error::AlreadyCertified);
        let suspensions = T::Members::organisation(certifier).map(|found| found.suspensions);
        let suspensions = suspensions.ok_or(Error::InvalidCertifier)?;

        let certified_at = T::Clock::now();
        Certifications::<T>::insert(id, certifier, Certification { certified_at, suspensions });
        Ok(())
    }

    pub(crate) fn do_revoke_certification(
        id: ProjectId,
        project: &Project,
        certifier: OrganisationId,
        reason: &Text<MAX_REASON>,
        actor: &Actor,
    ) -> Result<(), Error<T>> {
        let own = certifier == actor.organisation;
        ensure!(own || actor.reach != Reach::Own, Error::NotPermitted);
        ProjectStep::RevokeCertification.ensure(project)?;
        ensure!(reason.is_valid(), Error::InvalidText);
        ensure!(Self::is_certified(id, certifier), Error::NotCertified);

        Certifications::<T>::remove(id, certifier);
        Ok(())
    }

    /// Whether a certification stands: made, not revoked, and its certifier not suspended since.
    pub fn is_certified(project: ProjectId, certifier: OrganisationId) -> bool {
        Certifications::<T>::get(project, certifier)
            .is_some_and(|certification| Self::stands(certifier, &certification))
    }

    pub(crate) fn stands(certifier: OrganisationId, certification: &Certification) -> bool {
        T::Members::organisation(certifier)
            .is_some_and(|found| found.suspensions == certification.suspensions)
    }
}
