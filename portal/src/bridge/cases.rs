// SPDX-License-Identifier: Apache-2.0
//! Cases: what the Government decides because operators did not agree, or a check refused.

use super::{observations, place, BridgeObservation};
use crate::{
    answers::{List, Time},
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
use sqlx::{postgres::PgRow, Row};
use utoipa::ToSchema;

/// Something that the Government decides.
#[derive(Serialize, ToSchema)]
pub struct BridgeCase {
    /// Number of the case.
    pub id: i64,
    /// When it was opened.
    pub opened_at: Time,
    /// The platform.
    #[schema(example = "undp")]
    pub platform: String,
    /// The project's identifier there.
    pub external_id: String,
    /// What happened there, as some operators say: `project_authorised` or `monitoring_reported`.
    #[schema(example = "project_authorised")]
    pub event: String,
    /// The round in which it was opened, or last seen again.
    pub round: i64,
    /// Why it is a case: `disagreement`, `too_few` (the same, and not enough operators) or `refused`
    /// (agreed on, and refused by a check of the registry).
    #[schema(example = "disagreement")]
    pub cause: String,
    /// The chain's name of what was refused.
    pub error_code: Option<String>,
    /// What was refused, in a sentence.
    pub error: Option<String>,
    /// What operators saw in that round.
    pub observations: Vec<BridgeObservation>,
    /// `open`; `agreed` in a later round; `retried` and done; or `dismissed`.
    #[schema(example = "open")]
    pub status: String,
    /// When it was closed.
    pub closed_at: Option<Time>,
    /// The officer who decided, SS58; null where a later round has agreed.
    pub closed_by: Option<String>,
    /// The public reason of a dismissal.
    pub reason: Option<String>,
}

/// The cases, the last first.
pub struct BridgeCases;

const EVENT: Kind = Kind::choice(|| PlatformEvent::ALL.iter().map(|it| it.as_str()).collect());
const CAUSE: Kind = Kind::choice(|| vec!["disagreement", "too_few", "refused"]);
const STATUS: Kind = Kind::choice(|| vec!["open", "agreed", "retried", "dismissed"]);

impl Listing for BridgeCases {
    type Item = BridgeCase;
    const NAME: &'static str = "bridge-cases";
    const TITLE: &'static str = "bridge.cases";
    const COLUMNS: &'static [Column<BridgeCase>] = &[
        ("id", |it| it.id.into()),
        ("opened_at", |it| it.opened_at.into()),
        ("platform", |it| (&it.platform).into()),
        ("external_id", |it| (&it.external_id).into()),
        ("event", |it| (&it.event).into()),
        ("round", |it| it.round.into()),
        ("cause", |it| (&it.cause).into()),
        ("error_code", |it| it.error_code.as_ref().into()),
        ("error", |it| it.error.as_ref().into()),
        ("status", |it| (&it.status).into()),
        ("closed_at", |it| it.closed_at.into()),
        ("closed_by", |it| it.closed_by.as_ref().into()),
        ("reason", |it| it.reason.as_ref().into()),
    ];
    const FIELDS: &'static [Field] = &[
        Field::of("status", STATUS, "COALESCE(c.closure, 'open')", "Where it is"),
        Field::of("cause", CAUSE, "c.cause", "Why it is a case"),
        Field::of("event", EVENT, "c.event", "What happened on the platform"),
        Field::of("external_id", Kind::Text, "c.external_id", "The project's identifier there"),
        Field::of("opened_at", Kind::Time, "c.opened_at", "When it was opened").sorted_as_key(),
        Field::of("closed_at", Kind::Time, "c.closed_at", "When it was closed").sorted().nullable(),
    ];
    const KEY: Key = Key::numbers("id", &["c.number"]);
    const SQL: &'static str =
        "SELECT {cursor}, c.number, c.platform, c.external_id, c.event, c.round,
                c.cause, c.error_code, c.error, c.opened_at, COALESCE(c.closure, 'open') AS status,
                c.closed_at, c.closed_by, c.reason
         FROM chain.bridge_cases c WHERE {filters} {part}";

    async fn items(reader: &mut Reader, rows: Vec<PgRow>) -> Result<Vec<BridgeCase>, Problem> {
        let mut observations = observations(reader, &rows).await?;
        let read = |row: &PgRow| {
            let place = place(row)?;
            let observations = observations.remove(&place).unwrap_or_default();
            let (platform, external_id, event, round) = place;
            Ok(BridgeCase {
                id: row.try_get("number")?,
                opened_at: row.try_get("opened_at")?,
                platform,
                external_id,
                event,
                round,
                cause: row.try_get("cause")?,
                error_code: row.try_get("error_code")?,
                error: row.try_get("error")?,
                observations,
                status: row.try_get("status")?,
                closed_at: row.try_get("closed_at")?,
                closed_by: row.try_get("closed_by")?,
                reason: row.try_get("reason")?,
            })
        };
        rows.iter().map(read).collect()
    }
}

/// The cases that wait, the last first.
pub async fn open(reader: &mut Reader, limit: i64) -> Result<Vec<BridgeCase>, Problem> {
    let question = Question::<BridgeCases>::about(&[], limit)?.with("status", "open")?;
    Ok(question.load(reader).await?.0)
}

/// What waits or waited for the Government, the last first.
#[utoipa::path(
    get, path = "/api/v1/bridge/cases", tag = "registry", params(Question<BridgeCases>),
    operation_id = "bridge_cases",
    responses(
        (status = OK, body = List<BridgeCase>),
        (status = BAD_REQUEST, body = ProblemDocument),
    )
)]
pub async fn list(question: Question<BridgeCases>, reader: Reader) -> Result<Response, Problem> {
    download::json(question, reader).await
}

#[derive(Template)]
#[template(path = "bridge_cases.html")]
struct Page {
    l: Layout,
    list: View<BridgeCases>,
    items: Vec<BridgeCase>,
}

/// `/bridge/cases`
pub async fn page(shown: Shown<BridgeCases>) -> Result<Response, Problem> {
    let Shown { l, list, items, .. } = shown;
    page::render(&Page { l, list, items })
}
