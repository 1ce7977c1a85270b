// SPDX-License-Identifier: Apache-2.0
//! Tests by theme.

mod appointment;
mod contact;
mod invariants;
mod offences;
mod sessions;
