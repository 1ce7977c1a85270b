// SPDX-License-Identifier: Apache-2.0
//! Certifiers: who is assigned to a project, and what they certify.

use super::{At, Batch};
use crate::{error::IndexerError, event::Event};
use sqlx::PgConnection;

pub async fn apply(batch: &mut Batch<'_>, at: At, event: &Event) -> Result<(), IndexerError> {
    match event {
        Event::CertifiersAssigned { project, certifiers, .. } => {
            let before = sqlx::query_scalar!(
                "DELETE FROM chain.certifiers WHERE project = $1 RETURNING organisation",
                i64::from(*project),
            )
            .fetch_all(&mut *batch.connection)
            .await?;
            batch.subjects.also(at, "organisation", &before)?;
            assign(batch.connection, *project, certifiers).await
        }
        Event::ProjectCertified { project, certifier, .. } => {
            let inserted = sqlx::query!(
                "INSERT INTO chain.certifications
                     (project, certifier, height, index, certified_at, suspensions)
                 SELECT $1, id, $3, $4, $5, suspensions FROM chain.organisations WHERE id = $2",
                i64::from(*project),
                i64::from(*certifier),
                at.height(),
                at.index()?,
                at.time,
            )
            .execute(&mut *batch.connection)
            .await?;
            at.met(1, &inserted, "the certifier is not there")
        }
        Event::CertificationRevoked { project, certifier, reason, .. } => {
            let updated = sqlx::query!(
                "UPDATE chain.certifications
                 SET revoked_at = $3, revocation = 'revoked', revocation_reason = $4
                 WHERE project = $1 AND certifier = $2 AND revoked_at IS NULL",
                i64::from(*project),
                i64::from(*certifier),
                at.time,
                reason,
            )
            .execute(&mut *batch.connection)
            .await?;
            at.met(1, &updated, "the project is not certified by this certifier")
        }
        _ => Ok(()),
    }
}

/// Writes who is assigned to a project.
pub async fn assign(
    connection: &mut PgConnection,
    project: u32,
    certifiers: &[u32],
) -> Result<(), IndexerError> {
    let certifiers: Vec<i64> = certifiers.iter().copied().map(i64::from).collect();
    sqlx::query!(
        "INSERT INTO chain.certifiers (project, organisation)
         SELECT $1, organisation FROM UNNEST($2::bigint[]) AS c (organisation)",
        i64::from(project),
        &certifiers,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// An organisation was suspended, which revokes all that it certified.
pub async fn suspended(
    batch: &mut Batch<'_>,
    at: At,
    certifier: u32,
    reason: &str,
) -> Result<(), IndexerError> {
    let projects = sqlx::query_scalar!(
        "UPDATE chain.certifications
         SET revoked_at = $2, revocation = 'suspended', revocation_reason = $3
         WHERE certifier = $1 AND revoked_at IS NULL
         RETURNING project",
        i64::from(certifier),
        at.time,
        reason,
    )
    .fetch_all(&mut *batch.connection)
    .await?;
    batch.subjects.also(at, "project", &projects)
}
