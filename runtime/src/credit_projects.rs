// SPDX-License-Identifier: Apache-2.0
//! What the credits pallet asks of projects, answered by the projects pallet.

use crate::Projects;
use pallet_credits::{CreditedProject, Issuance};
use registry_primitives::{project::Project, PeriodId, ProjectId, Tonnes};
use sp_runtime::{DispatchError, DispatchResult};

/// The projects that credits are issued for.
pub struct CreditProjects;

impl pallet_credits::Projects for CreditProjects {
    fn project(id: ProjectId) -> Option<CreditedProject> {
        pallet_projects::Projects::<crate::Runtime>::get(id).map(credited)
    }

    fn issuance(project: ProjectId, period: PeriodId) -> Result<Issuance, DispatchError> {
        let (project, period) = Projects::issuable(project, period)?;
        Ok(Issuance {
            vintages: period.verified.into_inner(),
            buffer_rate: project.buffer_rate,
            project: credited(project),
        })
    }

    fn note_issued(project: ProjectId, period: PeriodId) -> DispatchResult {
        Projects::note_issued(project, period)?;
        Ok(())
    }

    fn is_issued(project: ProjectId, period: PeriodId) -> bool {
        Projects::is_issued(project, period)
    }

    fn note_first_transferred(project: ProjectId, quantity: Tonnes) -> DispatchResult {
        Projects::note_first_transferred(project, quantity)?;
        Ok(())
    }
}

fn credited(project: Project) -> CreditedProject {
    CreditedProject {
        scope: project.registration.sectoral_scope,
        proponents: project.registration.proponents.into_inner(),
        article6: project.article6,
    }
}
