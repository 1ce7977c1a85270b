// SPDX-License-Identifier: Apache-2.0
//! The indexer's database, and one consistent reading of it per request.

use crate::{
    answers::{AsOf, At, List, Origin, Part, PartRow, Pause, ProjectRef},
    page,
    problem::{Message, Problem},
    server::App,
};
use axum::{
    extract::FromRequestParts,
    http::{header, request::Parts, HeaderMap, HeaderValue, Method, StatusCode, Uri},
    response::{IntoResponse, Response},
    Json,
};
use blake2::{digest::consts::U16, Blake2b, Digest};
use chrono::{DateTime, Utc};
use registry_primitives::CountryCode;
use serde::Serialize;
use sqlx::{
    pool::PoolConnection,
    postgres::{PgConnectOptions, PgPoolOptions},
    Connection, PgConnection, PgPool, Postgres, Transaction,
};
use std::{
    collections::HashMap,
    str::FromStr,
    sync::{Arc, Once, OnceLock},
    time::Duration,
};

/// What a request waits for a connection before it is told that the database is down.
const ACQUIRE: Duration = Duration::from_secs(3);
/// Connections to the database.
const CONNECTIONS: u32 = 12;
/// And those for looking things up.
const LOOKUPS: u32 = 8;

/// A connection that was not used for so long is tried before it is used again: the database may have
/// gone away. One that was is not, which saves a round trip.
const TRUSTED: Duration = Duration::from_secs(1);

/// Connections to the indexer's database, opened when they are needed.
#[derive(Clone)]
pub struct Database {
    pool: PgPool,
    lookups: PgPool,
}

impl Database {
    /// Does not connect: the portal starts, and says what is missing, without a database.
    pub fn new(url: &str) -> Result<Self, sqlx::Error> {
        let options =
            PgConnectOptions::from_str(url)?.application_name("registry-portal").options([
                ("statement_timeout", "5s"),
                ("default_transaction_read_only", "on"),
                // Answers are short: nothing pays that has to be compiled first, and what is read is in
                // memory or on a disk without heads to move.
                ("jit", "off"),
                ("random_page_cost", "1.1"),
            ]);
        // What is looked up is found in one way whatever its number: to plan it anew costs more than
        // to find it.
        let lookups = options.clone().options([("plan_cache_mode", "force_generic_plan")]);
        Ok(Self { pool: pool(CONNECTIONS, options), lookups: pool(LOOKUPS, lookups) })
    }

    /// A connection for one statement that looks something up.
    pub async fn lookup(&self) -> Result<PoolConnection<Postgres>, Problem> {
        Ok(self.lookups.acquire().await?)
    }

    /// The connections.
    pub fn pool(&self) -> &PgPool {
        &self.pool
    }

    /// The block that the tables are at; a cheap question that keeps status and banner informed.
    pub async fn cursor(&self) -> Result<Seen, Problem> {
        let mut connection = self.pool.acquire().await?;
        cursor(&mut connection).await
    }

    /// Begins to read: all that follows sees the tables at one block.
    pub async fn reader(&self) -> Result<Reader, Problem> {
        let mut transaction =
            self.pool.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?;
        let Seen { as_of, country, pause } = cursor(&mut transaction).await?;
        Ok(Reader { transaction, as_of, country, pause, etag: None, knows_places: false })
    }
}

fn pool(connections: u32, options: PgConnectOptions) -> PgPool {
    PgPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(ACQUIRE)
        .test_before_acquire(false)
        .before_acquire(|connection, meta| {
            Box::pin(async move {
                if meta.idle_for < TRUSTED {
                    return Ok(true);
                }
                Ok(connection.ping().await.is_ok())
            })
        })
        .after_connect(|connection, _| Box::pin(become_reader(connection)))
        .connect_lazy_with(options)
}

/// Gives up every right but reading the chain's tables.
async fn become_reader(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    static TOLD: Once = Once::new();
    match sqlx::query!("SET ROLE registry_reader").execute(&mut *connection).await {
        Ok(_) => Ok(()),
        Err(sqlx::Error::Database(error)) => {
            TOLD.call_once(|| {
                tracing::warn!(
                    %error,
                    "reading with the rights of the database's own user: the role \
                     registry_reader cannot be taken on"
                );
            });
            connection.ping().await
        }
        Err(error) => Err(error),
    }
}

/// The block that the tables are at, by a connection.
pub async fn cursor(connection: &mut PgConnection) -> Result<Seen, Problem> {
    let row = sqlx::query_as!(
        SeenRow,
        r#"SELECT height AS "height!", hash AS "hash!", time AS "time!", country, reason, since
           FROM chain.seen"#
    )
    .fetch_optional(connection)
    .await?;
    row.map(Seen::from).ok_or_else(Problem::not_indexed)
}

/// What every reading begins with, as the view `chain.seen` has it.
pub struct SeenRow {
    pub height: i64,
    pub hash: String,
    pub time: DateTime<Utc>,
    pub country: Option<String>,
    pub reason: Option<String>,
    pub since: Option<DateTime<Utc>>,
}

/// The block that a request's reading is at and what every page says of it, for who must tell of
/// it when the reading is over.
#[derive(Clone)]
pub struct Seen {
    /// The block.
    pub as_of: AsOf,
    /// The country whose registry this is.
    pub country: CountryCode,
    /// That transfers and retirements stand still, if they do.
    pub pause: Option<Pause>,
}

impl From<SeenRow> for Seen {
    fn from(row: SeenRow) -> Self {
        let pause = row.reason.zip(row.since);
        Self {
            as_of: AsOf { block: row.height, hash: row.hash, time: row.time.into() },
            // The Government sits in the country whose registry this is.
            country: row.country.and_then(|code| code.parse().ok()).unwrap_or(CountryCode(*b"ZZ")),
            pause: pause.map(|(reason, since)| Pause { reason, since: since.into() }),
        }
    }
}

impl Seen {
    /// What the serial numbers of a project's vintage begin with.
    pub fn origin(&self, scope: i16, project: i64, vintage: i16) -> Origin {
        Origin { country: self.country, scope, project, vintage }
    }

    /// Leaves word of its block with who tells of it when the request is answered.
    fn tell(&self, parts: &Parts) {
        if let Some(sight) = parts.extensions.get::<Sight>() {
            // Only the first reading of a request counts.
            let _ = sight.set(self.clone());
        }
    }

    /// Answers a request of a machine with one thing.
    pub fn json<T: Serialize>(self, parts: &Parts, item: T) -> Response {
        self.tell(parts);
        let etag = etag(&self.as_of, &parts.uri);
        if is_known(parts, &etag) {
            return not_modified(etag);
        }
        tagged(Some(etag), &At { as_of: self.as_of, item })
    }
}

/// Where a request's reading leaves word of its block.
pub type Sight = Arc<OnceLock<Seen>>;

/// One request's reading of the tables, at one block.
pub struct Reader {
    transaction: Transaction<'static, Postgres>,
    /// The block.
    pub as_of: AsOf,
    /// The country whose registry this is.
    pub country: CountryCode,
    /// That transfers and retirements stand still, if they do.
    pub pause: Option<Pause>,
    /// Names the answer to this request as long as no block changes it.
    etag: Option<HeaderValue>,
    /// Whether there are tables of where regions are.
    pub knows_places: bool,
}

impl Reader {
    /// What queries are executed on.
    pub fn connection(&mut self) -> &mut PgConnection {
        &mut self.transaction
    }

    /// What the serial numbers of a project's vintage begin with.
    pub fn origin(&self, scope: i16, project: i64, vintage: i16) -> Origin {
        Origin { country: self.country, scope, project, vintage }
    }

    /// Names the answer to this request, as long as no block changes it.
    pub fn etag(&self) -> Option<&HeaderValue> {
        self.etag.as_ref()
    }

    /// What every page says of this reading.
    pub fn seen(&self) -> Seen {
        let Self { as_of, country, pause, .. } = self;
        Seen { as_of: as_of.clone(), country: *country, pause: pause.clone() }
    }

    /// Numbers that records moved, with their serial numbers, by the record.
    pub fn parts(&self, rows: Vec<PartRow>) -> Result<HashMap<i64, Vec<Part>>, Problem> {
        let mut parts = HashMap::<i64, Vec<Part>>::new();
        for row in rows {
            let origin = self.origin(row.sectoral_scope, row.project, row.vintage);
            parts.entry(row.record).or_default().push(Part {
                numbers: origin.numbers(row.start_serial, row.end_serial)?,
                project: ProjectRef { id: row.project, title: row.title },
                vintage: row.vintage,
            });
        }
        Ok(parts)
    }

    /// Answers with one thing.
    pub fn json<T: Serialize>(self, item: T) -> Response {
        let body = At { as_of: self.as_of, item };
        tagged(self.etag, &body)
    }

    /// Answers with some of a list.
    pub fn json_list<T: Serialize>(self, items: Vec<T>, next: Option<String>) -> Response {
        let body = List { as_of: self.as_of, items, next };
        tagged(self.etag, &body)
    }
}

fn tagged(etag: Option<HeaderValue>, body: &impl Serialize) -> Response {
    // To be asked again each time; a copy that is still true costs no body.
    let mut response = ([(header::CACHE_CONTROL, "no-cache")], Json(body)).into_response();
    if let Some(etag) = etag {
        response.headers_mut().insert(header::ETAG, etag);
    }
    response
}

impl FromRequestParts<App> for Reader {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        let reader = app.database.reader().await.map_err(IntoResponse::into_response)?;
        reader.seen().tell(parts);
        let etag = etag(&reader.as_of, &parts.uri);
        if is_known(parts, &etag) {
            return Err(not_modified(etag));
        }
        let knows_places = app.directory.is_prepared();
        Ok(Self { etag: Some(etag), knows_places, ..reader })
    }
}

/// Weak, because a compressed answer has other bytes.
fn etag(as_of: &AsOf, uri: &Uri) -> HeaderValue {
    let mut digest = Blake2b::<U16>::new();
    digest.update(env!("CARGO_PKG_VERSION"));
    digest.update(&as_of.hash);
    digest.update(uri.path_and_query().map_or("", |it| it.as_str()));
    let tag = format!("W/\"{}\"", hex::encode(digest.finalize()));
    HeaderValue::try_from(tag).unwrap_or(HeaderValue::from_static("W/\"\""))
}

/// Whether a machine has the answer already.
fn is_known(parts: &Parts, etag: &HeaderValue) -> bool {
    let may_be_known = parts.method == Method::GET && page::wants_data(parts.uri.path());
    may_be_known && knows(&parts.headers, etag)
}

fn not_modified(etag: HeaderValue) -> Response {
    (StatusCode::NOT_MODIFIED, [(header::ETAG, etag)]).into_response()
}

fn knows(headers: &HeaderMap, etag: &HeaderValue) -> bool {
    let (Some(known), Ok(etag)) = (headers.get(header::IF_NONE_MATCH), etag.to_str()) else {
        return false;
    };
    let opaque = etag.trim_start_matches("W/");
    known.to_str().is_ok_and(|known| {
        known.split(',').map(str::trim).any(|it| it == "*" || it.trim_start_matches("W/") == opaque)
    })
}

impl From<sqlx::Error> for Problem {
    fn from(error: sqlx::Error) -> Self {
        tracing::warn!(%error, "the database did not answer");
        match &error {
            sqlx::Error::Database(cause) => match cause.code().as_deref() {
                // No schema, no table, no right to it yet: the indexer has not made them.
                Some("3F000" | "42P01" | "42501") => Self::not_indexed(),
                // Cancelled by the time limit.
                Some("57014") => Self::unavailable(Message::new("problem.database_busy")),
                // Starting, stopping, or too many connections.
                Some(code)
                    if code.starts_with("57P")
                        || code.starts_with("53")
                        || code.starts_with("08") =>
                {
                    Self::unavailable(Message::new("problem.database_down"))
                }
                // There is no such database, or its user is refused.
                Some("3D000" | "28000" | "28P01") => {
                    Self::unavailable(Message::new("problem.database_down"))
                }
                _ => Self::internal("a query failed"),
            },
            sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::Protocol(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed => {
                Self::unavailable(Message::new("problem.database_down"))
            }
            _ => Self::internal("a row could not be read"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answers::Time;

    fn at(hash: &str) -> AsOf {
        AsOf { block: 1, hash: hash.to_owned(), time: Time(Default::default()) }
    }

    #[test]
    fn a_tag_changes_with_block_address_and_query() {
        let tag = |hash: &str, uri: &'static str| etag(&at(hash), &Uri::from_static(uri));
        let one = tag("0x01", "/projects.json");
        assert_eq!(one, tag("0x01", "/projects.json"));
        assert_ne!(one, tag("0x02", "/projects.json"));
        assert_ne!(one, tag("0x01", "/projects.json?after=3"));
        assert!(one.to_str().unwrap().starts_with("W/\""));
    }

    #[test]
    fn a_known_tag_is_recognised_in_a_list_weak_or_strong() {
        let tag = HeaderValue::from_static("W/\"ab\"");
        let knows = |value: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::IF_NONE_MATCH, HeaderValue::from_static(value));
            knows(&headers, &tag)
        };
        assert!(knows("W/\"ab\""));
        assert!(knows("\"cd\", \"ab\""));
        assert!(knows("*"));
        assert!(!knows("\"abc\""));
        assert!(!super::knows(&HeaderMap::new(), &tag));
    }
}
