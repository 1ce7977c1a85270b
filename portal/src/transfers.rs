// SPDX-License-Identifier: Apache-2.0
//! Transfers between organisations.

use crate::{
    answers::{At, List, OrganisationRef, Part, PartRow, Time},
    db::Reader,
    download::{self, Cell, Column},
    list::{self, Field, Key, Kind, Listing, Question, Shown, Source, Sql, View},
    page::{self, without_json, Html, Layout},
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
use serde::Serialize;
use sqlx::{postgres::PgRow, Row};
use std::collections::HashMap;
use utoipa::ToSchema;

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

/// The transfers, newest first.
pub struct Transfers;

/// Times of blocks grow with their heights, and transfers are numbered in the order of the chain.
const AT: Sql = Sql::Bounds(
    "t.height >= (SELECT height FROM chain.finalised_blocks WHERE time {op} {value}
                  ORDER BY time, height LIMIT 1)",
    "t.height <= (SELECT height FROM chain.finalised_blocks WHERE time {op} {value}
                  ORDER BY time DESC, height DESC LIMIT 1)",
);

/// Transfers are of the events about the projects of their numbers.
const BY_PROJECT: Source = Source {
    from: "(SELECT height, indices FROM chain.subjects
            WHERE kind = 'project' AND id = {value} AND {after height}
            ORDER BY height{direction}) s
           CROSS JOIN LATERAL (
               SELECT t.* FROM chain.transfers t
               WHERE t.height = s.height AND t.index = ANY (s.indices) OFFSET 0) t",
    column: "s.height",
    narrows: "TRUE",
};

/// Each side by its index, in the order of the list.
const OF_EITHER: Source = Source {
    from: "((SELECT t.* FROM chain.transfers t
             WHERE t.from_owner = {value} AND {after t.height}
             ORDER BY t.height{direction}, t.id{direction})
            UNION ALL
            (SELECT t.* FROM chain.transfers t
             WHERE t.to_owner = {value} AND t.from_owner <> {value} AND {after t.height}
             ORDER BY t.height{direction}, t.id{direction})) t",
    column: "t.height",
    narrows: "TRUE",
};

impl Listing for Transfers {
    type Item = Transfer;
    const NAME: &'static str = "transfers";
    const TITLE: &'static str = "transfers.title";
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
    const FIELDS: &'static [Field] = &[
        Field::of("from", Kind::Id, "t.from_owner", "Number of the organisation that gave"),
        Field::of("to", Kind::Id, "t.to_owner", "Number of the organisation that received"),
        Field::of("project", Kind::Id, "n.project", "Number of the project of any of the numbers")
            .of_part()
            .found_in(BY_PROJECT),
        Field::when(
            "organisation",
            Kind::Id,
            "(t.from_owner = {value} OR t.to_owner = {value})",
            "Number of the organisation that gave or received",
        )
        .found_in(OF_EITHER),
        Field::of("vintage", Kind::Number, "n.vintage", "The vintage of any of the numbers")
            .of_part(),
        Field::of("request", Kind::Id, "t.request", "Number of the request that it answers"),
        Field::of("quantity", Kind::Number, "t.quantity", "Tonnes").sorted(),
        Field::of("at", Kind::Time, "", "When").by(AT).sorted_as_key(),
    ];
    // Those of a time are found by the heights of its blocks.
    const KEY: Key = Key::numbers("id", &["t.id"]).led_by(
        "t.height",
        "COALESCE((SELECT height FROM chain.transfers WHERE id >= {key} ORDER BY id LIMIT 1),
                  9223372036854775807)",
    );
    const FROM: &'static str = "chain.transfers t";
    const SQL: &'static str = "SELECT p.*, f.name AS from_name, o.name AS to_name
         FROM (SELECT {cursor}, t.id, t.height, t.index, t.at, t.quantity, t.reference, t.request,
                      t.from_owner, t.to_owner
               FROM {rows} WHERE {filters} {part}) p
         JOIN chain.organisations f ON f.id = p.from_owner
         JOIN chain.organisations o ON o.id = p.to_owner
         {order}";
    const PARTS: &'static str = "chain.transfer_parts n WHERE n.transfer = t.id";

    async fn items(reader: &mut Reader, rows: Vec<PgRow>) -> Result<Vec<Transfer>, Problem> {
        let mut parts = parts(reader, &list::ids(&rows)?).await?;
        let read = |row: &PgRow| {
            let id = row.try_get("id")?;
            Ok(Transfer {
                id,
                block: row.try_get("height")?,
                event: row.try_get("index")?,
                at: row.try_get("at")?,
                from: OrganisationRef::of(row, "from_owner", "from_name")?,
                to: OrganisationRef::of(row, "to_owner", "to_name")?,
                quantity: row.try_get("quantity")?,
                reference: row.try_get("reference")?,
                request: row.try_get("request")?,
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
        r#"SELECT t.transfer AS "record!", t.start_serial AS "start_serial!",
                  t.end_serial AS "end_serial!", t.project AS "project!", p.title,
                  p.sectoral_scope, t.vintage AS "vintage!"
           FROM chain.transfer_parts t JOIN chain.projects p ON p.id = t.project
           WHERE t.transfer = ANY ($1) ORDER BY t.transfer, t.position"#,
        ids
    )
    .fetch_all(reader.connection())
    .await?;
    reader.parts(rows)
}

/// The latest transfers from or to an organisation.
pub async fn of_organisation(
    reader: &mut Reader,
    organisation: i64,
    limit: i64,
) -> Result<Vec<Transfer>, Problem> {
    let question = Question::<Transfers>::about(&[("organisation", organisation)], limit)?;
    Ok(question.load(reader).await?.0)
}

/// The transfers, newest first.
#[utoipa::path(
    get, path = "/api/v1/transfers", tag = "registry", params(Question<Transfers>),
    operation_id = "transfers",
    responses(
        (status = OK, body = List<Transfer>),
        (status = BAD_REQUEST, body = ProblemDocument),
    )
)]
pub async fn list(question: Question<Transfers>, reader: Reader) -> Result<Response, Problem> {
    download::json(question, reader).await
}

#[derive(Template)]
#[template(path = "transfers.html")]
struct Page {
    l: Layout,
    list: View<Transfers>,
    items: Vec<Transfer>,
}

/// `/transfers`
pub async fn page(shown: Shown<Transfers>) -> Result<Response, Problem> {
    let Shown { l, list, items, .. } = shown;
    page::render(&Page { l, list, items })
}

/// A transfer and where on the chain it stands.
#[derive(Serialize, ToSchema)]
pub struct TransferRecord {
    #[serde(flatten)]
    transfer: Transfer,
    #[serde(flatten)]
    proof: Proof,
}

impl TransferRecord {
    async fn load(reader: &mut Reader, id: &str) -> Result<Self, Problem> {
        let unknown = || Problem::not_found(Message::new("problem.no_transfer").with("id", id));
        let number = query::number(id).ok_or_else(unknown)?;
        let question = Question::<Transfers>::numbered(&[number])?;
        let transfer = question.load(reader).await?.0.pop().ok_or_else(unknown)?;
        let proof = Proof::load(reader, transfer.block, transfer.event).await?;
        Ok(Self { transfer, proof })
    }
}

/// One transfer: who gave what to whom.
#[utoipa::path(
    get, path = "/api/v1/transfers/{id}", tag = "registry",
    operation_id = "transfer",
    params(("id" = u64, Path, description = "Number of the transfer", example = 1)),
    responses(
        (status = OK, body = At<TransferRecord>),
        (status = NOT_FOUND, body = ProblemDocument),
    )
)]
pub async fn show(Path(id): Path<String>, mut reader: Reader) -> Result<Response, Problem> {
    let record = TransferRecord::load(&mut reader, &id).await?;
    Ok(reader.json(record))
}

#[derive(Template)]
#[template(path = "transfer.html")]
struct RecordPage {
    l: Layout,
    record: TransferRecord,
}

impl RecordPage {
    /// What happened, in a sentence.
    fn words(&self) -> Html {
        let Transfer { from, to, quantity, .. } = &self.record.transfer;
        let quantity = page::text(&self.l.count("unit.tonnes", quantity));
        let (from, to) = (page::organisation_link(from), page::organisation_link(to));
        let gaps = [("from", from), ("to", to), ("quantity", quantity)];
        self.l.tell("event.CreditsTransferred.plain", &gaps)
    }
}

/// `/transfers/{id}`
pub async fn record(
    State(app): State<App>,
    uri: Uri,
    Path(id): Path<String>,
    mut reader: Reader,
) -> Result<Response, Problem> {
    let (id, json) = without_json(&id);
    let record = TransferRecord::load(&mut reader, id).await?;
    if json {
        return Ok(reader.json(record));
    }
    let mut l = Layout::new(&app, &reader, &uri, "");
    l.title = l.say("transfer.number", "id", id);
    page::render(&RecordPage { l, record })
}
