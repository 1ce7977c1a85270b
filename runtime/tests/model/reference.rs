// SPDX-License-Identifier: Apache-2.0
//! The registry as its rules describe it, in plain Rust: no code of the pallets, no storage, no
//! weights. A call works on a copy that is dropped if it is refused, so that it may fail anywhere.

use crate::{
    operations::{Account, Call, Details, Operation, Terms},
    preparation, strategies,
};
use proptest::prelude::{BoxedStrategy, Just, Strategy};
use proptest_state_machine::ReferenceStateMachine;
use registry_primitives::{
    credit::{CancellationReason, HoldReason},
    permission::PERMISSIONS,
    project::{DocumentKind, DocumentStatus, MonitoringStage, ProjectStage},
    Action, ActionClass, MemberRole, OrganisationId, OrganisationRole, PeriodId, ProjectId, Reach,
    SectoralScope, Vintage,
};
use std::collections::{BTreeMap, BTreeSet};

/// The Government's number.
pub const GOVERNMENT: OrganisationId = 1;
/// The most that is counted: 2^53 - 1.
pub const MOST: u64 = 9_007_199_254_740_991;
/// Parts per million in the whole.
pub const WHOLE: u64 = 1_000_000;

/// Why a call is refused, in words; only for whoever reads a counter-example.
pub type Refused = &'static str;
/// Whether a call is accepted.
pub type Outcome = Result<(), Refused>;

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Organisation {
    pub role: OrganisationRole,
    pub details: Details,
    pub active: bool,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Document {
    pub kind: DocumentKind,
    pub status: DocumentStatus,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Monitoring {
    pub from: u16,
    pub to: u16,
    pub reported: BTreeMap<Vintage, u64>,
    pub verified: BTreeMap<Vintage, u64>,
    pub stage: MonitoringStage,
}

/// Other proponents that wait for consents.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Change {
    pub number: u32,
    pub proponents: Vec<(OrganisationId, u32)>,
    pub consents: BTreeSet<OrganisationId>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Project {
    pub external_id: String,
    pub scope: SectoralScope,
    pub crediting: (u16, u16),
    pub stage: ProjectStage,
    pub proponents: Vec<(OrganisationId, u32)>,
    pub certifiers: BTreeSet<OrganisationId>,
    pub estimate: Option<u64>,
    pub authorised: u64,
    pub terms: Option<Terms>,
    pub buffer: u32,
    pub issued: u64,
    pub first_transferred: u64,
    /// Document n is at n - 1.
    pub documents: Vec<Document>,
    /// Period n is at n - 1.
    pub periods: Vec<Monitoring>,
    pub changes: u32,
    pub change: Option<Change>,
    /// Whose certifications stand.
    pub certified: BTreeSet<OrganisationId>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Status {
    Held,
    OnHold(HoldReason),
    Reserved(u64),
    Retired(u64),
    Cancelled(u64),
    Buffer,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Block {
    pub end: u64,
    pub project: ProjectId,
    pub vintage: Vintage,
    pub owner: OrganisationId,
    pub status: Status,
    pub first_transferred: bool,
    pub parent: Option<u64>,
}

/// A retirement, a cancellation or a request: whose, how much, and which numbers.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Record {
    pub owner: OrganisationId,
    pub quantity: u64,
    pub ranges: Vec<(u64, u64)>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TransferRequest {
    pub project: ProjectId,
    pub vintage: Option<Vintage>,
    pub quantity: u64,
    pub from: OrganisationId,
    pub to: OrganisationId,
    pub initiator: OrganisationId,
}

#[derive(Clone, Debug)]
pub struct Proposal {
    pub organisation: OrganisationId,
    pub action: Action,
    pub call: Call,
    pub proposer: Account,
    pub approvals: Vec<Account>,
}

/// The country's accounts.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub struct Accounts {
    pub domestic: u64,
    pub international: u64,
    pub mitigation: u64,
    pub proceeds: u64,
}

/// The registry.
#[derive(Clone, Debug)]
pub struct State {
    pub organisations: BTreeMap<OrganisationId, Organisation>,
    pub members: BTreeMap<Account, (OrganisationId, MemberRole)>,
    pub projects: BTreeMap<ProjectId, Project>,
    pub blocks: BTreeMap<u64, Block>,
    pub retirements: BTreeMap<u64, Record>,
    pub cancellations: BTreeMap<u64, (CancellationReason, Record)>,
    pub transfers: BTreeMap<u64, TransferRequest>,
    pub retirement_requests: BTreeMap<u64, (crate::operations::Use, Record)>,
    pub last_request: u64,
    pub accounts: Accounts,
    pub paused: bool,
    /// Share of proceeds and overall mitigation, in ppm.
    pub deductions: (u32, u32),
    pub thresholds: BTreeMap<ActionClass, u32>,
    pub proposals: BTreeMap<u32, Proposal>,
    pub last_proposal: u32,
    /// What became of the last operation.
    pub outcome: Outcome,
}

/// In whose name a call is made.
#[derive(Clone, Debug)]
pub enum Origin {
    /// One officer signed.
    Signed(Account),
    /// Officers of one organisation agreed to one action.
    Agreed { organisation: OrganisationId, action: Action, officers: Vec<Account> },
}

/// A member who may do something.
#[derive(Clone, Debug)]
pub struct Actor {
    pub account: Account,
    pub organisation: OrganisationId,
    pub role: OrganisationRole,
    pub member: MemberRole,
    pub reach: Reach,
    pub scopes: BTreeSet<SectoralScope>,
}

impl Actor {
    /// Whether the permission reaches something of a project in `scope`.
    pub fn reaches(&self, scope: SectoralScope, own: bool) -> bool {
        self.reach == Reach::Any
            || self.reach == Reach::WithinScopes && self.scopes.contains(&scope)
            || self.reach == Reach::Own && own
    }
}

/// Refuses where the condition does not hold.
pub fn require(condition: bool, why: Refused) -> Outcome {
    condition.then_some(()).ok_or(why)
}

impl State {
    /// The registry with its Root, as after genesis.
    pub fn genesis() -> Self {
        let details = Details {
            name: "Department of Climate Change",
            tax_id: "00000VU".into(),
            country: preparation::COUNTRY,
            scopes: BTreeSet::new(),
        };
        let government = Organisation { role: OrganisationRole::Government, details, active: true };
        Self {
            organisations: [(GOVERNMENT, government)].into(),
            members: [(preparation::ROOT, (GOVERNMENT, MemberRole::Root))].into(),
            projects: BTreeMap::new(),
            blocks: BTreeMap::new(),
            retirements: BTreeMap::new(),
            cancellations: BTreeMap::new(),
            transfers: BTreeMap::new(),
            retirement_requests: BTreeMap::new(),
            last_request: 0,
            accounts: Accounts::default(),
            paused: false,
            deductions: (0, 0),
            thresholds: BTreeMap::new(),
            proposals: BTreeMap::new(),
            last_proposal: 0,
            outcome: Ok(()),
        }
    }

    /// What follows from an operation. `outcome` says whether it was accepted; if it was not,
    /// nothing else differs.
    pub fn after(&self, operation: &Operation) -> Self {
        let mut next = self.clone();
        next.outcome = match operation {
            Operation::NextBlock => Ok(()),
            Operation::Sign { by, call } => next.call(&Origin::Signed(*by), call),
        };
        if next.outcome.is_err() {
            return Self { outcome: next.outcome, ..self.clone() };
        }
        next
    }

    /// Whether an operation would be accepted.
    pub fn accepts(&self, operation: &Operation) -> bool {
        self.after(operation).outcome.is_ok()
    }

    /// Does what a call says; half of it, if it is refused.
    pub fn call(&mut self, origin: &Origin, call: &Call) -> Outcome {
        use Call::*;
        match call {
            CreateOrganisation { .. }
            | ApproveApplication { .. }
            | SuspendOrganisation { .. }
            | ReactivateOrganisation { .. }
            | ChangeOrganisation { .. }
            | AddMember { .. }
            | RemoveMember { .. }
            | ChangeRole { .. }
            | ReplaceKey { .. } => self.call_organisations(origin, call),
            SetThreshold { .. } | Propose(_) | ApproveProposal { .. } | WithdrawProposal { .. } => {
                self.call_approvals(origin, call)
            }
            Register(_)
            | SubmitDocument { .. }
            | Review { .. }
            | Validate { .. }
            | Authorise { .. }
            | RejectProject { .. }
            | WithdrawProject { .. }
            | SuspendProject { .. }
            | ResumeProject { .. }
            | CompleteProject { .. }
            | ChangeTerms { .. }
            | ProposeProponents { .. }
            | ConsentToProponents { .. }
            | WithdrawProponents { .. }
            | AssignCertifiers { .. }
            | Certify { .. }
            | RevokeCertification { .. }
            | ReportMonitoring { .. }
            | VerifyMonitoring { .. }
            | ReturnMonitoring { .. }
            | RefuseIssuance { .. } => self.call_projects(origin, call),
            _ => self.call_credits(origin, call),
        }
    }

    /// The member behind an account, if its role allows the action and its organisation is active.
    pub fn member(&self, account: Account, action: Action) -> Result<Actor, Refused> {
        let (organisation, member) = *self.members.get(&account).ok_or("not a member")?;
        let found = &self.organisations[&organisation];
        require(found.active, "the signer's organisation is suspended")?;
        let row = PERMISSIONS.iter().find(|row| {
            row.action == action && row.organisation == found.role && row.members.contains(&member)
        });
        Ok(Actor {
            account,
            organisation,
            role: found.role,
            member,
            reach: row.ok_or("not permitted")?.reach,
            scopes: found.details.scopes.clone(),
        })
    }

    /// How many officers must agree to an action.
    pub fn needed(&self, action: Action) -> u32 {
        action.class().map_or(1, |class| self.threshold(class))
    }

    /// How many officers must agree to actions of a class.
    pub fn threshold(&self, class: ActionClass) -> u32 {
        self.thresholds.get(&class).copied().unwrap_or(1)
    }

    /// The officer in whose name a call is made that does `action`.
    pub fn officer(&self, origin: &Origin, action: Action) -> Result<Actor, Refused> {
        self.officer_of(origin, action, self.needed(action))
    }

    /// The same, where `needed` must agree.
    pub fn officer_of(
        &self,
        origin: &Origin,
        action: Action,
        needed: u32,
    ) -> Result<Actor, Refused> {
        match origin {
            Origin::Signed(account) => {
                let actor = self.member(*account, action)?;
                require(needed == 1, "one officer is not enough")?;
                Ok(actor)
            }
            Origin::Agreed { organisation, action: agreed, officers } => {
                require(*agreed == action, "something else was agreed to")?;
                let mut actors: Vec<_> = officers
                    .iter()
                    .filter_map(|account| self.member(*account, action).ok())
                    .filter(|actor| actor.organisation == *organisation)
                    .collect();
                require(actors.len() as u32 >= needed, "not enough who agreed still may")?;
                Ok(actors.remove(0))
            }
        }
    }

    pub fn organisation(&self, id: OrganisationId) -> Result<&Organisation, Refused> {
        self.organisations.get(&id).ok_or("unknown organisation")
    }

    pub fn project(&self, id: ProjectId) -> Result<&Project, Refused> {
        self.projects.get(&id).ok_or("unknown project")
    }

    /// A project that was found before.
    pub fn project_mut(&mut self, id: ProjectId) -> &mut Project {
        self.projects.get_mut(&id).expect("it was found")
    }

    /// Whether an organisation exists, is active and has one of these roles.
    pub fn is_active(&self, id: OrganisationId, roles: &[OrganisationRole]) -> bool {
        self.organisations.get(&id).is_some_and(|found| found.active && roles.contains(&found.role))
    }
}

impl Project {
    pub fn has_share(&self, organisation: OrganisationId) -> bool {
        self.proponents.iter().any(|(owner, _)| *owner == organisation)
    }

    pub fn period(&self, id: PeriodId) -> Result<&Monitoring, Refused> {
        let index = (id as usize).checked_sub(1).ok_or("unknown period")?;
        self.periods.get(index).ok_or("unknown period")
    }
}

/// Whether a text that must be there is.
pub fn is_text(text: &str) -> bool {
    !text.is_empty()
}

/// The model, for the test's runner.
pub struct Model;

impl ReferenceStateMachine for Model {
    type State = State;
    type Transition = Operation;

    fn init_state() -> BoxedStrategy<State> {
        Just(preparation::prepared().clone()).boxed()
    }

    fn transitions(state: &State) -> BoxedStrategy<Operation> {
        strategies::operation(state)
    }

    fn apply(state: State, operation: &Operation) -> State {
        state.after(operation)
    }
}
