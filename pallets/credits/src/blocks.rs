// SPDX-License-Identifier: Apache-2.0
//! Blocks: checking parts, taking them, and moving them between owners and statuses.

use crate::{Blocks, BlocksOfOwner, Config, Error, Event, NationalTotals, Pallet, TotalsOfVintage};
use alloc::{collections::BTreeSet, vec::Vec};
use frame_support::{ensure, traits::EnsureOrigin};
use frame_system::pallet_prelude::OriginFor;
use registry_primitives::{
    credit::{Block, BlockStatus, Part, Ranges, Totals},
    organisation::OrganisationStatus,
    Action, Actor, MayAct, OrganisationId, OrganisationRole, SerialNumber, SerialRange, Tonnes,
};
use sp_runtime::DispatchError;

/// A part that was found, is its owner's to move, and is large enough.
pub(crate) struct Movable {
    start: SerialNumber,
    block: Block,
    quantity: Tonnes,
}

impl<T: Config> Pallet<T> {
    /// The account and the actor behind an origin that may do `action` at all.
    pub(crate) fn ensure_officer(
        origin: OriginFor<T>,
        action: Action,
    ) -> Result<(T::AccountId, Actor), DispatchError> {
        let who = T::OfficerOrigin::ensure_origin(origin)?;
        let actor = T::Members::may_act(&who, action).map_err(Error::<T>::from)?;
        Ok((who, actor))
    }

    pub(crate) fn do_transfer(
        from: OrganisationId,
        parts: &[Part],
        to: OrganisationId,
    ) -> Result<(Ranges, Tonnes), Error<T>> {
        let receiver = T::Members::organisation(to).ok_or(Error::UnknownReceiver)?;
        ensure!(receiver.status == OrganisationStatus::Active, Error::ReceiverSuspended);
        ensure!(receiver.role == OrganisationRole::ProjectDeveloper, Error::InvalidReceiver);
        ensure!(to != from, Error::TransferToSelf);
        let (movable, quantity) = Self::movable(from, parts)?;

        let ranges = Self::take_all(movable, |block| block.owner = to);
        Ok((ranges, quantity))
    }

    /// The parts, if the owner may move all of them, and their tonnes.
    pub(crate) fn movable(
        owner: OrganisationId,
        parts: &[Part],
    ) -> Result<(Vec<Movable>, Tonnes), Error<T>> {
        ensure!(!parts.is_empty(), Error::NoParts);
        let mut named = BTreeSet::new();
        let mut total: Tonnes = 0;
        let mut movable = Vec::with_capacity(parts.len());
        for &Part { start, quantity } in parts {
            ensure!(named.insert(start), Error::BlockNamedTwice);
            let block = Blocks::<T>::get(start).ok_or(Error::UnknownBlock)?;
            ensure!(block.owner == owner, Error::NotTheOwner);
            ensure!(block.status == BlockStatus::Held, Error::NotHeld);
            ensure!(quantity > 0, Error::ZeroTonnes);
            ensure!(quantity <= block.range(start).quantity(), Error::NotEnoughInBlock);
            total = total.checked_add(quantity).ok_or(Error::Overflow)?;
            movable.push(Movable { start, block, quantity });
        }
        Ok((movable, total))
    }

    /// Takes every part, as a whole block or split off its end, and changes it.
    pub(crate) fn take_all(movable: Vec<Movable>, change: impl Fn(&mut Block)) -> Ranges {
        let ranges: Vec<_> = movable.into_iter().map(|part| Self::take(part, &change)).collect();
        Ranges::truncate_from(ranges)
    }

    fn take(part: Movable, change: impl Fn(&mut Block)) -> SerialRange {
        let Movable { start, mut block, quantity } = part;
        let whole = block.range(start);
        let mut taken = whole;
        match whole.split(quantity) {
            // The whole block moves; it leaves its owner's index and enters the next one's.
            None => BlocksOfOwner::<T>::remove(block.owner, start),
            Some((rest, split_off)) => {
                let mut remaining = block.clone();
                remaining.end = rest.end;
                Blocks::<T>::insert(start, remaining);
                block.parent = Some(start);
                taken = split_off;
                Self::deposit_event(Event::BlockSplit { rest, taken });
            }
        }
        change(&mut block);
        BlocksOfOwner::<T>::insert(block.owner, taken.start, ());
        Blocks::<T>::insert(taken.start, block);
        taken
    }

    /// The totals with every part moved from held to `status`, to be written by [`Self::put`].
    pub(crate) fn totals_with(
        movable: &[Movable],
        status: &BlockStatus,
    ) -> Result<TotalsChange, Error<T>> {
        let mut change =
            TotalsChange { national: NationalTotals::<T>::get(), vintages: Vec::new() };
        for Movable { block, quantity, .. } in movable {
            let key = (block.project, block.vintage);
            let index = change.index_of::<T>(key);
            let totals = &mut change.vintages[index].1;
            *totals = totals.with_moved(&block.status, status, *quantity).ok_or(Error::Overflow)?;
            change.national = change
                .national
                .with_moved(&block.status, status, *quantity)
                .ok_or(Error::Overflow)?;
        }
        Ok(change)
    }

    /// Writes changed totals.
    pub(crate) fn put(change: TotalsChange) {
        NationalTotals::<T>::put(change.national);
        for ((project, vintage), totals) in change.vintages {
            TotalsOfVintage::<T>::insert(project, vintage, totals);
        }
    }
}

/// Totals that were computed and checked, and are not written yet.
pub(crate) struct TotalsChange {
    pub(crate) national: Totals,
    pub(crate) vintages: Vec<((u32, u16), Totals)>,
}

impl TotalsChange {
    /// Where the totals of a project's vintage are in `vintages`, read if they were not yet.
    fn index_of<T: Config>(&mut self, key: (u32, u16)) -> usize {
        match self.vintages.iter().position(|(known, _)| *known == key) {
            Some(index) => index,
            None => {
                self.vintages.push((key, TotalsOfVintage::<T>::get(key.0, key.1)));
                self.vintages.len() - 1
            }
        }
    }
}
