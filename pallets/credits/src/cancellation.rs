// SPDX-License-Identifier: Apache-2.0
//! Cancellation: credits that correct an error or a reversal, or that their owner gave up. Not a
//! retirement: nobody used them.

use crate::{
    retirement::Cancelled, tally::Tally, Config, Error, LastCancellationId, Pallet, Projects,
};
use frame_support::ensure;
use registry_primitives::{
    credit::{Block, BlockStatus, CancellationReason, Corrects, Part},
    organisation::MAX_REASON,
    Text,
};
use sp_runtime::DispatchResult;

impl<T: Config> Pallet<T> {
    pub(crate) fn do_cancel(
        parts: &[Part],
        reason: CancellationReason,
        corrects: Corrects,
        statement: Text<MAX_REASON>,
        by: T::AccountId,
    ) -> DispatchResult {
        ensure!(statement.is_valid(), Error::<T>::InvalidText);
        ensure!(!reason.is_a_deduction(), Error::<T>::NeverAlone);
        let (selected, quantity) = Self::select(parts, |block| {
            use BlockStatus::{Buffer, Held, OnHold};
            ensure!(matches!(block.status, Held | OnHold(_) | Buffer), Error::NotCancellable);
            Ok(())
        })?;
        let owner = Self::owner_of(&selected)?;
        for part in &selected {
            Self::check_corrects(reason, corrects, &part.block)?;
        }
        let id = LastCancellationId::<T>::get().checked_add(1).ok_or(Error::<T>::Overflow)?;
        let cancelled = BlockStatus::Cancelled(id);
        let mut tally = Tally::<T>::new();
        Self::tally_all(&mut tally, &selected, &cancelled, reason.step())?;

        tally.write()?;
        let blocks = Self::take_all_to(&selected, cancelled, reason.step());
        let statement = Some(statement);
        let cancelled = Cancelled { owner, reason, corrects, statement };
        Self::put_cancellation(id, cancelled, blocks, quantity, by);
        Ok(())
    }

    /// Whether a cancellation names what it corrects: an issuance of the block's own project, or
    /// nothing where it corrects nothing.
    fn check_corrects(
        reason: CancellationReason,
        corrects: Corrects,
        block: &Block,
    ) -> Result<(), Error<T>> {
        let right = match corrects {
            Corrects::Nothing => !reason.corrects_an_issuance(),
            Corrects::Issuance { project, period } => {
                reason.corrects_an_issuance()
                    && project == block.project
                    && T::Projects::is_issued(project, period)
            }
            Corrects::Retirement(_) => false,
        };
        ensure!(right, Error::WrongCorrection);
        Ok(())
    }
}
