// SPDX-License-Identifier: Apache-2.0
//! The bridge to the ITMO platform: four validators, each with a worker of its own, one that is shown
//! lies, and each killed once while the platform goes on.

mod common;

mod e2e {
    use super::common;
    use anyhow::{ensure, Context, Result};
    use registry_client::{chain, state::State, Call, Registry};
    use registry_primitives::itmo::BridgeSettings;
    use registry_testbed::{
        network::{chain::enact, say, until},
        process::{free_port, program, Process},
        Officer, Options, Stack,
    };
    use serde_json::{json, Value};
    use std::{
        os::unix::fs::{OpenOptionsExt, PermissionsExt},
        path::Path,
        process::Command,
    };

    const OPERATORS: [&str; 4] = ["Alice", "Bob", "Charlie", "Dave"];
    /// Who reads a platform that lies.
    const LIAR: usize = 3;
    /// The credits of a final monitoring report.
    const ISSUED: u64 = 10;

    /// A stand-in for the platform.
    struct Platform {
        _process: Process,
        url: String,
        http: reqwest::Client,
    }

    impl Platform {
        async fn start(name: &str, folder: &Path) -> Result<Self> {
            let port = free_port()?;
            let command = [program("itmo-platform")?, format!("--listen=127.0.0.1:{port}")];
            let process = Process::start(name, folder, &[], &command)?;
            let http = registry_testbed::http().no_proxy().build()?;
            let this = Self { _process: process, url: format!("http://127.0.0.1:{port}"), http };
            until(&format!("{name} answers"), async || Ok(this.log().await.is_ok())).await?;
            Ok(this)
        }

        async fn put(&self, path: &str, body: &Value) -> Result<()> {
            let request = self.http.put(format!("{}/control/{path}", self.url)).json(body);
            request.send().await?.error_for_status()?;
            Ok(())
        }

        async fn go_to(&self, state: usize) -> Result<()> {
            self.put(&format!("state/{state}"), &Value::Null).await
        }

        /// What it was asked.
        async fn log(&self) -> Result<Vec<String>> {
            let answer = self.http.get(format!("{}/control/log", self.url)).send().await?;
            Ok(answer.json().await?)
        }
    }

    /// The key of an operator, as an officer, who is good for keys.
    fn bridge_key(name: &str) -> Result<Officer> {
        Officer::new(&format!("//{name}//itmo"))
    }

    /// Puts an operator's bridge key into its node's keystore, and writes how it reaches the platform.
    fn equip(stack: &mut Stack, index: usize, folder: &Path, platform: &Platform) -> Result<()> {
        let base = stack.node_folder(index)?;
        let inserted = Command::new(program("registry-node")?)
            .args(["key", "insert", "--scheme=sr25519", "--key-type=itmo"])
            .arg(format!("--base-path={}", base.display()))
            .arg(format!("--chain={}", stack.chain()))
            .arg(format!("--suri=//{}//itmo", OPERATORS[index]))
            .output()?;
        ensure!(inserted.status.success(), "{}", String::from_utf8_lossy(&inserted.stderr));
        let access = json!({
            "endpoint": format!("{}/api/v1/", platform.url),
            "api_key": "stand-in",
            "email": "registry@example.org",
            "password": "stand-in",
        });
        let path = folder.join(format!("access-{index}.json"));
        let file = std::fs::File::options().write(true).create(true).mode(0o600).open(&path)?;
        file.set_permissions(std::fs::Permissions::from_mode(0o600))?;
        serde_json::to_writer(file, &access)?;
        stack.node_options.insert(index, vec![format!("--itmo-access={}", path.display())]);
        Ok(())
    }

    /// The number of the last round, if none is held.
    async fn closed_rounds(registry: &Registry) -> Result<Option<u32>> {
        let at = registry.at_finalised().await?;
        let bridge = chain::storage().itmo_bridge();
        if at.storage().try_fetch(bridge.current_round(), ()).await?.is_some() {
            return Ok(None);
        }
        let last = at.storage().try_fetch(bridge.last_round(), ()).await?;
        Ok(Some(last.map(|last| last.decode()).transpose()?.unwrap_or_default()))
    }

    /// Asks for a round and waits until it is closed; a node is killed in it and comes back.
    async fn round(
        stack: &mut Stack,
        alice: &Officer,
        number: u32,
        killed: Option<usize>,
    ) -> Result<()> {
        let urls = stack.node_urls();
        // Whoever is killed is not who is asked.
        let asked = if killed == Some(0) { &urls[1] } else { &urls[0] };
        let registry = Registry::connect(asked).await?;
        if let Some(index) = killed {
            stack.nodes[index].kill();
            say(&format!("{} is down", OPERATORS[index]));
        }
        if number > 1 {
            registry.execute(&alice.key, &Call::RequestBridgeRound {}).await?;
        }
        if let Some(index) = killed {
            let at = registry.at_finalised().await?.block_number();
            until("the others read without it", async || {
                Ok(registry.at_finalised().await?.block_number() > at + 4)
            })
            .await?;
            stack.restart_node(index)?;
        }
        until(&format!("round {number} is closed"), async || {
            Ok(closed_rounds(&registry).await? == Some(number))
        })
        .await?;
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
        Ok(projects
            .map(|project| (project.registration.external_id.to_text(), project.issued))
            .collect())
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
            equip(&mut stack, index, folder.path(), if index == LIAR { &liar } else { &platform })?;
        }
        stack.start_postgres()?;
        stack.start_nodes()?;
        stack.wait_for_nodes().await?;
        stack.start_indexer()?;
        let registry = stack.registry().await?;
        let alice = Officer::new("//Alice")?;

        // Nobody reads before all are listed.
        let reason = || "Until all operators are listed".to_owned();
        registry.execute(&alice.key, &Call::PauseBridge { reason: reason() }).await?;
        let settings = BridgeSettings { estimate: 100, issuance: 10, interval: 10_000, window: 50 };
        registry.execute(&alice.key, &Call::ChangeBridgeSettings { settings }).await?;
        for name in OPERATORS {
            let account = Officer::new(&format!("//{name}"))?.account();
            let key = registry_client::call::BridgeKey(bridge_key(name)?.account().0);
            let at = registry.at_finalised().await?;
            let add = Call::AddOperator { account, key }.encode(&at)?;
            enact(&registry, &alice, add, "An operator of the bridge").await?;
        }

        // The liar's platform says something else of one project, and invents another.
        let invented = json!({
            "id": "x-666", "name": "Hot air", "sector": "agriculture",
            "createdAt": "2025-01-01T00:00:00Z",
            "steps": [{ "status": "completed", "name": "ITMO-Design Document (DD) & Validation Report / Upload on National Public Registry" }],
        });
        let mut twisted = invented.clone();
        (twisted["id"], twisted["name"]) = ("p-1001".into(), "Another name".into());
        liar.put("projects/x-666", &json!({ "company": "Liar", "project": invented })).await?;
        liar.put("projects/p-1001", &json!({ "company": "Liar", "project": twisted })).await?;

        // t1: listed, and nothing has happened. Then the other states, one node falling in each.
        platform.go_to(1).await?;
        liar.go_to(1).await?;
        registry.execute(&alice.key, &Call::ResumeBridge {}).await?;
        round(&mut stack, &alice, 1, None).await?;
        ensure!(projects(&stack.node_url()).await?.is_empty(), "one liar is not enough");

        platform.go_to(2).await?;
        liar.go_to(2).await?;
        round(&mut stack, &alice, 2, Some(2)).await?;
        let found = projects(&stack.node_url()).await?;
        let mut sorted = found.clone();
        sorted.sort();
        ensure!(sorted == expected(&[("p-1001", 0), ("p-1002", 0)]), "t2: {found:?}");
        authorise_all(&registry, &alice).await?;

        platform.go_to(3).await?;
        liar.go_to(3).await?;
        round(&mut stack, &alice, 3, Some(1)).await?;
        authorise_all(&registry, &alice).await?;

        platform.go_to(4).await?;
        liar.go_to(4).await?;
        round(&mut stack, &alice, 4, Some(0)).await?;
        // Once more, with the last of them killed: nothing is left to do.
        round(&mut stack, &alice, 5, Some(LIAR)).await?;

        let all = [("p-1001", ISSUED), ("p-1002", 0), ("p-1003", ISSUED)];
        for url in stack.node_urls() {
            let found = async || -> Result<Vec<_>> {
                let mut found = projects(&url).await?;
                found.sort();
                Ok(found)
            };
            until(&format!("{url} has all, once"), async || Ok(found().await? == expected(&all)))
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
        ensure!(indexed == expected(&all), "Postgres: {indexed:?}");
        let blocks: Vec<(i64, i64)> = sqlx::query_as(
            "SELECT start_serial, end_serial FROM chain.credit_blocks ORDER BY start_serial",
        )
        .fetch_all(&pool)
        .await?;
        ensure!(blocks == [(1, 10), (11, 20)], "Postgres: {blocks:?}");
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

        // The liar is known, and what it invented is a case.
        let registry = Registry::connect(&stack.node_url()).await?;
        let at = registry.at_finalised().await?;
        let bridge = chain::storage().itmo_bridge();
        let account = Officer::new(&format!("//{}", OPERATORS[LIAR]))?.account();
        let record = at.storage().try_fetch(bridge.records(), (account,)).await?;
        let record = record.context("the liar has a record")?.decode()?;
        ensure!(record.contradicted > 0, "{record:?}");
        let case = at.storage().try_fetch(bridge.cases(), (1,)).await?;
        let case = case.context("there is a case")?.decode()?;
        ensure!(case.key.0.project.to_text() == "x-666" || case.closure.is_some(), "{case:?}");

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
