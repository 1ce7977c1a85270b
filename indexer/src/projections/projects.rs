// SPDX-License-Identifier: Apache-2.0
//! Projects, their documents and their monitoring periods.

use super::{big, position, year, At};
use crate::{block::instant, error::IndexerError, event::Event};
use registry_primitives::{
    project::{
        Article6Terms, DocumentStatus, MonitoringReport, MonitoringStage, ProjectRegistration,
        ProjectStage, VintageTonnes,
    },
    ContentHash,
};
use sqlx::PgConnection;

pub async fn apply(
    connection: &mut PgConnection,
    at: At,
    event: &Event,
) -> Result<(), IndexerError> {
    match event {
        Event::ProjectRegistered { id, registration, .. } => {
            insert(connection, at, *id, registration).await?;
            insert_parties(connection, *id, registration).await?;
            insert_locations(connection, *id, registration).await
        }
        Event::DocumentSubmitted { .. } => submit_document(connection, at, event).await,
        Event::DocumentReviewed { .. } => review_document(connection, at, event).await,
        Event::ProjectReturned { id } => {
            set_stage(connection, at, *id, ProjectStage::Returned).await
        }
        Event::ProjectResubmitted { id } => {
            set_stage(connection, at, *id, ProjectStage::Submitted).await
        }
        Event::ProjectValidated { id, estimate, .. } => {
            set_stage(connection, at, *id, ProjectStage::Validated).await?;
            let updated = sqlx::query!(
                "UPDATE chain.projects SET validated_estimate = $2::bigint WHERE id = $1",
                i64::from(*id),
                big(*estimate)?,
            )
            .execute(connection)
            .await?;
            at.met(1, &updated, "the project is not there")
        }
        Event::ProjectAuthorised { id, quantity, article6, buffer_rate, .. } => {
            authorise(connection, at, *id, *quantity, article6.as_ref(), *buffer_rate).await
        }
        Event::ProjectRejected { id, reason, .. } => {
            set_stage(connection, at, *id, ProjectStage::Rejected).await?;
            let updated = sqlx::query!(
                "UPDATE chain.projects SET rejection_reason = $2 WHERE id = $1",
                i64::from(*id),
                reason,
            )
            .execute(connection)
            .await?;
            at.met(1, &updated, "the project is not there")
        }
        Event::MonitoringReported { project, period, report, .. } => {
            report_monitoring(connection, *project, *period, report).await
        }
        Event::MonitoringReportVerified {
            project,
            period,
            verified,
            verification,
            verifier,
            ..
        } => {
            let by = (*verifier, verification);
            verify_monitoring(connection, at, *project, *period, verified, by).await
        }
        Event::MonitoringPeriodIssued { project, period, quantity } => {
            note_issued(connection, at, *project, *period, *quantity).await
        }
        _ => Ok(()),
    }
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

async fn insert_parties(
    connection: &mut PgConnection,
    project: u32,
    registration: &ProjectRegistration,
) -> Result<(), IndexerError> {
    for (proponent, place) in registration.proponents.iter().zip(0..) {
        sqlx::query!(
            "INSERT INTO chain.proponents (project, position, organisation, share_ppm)
             VALUES ($1, $2, $3, $4)",
            i64::from(project),
            place,
            i64::from(proponent.organisation),
            position(proponent.share)?,
        )
        .execute(&mut *connection)
        .await?;
    }
    for certifier in &registration.certifiers {
        sqlx::query!(
            "INSERT INTO chain.certifiers (project, organisation) VALUES ($1, $2)",
            i64::from(project),
            i64::from(*certifier),
        )
        .execute(&mut *connection)
        .await?;
    }
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

async fn set_stage(
    connection: &mut PgConnection,
    at: At,
    project: u32,
    stage: ProjectStage,
) -> Result<(), IndexerError> {
    let updated = sqlx::query!(
        "UPDATE chain.projects SET stage = $2 WHERE id = $1",
        i64::from(project),
        stage.as_str(),
    )
    .execute(connection)
    .await?;
    at.met(1, &updated, "the project is not there")
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
         SET stage = $2, authorised = $3::bigint, article6 = $4, buffer_rate = $5
         WHERE id = $1",
        i64::from(project),
        ProjectStage::Authorised.as_str(),
        big(quantity)?,
        article6.map(serde_json::to_value).transpose()?,
        position(buffer_rate)?,
    )
    .execute(connection)
    .await?;
    at.met(1, &updated, "the project is not there")
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

async fn report_monitoring(
    connection: &mut PgConnection,
    project: u32,
    period: u32,
    report: &MonitoringReport,
) -> Result<(), IndexerError> {
    sqlx::query!(
        "INSERT INTO chain.monitoring_periods (project, period, starts, ends, report, stage)
         VALUES ($1, $2, $3, $4, $5::bytea, $6)",
        i64::from(project),
        i64::from(period),
        instant(report.period.start)?,
        instant(report.period.end)?,
        &report.report.0,
        MonitoringStage::Reported.as_str(),
    )
    .execute(&mut *connection)
    .await?;
    for VintageTonnes { vintage, tonnes } in &report.vintages {
        sqlx::query!(
            "INSERT INTO chain.monitoring_vintages (project, period, vintage, reported)
             VALUES ($1, $2, $3, $4::bigint)",
            i64::from(project),
            i64::from(period),
            year(*vintage)?,
            big(*tonnes)?,
        )
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}

async fn verify_monitoring(
    connection: &mut PgConnection,
    at: At,
    project: u32,
    period: u32,
    verified: &[VintageTonnes],
    (verifier, verification): (u32, &ContentHash),
) -> Result<(), IndexerError> {
    let (project, period) = (i64::from(project), i64::from(period));
    let updated = sqlx::query!(
        "UPDATE chain.monitoring_periods
         SET stage = $3, verifier = $4, verification = $5::bytea
         WHERE project = $1 AND period = $2 AND stage = $6",
        project,
        period,
        MonitoringStage::Verified.as_str(),
        i64::from(verifier),
        &verification.0,
        MonitoringStage::Reported.as_str(),
    )
    .execute(&mut *connection)
    .await?;
    at.met(1, &updated, "the monitoring period is not waiting for verification")?;
    // A year that the verifier left out is verified at zero.
    sqlx::query!(
        "UPDATE chain.monitoring_vintages SET verified = 0 WHERE project = $1 AND period = $2",
        project,
        period,
    )
    .execute(&mut *connection)
    .await?;
    for VintageTonnes { vintage, tonnes } in verified {
        let updated = sqlx::query!(
            "UPDATE chain.monitoring_vintages SET verified = $4::bigint
             WHERE project = $1 AND period = $2 AND vintage = $3 AND $4::bigint <= reported",
            project,
            period,
            year(*vintage)?,
            big(*tonnes)?,
        )
        .execute(&mut *connection)
        .await?;
        at.met(1, &updated, "more was verified than reported")?;
    }
    Ok(())
}

async fn note_issued(
    connection: &mut PgConnection,
    at: At,
    project: u32,
    period: u32,
    quantity: u64,
) -> Result<(), IndexerError> {
    let (project, period) = (i64::from(project), i64::from(period));
    let updated = sqlx::query!(
        "UPDATE chain.monitoring_periods SET stage = $3
         WHERE project = $1 AND period = $2 AND stage = $4",
        project,
        period,
        MonitoringStage::Issued.as_str(),
        MonitoringStage::Verified.as_str(),
    )
    .execute(&mut *connection)
    .await?;
    at.met(1, &updated, "the monitoring period is not verified")?;
    let updated = sqlx::query!(
        "UPDATE chain.projects SET issued = issued + $2::bigint
         WHERE id = $1 AND issued + $2::bigint <= authorised",
        project,
        big(quantity)?,
    )
    .execute(connection)
    .await?;
    at.met(1, &updated, "more is issued than authorised")
}
