// SPDX-License-Identifier: Apache-2.0
//! The bridge to the ITMO platform: four validators, each with a worker of its own, one that is shown
//! lies, one that is down, and each killed once while the platform goes on.

mod common;
mod webhooks {
    pub mod receiver;
}

mod e2e {
    use super::{
        common::{self, retire},
        webhooks::receiver::{Answer, Receiver},
    };
    use anyhow::{ensure, Context, Result};
    use registry_client::{chain, state::State, Call, Registry};
    use registry_primitives::{itmo::BridgeSettings, MemberRole};
    use registry_testbed::{
        api::Api,
        bridge::{equip, list_operators, round_is_closed, Platform, OPERATORS},
        compare::Site,
        network::{say, until},
        Officer, Options, Stack,
    };
    use serde_json::json;
    use std::{collections::BTreeSet, time::Duration};

    /// Who reads a platform that lies.
    const LIAR: usize = 3;
    /// Who is down for a whole round.
    const ABSENT: usize = 1;
    /// The credits of a final monitoring report.
    const ISSUED: u64 = 10;

    /// What is on the platform in the end, once each.
    const ALL: [(&str, u64); 3] = [("p-1001", ISSUED), ("p-1002", 0), ("p-1003", ISSUED)];
    /// A project that is never settled, so that it is asked about in every round.
    const OPEN: &str = "p-1002";

    /// What becomes of a node in a round.
    #[derive(Clone, Copy)]
    enum Fall<'a> {
        /// Nobody falls.
        None,
        /// It is killed while it and others wait for an answer of its platform, and comes back while
        /// the round is held.
        Killed { index: usize, platform: &'a Platform, readers: usize },
        /// It is killed before, and comes back when the round is over.
        Down(usize),
    }

    /// Asks for a round, but for the first, and waits until it is closed.
    async fn round(stack: &mut Stack, alice: &Officer, number: u32, fall: Fall<'_>) -> Result<()> {
        let urls = stack.node_urls();
        // Whoever is killed is not who is asked.
        let asked = if matches!(fall, Fall::Killed { index: 0, .. }) { 1 } else { 0 };
        let registry = Registry::connect(&urls[asked]).await?;
        let mut before = 0;
        if let Fall::Killed { platform, readers, .. } = fall {
            platform.delay(OPEN, readers, Duration::from_secs(15)).await?;
            before = platform.asked_about(OPEN).await?;
        }
        if let Fall::Down(index) = fall {
            stack.nodes[index].kill();
            say(&format!("{} is down", OPERATORS[index]));
        }
        if number > 1 {
            registry.execute(&alice.key, &Call::RequestBridgeRound {}).await?;
        }
        if let Fall::Killed { index, platform, readers } = fall {
            until("all of them read", async || {
                Ok(platform.asked_about(OPEN).await? >= before + readers)
            })
            .await?;
            stack.nodes[index].kill();
            say(&format!("{} is killed while it reads", OPERATORS[index]));
            let at = registry.at_finalised().await?.block_number();
            until("the others read without it", async || {
                Ok(registry.at_finalised().await?.block_number() > at + 3)
            })
            .await?;
            stack.restart_node(index)?;
        }
        round_is_closed(&registry, number).await?;
        if let Fall::Down(index) = fall {
            stack.restart_node(index)?;
            stack.wait_for_nodes().await?;
        }
        Ok(())
    }

    /// What the pages and the API say of what was taken over.
    async fn is_shown(stack: &Stack) -> Result<()> {
        let site = Site { root: stack.portal_url() };
        let told = site.json("/api/v1/bridge/events").await?;
        let items = told["items"].as_array().context("a list")?;
        let page = site.text("/bridge").await?;
        let mut found = BTreeSet::new();
        for item in items {
            let of = |name: &str| item[name].as_str().unwrap_or_default().to_owned();
            ensure!(page.contains(&of("hash")), "/bridge does not show the evidence of {item}");
            ensure!(item["observations"].as_array().is_some_and(|seen| seen.len() >= 3), "{item}");
            found.insert((of("external_id"), of("event"), of("outcome")));
        }
        let events = [
            ("p-1001", "monitoring_reported"),
            ("p-1001", "project_authorised"),
            ("p-1002", "project_authorised"),
            ("p-1003", "monitoring_reported"),
            ("p-1003", "project_authorised"),
        ];
        let events = events.map(|(id, event)| (id.to_owned(), event.to_owned(), "done".to_owned()));
        ensure!(found == BTreeSet::from(events) && items.len() == found.len(), "{told}");
        let told = site.json("/api/v1/projects").await?;
        let page = site.text("/projects").await?;
        let mut projects = Vec::new();
        for project in told["items"].as_array().context("a list")? {
            let title = project["title"].as_str().context("a title")?;
            ensure!(page.contains(title), "/projects does not show {title}");
            let id = project["external_id"].as_str().unwrap_or_default().to_owned();
            projects.push((id, project["issued"].as_u64().unwrap_or_default()));
        }
        projects.sort();
        ensure!(projects == expected(&ALL), "{told}");
        let cases = site.text("/bridge/cases").await?;
        ensure!(cases.contains("x-666"), "what the liar invented is a case for everybody to see");
        Ok(())
    }

    /// The Government's officer has a confirmed address.
    async fn can_be_written_to(stack: &Stack, officer: &Officer) -> Result<()> {
        let pool = stack.database().await?;
        until("the courier has begun", async || {
            let begun = "SELECT EXISTS (SELECT FROM directory.courier)";
            Ok(sqlx::query_scalar::<_, bool>(begun).fetch_one(&pool).await?)
        })
        .await?;
        sqlx::query(
            "INSERT INTO directory.people (account, name, email, email_confirmed_at, language)
             VALUES ($1, 'Alice', 'alice@gov.example', now(), 'fr')",
        )
        .bind(officer.account().to_string())
        .execute(&pool)
        .await?;
        Ok(())
    }

    /// An imported organisation is nobody's until the Government gives it a first member; that member
    /// retires some of what was issued to it, and the platform is told, although it is down at first.
    async fn is_claimed_and_told(
        stack: &Stack,
        registry: &Registry,
        alice: &Officer,
    ) -> Result<()> {
        const COMPANY: &str = "Lagoon Light Cooperative";
        let government = Api::sign_in(&stack.portal_url(), alice).await?;
        let receiver = Receiver::start(0).await?;
        receiver.answers("/platform", Answer::Then(503, 1));
        let body = json!({ "url": receiver.url("/platform"), "events": ["itmo.retired"] });
        let (status, made) = government.post("/api/v1/webhooks", &body).await?;
        ensure!(status == 201, "{status} {made}");

        let state = State::read(&registry.at_finalised().await?).await?;
        let mut organisations = state.organisations.iter();
        let company = organisations.find(|(_, found)| found.details.name.to_text() == COMPANY);
        let (organisation, _) = company.context("the company is an organisation")?;
        let members = format!("/api/v1/organisations/{organisation}/members");
        let (_, told) = government.get(&members).await?;
        let email = "nce.digital+LagoonLightCooperative@undp.org";
        let contact = &told["imported"];
        ensure!(contact["email"] == email && contact["phone"] == "00", "{told}");
        ensure!(contact["role"] == "admin" && told["items"] == json!([]), "{told}");

        let member = Officer::new("//Lagoon")?;
        let (organisation, account) = (*organisation, member.account());
        let call = Call::AddMember { organisation, account, role: MemberRole::Admin };
        registry.execute(&alice.key, &call).await?;
        let block = state.blocks.iter().find(|(_, block)| block.owner == organisation);
        let (start, block) = block.context("the company has credits")?;
        registry.execute(&member.key, &retire(*start, 3)).await?;

        let taken = receiver.wait("/platform", 2).await?;
        let told = &taken[1].json;
        ensure!(taken[0].id() == taken[1].id() && taken[1].kind() == "itmo.retired", "{told}");
        let project = state.projects.get(&block.project).context("its project")?;
        let external_id = project.registration.external_id.to_text();
        ensure!(
            told["data"]["project"] == external_id && told["data"]["change"]["tonnes"] == 3,
            "{told}"
        );
        let (_, told) = government.get(&members).await?;
        ensure!(told["imported"].is_null() && told["items"][0]["role"] == "admin", "{told}");
        Ok(())
    }

    /// External identifier and issued tonnes of every project, as a node has it.
    async fn projects(url: &str) -> Result<Vec<(String, u64)>> {
        let registry = Registry::connect(url).await?;
        let state = State::read(&registry.at_finalised().await?).await?;
        for checked in state.check() {
            checked.result.map_err(|error| anyhow::anyhow!("{}: {error}", checked.invariant))?;
        }
        let projects = state.projects.values();
        let mut found: Vec<_> = projects
            .map(|project| (project.registration.external_id.to_text(), project.issued))
            .collect();
        found.sort();
        Ok(found)
    }

    fn expected(of: &[(&str, u64)]) -> Vec<(String, u64)> {
        of.iter().map(|(id, issued)| ((*id).to_owned(), *issued)).collect()
    }

    async fn authorise_all(registry: &Registry, alice: &Officer) -> Result<()> {
        let state = State::read(&registry.at_finalised().await?).await?;
        for (id, project) in &state.projects {
            if project.authorised == 0 {
                let (article6, buffer_rate) = (None, 0);
                let (project, quantity) = (*id, 100);
                let call = Call::AuthoriseProject { project, quantity, article6, buffer_rate };
                registry.execute(&alice.key, &call).await?;
            }
        }
        Ok(())
    }

    #[tokio::test]
    async fn every_project_and_its_credits_exactly_once_whoever_lies_or_falls() -> Result<()> {
        let folder = common::folder()?;
        let platform = Platform::start("platform", folder.path()).await?;
        let liar = Platform::start("liar", folder.path()).await?;
        let options = Options {
            folder: folder.path().to_owned(),
            validators: 4,
            instant: false,
            portal_port: None,
            load: false,
        };
        let mut stack = Stack::prepare(options)?;
        for index in 0..OPERATORS.len() {
            let read = if index == LIAR { &liar } else { &platform };
            equip(&mut stack, index, folder.path(), read)?;
        }
        stack.start_postgres()?;
        stack.start_nodes()?;
        stack.wait_for_nodes().await?;
        stack.start_indexer()?;
        stack.portal_options =
            ["--webhook-allow-private", "--webhook-first-delay=100"].map(str::to_owned).to_vec();
        stack.start_portal()?;
        stack.wait_for_portal().await?;
        let registry = stack.registry().await?;
        let alice = Officer::new("//Alice")?;
        can_be_written_to(&stack, &alice).await?;

        let settings = BridgeSettings { interval: 10_000, window: 24, ..Default::default() };
        registry.execute(&alice.key, &Call::ChangeBridgeSettings { settings }).await?;

        // The liar's platform says something else of one project, and invents another.
        let invented = json!({
            "id": "x-666", "name": "Hot air", "sector": "agriculture",
            "createdAt": "2025-01-01T00:00:00Z",
            "steps": [{ "status": "completed", "name": "ITMO-Design Document (DD) & Validation Report / Upload on National Public Registry" }],
        });
        let mut twisted = invented.clone();
        (twisted["id"], twisted["name"]) = ("p-1001".into(), "Another name".into());
        liar.place("Liar", &invented).await?;
        liar.place("Liar", &twisted).await?;

        // The first who ask are answered with 50 MB, and with a refusal that says 200.
        platform.spoil("me/projects", json!({ "huge": 50_000_000 }), 1).await?;
        platform.spoil("me/projects", json!({ "body": r#"{"statusCode":401}"# }), 1).await?;

        // t1: listed, and nothing has happened. Then the other states, one node falling in each; one
        // of them is down for all of t3, beside the one that lies.
        platform.go_to(1).await?;
        liar.go_to(1).await?;
        list_operators(&registry, &alice, OPERATORS.len()).await?;
        round(&mut stack, &alice, 1, Fall::None).await?;
        ensure!(projects(&stack.node_url()).await?.is_empty(), "one liar is not enough");

        platform.go_to(2).await?;
        liar.go_to(2).await?;
        let honest = |index| Fall::Killed { index, platform: &platform, readers: 3 };
        round(&mut stack, &alice, 2, honest(2)).await?;
        let found = projects(&stack.node_url()).await?;
        ensure!(found == expected(&[("p-1001", 0), ("p-1002", 0)]), "t2: {found:?}");
        authorise_all(&registry, &alice).await?;

        platform.go_to(3).await?;
        liar.go_to(3).await?;
        round(&mut stack, &alice, 3, Fall::Down(ABSENT)).await?;
        authorise_all(&registry, &alice).await?;

        platform.go_to(4).await?;
        liar.go_to(4).await?;
        round(&mut stack, &alice, 4, honest(0)).await?;
        // Once more, with the last of them killed: nothing is left to do.
        let last = Fall::Killed { index: LIAR, platform: &liar, readers: 1 };
        round(&mut stack, &alice, 5, last).await?;

        for url in stack.node_urls() {
            until(&format!("{url} has all, once"), async || {
                Ok(projects(&url).await? == expected(&ALL))
            })
            .await?;
        }

        // In Postgres.
        stack.wait_for_indexer().await?;
        let pool = stack.database().await?;
        let rows: Vec<(String, i64)> =
            sqlx::query_as("SELECT external_id, issued FROM chain.projects ORDER BY external_id")
                .fetch_all(&pool)
                .await?;
        let indexed: Vec<_> = rows.into_iter().map(|(id, issued)| (id, issued as u64)).collect();
        ensure!(indexed == expected(&ALL), "Postgres: {indexed:?}");
        let blocks: Vec<(i64, i64)> = sqlx::query_as(
            "SELECT start_serial, end_serial FROM chain.credit_blocks ORDER BY start_serial",
        )
        .fetch_all(&pool)
        .await?;
        ensure!(blocks == [(1, 10), (11, 20)], "Postgres: {blocks:?}");
        let failures: Vec<(String,)> =
            sqlx::query_as("SELECT failure FROM chain.bridge_readings WHERE failure IS NOT NULL")
                .fetch_all(&pool)
                .await?;
        ensure!(failures == [("too_long".to_owned(),)], "Postgres: {failures:?}");
        let companies: Vec<(String,)> =
            sqlx::query_as("SELECT name FROM chain.organisations WHERE id > 1 ORDER BY name")
                .fetch_all(&pool)
                .await?;
        let names: Vec<_> = companies.iter().map(|(name,)| name.as_str()).collect();
        ensure!(names == ["Lagoon Light Cooperative", "Île Verte SARL"], "Postgres: {names:?}");
        let tables = stack.run(
            "registry-indexer",
            &[
                "check",
                &format!("--node={}", stack.node_url()),
                &format!("--database={}", stack.database_url()),
            ],
        )?;
        ensure!(tables.0 == 0, "the tables are those of the chain: {}", tables.1);

        // On the page.
        is_shown(&stack).await?;

        // The liar is known, and what it invented is a case.
        let registry = Registry::connect(&stack.node_url()).await?;
        let at = registry.at_finalised().await?;
        let bridge = chain::storage().itmo_bridge();
        let account = Officer::new(&format!("//{}", OPERATORS[LIAR]))?.account();
        let record = at.storage().try_fetch(bridge.records(), (account,)).await?;
        let record = record.context("the liar has a record")?.decode()?;
        ensure!(record.contradicted > 0, "{record:?}");
        let account = Officer::new(&format!("//{}", OPERATORS[ABSENT]))?.account();
        let record = at.storage().try_fetch(bridge.records(), (account,)).await?;
        let record = record.context("who was absent has a record")?.decode()?;
        ensure!(record.silent > 0, "{record:?}");
        let cases: BTreeSet<(String, Option<String>)> =
            sqlx::query_as("SELECT external_id, closure FROM chain.bridge_cases")
                .fetch_all(&pool)
                .await?
                .into_iter()
                .collect();
        let lie = ("p-1001".to_owned(), Some("agreed".to_owned()));
        ensure!(cases == BTreeSet::from([lie, ("x-666".to_owned(), None)]), "{cases:?}");

        is_claimed_and_told(&stack, &registry, &alice).await?;
        let letters = "SELECT template, COUNT(*) FROM directory.mails GROUP BY 1 ORDER BY 1";
        let letters: Vec<(String, i64)> = sqlx::query_as(letters).fetch_all(&pool).await?;
        let written = |name, least| letters.iter().any(|(it, n)| it == name && *n >= least);
        ensure!(
            written("bridge_cases_opened", 1) && written("project_imported", 3),
            "the Government is written to: {letters:?}"
        );

        // What was settled was not asked for again, and no password is in a log or on the chain.
        let asked = platform.log().await?;
        ensure!(asked.iter().any(|line| line == "GET me/projects/p-1002"), "{asked:?}");
        for name in ["alice", "bob", "charlie", "dave"] {
            let log = std::fs::read_to_string(folder.path().join(format!("node-{name}.log")))?;
            ensure!(!log.contains("stand-in"), "{name} has logged its credentials");
        }
        Ok(())
    }
}
