// SPDX-License-Identifier: Apache-2.0
//! Where an imported project comes from.

use crate::{answers::Time, db::Reader, problem::Problem};
use serde::Serialize;
use serde_json::Value;
use sqlx::Row;
use utoipa::ToSchema;

/// That a project was imported from another platform.
#[derive(Serialize, ToSchema)]
pub struct Imported {
    /// The platform.
    #[schema(example = "undp")]
    pub platform: String,
    /// The project's identifier there.
    pub external_id: String,
    /// The chain's event that says so, at `/events/{id}`.
    #[schema(example = "120-3")]
    pub event: String,
    /// When the operators of the bridge agreed.
    pub decided_at: Time,
    /// The evidence: BLAKE2b-256 of what was agreed on.
    pub evidence: String,
    /// Where the platform has the project's files. The registry does not keep them, and nobody here
    /// answers for them.
    pub materials: Vec<String>,
}

/// The import of a project, if it was imported.
pub async fn imported(reader: &mut Reader, project: i64) -> Result<Option<Imported>, Problem> {
    let row = sqlx::query(
        "SELECT platform, external_id, height, index, decided_at, facts,
                '0x' || encode(hash, 'hex') AS hash
         FROM chain.bridge_events WHERE project = $1 AND event = 'project_authorised'",
    )
    .bind(project)
    .fetch_optional(reader.connection())
    .await?;
    let Some(row) = row else { return Ok(None) };
    let (height, index): (i64, i32) = (row.try_get("height")?, row.try_get("index")?);
    let facts: Value = row.try_get("facts")?;
    let materials = facts["project_authorised"]["materials"].as_array();
    let materials = materials.into_iter().flatten().filter_map(Value::as_str);
    Ok(Some(Imported {
        platform: row.try_get("platform")?,
        external_id: row.try_get("external_id")?,
        event: format!("{height}-{index}"),
        decided_at: row.try_get("decided_at")?,
        evidence: row.try_get("hash")?,
        materials: materials.map(str::to_owned).collect(),
    }))
}
