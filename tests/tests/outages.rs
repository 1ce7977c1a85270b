// SPDX-License-Identifier: Apache-2.0
//! A node that is down, a Postgres that is down: everybody waits, says so, and goes on.

mod common;

mod e2e {
    use super::common::{self, transfer, Cast, SECOND};
    use anyhow::{bail, ensure, Context, Result};
    use registry_testbed::compare::Site;
    use std::time::{Duration, Instant};

    #[tokio::test]
    async fn outages_are_said_and_survived() -> Result<()> {
        let folder = common::folder()?;
        let mut stack = common::stack(&folder).await?;
        let registry = stack.registry().await?;
        let cast = Cast::enter(&registry).await?;
        cast.issue(&registry, "Through storms", 100).await?;
        stack.wait_for_indexer().await?;
        let site = Site { root: stack.portal_url() };

        // The node goes away: pages stay, and say how old they are.
        stack.nodes.clear();
        eventually("the portal says that the node is down", || async {
            let (status, page) = site.get("/").await?;
            ensure!(status == 200, "home answers {status}");
            let page = page.to_lowercase();
            Ok(page.contains("class=\"banner\"") && page.contains("cannot be reached"))
        })
        .await?;
        let health = site.root.clone() + "/api/v1/health";
        println!("portal: {}", reqwest::get(&health).await?.text().await?);
        let indexer = stack.indexer_url() + "/health";
        eventually("the indexer says that the node is down", || async {
            Ok(reqwest::get(&indexer).await?.status() == 503)
        })
        .await?;

        // It comes back with the chain it had: the indexer goes on.
        stack.start_nodes()?;
        stack.wait_for_node().await?;
        let registry = stack.registry().await?;
        cast.does(&registry, &cast.first, transfer(1, 7, SECOND)).await?;
        let height = stack.wait_for_indexer().await?;
        println!("the node is back; indexed to {height}");

        // Postgres goes away: a page that says so, and nobody ends.
        stack.postgres.as_mut().context("Postgres")?.stop();
        eventually("the portal says that the database is down", || async {
            Ok(site.get("/projects/1").await?.0 == 503)
        })
        .await?;
        let (_, page) = site.get("/projects/1").await?;
        ensure!(page.contains("<!DOCTYPE html>") || page.contains("<!doctype html>"), "{page}");
        cast.does(&registry, &cast.first, transfer(1, 5, SECOND)).await?;
        tokio::time::sleep(Duration::from_secs(2)).await;
        stack.ensure_running().err().map_or_else(
            || bail!("Postgres should be down"),
            |error| {
                ensure!(error.to_string().starts_with("postgres"), "{error}");
                Ok(())
            },
        )?;
        stack.start_postgres()?;
        let height = stack.wait_for_indexer().await?;
        println!("Postgres is back; indexed to {height}");
        eventually("the portal answers again", || async {
            Ok(site.get("/projects/1").await?.0 == 200)
        })
        .await?;
        let answer = site.json("/api/v1/credits/VU-ITMO-1-001-2023-0-89-89").await?;
        ensure!(answer["blocks"][0]["block"]["owner"]["id"] == SECOND, "{answer}");
        Ok(())
    }

    async fn eventually<F, Fut>(what: &str, check: F) -> Result<()>
    where
        F: Fn() -> Fut,
        Fut: std::future::Future<Output = Result<bool>>,
    {
        let deadline = Instant::now() + Duration::from_secs(60);
        while !check().await? {
            if Instant::now() > deadline {
                bail!("not within a minute: {what}");
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        println!("{what}");
        Ok(())
    }
}
