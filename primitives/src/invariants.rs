// SPDX-License-Identifier: Apache-2.0
//! What must be true of the registry at every block.
//!
//! Each invariant is one function over plain values, so that the pallets' `try_state` and an
//! auditor's `registry audit` check the very same rules.

use crate::{
    credit::{
        Account, Block, BlockStatus, Cancellation, CountryAccounts, Ranges, Retirement,
        RetirementRequest, Totals,
    },
    organisation::{Member, Organisation},
    project::{self, MonitoringPeriod, MonitoringStage, Project},
    role::{MemberRole, OrganisationRole},
    CancellationId, OrganisationId, PeriodId, ProjectId, RequestId, RetirementId, SerialNumber,
    Tonnes, Vintage, GOVERNMENT,
};
use alloc::{
    collections::{BTreeMap, BTreeSet},
    vec::Vec,
};
use core::fmt;

/// The blocks, by first serial number.
pub type Blocks = BTreeMap<SerialNumber, Block>;
/// Totals by project and vintage.
pub type VintageTotals = BTreeMap<(ProjectId, Vintage), Totals>;

/// An invariant that does not hold, and where.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Violation {
    /// Serials between two blocks are in no block, or in two.
    NotContiguous {
        /// The number at which the next block should start.
        expected: SerialNumber,
        /// The number at which it does.
        found: SerialNumber,
    },
    /// A block ends before it starts.
    EmptyBlock(SerialNumber),
    /// The blocks do not end at the last number drawn.
    LastSerial {
        /// The last number drawn.
        drawn: SerialNumber,
        /// The last number in a block.
        covered: SerialNumber,
    },
    /// The totals of a project's vintage are not those of its blocks.
    VintageTotals(ProjectId, Vintage),
    /// What a vintage has issued is not what is in its statuses.
    IssuedIsNotTheSum(ProjectId, Vintage),
    /// The national totals are not the sum of the vintages'.
    NationalTotals,
    /// A block is missing in the index of its owner, or the index names one too many.
    OwnerIndex(OrganisationId, SerialNumber),
    /// A block belongs to an organisation that does not exist.
    UnknownOwner(OrganisationId, SerialNumber),
    /// A project has issued more than authorised.
    IssuedAboveAuthorised(ProjectId),
    /// A project's issued tonnes are not those of its vintages.
    IssuedOfProject(ProjectId),
    /// A project's first transferred tonnes are not those of its vintages.
    FirstTransferredOfProject(ProjectId),
    /// A project has issued more than was verified in its monitoring periods.
    IssuedAboveVerified(ProjectId),
    /// More was verified in a period than was reported.
    VerifiedAboveReported(ProjectId, PeriodId),
    /// A monitoring period overlaps another or lies outside the crediting period.
    MonitoringPeriod(ProjectId, PeriodId),
    /// A retired block is in no retirement record, or in another than it says.
    NotInRetirement(SerialNumber),
    /// A retirement record names a range that is not a block retired by it.
    RetirementBlocks(RetirementId),
    /// A retirement's quantity is not that of its ranges.
    RetirementQuantity(RetirementId),
    /// A cancelled block is in no cancellation record, or in another than it says.
    NotInCancellation(SerialNumber),
    /// A cancellation record names a range that is not a block cancelled by it.
    CancellationBlocks(CancellationId),
    /// A cancellation's quantity is not that of its ranges.
    CancellationQuantity(CancellationId),
    /// A reserved block is in no request, or in another than it says.
    NotInRequest(SerialNumber),
    /// A request names a range that is not a block reserved for it.
    RequestBlocks(RequestId),
    /// A request's quantity is not that of its ranges.
    RequestQuantity(RequestId),
    /// One of the country's accounts is not the sum of what was retired and cancelled to it.
    CountryAccount(Account),
    /// A block's parent does not exist or does not lie before it, or is of another project or
    /// vintage.
    Parent(SerialNumber),
    /// There is not exactly one Root, in the Government.
    Root,
    /// An organisation has no Admin.
    NoAdmin(OrganisationId),
    /// A member belongs to an organisation that does not exist.
    UnknownOrganisation(OrganisationId),
    /// Two organisations have the same tax identifier, or the index of them is wrong.
    TaxId(OrganisationId),
    /// There is not exactly one Government, numbered 1.
    Government,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotContiguous { expected, found } => {
                write!(f, "a block should start at serial {expected}, the next starts at {found}")
            }
            Self::EmptyBlock(start) => write!(f, "block {start} ends before it starts"),
            Self::LastSerial { drawn, covered } => {
                write!(f, "the last number drawn is {drawn}, the blocks end at {covered}")
            }
            Self::VintageTotals(project, vintage) => {
                write!(f, "totals of project {project}, {vintage}, are not those of its blocks")
            }
            Self::IssuedIsNotTheSum(project, vintage) => {
                write!(f, "project {project}, {vintage}: issued is not the sum of the statuses")
            }
            Self::NationalTotals => {
                f.write_str("the national totals are not the sum of the vintages'")
            }
            Self::OwnerIndex(owner, start) => {
                write!(f, "the index of organisation {owner} is wrong about block {start}")
            }
            Self::UnknownOwner(owner, start) => {
                write!(f, "block {start} belongs to organisation {owner}, which does not exist")
            }
            Self::IssuedAboveAuthorised(project) => {
                write!(f, "project {project} has issued more than authorised")
            }
            Self::IssuedOfProject(project) => {
                write!(f, "project {project}: issued is not the sum of its vintages")
            }
            Self::FirstTransferredOfProject(project) => {
                write!(f, "project {project}: first transferred is not the sum of its vintages")
            }
            Self::IssuedAboveVerified(project) => {
                write!(f, "project {project} has issued more than was verified")
            }
            Self::VerifiedAboveReported(project, period) => {
                write!(f, "project {project}, period {period}: verified more than reported")
            }
            Self::MonitoringPeriod(project, period) => {
                write!(f, "project {project}: period {period} overlaps or is out of bounds")
            }
            Self::NotInRetirement(start) => {
                write!(f, "retired block {start} is not in the retirement record that it names")
            }
            Self::RetirementBlocks(id) => {
                write!(f, "retirement {id} names a range that is not a block retired by it")
            }
            Self::RetirementQuantity(id) => {
                write!(f, "the quantity of retirement {id} is not that of its ranges")
            }
            Self::NotInCancellation(start) => {
                write!(f, "cancelled block {start} is not in the cancellation that it names")
            }
            Self::CancellationBlocks(id) => {
                write!(f, "cancellation {id} names a range that is not a block cancelled by it")
            }
            Self::CancellationQuantity(id) => {
                write!(f, "the quantity of cancellation {id} is not that of its ranges")
            }
            Self::NotInRequest(start) => {
                write!(f, "reserved block {start} is not in the request that it names")
            }
            Self::RequestBlocks(id) => {
                write!(f, "request {id} names a range that is not a block reserved for it")
            }
            Self::RequestQuantity(id) => {
                write!(f, "the quantity of request {id} is not that of its ranges")
            }
            Self::CountryAccount(account) => {
                write!(f, "the country's account {account} is not the sum of its records")
            }
            Self::Parent(start) => write!(f, "the parent of block {start} cannot be its parent"),
            Self::Root => f.write_str("there is not exactly one Root, in the Government"),
            Self::NoAdmin(id) => write!(f, "organisation {id} has no Admin"),
            Self::UnknownOrganisation(id) => {
                write!(f, "a member belongs to organisation {id}, which does not exist")
            }
            Self::TaxId(id) => write!(f, "the tax identifier of organisation {id} is not unique"),
            Self::Government => f.write_str("there is not exactly one Government, numbered 1"),
        }
    }
}

#[cfg(feature = "std")]
impl std::error::Error for Violation {}

/// For `try_state`, whose errors are static text: the text is leaked, and the run ends with it.
impl From<Violation> for &'static str {
    fn from(violation: Violation) -> Self {
        alloc::format!("{violation}").leak()
    }
}

/// Outcome of checking one invariant.
pub type Check = Result<(), Violation>;

/// 1: every serial ever drawn is in exactly one block.
pub fn blocks_cover_all_serials(last: SerialNumber, blocks: &Blocks) -> Check {
    let mut covered = 0;
    for (&start, block) in blocks {
        let expected = covered + 1;
        if start != expected {
            return Err(Violation::NotContiguous { expected, found: start });
        }
        if block.end < start {
            return Err(Violation::EmptyBlock(start));
        }
        covered = block.end;
    }
    if covered != last {
        return Err(Violation::LastSerial { drawn: last, covered });
    }
    Ok(())
}

/// 2: issued = held + on hold + reserved + retired + cancelled + buffer, by project and vintage
/// and nationally.
pub fn totals_are_those_of_blocks(
    blocks: &Blocks,
    vintages: &VintageTotals,
    national: &Totals,
) -> Check {
    let mut counted = VintageTotals::new();
    for (&start, block) in blocks {
        let key = (block.project, block.vintage);
        let totals = counted.entry(key).or_default();
        let quantity = block.range(start).quantity();
        let first_transferred = if block.first_transferred { quantity } else { 0 };
        *totals = totals
            .with_issued(&block.status, quantity)
            .and_then(|totals| totals.with_first_transferred(first_transferred))
            .ok_or(Violation::VintageTotals(key.0, key.1))?;
    }
    let keys: BTreeSet<_> = counted.keys().chain(vintages.keys()).collect();
    for key in keys {
        let stored = vintages.get(key).copied().unwrap_or_default();
        if counted.get(key).copied().unwrap_or_default() != stored {
            return Err(Violation::VintageTotals(key.0, key.1));
        }
        let Totals { issued, held, on_hold, reserved, retired, cancelled, buffer, .. } = stored;
        let sum = [held, on_hold, reserved, retired, cancelled, buffer]
            .into_iter()
            .try_fold(0, u64::checked_add);
        if sum != Some(issued) {
            return Err(Violation::IssuedIsNotTheSum(key.0, key.1));
        }
    }
    let sum = vintages.values().try_fold(Totals::default(), |sum, each| sum.checked_add(each));
    if sum.as_ref() != Some(national) {
        return Err(Violation::NationalTotals);
    }
    Ok(())
}

/// 3, first half: the owner index and the blocks agree.
pub fn owner_index_agrees(
    blocks: &Blocks,
    index: &BTreeSet<(OrganisationId, SerialNumber)>,
) -> Check {
    let owned: BTreeSet<_> = blocks.iter().map(|(&start, block)| (block.owner, start)).collect();
    match owned.symmetric_difference(index).next() {
        Some(&(owner, start)) => Err(Violation::OwnerIndex(owner, start)),
        None => Ok(()),
    }
}

/// 3, second half: no block belongs to an unknown organisation.
pub fn owners_exist(blocks: &Blocks, exists: impl Fn(OrganisationId) -> bool) -> Check {
    match blocks.iter().find(|(_, block)| !exists(block.owner)) {
        Some((&start, block)) => Err(Violation::UnknownOwner(block.owner, start)),
        None => Ok(()),
    }
}

/// 4, within a project: issued <= authorised, issued <= verified, verified <= reported.
pub fn issued_within_verified(
    id: ProjectId,
    project: &Project,
    periods: &BTreeMap<PeriodId, MonitoringPeriod>,
) -> Check {
    if project.issued > project.authorised {
        return Err(Violation::IssuedAboveAuthorised(id));
    }
    let mut verified = Some(0u64);
    for (&number, period) in periods {
        let reported =
            |vintage| period.reported.vintages.iter().find(|each| each.vintage == vintage);
        let raised = period.verified.iter().any(|each| {
            reported(each.vintage).is_none_or(|reported| each.tonnes > reported.tonnes)
        });
        if raised {
            return Err(Violation::VerifiedAboveReported(id, number));
        }
        if period.stage == MonitoringStage::Issued {
            let tonnes = project::total(&period.verified);
            verified = verified.zip(tonnes).and_then(|(sum, more)| sum.checked_add(more));
        }
    }
    if verified.is_none_or(|verified| project.issued > verified) {
        return Err(Violation::IssuedAboveVerified(id));
    }
    Ok(())
}

/// 4, within a project: the monitoring periods that count lie inside the crediting period and do not
/// overlap.
pub fn periods_are_disjoint(
    id: ProjectId,
    project: &Project,
    periods: &BTreeMap<PeriodId, MonitoringPeriod>,
) -> Check {
    use MonitoringStage::{Issued, Reported, Verified};
    let counting = || {
        periods.iter().filter(|(_, period)| matches!(period.stage, Reported | Verified | Issued))
    };
    for (number, period) in counting() {
        let own = &period.reported.period;
        let inside = project.registration.crediting_period.contains(own);
        let overlaps = counting()
            .any(|(other, period)| other != number && period.reported.period.overlaps(own));
        if !inside || overlaps {
            return Err(Violation::MonitoringPeriod(id, *number));
        }
    }
    Ok(())
}

/// 4, between projects and credits: a project's issued and first transferred tonnes are those of its
/// vintages. Given as (issued, first transferred).
pub fn projects_count_alike(
    projects: &BTreeMap<ProjectId, (Tonnes, Tonnes)>,
    vintages: &VintageTotals,
) -> Check {
    let mut counted: BTreeMap<ProjectId, Totals> =
        projects.keys().map(|id| (*id, Totals::default())).collect();
    for ((project, _), totals) in vintages {
        let sum = counted.entry(*project).or_default();
        *sum = sum.checked_add(totals).ok_or(Violation::IssuedOfProject(*project))?;
    }
    for (project, sum) in counted {
        let (issued, first_transferred) = projects.get(&project).copied().unwrap_or_default();
        if issued != sum.issued {
            return Err(Violation::IssuedOfProject(project));
        }
        if first_transferred != sum.first_transferred {
            return Err(Violation::FirstTransferredOfProject(project));
        }
    }
    Ok(())
}

/// 5: every retired block is in exactly one retirement record, whose blocks are exactly its own.
pub fn retirements_name_their_blocks(
    blocks: &Blocks,
    retirements: &BTreeMap<RetirementId, Retirement>,
) -> Check {
    records_name_their_blocks(
        blocks,
        retirements.iter().map(|(id, record)| (*id, &record.blocks, record.quantity)),
        |status| match status {
            BlockStatus::Retired(id) => Some(*id),
            _ => None,
        },
        [Violation::RetirementBlocks, Violation::RetirementQuantity, Violation::NotInRetirement],
    )
}

/// 5, for cancellations.
pub fn cancellations_name_their_blocks(
    blocks: &Blocks,
    cancellations: &BTreeMap<CancellationId, Cancellation>,
) -> Check {
    records_name_their_blocks(
        blocks,
        cancellations.iter().map(|(id, record)| (*id, &record.blocks, record.quantity)),
        |status| match status {
            BlockStatus::Cancelled(id) => Some(*id),
            _ => None,
        },
        [
            Violation::CancellationBlocks,
            Violation::CancellationQuantity,
            Violation::NotInCancellation,
        ],
    )
}

/// 5, for requests: every reserved block waits for exactly one request.
pub fn requests_name_their_blocks(
    blocks: &Blocks,
    requests: &BTreeMap<RequestId, RetirementRequest>,
) -> Check {
    records_name_their_blocks(
        blocks,
        requests.iter().map(|(id, request)| (*id, &request.blocks, request.quantity)),
        |status| match status {
            BlockStatus::Reserved(id) => Some(*id),
            _ => None,
        },
        [Violation::RequestBlocks, Violation::RequestQuantity, Violation::NotInRequest],
    )
}

/// Records and the blocks whose status names them agree both ways. The violations are, in order:
/// a range that is not the record's, a wrong quantity, a block that no record names.
fn records_name_their_blocks<'a>(
    blocks: &Blocks,
    records: impl Iterator<Item = (u64, &'a Ranges, Tonnes)>,
    record_of: impl Fn(&BlockStatus) -> Option<u64>,
    violations: [fn(u64) -> Violation; 3],
) -> Check {
    let [wrong_blocks, wrong_quantity, unnamed] = violations;
    let mut named = BTreeSet::new();
    for (id, ranges, quantity) in records {
        let mut sum = Some(0u64);
        for range in ranges {
            let block = blocks.get(&range.start);
            let is_its = block.is_some_and(|block| {
                block.end == range.end && record_of(&block.status) == Some(id)
            });
            if !is_its || !named.insert(range.start) {
                return Err(wrong_blocks(id));
            }
            sum = sum.and_then(|sum| sum.checked_add(range.quantity()));
        }
        if sum != Some(quantity) {
            return Err(wrong_quantity(id));
        }
    }
    let lost = blocks
        .iter()
        .find(|(start, block)| record_of(&block.status).is_some() && !named.contains(*start));
    lost.map_or(Ok(()), |(&start, _)| Err(unnamed(start)))
}

/// The country's accounts are the sums of what was retired and cancelled to them.
pub fn accounts_are_those_of_records<'a>(
    accounts: &CountryAccounts,
    retirements: impl Iterator<Item = &'a Retirement>,
    cancellations: impl Iterator<Item = &'a Cancellation>,
) -> Check {
    let retired = retirements.map(|each| (Some(each.details.purpose.account()), each.quantity));
    let cancelled = cancellations.map(|each| (each.reason.account(), each.quantity));
    let mut counted = CountryAccounts::default();
    for (account, quantity) in retired.chain(cancelled) {
        let Some(account) = account else { continue };
        counted = counted.with(account, quantity).ok_or(Violation::CountryAccount(account))?;
    }
    match Account::ALL.iter().find(|account| counted.of(**account) != accounts.of(**account)) {
        Some(account) => Err(Violation::CountryAccount(*account)),
        None => Ok(()),
    }
}

/// 6: a parent's range is its own remaining range and its descendants' ranges.
///
/// What is split off lies behind what stays. With the blocks contiguous (1), the invariant holds
/// if what lies between a block and its parent descends from that parent, for every block.
pub fn lineage_is_contiguous(blocks: &Blocks) -> Check {
    // The chain of ancestors of the block before: a block's parent must be on it or be that block.
    let mut line: Vec<SerialNumber> = Vec::new();
    for (&start, block) in blocks {
        match block.parent {
            None => line.clear(),
            Some(parent) => {
                while line.last().is_some_and(|last| *last != parent) {
                    line.pop();
                }
                let alike = blocks.get(&parent).is_some_and(|origin| {
                    (origin.project, origin.vintage) == (block.project, block.vintage)
                });
                if line.is_empty() || !alike {
                    return Err(Violation::Parent(start));
                }
            }
        }
        line.push(start);
    }
    Ok(())
}

/// 8: exactly one Root, in the Government; every organisation but Api imports has an Admin.
///
/// The Government's first Admin is the Root itself until it creates one.
pub fn members_are_in_order<'a>(
    organisations: &BTreeMap<OrganisationId, Organisation>,
    members: impl Iterator<Item = &'a Member>,
    unclaimed: impl Fn(OrganisationId) -> bool,
) -> Check {
    let mut roots = Vec::new();
    let mut admins = BTreeSet::new();
    for member in members {
        if !organisations.contains_key(&member.organisation) {
            return Err(Violation::UnknownOrganisation(member.organisation));
        }
        match member.role {
            MemberRole::Root => roots.push(member.organisation),
            MemberRole::Admin => {
                admins.insert(member.organisation);
            }
            MemberRole::Manager | MemberRole::ViewOnly => {}
        }
    }
    if roots != [GOVERNMENT] {
        return Err(Violation::Root);
    }
    let governments = organisations
        .iter()
        .filter(|(_, organisation)| organisation.role == OrganisationRole::Government)
        .map(|(id, _)| *id);
    if !governments.eq([GOVERNMENT]) {
        return Err(Violation::Government);
    }
    let without = organisations.iter().find(|(id, organisation)| {
        let needs =
            !matches!(organisation.role, OrganisationRole::Government | OrganisationRole::Api);
        needs && !admins.contains(*id) && !unclaimed(**id)
    });
    without.map_or(Ok(()), |(id, _)| Err(Violation::NoAdmin(*id)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        credit::{Beneficiary, CancellationReason, Corrects, RetirementDetails, RetirementPurpose},
        CountryCode, SerialRange, Text,
    };

    fn block(end: SerialNumber, parent: Option<SerialNumber>) -> Block {
        Block {
            end,
            project: 1,
            vintage: 2024,
            owner: 2,
            status: BlockStatus::Held,
            first_transferred: false,
            parent,
        }
    }

    fn voluntary() -> RetirementDetails {
        RetirementDetails {
            purpose: RetirementPurpose::Voluntary,
            beneficiary: Beneficiary {
                name: Text::try_from("Port Vila Airlines").unwrap(),
                country: CountryCode(*b"VU"),
            },
            on_behalf_of: None,
            reason: None,
            reference: None,
        }
    }

    /// 1..=100 issued, 61..=100 taken from it, 91..=100 taken from that, then 101..=150 issued.
    fn blocks() -> Blocks {
        [
            (1, block(60, None)),
            (61, block(90, Some(1))),
            (91, block(100, Some(61))),
            (101, block(150, None)),
        ]
        .into()
    }

    fn totals() -> (VintageTotals, Totals) {
        let totals = Totals { issued: 150, held: 150, ..Default::default() };
        ([((1, 2024), totals)].into(), totals)
    }

    #[test]
    fn gaps_overlaps_and_a_wrong_counter_are_seen() {
        assert_eq!(blocks_cover_all_serials(150, &blocks()), Ok(()));
        assert_eq!(blocks_cover_all_serials(0, &Blocks::new()), Ok(()));
        let broken = |change: fn(&mut Blocks)| {
            let mut blocks = blocks();
            change(&mut blocks);
            blocks_cover_all_serials(150, &blocks).unwrap_err()
        };
        let gap = broken(|blocks| blocks.get_mut(&1).unwrap().end = 59);
        assert_eq!(gap, Violation::NotContiguous { expected: 60, found: 61 });
        let overlap = broken(|blocks| blocks.get_mut(&1).unwrap().end = 61);
        assert_eq!(overlap, Violation::NotContiguous { expected: 62, found: 61 });
        let empty = broken(|blocks| blocks.get_mut(&61).unwrap().end = 60);
        assert_eq!(empty, Violation::EmptyBlock(61));
        assert_eq!(
            blocks_cover_all_serials(151, &blocks()),
            Err(Violation::LastSerial { drawn: 151, covered: 150 })
        );
    }

    #[test]
    fn totals_that_do_not_add_up_are_seen() {
        let (vintages, national) = totals();
        assert_eq!(totals_are_those_of_blocks(&blocks(), &vintages, &national), Ok(()));
        let mut wrong = vintages.clone();
        wrong.get_mut(&(1, 2024)).unwrap().held = 149;
        let violation = totals_are_those_of_blocks(&blocks(), &wrong, &national);
        assert_eq!(violation, Err(Violation::VintageTotals(1, 2024)));
        let phantom = [((9, 2020), Totals { issued: 1, held: 1, ..Default::default() })];
        let more = vintages.clone().into_iter().chain(phantom).collect();
        let violation = totals_are_those_of_blocks(&blocks(), &more, &national);
        assert_eq!(violation, Err(Violation::VintageTotals(9, 2020)));
        let violation = totals_are_those_of_blocks(&blocks(), &vintages, &Totals::default());
        assert_eq!(violation, Err(Violation::NationalTotals));
    }

    #[test]
    fn the_owner_index_must_match() {
        let index: BTreeSet<_> = [(2, 1), (2, 61), (2, 91), (2, 101)].into();
        assert_eq!(owner_index_agrees(&blocks(), &index), Ok(()));
        let mut missing = index.clone();
        missing.remove(&(2, 61));
        assert_eq!(owner_index_agrees(&blocks(), &missing), Err(Violation::OwnerIndex(2, 61)));
        let mut extra = index;
        extra.insert((3, 61));
        assert_eq!(owner_index_agrees(&blocks(), &extra), Err(Violation::OwnerIndex(3, 61)));
        assert_eq!(owners_exist(&blocks(), |_| true), Ok(()));
        assert_eq!(owners_exist(&blocks(), |_| false), Err(Violation::UnknownOwner(2, 1)));
    }

    #[test]
    fn lineage_must_lead_back() {
        assert_eq!(lineage_is_contiguous(&blocks()), Ok(()));
        for parent in [2, 91, 101, 150] {
            let mut broken = blocks();
            broken.get_mut(&91).unwrap().parent = Some(parent);
            assert_eq!(lineage_is_contiguous(&broken), Err(Violation::Parent(91)), "{parent}");
        }
        // 101 was issued later: it cannot descend from 61, though that is a block.
        let mut broken = blocks();
        broken.get_mut(&91).unwrap().parent = None;
        broken.get_mut(&101).unwrap().parent = Some(61);
        assert_eq!(lineage_is_contiguous(&broken), Err(Violation::Parent(101)));
        let mut broken = blocks();
        broken.get_mut(&61).unwrap().vintage = 2023;
        assert_eq!(lineage_is_contiguous(&broken), Err(Violation::Parent(61)));
    }

    #[test]
    fn retirements_and_blocks_must_name_each_other() {
        let record = Retirement {
            by: 2,
            details: voluntary(),
            blocks: vec![SerialRange { start: 91, end: 100 }].try_into().unwrap(),
            quantity: 10,
            block_number: 7,
            at: 0,
        };
        let mut blocks = blocks();
        blocks.get_mut(&91).unwrap().status = BlockStatus::Retired(1);
        let records: BTreeMap<_, _> = [(1, record.clone())].into();
        assert_eq!(retirements_name_their_blocks(&blocks, &records), Ok(()));

        let none = BTreeMap::new();
        let violation = retirements_name_their_blocks(&blocks, &none);
        assert_eq!(violation, Err(Violation::NotInRetirement(91)));
        let twice = [(1, record.clone()), (2, record.clone())].into();
        let violation = retirements_name_their_blocks(&blocks, &twice);
        assert_eq!(violation, Err(Violation::RetirementBlocks(2)));
        let wrong = [(1, Retirement { quantity: 11, ..record })].into();
        let violation = retirements_name_their_blocks(&blocks, &wrong);
        assert_eq!(violation, Err(Violation::RetirementQuantity(1)));
    }

    #[test]
    fn cancellations_requests_and_blocks_must_name_each_other() {
        let ranges =
            |start, end| -> Ranges { vec![SerialRange { start, end }].try_into().unwrap() };
        let cancellation = |end, quantity| Cancellation {
            owner: 2,
            reason: CancellationReason::ShareOfProceeds,
            corrects: Corrects::Retirement(1),
            statement: None,
            blocks: ranges(91, end),
            quantity,
            block_number: 7,
            at: 0,
        };
        let mut blocks = blocks();
        blocks.get_mut(&91).unwrap().status = BlockStatus::Cancelled(1);
        let check = |end, quantity| {
            cancellations_name_their_blocks(&blocks, &[(1, cancellation(end, quantity))].into())
        };
        assert_eq!(check(100, 10), Ok(()));
        assert_eq!(check(99, 9), Err(Violation::CancellationBlocks(1)));
        assert_eq!(check(100, 9), Err(Violation::CancellationQuantity(1)));
        let violation = cancellations_name_their_blocks(&blocks, &BTreeMap::new());
        assert_eq!(violation, Err(Violation::NotInCancellation(91)));

        let mut blocks = self::blocks();
        blocks.get_mut(&61).unwrap().status = BlockStatus::Reserved(4);
        let request = |id, end, quantity| -> BTreeMap<_, _> {
            let details = voluntary();
            let blocks = ranges(61, end);
            let request = RetirementRequest { by: 2, details, blocks, quantity, requested_at: 0 };
            [(id, request)].into()
        };
        assert_eq!(requests_name_their_blocks(&blocks, &request(4, 90, 30)), Ok(()));
        let violation = requests_name_their_blocks(&blocks, &request(5, 90, 30));
        assert_eq!(violation, Err(Violation::RequestBlocks(5)));
        let violation = requests_name_their_blocks(&blocks, &request(4, 90, 31));
        assert_eq!(violation, Err(Violation::RequestQuantity(4)));
        let violation = requests_name_their_blocks(&blocks, &BTreeMap::new());
        assert_eq!(violation, Err(Violation::NotInRequest(61)));

        let records = [cancellation(100, 10)];
        let accounts = |share_of_proceeds, international| CountryAccounts {
            share_of_proceeds,
            international,
            ..Default::default()
        };
        let none: [Retirement; 0] = [];
        let check =
            |accounts| accounts_are_those_of_records(&accounts, none.iter(), records.iter());
        assert_eq!(check(accounts(10, 0)), Ok(()));
        let violation = check(accounts(9, 0));
        assert_eq!(violation, Err(Violation::CountryAccount(Account::ShareOfProceeds)));
        let violation = check(accounts(10, 1));
        assert_eq!(violation, Err(Violation::CountryAccount(Account::International)));
    }

    #[test]
    fn a_project_counts_what_its_vintages_hold() {
        let (vintages, _) = totals();
        let check = |projects: &[(ProjectId, (Tonnes, Tonnes))]| {
            projects_count_alike(&projects.iter().copied().collect(), &vintages)
        };
        assert_eq!(check(&[(1, (150, 0)), (2, (0, 0))]), Ok(()));
        assert_eq!(check(&[(1, (149, 0))]), Err(Violation::IssuedOfProject(1)));
        assert_eq!(check(&[(2, (150, 0))]), Err(Violation::IssuedOfProject(1)));
        assert_eq!(check(&[(1, (150, 1))]), Err(Violation::FirstTransferredOfProject(1)));
    }
}
