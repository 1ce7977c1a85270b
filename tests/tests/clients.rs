// SPDX-License-Identifier: Apache-2.0
//! The standard clients sign for this chain as they are, told nothing but its address:
//! `@polkadot/api`, `polkadot-api` and subxt, which is what the crate `registry-client` is made of.

mod common;

mod e2e {
    use super::common::{self, transfer, Cast, FIRST, SECOND};
    use anyhow::{ensure, Context, Result};
    use registry_client::{state::State, Registry};
    use registry_testbed::{
        compare::Site,
        javascript::{in_words, JavaScript},
        Stack,
    };
    use serde_json::Value;
    use std::process::Output;

    /// The script of each client, and the name of its package.
    const CLIENTS: [(&str, &str); 2] =
        [("polkadot-js.mjs", "@polkadot/api"), ("papi.mjs", "polkadot-api")];

    /// What surrounds a transaction, as wallets know it.
    const STANDARD: [&str; 9] = [
        "CheckNonZeroSender",
        "CheckSpecVersion",
        "CheckTxVersion",
        "CheckGenesis",
        "CheckMortality",
        "CheckNonce",
        "CheckWeight",
        "CheckMetadataHash",
        "WeightReclaim",
    ];

    #[tokio::test]
    async fn standard_clients_sign_and_submit() -> Result<()> {
        let clients = Clients(JavaScript::install("clients")?);
        let folder = common::folder()?;
        let mut stack = common::stack(&folder).await?;
        let registry = stack.registry().await?;
        let cast = Cast::enter(&registry).await?;
        cast.issue(&registry, "Wind of Tanna", 1_000).await?;

        // Each takes the last fifty tonnes that First still has.
        let mut kept = 1_000;
        for (script, package) in CLIENTS {
            let answer = clients.done(&stack, script, &format!("//First 1 50 {SECOND}"))?;
            ensure!(answer["client"] == package && answer["version"].is_string(), "{answer}");
            // A new connection: the old one was not looked after while the client ran.
            let registry = stack.registry().await?;
            is_on_chain(&registry, &answer).await?;
            owns(&registry, kept, SECOND).await?;
            kept -= 50;
            owns(&registry, kept, FIRST).await?;
        }
        cast.does(&registry, &cast.first, transfer(1, 50, SECOND)).await?;
        owns(&registry, kept, SECOND).await?;

        refusals(&clients, &stack).await?;

        // Whoever signed it, the public sees it.
        stack.wait_for_indexer().await?;
        let site = Site { root: stack.portal_url() };
        for serial in [1_000, 950, 900] {
            let path = format!("/api/v1/credits/VU-ITMO-1-001-2023-0-{serial}-{serial}");
            let answer = site.json(&path).await?;
            ensure!(answer["blocks"][0]["block"]["owner"]["id"] == SECOND, "{answer}");
        }
        Ok(())
    }

    /// A stranger's transaction is refused before the pool, and the client is told the reason; what
    /// fails on the chain is a failure for the client too. Nothing changes.
    async fn refusals(clients: &Clients, stack: &Stack) -> Result<()> {
        let registry = stack.registry().await?;
        let before = State::read(&registry.at_finalised().await?).await?;
        for (script, _) in CLIENTS {
            let stranger = format!("//Stranger 1 50 {SECOND} --expect-refused");
            let answer = clients.done(stack, script, &stranger)?;
            ensure!(answer["refused"] == 1, "{answer}");
            let none = subxt_rpcs::rpc_params![];
            let registry = stack.registry().await?;
            let pending: Vec<String> =
                registry.client.request("author_pendingExtrinsics", none).await?;
            ensure!(pending.is_empty(), "a stranger's transaction is in the pool");

            // Second does not own what First has kept.
            let output = clients.run(stack, script, &format!("//Second 1 50 {FIRST}"))?;
            let said = String::from_utf8_lossy(&output.stderr);
            ensure!(output.status.code() == Some(1) && output.stdout.is_empty(), "{output:?}");
            ensure!(said.contains("redits.NotTheOwner"), "{said}");
        }
        let after = State::read(&stack.registry().await?.at_finalised().await?).await?;
        ensure!(before == after, "a refused transaction changed the state");
        Ok(())
    }

    /// The finalised block that the client names holds the transaction that it names, signed for a
    /// limited time and with nothing around it but what wallets know.
    async fn is_on_chain(registry: &Registry, answer: &Value) -> Result<()> {
        let height = answer["blockNumber"].as_u64().context("a number of a block")?;
        let finalised = registry.at_finalised().await?.block_number();
        ensure!(height <= finalised, "block {height} is not final, {finalised} is the last");
        let at = registry.at_height(u32::try_from(height)?).await?;
        let block = format!("{:?}", at.block_hash());
        ensure!(answer["block"] == block, "block {height} is {block}, not as in {answer}");

        let extrinsics = at.extrinsics().fetch().await?;
        let index = answer["index"].as_u64().context("an index")?;
        let mut found = None;
        for extrinsic in extrinsics.iter() {
            let extrinsic = extrinsic?;
            if extrinsic.index() as u64 == index {
                found = Some(extrinsic);
            }
        }
        let found = found.with_context(|| format!("block {height} has no transaction {index}"))?;
        let hash = format!("{:?}", found.hash());
        ensure!(answer["hash"] == hash, "{index} in block {height} is {hash}, not as in {answer}");
        ensure!((found.pallet_name(), found.call_name()) == ("Credits", "transfer"));

        let extensions = found.transaction_extensions().context("a signed transaction")?;
        let names: Vec<_> =
            extensions.iter().map(|extension| extension.name().to_owned()).collect();
        ensure!(names == STANDARD, "the transaction extensions are {names:?}");
        let era = extensions.iter().find(|extension| extension.name() == "CheckMortality");
        // Two bytes are a period and a phase; for ever is one.
        let era = era.context("an era")?.bytes().to_vec();
        ensure!(era.len() == 2, "the transaction is valid for ever: its era is {era:?}");
        Ok(())
    }

    /// Who owns a serial number, by the chain's last finalised block.
    async fn owns(registry: &Registry, serial: u64, owner: u32) -> Result<()> {
        let state = State::read(&registry.at_finalised().await?).await?;
        let (start, block) =
            state.blocks.range(..=serial).next_back().context("a block of credits")?;
        ensure!(serial <= block.end, "nobody owns {serial}");
        ensure!(block.owner == owner, "{} owns {start} to {}", block.owner, block.end);
        Ok(())
    }

    /// The JavaScript clients.
    struct Clients(JavaScript);

    impl Clients {
        fn run(&self, stack: &Stack, script: &str, arguments: &str) -> Result<Output> {
            let node = stack.node_url();
            let arguments: Vec<_> =
                std::iter::once(node.as_str()).chain(arguments.split_whitespace()).collect();
            let output = self.0.run(script, &arguments)?;
            let arguments = arguments.join(" ");
            println!("{script} {arguments}\n{}", in_words(&output));
            Ok(output)
        }

        /// What a client that must succeed printed. It warns of extensions that it does not know.
        fn done(&self, stack: &Stack, script: &str, arguments: &str) -> Result<Value> {
            let output = self.run(stack, script, arguments)?;
            let known = !String::from_utf8_lossy(&output.stderr).contains("Unknown");
            ensure!(output.status.success() && known, "{}", in_words(&output));
            Ok(serde_json::from_slice(&output.stdout)?)
        }
    }
}
