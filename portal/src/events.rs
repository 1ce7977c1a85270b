// SPDX-License-Identifier: Apache-2.0
//! What happened on the chain: the feed, the timelines, and one event with its technical details.

use crate::{
    answers::{At, List, OrganisationRef, Time},
    db::Reader,
    download::{self, Cell, Column},
    list::{Field, Key, Kind, Listing, Question, Shown, Source, Sql, View},
    page::{self, without_json, Html, Layout},
    problem::{Message, Problem, ProblemDocument},
    query::Position,
    sentences::Names,
    server::App,
};
use askama::{filters::Safe, Template};
use axum::{
    extract::{Path, State},
    http::Uri,
    response::Response,
};
use serde::Serialize;
use serde_json::Value;
use sqlx::{postgres::PgRow, Row};
use utoipa::ToSchema;

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
    /// What that organisation is in the registry.
    #[schema(example = "project_developer")]
    pub actor_organisation_role: Option<String>,
    /// What the account may do in it now.
    #[schema(example = "admin")]
    pub actor_role: Option<String>,
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

    /// What the account that signed it and its organisation are, in words.
    pub fn roles(&self, l: &Layout) -> String {
        let organisation = self.actor_organisation_role.as_ref();
        let organisation = organisation.map(|role| l.label("organisation_role", role));
        let member = self.actor_role.as_ref().map(|role| l.label("member_role", role));
        let roles: Vec<_> = [organisation, member].into_iter().flatten().collect();
        roles.join(", ")
    }

    /// Where in the chain it is.
    pub fn position(&self) -> Position {
        Position { block: self.block, index: self.index }
    }
}

/// The events, oldest first for who reads them on for ever, and newest first on the page.
pub struct Events;

const ORDER: Kind = Kind::choice(|| vec!["oldest", "newest"]);

/// Events about something; its kind stands in the SQL, where the statistics of Postgres know it.
macro_rules! about {
    ($kind:literal, $about:literal) => {
        Field::when(
            $kind,
            Kind::Id,
            concat!(
                "EXISTS (SELECT FROM chain.subjects a WHERE a.kind = '",
                $kind,
                "' AND a.id = {value} AND a.height = e.height AND e.index = ANY (a.indices))"
            ),
            $about,
        )
        .found_in(Source {
            from: concat!(
                "(SELECT s.height, s.indices FROM chain.subjects s
                  WHERE s.kind = '",
                $kind,
                "' AND s.id = {value} AND {after s.height}{narrowed}
                  ORDER BY s.height{direction}) s
                 CROSS JOIN LATERAL (
                     SELECT e.* FROM chain.events e
                     WHERE e.height = s.height AND e.index = ANY (s.indices) OFFSET 0) e"
            ),
            column: "s.height",
            // Looked up for each (OFFSET 0): the other may have a hundred thousand, which are not
            // to be read to be joined.
            narrows: concat!(
                "EXISTS (SELECT FROM chain.subjects o WHERE o.kind = '",
                $kind,
                "' AND o.id = {value} AND o.height = s.height AND o.indices && s.indices
                 OFFSET 0)"
            ),
        })
    };
}

impl Listing for Events {
    type Item = Event;
    const NAME: &'static str = "events";
    const TITLE: &'static str = "events.title";
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
        ("actor_organisation_role", |it| it.actor_organisation_role.as_ref().into()),
        ("actor_role", |it| it.actor_role.as_ref().into()),
        ("extrinsic", |it| it.extrinsic.as_ref().into()),
        ("extrinsic_index", |it| it.extrinsic_index.into()),
    ];
    const FIELDS: &'static [Field] = &[
        // What has few events before what has many: the first that is asked for is where they are
        // looked for.
        about!("retirement", "Only events about this retirement"),
        about!("cancellation", "Only events about this cancellation"),
        about!(
            "request",
            "Only events about this request, for a transfer or for an international retirement"
        ),
        about!("proposal", "Only events about this proposal"),
        about!("project", "Only events about this project"),
        about!("organisation", "Only events about this organisation"),
        Field::of("pallet", Kind::Text, "e.pallet", "The pallet that they come from"),
        Field::of("name", Kind::Text, "e.name", "Their name"),
        Field::of("block", Kind::Number, "e.height", "Height of the block"),
        Field::of(
            "extrinsic_index",
            Kind::Number,
            "e.extrinsic_index",
            "Index of the transaction in the block",
        ),
        Field::of("time", Kind::Time, "", "Time of the block").by(Sql::Bounds(
            // Times of blocks grow with their heights, and the heights are in order.
            "e.height >= (SELECT height FROM chain.finalised_blocks WHERE time {op} {value}
                          ORDER BY time, height LIMIT 1)",
            "e.height <= (SELECT height FROM chain.finalised_blocks WHERE time {op} {value}
                          ORDER BY time DESC, height DESC LIMIT 1)",
        )),
        Field::when(
            "actor",
            Kind::Text,
            "EXISTS (SELECT FROM chain.extrinsics a WHERE a.signer = {value}
                     AND a.height = e.height AND a.index = e.extrinsic_index)",
            "The account that signed the transaction, SS58",
        ),
        Field::argument(
            "order",
            ORDER,
            "`oldest` first, so that the feed can be read on for ever, or `newest` first: the same \
             as `sort=id` and `sort=-id`",
        ),
    ];
    const KEY: Key = Key::numbers("id", &["e.height", "e.index"]);
    const LAST_FIRST: bool = false;
    const LAST_FIRST_ON_PAGE: bool = true;
    const FROM: &'static str = "chain.events e";
    const SQL: &'static str =
        "SELECT p.*, b.time, '0x' || encode(x.hash, 'hex') AS extrinsic, x.signer, o.id,
                o.name AS organisation, o.role AS organisation_role, m.role AS member_role
         FROM (SELECT {cursor}, e.height, e.index, e.pallet, e.name, e.fields, e.extrinsic_index
               FROM {rows} WHERE {filters} {part}) p
         JOIN chain.finalised_blocks b ON b.height = p.height
         LEFT JOIN chain.extrinsics x ON x.height = p.height AND x.index = p.extrinsic_index
         LEFT JOIN chain.members m ON m.account = x.signer
         LEFT JOIN chain.organisations o ON o.id = m.organisation
         {order}";

    fn check(question: &mut Question<Self>) -> Result<(), Problem> {
        let Some(order) = question.given("order") else { return Ok(()) };
        let oldest = order == "oldest";
        if question.given("sort").is_some() && question.is_oldest_first() != oldest {
            return Err(Problem::malformed(Message::new("problem.order_and_sort")));
        }
        question.sort_by_key(!oldest);
        Ok(())
    }

    async fn items(reader: &mut Reader, rows: Vec<PgRow>) -> Result<Vec<Event>, Problem> {
        let events: Vec<Event> = rows.iter().map(Event::read).collect::<Result<_, _>>()?;
        let fields = events.iter().map(|event| (event.name.as_str(), &event.fields));
        let names = Names::load(reader, fields).await?;
        let told = |event: Event| Event {
            sentence: names.sentence(&event.pallet, &event.name, &event.fields),
            ..event
        };
        Ok(events.into_iter().map(told).collect())
    }
}

impl Event {
    /// The columns of a row; what it says in words comes with the names in it.
    pub fn read(row: &PgRow) -> Result<Self, sqlx::Error> {
        let (block, index) = (row.try_get("height")?, row.try_get("index")?);
        Ok(Self {
            id: Position { block, index }.to_string(),
            block,
            index,
            time: row.try_get("time")?,
            pallet: row.try_get("pallet")?,
            name: row.try_get("name")?,
            fields: row.try_get("fields")?,
            actor: row.try_get("signer")?,
            actor_organisation: OrganisationRef::perhaps(
                row.try_get("id")?,
                row.try_get("organisation")?,
            ),
            actor_organisation_role: row.try_get("organisation_role")?,
            actor_role: row.try_get("member_role")?,
            extrinsic: row.try_get("extrinsic")?,
            extrinsic_index: row.try_get("extrinsic_index")?,
            sentence: String::new(),
        })
    }
}

impl Question<Events> {
    /// Whether it asks for what comes, in its order, and not for a part of what was.
    pub fn can_be_followed(&self) -> bool {
        self.is_oldest_first() && !self.is_limited()
    }

    /// The event to go on after.
    pub fn last(&self) -> Option<Position> {
        match self.after()?.as_slice() {
            [block, index] => Some(Position { block: *block, index: i32::try_from(*index).ok()? }),
            _ => None,
        }
    }
}

/// The latest events.
pub async fn latest(reader: &mut Reader, limit: i64) -> Result<Vec<Event>, Problem> {
    newest(reader, &[], limit).await
}

/// What events can be about.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum About {
    Organisation(i64),
    Project(i64),
    /// For a transfer or for an international retirement.
    Request(i64),
    Proposal(i64),
}

/// The latest events about something, newest first.
pub async fn about(reader: &mut Reader, what: About, limit: i64) -> Result<Vec<Event>, Problem> {
    let subject = match what {
        About::Organisation(id) => ("organisation", id),
        About::Project(id) => ("project", id),
        About::Request(id) => ("request", id),
        About::Proposal(id) => ("proposal", id),
    };
    newest(reader, &[subject], limit).await
}

async fn newest(
    reader: &mut Reader,
    about: &[(&str, i64)],
    limit: i64,
) -> Result<Vec<Event>, Problem> {
    let mut question = Question::<Events>::about(about, limit)?;
    question.sort_by_key(true);
    Ok(question.load(reader).await?.0)
}

/// The events, oldest first: a feed that can be read on for ever.
#[utoipa::path(
    get, path = "/api/v1/events", tag = "registry", params(Question<Events>),
    operation_id = "events",
    responses(
        (status = OK, body = List<Event>),
        (status = BAD_REQUEST, body = ProblemDocument),
    )
)]
pub async fn list(question: Question<Events>, reader: Reader) -> Result<Response, Problem> {
    download::json(question, reader).await
}

#[derive(Template)]
#[template(path = "events.html")]
struct Page {
    l: Layout,
    list: View<Events>,
    items: Vec<Event>,
}

/// `/events`
pub async fn page(shown: Shown<Events>) -> Result<Response, Problem> {
    let Shown { l, list, items, .. } = shown;
    page::render(&Page { l, list, items })
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
        let question = Question::<Events>::numbered(&[block, index.into()])?;
        let event = question.load(reader).await?.0.pop().ok_or_else(unknown)?;
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

#[cfg(test)]
impl Event {
    /// One that nobody signed.
    pub fn sample(name: &str, fields: Value) -> Self {
        let (block, index) = (120, 3);
        Self {
            id: Position { block, index }.to_string(),
            block,
            index,
            time: Time(chrono::DateTime::UNIX_EPOCH),
            pallet: String::new(),
            name: name.to_owned(),
            fields,
            actor: None,
            actor_organisation: None,
            actor_organisation_role: None,
            actor_role: None,
            extrinsic: None,
            extrinsic_index: None,
            sentence: String::new(),
        }
    }
}
