// SPDX-License-Identifier: Apache-2.0
//! Calls on the calculator.

use super::arguments;
use crate::values::{from_json, sentence};
use registry_client::Call;
use registry_primitives::organisation::MAX_REASON;
use std::path::PathBuf;

arguments! {
    SetConstants => SetConstants {
        /// The constants as JSON, as `registry show constants --json` prints them
        #[arg(long = "file", value_name = "FILE")]
        constants: PathBuf = from_json(&constants)?,
        /// Public reason
        #[arg(long, value_parser = sentence::<MAX_REASON>)]
        reason: String,
    }
}
