// SPDX-License-Identifier: Apache-2.0
//! Parts of a file, as browsers and programs that go on with a broken download ask for them
//! (RFC 9110, section 14).

use std::ops::Range;

/// What a request is answered with.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Asked {
    /// All of it.
    Whole,
    /// These bytes.
    Part(Range<u64>),
    /// Bytes that are not in it.
    Outside,
}

/// What the value of a `Range` header asks of a file of so many bytes. What is no range of bytes,
/// and several ranges at once, are ignored, as everybody may.
pub fn asked(value: &str, size: u64) -> Asked {
    read(value, size).unwrap_or(Asked::Whole)
}

fn read(value: &str, size: u64) -> Option<Asked> {
    let (unit, ranges) = value.split_once('=')?;
    if !unit.trim().eq_ignore_ascii_case("bytes") || ranges.contains(',') {
        return None;
    }
    let (first, last) = ranges.trim().split_once('-')?;
    let range = match (first, last) {
        ("", last) => size.saturating_sub(number(last)?)..size,
        (first, "") => number(first)?..size,
        (first, last) => {
            let (first, last) = (number(first)?, number(last)?);
            if last < first {
                return None;
            }
            first..last.saturating_add(1).min(size)
        }
    };
    Some(if range.is_empty() { Asked::Outside } else { Asked::Part(range) })
}

fn number(text: &str) -> Option<u64> {
    let plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    // More than can be counted is more than there is.
    plain.then(|| text.parse().unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_given_as_asked() {
        for (value, range) in [
            ("bytes=0-0", 0..1),
            ("bytes=0-", 0..10),
            ("bytes=3-5", 3..6),
            ("bytes=8-99", 8..10),
            ("bytes=-4", 6..10),
            ("bytes=-99", 0..10),
            ("Bytes= 9-9 ", 9..10),
            ("bytes=0-99999999999999999999999999", 0..10),
        ] {
            assert_eq!(asked(value, 10), Asked::Part(range), "{value}");
        }
    }

    #[test]
    fn what_lies_outside_is_said_and_what_is_no_range_is_ignored() {
        for value in ["bytes=10-", "bytes=10-12", "bytes=-0", "bytes=99999999999999999999-"] {
            assert_eq!(asked(value, 10), Asked::Outside, "{value}");
        }
        for value in [
            "",
            "bytes",
            "bytes=",
            "bytes=-",
            "bytes=a-b",
            "bytes=5-3",
            "lines=0-1",
            "bytes=0-1,3-4",
            "bytes=+1-2",
        ] {
            assert_eq!(asked(value, 10), Asked::Whole, "{value}");
        }
    }
}
