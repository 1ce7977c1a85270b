// SPDX-License-Identifier: Apache-2.0
//! The certificate of a retirement: on its page, on paper, at its short address; and back again: what
//! is said of the true file, of one that was changed, and of one that is none.

mod common;

mod e2e {
    use super::common::{self, retire, Cast};
    use anyhow::{ensure, Context, Result};
    use registry_testbed::compare::Site;
    use reqwest::{header, redirect::Policy, Client};
    use serde_json::Value;
    use std::{path::Path, process::Command, time::Instant};

    #[tokio::test]
    async fn a_certificate_is_issued_found_and_checked() -> Result<()> {
        let folder = common::folder()?;
        let mut stack = common::stack(&folder).await?;
        let registry = stack.registry().await?;
        let cast = Cast::enter(&registry).await?;
        cast.issue(&registry, "Solar of Efate", 1_000).await?;
        cast.does(&registry, &cast.first, retire(1, 71)).await?;
        cast.does(&registry, &cast.first, retire(1, 9)).await?;
        stack.wait_for_indexer().await?;
        let site = Site { root: stack.portal_url() };
        let client = Client::builder().redirect(Policy::none()).build()?;

        let certificate = site.json("/api/v1/retirements/1").await?;
        let name = certificate["name"].as_str().context("a name")?;
        page(&site, &certificate, name).await?;
        let papers = papers(&site, &client, folder.path()).await?;
        short_address(&site, &client, name).await?;
        checked(&site, &client, folder.path(), &papers).await?;
        looked_up(&site, &client, name).await
    }

    async fn page(site: &Site, certificate: &Value, name: &str) -> Result<()> {
        let block = certificate["block_hash"].as_str().context("a hash")?;
        let genesis = certificate["genesis_hash"].as_str().context("a hash")?;
        ensure!(certificate["extrinsic_index"].is_number(), "{certificate}");
        let page = site.get("/retirements/1").await?.1;
        for shown in [
            name,
            "seventy-one",
            "VU-ITMO-1-001-2023-0-930-1000",
            "A traveller",
            "Vanuatu",
            "no corresponding adjustment",
            "<svg",
            block,
            genesis,
        ] {
            let page = page.replace("<wbr>", "");
            ensure!(page.contains(shown), "the certificate's page does not show {shown:?}");
        }
        Ok(())
    }

    /// What a program of poppler says of a file.
    fn poppler(program: &str, arguments: &[&str]) -> Result<String> {
        let output = Command::new(program)
            .args(arguments)
            .output()
            .with_context(|| format!("{program}, of Debian's package poppler-utils"))?;
        ensure!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// The papers in all languages: what is on them, and that they stay as they are.
    async fn papers(site: &Site, client: &Client, folder: &Path) -> Result<Vec<Vec<u8>>> {
        let mut papers = Vec::new();
        for (prefix, words) in [
            ("", "seventy-one"),
            ("/fr", "soixante et onze"),
            ("/es", "setenta y uno"),
            ("/ar", "1,2"),
        ] {
            let address = format!("{}{prefix}/retirements/1.pdf", site.root);
            let began = Instant::now();
            let answer = client.get(&address).send().await?;
            ensure!(answer.status() == 200, "{address}: {}", answer.status());
            ensure!(answer.headers()[header::CONTENT_TYPE] == "application/pdf");
            let tag = answer.headers()[header::ETAG].clone();
            let paper = answer.bytes().await?.to_vec();
            println!("{address}: {} bytes in {:?}", paper.len(), began.elapsed());
            let known = client.get(&address).header(header::IF_NONE_MATCH, &tag).send().await?;
            ensure!(known.status() == 304, "{address}: {}", known.status());

            let file = folder.join("paper.pdf");
            std::fs::write(&file, &paper)?;
            let file = file.to_str().context("a path")?;
            let info = poppler("pdfinfo", &[file])?;
            ensure!(info.contains("Tagged:          yes"), "{info}");
            let text = poppler("pdftotext", &["-layout", file, "-"])?;
            let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
            if prefix != "/ar" {
                ensure!(text.contains(words), "{prefix}: {words:?} is not in {text}");
            }
            for shown in ["VU-ITMO-1-001-2023-0-930-1000", "A traveller", "71"] {
                ensure!(text.contains(shown), "{prefix}: {shown:?} is not in {text}");
            }
            papers.push(paper);
        }
        let unknown = client.get(format!("{}/retirements/999.pdf", site.root)).send().await?;
        ensure!(unknown.status() == 404, "{}", unknown.status());
        Ok(papers)
    }

    async fn short_address(site: &Site, client: &Client, name: &str) -> Result<()> {
        let answer = client.get(format!("{}/fr/c/{name}", site.root)).send().await?;
        ensure!(answer.status() == 307, "{}", answer.status());
        ensure!(answer.headers()[header::LOCATION] == "/fr/retirements/1");
        // The code of the first with the number of the second, which there is.
        let other = name.replacen('1', "2", 1);
        let (status, body) = site.get(&format!("/c/{other}")).await?;
        ensure!(status == 404 && body.contains("does not fit its number"), "{status} {body}");
        for nonsense in ["1", "x", "1-SHORT", "999999999999999999999-10ABCDEF"] {
            let (status, body) = site.get(&format!("/c/{nonsense}")).await?;
            ensure!(status == 404, "{nonsense}: {status}");
            ensure!(!body.contains("A traveller"), "{nonsense} shows a certificate");
        }
        Ok(())
    }

    async fn verdict(site: &Site, client: &Client, file: &[u8]) -> Result<Value> {
        let answer = client
            .post(format!("{}/api/v1/verify", site.root))
            .header(header::CONTENT_TYPE, "application/pdf")
            .body(file.to_vec())
            .send()
            .await?;
        ensure!(answer.status() == 200, "{} {}", answer.status(), answer.text().await?);
        Ok(answer.json().await?)
    }

    /// The same file with another receipt, as anybody can make it.
    fn forge(folder: &Path, paper: &[u8], change: impl Fn(&str) -> String) -> Result<Vec<u8>> {
        let path = |name: &str| -> Result<String> {
            Ok(folder.join(name).to_str().context("a path")?.to_owned())
        };
        let (original, receipt, forged) =
            (path("original.pdf")?, path("receipt.json")?, path("forged.pdf")?);
        std::fs::write(&original, paper)?;
        poppler("pdfdetach", &["-save", "1", "-o", &receipt, &original])?;
        let text = std::fs::read_to_string(&receipt)?;
        let changed = change(&text);
        ensure!(changed != text, "nothing was changed in {text}");
        std::fs::write(&receipt, changed)?;
        // Of the forgery before; it attaches to no file that is there.
        if Path::new(&forged).exists() {
            std::fs::remove_file(&forged)?;
        }
        poppler("pdfattach", &["-replace", &original, &receipt, &forged])?;
        Ok(std::fs::read(&forged)?)
    }

    async fn checked(
        site: &Site,
        client: &Client,
        folder: &Path,
        papers: &[Vec<u8>],
    ) -> Result<()> {
        for paper in papers {
            let said = verdict(site, client, paper).await?;
            ensure!(said["verdict"] == "genuine" && said["identical"] == true, "{said}");
            ensure!(said["retirement"] == 1, "{said}");
        }
        let paper = papers.first().context("a paper")?;

        let mut longer = paper.clone();
        longer.extend(b"\n");
        let said = verdict(site, client, &longer).await?;
        ensure!(said["verdict"] == "altered" && said["identical"] == false, "{said}");

        let forged =
            forge(folder, paper, |text| text.replace("\"quantity\": 71", "\"quantity\": 710"))?;
        let said = verdict(site, client, &forged).await?;
        ensure!(said["verdict"] == "forged", "{said}");
        let fields = said["fields"].as_array().context("fields")?;
        let differing: Vec<_> = fields.iter().filter(|it| it["standing"] != "same").collect();
        ensure!(differing.len() == 1 && differing[0]["field"] == "quantity", "{differing:?}");
        ensure!(
            differing[0]["given"] == "710" && differing[0]["registry"] == "71",
            "{differing:?}"
        );

        for (change, verdict_of) in [
            (("\"certificate\": 1", "\"certificate\": 2"), "forged"),
            (("\"certificate\": 1", "\"certificate\": 99"), "no_such"),
            (("\"genesis_hash\": \"0x", "\"genesis_hash\": \"1x"), "elsewhere"),
            (("registry-retirement-receipt", "another-receipt"), "no_receipt"),
        ] {
            let forged = forge(folder, paper, |text| text.replacen(change.0, change.1, 1))?;
            let said = verdict(site, client, &forged).await?;
            // A file that keeps the old receipt too is no better for it.
            let is_either = said["verdict"] == verdict_of || said["verdict"] == "forged";
            ensure!(is_either || verdict_of == "no_receipt", "{change:?}: {said}");
            ensure!(said["verdict"] != "genuine", "{change:?}: {said}");
        }
        for (file, verdict_of) in
            [(&b"%PDF-1.7\n"[..], "no_receipt"), (b"\x89PNG\r\n", "no_certificate")]
        {
            let said = verdict(site, client, file).await?;
            ensure!(said["verdict"] == verdict_of, "{said}");
        }
        let nothing = client.post(format!("{}/api/v1/verify", site.root)).send().await?;
        ensure!(nothing.status() == 422, "{}", nothing.text().await?);

        // The form of the page, as a browser without scripts sends it.
        let mut body =
            b"--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"c.pdf\"\r\n\
            Content-Type: application/pdf\r\n\r\n"
                .to_vec();
        body.extend(&forged);
        body.extend(b"\r\n--edge--\r\n");
        let post = |body: Vec<u8>| {
            client
                .post(format!("{}/verify", site.root))
                .header(header::CONTENT_TYPE, "multipart/form-data; boundary=edge")
                .body(body)
                .send()
        };
        let page = post(body).await?;
        ensure!(page.status() == 200, "{}", page.status());
        let page = page.text().await?;
        for shown in ["verdict-bad", "does not say what the registry says", "Differs", "710"] {
            ensure!(page.contains(shown), "the page of the forged file does not show {shown:?}");
        }
        ensure!(post(b"--edge--".to_vec()).await?.status() == 400);
        let large = vec![b'x'; 2 << 20];
        ensure!(post(large).await.map_or(413, |answer| answer.status().as_u16()) == 413);
        Ok(())
    }

    async fn looked_up(site: &Site, client: &Client, name: &str) -> Result<()> {
        let leads = |text: String| async move {
            let address = reqwest::Url::parse_with_params(
                &format!("{}/verify", site.root),
                [("text", text.as_str())],
            )?;
            let answer = client.get(address).send().await?;
            let to = answer.headers().get(header::LOCATION).and_then(|to| to.to_str().ok());
            Ok::<_, anyhow::Error>(to.unwrap_or_default().to_owned())
        };
        ensure!(leads(format!(" {} ", name.to_lowercase())).await? == format!("/c/{name}"));
        let serial = "VU-ITMO-1-001-2023-0-930-1000";
        ensure!(leads(format!("{serial}\u{200b}")).await? == format!("/credits/{serial}"));
        ensure!(leads("81-100".to_owned()).await? == "/credits/81-100");
        let page = site.get("/verify?text=1").await?.1;
        ensure!(page.contains("/retirements/1") && page.contains("/credits/1"), "{page}");
        let page = site.get("/verify").await?.1;
        ensure!(page.contains("multipart/form-data"), "{page}");
        Ok(())
    }
}
