// SPDX-License-Identifier: Apache-2.0
//! What must never happen, one test each, named after it, on the whole runtime.

#[path = "../common/mod.rs"]
mod common;
mod credits;
mod faults;
#[path = "../common/permission_steps.rs"]
mod permission_steps;
mod projects;
mod state;

use common::{steps::*, *};
use permission_steps::*;
use registry_primitives::{
    credit::{Block, BlockStatus, Totals},
    project::ProjectStage,
    OrganisationId, OrganisationRole, ProjectId, SerialRange, Tonnes,
};
use registry_runtime::{Runtime, RuntimeCall};
use sp_core::sr25519::Pair;
use sp_runtime::DispatchError;

type ProjectsError = pallet_projects::Error<Runtime>;
type CreditsError = pallet_credits::Error<Runtime>;

/// Runs a test on a new chain, and checks every invariant after it.
fn run(test: impl FnOnce()) {
    development().execute_with(|| {
        test();
        assert_invariants();
    });
}

/// The state without what is noted of every transaction: nonce, weight and number, and what it cost
/// its organisation.
fn registry_state() -> Storage {
    let pallets =
        ["System", "AdmissionQuota"].map(|name| sp_io::hashing::twox_128(name.as_bytes()));
    let noted = |key: &[u8]| {
        pallets.iter().any(|pallet| key.starts_with(pallet)) || key == b":extrinsic_index"
    };
    storage().into_iter().filter(|(key, _)| !noted(key)).collect()
}

/// Submits what must be refused with this error, and must have written nothing.
#[track_caller]
fn refuse(signer: &Pair, call: impl Into<RuntimeCall>, error: impl Into<DispatchError>) {
    let call = call.into();
    let before = registry_state();
    let answer = submit(signer, call.clone());
    assert_eq!(answer, Ok(Err(error.into())), "{call:?}");
    assert!(registry_state() == before, "a refused call has written something: {call:?}");
    assert!(registry_events_of_last_call().is_empty(), "a refused call tells of nothing: {call:?}");
}

/// What the last transaction deposited for the registry.
fn registry_events_of_last_call() -> Vec<registry_runtime::RuntimeEvent> {
    let events = registry_runtime::System::events();
    let last = events.iter().map(|record| &record.phase).next_back().cloned();
    events
        .into_iter()
        .filter(|record| Some(&record.phase) == last.as_ref())
        .map(|record| record.event)
        .filter(|event| !matches!(event, registry_runtime::RuntimeEvent::System(_)))
        .collect()
}

fn range(start: u64, end: u64) -> SerialRange {
    SerialRange { start, end }
}

fn block(start: u64) -> Block {
    pallet_credits::Blocks::<Runtime>::get(start).expect("a block starts there")
}

/// Start, end and owner of every block.
fn blocks() -> Vec<(u64, u64, OrganisationId)> {
    let mut all: Vec<_> = pallet_credits::Blocks::<Runtime>::iter()
        .map(|(start, block)| (start, block.end, block.owner))
        .collect();
    all.sort_unstable();
    all
}

fn status(start: u64) -> BlockStatus {
    block(start).status
}

fn national() -> Totals {
    pallet_credits::NationalTotals::<Runtime>::get()
}

fn last_serial() -> u64 {
    pallet_credits::LastSerial::<Runtime>::get()
}

fn last_request() -> u64 {
    pallet_credits::LastRequestId::<Runtime>::get()
}

fn stage(project: ProjectId) -> ProjectStage {
    pallet_projects::Projects::<Runtime>::get(project).expect("it is registered").stage
}

/// Two developers, a certifier, and project 1 of the first developer: registered.
fn registered() {
    found();
    succeed(&developer(), register(wind_farm("EXT-1", DEVELOPER, CERTIFIER)));
}

/// The same: authorised for a thousand tonnes, under Article 6 terms.
fn authorised(buffer_rate: u32) {
    registered();
    bring_to_validation(1, 1_000, &developer(), &certifier());
    succeed(&root(), authorise_under(1, 1_000, buffer_rate, Some(ndc_terms())));
}

/// Reports and verifies a year of project 1.
fn verified(period: u32, year: u16, tonnes: Tonnes) {
    succeed(&developer(), report_monitoring(1, &[(year, tonnes)]));
    succeed(&certifier(), verify_monitoring(1, period, &[(year, tonnes)]));
}

/// The same: with a hundred tonnes of 2024 issued, numbers 1 to 100, of which the buffer has the
/// last.
fn issued_with_buffer(buffer_rate: u32) {
    authorised(buffer_rate);
    verified(1, 2024, 100);
    succeed(&root(), issue(1, 1));
    next_block();
}

/// The developer holds numbers 1 to 100.
fn issued() {
    issued_with_buffer(0);
}

/// The last request, recognised by the Government.
fn recognise() -> RuntimeCall {
    CreditsCall::recognise_retirement { request: last_request() }.into()
}

/// Another developer, whom nobody knows yet.
fn newcomer() -> (OrganisationId, Pair) {
    let admin = key("Newcomer");
    (create(OrganisationRole::ProjectDeveloper, "Newcomer", &admin), admin)
}
