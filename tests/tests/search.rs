// SPDX-License-Identifier: Apache-2.0
//! The portal's one box: whatever names exactly one thing leads to it, what names several shows them
//! all, what means no good does none; and the languages in which it answers.

mod common;

mod e2e {
    use super::common::{self, retire, text, transfer, Cast, SECOND};
    use anyhow::{ensure, Context, Result};
    use registry_client::Call;
    use registry_testbed::http;
    use reqwest::{
        header::{HeaderMap, ACCEPT_LANGUAGE, LOCATION},
        redirect::Policy,
        Client,
    };
    use serde_json::Value;

    /// Somebody who follows no redirection.
    struct Asker {
        client: Client,
        root: String,
    }

    impl Asker {
        async fn get(&self, path: &str, languages: &str) -> Result<(u16, HeaderMap, String)> {
            let request = self.client.get(format!("{}{path}", self.root));
            let answer = request.header(ACCEPT_LANGUAGE, languages).send().await?;
            let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
            Ok((status, headers, answer.text().await?))
        }

        /// What a search for a text answers: the address that it leads to, or a page.
        async fn search(&self, text: &str) -> Result<Result<String, String>> {
            let url = reqwest::Url::parse_with_params("http://x/search", [("q", text)])?;
            let path = format!("/search?{}", url.query().unwrap_or_default());
            let (status, headers, page) = self.get(&path, "").await?;
            match status {
                303 => Ok(Ok(headers[LOCATION].to_str()?.to_owned())),
                200 => Ok(Err(page)),
                _ => anyhow::bail!("a search for {text:?} answered {status}: {page}"),
            }
        }

        async fn json(&self, path: &str) -> Result<Value> {
            let (status, _, body) = self.get(path, "").await?;
            ensure!(status == 200, "{path} answered {status}: {body}");
            Ok(serde_json::from_str(&body)?)
        }
    }

    #[tokio::test]
    async fn one_box_leads_to_everything_in_every_language() -> Result<()> {
        let folder = common::folder()?;
        let mut stack = common::stack(&folder).await?;
        let registry = stack.registry().await?;
        let cast = Cast::enter(&registry).await?;
        cast.issue(&registry, "Solar of Efate", 1_000).await?;
        cast.issue(&registry, "Wind of Efate <b>& Sons", 500).await?;
        cast.does(&registry, &cast.first, transfer(1, 400, SECOND)).await?;
        cast.does(&registry, &cast.first, retire(1, 50)).await?;
        cast.does(&registry, &cast.first, retire_for("Société “Énergie 100%_ d’Efaté” <i>"))
            .await?;
        for _ in 0..11 {
            cast.does(&registry, &cast.first, retire_for("شركة أطلس المحدودة")).await?;
        }
        stack.wait_for_indexer().await?;
        let client = http().no_proxy().redirect(Policy::none()).build()?;
        let asker = Asker { client, root: stack.portal_url() };

        let events = asker.json("/api/v1/events?name=CreditsRetired").await?;
        let event = &events["items"][0];
        let hash = event["extrinsic"].as_str().context("a hash")?;
        let block = event["block"].as_i64().context("a block")?;
        let index = event["extrinsic_index"].as_i64().context("an index")?;
        let account = cast.first.account().to_string();
        for (text, address) in [
            ("VU-ITMO-1-001-2023-0-1-100", "/credits/VU-ITMO-1-001-2023-0-1-100"),
            ("vu–itmo–1–001–2023–0–1–100", "/credits/VU-ITMO-1-001-2023-0-1-100"),
            ("90-120", "/credits/90-120"),
            ("solar", "/projects/1"),
            ("EXT Solar of Efate", "/projects/1"),
            ("second developer", "/organisations/3"),
            ("TAX Second Developer", "/organisations/3"),
            // Retirements by those for whom they were, whatever case and accents.
            ("a traveller", "/retirements/1"),
            ("TRÂVELL", "/retirements/1"),
            ("societe energie 100 d'efate", "/retirements/2"),
            ("SOCIÉTÉ", "/retirements/2"),
            ("100%_", "/retirements/2"),
            (hash, format!("/events?block={block}&extrinsic_index={index}").as_str()),
        ] {
            let found = asker.search(text).await?;
            ensure!(found.as_deref() == Ok(address), "{text:?} leads to {found:?}");
        }
        let (status, _, page) =
            asker.get(&format!("/events?block={block}&extrinsic_index={index}"), "").await?;
        ensure!(status == 200 && page.contains("A traveller"), "{page}");

        // Several things of one number, of one word, of one account.
        for (text, shown) in [
            ("1", vec!["/projects/1", "/organisations/1", "/retirements/1", "/credits/1-1"]),
            ("efate", vec!["/projects/1", "/projects/2", "/retirements/2"]),
            // Two letters begin a word, and are not just anywhere.
            ("so", vec!["/projects/1", "/retirements/2"]),
            ("اطلس", vec!["/retirements/13", "/retirements/4", "/retirements?text="]),
            (account.as_str(), vec!["/organisations/2", "/events?actor="]),
        ] {
            let Err(page) = asker.search(text).await? else { anyhow::bail!("{text} is one thing") };
            for address in shown {
                let link = format!("href=\"{address}");
                // The links of credits are their serial numbers.
                let serial = page.contains("VU-ITMO-1-001-2023-0-1-1");
                let there = page.contains(&link) || (address.contains("credits") && serial);
                ensure!(there, "{text:?} does not show {address}: {page}");
            }
        }
        let Err(page) = asker.search("efate").await? else { anyhow::bail!("one thing") };
        ensure!(page.contains("&#60;b&#62;&#38; Sons") && !page.contains("<b>"), "{page}");
        ensure!(page.contains("&#60;i&#62;") && !page.contains("<i>"), "{page}");
        let Err(page) = asker.search("أطلس").await? else { anyhow::bail!("one thing") };
        ensure!(!page.contains("href=\"/retirements/3\""), "more than ten are shown: {page}");

        // Nothing, what is wrong with it, and what means no good.
        for (text, says) in [
            ("nothing has this name", "Nothing in the registry"),
            ("VU-ITMO-1-001-2023-0-35-27", "ends before it starts"),
            ("<script>alert(1)</script>\u{202e}", "&#60;script&#62;"),
            ("x".repeat(10_000).as_str(), "too long"),
            ("' OR 1=1 --", "Nothing in the registry"),
            ("%_\\", "Nothing in the registry"),
            ("%%", "Nothing in the registry"),
            ("ar", "Nothing in the registry"),
            ("efate' | efate", "Nothing in the registry"),
            ("\u{1f701}\u{301}\u{fffd}", "Nothing in the registry"),
            ("ﷺ".repeat(200).as_str(), "Nothing in the registry"),
            ("", "Type or paste"),
        ] {
            let Err(page) = asker.search(text).await? else { anyhow::bail!("{text} is found") };
            ensure!(page.contains(says), "{text:?} does not say {says:?}: {page}");
            ensure!(!page.contains("<script") && page.len() < 60 << 10, "{page}");
        }

        let (status, _, page) = asker.get("/search?q=a%00b", "").await?;
        ensure!(status == 400, "{status}: {page}");

        // The same for programs.
        let found = asker.json("/api/v1/search?q=solar").await?;
        ensure!(found["hits"][0]["address"] == "/projects/1", "{found}");
        ensure!(found["hits"][0]["kind"] == "project" && found["as_of"]["block"].is_i64());
        ensure!(found["more"] == false, "{found}");
        let many = asker.json("/api/v1/search?q=%D8%A7%D8%B7%D9%84%D8%B3").await?;
        let hits = many["hits"].as_array().context("hits")?;
        let kinds = hits.iter().all(|hit| hit["kind"] == "retirement" && hit["exact"] == false);
        ensure!(many["more"] == true && hits.len() == 10 && kinds, "{many}");
        let listed = asker.json("/api/v1/retirements?text=%D8%A7%D8%B7%D9%84%D8%B3").await?;
        ensure!(listed["items"].as_array().is_some_and(|it| it.len() == 11), "{listed}");
        let same = asker.json("/search.json?q=solar").await?;
        ensure!(same["hits"] == found["hits"], "{same}");

        languages(&asker).await
    }

    /// A retirement of a tonne for somebody.
    fn retire_for(name: &str) -> Call {
        match retire(1, 1) {
            Call::Retire { parts, mut details } => {
                details.beneficiary.name = text(name);
                Call::Retire { parts, details }
            }
            other => other,
        }
    }

    async fn languages(asker: &Asker) -> Result<()> {
        for (path, tag, direction) in [
            ("/projects/1", "en", "ltr"),
            ("/en/projects/1", "en", "ltr"),
            ("/fr/projects/1", "fr", "ltr"),
            ("/es/projects/1", "es", "ltr"),
            ("/ar/projects/1", "ar", "rtl"),
        ] {
            // A page is in the language of its address, whatever the browser prefers.
            let (status, headers, page) = asker.get(path, "es").await?;
            ensure!(status == 200 && headers["content-language"] == tag, "{path}: {headers:?}");
            let start = format!("<html lang=\"{tag}\" dir=\"{direction}\">");
            ensure!(page.contains(&start), "{path} does not begin with {start}");
            let folder = if tag == "en" { String::new() } else { format!("/{tag}") };
            for link in ["projects", "organisations/2"] {
                let link = format!("href=\"{folder}/{link}\"");
                ensure!(page.contains(&link), "{path} has no {link}");
            }
            // Each page links to itself in every language.
            for other in ["/projects/1", "/fr/projects/1", "/es/projects/1", "/ar/projects/1"] {
                ensure!(page.contains(&format!("href=\"{other}\"")), "{path} hides {other}");
            }
        }
        let (status, headers, _) = asker.get("/fr/search?q=solar", "").await?;
        ensure!(status == 303 && headers[LOCATION] == "/fr/projects/1", "{headers:?}");
        for path in ["/fr//evil.example", "/en/%5Cevil.example", "/fr/api/v1/totals"] {
            let (status, headers, _) = asker.get(path, "").await?;
            ensure!(status == 404 && !headers.contains_key(LOCATION), "{path}: {headers:?}");
        }
        // Programs say in which language they want to be spoken to.
        for (languages, tag) in [("fr-CA, en;q=0.5", "fr"), ("de", "en"), ("", "en")] {
            let (status, headers, body) = asker.get("/api/v1/projects/999", languages).await?;
            ensure!(status == 404 && headers["content-language"] == tag, "{headers:?}: {body}");
            let varies = headers.get_all("vary").iter().filter_map(|it| it.to_str().ok());
            ensure!(varies.into_iter().any(|it| it.contains("accept-language")), "{headers:?}");
        }
        Ok(())
    }
}
