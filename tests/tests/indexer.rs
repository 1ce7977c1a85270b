// SPDX-License-Identifier: Apache-2.0
//! The indexer, killed, restarted, rebuilt, and shown the wrong chain.

mod common;

mod e2e {
    use super::common::{self, retire, transfer, Cast, FIRST, SECOND};
    use anyhow::{ensure, Context, Result};
    use codec::Compact;
    use rand::Rng;
    use registry_client::{chain, Registry, H256};
    use registry_testbed::{
        demo_data::hash_of,
        network::{
            self,
            chain::{call, execute, Raw},
        },
        officer,
        process::{program, Process},
        Officer, Options, Stack,
    };
    use std::{
        path::{Path, PathBuf},
        time::{Duration, Instant},
    };

    const KILLS: usize = 20;

    /// Transfers back and forth go on while the indexer is killed at random moments; its tables are
    /// then those of an indexer that was never disturbed.
    #[tokio::test]
    async fn killed_twenty_times_under_load_it_loses_and_doubles_nothing() -> Result<()> {
        let folder = common::folder()?;
        let mut stack = common::stack(&folder).await?;
        let registry = stack.registry().await?;
        let cast = Cast::enter(&registry).await?;
        cast.issue(&registry, "Under load", 1_000_000).await?;

        let load = {
            let registry = registry.clone();
            let (first, second) = (cast.first.clone(), cast.second.clone());
            tokio::spawn(async move { traffic(&registry, &first, &second).await })
        };
        let mut indexed = Vec::new();
        for _ in 0..KILLS {
            let pause = rand::rng().random_range(40..900);
            tokio::time::sleep(Duration::from_millis(pause)).await;
            stack.indexer.as_mut().context("an indexer")?.kill();
            indexed.push(stack.indexed_height().await.unwrap_or_default());
            stack.start_indexer()?;
        }
        load.abort();
        let _ = load.await;
        // What was on its way is in a block after this.
        tokio::time::sleep(Duration::from_secs(2)).await;
        let height = stack.wait_for_indexer().await?;
        println!("killed {KILLS} times, at heights {indexed:?}; now at {height}");
        let progressed = indexed.windows(2).filter(|pair| pair[0] < pair[1]).count();
        ensure!(progressed >= 3, "the kills did not fall into the load: {indexed:?}");

        stack.indexer.as_mut().context("an indexer")?.stop();
        // No transactions, no blocks: what is final now stays so.
        let database = stack.database_url();
        let node = stack.node_url();
        let (code, killed) =
            stack.run("registry-indexer", &["checksum", "--database", &database])?;
        ensure!(code == 0, "checksum: {killed}");
        let arguments = ["rebuild", "--database", &database, "--node", &node];
        let (code, output) = stack.run("registry-indexer", &arguments)?;
        ensure!(code == 0, "rebuild: {output}");
        let (code, rebuilt) =
            stack.run("registry-indexer", &["checksum", "--database", &database])?;
        ensure!(code == 0, "checksum: {rebuilt}");
        println!("{rebuilt}");
        ensure!(rebuilt.contains("credit_blocks"), "the checksum names the tables: {rebuilt}");
        ensure!(killed == rebuilt, "killed:\n{killed}\nrebuilt:\n{rebuilt}");
        let arguments = ["check", "--database", &database, "--node", &node];
        let (code, output) = stack.run("registry-indexer", &arguments)?;
        ensure!(code == 0, "check: {output}");
        println!("{output}");

        catch_up_and_be_killed(&stack, folder.path(), height).await?;
        let (code, again) =
            stack.run("registry-indexer", &["checksum", "--database", &database])?;
        ensure!(code == 0 && again == rebuilt, "killed:\n{again}\nrebuilt:\n{rebuilt}");

        // A difference must be seen: the check can fail.
        let pool = stack.database().await?;
        sqlx::query("UPDATE chain.credit_blocks SET owner = 4 WHERE start_serial = 1")
            .execute(&pool)
            .await?;
        pool.close().await;
        let (code, output) = stack.run("registry-indexer", &arguments)?;
        ensure!(code != 0 && output.contains("credit_blocks"), "check saw nothing: {output}");
        Ok(())
    }

    /// Throws away what was indexed, and has it indexed again by indexers that are killed at random
    /// moments before they are done.
    async fn catch_up_and_be_killed(stack: &Stack, folder: &Path, height: u32) -> Result<()> {
        let pool = stack.database().await?;
        sqlx::raw_sql("DROP SCHEMA chain CASCADE; DROP TABLE public.registry_indexer_migrations")
            .execute(&pool)
            .await?;
        let command = [
            program("registry-indexer")?,
            "run".into(),
            format!("--node={}", stack.node_url()),
            format!("--database={}", stack.database_url()),
            "--listen=127.0.0.1:0".into(),
            format!("--until={height}"),
            // So that there are several.
            "--batch=3".into(),
        ];
        let height_now = async || -> i64 {
            let height = sqlx::query_scalar("SELECT height FROM chain.cursor");
            height.fetch_optional(&pool).await.ok().flatten().unwrap_or_default()
        };
        let mut killed_at = Vec::new();
        loop {
            let before = height_now().await;
            let mut indexer = Process::start("catching-up", folder, &[], &command)?;
            // The first ones before they write anything, the others amid their writing.
            if killed_at.len() >= 3 {
                while indexer.is_running() && height_now().await == before {}
            }
            let pause = rand::rng().random_range(0..30);
            tokio::time::sleep(Duration::from_millis(pause)).await;
            if !indexer.is_running() {
                ensure!(indexer.wait()? == Some(0), "it failed:\n{}", indexer.output());
                break;
            }
            indexer.kill();
            killed_at.push(height_now().await);
        }
        pool.close().await;
        println!("killed while catching up with {height} blocks, at heights {killed_at:?}");
        let amid = killed_at.iter().filter(|at| (1..i64::from(height)).contains(at)).count();
        ensure!(amid >= 3, "the kills did not fall into the catching up: {killed_at:?}");
        Ok(())
    }

    /// The runtime with a higher version, which scripts/next-runtime builds beside the target folder.
    fn next_runtime() -> Result<PathBuf> {
        let node = PathBuf::from(program("registry-node")?);
        let target = node.parent().and_then(Path::parent).context("the target folder")?;
        let path = target.with_file_name("next-runtime").join("next.wasm");
        ensure!(path.exists(), "{} is not built; run scripts/next-runtime", path.display());
        Ok(path)
    }

    async fn traffic(
        registry: &registry_client::Registry,
        first: &Officer,
        second: &Officer,
    ) -> Result<()> {
        // Each round gives the last tonnes of First's block away, back and forth, and retires some.
        let mut end = 1_000_000;
        loop {
            let start = end - 9;
            let calls = vec![(first.clone(), transfer(1, 10, SECOND))];
            officer::all(registry, calls).await?;
            let calls = vec![(second.clone(), transfer(start, 4, FIRST))];
            officer::all(registry, calls).await?;
            let calls =
                vec![(first.clone(), retire(start + 6, 4)), (second.clone(), retire(start, 1))];
            officer::all(registry, calls).await?;
            end -= 10;
        }
    }

    /// A motion of the council, with the vote of the one who proposes it; its hash and number.
    async fn propose(registry: &Registry, who: &Officer, decided: &[u8]) -> Result<(H256, u32)> {
        let at = registry.at_finalised().await?;
        let length = Compact(decided.len() as u32);
        let arguments = (Compact(2_u32), Raw(decided.to_vec()), length);
        let propose = call(&at, "RegistryCouncil", "propose", arguments)?;
        let block = execute(registry, who, &propose).await?;
        let events = registry.api.at_block(block).await?.events().fetch().await?;
        let proposed = events
            .find_first::<chain::registry_council::events::Proposed>()
            .context("nothing was proposed")??;
        let motion = (proposed.proposal_hash, proposed.proposal_index);
        vote(registry, who, motion).await?;
        Ok(motion)
    }

    async fn vote(registry: &Registry, who: &Officer, (hash, number): (H256, u32)) -> Result<()> {
        let at = registry.at_finalised().await?;
        let vote = call(&at, "RegistryCouncil", "vote", (hash, Compact(number), true))?;
        execute(registry, who, &vote).await?;
        Ok(())
    }

    /// A motion that both agree on, and that is carried out then.
    async fn decide(
        registry: &Registry,
        (first, second): (&Officer, &Officer),
        decided: &[u8],
    ) -> Result<()> {
        let (hash, number) = propose(registry, first, decided).await?;
        vote(registry, second, (hash, number)).await?;
        let at = registry.at_finalised().await?;
        let weight = (Compact(1_000_000_000_000_u64), Compact(1_000_000_u64));
        let length = Compact(decided.len() as u32);
        let arguments = (hash, Compact(number), weight, length);
        execute(registry, second, &call(&at, "RegistryCouncil", "close", arguments)?).await?;
        Ok(())
    }

    /// Motion, reason, outcome and code of the error.
    type Decision = (Option<i64>, Option<String>, String, Option<String>);

    /// What the council decides, what it fails to do and what it still votes on, and how a validator
    /// is reached, is in the tables; `check` agrees.
    #[tokio::test]
    async fn decisions_of_the_council_and_validators_are_indexed() -> Result<()> {
        let folder = common::folder()?;
        let mut stack = common::stack(&folder).await?;
        let registry = stack.registry().await?;
        let (alice, bob) = (Officer::new("//Alice")?, Officer::new("//Bob")?);
        let at = registry.at_finalised().await?;
        let enact = |decided: Vec<u8>, reason: &str| {
            call(&at, "Governance", "enact", (Raw(decided), reason))
        };

        let mut members = vec![alice.account(), bob.account()];
        members.sort_by_key(|account| account.0);
        let set = call(&at, "Governance", "set_council", (members,))?;
        network::chain::enact(&registry, &alice, set, "Two see more than one").await?;

        let name = (b"Calculator".to_vec(), b"set_constants".to_vec());
        let pause = enact(call(&at, "TxPause", "pause", (name,))?, "The constants are looked at")?;
        decide(&registry, (&alice, &bob), &pause).await?;
        let impossible = enact(call(&at, "Validators", "set_minimum", (99_u32,))?, "Many more")?;
        decide(&registry, (&bob, &alice), &impossible).await?;
        let open = enact(
            call(
                &at,
                "TxPause",
                "unpause",
                ((b"Calculator".to_vec(), b"set_constants".to_vec()),),
            )?,
            "They were looked at",
        )?;
        propose(&registry, &bob, &open).await?;

        let contact = (
            "Harbour Office",
            "12D3KooWEyoppNCUx8Yx66oV9fJnriXwCcXwDDUA2kj6vnc6iDEp",
            "/dns/harbour.gov.vu/tcp/30333",
        );
        let change = call(&at, "Validators", "change_contact", (contact,))?;
        execute(&registry, &alice, &change).await?;

        stack.wait_for_indexer().await?;
        stack.indexer.as_mut().context("an indexer")?.stop();
        let pool = stack.database().await?;
        let decisions: Vec<Decision> = sqlx::query_as(
            "SELECT motion, reason, outcome, error_code FROM chain.council_decisions
             ORDER BY height, index",
        )
        .fetch_all(&pool)
        .await?;
        let done = |motion, reason: &str| (motion, Some(reason.to_owned()), "done".into(), None);
        let expected = [
            done(None, "Two see more than one"),
            done(Some(0), "The constants are looked at"),
            (Some(1), None, "failed".into(), Some("Validators.InvalidMinimum".into())),
        ];
        ensure!(decisions == expected, "{decisions:?}");
        let operator: String =
            sqlx::query_scalar("SELECT operator FROM chain.validators").fetch_one(&pool).await?;
        ensure!(operator == contact.0, "{operator}");
        pool.close().await;

        let (database, node) = (stack.database_url(), stack.node_url());
        let arguments = ["check", "--database", &database, "--node", &node];
        let (code, output) = stack.run("registry-indexer", &arguments)?;
        println!("{output}");
        ensure!(code == 0, "check: {output}");
        ensure!(output.contains("council_motions                     1 rows  ok"), "{output}");
        Ok(())
    }

    /// The block that changes the runtime was made by the old one and is read so, whether it is
    /// indexed alone or among many.
    #[tokio::test]
    async fn a_change_of_the_runtime_is_read_over() -> Result<()> {
        let folder = common::folder()?;
        let options = Options { instant: false, ..Options::instant(folder.path()) };
        let mut stack = Stack::start(options).await?;
        let registry = stack.registry().await?;
        let alice = Officer::new("//Alice")?;
        let code = std::fs::read(next_runtime()?)?;
        let at = registry.at_finalised().await?;
        let authorise = call(&at, "System", "authorize_upgrade", hash_of(&code).0)?;
        network::chain::enact(&registry, &alice, authorise, "The next version").await?;
        let at = registry.at_finalised().await?;
        let apply = call(&at, "System", "apply_authorized_upgrade", code)?;
        execute(&registry, &alice, &apply).await?;
        let deadline = Instant::now() + Duration::from_secs(60);
        while registry.at_finalised().await?.spec_version() == at.spec_version() {
            ensure!(Instant::now() < deadline, "the runtime is not upgraded");
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
        // A block of the new runtime.
        tokio::time::sleep(Duration::from_secs(10)).await;
        stack.wait_for_indexer().await?;
        stack.indexer.as_mut().context("an indexer")?.stop();

        let (database, node) = (stack.database_url(), stack.node_url());
        let versions = async || -> Result<Vec<(i64, i64)>> {
            let pool = stack.database().await?;
            let query = "SELECT spec_version, height FROM chain.runtime_versions ORDER BY height";
            let found = sqlx::query_as(query).fetch_all(&pool).await?;
            pool.close().await;
            Ok(found)
        };
        let followed = versions().await?;
        println!("versions and their first blocks: {followed:?}");
        ensure!(followed.len() == 2 && followed[1].1 > 1, "{followed:?}");
        let arguments = ["check", "--database", &database, "--node", &node];
        let (code, output) = stack.run("registry-indexer", &arguments)?;
        ensure!(code == 0, "check: {output}");
        let arguments = ["rebuild", "--database", &database, "--node", &node];
        let (code, output) = stack.run("registry-indexer", &arguments)?;
        ensure!(code == 0, "rebuild: {output}");
        ensure!(versions().await? == followed, "{:?}", versions().await?);
        Ok(())
    }

    #[tokio::test]
    async fn a_database_of_another_chain_is_refused() -> Result<()> {
        let folder = common::folder()?;
        let mut stack = common::stack(&folder).await?;
        stack.indexer.as_mut().context("an indexer")?.stop();

        // The `local` chain has another genesis; three of its four validators are not needed to
        // answer for it.
        let other = common::folder()?;
        let options = Options {
            folder: other.path().to_owned(),
            validators: 2,
            instant: false,
            portal_port: None,
            load: false,
        };
        let mut network = Stack::prepare(options)?;
        network.start_nodes()?;
        network.wait_for_node().await?;
        let database = stack.database_url();
        let node = network.node_url();
        let (code, output) = stack.run(
            "registry-indexer",
            &["run", "--database", &database, "--node", &node, "--listen", "127.0.0.1:0"],
        )?;
        println!("{output}");
        ensure!(code != 0 && output.contains("genesis"), "it was not refused: {output}");
        Ok(())
    }
}
