// SPDX-License-Identifier: Apache-2.0
//! The rules of international retirements: asked for by the owner, recognised by the Government.

use crate::{
    credits::{part_of, Step, MOST_MADE},
    operations::{Call, Part, Use},
    preparation::{COUNTRIES, COUNTRY},
    reference::{is_text, require, Origin, Outcome, Record, Refused, State, Status},
};
use registry_primitives::{credit::CancellationReason, Action, OrganisationId};

impl State {
    pub fn call_abroad(&mut self, origin: &Origin, call: &Call) -> Outcome {
        match call {
            Call::RequestRetirement { parts, purpose } => {
                let actor = self.officer(origin, Action::RetireCredits)?;
                self.request_retirement(actor.organisation, parts, *purpose)
            }
            Call::RecogniseRetirement { request } => self.recognise(origin, *request),
            Call::RefuseRetirement { request, reason } => {
                self.over_request(origin, *request)?;
                require(is_text(reason), "no reason")?;
                self.give_back(*request);
                Ok(())
            }
            Call::CancelRetirementRequest { request } => {
                let actor = self.officer(origin, Action::RetireCredits)?;
                let (_, record) = self.retirement_requests.get(request).ok_or("unknown request")?;
                require(record.owner == actor.organisation, "another asked")?;
                self.give_back(*request);
                Ok(())
            }
            other => unreachable!("{other:?}"),
        }
    }

    /// Whether the authorisations of these blocks allow their use abroad.
    fn check_abroad<'a>(&self, purpose: Use, starts: impl Iterator<Item = &'a u64>) -> Outcome {
        let Use::Abroad { country, towards } = purpose else { return Err("not abroad") };
        require(country != COUNTRY && COUNTRIES.contains(&country), "no other country")?;
        for start in starts {
            let block = &self.blocks[start];
            let terms = self.projects[&block.project].terms.as_ref();
            let terms = terms.ok_or("authorised for use in this country only")?;
            require(terms.purposes.contains(&towards), "not for this purpose")?;
            let party = terms.parties.is_empty() || terms.parties.contains(&country);
            require(party, "not for this Party")?;
            require(terms.is_about(block.vintage), "not for this vintage")?;
        }
        Ok(())
    }

    /// Share of proceeds and overall mitigation of a quantity, of which something must be left.
    fn deduct(&self, quantity: u64) -> Result<(u64, u64), Refused> {
        let proceeds = part_of(quantity, self.deductions.0);
        let mitigation = part_of(quantity, self.deductions.1);
        require(proceeds + mitigation < quantity, "nothing is left")?;
        Ok((proceeds, mitigation))
    }

    fn request_retirement(
        &mut self,
        owner: OrganisationId,
        parts: &[Part],
        purpose: Use,
    ) -> Outcome {
        self.check_running()?;
        let quantity = self.check_owned(parts, owner)?;
        self.check_abroad(purpose, parts.iter().map(|(start, _)| start))?;
        self.deduct(quantity)?;
        let waiting = self.retirement_requests.values().filter(|(_, each)| each.owner == owner);
        require(waiting.count() < MOST_MADE, "too many wait")?;
        self.last_request += 1;
        let id = self.last_request;
        let ranges = self.take_all(parts, |block| block.status = Status::Reserved(id));
        self.retirement_requests.insert(id, (purpose, Record { owner, quantity, ranges }));
        Ok(())
    }

    /// A request that the officer's permission reaches, all of it.
    fn over_request(&self, origin: &Origin, id: u64) -> Result<(Use, Record), Refused> {
        let actor = self.officer(origin, Action::RecogniseRetirement)?;
        let (purpose, record) = self.retirement_requests.get(&id).ok_or("unknown request")?;
        let reached = record.ranges.iter().all(|(start, _)| {
            actor.reaches(self.projects[&self.blocks[start].project].scope, false)
        });
        require(reached, "out of the permission's reach")?;
        Ok((*purpose, record.clone()))
    }

    /// Deductions are taken off the ends of the blocks, one block after the other; the rest of
    /// each is used abroad.
    fn recognise(&mut self, origin: &Origin, id: u64) -> Outcome {
        self.check_running()?;
        let (purpose, request) = self.over_request(origin, id)?;
        self.check_abroad(purpose, request.ranges.iter().map(|(start, _)| start))?;
        let (proceeds, mitigation) = self.deduct(request.quantity)?;
        self.retirement_requests.remove(&id);
        let Record { owner, quantity, ranges } = request;
        let mut left: Vec<Part> =
            ranges.iter().map(|(start, end)| (*start, end - start + 1)).collect();
        let deductions = [
            (CancellationReason::ShareOfProceeds, proceeds),
            (CancellationReason::OverallMitigation, mitigation),
        ];
        for (reason, deduction) in deductions {
            if deduction == 0 {
                continue;
            }
            let id = self.cancellations.len() as u64 + 1;
            let mut missing = deduction;
            let mut ranges = Vec::new();
            for (start, size) in &mut left {
                let taken = missing.min(*size);
                if taken > 0 {
                    let part = (*start, taken);
                    let status = Status::Cancelled(id);
                    ranges.push(self.end(part, status, Step::UsedOrCancelled));
                }
                *size -= taken;
                missing -= taken;
            }
            let record = Record { owner, quantity: deduction, ranges };
            self.cancellations.insert(id, (reason, record));
        }
        let retirement = self.retirements.len() as u64 + 1;
        let quantity = quantity - proceeds - mitigation;
        let used = left.into_iter().filter(|(_, size)| *size > 0);
        let ranges = used
            .map(|part| self.end(part, Status::Retired(retirement), Step::UsedAbroad))
            .collect();
        self.retirements.insert(retirement, Record { owner, quantity, ranges });
        self.accounts.proceeds += proceeds;
        self.accounts.mitigation += mitigation;
        self.accounts.international += quantity;
        Ok(())
    }

    /// Ends a request for an international retirement; the owner holds the credits again.
    pub fn give_back(&mut self, request: u64) {
        self.retirement_requests.remove(&request);
        for block in self.blocks.values_mut() {
            if block.status == Status::Reserved(request) {
                block.status = Status::Held;
            }
        }
    }
}
