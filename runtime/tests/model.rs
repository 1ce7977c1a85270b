// SPDX-License-Identifier: Apache-2.0
//! The registry against its rules: random operations by anybody, on the real runtime and on an
//! independent model, which must agree on what is accepted and on everything that follows.
//!
//! Invariants 1 to 8 are checked after every operation. A counter-example is shrunk and kept in
//! `model.proptest-regressions`, and is tried first from then on.

mod common;

#[path = "model/abroad.rs"]
mod abroad;
#[path = "model/approvals.rs"]
mod approvals;
#[path = "model/calls.rs"]
mod calls;
#[path = "model/compare.rs"]
mod compare;
#[path = "model/credits.rs"]
mod credits;
#[path = "model/dice.rs"]
mod dice;
#[path = "model/draw_credits.rs"]
mod draw_credits;
#[path = "model/draw_organisations.rs"]
mod draw_organisations;
#[path = "model/draw_projects.rs"]
mod draw_projects;
#[path = "model/operations.rs"]
mod operations;
#[path = "model/organisations.rs"]
mod organisations;
#[path = "model/preparation.rs"]
mod preparation;
#[path = "model/projects.rs"]
mod projects;
#[path = "model/reference.rs"]
mod reference;
#[path = "model/strategies.rs"]
mod strategies;
#[path = "model/system.rs"]
mod system;
#[path = "model/tally.rs"]
mod tally;

use proptest::{
    strategy::{Strategy, ValueTree},
    test_runner::{Config, FileFailurePersistence, TestRunner},
};
use proptest_state_machine::{prop_state_machine, ReferenceStateMachine};
use reference::Model;
use system::RegistryTest;

/// Operations of a case.
const STEPS: usize = 60;

fn config() -> Config {
    let kept = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/model.proptest-regressions");
    Config {
        cases: tally::cases(),
        failure_persistence: Some(Box::new(FileFailurePersistence::Direct(kept))),
        max_shrink_iters: 1_000,
        ..Config::default()
    }
}

prop_state_machine! {
    #![proptest_config(config())]

    #[test]
    fn the_chain_does_what_the_rules_say(sequential STEPS => RegistryTest);
}

/// A run that is refused everything, or never reaches an operation, shows nothing.
#[test]
fn every_operation_is_accepted_and_refused() {
    let mut runner = TestRunner::deterministic();
    let mut tally = tally::Tally::default();
    for _ in 0..256 {
        let cases = Model::sequential_strategy(STEPS);
        let (mut state, operations, _) = cases.new_tree(&mut runner).unwrap().current();
        for operation in operations {
            state = Model::apply(state, &operation);
            tally.count(&operation, state.outcome.is_ok());
        }
    }
    assert_eq!(tally.operations.len(), 54, "{:?}", tally.operations.keys());
    for (name, (accepted, refused)) in &tally.operations {
        assert!(*accepted >= 5, "{name} is accepted {accepted} times");
        assert!(*refused >= 5 || name == "NextBlock", "{name} is refused {refused} times");
    }
}
