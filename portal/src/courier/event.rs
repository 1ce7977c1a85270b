// SPDX-License-Identifier: Apache-2.0
//! Events of the chain, as the courier reads them.

use crate::{events, problem::Problem, query::Position};
use chrono::{DateTime, Utc};
use serde_json::{json, Value};
use sqlx::PgConnection;
use std::ops::Deref;

/// An event of the chain, as the API answers it.
pub struct Event {
    /// Where in the chain it is.
    pub position: Position,
    /// Time of its block.
    pub time: DateTime<Utc>,
    answered: events::Event,
}

impl Deref for Event {
    type Target = events::Event;

    fn deref(&self) -> &Self::Target {
        &self.answered
    }
}

impl Event {
    /// Events after a place in the chain, oldest first.
    pub async fn after(
        connection: &mut PgConnection,
        after: Position,
        limit: i64,
    ) -> Result<Vec<Self>, Problem> {
        let rows = sqlx::query(
            "SELECT e.height, e.index, b.time, e.pallet, e.name, e.fields, e.extrinsic_index,
                    '0x' || encode(x.hash, 'hex') AS extrinsic, x.signer,
                    o.id, o.name AS organisation, o.role AS organisation_role,
                    m.role AS member_role
             FROM chain.events e
             JOIN chain.finalised_blocks b ON b.height = e.height
             LEFT JOIN chain.extrinsics x
               ON x.height = e.height AND x.index = e.extrinsic_index
             LEFT JOIN chain.members m ON m.account = x.signer
             LEFT JOIN chain.organisations o ON o.id = m.organisation
             WHERE (e.height, e.index) > ($1, $2::INTEGER)
             ORDER BY e.height, e.index LIMIT $3",
        )
        .bind(after.block)
        .bind(after.index)
        .bind(limit)
        .fetch_all(connection)
        .await?;
        let events = rows.iter().map(|row| {
            let answered = events::Event::read(row)?;
            let (position, time) = (answered.position(), answered.time.0);
            Ok(Self { position, time, answered })
        });
        events.collect()
    }

    /// The event as the API answers it.
    pub fn data(&self) -> Value {
        json!(self.answered)
    }

    /// One that nobody signed, for tests.
    #[cfg(test)]
    pub fn sample(name: &str, fields: Value) -> Self {
        let answered = events::Event::sample(name, fields);
        Self { position: answered.position(), time: answered.time.0, answered }
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
