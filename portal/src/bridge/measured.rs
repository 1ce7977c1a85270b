// SPDX-License-Identifier: Apache-2.0
//! How the bridge works, for Prometheus.

use crate::problem::Problem;
use sqlx::{PgConnection, Row};

/// Tells how many operators there are, how many were silent in the last round, how many cases wait,
/// whether the bridge is paused, and how long ago enough operators had read the platform.
pub async fn measure(connection: &mut PgConnection) -> Result<(), Problem> {
    let row = sqlx::query(
        "SELECT (SELECT COUNT(*) FROM chain.bridge_operators) AS operators,
                (SELECT COUNT(*) FROM chain.bridge_operators o
                 WHERE COALESCE(o.last_round, 0) < (
                     SELECT MAX(number) FROM chain.bridge_rounds
                     WHERE closed_at IS NOT NULL AND o.account = ANY (operators))) AS silent,
                (SELECT COUNT(*) FROM chain.bridge_cases WHERE closed_at IS NULL) AS cases,
                (SELECT COUNT(*) FROM chain.bridge_pauses WHERE until IS NULL) AS paused,
                COALESCE(EXTRACT(epoch FROM now() - COALESCE(
                    (SELECT MAX(closed_at) FROM chain.bridge_rounds
                     WHERE 3 * complete >= 2 * cardinality(operators)),
                    (SELECT MIN(opened_at) FROM chain.bridge_rounds))), 0)::BIGINT AS age",
    )
    .fetch_one(connection)
    .await?;
    let value = |name: &str| row.try_get::<i64, _>(name).map(|value| value as f64);
    metrics::gauge!("portal_bridge_operators").set(value("operators")?);
    metrics::gauge!("portal_bridge_operators_silent").set(value("silent")?);
    metrics::gauge!("portal_bridge_open_cases").set(value("cases")?);
    metrics::gauge!("portal_bridge_paused").set(value("paused")?);
    metrics::gauge!("portal_bridge_reading_age_seconds").set(value("age")?);
    Ok(())
}
