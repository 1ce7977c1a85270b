// SPDX-License-Identifier: Apache-2.0
//! What is told to webhooks, written down with its cause.

use crate::{courier::Event, problem::Problem};
use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::PgConnection;

/// Something that is told to the webhooks of one organisation and to nobody else.
pub struct Notice<'a> {
    /// The organisation.
    pub organisation: i64,
    /// Its type, one of [`super::names::PRIVATE`].
    pub kind: &'static str,
    /// What it is about: no webhook is told the same twice.
    pub occasion: String,
    /// What it says.
    pub data: Value,
    /// What webhooks that are for one thing alone compare: kinds and numbers such as
    /// `("project", 12)`.
    pub about: &'a [(&'static str, i64)],
}

/// Puts a notice into the outbox, for all webhooks that want it. It is sent if the transaction is
/// committed.
pub async fn enqueue(connection: &mut PgConnection, notice: Notice<'_>) -> Result<(), Problem> {
    let (kinds, ids): (Vec<&str>, Vec<i64>) = notice.about.iter().copied().unzip();
    sqlx::query!(
        "INSERT INTO directory.webhook_deliveries (webhook, occasion, type, time, data)
         SELECT w.id, $1, $2, now(), $3 FROM directory.webhooks w
         WHERE w.organisation = $4 AND w.switched_off_at IS NULL
           AND (cardinality(w.names) = 0 OR $2 = ANY (w.names))
           AND NOT EXISTS (
               SELECT FROM UNNEST(w.kinds, w.ids) AS asked (kind, id)
               WHERE NOT EXISTS (
                   SELECT FROM UNNEST($5::TEXT[], $6::BIGINT[]) AS about (kind, id)
                   WHERE about.kind = asked.kind AND about.id = asked.id))
         ON CONFLICT DO NOTHING",
        notice.occasion,
        notice.kind,
        notice.data,
        notice.organisation,
        &kinds as &[&str],
        &ids
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Puts events of the chain into the outbox, for all webhooks that want them, in one statement.
/// Webhooks of organisations that are suspended are told nothing.
pub async fn enqueue_events(
    connection: &mut PgConnection,
    events: &[Event],
) -> Result<u64, Problem> {
    let occasions: Vec<String> = events.iter().map(|it| it.position.to_string()).collect();
    let heights: Vec<i64> = events.iter().map(|it| it.position.block).collect();
    let indices: Vec<i32> = events.iter().map(|it| it.position.index).collect();
    let names: Vec<&str> = events.iter().map(|it| it.name.as_str()).collect();
    let times: Vec<DateTime<Utc>> = events.iter().map(|it| it.time).collect();
    let data: Vec<Value> = events.iter().map(Event::data).collect();
    let made = sqlx::query!(
        "INSERT INTO directory.webhook_deliveries (webhook, occasion, type, time, data)
         SELECT w.id, e.occasion, e.name, e.time, e.data
         FROM UNNEST($1::TEXT[], $2::BIGINT[], $3::INTEGER[], $4::TEXT[], $5::TIMESTAMPTZ[],
                     $6::JSONB[]) AS e (occasion, height, index, name, time, data)
         JOIN directory.webhooks w
           ON w.switched_off_at IS NULL
              AND (cardinality(w.names) = 0 OR e.name = ANY (w.names))
         JOIN chain.organisations o ON o.id = w.organisation AND o.status = 'active'
         WHERE NOT EXISTS (
             SELECT FROM UNNEST(w.kinds, w.ids) AS asked (kind, id)
             WHERE NOT EXISTS (
                 SELECT FROM chain.event_subjects s
                 WHERE s.kind = asked.kind AND s.id = asked.id
                   AND s.height = e.height AND s.index = e.index))
         ORDER BY e.height, e.index, w.id
         ON CONFLICT DO NOTHING",
        &occasions,
        &heights,
        &indices,
        &names as &[&str],
        &times,
        &data
    )
    .execute(connection)
    .await?;
    Ok(made.rows_affected())
}
