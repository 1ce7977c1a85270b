// SPDX-License-Identifier: Apache-2.0
//! What is done to the registry, in plain terms.

use registry_primitives::{
    credit::CancellationReason,
    project::{DocumentKind, FirstTransfer, Purpose},
    ActionClass, CountryCode, MemberRole, OrganisationId, OrganisationRole, PeriodId, ProjectId,
    SectoralScope, Vintage,
};
use std::collections::BTreeSet;

/// An account: its place in the list of keys.
pub type Account = usize;
/// Text of a call; empty where the signer forgot it.
pub type Words = &'static str;
/// Half years since 1990: monitoring periods begin and end with them.
pub type HalfYear = u16;
/// First number of a block, and how many of its numbers.
pub type Part = (u64, u64);

/// One step of a run.
#[derive(Clone, Debug)]
pub enum Operation {
    /// The chain's next block begins.
    NextBlock,
    /// Somebody signs a call.
    Sign { by: Account, call: Call },
}

/// Who an organisation is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Details {
    pub name: Words,
    pub tax_id: String,
    pub country: CountryCode,
    pub scopes: BTreeSet<SectoralScope>,
}

/// What a project does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Measure {
    WindFarm,
    Landfill,
    /// Wind power, said to be agriculture.
    Wrong,
}

/// What is given to register a project.
#[derive(Clone, Debug)]
pub struct Registration {
    pub external_id: String,
    pub measure: Measure,
    pub proponents: Vec<(OrganisationId, u32)>,
    pub crediting: (HalfYear, HalfYear),
    pub estimate: u64,
    pub certifiers: BTreeSet<OrganisationId>,
}

/// Article 6 terms.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Terms {
    pub purposes: BTreeSet<Purpose>,
    pub parties: BTreeSet<CountryCode>,
    pub approach: Option<u16>,
    pub valid: (Vintage, Vintage),
    pub first_transfer: FirstTransfer,
}

/// What credits are retired for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Use {
    Voluntary,
    NationalCompliance,
    Abroad { country: CountryCode, towards: Purpose },
    Ndc { year: Vintage },
    LegalAction,
    Other,
}

/// A call.
#[derive(Clone, Debug)]
pub enum Call {
    CreateOrganisation {
        role: OrganisationRole,
        details: Details,
        first_admin: Account,
    },
    ApproveApplication {
        role: OrganisationRole,
        details: Details,
        applicant: Account,
        /// Whose key signed the application.
        key: Account,
        /// Whether it signed as wallets do.
        wrapped: bool,
    },
    SuspendOrganisation {
        id: OrganisationId,
        reason: Words,
    },
    ReactivateOrganisation {
        id: OrganisationId,
    },
    ChangeOrganisation {
        id: OrganisationId,
        details: Details,
    },
    AddMember {
        organisation: OrganisationId,
        account: Account,
        role: MemberRole,
    },
    RemoveMember {
        account: Account,
    },
    ChangeRole {
        account: Account,
        role: MemberRole,
    },
    ReplaceKey {
        old: Account,
        new: Account,
    },

    Register(Registration),
    SubmitDocument {
        project: ProjectId,
        kind: DocumentKind,
        size: u64,
    },
    Review {
        project: ProjectId,
        document: u32,
        accept: bool,
        remark: bool,
    },
    Validate {
        project: ProjectId,
        document: u32,
        estimate: u64,
    },
    Authorise {
        project: ProjectId,
        quantity: u64,
        terms: Option<Terms>,
        buffer: u32,
    },
    RejectProject {
        project: ProjectId,
        reason: Words,
    },
    WithdrawProject {
        project: ProjectId,
        reason: Words,
    },
    SuspendProject {
        project: ProjectId,
        reason: Words,
    },
    ResumeProject {
        project: ProjectId,
    },
    CompleteProject {
        project: ProjectId,
        reason: Option<Words>,
    },
    ChangeTerms {
        project: ProjectId,
        terms: Option<Terms>,
    },
    ProposeProponents {
        project: ProjectId,
        proponents: Vec<(OrganisationId, u32)>,
    },
    ConsentToProponents {
        project: ProjectId,
        number: u32,
    },
    WithdrawProponents {
        project: ProjectId,
        number: u32,
    },
    AssignCertifiers {
        project: ProjectId,
        certifiers: BTreeSet<OrganisationId>,
    },
    Certify {
        project: ProjectId,
    },
    RevokeCertification {
        project: ProjectId,
        certifier: OrganisationId,
        reason: Words,
    },
    ReportMonitoring {
        project: ProjectId,
        period: (HalfYear, HalfYear),
        vintages: Vec<(Vintage, u64)>,
    },
    VerifyMonitoring {
        project: ProjectId,
        period: PeriodId,
        vintages: Vec<(Vintage, u64)>,
    },
    ReturnMonitoring {
        project: ProjectId,
        period: PeriodId,
    },
    RefuseIssuance {
        project: ProjectId,
        period: PeriodId,
        reason: Words,
    },

    Issue {
        project: ProjectId,
        period: PeriodId,
    },
    Transfer {
        parts: Vec<Part>,
        to: OrganisationId,
    },
    RequestTransfer {
        project: ProjectId,
        vintage: Option<Vintage>,
        quantity: u64,
        from: OrganisationId,
        to: OrganisationId,
    },
    ApproveTransfer {
        request: u64,
        parts: Vec<Part>,
    },
    RejectTransfer {
        request: u64,
        reason: Words,
    },
    CancelTransferRequest {
        request: u64,
    },
    Retire {
        parts: Vec<Part>,
        purpose: Use,
    },
    RequestRetirement {
        parts: Vec<Part>,
        purpose: Use,
    },
    RecogniseRetirement {
        request: u64,
    },
    RefuseRetirement {
        request: u64,
        reason: Words,
    },
    CancelRetirementRequest {
        request: u64,
    },
    RetireForTheState {
        parts: Vec<Part>,
        purpose: Use,
    },
    Cancel {
        parts: Vec<Part>,
        reason: CancellationReason,
        /// The issuance that it corrects.
        corrects: Option<(ProjectId, PeriodId)>,
        statement: Words,
    },
    Hold {
        parts: Vec<Part>,
        reason: Words,
    },
    Release {
        parts: Vec<Part>,
    },
    ReleaseBuffer {
        parts: Vec<Part>,
        to: OrganisationId,
    },
    Pause {
        reason: Words,
    },
    Resume,
    SetDeductions {
        proceeds: u32,
        mitigation: u32,
    },

    SetThreshold {
        class: ActionClass,
        officers: u32,
    },
    Propose(Box<Call>),
    ApproveProposal {
        proposal: u32,
    },
    WithdrawProposal {
        proposal: u32,
    },
}

impl Operation {
    /// What kind of operation it is.
    pub fn name(&self) -> String {
        match self {
            Self::NextBlock => "NextBlock".into(),
            Self::Sign { call, .. } => call.name(),
        }
    }
}

impl Call {
    /// The name of the variant.
    pub fn name(&self) -> String {
        let all = format!("{self:?}");
        all.chars().take_while(|letter| letter.is_alphanumeric()).collect()
    }
}
