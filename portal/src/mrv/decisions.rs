// SPDX-License-Identifier: Apache-2.0
//! What was decided about what programs submitted, by the state that the chain's tables have: who
//! listens is told by a webhook, once for each decision.

use crate::{
    problem::Problem,
    webhooks::{self, Notice},
};
use serde_json::json;
use sqlx::PgConnection;

/// The type of the message.
const DECIDED: &str = "mrv.decided";

/// Finds decisions that were not told yet, and tells them.
pub async fn look(connection: &mut PgConnection) -> Result<(), Problem> {
    let mut transaction = sqlx::Connection::begin(connection).await?;
    let rows = sqlx::query!(
        r#"UPDATE directory.submissions s
           SET decision = d.decision, decided_at = now()
           FROM (
               SELECT s.id, CASE
                   WHEN s.period IS NOT NULL THEN
                       (SELECT NULLIF(stage, 'reported') FROM chain.monitoring_periods m
                        WHERE m.project = s.project AND m.period = s.period)
                   WHEN s.document IS NOT NULL THEN
                       (SELECT NULLIF(status, 'submitted') FROM chain.documents c
                        WHERE c.project = s.project AND c.document = s.document)
                   ELSE (SELECT NULLIF(stage, 'submitted') FROM chain.projects p
                         WHERE p.id = s.project)
               END AS decision
               FROM directory.submissions s
               WHERE s.state = 'final' AND s.project IS NOT NULL
                 -- After these nothing more is decided.
                 AND COALESCE(s.decision, '') NOT IN
                     ('issued', 'refused', 'accepted', 'rejected', 'withdrawn', 'completed')
           ) d
           WHERE d.id = s.id AND d.decision IS NOT NULL AND d.decision IS DISTINCT FROM s.decision
           RETURNING s.id, s.organisation, s.reference, s.project, s.document, s.period,
                     s.decision AS "decision!""#
    )
    .fetch_all(&mut *transaction)
    .await?;
    for row in rows {
        let data = json!({
            "submission": row.id, "reference": row.reference, "decision": row.decision,
            "project": row.project, "document": row.document, "period": row.period,
        });
        let about: Vec<_> = row.project.map(|project| ("project", project)).into_iter().collect();
        let notice = Notice {
            organisation: row.organisation,
            kind: DECIDED,
            occasion: format!("mrv-{}-{}", row.id, row.decision),
            data,
            about: &about,
        };
        webhooks::enqueue(&mut transaction, notice).await?;
    }
    transaction.commit().await?;
    Ok(())
}
