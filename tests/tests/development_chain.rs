// SPDX-License-Identifier: Apache-2.0
//! The chain that developers have: a block as soon as a transaction comes.

mod e2e {
    use anyhow::{ensure, Context, Result};
    use registry_testbed::{
        network::chain::{call, execute},
        process::Node,
        spec, Officer,
    };
    use std::time::Duration;

    const SESSION_BLOCKS: u32 = 4;

    #[tokio::test]
    async fn a_development_chain_goes_on_where_sessions_end() -> Result<()> {
        let folder = tempfile::tempdir()?;
        let spec = spec::development(folder.path(), SESSION_BLOCKS)?;
        let chain = format!("--chain={}", spec.display());
        let options = [&chain, "--alice", "--validator", "--force-authoring", "--sealing=instant"];
        let node = Node::start(folder.path(), &options).await?;
        let alice = Officer::new("//Alice")?;
        // The last block of a session has no room for a transaction.
        for number in 1..=3 * SESSION_BLOCKS {
            let at = node.registry.at_finalised().await?;
            let remark = call(&at, "System", "remark", number.to_be_bytes().to_vec())?;
            let done = execute(&node.registry, &alice, &remark);
            tokio::time::timeout(Duration::from_secs(30), done)
                .await
                .with_context(|| format!("transaction {number} is in no block"))??;
        }
        let height = node.registry.at_finalised().await?.block_number();
        ensure!(height > u64::from(3 * SESSION_BLOCKS), "no session ended by block {height}");
        Ok(())
    }
}
