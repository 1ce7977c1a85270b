// SPDX-License-Identifier: Apache-2.0
//! Requests: headers, addresses and bodies that nobody should send.

mod e2e {
    use crate::world::{
        is_fair,
        operations::{self, Operation},
        values::{encoded, NAMES, PATHS, SQL},
        wire, Place,
    };
    use anyhow::{ensure, Result};
    use registry_testbed::Api;
    use reqwest::{header::CONTENT_TYPE, Method};
    use serde_json::{json, Value};
    use std::time::{Duration, Instant};

    /// Every header that the portal reads.
    const HEADERS: [&str; 16] = [
        "Authorization",
        "Cookie",
        "X-Api-Key",
        "Idempotency-Key",
        "X-Forwarded-For",
        "X-Request-Id",
        "If-None-Match",
        "If-Range",
        "Range",
        "Last-Event-ID",
        "Origin",
        "Accept",
        "Accept-Encoding",
        "Accept-Language",
        "Content-Type",
        "Access-Control-Request-Method",
    ];

    /// Values of headers that want to be more.
    fn header_values() -> Vec<Vec<u8>> {
        let mut values: Vec<Vec<u8>> = [
            "a%0d%0aX-Injected: yes",
            "a\\r\\nX-Injected: yes",
            "a\u{2028}X-Injected: yes",
            "a\tb",
            "<script>alert(1)</script>",
            "registry_session=\"; X-Injected=yes",
            "../../../etc/passwd",
            "127.0.0.1, ::1, 10.0.0.1, 999.1.1.1",
            "bytes=0-0,-1,9999999999999999999999-",
            "W/\"\", *, \"\u{e9}\"",
            "18446744073709551616-4294967296",
            "{{7*7}}${7*7}%n%s",
            "",
            ",,,,;;;;====",
        ]
        .map(|text| text.as_bytes().to_vec())
        .to_vec();
        values.extend(SQL.map(|text| text.as_bytes().to_vec()));
        values.push(b"Bearer \x80\x81\xfe\xff".to_vec());
        values.push([b"Bearer rk_".as_slice(), &[b'A'; 8_000]].concat());
        values.push([b"Bearer ".as_slice(), &b"a.".repeat(4_000)].concat());
        values
    }

    #[tokio::test]
    async fn a_header_is_no_more_than_its_value() -> Result<()> {
        let mut place = Place::new().await?;
        let patience = Duration::from_secs(8);
        let mut asked = 0;
        for header in HEADERS {
            for value in header_values() {
                let shown = String::from_utf8_lossy(&value).chars().take(60).collect::<String>();
                for (method, path, body) in [
                    ("GET", "/api/v1/totals", ""),
                    ("GET", "/projects", ""),
                    ("GET", "/api/v1/session", ""),
                    ("POST", "/api/v1/session/challenge", "{}"),
                ] {
                    let head = format!(
                        "{method} {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\
                         Content-Length: {}\r\n{header}: ",
                        body.len()
                    );
                    let bytes = [head.as_bytes(), &value, b"\r\n\r\n", body.as_bytes()].concat();
                    let began = Instant::now();
                    let said = wire::say(&place.portal, &bytes, patience).await?;
                    let what = format!("{method} {path} with {header}: {shown}");
                    ensure!(began.elapsed().as_secs() < 5, "{what} took {:?}", began.elapsed());
                    ensure!(matches!(said.status, Some(200..=499)), "{what}: {}", said.text);
                    ensure!(said.answers() == 1, "{what}: {}", said.text);
                    ensure!(!said.head().contains("\nx-injected"), "{what}: {}", said.head());
                    let id = said.header("x-request-id").unwrap_or_default();
                    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-';
                    let taken_over = !id.is_empty() && id.chars().all(plain) && id.len() <= 64;
                    ensure!(said.status == Some(431) || taken_over, "{what}: number {id:?}");
                    asked += 1;
                }
            }
        }
        println!("{asked} requests with a hostile header");
        place.is_well().await
    }

    /// What no client sends: what it is, its bytes, and what may be answered.
    fn no_requests() -> Vec<(&'static str, Vec<u8>, &'static [u16])> {
        let long = "a".repeat(70_000);
        let many: String = (0..200).map(|n| format!("X-{n}: 1\r\n")).collect();
        let get = |head: &str| format!("GET /api/v1/totals HTTP/1.1\r\nHost: x\r\n{head}\r\n\r\n");
        let at =
            |address: &str| format!("{address} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        let post = |head: &str, body: &str| {
            let line = "POST /api/v1/session/challenge HTTP/1.1\r\nHost: x";
            format!("{line}\r\n{head}\r\n\r\n{body}")
        };
        let texts: Vec<(_, String, &[u16])> = vec![
            ("a long address", at(&format!("GET /{long}")), &[414, 431]),
            ("a long query", at(&format!("GET /projects?text={long}")), &[414, 431]),
            ("a long header", get(&format!("X-Long: {long}{long}")), &[431]),
            ("many headers", get(&format!("{many}X-Last: 1")), &[431]),
            ("a folded header", get("X-A: 1\r\n X-Injected: yes"), &[400]),
            ("a bare newline", get("X-A: 1\nX-Injected: yes\r\nConnection: close"), &[200, 400]),
            ("a bare return", get("X-A: a\rX-Injected: yes"), &[400]),
            ("a NUL in a header", get("X-A: a\0b"), &[400]),
            ("a header of no name", get(": 1"), &[400]),
            ("a blank before the colon", get("X-A : 1"), &[400]),
            ("a method of no form", at("G\0T /"), &[400]),
            ("HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".into(), &[400]),
            ("HTTP/0.9", "GET /\r\n\r\n".into(), &[400]),
            ("an address elsewhere", at("GET http://evil.example/api/v1/totals"), &[200, 400]),
            ("a tunnel", at("CONNECT 127.0.0.1:5432"), &[400, 404, 405]),
            ("TRACE", at("TRACE /api/v1/totals"), &[405]),
            ("out of the folder", at("GET /../../../../etc/passwd"), &[400, 404]),
            ("out of the assets", at("GET /static/../../Cargo.toml"), &[400, 404]),
            ("two lengths", post("Content-Length: 2\r\nContent-Length: 40", "{}"), &[400]),
            ("a length below zero", post("Content-Length: -1", "{}"), &[400]),
            ("a length of no number", post("Content-Length: 2e9", "{}"), &[400]),
            ("an unknown coding", post("Transfer-Encoding: xchunked", "{}"), &[400, 501]),
            (
                "a chunk of no size",
                post("Transfer-Encoding: chunked", "zz\r\n{}\r\n0\r\n\r\n"),
                &[400],
            ),
            (
                "an endless chunk",
                post("Transfer-Encoding: chunked", "FFFFFFFFFFFFFFFFF\r\n{}"),
                &[400],
            ),
        ];
        let tls = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03".to_vec();
        let mut all: Vec<(_, Vec<u8>, &[u16])> = vec![("TLS", tls, &[400])];
        all.extend(texts.into_iter().map(|(what, text, status)| (what, text.into_bytes(), status)));
        all
    }

    #[tokio::test]
    async fn what_is_no_request_breaks_nothing_and_is_cut_off() -> Result<()> {
        let mut place = Place::new().await?;
        for (what, bytes, expected) in no_requests() {
            let said = wire::say(&place.portal, &bytes, Duration::from_secs(3)).await?;
            println!("{what}: {:?}", said.status);
            // Bytes that are no HTTP at all may be answered by closing the connection.
            let answered = said.status.is_none_or(|status| expected.contains(&status));
            ensure!(answered, "{what}: {}", said.text);
            ensure!(said.closed, "{what}: {:?}, and it stays open", said.status);
            ensure!(!said.text.contains("root:x:0"), "{what}: {}", said.text);
        }
        // One request in the body of another is not answered by itself.
        let smuggled = "GET /api/v1/health HTTP/1.1\r\nHost: x\r\n\r\n";
        let length = smuggled.len() + 5;
        let both = format!(
            "POST /api/v1/session/challenge HTTP/1.1\r\nHost: x\r\nContent-Length: {length}\r\n\
             Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n{smuggled}"
        );
        let said = wire::say(&place.portal, both.as_bytes(), Duration::from_secs(3)).await?;
        println!("two measures of one body: {:?}, {} answers", said.status, said.answers());
        ensure!(said.answers() <= 1, "{}", said.text);
        place.is_well().await
    }

    #[tokio::test]
    async fn nothing_in_an_address_leads_anywhere_else() -> Result<()> {
        let mut place = Place::new().await?;
        let admin = place.signed_in(&place.cast.root.clone()).await?;
        let operations = operations::all(&place.portal).await?;
        let (mut asked, mut slowest) = (0, Duration::ZERO);
        for operation in operations.iter().filter(|it| !it.places.is_empty()) {
            let hostile = SQL.iter().map(|text| encoded(text));
            let hostile = hostile.chain(PATHS.iter().chain(&NAMES).map(|&it| it.to_owned()));
            for value in hostile.chain(["9".repeat(5_000), "x".repeat(5_000)]) {
                let shown: String = value.chars().take(60).collect();
                let path = operation.at(|_| value.clone());
                let what = format!("{} with {shown}", operation.name());
                let began = Instant::now();
                let request = admin.request(operation.method.clone(), &path);
                let answer = with_body(request, operation).send().await?;
                slowest = slowest.max(began.elapsed());
                let status = is_fair(&what, answer).await?;
                ensure!(matches!(status, 400..=499), "{what} answered {status}");
                asked += 1;
            }
        }
        println!("{asked} hostile addresses, the slowest answered after {slowest:?}");
        ensure!(slowest.as_secs() < 5, "something slept for {slowest:?}");
        place.is_well().await
    }

    fn with_body(
        request: reqwest::RequestBuilder,
        operation: &Operation,
    ) -> reqwest::RequestBuilder {
        match &operation.body {
            Some(body) => request.json(body),
            None => request,
        }
    }

    /// Bodies of no use, whatever is asked.
    fn no_bodies() -> Vec<(&'static str, Vec<u8>)> {
        let deep =
            |open: &str, close: &str| format!("{}{}", open.repeat(100_000), close.repeat(100_000));
        let mut bodies: Vec<(_, Vec<u8>)> = vec![
            ("nothing", vec![]),
            ("bytes", vec![0xff, 0xfe, 0x00, 0x80]),
            ("text cut within a letter", b"{\"name\": \"\xc3".to_vec()),
            ("UTF-16", "{}".encode_utf16().flat_map(u16::to_le_bytes).collect()),
            ("a surrogate alone", br#"{"name": "\ud800"}"#.to_vec()),
            ("deep lists", deep("[", "]").into_bytes()),
            ("deep objects", deep("{\"a\":", "}").into_bytes()),
            ("a large number", format!("[{}]", "9".repeat(500_000)).into_bytes()),
            ("a large key", format!("{{\"{}\": 1}}", "k".repeat(500_000)).into_bytes()),
            ("many keys", format!("{{{}\"z\": 1}}", "\"a\": 1,".repeat(60_000)).into_bytes()),
        ];
        let texts =
            ["null", "true", "[]", "{}", "\"\"", "0", "1e999", "NaN", "{} {}", "{\"a\": 1,}"];
        bodies.extend(texts.map(|text| (text, text.as_bytes().to_vec())));
        bodies.push(("a mark before it", b"\xef\xbb\xbf{}".to_vec()));
        bodies
    }

    #[tokio::test]
    async fn a_body_is_json_of_its_form_or_refused() -> Result<()> {
        let mut place = Place::new().await?;
        let admin = place.signed_in(&place.cast.root.clone()).await?;
        let operations = operations::all(&place.portal).await?;
        let mut asked = 0;
        for operation in operations.iter().filter(|it| it.body.is_some()) {
            let send = |body: Vec<u8>, kind: &str| {
                let request = admin.request(operation.method.clone(), &operation.example());
                request.header(CONTENT_TYPE, kind).body(body).send()
            };
            for (what, body) in no_bodies() {
                let what = format!("{} with {what}", operation.name());
                let status = is_fair(&what, send(body, "application/json").await?).await?;
                // There are bodies of which nothing must be said.
                let empty = what.ends_with(" with {}") && status == 200;
                ensure!(matches!(status, 400..=499) || empty, "{what} answered {status}");
                asked += 1;
            }
            let example = operation.body.clone().unwrap_or_default();
            for (what, body) in variations(&example) {
                let what = format!("{} with {what}", operation.name());
                is_fair(&what, send(body.to_string().into_bytes(), "application/json").await?)
                    .await?;
                asked += 1;
            }
            // A key that stands there twice is one too many.
            let text = example.to_string();
            let twice = format!("{},{}", text.trim_end_matches('}'), text.trim_start_matches('{'));
            let twice = if text.ends_with("}}") { continue } else { twice };
            let what = format!("{} with every key twice", operation.name());
            let status =
                is_fair(&what, send(twice.into_bytes(), "application/json").await?).await?;
            ensure!(matches!(status, 400..=499), "{what} answered {status}");
            for kind in [
                "text/xml",
                "multipart/form-data; boundary=x",
                "x",
                "application/x-www-form-urlencoded",
            ] {
                let what = format!("{} as {kind}", operation.name());
                is_fair(&what, send(b"--x\r\n<a/>&b=c".to_vec(), kind).await?).await?;
            }
        }
        println!("{asked} hostile bodies");
        ensure!(asked > 1_000, "only {asked}");
        place.is_well().await
    }

    /// The example with each of its values in turn replaced by what nobody should put there.
    fn variations(example: &Value) -> Vec<(String, Value)> {
        let mut texts: Vec<Value> = SQL.iter().map(|text| json!(text)).collect();
        for text in [
            "",
            "\u{0}",
            "a\u{0}b",
            "\r\nX: y",
            "<script>alert(1)</script>",
            "=1+1",
            "🜁\u{202e}",
            "../../etc/passwd",
        ] {
            texts.push(json!(text));
        }
        texts.push(json!("x".repeat(300_000)));
        let odd = [
            json!(-1),
            json!(1.5),
            json!(1e300),
            json!(u64::MAX),
            json!(i64::MIN),
            json!(null),
            json!(true),
            json!([]),
            json!({}),
            json!([[], {}, "a", 1]),
            json!({ "\u{0}": "\u{0}", "__proto__": { "a": 1 } }),
        ];
        let mut found = Vec::new();
        for place in places(example, "") {
            for value in texts.iter().chain(&odd) {
                let mut changed = example.clone();
                if let Some(part) = changed.pointer_mut(&place) {
                    *part = value.clone();
                    let shown: String = value.to_string().chars().take(40).collect();
                    found.push((format!("{place} {shown}"), changed));
                }
            }
        }
        // And a key too many, with what no column can hold.
        let mut more = example.clone();
        if let Some(object) = more.as_object_mut() {
            object.insert("more\u{0}".into(), json!("\u{0}"));
            found.push(("one more key".into(), more));
        }
        found
    }

    /// Where in a document its parts are.
    fn places(value: &Value, at: &str) -> Vec<String> {
        let inner: Vec<_> = match value {
            Value::Object(object) => object.iter().map(|(name, it)| (name.clone(), it)).collect(),
            Value::Array(list) => {
                list.iter().enumerate().map(|(n, it)| (n.to_string(), it)).collect()
            }
            _ => vec![],
        };
        let mut found = Vec::new();
        for (name, it) in inner {
            let place = format!("{at}/{}", name.replace('~', "~0").replace('/', "~1"));
            found.push(place.clone());
            found.extend(places(it, &place));
        }
        found
    }

    #[tokio::test]
    async fn ten_megabytes_are_refused_and_cost_nothing() -> Result<()> {
        let mut place = Place::new().await?;
        let admin = place.signed_in(&place.cast.root.clone()).await?;
        let nobody = Api::nobody(&place.portal)?;
        let before = place.memory()?;
        let operations = operations::all(&place.portal).await?;
        let takes = operations.iter().filter(|it| it.media_type.is_some());
        for operation in takes {
            // Files have a measure of their own.
            let megabytes = if operation.body.is_some() { 10 } else { 30 };
            for (who, api) in [("nobody", &nobody), ("an Admin", &admin)] {
                for whole in [true, false] {
                    let what = format!("{} by {who}, whole: {whole}", operation.name());
                    let request = api.request(operation.method.clone(), &operation.example());
                    let kind = operation.media_type.clone().unwrap_or_default();
                    let request = request.header(CONTENT_TYPE, kind);
                    let answer = request.body(body(megabytes, whole)).send().await;
                    let answer = answer.map_err(|error| anyhow::anyhow!("{what}: {error:?}"))?;
                    let status = is_fair(&what, answer).await?;
                    let private = operation.private && who == "nobody";
                    let expected = if private { [401, 413] } else { [413, 413] };
                    ensure!(expected.contains(&status), "{what} answered {status}");
                }
            }
        }
        for method in [Method::POST, Method::PUT, Method::DELETE, Method::GET] {
            let what = format!("{method} of 10 MB to a page");
            let answer = nobody.request(method, "/projects").body(body(10, true)).send().await;
            let answer = answer.map_err(|error| anyhow::anyhow!("{what}: {error:?}"))?;
            ensure!(answer.status().as_u16() < 500, "{what} answered {}", answer.status());
        }
        let after = place.memory()?;
        println!("memory of the portal: {} MB before, {} MB after", before >> 20, after >> 20);
        ensure!(after < 300 << 20, "{} MB", after >> 20);
        place.is_well().await
    }

    /// So much of nothing, with its length told or in pieces without.
    fn body(megabytes: usize, whole: bool) -> reqwest::Body {
        let bytes = vec![b' '; megabytes << 20];
        match whole {
            true => bytes.into(),
            false => {
                let pieces: Vec<_> = bytes.chunks(64 << 10).map(<[u8]>::to_vec).collect();
                let pieces = pieces.into_iter().map(Ok::<_, std::io::Error>);
                reqwest::Body::wrap_stream(futures::stream::iter(pieces))
            }
        }
    }
}
