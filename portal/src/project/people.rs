// SPDX-License-Identifier: Apache-2.0
//! Who owns a project's issuances, who shall own them, who reviews it and who certified it.

use crate::{
    answers::{OrganisationRef, Time},
    db::Reader,
    problem::Problem,
};
use serde::Serialize;
use utoipa::ToSchema;

/// A proponent of a project.
#[derive(Serialize, ToSchema)]
pub struct Proponent {
    /// The organisation.
    pub organisation: OrganisationRef,
    /// Its share of the issuances in parts per million.
    pub share_ppm: i32,
}

/// An organisation whose consent a change of proponents needs.
#[derive(Serialize, ToSchema)]
pub struct Consent {
    /// The organisation.
    pub organisation: OrganisationRef,
    /// When it consented; null while it has not.
    pub consented_at: Option<Time>,
}

/// Other proponents of a project, proposed and not yet consented to by all.
#[derive(Serialize, ToSchema)]
pub struct ProponentChange {
    /// Counts the changes proposed for the project; what is consented to.
    pub number: i64,
    /// Who shall own its future issuances.
    pub proponents: Vec<Proponent>,
    /// All that own a share now or shall own one, and whether they have consented.
    pub consents: Vec<Consent>,
    /// When it was proposed.
    pub proposed_at: Time,
    /// The officer who proposed it, SS58.
    pub proposed_by: String,
}

/// A certifier's public statement that a project keeps what it promises.
#[derive(Serialize, ToSchema)]
pub struct Certification {
    /// The certifier.
    pub certifier: OrganisationRef,
    /// When it was made.
    pub certified_at: Time,
    /// Since when it does not stand any more; null while it stands.
    pub revoked_at: Option<Time>,
    /// What ended it: `revoked`, or `suspended` with its certifier.
    #[schema(example = "revoked")]
    pub revocation: Option<String>,
    /// The public reason of that.
    pub revocation_reason: Option<String>,
}

pub async fn proponents(reader: &mut Reader, project: i64) -> Result<Vec<Proponent>, Problem> {
    let rows = sqlx::query!(
        "SELECT o.id, o.name, p.share_ppm
         FROM chain.proponents p JOIN chain.organisations o ON o.id = p.organisation
         WHERE p.project = $1 ORDER BY p.position",
        project
    )
    .fetch_all(reader.connection())
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Proponent {
            organisation: OrganisationRef { id: row.id, name: row.name },
            share_ppm: row.share_ppm,
        })
        .collect())
}

/// The change that waits for consents, if there is one.
pub async fn proponent_change(
    reader: &mut Reader,
    project: i64,
) -> Result<Option<ProponentChange>, Problem> {
    let Some(change) = sqlx::query!(
        "SELECT number, proposed_at, proposed_by FROM chain.proponent_changes
         WHERE project = $1 AND status = 'open'",
        project
    )
    .fetch_optional(reader.connection())
    .await?
    else {
        return Ok(None);
    };
    let shares = sqlx::query!(
        "SELECT o.id, o.name, s.share_ppm
         FROM chain.proponent_change_shares s JOIN chain.organisations o ON o.id = s.organisation
         WHERE s.project = $1 AND s.number = $2 ORDER BY s.position",
        project,
        change.number
    )
    .fetch_all(reader.connection())
    .await?;
    let concerned = sqlx::query!(
        r#"SELECT o.id, o.name, c.consented_at AS "consented_at?"
           FROM (SELECT organisation FROM chain.proponents WHERE project = $1
                 UNION
                 SELECT organisation FROM chain.proponent_change_shares
                 WHERE project = $1 AND number = $2) concerned
           JOIN chain.organisations o ON o.id = concerned.organisation
           LEFT JOIN chain.proponent_change_consents c
             ON c.project = $1 AND c.number = $2 AND c.organisation = o.id
           ORDER BY o.id"#,
        project,
        change.number
    )
    .fetch_all(reader.connection())
    .await?;
    Ok(Some(ProponentChange {
        number: change.number,
        proponents: shares
            .into_iter()
            .map(|row| Proponent {
                organisation: OrganisationRef { id: row.id, name: row.name },
                share_ppm: row.share_ppm,
            })
            .collect(),
        consents: concerned
            .into_iter()
            .map(|row| Consent {
                organisation: OrganisationRef { id: row.id, name: row.name },
                consented_at: row.consented_at.map(Time),
            })
            .collect(),
        proposed_at: change.proposed_at.into(),
        proposed_by: change.proposed_by,
    }))
}

pub async fn certifiers(
    reader: &mut Reader,
    project: i64,
) -> Result<Vec<OrganisationRef>, Problem> {
    let found = sqlx::query_as!(
        OrganisationRef,
        "SELECT o.id, o.name
         FROM chain.certifiers c JOIN chain.organisations o ON o.id = c.organisation
         WHERE c.project = $1 ORDER BY o.id",
        project
    )
    .fetch_all(reader.connection())
    .await?;
    Ok(found)
}

pub async fn certifications(
    reader: &mut Reader,
    project: i64,
) -> Result<Vec<Certification>, Problem> {
    let rows = sqlx::query!(
        "SELECT o.id, o.name, c.certified_at, c.revoked_at, c.revocation, c.revocation_reason
         FROM chain.certifications c JOIN chain.organisations o ON o.id = c.certifier
         WHERE c.project = $1 ORDER BY c.height DESC, c.index DESC",
        project
    )
    .fetch_all(reader.connection())
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Certification {
            certifier: OrganisationRef { id: row.id, name: row.name },
            certified_at: row.certified_at.into(),
            revoked_at: row.revoked_at.map(Time),
            revocation: row.revocation,
            revocation_reason: row.revocation_reason,
        })
        .collect())
}
