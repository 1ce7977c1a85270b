// SPDX-License-Identifier: Apache-2.0
//! Writes what the ledger has gathered.

use super::{
    block::{Block, Pending},
    Ledger, Status,
};
use crate::{copy::Rows, error::IndexerError};
use sqlx::PgConnection;

impl Ledger {
    /// Writes everything.
    pub async fn write(self, connection: &mut PgConnection) -> Result<(), IndexerError> {
        let of = |pending| {
            let some = self.blocks.iter().filter(move |(_, (_, state))| *state == pending);
            some.map(|(start, (block, _))| (*start, block))
        };
        update(connection, of(Pending::Change)).await?;
        let mut added = Rows::new(
            "chain.credit_blocks (start_serial, end_serial, project, period, vintage, owner, status,
                 status_reason, hold_statement, request, retirement, cancellation,
                 first_transferred, parent)",
        );
        for (start, block) in of(Pending::All) {
            added.add(&[
                &start,
                &block.end,
                &block.project,
                &block.period,
                &block.vintage,
                &block.owner,
                &block.status.as_str(),
                &block.status_reason,
                &block.hold_statement,
                &block.request,
                &block.retirement,
                &block.cancellation,
                &block.first_transferred,
                &block.parent,
            ]);
        }
        added.write(connection).await?;
        self.sums.write(connection).await?;
        self.flows.write(connection).await?;
        for rows in self.tables.into_rows() {
            rows.write(connection).await?;
        }
        Ok(())
    }
}

/// Writes what can change of blocks that are in the table already.
async fn update<'a>(
    connection: &mut PgConnection,
    blocks: impl Iterator<Item = (i64, &'a Block)> + Clone,
) -> Result<(), IndexerError> {
    let all = || blocks.clone().map(|(_, block)| block);
    let starts: Vec<i64> = blocks.clone().map(|(start, _)| start).collect();
    if starts.is_empty() {
        return Ok(());
    }
    let ends: Vec<_> = all().map(|block| block.end).collect();
    let owners: Vec<_> = all().map(|block| block.owner).collect();
    let statuses: Vec<_> = all().map(|block| Status::as_str(block.status)).collect();
    let reasons: Vec<_> = all().map(|block| block.status_reason.as_deref()).collect();
    let statements: Vec<_> = all().map(|block| block.hold_statement.as_deref()).collect();
    let requests: Vec<_> = all().map(|block| block.request).collect();
    let retirements: Vec<_> = all().map(|block| block.retirement).collect();
    let cancellations: Vec<_> = all().map(|block| block.cancellation).collect();
    let first_transferred: Vec<_> = all().map(|block| block.first_transferred).collect();
    sqlx::query!(
        "UPDATE chain.credit_blocks b
         SET end_serial = m.end_serial, owner = m.owner, status = m.status,
             status_reason = m.status_reason, hold_statement = m.hold_statement,
             request = m.request, retirement = m.retirement, cancellation = m.cancellation,
             first_transferred = m.first_transferred
         FROM UNNEST($1::bigint[], $2::bigint[], $3::bigint[], $4::text[], $5::text[], $6::text[],
                     $7::bigint[], $8::bigint[], $9::bigint[], $10::boolean[])
              AS m (start_serial, end_serial, owner, status, status_reason, hold_statement, request,
                    retirement, cancellation, first_transferred)
         WHERE b.start_serial = m.start_serial",
        &starts,
        &ends,
        &owners,
        &statuses as &[&str],
        &reasons as &[Option<&str>],
        &statements as &[Option<&str>],
        &requests as &[Option<i64>],
        &retirements as &[Option<i64>],
        &cancellations as &[Option<i64>],
        &first_transferred,
    )
    .execute(connection)
    .await?;
    Ok(())
}
