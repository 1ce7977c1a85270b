// SPDX-License-Identifier: Apache-2.0
//! What a certificate says, as the tables have it.

use super::code;
use crate::{
    cancellations::{self, Cancellation},
    db::Reader,
    list::Question,
    problem::{Message, Problem},
    proof::Proof,
    query,
    retirements::{Retirement, Retirements},
    site::Site,
};
use serde::Serialize;
use std::collections::BTreeSet;
use utoipa::ToSchema;

/// A project whose credits were retired.
#[derive(Serialize, ToSchema)]
pub struct CertifiedProject {
    /// Its number.
    pub id: i64,
    /// Its title.
    pub title: String,
    /// Its identifier outside the registry.
    pub external_id: String,
}

/// A retirement and where on the chain it stands: what its certificate says.
#[derive(Serialize, ToSchema)]
pub struct Certificate {
    #[serde(flatten)]
    pub retirement: Retirement,
    /// Short name of the certificate: its number and a check code, which is made from the chain.
    #[schema(example = "1-4H2Q8R1M")]
    pub name: String,
    /// Its permanent address. The same address with `.pdf` after the retirement's own is the paper.
    #[schema(example = "https://registry.example/c/1-4H2Q8R1M")]
    pub address: String,
    /// The country whose registry this is, ISO 3166-1 alpha-2: the host Party of the projects.
    #[schema(example = "VU")]
    pub host: String,
    /// The projects whose credits they were.
    pub projects: Vec<CertifiedProject>,
    /// Of the tonnes, those that were first transferred under Article 6: the country adjusts its
    /// balance for them.
    pub first_transferred: i64,
    /// The request that it answers, if it is an international one.
    pub request: Option<i64>,
    /// What was deducted first, or cancelled later because of it.
    pub cancellations: Vec<Cancellation>,
    #[serde(flatten)]
    pub proof: Proof,
}

impl Certificate {
    /// The certificate of a retirement, by its number.
    pub async fn load(reader: &mut Reader, site: &Site, id: &str) -> Result<Self, Problem> {
        let number = query::number(id).ok_or_else(|| unknown(id))?;
        Self::numbered(reader, site, number).await?.ok_or_else(|| unknown(id))
    }

    /// The same; none if there is no such retirement.
    pub async fn numbered(
        reader: &mut Reader,
        site: &Site,
        number: i64,
    ) -> Result<Option<Self>, Problem> {
        let retirement = Question::<Retirements>::numbered(&[number])?.load(reader).await?.0.pop();
        let Some(retirement) = retirement else { return Ok(None) };
        let request = sqlx::query_scalar!(
            "SELECT id FROM chain.retirement_requests WHERE retirement = $1",
            number
        )
        .fetch_optional(reader.connection())
        .await?;
        let first_transferred = sqlx::query_scalar!(
            r#"SELECT COALESCE(SUM(end_serial - start_serial + 1), 0)::BIGINT AS "tonnes!"
               FROM chain.credit_blocks WHERE retirement = $1 AND first_transferred"#,
            number
        )
        .fetch_one(reader.connection())
        .await?;
        let projects: BTreeSet<i64> = retirement.parts.iter().map(|it| it.project.id).collect();
        let projects = sqlx::query_as!(
            CertifiedProject,
            "SELECT id, title, external_id FROM chain.projects WHERE id = ANY ($1) ORDER BY id",
            &Vec::from_iter(projects)
        )
        .fetch_all(reader.connection())
        .await?;
        let proof = Proof::load(reader, retirement.block, retirement.event).await?;
        let name = format!("{number}-{}", code::check(&proof.genesis_hash, number));
        Ok(Some(Self {
            address: format!("{}/c/{name}", site.url()),
            name,
            host: reader.country.to_string(),
            projects,
            first_transferred,
            request,
            cancellations: cancellations::of_retirement(reader, number).await?,
            proof,
            retirement,
        }))
    }
}

/// There is no such retirement.
pub fn unknown(id: &str) -> Problem {
    Problem::not_found(Message::new("problem.no_retirement").with("id", id))
}

/// Who governs the registry: whose name stands under certificates where no other is configured.
pub async fn government(reader: &mut Reader) -> Result<String, Problem> {
    let name = sqlx::query_scalar!("SELECT name FROM chain.organisations WHERE id = 1")
        .fetch_optional(reader.connection())
        .await?;
    Ok(name.unwrap_or_default())
}
