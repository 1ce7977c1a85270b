// SPDX-License-Identifier: Apache-2.0
//! Retirement: credits that were used, and the record that proves it for ever.

use crate::{Config, Error, LastRetirementId, Pallet, Retirements};
use frame_support::{ensure, traits::Time};
use registry_primitives::{
    credit::{BlockStatus, Part, Ranges, Retirement, RetirementDetails},
    OrganisationId, RetirementId, Tonnes,
};
use sp_runtime::SaturatedConversion;

impl<T: Config> Pallet<T> {
    pub(crate) fn do_retire(
        owner: OrganisationId,
        parts: &[Part],
        details: RetirementDetails,
    ) -> Result<(RetirementId, Ranges, Tonnes), Error<T>> {
        ensure!(details.is_valid(), Error::InvalidText);
        let (movable, quantity) = Self::movable(owner, parts)?;
        let id = LastRetirementId::<T>::get().checked_add(1).ok_or(Error::Overflow)?;
        let retired = BlockStatus::Retired(id);
        let totals = Self::totals_with(&movable, &retired)?;

        LastRetirementId::<T>::put(id);
        Self::put(totals);
        let blocks = Self::take_all(movable, |block| block.status = retired);
        Retirements::<T>::insert(
            id,
            Retirement {
                by: owner,
                details,
                blocks: blocks.clone(),
                quantity,
                // Heights are `u32` in every runtime of ours.
                block_number: frame_system::Pallet::<T>::block_number().saturated_into(),
                at: T::Clock::now(),
            },
        );
        Ok((id, blocks, quantity))
    }
}
