// SPDX-License-Identifier: Apache-2.0
//! Tests by theme, and the steps of a project's life that they start from.

mod authorisation;
mod bounds;
mod certification;
mod documents;
mod ends;
mod imports;
mod invariants;
mod issuance;
mod monitoring;
mod permissions;
mod proponents;
mod registration;
mod stages;
mod terms;
mod validation;
mod views;

use crate::{mock::*, Certifiers};
use frame_support::{assert_ok, storage::with_transaction};
use registry_primitives::{
    calendar::start_of,
    project::{
        Article6Terms, DocumentKind, FirstTransfer, Location, MonitoringPeriod, MonitoringReport,
        Period, Project, ProjectRegistration, ProjectStage, Proponent, Proponents, Purpose,
        VintageTonnes, Vintages,
    },
    shares::WHOLE,
    ContentHash, CountryCode, DocumentId, Gas, MitigationType, OrganisationId, Ppm, ProjectId,
    Sector, SectoralScope, Tonnes, Vintage, GOVERNMENT,
};
use sp_runtime::{DispatchError, DispatchResult, TransactionOutcome};
use std::collections::BTreeSet;

const HASH: ContentHash = ContentHash([1; 32]);
const REMARK: ContentHash = ContentHash([2; 32]);

/// From the start of the first year to the end of the last.
fn years(first: Vintage, last: Vintage) -> Period {
    Period { start: start_of(first).unwrap(), end: start_of(last + 1).unwrap() }
}

fn proponents(of: &[(OrganisationId, Ppm)]) -> Proponents {
    let all: Vec<_> =
        of.iter().map(|&(organisation, share)| Proponent { organisation, share }).collect();
    all.try_into().unwrap()
}

fn shares(of: &[(OrganisationId, Ppm)]) -> ProjectRegistration {
    ProjectRegistration { proponents: proponents(of), ..registration() }
}

fn certifier_set(of: &[OrganisationId]) -> Certifiers {
    BTreeSet::from_iter(of.iter().copied()).try_into().unwrap()
}

fn certifiers(of: &[OrganisationId]) -> ProjectRegistration {
    ProjectRegistration { certifiers: certifier_set(of), ..registration() }
}

/// A wind farm of DEVELOPER, assigned to CERTIFIER, in the scope of MINISTRY.
fn registration() -> ProjectRegistration {
    let place = Location { region: text("VU-SEE"), coordinates: None };
    ProjectRegistration {
        title: text("Efate wind farm"),
        external_id: text("EXT-1"),
        proponents: proponents(&[(DEVELOPER, WHOLE)]),
        sector: Sector::Energy,
        sectoral_scope: SectoralScope::EnergyIndustries,
        mitigation_type: MitigationType::Wind,
        gases: BTreeSet::from([Gas::Co2]).try_into().unwrap(),
        crediting_period: years(2020, 2029),
        locations: vec![place].try_into().unwrap(),
        estimated_cost_usd: 1_000_000,
        estimate: 500,
        details: HASH,
        certifiers: certifier_set(&[CERTIFIER]),
    }
}

fn register(registration: ProjectRegistration) -> DispatchResult {
    Projects::register_project(signed(admin(GOVERNMENT)), registration)
}

/// A submitted project, the `n`th.
fn submitted(n: u32) -> ProjectId {
    let external_id = text(&format!("EXT-{n}"));
    assert_ok!(register(ProjectRegistration { external_id, ..registration() }));
    crate::LastProjectId::<Test>::get()
}

fn submit(project: ProjectId, kind: DocumentKind) -> DispatchResult {
    Projects::submit_document(signed(admin(DEVELOPER)), project, kind, HASH, 1_000)
}

/// A document that waits for review.
fn document(project: ProjectId, kind: DocumentKind) -> DocumentId {
    assert_ok!(submit(project, kind));
    found(project).documents
}

fn review(project: ProjectId, document: DocumentId, accept: bool) -> DispatchResult {
    Projects::review_document(signed(admin(CERTIFIER)), project, document, accept, Some(REMARK))
}

fn validate(project: ProjectId, document: DocumentId, estimate: Tonnes) -> DispatchResult {
    Projects::validate_project(signed(admin(CERTIFIER)), project, document, estimate)
}

/// The first project, validated for 400 tonnes.
fn validated() -> ProjectId {
    let project = submitted(1);
    let design = document(project, DocumentKind::DesignDocument);
    assert_ok!(review(project, design, true));
    let report = document(project, DocumentKind::ValidationReport);
    assert_ok!(validate(project, report, 400));
    project
}

/// Terms for NDC use by Switzerland and for CORSIA, first transferred when used or cancelled.
fn terms() -> Article6Terms {
    Article6Terms {
        purposes: BTreeSet::from([Purpose::Ndc, Purpose::OimpImp]).try_into().unwrap(),
        parties: BTreeSet::from([CountryCode(*b"CH")]).try_into().unwrap(),
        cooperative_approach: Some(1),
        valid: (2021, 2030),
        first_transfer: FirstTransfer::UseOrCancellation,
    }
}

fn authorise(project: ProjectId, quantity: Tonnes) -> DispatchResult {
    Projects::authorise_project(signed(admin(GOVERNMENT)), project, quantity, None, 0)
}

/// The first project, authorised for 300 tonnes.
fn authorised() -> ProjectId {
    let project = validated();
    assert_ok!(authorise(project, 300));
    project
}

fn vintages(of: &[(Vintage, Tonnes)]) -> Vintages {
    let all: Vec<_> =
        of.iter().map(|&(vintage, tonnes)| VintageTonnes { vintage, tonnes }).collect();
    all.try_into().unwrap()
}

fn report(period: Period, of: &[(Vintage, Tonnes)]) -> MonitoringReport {
    MonitoringReport { period, vintages: vintages(of), report: HASH }
}

fn monitor(project: ProjectId, report: MonitoringReport) -> DispatchResult {
    Projects::report_monitoring(signed(admin(DEVELOPER)), project, report)
}

fn verify(project: ProjectId, period: u32, of: &[(Vintage, Tonnes)]) -> DispatchResult {
    let verified = vintages(of);
    Projects::verify_monitoring(signed(admin(CERTIFIER)), project, period, verified, REMARK)
}

/// The first project with its first period, 2021 and 2022, verified for 100 and 50 tonnes.
fn verified() -> ProjectId {
    let project = authorised();
    assert_ok!(monitor(project, report(years(2021, 2022), &[(2021, 120), (2022, 50)])));
    assert_ok!(verify(project, 1, &[(2021, 100), (2022, 50)]));
    project
}

fn found(project: ProjectId) -> Project {
    crate::Projects::<Test>::get(project).unwrap()
}

fn stage(project: ProjectId) -> ProjectStage {
    found(project).stage
}

/// Other proponents, proposed by DEVELOPER.
fn propose(project: ProjectId, of: &[(OrganisationId, Ppm)]) -> DispatchResult {
    Projects::propose_proponents(signed(admin(DEVELOPER)), project, proponents(of))
}

fn assign(project: ProjectId, of: &[OrganisationId]) -> DispatchResult {
    Projects::assign_certifiers(signed(admin(GOVERNMENT)), project, certifier_set(of))
}

fn certify(project: ProjectId, certifier: OrganisationId) -> DispatchResult {
    Projects::certify_project(signed(manager(certifier)), project)
}

fn note_issued(project: ProjectId, number: u32) -> Result<Tonnes, DispatchError> {
    Ok(Projects::note_issued(project, number)?)
}

fn put_stage(project: ProjectId, stage: ProjectStage) {
    crate::Projects::<Test>::mutate(project, |found| found.as_mut().unwrap().stage = stage);
}

/// What comes of `attempt` while the project is in another stage; all of it is undone.
fn at_stage<R>(project: ProjectId, stage: ProjectStage, attempt: impl FnOnce() -> R) -> R {
    undone(|| {
        put_stage(project, stage);
        attempt()
    })
}

/// What comes of `attempt`, which is undone.
fn undone<R>(attempt: impl FnOnce() -> R) -> R {
    let rolled_back = || TransactionOutcome::Rollback(Ok::<_, DispatchError>(attempt()));
    with_transaction(rolled_back).unwrap()
}

fn period(project: ProjectId, number: u32) -> MonitoringPeriod {
    crate::MonitoringPeriods::<Test>::get(project, number).unwrap()
}
