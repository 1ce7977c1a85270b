// SPDX-License-Identifier: Apache-2.0
//! Retirements: the list, and the certificate of each.

use crate::{
    answers::{cut, At, List, OrganisationRef, Part, ProjectRef, Time},
    db::Reader,
    events,
    page::{self, without_json, Layout},
    problem::{Message, Problem, ProblemDocument},
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

/// A retirement.
#[derive(Serialize, ToSchema)]
pub struct Retirement {
    /// Number of the retirement and of its certificate.
    pub id: i64,
    /// The organisation whose credits were retired.
    pub owner: OrganisationRef,
    /// What for.
    #[schema(example = "voluntary")]
    pub purpose: String,
    /// Country, entity or year, for the purposes that have them.
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

impl Retirement {
    /// A detail of the purpose.
    fn purpose_detail(&self, name: &str) -> Option<String> {
        match self.purpose_details.as_ref()?.get(name)? {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        }
    }
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
    let mut retirements: Vec<Retirement> = rows
        .into_iter()
        .map(|row| Retirement {
            id: row.id,
            owner: OrganisationRef { id: row.owner, name: row.name },
            purpose: row.purpose,
            purpose_details: row.purpose_details.filter(|details| !details.is_null()),
            beneficiary: Beneficiary { name: row.beneficiary, country: row.beneficiary_country },
            on_behalf_of: row.on_behalf_of,
            reason: row.reason,
            reference: row.reference,
            quantity: row.quantity,
            at: row.at.into(),
            block: row.height,
            event: row.index,
            parts: Vec::new(),
        })
        .collect();
    let ids: Vec<i64> = retirements.iter().map(|retirement| retirement.id).collect();
    let rows = sqlx::query!(
        "SELECT r.retirement, r.start_serial, r.end_serial, r.project, p.title, p.sectoral_scope,
                r.vintage
         FROM chain.retirement_parts r JOIN chain.projects p ON p.id = r.project
         WHERE r.retirement = ANY ($1) ORDER BY r.retirement, r.position",
        &ids
    )
    .fetch_all(reader.connection())
    .await?;
    for row in rows {
        let origin = reader.origin(row.sectoral_scope, row.project, row.vintage);
        let part = Part {
            numbers: origin.numbers(row.start_serial, row.end_serial)?,
            project: ProjectRef { id: row.project, title: row.title },
            vintage: row.vintage,
        };
        // In the order of the list: the newest first.
        if let Ok(place) = retirements.binary_search_by(|it| row.retirement.cmp(&it.id)) {
            retirements[place].parts.push(part);
        }
    }
    Ok(retirements)
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

impl Filter {
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
    let mut l = Layout::new(&app, &reader, &uri, "");
    l.title = l.t("retirements.title").to_owned();
    page::render(&Page { l, filter, items, next })
}

/// A retirement and where on the chain it stands: what its certificate says.
#[derive(Serialize, ToSchema)]
pub struct Certificate {
    #[serde(flatten)]
    retirement: Retirement,
    /// Hash of the block.
    block_hash: String,
    /// Hash of the transaction.
    extrinsic: Option<String>,
    /// The account that signed it.
    signer: Option<String>,
    /// Hash of the first block of the chain: which chain this is.
    genesis_hash: String,
}

impl Certificate {
    async fn load(reader: &mut Reader, id: &str) -> Result<Self, Problem> {
        let unknown = || Problem::not_found(Message::new("problem.no_retirement").with("id", id));
        let number = query::number(id).ok_or_else(unknown)?;
        let selection = Selection { id: Some(number), limit: 1, ..Selection::default() };
        let retirement = load(reader, selection).await?.pop().ok_or_else(unknown)?;
        let extrinsic = sqlx::query!(
            r#"SELECT '0x' || encode(x.hash, 'hex') AS "hash!", x.signer
               FROM chain.events e
               JOIN chain.extrinsics x ON x.height = e.height AND x.index = e.extrinsic_index
               WHERE e.height = $1 AND e.index = $2"#,
            retirement.block,
            retirement.event
        )
        .fetch_optional(reader.connection())
        .await?;
        let genesis_hash = sqlx::query_scalar!(
            r#"SELECT '0x' || encode(genesis_hash, 'hex') AS "hash!" FROM chain.cursor"#
        )
        .fetch_one(reader.connection())
        .await?;
        let (extrinsic, signer) = extrinsic.map(|it| (it.hash, it.signer)).unzip();
        Ok(Self {
            block_hash: events::block_hash(reader, retirement.block).await?,
            extrinsic,
            signer: signer.flatten(),
            genesis_hash,
            retirement,
        })
    }
}

/// One retirement: what its certificate says.
#[utoipa::path(
    get, path = "/api/v1/retirements/{id}", tag = "registry",
    params(("id" = u64, Path, description = "Number of the retirement")),
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
