// SPDX-License-Identifier: Apache-2.0
//! The stream of events: told once each, in order, also across a lost connection.

mod common;

mod e2e {
    use super::common::{self, transfer, Cast, SECOND};
    use anyhow::{ensure, Context, Result};
    use serde_json::Value;
    use std::time::{Duration, Instant};

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
}
