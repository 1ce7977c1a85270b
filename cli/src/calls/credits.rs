// SPDX-License-Identifier: Apache-2.0
//! Calls that move credits, hold them, or stop everybody from moving them.

use super::arguments;
use crate::values::{part, sentence, tonnes};
use anyhow::{bail, Result};
use clap::Args;
use registry_client::Call;
use registry_primitives::{
    credit::{Deductions, Part, MAX_PARTS, MAX_REFERENCE},
    organisation::MAX_REASON,
    shares::WHOLE,
};

/// Credits by block.
#[derive(Args)]
pub struct Parts {
    /// Tonnes of the block that starts at a serial number, such as 101:50; repeat for more
    #[arg(
        long = "part",
        value_name = "START:QUANTITY",
        required = true,
        num_args = 1..,
        value_parser = part
    )]
    parts: Vec<Part>,
}

impl Parts {
    /// The parts, as many as a call takes and no block twice.
    pub fn read(self) -> Result<Vec<Part>> {
        if self.parts.len() > MAX_PARTS as usize {
            bail!("there may be at most {MAX_PARTS} parts");
        }
        let mut starts: Vec<_> = self.parts.iter().map(|part| part.start).collect();
        starts.sort_unstable();
        if let Some(pair) = starts.windows(2).find(|pair| pair[0] == pair[1]) {
            bail!("the block at {} is named twice", pair[0]);
        }
        Ok(self.parts)
    }
}

arguments! {
    Transfer => Transfer {
        #[command(flatten)]
        parts: Parts = parts.read()?,
        /// Number of the organisation that receives
        #[arg(long, value_name = "ORGANISATION")]
        to: u32,
        /// Your own reference
        #[arg(long, value_parser = sentence::<MAX_REFERENCE>)]
        reference: Option<String>,
    }

    RequestTransfer => RequestTransfer {
        /// Number of the project whose credits are asked for
        #[arg(long)]
        project: u32,
        /// The year of the reductions; any year without it
        #[arg(long, value_name = "YEAR")]
        vintage: Option<u16>,
        /// Tonnes
        #[arg(long, value_name = "TONNES", value_parser = tonnes)]
        quantity: u64,
        /// Number of the organisation that is asked to send
        #[arg(long, value_name = "ORGANISATION")]
        from: u32,
        /// Number of the organisation that receives
        #[arg(long, value_name = "ORGANISATION")]
        to: u32,
        /// Your own reference
        #[arg(long, value_parser = sentence::<MAX_REFERENCE>)]
        reference: Option<String>,
    }

    ApproveTransfer => ApproveTransfer {
        /// Number of the request
        request: u64,
        #[command(flatten)]
        parts: Parts = parts.read()?,
    }

    RejectTransfer => RejectTransfer {
        /// Number of the request
        request: u64,
        /// Reason
        #[arg(long, value_parser = sentence::<MAX_REASON>)]
        reason: String,
    }

    CancelTransferRequest => CancelTransferRequest {
        /// Number of the request
        request: u64,
    }

    Hold => Hold {
        #[command(flatten)]
        parts: Parts = parts.read()?,
        /// Public reason
        #[arg(long, value_parser = sentence::<MAX_REASON>)]
        reason: String,
    }

    Release => Release {
        #[command(flatten)]
        parts: Parts = parts.read()?,
    }

    ReleaseBuffer => ReleaseBuffer {
        #[command(flatten)]
        parts: Parts = parts.read()?,
        /// Number of the proponent that receives
        #[arg(long, value_name = "ORGANISATION")]
        to: u32,
    }

    PauseTransfers => PauseTransfers {
        /// Public reason
        #[arg(long, value_parser = sentence::<MAX_REASON>)]
        reason: String,
    }

    ResumeTransfers => ResumeTransfers {}
}

#[derive(Args)]
pub struct SetDeductions {
    /// Share of proceeds for adaptation, in parts per million; 50000 is 5 %
    #[arg(long, value_name = "PPM")]
    share_of_proceeds: u32,
    /// Overall mitigation in global emissions, in parts per million; 20000 is 2 %
    #[arg(long, value_name = "PPM")]
    overall_mitigation: u32,
}

impl super::IntoCall for SetDeductions {
    fn into_call(self) -> Result<Call> {
        let Self { share_of_proceeds, overall_mitigation } = self;
        let deductions = Deductions { share_of_proceeds, overall_mitigation };
        if !deductions.is_valid() {
            bail!("the deductions together must be less than {WHOLE} parts per million");
        }
        Ok(Call::SetDeductions { deductions })
    }
}
