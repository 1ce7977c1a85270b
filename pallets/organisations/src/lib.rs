// SPDX-License-Identifier: Apache-2.0
#![doc = include_str!("../README.md")]
#![cfg_attr(not(feature = "std"), no_std)]
#![deny(missing_docs)]

extern crate alloc;

#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
mod membership;
#[cfg(test)]
mod mock;
mod organisation;
#[cfg(test)]
mod tests;
mod try_state;
pub mod weights;

#[cfg(feature = "runtime-benchmarks")]
pub use benchmarking::BenchmarkHelper;
pub use organisation::OnStatusChange;
pub use pallet::*;
pub use weights::WeightInfo;

#[frame_support::pallet]
pub mod pallet {
    use crate::{OnStatusChange, WeightInfo};
    use alloc::vec::Vec;
    use frame_support::{pallet_prelude::*, traits::Time};
    use frame_system::pallet_prelude::*;
    use registry_primitives::{
        organisation::{
            Member, Organisation, OrganisationDetails, MAX_NAME, MAX_REASON, MAX_TAX_ID,
        },
        Action, ContentHash, CountryCode, MemberRole, Millis, Officers, OrganisationId,
        OrganisationRole, Reach, Refusal, Text,
    };
    use sp_runtime::traits::{IdentifyAccount, Verify};

    /// First storage version.
    const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

    #[pallet::pallet]
    #[pallet::storage_version(STORAGE_VERSION)]
    pub struct Pallet<T>(_);

    #[pallet::config]
    pub trait Config: frame_system::Config<RuntimeEvent: From<Event<Self>>> {
        /// Who signs for an organisation: an account, alone or after four eyes have agreed.
        type Officers: Officers<Self::RuntimeOrigin, Self::AccountId>;
        /// What else happens when an organisation is suspended or reactivated.
        type OnStatusChange: OnStatusChange;
        /// How an applicant signs: as transactions are signed.
        type Signature: Verify<Signer: IdentifyAccount<AccountId = Self::AccountId>> + Parameter;
        /// The time of the block.
        type Clock: Time<Moment = Millis>;
        /// Weights of the calls.
        type WeightInfo: WeightInfo;
        /// What the benchmarks need of the runtime.
        #[cfg(feature = "runtime-benchmarks")]
        type BenchmarkHelper: crate::BenchmarkHelper<Self::AccountId, Self::Signature>;
    }

    /// The number that the next organisation gets; 0 before genesis.
    #[pallet::storage]
    pub type NextOrganisationId<T> = StorageValue<_, OrganisationId, ValueQuery>;

    /// The organisations. `Twox64Concat`: the numbers are ours and sequential.
    #[pallet::storage]
    pub type Organisations<T> = StorageMap<_, Twox64Concat, OrganisationId, Organisation>;

    /// Organisations by tax identifier. `Blake2_128Concat`: users choose the key.
    #[pallet::storage]
    pub type OrganisationByTaxId<T> =
        StorageMap<_, Blake2_128Concat, Text<MAX_TAX_ID>, OrganisationId>;

    /// Members by account: one account belongs to at most one organisation.
    /// `Blake2_128Concat`: users choose the key.
    #[pallet::storage]
    pub type Members<T: Config> = StorageMap<_, Blake2_128Concat, T::AccountId, Member>;

    /// How many Admins an organisation has. `Twox64Concat`: the numbers are ours and sequential.
    #[pallet::storage]
    pub type AdminCount<T> = StorageMap<_, Twox64Concat, OrganisationId, u32, ValueQuery>;

    /// Organisations that were imported and have no Admin yet. `Twox64Concat`: the numbers are ours and
    /// sequential.
    #[pallet::storage]
    pub type Unclaimed<T> = StorageMap<_, Twox64Concat, OrganisationId, ()>;

    /// The Government and its Root.
    #[pallet::genesis_config]
    pub struct GenesisConfig<T: Config> {
        /// The country whose registry this is.
        pub country: CountryCode,
        /// Name of the designated national authority.
        pub name: Text<MAX_NAME>,
        /// Its tax identifier.
        pub tax_id: Text<MAX_TAX_ID>,
        /// The first officer; none only in tests and before a spec is complete.
        pub root: Option<T::AccountId>,
    }

    impl<T: Config> Default for GenesisConfig<T> {
        fn default() -> Self {
            Self {
                country: CountryCode(*b"ZZ"),
                name: Default::default(),
                tax_id: Default::default(),
                root: None,
            }
        }
    }

    #[pallet::genesis_build]
    impl<T: Config> BuildGenesisConfig for GenesisConfig<T> {
        fn build(&self) {
            let Some(root) = &self.root else { return };
            Pallet::<T>::found_government(self, root);
        }
    }

    #[pallet::event]
    #[pallet::generate_deposit(pub(crate) fn deposit_event)]
    pub enum Event<T: Config> {
        /// An organisation was created, with its first Admin.
        OrganisationCreated {
            /// Its number.
            id: OrganisationId,
            /// What it is in the registry.
            role: OrganisationRole,
            /// Who it is.
            details: OrganisationDetails,
            /// Its first Admin.
            first_admin: T::AccountId,
            /// The hash of the application that the first Admin signed, if there was one.
            application: Option<ContentHash>,
            /// The officer who created it.
            by: T::AccountId,
        },
        /// An organisation was suspended.
        OrganisationSuspended {
            /// Its number.
            id: OrganisationId,
            /// The public reason.
            reason: Text<MAX_REASON>,
            /// The officer who suspended it.
            by: T::AccountId,
        },
        /// A suspension was lifted.
        OrganisationReactivated {
            /// Its number.
            id: OrganisationId,
            /// The officer who lifted it.
            by: T::AccountId,
        },
        /// A member was added.
        MemberAdded {
            /// The organisation.
            organisation: OrganisationId,
            /// The account.
            account: T::AccountId,
            /// Its role.
            role: MemberRole,
            /// The officer who added it.
            by: T::AccountId,
        },
        /// A member was removed.
        MemberRemoved {
            /// The organisation that it belonged to.
            organisation: OrganisationId,
            /// The account.
            account: T::AccountId,
            /// The officer who removed it.
            by: T::AccountId,
        },
        /// A member has another role.
        MemberRoleChanged {
            /// The organisation.
            organisation: OrganisationId,
            /// The account.
            account: T::AccountId,
            /// Its new role.
            role: MemberRole,
            /// The officer who changed it.
            by: T::AccountId,
        },
        /// A member has another key: the new account is the member now, with the same role.
        KeyReplaced {
            /// The organisation.
            organisation: OrganisationId,
            /// The account that was the member.
            old: T::AccountId,
            /// The account that is the member.
            new: T::AccountId,
            /// The officer who replaced it, perhaps the member; `None` if it was the council.
            by: Option<T::AccountId>,
        },
        /// An organisation has another off-chain profile.
        ProfileUpdated {
            /// Its number.
            id: OrganisationId,
            /// The hash of the new profile.
            profile: ContentHash,
            /// The officer who updated it.
            by: T::AccountId,
        },
        /// An organisation was renamed or otherwise described anew.
        OrganisationChanged {
            /// Its number.
            id: OrganisationId,
            /// All of its details, as they are now.
            details: OrganisationDetails,
            /// The officer who changed them.
            by: T::AccountId,
        },
        /// An organisation was taken over from another system. It has no members until an officer of
        /// the Government adds its first Admin.
        OrganisationImported {
            /// Its number.
            id: OrganisationId,
            /// What it is in the registry.
            role: OrganisationRole,
            /// Who it is.
            details: OrganisationDetails,
        },
    }

    #[pallet::error]
    pub enum Error<T> {
        /// No officer signed.
        NotSigned,
        /// The signer is not a member of any organisation.
        NotAMember,
        /// The signer's organisation is suspended.
        OrganisationSuspended,
        /// The signer's role does not allow this, or not for this organisation.
        NotPermitted,
        /// More officers must agree: propose it.
        ApprovalsNeeded,
        /// There is no organisation with this number.
        UnknownOrganisation,
        /// An organisation with this tax identifier exists.
        TaxIdTaken,
        /// There is exactly one Government, made at genesis.
        SecondGovernment,
        /// There is exactly one Root, made at genesis.
        SecondRoot,
        /// Root is neither removed nor given another role; its key is replaced by itself or by the
        /// council.
        RootIsProtected,
        /// Only Root makes, removes or changes Admins of the Government.
        OnlyRoot,
        /// The account is a member already, of this organisation or of another.
        AlreadyAMember,
        /// The account to be changed is not a member of any organisation.
        UnknownMember,
        /// Nobody removes themselves or changes their own role.
        OwnMembership,
        /// The organisation's only Admin stays one; add another first, or replace its key.
        LastAdmin,
        /// It is like this already.
        Unchanged,
        /// A ministry needs at least one sectoral scope; others have none.
        InvalidScopes,
        /// The country is not an ISO 3166-1 alpha-2 code.
        UnknownCountry,
        /// The Government's country is the registry's and never changes.
        CountryIsFixed,
        /// A text is empty, not UTF-8, padded with white space or has invisible characters.
        InvalidText,
        /// The Government cannot be suspended.
        GovernmentIsAlwaysActive,
        /// The organisation is suspended already.
        AlreadySuspended,
        /// The organisation is not suspended.
        NotSuspended,
        /// The Government and ministries are not created by application.
        NotByApplication,
        /// The first Admin's key did not sign this application.
        InvalidSignature,
        /// No numbers are left: four billion organisations were created, or one was suspended as
        /// often.
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

    #[pallet::view_functions]
    impl<T: Config> Pallet<T> {
        /// What is known of an organisation.
        pub fn organisation(id: OrganisationId) -> Option<Organisation> {
            Organisations::<T>::get(id)
        }

        /// The organisation that an account belongs to, and its role there.
        pub fn member(account: T::AccountId) -> Option<Member> {
            Members::<T>::get(account)
        }

        /// What an account may do at all, and how far; nothing for strangers and for members of
        /// suspended organisations. Every member that signs may also replace its own key.
        pub fn permissions_of(account: T::AccountId) -> Vec<(Action, Reach)> {
            Self::allowed_actions(&account)
        }
    }

    #[pallet::call]
    impl<T: Config> Pallet<T> {
        /// Creates an organisation together with its first Admin.
        ///
        /// ## Dispatch Origin
        ///
        /// An officer who may [`Action::CreateOrganisation`].
        ///
        /// ## Errors
        ///
        /// `SecondGovernment`, `InvalidText`, `UnknownCountry`, `InvalidScopes`, `TaxIdTaken`,
        /// `AlreadyAMember` (the first Admin), `NumbersExhausted`, and those of permission.
        ///
        /// ## Events
        ///
        /// `OrganisationCreated`.
        #[pallet::call_index(0)]
        #[pallet::weight(T::WeightInfo::create_organisation())]
        pub fn create_organisation(
            origin: OriginFor<T>,
            role: OrganisationRole,
            details: OrganisationDetails,
            first_admin: T::AccountId,
        ) -> DispatchResult {
            let (by, _) = Self::ensure_officer(origin, Action::CreateOrganisation)?;
            let id = Self::do_create(role, &details, &first_admin)?;
            Self::deposit_event(Event::OrganisationCreated {
                id,
                role,
                details,
                first_admin,
                application: None,
                by,
            });
            Ok(())
        }

        /// Suspends an organisation: from the next block on nothing of its own may be created,
        /// moved or retired, and it receives nothing.
        ///
        /// ## Dispatch Origin
        ///
        /// An officer who may [`Action::SuspendOrganisation`].
        ///
        /// ## Details
        ///
        /// Its pending requests are cancelled. What it certified is revoked, and stays so when it
        /// is reactivated.
        ///
        /// ## Errors
        ///
        /// `UnknownOrganisation`, `GovernmentIsAlwaysActive`, `AlreadySuspended`, `InvalidText`
        /// (the reason), `NumbersExhausted`, and those of permission.
        ///
        /// ## Events
        ///
        /// `OrganisationSuspended`, then those of what follows from it.
        #[pallet::call_index(1)]
        #[pallet::weight(
            T::WeightInfo::suspend_organisation()
                .saturating_add(T::OnStatusChange::suspended_weight())
        )]
        pub fn suspend_organisation(
            origin: OriginFor<T>,
            id: OrganisationId,
            reason: Text<MAX_REASON>,
        ) -> DispatchResultWithPostInfo {
            let (by, _) = Self::ensure_officer(origin, Action::SuspendOrganisation)?;
            ensure!(reason.is_valid(), Error::<T>::InvalidText);
            Self::do_suspend(id)?;
            Self::deposit_event(Event::OrganisationSuspended { id, reason, by });
            let followed = T::OnStatusChange::suspended(id);
            Ok(Some(T::WeightInfo::suspend_organisation().saturating_add(followed)).into())
        }

        /// Lifts the suspension of an organisation.
        ///
        /// ## Dispatch Origin
        ///
        /// An officer who may [`Action::ReactivateOrganisation`].
        ///
        /// ## Errors
        ///
        /// `UnknownOrganisation`, `GovernmentIsAlwaysActive`, `NotSuspended`, and those of permission.
        ///
        /// ## Events
        ///
        /// `OrganisationReactivated`, then those of what follows from it.
        #[pallet::call_index(2)]
        #[pallet::weight(
            T::WeightInfo::reactivate_organisation()
                .saturating_add(T::OnStatusChange::reactivated_weight())
        )]
        pub fn reactivate_organisation(
            origin: OriginFor<T>,
            id: OrganisationId,
        ) -> DispatchResultWithPostInfo {
            let (by, _) = Self::ensure_officer(origin, Action::ReactivateOrganisation)?;
            Self::do_reactivate(id)?;
            Self::deposit_event(Event::OrganisationReactivated { id, by });
            let followed = T::OnStatusChange::reactivated(id);
            Ok(Some(T::WeightInfo::reactivate_organisation().saturating_add(followed)).into())
        }

        /// Adds a member to an organisation.
        ///
        /// ## Dispatch Origin
        ///
        /// An officer who may [`Action::ManageMembers`] of that organisation; Root, for an Admin of
        /// the Government.
        ///
        /// ## Errors
        ///
        /// `UnknownOrganisation`, `SecondRoot`, `OnlyRoot`, `AlreadyAMember`, and those of
        /// permission.
        ///
        /// ## Events
        ///
        /// `MemberAdded`.
        #[pallet::call_index(3)]
        #[pallet::weight(T::WeightInfo::add_member())]
        pub fn add_member(
            origin: OriginFor<T>,
            organisation: OrganisationId,
            account: T::AccountId,
            role: MemberRole,
        ) -> DispatchResult {
            let (by, actor) =
                Self::ensure_officer_over(origin, Action::ManageMembers, organisation)?;
            Self::do_add_member(&actor, organisation, &account, role)?;
            Self::deposit_event(Event::MemberAdded { organisation, account, role, by });
            Ok(())
        }

        /// Removes a member from its organisation.
        ///
        /// ## Dispatch Origin
        ///
        /// An officer who may [`Action::ManageMembers`] of that organisation; Root, for an Admin of
        /// the Government.
        ///
        /// ## Details
        ///
        /// The account may sign nothing from now on. It may become a member again.
        ///
        /// ## Errors
        ///
        /// `UnknownMember`, `OwnMembership`, `RootIsProtected`, `OnlyRoot`, `LastAdmin`, and those
        /// of permission.
        ///
        /// ## Events
        ///
        /// `MemberRemoved`.
        #[pallet::call_index(4)]
        #[pallet::weight(T::WeightInfo::remove_member())]
        pub fn remove_member(origin: OriginFor<T>, account: T::AccountId) -> DispatchResult {
            let (by, actor) = Self::ensure_officer(origin, Action::ManageMembers)?;
            let organisation = Self::do_remove_member(&by, &actor, &account)?;
            Self::deposit_event(Event::MemberRemoved { organisation, account, by });
            Ok(())
        }

        /// Gives a member another role.
        ///
        /// ## Dispatch Origin
        ///
        /// An officer who may [`Action::ManageMembers`] of that organisation; Root, to make or
        /// demote an Admin of the Government.
        ///
        /// ## Errors
        ///
        /// `UnknownMember`, `OwnMembership`, `RootIsProtected`, `SecondRoot`, `Unchanged`,
        /// `OnlyRoot`, `LastAdmin`, and those of permission.
        ///
        /// ## Events
        ///
        /// `MemberRoleChanged`.
        #[pallet::call_index(5)]
        #[pallet::weight(T::WeightInfo::change_member_role())]
        pub fn change_member_role(
            origin: OriginFor<T>,
            account: T::AccountId,
            role: MemberRole,
        ) -> DispatchResult {
            let (by, actor) = Self::ensure_officer(origin, Action::ManageMembers)?;
            let organisation = Self::do_change_role(&by, &actor, &account, role)?;
            Self::deposit_event(Event::MemberRoleChanged { organisation, account, role, by });
            Ok(())
        }

        /// Makes another account the member that `old` is: a lost or stolen key is replaced, the
        /// member stays.
        ///
        /// ## Dispatch Origin
        ///
        /// - The member itself, if its organisation is active and its role is not
        ///   [`MemberRole::ViewOnly`]: who holds a key may always change to a safer one.
        /// - An officer who may [`Action::ManageMembers`] of that organisation; Root, for an Admin
        ///   of the Government.
        /// - The council, which has the powers of `RawOrigin::Root`, for any member: when Root's
        ///   own key is lost nobody else could.
        ///
        /// ## Details
        ///
        /// `old` may sign nothing from now on, but keeps its nonce, so that nothing that it signed
        /// can be replayed.
        ///
        /// ## Errors
        ///
        /// `UnknownMember`, `AlreadyAMember` (`new`), `RootIsProtected`, `OnlyRoot`, and those of
        /// permission.
        ///
        /// ## Events
        ///
        /// `KeyReplaced`.
        #[pallet::call_index(6)]
        #[pallet::weight(T::WeightInfo::replace_key())]
        pub fn replace_key(
            origin: OriginFor<T>,
            old: T::AccountId,
            new: T::AccountId,
        ) -> DispatchResult {
            let by = Self::ensure_may_replace(origin, &old)?;
            let organisation = Self::do_replace_key(&old, &new)?;
            Self::deposit_event(Event::KeyReplaced { organisation, old, new, by });
            Ok(())
        }

        /// Records that an organisation's off-chain profile has changed.
        ///
        /// ## Dispatch Origin
        ///
        /// An officer who may [`Action::UpdateProfile`] of that organisation.
        ///
        /// ## Errors
        ///
        /// `UnknownOrganisation`, `Unchanged`, and those of permission.
        ///
        /// ## Events
        ///
        /// `ProfileUpdated`.
        #[pallet::call_index(7)]
        #[pallet::weight(T::WeightInfo::update_profile())]
        pub fn update_profile(
            origin: OriginFor<T>,
            organisation: OrganisationId,
            profile: ContentHash,
        ) -> DispatchResult {
            let (by, _) = Self::ensure_officer_over(origin, Action::UpdateProfile, organisation)?;
            Self::do_update_profile(organisation, profile)?;
            Self::deposit_event(Event::ProfileUpdated { id: organisation, profile, by });
            Ok(())
        }

        /// Describes an organisation anew: its name, tax identifier, country, sectoral scopes and
        /// profile.
        ///
        /// ## Dispatch Origin
        ///
        /// An officer who may [`Action::ChangeOrganisation`].
        ///
        /// ## Details
        ///
        /// The role never changes. Other scopes of a ministry count from the next call on.
        ///
        /// ## Errors
        ///
        /// `UnknownOrganisation`, `Unchanged`, `InvalidText`, `UnknownCountry`, `InvalidScopes`,
        /// `CountryIsFixed`, `TaxIdTaken`, and those of permission.
        ///
        /// ## Events
        ///
        /// `OrganisationChanged`.
        #[pallet::call_index(8)]
        #[pallet::weight(T::WeightInfo::change_organisation())]
        pub fn change_organisation(
            origin: OriginFor<T>,
            organisation: OrganisationId,
            details: OrganisationDetails,
        ) -> DispatchResult {
            let (by, _) =
                Self::ensure_officer_over(origin, Action::ChangeOrganisation, organisation)?;
            Self::do_change(organisation, &details)?;
            Self::deposit_event(Event::OrganisationChanged { id: organisation, details, by });
            Ok(())
        }

        /// Approves an application: creates the organisation that applied for itself, with the
        /// applicant as its first Admin.
        ///
        /// ## Dispatch Origin
        ///
        /// An officer who may [`Action::CreateOrganisation`].
        ///
        /// ## Details
        ///
        /// `signature` is the applicant's, of [`Pallet::application_payload`], either of its bytes
        /// or of `<Bytes>`, its bytes and `</Bytes>`, which is what wallets sign. It is valid on
        /// this chain only, and for exactly these details.
        ///
        /// ## Errors
        ///
        /// `NotByApplication`, `InvalidSignature`, `InvalidText`, `UnknownCountry`,
        /// `InvalidScopes`, `TaxIdTaken`, `AlreadyAMember` (the applicant), `NumbersExhausted`, and
        /// those of permission.
        ///
        /// ## Events
        ///
        /// `OrganisationCreated`, with the hash of the application.
        #[pallet::call_index(9)]
        #[pallet::weight(T::WeightInfo::approve_application())]
        pub fn approve_application(
            origin: OriginFor<T>,
            role: OrganisationRole,
            details: OrganisationDetails,
            applicant: T::AccountId,
            signature: T::Signature,
        ) -> DispatchResult {
            let (by, _) = Self::ensure_officer(origin, Action::CreateOrganisation)?;
            let application = Self::ensure_applied(role, &details, &applicant, &signature)?;
            let id = Self::do_create(role, &details, &applicant)?;
            Self::deposit_event(Event::OrganisationCreated {
                id,
                role,
                details,
                first_admin: applicant,
                application: Some(application),
                by,
            });
            Ok(())
        }
    }
}
