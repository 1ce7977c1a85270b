// SPDX-License-Identifier: Apache-2.0
#![doc = include_str!("../README.md")]
#![cfg_attr(not(feature = "std"), no_std)]
#![deny(missing_docs)]

#[cfg(test)]
mod tests;

pub use pallet::*;

#[frame_support::pallet]
pub mod pallet {
    use frame_support::pallet_prelude::*;
    use frame_system::pallet_prelude::*;
    use sp_runtime::{
        traits::{Saturating, UniqueSaturatedInto},
        TryRuntimeError,
    };

    /// First storage version.
    const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

    /// Time that a transaction costs, in picoseconds.
    pub type Cost = u64;

    #[pallet::pallet]
    #[pallet::storage_version(STORAGE_VERSION)]
    pub struct Pallet<T>(_);

    #[pallet::config]
    pub trait Config: frame_system::Config {
        /// Who pays.
        type Payer: Parameter + MaxEncodedLen;
        /// How much a payer may use at once.
        #[pallet::constant]
        type Capacity: Get<Cost>;
        /// How much a payer regains in every block.
        #[pallet::constant]
        type Refill: Get<Cost>;
    }

    /// What a payer had used when it last used anything.
    #[derive(
        Encode, Decode, MaxEncodedLen, TypeInfo, Clone, Copy, PartialEq, Eq, Debug, Default,
    )]
    pub struct Bucket<BlockNumber> {
        /// What was used and not regained then.
        pub used: Cost,
        /// The block.
        pub at: BlockNumber,
    }

    /// The buckets of those who have used anything. `Blake2_128Concat`: a payer may be an account,
    /// which its user chose.
    #[pallet::storage]
    pub type Buckets<T: Config> =
        StorageMap<_, Blake2_128Concat, T::Payer, Bucket<BlockNumberFor<T>>>;

    #[pallet::hooks]
    impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
        fn integrity_test() {
            assert!(T::Refill::get() > 0, "what was used is regained");
            assert!(T::Capacity::get() >= T::Refill::get(), "what is regained can be used");
        }

        #[cfg(feature = "try-runtime")]
        fn try_state(_: BlockNumberFor<T>) -> Result<(), TryRuntimeError> {
            Self::do_try_state()
        }
    }

    impl<T: Config> Pallet<T> {
        fn used(payer: &T::Payer) -> Cost {
            let Some(Bucket { used, at }) = Buckets::<T>::get(payer) else { return 0 };
            let blocks = frame_system::Pallet::<T>::block_number().saturating_sub(at);
            used.saturating_sub(T::Refill::get().saturating_mul(blocks.unique_saturated_into()))
        }

        /// Notes what a transaction of a payer costs.
        pub fn charge(payer: &T::Payer, cost: Cost) {
            let used = Self::used(payer).saturating_add(cost);
            let at = frame_system::Pallet::<T>::block_number();
            Buckets::<T>::insert(payer, Bucket { used, at });
        }

        /// Gives back what a charged transaction did not use.
        pub fn refund(payer: &T::Payer, unused: Cost) {
            Buckets::<T>::mutate_extant(payer, |bucket| {
                bucket.used = bucket.used.saturating_sub(unused);
            });
        }

        /// Checks that no bucket comes from the future.
        pub fn do_try_state() -> Result<(), TryRuntimeError> {
            let now = frame_system::Pallet::<T>::block_number();
            for Bucket { at, .. } in Buckets::<T>::iter_values() {
                ensure!(at <= now, "no bucket was last used in a block that is yet to come");
            }
            Ok(())
        }
    }

    #[pallet::view_functions]
    impl<T: Config> Pallet<T> {
        /// How much a payer may use now, in picoseconds of a block's time. With nothing left, its
        /// transactions wait.
        pub fn left(payer: T::Payer) -> Cost {
            T::Capacity::get().saturating_sub(Self::used(&payer))
        }
    }
}
