// SPDX-License-Identifier: Apache-2.0
//! The Government's decisions on a project, from its authorisation to its end.

use crate::{stages::ProjectStep, Config, Error, Pallet, Projects, ProponentChanges};
use frame_support::ensure;
use registry_primitives::{
    organisation::MAX_REASON,
    project::{Article6Terms, Project, ProjectStage},
    shares::WHOLE,
    Ppm, ProjectId, Text, Tonnes,
};

impl<T: Config> Pallet<T> {
    pub(crate) fn do_authorise(
        id: ProjectId,
        mut project: Project,
        quantity: Tonnes,
        article6: Option<Article6Terms>,
        buffer_rate: Ppm,
    ) -> Result<(), Error<T>> {
        ProjectStep::AuthoriseProject.ensure(&project)?;
        ensure!(quantity > 0, Error::ZeroTonnes);
        ensure!(
            project.validated_estimate.is_some_and(|estimate| quantity <= estimate),
            Error::AboveEstimate
        );
        ensure!(article6.as_ref().is_none_or(Article6Terms::is_valid), Error::InvalidTerms);
        ensure!(buffer_rate <= WHOLE, Error::InvalidBufferRate);

        project.stage = ProjectStage::Authorised;
        project.authorised = quantity;
        project.article6 = article6;
        project.buffer_rate = buffer_rate;
        Projects::<T>::insert(id, project);
        Ok(())
    }

    pub(crate) fn do_change_terms(
        id: ProjectId,
        mut project: Project,
        article6: Option<Article6Terms>,
    ) -> Result<(), Error<T>> {
        ProjectStep::ChangeTerms.ensure(&project)?;
        let fixed = project.article6.as_ref().is_some_and(Article6Terms::fixed_by_authorisation);
        ensure!(!fixed && project.first_transferred == 0, Error::TermsFixed);
        ensure!(article6.as_ref().is_none_or(Article6Terms::is_valid), Error::InvalidTerms);
        ensure!(article6 != project.article6, Error::Unchanged);

        project.article6 = article6;
        Projects::<T>::insert(id, project);
        Ok(())
    }

    pub(crate) fn do_reject(
        id: ProjectId,
        project: Project,
        reason: &Text<MAX_REASON>,
    ) -> Result<(), Error<T>> {
        ProjectStep::RejectProject.ensure(&project)?;
        ensure!(reason.is_valid(), Error::InvalidText);

        Self::end(id, project, ProjectStage::Rejected);
        Ok(())
    }

    pub(crate) fn do_withdraw(
        id: ProjectId,
        project: Project,
        reason: &Text<MAX_REASON>,
    ) -> Result<(), Error<T>> {
        ProjectStep::WithdrawProject.ensure(&project)?;
        ensure!(reason.is_valid(), Error::InvalidText);

        Self::end(id, project, ProjectStage::Withdrawn);
        Ok(())
    }

    pub(crate) fn do_complete(
        id: ProjectId,
        project: Project,
        reason: Option<&Text<MAX_REASON>>,
    ) -> Result<(), Error<T>> {
        ProjectStep::CompleteProject.ensure(&project)?;
        ensure!(reason.is_none_or(Text::is_valid), Error::InvalidText);

        Self::end(id, project, ProjectStage::Completed);
        Ok(())
    }

    pub(crate) fn do_suspend(
        id: ProjectId,
        mut project: Project,
        reason: &Text<MAX_REASON>,
    ) -> Result<(), Error<T>> {
        ProjectStep::SuspendProject.ensure(&project)?;
        ensure!(reason.is_valid(), Error::InvalidText);

        project.stage = ProjectStage::Suspended;
        Projects::<T>::insert(id, project);
        Ok(())
    }

    pub(crate) fn do_resume(id: ProjectId, mut project: Project) -> Result<(), Error<T>> {
        ProjectStep::ResumeProject.ensure(&project)?;

        project.stage = ProjectStage::Authorised;
        Projects::<T>::insert(id, project);
        Ok(())
    }

    /// Moves a project to a stage that it never leaves; what waits for consents lapses.
    fn end(id: ProjectId, mut project: Project, stage: ProjectStage) {
        project.stage = stage;
        ProponentChanges::<T>::remove(id);
        Projects::<T>::insert(id, project);
    }
}
