// SPDX-License-Identifier: Apache-2.0
//! What the end-to-end tests have in common.
#![allow(dead_code)]

use anyhow::{Context, Result};
use registry_client::{state::State, Call, Registry};
use registry_primitives::{
    calendar::start_of,
    credit::{Beneficiary, Part, RetirementDetails, RetirementPurpose},
    organisation::OrganisationDetails,
    project::{
        DocumentKind, Location, MonitoringReport, Period, ProjectRegistration, Proponent,
        VintageTonnes,
    },
    CountryCode, Gas, MemberRole, MitigationType, OrganisationRole, Sector, SectoralScope,
    SerialNumber, Text, Tonnes,
};
use registry_testbed::{demo_data::hash_of, officer, Officer, Options, Stack};
use std::{collections::BTreeSet, os::unix::fs::PermissionsExt};

/// A folder that the user of Postgres can enter.
pub fn folder() -> Result<tempfile::TempDir> {
    let folder = tempfile::Builder::new().prefix("registry-test-").tempdir()?;
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755))?;
    Ok(folder)
}

/// Everything, with blocks at once.
pub async fn stack(folder: &tempfile::TempDir) -> Result<Stack> {
    Stack::start(Options::instant(folder.path())).await
}

pub fn text<const N: u32>(text: &str) -> Text<N> {
    Text::try_from(text).expect("the test's texts are short")
}

/// Root, two developers and a certifier; organisations 2, 3 and 4.
pub struct Cast {
    pub root: Officer,
    pub first: Officer,
    pub second: Officer,
    pub certifier: Officer,
}

pub const FIRST: u32 = 2;
pub const SECOND: u32 = 3;
pub const CERTIFIER: u32 = 4;

impl Cast {
    /// Creates the organisations.
    pub async fn enter(registry: &Registry) -> Result<Self> {
        let cast = Self {
            root: Officer::new("//Alice")?,
            first: Officer::new("//First")?,
            second: Officer::new("//Second")?,
            certifier: Officer::new("//Certifier")?,
        };
        let create = |name: &str, role, admin: &Officer| Call::CreateOrganisation {
            role,
            details: OrganisationDetails {
                name: text(name),
                tax_id: text(&format!("TAX {name}")),
                country: CountryCode(*b"VU"),
                sectoral_scopes: Default::default(),
                profile: hash_of(name),
            },
            first_admin: admin.account(),
        };
        let developer = OrganisationRole::ProjectDeveloper;
        let calls = vec![
            (cast.root.clone(), create("First Developer", developer, &cast.first)),
            (cast.root.clone(), create("Second Developer", developer, &cast.second)),
            (
                cast.root.clone(),
                create("Careful Certifier", OrganisationRole::Certifier, &cast.certifier),
            ),
        ];
        officer::all(registry, calls).await?;
        Ok(cast)
    }

    /// A call of one officer, to the end.
    pub async fn does(&self, registry: &Registry, who: &Officer, call: Call) -> Result<()> {
        registry.execute(&who.key, &call).await?;
        Ok(())
    }

    /// Brings a project of the first developer to the issuance of `tonnes` of 2023; its number.
    pub async fn issue(&self, registry: &Registry, name: &str, tonnes: Tonnes) -> Result<u32> {
        let gases: BTreeSet<_> = [Gas::Co2].into();
        let certifiers: BTreeSet<_> = [CERTIFIER].into();
        let year = |year| start_of(year).context("a year");
        let registration = ProjectRegistration {
            title: text(name),
            external_id: text(&format!("EXT {name}")),
            proponents: vec![Proponent { organisation: FIRST, share: 1_000_000 }]
                .try_into()
                .ok()
                .context("one proponent")?,
            sector: Sector::Energy,
            sectoral_scope: SectoralScope::EnergyIndustries,
            mitigation_type: MitigationType::Solar,
            gases: gases.try_into().ok().context("one gas")?,
            crediting_period: Period { start: year(2021)?, end: year(2031)? },
            locations: vec![Location { region: text("VU-SEE"), coordinates: None }]
                .try_into()
                .ok()
                .context("one location")?,
            estimated_cost_usd: 1,
            estimate: tonnes,
            details: hash_of(name),
            certifiers: certifiers.try_into().ok().context("one certifier")?,
        };
        let registration = Box::new(registration);
        self.does(registry, &self.first, Call::RegisterProject { registration }).await?;
        let state = State::read(&registry.at_finalised().await?).await?;
        let project = *state.projects.keys().last().context("a project")?;
        let submit = |kind| Call::SubmitDocument { project, kind, hash: hash_of(name), size: 1 };
        self.does(registry, &self.first, submit(DocumentKind::DesignDocument)).await?;
        self.does(registry, &self.first, submit(DocumentKind::ValidationReport)).await?;
        let accept = Call::ReviewDocument { project, document: 1, accept: true, remark: None };
        self.does(registry, &self.certifier, accept).await?;
        let validate = Call::ValidateProject { project, document: 2, estimate: tonnes };
        self.does(registry, &self.certifier, validate).await?;
        let (quantity, buffer_rate) = (tonnes, 0);
        let authorise = Call::AuthoriseProject { project, quantity, article6: None, buffer_rate };
        self.does(registry, &self.root, authorise).await?;
        let vintages = vec![VintageTonnes { vintage: 2023, tonnes }];
        let report = MonitoringReport {
            period: Period { start: year(2023)?, end: year(2024)? },
            vintages: vintages.clone().try_into().ok().context("one vintage")?,
            report: hash_of("report"),
        };
        self.does(registry, &self.first, Call::ReportMonitoring { project, report }).await?;
        let verify = Call::VerifyMonitoring {
            project,
            period: 1,
            verified: vintages,
            verification: hash_of("verification"),
        };
        self.does(registry, &self.certifier, verify).await?;
        self.does(registry, &self.root, Call::Issue { project, period: 1 }).await?;
        Ok(project)
    }
}

pub fn transfer(start: SerialNumber, quantity: Tonnes, to: u32) -> Call {
    Call::Transfer { parts: vec![Part { start, quantity }], to, reference: None }
}

pub fn retire(start: SerialNumber, quantity: Tonnes) -> Call {
    let details = RetirementDetails {
        purpose: RetirementPurpose::Voluntary,
        beneficiary: Beneficiary { name: text("A traveller"), country: CountryCode(*b"FJ") },
        on_behalf_of: None,
        reason: None,
        reference: None,
    };
    Call::Retire { parts: vec![Part { start, quantity }], details }
}

pub fn add_manager(organisation: u32, who: &Officer) -> Call {
    Call::AddMember { organisation, account: who.account(), role: MemberRole::Manager }
}
