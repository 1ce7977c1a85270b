// SPDX-License-Identifier: Apache-2.0
//! Finality with everybody, with one of four down, with the network cut in halves, and after a
//! power cut.

use anyhow::{ensure, Context, Result};
use registry_testbed::network::{say, until, Network, Setup, VALIDATORS};
use serde_json::json;
use std::{collections::BTreeSet, time::Duration};

#[tokio::test]
async fn four_validators_finalise() -> Result<()> {
    let mut network = Network::start(Setup::default()).await?;
    for name in VALIDATORS {
        let mut peers = network.peers(name).await?;
        peers.sort();
        let others: Vec<_> = VALIDATORS.into_iter().filter(|other| *other != name).collect();
        ensure!(peers == others, "{name} is connected to {peers:?}");
    }
    // Two rounds: everybody has authored.
    network.wait_for_finality(&VALIDATORS, 8).await?;
    let height = network.ensure_one_finality(&VALIDATORS).await?;
    let mut slots = BTreeSet::new();
    for height in height.saturating_sub(7)..=height {
        slots.insert(slot(&network, "alice", height).await? % 4);
    }
    ensure!(slots.len() == 4, "only {} of four validators author", slots.len());
    say(&format!("all four author, and agree on {height} finalised blocks"));
    network.finish();
    Ok(())
}

#[tokio::test]
async fn one_of_four_is_killed_and_catches_up() -> Result<()> {
    let mut network = Network::start(Setup::default()).await?;
    network.kill(&["dave"]);
    let others = ["alice", "bob", "charlie"];
    // A round of four slots, of which one stays empty, and more.
    let height = network.wait_for_finality(&others, 6).await?;
    network.start_node("dave")?;
    until(&format!("dave is back and has finalised block {height}"), async || {
        Ok(network.finalised("dave").await? >= height)
    })
    .await?;
    network.wait_for_finality(&VALIDATORS, 4).await?;
    let height = network.ensure_one_finality(&VALIDATORS).await?;
    say(&format!("four agree on {height} finalised blocks"));
    network.finish();
    Ok(())
}

#[tokio::test]
async fn halves_finalise_nothing_until_they_are_joined() -> Result<()> {
    let mut network = Network::start(Setup::default()).await?;
    let (one, other) = (["alice", "bob"], ["charlie", "dave"]);
    network.cut(&[&one, &other])?;
    // What was on its way may still arrive.
    tokio::time::sleep(Duration::from_secs(4)).await;
    let before = heights(&network).await?;
    // Two rounds of four slots: each half has authored four blocks that the other does not know.
    tokio::time::sleep(Duration::from_secs(24)).await;
    let after = heights(&network).await?;
    for ((name, before), after) in VALIDATORS.iter().zip(&before).zip(&after) {
        say(&format!(
            "{name}: finalised {} then {}, best {} then {}",
            before.0, after.0, before.1, after.1
        ));
        ensure!(before.0 == after.0, "{name} finalised blocks with half of the validators");
        ensure!(after.1 > before.1, "{name} took no blocks of its half");
    }
    let fork = after.iter().map(|(_, best)| *best).min().context("heights")?;
    ensure!(
        network.hash_at("alice", fork).await? != network.hash_at("dave", fork).await?,
        "the halves should have different blocks at height {fork}"
    );
    network.ensure_one_finality(&VALIDATORS).await?;

    network.heal()?;
    network.wait_for_finality(&VALIDATORS, 10).await?;
    let height = network.ensure_one_finality(&VALIDATORS).await?;
    say(&format!("joined again, four agree on {height} finalised blocks"));
    network.finish();
    Ok(())
}

#[tokio::test]
async fn a_power_cut_loses_no_finalised_block() -> Result<()> {
    let mut network = Network::start(Setup::default()).await?;
    network.wait_for_finality(&VALIDATORS, 4).await?;
    let mut known = Vec::new();
    for name in VALIDATORS {
        let height = network.finalised(name).await?;
        known.push((name, height, network.hash_at(name, height).await?));
    }
    network.kill(&VALIDATORS);
    tokio::time::sleep(Duration::from_secs(2)).await;
    for name in VALIDATORS {
        network.start_node(name)?;
    }
    until("the four nodes answer again", async || {
        for name in VALIDATORS {
            network.finalised(name).await?;
        }
        Ok(true)
    })
    .await?;
    for (name, height, hash) in &known {
        let kept = network.finalised(name).await?;
        ensure!(kept >= *height, "{name} had finalised {height}, and now {kept}");
        ensure!(network.hash_at(name, *height).await? == *hash, "{name} has another {height}");
        say(&format!("{name} had finalised block {height}, and has {kept} after the cut"));
    }
    network.wait_for_finality(&VALIDATORS, 4).await?;
    let height = network.ensure_one_finality(&VALIDATORS).await?;
    say(&format!("four agree on {height} finalised blocks"));
    network.finish();
    Ok(())
}

/// Finalised and best height of each validator.
async fn heights(network: &Network) -> Result<Vec<(u32, u32)>> {
    let mut all = Vec::new();
    for name in VALIDATORS {
        all.push((network.finalised(name).await?, network.best(name).await?));
    }
    Ok(all)
}

/// The slot that a block was authored in, from the digest of its header.
async fn slot(network: &Network, name: &str, height: u32) -> Result<u64> {
    let hash = network.hash_at(name, height).await?;
    let header = network.rpc(name, "chain_getHeader", json!([hash])).await?;
    let logs = header["digest"]["logs"].as_array().context("a digest")?;
    // Pre-runtime digest of AURA: 06, "aura", a length of eight, the slot.
    let digest = logs
        .iter()
        .filter_map(|log| log.as_str())
        .find_map(|log| log.strip_prefix("0x066175726120"))
        .context("the block names no slot")?;
    let bytes: [u8; 8] = hex::decode(digest)?.try_into().ok().context("a slot")?;
    Ok(u64::from_le_bytes(bytes))
}
