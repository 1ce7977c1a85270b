// SPDX-License-Identifier: Apache-2.0
//! Letters about projects: to their proponents, to who reviews them, to who decides.

use super::desk::{quantity, Desk, Project, Range};
use crate::{courier::Event, mail::Letter, problem::Problem};
use registry_primitives::GOVERNMENT;
use serde_json::Value;
use std::collections::BTreeMap;

const STATE: i64 = GOVERNMENT as i64;

/// Tells an event of projects.
pub async fn tell(desk: &mut Desk<'_>, event: &Event) -> Result<(), Problem> {
    if !desk.reaches_anybody() {
        return Ok(());
    }
    let id = match event.fields.get("project").and_then(Value::as_i64) {
        Some(project) => project,
        None => event.number("id"),
    };
    let project = desk.project(id).await?;
    let owners = project.proponents.clone();
    let certifiers = project.certifiers.clone();
    let all = |lists: &[&[i64]]| lists.concat();
    let about = |desk: &Desk<'_>, template| {
        desk.letter(template, event, &format!("/projects/{id}")).with("project", &project.name)
    };
    match event.name.as_str() {
        "ProjectRegistered" => {
            let names = desk.organisations(&owners).await?;
            let letter = about(desk, "project_registered").with("proponents", names);
            desk.send(&all(&[&[STATE], &owners]), letter).await?;
            let letter = about(desk, "certifier_assigned");
            desk.send(&certifiers, letter).await
        }
        "ProjectImported" => {
            let names = desk.organisations(&owners).await?;
            let letter = about(desk, "project_imported").with("proponents", names);
            desk.send(&all(&[&[STATE], &owners]), letter).await
        }
        "CertifiersAssigned" => {
            let letter = about(desk, "certifier_assigned");
            desk.send(&certifiers, letter).await
        }
        "DocumentSubmitted" => {
            let uploader = desk.organisation(event.number("uploader")).await?;
            let letter = about(desk, "document_submitted")
                .with("organisation", uploader)
                .with("kind", event.text("kind"))
                .with("version", event.number("version"));
            desk.send(&certifiers, letter).await
        }
        "DocumentReviewed" => reviewed(desk, event, id, &project).await,
        "ProjectValidated" => {
            let certifier = desk.organisation(event.number("certifier")).await?;
            let letter = about(desk, "project_validated")
                .with("organisation", certifier)
                .with("quantity", event.number("estimate"));
            desk.send(&all(&[&[STATE], &owners]), letter).await
        }
        "ProjectAuthorised" => {
            let letter =
                about(desk, "project_authorised").with("quantity", event.number("quantity"));
            desk.send(&owners, letter).await
        }
        "ProjectRejected" => {
            let letter = about(desk, "project_rejected").with("reason", event.text("reason"));
            desk.send(&all(&[&owners, &certifiers]), letter).await
        }
        "ProjectWithdrawn" => {
            let letter = about(desk, "project_withdrawn").with("reason", event.text("reason"));
            desk.send(&all(&[&[STATE], &owners, &certifiers]), letter).await
        }
        "ProjectSuspended" => {
            let letter = about(desk, "project_suspended").with("reason", event.text("reason"));
            desk.send(&all(&[&owners, &certifiers]), letter).await
        }
        "ProjectResumed" => {
            let letter = about(desk, "project_resumed");
            desk.send(&all(&[&owners, &certifiers]), letter).await
        }
        "ProjectCompleted" => {
            let letter = about(desk, "project_completed");
            desk.send(&all(&[&owners, &certifiers]), letter).await
        }
        "TermsChanged" => {
            let letter = about(desk, "terms_changed");
            desk.send(&owners, letter).await
        }
        "ProponentsProposed" | "ProponentsChanged" => {
            let proposed = proponents(event);
            let names = desk.organisations(&proposed).await?;
            let template = match event.name.as_str() {
                "ProponentsProposed" => "proponents_proposed",
                _ => "proponents_changed",
            };
            let letter = about(desk, template).with("proponents", names);
            desk.send(&all(&[&owners, &proposed]), letter).await
        }
        "ProjectCertified" => {
            let certifier = desk.organisation(event.number("certifier")).await?;
            let letter = about(desk, "project_certified").with("organisation", certifier);
            desk.send(&owners, letter).await
        }
        "CertificationRevoked" => {
            let certifier = event.number("certifier");
            let name = desk.organisation(certifier).await?;
            let letter = about(desk, "certification_revoked")
                .with("organisation", name)
                .with("reason", event.text("reason"));
            desk.send(&all(&[&owners, &[certifier]]), letter).await
        }
        "MonitoringReported" => {
            let letter = about(desk, "monitoring_reported").with("period", event.number("period"));
            desk.send(&certifiers, letter).await
        }
        "MonitoringReportVerified" => {
            let verifier = desk.organisation(event.number("verifier")).await?;
            let letter = about(desk, "monitoring_verified")
                .with("period", event.number("period"))
                .with("organisation", verifier)
                .with("quantity", verified(event));
            desk.send(&all(&[&[STATE], &owners]), letter).await
        }
        "MonitoringReportReturned" => {
            let verifier = desk.organisation(event.number("verifier")).await?;
            let letter = about(desk, "monitoring_returned")
                .with("period", event.number("period"))
                .with("organisation", verifier);
            desk.send(&owners, letter).await
        }
        "IssuanceRefused" => {
            let letter = about(desk, "issuance_refused")
                .with("period", event.number("period"))
                .with("reason", event.text("reason"));
            desk.send(&owners, letter).await
        }
        "MonitoringPeriodIssued" => {
            let letter = about(desk, "credits_issued").with("period", event.number("period"));
            issued(desk, event, id, letter).await
        }
        _ => Ok(()),
    }
}

/// The organisations that shall own a project, or own it from now on.
fn proponents(event: &Event) -> Vec<i64> {
    let list = event.fields.get("proponents").and_then(Value::as_array);
    list.into_iter().flatten().filter_map(|it| it.get("organisation")?.as_i64()).collect()
}

/// The tonnes of all years.
fn verified(event: &Event) -> i64 {
    let years = event.fields.get("verified").and_then(Value::as_array);
    years.into_iter().flatten().filter_map(|it| it.get("tonnes")?.as_i64()).sum()
}

/// Tells the proponents what became of a document. That the project is validated says by itself that
/// the report was accepted.
async fn reviewed(
    desk: &mut Desk<'_>,
    event: &Event,
    id: i64,
    project: &Project,
) -> Result<(), Problem> {
    let kind = sqlx::query_scalar!(
        "SELECT kind FROM chain.documents WHERE project = $1 AND document = $2",
        id,
        event.number("document")
    )
    .fetch_optional(&mut *desk.connection)
    .await?
    .unwrap_or_default();
    let accepted = event.text("status") == "accepted";
    if accepted && kind == "validation_report" {
        return Ok(());
    }
    let template = if accepted { "document_accepted" } else { "document_rejected" };
    let reviewer = desk.organisation(event.number("reviewer")).await?;
    let letter = desk
        .letter(template, event, &format!("/projects/{id}"))
        .with("project", &project.name)
        .with("kind", kind)
        .with("organisation", reviewer);
    desk.send(&project.proponents, letter).await
}

/// Tells each owner which credits it has got; what went to the buffer is not among them.
async fn issued(
    desk: &mut Desk<'_>,
    event: &Event,
    project: i64,
    letter: Letter,
) -> Result<(), Problem> {
    let rows = sqlx::query!(
        r#"SELECT (fields ->> 'owner')::BIGINT AS "owner!",
                  (fields #>> '{range,start}')::BIGINT AS "start!",
                  (fields #>> '{range,end}')::BIGINT AS "end!"
           FROM chain.events
           WHERE height = $1 AND pallet = 'Credits' AND name = 'CreditsIssued'
             AND (fields ->> 'project')::BIGINT = $2 AND (fields ->> 'period')::BIGINT = $3
             AND fields ->> 'status' IS DISTINCT FROM 'buffer'
           ORDER BY index"#,
        event.position.block,
        project,
        event.number("period")
    )
    .fetch_all(&mut *desk.connection)
    .await?;
    let mut owners = BTreeMap::<i64, Vec<Range>>::new();
    for row in rows {
        owners.entry(row.owner).or_default().push((row.start, row.end));
    }
    for (owner, ranges) in owners {
        if !desk.reaches(&[owner]) {
            continue;
        }
        let letter = letter
            .clone()
            .with("organisation", desk.organisation(owner).await?)
            .with("quantity", quantity(&ranges))
            .serials(desk.serials(&ranges).await?);
        desk.send(&[owner], letter).await?;
    }
    Ok(())
}
