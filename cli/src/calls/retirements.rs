// SPDX-License-Identifier: Apache-2.0
//! Calls that end credits: retirement and cancellation.

use super::{arguments, credits::Parts, IntoCall};
use crate::values::{named, sentence, text};
use anyhow::{bail, Result};
use clap::{Args, ValueEnum};
use registry_client::Call;
use registry_primitives::{
    credit::{
        Beneficiary, CancellationReason, Corrects, RetirementDetails, RetirementPurpose,
        MAX_PARTY_NAME, MAX_REFERENCE, MAX_RETIREMENT_REASON,
    },
    organisation::MAX_REASON,
    project::Purpose,
    CountryCode, Text,
};

/// For whom and why credits are retired.
#[derive(Args)]
pub struct For {
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

impl For {
    fn with(self, purpose: RetirementPurpose) -> RetirementDetails {
        let Self { beneficiary, beneficiary_country, on_behalf_of, reason, reference } = self;
        let beneficiary = Beneficiary { name: beneficiary, country: beneficiary_country };
        RetirementDetails { purpose, beneficiary, on_behalf_of, reason, reference }
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
    #[command(flatten)]
    details: For,
}

impl IntoCall for Retire {
    fn into_call(self) -> Result<Call> {
        let purpose = match self.purpose {
            OwnersPurpose::Voluntary => RetirementPurpose::Voluntary,
            OwnersPurpose::NationalCompliance => RetirementPurpose::NationalCompliance,
        };
        Ok(Call::Retire { parts: self.parts.read()?, details: self.details.with(purpose) })
    }
}

#[derive(Args)]
pub struct RequestRetirement {
    #[command(flatten)]
    parts: Parts,
    /// The country that uses them, such as CH
    #[arg(long)]
    country: CountryCode,
    /// Who uses them there
    #[arg(long, value_name = "NAME", value_parser = text::<MAX_PARTY_NAME>)]
    entity: Text<MAX_PARTY_NAME>,
    /// What they are used for; the project's authorisation must allow it
    #[arg(long, value_parser = named!(Purpose))]
    towards: Purpose,
    #[command(flatten)]
    details: For,
}

impl IntoCall for RequestRetirement {
    fn into_call(self) -> Result<Call> {
        let Self { parts, country, entity, towards, details } = self;
        let purpose = RetirementPurpose::InternationalTransfer { country, entity, towards };
        Ok(Call::RequestRetirement { parts: parts.read()?, details: details.with(purpose) })
    }
}

/// The purposes for which the Government retires.
#[derive(Clone, Copy, PartialEq, ValueEnum)]
#[value(rename_all = "snake_case")]
enum StatesPurpose {
    /// The nationally determined contribution of a year
    NdcUse,
    /// A decision of a court or an authority
    LegalAction,
    /// Another decision of the Government
    Other,
}

#[derive(Args)]
pub struct RetireForTheState {
    #[command(flatten)]
    parts: Parts,
    /// What the credits are retired for
    #[arg(long)]
    purpose: StatesPurpose,
    /// The year of the contribution, for ndc_use
    #[arg(long, required_if_eq("purpose", "ndc_use"))]
    year: Option<u16>,
    #[command(flatten)]
    details: For,
}

impl IntoCall for RetireForTheState {
    fn into_call(self) -> Result<Call> {
        let purpose = match (self.purpose, self.year) {
            (StatesPurpose::NdcUse, Some(year)) => RetirementPurpose::NdcUse { year },
            (StatesPurpose::LegalAction, None) => RetirementPurpose::LegalAction,
            (StatesPurpose::Other, None) => RetirementPurpose::Other,
            _ => bail!("--year is for --purpose ndc_use, and only for it"),
        };
        Ok(Call::RetireForTheState {
            parts: self.parts.read()?,
            details: self.details.with(purpose),
        })
    }
}

arguments! {
    RecogniseRetirement => RecogniseRetirement {
        /// Number of the request
        request: u64,
    }

    RefuseRetirement => RefuseRetirement {
        /// Number of the request
        request: u64,
        /// Public reason
        #[arg(long, value_parser = sentence::<MAX_REASON>)]
        reason: String,
    }

    CancelRetirementRequest => CancelRetirementRequest {
        /// Number of the request
        request: u64,
    }
}

/// The reasons for which the Government cancels; the others are deducted, never alone.
#[derive(Clone, Copy, ValueEnum)]
#[value(rename_all = "snake_case")]
enum Reason {
    /// More was issued than was reduced
    ExcessIssuance,
    /// A removal was reversed
    Reversal,
    /// By the owner's will
    Voluntary,
}

#[derive(Args)]
pub struct Cancel {
    #[command(flatten)]
    parts: Parts,
    /// Why
    #[arg(long)]
    reason: Reason,
    /// Number of the project whose issuance it corrects
    #[arg(long, requires = "period")]
    project: Option<u32>,
    /// Number of the monitoring period whose issuance it corrects
    #[arg(long, requires = "project")]
    period: Option<u32>,
    /// Public statement
    #[arg(long, value_parser = sentence::<MAX_REASON>)]
    statement: String,
}

impl IntoCall for Cancel {
    fn into_call(self) -> Result<Call> {
        let Self { parts, reason, project, period, statement } = self;
        let reason = match reason {
            Reason::ExcessIssuance => CancellationReason::ExcessIssuance,
            Reason::Reversal => CancellationReason::Reversal,
            Reason::Voluntary => CancellationReason::Voluntary,
        };
        let corrects = match project.zip(period) {
            Some((project, period)) => Corrects::Issuance { project, period },
            None => Corrects::Nothing,
        };
        if reason.corrects_an_issuance() != (corrects != Corrects::Nothing) {
            bail!(
                "excess_issuance and reversal name the issuance that they correct, by --project \
                 and --period; voluntary names none"
            );
        }
        Ok(Call::Cancel { parts: parts.read()?, reason, corrects, statement })
    }
}
