// SPDX-License-Identifier: Apache-2.0
//! A table of the import: comma-separated values with headings, read whole, and what is wrong with
//! it.

use crate::failure::BadArguments;
use anyhow::{Context, Result};
use csv::{ByteRecord, ReaderBuilder};
use serde::Serialize;
use std::{fmt, fs::File, io::Read, path::Path};

/// Largest file that is read: many times what [`MAX_ROWS`] need.
const MAX_BYTES: u64 = 8 << 20;
/// Most rows of a file. Each is looked up on the chain before anything is sent.
const MAX_ROWS: usize = 10_000;

/// A column that a table may have.
pub struct Column {
    pub heading: &'static str,
    pub required: bool,
}

/// A column without which the table cannot be read.
pub const fn required(heading: &'static str) -> Column {
    Column { heading, required: true }
}

/// A column that may be left out.
pub const fn optional(heading: &'static str) -> Column {
    Column { heading, required: false }
}

/// What is wrong, where, and what to do about it.
#[derive(Serialize, Clone, PartialEq, Eq, Debug)]
#[serde(tag = "status", rename = "problem")]
pub struct Problem {
    pub file: String,
    /// Counted from 1, as editors do.
    pub line: u64,
    /// Counted from 1; none where the whole line is meant.
    pub column: Option<usize>,
    pub heading: Option<String>,
    pub problem: String,
    pub advice: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, line, column, heading, problem, advice } = self;
        write!(f, "{file}, line {line}")?;
        if let Some(column) = column {
            write!(f, ", column {column}")?;
        }
        if let Some(heading) = heading {
            write!(f, " ({heading})")?;
        }
        write!(f, ": {problem}\n    -> {advice}")
    }
}

/// One field of a row.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Cell {
    heading: &'static str,
    column: usize,
    /// Without white space at its ends.
    pub text: String,
}

/// One line of a table, without the fields that cannot be read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Row {
    pub line: u64,
    cells: Vec<Cell>,
}

impl Row {
    /// The field below a heading, unless it cannot be read or there is no such column; both are
    /// reported already.
    pub fn cell(&self, heading: &str) -> Option<&Cell> {
        self.cells.iter().find(|cell| cell.heading == heading)
    }

    /// Its text; empty where [`Self::cell`] has none.
    pub fn text(&self, heading: &str) -> &str {
        self.cell(heading).map_or("", |cell| &cell.text)
    }
}

/// A file, and what is wrong with it.
pub struct Sheet {
    /// Its name, without the folders.
    pub file: String,
    pub rows: Vec<Row>,
    pub problems: Vec<Problem>,
    /// Headings that it has.
    headings: Vec<&'static str>,
}

impl Sheet {
    /// Reads a file. What is wrong with its content is among the problems.
    pub fn read(path: &Path, columns: &[Column]) -> Result<Self> {
        let mut bytes = Vec::new();
        // One byte more than is read shows that there are more.
        let read =
            File::open(path).and_then(|file| file.take(MAX_BYTES + 1).read_to_end(&mut bytes));
        read.with_context(|| path.display().to_string()).map_err(BadArguments)?;
        let name = path.file_name().unwrap_or(path.as_os_str());
        Ok(Self::parse(&name.to_string_lossy(), &bytes, columns))
    }

    /// Reads the content of a file.
    pub fn parse(file: &str, bytes: &[u8], columns: &[Column]) -> Self {
        let mut sheet =
            Self { file: file.to_owned(), rows: vec![], problems: vec![], headings: vec![] };
        if bytes.len() as u64 > MAX_BYTES {
            let most = MAX_BYTES >> 20;
            sheet.whole(1, &format!("the file has more than {most} MiB"), "split it");
            return sheet;
        }
        sheet.parse_records(bytes, columns);
        sheet
    }

    fn parse_records(&mut self, bytes: &[u8], columns: &[Column]) {
        // Rows of another length are reported by this program, all of them.
        let mut reader = ReaderBuilder::new().has_headers(false).flexible(true).from_reader(bytes);
        let mut lines = Lines { bytes, at: 0, line: 1 };
        let mut record = ByteRecord::new();
        let mut headings: Option<Vec<Option<&'static str>>> = None;
        loop {
            match reader.read_byte_record(&mut record) {
                Ok(true) => {}
                Ok(false) => break,
                Err(error) => {
                    self.whole(lines.line, &format!("cannot be read: {error}"), "correct the line");
                    break;
                }
            }
            let line = lines.of(record.position().map_or(0, csv::Position::byte));
            match &headings {
                None => headings = Some(self.headings(line, &record, columns)),
                // Spreadsheets end with lines of commas.
                Some(_) if record.iter().all(|field| field.trim_ascii().is_empty()) => {}
                Some(_) if self.rows.len() == MAX_ROWS => {
                    self.whole(
                        line,
                        &format!("the file has more than {MAX_ROWS} rows"),
                        "split it",
                    );
                    break;
                }
                Some(headings) => self.row(line, &record, headings),
            }
        }
        if headings.is_none() {
            self.whole(1, "the file is empty", "begin it with the line of headings");
        }
    }

    /// Which column is below each heading of the file.
    fn headings(
        &mut self,
        line: u64,
        record: &ByteRecord,
        columns: &[Column],
    ) -> Vec<Option<&'static str>> {
        let mut found: Vec<Option<&'static str>> = Vec::new();
        for (column, field) in (1..).zip(record) {
            let text = String::from_utf8_lossy(field);
            let wanted = normal(&text);
            let known = columns.iter().map(|column| column.heading);
            let known = known.into_iter().find(|known| normal(known) == wanted);
            let twice = known.is_some() && found.contains(&known);
            if known.is_none() || twice {
                let what = if twice { "is there twice" } else { "is not known" };
                let names: Vec<_> = columns.iter().map(|column| column.heading).collect();
                let advice = match text.contains([';', '\t']) {
                    true => "separate the columns by commas: save the file as CSV UTF-8".into(),
                    false => format!("remove the column; the headings are {}", names.join(", ")),
                };
                self.problems.push(Problem {
                    file: self.file.clone(),
                    line,
                    column: Some(column),
                    heading: None,
                    problem: format!("the heading {text:?} {what}"),
                    advice,
                });
            }
            found.push(known.filter(|_| !twice));
        }
        for column in columns.iter().filter(|column| column.required) {
            if !found.contains(&Some(column.heading)) {
                let what = format!("the heading {} is missing", column.heading);
                self.whole(line, &what, "add the column; its fields may be empty where allowed");
            }
        }
        self.headings = found.iter().flatten().copied().collect();
        found
    }

    fn row(&mut self, line: u64, record: &ByteRecord, headings: &[Option<&'static str>]) {
        if record.len() != headings.len() {
            let (fields, named) = (record.len(), headings.len());
            let what = format!("the number of fields is {fields}, and that of headings {named}");
            let advice = "write one field for each heading, empty ones too, and text that holds a \
                          comma between quotation marks";
            return self.whole(line, &what, advice);
        }
        let mut row = Row { line, cells: vec![] };
        for ((column, field), heading) in (1..).zip(record).zip(headings) {
            let Some(heading) = *heading else { continue };
            let cell = |text: &str| Cell { heading, column, text: text.trim().to_owned() };
            match std::str::from_utf8(field) {
                Err(_) => {
                    self.cell(line, &cell(""), "is not UTF-8", "save the file as CSV UTF-8");
                }
                Ok(text) if text.trim().contains(char::is_control) => {
                    let what = "holds a line break or another control character";
                    let advice = "remove it; perhaps a quotation mark is not closed";
                    self.cell(line, &cell(""), what, advice);
                }
                Ok(text) => row.cells.push(cell(text)),
            }
        }
        self.rows.push(row);
    }

    /// Whether the file has a column.
    pub fn has(&self, heading: &str) -> bool {
        self.headings.contains(&heading)
    }

    /// Something is wrong with a line.
    pub fn whole(&mut self, line: u64, problem: &str, advice: &str) {
        let (problem, advice) = (problem.to_owned(), advice.to_owned());
        let file = self.file.clone();
        self.problems.push(Problem { file, line, column: None, heading: None, problem, advice });
    }

    /// Something is wrong with a field.
    pub fn cell(&mut self, line: u64, cell: &Cell, problem: &str, advice: &str) {
        self.problems.push(Problem {
            file: self.file.clone(),
            line,
            column: Some(cell.column),
            heading: Some(cell.heading.to_owned()),
            problem: problem.to_owned(),
            advice: advice.to_owned(),
        });
    }
}

/// A heading without what explains it, such as `(Developer|Certifier)`: letters count, not their
/// case.
fn normal(heading: &str) -> String {
    let name = heading.split(['(', '|']).next().unwrap_or_default();
    name.split_whitespace().collect::<Vec<_>>().join(" ").to_uppercase()
}

/// Lines by their place in a file. The reader's own count begins before blank lines and in the
/// middle of `\r\n`.
struct Lines<'a> {
    bytes: &'a [u8],
    at: usize,
    line: u64,
}

impl Lines<'_> {
    /// The line on which the record that was read from `start` on begins. Starts never go back.
    fn of(&mut self, start: u64) -> u64 {
        let start = usize::try_from(start).unwrap_or(usize::MAX).min(self.bytes.len());
        let blank = self.bytes[start..].iter().take_while(|byte| matches!(byte, b'\r' | b'\n'));
        let start = start + blank.count();
        let passed = self.bytes.get(self.at..start).unwrap_or_default();
        self.line += passed.iter().filter(|byte| **byte == b'\n').count() as u64;
        self.at = start;
        self.line
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: &[Column] = &[required("NAME"), required("TAX ID"), optional("NOTE")];

    fn parse(text: &[u8]) -> Sheet {
        Sheet::parse("x.csv", text, COLUMNS)
    }

    /// Each row as its line and texts.
    fn rows(sheet: &Sheet) -> Vec<(u64, &str, &str)> {
        sheet.rows.iter().map(|row| (row.line, row.text("NAME"), row.text("TAX ID"))).collect()
    }

    /// Each problem in words.
    fn problems(sheet: &Sheet) -> Vec<String> {
        sheet.problems.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn what_spreadsheets_write_is_read() {
        for text in [
            "NAME,TAX ID\nA,1\nB,2\n",
            "NAME,TAX ID\nA,1\nB,2",
            "NAME,TAX ID\r\nA,1\r\nB,2\r\n",
            "\u{feff}NAME,TAX ID\r\nA,1\r\nB,2\r\n",
            "name , Tax  Id (of the company) \n A , 1 \n\"B\",\"2\"\n",
            "NAME,TAX ID | COMPANY ID\nA,1\nB,2\n,\n , \n",
            "TAX ID,NOTE,NAME\n1,,A\n2,x,B\n",
        ] {
            let sheet = parse(text.as_bytes());
            assert_eq!(problems(&sheet), [""; 0], "{text:?}");
            assert_eq!(rows(&sheet), [(2, "A", "1"), (3, "B", "2")], "{text:?}");
        }
    }

    #[test]
    fn quoted_fields_hold_commas_and_quotation_marks() {
        let sheet = parse(b"NAME,TAX ID\n\"Reefs, \"\"Kelp\"\" & Co\",1\n");
        assert_eq!(rows(&sheet), [(2, "Reefs, \"Kelp\" & Co", "1")]);
    }

    #[test]
    fn lines_are_counted_as_editors_do() {
        for end in ["\n", "\r\n"] {
            let text = ["", "NAME,TAX ID", "", "", "A,1", "B,2", ",", "", "\"C", "D\",3", "E,4"];
            let sheet = parse(text.join(end).as_bytes());
            assert_eq!(rows(&sheet), [(5, "A", "1"), (6, "B", "2"), (9, "", "3"), (11, "E", "4")]);
            let [problem] = &sheet.problems[..] else { panic!("{:?}", sheet.problems) };
            assert_eq!((problem.line, problem.column), (9, Some(1)));
        }
    }

    #[test]
    fn every_problem_of_the_headings_is_listed() {
        let sheet = parse(b"NAME,COLOUR,NAME,\nA,red,B,\n");
        assert_eq!(
            problems(&sheet),
            [
                "x.csv, line 1, column 2: the heading \"COLOUR\" is not known\n    -> remove the \
                 column; the headings are NAME, TAX ID, NOTE",
                "x.csv, line 1, column 3: the heading \"NAME\" is there twice\n    -> remove the \
                 column; the headings are NAME, TAX ID, NOTE",
                "x.csv, line 1, column 4: the heading \"\" is not known\n    -> remove the column; \
                 the headings are NAME, TAX ID, NOTE",
                "x.csv, line 1: the heading TAX ID is missing\n    -> add the column; its fields \
                 may be empty where allowed",
            ]
        );
        // What is below the headings that are known is read all the same.
        assert_eq!(rows(&sheet), [(2, "A", "")]);
    }

    #[test]
    fn other_separators_are_named() {
        let sheet = parse(b"NAME;TAX ID\nA;1\n");
        assert!(
            problems(&sheet)[0].contains("separate the columns by commas"),
            "{:?}",
            sheet.problems
        );
    }

    #[test]
    fn an_empty_file_is_a_problem() {
        for text in ["", "\u{feff}", "\r\n\r\n"] {
            let words = problems(&parse(text.as_bytes()));
            assert_eq!(
                words,
                ["x.csv, line 1: the file is empty\n    -> begin it with the line of headings"]
            );
        }
    }

    #[test]
    fn rows_of_another_length_are_listed_and_left_out() {
        let sheet = parse(b"NAME,TAX ID\nA\nB,2\nC, D,3\n");
        assert_eq!(rows(&sheet), [(3, "B", "2")]);
        let words = problems(&sheet);
        assert!(
            words[0]
                .starts_with("x.csv, line 2: the number of fields is 1, and that of headings 2\n"),
            "{words:?}"
        );
        assert!(
            words[1]
                .starts_with("x.csv, line 4: the number of fields is 3, and that of headings 2\n"),
            "{words:?}"
        );
    }

    #[test]
    fn text_in_another_encoding_is_listed_by_its_field() {
        let sheet = parse(b"NAME,TAX ID\nA,1\nR\xe9cif,2\n\xff,\xfe\n");
        assert_eq!(
            problems(&sheet)[0],
            "x.csv, line 3, column 1 (NAME): is not UTF-8\n    -> save the file as CSV UTF-8"
        );
        assert_eq!(sheet.problems.len(), 3);
        assert_eq!(rows(&sheet), [(2, "A", "1"), (3, "", "2"), (4, "", "")]);
        // What some programs call Unicode.
        let utf16: Vec<u8> =
            "\u{feff}NAME,TAX ID\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert!(!parse(&utf16).problems.is_empty());
    }

    #[test]
    fn a_quotation_mark_that_is_not_closed_is_suspected() {
        let sheet = parse(b"NAME,TAX ID\nA,\"1\nB,2\nC,3\n");
        let words = problems(&sheet);
        assert_eq!(words.len(), 1);
        assert!(
            words[0].starts_with("x.csv, line 2, column 2 (TAX ID): holds a line break"),
            "{words:?}"
        );
        assert!(words[0].contains("quotation mark is not closed"), "{words:?}");
    }

    #[test]
    fn large_files_are_refused_before_they_are_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("large.csv");
        // A hundred megabytes, of which the disk has none.
        File::create(&path).unwrap().set_len(100 << 20).unwrap();
        let sheet = Sheet::read(&path, COLUMNS).unwrap();
        assert_eq!(
            problems(&sheet),
            ["large.csv, line 1: the file has more than 8 MiB\n    -> split it"]
        );

        let mut text = String::from("NAME,TAX ID\n");
        (0..=MAX_ROWS).for_each(|row| text += &format!("A,{row}\n"));
        let sheet = parse(text.as_bytes());
        assert_eq!(sheet.rows.len(), MAX_ROWS);
        assert_eq!(
            problems(&sheet),
            ["x.csv, line 10002: the file has more than 10000 rows\n    -> split it"]
        );
    }

    #[test]
    fn a_file_that_is_not_there_is_a_bad_argument() {
        let error = Sheet::read(Path::new("/nonexistent/x.csv"), COLUMNS).err().unwrap();
        assert!(error.is::<BadArguments>() && format!("{error:#}").contains("/nonexistent/x.csv"));
    }
}
