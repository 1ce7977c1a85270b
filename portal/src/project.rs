// SPDX-License-Identifier: Apache-2.0
//! One project: everything that the chain says about it.

use crate::{
    answers::{At, OrganisationRef, Time},
    blocks::{self, Block},
    db::Reader,
    events::{self, Event},
    page::{self, without_json, Column, Layout},
    problem::{Message, Problem, ProblemDocument},
    projects::ProjectSummary,
    query,
    server::App,
};
use askama::Template;
use axum::{
    extract::{Path, State},
    http::Uri,
    response::Response,
};
use serde::Serialize;
use utoipa::ToSchema;

/// Blocks and events that come with a project; the lists of each have the rest.
const BLOCKS: i64 = 20;
const EVENTS: i64 = 20;

/// A proponent of a project.
#[derive(Serialize, ToSchema)]
pub struct Proponent {
    /// The organisation.
    organisation: OrganisationRef,
    /// Its share of the issuances in parts per million.
    share_ppm: i32,
}

/// Where a project is.
#[derive(Serialize, ToSchema)]
pub struct Location {
    /// ISO 3166-2 code or name of the region.
    region: String,
    /// Millionths of a degree, north positive.
    latitude_micro: Option<i32>,
    /// Millionths of a degree, east positive.
    longitude_micro: Option<i32>,
}

impl Location {
    /// The point in degrees, with all its digits.
    fn point(&self) -> Option<String> {
        let degrees = |micro: i32| {
            let sign = if micro < 0 { "−" } else { "" };
            let micro = micro.unsigned_abs();
            format!("{sign}{}.{:06}°", micro / 1_000_000, micro % 1_000_000)
        };
        Some(format!("{}, {}", degrees(self.latitude_micro?), degrees(self.longitude_micro?)))
    }
}

/// A document of a project, by its hash.
#[derive(Serialize, ToSchema)]
pub struct Document {
    /// Number within the project.
    document: i64,
    /// What it is.
    #[schema(example = "design_document")]
    kind: String,
    /// BLAKE2b-256 of the file.
    hash: String,
    /// Bytes of the file.
    size: i64,
    /// Counts the documents of this kind.
    version: i64,
    /// Where it is in its review.
    #[schema(example = "accepted")]
    status: String,
    /// Who submitted it.
    uploader: OrganisationRef,
    /// Who reviewed it.
    reviewer: Option<OrganisationRef>,
    /// Hash of the reviewer's remark.
    remark: Option<String>,
    /// When it was submitted.
    submitted_at: Time,
}

/// Tonnes of one calendar year of a monitoring period.
#[derive(Serialize, ToSchema)]
pub struct MonitoredVintage {
    /// The year.
    vintage: i16,
    /// As reported.
    reported: i64,
    /// As verified; null until then.
    verified: Option<i64>,
}

/// A monitoring period of a project.
#[derive(Serialize, ToSchema)]
pub struct MonitoringPeriod {
    /// Number within the project.
    period: i64,
    /// First instant.
    starts: Time,
    /// First instant after it.
    ends: Time,
    /// Where it is in its life.
    #[schema(example = "verified")]
    stage: String,
    /// Hash of the report.
    report: String,
    /// Who verified it.
    verifier: Option<OrganisationRef>,
    /// Hash of the verification report.
    verification: Option<String>,
    /// Tonnes by year.
    vintages: Vec<MonitoredVintage>,
}

/// Tonnes of a vintage, by status.
#[derive(Serialize, ToSchema)]
pub struct VintageTotals {
    /// The year.
    vintage: i16,
    /// Ever issued: the sum of all others.
    issued: i64,
    held: i64,
    on_hold: i64,
    reserved: i64,
    retired: i64,
    cancelled: i64,
    buffer: i64,
}

/// A project, with everything that belongs to it.
#[derive(Serialize, ToSchema)]
pub struct Project {
    #[serde(flatten)]
    summary: ProjectSummary,
    /// Gases that it reduces.
    gases: Vec<String>,
    /// Estimated cost in whole US dollars.
    estimated_cost_usd: i64,
    /// Hash of the off-chain details.
    details: String,
    /// Part of each issuance that goes to the buffer, in parts per million.
    buffer_rate_ppm: i32,
    /// Article 6 terms; null for domestic use only.
    #[schema(value_type = Option<Object>)]
    article6: Option<serde_json::Value>,
    /// Why it was rejected.
    rejection_reason: Option<String>,
    /// Who owns its future issuances.
    proponents: Vec<Proponent>,
    /// Who may review, validate and verify.
    certifiers: Vec<OrganisationRef>,
    /// Where it is.
    locations: Vec<Location>,
    /// Documents, in the order of submission.
    documents: Vec<Document>,
    /// Monitoring periods.
    monitoring: Vec<MonitoringPeriod>,
    /// Tonnes by vintage and status.
    vintages: Vec<VintageTotals>,
    /// The first 20 blocks of credits; all are at `/api/v1/credits/blocks?project=`.
    blocks: Vec<Block>,
    /// The latest 20 events; all are at `/api/v1/events?project=`.
    timeline: Vec<Event>,
}

/// A join's columns of an organisation that may be missing.
fn perhaps(id: Option<i64>, name: Option<String>) -> Option<OrganisationRef> {
    Some(OrganisationRef { id: id?, name: name? })
}

impl Project {
    async fn load(reader: &mut Reader, id: &str) -> Result<Self, Problem> {
        let unknown = || Problem::not_found(Message::new("problem.no_project").with("id", id));
        let number = query::number(id).ok_or_else(unknown)?;
        let row = sqlx::query!(
            r#"SELECT id, title, external_id, stage, sector, sectoral_scope, mitigation_type,
                      crediting_start, crediting_end, estimate AS "estimate!", validated_estimate,
                      authorised AS "authorised!", issued AS "issued!", created_at, gases,
                      estimated_cost_usd, '0x' || encode(details, 'hex') AS "details!",
                      buffer_rate, article6, rejection_reason,
                      (SELECT COALESCE(SUM(retired), 0)::BIGINT FROM chain.vintage_totals
                       WHERE project = id) AS "retired!"
               FROM chain.projects WHERE id = $1"#,
            number
        )
        .fetch_optional(reader.connection())
        .await?
        .ok_or_else(unknown)?;
        Ok(Self {
            summary: ProjectSummary {
                id: row.id,
                title: row.title,
                external_id: row.external_id,
                stage: row.stage,
                sector: row.sector,
                sectoral_scope: row.sectoral_scope,
                mitigation_type: row.mitigation_type,
                crediting_start: row.crediting_start.into(),
                crediting_end: row.crediting_end.into(),
                estimate: row.estimate,
                validated_estimate: row.validated_estimate,
                authorised: row.authorised,
                issued: row.issued,
                retired: row.retired,
                created_at: row.created_at.into(),
            },
            gases: row.gases,
            estimated_cost_usd: row.estimated_cost_usd,
            details: row.details,
            buffer_rate_ppm: row.buffer_rate,
            article6: row.article6.filter(|terms| !terms.is_null()),
            rejection_reason: row.rejection_reason,
            proponents: proponents(reader, number).await?,
            certifiers: certifiers(reader, number).await?,
            locations: locations(reader, number).await?,
            documents: documents(reader, number).await?,
            monitoring: monitoring(reader, number).await?,
            vintages: vintages(reader, number).await?,
            blocks: blocks::of_project(reader, number, BLOCKS).await?,
            timeline: events::of_project(reader, number, EVENTS).await?,
        })
    }
}

async fn proponents(reader: &mut Reader, project: i64) -> Result<Vec<Proponent>, Problem> {
    let rows = sqlx::query!(
        "SELECT o.id, o.name, p.share_ppm
         FROM chain.proponents p JOIN chain.organisations o ON o.id = p.organisation
         WHERE p.project = $1 ORDER BY p.position",
        project
    )
    .fetch_all(reader.connection())
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Proponent {
            organisation: OrganisationRef { id: row.id, name: row.name },
            share_ppm: row.share_ppm,
        })
        .collect())
}

async fn certifiers(reader: &mut Reader, project: i64) -> Result<Vec<OrganisationRef>, Problem> {
    let found = sqlx::query_as!(
        OrganisationRef,
        "SELECT o.id, o.name
         FROM chain.certifiers c JOIN chain.organisations o ON o.id = c.organisation
         WHERE c.project = $1 ORDER BY o.id",
        project
    )
    .fetch_all(reader.connection())
    .await?;
    Ok(found)
}

async fn locations(reader: &mut Reader, project: i64) -> Result<Vec<Location>, Problem> {
    let found = sqlx::query_as!(
        Location,
        "SELECT region, latitude AS latitude_micro, longitude AS longitude_micro
         FROM chain.locations WHERE project = $1 ORDER BY position",
        project
    )
    .fetch_all(reader.connection())
    .await?;
    Ok(found)
}

async fn documents(reader: &mut Reader, project: i64) -> Result<Vec<Document>, Problem> {
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
            version: row.version,
            status: row.status,
            uploader: OrganisationRef { id: row.uploader, name: row.uploader_name },
            reviewer: perhaps(row.reviewer, row.reviewer_name),
            remark: row.remark,
            submitted_at: row.submitted_at.into(),
        })
        .collect())
}

async fn monitoring(reader: &mut Reader, project: i64) -> Result<Vec<MonitoringPeriod>, Problem> {
    let rows = sqlx::query!(
        r#"SELECT m.period, m.starts, m.ends, m.stage,
                  '0x' || encode(m.report, 'hex') AS "report!",
                  '0x' || encode(m.verification, 'hex') AS verification,
                  o.id AS "verifier?", o.name AS "verifier_name?"
           FROM chain.monitoring_periods m
           LEFT JOIN chain.organisations o ON o.id = m.verifier
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
            verifier: perhaps(row.verifier, row.verifier_name),
            verification: row.verification,
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

async fn vintages(reader: &mut Reader, project: i64) -> Result<Vec<VintageTotals>, Problem> {
    let found = sqlx::query_as!(
        VintageTotals,
        r#"SELECT vintage, issued AS "issued!", held AS "held!", on_hold AS "on_hold!",
                  reserved AS "reserved!", retired AS "retired!", cancelled AS "cancelled!",
                  buffer AS "buffer!"
           FROM chain.vintage_totals WHERE project = $1 ORDER BY vintage"#,
        project
    )
    .fetch_all(reader.connection())
    .await?;
    Ok(found)
}

/// One project with its documents, monitoring periods, credits and timeline.
#[utoipa::path(
    get, path = "/api/v1/projects/{id}", tag = "registry",
    params(("id" = u32, Path, description = "Number of the project")),
    responses(
        (status = OK, body = At<Project>),
        (status = NOT_FOUND, body = ProblemDocument),
    )
)]
pub async fn show(Path(id): Path<String>, mut reader: Reader) -> Result<Response, Problem> {
    let project = Project::load(&mut reader, &id).await?;
    Ok(reader.json(project))
}

#[derive(Template)]
#[template(path = "project.html")]
struct Page {
    l: Layout,
    project: Project,
}

impl Page {
    /// Names of a list in the Article 6 terms.
    fn terms(&self, field: &str) -> Vec<String> {
        let terms = self.project.article6.as_ref().and_then(|terms| terms.get(field)?.as_array());
        let names = terms.into_iter().flatten().filter_map(|name| name.as_str());
        names.map(str::to_owned).collect()
    }

    /// First and last vintage of the Article 6 terms.
    fn valid(&self) -> Option<(i64, i64)> {
        let years = self.project.article6.as_ref()?.get("valid")?;
        Some((years.get(0)?.as_i64()?, years.get(1)?.as_i64()?))
    }

    fn cooperative_approach(&self) -> Option<String> {
        let number = self.project.article6.as_ref()?.get("cooperative_approach")?.as_i64()?;
        Some(format!("CA{number:04}"))
    }

    fn first_transfer(&self) -> Option<&str> {
        self.project.article6.as_ref()?.get("first_transfer")?.as_str()
    }

    fn names(&self, group: &str, values: impl AsRef<[String]>) -> String {
        let names: Vec<String> =
            values.as_ref().iter().map(|value| self.l.label(group, value)).collect();
        names.join(", ")
    }

    fn scope(&self) -> String {
        let number = u8::try_from(self.project.summary.sectoral_scope).ok();
        let scope = number.and_then(registry_primitives::SectoralScope::from_number);
        scope.map(|it| self.l.label("scope", it.as_str())).unwrap_or_default()
    }

    /// Last day of a period, whose end is the first instant after it.
    fn last_day(&self, end: &Time) -> Time {
        Time(end.0 - chrono::TimeDelta::milliseconds(1))
    }

    fn dollars(&self) -> String {
        self.l.say("project.usd", "n", self.l.n(self.project.estimated_cost_usd))
    }

    fn issued(&self) -> i64 {
        self.sum(|it| it.issued)
    }

    fn sum(&self, of: fn(&VintageTotals) -> i64) -> i64 {
        self.project.vintages.iter().map(of).sum()
    }

    /// Columns of the totals, without those that are empty in every vintage.
    fn columns(&self) -> Vec<Column<VintageTotals>> {
        let all: [Column<VintageTotals>; 6] = [
            ("held", |it| it.held),
            ("on_hold", |it| it.on_hold),
            ("reserved", |it| it.reserved),
            ("retired", |it| it.retired),
            ("cancelled", |it| it.cancelled),
            ("buffer", |it| it.buffer),
        ];
        let always = ["held", "retired"];
        let used = |of: fn(&VintageTotals) -> i64| self.sum(of) > 0;
        all.into_iter().filter(|(name, of)| always.contains(name) || used(*of)).collect()
    }
}

/// `/projects/{id}`
pub async fn page(
    State(app): State<App>,
    uri: Uri,
    Path(id): Path<String>,
    mut reader: Reader,
) -> Result<Response, Problem> {
    let (id, json) = without_json(&id);
    let project = Project::load(&mut reader, id).await?;
    if json {
        return Ok(reader.json(project));
    }
    let title = project.summary.title.clone();
    let l = Layout::new(&app, &reader, &uri, title);
    page::render(&Page { l, project })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_keep_all_their_digits() {
        let at = |latitude, longitude| {
            let region = "VU-SEE".to_owned();
            Location { region, latitude_micro: latitude, longitude_micro: longitude }.point()
        };
        assert_eq!(at(Some(-17_733_250), Some(168_321_999)).unwrap(), "−17.733250°, 168.321999°");
        assert_eq!(at(Some(-5), Some(0)).unwrap(), "−0.000005°, 0.000000°");
        assert_eq!(at(Some(1), None), None);
    }
}
