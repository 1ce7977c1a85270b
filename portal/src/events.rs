// SPDX-License-Identifier: Apache-2.0
//! What happened on the chain: the feed, the timelines, and one event with its technical details.

use crate::{
    answers::{cut, At, List, OrganisationRef, Time},
    db::Reader,
    download::{Cell, Column, Listing},
    page::{self, without_json, Html, Layout},
    problem::{Message, Problem, ProblemDocument},
    query::{self, blank_is_none, Params, Position},
    sentences::Names,
    server::App,
};
use askama::{filters::Safe, Template};
use axum::{
    extract::{Path, State},
    http::Uri,
    response::Response,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::str::FromStr;
use utoipa::{IntoParams, ToSchema};

/// An event of the chain.
#[derive(Serialize, ToSchema)]
pub struct Event {
    /// Height of the block and index in it.
    #[schema(example = "120-3")]
    pub id: String,
    /// Height of the block.
    pub block: i64,
    /// Index in the block.
    pub index: i32,
    /// Time of the block.
    pub time: Time,
    /// The pallet that it comes from.
    #[schema(example = "Credits")]
    pub pallet: String,
    /// Its name.
    #[schema(example = "CreditsRetired")]
    pub name: String,
    /// What it says.
    #[schema(value_type = Object)]
    pub fields: Value,
    /// The account that signed the transaction.
    pub actor: Option<String>,
    /// The organisation that the account belongs to now.
    pub actor_organisation: Option<OrganisationRef>,
    /// Hash of the transaction.
    pub extrinsic: Option<String>,
    /// Index of the transaction in the block.
    pub extrinsic_index: Option<i32>,
    /// The event in words, with links.
    #[serde(skip)]
    sentence: String,
}

impl Event {
    /// The event in words, with links.
    pub fn words(&self) -> Html {
        Safe(self.sentence.clone())
    }

    /// Where in the chain it is.
    pub fn position(&self) -> Position {
        Position { block: self.block, index: self.index }
    }
}

/// A row of the join that all queries of this file make.
struct Row {
    height: i64,
    index: i32,
    time: chrono::DateTime<chrono::Utc>,
    pallet: String,
    name: String,
    fields: Value,
    extrinsic_index: Option<i32>,
    extrinsic: Option<String>,
    signer: Option<String>,
    organisation: Option<i64>,
    organisation_name: Option<String>,
}

async fn describe(reader: &mut Reader, rows: Vec<Row>) -> Result<Vec<Event>, Problem> {
    let fields = rows.iter().map(|row| (row.name.as_str(), &row.fields));
    let names = Names::load(reader, fields).await?;
    Ok(rows
        .into_iter()
        .map(|row| Event {
            id: Position { block: row.height, index: row.index }.to_string(),
            block: row.height,
            index: row.index,
            time: row.time.into(),
            sentence: names.sentence(&row.pallet, &row.name, &row.fields),
            pallet: row.pallet,
            name: row.name,
            fields: row.fields,
            actor: row.signer,
            actor_organisation: row
                .organisation
                .zip(row.organisation_name)
                .map(|(id, name)| OrganisationRef { id, name }),
            extrinsic: row.extrinsic,
            extrinsic_index: row.extrinsic_index,
        })
        .collect())
}

/// In which order.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Order {
    Oldest,
    Newest,
}

impl FromStr for Order {
    type Err = &'static str;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "oldest" => Ok(Self::Oldest),
            "newest" => Ok(Self::Newest),
            _ => Err("the order is oldest or newest first"),
        }
    }
}

/// Which events, and how many.
#[derive(Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Filter {
    /// Only events about this project.
    #[serde(default, deserialize_with = "blank_is_none")]
    project: Option<i64>,
    /// Only events about this organisation.
    #[serde(default, deserialize_with = "blank_is_none")]
    organisation: Option<i64>,
    /// Only events about this retirement.
    #[serde(default, deserialize_with = "blank_is_none")]
    retirement: Option<i64>,
    /// Only events about this cancellation.
    #[serde(default, deserialize_with = "blank_is_none")]
    cancellation: Option<i64>,
    /// Only events about this request, for a transfer or for an international retirement.
    #[serde(default, deserialize_with = "blank_is_none")]
    request: Option<i64>,
    /// Only events about this proposal.
    #[serde(default, deserialize_with = "blank_is_none")]
    proposal: Option<i64>,
    /// `oldest` first, so that the feed can be read on for ever, or `newest` first.
    #[serde(default, deserialize_with = "blank_is_none")]
    #[param(value_type = Option<String>, example = "oldest")]
    order: Option<Order>,
    /// The `next` of the answer before, or the `id` of an event.
    #[serde(default, deserialize_with = "blank_is_none")]
    #[param(value_type = Option<String>)]
    after: Option<Position>,
    /// How many, at most 200.
    #[serde(default, deserialize_with = "blank_is_none")]
    limit: Option<i64>,
}

impl Filter {
    /// What the events must be about; all of it.
    fn about(&self) -> impl Iterator<Item = About> {
        [
            self.project.map(About::Project),
            self.organisation.map(About::Organisation),
            self.retirement.map(About::Retirement),
            self.cancellation.map(About::Cancellation),
            self.request.map(About::Request),
            self.proposal.map(About::Proposal),
        ]
        .into_iter()
        .flatten()
    }

    /// Whether it asks for what comes, in its order, and not for a part of what was.
    pub fn can_be_followed(&self) -> bool {
        self.order != Some(Order::Newest) && self.limit.is_none()
    }

    /// The event to go on after.
    pub fn after(&self) -> Option<Position> {
        self.after
    }

    /// Asks for a number of events after this one.
    pub fn go_on(&mut self, after: Position, limit: i64) {
        self.after = Some(after);
        self.limit = Some(limit);
    }

    async fn rows(
        &self,
        reader: &mut Reader,
        order: Order,
        limit: i64,
    ) -> Result<Vec<Row>, Problem> {
        let block = self.after.map(|it| it.block);
        let index = self.after.map(|it| it.index);
        let (kinds, ids): (Vec<_>, Vec<_>) = self.about().map(About::subject).unzip();
        let connection = reader.connection();
        // Two texts, because an order that is a parameter cannot use the index.
        let rows = match order {
            Order::Oldest => sqlx::query_as!(
                Row,
                r#"SELECT e.height, e.index, b.time, e.pallet, e.name, e.fields, e.extrinsic_index,
                          '0x' || encode(x.hash, 'hex') AS extrinsic, x.signer AS "signer?",
                          o.id AS "organisation?", o.name AS "organisation_name?"
                   FROM chain.events e
                   JOIN chain.finalised_blocks b ON b.height = e.height
                   LEFT JOIN chain.extrinsics x
                     ON x.height = e.height AND x.index = e.extrinsic_index
                   LEFT JOIN chain.members m ON m.account = x.signer
                   LEFT JOIN chain.organisations o ON o.id = m.organisation
                   WHERE ($1::BIGINT IS NULL OR (e.height, e.index) > ($1, $2::INTEGER))
                     AND NOT EXISTS (
                         SELECT FROM UNNEST($3::TEXT[], $4::BIGINT[]) AS asked (kind, id)
                         WHERE NOT EXISTS (SELECT FROM chain.event_subjects s
                             WHERE s.kind = asked.kind AND s.id = asked.id
                               AND s.height = e.height AND s.index = e.index))
                   ORDER BY e.height, e.index LIMIT $5"#,
                block,
                index,
                &kinds as &[&str],
                &ids,
                limit
            )
            .fetch_all(connection)
            .await?,
            Order::Newest => sqlx::query_as!(
                Row,
                r#"SELECT e.height, e.index, b.time, e.pallet, e.name, e.fields, e.extrinsic_index,
                          '0x' || encode(x.hash, 'hex') AS extrinsic, x.signer AS "signer?",
                          o.id AS "organisation?", o.name AS "organisation_name?"
                   FROM chain.events e
                   JOIN chain.finalised_blocks b ON b.height = e.height
                   LEFT JOIN chain.extrinsics x
                     ON x.height = e.height AND x.index = e.extrinsic_index
                   LEFT JOIN chain.members m ON m.account = x.signer
                   LEFT JOIN chain.organisations o ON o.id = m.organisation
                   WHERE ($1::BIGINT IS NULL OR (e.height, e.index) < ($1, $2::INTEGER))
                     AND NOT EXISTS (
                         SELECT FROM UNNEST($3::TEXT[], $4::BIGINT[]) AS asked (kind, id)
                         WHERE NOT EXISTS (SELECT FROM chain.event_subjects s
                             WHERE s.kind = asked.kind AND s.id = asked.id
                               AND s.height = e.height AND s.index = e.index))
                   ORDER BY e.height DESC, e.index DESC LIMIT $5"#,
                block,
                index,
                &kinds as &[&str],
                &ids,
                limit
            )
            .fetch_all(connection)
            .await?,
        };
        Ok(rows)
    }
}

impl Listing for Filter {
    type Item = Event;
    type Cursor = Position;
    const NAME: &'static str = "events";
    const COLUMNS: &'static [Column<Event>] = &[
        ("id", |it| (&it.id).into()),
        ("block", |it| it.block.into()),
        ("index", |it| it.index.into()),
        ("time", |it| it.time.into()),
        ("pallet", |it| (&it.pallet).into()),
        ("name", |it| (&it.name).into()),
        ("fields", |it| Cell::json(&it.fields)),
        ("actor", |it| it.actor.as_ref().into()),
        ("actor_organisation_id", |it| Cell::id_of(&it.actor_organisation)),
        ("actor_organisation", |it| Cell::name_of(&it.actor_organisation)),
        ("extrinsic", |it| it.extrinsic.as_ref().into()),
        ("extrinsic_index", |it| it.extrinsic_index.into()),
    ];

    fn paging(&mut self) -> (&mut Option<Position>, &mut Option<i64>) {
        (&mut self.after, &mut self.limit)
    }

    async fn load(
        &self,
        reader: &mut Reader,
        for_page: bool,
    ) -> Result<(Vec<Event>, Option<String>), Problem> {
        let limit = query::limit(self.limit, for_page)?;
        let order = match self.order {
            Some(order) => order,
            None if for_page => Order::Newest,
            None => Order::Oldest,
        };
        let rows = self.rows(reader, order, limit + 1).await?;
        let (rows, next) =
            cut(rows, limit, |it| Position { block: it.height, index: it.index }.to_string());
        Ok((describe(reader, rows).await?, next))
    }
}

/// The latest events.
pub async fn latest(reader: &mut Reader, limit: i64) -> Result<Vec<Event>, Problem> {
    let rows = Filter::default().rows(reader, Order::Newest, limit).await?;
    describe(reader, rows).await
}

/// What events can be about.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum About {
    Organisation(i64),
    Project(i64),
    Retirement(i64),
    Cancellation(i64),
    /// For a transfer or for an international retirement.
    Request(i64),
    Proposal(i64),
}

impl About {
    /// Kind and number, as in the table.
    fn subject(self) -> (&'static str, i64) {
        match self {
            Self::Organisation(id) => ("organisation", id),
            Self::Project(id) => ("project", id),
            Self::Retirement(id) => ("retirement", id),
            Self::Cancellation(id) => ("cancellation", id),
            Self::Request(id) => ("request", id),
            Self::Proposal(id) => ("proposal", id),
        }
    }
}

/// The latest events about something, newest first.
pub async fn about(reader: &mut Reader, what: About, limit: i64) -> Result<Vec<Event>, Problem> {
    let mut filter = Filter::default();
    match what {
        About::Organisation(id) => filter.organisation = Some(id),
        About::Project(id) => filter.project = Some(id),
        About::Retirement(id) => filter.retirement = Some(id),
        About::Cancellation(id) => filter.cancellation = Some(id),
        About::Request(id) => filter.request = Some(id),
        About::Proposal(id) => filter.proposal = Some(id),
    }
    let rows = filter.rows(reader, Order::Newest, limit).await?;
    describe(reader, rows).await
}

/// The events, oldest first: a feed that can be read on for ever.
#[utoipa::path(
    get, path = "/api/v1/events", tag = "registry", params(Filter),
    operation_id = "events",
    responses(
        (status = OK, body = List<Event>),
        (status = BAD_REQUEST, body = ProblemDocument),
    )
)]
pub async fn list(Params(filter): Params<Filter>, mut reader: Reader) -> Result<Response, Problem> {
    let (items, next) = filter.load(&mut reader, false).await?;
    Ok(reader.json_list(items, next))
}

#[derive(Template)]
#[template(path = "events.html")]
struct Page {
    l: Layout,
    filter: Filter,
    items: Vec<Event>,
    next: Option<String>,
}

impl Page {
    fn given(&self) -> Vec<(&'static str, String)> {
        self.filter.about().map(About::subject).map(|(name, id)| (name, id.to_string())).collect()
    }
}

/// `/events`
pub async fn page(
    State(app): State<App>,
    uri: Uri,
    Params(filter): Params<Filter>,
    mut reader: Reader,
) -> Result<Response, Problem> {
    let (items, next) = filter.load(&mut reader, true).await?;
    let l = Layout::of_list(&app, &reader, &uri, "events.title");
    page::render(&Page { l, filter, items, next })
}

/// An event and the block that holds it.
#[derive(Serialize, ToSchema)]
pub struct EventDetails {
    #[serde(flatten)]
    event: Event,
    /// Hash of the block.
    block_hash: String,
}

impl EventDetails {
    async fn load(reader: &mut Reader, position: &str) -> Result<Self, Problem> {
        let unknown = || Problem::not_found(Message::new("problem.no_event").with("id", position));
        let Position { block, index } = position.parse().map_err(|_| unknown())?;
        let rows = sqlx::query_as!(
            Row,
            r#"SELECT e.height, e.index, b.time, e.pallet, e.name, e.fields, e.extrinsic_index,
                      '0x' || encode(x.hash, 'hex') AS extrinsic, x.signer AS "signer?",
                      o.id AS "organisation?", o.name AS "organisation_name?"
               FROM chain.events e
               JOIN chain.finalised_blocks b ON b.height = e.height
               LEFT JOIN chain.extrinsics x ON x.height = e.height AND x.index = e.extrinsic_index
               LEFT JOIN chain.members m ON m.account = x.signer
               LEFT JOIN chain.organisations o ON o.id = m.organisation
               WHERE e.height = $1 AND e.index = $2"#,
            block,
            index
        )
        .fetch_all(reader.connection())
        .await?;
        let event = describe(reader, rows).await?.pop().ok_or_else(unknown)?;
        let block_hash = block_hash(reader, block).await?;
        Ok(Self { event, block_hash })
    }

    /// The fields as they are, laid out to be read.
    fn fields(&self) -> String {
        serde_json::to_string_pretty(&self.event.fields).unwrap_or_default()
    }
}

/// Hash of a finalised block.
pub async fn block_hash(reader: &mut Reader, height: i64) -> Result<String, Problem> {
    let hash = sqlx::query_scalar!(
        r#"SELECT '0x' || encode(hash, 'hex') AS "hash!"
           FROM chain.finalised_blocks WHERE height = $1"#,
        height
    )
    .fetch_one(reader.connection())
    .await?;
    Ok(hash)
}

/// One event.
#[utoipa::path(
    get, path = "/api/v1/events/{id}", tag = "registry",
    operation_id = "event",
    params(("id" = String, Path, description = "Height of the block and index in it: `120-3`", example = "120-3")),
    responses(
        (status = OK, body = At<EventDetails>),
        (status = NOT_FOUND, body = ProblemDocument),
    )
)]
pub async fn show(Path(id): Path<String>, mut reader: Reader) -> Result<Response, Problem> {
    let event = EventDetails::load(&mut reader, &id).await?;
    Ok(reader.json(event))
}

#[derive(Template)]
#[template(path = "event.html")]
struct DetailsPage {
    l: Layout,
    details: EventDetails,
}

/// `/events/{position}`
pub async fn details(
    State(app): State<App>,
    uri: Uri,
    Path(id): Path<String>,
    mut reader: Reader,
) -> Result<Response, Problem> {
    let (id, json) = without_json(&id);
    let details = EventDetails::load(&mut reader, id).await?;
    if json {
        return Ok(reader.json(details));
    }
    let mut l = Layout::new(&app, &reader, &uri, "");
    l.title = l.say("event_page.title", "id", id);
    page::render(&DetailsPage { l, details })
}
