// SPDX-License-Identifier: Apache-2.0
//! Every call of the registry's pallets, for an object of one side of the registry.

use crate::{
    common::{account, key, steps::*},
    permission_steps::*,
};
use credit_calculator::{Constants, Decimal};
use registry_primitives::{
    credit::{CancellationReason, Corrects, Deductions, RetirementPurpose},
    itmo::BridgeSettings,
    project::DocumentKind,
    ActionClass, MemberRole, OrganisationId, OrganisationRole,
};
use registry_runtime::{Runtime, RuntimeCall};
use sp_runtime::DispatchError;
use OrganisationRole::{Certifier, Government, ProjectDeveloper};

/// The registry's pallets that have calls, as the runtime names them.
pub const PALLETS: [&str; 6] =
    ["Organisations", "Approvals", "Projects", "Credits", "Calculator", "ItmoBridge"];

/// A call, and what it says beside yes and no.
pub struct Case {
    pub call: RuntimeCall,
    /// What Root does before.
    pub before: Option<RuntimeCall>,
    /// What a member gets for an object that its permission does not reach.
    pub out_of_reach: DispatchError,
    /// Whether the object is the member's own, where that alone decides, however far the
    /// permission reaches: requests are answered and taken back by their sides.
    pub own: Option<bool>,
}

impl Case {
    fn after(self, before: impl Into<RuntimeCall>) -> Self {
        Self { before: Some(before.into()), ..self }
    }

    fn otherwise(self, out_of_reach: pallet_credits::Error<Runtime>) -> Self {
        Self { out_of_reach: out_of_reach.into(), ..self }
    }

    fn if_own(self, own: bool) -> Self {
        Self { own: Some(own), ..self }
    }
}

fn case(call: impl Into<RuntimeCall>) -> Case {
    let call = call.into();
    Case { out_of_reach: not_permitted(&call), call, before: None, own: None }
}

/// The refusal of a member whose role does not allow a call, as the call's pallet words it.
pub fn not_permitted(call: &RuntimeCall) -> DispatchError {
    match call {
        RuntimeCall::Organisations(_) => {
            pallet_organisations::Error::<Runtime>::NotPermitted.into()
        }
        RuntimeCall::Approvals(_) => pallet_approvals::Error::<Runtime>::NotPermitted.into(),
        RuntimeCall::Projects(_) => pallet_projects::Error::<Runtime>::NotPermitted.into(),
        RuntimeCall::Credits(_) => pallet_credits::Error::<Runtime>::NotPermitted.into(),
        RuntimeCall::Calculator(_) => pallet_calculator::Error::<Runtime>::NotPermitted.into(),
        RuntimeCall::ItmoBridge(_) => pallet_itmo_bridge::Error::<Runtime>::NotPermitted.into(),
        other => panic!("not a call of the registry: {other:?}"),
    }
}

/// The refusal of an officer who acts alone where several must agree.
pub fn approvals_needed(call: &RuntimeCall) -> DispatchError {
    match call {
        RuntimeCall::Organisations(_) => {
            pallet_organisations::Error::<Runtime>::ApprovalsNeeded.into()
        }
        RuntimeCall::Approvals(_) => pallet_approvals::Error::<Runtime>::ApprovalsNeeded.into(),
        RuntimeCall::Projects(_) => pallet_projects::Error::<Runtime>::ApprovalsNeeded.into(),
        RuntimeCall::Credits(_) => pallet_credits::Error::<Runtime>::ApprovalsNeeded.into(),
        RuntimeCall::Calculator(_) => pallet_calculator::Error::<Runtime>::ApprovalsNeeded.into(),
        RuntimeCall::ItmoBridge(_) => pallet_itmo_bridge::Error::<Runtime>::ApprovalsNeeded.into(),
        other => panic!("not a call of the registry: {other:?}"),
    }
}

/// Every call, for an object of `side`, which is within reach of the members of organisation `id`
/// if it is `inside`.
pub fn cases(
    registry: &Registry,
    side: &Side,
    inside: bool,
    role: OrganisationRole,
    id: OrganisationId,
) -> Vec<Case> {
    let mut all = organisations(registry, inside, id);
    all.extend(documents(side));
    all.extend(projects(side));
    all.extend(monitoring(side));
    all.extend(credits(registry, side, role));
    all.extend(requests(registry, side, inside, role, id));
    all.extend(decisions(side));
    all.extend(settings());
    all.extend(bridge(side));
    all
}

fn organisations(registry: &Registry, inside: bool, id: OrganisationId) -> Vec<Case> {
    use pallet_organisations::Call;
    let organisation = if inside { id } else { registry.active };
    let spare = account(&spare(organisation));
    let new = account(&key("New"));
    let details = details_of(ProjectDeveloper, "Renamed");
    vec![
        case(create_organisation(ProjectDeveloper, "New", &key("New"))),
        case(approve_application("Applicant", &key("New"))),
        case(suspend(registry.active)),
        case(reactivate(registry.suspended)),
        case(Call::change_organisation { organisation: registry.active, details }),
        case(Call::update_profile { organisation, profile: NEW_PROFILE }),
        case(add_member(organisation, &key("New"), MemberRole::ViewOnly)),
        case(Call::change_member_role { account: spare.clone(), role: MemberRole::Manager }),
        case(Call::replace_key { old: spare.clone(), new }),
        case(Call::remove_member { account: spare }),
    ]
}

fn documents(side: &Side) -> Vec<Case> {
    let external_id = format!("{}-NEW", side.external_id);
    let registration = (side.registration)(&external_id, side.developer, side.certifier);
    vec![
        case(register(registration)),
        case(submit_document(side.submitted, DocumentKind::Other)),
        case(accept_document(side.submitted, 1)),
        case(validate_project(side.reviewed, 2, 1_000)),
    ]
}

fn projects(side: &Side) -> Vec<Case> {
    use pallet_projects::Call;
    let reason = || text("As asked for");
    let owners = [(side.developer, 600_000), (side.certifier, 400_000)];
    let (project, certifier) = (side.certified, side.certifier);
    let revoke = Call::revoke_certification { project, certifier, reason: reason() };
    vec![
        case(authorise(side.validated, 1_000, 0)),
        case(Call::change_terms { project: side.authorised, article6: None }),
        case(reject(side.submitted)),
        case(Call::withdraw_project { project: side.submitted, reason: reason() }),
        case(Call::suspend_project { project: side.authorised, reason: reason() }),
        case(Call::resume_project { project: side.suspended }),
        case(Call::complete_project { project: side.authorised, reason: None }),
        case(propose_proponents(side.shared, &owners)),
        case(Call::consent_to_proponents { project: side.changing, number: 1 }),
        case(Call::withdraw_proponents { project: side.changing, number: 1 }),
        case(Call::assign_certifiers { project: side.submitted, certifiers: Default::default() }),
        case(Call::certify_project { project: side.validated }),
        case(revoke),
    ]
}

fn monitoring(side: &Side) -> Vec<Case> {
    use pallet_projects::Call;
    let project = side.authorised;
    vec![
        case(report_monitoring(project, &[(2024, 10)])),
        case(verify_monitoring(project, 3, &[(2023, 100)])),
        case(Call::return_monitoring { project, period: 3, remark: HASH }),
        case(Call::refuse_issuance { project, period: 2, reason: text("No baseline") }),
        case(issue(project, 2)),
    ]
}

/// What owners do with their credits.
fn credits(registry: &Registry, side: &Side, role: OrganisationRole) -> Vec<Case> {
    use pallet_credits::Error;
    let own = if role == Certifier { side.certifiers_block } else { side.block };
    vec![
        case(transfer(&[(own, 1)], registry.active)).otherwise(Error::NotTheOwner),
        case(retire(&[(side.block, 1)])).otherwise(Error::NotTheOwner),
        case(request_retirement(&[(side.block, 1)])).otherwise(Error::NotTheOwner),
        case(CreditsCall::cancel_retirement_request { request: side.retirement_request })
            .otherwise(Error::NotTheInitiator),
    ]
}

/// Requested transfers. The Government asks for any, and answers for nobody.
fn requests(
    registry: &Registry,
    side: &Side,
    inside: bool,
    role: OrganisationRole,
    id: OrganisationId,
) -> Vec<Case> {
    use pallet_credits::Error;
    let request = side.asked_of_developer;
    let is_sender = id == side.developer;
    let approve = CreditsCall::approve_transfer { request, parts: parts(&[(side.block, 10)]) };
    let reject = CreditsCall::reject_transfer { request, reason: text("Sold already") };
    let (request, is_initiator) = match role {
        Government if inside => (registry.asked_by_government, true),
        _ => (side.asked_by_developer, is_sender),
    };
    let cancel = CreditsCall::cancel_transfer_request { request };
    vec![
        case(ask_for(side.authorised, registry.active, side.developer)),
        case(approve).otherwise(Error::NotTheSender).if_own(is_sender),
        case(reject).otherwise(Error::NotTheSender).if_own(is_sender),
        case(cancel).otherwise(Error::NotTheInitiator).if_own(is_initiator),
    ]
}

/// What the Government decides about credits.
fn decisions(side: &Side) -> Vec<Case> {
    let request = side.retirement_request;
    let of = parts(&[(side.block, 1)]);
    vec![
        case(CreditsCall::recognise_retirement { request }),
        case(CreditsCall::refuse_retirement { request, reason: text("No such entity") }),
        case(CreditsCall::retire_for_the_state {
            parts: of.clone(),
            details: retirement_for(RetirementPurpose::LegalAction),
        }),
        case(CreditsCall::cancel {
            parts: of,
            reason: CancellationReason::Voluntary,
            corrects: Corrects::Nothing,
            statement: text("As the owner asked"),
        }),
        case(hold(&[(side.block, 1)])),
        case(CreditsCall::release { parts: parts(&[(side.on_hold, 1)]) }),
        case(CreditsCall::release_buffer { parts: parts(&[(side.buffer, 1)]), to: side.developer }),
    ]
}

fn bridge(side: &Side) -> Vec<Case> {
    use pallet_itmo_bridge::Call;
    let pause = Call::pause { reason: text("The platform is being moved") };
    let settings = pallet_itmo_bridge::Settings::<Runtime>::get();
    let settings = BridgeSettings { estimate: 200, ..settings };
    vec![
        case(Call::request_round {}),
        case(Call::retry_case { case: 1 }),
        case(Call::dismiss_case { case: 1, reason: text("Not ours") }),
        case(Call::link_company { company: text("Lagoon"), organisation: side.developer }),
        case(pause.clone()),
        case(Call::resume {}).after(pause),
        case(Call::change_settings { settings }),
    ]
}

fn settings() -> Vec<Case> {
    let pause = CreditsCall::pause_transfers { reason: text("Audit") };
    let deductions = Deductions { share_of_proceeds: 50_000, overall_mitigation: 20_000 };
    let constants = Constants { stoves: Decimal::from_thousandths(200), ..Constants::default() };
    let reason = text("Gazette 12/2026");
    vec![
        case(pause.clone()),
        case(CreditsCall::resume_transfers {}).after(pause),
        case(CreditsCall::set_deductions { deductions }),
        case(pallet_calculator::Call::set_constants { constants: Box::new(constants), reason }),
        case(pallet_approvals::Call::set_threshold { class: ActionClass::Cancel, officers: 1 }),
    ]
}
