// SPDX-License-Identifier: Apache-2.0
//! Webhooks against a real receiver: signed, filtered, sent again until they are taken, laid aside and
//! sent again when asked, each under one number; and never to where they may not lead.

mod common;
mod webhooks {
    pub mod receiver;
}

mod e2e {
    use super::{
        common::{self, transfer, Cast, FIRST, SECOND},
        webhooks::receiver::{Answer, Receiver},
    };
    use anyhow::{ensure, Context, Result};
    use registry_client::{Call, Registry};
    use registry_testbed::{
        api::Api,
        javascript::{in_words, JavaScript},
        process::free_port,
        Officer, Stack,
    };
    use serde_json::{json, Value};
    use sqlx::PgPool;
    use std::{
        collections::BTreeSet,
        time::{Duration, Instant},
    };

    struct Scene {
        stack: Stack,
        registry: Registry,
        cast: Cast,
        database: PgPool,
        receiver: Receiver,
        /// The Admin of the second developer.
        admin: Api,
        _folder: tempfile::TempDir,
    }

    impl Scene {
        /// Everything, 1,000 tonnes of the first developer, and a courier that has told all of it.
        async fn open(options: &[&str]) -> Result<Self> {
            let folder = common::folder()?;
            let mut stack = common::stack(&folder).await?;
            stack.portal_options = ["--webhook-allow-private", "--webhook-first-delay=100"]
                .iter()
                .chain(options)
                .map(ToString::to_string)
                .collect();
            stack.start_portal()?;
            stack.wait_for_portal().await?;
            let registry = stack.registry().await?;
            let cast = Cast::enter(&registry).await?;
            cast.issue(&registry, "Told to programs", 1_000).await?;
            stack.wait_for_indexer().await?;
            let database = stack.database().await?;
            let receiver = Receiver::start(0).await?;
            let admin = Api::sign_in(&stack.portal_url(), &cast.second).await?;
            let scene = Self { stack, registry, cast, database, receiver, admin, _folder: folder };
            scene.all_told().await?;
            Ok(scene)
        }

        /// Waits until all that was indexed is told.
        async fn all_told(&self) -> Result<()> {
            self.until(
                "SELECT EXISTS (SELECT FROM directory.courier c WHERE NOT EXISTS (
                        SELECT FROM chain.events e
                        WHERE (e.height, e.index) > (c.height, c.index)))",
            )
            .await
        }

        /// Waits until a question is answered with yes.
        async fn until(&self, question: &'static str) -> Result<()> {
            let deadline = Instant::now() + Duration::from_secs(60);
            loop {
                let yes: bool = sqlx::query_scalar(question).fetch_one(&self.database).await?;
                if yes {
                    return Ok(());
                }
                ensure!(Instant::now() < deadline, "not within a minute: {question}");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }

        /// A webhook to a path of the receiver: its number and its secret.
        async fn webhook(&self, path: &str, more: Value) -> Result<(i64, String)> {
            let mut body = json!({ "url": self.receiver.url(path) });
            for (name, value) in more.as_object().into_iter().flatten() {
                body[name] = value.clone();
            }
            let (status, made) = self.admin.post("/api/v1/webhooks", &body).await?;
            ensure!(status == 201, "{status} {made}");
            let secret = made["secret"].as_str().context("a secret")?.to_owned();
            ensure!(secret.starts_with("whsec_"), "{secret}");
            Ok((made["id"].as_i64().context("a number")?, secret))
        }

        /// A transfer to the second developer.
        async fn move_credits(&self, tonnes: u64) -> Result<()> {
            let call = transfer(1, tonnes, SECOND);
            self.cast.does(&self.registry, &self.cast.first, call).await
        }

        /// The deliveries of a webhook, the newest first.
        async fn deliveries(&self, webhook: i64, query: &str) -> Result<Vec<Value>> {
            let path = format!("/api/v1/webhooks/{webhook}/deliveries{query}");
            let (status, answer) = self.admin.get(&path).await?;
            ensure!(status == 200, "{status} {answer}");
            Ok(answer["items"].as_array().context("items")?.clone())
        }

        /// Waits until the newest delivery of a webhook is in a state.
        async fn newest(&self, webhook: i64, state: &str) -> Result<Value> {
            let deadline = Instant::now() + Duration::from_secs(40);
            loop {
                let newest = self.deliveries(webhook, "?limit=1").await?.pop();
                if let Some(newest) = newest.clone().filter(|it| it["status"] == state) {
                    return Ok(newest);
                }
                ensure!(Instant::now() < deadline, "not {state}: {newest:?}");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }

    fn refused(answer: &(u16, Value), status: u16) -> Result<()> {
        let (code, body) = answer;
        ensure!(*code == status, "{code} instead of {status}: {body}");
        ensure!(body["detail"].as_str().unwrap_or_default().len() > 20, "no sentence: {body}");
        Ok(())
    }

    const ONE: &str = r#"["CreditsTransferred"]"#;

    fn transfers() -> Value {
        json!({ "events": serde_json::from_str::<Value>(ONE).unwrap_or_default() })
    }

    #[tokio::test]
    async fn events_are_delivered_signed_as_the_api_tells_them() -> Result<()> {
        let scene = Scene::open(&[]).await?;
        let (all, secret) = scene.webhook("/all", json!({})).await?;
        let (some, _) = scene.webhook("/some", transfers()).await?;
        scene.webhook("/first", json!({ "about": { "organisation": FIRST } })).await?;
        scene.webhook("/third", json!({ "about": { "organisation": 4, "project": 1 } })).await?;
        // A program may do it too, with a key that is for it.
        let (program, _) = scene.admin.program(&["webhooks"]).await?;
        let (status, made) = program
            .post("/api/v1/webhooks", &json!({ "url": scene.receiver.url("/program") }))
            .await?;
        ensure!(status == 201 && made["created_by"].is_null(), "{status} {made}");

        scene.move_credits(7).await?;
        scene.receiver.wait("/all", 2).await?;
        scene.receiver.wait("/some", 1).await?;
        scene.receiver.wait("/first", 2).await?;
        scene.receiver.wait("/program", 2).await?;
        ensure!(scene.receiver.taken("/third").is_empty(), "a filter lets pass");
        let told = scene.receiver.taken("/all");
        let mut kinds: Vec<_> = told.iter().map(|it| it.kind().to_owned()).collect();
        kinds.sort();
        ensure!(kinds == ["BlockSplit", "CreditsTransferred"], "{kinds:?}");

        // The event is the API's, in an envelope of CloudEvents, under a number of its own.
        let nobody = Api::nobody(&scene.stack.portal_url())?;
        for delivery in &told {
            let data = &delivery.json["data"];
            let id = data["id"].as_str().context("an event")?;
            let (status, mut event) = nobody.get(&format!("/api/v1/events/{id}")).await?;
            ensure!(status == 200, "{event}");
            for more in ["as_of", "block_hash"] {
                event.as_object_mut().context("an event")?.remove(more);
            }
            ensure!(&event == data, "{event} is not {data}");
            ensure!(delivery.id() == format!("msg_{all}_{id}"), "{:?}", delivery.headers);
            for (field, value) in [
                ("specversion", json!("1.0")),
                ("id", json!(delivery.id())),
                ("source", json!(scene.stack.portal_url())),
                ("time", data["time"].clone()),
            ] {
                ensure!(delivery.json[field] == value, "{field}: {}", delivery.json);
            }
            ensure!(delivery.headers["content-type"] == "application/cloudevents+json");
        }

        // Another secret: for a day both sign.
        let (status, rotated) =
            scene.admin.post(&format!("/api/v1/webhooks/{all}/secret"), &json!({})).await?;
        ensure!(status == 200, "{status} {rotated}");
        let new_secret = rotated["secret"].as_str().context("a secret")?.to_owned();
        scene.ping(all).await?;
        scene.receiver.wait("/all", 3).await?;
        sqlx::query("UPDATE directory.webhooks SET old_until = now() WHERE id = $1")
            .bind(all)
            .execute(&scene.database)
            .await?;
        scene.ping(all).await?;
        let told = scene.receiver.wait("/all", 4).await?;
        ensure!(told[2].kind() == "ping" && told[2].json["data"] == json!({ "webhook": all }));
        let mut tampered = told[0].clone();
        tampered.body = tampered.body.replace("Credits", "Debits");
        let lines = [
            told[0].line(&secret, true),
            told[1].line(&secret, true),
            told[0].line(&new_secret, false),
            tampered.line(&secret, tampered.body == told[0].body),
            told[2].line(&secret, true),
            told[2].line(&new_secret, true),
            told[3].line(&secret, false),
            told[3].line(&new_secret, true),
        ];
        let file = scene._folder.path().join("deliveries.ndjson");
        std::fs::write(&file, lines.concat())?;
        let verified =
            JavaScript::install("clients")?.run("webhooks.mjs", &[&file.display().to_string()])?;
        ensure!(verified.status.success(), "{}", in_words(&verified));
        ensure!(String::from_utf8_lossy(&verified.stdout).trim() == lines.len().to_string());
        println!("{} signatures, judged by the specification's own library", lines.len());

        scene.who_may(some).await
    }

    impl Scene {
        async fn ping(&self, webhook: i64) -> Result<()> {
            let (status, answer) =
                self.admin.post(&format!("/api/v1/webhooks/{webhook}/test"), &json!({})).await?;
            ensure!(status == 202 && answer["type"] == "ping", "{status} {answer}");
            Ok(())
        }

        /// What is refused, and to whom.
        async fn who_may(&self, webhook: i64) -> Result<()> {
            let url = self.receiver.url("/refused");
            for body in [
                json!({ "url": "ftp://example.org/" }),
                json!({ "url": "https://user:secret@example.org/" }),
                json!({ "url": url, "events": ["CreditsTransfered"] }),
                json!({ "url": url, "events": ["ping"] }),
                json!({ "url": url, "about": { "colour": 1 } }),
                json!({ "url": url, "secret": "mine" }),
                json!({}),
            ] {
                refused(&self.admin.post("/api/v1/webhooks", &body).await?, 422)?;
            }
            let body = json!({ "url": url });
            let portal = self.stack.portal_url();
            let nobody = Api::nobody(&portal)?;
            refused(&nobody.post("/api/v1/webhooks", &body).await?, 401)?;
            let (reader, _) = self.admin.program(&["read"]).await?;
            refused(&reader.post("/api/v1/webhooks", &body).await?, 403)?;
            refused(&reader.get("/api/v1/webhooks").await?, 403)?;
            // Another organisation's webhook is not there.
            let other = Api::sign_in(&portal, &self.cast.first).await?;
            let path = format!("/api/v1/webhooks/{webhook}");
            refused(&other.get(&path).await?, 404)?;
            refused(&other.get(&format!("{path}/deliveries")).await?, 404)?;
            refused(&other.post(&format!("{path}/secret"), &json!({})).await?, 404)?;
            refused(&other.post(&format!("{path}/test"), &json!({})).await?, 404)?;
            refused(&other.delete(&path).await?, 404)?;
            ensure!(other.get("/api/v1/webhooks").await?.1 == json!({ "items": [] }));
            // A secret is told once.
            let (_, list) = self.admin.get("/api/v1/webhooks").await?;
            ensure!(!list.to_string().contains("whsec_"), "{list}");
            let (_, audit) = self.admin.get("/api/v1/audit?action=webhook_created").await?;
            ensure!(audit["items"].as_array().is_some_and(|it| it.len() == 5), "{audit}");
            // Ten, and no more.
            for n in 5..10 {
                self.webhook(&format!("/more/{n}"), transfers()).await?;
            }
            refused(&self.admin.post("/api/v1/webhooks", &body).await?, 422)?;
            // What is removed is told nothing more.
            ensure!(self.admin.delete(&path).await?.0 == 204);
            refused(&self.admin.get(&path).await?, 404)?;
            self.move_credits(3).await?;
            self.receiver.wait("/more/9", 1).await?;
            ensure!(self.receiver.taken("/some").len() == 1, "it was told after its end");
            Ok(())
        }
    }

    #[tokio::test]
    async fn what_is_not_taken_is_sent_again_and_at_last_laid_aside() -> Result<()> {
        let scene = Scene::open(&["--webhook-attempts=4"]).await?;
        let receiver = &scene.receiver;
        let (moody, _) = scene.webhook("/moody", transfers()).await?;
        let (broken, _) = scene.webhook("/broken", transfers()).await?;
        let (elsewhere, _) = scene.webhook("/elsewhere", transfers()).await?;
        let (large, _) = scene.webhook("/large", transfers()).await?;
        let (slow, _) = scene.webhook("/slow", transfers()).await?;
        let port = free_port()?;
        let (status, closed) = scene
            .admin
            .post(
                "/api/v1/webhooks",
                &json!({ "url": format!("http://127.0.0.1:{port}/closed"), "events": ["CreditsTransferred"] }),
            )
            .await?;
        ensure!(status == 201, "{closed}");
        let closed = closed["id"].as_i64().context("a number")?;
        receiver.answers("/moody", Answer::Then(500, 2));
        receiver.answers("/broken", Answer::Status(503));
        receiver.answers("/elsewhere", Answer::Redirect(receiver.url("/trap")));
        receiver.answers("/large", Answer::Large(20 << 20));
        receiver.answers("/slow", Answer::Slow(Duration::from_secs(60)));

        scene.move_credits(7).await?;
        // After two refusals it is taken, under the same number each time.
        let tries = receiver.wait("/moody", 3).await?;
        let ids: BTreeSet<_> = tries.iter().map(|it| it.id().to_owned()).collect();
        ensure!(ids.len() == 1, "{ids:?}");
        let waits: Vec<_> = tries.windows(2).map(|pair| pair[1].at - pair[0].at).collect();
        ensure!(waits[0] >= Duration::from_millis(80), "{waits:?}");
        ensure!(waits[1] >= Duration::from_millis(240), "{waits:?}");
        let taken = scene.newest(moody, "delivered").await?;
        ensure!(taken["attempts"] == 3 && taken["last_status"] == 200, "{taken}");
        ensure!(taken["last_error"].is_null() && taken["next_at"].is_null(), "{taken}");

        // Of an answer of twenty megabytes little is read, and that it was taken counts.
        let taken = scene.newest(large, "delivered").await?;
        ensure!(taken["attempts"] == 1, "{taken}");

        // Enough is enough.
        let dead = scene.newest(broken, "dead").await?;
        ensure!(dead["attempts"] == 4 && dead["last_status"] == 503, "{dead}");
        ensure!(dead["last_error"] == "it answered 503", "{dead}");
        ensure!(receiver.taken("/broken").len() == 4);
        let dead_elsewhere = scene.newest(elsewhere, "dead").await?;
        ensure!(dead_elsewhere["last_status"] == 302, "{dead_elsewhere}");
        ensure!(receiver.taken("/trap").is_empty(), "a redirection was followed");
        let dead_closed = scene.newest(closed, "dead").await?;
        ensure!(dead_closed["last_status"].is_null(), "{dead_closed}");
        println!("closed: {}", dead_closed["last_error"]);

        // A receiver that does not answer keeps nobody waiting but itself.
        for tonnes in [5, 3, 2, 1] {
            scene.move_credits(tonnes).await?;
        }
        let began = Instant::now();
        receiver.wait("/moody", 7).await?;
        ensure!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
        let under_way = receiver.taken("/slow").len();
        ensure!(under_way == 2, "{under_way} deliveries to the slow one");
        scene
            .until(
                "SELECT EXISTS (SELECT FROM directory.webhook_deliveries d
             JOIN directory.webhooks w ON w.id = d.webhook
             WHERE w.url LIKE '%/slow' AND d.last_error = 'no answer within 10 seconds')",
            )
            .await?;

        // A dead letter is sent again when asked, under its number; what is not dead is not.
        receiver.answers("/broken", Answer::Status(200));
        let oldest = scene.deliveries(broken, "?status=dead").await?.pop().context("a dead one")?;
        let again = format!("/api/v1/webhooks/{broken}/deliveries/{}/retry", oldest["id"]);
        let before = receiver.taken("/broken").len();
        let (status, answer) = scene.admin.post(&again, &json!({})).await?;
        ensure!(status == 202, "{status} {answer}");
        let tries = receiver.wait("/broken", before + 1).await?;
        let first = tries.first().context("the first")?.id().to_owned();
        ensure!(tries.iter().any(|it| it.id() == first && it.at > tries[before - 1].at));
        let deadline = Instant::now() + Duration::from_secs(20);
        loop {
            let answer = scene.admin.post(&again, &json!({})).await?;
            if answer.0 == 409 {
                break;
            }
            ensure!(Instant::now() < deadline, "{answer:?}");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        refused(
            &scene
                .admin
                .post(&format!("/api/v1/webhooks/{broken}/deliveries/999/retry"), &json!({}))
                .await?,
            404,
        )?;
        // Nor is another webhook's.
        let (foreign, theirs) = (dead_closed["id"].clone(), broken);
        let path = format!("/api/v1/webhooks/{theirs}/deliveries/{foreign}/retry");
        refused(&scene.admin.post(&path, &json!({})).await?, 404)?;
        ensure!(slow > 0);
        Ok(())
    }

    #[tokio::test]
    async fn a_webhook_that_takes_nothing_for_days_is_switched_off() -> Result<()> {
        let scene = Scene::open(&["--webhook-attempts=3", "--webhook-off-after=2"]).await?;
        let receiver = &scene.receiver;
        sqlx::query(
            "INSERT INTO directory.people (account, name, email, email_confirmed_at)
             VALUES ($1, 'Sam', 'sam@second.example', now())",
        )
        .bind(scene.cast.second.account().to_string())
        .execute(&scene.database)
        .await?;
        let (broken, _) = scene.webhook("/broken", transfers()).await?;
        let (gone, _) = scene.webhook("/gone", transfers()).await?;
        let (works, _) = scene.webhook("/works", transfers()).await?;
        receiver.answers("/broken", Answer::Status(500));
        receiver.answers("/gone", Answer::Status(410));
        scene.move_credits(7).await?;
        // Who says that it is gone is asked no more.
        let dead = scene.newest(gone, "dead").await?;
        ensure!(dead["attempts"] == 1 && receiver.taken("/gone").len() == 1, "{dead}");
        let dead = scene.newest(broken, "dead").await?;
        ensure!(dead["attempts"] == 3, "{dead}");
        let (_, webhook) = scene.admin.get(&format!("/api/v1/webhooks/{gone}")).await?;
        ensure!(webhook["switched_off_at"].is_string(), "{webhook}");
        let (_, webhook) = scene.admin.get(&format!("/api/v1/webhooks/{broken}")).await?;
        ensure!(webhook["switched_off_at"].is_null(), "{webhook}");
        ensure!(webhook["failing_since"].is_string(), "{webhook}");
        // Its time is over.
        tokio::time::sleep(Duration::from_secs(2)).await;
        scene.move_credits(5).await?;
        receiver.wait("/works", 2).await?;
        scene.newest(broken, "dead").await?;
        let tries = receiver.taken("/broken").len();
        ensure!(tries == 4, "{tries} tries");
        scene
            .until(
                "SELECT count(*) = 2 FROM directory.mails
             WHERE template = 'webhook_switched_off' AND email = 'sam@second.example'",
            )
            .await?;
        // Nothing is written down for it, nothing can be asked of it, until it is on again.
        scene.move_credits(3).await?;
        receiver.wait("/works", 3).await?;
        ensure!(scene.deliveries(broken, "").await?.len() == 2);
        refused(
            &scene.admin.post(&format!("/api/v1/webhooks/{broken}/test"), &json!({})).await?,
            409,
        )?;
        let path = format!("/api/v1/webhooks/{broken}/deliveries/{}/retry", dead["id"]);
        refused(&scene.admin.post(&path, &json!({})).await?, 409)?;
        receiver.answers("/broken", Answer::Status(200));
        let (status, webhook) =
            scene.admin.post(&format!("/api/v1/webhooks/{broken}/enable"), &json!({})).await?;
        ensure!(status == 200 && webhook["switched_off_at"].is_null(), "{webhook}");
        let (status, _) = scene.admin.post(&path, &json!({})).await?;
        ensure!(status == 202);
        receiver.wait("/broken", 5).await?;

        // A suspended organisation is told nothing, and nothing of what waits.
        let suspend = Call::SuspendOrganisation { id: SECOND, reason: "a test".into() };
        scene.cast.does(&scene.registry, &scene.cast.root, suspend).await?;
        let (status, _) = scene.admin.get("/api/v1/webhooks").await?;
        ensure!(status == 403 || status == 200, "{status}");
        let before = receiver.taken("/works").len();
        let call = common::retire(1, 1);
        scene.cast.does(&scene.registry, &scene.cast.first, call).await?;
        tokio::time::sleep(Duration::from_secs(2)).await;
        scene.all_told().await?;
        refused(&scene.admin.get("/api/v1/webhooks").await?, 403)?;
        let reactivate = Call::ReactivateOrganisation { id: SECOND };
        scene.cast.does(&scene.registry, &scene.cast.root, reactivate).await?;
        scene.move_credits(2).await?;
        let told = receiver.wait("/works", before + 1).await?;
        ensure!(told.len() == before + 1, "{}", told.len());
        ensure!(works > 0);
        Ok(())
    }

    #[tokio::test]
    async fn a_killed_portal_loses_nothing_and_doubles_nothing() -> Result<()> {
        let mut scene = Scene::open(&[]).await?;
        let (webhook, _) = scene.webhook("/killed", json!({})).await?;
        scene.receiver.answers("/killed", Answer::Slow(Duration::from_millis(150)));
        for round in 0..4 {
            for _ in 0..5 {
                scene.move_credits(1).await?;
            }
            if round == 2 {
                // While nobody listens.
                scene.stack.portal.as_mut().context("the portal")?.kill();
                for _ in 0..5 {
                    scene.move_credits(1).await?;
                }
            } else {
                tokio::time::sleep(Duration::from_millis(300 + 200 * round)).await;
                scene.stack.portal.as_mut().context("the portal")?.kill();
            }
            scene.stack.start_portal()?;
        }
        scene.stack.wait_for_portal().await?;
        scene.stack.wait_for_indexer().await?;
        scene.all_told().await?;
        scene
            .until(
                "SELECT NOT EXISTS (SELECT FROM directory.webhook_deliveries
                                WHERE status <> 'delivered')",
            )
            .await?;
        let told = scene.receiver.taken("/killed");
        let ids: BTreeSet<_> = told.iter().map(|it| it.id().to_owned()).collect();
        // A transfer splits a block and moves a part of it: two events each.
        let expected: Vec<String> = sqlx::query_scalar(
            "SELECT 'msg_' || $1 || '_' || e.height || '-' || e.index FROM chain.events e
             WHERE e.height >= (SELECT min(height) FROM chain.events
                                WHERE name = 'CreditsTransferred') AND e.pallet = 'Credits'",
        )
        .bind(webhook.to_string())
        .fetch_all(&scene.database)
        .await?;
        ensure!(expected.len() == 50, "{}", expected.len());
        ensure!(ids == expected.into_iter().collect(), "{ids:?}");
        println!("{} events, {} deliveries", ids.len(), told.len());
        // Two are under way at once: as many can come again for each time that it was killed.
        ensure!(told.len() <= 50 + 2 * 4, "{}", told.len());
        Ok(())
    }

    #[tokio::test]
    async fn nothing_is_sent_to_where_only_this_machine_can_reach() -> Result<()> {
        let mut scene = Scene::open(&[]).await?;
        let (private, _) = scene.webhook("/private", transfers()).await?;
        // From now on as it is set up where nothing else is said.
        scene.stack.portal_options = vec!["--webhook-attempts=1".into()];
        scene.stack.start_portal()?;
        scene.stack.wait_for_portal().await?;
        for url in [
            scene.receiver.url("/private"),
            "http://example.org/".into(),
            format!("https://127.0.0.1:{}/", scene.receiver.port),
            "https://0x7f000001/".into(),
            "https://10.0.0.1/".into(),
            "https://169.254.169.254/latest/meta-data/".into(),
            "https://[::1]/".into(),
            "https://[::ffff:10.0.0.1]/".into(),
        ] {
            refused(&scene.admin.post("/api/v1/webhooks", &json!({ "url": url })).await?, 422)?;
        }
        // A name says where it leads when it is looked up.
        let named = json!({ "url": format!("https://localhost:{}/named", scene.receiver.port) });
        let (status, named) = scene.admin.post("/api/v1/webhooks", &named).await?;
        ensure!(status == 201, "{named}");
        let named = named["id"].as_i64().context("a number")?;
        scene.ping(named).await?;
        let dead = scene.newest(named, "dead").await?;
        ensure!(dead["last_error"] == "the name leads to no public address", "{dead}");
        // What was allowed before is not any more.
        scene.move_credits(7).await?;
        let dead = scene.newest(private, "dead").await?;
        ensure!(dead["last_error"] == "the address is not a public one", "{dead}");
        ensure!(scene.receiver.taken("/private").is_empty(), "it was sent");
        let viewer = Officer::new("//Second//Viewer")?;
        let call = Call::AddMember {
            organisation: SECOND,
            account: viewer.account(),
            role: registry_primitives::MemberRole::ViewOnly,
        };
        scene.cast.does(&scene.registry, &scene.cast.second, call).await?;
        scene.stack.wait_for_indexer().await?;
        let viewer = Api::sign_in(&scene.stack.portal_url(), &viewer).await?;
        refused(
            &viewer.post("/api/v1/webhooks", &json!({ "url": "https://a.example/" })).await?,
            403,
        )?;
        Ok(())
    }
}
