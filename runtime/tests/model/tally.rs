// SPDX-License-Identifier: Apache-2.0
//! What the runs consisted of: wasted ones must be seen.

use crate::operations::Operation;
use std::{
    collections::BTreeMap,
    io::Write,
    sync::{Mutex, OnceLock},
};

/// How many cases are run; `REGISTRY_MODEL_CASES` says otherwise.
pub fn cases() -> u32 {
    static CASES: OnceLock<u32> = OnceLock::new();
    *CASES.get_or_init(|| match std::env::var("REGISTRY_MODEL_CASES") {
        Ok(number) => number.parse().expect("REGISTRY_MODEL_CASES is a number"),
        Err(_) => 256,
    })
}

/// Accepted and refused, by kind of operation.
#[derive(Default)]
pub struct Tally {
    pub cases: u32,
    pub operations: BTreeMap<String, (u64, u64)>,
}

impl Tally {
    pub fn count(&mut self, operation: &Operation, accepted: bool) {
        let (yes, no) = self.operations.entry(operation.name()).or_default();
        *if accepted { yes } else { no } += 1;
    }
}

static TALLY: Mutex<Tally> = Mutex::new(Tally { cases: 0, operations: BTreeMap::new() });

fn tally() -> std::sync::MutexGuard<'static, Tally> {
    // A failed case poisons it; the numbers are right all the same.
    TALLY.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}

/// Counts an operation on the chain.
pub fn count(operation: &Operation, accepted: bool) {
    tally().count(operation, accepted);
}

/// Counts a case; after the last, prints what the run was.
pub fn case_done() {
    let mut tally = tally();
    tally.cases += 1;
    if tally.cases != cases() {
        return;
    }
    let (accepted, refused) = (tally.operations.values())
        .fold((0, 0), |(yes, no), (more_yes, more_no)| (yes + more_yes, no + more_no));
    let mut lines = format!(
        "\n{} cases, {} steps: {accepted} accepted, {refused} refused\n",
        tally.cases,
        accepted + refused
    );
    for (name, (yes, no)) in &tally.operations {
        lines += &format!("  {name:<26} {yes:>6} accepted {no:>6} refused\n");
    }
    // Past the capture of the test harness, which keeps what a passing test prints.
    let _ = std::io::stderr().write_all(lines.as_bytes());
}
