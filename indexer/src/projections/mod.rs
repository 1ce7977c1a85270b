// SPDX-License-Identifier: Apache-2.0
//! The tables that events add up to. One module for each concern; each applies one event.
//!
//! An update that does not meet exactly the rows that the event speaks of means that something
//! was missed, and stops the indexer before the transaction commits.
//!
//! Credits are what nearly everything is about. What happens to them is worked out in memory
//! ([`ledger`]) and written at the end; the rest is written event by event.

mod approvals;
mod bridge;
mod calculator;
mod cancellations;
mod certifications;
mod council;
mod credits;
mod emergency;
mod ledger;
mod monitoring;
mod organisations;
mod projects;
mod proponents;
mod requests;
mod retirements;
mod settings;
mod subjects;
mod transfers;
mod validators;

use crate::{
    block::{instant, Block, BlockEvent},
    error::IndexerError,
    event::Event,
    network::ChainState,
};
use chrono::{DateTime, Utc};
pub use ledger::close_days;
use ledger::Ledger;
use sqlx::{postgres::PgQueryResult, PgConnection};
use std::collections::{BTreeMap, BTreeSet};
use subjects::Subjects;

/// The event that is being applied.
#[derive(Clone, Copy)]
struct At {
    height: u32,
    index: u32,
    time: DateTime<Utc>,
}

/// What the chain starts with, which no event tells.
pub async fn seed(connection: &mut PgConnection, chain: &ChainState) -> Result<(), IndexerError> {
    let ChainState { registry, network } = chain;
    organisations::seed(connection, registry).await?;
    let start = instant(0)?;
    approvals::seed(connection, registry, start).await?;
    settings::seed(connection, registry, start).await?;
    calculator::seed(connection, registry).await?;
    validators::seed(connection, network, start).await?;
    council::seed(connection, network, start).await?;
    bridge::seed(connection, &network.bridge, start).await
}

/// What the events of a series of blocks change, as far as it is not written yet.
struct Batch<'a> {
    connection: &'a mut PgConnection,
    subjects: Subjects,
    ledger: Ledger,
    /// The number of the last transfer, once it is known.
    last_transfer: Option<i64>,
    /// Requests for international retirements that were recognised, by the retirement.
    recognised: BTreeMap<i64, i64>,
}

/// Applies the events of blocks, in order.
pub async fn apply(connection: &mut PgConnection, blocks: &[Block]) -> Result<(), IndexerError> {
    let mut batch = Batch {
        connection,
        subjects: Subjects::default(),
        ledger: Ledger::default(),
        last_transfer: None,
        recognised: BTreeMap::new(),
    };
    batch.ledger.load(batch.connection, named(blocks)?).await?;
    for block in blocks {
        for BlockEvent { index, event, .. } in &block.events {
            let at = At { height: block.height, index: *index, time: block.time };
            batch.subjects.named(at, event.subjects())?;
            apply_one(&mut batch, at, event).await?;
        }
    }
    batch.ledger.write(batch.connection).await?;
    batch.subjects.rows().write(batch.connection).await
}

/// Blocks of credits that events name, without those that come into being by them.
fn named(blocks: &[Block]) -> Result<BTreeSet<i64>, IndexerError> {
    use Event::*;
    let (mut named, mut made) = (BTreeSet::new(), BTreeSet::new());
    for BlockEvent { event, .. } in blocks.iter().flat_map(|block| &block.events) {
        let ranges = match event {
            CreditsTransferred { blocks, .. }
            | CreditsFirstTransferred { blocks, .. }
            | CreditsRetired { blocks, .. }
            | CreditsHeld { blocks, .. }
            | CreditsReleased { blocks, .. }
            | BufferReleased { blocks, .. } => blocks.as_slice(),
            CreditsCancelled { cancellation, .. } => cancellation.blocks.as_slice(),
            RetirementRequested { request, .. } => request.blocks.as_slice(),
            BlockSplit { rest, taken } => {
                made.insert(big(taken.start)?);
                std::slice::from_ref(rest)
            }
            CreditsIssued { range, .. } => {
                made.insert(big(range.start)?);
                &[]
            }
            _ => &[],
        };
        for range in ranges {
            let start = big(range.start)?;
            if !made.contains(&start) {
                named.insert(start);
            }
        }
    }
    Ok(named)
}

async fn apply_one(batch: &mut Batch<'_>, at: At, event: &Event) -> Result<(), IndexerError> {
    use Event::*;
    match event {
        OrganisationCreated { .. }
        | OrganisationImported { .. }
        | OrganisationSuspended { .. }
        | OrganisationReactivated { .. }
        | MemberAdded { .. }
        | MemberRemoved { .. }
        | MemberRoleChanged { .. }
        | KeyReplaced { .. }
        | ProfileUpdated { .. }
        | OrganisationChanged { .. } => organisations::apply(batch, at, event).await,
        Proposed { .. }
        | Approved { .. }
        | ApprovalLapsed { .. }
        | Executed { .. }
        | Withdrawn { .. }
        | Expired { .. }
        | ThresholdSet { .. } => approvals::apply(batch, at, event).await,
        ProjectRegistered { .. }
        | ProjectImported { .. }
        | DocumentSubmitted { .. }
        | DocumentReviewed { .. }
        | ProjectReturned { .. }
        | ProjectResubmitted { .. }
        | ProjectValidated { .. }
        | ProjectAuthorised { .. }
        | ProjectRejected { .. }
        | ProjectWithdrawn { .. }
        | ProjectSuspended { .. }
        | ProjectResumed { .. }
        | ProjectCompleted { .. }
        | TermsChanged { .. } => projects::apply(batch.connection, at, event).await,
        ProponentsProposed { .. }
        | ProponentsConsented { .. }
        | ProponentsChanged { .. }
        | ProponentsChangeWithdrawn { .. } => proponents::apply(batch, at, event).await,
        CertifiersAssigned { .. } | ProjectCertified { .. } | CertificationRevoked { .. } => {
            certifications::apply(batch, at, event).await
        }
        MonitoringReported { .. }
        | MonitoringImported { .. }
        | MonitoringReportVerified { .. }
        | MonitoringReportReturned { .. }
        | MonitoringPeriodIssued { .. }
        | IssuanceRefused { .. } => monitoring::apply(batch.connection, at, event).await,
        CreditsIssued { .. }
        | BlockSplit { .. }
        | CreditsFirstTransferred { .. }
        | CreditsHeld { .. }
        | CreditsReleased { .. }
        | BufferReleased { .. } => credits::apply(batch, at, event),
        CreditsTransferred { .. }
        | TransferRequested { .. }
        | TransferRejected { .. }
        | TransferRequestCancelled { .. } => transfers::apply(batch, at, event).await,
        RetirementRequested { .. }
        | RetirementRecognised { .. }
        | RetirementRefused { .. }
        | RetirementRequestCancelled { .. } => requests::apply(batch, at, event).await,
        CreditsRetired { .. } => retirements::apply(batch, at, event),
        CreditsCancelled { .. } => cancellations::apply(batch, at, event),
        TransfersPaused { .. } | TransfersResumed { .. } | DeductionsSet { .. } => {
            settings::apply(batch.connection, at, event).await
        }
        OperatorAdded { .. }
        | OperatorRemoved { .. }
        | RoundRequested { .. }
        | RoundOpened { .. }
        | ReadingFailed { .. }
        | ReadingCompleted { .. }
        | EventAgreed { .. }
        | ObservationContradicted { .. }
        | CompanyLinked { .. }
        | ProjectTakenOver { .. }
        | IssuanceWaits { .. }
        | IssuanceTakenOver { .. }
        | CaseOpened { .. }
        | CaseClosed { .. }
        | RoundClosed { .. }
        | BridgePaused { .. }
        | BridgeResumed { .. }
        | BridgeSettingsChanged { .. } => bridge::apply(batch.connection, at, event).await,
        ConstantsSet { .. } => calculator::apply(batch.connection, at, event).await,
        ValidatorAdded { .. }
        | ValidatorRemoved { .. }
        | ContactChanged { .. }
        | ValidatorFlagged { .. }
        | FormerValidatorEquivocated { .. }
        | FlagCleared { .. }
        | MinimumSet { .. } => validators::apply(batch, at, event).await,
        Enacted { .. }
        | CouncilSet { .. }
        | MotionProposed { .. }
        | MotionVoted { .. }
        | MotionApproved { .. }
        | MotionDisapproved { .. }
        | MotionExecuted { .. }
        | MotionMadeByMember { .. }
        | MotionKilled { .. } => council::apply(batch.connection, at, event).await,
        // The votes are known, and nothing costs anything.
        MotionClosed { .. } | MotionCostBurned { .. } | MotionCostReleased { .. } => Ok(()),
        CallPaused { .. }
        | CallUnpaused { .. }
        | SafeModeEntered { .. }
        | SafeModeExtended { .. }
        | SafeModeExited { .. } => emergency::apply(batch.connection, at, event).await,
    }
}

impl At {
    fn height(&self) -> i64 {
        self.height.into()
    }

    fn index(&self) -> Result<i32, IndexerError> {
        position(self.index)
    }

    /// An update met as many rows as the event speaks of.
    fn met(
        &self,
        rows: usize,
        result: &PgQueryResult,
        what: &'static str,
    ) -> Result<(), IndexerError> {
        match usize::try_from(result.rows_affected()) == Ok(rows) {
            true => Ok(()),
            false => Err(self.inconsistent(what)),
        }
    }

    /// The event does not fit what was indexed before.
    fn inconsistent(&self, what: &'static str) -> IndexerError {
        IndexerError::Inconsistent { height: self.height, index: self.index, what }
    }
}

impl Batch<'_> {
    /// The number of the next transfer: they are counted in the order of the chain.
    async fn next_transfer(&mut self) -> Result<i64, IndexerError> {
        let last = match self.last_transfer {
            Some(last) => last,
            None => {
                sqlx::query_scalar!(
                    r#"SELECT COALESCE(MAX(id), 0) AS "last!" FROM chain.transfers"#
                )
                .fetch_one(&mut *self.connection)
                .await?
            }
        };
        Ok(*self.last_transfer.insert(last + 1))
    }
}

/// A number of the chain as one of Postgres.
pub fn big(number: u64) -> Result<i64, IndexerError> {
    i64::try_from(number).map_err(|_| IndexerError::OutOfRange(number))
}

/// An index in a block, a number of officers or parts per million.
pub fn position(number: u32) -> Result<i32, IndexerError> {
    i32::try_from(number).map_err(|_| IndexerError::OutOfRange(number.into()))
}

/// A calendar year.
fn year(number: u16) -> Result<i16, IndexerError> {
    i16::try_from(number).map_err(|_| IndexerError::OutOfRange(number.into()))
}
