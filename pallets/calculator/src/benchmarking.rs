// SPDX-License-Identifier: Apache-2.0
//! Benchmarks of the calls, each at its worst.

use super::*;
use crate::Pallet as Calculator;
use alloc::boxed::Box;
use credit_calculator::{Constants, Decimal};
use frame_benchmarking::v2::*;
use frame_system::RawOrigin;
use registry_primitives::{organisation::MAX_REASON, Text};

/// What the benchmarks need from other pallets.
pub trait BenchmarkHelper<AccountId> {
    /// An account that may change national settings alone.
    fn settings_officer() -> AccountId;
}

#[benchmarks]
mod benchmarks {
    use super::*;

    #[benchmark]
    fn set_constants() {
        let officer = T::BenchmarkHelper::settings_officer();
        let before = LastVersion::<T>::get();
        let stoves = Decimal::from_thousandths(200);
        let constants = Constants { stoves, ..Default::default() };
        let longest = alloc::vec![b'x'; MAX_REASON as usize];
        let reason = Text(longest.try_into().expect("it is as long as allowed"));

        #[extrinsic_call]
        _(RawOrigin::Signed(officer), Box::new(constants), reason);

        assert_eq!(LastVersion::<T>::get(), before + 1);
        assert_eq!(
            Calculator::<T>::constants(None).map(|found| found.1.constants),
            Some(constants)
        );
    }
}
