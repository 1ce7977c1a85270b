// SPDX-License-Identifier: Apache-2.0
//! The invariants of projects.

#![cfg(any(test, feature = "try-runtime"))]

use crate::{
    proponents::{concerned, is_complete},
    registration::{are_whole, owners},
    stages, Certifications, Config, Documents, LastProjectId, LatestDocument, MonitoringPeriods,
    Pallet, ProjectByExternalId, Projects, ProponentChanges,
};
use frame_support::ensure;
use registry_primitives::{
    invariants,
    project::{Project, ProjectStage, ProponentChange, Proponents},
    MayAct, OrganisationRole, ProjectId,
};
use sp_runtime::TryRuntimeError;

impl<T: Config> Pallet<T> {
    /// Checks invariant 4 of the registry, and what the README promises.
    pub fn do_try_state() -> Result<(), TryRuntimeError> {
        let mut count = 0;
        for (id, project) in Projects::<T>::iter() {
            count += 1;
            Self::try_tonnes(id, &project)?;
            Self::try_documents(id, &project)?;
            Self::try_organisations(&project)?;
            ensure!(
                ProjectByExternalId::<T>::get(&project.registration.external_id) == Some(id),
                "the index of external identifiers names the project that has it"
            );
        }
        ensure!(count == LastProjectId::<T>::get(), "projects are numbered without gaps");
        ensure!(
            ProjectByExternalId::<T>::iter().count() == count as usize,
            "every project has one entry in the index of external identifiers"
        );
        for (id, change) in ProponentChanges::<T>::iter() {
            Self::try_change(id, &change)?;
        }
        for (id, certifier, certification) in Certifications::<T>::iter() {
            ensure!(Projects::<T>::contains_key(id), "every certified project exists");
            ensure!(
                T::Members::organisation(certifier).is_some_and(|found| {
                    found.role == OrganisationRole::Certifier
                        && certification.suspensions <= found.suspensions
                }),
                "every certification is a certifier's, made when it had been suspended no more often"
            );
        }
        Ok(())
    }

    fn try_tonnes(id: ProjectId, project: &Project) -> Result<(), TryRuntimeError> {
        use ProjectStage::{Authorised, Completed, Suspended};
        let periods = MonitoringPeriods::<T>::iter_prefix(id).collect();
        invariants::issued_within_verified(id, project, &periods)
            .and_then(|()| invariants::periods_are_disjoint(id, project, &periods))
            .map_err(|violation| TryRuntimeError::Other(violation.into()))?;
        ensure!(
            project.first_transferred <= project.issued,
            "a project has first transferred no more than it has issued"
        );
        ensure!(
            matches!(project.stage, Authorised | Suspended | Completed) || project.authorised == 0,
            "what was never authorised has no tonnes authorised, and so none issued"
        );
        ensure!(
            periods.keys().copied().eq(1..=project.monitoring_periods),
            "the monitoring periods of a project are numbered without gaps"
        );
        Ok(())
    }

    fn try_documents(id: ProjectId, project: &Project) -> Result<(), TryRuntimeError> {
        ensure!(
            Documents::<T>::iter_prefix(id).count() == project.documents as usize,
            "the documents of a project are counted"
        );
        for (kind, document) in LatestDocument::<T>::iter_prefix(id) {
            ensure!(
                Documents::<T>::get(id, document).is_some_and(|found| found.kind == kind),
                "the latest document of a kind exists and is of that kind"
            );
        }
        Ok(())
    }

    fn try_organisations(project: &Project) -> Result<(), TryRuntimeError> {
        let registration = &project.registration;
        Self::try_proponents(&registration.proponents)?;
        let owners = owners(&registration.proponents);
        for certifier in &registration.certifiers {
            ensure!(T::Members::organisation(*certifier).is_some(), "every certifier exists");
            ensure!(!owners.contains(certifier), "no assigned certifier owns a share");
        }
        Ok(())
    }

    fn try_proponents(proponents: &Proponents) -> Result<(), TryRuntimeError> {
        let owners = owners(proponents);
        ensure!(
            are_whole(proponents) && owners.len() == proponents.len(),
            "the shares of distinct proponents are above zero and add up"
        );
        for proponent in owners {
            ensure!(T::Members::organisation(proponent).is_some(), "every proponent exists");
        }
        Ok(())
    }

    fn try_change(id: ProjectId, change: &ProponentChange) -> Result<(), TryRuntimeError> {
        let project = Projects::<T>::get(id);
        let project = project.filter(|project| stages::is_alive(project.stage));
        let project = project.ok_or("proponents change of projects that have not ended")?;
        Self::try_proponents(&change.proponents)?;
        ensure!(
            change.number == project.proponent_changes,
            "the change of proponents that waits is the last one proposed"
        );
        ensure!(
            change.consents.is_subset(&concerned(&project, change)),
            "only those concerned consent to other proponents"
        );
        ensure!(!is_complete(&project, change), "what all have consented to is done");
        Ok(())
    }
}
