// SPDX-License-Identifier: Apache-2.0
//! What was submitted for a project, and what came of it.

use crate::{
    answers::{OrganisationRef, Time},
    db::Reader,
    files::held::{Held, HeldFile},
    problem::Problem,
};
use serde::Serialize;
use utoipa::ToSchema;

/// A document of a project, by its hash.
#[derive(Serialize, ToSchema)]
pub struct Document {
    /// Number within the project.
    pub document: i64,
    /// What it is.
    #[schema(example = "design_document")]
    pub kind: String,
    /// BLAKE2b-256 of the file.
    pub hash: String,
    /// Bytes of the file, as the chain was told.
    pub size: i64,
    /// What the registry has of the file; null while that cannot be told.
    pub file: Option<HeldFile>,
    /// Counts the documents of this kind.
    pub version: i64,
    /// Where it is in its review.
    #[schema(example = "accepted")]
    pub status: String,
    /// Who submitted it.
    pub uploader: OrganisationRef,
    /// Who reviewed it.
    pub reviewer: Option<OrganisationRef>,
    /// Hash of the reviewer's remark.
    pub remark: Option<String>,
    /// What the registry has of the remark.
    pub remark_file: Option<HeldFile>,
    /// When it was submitted.
    pub submitted_at: Time,
}

/// Tonnes of one calendar year of a monitoring period.
#[derive(Serialize, ToSchema)]
pub struct MonitoredVintage {
    /// The year.
    pub vintage: i16,
    /// As reported.
    pub reported: i64,
    /// As verified; null until then.
    pub verified: Option<i64>,
}

/// A monitoring period of a project.
#[derive(Serialize, ToSchema)]
pub struct MonitoringPeriod {
    /// Number within the project.
    pub period: i64,
    /// First instant.
    pub starts: Time,
    /// First instant after it.
    pub ends: Time,
    /// Where it is in its life.
    #[schema(example = "verified")]
    pub stage: String,
    /// Hash of the report.
    pub report: String,
    /// What the registry has of the report; null while that cannot be told.
    pub report_file: Option<HeldFile>,
    /// Who verified it.
    pub verifier: Option<OrganisationRef>,
    /// Hash of the verification report.
    pub verification: Option<String>,
    /// What the registry has of the verification report.
    pub verification_file: Option<HeldFile>,
    /// Who returned it, if it was returned.
    pub returned_by: Option<OrganisationRef>,
    /// Hash of the remark of whoever returned it.
    pub remark: Option<String>,
    /// What the registry has of that remark.
    pub remark_file: Option<HeldFile>,
    /// The public reason why nothing is issued for it.
    pub refusal_reason: Option<String>,
    /// Tonnes by year.
    pub vintages: Vec<MonitoredVintage>,
}

pub async fn documents(reader: &mut Reader, project: i64) -> Result<Vec<Document>, Problem> {
    let rows = sqlx::query!(
        r#"SELECT d.document, d.kind, '0x' || encode(d.hash, 'hex') AS "hash!", d.size, d.version,
                  d.status, '0x' || encode(d.remark, 'hex') AS remark, d.submitted_at,
                  u.id AS uploader, u.name AS uploader_name,
                  r.id AS "reviewer?", r.name AS "reviewer_name?"
           FROM chain.documents d
           JOIN chain.organisations u ON u.id = d.uploader
           LEFT JOIN chain.organisations r ON r.id = d.reviewer
           WHERE d.project = $1 ORDER BY d.document"#,
        project
    )
    .fetch_all(reader.connection())
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Document {
            document: row.document,
            kind: row.kind,
            hash: row.hash,
            size: row.size,
            file: None,
            version: row.version,
            status: row.status,
            uploader: OrganisationRef { id: row.uploader, name: row.uploader_name },
            reviewer: OrganisationRef::perhaps(row.reviewer, row.reviewer_name),
            remark: row.remark,
            remark_file: None,
            submitted_at: row.submitted_at.into(),
        })
        .collect())
}

pub async fn monitoring(
    reader: &mut Reader,
    project: i64,
) -> Result<Vec<MonitoringPeriod>, Problem> {
    let rows = sqlx::query!(
        r#"SELECT m.period, m.starts, m.ends, m.stage,
                  '0x' || encode(m.report, 'hex') AS "report!",
                  '0x' || encode(m.verification, 'hex') AS verification,
                  '0x' || encode(m.remark, 'hex') AS remark, m.refusal_reason,
                  o.id AS "verifier?", o.name AS "verifier_name?",
                  r.id AS "returned_by?", r.name AS "returned_by_name?"
           FROM chain.monitoring_periods m
           LEFT JOIN chain.organisations o ON o.id = m.verifier
           LEFT JOIN chain.organisations r ON r.id = m.returned_by
           WHERE m.project = $1 ORDER BY m.period"#,
        project
    )
    .fetch_all(reader.connection())
    .await?;
    let mut periods: Vec<MonitoringPeriod> = rows
        .into_iter()
        .map(|row| MonitoringPeriod {
            period: row.period,
            starts: row.starts.into(),
            ends: row.ends.into(),
            stage: row.stage,
            report: row.report,
            report_file: None,
            verifier: OrganisationRef::perhaps(row.verifier, row.verifier_name),
            verification: row.verification,
            verification_file: None,
            returned_by: OrganisationRef::perhaps(row.returned_by, row.returned_by_name),
            remark: row.remark,
            remark_file: None,
            refusal_reason: row.refusal_reason,
            vintages: Vec::new(),
        })
        .collect();
    let rows = sqlx::query!(
        r#"SELECT period, vintage, reported AS "reported!", verified
           FROM chain.monitoring_vintages WHERE project = $1 ORDER BY period, vintage"#,
        project
    )
    .fetch_all(reader.connection())
    .await?;
    for row in rows {
        if let Some(period) = periods.iter_mut().find(|period| period.period == row.period) {
            period.vintages.push(MonitoredVintage {
                vintage: row.vintage,
                reported: row.reported,
                verified: row.verified,
            });
        }
    }
    Ok(periods)
}

impl Document {
    /// The hashes of its files.
    pub fn hashes(&self) -> impl Iterator<Item = &str> {
        [Some(&self.hash), self.remark.as_ref()].into_iter().flatten().map(String::as_str)
    }

    /// Notes what the registry has of its files.
    pub fn note(&mut self, held: &Held) {
        self.file = held.get(&self.hash);
        self.remark_file = held.perhaps(self.remark.as_deref());
    }

    /// The bytes that the chain was told, where the file has another number of them.
    pub fn wrong_size(&self) -> Option<i64> {
        let size = self.file.as_ref()?.size?;
        (size != self.size).then_some(self.size)
    }
}

impl MonitoringPeriod {
    /// The hashes of its files.
    pub fn hashes(&self) -> impl Iterator<Item = &str> {
        let hashes = [Some(&self.report), self.verification.as_ref(), self.remark.as_ref()];
        hashes.into_iter().flatten().map(String::as_str)
    }

    /// Notes what the registry has of its files.
    pub fn note(&mut self, held: &Held) {
        self.report_file = held.get(&self.report);
        self.verification_file = held.perhaps(self.verification.as_deref());
        self.remark_file = held.perhaps(self.remark.as_deref());
    }
}
