// SPDX-License-Identifier: Apache-2.0
//! Calls on projects and their documents.

use super::{arguments, IntoCall};
use crate::values::{from_json, hash_of, named, proponent, sentence, tonnes};
use anyhow::{bail, Result};
use clap::{ArgGroup, Args};
use registry_client::Call;
use registry_primitives::{
    organisation::MAX_REASON,
    project::{DocumentKind, Proponent, MAX_CERTIFIERS, MAX_PROPONENTS},
    shares::WHOLE,
    ContentHash,
};
use std::path::PathBuf;

arguments! {
    RegisterProject => RegisterProject {
        /// The registration as JSON; times in RFC 3339 or milliseconds
        #[arg(long = "file", value_name = "FILE")]
        registration: PathBuf = from_json(&registration)?,
    }

    ValidateProject => ValidateProject {
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

    AuthoriseProject => AuthoriseProject {
        /// Number of the project
        #[arg(long)]
        project: u32,
        /// Tonnes that may be issued over its life
        #[arg(long, value_name = "TONNES", value_parser = tonnes)]
        quantity: u64,
        /// Article 6 terms as JSON; without them the credits are for domestic use
        #[arg(long, value_name = "FILE")]
        article6: Option<PathBuf> = article6.as_deref().map(from_json).transpose()?,
        /// Part of each issuance that goes to the buffer, in parts per million
        #[arg(
            long,
            value_name = "PPM",
            default_value_t = 0,
            value_parser = clap::value_parser!(u32).range(0..=i64::from(WHOLE))
        )]
        buffer_rate: u32,
    }

    RejectProject => RejectProject {
        /// Number of the project
        #[arg(long)]
        project: u32,
        /// Public reason
        #[arg(long, value_parser = sentence::<MAX_REASON>)]
        reason: String,
    }

    WithdrawProject => WithdrawProject {
        /// Number of the project
        #[arg(long)]
        project: u32,
        /// Public reason
        #[arg(long, value_parser = sentence::<MAX_REASON>)]
        reason: String,
    }

    SuspendProject => SuspendProject {
        /// Number of the project
        #[arg(long)]
        project: u32,
        /// Public reason
        #[arg(long, value_parser = sentence::<MAX_REASON>)]
        reason: String,
    }

    ResumeProject => ResumeProject {
        /// Number of the project
        #[arg(long)]
        project: u32,
    }

    CompleteProject => CompleteProject {
        /// Number of the project
        #[arg(long)]
        project: u32,
        /// Public reason
        #[arg(long, value_parser = sentence::<MAX_REASON>)]
        reason: Option<String>,
    }

    ProposeProponents => ProposeProponents {
        /// Number of the project
        #[arg(long)]
        project: u32,
        /// An organisation and its share in parts per million, such as 2=600000; repeat for more
        #[arg(
            long = "proponent",
            value_name = "ORGANISATION=PPM",
            required = true,
            num_args = 1..,
            value_parser = proponent
        )]
        proponents: Vec<Proponent> = whole(proponents)?,
    }

    ConsentToProponents => ConsentToProponents {
        /// Number of the project
        #[arg(long)]
        project: u32,
        /// Number of the change within the project
        #[arg(long)]
        number: u32,
    }

    WithdrawProponents => WithdrawProponents {
        /// Number of the project
        #[arg(long)]
        project: u32,
        /// Number of the change within the project
        #[arg(long)]
        number: u32,
    }

    AssignCertifiers => AssignCertifiers {
        /// Number of the project
        #[arg(long)]
        project: u32,
        /// Number of a certifier's organisation; repeat for more, leave out to assign none
        #[arg(long = "certifier", value_name = "ORGANISATION", num_args = 1..)]
        certifiers: Vec<u32> = set_of_certifiers(certifiers)?,
    }

    CertifyProject => CertifyProject {
        /// Number of the project
        #[arg(long)]
        project: u32,
    }

    RevokeCertification => RevokeCertification {
        /// Number of the project
        #[arg(long)]
        project: u32,
        /// Number of the certifier's organisation
        #[arg(long, value_name = "ORGANISATION")]
        certifier: u32,
        /// Public reason
        #[arg(long, value_parser = sentence::<MAX_REASON>)]
        reason: String,
    }
}

/// Shares that add up to the whole, of organisations that are each named once.
fn whole(proponents: Vec<Proponent>) -> Result<Vec<Proponent>> {
    if proponents.len() > MAX_PROPONENTS as usize {
        bail!("there may be at most {MAX_PROPONENTS} proponents");
    }
    let sum: u64 = proponents.iter().map(|each| u64::from(each.share)).sum();
    if sum != u64::from(WHOLE) {
        bail!("the shares add up to {sum} and not to {WHOLE} parts per million");
    }
    Ok(proponents)
}

/// In order and each once, as the chain keeps a set.
fn set_of_certifiers(mut certifiers: Vec<u32>) -> Result<Vec<u32>> {
    certifiers.sort_unstable();
    certifiers.dedup();
    if certifiers.len() > MAX_CERTIFIERS as usize {
        bail!("there may be at most {MAX_CERTIFIERS} certifiers");
    }
    Ok(certifiers)
}

#[derive(Args)]
#[command(group = ArgGroup::new("terms").args(["article6", "domestic"]).required(true))]
pub struct ChangeTerms {
    /// Number of the project
    #[arg(long)]
    project: u32,
    /// Article 6 terms as JSON
    #[arg(long, value_name = "FILE")]
    article6: Option<PathBuf>,
    /// No terms: what is not yet first transferred is for domestic use
    #[arg(long)]
    domestic: bool,
}

impl IntoCall for ChangeTerms {
    fn into_call(self) -> Result<Call> {
        let Self { project, article6, domestic: _ } = self;
        let article6 = article6.as_deref().map(from_json).transpose()?;
        Ok(Call::ChangeTerms { project, article6 })
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
    /// Reject it, with a remark; a new version may follow
    #[arg(long, requires = "remark")]
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
