// SPDX-License-Identifier: Apache-2.0
//! First transfers under Article 6: from then on the country does not count a reduction for itself.

use crate::{
    answers::{List, Numbers, OrganisationRef, ProjectRef, Time},
    db::Reader,
    download::{self, Column},
    list::{Field, Key, Kind, Listing, Question, Shown, View},
    page::{self, Layout},
    problem::{Problem, ProblemDocument},
};
use askama::Template;
use axum::response::Response;
use serde::Serialize;
use sqlx::{postgres::PgRow, Row};
use utoipa::ToSchema;

/// Credits that were first transferred.
#[derive(Serialize, ToSchema)]
pub struct FirstTransferred {
    /// Height of the block, index of the event in it, and which of the event's ranges it is.
    #[schema(example = "120-3-0")]
    pub id: String,
    /// When.
    pub at: Time,
    /// The numbers.
    #[serde(flatten)]
    pub numbers: Numbers,
    /// The project that they come from.
    pub project: ProjectRef,
    /// The year of the reductions.
    pub vintage: i16,
    /// Who owned them.
    pub owner: OrganisationRef,
    /// Height of the block of the chain.
    pub block: i64,
    /// Index of the event in it.
    pub event: i32,
}

/// The first transfers, newest first.
pub struct FirstTransfers;

impl Listing for FirstTransfers {
    type Item = FirstTransferred;
    const NAME: &'static str = "article6-first-transfers";
    const TITLE: &'static str = "first_transfers.title";
    const COLUMNS: &'static [Column<FirstTransferred>] = &[
        ("id", |it| (&it.id).into()),
        ("at", |it| it.at.into()),
        ("serial", |it| (&it.numbers.serial).into()),
        ("start", |it| it.numbers.start.into()),
        ("end", |it| it.numbers.end.into()),
        ("quantity", |it| it.numbers.quantity.into()),
        ("project_id", |it| it.project.id.into()),
        ("project", |it| (&it.project.title).into()),
        ("vintage", |it| it.vintage.into()),
        ("owner_id", |it| it.owner.id.into()),
        ("owner", |it| (&it.owner.name).into()),
        ("block", |it| it.block.into()),
        ("event", |it| it.event.into()),
    ];
    const FIELDS: &'static [Field] = &[
        Field::of("project", Kind::Id, "b.project", "Number of the project"),
        Field::of("vintage", Kind::Number, "b.vintage", "The vintage"),
        Field::of("owner", Kind::Id, "h.from_owner", "Number of the organisation that owned them"),
    ];
    const KEY: Key = Key::numbers("id", &["h.height", "h.index", "h.part"]);
    const SQL: &'static str = "SELECT h.*, p.title, p.sectoral_scope, o.name, f.time
         FROM (SELECT {cursor}, h.height, h.index, h.part, h.start_serial, h.end_serial,
                      h.from_owner, b.project, b.vintage
               FROM chain.serial_history h
               -- Blocks are never put together again: where a range began, one begins for ever.
               JOIN chain.credit_blocks b USING (start_serial)
               WHERE h.kind = 'first_transferred' AND {filters} {part}) h
         JOIN chain.finalised_blocks f ON f.height = h.height
         JOIN chain.projects p ON p.id = h.project
         JOIN chain.organisations o ON o.id = h.from_owner
         {order}";

    async fn items(
        reader: &mut Reader,
        rows: Vec<PgRow>,
    ) -> Result<Vec<FirstTransferred>, Problem> {
        rows.iter().map(|row| FirstTransferred::read(reader, row)).collect()
    }
}

impl FirstTransferred {
    fn read(reader: &Reader, row: &PgRow) -> Result<Self, Problem> {
        let project = ProjectRef::of(row, "project", "title")?;
        let vintage = row.try_get("vintage")?;
        let origin = reader.origin(row.try_get("sectoral_scope")?, project.id, vintage);
        let (block, event): (i64, i32) = (row.try_get("height")?, row.try_get("index")?);
        let part: i16 = row.try_get("part")?;
        Ok(Self {
            id: format!("{block}-{event}-{part}"),
            at: row.try_get("time")?,
            numbers: origin.numbers(row.try_get("start_serial")?, row.try_get("end_serial")?)?,
            project,
            vintage,
            owner: OrganisationRef::of(row, "from_owner", "name")?,
            block,
            event,
        })
    }
}

/// The latest first transfers.
pub async fn latest(reader: &mut Reader, limit: i64) -> Result<Vec<FirstTransferred>, Problem> {
    let question = Question::<FirstTransfers>::about(&[], limit)?;
    Ok(question.load(reader).await?.0)
}

/// The first transfers under Article 6, newest first.
#[utoipa::path(
    get, path = "/api/v1/article6/first-transfers", tag = "registry",
    params(Question<FirstTransfers>), operation_id = "first_transfers",
    responses(
        (status = OK, body = List<FirstTransferred>),
        (status = BAD_REQUEST, body = ProblemDocument),
    )
)]
pub async fn list(question: Question<FirstTransfers>, reader: Reader) -> Result<Response, Problem> {
    download::json(question, reader).await
}

#[derive(Template)]
#[template(path = "first_transfers.html")]
struct Page {
    l: Layout,
    list: View<FirstTransfers>,
    items: Vec<FirstTransferred>,
}

/// `/article6/first-transfers`
pub async fn page(shown: Shown<FirstTransfers>) -> Result<Response, Problem> {
    let Shown { l, list, items, .. } = shown;
    page::render(&Page { l, list, items })
}
