// SPDX-License-Identifier: Apache-2.0
//! The rules of credits.

use crate::{
    operations::{Call, Part, Terms, Use},
    reference::{
        is_text, require, Block, Origin, Outcome, Record, Refused, State, Status, TransferRequest,
        GOVERNMENT, MOST, WHOLE,
    },
};
use registry_primitives::{
    credit::{CancellationReason, HoldReason},
    project::{FirstTransfer, MonitoringStage, ProjectStage},
    Action, OrganisationId, OrganisationRole, PeriodId, ProjectId, Reach,
};
use std::collections::BTreeSet;

/// Most parts of a call.
const MOST_PARTS: usize = 64;
/// Most requests that wait for one receiver, and international ones of one owner.
pub const MOST_MADE: usize = 16;
/// Most requests that one sender has to answer.
const MOST_ASKED: usize = 64;

/// What happens to a credit that may be its first transfer.
#[derive(Clone, Copy, PartialEq)]
pub enum Step {
    Issued,
    UsedAbroad,
    UsedOrCancelled,
    /// Nothing of the kind.
    Other,
}

impl State {
    pub fn call_credits(&mut self, origin: &Origin, call: &Call) -> Outcome {
        match call {
            Call::Issue { project, period } => {
                self.over(origin, Action::IssueCredits, *project)?;
                self.issue(*project, *period)
            }
            Call::Transfer { parts, to } => {
                let actor = self.officer(origin, Action::TransferCredits)?;
                self.check_running()?;
                self.check_receives(actor.organisation, *to)?;
                self.check_owned(parts, actor.organisation)?;
                self.give(parts, *to);
                Ok(())
            }
            Call::RequestTransfer { project, vintage, quantity, from, to } => {
                let actor = self.officer(origin, Action::RequestTransfer)?;
                let own = actor.reach == Reach::Any || actor.organisation == *to;
                require(own, "it asks for another")?;
                let (project, vintage, quantity) = (*project, *vintage, *quantity);
                let (from, to, initiator) = (*from, *to, actor.organisation);
                self.request_transfer(TransferRequest {
                    project,
                    vintage,
                    quantity,
                    from,
                    to,
                    initiator,
                })
            }
            Call::ApproveTransfer { request, parts } => {
                let actor = self.officer(origin, Action::RequestTransfer)?;
                self.check_running()?;
                let asked = self.transfers.remove(request).ok_or("unknown request")?;
                require(asked.from == actor.organisation, "another was asked")?;
                self.check_receives(asked.from, asked.to)?;
                let sum = self.check_owned(parts, asked.from)?;
                require(sum == asked.quantity, "not the quantity asked for")?;
                let fits = parts.iter().map(|(start, _)| &self.blocks[start]).all(|block| {
                    block.project == asked.project
                        && asked.vintage.is_none_or(|vintage| vintage == block.vintage)
                });
                require(fits, "not the credits asked for")?;
                self.give(parts, asked.to);
                Ok(())
            }
            Call::RejectTransfer { request, reason } => {
                let actor = self.officer(origin, Action::RequestTransfer)?;
                require(is_text(reason), "no reason")?;
                let asked = self.transfers.remove(request).ok_or("unknown request")?;
                require(asked.from == actor.organisation, "another was asked")
            }
            Call::CancelTransferRequest { request } => {
                let actor = self.officer(origin, Action::RequestTransfer)?;
                let asked = self.transfers.remove(request).ok_or("unknown request")?;
                require(asked.initiator == actor.organisation, "another asked")
            }
            Call::Retire { parts, purpose } => {
                let actor = self.officer(origin, Action::RetireCredits)?;
                self.check_running()?;
                let step = match purpose {
                    Use::Voluntary => Step::UsedOrCancelled,
                    Use::NationalCompliance => Step::Other,
                    _ => return Err("not the owner's to decide"),
                };
                let quantity = self.check_owned(parts, actor.organisation)?;
                self.retire(parts, actor.organisation, quantity, step);
                Ok(())
            }
            Call::RetireForTheState { parts, purpose } => {
                self.officer(origin, Action::RetireForTheState)?;
                self.check_running()?;
                let for_ndc = match purpose {
                    Use::Ndc { year } => {
                        require((1990..2200).contains(year), "no such year")?;
                        true
                    }
                    Use::LegalAction | Use::Other => false,
                    _ => return Err("the owner's to decide"),
                };
                let quantity = self.check_parts(parts, |block| {
                    require(block.status == Status::Held, "not held")?;
                    require(!(for_ndc && block.first_transferred), "first transferred")
                })?;
                let owner = self.one_owner(parts)?;
                self.retire(parts, owner, quantity, Step::Other);
                Ok(())
            }
            Call::Cancel { parts, reason, corrects, statement } => {
                self.officer(origin, Action::CancelCredits)?;
                require(is_text(statement), "no statement")?;
                self.cancel(parts, *reason, *corrects)
            }
            Call::Hold { parts, reason } => {
                self.officer(origin, Action::HoldCredits)?;
                require(is_text(reason), "no reason")?;
                self.check_parts(parts, |block| require(block.status == Status::Held, "not held"))?;
                self.take_all(parts, |block| {
                    block.status = Status::OnHold(HoldReason::Government);
                });
                Ok(())
            }
            Call::Release { parts } => {
                self.officer(origin, Action::ReleaseCredits)?;
                self.check_parts(parts, |block| {
                    require(matches!(block.status, Status::OnHold(_)), "not on hold")
                })?;
                self.take_all(parts, |block| block.status = Status::Held);
                Ok(())
            }
            Call::ReleaseBuffer { parts, to } => {
                self.officer(origin, Action::ReleaseCredits)?;
                let receiver = self.organisation(*to)?;
                require(receiver.active, "the receiver is suspended")?;
                self.check_parts(parts, |block| {
                    require(block.status == Status::Buffer, "not in the buffer")?;
                    require(self.projects[&block.project].has_share(*to), "no proponent")
                })?;
                self.take_all(parts, |block| {
                    block.owner = *to;
                    block.status = Status::Held;
                });
                Ok(())
            }
            Call::Pause { reason } => {
                self.officer(origin, Action::PauseTransfers)?;
                require(is_text(reason), "no reason")?;
                require(!self.paused, "paused already")?;
                self.paused = true;
                Ok(())
            }
            Call::Resume => {
                self.officer(origin, Action::PauseTransfers)?;
                require(self.paused, "not paused")?;
                self.paused = false;
                Ok(())
            }
            Call::SetDeductions { proceeds, mitigation } => {
                self.officer(origin, Action::ChangeSettings)?;
                let sum = u64::from(*proceeds) + u64::from(*mitigation);
                require(sum < WHOLE, "nothing would be left")?;
                self.deductions = (*proceeds, *mitigation);
                Ok(())
            }
            other => self.call_abroad(origin, other),
        }
    }

    pub fn check_running(&self) -> Outcome {
        require(!self.paused, "transfers are paused")
    }

    /// Credits go from developers and certifiers to developers.
    fn check_receives(&self, from: OrganisationId, to: OrganisationId) -> Outcome {
        require(from != to, "to itself")?;
        let active = self.is_active(to, &[OrganisationRole::ProjectDeveloper]);
        require(active, "no receiver, or suspended")
    }

    /// The tonnes of parts, each of another block, that pass a check.
    fn check_parts(
        &self,
        parts: &[Part],
        check: impl Fn(&Block) -> Outcome,
    ) -> Result<u64, Refused> {
        require((1..=MOST_PARTS).contains(&parts.len()), "no parts, or too many")?;
        let starts: BTreeSet<_> = parts.iter().map(|(start, _)| start).collect();
        require(starts.len() == parts.len(), "a block is named twice")?;
        let mut sum = 0;
        for (start, quantity) in parts {
            let block = self.blocks.get(start).ok_or("unknown block")?;
            let size = block.end - start + 1;
            require((1..=size).contains(quantity), "not that much in the block")?;
            check(block)?;
            sum += quantity;
        }
        Ok(sum)
    }

    /// The same, of parts that an organisation holds.
    pub fn check_owned(&self, parts: &[Part], owner: OrganisationId) -> Result<u64, Refused> {
        self.check_parts(parts, |block| {
            require(block.owner == owner && block.status == Status::Held, "not its own to move")
        })
    }

    /// Whose the blocks are, all of them.
    fn one_owner(&self, parts: &[Part]) -> Result<OrganisationId, Refused> {
        let owners: BTreeSet<_> = parts.iter().map(|(start, _)| self.blocks[start].owner).collect();
        require(owners.len() == 1, "of several owners")?;
        owners.first().copied().ok_or("no parts")
    }

    /// Changes the last `quantity` numbers of a block: all of it, or a new block split off its end.
    fn take(&mut self, start: u64, quantity: u64, change: impl FnOnce(&mut Block)) -> (u64, u64) {
        let block = self.blocks.get_mut(&start).expect("it was found");
        let (size, end) = (block.end - start + 1, block.end);
        if quantity == size {
            change(block);
            return (start, end);
        }
        let from = end - quantity + 1;
        block.end = from - 1;
        let mut taken = Block { end, parent: Some(start), ..block.clone() };
        change(&mut taken);
        self.blocks.insert(from, taken);
        (from, end)
    }

    pub fn take_all(&mut self, parts: &[Part], change: impl Fn(&mut Block)) -> Vec<(u64, u64)> {
        parts.iter().map(|(start, quantity)| self.take(*start, *quantity, &change)).collect()
    }

    fn give(&mut self, parts: &[Part], to: OrganisationId) {
        self.take_all(parts, |block| block.owner = to);
    }

    /// Takes a part into a final status, by a step that may be its first transfer.
    pub fn end(&mut self, (start, quantity): Part, status: Status, step: Step) -> (u64, u64) {
        let block = &self.blocks[&start];
        let project = self.projects.get_mut(&block.project).expect("blocks have projects");
        let terms = project.terms.as_ref();
        let first = !block.first_transferred
            && terms.is_some_and(|terms| terms.transferred_by(step, block.vintage));
        if first {
            project.first_transferred += quantity;
        }
        self.take(start, quantity, |block| {
            block.status = status;
            block.first_transferred |= first;
        })
    }

    fn retire(&mut self, parts: &[Part], owner: OrganisationId, quantity: u64, step: Step) {
        let id = self.retirements.len() as u64 + 1;
        let ranges = parts.iter().map(|part| self.end(*part, Status::Retired(id), step)).collect();
        self.retirements.insert(id, Record { owner, quantity, ranges });
        self.accounts.domestic += quantity;
    }

    fn cancel(
        &mut self,
        parts: &[Part],
        reason: CancellationReason,
        corrects: Option<(ProjectId, PeriodId)>,
    ) -> Outcome {
        use CancellationReason::{ExcessIssuance, Reversal, Voluntary};
        require([ExcessIssuance, Reversal, Voluntary].contains(&reason), "only deducted")?;
        require((reason == Voluntary) == corrects.is_none(), "a correction says what it corrects")?;
        if let Some((project, period)) = corrects {
            let stage = self.project(project)?.period(period)?.stage;
            require(stage == MonitoringStage::Issued, "nothing was issued for it")?;
        }
        let quantity = self.check_parts(parts, |block| {
            use Status::{Buffer, Held, OnHold};
            require(matches!(block.status, Held | OnHold(_) | Buffer), "not to be cancelled")?;
            let right = corrects.is_none_or(|(project, _)| project == block.project);
            require(right, "of another project")
        })?;
        let owner = self.one_owner(parts)?;
        let step = if reason == Voluntary { Step::UsedOrCancelled } else { Step::Other };
        let id = self.cancellations.len() as u64 + 1;
        let ranges =
            parts.iter().map(|part| self.end(*part, Status::Cancelled(id), step)).collect();
        self.cancellations.insert(id, (reason, Record { owner, quantity, ranges }));
        Ok(())
    }

    fn issue(&mut self, id: ProjectId, period: PeriodId) -> Outcome {
        let project = self.project(id)?.clone();
        require(project.stage == ProjectStage::Authorised, "not authorised")?;
        let found = self.monitoring(id, period, MonitoringStage::Verified)?;
        found.stage = MonitoringStage::Issued;
        let verified = found.verified.clone();
        let issued = project.issued + verified.values().sum::<u64>();
        require(issued <= project.authorised, "more than authorised")?;
        self.project_mut(id).issued = issued;
        for (vintage, tonnes) in verified {
            let buffer = part_of(tonnes, project.buffer);
            let mut shares = divide(tonnes - buffer, &project.proponents);
            shares.push((GOVERNMENT, buffer));
            let last = shares.len() - 1;
            for (index, (owner, quantity)) in shares.into_iter().enumerate() {
                let status = if index == last {
                    Status::Buffer
                } else if self.organisations[&owner].active {
                    Status::Held
                } else {
                    Status::OnHold(HoldReason::OwnerSuspended)
                };
                let terms = project.terms.as_ref();
                let first = terms.is_some_and(|terms| terms.transferred_by(Step::Issued, vintage));
                self.draw(id, vintage, owner, quantity, status, first)?;
            }
        }
        Ok(())
    }

    /// Draws the next serial numbers as one block; none for nothing.
    fn draw(
        &mut self,
        project: ProjectId,
        vintage: u16,
        owner: OrganisationId,
        quantity: u64,
        status: Status,
        first_transferred: bool,
    ) -> Outcome {
        if quantity == 0 {
            return Ok(());
        }
        let start = self.blocks.last_key_value().map_or(1, |(_, block)| block.end + 1);
        let end = start + quantity - 1;
        require(end <= MOST, "no numbers left")?;
        if first_transferred {
            self.project_mut(project).first_transferred += quantity;
        }
        let parent = None;
        let block = Block { end, project, vintage, owner, status, first_transferred, parent };
        self.blocks.insert(start, block);
        Ok(())
    }

    fn request_transfer(&mut self, request: TransferRequest) -> Outcome {
        let TransferRequest { project, quantity, from, to, .. } = request;
        self.check_running()?;
        let sends = self.is_active(from, &[OrganisationRole::ProjectDeveloper]);
        require(sends, "no sender, or suspended")?;
        self.check_receives(from, to)?;
        self.project(project)?;
        require((1..=MOST).contains(&quantity), "no such quantity")?;
        let waiting = |of: fn(&TransferRequest) -> OrganisationId, who| {
            self.transfers.values().filter(|request| of(request) == who).count()
        };
        require(waiting(|request| request.to, to) < MOST_MADE, "too many for the receiver")?;
        require(waiting(|request| request.from, from) < MOST_ASKED, "too many of the sender")?;
        self.last_request += 1;
        self.transfers.insert(self.last_request, request);
        Ok(())
    }
}

impl Terms {
    pub fn is_about(&self, vintage: u16) -> bool {
        self.valid.0 <= vintage && vintage <= self.valid.1
    }

    /// Whether credits of a vintage are first transferred by a step (decision 2/CMA.3, annex,
    /// paragraph 2): for NDCs, by use abroad; for other international purposes, as said.
    fn transferred_by(&self, step: Step, vintage: u16) -> bool {
        use FirstTransfer::{Authorisation, Issuance, UseOrCancellation};
        let said = match step {
            Step::UsedAbroad => true,
            Step::Issued => {
                self.other_purposes() && [Authorisation, Issuance].contains(&self.first_transfer)
            }
            Step::UsedOrCancelled => {
                self.other_purposes() && self.first_transfer == UseOrCancellation
            }
            Step::Other => false,
        };
        said && self.is_about(vintage)
    }
}

/// A rate of a quantity, rounded up to whole tonnes.
pub fn part_of(quantity: u64, rate: u32) -> u64 {
    let exact = u128::from(quantity) * u128::from(rate);
    let whole = exact / u128::from(WHOLE);
    (whole + u128::from(exact % u128::from(WHOLE) > 0)) as u64
}

/// Whole tonnes by share: rounded down, and then one more tonne to whoever lacks most of one, the
/// earlier of two alike first, until nothing is left.
fn divide(tonnes: u64, shares: &[(OrganisationId, u32)]) -> Vec<(OrganisationId, u64)> {
    let exact = |share: u32| u128::from(tonnes) * u128::from(share);
    let mut given: Vec<_> = shares
        .iter()
        .map(|(owner, share)| (*owner, (exact(*share) / u128::from(WHOLE)) as u64))
        .collect();
    let mut lacks: Vec<_> =
        shares.iter().map(|(_, share)| Some(exact(*share) % u128::from(WHOLE))).collect();
    let mut left = tonnes - given.iter().map(|(_, tonnes)| tonnes).sum::<u64>();
    while left > 0 {
        // Of several that lack alike `max_by_key` gives the last: backwards, that is the earliest.
        let most = lacks.iter().enumerate().rev().max_by_key(|(_, lack)| **lack);
        let Some((most, _)) = most else { break };
        given[most].1 += 1;
        lacks[most] = None;
        left -= 1;
    }
    given
}
