// SPDX-License-Identifier: Apache-2.0
//! Calls on projects, their documents and their monitoring periods.

use super::IntoCall;
use crate::values::{from_json, hash_of, named, text, tonnes, vintage};
use anyhow::{bail, Result};
use clap::{ArgGroup, Args};
use registry_client::Call;
use registry_primitives::{
    organisation::MAX_REASON,
    project::{DocumentKind, VintageTonnes},
    shares::WHOLE,
    ContentHash, Text,
};
use std::path::PathBuf;

#[derive(Args)]
pub struct RegisterProject {
    /// The registration as JSON; times in RFC 3339 or milliseconds
    #[arg(long)]
    file: PathBuf,
}

impl IntoCall for RegisterProject {
    fn into_call(self) -> Result<Call> {
        Ok(Call::RegisterProject { registration: from_json(&self.file)? })
    }
}

#[derive(Args)]
pub struct ValidateProject {
    /// Number of the project
    #[arg(long)]
    project: u32,
    /// Number of the validation report within the project
    #[arg(long)]
    document: u32,
    /// Validated estimate in tonnes
    #[arg(long, value_name = "TONNES", value_parser = tonnes)]
    estimate: u64,
}

impl IntoCall for ValidateProject {
    fn into_call(self) -> Result<Call> {
        let Self { project, document, estimate } = self;
        Ok(Call::ValidateProject { project, document, estimate })
    }
}

#[derive(Args)]
pub struct AuthoriseProject {
    /// Number of the project
    #[arg(long)]
    project: u32,
    /// Tonnes that may be issued over its life
    #[arg(long, value_name = "TONNES", value_parser = tonnes)]
    quantity: u64,
    /// Article 6 terms as JSON; without them the credits are for domestic use
    #[arg(long, value_name = "FILE")]
    article6: Option<PathBuf>,
    /// Part of each issuance that goes to the buffer, in parts per million
    #[arg(long, value_name = "PPM", default_value_t = 0, value_parser = clap::value_parser!(u32).range(0..=i64::from(WHOLE)))]
    buffer_rate: u32,
}

impl IntoCall for AuthoriseProject {
    fn into_call(self) -> Result<Call> {
        let Self { project, quantity, article6, buffer_rate } = self;
        let article6 = article6.as_deref().map(from_json).transpose()?;
        Ok(Call::AuthoriseProject { project, quantity, article6, buffer_rate })
    }
}

#[derive(Args)]
pub struct RejectProject {
    /// Number of the project
    #[arg(long)]
    project: u32,
    /// Public reason
    #[arg(long, value_parser = text::<MAX_REASON>)]
    reason: Text<MAX_REASON>,
}

impl IntoCall for RejectProject {
    fn into_call(self) -> Result<Call> {
        Ok(Call::RejectProject { project: self.project, reason: self.reason.to_text() })
    }
}

#[derive(Args)]
pub struct SubmitDocument {
    /// Number of the project
    #[arg(long)]
    project: u32,
    /// What the document is
    #[arg(long, value_parser = named!(DocumentKind))]
    kind: DocumentKind,
    /// The document, to be hashed and measured
    #[arg(long, required_unless_present = "hash", conflicts_with_all = ["hash", "size"])]
    file: Option<PathBuf>,
    /// BLAKE2b-256 of the document, where it is not at hand
    #[arg(long, requires = "size")]
    hash: Option<ContentHash>,
    /// Its size in bytes
    #[arg(long, value_name = "BYTES", requires = "hash")]
    size: Option<u64>,
}

impl IntoCall for SubmitDocument {
    fn into_call(self) -> Result<Call> {
        let Self { project, kind, file, hash, size } = self;
        let (hash, size) = match (file, hash, size) {
            (Some(file), None, None) => hash_of(&file)?,
            (None, Some(hash), Some(size)) => (hash, size),
            _ => bail!("a document is given by --file, or by --hash and --size"),
        };
        Ok(Call::SubmitDocument { project, kind, hash, size })
    }
}

#[derive(Args)]
#[command(group = ArgGroup::new("decision").args(["accept", "reject"]).required(true))]
pub struct ReviewDocument {
    /// Number of the project
    #[arg(long)]
    project: u32,
    /// Number of the document within the project
    #[arg(long)]
    document: u32,
    /// Accept it
    #[arg(long)]
    accept: bool,
    /// Reject it; a new version may follow
    #[arg(long)]
    reject: bool,
    /// Hash of the reviewer's remark
    #[arg(long, value_name = "HASH")]
    remark: Option<ContentHash>,
}

impl IntoCall for ReviewDocument {
    fn into_call(self) -> Result<Call> {
        let Self { project, document, accept, reject: _, remark } = self;
        Ok(Call::ReviewDocument { project, document, accept, remark })
    }
}

#[derive(Args)]
pub struct ReportMonitoring {
    /// Number of the project
    #[arg(long)]
    project: u32,
    /// The report as JSON; times in RFC 3339 or milliseconds
    #[arg(long)]
    file: PathBuf,
}

impl IntoCall for ReportMonitoring {
    fn into_call(self) -> Result<Call> {
        Ok(Call::ReportMonitoring { project: self.project, report: from_json(&self.file)? })
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
    #[arg(long = "vintage", value_name = "YEAR=TONNES", required = true, num_args = 1.., value_parser = vintage)]
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
