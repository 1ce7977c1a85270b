// SPDX-License-Identifier: Apache-2.0
//! What each call does, in a sentence for the person who signs it.

use super::{Call, Contact};
use crate::locale::{English, Locale, Sentence, Value};
use registry_primitives::{
    credit::{Corrects, Part, RetirementDetails, RetirementPurpose},
    organisation::OrganisationDetails,
    project::Proponent,
    OrganisationRole,
};
use std::fmt::Display;

/// What fills a gap, by the gap's name.
type Gap = (&'static str, Value);

fn says<const N: usize>(key: &'static str, values: [Gap; N]) -> Sentence {
    Sentence { key, values: values.into() }
}

fn text(text: impl Display) -> Value {
    Value::Text(text.to_string())
}

fn id(number: impl Into<u64>) -> Value {
    Value::Id(number.into())
}

fn label(group: &'static str, value: impl Display) -> Value {
    Value::Label(group, value.to_string())
}

fn tonnes(n: impl Into<i128>) -> Value {
    Value::Count("unit.tonnes", n.into())
}

fn sum(quantities: impl Iterator<Item = u64>) -> Value {
    tonnes(quantities.map(i128::from).sum::<i128>())
}

fn quantity(parts: &[Part]) -> Value {
    sum(parts.iter().map(|part| part.quantity))
}

fn bytes(n: impl Into<i128>) -> Value {
    Value::Count("size.bytes", n.into())
}

fn shares(proponents: &[Proponent]) -> Value {
    let share = |each: &Proponent| {
        Value::Sentence(says(
            "call_words.share",
            [("share", Value::Share(each.share)), ("organisation", id(each.organisation))],
        ))
    };
    Value::List(proponents.iter().map(share).collect())
}

fn purpose(details: &RetirementDetails) -> Value {
    Value::Sentence(match &details.purpose {
        RetirementPurpose::Voluntary => says("call_words.purpose.voluntary", []),
        RetirementPurpose::NationalCompliance => says("call_words.purpose.national_compliance", []),
        RetirementPurpose::InternationalTransfer { country, entity, towards } => says(
            "call_words.purpose.international_transfer",
            [
                ("entity", text(entity)),
                ("country", label("country", country)),
                ("towards", label("purpose", towards)),
            ],
        ),
        RetirementPurpose::NdcUse { year } => {
            says("call_words.purpose.ndc_use", [("year", id(*year))])
        }
        RetirementPurpose::LegalAction => says("call_words.purpose.legal_action", []),
        RetirementPurpose::Other => says("call_words.purpose.other", []),
    })
}

fn retirement(key: &'static str, parts: &[Part], details: &RetirementDetails) -> Sentence {
    let beneficiary = text(&details.beneficiary.name);
    let purpose = purpose(details);
    says(key, [("quantity", quantity(parts)), ("beneficiary", beneficiary), ("purpose", purpose)])
}

fn newcomer(
    key: &'static str,
    (role, details): (&OrganisationRole, &OrganisationDetails),
    account: impl Display,
) -> Sentence {
    says(
        key,
        [
            ("name", text(&details.name)),
            ("tax_id", text(&details.tax_id)),
            ("role", label("organisation_role", role)),
            ("account", text(account)),
        ],
    )
}

fn contact(contact: &Contact) -> [Gap; 3] {
    [
        ("operator", text(&contact.operator)),
        ("address", text(&contact.address)),
        ("peer_id", text(&contact.peer_id)),
    ]
}

/// A decision about a project, for a public reason.
fn about_project(key: &'static str, project: u32, reason: &str) -> Sentence {
    says(key, [("project", id(project)), ("reason", text(reason))])
}

/// Something about a numbered part of a project.
fn part(key: &'static str, project: u32, (name, number): (&'static str, u32)) -> Sentence {
    says(key, [("project", id(project)), (name, id(number))])
}

impl Call {
    /// What the call does, in English.
    pub fn in_words(&self) -> String {
        English.say(&self.sentence())
    }

    /// What the call does, in a sentence for the person who signs it.
    pub fn sentence(&self) -> Sentence {
        match self {
            Self::CreateOrganisation { role, details, first_admin } => newcomer(
                "call_words.organisations.create_organisation",
                (role, details),
                first_admin,
            ),
            Self::SuspendOrganisation { id: organisation, reason } => says(
                "call_words.organisations.suspend_organisation",
                [("organisation", id(*organisation)), ("reason", text(reason))],
            ),
            Self::ReactivateOrganisation { id: organisation } => says(
                "call_words.organisations.reactivate_organisation",
                [("organisation", id(*organisation))],
            ),
            Self::AddMember { organisation, account, role } => says(
                "call_words.organisations.add_member",
                [
                    ("account", text(account)),
                    ("organisation", id(*organisation)),
                    ("role", label("member_role", role)),
                ],
            ),
            Self::RemoveMember { account } => {
                says("call_words.organisations.remove_member", [("account", text(account))])
            }
            Self::ChangeMemberRole { account, role } => says(
                "call_words.organisations.change_member_role",
                [("account", text(account)), ("role", label("member_role", role))],
            ),
            Self::ReplaceKey { old, new } => says(
                "call_words.organisations.replace_key",
                [("old", text(old)), ("new", text(new))],
            ),
            Self::UpdateProfile { organisation, profile } => says(
                "call_words.organisations.update_profile",
                [("organisation", id(*organisation)), ("hash", text(profile))],
            ),
            Self::ChangeOrganisation { organisation, details } => says(
                "call_words.organisations.change_organisation",
                [
                    ("organisation", id(*organisation)),
                    ("name", text(&details.name)),
                    ("tax_id", text(&details.tax_id)),
                    ("country", label("country", details.country)),
                ],
            ),
            Self::ApproveApplication { role, details, applicant, .. } => {
                newcomer("call_words.organisations.approve_application", (role, details), applicant)
            }
            Self::Propose { call } => {
                says("call_words.approvals.propose", [("call", Value::Sentence(call.sentence()))])
            }
            Self::Approve { id: proposal } => {
                says("call_words.approvals.approve", [("proposal", id(*proposal))])
            }
            Self::Withdraw { id: proposal } => {
                says("call_words.approvals.withdraw", [("proposal", id(*proposal))])
            }
            Self::SetThreshold { class, officers } => says(
                "call_words.approvals.set_threshold",
                [
                    ("officers", Value::Count("unit.officers", (*officers).into())),
                    ("class", label("action_class", class)),
                ],
            ),
            Self::RegisterProject { registration } => {
                let title = text(&registration.title);
                says("call_words.projects.register_project", [("title", title)])
            }
            Self::SubmitDocument { project, kind, hash, size } => says(
                "call_words.projects.submit_document",
                [
                    ("project", id(*project)),
                    ("kind", label("document_kind", kind)),
                    ("size", bytes(*size)),
                    ("hash", text(hash)),
                ],
            ),
            Self::ReviewDocument { project, document, accept, .. } => {
                let key = match accept {
                    true => "call_words.projects.review_document.accept",
                    false => "call_words.projects.review_document.reject",
                };
                part(key, *project, ("document", *document))
            }
            Self::ValidateProject { project, document, estimate } => says(
                "call_words.projects.validate_project",
                [
                    ("project", id(*project)),
                    ("document", id(*document)),
                    ("estimate", tonnes(*estimate)),
                ],
            ),
            Self::AuthoriseProject { project, quantity, article6, .. } => {
                let key = match article6 {
                    Some(_) => "call_words.projects.authorise_project.article6",
                    None => "call_words.projects.authorise_project.domestic",
                };
                says(key, [("project", id(*project)), ("quantity", tonnes(*quantity))])
            }
            Self::RejectProject { project, reason } => {
                about_project("call_words.projects.reject_project", *project, reason)
            }
            Self::ReportMonitoring { project, .. } => {
                says("call_words.projects.report_monitoring", [("project", id(*project))])
            }
            Self::VerifyMonitoring { project, period, verified, .. } => says(
                "call_words.projects.verify_monitoring",
                [
                    ("quantity", sum(verified.iter().map(|each| each.tonnes))),
                    ("project", id(*project)),
                    ("period", id(*period)),
                ],
            ),
            Self::WithdrawProject { project, reason } => {
                about_project("call_words.projects.withdraw_project", *project, reason)
            }
            Self::SuspendProject { project, reason } => {
                about_project("call_words.projects.suspend_project", *project, reason)
            }
            Self::ResumeProject { project } => {
                says("call_words.projects.resume_project", [("project", id(*project))])
            }
            Self::CompleteProject { project, reason: Some(reason) } => {
                about_project("call_words.projects.complete_project.with_reason", *project, reason)
            }
            Self::CompleteProject { project, reason: None } => {
                says("call_words.projects.complete_project.plain", [("project", id(*project))])
            }
            Self::ChangeTerms { project, article6 } => {
                let key = match article6 {
                    Some(_) => "call_words.projects.change_terms.article6",
                    None => "call_words.projects.change_terms.domestic",
                };
                says(key, [("project", id(*project))])
            }
            Self::ProposeProponents { project, proponents } => says(
                "call_words.projects.propose_proponents",
                [("project", id(*project)), ("shares", shares(proponents))],
            ),
            Self::ConsentToProponents { project, number } => {
                part("call_words.projects.consent_to_proponents", *project, ("number", *number))
            }
            Self::WithdrawProponents { project, number } => {
                part("call_words.projects.withdraw_proponents", *project, ("number", *number))
            }
            Self::AssignCertifiers { project, certifiers } if certifiers.is_empty() => {
                says("call_words.projects.assign_certifiers.none", [("project", id(*project))])
            }
            Self::AssignCertifiers { project, certifiers } => {
                let certifiers = Value::List(certifiers.iter().map(|each| id(*each)).collect());
                says(
                    "call_words.projects.assign_certifiers.some",
                    [("project", id(*project)), ("certifiers", certifiers)],
                )
            }
            Self::CertifyProject { project } => {
                says("call_words.projects.certify_project", [("project", id(*project))])
            }
            Self::RevokeCertification { project, certifier, reason } => says(
                "call_words.projects.revoke_certification",
                [
                    ("project", id(*project)),
                    ("certifier", id(*certifier)),
                    ("reason", text(reason)),
                ],
            ),
            Self::ReturnMonitoring { project, period, .. } => {
                part("call_words.projects.return_monitoring", *project, ("period", *period))
            }
            Self::RefuseIssuance { project, period, reason } => says(
                "call_words.projects.refuse_issuance",
                [("project", id(*project)), ("period", id(*period)), ("reason", text(reason))],
            ),
            Self::Issue { project, period } => {
                part("call_words.credits.issue", *project, ("period", *period))
            }
            Self::Transfer { parts, to, .. } => says(
                "call_words.credits.transfer",
                [("quantity", quantity(parts)), ("to", id(*to))],
            ),
            Self::Retire { parts, details } => {
                retirement("call_words.credits.retire", parts, details)
            }
            Self::RequestRetirement { parts, details } => {
                retirement("call_words.credits.request_retirement", parts, details)
            }
            Self::RecogniseRetirement { request } => {
                says("call_words.credits.recognise_retirement", [("request", id(*request))])
            }
            Self::RefuseRetirement { request, reason } => says(
                "call_words.credits.refuse_retirement",
                [("request", id(*request)), ("reason", text(reason))],
            ),
            Self::CancelRetirementRequest { request } => {
                says("call_words.credits.cancel_retirement_request", [("request", id(*request))])
            }
            Self::RequestTransfer { project, vintage, quantity, from, to, .. } => {
                let key = match vintage {
                    Some(_) => "call_words.credits.request_transfer.of_vintage",
                    None => "call_words.credits.request_transfer.plain",
                };
                let mut sentence = says(
                    key,
                    [
                        ("project", id(*project)),
                        ("quantity", tonnes(*quantity)),
                        ("from", id(*from)),
                        ("to", id(*to)),
                    ],
                );
                sentence.values.extend(vintage.map(|year| ("vintage", id(year))));
                sentence
            }
            Self::ApproveTransfer { request, parts } => says(
                "call_words.credits.approve_transfer",
                [("quantity", quantity(parts)), ("request", id(*request))],
            ),
            Self::RejectTransfer { request, reason } => says(
                "call_words.credits.reject_transfer",
                [("request", id(*request)), ("reason", text(reason))],
            ),
            Self::CancelTransferRequest { request } => {
                says("call_words.credits.cancel_transfer_request", [("request", id(*request))])
            }
            Self::RetireForTheState { parts, details } => {
                retirement("call_words.credits.retire_for_the_state", parts, details)
            }
            Self::Cancel { parts, reason, corrects, statement } => {
                let (key, corrected) = match corrects {
                    Corrects::Nothing => ("call_words.credits.cancel.nothing", vec![]),
                    Corrects::Issuance { project, period } => (
                        "call_words.credits.cancel.issuance",
                        vec![("project", id(*project)), ("period", id(*period))],
                    ),
                    Corrects::Retirement(number) => {
                        ("call_words.credits.cancel.retirement", vec![("retirement", id(*number))])
                    }
                };
                let mut sentence = says(
                    key,
                    [
                        ("quantity", quantity(parts)),
                        ("reason", label("cancellation_reason", reason)),
                        ("statement", text(statement)),
                    ],
                );
                sentence.values.extend(corrected);
                sentence
            }
            Self::Hold { parts, reason } => says(
                "call_words.credits.hold",
                [("quantity", quantity(parts)), ("reason", text(reason))],
            ),
            Self::Release { parts } => {
                says("call_words.credits.release", [("quantity", quantity(parts))])
            }
            Self::ReleaseBuffer { parts, to } => says(
                "call_words.credits.release_buffer",
                [("quantity", quantity(parts)), ("to", id(*to))],
            ),
            Self::PauseTransfers { reason } => {
                says("call_words.credits.pause_transfers", [("reason", text(reason))])
            }
            Self::ResumeTransfers {} => says("call_words.credits.resume_transfers", []),
            Self::SetDeductions { deductions } => says(
                "call_words.credits.set_deductions",
                [
                    ("proceeds", Value::Share(deductions.share_of_proceeds)),
                    ("mitigation", Value::Share(deductions.overall_mitigation)),
                ],
            ),
            Self::SetConstants { reason, .. } => {
                says("call_words.calculator.set_constants", [("reason", text(reason))])
            }
            Self::RequestBridgeRound {} => says("call_words.itmo_bridge.request_round", []),
            Self::RetryBridgeCase { case } => {
                says("call_words.itmo_bridge.retry_case", [("case", id(*case))])
            }
            Self::DismissBridgeCase { case, reason } => says(
                "call_words.itmo_bridge.dismiss_case",
                [("case", id(*case)), ("reason", text(reason))],
            ),
            Self::LinkCompany { company, organisation } => says(
                "call_words.itmo_bridge.link_company",
                [("company", text(company)), ("organisation", id(*organisation))],
            ),
            Self::PauseBridge { reason } => {
                says("call_words.itmo_bridge.pause", [("reason", text(reason))])
            }
            Self::ResumeBridge {} => says("call_words.itmo_bridge.resume", []),
            Self::ChangeBridgeSettings { settings } => says(
                "call_words.itmo_bridge.change_settings",
                [
                    ("estimate", tonnes(settings.estimate)),
                    ("issuance", tonnes(settings.issuance)),
                    ("interval", Value::Number(settings.interval.into())),
                    ("window", Value::Number(settings.window.into())),
                ],
            ),
            Self::AddOperator { account, key } => says(
                "call_words.itmo_bridge.add_operator",
                [("account", text(account)), ("key", text(key))],
            ),
            Self::RemoveOperator { account, reason } => says(
                "call_words.itmo_bridge.remove_operator",
                [("account", text(account)), ("reason", text(reason))],
            ),
            Self::ProposeMotion { threshold, call, reason } => says(
                "call_words.registry_council.propose",
                [
                    ("members", Value::Count("unit.members", (*threshold).into())),
                    ("call", Value::Sentence(call.sentence())),
                    ("reason", text(reason)),
                ],
            ),
            Self::VoteOnMotion { proposal, index, approve } => {
                let key = match approve {
                    true => "call_words.registry_council.vote.approve",
                    false => "call_words.registry_council.vote.reject",
                };
                says(key, [("motion", id(*index)), ("hash", text(format_args!("{proposal:?}")))])
            }
            Self::CloseMotion { proposal_hash, index, .. } => says(
                "call_words.registry_council.close",
                [("motion", id(*index)), ("hash", text(format_args!("{proposal_hash:?}")))],
            ),
            Self::SetCouncil { members } => {
                let members = Value::List(members.iter().map(text).collect());
                says("call_words.governance.set_council", [("members", members)])
            }
            Self::AddValidator { account, contact: reached } => {
                let mut sentence = says("call_words.validators.add", contact(reached));
                sentence.values.push(("account", text(account)));
                sentence
            }
            Self::RemoveValidator { account, reason } => says(
                "call_words.validators.remove",
                [("account", text(account)), ("reason", text(reason))],
            ),
            Self::ChangeContact { contact: reached } => {
                says("call_words.validators.change_contact", contact(reached))
            }
            Self::ClearFlag { account, reason } => says(
                "call_words.validators.clear_flag",
                [("account", text(account)), ("reason", text(reason))],
            ),
            Self::SetMinimum { minimum } => says(
                "call_words.validators.set_minimum",
                [("minimum", Value::Number((*minimum).into()))],
            ),
            Self::SetSessionKeys { keys, .. } => says(
                "call_words.session.set_keys",
                [
                    ("aura", text(format_args!("0x{}", hex::encode(keys.aura)))),
                    ("grandpa", text(format_args!("0x{}", hex::encode(keys.grandpa)))),
                ],
            ),
            Self::AuthoriseUpgrade { code_hash } => says(
                "call_words.system.authorize_upgrade",
                [("hash", text(format_args!("{code_hash:?}")))],
            ),
            Self::ApplyUpgrade { code } => {
                // A runtime is far smaller than what such a number can say.
                let size = bytes(i128::try_from(code.0.len()).unwrap_or(i128::MAX));
                says("call_words.system.apply_authorized_upgrade", [("size", size)])
            }
            Self::PauseCall { full_name } => {
                says("call_words.tx_pause.pause", [("name", text(full_name))])
            }
            Self::UnpauseCall { ident } => {
                says("call_words.tx_pause.unpause", [("name", text(ident))])
            }
            Self::EnterSafeMode {} => says("call_words.safe_mode.force_enter", []),
            Self::ExtendSafeMode {} => says("call_words.safe_mode.force_extend", []),
            Self::ExitSafeMode {} => says("call_words.safe_mode.force_exit", []),
        }
    }
}

#[cfg(test)]
mod tests;
