// SPDX-License-Identifier: Apache-2.0
#![doc = include_str!("../README.md")]
#![cfg_attr(not(feature = "std"), no_std)]
#![deny(missing_docs)]

extern crate alloc;

#[cfg(feature = "runtime-benchmarks")]
pub mod benchmarking;
mod blocks;
mod cancellation;
mod holds;
mod issuance;
#[cfg(test)]
mod mock;
mod requests;
mod retirement;
mod tally;
#[cfg(test)]
mod tests;
mod try_state;
pub mod weights;

pub use holds::MAX_HELD_FOR_SUSPENSION;
pub use issuance::{CreditedProject, Issuance, Projects, MAX_BLOCKS};
pub use pallet::*;
pub use weights::WeightInfo;

#[frame_support::pallet]
pub mod pallet {
    use crate::{requests::Asked, Projects, WeightInfo, MAX_HELD_FOR_SUSPENSION};
    use alloc::vec::Vec;
    use frame_support::{pallet_prelude::*, traits::Time};
    use frame_system::pallet_prelude::*;
    use registry_primitives::{
        credit::{
            Block, BlockStatus, Cancellation, CancellationReason, Corrects, CountryAccounts,
            Deductions, Parts, Pause, Ranges, Retirement, RetirementDetails, RetirementPurpose,
            RetirementRequest, Totals, TransferRequest, MAX_PARTS, MAX_REFERENCE, MAX_REQUESTS,
            MAX_REQUESTS_MADE,
        },
        organisation::MAX_REASON,
        Action, CancellationId, MayAct, Millis, Officers, OrganisationId, PeriodId, ProjectId,
        Refusal, RequestId, RetirementId, SerialNumber, SerialRange, Text, Tonnes, Vintage,
    };

    /// Requests, by their numbers.
    type Numbered<Request> = Vec<(RequestId, Request)>;

    /// First storage version.
    const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

    #[pallet::pallet]
    #[pallet::storage_version(STORAGE_VERSION)]
    pub struct Pallet<T>(_);

    #[pallet::config]
    pub trait Config: frame_system::Config<RuntimeEvent: From<Event<Self>>> {
        /// Who signs for an organisation: an officer, alone or after four eyes have agreed.
        type Officers: Officers<Self::RuntimeOrigin, Self::AccountId>;
        /// What is known of organisations and accounts.
        type Members: MayAct<Self::AccountId>;
        /// What may be issued for which project.
        type Projects: Projects;
        /// The time of the block.
        type Clock: Time<Moment = Millis>;
        /// Weights of the calls.
        type WeightInfo: WeightInfo;
        /// What benchmarks need from other pallets.
        #[cfg(feature = "runtime-benchmarks")]
        type BenchmarkHelper: crate::benchmarking::BenchmarkHelper<Self::AccountId>;
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

    /// The country's accounts: where credits end.
    #[pallet::storage]
    pub type Accounts<T> = StorageValue<_, CountryAccounts, ValueQuery>;

    /// The number of the last retirement.
    #[pallet::storage]
    pub type LastRetirementId<T> = StorageValue<_, RetirementId, ValueQuery>;

    /// The retirements, for ever. `Twox64Concat`: the numbers are ours and sequential.
    #[pallet::storage]
    pub type Retirements<T> = StorageMap<_, Twox64Concat, RetirementId, Retirement>;

    /// The number of the last cancellation.
    #[pallet::storage]
    pub type LastCancellationId<T> = StorageValue<_, CancellationId, ValueQuery>;

    /// The cancellations, for ever. `Twox64Concat`: the numbers are ours and sequential.
    #[pallet::storage]
    pub type Cancellations<T> = StorageMap<_, Twox64Concat, CancellationId, Cancellation>;

    /// The number of the last request.
    #[pallet::storage]
    pub type LastRequestId<T> = StorageValue<_, RequestId, ValueQuery>;

    /// Transfers that wait for their sender. `Twox64Concat`: the numbers are ours.
    #[pallet::storage]
    pub type TransferRequests<T> = StorageMap<_, Twox64Concat, RequestId, TransferRequest>;

    /// What is asked of each sender. `Twox64Concat`: the numbers are ours.
    #[pallet::storage]
    pub type RequestsFrom<T> = StorageMap<
        _,
        Twox64Concat,
        OrganisationId,
        BoundedVec<RequestId, ConstU32<MAX_REQUESTS>>,
        ValueQuery,
    >;

    /// What is asked for each receiver; so few that no receiver can fill a sender's list alone.
    /// `Twox64Concat`: the numbers are ours.
    #[pallet::storage]
    pub type RequestsTo<T> = StorageMap<
        _,
        Twox64Concat,
        OrganisationId,
        BoundedVec<RequestId, ConstU32<MAX_REQUESTS_MADE>>,
        ValueQuery,
    >;

    /// International retirements that wait for the Government. `Twox64Concat`: the numbers are ours.
    #[pallet::storage]
    pub type RetirementRequests<T> = StorageMap<_, Twox64Concat, RequestId, RetirementRequest>;

    /// The same, of each owner. `Twox64Concat`: the numbers are ours.
    #[pallet::storage]
    pub type RetirementRequestsOf<T> = StorageMap<
        _,
        Twox64Concat,
        OrganisationId,
        BoundedVec<RequestId, ConstU32<MAX_REQUESTS_MADE>>,
        ValueQuery,
    >;

    /// Blocks that were issued to an organisation while it was suspended, to be released when it
    /// is reactivated. `Twox64Concat`: the numbers are ours.
    #[pallet::storage]
    pub type HeldForSuspension<T> = StorageMap<
        _,
        Twox64Concat,
        OrganisationId,
        BoundedVec<SerialNumber, ConstU32<MAX_HELD_FOR_SUSPENSION>>,
        ValueQuery,
    >;

    /// Why all transfers and retirements are paused, while they are.
    #[pallet::storage]
    pub type Paused<T> = StorageValue<_, Pause>;

    /// What is deducted from international retirements.
    #[pallet::storage]
    pub type DeductionRates<T> = StorageValue<_, Deductions, ValueQuery>;

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
            status: BlockStatus,
            /// Whether their issuance is their first transfer under Article 6.
            first_transferred: bool,
        },
        /// The end of a block was split off as a new block.
        BlockSplit {
            /// What stays, under the first number of the block as before.
            rest: SerialRange,
            /// What became a block of its own.
            taken: SerialRange,
        },
        /// Blocks were first transferred under Article 6, after their issuance.
        CreditsFirstTransferred {
            /// The blocks.
            blocks: Ranges,
            /// Tonnes in them.
            quantity: Tonnes,
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
            /// The reference of whoever began it.
            reference: Option<Text<MAX_REFERENCE>>,
            /// The request that it answers.
            request: Option<RequestId>,
            /// The sender's officer.
            by: T::AccountId,
        },
        /// A transfer was asked for.
        TransferRequested {
            /// Number of the request.
            id: RequestId,
            /// What is asked for.
            request: TransferRequest,
            /// The officer who asked.
            by: T::AccountId,
        },
        /// The sender said no to a requested transfer.
        TransferRejected {
            /// Number of the request.
            id: RequestId,
            /// Why.
            reason: Text<MAX_REASON>,
            /// The sender's officer.
            by: T::AccountId,
        },
        /// A request for a transfer was taken back.
        TransferRequestCancelled {
            /// Number of the request.
            id: RequestId,
            /// The initiator's officer; none if one side was suspended.
            by: Option<T::AccountId>,
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
        /// Credits were reserved for an international retirement.
        RetirementRequested {
            /// Number of the request.
            id: RequestId,
            /// The request, with its blocks.
            request: RetirementRequest,
            /// The owner's officer.
            by: T::AccountId,
        },
        /// An international retirement was recognised. What was deducted and retired follows.
        RetirementRecognised {
            /// Number of the request.
            request: RequestId,
            /// Number of the retirement.
            retirement: RetirementId,
            /// The officer who recognised it.
            by: T::AccountId,
        },
        /// An international retirement was refused; its blocks are held again.
        RetirementRefused {
            /// Number of the request.
            id: RequestId,
            /// The public reason.
            reason: Text<MAX_REASON>,
            /// The officer who refused it.
            by: T::AccountId,
        },
        /// A request for an international retirement was taken back; its blocks are held again.
        RetirementRequestCancelled {
            /// Number of the request.
            id: RequestId,
            /// The owner's officer; none if the owner was suspended.
            by: Option<T::AccountId>,
        },
        /// Credits were cancelled.
        CreditsCancelled {
            /// Number of the cancellation.
            id: CancellationId,
            /// The record.
            cancellation: Cancellation,
            /// The officer who cancelled them.
            by: T::AccountId,
        },
        /// Credits were put on hold.
        CreditsHeld {
            /// The blocks.
            blocks: Ranges,
            /// Tonnes in them.
            quantity: Tonnes,
            /// The public reason.
            reason: Text<MAX_REASON>,
            /// The officer who put them on hold.
            by: T::AccountId,
        },
        /// Credits were released from hold.
        CreditsReleased {
            /// The blocks.
            blocks: Ranges,
            /// Tonnes in them.
            quantity: Tonnes,
            /// The officer who released them; none if their owner was reactivated.
            by: Option<T::AccountId>,
        },
        /// Credits were released from the buffer.
        BufferReleased {
            /// Who received them.
            to: OrganisationId,
            /// The blocks.
            blocks: Ranges,
            /// Tonnes in them.
            quantity: Tonnes,
            /// The officer who released them.
            by: T::AccountId,
        },
        /// All transfers and retirements were paused.
        TransfersPaused {
            /// The public reason.
            reason: Text<MAX_REASON>,
            /// The officer who paused them.
            by: T::AccountId,
        },
        /// Transfers and retirements were resumed.
        TransfersResumed {
            /// The officer who resumed them.
            by: T::AccountId,
        },
        /// What is deducted from international retirements was set.
        DeductionsSet {
            /// The rates from now on.
            deductions: Deductions,
            /// The officer who set them.
            by: T::AccountId,
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
        /// The signer's role does not allow this, or not for this project.
        NotPermitted,
        /// More officers must agree: propose the call.
        ApprovalsNeeded,
        /// The Government has paused all transfers and retirements.
        TransfersPaused,
        /// No block starts at this serial number.
        UnknownBlock,
        /// There is no project with this number.
        UnknownProject,
        /// The block belongs to another organisation.
        NotTheOwner,
        /// The blocks belong to different organisations; name those of one.
        MixedOwners,
        /// The block is on hold, reserved, retired, cancelled or in the buffer.
        NotHeld,
        /// The block is not on hold.
        NotOnHold,
        /// The block is not in the buffer.
        NotInBuffer,
        /// The block is reserved, retired or cancelled.
        NotCancellable,
        /// At least one part is needed.
        NoParts,
        /// A quantity of zero tonnes.
        ZeroTonnes,
        /// The block has fewer tonnes than the part asks for.
        NotEnoughInBlock,
        /// A block is named twice.
        BlockNamedTwice,
        /// There is no organisation with the receiver's number.
        UnknownReceiver,
        /// The receiving organisation is suspended.
        ReceiverSuspended,
        /// Only project developers receive credits of others.
        InvalidReceiver,
        /// Credits of the buffer are released to a proponent of their project.
        NotAProponent,
        /// The receiver is the owner.
        TransferToSelf,
        /// There is no organisation with the sender's number.
        UnknownSender,
        /// The organisation that is asked to send is suspended.
        SenderSuspended,
        /// Only project developers are asked for credits.
        InvalidSender,
        /// No request with this number waits for an answer.
        UnknownRequest,
        /// Another organisation was asked; only it answers.
        NotTheSender,
        /// Another organisation made the request; only it takes it back.
        NotTheInitiator,
        /// The parts are not of the project, the vintage or the quantity that was requested.
        NotAsRequested,
        /// As many requests wait as can; some must be answered or taken back first.
        TooManyRequests,
        /// A text is empty, not UTF-8, padded with white space or has invisible characters, a
        /// country is unknown, or a year lies outside 1990 to 2199.
        InvalidText,
        /// This purpose needs another call: the owner retires voluntarily or for national
        /// compliance, requests an international retirement, and the Government retires for the rest.
        WrongPurpose,
        /// An international retirement names another country than the registry's own.
        OwnCountry,
        /// The authorisation of the project does not allow this use, Party or vintage.
        NotAuthorised,
        /// Credits that were first transferred cannot be used for the country's own NDC.
        AlreadyFirstTransferred,
        /// Nothing would be left after share of proceeds and overall mitigation.
        NothingLeft,
        /// The deductions together take the whole.
        InvalidDeductions,
        /// Share of proceeds and overall mitigation are deducted from international retirements,
        /// never cancelled alone.
        NeverAlone,
        /// A correction names an issuance of the block's own project; a voluntary cancellation
        /// names none.
        WrongCorrection,
        /// Transfers and retirements are paused already.
        AlreadyPaused,
        /// Transfers and retirements are not paused.
        NotPaused,
        /// The serial numbers are exhausted, or a sum of tonnes exceeds what can be counted.
        Overflow,
        /// The shares of the proponents do not add up to 1 000 000 ppm.
        InvalidShares,
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
        /// each. A suspended proponent's block is on hold. Costs the same for any quantity. Other
        /// errors are those of the project: unknown, not authorised, not verified, issued already,
        /// above what is authorised.
        ///
        /// ## Errors
        ///
        /// `Overflow`, `InvalidShares`, and those of permission.
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
            ensure!(actor.reaches(issuance.project.scope, false), Error::<T>::NotPermitted);
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
        /// `NoParts`, `UnknownBlock`, `ZeroTonnes`, `NotEnoughInBlock`, `BlockNamedTwice`,
        /// `Overflow`, `TransfersPaused`, `NotTheOwner`, `NotHeld`, `UnknownReceiver`,
        /// `ReceiverSuspended`, `InvalidReceiver`, `TransferToSelf`, `InvalidText`, and those
        /// of permission.
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
                request: None,
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
        /// ## Details
        ///
        /// For `Voluntary` and `NationalCompliance`.
        ///
        /// ## Errors
        ///
        /// `NoParts`, `UnknownBlock`, `ZeroTonnes`, `NotEnoughInBlock`, `BlockNamedTwice`,
        /// `Overflow`, `TransfersPaused`, `WrongPurpose`, `InvalidText`, `NotTheOwner`,
        /// `NotHeld`, and those of permission.
        ///
        /// ## Events
        ///
        /// `BlockSplit` for every part that is not a whole block, `CreditsFirstTransferred` if
        /// the retirement is that, `CreditsRetired`.
        #[pallet::call_index(2)]
        #[pallet::weight(T::WeightInfo::retire(parts.len() as u32))]
        pub fn retire(
            origin: OriginFor<T>,
            parts: Parts,
            details: RetirementDetails,
        ) -> DispatchResult {
            let (by, actor) = Self::ensure_officer(origin, Action::RetireCredits)?;
            Self::ensure_not_paused()?;
            ensure!(details.purpose.is_the_owners(), Error::<T>::WrongPurpose);
            ensure!(details.is_valid(), Error::<T>::InvalidText);
            let owner = actor.organisation;
            let (selected, quantity) = Self::held_by(owner, &parts)?;
            Self::do_retire(&selected, quantity, owner, details, by)
        }

        /// Asks the Government to recognise a retirement for use in another country; reserves the credits.
        ///
        /// ## Dispatch Origin
        ///
        /// An officer who may [`Action::RetireCredits`]: of the owner.
        ///
        /// ## Details
        ///
        /// For `InternationalTransfer`, which the authorisation of every block's project must allow:
        /// its purpose, its Party, its vintage.
        ///
        /// ## Errors
        ///
        /// `NoParts`, `UnknownBlock`, `ZeroTonnes`, `NotEnoughInBlock`, `BlockNamedTwice`,
        /// `Overflow`, `TransfersPaused`, `WrongPurpose`, `InvalidText`, `OwnCountry`,
        /// `NotAuthorised`, `NothingLeft`, `NotTheOwner`, `NotHeld`, `TooManyRequests`, and
        /// those of permission.
        ///
        /// ## Events
        ///
        /// `BlockSplit` for every part that is not a whole block, then `RetirementRequested`.
        #[pallet::call_index(3)]
        #[pallet::weight(T::WeightInfo::request_retirement(parts.len() as u32))]
        pub fn request_retirement(
            origin: OriginFor<T>,
            parts: Parts,
            details: RetirementDetails,
        ) -> DispatchResult {
            let (by, actor) = Self::ensure_officer(origin, Action::RetireCredits)?;
            Self::do_request_retirement(actor.organisation, &parts, details, by)
        }

        /// Recognises an international retirement.
        ///
        /// ## Dispatch Origin
        ///
        /// An officer who may [`Action::RecogniseRetirement`], of a ministry within its scopes.
        ///
        /// ## Details
        ///
        /// Share of proceeds and overall mitigation are cancelled first, each rounded up to whole
        /// tonnes, from the ends of the blocks in their order. The rest is retired to the
        /// international account and is first transferred.
        ///
        /// ## Errors
        ///
        /// `TransfersPaused`, `UnknownRequest`, `UnknownProject`, `WrongPurpose`, `OwnCountry`,
        /// `NotAuthorised`, `NothingLeft`, `Overflow`, and those of permission.
        ///
        /// ## Events
        ///
        /// `RetirementRecognised`; `BlockSplit` where a block is divided;
        /// `CreditsFirstTransferred`; `CreditsCancelled` for each deduction; `CreditsRetired`.
        #[pallet::call_index(4)]
        #[pallet::weight(T::WeightInfo::recognise_retirement(MAX_PARTS))]
        pub fn recognise_retirement(origin: OriginFor<T>, request: RequestId) -> DispatchResult {
            let (by, actor) = Self::ensure_officer(origin, Action::RecogniseRetirement)?;
            Self::do_recognise(request, &actor, by)
        }

        /// Refuses an international retirement; the credits are held again.
        ///
        /// ## Dispatch Origin
        ///
        /// An officer who may [`Action::RecogniseRetirement`], of a ministry within its scopes.
        ///
        /// ## Errors
        ///
        /// `UnknownRequest`, `UnknownProject`, `InvalidText`, and those of permission.
        ///
        /// ## Events
        ///
        /// `RetirementRefused`.
        #[pallet::call_index(5)]
        #[pallet::weight(T::WeightInfo::return_reserved(MAX_PARTS))]
        pub fn refuse_retirement(
            origin: OriginFor<T>,
            request: RequestId,
            reason: Text<MAX_REASON>,
        ) -> DispatchResult {
            let (by, actor) = Self::ensure_officer(origin, Action::RecogniseRetirement)?;
            ensure!(reason.is_valid(), Error::<T>::InvalidText);
            let found = RetirementRequests::<T>::get(request).ok_or(Error::<T>::UnknownRequest)?;
            let blocks = found.blocks.iter().filter_map(|range| Blocks::<T>::get(range.start));
            Self::ensure_reaches(&actor, blocks)?;
            Self::do_return_reserved(request)?;
            Self::deposit_event(Event::RetirementRefused { id: request, reason, by });
            Ok(())
        }

        /// Takes back a request for an international retirement; the credits are held again.
        ///
        /// ## Dispatch Origin
        ///
        /// An officer who may [`Action::RetireCredits`]: of the owner.
        ///
        /// ## Errors
        ///
        /// `UnknownRequest`, `NotTheInitiator`, and those of permission.
        ///
        /// ## Events
        ///
        /// `RetirementRequestCancelled`.
        #[pallet::call_index(6)]
        #[pallet::weight(T::WeightInfo::return_reserved(MAX_PARTS))]
        pub fn cancel_retirement_request(
            origin: OriginFor<T>,
            request: RequestId,
        ) -> DispatchResult {
            let (by, actor) = Self::ensure_officer(origin, Action::RetireCredits)?;
            let found = RetirementRequests::<T>::get(request).ok_or(Error::<T>::UnknownRequest)?;
            ensure!(found.by == actor.organisation, Error::<T>::NotTheInitiator);
            Self::do_return_reserved(request)?;
            Self::deposit_event(Event::RetirementRequestCancelled { id: request, by: Some(by) });
            Ok(())
        }

        /// Asks another organisation for credits of a project. Reserves nothing.
        ///
        /// ## Dispatch Origin
        ///
        /// An officer who may [`Action::RequestTransfer`]: of the receiver, or of the Government for any.
        ///
        /// ## Errors
        ///
        /// `TransfersPaused`, `InvalidText`, `UnknownSender`, `SenderSuspended`,
        /// `InvalidSender`, `UnknownReceiver`, `ReceiverSuspended`, `InvalidReceiver`,
        /// `TransferToSelf`, `UnknownProject`, `ZeroTonnes`, `TooManyRequests`, `Overflow`, and
        /// those of permission.
        ///
        /// ## Events
        ///
        /// `TransferRequested`.
        #[pallet::call_index(7)]
        #[pallet::weight(T::WeightInfo::request_transfer())]
        pub fn request_transfer(
            origin: OriginFor<T>,
            project: ProjectId,
            vintage: Option<Vintage>,
            quantity: Tonnes,
            from: OrganisationId,
            to: OrganisationId,
            reference: Option<Text<MAX_REFERENCE>>,
        ) -> DispatchResult {
            let (by, actor) = Self::ensure_officer(origin, Action::RequestTransfer)?;
            let asked = Asked { project, vintage, quantity, from, to, reference };
            Self::do_request_transfer(&actor, asked, by)
        }

        /// Transfers what was requested, out of the parts that the sender chooses.
        ///
        /// ## Dispatch Origin
        ///
        /// An officer who may [`Action::RequestTransfer`]: of the sender.
        ///
        /// ## Errors
        ///
        /// `NoParts`, `UnknownBlock`, `ZeroTonnes`, `NotEnoughInBlock`, `BlockNamedTwice`,
        /// `Overflow`, `TransfersPaused`, `UnknownRequest`, `NotTheSender`, `UnknownReceiver`,
        /// `ReceiverSuspended`, `InvalidReceiver`, `TransferToSelf`, `NotTheOwner`, `NotHeld`,
        /// `NotAsRequested`, and those of permission.
        ///
        /// ## Events
        ///
        /// `BlockSplit` for every part that is not a whole block, then `CreditsTransferred`.
        #[pallet::call_index(8)]
        #[pallet::weight(T::WeightInfo::approve_transfer(parts.len() as u32))]
        pub fn approve_transfer(
            origin: OriginFor<T>,
            request: RequestId,
            parts: Parts,
        ) -> DispatchResult {
            let (by, actor) = Self::ensure_officer(origin, Action::RequestTransfer)?;
            let (found, blocks) = Self::do_approve_transfer(request, actor.organisation, &parts)?;
            let TransferRequest { from, to, quantity, reference, .. } = found;
            let request = Some(request);
            Self::deposit_event(Event::CreditsTransferred {
                from,
                to,
                blocks,
                quantity,
                reference,
                request,
                by,
            });
            Ok(())
        }

        /// Says no to a requested transfer.
        ///
        /// ## Dispatch Origin
        ///
        /// An officer who may [`Action::RequestTransfer`]: of the sender.
        ///
        /// ## Errors
        ///
        /// `UnknownRequest`, `NotTheSender`, `InvalidText`, and those of permission.
        ///
        /// ## Events
        ///
        /// `TransferRejected`.
        #[pallet::call_index(9)]
        #[pallet::weight(T::WeightInfo::close_transfer_request())]
        pub fn reject_transfer(
            origin: OriginFor<T>,
            request: RequestId,
            reason: Text<MAX_REASON>,
        ) -> DispatchResult {
            let (by, actor) = Self::ensure_officer(origin, Action::RequestTransfer)?;
            ensure!(reason.is_valid(), Error::<T>::InvalidText);
            Self::do_reject_transfer(request, actor.organisation)?;
            Self::deposit_event(Event::TransferRejected { id: request, reason, by });
            Ok(())
        }

        /// Takes back a request for a transfer.
        ///
        /// ## Dispatch Origin
        ///
        /// An officer who may [`Action::RequestTransfer`]: of the initiator.
        ///
        /// ## Errors
        ///
        /// `UnknownRequest`, `NotTheInitiator`, and those of permission.
        ///
        /// ## Events
        ///
        /// `TransferRequestCancelled`.
        #[pallet::call_index(10)]
        #[pallet::weight(T::WeightInfo::close_transfer_request())]
        pub fn cancel_transfer_request(origin: OriginFor<T>, request: RequestId) -> DispatchResult {
            let (by, actor) = Self::ensure_officer(origin, Action::RequestTransfer)?;
            Self::do_cancel_transfer(request, actor.organisation)?;
            Self::deposit_event(Event::TransferRequestCancelled { id: request, by: Some(by) });
            Ok(())
        }

        /// Retires an organisation's credits by the Government's decision.
        ///
        /// ## Dispatch Origin
        ///
        /// An officer who may [`Action::RetireForTheState`].
        ///
        /// ## Details
        ///
        /// For `NdcUse`, `LegalAction` and `Other`; any quantity of what one organisation holds.
        ///
        /// ## Errors
        ///
        /// `NoParts`, `UnknownBlock`, `ZeroTonnes`, `NotEnoughInBlock`, `BlockNamedTwice`,
        /// `Overflow`, `TransfersPaused`, `WrongPurpose`, `InvalidText`, `MixedOwners`,
        /// `NotHeld`, `AlreadyFirstTransferred`, and those of permission.
        ///
        /// ## Events
        ///
        /// `BlockSplit` for every part that is not a whole block, then `CreditsRetired`.
        #[pallet::call_index(11)]
        #[pallet::weight(T::WeightInfo::retire(parts.len() as u32))]
        pub fn retire_for_the_state(
            origin: OriginFor<T>,
            parts: Parts,
            details: RetirementDetails,
        ) -> DispatchResult {
            let (by, _) = Self::ensure_officer(origin, Action::RetireForTheState)?;
            Self::ensure_not_paused()?;
            ensure!(details.purpose.is_the_states(), Error::<T>::WrongPurpose);
            ensure!(details.is_valid(), Error::<T>::InvalidText);
            let for_ndc = matches!(details.purpose, RetirementPurpose::NdcUse { .. });
            let (selected, quantity) = Self::select(&parts, |block| {
                ensure!(block.status == BlockStatus::Held, Error::NotHeld);
                ensure!(!(for_ndc && block.first_transferred), Error::AlreadyFirstTransferred);
                Ok(())
            })?;
            let owner = Self::owner_of(&selected)?;
            Self::do_retire(&selected, quantity, owner, details, by)
        }

        /// Cancels credits of one organisation, or of the buffer. Not a retirement: nobody used them.
        ///
        /// ## Dispatch Origin
        ///
        /// An officer who may [`Action::CancelCredits`].
        ///
        /// ## Details
        ///
        /// Excess issuance and reversal name the issuance that they correct. Also credits on hold can
        /// be cancelled, and while transfers are paused.
        ///
        /// ## Errors
        ///
        /// `NoParts`, `UnknownBlock`, `ZeroTonnes`, `NotEnoughInBlock`, `BlockNamedTwice`,
        /// `Overflow`, `InvalidText`, `NeverAlone`, `NotCancellable`, `MixedOwners`,
        /// `WrongCorrection`, and those of permission.
        ///
        /// ## Events
        ///
        /// `BlockSplit` for every part that is not a whole block, `CreditsFirstTransferred` if
        /// the cancellation is that, `CreditsCancelled`.
        #[pallet::call_index(12)]
        #[pallet::weight(T::WeightInfo::cancel(parts.len() as u32))]
        pub fn cancel(
            origin: OriginFor<T>,
            parts: Parts,
            reason: CancellationReason,
            corrects: Corrects,
            statement: Text<MAX_REASON>,
        ) -> DispatchResult {
            let (by, _) = Self::ensure_officer(origin, Action::CancelCredits)?;
            Self::do_cancel(&parts, reason, corrects, statement, by)
        }

        /// Puts credits on hold: nothing may be done with them until they are released.
        ///
        /// ## Dispatch Origin
        ///
        /// An officer who may [`Action::HoldCredits`].
        ///
        /// ## Errors
        ///
        /// `NoParts`, `UnknownBlock`, `ZeroTonnes`, `NotEnoughInBlock`, `BlockNamedTwice`,
        /// `Overflow`, `InvalidText`, `NotHeld`, and those of permission.
        ///
        /// ## Events
        ///
        /// `BlockSplit` for every part that is not a whole block, then `CreditsHeld`.
        #[pallet::call_index(13)]
        #[pallet::weight(T::WeightInfo::hold(parts.len() as u32))]
        pub fn hold(
            origin: OriginFor<T>,
            parts: Parts,
            reason: Text<MAX_REASON>,
        ) -> DispatchResult {
            let (by, _) = Self::ensure_officer(origin, Action::HoldCredits)?;
            ensure!(reason.is_valid(), Error::<T>::InvalidText);
            let (blocks, quantity) = Self::do_hold(&parts)?;
            Self::deposit_event(Event::CreditsHeld { blocks, quantity, reason, by });
            Ok(())
        }

        /// Releases credits from hold, also those that were issued to a suspended owner.
        ///
        /// ## Dispatch Origin
        ///
        /// An officer who may [`Action::ReleaseCredits`].
        ///
        /// ## Errors
        ///
        /// `NoParts`, `UnknownBlock`, `ZeroTonnes`, `NotEnoughInBlock`, `BlockNamedTwice`,
        /// `Overflow`, `NotOnHold`, and those of permission.
        ///
        /// ## Events
        ///
        /// `BlockSplit` for every part that is not a whole block, then `CreditsReleased`.
        #[pallet::call_index(14)]
        #[pallet::weight(T::WeightInfo::hold(parts.len() as u32))]
        pub fn release(origin: OriginFor<T>, parts: Parts) -> DispatchResult {
            let (by, _) = Self::ensure_officer(origin, Action::ReleaseCredits)?;
            let (blocks, quantity) = Self::do_release(&parts)?;
            Self::deposit_event(Event::CreditsReleased { blocks, quantity, by: Some(by) });
            Ok(())
        }

        /// Releases credits from the buffer to a proponent of the project that they come from.
        ///
        /// ## Dispatch Origin
        ///
        /// An officer who may [`Action::ReleaseCredits`].
        ///
        /// ## Errors
        ///
        /// `NoParts`, `UnknownBlock`, `ZeroTonnes`, `NotEnoughInBlock`, `BlockNamedTwice`,
        /// `Overflow`, `NotInBuffer`, `UnknownReceiver`, `ReceiverSuspended`, `UnknownProject`,
        /// `NotAProponent`, and those of permission.
        ///
        /// ## Events
        ///
        /// `BlockSplit` for every part that is not a whole block, then `BufferReleased`.
        #[pallet::call_index(15)]
        #[pallet::weight(T::WeightInfo::release_buffer(parts.len() as u32))]
        pub fn release_buffer(
            origin: OriginFor<T>,
            parts: Parts,
            to: OrganisationId,
        ) -> DispatchResult {
            let (by, _) = Self::ensure_officer(origin, Action::ReleaseCredits)?;
            let (blocks, quantity) = Self::do_release_buffer(&parts, to)?;
            Self::deposit_event(Event::BufferReleased { to, blocks, quantity, by });
            Ok(())
        }

        /// Pauses all transfers and retirements of the country, with a public reason.
        ///
        /// ## Dispatch Origin
        ///
        /// An officer who may [`Action::PauseTransfers`].
        ///
        /// ## Details
        ///
        /// What takes back, refuses, holds, releases or cancels goes on.
        ///
        /// ## Errors
        ///
        /// `InvalidText`, `AlreadyPaused`, and those of permission.
        ///
        /// ## Events
        ///
        /// `TransfersPaused`.
        #[pallet::call_index(16)]
        #[pallet::weight(T::WeightInfo::pause_transfers())]
        pub fn pause_transfers(origin: OriginFor<T>, reason: Text<MAX_REASON>) -> DispatchResult {
            let (by, _) = Self::ensure_officer(origin, Action::PauseTransfers)?;
            ensure!(reason.is_valid(), Error::<T>::InvalidText);
            ensure!(!Paused::<T>::exists(), Error::<T>::AlreadyPaused);
            Paused::<T>::put(Pause { reason: reason.clone(), since: T::Clock::now() });
            Self::deposit_event(Event::TransfersPaused { reason, by });
            Ok(())
        }

        /// Resumes transfers and retirements.
        ///
        /// ## Dispatch Origin
        ///
        /// An officer who may [`Action::PauseTransfers`].
        ///
        /// ## Errors
        ///
        /// `NotPaused`, and those of permission.
        ///
        /// ## Events
        ///
        /// `TransfersResumed`.
        #[pallet::call_index(17)]
        #[pallet::weight(T::WeightInfo::resume_transfers())]
        pub fn resume_transfers(origin: OriginFor<T>) -> DispatchResult {
            let (by, _) = Self::ensure_officer(origin, Action::PauseTransfers)?;
            ensure!(Paused::<T>::exists(), Error::<T>::NotPaused);
            Paused::<T>::kill();
            Self::deposit_event(Event::TransfersResumed { by });
            Ok(())
        }

        /// Sets what is deducted from international retirements that are recognised from now on.
        ///
        /// ## Dispatch Origin
        ///
        /// An officer who may [`Action::ChangeSettings`].
        ///
        /// ## Errors
        ///
        /// `InvalidDeductions`, and those of permission.
        ///
        /// ## Events
        ///
        /// `DeductionsSet`.
        #[pallet::call_index(18)]
        #[pallet::weight(T::WeightInfo::set_deductions())]
        pub fn set_deductions(origin: OriginFor<T>, deductions: Deductions) -> DispatchResult {
            let (by, _) = Self::ensure_officer(origin, Action::ChangeSettings)?;
            ensure!(deductions.is_valid(), Error::<T>::InvalidDeductions);
            DeductionRates::<T>::put(deductions);
            Self::deposit_event(Event::DeductionsSet { deductions, by });
            Ok(())
        }
    }

    #[pallet::view_functions]
    impl<T: Config> Pallet<T> {
        /// The block that starts at a serial number.
        pub fn block(start: SerialNumber) -> Option<Block> {
            Blocks::<T>::get(start)
        }

        /// An organisation's blocks whose first number is above `after`, whatever their status: at
        /// most `limit` of them and never more than 256, by their first number.
        pub fn holdings(
            organisation: OrganisationId,
            after: SerialNumber,
            limit: u32,
        ) -> Vec<(SerialRange, Block)> {
            let mut starts: Vec<_> = BlocksOfOwner::<T>::iter_key_prefix(organisation)
                .filter(|start| *start > after)
                .collect();
            starts.sort_unstable();
            let blocks = starts.into_iter().filter_map(|start| {
                Blocks::<T>::get(start).map(|block| (block.range(start), block))
            });
            blocks.take(limit.min(256) as usize).collect()
        }

        /// Tonnes of a project by vintage, and their sum.
        pub fn project_totals(project: ProjectId) -> (Vec<(Vintage, Totals)>, Totals) {
            let mut vintages: Vec<_> = TotalsOfVintage::<T>::iter_prefix(project).collect();
            vintages.sort_unstable_by_key(|(vintage, _)| *vintage);
            let sum = vintages.iter().try_fold(Totals::default(), |sum, (_, totals)| {
                // Never above the national totals, which are counted.
                sum.checked_add(totals)
            });
            (vintages, sum.unwrap_or_default())
        }

        /// Tonnes of the nation, and in the country's accounts.
        pub fn national_totals() -> (Totals, CountryAccounts) {
            (NationalTotals::<T>::get(), Accounts::<T>::get())
        }

        /// A retirement.
        pub fn retirement(id: RetirementId) -> Option<Retirement> {
            Retirements::<T>::get(id)
        }

        /// A cancellation.
        pub fn cancellation(id: CancellationId) -> Option<Cancellation> {
            Cancellations::<T>::get(id)
        }

        /// Why transfers and retirements are paused, if they are; and what is deducted from
        /// international retirements.
        pub fn settings() -> (Option<Pause>, Deductions) {
            (Paused::<T>::get(), DeductionRates::<T>::get())
        }

        /// Requests that wait for an organisation or that it waits for: for transfers, and for
        /// international retirements.
        pub fn requests(
            organisation: OrganisationId,
        ) -> (Numbered<TransferRequest>, Numbered<RetirementRequest>) {
            let transfers = RequestsFrom::<T>::get(organisation)
                .into_iter()
                .chain(RequestsTo::<T>::get(organisation))
                .filter_map(|id| TransferRequests::<T>::get(id).map(|request| (id, request)));
            let retirements = RetirementRequestsOf::<T>::get(organisation)
                .into_iter()
                .filter_map(|id| RetirementRequests::<T>::get(id).map(|request| (id, request)));
            (transfers.collect(), retirements.collect())
        }

        /// What an account may do with a block now.
        pub fn may(account: T::AccountId, start: SerialNumber) -> Vec<Action> {
            Self::actions_on_block(&account, start)
        }
    }
}
