// SPDX-License-Identifier: Apache-2.0
//! Calls on the bridge to the ITMO platform. Operators are listed by the council, by the flag
//! `--motion`.

use super::{arguments, IntoCall};
use crate::values::sentence;
use clap::Args;
use registry_client::{call::BridgeKey, AccountId32, Call};
use registry_primitives::{itmo::BridgeSettings, organisation::MAX_REASON};

arguments! {
    RequestRound => RequestBridgeRound {}

    RetryCase => RetryBridgeCase {
        /// Number of the case
        case: u32,
    }

    DismissCase => DismissBridgeCase {
        /// Number of the case
        case: u32,
        /// Public reason
        #[arg(long, value_parser = sentence::<MAX_REASON>)]
        reason: String,
    }

    LinkCompany => LinkCompany {
        /// The company, as the platform writes it
        company: String,
        /// Number of the organisation that it is
        #[arg(long)]
        organisation: u32,
    }

    PauseBridge => PauseBridge {
        /// Public reason
        #[arg(long, value_parser = sentence::<MAX_REASON>)]
        reason: String,
    }

    ResumeBridge => ResumeBridge {}

    AddOperator => AddOperator {
        /// Account of an appointed validator
        account: AccountId32,
        /// Its bridge key, 0x and 64 hexadecimal digits
        #[arg(id = "bridge_key", long = "bridge-key", value_name = "KEY")]
        key: BridgeKey,
    }

    RemoveOperator => RemoveOperator {
        /// Its account
        account: AccountId32,
        /// Public reason
        #[arg(long, value_parser = sentence::<MAX_REASON>)]
        reason: String,
    }
}

/// `bridge change-settings`
#[derive(Args)]
pub struct ChangeBridge {
    /// Tonnes that an imported project is estimated at
    #[arg(long)]
    estimate: u64,
    /// Tonnes that are issued for its final monitoring report
    #[arg(long)]
    issuance: u64,
    /// Blocks from the start of a round to the start of the next
    #[arg(long)]
    interval: u32,
    /// Blocks in which operators report in a round
    #[arg(long)]
    window: u32,
}

impl IntoCall for ChangeBridge {
    fn into_call(self) -> anyhow::Result<Call> {
        let Self { estimate, issuance, interval, window } = self;
        let settings = BridgeSettings { estimate, issuance, interval, window };
        Ok(Call::ChangeBridgeSettings { settings })
    }
}
