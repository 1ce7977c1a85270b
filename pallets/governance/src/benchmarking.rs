// SPDX-License-Identifier: Apache-2.0
//! Benchmarks of the calls.

use super::*;
use alloc::boxed::Box;
use frame_benchmarking::v2::*;
use frame_support::traits::{EnsureOrigin, Get};
use registry_primitives::{organisation::MAX_REASON, Text};

#[benchmarks(where <T as Config>::RuntimeCall: From<frame_system::Call<T>>)]
mod benchmarks {
    use super::*;

    #[benchmark]
    fn enact() -> Result<(), BenchmarkError> {
        let origin = T::CouncilOrigin::try_successful_origin()
            .map_err(|()| BenchmarkError::Stop("the council has an origin"))?;
        let remark = frame_system::Call::<T>::remark { remark: alloc::vec![] };
        let longest = alloc::vec![b'x'; MAX_REASON as usize];
        let reason = Text(longest.try_into().expect("it is as long as allowed"));

        #[extrinsic_call]
        _(origin as T::RuntimeOrigin, Box::new(remark.into()), reason);

        Ok(())
    }

    #[benchmark]
    fn set_council() {
        let members: alloc::collections::BTreeSet<T::AccountId> =
            (0..T::MaxMembers::get()).map(|index| account("member", index, 0)).collect();
        let bounded = members.clone().try_into().expect("as many as there may be");

        #[extrinsic_call]
        _(frame_system::RawOrigin::Root, bounded);

        let members: alloc::vec::Vec<_> = members.into_iter().collect();
        assert_eq!(T::CouncilMembers::get(), members);
    }
}
