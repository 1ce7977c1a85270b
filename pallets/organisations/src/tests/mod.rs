// SPDX-License-Identifier: Apache-2.0
//! Tests by theme.

mod creation;
mod genesis;
mod invariants;
mod members;
mod suspension;
