// SPDX-License-Identifier: Apache-2.0
#![doc = include_str!("../README.md")]
#![cfg_attr(not(feature = "std"), no_std)]
#![deny(missing_docs)]

extern crate alloc;

mod agreement;
#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
mod calls;
#[cfg(test)]
mod mock;
mod proposals;
#[cfg(test)]
mod tests;
mod try_state;
pub mod weights;

pub use agreement::RawOrigin;
#[cfg(feature = "runtime-benchmarks")]
pub use benchmarking::BenchmarkHelper;
pub use calls::ActionOf;
pub use pallet::*;
pub use weights::WeightInfo;

#[frame_support::pallet]
pub mod pallet {
    use crate::{calls::CallOf, ActionOf, WeightInfo};
    use alloc::{boxed::Box, vec::Vec};
    use frame_support::{
        dispatch::{GetDispatchInfo, PostDispatchInfo, WithPostDispatchInfo},
        pallet_prelude::*,
        traits::IsSubType,
    };
    use frame_system::pallet_prelude::*;
    use registry_primitives::{
        approval::{
            Approvers, CallBytes, Proposal, MAX_APPROVERS, MAX_EXPIRING, MAX_OPEN_PROPOSALS,
        },
        Action, ActionClass, BlockNumber, MayAct, OrganisationId, ProposalId, Refusal,
    };
    use sp_runtime::{traits::Dispatchable, SaturatedConversion};

    /// First storage version.
    const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

    #[pallet::pallet]
    #[pallet::storage_version(STORAGE_VERSION)]
    pub struct Pallet<T>(_);

    #[pallet::config]
    pub trait Config: frame_system::Config<
        RuntimeEvent: From<Event<Self>>,
        RuntimeOrigin: From<Origin<Self>>
                           + Into<Result<Origin<Self>, <Self as frame_system::Config>::RuntimeOrigin>>,
        RuntimeCall: Dispatchable<PostInfo = PostDispatchInfo>
                         + GetDispatchInfo
                         + From<Call<Self>>
                         + IsSubType<Call<Self>>,
    >
    {
        /// What each call of the runtime does.
        type Actions: ActionOf<<Self as frame_system::Config>::RuntimeCall>;
        /// Who may act.
        type Members: MayAct<Self::AccountId>;
        /// The heaviest call that can be proposed: the last approval has to carry it.
        #[pallet::constant]
        type MaxCallWeight: Get<Weight>;
        /// How many blocks a proposal waits.
        #[pallet::constant]
        type Lifetime: Get<BlockNumber>;
        /// Weights of the calls.
        type WeightInfo: WeightInfo;
        /// Officers and calls to measure with.
        #[cfg(feature = "runtime-benchmarks")]
        type BenchmarkHelper: crate::BenchmarkHelper<
            Self::AccountId,
            <Self as frame_system::Config>::RuntimeCall,
        >;
    }

    /// Enough officers of one organisation have agreed to a call.
    #[pallet::origin]
    pub type Origin<T> = crate::RawOrigin<<T as frame_system::Config>::AccountId>;

    /// How many officers must agree, by class of action; one where nothing is set.
    /// `Twox64Concat`: six values, chosen by us.
    #[pallet::storage]
    pub type Thresholds<T> = StorageMap<_, Twox64Concat, ActionClass, u32, ValueQuery, ConstU32<1>>;

    /// The number of the last proposal.
    #[pallet::storage]
    pub type LastProposalId<T> = StorageValue<_, ProposalId, ValueQuery>;

    /// The proposals that wait. `Twox64Concat`: the numbers are ours and sequential.
    #[pallet::storage]
    pub type Proposals<T: Config> = StorageMap<_, Twox64Concat, ProposalId, Proposal<T::AccountId>>;

    /// The waiting proposals of each organisation. `Twox64Concat`: the numbers are ours and
    /// sequential.
    #[pallet::storage]
    pub type OpenProposals<T> = StorageMap<
        _,
        Twox64Concat,
        OrganisationId,
        BoundedVec<ProposalId, ConstU32<MAX_OPEN_PROPOSALS>>,
        ValueQuery,
    >;

    /// The proposals that a block removes. `Twox64Concat`: nobody chooses the block.
    #[pallet::storage]
    pub type Expiring<T> = StorageMap<
        _,
        Twox64Concat,
        BlockNumber,
        BoundedVec<ProposalId, ConstU32<MAX_EXPIRING>>,
        ValueQuery,
    >;

    /// How many officers must agree from the first block on.
    #[pallet::genesis_config]
    #[derive(frame_support::DefaultNoBound)]
    pub struct GenesisConfig<T: Config> {
        /// By class of action, 1 to 16; one for those that are not listed.
        pub thresholds: Vec<(ActionClass, u32)>,
        /// Nothing; the pallet's types hang on it.
        #[serde(skip)]
        pub _config: PhantomData<T>,
    }

    #[pallet::genesis_build]
    impl<T: Config> BuildGenesisConfig for GenesisConfig<T> {
        fn build(&self) {
            for (class, officers) in &self.thresholds {
                // A chain specification that cannot be right must not start a chain.
                assert!(
                    (1..=MAX_APPROVERS).contains(officers),
                    "{class}: between 1 and {MAX_APPROVERS} officers must agree, not {officers}"
                );
                Thresholds::<T>::insert(class, officers);
            }
        }
    }

    #[pallet::event]
    #[pallet::generate_deposit(pub(crate) fn deposit_event)]
    pub enum Event<T: Config> {
        /// A call was proposed. Where one officer is enough, it was executed at once.
        Proposed {
            /// Number of the proposal.
            id: ProposalId,
            /// The organisation that acts.
            organisation: OrganisationId,
            /// What the call does.
            action: Action,
            /// The call, encoded.
            call: CallBytes,
            /// The officer who proposed it.
            by: T::AccountId,
            /// How many officers must agree, as things stand.
            required: u32,
            /// The block that removes it, if it still waits then.
            expires_at: BlockNumber,
        },
        /// A proposal was approved.
        Approved {
            /// Number of the proposal.
            id: ProposalId,
            /// The officer who approved it.
            by: T::AccountId,
            /// How many approvals count now, this one among them.
            valid: u32,
            /// How many must, as things stand.
            required: u32,
        },
        /// An approval no longer counts: its officer may no longer do this for the organisation.
        ApprovalLapsed {
            /// Number of the proposal.
            id: ProposalId,
            /// The officer who had approved it.
            officer: T::AccountId,
        },
        /// Enough officers had agreed: the call was made and the proposal is closed.
        Executed {
            /// Number of the proposal.
            id: ProposalId,
            /// Who agreed, in order.
            officers: Approvers<T::AccountId>,
            /// What became of the call. One that failed has changed nothing.
            result: DispatchResult,
        },
        /// A proposal was taken back.
        Withdrawn {
            /// Number of the proposal.
            id: ProposalId,
            /// The officer who had proposed it.
            by: T::AccountId,
        },
        /// A proposal waited too long and was removed.
        Expired {
            /// Number of the proposal.
            id: ProposalId,
        },
        /// It was set how many officers must agree.
        ThresholdSet {
            /// To actions of which class.
            class: ActionClass,
            /// How many.
            officers: u32,
            /// The officer who set it, or who proposed to.
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
        /// The signer's role does not allow this.
        NotPermitted,
        /// More officers must agree: propose it.
        ApprovalsNeeded,
        /// One officer is always enough for this call, or it is not an officer's.
        NotProposable,
        /// The call is heavier than the last approval can carry.
        TooHeavy,
        /// The encoded call is longer than 32 KiB.
        TooLong,
        /// No proposal with this number waits.
        UnknownProposal,
        /// The proposal is another organisation's.
        OtherOrganisation,
        /// The officer has approved this proposal.
        AlreadyApproved,
        /// Only who proposed it takes it back.
        NotTheProposer,
        /// 64 proposals of the organisation wait already.
        TooManyProposals,
        /// 32 proposals were made in this block already: propose it in the next.
        TooManyInBlock,
        /// Between 1 and 16 officers can be asked to agree.
        InvalidThreshold,
        /// Since an upgrade of the runtime the proposed call is no longer what it was: propose it
        /// again.
        CallChanged,
        /// No numbers are left; four billion proposals were made.
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
        fn on_initialize(now: BlockNumberFor<T>) -> Weight {
            T::WeightInfo::expire(Self::expire(now.saturated_into()))
        }

        fn integrity_test() {
            assert!(T::Lifetime::get() > 0, "a proposal must outlive its block");
            let normal = T::BlockWeights::get().get(DispatchClass::Normal).max_extrinsic;
            let heaviest = T::WeightInfo::approve().saturating_add(T::MaxCallWeight::get());
            assert!(
                normal.is_none_or(|most| heaviest.all_lte(most)),
                "the last approval of the heaviest call must fit into a block"
            );
        }

        #[cfg(feature = "try-runtime")]
        fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
            Self::do_try_state()
        }
    }

    #[pallet::call]
    impl<T: Config> Pallet<T> {
        /// Proposes a call to the other officers of the organisation, or makes it at once where
        /// one officer is enough.
        ///
        /// ## Dispatch Origin
        ///
        /// An officer who may do what the call does. An approved call cannot propose.
        ///
        /// ## Details
        ///
        /// The proposer's is the first approval. How many are needed is counted anew at every
        /// approval. Made at once, a call that fails fails the proposal: nothing is recorded.
        /// Weighs as much as the heaviest call; what is not used is given back.
        ///
        /// ## Errors
        ///
        /// `NotProposable`, `TooHeavy`, `TooLong`, `InvalidThreshold` (of a proposed
        /// `set_threshold`), `TooManyProposals`, `TooManyInBlock`, `NumbersExhausted`, those of
        /// the call itself if it is made at once, and those of permission.
        ///
        /// ## Events
        ///
        /// `Proposed`; if the call is made at once, what it deposits and `Executed`.
        #[pallet::call_index(0)]
        #[pallet::weight(T::WeightInfo::propose().saturating_add(T::MaxCallWeight::get()))]
        pub fn propose(origin: OriginFor<T>, call: Box<CallOf<T>>) -> DispatchResultWithPostInfo {
            let own = T::WeightInfo::propose();
            let proposed = Self::signer(origin)
                .and_then(|by| Self::do_propose(by, *call))
                .map_err(|error| error.with_weight(own))?;
            let Some(agreed) = proposed else { return Ok(Some(own).into()) };
            let (weight, result) = Self::execute(agreed);
            let weight = own.saturating_add(weight);
            result.map_err(|error| error.with_weight(weight))?;
            Ok(Some(weight).into())
        }

        /// Approves a proposal; the last approval that is needed makes its call.
        ///
        /// ## Dispatch Origin
        ///
        /// Another officer of the same organisation who may do what the call does.
        ///
        /// ## Details
        ///
        /// Counts anew: approvals of officers who are no longer members of the organisation, whose
        /// role no longer permits the action, or whose organisation is suspended lapse. The call
        /// is made in the name of all officers who agree. If it fails, it changes nothing, the
        /// proposal is closed and the approval itself succeeds.
        /// Weighs as much as the heaviest call; what is not used is given back.
        ///
        /// ## Errors
        ///
        /// `UnknownProposal`, `OtherOrganisation`, `AlreadyApproved`, `CallChanged`, `TooHeavy`
        /// (since an upgrade), and those of permission.
        ///
        /// ## Events
        ///
        /// `ApprovalLapsed` for each that no longer counts, and `Approved`; with the last, what
        /// the call deposits and `Executed`.
        #[pallet::call_index(1)]
        #[pallet::weight(T::WeightInfo::approve().saturating_add(T::MaxCallWeight::get()))]
        pub fn approve(origin: OriginFor<T>, id: ProposalId) -> DispatchResultWithPostInfo {
            let own = T::WeightInfo::approve();
            let approved = Self::signer(origin)
                .and_then(|by| Self::do_approve(id, by))
                .map_err(|error| error.with_weight(own))?;
            let Some(agreed) = approved else { return Ok(Some(own).into()) };
            // The result is in the event: the approval stands whatever becomes of the call.
            let (weight, _) = Self::execute(agreed);
            Ok(Some(own.saturating_add(weight)).into())
        }

        /// Takes a proposal back.
        ///
        /// ## Dispatch Origin
        ///
        /// The officer who proposed it, while they may do what the call does.
        ///
        /// ## Errors
        ///
        /// `UnknownProposal`, `OtherOrganisation`, `NotTheProposer`, and those of permission.
        ///
        /// ## Events
        ///
        /// `Withdrawn`.
        #[pallet::call_index(2)]
        #[pallet::weight(T::WeightInfo::withdraw())]
        pub fn withdraw(origin: OriginFor<T>, id: ProposalId) -> DispatchResult {
            let by = Self::signer(origin)?;
            Self::do_withdraw(id, &by)?;
            Self::deposit_event(Event::Withdrawn { id, by });
            Ok(())
        }

        /// Sets how many officers must agree to actions of a class.
        ///
        /// ## Dispatch Origin
        ///
        /// Officers who may [`Action::ChangeSettings`], as many as the settings ask for, the class
        /// asks for now, and it will ask for. One alone can therefore only confirm that one is
        /// enough.
        ///
        /// ## Details
        ///
        /// Who raises the number shows with the change itself that there are so many officers:
        /// nobody can lock the registry out. It holds for waiting proposals too, from their next
        /// approval on.
        ///
        /// ## Errors
        ///
        /// `InvalidThreshold`, `ApprovalsNeeded`, and those of permission.
        ///
        /// ## Events
        ///
        /// `ThresholdSet`.
        #[pallet::call_index(3)]
        #[pallet::weight(T::WeightInfo::set_threshold())]
        pub fn set_threshold(
            origin: OriginFor<T>,
            class: ActionClass,
            officers: u32,
        ) -> DispatchResult {
            Self::ensure_threshold(officers)?;
            let required = Self::required_to_set(class, officers);
            let (by, _) =
                Self::agreed(origin, Action::ChangeSettings, required).map_err(Error::<T>::from)?;
            Thresholds::<T>::insert(class, officers);
            Self::deposit_event(Event::ThresholdSet { class, officers, by });
            Ok(())
        }
    }

    #[pallet::view_functions]
    impl<T: Config> Pallet<T> {
        /// A proposal that waits.
        pub fn proposal(id: ProposalId) -> Option<Proposal<T::AccountId>> {
            Proposals::<T>::get(id)
        }

        /// Numbers of the proposals of an organisation that wait, the oldest first; at most 64.
        pub fn proposals_of(organisation: OrganisationId) -> Vec<ProposalId> {
            OpenProposals::<T>::get(organisation).into_inner()
        }

        /// How many officers must agree to actions of a class.
        pub fn required(class: ActionClass) -> u32 {
            Thresholds::<T>::get(class)
        }
    }
}
