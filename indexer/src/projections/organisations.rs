// SPDX-License-Identifier: Apache-2.0
//! Organisations and their members.

use super::At;
use crate::{block::instant, error::IndexerError, event::Event};
use chrono::{DateTime, Utc};
use registry_client::{state::State, AccountId32};
use registry_primitives::{
    organisation::{OrganisationDetails, OrganisationStatus},
    MemberRole, OrganisationRole,
};
use sqlx::PgConnection;

/// The organisations and members that the chain starts with.
pub async fn seed(connection: &mut PgConnection, state: &State) -> Result<(), IndexerError> {
    for (id, organisation) in &state.organisations {
        let created_at = instant(organisation.created_at)?;
        insert(
            connection,
            *id,
            organisation.role,
            &organisation.details,
            organisation.status,
            created_at,
        )
        .await?;
    }
    for (account, member) in &state.members {
        insert_member(connection, &AccountId32(*account), member.organisation, member.role).await?;
    }
    Ok(())
}

pub async fn apply(
    connection: &mut PgConnection,
    at: At,
    event: &Event,
) -> Result<(), IndexerError> {
    match event {
        Event::OrganisationCreated { id, role, details, first_admin, .. } => {
            let status = OrganisationStatus::Active;
            insert(connection, *id, *role, details, status, at.time).await?;
            insert_member(connection, first_admin, *id, MemberRole::Admin).await
        }
        Event::OrganisationSuspended { id, reason, .. } => {
            let updated = sqlx::query!(
                "UPDATE chain.organisations SET status = $2, suspension_reason = $3
                 WHERE id = $1 AND status <> $2",
                i64::from(*id),
                OrganisationStatus::Suspended.as_str(),
                reason,
            )
            .execute(connection)
            .await?;
            at.met(1, &updated, "the organisation is not there or suspended already")
        }
        Event::OrganisationReactivated { id, .. } => {
            let updated = sqlx::query!(
                "UPDATE chain.organisations SET status = $2 WHERE id = $1 AND status <> $2",
                i64::from(*id),
                OrganisationStatus::Active.as_str(),
            )
            .execute(connection)
            .await?;
            at.met(1, &updated, "the organisation is not there or not suspended")
        }
        Event::MemberAdded { organisation, account, role, .. } => {
            insert_member(connection, account, *organisation, *role).await
        }
        _ => Ok(()),
    }
}

async fn insert(
    connection: &mut PgConnection,
    id: u32,
    role: OrganisationRole,
    details: &OrganisationDetails,
    status: OrganisationStatus,
    created_at: DateTime<Utc>,
) -> Result<(), IndexerError> {
    let scopes: Vec<i16> =
        details.sectoral_scopes.iter().map(|scope| scope.number().into()).collect();
    sqlx::query!(
        "INSERT INTO chain.organisations
             (id, role, name, tax_id, country, sectoral_scopes, profile, status, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7::bytea, $8, $9)",
        i64::from(id),
        role.as_str(),
        details.name.to_text(),
        details.tax_id.to_text(),
        details.country.to_string(),
        &scopes,
        &details.profile.0,
        status.as_str(),
        created_at,
    )
    .execute(connection)
    .await?;
    Ok(())
}

async fn insert_member(
    connection: &mut PgConnection,
    account: &AccountId32,
    organisation: u32,
    role: MemberRole,
) -> Result<(), IndexerError> {
    sqlx::query!(
        "INSERT INTO chain.members (account, organisation, role) VALUES ($1, $2, $3)",
        account.to_string(),
        i64::from(organisation),
        role.as_str(),
    )
    .execute(connection)
    .await?;
    Ok(())
}
