// SPDX-License-Identifier: Apache-2.0
//! What it costs to admit a transaction.

use super::Admission;
use crate::{AccountId, Organisations, Runtime, RuntimeCall, RuntimeOrigin};
use alloc::vec;
use core::marker::PhantomData;
use frame_benchmarking::{account, v2::*};
use frame_support::{dispatch::DispatchInfo, weights::Weight};
use registry_primitives::{MemberRole, GOVERNMENT};
use sp_runtime::traits::DispatchTransaction;

/// Carries the benchmarks: the check is not a pallet's.
pub struct Pallet<T>(PhantomData<T>);

/// The runtime that is measured.
pub trait Config: frame_system::Config {}

impl Config for Runtime {}

#[benchmarks]
mod benchmarks {
    use super::*;

    /// A member of an active organisation: its membership and its organisation are read.
    #[benchmark]
    fn admit_member() -> Result<(), BenchmarkError> {
        let caller: AccountId = account("member", 0, 0);
        let root = pallet_organisations::Members::<Runtime>::iter()
            .find(|(_, member)| member.role == MemberRole::Root)
            .map(|(root, _)| RuntimeOrigin::signed(root))
            .ok_or("the development genesis has a Root")?;
        Organisations::add_member(root, GOVERNMENT, caller.clone(), MemberRole::Manager)?;

        #[block]
        {
            admit(caller);
        }

        Ok(())
    }

    /// A member of the council, whom the registry does not know: everything is read.
    #[benchmark]
    fn admit_councillor() -> Result<(), BenchmarkError> {
        let caller: AccountId = account("councillor", 0, 0);
        let council = core::iter::once(caller.clone()).collect::<vec::Vec<_>>();
        pallet_collective::Members::<Runtime, crate::CouncilInstance>::put(council);
        frame_system::Pallet::<Runtime>::inc_providers(&caller);

        #[block]
        {
            admit(caller);
        }

        Ok(())
    }

    fn admit(caller: AccountId) {
        let call: RuntimeCall = frame_system::Call::remark { remark: vec![] }.into();
        let info = DispatchInfo { call_weight: Weight::zero(), ..Default::default() };
        Admission::from(0)
            .test_run(RuntimeOrigin::signed(caller), &call, &info, 0, 0, |_| Ok(().into()))
            .expect("the caller is admitted")
            .expect("the call does nothing");
    }
}
