// SPDX-License-Identifier: Apache-2.0
//! What was decided of events on the ITMO platform: what came from where, with its evidence.

use super::{observations, place, BridgeObservation};
use crate::{
    answers::{List, ProjectRef, Time},
    db::Reader,
    download::{self, Column},
    list::{Field, Key, Kind, Listing, Question, Shown, View},
    page::{self, Layout},
    problem::{Problem, ProblemDocument},
};
use askama::Template;
use axum::response::Response;
use registry_primitives::itmo::PlatformEvent;
use serde::Serialize;
use serde_json::Value;
use sqlx::{postgres::PgRow, Row};
use utoipa::ToSchema;

/// An event on the platform, and what the registry made of it, once.
#[derive(Serialize, ToSchema)]
pub struct BridgeEvent {
    /// Height of the block, and index of the chain's event in it.
    #[schema(example = "120-3")]
    pub id: String,
    /// When it was decided.
    pub decided_at: Time,
    /// The platform.
    #[schema(example = "undp")]
    pub platform: String,
    /// The project's identifier there.
    pub external_id: String,
    /// What happened there: `project_authorised` or `monitoring_reported`.
    #[schema(example = "project_authorised")]
    pub event: String,
    /// What became of it: `done`, `waits` (for the project's authorisation here), `case` (for the
    /// Government) or `dismissed`.
    #[schema(example = "done")]
    pub outcome: String,
    /// The project that it is about here; null while there is none.
    pub project: Option<ProjectRef>,
    /// The platform's word for a sector that the registry's table lacks; empty where it said none.
    pub unknown_sector: Option<String>,
    /// The round in which it was decided.
    pub round: i64,
    /// The evidence: BLAKE2b-256 of what was agreed on. Null of what was dismissed without agreement.
    pub hash: Option<String>,
    /// What was agreed on of the project, as in the chain's event; null of a monitoring report, of which
    /// there is no more to say.
    #[schema(value_type = Option<Object>)]
    pub facts: Option<Value>,
    /// What operators saw in that round.
    pub observations: Vec<BridgeObservation>,
    /// Height of the block of the chain.
    pub block: i64,
}

impl BridgeEvent {
    /// How many operators saw what was agreed on.
    pub fn agreeing(&self) -> usize {
        let same = |seen: &&BridgeObservation| Some(&seen.hash) == self.hash.as_ref();
        self.observations.iter().filter(same).count()
    }
}

/// What was decided, the last first.
pub struct BridgeEvents;

const EVENT: Kind = Kind::choice(|| PlatformEvent::ALL.iter().map(|it| it.as_str()).collect());
const OUTCOME: Kind = Kind::choice(|| vec!["done", "waits", "case", "dismissed"]);

impl Listing for BridgeEvents {
    type Item = BridgeEvent;
    const NAME: &'static str = "bridge-events";
    const TITLE: &'static str = "bridge.events";
    const COLUMNS: &'static [Column<BridgeEvent>] = &[
        ("id", |it| (&it.id).into()),
        ("decided_at", |it| it.decided_at.into()),
        ("platform", |it| (&it.platform).into()),
        ("external_id", |it| (&it.external_id).into()),
        ("event", |it| (&it.event).into()),
        ("outcome", |it| (&it.outcome).into()),
        ("project_id", |it| it.project.as_ref().map(|it| it.id).into()),
        ("project", |it| it.project.as_ref().map(|it| it.title.as_str()).into()),
        ("unknown_sector", |it| it.unknown_sector.as_ref().into()),
        ("round", |it| it.round.into()),
        ("hash", |it| it.hash.as_ref().into()),
        ("block", |it| it.block.into()),
    ];
    const FIELDS: &'static [Field] = &[
        Field::of("event", EVENT, "e.event", "What happened on the platform"),
        Field::of("outcome", OUTCOME, "e.outcome", "What became of it"),
        Field::of("external_id", Kind::Text, "e.external_id", "The project's identifier there"),
        Field::of("project", Kind::Id, "e.project", "Number of the project here"),
        Field::of("round", Kind::Number, "e.round", "The round in which it was decided"),
    ];
    const KEY: Key = Key::numbers("id", &["e.height", "e.index"]);
    const SQL: &'static str =
        "SELECT {cursor}, e.height, e.index, e.platform, e.external_id, e.event,
                e.round, e.decided_at, e.facts, '0x' || encode(e.hash, 'hex') AS hash, e.outcome,
                e.unknown_sector, p.id, p.title
         FROM chain.bridge_events e LEFT JOIN chain.projects p ON p.id = e.project
         WHERE {filters} {part}";

    async fn items(reader: &mut Reader, rows: Vec<PgRow>) -> Result<Vec<BridgeEvent>, Problem> {
        let mut observations = observations(reader, &rows).await?;
        let read = |row: &PgRow| {
            let (block, index): (i64, i32) = (row.try_get("height")?, row.try_get("index")?);
            let id: Option<i64> = row.try_get("id")?;
            let title: Option<String> = row.try_get("title")?;
            let facts: Option<Value> = row.try_get("facts")?;
            let place = place(row)?;
            let observations = observations.remove(&place).unwrap_or_default();
            let (platform, external_id, event, round) = place;
            Ok(BridgeEvent {
                id: format!("{block}-{index}"),
                decided_at: row.try_get("decided_at")?,
                platform,
                external_id,
                event,
                outcome: row.try_get("outcome")?,
                project: id.zip(title).map(|(id, title)| ProjectRef { id, title }),
                unknown_sector: row.try_get("unknown_sector")?,
                round,
                hash: row.try_get("hash")?,
                facts: facts.filter(Value::is_object),
                observations,
                block,
            })
        };
        rows.iter().map(read).collect()
    }
}

/// What was decided last.
pub async fn latest(reader: &mut Reader, limit: i64) -> Result<Vec<BridgeEvent>, Problem> {
    Ok(Question::<BridgeEvents>::about(&[], limit)?.load(reader).await?.0)
}

/// What was decided of events on the ITMO platform, the last first.
#[utoipa::path(
    get, path = "/api/v1/bridge/events", tag = "registry", params(Question<BridgeEvents>),
    operation_id = "bridge_events",
    responses(
        (status = OK, body = List<BridgeEvent>),
        (status = BAD_REQUEST, body = ProblemDocument),
    )
)]
pub async fn list(question: Question<BridgeEvents>, reader: Reader) -> Result<Response, Problem> {
    download::json(question, reader).await
}

#[derive(Template)]
#[template(path = "bridge_events.html")]
struct Page {
    l: Layout,
    list: View<BridgeEvents>,
    items: Vec<BridgeEvent>,
}

/// `/bridge/events`
pub async fn page(shown: Shown<BridgeEvents>) -> Result<Response, Problem> {
    let Shown { l, list, items, .. } = shown;
    page::render(&Page { l, list, items })
}
