// SPDX-License-Identifier: Apache-2.0
//! A registry in which every call of the registry's pallets has an object that is ready for it:
//! one within reach of the members of `organisations`, and one out of it.

// Every test file that compiles this one needs another part of it.
#![allow(dead_code)]

use crate::common::{account, key, next_block, steps::*, succeed};
use registry_primitives::{
    calendar::start_of,
    credit::{Part, Parts, RetirementDetails, RetirementPurpose},
    organisation::{Member, OrganisationDetails},
    project::{
        Article6Terms, DocumentKind, FirstTransfer, ProjectRegistration, Proponent, Proponents,
        Purpose,
    },
    shares::WHOLE,
    ContentHash, CountryCode, MemberRole, OrganisationId, OrganisationRole, Tonnes, GOVERNMENT,
};
use registry_runtime::{Runtime, RuntimeCall, RuntimeOrigin, Signature};
use sp_core::{sr25519::Pair, Pair as _};
use std::collections::BTreeSet;
use MemberRole::{Admin, Manager, Root, ViewOnly};
use OrganisationRole::{Certifier, Government, ProjectDeveloper};

pub type ProjectsCall = pallet_projects::Call<Runtime>;
pub type CreditsCall = pallet_credits::Call<Runtime>;
pub type Registration = fn(&str, OrganisationId, OrganisationId) -> ProjectRegistration;

/// Objects of one side, one ready for each call.
pub struct Side {
    /// How its projects are registered.
    pub registration: Registration,
    /// Submitted, with a design that waits.
    pub submitted: u32,
    /// Submitted, with an accepted design (1) and a validation report that waits (2).
    pub reviewed: u32,
    /// Validated.
    pub validated: u32,
    /// Authorised, under Article 6 terms. Its first period is issued, its second verified, its
    /// third reported.
    pub authorised: u32,
    /// Authorised and suspended.
    pub suspended: u32,
    /// Validated, and certified by the certifier.
    pub certified: u32,
    /// Owned by developer and certifier; one period is issued.
    pub shared: u32,
    /// Owned by them and a third, who has proposed other shares (change 1).
    pub changing: u32,
    /// First serial of a block that the developer holds.
    pub block: u64,
    /// First serial of a block of the developer that is on hold.
    pub on_hold: u64,
    /// First serial of a block in the buffer.
    pub buffer: u64,
    /// First serial of a block that the certifier holds.
    pub certifiers_block: u64,
    /// The developer's request for an international retirement.
    pub retirement_request: u64,
    /// A request of the third for a transfer of the developer's credits.
    pub asked_of_developer: u64,
    /// A request of the developer for a transfer of the third's credits.
    pub asked_by_developer: u64,
    pub developer: OrganisationId,
    pub certifier: OrganisationId,
    pub external_id: &'static str,
}

/// Who acts: one organisation of each role, one member of each role in it.
pub struct Registry {
    pub organisations: Vec<(OrganisationRole, OrganisationId)>,
    /// In the ministry's scopes, of the developer and the certifier among them.
    pub inside: Side,
    /// In another scope, of another developer and another certifier.
    pub outside: Side,
    /// A developer that is neither: it receives, asks and proposes.
    pub active: OrganisationId,
    pub suspended: OrganisationId,
    /// A request of the Government for a transfer from one developer to another.
    pub asked_by_government: u64,
}

pub fn member(organisation: OrganisationRole, role: MemberRole) -> Pair {
    match (organisation, role) {
        (Government, Root) => root(),
        (_, Admin) if organisation != Government => key(&format!("{organisation}")),
        _ => key(&format!("{organisation} {role}")),
    }
}

/// A second Admin of an organisation, who proposes what the others approve.
pub fn second_admin(organisation: OrganisationRole) -> Pair {
    key(&format!("{organisation} second admin"))
}

/// A member of an organisation who signs nothing, to be removed, promoted or given another key.
pub fn spare(organisation: OrganisationId) -> Pair {
    key(&format!("spare {organisation}"))
}

/// An Admin of the Government: the Root registers no projects.
fn officer() -> Pair {
    member(Government, Admin)
}

/// Creates an organisation and returns its number.
pub fn create(role: OrganisationRole, name: &str, admin: &Pair) -> OrganisationId {
    let id = pallet_organisations::NextOrganisationId::<Runtime>::get();
    succeed(&root(), create_organisation(role, name, admin));
    id
}

fn last_request() -> u64 {
    pallet_credits::LastRequestId::<Runtime>::get()
}

pub fn registry() -> Registry {
    succeed(&root(), add_member(GOVERNMENT, &officer(), Admin));
    let mut organisations = Vec::new();
    for role in OrganisationRole::ALL.iter().copied() {
        let id = match role {
            Government => GOVERNMENT,
            _ => create(role, role.as_str(), &member(role, Admin)),
        };
        for member_role in MemberRole::ALL.iter().copied() {
            enrol(id, role, member_role);
        }
        succeed(&root(), add_member(id, &second_admin(role), Admin));
        succeed(&root(), add_member(id, &spare(id), ViewOnly));
        organisations.push((role, id));
    }
    let id_of = |wanted| {
        organisations.iter().find(|(role, _)| *role == wanted).expect("every role has one").1
    };
    let other_developer = create(ProjectDeveloper, "Other", &key("Other developer"));
    let other_certifier = create(Certifier, "Other certifier", &key("Other certifier"));
    let active = create(ProjectDeveloper, "Active", &key("Active"));
    succeed(&root(), add_member(active, &spare(active), ViewOnly));
    // Reviews what the certifiers of the two sides own a share of.
    let reviewer = create(Certifier, "Reviewer", &key("Reviewer"));
    let suspended = create(ProjectDeveloper, "Suspended", &key("Suspended"));
    succeed(&root(), suspend(suspended));
    next_block();

    let third = (active, reviewer);
    let developer = (id_of(ProjectDeveloper), member(ProjectDeveloper, Admin));
    let certifier = (id_of(Certifier), member(Certifier, Admin));
    let inside = side(wind_farm, developer, certifier, third, "INSIDE");
    let developer = (other_developer, key("Other developer"));
    let certifier = (other_certifier, key("Other certifier"));
    let outside = side(landfill, developer, certifier, third, "OUTSIDE");
    let asks = ask_for(inside.authorised, inside.developer, outside.developer);
    succeed(&member(Government, Manager), asks);
    let asked_by_government = last_request();
    prepare_bridge();
    next_block();
    Registry { organisations, inside, outside, active, suspended, asked_by_government }
}

/// The bridge has an operator and no round, and a case of a project that nothing stands in the way of
/// any more.
fn prepare_bridge() {
    use pallet_itmo_bridge::{
        Case, Cases, Cause, Error, LastCaseId, NextRoundAt, OpenCases, Outcome, Settled, Settlement,
    };
    use registry_primitives::itmo::{Facts, Observation, Platform, PlatformProject};
    let operator = account(&key("Alice"));
    let bridge_key = key("Alice//itmo").public().into();
    registry_runtime::ItmoBridge::add_operator(RuntimeOrigin::root(), operator, bridge_key)
        .expect("Alice is a validator");
    NextRoundAt::<Runtime>::put(u32::MAX);
    let facts = Facts::ProjectAuthorised(PlatformProject {
        title: text("Solar mini-grids"),
        company: text("Lagoon Light Cooperative"),
        sector: None,
        country: None,
        created_at: start_of(2025).expect("a year of the registry"),
        materials: Default::default(),
    });
    let observation = Observation { project: text("p-1001"), facts };
    let (key, facts) = (observation.key(Platform::Undp), observation.facts);
    let error = Error::<Runtime>::CompanyNameTaken.into();
    let cause = Cause::Refused { facts, hash: HASH, error };
    let case = Case { key: key.clone(), round: 1, opened_at: 1, cause, closure: None };
    LastCaseId::<Runtime>::put(1);
    Cases::<Runtime>::insert(1, case);
    OpenCases::<Runtime>::insert(&key, 1);
    let (hash, outcome) = (Some(HASH), Outcome::Case(1));
    Settled::<Runtime>::insert(key, Settlement { hash, round: 1, at: 1, outcome });
}

/// Adds a member of each role, who is known by [`member`].
fn enrol(id: OrganisationId, organisation: OrganisationRole, role: MemberRole) {
    let pair = member(organisation, role);
    let known = pallet_organisations::Members::<Runtime>::contains_key(account(&pair));
    match role {
        _ if known => {}
        // No call makes a second Root; the table must refuse one all the same.
        Root => {
            frame_system::Pallet::<Runtime>::inc_providers(&account(&pair));
            let member = Member { organisation: id, role: Root };
            pallet_organisations::Members::<Runtime>::insert(account(&pair), member);
        }
        _ => succeed(&root(), add_member(id, &pair, role)),
    }
}

fn side(
    registration: Registration,
    (developer, by): (OrganisationId, Pair),
    (certifier, reviewer): (OrganisationId, Pair),
    (active, third): (OrganisationId, OrganisationId),
    external_id: &'static str,
) -> Side {
    let register_project = |n: u32, certifier, proponents: Option<&[(OrganisationId, u32)]>| {
        let mut given = registration(&format!("{external_id}-{n}"), developer, certifier);
        if let Some(proponents) = proponents {
            given.proponents = shares(proponents);
        }
        succeed(&officer(), register(given));
        pallet_projects::LastProjectId::<Runtime>::get()
    };
    let own = |n| register_project(n, certifier, None);

    let submitted = own(1);
    succeed(&by, submit_document(submitted, DocumentKind::DesignDocument));

    let reviewed = own(2);
    succeed(&by, submit_document(reviewed, DocumentKind::DesignDocument));
    succeed(&reviewer, accept_document(reviewed, 1));
    succeed(&by, submit_document(reviewed, DocumentKind::ValidationReport));

    let validated = own(3);
    bring_to_validation(validated, 1_000, &by, &reviewer);
    next_block();

    let authorised = own(4);
    bring_to_validation(authorised, 1_000, &by, &reviewer);
    succeed(&root(), authorise_under(authorised, 1_000, 100_000, Some(ndc_terms())));
    for (period, year) in [(1, 2021), (2, 2022)] {
        succeed(&by, report_monitoring(authorised, &[(year, 100)]));
        succeed(&reviewer, verify_monitoring(authorised, period, &[(year, 100)]));
    }
    succeed(&by, report_monitoring(authorised, &[(2023, 100)]));
    let block = pallet_credits::LastSerial::<Runtime>::get() + 1;
    succeed(&root(), issue(authorised, 1));
    succeed(&root(), hold(&[(block, 5)]));
    succeed(&by, request_retirement(&[(block, 10)]));
    let retirement_request = last_request();
    next_block();

    let suspended = own(5);
    bring_to_validation(suspended, 1_000, &by, &reviewer);
    succeed(&root(), authorise(suspended, 1_000, 0));
    let reason = text("Under inquiry");
    succeed(&root(), ProjectsCall::suspend_project { project: suspended, reason });

    let certified = own(6);
    bring_to_validation(certified, 1_000, &by, &reviewer);
    succeed(&reviewer, ProjectsCall::certify_project { project: certified });
    next_block();

    let owners = [(developer, 500_000), (certifier, 500_000)];
    let shared = register_project(7, third, Some(&owners));
    bring_to_validation(shared, 1_000, &by, &key("Reviewer"));
    succeed(&root(), authorise(shared, 1_000, 0));
    succeed(&by, report_monitoring(shared, &[(2021, 100)]));
    succeed(&key("Reviewer"), verify_monitoring(shared, 1, &[(2021, 100)]));
    let certifiers_block = pallet_credits::LastSerial::<Runtime>::get() + 51;
    succeed(&root(), issue(shared, 1));

    let owners = [(developer, 400_000), (certifier, 400_000), (active, 200_000)];
    let changing = register_project(8, third, Some(&owners));
    let owners = [(developer, 300_000), (certifier, 300_000), (active, 400_000)];
    succeed(&key("Active"), propose_proponents(changing, &owners));

    succeed(&key("Active"), ask_for(authorised, developer, active));
    let asked_of_developer = last_request();
    succeed(&by, ask_for(authorised, active, developer));
    let asked_by_developer = last_request();
    next_block();
    Side {
        registration,
        submitted,
        reviewed,
        validated,
        authorised,
        suspended,
        certified,
        shared,
        changing,
        block,
        on_hold: block + 85,
        buffer: block + 90,
        certifiers_block,
        retirement_request,
        asked_of_developer,
        asked_by_developer,
        developer,
        certifier,
        external_id,
    }
}

pub fn shares(of: &[(OrganisationId, u32)]) -> Proponents {
    assert_eq!(of.iter().map(|(_, share)| share).sum::<u32>(), WHOLE);
    let all: Vec<_> =
        of.iter().map(|&(organisation, share)| Proponent { organisation, share }).collect();
    all.try_into().expect("at most 16")
}

pub fn propose_proponents(project: u32, of: &[(OrganisationId, u32)]) -> RuntimeCall {
    ProjectsCall::propose_proponents { project, proponents: shares(of) }.into()
}

/// For the contribution of one other country, Switzerland.
pub fn ndc_terms() -> Article6Terms {
    Article6Terms {
        purposes: BTreeSet::from([Purpose::Ndc]).try_into().expect("one of 3"),
        parties: BTreeSet::from([CountryCode(*b"CH")]).try_into().expect("one of 32"),
        cooperative_approach: Some(1),
        valid: (2020, 2029),
        first_transfer: FirstTransfer::Issuance,
    }
}

pub fn authorise_under(
    project: u32,
    quantity: Tonnes,
    buffer_rate: u32,
    article6: Option<Article6Terms>,
) -> RuntimeCall {
    ProjectsCall::authorise_project { project, quantity, article6, buffer_rate }.into()
}

pub fn parts(of: &[(u64, Tonnes)]) -> Parts {
    let all: Vec<_> = of.iter().map(|&(start, quantity)| Part { start, quantity }).collect();
    all.try_into().expect("at most 64")
}

pub fn hold(of: &[(u64, Tonnes)]) -> RuntimeCall {
    CreditsCall::hold { parts: parts(of), reason: text("Under inquiry") }.into()
}

/// Retirement details with another purpose.
pub fn retirement_for(purpose: RetirementPurpose) -> RetirementDetails {
    RetirementDetails { purpose, ..retirement() }
}

pub fn swiss_use() -> RetirementDetails {
    retirement_for(RetirementPurpose::InternationalTransfer {
        country: CountryCode(*b"CH"),
        entity: text("Stiftung Klimaschutz"),
        towards: Purpose::Ndc,
    })
}

pub fn request_retirement(of: &[(u64, Tonnes)]) -> RuntimeCall {
    CreditsCall::request_retirement { parts: parts(of), details: swiss_use() }.into()
}

/// Asks one organisation to transfer ten tonnes of a project to another.
pub fn ask_for(project: u32, from: OrganisationId, to: OrganisationId) -> RuntimeCall {
    ask_for_tonnes(project, 10, from, to)
}

pub fn ask_for_tonnes(
    project: u32,
    quantity: Tonnes,
    from: OrganisationId,
    to: OrganisationId,
) -> RuntimeCall {
    let (vintage, reference) = (None, None);
    CreditsCall::request_transfer { project, vintage, quantity, from, to, reference }.into()
}

/// The details of [`create_organisation`].
pub fn details_of(role: OrganisationRole, name: &str) -> OrganisationDetails {
    match create_organisation(role, name, &root()) {
        RuntimeCall::Organisations(pallet_organisations::Call::create_organisation {
            details,
            ..
        }) => details,
        other => panic!("not a creation: {other:?}"),
    }
}

/// The approval of a developer's application that the applicant signed.
pub fn approve_application(name: &str, applicant: &Pair) -> RuntimeCall {
    let (role, details) = (ProjectDeveloper, details_of(ProjectDeveloper, name));
    let payload = pallet_organisations::Pallet::<Runtime>::application_payload(role, &details);
    let signature = Signature::Sr25519(applicant.sign(&payload));
    let applicant = account(applicant);
    pallet_organisations::Call::approve_application { role, details, applicant, signature }.into()
}

/// Another profile than [`HASH`].
pub const NEW_PROFILE: ContentHash = ContentHash([7; 32]);
