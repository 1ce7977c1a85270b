// SPDX-License-Identifier: Apache-2.0
//! Any serial number: whose the credits are, what may be done with them, where they come from.

use crate::{
    answers::{At, Numbers, ProjectRef},
    blocks::Block,
    db::{Reader, Seen},
    i18n::Language,
    lineage::{Ancestor, History},
    lookup::{self, Found},
    page::{self, without_json, Layout},
    problem::{Message, Problem, ProblemDocument},
    query,
    server::App,
};
use askama::Template;
use axum::{
    extract::{Path, State},
    http::{request::Parts, Uri},
    response::{IntoResponse, Redirect, Response},
};
use registry_primitives::{serial::SerialError, Serial, SerialRange};
use serde::Serialize;
use sqlx::PgConnection;
use std::{collections::BTreeSet, str::FromStr};
use utoipa::ToSchema;

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
pub enum Asked {
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
            let message = Message::new("problem.serial").with("serial", text);
            Problem::malformed(message.with("error", wrong(error)))
        })
    }
}

/// What is wrong with the text of a serial number.
pub fn wrong(error: SerialError) -> &'static str {
    Language::current().t(match error {
        SerialError::Fields => "serial_error.fields",
        SerialError::Country => "serial_error.country",
        SerialError::Unit => "serial_error.unit",
        SerialError::Scope => "serial_error.scope",
        SerialError::Project => "serial_error.project",
        SerialError::Vintage => "serial_error.vintage",
        SerialError::Reserved => "serial_error.reserved",
        SerialError::Number => "serial_error.number",
        SerialError::Order => "serial_error.order",
    })
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
    /// The credits of an address, and the block of the chain that this is true at.
    async fn load(connection: &mut PgConnection, asked: Asked) -> Result<(Seen, Self), Problem> {
        let (range, serial) = match asked {
            Asked::Serial(serial) => (serial.range, Some(serial)),
            Asked::Numbers(range) => (range, None),
        };
        let (start, end) = bounds(range)?;
        let expected =
            serial.map(|it| (i64::from(it.project), i16::try_from(it.vintage).unwrap_or(i16::MAX)));
        let found = lookup::find(connection, (start, end), expected).await?;
        let Found { seen, last, blocks, more_blocks, stranger, lineage, history, more_history } =
            found;
        let first = blocks.first().filter(|_| last.is_some_and(|last| end <= last));
        let Some(first) = first else { return Err(not_issued(range)) };
        let origin = first.origin(&seen);
        let asked = serial.map_or_else(|| origin.serial(start, end), Ok)?;
        let read = blocks.iter().map(|it| (it.origin(&seen), it.numbers.start, it.numbers.end));
        let unread = stranger.map(|it| {
            let origin = seen.origin(it.sectoral_scope, it.project, it.vintage);
            (origin, it.start_serial, it.end_serial)
        });
        for (origin, from, to) in read.chain(unread) {
            check(&asked, &origin.serial(from.max(start), to.min(end))?)?;
        }
        let project = first.project.clone();
        let blocks = blocks
            .into_iter()
            .map(|block| {
                let from = block.numbers.start.max(start);
                let to = block.numbers.end.min(end);
                Ok(CoveredBlock { covered: origin.numbers(from, to)?, block })
            })
            .collect::<Result<_, Problem>>()?;
        let numbers = origin.numbers(start, end)?;
        let vintage = origin.vintage;
        let credits =
            Self { numbers, project, vintage, blocks, more_blocks, lineage, history, more_history };
        Ok((seen, credits))
    }
}

/// Compares what a serial number says with what a block that it covers says.
fn check(asked: &Serial, actual: &Serial) -> Result<(), Problem> {
    match mismatches(asked, actual).into_iter().next() {
        Some(first) => Err(Problem::not_found(first.with("actual_serial", actual))),
        None => Ok(()),
    }
}

/// Any serial number, also inside a block or across several; or numbers alone.
#[utoipa::path(
    get, path = "/api/v1/credits/{serial}", tag = "registry",
    operation_id = "credits",
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
pub async fn show(
    State(app): State<App>,
    Path(serial): Path<String>,
    parts: Parts,
) -> Result<Response, Problem> {
    let asked = serial.parse()?;
    let mut connection = app.database.lookup().await?;
    let (seen, credits) = Credits::load(&mut connection, asked).await?;
    Ok(seen.json(&parts, credits))
}

#[derive(Template)]
#[template(path = "credits.html")]
struct Page {
    l: Layout,
    credits: Credits,
}

impl Credits {
    fn shown(&self) -> i64 {
        i64::try_from(self.blocks.len()).unwrap_or(i64::MAX)
    }
}

impl Page {
    /// The monitoring periods that the credits were issued for.
    fn periods(&self) -> String {
        let periods: BTreeSet<i64> = self.credits.blocks.iter().map(|it| it.block.period).collect();
        let periods: Vec<String> = periods.iter().map(ToString::to_string).collect();
        periods.join(", ")
    }

    /// Whether they have been first transferred: all, none or some.
    fn first_transferred(&self) -> &str {
        let mut blocks = self.credits.blocks.iter().map(|it| it.block.first_transferred);
        match (blocks.clone().any(|it| it), blocks.all(|it| it)) {
            (true, true) => self.l.t("credits.yes"),
            (true, false) => self.l.t("credits.partly"),
            _ => self.l.t("credits.no"),
        }
    }

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
    let (_, credits) = Credits::load(reader.connection(), asked).await?;
    if matches!(asked, Asked::Numbers(_)) {
        let ending = if json { ".json" } else { "" };
        let address = format!("/credits/{}{ending}", credits.numbers.serial);
        return Ok(Redirect::temporary(&Language::current().to(&address)).into_response());
    }
    if json {
        return Ok(reader.json(credits));
    }
    let l = Layout::new(&app, &reader, &uri, credits.numbers.serial.clone());
    page::render(&Page { l, credits })
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
            assert_eq!(problem.document(Language::English).status, 400, "{bad}");
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
