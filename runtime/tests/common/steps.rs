// SPDX-License-Identifier: Apache-2.0
//! The steps of the main path, as calls, and a registry on which they were taken.

use super::{account, key, succeed};
use registry_primitives::{
    calendar::start_of,
    credit::{Beneficiary, Part, RetirementDetails, RetirementPurpose},
    organisation::OrganisationDetails,
    project::{
        DocumentKind, Location, MonitoringReport, Period, ProjectRegistration, Proponent,
        VintageTonnes, Vintages,
    },
    shares::WHOLE,
    ContentHash, CountryCode, Gas, MemberRole, MitigationType, OrganisationId, OrganisationRole,
    PeriodId, ProjectId, Sector, SectoralScope, Text, Tonnes, Vintage,
};
use registry_runtime::{Runtime, RuntimeCall};
use sp_core::sr25519::Pair;
use std::collections::BTreeSet;

type OrganisationsCall = pallet_organisations::Call<Runtime>;
type ProjectsCall = pallet_projects::Call<Runtime>;
type CreditsCall = pallet_credits::Call<Runtime>;

pub const HASH: ContentHash = ContentHash([9; 32]);

pub fn text<const N: u32>(text: &str) -> Text<N> {
    Text::try_from(text).expect("the texts of tests are short")
}

pub fn create_organisation(role: OrganisationRole, name: &str, admin: &Pair) -> RuntimeCall {
    let mut sectoral_scopes = BTreeSet::new();
    if role == OrganisationRole::Ministry {
        sectoral_scopes.insert(SectoralScope::EnergyIndustries);
    }
    let details = OrganisationDetails {
        name: text(name),
        tax_id: text(&format!("TAX {name}")),
        country: CountryCode(*b"VU"),
        sectoral_scopes: sectoral_scopes.try_into().expect("one of 15"),
        profile: HASH,
    };
    OrganisationsCall::create_organisation { role, details, first_admin: account(admin) }.into()
}

pub fn suspend(id: OrganisationId) -> RuntimeCall {
    OrganisationsCall::suspend_organisation { id, reason: text("under inquiry") }.into()
}

pub fn reactivate(id: OrganisationId) -> RuntimeCall {
    OrganisationsCall::reactivate_organisation { id }.into()
}

pub fn add_member(organisation: OrganisationId, member: &Pair, role: MemberRole) -> RuntimeCall {
    OrganisationsCall::add_member { organisation, account: account(member), role }.into()
}

/// A wind farm (energy industries) of one developer, with one certifier.
pub fn wind_farm(
    external_id: &str,
    developer: OrganisationId,
    certifier: OrganisationId,
) -> ProjectRegistration {
    let place = Location { region: text("VU-SEE"), coordinates: None };
    ProjectRegistration {
        title: text("Wind farm"),
        external_id: text(external_id),
        proponents: vec![Proponent { organisation: developer, share: WHOLE }]
            .try_into()
            .expect("one of 16"),
        sector: Sector::Energy,
        sectoral_scope: SectoralScope::EnergyIndustries,
        mitigation_type: MitigationType::Wind,
        gases: BTreeSet::from([Gas::Co2]).try_into().expect("one of 6"),
        crediting_period: years(2020, 2029),
        locations: vec![place].try_into().expect("one of 32"),
        estimated_cost_usd: 1_000_000,
        estimate: 1_000,
        details: HASH,
        certifiers: BTreeSet::from([certifier]).try_into().expect("one of 8"),
    }
}

/// The same as a landfill (waste handling).
pub fn landfill(
    external_id: &str,
    developer: OrganisationId,
    certifier: OrganisationId,
) -> ProjectRegistration {
    ProjectRegistration {
        sector: Sector::Waste,
        sectoral_scope: SectoralScope::WasteHandling,
        mitigation_type: MitigationType::Landfills,
        ..wind_farm(external_id, developer, certifier)
    }
}

pub fn register(registration: ProjectRegistration) -> RuntimeCall {
    ProjectsCall::register_project { registration }.into()
}

pub fn submit_document(project: ProjectId, kind: DocumentKind) -> RuntimeCall {
    ProjectsCall::submit_document { project, kind, hash: HASH, size: 4_096 }.into()
}

pub fn accept_document(project: ProjectId, document: u32) -> RuntimeCall {
    ProjectsCall::review_document { project, document, accept: true, remark: None }.into()
}

pub fn validate_project(project: ProjectId, document: u32, estimate: Tonnes) -> RuntimeCall {
    ProjectsCall::validate_project { project, document, estimate }.into()
}

pub fn authorise(project: ProjectId, quantity: Tonnes, buffer_rate: u32) -> RuntimeCall {
    ProjectsCall::authorise_project { project, quantity, article6: None, buffer_rate }.into()
}

pub fn reject(project: ProjectId) -> RuntimeCall {
    ProjectsCall::reject_project { project, reason: text("no permit") }.into()
}

pub fn report_monitoring(project: ProjectId, of: &[(Vintage, Tonnes)]) -> RuntimeCall {
    let first = of.first().expect("a year").0;
    let last = of.last().expect("a year").0;
    let report =
        MonitoringReport { period: years(first, last), vintages: vintages(of), report: HASH };
    ProjectsCall::report_monitoring { project, report }.into()
}

pub fn verify_monitoring(
    project: ProjectId,
    period: PeriodId,
    of: &[(Vintage, Tonnes)],
) -> RuntimeCall {
    let verified = vintages(of);
    ProjectsCall::verify_monitoring { project, period, verified, verification: HASH }.into()
}

pub fn issue(project: ProjectId, period: PeriodId) -> RuntimeCall {
    CreditsCall::issue { project, period }.into()
}

pub fn transfer(of: &[(u64, Tonnes)], to: OrganisationId) -> RuntimeCall {
    CreditsCall::transfer { parts: parts(of), to, reference: Some(text("INV-1")) }.into()
}

pub fn retirement() -> RetirementDetails {
    RetirementDetails {
        purpose: RetirementPurpose::Voluntary,
        beneficiary: Beneficiary { name: text("Port Vila Airlines"), country: CountryCode(*b"VU") },
        on_behalf_of: None,
        reason: Some(text("Flights of 2026")),
        reference: None,
    }
}

pub fn retire(of: &[(u64, Tonnes)]) -> RuntimeCall {
    CreditsCall::retire { parts: parts(of), details: retirement() }.into()
}

/// From the start of the first year to the end of the last.
pub fn years(first: Vintage, last: Vintage) -> Period {
    let start = |year| start_of(year).expect("a year of the registry");
    Period { start: start(first), end: start(last + 1) }
}

fn vintages(of: &[(Vintage, Tonnes)]) -> Vintages {
    let all: Vec<_> =
        of.iter().map(|&(vintage, tonnes)| VintageTonnes { vintage, tonnes }).collect();
    all.try_into().expect("at most 16")
}

fn parts(of: &[(u64, Tonnes)]) -> registry_primitives::credit::Parts {
    let all: Vec<_> = of.iter().map(|&(start, quantity)| Part { start, quantity }).collect();
    all.try_into().expect("at most 64")
}

/// The Root of the preset.
pub fn root() -> Pair {
    key("Alice")
}

/// The organisations that [`found`] makes, after the Government, number 1.
pub const DEVELOPER: OrganisationId = 2;
pub const BUYER: OrganisationId = 3;
pub const CERTIFIER: OrganisationId = 4;

/// The first Admins of these organisations.
pub fn developer() -> Pair {
    key("Developer")
}
pub fn buyer() -> Pair {
    key("Buyer")
}
pub fn certifier() -> Pair {
    key("Certifier")
}

/// Two developers and a certifier.
pub fn found() {
    use OrganisationRole::{Certifier, ProjectDeveloper};
    succeed(&root(), create_organisation(ProjectDeveloper, "Developer", &developer()));
    succeed(&root(), create_organisation(ProjectDeveloper, "Buyer", &buyer()));
    succeed(&root(), create_organisation(Certifier, "Certifier", &certifier()));
}

/// Takes a registered project of DEVELOPER and CERTIFIER up to its authorisation.
pub fn bring_to_authorisation(project: ProjectId, quantity: Tonnes) {
    bring_to_validation(project, quantity, &developer(), &certifier());
    succeed(&root(), authorise(project, quantity, 0));
}

/// Takes a registered project up to its validation.
pub fn bring_to_validation(
    project: ProjectId,
    estimate: Tonnes,
    developer: &Pair,
    certifier: &Pair,
) {
    succeed(developer, submit_document(project, DocumentKind::DesignDocument));
    succeed(certifier, accept_document(project, 1));
    succeed(developer, submit_document(project, DocumentKind::ValidationReport));
    succeed(certifier, validate_project(project, 2, estimate));
}
