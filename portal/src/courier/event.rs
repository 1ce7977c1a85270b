// SPDX-License-Identifier: Apache-2.0
//! Events of the chain, as the courier reads them.

use crate::{
    answers::{OrganisationRef, Time},
    problem::Problem,
    query::Position,
};
use chrono::{DateTime, Utc};
use serde_json::{json, Value};
use sqlx::PgConnection;

/// An event of the chain.
pub struct Event {
    /// Where in the chain it is.
    pub position: Position,
    /// Time of its block.
    pub time: DateTime<Utc>,
    pub pallet: String,
    pub name: String,
    pub fields: Value,
    /// The account that signed the transaction, its organisation, and the transaction.
    actor: Option<String>,
    organisation: Option<OrganisationRef>,
    extrinsic: Option<String>,
    extrinsic_index: Option<i32>,
}

impl Event {
    /// Events after a place in the chain, oldest first.
    pub async fn after(
        connection: &mut PgConnection,
        after: Position,
        limit: i64,
    ) -> Result<Vec<Self>, Problem> {
        let rows = sqlx::query!(
            r#"SELECT e.height, e.index, b.time, e.pallet, e.name, e.fields, e.extrinsic_index,
                      '0x' || encode(x.hash, 'hex') AS extrinsic, x.signer AS "signer?",
                      o.id AS "organisation?", o.name AS "organisation_name?"
               FROM chain.events e
               JOIN chain.finalised_blocks b ON b.height = e.height
               LEFT JOIN chain.extrinsics x
                 ON x.height = e.height AND x.index = e.extrinsic_index
               LEFT JOIN chain.members m ON m.account = x.signer
               LEFT JOIN chain.organisations o ON o.id = m.organisation
               WHERE (e.height, e.index) > ($1, $2::INTEGER)
               ORDER BY e.height, e.index LIMIT $3"#,
            after.block,
            after.index,
            limit
        )
        .fetch_all(connection)
        .await?;
        Ok(rows
            .into_iter()
            .map(|row| Self {
                position: Position { block: row.height, index: row.index },
                time: row.time,
                pallet: row.pallet,
                name: row.name,
                fields: row.fields,
                actor: row.signer,
                organisation: OrganisationRef::perhaps(row.organisation, row.organisation_name),
                extrinsic: row.extrinsic,
                extrinsic_index: row.extrinsic_index,
            })
            .collect())
    }

    /// The event as the API answers it; a test compares the two.
    pub fn data(&self) -> Value {
        json!({
            "id": self.position.to_string(),
            "block": self.position.block,
            "index": self.position.index,
            "time": Time(self.time),
            "pallet": self.pallet,
            "name": self.name,
            "fields": self.fields,
            "actor": self.actor,
            "actor_organisation": self.organisation,
            "extrinsic": self.extrinsic,
            "extrinsic_index": self.extrinsic_index,
        })
    }

    /// One that nobody signed, for tests.
    #[cfg(test)]
    pub fn sample(name: &str, fields: Value) -> Self {
        Self {
            position: Position { block: 120, index: 3 },
            time: DateTime::UNIX_EPOCH,
            pallet: String::new(),
            name: name.to_owned(),
            fields,
            actor: None,
            organisation: None,
            extrinsic: None,
            extrinsic_index: None,
        }
    }

    /// A number among its fields; 0 if there is none.
    pub fn number(&self, name: &str) -> i64 {
        self.fields.get(name).and_then(Value::as_i64).unwrap_or_default()
    }

    /// A text among its fields; an empty one if there is none.
    pub fn text(&self, name: &str) -> &str {
        self.fields.get(name).and_then(Value::as_str).unwrap_or_default()
    }
}
