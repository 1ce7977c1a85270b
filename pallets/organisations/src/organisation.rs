// SPDX-License-Identifier: Apache-2.0
//! Organisations: how they are created, changed, suspended and reactivated.

use crate::{
    Config, Error, Event, GenesisConfig, Members, NextOrganisationId, OrganisationByTaxId,
    Organisations, Pallet, Unclaimed,
};
use alloc::vec::Vec;
use frame_support::{ensure, traits::Time, weights::Weight};
use frame_system::pallet_prelude::BlockNumberFor;
use registry_primitives::{
    organisation::{application_payload, Organisation, OrganisationDetails, OrganisationStatus},
    ContentHash, MemberRole, OrganisationId, OrganisationRole, GOVERNMENT,
};
use sp_runtime::traits::{BlakeTwo256, Hash, Verify, Zero};

/// What else happens when an organisation is suspended or reactivated. Called after the status is
/// written.
pub trait OnStatusChange {
    /// The organisation is suspended now; gives the weight used.
    fn suspended(id: OrganisationId) -> Weight;
    /// The most that [`Self::suspended`] uses.
    fn suspended_weight() -> Weight;
    /// The organisation is active again; gives the weight used.
    fn reactivated(id: OrganisationId) -> Weight;
    /// The most that [`Self::reactivated`] uses.
    fn reactivated_weight() -> Weight;
}

impl OnStatusChange for () {
    fn suspended(_: OrganisationId) -> Weight {
        Weight::zero()
    }

    fn suspended_weight() -> Weight {
        Weight::zero()
    }

    fn reactivated(_: OrganisationId) -> Weight {
        Weight::zero()
    }

    fn reactivated_weight() -> Weight {
        Weight::zero()
    }
}

impl<T: Config> Pallet<T> {
    /// What an applicant signs on this chain; see [`application_payload`].
    pub fn application_payload(role: OrganisationRole, details: &OrganisationDetails) -> Vec<u8> {
        // Never pruned, unlike the hashes of other blocks.
        let genesis_hash = frame_system::Pallet::<T>::block_hash(BlockNumberFor::<T>::zero());
        application_payload(&genesis_hash, role, details)
    }

    /// The hash of an application that the applicant's key signed.
    pub(crate) fn ensure_applied(
        role: OrganisationRole,
        details: &OrganisationDetails,
        applicant: &T::AccountId,
        signature: &T::Signature,
    ) -> Result<ContentHash, Error<T>> {
        use OrganisationRole::{Api, Certifier, Government, Ministry, ProjectDeveloper};
        match role {
            ProjectDeveloper | Certifier | Api => {}
            Government | Ministry => return Err(Error::NotByApplication),
        }
        let payload = Self::application_payload(role, details);
        let signed = |message: &[u8]| signature.verify(message, applicant);
        // Wallets wrap what is not a transaction, so that nobody is made to sign one unawares.
        let wrapped = || [b"<Bytes>", payload.as_slice(), b"</Bytes>"].concat();
        ensure!(signed(&payload) || signed(&wrapped()), Error::InvalidSignature);
        Ok(ContentHash(BlakeTwo256::hash(&payload).0))
    }

    pub(crate) fn do_create(
        role: OrganisationRole,
        details: &OrganisationDetails,
        first_admin: &T::AccountId,
    ) -> Result<OrganisationId, Error<T>> {
        let id = Self::ensure_new(role, details)?;
        ensure!(!Members::<T>::contains_key(first_admin), Error::AlreadyAMember);

        Self::insert_organisation(id, role, details);
        Self::insert_member(id, first_admin, MemberRole::Admin);
        Ok(id)
    }

    /// Creates an organisation that another system knows. It has no members: nobody acts for it
    /// until an officer of the Government adds its first Admin.
    pub fn import(
        role: OrganisationRole,
        details: OrganisationDetails,
    ) -> Result<OrganisationId, Error<T>> {
        let id = Self::ensure_new(role, &details)?;

        Self::insert_organisation(id, role, &details);
        Unclaimed::<T>::insert(id, ());
        Self::deposit_event(Event::OrganisationImported { id, role, details });
        Ok(id)
    }

    /// The number that a new organisation gets, if it can be one.
    fn ensure_new(
        role: OrganisationRole,
        details: &OrganisationDetails,
    ) -> Result<OrganisationId, Error<T>> {
        ensure!(role != OrganisationRole::Government, Error::SecondGovernment);
        Self::ensure_details(role, details)?;
        ensure!(!OrganisationByTaxId::<T>::contains_key(&details.tax_id), Error::TaxIdTaken);
        let id = NextOrganisationId::<T>::get();
        ensure!(id < OrganisationId::MAX, Error::NumbersExhausted);
        Ok(id)
    }

    /// Whether an organisation with this role may be described like this.
    pub(crate) fn ensure_details(
        role: OrganisationRole,
        details: &OrganisationDetails,
    ) -> Result<(), Error<T>> {
        ensure!(details.name.is_valid() && details.tax_id.is_valid(), Error::InvalidText);
        ensure!(details.country.is_valid(), Error::UnknownCountry);
        let is_ministry = role == OrganisationRole::Ministry;
        ensure!(is_ministry != details.sectoral_scopes.is_empty(), Error::InvalidScopes);
        Ok(())
    }

    pub(crate) fn do_change(
        id: OrganisationId,
        details: &OrganisationDetails,
    ) -> Result<(), Error<T>> {
        let mut organisation = Organisations::<T>::get(id).ok_or(Error::UnknownOrganisation)?;
        let before = &organisation.details;
        ensure!(before != details, Error::Unchanged);
        Self::ensure_details(organisation.role, details)?;
        // The Government's country is the registry's: it is in every serial number.
        ensure!(id != GOVERNMENT || before.country == details.country, Error::CountryIsFixed);
        let renamed = before.tax_id != details.tax_id;
        ensure!(
            !renamed || !OrganisationByTaxId::<T>::contains_key(&details.tax_id),
            Error::TaxIdTaken
        );

        if renamed {
            OrganisationByTaxId::<T>::remove(&before.tax_id);
            OrganisationByTaxId::<T>::insert(&details.tax_id, id);
        }
        organisation.details = details.clone();
        Organisations::<T>::insert(id, organisation);
        Ok(())
    }

    pub(crate) fn do_update_profile(
        id: OrganisationId,
        profile: ContentHash,
    ) -> Result<(), Error<T>> {
        let mut organisation = Organisations::<T>::get(id).ok_or(Error::UnknownOrganisation)?;
        ensure!(organisation.details.profile != profile, Error::Unchanged);

        organisation.details.profile = profile;
        Organisations::<T>::insert(id, organisation);
        Ok(())
    }

    pub(crate) fn do_suspend(id: OrganisationId) -> Result<(), Error<T>> {
        let mut organisation = Self::not_the_government(id)?;
        ensure!(organisation.status != OrganisationStatus::Suspended, Error::AlreadySuspended);
        let suspensions = organisation.suspensions.checked_add(1).ok_or(Error::NumbersExhausted)?;

        organisation.status = OrganisationStatus::Suspended;
        organisation.suspensions = suspensions;
        Organisations::<T>::insert(id, organisation);
        Ok(())
    }

    pub(crate) fn do_reactivate(id: OrganisationId) -> Result<(), Error<T>> {
        let mut organisation = Self::not_the_government(id)?;
        ensure!(organisation.status == OrganisationStatus::Suspended, Error::NotSuspended);

        organisation.status = OrganisationStatus::Active;
        Organisations::<T>::insert(id, organisation);
        Ok(())
    }

    fn not_the_government(id: OrganisationId) -> Result<Organisation, Error<T>> {
        ensure!(id != GOVERNMENT, Error::GovernmentIsAlwaysActive);
        Organisations::<T>::get(id).ok_or(Error::UnknownOrganisation)
    }

    /// Makes the Government and its Root, at genesis.
    pub(crate) fn found_government(genesis: &GenesisConfig<T>, root: &T::AccountId) {
        assert!(genesis.country.is_valid(), "genesis: the country is an ISO 3166-1 code");
        assert!(genesis.name.is_valid(), "genesis: the Government has a name");
        assert!(genesis.tax_id.is_valid(), "genesis: the Government has a tax identifier");
        let details = OrganisationDetails {
            name: genesis.name.clone(),
            tax_id: genesis.tax_id.clone(),
            country: genesis.country,
            sectoral_scopes: Default::default(),
            profile: Default::default(),
        };
        Self::insert_organisation(GOVERNMENT, OrganisationRole::Government, &details);
        Self::insert_member(GOVERNMENT, root, MemberRole::Root);
    }

    fn insert_organisation(
        id: OrganisationId,
        role: OrganisationRole,
        details: &OrganisationDetails,
    ) {
        NextOrganisationId::<T>::put(id.saturating_add(1));
        OrganisationByTaxId::<T>::insert(&details.tax_id, id);
        let organisation = Organisation {
            role,
            details: details.clone(),
            status: OrganisationStatus::Active,
            suspensions: 0,
            created_at: T::Clock::now(),
        };
        Organisations::<T>::insert(id, organisation);
    }
}
