// SPDX-License-Identifier: Apache-2.0
//! Monitoring periods.

use super::{big, year, At};
use crate::{block::instant, error::IndexerError, event::Event};
use registry_primitives::{
    project::{MonitoringReport, MonitoringStage, VintageTonnes},
    ContentHash,
};
use sqlx::PgConnection;

pub async fn apply(
    connection: &mut PgConnection,
    at: At,
    event: &Event,
) -> Result<(), IndexerError> {
    match event {
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
            let by = (Some(*verifier), verification);
            verify_monitoring(connection, at, *project, *period, verified, by).await
        }
        Event::MonitoringImported { project, period, report } => {
            report_monitoring(connection, *project, *period, report).await?;
            let by = (None, &report.report);
            verify_monitoring(connection, at, *project, *period, &report.vintages, by).await
        }
        Event::MonitoringReportReturned { project, period, remark, verifier, .. } => {
            let updated = sqlx::query!(
                "UPDATE chain.monitoring_periods
                 SET stage = $3, returned_by = $4, remark = $5::bytea
                 WHERE project = $1 AND period = $2 AND stage = $6",
                i64::from(*project),
                i64::from(*period),
                MonitoringStage::Returned.as_str(),
                i64::from(*verifier),
                &remark.0,
                MonitoringStage::Reported.as_str(),
            )
            .execute(connection)
            .await?;
            at.met(1, &updated, "the monitoring period is not waiting for verification")
        }
        Event::MonitoringPeriodIssued { project, period, quantity } => {
            note_issued(connection, at, *project, *period, *quantity).await
        }
        Event::IssuanceRefused { project, period, reason, .. } => {
            let updated = sqlx::query!(
                "UPDATE chain.monitoring_periods SET stage = $3, refusal_reason = $4
                 WHERE project = $1 AND period = $2 AND stage = $5",
                i64::from(*project),
                i64::from(*period),
                MonitoringStage::Refused.as_str(),
                reason,
                MonitoringStage::Verified.as_str(),
            )
            .execute(connection)
            .await?;
            at.met(1, &updated, "the monitoring period is not verified")
        }
        _ => Ok(()),
    }
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
    (verifier, verification): (Option<u32>, &ContentHash),
) -> Result<(), IndexerError> {
    let (project, period) = (i64::from(project), i64::from(period));
    let updated = sqlx::query!(
        "UPDATE chain.monitoring_periods
         SET stage = $3, verifier = $4, verification = $5::bytea
         WHERE project = $1 AND period = $2 AND stage = $6",
        project,
        period,
        MonitoringStage::Verified.as_str(),
        verifier.map(i64::from),
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
