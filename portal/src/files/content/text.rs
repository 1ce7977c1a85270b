// SPDX-License-Identifier: Apache-2.0
//! Text: whether it is, and whether it is JSON, or a page or a script that something would run.

use super::{not_taken, Kind};
use crate::problem::Message;
use serde::{de::IgnoredAny, Deserialize};
use std::io::{self, BufReader, Read, Seek};

/// How much is read at a time.
const CHUNK: usize = 64 << 10;
/// How much of the beginning is looked through for markup.
const HEAD: usize = 4 << 10;

/// Beginnings of what browsers show as pages, in lower case, and what they are.
const MARKUP: [(&str, &str); 11] = [
    ("<svg", "image/svg+xml"),
    ("<!doctype html", "text/html"),
    ("<html", "text/html"),
    ("<head", "text/html"),
    ("<body", "text/html"),
    ("<script", "text/html"),
    ("<iframe", "text/html"),
    ("<style", "text/html"),
    ("<img", "text/html"),
    ("<?php", "application/x-php"),
    ("<?xml", "text/xml"),
];

/// The types of objects that GeoJSON has (RFC 7946, section 1.4).
const GEOMETRIES: [&str; 9] = [
    "FeatureCollection",
    "Feature",
    "Point",
    "MultiPoint",
    "LineString",
    "MultiLineString",
    "Polygon",
    "MultiPolygon",
    "GeometryCollection",
];

/// What text is; a refusal where it is none, or not only text.
pub fn recognise(file: &mut (impl Read + Seek)) -> io::Result<Result<Kind, Message>> {
    let mut head = Vec::new();
    if let Err(refusal) = check(file, &mut head)? {
        return Ok(Err(refusal));
    }
    let head = String::from_utf8_lossy(&head).to_lowercase();
    let begin = head.trim_start_matches('\u{feff}').trim_start();
    // Tags in a string of JSON are data.
    if begin.starts_with(['{', '[']) {
        if let Some(kind) = json(file)? {
            return Ok(Ok(kind));
        }
    }
    if begin.starts_with("#!") {
        return Ok(Err(not_taken("text/x-shellscript")));
    }
    if let Some((_, media_type)) = MARKUP.iter().find(|(mark, _)| head.contains(mark)) {
        return Ok(Err(not_taken(media_type)));
    }
    // Whatever else begins with a tag.
    match begin.starts_with('<') {
        true => Ok(Err(not_taken("text/xml"))),
        false => Ok(Ok(Kind::Text)),
    }
}

/// Whether all of it is UTF-8 without characters that no text has; keeps its beginning.
fn check(file: &mut impl Read, head: &mut Vec<u8>) -> io::Result<Result<(), Message>> {
    let mut buffer = vec![0; CHUNK];
    // A character that was cut by the end of what was read.
    let mut begun = 0;
    loop {
        let read = file.read(&mut buffer[begun..])?;
        let known = begun + read;
        let text = match std::str::from_utf8(&buffer[..known]) {
            Ok(text) => text,
            Err(error) if error.error_len().is_none() && read > 0 => {
                // The part before is valid.
                std::str::from_utf8(&buffer[..error.valid_up_to()]).unwrap_or_default()
            }
            Err(_) => return Ok(Err(Message::new("problem.file_not_text"))),
        };
        if text.chars().any(|it| it.is_control() && !matches!(it, '\t' | '\n' | '\r' | '\x0c')) {
            return Ok(Err(Message::new("problem.file_not_text")));
        }
        let whole = text.len();
        let room = HEAD.saturating_sub(head.len());
        head.extend_from_slice(&buffer[..whole.min(room)]);
        if read == 0 {
            return Ok(Ok(()));
        }
        buffer.copy_within(whole..known, 0);
        begun = known - whole;
    }
}

/// The first member of an object that tells what it is.
#[derive(Deserialize)]
struct Typed {
    #[serde(rename = "type")]
    kind: String,
}

/// Whether text is JSON, and which; none of it is kept in memory.
fn json(file: &mut (impl Read + Seek)) -> io::Result<Option<Kind>> {
    file.rewind()?;
    if serde_json::from_reader::<_, IgnoredAny>(BufReader::new(file.by_ref())).is_err() {
        return Ok(None);
    }
    file.rewind()?;
    let typed = serde_json::from_reader::<_, Typed>(BufReader::new(file.by_ref()));
    let is_map = typed.is_ok_and(|it| GEOMETRIES.contains(&it.kind.as_str()));
    Ok(Some(if is_map { Kind::GeoJson } else { Kind::Json }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    fn kind(bytes: &[u8]) -> Result<Kind, Message> {
        recognise(&mut Cursor::new(bytes)).unwrap()
    }

    #[test]
    fn text_and_json_are_told_apart() {
        assert_eq!(kind("Zeit;Menge\n1;2 < 3\n".as_bytes()), Ok(Kind::Text));
        assert_eq!(kind(b"\xef\xbb\xbfa,b\n1,2\n"), Ok(Kind::Text));
        assert_eq!(kind(b" {\"a\": [1, 2]}"), Ok(Kind::Json));
        assert_eq!(kind(b"[1]"), Ok(Kind::Json));
        assert_eq!(kind(br#"["<img src='x'>"]"#), Ok(Kind::Json));
        assert_eq!(kind(b"{ this is no JSON }"), Ok(Kind::Text));
        assert_eq!(kind(br#"{"features": [], "type": "FeatureCollection"}"#), Ok(Kind::GeoJson));
        assert_eq!(kind(br#"{"type": {"a": 1}}"#), Ok(Kind::Json));
        // Too deep to be read by anybody.
        assert_eq!(kind("[".repeat(100_000).as_bytes()), Ok(Kind::Text));
    }

    #[test]
    fn a_character_on_the_edge_of_a_chunk_is_one() {
        for before in CHUNK - 4..=CHUNK {
            let text = format!("{}🜁é", "a".repeat(before));
            assert_eq!(kind(text.as_bytes()), Ok(Kind::Text), "{before}");
        }
        assert!(kind(&[vec![b'a'; CHUNK], vec![0xf0, 0x9f]].concat()).is_err());
    }

    #[test]
    fn pages_pictures_scripts_and_other_bytes_are_refused() {
        for (text, media_type) in [
            ("<!DOCTYPE html><p>", "text/html"),
            ("\u{feff}\n <HTML>", "text/html"),
            ("A note\n<Script>alert(1)</script>", "text/html"),
            ("<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml"),
            ("<?xml version='1.0'?><svg/>", "image/svg+xml"),
            ("<?xml version='1.0'?><a/>", "text/xml"),
            ("<a href='x'>", "text/xml"),
            ("#!/bin/sh\nrm -rf /", "text/x-shellscript"),
        ] {
            assert_eq!(kind(text.as_bytes()), Err(not_taken(media_type)), "{text}");
        }
        let refused = Err(Message::new("problem.file_not_text"));
        assert_eq!(
            kind("caf\u{e9}".chars().map(|it| it as u8).collect::<Vec<_>>().as_slice()),
            refused
        );
        assert_eq!(kind(b"a\0b"), refused);
        assert_eq!(kind(b"\x1b[31mred"), refused);
    }
}
