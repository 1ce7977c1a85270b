// SPDX-License-Identifier: Apache-2.0
//! A database that goes away in the middle of requests and of streams, and one that stands still:
//! everybody is told so by 503, and all goes on by itself when it is back.

mod e2e {
    use crate::{
        common::{transfer, SECOND},
        world::{is_problem, Place},
    };
    use anyhow::{bail, ensure, Context, Result};
    use nix::{
        sys::signal::{kill, Signal},
        unistd::Pid,
    };
    use registry_testbed::Api;
    use std::{
        collections::BTreeMap,
        sync::{
            atomic::{AtomicBool, Ordering},
            Arc,
        },
        time::{Duration, Instant},
    };

    /// What is asked over and over: public and private, lists, one thing, a file, a health.
    const QUESTIONS: [&str; 8] = [
        "/api/v1/totals",
        "/api/v1/projects?sort=-issued",
        "/api/v1/credits/VU-ITMO-1-001-2023-0-1-10",
        "/api/v1/events.csv",
        "/api/v1/session",
        "/api/v1/audit",
        "/api/v1/files",
        "/api/v1/statistics/credits/flows?by=project",
    ];

    /// Asks until told to stop; how often each status was answered, and the longest wait.
    async fn ask(
        api: Api,
        path: &'static str,
        stop: Arc<AtomicBool>,
    ) -> Result<(BTreeMap<u16, usize>, Duration)> {
        let (mut found, mut longest) = (BTreeMap::new(), Duration::ZERO);
        while !stop.load(Ordering::Relaxed) {
            let began = Instant::now();
            let answer = api.request(reqwest::Method::GET, path).send().await;
            let answer = answer.with_context(|| format!("{path} was not answered"))?;
            let status = answer.status().as_u16();
            let kind = answer.headers()["content-type"].to_str()?.to_owned();
            let retry = answer.headers().contains_key("retry-after");
            match (status, answer.text().await) {
                (200, Ok(_)) => {}
                // A file that could not be read to its end breaks off.
                (200, Err(_)) if path.ends_with(".csv") => *found.entry(0).or_default() += 1,
                (503, Ok(body)) => {
                    is_problem(503, &kind, &body)?;
                    ensure!(retry, "{path}: when to ask again?");
                }
                (status, body) => bail!("{path} answered {status}: {body:?}"),
            }
            *found.entry(status).or_default() += 1;
            longest = longest.max(began.elapsed());
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        Ok((found, longest))
    }

    #[tokio::test]
    async fn a_database_that_goes_away_is_told_and_survived() -> Result<()> {
        let mut place = Place::new().await?;
        place.cast.issue(&place.registry, "Through storms", 100).await?;
        place.stack.wait_for_indexer().await?;
        let api = place.signed_in(&place.cast.first.clone()).await?;
        let process = place.stack.portal.as_ref().context("the portal")?.id();
        let stream = format!("{}/api/v1/events/stream", place.portal);
        let mut told = reqwest::get(&stream).await?;
        let stop = Arc::new(AtomicBool::new(false));
        let asking: Vec<_> = QUESTIONS
            .into_iter()
            .map(|path| tokio::spawn(ask(api.clone(), path, stop.clone())))
            .collect();
        tokio::time::sleep(Duration::from_secs(2)).await;
        for _ in 0..2 {
            // Not a farewell: all connections break in the middle of whatever they are at.
            place.stack.postgres.as_mut().context("Postgres")?.kill();
            tokio::time::sleep(Duration::from_secs(4)).await;
            place.stack.start_postgres()?;
            let began = Instant::now();
            while api.get("/api/v1/session").await?.0 != 200
                || Api::nobody(&place.portal)?.get("/api/v1/totals").await?.0 != 200
            {
                ensure!(began.elapsed() < Duration::from_secs(20), "it does not come back");
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            println!("answers again {:.1?} after Postgres", began.elapsed());
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        stop.store(true, Ordering::Relaxed);
        for (path, asked) in QUESTIONS.into_iter().zip(asking) {
            let (found, longest) = asked.await??;
            println!("{path}: {found:?}, at most {longest:.1?}");
            ensure!(found.contains_key(&503), "{path} was never refused: {found:?}");
            ensure!(longest < Duration::from_secs(15), "{path} waited {longest:?}");
        }
        // The stream of events ended or goes on, and is taken up where it was.
        place.stack.wait_for_indexer().await?;
        place.does(&place.cast.first.clone(), transfer(1, 7, SECOND)).await?;
        let next = tokio::time::timeout(Duration::from_secs(20), async {
            loop {
                match told.chunk().await {
                    Ok(Some(chunk)) if chunk.windows(18).any(|it| it == b"CreditsTransferred") => {
                        return anyhow::Ok(());
                    }
                    Ok(Some(_)) => {}
                    // Broken off: a browser would connect again, with the last it had.
                    Ok(None) | Err(_) => told = reqwest::get(format!("{stream}?after=0-0")).await?,
                }
            }
        });
        next.await.context("no event after the outage")??;
        ensure!(place.stack.portal.as_ref().map(|it| it.id()) == Some(process), "it was another");
        place.is_well().await
    }

    /// Stops or wakes a process and its children, as a machine that is out of breath.
    fn signal(parent: u32, signal: Signal) -> Result<()> {
        let children = format!("/proc/{parent}/task/{parent}/children");
        let children = std::fs::read_to_string(children)?;
        let all = children.split_whitespace().filter_map(|it| it.parse().ok());
        for process in all.chain([parent]) {
            // One that has ended meanwhile needs none.
            let _ = kill(Pid::from_raw(process as i32), signal);
        }
        Ok(())
    }

    #[tokio::test]
    async fn a_database_that_stands_still_keeps_nobody_for_ever() -> Result<()> {
        let mut place = Place::new().await?;
        let api = place.signed_in(&place.cast.first.clone()).await?;
        let postgres = place.stack.postgres.as_ref().context("Postgres")?.id();
        signal(postgres, Signal::SIGSTOP)?;
        let began = Instant::now();
        let asking = QUESTIONS.into_iter().map(|path| {
            let request = api.request(reqwest::Method::GET, path);
            async move {
                let answer = request.send().await?;
                let (status, retry) =
                    (answer.status(), answer.headers().contains_key("retry-after"));
                anyhow::Ok((path, status.as_u16(), retry, answer.text().await?))
            }
        });
        let answers = futures::future::join_all(asking).await;
        let took = began.elapsed();
        // Woken whatever comes now, so that all can end in order.
        signal(postgres, Signal::SIGCONT)?;
        println!("all are told after {took:.1?}");
        ensure!(took < Duration::from_secs(40), "{took:?}");
        for answer in answers {
            let (path, status, retry, body) = answer?;
            ensure!(status == 503 && retry, "{path} answered {status}: {body}");
            is_problem(503, "application/problem+json", &body)?;
        }
        let began = Instant::now();
        while api.get("/api/v1/session").await?.0 != 200 {
            ensure!(began.elapsed() < Duration::from_secs(20), "it does not come back");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        for path in QUESTIONS {
            let answer = api.request(reqwest::Method::GET, path).send().await?;
            let known = [200, 404].contains(&answer.status().as_u16());
            ensure!(known, "{path} answers {} afterwards", answer.status());
        }
        place.is_well().await
    }
}
