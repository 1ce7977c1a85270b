// SPDX-License-Identifier: Apache-2.0
//! Issuance: serial numbers drawn for what was verified, divided among the proponents.

use crate::{
    blocks::TotalsChange, Blocks, BlocksOfOwner, Config, Error, Event, LastSerial, NationalTotals,
    Pallet, TotalsOfVintage,
};
use alloc::vec::Vec;
use registry_primitives::{
    credit::{Block, BlockStatus, HoldReason},
    project::{Proponent, VintageTonnes, MAX_PROPONENTS, MAX_VINTAGES},
    shares::{largest_remainder, WHOLE},
    MayAct, OrganisationId, PeriodId, Ppm, ProjectId, SectoralScope, SerialNumber, SerialRange,
    Tonnes, Vintage, GOVERNMENT,
};
use sp_runtime::{DispatchError, DispatchResult};

/// Most blocks of one issuance: one for each proponent and the buffer, for each vintage.
pub const MAX_BLOCKS: u32 = (MAX_PROPONENTS + 1) * MAX_VINTAGES;

/// What may be issued now for a monitoring period.
pub struct Issuance {
    /// Sectoral scope of the project.
    pub scope: SectoralScope,
    /// Who receives it, by share.
    pub proponents: Vec<Proponent>,
    /// Verified tonnes by year.
    pub vintages: Vec<VintageTonnes>,
    /// Part of it that goes to the buffer.
    pub buffer_rate: Ppm,
}

/// Projects, as far as issuance needs them.
pub trait Projects {
    /// What may be issued now for a monitoring period, or why nothing may.
    fn issuance(project: ProjectId, period: PeriodId) -> Result<Issuance, DispatchError>;
    /// Notes that it was issued, so that it cannot be again.
    fn note_issued(project: ProjectId, period: PeriodId) -> DispatchResult;
}

/// A block that is about to be issued.
struct NewBlock {
    range: SerialRange,
    vintage: Vintage,
    owner: OrganisationId,
    status: BlockStatus,
}

impl<T: Config> Pallet<T> {
    /// Issues, and says how many blocks.
    pub(crate) fn do_issue(
        project: ProjectId,
        period: PeriodId,
        issuance: Issuance,
    ) -> Result<u32, DispatchError> {
        let blocks = Self::plan(&issuance)?;
        let last = blocks.last().map_or(LastSerial::<T>::get(), |block| block.range.end);
        let totals = Self::totals_with_issued(project, &blocks)?;
        // Checks everything itself before it writes, so nothing is written if it refuses.
        T::Projects::note_issued(project, period)?;

        LastSerial::<T>::put(last);
        Self::put(totals);
        for NewBlock { range, vintage, owner, status } in &blocks {
            let (vintage, owner) = (*vintage, *owner);
            BlocksOfOwner::<T>::insert(owner, range.start, ());
            Blocks::<T>::insert(
                range.start,
                Block {
                    end: range.end,
                    project,
                    vintage,
                    owner,
                    status: *status,
                    first_transferred: false,
                    parent: None,
                },
            );
            Self::deposit_event(Event::CreditsIssued {
                project,
                period,
                vintage,
                owner,
                range: *range,
                status: *status,
            });
        }
        Ok(blocks.len() as u32)
    }

    /// The blocks of an issuance, with the next serial numbers.
    fn plan(issuance: &Issuance) -> Result<Vec<NewBlock>, Error<T>> {
        let shares: Vec<_> = issuance.proponents.iter().map(|each| each.share).collect();
        let mut last: SerialNumber = LastSerial::<T>::get();
        let mut blocks = Vec::new();
        for &VintageTonnes { vintage, tonnes } in &issuance.vintages {
            let buffer = rounded_up(tonnes, issuance.buffer_rate).ok_or(Error::Overflow)?;
            let rest = tonnes.checked_sub(buffer).ok_or(Error::Overflow)?;
            let parts = largest_remainder(rest, &shares).ok_or(Error::InvalidShares)?;
            let owners = issuance.proponents.iter().map(|each| {
                let status = match T::Members::is_active(each.organisation) {
                    true => BlockStatus::Held,
                    false => BlockStatus::OnHold(HoldReason::OwnerSuspended),
                };
                (each.organisation, status)
            });
            let all = owners.zip(parts).chain([((GOVERNMENT, BlockStatus::Buffer), buffer)]);
            for ((owner, status), quantity) in all.filter(|(_, quantity)| *quantity > 0) {
                let range = SerialRange::after(last, quantity).ok_or(Error::Overflow)?;
                last = range.end;
                blocks.push(NewBlock { range, vintage, owner, status });
            }
        }
        Ok(blocks)
    }

    fn totals_with_issued(
        project: ProjectId,
        blocks: &[NewBlock],
    ) -> Result<TotalsChange, Error<T>> {
        let mut change =
            TotalsChange { national: NationalTotals::<T>::get(), vintages: Vec::new() };
        for NewBlock { range, vintage, status, .. } in blocks {
            let key = (project, *vintage);
            // Blocks come in the order of their vintages.
            if change.vintages.last().is_none_or(|(known, _)| *known != key) {
                change.vintages.push((key, TotalsOfVintage::<T>::get(project, vintage)));
            }
            if let Some((_, totals)) = change.vintages.last_mut() {
                *totals = totals.with_issued(status, range.quantity()).ok_or(Error::Overflow)?;
            }
            change.national =
                change.national.with_issued(status, range.quantity()).ok_or(Error::Overflow)?;
        }
        Ok(change)
    }
}

/// A rate of a quantity, rounded up to whole tonnes.
fn rounded_up(quantity: Tonnes, rate: Ppm) -> Option<Tonnes> {
    let exact = u128::from(quantity).checked_mul(u128::from(rate))?;
    exact.div_ceil(u128::from(WHOLE)).try_into().ok()
}
