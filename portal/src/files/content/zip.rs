// SPDX-License-Identifier: Apache-2.0
//! Which of Office's documents a ZIP archive is, by the list of its parts. No part is unpacked.

use super::{not_taken, Kind};
use crate::problem::Message;
use std::io::{self, Read, Seek, SeekFrom};

/// The record at the end of an archive, and the longest comment that may follow it.
const END: u64 = 22;
const COMMENT: u64 = 0xffff;
/// The longest list of parts that is read.
const LIST: u64 = 4 << 20;
/// An entry of the list, without its name.
const ENTRY: usize = 46;

/// What every such document has, and what tells them apart.
const TYPES: &str = "[Content_Types].xml";
const MAIN: [(&str, Kind); 3] =
    [("word/document", Kind::Docx), ("xl/workbook", Kind::Xlsx), ("ppt/presentation", Kind::Pptx)];
/// Programs in a document.
const MACROS: &str = "vbaproject.bin";

/// Which document an archive is. Who calls has seen that it begins as one.
pub fn recognise(file: &mut (impl Read + Seek), size: u64) -> io::Result<Result<Kind, Message>> {
    let Some(names) = names(file, size)? else {
        return Ok(Err(Message::new("problem.file_broken").with("kind", "application/zip")));
    };
    if names.iter().any(|name| name.to_ascii_lowercase().ends_with(MACROS)) {
        return Ok(Err(Message::new("problem.file_macros")));
    }
    let mut found = MAIN.iter().filter(|(main, _)| {
        names.iter().any(|name| name.starts_with(main) && name.ends_with(".xml"))
    });
    let has_types = names.iter().any(|name| name == TYPES);
    Ok(match (found.next(), found.next()) {
        (Some((_, kind)), None) if has_types => Ok(*kind),
        _ => Err(not_taken("application/zip")),
    })
}

/// The names of the parts; none where the list is not where the end of the file says.
fn names(file: &mut (impl Read + Seek), size: u64) -> io::Result<Option<Vec<String>>> {
    let tail = read(file, size.saturating_sub(END + COMMENT), size)?;
    let Some(end) = end(&tail) else { return Ok(None) };
    let record = &tail[end..];
    let (length, begin) = (u64::from(number(record, 12)), u64::from(number(record, 16)));
    let end = size - (tail.len() - end) as u64;
    // A list that lies elsewhere is that of another file around or inside this one.
    if length > LIST || begin.checked_add(length).is_none_or(|it| it > end) {
        return Ok(None);
    }
    let list = read(file, begin, begin + length)?;
    let mut names = Vec::new();
    let mut rest = list.as_slice();
    while rest.starts_with(b"PK\x01\x02") && rest.len() >= ENTRY {
        let name = usize::from(short(rest, 28));
        let skipped = usize::from(short(rest, 30)) + usize::from(short(rest, 32));
        let Some(text) = rest.get(ENTRY..ENTRY + name) else { return Ok(None) };
        names.push(String::from_utf8_lossy(text).into_owned());
        let Some(next) = rest.get(ENTRY + name + skipped..) else { return Ok(None) };
        rest = next;
    }
    let told = usize::from(short(record, 10));
    Ok((names.len() == told).then_some(names))
}

/// Where the record of the end is: its comment reaches to the end of the file.
fn end(tail: &[u8]) -> Option<usize> {
    let last = tail.len().checked_sub(END as usize)?;
    (0..=last).rev().find(|at| {
        let comment = tail.len() - at - END as usize;
        tail[*at..].starts_with(b"PK\x05\x06") && usize::from(short(tail, at + 20)) == comment
    })
}

fn read(file: &mut (impl Read + Seek), begin: u64, end: u64) -> io::Result<Vec<u8>> {
    file.seek(SeekFrom::Start(begin))?;
    let mut bytes = Vec::new();
    file.by_ref().take(end - begin).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// A number of two bytes; zero past the end.
fn short(bytes: &[u8], at: usize) -> u16 {
    bytes.get(at..at + 2).map_or(0, |it| u16::from_le_bytes([it[0], it[1]]))
}

/// A number of four bytes; zero past the end.
fn number(bytes: &[u8], at: usize) -> u32 {
    u32::from(short(bytes, at)) | u32::from(short(bytes, at + 2)) << 16
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    /// An archive of empty parts.
    pub fn archive(names: &[&str]) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut list = Vec::new();
        for name in names {
            let length = u16::try_from(name.len()).unwrap().to_le_bytes();
            let begin = u32::try_from(bytes.len()).unwrap().to_le_bytes();
            bytes.extend(
                [b"PK\x03\x04".as_slice(), &[0; 22], &length, &[0; 2], name.as_bytes()].concat(),
            );
            let entry =
                [b"PK\x01\x02".as_slice(), &[0; 24], &length, &[0; 12], &begin, name.as_bytes()];
            list.extend(entry.concat());
        }
        let count = u16::try_from(names.len()).unwrap().to_le_bytes();
        let begin = u32::try_from(bytes.len()).unwrap().to_le_bytes();
        let length = u32::try_from(list.len()).unwrap().to_le_bytes();
        bytes.extend(list);
        bytes.extend(
            [b"PK\x05\x06".as_slice(), &[0; 4], &count, &count, &length, &begin, &[0; 2]].concat(),
        );
        bytes
    }

    fn kind(bytes: &[u8]) -> Result<Kind, Message> {
        recognise(&mut Cursor::new(bytes), bytes.len() as u64).unwrap()
    }

    #[test]
    fn documents_of_office_are_told_apart_by_their_parts() {
        assert_eq!(kind(&archive(&[TYPES, "word/document.xml"])), Ok(Kind::Docx));
        // In whatever order, as other programs write them.
        assert_eq!(kind(&archive(&["xl/workbook.xml", "docProps/app.xml", TYPES])), Ok(Kind::Xlsx));
        assert_eq!(kind(&archive(&[TYPES, "ppt/presentation.xml"])), Ok(Kind::Pptx));
    }

    #[test]
    fn other_archives_macros_and_broken_ones_are_refused() {
        assert_eq!(kind(&archive(&["a.exe"])), Err(not_taken("application/zip")));
        assert_eq!(kind(&archive(&["word/document.xml"])), Err(not_taken("application/zip")));
        let both = archive(&[TYPES, "word/document.xml", "xl/workbook.xml"]);
        assert_eq!(kind(&both), Err(not_taken("application/zip")));
        let macros = archive(&[TYPES, "word/document.xml", "word/vbaProject.bin"]);
        assert_eq!(kind(&macros), Err(Message::new("problem.file_macros")));
        let whole = archive(&[TYPES, "word/document.xml"]);
        for length in 0..whole.len() {
            assert!(kind(&whole[..length]).is_err(), "{length}");
        }
        assert!(kind(&[whole, b"more".to_vec()].concat()).is_err());
    }

    #[test]
    fn no_bytes_make_the_reader_fail() {
        let whole = archive(&[TYPES, "word/document.xml"]);
        for at in 0..whole.len() {
            for value in [0, 0x7f, 0xff] {
                let mut bytes = whole.clone();
                bytes[at] = value;
                let _ = kind(&bytes);
            }
        }
    }
}
