// SPDX-License-Identifier: Apache-2.0
#![doc = include_str!("../README.md")]
#![cfg_attr(not(feature = "std"), no_std)]
#![deny(missing_docs)]

extern crate alloc;

mod membership;
#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;
mod try_state;
pub mod weights;

pub use pallet::*;
pub use weights::WeightInfo;

#[frame_support::pallet]
pub mod pallet {
    use crate::WeightInfo;
    use frame_support::{pallet_prelude::*, traits::Time};
    use frame_system::pallet_prelude::*;
    use registry_primitives::{
        organisation::{
            Member, Organisation, OrganisationDetails, OrganisationStatus, MAX_NAME, MAX_REASON,
            MAX_TAX_ID,
        },
        Action, CountryCode, MemberRole, Millis, OrganisationId, OrganisationRole, Refusal, Text,
    };

    /// First storage version.
    const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

    #[pallet::pallet]
    #[pallet::storage_version(STORAGE_VERSION)]
    pub struct Pallet<T>(_);

    #[pallet::config]
    pub trait Config: frame_system::Config<RuntimeEvent: From<Event<Self>>> {
        /// Who signs for an organisation: an account, alone or after four eyes have agreed.
        type OfficerOrigin: EnsureOrigin<Self::RuntimeOrigin, Success = Self::AccountId>;
        /// The time of the block.
        type Clock: Time<Moment = Millis>;
        /// Weights of the calls.
        type WeightInfo: WeightInfo;
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
    }

    #[pallet::error]
    pub enum Error<T> {
        /// The signer is not a member of any organisation.
        NotAMember,
        /// The signer's organisation is suspended.
        OrganisationSuspended,
        /// The signer's role does not allow this.
        NotPermitted,
        /// There is no organisation with this number.
        UnknownOrganisation,
        /// An organisation with this tax identifier exists.
        TaxIdTaken,
        /// There is exactly one Government, made at genesis.
        SecondGovernment,
        /// There is exactly one Root, made at genesis.
        SecondRoot,
        /// The account is a member already, of this organisation or of another.
        AlreadyAMember,
        /// A ministry needs at least one sectoral scope; others have none.
        InvalidScopes,
        /// The country is not an ISO 3166-1 alpha-2 code.
        UnknownCountry,
        /// A text is empty, not UTF-8, padded with white space or has invisible characters.
        InvalidText,
        /// The Government cannot be suspended.
        GovernmentIsAlwaysActive,
        /// The organisation is suspended already.
        AlreadySuspended,
        /// The organisation is not suspended.
        NotSuspended,
        /// No numbers are left; four billion organisations were created.
        NumbersExhausted,
    }

    impl<T> From<Refusal> for Error<T> {
        fn from(refusal: Refusal) -> Self {
            match refusal {
                Refusal::NotAMember => Self::NotAMember,
                Refusal::OrganisationSuspended => Self::OrganisationSuspended,
                Refusal::NotPermitted => Self::NotPermitted,
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
        /// Creates an organisation together with its first Admin.
        ///
        /// ## Dispatch Origin
        ///
        /// An officer who may [`Action::CreateOrganisation`].
        ///
        /// ## Errors
        ///
        /// `SecondGovernment`, `InvalidText`, `UnknownCountry`, `InvalidScopes`, `TaxIdTaken`,
        /// `AlreadyAMember` (the first Admin), and those of permission.
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
            let by = Self::ensure_officer(origin, Action::CreateOrganisation)?.0;
            let id = Self::do_create(role, &details, &first_admin)?;
            Self::deposit_event(Event::OrganisationCreated { id, role, details, first_admin, by });
            Ok(())
        }

        /// Suspends an organisation: from the next block on nothing of its own may be created,
        /// moved or retired, and it receives nothing.
        ///
        /// ## Dispatch Origin
        ///
        /// An officer who may [`Action::SuspendOrganisation`].
        ///
        /// ## Errors
        ///
        /// `UnknownOrganisation`, `GovernmentIsAlwaysActive`, `AlreadySuspended`, `InvalidText`
        /// (the reason), and those of permission.
        ///
        /// ## Events
        ///
        /// `OrganisationSuspended`.
        #[pallet::call_index(1)]
        #[pallet::weight(T::WeightInfo::suspend_organisation())]
        pub fn suspend_organisation(
            origin: OriginFor<T>,
            id: OrganisationId,
            reason: Text<MAX_REASON>,
        ) -> DispatchResult {
            let by = Self::ensure_officer(origin, Action::SuspendOrganisation)?.0;
            ensure!(reason.is_valid(), Error::<T>::InvalidText);
            Self::do_set_status(id, OrganisationStatus::Suspended)?;
            Self::deposit_event(Event::OrganisationSuspended { id, reason, by });
            Ok(())
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
        /// `OrganisationReactivated`.
        #[pallet::call_index(2)]
        #[pallet::weight(T::WeightInfo::reactivate_organisation())]
        pub fn reactivate_organisation(origin: OriginFor<T>, id: OrganisationId) -> DispatchResult {
            let by = Self::ensure_officer(origin, Action::ReactivateOrganisation)?.0;
            Self::do_set_status(id, OrganisationStatus::Active)?;
            Self::deposit_event(Event::OrganisationReactivated { id, by });
            Ok(())
        }

        /// Adds a member to an organisation.
        ///
        /// ## Dispatch Origin
        ///
        /// An officer who may [`Action::ManageMembers`] of that organisation.
        ///
        /// ## Errors
        ///
        /// `UnknownOrganisation`, `SecondRoot`, `AlreadyAMember`, and those of permission.
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
            let (by, actor) = Self::ensure_officer(origin, Action::ManageMembers)?;
            ensure!(Self::manages(&actor, organisation), Error::<T>::NotPermitted);
            Self::do_add_member(organisation, &account, role)?;
            Self::deposit_event(Event::MemberAdded { organisation, account, role, by });
            Ok(())
        }
    }
}
