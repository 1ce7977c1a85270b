// SPDX-License-Identifier: Apache-2.0
//! Article 6 of the Paris Agreement: what is authorised, what was first transferred, and where it was
//! used, on one page; and the lists behind it.

pub mod authorisations;
pub mod first_transfers;

use crate::{
    answers::{At, Time},
    db::Reader,
    home::CountryAccounts,
    page::{self, Layout},
    problem::{Problem, ProblemDocument},
    server::App,
};
use askama::Template;
use authorisations::Authorisation;
use axum::{extract::State, http::Uri, response::Response};
use first_transfers::FirstTransferred;
use serde::Serialize;
use utoipa::ToSchema;

/// Rows of each list on the page; the lists have the rest.
const SHOWN: i64 = 10;

/// Tonnes of all projects with Article 6 terms.
#[derive(Serialize, ToSchema)]
pub struct Article6Totals {
    /// How many projects have such terms.
    projects: i64,
    /// Authorised: may be issued.
    authorised: i64,
    /// Issued so far.
    issued: i64,
    /// First transferred so far, whatever their status.
    first_transferred: i64,
    /// How many requests for an international retirement wait.
    open_requests: i64,
}

/// What was retired for use in another country.
#[derive(Serialize, ToSchema)]
pub struct UseByCountry {
    /// The country, ISO 3166-1 alpha-2.
    #[schema(example = "CH")]
    country: String,
    /// Tonnes.
    quantity: i64,
}

/// What the chain says about Article 6.
#[derive(Serialize, ToSchema)]
pub struct Article6 {
    /// Sums over all projects with Article 6 terms.
    totals: Article6Totals,
    /// Where retired and deducted credits ended.
    accounts: CountryAccounts,
    /// What was retired for use in other countries, the most first.
    used_by_country: Vec<UseByCountry>,
    /// The first 10 authorisations; all are at `/api/v1/article6/authorisations`.
    authorisations: Vec<Authorisation>,
    /// The latest 10 first transfers; all are at `/api/v1/article6/first-transfers`.
    first_transfers: Vec<FirstTransferred>,
    /// When something was first transferred last.
    last_first_transfer: Option<Time>,
}

impl Article6 {
    async fn load(reader: &mut Reader) -> Result<Self, Problem> {
        let first_transfers = first_transfers::latest(reader, SHOWN).await?;
        Ok(Self {
            totals: totals(reader).await?,
            accounts: CountryAccounts::load(reader).await?,
            used_by_country: used_by_country(reader).await?,
            authorisations: authorisations::first(reader, SHOWN).await?,
            last_first_transfer: first_transfers.first().map(|it| it.at),
            first_transfers,
        })
    }
}

async fn totals(reader: &mut Reader) -> Result<Article6Totals, Problem> {
    let totals = sqlx::query_as!(
        Article6Totals,
        r#"SELECT COUNT(*) AS "projects!", COALESCE(SUM(authorised), 0)::BIGINT AS "authorised!",
                  COALESCE(SUM(issued), 0)::BIGINT AS "issued!",
                  COALESCE(SUM(first_transferred), 0)::BIGINT AS "first_transferred!",
                  (SELECT COUNT(*) FROM chain.retirement_requests WHERE status = 'open')
                      AS "open_requests!"
           FROM chain.projects WHERE jsonb_typeof(article6) = 'object'"#
    )
    .fetch_one(reader.connection())
    .await?;
    Ok(totals)
}

async fn used_by_country(reader: &mut Reader) -> Result<Vec<UseByCountry>, Problem> {
    let found = sqlx::query_as!(
        UseByCountry,
        r#"SELECT f.country AS "country!", SUM(f.tonnes)::BIGINT AS "quantity!"
           FROM chain.spans('all', NULL, NULL) s
           -- Span by span, by the key.
           CROSS JOIN LATERAL (
               SELECT country, tonnes::BIGINT FROM chain.flows f
               WHERE f.grain = 'all' AND f.span = s.span AND f.starts BETWEEN s.starts AND s.ends
                 AND f.kind = 'retired' AND f.purpose = 'international_transfer'
               OFFSET 0
           ) f
           GROUP BY f.country ORDER BY 2 DESC, 1"#
    )
    .fetch_all(reader.connection())
    .await?;
    Ok(found)
}

/// Article 6: authorisations, first transfers, and use by country.
#[utoipa::path(
    get, path = "/api/v1/article6", tag = "registry",
    operation_id = "article6",
    responses(
        (status = OK, body = At<Article6>),
        (status = SERVICE_UNAVAILABLE, body = ProblemDocument),
    )
)]
pub async fn show(mut reader: Reader) -> Result<Response, Problem> {
    let article6 = Article6::load(&mut reader).await?;
    Ok(reader.json(article6))
}

#[derive(Template)]
#[template(path = "article6.html")]
struct Page {
    l: Layout,
    it: Article6,
}

/// `/article6`
pub async fn page(
    State(app): State<App>,
    uri: Uri,
    mut reader: Reader,
) -> Result<Response, Problem> {
    let it = Article6::load(&mut reader).await?;
    let mut l = Layout::new(&app, &reader, &uri, "");
    l.title = l.t("article6_page.title").to_owned();
    page::render(&Page { l, it })
}
