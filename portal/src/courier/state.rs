// SPDX-License-Identifier: Apache-2.0
//! How much waits to be sent, and since when.

use crate::problem::Problem;
use sqlx::PgConnection;

/// What the courier still has to do.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct State {
    /// Mails and deliveries that wait, but for those of webhooks that are switched off.
    pub pending: i64,
    /// For how many seconds the oldest of them has waited.
    pub oldest_age_seconds: i64,
    /// Mails and deliveries that were tried often enough, within the last 90 days.
    pub dead: i64,
}

/// What there is of one kind.
struct Queue {
    pending: i64,
    oldest: i64,
    dead: i64,
}

/// What the courier still has to do, by the tables.
pub async fn state(connection: &mut PgConnection) -> Result<State, Problem> {
    let (mails, deliveries) = queues(connection).await?;
    Ok(State {
        pending: mails.pending + deliveries.pending,
        oldest_age_seconds: mails.oldest.max(deliveries.oldest),
        dead: mails.dead + deliveries.dead,
    })
}

/// Tells it to who measures.
pub async fn measure(connection: &mut PgConnection) -> Result<(), Problem> {
    let (mails, deliveries) = queues(connection).await?;
    for (kind, queue) in [("mail", mails), ("webhook", deliveries)] {
        let labels = [("kind", kind)];
        metrics::gauge!("portal_courier_waiting", &labels).set(queue.pending as f64);
        metrics::gauge!("portal_courier_oldest_seconds", &labels).set(queue.oldest as f64);
        metrics::gauge!("portal_courier_dead", &labels).set(queue.dead as f64);
    }
    Ok(())
}

async fn queues(connection: &mut PgConnection) -> Result<(Queue, Queue), Problem> {
    let mails = sqlx::query_as!(
        Queue,
        r#"SELECT count(*) FILTER (WHERE status <> 'dead') AS "pending!",
                  COALESCE(EXTRACT(epoch FROM now() - min(created_at)
                      FILTER (WHERE status <> 'dead')), 0)::BIGINT AS "oldest!",
                  count(*) FILTER (WHERE status = 'dead') AS "dead!"
           FROM directory.mails WHERE status IN ('pending', 'sending', 'dead')"#
    )
    .fetch_one(&mut *connection)
    .await?;
    let deliveries = sqlx::query_as!(
        Queue,
        r#"SELECT count(*) FILTER (WHERE d.status <> 'dead') AS "pending!",
                  COALESCE(EXTRACT(epoch FROM now() - min(d.created_at)
                      FILTER (WHERE d.status <> 'dead')), 0)::BIGINT AS "oldest!",
                  count(*) FILTER (WHERE d.status = 'dead') AS "dead!"
           FROM directory.webhook_deliveries d JOIN directory.webhooks w ON w.id = d.webhook
           WHERE d.status IN ('pending', 'sending', 'dead')
             AND (d.status = 'dead' OR w.switched_off_at IS NULL)"#
    )
    .fetch_one(connection)
    .await?;
    Ok((mails, deliveries))
}
