// SPDX-License-Identifier: Apache-2.0
//! Retirement: credits that were used, and the record that proves it for ever.

use crate::{
    blocks::Selected, tally::Tally, Blocks, Cancellations, Config, DeductionRates, Error, Event,
    LastCancellationId, LastRequestId, LastRetirementId, Pallet, Projects, RetirementRequests,
    RetirementRequestsOf, Retirements,
};
use alloc::vec::Vec;
use frame_support::{ensure, traits::Time};
use registry_primitives::{
    credit::{
        Block, BlockStatus, Cancellation, CancellationReason, Corrects, Part, Ranges, Retirement,
        RetirementDetails, RetirementPurpose, RetirementRequest,
    },
    organisation::MAX_REASON,
    project::Step,
    Actor, CancellationId, MayAct, OrganisationId, RequestId, RetirementId, SerialNumber,
    SerialRange, Text, Tonnes,
};
use sp_runtime::{DispatchError, DispatchResult, SaturatedConversion};

impl<T: Config> Pallet<T> {
    /// Retires what the owner holds, for a purpose that needs nobody else's answer.
    pub(crate) fn do_retire(
        selected: &[Selected],
        quantity: Tonnes,
        owner: OrganisationId,
        details: RetirementDetails,
        by: T::AccountId,
    ) -> DispatchResult {
        let id = Self::next_retirement()?;
        let retired = BlockStatus::Retired(id);
        let step = details.purpose.step();
        let mut tally = Tally::<T>::new();
        Self::tally_all(&mut tally, selected, &retired, step)?;
        tally.credit(details.purpose.account(), quantity)?;

        tally.write()?;
        let blocks = Self::take_all_to(selected, retired, step);
        Self::put_retirement(id, owner, details, blocks, quantity, by);
        Ok(())
    }

    /// Reserves what the owner wants used in another country.
    pub(crate) fn do_request_retirement(
        owner: OrganisationId,
        parts: &[Part],
        details: RetirementDetails,
        by: T::AccountId,
    ) -> DispatchResult {
        Self::ensure_not_paused()?;
        ensure!(details.is_valid(), Error::<T>::InvalidText);
        let (selected, quantity) = Self::held_by(owner, parts)?;
        Self::check_authorised(&details.purpose, selected.iter().map(|part| &part.block))?;
        ensure!(DeductionRates::<T>::get().of(quantity).is_some(), Error::<T>::NothingLeft);
        let id = LastRequestId::<T>::get().checked_add(1).ok_or(Error::<T>::Overflow)?;
        let reserved = BlockStatus::Reserved(id);
        let mut tally = Tally::<T>::new();
        Self::tally_all(&mut tally, &selected, &reserved, None)?;
        let mut requests = RetirementRequestsOf::<T>::get(owner);
        requests.try_push(id).map_err(|_| Error::<T>::TooManyRequests)?;

        tally.write()?;
        LastRequestId::<T>::put(id);
        RetirementRequestsOf::<T>::insert(owner, requests);
        let blocks = Self::take_all_to(&selected, reserved, None);
        let requested_at = T::Clock::now();
        let request = RetirementRequest { by: owner, details, blocks, quantity, requested_at };
        RetirementRequests::<T>::insert(id, &request);
        Self::deposit_event(Event::RetirementRequested { id, request, by });
        Ok(())
    }

    /// Whether the authorisation of every block allows this use of it in another country.
    fn check_authorised<'a>(
        purpose: &RetirementPurpose,
        blocks: impl Iterator<Item = &'a Block>,
    ) -> Result<(), Error<T>> {
        let RetirementPurpose::InternationalTransfer { country, towards, .. } = purpose else {
            return Err(Error::WrongPurpose);
        };
        ensure!(*country != T::Members::country(), Error::OwnCountry);
        for block in blocks {
            let terms = T::Projects::project(block.project).and_then(|project| project.article6);
            let allowed = terms.is_some_and(|terms| terms.allow(*towards, *country, block.vintage));
            ensure!(allowed, Error::NotAuthorised);
        }
        Ok(())
    }

    /// Deducts, retires the rest, and marks it as first transferred.
    pub(crate) fn do_recognise(id: RequestId, actor: &Actor, by: T::AccountId) -> DispatchResult {
        Self::ensure_not_paused()?;
        let request = RetirementRequests::<T>::get(id).ok_or(Error::<T>::UnknownRequest)?;
        let blocks = Self::reserved(&request)?;
        Self::ensure_reaches(actor, blocks.iter().map(|(_, block)| block.clone()))?;
        Self::check_authorised(&request.details.purpose, blocks.iter().map(|(_, block)| block))?;
        let (proceeds, mitigation) =
            DeductionRates::<T>::get().of(request.quantity).ok_or(Error::<T>::NothingLeft)?;
        let retirement = Self::next_retirement()?;
        let mut cancellation = LastCancellationId::<T>::get();
        let mut deductions = Vec::new();
        let kinds = [
            (CancellationReason::ShareOfProceeds, proceeds),
            (CancellationReason::OverallMitigation, mitigation),
        ];
        for (reason, quantity) in kinds.into_iter().filter(|(_, quantity)| *quantity > 0) {
            cancellation = cancellation.checked_add(1).ok_or(Error::<T>::Overflow)?;
            deductions.push(Deduction { id: cancellation, reason, quantity, left: quantity });
        }
        let steps = steps(&blocks, &mut deductions, retirement, &request);
        let mut tally = Tally::<T>::new();
        for TakenStep { block, quantity, status, step, .. } in &steps {
            tally.shift(block.project, block.vintage, &block.status, status, *quantity)?;
            if Self::becomes_first_transferred(block, *step) {
                tally.first_transfer(block.project, block.vintage, *quantity)?;
            }
        }
        for Deduction { reason, quantity, .. } in &deductions {
            if let Some(account) = reason.account() {
                tally.credit(account, *quantity)?;
            }
        }
        let rest = request.quantity - proceeds - mitigation;
        tally.credit(request.details.purpose.account(), rest)?;

        tally.write()?;
        Self::close_retirement_request(id, request.by);
        Self::deposit_event(Event::RetirementRecognised {
            request: id,
            retirement,
            by: by.clone(),
        });
        let taken = Self::take_steps(&steps);
        for Deduction { id, reason, quantity, .. } in deductions {
            let blocks = ranges_with(&taken, BlockStatus::Cancelled(id));
            let corrects = Corrects::Retirement(retirement);
            let cancelled = Cancelled { owner: request.by, reason, corrects, statement: None };
            Self::put_cancellation(id, cancelled, blocks, quantity, by.clone());
        }
        let blocks = ranges_with(&taken, BlockStatus::Retired(retirement));
        Self::put_retirement(retirement, request.by, request.details, blocks, rest, by);
        Ok(())
    }

    /// Gives back what was reserved for a request: to the owner, who may move it again.
    pub(crate) fn do_return_reserved(id: RequestId) -> Result<RetirementRequest, DispatchError> {
        let request = RetirementRequests::<T>::get(id).ok_or(Error::<T>::UnknownRequest)?;
        let blocks = Self::reserved(&request)?;
        let mut tally = Tally::<T>::new();
        for (start, block) in &blocks {
            let quantity = block.range(*start).quantity();
            let held = BlockStatus::Held;
            tally.shift(block.project, block.vintage, &block.status, &held, quantity)?;
        }

        tally.write()?;
        Self::close_retirement_request(id, request.by);
        for (start, mut block) in blocks {
            block.status = BlockStatus::Held;
            Blocks::<T>::insert(start, block);
        }
        Ok(request)
    }

    /// The blocks that are reserved for a request.
    fn reserved(request: &RetirementRequest) -> Result<Vec<(SerialNumber, Block)>, Error<T>> {
        let blocks = request.blocks.iter().map(|range| {
            let block = Blocks::<T>::get(range.start).ok_or(Error::UnknownBlock)?;
            Ok((range.start, block))
        });
        blocks.collect()
    }

    fn close_retirement_request(id: RequestId, owner: OrganisationId) {
        RetirementRequests::<T>::remove(id);
        RetirementRequestsOf::<T>::mutate(owner, |requests| requests.retain(|each| *each != id));
    }

    fn next_retirement() -> Result<RetirementId, Error<T>> {
        LastRetirementId::<T>::get().checked_add(1).ok_or(Error::Overflow)
    }

    fn put_retirement(
        id: RetirementId,
        owner: OrganisationId,
        details: RetirementDetails,
        blocks: Ranges,
        quantity: Tonnes,
        by: T::AccountId,
    ) {
        LastRetirementId::<T>::put(id);
        Retirements::<T>::insert(
            id,
            Retirement {
                by: owner,
                details: details.clone(),
                blocks: blocks.clone(),
                quantity,
                // Heights are `u32` in every runtime of ours.
                block_number: frame_system::Pallet::<T>::block_number().saturated_into(),
                at: T::Clock::now(),
            },
        );
        Self::deposit_event(Event::CreditsRetired { id, owner, details, blocks, quantity, by });
    }

    /// Records a cancellation.
    pub(crate) fn put_cancellation(
        id: CancellationId,
        cancelled: Cancelled,
        blocks: Ranges,
        quantity: Tonnes,
        by: T::AccountId,
    ) {
        let Cancelled { owner, reason, corrects, statement } = cancelled;
        LastCancellationId::<T>::put(id);
        let cancellation = Cancellation {
            owner,
            reason,
            corrects,
            statement,
            blocks,
            quantity,
            block_number: frame_system::Pallet::<T>::block_number().saturated_into(),
            at: T::Clock::now(),
        };
        Cancellations::<T>::insert(id, &cancellation);
        Self::deposit_event(Event::CreditsCancelled { id, cancellation, by });
    }

    /// Takes what [`steps`] laid out, from the end of each block to its start.
    fn take_steps(steps: &[TakenStep]) -> Vec<(SerialRange, BlockStatus)> {
        let mut taken = Vec::with_capacity(steps.len());
        let mut first = Vec::new();
        for TakenStep { start, block, quantity, status, step } in steps {
            // An earlier step may have split the block.
            let now = Blocks::<T>::get(start).unwrap_or_else(|| block.clone());
            let transfers = Self::becomes_first_transferred(&now, *step);
            let range = Self::take(*start, now, *quantity, |block| {
                block.status = *status;
                block.first_transferred |= transfers;
            });
            if transfers {
                first.push(range);
            }
            taken.push((range, *status));
        }
        Self::note_first_transferred(first);
        taken
    }
}

/// What is cancelled, why, and by whose words.
pub(crate) struct Cancelled {
    pub(crate) owner: OrganisationId,
    pub(crate) reason: CancellationReason,
    pub(crate) corrects: Corrects,
    pub(crate) statement: Option<Text<MAX_REASON>>,
}

/// One deduction from an international retirement.
struct Deduction {
    id: CancellationId,
    reason: CancellationReason,
    quantity: Tonnes,
    /// What is not yet taken from any block.
    left: Tonnes,
}

/// The end of a block, and where it goes.
struct TakenStep {
    start: SerialNumber,
    block: Block,
    quantity: Tonnes,
    status: BlockStatus,
    step: Option<Step>,
}

/// Lays the deductions on the reserved blocks, in their order; what is left of each is retired.
fn steps(
    blocks: &[(SerialNumber, Block)],
    deductions: &mut [Deduction],
    retirement: RetirementId,
    request: &RetirementRequest,
) -> Vec<TakenStep> {
    let mut steps = Vec::new();
    for (start, block) in blocks {
        let mut left = block.range(*start).quantity();
        let mut push = |quantity: Tonnes, status, step| {
            let (start, block) = (*start, block.clone());
            steps.push(TakenStep { start, block, quantity, status, step });
        };
        for deduction in deductions.iter_mut() {
            let quantity = left.min(deduction.left);
            if quantity > 0 {
                let step = deduction.reason.step();
                push(quantity, BlockStatus::Cancelled(deduction.id), step);
                deduction.left -= quantity;
                left -= quantity;
            }
        }
        if left > 0 {
            push(left, BlockStatus::Retired(retirement), request.details.purpose.step());
        }
    }
    steps
}

fn ranges_with(taken: &[(SerialRange, BlockStatus)], status: BlockStatus) -> Ranges {
    let ranges = taken.iter().filter(|(_, of)| *of == status).map(|(range, _)| *range);
    Ranges::truncate_from(ranges.collect())
}
