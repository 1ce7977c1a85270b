// SPDX-License-Identifier: Apache-2.0
//! Cancellations: what was taken out without being used, why, and what that corrects.

use crate::{
    answers::{cut, At, List, OrganisationRef, Part, PartRow, ProjectRef, Time},
    db::Reader,
    download::{Cell, Column, Listing},
    page::{self, without_json, Layout},
    problem::{Message, Problem, ProblemDocument},
    proof::Proof,
    query::{self, blank_is_none, Params},
    server::App,
};
use askama::Template;
use axum::{
    extract::{Path, State},
    http::Uri,
    response::Response,
};
use registry_primitives::credit::CancellationReason;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Cancellations that come with a retirement.
const OF_RETIREMENT: i64 = 100;

/// Which cancellations, and how many.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Filter {
    /// Only cancellations of this organisation's credits.
    #[serde(default, deserialize_with = "blank_is_none")]
    organisation: Option<i64>,
    /// Only cancellations that correct an issuance of this project.
    #[serde(default, deserialize_with = "blank_is_none")]
    project: Option<i64>,
    /// Only cancellations for this reason.
    #[serde(default, deserialize_with = "blank_is_none")]
    #[param(value_type = Option<String>, example = "reversal")]
    reason: Option<CancellationReason>,
    /// The `next` of the answer before.
    #[serde(default, deserialize_with = "blank_is_none")]
    after: Option<i64>,
    /// How many, at most 200.
    #[serde(default, deserialize_with = "blank_is_none")]
    limit: Option<i64>,
}

/// What a cancellation corrects or follows from.
#[derive(Serialize, ToSchema)]
pub struct Corrects {
    /// `nothing`, `issuance` or `retirement`.
    #[schema(example = "issuance")]
    kind: String,
    /// The project of the issuance.
    project: Option<ProjectRef>,
    /// The monitoring period that was issued for.
    period: Option<i64>,
    /// The retirement.
    retirement: Option<i64>,
}

/// A cancellation: a new transaction that corrects or deducts, never an edit.
#[derive(Serialize, ToSchema)]
pub struct Cancellation {
    /// Number of the cancellation.
    pub id: i64,
    /// The organisation whose credits were cancelled.
    pub owner: OrganisationRef,
    /// Why.
    #[schema(example = "reversal")]
    pub reason: String,
    /// What it corrects or follows from.
    pub corrects: Corrects,
    /// The Government's public statement, where it decided.
    pub statement: Option<String>,
    /// Tonnes.
    pub quantity: i64,
    /// When.
    pub at: Time,
    /// Height of the block of the chain.
    pub block: i64,
    /// Index of the event in it.
    pub event: i32,
    /// The numbers.
    pub parts: Vec<Part>,
}

/// Which cancellations a query reads.
#[derive(Default)]
struct Selection {
    id: Option<i64>,
    organisation: Option<i64>,
    project: Option<i64>,
    reason: Option<&'static str>,
    retirement: Option<i64>,
    before: Option<i64>,
    limit: i64,
}

async fn load(reader: &mut Reader, selection: Selection) -> Result<Vec<Cancellation>, Problem> {
    let rows = sqlx::query!(
        r#"SELECT c.id, c.height, c.index, c.owner, o.name, c.reason, c.corrects,
                  c.corrects_project, p.title AS "title?", c.corrects_period,
                  c.corrects_retirement, c.statement, c.quantity AS "quantity!", c.at
           FROM chain.cancellations c
           JOIN chain.organisations o ON o.id = c.owner
           LEFT JOIN chain.projects p ON p.id = c.corrects_project
           WHERE ($1::BIGINT IS NULL OR c.id = $1)
             AND ($2::BIGINT IS NULL OR c.owner = $2)
             AND ($3::BIGINT IS NULL OR c.corrects_project = $3)
             AND ($4::TEXT IS NULL OR c.reason = $4)
             AND ($5::BIGINT IS NULL OR c.corrects_retirement = $5)
             AND ($6::BIGINT IS NULL OR c.id < $6)
           ORDER BY c.id DESC LIMIT $7"#,
        selection.id,
        selection.organisation,
        selection.project,
        selection.reason,
        selection.retirement,
        selection.before,
        selection.limit
    )
    .fetch_all(reader.connection())
    .await?;
    let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
    let parts = sqlx::query_as!(
        PartRow,
        "SELECT c.cancellation AS record, c.start_serial, c.end_serial, c.project, p.title,
                p.sectoral_scope, c.vintage
         FROM chain.cancellation_parts c JOIN chain.projects p ON p.id = c.project
         WHERE c.cancellation = ANY ($1) ORDER BY c.cancellation, c.position",
        &ids
    )
    .fetch_all(reader.connection())
    .await?;
    let mut parts = reader.parts(parts)?;
    Ok(rows
        .into_iter()
        .map(|row| Cancellation {
            id: row.id,
            owner: OrganisationRef { id: row.owner, name: row.name },
            reason: row.reason,
            corrects: Corrects {
                kind: row.corrects,
                project: row
                    .corrects_project
                    .zip(row.title)
                    .map(|(id, title)| ProjectRef { id, title }),
                period: row.corrects_period,
                retirement: row.corrects_retirement,
            },
            statement: row.statement,
            quantity: row.quantity,
            at: row.at.into(),
            block: row.height,
            event: row.index,
            parts: parts.remove(&row.id).unwrap_or_default(),
        })
        .collect())
}

/// What was deducted from a retirement, or cancelled because of it; the first first.
pub async fn of_retirement(
    reader: &mut Reader,
    retirement: i64,
) -> Result<Vec<Cancellation>, Problem> {
    let retirement = Some(retirement);
    let selection = Selection { retirement, limit: OF_RETIREMENT, ..Selection::default() };
    let mut found = load(reader, selection).await?;
    found.reverse();
    Ok(found)
}

impl Listing for Filter {
    type Item = Cancellation;
    type Cursor = i64;
    const NAME: &'static str = "cancellations";
    const COLUMNS: &'static [Column<Cancellation>] = &[
        ("id", |it| it.id.into()),
        ("at", |it| it.at.into()),
        ("owner_id", |it| it.owner.id.into()),
        ("owner", |it| (&it.owner.name).into()),
        ("quantity", |it| it.quantity.into()),
        ("reason", |it| (&it.reason).into()),
        ("corrects", |it| (&it.corrects.kind).into()),
        ("corrects_project", |it| Cell::title_of(&it.corrects.project)),
        ("corrects_period", |it| it.corrects.period.into()),
        ("corrects_retirement", |it| it.corrects.retirement.into()),
        ("statement", |it| it.statement.as_ref().into()),
        ("serials", |it| Cell::serials(&it.parts)),
        ("block", |it| it.block.into()),
        ("event", |it| it.event.into()),
    ];

    fn paging(&mut self) -> (&mut Option<i64>, &mut Option<i64>) {
        (&mut self.after, &mut self.limit)
    }

    async fn load(
        &self,
        reader: &mut Reader,
        for_page: bool,
    ) -> Result<(Vec<Cancellation>, Option<String>), Problem> {
        let limit = query::limit(self.limit, for_page)?;
        let selection = Selection {
            organisation: self.organisation,
            project: self.project,
            reason: self.reason.map(CancellationReason::as_str),
            before: self.after,
            limit: limit + 1,
            ..Selection::default()
        };
        Ok(cut(load(reader, selection).await?, limit, |cancellation| cancellation.id.to_string()))
    }
}

/// The cancellations, newest first.
#[utoipa::path(
    get, path = "/api/v1/cancellations", tag = "registry", params(Filter),
    operation_id = "cancellations",
    responses(
        (status = OK, body = List<Cancellation>),
        (status = BAD_REQUEST, body = ProblemDocument),
    )
)]
pub async fn list(Params(filter): Params<Filter>, mut reader: Reader) -> Result<Response, Problem> {
    let (items, next) = filter.load(&mut reader, false).await?;
    Ok(reader.json_list(items, next))
}

#[derive(Template)]
#[template(path = "cancellations.html")]
struct Page {
    l: Layout,
    filter: Filter,
    items: Vec<Cancellation>,
    next: Option<String>,
}

impl Page {
    fn reasons(&self) -> Vec<(&'static str, bool)> {
        let all = CancellationReason::ALL.iter();
        all.map(|reason| (reason.as_str(), self.filter.reason == Some(*reason))).collect()
    }

    fn given(&self) -> [(&'static str, String); 3] {
        let number = |number: Option<i64>| number.map(|it| it.to_string()).unwrap_or_default();
        let reason = self.filter.reason.map(CancellationReason::as_str).unwrap_or_default();
        [
            ("organisation", number(self.filter.organisation)),
            ("project", number(self.filter.project)),
            ("reason", reason.to_owned()),
        ]
    }
}

/// `/cancellations`
pub async fn page(
    State(app): State<App>,
    uri: Uri,
    Params(filter): Params<Filter>,
    mut reader: Reader,
) -> Result<Response, Problem> {
    let (items, next) = filter.load(&mut reader, true).await?;
    let l = Layout::of_list(&app, &reader, &uri, "cancellations.title");
    page::render(&Page { l, filter, items, next })
}

/// A cancellation and where on the chain it stands.
#[derive(Serialize, ToSchema)]
pub struct CancellationRecord {
    #[serde(flatten)]
    cancellation: Cancellation,
    #[serde(flatten)]
    proof: Proof,
}

impl CancellationRecord {
    async fn load(reader: &mut Reader, id: &str) -> Result<Self, Problem> {
        let unknown = || Problem::not_found(Message::new("problem.no_cancellation").with("id", id));
        let number = query::number(id).ok_or_else(unknown)?;
        let selection = Selection { id: Some(number), limit: 1, ..Selection::default() };
        let cancellation = load(reader, selection).await?.pop().ok_or_else(unknown)?;
        let proof = Proof::load(reader, cancellation.block, cancellation.event).await?;
        Ok(Self { cancellation, proof })
    }
}

/// One cancellation: what it took out, why, and what it corrects.
#[utoipa::path(
    get, path = "/api/v1/cancellations/{id}", tag = "registry",
    operation_id = "cancellation",
    params(("id" = u64, Path, description = "Number of the cancellation", example = 1)),
    responses(
        (status = OK, body = At<CancellationRecord>),
        (status = NOT_FOUND, body = ProblemDocument),
    )
)]
pub async fn show(Path(id): Path<String>, mut reader: Reader) -> Result<Response, Problem> {
    let record = CancellationRecord::load(&mut reader, &id).await?;
    Ok(reader.json(record))
}

#[derive(Template)]
#[template(path = "cancellation.html")]
struct RecordPage {
    l: Layout,
    record: CancellationRecord,
}

/// `/cancellations/{id}`
pub async fn record(
    State(app): State<App>,
    uri: Uri,
    Path(id): Path<String>,
    mut reader: Reader,
) -> Result<Response, Problem> {
    let (id, json) = without_json(&id);
    let record = CancellationRecord::load(&mut reader, id).await?;
    if json {
        return Ok(reader.json(record));
    }
    let mut l = Layout::new(&app, &reader, &uri, "");
    l.title = l.say("cancellation.number", "id", id);
    page::render(&RecordPage { l, record })
}
