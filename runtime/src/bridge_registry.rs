// SPDX-License-Identifier: Apache-2.0
//! What the bridge to the ITMO platform does in the registry, through the registry's own pallets.

use crate::{AccountId, Credits, ItmoBridge, Organisations, Projects, Runtime, Validators};
use frame_support::weights::Weight;
use pallet_itmo_bridge::Readiness;
use registry_primitives::{
    itmo::mapping,
    organisation::{OrganisationDetails, MAX_REASON, MAX_TAX_ID},
    project::{ProjectRegistration, ProjectStage, MAX_EXTERNAL_ID},
    ContentHash, OrganisationId, OrganisationRole, ProjectId, Text, Tonnes,
};
use sp_runtime::{DispatchError, DispatchResult};

/// The registry's pallets, as the bridge uses them.
pub struct BridgeRegistry;

impl pallet_itmo_bridge::Registry for BridgeRegistry {
    fn organisation_by_tax_id(tax_id: &Text<MAX_TAX_ID>) -> Option<OrganisationId> {
        pallet_organisations::OrganisationByTaxId::<Runtime>::get(tax_id)
    }

    fn owns_projects(organisation: OrganisationId) -> bool {
        use OrganisationRole::{Certifier, ProjectDeveloper};
        Organisations::organisation(organisation)
            .is_some_and(|found| matches!(found.role, ProjectDeveloper | Certifier))
    }

    fn create_organisation(details: OrganisationDetails) -> Result<OrganisationId, DispatchError> {
        Ok(Organisations::import(mapping::ORGANISATION_ROLE, details)?)
    }

    fn register_project(registration: ProjectRegistration) -> Result<ProjectId, DispatchError> {
        Ok(Projects::import(registration)?)
    }

    fn external_id(project: ProjectId) -> Option<Text<MAX_EXTERNAL_ID>> {
        let project = pallet_projects::Projects::<Runtime>::get(project)?;
        Some(project.registration.external_id)
    }

    fn readiness(project: ProjectId) -> Readiness {
        use ProjectStage::*;
        match pallet_projects::Projects::<Runtime>::get(project).map(|found| found.stage) {
            Some(Submitted | Returned | Validated | Suspended) => Readiness::NotYet,
            Some(Authorised) => Readiness::Ready,
            Some(Rejected | Completed | Withdrawn) | None => Readiness::Never,
        }
    }

    fn issue(project: ProjectId, tonnes: Tonnes, evidence: ContentHash) -> DispatchResult {
        let period = Projects::import_monitoring(project, tonnes, evidence)?;
        Credits::issue_imported(project, period)?;
        Ok(())
    }
}

impl pallet_itmo_bridge::IsValidator<AccountId> for BridgeRegistry {
    fn is_validator(who: &AccountId) -> bool {
        Validators::is_validator(who)
    }
}

/// Who is no validator is no operator of the bridge.
impl pallet_validators::OnRemoved<AccountId> for BridgeRegistry {
    fn on_removed(who: &AccountId, reason: &Text<MAX_REASON>) {
        ItmoBridge::validator_removed(who, reason);
    }

    fn weight() -> Weight {
        use pallet_itmo_bridge::WeightInfo as _;
        <Runtime as pallet_itmo_bridge::Config>::WeightInfo::remove_operator()
    }
}
