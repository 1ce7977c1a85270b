// SPDX-License-Identifier: Apache-2.0
//! Tests by theme.

mod agreement;
mod cases;
mod contract;
mod invariants;
mod operators;
mod permissions;
mod reports;
mod rounds;
mod waiting;
mod worker;
