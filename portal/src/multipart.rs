// SPDX-License-Identifier: Apache-2.0
//! The files of a form (RFC 7578), as a browser sends it.

/// The parts of a form that are looked at.
const MAX_PARTS: usize = 8;

/// The boundary of the parts, from the header `Content-Type`.
pub fn boundary(kind: &str) -> Option<&str> {
    let (kind, rest) = kind.split_once(';')?;
    if !kind.trim().eq_ignore_ascii_case("multipart/form-data") {
        return None;
    }
    let boundary = rest.split(';').find_map(|it| it.trim().strip_prefix("boundary="))?;
    let boundary = boundary.trim_matches('"');
    (1..=70).contains(&boundary.len()).then_some(boundary)
}

/// The contents of the field of a form; none if there is no such field.
pub fn field<'a>(body: &'a [u8], boundary: &str, name: &str) -> Option<&'a [u8]> {
    let delimiter = format!("\r\n--{boundary}");
    let first = format!("--{boundary}");
    let mut rest = body.strip_prefix(first.as_bytes())?;
    for _ in 0..MAX_PARTS {
        rest = rest.strip_prefix(b"\r\n")?;
        let (head, after) = split(rest, b"\r\n\r\n")?;
        let (contents, after) = split(after, delimiter.as_bytes())?;
        let head = String::from_utf8_lossy(head);
        let named = |line: &str| {
            let line = line.to_ascii_lowercase();
            line.starts_with("content-disposition:") && line.contains(&format!("; name=\"{name}\""))
        };
        if head.split("\r\n").any(named) {
            return Some(contents);
        }
        rest = after;
    }
    None
}

fn split<'a>(data: &'a [u8], at: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let place = data.windows(at.len()).position(|it| it == at)?;
    Some((&data[..place], &data[place + at.len()..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_boundary_is_in_the_header() {
        let kind = "multipart/form-data; boundary=----WebKit7";
        assert_eq!(boundary(kind), Some("----WebKit7"));
        assert_eq!(boundary("Multipart/Form-Data; charset=x; boundary=\"a b\""), Some("a b"));
        for none in
            ["multipart/form-data", "text/plain; boundary=a", "multipart/form-data; boundary="]
        {
            assert_eq!(boundary(none), None, "{none}");
        }
    }

    #[test]
    fn a_field_is_found_by_its_name() {
        let body = b"--b\r\nContent-Disposition: form-data; name=\"text\"\r\n\r\nx\r\n--b\r\n\
            Content-Disposition: form-data; name=\"file\"; filename=\"a.pdf\"\r\n\
            Content-Type: application/pdf\r\n\r\n%PDF\r\n\r\n-\x00\r\n--b--\r\n";
        assert_eq!(field(body, "b", "file"), Some(&b"%PDF\r\n\r\n-\x00"[..]));
        assert_eq!(field(body, "b", "text"), Some(&b"x"[..]));
        assert_eq!(field(body, "b", "other"), None);
        for cut in 0..body.len() {
            let _ = field(&body[..cut], "b", "file");
        }
        assert_eq!(field(b"", "b", "file"), None);
    }
}
