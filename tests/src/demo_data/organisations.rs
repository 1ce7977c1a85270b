// SPDX-License-Identifier: Apache-2.0
//! Who there is in the demo, and what they must agree on.

use super::{
    admin, hash_of, id_of, manager,
    plans::{COMPANIES, EFATE, KELP, PACIFIC, REEF, SANTO},
    text, Demo,
};
use crate::officer::Officer;
use anyhow::{anyhow, Context, Result};
use credit_calculator::{Constants, EnergyUnit};
use registry_client::{views, Call};
use registry_primitives::{
    credit::Deductions,
    organisation::{application_payload, OrganisationDetails},
    ActionClass, CountryCode, MemberRole, OrganisationRole, SectoralScope, GOVERNMENT,
};

fn details(company: usize, name: &str) -> Result<OrganisationDetails> {
    use SectoralScope::{EnergyDemand, EnergyDistribution, EnergyIndustries};
    let scopes: std::collections::BTreeSet<_> = match COMPANIES[company].role {
        OrganisationRole::Ministry => [EnergyIndustries, EnergyDistribution, EnergyDemand].into(),
        _ => [].into(),
    };
    Ok(OrganisationDetails {
        name: text(name)?,
        tax_id: text(&format!("VU{:06}", 410_000 + 137 * company))?,
        country: CountryCode(*b"VU"),
        sectoral_scopes: scopes.try_into().ok().context("few scopes")?,
        profile: hash_of(COMPANIES[company].name),
    })
}

impl Demo<'_> {
    /// All by Root, so that they are numbered in this order.
    pub(super) async fn organisations(&self) -> Result<()> {
        let mut calls = Vec::new();
        for (index, company) in COMPANIES.iter().enumerate() {
            let role = company.role;
            let details = details(index, company.name)?;
            let call = match index {
                KELP => self.application(role, details)?,
                _ => {
                    let first_admin = admin(index)?.account();
                    Call::CreateOrganisation { role, details, first_admin }
                }
            };
            calls.push((self.root.clone(), call));
        }
        for (officer, role) in [
            (&self.admin, MemberRole::Admin),
            (&self.deputy, MemberRole::Admin),
            (&self.manager, MemberRole::Manager),
        ] {
            let account = officer.account();
            let call = Call::AddMember { organisation: GOVERNMENT, account, role };
            calls.push((self.root.clone(), call));
        }
        self.send(calls).await
    }

    /// The approval of what the applicant has signed.
    fn application(&self, role: OrganisationRole, details: OrganisationDetails) -> Result<Call> {
        let applicant = admin(KELP)?;
        let payload = application_payload(&self.registry.genesis_hash(), role, &details);
        let signature = format!("0x01{}", hex::encode(applicant.key.sign(&payload).0));
        let signature = signature.parse().map_err(|error: String| anyhow!(error))?;
        Ok(Call::ApproveApplication { role, details, applicant: applicant.account(), signature })
    }

    pub(super) async fn members_and_settings(&self) -> Result<()> {
        let mut calls = Vec::new();
        for index in 0..COMPANIES.len() {
            let organisation = id_of(index);
            let admin = admin(index)?;
            let add = |officer: &Officer, role| {
                let account = officer.account();
                (admin.clone(), Call::AddMember { organisation, account, role })
            };
            let manager = manager(index)?;
            if index == SANTO {
                // The phone with the key was lost before it was ever used.
                let lost = Officer::new("//Santo//LostPhone")?;
                calls.push(add(&lost, MemberRole::Manager));
                let (old, new) = (lost.account(), manager.account());
                calls.push((admin.clone(), Call::ReplaceKey { old, new }));
                continue;
            }
            calls.push(add(&manager, MemberRole::Manager));
            if index == EFATE {
                let accountant = Officer::new("//Efate//Accountant")?;
                calls.push(add(&accountant, MemberRole::ViewOnly));
                let (account, role) = (accountant.account(), MemberRole::Manager);
                calls.push((admin.clone(), Call::ChangeMemberRole { account, role }));
                let intern = Officer::new("//Efate//Intern")?;
                calls.push(add(&intern, MemberRole::ViewOnly));
                let account = intern.account();
                calls.push((admin.clone(), Call::RemoveMember { account }));
            }
        }
        let profile = hash_of("Reef Assurance, with its new address");
        let organisation = id_of(REEF);
        calls.push((admin(REEF)?, Call::UpdateProfile { organisation, profile }));

        let details = details(PACIFIC, "Pacific Verification and Audit")?;
        let organisation = id_of(PACIFIC);
        calls.push((self.root.clone(), Call::ChangeOrganisation { organisation, details }));
        let deductions = Deductions { share_of_proceeds: 50_000, overall_mitigation: 20_000 };
        calls.push((self.root.clone(), Call::SetDeductions { deductions }));
        let mut constants = Box::new(Constants::default());
        constants.solar_water_pump.off_grid.per = EnergyUnit::MegawattHour;
        constants.solar_water_pump.on_grid.per = EnergyUnit::MegawattHour;
        let reason = "The factors of the water pumps are for a megawatt-hour.".to_owned();
        calls.push((self.root.clone(), Call::SetConstants { constants, reason }));

        let call = Box::new(Call::SetThreshold { class: ActionClass::Cancel, officers: 2 });
        calls.push((self.admin.clone(), Call::Propose { call }));
        self.send(calls).await
    }

    /// The proposals that wait for another officer, but for those that are held back.
    pub(super) async fn waiting(&self, but: impl Fn(&Call) -> bool) -> Result<Vec<(u32, Call)>> {
        let at = self.registry.at_finalised().await?;
        let mut waiting = Vec::new();
        for id in views::proposals_of(&at, GOVERNMENT).await? {
            let proposal = views::proposal(&at, id).await?.context("a proposal that waits")?;
            let call = Call::decode(&proposal.call, &at)?;
            if !but(&call) {
                waiting.push((id, call));
            }
        }
        Ok(waiting)
    }
}
