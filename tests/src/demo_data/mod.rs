// SPDX-License-Identifier: Apache-2.0
//! A made-up country's registry, filled by real transactions signed by its officers.
//!
//! The country is Vanuatu, the example of the CDM-style serial number; people, companies and
//! projects are invented.

mod plans;

use crate::officer::{all, Officer};
use anyhow::{Context, Result};
use blake2::{digest::consts::U32, Blake2b, Digest};
use plans::{Plan, COMPANIES, EFATE, ENERGY, LAGOON, MALEKULA, PLANS, SANTO, TANNA};
use registry_client::{state::State, Call, Registry};
use registry_primitives::{
    calendar::start_of,
    credit::{Beneficiary, BlockStatus, Part, RetirementDetails, RetirementPurpose},
    organisation::OrganisationDetails,
    project::{
        Article6Terms, Coordinates, DocumentKind, FirstTransfer, Location, MonitoringReport,
        Period, ProjectRegistration, ProjectStage, Proponent, Purpose, VintageTonnes,
    },
    ContentHash, CountryCode, Gas, MemberRole, OrganisationId, OrganisationRole, ProjectId, Sector,
    SectoralScope, SerialNumber, Text, Tonnes, Vintage,
};

/// What was made, for people to look at.
pub struct Made {
    pub lines: Vec<String>,
}

/// Fills an empty development chain. `progress` is told what is being done.
pub async fn load(registry: &Registry, progress: impl Fn(&str)) -> Result<Made> {
    let demo = Demo { registry, root: Officer::new("//Alice")? };
    progress("organisations and their officers");
    demo.organisations().await?;
    progress("projects and their documents");
    demo.register().await?;
    progress("reviews and validations");
    demo.review().await?;
    progress("authorisations");
    demo.decide().await?;
    progress("monitoring, verification and issuance");
    demo.monitor_and_issue().await?;
    progress("transfers");
    demo.transfer().await?;
    progress("retirements, and a suspension");
    demo.retire_and_suspend().await?;
    demo.summary().await
}

struct Demo<'a> {
    registry: &'a Registry,
    root: Officer,
}

fn id_of(company: usize) -> OrganisationId {
    company as OrganisationId + 2
}

fn admin(company: usize) -> Result<Officer> {
    Officer::new(&format!("//{}//Admin", COMPANIES[company].key))
}

fn manager(company: usize) -> Result<Officer> {
    Officer::new(&format!("//{}//Manager", COMPANIES[company].key))
}

fn text<const N: u32>(text: &str) -> Result<Text<N>> {
    Ok(Text::try_from(text)?)
}

/// BLAKE2b-256 of a text that stands for a file.
pub fn hash_of(text: &str) -> ContentHash {
    ContentHash(Blake2b::<U32>::digest(text.as_bytes()).into())
}

fn period(first: Vintage, last: Vintage) -> Result<Period> {
    let start = start_of(first).context("a year")?;
    Ok(Period { start, end: start_of(last + 1).context("a year")? })
}

impl Plan {
    fn registration(&self) -> Result<ProjectRegistration> {
        let (sector, sectoral_scope, mitigation_type) = self.kind;
        let (region, latitude, longitude) = self.region;
        let proponents: Vec<_> = self
            .proponents
            .iter()
            .map(|(company, share)| Proponent { organisation: id_of(*company), share: *share })
            .collect();
        let location = Location {
            region: text(region)?,
            coordinates: Some(Coordinates { latitude, longitude }),
        };
        let gases = [Gas::Co2].into_iter().collect::<std::collections::BTreeSet<_>>();
        let certifiers: std::collections::BTreeSet<_> = [id_of(self.certifier)].into();
        Ok(ProjectRegistration {
            title: text(self.title)?,
            external_id: text(self.external_id)?,
            proponents: proponents.try_into().ok().context("few proponents")?,
            sector,
            sectoral_scope,
            mitigation_type,
            gases: gases.try_into().ok().context("few gases")?,
            crediting_period: period(2021, 2030)?,
            locations: vec![location].try_into().ok().context("few locations")?,
            estimated_cost_usd: self.estimate * 37,
            estimate: self.estimate,
            details: hash_of(self.title),
            certifiers: certifiers.try_into().ok().context("few certifiers")?,
        })
    }

    fn is_past(&self, stage: ProjectStage) -> bool {
        use ProjectStage::*;
        let rank = |stage| match stage {
            Submitted => 0,
            Returned => 1,
            Validated => 2,
            _ => 3,
        };
        rank(self.stage) >= rank(stage)
    }
}

impl Demo<'_> {
    async fn state(&self) -> Result<State> {
        Ok(State::read(&self.registry.at_finalised().await?).await?)
    }

    /// The projects' numbers, in the order of the plans.
    async fn projects(&self) -> Result<Vec<(ProjectId, &'static Plan)>> {
        let state = self.state().await?;
        PLANS
            .iter()
            .map(|plan| {
                let found = state.projects.iter().find(|(_, project)| {
                    project.registration.external_id.to_text() == plan.external_id
                });
                let (id, _) = found.with_context(|| format!("{} exists", plan.external_id))?;
                Ok((*id, plan))
            })
            .collect()
    }

    async fn organisations(&self) -> Result<()> {
        let mut calls = Vec::new();
        for (index, company) in COMPANIES.iter().enumerate() {
            use SectoralScope::{EnergyDemand, EnergyDistribution, EnergyIndustries};
            let scopes: std::collections::BTreeSet<_> = match company.role {
                OrganisationRole::Ministry => {
                    [EnergyIndustries, EnergyDistribution, EnergyDemand].into()
                }
                _ => [].into(),
            };
            let details = OrganisationDetails {
                name: text(company.name)?,
                tax_id: text(&format!("VU{:06}", 410_000 + 137 * index))?,
                country: CountryCode(*b"VU"),
                sectoral_scopes: scopes.try_into().ok().context("few scopes")?,
                profile: hash_of(company.name),
            };
            let first_admin = admin(index)?.account();
            let role = company.role;
            calls
                .push((self.root.clone(), Call::CreateOrganisation { role, details, first_admin }));
        }
        let officer = |uri: &str, role| -> Result<_> {
            let account = Officer::new(uri)?.account();
            Ok((self.root.clone(), Call::AddMember { organisation: 1, account, role }))
        };
        calls.push(officer("//Government//Admin", MemberRole::Admin)?);
        calls.push(officer("//Government//Manager", MemberRole::Manager)?);
        all(self.registry, calls).await?;

        let mut calls = Vec::new();
        for index in 0..COMPANIES.len() {
            let account = manager(index)?.account();
            let organisation = id_of(index);
            let role = MemberRole::Manager;
            calls.push((admin(index)?, Call::AddMember { organisation, account, role }));
        }
        all(self.registry, calls).await?;
        Ok(())
    }

    async fn register(&self) -> Result<()> {
        let mut calls = Vec::new();
        for plan in PLANS {
            let registration = Box::new(plan.registration()?);
            calls.push((manager(plan.proponents[0].0)?, Call::RegisterProject { registration }));
        }
        all(self.registry, calls).await?;

        let mut calls = Vec::new();
        for (project, plan) in self.projects().await? {
            let officer = manager(plan.proponents[0].0)?;
            let mut submit = |kind: DocumentKind| {
                let hash = hash_of(&format!("{} {kind}", plan.title));
                let size = 84_000 + u64::from(hash.0[0]) * 1_024;
                let call = Call::SubmitDocument { project, kind, hash, size };
                calls.push((officer.clone(), call));
            };
            submit(DocumentKind::DesignDocument);
            if plan.is_past(ProjectStage::Validated) {
                submit(DocumentKind::ValidationReport);
                submit(DocumentKind::EnvironmentalImpactAssessment);
            }
        }
        all(self.registry, calls).await?;
        Ok(())
    }

    async fn review(&self) -> Result<()> {
        let mut calls = Vec::new();
        for (project, plan) in self.projects().await? {
            let officer = manager(plan.certifier)?;
            // The documents were submitted in this order.
            let (design, report) = (1, 2);
            let accept = plan.stage != ProjectStage::Returned;
            if plan.is_past(ProjectStage::Returned) {
                let remark = (!accept).then(|| hash_of("The baseline needs a source."));
                let call = Call::ReviewDocument { project, document: design, accept, remark };
                calls.push((officer.clone(), call));
            }
            if plan.is_past(ProjectStage::Validated) {
                let estimate = plan.estimate;
                calls
                    .push((officer, Call::ValidateProject { project, document: report, estimate }));
            }
        }
        all(self.registry, calls).await?;
        Ok(())
    }

    async fn decide(&self) -> Result<()> {
        let government = Officer::new("//Government//Admin")?;
        let mut calls = Vec::new();
        for (project, plan) in self.projects().await? {
            match plan.stage {
                ProjectStage::Rejected => {
                    let reason = "The activity is common practice in the sector.".to_owned();
                    calls.push((government.clone(), Call::RejectProject { project, reason }));
                }
                ProjectStage::Authorised => {
                    // The ministry decides on energy, the Government on everything else; forests
                    // insure themselves against reversal with a tenth of what they are issued.
                    let officer = match plan.kind.0 {
                        Sector::Energy => admin(ENERGY)?,
                        _ => government.clone(),
                    };
                    let buffer_rate = if plan.kind.0 == Sector::Forestry { 100_000 } else { 0 };
                    let article6 = (plan.kind.0 == Sector::Energy).then(terms).transpose()?;
                    let quantity = plan.estimate / 10 * 9;
                    let call = Call::AuthoriseProject { project, quantity, article6, buffer_rate };
                    calls.push((officer, call));
                }
                _ => {}
            }
        }
        all(self.registry, calls).await?;
        Ok(())
    }

    async fn monitor_and_issue(&self) -> Result<()> {
        let projects = self.projects().await?;
        let government = Officer::new("//Government//Admin")?;
        let (mut reports, mut verifications, mut issuances) = (vec![], vec![], vec![]);
        for (project, plan) in projects {
            for (index, (first, last, tonnes)) in plan.periods.iter().enumerate() {
                let vintages: Vec<_> = (*first..=*last)
                    .map(|vintage| VintageTonnes { vintage, tonnes: *tonnes })
                    .collect();
                let name = format!("{} {first}-{last}", plan.title);
                let report = MonitoringReport {
                    period: period(*first, *last)?,
                    vintages: vintages.clone().try_into().ok().context("few vintages")?,
                    report: hash_of(&name),
                };
                let officer = manager(plan.proponents[0].0)?;
                reports.push((officer, Call::ReportMonitoring { project, report }));
                let period = index as u32 + 1;
                // The verifier finds a little less than was reported in the last year.
                let mut verified = vintages;
                if let Some(last) = verified.last_mut() {
                    last.tonnes -= 1 + last.tonnes / 100;
                }
                let verification = hash_of(&format!("{name} verified"));
                let call = Call::VerifyMonitoring { project, period, verified, verification };
                verifications.push((manager(plan.certifier)?, call));
                issuances.push((government.clone(), Call::Issue { project, period }));
            }
        }
        all(self.registry, reports).await?;
        all(self.registry, verifications).await?;
        all(self.registry, issuances).await?;
        Ok(())
    }

    async fn transfer(&self) -> Result<()> {
        self.transfers(&[
            ("VCR-2021-001", 2022, EFATE, TANNA, 4_000),
            ("VCR-2021-003", 2021, TANNA, SANTO, 12_500),
            ("VCR-2021-003", 2022, TANNA, EFATE, 31_000),
            ("VCR-2021-002", 2023, EFATE, MALEKULA, 1_250),
            ("VCR-2022-004", 2022, SANTO, EFATE, 800),
        ])
        .await?;
        // The same numbers again: a block that was split off is split in its turn.
        self.transfers(&[
            ("VCR-2021-001", 2022, TANNA, SANTO, 1_500),
            ("VCR-2021-003", 2021, SANTO, MALEKULA, 2_500),
            ("VCR-2021-003", 2022, EFATE, TANNA, 6_000),
        ])
        .await
    }

    async fn transfers(&self, plan: &[(&str, Vintage, usize, usize, Tonnes)]) -> Result<()> {
        let state = self.state().await?;
        let mut calls = Vec::new();
        for (external_id, vintage, from, to, quantity) in plan {
            let start = largest_block(&state, external_id, *vintage, id_of(*from))?;
            let quantity = (*quantity).min(state.blocks[&start].range(start).quantity());
            let parts = vec![Part { start, quantity }];
            let reference = Some(format!("{external_id}/{vintage} to {}", COMPANIES[*to].name));
            let to = id_of(*to);
            calls.push((manager(*from)?, Call::Transfer { parts, to, reference }));
        }
        all(self.registry, calls).await?;
        Ok(())
    }

    async fn retire_and_suspend(&self) -> Result<()> {
        let state = self.state().await?;
        let mut calls = Vec::new();
        for (external_id, vintage, owner, quantity, purpose, name, country) in [
            ("VCR-2021-001", 2022, SANTO, 500, RetirementPurpose::Voluntary, "Hotel Erakor", "VU"),
            (
                "VCR-2021-001",
                2023,
                EFATE,
                2_000,
                RetirementPurpose::NationalCompliance,
                "Unelco cement works",
                "VU",
            ),
            ("VCR-2021-003", 2022, TANNA, 6_000, RetirementPurpose::Voluntary, "Nordwind AG", "CH"),
            (
                "VCR-2022-004",
                2023,
                MALEKULA,
                77,
                RetirementPurpose::Voluntary,
                "Élodie’s Bakery",
                "FR",
            ),
        ] {
            let start = largest_block(&state, external_id, vintage, id_of(owner))?;
            let available = state.blocks[&start].range(start).quantity();
            let parts = vec![Part { start, quantity: available.min(quantity) }];
            let details = RetirementDetails {
                purpose,
                beneficiary: Beneficiary { name: text(name)?, country: country.parse()? },
                on_behalf_of: None,
                reason: Some(text("Emissions of the year that could not be avoided")?),
                reference: Some(text(&format!("{name} {vintage}"))?),
            };
            calls.push((manager(owner)?, Call::Retire { parts, details }));
        }
        all(self.registry, calls).await?;
        let reason = "Two annual accounts are missing.".to_owned();
        let suspend = Call::SuspendOrganisation { id: id_of(LAGOON), reason };
        all(self.registry, vec![(Officer::new("//Government//Manager")?, suspend)]).await?;
        Ok(())
    }

    async fn summary(&self) -> Result<Made> {
        let state = self.state().await?;
        let mut lines = Vec::new();
        for (id, organisation) in &state.organisations {
            let details = &organisation.details;
            lines.push(format!(
                "organisation {id:>3}  {:<34} {} {}",
                details.name.to_text(),
                organisation.role,
                organisation.status
            ));
        }
        for (id, project) in &state.projects {
            lines.push(format!(
                "project      {id:>3}  {:<44} {:<10} {:>9} t issued",
                project.registration.title.to_text(),
                project.stage.as_str(),
                project.issued
            ));
        }
        for (start, block) in &state.blocks {
            lines.push(format!(
                "block    {start:>7}-{:<7} project {:>3}  {}  owner {:>2}  {:<8} {:>7} t",
                block.end,
                block.project,
                block.vintage,
                block.owner,
                block.status.as_str(),
                block.range(*start).quantity()
            ));
        }
        for (id, retirement) in &state.retirements {
            lines.push(format!(
                "retirement   {id:>3}  {:<34} {:>9} t",
                retirement.details.beneficiary.name.to_text(),
                retirement.quantity
            ));
        }
        Ok(Made { lines })
    }
}

fn terms() -> Result<Article6Terms> {
    let purposes: std::collections::BTreeSet<_> = [Purpose::Ndc, Purpose::OimpImp].into();
    let parties: std::collections::BTreeSet<_> =
        [CountryCode(*b"CH"), CountryCode(*b"SE"), CountryCode(*b"SG")].into();
    Ok(Article6Terms {
        purposes: purposes.try_into().ok().context("few purposes")?,
        parties: parties.try_into().ok().context("few Parties")?,
        cooperative_approach: None,
        valid: (2021, 2030),
        first_transfer: FirstTransfer::UseOrCancellation,
    })
}

/// The largest block that an organisation holds of a project's vintage.
fn largest_block(
    state: &State,
    external_id: &str,
    vintage: Vintage,
    owner: OrganisationId,
) -> Result<SerialNumber> {
    state
        .blocks
        .iter()
        .filter(|(_, block)| {
            let project = &state.projects[&block.project].registration;
            project.external_id.to_text() == external_id
                && block.vintage == vintage
                && block.owner == owner
                && block.status == BlockStatus::Held
        })
        .max_by_key(|(start, block)| block.range(**start).quantity())
        .map(|(start, _)| *start)
        .with_context(|| format!("organisation {owner} holds credits of {external_id}, {vintage}"))
}
