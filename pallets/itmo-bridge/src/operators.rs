// SPDX-License-Identifier: Apache-2.0
//! Who reads the platform, and what is asked of the bridge's officers.

use crate::{
    speaks, BridgeId, Companies, Config, CurrentRound, Error, Event, LastRound, NextRoundAt,
    Operator, Operators, Pallet, Paused, Reading, Records, Registry,
};
use frame_support::ensure;
use frame_system::pallet_prelude::OriginFor;
use registry_primitives::{
    organisation::{MAX_NAME, MAX_REASON},
    Action, BlockNumber, Officers, OrganisationId, Text,
};
use sp_runtime::traits::UniqueSaturatedInto;

impl<T: Config> Pallet<T> {
    pub(crate) fn now() -> BlockNumber {
        frame_system::Pallet::<T>::block_number().unique_saturated_into()
    }

    /// The officer behind an origin who may do `action`.
    pub(crate) fn ensure_officer(
        origin: OriginFor<T>,
        action: Action,
    ) -> Result<T::AccountId, Error<T>> {
        T::Officers::officer(origin, action).map(|(who, _)| who).map_err(Error::from)
    }

    /// An operator.
    pub(crate) fn operator(account: &T::AccountId) -> Option<Operator<T::AccountId>> {
        Operators::<T>::get().into_iter().find(|each| each.account == *account)
    }

    pub(crate) fn enlist(account: &T::AccountId, key: &BridgeId) -> Result<(), Error<T>> {
        let mut operators = Operators::<T>::get();
        ensure!(operators.iter().all(|each| each.account != *account), Error::AlreadyAnOperator);
        ensure!(operators.iter().all(|each| each.key != *key), Error::KeyTaken);
        // Who was taken off the list and is back has another voice from the next round on: in the one
        // that is held, it has spoken with a key that may have been stolen.
        let since = LastRound::<T>::get().saturating_add(1);
        let operator = Operator { account: account.clone(), key: key.clone(), since };
        operators.try_push(operator).map_err(|_| Error::TooManyOperators)?;

        Operators::<T>::put(operators);
        Ok(())
    }

    pub(crate) fn do_remove_operator(
        account: &T::AccountId,
        reason: &Text<MAX_REASON>,
    ) -> Result<(), Error<T>> {
        ensure!(reason.is_valid(), Error::InvalidText);
        ensure!(Self::operator(account).is_some(), Error::NotAnOperator);

        Self::strike_off(account, reason);
        Ok(())
    }

    /// Takes an operator off the list because it is a validator no more, if it is on it.
    pub fn validator_removed(account: &T::AccountId, reason: &Text<MAX_REASON>) {
        if Self::operator(account).is_some() {
            Self::strike_off(account, reason);
        }
    }

    fn strike_off(account: &T::AccountId, reason: &Text<MAX_REASON>) {
        let operators = Operators::<T>::get();
        Operators::<T>::mutate(|left| left.retain(|each| each.account != *account));
        Records::<T>::remove(account);
        let has_read = Reading::<T>::get(account).is_some_and(|reports| reports.complete);
        CurrentRound::<T>::mutate_extant(|round| {
            // Who was listed again in the round is missed already.
            let spoke = speaks(account, round.number, &operators);
            if spoke && round.operators.contains(account) && !has_read {
                round.gone = round.gone.saturating_add(1);
            }
            if round.is_complete() {
                round.closes_at = round.closes_at.min(Self::now());
            }
        });
        let (account, reason) = (account.clone(), reason.clone());
        Self::deposit_event(Event::OperatorRemoved { account, reason });
    }

    pub(crate) fn do_request_round() -> Result<(), Error<T>> {
        ensure!(!Paused::<T>::exists(), Error::BridgeIsPaused);
        ensure!(!CurrentRound::<T>::exists(), Error::RoundIsOpen);
        ensure!(!Operators::<T>::get().is_empty(), Error::NoOperators);

        NextRoundAt::<T>::put(Self::now());
        Ok(())
    }

    pub(crate) fn do_pause(reason: &Text<MAX_REASON>) -> Result<(), Error<T>> {
        ensure!(reason.is_valid(), Error::InvalidText);
        ensure!(!Paused::<T>::exists(), Error::Unchanged);

        Paused::<T>::put(reason);
        let now = Self::now();
        CurrentRound::<T>::mutate_extant(|round| {
            if now < round.closes_at {
                (round.closes_at, round.cut_short) = (now, true);
            }
        });
        Ok(())
    }

    pub(crate) fn do_link(
        company: &Text<MAX_NAME>,
        organisation: OrganisationId,
    ) -> Result<(), Error<T>> {
        ensure!(company.is_valid(), Error::InvalidText);
        ensure!(T::Registry::owns_projects(organisation), Error::InvalidOrganisation);
        ensure!(Companies::<T>::get(company) != Some(organisation), Error::Unchanged);

        Companies::<T>::insert(company, organisation);
        Ok(())
    }
}
