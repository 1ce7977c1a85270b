// SPDX-License-Identifier: Apache-2.0
//! Tests by theme.

mod applications;
mod creation;
mod genesis;
mod imports;
mod invariants;
mod keys;
mod members;
mod permissions;
mod profile;
mod suspension;
