// SPDX-License-Identifier: Apache-2.0
//! The registry that every case starts from, so that few steps reach the interesting states: made
//! by the same operations, on the model and on the chain.

use crate::{
    operations::{Account, Call, Details, HalfYear, Measure, Operation, Registration, Terms},
    reference::State,
};
use registry_primitives::{
    project::{DocumentKind, FirstTransfer, Purpose},
    CountryCode, MemberRole, OrganisationId, OrganisationRole, ProjectId, SectoralScope, Vintage,
};
use std::{collections::BTreeSet, sync::OnceLock};

/// The country whose registry it is.
pub const COUNTRY: CountryCode = CountryCode(*b"VU");
/// The countries of this test that exist.
pub const COUNTRIES: &[CountryCode] = &[COUNTRY, CountryCode(*b"CH"), CountryCode(*b"SG")];
/// One that does not.
pub const NOWHERE: CountryCode = CountryCode(*b"XX");

/// The keys, by their place in the list; those after the named ones are strangers at first.
pub const KEYS: &[&str] = &[
    "Alice",
    "Officer",
    "Deputy",
    "Clerk",
    "Ministry",
    "Minister",
    "Reader",
    "DeveloperA",
    "ManagerA",
    "ViewerA",
    "DeveloperB",
    "DeveloperC",
    "CertifierA",
    "ReviewerA",
    "CertifierB",
    "Platform",
    "Stranger1",
    "Stranger2",
    "Stranger3",
    "Stranger4",
    "Stranger5",
    "Stranger6",
];
pub const ROOT: Account = 0;
const OFFICER: Account = 1;
const DEPUTY: Account = 2;
const CLERK: Account = 3;
const MINISTRY: Account = 4;
const MINISTER: Account = 5;
const READER: Account = 6;
const DEVELOPER_A: Account = 7;
const MANAGER_A: Account = 8;
const VIEWER_A: Account = 9;
const DEVELOPER_B: Account = 10;
const DEVELOPER_C: Account = 11;
const CERTIFIER_A: Account = 12;
const REVIEWER_A: Account = 13;
const CERTIFIER_B: Account = 14;
const PLATFORM: Account = 15;

const GOVERNMENT: OrganisationId = 1;
const THE_MINISTRY: OrganisationId = 2;
const A: OrganisationId = 3;
const B: OrganisationId = 4;
const C: OrganisationId = 5;
const REVIEWING: OrganisationId = 6;
const OWNING: OrganisationId = 7;

/// The first half of a year, as a time.
pub const fn half(year: Vintage) -> HalfYear {
    2 * (year - 1990)
}

fn sign(by: Account, call: Call) -> Operation {
    Operation::Sign { by, call }
}

fn found() -> Vec<Operation> {
    use OrganisationRole::{Api, Certifier, Ministry, ProjectDeveloper};
    let mut steps = vec![
        member(ROOT, GOVERNMENT, OFFICER, MemberRole::Admin),
        member(ROOT, GOVERNMENT, DEPUTY, MemberRole::Admin),
        member(OFFICER, GOVERNMENT, CLERK, MemberRole::Manager),
        member(OFFICER, GOVERNMENT, READER, MemberRole::ViewOnly),
    ];
    for (role, name, first_admin) in [
        (Ministry, "Ministry of Energy", MINISTRY),
        (ProjectDeveloper, "Developer A", DEVELOPER_A),
        (ProjectDeveloper, "Developer B", DEVELOPER_B),
        (ProjectDeveloper, "Developer C", DEVELOPER_C),
        (Certifier, "Certifier A", CERTIFIER_A),
        (Certifier, "Certifier B", CERTIFIER_B),
        (Api, "Platform", PLATFORM),
    ] {
        let scopes = match role {
            Ministry => BTreeSet::from([SectoralScope::EnergyIndustries]),
            _ => BTreeSet::new(),
        };
        let tax_id = format!("TAX {name}");
        let details = Details { name, tax_id, country: COUNTRY, scopes };
        steps.push(sign(OFFICER, Call::CreateOrganisation { role, details, first_admin }));
    }
    steps.extend([
        member(MINISTRY, THE_MINISTRY, MINISTER, MemberRole::Admin),
        member(DEVELOPER_A, A, MANAGER_A, MemberRole::Manager),
        member(DEVELOPER_A, A, VIEWER_A, MemberRole::ViewOnly),
        member(CERTIFIER_A, REVIEWING, REVIEWER_A, MemberRole::Manager),
        Operation::NextBlock,
    ]);
    steps
}

fn member(
    by: Account,
    organisation: OrganisationId,
    account: Account,
    role: MemberRole,
) -> Operation {
    sign(by, Call::AddMember { organisation, account, role })
}

/// Registers a project and, if `validated`, takes it up to its validation.
fn project(
    id: ProjectId,
    by: Account,
    measure: Measure,
    proponents: &[(OrganisationId, u32)],
    validated: bool,
) -> Vec<Operation> {
    let registration = Registration {
        external_id: format!("EXT-{id}"),
        measure,
        proponents: proponents.to_vec(),
        crediting: (half(2020), half(2030)),
        estimate: 5_000,
        certifiers: [REVIEWING].into(),
    };
    let document = |kind| sign(by, Call::SubmitDocument { project: id, kind, size: 1 });
    let accept = Call::Review { project: id, document: 1, accept: true, remark: false };
    let mut steps = vec![
        sign(by, Call::Register(registration)),
        document(DocumentKind::DesignDocument),
        sign(REVIEWER_A, accept),
        document(DocumentKind::ValidationReport),
    ];
    if validated {
        let validate = Call::Validate { project: id, document: 2, estimate: 2_000 };
        steps.push(sign(CERTIFIER_A, validate));
    }
    steps
}

fn authorise(project: ProjectId, terms: Option<Terms>, buffer: u32) -> Operation {
    sign(OFFICER, Call::Authorise { project, quantity: 1_000, terms, buffer })
}

fn terms(purposes: &[Purpose], parties: &[CountryCode], first_transfer: FirstTransfer) -> Terms {
    Terms {
        purposes: purposes.iter().copied().collect(),
        parties: parties.iter().copied().collect(),
        approach: None,
        valid: (2020, 2030),
        first_transfer,
    }
}

/// Reports and verifies a period of whole years, as the project's period number `period`.
fn monitor(
    project: ProjectId,
    by: Account,
    period: u32,
    vintages: &[(Vintage, u64)],
) -> Vec<Operation> {
    let first = vintages.first().map_or(0, |(year, _)| half(*year));
    let last = vintages.last().map_or(0, |(year, _)| half(*year + 1));
    let vintages = vintages.to_vec();
    let report =
        Call::ReportMonitoring { project, period: (first, last), vintages: vintages.clone() };
    let verify = Call::VerifyMonitoring { project, period, vintages };
    vec![sign(by, report), sign(CERTIFIER_A, verify)]
}

fn issue(project: ProjectId, period: u32) -> Operation {
    sign(DEPUTY, Call::Issue { project, period })
}

/// The operations that make the registry.
pub fn operations() -> Vec<Operation> {
    use Purpose::{Ndc, OimpImp};
    let [switzerland, singapore] = [COUNTRIES[1], COUNTRIES[2]];
    let mut steps = found();
    // 1: for NDCs and other purposes, first transferred at use; a tenth in the buffer.
    steps.extend(project(1, MANAGER_A, Measure::WindFarm, &[(A, 1_000_000)], true));
    let use_or_cancellation =
        terms(&[Ndc, OimpImp], &[switzerland, singapore], FirstTransfer::UseOrCancellation);
    steps.push(authorise(1, Some(use_or_cancellation), 100_000));
    steps.extend(monitor(1, DEVELOPER_A, 1, &[(2022, 95), (2023, 60)]));
    steps.push(issue(1, 1));
    steps.push(Operation::NextBlock);
    // 2: for use in the country, of three owners, outside the ministry's scope.
    let thirds = [(A, 333_333), (B, 333_333), (OWNING, 333_334)];
    steps.extend(project(2, DEVELOPER_B, Measure::Landfill, &thirds, true));
    steps.push(authorise(2, None, 0));
    steps.extend(monitor(2, DEVELOPER_B, 1, &[(2024, 100)]));
    steps.push(issue(2, 1));
    // 3: first transferred at issuance, any Party; one period issued, another verified.
    let owners = [(B, 600_000), (C, 400_000)];
    steps.extend(project(3, DEVELOPER_B, Measure::WindFarm, &owners, true));
    steps.push(authorise(3, Some(terms(&[OimpImp], &[], FirstTransfer::Issuance)), 50_000));
    steps.extend(monitor(3, DEVELOPER_C, 1, &[(2021, 77)]));
    steps.push(issue(3, 1));
    steps.extend(monitor(3, DEVELOPER_C, 2, &[(2022, 33)]));
    steps.push(Operation::NextBlock);
    // 4: validated; 5: its validation report waits.
    steps.extend(project(4, DEVELOPER_C, Measure::WindFarm, &[(C, 1_000_000)], true));
    steps.extend(project(5, DEVELOPER_B, Measure::Landfill, &[(B, 1_000_000)], false));
    steps.push(sign(CERTIFIER_A, Call::Certify { project: 4 }));
    let parts = vec![(1, 20)];
    steps.push(sign(DEVELOPER_A, Call::Transfer { parts, to: B }));
    steps.push(sign(ROOT, Call::SetDeductions { proceeds: 50_000, mitigation: 20_000 }));
    steps.push(Operation::NextBlock);
    steps
}

/// The model after all of them.
pub fn prepared() -> &'static State {
    static PREPARED: OnceLock<State> = OnceLock::new();
    PREPARED.get_or_init(|| {
        operations().iter().fold(State::genesis(), |state, operation| {
            let next = state.after(operation);
            assert_eq!(next.outcome, Ok(()), "preparing: {operation:?}");
            next
        })
    })
}
