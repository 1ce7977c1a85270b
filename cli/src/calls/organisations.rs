// SPDX-License-Identifier: Apache-2.0
//! Calls on organisations and members.

use super::IntoCall;
use crate::values::{named, scope, text};
use anyhow::{bail, Result};
use clap::Args;
use registry_client::{AccountId32, Call};
use registry_primitives::{
    organisation::{OrganisationDetails, MAX_NAME, MAX_REASON, MAX_TAX_ID},
    sector::SectoralScopes,
    ContentHash, CountryCode, MemberRole, OrganisationRole, SectoralScope, Text,
};

#[derive(Args)]
pub struct CreateOrganisation {
    /// What it is in the registry
    #[arg(long, value_parser = named!(OrganisationRole))]
    role: OrganisationRole,
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
    /// Address of its first Admin
    #[arg(long, value_name = "ADDRESS")]
    first_admin: AccountId32,
    /// Hash of its off-chain profile
    #[arg(long, value_name = "HASH")]
    profile: Option<ContentHash>,
}

impl IntoCall for CreateOrganisation {
    fn into_call(self) -> Result<Call> {
        let Self { role, name, tax_id, country, scopes, first_admin, profile } = self;
        let mut sectoral_scopes = SectoralScopes::new();
        for scope in scopes {
            if sectoral_scopes.try_insert(scope).is_err() {
                bail!("there are only fifteen sectoral scopes");
            }
        }
        let profile = profile.unwrap_or_default();
        let details = OrganisationDetails { name, tax_id, country, sectoral_scopes, profile };
        Ok(Call::CreateOrganisation { role, details, first_admin })
    }
}

#[derive(Args)]
pub struct SuspendOrganisation {
    /// Number of the organisation
    id: u32,
    /// Public reason
    #[arg(long, value_parser = text::<MAX_REASON>)]
    reason: Text<MAX_REASON>,
}

impl IntoCall for SuspendOrganisation {
    fn into_call(self) -> Result<Call> {
        Ok(Call::SuspendOrganisation { id: self.id, reason: self.reason.to_text() })
    }
}

#[derive(Args)]
pub struct ReactivateOrganisation {
    /// Number of the organisation
    id: u32,
}

impl IntoCall for ReactivateOrganisation {
    fn into_call(self) -> Result<Call> {
        Ok(Call::ReactivateOrganisation { id: self.id })
    }
}

#[derive(Args)]
pub struct AddMember {
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

impl IntoCall for AddMember {
    fn into_call(self) -> Result<Call> {
        let Self { organisation, account, role } = self;
        Ok(Call::AddMember { organisation, account, role })
    }
}
