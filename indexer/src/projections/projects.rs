// SPDX-License-Identifier: Apache-2.0
//! Projects and their documents.

use super::{big, certifications, position, proponents, At};
use crate::{block::instant, error::IndexerError, event::Event};
use registry_primitives::project::{
    Article6Terms, DocumentStatus, ProjectRegistration, ProjectStage,
};
use sqlx::PgConnection;

pub async fn apply(
    connection: &mut PgConnection,
    at: At,
    event: &Event,
) -> Result<(), IndexerError> {
    match event {
        Event::ProjectRegistered { id, registration, .. } => {
            register(connection, at, *id, registration).await?;
            note_stage(connection, at, *id, ProjectStage::Submitted, 0).await
        }
        Event::ProjectImported { id, registration } => {
            register(connection, at, *id, registration).await?;
            validate(connection, at, *id, registration.estimate).await
        }
        Event::DocumentSubmitted { .. } => submit_document(connection, at, event).await,
        Event::DocumentReviewed { .. } => review_document(connection, at, event).await,
        Event::ProjectReturned { id } => {
            set_stage(connection, at, *id, ProjectStage::Returned, None).await
        }
        Event::ProjectResubmitted { id } => {
            set_stage(connection, at, *id, ProjectStage::Submitted, None).await
        }
        Event::ProjectValidated { id, estimate, .. } => {
            validate(connection, at, *id, *estimate).await
        }
        Event::ProjectAuthorised { id, quantity, article6, buffer_rate, .. } => {
            authorise(connection, at, *id, *quantity, article6.as_ref(), *buffer_rate).await
        }
        Event::ProjectRejected { id, reason, .. } => {
            end(connection, at, *id, ProjectStage::Rejected, Some(reason)).await
        }
        Event::ProjectWithdrawn { id, reason, .. } => {
            end(connection, at, *id, ProjectStage::Withdrawn, Some(reason)).await
        }
        Event::ProjectCompleted { id, reason, .. } => {
            end(connection, at, *id, ProjectStage::Completed, reason.as_deref()).await
        }
        Event::ProjectSuspended { id, reason, .. } => {
            set_stage(connection, at, *id, ProjectStage::Suspended, Some(reason)).await
        }
        Event::ProjectResumed { id, .. } => {
            set_stage(connection, at, *id, ProjectStage::Authorised, None).await
        }
        Event::TermsChanged { project, article6, .. } => {
            let updated = sqlx::query!(
                "UPDATE chain.projects SET article6 = $2
                 WHERE id = $1 AND first_transferred = 0",
                i64::from(*project),
                article6.as_ref().map(serde_json::to_value).transpose()?,
            )
            .execute(connection)
            .await?;
            at.met(1, &updated, "the project is not there or its terms are fixed")
        }
        _ => Ok(()),
    }
}

async fn register(
    connection: &mut PgConnection,
    at: At,
    id: u32,
    registration: &ProjectRegistration,
) -> Result<(), IndexerError> {
    insert(connection, at, id, registration).await?;
    proponents::insert(connection, id, &registration.proponents).await?;
    let certifiers: Vec<u32> = registration.certifiers.iter().copied().collect();
    certifications::assign(connection, id, &certifiers).await?;
    insert_locations(connection, id, registration).await
}

async fn validate(
    connection: &mut PgConnection,
    at: At,
    id: u32,
    estimate: u64,
) -> Result<(), IndexerError> {
    set_stage(connection, at, id, ProjectStage::Validated, None).await?;
    let updated = sqlx::query!(
        "UPDATE chain.projects SET validated_estimate = $2::bigint WHERE id = $1",
        i64::from(id),
        big(estimate)?,
    )
    .execute(connection)
    .await?;
    at.met(1, &updated, "the project is not there")
}

async fn insert(
    connection: &mut PgConnection,
    at: At,
    id: u32,
    registration: &ProjectRegistration,
) -> Result<(), IndexerError> {
    let gases: Vec<String> = registration.gases.iter().map(ToString::to_string).collect();
    sqlx::query!(
        "INSERT INTO chain.projects
             (id, title, external_id, sector, sectoral_scope, mitigation_type, gases,
              crediting_start, crediting_end, estimated_cost_usd, estimate, details, stage,
              created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11::bigint, $12::bytea, $13, $14)",
        i64::from(id),
        registration.title.to_text(),
        registration.external_id.to_text(),
        registration.sector.as_str(),
        i16::from(registration.sectoral_scope.number()),
        registration.mitigation_type.as_str(),
        &gases,
        instant(registration.crediting_period.start)?,
        instant(registration.crediting_period.end)?,
        big(registration.estimated_cost_usd)?,
        big(registration.estimate)?,
        &registration.details.0,
        ProjectStage::Submitted.as_str(),
        at.time,
    )
    .execute(connection)
    .await?;
    Ok(())
}

async fn insert_locations(
    connection: &mut PgConnection,
    project: u32,
    registration: &ProjectRegistration,
) -> Result<(), IndexerError> {
    for (location, place) in registration.locations.iter().zip(0..) {
        sqlx::query!(
            "INSERT INTO chain.locations (project, position, region, latitude, longitude)
             VALUES ($1, $2, $3, $4, $5)",
            i64::from(project),
            place,
            location.region.to_text(),
            location.coordinates.map(|point| point.latitude),
            location.coordinates.map(|point| point.longitude),
        )
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}

/// A project never leaves such a stage; what waits for consents lapses.
async fn end(
    connection: &mut PgConnection,
    at: At,
    project: u32,
    stage: ProjectStage,
    reason: Option<&str>,
) -> Result<(), IndexerError> {
    set_stage(connection, at, project, stage, reason).await?;
    proponents::lapse(connection, at, project).await
}

async fn set_stage(
    connection: &mut PgConnection,
    at: At,
    project: u32,
    stage: ProjectStage,
    reason: Option<&str>,
) -> Result<(), IndexerError> {
    let updated = sqlx::query!(
        "UPDATE chain.projects SET stage = $2, stage_reason = $3 WHERE id = $1",
        i64::from(project),
        stage.as_str(),
        reason,
    )
    .execute(&mut *connection)
    .await?;
    at.met(1, &updated, "the project is not there")?;
    note_stage(connection, at, project, stage, 0).await
}

/// Keeps when a project entered a stage, and what was authorised with it.
async fn note_stage(
    connection: &mut PgConnection,
    at: At,
    project: u32,
    stage: ProjectStage,
    authorised: u64,
) -> Result<(), IndexerError> {
    sqlx::query!(
        "INSERT INTO chain.project_stages (project, height, index, at, stage, authorised)
         VALUES ($1, $2, $3, $4, $5, $6::bigint)",
        i64::from(project),
        at.height(),
        at.index()?,
        at.time,
        stage.as_str(),
        big(authorised)?,
    )
    .execute(connection)
    .await?;
    Ok(())
}

async fn authorise(
    connection: &mut PgConnection,
    at: At,
    project: u32,
    quantity: u64,
    article6: Option<&Article6Terms>,
    buffer_rate: u32,
) -> Result<(), IndexerError> {
    let updated = sqlx::query!(
        "UPDATE chain.projects
         SET stage = $2, stage_reason = NULL, authorised = $3::bigint, article6 = $4, buffer_rate = $5
         WHERE id = $1",
        i64::from(project),
        ProjectStage::Authorised.as_str(),
        big(quantity)?,
        article6.map(serde_json::to_value).transpose()?,
        position(buffer_rate)?,
    )
    .execute(&mut *connection)
    .await?;
    at.met(1, &updated, "the project is not there")?;
    note_stage(connection, at, project, ProjectStage::Authorised, quantity).await
}

async fn submit_document(
    connection: &mut PgConnection,
    at: At,
    event: &Event,
) -> Result<(), IndexerError> {
    let Event::DocumentSubmitted { project, document, kind, hash, size, version, uploader, .. } =
        event
    else {
        return Ok(());
    };
    sqlx::query!(
        "INSERT INTO chain.documents
             (project, document, kind, hash, size, version, uploader, status, submitted_at)
         VALUES ($1, $2, $3, $4::bytea, $5, $6, $7, $8, $9)",
        i64::from(*project),
        i64::from(*document),
        kind.as_str(),
        &hash.0,
        big(*size)?,
        i64::from(*version),
        i64::from(*uploader),
        DocumentStatus::Submitted.as_str(),
        at.time,
    )
    .execute(connection)
    .await?;
    Ok(())
}

async fn review_document(
    connection: &mut PgConnection,
    at: At,
    event: &Event,
) -> Result<(), IndexerError> {
    let Event::DocumentReviewed { project, document, status, remark, reviewer, .. } = event else {
        return Ok(());
    };
    let updated = sqlx::query!(
        "UPDATE chain.documents SET status = $3, remark = $4::bytea, reviewer = $5
         WHERE project = $1 AND document = $2 AND reviewer IS NULL",
        i64::from(*project),
        i64::from(*document),
        status.as_str(),
        remark.as_ref().map(|remark| remark.0.as_slice()),
        i64::from(*reviewer),
    )
    .execute(connection)
    .await?;
    at.met(1, &updated, "the document is not there or was reviewed already")
}
