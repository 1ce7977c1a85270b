// SPDX-License-Identifier: Apache-2.0
//! The operations as calls of the runtime.

use crate::{
    common::{account, key, steps::text},
    operations::{Call, Details, HalfYear, Measure, Part, Registration, Terms, Use},
    preparation::KEYS,
};
use codec::Encode;
use registry_primitives::{
    calendar::start_of,
    credit::{self, Beneficiary, Corrects, Deductions, RetirementDetails, RetirementPurpose},
    organisation::{application_payload, OrganisationDetails},
    project::{
        Article6Terms, Location, MonitoringReport, Period, ProjectRegistration, Proponent,
        Proponents, VintageTonnes, Vintages,
    },
    ContentHash, CountryCode, Gas, Millis, MitigationType, OrganisationId, Sector, SectoralScope,
    Vintage,
};
use registry_runtime::{AccountId, Runtime, RuntimeCall, Signature, System};
use sp_core::{sr25519::Pair, Pair as _};
use std::{collections::BTreeSet, sync::OnceLock};

type Organisations = pallet_organisations::Call<Runtime>;
type Approvals = pallet_approvals::Call<Runtime>;
type Projects = pallet_projects::Call<Runtime>;
type Credits = pallet_credits::Call<Runtime>;

const HASH: ContentHash = ContentHash([9; 32]);
/// From the first of January to the first of July of a year that is no leap year.
const HALF_A_YEAR: Millis = 181 * 24 * 3_600 * 1_000;

/// The keys of all accounts.
pub fn keys() -> &'static [Pair] {
    static ALL: OnceLock<Vec<Pair>> = OnceLock::new();
    ALL.get_or_init(|| KEYS.iter().map(|name| key(name)).collect())
}

/// An account as the chain knows it.
pub fn account_of(place: usize) -> AccountId {
    account(&keys()[place])
}

/// The call on the chain.
pub fn runtime_call(call: &Call) -> RuntimeCall {
    match call.clone() {
        Call::CreateOrganisation { .. }
        | Call::ApproveApplication { .. }
        | Call::SuspendOrganisation { .. }
        | Call::ReactivateOrganisation { .. }
        | Call::ChangeOrganisation { .. }
        | Call::AddMember { .. }
        | Call::RemoveMember { .. }
        | Call::ChangeRole { .. }
        | Call::ReplaceKey { .. } => organisations(call.clone()).into(),
        Call::SetThreshold { class, officers } => {
            Approvals::set_threshold { class, officers }.into()
        }
        Call::Propose(call) => Approvals::propose { call: Box::new(runtime_call(&call)) }.into(),
        Call::ApproveProposal { proposal } => Approvals::approve { id: proposal }.into(),
        Call::WithdrawProposal { proposal } => Approvals::withdraw { id: proposal }.into(),
        Call::Register(_)
        | Call::SubmitDocument { .. }
        | Call::Review { .. }
        | Call::Validate { .. }
        | Call::Authorise { .. }
        | Call::RejectProject { .. }
        | Call::WithdrawProject { .. }
        | Call::SuspendProject { .. }
        | Call::ResumeProject { .. }
        | Call::CompleteProject { .. }
        | Call::ChangeTerms { .. }
        | Call::ProposeProponents { .. }
        | Call::ConsentToProponents { .. }
        | Call::WithdrawProponents { .. }
        | Call::AssignCertifiers { .. }
        | Call::Certify { .. }
        | Call::RevokeCertification { .. }
        | Call::ReportMonitoring { .. }
        | Call::VerifyMonitoring { .. }
        | Call::ReturnMonitoring { .. }
        | Call::RefuseIssuance { .. } => projects(call.clone()).into(),
        call => credits(call).into(),
    }
}

fn organisations(call: Call) -> Organisations {
    match call {
        Call::CreateOrganisation { role, details, first_admin } => {
            let (details, first_admin) = (described(&details), account_of(first_admin));
            Organisations::create_organisation { role, details, first_admin }
        }
        Call::ApproveApplication { role, details, applicant, key, wrapped } => {
            let details = described(&details);
            let mut payload = application_payload(&System::block_hash(0), role, &details);
            if wrapped {
                payload = [b"<Bytes>", payload.as_slice(), b"</Bytes>"].concat();
            }
            let signature = Signature::Sr25519(keys()[key].sign(&payload));
            let applicant = account_of(applicant);
            Organisations::approve_application { role, details, applicant, signature }
        }
        Call::SuspendOrganisation { id, reason } => {
            Organisations::suspend_organisation { id, reason: text(reason) }
        }
        Call::ReactivateOrganisation { id } => Organisations::reactivate_organisation { id },
        Call::ChangeOrganisation { id, details } => {
            let details = described(&details);
            Organisations::change_organisation { organisation: id, details }
        }
        Call::AddMember { organisation, account, role } => {
            Organisations::add_member { organisation, account: account_of(account), role }
        }
        Call::RemoveMember { account } => {
            Organisations::remove_member { account: account_of(account) }
        }
        Call::ChangeRole { account, role } => {
            Organisations::change_member_role { account: account_of(account), role }
        }
        Call::ReplaceKey { old, new } => {
            Organisations::replace_key { old: account_of(old), new: account_of(new) }
        }
        other => unreachable!("{other:?}"),
    }
}

fn projects(call: Call) -> Projects {
    match call {
        Call::Register(registration) => {
            Projects::register_project { registration: registered(registration) }
        }
        Call::SubmitDocument { project, kind, size } => {
            Projects::submit_document { project, kind, hash: HASH, size }
        }
        Call::Review { project, document, accept, remark } => {
            let remark = remark.then_some(HASH);
            Projects::review_document { project, document, accept, remark }
        }
        Call::Validate { project, document, estimate } => {
            Projects::validate_project { project, document, estimate }
        }
        Call::Authorise { project, quantity, terms, buffer } => {
            let article6 = terms.map(article6);
            Projects::authorise_project { project, quantity, article6, buffer_rate: buffer }
        }
        Call::RejectProject { project, reason } => {
            Projects::reject_project { project, reason: text(reason) }
        }
        Call::WithdrawProject { project, reason } => {
            Projects::withdraw_project { project, reason: text(reason) }
        }
        Call::SuspendProject { project, reason } => {
            Projects::suspend_project { project, reason: text(reason) }
        }
        Call::ResumeProject { project } => Projects::resume_project { project },
        Call::CompleteProject { project, reason } => {
            Projects::complete_project { project, reason: reason.map(text) }
        }
        Call::ChangeTerms { project, terms } => {
            Projects::change_terms { project, article6: terms.map(article6) }
        }
        Call::ProposeProponents { project, proponents } => {
            Projects::propose_proponents { project, proponents: owners(&proponents) }
        }
        Call::ConsentToProponents { project, number } => {
            Projects::consent_to_proponents { project, number }
        }
        Call::WithdrawProponents { project, number } => {
            Projects::withdraw_proponents { project, number }
        }
        Call::AssignCertifiers { project, certifiers } => {
            let certifiers = certifiers.try_into().expect("at most 8");
            Projects::assign_certifiers { project, certifiers }
        }
        Call::Certify { project } => Projects::certify_project { project },
        Call::RevokeCertification { project, certifier, reason } => {
            Projects::revoke_certification { project, certifier, reason: text(reason) }
        }
        Call::ReportMonitoring { project, period, vintages } => {
            let (period, vintages) = (between(period), by_year(&vintages));
            let report = MonitoringReport { period, vintages, report: HASH };
            Projects::report_monitoring { project, report }
        }
        Call::VerifyMonitoring { project, period, vintages } => {
            let verified = by_year(&vintages);
            Projects::verify_monitoring { project, period, verified, verification: HASH }
        }
        Call::ReturnMonitoring { project, period } => {
            Projects::return_monitoring { project, period, remark: HASH }
        }
        Call::RefuseIssuance { project, period, reason } => {
            Projects::refuse_issuance { project, period, reason: text(reason) }
        }
        other => unreachable!("{other:?}"),
    }
}

fn credits(call: Call) -> Credits {
    match call {
        Call::Issue { project, period } => Credits::issue { project, period },
        Call::Transfer { parts: of, to } => {
            Credits::transfer { parts: parts(&of), to, reference: None }
        }
        Call::RequestTransfer { project, vintage, quantity, from, to } => {
            Credits::request_transfer { project, vintage, quantity, from, to, reference: None }
        }
        Call::ApproveTransfer { request, parts: of } => {
            Credits::approve_transfer { request, parts: parts(&of) }
        }
        Call::RejectTransfer { request, reason } => {
            Credits::reject_transfer { request, reason: text(reason) }
        }
        Call::CancelTransferRequest { request } => Credits::cancel_transfer_request { request },
        Call::Retire { parts: of, purpose } => {
            Credits::retire { parts: parts(&of), details: details(purpose) }
        }
        Call::RequestRetirement { parts: of, purpose } => {
            Credits::request_retirement { parts: parts(&of), details: details(purpose) }
        }
        Call::RecogniseRetirement { request } => Credits::recognise_retirement { request },
        Call::RefuseRetirement { request, reason } => {
            Credits::refuse_retirement { request, reason: text(reason) }
        }
        Call::CancelRetirementRequest { request } => Credits::cancel_retirement_request { request },
        Call::RetireForTheState { parts: of, purpose } => {
            Credits::retire_for_the_state { parts: parts(&of), details: details(purpose) }
        }
        Call::Cancel { parts: of, reason, corrects, statement } => {
            let corrects = match corrects {
                Some((project, period)) => Corrects::Issuance { project, period },
                None => Corrects::Nothing,
            };
            let (parts, statement) = (parts(&of), text(statement));
            Credits::cancel { parts, reason, corrects, statement }
        }
        Call::Hold { parts: of, reason } => {
            Credits::hold { parts: parts(&of), reason: text(reason) }
        }
        Call::Release { parts: of } => Credits::release { parts: parts(&of) },
        Call::ReleaseBuffer { parts: of, to } => Credits::release_buffer { parts: parts(&of), to },
        Call::Pause { reason } => Credits::pause_transfers { reason: text(reason) },
        Call::Resume => Credits::resume_transfers {},
        Call::SetDeductions { proceeds, mitigation } => {
            let deductions =
                Deductions { share_of_proceeds: proceeds, overall_mitigation: mitigation };
            Credits::set_deductions { deductions }
        }
        other => unreachable!("{other:?}"),
    }
}

/// The details of an organisation.
pub fn described(details: &Details) -> OrganisationDetails {
    OrganisationDetails {
        name: text(details.name),
        tax_id: text(&details.tax_id),
        country: details.country,
        sectoral_scopes: details.scopes.clone().try_into().expect("at most 15"),
        profile: HASH,
    }
}

fn registered(registration: Registration) -> ProjectRegistration {
    let (sector, sectoral_scope, mitigation_type) = match registration.measure {
        Measure::WindFarm => {
            (Sector::Energy, SectoralScope::EnergyIndustries, MitigationType::Wind)
        }
        Measure::Landfill => {
            (Sector::Waste, SectoralScope::WasteHandling, MitigationType::Landfills)
        }
        Measure::Wrong => (Sector::Energy, SectoralScope::Agriculture, MitigationType::Wind),
    };
    let place = Location { region: text("VU-SEE"), coordinates: None };
    ProjectRegistration {
        title: text("Project"),
        external_id: text(&registration.external_id),
        proponents: owners(&registration.proponents),
        sector,
        sectoral_scope,
        mitigation_type,
        gases: BTreeSet::from([Gas::Co2]).try_into().expect("one of 6"),
        crediting_period: between(registration.crediting),
        locations: vec![place].try_into().expect("one of 32"),
        estimated_cost_usd: 0,
        estimate: registration.estimate,
        details: HASH,
        certifiers: registration.certifiers.try_into().expect("at most 8"),
    }
}

/// Owners with their shares.
pub fn owners(of: &[(OrganisationId, u32)]) -> Proponents {
    let all = of
        .iter()
        .map(|(organisation, share)| Proponent { organisation: *organisation, share: *share });
    all.collect::<Vec<_>>().try_into().expect("at most 16")
}

/// Article 6 terms.
pub fn article6(terms: Terms) -> Article6Terms {
    Article6Terms {
        purposes: terms.purposes.try_into().expect("at most 3"),
        parties: terms.parties.try_into().expect("at most 32"),
        cooperative_approach: terms.approach,
        valid: terms.valid,
        first_transfer: terms.first_transfer,
    }
}

/// From one half of a year to another.
pub fn between((from, to): (HalfYear, HalfYear)) -> Period {
    let at = |half: HalfYear| {
        let year = start_of(1990 + half / 2).expect("a year of the registry");
        year + Millis::from(half % 2) * HALF_A_YEAR
    };
    Period { start: at(from), end: at(to) }
}

fn by_year(of: &[(Vintage, u64)]) -> Vintages {
    let all = of.iter().map(|&(vintage, tonnes)| VintageTonnes { vintage, tonnes });
    all.collect::<Vec<_>>().try_into().expect("at most 16")
}

fn parts(of: &[Part]) -> credit::Parts {
    let all = of.iter().map(|&(start, quantity)| credit::Part { start, quantity });
    all.collect::<Vec<_>>().try_into().expect("at most 64")
}

/// What a retirement is for.
pub fn purpose(purpose: Use) -> RetirementPurpose {
    match purpose {
        Use::Voluntary => RetirementPurpose::Voluntary,
        Use::NationalCompliance => RetirementPurpose::NationalCompliance,
        Use::Abroad { country, towards } => {
            RetirementPurpose::InternationalTransfer { country, entity: text("Airline"), towards }
        }
        Use::Ndc { year } => RetirementPurpose::NdcUse { year },
        Use::LegalAction => RetirementPurpose::LegalAction,
        Use::Other => RetirementPurpose::Other,
    }
}

fn details(of: Use) -> RetirementDetails {
    RetirementDetails {
        purpose: purpose(of),
        beneficiary: Beneficiary { name: text("Airline"), country: CountryCode(*b"VU") },
        on_behalf_of: None,
        reason: None,
        reference: None,
    }
}

/// A call as a proposal keeps it.
pub fn encoded(call: &Call) -> Vec<u8> {
    runtime_call(call).encode()
}
