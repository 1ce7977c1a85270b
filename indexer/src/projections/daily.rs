// SPDX-License-Identifier: Apache-2.0
//! Flows of credits by day, added up from the history that a series of blocks has written.

use crate::{block::Block, error::IndexerError};
use sqlx::PgConnection;

pub async fn add_up(connection: &mut PgConnection, blocks: &[Block]) -> Result<(), IndexerError> {
    // Most blocks have nothing of this, and then not even a question is asked.
    let moving = blocks.iter().filter(|block| !block.events.is_empty()).map(|block| block.height);
    let (Some(first), Some(last)) = (moving.clone().min(), moving.max()) else { return Ok(()) };
    sqlx::query!(
        "INSERT INTO chain.daily_flows AS t
             (day, kind, project, vintage, from_owner, from_status, to_owner, to_status, purpose,
              country, tonnes, ranges)
         SELECT (f.time AT TIME ZONE 'UTC')::date, h.kind, b.project, b.vintage,
                COALESCE(h.from_owner, 0), COALESCE(s.before, ''),
                CASE h.kind WHEN 'first_transferred' THEN 0
                            ELSE COALESCE(h.to_owner, h.from_owner, 0) END,
                COALESCE(h.status, s.before, ''),
                COALESCE(r.purpose, c.reason, ''),
                COALESCE(r.purpose_details ->> 'country', r.beneficiary_country, ''),
                SUM(h.end_serial - h.start_serial + 1)::bigint, count(*)
         FROM chain.serial_history h
         JOIN chain.finalised_blocks f USING (height)
         -- Blocks are never put together again: where a range began, one begins for ever.
         JOIN chain.credit_blocks b USING (start_serial)
         CROSS JOIN LATERAL (
             SELECT CASE h.kind WHEN 'transferred' THEN 'held' ELSE h.from_status END AS before
         ) s
         LEFT JOIN chain.retirements r ON h.kind = 'retired' AND r.id = h.retirement
         LEFT JOIN chain.cancellations c ON h.kind = 'cancelled' AND c.id = h.cancellation
         WHERE h.height BETWEEN $1 AND $2 AND h.kind <> 'split'
         GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
         ON CONFLICT (day, kind, project, vintage, from_owner, from_status, to_owner, to_status,
                      purpose, country)
         DO UPDATE SET tonnes = t.tonnes + excluded.tonnes, ranges = t.ranges + excluded.ranges",
        i64::from(first),
        i64::from(last),
    )
    .execute(connection)
    .await?;
    Ok(())
}
