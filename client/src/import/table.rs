// SPDX-License-Identifier: Apache-2.0
//! A table of the import: comma-separated values with headings, read whole, and what is wrong with
//! it.

use super::words;
use crate::locale::{English, Locale, Sentence};
use csv::{ByteRecord, ReaderBuilder};
use serde::{Serialize, Serializer};
use std::fmt;

/// Most columns: some that are not known are told each by its name.
const MAX_COLUMNS: usize = 100;

/// How much of a file is read.
#[derive(Clone, Copy)]
pub struct Limits {
    /// Largest file, in MiB.
    pub mebibytes: usize,
    /// Most rows. Each is looked up on the chain before anything is sent.
    pub rows: usize,
}

/// A column that a table may have.
pub struct Column {
    /// What it is called.
    pub heading: &'static str,
    /// Whether the table cannot be read without it.
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
    /// The name of the file.
    pub file: String,
    /// Counted from 1, as editors do.
    pub line: u64,
    /// Counted from 1; none where the whole line is meant.
    pub column: Option<usize>,
    /// What the column is called, where that is known.
    pub heading: Option<&'static str>,
    /// What is wrong.
    #[serde(serialize_with = "in_english")]
    pub problem: Sentence,
    /// What to do about it.
    #[serde(serialize_with = "in_english")]
    pub advice: Sentence,
}

fn in_english<S: Serializer>(sentence: &Sentence, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&English.say(sentence))
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
        write!(f, ": {}\n    -> {}", English.say(problem), English.say(advice))
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
    /// Counted from 1.
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
    /// Its name.
    pub file: String,
    /// Its rows, but for those of another length than its headings.
    pub rows: Vec<Row>,
    /// What is wrong with it.
    pub problems: Vec<Problem>,
    /// Headings that it has.
    headings: Vec<&'static str>,
}

impl Sheet {
    /// Reads the content of a file. What is wrong with it is among the problems.
    pub fn parse(file: &str, bytes: &[u8], columns: &[Column], limits: Limits) -> Self {
        let mut sheet =
            Self { file: file.to_owned(), rows: vec![], problems: vec![], headings: vec![] };
        if bytes.len() > limits.mebibytes << 20 {
            let most = limits.mebibytes.to_string();
            sheet.whole(1, words::FILE_TOO_LARGE.with("most", most), &words::SPLIT_IT);
        } else if bytes.contains(&0) {
            sheet.whole(1, &words::NO_TEXT, &words::SAVE_AS_CSV);
        } else {
            sheet.parse_records(bytes, columns, limits.rows);
        }
        sheet
    }

    fn parse_records(&mut self, bytes: &[u8], columns: &[Column], most: usize) {
        // Rows of another length are reported by this program, all of them.
        let mut reader = ReaderBuilder::new().has_headers(false).flexible(true).from_reader(bytes);
        let mut lines = Lines { bytes, at: 0, line: 1 };
        let mut record = ByteRecord::new();
        let mut headings: Option<Vec<Option<&'static str>>> = None;
        let mut rows = 0;
        loop {
            match reader.read_byte_record(&mut record) {
                Ok(true) => {}
                Ok(false) => break,
                Err(error) => {
                    let what = words::UNREADABLE.with("error", error.to_string());
                    self.whole(lines.line, what, &words::CORRECT_THE_LINE);
                    break;
                }
            }
            let line = lines.of(record.position().map_or(0, csv::Position::byte));
            match &headings {
                None if record.len() > MAX_COLUMNS => {
                    let what = words::TOO_MANY_COLUMNS.with("most", MAX_COLUMNS.to_string());
                    let advice = words::KEEP_COLUMNS.with("headings", listed(columns));
                    return self.whole(line, what, advice);
                }
                None => headings = Some(self.headings(line, &record, columns)),
                // Spreadsheets end with lines of commas.
                Some(_) if record.iter().all(|field| field.trim_ascii().is_empty()) => {}
                Some(_) if rows == most => {
                    let what = words::TOO_MANY_ROWS.with("most", most.to_string());
                    self.whole(line, what, &words::SPLIT_IT);
                    break;
                }
                Some(headings) => {
                    rows += 1;
                    self.row(line, &record, headings);
                }
            }
        }
        if headings.is_none() {
            self.whole(1, &words::FILE_EMPTY, &words::BEGIN_WITH_HEADINGS);
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
                let what = if twice { &words::HEADING_TWICE } else { &words::HEADING_UNKNOWN };
                let advice = match text.contains([';', '\t']) {
                    true => Sentence::from(&words::SEPARATE_BY_COMMAS),
                    false => words::REMOVE_COLUMN.with("headings", listed(columns)),
                };
                let heading = format!("{:?}", shown(&text));
                self.report(line, Some(column), None, what.with("heading", heading), advice);
            }
            found.push(known.filter(|_| !twice));
        }
        for column in columns.iter().filter(|column| column.required) {
            if !found.contains(&Some(column.heading)) {
                let what = words::HEADING_MISSING.with("heading", column.heading);
                self.whole(line, what, &words::ADD_COLUMN);
            }
        }
        self.headings = found.iter().flatten().copied().collect();
        found
    }

    fn row(&mut self, line: u64, record: &ByteRecord, headings: &[Option<&'static str>]) {
        if record.len() != headings.len() {
            let (fields, named) = (record.len(), headings.len());
            let what = words::OTHER_LENGTH.with("fields", fields.to_string());
            let what = what.with("headings", named.to_string());
            return self.whole(line, what, &words::ONE_FIELD_EACH);
        }
        let mut row = Row { line, cells: vec![] };
        for ((column, field), heading) in (1..).zip(record).zip(headings) {
            let Some(heading) = *heading else { continue };
            let cell = |text: &str| Cell { heading, column, text: text.trim().to_owned() };
            match std::str::from_utf8(field) {
                Err(_) => self.cell(line, &cell(""), &words::NOT_UTF8, &words::SAVE_AS_CSV),
                Ok(text) if text.trim().contains(char::is_control) => {
                    self.cell(line, &cell(""), &words::CONTROL, &words::REMOVE_CONTROL);
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
    pub fn whole(&mut self, line: u64, problem: impl Into<Sentence>, advice: impl Into<Sentence>) {
        self.report(line, None, None, problem.into(), advice.into());
    }

    /// Something is wrong with a field.
    pub fn cell(
        &mut self,
        line: u64,
        cell: &Cell,
        problem: impl Into<Sentence>,
        advice: impl Into<Sentence>,
    ) {
        let (column, heading) = (Some(cell.column), Some(cell.heading));
        self.report(line, column, heading, problem.into(), advice.into());
    }

    fn report(
        &mut self,
        line: u64,
        column: Option<usize>,
        heading: Option<&'static str>,
        problem: Sentence,
        advice: Sentence,
    ) {
        let file = self.file.clone();
        self.problems.push(Problem { file, line, column, heading, problem, advice });
    }
}

/// The headings of columns.
fn listed(columns: &[Column]) -> String {
    let headings: Vec<_> = columns.iter().map(|column| column.heading).collect();
    headings.join(", ")
}

/// Text for a message: not longer than a line.
pub(super) fn shown(text: &str) -> String {
    const MOST: usize = 60;
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
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
        Sheet::parse("x.csv", text, COLUMNS, Limits { mebibytes: 8, rows: 10_000 })
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
        assert_eq!(
            problems(&parse(&vec![b'x'; (8 << 20) + 1])),
            ["x.csv, line 1: the file has more than 8 MiB\n    -> split it"]
        );
        for count in [10_001, 100_000] {
            let mut text = String::from("NAME,TAX ID\n");
            (0..count).for_each(|row| text += &format!("A,{row}\n"));
            let sheet = parse(text.as_bytes());
            assert_eq!(sheet.rows.len(), 10_000);
            assert_eq!(
                problems(&sheet),
                ["x.csv, line 10002: the file has more than 10000 rows\n    -> split it"]
            );
        }
    }

    #[test]
    fn rows_with_problems_count() {
        let sheet = parse(format!("NAME,TAX ID\n{}", "A\n".repeat(20_000)).as_bytes());
        assert_eq!(sheet.problems.len(), 10_001);
    }

    #[test]
    fn what_is_no_text_is_told_so() {
        // What workbooks of spreadsheets begin with, and pictures.
        for bytes in [&b"PK\x03\x04\x14\x00\x06\x00"[..], b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"] {
            let words = problems(&parse(bytes));
            assert_eq!(words.len(), 1, "{words:?}");
            assert!(words[0].starts_with("x.csv, line 1: the file is no text"), "{words:?}");
        }
    }

    #[test]
    fn endless_columns_are_one_problem() {
        let words = problems(&parse(&[b','; 1 << 20]));
        assert_eq!(
            words,
            ["x.csv, line 1: the file has more than 100 columns\n    -> keep these alone: NAME, TAX \
              ID, NOTE"]
        );
    }

    #[test]
    fn endless_headings_are_cut_in_messages() {
        let words = problems(&parse(format!("{}\n", "x".repeat(1 << 20)).as_bytes()));
        assert!(words.iter().all(|words| words.len() < 400), "{words:?}");
    }
}
