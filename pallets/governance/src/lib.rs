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
    use alloc::{boxed::Box, vec::Vec};
    use frame_support::{
        dispatch::{
            DispatchResultWithPostInfo, GetDispatchInfo, PostDispatchInfo, WithPostDispatchInfo,
        },
        pallet_prelude::*,
        traits::{ChangeMembers, Contains},
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
        /// Where the council's members are kept.
        type Council: ChangeMembers<Self::AccountId>;
        /// Who they are.
        type CouncilMembers: Get<Vec<Self::AccountId>>;
        /// Most members of the council.
        #[pallet::constant]
        type MaxMembers: Get<u32>;
        /// Weights of the calls.
        type WeightInfo: WeightInfo;
    }

    /// Gives the first members of the council what they need to send transactions.
    #[pallet::genesis_config]
    #[derive(frame_support::DefaultNoBound)]
    pub struct GenesisConfig<T: Config> {
        /// Makes the type generic, as the runtime expects it.
        #[serde(skip)]
        pub _config: core::marker::PhantomData<T>,
    }

    #[pallet::genesis_build]
    impl<T: Config> BuildGenesisConfig for GenesisConfig<T> {
        fn build(&self) {
            T::CouncilMembers::get().iter().for_each(Pallet::<T>::let_transact);
        }
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
        /// The council has these members from now on.
        CouncilSet {
            /// All of them, in the order of their accounts.
            members: Vec<T::AccountId>,
        },
    }

    #[pallet::error]
    pub enum Error<T> {
        /// The reason is blank, or not readable as it is stored.
        InvalidText,
        /// Not even the council does this: there is no coin to mint, and state is changed by calls
        /// and migrations alone.
        NotEnactable,
        /// A council has at least one member.
        NoMembers,
        /// The council has these members already.
        Unchanged,
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
            // Whoever is refused pays for the check, and not for the call.
            let own = T::WeightInfo::enact();
            T::CouncilOrigin::ensure_origin(origin).map_err(|error| error.with_weight(own))?;
            ensure!(reason.is_valid(), Error::<T>::InvalidText.with_weight(own));
            ensure!(T::Enactable::contains(&call), Error::<T>::NotEnactable.with_weight(own));

            let reserved = call.get_dispatch_info().call_weight;
            let hash = T::Hashing::hash_of(&call);
            Self::deposit_event(Event::Enacted { call: hash, reason });
            let done = call.dispatch(frame_system::RawOrigin::Root.into());
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

        /// Replaces the members of the council. Votes of those who leave are taken out of open
        /// motions.
        ///
        /// ## Dispatch Origin
        ///
        /// Root: the council, by `enact`.
        ///
        /// ## Errors
        ///
        /// `NoMembers`, `Unchanged`.
        ///
        /// ## Events
        ///
        /// `CouncilSet`.
        #[pallet::call_index(1)]
        #[pallet::weight((T::WeightInfo::set_council(), DispatchClass::Operational))]
        pub fn set_council(
            origin: OriginFor<T>,
            members: BoundedBTreeSet<T::AccountId, T::MaxMembers>,
        ) -> DispatchResult {
            ensure_root(origin)?;
            let members: Vec<_> = members.into_iter().collect();
            let before = T::CouncilMembers::get();
            ensure!(!members.is_empty(), Error::<T>::NoMembers);
            ensure!(members != before, Error::<T>::Unchanged);

            members.iter().for_each(Self::let_transact);
            T::Council::set_members_sorted(&members, &before);
            Self::deposit_event(Event::CouncilSet { members });
            Ok(())
        }
    }

    impl<T: Config> Pallet<T> {
        /// An account that nothing else keeps alive could send nothing. Never taken back: an account
        /// whose nonce starts again would allow replay.
        fn let_transact(account: &T::AccountId) {
            if frame_system::Pallet::<T>::providers(account) == 0 {
                frame_system::Pallet::<T>::inc_providers(account);
            }
        }
    }
}
