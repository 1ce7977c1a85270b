// SPDX-License-Identifier: Apache-2.0
//! The rules of four eyes.

use crate::{
    operations::{Account, Call},
    reference::{require, Actor, Origin, Outcome, Proposal, Refused, State},
};
use registry_primitives::{Action, ActionClass};

/// Most proposals of an organisation that wait.
const MOST_WAITING: usize = 64;

impl State {
    pub fn call_approvals(&mut self, origin: &Origin, call: &Call) -> Outcome {
        if let Call::SetThreshold { class, officers } = call {
            require((1..=16).contains(officers), "no such number of officers")?;
            let needed = self.needed_to_set(*class, *officers);
            self.officer_of(origin, Action::ChangeSettings, needed)?;
            self.thresholds.insert(*class, *officers);
            return Ok(());
        }
        let Origin::Signed(by) = origin else { return Err("nobody signed") };
        match call {
            Call::Propose(call) => self.propose(*by, call),
            Call::ApproveProposal { proposal } => self.approve_proposal(*by, *proposal),
            Call::WithdrawProposal { proposal } => {
                let found = self.concerned(*by, *proposal)?.0;
                require(found.proposer == *by, "another officer proposed it")?;
                self.proposals.remove(proposal);
                Ok(())
            }
            other => unreachable!("{other:?}"),
        }
    }

    /// Changing a threshold needs the stricter of now and then, and what settings need.
    fn needed_to_set(&self, class: ActionClass, officers: u32) -> u32 {
        officers.max(self.threshold(class)).max(self.threshold(ActionClass::Settings))
    }

    fn needed_for(&self, call: &Call, action: Action) -> u32 {
        match call {
            Call::SetThreshold { class, officers } => self.needed_to_set(*class, *officers),
            _ => self.needed(action),
        }
    }

    fn propose(&mut self, by: Account, call: &Call) -> Outcome {
        let action = proposable(call).ok_or("nothing to agree on")?;
        let actor = self.member(by, action)?;
        let organisation = actor.organisation;
        if let Call::SetThreshold { officers, .. } = call {
            require((1..=16).contains(officers), "no such number of officers")?;
        }
        self.last_proposal += 1;
        if self.needed_for(call, action) == 1 {
            let origin = Origin::Agreed { organisation, action, officers: vec![by] };
            return self.call(&origin, call);
        }
        let waiting = self.proposals.values().filter(|each| each.organisation == organisation);
        require(waiting.count() < MOST_WAITING, "too many wait")?;
        let call = call.clone();
        let proposal = Proposal { organisation, action, call, proposer: by, approvals: vec![by] };
        self.proposals.insert(self.last_proposal, proposal);
        Ok(())
    }

    /// A waiting proposal of the account's organisation, and the account as one who may do it.
    fn concerned(&self, by: Account, id: u32) -> Result<(Proposal, Actor), Refused> {
        let proposal = self.proposals.get(&id).ok_or("unknown proposal")?;
        let actor = self.member(by, proposal.action)?;
        require(actor.organisation == proposal.organisation, "another organisation's proposal")?;
        Ok((proposal.clone(), actor))
    }

    fn approve_proposal(&mut self, by: Account, id: u32) -> Outcome {
        let (mut proposal, _) = self.concerned(by, id)?;
        require(!proposal.approvals.contains(&by), "approved already")?;
        let Proposal { organisation, action, .. } = proposal;
        proposal.approvals.retain(|account| {
            self.member(*account, action).is_ok_and(|actor| actor.organisation == organisation)
        });
        proposal.approvals.push(by);
        if (proposal.approvals.len() as u32) < self.needed_for(&proposal.call, action) {
            self.proposals.insert(id, proposal);
            return Ok(());
        }
        self.proposals.remove(&id);
        // Whatever becomes of the call, the approval stands.
        let origin = Origin::Agreed { organisation, action, officers: proposal.approvals };
        let mut then = self.clone();
        if then.call(&origin, &proposal.call).is_ok() {
            *self = then;
        }
        Ok(())
    }
}

/// What is agreed on, for calls that several officers may have to agree on.
fn proposable(call: &Call) -> Option<Action> {
    Some(match call {
        Call::Authorise { .. } | Call::ChangeTerms { .. } => Action::AuthoriseProject,
        Call::RejectProject { .. } => Action::RejectProject,
        Call::Issue { .. } | Call::RefuseIssuance { .. } => Action::IssueCredits,
        Call::RecogniseRetirement { .. } | Call::RefuseRetirement { .. } => {
            Action::RecogniseRetirement
        }
        Call::Cancel { .. } => Action::CancelCredits,
        Call::RetireForTheState { .. } => Action::RetireForTheState,
        Call::SetDeductions { .. } | Call::SetThreshold { .. } => Action::ChangeSettings,
        _ => return None,
    })
}
