// SPDX-License-Identifier: Apache-2.0
//! Transfers between organisations.

use crate::{
    answers::{cut, List, OrganisationRef, Part, PartRow, Time},
    db::Reader,
    download::{Cell, Column, Listing},
    page::{self, Layout},
    problem::{Problem, ProblemDocument},
    query::{self, blank_is_none, Params},
    server::App,
};
use askama::Template;
use axum::{extract::State, http::Uri, response::Response};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Which transfers, and how many.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Filter {
    /// Only transfers from or to this organisation.
    #[serde(default, deserialize_with = "blank_is_none")]
    organisation: Option<i64>,
    /// The `next` of the answer before.
    #[serde(default, deserialize_with = "blank_is_none")]
    after: Option<i64>,
    /// How many, at most 200.
    #[serde(default, deserialize_with = "blank_is_none")]
    limit: Option<i64>,
}

/// Credits that went from one organisation to another.
#[derive(Serialize, ToSchema)]
pub struct Transfer {
    /// Counts transfers nationally.
    pub id: i64,
    /// Height of the block of the chain.
    pub block: i64,
    /// Index of the event in it.
    pub event: i32,
    /// When.
    pub at: Time,
    /// Who gave.
    pub from: OrganisationRef,
    /// Who received.
    pub to: OrganisationRef,
    /// Tonnes.
    pub quantity: i64,
    /// The reference of whoever began it.
    pub reference: Option<String>,
    /// The request that it answers.
    pub request: Option<i64>,
    /// The numbers.
    pub parts: Vec<Part>,
}

async fn load(
    reader: &mut Reader,
    organisation: Option<i64>,
    before: Option<i64>,
    limit: i64,
) -> Result<Vec<Transfer>, Problem> {
    let rows = sqlx::query!(
        r#"SELECT t.id, t.height, t.index, t.at, t.quantity AS "quantity!", t.reference, t.request,
                  f.id AS from_id, f.name AS from_name, o.id AS to_id, o.name AS to_name
           FROM chain.transfers t
           JOIN chain.organisations f ON f.id = t.from_owner
           JOIN chain.organisations o ON o.id = t.to_owner
           WHERE ($1::BIGINT IS NULL OR t.from_owner = $1 OR t.to_owner = $1)
             AND ($2::BIGINT IS NULL OR t.id < $2)
           ORDER BY t.id DESC LIMIT $3"#,
        organisation,
        before,
        limit
    )
    .fetch_all(reader.connection())
    .await?;
    let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
    let parts = sqlx::query_as!(
        PartRow,
        "SELECT t.transfer AS record, t.start_serial, t.end_serial, t.project, p.title,
                p.sectoral_scope, t.vintage
         FROM chain.transfer_parts t JOIN chain.projects p ON p.id = t.project
         WHERE t.transfer = ANY ($1) ORDER BY t.transfer, t.position",
        &ids
    )
    .fetch_all(reader.connection())
    .await?;
    let mut parts = reader.parts(parts)?;
    Ok(rows
        .into_iter()
        .map(|row| Transfer {
            id: row.id,
            block: row.height,
            event: row.index,
            at: row.at.into(),
            from: OrganisationRef { id: row.from_id, name: row.from_name },
            to: OrganisationRef { id: row.to_id, name: row.to_name },
            quantity: row.quantity,
            reference: row.reference,
            request: row.request,
            parts: parts.remove(&row.id).unwrap_or_default(),
        })
        .collect())
}

/// The latest transfers from or to an organisation.
pub async fn of_organisation(
    reader: &mut Reader,
    organisation: i64,
    limit: i64,
) -> Result<Vec<Transfer>, Problem> {
    load(reader, Some(organisation), None, limit).await
}

impl Listing for Filter {
    type Item = Transfer;
    type Cursor = i64;
    const NAME: &'static str = "transfers";
    const COLUMNS: &'static [Column<Transfer>] = &[
        ("id", |it| it.id.into()),
        ("at", |it| it.at.into()),
        ("from_id", |it| it.from.id.into()),
        ("from", |it| (&it.from.name).into()),
        ("to_id", |it| it.to.id.into()),
        ("to", |it| (&it.to.name).into()),
        ("quantity", |it| it.quantity.into()),
        ("reference", |it| it.reference.as_ref().into()),
        ("request", |it| it.request.into()),
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
    ) -> Result<(Vec<Transfer>, Option<String>), Problem> {
        let limit = query::limit(self.limit, for_page)?;
        let rows = load(reader, self.organisation, self.after, limit + 1).await?;
        Ok(cut(rows, limit, |transfer| transfer.id.to_string()))
    }
}

/// The transfers, newest first.
#[utoipa::path(
    get, path = "/api/v1/transfers", tag = "registry", params(Filter),
    operation_id = "transfers",
    responses(
        (status = OK, body = List<Transfer>),
        (status = BAD_REQUEST, body = ProblemDocument),
    )
)]
pub async fn list(Params(filter): Params<Filter>, mut reader: Reader) -> Result<Response, Problem> {
    let (items, next) = filter.load(&mut reader, false).await?;
    Ok(reader.json_list(items, next))
}

#[derive(Template)]
#[template(path = "transfers.html")]
struct Page {
    l: Layout,
    filter: Filter,
    items: Vec<Transfer>,
    next: Option<String>,
}

impl Page {
    fn given(&self) -> [(&'static str, String); 1] {
        let organisation = self.filter.organisation.map(|it| it.to_string()).unwrap_or_default();
        [("organisation", organisation)]
    }
}

/// `/transfers`
pub async fn page(
    State(app): State<App>,
    uri: Uri,
    Params(filter): Params<Filter>,
    mut reader: Reader,
) -> Result<Response, Problem> {
    let (items, next) = filter.load(&mut reader, true).await?;
    let l = Layout::of_list(&app, &reader, &uri, "transfers.title");
    page::render(&Page { l, filter, items, next })
}
