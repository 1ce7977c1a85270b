// SPDX-License-Identifier: Apache-2.0
//! Requested transfers: the receiver or the Government asks, the sender answers.

use crate::{
    Config, Error, Event, LastRequestId, Pallet, Projects, RequestsFrom, RequestsTo,
    TransferRequests,
};
use frame_support::{ensure, traits::Time};
use registry_primitives::{
    credit::{Part, Ranges, TransferRequest, MAX_REFERENCE},
    organisation::OrganisationStatus,
    Actor, MayAct, OrganisationId, OrganisationRole, ProjectId, Reach, RequestId, Text, Tonnes,
    Vintage, MAX_TONNES,
};
use sp_runtime::DispatchResult;

/// What is asked for.
pub(crate) struct Asked {
    pub(crate) project: ProjectId,
    pub(crate) vintage: Option<Vintage>,
    pub(crate) quantity: Tonnes,
    pub(crate) from: OrganisationId,
    pub(crate) to: OrganisationId,
    pub(crate) reference: Option<Text<MAX_REFERENCE>>,
}

impl<T: Config> Pallet<T> {
    pub(crate) fn do_request_transfer(
        actor: &Actor,
        asked: Asked,
        by: T::AccountId,
    ) -> DispatchResult {
        let Asked { project, vintage, quantity, from, to, reference } = asked;
        Self::ensure_not_paused()?;
        let allowed = actor.reach == Reach::Any || actor.organisation == to;
        ensure!(allowed, Error::<T>::NotPermitted);
        ensure!(reference.as_ref().is_none_or(Text::is_valid), Error::<T>::InvalidText);
        let sender = T::Members::organisation(from).ok_or(Error::<T>::UnknownSender)?;
        ensure!(sender.status == OrganisationStatus::Active, Error::<T>::SenderSuspended);
        ensure!(sender.role == OrganisationRole::ProjectDeveloper, Error::<T>::InvalidSender);
        Self::check_receiver(from, to)?;
        ensure!(T::Projects::project(project).is_some(), Error::<T>::UnknownProject);
        ensure!(quantity > 0, Error::<T>::ZeroTonnes);
        ensure!(quantity <= MAX_TONNES, Error::<T>::Overflow);
        let id = LastRequestId::<T>::get().checked_add(1).ok_or(Error::<T>::Overflow)?;
        let mut asked_of_sender = RequestsFrom::<T>::get(from);
        asked_of_sender.try_push(id).map_err(|_| Error::<T>::TooManyRequests)?;
        let mut asked_for_receiver = RequestsTo::<T>::get(to);
        asked_for_receiver.try_push(id).map_err(|_| Error::<T>::TooManyRequests)?;

        LastRequestId::<T>::put(id);
        RequestsFrom::<T>::insert(from, asked_of_sender);
        RequestsTo::<T>::insert(to, asked_for_receiver);
        let initiator = actor.organisation;
        let requested_at = T::Clock::now();
        let request = TransferRequest {
            project,
            vintage,
            quantity,
            from,
            to,
            initiator,
            reference,
            requested_at,
        };
        TransferRequests::<T>::insert(id, &request);
        Self::deposit_event(Event::TransferRequested { id, request, by });
        Ok(())
    }

    /// Transfers what was requested, out of the parts that the sender chose.
    pub(crate) fn do_approve_transfer(
        id: RequestId,
        sender: OrganisationId,
        parts: &[Part],
    ) -> Result<(TransferRequest, Ranges), Error<T>> {
        Self::ensure_not_paused()?;
        let request = Self::request_to_answer(id, sender)?;
        Self::check_receiver(request.from, request.to)?;
        let (selected, quantity) = Self::held_by(sender, parts)?;
        let as_requested = selected.iter().all(|part| {
            part.block.project == request.project
                && request.vintage.is_none_or(|vintage| part.block.vintage == vintage)
        });
        ensure!(as_requested && quantity == request.quantity, Error::NotAsRequested);

        Self::close_transfer_request(id, &request);
        let ranges = Self::take_all(&selected, |block| block.owner = request.to);
        Ok((request, ranges))
    }

    pub(crate) fn do_reject_transfer(
        id: RequestId,
        sender: OrganisationId,
    ) -> Result<(), Error<T>> {
        let request = Self::request_to_answer(id, sender)?;

        Self::close_transfer_request(id, &request);
        Ok(())
    }

    pub(crate) fn do_cancel_transfer(
        id: RequestId,
        initiator: OrganisationId,
    ) -> Result<(), Error<T>> {
        let request = TransferRequests::<T>::get(id).ok_or(Error::UnknownRequest)?;
        ensure!(request.initiator == initiator, Error::NotTheInitiator);

        Self::close_transfer_request(id, &request);
        Ok(())
    }

    fn request_to_answer(
        id: RequestId,
        sender: OrganisationId,
    ) -> Result<TransferRequest, Error<T>> {
        let request = TransferRequests::<T>::get(id).ok_or(Error::UnknownRequest)?;
        ensure!(request.from == sender, Error::NotTheSender);
        Ok(request)
    }

    /// Forgets a request; its events stay.
    pub(crate) fn close_transfer_request(id: RequestId, request: &TransferRequest) {
        TransferRequests::<T>::remove(id);
        RequestsFrom::<T>::mutate(request.from, |requests| requests.retain(|each| *each != id));
        RequestsTo::<T>::mutate(request.to, |requests| requests.retain(|each| *each != id));
    }
}
