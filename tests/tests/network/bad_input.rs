// SPDX-License-Identifier: Apache-2.0
//! What comes over the network and is not as it should be: refused with a clear word, and the chain
//! goes on.

use anyhow::{bail, ensure, Context, Result};
use registry_client::Call;
use registry_primitives::{MemberRole, GOVERNMENT};
use registry_testbed::{
    network::{
        chain::{self, call, ensure_refused},
        say, until, Network, Setup, VALIDATORS,
    },
    process::{program, Process},
    spec::Genesis,
    Officer,
};
use serde_json::{json, Value};
use std::{
    path::{Path, PathBuf},
    time::Duration,
};

#[tokio::test]
async fn bad_transactions_are_refused_and_the_chain_goes_on() -> Result<()> {
    let mut network = Network::prepare(Setup::default())?;
    for name in VALIDATORS {
        let mut launch = network.launch(name);
        if name == "dave" {
            launch.arguments.push("--pool-limit=20".into());
        }
        network.start_with(name, &launch)?;
    }
    network.wait_for_finality(&VALIDATORS, 2).await?;
    let registry = network.registry("alice").await?;
    let alice = Officer::new("//Alice")?;

    // Garbage: text that is no hexadecimal, bytes that are no transaction, one byte too few.
    let nonce = registry.next_nonce(&alice.account()).await?;
    let at = registry.at_finalised().await?;
    let remark = call(&at, "System", "remark", b"hello".to_vec())?;
    let good = alice.sign_encoded(&registry, &at, &remark, nonce)?;
    let mut forged = good.clone();
    // In the signature, behind length, format and account.
    forged[40] ^= 1;
    let hexadecimal = |bytes: &[u8]| json!([format!("0x{}", hex::encode(bytes))]);
    for (what, params, expected) in [
        ("words", json!(["a transaction"]), "-32602"),
        ("zeros", hexadecimal(&[0; 100]), "1002"),
        ("noise", hexadecimal(&[0xa7; 1000]), "1040"),
        ("a transaction cut short", hexadecimal(&good[..good.len() - 1]), "1040"),
        ("a forged signature", hexadecimal(&forged), "bad signature"),
    ] {
        let error = refusal(&network, "alice", params).await?;
        say(&format!("{what}: {error}"));
        ensure!(error.contains(expected), "{what} should be refused with {expected:?}: {error}");
    }

    // Oversized: larger than a block takes, and larger than the node reads.
    let large = call(&at, "System", "remark", vec![0u8; 4_500_000])?;
    let large = alice.sign_encoded(&registry, &at, &large, nonce)?;
    let error = refusal(&network, "alice", hexadecimal(&large)).await?;
    say(&format!("4.5 MB: {error}"));
    ensure!(error.contains("exhaust"), "{error}");
    let error = refusal(&network, "alice", hexadecimal(&vec![0; 16_000_000])).await?;
    say(&format!("32 MB of text: {error}"));
    // The node may hang up before it has read all.
    ensure!(error.contains("too big") || error.contains("error sending request"), "{error}");

    // A full pool: more transactions at once than it has room for.
    let mut taken = Vec::new();
    let full = loop {
        let next = nonce + taken.len() as u64;
        let next = hexadecimal(&alice.sign_encoded(&registry, &at, &remark, next)?);
        match network.public_rpc("dave", "author_submitExtrinsic", next.clone()).await {
            Ok(_) => taken.push(next),
            Err(error) => break error.to_string(),
        }
        ensure!(taken.len() < 1000, "a pool of 20 took {} transactions", taken.len());
    };
    let last = nonce + taken.len() as u64;
    say(&format!("a pool with --pool-limit=20 took {}, then: {full}", taken.len()));
    ensure!(full.contains("1016") && full.contains("limit"), "{full}");
    until("what the pool took is in blocks", async || {
        let at = registry.at_finalised().await?;
        let now = at.tx().account_nonce(&alice.account()).await?;
        // A full pool may drop what it took, and all that the account sent after it: whoever sends
        // it again, where there is room, gets it into a block.
        for again in taken.iter().skip(usize::try_from(now - nonce)?) {
            let _ = network.public_rpc("alice", "author_submitExtrinsic", again.clone()).await;
        }
        Ok(now == last)
    })
    .await?;

    // Session keys with the proof that somebody else may register them.
    let eve = Officer::new("//Eve")?.account();
    let eves = chain::new_session_keys(&network, "dave", &eve).await?;
    let set_keys = call(&at, "Session", "set_keys", eves)?;
    let dave = Officer::new("//Dave")?;
    ensure_refused(chain::execute(&registry, &dave, &set_keys).await, "Session.InvalidProof")?;

    // What is right is done all the same.
    let join = Call::AddMember {
        organisation: GOVERNMENT,
        account: Officer::new("//First")?.account(),
        role: MemberRole::Manager,
    };
    registry.execute(&alice.key, &join).await?;
    network.wait_for_finality(&VALIDATORS, 2).await?;
    network.ensure_one_finality(&VALIDATORS).await?;
    network.finish();
    Ok(())
}

#[tokio::test]
async fn a_node_of_another_chain_finds_no_peers() -> Result<()> {
    // Its operator is admitted, and has the wrong file.
    let setup = Setup { admitted: &["lost"], ..Default::default() };
    let mut network = Network::start(setup).await?;
    let mut launch = network.launch("lost");
    let other = Genesis { session_blocks: 601, id: "registry_other", ..Default::default() };
    launch.spec = network.other_spec(&other)?;
    network.start_with("lost", &launch)?;
    until("the lost node answers", async || Ok(network.best("lost").await.is_ok())).await?;
    ensure!(
        network.hash_at("lost", 0).await? != network.hash_at("alice", 0).await?,
        "the other chain should have another genesis block"
    );
    network.wait_for_finality(&VALIDATORS, 6).await?;
    let peers = network.peers("lost").await?;
    ensure!(peers.is_empty(), "a node of another chain is connected to {peers:?}");
    ensure!(network.best("lost").await? == 0, "a node of another chain took blocks");
    for name in VALIDATORS {
        let peers = network.peers(name).await?;
        ensure!(!peers.contains(&"lost".to_owned()), "{name} takes the lost node as its peer");
    }
    say("a node of another chain has no peer");
    network.finish();
    Ok(())
}

#[tokio::test]
async fn a_malformed_specification_ends_the_node() -> Result<()> {
    let network = Network::prepare(Setup::default())?;
    let whole = std::fs::read_to_string(&network.launch("alice").spec)?;
    let mut other: Value = serde_json::from_str(&whole)?;
    other["genesis"] = json!({ "raw": "nothing" });
    for (what, text) in [
        ("cut short", whole[..whole.len() / 2].to_owned()),
        ("empty", String::new()),
        ("not JSON", "a chain".to_owned()),
        ("of another form", other.to_string()),
    ] {
        let path = network.folder().join("malformed.json");
        std::fs::write(&path, text)?;
        let (code, output) = node_with(network.folder(), &path)?;
        // What it logs comes by another way, and can come later.
        let error = output.lines().find(|line| line.starts_with("Error: ")).unwrap_or_default();
        say(&format!("{what}: exit code {code}: {error}"));
        ensure!(code != 0, "a node with a specification {what} ended well: {output}");
        ensure!(!error.is_empty() && !output.contains("panicked"), "{what}: {output}");
    }
    network.finish();
    Ok(())
}

#[tokio::test]
async fn a_clock_that_is_a_minute_off_is_refused() -> Result<()> {
    let library = faketime()?;
    let mut network = Network::prepare(Setup::default())?;
    for name in VALIDATORS {
        let mut launch = network.launch(name);
        if name == "dave" {
            launch.environment = vec![
                format!("LD_PRELOAD={}", library.display()),
                "FAKETIME=+60s".into(),
                // Only the clock that names the time of blocks, not the one that measures waits.
                "FAKETIME_DONT_FAKE_MONOTONIC=1".into(),
            ];
        }
        network.start_with(name, &launch)?;
    }
    let others = ["alice", "bob", "charlie"];
    network.wait_for_finality(&others, 10).await?;
    let height = network.ensure_one_finality(&others).await?;
    let dave = Officer::new("//Dave")?.account();
    let at = network.registry("alice").await?.at_finalised().await?;
    let session = chain::session(&at).await?;
    let authored = chain::authored(&at, session, &dave).await?;
    ensure!(authored == 0, "{authored} blocks from a minute ahead are final");
    let log = network.log("alice")?;
    let line = log.lines().find(|line| line.contains("too far in the future"));
    let line = line.context("alice does not say that blocks come from the future")?;
    say(&format!("{height} blocks are final, none of dave's; alice says: {line}"));
    network.finish();
    Ok(())
}

/// The library that gives a program another clock: Debian's, of whatever architecture.
fn faketime() -> Result<PathBuf> {
    std::fs::read_dir("/usr/lib")?
        .flatten()
        .map(|entry| entry.path().join("faketime/libfaketime.so.1"))
        .find(|path| path.exists())
        .context("faketime is not installed; run scripts/setup")
}

/// The error of a transaction that a node must refuse.
async fn refusal(network: &Network, name: &str, params: Value) -> Result<String> {
    match network.public_rpc(name, "author_submitExtrinsic", params).await {
        Ok(hash) => bail!("{name} took it: {hash}"),
        Err(error) => Ok(format!("{error:#}")),
    }
}

/// Exit code and output of a node that must end by itself.
fn node_with(folder: &Path, spec: &Path) -> Result<(i32, String)> {
    let log = folder.join("malformed.log");
    let _ = std::fs::remove_file(&log);
    let command = [
        program("registry-node")?,
        format!("--chain={}", spec.display()),
        format!("--base-path={}", folder.join("malformed").display()),
    ];
    let mut node = Process::start("malformed", folder, &[], &command)?;
    for _ in 0..300 {
        if !node.is_running() {
            let code = node.wait()?.context("the node was ended by a signal")?;
            return Ok((code, node.output()));
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    bail!("the node runs with {}", spec.display())
}
