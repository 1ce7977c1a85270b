// SPDX-License-Identifier: Apache-2.0
//! What the runtime must know of the cost of each call. It is measured: scripts/weights.

use frame_support::weights::Weight;

/// Weights of the calls of this pallet.
pub trait WeightInfo {
    /// `issue`, for so many blocks.
    fn issue(blocks: u32) -> Weight;
    /// `transfer`, of so many parts.
    fn transfer(parts: u32) -> Weight;
    /// `retire` and `retire_for_the_state`, of so many parts.
    fn retire(parts: u32) -> Weight;
    /// `request_retirement`, of so many parts.
    fn request_retirement(parts: u32) -> Weight;
    /// `recognise_retirement`, of so many blocks.
    fn recognise_retirement(blocks: u32) -> Weight;
    /// `refuse_retirement` and `cancel_retirement_request`, of so many blocks.
    fn return_reserved(blocks: u32) -> Weight;
    /// `request_transfer`
    fn request_transfer() -> Weight;
    /// `approve_transfer`, of so many parts.
    fn approve_transfer(parts: u32) -> Weight;
    /// `reject_transfer` and `cancel_transfer_request`
    fn close_transfer_request() -> Weight;
    /// `cancel`, of so many parts.
    fn cancel(parts: u32) -> Weight;
    /// `hold` and `release`, of so many parts.
    fn hold(parts: u32) -> Weight;
    /// `release_buffer`, of so many parts.
    fn release_buffer(parts: u32) -> Weight;
    /// `pause_transfers`
    fn pause_transfers() -> Weight;
    /// `resume_transfers`
    fn resume_transfers() -> Weight;
    /// `set_deductions`
    fn set_deductions() -> Weight;
    /// What the suspension of an owner costs here: so many requests for transfers cancelled, so
    /// many blocks given back.
    fn owner_suspended(requests: u32, blocks: u32) -> Weight;
    /// What the reactivation of an owner costs here: so many blocks released.
    fn owner_reactivated(blocks: u32) -> Weight;
}

/// For tests: no measure of anything, but more for more.
#[cfg(test)]
impl WeightInfo for () {
    fn issue(blocks: u32) -> Weight {
        nominal(blocks)
    }
    fn transfer(parts: u32) -> Weight {
        nominal(parts)
    }
    fn retire(parts: u32) -> Weight {
        nominal(parts)
    }
    fn request_retirement(parts: u32) -> Weight {
        nominal(parts)
    }
    fn recognise_retirement(blocks: u32) -> Weight {
        nominal(blocks)
    }
    fn return_reserved(blocks: u32) -> Weight {
        nominal(blocks)
    }
    fn request_transfer() -> Weight {
        nominal(0)
    }
    fn approve_transfer(parts: u32) -> Weight {
        nominal(parts)
    }
    fn close_transfer_request() -> Weight {
        nominal(0)
    }
    fn cancel(parts: u32) -> Weight {
        nominal(parts)
    }
    fn hold(parts: u32) -> Weight {
        nominal(parts)
    }
    fn release_buffer(parts: u32) -> Weight {
        nominal(parts)
    }
    fn pause_transfers() -> Weight {
        nominal(0)
    }
    fn resume_transfers() -> Weight {
        nominal(0)
    }
    fn set_deductions() -> Weight {
        nominal(0)
    }
    fn owner_suspended(requests: u32, blocks: u32) -> Weight {
        nominal(requests.saturating_add(blocks))
    }
    fn owner_reactivated(blocks: u32) -> Weight {
        nominal(blocks)
    }
}

#[cfg(test)]
fn nominal(items: u32) -> Weight {
    Weight::from_parts(1_000_000, 0).saturating_mul(u64::from(items).saturating_add(1))
}
