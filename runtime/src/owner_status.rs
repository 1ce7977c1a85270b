// SPDX-License-Identifier: Apache-2.0
//! What the suspension and the reactivation of an organisation mean for its credits.

use crate::{Credits, Runtime};
use frame_support::weights::Weight;
use pallet_credits::WeightInfo;
use registry_primitives::{
    credit::{MAX_PARTS, MAX_REQUESTS, MAX_REQUESTS_MADE},
    OrganisationId,
};

/// Tells the credits pallet.
pub struct OwnerStatus;

type CreditsWeight = <Runtime as pallet_credits::Config>::WeightInfo;

impl pallet_organisations::OnStatusChange for OwnerStatus {
    fn suspended(id: OrganisationId) -> Weight {
        Credits::owner_suspended(id)
    }

    fn suspended_weight() -> Weight {
        let transfers = MAX_REQUESTS + MAX_REQUESTS_MADE;
        CreditsWeight::owner_suspended(transfers, MAX_REQUESTS_MADE * MAX_PARTS)
    }

    fn reactivated(id: OrganisationId) -> Weight {
        Credits::owner_reactivated(id)
    }

    fn reactivated_weight() -> Weight {
        CreditsWeight::owner_reactivated(pallet_credits::MAX_HELD_FOR_SUSPENSION)
    }
}
