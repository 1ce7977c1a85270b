// SPDX-License-Identifier: Apache-2.0
//! Blocks: checking parts, taking them, and moving them between owners and statuses.

use crate::{tally::Tally, Blocks, BlocksOfOwner, Config, Error, Event, Pallet, Paused, Projects};
use alloc::{collections::BTreeSet, vec::Vec};
use frame_support::ensure;
use frame_system::pallet_prelude::OriginFor;
use registry_primitives::{
    credit::{Block, BlockStatus, Part, Ranges, MAX_PARTS},
    organisation::OrganisationStatus,
    project::Step,
    Action, Actor, MayAct, Officers, OrganisationId, OrganisationRole, SerialNumber, SerialRange,
    Tonnes, MAX_TONNES,
};
use sp_runtime::DispatchError;

/// A part of a block that exists and is large enough, and whatever else was asked of it.
pub(crate) struct Selected {
    pub(crate) start: SerialNumber,
    pub(crate) block: Block,
    pub(crate) quantity: Tonnes,
}

/// What is selected, and its tonnes.
pub(crate) type Selection = (Vec<Selected>, Tonnes);

impl<T: Config> Pallet<T> {
    /// The account and the actor behind an origin that may do `action` at all.
    pub(crate) fn ensure_officer(
        origin: OriginFor<T>,
        action: Action,
    ) -> Result<(T::AccountId, Actor), DispatchError> {
        Ok(T::Officers::officer(origin, action).map_err(Error::<T>::from)?)
    }

    pub(crate) fn ensure_not_paused() -> Result<(), Error<T>> {
        ensure!(!Paused::<T>::exists(), Error::TransfersPaused);
        Ok(())
    }

    pub(crate) fn do_transfer(
        from: OrganisationId,
        parts: &[Part],
        to: OrganisationId,
    ) -> Result<(Ranges, Tonnes), Error<T>> {
        Self::ensure_not_paused()?;
        Self::check_receiver(from, to)?;
        let (selected, quantity) = Self::held_by(from, parts)?;

        let ranges = Self::take_all(&selected, |block| block.owner = to);
        Ok((ranges, quantity))
    }

    /// Whether an organisation may receive credits of another.
    pub(crate) fn check_receiver(from: OrganisationId, to: OrganisationId) -> Result<(), Error<T>> {
        let receiver = T::Members::organisation(to).ok_or(Error::UnknownReceiver)?;
        ensure!(receiver.status == OrganisationStatus::Active, Error::ReceiverSuspended);
        ensure!(receiver.role == OrganisationRole::ProjectDeveloper, Error::InvalidReceiver);
        ensure!(to != from, Error::TransferToSelf);
        Ok(())
    }

    /// Parts that their owner may move.
    pub(crate) fn held_by(owner: OrganisationId, parts: &[Part]) -> Result<Selection, Error<T>> {
        Self::select(parts, |block| {
            ensure!(block.owner == owner, Error::NotTheOwner);
            ensure!(block.status == BlockStatus::Held, Error::NotHeld);
            Ok(())
        })
    }

    /// Parts of blocks that pass a check.
    pub(crate) fn select(
        parts: &[Part],
        check: impl Fn(&Block) -> Result<(), Error<T>>,
    ) -> Result<Selection, Error<T>> {
        ensure!(!parts.is_empty(), Error::NoParts);
        let mut named = BTreeSet::new();
        let mut total: Tonnes = 0;
        let mut selected = Vec::with_capacity(parts.len());
        for &Part { start, quantity } in parts {
            ensure!(named.insert(start), Error::BlockNamedTwice);
            let block = Blocks::<T>::get(start).ok_or(Error::UnknownBlock)?;
            check(&block)?;
            ensure!(quantity > 0, Error::ZeroTonnes);
            ensure!(quantity <= block.range(start).quantity(), Error::NotEnoughInBlock);
            total = total.checked_add(quantity).ok_or(Error::Overflow)?;
            selected.push(Selected { start, block, quantity });
        }
        ensure!(total <= MAX_TONNES, Error::Overflow);
        Ok((selected, total))
    }

    /// The one organisation that owns all that is selected.
    pub(crate) fn owner_of(selected: &[Selected]) -> Result<OrganisationId, Error<T>> {
        let owner = selected.first().ok_or(Error::NoParts)?.block.owner;
        ensure!(selected.iter().all(|part| part.block.owner == owner), Error::MixedOwners);
        Ok(owner)
    }

    /// Whether `actor`'s permission reaches the projects of all that is selected.
    pub(crate) fn ensure_reaches(
        actor: &Actor,
        blocks: impl Iterator<Item = Block>,
    ) -> Result<(), Error<T>> {
        let projects: BTreeSet<_> = blocks.map(|block| block.project).collect();
        for project in projects {
            let found = T::Projects::project(project).ok_or(Error::UnknownProject)?;
            ensure!(actor.reaches(found.scope, false), Error::NotPermitted);
        }
        Ok(())
    }

    /// Whether a block becomes first transferred by a step that it has not been by an earlier one.
    pub(crate) fn becomes_first_transferred(block: &Block, step: Option<Step>) -> bool {
        let Some(step) = step else { return false };
        !block.first_transferred
            && T::Projects::project(block.project)
                .and_then(|project| project.article6)
                .is_some_and(|terms| terms.first_transferred_by(step, block.vintage))
    }

    /// Counts in `tally` that all that is selected goes to `status`, and is first transferred where
    /// `step` makes it so.
    pub(crate) fn tally_all(
        tally: &mut Tally<T>,
        selected: &[Selected],
        status: &BlockStatus,
        step: Option<Step>,
    ) -> Result<(), Error<T>> {
        for Selected { block, quantity, .. } in selected {
            tally.shift(block.project, block.vintage, &block.status, status, *quantity)?;
            if Self::becomes_first_transferred(block, step) {
                tally.first_transfer(block.project, block.vintage, *quantity)?;
            }
        }
        Ok(())
    }

    /// Takes every part, as a whole block or split off its end, and changes it.
    pub(crate) fn take_all(selected: &[Selected], change: impl Fn(&mut Block)) -> Ranges {
        let ranges: Vec<_> = selected
            .iter()
            .map(|Selected { start, block, quantity }| {
                Self::take(*start, block.clone(), *quantity, &change)
            })
            .collect();
        Ranges::truncate_from(ranges)
    }

    /// Takes every part to a status, marking as first transferred what `step` makes so.
    pub(crate) fn take_all_to(
        selected: &[Selected],
        status: BlockStatus,
        step: Option<Step>,
    ) -> Ranges {
        let mut first = Vec::new();
        let mut ranges = Vec::with_capacity(selected.len());
        for Selected { start, block, quantity } in selected {
            let transfers = Self::becomes_first_transferred(block, step);
            let range = Self::take(*start, block.clone(), *quantity, |block| {
                block.status = status;
                block.first_transferred |= transfers;
            });
            ranges.push(range);
            if transfers {
                first.push(range);
            }
        }
        Self::note_first_transferred(first);
        Ranges::truncate_from(ranges)
    }

    /// Says which blocks were first transferred, if any: in more than one event where deductions
    /// have divided more blocks than one event lists.
    pub(crate) fn note_first_transferred(blocks: Vec<SerialRange>) {
        for some in blocks.chunks(MAX_PARTS as usize) {
            let quantity = some.iter().map(|range| range.quantity()).sum();
            let blocks = Ranges::truncate_from(some.to_vec());
            Self::deposit_event(Event::CreditsFirstTransferred { blocks, quantity });
        }
    }

    /// Takes the last `quantity` tonnes of a block, or all of it, and changes them.
    pub(crate) fn take(
        start: SerialNumber,
        mut block: Block,
        quantity: Tonnes,
        change: impl Fn(&mut Block),
    ) -> SerialRange {
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
}

impl<T: Config> Pallet<T> {
    /// What an account may do with a block now, as far as role, owner and status tell.
    pub(crate) fn actions_on_block(who: &T::AccountId, start: SerialNumber) -> Vec<Action> {
        use BlockStatus::{Buffer, Held, OnHold, Reserved};
        let Some(block) = Blocks::<T>::get(start) else { return Vec::new() };
        let Some(project) = T::Projects::project(block.project) else { return Vec::new() };
        let paused = Paused::<T>::exists();
        let possible = |action| match action {
            Action::TransferCredits | Action::RetireCredits | Action::RetireForTheState => {
                block.status == Held && !paused
            }
            Action::HoldCredits => block.status == Held,
            Action::ReleaseCredits => matches!(block.status, OnHold(_) | Buffer),
            Action::CancelCredits => matches!(block.status, Held | OnHold(_) | Buffer),
            // Also while paused: it can be refused.
            Action::RecogniseRetirement => matches!(block.status, Reserved(_)),
            _ => false,
        };
        let permitted = |action| {
            T::Members::may_act(who, action)
                .is_ok_and(|actor| actor.reaches(project.scope, actor.organisation == block.owner))
        };
        let actions = Action::ALL.iter().copied();
        actions.filter(|action| possible(*action) && permitted(*action)).collect()
    }
}
