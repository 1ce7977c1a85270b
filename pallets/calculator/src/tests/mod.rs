// SPDX-License-Identifier: Apache-2.0
//! Tests by theme.

mod constants;
mod estimates;
mod genesis;
mod invariants;
mod permissions;
