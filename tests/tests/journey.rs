// SPDX-License-Identifier: Apache-2.0
//! A tonne from its issuance to its retirement, on the chain and on the pages; and everything that
//! must be refused on the way.

mod common;

mod e2e {
    use super::common::{self, add_manager, retire, transfer, Cast, CERTIFIER, FIRST, SECOND};
    use anyhow::{ensure, Context, Result};
    use registry_client::{state::State, Call, ClientError, Registry};
    use registry_testbed::{compare::Site, Officer, Stack};
    use serde_json::json;

    #[tokio::test]
    async fn a_tonne_is_issued_split_twice_retired_and_shown() -> Result<()> {
        let folder = common::folder()?;
        let mut stack = common::stack(&folder).await?;
        let registry = stack.registry().await?;
        let cast = Cast::enter(&registry).await?;
        let site = Site { root: stack.portal_url() };

        lineage(&mut stack, &registry, &cast, &site).await?;
        refusals(&mut stack, &registry, &cast).await?;
        prepare_submit_watch(&mut stack, &registry, &cast, &site).await?;
        unknown_and_malformed(&site).await?;

        // Wallets and the classic methods read transactions as hexadecimal text.
        let none = subxt_rpcs::rpc_params![];
        let block: serde_json::Value = registry.client.request("chain_getBlock", none).await?;
        let first = block["block"]["extrinsics"][0].as_str().unwrap_or_default();
        ensure!(first.starts_with("0x"), "{block}");

        let node = stack.node_url();
        let (code, output) = stack.run("registry", &["--node", &node, "audit"])?;
        ensure!(code == 0, "registry audit: {output}");
        println!("{output}");
        Ok(())
    }

    /// 1000 tonnes; the last 400 go to Second; the last 150 of those come back to First, who retires
    /// the last 50. Serial 860 is in the middle of what came back: split off twice.
    async fn lineage(
        stack: &mut Stack,
        registry: &Registry,
        cast: &Cast,
        site: &Site,
    ) -> Result<()> {
        let project = cast.issue(registry, "Solar of Efate", 1_000).await?;
        cast.does(registry, &cast.first, transfer(1, 400, SECOND)).await?;
        cast.does(registry, &cast.second, transfer(601, 150, FIRST)).await?;
        cast.does(registry, &cast.first, retire(851, 50)).await?;
        stack.wait_for_indexer().await?;

        let serial = format!("VU-ITMO-1-{project:03}-2023-0-860-860");
        let answer = site.json(&format!("/api/v1/credits/{serial}")).await?;
        let block = &answer["blocks"][0]["block"];
        ensure!(block["serial"] == format!("VU-ITMO-1-{project:03}-2023-0-851-950"), "{answer}");
        ensure!(block["owner"]["id"] == FIRST && block["status"] == "held", "{answer}");
        // The block, what it was split from, and what happened to serial 860, oldest first.
        let starts: Vec<_> = answer["lineage"]
            .as_array()
            .context("a lineage")?
            .iter()
            .filter_map(|ancestor| ancestor["numbers"]["start"].as_u64())
            .collect();
        ensure!(starts == [851, 601, 1], "lineage {starts:?} in {answer}");
        let history: Vec<_> = answer["history"]
            .as_array()
            .context("a history")?
            .iter()
            .filter_map(|event| event["kind"].as_str())
            .collect();
        ensure!(
            history == ["issued", "split", "transferred", "split", "transferred"],
            "history {history:?}"
        );
        let page = site.text(&format!("/credits/{serial}")).await?;
        for shown in ["First Developer", "851-950", "Solar of Efate", "601", "Held"] {
            ensure!(page.contains(shown), "the page of {serial} does not show {shown:?}");
        }
        println!("serial {serial}: owner, status and lineage {starts:?}, history {history:?}");

        // Its neighbours: what Second kept, and what was retired.
        for (number, owner, status) in
            [(600, FIRST, "held"), (850, SECOND, "held"), (951, FIRST, "retired")]
        {
            let path = format!("/api/v1/credits/VU-ITMO-1-{project:03}-2023-0-{number}-{number}");
            let block = site.json(&path).await?["blocks"][0]["block"].clone();
            ensure!(block["owner"]["id"] == owner && block["status"] == status, "{block}");
        }
        let certificate = site.text("/retirements/1").await?;
        ensure!(certificate.contains("A traveller") && certificate.contains("50"), "{certificate}");
        Ok(())
    }

    /// Each refusal has its own error, and the state stays as it was.
    async fn refusals(stack: &mut Stack, registry: &Registry, cast: &Cast) -> Result<()> {
        let before = State::read(&registry.at_finalised().await?).await?;
        let stranger = Officer::new("//Stranger")?;
        let code = |result: Result<_, ClientError>| match result {
            Err(ClientError::Refused(refused)) => refused.code,
            Err(other) => other.to_string(),
            Ok(_) => "it was done".to_owned(),
        };

        let outcome = registry.execute(&stranger.key, &transfer(1, 1, SECOND)).await;
        ensure!(code(outcome) == "Admission.NotAMember");
        let none = subxt_rpcs::rpc_params![];
        let pending: Vec<String> =
            registry.client.request("author_pendingExtrinsics", none).await?;
        ensure!(pending.is_empty(), "a stranger's transaction is in the pool");

        for (who, call, expected) in [
            (&cast.certifier, retire(1, 1), "Credits.NotPermitted"),
            (&cast.certifier, transfer(1, 1, SECOND), "Credits.NotTheOwner"),
            (&cast.second, transfer(1, 1, FIRST), "Credits.NotTheOwner"),
            (&cast.first, transfer(2, 1, SECOND), "Credits.UnknownBlock"),
            (&cast.first, transfer(1, 0, SECOND), "Credits.ZeroTonnes"),
            (&cast.first, transfer(1, 601, SECOND), "Credits.NotEnoughInBlock"),
            (&cast.first, transfer(1, 1, 99), "Credits.UnknownReceiver"),
            (&cast.first, transfer(1, 1, CERTIFIER), "Credits.InvalidReceiver"),
            (&cast.first, transfer(1, 1, FIRST), "Credits.TransferToSelf"),
            (&cast.first, retire(951, 1), "Credits.NotHeld"),
            (&cast.root, Call::Issue { project: 1, period: 1 }, "Projects.NotVerified"),
            (&cast.root, Call::Issue { project: 7, period: 1 }, "Projects.UnknownProject"),
            (&cast.first, add_manager(SECOND, &stranger), "Organisations.NotPermitted"),
            (&cast.root, add_manager(SECOND, &cast.first), "Organisations.AlreadyAMember"),
        ] {
            let words = call.in_words();
            let found = code(registry.execute(&who.key, &call).await);
            ensure!(found == expected, "{words}: expected {expected}, found {found}");
            println!("refused: {words:<60} {found}");
        }

        // Signed for a number that is used, and for a state that has passed.
        let stale = cast.first.sign(registry, &transfer(1, 1, SECOND), 0).await?;
        let outcome = registry.submit(stale).await.map(|(hash, _)| hash);
        ensure!(code(outcome) == "Pool.Stale");

        let after = State::read(&registry.at_finalised().await?).await?;
        ensure!(before == after, "a refused call changed the state");

        // A suspended organisation can do nothing from the next block on, and receives nothing.
        let reason = "An audit is open.".to_owned();
        cast.does(registry, &cast.root, Call::SuspendOrganisation { id: SECOND, reason }).await?;
        let outcome = registry.execute(&cast.second.key, &transfer(601, 1, FIRST)).await;
        ensure!(code(outcome) == "Admission.OrganisationSuspended");
        let outcome = registry.execute(&cast.first.key, &transfer(1, 1, SECOND)).await;
        ensure!(code(outcome) == "Credits.ReceiverSuspended");
        stack.wait_for_indexer().await?;
        Ok(())
    }

    /// What the console, the command line and other systems do: prepare, sign, submit, watch.
    async fn prepare_submit_watch(
        stack: &mut Stack,
        registry: &Registry,
        cast: &Cast,
        site: &Site,
    ) -> Result<()> {
        let client = reqwest::Client::new();
        let prepare = format!("{}/api/v1/extrinsics/prepare", site.root);
        let call = json!({
            "pallet": "credits",
            "name": "retire",
            "args": {
                "parts": [{"start": 1, "quantity": 10}],
                "details": {
                    "purpose": "voluntary",
                    "beneficiary": {"name": "A guest house", "country": "NZ"},
                    "on_behalf_of": null, "reason": "Year 2025", "reference": null,
                },
            },
        });
        let account = cast.first.account().to_string();
        let body = json!({"account": account, "call": call});
        let answer = client.post(&prepare).json(&body).send().await?;
        ensure!(answer.status() == 200, "{}", answer.text().await?);
        let prepared: serde_json::Value = answer.json().await?;
        let words = prepared["words"].as_str().context("words")?;
        ensure!(words.contains("10 tonnes") && words.contains("A guest house"), "{words}");
        // The officer reads it in the language of the page.
        let asked = client.post(&prepare).header("accept-language", "fr").json(&body);
        let french: serde_json::Value = asked.send().await?.json().await?;
        let words = french["words"].as_str().context("words")?;
        ensure!(words.starts_with("Retirer définitivement 10 tonnes au nom de"), "{words}");

        let payload: registry_client::SignerPayload =
            serde_json::from_value(prepared["payload"].clone())?;
        let at = registry.at_finalised().await?;
        let signature = cast.first.key.sign(&payload.to_sign(&at)?).0;
        let signature = format!("0x01{}", hex::encode(signature));
        let submit = format!("{}/api/v1/extrinsics", site.root);
        let body = json!({"payload": prepared["payload"], "signature": signature});
        let answer = client.post(&submit).json(&body).send().await?;
        ensure!(answer.status() == 202, "{}", answer.text().await?);
        let submitted: serde_json::Value = answer.json().await?;
        let hash = submitted["hash"].as_str().context("a hash")?;
        let mut status = String::new();
        for _ in 0..200 {
            let answer = site.json(&format!("/api/v1/extrinsics/{hash}")).await?;
            status = answer["status"].as_str().unwrap_or_default().to_owned();
            if status == "finalised" {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        ensure!(status == "finalised", "the transaction is {status}");
        stack.wait_for_indexer().await?;
        // Sent twice is done once, and not called a failure; also by a portal that has forgotten it.
        for forget in [false, true] {
            if forget {
                stack.portal.as_mut().context("a portal")?.stop();
                stack.start_portal()?;
                stack.wait_for_portal().await?;
            }
            let mut answer = client.post(&submit).json(&body).send().await?;
            for _ in 0..50 {
                // A portal that has just started has not found its node yet.
                if answer.status() != 503 {
                    break;
                }
                tokio::time::sleep(std::time::Duration::from_millis(100)).await;
                answer = client.post(&submit).json(&body).send().await?;
            }
            ensure!(answer.status() == 202, "{} {}", answer.status(), answer.text().await?);
        }
        let certificate = site.text("/retirements/2").await?;
        ensure!(certificate.contains("A guest house"), "{certificate}");

        // A signature of somebody else, and an officer who may not: refused, with a reason.
        let forged = format!("0x01{}", hex::encode([7; 64]));
        let fresh: serde_json::Value = client
            .post(&prepare)
            .json(&json!({"account": account, "call": call}))
            .send()
            .await?
            .json()
            .await?;
        let body = json!({"payload": fresh["payload"], "signature": forged});
        let answer = client.post(&submit).json(&body).send().await?;
        ensure!(answer.status() == 422, "{} {}", answer.status(), answer.text().await?);
        let certifier = cast.certifier.account().to_string();
        let body = json!({"account": certifier, "call": call});
        let answer = client.post(&prepare).json(&body).send().await?;
        ensure!(answer.status() == 403, "{} {}", answer.status(), answer.text().await?);
        let body = json!({"account": account, "call": {"pallet": "x", "name": "y", "args": {}}});
        let answer = client.post(&prepare).json(&body).send().await?;
        ensure!(matches!(answer.status().as_u16(), 400 | 422), "{}", answer.status());
        let kind = answer.headers()["content-type"].to_str()?.to_owned();
        ensure!(kind.starts_with("application/problem+json"), "{kind}");
        Ok(())
    }

    async fn unknown_and_malformed(site: &Site) -> Result<()> {
        for (path, expected, says) in [
            ("/projects/999", 404, "999"),
            ("/organisations/999", 404, "999"),
            ("/retirements/999", 404, "999"),
            ("/nothing-here", 404, ""),
            ("/credits/VU-ITMO-1-001-2023-0-5000-5000", 404, ""),
            ("/credits/VU-ITMO-2-001-2023-0-860-860", 404, "scope"),
            ("/credits/VU-ITMO-1-001-2023-0-35-27", 400, "ends before it starts"),
            ("/credits/XX-ITMO-1-001-2023-0-27-35", 400, "country"),
            ("/credits/nonsense", 400, "eight fields"),
            ("/api/v1/credits/nonsense", 400, "eight fields"),
            ("/api/v1/projects/999", 404, "999"),
        ] {
            let (status, body) = site.get(path).await?;
            ensure!(status == expected, "{path}: {status}, expected {expected}");
            ensure!(body.contains(says), "{path} does not say {says:?}: {body}");
        }
        Ok(())
    }
}
