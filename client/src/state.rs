// SPDX-License-Identifier: Apache-2.0
//! The whole state of the registry at a block, and the check of its invariants.

use crate::{chain, AccountId32, AtBlock, ClientError};
use registry_primitives::{
    credit::{Retirement, Totals},
    invariants::{self, Blocks, VintageTotals, Violation},
    organisation::{Member, Organisation},
    project::{Document, MonitoringPeriod, Project},
    DocumentId, OrganisationId, PeriodId, ProjectId, RetirementId, SerialNumber,
};
use std::collections::{BTreeMap, BTreeSet};

/// The state of the registry at a block.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct State {
    pub organisations: BTreeMap<OrganisationId, Organisation>,
    /// By the bytes of the account.
    pub members: BTreeMap<[u8; 32], Member>,
    pub projects: BTreeMap<ProjectId, Project>,
    pub documents: BTreeMap<(ProjectId, DocumentId), Document>,
    pub monitoring: BTreeMap<ProjectId, BTreeMap<PeriodId, MonitoringPeriod>>,
    pub last_serial: SerialNumber,
    pub blocks: Blocks,
    pub owner_index: BTreeSet<(OrganisationId, SerialNumber)>,
    pub vintages: VintageTotals,
    pub national: Totals,
    pub retirements: BTreeMap<RetirementId, Retirement>,
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
            retirements: read!(at, credits.retirements(), |(id,), value| (id, value.0)),
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
        let issued = self.projects.iter().map(|(id, project)| (*id, project.issued)).collect();
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
                "4b projects and blocks count the same issued tonnes",
                invariants::issued_is_counted_alike(&issued, &self.vintages),
            ),
            check(
                "5  every retired block is in exactly one retirement",
                invariants::retirements_name_their_blocks(&self.blocks, &self.retirements),
            ),
            check(
                "6  a parent's range is its own and its descendants'",
                invariants::lineage_is_contiguous(&self.blocks),
            ),
            check(
                "8  one Root, an Admin in every organisation",
                invariants::members_are_in_order(&self.organisations, self.members.values()),
            ),
        ]
    }
}
