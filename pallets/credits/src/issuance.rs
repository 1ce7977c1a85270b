// SPDX-License-Identifier: Apache-2.0
//! Issuance: serial numbers drawn for what was verified, divided among the proponents.

use crate::{
    tally::Tally, Blocks, BlocksOfOwner, Config, Error, Event, HeldForSuspension, LastSerial,
    Pallet,
};
use alloc::vec::Vec;
use registry_primitives::{
    credit::{Block, BlockStatus, HoldReason},
    project::{Article6Terms, Proponent, Step, VintageTonnes, MAX_PROPONENTS, MAX_VINTAGES},
    shares::{largest_remainder, rounded_up},
    MayAct, OrganisationId, PeriodId, Ppm, ProjectId, SectoralScope, SerialNumber, SerialRange,
    Tonnes, Vintage, GOVERNMENT,
};
use sp_runtime::{DispatchError, DispatchResult};

/// Most blocks of one issuance: one for each proponent and the buffer, for each vintage.
pub const MAX_BLOCKS: u32 = (MAX_PROPONENTS + 1) * MAX_VINTAGES;

/// What may be issued now for a monitoring period.
pub struct Issuance {
    /// The project.
    pub project: CreditedProject,
    /// Verified tonnes by year.
    pub vintages: Vec<VintageTonnes>,
    /// Part of it that goes to the buffer.
    pub buffer_rate: Ppm,
}

/// A project, as far as its credits need to know it.
pub struct CreditedProject {
    /// Sectoral scope.
    pub scope: SectoralScope,
    /// Who owns its future issuances, by share.
    pub proponents: Vec<Proponent>,
    /// Article 6 terms of its authorisation; none for domestic use only.
    pub article6: Option<Article6Terms>,
}

/// Projects, as far as credits need them.
pub trait Projects {
    /// A project.
    fn project(id: ProjectId) -> Option<CreditedProject>;
    /// What may be issued now for a monitoring period, or why nothing may.
    fn issuance(project: ProjectId, period: PeriodId) -> Result<Issuance, DispatchError>;
    /// Notes that it was issued, so that it cannot be again.
    fn note_issued(project: ProjectId, period: PeriodId) -> DispatchResult;
    /// Whether credits were issued for a monitoring period.
    fn is_issued(project: ProjectId, period: PeriodId) -> bool;
    /// Notes that so many more tonnes of the project were first transferred.
    fn note_first_transferred(project: ProjectId, quantity: Tonnes) -> DispatchResult;
}

/// A block that is about to be issued.
struct NewBlock {
    range: SerialRange,
    vintage: Vintage,
    owner: OrganisationId,
    status: BlockStatus,
    first_transferred: bool,
}

impl<T: Config> Pallet<T> {
    /// Issues for a monitoring period that was verified, without an officer: what another system has
    /// seen and operators have agreed on.
    pub fn issue_imported(project: ProjectId, period: PeriodId) -> Result<u32, DispatchError> {
        use crate::Projects as _;
        let issuance = T::Projects::issuance(project, period)?;
        Self::do_issue(project, period, issuance)
    }

    /// Issues, and says how many blocks.
    pub(crate) fn do_issue(
        project: ProjectId,
        period: PeriodId,
        issuance: Issuance,
    ) -> Result<u32, DispatchError> {
        use crate::Projects as _;
        let blocks = Self::plan(&issuance)?;
        let last = blocks.last().map_or(LastSerial::<T>::get(), |block| block.range.end);
        let mut tally = Tally::<T>::new();
        for NewBlock { range, vintage, status, first_transferred, .. } in &blocks {
            tally.issue(project, *vintage, status, range.quantity())?;
            if *first_transferred {
                tally.first_transfer(project, *vintage, range.quantity())?;
            }
        }
        // Checks everything itself before it writes, so nothing is written if it refuses.
        T::Projects::note_issued(project, period)?;

        LastSerial::<T>::put(last);
        tally.write()?;
        for NewBlock { range, vintage, owner, status, first_transferred } in &blocks {
            let (vintage, owner, first_transferred) = (*vintage, *owner, *first_transferred);
            BlocksOfOwner::<T>::insert(owner, range.start, ());
            if *status == BlockStatus::OnHold(HoldReason::OwnerSuspended) {
                // Where the list is full the Government releases what it does not hold.
                HeldForSuspension::<T>::mutate(owner, |held| held.try_push(range.start).ok());
            }
            let block = Block {
                end: range.end,
                project,
                vintage,
                owner,
                status: *status,
                first_transferred,
                parent: None,
            };
            Blocks::<T>::insert(range.start, block);
            Self::deposit_event(Event::CreditsIssued {
                project,
                period,
                vintage,
                owner,
                range: *range,
                status: *status,
                first_transferred,
            });
        }
        Ok(blocks.len() as u32)
    }

    /// The blocks of an issuance, with the next serial numbers.
    fn plan(issuance: &Issuance) -> Result<Vec<NewBlock>, Error<T>> {
        let proponents = &issuance.project.proponents;
        let shares: Vec<_> = proponents.iter().map(|each| each.share).collect();
        let mut last: SerialNumber = LastSerial::<T>::get();
        let mut blocks = Vec::new();
        for &VintageTonnes { vintage, tonnes } in &issuance.vintages {
            let buffer = rounded_up(tonnes, issuance.buffer_rate).ok_or(Error::Overflow)?;
            let rest = tonnes.checked_sub(buffer).ok_or(Error::Overflow)?;
            let parts = largest_remainder(rest, &shares).ok_or(Error::InvalidShares)?;
            let owners = proponents.iter().map(|each| {
                let status = match T::Members::is_active(each.organisation) {
                    true => BlockStatus::Held,
                    false => BlockStatus::OnHold(HoldReason::OwnerSuspended),
                };
                (each.organisation, status)
            });
            let first_transferred = (issuance.project.article6.as_ref())
                .is_some_and(|terms| terms.first_transferred_by(Step::Issuance, vintage));
            let all = owners.zip(parts).chain([((GOVERNMENT, BlockStatus::Buffer), buffer)]);
            for ((owner, status), quantity) in all.filter(|(_, quantity)| *quantity > 0) {
                let range = SerialRange::after(last, quantity).ok_or(Error::Overflow)?;
                last = range.end;
                blocks.push(NewBlock { range, vintage, owner, status, first_transferred });
            }
        }
        Ok(blocks)
    }
}
