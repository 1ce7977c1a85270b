// SPDX-License-Identifier: Apache-2.0
//! Weights of `pallet_itmo_bridge`: estimates, until scripts/weights has measured them. What the other
//! pallets do is counted as they were measured; what the bridge adds, by its accesses to storage.

#![allow(missing_docs, unused_parens)]

use core::marker::PhantomData;
use frame_support::{traits::Get, weights::Weight};
use registry_primitives::itmo::MAX_OPERATORS;

type Organisations<T> = super::pallet_organisations::WeightInfo<T>;
type Projects<T> = super::pallet_projects::WeightInfo<T>;
type Credits<T> = super::pallet_credits::WeightInfo<T>;

/// Computation of a small call, in picoseconds.
const CALL: u64 = 30_000_000;
/// Computation that a list of all operators costs: 100 entries decoded, compared and encoded.
const LIST: u64 = 40_000_000;
/// An sr25519 signature, and the hash of the longest report.
const SIGNATURE: u64 = 200_000_000;

/// Weights of `pallet_itmo_bridge`.
pub struct WeightInfo<T>(PhantomData<T>);

impl<T: frame_system::Config> WeightInfo<T> {
    fn with(computation: u64, reads: u64, writes: u64) -> Weight {
        Weight::from_parts(computation, 0)
            .saturating_add(T::DbWeight::get().reads_writes(reads, writes))
    }

    /// A project and its organisation.
    fn take_over() -> Weight {
        use pallet_organisations::WeightInfo as _;
        use pallet_projects::WeightInfo as _;
        Organisations::<T>::create_organisation()
            .saturating_add(Projects::<T>::register_project())
            .saturating_add(Self::with(LIST, 8, 6))
    }

    /// Credits for one vintage of one proponent.
    fn issue() -> Weight {
        use pallet_credits::WeightInfo as _;
        use pallet_projects::WeightInfo as _;
        Credits::<T>::issue(2)
            .saturating_add(Projects::<T>::report_monitoring())
            .saturating_add(Self::with(CALL, 6, 6))
    }
}

impl<T: frame_system::Config> pallet_itmo_bridge::WeightInfo for WeightInfo<T> {
    fn observe(o: u32) -> Weight {
        // Of every observation: the ballot, the settlement, the records of all that differ from it.
        let differing = u64::from(MAX_OPERATORS) / 3;
        let one = Self::take_over().max(Self::issue()).saturating_add(Self::with(
            2 * LIST,
            4 + differing,
            4 + differing,
        ));
        Self::with(CALL + LIST, 4, 4).saturating_add(one.saturating_mul(o.into()))
    }
    fn authorise_report() -> Weight {
        Self::with(SIGNATURE + 2 * LIST, 4, 0)
    }
    fn request_round() -> Weight {
        Self::with(CALL + LIST, 6, 1)
    }
    fn retry_case() -> Weight {
        Self::take_over().max(Self::issue()).saturating_add(Self::with(CALL + LIST, 4, 4))
    }
    fn dismiss_case() -> Weight {
        Self::with(CALL + LIST, 7, 5)
    }
    fn link_company() -> Weight {
        Self::with(CALL, 6, 1)
    }
    fn pause() -> Weight {
        Self::with(CALL + LIST, 5, 2)
    }
    fn resume() -> Weight {
        Self::with(CALL, 4, 1)
    }
    fn change_settings() -> Weight {
        Self::with(CALL, 5, 1)
    }
    fn add_operator() -> Weight {
        Self::with(CALL + LIST, 2, 1)
    }
    fn remove_operator() -> Weight {
        Self::with(CALL + 2 * LIST, 3, 3)
    }
    fn idle() -> Weight {
        Self::with(CALL + LIST, 4, 0)
    }
    fn open_round(_: u32) -> Weight {
        Self::with(CALL + 2 * LIST, 6, 2)
    }
    fn close_ballots(b: u32) -> Weight {
        Self::with(CALL + LIST, 2, 0)
            .saturating_add(Self::with(2 * LIST, 5, 5).saturating_mul(b.into()))
    }
    fn close_round(n: u32) -> Weight {
        Self::with(CALL + LIST, 4, 3)
            .saturating_add(Self::with(LIST, 3, 2).saturating_mul(n.into()))
    }
    fn look_at_waiting(w: u32) -> Weight {
        Self::with(CALL, 2, 1).saturating_add(Self::issue().saturating_mul(w.into()))
    }
}
