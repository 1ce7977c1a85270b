// SPDX-License-Identifier: Apache-2.0
//! Whole lists as files: the items that a list's page shows, with the same filters, as CSV
//! (RFC 4180), as newline-delimited JSON, and as an Excel workbook.
//!
//! A file is true at one block, which its name tells: all of it is read in one transaction. It is
//! written while it is read, by a task of its own that gives up on a reader who stops taking it.

use crate::{
    answers::{OrganisationRef, Part, ProjectRef, Time},
    db::{Reader, Seen},
    list::{Listing, Question},
    places::region::{in_degrees, write_degrees},
    problem::{Message, Problem},
    server::App,
};
use axum::{
    body::{Body, Bytes},
    http::{header, Uri},
    response::{IntoResponse, Response},
    routing::get,
    Router,
};
use futures::{stream, Stream};
use rust_xlsxwriter::{Format, Workbook, Worksheet, XlsxError};
use serde::Serialize;
use std::{io, time::Duration};
use tokio::sync::{mpsc, Semaphore, SemaphorePermit};

/// Files that are made at once: each holds one of the connections to the database.
const AT_ONCE: usize = 4;
static FREE: Semaphore = Semaphore::const_new(AT_ONCE);
/// How long a reader may take none of what is ready.
const PATIENCE: Duration = Duration::from_secs(30);
/// Pieces that are ready before they are taken.
const READY: usize = 4;
/// Most rows of a workbook. A sheet could have ten times as many, and few programs would open it.
const MAX_ROWS: u32 = 100_000;
/// Largest text of a cell of a workbook, in characters.
const MAX_CELL: usize = 32_767;

/// What a cell of a table holds.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Cell {
    Empty,
    Number(i64),
    Flag(bool),
    Time(Time),
    /// Millionths of a degree.
    Degrees(i32),
    Text(String),
}

/// A column of a table: its heading, and what it holds of an item.
pub type Column<T> = (&'static str, fn(&T) -> Cell);

/// The files of a list beside its page and beside its JSON: `/transfers.csv` and
/// `/api/v1/transfers.csv`.
pub fn routes<L: Listing>(page: &str, api: &str) -> Router<App> {
    let mut router = Router::new();
    for path in [page, api] {
        router = router
            .route(&format!("{path}.csv"), get(csv::<L>))
            .route(&format!("{path}.ndjson"), get(ndjson::<L>))
            .route(&format!("{path}.xlsx"), get(xlsx::<L>));
    }
    router
}

/// A part of a list, as JSON.
pub async fn json<L: Listing>(
    question: Question<L>,
    mut reader: Reader,
) -> Result<Response, Problem> {
    let (items, next) = question.load(&mut reader).await?;
    Ok(reader.json_list(items, next))
}

async fn csv<L: Listing>(question: Question<L>, reader: Reader) -> Result<Response, Problem> {
    let headings = L::COLUMNS.iter().map(|(heading, _)| Cell::from(*heading)).collect();
    let heading = rows_as_csv(&[headings])?;
    stream_file(
        question,
        reader,
        "csv",
        "text/csv; charset=utf-8; header=present",
        heading,
        |items| {
            let rows: Vec<Vec<Cell>> = items.iter().map(cells::<L>).collect();
            rows_as_csv(&rows)
        },
    )
}

async fn ndjson<L: Listing>(question: Question<L>, reader: Reader) -> Result<Response, Problem> {
    stream_file(question, reader, "ndjson", "application/x-ndjson", Vec::new(), |items| {
        let mut lines = Vec::new();
        for item in items {
            serde_json::to_writer(&mut lines, item).map_err(unwritten)?;
            lines.push(b'\n');
        }
        Ok(lines)
    })
}

async fn xlsx<L: Listing>(
    uri: Uri,
    question: Question<L>,
    reader: Reader,
) -> Result<Response, Problem> {
    let mut pages = Pages::new(question, reader)?;
    let seen = pages.reader.seen();
    let headers = headers::<L>(&pages.reader, "xlsx", XLSX);
    let mut workbook = Workbook::new();
    // Rows go to a temporary file at once: a large table takes no memory.
    let sheet = workbook.add_worksheet_with_constant_memory().map_err(unwritten)?;
    let headings: Vec<_> = L::COLUMNS.iter().map(|(heading, _)| Cell::from(*heading)).collect();
    let bold = Format::new().set_bold();
    sheet.set_name(L::NAME).and_then(|it| it.set_freeze_panes(1, 0)).map_err(unwritten)?;
    write_row(sheet, 0, &headings, Some(&bold)).map_err(unwritten)?;
    let mut row = 0;
    while let Some(items) = pages.next().await? {
        for item in &items {
            row += 1;
            if row > MAX_ROWS {
                let message = Message::new("problem.too_many_rows").with("max", MAX_ROWS);
                return Err(Problem::unprocessable(message));
            }
            write_row(sheet, row, &cells::<L>(item), None).map_err(unwritten)?;
        }
    }
    write_source(&mut workbook, &seen, &uri).map_err(unwritten)?;
    // Compressing takes its time; other requests have theirs meanwhile.
    let file = tokio::task::spawn_blocking(move || workbook.save_to_buffer());
    let file = file.await.map_err(unwritten)?.map_err(unwritten)?;
    Ok((headers, file).into_response())
}

const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// All parts of a list, one after the other, at one block.
struct Pages<L> {
    question: Question<L>,
    reader: Reader,
    ended: bool,
    _permit: SemaphorePermit<'static>,
}

impl<L: Listing> Pages<L> {
    fn new(mut question: Question<L>, reader: Reader) -> Result<Self, Problem> {
        question.unlimited()?;
        let busy = |_| Problem::unavailable(Message::new("problem.too_many_files"));
        let permit = FREE.try_acquire().map_err(busy)?;
        Ok(Self { question, reader, ended: false, _permit: permit })
    }

    async fn next(&mut self) -> Result<Option<Vec<L::Item>>, Problem> {
        if self.ended {
            return Ok(None);
        }
        let (items, next) = self.question.load(&mut self.reader).await?;
        self.ended = next.is_none();
        if let Some(next) = next {
            self.question.follow(&next)?;
        }
        Ok(Some(items))
    }
}

/// Answers with a file that is written while it is read.
fn stream_file<L: Listing>(
    question: Question<L>,
    reader: Reader,
    extension: &'static str,
    media_type: &'static str,
    beginning: Vec<u8>,
    write: impl Fn(&[L::Item]) -> Result<Vec<u8>, Problem> + Send + Sync + 'static,
) -> Result<Response, Problem> {
    let headers = headers::<L>(&reader, extension, media_type);
    let mut pages = Pages::new(question, reader)?;
    let (pieces, taken) = mpsc::channel(READY);
    tokio::spawn(async move {
        let hand_over = async |piece| {
            // Whoever stops reading must not keep the connection to the database.
            matches!(tokio::time::timeout(PATIENCE, pieces.send(piece)).await, Ok(Ok(())))
        };
        if !hand_over(Piece::Bytes(beginning.into())).await {
            return;
        }
        loop {
            // A file that cannot be read to its end is cut, see `body`; why is in the log.
            let piece = match pages.next().await {
                Ok(Some(items)) => match write(&items) {
                    Ok(bytes) => Piece::Bytes(bytes.into()),
                    Err(_) => return,
                },
                Ok(None) => Piece::End,
                Err(_) => return,
            };
            let end = matches!(piece, Piece::End);
            if !hand_over(piece).await || end {
                return;
            }
        }
    });
    Ok((headers, Body::from_stream(body(taken))).into_response())
}

/// What a file is handed over in.
enum Piece {
    Bytes(Bytes),
    End,
}

/// The pieces up to the end; an error where they stop before it, so that nobody takes a part of a
/// list for all of it.
fn body(pieces: mpsc::Receiver<Piece>) -> impl Stream<Item = io::Result<Bytes>> {
    stream::try_unfold(pieces, |mut pieces| async {
        match pieces.recv().await {
            Some(Piece::Bytes(bytes)) => Ok(Some((bytes, pieces))),
            Some(Piece::End) => Ok(None),
            None => Err(io::Error::other("the file could not be read to its end")),
        }
    })
}

fn headers<L: Listing>(
    reader: &Reader,
    extension: &str,
    media_type: &'static str,
) -> [(header::HeaderName, String); 4] {
    let name = format!("{}-at-block-{}.{extension}", L::NAME, reader.as_of.block);
    let etag = reader.etag().and_then(|tag| tag.to_str().ok()).unwrap_or_default().to_owned();
    [
        (header::CONTENT_TYPE, media_type.to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
        (header::CACHE_CONTROL, "no-cache".to_owned()),
        (header::ETAG, etag),
    ]
}

fn cells<L: Listing>(item: &L::Item) -> Vec<Cell> {
    L::COLUMNS.iter().map(|(_, cell)| cell(item)).collect()
}

fn rows_as_csv(rows: &[Vec<Cell>]) -> Result<Vec<u8>, Problem> {
    let mut writer =
        ::csv::WriterBuilder::new().terminator(::csv::Terminator::CRLF).from_writer(Vec::new());
    for row in rows {
        writer.write_record(row.iter().map(Cell::as_csv)).map_err(unwritten)?;
    }
    writer.into_inner().map_err(unwritten)
}

fn unwritten(error: impl std::fmt::Display) -> Problem {
    Problem::internal(&format!("a file cannot be written: {error}"))
}

fn write_row(
    sheet: &mut Worksheet,
    row: u32,
    cells: &[Cell],
    format: Option<&Format>,
) -> Result<(), XlsxError> {
    let default = Format::new();
    let format = format.unwrap_or(&default);
    for (column, cell) in (0..).zip(cells) {
        match cell {
            Cell::Empty => continue,
            // Exact: the chain counts up to 2^53 - 1.
            Cell::Number(number) => {
                sheet.write_number_with_format(row, column, *number as f64, format)?
            }
            Cell::Flag(flag) => sheet.write_boolean_with_format(row, column, *flag, format)?,
            Cell::Time(time) => {
                let format = Format::new().set_num_format("yyyy-mm-dd hh:mm:ss");
                sheet.write_datetime_with_format(row, column, time.0.naive_utc(), &format)?
            }
            Cell::Degrees(millionths) => {
                sheet.write_number_with_format(row, column, in_degrees(*millionths), format)?
            }
            Cell::Text(text) => {
                let text: String = text.chars().take(MAX_CELL).collect();
                sheet.write_string_with_format(row, column, text, format)?
            }
        };
    }
    Ok(())
}

/// A sheet that says where the table comes from, and at which block it is true.
fn write_source(workbook: &mut Workbook, seen: &Seen, uri: &Uri) -> Result<(), XlsxError> {
    let sheet = workbook.add_worksheet_with_constant_memory()?;
    sheet.set_name("source")?;
    let as_of = &seen.as_of;
    for (row, (name, value)) in (0..).zip([
        ("block", Cell::Number(as_of.block)),
        ("block hash", Cell::from(as_of.hash.as_str())),
        ("time, UTC", Cell::Time(as_of.time)),
        ("address", Cell::from(uri.to_string())),
    ]) {
        write_row(sheet, row, &[Cell::from(name), value], None)?;
    }
    Ok(())
}

impl Cell {
    /// As it stands in CSV. Text that a spreadsheet would take for a formula is kept from being one
    /// by an apostrophe.
    fn as_csv(&self) -> String {
        match self {
            Self::Empty => String::new(),
            Self::Number(number) => number.to_string(),
            Self::Flag(flag) => flag.to_string(),
            Self::Time(time) => time.to_string(),
            Self::Degrees(millionths) => write_degrees(*millionths),
            Self::Text(text) if text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) => {
                format!("'{text}")
            }
            Self::Text(text) => text.clone(),
        }
    }

    /// The name of an organisation that may be missing.
    pub fn name_of(organisation: &Option<OrganisationRef>) -> Self {
        organisation.as_ref().map(|it| it.name.as_str()).into()
    }

    /// The number of an organisation that may be missing.
    pub fn id_of(organisation: &Option<OrganisationRef>) -> Self {
        organisation.as_ref().map(|it| it.id).into()
    }

    /// The title of a project that may be missing.
    pub fn title_of(project: &Option<ProjectRef>) -> Self {
        project.as_ref().map(|it| it.title.as_str()).into()
    }

    /// Serial numbers, separated by spaces.
    pub fn serials(parts: &[Part]) -> Self {
        let serials: Vec<_> = parts.iter().map(|part| part.numbers.serial.as_str()).collect();
        Self::Text(serials.join(" "))
    }

    /// Something without columns of its own, as JSON.
    pub fn json(value: &impl Serialize) -> Self {
        serde_json::to_string(value).map_or(Self::Empty, Self::Text)
    }
}

impl From<i64> for Cell {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl From<i32> for Cell {
    fn from(number: i32) -> Self {
        Self::Number(number.into())
    }
}

impl From<i16> for Cell {
    fn from(number: i16) -> Self {
        Self::Number(number.into())
    }
}

impl From<bool> for Cell {
    fn from(flag: bool) -> Self {
        Self::Flag(flag)
    }
}

impl From<Time> for Cell {
    fn from(time: Time) -> Self {
        Self::Time(time)
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<&String> for Cell {
    fn from(text: &String) -> Self {
        Self::Text(text.clone())
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl<T: Into<Cell>> From<Option<T>> for Cell {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Empty, Into::into)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::TryStreamExt;

    #[test]
    fn csv_is_rfc_4180_and_formulas_are_text() {
        let hostile = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "a,\"b\"\r\nc", "é"];
        let mut row: Vec<Cell> = hostile.into_iter().map(Cell::from).collect();
        row.extend([Cell::Number(-5), Cell::Flag(true), Cell::Empty]);
        let csv = String::from_utf8(rows_as_csv(&[row]).unwrap()).unwrap();
        let expected = "'=1+1,'+1,'-1,'@SUM(A1),'\t=1,\"a,\"\"b\"\"\r\nc\",é,-5,true,\r\n";
        assert_eq!(csv, expected);
    }

    #[test]
    fn a_single_empty_cell_is_still_a_row() {
        assert_eq!(rows_as_csv(&[vec![Cell::Empty]]).unwrap(), b"\"\"\r\n");
    }

    #[test]
    fn a_workbook_holds_long_texts_and_the_largest_number() {
        let mut workbook = Workbook::new();
        let sheet = workbook.add_worksheet_with_constant_memory().unwrap();
        let row = [Cell::Text("é".repeat(MAX_CELL + 1)), Cell::Number((1 << 53) - 1), Cell::Empty];
        write_row(sheet, 0, &row, None).unwrap();
        assert!(workbook.save_to_buffer().unwrap().starts_with(b"PK"));
    }

    #[tokio::test]
    async fn what_stops_before_its_end_is_an_error() {
        let (pieces, taken) = mpsc::channel(READY);
        pieces.send(Piece::Bytes(Bytes::from_static(b"1"))).await.ok().unwrap();
        pieces.send(Piece::End).await.ok().unwrap();
        let whole: Vec<_> = body(taken).try_collect().await.unwrap();
        assert_eq!(whole.concat(), b"1");

        let (pieces, taken) = mpsc::channel(READY);
        pieces.send(Piece::Bytes(Bytes::from_static(b"1"))).await.ok().unwrap();
        drop(pieces);
        assert!(body(taken).try_collect::<Vec<_>>().await.is_err());
    }
}
