// SPDX-License-Identifier: Apache-2.0
//! Which validators a session has, and how many blocks each made.

use crate::{
    runtime_api::Network, Admissions, Announced, Authored, Config, Equivocations, Pallet,
    SessionLength, Validators,
};
use alloc::vec::Vec;
use core::marker::PhantomData;
use frame_support::traits::Get;
use frame_system::pallet_prelude::BlockNumberFor;
use sp_runtime::traits::Hash;
use sp_staking::SessionIndex;

/// The blocks of a session, for the session pallet's clock.
pub struct BlocksOfSession<T>(PhantomData<T>);

impl<T: Config> Get<BlockNumberFor<T>> for BlocksOfSession<T> {
    fn get() -> BlockNumberFor<T> {
        SessionLength::<T>::get().into()
    }
}

impl<T: Config> Pallet<T> {
    /// The appointed validators with the keys that they have set, hashed.
    fn fingerprint(validators: &[T::AccountId]) -> T::Hash {
        let keys = pallet_session::Pallet::<T>::load_keys;
        let entries: Vec<_> = validators.iter().map(|account| (account, keys(account))).collect();
        T::Hashing::hash_of(&entries)
    }

    /// The network as the chain has it, for nodes.
    pub fn network() -> Network<T::AccountId> {
        let session = pallet_session::CurrentIndex::<T>::get();
        Network {
            appointed: Admissions::<T>::iter()
                .map(|(account, admission)| (account, admission.contact))
                .collect(),
            session,
            authored: pallet_session::Validators::<T>::get()
                .into_iter()
                .map(|account| {
                    let blocks = Authored::<T>::get(session, &account);
                    (account, blocks)
                })
                .collect(),
            disabled: pallet_session::DisabledValidators::<T>::decode_len().unwrap_or_default()
                as u32,
            equivocations: Equivocations::<T>::get(),
        }
    }
}

impl<T: Config> pallet_session::SessionManager<T::AccountId> for Pallet<T> {
    /// The set, if it is due: when a validator came, went or changed its keys, when a flag was
    /// cleared, and once in every [`Config::SessionsPerAnnouncement`]. A new announcement also
    /// renews the root from which ownership of a key is proved, so a change of keys must be one.
    fn new_session(index: SessionIndex) -> Option<Vec<T::AccountId>> {
        let validators = Validators::<T>::get().into_inner();
        if validators.is_empty() {
            return None;
        }
        let fingerprint = Self::fingerprint(&validators);
        let due = index.is_multiple_of(T::SessionsPerAnnouncement::get());
        if !due && Announced::<T>::get() == Some(fingerprint) {
            return None;
        }
        Announced::<T>::put(fingerprint);
        Some(validators)
    }

    fn new_session_genesis(index: SessionIndex) -> Option<Vec<T::AccountId>> {
        Self::new_session(index)
    }

    /// A new set ends all disablement; who is flagged stays disabled until the council decides.
    fn start_session(_: SessionIndex) {
        for account in Validators::<T>::get() {
            if Admissions::<T>::get(&account).is_some_and(|admission| admission.flag.is_some()) {
                Self::disable(&account);
            }
        }
    }

    /// Forgets who made the blocks of a session that ended long ago.
    fn end_session(index: SessionIndex) {
        if let Some(forgotten) = index.checked_sub(T::SessionsRemembered::get()) {
            // Bounded by the validators of one session.
            let _ = Authored::<T>::clear_prefix(forgotten, u32::MAX, None);
        }
    }
}

impl<T: Config> pallet_session::historical::SessionManager<T::AccountId, ()> for Pallet<T>
where
    T: pallet_session::historical::Config<FullIdentification = ()>,
{
    fn new_session(index: SessionIndex) -> Option<Vec<(T::AccountId, ())>> {
        let set = <Self as pallet_session::SessionManager<_>>::new_session(index)?;
        Some(set.into_iter().map(|account| (account, ())).collect())
    }

    fn start_session(index: SessionIndex) {
        <Self as pallet_session::SessionManager<_>>::start_session(index);
    }

    fn end_session(index: SessionIndex) {
        if let Some(until) = index.checked_sub(T::SessionsRemembered::get()) {
            pallet_session::historical::Pallet::<T>::prune_up_to(until);
        }
        <Self as pallet_session::SessionManager<_>>::end_session(index);
    }
}

impl<T: Config> pallet_authorship::EventHandler<T::AccountId, BlockNumberFor<T>> for Pallet<T> {
    fn note_author(author: T::AccountId) {
        let session = pallet_session::CurrentIndex::<T>::get();
        Authored::<T>::mutate(session, author, |blocks| *blocks = blocks.saturating_add(1));
    }
}
