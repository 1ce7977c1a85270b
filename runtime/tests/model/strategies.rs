// SPDX-License-Identifier: Apache-2.0
//! Which operations a run consists of.
//!
//! An operation is drawn as a whole, out of what the registry holds at that point, so a
//! counter-example shrinks by leaving operations out, not by changing them.

use crate::{
    dice::Dice,
    draw_credits as credits, draw_organisations as organisations, draw_projects as projects,
    operations::{Account, Call, Operation},
    reference::State,
};
use proptest::prelude::{BoxedStrategy, Just, Strategy};
use registry_primitives::Action;
use std::sync::Arc;

/// An operation that is drawn as often as its weight says.
pub type Draw = fn(&State, &mut Dice) -> Operation;

/// The operation that follows on a state.
pub fn operation(state: &State) -> BoxedStrategy<Operation> {
    Just(Arc::new(state.clone()))
        .prop_perturb(|state, random| draw(&state, &mut Dice(random)))
        .boxed()
}

/// What would be refused is mostly drawn again, and then something else is: a run must come
/// somewhere.
fn draw(state: &State, dice: &mut Dice) -> Operation {
    let mut operation = Operation::NextBlock;
    for _ in 0..3 {
        let draw = kind(dice);
        for _ in 0..4 {
            operation = draw(state, dice);
            if state.accepts(&operation) || dice.percent(25) {
                return operation;
            }
        }
    }
    operation
}

/// A kind of operation, as often as its weight says.
fn kind(dice: &mut Dice) -> Draw {
    let sum = OPERATIONS.iter().map(|(weight, _)| weight).sum();
    let mut at = dice.below(sum);
    for (weight, draw) in OPERATIONS {
        if at < *weight {
            return *draw;
        }
        at -= weight;
    }
    OPERATIONS[0].1
}

const OPERATIONS: &[(u64, Draw)] = &[
    (3, |_, _| Operation::NextBlock),
    (2, organisations::create_organisation),
    (2, organisations::approve_application),
    (3, organisations::suspend_organisation),
    (4, organisations::reactivate_organisation),
    (2, organisations::change_organisation),
    (2, organisations::add_member),
    (2, organisations::remove_member),
    (2, organisations::change_role),
    (2, organisations::replace_key),
    (3, projects::register),
    (4, projects::submit_document),
    (4, projects::review),
    (3, projects::validate),
    (4, projects::authorise),
    (1, |state, dice| projects::end_project(state, dice, Action::RejectProject)),
    (1, |state, dice| projects::end_project(state, dice, Action::WithdrawProject)),
    (2, |state, dice| projects::switch_project(state, dice, Action::SuspendProject)),
    (2, projects::resume_project),
    (1, |state, dice| projects::switch_project(state, dice, Action::CompleteProject)),
    (2, projects::change_terms),
    (3, projects::propose_proponents),
    (4, projects::consent_to_proponents),
    (2, projects::withdraw_proponents),
    (2, projects::assign_certifiers),
    (2, projects::certify),
    (2, projects::revoke_certification),
    (8, projects::report_monitoring),
    (8, projects::verify_monitoring),
    (2, projects::return_monitoring),
    (2, projects::refuse_issuance),
    (7, credits::issue),
    (8, credits::transfer),
    (4, credits::request_transfer),
    (4, credits::approve_transfer),
    (2, credits::reject_transfer),
    (2, credits::cancel_transfer_request),
    (5, credits::retire),
    (6, credits::request_retirement),
    (6, credits::recognise_retirement),
    (2, credits::refuse_retirement),
    (2, credits::cancel_retirement_request),
    (3, credits::retire_for_the_state),
    (4, credits::cancel),
    (4, credits::hold),
    (3, credits::release),
    (3, credits::release_buffer),
    (2, credits::pause),
    (3, credits::resume),
    (2, credits::set_deductions),
    (2, organisations::set_threshold),
    (7, organisations::propose),
    (10, organisations::approve_proposal),
    (2, organisations::withdraw_proposal),
];

/// Somebody signs a call.
pub fn sign(by: Account, call: Call) -> Operation {
    Operation::Sign { by, call }
}
