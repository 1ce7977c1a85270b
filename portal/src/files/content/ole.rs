// SPDX-License-Identifier: Apache-2.0
//! Which of Office's older documents a compound file (\[MS-CFB\]) is, by the names at its root.

use super::{not_taken, Kind};
use crate::problem::Message;
use std::io::{self, Read, Seek, SeekFrom};

/// An entry of the directory.
const ENTRY: usize = 128;
/// The largest directory that is read, in entries.
const ENTRIES: usize = 4_096;
/// Sectors of the table of sectors that the header names.
const TABLE_SECTORS: usize = 109;
/// From this number on, a number means something else than a sector or an entry.
const SPECIAL: u32 = 0xffff_fffa;

/// Which document it is. Who calls has seen that it begins as one.
pub fn recognise(file: &mut (impl Read + Seek), size: u64) -> io::Result<Result<Kind, Message>> {
    let media_type = "application/x-ole-storage";
    let Some(names) = roots(file, size)? else {
        return Ok(Err(Message::new("problem.file_broken").with("kind", media_type)));
    };
    let has = |name: &str| names.iter().any(|it| it == name);
    Ok(if has("EncryptedPackage") {
        Err(Message::new("problem.file_encrypted"))
    } else if has("Macros") || has("_VBA_PROJECT_CUR") || has("_VBA_PROJECT") {
        Err(Message::new("problem.file_macros"))
    } else if has("WordDocument") {
        Ok(Kind::Doc)
    } else if has("Workbook") || has("Book") {
        Ok(Kind::Xls)
    } else if has("PowerPoint Document") {
        Ok(Kind::Ppt)
    } else {
        Err(not_taken(media_type))
    })
}

/// The names of what lies at the root; none where the file does not hold together.
fn roots(file: &mut (impl Read + Seek), size: u64) -> io::Result<Option<Vec<String>>> {
    let header = read(file, 0, 512)?;
    let length = match (number(&header, 0x1a) & 0xffff, number(&header, 0x1e) & 0xffff) {
        (3, 9) => 512,
        (4, 12) => 4_096,
        _ => return Ok(None),
    };
    let Some(directory) = directory(file, size, &header, length)? else { return Ok(None) };
    let entry = |index: u32| {
        let begin = usize::try_from(index).ok()?.checked_mul(ENTRY)?;
        directory.get(begin..begin + ENTRY)
    };
    let mut names = Vec::new();
    let mut seen = 0;
    let mut waiting: Vec<u32> = entry(0).map(|root| number(root, 0x4c)).into_iter().collect();
    while let Some(index) = waiting.pop() {
        let Some(found) = entry(index) else { continue };
        seen += 1;
        // More than there are: they go round in a circle.
        if seen > ENTRIES {
            return Ok(None);
        }
        names.push(name(found));
        waiting
            .extend([number(found, 0x44), number(found, 0x48)].iter().filter(|it| **it < SPECIAL));
    }
    Ok(Some(names))
}

/// The directory, sector by sector as the table of sectors says.
fn directory(
    file: &mut (impl Read + Seek),
    size: u64,
    header: &[u8],
    length: u64,
) -> io::Result<Option<Vec<u8>>> {
    let begin = |sector: u32| (u64::from(sector) + 1) * length;
    let in_table = u32::try_from(length / 4).unwrap_or(u32::MAX);
    let mut directory = Vec::new();
    let mut sector = number(header, 0x30);
    while sector < SPECIAL {
        if directory.len() >= ENTRIES * ENTRY || begin(sector) >= size {
            return Ok(None);
        }
        directory.extend(read(file, begin(sector), length)?);
        // Where the table says which sector is next.
        let part = (sector / in_table) as usize;
        if part >= TABLE_SECTORS {
            return Ok(None);
        }
        let table = number(header, 0x4c + 4 * part);
        if table >= SPECIAL || begin(table) >= size {
            return Ok(None);
        }
        let place = begin(table) + u64::from(sector % in_table) * 4;
        let next = read(file, place, 4)?;
        if next.len() < 4 {
            return Ok(None);
        }
        sector = number(&next, 0);
    }
    Ok(Some(directory))
}

fn name(entry: &[u8]) -> String {
    let bytes = (number(entry, 0x40) & 0xffff).min(64) as usize;
    let units: Vec<u16> = entry[..bytes]
        .chunks_exact(2)
        .map(|unit| u16::from_le_bytes([unit[0], unit[1]]))
        .take_while(|unit| *unit != 0)
        .collect();
    String::from_utf16_lossy(&units)
}

fn read(file: &mut (impl Read + Seek), begin: u64, length: u64) -> io::Result<Vec<u8>> {
    file.seek(SeekFrom::Start(begin))?;
    let mut bytes = Vec::new();
    file.by_ref().take(length).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// A number of four bytes; zero past the end.
fn number(bytes: &[u8], at: usize) -> u32 {
    let four = bytes.get(at..at + 4).and_then(|it| it.try_into().ok());
    four.map_or(0, u32::from_le_bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    /// A compound file of 512-byte sectors: the table in the first, then two of the directory.
    fn compound(names: &[&str]) -> Vec<u8> {
        let mut header = vec![0; 512];
        header[..8].copy_from_slice(&[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]);
        header[0x1a] = 3;
        header[0x1e] = 9;
        header[0x30] = 1;
        header[0x4c..].fill(0xff);
        header[0x4c..0x50].fill(0);
        let mut table = vec![0xff; 512];
        table[..4].copy_from_slice(&0xffff_fffd_u32.to_le_bytes());
        table[4..8].copy_from_slice(&2_u32.to_le_bytes());
        table[8..12].copy_from_slice(&0xffff_fffe_u32.to_le_bytes());
        let mut directory = vec![0; 1_024];
        let all = [&["Root Entry"], names].concat();
        for (index, name) in all.iter().enumerate() {
            let entry = &mut directory[index * ENTRY..(index + 1) * ENTRY];
            let units: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
            entry[..units.len()].copy_from_slice(&units);
            entry[0x40] = u8::try_from(units.len() + 2).unwrap();
            entry[0x44..0x50].fill(0xff);
            // The root has the first as its child, each of the others has the next at its right.
            let next = u32::try_from(index + 1).unwrap().to_le_bytes();
            let place = if index == 0 { 0x4c } else { 0x48 };
            if index + 1 < all.len() {
                entry[place..place + 4].copy_from_slice(&next);
            }
        }
        [header, table, directory].concat()
    }

    fn kind(bytes: &[u8]) -> Result<Kind, Message> {
        recognise(&mut Cursor::new(bytes), bytes.len() as u64).unwrap()
    }

    #[test]
    fn older_documents_are_told_apart_by_the_names_at_their_root() {
        let padded = ["a", "b", "c", "d", "WordDocument"];
        assert_eq!(kind(&compound(&padded)), Ok(Kind::Doc));
        assert_eq!(kind(&compound(&["Workbook"])), Ok(Kind::Xls));
        assert_eq!(kind(&compound(&["Current User", "PowerPoint Document"])), Ok(Kind::Ppt));
    }

    #[test]
    fn installers_macros_and_encrypted_documents_are_refused() {
        let sentence = |key| Err(Message::new(key));
        assert_eq!(kind(&compound(&["WordDocument", "Macros"])), sentence("problem.file_macros"));
        assert_eq!(kind(&compound(&["EncryptedPackage"])), sentence("problem.file_encrypted"));
        assert!(kind(&compound(&["SummaryInformation"])).is_err());
    }

    #[test]
    fn no_bytes_make_the_reader_fail_or_run_on() {
        let whole = compound(&["a", "b", "WordDocument"]);
        for length in 0..whole.len() {
            let _ = kind(&whole[..length]);
        }
        for at in 0..whole.len() {
            for value in [0, 1, 0xff] {
                let mut bytes = whole.clone();
                bytes[at] = value;
                let _ = kind(&bytes);
            }
        }
    }
}
