// SPDX-License-Identifier: Apache-2.0
//! Projects that are authorised for use under Article 6, and on which terms.

use crate::{
    answers::{List, ProjectRef, Time},
    db::Reader,
    download::{self, Cell, Column},
    list::{Field, Key, Kind, Listing, Question, Shown, View},
    page::{self, Layout},
    problem::{Problem, ProblemDocument},
};
use askama::Template;
use axum::response::Response;
use registry_primitives::project::{FirstTransfer, ProjectStage, Purpose};
use serde::Serialize;
use sqlx::{postgres::PgRow, Row};
use utoipa::ToSchema;

/// The Article 6 terms of a project, as they are now.
#[derive(Serialize, ToSchema)]
pub struct Authorisation {
    /// Number of the project.
    pub id: i64,
    /// The project.
    pub project: ProjectRef,
    /// Where it is in its life.
    #[schema(example = "authorised")]
    pub stage: String,
    /// When it was authorised.
    pub authorised_at: Option<Time>,
    /// Tonnes that may be issued.
    pub authorised: i64,
    /// What the outcomes may be used for: `ndc`, `oimp_imp`, `oimp_op`.
    #[schema(example = json!(["ndc"]))]
    pub purposes: Vec<String>,
    /// The Parties that may use them, ISO 3166-1 alpha-2; none if they are not limited to some.
    #[schema(example = json!(["CH"]))]
    pub parties: Vec<String>,
    /// First vintage that the terms hold for.
    pub first_vintage: Option<i64>,
    /// Last vintage that the terms hold for.
    pub last_vintage: Option<i64>,
    /// What counts as the first transfer for purposes other than a nationally determined
    /// contribution: `authorisation`, `issuance`, `use_or_cancellation`.
    #[schema(example = "issuance")]
    pub first_transfer: Option<String>,
    /// Identifier of the cooperative approach, which the secretariat of the UNFCCC gives; null until
    /// then.
    #[schema(example = "CA0007")]
    pub cooperative_approach: Option<String>,
    /// Tonnes issued so far.
    pub issued: i64,
    /// Tonnes first transferred so far, whatever their status.
    pub first_transferred: i64,
}

/// Authorisations with Article 6 terms, by project.
pub struct Authorisations;

const STAGE: Kind = Kind::choice(|| ProjectStage::ALL.iter().map(|stage| stage.as_str()).collect());
const PURPOSE: Kind = Kind::choice(|| {
    let purposes = Purpose::ALL.iter().map(|it| it.as_str());
    std::iter::once(ANY).chain(purposes).collect()
});
/// Whatever the purpose.
const ANY: &str = "any";
const FIRST_TRANSFER: Kind =
    Kind::choice(|| FirstTransfer::ALL.iter().map(|it| it.as_str()).collect());

impl Listing for Authorisations {
    type Item = Authorisation;
    const NAME: &'static str = "article6-authorisations";
    const TITLE: &'static str = "authorisations.title";
    const COLUMNS: &'static [Column<Authorisation>] = &[
        ("project_id", |it| it.project.id.into()),
        ("project", |it| (&it.project.title).into()),
        ("stage", |it| (&it.stage).into()),
        ("authorised_at", |it| it.authorised_at.into()),
        ("authorised", |it| it.authorised.into()),
        ("purposes", |it| Cell::Text(it.purposes.join(" "))),
        ("parties", |it| Cell::Text(it.parties.join(" "))),
        ("first_vintage", |it| it.first_vintage.into()),
        ("last_vintage", |it| it.last_vintage.into()),
        ("first_transfer", |it| it.first_transfer.as_ref().into()),
        ("cooperative_approach", |it| it.cooperative_approach.as_ref().into()),
        ("issued", |it| it.issued.into()),
        ("first_transferred", |it| it.first_transferred.into()),
    ];
    const FIELDS: &'static [Field] = &[
        Field::of("stage", STAGE, "p.stage", "A stage"),
        Field::argument("purpose", PURPOSE, "A use that is authorised; `any` for all of them"),
        Field::when(
            "party",
            Kind::Country,
            "p.article6 -> 'parties' ? {value}",
            "A Party that is named, ISO 3166-1 alpha-2",
        ),
        Field::of(
            "first_transfer",
            FIRST_TRANSFER,
            "p.article6 ->> 'first_transfer'",
            "What counts as the first transfer",
        ),
        Field::of("authorised", Kind::Number, "p.authorised", "Tonnes that may be issued").sorted(),
        Field::of("issued", Kind::Number, "p.issued", "Tonnes issued").sorted(),
        Field::of(
            "first_transferred",
            Kind::Number,
            "p.first_transferred",
            "Tonnes first transferred",
        )
        .sorted(),
    ];
    const KEY: Key = Key::numbers("id", &["p.id"]);
    const LAST_FIRST: bool = false;
    const SQL: &'static str = "SELECT {cursor}, p.id, p.title, p.stage, p.article6,
                p.authorised::BIGINT AS authorised, p.issued::BIGINT AS issued,
                p.first_transferred::BIGINT AS first_transferred,
                (SELECT MIN(s.at) FROM chain.project_stages s
                 WHERE s.project = p.id AND s.stage = 'authorised') AS authorised_at
         FROM chain.projects p
         WHERE jsonb_typeof(p.article6) = 'object'
           AND ({purpose} = 'any' OR p.article6 -> 'purposes' ? {purpose}) AND {filters} {part}";

    async fn items(_: &mut Reader, rows: Vec<PgRow>) -> Result<Vec<Authorisation>, Problem> {
        rows.iter().map(|row| Ok(Authorisation::read(row)?)).collect()
    }
}

impl Authorisation {
    fn read(row: &PgRow) -> Result<Self, sqlx::Error> {
        let terms: serde_json::Value = row.try_get("article6")?;
        let names = |field: &str| {
            let names = terms.get(field).and_then(|names| names.as_array()).into_iter().flatten();
            names.filter_map(|name| name.as_str()).map(str::to_owned).collect()
        };
        let year = |index: usize| terms.get("valid")?.get(index)?.as_i64();
        let approach = terms.get("cooperative_approach").and_then(|number| number.as_i64());
        Ok(Self {
            id: row.try_get("id")?,
            project: ProjectRef::of(row, "id", "title")?,
            stage: row.try_get("stage")?,
            authorised_at: row.try_get("authorised_at")?,
            authorised: row.try_get("authorised")?,
            purposes: names("purposes"),
            parties: names("parties"),
            first_vintage: year(0),
            last_vintage: year(1),
            first_transfer: terms
                .get("first_transfer")
                .and_then(|it| it.as_str())
                .map(str::to_owned),
            cooperative_approach: approach.map(|number| format!("CA{number:04}")),
            issued: row.try_get("issued")?,
            first_transferred: row.try_get("first_transferred")?,
        })
    }

    /// What it may be used for, in words.
    pub fn uses(&self, l: &Layout) -> String {
        let names: Vec<_> = self.purposes.iter().map(|it| l.label("purpose", it)).collect();
        names.join(", ")
    }

    /// Who may use it, in words.
    pub fn users(&self, l: &Layout) -> String {
        match self.parties.as_slice() {
            [] => l.t("article6.any_party").to_owned(),
            some => some.iter().map(|it| l.nation_of(it)).collect::<Vec<_>>().join(", "),
        }
    }
}

/// The first authorisations, by project.
pub async fn first(reader: &mut Reader, limit: i64) -> Result<Vec<Authorisation>, Problem> {
    let question = Question::<Authorisations>::about(&[], limit)?;
    Ok(question.load(reader).await?.0)
}

/// Authorisations with Article 6 terms, by project.
#[utoipa::path(
    get, path = "/api/v1/article6/authorisations", tag = "registry",
    params(Question<Authorisations>), operation_id = "authorisations",
    responses(
        (status = OK, body = List<Authorisation>),
        (status = BAD_REQUEST, body = ProblemDocument),
    )
)]
pub async fn list(question: Question<Authorisations>, reader: Reader) -> Result<Response, Problem> {
    download::json(question, reader).await
}

#[derive(Template)]
#[template(path = "authorisations.html")]
struct Page {
    l: Layout,
    list: View<Authorisations>,
    items: Vec<Authorisation>,
}

/// `/article6/authorisations`
pub async fn page(shown: Shown<Authorisations>) -> Result<Response, Problem> {
    let Shown { l, list, items, .. } = shown;
    page::render(&Page { l, list, items })
}
