// SPDX-License-Identifier: Apache-2.0
#![doc = include_str!("../README.md")]
#![cfg_attr(not(feature = "std"), no_std)]
#![deny(missing_docs)]

extern crate alloc;

mod appointment;
#[cfg(feature = "runtime-benchmarks")]
pub mod benchmarking;
#[cfg(test)]
mod mock;
mod offences;
pub mod runtime_api;
mod sessions;
#[cfg(test)]
mod tests;
mod try_state;
mod types;
pub mod weights;

#[cfg(feature = "runtime-benchmarks")]
pub use benchmarking::BenchmarkHelper;
pub use offences::Unit;
pub use pallet::*;
pub use sessions::BlocksOfSession;
pub use types::{
    Admission, Contact, Departure, Flag, GenesisValidator, MAX_ADDRESS, MAX_OPERATOR, MAX_PEER_ID,
};
pub use weights::WeightInfo;

use frame_support::weights::Weight;
use registry_primitives::{organisation::MAX_REASON, OrganisationId, Text};

/// Which organisation an account belongs to. Wired by the runtime.
pub trait OrganisationOf<AccountId> {
    /// The organisation of a member, if it is active.
    fn organisation_of(who: &AccountId) -> Option<OrganisationId>;
}

/// Is told when a validator is removed. Wired by the runtime.
pub trait OnRemoved<AccountId> {
    /// The account is a validator no more, for a public reason.
    fn on_removed(who: &AccountId, reason: &Text<MAX_REASON>);
    /// What that costs at most.
    fn weight() -> Weight;
}

impl<AccountId> OnRemoved<AccountId> for () {
    fn on_removed(_: &AccountId, _: &Text<MAX_REASON>) {}
    fn weight() -> Weight {
        Weight::zero()
    }
}

#[frame_support::pallet]
pub mod pallet {
    use super::*;
    use alloc::vec::Vec;
    use frame_support::pallet_prelude::*;
    use frame_system::pallet_prelude::*;
    use registry_primitives::BlockNumber;
    use sp_staking::SessionIndex;

    /// First storage version.
    const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

    #[pallet::pallet]
    #[pallet::storage_version(STORAGE_VERSION)]
    pub struct Pallet<T>(_);

    #[pallet::config]
    pub trait Config:
        frame_system::Config<RuntimeEvent: From<Event<Self>>>
        + pallet_session::Config<ValidatorId = <Self as frame_system::Config>::AccountId>
    {
        /// Who appoints validators: the council, acting as Root.
        type AppointOrigin: EnsureOrigin<Self::RuntimeOrigin>;
        /// Which organisation an account belongs to.
        type Members: OrganisationOf<Self::AccountId>;
        /// Most validators.
        #[pallet::constant]
        type MaxValidators: Get<u32>;
        /// Every so many sessions the set is announced again although it did not change. Finality
        /// proofs end with the authority set that finalised a block, so this keeps them short.
        #[pallet::constant]
        type SessionsPerAnnouncement: Get<SessionIndex>;
        /// For so many sessions it is remembered who made how many blocks.
        #[pallet::constant]
        type SessionsRemembered: Get<SessionIndex>;
        /// Who else is told that a validator was removed.
        type OnRemoved: OnRemoved<Self::AccountId>;
        /// Weights of the calls.
        type WeightInfo: WeightInfo;
        /// What the benchmarks need from other pallets.
        #[cfg(feature = "runtime-benchmarks")]
        type BenchmarkHelper: BenchmarkHelper<Self::AccountId>;
    }

    /// The appointed validators, in the order of their appointment.
    #[pallet::storage]
    pub type Validators<T: Config> =
        StorageValue<_, BoundedVec<T::AccountId, T::MaxValidators>, ValueQuery>;

    /// The admission record of each. `Blake2_128Concat`: accounts are chosen by users.
    #[pallet::storage]
    pub type Admissions<T: Config> = StorageMap<_, Blake2_128Concat, T::AccountId, Admission>;

    /// How many were ever removed.
    #[pallet::storage]
    pub type DepartureCount<T> = StorageValue<_, u32, ValueQuery>;

    /// Who was removed, when and why, numbered from 1. `Twox64Concat`: the numbers are ours.
    #[pallet::storage]
    pub type Departures<T: Config> = StorageMap<_, Twox64Concat, u32, Departure<T::AccountId>>;

    /// The fewest validators there may be: below it nobody can be removed.
    #[pallet::storage]
    pub type Minimum<T> = StorageValue<_, u32, ValueQuery>;

    /// Blocks of a session. Set at genesis, once for the life of the network.
    #[pallet::storage]
    pub type SessionLength<T> = StorageValue<_, BlockNumber, ValueQuery>;

    /// The accounts and keys that were last announced to the session pallet, hashed.
    #[pallet::storage]
    pub type Announced<T: Config> = StorageValue<_, T::Hash>;

    /// How many blocks each validator made in a session. `Twox64Concat`: the numbers are ours;
    /// `Blake2_128Concat`: accounts are chosen by users.
    #[pallet::storage]
    pub type Authored<T: Config> = StorageDoubleMap<
        _,
        Twox64Concat,
        SessionIndex,
        Blake2_128Concat,
        T::AccountId,
        u32,
        ValueQuery,
    >;

    /// How many contradictory votes were ever reported.
    #[pallet::storage]
    pub type Equivocations<T> = StorageValue<_, u32, ValueQuery>;

    /// The first validators.
    #[pallet::genesis_config]
    pub struct GenesisConfig<T: Config> {
        /// Who they are; the session pallet's genesis has their keys.
        pub validators: Vec<GenesisValidator<T::AccountId>>,
        /// The fewest there may be.
        pub minimum: u32,
        /// Blocks of a session.
        pub session_length: BlockNumber,
    }

    impl<T: Config> Default for GenesisConfig<T> {
        fn default() -> Self {
            Self { validators: Vec::new(), minimum: 0, session_length: DEFAULT_SESSION_LENGTH }
        }
    }

    /// Half an hour of blocks.
    const DEFAULT_SESSION_LENGTH: BlockNumber = 600;

    #[pallet::genesis_build]
    impl<T: Config> BuildGenesisConfig for GenesisConfig<T> {
        fn build(&self) {
            assert!(self.session_length > 0, "genesis: a session has at least one block");
            assert!(
                self.validators.len() >= self.minimum as usize,
                "genesis: there are at least as many validators as the minimum says"
            );
            for GenesisValidator { account, organisation, contact } in &self.validators {
                assert!(
                    contact.is_valid(),
                    "genesis: every validator has an operator, a peer id and a multiaddr"
                );
                assert!(
                    Pallet::<T>::peer_is_free(&contact.peer_id, None),
                    "genesis: no two validators have one peer id"
                );
                let admission = Admission {
                    organisation: *organisation,
                    contact: contact.clone(),
                    since: 0,
                    flag: None,
                };
                Pallet::<T>::enter(account.clone(), admission)
                    .expect("genesis: at most MaxValidators validators, each once");
            }
            Minimum::<T>::put(self.minimum);
            SessionLength::<T>::put(self.session_length);
        }
    }

    #[pallet::event]
    #[pallet::generate_deposit(pub(crate) fn deposit_event)]
    pub enum Event<T: Config> {
        /// A validator was appointed. It makes blocks from the second session on.
        ValidatorAdded {
            /// Its account.
            account: T::AccountId,
            /// The organisation that answers for it.
            organisation: OrganisationId,
            /// How its node is reached.
            contact: Contact,
        },
        /// A validator was removed. It makes its last block in the next session.
        ValidatorRemoved {
            /// Its account.
            account: T::AccountId,
            /// Its number in the list of those who left.
            departure: u32,
            /// Why.
            reason: Text<MAX_REASON>,
        },
        /// A validator's node is reached another way.
        ContactChanged {
            /// The validator.
            account: T::AccountId,
            /// How it is reached now.
            contact: Contact,
        },
        /// A validator signed contradictory votes, and is flagged until the council clears it.
        ValidatorFlagged {
            /// The validator.
            account: T::AccountId,
            /// The session in which it did.
            session: SessionIndex,
            /// Whether it was disabled: not so if it makes no blocks, or if a third is already.
            disabled: bool,
        },
        /// Somebody who is no validator any more signed contradictory votes while it was one.
        FormerValidatorEquivocated {
            /// Who.
            account: T::AccountId,
            /// The session in which it did.
            session: SessionIndex,
        },
        /// The council cleared a validator's flag. It makes blocks again from the second session on.
        FlagCleared {
            /// The validator.
            account: T::AccountId,
            /// Why.
            reason: Text<MAX_REASON>,
        },
        /// The council set the fewest validators there may be.
        MinimumSet {
            /// How many.
            minimum: u32,
        },
    }

    #[pallet::error]
    pub enum Error<T> {
        /// The account is not a member of an active organisation: one must answer for it.
        NotAMember,
        /// The account is a validator already.
        AlreadyAValidator,
        /// The account is not a validator.
        NotAValidator,
        /// The account has no session keys: its operator sets them first, with `session.set_keys`.
        NoSessionKeys,
        /// There are as many validators as there may be.
        TooManyValidators,
        /// Fewer validators would be left than there must be.
        TooFewValidators,
        /// Another validator has this peer id.
        PeerIdTaken,
        /// The operator is blank or unreadable, the peer id is not one, or the address is not a
        /// multiaddr.
        InvalidContact,
        /// The reason is blank, or not readable as it is stored.
        InvalidText,
        /// The validator is not flagged.
        NotFlagged,
        /// The minimum is zero, or more than there are validators.
        InvalidMinimum,
        /// Nothing would change.
        Unchanged,
        /// No numbers are left; four billion validators were removed.
        NumbersExhausted,
    }

    #[pallet::hooks]
    impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
        fn integrity_test() {
            assert!(T::SessionsPerAnnouncement::get() > 0, "a period has at least one session");
            assert!(T::SessionsRemembered::get() > 0, "the running session is remembered");
        }

        #[cfg(feature = "try-runtime")]
        fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
            Self::do_try_state()
        }
    }

    #[pallet::call]
    impl<T: Config> Pallet<T> {
        /// Appoints a validator. Its account is a member's, whose organisation answers for it, and
        /// its operator has set session keys before. It makes blocks from the second session on.
        ///
        /// ## Dispatch Origin
        ///
        /// The council: [`Config::AppointOrigin`].
        ///
        /// ## Errors
        ///
        /// `NotAMember`, `AlreadyAValidator`, `InvalidContact`, `PeerIdTaken`, `NoSessionKeys`,
        /// `TooManyValidators`.
        ///
        /// ## Events
        ///
        /// `ValidatorAdded`.
        #[pallet::call_index(0)]
        #[pallet::weight((<T as Config>::WeightInfo::add(T::MaxValidators::get()), DispatchClass::Operational))]
        pub fn add(
            origin: OriginFor<T>,
            account: T::AccountId,
            contact: Contact,
        ) -> DispatchResult {
            T::AppointOrigin::ensure_origin(origin)?;
            let organisation = Self::do_add(&account, &contact)?;
            Self::deposit_event(Event::ValidatorAdded { account, organisation, contact });
            Ok(())
        }

        /// Removes a validator. It makes its last block in the next session; who must stop at once
        /// is cut off by the others' operators. If it reads another platform for the registry, it is
        /// taken off that list too.
        ///
        /// ## Dispatch Origin
        ///
        /// The council: [`Config::AppointOrigin`].
        ///
        /// ## Errors
        ///
        /// `InvalidText` (the reason), `NotAValidator`, `TooFewValidators`, `NumbersExhausted`.
        ///
        /// ## Events
        ///
        /// `ValidatorRemoved`.
        #[pallet::call_index(1)]
        #[pallet::weight((
            <T as Config>::WeightInfo::remove(T::MaxValidators::get())
                .saturating_add(T::OnRemoved::weight()),
            DispatchClass::Operational,
        ))]
        pub fn remove(
            origin: OriginFor<T>,
            account: T::AccountId,
            reason: Text<MAX_REASON>,
        ) -> DispatchResult {
            T::AppointOrigin::ensure_origin(origin)?;
            let departure = Self::do_remove(&account, &reason)?;
            T::OnRemoved::on_removed(&account, &reason);
            Self::deposit_event(Event::ValidatorRemoved { account, departure, reason });
            Ok(())
        }

        /// Says how the signer's node is reached from now on: after a move to another machine.
        ///
        /// ## Dispatch Origin
        ///
        /// The validator.
        ///
        /// ## Errors
        ///
        /// `NotAValidator`, `InvalidContact`, `PeerIdTaken`, `Unchanged`.
        ///
        /// ## Events
        ///
        /// `ContactChanged`.
        #[pallet::call_index(2)]
        #[pallet::weight(<T as Config>::WeightInfo::change_contact(T::MaxValidators::get()))]
        pub fn change_contact(origin: OriginFor<T>, contact: Contact) -> DispatchResult {
            let account = ensure_signed(origin)?;
            Self::do_change_contact(&account, &contact)?;
            Self::deposit_event(Event::ContactChanged { account, contact });
            Ok(())
        }

        /// Clears the flag of a validator that signed contradictory votes: the council has heard
        /// its operator and is satisfied. It makes blocks again from the second session on.
        ///
        /// ## Dispatch Origin
        ///
        /// The council: [`Config::AppointOrigin`].
        ///
        /// ## Errors
        ///
        /// `InvalidText` (the reason), `NotAValidator`, `NotFlagged`.
        ///
        /// ## Events
        ///
        /// `FlagCleared`.
        #[pallet::call_index(3)]
        #[pallet::weight((<T as Config>::WeightInfo::clear_flag(), DispatchClass::Operational))]
        pub fn clear_flag(
            origin: OriginFor<T>,
            account: T::AccountId,
            reason: Text<MAX_REASON>,
        ) -> DispatchResult {
            T::AppointOrigin::ensure_origin(origin)?;
            Self::do_clear_flag(&account, &reason)?;
            Self::deposit_event(Event::FlagCleared { account, reason });
            Ok(())
        }

        /// Sets the fewest validators there may be: from one to as many as there are.
        ///
        /// ## Dispatch Origin
        ///
        /// The council: [`Config::AppointOrigin`].
        ///
        /// ## Errors
        ///
        /// `InvalidMinimum`, `Unchanged`.
        ///
        /// ## Events
        ///
        /// `MinimumSet`.
        #[pallet::call_index(4)]
        #[pallet::weight((<T as Config>::WeightInfo::set_minimum(), DispatchClass::Operational))]
        pub fn set_minimum(origin: OriginFor<T>, minimum: u32) -> DispatchResult {
            T::AppointOrigin::ensure_origin(origin)?;
            let there_are = Validators::<T>::decode_len().unwrap_or_default();
            ensure!(minimum > 0 && minimum as usize <= there_are, Error::<T>::InvalidMinimum);
            ensure!(minimum != Minimum::<T>::get(), Error::<T>::Unchanged);
            Minimum::<T>::put(minimum);
            Self::deposit_event(Event::MinimumSet { minimum });
            Ok(())
        }
    }

    #[pallet::view_functions]
    impl<T: Config> Pallet<T> {
        /// The appointed validators, in the order of their appointment.
        pub fn validators() -> Vec<(T::AccountId, Admission)> {
            Validators::<T>::get()
                .into_iter()
                .filter_map(|account| {
                    Admissions::<T>::get(&account).map(|admission| (account, admission))
                })
                .collect()
        }

        /// Who was removed and why, from a number of the list on; the first is 1.
        pub fn departures(from: u32, limit: u32) -> Vec<Departure<T::AccountId>> {
            const MOST: u32 = 100;
            (from.max(1)..).take(limit.min(MOST) as usize).map_while(Departures::<T>::get).collect()
        }

        /// Who made how many blocks in a session that is remembered.
        pub fn authored(session: SessionIndex) -> Vec<(T::AccountId, u32)> {
            Authored::<T>::iter_prefix(session).collect()
        }
    }
}
