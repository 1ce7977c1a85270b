// SPDX-License-Identifier: Apache-2.0
//! Blocks of credits: the list, and how any of them is read.

use crate::{
    answers::{List, Numbers, OrganisationRef, Origin, ProjectRef},
    credits::Asked,
    db::{Reader, Seen},
    download::{self, Column},
    i18n::Language,
    list::{Field, Key, Kind, Listing, Question, Shown, View},
    page::{self, Layout},
    problem::{Problem, ProblemDocument},
    query::{blank_is_none, Params},
    server::App,
};
use askama::Template;
use axum::{
    extract::{FromRequestParts, State},
    http::request::Parts,
    response::{IntoResponse, Redirect, Response},
};
use registry_primitives::credit::BlockStatus;
use serde::{Deserialize, Serialize};
use sqlx::{postgres::PgRow, Row};
use utoipa::{IntoParams, ToSchema};

/// A block of credits: consecutive numbers of one project and vintage, one owner, one status.
#[derive(Serialize, ToSchema)]
pub struct Block {
    /// Its numbers.
    #[serde(flatten)]
    pub numbers: Numbers,
    /// The project that they come from.
    pub project: ProjectRef,
    /// The monitoring period that they were issued for.
    pub period: i64,
    /// The year of the reductions.
    pub vintage: i16,
    /// Who owns them.
    pub owner: OrganisationRef,
    /// What may be done with them.
    #[schema(example = "held")]
    pub status: String,
    /// Why on hold or cancelled.
    pub status_reason: Option<String>,
    /// The Government's public reason of a hold.
    pub hold_statement: Option<String>,
    /// The request for an international retirement that a reserved block waits for.
    pub request: Option<i64>,
    /// The retirement of a retired block.
    pub retirement: Option<i64>,
    /// The cancellation of a cancelled block.
    pub cancellation: Option<i64>,
    /// Whether they have been first transferred under Article 6.
    pub first_transferred: bool,
    /// First number of the block that this one was split from.
    pub parent: Option<i64>,
    /// Sectoral scope of the project, which its serial number names.
    #[serde(skip)]
    pub scope: i16,
}

impl Block {
    /// What its serial numbers begin with.
    pub fn origin(&self, seen: &Seen) -> Origin {
        seen.origin(self.scope, self.project.id, self.vintage)
    }

    /// Why on hold or cancelled, in words.
    pub fn reason(&self, l: &Layout) -> Option<String> {
        let group = if self.status == "cancelled" { "cancellation_reason" } else { "hold" };
        Some(l.label(group, self.status_reason.as_ref()?))
    }
}

/// Blocks of credits, by their first number.
pub struct Blocks;

const STATUS: Kind = Kind::choice(|| {
    let (held, buffer) = (BlockStatus::Held.as_str(), BlockStatus::Buffer.as_str());
    vec![held, "on_hold", "reserved", "retired", "cancelled", buffer]
});

impl Listing for Blocks {
    type Item = Block;
    const NAME: &'static str = "credit-blocks";
    const TITLE: &'static str = "blocks.title";
    const COLUMNS: &'static [Column<Block>] = &[
        ("serial", |it| (&it.numbers.serial).into()),
        ("start", |it| it.numbers.start.into()),
        ("end", |it| it.numbers.end.into()),
        ("quantity", |it| it.numbers.quantity.into()),
        ("project_id", |it| it.project.id.into()),
        ("project", |it| (&it.project.title).into()),
        ("period", |it| it.period.into()),
        ("vintage", |it| it.vintage.into()),
        ("owner_id", |it| it.owner.id.into()),
        ("owner", |it| (&it.owner.name).into()),
        ("status", |it| (&it.status).into()),
        ("status_reason", |it| it.status_reason.as_ref().into()),
        ("hold_statement", |it| it.hold_statement.as_ref().into()),
        ("request", |it| it.request.into()),
        ("retirement", |it| it.retirement.into()),
        ("cancellation", |it| it.cancellation.into()),
        ("first_transferred", |it| it.first_transferred.into()),
        ("parent", |it| it.parent.into()),
    ];
    const FIELDS: &'static [Field] = &[
        Field::of("owner", Kind::Id, "b.owner", "Number of the owner"),
        Field::of("project", Kind::Id, "b.project", "Number of the project"),
        Field::of("period", Kind::Id, "b.period", "Number of the monitoring period in the project"),
        Field::of("vintage", Kind::Number, "b.vintage", "The vintage").sorted(),
        Field::of("status", STATUS, "b.status", "A status"),
        Field::of(
            "first_transferred",
            Kind::Flag,
            "b.first_transferred",
            "Whether they have been first transferred under Article 6",
        ),
        Field::of("request", Kind::Id, "b.request", "Number of the request that they wait for"),
        Field::of("retirement", Kind::Id, "b.retirement", "Number of their retirement"),
        Field::of("cancellation", Kind::Id, "b.cancellation", "Number of their cancellation"),
        Field::of(
            "quantity",
            Kind::Number,
            "(b.end_serial - b.start_serial + 1)",
            "Tonnes: how many numbers",
        )
        .sorted(),
        Field::when(
            "serial",
            Kind::Serial,
            // The block that holds the first number begins at or before it.
            "b.end_serial >= {start} AND b.start_serial <= {end}
             AND b.start_serial >= COALESCE((SELECT MAX(start_serial) FROM chain.credit_blocks
                                             WHERE start_serial <= {start}), 0)
             AND b.project = COALESCE({project}, b.project)
             AND b.vintage = COALESCE({vintage}, b.vintage)",
            "Blocks with any of these numbers: a serial number, or numbers alone such as `90` or \
             `81-100`",
        ),
    ];
    const KEY: Key = Key::numbers("start", &["b.start_serial"]);
    const LAST_FIRST: bool = false;
    const SQL: &'static str = "SELECT b.*, p.title, p.sectoral_scope, o.name
         FROM (SELECT {cursor}, b.start_serial, b.end_serial, b.project, b.period, b.vintage, b.owner,
                      b.status, b.status_reason, b.hold_statement, b.request, b.retirement,
                      b.cancellation, b.first_transferred, b.parent
               FROM chain.credit_blocks b WHERE {filters} {part}) b
         JOIN chain.projects p ON p.id = b.project
         JOIN chain.organisations o ON o.id = b.owner
         {order}";

    async fn items(reader: &mut Reader, rows: Vec<PgRow>) -> Result<Vec<Block>, Problem> {
        rows.iter().map(|row| Block::read(reader, row)).collect()
    }
}

impl Block {
    fn read(reader: &Reader, row: &PgRow) -> Result<Self, Problem> {
        let project = ProjectRef::of(row, "project", "title")?;
        let (scope, vintage) = (row.try_get("sectoral_scope")?, row.try_get("vintage")?);
        let origin = reader.origin(scope, project.id, vintage);
        Ok(Self {
            numbers: origin.numbers(row.try_get("start_serial")?, row.try_get("end_serial")?)?,
            project,
            period: row.try_get("period")?,
            vintage,
            owner: OrganisationRef::of(row, "owner", "name")?,
            status: row.try_get("status")?,
            status_reason: row.try_get("status_reason")?,
            hold_statement: row.try_get("hold_statement")?,
            request: row.try_get("request")?,
            retirement: row.try_get("retirement")?,
            cancellation: row.try_get("cancellation")?,
            first_transferred: row.try_get("first_transferred")?,
            parent: row.try_get("parent")?,
            scope,
        })
    }
}

/// The first blocks of a project.
pub async fn of_project(
    reader: &mut Reader,
    project: i64,
    limit: i64,
) -> Result<Vec<Block>, Problem> {
    let question = Question::<Blocks>::about(&[("project", project)], limit)?;
    Ok(question.load(reader).await?.0)
}

/// Blocks of credits, by their first number.
#[utoipa::path(
    get, path = "/api/v1/credits/blocks", tag = "registry", params(Question<Blocks>),
    operation_id = "blocks",
    responses(
        (status = OK, body = List<Block>),
        (status = BAD_REQUEST, body = ProblemDocument),
    )
)]
pub async fn list(question: Question<Blocks>, reader: Reader) -> Result<Response, Problem> {
    download::json(question, reader).await
}

/// The page of the list also takes a serial number from its form.
#[derive(Deserialize, IntoParams)]
pub struct Lookup {
    #[serde(default, deserialize_with = "blank_is_none")]
    serial: Option<String>,
}

#[derive(Template)]
#[template(path = "blocks.html")]
struct Page {
    l: Layout,
    list: View<Blocks>,
    items: Vec<Block>,
}

/// `/credits`
pub async fn page(
    State(app): State<App>,
    Params(lookup): Params<Lookup>,
    mut parts: Parts,
) -> Result<Response, Response> {
    if let Some(serial) = lookup.serial {
        // Parsed first, so that only what is a serial number goes into an address.
        let _: Asked = serial.parse().map_err(Problem::into_response)?;
        return Ok(
            Redirect::to(&Language::current().to(&format!("/credits/{serial}"))).into_response()
        );
    }
    let Shown { l, list, items, .. } = Shown::from_request_parts(&mut parts, &app).await?;
    page::render(&Page { l, list, items }).map_err(Problem::into_response)
}
