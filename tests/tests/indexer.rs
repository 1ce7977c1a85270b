// SPDX-License-Identifier: Apache-2.0
//! The indexer, killed, restarted, rebuilt, and shown the wrong chain.

mod common;

mod e2e {
    use super::common::{self, retire, transfer, Cast, FIRST, SECOND};
    use anyhow::{ensure, Context, Result};
    use rand::Rng;
    use registry_testbed::{officer, Officer, Options, Stack};
    use std::time::Duration;

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
