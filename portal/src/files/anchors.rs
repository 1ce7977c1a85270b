// SPDX-License-Identifier: Apache-2.0
//! What on the chain carries the hash of a file: by that it is public.

use crate::problem::Problem;
use registry_primitives::ContentHash;
use serde::Serialize;
use sqlx::PgConnection;
use std::collections::{BTreeMap, BTreeSet};
use utoipa::ToSchema;

/// As many are told of one file; that there are any makes it public.
const MOST: i64 = 50;

/// Something public that carries the hash of a file.
#[derive(Clone, Serialize, ToSchema)]
pub struct Anchor {
    /// What carries it.
    #[schema(example = "document")]
    pub kind: String,
    /// The project that it belongs to; null for the profile of an organisation.
    pub project: Option<i64>,
    /// Number of the document or of the monitoring period in the project.
    pub number: Option<i64>,
    /// What kind of document it is.
    #[schema(example = "design_document")]
    pub document_kind: Option<String>,
    /// Which of the project's documents of this kind it is.
    pub version: Option<i64>,
    /// The organisation that put it there, or whose profile it is; null where the chain's record
    /// names none.
    pub organisation: Option<i64>,
    /// Bytes of the file, as whoever put it there told the chain.
    pub size: Option<i64>,
    /// Whether the file has as many: its hash is right in any case, and what the chain says of its
    /// size is wrong where this is false.
    pub size_agrees: Option<bool>,
    /// The page of what carries it.
    #[schema(example = "/projects/1")]
    pub page: String,
}

/// What carries these hashes, by hash: every content hash that a record or an event of the chain has,
/// and those in documents that the chain has the hash of.
pub async fn of(
    connection: &mut PgConnection,
    hashes: &[Vec<u8>],
) -> Result<BTreeMap<ContentHash, Vec<Anchor>>, Problem> {
    let rows = sqlx::query!(
        r#"WITH asked AS (SELECT unnest($1::BYTEA[]) AS hash),
           found AS (
               SELECT a.hash, 'document' AS kind, project, document AS number,
                      d.kind AS document_kind, version, uploader AS organisation, size
               FROM asked a JOIN chain.documents d ON d.hash = a.hash
               UNION ALL
               SELECT a.hash, 'document_remark', project, document, d.kind, version, reviewer, NULL
               FROM asked a JOIN chain.documents d ON d.remark = a.hash
               UNION ALL
               SELECT a.hash, 'monitoring_report', project, period, NULL, NULL, NULL, NULL
               FROM asked a JOIN chain.monitoring_periods m ON m.report = a.hash
               UNION ALL
               SELECT a.hash, 'verification_report', project, period, NULL, NULL, verifier, NULL
               FROM asked a JOIN chain.monitoring_periods m ON m.verification = a.hash
               UNION ALL
               SELECT a.hash, 'monitoring_remark', project, period, NULL, NULL, returned_by, NULL
               FROM asked a JOIN chain.monitoring_periods m ON m.remark = a.hash
               UNION ALL
               SELECT a.hash, 'project_details', id, NULL, NULL, NULL, NULL, NULL
               FROM asked a JOIN chain.projects p ON p.details = a.hash
               UNION ALL
               SELECT a.hash, 'organisation_profile', NULL, NULL, NULL, NULL, id, NULL
               FROM asked a JOIN chain.organisations o ON o.profile = a.hash
               UNION ALL
               -- The picture that an organisation uploaded and that its profile names.
               SELECT a.hash, 'organisation_logo', NULL, NULL, NULL, NULL, o.id, NULL
               FROM asked a
               JOIN directory.deposits d ON d.hash = a.hash
               JOIN chain.organisations o ON o.id = d.organisation
               JOIN directory.profiles p ON p.organisation = o.id AND p.hash = o.profile
               WHERE convert_from(p.document, 'UTF8')::JSONB ->> 'logo'
                     = '0x' || encode(a.hash, 'hex')
               UNION ALL
               -- Profiles that were replaced by others; of these only the events tell.
               SELECT DISTINCT a.hash, 'earlier_profile', NULL::BIGINT, NULL::BIGINT, NULL,
                      NULL::BIGINT, (e.fields ->> 'id')::BIGINT, NULL::BIGINT
               FROM asked a JOIN chain.events e
                 ON COALESCE(e.fields ->> 'profile', e.fields -> 'details' ->> 'profile')
                    = '0x' || encode(a.hash, 'hex')
                AND e.pallet = 'Organisations'
                AND e.name IN ('OrganisationCreated', 'ProfileUpdated', 'OrganisationChanged')
               WHERE NOT EXISTS (SELECT FROM chain.organisations o
                                 WHERE o.id = (e.fields ->> 'id')::BIGINT AND o.profile = a.hash)
           ),
           counted AS (
               SELECT *, row_number() OVER (PARTITION BY hash ORDER BY kind, project, number) AS nth
               FROM found
           )
           SELECT hash AS "hash!", kind AS "kind!", project, number, document_kind, version,
                  organisation, size
           FROM counted WHERE nth <= $2 ORDER BY hash, nth"#,
        hashes,
        MOST
    )
    .fetch_all(connection)
    .await?;
    let mut anchors = BTreeMap::<ContentHash, Vec<Anchor>>::new();
    for row in rows {
        let page = match (row.project, row.organisation) {
            (Some(project), _) => format!("/projects/{project}"),
            (None, Some(organisation)) => format!("/organisations/{organisation}"),
            (None, None) => return Err(Problem::internal("a hash is carried by nothing")),
        };
        let hash = super::of_row(&row.hash)?;
        anchors.entry(hash).or_default().push(Anchor {
            kind: row.kind,
            project: row.project,
            number: row.number,
            document_kind: row.document_kind,
            version: row.version,
            organisation: row.organisation,
            size: row.size,
            size_agrees: None,
            page,
        });
    }
    Ok(anchors)
}

/// What carries one hash, with whether the sizes that the chain tells are that of the file.
pub async fn of_one(
    connection: &mut PgConnection,
    hash: ContentHash,
    size: i64,
) -> Result<Vec<Anchor>, Problem> {
    let mut found = of(connection, &[hash.0.to_vec()]).await?.remove(&hash).unwrap_or_default();
    for anchor in &mut found {
        anchor.size_agrees = anchor.size.map(|told| told == size);
    }
    Ok(found)
}

/// Which of these hashes the chain has anywhere.
pub async fn carried(
    connection: &mut PgConnection,
    hashes: &[Vec<u8>],
) -> Result<BTreeSet<ContentHash>, Problem> {
    Ok(of(connection, hashes).await?.into_keys().collect())
}

/// A name for the public, from what the chain says: what an uploader called it is his.
pub fn public_name(anchors: &[Anchor], hash: ContentHash, ending: &str) -> String {
    let Some(anchor) = anchors.first() else {
        return format!("{}.{ending}", &hex::encode(hash.0)[..16]);
    };
    let owner = match (anchor.project, anchor.organisation) {
        (Some(project), _) => format!("project-{project}"),
        (None, organisation) => format!("organisation-{}", organisation.unwrap_or_default()),
    };
    let kind = anchor.document_kind.as_ref().filter(|_| anchor.kind == "document");
    let kind = kind.unwrap_or(&anchor.kind).replace('_', "-");
    let number = match (anchor.version.filter(|_| anchor.kind == "document"), anchor.number) {
        (Some(version), _) => format!("-{version}"),
        (None, Some(number)) => format!("-{number}"),
        (None, None) => String::new(),
    };
    format!("{owner}-{kind}{number}.{ending}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_public_name_says_what_the_chain_says() {
        let anchor = |kind: &str, project, number, organisation| Anchor {
            kind: kind.into(),
            project,
            number,
            document_kind: (kind == "document").then(|| "design_document".into()),
            version: (kind == "document").then_some(3),
            organisation,
            size: None,
            size_agrees: None,
            page: String::new(),
        };
        let name = |it: Anchor| public_name(&[it], ContentHash([0; 32]), "pdf");
        assert_eq!(
            name(anchor("document", Some(7), Some(5), Some(2))),
            "project-7-design-document-3.pdf"
        );
        assert_eq!(
            name(anchor("monitoring_report", Some(7), Some(1), None)),
            "project-7-monitoring-report-1.pdf"
        );
        assert_eq!(
            name(anchor("project_details", Some(7), None, None)),
            "project-7-project-details.pdf"
        );
        assert_eq!(
            name(anchor("organisation_profile", None, None, Some(2))),
            "organisation-2-organisation-profile.pdf"
        );
        assert_eq!(public_name(&[], ContentHash([0xab; 32]), "csv"), "abababababababab.csv");
    }
}
