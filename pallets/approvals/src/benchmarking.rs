// SPDX-License-Identifier: Apache-2.0
//! What the calls of this pallet cost at worst: the most officers, the largest call.

use crate::{
    calls::CallOf, Call, Config, Expiring, LastProposalId, OpenProposals, Pallet, Proposals,
    Thresholds,
};
use alloc::{boxed::Box, vec::Vec};
use frame_benchmarking::v2::*;
use frame_support::traits::Get;
use frame_system::{pallet_prelude::BlockNumberFor, RawOrigin};
use registry_primitives::{
    approval::{Approvers, Proposal, MAX_APPROVERS, MAX_EXPIRING, MAX_OPEN_PROPOSALS},
    Action, ActionClass, BlockNumber, MayAct, ProposalId,
};
use sp_runtime::SaturatedConversion;

/// What the benchmarks need of the runtime.
pub trait BenchmarkHelper<AccountId, RuntimeCall> {
    /// Makes so many officers of the Government, who may do every action that has a class.
    fn officers(count: u32) -> Vec<AccountId>;
    /// The largest call whose action has a class. It is refused right after it is known who
    /// agreed, so that this pallet's own work is measured.
    fn largest_call() -> RuntimeCall;
}

/// Asks for the most officers that there can be for `action`.
fn most_officers<T: Config>(action: Action) -> Vec<T::AccountId> {
    for class in [action.class(), Some(ActionClass::Settings)].into_iter().flatten() {
        Thresholds::<T>::insert(class, MAX_APPROVERS);
    }
    T::BenchmarkHelper::officers(MAX_APPROVERS)
}

fn now<T: Config>() -> BlockNumber {
    frame_system::Pallet::<T>::block_number().saturated_into()
}

/// A proposal of the largest call with so many approvals, that expires in a block.
fn put_proposal<T: Config>(
    id: ProposalId,
    approvals: &[T::AccountId],
    expires_at: BlockNumber,
) -> Result<(), BenchmarkError> {
    let call = T::BenchmarkHelper::largest_call();
    let action = Pallet::<T>::proposable_action(&call).ok_or("the call can be proposed")?;
    let proposer = approvals.first().ok_or("there is an officer")?.clone();
    let actor = T::Members::may_act(&proposer, action).map_err(|_| "the officer may")?;
    let organisation = actor.organisation;
    let proposal = Proposal {
        organisation,
        action,
        call: Pallet::<T>::encode_call(&call).map_err(|_| "the call fits")?,
        proposer,
        approvals: Approvers::try_from(approvals.to_vec()).map_err(|_| "the approvals fit")?,
        proposed_at: now::<T>(),
        expires_at,
    };
    OpenProposals::<T>::try_mutate(organisation, |ids| ids.try_push(id))
        .map_err(|_| "the organisation has room")?;
    Expiring::<T>::try_mutate(expires_at, |ids| ids.try_push(id))
        .map_err(|_| "the block has room")?;
    Proposals::<T>::insert(id, proposal);
    LastProposalId::<T>::mutate(|last| *last = id.max(*last));
    Ok(())
}

/// Other proposals of the organisation, so that its list and the last block's are as long as they
/// can be while there is room for one more.
fn put_others<T: Config>(
    officer: &T::AccountId,
    expires_at: BlockNumber,
) -> Result<(), BenchmarkError> {
    for index in 1..MAX_OPEN_PROPOSALS {
        let block = if index < MAX_EXPIRING { expires_at } else { expires_at + 1 + index };
        put_proposal::<T>(1_000 + index, core::slice::from_ref(officer), block)?;
    }
    Ok(())
}

#[benchmarks]
mod benchmarks {
    use super::*;

    #[benchmark]
    fn propose() -> Result<(), BenchmarkError> {
        let call: CallOf<T> = T::BenchmarkHelper::largest_call();
        let action = Pallet::<T>::proposable_action(&call).ok_or("the call can be proposed")?;
        let officers = most_officers::<T>(action);
        put_others::<T>(&officers[0], now::<T>() + T::Lifetime::get())?;

        #[extrinsic_call]
        _(RawOrigin::Signed(officers[0].clone()), Box::new(call));

        assert_eq!(OpenProposals::<T>::iter_values().flatten().count(), 64);
        Ok(())
    }

    #[benchmark]
    fn approve() -> Result<(), BenchmarkError> {
        let call: CallOf<T> = T::BenchmarkHelper::largest_call();
        let action = Pallet::<T>::proposable_action(&call).ok_or("the call can be proposed")?;
        let officers = most_officers::<T>(action);
        let expires_at = now::<T>() + T::Lifetime::get();
        let (last, others) = officers.split_last().ok_or("there are officers")?;
        put_others::<T>(last, expires_at)?;
        put_proposal::<T>(1, others, expires_at)?;

        #[extrinsic_call]
        _(RawOrigin::Signed(last.clone()), 1);

        assert!(!Proposals::<T>::contains_key(1));
        Ok(())
    }

    #[benchmark]
    fn withdraw() -> Result<(), BenchmarkError> {
        let officers = T::BenchmarkHelper::officers(MAX_APPROVERS);
        let expires_at = now::<T>() + T::Lifetime::get();
        put_others::<T>(&officers[0], expires_at)?;
        put_proposal::<T>(1, &officers[..officers.len() - 1], expires_at)?;

        #[extrinsic_call]
        _(RawOrigin::Signed(officers[0].clone()), 1);

        assert!(!Proposals::<T>::contains_key(1));
        Ok(())
    }

    // Signed by one: what more officers cost is measured by `approve`.
    #[benchmark]
    fn set_threshold() -> Result<(), BenchmarkError> {
        let officers = T::BenchmarkHelper::officers(1);
        Thresholds::<T>::remove(ActionClass::Settings);
        Thresholds::<T>::remove(ActionClass::Issue);

        #[extrinsic_call]
        _(RawOrigin::Signed(officers[0].clone()), ActionClass::Issue, 1);

        assert!(Thresholds::<T>::contains_key(ActionClass::Issue));
        Ok(())
    }

    #[benchmark]
    fn expire(n: Linear<0, MAX_EXPIRING>) -> Result<(), BenchmarkError> {
        let officers = T::BenchmarkHelper::officers(MAX_APPROVERS - 1);
        let block: BlockNumber = now::<T>() + T::Lifetime::get();
        for id in 1..=n {
            put_proposal::<T>(id, &officers, block)?;
        }
        let at: BlockNumberFor<T> = block.into();

        #[block]
        {
            <Pallet<T> as frame_support::traits::OnInitialize<_>>::on_initialize(at);
        }

        assert_eq!(Proposals::<T>::iter_keys().count(), 0);
        Ok(())
    }

    impl_benchmark_test_suite!(Pallet, crate::mock::ext(), crate::mock::Test);
}
