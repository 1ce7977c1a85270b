// SPDX-License-Identifier: Apache-2.0
//! Retirements: the list, and the certificate of each.

use crate::{
    answers::{List, OrganisationRef, Part, PartRow, Time},
    charts,
    db::Reader,
    download::{self, Cell, Column},
    list::{self, Field, Key, Kind, Listing, Question, Shown, View},
    page::{self, Layout},
    problem::{Problem, ProblemDocument},
    server::App,
};
use askama::Template;
use axum::{extract::State, response::Response};
use serde::Serialize;
use serde_json::Value;
use sqlx::{postgres::PgRow, Row};
use std::collections::HashMap;
use utoipa::ToSchema;

/// For whom credits were retired.
#[derive(Serialize, ToSchema)]
pub struct Beneficiary {
    /// Name.
    pub name: String,
    /// Country, ISO 3166-1 alpha-2.
    #[schema(example = "VU")]
    pub country: String,
}

/// What credits are retired for, and for whom.
#[derive(Serialize, ToSchema)]
pub struct Use {
    /// What for.
    #[schema(example = "voluntary")]
    pub purpose: String,
    /// Country, entity and use, or the year, for the purposes that have them.
    #[schema(value_type = Option<Object>)]
    pub purpose_details: Option<Value>,
    /// For whom.
    pub beneficiary: Beneficiary,
    /// On whose behalf, where that is somebody else.
    pub on_behalf_of: Option<String>,
    /// Why, in words.
    pub reason: Option<String>,
    /// The owner's own reference.
    pub reference: Option<String>,
}

impl Use {
    /// A detail of the purpose.
    pub fn detail(&self, name: &str) -> Option<String> {
        match self.purpose_details.as_ref()?.get(name)? {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        }
    }
}

/// A retirement.
#[derive(Serialize, ToSchema)]
pub struct Retirement {
    /// Number of the retirement and of its certificate.
    pub id: i64,
    /// The organisation whose credits were retired.
    pub owner: OrganisationRef,
    /// What for and for whom.
    #[serde(flatten)]
    pub use_of: Use,
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

impl Use {
    /// The columns of a row.
    pub fn read(row: &PgRow) -> Result<Self, sqlx::Error> {
        let details: Option<Value> = row.try_get("purpose_details")?;
        Ok(Self {
            purpose: row.try_get("purpose")?,
            purpose_details: details.filter(|details| !details.is_null()),
            beneficiary: Beneficiary {
                name: row.try_get("beneficiary")?,
                country: row.try_get("beneficiary_country")?,
            },
            on_behalf_of: row.try_get("on_behalf_of")?,
            reason: row.try_get("reason")?,
            reference: row.try_get("reference")?,
        })
    }
}

/// What credits can be retired for.
pub const PURPOSE: Kind = Kind::choice(|| {
    vec![
        "voluntary",
        "national_compliance",
        "international_transfer",
        "ndc_use",
        "legal_action",
        "other",
    ]
});

/// The retirements, newest first.
pub struct Retirements;

impl Listing for Retirements {
    type Item = Retirement;
    const NAME: &'static str = "retirements";
    const TITLE: &'static str = "retirements.title";
    const COLUMNS: &'static [Column<Retirement>] = &[
        ("id", |it| it.id.into()),
        ("at", |it| it.at.into()),
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
        ("serials", |it| Cell::serials(&it.parts)),
        ("block", |it| it.block.into()),
        ("event", |it| it.event.into()),
    ];
    const FIELDS: &'static [Field] = &[
        Field::of(
            "organisation",
            Kind::Id,
            "r.owner",
            "Number of the organisation whose credits were retired",
        ),
        Field::of("project", Kind::Id, "n.project", "Number of the project of any of the numbers")
            .of_part(),
        Field::of("vintage", Kind::Number, "n.vintage", "The vintage of any of the numbers")
            .of_part(),
        Field::of("purpose", PURPOSE, "r.purpose", "What for"),
        Field::of(
            "country",
            Kind::Country,
            "COALESCE(r.purpose_details ->> 'country', r.beneficiary_country)",
            "The country whose target it is counted towards, or else of the beneficiary; ISO \
             3166-1 alpha-2",
        ),
        Field::when(
            "text",
            Kind::Text,
            "r.words LIKE chain.with_words({value})",
            "Part of the name of the beneficiary, of that on whose behalf it was, or of the reason, \
             whatever its case and accents; of one or two letters, the beginning of a word",
        ),
        Field::of("quantity", Kind::Number, "r.quantity", "Tonnes").sorted(),
        Field::of("at", Kind::Time, "r.at", "When").sorted_as_key(),
    ];
    const KEY: Key = Key::numbers("id", &["r.id"]);
    const SQL: &'static str = "SELECT r.*, o.name
         FROM (SELECT {cursor}, r.id, r.height, r.index, r.owner, r.purpose, r.purpose_details,
                      r.beneficiary, r.beneficiary_country, r.on_behalf_of, r.reason, r.reference,
                      r.quantity, r.at
               FROM chain.retirements r WHERE {filters} {part}) r
         JOIN chain.organisations o ON o.id = r.owner
         {order}";
    const PARTS: &'static str = "chain.retirement_parts n WHERE n.retirement = r.id";

    async fn items(reader: &mut Reader, rows: Vec<PgRow>) -> Result<Vec<Retirement>, Problem> {
        let mut parts = parts(reader, &list::ids(&rows)?).await?;
        let read = |row: &PgRow| {
            let id = row.try_get("id")?;
            Ok(Retirement {
                id,
                owner: OrganisationRef::of(row, "owner", "name")?,
                use_of: Use::read(row)?,
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
        "SELECT r.retirement AS record, r.start_serial, r.end_serial, r.project, p.title,
                p.sectoral_scope, r.vintage
         FROM chain.retirement_parts r JOIN chain.projects p ON p.id = r.project
         WHERE r.retirement = ANY ($1) ORDER BY r.retirement, r.position",
        ids
    )
    .fetch_all(reader.connection())
    .await?;
    reader.parts(rows)
}

/// The latest retirements of an organisation's credits.
pub async fn of_organisation(
    reader: &mut Reader,
    organisation: i64,
    limit: i64,
) -> Result<Vec<Retirement>, Problem> {
    let question = Question::<Retirements>::about(&[("organisation", organisation)], limit)?;
    Ok(question.load(reader).await?.0)
}

/// The retirements, newest first.
#[utoipa::path(
    get, path = "/api/v1/retirements", tag = "registry", params(Question<Retirements>),
    operation_id = "retirements",
    responses(
        (status = OK, body = List<Retirement>),
        (status = BAD_REQUEST, body = ProblemDocument),
    )
)]
pub async fn list(question: Question<Retirements>, reader: Reader) -> Result<Response, Problem> {
    download::json(question, reader).await
}

#[derive(Template)]
#[template(path = "retirements.html")]
struct Page {
    l: Layout,
    list: View<Retirements>,
    items: Vec<Retirement>,
    charts: Vec<charts::Figure>,
}

/// `/retirements`
pub async fn page(State(app): State<App>, shown: Shown<Retirements>) -> Result<Response, Problem> {
    let Shown { l, list, items, mut reader } = shown;
    // The charts are of all retirements.
    let charts = match list.is_filtered() || list.is_continued() {
        true => Vec::new(),
        false => charts::of_retirements(&app, &mut reader).await?,
    };
    page::render(&Page { l, list, items, charts })
}
