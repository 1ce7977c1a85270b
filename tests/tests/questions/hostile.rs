// SPDX-License-Identifier: Apache-2.0
//! What nobody should write into a question.

use super::{query, Api};
use anyhow::{ensure, Context, Result};
use serde_json::Value;

/// Values that are SQL, HTML, too long, too large, of other writing systems, and of no kind.
fn values() -> Vec<String> {
    let mut values: Vec<String> = [
        "' OR '1'='1",
        "1; DROP TABLE chain.projects; --",
        "1) OR (SELECT pg_sleep(10)) IS NULL --",
        "1 UNION SELECT version()",
        "$1",
        "{value}",
        "{filters}",
        "%27%20OR%201=1",
        "\\'; --",
        "\u{0}",
        "a\u{0}b",
        "<script>alert(1)</script>",
        "=HYPERLINK(\"http://example.org\")",
        "\r\nX-Injected: 1",
        "../../etc/passwd",
        "9223372036854775807",
        "-9223372036854775808",
        "9223372036854775808",
        "1e400",
        "NaN",
        "infinity",
        "null",
        "0x1F",
        "9999-12-31",
        "0000-01-01",
        "9999-12-31T23:59:59.999999999Z",
        "2026-01-31T12:00:00+99:99",
        "-id",
        "--id",
        "id,issued",
        "🜁\u{202e}\u{301}",
        "ﷺ",
    ]
    .map(str::to_owned)
    .to_vec();
    values.push("9".repeat(400));
    values.push("x".repeat(6_000));
    values.push("é".repeat(2_000));
    values.push("[".repeat(1_000));
    values
}

/// Cursors that were made up, of any order.
const CURSORS: [&str; 6] = [
    // ["-issued","1; DROP TABLE chain.projects",1]
    "WyItaXNzdWVkIiwiMTsgRFJPUCBUQUJMRSBjaGFpbi5wcm9qZWN0cyIsMV0",
    // ["name","\u0000",1]
    "WyJuYW1lIiwiXHUwMDAwIiwxXQ",
    // ["title","\u0000",1]
    "WyJ0aXRsZSIsIlx1MDAwMCIsMV0",
    // ["key",null,"\u0000"]
    "WyJrZXkiLG51bGwsIlx1MDAwMCJd",
    // [[[[]]]]
    "W1tbW11dXV0",
    "1-2-3-4-5",
];

/// Asks every parameter of a list with every value, and in every order with every cursor; how many
/// were refused. What is not refused must be an answer, and soon.
pub async fn questions(api: &Api, list: &str) -> Result<usize> {
    let mut refused = 0;
    for name in api.names(list)? {
        // Other operators read their values in the same way.
        let some = if name.contains('[') { 6 } else { usize::MAX };
        for value in values().into_iter().take(some) {
            let asked = query(&[(name, &value)]);
            refused += usize::from(is_refused(api, &format!("{list}?{asked}")).await?);
        }
        let asked = query(&[(name, "1"), (name, "2")]);
        ensure!(is_refused(api, &format!("{list}?{asked}")).await?, "{list}?{asked} is taken");
        // No operator but those that there are, and no name with one in it.
        for end in ["[like]", "[gte", "]", "[]", "[gte][lt]", ";--", "'"] {
            let asked = query(&[(&format!("{name}{end}"), "1")]);
            ensure!(is_refused(api, &format!("{list}?{asked}")).await?, "{list}?{asked} is taken");
        }
    }
    for sort in api.sorts(list)? {
        for cursor in CURSORS {
            let asked = query(&[("sort", &sort), ("after", cursor)]);
            ensure!(is_refused(api, &format!("{list}?{asked}")).await?, "{list}?{asked} is taken");
        }
    }
    Ok(refused)
}

/// Whether a question is refused: with a sentence, and without a word of the database's.
async fn is_refused(api: &Api, path: &str) -> Result<bool> {
    let began = std::time::Instant::now();
    let (status, kind, text) = api.answer(path).await?;
    let shown: String = path.chars().take(200).collect();
    ensure!(began.elapsed().as_secs() < 5, "{shown} took {:?}", began.elapsed());
    match status {
        200 => Ok(false),
        400 => {
            ensure!(kind == "application/problem+json", "{shown} answered {kind}");
            let problem: Value = serde_json::from_str(&text)?;
            let detail = problem["detail"].as_str().context("a sentence")?;
            ensure!(detail.chars().count() < 1_500, "{shown}: {detail}");
            for word in ["syntax error", "postgres", "SELECT ", "sqlx"] {
                let echoed = shown.to_lowercase().contains("select");
                ensure!(echoed || !detail.contains(word), "{shown}: {detail}");
            }
            Ok(true)
        }
        other => anyhow::bail!("{shown} answered {other}: {text}"),
    }
}
