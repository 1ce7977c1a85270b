// SPDX-License-Identifier: Apache-2.0
//! Who reads the platform, and what is asked of the bridge's officers.

use crate::{
    BridgeId, Companies, Config, CurrentRound, Error, NextRoundAt, Operator, Operators, Pallet,
    Paused, Records, Registry,
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

    /// The key of an operator.
    pub(crate) fn key_of(account: &T::AccountId) -> Option<BridgeId> {
        let operators = Operators::<T>::get();
        operators.into_iter().find(|each| each.account == *account).map(|each| each.key)
    }

    pub(crate) fn enlist(account: &T::AccountId, key: &BridgeId) -> Result<(), Error<T>> {
        let mut operators = Operators::<T>::get();
        ensure!(operators.iter().all(|each| each.account != *account), Error::AlreadyAnOperator);
        ensure!(operators.iter().all(|each| each.key != *key), Error::KeyTaken);
        let operator = Operator { account: account.clone(), key: key.clone() };
        operators.try_push(operator).map_err(|_| Error::TooManyOperators)?;

        Operators::<T>::put(operators);
        Ok(())
    }

    pub(crate) fn do_remove_operator(
        account: &T::AccountId,
        reason: &Text<MAX_REASON>,
    ) -> Result<(), Error<T>> {
        ensure!(reason.is_valid(), Error::InvalidText);
        let mut operators = Operators::<T>::get();
        let before = operators.len();
        operators.retain(|each| each.account != *account);
        ensure!(operators.len() < before, Error::NotAnOperator);

        Operators::<T>::put(operators);
        Records::<T>::remove(account);
        Ok(())
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
        CurrentRound::<T>::mutate_extant(|round| round.closes_at = round.closes_at.min(now));
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
