// SPDX-License-Identifier: Apache-2.0
//! Calls on monitoring periods, up to the issuance for them.

use super::{arguments, IntoCall};
use crate::values::{from_json, hash_of, sentence, vintage};
use anyhow::{bail, Result};
use clap::Args;
use registry_client::Call;
use registry_primitives::{organisation::MAX_REASON, project::VintageTonnes, ContentHash};
use std::path::PathBuf;

arguments! {
    ReportMonitoring => ReportMonitoring {
        /// Number of the project
        #[arg(long)]
        project: u32,
        /// The report as JSON; times in RFC 3339 or milliseconds
        #[arg(long = "file", value_name = "FILE")]
        report: PathBuf = from_json(&report)?,
    }

    ReturnMonitoring => ReturnMonitoring {
        /// Number of the project
        #[arg(long)]
        project: u32,
        /// Number of the monitoring period within the project
        #[arg(long)]
        period: u32,
        /// Hash of the verifier's remark
        #[arg(long, value_name = "HASH")]
        remark: ContentHash,
    }

    RefuseIssuance => RefuseIssuance {
        /// Number of the project
        #[arg(long)]
        project: u32,
        /// Number of the monitoring period within the project
        #[arg(long)]
        period: u32,
        /// Public reason
        #[arg(long, value_parser = sentence::<MAX_REASON>)]
        reason: String,
    }

    Issue => Issue {
        /// Number of the project
        #[arg(long)]
        project: u32,
        /// Number of the monitoring period within the project
        #[arg(long)]
        period: u32,
    }
}

#[derive(Args)]
pub struct VerifyMonitoring {
    /// Number of the project
    #[arg(long)]
    project: u32,
    /// Number of the monitoring period within the project
    #[arg(long)]
    period: u32,
    /// Verified tonnes of a year, such as 2023=1000; repeat for every reported year
    #[arg(
        long = "vintage",
        value_name = "YEAR=TONNES",
        required = true,
        num_args = 1..,
        value_parser = vintage
    )]
    vintages: Vec<VintageTonnes>,
    /// The verification report, to be hashed
    #[arg(
        long,
        value_name = "FILE",
        required_unless_present = "report_hash",
        conflicts_with = "report_hash"
    )]
    report: Option<PathBuf>,
    /// BLAKE2b-256 of the verification report, where it is not at hand
    #[arg(long, value_name = "HASH")]
    report_hash: Option<ContentHash>,
}

impl IntoCall for VerifyMonitoring {
    fn into_call(self) -> Result<Call> {
        let Self { project, period, vintages, report, report_hash } = self;
        let verification = match (report, report_hash) {
            (Some(file), None) => hash_of(&file)?.0,
            (None, Some(hash)) => hash,
            _ => bail!("a report is given by --report or by --report-hash"),
        };
        Ok(Call::VerifyMonitoring { project, period, verified: vintages, verification })
    }
}
