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
mod try_state;
mod types;
pub mod weights;

#[cfg(feature = "runtime-benchmarks")]
pub use benchmarking::BenchmarkHelper;
pub use pallet::*;
pub use types::{EstimateError, VersionedConstants, VersionedEstimate};
pub use weights::WeightInfo;

#[frame_support::pallet]
pub mod pallet {
    use crate::{EstimateError, VersionedConstants, VersionedEstimate, WeightInfo};
    use alloc::boxed::Box;
    use credit_calculator::{Activity, Constants};
    use frame_support::{pallet_prelude::*, traits::Time, DefaultNoBound};
    use frame_system::pallet_prelude::*;
    use registry_primitives::{
        organisation::MAX_REASON, Action, ConstantsVersion, Millis, Officers, Refusal, Text,
    };

    /// First storage version.
    const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

    #[pallet::pallet]
    #[pallet::storage_version(STORAGE_VERSION)]
    pub struct Pallet<T>(_);

    #[pallet::config]
    pub trait Config: frame_system::Config<RuntimeEvent: From<Event<Self>>> {
        /// Who is behind a call: an officer, alone or after four eyes have agreed.
        type Officers: Officers<Self::RuntimeOrigin, Self::AccountId>;
        /// The time of the block.
        type Clock: Time<Moment = Millis>;
        /// Weights of the calls.
        type WeightInfo: WeightInfo;
        /// What the benchmarks need from other pallets.
        #[cfg(feature = "runtime-benchmarks")]
        type BenchmarkHelper: crate::BenchmarkHelper<Self::AccountId>;
    }

    /// The number of the version in force; 0 before there is any.
    #[pallet::storage]
    pub type LastVersion<T> = StorageValue<_, ConstantsVersion, ValueQuery>;

    /// Every version that ever was in force: never overwritten or deleted, so that an old estimate
    /// can be repeated. `Twox64Concat`: the numbers are ours and sequential.
    #[pallet::storage]
    pub type Versions<T> = StorageMap<_, Twox64Concat, ConstantsVersion, VersionedConstants>;

    #[pallet::genesis_config]
    #[derive(DefaultNoBound)]
    pub struct GenesisConfig<T: Config> {
        /// Version 1; the reference's constants by default.
        pub constants: Constants,
        #[serde(skip)]
        /// Makes the type generic, as the runtime expects it.
        pub _config: core::marker::PhantomData<T>,
    }

    #[pallet::genesis_build]
    impl<T: Config> BuildGenesisConfig for GenesisConfig<T> {
        fn build(&self) {
            assert!(self.constants.is_valid(), "the constants of the calculator are valid");
            let first = VersionedConstants { constants: self.constants, set_at: 0, by: None };
            Versions::<T>::insert(1, first);
            LastVersion::<T>::put(1);
        }
    }

    #[pallet::event]
    #[pallet::generate_deposit(pub(crate) fn deposit_event)]
    pub enum Event<T: Config> {
        /// A new version of the constants is in force.
        ConstantsSet {
            /// Its number.
            version: ConstantsVersion,
            /// The constants. Boxed, or they would set the size of every event of the runtime.
            constants: Box<Constants>,
            /// Why they changed.
            reason: Text<MAX_REASON>,
            /// The officer who set them.
            by: T::AccountId,
        },
    }

    #[pallet::error]
    pub enum Error<T> {
        /// No officer signed.
        NotSigned,
        /// The account is not a member of any organisation.
        NotAMember,
        /// The member's organisation is suspended.
        OrganisationSuspended,
        /// The member's role does not allow this.
        NotPermitted,
        /// This needs the agreement of more officers: propose it.
        ApprovalsNeeded,
        /// The reason is blank, or not readable as it is stored.
        InvalidText,
        /// A factor or a threshold is zero, or a factor is above a million tonnes for one unit.
        InvalidConstants,
        /// These constants are in force already.
        Unchanged,
        /// No numbers are left; four billion versions were set.
        NumbersExhausted,
    }

    impl<T> From<Refusal> for Error<T> {
        fn from(refusal: Refusal) -> Self {
            match refusal {
                Refusal::NotSigned => Self::NotSigned,
                Refusal::NotAMember => Self::NotAMember,
                Refusal::OrganisationSuspended => Self::OrganisationSuspended,
                Refusal::NotPermitted => Self::NotPermitted,
                Refusal::ApprovalsNeeded => Self::ApprovalsNeeded,
            }
        }
    }

    #[pallet::hooks]
    impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
        #[cfg(feature = "try-runtime")]
        fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
            Self::do_try_state()
        }
    }

    #[pallet::call]
    impl<T: Config> Pallet<T> {
        /// Puts a new version of the constants in force. Estimates that were made with an earlier
        /// version can still be repeated with it.
        ///
        /// ## Dispatch Origin
        ///
        /// An officer who may [`Action::ChangeSettings`].
        ///
        /// ## Errors
        ///
        /// `InvalidText` (the reason), `InvalidConstants`, `Unchanged`, `NumbersExhausted`, and
        /// those of permission.
        ///
        /// ## Events
        ///
        /// `ConstantsSet`.
        #[pallet::call_index(0)]
        #[pallet::weight(T::WeightInfo::set_constants())]
        pub fn set_constants(
            origin: OriginFor<T>,
            constants: Box<Constants>,
            reason: Text<MAX_REASON>,
        ) -> DispatchResult {
            let (by, actor) =
                T::Officers::officer(origin, Action::ChangeSettings).map_err(Error::<T>::from)?;
            ensure!(reason.is_valid(), Error::<T>::InvalidText);
            ensure!(constants.is_valid(), Error::<T>::InvalidConstants);
            let last = LastVersion::<T>::get();
            let in_force = Versions::<T>::get(last).map(|found| found.constants);
            ensure!(in_force != Some(*constants), Error::<T>::Unchanged);
            let version = last.checked_add(1).ok_or(Error::<T>::NumbersExhausted)?;

            let set = VersionedConstants {
                constants: *constants,
                set_at: T::Clock::now(),
                by: Some(actor.organisation),
            };
            Versions::<T>::insert(version, set);
            LastVersion::<T>::put(version);
            Self::deposit_event(Event::ConstantsSet { version, constants, reason, by });
            Ok(())
        }
    }

    #[pallet::view_functions]
    impl<T: Config> Pallet<T> {
        /// A version of the constants with its number; without a number, the version in force.
        pub fn constants(
            version: Option<ConstantsVersion>,
        ) -> Option<(ConstantsVersion, VersionedConstants)> {
            let version = version.unwrap_or_else(LastVersion::<T>::get);
            Versions::<T>::get(version).map(|found| (version, found))
        }

        /// Estimates a reduction of emissions with a version of the constants; without a number,
        /// with the version in force.
        pub fn estimate(
            activity: Activity,
            version: Option<ConstantsVersion>,
        ) -> Result<VersionedEstimate, EstimateError> {
            let (version, found) = Self::constants(version).ok_or(EstimateError::UnknownVersion)?;
            let estimate = credit_calculator::estimate(&activity, &found.constants)
                .map_err(EstimateError::Calculation)?;
            Ok(VersionedEstimate { version, estimate })
        }
    }
}
