// SPDX-License-Identifier: Apache-2.0
//! Organisations and their members.

use super::{certifications, At, Batch};
use crate::{block::instant, error::IndexerError, event::Event};
use chrono::{DateTime, Utc};
use registry_client::{state::State, AccountId32};
use registry_primitives::{
    organisation::{Organisation, OrganisationDetails, OrganisationStatus},
    MemberRole, OrganisationRole,
};
use sqlx::PgConnection;

/// The organisations and members that the chain starts with.
pub async fn seed(connection: &mut PgConnection, state: &State) -> Result<(), IndexerError> {
    for (id, organisation) in &state.organisations {
        let Organisation { role, details, status, created_at, .. } = organisation;
        insert(connection, *id, *role, details, *status, instant(*created_at)?).await?;
    }
    for (account, member) in &state.members {
        insert_member(connection, &AccountId32(*account), member.organisation, member.role).await?;
    }
    Ok(())
}

pub async fn apply(batch: &mut Batch<'_>, at: At, event: &Event) -> Result<(), IndexerError> {
    match event {
        Event::OrganisationCreated { id, role, details, first_admin, .. } => {
            let status = OrganisationStatus::Active;
            insert(batch.connection, *id, *role, details, status, at.time).await?;
            insert_member(batch.connection, first_admin, *id, MemberRole::Admin).await
        }
        Event::OrganisationImported { id, role, details } => {
            let status = OrganisationStatus::Active;
            insert(batch.connection, *id, *role, details, status, at.time).await
        }
        Event::OrganisationSuspended { id, reason, .. } => {
            let updated = sqlx::query!(
                "UPDATE chain.organisations
                 SET status = $2, suspensions = suspensions + 1, suspension_reason = $3
                 WHERE id = $1 AND status <> $2",
                i64::from(*id),
                OrganisationStatus::Suspended.as_str(),
                reason,
            )
            .execute(&mut *batch.connection)
            .await?;
            at.met(1, &updated, "the organisation is not there or suspended already")?;
            certifications::suspended(batch, at, *id, reason).await
        }
        Event::OrganisationReactivated { id, .. } => {
            let updated = sqlx::query!(
                "UPDATE chain.organisations SET status = $2 WHERE id = $1 AND status <> $2",
                i64::from(*id),
                OrganisationStatus::Active.as_str(),
            )
            .execute(&mut *batch.connection)
            .await?;
            at.met(1, &updated, "the organisation is not there or not suspended")
        }
        Event::ProfileUpdated { id, profile, .. } => {
            let updated = sqlx::query!(
                "UPDATE chain.organisations SET profile = $2::bytea WHERE id = $1",
                i64::from(*id),
                &profile.0,
            )
            .execute(&mut *batch.connection)
            .await?;
            at.met(1, &updated, "the organisation is not there")
        }
        Event::OrganisationChanged { id, details, .. } => {
            change(batch.connection, at, *id, details).await
        }
        Event::MemberAdded { organisation, account, role, .. } => {
            insert_member(batch.connection, account, *organisation, *role).await
        }
        Event::MemberRemoved { organisation, account, .. } => {
            let deleted = sqlx::query!(
                "DELETE FROM chain.members WHERE account = $1 AND organisation = $2",
                account.to_string(),
                i64::from(*organisation),
            )
            .execute(&mut *batch.connection)
            .await?;
            at.met(1, &deleted, "the account is not a member of the organisation")
        }
        Event::MemberRoleChanged { organisation, account, role, .. } => {
            let updated = sqlx::query!(
                "UPDATE chain.members SET role = $3 WHERE account = $1 AND organisation = $2",
                account.to_string(),
                i64::from(*organisation),
                role.as_str(),
            )
            .execute(&mut *batch.connection)
            .await?;
            at.met(1, &updated, "the account is not a member of the organisation")
        }
        Event::KeyReplaced { organisation, old, new, .. } => {
            let updated = sqlx::query!(
                "UPDATE chain.members SET account = $3 WHERE account = $1 AND organisation = $2",
                old.to_string(),
                i64::from(*organisation),
                new.to_string(),
            )
            .execute(&mut *batch.connection)
            .await?;
            at.met(1, &updated, "the account is not a member of the organisation")
        }
        _ => Ok(()),
    }
}

/// The organisation that an officer acts for.
pub async fn of_officer(
    connection: &mut PgConnection,
    at: At,
    officer: &AccountId32,
) -> Result<i64, IndexerError> {
    let organisation = sqlx::query_scalar!(
        "SELECT organisation FROM chain.members WHERE account = $1",
        officer.to_string(),
    )
    .fetch_optional(connection)
    .await?;
    organisation.ok_or_else(|| at.inconsistent("the officer is not a member of any organisation"))
}

/// Sectoral scopes by their numbers.
fn scopes(details: &OrganisationDetails) -> Vec<i16> {
    details.sectoral_scopes.iter().map(|scope| scope.number().into()).collect()
}

async fn insert(
    connection: &mut PgConnection,
    id: u32,
    role: OrganisationRole,
    details: &OrganisationDetails,
    status: OrganisationStatus,
    created_at: DateTime<Utc>,
) -> Result<(), IndexerError> {
    sqlx::query!(
        "INSERT INTO chain.organisations
             (id, role, name, tax_id, country, sectoral_scopes, profile, status, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7::bytea, $8, $9)",
        i64::from(id),
        role.as_str(),
        details.name.to_text(),
        details.tax_id.to_text(),
        details.country.to_string(),
        &scopes(details),
        &details.profile.0,
        status.as_str(),
        created_at,
    )
    .execute(connection)
    .await?;
    Ok(())
}

async fn change(
    connection: &mut PgConnection,
    at: At,
    id: u32,
    details: &OrganisationDetails,
) -> Result<(), IndexerError> {
    let updated = sqlx::query!(
        "UPDATE chain.organisations
         SET name = $2, tax_id = $3, country = $4, sectoral_scopes = $5, profile = $6::bytea
         WHERE id = $1",
        i64::from(id),
        details.name.to_text(),
        details.tax_id.to_text(),
        details.country.to_string(),
        &scopes(details),
        &details.profile.0,
    )
    .execute(connection)
    .await?;
    at.met(1, &updated, "the organisation is not there")
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
