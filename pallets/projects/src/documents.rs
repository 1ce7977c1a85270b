// SPDX-License-Identifier: Apache-2.0
//! Documents and their review, up to the validation of the project.

use crate::{
    stages::ProjectStep, Config, Documents, Error, Event, LatestDocument, Pallet, Projects,
};
use frame_support::{ensure, traits::Time};
use registry_primitives::{
    project::{Document, DocumentKind, DocumentStatus, Project, ProjectStage},
    ContentHash, DocumentId, OrganisationId, ProjectId, Tonnes, MAX_TONNES,
};

/// Whether a project cannot be validated without an accepted document of this kind.
fn decides_validation(kind: DocumentKind) -> bool {
    matches!(kind, DocumentKind::DesignDocument | DocumentKind::ValidationReport)
}

impl<T: Config> Pallet<T> {
    pub(crate) fn do_submit_document(
        id: ProjectId,
        mut project: Project,
        kind: DocumentKind,
        hash: ContentHash,
        size: u64,
        uploader: OrganisationId,
        by: T::AccountId,
    ) -> Result<(), Error<T>> {
        let latest = LatestDocument::<T>::get(id, kind)
            .and_then(|document| Documents::<T>::get(id, document));
        let decides = decides_validation(kind);
        let accepted =
            latest.as_ref().is_some_and(|document| document.status == DocumentStatus::Accepted);
        ensure!(!(decides && accepted), Error::AlreadyAccepted);
        let step =
            if decides { ProjectStep::SubmitDecidingDocument } else { ProjectStep::SubmitDocument };
        step.ensure(&project)?;
        ensure!(size > 0, Error::EmptyDocument);
        ensure!(size <= MAX_TONNES, Error::Overflow);
        let version = latest
            .map_or(Some(1), |document| document.version.checked_add(1))
            .ok_or(Error::NumbersExhausted)?;
        let document = project.documents.checked_add(1).ok_or(Error::NumbersExhausted)?;

        let resubmitted = project.stage == ProjectStage::Returned && decides;
        if resubmitted {
            project.stage = ProjectStage::Submitted;
        }
        project.documents = document;
        Projects::<T>::insert(id, project);
        LatestDocument::<T>::insert(id, kind, document);
        Documents::<T>::insert(
            id,
            document,
            Document {
                kind,
                hash,
                size,
                version,
                uploader,
                status: DocumentStatus::Submitted,
                reviewer: None,
                remark: None,
                submitted_at: T::Clock::now(),
            },
        );
        Self::deposit_event(Event::DocumentSubmitted {
            project: id,
            document,
            kind,
            hash,
            size,
            version,
            uploader,
            by,
        });
        if resubmitted {
            Self::deposit_event(Event::ProjectResubmitted { id });
        }
        Ok(())
    }

    pub(crate) fn do_review(
        id: ProjectId,
        mut project: Project,
        number: DocumentId,
        accept: bool,
        remark: Option<ContentHash>,
        reviewer: OrganisationId,
        by: T::AccountId,
    ) -> Result<(), Error<T>> {
        let document = Self::document_for_review(id, number)?;
        let decides = decides_validation(document.kind);
        let step =
            if decides { ProjectStep::ReviewDecidingDocument } else { ProjectStep::ReviewDocument };
        step.ensure(&project)?;
        ensure!(accept || remark.is_some(), Error::ReasonMissing);
        let validates = document.kind == DocumentKind::ValidationReport;
        ensure!(!(accept && validates), Error::ValidateInstead);

        let status = if accept { DocumentStatus::Accepted } else { DocumentStatus::Rejected };
        Self::conclude_review(id, number, document, status, remark, reviewer, by);
        if !accept && decides {
            project.stage = ProjectStage::Returned;
            Projects::<T>::insert(id, project);
            Self::deposit_event(Event::ProjectReturned { id });
        }
        Ok(())
    }

    pub(crate) fn do_validate(
        id: ProjectId,
        mut project: Project,
        number: DocumentId,
        estimate: Tonnes,
        certifier: OrganisationId,
        by: T::AccountId,
    ) -> Result<(), Error<T>> {
        ProjectStep::ValidateProject.ensure(&project)?;
        let report = Self::document_for_review(id, number)?;
        let validates = report.kind == DocumentKind::ValidationReport;
        ensure!(validates, Error::NotAValidationReport);
        let design = LatestDocument::<T>::get(id, DocumentKind::DesignDocument)
            .and_then(|document| Documents::<T>::get(id, document));
        ensure!(
            design.is_some_and(|design| design.status == DocumentStatus::Accepted),
            Error::NoAcceptedDesign
        );
        ensure!(estimate > 0, Error::ZeroTonnes);
        ensure!(estimate <= MAX_TONNES, Error::Overflow);

        let accepted = DocumentStatus::Accepted;
        Self::conclude_review(id, number, report, accepted, None, certifier, by.clone());
        project.stage = ProjectStage::Validated;
        project.validated_estimate = Some(estimate);
        Projects::<T>::insert(id, project);
        Self::deposit_event(Event::ProjectValidated { id, estimate, certifier, by });
        Ok(())
    }

    /// A document that waits for review and has no newer version.
    fn document_for_review(id: ProjectId, number: DocumentId) -> Result<Document, Error<T>> {
        let document = Documents::<T>::get(id, number).ok_or(Error::UnknownDocument)?;
        ensure!(document.status == DocumentStatus::Submitted, Error::AlreadyReviewed);
        let is_latest = LatestDocument::<T>::get(id, document.kind) == Some(number);
        ensure!(is_latest, Error::Superseded);
        Ok(document)
    }

    fn conclude_review(
        project: ProjectId,
        number: DocumentId,
        mut document: Document,
        status: DocumentStatus,
        remark: Option<ContentHash>,
        reviewer: OrganisationId,
        by: T::AccountId,
    ) {
        document.status = status;
        document.reviewer = Some(reviewer);
        document.remark = remark;
        Documents::<T>::insert(project, number, document);
        let document = number;
        Self::deposit_event(Event::DocumentReviewed {
            project,
            document,
            status,
            remark,
            reviewer,
            by,
        });
    }
}
