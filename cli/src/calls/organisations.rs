// SPDX-License-Identifier: Apache-2.0
//! Calls on organisations and members.

use super::{arguments, IntoCall};
use crate::values::{from_json, named, scope, sentence, text};
use anyhow::{bail, Result};
use clap::Args;
use registry_client::{AccountId32, Call};
use registry_primitives::{
    organisation::{OrganisationDetails, MAX_NAME, MAX_REASON, MAX_TAX_ID},
    sector::SectoralScopes,
    ContentHash, CountryCode, MemberRole, OrganisationRole, SectoralScope, Text,
};
use std::path::PathBuf;

/// Who an organisation is.
#[derive(Args)]
pub struct Description {
    /// Legal name
    #[arg(long, value_parser = text::<MAX_NAME>)]
    name: Text<MAX_NAME>,
    /// Tax identifier
    #[arg(long, value_parser = text::<MAX_TAX_ID>)]
    tax_id: Text<MAX_TAX_ID>,
    /// Country of its seat, such as VU
    #[arg(long)]
    country: CountryCode,
    /// A sectoral scope, 1 to 15, that a ministry is competent for; repeat for more
    #[arg(long = "scope", value_name = "N", value_parser = scope)]
    scopes: Vec<SectoralScope>,
}

impl Description {
    /// With the hash of the off-chain profile.
    pub fn with(self, profile: ContentHash) -> Result<OrganisationDetails> {
        let Self { name, tax_id, country, scopes } = self;
        let mut sectoral_scopes = SectoralScopes::new();
        for scope in scopes {
            if sectoral_scopes.try_insert(scope).is_err() {
                bail!("there are only fifteen sectoral scopes");
            }
        }
        Ok(OrganisationDetails { name, tax_id, country, sectoral_scopes, profile })
    }
}

#[derive(Args)]
pub struct CreateOrganisation {
    /// What it is in the registry
    #[arg(long, value_parser = named!(OrganisationRole))]
    role: OrganisationRole,
    #[command(flatten)]
    description: Description,
    /// Address of its first Admin
    #[arg(long, value_name = "ADDRESS")]
    first_admin: AccountId32,
    /// Hash of its off-chain profile
    #[arg(long, value_name = "HASH")]
    profile: Option<ContentHash>,
}

impl IntoCall for CreateOrganisation {
    fn into_call(self) -> Result<Call> {
        let Self { role, description, first_admin, profile } = self;
        let details = description.with(profile.unwrap_or_default())?;
        Ok(Call::CreateOrganisation { role, details, first_admin })
    }
}

/// Everything is given anew: what is not said would be lost.
#[derive(Args)]
pub struct ChangeOrganisation {
    /// Number of the organisation
    id: u32,
    #[command(flatten)]
    description: Description,
    /// Hash of its off-chain profile
    #[arg(long, value_name = "HASH")]
    profile: ContentHash,
}

impl IntoCall for ChangeOrganisation {
    fn into_call(self) -> Result<Call> {
        let Self { id, description, profile } = self;
        let details = description.with(profile)?;
        Ok(Call::ChangeOrganisation { organisation: id, details })
    }
}

#[derive(Args)]
pub struct ApproveApplication {
    /// The application, of `registry apply`
    #[arg(long)]
    file: PathBuf,
}

impl IntoCall for ApproveApplication {
    fn into_call(self) -> Result<Call> {
        match from_json(&self.file)? {
            call @ Call::ApproveApplication { .. } => Ok(call),
            other => bail!("{} is no application but: {}", self.file.display(), other.in_words()),
        }
    }
}

arguments! {
    SuspendOrganisation => SuspendOrganisation {
        /// Number of the organisation
        id: u32,
        /// Public reason
        #[arg(long, value_parser = sentence::<MAX_REASON>)]
        reason: String,
    }

    ReactivateOrganisation => ReactivateOrganisation {
        /// Number of the organisation
        id: u32,
    }

    UpdateProfile => UpdateProfile {
        /// Number of the organisation
        #[arg(value_name = "ID")]
        organisation: u32,
        /// Hash of its off-chain profile
        #[arg(long, value_name = "HASH")]
        profile: ContentHash,
    }

    AddMember => AddMember {
        /// Number of the organisation
        #[arg(long)]
        organisation: u32,
        /// Address of the account
        #[arg(long, value_name = "ADDRESS")]
        account: AccountId32,
        /// Role in the organisation
        #[arg(long, value_parser = named!(MemberRole))]
        role: MemberRole,
    }

    RemoveMember => RemoveMember {
        /// Address of the account
        #[arg(value_name = "ADDRESS")]
        account: AccountId32,
    }

    ChangeMemberRole => ChangeMemberRole {
        /// Address of the account
        #[arg(value_name = "ADDRESS")]
        account: AccountId32,
        /// Its role from now on
        #[arg(long, value_parser = named!(MemberRole))]
        role: MemberRole,
    }

    ReplaceKey => ReplaceKey {
        /// Address of the key that is lost or no longer safe
        #[arg(long, value_name = "ADDRESS")]
        old: AccountId32,
        /// Address of the key that takes its place
        #[arg(long, value_name = "ADDRESS")]
        new: AccountId32,
    }
}
