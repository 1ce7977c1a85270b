// SPDX-License-Identifier: Apache-2.0
//! Code where names belong: every text that members can write, into the chain and beside it, is a
//! text on pages, in JSON, in CSV and in workbooks.

mod e2e {
    use crate::{
        common::{self, retire, transfer, FIRST, SECOND},
        world::{
            operations,
            values::{base64, encoded},
            Place,
        },
    };
    use anyhow::{ensure, Context, Result};
    use blake2::{digest::consts::U32, Blake2b, Digest};
    use calamine::{Data, Reader, Xlsx};
    use registry_client::Call;
    use registry_primitives::{
        credit::{CancellationReason, Corrects, Part},
        organisation::OrganisationDetails,
        CountryCode, OrganisationRole,
    };
    use registry_testbed::{demo_data::hash_of, officer, Api, Officer};
    use reqwest::Method;
    use serde_json::{json, Value};
    use std::{
        collections::{BTreeMap, BTreeSet, VecDeque},
        io::Cursor,
    };

    /// What browsers, spreadsheets, databases and templates would like to execute.
    const TEXTS: [&str; 8] = [
        "\"><script>alert(1)</script>",
        "<img src=x onerror=alert(2)>",
        "' onmouseover='alert(3)",
        "</title></textarea><svg/onload=alert(4)>",
        "=HYPERLINK(\"http://evil.example\",\"x\")",
        "@SUM(1+1)*cmd|' /C calc'!A0",
        "'; DROP TABLE chain.projects; --",
        "{{7*7}}${7*7}\"}],\"x\":[<!--",
    ];

    /// A text for each place, so that each text stands in several.
    fn text(place: usize) -> &'static str {
        TEXTS[place % TEXTS.len()]
    }

    /// Writes the texts wherever members can.
    async fn write(place: &mut Place) -> Result<()> {
        let cast = &place.cast;
        let (root, first, second) = (cast.root.clone(), cast.first.clone(), cast.second.clone());
        let registry = &place.registry;
        let numbered = |n: usize| common::text(&format!("{} {n}", text(n)));
        let organisations = TEXTS.iter().enumerate().map(|(n, name)| {
            let details = OrganisationDetails {
                name: common::text(name),
                tax_id: numbered(n),
                country: CountryCode(*b"VU"),
                sectoral_scopes: Default::default(),
                profile: hash_of(name),
            };
            let first_admin = Officer::new(&format!("//Hostile//{n}"))?.account();
            let role = OrganisationRole::ProjectDeveloper;
            Ok((root.clone(), Call::CreateOrganisation { role, details, first_admin }))
        });
        officer::all(registry, organisations.collect::<Result<_>>()?).await?;
        // Organisations 5 to 12: each is suspended for a hostile reason.
        let reasons = TEXTS.iter().enumerate().map(|(n, _)| {
            let id = 5 + u32::try_from(n).unwrap_or_default();
            (root.clone(), Call::SuspendOrganisation { id, reason: text(n + 1).into() })
        });
        officer::all(registry, reasons.collect()).await?;
        let mut projects = Vec::new();
        for title in TEXTS {
            projects.push(cast.issue(registry, title, 100).await?);
        }
        for (n, project) in projects.iter().enumerate().filter(|(n, _)| n % 2 == 0) {
            let suspend = Call::SuspendProject { project: *project, reason: text(n + 2).into() };
            cast.does(registry, &root, suspend).await?;
        }
        for (n, hostile) in TEXTS.iter().enumerate().filter(|(n, _)| n % 2 == 1) {
            // The block of this project: 100 of each before it. Its last tonnes go each time.
            let start = 1 + 100 * n as u64;
            let mut given = transfer(start, 10, SECOND);
            if let Call::Transfer { reference, .. } = &mut given {
                *reference = Some((*hostile).into());
            }
            cast.does(registry, &first, given).await?;
            let mut retired = retire(start, 10);
            if let Call::Retire { details, .. } = &mut retired {
                details.beneficiary.name = common::text(hostile);
                details.on_behalf_of = Some(common::text(text(n + 1)));
                details.reason = Some(common::text(text(n + 2)));
                details.reference = Some(common::text(text(n + 3)));
            }
            cast.does(registry, &first, retired).await?;
            let parts = vec![Part { start, quantity: 10 }];
            let reason = text(n + 3).to_owned();
            cast.does(registry, &root, Call::Hold { parts, reason }).await?;
            let cancel = Call::Cancel {
                parts: vec![Part { start, quantity: 10 }],
                reason: CancellationReason::ExcessIssuance,
                corrects: Corrects::Issuance { project: projects[n], period: 1 },
                statement: text(n + 4).into(),
            };
            cast.does(registry, &root, cancel).await?;
            let ask = Call::RequestTransfer {
                project: projects[n],
                vintage: None,
                quantity: 5,
                from: FIRST,
                to: SECOND,
                reference: Some(text(n + 5).into()),
            };
            cast.does(registry, &second, ask).await?;
            let state =
                registry_client::state::State::read(&registry.at_finalised().await?).await?;
            let request = *state.transfer_requests.keys().last().context("a request")?;
            if n % 4 == 1 {
                let reason = text(n + 6).into();
                cast.does(registry, &first, Call::RejectTransfer { request, reason }).await?;
            }
        }
        cast.does(registry, &root, Call::PauseTransfers { reason: text(0).into() }).await?;
        place.stack.wait_for_indexer().await?;
        Ok(())
    }

    /// As a browser shows it, a text without anything that it executes.
    fn escaped(text: &str) -> String {
        let replaced = text.replace('&', "&#38;").replace('<', "&#60;").replace('>', "&#62;");
        replaced.replace('"', "&#34;").replace('\'', "&#39;")
    }

    /// Whether some of a page would be executed.
    fn executes(page: &str) -> Option<String> {
        let small = page.to_ascii_lowercase();
        let found = ["<script>", "<img src=x", "<svg/", "onerror=a", "onload=a", "javascript:"]
            .into_iter()
            .find(|code| small.contains(code) && !small.contains(&escaped(code)))
            .map(str::to_owned);
        let as_it_is = TEXTS.iter().filter(|text| **text != escaped(text));
        found.or_else(|| {
            as_it_is.into_iter().find(|text| page.contains(**text)).map(|it| (*it).to_owned())
        })
    }

    /// All pages that lead to each other, from the first on.
    async fn pages(portal: &str) -> Result<BTreeMap<String, String>> {
        let client = reqwest::Client::new();
        let mut waiting = VecDeque::from(["/".to_owned()]);
        let mut seen: BTreeSet<String> = waiting.iter().cloned().collect();
        let mut pages = BTreeMap::new();
        while let Some(path) = waiting.pop_front() {
            let answer = client.get(format!("{portal}{path}")).send().await?;
            let (status, headers) = (answer.status(), answer.headers().clone());
            let html = headers
                .get("content-type")
                .is_some_and(|it| it.as_bytes().starts_with(b"text/html"));
            if !html {
                continue;
            }
            ensure!(status == 200, "{path} answered {status}");
            let policy = headers["content-security-policy"].to_str()?;
            ensure!(
                policy.contains("default-src 'self'") && !policy.contains("unsafe"),
                "{path}: {policy}"
            );
            let page = answer.text().await?;
            for link in page.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next()) {
                let link = link.replace("&#38;", "&").replace("&amp;", "&");
                let file = [".csv", ".xlsx", ".ndjson", ".json", ".css", ".svg", ".atom"];
                let elsewhere = !link.starts_with('/')
                    || link.starts_with("/api")
                    || file
                        .iter()
                        .any(|end| link.split('?').next().is_some_and(|it| it.ends_with(end)));
                // Lists by every heading of their tables are the same pages again.
                let again = link.contains("sort=") || link.contains("after=");
                if !elsewhere && !again && seen.len() < 700 && seen.insert(link.clone()) {
                    waiting.push_back(link);
                }
            }
            pages.insert(path, page);
        }
        Ok(pages)
    }

    #[tokio::test]
    async fn what_members_write_is_text_everywhere() -> Result<()> {
        let mut place = Place::new().await?;
        write(&mut place).await?;

        let pages = pages(&place.portal).await?;
        for (path, page) in &pages {
            let code = executes(page);
            ensure!(code.is_none(), "{path} would execute {}", code.unwrap_or_default());
        }
        for text in TEXTS {
            let shown = pages.values().filter(|page| page.contains(&escaped(text))).count();
            println!("{shown:>3} of {} pages show {text}", pages.len());
            ensure!(shown >= 3, "{shown} pages show {text}");
        }

        // In JSON each is what it is, and what is JSON by it.
        let mut found = BTreeMap::<&str, usize>::new();
        let nobody = Api::nobody(&place.portal)?;
        for operation in operations::all(&place.portal).await? {
            if operation.changes() || operation.private || operation.streams {
                continue;
            }
            let (status, answer) = nobody.get(&operation.example()).await?;
            ensure!(status < 500, "{}: {status}", operation.name());
            for text in TEXTS {
                *found.entry(text).or_default() += count(&answer, text);
            }
        }
        println!("in JSON: {found:?}");
        ensure!(found.values().all(|count| *count > 0) && found.len() == TEXTS.len(), "{found:?}");
        files(&place.portal).await?;
        questions(&place.portal).await?;
        place.is_well().await
    }

    /// How often a text is a value in a document.
    fn count(value: &Value, text: &str) -> usize {
        match value {
            Value::String(it) => usize::from(it == text),
            Value::Array(items) => items.iter().map(|it| count(it, text)).sum(),
            Value::Object(fields) => fields.values().map(|it| count(it, text)).sum(),
            _ => 0,
        }
    }

    /// No cell of a file is a formula, and the texts are whole.
    async fn files(portal: &str) -> Result<()> {
        let (mut cells, mut kept) = (0, BTreeSet::<&str>::new());
        for list in [
            "projects",
            "organisations",
            "transfers",
            "retirements",
            "cancellations",
            "events",
            "requests/transfers",
        ] {
            let csv = reqwest::get(format!("{portal}/api/v1/{list}.csv")).await?.text().await?;
            let mut reader =
                csv::ReaderBuilder::new().has_headers(false).from_reader(csv.as_bytes());
            for row in reader.records() {
                for cell in &row? {
                    let formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
                    ensure!(!formula || cell.parse::<f64>().is_ok(), "{list}.csv: {cell}");
                    kept.extend(
                        TEXTS.iter().filter(|text| cell == **text || cell == format!("'{text}")),
                    );
                    cells += 1;
                }
            }
            let book = reqwest::get(format!("{portal}/api/v1/{list}.xlsx")).await?.bytes().await?;
            let mut book = Xlsx::new(Cursor::new(&book))?;
            for sheet in book.sheet_names() {
                let formulas = book.worksheet_formula(&sheet)?;
                let formula = formulas.used_cells().find(|(_, _, it)| !it.is_empty());
                ensure!(formula.is_none(), "{list}.xlsx: {formula:?}");
                let range = book.worksheet_range(&sheet)?;
                let error = range.used_cells().find(|(_, _, it)| matches!(it, Data::Error(_)));
                ensure!(error.is_none(), "{list}.xlsx: {error:?}");
            }
        }
        println!("{cells} cells, {} of {} texts among them", kept.len(), TEXTS.len());
        ensure!(kept.len() == TEXTS.len(), "{kept:?}");
        Ok(())
    }

    /// What is asked comes back as a text too.
    async fn questions(portal: &str) -> Result<()> {
        for text in TEXTS {
            let text = encoded(text);
            for path in [
                format!("/projects?text={text}"),
                format!("/projects?stage={text}"),
                format!("/projects/{text}"),
                format!("/credits/{text}"),
                format!("/events?name={text}"),
                format!("/{text}"),
                format!("/?{text}={text}"),
                format!("/calculator?methodology={text}&area={text}"),
                format!("/invitation?token={text}&account={text}&signature={text}"),
                format!("/account/confirm?token={text}"),
            ] {
                let answer = reqwest::get(format!("{portal}{path}")).await?;
                ensure!(answer.status().as_u16() < 500, "{path} answered {}", answer.status());
                let page = answer.text().await?;
                ensure!(executes(&page).is_none(), "{path} would execute {:?}", executes(&page));
            }
        }
        Ok(())
    }

    #[tokio::test]
    async fn what_people_write_beside_the_chain_is_text_too() -> Result<()> {
        let mut place = Place::new().await?;
        let first = place.signed_in(&place.cast.first.clone()).await?;
        let database = place.stack.database().await?;
        for (n, hostile) in TEXTS.iter().enumerate() {
            // An invitation, whose page whoever has its link opens.
            let guest = json!({
                "role": "manager", "email": "guest@developer.example", "name": hostile, "language": "en",
            });
            let (status, made) = first.post("/api/v1/invitations", &guest).await?;
            ensure!(status == 201 && made["name"] == *hostile, "{made}");
            let token = [n as u8 + 1; 32];
            sqlx::query("UPDATE directory.invitations SET token = $2 WHERE id = $1")
                .bind(made["id"].as_i64())
                .bind(&Blake2b::<U32>::digest(token)[..])
                .execute(&database)
                .await?;
            let link = format!("{}/invitation?token={}", place.portal, base64(&token));
            let page = reqwest::get(link).await?;
            ensure!(page.status() == 200, "{hostile}: {}", page.status());
            let page = page.text().await?;
            ensure!(executes(&page).is_none(), "{page}");
            ensure!(page.contains(&escaped(hostile)), "{hostile} is not on the page");

            // A profile, which is public once the chain names it.
            let profile = json!({ "address": hostile, "description": text(n + 1), "representative": text(n + 2) });
            let path = format!("/api/v1/organisations/{FIRST}/profile");
            let (status, saved) = first.put(&path, &profile).await?;
            ensure!(status == 200, "{saved}");
            let call: Call = serde_json::from_value(saved["call"].clone())?;
            let officer = place.cast.first.clone();
            place.does(&officer, call).await?;
            let (_, told) = first.get(&path).await?;
            ensure!(told["profile"]["address"] == *hostile, "{told}");
            let page = reqwest::get(format!("{}/organisations/{FIRST}", place.portal)).await?;
            let page = page.text().await?;
            ensure!(executes(&page).is_none(), "{hostile} in the profile: {page}");

            // The name of a file, which comes back in a header.
            let name = encoded(&format!("{hostile}\r\nX-Injected: yes.txt"));
            let upload = first.request(Method::POST, &format!("/api/v1/files?name={name}"));
            let upload = upload.header("Content-Type", "text/plain").body(format!("File {n}"));
            let (status, file) = registry_testbed::api::read(upload.send().await?).await?;
            ensure!(status == 201, "{file}");
            let path = format!("/api/v1/files/{}", file["hash"].as_str().context("a hash")?);
            let answer = first.request(Method::GET, &path).send().await?;
            ensure!(!answer.headers().contains_key("x-injected"), "{:?}", answer.headers());
            let told = answer.headers()["content-disposition"].to_str()?.to_owned();
            ensure!(told.starts_with("attachment; filename=\""), "{told}");
            ensure!(told.matches('"').count() == 2, "{told}");
            ensure!(answer.headers()["content-security-policy"] == "default-src 'none'; sandbox");

            // What the officer himself is called, and his keys.
            let contact = json!({ "name": hostile, "language": "en", "notify": false });
            let (status, told) = first.put("/api/v1/account", &contact).await?;
            ensure!(status == 200 && told["name"] == *hostile, "{told}");
            let key = json!({ "name": hostile, "scopes": ["read"], "days": 1 });
            let (status, made) = first.post("/api/v1/api-keys", &key).await?;
            ensure!(status == 201 && made["name"] == *hostile, "{made}");
        }
        // Mail is a header and a body: no name ends one and begins another.
        for (field, value) in [
            ("email", "guest@developer.example\r\nBcc: all@developer.example"),
            ("email", "guest@developer.example, all@developer.example"),
            ("email", "\"guest\" <guest@developer.example>"),
            ("name", "A guest\r\nBcc: all@developer.example"),
            ("name", "A guest\u{0}"),
        ] {
            let mut guest = json!({
                "role": "manager", "email": "guest@developer.example", "name": "A guest", "language": "en",
            });
            guest[field] = json!(value);
            let (status, answer) = first.post("/api/v1/invitations", &guest).await?;
            ensure!(status == 422, "{field} {value:?}: {status} {answer}");
        }
        place.is_well().await
    }
}
