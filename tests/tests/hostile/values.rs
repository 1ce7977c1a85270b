// SPDX-License-Identifier: Apache-2.0
//! What nobody should send.

/// SQL that would be believed where a text becomes a part of a query.
pub const SQL: [&str; 14] = [
    "' OR '1'='1",
    "' OR 1=1 --",
    "1 OR 1=1",
    "1; DROP TABLE chain.projects; --",
    "'; DELETE FROM directory.people; --",
    "') OR pg_sleep(9) IS NULL --",
    "1 AND (SELECT 1 FROM pg_sleep(9)) = 1",
    "'||(SELECT pg_sleep(9))||'",
    "1 UNION SELECT usename, passwd FROM pg_shadow",
    "' UNION ALL SELECT NULL, version() --",
    "$$; SELECT pg_sleep(9); $$",
    "\\'; SELECT pg_sleep(9); --",
    "1); COPY (SELECT '') TO PROGRAM 'true'; --",
    "%' AND 1=CAST((SELECT current_database()) AS INT) AND '%'='",
];

/// Ways out of a folder, as they stand in an address.
pub const PATHS: [&str; 12] = [
    "..%2f..%2f..%2f..%2fetc%2fpasswd",
    "%2e%2e%2f%2e%2e%2fetc%2fpasswd",
    "..%5c..%5cwindows%5cwin.ini",
    "%2fetc%2fpasswd",
    "..%252f..%252fetc%252fpasswd",
    "..%c0%af..%c0%afetc%c0%afpasswd",
    "%00",
    "1%00.pdf",
    "%ff%fe",
    "C:%5c",
    "file:%2f%2f%2fetc%2fpasswd",
    "....%2f%2f....%2f%2fetc%2fpasswd",
];

/// Numbers and texts of no use, as they stand in an address.
pub const NAMES: [&str; 12] = [
    "-1",
    "0",
    "01",
    "1e5",
    "0x10",
    "1.0",
    "NaN",
    "%EF%BC%91",
    "9223372036854775808",
    "99999999999999999999999999999999",
    "%F0%9F%9C%81%E2%80%AE",
    "%3Cscript%3Ealert(1)%3C%2Fscript%3E",
];

/// Percent-encoded for an address.
pub fn encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => char::from(byte).to_string(),
            _ => format!("%{byte:02X}"),
        })
        .collect()
}

/// Base64 for addresses, without padding.
pub fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let digits = bytes.chunks(3).flat_map(|three| {
        let number = three.iter().fold(0_u32, |sum, &byte| sum << 8 | u32::from(byte));
        let number = number << (8 * (3 - three.len()));
        let digit = move |n: usize| char::from(DIGITS[(number >> (18 - 6 * n)) as usize & 63]);
        (0..=three.len()).map(digit)
    });
    digits.collect()
}
