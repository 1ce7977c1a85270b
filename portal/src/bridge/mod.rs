// SPDX-License-Identifier: Apache-2.0
//! The bridge to the ITMO platform on one page: who reads it, what they agreed on and what it became
//! here; and the lists behind it.

pub mod cases;
pub mod events;
pub mod imported;
pub mod measured;
pub mod outbox;
pub mod rounds;

use crate::{
    answers::{At, OrganisationRef, Pause, Time},
    db::Reader,
    page::{self, Layout},
    problem::{Problem, ProblemDocument},
    server::App,
};
use askama::Template;
use axum::{extract::State, http::Uri, response::Response};
use events::BridgeEvent;
use rounds::BridgeRound;
use serde::Serialize;
use sqlx::{postgres::PgRow, FromRow, Row};
use std::collections::HashMap;
use utoipa::ToSchema;

/// Rows of each list on the page; the lists have the rest.
const SHOWN: i64 = 10;

/// A validator that reads the platform.
#[derive(Serialize, ToSchema)]
pub struct BridgeOperator {
    /// The account, SS58.
    pub account: String,
    /// Who runs it; null of one that is a validator no more.
    pub operator: Option<String>,
    /// The organisation that answers for it.
    pub organisation: Option<OrganisationRef>,
    /// Since when it is listed.
    pub since: Time,
    /// The last round in which it has read all; null if there was none.
    pub last_round: Option<i64>,
    /// When it did.
    pub last_success: Option<Time>,
    /// Rounds in which it has not.
    pub silent: i64,
    /// Observations of it that differed from what was agreed on.
    pub contradicted: i64,
    /// Why it could not read the platform, if it could not since it last could: `not_configured`,
    /// `unreachable`, `refused`, `busy`, `server_error`, `too_long` or `malformed`.
    pub failure: Option<String>,
}

/// How the bridge works.
#[derive(Serialize, ToSchema, FromRow)]
pub struct BridgeSettings {
    /// Tonnes that an imported project is estimated at.
    pub estimate: i64,
    /// Tonnes that are issued for its final monitoring report.
    pub issuance: i64,
    /// Blocks from the start of a round to the start of the next.
    #[sqlx(rename = "interval_blocks")]
    pub interval: i64,
    /// Blocks in which operators report in a round.
    #[sqlx(rename = "window_blocks")]
    pub window: i64,
}

/// What an operator saw of an event, by its hash.
#[derive(Serialize, ToSchema)]
pub struct BridgeObservation {
    /// The operator's account, SS58.
    pub operator: String,
    /// BLAKE2b-256 of what it saw.
    pub hash: String,
}

/// The bridge to the ITMO platform.
#[derive(Serialize, ToSchema)]
pub struct Bridge {
    /// That no rounds are held, since when and why; null while they are.
    pub pause: Option<Pause>,
    /// How it works; null on a chain that began without it and never changed it.
    pub settings: Option<BridgeSettings>,
    /// Who reads the platform, in the order in which they were listed.
    pub operators: Vec<BridgeOperator>,
    /// Cases that wait for the Government; all are at `/api/v1/bridge/cases`.
    pub open_cases: i64,
    /// What was decided last, at most 10; all is at `/api/v1/bridge/events`.
    pub events: Vec<BridgeEvent>,
    /// The last rounds, at most 10; all are at `/api/v1/bridge/rounds`.
    pub rounds: Vec<BridgeRound>,
}

impl Bridge {
    /// Reads it.
    pub async fn load(reader: &mut Reader) -> Result<Self, Problem> {
        Ok(Self {
            pause: pause(reader).await?,
            settings: settings(reader).await?,
            operators: operators(reader).await?,
            open_cases: open_cases(reader).await?,
            events: events::latest(reader, SHOWN).await?,
            rounds: rounds::latest(reader, SHOWN).await?,
        })
    }
}

async fn pause(reader: &mut Reader) -> Result<Option<Pause>, Problem> {
    let row = sqlx::query("SELECT reason, since FROM chain.bridge_pauses WHERE until IS NULL")
        .fetch_optional(reader.connection())
        .await?;
    let pause =
        row.map(|row| Ok(Pause { reason: row.try_get("reason")?, since: row.try_get("since")? }));
    pause.transpose()
}

/// The settings in force.
pub async fn settings(reader: &mut Reader) -> Result<Option<BridgeSettings>, Problem> {
    let settings = sqlx::query_as::<_, BridgeSettings>(
        "SELECT estimate::bigint, issuance::bigint, interval_blocks, window_blocks
         FROM chain.bridge_settings ORDER BY height DESC, index DESC LIMIT 1",
    )
    .fetch_optional(reader.connection())
    .await?;
    Ok(settings)
}

async fn operators(reader: &mut Reader) -> Result<Vec<BridgeOperator>, Problem> {
    let rows = sqlx::query(
        "SELECT b.account, v.operator, o.id, o.name, b.since, b.last_round, b.last_at, b.silent,
                b.contradicted, b.failure
         FROM chain.bridge_operators b
         LEFT JOIN chain.validators v ON v.account = b.account
         LEFT JOIN chain.organisations o ON o.id = v.organisation
         ORDER BY b.height, b.index",
    )
    .fetch_all(reader.connection())
    .await?;
    let operator = |row: &PgRow| {
        Ok(BridgeOperator {
            account: row.try_get("account")?,
            operator: row.try_get("operator")?,
            organisation: OrganisationRef::perhaps(row.try_get("id")?, row.try_get("name")?),
            since: row.try_get("since")?,
            last_round: row.try_get("last_round")?,
            last_success: row.try_get("last_at")?,
            silent: row.try_get("silent")?,
            contradicted: row.try_get("contradicted")?,
            failure: row.try_get("failure")?,
        })
    };
    rows.iter().map(operator).collect()
}

/// How many cases wait.
pub async fn open_cases(reader: &mut Reader) -> Result<i64, Problem> {
    let cases = sqlx::query_scalar::<_, i64>(
        "SELECT COUNT(*) FROM chain.bridge_cases WHERE closed_at IS NULL",
    )
    .fetch_one(reader.connection())
    .await?;
    Ok(cases)
}

/// An event of the platform in a round: platform, project there, what happened, and the round.
type Place = (String, String, String, i64);

fn place(row: &PgRow) -> Result<Place, sqlx::Error> {
    Ok((
        row.try_get("platform")?,
        row.try_get("external_id")?,
        row.try_get("event")?,
        row.try_get("round")?,
    ))
}

/// What operators saw of the events that rows are about, in the rounds that they name.
async fn observations(
    reader: &mut Reader,
    rows: &[PgRow],
) -> Result<HashMap<Place, Vec<BridgeObservation>>, Problem> {
    let places = rows.iter().map(place).collect::<Result<Vec<_>, _>>()?;
    let column = |of: fn(&Place) -> &String| places.iter().map(of).cloned().collect::<Vec<_>>();
    let rounds: Vec<i64> = places.iter().map(|place| place.3).collect();
    let seen = sqlx::query(
        "SELECT platform, external_id, event, round, operator, '0x' || encode(hash, 'hex') AS hash
         FROM chain.bridge_observations
         WHERE (platform, external_id, event, round) IN (
             SELECT * FROM UNNEST($1::text[], $2::text[], $3::text[], $4::bigint[]))
         ORDER BY operator",
    )
    .bind(column(|place| &place.0))
    .bind(column(|place| &place.1))
    .bind(column(|place| &place.2))
    .bind(rounds)
    .fetch_all(reader.connection())
    .await?;
    let mut found = HashMap::<_, Vec<_>>::new();
    for row in &seen {
        let (operator, hash) = (row.try_get("operator")?, row.try_get("hash")?);
        found.entry(place(row)?).or_default().push(BridgeObservation { operator, hash });
    }
    Ok(found)
}

/// The bridge to the ITMO platform: operators, the last rounds, and what was decided last.
#[utoipa::path(
    get, path = "/api/v1/bridge", tag = "registry",
    operation_id = "bridge",
    responses(
        (status = OK, body = At<Bridge>),
        (status = SERVICE_UNAVAILABLE, body = ProblemDocument),
    )
)]
pub async fn show(mut reader: Reader) -> Result<Response, Problem> {
    let bridge = Bridge::load(&mut reader).await?;
    Ok(reader.json(bridge))
}

#[derive(Template)]
#[template(path = "bridge.html")]
struct Page {
    l: Layout,
    it: Bridge,
}

impl Page {
    /// How the bridge works, in words.
    fn works(&self) -> Option<String> {
        let BridgeSettings { estimate, issuance, interval, window } = self.it.settings.as_ref()?;
        let l = &self.l;
        let gaps = [
            ("estimate", l.n(estimate)),
            ("issuance", l.n(issuance)),
            ("interval", l.n(interval)),
            ("window", l.n(window)),
        ];
        Some(l.language().fill("bridge.settings", &gaps))
    }
}

/// `/bridge`
pub async fn page(
    State(app): State<App>,
    uri: Uri,
    mut reader: Reader,
) -> Result<Response, Problem> {
    let it = Bridge::load(&mut reader).await?;
    let mut l = Layout::new(&app, &reader, &uri, "");
    l.title = l.t("bridge.title").to_owned();
    page::render(&Page { l, it })
}
