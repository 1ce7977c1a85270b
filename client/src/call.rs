// SPDX-License-Identifier: Apache-2.0
//! The calls that officers make, as JSON, as SCALE and in words.

mod governance;
mod nested;
mod permission;
mod plain;
mod signature;
mod words;

pub use governance::{BridgeKey, Bytes, CallName, Contact, MotionWeight, SessionKeys};
pub use signature::ApplicantSignature;

use crate::{
    chain, chain::runtime_types::registry_primitives::text::Text as ChainText, AccountId32,
    ClientError, H256,
};
use credit_calculator::Constants;
use plain::Plain;
use registry_primitives::{
    credit::{CancellationReason, Corrects, Deductions, Part, RetirementDetails},
    itmo::BridgeSettings,
    organisation::OrganisationDetails,
    project::{
        Article6Terms, DocumentKind, MonitoringReport, ProjectRegistration, Proponent,
        VintageTonnes,
    },
    ActionClass, ContentHash, MemberRole, OrganisationRole, Tonnes,
};
use serde::{Deserialize, Serialize};
use subxt::{
    client::{ClientAtBlock, OfflineClientAtBlockT},
    ext::scale_decode::DecodeAsType,
    utils::Static,
};

/// A call of the chain.
///
/// In JSON `{"pallet": "credits", "name": "issue", "args": {"project": 1, "period": 1}}`.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(try_from = "RawCall", into = "RawCall")]
pub enum Call {
    CreateOrganisation {
        role: OrganisationRole,
        details: OrganisationDetails,
        first_admin: AccountId32,
    },
    SuspendOrganisation {
        id: u32,
        reason: String,
    },
    ReactivateOrganisation {
        id: u32,
    },
    AddMember {
        organisation: u32,
        account: AccountId32,
        role: MemberRole,
    },
    RemoveMember {
        account: AccountId32,
    },
    ChangeMemberRole {
        account: AccountId32,
        role: MemberRole,
    },
    ReplaceKey {
        old: AccountId32,
        new: AccountId32,
    },
    UpdateProfile {
        organisation: u32,
        profile: ContentHash,
    },
    ChangeOrganisation {
        organisation: u32,
        details: OrganisationDetails,
    },
    ApproveApplication {
        role: OrganisationRole,
        details: OrganisationDetails,
        applicant: AccountId32,
        signature: ApplicantSignature,
    },
    RequestBridgeRound {},
    RetryBridgeCase {
        case: u32,
    },
    DismissBridgeCase {
        case: u32,
        reason: String,
    },
    LinkCompany {
        company: String,
        organisation: u32,
    },
    PauseBridge {
        reason: String,
    },
    ResumeBridge {},
    ChangeBridgeSettings {
        settings: BridgeSettings,
    },
    AddOperator {
        account: AccountId32,
        key: BridgeKey,
    },
    RemoveOperator {
        account: AccountId32,
        reason: String,
    },
    /// Any call whose class asks for several officers.
    Propose {
        call: Box<Call>,
    },
    Approve {
        id: u32,
    },
    Withdraw {
        id: u32,
    },
    SetThreshold {
        class: ActionClass,
        officers: u32,
    },
    RegisterProject {
        registration: Box<ProjectRegistration>,
    },
    SubmitDocument {
        project: u32,
        kind: DocumentKind,
        hash: ContentHash,
        size: u64,
    },
    ReviewDocument {
        project: u32,
        document: u32,
        accept: bool,
        remark: Option<ContentHash>,
    },
    ValidateProject {
        project: u32,
        document: u32,
        estimate: Tonnes,
    },
    AuthoriseProject {
        project: u32,
        quantity: Tonnes,
        article6: Option<Article6Terms>,
        buffer_rate: u32,
    },
    RejectProject {
        project: u32,
        reason: String,
    },
    ReportMonitoring {
        project: u32,
        report: MonitoringReport,
    },
    VerifyMonitoring {
        project: u32,
        period: u32,
        verified: Vec<VintageTonnes>,
        verification: ContentHash,
    },
    WithdrawProject {
        project: u32,
        reason: String,
    },
    SuspendProject {
        project: u32,
        reason: String,
    },
    ResumeProject {
        project: u32,
    },
    CompleteProject {
        project: u32,
        reason: Option<String>,
    },
    ChangeTerms {
        project: u32,
        article6: Option<Article6Terms>,
    },
    ProposeProponents {
        project: u32,
        proponents: Vec<Proponent>,
    },
    ConsentToProponents {
        project: u32,
        number: u32,
    },
    WithdrawProponents {
        project: u32,
        number: u32,
    },
    AssignCertifiers {
        project: u32,
        certifiers: Vec<u32>,
    },
    CertifyProject {
        project: u32,
    },
    RevokeCertification {
        project: u32,
        certifier: u32,
        reason: String,
    },
    ReturnMonitoring {
        project: u32,
        period: u32,
        remark: ContentHash,
    },
    RefuseIssuance {
        project: u32,
        period: u32,
        reason: String,
    },
    Issue {
        project: u32,
        period: u32,
    },
    Transfer {
        parts: Vec<Part>,
        to: u32,
        reference: Option<String>,
    },
    Retire {
        parts: Vec<Part>,
        details: RetirementDetails,
    },
    RequestRetirement {
        parts: Vec<Part>,
        details: RetirementDetails,
    },
    RecogniseRetirement {
        request: u64,
    },
    RefuseRetirement {
        request: u64,
        reason: String,
    },
    CancelRetirementRequest {
        request: u64,
    },
    RequestTransfer {
        project: u32,
        vintage: Option<u16>,
        quantity: Tonnes,
        from: u32,
        to: u32,
        reference: Option<String>,
    },
    ApproveTransfer {
        request: u64,
        parts: Vec<Part>,
    },
    RejectTransfer {
        request: u64,
        reason: String,
    },
    CancelTransferRequest {
        request: u64,
    },
    RetireForTheState {
        parts: Vec<Part>,
        details: RetirementDetails,
    },
    Cancel {
        parts: Vec<Part>,
        reason: CancellationReason,
        corrects: Corrects,
        statement: String,
    },
    Hold {
        parts: Vec<Part>,
        reason: String,
    },
    Release {
        parts: Vec<Part>,
    },
    ReleaseBuffer {
        parts: Vec<Part>,
        to: u32,
    },
    PauseTransfers {
        reason: String,
    },
    ResumeTransfers {},
    SetDeductions {
        deductions: Deductions,
    },
    SetConstants {
        constants: Box<Constants>,
        reason: String,
    },
    /// A motion that the council makes a call with the powers of Root. In JSON the call of
    /// `registry_council.propose`, with what it shall enact.
    ProposeMotion {
        threshold: u32,
        call: Box<Call>,
        reason: String,
    },
    VoteOnMotion {
        proposal: H256,
        index: u32,
        approve: bool,
    },
    CloseMotion {
        proposal_hash: H256,
        index: u32,
        proposal_weight_bound: MotionWeight,
        length_bound: u32,
    },
    SetCouncil {
        members: Vec<AccountId32>,
    },
    AddValidator {
        account: AccountId32,
        contact: Contact,
    },
    RemoveValidator {
        account: AccountId32,
        reason: String,
    },
    ChangeContact {
        contact: Contact,
    },
    ClearFlag {
        account: AccountId32,
        reason: String,
    },
    SetMinimum {
        minimum: u32,
    },
    SetSessionKeys {
        keys: SessionKeys,
        proof: Bytes,
    },
    AuthoriseUpgrade {
        code_hash: H256,
    },
    ApplyUpgrade {
        code: Bytes,
    },
    PauseCall {
        full_name: CallName,
    },
    UnpauseCall {
        ident: CallName,
    },
    EnterSafeMode {},
    ExtendSafeMode {},
    ExitSafeMode {},
}

/// Pallet and name in the chain's own words, arguments as JSON.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawCall {
    pallet: String,
    name: String,
    args: serde_json::Value,
}

/// Writes the three mappings of every call once: its name on the chain, its JSON arguments, and
/// its typed constructor.
macro_rules! calls {
    ($($pallet:ident.$name:ident => $variant:ident { $($field:ident: $type:ty = $value:expr),* },)*) => {
        impl Call {
            fn from_raw(raw: RawCall) -> Result<Self, String> {
                let RawCall { pallet, name, args } = raw;
                $(
                    if pallet == stringify!($pallet) && name == stringify!($name) {
                        #[derive(Deserialize)]
                        #[serde(deny_unknown_fields)]
                        struct Args { $($field: $type),* }
                        let Args { $($field),* } = serde_json::from_value(args)
                            .map_err(|error| format!("arguments of {pallet}.{name}: {error}"))?;
                        return Ok(Self::$variant { $($field),* });
                    }
                )*
                const KNOWN: &[&str] =
                    &["approvals.propose", "registry_council.propose", $(concat!(stringify!($pallet), ".", stringify!($name))),*];
                Err(format!("there is no call {pallet}.{name}; there are {}", KNOWN.join(", ")))
            }
        }

        impl From<Call> for RawCall {
            fn from(call: Call) -> Self {
                let (pallet, name) = call.name();
                let args = match call {
                    Call::Propose { call } => serde_json::json!({ "call": RawCall::from(*call) }),
                    Call::ProposeMotion { threshold, call, reason } => serde_json::json!({
                        "threshold": threshold, "call": RawCall::from(*call), "reason": reason
                    }),
                    $(Call::$variant { $($field),* } => serde_json::json!({
                        $(stringify!($field): $field),*
                    }),)*
                };
                Self { pallet: pallet.to_owned(), name: name.to_owned(), args }
            }
        }

        impl Call {
            /// Pallet and name, as in the JSON form.
            pub fn name(&self) -> (&'static str, &'static str) {
                match self {
                    Self::Propose { .. } => nested::PROPOSE,
                    Self::ProposeMotion { .. } => nested::MOTION,
                    $(Self::$variant { .. } => (stringify!($pallet), stringify!($name)),)*
                }
            }

            /// The call in SCALE, checked against the metadata of the chain at a block.
            pub fn encode<C: subxt::Config, Client: OfflineClientAtBlockT<C>>(
                &self,
                at: &ClientAtBlock<C, Client>,
            ) -> Result<Vec<u8>, ClientError> {
                let transactions = at.tx();
                let encoded = match self.clone() {
                    Self::Propose { call } => return nested::propose(&call, at),
                    Self::ProposeMotion { threshold, call, reason } => {
                        return nested::motion(threshold, &call, &reason, at);
                    }
                    $(Self::$variant { $($field),* } => {
                        let payload = chain::tx().$pallet().$name($($value),*);
                        transactions.validate(&payload).and_then(|()| {
                            transactions.call_data(&payload)
                        })
                    })*
                };
                Ok(encoded.map_err(subxt::Error::from)?)
            }

            /// Reads a call from SCALE; `None` if it is none of the calls that officers make.
            fn read<C: subxt::Config, Client: OfflineClientAtBlockT<C>>(
                bytes: &[u8],
                at: &ClientAtBlock<C, Client>,
                nested: bool,
            ) -> Option<Self> {
                let (pallet, mut rest) = bytes.split_first()?;
                let metadata = at.metadata_ref();
                let pallet = metadata.pallet_by_call_index(*pallet)?;
                let name = snake(pallet.name());
                let calls = pallet.call_ty_id()?;
                let call = &pallet.call_variant_by_index(*rest.first()?)?.name;
                let full_name = (name.as_str(), call.as_str());
                if full_name == nested::PROPOSE || full_name == nested::MOTION {
                    // The chain refuses a proposal of a proposal, however deep.
                    if nested {
                        return None;
                    }
                    return match full_name == nested::PROPOSE {
                        true => nested::read_proposal(&rest[1..], at),
                        false => nested::read_motion(&rest[1..], at),
                    };
                }
                $(
                    if name == stringify!($pallet) && call == stringify!($name) {
                        let call = chain::$pallet::Call::decode_as_type(
                            &mut rest, calls, metadata.types(),
                        );
                        // A pallet with one call has nothing else to be.
                        #[allow(irrefutable_let_patterns)]
                        let chain::$pallet::Call::$name { $($field),* } = call.ok()? else {
                            return None;
                        };
                        return Some(Self::$variant { $($field: $field.plain()),* });
                    }
                )*
                None
            }
        }
    };
}

calls! {
    organisations.create_organisation => CreateOrganisation {
        role: OrganisationRole = Static(role),
        details: OrganisationDetails = Static(details),
        first_admin: AccountId32 = first_admin
    },
    organisations.suspend_organisation => SuspendOrganisation {
        id: u32 = id,
        reason: String = text(reason)
    },
    organisations.reactivate_organisation => ReactivateOrganisation { id: u32 = id },
    organisations.add_member => AddMember {
        organisation: u32 = organisation,
        account: AccountId32 = account,
        role: MemberRole = Static(role)
    },
    organisations.remove_member => RemoveMember { account: AccountId32 = account },
    organisations.change_member_role => ChangeMemberRole {
        account: AccountId32 = account,
        role: MemberRole = Static(role)
    },
    organisations.replace_key => ReplaceKey { old: AccountId32 = old, new: AccountId32 = new },
    organisations.update_profile => UpdateProfile {
        organisation: u32 = organisation,
        profile: ContentHash = Static(profile)
    },
    organisations.change_organisation => ChangeOrganisation {
        organisation: u32 = organisation,
        details: OrganisationDetails = Static(details)
    },
    organisations.approve_application => ApproveApplication {
        role: OrganisationRole = Static(role),
        details: OrganisationDetails = Static(details),
        applicant: AccountId32 = applicant,
        signature: ApplicantSignature = Static(signature.0)
    },
    approvals.approve => Approve { id: u32 = id },
    approvals.withdraw => Withdraw { id: u32 = id },
    approvals.set_threshold => SetThreshold {
        class: ActionClass = Static(class),
        officers: u32 = officers
    },
    projects.register_project => RegisterProject {
        registration: Box<ProjectRegistration> = Static(*registration)
    },
    projects.submit_document => SubmitDocument {
        project: u32 = project,
        kind: DocumentKind = Static(kind),
        hash: ContentHash = Static(hash),
        size: u64 = size
    },
    projects.review_document => ReviewDocument {
        project: u32 = project,
        document: u32 = document,
        accept: bool = accept,
        remark: Option<ContentHash> = remark.map(Static)
    },
    projects.validate_project => ValidateProject {
        project: u32 = project,
        document: u32 = document,
        estimate: Tonnes = estimate
    },
    projects.authorise_project => AuthoriseProject {
        project: u32 = project,
        quantity: Tonnes = quantity,
        article6: Option<Article6Terms> = article6.map(Static),
        buffer_rate: u32 = buffer_rate
    },
    projects.reject_project => RejectProject {
        project: u32 = project,
        reason: String = text(reason)
    },
    projects.report_monitoring => ReportMonitoring {
        project: u32 = project,
        report: MonitoringReport = Static(report)
    },
    projects.verify_monitoring => VerifyMonitoring {
        project: u32 = project,
        period: u32 = period,
        verified: Vec<VintageTonnes> = verified.into_iter().map(Static).collect(),
        verification: ContentHash = Static(verification)
    },
    projects.withdraw_project => WithdrawProject {
        project: u32 = project,
        reason: String = text(reason)
    },
    projects.suspend_project => SuspendProject {
        project: u32 = project,
        reason: String = text(reason)
    },
    projects.resume_project => ResumeProject { project: u32 = project },
    projects.complete_project => CompleteProject {
        project: u32 = project,
        reason: Option<String> = reason.map(text)
    },
    projects.change_terms => ChangeTerms {
        project: u32 = project,
        article6: Option<Article6Terms> = article6.map(Static)
    },
    projects.propose_proponents => ProposeProponents {
        project: u32 = project,
        proponents: Vec<Proponent> = proponents.into_iter().map(Static).collect()
    },
    projects.consent_to_proponents => ConsentToProponents {
        project: u32 = project,
        number: u32 = number
    },
    projects.withdraw_proponents => WithdrawProponents {
        project: u32 = project,
        number: u32 = number
    },
    projects.assign_certifiers => AssignCertifiers {
        project: u32 = project,
        certifiers: Vec<u32> = certifiers
    },
    projects.certify_project => CertifyProject { project: u32 = project },
    projects.revoke_certification => RevokeCertification {
        project: u32 = project,
        certifier: u32 = certifier,
        reason: String = text(reason)
    },
    projects.return_monitoring => ReturnMonitoring {
        project: u32 = project,
        period: u32 = period,
        remark: ContentHash = Static(remark)
    },
    projects.refuse_issuance => RefuseIssuance {
        project: u32 = project,
        period: u32 = period,
        reason: String = text(reason)
    },
    credits.issue => Issue { project: u32 = project, period: u32 = period },
    credits.transfer => Transfer {
        parts: Vec<Part> = parts.into_iter().map(Static).collect(),
        to: u32 = to,
        reference: Option<String> = reference.map(text)
    },
    credits.retire => Retire {
        parts: Vec<Part> = parts.into_iter().map(Static).collect(),
        details: RetirementDetails = Static(details)
    },
    credits.request_retirement => RequestRetirement {
        parts: Vec<Part> = parts.into_iter().map(Static).collect(),
        details: RetirementDetails = Static(details)
    },
    credits.recognise_retirement => RecogniseRetirement { request: u64 = request },
    credits.refuse_retirement => RefuseRetirement {
        request: u64 = request,
        reason: String = text(reason)
    },
    credits.cancel_retirement_request => CancelRetirementRequest { request: u64 = request },
    credits.request_transfer => RequestTransfer {
        project: u32 = project,
        vintage: Option<u16> = vintage,
        quantity: Tonnes = quantity,
        from: u32 = from,
        to: u32 = to,
        reference: Option<String> = reference.map(text)
    },
    credits.approve_transfer => ApproveTransfer {
        request: u64 = request,
        parts: Vec<Part> = parts.into_iter().map(Static).collect()
    },
    credits.reject_transfer => RejectTransfer {
        request: u64 = request,
        reason: String = text(reason)
    },
    credits.cancel_transfer_request => CancelTransferRequest { request: u64 = request },
    credits.retire_for_the_state => RetireForTheState {
        parts: Vec<Part> = parts.into_iter().map(Static).collect(),
        details: RetirementDetails = Static(details)
    },
    credits.cancel => Cancel {
        parts: Vec<Part> = parts.into_iter().map(Static).collect(),
        reason: CancellationReason = Static(reason),
        corrects: Corrects = Static(corrects),
        statement: String = text(statement)
    },
    credits.hold => Hold {
        parts: Vec<Part> = parts.into_iter().map(Static).collect(),
        reason: String = text(reason)
    },
    credits.release => Release {
        parts: Vec<Part> = parts.into_iter().map(Static).collect()
    },
    credits.release_buffer => ReleaseBuffer {
        parts: Vec<Part> = parts.into_iter().map(Static).collect(),
        to: u32 = to
    },
    credits.pause_transfers => PauseTransfers { reason: String = text(reason) },
    credits.resume_transfers => ResumeTransfers {},
    credits.set_deductions => SetDeductions { deductions: Deductions = Static(deductions) },
    calculator.set_constants => SetConstants {
        constants: Box<Constants> = Static(*constants),
        reason: String = text(reason)
    },
    itmo_bridge.request_round => RequestBridgeRound {},
    itmo_bridge.retry_case => RetryBridgeCase { case: u32 = case },
    itmo_bridge.dismiss_case => DismissBridgeCase {
        case: u32 = case,
        reason: String = text(reason)
    },
    itmo_bridge.link_company => LinkCompany {
        company: String = text(company),
        organisation: u32 = organisation
    },
    itmo_bridge.pause => PauseBridge { reason: String = text(reason) },
    itmo_bridge.resume => ResumeBridge {},
    itmo_bridge.change_settings => ChangeBridgeSettings {
        settings: BridgeSettings = Static(settings)
    },
    itmo_bridge.add_operator => AddOperator {
        account: AccountId32 = account,
        key: BridgeKey = key.into()
    },
    itmo_bridge.remove_operator => RemoveOperator {
        account: AccountId32 = account,
        reason: String = text(reason)
    },
    registry_council.vote => VoteOnMotion {
        proposal: H256 = proposal,
        index: u32 = index,
        approve: bool = approve
    },
    registry_council.close => CloseMotion {
        proposal_hash: H256 = proposal_hash,
        index: u32 = index,
        proposal_weight_bound: MotionWeight = proposal_weight_bound.into(),
        length_bound: u32 = length_bound
    },
    governance.set_council => SetCouncil { members: Vec<AccountId32> = in_order(members) },
    validators.add => AddValidator {
        account: AccountId32 = account,
        contact: Contact = contact.into()
    },
    validators.remove => RemoveValidator {
        account: AccountId32 = account,
        reason: String = text(reason)
    },
    validators.change_contact => ChangeContact { contact: Contact = contact.into() },
    validators.clear_flag => ClearFlag {
        account: AccountId32 = account,
        reason: String = text(reason)
    },
    validators.set_minimum => SetMinimum { minimum: u32 = minimum },
    session.set_keys => SetSessionKeys {
        keys: SessionKeys = keys.into(),
        proof: Bytes = proof.0
    },
    system.authorize_upgrade => AuthoriseUpgrade { code_hash: H256 = code_hash },
    system.apply_authorized_upgrade => ApplyUpgrade { code: Bytes = code.0 },
    tx_pause.pause => PauseCall { full_name: CallName = full_name.into() },
    tx_pause.unpause => UnpauseCall { ident: CallName = ident.into() },
    safe_mode.force_enter => EnterSafeMode {},
    safe_mode.force_extend => ExtendSafeMode {},
    safe_mode.force_exit => ExitSafeMode {},
}

impl TryFrom<RawCall> for Call {
    type Error = String;

    fn try_from(raw: RawCall) -> Result<Self, String> {
        match (raw.pallet.as_str(), raw.name.as_str()) {
            nested::PROPOSE => nested::proposal_from_json(raw.args),
            nested::MOTION => nested::motion_from_json(raw.args),
            _ => Self::from_raw(raw),
        }
    }
}

/// The name of a pallet as this crate and its JSON write it: `RegistryCouncil` is
/// `registry_council`.
fn snake(name: &str) -> String {
    let mut snake = String::with_capacity(name.len() + 2);
    for (at, letter) in name.char_indices() {
        if letter.is_ascii_uppercase() && at > 0 {
            snake.push('_');
        }
        snake.push(letter.to_ascii_lowercase());
    }
    snake
}

/// As the chain keeps a set: in order, each once.
pub fn in_order(mut accounts: Vec<AccountId32>) -> Vec<AccountId32> {
    accounts.sort_by_key(|account| account.0);
    accounts.dedup();
    accounts
}

fn text(text: String) -> ChainText {
    ChainText(text.into_bytes())
}

impl Call {
    /// The call in these bytes, so that a signer can see what it signs.
    ///
    /// Only a call that encodes to the very same bytes is returned: nothing can be hidden from
    /// the signer in what a lenient reader leaves out.
    pub fn decode<C: subxt::Config, Client: OfflineClientAtBlockT<C>>(
        bytes: &[u8],
        at: &ClientAtBlock<C, Client>,
    ) -> Result<Self, ClientError> {
        let call = Self::read(bytes, at, false).ok_or_else(|| {
            ClientError::Invalid("the call is none of those that officers make".into())
        })?;
        if call.encode(at)? != bytes {
            return Err(ClientError::Invalid(
                "the call does not read back to the bytes that would be signed".into(),
            ));
        }
        Ok(call)
    }

    /// The call and the reason of a motion's `governance.enact`, in these bytes; `None` if it is
    /// something else.
    pub fn in_motion<C: subxt::Config, Client: OfflineClientAtBlockT<C>>(
        bytes: &[u8],
        at: &ClientAtBlock<C, Client>,
    ) -> Option<(Self, String)> {
        nested::read_enact(bytes, at)
    }
}
