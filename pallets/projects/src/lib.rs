// SPDX-License-Identifier: Apache-2.0
#![doc = include_str!("../README.md")]
#![cfg_attr(not(feature = "std"), no_std)]
#![deny(missing_docs)]

extern crate alloc;

mod documents;
#[cfg(test)]
mod mock;
mod monitoring;
mod registration;
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
        organisation::MAX_REASON,
        project::{
            Article6Terms, Document, DocumentKind, DocumentStatus, MonitoringPeriod,
            MonitoringReport, Project, ProjectRegistration, Vintages, MAX_EXTERNAL_ID,
        },
        Action, ContentHash, DocumentId, MayAct, Millis, OrganisationId, PeriodId, Ppm, ProjectId,
        Refusal, Text, Tonnes,
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
        /// The time of the block.
        type Clock: Time<Moment = Millis>;
        /// Weights of the calls.
        type WeightInfo: WeightInfo;
    }

    /// The number of the last project registered.
    #[pallet::storage]
    pub type LastProjectId<T> = StorageValue<_, ProjectId, ValueQuery>;

    /// The projects. `Twox64Concat`: the numbers are ours and sequential.
    #[pallet::storage]
    pub type Projects<T> = StorageMap<_, Twox64Concat, ProjectId, Project>;

    /// Projects by their identifier in another system. `Blake2_128Concat`: users choose the key.
    #[pallet::storage]
    pub type ProjectByExternalId<T> =
        StorageMap<_, Blake2_128Concat, Text<MAX_EXTERNAL_ID>, ProjectId>;

    /// The documents of each project. `Twox64Concat`: the numbers are ours and sequential.
    #[pallet::storage]
    pub type Documents<T> =
        StorageDoubleMap<_, Twox64Concat, ProjectId, Twox64Concat, DocumentId, Document>;

    /// The latest document of each kind. `Twox64Concat`: our numbers and a closed list.
    #[pallet::storage]
    pub type LatestDocument<T> =
        StorageDoubleMap<_, Twox64Concat, ProjectId, Twox64Concat, DocumentKind, DocumentId>;

    /// The monitoring periods of each project. `Twox64Concat`: the numbers are ours.
    #[pallet::storage]
    pub type MonitoringPeriods<T> =
        StorageDoubleMap<_, Twox64Concat, ProjectId, Twox64Concat, PeriodId, MonitoringPeriod>;

    #[pallet::event]
    #[pallet::generate_deposit(pub(crate) fn deposit_event)]
    pub enum Event<T: Config> {
        /// A project was registered.
        ProjectRegistered {
            /// Its number.
            id: ProjectId,
            /// As registered.
            registration: ProjectRegistration,
            /// The officer who registered it.
            by: T::AccountId,
        },
        /// A document was submitted.
        DocumentSubmitted {
            /// The project.
            project: ProjectId,
            /// Number of the document in it.
            document: DocumentId,
            /// What it is.
            kind: DocumentKind,
            /// Hash of the file.
            hash: ContentHash,
            /// Size of the file in bytes.
            size: u64,
            /// Counts the documents of this kind.
            version: u32,
            /// The organisation that submitted it.
            uploader: OrganisationId,
            /// The officer who submitted it.
            by: T::AccountId,
        },
        /// A document was accepted or rejected.
        DocumentReviewed {
            /// The project.
            project: ProjectId,
            /// The document.
            document: DocumentId,
            /// Accepted or rejected.
            status: DocumentStatus,
            /// Hash of the remark.
            remark: Option<ContentHash>,
            /// The organisation that reviewed it.
            reviewer: OrganisationId,
            /// The officer who reviewed it.
            by: T::AccountId,
        },
        /// A project went back to its proponents because a document was rejected.
        ProjectReturned {
            /// The project.
            id: ProjectId,
        },
        /// A returned project was submitted again with a new document.
        ProjectResubmitted {
            /// The project.
            id: ProjectId,
        },
        /// A project was validated.
        ProjectValidated {
            /// The project.
            id: ProjectId,
            /// Tonnes that the validation confirmed.
            estimate: Tonnes,
            /// The certifier.
            certifier: OrganisationId,
            /// The officer who validated it.
            by: T::AccountId,
        },
        /// A project was authorised.
        ProjectAuthorised {
            /// The project.
            id: ProjectId,
            /// Tonnes that may be issued.
            quantity: Tonnes,
            /// Article 6 terms; none for domestic use only.
            article6: Option<Article6Terms>,
            /// Part of each issuance that goes to the buffer.
            buffer_rate: Ppm,
            /// The officer who authorised it.
            by: T::AccountId,
        },
        /// A project was rejected.
        ProjectRejected {
            /// The project.
            id: ProjectId,
            /// The public reason.
            reason: Text<MAX_REASON>,
            /// The officer who rejected it.
            by: T::AccountId,
        },
        /// A monitoring period was reported.
        MonitoringReported {
            /// The project.
            project: ProjectId,
            /// Number of the period in it.
            period: PeriodId,
            /// As reported.
            report: MonitoringReport,
            /// The officer who reported it.
            by: T::AccountId,
        },
        /// A monitoring period was verified.
        MonitoringReportVerified {
            /// The project.
            project: ProjectId,
            /// The period.
            period: PeriodId,
            /// Tonnes by year, as verified.
            verified: Vintages,
            /// Hash of the verification report.
            verification: ContentHash,
            /// The certifier.
            verifier: OrganisationId,
            /// The officer who verified it.
            by: T::AccountId,
        },
        /// Credits were issued for a monitoring period.
        MonitoringPeriodIssued {
            /// The project.
            project: ProjectId,
            /// The period.
            period: PeriodId,
            /// Tonnes issued.
            quantity: Tonnes,
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
        /// There is no project with this number.
        UnknownProject,
        /// There is no document with this number in the project.
        UnknownDocument,
        /// There is no monitoring period with this number in the project.
        UnknownPeriod,
        /// The project's stage does not allow this.
        WrongStage,
        /// A text is empty, not UTF-8, padded with white space or has invisible characters.
        InvalidText,
        /// A project with this external identifier exists.
        ExternalIdTaken,
        /// The shares of the proponents are not all above zero, or do not add up to 1 000 000 ppm.
        InvalidShares,
        /// An organisation is named twice.
        NamedTwice,
        /// A proponent is not an active project developer or certifier.
        InvalidProponent,
        /// A certifier is not an active organisation of that role.
        InvalidCertifier,
        /// A certifier that owns a share of the project may not review it.
        ConflictOfInterest,
        /// The sector does not allow this sectoral scope or this type of mitigation.
        InvalidSector,
        /// A project reduces at least one gas.
        NoGas,
        /// The period ends before it starts, or lies outside 1990 to 2199.
        InvalidPeriod,
        /// A project has at least one location; coordinates lie on the earth.
        InvalidLocation,
        /// A quantity is zero.
        ZeroTonnes,
        /// A quantity, or a sum of them, is above 2^53 - 1, the most that is counted.
        Overflow,
        /// A document has at least one byte.
        EmptyDocument,
        /// A document of this kind was accepted; it is never replaced.
        AlreadyAccepted,
        /// The document was reviewed already.
        AlreadyReviewed,
        /// A newer version of the document exists; review that one.
        Superseded,
        /// Validation needs the validation report, and accepts no other document.
        NotAValidationReport,
        /// A validation report is accepted by validating the project with its estimate.
        ValidateInstead,
        /// Validation needs an accepted design document.
        NoAcceptedDesign,
        /// More than the validated estimate.
        AboveEstimate,
        /// The Article 6 terms name no purpose, an unknown country, or years out of order.
        InvalidTerms,
        /// The buffer rate is above 1 000 000 ppm.
        InvalidBufferRate,
        /// The monitoring period lies outside the crediting period.
        OutsideCreditingPeriod,
        /// The monitoring period has not ended.
        PeriodNotOver,
        /// The monitoring period overlaps another.
        OverlappingPeriod,
        /// The project has as many monitoring periods as it can.
        TooManyPeriods,
        /// Vintages are ascending years that the period touches, each with tonnes.
        InvalidVintages,
        /// The verifier may lower what was reported, never raise it.
        AboveReported,
        /// The monitoring period is not waiting for verification.
        NotReported,
        /// The monitoring period is not verified, or credits were issued for it.
        NotVerified,
        /// The issuance would exceed what is authorised.
        AboveAuthorised,
        /// No numbers are left.
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
        /// Registers a project.
        ///
        /// ## Dispatch Origin
        ///
        /// An officer who may [`Action::RegisterProject`]: of a ministry within its scopes, of a
        /// developer with a share in the project.
        ///
        /// ## Errors
        ///
        /// `InvalidText`, `ExternalIdTaken`, `InvalidShares`, `NamedTwice`, `InvalidProponent`,
        /// `InvalidCertifier`, `ConflictOfInterest`, `InvalidSector`, `NoGas`, `InvalidPeriod`,
        /// `InvalidLocation`, `ZeroTonnes`, `Overflow`, and those of permission.
        ///
        /// ## Events
        ///
        /// `ProjectRegistered`.
        #[pallet::call_index(0)]
        #[pallet::weight(T::WeightInfo::register_project())]
        pub fn register_project(
            origin: OriginFor<T>,
            registration: ProjectRegistration,
        ) -> DispatchResult {
            let (by, actor) = Self::ensure_officer(origin, Action::RegisterProject)?;
            let own = registration.is_proponent(actor.organisation);
            ensure!(actor.reaches(registration.sectoral_scope, own), Error::<T>::NotPermitted);
            let id = Self::do_register(&registration)?;
            Self::deposit_event(Event::ProjectRegistered { id, registration, by });
            Ok(())
        }

        /// Submits a document of a project: its hash and size; the file itself is kept elsewhere.
        ///
        /// ## Dispatch Origin
        ///
        /// An officer who may [`Action::SubmitDocument`] for the project.
        ///
        /// ## Details
        ///
        /// Each submission is a new version. Design documents and validation reports are taken
        /// until one is accepted; submitting one for a returned project resubmits the project.
        ///
        /// ## Errors
        ///
        /// `UnknownProject`, `WrongStage`, `EmptyDocument`, `Overflow`, `AlreadyAccepted`, and those of
        /// permission.
        ///
        /// ## Events
        ///
        /// `DocumentSubmitted`, and `ProjectResubmitted` if it was returned.
        #[pallet::call_index(1)]
        #[pallet::weight(T::WeightInfo::submit_document())]
        pub fn submit_document(
            origin: OriginFor<T>,
            project: ProjectId,
            kind: DocumentKind,
            hash: ContentHash,
            size: u64,
        ) -> DispatchResult {
            let (by, actor, found) =
                Self::ensure_officer_of(origin, Action::SubmitDocument, project)?;
            Self::do_submit_document(project, found, kind, hash, size, actor.organisation, by)
        }

        /// Accepts or rejects the latest version of a document.
        ///
        /// ## Dispatch Origin
        ///
        /// An officer of an assigned certifier who may [`Action::ReviewDocument`].
        ///
        /// ## Details
        ///
        /// A validation report is accepted by `validate_project`; it can be rejected here. The
        /// rejection of a design document or a validation report returns the project.
        ///
        /// ## Errors
        ///
        /// `UnknownProject`, `UnknownDocument`, `WrongStage`, `ConflictOfInterest`,
        /// `AlreadyReviewed`, `Superseded`, `ValidateInstead`, and those of permission.
        ///
        /// ## Events
        ///
        /// `DocumentReviewed`, and `ProjectReturned` if it is.
        #[pallet::call_index(2)]
        #[pallet::weight(T::WeightInfo::review_document())]
        pub fn review_document(
            origin: OriginFor<T>,
            project: ProjectId,
            document: DocumentId,
            accept: bool,
            remark: Option<ContentHash>,
        ) -> DispatchResult {
            let (by, actor, found) =
                Self::ensure_officer_of(origin, Action::ReviewDocument, project)?;
            Self::do_review(project, found, document, accept, remark, actor.organisation, by)
        }

        /// Validates a project by accepting its validation report, with the validated estimate.
        ///
        /// ## Dispatch Origin
        ///
        /// An officer of an assigned certifier who may [`Action::ValidateProject`].
        ///
        /// ## Errors
        ///
        /// `UnknownProject`, `UnknownDocument`, `WrongStage`, `ConflictOfInterest`,
        /// `NotAValidationReport`, `AlreadyReviewed`, `Superseded`, `NoAcceptedDesign`,
        /// `ZeroTonnes`, `Overflow`, and those of permission.
        ///
        /// ## Events
        ///
        /// `DocumentReviewed`, `ProjectValidated`.
        #[pallet::call_index(3)]
        #[pallet::weight(T::WeightInfo::validate_project())]
        pub fn validate_project(
            origin: OriginFor<T>,
            project: ProjectId,
            document: DocumentId,
            estimate: Tonnes,
        ) -> DispatchResult {
            let (by, actor, found) =
                Self::ensure_officer_of(origin, Action::ValidateProject, project)?;
            Self::do_validate(project, found, document, estimate, actor.organisation, by)
        }

        /// Authorises a validated project to receive credits.
        ///
        /// ## Dispatch Origin
        ///
        /// An officer who may [`Action::AuthoriseProject`], of a ministry within its scopes.
        ///
        /// ## Errors
        ///
        /// `UnknownProject`, `WrongStage`, `ZeroTonnes`, `AboveEstimate`, `InvalidTerms`,
        /// `InvalidBufferRate`, and those of permission.
        ///
        /// ## Events
        ///
        /// `ProjectAuthorised`.
        #[pallet::call_index(4)]
        #[pallet::weight(T::WeightInfo::authorise_project())]
        pub fn authorise_project(
            origin: OriginFor<T>,
            project: ProjectId,
            quantity: Tonnes,
            article6: Option<Article6Terms>,
            buffer_rate: Ppm,
        ) -> DispatchResult {
            let (by, _, found) =
                Self::ensure_officer_of(origin, Action::AuthoriseProject, project)?;
            Self::do_authorise(project, found, quantity, article6.clone(), buffer_rate)?;
            let id = project;
            Self::deposit_event(Event::ProjectAuthorised {
                id,
                quantity,
                article6,
                buffer_rate,
                by,
            });
            Ok(())
        }

        /// Rejects a project before it is authorised; final.
        ///
        /// ## Dispatch Origin
        ///
        /// An officer who may [`Action::RejectProject`], of a ministry within its scopes.
        ///
        /// ## Errors
        ///
        /// `UnknownProject`, `WrongStage`, `InvalidText`, and those of permission.
        ///
        /// ## Events
        ///
        /// `ProjectRejected`.
        #[pallet::call_index(5)]
        #[pallet::weight(T::WeightInfo::reject_project())]
        pub fn reject_project(
            origin: OriginFor<T>,
            project: ProjectId,
            reason: Text<MAX_REASON>,
        ) -> DispatchResult {
            let (by, _, found) = Self::ensure_officer_of(origin, Action::RejectProject, project)?;
            Self::do_reject(project, found, &reason)?;
            Self::deposit_event(Event::ProjectRejected { id: project, reason, by });
            Ok(())
        }

        /// Reports the reductions of a monitoring period.
        ///
        /// ## Dispatch Origin
        ///
        /// An officer who may [`Action::SubmitMonitoringReport`] for the project.
        ///
        /// ## Errors
        ///
        /// `UnknownProject`, `WrongStage`, `InvalidPeriod`, `OutsideCreditingPeriod`,
        /// `PeriodNotOver`, `OverlappingPeriod`, `TooManyPeriods`, `InvalidVintages`, `Overflow`,
        /// and those of permission.
        ///
        /// ## Events
        ///
        /// `MonitoringReported`.
        #[pallet::call_index(6)]
        #[pallet::weight(T::WeightInfo::report_monitoring())]
        pub fn report_monitoring(
            origin: OriginFor<T>,
            project: ProjectId,
            report: MonitoringReport,
        ) -> DispatchResult {
            let (by, _, found) =
                Self::ensure_officer_of(origin, Action::SubmitMonitoringReport, project)?;
            let period = Self::do_report_monitoring(project, found, &report)?;
            Self::deposit_event(Event::MonitoringReported { project, period, report, by });
            Ok(())
        }

        /// Verifies a monitoring period.
        ///
        /// ## Dispatch Origin
        ///
        /// An officer of an assigned certifier who may [`Action::VerifyMonitoringReport`].
        ///
        /// ## Errors
        ///
        /// `UnknownProject`, `UnknownPeriod`, `WrongStage`, `ConflictOfInterest`, `NotReported`,
        /// `InvalidVintages`, `AboveReported`, and those of permission.
        ///
        /// ## Events
        ///
        /// `MonitoringReportVerified`.
        #[pallet::call_index(7)]
        #[pallet::weight(T::WeightInfo::verify_monitoring())]
        pub fn verify_monitoring(
            origin: OriginFor<T>,
            project: ProjectId,
            period: PeriodId,
            verified: Vintages,
            verification: ContentHash,
        ) -> DispatchResult {
            let (by, actor, found) =
                Self::ensure_officer_of(origin, Action::VerifyMonitoringReport, project)?;
            let verifier = actor.organisation;
            Self::do_verify_monitoring(project, found, period, &verified, verification, verifier)?;
            Self::deposit_event(Event::MonitoringReportVerified {
                project,
                period,
                verified,
                verification,
                verifier,
                by,
            });
            Ok(())
        }
    }
}
