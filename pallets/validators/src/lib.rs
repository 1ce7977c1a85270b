// SPDX-License-Identifier: Apache-2.0
#![doc = include_str!("../README.md")]
#![cfg_attr(not(feature = "std"), no_std)]
#![deny(missing_docs)]

extern crate alloc;

pub use pallet::*;

#[frame_support::pallet]
pub mod pallet {
    use alloc::vec::Vec;
    use frame_support::pallet_prelude::*;
    use frame_system::pallet_prelude::*;
    use sp_staking::SessionIndex;

    /// First storage version.
    const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

    #[pallet::pallet]
    #[pallet::storage_version(STORAGE_VERSION)]
    pub struct Pallet<T>(_);

    #[pallet::config]
    pub trait Config: frame_system::Config {
        /// Most validators.
        #[pallet::constant]
        type MaxValidators: Get<u32>;
        /// Every so many sessions the set is announced again although it did not change. Finality
        /// proofs end with the authority set that finalised a block, so this keeps them short.
        #[pallet::constant]
        type SessionsPerAnnouncement: Get<SessionIndex>;
    }

    /// The appointed validators.
    #[pallet::storage]
    pub type Validators<T: Config> =
        StorageValue<_, BoundedVec<T::AccountId, T::MaxValidators>, ValueQuery>;

    /// The first validators.
    #[pallet::genesis_config]
    #[derive(frame_support::DefaultNoBound)]
    pub struct GenesisConfig<T: Config> {
        /// Their accounts; the session pallet's genesis has their keys.
        pub validators: Vec<T::AccountId>,
    }

    #[pallet::genesis_build]
    impl<T: Config> BuildGenesisConfig for GenesisConfig<T> {
        fn build(&self) {
            let validators = BoundedVec::try_from(self.validators.clone())
                .expect("genesis: at most MaxValidators validators");
            Validators::<T>::put(validators);
        }
    }

    #[pallet::hooks]
    impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
        fn integrity_test() {
            assert!(T::SessionsPerAnnouncement::get() > 0, "a period has at least one session");
        }
    }

    impl<T: Config> Pallet<T> {
        /// Whether an account is an appointed validator.
        pub fn is_validator(who: &T::AccountId) -> bool {
            Validators::<T>::get().contains(who)
        }
    }

    impl<T: Config> pallet_session::SessionManager<T::AccountId> for Pallet<T> {
        fn new_session(index: SessionIndex) -> Option<Vec<T::AccountId>> {
            let due = index.is_multiple_of(T::SessionsPerAnnouncement::get());
            due.then(|| Validators::<T>::get().into_inner()).filter(|set| !set.is_empty())
        }

        fn new_session_genesis(_: SessionIndex) -> Option<Vec<T::AccountId>> {
            Some(Validators::<T>::get().into_inner()).filter(|set| !set.is_empty())
        }

        fn end_session(_: SessionIndex) {}

        fn start_session(_: SessionIndex) {}
    }
}
