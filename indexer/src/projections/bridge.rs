// SPDX-License-Identifier: Apache-2.0
//! The bridge to the ITMO platform: operators, rounds, what was agreed on, and cases.

use super::{big, position, At};
use crate::{
    error::IndexerError,
    event::{Cause, Closure, Event, Vote},
    network::Bridge,
};
use chrono::{DateTime, Utc};
use registry_client::{AccountId32, H256};
use registry_primitives::{
    itmo::{BridgeSettings, EventKey, Facts},
    ContentHash,
};
use sqlx::PgConnection;

/// The operators that the chain starts with, and how the bridge works then.
pub async fn seed(
    connection: &mut PgConnection,
    bridge: &Bridge,
    start: DateTime<Utc>,
) -> Result<(), IndexerError> {
    let first = At { height: 0, index: 0, time: start };
    for (operator, index) in bridge.operators.iter().zip(0..) {
        add_operator(connection, At { index, ..first }, &operator.account, &operator.key).await?;
    }
    set(connection, first, &bridge.settings, None).await
}

pub async fn apply(
    connection: &mut PgConnection,
    at: At,
    event: &Event,
) -> Result<(), IndexerError> {
    match event {
        Event::OperatorAdded { account, key } => add_operator(connection, at, account, key).await,
        Event::OperatorRemoved { account, .. } => {
            let deleted = sqlx::query("DELETE FROM chain.bridge_operators WHERE account = $1")
                .bind(account.to_string())
                .execute(connection)
                .await?;
            at.met(1, &deleted, "the account is not an operator")
        }
        Event::RoundOpened { round, closes_at, operators } => {
            open_round(connection, at, *round, *closes_at, operators).await
        }
        Event::ReadingFailed { .. } | Event::ReadingCompleted { .. } => {
            read(connection, at, event).await
        }
        Event::RoundClosed { .. } => close_round(connection, at, event).await,
        Event::EventAgreed { round, key, facts, hash, observed } => {
            observe(connection, *round, key, observed).await?;
            let others = observed.iter().filter(|vote| vote.hash != *hash);
            let others = others.map(|vote| vote.operator.to_string()).collect();
            contradict(connection, others).await?;
            agree(connection, at, *round, key, facts, hash).await
        }
        Event::ObservationContradicted { round, operator, key, hash } => {
            let vote = [Vote { operator: *operator, hash: *hash }];
            observe(connection, *round, key, &vote).await?;
            contradict(connection, vec![operator.to_string()]).await
        }
        Event::CompanyLinked { company, organisation, created, by } => {
            sqlx::query(
                "INSERT INTO chain.bridge_companies
                     (company, organisation, created, linked_at, linked_by)
                 VALUES ($1, $2, $3, $4, $5)
                 ON CONFLICT (company) DO UPDATE
                 SET organisation = excluded.organisation, created = excluded.created,
                     linked_at = excluded.linked_at, linked_by = excluded.linked_by",
            )
            .bind(company)
            .bind(i64::from(*organisation))
            .bind(created)
            .bind(at.time)
            .bind(by.as_ref().map(ToString::to_string))
            .execute(connection)
            .await?;
            Ok(())
        }
        Event::ProjectTakenOver { key, project, unknown_sector, .. } => {
            decide(connection, at, key, "done", Some(*project), unknown_sector.as_deref()).await
        }
        Event::IssuanceTakenOver { key, project } => {
            decide(connection, at, key, "done", Some(*project), None).await
        }
        Event::IssuanceWaits { key } => decide(connection, at, key, "waits", None, None).await,
        Event::CaseOpened { case, key, round, cause } => {
            open_case(connection, at, *case, *round, key, cause).await
        }
        Event::CaseClosed { .. } => close_case(connection, at, event).await,
        Event::BridgePaused { reason, by } => {
            sqlx::query(
                "INSERT INTO chain.bridge_pauses (height, index, since, reason, paused_by)
                 VALUES ($1, $2, $3, $4, $5)",
            )
            .bind(at.height())
            .bind(at.index()?)
            .bind(at.time)
            .bind(reason)
            .bind(by.to_string())
            .execute(connection)
            .await?;
            Ok(())
        }
        Event::BridgeResumed { by } => {
            let updated = sqlx::query(
                "UPDATE chain.bridge_pauses SET until = $1, resumed_by = $2 WHERE until IS NULL",
            )
            .bind(at.time)
            .bind(by.to_string())
            .execute(connection)
            .await?;
            at.met(1, &updated, "the bridge is not paused")
        }
        Event::BridgeSettingsChanged { settings, by } => {
            set(connection, at, settings, Some(by)).await
        }
        // That an officer asked for a round is in the list of events.
        _ => Ok(()),
    }
}

/// An event of the platform, as the tables name it.
fn columns(key: &EventKey) -> (&'static str, String, &'static str) {
    (key.platform.as_str(), key.project.to_text(), key.event.as_str())
}

async fn add_operator(
    connection: &mut PgConnection,
    at: At,
    account: &AccountId32,
    key: &H256,
) -> Result<(), IndexerError> {
    sqlx::query(
        "INSERT INTO chain.bridge_operators (account, key, height, index, since)
         VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(account.to_string())
    .bind(key.as_bytes())
    .bind(at.height())
    .bind(at.index()?)
    .bind(at.time)
    .execute(connection)
    .await?;
    Ok(())
}

async fn open_round(
    connection: &mut PgConnection,
    at: At,
    round: u32,
    closes_at: u32,
    operators: &[AccountId32],
) -> Result<(), IndexerError> {
    sqlx::query(
        "INSERT INTO chain.bridge_rounds (number, height, opened_at, until_height, operators)
         VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(i64::from(round))
    .bind(at.height())
    .bind(at.time)
    .bind(i64::from(closes_at))
    .bind(accounts(operators))
    .execute(connection)
    .await?;
    Ok(())
}

fn accounts(accounts: &[AccountId32]) -> Vec<String> {
    accounts.iter().map(ToString::to_string).collect()
}

/// An operator has read the platform, or could not.
async fn read(connection: &mut PgConnection, at: At, event: &Event) -> Result<(), IndexerError> {
    let updated = match event {
        Event::ReadingFailed { round, operator, failure } => {
            sqlx::query(
                "INSERT INTO chain.bridge_readings (round, operator, failed_at, failure)
                 VALUES ($1, $2, $3, $4)
                 ON CONFLICT (round, operator) DO UPDATE
                 SET failed_at = excluded.failed_at, failure = excluded.failure",
            )
            .bind(i64::from(*round))
            .bind(operator.to_string())
            .bind(at.time)
            .bind(failure.as_str())
            .execute(&mut *connection)
            .await?;
            sqlx::query("UPDATE chain.bridge_operators SET failure = $2 WHERE account = $1")
                .bind(operator.to_string())
                .bind(failure.as_str())
                .execute(connection)
                .await?
        }
        Event::ReadingCompleted { round, operator, observations, unreadable, more } => {
            sqlx::query(
                "INSERT INTO chain.bridge_readings
                     (round, operator, completed_at, observations, unreadable, more)
                 VALUES ($1, $2, $3, $4, $5, $6)
                 ON CONFLICT (round, operator) DO UPDATE
                 SET completed_at = excluded.completed_at, observations = excluded.observations,
                     unreadable = excluded.unreadable, more = excluded.more",
            )
            .bind(i64::from(*round))
            .bind(operator.to_string())
            .bind(at.time)
            .bind(i64::from(*observations))
            .bind(i64::from(*unreadable))
            .bind(more)
            .execute(&mut *connection)
            .await?;
            sqlx::query(
                "UPDATE chain.bridge_operators
                 SET last_round = $2, last_height = $3, last_at = $4, failure = NULL
                 WHERE account = $1",
            )
            .bind(operator.to_string())
            .bind(i64::from(*round))
            .bind(at.height())
            .bind(at.time)
            .execute(connection)
            .await?
        }
        _ => return Ok(()),
    };
    at.met(1, &updated, "the account is not an operator")
}

async fn close_round(
    connection: &mut PgConnection,
    at: At,
    event: &Event,
) -> Result<(), IndexerError> {
    let Event::RoundClosed { round, complete, silent, next } = event else {
        return Ok(());
    };
    let closed = sqlx::query(
        "UPDATE chain.bridge_rounds
         SET closed_at = $2, complete = $3, silent = $4, next_height = $5
         WHERE number = $1 AND closed_at IS NULL",
    )
    .bind(i64::from(*round))
    .bind(at.time)
    .bind(position(*complete)?)
    .bind(accounts(silent))
    .bind(i64::from(*next))
    .execute(&mut *connection)
    .await?;
    at.met(1, &closed, "there is no such open round")?;
    let counted = sqlx::query(
        "UPDATE chain.bridge_operators SET silent = silent + 1 WHERE account = ANY ($1)",
    )
    .bind(accounts(silent))
    .execute(connection)
    .await?;
    at.met(silent.len(), &counted, "who was silent is not an operator")
}

/// What operators saw of an event in a round; it may have been told before.
async fn observe(
    connection: &mut PgConnection,
    round: u32,
    key: &EventKey,
    votes: &[Vote],
) -> Result<(), IndexerError> {
    let (platform, external_id, event) = columns(key);
    for Vote { operator, hash } in votes {
        sqlx::query(
            "INSERT INTO chain.bridge_observations
                 (platform, external_id, event, round, operator, hash)
             VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (platform, external_id, event, round, operator) DO UPDATE
             SET hash = excluded.hash",
        )
        .bind(platform)
        .bind(&external_id)
        .bind(event)
        .bind(i64::from(round))
        .bind(operator.to_string())
        .bind(hash.0.as_slice())
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}

/// These saw something else than what was agreed on. Who is no operator any more is not counted.
async fn contradict(
    connection: &mut PgConnection,
    accounts: Vec<String>,
) -> Result<(), IndexerError> {
    sqlx::query(
        "UPDATE chain.bridge_operators SET contradicted = contradicted + 1
         WHERE account = ANY ($1)",
    )
    .bind(accounts)
    .execute(connection)
    .await?;
    Ok(())
}

/// Enough saw the same. What comes of it is told by the event after this one.
async fn agree(
    connection: &mut PgConnection,
    at: At,
    round: u32,
    key: &EventKey,
    facts: &Facts,
    hash: &ContentHash,
) -> Result<(), IndexerError> {
    let (platform, external_id, event) = columns(key);
    sqlx::query(
        "INSERT INTO chain.bridge_events
             (height, index, platform, external_id, event, round, decided_at, facts, hash, outcome)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'waits')",
    )
    .bind(at.height())
    .bind(at.index()?)
    .bind(platform)
    .bind(external_id)
    .bind(event)
    .bind(i64::from(round))
    .bind(at.time)
    .bind(serde_json::to_value(facts)?)
    .bind(hash.0.as_slice())
    .execute(connection)
    .await?;
    Ok(())
}

/// What came of an event that was agreed on.
async fn decide(
    connection: &mut PgConnection,
    at: At,
    key: &EventKey,
    outcome: &str,
    project: Option<u32>,
    unknown_sector: Option<&str>,
) -> Result<(), IndexerError> {
    let (platform, external_id, event) = columns(key);
    let updated = sqlx::query(
        "UPDATE chain.bridge_events SET outcome = $4, project = $5, unknown_sector = $6
         WHERE platform = $1 AND external_id = $2 AND event = $3 AND outcome <> 'done'",
    )
    .bind(platform)
    .bind(external_id)
    .bind(event)
    .bind(outcome)
    .bind(project.map(i64::from))
    .bind(unknown_sector)
    .execute(connection)
    .await?;
    at.met(1, &updated, "there was no agreement on the event")
}

/// A case is opened, or seen again in another round.
async fn open_case(
    connection: &mut PgConnection,
    at: At,
    case: u32,
    round: u32,
    key: &EventKey,
    cause: &Cause,
) -> Result<(), IndexerError> {
    let (platform, external_id, event) = columns(key);
    let (name, error) = match cause {
        Cause::Disagreement(votes) => {
            observe(connection, round, key, votes).await?;
            ("disagreement", None)
        }
        Cause::TooFew(votes) => {
            observe(connection, round, key, votes).await?;
            ("too_few", None)
        }
        Cause::Refused { error, .. } => {
            decide(connection, at, key, "case", None, None).await?;
            ("refused", Some(error))
        }
    };
    sqlx::query(
        "INSERT INTO chain.bridge_cases
             (number, platform, external_id, event, round, cause, error_code, error, opened_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         ON CONFLICT (number) DO UPDATE
         SET round = excluded.round, cause = excluded.cause, error_code = excluded.error_code,
             error = excluded.error",
    )
    .bind(i64::from(case))
    .bind(platform)
    .bind(external_id)
    .bind(event)
    .bind(i64::from(round))
    .bind(name)
    .bind(error.map(|error| error.code.as_str()))
    .bind(error.map(|error| error.sentence.as_str()))
    .bind(at.time)
    .execute(connection)
    .await?;
    Ok(())
}

async fn close_case(
    connection: &mut PgConnection,
    at: At,
    event: &Event,
) -> Result<(), IndexerError> {
    let Event::CaseClosed { case, key, closure, by, reason } = event else {
        return Ok(());
    };
    let closed = sqlx::query(
        "UPDATE chain.bridge_cases
         SET closed_at = $2, closure = $3, closed_by = $4, reason = $5
         WHERE number = $1 AND closed_at IS NULL",
    )
    .bind(i64::from(*case))
    .bind(at.time)
    .bind(match closure {
        Closure::Agreed => "agreed",
        Closure::Retried => "retried",
        Closure::Dismissed => "dismissed",
    })
    .bind(by.as_ref().map(ToString::to_string))
    .bind(reason)
    .execute(&mut *connection)
    .await?;
    at.met(1, &closed, "there is no such open case")?;
    match closure {
        Closure::Agreed | Closure::Retried => Ok(()),
        Closure::Dismissed => dismiss(connection, at, key).await,
    }
}

/// The Government decided that an event is not acted on, whether it was agreed on or not.
async fn dismiss(
    connection: &mut PgConnection,
    at: At,
    key: &EventKey,
) -> Result<(), IndexerError> {
    let (platform, external_id, event) = columns(key);
    sqlx::query(
        "INSERT INTO chain.bridge_events
             (height, index, platform, external_id, event, round, decided_at, outcome)
         SELECT $1, $2, $3, $4, $5, MAX(number), $6, 'dismissed' FROM chain.bridge_rounds
         ON CONFLICT (platform, external_id, event) DO UPDATE
         SET outcome = 'dismissed', round = excluded.round, decided_at = excluded.decided_at",
    )
    .bind(at.height())
    .bind(at.index()?)
    .bind(platform)
    .bind(external_id)
    .bind(event)
    .bind(at.time)
    .execute(connection)
    .await?;
    Ok(())
}

async fn set(
    connection: &mut PgConnection,
    at: At,
    settings: &BridgeSettings,
    by: Option<&AccountId32>,
) -> Result<(), IndexerError> {
    sqlx::query(
        "INSERT INTO chain.bridge_settings
             (height, index, estimate, issuance, interval_blocks, window_blocks, set_at, set_by)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(at.height())
    .bind(at.index()?)
    .bind(big(settings.estimate)?)
    .bind(big(settings.issuance)?)
    .bind(i64::from(settings.interval))
    .bind(i64::from(settings.window))
    .bind(at.time)
    .bind(by.map(ToString::to_string))
    .execute(connection)
    .await?;
    Ok(())
}
