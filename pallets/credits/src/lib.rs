// SPDX-License-Identifier: Apache-2.0
#![doc = include_str!("../README.md")]
#![cfg_attr(not(feature = "std"), no_std)]
#![deny(missing_docs)]

extern crate alloc;

mod blocks;
mod issuance;
#[cfg(test)]
mod mock;
mod retirement;
#[cfg(test)]
mod tests;
mod try_state;
pub mod weights;

pub use issuance::{Issuance, Projects};
pub use pallet::*;
pub use weights::WeightInfo;

#[frame_support::pallet]
pub mod pallet {
    use crate::{Projects, WeightInfo};
    use frame_support::{pallet_prelude::*, traits::Time};
    use frame_system::pallet_prelude::*;
    use registry_primitives::{
        credit::{Block, Parts, Ranges, Retirement, RetirementDetails, Totals, MAX_REFERENCE},
        Action, MayAct, Millis, OrganisationId, PeriodId, ProjectId, Refusal, RetirementId,
        SerialNumber, SerialRange, Text, Tonnes, Vintage,
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
        /// Who may act, and what is known of organisations.
        type Members: MayAct<Self::AccountId>;
        /// What may be issued for which project.
        type Projects: Projects;
        /// The time of the block.
        type Clock: Time<Moment = Millis>;
        /// Weights of the calls.
        type WeightInfo: WeightInfo;
    }

    /// The last serial number drawn. The counter is national and never reset.
    #[pallet::storage]
    pub type LastSerial<T> = StorageValue<_, SerialNumber, ValueQuery>;

    /// The blocks, by their first serial number: never merged, renumbered or deleted.
    /// `Twox64Concat`: the numbers are ours and sequential.
    #[pallet::storage]
    pub type Blocks<T> = StorageMap<_, Twox64Concat, SerialNumber, Block>;

    /// The blocks of each organisation. `Twox64Concat`: the numbers are ours and sequential.
    #[pallet::storage]
    pub type BlocksOfOwner<T> =
        StorageDoubleMap<_, Twox64Concat, OrganisationId, Twox64Concat, SerialNumber, ()>;

    /// Tonnes by project and vintage. `Twox64Concat`: our numbers, and years.
    #[pallet::storage]
    pub type TotalsOfVintage<T> =
        StorageDoubleMap<_, Twox64Concat, ProjectId, Twox64Concat, Vintage, Totals, ValueQuery>;

    /// Tonnes nationally.
    #[pallet::storage]
    pub type NationalTotals<T> = StorageValue<_, Totals, ValueQuery>;

    /// The number of the last retirement.
    #[pallet::storage]
    pub type LastRetirementId<T> = StorageValue<_, RetirementId, ValueQuery>;

    /// The retirements, for ever. `Twox64Concat`: the numbers are ours and sequential.
    #[pallet::storage]
    pub type Retirements<T> = StorageMap<_, Twox64Concat, RetirementId, Retirement>;

    #[pallet::event]
    #[pallet::generate_deposit(pub(crate) fn deposit_event)]
    pub enum Event<T: Config> {
        /// A block of credits was issued to its first owner.
        CreditsIssued {
            /// The project.
            project: ProjectId,
            /// The monitoring period that they were issued for.
            period: PeriodId,
            /// The year of the reductions.
            vintage: Vintage,
            /// The owner.
            owner: OrganisationId,
            /// The serial numbers.
            range: SerialRange,
            /// Held, on hold or buffer.
            status: registry_primitives::credit::BlockStatus,
        },
        /// The end of a block was split off as a new block.
        BlockSplit {
            /// What stays, under the first number of the block as before.
            rest: SerialRange,
            /// What became a block of its own.
            taken: SerialRange,
        },
        /// Credits went from one organisation to another.
        CreditsTransferred {
            /// Who gave.
            from: OrganisationId,
            /// Who received.
            to: OrganisationId,
            /// The blocks.
            blocks: Ranges,
            /// Tonnes in them.
            quantity: Tonnes,
            /// The sender's reference.
            reference: Option<Text<MAX_REFERENCE>>,
            /// The officer who transferred them.
            by: T::AccountId,
        },
        /// Credits were retired.
        CreditsRetired {
            /// Number of the retirement.
            id: RetirementId,
            /// Whose credits they were.
            owner: OrganisationId,
            /// What for and for whom.
            details: RetirementDetails,
            /// The blocks.
            blocks: Ranges,
            /// Tonnes in them.
            quantity: Tonnes,
            /// The officer who retired them.
            by: T::AccountId,
        },
    }

    #[pallet::error]
    pub enum Error<T> {
        /// The signer is not a member of any organisation.
        NotAMember,
        /// The signer's organisation is suspended.
        OrganisationSuspended,
        /// The signer's role does not allow this, or not for this project.
        NotPermitted,
        /// No block starts at this serial number.
        UnknownBlock,
        /// The block belongs to another organisation.
        NotTheOwner,
        /// The block is on hold, reserved, retired, cancelled or in the buffer.
        NotHeld,
        /// At least one part is needed.
        NoParts,
        /// A part of zero tonnes.
        ZeroTonnes,
        /// The block has fewer tonnes than the part asks for.
        NotEnoughInBlock,
        /// A block is named twice.
        BlockNamedTwice,
        /// There is no organisation with this number.
        UnknownReceiver,
        /// The receiving organisation is suspended.
        ReceiverSuspended,
        /// Only project developers hold credits that they can transfer and retire.
        InvalidReceiver,
        /// The receiver is the owner.
        TransferToSelf,
        /// A text is empty, not UTF-8, padded with white space or has invisible characters, or a
        /// country is unknown.
        InvalidText,
        /// The owner alone cannot retire for this purpose; the Government decides.
        PurposeNotTheOwners,
        /// The serial numbers are exhausted, or a sum of tonnes exceeds what can be counted.
        Overflow,
        /// The shares of the proponents do not add up to 1 000 000 ppm.
        InvalidShares,
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
        /// Issues the credits of a verified monitoring period.
        ///
        /// ## Dispatch Origin
        ///
        /// An officer who may [`Action::IssueCredits`], of a ministry within its scopes.
        ///
        /// ## Details
        ///
        /// Draws the next serial numbers. For every vintage the buffer's part is rounded up, and
        /// the rest goes to the proponents by share, whole tonnes by largest remainder, one block
        /// each. A suspended proponent's block is on hold. Costs the same for any quantity.
        ///
        /// ## Errors
        ///
        /// Those of the project (unknown, not authorised, not verified, above what is
        /// authorised), `Overflow`, `InvalidShares`, and those of permission.
        ///
        /// ## Events
        ///
        /// `CreditsIssued` for every block.
        #[pallet::call_index(0)]
        #[pallet::weight(T::WeightInfo::issue(crate::issuance::MAX_BLOCKS))]
        pub fn issue(
            origin: OriginFor<T>,
            project: ProjectId,
            period: PeriodId,
        ) -> DispatchResultWithPostInfo {
            let (_, actor) = Self::ensure_officer(origin, Action::IssueCredits)?;
            let issuance = T::Projects::issuance(project, period)?;
            ensure!(actor.reaches(issuance.scope, false), Error::<T>::NotPermitted);
            let blocks = Self::do_issue(project, period, issuance)?;
            Ok(Some(T::WeightInfo::issue(blocks)).into())
        }

        /// Transfers credits to another organisation, at once; all parts or none.
        ///
        /// ## Dispatch Origin
        ///
        /// An officer who may [`Action::TransferCredits`]: of the owner.
        ///
        /// ## Errors
        ///
        /// `NoParts`, `UnknownBlock`, `NotTheOwner`, `NotHeld`, `ZeroTonnes`, `NotEnoughInBlock`,
        /// `BlockNamedTwice`, `UnknownReceiver`, `ReceiverSuspended`, `InvalidReceiver`,
        /// `TransferToSelf`, `InvalidText`, `Overflow`, and those of permission.
        ///
        /// ## Events
        ///
        /// `BlockSplit` for every part that is not a whole block, then `CreditsTransferred`.
        #[pallet::call_index(1)]
        #[pallet::weight(T::WeightInfo::transfer(parts.len() as u32))]
        pub fn transfer(
            origin: OriginFor<T>,
            parts: Parts,
            to: OrganisationId,
            reference: Option<Text<MAX_REFERENCE>>,
        ) -> DispatchResult {
            let (by, actor) = Self::ensure_officer(origin, Action::TransferCredits)?;
            let valid = reference.as_ref().is_none_or(Text::is_valid);
            ensure!(valid, Error::<T>::InvalidText);
            let from = actor.organisation;
            let (blocks, quantity) = Self::do_transfer(from, &parts, to)?;
            Self::deposit_event(Event::CreditsTransferred {
                from,
                to,
                blocks,
                quantity,
                reference,
                by,
            });
            Ok(())
        }

        /// Retires credits by the will of their owner, at once; all parts or none.
        ///
        /// ## Dispatch Origin
        ///
        /// An officer who may [`Action::RetireCredits`]: of the owner.
        ///
        /// ## Errors
        ///
        /// `PurposeNotTheOwners`, `InvalidText`, `NoParts`, `UnknownBlock`, `NotTheOwner`,
        /// `NotHeld`, `ZeroTonnes`, `NotEnoughInBlock`, `BlockNamedTwice`, `Overflow`, and those
        /// of permission.
        ///
        /// ## Events
        ///
        /// `BlockSplit` for every part that is not a whole block, then `CreditsRetired`.
        #[pallet::call_index(2)]
        #[pallet::weight(T::WeightInfo::retire(parts.len() as u32))]
        pub fn retire(
            origin: OriginFor<T>,
            parts: Parts,
            details: RetirementDetails,
        ) -> DispatchResult {
            let (by, actor) = Self::ensure_officer(origin, Action::RetireCredits)?;
            ensure!(details.purpose.is_the_owners(), Error::<T>::PurposeNotTheOwners);
            let owner = actor.organisation;
            let (id, blocks, quantity) = Self::do_retire(owner, &parts, details.clone())?;
            Self::deposit_event(Event::CreditsRetired { id, owner, details, blocks, quantity, by });
            Ok(())
        }
    }
}
