// SPDX-License-Identifier: Apache-2.0
//! The council: its members, their motions and votes, and what came of what they decided.

use super::{position, At};
use crate::{error::IndexerError, event::Event, network::Network};
use chrono::{DateTime, Utc};
use registry_client::{AccountId32, Refused, H256};
use sqlx::PgConnection;

/// The council that the chain starts with.
pub async fn seed(
    connection: &mut PgConnection,
    network: &Network,
    start: DateTime<Utc>,
) -> Result<(), IndexerError> {
    let at = At { height: 0, index: 0, time: start };
    set_members(connection, at, &network.council).await
}

pub async fn apply(
    connection: &mut PgConnection,
    at: At,
    event: &Event,
) -> Result<(), IndexerError> {
    match event {
        Event::MotionProposed { account, proposal_index, proposal_hash, threshold } => {
            sqlx::query!(
                "INSERT INTO chain.council_motions
                     (number, hash, proposer, threshold, height, proposed_at, status)
                 VALUES ($1, $2::bytea, $3, $4, $5, $6, 'open')",
                i64::from(*proposal_index),
                proposal_hash.as_bytes(),
                account.to_string(),
                position(*threshold)?,
                at.height(),
                at.time,
            )
            .execute(connection)
            .await?;
            Ok(())
        }
        Event::MotionVoted { account, proposal_hash, voted, .. } => {
            let counted = sqlx::query!(
                "INSERT INTO chain.council_votes AS v (motion, account, approves, voted_at)
                 SELECT number, $2, $3, $4
                 FROM chain.council_motions WHERE hash = $1::bytea AND status = 'open'
                 ON CONFLICT (motion, account) DO UPDATE
                 SET approves = excluded.approves, voted_at = excluded.voted_at",
                proposal_hash.as_bytes(),
                account.to_string(),
                voted,
                at.time,
            )
            .execute(connection)
            .await?;
            at.met(1, &counted, "there is no such open motion")
        }
        Event::MotionApproved { proposal_hash } => {
            close(connection, at, proposal_hash, "approved").await
        }
        Event::MotionDisapproved { proposal_hash } => {
            close(connection, at, proposal_hash, "disapproved").await
        }
        Event::MotionKilled { proposal_hash } => {
            close(connection, at, proposal_hash, "killed").await
        }
        Event::MotionExecuted { proposal_hash, result }
        | Event::MotionMadeByMember { proposal_hash, result } => {
            decide(connection, at, proposal_hash, result).await
        }
        Event::Enacted { call, reason } => {
            sqlx::query!(
                "INSERT INTO chain.council_decisions
                     (height, index, call, reason, outcome, decided_at)
                 VALUES ($1, $2, $3::bytea, $4, 'done', $5)",
                at.height(),
                at.index()?,
                call.as_bytes(),
                reason,
                at.time,
            )
            .execute(connection)
            .await?;
            Ok(())
        }
        Event::CouncilSet { members } => set_members(connection, at, members).await,
        _ => Ok(()),
    }
}

async fn close(
    connection: &mut PgConnection,
    at: At,
    hash: &H256,
    status: &str,
) -> Result<(), IndexerError> {
    let updated = sqlx::query!(
        "UPDATE chain.council_motions SET status = $2, closed_at = $3
         WHERE hash = $1::bytea AND status = 'open'",
        hash.as_bytes(),
        status,
        at.time,
    )
    .execute(connection)
    .await?;
    at.met(1, &updated, "there is no such open motion")
}

/// A motion was carried out. What it enacted was told just before, if it enacted something and did
/// not fail.
async fn decide(
    connection: &mut PgConnection,
    at: At,
    hash: &H256,
    result: &Result<(), Refused>,
) -> Result<(), IndexerError> {
    let error = result.as_ref().err();
    // None if one voice was enough: there is no motion then.
    let motion = sqlx::query_scalar!(
        "UPDATE chain.council_motions SET status = $2
         WHERE hash = $1::bytea AND status = 'approved' RETURNING number",
        hash.as_bytes(),
        if error.is_some() { "failed" } else { "executed" },
    )
    .fetch_optional(&mut *connection)
    .await?;
    if error.is_none() {
        let told = sqlx::query!(
            "UPDATE chain.council_decisions SET motion = $3, motion_hash = $4::bytea
             WHERE height = $1 AND index = (
                 SELECT MAX(index) FROM chain.council_decisions
                 WHERE height = $1 AND index < $2 AND motion_hash IS NULL)",
            at.height(),
            at.index()?,
            motion,
            hash.as_bytes(),
        )
        .execute(&mut *connection)
        .await?;
        if told.rows_affected() == 1 {
            return Ok(());
        }
    }
    sqlx::query!(
        "INSERT INTO chain.council_decisions
             (height, index, motion, motion_hash, outcome, error_code, error, decided_at)
         VALUES ($1, $2, $3, $4::bytea, $5, $6, $7, $8)",
        at.height(),
        at.index()?,
        motion,
        hash.as_bytes(),
        if error.is_some() { "failed" } else { "done" },
        error.map(|error| error.code.as_str()),
        error.map(|error| error.sentence.as_str()),
        at.time,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Who stays keeps the time of joining; votes of who leaves do not count any more.
async fn set_members(
    connection: &mut PgConnection,
    at: At,
    members: &[AccountId32],
) -> Result<(), IndexerError> {
    let accounts: Vec<String> = members.iter().map(ToString::to_string).collect();
    sqlx::query!(
        "DELETE FROM chain.council_votes v USING chain.council_motions m
         WHERE m.number = v.motion AND m.status = 'open' AND v.account <> ALL($1::text[])",
        &accounts,
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!("DELETE FROM chain.council_members WHERE account <> ALL($1::text[])", &accounts)
        .execute(&mut *connection)
        .await?;
    sqlx::query!(
        "INSERT INTO chain.council_members (account, height, since)
         SELECT account, $2, $3 FROM UNNEST($1::text[]) AS m (account)
         ON CONFLICT (account) DO NOTHING",
        &accounts,
        at.height(),
        at.time,
    )
    .execute(connection)
    .await?;
    Ok(())
}
