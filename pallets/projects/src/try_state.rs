// SPDX-License-Identifier: Apache-2.0
//! The invariants of projects.

#![cfg(any(test, feature = "try-runtime"))]

use crate::{
    Config, Documents, LastProjectId, LatestDocument, MonitoringPeriods, Pallet,
    ProjectByExternalId, Projects,
};
use frame_support::ensure;
use registry_primitives::{invariants, MayAct};
use sp_runtime::TryRuntimeError;

impl<T: Config> Pallet<T> {
    /// Checks invariant 4 of the registry and that counters and indices agree.
    pub fn do_try_state() -> Result<(), TryRuntimeError> {
        let mut count = 0;
        for (id, project) in Projects::<T>::iter() {
            count += 1;
            let periods = MonitoringPeriods::<T>::iter_prefix(id).collect();
            invariants::issued_within_verified(id, &project, &periods)
                .and_then(|()| invariants::periods_are_disjoint(id, &project, &periods))
                .map_err(|violation| TryRuntimeError::Other(violation.into()))?;
            ensure!(
                periods.keys().copied().eq(1..=project.monitoring_periods),
                "the monitoring periods of a project are numbered without gaps"
            );
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
            ensure!(
                ProjectByExternalId::<T>::get(&project.registration.external_id) == Some(id),
                "the index of external identifiers names the project that has it"
            );
            for proponent in &project.registration.proponents {
                ensure!(
                    T::Members::organisation(proponent.organisation).is_some(),
                    "every proponent exists"
                );
            }
        }
        ensure!(count == LastProjectId::<T>::get(), "projects are numbered without gaps");
        ensure!(
            ProjectByExternalId::<T>::iter().count() == count as usize,
            "every project has one entry in the index of external identifiers"
        );
        Ok(())
    }
}
