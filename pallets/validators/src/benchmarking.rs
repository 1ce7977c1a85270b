// SPDX-License-Identifier: Apache-2.0
//! Benchmarks of the calls, each with `v` validators.

use super::*;
use crate::Pallet as Appointments;
use alloc::{format, vec};
use frame_benchmarking::v2::*;
use frame_system::RawOrigin;
use registry_primitives::{organisation::MAX_REASON, Text, GOVERNMENT};

/// What the benchmarks need from other pallets.
pub trait BenchmarkHelper<AccountId> {
    /// A member of an active organisation that has set session keys.
    fn candidate(index: u32) -> AccountId;
}

fn longest<const N: u32>() -> Text<N> {
    Text(vec![b'x'; N as usize].try_into().expect("as long as the bound"))
}

fn contact(index: u32) -> Contact {
    let peer_id = format!("{index:x>64}").replace('0', "z");
    let mut address = vec![b'x'; MAX_ADDRESS as usize];
    address[0] = b'/';
    Contact {
        operator: longest(),
        peer_id: Text(peer_id.into_bytes().try_into().expect("as long as the bound")),
        address: Text(address.try_into().expect("as long as the bound")),
    }
}

/// Replaces the validators of genesis by `count` others, flagged.
fn appoint<T: Config>(count: u32) {
    Validators::<T>::kill();
    let _ = Admissions::<T>::clear(u32::MAX, None);
    for index in 0..count {
        let account = account("validator", index, 0);
        let flag = Some(Flag { session: 1, reported: 1, reports: 1 });
        let contact = contact(index);
        let admission = Admission { organisation: GOVERNMENT, contact, since: 0, flag };
        Appointments::<T>::enter(account, admission).expect("there is room");
    }
    Minimum::<T>::put(1);
}

#[benchmarks]
mod benchmarks {
    use super::*;

    #[benchmark]
    fn add(v: Linear<1, 99>) {
        let candidate = T::BenchmarkHelper::candidate(v);
        appoint::<T>(v);

        #[extrinsic_call]
        _(RawOrigin::Root, candidate.clone(), contact(v));

        assert!(Appointments::<T>::is_validator(&candidate));
    }

    #[benchmark]
    fn remove(v: Linear<2, 100>) {
        appoint::<T>(v);
        let last: T::AccountId = account("validator", v - 1, 0);

        #[extrinsic_call]
        _(RawOrigin::Root, last.clone(), longest::<MAX_REASON>());

        assert!(!Appointments::<T>::is_validator(&last));
    }

    #[benchmark]
    fn change_contact(v: Linear<1, 100>) {
        appoint::<T>(v);
        let last: T::AccountId = account("validator", v - 1, 0);

        #[extrinsic_call]
        _(RawOrigin::Signed(last.clone()), contact(v));

        assert_eq!(Admissions::<T>::get(&last).map(|found| found.contact), Some(contact(v)));
    }

    #[benchmark]
    fn clear_flag() {
        appoint::<T>(1);
        let flagged: T::AccountId = account("validator", 0, 0);

        #[extrinsic_call]
        _(RawOrigin::Root, flagged.clone(), longest::<MAX_REASON>());

        assert!(Admissions::<T>::get(&flagged).is_some_and(|found| found.flag.is_none()));
    }

    #[benchmark]
    fn set_minimum() {
        appoint::<T>(2);

        #[extrinsic_call]
        _(RawOrigin::Root, 2);

        assert_eq!(Minimum::<T>::get(), 2);
    }
}
