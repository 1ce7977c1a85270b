// SPDX-License-Identifier: Apache-2.0
//! What the runtime must know of the cost of each call. It is measured: scripts/weights.

use frame_support::weights::Weight;

/// Weights of the calls of this pallet.
pub trait WeightInfo {
    /// `register_project`
    fn register_project() -> Weight;
    /// `submit_document`
    fn submit_document() -> Weight;
    /// `review_document`
    fn review_document() -> Weight;
    /// `validate_project`
    fn validate_project() -> Weight;
    /// `authorise_project`
    fn authorise_project() -> Weight;
    /// `reject_project`
    fn reject_project() -> Weight;
    /// `report_monitoring`
    fn report_monitoring() -> Weight;
    /// `verify_monitoring`
    fn verify_monitoring() -> Weight;
    /// `withdraw_project`
    fn withdraw_project() -> Weight;
    /// `suspend_project`
    fn suspend_project() -> Weight;
    /// `resume_project`
    fn resume_project() -> Weight;
    /// `complete_project`
    fn complete_project() -> Weight;
    /// `change_terms`
    fn change_terms() -> Weight;
    /// `propose_proponents`
    fn propose_proponents() -> Weight;
    /// `consent_to_proponents`
    fn consent_to_proponents() -> Weight;
    /// `withdraw_proponents`
    fn withdraw_proponents() -> Weight;
    /// `assign_certifiers`
    fn assign_certifiers() -> Weight;
    /// `certify_project`
    fn certify_project() -> Weight;
    /// `revoke_certification`
    fn revoke_certification() -> Weight;
    /// `return_monitoring`
    fn return_monitoring() -> Weight;
    /// `refuse_issuance`
    fn refuse_issuance() -> Weight;
}

/// For tests: no measure of anything, but more for more.
#[cfg(test)]
impl WeightInfo for () {
    fn register_project() -> Weight {
        nominal(0)
    }
    fn submit_document() -> Weight {
        nominal(0)
    }
    fn review_document() -> Weight {
        nominal(0)
    }
    fn validate_project() -> Weight {
        nominal(0)
    }
    fn authorise_project() -> Weight {
        nominal(0)
    }
    fn reject_project() -> Weight {
        nominal(0)
    }
    fn report_monitoring() -> Weight {
        nominal(0)
    }
    fn verify_monitoring() -> Weight {
        nominal(0)
    }
    fn withdraw_project() -> Weight {
        nominal(0)
    }
    fn suspend_project() -> Weight {
        nominal(0)
    }
    fn resume_project() -> Weight {
        nominal(0)
    }
    fn complete_project() -> Weight {
        nominal(0)
    }
    fn change_terms() -> Weight {
        nominal(0)
    }
    fn propose_proponents() -> Weight {
        nominal(0)
    }
    fn consent_to_proponents() -> Weight {
        nominal(0)
    }
    fn withdraw_proponents() -> Weight {
        nominal(0)
    }
    fn assign_certifiers() -> Weight {
        nominal(0)
    }
    fn certify_project() -> Weight {
        nominal(0)
    }
    fn revoke_certification() -> Weight {
        nominal(0)
    }
    fn return_monitoring() -> Weight {
        nominal(0)
    }
    fn refuse_issuance() -> Weight {
        nominal(0)
    }
}

#[cfg(test)]
fn nominal(items: u32) -> Weight {
    Weight::from_parts(1_000_000, 0).saturating_mul(u64::from(items).saturating_add(1))
}
