// SPDX-License-Identifier: Apache-2.0
//! The whole state of the registry at a block, and the check of its invariants.

use crate::{chain, AccountId32, AtBlock, ClientError};
use credit_calculator::Constants;
use registry_primitives::{
    approval::{Approvers, CallBytes, Proposal},
    credit::{
        Cancellation, CountryAccounts, Deductions, Pause, Retirement, RetirementRequest, Totals,
        TransferRequest,
    },
    invariants::{self, Blocks, VintageTotals, Violation},
    organisation::{Member, Organisation},
    project::{Certification, Document, MonitoringPeriod, Project, ProponentChange},
    ActionClass, CancellationId, ConstantsVersion, DocumentId, Millis, OrganisationId, PeriodId,
    ProjectId, ProposalId, RequestId, RetirementId, SerialNumber,
};
use std::collections::{BTreeMap, BTreeSet};

/// The state of the registry at a block.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct State {
    pub organisations: BTreeMap<OrganisationId, Organisation>,
    /// Those of them that were imported and have no Admin yet.
    pub unclaimed: BTreeSet<OrganisationId>,
    /// By the bytes of the account.
    pub members: BTreeMap<[u8; 32], Member>,
    pub projects: BTreeMap<ProjectId, Project>,
    pub documents: BTreeMap<(ProjectId, DocumentId), Document>,
    pub monitoring: BTreeMap<ProjectId, BTreeMap<PeriodId, MonitoringPeriod>>,
    pub proponent_changes: BTreeMap<ProjectId, ProponentChange>,
    /// As made; valid while the certifier was not suspended since.
    pub certifications: BTreeMap<(ProjectId, OrganisationId), Certification>,
    pub last_serial: SerialNumber,
    pub blocks: Blocks,
    pub owner_index: BTreeSet<(OrganisationId, SerialNumber)>,
    pub vintages: VintageTotals,
    pub national: Totals,
    pub accounts: CountryAccounts,
    pub retirements: BTreeMap<RetirementId, Retirement>,
    pub cancellations: BTreeMap<CancellationId, Cancellation>,
    pub transfer_requests: BTreeMap<RequestId, TransferRequest>,
    pub retirement_requests: BTreeMap<RequestId, RetirementRequest>,
    pub paused: Option<Pause>,
    pub deductions: Deductions,
    /// Officers who must agree, by class; one where it is not listed.
    pub thresholds: BTreeMap<&'static str, u32>,
    /// Those that wait; accounts by their bytes.
    pub proposals: BTreeMap<ProposalId, Proposal<[u8; 32]>>,
    /// Every version of the calculator's constants; the last is in force.
    pub constants: BTreeMap<ConstantsVersion, SetConstants>,
}

/// A version of the calculator's constants.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SetConstants {
    pub constants: Constants,
    /// 0 at genesis.
    pub set_at: Millis,
    /// The organisation whose officer set them; none at genesis.
    pub by: Option<OrganisationId>,
}

/// An invariant by its number on the domain page, what it says, and whether it holds.
pub struct Checked {
    pub invariant: &'static str,
    pub result: Result<(), Violation>,
}

/// Reads every entry of a map: keys and values, converted.
macro_rules! read {
    ($at:expr, $address:expr, |$key:pat_param, $value:ident| $entry:expr) => {{
        let storage = $at.storage();
        let mut entries = storage.iter($address, ()).await.map_err(subxt::Error::from)?;
        let mut all = Vec::new();
        while let Some(entry) = entries.next().await {
            let entry = entry.map_err(subxt::Error::from)?;
            let $key = entry
                .key()
                .and_then(|key| key.decode())
                .map_err(|error| ClientError::Invalid(error.to_string()))?;
            let $value =
                entry.value().decode().map_err(|error| ClientError::Invalid(error.to_string()))?;
            all.push($entry);
        }
        all.into_iter().collect()
    }};
}

/// Reads a value, or its default where nothing is stored.
macro_rules! read_value {
    ($at:expr, $address:expr) => {{
        let storage = $at.storage();
        let value = storage.try_fetch($address, ()).await.map_err(subxt::Error::from)?;
        match value {
            Some(value) => {
                Some(value.decode().map_err(|error| ClientError::Invalid(error.to_string()))?)
            }
            None => None,
        }
    }};
}

impl State {
    /// Reads the state at a block.
    pub async fn read(at: &AtBlock) -> Result<Self, ClientError> {
        let organisations = chain::storage().organisations();
        let projects = chain::storage().projects();
        let credits = chain::storage().credits();
        let approvals = chain::storage().approvals();
        let calculator = chain::storage().calculator();
        let monitoring: Vec<((ProjectId, PeriodId), MonitoringPeriod)> = read!(
            at,
            projects.monitoring_periods(),
            |(project, period), value| ((project, period), value.0)
        );
        let mut periods = BTreeMap::<ProjectId, BTreeMap<PeriodId, MonitoringPeriod>>::new();
        for ((project, period), value) in monitoring {
            periods.entry(project).or_default().insert(period, value);
        }
        Ok(Self {
            organisations: read!(at, organisations.organisations(), |(id,), value| (id, value.0)),
            unclaimed: read!(at, organisations.unclaimed(), |(id,), _value| id),
            members: read!(at, organisations.members(), |(account,), value| {
                let account: AccountId32 = account;
                (account.0, value.0)
            }),
            projects: read!(at, projects.projects(), |(id,), value| (id, value.0)),
            documents: read!(at, projects.documents(), |(project, document), value| (
                (project, document),
                value.0
            )),
            monitoring: periods,
            proponent_changes: read!(at, projects.proponent_changes(), |(id,), value| (
                id, value.0
            )),
            certifications: read!(at, projects.certifications(), |(id, certifier), value| (
                (id, certifier),
                value.0
            )),
            last_serial: read_value!(at, credits.last_serial()).unwrap_or_default(),
            blocks: read!(at, credits.blocks(), |(start,), value| (start, value.0)),
            owner_index: read!(at, credits.blocks_of_owner(), |(owner, start), _value| {
                let _: () = _value;
                (owner, start)
            }),
            vintages: read!(at, credits.totals_of_vintage(), |(project, vintage), value| (
                (project, vintage),
                value.0
            )),
            national: read_value!(at, credits.national_totals())
                .map(|totals: subxt::utils::Static<Totals>| totals.0)
                .unwrap_or_default(),
            accounts: read_value!(at, credits.accounts())
                .map(|accounts: subxt::utils::Static<CountryAccounts>| accounts.0)
                .unwrap_or_default(),
            retirements: read!(at, credits.retirements(), |(id,), value| (id, value.0)),
            cancellations: read!(at, credits.cancellations(), |(id,), value| (id, value.0)),
            transfer_requests: read!(at, credits.transfer_requests(), |(id,), value| (id, value.0)),
            retirement_requests: read!(at, credits.retirement_requests(), |(id,), value| (
                id, value.0
            )),
            paused: read_value!(at, credits.paused())
                .map(|pause: subxt::utils::Static<Pause>| pause.0),
            deductions: read_value!(at, credits.deduction_rates())
                .map(|rates: subxt::utils::Static<Deductions>| rates.0)
                .unwrap_or_default(),
            thresholds: read!(at, approvals.thresholds(), |(class,), value| {
                let class: subxt::utils::Static<ActionClass> = class;
                (class.0.as_str(), value)
            }),
            proposals: read!(at, approvals.proposals(), |(id,), value| (id, proposal(value))),
            constants: read!(at, calculator.versions(), |(version,), value| {
                let (set_at, by) = (value.set_at, value.by);
                (version, SetConstants { constants: value.constants.0, set_at, by })
            }),
        })
    }

    /// Checks every invariant that can be seen in one state.
    pub fn check(&self) -> Vec<Checked> {
        let none = BTreeMap::new();
        let per_project = self
            .projects
            .iter()
            .map(|(id, project)| {
                let periods = self.monitoring.get(id).unwrap_or(&none);
                invariants::issued_within_verified(*id, project, periods)
                    .and_then(|()| invariants::periods_are_disjoint(*id, project, periods))
            })
            .find(Result::is_err)
            .unwrap_or(Ok(()));
        let counted = self.projects.iter();
        let counted = counted
            .map(|(id, project)| (*id, (project.issued, project.first_transferred)))
            .collect();
        let exists = |owner| self.organisations.contains_key(&owner);
        let check = |invariant, result| Checked { invariant, result };
        vec![
            check(
                "1  every serial ever drawn is in exactly one block",
                invariants::blocks_cover_all_serials(self.last_serial, &self.blocks),
            ),
            check(
                "2  issued is the sum of the statuses, by vintage and nationally",
                invariants::totals_are_those_of_blocks(
                    &self.blocks,
                    &self.vintages,
                    &self.national,
                ),
            ),
            check(
                "3a the index of owners and the blocks agree",
                invariants::owner_index_agrees(&self.blocks, &self.owner_index),
            ),
            check("3b every owner exists", invariants::owners_exist(&self.blocks, exists)),
            check(
                "4a issued <= verified and <= authorised, periods disjoint, by project",
                per_project,
            ),
            check(
                "4b projects and blocks count the same issued and first transferred tonnes",
                invariants::projects_count_alike(&counted, &self.vintages),
            ),
            check(
                "5a every retired block is in exactly one retirement",
                invariants::retirements_name_their_blocks(&self.blocks, &self.retirements),
            ),
            check(
                "5b every cancelled block is in exactly one cancellation",
                invariants::cancellations_name_their_blocks(&self.blocks, &self.cancellations),
            ),
            check(
                "5c every reserved block is in exactly one request",
                invariants::requests_name_their_blocks(&self.blocks, &self.retirement_requests),
            ),
            check(
                "5d the country's accounts are the sums of their records",
                invariants::accounts_are_those_of_records(
                    &self.accounts,
                    self.retirements.values(),
                    self.cancellations.values(),
                ),
            ),
            check(
                "6  a parent's range is its own and its descendants'",
                invariants::lineage_is_contiguous(&self.blocks),
            ),
            check(
                "8  one Root, an Admin in every organisation",
                invariants::members_are_in_order(
                    &self.organisations,
                    self.members.values(),
                    |id| self.unclaimed.contains(&id),
                ),
            ),
        ]
    }
}

/// A proposal as the chain's own type. Nothing is cut off: the chain stores no more.
fn proposal(
    stored: chain::runtime_types::registry_primitives::approval::Proposal<AccountId32>,
) -> Proposal<[u8; 32]> {
    let approvals = stored.approvals.into_iter().map(|account| account.0).collect();
    Proposal {
        organisation: stored.organisation,
        action: stored.action.0,
        call: CallBytes::truncate_from(stored.call),
        proposer: stored.proposer.0,
        approvals: Approvers::truncate_from(approvals),
        proposed_at: stored.proposed_at,
        expires_at: stored.expires_at,
    }
}
