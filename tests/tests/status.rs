// SPDX-License-Identifier: Apache-2.0
//! The status of the service: every part measured, an outage in the record from its beginning to its
//! end, a time that nobody measured told as such, and one writer among several portals.

mod common;

mod e2e {
    use super::common;
    use anyhow::{bail, ensure, Context, Result};
    use registry_testbed::{
        compare::Site,
        process::{free_port, program, Process},
        Stack,
    };
    use serde_json::Value;
    use sqlx::types::chrono::{DateTime, Utc};
    use std::{
        future::Future,
        time::{Duration, Instant},
    };

    /// How long something may take; a minute of the record must pass in some cases.
    const PATIENCE: Duration = Duration::from_secs(150);

    async fn eventually<T, F, Fut>(what: &str, look: F) -> Result<T>
    where
        F: Fn() -> Fut,
        Fut: Future<Output = Result<Option<T>>>,
    {
        let began = Instant::now();
        loop {
            if let Some(found) = look().await? {
                println!("{what}: after {:.1} s", began.elapsed().as_secs_f64());
                return Ok(found);
            }
            if began.elapsed() > PATIENCE {
                bail!("not within {PATIENCE:?}: {what}");
            }
            tokio::time::sleep(Duration::from_millis(300)).await;
        }
    }

    fn find<'a>(list: &'a Value, part: &str) -> Option<&'a Value> {
        list.as_array()?.iter().find(|it| it["part"] == part)
    }

    /// How a part is now.
    async fn part(site: &Site, name: &str) -> Result<Value> {
        let (_, text) = site.get("/api/v1/health").await?;
        let health: Value = serde_json::from_str(&text)?;
        find(&health["parts"], name).cloned().with_context(|| format!("{name}: {health:#}"))
    }

    async fn history(site: &Site, query: &str) -> Result<Value> {
        site.json(&format!("/api/v1/health/history?{query}")).await
    }

    /// The latest incident of a part.
    async fn incident(site: &Site, part: &str) -> Result<Option<Value>> {
        let record = history(site, "resolution=minute").await?;
        Ok(find(&record["incidents"], part).cloned())
    }

    fn time(value: &Value) -> Result<DateTime<Utc>> {
        let text = value.as_str().with_context(|| format!("{value} is no time"))?;
        Ok(DateTime::parse_from_rfc3339(text)?.to_utc())
    }

    #[tokio::test]
    async fn outages_and_gaps_are_in_the_record() -> Result<()> {
        let folder = common::folder()?;
        let mut stack = common::stack(&folder).await?;
        let indexer_health = format!("--indexer-health-url={}/health", stack.indexer_url());
        stack.portal = None;
        stack.portal_options = vec!["--status-interval=1".to_owned(), indexer_health];
        stack.start_portal()?;
        stack.wait_for_portal().await?;
        let site = Site { root: stack.portal_url() };
        everything_is_measured(&site).await?;
        // The first has the right to write by now.
        let second = a_second_portal(&stack, &folder)?;
        the_node_is_away(&mut stack, &site).await?;
        the_indexer_is_away(&mut stack, &site).await?;
        one_portal_writes(&mut stack, second).await?;
        nobody_measures(&mut stack, &site).await?;
        the_record_grows_old(&stack).await?;
        the_database_is_away(&mut stack, &site).await
    }

    struct Second {
        process: Process,
        site: Site,
    }

    /// Another portal on the same database.
    fn a_second_portal(stack: &Stack, folder: &tempfile::TempDir) -> Result<Second> {
        let port = free_port()?;
        let command = [
            program("registry-portal")?,
            format!("--listen=127.0.0.1:{port}"),
            format!("--database={}", stack.database_url()),
            format!("--node={}", stack.node_url()),
            format!("--secret={}", folder.path().join("portal/secret").display()),
            format!("--files={}", folder.path().join("portal/files").display()),
            "--requests-per-second=0".into(),
            "--status-interval=1".into(),
        ];
        let process = Process::start("second-portal", folder.path(), &[], &command)?;
        Ok(Second { process, site: Site { root: format!("http://127.0.0.1:{port}") } })
    }

    async fn everything_is_measured(site: &Site) -> Result<()> {
        let parts = ["node", "indexer", "database", "directory", "mail", "webhooks", "files"];
        eventually("every part has been measured", || async {
            let record = history(site, "resolution=minute").await?;
            Ok(parts.iter().all(|it| find(&record["parts"], it).is_some()).then_some(()))
        })
        .await?;
        for name in parts {
            let part = part(site, name).await?;
            // Blocks of this chain come only with transactions: the last may be old.
            let old = part["reason"] == "not_final";
            ensure!(part["condition"] == "works" || old, "{part}");
            ensure!(
                name == "mail" || name == "webhooks" || part["latency_ms"].is_number(),
                "{part}"
            );
        }
        let health = site.json("/api/v1/health").await?;
        ensure!(health["node"]["peers"] == 0 && health["node"]["syncing"] == false, "{health:#}");
        ensure!(health["indexer"]["lag_seconds"] == 0, "{health:#}");
        ensure!(health["queues"]["dead"] == 0, "{health:#}");
        let live = site.json("/api/v1/health/live").await?;
        ensure!(live["alive"] == true, "{live}");
        let ready = site.json("/api/v1/health/ready").await?;
        ensure!(ready["ready"] == true && ready["obstacles"] == serde_json::json!([]), "{ready}");
        let page = site.text("/status").await?;
        for words in ["Parts now", "The last 90 days", "Private tables", "Incidents"] {
            ensure!(page.contains(words), "{words} is not in {page}");
        }
        for bad in [
            "from=yesterday",
            "resolution=year",
            "from=2099-01-01T00:00:00Z",
            "from=2000-01-01T00:00:00Z&resolution=minute",
            "colour=red",
            "from=2001-01-01T00:00:00Z&to=2009-01-01T00:00:00Z",
            "to=0001-01-01T00:00:00Z",
        ] {
            let (status, text) = site.get(&format!("/api/v1/health/history?{bad}")).await?;
            ensure!(status == 400 && text.contains("\"detail\""), "{bad} answers {status}: {text}");
        }
        Ok(())
    }

    async fn the_node_is_away(stack: &mut Stack, site: &Site) -> Result<()> {
        let killed = Utc::now();
        stack.nodes.clear();
        let begun = eventually("the outage of the node is in the record", || async {
            let found = incident(site, "node").await?;
            Ok(found.filter(|it| it["condition"] == "down" && it["ended"].is_null()))
        })
        .await?;
        let node = part(site, "node").await?;
        ensure!(node["condition"] == "down" && node["reason"] == "unreachable", "{node}");
        // Without the node nobody can tell how far behind the indexer is; its program runs.
        ensure!(part(site, "indexer").await?["condition"] == "unknown", "the indexer");
        let page = site.text("/status").await?;
        ensure!(page.contains("Does not answer") && page.contains("Not over"), "{page}");
        let feed = site.get("/status.atom").await?.1;
        ensure!(feed.contains("Node: Does not answer") && feed.contains("not over"), "{feed}");
        // It can be done without for a minute.
        eventually("the portal is not ready any more", || async {
            let (status, text) = site.get("/api/v1/health/ready").await?;
            Ok((status == 503 && text.contains("\"node\"")).then_some(()))
        })
        .await?;
        ensure!(site.get("/api/v1/health/live").await?.0 == 200, "it lives");

        stack.start_nodes()?;
        stack.wait_for_node().await?;
        let over = eventually("the outage is over in the record", || async {
            let found = incident(site, "node").await?;
            // Where the chain's last block is old, the node is impaired and the incident lasts: a
            // transaction makes a new one.
            Ok(found.filter(|it| it["ended"].is_string()))
        });
        let blocks = async {
            loop {
                let _ = keep_the_chain_going(stack).await;
                tokio::time::sleep(Duration::from_secs(2)).await;
            }
        };
        let over = tokio::select! { over = over => over?, () = blocks => bail!("no end") };
        ensure!(over["id"] == begun["id"] && over["then_unknown"] == false, "{over}");
        let (began, ended) = (time(&over["began"])?, time(&over["ended"])?);
        ensure!((killed - began).num_seconds() < 61, "{over} began long before {killed}");
        ensure!(ended > killed, "{over}");
        let record = history(site, "resolution=minute").await?;
        let node = find(&record["parts"], "node").context("the node")?;
        ensure!(node["down"].as_i64() >= Some(1), "{node}");
        ensure!(node["availability_ppm"].as_i64() < Some(1_000_000), "{node}");
        let database = find(&record["parts"], "database").context("the database")?;
        ensure!(database["availability_ppm"] == 1_000_000, "{database}");
        println!("the node was down from {began} to {ended}, killed at {killed}");
        Ok(())
    }

    /// A transaction, so that there is a new block.
    async fn keep_the_chain_going(stack: &Stack) -> Result<()> {
        let registry = stack.registry().await?;
        let root = registry_testbed::Officer::new("//Alice")?;
        let code = registry_primitives::CountryCode(*b"VU");
        let number = rand::random::<u64>();
        let details = registry_primitives::organisation::OrganisationDetails {
            name: common::text(&format!("Organisation {number}")),
            tax_id: common::text(&number.to_string()),
            country: code,
            sectoral_scopes: Default::default(),
            profile: registry_testbed::demo_data::hash_of("profile"),
        };
        let first_admin = registry_testbed::Officer::new(&format!("//{number}"))?.account();
        let role = registry_primitives::OrganisationRole::Certifier;
        let call = registry_client::Call::CreateOrganisation { role, details, first_admin };
        registry.execute(&root.key, &call).await?;
        Ok(())
    }

    async fn the_indexer_is_away(stack: &mut Stack, site: &Site) -> Result<()> {
        stack.indexer = None;
        eventually("the outage of the indexer is in the record", || async {
            let found = incident(site, "indexer").await?;
            Ok(found.filter(|it| it["condition"] == "down"))
        })
        .await?;
        let indexer = part(site, "indexer").await?;
        ensure!(indexer["reason"] == "unreachable", "{indexer}");
        stack.start_indexer()?;
        stack.wait_for_indexer().await?;
        eventually("the indexer works again", || async {
            Ok((part(site, "indexer").await?["condition"] == "works").then_some(()))
        })
        .await
    }

    /// The portals that hold the right to write, by the number of their locks.
    async fn writers(stack: &Stack) -> Result<i64> {
        let database = stack.database().await?;
        let writers = sqlx::query_scalar(
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted
             AND classid = x'726567'::int::oid AND objid = 3::oid",
        );
        let count = writers.fetch_one(&database).await?;
        database.close().await;
        Ok(count)
    }

    /// How many measurements of the database are in the record.
    async fn measurements(stack: &Stack) -> Result<i64> {
        let database = stack.database().await?;
        let sum = sqlx::query_scalar(
            "SELECT sum(latencies) FROM directory.status_spans WHERE part = 'database'",
        );
        let sum = sum.fetch_one(&database).await?;
        database.close().await;
        Ok(sum)
    }

    async fn one_portal_writes(stack: &mut Stack, mut second: Second) -> Result<()> {
        ensure!(writers(stack).await? == 1, "{} portals write", writers(stack).await?);
        let answer = second.site.json("/api/v1/health").await?;
        ensure!(find(&answer["parts"], "files").is_some(), "{answer:#}");
        // Who writes is killed: the other goes on.
        stack.portal.as_mut().context("a portal")?.kill();
        let killed = measurements(stack).await?;
        let stack = &*stack;
        eventually("the other portal writes", || async {
            let goes_on = measurements(stack).await? > killed + 1;
            Ok((goes_on && writers(stack).await? == 1).then_some(()))
        })
        .await?;
        let record = history(&second.site, "resolution=minute").await?;
        ensure!(find(&record["parts"], "database").is_some(), "{record:#}");
        second.process.stop();
        ensure!(writers(stack).await? == 0, "nobody writes any more");
        Ok(())
    }

    async fn nobody_measures(stack: &mut Stack, site: &Site) -> Result<()> {
        // A whole minute of the clock without a portal.
        let stopped = Utc::now();
        let seconds = 61 + 60 - u64::try_from(stopped.timestamp() % 60)?;
        stack.nodes.clear();
        tokio::time::sleep(Duration::from_secs(seconds)).await;
        stack.start_nodes()?;
        stack.wait_for_node().await?;
        stack.portal = None;
        stack.start_portal()?;
        stack.wait_for_portal().await?;
        let gap = eventually("the gap is in the record, as unknown", || async {
            let record = history(site, "resolution=minute").await?;
            let part = find(&record["parts"], "database").context("the database")?;
            let spans = part["spans"].as_array().context("spans")?;
            let last = spans.last().context("spans")?;
            let gap = spans.iter().filter(|it| {
                time(&it["from"]).is_ok_and(|from| from > stopped) && it["measured"] == 0
            });
            let gap: Vec<_> = gap.cloned().collect();
            let is_whole = last["measured"] == 1 && !gap.is_empty();
            Ok(is_whole.then(|| (gap, part.clone())))
        })
        .await?;
        let (gap, part) = gap;
        for span in &gap {
            ensure!(span["condition"] == "unknown" && span["unknown"] == 1, "{span}");
        }
        // The node was down meanwhile, and nobody says that it was up or down.
        let record = history(site, "resolution=minute").await?;
        let node = find(&record["parts"], "node").context("the node")?;
        let spans = node["spans"].as_array().context("spans")?;
        for span in &gap {
            let same = spans.iter().find(|it| it["from"] == span["from"]).context("a span")?;
            ensure!(same["condition"] == "unknown", "{same}");
        }
        ensure!(part["availability_ppm"] == 1_000_000, "{part}");
        // What a portal that begins has not come to is not down.
        let directory = find(&record["parts"], "directory").context("the directory")?;
        ensure!(directory["down"] == 0, "{directory}");
        println!("{} minutes without a portal are unknown", gap.len());
        Ok(())
    }

    /// Old minutes become hours and old hours days, without a change of their sums.
    async fn the_record_grows_old(stack: &Stack) -> Result<()> {
        let database = stack.database().await?;
        sqlx::query(
            "INSERT INTO directory.status_spans
                 (part, began, minutes, measured, degraded, down, lag, latency, latencies)
             SELECT 'files', date_trunc('day', now(), 'UTC') - INTERVAL '5 days'
                    + n * INTERVAL '1 minute', 1, 1, 0, (n % 10 = 0)::int, n, 1000, 1
             FROM generate_series(0, 179) n
             UNION ALL
             SELECT 'files', date_trunc('day', now(), 'UTC') - INTERVAL '100 days'
                    + n * INTERVAL '1 hour', 60, 60, 30, 0, NULL, 0, 0
             FROM generate_series(0, 23) n
             UNION ALL
             SELECT 'files', now() - INTERVAL '3 years', 1440, 1440, 0, 0, NULL, 0, 0",
        )
        .execute(&database)
        .await?;
        database.close().await;
        Ok(())
    }

    async fn the_database_is_away(stack: &mut Stack, site: &Site) -> Result<()> {
        // The record is made shorter when a portal begins.
        stack.portal = None;
        stack.start_portal()?;
        stack.wait_for_portal().await?;
        let database = stack.database().await?;
        let kept = "SELECT minutes::BIGINT, count(*), sum(measured)::BIGINT, sum(down)::BIGINT,
                           sum(degraded)::BIGINT, sum(latencies)::BIGINT
                    FROM directory.status_spans
                    WHERE part = 'files' AND began < now() - INTERVAL '3 days'
                    GROUP BY minutes ORDER BY minutes";
        type Kept = (i64, i64, i64, i64, i64, i64);
        let rows = eventually("minutes are hours, hours are days", || async {
            let rows: Vec<Kept> = sqlx::query_as(kept).fetch_all(&database).await?;
            Ok((rows.iter().all(|row| row.0 > 1)).then_some(rows))
        })
        .await?;
        ensure!(rows == [(60, 3, 180, 18, 0, 180), (1440, 1, 1440, 0, 720, 0)], "{rows:?}");
        let week = history(site, "resolution=hour").await?;
        let files = find(&week["parts"], "files").context("files")?;
        ensure!(files["down"] == 18, "{files:#}");
        let (status, text) =
            site.get("/api/v1/health/history?resolution=day&from=2020-01-01T00:00:00Z").await?;
        ensure!(status == 200, "{text}");
        database.close().await;

        stack.postgres.as_mut().context("Postgres")?.stop();
        let stopped = Utc::now();
        eventually("the portal says that the database is down", || async {
            Ok((part(site, "database").await?["condition"] == "down").then_some(()))
        })
        .await?;
        let (status, page) = site.get("/status").await?;
        ensure!(status == 503 && page.contains("The record cannot be read"), "{status}: {page}");
        let (status, _) = site.get("/api/v1/health/history").await?;
        ensure!(status == 503, "the history answers {status}");
        ensure!(site.get("/api/v1/health/live").await?.0 == 200, "it lives");
        let (status, ready) = site.get("/api/v1/health/ready").await?;
        ensure!(status == 503 && ready.contains("\"database\""), "{ready}");
        // Long enough to be measured.
        tokio::time::sleep(Duration::from_secs(3)).await;
        stack.start_postgres()?;
        // What could not be written then is written now: an outage, and no gap.
        let outage = eventually("the outage of the database is in the record", || async {
            match site.get("/api/v1/health/history?resolution=minute").await? {
                (200, text) => {
                    let record: Value = serde_json::from_str(&text)?;
                    let found = find(&record["incidents"], "database").cloned();
                    Ok(found.filter(|it| it["condition"] == "down"))
                }
                _ => Ok(None),
            }
        })
        .await?;
        let began = time(&outage["began"])?;
        ensure!((began - stopped).num_seconds().abs() <= 60, "{outage} and not {stopped}");
        println!("the database was stopped at {stopped}, and was down from {began}");
        Ok(())
    }
}
