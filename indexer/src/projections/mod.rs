// SPDX-License-Identifier: Apache-2.0
//! The tables that events add up to. One module for each pallet; each applies one event.
//!
//! An update that does not meet exactly the rows that the event speaks of means that something
//! was missed, and stops the indexer before the transaction commits.

pub mod credits;
pub mod organisations;
pub mod projects;

use crate::{
    block::{Block, BlockEvent},
    error::IndexerError,
    event::Event,
};
use chrono::{DateTime, Utc};
use sqlx::{postgres::PgQueryResult, PgConnection};

/// The event that is being applied.
#[derive(Clone, Copy)]
pub struct At {
    height: u32,
    index: u32,
    time: DateTime<Utc>,
}

/// Applies one event.
pub async fn apply(
    connection: &mut PgConnection,
    block: &Block,
    event: &BlockEvent,
) -> Result<(), IndexerError> {
    let at = At { height: block.height, index: event.index, time: block.time };
    use Event::*;
    match &event.event {
        OrganisationCreated { .. }
        | OrganisationSuspended { .. }
        | OrganisationReactivated { .. }
        | MemberAdded { .. } => organisations::apply(connection, at, &event.event).await,
        ProjectRegistered { .. }
        | DocumentSubmitted { .. }
        | DocumentReviewed { .. }
        | ProjectReturned { .. }
        | ProjectResubmitted { .. }
        | ProjectValidated { .. }
        | ProjectAuthorised { .. }
        | ProjectRejected { .. }
        | MonitoringReported { .. }
        | MonitoringReportVerified { .. }
        | MonitoringPeriodIssued { .. } => projects::apply(connection, at, &event.event).await,
        CreditsIssued { .. }
        | BlockSplit { .. }
        | CreditsTransferred { .. }
        | CreditsRetired { .. } => credits::apply(connection, at, &event.event).await,
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
            false => {
                Err(IndexerError::Inconsistent { height: self.height, index: self.index, what })
            }
        }
    }
}

/// A number of the chain as one of Postgres.
pub fn big(number: u64) -> Result<i64, IndexerError> {
    i64::try_from(number).map_err(|_| IndexerError::OutOfRange(number))
}

/// An index in a block, or parts per million.
pub fn position(number: u32) -> Result<i32, IndexerError> {
    i32::try_from(number).map_err(|_| IndexerError::OutOfRange(number.into()))
}

/// A calendar year.
fn year(number: u16) -> Result<i16, IndexerError> {
    i16::try_from(number).map_err(|_| IndexerError::OutOfRange(number.into()))
}
