// SPDX-License-Identifier: Apache-2.0
//! What adds up: tonnes by status of each vintage and of each owner.
//!
//! A row is touched by every change of its credits, also by changes that add up to nothing, so that it
//! does not matter how blocks of the chain are put together.

use super::{block::Block, flows::Flow};
use crate::error::IndexerError;
use sqlx::PgConnection;
use std::collections::BTreeMap;

/// Tonnes by status, in the order of [`Status`](super::Status).
pub type ByStatus = [i64; 6];

#[derive(Clone, Copy, Default)]
struct Vintage {
    issued: i64,
    by_status: ByStatus,
    first_transferred: i64,
}

/// Tonnes that are added to what is there.
#[derive(Default)]
pub struct Sums {
    /// By project and vintage.
    vintages: BTreeMap<(i64, i16), Vintage>,
    /// By owner, project and vintage.
    holdings: BTreeMap<(i64, i64, i16), ByStatus>,
}

impl Sums {
    /// A block was issued.
    pub fn issued(&mut self, start: i64, block: &Block) {
        let vintage = self.vintages.entry((block.project, block.vintage)).or_default();
        vintage.issued += block.end - start + 1;
    }

    /// A block was first transferred.
    pub fn first_transferred(&mut self, start: i64, block: &Block) {
        let vintage = self.vintages.entry((block.project, block.vintage)).or_default();
        vintage.first_transferred += block.end - start + 1;
    }

    /// Credits moved.
    pub fn moved(&mut self, flow: &Flow, tonnes: i64) {
        let vintage = self.vintages.entry((flow.project, flow.vintage)).or_default();
        for (owner, status, change) in
            [(flow.from_owner, flow.from_status, -tonnes), (flow.to_owner, flow.to_status, tonnes)]
        {
            let Some(status) = status else { continue };
            vintage.by_status[status as usize] += change;
            let key = (owner, flow.project, flow.vintage);
            self.holdings.entry(key).or_default()[status as usize] += change;
        }
    }

    /// Adds them to what is there.
    pub async fn write(&self, connection: &mut PgConnection) -> Result<(), IndexerError> {
        if self.vintages.is_empty() {
            return Ok(());
        }
        self.write_vintages(connection).await?;
        self.write_projects(connection).await?;
        self.write_holdings(connection).await
    }

    async fn write_vintages(&self, connection: &mut PgConnection) -> Result<(), IndexerError> {
        let (projects, vintages): (Vec<_>, Vec<_>) = self.vintages.keys().copied().unzip();
        let issued: Vec<_> = self.vintages.values().map(|sum| sum.issued).collect();
        let [held, on_hold, reserved, retired, cancelled, buffer] =
            columns(self.vintages.values().map(|sum| sum.by_status));
        let first: Vec<_> = self.vintages.values().map(|sum| sum.first_transferred).collect();
        sqlx::query!(
            "MERGE INTO chain.vintage_totals t
             USING UNNEST($1::bigint[], $2::smallint[], $3::bigint[], $4::bigint[], $5::bigint[],
                          $6::bigint[], $7::bigint[], $8::bigint[], $9::bigint[], $10::bigint[])
                   AS m (project, vintage, issued, held, on_hold, reserved, retired, cancelled,
                         buffer, first_transferred)
             ON t.project = m.project AND t.vintage = m.vintage
             WHEN MATCHED THEN UPDATE
             SET issued = t.issued + m.issued, held = t.held + m.held,
                 on_hold = t.on_hold + m.on_hold, reserved = t.reserved + m.reserved,
                 retired = t.retired + m.retired, cancelled = t.cancelled + m.cancelled,
                 buffer = t.buffer + m.buffer,
                 first_transferred = t.first_transferred + m.first_transferred
             WHEN NOT MATCHED THEN INSERT
             VALUES (m.project, m.vintage, m.issued, m.held, m.on_hold, m.reserved, m.retired,
                     m.cancelled, m.buffer, m.first_transferred)",
            &projects,
            &vintages,
            &issued,
            &held,
            &on_hold,
            &reserved,
            &retired,
            &cancelled,
            &buffer,
            &first,
        )
        .execute(connection)
        .await?;
        Ok(())
    }

    /// What of each project was first transferred.
    async fn write_projects(&self, connection: &mut PgConnection) -> Result<(), IndexerError> {
        let mut first = BTreeMap::<i64, i64>::new();
        for ((project, _), sum) in self.vintages.iter().filter(|(_, it)| it.first_transferred > 0) {
            *first.entry(*project).or_default() += sum.first_transferred;
        }
        if first.is_empty() {
            return Ok(());
        }
        let (projects, tonnes): (Vec<_>, Vec<_>) = first.into_iter().unzip();
        sqlx::query!(
            "UPDATE chain.projects p SET first_transferred = p.first_transferred + m.tonnes
             FROM UNNEST($1::bigint[], $2::bigint[]) AS m (project, tonnes)
             WHERE p.id = m.project",
            &projects,
            &tonnes,
        )
        .execute(connection)
        .await?;
        Ok(())
    }

    async fn write_holdings(&self, connection: &mut PgConnection) -> Result<(), IndexerError> {
        let keys = || self.holdings.keys();
        let owners: Vec<_> = keys().map(|(owner, ..)| *owner).collect();
        let projects: Vec<_> = keys().map(|(_, project, _)| *project).collect();
        let vintages: Vec<_> = keys().map(|(.., vintage)| *vintage).collect();
        let [held, on_hold, reserved, retired, cancelled, buffer] =
            columns(self.holdings.values().copied());
        sqlx::query!(
            "MERGE INTO chain.holdings t
             USING UNNEST($1::bigint[], $2::bigint[], $3::smallint[], $4::bigint[], $5::bigint[],
                          $6::bigint[], $7::bigint[], $8::bigint[], $9::bigint[])
                   AS m (owner, project, vintage, held, on_hold, reserved, retired, cancelled,
                         buffer)
             ON t.owner = m.owner AND t.project = m.project AND t.vintage = m.vintage
             WHEN MATCHED THEN UPDATE
             SET held = t.held + m.held, on_hold = t.on_hold + m.on_hold,
                 reserved = t.reserved + m.reserved, retired = t.retired + m.retired,
                 cancelled = t.cancelled + m.cancelled, buffer = t.buffer + m.buffer
             WHEN NOT MATCHED THEN INSERT
             VALUES (m.owner, m.project, m.vintage, m.held, m.on_hold, m.reserved, m.retired,
                     m.cancelled, m.buffer)",
            &owners,
            &projects,
            &vintages,
            &held,
            &on_hold,
            &reserved,
            &retired,
            &cancelled,
            &buffer,
        )
        .execute(connection)
        .await?;
        Ok(())
    }
}

#[cfg(test)]
impl Sums {
    pub fn holdings(&self) -> impl Iterator<Item = ((i64, i64, i16), ByStatus)> + '_ {
        self.holdings.iter().map(|(key, sum)| (*key, *sum))
    }
}

/// Rows of sums as columns.
fn columns(rows: impl Iterator<Item = ByStatus> + Clone) -> [Vec<i64>; 6] {
    std::array::from_fn(|status| rows.clone().map(|row| row[status]).collect())
}
