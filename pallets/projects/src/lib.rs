// SPDX-License-Identifier: Apache-2.0
#![doc = include_str!("../README.md")]
#![cfg_attr(not(feature = "std"), no_std)]
#![deny(missing_docs)]

extern crate alloc;

mod authorisation;
#[cfg(feature = "runtime-benchmarks")]
pub mod benchmarking;
mod certification;
mod documents;
#[cfg(test)]
mod mock;
mod monitoring;
mod officers;
mod proponents;
mod registration;
mod stages;
#[cfg(test)]
mod tests;
mod try_state;
pub mod weights;

pub use pallet::*;
pub use stages::ProjectStep;
pub use weights::WeightInfo;

use frame_support::{traits::ConstU32, BoundedBTreeSet};
use registry_primitives::{project::MAX_CERTIFIERS, OrganisationId};

/// Certifiers assigned to a project.
pub type Certifiers = BoundedBTreeSet<OrganisationId, ConstU32<MAX_CERTIFIERS>>;

#[frame_support::pallet]
pub mod pallet {
    use crate::{Certifiers, WeightInfo};
    use alloc::vec::Vec;
    use frame_support::{pallet_prelude::*, traits::Time};
    use frame_system::pallet_prelude::*;
    use registry_primitives::{
        organisation::MAX_REASON,
        project::{
            Article6Terms, Certification, Document, DocumentKind, DocumentStatus, MonitoringPeriod,
            MonitoringReport, Project, ProjectRegistration, ProponentChange, Proponents, Vintages,
            MAX_EXTERNAL_ID,
        },
        Action, ContentHash, DocumentId, MayAct, Millis, Officers, OrganisationId, PeriodId, Ppm,
        ProjectId, Refusal, Text, Tonnes,
    };

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
        /// The time of the block.
        type Clock: Time<Moment = Millis>;
        /// Weights of the calls.
        type WeightInfo: WeightInfo;
        /// What the benchmarks need from other pallets.
        #[cfg(feature = "runtime-benchmarks")]
        type BenchmarkHelper: crate::benchmarking::BenchmarkHelper<Self::AccountId>;
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

    /// The change of proponents that waits for consents, if any. `Twox64Concat`: our numbers.
    #[pallet::storage]
    pub type ProponentChanges<T> = StorageMap<_, Twox64Concat, ProjectId, ProponentChange>;

    /// Certifications that were not revoked, by certifier; those made before the certifier's last
    /// suspension no longer stand. `Twox64Concat`: our numbers.
    #[pallet::storage]
    pub type Certifications<T> =
        StorageDoubleMap<_, Twox64Concat, ProjectId, Twox64Concat, OrganisationId, Certification>;

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
        /// A project was withdrawn by a proponent.
        ProjectWithdrawn {
            /// The project.
            id: ProjectId,
            /// The public reason.
            reason: Text<MAX_REASON>,
            /// The officer who withdrew it.
            by: T::AccountId,
        },
        /// A project was stopped for the time being.
        ProjectSuspended {
            /// The project.
            id: ProjectId,
            /// The public reason.
            reason: Text<MAX_REASON>,
            /// The officer who suspended it.
            by: T::AccountId,
        },
        /// A suspended project is authorised again.
        ProjectResumed {
            /// The project.
            id: ProjectId,
            /// The officer who lifted its suspension.
            by: T::AccountId,
        },
        /// A project ended regularly.
        ProjectCompleted {
            /// The project.
            id: ProjectId,
            /// The public reason, where there is something to say.
            reason: Option<Text<MAX_REASON>>,
            /// The officer who completed it.
            by: T::AccountId,
        },
        /// The Article 6 terms of a project were changed.
        TermsChanged {
            /// The project.
            project: ProjectId,
            /// The terms from now on; none for domestic use only.
            article6: Option<Article6Terms>,
            /// The officer who changed them.
            by: T::AccountId,
        },
        /// Other proponents were proposed, in place of what was proposed before.
        ProponentsProposed {
            /// The project.
            project: ProjectId,
            /// Number of the change in it.
            number: u32,
            /// Who shall own its future issuances.
            proponents: Proponents,
            /// The officer who proposed them; their organisation consents by that.
            by: T::AccountId,
        },
        /// An organisation consented to other proponents.
        ProponentsConsented {
            /// The project.
            project: ProjectId,
            /// The change.
            number: u32,
            /// The organisation.
            organisation: OrganisationId,
            /// The officer who consented for it.
            by: T::AccountId,
        },
        /// All have consented: a project has other proponents.
        ProponentsChanged {
            /// The project.
            project: ProjectId,
            /// Who owns its future issuances from now on.
            proponents: Proponents,
        },
        /// A change of proponents was withdrawn before all had consented.
        ProponentsChangeWithdrawn {
            /// The project.
            project: ProjectId,
            /// The change.
            number: u32,
            /// The organisation that withdrew it.
            organisation: OrganisationId,
            /// The officer who did.
            by: T::AccountId,
        },
        /// Certifiers were assigned to a project, in place of those before.
        CertifiersAssigned {
            /// The project.
            project: ProjectId,
            /// All that are assigned from now on.
            certifiers: Certifiers,
            /// The officer who assigned them.
            by: T::AccountId,
        },
        /// A project was certified.
        ProjectCertified {
            /// The project.
            project: ProjectId,
            /// The certifier.
            certifier: OrganisationId,
            /// The officer who certified it.
            by: T::AccountId,
        },
        /// A certification was revoked.
        CertificationRevoked {
            /// The project.
            project: ProjectId,
            /// The certifier that had made it.
            certifier: OrganisationId,
            /// The public reason.
            reason: Text<MAX_REASON>,
            /// The officer who revoked it.
            by: T::AccountId,
        },
        /// A monitoring report was sent back.
        MonitoringReportReturned {
            /// The project.
            project: ProjectId,
            /// The period.
            period: PeriodId,
            /// Hash of the remark.
            remark: ContentHash,
            /// The certifier.
            verifier: OrganisationId,
            /// The officer who returned it.
            by: T::AccountId,
        },
        /// Credits were refused for a monitoring period.
        IssuanceRefused {
            /// The project.
            project: ProjectId,
            /// The period.
            period: PeriodId,
            /// The public reason.
            reason: Text<MAX_REASON>,
            /// The officer who refused.
            by: T::AccountId,
        },
        /// A project was taken over from another system, validated as it was there.
        ProjectImported {
            /// Its number.
            id: ProjectId,
            /// As registered; its estimate is the validated one.
            registration: ProjectRegistration,
        },
        /// A monitoring period was taken over from another system, verified as it was there.
        MonitoringImported {
            /// The project.
            project: ProjectId,
            /// Number of the period in it.
            period: PeriodId,
            /// As reported and verified; its report is the evidence.
            report: MonitoringReport,
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
        /// More officers must agree; propose the call for their approval.
        ApprovalsNeeded,
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
        /// Whoever reviews or has certified a project owns no share of it, and the other way round.
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
        /// A rejection gives the hash of a remark that says why.
        ReasonMissing,
        /// Validation needs an accepted design document.
        NoAcceptedDesign,
        /// More than the validated estimate.
        AboveEstimate,
        /// The Article 6 terms name no purpose, an unknown country, no country for NDC use, years
        /// out of order, or a cooperative approach other than 1 to 9999.
        InvalidTerms,
        /// Credits were first transferred under these terms, or are from their issuance on; the
        /// terms cannot change.
        TermsFixed,
        /// It is so already.
        Unchanged,
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
        /// The monitoring period is not verified, or credits were issued or refused for it.
        NotVerified,
        /// The issuance would exceed what is authorised.
        AboveAuthorised,
        /// More would be first transferred than was issued.
        AboveIssued,
        /// No change of proponents with this number waits for consents.
        NoSuchChange,
        /// The organisation has consented already.
        AlreadyConsented,
        /// The certifier has certified the project already.
        AlreadyCertified,
        /// The certifier has not certified the project, or its certification no longer stands.
        NotCertified,
        /// No numbers are left.
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
        /// `InvalidLocation`, `ZeroTonnes`, `Overflow`, `NumbersExhausted`, and those of permission.
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
        /// `UnknownProject`, `WrongStage`, `EmptyDocument`, `Overflow`, `AlreadyAccepted`,
        /// `NumbersExhausted`, and those of permission.
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
            Self::do_submit_document(project, found, kind, hash, size, actor.organisation, by)?;
            Ok(())
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
        /// rejection of a design document or a validation report returns the project. Whoever
        /// rejects gives the hash of a remark that says why.
        ///
        /// ## Errors
        ///
        /// `UnknownProject`, `UnknownDocument`, `WrongStage`, `ConflictOfInterest`,
        /// `AlreadyReviewed`, `Superseded`, `ReasonMissing`, `ValidateInstead`, and those of
        /// permission.
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
            Self::do_review(project, found, document, accept, remark, actor.organisation, by)?;
            Ok(())
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
            Self::do_validate(project, found, document, estimate, actor.organisation, by)?;
            Ok(())
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
        /// ## Details
        ///
        /// A change of proponents that waits for consents lapses.
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
            Self::do_verify_monitoring(project, &found, period, &verified, verification, verifier)?;
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

        /// Takes a project back before it is authorised; final.
        ///
        /// ## Dispatch Origin
        ///
        /// An officer of a proponent who may [`Action::WithdrawProject`].
        ///
        /// ## Details
        ///
        /// A change of proponents that waits for consents lapses.
        ///
        /// ## Errors
        ///
        /// `UnknownProject`, `WrongStage`, `InvalidText`, and those of permission.
        ///
        /// ## Events
        ///
        /// `ProjectWithdrawn`.
        #[pallet::call_index(8)]
        #[pallet::weight(T::WeightInfo::withdraw_project())]
        pub fn withdraw_project(
            origin: OriginFor<T>,
            project: ProjectId,
            reason: Text<MAX_REASON>,
        ) -> DispatchResult {
            let (by, _, found) = Self::ensure_officer_of(origin, Action::WithdrawProject, project)?;
            Self::do_withdraw(project, found, &reason)?;
            Self::deposit_event(Event::ProjectWithdrawn { id: project, reason, by });
            Ok(())
        }

        /// Stops an authorised project for the time being.
        ///
        /// ## Dispatch Origin
        ///
        /// An officer who may [`Action::SuspendProject`], of a ministry within its scopes.
        ///
        /// ## Details
        ///
        /// Nothing is monitored, verified or issued meanwhile; issued credits are not touched.
        ///
        /// ## Errors
        ///
        /// `UnknownProject`, `WrongStage`, `InvalidText`, and those of permission.
        ///
        /// ## Events
        ///
        /// `ProjectSuspended`.
        #[pallet::call_index(9)]
        #[pallet::weight(T::WeightInfo::suspend_project())]
        pub fn suspend_project(
            origin: OriginFor<T>,
            project: ProjectId,
            reason: Text<MAX_REASON>,
        ) -> DispatchResult {
            let (by, _, found) = Self::ensure_officer_of(origin, Action::SuspendProject, project)?;
            Self::do_suspend(project, found, &reason)?;
            Self::deposit_event(Event::ProjectSuspended { id: project, reason, by });
            Ok(())
        }

        /// Lifts the suspension of a project.
        ///
        /// ## Dispatch Origin
        ///
        /// An officer who may [`Action::SuspendProject`], of a ministry within its scopes.
        ///
        /// ## Errors
        ///
        /// `UnknownProject`, `WrongStage`, and those of permission.
        ///
        /// ## Events
        ///
        /// `ProjectResumed`.
        #[pallet::call_index(10)]
        #[pallet::weight(T::WeightInfo::resume_project())]
        pub fn resume_project(origin: OriginFor<T>, project: ProjectId) -> DispatchResult {
            let (by, _, found) = Self::ensure_officer_of(origin, Action::SuspendProject, project)?;
            Self::do_resume(project, found)?;
            Self::deposit_event(Event::ProjectResumed { id: project, by });
            Ok(())
        }

        /// Ends an authorised project; final.
        ///
        /// ## Dispatch Origin
        ///
        /// An officer who may [`Action::CompleteProject`], of a ministry within its scopes.
        ///
        /// ## Details
        ///
        /// Nothing is issued for it afterwards, whatever was verified; issued credits are not
        /// touched. A change of proponents that waits for consents lapses.
        ///
        /// ## Errors
        ///
        /// `UnknownProject`, `WrongStage`, `InvalidText` (a reason that is given), and those of
        /// permission.
        ///
        /// ## Events
        ///
        /// `ProjectCompleted`.
        #[pallet::call_index(11)]
        #[pallet::weight(T::WeightInfo::complete_project())]
        pub fn complete_project(
            origin: OriginFor<T>,
            project: ProjectId,
            reason: Option<Text<MAX_REASON>>,
        ) -> DispatchResult {
            let (by, _, found) = Self::ensure_officer_of(origin, Action::CompleteProject, project)?;
            Self::do_complete(project, found, reason.as_ref())?;
            Self::deposit_event(Event::ProjectCompleted { id: project, reason, by });
            Ok(())
        }

        /// Changes the Article 6 terms of an authorised project.
        ///
        /// ## Dispatch Origin
        ///
        /// An officer who may [`Action::AuthoriseProject`], of a ministry within its scopes.
        ///
        /// ## Details
        ///
        /// Terms are fixed once a credit was first transferred under them (decision 2/CMA.3, annex,
        /// paragraph 2), and from the start if they say that authorisation is the first transfer.
        ///
        /// ## Errors
        ///
        /// `UnknownProject`, `WrongStage`, `TermsFixed`, `InvalidTerms`, `Unchanged`, and those of
        /// permission.
        ///
        /// ## Events
        ///
        /// `TermsChanged`.
        #[pallet::call_index(12)]
        #[pallet::weight(T::WeightInfo::change_terms())]
        pub fn change_terms(
            origin: OriginFor<T>,
            project: ProjectId,
            article6: Option<Article6Terms>,
        ) -> DispatchResult {
            let (by, _, found) =
                Self::ensure_officer_of(origin, Action::AuthoriseProject, project)?;
            Self::do_change_terms(project, found, article6.clone())?;
            Self::deposit_event(Event::TermsChanged { project, article6, by });
            Ok(())
        }

        /// Proposes who shall own a project's future issuances.
        ///
        /// ## Dispatch Origin
        ///
        /// An officer of a proponent who may [`Action::ChangeProponents`].
        ///
        /// ## Details
        ///
        /// The proposer's organisation consents by that. The change applies once every organisation
        /// that owns a share now or shall own one has consented; it never moves issued credits.
        /// What was proposed before is replaced.
        ///
        /// ## Errors
        ///
        /// `UnknownProject`, `WrongStage`, `Unchanged`, `InvalidShares`, `NamedTwice`,
        /// `InvalidProponent`, `ConflictOfInterest` (an assigned certifier, or one that has
        /// certified the project, would own a share), `NumbersExhausted`, and those of permission.
        ///
        /// ## Events
        ///
        /// `ProponentsProposed`.
        #[pallet::call_index(13)]
        #[pallet::weight(T::WeightInfo::propose_proponents())]
        pub fn propose_proponents(
            origin: OriginFor<T>,
            project: ProjectId,
            proponents: Proponents,
        ) -> DispatchResult {
            let (by, actor, found) =
                Self::ensure_officer_of(origin, Action::ChangeProponents, project)?;
            let proposer = actor.organisation;
            let number = Self::do_propose_proponents(project, found, &proponents, proposer)?;
            Self::deposit_event(Event::ProponentsProposed { project, number, proponents, by });
            Ok(())
        }

        /// Consents to the proponents proposed; with the last consent they are the project's.
        ///
        /// ## Dispatch Origin
        ///
        /// An officer who may [`Action::ChangeProponents`], of an organisation that owns a share
        /// now or shall own one.
        ///
        /// ## Details
        ///
        /// The last consent checks the proponents again, because time has passed.
        ///
        /// ## Errors
        ///
        /// `UnknownProject`, `WrongStage`, `NoSuchChange`, `AlreadyConsented`, `InvalidProponent`,
        /// `ConflictOfInterest`, and those of permission.
        ///
        /// ## Events
        ///
        /// `ProponentsConsented`, and `ProponentsChanged` with the last consent.
        #[pallet::call_index(14)]
        #[pallet::weight(T::WeightInfo::consent_to_proponents())]
        pub fn consent_to_proponents(
            origin: OriginFor<T>,
            project: ProjectId,
            number: u32,
        ) -> DispatchResult {
            let (by, actor, found) =
                Self::ensure_officer_of(origin, Action::ChangeProponents, project)?;
            Self::do_consent(project, found, number, actor.organisation, by)?;
            Ok(())
        }

        /// Withdraws a change of proponents that waits for consents.
        ///
        /// ## Dispatch Origin
        ///
        /// An officer who may [`Action::ChangeProponents`], of an organisation that owns a share
        /// now or shall own one.
        ///
        /// ## Errors
        ///
        /// `UnknownProject`, `WrongStage`, `NoSuchChange`, and those of permission.
        ///
        /// ## Events
        ///
        /// `ProponentsChangeWithdrawn`.
        #[pallet::call_index(15)]
        #[pallet::weight(T::WeightInfo::withdraw_proponents())]
        pub fn withdraw_proponents(
            origin: OriginFor<T>,
            project: ProjectId,
            number: u32,
        ) -> DispatchResult {
            let (by, actor, found) =
                Self::ensure_officer_of(origin, Action::ChangeProponents, project)?;
            Self::do_withdraw_proponents(project, &found, number)?;
            let organisation = actor.organisation;
            Self::deposit_event(Event::ProponentsChangeWithdrawn {
                project,
                number,
                organisation,
                by,
            });
            Ok(())
        }

        /// Assigns certifiers to a project, in place of those before.
        ///
        /// ## Dispatch Origin
        ///
        /// An officer who may [`Action::AssignCertifiers`], of a ministry within its scopes.
        ///
        /// ## Details
        ///
        /// Reviews, verifications and certifications of certifiers that are no longer assigned
        /// stay.
        ///
        /// ## Errors
        ///
        /// `UnknownProject`, `WrongStage`, `Unchanged`, `ConflictOfInterest`, `InvalidCertifier`,
        /// and those of permission.
        ///
        /// ## Events
        ///
        /// `CertifiersAssigned`.
        #[pallet::call_index(16)]
        #[pallet::weight(T::WeightInfo::assign_certifiers())]
        pub fn assign_certifiers(
            origin: OriginFor<T>,
            project: ProjectId,
            certifiers: Certifiers,
        ) -> DispatchResult {
            let (by, _, found) =
                Self::ensure_officer_of(origin, Action::AssignCertifiers, project)?;
            Self::do_assign_certifiers(project, found, &certifiers)?;
            Self::deposit_event(Event::CertifiersAssigned { project, certifiers, by });
            Ok(())
        }

        /// Certifies a project: a public label that never changes balances.
        ///
        /// ## Dispatch Origin
        ///
        /// An officer of an assigned certifier who may [`Action::CertifyProject`].
        ///
        /// ## Details
        ///
        /// The suspension of the certifier revokes it; it may certify again once it is active.
        ///
        /// ## Errors
        ///
        /// `UnknownProject`, `WrongStage`, `ConflictOfInterest`, `AlreadyCertified`, and those of
        /// permission.
        ///
        /// ## Events
        ///
        /// `ProjectCertified`.
        #[pallet::call_index(17)]
        #[pallet::weight(T::WeightInfo::certify_project())]
        pub fn certify_project(origin: OriginFor<T>, project: ProjectId) -> DispatchResult {
            let (by, actor, found) =
                Self::ensure_officer_of(origin, Action::CertifyProject, project)?;
            let certifier = actor.organisation;
            Self::do_certify(project, &found, certifier)?;
            Self::deposit_event(Event::ProjectCertified { project, certifier, by });
            Ok(())
        }

        /// Revokes a certification.
        ///
        /// ## Dispatch Origin
        ///
        /// An officer who may [`Action::RevokeCertification`]: of a ministry within its scopes, of
        /// a certifier its own.
        ///
        /// ## Errors
        ///
        /// `UnknownProject`, `NotCertified`, `InvalidText`, and those of permission; a certifier
        /// that has made no certification of the project is not permitted to revoke one.
        ///
        /// ## Events
        ///
        /// `CertificationRevoked`.
        #[pallet::call_index(18)]
        #[pallet::weight(T::WeightInfo::revoke_certification())]
        pub fn revoke_certification(
            origin: OriginFor<T>,
            project: ProjectId,
            certifier: OrganisationId,
            reason: Text<MAX_REASON>,
        ) -> DispatchResult {
            let (by, actor, found) =
                Self::ensure_officer_of(origin, Action::RevokeCertification, project)?;
            Self::do_revoke_certification(project, &found, certifier, &reason, &actor)?;
            Self::deposit_event(Event::CertificationRevoked { project, certifier, reason, by });
            Ok(())
        }

        /// Sends a monitoring report back; the same period may be reported again.
        ///
        /// ## Dispatch Origin
        ///
        /// An officer of an assigned certifier who may [`Action::VerifyMonitoringReport`].
        ///
        /// ## Errors
        ///
        /// `UnknownProject`, `UnknownPeriod`, `WrongStage`, `ConflictOfInterest`, `NotReported`,
        /// and those of permission.
        ///
        /// ## Events
        ///
        /// `MonitoringReportReturned`.
        #[pallet::call_index(19)]
        #[pallet::weight(T::WeightInfo::return_monitoring())]
        pub fn return_monitoring(
            origin: OriginFor<T>,
            project: ProjectId,
            period: PeriodId,
            remark: ContentHash,
        ) -> DispatchResult {
            let (by, actor, found) =
                Self::ensure_officer_of(origin, Action::VerifyMonitoringReport, project)?;
            Self::do_return_monitoring(project, &found, period, remark)?;
            let verifier = actor.organisation;
            Self::deposit_event(Event::MonitoringReportReturned {
                project,
                period,
                remark,
                verifier,
                by,
            });
            Ok(())
        }

        /// Refuses credits for a verified monitoring period; the same period may be reported again.
        ///
        /// ## Dispatch Origin
        ///
        /// An officer who may [`Action::IssueCredits`], of a ministry within its scopes.
        ///
        /// ## Errors
        ///
        /// `UnknownProject`, `UnknownPeriod`, `WrongStage`, `NotVerified`, `InvalidText`, and those
        /// of permission.
        ///
        /// ## Events
        ///
        /// `IssuanceRefused`.
        #[pallet::call_index(20)]
        #[pallet::weight(T::WeightInfo::refuse_issuance())]
        pub fn refuse_issuance(
            origin: OriginFor<T>,
            project: ProjectId,
            period: PeriodId,
            reason: Text<MAX_REASON>,
        ) -> DispatchResult {
            let (by, _, found) = Self::ensure_officer_of(origin, Action::IssueCredits, project)?;
            Self::do_refuse_issuance(project, &found, period, &reason)?;
            Self::deposit_event(Event::IssuanceRefused { project, period, reason, by });
            Ok(())
        }
    }

    #[pallet::view_functions]
    impl<T: Config> Pallet<T> {
        /// A project.
        pub fn project(id: ProjectId) -> Option<Project> {
            Projects::<T>::get(id)
        }

        /// The documents of a project, in the order of their submission.
        pub fn documents(id: ProjectId) -> Vec<(DocumentId, Document)> {
            in_order(Documents::<T>::iter_prefix(id))
        }

        /// The monitoring periods of a project, in the order of their reports.
        pub fn monitoring_periods(id: ProjectId) -> Vec<(PeriodId, MonitoringPeriod)> {
            in_order(MonitoringPeriods::<T>::iter_prefix(id))
        }

        /// The change of a project's proponents that waits for consents.
        pub fn proponent_change(id: ProjectId) -> Option<ProponentChange> {
            ProponentChanges::<T>::get(id)
        }

        /// The certifications of a project by certifier, and whether each still stands: it does not
        /// once its certifier was suspended.
        pub fn certifications(id: ProjectId) -> Vec<(OrganisationId, Certification, bool)> {
            in_order(Certifications::<T>::iter_prefix(id))
                .into_iter()
                .map(|(certifier, certification)| {
                    (certifier, certification, Self::stands(certifier, &certification))
                })
                .collect()
        }

        /// What an account may do with a project now, as far as its role, the reach of its
        /// permission and the project's stage tell; some of it may need the approval of others.
        pub fn may(account: T::AccountId, project: ProjectId) -> Vec<Action> {
            Self::actions(&account, project)
        }
    }

    /// By number; storage keeps them by hash.
    fn in_order<V>(numbered: impl Iterator<Item = (u32, V)>) -> Vec<(u32, V)> {
        let mut all: Vec<_> = numbered.collect();
        all.sort_unstable_by_key(|(number, _)| *number);
        all
    }
}
