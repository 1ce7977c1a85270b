// SPDX-License-Identifier: Apache-2.0
//! What the runtime answers to questions: its view functions, typed.
//!
//! They need no indexer and no proof of trust but in the node that is asked. The node's own metadata
//! says how each is asked; the committed metadata has only calls, storage and events.

use crate::{AccountId32, AtBlock, ClientError};
use codec::{Decode, DecodeAll, Encode};
use credit_calculator::Constants;
use registry_primitives::{
    approval::Proposal,
    credit::{
        Block, Cancellation, CountryAccounts, Deductions, Pause, Retirement, RetirementRequest,
        Totals, TransferRequest,
    },
    organisation::{Member, Organisation},
    project::{Certification, Document, MonitoringPeriod, Project, ProponentChange},
    Action, ActionClass, CancellationId, ConstantsVersion, DocumentId, Millis, OrganisationId,
    PeriodId, ProjectId, ProposalId, Reach, RequestId, RetirementId, SerialNumber, SerialRange,
    Tonnes, Vintage,
};

/// A version of the calculator's constants: the constants, when they were set, and by whom.
pub type VersionedConstants = (Constants, Millis, Option<OrganisationId>);
/// Requests that concern an organisation: for transfers, and for international retirements.
pub type Requests = (Vec<(RequestId, TransferRequest)>, Vec<(RequestId, RetirementRequest)>);

/// Asks a view function and reads its answer, which must be used up to its last byte.
///
/// Encoded here: the client library leaves out the length of the arguments, which the runtime reads.
pub(crate) async fn ask<R: Decode>(
    at: &AtBlock,
    pallet: &str,
    name: &str,
    arguments: impl Encode,
) -> Result<R, ClientError> {
    let invalid = |what: &str| ClientError::Invalid(format!("{pallet}.{name}: {what}"));
    let metadata = at.metadata_ref();
    let function = metadata
        .pallet_by_name(pallet)
        .and_then(|pallet| pallet.view_function_by_name(name))
        .ok_or_else(|| invalid("the node has no such view function"))?;
    let input = (function.query_id(), arguments.encode()).encode();
    let output = at.view_functions().call_raw(Some(&input)).await.map_err(subxt::Error::from)?;
    // `Result<Vec<u8>, ViewFunctionDispatchError>` of the SDK.
    let answer = match output.split_first() {
        Some((0, mut answer)) => Vec::<u8>::decode_all(&mut answer),
        _ => return Err(invalid("the runtime does not answer this")),
    };
    let answer = answer.map_err(|_| invalid("the node's answer cannot be read"))?;
    R::decode_all(&mut &answer[..])
        .map_err(|_| invalid("the answer is not what this program expects of this chain"))
}

/// Declares a function for each view function of a pallet.
macro_rules! views {
    ($(
        $(#[$attribute:meta])*
        $pallet:ident.$name:ident as $function:ident($($argument:ident: $type:ty),*)
            -> $answer:ty;
    )*) => {$(
        $(#[$attribute])*
        pub async fn $function(
            at: &AtBlock,
            $($argument: $type),*
        ) -> Result<$answer, ClientError> {
            ask(at, stringify!($pallet), stringify!($name), ($($argument,)*)).await
        }
    )*};
}

views! {
    /// What is known of an organisation.
    Organisations.organisation as organisation(id: OrganisationId) -> Option<Organisation>;
    /// The organisation that an account belongs to, and its role there.
    Organisations.member as member(account: AccountId32) -> Option<Member>;
    /// What an account may do at all, and how far.
    Organisations.permissions_of as permissions_of(account: AccountId32)
        -> Vec<(Action, Reach)>;

    /// A proposal that waits.
    Approvals.proposal as proposal(id: ProposalId) -> Option<Proposal<AccountId32>>;
    /// Numbers of the proposals of an organisation that wait, the oldest first.
    Approvals.proposals_of as proposals_of(organisation: OrganisationId)
        -> Vec<ProposalId>;
    /// How many officers must agree to actions of a class.
    Approvals.required as required(class: ActionClass) -> u32;

    /// A project.
    Projects.project as project(id: ProjectId) -> Option<Project>;
    /// The documents of a project, in the order of their submission.
    Projects.documents as documents(id: ProjectId) -> Vec<(DocumentId, Document)>;
    /// The monitoring periods of a project, in the order of their reports.
    Projects.monitoring_periods as monitoring_periods(id: ProjectId)
        -> Vec<(PeriodId, MonitoringPeriod)>;
    /// The change of a project's proponents that waits for consents.
    Projects.proponent_change as proponent_change(id: ProjectId) -> Option<ProponentChange>;
    /// The certifications of a project by certifier, and whether each still stands.
    Projects.certifications as certifications(id: ProjectId)
        -> Vec<(OrganisationId, Certification, bool)>;
    /// What an account may do with a project now.
    Projects.may as may_with_project(account: AccountId32, project: ProjectId)
        -> Vec<Action>;

    /// The block that starts at a serial number.
    Credits.block as block(start: SerialNumber) -> Option<Block>;
    /// An organisation's blocks whose first number is above `after`; at most `limit`, and 256.
    Credits.holdings as holdings(
        organisation: OrganisationId,
        after: SerialNumber,
        limit: u32
    ) -> Vec<(SerialRange, Block)>;
    /// Tonnes of a project by vintage, and their sum.
    Credits.project_totals as project_totals(project: ProjectId)
        -> (Vec<(Vintage, Totals)>, Totals);
    /// Tonnes of the nation, and in the country's accounts.
    Credits.national_totals as national_totals() -> (Totals, CountryAccounts);
    /// A retirement.
    Credits.retirement as retirement(id: RetirementId) -> Option<Retirement>;
    /// A cancellation.
    Credits.cancellation as cancellation(id: CancellationId) -> Option<Cancellation>;
    /// Why transfers and retirements are paused, if they are; and what is deducted from
    /// international retirements.
    Credits.settings as settings() -> (Option<Pause>, Deductions);
    /// Requests that wait for an organisation or that it waits for.
    Credits.requests as requests(organisation: OrganisationId) -> Requests;
    /// What an account may do with a block now.
    Credits.may as may_with_block(account: AccountId32, start: SerialNumber)
        -> Vec<Action>;

    /// A version of the calculator's constants with its number; without a number, the one in force.
    Calculator.constants as constants(version: Option<ConstantsVersion>)
        -> Option<(ConstantsVersion, VersionedConstants)>;
}

/// All blocks of an organisation, by their first number.
pub async fn all_holdings(
    at: &AtBlock,
    organisation: OrganisationId,
) -> Result<Vec<(SerialRange, Block)>, ClientError> {
    /// As many as the runtime gives at once.
    const PAGE: u32 = 256;
    let mut all: Vec<(SerialRange, Block)> = Vec::new();
    loop {
        let after = all.last().map_or(0, |(range, _)| range.start);
        let page = holdings(at, organisation, after, PAGE).await?;
        let last = page.len() < PAGE as usize;
        all.extend(page);
        if last {
            return Ok(all);
        }
    }
}

/// Tonnes in blocks.
pub fn tonnes(blocks: &[(SerialRange, Block)]) -> Tonnes {
    blocks.iter().map(|(range, _)| range.quantity()).fold(0, Tonnes::saturating_add)
}
