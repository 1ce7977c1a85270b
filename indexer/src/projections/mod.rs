// SPDX-License-Identifier: Apache-2.0
//! The tables that events add up to. One module for each concern; each applies one event.
//!
//! An update that does not meet exactly the rows that the event speaks of means that something
//! was missed, and stops the indexer before the transaction commits.

mod approvals;
mod blocks;
mod calculator;
mod cancellations;
mod certifications;
mod council;
mod credits;
mod daily;
mod emergency;
mod monitoring;
mod organisations;
mod projects;
mod proponents;
mod requests;
mod retirements;
mod run;
mod settings;
mod transfers;
mod validators;

use crate::{
    block::{instant, Block, BlockEvent},
    error::IndexerError,
    event::Event,
    network::ChainState,
};
use chrono::{DateTime, Utc};
use run::Run;
use sqlx::{postgres::PgQueryResult, PgConnection};

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
    council::seed(connection, network, start).await
}

/// Applies the events of blocks, in order.
pub async fn apply(connection: &mut PgConnection, blocks: &[Block]) -> Result<(), IndexerError> {
    let mut run = Run::default();
    for block in blocks {
        for BlockEvent { index, event, .. } in &block.events {
            let at = At { height: block.height, index: *index, time: block.time };
            if run.takes(at, event)? {
                continue;
            }
            run.write(connection).await?;
            if !run.takes(at, event)? {
                apply_one(connection, at, event).await?;
            }
        }
    }
    run.write(connection).await?;
    daily::add_up(connection, blocks).await
}

async fn apply_one(
    connection: &mut PgConnection,
    at: At,
    event: &Event,
) -> Result<(), IndexerError> {
    use Event::*;
    match event {
        // A run takes these.
        BlockSplit { .. } | CreditsTransferred { .. } => Ok(()),
        OrganisationCreated { .. }
        | OrganisationSuspended { .. }
        | OrganisationReactivated { .. }
        | MemberAdded { .. }
        | MemberRemoved { .. }
        | MemberRoleChanged { .. }
        | KeyReplaced { .. }
        | ProfileUpdated { .. }
        | OrganisationChanged { .. } => organisations::apply(connection, at, event).await,
        Proposed { .. }
        | Approved { .. }
        | ApprovalLapsed { .. }
        | Executed { .. }
        | Withdrawn { .. }
        | Expired { .. }
        | ThresholdSet { .. } => approvals::apply(connection, at, event).await,
        ProjectRegistered { .. }
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
        | TermsChanged { .. } => projects::apply(connection, at, event).await,
        ProponentsProposed { .. }
        | ProponentsConsented { .. }
        | ProponentsChanged { .. }
        | ProponentsChangeWithdrawn { .. } => proponents::apply(connection, at, event).await,
        CertifiersAssigned { .. } | ProjectCertified { .. } | CertificationRevoked { .. } => {
            certifications::apply(connection, at, event).await
        }
        MonitoringReported { .. }
        | MonitoringReportVerified { .. }
        | MonitoringReportReturned { .. }
        | MonitoringPeriodIssued { .. }
        | IssuanceRefused { .. } => monitoring::apply(connection, at, event).await,
        CreditsIssued { .. }
        | CreditsFirstTransferred { .. }
        | CreditsHeld { .. }
        | CreditsReleased { .. }
        | BufferReleased { .. } => credits::apply(connection, at, event).await,
        TransferRequested { .. } | TransferRejected { .. } | TransferRequestCancelled { .. } => {
            transfers::apply(connection, at, event).await
        }
        RetirementRequested { .. }
        | RetirementRecognised { .. }
        | RetirementRefused { .. }
        | RetirementRequestCancelled { .. } => requests::apply(connection, at, event).await,
        CreditsRetired { .. } => retirements::apply(connection, at, event).await,
        CreditsCancelled { .. } => cancellations::apply(connection, at, event).await,
        TransfersPaused { .. } | TransfersResumed { .. } | DeductionsSet { .. } => {
            settings::apply(connection, at, event).await
        }
        ConstantsSet { .. } => calculator::apply(connection, at, event).await,
        ValidatorAdded { .. }
        | ValidatorRemoved { .. }
        | ContactChanged { .. }
        | ValidatorFlagged { .. }
        | FormerValidatorEquivocated { .. }
        | FlagCleared { .. }
        | MinimumSet { .. } => validators::apply(connection, at, event).await,
        Enacted { .. }
        | CouncilSet { .. }
        | MotionProposed { .. }
        | MotionVoted { .. }
        | MotionApproved { .. }
        | MotionDisapproved { .. }
        | MotionExecuted { .. }
        | MotionMadeByMember { .. }
        | MotionKilled { .. } => council::apply(connection, at, event).await,
        // The votes are known, and nothing costs anything.
        MotionClosed { .. } | MotionCostBurned { .. } | MotionCostReleased { .. } => Ok(()),
        CallPaused { .. }
        | CallUnpaused { .. }
        | SafeModeEntered { .. }
        | SafeModeExtended { .. }
        | SafeModeExited { .. } => emergency::apply(connection, at, event).await,
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

/// The event is also about these, which its own fields do not name.
async fn note_subjects(
    connection: &mut PgConnection,
    at: At,
    kind: &str,
    ids: &[i64],
) -> Result<(), IndexerError> {
    sqlx::query!(
        "INSERT INTO chain.event_subjects (kind, id, height, index)
         SELECT $1, id, $2, $3 FROM UNNEST($4::bigint[]) AS s (id)
         ON CONFLICT DO NOTHING",
        kind,
        at.height(),
        at.index()?,
        ids,
    )
    .execute(connection)
    .await?;
    Ok(())
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
