// SPDX-License-Identifier: Apache-2.0
//! International retirements that were asked for; their blocks are reserved while they wait.

use super::Closed;
use crate::{
    answers::{At, List, OrganisationRef, Part, PartRow, Time},
    db::Reader,
    download::{self, Cell, Column},
    events::{self, About, Event},
    list::{self, Field, Key, Kind, Listing, Question, Shown, View},
    page::{self, without_json, Layout},
    problem::{Message, Problem, ProblemDocument},
    query,
    retirements::Use,
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
use std::collections::HashMap;
use utoipa::ToSchema;

/// Events that come with a request.
const EVENTS: i64 = 20;

/// An international retirement that was asked for.
#[derive(Serialize, ToSchema)]
pub struct RetirementRequest {
    /// Number of the request; requests for transfers and for retirements count together.
    pub id: i64,
    /// The organisation whose credits they are.
    pub owner: OrganisationRef,
    /// What for and for whom.
    #[serde(flatten)]
    pub use_of: Use,
    /// Tonnes, before what is deducted.
    pub quantity: i64,
    /// When.
    pub requested_at: Time,
    /// The owner's officer, SS58.
    pub requested_by: String,
    /// `open`, `recognised`, `refused` or `cancelled`.
    #[schema(example = "open")]
    pub status: String,
    /// The public reason of a refusal.
    pub refusal_reason: Option<String>,
    /// How it ended; null while it waits.
    pub closed: Option<Closed>,
    /// The retirement that it became.
    pub retirement: Option<i64>,
    /// The numbers as they were reserved.
    pub parts: Vec<Part>,
}

/// The international retirements that were asked for, newest first.
pub struct RetirementRequests;

const STATUS: Kind = Kind::choice(|| vec!["open", "recognised", "refused", "cancelled"]);

impl Listing for RetirementRequests {
    type Item = RetirementRequest;
    const NAME: &'static str = "retirement-requests";
    const TITLE: &'static str = "retirement_requests.title";
    const COLUMNS: &'static [Column<RetirementRequest>] = &[
        ("id", |it| it.id.into()),
        ("requested_at", |it| it.requested_at.into()),
        ("owner_id", |it| it.owner.id.into()),
        ("owner", |it| (&it.owner.name).into()),
        ("quantity", |it| it.quantity.into()),
        ("purpose", |it| (&it.use_of.purpose).into()),
        ("purpose_details", |it| it.use_of.purpose_details.as_ref().map(Cell::json).into()),
        ("beneficiary", |it| (&it.use_of.beneficiary.name).into()),
        ("beneficiary_country", |it| (&it.use_of.beneficiary.country).into()),
        ("on_behalf_of", |it| it.use_of.on_behalf_of.as_ref().into()),
        ("reason", |it| it.use_of.reason.as_ref().into()),
        ("reference", |it| it.use_of.reference.as_ref().into()),
        ("requested_by", |it| (&it.requested_by).into()),
        ("status", |it| (&it.status).into()),
        ("refusal_reason", |it| it.refusal_reason.as_ref().into()),
        ("closed_at", |it| it.closed.as_ref().map(|it| it.at).into()),
        ("closed_by", |it| it.closed.as_ref().and_then(|it| it.by.as_ref()).into()),
        ("retirement", |it| it.retirement.into()),
        ("serials", |it| Cell::serials(&it.parts)),
    ];
    const FIELDS: &'static [Field] = &[
        Field::of(
            "organisation",
            Kind::Id,
            "r.owner",
            "Number of the organisation whose credits they are",
        ),
        Field::of("status", STATUS, "r.status", "Where it is"),
        Field::of("project", Kind::Id, "n.project", "Number of the project of any of the numbers")
            .of_part(),
        Field::of("vintage", Kind::Number, "n.vintage", "The vintage of any of the numbers")
            .of_part(),
        Field::of(
            "country",
            Kind::Country,
            "COALESCE(r.purpose_details ->> 'country', r.beneficiary_country)",
            "The country whose target it shall be counted towards, or else of the beneficiary; \
             ISO 3166-1 alpha-2",
        ),
        Field::of("quantity", Kind::Number, "r.quantity", "Tonnes, before what is deducted")
            .sorted(),
        Field::of("requested_at", Kind::Time, "r.requested_at", "When").sorted_as_key(),
        Field::of("closed_at", Kind::Time, "r.closed_at", "When it ended").sorted().nullable(),
    ];
    const KEY: Key = Key::numbers("id", &["r.id"]);
    const SQL: &'static str =
        "SELECT {cursor}, r.id, r.owner, o.name, r.purpose, r.purpose_details, r.beneficiary,
                r.beneficiary_country, r.on_behalf_of, r.reason, r.reference, r.quantity,
                r.requested_at, r.requested_by, r.status, r.refusal_reason, r.closed_at,
                r.closed_by, r.retirement
         FROM chain.retirement_requests r JOIN chain.organisations o ON o.id = r.owner
         WHERE {filters} {part}";
    const PARTS: &'static str = "chain.retirement_request_parts n WHERE n.request = r.id";

    async fn items(
        reader: &mut Reader,
        rows: Vec<PgRow>,
    ) -> Result<Vec<RetirementRequest>, Problem> {
        let mut parts = parts(reader, &list::ids(&rows)?).await?;
        let read = |row: &PgRow| {
            let id = row.try_get("id")?;
            Ok(RetirementRequest {
                id,
                owner: OrganisationRef::of(row, "owner", "name")?,
                use_of: Use::read(row)?,
                quantity: row.try_get("quantity")?,
                requested_at: row.try_get("requested_at")?,
                requested_by: row.try_get("requested_by")?,
                status: row.try_get("status")?,
                refusal_reason: row.try_get("refusal_reason")?,
                closed: Closed::read(row)?,
                retirement: row.try_get("retirement")?,
                parts: parts.remove(&id).unwrap_or_default(),
            })
        };
        rows.iter().map(read).collect()
    }
}

/// The numbers that they moved.
async fn parts(reader: &mut Reader, ids: &[i64]) -> Result<HashMap<i64, Vec<Part>>, Problem> {
    let rows = sqlx::query_as!(
        PartRow,
        "SELECT r.request AS record, r.start_serial, r.end_serial, r.project, p.title,
                p.sectoral_scope, r.vintage
         FROM chain.retirement_request_parts r JOIN chain.projects p ON p.id = r.project
         WHERE r.request = ANY ($1) ORDER BY r.request, r.position",
        ids
    )
    .fetch_all(reader.connection())
    .await?;
    reader.parts(rows)
}

/// The requests of an organisation that wait.
pub async fn waiting(
    reader: &mut Reader,
    organisation: i64,
    limit: i64,
) -> Result<Vec<RetirementRequest>, Problem> {
    let question = Question::<RetirementRequests>::about(&[("organisation", organisation)], limit)?;
    Ok(question.with("status", "open")?.load(reader).await?.0)
}

/// The international retirements that were asked for, newest first.
#[utoipa::path(
    get, path = "/api/v1/requests/retirements", tag = "registry", params(Question<RetirementRequests>),
    operation_id = "retirement_requests",
    responses(
        (status = OK, body = List<RetirementRequest>),
        (status = BAD_REQUEST, body = ProblemDocument),
    )
)]
pub async fn list(
    question: Question<RetirementRequests>,
    reader: Reader,
) -> Result<Response, Problem> {
    download::json(question, reader).await
}

#[derive(Template)]
#[template(path = "retirement_requests.html")]
struct Page {
    l: Layout,
    list: View<RetirementRequests>,
    items: Vec<RetirementRequest>,
}

/// `/requests/retirements`
pub async fn page(shown: Shown<RetirementRequests>) -> Result<Response, Problem> {
    let Shown { l, list, items, .. } = shown;
    page::render(&Page { l, list, items })
}

/// A request for an international retirement, with what happened to it.
#[derive(Serialize, ToSchema)]
pub struct RetirementRequestRecord {
    #[serde(flatten)]
    request: RetirementRequest,
    /// The latest 20 events about it.
    timeline: Vec<Event>,
}

impl RetirementRequestRecord {
    async fn load(reader: &mut Reader, id: &str) -> Result<Self, Problem> {
        let unknown =
            || Problem::not_found(Message::new("problem.no_retirement_request").with("id", id));
        let number = query::number(id).ok_or_else(unknown)?;
        let question = Question::<RetirementRequests>::numbered(&[number])?;
        let request = question.load(reader).await?.0.pop().ok_or_else(unknown)?;
        let timeline = events::about(reader, About::Request(number), EVENTS).await?;
        Ok(Self { request, timeline })
    }
}

/// One request for an international retirement.
#[utoipa::path(
    get, path = "/api/v1/requests/retirements/{id}", tag = "registry",
    operation_id = "retirement_request",
    params(("id" = u64, Path, description = "Number of the request", example = 1)),
    responses(
        (status = OK, body = At<RetirementRequestRecord>),
        (status = NOT_FOUND, body = ProblemDocument),
    )
)]
pub async fn show(Path(id): Path<String>, mut reader: Reader) -> Result<Response, Problem> {
    let record = RetirementRequestRecord::load(&mut reader, &id).await?;
    Ok(reader.json(record))
}

#[derive(Template)]
#[template(path = "retirement_request.html")]
struct RecordPage {
    l: Layout,
    record: RetirementRequestRecord,
}

/// `/requests/retirements/{id}`
pub async fn record(
    State(app): State<App>,
    uri: Uri,
    Path(id): Path<String>,
    mut reader: Reader,
) -> Result<Response, Problem> {
    let (id, json) = without_json(&id);
    let record = RetirementRequestRecord::load(&mut reader, id).await?;
    if json {
        return Ok(reader.json(record));
    }
    let mut l = Layout::new(&app, &reader, &uri, "");
    l.title = l.say("retirement_request.number", "id", id);
    page::render(&RecordPage { l, record })
}
