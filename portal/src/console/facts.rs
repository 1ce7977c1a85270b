// SPDX-License-Identifier: Apache-2.0
//! What forms begin from and choose from, as the chain's tables have it now.

use super::Desk;
use crate::{
    db::Reader,
    page::Layout,
    problem::{Message, Problem},
    server::App,
};
use chrono::TimeDelta;
use registry_client::{views, AccountId32};
use registry_primitives::{Action, OrganisationRole, SectoralScope};
use serde_json::{json, Value};

/// Most organisations that a form offers to choose from.
const ORGANISATIONS: i64 = 500;

/// A project, as its page in the console and forms about it need to know it.
pub struct Project {
    pub id: i64,
    pub title: String,
    pub stage: String,
    pub estimate: i64,
    pub validated_estimate: Option<i64>,
    pub authorised: i64,
    pub issued: i64,
    article6: Option<Value>,
    pub documents: Vec<Document>,
    pub periods: Vec<Period>,
    pub change: Option<i64>,
    proponents: Vec<Value>,
    certifiers: Vec<i64>,
    /// What the account may do with it now, by the word of the node; none where it does not answer.
    pub may: Option<Vec<Action>>,
}

/// A document of a project.
#[derive(Clone)]
pub struct Document {
    pub id: i64,
    pub kind: String,
    pub status: String,
    pub version: i64,
    pub uploader: String,
}

/// A monitoring period of a project.
#[derive(Clone)]
pub struct Period {
    pub id: i64,
    pub days: String,
    pub stage: String,
    /// Year, reported and verified tonnes.
    vintages: Vec<(i16, i64, Option<i64>)>,
}

impl Period {
    /// Tonnes as verified, or as reported.
    pub fn tonnes(&self) -> i64 {
        self.vintages.iter().map(|(_, reported, verified)| verified.unwrap_or(*reported)).sum()
    }

    /// What was reported, as the chain's call has it.
    pub fn reported(&self) -> Value {
        let row = |(vintage, reported, _): &(i16, i64, Option<i64>)| json!({ "vintage": vintage, "tonnes": reported });
        self.vintages.iter().map(row).collect()
    }
}

impl Project {
    pub async fn load(
        app: &App,
        reader: &mut Reader,
        l: &Layout,
        desk: &Desk,
        id: i64,
    ) -> Result<Self, Problem> {
        let unknown = || Problem::not_found(Message::new("problem.no_project").with("id", id));
        let row = sqlx::query!(
            r#"SELECT title, stage, estimate AS "estimate!", validated_estimate,
                      authorised AS "authorised!", issued AS "issued!", article6,
                      (SELECT number FROM chain.proponent_changes
                       WHERE project = $1 AND status = 'open') AS change,
                      ARRAY(SELECT organisation FROM chain.certifiers WHERE project = $1
                            ORDER BY organisation) AS "certifiers!"
               FROM chain.projects WHERE id = $1"#,
            id
        )
        .fetch_optional(reader.connection())
        .await?
        .ok_or_else(unknown)?;
        let may = match desk.account.parse() {
            Ok(account) => may(app, account, id).await,
            Err(_) => None,
        };
        Ok(Self {
            id,
            title: row.title,
            stage: row.stage,
            estimate: row.estimate,
            validated_estimate: row.validated_estimate,
            authorised: row.authorised,
            issued: row.issued,
            article6: row.article6.filter(|terms| !terms.is_null()),
            documents: documents(reader, id).await?,
            periods: periods(reader, l, id).await?,
            change: row.change,
            proponents: proponents(reader, id).await?,
            certifiers: row.certifiers,
            may,
        })
    }

    /// The tonnes that it is to reduce, as validated or as estimated.
    pub fn estimated(&self) -> i64 {
        self.validated_estimate.unwrap_or(self.estimate)
    }

    /// Where a form about it begins: arguments by their names.
    pub fn prefill(&self, call: &str, period: Option<i64>) -> Option<(&'static str, Value)> {
        Some(match call {
            "projects.authorise_project" => ("quantity", json!(self.estimated())),
            "projects.validate_project" => ("estimate", json!(self.estimate)),
            "projects.change_terms" => ("article6", self.article6.clone()?),
            "projects.propose_proponents" => ("proponents", json!(self.proponents)),
            "projects.assign_certifiers" => ("certifiers", json!(self.certifiers)),
            "projects.verify_monitoring" => {
                ("verified", self.periods.iter().find(|it| Some(it.id) == period)?.reported())
            }
            _ => return None,
        })
    }
}

/// What the node says that an account may do with a project.
async fn may(app: &App, account: AccountId32, project: i64) -> Option<Vec<Action>> {
    let project = u32::try_from(project).ok()?;
    let registry = app.node.registry().ok()?;
    let at = registry.at_finalised().await.ok()?;
    views::may_with_project(&at, account, project).await.ok()
}

async fn documents(reader: &mut Reader, project: i64) -> Result<Vec<Document>, Problem> {
    Ok(sqlx::query_as!(
        Document,
        "SELECT d.document AS id, d.kind, d.status, d.version, o.name AS uploader
         FROM chain.documents d JOIN chain.organisations o ON o.id = d.uploader
         WHERE d.project = $1 ORDER BY d.document DESC",
        project
    )
    .fetch_all(reader.connection())
    .await?)
}

async fn periods(reader: &mut Reader, l: &Layout, project: i64) -> Result<Vec<Period>, Problem> {
    let rows = sqlx::query!(
        "SELECT period, starts, ends, stage FROM chain.monitoring_periods
         WHERE project = $1 ORDER BY period DESC",
        project
    )
    .fetch_all(reader.connection())
    .await?;
    let vintages = sqlx::query!(
        r#"SELECT period, vintage, reported AS "reported!", verified
           FROM chain.monitoring_vintages WHERE project = $1 ORDER BY period, vintage"#,
        project
    )
    .fetch_all(reader.connection())
    .await?;
    let of = |period: i64| {
        let own = vintages.iter().filter(|row| row.period == period);
        own.map(|row| (row.vintage, row.reported, row.verified)).collect()
    };
    let days = |starts, ends| {
        // An end is the first instant after a period.
        let language = l.language();
        format!("{} – {}", language.date(starts), language.date(ends - TimeDelta::milliseconds(1)))
    };
    Ok(rows
        .into_iter()
        .map(|row| Period {
            id: row.period,
            days: days(row.starts, row.ends),
            stage: row.stage,
            vintages: of(row.period),
        })
        .collect())
}

async fn proponents(reader: &mut Reader, project: i64) -> Result<Vec<Value>, Problem> {
    let rows = sqlx::query!(
        "SELECT organisation, share_ppm FROM chain.proponents WHERE project = $1 ORDER BY position",
        project
    )
    .fetch_all(reader.connection())
    .await?;
    let row =
        |organisation: i64, share: i32| json!({ "organisation": organisation, "share": share });
    Ok(rows.into_iter().map(|it| row(it.organisation, it.share_ppm)).collect())
}

/// An organisation, as its page in the console and forms about it need to know it.
pub struct Organisation {
    pub id: i64,
    pub name: String,
    pub role: String,
    pub status: String,
    /// As the chain's call has them.
    pub details: Value,
    /// Accounts and roles of its members.
    pub members: Vec<(String, String)>,
}

impl Organisation {
    pub async fn load(reader: &mut Reader, id: i64) -> Result<Self, Problem> {
        let unknown = || Problem::not_found(Message::new("problem.no_organisation").with("id", id));
        let row = sqlx::query!(
            r#"SELECT name, role, status, tax_id, country, sectoral_scopes,
                      '0x' || encode(profile, 'hex') AS "profile!"
               FROM chain.organisations WHERE id = $1"#,
            id
        )
        .fetch_optional(reader.connection())
        .await?
        .ok_or_else(unknown)?;
        let scope = |number: &i16| {
            let scope = SectoralScope::from_number(u8::try_from(*number).ok()?)?;
            Some(scope.as_str())
        };
        let scopes: Vec<_> = row.sectoral_scopes.iter().filter_map(scope).collect();
        Ok(Self {
            id,
            details: json!({
                "name": row.name, "tax_id": row.tax_id, "country": row.country,
                "sectoral_scopes": scopes, "profile": row.profile,
            }),
            name: row.name,
            role: row.role,
            status: row.status,
            members: members(reader, id).await?,
        })
    }
}

/// Accounts and roles of the members of an organisation.
pub async fn members(reader: &mut Reader, id: i64) -> Result<Vec<(String, String)>, Problem> {
    let rows = sqlx::query!(
        "SELECT account, role FROM chain.members WHERE organisation = $1 ORDER BY account",
        id
    )
    .fetch_all(reader.connection())
    .await?;
    Ok(rows.into_iter().map(|row| (row.account, row.role)).collect())
}

/// Number, name and role of active organisations, by name.
pub async fn active(reader: &mut Reader) -> Result<Vec<(i64, String, OrganisationRole)>, Problem> {
    let rows = sqlx::query!(
        "SELECT id, name, role FROM chain.organisations WHERE status = 'active'
         ORDER BY lower(name), id LIMIT $1",
        ORGANISATIONS
    )
    .fetch_all(reader.connection())
    .await?;
    Ok(rows
        .into_iter()
        .filter_map(|row| Some((row.id, row.name, row.role.parse().ok()?)))
        .collect())
}

/// What is deducted from international retirements, as the chain's call has it.
pub async fn deductions(reader: &mut Reader) -> Result<Value, Problem> {
    let row = sqlx::query!(
        "SELECT share_of_proceeds, overall_mitigation FROM chain.deductions
         ORDER BY height DESC, index DESC LIMIT 1"
    )
    .fetch_optional(reader.connection())
    .await?;
    let rates = row.map_or((0, 0), |row| (row.share_of_proceeds, row.overall_mitigation));
    Ok(json!({ "share_of_proceeds": rates.0, "overall_mitigation": rates.1 }))
}

/// How the bridge to the ITMO platform works, as the chain's call has it; nothing where the chain has
/// not told.
pub async fn bridge_settings(reader: &mut Reader) -> Result<Value, Problem> {
    let settings = crate::bridge::settings(reader).await?;
    serde_json::to_value(settings).map_err(|error| Problem::internal(&error.to_string()))
}

/// Project and vintage that a request for a transfer asks for.
pub async fn asked_for(
    reader: &mut Reader,
    request: i64,
) -> Result<Option<(i64, Option<i16>)>, Problem> {
    let row = sqlx::query!(
        "SELECT project, vintage FROM chain.transfer_requests WHERE id = $1 AND status = 'open'",
        request
    )
    .fetch_optional(reader.connection())
    .await?;
    Ok(row.map(|row| (row.project, row.vintage)))
}

/// How many applications wait for the Government.
pub async fn waiting_applications(app: &App) -> Result<i64, Problem> {
    let mut transaction = app.directory.begin().await?;
    Ok(sqlx::query_scalar!(
        r#"SELECT count(*) AS "count!" FROM directory.applications a
           WHERE a.rejected_at IS NULL AND a.withdrawn_at IS NULL
             AND NOT EXISTS (SELECT FROM chain.organisations o WHERE o.tax_id = a.tax_id)"#
    )
    .fetch_one(&mut *transaction)
    .await?)
}

/// The constants of the calculator that are in force.
pub async fn constants(reader: &mut Reader) -> Result<Value, Problem> {
    let version = crate::calculator::constants::version(reader, None).await?;
    let version = serde_json::to_value(version).map_err(|it| Problem::internal(&it.to_string()))?;
    Ok(version.get("constants").cloned().unwrap_or_default())
}
