// SPDX-License-Identifier: Apache-2.0
//! A new version of the runtime, while transactions come in: none is lost, none is done twice.

use anyhow::{ensure, Context, Result};
use codec::{Compact, Encode};
use futures::future::try_join_all;
use registry_client::{Call, Registry};
use registry_primitives::{MemberRole, GOVERNMENT};
use registry_testbed::{
    demo_data::hash_of,
    network::{
        chain::{self, call},
        load::{self, Sent},
        say, until, Network, Setup, VALIDATORS,
    },
    officer, Officer,
};
use std::{
    collections::BTreeMap,
    path::PathBuf,
    sync::atomic::{AtomicBool, Ordering},
};

#[tokio::test]
async fn an_upgrade_under_load_loses_no_transaction() -> Result<()> {
    let code = std::fs::read(next_runtime()?)?;
    let mut network = Network::start(Setup::default()).await?;
    let registry = network.registry("alice").await?;
    let root = Officer::new("//Alice")?;
    let signers = ["//First", "//Second", "//Third", "//Fourth"]
        .map(Officer::new)
        .into_iter()
        .collect::<Result<Vec<_>>>()?;
    let join = |who: &Officer| Call::AddMember {
        organisation: GOVERNMENT,
        account: who.account(),
        role: MemberRole::Manager,
    };
    officer::all(&registry, signers.iter().map(|who| (root.clone(), join(who))).collect()).await?;

    let start = registry.at_finalised().await?;
    let old = start.spec_version();
    let stop = AtomicBool::new(false);
    // Each client of the chain asks another node.
    let mut clients = Vec::new();
    for name in VALIDATORS {
        clients.push(network.registry(name).await?);
    }
    let streams = clients.iter().zip(signers).map(|(client, who)| load::stream(client, who, &stop));
    let upgraded = async {
        let done = upgrade(&network, &registry, &root, &code, old).await;
        stop.store(true, Ordering::Relaxed);
        done
    };
    let (sent, new) = tokio::join!(try_join_all(streams), upgraded);
    let (sent, new) = (sent?, new?);
    let end = registry.at_finalised().await?;
    say(&format!("upgraded from version {old} to {new}"));

    let mut found = BTreeMap::new();
    for height in start.block_number()..=end.block_number() {
        load::remarks(&registry.at_height(height as u32).await?, &mut found).await?;
    }
    let mut total = 0;
    for sent in &sent {
        total += exactly_once(sent, &found)?;
    }
    ensure!(found.len() == total, "{} remarks are final, {total} were sent", found.len());
    let count = |what: fn(&Sent) -> u32| sent.iter().map(what).sum::<u32>();
    say(&format!(
        "{total} transactions of {} signers are final exactly once; {} had to be signed again for \
         the new version, after {} refusals",
        sent.len(),
        count(|sent| sent.signed_again),
        count(|sent| sent.refused),
    ));
    network.wait_for_finality(&VALIDATORS, 2).await?;
    network.ensure_one_finality(&VALIDATORS).await?;
    network.finish();
    Ok(())
}

/// Has the council authorise the code and anybody bring it, and lets the load run on for a while;
/// the new version.
async fn upgrade(
    network: &Network,
    registry: &Registry,
    council: &Officer,
    code: &[u8],
    old: u32,
) -> Result<u32> {
    let at = registry.at_finalised().await?;
    let authorise = call(&at, "System", "authorize_upgrade", hash_of(code).0)?;
    chain::enact(registry, council, authorise, "The next version").await?;
    let at = registry.at_finalised().await?;
    let apply = call(&at, "System", "apply_authorized_upgrade", code)?;
    // Nobody signs it: the council has named its hash. Four is the format of transactions.
    let bare = [vec![4u8], apply].concat();
    let bare = [Compact(bare.len() as u32).encode(), bare].concat();
    registry.rpc.author_submit_extrinsic(&bare).await.context("the authorised code is refused")?;
    until("the new runtime is final", async || {
        Ok(registry.at_finalised().await?.spec_version() > old)
    })
    .await?;
    let height = network.finalised("alice").await? + 5;
    until("five more blocks are final", async || Ok(network.finalised("alice").await? >= height))
        .await?;
    Ok(registry.at_finalised().await?.spec_version())
}

/// Fails unless each of a signer's transactions is in one final block, with the number it was sent
/// with; how many they are.
fn exactly_once(sent: &Sent, found: &BTreeMap<Vec<u8>, Vec<u64>>) -> Result<usize> {
    for (nonce, remark) in (sent.first..).zip(&sent.remarks) {
        let text = String::from_utf8_lossy(remark);
        let nonces = found.get(remark).with_context(|| format!("lost: {text}"))?;
        ensure!(*nonces == [nonce], "“{text}” is final with the numbers {nonces:?}, not {nonce}");
    }
    Ok(sent.remarks.len())
}

/// The runtime with a higher version, which scripts/next-runtime builds beside the target folder.
fn next_runtime() -> Result<PathBuf> {
    let mut folder = std::env::current_exe()?;
    // <target>/debug/deps/<test>
    folder.pop();
    folder.pop();
    folder.pop();
    let path = folder.with_file_name("next-runtime").join("next.wasm");
    ensure!(path.exists(), "{} is not built; run scripts/next-runtime", path.display());
    Ok(path)
}
