// SPDX-License-Identifier: Apache-2.0
//! One project: everything that the chain says about it.

mod completeness;
mod page;
mod parts;
mod people;
mod review;

pub use page::page;

use crate::{
    answers::{At, OrganisationRef},
    blocks::{self, Block},
    bridge::imported::{imported, Imported},
    db::Reader,
    events::{self, About, Event},
    files::held::{Held, HeldFile},
    problem::{Message, Problem, ProblemDocument},
    projects::ProjectSummary,
    query,
    server::App,
};
use axum::{
    extract::{Path, State},
    response::Response,
};
use completeness::Completeness;
use parts::{Location, VintageTotals};
use people::{Certification, Proponent, ProponentChange};
use review::{Document, MonitoringPeriod};
use serde::Serialize;
use utoipa::ToSchema;

/// Blocks and events that come with a project; the lists of each have the rest.
const BLOCKS: i64 = 20;
const EVENTS: i64 = 20;

/// A project, with everything that belongs to it.
#[derive(Serialize, ToSchema)]
pub struct Project {
    #[serde(flatten)]
    summary: ProjectSummary,
    /// Where it comes from; null if it was submitted here.
    imported: Option<Imported>,
    /// Gases that it reduces.
    gases: Vec<String>,
    /// Estimated cost in whole US dollars.
    estimated_cost_usd: i64,
    /// Hash of the off-chain details.
    details: String,
    /// What the registry has of the details; null while that cannot be told.
    details_file: Option<HeldFile>,
    /// Part of each issuance that goes to the buffer, in parts per million.
    buffer_rate_ppm: i32,
    /// Article 6 terms; null for domestic use only.
    #[schema(value_type = Option<Object>)]
    article6: Option<serde_json::Value>,
    /// Tonnes first transferred under Article 6, whatever their status.
    first_transferred: i64,
    /// The public reason of a rejection, a withdrawal, a suspension or a completion.
    stage_reason: Option<String>,
    /// Who owns its future issuances.
    proponents: Vec<Proponent>,
    /// Other proponents that wait for consents.
    proponent_change: Option<ProponentChange>,
    /// Who may review, validate and verify.
    certifiers: Vec<OrganisationRef>,
    /// Every certification that was made, the latest first.
    certifications: Vec<Certification>,
    /// Where it is.
    locations: Vec<Location>,
    /// Which documents it should have by now, and which of them are there.
    completeness: Completeness,
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

impl Project {
    async fn load(app: &App, reader: &mut Reader, id: &str) -> Result<Self, Problem> {
        let mut project = Self::read(reader, id).await?;
        let documents = project.documents.iter().flat_map(Document::hashes);
        let monitoring = project.monitoring.iter().flat_map(MonitoringPeriod::hashes);
        let details = [project.details.as_str()].into_iter();
        let held = Held::of(app, details.chain(documents).chain(monitoring).collect()).await;
        project.details_file = held.get(&project.details);
        project.documents.iter_mut().for_each(|document| document.note(&held));
        project.monitoring.iter_mut().for_each(|period| period.note(&held));
        project.completeness = project.count_documents();
        Ok(project)
    }

    async fn read(reader: &mut Reader, id: &str) -> Result<Self, Problem> {
        let unknown = || Problem::not_found(Message::new("problem.no_project").with("id", id));
        let number = query::number(id).ok_or_else(unknown)?;
        let row = sqlx::query!(
            r#"SELECT id, title, external_id, stage, sector, sectoral_scope, mitigation_type,
                      crediting_start, crediting_end, estimate AS "estimate!", validated_estimate,
                      authorised AS "authorised!", issued AS "issued!", created_at, gases,
                      estimated_cost_usd, '0x' || encode(details, 'hex') AS "details!",
                      buffer_rate, article6, stage_reason,
                      first_transferred AS "first_transferred!",
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
            imported: imported(reader, number).await?,
            gases: row.gases,
            estimated_cost_usd: row.estimated_cost_usd,
            details: row.details,
            details_file: None,
            buffer_rate_ppm: row.buffer_rate,
            article6: row.article6.filter(|terms| !terms.is_null()),
            first_transferred: row.first_transferred,
            stage_reason: row.stage_reason,
            proponents: people::proponents(reader, number).await?,
            proponent_change: people::proponent_change(reader, number).await?,
            certifiers: people::certifiers(reader, number).await?,
            certifications: people::certifications(reader, number).await?,
            locations: parts::locations(reader, number).await?,
            completeness: Completeness::default(),
            documents: review::documents(reader, number).await?,
            monitoring: review::monitoring(reader, number).await?,
            vintages: parts::vintages(reader, number).await?,
            blocks: blocks::of_project(reader, number, BLOCKS).await?,
            timeline: events::about(reader, About::Project(number), EVENTS).await?,
        })
    }

    fn count_documents(&self) -> Completeness {
        let ProjectSummary { stage, validated_estimate, authorised, .. } = &self.summary;
        let (validated, authorised) = (validated_estimate.is_some(), *authorised > 0);
        Completeness::of(stage, validated, authorised, &self.documents, &self.monitoring)
    }
}

/// One project with its documents, monitoring periods, credits and timeline.
#[utoipa::path(
    get, path = "/api/v1/projects/{id}", tag = "registry",
    operation_id = "project",
    params(("id" = u32, Path, description = "Number of the project", example = 1)),
    responses(
        (status = OK, body = At<Project>),
        (status = NOT_FOUND, body = ProblemDocument),
    )
)]
pub async fn show(
    State(app): State<App>,
    Path(id): Path<String>,
    mut reader: Reader,
) -> Result<Response, Problem> {
    let project = Project::load(&app, &mut reader, &id).await?;
    Ok(reader.json(project))
}
