// SPDX-License-Identifier: Apache-2.0
//! What a file is, found in its bytes. What an uploader says of it must agree, and decides nothing
//! but whether text is a table.
//!
//! Nothing is unpacked or run: of packed documents the list of their parts is read, which is as long
//! as it is.

mod ole;
mod text;
mod zip;

use super::name;
use crate::problem::Message;
use std::io::{self, Read, Seek, SeekFrom};

/// How much of the beginning is looked at to tell what something is.
const HEAD: u64 = 8 << 10;

/// A kind of file that is taken.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    Pdf,
    Png,
    Jpeg,
    Docx,
    Xlsx,
    Pptx,
    Doc,
    Xls,
    Ppt,
    Csv,
    Text,
    Json,
    GeoJson,
}

impl Kind {
    pub const ALL: [Self; 13] = [
        Self::Pdf,
        Self::Png,
        Self::Jpeg,
        Self::Docx,
        Self::Xlsx,
        Self::Pptx,
        Self::Doc,
        Self::Xls,
        Self::Ppt,
        Self::Csv,
        Self::Text,
        Self::Json,
        Self::GeoJson,
    ];

    /// What it is served as.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Pptx => {
                "application/vnd.openxmlformats-officedocument.presentationml.presentation"
            }
            Self::Doc => "application/msword",
            Self::Xls => "application/vnd.ms-excel",
            Self::Ppt => "application/vnd.ms-powerpoint",
            Self::Csv => "text/csv",
            Self::Text => "text/plain",
            Self::Json => "application/json",
            Self::GeoJson => "application/geo+json",
        }
    }

    /// The kind with a media type.
    pub fn of_media_type(media_type: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.media_type() == media_type)
    }

    /// Endings of its names, the usual one first.
    pub fn endings(self) -> &'static [&'static str] {
        match self {
            Self::Pdf => &["pdf"],
            Self::Png => &["png"],
            Self::Jpeg => &["jpg", "jpeg"],
            Self::Docx => &["docx"],
            Self::Xlsx => &["xlsx"],
            Self::Pptx => &["pptx"],
            Self::Doc => &["doc"],
            Self::Xls => &["xls"],
            Self::Ppt => &["ppt"],
            Self::Csv => &["csv"],
            Self::Text => &["txt", "md"],
            Self::Json => &["json"],
            Self::GeoJson => &["geojson", "json"],
        }
    }

    /// The usual ending.
    pub fn ending(self) -> &'static str {
        self.endings().first().copied().unwrap_or_default()
    }

    /// Its name for people.
    pub fn short(self) -> String {
        self.ending().to_uppercase()
    }

    /// What browsers and programs also say of it.
    fn is_also(self, declared: &str) -> bool {
        match self {
            // What Windows says of a table where Excel is installed.
            Self::Csv => matches!(declared, "text/plain" | "application/vnd.ms-excel"),
            Self::Json => declared == "text/plain",
            Self::GeoJson => matches!(declared, "application/json" | "text/plain"),
            Self::Text => declared == "text/markdown",
            _ => false,
        }
    }
}

/// What the bytes are, or the sentence that refuses them.
pub fn recognise(file: &mut (impl Read + Seek), size: u64) -> io::Result<Result<Kind, Message>> {
    file.rewind()?;
    let mut head = Vec::new();
    file.by_ref().take(HEAD).read_to_end(&mut head)?;
    Ok(match head.as_slice() {
        [b'%', b'P', b'D', b'F', b'-', ..] => Ok(Kind::Pdf),
        // The signature and the first chunk, which every such picture begins with.
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', _, _, _, _, b'I', b'H', b'D', b'R', ..] => {
            Ok(Kind::Png)
        }
        [0xff, 0xd8, 0xff, ..] => Ok(Kind::Jpeg),
        [b'P', b'K', 3, 4, ..] => zip::recognise(file, size)?,
        [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1, ..] => ole::recognise(file, size)?,
        head => match infer::get(head).filter(|found| !may_be_text(found)) {
            Some(found) => Err(not_taken(found.mime_type())),
            None => {
                file.seek(SeekFrom::Start(0))?;
                text::recognise(file)?
            }
        },
    })
}

/// What the library takes for text is looked at more closely than it does; and what it takes for a
/// kind that is taken is none, since it was not taken above.
fn may_be_text(found: &infer::Type) -> bool {
    found.matcher_type() == infer::MatcherType::Text
        || Kind::of_media_type(found.mime_type()).is_some()
}

/// The refusal of something that is known and not taken.
fn not_taken(media_type: &str) -> Message {
    Message::new("problem.file_kind").with("kind", media_type)
}

/// Settles what a recognised file is called and served as, with what its uploader says of it: the
/// `Content-Type` that it came with and the name that he gives it.
pub fn settle(
    found: Kind,
    declared: Option<&str>,
    given: Option<String>,
) -> Result<(Kind, String), Message> {
    let declared = declared
        .map(|it| it.split(';').next().unwrap_or_default().trim().to_ascii_lowercase())
        .filter(|it| !it.is_empty() && it != "application/octet-stream");
    let ending = given.as_deref().and_then(name::ending).map(str::to_ascii_lowercase);
    let is_table = declared.as_deref() == Some(Kind::Csv.media_type())
        || ending.as_deref().is_some_and(|it| Kind::Csv.endings().contains(&it));
    let kind = if found == Kind::Text && is_table { Kind::Csv } else { found };
    if let Some(declared) = declared.filter(|it| it != kind.media_type() && !kind.is_also(it)) {
        return Err(Message::new("problem.file_declared")
            .with("declared", declared)
            .with("kind", kind.media_type()));
    }
    let name = match (given, ending) {
        (None, _) => format!("file.{}", kind.ending()),
        (Some(name), None) => format!("{name}.{}", kind.ending()),
        (Some(name), Some(ending)) if kind.endings().contains(&ending.as_str()) => name,
        // Any text may be called a text.
        (Some(name), Some(ending)) if ending == "txt" && kind.is_also("text/plain") => name,
        (Some(name), Some(_)) => {
            return Err(Message::new("problem.file_ending")
                .with("name", name)
                .with("kind", kind.media_type())
                .with("ending", kind.ending()))
        }
    };
    Ok((kind, name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    fn kind(bytes: &[u8]) -> Result<Kind, Message> {
        recognise(&mut Cursor::new(bytes), bytes.len() as u64).unwrap()
    }

    #[test]
    fn kinds_are_found_in_the_bytes() {
        let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";
        assert_eq!(kind(b"%PDF-1.7\n"), Ok(Kind::Pdf));
        assert_eq!(kind(png), Ok(Kind::Png));
        assert_eq!(kind(&[0xff, 0xd8, 0xff, 0xe0]), Ok(Kind::Jpeg));
        assert_eq!(kind("Einwohner von Vanuatu\n".as_bytes()), Ok(Kind::Text));
    }

    #[test]
    fn what_is_not_taken_is_refused_and_named() {
        for (bytes, named) in [
            (b"MZ\x90\0\x03\0\0\0".as_slice(), "application/vnd.microsoft.portable-executable"),
            (b"\x7fELF\x02\x01\x01\0", "application/x-executable"),
            (b"GIF89a\x01\0\x01\0", "image/gif"),
            (b"\x1f\x8b\x08\0\0\0\0\0", "application/gzip"),
        ] {
            let whole = [bytes, &[0; 60]].concat();
            assert_eq!(kind(&whole), Err(not_taken(named)), "{named}");
        }
        // Something before the signature of a PDF, for who would take it as both.
        assert!(kind(b"\0%PDF-1.7").is_err());
        assert!(kind(b"\x89PNG\r\n\x1a\n<script>").is_err());
        assert!(kind(&[0; 40]).is_err());
    }

    #[test]
    fn what_is_said_of_a_file_must_agree() {
        let settled = |found, declared: &str, given: &str| {
            settle(found, Some(declared), Some(given.to_owned())).ok()
        };
        let named = |kind, name: &str| Some((kind, name.to_owned()));
        assert_eq!(settled(Kind::Pdf, "application/pdf", "a.PDF"), named(Kind::Pdf, "a.PDF"));
        assert_eq!(settled(Kind::Pdf, "", "Draft 1.2"), named(Kind::Pdf, "Draft 1.2.pdf"));
        assert_eq!(settled(Kind::Pdf, "application/octet-stream", "a"), named(Kind::Pdf, "a.pdf"));
        assert_eq!(settled(Kind::Pdf, "text/html", "a.pdf"), None);
        assert_eq!(settled(Kind::Pdf, "application/pdf", "a.exe"), None);
        assert_eq!(settled(Kind::Png, "image/png", "a.jpg"), None);
        assert_eq!(settled(Kind::Text, "Text/CSV; charset=utf-8", "a"), named(Kind::Csv, "a.csv"));
        assert_eq!(settled(Kind::Text, "text/plain", "a.csv"), named(Kind::Csv, "a.csv"));
        assert_eq!(settled(Kind::Text, "text/plain", "a.bat"), None);
        assert_eq!(
            settled(Kind::GeoJson, "application/json", "a.json"),
            named(Kind::GeoJson, "a.json")
        );
        assert_eq!(settled(Kind::Json, "text/plain", "a.txt"), named(Kind::Json, "a.txt"));
        assert_eq!(settle(Kind::Pdf, None, None).unwrap().1, "file.pdf");
    }

    #[test]
    fn media_types_and_kinds_belong_together() {
        for kind in Kind::ALL {
            assert_eq!(Kind::of_media_type(kind.media_type()), Some(kind));
            assert!(kind.endings().contains(&kind.ending()));
        }
        assert_eq!(Kind::of_media_type("text/html"), None);
    }
}
