// SPDX-License-Identifier: Apache-2.0
//! The registry as it is stored, in plain values, and what must be true of it.

use frame_support::storage::storage_prefix;
use registry_primitives::{
    approval::Proposal,
    credit::{
        Block, Cancellation, CountryAccounts, Deductions, Pause, Retirement, RetirementRequest,
        Totals, TransferRequest,
    },
    invariants::{self, Violation},
    organisation::{Member, Organisation},
    project::{Certification, Document, MonitoringPeriod, Project, ProponentChange},
    ActionClass, CancellationId, DocumentId, OrganisationId, PeriodId, ProjectId, ProposalId,
    RequestId, RetirementId, SerialNumber, Vintage,
};
use registry_runtime::{AccountId, Runtime};
use std::collections::{BTreeMap, BTreeSet};

/// Everything that the registry's pallets keep.
#[derive(Default)]
pub struct Registry {
    pub organisations: BTreeMap<OrganisationId, Organisation>,
    pub members: BTreeMap<AccountId, Member>,
    pub thresholds: BTreeMap<ActionClass, u32>,
    pub proposals: BTreeMap<ProposalId, Proposal<AccountId>>,
    pub projects: BTreeMap<ProjectId, Project>,
    pub documents: BTreeMap<(ProjectId, DocumentId), Document>,
    pub periods: BTreeMap<ProjectId, BTreeMap<PeriodId, MonitoringPeriod>>,
    pub proponent_changes: BTreeMap<ProjectId, ProponentChange>,
    pub certifications: BTreeMap<(ProjectId, OrganisationId), Certification>,
    pub last_serial: SerialNumber,
    pub blocks: BTreeMap<SerialNumber, Block>,
    pub owners: BTreeSet<(OrganisationId, SerialNumber)>,
    pub vintages: BTreeMap<(ProjectId, Vintage), Totals>,
    pub national: Totals,
    pub accounts: CountryAccounts,
    pub retirements: BTreeMap<RetirementId, Retirement>,
    pub cancellations: BTreeMap<CancellationId, Cancellation>,
    pub transfer_requests: BTreeMap<RequestId, TransferRequest>,
    pub retirement_requests: BTreeMap<RequestId, RetirementRequest>,
    pub paused: Option<Pause>,
    pub deductions: Deductions,
}

impl Registry {
    /// As it is now.
    pub fn read() -> Self {
        let mut registry = Self::default();
        registry.read_where(|_, _| true);
        registry
    }

    /// Reads again what lies under the keys that have changed.
    pub fn refresh<'a>(&mut self, changed: impl Iterator<Item = &'a Vec<u8>>) {
        let prefixes: BTreeSet<_> = changed.filter_map(|key| key.get(..32)).collect();
        self.read_where(|pallet, item| {
            prefixes.contains(&storage_prefix(pallet.as_bytes(), item.as_bytes())[..])
        });
    }

    fn read_where(&mut self, wanted: impl Fn(&str, &str) -> bool) {
        macro_rules! read {
            ($($field:ident = $pallet:literal $item:literal $value:expr;)*) => {
                $(if wanted($pallet, $item) {
                    self.$field = $value;
                })*
            };
        }
        use pallet_approvals as approvals;
        use pallet_credits as credits;
        use pallet_organisations as organisations;
        use pallet_projects as projects;
        read! {
            organisations = "Organisations" "Organisations"
                organisations::Organisations::<Runtime>::iter().collect();
            members = "Organisations" "Members"
                organisations::Members::<Runtime>::iter().collect();
            thresholds = "Approvals" "Thresholds"
                approvals::Thresholds::<Runtime>::iter().collect();
            proposals = "Approvals" "Proposals"
                approvals::Proposals::<Runtime>::iter().collect();
            projects = "Projects" "Projects"
                projects::Projects::<Runtime>::iter().collect();
            documents = "Projects" "Documents"
                projects::Documents::<Runtime>::iter().map(by_both).collect();
            periods = "Projects" "MonitoringPeriods" {
                let mut periods: BTreeMap<_, BTreeMap<_, _>> = BTreeMap::new();
                for (project, id, period) in projects::MonitoringPeriods::<Runtime>::iter() {
                    periods.entry(project).or_default().insert(id, period);
                }
                periods
            };
            proponent_changes = "Projects" "ProponentChanges"
                projects::ProponentChanges::<Runtime>::iter().collect();
            certifications = "Projects" "Certifications"
                projects::Certifications::<Runtime>::iter().map(by_both).collect();
            last_serial = "Credits" "LastSerial" credits::LastSerial::<Runtime>::get();
            blocks = "Credits" "Blocks" credits::Blocks::<Runtime>::iter().collect();
            owners = "Credits" "BlocksOfOwner"
                credits::BlocksOfOwner::<Runtime>::iter_keys().collect();
            vintages = "Credits" "TotalsOfVintage"
                credits::TotalsOfVintage::<Runtime>::iter().map(by_both).collect();
            national = "Credits" "NationalTotals" credits::NationalTotals::<Runtime>::get();
            accounts = "Credits" "Accounts" credits::Accounts::<Runtime>::get();
            retirements = "Credits" "Retirements"
                credits::Retirements::<Runtime>::iter().collect();
            cancellations = "Credits" "Cancellations"
                credits::Cancellations::<Runtime>::iter().collect();
            transfer_requests = "Credits" "TransferRequests"
                credits::TransferRequests::<Runtime>::iter().collect();
            retirement_requests = "Credits" "RetirementRequests"
                credits::RetirementRequests::<Runtime>::iter().collect();
            paused = "Credits" "Paused" credits::Paused::<Runtime>::get();
            deductions = "Credits" "DeductionRates" credits::DeductionRates::<Runtime>::get();
        }
    }

    /// The first invariant that does not hold.
    pub fn check(&self) -> Result<(), Violation> {
        let blocks = &self.blocks;
        invariants::blocks_cover_all_serials(self.last_serial, blocks)?;
        invariants::totals_are_those_of_blocks(blocks, &self.vintages, &self.national)?;
        invariants::owner_index_agrees(blocks, &self.owners)?;
        invariants::owners_exist(blocks, |owner| self.organisations.contains_key(&owner))?;
        let counted = self
            .projects
            .iter()
            .map(|(id, project)| (*id, (project.issued, project.first_transferred)))
            .collect();
        invariants::projects_count_alike(&counted, &self.vintages)?;
        for (id, project) in &self.projects {
            let none = BTreeMap::new();
            let periods = self.periods.get(id).unwrap_or(&none);
            invariants::issued_within_verified(*id, project, periods)?;
            invariants::periods_are_disjoint(*id, project, periods)?;
        }
        invariants::retirements_name_their_blocks(blocks, &self.retirements)?;
        invariants::cancellations_name_their_blocks(blocks, &self.cancellations)?;
        invariants::requests_name_their_blocks(blocks, &self.retirement_requests)?;
        invariants::accounts_are_those_of_records(
            &self.accounts,
            self.retirements.values(),
            self.cancellations.values(),
        )?;
        invariants::lineage_is_contiguous(blocks)?;
        let unclaimed = |id| pallet_organisations::Unclaimed::<Runtime>::contains_key(id);
        invariants::members_are_in_order(&self.organisations, self.members.values(), unclaimed)
    }
}

/// A double map's entry, by both keys.
fn by_both<K, L, V>((first, second, value): (K, L, V)) -> ((K, L), V) {
    ((first, second), value)
}
