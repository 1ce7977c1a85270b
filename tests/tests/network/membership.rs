// SPDX-License-Identifier: Apache-2.0
//! Validators that come and go by decision of the council.

use anyhow::{ensure, Result};
use registry_client::{Call, Registry};
use registry_primitives::{MemberRole, GOVERNMENT};
use registry_testbed::{
    network::{
        chain::{self, call},
        say, until, Network, Setup,
    },
    spec::Genesis,
    Officer,
};

const SESSION_BLOCKS: u32 = 10;

#[tokio::test]
async fn a_validator_comes_and_one_goes_within_two_sessions() -> Result<()> {
    let genesis = Genesis { session_blocks: SESSION_BLOCKS, ..Default::default() };
    let setup = Setup { genesis, admitted: &["eve"], ..Default::default() };
    let mut network = Network::start(setup).await?;
    let registry = network.registry("alice").await?;
    let (alice, eve, dave) =
        (Officer::new("//Alice")?, Officer::new("//Eve")?, Officer::new("//Dave")?);

    // A node with keys that nobody else knows.
    let mut launch = network.launch("eve");
    launch.validator = true;
    network.start_with("eve", &launch)?;
    until("eve's node has the chain", async || Ok(network.finalised("eve").await? > 0)).await?;
    let keys = chain::new_session_keys(&network, "eve", &eve.account()).await?;

    let join = Call::AddMember {
        organisation: GOVERNMENT,
        account: eve.account(),
        role: MemberRole::Manager,
    };
    registry.execute(&alice.key, &join).await?;
    let at = registry.at_finalised().await?;
    let set_keys = call(&at, "Session", "set_keys", keys)?;
    chain::execute(&registry, &eve, &set_keys).await?;

    let machine = network.machine("eve")?;
    let contact = ("Ministry of Finance", machine.peer_id.clone(), machine.multiaddress());
    let at = registry.at_finalised().await?;
    let add = call(&at, "Validators", "add", (eve.account().0, contact))?;
    let block = chain::enact(&registry, &alice, add, "A fifth validator").await?;
    let added = chain::session(&registry.api.at_block(block).await?).await?;
    let remove = call(&at, "Validators", "remove", (dave.account().0, "Contract ended"))?;
    let block = chain::enact(&registry, &alice, remove, "The fourth leaves").await?;
    let removed = chain::session(&registry.api.at_block(block).await?).await?;
    say(&format!("added in session {added}, removed in session {removed}"));

    let session = |registry: Registry| async move {
        let at = registry.at_finalised().await?;
        anyhow::Ok((chain::session(&at).await?, chain::validators(&at).await?))
    };
    let mut late = None;
    until("eve validates and dave does not", async || {
        let (now, validators) = session(registry.clone()).await?;
        let eve_in = validators.contains(&eve.account());
        let dave_in = validators.contains(&dave.account());
        if (!eve_in && now >= added + 2) || (dave_in && now >= removed + 2) {
            late = Some(now);
        }
        Ok(eve_in && !dave_in)
    })
    .await?;
    ensure!(late.is_none(), "the set of session {late:?} should have been another");
    let (now, validators) = session(registry.clone()).await?;
    say(&format!("session {now} has {} validators", validators.len()));
    ensure!(validators.len() == 4, "{} validators", validators.len());

    until("eve has authored, in a session without dave", async || {
        let at = registry.at_finalised().await?;
        Ok(chain::session(&at).await? > now && chain::authored(&at, now, &eve.account()).await? > 0)
    })
    .await?;
    let at = registry.at_finalised().await?;
    ensure!(
        chain::authored(&at, now, &dave.account()).await? == 0,
        "dave authored in a session that he was removed from"
    );
    network.wait_for_finality(&["alice", "bob", "charlie", "eve"], 4).await?;
    network.ensure_one_finality(&["alice", "bob", "charlie", "eve"]).await?;
    network.finish();
    Ok(())
}
