// SPDX-License-Identifier: Apache-2.0
//! Calls on what several officers must agree to. Proposing is a flag of every other call.

use super::arguments;
use crate::values::named;
use registry_client::Call;
use registry_primitives::{approval::MAX_APPROVERS, ActionClass};

arguments! {
    Approve => Approve {
        /// Number of the proposal
        id: u32,
    }

    Withdraw => Withdraw {
        /// Number of the proposal
        id: u32,
    }

    SetThreshold => SetThreshold {
        /// The acts that it holds for
        #[arg(long, value_parser = named!(ActionClass))]
        class: ActionClass,
        /// How many officers must agree to each of them
        #[arg(
            long,
            value_name = "NUMBER",
            value_parser = clap::value_parser!(u32).range(1..=i64::from(MAX_APPROVERS))
        )]
        officers: u32,
    }
}
