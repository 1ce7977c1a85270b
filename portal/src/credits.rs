// SPDX-License-Identifier: Apache-2.0
//! Blocks of credits, and any serial number: whose it is, what may be done with it, where it
//! comes from.

use crate::{
    answers::{cut, At, List, Numbers, OrganisationRef, ProjectRef},
    db::Reader,
    lineage::{self, Ancestor, History},
    page::{self, without_json, Layout},
    problem::{Message, Problem, ProblemDocument},
    query::{self, blank_is_none, Params},
    server::App,
};
use askama::Template;
use axum::{
    extract::{Path, State},
    http::Uri,
    response::{IntoResponse, Redirect, Response},
};
use registry_primitives::{credit::BlockStatus, Serial, SerialRange};
use serde::{Deserialize, Serialize};
use std::str::FromStr;
use utoipa::{IntoParams, ToSchema};

/// Blocks of a range that are shown one by one.
const MOST_BLOCKS: i64 = 50;

/// A block of credits: consecutive numbers of one project and vintage, one owner, one status.
#[derive(Serialize, ToSchema)]
pub struct Block {
    /// Its numbers.
    #[serde(flatten)]
    pub numbers: Numbers,
    /// The project that they come from.
    pub project: ProjectRef,
    /// The monitoring period that they were issued for.
    pub period: i64,
    /// The year of the reductions.
    pub vintage: i16,
    /// Who owns them.
    pub owner: OrganisationRef,
    /// What may be done with them.
    #[schema(example = "held")]
    pub status: String,
    /// Why on hold or cancelled.
    pub status_reason: Option<String>,
    /// The retirement of a retired block.
    pub retirement: Option<i64>,
    /// Whether they have been first transferred under Article 6.
    pub first_transferred: bool,
    /// First number of the block that this one was split from.
    pub parent: Option<i64>,
    /// Sectoral scope of the project, which its serial number names.
    #[serde(skip)]
    scope: i16,
}

impl Block {
    /// Why on hold or cancelled, in words.
    fn reason(&self, l: &Layout) -> Option<String> {
        let group = if self.status == "cancelled" { "cancellation" } else { "hold" };
        Some(l.label(group, self.status_reason.as_ref()?))
    }
}

/// A status by its name.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Status(&'static str);

impl Status {
    const ALL: [Self; 6] = [
        Self(BlockStatus::Held.as_str()),
        Self("on_hold"),
        Self("reserved"),
        Self("retired"),
        Self("cancelled"),
        Self(BlockStatus::Buffer.as_str()),
    ];
}

impl FromStr for Status {
    type Err = &'static str;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|status| status.0 == text)
            .ok_or("a status is held, on_hold, reserved, retired, cancelled or buffer")
    }
}

/// Which blocks, and how many.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Filter {
    /// Number of the owner.
    #[serde(default, deserialize_with = "blank_is_none")]
    owner: Option<i64>,
    /// Number of the project.
    #[serde(default, deserialize_with = "blank_is_none")]
    project: Option<i64>,
    /// A vintage.
    #[serde(default, deserialize_with = "blank_is_none")]
    vintage: Option<i16>,
    /// A status.
    #[serde(default, deserialize_with = "blank_is_none")]
    #[param(value_type = Option<String>, example = "held")]
    status: Option<Status>,
    /// The `next` of the answer before.
    #[serde(default, deserialize_with = "blank_is_none")]
    after: Option<i64>,
    /// How many, at most 200.
    #[serde(default, deserialize_with = "blank_is_none")]
    limit: Option<i64>,
}

/// Which blocks a query reads.
#[derive(Default)]
struct Selection {
    after: Option<i64>,
    owner: Option<i64>,
    project: Option<i64>,
    vintage: Option<i16>,
    status: Option<&'static str>,
    /// Only blocks that have a number in common with this range.
    within: Option<(i64, i64)>,
    limit: i64,
}

async fn blocks(reader: &mut Reader, selection: Selection) -> Result<Vec<Block>, Problem> {
    let rows = sqlx::query!(
        r#"SELECT b.start_serial, b.end_serial, b.project, p.title, p.sectoral_scope, b.period,
                  b.vintage, b.owner, o.name, b.status, b.status_reason, b.retirement,
                  b.first_transferred, b.parent
           FROM chain.credit_blocks b
           JOIN chain.projects p ON p.id = b.project
           JOIN chain.organisations o ON o.id = b.owner
           WHERE ($1::BIGINT IS NULL OR b.start_serial > $1)
             AND ($2::BIGINT IS NULL OR b.owner = $2)
             AND ($3::BIGINT IS NULL OR b.project = $3)
             AND ($4::SMALLINT IS NULL OR b.vintage = $4)
             AND ($5::TEXT IS NULL OR b.status = $5)
             AND ($6::BIGINT IS NULL OR b.end_serial >= $6 AND b.start_serial >= COALESCE(
                  (SELECT MAX(start_serial) FROM chain.credit_blocks WHERE start_serial <= $6), 0))
             AND ($7::BIGINT IS NULL OR b.start_serial <= $7)
           ORDER BY b.start_serial LIMIT $8"#,
        selection.after,
        selection.owner,
        selection.project,
        selection.vintage,
        selection.status,
        selection.within.map(|(start, _)| start),
        selection.within.map(|(_, end)| end),
        selection.limit
    )
    .fetch_all(reader.connection())
    .await?;
    rows.into_iter()
        .map(|row| {
            let origin = reader.origin(row.sectoral_scope, row.project, row.vintage);
            Ok(Block {
                numbers: origin.numbers(row.start_serial, row.end_serial)?,
                project: ProjectRef { id: row.project, title: row.title },
                period: row.period,
                vintage: row.vintage,
                owner: OrganisationRef { id: row.owner, name: row.name },
                status: row.status,
                status_reason: row.status_reason,
                retirement: row.retirement,
                first_transferred: row.first_transferred,
                parent: row.parent,
                scope: row.sectoral_scope,
            })
        })
        .collect()
}

/// The first blocks of a project.
pub async fn of_project(
    reader: &mut Reader,
    project: i64,
    limit: i64,
) -> Result<Vec<Block>, Problem> {
    let project = Some(project);
    blocks(reader, Selection { project, limit, ..Selection::default() }).await
}

impl Filter {
    async fn load(
        &self,
        reader: &mut Reader,
        for_page: bool,
    ) -> Result<(Vec<Block>, Option<String>), Problem> {
        let limit = query::limit(self.limit, for_page)?;
        let selection = Selection {
            after: self.after,
            owner: self.owner,
            project: self.project,
            vintage: self.vintage,
            status: self.status.map(|status| status.0),
            within: None,
            limit: limit + 1,
        };
        Ok(cut(blocks(reader, selection).await?, limit, |it| it.numbers.start.to_string()))
    }
}

/// A block that a serial number covers, wholly or in part.
#[derive(Serialize, ToSchema)]
pub struct CoveredBlock {
    /// The numbers of the block that were asked for.
    covered: Numbers,
    /// The whole block.
    block: Block,
}

/// Credits by their serial number.
#[derive(Serialize, ToSchema)]
pub struct Credits {
    /// The numbers that were asked for.
    #[serde(flatten)]
    numbers: Numbers,
    /// The project that they come from.
    project: ProjectRef,
    /// The year of the reductions.
    vintage: i16,
    /// The blocks that hold them, at most 50.
    blocks: Vec<CoveredBlock>,
    /// Whether there are more blocks than these.
    more_blocks: bool,
    /// From the block first shown back to the one that was issued: what it was split from.
    lineage: Vec<Ancestor>,
    /// What happened to any of the numbers, oldest first, at most 100.
    history: Vec<History>,
    /// Whether more has happened than this.
    more_history: bool,
}

/// What an address after `/credits/` can say.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Asked {
    /// A whole serial number.
    Serial(Serial),
    /// Numbers alone: `90` or `81-100`.
    Numbers(SerialRange),
}

impl FromStr for Asked {
    type Err = Problem;
    fn from_str(text: &str) -> Result<Self, Problem> {
        let number = |text| query::number(text).and_then(|number| u64::try_from(number).ok());
        let numbers = match text.split_once('-') {
            None => number(text).and_then(|only| SerialRange::new(only, only)),
            Some((start, end)) => {
                number(start).zip(number(end)).and_then(|(start, end)| SerialRange::new(start, end))
            }
        };
        if let Some(range) = numbers {
            return Ok(Self::Numbers(range));
        }
        text.parse().map(Self::Serial).map_err(|error| {
            let message = Message::new("problem.serial").with("serial", text).with("error", error);
            Problem::malformed(message)
        })
    }
}

/// The range as the tables count.
fn bounds(range: SerialRange) -> Result<(i64, i64), Problem> {
    let bound = |number| i64::try_from(number).map_err(|_| not_issued(range));
    Ok((bound(range.start)?, bound(range.end)?))
}

fn not_issued(range: SerialRange) -> Problem {
    Problem::not_found(Message::new("problem.not_issued").with("numbers", range))
}

/// Which fields of a serial number do not say what a block says.
fn mismatches(asked: &Serial, actual: &Serial) -> Vec<Message> {
    let field = |key: &'static str, asked: String, actual: String| {
        (asked != actual).then(|| Message::new(key).with("asked", asked).with("actual", actual))
    };
    [
        field("problem.field_country", asked.country.to_string(), actual.country.to_string()),
        field(
            "problem.field_scope",
            asked.scope.number().to_string(),
            actual.scope.number().to_string(),
        ),
        field("problem.field_project", asked.project.to_string(), actual.project.to_string()),
        field("problem.field_vintage", asked.vintage.to_string(), actual.vintage.to_string()),
    ]
    .into_iter()
    .flatten()
    .collect()
}

impl Credits {
    /// The credits of an address; the serial number says what the address should have been.
    async fn load(reader: &mut Reader, asked: Asked) -> Result<Self, Problem> {
        let range = match asked {
            Asked::Serial(serial) => serial.range,
            Asked::Numbers(range) => range,
        };
        let (start, end) = bounds(range)?;
        let within = Some((start, end));
        let mut found =
            blocks(reader, Selection { within, limit: MOST_BLOCKS + 1, ..Selection::default() })
                .await?;
        let more_blocks = found.len() > usize::try_from(MOST_BLOCKS).unwrap_or(usize::MAX);
        let last = sqlx::query_scalar!("SELECT MAX(end_serial) FROM chain.credit_blocks")
            .fetch_one(reader.connection())
            .await?;
        if last.is_none_or(|last| last < end) {
            return Err(not_issued(range));
        }
        let Some(first) = found.first() else { return Err(not_issued(range)) };
        let origin = reader.origin(first.scope, first.project.id, first.vintage);
        let actual = origin.serial(start, end)?;
        let asked = match asked {
            Asked::Serial(asked) => asked,
            Asked::Numbers(_) => actual,
        };
        check(reader, &asked, (start, end)).await?;
        found.truncate(usize::try_from(MOST_BLOCKS).unwrap_or(usize::MAX));
        let project = first_project(&found)?;
        let lineage = match found.as_slice() {
            [first, ..] => lineage::ancestors(reader, first, origin).await?,
            [] => Vec::new(),
        };
        let (history, more_history) = lineage::history(reader, start, end, origin).await?;
        let blocks = found
            .into_iter()
            .map(|block| {
                let from = block.numbers.start.max(start);
                let to = block.numbers.end.min(end);
                Ok(CoveredBlock { covered: origin.numbers(from, to)?, block })
            })
            .collect::<Result<_, Problem>>()?;
        Ok(Self {
            numbers: origin.numbers(start, end)?,
            project,
            vintage: origin.vintage,
            blocks,
            more_blocks,
            lineage,
            history,
            more_history,
        })
    }
}

fn first_project(blocks: &[Block]) -> Result<ProjectRef, Problem> {
    let first = blocks.first().ok_or_else(|| Problem::internal("a range without a block"))?;
    Ok(first.project.clone())
}

/// Compares what a serial number says with every block that it covers.
async fn check(
    reader: &mut Reader,
    asked: &Serial,
    (start, end): (i64, i64),
) -> Result<(), Problem> {
    let row = sqlx::query!(
        "SELECT b.start_serial, b.end_serial, b.project, b.vintage, p.sectoral_scope
         FROM chain.credit_blocks b JOIN chain.projects p ON p.id = b.project
         WHERE b.start_serial <= $2 AND b.end_serial >= $1 AND b.start_serial >= COALESCE(
               (SELECT MAX(start_serial) FROM chain.credit_blocks WHERE start_serial <= $1), 0)
           AND (b.project <> $3 OR b.vintage <> $4 OR p.sectoral_scope <> $5 OR $6)
         ORDER BY b.start_serial LIMIT 1",
        start,
        end,
        i64::from(asked.project),
        i16::try_from(asked.vintage).unwrap_or(i16::MAX),
        i16::from(asked.scope.number()),
        asked.country != reader.country
    )
    .fetch_optional(reader.connection())
    .await?;
    let Some(row) = row else { return Ok(()) };
    let origin = reader.origin(row.sectoral_scope, row.project, row.vintage);
    let actual = origin.serial(row.start_serial.max(start), row.end_serial.min(end))?;
    let mut wrong = mismatches(asked, &actual).into_iter();
    let first = wrong.next().ok_or_else(|| Problem::internal("a mismatch without a field"))?;
    Err(Problem::not_found(first.with("actual_serial", actual)))
}

/// Blocks of credits, by their first number.
#[utoipa::path(
    get, path = "/api/v1/credits/blocks", tag = "registry", params(Filter),
    responses(
        (status = OK, body = List<Block>),
        (status = BAD_REQUEST, body = ProblemDocument),
    )
)]
pub async fn list(Params(filter): Params<Filter>, mut reader: Reader) -> Result<Response, Problem> {
    let (items, next) = filter.load(&mut reader, false).await?;
    Ok(reader.json_list(items, next))
}

/// Any serial number, also inside a block or across several; or numbers alone.
#[utoipa::path(
    get, path = "/api/v1/credits/{serial}", tag = "registry",
    params((
        "serial" = String, Path, description = "A serial number, a number, or a range of numbers",
        example = "VU-ITMO-1-001-2023-0-1-100"
    )),
    responses(
        (status = OK, body = At<Credits>),
        (status = BAD_REQUEST, body = ProblemDocument, description = "It is no serial number"),
        (status = NOT_FOUND, body = ProblemDocument, description = "No such credits were issued"),
    )
)]
pub async fn show(Path(serial): Path<String>, mut reader: Reader) -> Result<Response, Problem> {
    let credits = Credits::load(&mut reader, serial.parse()?).await?;
    Ok(reader.json(credits))
}

#[derive(Template)]
#[template(path = "credits.html")]
struct CreditsPage {
    l: Layout,
    credits: Credits,
}

impl Credits {
    fn shown(&self) -> i64 {
        i64::try_from(self.blocks.len()).unwrap_or(i64::MAX)
    }
}

impl CreditsPage {
    /// Whether the numbers are a part of one block and not all of it.
    fn is_inside(&self) -> bool {
        matches!(self.credits.blocks.as_slice(),
            [only] if only.block.numbers != self.credits.numbers)
    }
}

/// `/credits/{serial}`
pub async fn page(
    State(app): State<App>,
    uri: Uri,
    Path(serial): Path<String>,
    mut reader: Reader,
) -> Result<Response, Problem> {
    let (serial, json) = without_json(&serial);
    let asked: Asked = serial.trim().parse()?;
    let credits = Credits::load(&mut reader, asked).await?;
    if matches!(asked, Asked::Numbers(_)) {
        let ending = if json { ".json" } else { "" };
        let address = format!("/credits/{}{ending}", credits.numbers.serial);
        return Ok(Redirect::temporary(&address).into_response());
    }
    if json {
        return Ok(reader.json(credits));
    }
    let l = Layout::new(&app, &reader, &uri, credits.numbers.serial.clone());
    page::render(&CreditsPage { l, credits })
}

/// The page of the list also takes a serial number from its form.
#[derive(Deserialize, IntoParams)]
pub struct Lookup {
    #[serde(default, deserialize_with = "blank_is_none")]
    serial: Option<String>,
}

#[derive(Template)]
#[template(path = "blocks.html")]
struct ListPage {
    l: Layout,
    filter: Filter,
    items: Vec<Block>,
    next: Option<String>,
}

impl ListPage {
    fn statuses(&self) -> Vec<(&'static str, bool)> {
        Status::ALL.into_iter().map(|it| (it.0, self.filter.status == Some(it))).collect()
    }

    fn given(&self) -> [(&'static str, String); 4] {
        let Filter { owner, project, vintage, status, .. } = &self.filter;
        let number = |number: Option<i64>| number.map(|it| it.to_string()).unwrap_or_default();
        [
            ("owner", number(*owner)),
            ("project", number(*project)),
            ("vintage", number(vintage.map(i64::from))),
            ("status", status.map(|it| it.0.to_owned()).unwrap_or_default()),
        ]
    }
}

/// `/credits`
pub async fn list_page(
    State(app): State<App>,
    uri: Uri,
    Params(lookup): Params<Lookup>,
    Params(filter): Params<Filter>,
    mut reader: Reader,
) -> Result<Response, Problem> {
    if let Some(serial) = lookup.serial {
        // Parsed first, so that only what is a serial number goes into an address.
        let _: Asked = serial.parse()?;
        return Ok(Redirect::to(&format!("/credits/{serial}")).into_response());
    }
    let (items, next) = filter.load(&mut reader, true).await?;
    let mut l = Layout::new(&app, &reader, &uri, "");
    l.title = l.t("blocks.title").to_owned();
    page::render(&ListPage { l, filter, items, next })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn serial(text: &str) -> Serial {
        text.parse().unwrap()
    }

    #[test]
    fn numbers_alone_are_told_from_serial_numbers() {
        let numbers = |start, end| Asked::Numbers(SerialRange::new(start, end).unwrap());
        assert_eq!("90".parse::<Asked>(), Ok(numbers(90, 90)));
        assert_eq!("81-100".parse::<Asked>(), Ok(numbers(81, 100)));
        let text = "VU-ITMO-1-001-2023-0-81-100";
        assert_eq!(text.parse::<Asked>(), Ok(Asked::Serial(serial(text))));
    }

    #[test]
    fn what_is_no_serial_number_is_malformed() {
        for bad in ["", "0", "100-81", "VU-ITMO-1-001-2023-0-81", "VU-CER-1-001-2023-0-1-2"] {
            let problem = bad.parse::<Asked>().unwrap_err();
            assert_eq!(problem.document(Default::default()).status, 400, "{bad}");
        }
    }

    #[test]
    fn every_field_that_does_not_match_is_named() {
        let actual = serial("VU-ITMO-1-001-2023-0-1-100");
        assert!(mismatches(&actual, &actual).is_empty());
        for (asked, key) in [
            ("FJ-ITMO-1-001-2023-0-1-100", "problem.field_country"),
            ("VU-ITMO-2-001-2023-0-1-100", "problem.field_scope"),
            ("VU-ITMO-1-002-2023-0-1-100", "problem.field_project"),
            ("VU-ITMO-1-001-2024-0-1-100", "problem.field_vintage"),
        ] {
            let wrong = mismatches(&serial(asked), &actual);
            assert_eq!(wrong.len(), 1, "{asked}");
            assert!(format!("{:?}", wrong[0]).contains(key), "{asked}: {:?}", wrong[0]);
        }
        let all = mismatches(&serial("FJ-ITMO-2-002-2024-0-1-100"), &actual);
        assert_eq!(all.len(), 4);
    }
}
