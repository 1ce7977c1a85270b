// SPDX-License-Identifier: Apache-2.0
//! Contacts of organisations that came from the ITMO platform. They are addresses, and nobody's
//! account: nobody is written to, and they are over with the organisation's first member.

use crate::{answers::Time, courier::Event, problem::Problem};
use registry_primitives::itmo::mapping::{self, MEMBER_ROLE, PHONE};
use serde::Serialize;
use serde_json::Value;
use sqlx::{FromRow, PgConnection};
use utoipa::ToSchema;

/// How an organisation was reached on the ITMO platform, while nobody acts for it here.
#[derive(Serialize, ToSchema, FromRow)]
pub struct ImportedContact {
    /// Name of the company.
    pub name: String,
    /// Its address there.
    #[schema(example = "nce.digital+LagoonLightCooperative@undp.org")]
    pub email: String,
    /// Its telephone number there.
    pub phone: String,
    /// What the contact would be as a member.
    #[schema(example = "admin")]
    pub role: String,
    /// When the organisation was taken over.
    pub imported_at: Time,
}

/// Keeps the contacts of organisations that were taken over, and notes who was given a first member.
pub async fn note_events(connection: &mut PgConnection, events: &[Event]) -> Result<(), Problem> {
    for event in events {
        match event.name.as_str() {
            "CompanyLinked" if event.fields.get("created") == Some(&Value::Bool(true)) => {
                keep(connection, event).await?;
            }
            "MemberAdded" => claim(connection, event).await?,
            _ => {}
        }
    }
    Ok(())
}

async fn keep(connection: &mut PgConnection, event: &Event) -> Result<(), Problem> {
    let company = event.text("company");
    sqlx::query(
        "INSERT INTO directory.imported_contacts
             (organisation, name, email, phone, role, imported_at)
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
    )
    .bind(event.number("organisation"))
    .bind(company)
    .bind(mapping::email(company))
    .bind(PHONE)
    .bind(MEMBER_ROLE.as_str())
    .bind(event.time)
    .execute(connection)
    .await?;
    Ok(())
}

async fn claim(connection: &mut PgConnection, event: &Event) -> Result<(), Problem> {
    sqlx::query(
        "UPDATE directory.imported_contacts SET claimed_by = $2, claimed_at = $3
         WHERE organisation = $1 AND claimed_at IS NULL",
    )
    .bind(event.number("organisation"))
    .bind(event.text("account"))
    .bind(event.time)
    .execute(connection)
    .await?;
    Ok(())
}

/// The contact of an organisation that has no members yet.
pub async fn unclaimed(
    connection: &mut PgConnection,
    organisation: i64,
) -> Result<Option<ImportedContact>, Problem> {
    let contact = sqlx::query_as::<_, ImportedContact>(
        "SELECT name, email, phone, role, imported_at FROM directory.imported_contacts
         WHERE organisation = $1 AND claimed_at IS NULL",
    )
    .bind(organisation)
    .fetch_optional(connection)
    .await?;
    Ok(contact)
}
