// SPDX-License-Identifier: Apache-2.0
//! Who may see and do what is not public: sign-in by wallet, sessions, keys of programs, the audit
//! log, and what a suspension on the chain does to all of it.

mod common;

mod e2e {
    use super::common::{self, add_manager, Cast, FIRST};
    use anyhow::{ensure, Context, Result};
    use registry_client::Call;
    use registry_testbed::{
        api::Api,
        process::{program, Process},
        stack::postgres_programs,
        Officer, Options, Stack,
    };
    use reqwest::{
        header::{COOKIE, ORIGIN, SET_COOKIE},
        Method,
    };
    use serde_json::{json, Value};
    use sqlx::Row;
    use std::path::{Path, PathBuf};

    struct Place {
        stack: Stack,
        registry: registry_client::Registry,
        cast: Cast,
        portal: String,
        // Removed last.
        _folder: tempfile::TempDir,
    }

    async fn place() -> Result<Place> {
        let folder = common::folder()?;
        let mut stack = common::stack(&folder).await?;
        let registry = stack.registry().await?;
        let cast = Cast::enter(&registry).await?;
        stack.wait_for_indexer().await?;
        let portal = stack.portal_url();
        Ok(Place { stack, registry, cast, portal, _folder: folder })
    }

    impl Place {
        /// A call, to the end and into the tables.
        async fn does(&mut self, who: &Officer, call: Call) -> Result<()> {
            self.cast.does(&self.registry, who, call).await?;
            self.stack.wait_for_indexer().await?;
            Ok(())
        }

        async fn challenge(&self, account: &str) -> Result<Value> {
            let nobody = Api::nobody(&self.portal)?;
            let body = json!({ "account": account });
            let (status, challenge) = nobody.post("/api/v1/session/challenge", &body).await?;
            ensure!(status == 200, "{challenge}");
            Ok(challenge)
        }
    }

    fn signature(officer: &Officer, text: &str) -> String {
        format!("0x01{}", hex::encode(officer.key.sign(text.as_bytes()).0))
    }

    fn is_problem(answer: &(u16, Value), status: u16) -> Result<()> {
        let (code, body) = answer;
        ensure!(*code == status, "{code} instead of {status}: {body}");
        let detail = body["detail"].as_str().unwrap_or_default();
        ensure!(body["status"] == status && detail.len() > 20, "no sentence: {body}");
        Ok(())
    }

    #[tokio::test]
    async fn a_wallet_signs_in_once_per_challenge_and_only_for_its_own_account() -> Result<()> {
        let place = place().await?;
        let nobody = Api::nobody(&place.portal)?;
        let (first, second) = (&place.cast.first, &place.cast.second);
        let account = first.account().to_string();

        let challenge = place.challenge(&account).await?;
        let message = challenge["message"].as_str().context("a message")?;
        let host = place.portal.trim_start_matches("http://");
        ensure!(message.starts_with(&format!("{host} wants you to sign in")), "{message}");
        // Wallets put the text between tags.
        let wrapped = signature(first, &format!("<Bytes>{message}</Bytes>"));
        let good = json!({
            "account": account, "nonce": challenge["nonce"], "signature": wrapped,
        });
        // Somebody else's signature, somebody else's account, no signature, an invented nonce.
        for (field, value) in [
            ("signature", json!(signature(second, message))),
            ("account", json!(second.account().to_string())),
            ("signature", json!("0x01")),
            ("nonce", json!("AAAA")),
        ] {
            let mut forged = good.clone();
            forged[field] = value;
            is_problem(&nobody.post("/api/v1/session", &forged).await?, 401)?;
        }
        let (status, session) = nobody.post("/api/v1/session", &good).await?;
        ensure!(status == 200 && session["role"] == "admin", "{session}");
        ensure!(session["organisation"]["id"] == FIRST, "{session}");
        // The same again.
        is_problem(&nobody.post("/api/v1/session", &good).await?, 401)?;

        // Who is nobody in the registry can sign in too, and do nothing there.
        let stranger = Api::sign_in(&place.portal, &Officer::new("//Stranger")?).await?;
        let (status, session) = stranger.get("/api/v1/session").await?;
        ensure!(status == 200 && session["role"].is_null(), "{session}");
        is_problem(&stranger.get("/api/v1/api-keys").await?, 403)?;
        is_problem(&nobody.get("/api/v1/session").await?, 401)?;
        for wrong in ["", "a.b.c", "rk_AAAA", session["account"].as_str().unwrap_or_default()] {
            is_problem(&nobody.with(wrong).get("/api/v1/session").await?, 401)?;
        }

        // Out is out, for this session's token and for all.
        let one = Api::sign_in(&place.portal, first).await?;
        let other = Api::sign_in(&place.portal, first).await?;
        ensure!(one.delete("/api/v1/session").await?.0 == 204);
        is_problem(&one.get("/api/v1/session").await?, 401)?;
        ensure!(other.get("/api/v1/session").await?.0 == 200);
        let (status, fresh) = other.post("/api/v1/session/refresh", &json!({})).await?;
        ensure!(status == 200, "{fresh}");
        let fresh = nobody.with(fresh["token"].as_str().context("a token")?);
        ensure!(fresh.get("/api/v1/session").await?.0 == 200);
        ensure!(other.delete("/api/v1/sessions").await?.0 == 204);
        is_problem(&fresh.get("/api/v1/session").await?, 401)?;
        Ok(())
    }

    #[tokio::test]
    async fn a_cookie_counts_for_pages_of_the_portal_alone() -> Result<()> {
        let place = place().await?;
        let officer = &place.cast.first;
        let account = officer.account().to_string();
        let challenge = place.challenge(&account).await?;
        let message = challenge["message"].as_str().context("a message")?;
        let body = json!({
            "account": account, "nonce": challenge["nonce"],
            "signature": signature(officer, message),
        });
        let nobody = Api::nobody(&place.portal)?;
        let answer = nobody.request(Method::POST, "/api/v1/session").json(&body).send().await?;
        let cookie = answer.headers()[SET_COOKIE].to_str()?.to_owned();
        for part in ["HttpOnly", "SameSite=Strict", "Path=/"] {
            ensure!(cookie.contains(part), "{cookie}");
        }
        let cookie = cookie.split(';').next().context("a cookie")?.to_owned();
        let ask = |method: Method, path: &str| nobody.request(method, path).header(COOKIE, &cookie);
        let key = json!({ "name": "Of a page", "scopes": ["read"], "days": 1 });

        ensure!(ask(Method::GET, "/api/v1/session").send().await?.status() == 200);
        let from = |origin: Option<&str>| {
            let request = ask(Method::POST, "/api/v1/api-keys").json(&key);
            match origin {
                Some(origin) => request.header(ORIGIN, origin).send(),
                None => request.send(),
            }
        };
        ensure!(from(None).await?.status() == 403);
        ensure!(from(Some("https://elsewhere.example")).await?.status() == 403);
        ensure!(from(Some(&place.portal)).await?.status() == 201);
        // The answers of private paths are nobody else's to keep or to read.
        let answer = ask(Method::GET, "/api/v1/api-keys")
            .header(ORIGIN, "https://elsewhere.example")
            .send()
            .await?;
        ensure!(answer.headers()["cache-control"] == "no-store");
        ensure!(!answer.headers().contains_key("access-control-allow-credentials"));
        Ok(())
    }

    #[tokio::test]
    async fn role_and_suspension_count_from_the_next_block_on() -> Result<()> {
        let mut place = place().await?;
        let (root, first) = (place.cast.root.clone(), place.cast.first.clone());
        let manager = Officer::new("//Manager")?;
        let session = Api::sign_in(&place.portal, &manager).await?;
        is_problem(&session.get("/api/v1/mrv/submissions").await?, 403)?;
        place.does(&first, add_manager(FIRST, &manager)).await?;
        ensure!(session.get("/api/v1/session").await?.1["role"] == "manager");
        ensure!(session.get("/api/v1/mrv/submissions").await?.0 == 200);
        is_problem(&session.get("/api/v1/api-keys").await?, 403)?;

        let admin = Api::sign_in(&place.portal, &first).await?;
        let (program, _) = admin.program(&["read", "mrv"]).await?;
        ensure!(program.get("/api/v1/mrv/submissions").await?.0 == 200);
        let suspend = Call::SuspendOrganisation { id: FIRST, reason: "A test".into() };
        place.does(&root, suspend).await?;
        for caller in [&session, &admin, &program] {
            let answer = caller.get("/api/v1/mrv/submissions").await?;
            is_problem(&answer, 403)?;
            ensure!(answer.1["detail"].as_str().is_some_and(|it| it.contains("suspended")));
        }
        ensure!(admin.get("/api/v1/session").await?.1["suspended"] == true);
        place.does(&root, Call::ReactivateOrganisation { id: FIRST }).await?;
        ensure!(program.get("/api/v1/mrv/submissions").await?.0 == 200);
        place.does(&first, Call::RemoveMember { account: manager.account() }).await?;
        is_problem(&session.get("/api/v1/mrv/submissions").await?, 403)?;
        ensure!(session.get("/api/v1/session").await?.1["role"].is_null());
        Ok(())
    }

    #[tokio::test]
    async fn keys_open_what_they_are_for_and_nothing_of_them_is_kept() -> Result<()> {
        let place = place().await?;
        let admin = Api::sign_in(&place.portal, &place.cast.first).await?;
        let other = Api::sign_in(&place.portal, &place.cast.second).await?;
        for bad in [
            json!({ "name": "", "scopes": ["read"], "days": 1 }),
            json!({ "name": "x", "scopes": [], "days": 1 }),
            json!({ "name": "x", "scopes": ["everything"], "days": 1 }),
            json!({ "name": "x", "scopes": ["read"], "days": 10_000 }),
            json!({ "name": "x", "scopes": ["read"], "days": 0 }),
        ] {
            is_problem(&admin.post("/api/v1/api-keys", &bad).await?, 422)?;
        }
        let key = json!({ "name": "Once", "scopes": ["files"], "days": 1 });
        let ask = |api: &Api, key: &Value, name: &str| {
            let request = api.request(Method::POST, "/api/v1/api-keys");
            let answer = request.json(key).header("Idempotency-Key", name).send();
            async { registry_testbed::api::read(answer.await?).await }
        };
        let (status, made) = ask(&admin, &key, "a").await?;
        ensure!(status == 201, "{made}");
        // The answer was lost: it is given again, and there is one key.
        let again = ask(&admin, &key, "a").await?;
        ensure!(again == (201, made.clone()), "{again:?}");
        is_problem(&ask(&admin, &json!({ "name": "Other" }), "a").await?, 422)?;
        // Another caller's key of this name is another.
        ensure!(ask(&other, &key, "a").await?.1["secret"] != made["secret"]);
        let (_, list) = admin.get("/api/v1/api-keys").await?;
        ensure!(list["items"].as_array().is_some_and(|it| it.len() == 1), "{list}");
        ensure!(!list.to_string().contains(made["secret"].as_str().context("a key")?));

        let program = admin.with(made["secret"].as_str().context("a key")?);
        is_problem(&program.get("/api/v1/mrv/submissions").await?, 403)?;
        is_problem(&program.get("/api/v1/api-keys").await?, 403)?;
        is_problem(&program.get("/api/v1/account").await?, 403)?;
        let path = format!("/api/v1/api-keys/{}", made["id"]);
        is_problem(&other.delete(&path).await?, 404)?;
        let (mrv, id) = admin.program(&["mrv"]).await?;
        ensure!(mrv.get("/api/v1/mrv/submissions").await?.0 == 200);
        ensure!(admin.delete(&format!("/api/v1/api-keys/{id}")).await?.0 == 204);
        is_problem(&mrv.get("/api/v1/mrv/submissions").await?, 401)?;
        let (old, id) = admin.program(&["mrv"]).await?;
        let database = place.stack.database().await?;
        sqlx::query("UPDATE directory.api_keys SET expires_at = now() WHERE id = $1")
            .bind(id)
            .execute(&database)
            .await?;
        is_problem(&old.get("/api/v1/mrv/submissions").await?, 401)?;

        // Who reads the whole database finds no key and no token in it.
        let secrets = [made["secret"].as_str().unwrap_or_default()];
        for table in ["api_keys", "sessions", "answers", "audit", "mails"] {
            let rows = format!("SELECT t::TEXT AS row FROM directory.{table} t");
            for row in sqlx::query(sqlx::AssertSqlSafe(rows)).fetch_all(&database).await? {
                let text: String = row.get("row");
                let bytes = hex::encode(secrets[0]);
                ensure!(!secrets.iter().any(|it| text.contains(it)), "{table}: {text}");
                ensure!(!text.contains(&bytes), "{table}: {text}");
            }
        }
        Ok(())
    }

    #[tokio::test]
    async fn the_audit_log_is_only_added_to_and_each_sees_his_own() -> Result<()> {
        let place = place().await?;
        let first = Api::sign_in(&place.portal, &place.cast.first).await?;
        let second = Api::sign_in(&place.portal, &place.cast.second).await?;
        let root = Api::sign_in(&place.portal, &place.cast.root).await?;
        first.program(&["read"]).await?;
        // A failed attempt is told too.
        let account = place.cast.first.account().to_string();
        let forged = json!({ "account": account, "nonce": "AAAA", "signature": "0x01" });
        is_problem(&Api::nobody(&place.portal)?.post("/api/v1/session", &forged).await?, 401)?;

        let actions = |list: &Value| -> Vec<(String, bool)> {
            let items = list["items"].as_array().cloned().unwrap_or_default();
            items
                .iter()
                .map(|it| {
                    let action = it["action"].as_str().unwrap_or_default().to_owned();
                    (action, it["succeeded"] == true)
                })
                .collect()
        };
        let (_, own) = first.get("/api/v1/audit").await?;
        let expected = [("signed_in", false), ("api_key_created", true), ("signed_in", true)];
        let expected = expected.map(|(action, succeeded)| (action.to_owned(), succeeded));
        ensure!(actions(&own) == expected, "{own}");
        ensure!(own["items"][1]["organisation"] == FIRST, "{own}");
        let (_, others) = second.get("/api/v1/audit").await?;
        ensure!(actions(&others) == [("signed_in".to_owned(), true)], "{others}");
        ensure!(others["items"][0]["account"] != account.as_str());
        let (_, of_second) = second.get(&format!("/api/v1/audit?account={account}")).await?;
        ensure!(actions(&of_second).is_empty(), "{of_second}");
        let (_, all) = root.get("/api/v1/audit?action=signed_in&limit=2").await?;
        ensure!(actions(&all).len() == 2 && all["next"].is_string(), "{all}");
        let stranger = Api::sign_in(&place.portal, &Officer::new("//Stranger")?).await?;
        is_problem(&stranger.get(&format!("/api/v1/audit?account={account}")).await?, 403)?;

        let database = place.stack.database().await?;
        for change in ["UPDATE directory.audit SET account = NULL", "DELETE FROM directory.audit"] {
            let refused = sqlx::query(change).execute(&database).await.unwrap_err();
            ensure!(refused.to_string().contains("only added to"), "{refused}");
        }
        // The portal's role may not even try, and has nothing on the chain's tables but reading.
        for change in [
            "TRUNCATE directory.audit",
            "UPDATE chain.cursor SET height = 0",
            "DELETE FROM chain.members",
        ] {
            let mut connection = database.acquire().await?;
            sqlx::query("SET ROLE registry_directory").execute(&mut *connection).await?;
            let refused = sqlx::query(change).execute(&mut *connection).await.unwrap_err();
            ensure!(refused.to_string().contains("permission denied"), "{refused}");
            sqlx::query("RESET ROLE").execute(&mut *connection).await?;
        }
        Ok(())
    }

    /// Programs with the users that deploy/postgres/roles.sh makes: neither owns the database, and the
    /// portal has a schema of its own and nothing else.
    #[tokio::test]
    async fn the_portal_works_with_the_rights_of_a_deployment() -> Result<()> {
        let folder = common::folder()?;
        let mut stack = Stack::prepare(Options::instant(folder.path()))?;
        stack.start_postgres()?;
        let bin = postgres_programs()?;
        let socket = stack.socket_folder();
        let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..");
        let run = |program: &Path, arguments: &[&str]| -> Result<()> {
            let path = std::env::var("PATH")?;
            let output = std::process::Command::new(program)
                .args(arguments)
                .env("PATH", format!("{}:{path}", bin.display()))
                .env("PGHOST", &socket)
                .env("POSTGRES_USER", "registry")
                .output()?;
            let text = String::from_utf8_lossy(&output.stderr).into_owned();
            ensure!(output.status.success(), "{}: {text}", program.display());
            Ok(())
        };
        run(
            &bin.join("dropdb"),
            &["--username=registry", "--maintenance-db=postgres", "registry"],
        )?;
        run(&root.join("deploy/postgres/roles.sh"), &[])?;
        stack.start_nodes()?;
        stack.wait_for_node().await?;
        let database = |user: &str| {
            format!("--database=postgres:///registry?host={}&user={user}", socket.display())
        };
        let indexer = [
            program("registry-indexer")?,
            "run".into(),
            format!("--node={}", stack.node_url()),
            database("registry_indexer"),
            "--listen=127.0.0.1:0".into(),
        ];
        stack.indexer = Some(Process::start("indexer", folder.path(), &[], &indexer)?);
        stack.wait_for_indexer().await?;
        let portal = [
            program("registry-portal")?,
            format!("--listen={}", stack.portal_url().trim_start_matches("http://")),
            database("registry_portal"),
            format!("--node={}", stack.node_url()),
            format!("--public-url={}", stack.portal_url()),
            format!("--secret={}", folder.path().join("secret").display()),
            format!("--files={}", folder.path().join("files").display()),
            format!("--files-incoming={}", folder.path().join("incoming").display()),
        ];
        stack.portal = Some(Process::start("portal", folder.path(), &[], &portal)?);
        stack.wait_for_portal().await?;
        let root = Api::sign_in(&stack.portal_url(), &Officer::new("//Alice")?).await?;
        let (program, _) = root.program(&["read"]).await?;
        ensure!(program.get("/api/v1/totals").await?.0 == 200);
        ensure!(root.get("/api/v1/audit").await?.0 == 200);
        Ok(())
    }
}
