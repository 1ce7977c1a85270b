// SPDX-License-Identifier: Apache-2.0
//! National settings: what is paused, what is deducted, and how many officers must agree.

use crate::{
    answers::{At, Pause, Time},
    db::Reader,
    home::CountryAccounts,
    page::{self, Layout},
    problem::{Problem, ProblemDocument},
    server::App,
};
use askama::Template;
use axum::{extract::State, http::Uri, response::Response};
use serde::Serialize;
use utoipa::ToSchema;

/// Most rows of a history in one answer.
const MOST: i64 = 100;

/// What is deducted from international retirements.
#[derive(Serialize, ToSchema)]
pub struct Deductions {
    /// Share of proceeds for adaptation, in parts per million.
    share_of_proceeds_ppm: i32,
    /// Overall mitigation in global emissions, in parts per million.
    overall_mitigation_ppm: i32,
    /// Since when; null where the chain began with it.
    set_at: Option<Time>,
    /// The officer who set it, SS58; null where the chain began with it.
    set_by: Option<String>,
}

/// How many officers must agree to actions of a class.
#[derive(Serialize, ToSchema)]
pub struct Threshold {
    /// The class.
    #[schema(example = "issue")]
    pub class: String,
    /// How many officers.
    pub officers: i32,
    /// When it was set.
    pub set_at: Time,
    /// The officer who set it, SS58; null where the chain began with it.
    pub set_by: Option<String>,
}

impl Threshold {
    /// Those of all classes.
    pub async fn all(reader: &mut Reader) -> Result<Vec<Self>, Problem> {
        let found = sqlx::query_as!(
            Self,
            "SELECT class, officers, set_at, set_by FROM chain.thresholds ORDER BY class"
        )
        .fetch_all(reader.connection())
        .await?;
        Ok(found)
    }
}

/// A time when all transfers and retirements stood still.
#[derive(Serialize, ToSchema)]
pub struct PastPause {
    /// Since when.
    since: Time,
    /// Until when; null while it lasts.
    until: Option<Time>,
    /// The public reason.
    reason: String,
    /// The officer who paused them, SS58.
    paused_by: String,
    /// The officer who resumed them, SS58.
    resumed_by: Option<String>,
}

/// The national settings.
#[derive(Serialize, ToSchema)]
pub struct Settings {
    /// That all transfers and retirements stand still; null while they do not.
    pause: Option<Pause>,
    /// The latest 100 pauses, the latest first.
    pauses: Vec<PastPause>,
    /// What is deducted from international retirements now.
    deductions: Option<Deductions>,
    /// What was deducted before, the latest first; the last 100.
    earlier_deductions: Vec<Deductions>,
    /// How many officers must agree, by class of action.
    thresholds: Vec<Threshold>,
    /// Where retired and deducted credits ended.
    accounts: CountryAccounts,
}

impl Settings {
    async fn load(reader: &mut Reader) -> Result<Self, Problem> {
        let mut deductions = deductions(reader).await?.into_iter();
        Ok(Self {
            pause: reader.pause.clone(),
            pauses: pauses(reader).await?,
            deductions: deductions.next(),
            earlier_deductions: deductions.collect(),
            thresholds: Threshold::all(reader).await?,
            accounts: CountryAccounts::load(reader).await?,
        })
    }
}

async fn deductions(reader: &mut Reader) -> Result<Vec<Deductions>, Problem> {
    let rows = sqlx::query!(
        "SELECT share_of_proceeds, overall_mitigation, set_at, set_by FROM chain.deductions
         ORDER BY height DESC, index DESC LIMIT $1",
        MOST
    )
    .fetch_all(reader.connection())
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Deductions {
            share_of_proceeds_ppm: row.share_of_proceeds,
            overall_mitigation_ppm: row.overall_mitigation,
            // Genesis has no time.
            set_at: row.set_by.is_some().then_some(row.set_at.into()),
            set_by: row.set_by,
        })
        .collect())
}

async fn pauses(reader: &mut Reader) -> Result<Vec<PastPause>, Problem> {
    let rows = sqlx::query!(
        "SELECT since, until, reason, paused_by, resumed_by FROM chain.pauses
         ORDER BY height DESC, index DESC LIMIT $1",
        MOST
    )
    .fetch_all(reader.connection())
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| PastPause {
            since: row.since.into(),
            until: row.until.map(Time),
            reason: row.reason,
            paused_by: row.paused_by,
            resumed_by: row.resumed_by,
        })
        .collect())
}

/// The national settings and their history.
#[utoipa::path(
    get, path = "/api/v1/settings", tag = "registry",
    operation_id = "settings",
    responses(
        (status = OK, body = At<Settings>),
        (status = SERVICE_UNAVAILABLE, body = ProblemDocument),
    )
)]
pub async fn show(mut reader: Reader) -> Result<Response, Problem> {
    let settings = Settings::load(&mut reader).await?;
    Ok(reader.json(settings))
}

#[derive(Template)]
#[template(path = "settings.html")]
struct Page {
    l: Layout,
    settings: Settings,
}

/// `/settings`
pub async fn page(
    State(app): State<App>,
    uri: Uri,
    mut reader: Reader,
) -> Result<Response, Problem> {
    let settings = Settings::load(&mut reader).await?;
    let mut l = Layout::new(&app, &reader, &uri, "");
    l.title = l.t("settings.title").to_owned();
    page::render(&Page { l, settings })
}
