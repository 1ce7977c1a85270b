// SPDX-License-Identifier: Apache-2.0
//! Readers of the site and of the API: every public page is there in every language, says what the API
//! says, and leads nowhere that is not there; who follows the stream of events is told each once and
//! in order, also across a lost connection, and who asks too much must wait.

mod common;
mod pages;

mod e2e {
    use super::{
        common::{self, transfer, Cast, SECOND},
        pages,
    };
    use anyhow::{ensure, Context, Result};
    use registry_testbed::{
        compare::Site,
        demo_data,
        process::{free_port, program, Process},
    };
    use serde_json::Value;
    use std::time::{Duration, Instant};

    #[tokio::test]
    async fn every_public_page_is_there_and_says_what_the_api_says() -> Result<()> {
        let folder = common::folder()?;
        let mut stack = common::stack(&folder).await?;
        let registry = stack.registry().await?;
        demo_data::load(&registry, |_| {}).await?;
        demo_data::files::deposit(&stack.portal_url()).await?;
        stack.wait_for_indexer().await?;
        let site = Site { root: stack.portal_url() };
        let languages = pages::in_every_language(&site).await?;
        let links = pages::lead_somewhere(&site).await?;
        println!("{languages} pages, {links} links");
        pages::article6(&site).await?;
        pages::network(&site, &registry).await?;
        pages::open_data(&site).await?;
        pages::projects(&site).await?;
        pages::transfers_and_organisations(&site).await
    }

    /// A reader of server-sent events.
    struct Reader {
        answer: reqwest::Response,
        text: String,
    }

    impl Reader {
        async fn open(url: &str, last: Option<&str>) -> Result<Self> {
            let mut request = reqwest::Client::new().get(url);
            if let Some(last) = last {
                request = request.header("Last-Event-ID", last);
            }
            let answer = request.send().await?;
            ensure!(answer.status() == 200, "{url} answered {}", answer.status());
            Ok(Self { answer, text: String::new() })
        }

        /// The next event: its id and its data.
        async fn next(&mut self) -> Result<(String, Value)> {
            let wait = tokio::time::timeout(Duration::from_secs(20), self.read());
            wait.await.context("no event within 20 seconds")?
        }

        async fn read(&mut self) -> Result<(String, Value)> {
            loop {
                if let Some((message, rest)) = self.text.split_once("\n\n") {
                    let field = |name: &str| {
                        message.lines().find_map(|line| line.strip_prefix(name)).map(str::to_owned)
                    };
                    let found = field("id: ").zip(field("data: "));
                    self.text = rest.to_owned();
                    // What is not an event keeps the connection alive.
                    if let Some((id, data)) = found {
                        return Ok((id, serde_json::from_str(&data)?));
                    }
                    continue;
                }
                let chunk = self.answer.chunk().await?.context("the stream ended")?;
                self.text.push_str(std::str::from_utf8(&chunk)?);
            }
        }
    }

    #[tokio::test]
    async fn events_are_told_as_they_become_final_and_once() -> Result<()> {
        let folder = common::folder()?;
        let mut stack = common::stack(&folder).await?;
        let registry = stack.registry().await?;
        let cast = Cast::enter(&registry).await?;
        cast.issue(&registry, "Told at once", 100).await?;
        stack.wait_for_indexer().await?;
        let url = format!("{}/api/v1/events/stream", stack.portal_url());

        // What comes from now on, of all and of one organisation.
        let mut all = Reader::open(&url, None).await?;
        let mut second = Reader::open(&format!("{url}?organisation={SECOND}"), None).await?;
        let began = Instant::now();
        cast.does(&registry, &cast.first, transfer(1, 7, SECOND)).await?;
        let made = began.elapsed();
        let (split, event) = all.next().await?;
        ensure!(event["name"] == "BlockSplit" && event["id"] == split.as_str(), "{event}");
        let (transferred, event) = all.next().await?;
        println!(
            "final after {:.0} ms, told after {:.0} ms",
            made.as_secs_f64() * 1e3,
            began.elapsed().as_secs_f64() * 1e3
        );
        ensure!(event["name"] == "CreditsTransferred", "{event}");
        ensure!(event["fields"]["quantity"] == 7, "{event}");
        let (id, event) = second.next().await?;
        ensure!(id == transferred && event["name"] == "CreditsTransferred", "{event}");

        // The connection is lost; what happened meanwhile comes first, and nothing twice.
        drop(all);
        cast.does(&registry, &cast.first, transfer(1, 5, SECOND)).await?;
        let mut again = Reader::open(&url, Some(&split)).await?;
        let mut told = Vec::new();
        for _ in 0..3 {
            told.push(again.next().await?.1["name"].as_str().unwrap_or_default().to_owned());
        }
        ensure!(told == ["CreditsTransferred", "BlockSplit", "CreditsTransferred"], "{told:?}");
        let (_, event) = second.next().await?;
        ensure!(event["fields"]["quantity"] == 5, "{event}");

        // From the beginning, as a copy of the registry is made.
        let mut copy = Reader::open(&format!("{url}?after=0-0"), None).await?;
        let (first, _) = copy.next().await?;
        ensure!(first.starts_with("1-"), "the first event is {first}");

        for (query, last, why) in [
            ("?order=newest", None, "the oldest first"),
            ("?limit=5", None, "the oldest first"),
            ("", Some("yesterday"), "Last-Event-ID"),
            ("?colour=red", None, "colour"),
        ] {
            let mut request = reqwest::Client::new().get(format!("{url}{query}"));
            if let Some(last) = last {
                request = request.header("Last-Event-ID", last);
            }
            let answer = request.send().await?;
            ensure!(answer.status() == 400, "{query} answered {}", answer.status());
            let text = answer.text().await?;
            ensure!(text.contains(why), "{query}: {text}");
        }
        Ok(())
    }

    #[tokio::test]
    async fn who_asks_too_much_is_told_when_to_ask_again() -> Result<()> {
        let folder = common::folder()?;
        let mut stack = common::stack(&folder).await?;
        stack.wait_for_indexer().await?;
        // Another portal beside the stack's own, which has no limit.
        let url = format!("http://127.0.0.1:{}", free_port()?);
        let command = [
            program("registry-portal")?,
            format!("--listen={}", url.trim_start_matches("http://")),
            format!("--database={}", stack.database_url()),
            format!("--node={}", stack.node_url()),
            "--requests-per-second=1".into(),
        ];
        let _portal = Process::start("limited-portal", folder.path(), &[], &command)?;
        let client = reqwest::Client::new();
        let ask = |path: &str, by: Option<&str>| {
            let request = client.get(format!("{url}{path}"));
            match by {
                Some(by) => request.header("X-Forwarded-For", by),
                None => request,
            }
        };
        let deadline = Instant::now() + Duration::from_secs(20);
        while ask("/api/v1/health", None).send().await.is_err() {
            ensure!(Instant::now() < deadline, "the portal does not answer");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        let mut answers = Vec::new();
        for _ in 0..15 {
            answers.push(ask("/api/v1/totals", None).send().await?);
        }
        let refused = answers.iter().filter(|answer| answer.status() == 429).count();
        ensure!((4..=5).contains(&refused), "{refused} of 15 were refused");
        let last = answers.pop().context("an answer")?;
        let wait = last.headers().get("retry-after").context("Retry-After")?.to_str()?.to_owned();
        ensure!(wait == "1", "to be asked again after {wait} s");
        let problem = last.text().await?;
        ensure!(problem.contains("too-many-requests") && problem.contains("1 s"), "{problem}");
        // As a page for people; for others there is room; and the health may always be asked.
        let page = ask("/", None).send().await?;
        ensure!(page.status() == 429 && page.text().await?.contains("Too many requests"));
        ensure!(ask("/api/v1/totals", Some("192.0.2.1")).send().await?.status() == 200);
        ensure!(ask("/api/v1/health", None).send().await?.status() == 200);
        tokio::time::sleep(Duration::from_millis(1_100)).await;
        ensure!(ask("/api/v1/totals", None).send().await?.status() == 200);
        Ok(())
    }
}
