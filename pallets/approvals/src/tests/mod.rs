// SPDX-License-Identifier: Apache-2.0
//! Tests by theme, and what they start from.

mod approving;
mod execution;
mod expiry;
mod invariants;
mod origin;
mod proposing;
mod sequences;
mod thresholds;
mod withdrawal;

use crate::{
    mock::{targets, *},
    Event, Expiring, LastProposalId, OpenProposals, Proposals, Thresholds,
};
use frame_support::assert_ok;
use registry_primitives::{
    approval::{Approval, Approvers, Proposal},
    Action, ActionClass, MemberRole, OrganisationId, ProposalId, GOVERNMENT,
};
use sp_runtime::{DispatchError, DispatchResult};

/// A call that needs officers who may issue credits.
fn issue(value: u32) -> RuntimeCall {
    targets::Call::issue { value }.into()
}

fn set_threshold(class: ActionClass, officers: u32) -> RuntimeCall {
    crate::Call::set_threshold { class, officers }.into()
}

/// So many officers must agree, whoever may have set it.
fn ask_for(class: ActionClass, officers: u32) {
    Thresholds::<Test>::insert(class, officers);
}

fn propose(by: u64, call: RuntimeCall) -> DispatchResult {
    Approvals::propose(signed(by), Box::new(call)).map(drop).map_err(|refused| refused.error)
}

fn approve(by: u64, id: ProposalId) -> DispatchResult {
    Approvals::approve(signed(by), id).map(drop).map_err(|refused| refused.error)
}

/// Proposes what must wait.
fn proposed(by: u64, call: RuntimeCall) -> ProposalId {
    assert_ok!(propose(by, call));
    let id = LastProposalId::<Test>::get();
    assert!(waits(id));
    id
}

fn waits(id: ProposalId) -> bool {
    Proposals::<Test>::contains_key(id)
}

/// The value that a call set last.
fn value() -> u32 {
    targets::Value::<Test>::get()
}

fn officers(who: &[u64]) -> Approvers<u64> {
    who.to_vec().try_into().unwrap()
}

fn executed(id: ProposalId, who: &[u64], result: DispatchResult) -> Event<Test> {
    Event::Executed { id, officers: officers(who), result }
}

/// The events of this pallet, since the start or since they were taken last.
fn take_events() -> Vec<Event<Test>> {
    let all = System::events();
    System::reset_events();
    all.into_iter()
        .filter_map(|record| match record.event {
            RuntimeEvent::Approvals(event) => Some(event),
            _ => None,
        })
        .collect()
}
