// SPDX-License-Identifier: Apache-2.0
#![doc = include_str!("../README.md")]
#![cfg_attr(not(feature = "std"), no_std)]
#![deny(missing_docs)]

extern crate alloc;

#[cfg(feature = "runtime-benchmarks")]
pub mod benchmarking;
#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;
pub mod weights;

pub use pallet::*;
pub use weights::WeightInfo;

#[frame_support::pallet]
pub mod pallet {
    use crate::WeightInfo;
    use alloc::boxed::Box;
    use frame_support::{
        dispatch::{DispatchResultWithPostInfo, GetDispatchInfo, PostDispatchInfo},
        pallet_prelude::*,
        traits::Contains,
    };
    use frame_system::pallet_prelude::*;
    use registry_primitives::{organisation::MAX_REASON, Text};
    use sp_runtime::traits::{Dispatchable, Hash};

    /// The pallet stores nothing, and so has nothing to migrate or to keep in order.
    #[pallet::pallet]
    pub struct Pallet<T>(_);

    #[pallet::config]
    pub trait Config: frame_system::Config<RuntimeEvent: From<Event<Self>>> {
        /// Any call of the runtime.
        type RuntimeCall: Parameter
            + Dispatchable<RuntimeOrigin = Self::RuntimeOrigin, PostInfo = PostDispatchInfo>
            + GetDispatchInfo;
        /// Who holds the powers of Root: two thirds of the council.
        type CouncilOrigin: EnsureOrigin<Self::RuntimeOrigin>;
        /// What can be done with them.
        type Enactable: Contains<<Self as Config>::RuntimeCall>;
        /// Weights of the calls.
        type WeightInfo: WeightInfo;
    }

    #[pallet::event]
    #[pallet::generate_deposit(pub(crate) fn deposit_event)]
    pub enum Event<T: Config> {
        /// The council did something with the powers of Root. The call itself is in the motion.
        Enacted {
            /// Hash of the call that was made.
            call: T::Hash,
            /// Why.
            reason: Text<MAX_REASON>,
        },
    }

    #[pallet::error]
    pub enum Error<T> {
        /// The reason is blank, or not readable as it is stored.
        InvalidText,
        /// Not even the council does this: there is no coin to mint, and state is changed by calls
        /// and migrations alone.
        NotEnactable,
    }

    #[pallet::call]
    impl<T: Config> Pallet<T> {
        /// Makes a call with the powers of Root, for a reason that everybody can read. If the call
        /// fails, nothing has happened, and the council's own event says why.
        ///
        /// ## Dispatch Origin
        ///
        /// The council: [`Config::CouncilOrigin`].
        ///
        /// ## Errors
        ///
        /// `InvalidText` (the reason), `NotEnactable`, and those of the call.
        ///
        /// ## Events
        ///
        /// `Enacted`, then those of the call.
        #[pallet::call_index(0)]
        #[pallet::weight((
            T::WeightInfo::enact().saturating_add(call.get_dispatch_info().call_weight),
            DispatchClass::Operational,
        ))]
        pub fn enact(
            origin: OriginFor<T>,
            call: Box<<T as Config>::RuntimeCall>,
            reason: Text<MAX_REASON>,
        ) -> DispatchResultWithPostInfo {
            T::CouncilOrigin::ensure_origin(origin)?;
            ensure!(reason.is_valid(), Error::<T>::InvalidText);
            ensure!(T::Enactable::contains(&call), Error::<T>::NotEnactable);

            let reserved = call.get_dispatch_info().call_weight;
            let hash = T::Hashing::hash_of(&call);
            Self::deposit_event(Event::Enacted { call: hash, reason });
            let done = call.dispatch(frame_system::RawOrigin::Root.into());
            let own = T::WeightInfo::enact();
            let used = |info: PostDispatchInfo| PostDispatchInfo {
                actual_weight: Some(own.saturating_add(info.actual_weight.unwrap_or(reserved))),
                pays_fee: info.pays_fee,
            };
            match done {
                Ok(info) => Ok(used(info)),
                Err(mut error) => {
                    error.post_info = used(error.post_info);
                    Err(error)
                }
            }
        }
    }
}
