// SPDX-License-Identifier: Apache-2.0
//! Tests by theme.

mod constants;
mod properties;
mod texts;
mod worked_examples;
