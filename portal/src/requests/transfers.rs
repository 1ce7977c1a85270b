// SPDX-License-Identifier: Apache-2.0
//! Transfers that were asked for by the receiver or the Government. They reserve nothing.

use super::Closed;
use crate::{
    answers::{cut, At, List, OrganisationRef, ProjectRef, Time},
    db::Reader,
    download::{Column, Listing},
    events::{self, About, Event},
    page::{self, without_json, Layout},
    problem::{Message, Problem, ProblemDocument},
    query::{self, blank_is_none, Params, Position},
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

/// Where a request for a transfer is.
const STATUSES: &[&str] = &["open", "approved", "rejected", "cancelled"];

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
    /// Only requests that this organisation made, or that shall move credits from it or to it.
    #[serde(default, deserialize_with = "blank_is_none")]
    organisation: Option<i64>,
    /// Where it is: `open`, `approved`, `rejected` or `cancelled`.
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

/// Which requests a query reads.
#[derive(Default)]
struct Selection {
    id: Option<i64>,
    organisation: Option<i64>,
    status: Option<&'static str>,
    before: Option<i64>,
    limit: i64,
}

async fn load(reader: &mut Reader, selection: Selection) -> Result<Vec<TransferRequest>, Problem> {
    let rows = sqlx::query!(
        r#"SELECT r.id, r.project, p.title, r.vintage, r.quantity AS "quantity!", r.from_owner,
                  f.name AS from_name, r.to_owner, t.name AS to_name, r.initiator,
                  i.name AS initiator_name, r.reference, r.requested_at, r.requested_by, r.status,
                  r.rejection_reason, r.closed_at, r.closed_by, r.transfer,
                  a.height AS "height?", a.index AS "index?"
           FROM chain.transfer_requests r
           JOIN chain.projects p ON p.id = r.project
           JOIN chain.organisations f ON f.id = r.from_owner
           JOIN chain.organisations t ON t.id = r.to_owner
           JOIN chain.organisations i ON i.id = r.initiator
           LEFT JOIN chain.transfers a ON a.id = r.transfer
           WHERE ($1::BIGINT IS NULL OR r.id = $1)
             AND ($2::BIGINT IS NULL OR $2 IN (r.from_owner, r.to_owner, r.initiator))
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
    Ok(rows
        .into_iter()
        .map(|row| TransferRequest {
            id: row.id,
            project: ProjectRef { id: row.project, title: row.title },
            vintage: row.vintage,
            quantity: row.quantity,
            from: OrganisationRef { id: row.from_owner, name: row.from_name },
            to: OrganisationRef { id: row.to_owner, name: row.to_name },
            initiator: OrganisationRef { id: row.initiator, name: row.initiator_name },
            reference: row.reference,
            requested_at: row.requested_at.into(),
            requested_by: row.requested_by,
            status: row.status,
            rejection_reason: row.rejection_reason,
            closed: Closed::read(row.closed_at, row.closed_by),
            transfer: row.transfer,
            transfer_event: row
                .height
                .zip(row.index)
                .map(|(block, index)| Position { block, index }.to_string()),
        })
        .collect())
}

/// The requests of an organisation that wait.
pub async fn waiting(
    reader: &mut Reader,
    organisation: i64,
    limit: i64,
) -> Result<Vec<TransferRequest>, Problem> {
    let organisation = Some(organisation);
    let selection = Selection { organisation, status: Some("open"), limit, ..Selection::default() };
    load(reader, selection).await
}

impl Listing for Filter {
    type Item = TransferRequest;
    type Cursor = i64;
    const NAME: &'static str = "transfer-requests";
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

    fn paging(&mut self) -> (&mut Option<i64>, &mut Option<i64>) {
        (&mut self.after, &mut self.limit)
    }

    async fn load(
        &self,
        reader: &mut Reader,
        for_page: bool,
    ) -> Result<(Vec<TransferRequest>, Option<String>), Problem> {
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

/// The transfers that were asked for, newest first.
#[utoipa::path(
    get, path = "/api/v1/requests/transfers", tag = "registry", params(Filter),
    operation_id = "transfer_requests",
    responses(
        (status = OK, body = List<TransferRequest>),
        (status = BAD_REQUEST, body = ProblemDocument),
    )
)]
pub async fn list(Params(filter): Params<Filter>, mut reader: Reader) -> Result<Response, Problem> {
    let (items, next) = filter.load(&mut reader, false).await?;
    Ok(reader.json_list(items, next))
}

#[derive(Template)]
#[template(path = "transfer_requests.html")]
struct Page {
    l: Layout,
    filter: Filter,
    items: Vec<TransferRequest>,
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

/// `/requests/transfers`
pub async fn page(
    State(app): State<App>,
    uri: Uri,
    Params(filter): Params<Filter>,
    mut reader: Reader,
) -> Result<Response, Problem> {
    let (items, next) = filter.load(&mut reader, true).await?;
    let l = Layout::of_list(&app, &reader, &uri, "transfer_requests.title");
    page::render(&Page { l, filter, items, next })
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
        let selection = Selection { id: Some(number), limit: 1, ..Selection::default() };
        let request = load(reader, selection).await?.pop().ok_or_else(unknown)?;
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
