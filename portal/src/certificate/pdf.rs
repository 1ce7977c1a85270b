// SPDX-License-Identifier: Apache-2.0
//! Finds the receipts in a file that somebody says is a certificate. Nothing of the file is trusted
//! or executed: its streams are unpacked, up to a size, and read as JSON.

use super::inflate;
use serde_json::Value;

/// The most that a receipt unpacks to.
const MAX_RECEIPT: usize = 1 << 20;
/// What a stream counts that cannot be unpacked: it was tried.
const BROKEN: usize = 256 << 10;
/// The most that is unpacked of one file.
const MAX_UNPACKED: usize = 4 << 20;
/// The most streams that are looked at; a paper has some hundred.
const MAX_STREAMS: usize = 4_096;
/// The most bytes before a stream that its dictionary is looked for in.
const MAX_DICTIONARY: usize = 2_048;

/// Whether it is a PDF, by its first bytes.
pub fn is_pdf(data: &[u8]) -> bool {
    data.starts_with(b"%PDF-")
}

/// Every receipt in it, in the order of the file. All streams are looked at: programs that attach
/// files do not all say so in the same way, and one that was replaced may be in the file still.
pub fn receipts(data: &[u8]) -> Vec<Value> {
    let mut found = Vec::new();
    let (mut at, mut streams, mut unpacked) = (0, 0, 0);
    while let Some(begin) = find(data, b"stream", at) {
        at = begin + b"stream".len();
        if data[..begin].ends_with(b"end") {
            continue;
        }
        streams += 1;
        if streams > MAX_STREAMS || unpacked > MAX_UNPACKED {
            break;
        }
        let before = &data[begin.saturating_sub(MAX_DICTIONARY)..begin];
        let dictionary = rfind(before, b" obj").map_or(before, |object| &before[object..]);
        let rest = &data[at..];
        let rest = rest.strip_prefix(b"\r\n").or_else(|| rest.strip_prefix(b"\n")).unwrap_or(rest);
        let contents = match find(dictionary, b"/FlateDecode", 0) {
            Some(_) => inflate::unpack(rest, MAX_RECEIPT),
            None => find(rest, b"endstream", 0).map(|end| rest[..end].to_vec()),
        };
        unpacked += contents.as_ref().map_or(BROKEN, Vec::len);
        let contents = contents.filter(|contents| contents.starts_with(b"{"));
        let receipt = contents.and_then(|it| serde_json::from_slice::<Value>(&it).ok());
        found.extend(receipt.filter(|it| it.get("form").is_some()));
    }
    found
}

fn find(data: &[u8], sought: &[u8], from: usize) -> Option<usize> {
    let rest = data.get(from..)?;
    rest.windows(sought.len()).position(|it| it == sought).map(|place| from + place)
}

fn rfind(data: &[u8], sought: &[u8]) -> Option<usize> {
    data.windows(sought.len()).rposition(|it| it == sought)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn attached_receipts_are_found_packed_or_not() {
        let file = b"%PDF-1.7\n1 0 obj\n<</Length 3>>\nstream\n{}x\nendstream\nendobj\n\
            2 0 obj\n<< /Type /EmbeddedFile /Length 7 >>\nstream\r\n{\"form\":1}\r\nendstream\nendobj\n\
            3 0 obj\n<< /Params << /Size 9 >> >> stream\n{\"form\":2}\nendstream\nendobj\n\
            4 0 obj\n<< /Type /EmbeddedFile /Length 4 >>\nstream\n%%%%\nendstream\nendobj\n";
        assert!(is_pdf(file));
        assert_eq!(receipts(file), [json!({"form": 1}), json!({"form": 2})]);
    }

    #[test]
    fn what_is_no_pdf_has_none() {
        assert!(!is_pdf(b"PK\x03\x04"));
        for file in
            [&b""[..], b"stream", b"/EmbeddedFile stream", b"%PDF-1.7 /EmbeddedFile stream\n"]
        {
            assert!(receipts(file).is_empty());
        }
    }
}
