// SPDX-License-Identifier: Apache-2.0
//! Members: their roles and keys, and what they may do.

use crate::{AdminCount, Config, Error, Members, Organisations, Pallet, Unclaimed};
use alloc::vec::Vec;
use frame_support::ensure;
use frame_system::{ensure_root, ensure_signed, pallet_prelude::OriginFor};
use registry_primitives::{
    organisation::{Member, Organisation, OrganisationStatus},
    permission, Action, Actor, CountryCode, MayAct, MemberRole, Officers, OrganisationId, Reach,
    Refusal, GOVERNMENT,
};

impl<T: Config> Pallet<T> {
    /// The organisation of an account that may send transactions, or why it may not: members of
    /// active organisations may.
    pub fn admit(who: &T::AccountId) -> Result<OrganisationId, Refusal> {
        Self::member_of_active(who).map(|(member, _)| member.organisation)
    }

    /// The account and the actor behind an origin that may do `action`.
    pub(crate) fn ensure_officer(
        origin: OriginFor<T>,
        action: Action,
    ) -> Result<(T::AccountId, Actor), Error<T>> {
        T::Officers::officer(origin, action).map_err(Error::from)
    }

    /// As [`Self::ensure_officer`], of an actor whose permission reaches `organisation`.
    pub(crate) fn ensure_officer_over(
        origin: OriginFor<T>,
        action: Action,
        organisation: OrganisationId,
    ) -> Result<(T::AccountId, Actor), Error<T>> {
        let (by, actor) = Self::ensure_officer(origin, action)?;
        ensure!(Self::reaches(&actor, organisation), Error::NotPermitted);
        Ok((by, actor))
    }

    /// Whether the actor's permission reaches an organisation.
    fn reaches(actor: &Actor, organisation: OrganisationId) -> bool {
        match actor.reach {
            Reach::Any => true,
            Reach::Own => actor.organisation == organisation,
            Reach::WithinScopes | Reach::No => false,
        }
    }

    pub(crate) fn do_add_member(
        actor: &Actor,
        organisation: OrganisationId,
        account: &T::AccountId,
        role: MemberRole,
    ) -> Result<(), Error<T>> {
        ensure!(role != MemberRole::Root, Error::SecondRoot);
        Self::ensure_may_make(actor, organisation, role)?;
        ensure!(Organisations::<T>::contains_key(organisation), Error::UnknownOrganisation);
        ensure!(!Members::<T>::contains_key(account), Error::AlreadyAMember);

        Self::insert_member(organisation, account, role);
        Ok(())
    }

    pub(crate) fn do_remove_member(
        by: &T::AccountId,
        actor: &Actor,
        account: &T::AccountId,
    ) -> Result<OrganisationId, Error<T>> {
        let member = Self::managed_member(by, actor, account)?;
        Self::ensure_not_the_last_admin(&member)?;

        Self::count_role(member.organisation, member.role, u32::saturating_sub);
        // The account keeps its provider: see `provide_for`.
        Members::<T>::remove(account);
        Ok(member.organisation)
    }

    pub(crate) fn do_change_role(
        by: &T::AccountId,
        actor: &Actor,
        account: &T::AccountId,
        role: MemberRole,
    ) -> Result<OrganisationId, Error<T>> {
        let member = Self::managed_member(by, actor, account)?;
        ensure!(role != MemberRole::Root, Error::SecondRoot);
        ensure!(role != member.role, Error::Unchanged);
        Self::ensure_may_make(actor, member.organisation, role)?;
        Self::ensure_not_the_last_admin(&member)?;

        let organisation = member.organisation;
        Self::count_role(organisation, member.role, u32::saturating_sub);
        Self::gain_role(organisation, role);
        Members::<T>::insert(account, Member { organisation, role });
        Ok(organisation)
    }

    /// Who replaces the key `old`, if they may; `None` is the council.
    pub(crate) fn ensure_may_replace(
        origin: OriginFor<T>,
        old: &T::AccountId,
    ) -> Result<Option<T::AccountId>, Error<T>> {
        if ensure_root(origin.clone()).is_ok() {
            return Ok(None);
        }
        if ensure_signed(origin.clone()).is_ok_and(|who| who == *old) {
            let (member, _) = Self::member_of_active(old).map_err(Error::<T>::from)?;
            ensure!(member.role != MemberRole::ViewOnly, Error::NotPermitted);
            return Ok(Some(old.clone()));
        }
        let (by, actor) = Self::ensure_officer(origin, Action::ManageMembers)?;
        Self::managed_member(&by, &actor, old)?;
        Ok(Some(by))
    }

    pub(crate) fn do_replace_key(
        old: &T::AccountId,
        new: &T::AccountId,
    ) -> Result<OrganisationId, Error<T>> {
        let member = Members::<T>::get(old).ok_or(Error::UnknownMember)?;
        ensure!(!Members::<T>::contains_key(new), Error::AlreadyAMember);

        let organisation = member.organisation;
        Self::provide_for(new);
        // The old account keeps its provider: see `provide_for`.
        Members::<T>::remove(old);
        Members::<T>::insert(new, member);
        Ok(organisation)
    }

    /// A member whom the officer may remove, or give another role or key.
    fn managed_member(
        by: &T::AccountId,
        actor: &Actor,
        account: &T::AccountId,
    ) -> Result<Member, Error<T>> {
        let member = Members::<T>::get(account).ok_or(Error::UnknownMember)?;
        ensure!(Self::reaches(actor, member.organisation), Error::NotPermitted);
        ensure!(account != by, Error::OwnMembership);
        ensure!(member.role != MemberRole::Root, Error::RootIsProtected);
        Self::ensure_may_make(actor, member.organisation, member.role)?;
        Ok(member)
    }

    /// The Government's Admins are made and unmade by Root alone.
    fn ensure_may_make(
        actor: &Actor,
        organisation: OrganisationId,
        role: MemberRole,
    ) -> Result<(), Error<T>> {
        let leads = organisation == GOVERNMENT && role == MemberRole::Admin;
        ensure!(!leads || actor.member_role == MemberRole::Root, Error::OnlyRoot);
        Ok(())
    }

    fn ensure_not_the_last_admin(member: &Member) -> Result<(), Error<T>> {
        let admin = member.role == MemberRole::Admin;
        ensure!(!admin || AdminCount::<T>::get(member.organisation) > 1, Error::LastAdmin);
        Ok(())
    }

    /// A member has a role more; with its first Admin an organisation is claimed.
    fn gain_role(organisation: OrganisationId, role: MemberRole) {
        Self::count_role(organisation, role, u32::saturating_add);
        if role == MemberRole::Admin {
            Unclaimed::<T>::remove(organisation);
        }
    }

    fn count_role(organisation: OrganisationId, role: MemberRole, count: fn(u32, u32) -> u32) {
        if role == MemberRole::Admin {
            AdminCount::<T>::mutate(organisation, |admins| *admins = count(*admins, 1));
        }
    }

    pub(crate) fn insert_member(
        organisation: OrganisationId,
        account: &T::AccountId,
        role: MemberRole,
    ) {
        Self::provide_for(account);
        Self::gain_role(organisation, role);
        Members::<T>::insert(account, Member { organisation, role });
    }

    /// Without a provider an account cannot sign. Never taken back, because the nonce of an account
    /// without provider starts again and old transactions could be replayed.
    fn provide_for(account: &T::AccountId) {
        frame_system::Pallet::<T>::inc_providers(account);
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

    /// What an account may do at all, and how far.
    pub(crate) fn allowed_actions(who: &T::AccountId) -> Vec<(Action, Reach)> {
        let Ok((member, organisation)) = Self::member_of_active(who) else {
            return Vec::new();
        };
        let reach = |action| permission::reach(action, organisation.role, member.role);
        let cells = Action::ALL.iter().map(|action| (*action, reach(*action)));
        cells.filter(|(_, reach)| *reach != Reach::No).collect()
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
