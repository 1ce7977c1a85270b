// SPDX-License-Identifier: Apache-2.0
//! Operations on credits, drawn.

use crate::{
    dice::Dice,
    draw_projects::period,
    operations::{Call, Operation, Use},
    reference::{State, Status},
    strategies::sign,
};
use registry_primitives::{
    credit::CancellationReason, project::MonitoringStage, Action, OrganisationRole,
};
use std::collections::BTreeSet;

pub fn issue(state: &State, dice: &mut Dice) -> Operation {
    let (project, period) = period(state, dice, MonitoringStage::Verified);
    sign(dice.officer(state, Action::IssueCredits), Call::Issue { project, period })
}

pub fn owner(state: &State, dice: &mut Dice, action: Action) -> usize {
    let holds =
        |of| state.blocks.values().any(|block| block.owner == of && block.status == Status::Held);
    dice.officer_of(state, action, holds)
}

pub fn transfer(state: &State, dice: &mut Dice) -> Operation {
    let by = owner(state, dice, Action::TransferCredits);
    let parts = dice.own_parts(state, by);
    let to = dice.organisation_with(state, &[OrganisationRole::ProjectDeveloper]);
    sign(by, Call::Transfer { parts, to })
}

pub fn request_transfer(state: &State, dice: &mut Dice) -> Operation {
    use OrganisationRole::ProjectDeveloper;
    let all: Vec<_> = state.blocks.values().filter(|block| block.status == Status::Held).collect();
    let wanted = dice.one_of(&all);
    let project = wanted.map_or_else(|| dice.project(state, |_| true), |block| block.project);
    let vintage = wanted.map(|block| block.vintage).filter(|_| dice.percent(50));
    let from = match wanted {
        Some(block) if !dice.percent(8) => block.owner,
        _ => dice.organisation_with(state, &[ProjectDeveloper]),
    };
    let to = dice.organisation_with(state, &[ProjectDeveloper]);
    let quantity = dice.part_of(10);
    let by = dice.officer_of(state, Action::RequestTransfer, |of| of == to || of == 1);
    sign(by, Call::RequestTransfer { project, vintage, quantity, from, to })
}

pub fn approve_transfer(state: &State, dice: &mut Dice) -> Operation {
    let request = dice.request(&state.transfers, state.last_request);
    let Some(asked) = state.transfers.get(&request) else {
        let by = dice.account();
        return sign(by, Call::ApproveTransfer { request, parts: vec![(1, 1)] });
    };
    let mut missing = asked.quantity;
    let mut parts = Vec::new();
    let fitting = state.blocks.iter().filter(|(_, block)| {
        block.owner == asked.from
            && block.status == Status::Held
            && (block.project == asked.project || dice.percent(5))
            && (asked.vintage.is_none_or(|vintage| vintage == block.vintage) || dice.percent(5))
    });
    for (start, block) in fitting {
        let quantity = missing.min(block.end - start + 1);
        if quantity > 0 {
            parts.push((*start, quantity));
        }
        missing -= quantity;
    }
    if dice.percent(5) {
        parts.pop();
    }
    let from = asked.from;
    let by = dice.officer_of(state, Action::RequestTransfer, |of| of == from);
    sign(by, Call::ApproveTransfer { request, parts })
}

pub fn reject_transfer(state: &State, dice: &mut Dice) -> Operation {
    let request = dice.request(&state.transfers, state.last_request);
    let from = state.transfers.get(&request).map_or(0, |asked| asked.from);
    let reason = dice.reason();
    let by = dice.officer_of(state, Action::RequestTransfer, |of| of == from);
    sign(by, Call::RejectTransfer { request, reason })
}

pub fn cancel_transfer_request(state: &State, dice: &mut Dice) -> Operation {
    let request = dice.request(&state.transfers, state.last_request);
    let initiator = state.transfers.get(&request).map_or(0, |asked| asked.initiator);
    let by = dice.officer_of(state, Action::RequestTransfer, |of| of == initiator);
    sign(by, Call::CancelTransferRequest { request })
}

pub fn retire(state: &State, dice: &mut Dice) -> Operation {
    let by = owner(state, dice, Action::RetireCredits);
    let parts = dice.own_parts(state, by);
    let purpose = match dice.below(20) {
        0 => Use::LegalAction,
        1..=9 => Use::NationalCompliance,
        _ => Use::Voluntary,
    };
    sign(by, Call::Retire { parts, purpose })
}

pub fn request_retirement(state: &State, dice: &mut Dice) -> Operation {
    let by = owner(state, dice, Action::RetireCredits);
    let own = state.members.get(&by).map_or(0, |member| member.0);
    let parts = dice.parts(state, |block| {
        let terms = state.projects[&block.project].terms.as_ref();
        block.owner == own && block.status == Status::Held && terms.is_some()
    });
    let purpose = if dice.percent(4) { Use::Voluntary } else { dice.abroad() };
    sign(by, Call::RequestRetirement { parts, purpose })
}

pub fn recognise_retirement(state: &State, dice: &mut Dice) -> Operation {
    let request = dice.request(&state.retirement_requests, state.last_request);
    let by = dice.officer(state, Action::RecogniseRetirement);
    sign(by, Call::RecogniseRetirement { request })
}

pub fn refuse_retirement(state: &State, dice: &mut Dice) -> Operation {
    let request = dice.request(&state.retirement_requests, state.last_request);
    let reason = dice.reason();
    let by = dice.officer(state, Action::RecogniseRetirement);
    sign(by, Call::RefuseRetirement { request, reason })
}

pub fn cancel_retirement_request(state: &State, dice: &mut Dice) -> Operation {
    let request = dice.request(&state.retirement_requests, state.last_request);
    let owner = state.retirement_requests.get(&request).map_or(0, |(_, record)| record.owner);
    let by = dice.officer_of(state, Action::RetireCredits, |of| of == owner);
    sign(by, Call::CancelRetirementRequest { request })
}

pub fn parts_of_one(
    state: &State,
    dice: &mut Dice,
    fits: impl Fn(Status) -> bool,
) -> Vec<(u64, u64)> {
    let owners: BTreeSet<_> =
        state.blocks.values().filter(|block| fits(block.status)).map(|block| block.owner).collect();
    let owners: Vec<_> = owners.into_iter().collect();
    let owner = dice.one_of(&owners).unwrap_or(0);
    dice.parts(state, |block| block.owner == owner && fits(block.status))
}

pub fn retire_for_the_state(state: &State, dice: &mut Dice) -> Operation {
    let parts = parts_of_one(state, dice, |status| status == Status::Held);
    let purpose = match dice.below(20) {
        0 => Use::Voluntary,
        1 => Use::Ndc { year: 1989 },
        2..=12 => Use::Ndc { year: 2025 },
        13..=16 => Use::LegalAction,
        _ => Use::Other,
    };
    let by = dice.officer(state, Action::RetireForTheState);
    sign(by, Call::RetireForTheState { parts, purpose })
}

pub fn cancel(state: &State, dice: &mut Dice) -> Operation {
    use CancellationReason::{ExcessIssuance, Reversal, Voluntary};
    let reason = match dice.percent(95) {
        true => dice.of(&[ExcessIssuance, Reversal, Reversal, Voluntary]),
        false => dice.of(CancellationReason::ALL),
    };
    let project = dice.project(state, |project| project.issued > 0);
    let parts = match reason {
        Voluntary => parts_of_one(state, dice, |status| status == Status::Held),
        _ => {
            let buffer = dice.percent(50);
            dice.parts(state, |block| {
                block.project == project && (block.status == Status::Buffer) == buffer
            })
        }
    };
    let periods = state.projects.get(&project).map_or(&[][..], |found| &found.periods);
    let issued = |index: usize| periods[index].stage == MonitoringStage::Issued;
    let period = dice.number(periods.len(), issued);
    let names = (reason == Voluntary) == dice.percent(5);
    let (corrects, statement) = (names.then_some((project, period)), dice.reason());
    let by = dice.officer(state, Action::CancelCredits);
    sign(by, Call::Cancel { parts, reason, corrects, statement })
}

pub fn hold(state: &State, dice: &mut Dice) -> Operation {
    let parts = dice.parts(state, |block| block.status == Status::Held);
    let reason = dice.reason();
    sign(dice.officer(state, Action::HoldCredits), Call::Hold { parts, reason })
}

pub fn release(state: &State, dice: &mut Dice) -> Operation {
    let parts = dice.parts(state, |block| matches!(block.status, Status::OnHold(_)));
    sign(dice.officer(state, Action::ReleaseCredits), Call::Release { parts })
}

pub fn release_buffer(state: &State, dice: &mut Dice) -> Operation {
    let parts = dice.parts(state, |block| block.status == Status::Buffer);
    let block = parts.first().and_then(|(start, _)| state.blocks.get(start));
    let owners = block.map_or(&[][..], |block| &state.projects[&block.project].proponents);
    let to = match dice.one_of(owners) {
        Some((owner, _)) if !dice.percent(8) => owner,
        _ => dice.organisation(state),
    };
    sign(dice.officer(state, Action::ReleaseCredits), Call::ReleaseBuffer { parts, to })
}

pub fn pause(state: &State, dice: &mut Dice) -> Operation {
    let reason = dice.reason();
    sign(dice.officer(state, Action::PauseTransfers), Call::Pause { reason })
}

pub fn resume(state: &State, dice: &mut Dice) -> Operation {
    sign(dice.officer(state, Action::PauseTransfers), Call::Resume)
}

pub fn set_deductions(state: &State, dice: &mut Dice) -> Operation {
    let proceeds = dice.of(&[0, 1, 50_000, 333_333, 999_999]);
    let mitigation = dice.of(&[0, 1, 20_000, 500_000, u32::MAX]);
    let by = dice.officer(state, Action::ChangeSettings);
    sign(by, Call::SetDeductions { proceeds, mitigation })
}
