// SPDX-License-Identifier: Apache-2.0
//! Cancellations: what was taken out without being used, why, and what that corrects.

use crate::{
    answers::{At, List, OrganisationRef, Part, PartRow, ProjectRef, Time},
    db::Reader,
    download::{self, Cell, Column},
    list::{self, Field, Key, Kind, Listing, Question, Shown, View},
    page::{self, without_json, Layout},
    problem::{Message, Problem, ProblemDocument},
    proof::Proof,
    query,
    server::App,
};
use askama::Template;
use axum::{
    extract::{Path, State},
    http::Uri,
    response::Response,
};
use registry_primitives::credit::CancellationReason;
use serde::Serialize;
use sqlx::{postgres::PgRow, Row};
use std::collections::HashMap;
use utoipa::ToSchema;

/// Cancellations that come with a retirement.
const OF_RETIREMENT: i64 = 100;

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

/// The cancellations, newest first.
pub struct Cancellations;

const REASON: Kind =
    Kind::choice(|| CancellationReason::ALL.iter().map(|reason| reason.as_str()).collect());
const CORRECTS: Kind = Kind::choice(|| vec!["nothing", "issuance", "retirement"]);

impl Listing for Cancellations {
    type Item = Cancellation;
    const NAME: &'static str = "cancellations";
    const TITLE: &'static str = "cancellations.title";
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
    const FIELDS: &'static [Field] = &[
        Field::of(
            "organisation",
            Kind::Id,
            "c.owner",
            "Number of the organisation whose credits were cancelled",
        ),
        Field::of("reason", REASON, "c.reason", "Why"),
        Field::of("corrects", CORRECTS, "c.corrects", "What it corrects or follows from"),
        Field::of(
            "project",
            Kind::Id,
            "c.corrects_project",
            "Number of the project whose issuance it corrects",
        ),
        Field::of(
            "retirement",
            Kind::Id,
            "c.corrects_retirement",
            "Number of the retirement that it follows from",
        ),
        Field::of(
            "from_project",
            Kind::Id,
            "n.project",
            "Number of the project of any of the numbers",
        )
        .of_part(),
        Field::of("vintage", Kind::Number, "n.vintage", "The vintage of any of the numbers")
            .of_part(),
        Field::of("quantity", Kind::Number, "c.quantity", "Tonnes").sorted(),
        Field::of("at", Kind::Time, "c.at", "When").sorted_as_key(),
    ];
    const KEY: Key = Key::numbers("id", &["c.id"]);
    const SQL: &'static str =
        "SELECT {cursor}, c.id, c.height, c.index, c.owner, o.name, c.reason, c.corrects,
                c.corrects_project, p.title, c.corrects_period, c.corrects_retirement, c.statement,
                c.quantity, c.at
         FROM chain.cancellations c
         JOIN chain.organisations o ON o.id = c.owner
         LEFT JOIN chain.projects p ON p.id = c.corrects_project
         WHERE {filters} {part}";
    const PARTS: &'static str = "chain.cancellation_parts n WHERE n.cancellation = c.id";

    async fn items(reader: &mut Reader, rows: Vec<PgRow>) -> Result<Vec<Cancellation>, Problem> {
        let mut parts = parts(reader, &list::ids(&rows)?).await?;
        let read = |row: &PgRow| {
            let id = row.try_get("id")?;
            let project: Option<i64> = row.try_get("corrects_project")?;
            Ok(Cancellation {
                id,
                owner: OrganisationRef::of(row, "owner", "name")?,
                reason: row.try_get("reason")?,
                corrects: Corrects {
                    kind: row.try_get("corrects")?,
                    project: project
                        .map(|_| ProjectRef::of(row, "corrects_project", "title"))
                        .transpose()?,
                    period: row.try_get("corrects_period")?,
                    retirement: row.try_get("corrects_retirement")?,
                },
                statement: row.try_get("statement")?,
                quantity: row.try_get("quantity")?,
                at: row.try_get("at")?,
                block: row.try_get("height")?,
                event: row.try_get("index")?,
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
        "SELECT c.cancellation AS record, c.start_serial, c.end_serial, c.project, p.title,
                p.sectoral_scope, c.vintage
         FROM chain.cancellation_parts c JOIN chain.projects p ON p.id = c.project
         WHERE c.cancellation = ANY ($1) ORDER BY c.cancellation, c.position",
        ids
    )
    .fetch_all(reader.connection())
    .await?;
    reader.parts(rows)
}

/// What was deducted from a retirement, or cancelled because of it; the first first.
pub async fn of_retirement(
    reader: &mut Reader,
    retirement: i64,
) -> Result<Vec<Cancellation>, Problem> {
    let given = [("retirement", retirement)];
    let mut found = Question::<Cancellations>::about(&given, OF_RETIREMENT)?.load(reader).await?.0;
    found.reverse();
    Ok(found)
}

/// The cancellations, newest first.
#[utoipa::path(
    get, path = "/api/v1/cancellations", tag = "registry", params(Question<Cancellations>),
    operation_id = "cancellations",
    responses(
        (status = OK, body = List<Cancellation>),
        (status = BAD_REQUEST, body = ProblemDocument),
    )
)]
pub async fn list(question: Question<Cancellations>, reader: Reader) -> Result<Response, Problem> {
    download::json(question, reader).await
}

#[derive(Template)]
#[template(path = "cancellations.html")]
struct Page {
    l: Layout,
    list: View<Cancellations>,
    items: Vec<Cancellation>,
}

/// `/cancellations`
pub async fn page(shown: Shown<Cancellations>) -> Result<Response, Problem> {
    let Shown { l, list, items, .. } = shown;
    page::render(&Page { l, list, items })
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
        let question = Question::<Cancellations>::numbered(&[number])?;
        let cancellation = question.load(reader).await?.0.pop().ok_or_else(unknown)?;
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
