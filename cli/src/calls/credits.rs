// SPDX-License-Identifier: Apache-2.0
//! Calls on credits.

use super::IntoCall;
use crate::values::{part, text};
use anyhow::{bail, Result};
use clap::{Args, ValueEnum};
use registry_client::Call;
use registry_primitives::{
    credit::{
        Beneficiary, Part, RetirementDetails, RetirementPurpose, MAX_PARTS, MAX_PARTY_NAME,
        MAX_REFERENCE, MAX_RETIREMENT_REASON,
    },
    CountryCode, Text,
};

#[derive(Args)]
pub struct Issue {
    /// Number of the project
    #[arg(long)]
    project: u32,
    /// Number of the monitoring period within the project
    #[arg(long)]
    period: u32,
}

impl IntoCall for Issue {
    fn into_call(self) -> Result<Call> {
        Ok(Call::Issue { project: self.project, period: self.period })
    }
}

/// Credits by block.
#[derive(Args)]
pub struct Parts {
    /// Tonnes of the block that starts at a serial number, such as 101:50; repeat for more
    #[arg(long = "part", value_name = "START:QUANTITY", required = true, num_args = 1.., value_parser = part)]
    parts: Vec<Part>,
}

impl Parts {
    fn read(self) -> Result<Vec<Part>> {
        if self.parts.len() > MAX_PARTS as usize {
            bail!("there may be at most {MAX_PARTS} parts");
        }
        Ok(self.parts)
    }
}

#[derive(Args)]
pub struct Transfer {
    #[command(flatten)]
    parts: Parts,
    /// Number of the organisation that receives
    #[arg(long, value_name = "ORGANISATION")]
    to: u32,
    /// Your own reference
    #[arg(long, value_parser = text::<MAX_REFERENCE>)]
    reference: Option<Text<MAX_REFERENCE>>,
}

impl IntoCall for Transfer {
    fn into_call(self) -> Result<Call> {
        let reference = self.reference.map(|reference| reference.to_text());
        Ok(Call::Transfer { parts: self.parts.read()?, to: self.to, reference })
    }
}

/// The purposes for which an owner retires alone.
#[derive(Clone, Copy, ValueEnum)]
#[value(rename_all = "snake_case")]
enum OwnersPurpose {
    /// By the owner's will
    Voluntary,
    /// A duty under national law
    NationalCompliance,
}

#[derive(Args)]
pub struct Retire {
    #[command(flatten)]
    parts: Parts,
    /// What the credits are retired for
    #[arg(long)]
    purpose: OwnersPurpose,
    /// Name of whom they are retired for
    #[arg(long, value_name = "NAME", value_parser = text::<MAX_PARTY_NAME>)]
    beneficiary: Text<MAX_PARTY_NAME>,
    /// Country of the beneficiary, such as VU
    #[arg(long, value_name = "COUNTRY")]
    beneficiary_country: CountryCode,
    /// On whose behalf, where that is somebody else
    #[arg(long, value_name = "NAME", value_parser = text::<MAX_PARTY_NAME>)]
    on_behalf_of: Option<Text<MAX_PARTY_NAME>>,
    /// Why, in words
    #[arg(long, value_parser = text::<MAX_RETIREMENT_REASON>)]
    reason: Option<Text<MAX_RETIREMENT_REASON>>,
    /// Your own reference
    #[arg(long, value_parser = text::<MAX_REFERENCE>)]
    reference: Option<Text<MAX_REFERENCE>>,
}

impl IntoCall for Retire {
    fn into_call(self) -> Result<Call> {
        let Self {
            parts,
            purpose,
            beneficiary,
            beneficiary_country,
            on_behalf_of,
            reason,
            reference,
        } = self;
        let purpose = match purpose {
            OwnersPurpose::Voluntary => RetirementPurpose::Voluntary,
            OwnersPurpose::NationalCompliance => RetirementPurpose::NationalCompliance,
        };
        let beneficiary = Beneficiary { name: beneficiary, country: beneficiary_country };
        let details = RetirementDetails { purpose, beneficiary, on_behalf_of, reason, reference };
        Ok(Call::Retire { parts: parts.read()?, details })
    }
}
