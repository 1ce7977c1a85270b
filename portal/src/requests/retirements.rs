// SPDX-License-Identifier: Apache-2.0
//! International retirements that were asked for; their blocks are reserved while they wait.

use super::Closed;
use crate::{
    answers::{cut, At, List, OrganisationRef, Part, PartRow, Time},
    db::Reader,
    download::{Cell, Column, Listing},
    events::{self, About, Event},
    page::{self, without_json, Layout},
    problem::{Message, Problem, ProblemDocument},
    query::{self, blank_is_none, Params},
    retirements::{Beneficiary, Use},
    server::App,
};
use askama::Template;
use axum::{
    extract::{Path, State},
    http::Uri,
    response::Response,
};
use serde::{Deserialize, Serialize};
use std::str::FromStr;
use utoipa::{IntoParams, ToSchema};

/// Events that come with a request.
const EVENTS: i64 = 20;

/// Where a request for an international retirement is.
const STATUSES: &[&str] = &["open", "recognised", "refused", "cancelled"];

/// A status by its name.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Status(&'static str);

impl FromStr for Status {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        query::one_of(text, STATUSES).map(Self)
    }
}

/// Which requests, and how many.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Filter {
    /// Only requests for this organisation's credits.
    #[serde(default, deserialize_with = "blank_is_none")]
    organisation: Option<i64>,
    /// Where it is: `open`, `recognised`, `refused` or `cancelled`.
    #[serde(default, deserialize_with = "blank_is_none")]
    #[param(value_type = Option<String>, example = "open")]
    status: Option<Status>,
    /// The `next` of the answer before.
    #[serde(default, deserialize_with = "blank_is_none")]
    after: Option<i64>,
    /// How many, at most 200.
    #[serde(default, deserialize_with = "blank_is_none")]
    limit: Option<i64>,
}

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

/// Which requests a query reads.
#[derive(Default)]
struct Selection {
    id: Option<i64>,
    organisation: Option<i64>,
    status: Option<&'static str>,
    before: Option<i64>,
    limit: i64,
}

async fn load(
    reader: &mut Reader,
    selection: Selection,
) -> Result<Vec<RetirementRequest>, Problem> {
    let rows = sqlx::query!(
        r#"SELECT r.id, r.owner, o.name, r.purpose, r.purpose_details, r.beneficiary,
                  r.beneficiary_country, r.on_behalf_of, r.reason, r.reference,
                  r.quantity AS "quantity!", r.requested_at, r.requested_by, r.status,
                  r.refusal_reason, r.closed_at, r.closed_by, r.retirement
           FROM chain.retirement_requests r JOIN chain.organisations o ON o.id = r.owner
           WHERE ($1::BIGINT IS NULL OR r.id = $1)
             AND ($2::BIGINT IS NULL OR r.owner = $2)
             AND ($3::TEXT IS NULL OR r.status = $3)
             AND ($4::BIGINT IS NULL OR r.id < $4)
           ORDER BY r.id DESC LIMIT $5"#,
        selection.id,
        selection.organisation,
        selection.status,
        selection.before,
        selection.limit
    )
    .fetch_all(reader.connection())
    .await?;
    let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
    let parts = sqlx::query_as!(
        PartRow,
        "SELECT r.request AS record, r.start_serial, r.end_serial, r.project, p.title,
                p.sectoral_scope, r.vintage
         FROM chain.retirement_request_parts r JOIN chain.projects p ON p.id = r.project
         WHERE r.request = ANY ($1) ORDER BY r.request, r.position",
        &ids
    )
    .fetch_all(reader.connection())
    .await?;
    let mut parts = reader.parts(parts)?;
    Ok(rows
        .into_iter()
        .map(|row| RetirementRequest {
            id: row.id,
            owner: OrganisationRef { id: row.owner, name: row.name },
            use_of: Use {
                purpose: row.purpose,
                purpose_details: row.purpose_details.filter(|details| !details.is_null()),
                beneficiary: Beneficiary {
                    name: row.beneficiary,
                    country: row.beneficiary_country,
                },
                on_behalf_of: row.on_behalf_of,
                reason: row.reason,
                reference: row.reference,
            },
            quantity: row.quantity,
            requested_at: row.requested_at.into(),
            requested_by: row.requested_by,
            status: row.status,
            refusal_reason: row.refusal_reason,
            closed: Closed::read(row.closed_at, row.closed_by),
            retirement: row.retirement,
            parts: parts.remove(&row.id).unwrap_or_default(),
        })
        .collect())
}

/// The requests of an organisation that wait.
pub async fn waiting(
    reader: &mut Reader,
    organisation: i64,
    limit: i64,
) -> Result<Vec<RetirementRequest>, Problem> {
    let organisation = Some(organisation);
    let selection = Selection { organisation, status: Some("open"), limit, ..Selection::default() };
    load(reader, selection).await
}

impl Listing for Filter {
    type Item = RetirementRequest;
    type Cursor = i64;
    const NAME: &'static str = "retirement-requests";
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

    fn paging(&mut self) -> (&mut Option<i64>, &mut Option<i64>) {
        (&mut self.after, &mut self.limit)
    }

    async fn load(
        &self,
        reader: &mut Reader,
        for_page: bool,
    ) -> Result<(Vec<RetirementRequest>, Option<String>), Problem> {
        let limit = query::limit(self.limit, for_page)?;
        let selection = Selection {
            organisation: self.organisation,
            status: self.status.map(|status| status.0),
            before: self.after,
            limit: limit + 1,
            ..Selection::default()
        };
        Ok(cut(load(reader, selection).await?, limit, |request| request.id.to_string()))
    }
}

/// The international retirements that were asked for, newest first.
#[utoipa::path(
    get, path = "/api/v1/requests/retirements", tag = "registry", params(Filter),
    operation_id = "retirement_requests",
    responses(
        (status = OK, body = List<RetirementRequest>),
        (status = BAD_REQUEST, body = ProblemDocument),
    )
)]
pub async fn list(Params(filter): Params<Filter>, mut reader: Reader) -> Result<Response, Problem> {
    let (items, next) = filter.load(&mut reader, false).await?;
    Ok(reader.json_list(items, next))
}

#[derive(Template)]
#[template(path = "retirement_requests.html")]
struct Page {
    l: Layout,
    filter: Filter,
    items: Vec<RetirementRequest>,
    next: Option<String>,
}

impl Page {
    fn statuses(&self) -> Vec<(&'static str, bool)> {
        let asked = self.filter.status.map(|status| status.0);
        STATUSES.iter().map(|status| (*status, asked == Some(*status))).collect()
    }

    fn given(&self) -> [(&'static str, String); 2] {
        let Filter { organisation, status, .. } = &self.filter;
        [
            ("organisation", organisation.map(|it| it.to_string()).unwrap_or_default()),
            ("status", status.map(|it| it.0.to_owned()).unwrap_or_default()),
        ]
    }
}

/// `/requests/retirements`
pub async fn page(
    State(app): State<App>,
    uri: Uri,
    Params(filter): Params<Filter>,
    mut reader: Reader,
) -> Result<Response, Problem> {
    let (items, next) = filter.load(&mut reader, true).await?;
    let l = Layout::of_list(&app, &reader, &uri, "retirement_requests.title");
    page::render(&Page { l, filter, items, next })
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
        let selection = Selection { id: Some(number), limit: 1, ..Selection::default() };
        let request = load(reader, selection).await?.pop().ok_or_else(unknown)?;
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
