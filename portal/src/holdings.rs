// SPDX-License-Identifier: Apache-2.0
//! Holdings: what each organisation owns of each project's vintage, by status.

use crate::{
    answers::{List, OrganisationRef, ProjectRef},
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

/// What an organisation owns of a project's vintage, in tonnes by status.
#[derive(Serialize, ToSchema)]
pub struct OwnedVintage {
    /// Owner, project and vintage.
    #[schema(example = "2-1-2023")]
    pub id: String,
    /// Who owns them.
    pub owner: OrganisationRef,
    /// The project that they come from.
    pub project: ProjectRef,
    /// The year of the reductions.
    pub vintage: i16,
    /// Free to be moved or retired.
    pub held: i64,
    /// On hold by the Government.
    pub on_hold: i64,
    /// Reserved for an international retirement that waits.
    pub reserved: i64,
    /// Retired by it.
    pub retired: i64,
    /// Cancelled while it owned them.
    pub cancelled: i64,
    /// In the buffer.
    pub buffer: i64,
}

/// The holdings, by owner, project and vintage.
pub struct Holdings;

impl Listing for Holdings {
    type Item = OwnedVintage;
    const NAME: &'static str = "holdings";
    const TITLE: &'static str = "holdings.title";
    const COLUMNS: &'static [Column<OwnedVintage>] = &[
        ("id", |it| (&it.id).into()),
        ("owner_id", |it| it.owner.id.into()),
        ("owner", |it| (&it.owner.name).into()),
        ("project_id", |it| it.project.id.into()),
        ("project", |it| (&it.project.title).into()),
        ("vintage", |it| it.vintage.into()),
        ("held", |it| it.held.into()),
        ("on_hold", |it| it.on_hold.into()),
        ("reserved", |it| it.reserved.into()),
        ("retired", |it| it.retired.into()),
        ("cancelled", |it| it.cancelled.into()),
        ("buffer", |it| it.buffer.into()),
    ];
    const FIELDS: &'static [Field] = &[
        Field::of("owner", Kind::Id, "h.owner", "Number of the owner"),
        Field::of("project", Kind::Id, "h.project", "Number of the project"),
        Field::of("vintage", Kind::Number, "h.vintage", "The vintage").sorted(),
        Field::of("held", Kind::Number, "h.held", "Tonnes held").sorted(),
        Field::of("on_hold", Kind::Number, "h.on_hold", "Tonnes on hold").sorted(),
        Field::of("retired", Kind::Number, "h.retired", "Tonnes retired").sorted(),
        Field::of("cancelled", Kind::Number, "h.cancelled", "Tonnes cancelled").sorted(),
    ];
    const KEY: Key = Key::numbers("id", &["h.owner", "h.project", "h.vintage"]);
    const LAST_FIRST: bool = false;
    const SQL: &'static str =
        "SELECT {cursor}, h.owner, o.name, h.project, p.title, h.vintage, h.held::BIGINT AS held,
                h.on_hold::BIGINT AS on_hold, h.reserved::BIGINT AS reserved,
                h.retired::BIGINT AS retired, h.cancelled::BIGINT AS cancelled,
                h.buffer::BIGINT AS buffer
         FROM chain.holdings h
         JOIN chain.organisations o ON o.id = h.owner
         JOIN chain.projects p ON p.id = h.project
         WHERE {filters} {part}";

    async fn items(_: &mut Reader, rows: Vec<PgRow>) -> Result<Vec<OwnedVintage>, Problem> {
        let read = |row: &PgRow| {
            let owner = OrganisationRef::of(row, "owner", "name")?;
            let project = ProjectRef { id: row.try_get("project")?, title: row.try_get("title")? };
            let vintage: i16 = row.try_get("vintage")?;
            Ok(OwnedVintage {
                id: format!("{}-{}-{vintage}", owner.id, project.id),
                owner,
                project,
                vintage,
                held: row.try_get("held")?,
                on_hold: row.try_get("on_hold")?,
                reserved: row.try_get("reserved")?,
                retired: row.try_get("retired")?,
                cancelled: row.try_get("cancelled")?,
                buffer: row.try_get("buffer")?,
            })
        };
        rows.iter().map(read).collect()
    }
}

/// What each organisation owns of each project's vintage, by status.
#[utoipa::path(
    get, path = "/api/v1/holdings", tag = "registry", params(Question<Holdings>),
    operation_id = "holdings",
    responses(
        (status = OK, body = List<OwnedVintage>),
        (status = BAD_REQUEST, body = ProblemDocument),
    )
)]
pub async fn list(question: Question<Holdings>, reader: Reader) -> Result<Response, Problem> {
    download::json(question, reader).await
}

#[derive(Template)]
#[template(path = "holdings.html")]
struct Page {
    l: Layout,
    list: View<Holdings>,
    items: Vec<OwnedVintage>,
}

/// `/holdings`
pub async fn page(shown: Shown<Holdings>) -> Result<Response, Problem> {
    let Shown { l, list, items, .. } = shown;
    page::render(&Page { l, list, items })
}
