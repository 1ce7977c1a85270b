// SPDX-License-Identifier: Apache-2.0
//! Who is not part of the network gets nothing from it: no blocks, no secrets, no transactions.

use anyhow::{ensure, Result};
use registry_client::Call;
use registry_testbed::{
    network::{chain::ensure_refused, say, until, Network, Setup, VALIDATORS},
    Officer,
};
use serde_json::json;

#[tokio::test]
async fn a_stranger_is_not_admitted() -> Result<()> {
    let setup = Setup { strangers: &["stranger"], ..Default::default() };
    let mut network = Network::start(setup).await?;
    // It has the chain's specification and the validators' addresses.
    network.start_node("stranger")?;
    until("the stranger's node answers", async || Ok(network.best("stranger").await.is_ok()))
        .await?;
    network.wait_for_finality(&VALIDATORS, 8).await?;
    for name in VALIDATORS {
        let peers = network.peers(name).await?;
        ensure!(peers.len() == 3, "{name} is connected to {peers:?}");
        ensure!(!peers.contains(&"stranger".to_owned()), "{name} takes the stranger as its peer");
    }
    let peers = network.peers("stranger").await?;
    ensure!(peers.is_empty(), "the stranger is connected to {peers:?}");
    let best = network.best("stranger").await?;
    ensure!(best == 0, "the stranger has {best} blocks");
    say("the stranger has no peer and no block");
    network.finish();
    Ok(())
}

#[tokio::test]
async fn the_public_rpc_keeps_the_operators_secrets() -> Result<()> {
    let network = Network::start(Setup::default()).await?;
    let peer = network.machine("bob")?.multiaddress();
    let any = format!("0x{}", "00".repeat(32));
    // What reads or changes keys, peers, the pool and the node's own storage.
    let operators_only = [
        ("author_rotateKeys", json!([])),
        ("author_rotateKeysWithOwner", json!([any])),
        ("author_insertKey", json!(["aura", "//Alice", any])),
        ("author_hasKey", json!([any, "aura"])),
        ("author_hasSessionKeys", json!([format!("0x{}", "00".repeat(64))])),
        ("author_removeExtrinsic", json!([[]])),
        ("system_peers", json!([])),
        ("system_unstable_networkState", json!([])),
        ("system_addReservedPeer", json!([peer])),
        (
            "system_removeReservedPeer",
            json!(["12D3KooWEyoppNCUx8Yx66oV9fJnriXwCcXwDDUA2kj6vnc6iDEp"]),
        ),
        ("system_addLogFilter", json!(["trace"])),
        ("system_resetLogFilter", json!([])),
        ("offchain_localStorageSet", json!(["PERSISTENT", "0x00", "0x00"])),
        ("offchain_localStorageGet", json!(["PERSISTENT", "0x00"])),
        ("state_getPairs", json!(["0x"])),
        ("state_traceBlock", json!([any, null, null, null])),
    ];
    let count = operators_only.len();
    for (method, params) in operators_only {
        let answer = network.public_rpc("alice", method, params).await;
        let error =
            format!("{:#}", answer.err().map_or_else(String::new, |error| error.to_string()));
        ensure!(
            error.contains("unsafe"),
            "{method} should be refused to the public as unsafe, and answers: {error}"
        );
    }
    say(&format!("{count} methods of the operator are refused to everybody else"));
    network.finish();
    Ok(())
}

#[tokio::test]
async fn unknown_accounts_send_no_transactions() -> Result<()> {
    let mut network = Network::start(Setup::default()).await?;
    let registry = network.registry("alice").await?;
    let nobody = Officer::new("//Nobody")?;
    let call = Call::ResumeTransfers {};
    let refused = registry.execute(&nobody.key, &call).await.map_err(anyhow::Error::from);
    ensure_refused(refused, "Admission.NotAMember")?;
    let pending = network.rpc("alice", "author_pendingExtrinsics", json!([])).await?;
    ensure!(pending == json!([]), "the pool took {pending}");
    network.wait_for_finality(&VALIDATORS, 2).await?;
    say("an account that is no member's is refused before the pool");
    network.finish();
    Ok(())
}
