// SPDX-License-Identifier: Apache-2.0
#![doc = include_str!("../README.md")]
#![cfg_attr(not(feature = "std"), no_std)]
#![deny(missing_docs)]

extern crate alloc;

#[cfg(feature = "runtime-benchmarks")]
pub mod benchmarking;
mod cases;
#[cfg(test)]
mod mock;
mod observing;
mod operators;
pub mod platform;
mod rounds;
mod settlement;
#[cfg(test)]
mod tests;
mod try_state;
mod types;
pub mod weights;
pub mod worker;

#[cfg(feature = "runtime-benchmarks")]
pub use benchmarking::BenchmarkHelper;
pub use pallet::*;
pub use settlement::{Readiness, Registry};
pub use types::*;
pub use weights::WeightInfo;

/// The keys that operators sign their reports with.
pub mod key {
    use sp_runtime::{app_crypto::app_crypto, KeyTypeId};

    /// The kind of key, as the keystore names it.
    pub const KEY_TYPE: KeyTypeId = KeyTypeId(*b"itmo");

    mod sr25519 {
        use super::*;
        use sp_runtime::app_crypto::sr25519;
        app_crypto!(sr25519, KEY_TYPE);
    }

    /// A bridge key.
    pub type BridgeId = sr25519::Public;
    /// A signature with one.
    pub type BridgeSignature = sr25519::Signature;
}

pub use key::{BridgeId, BridgeSignature};

/// Whether an account is an appointed validator. Wired by the runtime.
pub trait IsValidator<AccountId> {
    /// Whether it is.
    fn is_validator(who: &AccountId) -> bool;
}

#[frame_support::pallet]
pub mod pallet {
    use super::*;
    use alloc::vec::Vec;
    use frame_support::pallet_prelude::*;
    use frame_system::{offchain::CreateAuthorizedTransaction, pallet_prelude::*};
    use registry_primitives::{
        itmo::{BridgeSettings, EventKey, Facts, ReadFailure, Report, MAX_OPERATORS, MAX_SECTOR},
        organisation::{MAX_NAME, MAX_REASON},
        project::MAX_EXTERNAL_ID,
        Action, BlockNumber, ContentHash, MayAct, Officers, OrganisationId, ProjectId, Refusal,
        Text,
    };

    /// First storage version.
    const STORAGE_VERSION: StorageVersion = StorageVersion::new(1);

    #[pallet::pallet]
    #[pallet::storage_version(STORAGE_VERSION)]
    pub struct Pallet<T>(_);

    #[pallet::config]
    pub trait Config:
        frame_system::Config<RuntimeEvent: From<Event<Self>>>
        + CreateAuthorizedTransaction<Call<Self>>
    {
        /// Who signs for an organisation: an officer, alone or after four eyes have agreed.
        type Officers: Officers<Self::RuntimeOrigin, Self::AccountId>;
        /// What is known of organisations and accounts.
        type Members: MayAct<Self::AccountId>;
        /// Who lists operators: the council, acting as Root.
        type CouncilOrigin: EnsureOrigin<Self::RuntimeOrigin>;
        /// Who may be an operator.
        type Validators: IsValidator<Self::AccountId>;
        /// What the bridge does in the registry.
        type Registry: Registry;
        /// Weights of the calls.
        type WeightInfo: WeightInfo;
        /// What the benchmarks need from other pallets.
        #[cfg(feature = "runtime-benchmarks")]
        type BenchmarkHelper: BenchmarkHelper<Self::AccountId>;
    }

    /// The operators, in the order in which they were listed.
    #[pallet::storage]
    pub type Operators<T: Config> =
        StorageValue<_, BoundedVec<Operator<T::AccountId>, ConstU32<MAX_OPERATORS>>, ValueQuery>;

    /// What is known of each operator's work. `Blake2_128Concat`: accounts are chosen by users.
    #[pallet::storage]
    pub type Records<T: Config> =
        StorageMap<_, Blake2_128Concat, T::AccountId, OperatorRecord, ValueQuery>;

    /// How the bridge works.
    #[pallet::storage]
    pub type Settings<T> = StorageValue<_, BridgeSettings, ValueQuery>;

    /// Why no rounds are held, if none are.
    #[pallet::storage]
    pub type Paused<T> = StorageValue<_, Text<MAX_REASON>>;

    /// The number of the last round.
    #[pallet::storage]
    pub type LastRound<T> = StorageValue<_, u32, ValueQuery>;

    /// The round that is held.
    #[pallet::storage]
    pub type CurrentRound<T: Config> = StorageValue<_, Round<T::AccountId>>;

    /// The block in which the next round starts, if none is held.
    #[pallet::storage]
    pub type NextRoundAt<T> = StorageValue<_, BlockNumber, ValueQuery>;

    /// How far each operator is in the round that is held. `Blake2_128Concat`: accounts are chosen
    /// by users.
    #[pallet::storage]
    pub type Reading<T: Config> = StorageMap<_, Blake2_128Concat, T::AccountId, Reports>;

    /// What was observed in the round that is held, and is not agreed on. `Blake2_128Concat`: the
    /// platform chooses the key.
    #[pallet::storage]
    pub type Ballots<T: Config> =
        CountedStorageMap<_, Blake2_128Concat, EventKey, Ballot<T::AccountId>>;

    /// What is decided, once and for ever. `Blake2_128Concat`: the platform chooses the key.
    #[pallet::storage]
    pub type Settled<T> = StorageMap<_, Blake2_128Concat, EventKey, Settlement>;

    /// Monitoring reports that wait until credits can be issued. `Blake2_128Concat`: the platform
    /// chooses the key.
    #[pallet::storage]
    pub type Waiting<T> = StorageMap<_, Blake2_128Concat, EventKey, ()>;

    /// Where the look at those that wait goes on.
    #[pallet::storage]
    pub type WaitingFrom<T> = StorageValue<_, EventKey>;

    /// The organisation of each company. `Blake2_128Concat`: the platform chooses the key.
    #[pallet::storage]
    pub type Companies<T> = StorageMap<_, Blake2_128Concat, Text<MAX_NAME>, OrganisationId>;

    /// The number of the last case.
    #[pallet::storage]
    pub type LastCaseId<T> = StorageValue<_, CaseId, ValueQuery>;

    /// The cases, for ever. `Twox64Concat`: the numbers are ours and sequential.
    #[pallet::storage]
    pub type Cases<T: Config> = StorageMap<_, Twox64Concat, CaseId, Case<T::AccountId>>;

    /// The case of an event that is open. `Blake2_128Concat`: the platform chooses the key.
    #[pallet::storage]
    pub type OpenCases<T> = StorageMap<_, Blake2_128Concat, EventKey, CaseId>;

    /// The first operators and settings.
    #[pallet::genesis_config]
    #[derive(frame_support::DefaultNoBound)]
    pub struct GenesisConfig<T: Config> {
        /// Validators and their bridge keys.
        pub operators: Vec<(T::AccountId, BridgeId)>,
        /// How the bridge works, if not as usual.
        pub settings: Option<BridgeSettings>,
    }

    #[pallet::genesis_build]
    impl<T: Config> BuildGenesisConfig for GenesisConfig<T> {
        fn build(&self) {
            for (account, key) in &self.operators {
                Pallet::<T>::enlist(account, key)
                    .expect("genesis: at most 100 operators, each account and each key once");
            }
            if let Some(settings) = &self.settings {
                assert!(are_possible(settings), "genesis: the bridge's settings are possible");
                Settings::<T>::put(settings);
            }
        }
    }

    #[pallet::event]
    #[pallet::generate_deposit(pub(crate) fn deposit_event)]
    pub enum Event<T: Config> {
        /// A validator became an operator of the bridge.
        OperatorAdded {
            /// Its account.
            account: T::AccountId,
            /// The key that it signs reports with.
            key: BridgeId,
        },
        /// An operator was taken off the list.
        OperatorRemoved {
            /// Its account.
            account: T::AccountId,
            /// Why.
            reason: Text<MAX_REASON>,
        },
        /// An officer asked for a round.
        RoundRequested {
            /// The officer.
            by: T::AccountId,
        },
        /// A round began.
        RoundOpened {
            /// Its number.
            round: u32,
            /// The block in which it closes at the latest.
            closes_at: BlockNumber,
            /// Who reports in it.
            operators: BoundedVec<T::AccountId, ConstU32<MAX_OPERATORS>>,
        },
        /// An operator reported that it cannot read the platform for the time being.
        ReadingFailed {
            /// The round.
            round: u32,
            /// The operator.
            operator: T::AccountId,
            /// Why.
            failure: ReadFailure,
        },
        /// An operator has read all.
        ReadingCompleted {
            /// The round.
            round: u32,
            /// The operator.
            operator: T::AccountId,
            /// What it observed in the round.
            observations: u32,
            /// Projects that it could not understand.
            unreadable: u32,
            /// Whether there was more than fits into a round.
            more: bool,
        },
        /// Enough operators have seen the same.
        EventAgreed {
            /// The round.
            round: u32,
            /// What they have seen.
            key: EventKey,
            /// The facts.
            facts: Facts,
            /// The hash of what they have seen: the evidence.
            hash: ContentHash,
            /// Everybody's observation, those that differ among them.
            observed: Ballot<T::AccountId>,
        },
        /// An operator reported something else than what was agreed on before.
        ObservationContradicted {
            /// The round.
            round: u32,
            /// The operator.
            operator: T::AccountId,
            /// What was agreed on.
            key: EventKey,
            /// The hash of what the operator has seen.
            hash: ContentHash,
        },
        /// An organisation was found or created for a company.
        CompanyLinked {
            /// The company.
            company: Text<MAX_NAME>,
            /// The organisation.
            organisation: OrganisationId,
            /// Whether the bridge created it.
            created: bool,
            /// The officer who linked them, if one did.
            by: Option<T::AccountId>,
        },
        /// A project of the platform was registered.
        ProjectTakenOver {
            /// What was agreed on.
            key: EventKey,
            /// The project.
            project: ProjectId,
            /// The organisation whose project it is.
            organisation: OrganisationId,
            /// The platform's word for a sector that is not in the table.
            unknown_sector: Option<Text<MAX_SECTOR>>,
        },
        /// A monitoring report waits until credits can be issued.
        IssuanceWaits {
            /// What was agreed on.
            key: EventKey,
        },
        /// Credits were issued for a monitoring report on the platform.
        IssuanceTakenOver {
            /// What was agreed on.
            key: EventKey,
            /// The project.
            project: ProjectId,
        },
        /// Something is for the Government to decide.
        CaseOpened {
            /// Its number.
            case: CaseId,
            /// What it is about.
            key: EventKey,
            /// The round.
            round: u32,
            /// Why.
            cause: Cause<T::AccountId>,
        },
        /// A case is closed.
        CaseClosed {
            /// Its number.
            case: CaseId,
            /// What it was about.
            key: EventKey,
            /// How it ended.
            closure: Closure,
            /// The officer who decided, if one did.
            by: Option<T::AccountId>,
            /// The public reason of a dismissal.
            reason: Option<Text<MAX_REASON>>,
        },
        /// A round ended.
        RoundClosed {
            /// Its number.
            round: u32,
            /// How many operators have read all.
            complete: u32,
            /// The operators that have not.
            silent: BoundedVec<T::AccountId, ConstU32<MAX_OPERATORS>>,
            /// The block in which the next round starts.
            next: BlockNumber,
        },
        /// No rounds are held from now on.
        BridgePaused {
            /// The public reason.
            reason: Text<MAX_REASON>,
            /// The officer.
            by: T::AccountId,
        },
        /// Rounds are held again.
        BridgeResumed {
            /// The officer.
            by: T::AccountId,
        },
        /// The bridge works otherwise from now on.
        BridgeSettingsChanged {
            /// How.
            settings: BridgeSettings,
            /// The officer.
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
        /// The account is not an appointed validator.
        NotAValidator,
        /// The account is an operator already.
        AlreadyAnOperator,
        /// The account is not an operator.
        NotAnOperator,
        /// Another operator has this key.
        KeyTaken,
        /// There are 100 operators.
        TooManyOperators,
        /// There are no operators.
        NoOperators,
        /// A round is held already.
        RoundIsOpen,
        /// No rounds are held: resume the bridge first.
        BridgeIsPaused,
        /// It is like this already.
        Unchanged,
        /// A text is empty, not UTF-8, padded with white space or has invisible characters.
        InvalidText,
        /// Quantities are 1 to 2^53 - 1, credits no more than the estimate; a round lasts from 10
        /// blocks to the start of the next, which is a year away at most.
        InvalidSettings,
        /// There is no open case with this number.
        UnknownCase,
        /// There was no agreement that could be tried again: ask for a round, or dismiss it.
        NothingAgreed,
        /// No organisation with this number, or one that owns no projects.
        InvalidOrganisation,
        /// An organisation has the company's name as its tax identifier, and another name: link the
        /// company to an organisation.
        CompanyNameTaken,
        /// The project would end after the years of the registry.
        InvalidPeriod,
        /// The project's authorisation was dismissed.
        ProjectDismissed,
        /// The project has ended, so that no credits are issued for it.
        ProjectEnded,
        /// The transaction was not authorised by a bridge key.
        NotAuthorised,
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
        fn on_initialize(_: BlockNumberFor<T>) -> Weight {
            Self::step_rounds()
        }

        fn on_idle(_: BlockNumberFor<T>, remaining: Weight) -> Weight {
            Self::look_at_waiting(remaining)
        }

        /// Reads the platform, on the nodes of operators.
        fn offchain_worker(_: BlockNumberFor<T>) {
            Self::read_platform();
        }

        #[cfg(feature = "try-runtime")]
        fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
            Self::do_try_state()
        }
    }

    #[pallet::call]
    impl<T: Config> Pallet<T> {
        /// Hands in what an operator has seen on the platform.
        ///
        /// ## Dispatch Origin
        ///
        /// Nobody's account: an operator of the round that is held signs with its bridge key, which
        /// is checked before the transaction is taken.
        ///
        /// ## Details
        ///
        /// Parts come in order, each once. What is settled already is not counted; a hash that
        /// differs from the settled one is noted. The last observation that is needed makes the
        /// registry act; what a check refuses becomes a case.
        ///
        /// ## Errors
        ///
        /// `NotAuthorised`.
        ///
        /// ## Events
        ///
        /// `EventAgreed`, `ObservationContradicted`, `CompanyLinked`, `ProjectTakenOver`,
        /// `IssuanceWaits`, `IssuanceTakenOver`, `CaseOpened`, `CaseClosed` and those of the registry;
        /// `ReadingFailed` or `ReadingCompleted`.
        #[pallet::call_index(0)]
        #[pallet::weight((
            T::WeightInfo::observe(report.observations.len() as u32),
            DispatchClass::Operational,
        ))]
        #[pallet::authorize(|source, operator, report, signature| {
            Pallet::<T>::authorise_report(source, operator, report, signature)
        })]
        #[pallet::weight_of_authorize(T::WeightInfo::authorise_report())]
        pub fn observe(
            origin: OriginFor<T>,
            operator: T::AccountId,
            report: Report,
            signature: BridgeSignature,
        ) -> DispatchResult {
            ensure_authorized(origin).map_err(|_| Error::<T>::NotAuthorised)?;
            // Checked when the transaction was authorised.
            let _ = signature;
            Self::do_observe(&operator, report)
        }

        /// Asks for a round now.
        ///
        /// ## Dispatch Origin
        ///
        /// An officer who may [`Action::OperateBridge`].
        ///
        /// ## Errors
        ///
        /// `BridgeIsPaused`, `RoundIsOpen`, `NoOperators`, and those of permission.
        ///
        /// ## Events
        ///
        /// `RoundRequested`; `RoundOpened` in the next block.
        #[pallet::call_index(1)]
        #[pallet::weight(T::WeightInfo::request_round())]
        pub fn request_round(origin: OriginFor<T>) -> DispatchResult {
            let by = Self::ensure_officer(origin, Action::OperateBridge)?;
            Self::do_request_round()?;
            Self::deposit_event(Event::RoundRequested { by });
            Ok(())
        }

        /// Tries again what was agreed on and refused.
        ///
        /// ## Dispatch Origin
        ///
        /// An officer who may [`Action::OperateBridge`].
        ///
        /// ## Details
        ///
        /// The operators have agreed; the officer only says that what stood in the way may be gone.
        ///
        /// ## Errors
        ///
        /// `UnknownCase`, `NothingAgreed`, `CompanyNameTaken`, `InvalidOrganisation`,
        /// `InvalidPeriod`, `ProjectDismissed`, `ProjectEnded`, those of the registry's other pallets
        /// that refuse it again, and those of permission.
        ///
        /// ## Events
        ///
        /// `CaseClosed`, and those of what is done.
        #[pallet::call_index(2)]
        #[pallet::weight(T::WeightInfo::retry_case())]
        pub fn retry_case(origin: OriginFor<T>, case: CaseId) -> DispatchResult {
            let by = Self::ensure_officer(origin, Action::OperateBridge)?;
            Self::do_retry(case, by)
        }

        /// Closes a case so that the event is never acted on.
        ///
        /// ## Dispatch Origin
        ///
        /// An officer who may [`Action::OperateBridge`].
        ///
        /// ## Errors
        ///
        /// `UnknownCase`, `InvalidText`, and those of permission.
        ///
        /// ## Events
        ///
        /// `CaseClosed`.
        #[pallet::call_index(3)]
        #[pallet::weight(T::WeightInfo::dismiss_case())]
        pub fn dismiss_case(
            origin: OriginFor<T>,
            case: CaseId,
            reason: Text<MAX_REASON>,
        ) -> DispatchResult {
            let by = Self::ensure_officer(origin, Action::OperateBridge)?;
            Self::do_dismiss(case, by, reason)
        }

        /// Says which organisation a company of the platform is.
        ///
        /// ## Dispatch Origin
        ///
        /// An officer who may [`Action::OperateBridge`].
        ///
        /// ## Details
        ///
        /// Of projects that are taken over from now on; others keep their proponents.
        ///
        /// ## Errors
        ///
        /// `InvalidText`, `InvalidOrganisation`, `Unchanged`, and those of permission.
        ///
        /// ## Events
        ///
        /// `CompanyLinked`.
        #[pallet::call_index(4)]
        #[pallet::weight(T::WeightInfo::link_company())]
        pub fn link_company(
            origin: OriginFor<T>,
            company: Text<MAX_NAME>,
            organisation: OrganisationId,
        ) -> DispatchResult {
            let by = Self::ensure_officer(origin, Action::OperateBridge)?;
            Self::do_link(&company, organisation)?;
            let (created, by) = (false, Some(by));
            Self::deposit_event(Event::CompanyLinked { company, organisation, created, by });
            Ok(())
        }

        /// Holds no rounds from now on. One that is held ends without further reports.
        ///
        /// ## Dispatch Origin
        ///
        /// An officer who may [`Action::OperateBridge`].
        ///
        /// ## Details
        ///
        /// What was agreed on and waits for an authorisation is issued with it all the same. Who has
        /// not read all is not counted as silent.
        ///
        /// ## Errors
        ///
        /// `InvalidText`, `Unchanged`, and those of permission.
        ///
        /// ## Events
        ///
        /// `BridgePaused`.
        #[pallet::call_index(5)]
        #[pallet::weight(T::WeightInfo::pause())]
        pub fn pause(origin: OriginFor<T>, reason: Text<MAX_REASON>) -> DispatchResult {
            let by = Self::ensure_officer(origin, Action::OperateBridge)?;
            Self::do_pause(&reason)?;
            Self::deposit_event(Event::BridgePaused { reason, by });
            Ok(())
        }

        /// Holds rounds again.
        ///
        /// ## Dispatch Origin
        ///
        /// An officer who may [`Action::OperateBridge`].
        ///
        /// ## Errors
        ///
        /// `Unchanged`, and those of permission.
        ///
        /// ## Events
        ///
        /// `BridgeResumed`.
        #[pallet::call_index(6)]
        #[pallet::weight(T::WeightInfo::resume())]
        pub fn resume(origin: OriginFor<T>) -> DispatchResult {
            let by = Self::ensure_officer(origin, Action::OperateBridge)?;
            ensure!(Paused::<T>::take().is_some(), Error::<T>::Unchanged);
            Self::deposit_event(Event::BridgeResumed { by });
            Ok(())
        }

        /// Changes how the bridge works.
        ///
        /// ## Dispatch Origin
        ///
        /// An officer who may [`Action::ChangeSettings`].
        ///
        /// ## Details
        ///
        /// The round that is held goes on as it began.
        ///
        /// ## Errors
        ///
        /// `InvalidSettings`, `Unchanged`, and those of permission.
        ///
        /// ## Events
        ///
        /// `BridgeSettingsChanged`.
        #[pallet::call_index(7)]
        #[pallet::weight(T::WeightInfo::change_settings())]
        pub fn change_settings(origin: OriginFor<T>, settings: BridgeSettings) -> DispatchResult {
            let by = Self::ensure_officer(origin, Action::ChangeSettings)?;
            ensure!(are_possible(&settings), Error::<T>::InvalidSettings);
            ensure!(Settings::<T>::get() != settings, Error::<T>::Unchanged);
            Settings::<T>::put(settings);
            Self::deposit_event(Event::BridgeSettingsChanged { settings, by });
            Ok(())
        }

        /// Lists a validator as an operator of the bridge.
        ///
        /// ## Dispatch Origin
        ///
        /// [`Config::CouncilOrigin`]: two thirds of the council.
        ///
        /// ## Details
        ///
        /// It reports from the next round on. To give it another key, remove it first. Who is removed
        /// from the validators is taken off the list with it.
        ///
        /// ## Errors
        ///
        /// `NotAValidator`, `AlreadyAnOperator`, `KeyTaken`, `TooManyOperators`.
        ///
        /// ## Events
        ///
        /// `OperatorAdded`.
        #[pallet::call_index(8)]
        #[pallet::weight(T::WeightInfo::add_operator())]
        pub fn add_operator(
            origin: OriginFor<T>,
            account: T::AccountId,
            key: BridgeId,
        ) -> DispatchResult {
            T::CouncilOrigin::ensure_origin(origin)?;
            ensure!(T::Validators::is_validator(&account), Error::<T>::NotAValidator);
            Self::enlist(&account, &key)?;
            Self::deposit_event(Event::OperatorAdded { account, key });
            Ok(())
        }

        /// Takes an operator off the list.
        ///
        /// ## Dispatch Origin
        ///
        /// [`Config::CouncilOrigin`]: two thirds of the council.
        ///
        /// ## Details
        ///
        /// At once: what it has observed in the round that is held no longer counts, and the quorum
        /// of that round stays.
        ///
        /// ## Errors
        ///
        /// `NotAnOperator`, `InvalidText`.
        ///
        /// ## Events
        ///
        /// `OperatorRemoved`.
        #[pallet::call_index(9)]
        #[pallet::weight(T::WeightInfo::remove_operator())]
        pub fn remove_operator(
            origin: OriginFor<T>,
            account: T::AccountId,
            reason: Text<MAX_REASON>,
        ) -> DispatchResult {
            T::CouncilOrigin::ensure_origin(origin)?;
            Self::do_remove_operator(&account, &reason)?;
            Ok(())
        }
    }

    #[pallet::view_functions]
    impl<T: Config> Pallet<T> {
        /// The round that is held.
        pub fn round() -> Option<Round<T::AccountId>> {
            CurrentRound::<T>::get()
        }

        /// What became of an event; nothing if there was no agreement.
        pub fn settlement(key: EventKey) -> Option<Settlement> {
            Settled::<T>::get(key)
        }

        /// The project that was taken over from the platform's project with this identifier.
        pub fn project_of(external_id: Text<MAX_EXTERNAL_ID>) -> Option<ProjectId> {
            Self::taken_over(&external_id)
        }

        /// The open case of an event.
        pub fn case_of(key: EventKey) -> Option<CaseId> {
            OpenCases::<T>::get(key)
        }
    }
}
