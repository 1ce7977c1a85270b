// SPDX-License-Identifier: Apache-2.0
//! A validator whose keys work on two machines votes twice: the others prove it to the chain.

use anyhow::{ensure, Context, Result};
use registry_testbed::{
    network::{chain, say, until, Network, Setup},
    Officer,
};
use std::time::Duration;

/// Dave's second machine.
const CLONE: &str = "clone";
/// What a node says when it has two votes of one validator in one round.
const DETECTED: &str = "equivocation in the finality worker";
const HONEST: [&str; 3] = ["alice", "bob", "charlie"];

#[tokio::test]
async fn a_validator_that_votes_twice_is_disabled() -> Result<()> {
    let setup = Setup { admitted: &[CLONE], ..Default::default() };
    let mut network = Network::start(setup).await?;
    let dave = Officer::new("//Dave")?.account();

    // No part has three of the four votes: the round of votes in which the network is cut stays
    // open. Dave has voted in it.
    network.cut(&[&["alice", "dave"], &["bob", CLONE], &["charlie"]])?;
    let stuck = network.finalised("bob").await?;
    until("bob has authored what dave has not seen", async || {
        Ok(network.best("bob").await? >= stuck + 4)
    })
    .await?;
    // The second machine knows nothing of that vote, follows bob, and votes for bob's blocks.
    let mut launch = network.launch(CLONE);
    launch.validator = true;
    launch.keys_of = Some("dave".to_owned());
    network.start_with(CLONE, &launch)?;
    until("the second machine has caught up with the votes", async || {
        Ok(network.finalised(CLONE).await? == stuck && network.best(CLONE).await? >= stuck + 4)
    })
    .await?;
    tokio::time::sleep(Duration::from_secs(6)).await;
    // Both votes reach bob while the round is still open: two of four cannot end it.
    network.cut(&[&["bob", "dave", CLONE], &["alice"], &["charlie"]])?;
    until("bob has both votes", async || Ok(network.log("bob")?.contains(DETECTED))).await?;
    network.heal()?;

    let registry = network.registry("alice").await?;
    until("somebody is disabled", async || {
        Ok(!chain::disabled(&registry.at_finalised().await?).await?.is_empty())
    })
    .await?;
    let at = registry.at_finalised().await?;
    let disabled = chain::disabled(&at).await?;
    ensure!(disabled == [dave], "{disabled:?} are disabled, not dave");
    let address = registry_client::chain::storage().validators().admissions();
    let admission = at.storage().fetch(address, (dave,)).await?.decode()?;
    let flag = admission.flag.context("dave is disabled, and not flagged for the council")?;
    say(&format!("dave is flagged for the council: {flag:?}"));

    // Its slots stay empty, on both machines, and the others go on.
    let session = chain::session(&at).await?;
    let before = chain::authored(&at, session, &dave).await?;
    network.wait_for_finality(&HONEST, 9).await?;
    let at = registry.at_finalised().await?;
    let after = chain::authored(&at, session, &dave).await?;
    ensure!(before == after, "dave authored {} blocks after he was disabled", after - before);
    let height = network.ensure_one_finality(&HONEST).await?;
    say(&format!("three validators agree on {height} finalised blocks; dave has authored {after}"));
    network.finish();
    Ok(())
}
