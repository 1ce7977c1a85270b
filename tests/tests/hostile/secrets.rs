// SPDX-License-Identifier: Apache-2.0
//! What must be told to nobody: secrets in logs, people in public answers, who has an account, and
//! more than anybody needs at once.

mod e2e {
    use crate::{
        common::FIRST,
        world::{operations, values::base64, Place},
    };
    use anyhow::{ensure, Context, Result};
    use registry_testbed::{Api, Officer};
    use reqwest::{
        header::{ACCESS_CONTROL_REQUEST_METHOD, ORIGIN},
        Method,
    };
    use serde_json::{json, Value};
    use std::path::Path;

    /// People, who are nobody's business.
    const NAME: &str = "Wilhelmina Quackenbush";
    const EMAIL: &str = "wilhelmina@quackenbush.example";
    const PHONE: &str = "+678 5554321";
    const GUEST: &str = "guest@quackenbush.example";
    const MESSAGE: &str = "The password of our bank is swordfish.";

    /// Does what people and programs do; every secret that went to and fro.
    async fn lead_a_life(place: &Place) -> Result<Vec<String>> {
        let officer = place.cast.first.clone();
        let nobody = Api::nobody(&place.portal)?;
        let account = officer.account().to_string();
        let ask = json!({ "account": account });
        let (_, challenge) = nobody.post("/api/v1/session/challenge", &ask).await?;
        let message = challenge["message"].as_str().context("a message")?;
        let signature = hex::encode(officer.key.sign(message.as_bytes()).0);
        let nonce = challenge["nonce"].as_str().context("a nonce")?.to_owned();
        let body =
            json!({ "account": account, "nonce": nonce, "signature": format!("0x01{signature}") });
        let answer = nobody.request(Method::POST, "/api/v1/session").json(&body).send().await?;
        let cookie = answer.headers()["set-cookie"].to_str()?.to_owned();
        let cookie = cookie.split(['=', ';']).nth(1).context("a cookie")?.to_owned();
        let (_, session) = registry_testbed::api::read(answer).await?;
        let token = session["token"].as_str().context("a token")?.to_owned();
        let first = nobody.with(&token);

        let contact = json!({
            "name": NAME, "email": EMAIL, "phone": PHONE, "language": "en", "notify": true,
        });
        ensure!(first.put("/api/v1/account", &contact).await?.0 == 200);
        let key = json!({ "name": "Metering", "scopes": ["read", "files"], "days": 1 });
        let (status, key) = first.post("/api/v1/api-keys", &key).await?;
        ensure!(status == 201, "{key}");
        let key = key["secret"].as_str().context("a key")?.to_owned();
        let guest = json!({ "role": "manager", "email": GUEST, "name": NAME, "language": "en" });
        ensure!(first.post("/api/v1/invitations", &guest).await?.0 == 201);
        let hook = json!({ "url": "https://systems.developer.example/hook?token=in-the-address" });
        let (status, hook) = first.post("/api/v1/webhooks", &hook).await?;
        ensure!(status == 201, "{hook}");
        let hook = hook["secret"].as_str().context("a secret")?.to_owned();
        let upload = nobody.with(&key).request(Method::POST, "/api/v1/files?name=private.txt");
        let upload = upload.header("Content-Type", "text/plain").body(MESSAGE).send().await?;
        ensure!(upload.status() == 201, "{}", upload.status());
        // And what fails.
        let token_in_address = "dG9rZW4taW4tdGhlLWFkZHJlc3M";
        for path in ["/account/confirm", "/invitation"] {
            let url = format!("{}{path}?token={token_in_address}", place.portal);
            ensure!(reqwest::get(url).await?.status().as_u16() < 500);
        }
        let wrong = json!({ "account": account, "nonce": nonce, "signature": "0x01" });
        ensure!(nobody.post("/api/v1/session", &wrong).await?.0 == 401);
        let broken = format!("{{\"message\": \"{MESSAGE}\"");
        let request = first.request(Method::POST, "/api/v1/api-keys").body(broken);
        ensure!(request.send().await?.status().is_client_error());
        let rotten = nobody.with("rk_rotten-but-somebodys");
        ensure!(rotten.get("/api/v1/session").await?.0 == 401);
        Ok(vec![
            signature,
            nonce,
            cookie,
            token.rsplit('.').next().context("a signature")?.to_owned(),
            token,
            key.trim_start_matches("rk_").to_owned(),
            hook.trim_start_matches("whsec_").to_owned(),
            "in-the-address".into(),
            token_in_address.into(),
            "rotten-but-somebodys".into(),
        ])
    }

    #[tokio::test]
    async fn logs_hold_no_bodies_no_tokens_and_no_people() -> Result<()> {
        let mut place = Place::new().await?;
        // With a mail server, which does not answer: without one, mail goes to the log. And all that
        // the portal can say of itself.
        let stack = &mut place.stack;
        stack.portal_environment = [
            "SMTP_URL=smtps://user:swordfish-of-the-mail@127.0.0.1:1",
            "MAIL_FROM=registry@registry.example",
            "RUST_LOG=info,registry_portal=trace",
        ]
        .map(str::to_owned)
        .to_vec();
        stack.portal.as_mut().context("the portal")?.stop();
        stack.start_portal()?;
        stack.wait_for_portal().await?;
        let mut secrets = lead_a_life(&place).await?;
        let secret = std::fs::read(place.folder.path().join("portal/secret"))?;
        let text = String::from_utf8_lossy(&secret).trim().to_owned();
        secrets.extend([hex::encode(&secret), base64(&secret), text]);
        secrets.push("swordfish-of-the-mail".into());
        secrets.extend([NAME, EMAIL, PHONE, GUEST, MESSAGE].map(str::to_owned));
        // The mail has been tried.
        tokio::time::sleep(std::time::Duration::from_secs(2)).await;
        let log = place.log()?;
        ensure!(log.contains("/api/v1/session") && log.lines().count() > 20, "nothing was written");
        ensure!(log.contains("mail"), "the mail server was not tried");
        for secret in &secrets {
            ensure!(secret.len() >= 8, "{secret:?} says nothing");
            let line = log.lines().find(|line| line.contains(secret.as_str()));
            ensure!(line.is_none(), "{secret} is in the log: {}", line.unwrap_or_default());
        }
        println!("{} secrets are not in {} lines", secrets.len(), log.lines().count());
        // Nor does the table of what was done hold any of them.
        let database = place.stack.database().await?;
        let rows: Vec<String> = sqlx::query_scalar("SELECT t::TEXT FROM directory.audit t")
            .fetch_all(&database)
            .await?;
        ensure!(rows.len() > 4, "{rows:?}");
        for secret in &secrets {
            ensure!(!rows.iter().any(|row| row.contains(secret.as_str())), "{secret}: {rows:?}");
        }
        place.stack.ensure_running()
    }

    #[tokio::test]
    async fn no_public_answer_tells_of_people_or_of_what_is_private() -> Result<()> {
        let mut place = Place::new().await?;
        lead_a_life(&place).await?;
        let nobody = Api::nobody(&place.portal)?;
        let mut read = 0;
        for operation in operations::all(&place.portal).await? {
            if operation.changes() || operation.private || operation.streams {
                continue;
            }
            let path = operation.at(|name| match name {
                "id" if operation.path.contains("/organisations/") => FIRST.to_string(),
                other => operation.places[other].clone(),
            });
            let mut paths = vec![path.clone(), path.replace("/api/v1", "")];
            for end in [".csv", ".ndjson", ".json"] {
                paths.push(format!("{path}{end}"));
            }
            for path in paths {
                let answer = nobody.request(Method::GET, &path).send().await?;
                let text = answer.text().await?;
                read += usize::from(!text.is_empty());
                for private in [NAME, EMAIL, PHONE, GUEST, MESSAGE, "private.txt", "in-the-address"]
                {
                    ensure!(!text.contains(private), "{path} tells {private}: {text}");
                }
            }
        }
        println!("{read} public answers tell of nobody");
        ensure!(read > 100, "only {read}");
        place.is_well().await
    }

    #[tokio::test]
    async fn nobody_learns_who_has_an_account_or_what_waits() -> Result<()> {
        let mut place = Place::new().await?;
        lead_a_life(&place).await?;
        let nobody = Api::nobody(&place.portal)?;
        let second = place.signed_in(&place.cast.second.clone()).await?;
        let known = place.cast.first.account().to_string();
        let unknown = Officer::new("//Unknown")?.account().to_string();
        // Whether an account is known: the challenges and the refusals are alike.
        let mut refusals = Vec::new();
        for account in [&known, &unknown] {
            let (status, challenge) =
                nobody.post("/api/v1/session/challenge", &json!({ "account": account })).await?;
            ensure!(status == 200, "{challenge}");
            let forged = json!({
                "account": account, "nonce": challenge["nonce"], "signature": "0x01",
            });
            refusals.push(nobody.post("/api/v1/session", &forged).await?);
        }
        ensure!(refusals[0] == refusals[1], "{refusals:?}");
        // Tokens of confirmations and invitations: never given, used, or of another kind.
        let tokens = ["AAAA".to_owned(), base64(&[7; 32]), "%".to_owned(), String::new()];
        for path in ["/api/v1/account/confirm", "/api/v1/invitations/open"] {
            let mut answers = Vec::new();
            for token in &tokens {
                answers.push(nobody.post(path, &json!({ "token": token })).await?);
            }
            ensure!(
                answers.iter().all(|it| *it == answers[0] && it.0 == 404),
                "{path}: {answers:?}"
            );
        }
        // What is another's and what is not there are told alike.
        for (path, there, not_there) in [
            ("/api/v1/webhooks", "1", "999"),
            ("/api/v1/applications", "1", "999"),
            ("/api/v1/mrv/submissions", "1", "999"),
        ] {
            let (mut mine, mut none) = (
                second.get(&format!("{path}/{there}")).await?,
                second.get(&format!("{path}/{not_there}")).await?,
            );
            for (answer, id) in [(&mut mine, there), (&mut none, not_there)] {
                let detail = answer.1["detail"].as_str().unwrap_or_default().replace(id, "N");
                answer.1["detail"] = json!(detail);
            }
            ensure!(mine == none && mine.0 == 404, "{path}: {mine:?} and {none:?}");
        }
        place.is_well().await
    }

    #[tokio::test]
    async fn other_pages_read_what_is_public_and_send_nothing() -> Result<()> {
        let mut place = Place::new().await?;
        let nobody = Api::nobody(&place.portal)?;
        for operation in operations::all(&place.portal).await? {
            let (name, path) = (operation.name(), operation.example());
            let ask = |method: Method| {
                nobody.request(method, &path).header(ORIGIN, "https://evil.example")
            };
            let mut preflight = ask(Method::OPTIONS);
            preflight = preflight.header(ACCESS_CONTROL_REQUEST_METHOD, operation.method.as_str());
            let preflight = preflight.send().await?;
            let allowed = preflight.headers().get("access-control-allow-methods");
            let allowed = allowed.and_then(|it| it.to_str().ok()).unwrap_or_default();
            let may = allowed.split(',').any(|it| it.trim() == operation.method.as_str());
            ensure!(may != operation.changes(), "{name}: {allowed:?} from another page");
            ensure!(!preflight.headers().contains_key("access-control-allow-headers"), "{name}");
            if operation.streams {
                continue;
            }
            let answer = ask(operation.method.clone()).send().await?;
            let headers = answer.headers();
            ensure!(!headers.contains_key("access-control-allow-credentials"), "{name}");
            if operation.changes() {
                let open = headers.get("access-control-allow-origin");
                ensure!(open.is_none(), "{name}: {open:?}");
            }
        }
        place.is_well().await
    }

    #[tokio::test]
    async fn lists_have_a_largest_part_and_files_leave_nothing_behind() -> Result<()> {
        let mut place = Place::new().await?;
        let root = place.signed_in(&place.cast.root.clone()).await?;
        let mut lists = 0;
        for operation in operations::all(&place.portal).await? {
            if !operation.query.iter().any(|it| it == "limit") || operation.streams {
                continue;
            }
            lists += 1;
            let path = operation.example();
            for (limit, expected) in [
                ("200", 200),
                ("1", 200),
                ("201", 400),
                ("0", 400),
                ("-1", 400),
                ("1e9", 400),
                ("9999999999999999999999", 400),
            ] {
                let (status, answer) = root.get(&format!("{path}?limit={limit}")).await?;
                // Of what is not there, there is no part.
                let fine = status == expected || status == 404 && !operation.places.is_empty();
                ensure!(fine, "{path}?limit={limit}: {status} {answer}");
            }
            let (_, answer) = root.get(&path).await?;
            let items = answer["items"].as_array().map_or(0, Vec::len);
            ensure!(items <= 50, "{path}: {items} without being asked");
        }
        println!("{lists} lists have a largest part");
        ensure!(lists > 20, "only {lists}");
        let files = place.folder.path().join("portal/files");
        let before = count(&files)?;
        for path in ["/api/v1/events.csv", "/api/v1/organisations.xlsx", "/organisations.ndjson"] {
            let answer = root.request(Method::GET, path).send().await?;
            ensure!(answer.status() == 200, "{path} answered {}", answer.status());
            ensure!(!answer.headers().contains_key("location"), "{path} is kept elsewhere");
            ensure!(!answer.bytes().await?.is_empty(), "{path}");
        }
        ensure!(count(&files)? == before, "an export was left in {}", files.display());
        place.is_well().await
    }

    fn count(folder: &Path) -> Result<usize> {
        let mut sum = 0;
        for entry in std::fs::read_dir(folder)? {
            let path = entry?.path();
            sum += if path.is_dir() { count(&path)? } else { 1 };
        }
        Ok(sum)
    }

    #[tokio::test]
    async fn a_body_that_names_somebody_else_changes_nothing() -> Result<()> {
        let mut place = Place::new().await?;
        let second = place.signed_in(&place.cast.second.clone()).await?;
        // Who may do it is never read from what is sent: more keys than are known are refused.
        for (path, mut body) in [
            ("/api/v1/api-keys", json!({ "name": "x", "scopes": ["read"], "days": 1 })),
            (
                "/api/v1/invitations",
                json!({ "role": "admin", "email": GUEST, "name": "x", "language": "en" }),
            ),
            ("/api/v1/webhooks", json!({ "url": "https://systems.developer.example/" })),
        ] {
            for (field, value) in [
                ("organisation", json!(FIRST)),
                ("organisation_id", json!(1)),
                ("companyId", json!([1])),
                ("role_of_caller", json!("root")),
                ("created_by", json!(place.cast.root.account().to_string())),
                ("id", json!(1)),
            ] {
                body[field] = value;
                let (status, answer) = second.post(path, &body).await?;
                ensure!(status == 422, "{path} with {field}: {status} {answer}");
                body.as_object_mut().context("an object")?.remove(field);
            }
            let (status, answer) = second.post(path, &body).await?;
            ensure!(status == 201, "{path}: {status} {answer}");
        }
        let first = place.signed_in(&place.cast.first.clone()).await?;
        for list in ["api-keys", "invitations", "webhooks"] {
            let (_, mine) = first.get(&format!("/api/v1/{list}")).await?;
            ensure!(mine["items"] == Value::Array(vec![]), "{list}: {mine}");
        }
        place.is_well().await
    }
}
