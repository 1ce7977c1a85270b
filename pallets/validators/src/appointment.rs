// SPDX-License-Identifier: Apache-2.0
//! Who is a validator: appointment, contact, removal.

use crate::{
    Admission, Admissions, Config, Contact, Departure, DepartureCount, Departures, Error, Minimum,
    OrganisationOf, Pallet, Validators, MAX_PEER_ID,
};
use frame_support::{ensure, traits::ValidatorRegistration};
use registry_primitives::{organisation::MAX_REASON, BlockNumber, OrganisationId, Text};
use sp_runtime::traits::UniqueSaturatedInto;

impl<T: Config> Pallet<T> {
    /// Whether an account is an appointed validator.
    pub fn is_validator(who: &T::AccountId) -> bool {
        Admissions::<T>::contains_key(who)
    }

    pub(crate) fn now() -> BlockNumber {
        frame_system::Pallet::<T>::block_number().unique_saturated_into()
    }

    pub(crate) fn do_add(
        account: &T::AccountId,
        contact: &Contact,
    ) -> Result<OrganisationId, Error<T>> {
        let organisation = T::Members::organisation_of(account).ok_or(Error::NotAMember)?;
        ensure!(!Self::is_validator(account), Error::AlreadyAValidator);
        ensure!(contact.is_valid(), Error::InvalidContact);
        ensure!(Self::peer_is_free(&contact.peer_id, None), Error::PeerIdTaken);
        ensure!(
            <pallet_session::Pallet<T> as ValidatorRegistration<_>>::is_registered(account),
            Error::NoSessionKeys
        );
        let contact = contact.clone();
        let admission = Admission { organisation, contact, since: Self::now(), flag: None };
        Self::enter(account.clone(), admission)?;
        Ok(organisation)
    }

    /// Puts a validator at the end of the list. The session pallet hears of it when it next asks.
    pub(crate) fn enter(account: T::AccountId, admission: Admission) -> Result<(), Error<T>> {
        Validators::<T>::try_mutate(|validators| {
            ensure!(!validators.contains(&account), Error::AlreadyAValidator);
            validators.try_push(account.clone()).map_err(|_| Error::TooManyValidators)
        })?;
        Admissions::<T>::insert(account, admission);
        Ok(())
    }

    pub(crate) fn do_remove(
        account: &T::AccountId,
        reason: &Text<MAX_REASON>,
    ) -> Result<u32, Error<T>> {
        ensure!(reason.is_valid(), Error::InvalidText);
        let admission = Admissions::<T>::get(account).ok_or(Error::NotAValidator)?;
        let mut validators = Validators::<T>::get();
        ensure!(validators.len() > Minimum::<T>::get().max(1) as usize, Error::TooFewValidators);
        let number = DepartureCount::<T>::get().checked_add(1).ok_or(Error::NumbersExhausted)?;

        validators.retain(|validator| validator != account);
        Validators::<T>::put(validators);
        Admissions::<T>::remove(account);
        let (account, reason) = (account.clone(), reason.clone());
        let departure = Departure { account, admission, reason, at: Self::now() };
        Departures::<T>::insert(number, departure);
        DepartureCount::<T>::put(number);
        Ok(number)
    }

    pub(crate) fn do_change_contact(
        account: &T::AccountId,
        contact: &Contact,
    ) -> Result<(), Error<T>> {
        let mut admission = Admissions::<T>::get(account).ok_or(Error::NotAValidator)?;
        ensure!(contact.is_valid(), Error::InvalidContact);
        ensure!(Self::peer_is_free(&contact.peer_id, Some(account)), Error::PeerIdTaken);
        ensure!(admission.contact != *contact, Error::Unchanged);

        admission.contact = contact.clone();
        Admissions::<T>::insert(account, admission);
        Ok(())
    }

    pub(crate) fn do_clear_flag(
        account: &T::AccountId,
        reason: &Text<MAX_REASON>,
    ) -> Result<(), Error<T>> {
        ensure!(reason.is_valid(), Error::InvalidText);
        let mut admission = Admissions::<T>::get(account).ok_or(Error::NotAValidator)?;
        ensure!(admission.flag.take().is_some(), Error::NotFlagged);

        Admissions::<T>::insert(account, admission);
        // The session pallet ends disablement with the next change of the set: announce one.
        crate::Announced::<T>::kill();
        Ok(())
    }

    /// Whether no validator but `own` has a peer id.
    pub(crate) fn peer_is_free(peer_id: &Text<MAX_PEER_ID>, own: Option<&T::AccountId>) -> bool {
        !Admissions::<T>::iter().any(|(account, admission)| {
            admission.contact.peer_id == *peer_id && Some(&account) != own
        })
    }
}
