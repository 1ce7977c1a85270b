// SPDX-License-Identifier: Apache-2.0
//! What the runtime must know of the cost of each call. It is measured: scripts/weights.

use frame_support::weights::Weight;

/// Weights of the calls and hooks of this pallet.
pub trait WeightInfo {
    /// `observe`, of `o` observations that each make a project and its organisation.
    fn observe(o: u32) -> Weight;
    /// The check of a report.
    fn authorise_report() -> Weight;
    /// `request_round`
    fn request_round() -> Weight;
    /// `retry_case`
    fn retry_case() -> Weight;
    /// `dismiss_case`
    fn dismiss_case() -> Weight;
    /// `link_company`
    fn link_company() -> Weight;
    /// `pause`
    fn pause() -> Weight;
    /// `resume`
    fn resume() -> Weight;
    /// `change_settings`
    fn change_settings() -> Weight;
    /// `add_operator`
    fn add_operator() -> Weight;
    /// `remove_operator`
    fn remove_operator() -> Weight;
    /// A block in which nothing is due.
    fn idle() -> Weight;
    /// A round is opened with `n` operators.
    fn open_round(n: u32) -> Weight;
    /// Cases are made of `b` events without agreement.
    fn close_ballots(b: u32) -> Weight;
    /// A round of `n` operators ends.
    fn close_round(n: u32) -> Weight;
    /// Credits are issued for `w` reports that waited.
    fn look_at_waiting(w: u32) -> Weight;
}

/// For tests: no measure of anything, but more for more.
#[cfg(test)]
impl WeightInfo for () {
    fn observe(o: u32) -> Weight {
        nominal(o)
    }
    fn authorise_report() -> Weight {
        nominal(0)
    }
    fn request_round() -> Weight {
        nominal(0)
    }
    fn retry_case() -> Weight {
        nominal(0)
    }
    fn dismiss_case() -> Weight {
        nominal(0)
    }
    fn link_company() -> Weight {
        nominal(0)
    }
    fn pause() -> Weight {
        nominal(0)
    }
    fn resume() -> Weight {
        nominal(0)
    }
    fn change_settings() -> Weight {
        nominal(0)
    }
    fn add_operator() -> Weight {
        nominal(0)
    }
    fn remove_operator() -> Weight {
        nominal(0)
    }
    fn idle() -> Weight {
        nominal(0)
    }
    fn open_round(n: u32) -> Weight {
        nominal(n)
    }
    fn close_ballots(b: u32) -> Weight {
        nominal(b)
    }
    fn close_round(n: u32) -> Weight {
        nominal(n)
    }
    fn look_at_waiting(w: u32) -> Weight {
        nominal(w)
    }
}

#[cfg(test)]
fn nominal(items: u32) -> Weight {
    Weight::from_parts(1_000_000, 0).saturating_mul(u64::from(items).saturating_add(1))
}
