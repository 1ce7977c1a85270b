// SPDX-License-Identifier: Apache-2.0
//! Retirements: the list, and the certificate of each.

use crate::{
    answers::{cut, At, List, OrganisationRef, Part, PartRow, Time},
    cancellations::{self, Cancellation},
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
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

/// Which retirements, and how many.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Filter {
    /// Only retirements of this organisation's credits.
    #[serde(default, deserialize_with = "blank_is_none")]
    organisation: Option<i64>,
    /// The `next` of the answer before.
    #[serde(default, deserialize_with = "blank_is_none")]
    after: Option<i64>,
    /// How many, at most 200.
    #[serde(default, deserialize_with = "blank_is_none")]
    limit: Option<i64>,
}

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

/// Which retirements a query reads.
#[derive(Default)]
struct Selection {
    id: Option<i64>,
    organisation: Option<i64>,
    before: Option<i64>,
    limit: i64,
}

async fn load(reader: &mut Reader, selection: Selection) -> Result<Vec<Retirement>, Problem> {
    let rows = sqlx::query!(
        r#"SELECT r.id, r.height, r.index, r.owner, o.name, r.purpose, r.purpose_details,
                  r.beneficiary, r.beneficiary_country, r.on_behalf_of, r.reason, r.reference,
                  r.quantity AS "quantity!", r.at
           FROM chain.retirements r JOIN chain.organisations o ON o.id = r.owner
           WHERE ($1::BIGINT IS NULL OR r.id = $1)
             AND ($2::BIGINT IS NULL OR r.owner = $2)
             AND ($3::BIGINT IS NULL OR r.id < $3)
           ORDER BY r.id DESC LIMIT $4"#,
        selection.id,
        selection.organisation,
        selection.before,
        selection.limit
    )
    .fetch_all(reader.connection())
    .await?;
    let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
    let parts = sqlx::query_as!(
        PartRow,
        "SELECT r.retirement AS record, r.start_serial, r.end_serial, r.project, p.title,
                p.sectoral_scope, r.vintage
         FROM chain.retirement_parts r JOIN chain.projects p ON p.id = r.project
         WHERE r.retirement = ANY ($1) ORDER BY r.retirement, r.position",
        &ids
    )
    .fetch_all(reader.connection())
    .await?;
    let mut parts = reader.parts(parts)?;
    Ok(rows
        .into_iter()
        .map(|row| Retirement {
            id: row.id,
            owner: OrganisationRef { id: row.owner, name: row.name },
            use_of: Use {
                purpose: row.purpose,
                purpose_details: row.purpose_details.filter(|details| !details.is_null()),
                beneficiary: Beneficiary {
                    name: row.beneficiary,
                    country: row.beneficiary_country,
                },
                on_behalf_of: row.on_behalf_of,
                reason: row.reason,
                reference: row.reference,
            },
            quantity: row.quantity,
            at: row.at.into(),
            block: row.height,
            event: row.index,
            parts: parts.remove(&row.id).unwrap_or_default(),
        })
        .collect())
}

/// The latest retirements of an organisation's credits.
pub async fn of_organisation(
    reader: &mut Reader,
    organisation: i64,
    limit: i64,
) -> Result<Vec<Retirement>, Problem> {
    let organisation = Some(organisation);
    load(reader, Selection { organisation, limit, ..Selection::default() }).await
}

impl Listing for Filter {
    type Item = Retirement;
    type Cursor = i64;
    const NAME: &'static str = "retirements";
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

    fn paging(&mut self) -> (&mut Option<i64>, &mut Option<i64>) {
        (&mut self.after, &mut self.limit)
    }

    async fn load(
        &self,
        reader: &mut Reader,
        for_page: bool,
    ) -> Result<(Vec<Retirement>, Option<String>), Problem> {
        let limit = query::limit(self.limit, for_page)?;
        let selection = Selection {
            id: None,
            organisation: self.organisation,
            before: self.after,
            limit: limit + 1,
        };
        Ok(cut(load(reader, selection).await?, limit, |retirement| retirement.id.to_string()))
    }
}

/// The retirements, newest first.
#[utoipa::path(
    get, path = "/api/v1/retirements", tag = "registry", params(Filter),
    operation_id = "retirements",
    responses(
        (status = OK, body = List<Retirement>),
        (status = BAD_REQUEST, body = ProblemDocument),
    )
)]
pub async fn list(Params(filter): Params<Filter>, mut reader: Reader) -> Result<Response, Problem> {
    let (items, next) = filter.load(&mut reader, false).await?;
    Ok(reader.json_list(items, next))
}

#[derive(Template)]
#[template(path = "retirements.html")]
struct Page {
    l: Layout,
    filter: Filter,
    items: Vec<Retirement>,
    next: Option<String>,
}

impl Page {
    fn given(&self) -> [(&'static str, String); 1] {
        let organisation = self.filter.organisation.map(|it| it.to_string()).unwrap_or_default();
        [("organisation", organisation)]
    }
}

/// `/retirements`
pub async fn page(
    State(app): State<App>,
    uri: Uri,
    Params(filter): Params<Filter>,
    mut reader: Reader,
) -> Result<Response, Problem> {
    let (items, next) = filter.load(&mut reader, true).await?;
    let l = Layout::of_list(&app, &reader, &uri, "retirements.title");
    page::render(&Page { l, filter, items, next })
}

/// A retirement and where on the chain it stands: what its certificate says.
#[derive(Serialize, ToSchema)]
pub struct Certificate {
    #[serde(flatten)]
    retirement: Retirement,
    /// The request that it answers, if it is an international one.
    request: Option<i64>,
    /// What was deducted first, or cancelled later because of it.
    cancellations: Vec<Cancellation>,
    #[serde(flatten)]
    proof: Proof,
}

impl Certificate {
    async fn load(reader: &mut Reader, id: &str) -> Result<Self, Problem> {
        let unknown = || Problem::not_found(Message::new("problem.no_retirement").with("id", id));
        let number = query::number(id).ok_or_else(unknown)?;
        let selection = Selection { id: Some(number), limit: 1, ..Selection::default() };
        let retirement = load(reader, selection).await?.pop().ok_or_else(unknown)?;
        let request = sqlx::query_scalar!(
            "SELECT id FROM chain.retirement_requests WHERE retirement = $1",
            number
        )
        .fetch_optional(reader.connection())
        .await?;
        Ok(Self {
            request,
            cancellations: cancellations::of_retirement(reader, number).await?,
            proof: Proof::load(reader, retirement.block, retirement.event).await?,
            retirement,
        })
    }
}

/// One retirement: what its certificate says.
#[utoipa::path(
    get, path = "/api/v1/retirements/{id}", tag = "registry",
    operation_id = "retirement",
    params(("id" = u64, Path, description = "Number of the retirement", example = 1)),
    responses(
        (status = OK, body = At<Certificate>),
        (status = NOT_FOUND, body = ProblemDocument),
    )
)]
pub async fn show(Path(id): Path<String>, mut reader: Reader) -> Result<Response, Problem> {
    let certificate = Certificate::load(&mut reader, &id).await?;
    Ok(reader.json(certificate))
}

#[derive(Template)]
#[template(path = "retirement.html")]
struct CertificatePage {
    l: Layout,
    certificate: Certificate,
}

/// `/retirements/{id}`
pub async fn certificate(
    State(app): State<App>,
    uri: Uri,
    Path(id): Path<String>,
    mut reader: Reader,
) -> Result<Response, Problem> {
    let (id, json) = without_json(&id);
    let certificate = Certificate::load(&mut reader, id).await?;
    if json {
        return Ok(reader.json(certificate));
    }
    let mut l = Layout::new(&app, &reader, &uri, "");
    l.title = l.say("retirement.title", "id", id);
    page::render(&CertificatePage { l, certificate })
}
