// SPDX-License-Identifier: Apache-2.0
//! What the credits pallet asks of projects, answered by the projects pallet.

use crate::Projects;
use pallet_credits::Issuance;
use registry_primitives::{PeriodId, ProjectId};
use sp_runtime::{DispatchError, DispatchResult};

/// The projects that credits are issued for.
pub struct CreditProjects;

impl pallet_credits::Projects for CreditProjects {
    fn issuance(project: ProjectId, period: PeriodId) -> Result<Issuance, DispatchError> {
        let (project, period) = Projects::issuable(project, period)?;
        Ok(Issuance {
            scope: project.registration.sectoral_scope,
            proponents: project.registration.proponents.into_inner(),
            vintages: period.verified.into_inner(),
            buffer_rate: project.buffer_rate,
        })
    }

    fn note_issued(project: ProjectId, period: PeriodId) -> DispatchResult {
        Projects::note_issued(project, period)?;
        Ok(())
    }
}
