// SPDX-License-Identifier: Apache-2.0
//! Every cell of the permission table, through signed transactions.
//!
//! For each action that has a call, each role of an organisation and each role of a member, the
//! call is sent for an object within reach and for one out of it. All objects are ready for the
//! call, so that permission alone decides: what is allowed succeeds.

mod common;

use common::{steps::*, *};
use frame_support::traits::GetCallName;
use registry_primitives::{
    organisation::Member, permission, project::DocumentKind, Action, MemberRole, OrganisationId,
    OrganisationRole, Reach, GOVERNMENT,
};
use registry_runtime::{Runtime, RuntimeCall};
use sp_core::sr25519::Pair;
use sp_runtime::DispatchError;
use MemberRole::{Admin, Root};
use OrganisationRole::{Certifier, Government, ProjectDeveloper};

/// Projects of one side, one ready for each call.
struct Side {
    /// Submitted, with a design that waits.
    submitted: u32,
    /// Submitted, with an accepted design (1) and a validation report that waits (2).
    reviewed: u32,
    /// Validated.
    validated: u32,
    /// Authorised; its first period is issued, its second verified, its third reported.
    authorised: u32,
    /// First serial of the block that was issued.
    block: u64,
    developer: OrganisationId,
    certifier: OrganisationId,
    external_id: &'static str,
}

/// Who acts: one organisation of each role, one member of each role in it.
struct Registry {
    organisations: Vec<(OrganisationRole, OrganisationId)>,
    /// In the ministry's scopes, of the developer and assigned to the certifier among them.
    inside: Side,
    /// In another scope, of another developer, assigned to another certifier.
    outside: Side,
    active: OrganisationId,
    suspended: OrganisationId,
}

fn member(organisation: OrganisationRole, role: MemberRole) -> Pair {
    match (organisation, role) {
        (Government, Root) => root(),
        (_, Admin) if organisation != Government => key(&format!("{organisation}")),
        _ => key(&format!("{organisation} {role}")),
    }
}

/// Creates an organisation and returns its number.
fn create(role: OrganisationRole, name: &str, admin: &Pair) -> OrganisationId {
    let id = pallet_organisations::NextOrganisationId::<Runtime>::get();
    succeed(&root(), create_organisation(role, name, admin));
    id
}

fn project(registration: registry_primitives::project::ProjectRegistration) -> u32 {
    succeed(&root_admin(), register(registration));
    pallet_projects::LastProjectId::<Runtime>::get()
}

/// An Admin of the Government: the Root registers no projects.
fn root_admin() -> Pair {
    member(Government, Admin)
}

fn registry() -> Registry {
    succeed(&root(), add_member(GOVERNMENT, &root_admin(), Admin));
    let mut organisations = Vec::new();
    for role in OrganisationRole::ALL.iter().copied() {
        let id = match role {
            Government => GOVERNMENT,
            _ => create(role, role.as_str(), &member(role, Admin)),
        };
        for member_role in MemberRole::ALL.iter().copied() {
            let pair = member(role, member_role);
            let known = pallet_organisations::Members::<Runtime>::contains_key(account(&pair));
            match member_role {
                _ if known => {}
                // No call makes a second Root; the table must refuse one all the same.
                Root => {
                    frame_system::Pallet::<Runtime>::inc_providers(&account(&pair));
                    let member = Member { organisation: id, role: Root };
                    pallet_organisations::Members::<Runtime>::insert(account(&pair), member);
                }
                _ => succeed(&root(), add_member(id, &pair, member_role)),
            }
        }
        organisations.push((role, id));
    }
    let id_of = |wanted| {
        organisations.iter().find(|(role, _)| *role == wanted).expect("every role has one").1
    };
    let other_developer = create(ProjectDeveloper, "Other", &key("Other developer"));
    let other_certifier = create(Certifier, "Other certifier", &key("Other certifier"));
    let inside = side(
        wind_farm,
        (id_of(ProjectDeveloper), member(ProjectDeveloper, Admin)),
        (id_of(Certifier), member(Certifier, Admin)),
        "INSIDE",
    );
    let outside = side(
        landfill,
        (other_developer, key("Other developer")),
        (other_certifier, key("Other certifier")),
        "OUTSIDE",
    );
    let active = create(ProjectDeveloper, "Active", &key("Active"));
    let suspended = create(ProjectDeveloper, "Suspended", &key("Suspended"));
    succeed(&root(), suspend(suspended));
    Registry { organisations, inside, outside, active, suspended }
}

type Registration = fn(&str, u32, u32) -> registry_primitives::project::ProjectRegistration;

fn side(
    registration: Registration,
    (developer, by): (OrganisationId, Pair),
    (certifier, reviewer): (OrganisationId, Pair),
    external_id: &'static str,
) -> Side {
    let register =
        |n: u32| project(registration(&format!("{external_id}-{n}"), developer, certifier));
    let submitted = register(1);
    succeed(&by, submit_document(submitted, DocumentKind::DesignDocument));

    let reviewed = register(2);
    succeed(&by, submit_document(reviewed, DocumentKind::DesignDocument));
    succeed(&reviewer, accept_document(reviewed, 1));
    succeed(&by, submit_document(reviewed, DocumentKind::ValidationReport));

    let validated = register(3);
    bring_to_validation(validated, 1_000, &by, &reviewer);

    let authorised = register(4);
    bring_to_validation(authorised, 1_000, &by, &reviewer);
    succeed(&root(), authorise(authorised, 1_000, 0));
    for (period, year) in [(1, 2021), (2, 2022)] {
        succeed(&by, report_monitoring(authorised, &[(year, 10)]));
        succeed(&reviewer, verify_monitoring(authorised, period, &[(year, 10)]));
    }
    succeed(&by, report_monitoring(authorised, &[(2023, 10)]));
    let block = pallet_credits::LastSerial::<Runtime>::get() + 1;
    succeed(&root(), issue(authorised, 1));
    next_block();
    Side { submitted, reviewed, validated, authorised, block, developer, certifier, external_id }
}

/// The call of an action for an object of one side; `None` as long as the action has no call.
fn call(
    registry: &Registry,
    action: Action,
    side: &Side,
    own: OrganisationId,
) -> Option<RuntimeCall> {
    let inside = side.block == registry.inside.block;
    Some(match action {
        Action::CreateOrganisation => create_organisation(ProjectDeveloper, "New", &key("New")),
        Action::SuspendOrganisation => suspend(registry.active),
        Action::ReactivateOrganisation => reactivate(registry.suspended),
        Action::ManageMembers => {
            let organisation = if inside { own } else { registry.active };
            add_member(organisation, &key("New"), MemberRole::ViewOnly)
        }
        Action::RegisterProject => {
            let registration: Registration = if inside { wind_farm } else { landfill };
            register(registration(
                &format!("{}-NEW", side.external_id),
                side.developer,
                side.certifier,
            ))
        }
        Action::SubmitDocument => submit_document(side.submitted, DocumentKind::Other),
        Action::SubmitMonitoringReport => report_monitoring(side.authorised, &[(2024, 10)]),
        Action::ReviewDocument => accept_document(side.submitted, 1),
        Action::ValidateProject => validate_project(side.reviewed, 2, 1_000),
        Action::VerifyMonitoringReport => verify_monitoring(side.authorised, 3, &[(2023, 10)]),
        Action::AuthoriseProject => authorise(side.validated, 1_000, 0),
        Action::RejectProject => reject(side.submitted),
        Action::IssueCredits => issue(side.authorised, 2),
        Action::TransferCredits => transfer(&[(side.block, 1)], registry.active),
        Action::RetireCredits => retire(&[(side.block, 1)]),
        Action::CertifyProject
        | Action::RevokeCertification
        | Action::RecogniseRetirement
        | Action::HoldCredits
        | Action::ReleaseCredits
        | Action::CancelCredits
        | Action::RetireForTheState
        | Action::RequestTransfer
        | Action::PauseTransfers
        | Action::ChangeSettings => return None,
    })
}

fn not_permitted(call: &RuntimeCall) -> DispatchError {
    match call {
        RuntimeCall::Organisations(_) => {
            pallet_organisations::Error::<Runtime>::NotPermitted.into()
        }
        RuntimeCall::Projects(_) => pallet_projects::Error::<Runtime>::NotPermitted.into(),
        RuntimeCall::Credits(_) => pallet_credits::Error::<Runtime>::NotPermitted.into(),
        other => panic!("not a call of the registry: {other:?}"),
    }
}

/// What a member gets for an object out of its reach.
fn out_of_reach(action: Action, call: &RuntimeCall) -> DispatchError {
    match action {
        // Blocks say more exactly why.
        Action::TransferCredits | Action::RetireCredits => {
            pallet_credits::Error::<Runtime>::NotTheOwner.into()
        }
        _ => not_permitted(call),
    }
}

#[test]
fn every_cell_is_allowed_or_refused_as_printed() {
    development().execute_with(|| {
        let registry = registry();
        let mut counts = [("allowed", 0), ("out of reach", 0), ("refused", 0)];
        let mut called = 0;
        for action in Action::ALL.iter().copied() {
            if call(&registry, action, &registry.inside, GOVERNMENT).is_none() {
                continue;
            }
            called += 1;
            for (organisation, id) in registry.organisations.iter().copied() {
                for member_role in MemberRole::ALL.iter().copied() {
                    let signer = member(organisation, member_role);
                    let reach = permission::reach(action, organisation, member_role);
                    for (place, side) in
                        [("inside", &registry.inside), ("outside", &registry.outside)]
                    {
                        let call = call(&registry, action, side, id).unwrap();
                        let (expected, count) = match (reach, place) {
                            (Reach::No, _) => (Err(not_permitted(&call)), 2),
                            (Reach::WithinScopes | Reach::Own, "outside") => {
                                (Err(out_of_reach(action, &call)), 1)
                            }
                            (Reach::Any | Reach::WithinScopes | Reach::Own, _) => (Ok(()), 0),
                        };
                        let outcome = undone(|| submit(&signer, call));
                        assert_eq!(
                            outcome,
                            Ok(expected),
                            "{action} by {member_role} of {organisation}, {place}: {reach}"
                        );
                        counts[count].1 += 1;
                    }
                }
            }
        }
        println!("{called} actions with calls: {counts:?}");
        // Each call of the registry's pallets belongs to one action, and none is left out.
        let calls = pallet_organisations::Call::<Runtime>::get_call_names().len()
            + pallet_projects::Call::<Runtime>::get_call_names().len()
            + pallet_credits::Call::<Runtime>::get_call_names().len();
        assert_eq!(called, calls);
        assert!(counts.iter().all(|(_, count)| *count > 0));
    });
}
