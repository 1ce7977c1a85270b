// SPDX-License-Identifier: Apache-2.0
//! What stops credits for a time: the Government's hold, the buffer, and the suspension of their
//! owner.

use crate::{
    tally::Tally, Blocks, Config, Error, Event, HeldForSuspension, Pallet, Projects, RequestsFrom,
    RequestsTo, RetirementRequestsOf, TransferRequests, WeightInfo,
};
use alloc::{collections::BTreeSet, vec::Vec};
use frame_support::{defensive, ensure, weights::Weight};
use registry_primitives::{
    credit::{BlockStatus, HoldReason, Part, Ranges},
    MayAct, OrganisationId, Tonnes,
};
use sp_runtime::DispatchError;

/// Most blocks that a reactivation releases.
pub const MAX_HELD_FOR_SUSPENSION: u32 = 64;

impl<T: Config> Pallet<T> {
    pub(crate) fn do_hold(parts: &[Part]) -> Result<(Ranges, Tonnes), DispatchError> {
        Self::change_status(parts, BlockStatus::OnHold(HoldReason::Government), |status| {
            ensure!(status == BlockStatus::Held, Error::NotHeld);
            Ok(())
        })
    }

    pub(crate) fn do_release(parts: &[Part]) -> Result<(Ranges, Tonnes), DispatchError> {
        Self::change_status(parts, BlockStatus::Held, |status| {
            ensure!(matches!(status, BlockStatus::OnHold(_)), Error::NotOnHold);
            Ok(())
        })
    }

    fn change_status(
        parts: &[Part],
        to: BlockStatus,
        check: impl Fn(BlockStatus) -> Result<(), Error<T>>,
    ) -> Result<(Ranges, Tonnes), DispatchError> {
        let (selected, quantity) = Self::select(parts, |block| check(block.status))?;
        let mut tally = Tally::<T>::new();
        Self::tally_all(&mut tally, &selected, &to, None)?;

        tally.write()?;
        Ok((Self::take_all_to(&selected, to, None), quantity))
    }

    /// Gives credits of the buffer to a proponent of the project that they come from.
    pub(crate) fn do_release_buffer(
        parts: &[Part],
        to: OrganisationId,
    ) -> Result<(Ranges, Tonnes), DispatchError> {
        let (selected, quantity) = Self::select(parts, |block| {
            ensure!(block.status == BlockStatus::Buffer, Error::NotInBuffer);
            Ok(())
        })?;
        ensure!(T::Members::organisation(to).is_some(), Error::<T>::UnknownReceiver);
        ensure!(T::Members::is_active(to), Error::<T>::ReceiverSuspended);
        let projects: BTreeSet<_> = selected.iter().map(|part| part.block.project).collect();
        for project in projects {
            let found = T::Projects::project(project).ok_or(Error::<T>::UnknownProject)?;
            let owns = found.proponents.iter().any(|each| each.organisation == to);
            ensure!(owns, Error::<T>::NotAProponent);
        }
        let mut tally = Tally::<T>::new();
        Self::tally_all(&mut tally, &selected, &BlockStatus::Held, None)?;

        tally.write()?;
        let ranges = Self::take_all(&selected, |block| {
            block.status = BlockStatus::Held;
            block.owner = to;
        });
        Ok((ranges, quantity))
    }

    /// Cancels everything that waits for an organisation that was just suspended, or that it
    /// waits for.
    pub fn owner_suspended(id: OrganisationId) -> Weight {
        let transfers: BTreeSet<_> =
            RequestsFrom::<T>::get(id).into_iter().chain(RequestsTo::<T>::get(id)).collect();
        for request in &transfers {
            let Some(found) = TransferRequests::<T>::get(request) else {
                defensive!("the lists name requests that exist; qed");
                continue;
            };
            Self::close_transfer_request(*request, &found);
            Self::deposit_event(Event::TransferRequestCancelled { id: *request, by: None });
        }
        let mut blocks = 0u32;
        for request in RetirementRequestsOf::<T>::get(id) {
            match Self::do_return_reserved(request) {
                Ok(found) => {
                    blocks = blocks.saturating_add(found.blocks.len() as u32);
                    Self::deposit_event(Event::RetirementRequestCancelled {
                        id: request,
                        by: None,
                    });
                }
                Err(_) => {
                    defensive!("what is reserved can be given back; qed");
                }
            }
        }
        T::WeightInfo::owner_suspended(transfers.len() as u32, blocks)
    }

    /// Releases what was issued to an organisation while it was suspended.
    pub fn owner_reactivated(id: OrganisationId) -> Weight {
        let mut tally = Tally::<T>::new();
        let on_hold = BlockStatus::OnHold(HoldReason::OwnerSuspended);
        let mut released = Vec::new();
        let mut quantity: Tonnes = 0;
        let held = HeldForSuspension::<T>::take(id);
        for start in &held {
            // The Government may have released or cancelled it meanwhile.
            let Some(mut block) = Blocks::<T>::get(start) else { continue };
            if block.status != on_hold {
                continue;
            }
            let range = block.range(*start);
            let (project, vintage) = (block.project, block.vintage);
            let held = BlockStatus::Held;
            if tally.shift(project, vintage, &on_hold, &held, range.quantity()).is_err() {
                defensive!("what is on hold is counted as on hold; qed");
                continue;
            }
            block.status = held;
            Blocks::<T>::insert(start, block);
            quantity = quantity.saturating_add(range.quantity());
            released.push(range);
        }
        if !released.is_empty() && tally.write().is_ok() {
            let blocks = Ranges::truncate_from(released);
            Self::deposit_event(Event::CreditsReleased { blocks, quantity, by: None });
        }
        T::WeightInfo::owner_reactivated(held.len() as u32)
    }
}
