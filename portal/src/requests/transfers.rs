// SPDX-License-Identifier: Apache-2.0
//! Transfers that were asked for by the receiver or the Government. They reserve nothing.

use super::Closed;
use crate::{
    answers::{At, List, OrganisationRef, ProjectRef, Time},
    db::Reader,
    download::{self, Column},
    events::{self, About, Event},
    list::{Field, Key, Kind, Listing, Question, Shown, View},
    page::{self, without_json, Layout},
    problem::{Message, Problem, ProblemDocument},
    query::{self, Position},
    server::App,
};
use askama::Template;
use axum::{
    extract::{Path, State},
    http::Uri,
    response::Response,
};
use serde::Serialize;
use sqlx::{postgres::PgRow, Row};
use utoipa::ToSchema;

/// Events that come with a request.
const EVENTS: i64 = 20;

/// A transfer that was asked for.
#[derive(Serialize, ToSchema)]
pub struct TransferRequest {
    /// Number of the request; requests for transfers and for retirements count together.
    pub id: i64,
    /// The project whose credits are asked for.
    pub project: ProjectRef,
    /// The vintage; null for any.
    pub vintage: Option<i16>,
    /// Tonnes.
    pub quantity: i64,
    /// Who shall give, and answer.
    pub from: OrganisationRef,
    /// Who shall receive.
    pub to: OrganisationRef,
    /// Who asked: the receiver or the Government.
    pub initiator: OrganisationRef,
    /// The initiator's reference.
    pub reference: Option<String>,
    /// When.
    pub requested_at: Time,
    /// The officer who asked, SS58.
    pub requested_by: String,
    /// `open`, `approved`, `rejected` or `cancelled`.
    #[schema(example = "open")]
    pub status: String,
    /// Why the sender rejected it.
    pub rejection_reason: Option<String>,
    /// How it ended; null while it waits.
    pub closed: Option<Closed>,
    /// The transfer that answered it.
    pub transfer: Option<i64>,
    /// The event of that transfer.
    #[schema(example = "120-3")]
    pub transfer_event: Option<String>,
}

/// The transfers that were asked for, newest first.
pub struct TransferRequests;

const STATUS: Kind = Kind::choice(|| vec!["open", "approved", "rejected", "cancelled"]);

impl Listing for TransferRequests {
    type Item = TransferRequest;
    const NAME: &'static str = "transfer-requests";
    const TITLE: &'static str = "transfer_requests.title";
    const COLUMNS: &'static [Column<TransferRequest>] = &[
        ("id", |it| it.id.into()),
        ("requested_at", |it| it.requested_at.into()),
        ("project_id", |it| it.project.id.into()),
        ("project", |it| (&it.project.title).into()),
        ("vintage", |it| it.vintage.into()),
        ("quantity", |it| it.quantity.into()),
        ("from_id", |it| it.from.id.into()),
        ("from", |it| (&it.from.name).into()),
        ("to_id", |it| it.to.id.into()),
        ("to", |it| (&it.to.name).into()),
        ("initiator_id", |it| it.initiator.id.into()),
        ("initiator", |it| (&it.initiator.name).into()),
        ("reference", |it| it.reference.as_ref().into()),
        ("requested_by", |it| (&it.requested_by).into()),
        ("status", |it| (&it.status).into()),
        ("rejection_reason", |it| it.rejection_reason.as_ref().into()),
        ("closed_at", |it| it.closed.as_ref().map(|it| it.at).into()),
        ("closed_by", |it| it.closed.as_ref().and_then(|it| it.by.as_ref()).into()),
        ("transfer", |it| it.transfer.into()),
    ];
    const FIELDS: &'static [Field] = &[
        Field::when(
            "organisation",
            Kind::Id,
            "{value} IN (r.from_owner, r.to_owner, r.initiator)",
            "Number of an organisation that asked, or that shall give or receive",
        ),
        Field::of("from", Kind::Id, "r.from_owner", "Number of the organisation that shall give"),
        Field::of("to", Kind::Id, "r.to_owner", "Number of the organisation that shall receive"),
        Field::of("initiator", Kind::Id, "r.initiator", "Number of the organisation that asked"),
        Field::of("status", STATUS, "r.status", "Where it is"),
        Field::of("project", Kind::Id, "r.project", "Number of the project"),
        Field::of("vintage", Kind::Number, "r.vintage", "The vintage, of those that name one"),
        Field::of("quantity", Kind::Number, "r.quantity", "Tonnes").sorted(),
        Field::of("requested_at", Kind::Time, "r.requested_at", "When").sorted_as_key(),
        Field::of("closed_at", Kind::Time, "r.closed_at", "When it ended").sorted().nullable(),
    ];
    const KEY: Key = Key::numbers("id", &["r.id"]);
    const SQL: &'static str =
        "SELECT {cursor}, r.id, r.project, p.title, r.vintage, r.quantity, r.from_owner,
                f.name AS from_name, r.to_owner, t.name AS to_name, r.initiator,
                i.name AS initiator_name, r.reference, r.requested_at, r.requested_by, r.status,
                r.rejection_reason, r.closed_at, r.closed_by, r.transfer, a.height, a.index
         FROM chain.transfer_requests r
         JOIN chain.projects p ON p.id = r.project
         JOIN chain.organisations f ON f.id = r.from_owner
         JOIN chain.organisations t ON t.id = r.to_owner
         JOIN chain.organisations i ON i.id = r.initiator
         LEFT JOIN chain.transfers a ON a.id = r.transfer
         WHERE {filters} {part}";

    async fn items(_: &mut Reader, rows: Vec<PgRow>) -> Result<Vec<TransferRequest>, Problem> {
        let read = |row: &PgRow| {
            let (height, index): (Option<_>, Option<_>) =
                (row.try_get("height")?, row.try_get("index")?);
            let position = height.zip(index).map(|(block, index)| Position { block, index });
            Ok(TransferRequest {
                id: row.try_get("id")?,
                project: ProjectRef::of(row, "project", "title")?,
                vintage: row.try_get("vintage")?,
                quantity: row.try_get("quantity")?,
                from: OrganisationRef::of(row, "from_owner", "from_name")?,
                to: OrganisationRef::of(row, "to_owner", "to_name")?,
                initiator: OrganisationRef::of(row, "initiator", "initiator_name")?,
                reference: row.try_get("reference")?,
                requested_at: row.try_get("requested_at")?,
                requested_by: row.try_get("requested_by")?,
                status: row.try_get("status")?,
                rejection_reason: row.try_get("rejection_reason")?,
                closed: Closed::read(row)?,
                transfer: row.try_get("transfer")?,
                transfer_event: position.map(|position| position.to_string()),
            })
        };
        rows.iter().map(read).collect()
    }
}

/// The requests of an organisation that wait.
pub async fn waiting(
    reader: &mut Reader,
    organisation: i64,
    limit: i64,
) -> Result<Vec<TransferRequest>, Problem> {
    let question = Question::<TransferRequests>::about(&[("organisation", organisation)], limit)?;
    Ok(question.with("status", "open")?.load(reader).await?.0)
}

/// The transfers that were asked for, newest first.
#[utoipa::path(
    get, path = "/api/v1/requests/transfers", tag = "registry", params(Question<TransferRequests>),
    operation_id = "transfer_requests",
    responses(
        (status = OK, body = List<TransferRequest>),
        (status = BAD_REQUEST, body = ProblemDocument),
    )
)]
pub async fn list(
    question: Question<TransferRequests>,
    reader: Reader,
) -> Result<Response, Problem> {
    download::json(question, reader).await
}

#[derive(Template)]
#[template(path = "transfer_requests.html")]
struct Page {
    l: Layout,
    list: View<TransferRequests>,
    items: Vec<TransferRequest>,
}

/// `/requests/transfers`
pub async fn page(shown: Shown<TransferRequests>) -> Result<Response, Problem> {
    let Shown { l, list, items, .. } = shown;
    page::render(&Page { l, list, items })
}

/// A request for a transfer, with what happened to it.
#[derive(Serialize, ToSchema)]
pub struct TransferRequestRecord {
    #[serde(flatten)]
    request: TransferRequest,
    /// The latest 20 events about it.
    timeline: Vec<Event>,
}

impl TransferRequestRecord {
    async fn load(reader: &mut Reader, id: &str) -> Result<Self, Problem> {
        let unknown =
            || Problem::not_found(Message::new("problem.no_transfer_request").with("id", id));
        let number = query::number(id).ok_or_else(unknown)?;
        let question = Question::<TransferRequests>::numbered(&[number])?;
        let request = question.load(reader).await?.0.pop().ok_or_else(unknown)?;
        let timeline = events::about(reader, About::Request(number), EVENTS).await?;
        Ok(Self { request, timeline })
    }
}

/// One request for a transfer.
#[utoipa::path(
    get, path = "/api/v1/requests/transfers/{id}", tag = "registry",
    operation_id = "transfer_request",
    params(("id" = u64, Path, description = "Number of the request", example = 1)),
    responses(
        (status = OK, body = At<TransferRequestRecord>),
        (status = NOT_FOUND, body = ProblemDocument),
    )
)]
pub async fn show(Path(id): Path<String>, mut reader: Reader) -> Result<Response, Problem> {
    let record = TransferRequestRecord::load(&mut reader, &id).await?;
    Ok(reader.json(record))
}

#[derive(Template)]
#[template(path = "transfer_request.html")]
struct RecordPage {
    l: Layout,
    record: TransferRequestRecord,
}

/// `/requests/transfers/{id}`
pub async fn record(
    State(app): State<App>,
    uri: Uri,
    Path(id): Path<String>,
    mut reader: Reader,
) -> Result<Response, Problem> {
    let (id, json) = without_json(&id);
    let record = TransferRequestRecord::load(&mut reader, id).await?;
    if json {
        return Ok(reader.json(record));
    }
    let mut l = Layout::new(&app, &reader, &uri, "");
    l.title = l.say("transfer_request.number", "id", id);
    page::render(&RecordPage { l, record })
}
