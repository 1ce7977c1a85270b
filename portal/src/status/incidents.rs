// SPDX-License-Identifier: Apache-2.0
//! Incidents: minutes on end in which a part did not work as it should.

use super::part::{Condition, Part};
use crate::{answers::Time, directory::Directory, problem::Problem};
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

/// Minutes on end in which a part did not work as it should.
#[derive(Clone, Serialize, ToSchema)]
pub struct Incident {
    /// Its number.
    pub id: i64,
    /// The part.
    pub part: Part,
    /// The worst that was seen: `degraded` or `down`.
    pub condition: Condition,
    /// The first minute of it.
    pub began: Time,
    /// When it was over; null while it lasts.
    pub ended: Option<Time>,
    /// The end of the last minute in which it was seen.
    pub seen_until: Time,
    /// Whether nobody measured after it, so that it may have lasted longer.
    pub then_unknown: bool,
}

impl Incident {
    /// Seconds that it lasted, as far as it was seen.
    pub fn seconds(&self) -> i64 {
        (self.seen_until.0 - self.began.0).num_seconds()
    }
}

/// The latest incidents that touch a period, the latest first.
pub async fn between(
    directory: &Directory,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
    most: i64,
) -> Result<Vec<Incident>, Problem> {
    let rows = sqlx::query!(
        "SELECT id, part, began, ended, worst, followed FROM directory.status_incidents
         WHERE ended > $1 AND began < $2 ORDER BY began DESC, id DESC LIMIT $3",
        from,
        to,
        most
    )
    .fetch_all(directory.pool())
    .await?;
    let incidents = rows.into_iter().filter_map(|row| {
        Some(Incident {
            id: row.id,
            part: Part::find(&row.part)?,
            condition: match row.worst.as_str() {
                "down" => Condition::Down,
                _ => Condition::Degraded,
            },
            began: row.began.into(),
            ended: row.followed.is_some().then_some(row.ended.into()),
            seen_until: row.ended.into(),
            then_unknown: row.followed.as_deref() == Some("unknown"),
        })
    });
    Ok(incidents.collect())
}
