// SPDX-License-Identifier: Apache-2.0
//! A webhook: what is said of it, and where it is found.

use crate::{
    answers::Time,
    problem::{Message, Problem},
    query,
};
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use utoipa::ToSchema;

/// What events must be about, all of it.
#[derive(Clone, PartialEq, Eq, Default, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct About {
    /// Only events about this project.
    #[serde(skip_serializing_if = "Option::is_none")]
    project: Option<i64>,
    /// Only events about this organisation.
    #[serde(skip_serializing_if = "Option::is_none")]
    organisation: Option<i64>,
    /// Only events about this retirement.
    #[serde(skip_serializing_if = "Option::is_none")]
    retirement: Option<i64>,
    /// Only events about this cancellation.
    #[serde(skip_serializing_if = "Option::is_none")]
    cancellation: Option<i64>,
    /// Only events about this request, for a transfer or for an international retirement.
    #[serde(skip_serializing_if = "Option::is_none")]
    request: Option<i64>,
    /// Only events about this proposal.
    #[serde(skip_serializing_if = "Option::is_none")]
    proposal: Option<i64>,
}

impl About {
    pub fn columns(&self) -> (Vec<&'static str>, Vec<i64>) {
        [
            ("project", self.project),
            ("organisation", self.organisation),
            ("retirement", self.retirement),
            ("cancellation", self.cancellation),
            ("request", self.request),
            ("proposal", self.proposal),
        ]
        .into_iter()
        .filter_map(|(kind, id)| Some((kind, id?)))
        .unzip()
    }

    fn of(kinds: &[String], ids: &[i64]) -> Self {
        let mut about = Self::default();
        for (kind, id) in kinds.iter().zip(ids) {
            match kind.as_str() {
                "project" => about.project = Some(*id),
                "organisation" => about.organisation = Some(*id),
                "retirement" => about.retirement = Some(*id),
                "cancellation" => about.cancellation = Some(*id),
                "request" => about.request = Some(*id),
                _ => about.proposal = Some(*id),
            }
        }
        about
    }
}

/// A webhook to make.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "url": "https://systems.developer.example/registry",
    "events": ["CreditsIssued", "CreditsTransferred"],
    "about": { "organisation": 2 },
}))]
pub struct NewWebhook {
    /// Where to send to: `https://`, on the public Internet.
    pub url: String,
    /// Names of events as in the feed, `mrv.decided`, or, of the Government, `itmo.authorised`,
    /// `itmo.issued` and `itmo.retired`; all if there is none.
    #[serde(default)]
    pub events: Vec<String>,
    /// What they must be about; anything if nothing is said.
    #[serde(default)]
    pub about: About,
}

/// A webhook, without its secret.
#[derive(Serialize, ToSchema)]
pub struct Webhook {
    /// Its number.
    pub id: i64,
    /// Where it leads.
    #[schema(example = "https://systems.developer.example/registry")]
    pub url: String,
    /// Names of events; all if there is none.
    pub events: Vec<String>,
    /// What they must be about.
    pub about: About,
    /// The person who made it, SS58.
    pub created_by: Option<String>,
    /// The key that made it.
    pub api_key: Option<i64>,
    /// When it was made.
    pub created_at: Time,
    /// Since when nothing could be delivered.
    pub failing_since: Option<Time>,
    /// When it was switched off because nothing could be delivered for days.
    pub switched_off_at: Option<Time>,
}

/// The webhooks of the organisation.
#[derive(Serialize, ToSchema)]
pub struct Webhooks {
    pub items: Vec<Webhook>,
}

/// A new webhook; its secret is shown now and never again.
#[derive(Serialize, ToSchema)]
pub struct MadeWebhook {
    #[serde(flatten)]
    pub webhook: Webhook,
    /// What deliveries are signed with.
    #[schema(example = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")]
    pub secret: String,
}

/// Another secret of a webhook; it is shown now and never again.
#[derive(Serialize, ToSchema)]
pub struct NewSecret {
    /// What deliveries are signed with from now on.
    #[schema(example = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")]
    pub secret: String,
    /// Until when the one before signs as well.
    pub old_until: Time,
}

/// A row.
struct Row {
    id: i64,
    url: String,
    names: Vec<String>,
    kinds: Vec<String>,
    ids: Vec<i64>,
    created_by: Option<String>,
    api_key: Option<i64>,
    created_at: Time,
    failing_since: Option<Time>,
    switched_off_at: Option<Time>,
}

impl From<Row> for Webhook {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            url: row.url,
            events: row.names,
            about: About::of(&row.kinds, &row.ids),
            created_by: row.created_by,
            api_key: row.api_key,
            created_at: row.created_at,
            failing_since: row.failing_since,
            switched_off_at: row.switched_off_at,
        }
    }
}

/// The webhooks of an organisation, or one of them.
pub async fn load(
    connection: &mut PgConnection,
    organisation: i64,
    id: Option<i64>,
) -> Result<Vec<Webhook>, Problem> {
    let rows = sqlx::query_as!(
        Row,
        r#"SELECT id, url, names, kinds, ids, created_by, api_key, created_at,
                  failing_since AS "failing_since: Time", switched_off_at AS "switched_off_at: Time"
           FROM directory.webhooks
           WHERE organisation = $1 AND ($2::BIGINT IS NULL OR id = $2) ORDER BY id"#,
        organisation,
        id
    )
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(Webhook::from).collect())
}

/// The webhook of an address, if it is the organisation's.
pub async fn find(
    connection: &mut PgConnection,
    organisation: i64,
    id: &str,
) -> Result<Webhook, Problem> {
    let unknown = || Problem::not_found(Message::new("problem.no_webhook").with("id", id));
    let number = query::number(id).ok_or_else(unknown)?;
    load(connection, organisation, Some(number)).await?.pop().ok_or_else(unknown)
}

/// The number of the webhook of an address, if it is the organisation's.
pub async fn number_of(
    connection: &mut PgConnection,
    organisation: i64,
    id: &str,
) -> Result<i64, Problem> {
    Ok(find(connection, organisation, id).await?.id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_events_must_be_about_is_kept_as_it_was_said() {
        let about: About =
            serde_json::from_value(json!({ "project": 12, "organisation": 2 })).unwrap();
        let (kinds, ids) = about.columns();
        assert_eq!(
            (kinds.as_slice(), ids.as_slice()),
            (&["project", "organisation"][..], &[12, 2][..])
        );
        let kinds: Vec<String> = kinds.iter().map(ToString::to_string).collect();
        assert_eq!(About::of(&kinds, &ids), about);
        assert!(serde_json::from_value::<About>(json!({ "projects": 12 })).is_err());
    }
}
