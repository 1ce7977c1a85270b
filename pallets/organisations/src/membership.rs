// SPDX-License-Identifier: Apache-2.0
//! Organisations and their members: the rules, over typed values.

use crate::{
    AdminCount, Config, Error, GenesisConfig, Members, NextOrganisationId, OrganisationByTaxId,
    Organisations, Pallet,
};
use frame_support::{
    ensure,
    traits::{EnsureOrigin, Time},
};
use frame_system::pallet_prelude::OriginFor;
use registry_primitives::{
    organisation::{Member, Organisation, OrganisationDetails, OrganisationStatus},
    permission, Action, Actor, CountryCode, MayAct, MemberRole, OrganisationId, OrganisationRole,
    Reach, Refusal, GOVERNMENT,
};
use sp_runtime::DispatchError;

impl<T: Config> Pallet<T> {
    /// Why an account may not send transactions at all; `Ok` for members of active organisations.
    pub fn admit(who: &T::AccountId) -> Result<(), Refusal> {
        Self::member_of_active(who).map(drop)
    }

    /// The account and the actor behind an origin that may do `action`.
    pub(crate) fn ensure_officer(
        origin: OriginFor<T>,
        action: Action,
    ) -> Result<(T::AccountId, Actor), DispatchError> {
        let who = T::OfficerOrigin::ensure_origin(origin)?;
        let actor = Self::may_act(&who, action).map_err(Error::<T>::from)?;
        Ok((who, actor))
    }

    /// Whether the actor's permission reaches an organisation.
    pub(crate) fn manages(actor: &Actor, organisation: OrganisationId) -> bool {
        match actor.reach {
            Reach::Any => true,
            Reach::Own => actor.organisation == organisation,
            Reach::WithinScopes | Reach::No => false,
        }
    }

    pub(crate) fn do_create(
        role: OrganisationRole,
        details: &OrganisationDetails,
        first_admin: &T::AccountId,
    ) -> Result<OrganisationId, Error<T>> {
        ensure!(role != OrganisationRole::Government, Error::SecondGovernment);
        ensure!(details.name.is_valid() && details.tax_id.is_valid(), Error::InvalidText);
        ensure!(details.country.is_valid(), Error::UnknownCountry);
        let is_ministry = role == OrganisationRole::Ministry;
        ensure!(is_ministry != details.sectoral_scopes.is_empty(), Error::InvalidScopes);
        ensure!(!OrganisationByTaxId::<T>::contains_key(&details.tax_id), Error::TaxIdTaken);
        ensure!(!Members::<T>::contains_key(first_admin), Error::AlreadyAMember);
        let id = NextOrganisationId::<T>::get();
        let next = id.checked_add(1).ok_or(Error::NumbersExhausted)?;

        NextOrganisationId::<T>::put(next);
        Self::insert_organisation(id, role, details);
        Self::insert_member(id, first_admin, MemberRole::Admin);
        Ok(id)
    }

    pub(crate) fn do_add_member(
        organisation: OrganisationId,
        account: &T::AccountId,
        role: MemberRole,
    ) -> Result<(), Error<T>> {
        ensure!(role != MemberRole::Root, Error::SecondRoot);
        ensure!(Organisations::<T>::contains_key(organisation), Error::UnknownOrganisation);
        ensure!(!Members::<T>::contains_key(account), Error::AlreadyAMember);

        Self::insert_member(organisation, account, role);
        Ok(())
    }

    pub(crate) fn do_set_status(
        id: OrganisationId,
        status: OrganisationStatus,
    ) -> Result<(), Error<T>> {
        ensure!(id != GOVERNMENT, Error::GovernmentIsAlwaysActive);
        let mut organisation = Organisations::<T>::get(id).ok_or(Error::UnknownOrganisation)?;
        ensure!(
            organisation.status != status,
            match status {
                OrganisationStatus::Suspended => Error::AlreadySuspended,
                OrganisationStatus::Active => Error::NotSuspended,
            }
        );

        organisation.status = status;
        Organisations::<T>::insert(id, organisation);
        Ok(())
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
        NextOrganisationId::<T>::put(GOVERNMENT + 1);
        Self::insert_organisation(GOVERNMENT, OrganisationRole::Government, &details);
        Self::insert_member(GOVERNMENT, root, MemberRole::Root);
    }

    fn insert_organisation(
        id: OrganisationId,
        role: OrganisationRole,
        details: &OrganisationDetails,
    ) {
        OrganisationByTaxId::<T>::insert(&details.tax_id, id);
        let created_at = T::Clock::now();
        let status = OrganisationStatus::Active;
        let details = details.clone();
        Organisations::<T>::insert(id, Organisation { role, details, status, created_at });
    }

    fn insert_member(organisation: OrganisationId, account: &T::AccountId, role: MemberRole) {
        // Without a provider an account cannot sign; never taken back, because the nonce of an
        // account without provider starts again and old transactions could be replayed.
        frame_system::Pallet::<T>::inc_providers(account);
        if role == MemberRole::Admin {
            AdminCount::<T>::mutate(organisation, |count| *count = count.saturating_add(1));
        }
        Members::<T>::insert(account, Member { organisation, role });
    }

    fn member_of_active(who: &T::AccountId) -> Result<(Member, Organisation), Refusal> {
        let member = Members::<T>::get(who).ok_or(Refusal::NotAMember)?;
        let organisation =
            Organisations::<T>::get(member.organisation).ok_or(Refusal::NotAMember)?;
        match organisation.status {
            OrganisationStatus::Active => Ok((member, organisation)),
            OrganisationStatus::Suspended => Err(Refusal::OrganisationSuspended),
        }
    }
}

impl<T: Config> MayAct<T::AccountId> for Pallet<T> {
    fn may_act(who: &T::AccountId, action: Action) -> Result<Actor, Refusal> {
        let (member, organisation) = Self::member_of_active(who)?;
        match permission::reach(action, organisation.role, member.role) {
            Reach::No => Err(Refusal::NotPermitted),
            reach => Ok(Actor {
                organisation: member.organisation,
                organisation_role: organisation.role,
                member_role: member.role,
                reach,
                scopes: organisation.details.sectoral_scopes,
            }),
        }
    }

    fn organisation(id: OrganisationId) -> Option<Organisation> {
        Organisations::<T>::get(id)
    }

    fn country() -> CountryCode {
        Organisations::<T>::get(GOVERNMENT)
            .map_or(CountryCode(*b"ZZ"), |government| government.details.country)
    }
}
