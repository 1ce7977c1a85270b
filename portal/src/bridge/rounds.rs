// SPDX-License-Identifier: Apache-2.0
//! The rounds in which operators read the ITMO platform, and how far each came.

use crate::{
    answers::{List, Time},
    db::Reader,
    download::{self, Column},
    list::{self, Field, Key, Kind, Listing, Question, Shown, View},
    page::{self, Layout},
    problem::{Problem, ProblemDocument},
};
use askama::Template;
use axum::response::Response;
use serde::Serialize;
use sqlx::{postgres::PgRow, Row};
use std::collections::HashMap;
use utoipa::ToSchema;

/// How far an operator came in a round.
#[derive(Serialize, ToSchema)]
pub struct BridgeReading {
    /// The operator's account, SS58.
    pub operator: String,
    /// When it had read all; null if it has not.
    pub completed_at: Option<Time>,
    /// What it reported.
    pub observations: Option<i64>,
    /// Projects that it could not understand.
    pub unreadable: Option<i64>,
    /// Whether there was more than fits into a round.
    pub more: Option<bool>,
    /// When it could not read the platform.
    pub failed_at: Option<Time>,
    /// Why.
    pub failure: Option<String>,
}

/// A round.
#[derive(Serialize, ToSchema)]
pub struct BridgeRound {
    /// Number of the round.
    pub id: i64,
    /// When it began.
    pub opened_at: Time,
    /// Height of the block in which it began.
    pub block: i64,
    /// The block in which it closes at the latest.
    pub until_block: i64,
    /// How many operators report in it.
    pub operators: i32,
    /// How many have read all; null while it is held.
    pub complete: Option<i32>,
    /// How many have not; null while it is held.
    pub silent: Option<i32>,
    /// When it ended.
    pub closed_at: Option<Time>,
    /// The block that begins the next, if nobody asks for it before.
    pub next_block: Option<i64>,
    /// How far each came.
    pub readings: Vec<BridgeReading>,
}

impl BridgeRound {
    /// Accounts of operators, and what went wrong with them.
    pub fn troubles(&self, l: &Layout) -> Vec<(&str, String)> {
        let of = |reading: &BridgeReading| {
            let failure = reading.failure.as_ref().map(|it| l.label("read_failure", it));
            let unreadable = reading.unreadable.filter(|n| *n > 0);
            let unreadable = unreadable.map(|n| l.say("bridge.unreadable", "n", l.n(n)));
            [failure, unreadable].into_iter().flatten().collect::<Vec<_>>()
        };
        let all = self.readings.iter();
        all.flat_map(|reading| {
            of(reading).into_iter().map(move |words| (reading.operator.as_str(), words))
        })
        .collect()
    }
}

/// The rounds, the last first.
pub struct BridgeRounds;

impl Listing for BridgeRounds {
    type Item = BridgeRound;
    const NAME: &'static str = "bridge-rounds";
    const TITLE: &'static str = "bridge.rounds";
    const COLUMNS: &'static [Column<BridgeRound>] = &[
        ("id", |it| it.id.into()),
        ("opened_at", |it| it.opened_at.into()),
        ("block", |it| it.block.into()),
        ("until_block", |it| it.until_block.into()),
        ("operators", |it| it.operators.into()),
        ("complete", |it| it.complete.into()),
        ("silent", |it| it.silent.into()),
        ("closed_at", |it| it.closed_at.into()),
        ("next_block", |it| it.next_block.into()),
    ];
    const FIELDS: &'static [Field] =
        &[Field::of("opened_at", Kind::Time, "r.opened_at", "When it began").sorted_as_key()];
    const KEY: Key = Key::numbers("id", &["r.number"]);
    const SQL: &'static str =
        "SELECT {cursor}, r.number AS id, r.opened_at, r.height, r.until_height,
                cardinality(r.operators) AS operators, r.complete,
                cardinality(r.silent) AS silent, r.closed_at, r.next_height
         FROM chain.bridge_rounds r WHERE {filters} {part}";

    async fn items(reader: &mut Reader, rows: Vec<PgRow>) -> Result<Vec<BridgeRound>, Problem> {
        let mut readings = readings(reader, &list::ids(&rows)?).await?;
        let read = |row: &PgRow| {
            let id = row.try_get("id")?;
            Ok(BridgeRound {
                id,
                opened_at: row.try_get("opened_at")?,
                block: row.try_get("height")?,
                until_block: row.try_get("until_height")?,
                operators: row.try_get("operators")?,
                complete: row.try_get("complete")?,
                silent: row.try_get("silent")?,
                closed_at: row.try_get("closed_at")?,
                next_block: row.try_get("next_height")?,
                readings: readings.remove(&id).unwrap_or_default(),
            })
        };
        rows.iter().map(read).collect()
    }
}

async fn readings(
    reader: &mut Reader,
    rounds: &[i64],
) -> Result<HashMap<i64, Vec<BridgeReading>>, Problem> {
    let rows = sqlx::query(
        "SELECT round, operator, completed_at, observations, unreadable, more, failed_at, failure
         FROM chain.bridge_readings WHERE round = ANY ($1) ORDER BY round, operator",
    )
    .bind(rounds)
    .fetch_all(reader.connection())
    .await?;
    let mut found = HashMap::<i64, Vec<BridgeReading>>::new();
    for row in rows {
        found.entry(row.try_get("round")?).or_default().push(BridgeReading {
            operator: row.try_get("operator")?,
            completed_at: row.try_get("completed_at")?,
            observations: row.try_get("observations")?,
            unreadable: row.try_get("unreadable")?,
            more: row.try_get("more")?,
            failed_at: row.try_get("failed_at")?,
            failure: row.try_get("failure")?,
        });
    }
    Ok(found)
}

/// The last rounds.
pub async fn latest(reader: &mut Reader, limit: i64) -> Result<Vec<BridgeRound>, Problem> {
    Ok(Question::<BridgeRounds>::about(&[], limit)?.load(reader).await?.0)
}

/// The rounds in which operators read the ITMO platform, the last first.
#[utoipa::path(
    get, path = "/api/v1/bridge/rounds", tag = "registry", params(Question<BridgeRounds>),
    operation_id = "bridge_rounds",
    responses(
        (status = OK, body = List<BridgeRound>),
        (status = BAD_REQUEST, body = ProblemDocument),
    )
)]
pub async fn list(question: Question<BridgeRounds>, reader: Reader) -> Result<Response, Problem> {
    download::json(question, reader).await
}

#[derive(Template)]
#[template(path = "bridge_rounds.html")]
struct Page {
    l: Layout,
    list: View<BridgeRounds>,
    items: Vec<BridgeRound>,
}

/// `/bridge/rounds`
pub async fn page(shown: Shown<BridgeRounds>) -> Result<Response, Problem> {
    let Shown { l, list, items, .. } = shown;
    page::render(&Page { l, list, items })
}
