// SPDX-License-Identifier: Apache-2.0
//! Credentials that are not good, not good any more, or somebody else's, at everything that is not
//! public. An operation that is added to the API's description is tried too; what it needs and is
//! not known here fails the test by name.

mod e2e {
    use crate::{
        common::{FIRST, SECOND},
        world::{
            is_problem,
            operations::{self, Operation},
            values::base64,
            Place,
        },
    };
    use anyhow::{bail, ensure, Context, Result};
    use registry_client::Call;
    use registry_testbed::{api, Api};
    use reqwest::{
        header::{COOKIE, ORIGIN, SET_COOKIE},
        RequestBuilder,
    };
    use serde_json::{json, Value};
    use std::collections::BTreeMap;

    /// What a signed-in person may do for himself, whatever becomes of his organisation.
    const OWN: [&str; 11] = [
        "session",
        "sign_out",
        "refresh",
        "sign_out_everywhere",
        "audit",
        "account",
        "change_account",
        "delete_account",
        "applications",
        "application",
        "withdraw_application",
    ];

    fn with_body(request: RequestBuilder, operation: &Operation) -> RequestBuilder {
        match (&operation.body, operation.media_type.as_deref()) {
            (Some(body), _) => request.json(body),
            (None, Some(kind)) => request.header("Content-Type", kind).body("a file"),
            (None, None) => request,
        }
    }

    /// Asks at the example's address.
    async fn ask(api: &Api, operation: &Operation) -> Result<(u16, Value)> {
        ask_at(api, operation, &operation.example()).await
    }

    async fn ask_at(api: &Api, operation: &Operation, path: &str) -> Result<(u16, Value)> {
        let request = with_body(api.request(operation.method.clone(), path), operation);
        let answer = request.send().await?;
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        let body = answer.text().await?;
        let header = |name: &str| headers.get(name).and_then(|it| it.to_str().ok()).unwrap_or("");
        if status >= 400 {
            is_problem(status, header("content-type"), &body).context(operation.name())?;
        }
        if status == 401 {
            ensure!(header("www-authenticate") == "Bearer", "{}", operation.name());
        }
        ensure!(status < 500, "{} answered {status}: {body}", operation.name());
        Ok((status, serde_json::from_str(&body).unwrap_or(Value::Null)))
    }

    async fn private(place: &Place) -> Result<Vec<Operation>> {
        let all = operations::all(&place.portal).await?;
        let private: Vec<_> = all.into_iter().filter(|it| it.private).collect();
        ensure!(private.len() >= 38, "only {} are private", private.len());
        Ok(private)
    }

    /// A JSON Web Token that says what it likes.
    fn forged(header: &Value, claims: &Value, signature: &str) -> String {
        let part = |value: &Value| base64(value.to_string().as_bytes());
        format!("{}.{}.{signature}", part(header), part(claims))
    }

    #[tokio::test]
    async fn bad_credentials_open_nothing() -> Result<()> {
        let mut place = Place::new().await?;
        let database = place.stack.database().await?;
        let nobody = Api::nobody(&place.portal)?;
        let first = place.signed_in(&place.cast.first.clone()).await?;
        let account = place.cast.first.account().to_string();
        let all = ["read", "files", "webhooks", "mrv"];

        // All of these were good once.
        let (revoked, id) = first.program(&all).await?;
        ensure!(first.delete(&format!("/api/v1/api-keys/{id}")).await?.0 == 204);
        let (expired, id) = first.program(&all).await?;
        let change = "UPDATE directory.api_keys SET expires_at = now() WHERE id = $1";
        sqlx::query(change).bind(id).execute(&database).await?;
        let signed_out = place.signed_in(&place.cast.first.clone()).await?;
        ensure!(signed_out.delete("/api/v1/session").await?.0 == 204);
        let mut old = Vec::new();
        for set in ["used_at = now() - INTERVAL '16 minutes'", "ends_at = now()"] {
            let session = place.signed_in(&place.cast.first.clone()).await?;
            let change = format!(
                "UPDATE directory.sessions SET {set}
                 WHERE id = (SELECT max(id) FROM directory.sessions)"
            );
            sqlx::query(sqlx::AssertSqlSafe(change)).execute(&database).await?;
            old.push(session);
        }
        // And these never were.
        let good = first.credential().context("a token")?.to_owned();
        let claims = json!({ "exp": 4_102_444_800_u64, "iat": 1, "sub": account, "sid": 1 });
        let (head, rest) = good.split_once('.').context("a token of three parts")?;
        let (body, signature) = rest.split_once('.').context("a token of three parts")?;
        let upper = |text: &str| text.chars().rev().collect::<String>();
        let made_up = [
            "".to_owned(),
            "nobody".to_owned(),
            "rk_".to_owned(),
            format!("rk_{}", "A".repeat(43)),
            "a.b.c".to_owned(),
            account.clone(),
            forged(&json!({ "alg": "none" }), &claims, ""),
            forged(&json!({ "alg": "HS256", "typ": "JWT" }), &claims, signature),
            forged(&json!({ "alg": "HS256", "kid": "../../dev/null" }), &claims, &base64(&[0; 32])),
            format!("{head}.{body}."),
            format!("{head}.{body}.{}", upper(signature)),
            format!("{head}.{}.{signature}", base64(claims.to_string().as_bytes())),
            format!("{good}x"),
            format!("{good} {good}"),
        ];
        let mut callers = vec![
            ("nobody", nobody.clone()),
            ("a revoked key", revoked),
            ("an expired key", expired),
            ("a session that was ended", signed_out),
        ];
        callers.extend(["an idle session", "a session that is over"].into_iter().zip(old));
        callers
            .extend(made_up.iter().map(|token| ("a token that was made up", nobody.with(token))));
        let mut tried = 0;
        for operation in private(&place).await? {
            for (who, caller) in &callers {
                let (status, body) = ask(caller, &operation).await?;
                ensure!(status == 401, "{} by {who}: {status} {body}", operation.name());
                tried += 1;
            }
        }
        println!("{tried} times nobody was let in");
        ensure!(first.get("/api/v1/session").await?.0 == 200, "the good session is good still");
        place.is_well().await
    }

    #[tokio::test]
    async fn keys_open_nothing_outside_their_scopes_and_nothing_of_people() -> Result<()> {
        let mut place = Place::new().await?;
        let first = place.signed_in(&place.cast.first.clone()).await?;
        let scopes = ["read", "files", "webhooks", "mrv"];
        let (everything, _) = first.program(&scopes).await?;
        let mut without = BTreeMap::new();
        for scope in scopes {
            // To read is a part of reading files.
            let others = scopes.iter().filter(|it| **it != scope && **it != "read");
            let others: Vec<_> = others.copied().collect();
            without.insert(scope, first.program(&others).await?.0);
        }
        let (mut people, mut programs) = (0, 0);
        for operation in private(&place).await? {
            if operation.by_key {
                let name = operation.name();
                let key = without.get(operation.tag.as_str());
                let key =
                    key.with_context(|| format!("{name}: which scope opens {}?", operation.tag))?;
                let (status, body) = ask(key, &operation).await?;
                ensure!(status == 403, "{name} without its scope: {status} {body}");
                let scope = body["detail"].as_str().is_some_and(|it| it.contains("scope"));
                ensure!(scope, "{name}: {body}");
                programs += 1;
            } else {
                let (status, body) = ask(&everything, &operation).await?;
                ensure!(status == 403, "{} by a program: {status} {body}", operation.name());
                people += 1;
            }
        }
        println!("{people} operations are people's alone, {programs} need a scope");
        place.is_well().await
    }

    #[tokio::test]
    async fn a_cookie_changes_nothing_from_another_page() -> Result<()> {
        let mut place = Place::new().await?;
        let nobody = Api::nobody(&place.portal)?;
        let cookie = cookie(&place).await?;
        let mut tried = 0;
        for operation in private(&place).await?.iter().filter(|it| it.changes()) {
            for origin in [None, Some("https://evil.example"), Some("null"), Some("")] {
                let request = nobody.request(operation.method.clone(), &operation.example());
                let mut request = with_body(request, operation).header(COOKIE, &cookie);
                if let Some(origin) = origin {
                    request = request.header(ORIGIN, origin);
                }
                let (status, body) = api::read(request.send().await?).await?;
                ensure!(status == 403, "{} from {origin:?}: {status} {body}", operation.name());
                tried += 1;
            }
        }
        ensure!(tried > 80, "only {tried}");
        place.is_well().await
    }

    /// The cookie of a new session of the first developer.
    async fn cookie(place: &Place) -> Result<String> {
        let nobody = Api::nobody(&place.portal)?;
        let officer = &place.cast.first;
        let account = officer.account().to_string();
        let body = json!({ "account": account });
        let (_, challenge) = nobody.post("/api/v1/session/challenge", &body).await?;
        let message = challenge["message"].as_str().context("a message")?;
        let signature = format!("0x01{}", hex::encode(officer.key.sign(message.as_bytes()).0));
        let body =
            json!({ "account": account, "nonce": challenge["nonce"], "signature": signature });
        let answer =
            nobody.request(reqwest::Method::POST, "/api/v1/session").json(&body).send().await?;
        let cookie = answer.headers().get(SET_COOKIE).context("a cookie")?.to_str()?;
        Ok(cookie.split(';').next().context("a cookie")?.to_owned())
    }

    #[tokio::test]
    async fn members_of_suspended_organisations_do_nothing() -> Result<()> {
        let mut place = Place::new().await?;
        let first = place.signed_in(&place.cast.first.clone()).await?;
        let (program, _) = first.program(&["read", "files", "webhooks", "mrv"]).await?;
        let root = place.cast.root.clone();
        let call = Call::SuspendOrganisation { id: FIRST, reason: "A test".into() };
        place.does(&root, call).await?;
        let mut tried = 0;
        for operation in private(&place).await? {
            let own = OWN.contains(&operation.id.as_str());
            let (status, body) = ask(&program, &operation).await?;
            ensure!(status == 403, "{} by a program: {status} {body}", operation.name());
            if !own {
                let (status, body) = ask(&first, &operation).await?;
                ensure!(status == 403, "{} by an Admin: {status} {body}", operation.name());
                tried += 1;
            }
        }
        ensure!(tried > 25, "only {tried}");
        place.is_well().await
    }

    /// What the first developer has that is nobody else's business: what stands in addresses, by
    /// what stands before it.
    async fn belongings(place: &Place, first: &Api) -> Result<BTreeMap<&'static str, Vec<String>>> {
        let made = |what: &'static str, (status, body): (u16, Value)| match status {
            200..=202 => Ok(body),
            _ => bail!("{what}: {status} {body}"),
        };
        let key = json!({ "name": "Mine", "scopes": ["read"], "days": 1 });
        let key = made("a key", first.post("/api/v1/api-keys", &key).await?)?;
        let guest = json!({
            "role": "manager", "email": "guest@developer.example", "name": "A guest", "language": "en",
        });
        let guest = made("an invitation", first.post("/api/v1/invitations", &guest).await?)?;
        let hook = json!({ "url": "https://systems.developer.example/hook" });
        let hook = made("a webhook", first.post("/api/v1/webhooks", &hook).await?)?;
        let test = format!("/api/v1/webhooks/{}/test", hook["id"]);
        let delivery = made("a delivery", first.post(&test, &Value::Null).await?)?;
        let upload = first.request(reqwest::Method::POST, "/api/v1/files?name=private.txt");
        let upload = upload.header("Content-Type", "text/plain").body("Nobody else's business.");
        let file = made("a file", api::read(upload.send().await?).await?)?;
        let database = place.stack.database().await?;
        let submission: i64 = sqlx::query_scalar(
            "INSERT INTO directory.submissions (organisation, api_key, reference, digest, call, state)
             VALUES ($1, 1, 'mine', '\\x00', '{}', 'failed') RETURNING id",
        )
        .bind(i64::from(FIRST))
        .fetch_one(&database)
        .await?;
        let application: i64 = sqlx::query_scalar(
            "INSERT INTO directory.applications (account, tax_id, call, name, email, language)
             VALUES ($1, 'MINE', '{}', 'Mine', 'mine@developer.example', 'en') RETURNING id",
        )
        .bind(place.cast.first.account().to_string())
        .fetch_one(&database)
        .await?;
        let text = |value: &Value| value.to_string().trim_matches('"').to_owned();
        Ok(BTreeMap::from([
            ("/api/v1/api-keys/{id}", vec![text(&key["id"])]),
            ("/api/v1/invitations/{id}", vec![text(&guest["id"])]),
            ("/api/v1/webhooks/{id}", vec![text(&hook["id"]), text(&delivery["id"])]),
            ("/api/v1/files/{hash}", vec![text(&file["hash"])]),
            ("/api/v1/mrv/submissions/{id}", vec![submission.to_string()]),
            ("/api/v1/applications/{id}", vec![application.to_string()]),
            ("/api/v1/organisations/{id}", vec![FIRST.to_string()]),
        ]))
    }

    #[tokio::test]
    async fn what_is_another_organisations_is_not_there() -> Result<()> {
        let mut place = Place::new().await?;
        let first = place.signed_in(&place.cast.first.clone()).await?;
        let second = place.signed_in(&place.cast.second.clone()).await?;
        let (program, _) = second.program(&["read", "files", "webhooks", "mrv"]).await?;
        let belongings = belongings(&place, &first).await?;
        let everything = operations::all(&place.portal).await?;
        // What is public of some is private of others: files.
        let of_somebody =
            |it: &&Operation| !it.places.is_empty() && (it.private || it.tag == "files");
        let mut tried = 0;
        for operation in everything.iter().filter(of_somebody) {
            let name = operation.name();
            let found = belongings.iter().find(|(before, _)| operation.path.starts_with(**before));
            let (_, values) = found.with_context(|| format!("{name}: whose is it?"))?;
            // In the order in which they stand in the address.
            let mut values = values.iter();
            let mut path = operation.path.clone();
            while let (Some(begin), Some(end)) = (path.find('{'), path.find('}')) {
                path.replace_range(begin..=end, values.next().with_context(|| name.clone())?);
            }
            for (who, caller) in [("an Admin", &second), ("a program", &program)] {
                let (status, body) = ask_at(caller, operation, &path).await?;
                let refused = matches!(status, 403 | 404);
                ensure!(refused, "{name} by {who} of another organisation: {status} {body}");
                tried += 1;
            }
        }
        println!("{tried} times it was not there");
        ensure!(tried > 30, "only {tried}");
        // It is there still for whose it is.
        let (_, keys) = first.get("/api/v1/api-keys").await?;
        ensure!(keys["items"][0]["revoked_at"].is_null(), "{keys}");
        let (_, guests) = first.get("/api/v1/invitations").await?;
        ensure!(guests["items"][0]["revoked_at"].is_null(), "{guests}");
        let hook = &belongings["/api/v1/webhooks/{id}"][0];
        ensure!(first.get(&format!("/api/v1/webhooks/{hook}")).await?.0 == 200);
        let file = &belongings["/api/v1/files/{hash}"][0];
        let info = first.request(reqwest::Method::GET, &format!("/api/v1/files/{file}"));
        ensure!(info.send().await?.text().await? == "Nobody else's business.");
        let application = &belongings["/api/v1/applications/{id}"][0];
        let (status, mine) = first.get(&format!("/api/v1/applications/{application}")).await?;
        ensure!(status == 200 && mine["state"] == "waiting", "{mine}");
        // And nothing of it is in what the others list.
        for list in [
            "api-keys",
            "invitations",
            "webhooks",
            "files",
            "mrv/submissions",
            "applications",
            "audit",
        ] {
            let (status, body) = second.get(&format!("/api/v1/{list}")).await?;
            ensure!(status == 200, "{list}: {status} {body}");
            let text = body.to_string();
            for mine in ["Mine", "guest@", "systems.developer", "private.txt", "mine"] {
                ensure!(!text.contains(mine), "{list} of organisation {SECOND}: {text}");
            }
        }
        place.is_well().await
    }
}
