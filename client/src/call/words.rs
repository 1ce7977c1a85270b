// SPDX-License-Identifier: Apache-2.0
//! What each call does, in a sentence for the person who signs it.

use super::Call;
use registry_primitives::{
    credit::{Corrects, Part, RetirementDetails, RetirementPurpose},
    project::Proponent,
};

fn tonnes(parts: &[Part]) -> String {
    let sum: u128 = parts.iter().map(|part| u128::from(part.quantity)).sum();
    match sum {
        1 => "1 tonne".into(),
        _ => format!("{sum} tonnes"),
    }
}

fn shares(proponents: &[Proponent]) -> String {
    let share = |each: &Proponent| {
        let (percent, rest) = (each.share / 10_000, each.share % 10_000);
        let fraction = if rest == 0 {
            String::new()
        } else {
            format!(".{rest:04}").trim_end_matches('0').to_owned()
        };
        format!("organisation {} {percent}{fraction} %", each.organisation)
    };
    proponents.iter().map(share).collect::<Vec<_>>().join(", ")
}

fn purpose(details: &RetirementDetails) -> String {
    match &details.purpose {
        RetirementPurpose::Voluntary => "voluntarily".into(),
        RetirementPurpose::NationalCompliance => "for a duty under national law".into(),
        RetirementPurpose::InternationalTransfer { country, entity, towards } => {
            format!("for use by {entity} in {country} ({towards})")
        }
        RetirementPurpose::NdcUse { year } => {
            format!("for the nationally determined contribution of {year}")
        }
        RetirementPurpose::LegalAction => "by legal action".into(),
        RetirementPurpose::Other => "by another decision of the Government".into(),
    }
}

impl Call {
    /// What the call does, in a sentence for the person who signs it.
    pub fn in_words(&self) -> String {
        match self {
            Self::CreateOrganisation { role, details, first_admin } => format!(
                "Create the organisation “{}” (tax id {}) as {role}, with {first_admin} as its \
                 first Admin.",
                details.name, details.tax_id
            ),
            Self::SuspendOrganisation { id, reason } => {
                format!("Suspend organisation {id}. Public reason: “{reason}”.")
            }
            Self::ReactivateOrganisation { id } => {
                format!("Lift the suspension of organisation {id}.")
            }
            Self::AddMember { organisation, account, role } => {
                format!("Add {account} to organisation {organisation} as {role}.")
            }
            Self::RegisterProject { registration } => {
                format!("Register the project “{}”.", registration.title)
            }
            Self::SubmitDocument { project, kind, hash, size } => {
                format!(
                    "Submit a {kind} of {size} bytes for project {project}; its hash is {hash}."
                )
            }
            Self::ReviewDocument { project, document, accept, .. } => {
                let verb = if *accept { "Accept" } else { "Reject" };
                format!("{verb} document {document} of project {project}.")
            }
            Self::ValidateProject { project, document, estimate } => format!(
                "Validate project {project} with an estimate of {estimate} tonnes, accepting \
                 document {document} as its validation report."
            ),
            Self::AuthoriseProject { project, quantity, article6, .. } => {
                let terms = match article6 {
                    Some(_) => "with Article 6 terms",
                    None => "for domestic use only",
                };
                format!("Authorise project {project} for up to {quantity} tonnes, {terms}.")
            }
            Self::RejectProject { project, reason } => {
                format!("Reject project {project}, finally. Public reason: “{reason}”.")
            }
            Self::ReportMonitoring { project, .. } => {
                format!("Report a monitoring period of project {project}.")
            }
            Self::VerifyMonitoring { project, period, verified, .. } => {
                let sum: u128 = verified.iter().map(|each| u128::from(each.tonnes)).sum();
                format!("Verify {sum} tonnes for period {period} of project {project}.")
            }
            Self::Issue { project, period } => {
                format!("Issue the credits verified for period {period} of project {project}.")
            }
            Self::Transfer { parts, to, .. } => {
                format!("Transfer {} to organisation {to}.", tonnes(parts))
            }
            Self::Retire { parts, details } => format!(
                "Retire {} for good, {}, in the name of {}.",
                tonnes(parts),
                purpose(details),
                details.beneficiary.name
            ),
            Self::RequestRetirement { parts, details } => format!(
                "Ask the Government to recognise the retirement of {} {}, in the name of {}. They \
                 are reserved until it answers.",
                tonnes(parts),
                purpose(details),
                details.beneficiary.name
            ),
            Self::RecogniseRetirement { request } => format!(
                "Recognise international retirement {request}: after the deductions the rest is \
                 retired for good."
            ),
            Self::RefuseRetirement { request, reason } => {
                format!("Refuse international retirement {request}. Public reason: “{reason}”.")
            }
            Self::CancelRetirementRequest { request } => {
                format!("Take back the request for international retirement {request}.")
            }
            Self::RequestTransfer { project, vintage, quantity, from, to, .. } => {
                let vintage = vintage.map(|year| format!(" of {year}")).unwrap_or_default();
                format!(
                    "Ask organisation {from} to transfer {quantity} tonnes of project \
                     {project}{vintage} to organisation {to}."
                )
            }
            Self::ApproveTransfer { request, parts } => {
                format!("Transfer {}, as request {request} asks.", tonnes(parts))
            }
            Self::RejectTransfer { request, reason } => {
                format!("Say no to the requested transfer {request}. Reason: “{reason}”.")
            }
            Self::CancelTransferRequest { request } => {
                format!("Take back the request for transfer {request}.")
            }
            Self::RetireForTheState { parts, details } => format!(
                "Retire {} of another organisation for good, {}, in the name of {}.",
                tonnes(parts),
                purpose(details),
                details.beneficiary.name
            ),
            Self::Cancel { parts, reason, corrects, statement } => {
                let corrects = match corrects {
                    Corrects::Nothing => String::new(),
                    Corrects::Issuance { project, period } => {
                        format!(", correcting the issuance for period {period} of project {project}")
                    }
                    Corrects::Retirement(id) => format!(", following from retirement {id}"),
                };
                format!(
                    "Cancel {} for good ({}){corrects}. Public statement: “{statement}”.",
                    tonnes(parts),
                    reason.as_str().replace('_', " ")
                )
            }
            Self::Hold { parts, reason } => {
                format!("Put {} on hold. Public reason: “{reason}”.", tonnes(parts))
            }
            Self::Release { parts } => format!("Release {} from hold.", tonnes(parts)),
            Self::ReleaseBuffer { parts, to } => {
                format!("Release {} from the buffer to organisation {to}.", tonnes(parts))
            }
            Self::PauseTransfers { reason } => {
                format!("Pause all transfers and retirements. Public reason: “{reason}”.")
            }
            Self::ResumeTransfers {} => "Resume transfers and retirements.".into(),
            Self::SetDeductions { deductions } => format!(
                "Deduct {} ppm as share of proceeds and {} ppm for overall mitigation from \
                 international retirements from now on.",
                deductions.share_of_proceeds, deductions.overall_mitigation
            ),
            Self::SetConstants { reason, .. } => {
                format!("Set new constants of the calculator. Public reason: “{reason}”.")
            }
            Self::RequestBridgeRound {} => {
                "Ask the operators of the bridge to read the ITMO platform now.".into()
            }
            Self::RetryBridgeCase { case } => {
                format!("Try again what the operators of the bridge agreed on in case {case}.")
            }
            Self::DismissBridgeCase { case, reason } => format!(
                "Close case {case} of the bridge, so that it is never acted on. Public reason: \
                 “{reason}”."
            ),
            Self::LinkCompany { company, organisation } => format!(
                "Take the company “{company}” of the ITMO platform for organisation \
                 {organisation} from now on."
            ),
            Self::PauseBridge { reason } => {
                format!("Read the ITMO platform no more for now. Public reason: “{reason}”.")
            }
            Self::ResumeBridge {} => "Read the ITMO platform again.".into(),
            Self::ChangeBridgeSettings { settings } => format!(
                "Estimate imported projects at {} tonnes and issue {} for their final reports; \
                 read the ITMO platform every {} blocks, for {} blocks.",
                settings.estimate, settings.issuance, settings.interval, settings.window
            ),
            Self::AddOperator { account, key } => {
                format!("Make {account} an operator of the bridge, with the key {key}.")
            }
            Self::RemoveOperator { account, reason } => format!(
                "Take {account} off the operators of the bridge. Public reason: “{reason}”."
            ),
            Self::ProposeMotion { threshold, call, reason } => format!(
                "Move that the council, {threshold} of its members agreeing, does this: {} Public \
                 reason: “{reason}”.",
                call.in_words()
            ),
            Self::VoteOnMotion { proposal, index, approve } => {
                let side = if *approve { "for" } else { "against" };
                format!("Vote {side} motion {index} of the council, {proposal:?}.")
            }
            Self::CloseMotion { proposal_hash, index, .. } => format!(
                "Close motion {index} of the council, {proposal_hash:?}: it is carried out if \
                 enough agree."
            ),
            Self::SetCouncil { members } => {
                let members: Vec<_> = members.iter().map(ToString::to_string).collect();
                format!("Make these the members of the council: {}.", members.join(", "))
            }
            Self::AddValidator { account, contact } => format!(
                "Appoint {account} as a validator, run by “{}” at {} as {}.",
                contact.operator, contact.address, contact.peer_id
            ),
            Self::RemoveValidator { account, reason } => {
                format!("Remove the validator {account}. Public reason: “{reason}”.")
            }
            Self::ChangeContact { contact } => format!(
                "Say that your validator is run by “{}” and reached at {} as {}.",
                contact.operator, contact.address, contact.peer_id
            ),
            Self::ClearFlag { account, reason } => format!(
                "Clear the flag of the validator {account}, which signed contradictory votes. \
                 Public reason: “{reason}”."
            ),
            Self::SetMinimum { minimum } => {
                format!("Let there never be fewer than {minimum} validators.")
            }
            Self::SetSessionKeys { keys, .. } => format!(
                "Work as a validator with the keys 0x{} (blocks) and 0x{} (finality), from the \
                 second session on.",
                hex::encode(keys.aura),
                hex::encode(keys.grandpa)
            ),
            Self::AuthoriseUpgrade { code_hash } => {
                format!("Authorise the runtime whose code has the hash {code_hash:?}.")
            }
            Self::ApplyUpgrade { code } => {
                format!("Hand in the authorised runtime, {} bytes.", code.0.len())
            }
            Self::PauseCall { full_name } => {
                format!("Let nobody call {full_name} until the council ends that.")
            }
            Self::UnpauseCall { ident } => format!("Let {ident} be called again."),
            Self::EnterSafeMode {} => {
                "Stop everything but consensus and the council, for a day.".into()
            }
            Self::ExtendSafeMode {} => {
                "Keep everything but consensus and the council stopped, for a day more.".into()
            }
            Self::ExitSafeMode {} => "Let everything go on after an emergency.".into(),
            Self::RemoveMember { account } => format!("Remove {account} from its organisation."),
            Self::ChangeMemberRole { account, role } => format!("Make {account} {role}."),
            Self::ReplaceKey { old, new } => {
                format!("Replace the key {old} of a member by {new}.")
            }
            Self::UpdateProfile { organisation, profile } => format!(
                "Change the off-chain profile of organisation {organisation}; its hash is {profile}."
            ),
            Self::ChangeOrganisation { organisation, details } => format!(
                "Change organisation {organisation} to “{}” (tax id {}, {}).",
                details.name, details.tax_id, details.country
            ),
            Self::ApproveApplication { role, details, applicant, .. } => format!(
                "Approve the application of “{}” (tax id {}) as {role}, with {applicant}, who \
                 signed it, as its first Admin.",
                details.name, details.tax_id
            ),
            Self::Propose { call } => format!("Propose to other officers: {}", call.in_words()),
            Self::Approve { id } => format!("Approve proposal {id}."),
            Self::Withdraw { id } => format!("Withdraw proposal {id}."),
            Self::SetThreshold { class, officers } => {
                format!("From now on {officers} officers must agree to each act of class {class}.")
            }
            Self::WithdrawProject { project, reason } => {
                format!("Withdraw project {project}, finally. Reason: “{reason}”.")
            }
            Self::SuspendProject { project, reason } => {
                format!("Suspend project {project}. Public reason: “{reason}”.")
            }
            Self::ResumeProject { project } => format!("Resume project {project}."),
            Self::CompleteProject { project, reason } => {
                let reason = reason.as_ref().map(|reason| format!(" Reason: “{reason}”."));
                format!("Complete project {project}, finally.{}", reason.unwrap_or_default())
            }
            Self::ChangeTerms { project, article6 } => match article6 {
                Some(_) => format!("Change the Article 6 terms of project {project}."),
                None => format!("Take the Article 6 terms from project {project}."),
            },
            Self::ProposeProponents { project, proponents } => format!(
                "Propose that future issuances of project {project} belong to {}.",
                shares(proponents)
            ),
            Self::ConsentToProponents { project, number } => {
                format!("Consent to change {number} of the proponents of project {project}.")
            }
            Self::WithdrawProponents { project, number } => {
                format!("Withdraw change {number} of the proponents of project {project}.")
            }
            Self::AssignCertifiers { project, certifiers } => {
                let names: Vec<_> = certifiers.iter().map(u32::to_string).collect();
                format!("Assign to project {project} the certifiers {}.", names.join(", "))
            }
            Self::CertifyProject { project } => format!("Certify project {project}."),
            Self::RevokeCertification { project, certifier, reason } => format!(
                "Revoke certifier {certifier}'s certification of project {project}. Public reason: \
                 “{reason}”."
            ),
            Self::ReturnMonitoring { project, period, .. } => {
                format!("Return the monitoring report of period {period} of project {project}.")
            }
            Self::RefuseIssuance { project, period, reason } => format!(
                "Refuse, finally, to issue credits for period {period} of project {project}. Public \
                 reason: “{reason}”."
            ),
        }
    }
}
